// Checks a proof about two expressions, without searching: every equation is an instance of an axiom whose conditions
// hold by range analysis, or arithmetic; every derived fact follows; every split covers what it splits; every leaf ends
// in equality or contradiction; and both sides are defined.
import { Case, powerSigns, rangeOfSigns, type Signs, timesSigns } from './case.ts'
import { call, compose, type Expression, parts, TooLarge, unfold, variablesOf } from './expression.ts'
import * as P from './polynomial.ts'
import {
  type Branch,
  conditionsOf,
  type Derivation,
  type Equation,
  findAxiom,
  instantiate,
  Rewriter,
  relationOf,
  replaceAll,
  type ScalarProof,
  signOf,
  strictParts,
} from './proof.ts'
import { isSubset, NON_NEGATIVE, NON_POSITIVE, NON_ZERO, pointOf, type Range, union } from './range.ts'
import { Ring, wholeNumber } from './ring.ts'

export type Verification = { readonly accepted: true } | { readonly accepted: false; readonly reason: string }

class Rejected extends Error {}

const reject = (reason: string): never => {
  throw new Rejected(reason)
}

/** What a list of equations amounts to: rewriting from left to right, and arithmetic modulo them. */
class Modulo {
  private readonly rewriter = new Rewriter()
  private readonly relations: Equation[] = []

  constructor(private readonly meter: P.Meter) {}

  add(equation: Equation): void {
    this.rewriter.add(equation)
    if (relationOf(equation) !== null) this.relations.push(equation)
  }

  normal(e: Expression): Expression {
    return this.rewriter.normal(e)
  }

  ring(): Ring {
    const ring = new Ring(this.meter)
    for (const equation of this.relations) {
      const { atom, power } = relationOf(equation) as { atom: Expression; power: number }
      const value = ring.expand(this.normal(equation.after))
      if (P.constantValue(value.denominator) === 1n) ring.relate(ring.atom(this.normal(atom)), power, value.numerator)
    }
    return ring
  }

  equal(a: Expression, b: Expression): boolean {
    const u = this.normal(a)
    const v = this.normal(b)
    if (u === v) return true
    const ring = this.ring()
    return ring.same(ring.expand(u), ring.expand(v))
  }
}

