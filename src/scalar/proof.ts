// Proofs about real functions as data: equations that are instances of axioms or hold by arithmetic, facts derived from
// signs, and case splits. `check/scalar.ts` checks them without searching; `algebra/` finds them.
import { AXIOMS, type Axiom, type Condition } from './axioms.ts'
import {
  apply,
  call,
  type Expression,
  number,
  one,
  parts,
  postorder,
  printExpression,
  wholeNumber,
  withParts,
} from './expression.ts'
import { printRange, type Range } from './range.ts'
import { type Rational, rational } from './rational.ts'
import { fractionWork, spend } from './work.ts'

export type { Condition } from './axioms.ts'

/** `divisor * cofactor` is this product, whose factors are not 0; so the divisor is not 0 either, where the cofactor is defined. */
export interface Divisor {
  readonly divisor: Expression
  readonly cofactor: Expression
  readonly product: readonly Expression[]
}

/**
 * One equation. Wherever `before` is defined (and the facts of the case hold), `after` is defined and equal.
 * - axiom: both sides are instances of the axiom's sides, whose conditions hold.
 * - arithmetic: the same function of arguments that are equal by expansion, modulo the relations before this one, when the
 *   chain has rewritten `after`. The divisors are those of `after` that `before` does not divide by itself.
 * - function: the declared parity or inverse of an unknown function.
 * - fact: `before` is `after` plus a multiple of something that a fact makes zero, as the chain rewrites that.
 */
export type Equation = Rewriting | Solution

/** An equation that holds by itself. Chains of chains have none. */
export type Rewriting =
  | {
      readonly kind: 'axiom'
      readonly axiom: string
      readonly bindings: readonly Expression[]
      readonly before: Expression
      readonly after: Expression
    }
  | {
      readonly kind: 'arithmetic'
      readonly before: Expression
      readonly after: Expression
      readonly chain: readonly Rewriting[]
      readonly divisors: readonly Divisor[]
    }
  | {
      readonly kind: 'function'
      readonly property: 'odd' | 'even' | 'inverse'
      readonly before: Expression
      readonly after: Expression
    }

/** An equation that holds because something is zero. */
export interface Solution {
  readonly kind: 'fact'
  readonly before: Expression
  readonly after: Expression
  readonly zero: Expression
  readonly chain: readonly Rewriting[]
  readonly cofactor: Expression
  readonly divisors: readonly Divisor[]
}

/**
 * A new fact.
 * - sign: rewriting `sign(fact.expression)` by the chain gives a product of powers of signs, which ranges give.
 * - monotone: the expression is f(a) - f(b) for a monotone unknown f, and the range of a - b gives its sign.
 */
export interface Derivation {
  readonly kind: 'sign' | 'monotone'
  readonly fact: { readonly expression: Expression; readonly range: Range }
  readonly chain: readonly Rewriting[]
}

export type End =
  /** Both sides, as the steps have rewritten them, are equal by arithmetic. */
  | { readonly kind: 'equal' }
  /** No point of the domain satisfies the facts. */
  | { readonly kind: 'impossible' }
  /**
   * Every value of the expression lies in one of the ranges. It is defined here because `origin` is, and rewriting the
   * sign of that by the chain leads to the sign of this.
   */
  | {
      readonly kind: 'split'
      readonly on: Expression
      readonly origin: { readonly expression: Expression; readonly chain: readonly Rewriting[] }
      readonly cases: readonly { readonly range: Range; readonly branch: Branch }[]
    }

/** Steps, applied to both sides one after the other, and how they end. */
export interface Branch {
  readonly steps: readonly (Equation | Derivation)[]
  readonly end: End
}

export type ScalarProof = Branch

const byName: ReadonlyMap<string, Axiom> = new Map(AXIOMS.map(axiom => [axiom.name, axiom]))

export function findAxiom(name: string): Axiom {
  const axiom = byName.get(name)
  if (axiom === undefined) throw new RangeError(`findAxiom: there is no axiom ${name}`)
  return axiom
}

