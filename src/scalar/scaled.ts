// Exact numbers m/d * 2^e and intervals of them, the arithmetic under the enclosures: an exponent of its own keeps
// e^1000000 as short as e, an odd denominator keeps 1/3 exact, and whatever grows too long is rounded outward.
import { type Rational, rational } from './rational.ts'
import { commonFactorWork, spend } from './work.ts'

/** m/d * 2^e with d odd and positive, m/d in lowest terms. Zero has m = 0, d = 1, e = 0. */
export interface Scaled {
  readonly m: bigint
  readonly d: bigint
  readonly e: number
}

/** The closed interval from low to high. The number itself, exactly, when both are the same object. */
export interface Bounds {
  readonly low: Scaled
  readonly high: Scaled
}

/** How precise to be: results of `bits` significant bits; exact ones are kept while they are no longer than `limit`. */
export interface Precision {
  readonly bits: number
  readonly limit: number
  /** Whether the ends of proper intervals are kept exact too (costs greatest common divisors). */
  readonly exactEnds: boolean
}

/** Numbers from 2^MAX_TOP on are not worked with, and magnitudes below 2^-MAX_TOP are rounded to 0 or to that. */
export const MAX_TOP = 2 ** 41

/** Beyond 2^(+-MAX_SHIFT), numbers are not turned into rationals, whose numerators would fill the memory. */
const MAX_SHIFT = 2 ** 21
/** What is then said of them: below 1/EDGE or above EDGE. */
const EDGE = 1n << 65536n

const view = new DataView(new ArrayBuffer(8))

/** The number of binary digits of n >= 0. */
export function bitLength(n: bigint): number {
  const x = Number(n)
  if (x === 0) return 0
  if (x === Infinity) {
    const hex = n.toString(16)
    return hex.length * 4 - Math.clz32(Number.parseInt(hex[0], 16)) + 28
  }
  view.setFloat64(0, x)
  const head = view.getUint32(0)
  const length = (head >>> 20) - 1022
  // The conversion may have rounded n up to a power of two.
  const power = (head & 0xfffff) === 0 && view.getUint32(4) === 0
  return power && n >> BigInt(length - 1) === 0n ? length - 1 : length
}

const absolute = (n: bigint): bigint => (n < 0n ? -n : n)

