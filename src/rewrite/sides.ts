// The two sides of a rule, from their text: stages after each other, over the rule's wires. Both are walked alike; what stands
// for functions and matrices is matched on the left, and built on the right.

import { scaled } from '../algebra/operators.ts'
import { type Diagnostic, ruleCannot } from '../diagnostic.ts'
import { type Linear, linearPostorder, ones, type WeightSymbol, weight } from '../linear/linear.ts'
import { addSizes, type Size, sizeOf } from '../linear/size.ts'
import { call, type Expression, type FunctionSymbol, postorder, variable, x0 } from '../scalar/expression.ts'
import { REALS } from '../scalar/range.ts'
import { matrixTerm } from '../syntax/matrices.ts'
import { rationalTerm, type Scope, sizeTerm, spanAt } from '../syntax/scope.ts'
import { expressionTerm, unaryTerm } from '../syntax/terms.ts'
import { type Located, namesIn, partsOf, type RuleSide, type Term } from '../syntax/tree.ts'
import {
  type FunctionPattern,
  type FunctionTemplate,
  type LinearPattern,
  type LinearTemplate,
  type NetVariable,
  type Pattern,
  type RuleVariables,
  type Stage,
  sizesOfPattern,
  stagesBefore,
  type Template,
  type VariablePattern,
} from './rule.ts'
import { withCalls, withCallsOf } from './subnets.ts'

/** Thrown inside when a rule says what the engine cannot do; null: it has been reported. */
export class Cannot extends Error {
  constructor(readonly diagnostic: Diagnostic | null) {
    super(diagnostic?.message)
  }
}

/** The variables of a rule while it is read. */
export interface OpenVariables {
  readonly functions: { readonly name: string; readonly variadic: boolean; readonly symbol: FunctionSymbol | null }[]
  readonly operators: { readonly name: string; readonly symbol: WeightSymbol }[]
  readonly factors: { readonly symbol: WeightSymbol; readonly slot: number }[]
  readonly reals: { readonly name: string; readonly symbol: FunctionSymbol }[]
  readonly wires: { readonly name: string; readonly width: Size | null }[]
  readonly groups: { readonly name: string }[]
  readonly nets: NetVariable[]
}

/** What the names in the sides mean. */
export class SideNames {
  constructor(
    readonly scope: Scope,
    readonly variables: OpenVariables,
  ) {}

  slot(kind: Exclude<keyof RuleVariables, 'factors'>, name: string): number {
    return this.variables[kind].findIndex(v => v.name === name)
  }
  cannot(at: Located, what: string): Cannot {
    return new Cannot(ruleCannot(spanAt(this.scope, 0, at), what))
  }
  read<T>(value: T | null): T {
    if (value === null) throw new Cannot(null)
    return value
  }
  size(term: Term): Size {
    return this.read(sizeTerm(this.scope, 0, term, 0))
  }
  matrix(term: Term): Linear {
    return this.read(matrixTerm(this.scope, 0, term))
  }
  /** The size of a group: a number, or a name that is a variable from then on. */
  group(term: Term): number | { readonly slot: number } {
    const { groups } = this.variables
    if (term.kind === 'name') {
      const known = this.slot('groups', term.name)
      return { slot: known >= 0 ? known : groups.push({ name: term.name }) - 1 }
    }
    const value = rationalTerm(term)
    if (value === null || value.d !== 1n || value.compare(1) < 0)
      throw this.cannot(term, 'use this as the size of a group')
    return Number(value.n)
  }
  /** A function of one number that is no variable of the rule. */
  scalar(term: Term): Expression {
    const fn = this.read(unaryTerm(this.scope, 0, term))
    // A function of the rule with a formula is that formula: its numbers are the rule's variables.
    return fn.kind === 'apply' && fn.fn.definition !== null && this.hasReals(fn.fn.definition) && fn.args[0] === x0
      ? fn.fn.definition
      : fn
  }
  hasReals(fn: Expression): boolean {
    return postorder(fn).some(e => e.kind === 'apply' && this.variables.reals.some(r => r.symbol === e.fn))
  }
  /** Whether a name is that of a vector, of the rule or of the file: a wire that is the same for every input. */
  isVector(term: Term): boolean {
    return term.kind === 'name' && this.scope.weights.get(term.name)?.columns === sizeOf(1)
  }
}

