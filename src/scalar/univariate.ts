// The exact sign and the range of a polynomial in one variable over a set, by Sturm sequences.
//
// A polynomial is the list of its integer coefficients, the constant first, the last not 0 (the zero polynomial is
// empty). Factors that are positive numbers are dropped wherever only signs and roots matter.
import { forwardCall } from './forward.ts'
import {
  compareHighs,
  compareLows,
  EMPTY,
  type Interval,
  intersect,
  interval,
  isEmpty,
  NEGATIVE,
  negate,
  normalizeRange,
  POSITIVE,
  point,
  type Range,
  roundOutward,
  translate,
  union,
} from './range.ts'
import { ONE, type Rational, rational, ZERO } from './rational.ts'
import { spend } from './work.ts'

type Polynomial = readonly bigint[]

function trim(p: bigint[]): bigint[] {
  while (p.length > 0 && p[p.length - 1] === 0n) p.pop()
  return p
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a < 0n ? -a : a
}

/** Divides by the positive gcd of the coefficients. */
function primitive(p: bigint[]): bigint[] {
  const content = p.reduce(gcd, 0n)
  return content > 1n ? p.map(c => c / content) : p
}

function derivativeOf(p: Polynomial): bigint[] {
  return primitive(p.slice(1).map((c, k) => c * BigInt(k + 1)))
}

function magnitude(n: bigint): bigint {
  return n < 0n ? -n : n
}

/** A positive multiple of the remainder of a by b. */
function remainder(a: Polynomial, b: Polynomial): bigint[] {
  let r = a.slice()
  const lead = b[b.length - 1]
  while (r.length >= b.length) {
    const top = lead > 0n ? r[r.length - 1] : -r[r.length - 1]
    const shift = r.length - b.length
    r = r.map(c => c * magnitude(lead))
    for (let k = 0; k < b.length; k++) r[k + shift] -= top * b[k]
    r = primitive(trim(r))
  }
  return r
}

/** A multiple of a / b by a number that is not 0, where b divides a. */
function quotient(a: Polynomial, b: Polynomial): bigint[] {
  let r = a.slice()
  let q: bigint[] = new Array(a.length - b.length + 1).fill(0n)
  const lead = b[b.length - 1]
  while (r.length >= b.length) {
    const top = r[r.length - 1]
    const shift = r.length - b.length
    r = r.map(c => c * lead)
    q = q.map(c => c * lead)
    q[shift] += top
    for (let k = 0; k < b.length; k++) r[k + shift] -= top * b[k]
    trim(r)
  }
  return primitive(q)
}

/** The Sturm sequence of p: p, p', and negated remainders down to the gcd of p and p'. */
function sturmSequence(p: Polynomial): Polynomial[] {
  const sequence: Polynomial[] = [p]
  let next = derivativeOf(p)
  while (next.length > 0) {
    sequence.push(next)
    next = remainder(sequence[sequence.length - 2], next).map(c => -c)
  }
  return sequence
}

/** The sequence for a polynomial with the same roots, each simple. */
function squareFreeSequence(p: Polynomial): Polynomial[] {
  const sequence = sturmSequence(p)
  const common = sequence[sequence.length - 1]
  return common.length <= 1 ? sequence : sturmSequence(quotient(p, common))
}

/** The sign of p at x: p(n/d) * d^degree by Horner's scheme in integers. */
function signAt(p: Polynomial, x: Rational): number {
  const n = x.s * x.n
  let value = 0n
  let scale = 1n
  for (let k = p.length - 1; k >= 0; k--) {
    value = value * n + p[k] * scale
    scale *= x.d
  }
  return value > 0n ? 1 : value < 0n ? -1 : 0
}

function variations(sequence: readonly Polynomial[], x: Rational): number {
  let count = 0
  let last = 0
  for (const p of sequence) {
    const sign = signAt(p, x)
    if (sign === 0) continue
    if (last !== 0 && sign !== last) count++
    last = sign
  }
  return count
}

/** A root of a square-free polynomial: exact, or the only one in the open interval from low to high, where p changes sign. */
interface Root {
  readonly low: Rational
  readonly high: Rational
}

/** All real roots lie strictly between -bound and bound (Cauchy). */
function rootBound(p: Polynomial): Rational {
  const lead = magnitude(p[p.length - 1])
  const sum = p.reduce((m, c) => m + magnitude(c), 0n)
  return rational(1n << BigInt((sum / lead + 2n).toString(2).length))
}

const REFINEMENTS = 70

