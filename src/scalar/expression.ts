// Real functions of several variables, as expressions that share equal parts: equal expressions are the same object.
//
// An expression denotes a partial function of its variables (see `soundness.md`: ln, division, roots and powers are
// partial, every operation is strict but for the choice `test ? then : otherwise`, of which only the branch taken
// counts). Children exist before their parents, so the ids of an expression's parts are a topological order; every
// function here works on that order or on a stack of its own, never on the call stack: a sum may have 10,000 terms.
import { interner } from './intern.ts'
import type { Range } from './range.ts'
import { ONE, printRational, type Rational, rational, ZERO } from './rational.ts'
import { spend } from './work.ts'

/** Operators and functions that the language knows. `^` is the real power of `soundness.md`. */
export type KnownName =
  | '+'
  | '-'
  | '*'
  | '/'
  | '^'
  | 'neg'
  | 'exp'
  | 'ln'
  | 'sqrt'
  | 'abs'
  | 'sign'
  | 'max'
  | 'min'
  | 'floor'
  | 'sin'
  | 'cos'
  | 'tan'
  | 'sinh'
  | 'cosh'
  | 'tanh'
  | 'asinh'
  | 'acosh'
  | 'atanh'
  | 'erf'
  | 'sigmoid'
  | 'relu'
  | 'softplus'

export type Relation = '<' | '<=' | '==' | '!='

/**
 * A function that a file declares: unknown (definition null; it stands for every function that maps `domain` into
 * `codomain` and has the stated properties) or defined by a formula in its arguments.
 */
export interface FunctionSymbol {
  readonly name: string
  readonly arity: number
  /** One set for each argument; the function is defined exactly there (unknown functions only). */
  readonly domain: readonly Range[]
  readonly codomain: Range
  readonly monotone: 'increasing' | 'decreasing' | null
  readonly parity: 'odd' | 'even' | null
  /** The named inverse: this function is then a bijection from its domain onto its codomain. */
  inverse: FunctionSymbol | null
  readonly definition: Expression | null
  /** The names of the arguments in the definition, for printing. */
  readonly parameters: readonly string[]
}

interface Common {
  /** Unique in this process, larger than the ids of the parts. Never shown, and never decides an order that is. */
  readonly id: number
  /** The number of parts when shared ones are counted as often as they occur, up to 10^9: whether it is small. */
  readonly weight: number
  /** The variables that occur, a bit for each of the first 31; bit 31 stands for all others. */
  readonly mask: number
}
export interface NumberExpression extends Common {
  readonly kind: 'number'
  readonly value: Rational
}
export interface ConstantExpression extends Common {
  readonly kind: 'constant'
  readonly name: 'pi' | 'e'
}
/** The argument with this index, from 0. */
export interface VariableExpression extends Common {
  readonly kind: 'variable'
  readonly index: number
}
export interface CallExpression extends Common {
  readonly kind: 'call'
  readonly name: KnownName
  readonly args: readonly Expression[]
}
export interface ApplyExpression extends Common {
  readonly kind: 'apply'
  readonly fn: FunctionSymbol
  readonly args: readonly Expression[]
}
/** `left relation right ? then : otherwise` */
export interface ChooseExpression extends Common {
  readonly kind: 'choose'
  readonly relation: Relation
  readonly left: Expression
  readonly right: Expression
  readonly then: Expression
  readonly otherwise: Expression
}
export type Expression =
  | NumberExpression
  | ConstantExpression
  | VariableExpression
  | CallExpression
  | ApplyExpression
  | ChooseExpression

/** How many arguments each known name takes. */
export const ARITY: Readonly<Record<KnownName, number>> = {
  '+': 2,
  '-': 2,
  '*': 2,
  '/': 2,
  '^': 2,
  neg: 1,
  exp: 1,
  ln: 1,
  sqrt: 1,
  abs: 1,
  sign: 1,
  max: 2,
  min: 2,
  floor: 1,
  sin: 1,
  cos: 1,
  tan: 1,
  sinh: 1,
  cosh: 1,
  tanh: 1,
  asinh: 1,
  acosh: 1,
  atanh: 1,
  erf: 1,
  sigmoid: 1,
  relu: 1,
  softplus: 1,
}

export function isKnownName(name: string): name is KnownName {
  return Object.hasOwn(ARITY, name)
}