/** What differs between the sides: F says functions, L matrices, and S is a side. */
interface Kit<F, L, S> {
  make(stage: Stage<F, L, S>): S
  /** A stage that is a function. */
  fn(stage: Term): F
  /** A formula over wires. */
  formula(fn: Expression): F
  matrix(term: Term): L
  /** A stage that only this side may have, else null. */
  own(stage: Term, arg: S): S | null
  /** Whether compositions of functions of the rule are stages one after the other. */
  readonly takesApart: boolean
  /** A number that begins the side, as a wire; null for all else. */
  number(term: Term): S | null
}

/** Matching recurses on the stages of a side. */
const MOST_STAGES = 500

class SideReader<F, L, S extends { readonly kind: string }> {
  private readonly kit: Kit<F, L, S>
  private count = 0

  constructor(
    private readonly names: SideNames,
    kit: Kit<F, L, S>,
    root: RuleSide,
  ) {
    const make = (stage: Stage<F, L, S>): S => {
      if (++this.count > MOST_STAGES) throw names.cannot(root, `have more than ${MOST_STAGES} stages on a side`)
      return kit.make(stage)
    }
    this.kit = { ...kit, make }
  }

  side({ first, stages }: RuleSide): S {
    const number = first === null ? this.kit.number(stages[0]) : null
    if (number !== null) return stages.slice(1).reduce((arg: S, stage) => this.stage(stage, arg), number)
    const start = first === null ? this.kit.make({ kind: 'wire', slot: 0 }) : this.wire(first)
    return stages.reduce((arg: S, stage) => this.stage(stage, arg), start)
  }

  private wire(term: Term): S {
    const { kit, names } = this
    switch (term.kind) {
      case 'group':
        return this.wire(term.of)
      case 'name': {
        const slot = names.slot('wires', term.name)
        if (slot >= 0) return kit.make({ kind: 'wire', slot })
        if (names.isVector(term)) return kit.make({ kind: 'constant', value: kit.matrix(term) })
        break
      }
      case 'chain':
        return term.stages.reduce((arg: S, stage) => this.stage(stage, arg), this.wire(term.first))
      case 'call':
        if (this.isScalar(term.fn)) break
        if (term.args.length === 1) return this.stage(term.fn, this.wire(term.args[0]))
        if (term.fn.kind !== 'name' || names.slot('functions', term.fn.name) < 0) break
        return kit.make({ kind: 'pointwise', fn: kit.fn(term.fn), args: this.severalWires(term.args) })
      case 'list':
        if (term.items.every(i => partsOf(i).length === 0 && i.kind === 'number'))
          return kit.make({ kind: 'constant', value: kit.matrix(term) })
        return kit.make({ kind: 'join', args: term.items.map(i => this.wire(i)) })
      case 'slice':
        return kit.make({
          kind: 'slice',
          start: names.size(term.from),
          end: names.size(term.to),
          arg: this.wire(term.of),
        })
      default:
    }
    const args: S[] = []
    const named = new Map<string, number>()
    const fn = names.read(
      expressionTerm(names.scope, 0, term, t => (this.isWire(t) ? variable(this.argument(args, named, t)) : undefined)),
    )
    return kit.make({ kind: 'pointwise', fn: kit.formula(fn), args })
  }

  /** The number of a wire among the args of a formula; a wire that is named again is the same arg. */
  private argument(args: S[], named: Map<string, number>, term: Term): number {
    const known = term.kind === 'name' ? named.get(term.name) : undefined
    if (known !== undefined) return known
    const place = args.push(this.wire(term)) - 1
    if (term.kind === 'name') named.set(term.name, place)
    return place
  }
  /** The wires of a function of several, which have to be different ones: a node has every wire once. */
  private severalWires(terms: readonly Term[]): readonly S[] {
    const args: S[] = []
    const named = new Map<string, number>()
    for (const [i, t] of terms.entries())
      if (this.argument(args, named, t) < i)
        throw this.names.cannot(t, 'give a function of the rule the same wire twice')
    return args
  }

