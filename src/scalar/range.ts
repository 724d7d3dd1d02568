// Sets of reals as finite unions of intervals with exact ends, each end open or closed, and their algebra.
//
// Every function here gives a set in its one normal form, and equal sets are mostly the same object (`sameRange`
// decides in any case), so that what is computed from a set can be kept by that object.
import {
  addRationals,
  bitLength,
  compareRationals,
  ONE,
  printRational,
  type Rational,
  rational,
  ZERO,
} from './rational.ts'
import { spend } from './work.ts'

/** One interval; null is -infinity as `low`, +infinity as `high` (and those ends are open). */
export interface Interval {
  readonly low: Rational | null
  readonly lowOpen: boolean
  readonly high: Rational | null
  readonly highOpen: boolean
}
/** Ascending, disjoint, not touching, each not empty. No interval at all is the empty set. */
export type Range = readonly Interval[]

// Sets in use by their text. Entries are weak, as those of expressions are.
const table = new Map<string, WeakRef<Range>>()
let sweepAt = 20_000

function endKey(q: Rational | null): string {
  return q === null ? '' : `${q.s < 0n ? '-' : ''}${q.n}/${q.d}`
}

const LONG = 1n << 48n

function isLong(q: Rational | null): boolean {
  return q !== null && (q.n >= LONG || q.d >= LONG)
}

function hasLongEnds(r: Range): boolean {
  for (const i of r) if (isLong(i.low) || isLong(i.high)) return true
  return false
}

/** One object for equal sets. Those with long ends seldom come again: they are left as they are. */
function intern(intervals: Range): Range {
  return hasLongEnds(intervals) ? intervals : shared(intervals)
}
function shared(intervals: Range): Range {
  let key = ''
  for (const i of intervals)
    key += `${i.lowOpen ? '(' : '['}${endKey(i.low)},${endKey(i.high)}${i.highOpen ? ')' : ']'}`
  const old = table.get(key)?.deref()
  if (old !== undefined) return old
  const fresh = Object.freeze(intervals.slice())
  table.set(key, new WeakRef(fresh))
  if (table.size > sweepAt) {
    for (const [k, reference] of table) if (reference.deref() === undefined) table.delete(k)
    sweepAt = Math.max(20_000, 2 * table.size)
  }
  return fresh
}

const EMPTY_RANGE = intern([])

function isEmptyInterval(i: Interval): boolean {
  if (i.low === null || i.high === null) return false
  const order = compareRationals(i.low, i.high)
  return order > 0 || (order === 0 && (i.lowOpen || i.highOpen))
}

/** Orders lower ends: which interval begins first. */
export function compareLows(a: Interval, b: Interval): number {
  if (a.low === null || b.low === null) return a.low === b.low ? 0 : a.low === null ? -1 : 1
  return compareRationals(a.low, b.low) || Number(a.lowOpen) - Number(b.lowOpen)
}

/** Orders upper ends: which interval ends first. */
export function compareHighs(a: Interval, b: Interval): number {
  if (a.high === null || b.high === null) return a.high === b.high ? 0 : a.high === null ? 1 : -1
  return compareRationals(a.high, b.high) || Number(b.highOpen) - Number(a.highOpen)
}

/** Whether no real lies between a's upper end and b's lower end, so that the two join into one interval. */
function joins(a: Interval, b: Interval): boolean {
  if (a.high === null || b.low === null) return true
  const order = compareRationals(a.high, b.low)
  return order > 0 || (order === 0 && !(a.highOpen && b.lowOpen))
}

/** The set that is the union of any intervals, in normal form. */
export function normalizeRange(intervals: readonly Interval[]): Range {
  if (intervals.length === 1) {
    const [{ low, lowOpen, high, highOpen }] = intervals
    if (isEmptyInterval(intervals[0])) return EMPTY_RANGE
    return intern([{ low, lowOpen: low === null || lowOpen, high, highOpen: high === null || highOpen }])
  }
  spend(8 * intervals.length)
  const sorted = intervals
    .filter(i => !isEmptyInterval(i))
    .map(i => ({
      low: i.low,
      lowOpen: i.low === null || i.lowOpen,
      high: i.high,
      highOpen: i.high === null || i.highOpen,
    }))
    .sort(compareLows)
  const result: Interval[] = []
  for (const next of sorted) {
    const last = result.at(-1)
    if (last === undefined || !joins(last, next)) result.push(next)
    else if (compareHighs(last, next) < 0)
      result[result.length - 1] = { ...last, high: next.high, highOpen: next.highOpen }
  }
  return intern(result)
}