/** The real roots of the polynomial whose square-free Sturm sequence is given, ascending, each enclosed narrowly. */
function realRoots(sequence: readonly Polynomial[]): Root[] {
  const p = sequence[0]
  if (p.length <= 1) return []
  if (p.length === 2) {
    const root = rational(-p[0], p[1])
    return [{ low: root, high: root }]
  }
  const bound = rootBound(p)
  const roots: Root[] = []
  // Open intervals with the variations at their ends, of which neither is a root but where noted; rightmost last.
  const stack = [
    { low: bound.neg(), high: bound, atLow: variations(sequence, bound.neg()), atHigh: variations(sequence, bound) },
  ]
  for (let i = stack.pop(); i !== undefined; i = stack.pop()) {
    const endIsRoot = signAt(p, i.high) === 0 ? 1 : 0
    const count = i.atLow - i.atHigh - endIsRoot
    if (count === 0) continue
    if (count === 1 && endIsRoot === 0 && signAt(p, i.low) !== 0) {
      roots.push(refine(p, i.low, i.high))
      continue
    }
    const middle = i.low.add(i.high).div(2)
    const atMiddle = variations(sequence, middle)
    stack.push({ low: i.low, high: middle, atLow: i.atLow, atHigh: atMiddle })
    if (signAt(p, middle) === 0) roots.push({ low: middle, high: middle })
    stack.push({ low: middle, high: i.high, atLow: atMiddle, atHigh: i.atHigh })
  }
  return roots.sort((a, b) => a.low.compare(b.low))
}

function refine(p: Polynomial, from: Rational, to: Rational): Root {
  let low = from
  let high = to
  const signLow = signAt(p, low)
  for (let k = 0; k < REFINEMENTS; k++) {
    const middle = low.add(high).div(2)
    const sign = signAt(p, middle)
    if (sign === 0) return { low: middle, high: middle }
    if (sign === signLow) low = middle
    else high = middle
  }
  return { low, high }
}

function valueAt(p: readonly Rational[], x: Rational): Rational {
  let value = ZERO
  for (let k = p.length - 1; k >= 0; k--) value = value.mul(x).add(p[k])
  return value
}

/** Values over a short closed interval, by Horner's scheme with intervals. */
function enclosureOver(p: readonly Rational[], low: Rational, high: Rational): Interval {
  let a = ZERO
  let b = ZERO
  for (let k = p.length - 1; k >= 0; k--) {
    const products = [a.mul(low), a.mul(high), b.mul(low), b.mul(high)]
    a = products.reduce((m, q) => (q.compare(m) < 0 ? q : m)).add(p[k])
    b = products.reduce((m, q) => (q.compare(m) > 0 ? q : m)).add(p[k])
  }
  return { low: a, lowOpen: false, high: b, highOpen: false }
}

function integral(p: readonly Rational[]): bigint[] {
  const common = p.reduce((d, c) => (d * c.d) / gcd(d, c.d), 1n)
  return primitive(trim(p.map(c => (c.s * c.n * common) / c.d)))
}

/** A rational strictly inside the interval. */
function innerPoint(i: Interval): Rational {
  if (i.low !== null && i.high !== null) return i.low.add(i.high).div(2)
  if (i.low !== null) return i.low.add(1)
  return i.high === null ? ZERO : i.high.sub(1)
}

/** Which of negative, zero, positive the polynomial is on the interval: exact. */
function signsOver(p: bigint[], i: Interval): Range {
  const ofSign = (sign: number): Range => (sign === 0 ? point(ZERO) : sign > 0 ? POSITIVE : NEGATIVE)
  if (p.length === 0) return point(ZERO)
  const at = (q: Rational): Range => ofSign(signAt(p, q))
  if (i.low !== null && i.high !== null && i.low.equals(i.high)) return at(i.low)
  const sequence = squareFreeSequence(p)
  let found: Range = EMPTY
  // Between neighbouring roots the sign is that of any point there; the enclosures of roots are cut off the interval.
  let from: Rational | null = i.low
  let fromRoot: Root | null = null
  const isInside = (q: Rational): boolean => !isEmpty(intersect(point(q), [i]))
  for (const root of realRoots(sequence)) {
    let { low, high } = root
    // An end of the interval inside the enclosure of a root: decide exactly on which side of it the root lies.
    for (const end of [i.low, i.high]) {
      if (end === null || end.compare(low) <= 0 || end.compare(high) >= 0) continue
      const sign = signAt(sequence[0], end)
      if (sign === 0) low = high = end
      else if (sign === signAt(sequence[0], low)) low = end
      else high = end
    }
    const isRootInside = low.equals(high)
      ? isInside(low)
      : (i.low === null || low.compare(i.low) >= 0) && (i.high === null || high.compare(i.high) <= 0)
    if (!isRootInside) continue
    found = union(found, point(ZERO))
    const gap: Interval = { low: from, lowOpen: true, high: low, highOpen: true }
    if (from === null || from.compare(low) < 0) found = union(found, at(innerPoint(gap)))
    else if (!low.equals(high)) found = union(found, at(low))
    from = high
    fromRoot = { low, high }
  }
  const rest: Interval = { low: from, lowOpen: true, high: i.high, highOpen: true }
  if (from === null || i.high === null || from.compare(i.high) < 0) found = union(found, at(innerPoint(rest)))
  else if (fromRoot !== null && !fromRoot.low.equals(fromRoot.high)) found = union(found, at(from))
  return found
}

