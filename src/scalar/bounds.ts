// Bounds of one polynomial in atoms, and of differences, roots and quotients made from polynomials. Every function here
// gives a superset of the values at the points of a scope at which the expression is defined.
import { call, type Expression } from './expression.ts'
import { comparedArguments, fromPrimitive, knownRange, signRange } from './facts.ts'
import { forwardCall } from './forward.ts'
import {
  intersect,
  isEmpty,
  isReals,
  isSubset,
  NEGATIVE,
  NON_NEGATIVE,
  NON_POSITIVE,
  POSITIVE,
  point,
  type Range,
  REALS,
  scaleRange,
  translate,
} from './range.ts'
import { ONE, type Rational, rational, ZERO } from './rational.ts'
import { rangeIn, type Scope, visit } from './scope.ts'
import {
  addTerms,
  atomsOf,
  constantPart,
  multiplyTerms,
  primitiveOf,
  properTerms,
  reduceTerms,
  type Term,
  type Terms,
  termsOf,
} from './terms.ts'
import { polynomialRange } from './univariate.ts'

const TWO = point(rational(2))

/** The values of one term, its atoms taken for independent. */
export function termRange(t: Term, scope: Scope): Range {
  let result = point(t.coefficient)
  for (const f of t.factors) {
    result = forwardCall('*', [result, forwardCall('^', [rangeIn(scope, f.atom), point(rational(f.exponent))])])
  }
  if (scope.facts.byKey.size === 0) return result
  return intersect(result, knownRange(scope.facts, new Map([[t.key, t]])))
}

function naiveRange(terms: Terms, scope: Scope): Range {
  let result = point(constantPart(terms))
  for (const t of properTerms(terms)) {
    result = forwardCall('+', [result, termRange(t, scope)])
    if (isReals(result)) break
  }
  return result
}

/** Ends of the sets that are asked for: whether values lie below, at or above them is worth knowing exactly. */
export function thresholdsOf(target: Range | null): Rational[] {
  const ends = (target ?? []).flatMap(i => [i.low, i.high]).filter(q => q !== null && q.n !== 0n) as Rational[]
  return [ZERO, ...ends]
}

/** A polynomial in a single atom, or one divided by a power of it: exact. */
function oneAtomRange(terms: Terms, scope: Scope, target: Range | null): Range {
  const atoms = atomsOf(terms)
  if (atoms.length !== 1) return REALS
  const degrees = [...terms.values()].map(t => t.factors[0]?.exponent ?? 0)
  const k = Math.max(0, -Math.min(...degrees))
  const coefficients: Rational[] = new Array(Math.max(...degrees) + k + 1).fill(ZERO)
  for (const t of terms.values()) coefficients[(t.factors[0]?.exponent ?? 0) + k] = t.coefficient
  return polynomialRange(coefficients, k, rangeIn(scope, atoms[0]), thresholdsOf(target))
}

/** A factor that all terms share, times the rest. */
function commonFactorRange(terms: Terms, scope: Scope): Range {
  if (terms.size < 2 || terms.has('')) return REALS
  const all = properTerms(terms)
  const common = all[0].factors.flatMap(f => {
    const exponents = all.map(t => t.factors.find(g => g.atom === f.atom)?.exponent ?? 0)
    const least = exponents.reduce((a, b) => (Math.sign(a) !== Math.sign(b) ? 0 : Math.abs(b) < Math.abs(a) ? b : a))
    return least === 0 ? [] : [{ atom: f.atom, exponent: least }]
  })
  if (common.length === 0) return REALS
  const inverse = common.map(f => ({ atom: f.atom, exponent: -f.exponent }))
  const divisor: Terms = new Map([['common', { key: 'common', factors: inverse, coefficient: ONE }]])
  const rest = multiplyTerms(terms, divisor)
  if (rest === null) return REALS
  const factor = termRange({ key: '', factors: common, coefficient: ONE }, scope)
  return forwardCall('*', [factor, polynomialTermsRange(rest, scope, null)])
}

const MAX_SQUARES = 12

/**
 * A polynomial of degree two in some atoms, by completing squares: a v^2 + b v = a (v + b/2a)^2 - b^2/4a, one atom v
 * after the other, b without v.
 */