/** The interval from `low` to `high` (null: unbounded), closed but for the ends said to be open. */
export function interval(
  low: Rational | null,
  high: Rational | null,
  open: { lowOpen?: boolean; highOpen?: boolean } = {},
): Range {
  return normalizeRange([{ low, lowOpen: open.lowOpen ?? false, high, highOpen: open.highOpen ?? false }])
}

/** The set with the one element q. */
export function point(q: Rational): Range {
  return interval(q, q)
}

export const EMPTY: Range = EMPTY_RANGE
export const REALS: Range = interval(null, null)
export const POSITIVE: Range = interval(ZERO, null, { lowOpen: true })
export const NON_NEGATIVE: Range = interval(ZERO, null)
export const NEGATIVE: Range = interval(null, ZERO, { highOpen: true })
export const NON_POSITIVE: Range = interval(null, ZERO)
export const NON_ZERO: Range = normalizeRange([...NEGATIVE, ...POSITIVE])
export const UNIT_OPEN: Range = interval(ZERO, ONE, { lowOpen: true, highOpen: true })

export function isEmpty(r: Range): boolean {
  return r.length === 0
}

/** Whether the set is all of R. */
export function isReals(r: Range): boolean {
  return r.length === 1 && r[0].low === null && r[0].high === null
}

/** The only element of a set that has just one, else null. */
export function pointOf(r: Range): Rational | null {
  if (r.length !== 1) return null
  const { low, high } = r[0]
  return low !== null && high !== null && (low === high || low.equals(high)) ? low : null
}

export function union(...sets: readonly Range[]): Range {
  const some = sets.filter(s => s.length > 0)
  if (some.length <= 1) return some[0] ?? EMPTY
  if (some.every(s => s === some[0])) return some[0]
  return normalizeRange(some.flat())
}

function intersectIntervals(a: Interval, b: Interval): Interval {
  const low = compareLows(a, b) >= 0 ? a : b
  const high = compareHighs(a, b) <= 0 ? a : b
  return { low: low.low, lowOpen: low.lowOpen, high: high.high, highOpen: high.highOpen }
}

export function intersect(a: Range, b: Range): Range {
  if (a === b || isReals(b)) return a
  if (isReals(a)) return b
  const result: Interval[] = []
  // Both ascend: of the two at hand, the one that ends first meets nothing later of the other set.
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const common = intersectIntervals(a[i], b[j])
    if (!isEmptyInterval(common)) result.push(common)
    if (compareHighs(a[i], b[j]) <= 0) i++
    else j++
  }
  return normalizeRange(result)
}

/** The reals that are not in the set. */
export function complement(r: Range): Range {
  const result: Interval[] = []
  let low: Rational | null = null
  let lowOpen = true
  for (const i of r) {
    if (i.low !== null) result.push({ low, lowOpen, high: i.low, highOpen: !i.lowOpen })
    if (i.high === null) return normalizeRange(result)
    low = i.high
    lowOpen = !i.highOpen
  }
  result.push({ low, lowOpen, high: null, highOpen: true })
  return normalizeRange(result)
}

/** Whether every element of a is in b. */
export function isSubset(a: Range, b: Range): boolean {
  if (a === b || isReals(b)) return true
  // An interval of a can only lie within one interval of b, for those of b do not touch.
  for (let i = 0, j = 0; i < a.length; i++) {
    while (j < b.length && compareHighs(b[j], a[i]) < 0) j++
    if (j === b.length || compareLows(b[j], a[i]) > 0) return false
  }
  return true
}

export function sameRange(a: Range, b: Range): boolean {
  return (
    a === b || (a.length === b.length && a.every((i, k) => compareLows(i, b[k]) === 0 && compareHighs(i, b[k]) === 0))
  )
}

export function areDisjoint(a: Range, b: Range): boolean {
  return isEmpty(intersect(a, b))
}