const table = interner<Expression>()

/** A number for each known name. */
const HEADS = Object.fromEntries(Object.keys(ARITY).map((name, i) => [name, i])) as Readonly<Record<KnownName, number>>

const symbolIds = new WeakMap<FunctionSymbol, number>()
let nextSymbolId = 1
function symbolId(fn: FunctionSymbol): number {
  let id = symbolIds.get(fn)
  if (id === undefined) symbolIds.set(fn, (id = nextSymbolId++))
  return id
}

const MAX_WEIGHT = 1e9
function weightOf(args: readonly Expression[]): number {
  let total = 1
  for (const a of args) total += a.weight
  return Math.min(total, MAX_WEIGHT)
}

function maskOf(args: readonly Expression[]): number {
  let mask = 0
  for (const a of args) mask |= a.mask
  return mask
}

function intern<E extends Expression>(key: string, make: (id: number) => E): E {
  return table.get(key, make)
}

export function number(value: Rational | number): Expression {
  const q = typeof value === 'number' ? rational(value) : value
  return intern(`n${numeral(q.s * q.n)}/${numeral(q.d)}`, id => ({ kind: 'number', id, weight: 1, mask: 0, value: q }))
}
const LONG = 1n << 64n
/** A whole number as text. Hexadecimal digits of a long one take time linear in their number, decimal ones do not. */
function numeral(n: bigint): string {
  return n < LONG && n > -LONG ? n.toString() : `x${n.toString(16)}`
}
export function constant(name: 'pi' | 'e'): Expression {
  return intern(`c${name}`, id => ({ kind: 'constant', id, weight: 1, mask: 0, name }))
}
export function variable(index: number): Expression {
  return firstVariables[index] ?? intern(`v${index}`, id => variableExpression(id, index))
}
function variableExpression(id: number, index: number): VariableExpression {
  return { kind: 'variable', id, weight: 1, mask: 1 << Math.min(index, 31), index }
}
/** The variables of most functions: they are asked for all the time. */
const firstVariables: readonly Expression[] = Array.from({ length: 8 }, (_, index) =>
  intern(`v${index}`, id => variableExpression(id, index)),
)

/** A known function of arguments. Throws RangeError when their number is not the function's. */
export function call(name: KnownName, ...args: readonly Expression[]): Expression {
  return callOf(name, args)
}
/** The same of a list of arguments, which the expression keeps. */
export function callOf(name: KnownName, args: readonly Expression[]): Expression {
  if (args.length !== ARITY[name])
    throw new RangeError(`call: ${name} takes ${ARITY[name]} arguments, not ${args.length}`)
  const head = HEADS[name]
  const first = args[0].id
  const second = args.length === 1 ? 0 : args[1].id
  return (
    table.find(head, first, second) ??
    table.add(head, first, second, {
      kind: 'call',
      id: table.newId(),
      weight: weightOf(args),
      mask: maskOf(args),
      name,
      args,
    })
  )
}
/** A declared function of arguments. Throws RangeError when their number is not the function's. */
export function apply(fn: FunctionSymbol, ...args: readonly Expression[]): Expression {
  if (args.length !== fn.arity)
    throw new RangeError(`apply: ${fn.name} takes ${fn.arity} arguments, not ${args.length}`)
  return intern(`a${symbolId(fn)},${args.map(a => a.id).join()}`, id => ({
    kind: 'apply',
    id,
    weight: weightOf(args),
    mask: maskOf(args),
    fn,
    args,
  }))
}
export function choose(
  relation: Relation,
  left: Expression,
  right: Expression,
  then: Expression,
  otherwise: Expression,
): Expression {
  return intern(`?${relation}${left.id},${right.id},${then.id},${otherwise.id}`, id => ({
    kind: 'choose',
    id,
    weight: weightOf([left, right, then, otherwise]),
    mask: maskOf([left, right, then, otherwise]),
    relation,
    left,
    right,
    then,
    otherwise,
  }))
}

export const zero = number(ZERO)
export const one = number(ONE)
export const x0 = variable(0)

/** The direct parts of an expression, in order. */
export function parts(e: Expression): readonly Expression[] {
  switch (e.kind) {
    case 'call':
    case 'apply':
      return e.args
    case 'choose':
      return [e.left, e.right, e.then, e.otherwise]
    default:
      return []
  }
}

