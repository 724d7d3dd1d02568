// Bounds of a polynomial from everything that is known about its terms together: facts, inequalities between functions and
// their arguments, and the signs of divisors.
import { MAX_TERMS, polynomialTermsRange, rootRange, termRange, thresholdsOf } from './bounds.ts'
import { call, type Expression, number } from './expression.ts'
import { signRange } from './facts.ts'
import { type Constraint, lowerBound } from './farkas.ts'
import { EMPTY, hull, intersect, interval, isEmpty, negate, type Range, REALS, signsOf, translate } from './range.ts'
import { ONE, type Rational, rational } from './rational.ts'
import { rangeIn, type Scope, visit } from './scope.ts'
import {
  addTerms,
  constantPart,
  type Factor,
  multiplyTerms,
  properTerms,
  reduceTerms,
  type Term,
  type Terms,
  termsOf,
} from './terms.ts'

// Inequalities between atoms and their arguments, which hold wherever the atom is defined: m, k with m * atom + k >= 0.
interface Axiom {
  readonly terms: Terms
  readonly strict: boolean
}

function axiomsOf({ atom, exponent }: Factor): Axiom[] {
  if (atom.kind !== 'call') return []
  if (exponent !== 1 && atom.name !== 'exp') return []
  // exp(a)^k is exp(k a).
  const args = exponent === 1 ? atom.args : [call('*', number(exponent), atom.args[0])]
  const self = termsOf(call(atom.name, ...args))
  const [a, b] = args
  const above = (q: Expression, strict = false): Axiom => ({ terms: addTerms(self, termsOf(q), rational(-1)), strict })
  const below = (q: Expression, strict = false): Axiom => ({ terms: addTerms(termsOf(q), self, rational(-1)), strict })
  switch (atom.name) {
    case 'max':
      return [above(a), above(b)]
    case 'min':
      return [below(a), below(b)]
    case 'abs':
      return [above(a), above(call('neg', a))]
    case 'relu':
      return [above(a)]
    case 'softplus':
      return [above(a, true)]
    case 'exp':
      return [above(call('+', a, number(1)))]
    case 'ln':
      return [below(call('-', a, number(1)))]
    case 'floor':
      return [below(a), above(call('-', a, number(1)), true)]
    case 'cosh':
      return [above(call('sinh', a), true), above(call('neg', call('sinh', a)), true)]
    case 'sqrt':
      return [below(call('/', call('+', a, number(1)), number(2)))]
    default:
      return []
  }
}

const MAX_ATOMS = 24
const MAX_FACTS = 24
const MAX_FACT_TERMS = 8

function constraintOf(terms: Terms | readonly Term[], constant: Rational, sign: bigint, strict: boolean): Constraint {
  const list = [...(terms instanceof Map ? terms.values() : (terms as readonly Term[]))]
  return {
    coefficients: new Map(
      list.filter(t => t.key !== '').map(t => [t.key, sign < 0n ? t.coefficient.neg() : t.coefficient]),
    ),
    constant,
    strict,
  }
}

/** sum of terms in [low, high]: up to two inequalities. */
function within(terms: readonly Term[], range: Range): Constraint[] {
  if (isEmpty(range)) return []
  const { low, lowOpen, high, highOpen } = hull(range)[0]
  return [
    ...(low === null ? [] : [constraintOf(terms, low.neg(), 1n, lowOpen)]),
    ...(high === null ? [] : [constraintOf(terms, high, -1n, highOpen)]),
  ]
}