  /** Whether a term in a formula is a wire of its own, and no number or operation on numbers. */
  private isWire(t: Term): boolean {
    if (t.kind === 'name') return this.names.slot('wires', t.name) >= 0 || this.names.isVector(t)
    if (t.kind === 'call') return !this.isScalar(t.fn)
    return t.kind === 'chain' || t.kind === 'list' || t.kind === 'slice'
  }

  /** Whether a term stands for a function of numbers (not for an operation on wires or a variable of the rule). */
  private isScalar(term: Term): boolean {
    if (term.kind === 'group') return this.isScalar(term.of)
    if (term.kind === 'compose') return term.functions.every(f => this.isScalar(f))
    // `inverse(f)`
    if (term.kind === 'call') return term.args.every(a => this.isScalar(a))
    if (term.kind !== 'name') return true
    const isOnWires = term.name === 'softmax' || term.name === 'logsoftmax' || this.names.slot('nets', term.name) >= 0
    return !isOnWires && this.names.slot('functions', term.name) < 0
  }

  private stage(stage: Term, arg: S): S {
    const { kit, names } = this
    const own = kit.own(stage, arg)
    if (own !== null) return own
    // What is matched are the parts, one after the other.
    if (stage.kind === 'compose' && kit.takesApart && !this.isScalar(stage))
      return stage.functions.reduceRight((at: S, f) => this.stage(f, at), arg)
    switch (stage.kind) {
      case 'group':
        return this.stage(stage.of, arg)
      case 'chain':
        return [stage.first, ...stage.stages].reduce((at: S, s) => this.stage(s, at), arg)
      case 'name':
        if (stage.name === 'softmax' || stage.name === 'logsoftmax') return kit.make({ kind: stage.name, arg })
        if (names.slot('nets', stage.name) >= 0)
          return kit.make({ kind: 'net', slot: names.slot('nets', stage.name), call: null, arg })
        break
      case 'indexed':
        switch (stage.name) {
          case 'add':
          case 'mul':
            return this.layer(stage.name, stage.args, arg)
          case 'maxpool':
          case 'minpool': {
            const operation = stage.name === 'maxpool' ? 'max' : 'min'
            return kit.make({ kind: 'reduce', operation, group: names.group(stage.args[0]), arg })
          }
          case 'mix': {
            const [fn, matrix] = stage.args
            const slot = fn.kind === 'name' ? names.slot('functions', fn.name) : -1
            if (slot < 0) throw names.cannot(fn, 'mix with a function that is no variable of the rule')
            return kit.make({ kind: 'mix', slot, operator: kit.matrix(matrix), arg })
          }
          default:
        }
        break
      default:
    }
    return kit.make({ kind: 'pointwise', fn: kit.fn(stage), args: [arg] })
  }

  private layer(name: 'add' | 'mul', [matrix, bias]: readonly Term[], arg: S): S {
    const { kit } = this
    const kind = name === 'add' ? 'additive' : 'multiplicative'
    const operator = kit.matrix(matrix)
    if (bias === undefined) return kit.make({ kind, operator, bias: null, arg })
    if (!isFormula(this.names, bias)) return kit.make({ kind, operator, bias: kit.matrix(bias), arg })
    // A bias such as e^b is a wire of its own, which is added, or multiplied by the exponential of it.
    const layer = kit.make({ kind, operator, bias: null, arg })
    const [x, b] = [variable(0), variable(1)]
    const fn = name === 'add' ? call('+', x, b) : call('*', x, call('exp', b))
    return kit.make({ kind: 'pointwise', fn: kit.formula(fn), args: [layer, this.wire(bias)] })
  }
}