/** The same expression with other parts (as many as `parts` gives). */
export function withParts(e: Expression, p: readonly Expression[]): Expression {
  switch (e.kind) {
    case 'call':
      return callOf(e.name, p)
    case 'apply':
      return apply(e.fn, ...p)
    case 'choose':
      return choose(e.relation, p[0], p[1], p[2], p[3])
    default:
      return e
  }
}

/** The same expression with `of` of each of its parts; itself where nothing changes. */
export function mapParts(e: Expression, of: (part: Expression) => Expression): Expression {
  const old = parts(e)
  if (old.length === 0) return e
  const fresh = old.map(of)
  return fresh.every((f, i) => f === old[i]) ? e : withParts(e, fresh)
}

/** All different parts of the given expressions, each after its own parts, in an order that does not depend on history. */
export function postorder(...roots: readonly Expression[]): Expression[] {
  const order: Expression[] = []
  const seen = new Set<Expression>()
  const stack: { e: Expression; next: number }[] = []
  for (const root of roots) {
    if (seen.has(root)) continue
    seen.add(root)
    stack.push({ e: root, next: 0 })
    while (stack.length > 0) {
      const top = stack[stack.length - 1]
      const children = parts(top.e)
      if (top.next < children.length) {
        const child = children[top.next++]
        if (!seen.has(child)) {
          seen.add(child)
          stack.push({ e: child, next: 0 })
        }
      } else {
        order.push(top.e)
        stack.pop()
      }
    }
  }
  spend(order.length)
  return order
}

/** Computes a value for every different part, parts first, and gives the value of the whole. */
export function fold<T>(root: Expression, visit: (e: Expression, of: (part: Expression) => T) => T): T {
  const values = new Map<Expression, T>()
  const of = (part: Expression): T => values.get(part) as T
  for (const e of postorder(root)) values.set(e, visit(e, of))
  return of(root)
}

/** The whole number that an expression is written as, else null. */
export function wholeNumber(e: Expression): number | null {
  if (e.kind !== 'number' || e.value.d !== 1n) return null
  const value = Number(e.value.s * e.value.n)
  return Number.isSafeInteger(value) ? value : null
}

/** The number of different parts: the work that a pass over the expression is. */
export function size(e: Expression): number {
  return postorder(e).length
}

/** The indices of the variables that occur, ascending. */
export function variablesOf(...roots: readonly Expression[]): number[] {
  const mask = maskOf(roots)
  const known: number[] = []
  for (let i = 0; i < 31 && mask >>> i !== 0; i++) if (((mask >>> i) & 1) === 1) known.push(i)
  if (mask >= 0) return known
  const others = new Set<number>()
  for (const e of postorder(...roots)) if (e.kind === 'variable' && e.index >= 31) others.add(e.index)
  return [...known, ...[...others].sort((a, b) => a - b)]
}

/** The declared functions that occur, in order of first occurrence. */
export function functionsOf(...roots: readonly Expression[]): FunctionSymbol[] {
  const found = new Set<FunctionSymbol>()
  for (const e of postorder(...roots)) if (e.kind === 'apply') found.add(e.fn)
  return [...found]
}

/** Replaces every variable at once; variables for which `by` gives undefined stay. */
export function substitute(root: Expression, by: (index: number) => Expression | undefined): Expression {
  // Compositions grow by one operation at a time: on variables and numbers it needs no pass over its parts.
  if (root.kind === 'call' && isOfLeaves(root)) return replacedLeaves(root, by)
  return fold<Expression>(root, (e, of) => {
    return e.kind === 'variable' ? (by(e.index) ?? e) : mapParts(e, of)
  })
}

function isOfLeaves({ args }: CallExpression): boolean {
  for (let k = 0; k < args.length; k++) if (args[k].weight > 1) return false
  return true
}
function replacedLeaves(root: CallExpression, by: (index: number) => Expression | undefined): Expression {
  const { args } = root
  let fresh: Expression[] | null = null
  for (let k = 0; k < args.length; k++) {
    const a = args[k]
    const replaced = a.kind === 'variable' ? (by(a.index) ?? a) : a
    // A copy is as long as it has to be, where a list that grows would keep room.
    if (replaced !== a) (fresh ??= args.slice())[k] = replaced
  }
  return fresh === null ? root : callOf(root.name, fresh)
}