export function containsPoint(r: Range, q: Rational): boolean {
  return r.some(i => {
    const low = i.low === null ? 1 : compareRationals(q, i.low)
    const high = i.high === null ? -1 : compareRationals(q, i.high)
    return (low > 0 || (low === 0 && !i.lowOpen)) && (high < 0 || (high === 0 && !i.highOpen))
  })
}

/** The smallest single interval that contains the set. */
export function hull(r: Range): Range {
  if (r.length <= 1) return r
  const last = r[r.length - 1]
  return normalizeRange([{ ...r[0], high: last.high, highOpen: last.highOpen }])
}

/** { -x : x in r } */
export function negate(r: Range): Range {
  return normalizeRange(
    r.map(i => ({ low: negated(i.high), lowOpen: i.highOpen, high: negated(i.low), highOpen: i.lowOpen })),
  )
}

function negated(q: Rational | null): Rational | null {
  return q === null ? null : q.neg()
}

/** { x + q : x in r } */
export function translate(r: Range, q: Rational): Range {
  if (q.n === 0n || isReals(r)) return r
  return normalizeRange(
    r.map(i => ({
      ...i,
      low: i.low === null ? null : addRationals(i.low, q),
      high: i.high === null ? null : addRationals(i.high, q),
    })),
  )
}

/** { q * x : x in r } */
export function scaleRange(r: Range, q: Rational): Range {
  if (q.n === 0n) return isEmpty(r) ? EMPTY : point(ZERO)
  if (q.s < 0n) return negate(scaleRange(r, q.neg()))
  if (q.equals(ONE)) return r
  return normalizeRange(
    r.map(i => ({ ...i, low: i.low === null ? null : i.low.mul(q), high: i.high === null ? null : i.high.mul(q) })),
  )
}

/** Which signs the elements of the set have. */
export function signsOf(r: Range): { negative: boolean; zero: boolean; positive: boolean } {
  return {
    negative: r.some(i => i.low === null || i.low.s < 0n),
    zero: containsPoint(r, ZERO),
    positive: r.some(i => i.high === null || (i.high.s > 0n && i.high.n > 0n)),
  }
}

const MAX_INTERVALS = 16

/** A superset with at most 16 intervals: those with the smallest gaps between them are joined. */
export function mergeClosest(r: Range): Range {
  if (r.length <= MAX_INTERVALS) return r
  const gaps = r.slice(1).map((next, k) => ({ k, width: (next.low as Rational).sub(r[k].high as Rational) }))
  gaps.sort((a, b) => b.width.compare(a.width) || a.k - b.k)
  const kept = new Set(gaps.slice(0, MAX_INTERVALS - 1).map(g => g.k))
  const result: Interval[] = []
  let start = r[0]
  for (let k = 0; k < r.length; k++) {
    if (k < r.length - 1 && !kept.has(k)) continue
    result.push({ ...start, high: r[k].high, highOpen: r[k].highOpen })
    start = r[k + 1]
  }
  return normalizeRange(result)
}

function bits(n: bigint): number {
  return n === 0n ? 0 : n.toString(16).length * 4
}

const MAX_BITS = 128
const TOO_LONG = 1n << BigInt(MAX_BITS)
const SIGNIFICANT = 64
/** Ends beyond 2^1100 and below 2^-1100 are not kept: they become infinity and 0. */
const MAX_EXPONENT = 1100

/** q itself when it is short, else a number with 64 significant bits not above it ('down') or not below it ('up'). */
function shorten(q: Rational, toward: 'down' | 'up'): Rational | 'tiny' | 'huge' {
  if (q.n < TOO_LONG && q.d < TOO_LONG) return q
  const top = bits(q.n)
  const bottom = bits(q.d)
  const exponent = top - bottom
  if (exponent > MAX_EXPONENT) return 'huge'
  if (exponent < -MAX_EXPONENT) return 'tiny'
  const shift = SIGNIFICANT + 4 - exponent
  const scaled = shift >= 0 ? (q.n << BigInt(shift)) / q.d : q.n / (q.d << BigInt(-shift))
  // `scaled` is |q| * 2^shift cut off towards 0; one more is above it.
  const away = (toward === 'up') === q.s > 0n
  const mantissa = (away ? scaled + 1n : scaled) * (q.s < 0n ? -1n : 1n)
  return shift >= 0 ? rational(mantissa, 1n << BigInt(shift)) : rational(mantissa << BigInt(-shift))
}