function completedSquaresRange(terms: Terms, scope: Scope): Range {
  let rest = terms
  let result = point(ZERO)
  let completed = 0
  for (const v of atomsOf(terms).slice(0, MAX_SQUARES)) {
    const withV = properTerms(rest).filter(t => t.factors.some(f => f.atom === v))
    const square = withV.find(t => t.factors.length === 1 && t.factors[0].exponent === 2)
    if (square === undefined) continue
    const others = withV.filter(t => t !== square)
    if (others.some(t => t.factors.find(f => f.atom === v)?.exponent !== 1)) continue
    // (terms with v once) / v
    const divisor: Terms = new Map([['', { key: '', factors: [{ atom: v, exponent: -1 }], coefficient: ONE }]])
    const b = multiplyTerms(new Map(others.map(t => [t.key, t])), divisor)
    if (b === null) return REALS
    const inner = addTerms(termsOf(v), b, square.coefficient.mul(2).inverse())
    const bSquared = multiplyTerms(b, b)
    if (bSquared === null) return REALS
    const squareRange = forwardCall('^', [naiveRange(inner, scope), TWO])
    result = forwardCall('+', [result, scaleRange(squareRange, square.coefficient)])
    const taken: Terms = new Map(withV.map(t => [t.key, t]))
    rest = addTerms(addTerms(rest, taken, rational(-1)), bSquared, square.coefficient.mul(4).inverse().neg())
    completed++
  }
  return completed === 0 ? REALS : forwardCall('+', [result, naiveRange(rest, scope)])
}

export const MAX_TERMS = 64

/** A superset of the values of a polynomial in atoms that the scope knows. */
export function polynomialTermsRange(terms: Terms, scope: Scope, target: Range | null): Range {
  for (const atom of atomsOf(terms)) visit(atom, scope)
  scope.budget.steps -= terms.size
  let result = intersect(naiveRange(terms, scope), knownRange(scope.facts, terms))
  if (terms.size > MAX_TERMS || isEmpty(result)) return result
  for (const method of [oneAtomRange, commonFactorRange, completedSquaresRange]) {
    if (target !== null && isSubset(result, target)) return result
    result = intersect(result, method(terms, scope, target))
  }
  return result
}

/** f(a) - f(b) has the sign of a - b where f increases strictly. */
export function comparedRange(terms: Terms, scope: Scope): Range {
  const primitive = primitiveOf(terms)
  if (primitive === null) return REALS
  const compared = comparedArguments(primitive.terms)
  if (compared === null) return REALS
  const difference = call('-', ...compared)
  return fromPrimitive(
    primitive,
    signRange(scope.sharpen === null ? rangeIn(scope, difference) : scope.sharpen(difference, scope, null, 'cheap')),
  )
}

/** k sqrt(p) + q has the sign of k where k^2 p > q^2. */
export function rootRange(terms: Terms, scope: Scope): Range {
  for (const root of properTerms(terms)) {
    const [{ atom, exponent }] = root.factors
    if (root.factors.length !== 1 || exponent !== 1 || atom.kind !== 'call' || atom.name !== 'sqrt') continue
    const rest = new Map(terms)
    rest.delete(root.key)
    if (atomsOf(rest).includes(atom)) continue
    const square = multiplyTerms(rest, rest)
    if (square === null) continue
    const scaled = multiplyTerms(
      termsOf(atom.args[0]),
      new Map([['', { ...root, key: '', factors: [], coefficient: root.coefficient.mul(root.coefficient) }]]),
    )
    if (scaled === null) continue
    const difference = polynomialTermsRange(reduceTerms(addTerms(scaled, square, rational(-1))), scope, POSITIVE)
    const isPositive = root.coefficient.s > 0n
    if (isSubset(difference, POSITIVE)) return isPositive ? POSITIVE : NEGATIVE
    if (isSubset(difference, NON_NEGATIVE)) return isPositive ? NON_NEGATIVE : NON_POSITIVE
  }
  return REALS
}

/** a / b = m + (a - m b) / b, for a number m that takes a term of b out of a. */
export function quotientRange(e: Expression, scope: Scope): Range {
  if (e.kind !== 'call' || e.name !== '/') return REALS
  const top = termsOf(e.args[0])
  const bottom = termsOf(e.args[1])
  if (top.size > MAX_TERMS || bottom.size > MAX_TERMS) return REALS
  const divisor = rangeIn(scope, e.args[1])
  let result: Range = REALS
  for (const t of [...bottom.values()].slice(0, 4)) {
    const shared = top.get(t.key)
    if (shared === undefined) continue
    const multiple = shared.coefficient.div(t.coefficient)
    const rest = polynomialTermsRange(addTerms(top, bottom, multiple.neg()), scope, null)
    result = intersect(result, translate(forwardCall('/', [rest, divisor]), multiple))
  }
  return result
}