/** `g . f`: g with f in the place of its variable `index`. */
export function compose(g: Expression, f: Expression, index = 0): Expression {
  return substitute(g, i => (i === index ? f : undefined))
}

/** Whether the expression is a sum or a difference. */
export function isSum(e: Expression): e is CallExpression & { readonly name: '+' | '-' } {
  return e.kind === 'call' && (e.name === '+' || e.name === '-')
}

/** The operands when the expression is a sum, difference, product, quotient, opposite or whole power, else none. */
export function arithmeticOperands(e: Expression): readonly Expression[] {
  if (e.kind !== 'call') return []
  if (e.name === '^') return wholeNumber(e.args[1]) === null ? [] : [e.args[0]]
  return isSum(e) || e.name === 'neg' || e.name === '*' || e.name === '/' ? e.args : []
}

/** Thrown when definitions unfold beyond what can be worked with; the engine turns it into UNDECIDED or a diagnostic. */
export class TooLarge extends Error {}

/** Operations that are defined whenever their operands are. */
export const TOTAL: ReadonlySet<string> = new Set([
  '+',
  '-',
  '*',
  'neg',
  'exp',
  'abs',
  'sign',
  'max',
  'min',
  'floor',
  'sin',
  'cos',
  'sinh',
  'cosh',
  'tanh',
  'asinh',
  'erf',
  'sigmoid',
  'relu',
  'softplus',
])

/** The variables that are evaluated whenever the expression is, whatever branches are taken. */
function strictVariables(root: Expression): Set<number> {
  const found = new Set<number>()
  const seen = new Set<Expression>()
  const stack = [root]
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue
    seen.add(e)
    if (e.kind === 'variable') found.add(e.index)
    else if (e.kind === 'choose') stack.push(e.left, e.right)
    else stack.push(...parts(e))
  }
  return found
}

/**
 * A body with its arguments put in, defined only where the arguments are: a function is strict, also in an argument that
 * its formula does not look at. For f(t) = 3, `f(ln(x))` is `3 + 0*ln(x)`.
 */
function strictly(result: Expression, body: Expression, args: readonly Expression[]): Expression {
  let strict: Set<number> | null = null
  let total = result
  args.forEach((arg, i) => {
    if (arg.kind === 'variable' || arg.kind === 'number') return
    strict ??= strictVariables(body)
    if (strict.has(i)) return
    if (
      postorder(arg).every(e => e.kind !== 'apply' && e.kind !== 'choose' && (e.kind !== 'call' || TOTAL.has(e.name)))
    )
      return
    total = call('+', total, call('*', number(0), arg))
  })
  return total
}

/**
 * Replaces every defined function by its definition, also inside definitions.
 * Throws TooLarge beyond `limit` different parts (a file can nest definitions so that they double at each level).
 */
export function unfold(root: Expression, limit = 200_000): Expression {
  // Most functions on nodes are one operation, of which there is nothing to unfold.
  if (root.kind === 'call' && root.args.every(a => a.kind === 'variable' || a.kind === 'number')) return root
  let made = 0
  const done = new Map<Expression, Expression>()
  // A definition is unfolded before it is used, without recursion on the depth of definitions: they are put on a stack.
  const todo: Expression[] = [root]
  while (todo.length > 0) {
    const e = todo[todo.length - 1]
    spend(2)
    if (done.has(e)) {
      todo.pop()
      continue
    }
    const order = postorder(e)
    const missing = order.flatMap(p =>
      p.kind === 'apply' && p.fn.definition !== null && !done.has(p.fn.definition) ? [p.fn.definition] : [],
    )
    if (missing.length > 0) {
      todo.push(...missing)
      continue
    }
    for (const p of order) {
      if (done.has(p)) continue
      const args = parts(p).map(a => done.get(a) as Expression)
      let result = args.length === 0 ? p : withParts(p, args)
      if (p.kind === 'apply' && p.fn.definition !== null) {
        const body = done.get(p.fn.definition) as Expression
        made += size(body)
        result = strictly(
          substitute(body, i => args[i]),
          body,
          args,
        )
      }
      if (++made > limit) throw new TooLarge(`more than ${limit} parts`)
      done.set(p, result)
    }
    todo.pop()
  }
  return done.get(root) as Expression
}