/** One end of what the values reach: a number, or an infinity (null). */
interface Reach {
  readonly value: Rational | null
  readonly sign: number
  readonly open: boolean
}

/** p(x) / x^k at an end of an interval on which x has one sign, or all of R where k = 0; a limit where it is open. */
function reachAt(coefficients: readonly Rational[], k: number, i: Interval, side: 'low' | 'high'): Reach {
  const end = i[side]
  const degree = coefficients.length - 1 - k
  if (end === null) {
    const lead = coefficients[coefficients.length - 1]
    if (degree < 0) return { value: ZERO, sign: 0, open: true }
    if (degree === 0) return { value: lead, sign: 0, open: true }
    return { value: null, sign: Number(lead.s) * (side === 'low' && degree % 2 !== 0 ? -1 : 1), open: true }
  }
  // At 0 the polynomial has a constant term when it is divided by a power: the quotient has a pole there.
  if (k > 0 && end.n === 0n) {
    return { value: null, sign: Number(coefficients[0].s) * (side === 'high' && k % 2 !== 0 ? -1 : 1), open: true }
  }
  return {
    value: valueAt(coefficients, end).div(power(end, k)),
    sign: 0,
    open: side === 'low' ? i.lowOpen : i.highOpen,
  }
}

function power(x: Rational, k: number): Rational {
  return rational(x.s ** BigInt(k) * x.n ** BigInt(k), x.d ** BigInt(k))
}

/** The coefficients of x p' - k p, whose roots are the critical points of p(x) / x^k. */
function criticalPolynomial(coefficients: readonly Rational[], k: number): bigint[] {
  if (k === 0) return integral(coefficients.slice(1).map((c, j) => c.mul(j + 1)))
  return integral(coefficients.map((c, j) => c.mul(j - k)))
}

function rangeOver(coefficients: readonly Rational[], k: number, i: Interval, thresholds: readonly Rational[]): Range {
  if (coefficients.length <= 1 && k === 0) return point(coefficients[0] ?? ZERO)
  // The values are connected: from the least to the greatest of those at the ends and at the critical points.
  const finite: Interval[] = []
  let isBelow = false
  let isAbove = false
  for (const side of ['low', 'high'] as const) {
    const { value, sign, open } = reachAt(coefficients, k, i, side)
    if (value !== null) finite.push({ low: value, lowOpen: open, high: value, highOpen: open })
    else if (sign < 0) isBelow = true
    else isAbove = true
  }
  const critical = criticalPolynomial(coefficients, k)
  for (const root of critical.length > 1 ? realRoots(squareFreeSequence(critical)) : []) {
    if (isEmpty(intersect(interval(root.low, root.high), [i]))) continue
    const values = enclosureOver(coefficients, root.low, root.high)
    const powers = k === 0 ? point(ONE) : forwardCall('^', [interval(root.low, root.high), point(rational(-k))])
    finite.push(...forwardCall('*', [normalizeRange([values]), powers]))
  }
  const inner = innerPoint(i)
  const atInner = valueAt(coefficients, inner).div(power(inner, k))
  finite.push({ low: atInner, lowOpen: false, high: atInner, highOpen: false })
  const least = finite.reduce((a, b) => (compareLows(b, a) < 0 ? b : a))
  const greatest = finite.reduce((a, b) => (compareHighs(b, a) > 0 ? b : a))
  let result = normalizeRange([
    {
      low: isBelow ? null : least.low,
      lowOpen: least.lowOpen,
      high: isAbove ? null : greatest.high,
      highOpen: greatest.highOpen,
    },
  ])
  for (const threshold of thresholds) {
    // p(x) / x^k - c has the sign of p(x) - c x^k where x^k > 0.
    const shifted = Array.from({ length: Math.max(coefficients.length, k + 1) }, (_, j) => coefficients[j] ?? ZERO)
    shifted[k] = shifted[k].sub(threshold)
    const signs = signsOver(integral(shifted), i)
    const isFlipped = k % 2 !== 0 && innerPoint(i).s < 0n
    result = intersect(result, translate(isFlipped ? negate(signs) : signs, threshold))
  }
  return roundOutward(result)
}

/**
 * A superset of the values of (sum_j coefficients[j] * x^j) / x^k for x in the domain, x != 0 when k > 0. The constant
 * and the leading coefficient must not be 0 when k > 0. It is tight up to enclosures of critical values of relative
 * width 2^-60 or so, and whether the values lie below, at or above each threshold is exact.
 */
export function polynomialRange(
  coefficients: readonly Rational[],
  k: number,
  domain: Range,
  thresholds: readonly Rational[] = [ZERO],
): Range {
  spend(50 * (1 + coefficients.length * coefficients.length))
  const trimmed = coefficients.slice(0, coefficients.findLastIndex(c => c.n !== 0n) + 1)
  const pieces = k === 0 ? domain : [...intersect(domain, NEGATIVE), ...intersect(domain, POSITIVE)]
  return union(...pieces.map(i => rangeOver(trimmed, k, i, thresholds)))
}