/** A pattern with its letters replaced; arithmetic on numbers that this brings together in an exponent is carried out. */
export function instantiate(pattern: Expression, bindings: readonly Expression[]): Expression {
  const order = postorder(pattern)
  const exponents = new Set<Expression>()
  for (const e of order) if (e.kind === 'call' && e.name === '^') for (const p of postorder(e.args[1])) exponents.add(p)
  const values = new Map<Expression, Expression>()
  for (const e of order) {
    if (e.kind === 'variable') {
      const bound = bindings[e.index]
      if (bound === undefined) throw new RangeError('instantiate: a letter has no binding')
      values.set(e, bound)
      continue
    }
    const args = parts(e).map(p => values.get(p) as Expression)
    const folded = e.kind === 'call' && exponents.has(e) ? foldNumbers(e.name, args) : null
    values.set(e, folded === null ? (args.length === 0 ? e : withParts(e, args)) : number(folded))
  }
  return values.get(pattern) as Expression
}

function foldNumbers(name: string, args: readonly Expression[]): Rational | null {
  const values: Rational[] = []
  for (const a of args) {
    if (a.kind !== 'number') return null
    // The product of two is twice as long.
    spend(2 * fractionWork(a.value.n, a.value.d))
    values.push(a.value)
  }
  const [a, b] = values
  switch (name) {
    case '+':
      return a.add(b)
    case '-':
      return a.sub(b)
    case '*':
      return a.mul(b)
    case '/':
      return b.n === 0n ? null : a.div(b)
    case 'neg':
      return a.neg()
    default:
      return null
  }
}

/** The conditions of an equation, for these bindings. Empty for what is not an axiom. */
export function conditionsOf(step: Equation): Condition[] {
  if (step.kind !== 'axiom') return []
  return findAxiom(step.axiom).conditions.map(({ expression, range }) => ({
    expression: instantiate(expression, step.bindings),
    range,
  }))
}

export function axiomStep(name: string, ...bindings: readonly Expression[]): Rewriting {
  const axiom = findAxiom(name)
  return {
    kind: 'axiom',
    axiom: name,
    bindings,
    before: instantiate(axiom.left, bindings),
    after: instantiate(axiom.right, bindings),
  }
}

/** The same arithmetic on both sides. */
export function arithmeticStep(before: Expression, after: Expression): Rewriting {
  return { kind: 'arithmetic', before, after, chain: [], divisors: [] }
}

/** What a value of an unknown function is equal to by a property that is declared of it; null where there is no such property. */
export function asDeclared(property: 'odd' | 'even' | 'inverse', value: Expression): Expression | null {
  if (value.kind !== 'apply' || value.fn.arity !== 1) return null
  const [argument] = value.args
  if (property === 'inverse') {
    if (argument.kind !== 'apply') return null
    return argument.fn.inverse === value.fn || value.fn.inverse === argument.fn ? argument.args[0] : null
  }
  if (value.fn.parity !== property || argument.kind !== 'call' || argument.name !== 'neg') return null
  const mirrored = apply(value.fn, argument.args[0])
  return property === 'even' ? mirrored : call('neg', mirrored)
}

/** What an operation divides by, as far as that is arithmetic. */
export function divisorsOf(e: Expression): readonly Expression[] {
  if (e.kind !== 'call') return []
  const exponent = e.name === '^' ? (wholeNumber(e.args[1]) ?? 0) : 0
  if (exponent < 0) return [exponent === -1 ? e.args[0] : call('^', e.args[0], number(-exponent))]
  return e.name === '/' ? [e.args[1]] : []
}

/** The product of expressions; 1 for none. */
export function productOf(factors: readonly Expression[]): Expression {
  return factors.length === 0 ? one : factors.reduce((a, b) => call('*', a, b))
}

/** `root` with every occurrence of `before` replaced. */
export function replaceAll(root: Expression, before: Expression, after: Expression): Expression {
  if (root === before) return after
  const values = new Map<Expression, Expression>()
  for (const e of postorder(root)) {
    if (e === before) {
      values.set(e, after)
      continue
    }
    const old = parts(e)
    const fresh = old.map(p => values.get(p) as Expression)
    values.set(e, fresh.some((f, i) => f !== old[i]) ? withParts(e, fresh) : e)
  }
  return values.get(root) as Expression
}

/** Axioms of the form `atom^n = value`: arithmetic reduces by them, and rewriting leaves them alone. */
const RELATIONS: ReadonlySet<string> = new Set(['root', 'pythagoras', 'square-of-sqrt'])

/** The atom and the power of an equation that is a relation of arithmetic; null for other equations. */
export function relationOf(equation: Equation): { atom: Expression; power: number } | null {
  const { before } = equation
  if (equation.kind !== 'axiom' || !RELATIONS.has(equation.axiom) || before.kind !== 'call') return null
  const exponent = before.args[1]
  if (exponent.kind !== 'number' || exponent.value.d !== 1n || exponent.value.compare(rational(2)) < 0) return null
  return { atom: before.args[0], power: Number(exponent.value.n) }
}