/** How often 2 divides n != 0. */
export function trailingZeros(n: bigint): number {
  return n & 1n ? 0 : bitLength(n & -n) - 1
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

/** m * 2^e */
export function dyadic(m: bigint, e: number): Scaled {
  return m === 0n ? SCALED_ZERO : { m, d: 1n, e }
}

export const SCALED_ZERO: Scaled = { m: 0n, d: 1n, e: 0 }
export const SCALED_ONE: Scaled = { m: 1n, d: 1n, e: 0 }

/** n/d * 2^e for any n and any positive d. */
function quotient(n: bigint, d: bigint, e: number): Scaled {
  if (n === 0n) return SCALED_ZERO
  if (d === 1n) return { m: n, d, e }
  const zeros = trailingZeros(d)
  if (zeros > 0) d >>= BigInt(zeros)
  if (d !== 1n) {
    spend(commonFactorWork(bitLength(d)))
    const common = gcd(absolute(n), d)
    if (common !== 1n) [n, d] = [n / common, d / common]
  }
  return { m: n, d, e: e - zeros }
}

export function fromRational(q: Rational): Scaled {
  if (q.n === 0n) return SCALED_ZERO
  const up = trailingZeros(q.n)
  const down = trailingZeros(q.d)
  return { m: (q.s * q.n) >> BigInt(up), d: q.d >> BigInt(down), e: up - down }
}

/** The rational; null when it would have millions of digits. */
export function toRational(x: Scaled): Rational | null {
  if (x.m === 0n) return rational(0)
  if (Math.abs(top(x)) > MAX_SHIFT) return null
  if (x.e >= 0) return rational(x.m << BigInt(x.e), x.d)
  const shared = Math.min(trailingZeros(x.m), -x.e)
  return rational(x.m >> BigInt(shared), x.d << BigInt(-x.e - shared))
}

/** A rational that is at most (`up` false) or at least x; null when there is none of reasonable length. */
export function toRationalBound(x: Scaled, up: boolean): Rational | null {
  const exact = toRational(x)
  if (exact !== null) return exact
  const sign = x.m > 0n ? 1n : -1n
  const outward = x.m > 0n === up
  if (top(x) < 0) return outward ? rational(sign, EDGE) : rational(0)
  return outward ? null : rational(sign * EDGE)
}

/** An exponent such that 2^(top - 2) < |x| < 2^top; -Infinity for 0. */
export function top(x: Scaled): number {
  if (x.m === 0n) return -Infinity
  const length = bitLength(absolute(x.m))
  return x.d === 1n ? length + x.e : length - bitLength(x.d) + 1 + x.e
}

function length(x: Scaled): number {
  return bitLength(absolute(x.m)) + (x.d === 1n ? 0 : bitLength(x.d))
}

/** Whether x is short enough to be kept exact. */
export function fits(x: Scaled, precision: Precision): boolean {
  return length(x) <= precision.limit
}

function floorDivide(n: bigint, d: bigint): bigint {
  const q = n / d
  return n < 0n && q * d !== n ? q - 1n : q
}

const ceilDivide = (n: bigint, d: bigint): bigint => -floorDivide(-n, d)

/** A dyadic number of about `bits` bits that is at most (`up` false) or at least x; x itself if it is one. */
export function round(x: Scaled, bits: number, up: boolean): Scaled {
  const size = bitLength(absolute(x.m))
  if (x.d === 1n) {
    if (size <= bits) return x
    const shift = size - bits
    const m = up ? -(-x.m >> BigInt(shift)) : x.m >> BigInt(shift)
    return dyadic(m, x.e + shift)
  }
  const shift = bits + 1 - size + bitLength(x.d)
  const n = shift > 0 ? x.m << BigInt(shift) : x.m
  const d = shift < 0 ? x.d << BigInt(-shift) : x.d
  return dyadic(up ? ceilDivide(n, d) : floorDivide(n, d), x.e - shift)
}

/** A binary64 number near x, for display and for measures; 0 or infinite beyond their range. */
export function toNumber(x: Scaled): number {
  const { m, d, e } = round(x, 64, false)
  const exponent = Math.max(-4000, Math.min(4000, e))
  const half = Math.trunc(exponent / 2)
  return (Number(m) / Number(d)) * 2 ** half * 2 ** (exponent - half)
}

export function negate(x: Scaled): Scaled {
  return { m: -x.m, d: x.d, e: x.e }
}

export function signOf(x: Scaled): -1 | 0 | 1 {
  return x.m > 0n ? 1 : x.m < 0n ? -1 : 0
}

/** Negative, 0 or positive as x is below, equal to or above y. */
export function compare(x: Scaled, y: Scaled): number {
  if (x === y) return 0
  const sign = signOf(x)
  if (sign !== signOf(y) || sign === 0) return sign - signOf(y)
  const gap = top(x) - top(y)
  if (gap >= 2) return sign
  if (gap <= -2) return -sign
  let left = x.d === y.d ? x.m : x.m * y.d
  let right = x.d === y.d ? y.m : y.m * x.d
  if (x.e > y.e) left <<= BigInt(x.e - y.e)
  else if (x.e < y.e) right <<= BigInt(y.e - x.e)
  return left < right ? -1 : left > right ? 1 : 0
}

export const least = (x: Scaled, y: Scaled): Scaled => (compare(x, y) <= 0 ? x : y)
export const greatest = (x: Scaled, y: Scaled): Scaled => (compare(x, y) >= 0 ? x : y)

export function times(x: Scaled, y: Scaled): Scaled {
  if (x.m === 0n || y.m === 0n) return SCALED_ZERO
  if (x.d === 1n && y.d === 1n) return { m: x.m * y.m, d: 1n, e: x.e + y.e }
  return quotient(x.m * y.m, x.d * y.d, x.e + y.e)
}

/** x * 2^shift */
export function shifted(x: Scaled, shift: number): Scaled {
  return x.m === 0n ? x : { m: x.m, d: x.d, e: x.e + shift }
}

/** x / y for y != 0. */
export function over(x: Scaled, y: Scaled): Scaled {
  const sign = y.m < 0n ? -1n : 1n
  return quotient(sign * x.m * y.d, x.d * sign * y.m, x.e - y.e)
}

/** A bound of x / y, y != 0, without reducing the fraction first. */
export function overRounded(x: Scaled, y: Scaled, bits: number, up: boolean): Scaled {
  if (x.m === 0n) return SCALED_ZERO
  const sign = y.m < 0n ? -1n : 1n
  return round({ m: sign * x.m * y.d, d: x.d * sign * y.m, e: x.e - y.e }, bits, up)
}

function plusExact(x: Scaled, y: Scaled): Scaled {
  const same = x.d === y.d
  let left = same ? x.m : x.m * y.d
  let right = same ? y.m : y.m * x.d
  const e = Math.min(x.e, y.e)
  if (x.e > e) left <<= BigInt(x.e - e)
  if (y.e > e) right <<= BigInt(y.e - e)
  return quotient(left + right, same ? x.d : x.d * y.d, e)
}

/** x + y, exact unless one is so far below the other that the sum would be long; then null. */
function plusNear(x: Scaled, y: Scaled, precision: Precision): Scaled | null {
  if (x.m === 0n) return y
  if (y.m === 0n) return x
  if (Math.abs(x.e - y.e) > 2 * precision.limit && Math.abs(top(x) - top(y)) > precision.bits + 4) return null
  return plusExact(x, y)
}

/** A bound of x + y of about `bits` bits. */
export function plusRounded(x: Scaled, y: Scaled, precision: Precision, up: boolean): Scaled {
  const sum = plusNear(x, y, precision)
  if (sum !== null) return round(sum, precision.bits, up)
  const [big, small] = top(x) > top(y) ? [x, y] : [y, x]
  if (small.m > 0n !== up) return round(big, precision.bits, up)
  // |small| < 2^top(small), far below the unit that is added or subtracted in its place.
  const unit = dyadic(up ? 1n : -1n, top(big) - precision.bits - 4)
  return round(plusExact(round(big, precision.bits + 8, up), unit), precision.bits, up)
}

export const exactly = (x: Scaled): Bounds => ({ low: x, high: x })
export const isExact = (a: Bounds): boolean => a.low === a.high

/** [low, high] rounded outward as the precision asks; exact when both ends are the same number and it is short. */
export function settle(low: Scaled, high: Scaled, precision: Precision): Bounds {
  if (low === high) {
    if (fits(low, precision)) return { low, high }
    low = round(low, precision.bits, false)
    high = round(high, precision.bits, true)
    return compare(low, high) === 0 ? { low, high: low } : { low, high }
  }
  if (compare(low, high) === 0) return settle(low, low, precision)
  return {
    low: precision.exactEnds && fits(low, precision) ? low : round(low, precision.bits, false),
    high: precision.exactEnds && fits(high, precision) ? high : round(high, precision.bits, true),
  }
}

export function negateBounds(a: Bounds): Bounds {
  if (isExact(a)) return exactly(negate(a.low))
  return { low: negate(a.high), high: negate(a.low) }
}

export function addBounds(a: Bounds, b: Bounds, precision: Precision): Bounds {
  const low = plusNear(a.low, b.low, precision)
  const high = isExact(a) && isExact(b) ? low : plusNear(a.high, b.high, precision)
  if (low !== null && high !== null) return settle(low, high, precision)
  return { low: plusRounded(a.low, b.low, precision, false), high: plusRounded(a.high, b.high, precision, true) }
}

export function multiplyBounds(a: Bounds, b: Bounds, precision: Precision): Bounds {
  if (isExact(a) && isExact(b)) {
    const product = times(a.low, b.low)
    return settle(product, product, precision)
  }
  const [l, h] = a.low.m >= 0n ? [a.low, a.high] : [b.low, b.high]
  const [ol, oh] = a.low.m >= 0n ? [b.low, b.high] : [a.low, a.high]
  // With 0 <= l <= h the product's ends are known by the signs of the other factor's.
  if (l.m >= 0n) return settle(times(ol.m >= 0n ? l : h, ol), times(oh.m >= 0n ? h : l, oh), precision)
  const corners = [times(l, ol), times(l, oh), times(h, ol), times(h, oh)]
  return settle(corners.reduce(least), corners.reduce(greatest), precision)
}

/** A sum of products of exact numbers, kept apart by denominators and not rounded. */
class ExactSum {
  private readonly sums = new Map<bigint, { m: bigint; e: number }>()
  private lowest = Infinity
  private highest = -Infinity

  constructor(private readonly limit: number) {}

  /** False where the sum would become long: then it is of no use any more. */
  add(x: Scaled, y: Scaled): boolean {
    if (x.m === 0n || y.m === 0n) return true
    const m = x.m * y.m
    const e = x.e + y.e
    this.lowest = Math.min(this.lowest, e)
    this.highest = Math.max(this.highest, e)
    // The sum is as long as its exponents lie apart.
    if (this.highest - this.lowest > this.limit) return false
    const d = x.d === 1n ? y.d : y.d === 1n ? x.d : x.d * y.d
    const sum = this.sums.get(d)
    if (sum === undefined) {
      this.sums.set(d, { m, e })
      return this.sums.size <= MOST_DENOMINATORS
    }
    const shift = e - sum.e
    if (shift === 0) sum.m += m
    else if (shift > 0) sum.m += m << BigInt(shift)
    else {
      sum.m = (sum.m << BigInt(-shift)) + m
      sum.e = e
    }
    return true
  }

  copy(): ExactSum {
    const copy = new ExactSum(this.limit)
    for (const [d, sum] of this.sums) copy.sums.set(d, { ...sum })
    copy.lowest = this.lowest
    copy.highest = this.highest
    return copy
  }

  total(): Scaled {
    let total = SCALED_ZERO
    for (const [d, { m, e }] of this.sums) {
      const part = quotient(m, d, e)
      if (part.m !== 0n) total = total.m === 0n ? part : plusExact(total, part)
    }
    return total
  }
}
const MOST_DENOMINATORS = 64

/**
 * The sum of the products of exact weights and of values, rounded only at its end; null where a weight is not exact, or the
 * sum would be long, so that it is better made step by step.
 */
export function dotBounds(weights: readonly Bounds[], values: readonly Bounds[], precision: Precision): Bounds | null {
  const low = new ExactSum(precision.limit)
  let high = low
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]
    const value = values[i]
    if (!isExact(weight)) return null
    if (high === low) {
      if (isExact(value)) {
        if (!low.add(weight.low, value.low)) return null
        continue
      }
      // From here on the ends differ; what was exact before belongs to both.
      high = low.copy()
    }
    const isDown = weight.low.m < 0n
    if (!low.add(weight.low, isDown ? value.high : value.low)) return null
    if (!high.add(weight.low, isDown ? value.low : value.high)) return null
  }
  const total = low.total()
  return settle(total, high === low ? total : high.total(), precision)
}

/** a / b where b does not contain 0. */
export function divideBounds(a: Bounds, b: Bounds, precision: Precision): Bounds {
  if (isExact(a) && isExact(b)) {
    const ratio = over(a.low, b.low)
    return settle(ratio, ratio, precision)
  }
  const positive = b.low.m > 0n
  const [low, high] = positive ? [a.low, a.high] : [a.high, a.low]
  // The smaller divisor for the quotient that is to be far from 0.
  const [nearest, farthest] = positive ? [b.low, b.high] : [b.high, b.low]
  const lowDivisor = signOf(low) * (positive ? 1 : -1) < 0 ? nearest : farthest
  const highDivisor = signOf(high) * (positive ? 1 : -1) > 0 ? nearest : farthest
  if (precision.exactEnds) return settle(over(low, lowDivisor), over(high, highDivisor), precision)
  return {
    low: overRounded(low, lowDivisor, precision.bits, false),
    high: overRounded(high, highDivisor, precision.bits, true),
  }
}

/** The smallest interval around both. */
export function hullBounds(a: Bounds, b: Bounds): Bounds {
  const low = least(a.low, b.low)
  const high = greatest(a.high, b.high)
  return compare(low, high) === 0 ? exactly(low) : { low, high }
}