/** Whether a term over vectors is no linear one: some power or function in it is of a vector. */
function isFormula(names: SideNames, root: Term): boolean {
  const stack = [root]
  for (let t = stack.pop(); t !== undefined; t = stack.pop()) {
    const isFunction = t.kind === 'call' && t.fn.kind === 'name' && !MATRIX_MAKERS.has(t.fn.name)
    if (isFunction || t.kind === 'power' || t.kind === 'choose') {
      let hasWeight = false
      namesIn(t, name => {
        if (names.scope.weights.has(name)) hasWeight = true
      })
      if (hasWeight) return true
    } else if (t.kind !== 'call') stack.push(...partsOf(t))
  }
  return false
}
const MATRIX_MAKERS: ReadonlySet<string> = new Set([
  'identity',
  'zero',
  'ones',
  'select',
  'embed',
  'transpose',
  'diag',
  'normal',
])

// --- Left sides ---------------------------------------------------------------------------------------------------------

/** The pattern that the left side of a rule is. Throws Cannot. */
export function readPattern(names: SideNames, side: RuleSide): Pattern {
  const kit: Kit<FunctionPattern, LinearPattern, Pattern> = {
    make: stage => stage,
    fn: stage => functionPattern(names, stage),
    formula: fn => (names.hasReals(fn) ? { kind: 'form', fn } : { kind: 'exact', fn }),
    matrix: term => linearPattern(names, term),
    own: () => null,
    takesApart: true,
    number: () => null,
  }
  const pattern = withCalls(new SideReader(names, kit, side).side(side))
  if (pattern.kind === 'net')
    throw names.cannot(side, 'end its left side with a part of a net: nothing says where it ends')
  if (pattern.kind === 'wire' || pattern.kind === 'constant') throw names.cannot(side, 'match a plain wire')
  return pattern
}

function functionPattern(names: SideNames, stage: Term): FunctionPattern {
  const slotOf = (t: Term | undefined): number => (t?.kind === 'name' ? names.slot('functions', t.name) : -1)
  const own = slotOf(stage)
  if (own >= 0) return { kind: 'variable', slot: own, variadic: names.variables.functions[own].variadic }
  if (stage.kind === 'call' && stage.fn.kind === 'name' && stage.fn.name === 'inverse') {
    const slot = slotOf(stage.args[0])
    if (slot >= 0) return { kind: 'inverse', slot }
  }
  const fn = names.scalar(stage)
  return names.hasReals(fn) ? { kind: 'form', fn } : { kind: 'exact', fn }
}

function linearPattern(names: SideNames, term: Term): LinearPattern {
  if (term.kind === 'group') return linearPattern(names, term.of)
  const { operators } = names.variables
  const variableOf = (t: Term | undefined): VariablePattern | null => {
    const slot = t?.kind === 'name' ? names.slot('operators', t.name) : -1
    if (slot < 0) return null
    const { rows, columns } = operators[slot].symbol
    return { kind: 'variable', slot, rows, columns }
  }
  const own = variableOf(term)
  if (own !== null) return own
  if (term.kind === 'call' && term.fn.kind === 'name') {
    const { name } = term.fn
    const of = term.args.length === 1 ? variableOf(term.args[0]) : null
    if (of !== null && (name === 'transpose' || name === 'diag'))
      return { kind: name === 'diag' ? 'diagonal' : name, of }
  }
  const operator = names.matrix(term)
  if (term.kind === 'product' && term.operators.every(o => o === '*')) {
    const factors = term.factors.flatMap(f => variableOf(f) ?? [])
    if (factors.length === term.factors.length) return { kind: 'product', factors }
  }
  if (operator.kind === 'identity') return { kind: 'identity', size: operator.rows }
  if (operator.kind === 'zero' || operator.kind === 'ones')
    return { kind: operator.kind, rows: operator.rows, columns: operator.columns }
  const isOpen = linearPostorder(operator).some(
    a => (a.kind === 'symbol' && operators.some(o => o.symbol === a.symbol)) || a.rows.terms.length > 0,
  )
  if (!isOpen || operator.kind === 'symbol') return { kind: 'exact', operator }
  const left =
    'a left side names weights, or is a product of them, transpose(W), diag(b), identity(n), zero(m, n), ones(m, n) or known'
  throw names.cannot(term, `match this matrix: ${left}`)
}