/** All that is reached from the roots by `partsOf`, which is asked once about each: what it gives comes before. */
export function partsFirst<T>(roots: readonly T[], partsOf: (e: T) => readonly T[]): T[] {
  const order: T[] = []
  const seen = new Set<T>()
  const stack: { e: T; children: readonly T[]; next: number }[] = []
  for (const root of roots) {
    let entered: T | null = root
    while (entered !== null || stack.length > 0) {
      if (entered !== null && !seen.has(entered)) {
        seen.add(entered)
        stack.push({ e: entered, children: partsOf(entered), next: 0 })
      }
      entered = null
      const top = stack[stack.length - 1]
      if (top === undefined) break
      if (top.next < top.children.length) entered = top.children[top.next++]
      else {
        order.push(top.e)
        stack.pop()
      }
    }
  }
  spend(order.length)
  return order
}

/** The subexpressions that are evaluated whenever the expression is: all but those in the branches of choices. */
export function strictParts(...roots: readonly Expression[]): Expression[] {
  return partsFirst(roots, e => (e.kind === 'choose' ? [e.left, e.right] : parts(e)))
}

export const signOf = (e: Expression): Expression => call('sign', e)

/** Expressions of more parts than this are not worked on. */
export const MOST_PARTS = 2_000_000

export function isDerivation(step: Equation | Derivation): step is Derivation {
  return step.kind === 'sign' || step.kind === 'monotone'
}

/** Every expression that a proof speaks of. */
export function expressionsOf(root: ScalarProof): Set<Expression> {
  const found = new Set<Expression>()
  const say = (...expressions: readonly Expression[]): void => {
    for (const e of expressions) found.add(e)
  }
  // Cases and chains that are added while these are walked through are come to, too.
  const chains: (readonly Equation[])[] = []
  const seen = new Set([root])
  for (const { steps, end } of seen) {
    for (const step of steps) {
      if (isDerivation(step)) say(step.fact.expression)
      chains.push(isDerivation(step) ? step.chain : [step])
    }
    if (end.kind !== 'split') continue
    say(end.on, end.origin.expression)
    chains.push(end.origin.chain)
    for (const { branch } of end.cases) seen.add(branch)
  }
  for (const chain of chains) {
    for (const e of chain) {
      say(e.before, e.after)
      if (e.kind === 'axiom') say(...e.bindings)
      if (e.kind === 'fact') say(e.zero, e.cofactor)
      if (e.kind !== 'arithmetic' && e.kind !== 'fact') continue
      for (const { divisor, cofactor, product } of e.divisors) say(divisor, cofactor, ...product)
      chains.push(e.chain)
    }
  }
  return found
}

/** A proof as lines of text, cases indented: each equation with the axiom that it is an instance of. */
export function printProof(proof: ScalarProof, names?: readonly string[]): string[] {
  const lines: string[] = []
  const print = (e: Expression): string => printExpression(e, names)
  const equation = (step: Equation): string => {
    const reason = { axiom: '', arithmetic: 'arithmetic', function: 'as declared', fact: 'as this vanishes here' }[
      step.kind
    ]
    return `${print(step.before)} = ${print(step.after)}   [${step.kind === 'axiom' ? step.axiom : reason}]`
  }
  const todo: { line: string; branch: Branch | null; indent: string }[] = [{ line: '', branch: proof, indent: '' }]
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    const { line, branch, indent } = item
    if (line !== '') lines.push(indent + line)
    if (branch === null) continue
    const inner = line === '' ? indent : `${indent}  `
    for (const step of branch.steps) {
      if (!isDerivation(step)) {
        lines.push(inner + equation(step))
        continue
      }
      lines.push(`${inner}${print(step.fact.expression)} in ${printRange(step.fact.range)}`)
      for (const link of step.chain) lines.push(`${inner}  ${equation(link)}`)
    }
    const { end } = branch
    if (end.kind === 'impossible') lines.push(`${inner}no point is in this case`)
    else if (end.kind === 'equal') lines.push(`${inner}both sides are equal by arithmetic`)
    else {
      for (const c of [...end.cases].reverse()) {
        todo.push({ line: `case ${print(end.on)} in ${printRange(c.range)}:`, branch: c.branch, indent: inner })
      }
    }
  }
  return lines
}