/** Bounds by linear combination of the facts, of the sets of the terms, and of the inequalities of their atoms. */
export function combinedRange(terms: Terms, scope: Scope): Range {
  const proper = properTerms(terms)
  if (proper.length === 0 || proper.length > MAX_ATOMS) return REALS
  const constraints: Constraint[] = []
  const known = new Map<string, Term>()
  const meet = (list: Iterable<Term>): void => {
    for (const t of list) if (t.key !== '') known.set(t.key, { ...t, coefficient: ONE })
  }
  meet(proper)
  const facts = [...scope.facts.byKey.values()].filter(f => f.terms.length > 1 && f.terms.length <= MAX_FACT_TERMS)
  for (const f of facts.slice(0, MAX_FACTS)) {
    constraints.push(...within(f.terms, f.range))
    meet(f.terms)
  }
  // The inequalities of new atoms may bring in atoms of their own.
  const done = new Set<string>()
  for (let round = 0; round < 2; round++) {
    for (const t of [...known.values()]) {
      const [f] = t.factors
      if (t.factors.length !== 1 || done.has(t.key) || known.size > MAX_ATOMS) continue
      done.add(t.key)
      for (const axiom of axiomsOf(f)) {
        if (axiom.terms.size > MAX_FACT_TERMS) continue
        constraints.push(constraintOf(axiom.terms, constantPart(axiom.terms), 1n, axiom.strict))
        meet(axiom.terms.values())
      }
    }
  }
  if (constraints.length === 0) return REALS
  for (const t of known.values()) {
    for (const f of t.factors) visit(f.atom, scope)
    constraints.push(...within([t], termRange(t, scope)))
  }
  scope.budget.steps -= constraints.length * known.size
  const goal = new Map(proper.map(t => [t.key, t.coefficient]))
  const low = lowerBound(goal, constraints)
  if (low.kind === 'infeasible') return EMPTY
  const high = lowerBound(new Map([...goal].map(([k, q]) => [k, q.neg()])), constraints)
  const constant = constantPart(terms)
  return interval(
    low.kind === 'bound' ? low.value.add(constant) : null,
    high.kind === 'bound' ? constant.sub(high.value) : null,
    { lowOpen: low.kind === 'bound' && low.strict, highOpen: high.kind === 'bound' && high.strict },
  )
}

/** The divisor that a factor stands for: itself where its power is negative, d where it is a power of 1 / d. */
function divisorOf(f: Factor): { expression: Expression; power: number } | null {
  if (f.exponent < 0) return { expression: f.atom, power: -f.exponent }
  const { atom } = f
  if (atom.kind !== 'call' || atom.name !== '/') return null
  return { expression: atom.args[1], power: f.exponent }
}

/** e times the divisors in it, to even powers where their signs are not known, and the sign of what it was multiplied by. */
function clearDivisors(terms: Terms, scope: Scope): { terms: Terms; negative: boolean } | null {
  const highest = new Map<Expression, number>()
  for (const t of terms.values()) {
    for (const f of t.factors) {
      const divisor = divisorOf(f)
      if (divisor === null) continue
      highest.set(divisor.expression, Math.max(highest.get(divisor.expression) ?? 0, divisor.power))
    }
  }
  if (highest.size === 0) return null
  let negative = false
  for (const [d, power] of highest) {
    const signs = signsOf(rangeIn(scope, d))
    if (signs.negative && signs.positive) highest.set(d, power + (power % 2))
    else if (signs.negative && power % 2 !== 0) negative = !negative
  }
  let sum: Terms = new Map()
  for (const t of terms.values()) {
    const left = new Map(highest)
    const kept = t.factors.filter(f => {
      const divisor = divisorOf(f)
      if (divisor !== null) left.set(divisor.expression, (left.get(divisor.expression) as number) - divisor.power)
      return divisor === null
    })
    let product: Terms | null = new Map([['', { ...t, factors: kept }]])
    for (const [d, power] of left) {
      for (let k = 0; k < power && product !== null; k++) product = multiplyTerms(product, termsOf(d))
    }
    if (product === null || product.size + sum.size > MAX_TERMS) return null
    sum = addTerms(sum, multiplyTerms(product, termsOf(number(1))) as Terms)
  }
  return { terms: reduceTerms(sum), negative }
}

/** Compares a sum of fractions with the ends of the target, and with 0, 1 and -1, after multiplying by the divisors. */
export function fractionsRange(terms: Terms, scope: Scope, target: Range | null): Range {
  if (terms.size > MAX_TERMS / 2) return REALS
  let result: Range = REALS
  for (const c of [...thresholdsOf(target), ONE, rational(-1)]) {
    const cleared = clearDivisors(addTerms(terms, termsOf(number(c)), rational(-1)), scope)
    if (cleared === null) return REALS
    let found = polynomialTermsRange(cleared.terms, scope, null)
    const isOpen = (): boolean => signsOf(found).positive && signsOf(found).negative
    if (isOpen()) found = intersect(found, rootRange(cleared.terms, scope))
    if (isOpen()) found = intersect(found, combinedRange(cleared.terms, scope))
    const side = signRange(found)
    result = intersect(result, translate(cleared.negative ? negate(side) : side, c))
  }
  return result
}