// --- Right sides --------------------------------------------------------------------------------------------------------

/** What the right side of a rule builds where the left side, which has been read before, was matched. Throws Cannot. */
export function readTemplate(names: SideNames, side: RuleSide, left: Pattern): Template {
  const matrices = (term: Term): Linear | undefined => {
    const [of] = term.kind === 'call' ? term.args : []
    const isFactor = term.kind === 'call' && term.fn.kind === 'name' && term.fn.name === 'diag'
    const slot = isFactor && of?.kind === 'name' ? names.slot('functions', of.name) : -1
    return slot < 0 ? undefined : weight(factorOf(names, slot, left, term))
  }
  const inner = new SideNames({ ...names.scope, matrices }, names.variables)
  const kit: Kit<FunctionTemplate, LinearTemplate, Template> = {
    make: stage => stage,
    fn: stage => functionTemplate(inner, stage),
    formula: fn => ({ kind: 'exact', fn }),
    matrix: term => linearTemplate(inner, term),
    own: (stage, arg) => computedStage(inner, stage, arg),
    takesApart: false,
    number: term => numberSide(inner, left, term),
  }
  return withCallsOf(left, new SideReader(inner, kit, side).side(side))
}

/** A number on a right side: a function that does not look at its wire, or a vector as wide as the left side. */
function numberSide(names: SideNames, left: Pattern, term: Term): Template | null {
  if (!isNumber(names, term)) return null
  const value = names.read(expressionTerm(names.scope, 0, term, () => undefined))
  const wire = wireAsWide(left)
  if (wire !== null) return { kind: 'pointwise', fn: { kind: 'exact', fn: value }, args: [wire] }
  const width = widthAfter(names.variables, left)
  if (width === null) throw names.cannot(term, 'tell how wide this number is: no layer or declared wire fixes it')
  return { kind: 'constant', value: { kind: 'computed', operator: scaled(value, ones(width, sizeOf(1))) } }
}
/** Whether a term is made of numbers alone, known ones and those of the rule. */
function isNumber(names: SideNames, term: Term): boolean {
  const { reals } = names.scope
  const stack = [term]
  for (let t = stack.pop(); t !== undefined; t = stack.pop()) {
    if (t.kind === 'name' && t.name !== 'pi' && t.name !== 'e' && reals?.has(t.name) !== true) return false
    if (!NUMERIC.has(t.kind)) return false
    stack.push(...(t.kind === 'call' ? t.args : partsOf(t)))
  }
  return true
}
const NUMERIC: ReadonlySet<Term['kind']> = new Set([
  'number',
  'name',
  'group',
  'negative',
  'sum',
  'product',
  'power',
  'call',
])
/** A wire of the left side that has the width of its result, whatever its width is. */
function wireAsWide(left: Pattern): (Pattern & { readonly kind: 'wire' }) | null {
  const stack: Pattern[] = [left]
  for (let p = stack.pop(); p !== undefined; p = stack.pop()) {
    if (p.kind === 'wire') return p
    if (p.kind === 'pointwise' || p.kind === 'softmax' || p.kind === 'logsoftmax')
      stack.push(...stagesBefore(p).toReversed())
  }
  return null
}

/** The matrix that `diag(f)` stands for: the factor of the linear function f, on the diagonal. */
function factorOf(names: SideNames, slot: number, left: Pattern, at: Term): WeightSymbol {
  const { factors, functions } = names.variables
  const known = factors.find(f => f.slot === slot)
  if (known !== undefined) return known.symbol
  const { name } = functions[slot]
  const width = widthOfFunction(names.variables, left, slot)
  if (width === null) throw names.cannot(at, `tell the size of diag(${name}): no layer or declared wire fixes it`)
  const symbol = { name: `diag(${name})`, rows: width, columns: width, vector: false, entries: REALS, value: null }
  factors.push({ symbol, slot })
  return symbol
}