/** Operations that are defined whenever their operands are. */
const TOTAL: ReadonlySet<string> = new Set([
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

/** Whether `after` is defined wherever all of `given` are. */
function isDefinedWith(given: readonly Expression[], after: Expression, within: Case, modulo: Modulo): boolean {
  const known = new Set(strictParts(...given))
  let ring: Ring | null = null
  const divisors: P.Polynomial[] = []
  const isNonZero = (e: Expression): boolean => {
    if (within.holds({ expression: e, range: NON_ZERO })) return true
    if (ring === null) {
      ring = modulo.ring()
      for (const g of given) for (const p of parts(g)) ring.expand(modulo.normal(p), divisors)
    }
    // A divisor of a product of what is divided by in `given` is not zero.
    let rest = ring.expand(modulo.normal(e)).numerator
    if (rest.size === 0) return false
    for (const d of divisors) {
      for (let g = P.gcd(rest, d, ring.meter); P.constantValue(g) === null; g = P.gcd(rest, d, ring.meter)) {
        const quotient = P.dividedExactly(rest, g, ring.meter)
        if (quotient === null) break
        rest = quotient
      }
    }
    const { monomial, primitive } = P.contents(rest)
    const atoms = (ring as Ring).atoms
    return (
      P.constantValue(primitive) !== null &&
      P.pairsOf(monomial).every(([v]) => within.holds({ expression: atoms[v], range: NON_ZERO }))
    )
  }
  return strictParts(after).every(e => {
    if (known.has(e) || e.kind === 'number' || e.kind === 'constant' || e.kind === 'variable') return true
    if (e.kind === 'call') {
      if (TOTAL.has(e.name)) return true
      if (e.name === '/') return isNonZero(e.args[1]) || within.defined(e)
      if (e.name === '^') {
        const exponent = wholeNumber(e.args[1])
        if (exponent !== null && (exponent >= 0 || isNonZero(e.args[0]))) return true
      }
    }
    return within.defined(e)
  })
}

function sameHead(a: Expression, b: Expression): boolean {
  if (a.kind === 'call' && b.kind === 'call') return a.name === b.name
  return a.kind === 'apply' && b.kind === 'apply' && a.fn === b.fn
}

function checkEquation(equation: Equation, within: Case, modulo: Modulo): void {
  const { before, after } = equation
  switch (equation.kind) {
    case 'axiom': {
      const axiom = findAxiom(equation.axiom)
      if (
        instantiate(axiom.left, equation.bindings) !== before ||
        instantiate(axiom.right, equation.bindings) !== after
      ) {
        reject(`not an instance of ${axiom.name}`)
      }
      if (!conditionsOf(equation).every(c => within.holds(c))) reject(`a condition of ${axiom.name} is not shown`)
      return
    }
    case 'arithmetic': {
      const u = parts(before)
      const v = parts(after)
      if (!sameHead(before, after)) reject('arithmetic between different functions')
      if (!u.every((p, i) => modulo.equal(p, v[i]))) reject('arithmetic does not come out')
      if (!isDefinedWith([before], after, within, modulo)) reject('arithmetic leads to something undefined')
      return
    }
    case 'function': {
      if (before.kind !== 'apply' || before.fn.arity !== 1) return reject('not an unknown function of one argument')
      const [argument] = before.args
      if (equation.property === 'inverse') {
        const isInverse =
          argument.kind === 'apply' &&
          argument.args[0] === after &&
          (argument.fn.inverse === before.fn || before.fn.inverse === argument.fn)
        if (!isInverse) reject('not an inverse')
        return
      }
      if (before.fn.parity !== equation.property) reject('the function is not declared so')
      if (argument.kind !== 'call' || argument.name !== 'neg') return reject('not an opposite')
      const positive =
        equation.property === 'even' ? after : after.kind === 'call' && after.name === 'neg' ? after.args[0] : null
      if (positive?.kind !== 'apply' || positive.fn !== before.fn || positive.args[0] !== argument.args[0]) {
        reject('not the function of the opposite')
      }
      return
    }
    case 'fact': {
      if (before.kind !== 'variable' || variablesOf(after).includes(before.index))
        return reject('not a solution for a variable')
      const ring = new Ring(new P.Meter(100_000))
      const difference = ring.add(ring.expand(before), ring.expand(after), -1n)
      const holds = within.conditions.some(({ expression, range }) => {
        const value = pointOf(range)
        if (value === null || !value.equals(0)) return false
        const zero = ring.expand(expression)
        if (zero.numerator.size === 0) return false
        const ratio = ring.divide(difference, zero)
        return ring.rationalValue(ratio) !== null && isDefinedWith([expression], after, within, modulo)
      })
      if (!holds) reject('the fact does not give this solution')
    }
  }
}

/** The signs of a product of powers of signs. */
function signsOfProduct(root: Expression, within: Case): Signs {
  const stack: { e: Expression; exponent: number }[] = [{ e: root, exponent: 1 }]
  let result: Signs = 4
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { e, exponent } = item
    if (e.kind === 'call' && e.name === '*') {
      for (const p of e.args) stack.push({ e: p, exponent })
    } else if (e.kind === 'call' && e.name === '^' && wholeNumber(e.args[1]) !== null) {
      stack.push({ e: e.args[0], exponent: exponent * (wholeNumber(e.args[1]) as number) })
    } else if (e.kind === 'call' && e.name === 'sign') {
      result = timesSigns(result, powerSigns(within.signs(e.args[0]), exponent))
    } else return reject('not a product of signs')
  }
  return result
}

function checkDerivation(d: Derivation, within: Case, isDefined: (e: Expression) => boolean, meter: P.Meter): void {
  const { expression, range } = d.fact
  if (!isDefined(expression)) reject('a fact about something that may be undefined')
  if (d.kind === 'monotone') {
    if (expression.kind !== 'call' || expression.name !== '-') return reject('not a difference')
    const [u, v] = expression.args
    if (u.kind !== 'apply' || v.kind !== 'apply' || u.fn !== v.fn || u.args.length !== 1 || u.fn.monotone === null) {
      return reject('not a difference of values of a monotone function')
    }
    const [x] = u.args
    const [y] = v.args
    const difference = within.range(call('-', x, y))
    const [above, below] = u.fn.monotone === 'increasing' ? [NON_NEGATIVE, NON_POSITIVE] : [NON_POSITIVE, NON_NEGATIVE]
    const shown =
      (isSubset(difference, NON_NEGATIVE) && isSubset(above, range)) ||
      (isSubset(difference, NON_POSITIVE) && isSubset(below, range))
    if (!shown) reject('monotonicity does not give this')
    return
  }
  let state = signOf(expression)
  for (const { equations, step } of d.chain) {
    const modulo = new Modulo(meter)
    for (const equation of equations) {
      checkEquation(equation, within, modulo)
      modulo.add(equation)
    }
    checkEquation(step, within, modulo)
    state = replaceAll(state, step.before, step.after)
  }
  if (!isSubset(rangeOfSigns(signsOfProduct(state, within)), range)) reject('the signs do not give this')
}

/**
 * Whether the proof shows that both sides are defined and equal on the whole domain. One set for each variable.
 * Never throws on a proof that is merely wrong.
 */
export function verifyScalarProof(
  proof: ScalarProof,
  left: Expression,
  right: Expression,
  domain: readonly Range[],
  meter: P.Meter = new P.Meter(50_000_000),
): Verification {
  try {
    check(proof, unfold(left), unfold(right), domain, meter)
    return { accepted: true }
  } catch (error) {
    if (error instanceof Rejected || error instanceof P.BudgetExhausted || error instanceof TooLarge) {
      return { accepted: false, reason: error.message }
    }
    throw error
  }
}

function check(
  proof: ScalarProof,
  left: Expression,
  right: Expression,
  domain: readonly Range[],
  meter: P.Meter,
): void {
  if (variablesOf(left, right).some(index => index >= domain.length)) reject('a variable has no domain')
  interface State {
    readonly branch: Branch
    readonly within: Case
    /** The sides as the steps have rewritten them, and as they were but for solved variables. */
    readonly sides: readonly [Expression, Expression]
    readonly originals: readonly [Expression, Expression]
    /** Whether both sides are known to be defined wherever the facts hold. */
    readonly defined: boolean
  }
  const first: [Expression, Expression] = [left, right]
  const todo: State[] = [{ branch: proof, within: new Case(domain), sides: first, originals: first, defined: false }]
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    let { within, sides, originals, defined } = state
    const none = new Modulo(meter)
    const areDefined = (): boolean => (defined ||= originals.every(e => within.defined(e)))
    const isDefined = (e: Expression): boolean =>
      within.defined(e) || (areDefined() && isDefinedWith(sides, e, within, none))
    for (const step of state.branch.steps) {
      if ('chain' in step) {
        checkDerivation(step, within, isDefined, meter)
        within = within.with(step.fact.expression, step.fact.range)
        continue
      }
      checkEquation(step, within, none)
      sides = [replaceAll(sides[0], step.before, step.after), replaceAll(sides[1], step.before, step.after)]
      if (step.kind === 'fact' && step.before.kind === 'variable') {
        const { index } = step.before
        within = within.substituted(index, step.after)
        originals = [compose(originals[0], step.after, index), compose(originals[1], step.after, index)]
      }
    }
    const { end } = state.branch
    switch (end.kind) {
      case 'impossible':
        if (!within.impossible()) reject('the case is not shown to be impossible')
        break
      case 'split': {
        if (!isDefined(end.on)) reject('a split on something that may be undefined')
        const covered = union(...end.cases.map(c => c.range))
        if (!isSubset(within.range(end.on), covered)) reject('the cases do not cover everything')
        for (const c of end.cases) {
          todo.push({ branch: c.branch, within: within.with(end.on, c.range), sides, originals, defined })
        }
        break
      }
      case 'equal': {
        if (!areDefined()) reject('a side is not shown to be defined')
        const modulo = new Modulo(meter)
        for (const equation of end.equations) {
          checkEquation(equation, within, modulo)
          modulo.add(equation)
        }
        if (!modulo.equal(sides[0], sides[1])) reject('the sides do not become equal')
      }
    }
  }
}