const KIND_ORDER: Readonly<Record<Expression['kind'], number>> = {
  number: 0,
  constant: 1,
  variable: 2,
  call: 3,
  apply: 4,
  choose: 5,
}

function compareHeads(a: Expression, b: Expression): number {
  if (a.kind !== b.kind) return KIND_ORDER[a.kind] - KIND_ORDER[b.kind]
  const text = (s: string, t: string): number => (s < t ? -1 : s > t ? 1 : 0)
  switch (a.kind) {
    case 'number':
      return a.value.compare((b as NumberExpression).value)
    case 'constant':
      return text(a.name, (b as ConstantExpression).name)
    case 'variable':
      return a.index - (b as VariableExpression).index
    case 'call':
      return text(a.name, (b as CallExpression).name)
    case 'apply':
      return text(a.fn.name, (b as ApplyExpression).fn.name) || symbolId(a.fn) - symbolId((b as ApplyExpression).fn)
    case 'choose':
      return text(a.relation, (b as ChooseExpression).relation)
  }
}

/** A total order that depends only on what the expressions say, not on when they were made. Equal means the same object. */
export function compareExpressions(a: Expression, b: Expression): number {
  const stack: [Expression, Expression][] = [[a, b]]
  const seen = new Set<string>()
  for (let pair = stack.pop(); pair !== undefined; pair = stack.pop()) {
    const [l, r] = pair
    if (l === r) continue
    const key = `${l.id},${r.id}`
    if (seen.has(key)) continue
    seen.add(key)
    const heads = compareHeads(l, r)
    if (heads !== 0) return heads
    const lp = parts(l)
    const rp = parts(r)
    if (lp.length !== rp.length) return lp.length - rp.length
    for (let i = lp.length - 1; i >= 0; i--) stack.push([lp[i], rp[i]])
  }
  return 0
}

// Printing: the same precedences as the grammar's.
const PRECEDENCE: Partial<Record<string, number>> = { '+': 3, '-': 3, '*': 4, '/': 4, neg: 5, '^': 6 }
const ATOM = 9

/**
 * Text in the language. `names` are the names of the variables (default `t` for the only one of a unary function,
 * else t1, t2, ...). Throws TooLarge when the text, in which shared parts are repeated, gets longer than `limit`.
 */
export function printExpression(root: Expression, names?: readonly string[], limit = 1_000_000): string {
  const variables = variablesOf(root)
  const nameOf = (i: number): string => names?.[i] ?? (variables.length === 1 && variables[0] === 0 ? 't' : `t${i + 1}`)
  type Printed = { text: string; level: number }
  return fold<Printed>(root, (e, of) => {
    const at = (part: Expression, level: number): string => {
      const p = of(part)
      return p.level >= level ? p.text : `(${p.text})`
    }
    const result = ((): Printed => {
      switch (e.kind) {
        case 'number': {
          const text = printRational(e.value)
          return { text, level: text.includes('/') ? 4 : text.startsWith('-') ? 5 : ATOM }
        }
        case 'constant':
          return { text: e.name, level: ATOM }
        case 'variable':
          return { text: nameOf(e.index), level: ATOM }
        case 'apply':
          // A function of no argument is an unknown number.
          if (e.args.length === 0) return { text: e.fn.name, level: ATOM }
          return { text: `${e.fn.name}(${e.args.map(a => at(a, 0)).join(', ')})`, level: ATOM }
        case 'choose':
          return {
            text: `${at(e.left, 3)} ${e.relation} ${at(e.right, 3)} ? ${at(e.then, 2)} : ${at(e.otherwise, 1)}`,
            level: 1,
          }
        case 'call': {
          const level = PRECEDENCE[e.name]
          if (level === undefined) return { text: `${e.name}(${e.args.map(a => at(a, 0)).join(', ')})`, level: ATOM }
          if (e.name === 'neg') return { text: `-${at(e.args[0], level)}`, level }
          // `^` associates to the right, the others to the left; - and / need brackets on the right at their own level.
          if (e.name === '^') return { text: `${at(e.args[0], level + 1)}^${at(e.args[1], 5)}`, level }
          const space = level === 3 ? ' ' : ''
          return { text: `${at(e.args[0], level)}${space}${e.name}${space}${at(e.args[1], level + 1)}`, level }
        }
      }
    })()
    if (result.text.length > limit) throw new TooLarge(`more than ${limit} characters`)
    return result
  }).text
}