const HUGE = rational(1n << BigInt(MAX_EXPONENT - 16))
const TINY = rational(1n, 1n << BigInt(MAX_EXPONENT - 16))

function shortenLow(q: Rational, open: boolean): { end: Rational | null; open: boolean } {
  const s = shorten(q, 'down')
  if (s === 'huge') return q.s > 0n ? { end: HUGE, open: true } : { end: null, open: true }
  if (s === 'tiny') return q.s > 0n ? { end: ZERO, open: true } : { end: TINY.neg(), open: true }
  // Cutting off bits that are all 0 leaves the end where it was, and what is open or closed with it.
  return { end: s, open: s.equals(q) ? open : true }
}

/**
 * A superset whose ends are short: those with more than about 128 bits are rounded outward to 64 significant bits.
 * No sign is lost: an end is never rounded to the other side of 0, and a set without 0 stays without it.
 */
export function roundOutward(r: Range): Range {
  const isShort = (q: Rational | null): boolean => q === null || (q.n < TOO_LONG && q.d < TOO_LONG)
  if (r.every(i => isShort(i.low) && isShort(i.high))) return r
  return normalizeRange(
    r.map(i => {
      const low = i.low === null ? { end: null, open: true } : shortenLow(i.low, i.lowOpen)
      const high = i.high === null ? { end: null, open: true } : shortenLow(i.high.neg(), i.highOpen)
      return { low: low.end, lowOpen: low.open, high: negated(high.end), highOpen: high.open }
    }),
  )
}

/** Text that the language reads back as the set: `R`, `(0, inf)`, `(-inf, 0) | (0, 1]`; `{}` for the empty set. */
export function printRange(r: Range): string {
  if (isEmpty(r)) return '{}'
  if (isReals(r)) return 'R'
  return r
    .map(i => {
      const low = i.low === null ? '-inf' : printRational(i.low)
      const high = i.high === null ? 'inf' : printRational(i.high)
      return `${i.lowOpen ? '(' : '['}${low}, ${high}${i.highOpen ? ')' : ']'}`
    })
    .join(' | ')
}

const COARSE_BITS = 3
/** Numerators and denominators below this stay as they are when a set is made coarse. */
const COARSE = 1n << 5n

function isCoarse(q: Rational | null): boolean {
  return q === null || (q.n < COARSE && q.d < COARSE)
}

/** q itself when it is short, else a number of 3 or 4 significant bits that is not above it. */
function coarseLow(q: Rational): Rational {
  if (isCoarse(q)) return q
  const shift = COARSE_BITS - (bitLength(q.n) - bitLength(q.d))
  const [n, d] = shift >= 0 ? [q.n << BigInt(shift), q.d] : [q.n, q.d << BigInt(-shift)]
  const mantissa = q.s > 0n ? n / d : -((n + d - 1n) / d)
  return shift >= 0 ? rational(mantissa, 1n << BigInt(shift)) : rational(mantissa << BigInt(-shift))
}

/**
 * A superset from a small stock, whatever comes in: long ends are rounded outward to 3 or 4 significant bits. The set itself
 * where no end moves. No sign is lost, as with `roundOutward`.
 */
export function coarsen(r: Range): Range {
  if (r.every(i => isCoarse(i.low) && isCoarse(i.high))) return r
  let moved = false
  const coarse = r.map((i): Interval => {
    const low = i.low === null ? null : coarseLow(i.low)
    const high = i.high === null ? null : coarseLow(i.high.neg()).neg()
    // An end that has not moved is open or closed as it was.
    const lowMoved = low !== null && i.low !== null && compareRationals(low, i.low) !== 0
    const highMoved = high !== null && i.high !== null && compareRationals(high, i.high) !== 0
    moved ||= lowMoved || highMoved
    return { low, lowOpen: i.lowOpen || lowMoved, high, highOpen: i.highOpen || highMoved }
  })
  return moved ? shared(normalizeRange(coarse)) : r
}