/** The width of the wire that leaves a stage of the left side, where layers or declared wires fix it. */
function widthAfter(variables: OpenVariables, p: Pattern): Size | null {
  switch (p.kind) {
    case 'wire':
      return variables.wires[p.slot].width
    case 'pointwise':
      return p.args.map(a => widthAfter(variables, a)).find(w => w !== null) ?? null
    case 'additive':
    case 'multiplicative':
    case 'mix':
      return sizesOfPattern(p.operator)[0]
    case 'constant':
      return sizesOfPattern(p.value)[0]
    case 'softmax':
    case 'logsoftmax':
      return widthAfter(variables, p.arg)
    case 'net':
      return variables.nets[p.slot].rows
    case 'slice':
      return addSizes(p.end, p.start, -1)
    case 'join':
    case 'reduce':
      return null
  }
}

/** The width of the wires of a function of the left side, where layers or declared wires fix it. */
function widthOfFunction(variables: OpenVariables, left: Pattern, slot: number): Size | null {
  const find = (p: Pattern, wanted: Size | null): Size | null => {
    if (p.kind === 'pointwise') {
      const width = wanted ?? widthAfter(variables, p)
      if (p.fn.kind === 'variable' && p.fn.slot === slot) return width
      return p.args.map(a => find(a, width)).find(w => w !== null) ?? null
    }
    if (p.kind === 'join') return p.args.map(a => find(a, null)).find(w => w !== null) ?? null
    if (p.kind === 'wire' || p.kind === 'constant') return null
    const isLayer = p.kind === 'additive' || p.kind === 'multiplicative' || p.kind === 'mix'
    const isEven = p.kind === 'softmax' || p.kind === 'logsoftmax'
    return find(p.arg, isLayer ? sizesOfPattern(p.operator)[1] : isEven ? wanted : null)
  }
  return find(left, null)
}

/** A stage whose content is worked out where the rule is applied. */
function computedStage(names: SideNames, stage: Term, arg: Template): Template | null {
  if (stage.kind === 'name' && stage.name === 'id') return arg
  if (stage.kind === 'indexed' && stage.name === 'constant')
    return { kind: 'constant', value: linearTemplate(names, stage.args[0]) }
  if (stage.kind !== 'call' || stage.fn.kind !== 'name') return null
  const { name } = stage.fn
  const [first, second] = stage.args
  if (first?.kind !== 'name') return null
  const slot = names.slot('functions', first.name)
  if (slot >= 0 && (name === 'linear' || name === 'parts')) return { kind: name, slot, arg }
  if (name !== 'elementwise' || second?.kind !== 'name') return null
  return {
    kind: 'elementwise',
    operator: names.slot('operators', first.name),
    bias: names.slot('operators', second.name),
    arg,
  }
}

function functionTemplate(names: SideNames, term: Term): FunctionTemplate {
  switch (term.kind) {
    case 'group':
      return functionTemplate(names, term.of)
    case 'name': {
      const slot = names.slot('functions', term.name)
      if (slot >= 0) return { kind: 'variable', slot }
      break
    }
    case 'compose': {
      const functions = term.functions.map(f => functionTemplate(names, f))
      return functions.reduceRight((inner, outer) => ({ kind: 'compose', outer, inner }))
    }
    case 'call':
      if (term.fn.kind !== 'name') break
      switch (term.fn.name) {
        case 'inverse':
        case 'normal':
        case 'inner':
        case 'outer':
        case 'first':
        case 'last':
          return { kind: term.fn.name, of: functionTemplate(names, term.args[0]) }
        default:
      }
      break
    default:
  }
  return { kind: 'exact', fn: names.scalar(term) }
}

function linearTemplate(names: SideNames, term: Term): LinearTemplate {
  if (term.kind === 'group') return linearTemplate(names, term.of)
  if (term.kind === 'call' && term.fn.kind === 'name' && term.fn.name === 'normal')
    return { kind: 'normal', of: linearTemplate(names, term.args[0]) }
  const operator = names.matrix(term)
  const slot = operator.kind === 'symbol' ? names.variables.operators.findIndex(o => o.symbol === operator.symbol) : -1
  return slot >= 0 ? { kind: 'variable', slot } : { kind: 'computed', operator }
}
