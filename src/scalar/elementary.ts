// Rigorous bounds of the elementary functions at one number, to any precision: fixed-point series with a proved
// remainder. Every function gives [low, high] around the exact value, of relative width below 2^-bits unless it says so.
//
// In the comments an "ulp" is one unit of the fixed-point integers, 2^-p for the scale p at hand, and >> and / on
// non-negative integers lose less than one ulp, downward.
import {
  type Bounds,
  bitLength,
  compare,
  dyadic,
  exactly,
  greatest,
  isExact,
  least,
  negateBounds,
  overRounded,
  type Precision,
  plusRounded,
  round,
  SCALED_ONE,
  SCALED_ZERO,
  type Scaled,
  shifted,
  signOf,
  times,
  top,
  trailingZeros,
} from './scaled.ts'

const HALF = dyadic(1n, -1)
/** exp x for x <= -2^40 lies here: exp(-2^40) < 2^-(2^40). */
const TINY: Bounds = { low: SCALED_ZERO, high: dyadic(1n, -(2 ** 40)) }
const MINUS_ONE_TO_ONE: Bounds = { low: dyadic(-1n, 0), high: SCALED_ONE }
/** Angles from 2^MAX_ANGLE_TOP on are not reduced: that would need pi to more than so many bits. */
const MAX_ANGLE_TOP = 8192

const to = (bits: number): Precision => ({ bits, limit: 4 * bits + 256, exactEnds: false })

/** floor(x * 2^p) of a dyadic number: an error below one ulp, none when it fits. */
function fixed(x: Scaled, p: number): bigint {
  const shift = x.e + p
  return shift >= 0 ? x.m << BigInt(shift) : x.m >> BigInt(Math.min(-shift, 2 ** 30))
}

// --- constants ------------------------------------------------------------------------------------------------------

type Known = { p: number; value: bigint }
let piKnown: Known = { p: 0, value: 3n }
let ln2Known: Known = { p: 0, value: 1n }

/**
 * Sum over k of s^k / ((2k+1) n^(2k+1)) with s = 1 (atanh 1/n) or -1 (atan 1/n), times 2^p. The powers are wrong by less
 * than 1.1 ulp each (n >= 5), so each term by less than 2; the terms left out, after a power that rounds to 0, by less
 * than 2 in all: the error is below 2N + 4 for the N <= p / 4 + 2 terms (each power is less than 2^-4 of the last).
 */
function inverseSeries(n: bigint, alternating: boolean, p: number): bigint {
  const square = n * n
  let sum = 0n
  let k = 1n
  for (let power = (1n << BigInt(p)) / n; power > 0n; power /= square) {
    sum += alternating && k & 2n ? -(power / k) : power / k
    k += 2n
  }
  return sum
}

/** Guard bits for the two constants: their coefficients add up to at most 28, so 28 (p/2 + 8) ulps must vanish in them. */
const constantGuard = (p: number): number => bitLength(BigInt(p)) + 12

function shiftKnown(known: Known, p: number): bigint {
  return known.value >> BigInt(known.p - p)
}

/** pi * 2^p with an error below 2 ulps, by Machin's formula: pi = 16 atan(1/5) - 4 atan(1/239). */
export function piFixed(p: number): bigint {
  if (piKnown.p < p) {
    const w = Math.max(p, 2 * piKnown.p, 128)
    const scale = w + constantGuard(w)
    const value = 16n * inverseSeries(5n, true, scale) - 4n * inverseSeries(239n, true, scale)
    piKnown = { p: w, value: value >> BigInt(scale - w) }
  }
  return shiftKnown(piKnown, p)
}

/** ln 2 * 2^p with an error below 2 ulps: ln 2 = 18 atanh(1/26) - 2 atanh(1/4801) + 8 atanh(1/8749). */
export function ln2Fixed(p: number): bigint {
  if (ln2Known.p < p) {
    const w = Math.max(p, 2 * ln2Known.p, 128)
    const scale = w + constantGuard(w)
    const value =
      18n * inverseSeries(26n, false, scale) -
      2n * inverseSeries(4801n, false, scale) +
      8n * inverseSeries(8749n, false, scale)
    ln2Known = { p: w, value: value >> BigInt(scale - w) }
  }
  return shiftKnown(ln2Known, p)
}

export function piBounds(bits: number): Bounds {
  const value = piFixed(bits + 2)
  return { low: dyadic(value - 2n, -bits - 2), high: dyadic(value + 2n, -bits - 2) }
}

// --- roots ----------------------------------------------------------------------------------------------------------

/** floor(n^(1/2)) for n >= 0, by Newton's iteration from above. */
export function integerSquareRoot(n: bigint): bigint {
  if (n === 0n) return 0n
  const excess = Math.max(0, bitLength(n) - 1000)
  const shift = excess + (excess & 1)
  // (sqrt(n >> shift) + 1) 2^(shift/2) is above the root; so is the rounded one, with the margin taken.
  const start = BigInt(Math.ceil(Math.sqrt(Number(n >> BigInt(shift))) * (1 + 2 ** -50)) + 1)
  let x = (start + 1n) << BigInt(shift / 2)
  for (;;) {
    const next = (x + n / x) >> 1n
    if (next >= x) return x
    x = next
  }
}

/** The root of degree k >= 2 if n >= 0 is the k-th power of an integer, else null. */
export function exactIntegerRoot(n: bigint, k: number): bigint | null {
  if (n < 2n) return n
  const bits = bitLength(n)
  if (k >= bits) return null
  if (k === 2) {
    const root = integerSquareRoot(n)
    return root * root === n ? root : null
  }
  const degree = BigInt(k)
  let x = 1n << BigInt(Math.ceil(bits / k))
  for (;;) {
    const next = ((degree - 1n) * x + n / x ** (degree - 1n)) / degree
    if (next >= x) return x ** degree === n ? x : null
    x = next
  }
}

/** The root of degree k >= 2 of x >= 0 if it is rational, else null. */
export function exactRoot(x: Scaled, k: number): Scaled | null {
  if (x.m === 0n) return x
  const zeros = trailingZeros(x.m)
  if ((x.e + zeros) % k !== 0) return null
  const m = exactIntegerRoot(x.m >> BigInt(zeros), k)
  const d = m === null ? null : exactIntegerRoot(x.d, k)
  return m === null || d === null ? null : { m, d, e: (x.e + zeros) / k }
}

/** The square root of x >= 0, exact when it is rational. */
export function sqrtBounds(x: Scaled, bits: number): Bounds {
  const exact = exactRoot(x, 2)
  if (exact !== null) return exactly(exact)
  const root = (bound: Scaled, up: boolean): Scaled => {
    const wanted = 2 * bits + 2 - bitLength(bound.m)
    const shift = Math.max(0, wanted) + ((Math.max(0, wanted) + bound.e) & 1)
    const n = bound.m << BigInt(shift)
    const r = integerSquareRoot(n)
    return dyadic(up && r * r !== n ? r + 1n : r, (bound.e - shift) / 2)
  }
  return { low: root(round(x, 2 * bits + 2, false), false), high: root(round(x, 2 * bits + 2, true), true) }
}

// --- exponential and logarithm --------------------------------------------------------------------------------------

/**
 * exp(r) * 2^p for 0 <= r < 1, r and the result in units of 2^-p (p >= 16): the result is at most 2 ulps too small and
 * never too large. r / 2^k goes through Taylor's series, whose terms are too small by at most 2 ulps of the wider
 * scale each and whose rest, once a term rounds to 0, is at most 2: 2N + 2 in all for N terms. k squarings multiply
 * that by at most 2^k e and add at most 2^k e. The guard bits make e 2^k (2N + 3) ulps less than one.
 */
function expFixed(r: bigint, p: number): bigint {
  const k = Math.max(2, Math.floor(Math.sqrt(p / 2)))
  const guard = bitLength(BigInt(p)) + 6
  const w = BigInt(p + k + guard)
  const x = r << BigInt(guard)
  let term = 1n << w
  let sum = term
  for (let i = 1n; ; i++) {
    term = ((term * x) >> w) / i
    if (term === 0n) break
    sum += term
  }
  for (let i = 0; i < k; i++) sum = (sum * sum) >> w
  return sum >> BigInt(k + guard)
}

/** exp x for dyadic x; null when it is too large to work with; [0, tiny] when it is too small. */
export function expBounds(x: Scaled, bits: number): Bounds | null {
  if (x.m === 0n) return exactly(SCALED_ONE)
  const size = top(x)
  // From 2^40 on the exponent would be beyond MAX_TOP.
  if (size > 40) return x.m > 0n ? null : TINY
  const p = Math.max(bits, 16) + 6
  // x = n ln 2 + r at scale q, r with an error below 2|n| + 1 <= 3 * 2^size + 3 ulps of 2^-q, below 3 of 2^-p.
  const q = p + Math.max(0, size) + 2
  const scaled = fixed(x, q)
  const ln2 = ln2Fixed(q)
  let n = scaled / ln2
  if (n * ln2 > scaled) n -= 1n
  const r = (scaled - n * ln2) >> BigInt(q - p)
  const e = expFixed(r, p)
  // exp(r) < 2.1, so an error of 3 ulps in r is one below 7 in the result.
  return { low: dyadic(e - 7n, Number(n) - p), high: dyadic(e + 9n, Number(n) - p) }
}

/** exp x - 1 for dyadic x; null when too large. */
export function expm1Bounds(x: Scaled, bits: number): Bounds | null {
  if (x.m === 0n) return exactly(SCALED_ZERO)
  const size = top(x)
  // x <= exp x - 1 <= x + x^2 for |x| <= 1
  if (size < -bits - 2) return { low: x, high: plusRounded(x, times(x, x), to(bits + 4), true) }
  const e = expBounds(x, bits + 3 + Math.max(0, -size))
  if (e === null) return null
  const precision = to(bits + 8 + Math.max(0, -size))
  const minusOne = dyadic(-1n, 0)
  return { low: plusRounded(e.low, minusOne, precision, false), high: plusRounded(e.high, minusOne, precision, true) }
}

/**
 * ln x for dyadic x > 0. x = y 2^k with y near [1/sqrt 2, sqrt 2], ln y = 2 atanh z with z = (y - 1) / (y + 1),
 * |z| < 0.175. At the scale w, z, its powers (error of each below 1.4 ulps) and the quotients by 1, 3, 5, ... round
 * downward: the N terms lose less than 2N ulps, and the rest, once a power rounds to 0, is below 2.
 */
export function lnBounds(x: Scaled, bits: number): Bounds {
  const size = bitLength(x.m)
  // The mantissa in [1/2, 1) is y if it is from 182/256 on, else y is its double: in [0.71, 1.422) in all.
  const head = size >= 8 ? Number(x.m >> BigInt(size - 8)) : Number(x.m << BigInt(8 - size))
  const above = head >= 182
  const k = x.e + size - (above ? 0 : 1)
  const unit = 1n << BigInt(above ? size : size - 1)
  const difference = x.m - unit
  if (difference === 0n && k === 0) return exactly(SCALED_ZERO)
  const numerator = difference < 0n ? -difference : difference
  const denominator = x.m + unit
  // With k = 0 the result is as small as z: as many bits more. With k != 0 it is above 0.33 |k|: nothing cancels.
  const zeros = k === 0 ? bitLength(denominator) - bitLength(numerator) + 1 : 0
  const p = bits + zeros + 6
  const w = p + bitLength(BigInt(p))
  let power = (numerator << BigInt(w)) / denominator
  const square = (power * power) >> BigInt(w)
  let sum = 0n
  let terms = 0n
  for (let i = 1n; power > 0n; i += 2n) {
    sum += power / i
    power = (power * square) >> BigInt(w)
    terms++
  }
  const slack = 4n * terms + 4n
  let low = difference < 0n ? -2n * sum - slack : 2n * sum
  let high = difference < 0n ? -2n * sum : 2n * sum + slack
  if (k !== 0) {
    // |k| < 2^extra, so k times the error of ln 2, two ulps at the finer scale, is below 2, and rounding below 3.
    const extra = bitLength(BigInt(Math.abs(k)))
    const multiple = (BigInt(k) * ln2Fixed(w + extra)) >> BigInt(extra)
    low += multiple - 3n
    high += multiple + 3n
  }
  return { low: dyadic(low, -w), high: dyadic(high, -w) }
}

/** ln(1 + u) for 0 <= u; both ends of u are dyadic. */
export function log1pBounds(u: Bounds, bits: number): Bounds {
  const end = (x: Scaled, up: boolean): Scaled => {
    if (x.m === 0n) return x
    const size = top(x)
    // u - u^2 <= ln(1 + u) <= u
    if (size < -bits - 2) return up ? x : plusRounded(x, times(x, negateNumber(x)), to(bits + 4), false)
    const sum = plusRounded(SCALED_ONE, x, to(bits + 4 + Math.max(0, -size)), up)
    const ln = lnBounds(sum, bits + 2)
    return up ? ln.high : ln.low
  }
  return { low: end(u.low, false), high: end(u.high, true) }
}

const negateNumber = (x: Scaled): Scaled => ({ m: -x.m, d: x.d, e: x.e })

// --- hyperbolic functions and what is made of exp and ln ------------------------------------------------------------

/** A function that is increasing in the one real that `bounds` encloses, with rounding in `f` as it is told. */
function increasing(bounds: Bounds, f: (x: Scaled, up: boolean) => Scaled): Bounds {
  return { low: f(bounds.low, false), high: f(bounds.high, true) }
}

/** An odd function from its values at x > 0. */
function odd(x: Scaled, f: (x: Scaled) => Bounds | null): Bounds | null {
  if (x.m === 0n) return exactly(SCALED_ZERO)
  if (x.m > 0n) return f(x)
  const value = f(negateNumber(x))
  return value === null ? null : negateBounds(value)
}

/** sinh x = (m + m / (m + 1)) / 2 with m = exp x - 1, which increases with m >= 0. */
export function sinhBounds(x: Scaled, bits: number): Bounds | null {
  const precision = to(bits + 4)
  return odd(x, t => {
    const m = expm1Bounds(t, bits + 4)
    if (m === null) return null
    return increasing(m, (v, up) => {
      // m / (m + 1) = 1 - 1 / (m + 1) increases: the denominator is rounded the other way.
      const ratio = overRounded(v, plusRounded(v, SCALED_ONE, precision, !up), precision.bits, up)
      return shifted(plusRounded(v, ratio, precision, up), -1)
    })
  })
}

/** cosh x = (e + 1/e) / 2 with e = exp |x|, which increases with e >= 1. */
export function coshBounds(x: Scaled, bits: number): Bounds | null {
  const precision = to(bits + 4)
  const e = expBounds(x.m < 0n ? negateNumber(x) : x, bits + 4)
  if (e === null) return null
  if (isExact(e)) return e
  const { low, high } = increasing({ low: greatest(e.low, SCALED_ONE), high: e.high }, (v, up) =>
    shifted(plusRounded(v, overRounded(SCALED_ONE, v, precision.bits, up), precision, up), -1),
  )
  return { low: greatest(low, SCALED_ONE), high }
}

/** tanh x = m / (m + 2) with m = exp 2x - 1, which increases with m >= 0. */
export function tanhBounds(x: Scaled, bits: number): Bounds | null {
  const precision = to(bits + 4)
  return odd(x, t => {
    // 1 - 2 exp(-2x) < tanh x < 1
    if (top(t) > 2 && compare(t, dyadic(BigInt(bits) + 2n, 0)) > 0) return { low: belowOne(bits + 2), high: SCALED_ONE }
    const m = expm1Bounds(shifted(t, 1), bits + 4) as Bounds
    return increasing(m, (v, up) => {
      const ratio = overRounded(v, plusRounded(v, dyadic(1n, 1), precision, !up), precision.bits, up)
      return up ? least(ratio, SCALED_ONE) : ratio
    })
  })
}

/** 1 - 2^-bits */
const belowOne = (bits: number): Scaled => dyadic((1n << BigInt(bits)) - 1n, -bits)

/** 1 / (1 + exp -x) for x >= 0, exp x / (1 + exp x) for x < 0: both increase with the exponential of -|x|, or decrease. */
export function sigmoidBounds(x: Scaled, bits: number): Bounds {
  if (x.m === 0n) return exactly(HALF)
  const precision = to(bits + 4)
  const e = expBounds(x.m > 0n ? negateNumber(x) : x, bits + 4) as Bounds
  const denominator = (v: Scaled, up: boolean): Scaled => plusRounded(SCALED_ONE, v, precision, up)
  if (x.m > 0n) {
    return {
      low: overRounded(SCALED_ONE, denominator(e.high, true), precision.bits, false),
      high: overRounded(SCALED_ONE, denominator(e.low, false), precision.bits, true),
    }
  }
  return increasing(e, (v, up) => overRounded(v, denominator(v, !up), precision.bits, up))
}

/** ln(1 + exp x) = max(x, 0) + ln(1 + exp -|x|) */
export function softplusBounds(x: Scaled, bits: number): Bounds {
  const e = expBounds(x.m > 0n ? negateNumber(x) : x, bits + 4) as Bounds
  const rest = log1pBounds(e, bits + 4)
  if (x.m <= 0n) return rest
  return increasing(rest, (v, up) => plusRounded(x, v, to(bits + 4), up))
}

/** asinh x = ln(1 + u) with u = x + x^2 / (1 + sqrt(x^2 + 1)) for x > 0. */
export function asinhBounds(x: Scaled, bits: number): Bounds | null {
  const precision = to(bits + 6)
  return odd(x, t => {
    const square = times(t, t)
    const u = (up: boolean): Scaled => {
      const root = sqrtBounds(plusRounded(square, SCALED_ONE, precision, !up), precision.bits)
      const denominator = plusRounded(SCALED_ONE, up ? root.low : root.high, precision, !up)
      return plusRounded(t, overRounded(square, denominator, precision.bits, up), precision, up)
    }
    return log1pBounds({ low: u(false), high: u(true) }, bits + 4)
  })
}

/** acosh x = ln(1 + u) with u = t + sqrt(t (t + 2)), t = x - 1 >= 0. */
export function acoshBounds(x: Scaled, bits: number): Bounds {
  const precision = to(bits + 6)
  const t = (up: boolean): Scaled => plusRounded(x, dyadic(-1n, 0), to(Math.max(bits + 6, bitLength(x.m) + 1)), up)
  const u = (up: boolean): Scaled => {
    const distance = t(up)
    const product = times(distance, plusRounded(distance, dyadic(1n, 1), precision, up))
    const root = sqrtBounds(round(product, precision.bits, up), precision.bits)
    return plusRounded(distance, round(up ? root.high : root.low, precision.bits, up), precision, up)
  }
  return log1pBounds({ low: u(false), high: u(true) }, bits + 4)
}

/** atanh x = ln(1 + u) / 2 with u = 2x / (1 - x) for 0 < x < 1. */
export function atanhBounds(x: Scaled, bits: number): Bounds | null {
  return odd(x, t => {
    const wide = to(bits + 6 + bitLength(t.m))
    const u = (up: boolean): Scaled => {
      const denominator = plusRounded(SCALED_ONE, negateNumber(t), wide, !up)
      return overRounded(shifted(t, 1), denominator, bits + 6, up)
    }
    const value = log1pBounds({ low: u(false), high: u(true) }, bits + 4)
    return { low: shifted(value.low, -1), high: shifted(value.high, -1) }
  })
}

// --- trigonometric functions ----------------------------------------------------------------------------------------

/** x = n pi/2 + r with r at scale p and an error below 3 ulps, |r| <= 0.8; null when x is too large. */
function reduceAngle(x: Scaled, p: number): { n: bigint; r: bigint } | null {
  const size = Math.max(0, top(x))
  if (size > MAX_ANGLE_TOP) return null
  const q = p + size + 2
  const scaled = fixed(x, q)
  const quarter = piFixed(q - 1)
  // |n| <= 2^size, so r at scale q is wrong by at most 2|n| + 1 ulps: below 3 at scale p, rounding included.
  const doubled = 2n * scaled + quarter
  let n = doubled / (2n * quarter)
  if (n * 2n * quarter > doubled) n -= 1n
  return { n, r: (scaled - n * quarter) >> BigInt(q - p) }
}

/**
 * sin r or cos r of |r| <= 0.8 by Taylor's series, at scale p. The terms (each at most 2 ulps too small or large: the
 * square has an error below one, each product and quotient another) alternate, and the rest, once a term rounds to 0,
 * is at most 2: the error is below 2N + 4 ulps, to which r's own 3 are added.
 */
function taylorAngle(r: bigint, cosine: boolean, p: number): { value: bigint; error: bigint } {
  const w = BigInt(p)
  const square = (r * r) >> w
  let term = cosine ? 1n << w : r < 0n ? -r : r
  let sum = 0n
  let terms = 0n
  for (let i = cosine ? 1n : 2n; term > 0n; i += 2n) {
    sum += terms & 1n ? -term : term
    term = ((term * square) >> w) / (i * (i + 1n))
    terms++
  }
  return { value: !cosine && r < 0n ? -sum : sum, error: 2n * terms + 7n }
}

/** sin x or cos x for dyadic x; [-1, 1] when x is too large. Relative accuracy unless x is extremely near a zero. */
export function sineBounds(x: Scaled, cosine: boolean, bits: number): Bounds {
  if (x.m === 0n) return exactly(cosine ? SCALED_ONE : SCALED_ZERO)
  const size = top(x)
  if (!cosine && size < -bits - 2) {
    // For 0 < x < 1: x - x^2 < sin x < x.
    return odd(x, t => ({ low: plusRounded(t, times(t, negateNumber(t)), to(bits + 4), false), high: t })) as Bounds
  }
  let p = bits + 16 + (cosine ? 0 : Math.max(0, -size))
  const enough = 4 * (p + bitLength(x.m < 0n ? -x.m : x.m))
  for (;;) {
    const reduced = reduceAngle(x, p)
    if (reduced === null) return MINUS_ONE_TO_ONE
    const quadrant = Number(((reduced.n % 4n) + 4n) % 4n)
    const swapped = (quadrant & 1) === 1
    const { value, error } = taylorAngle(reduced.r, cosine !== swapped, p)
    const negative = cosine ? quadrant === 1 || quadrant === 2 : quadrant >= 2
    const middle = negative ? -value : value
    const one = 1n << BigInt(p)
    const small = bitLength(middle < 0n ? -middle : middle)
    if (p > enough || small > bitLength(error) + bits + 2) {
      const low = middle - error
      const high = middle + error
      return { low: low < -one ? dyadic(-1n, 0) : dyadic(low, -p), high: high > one ? SCALED_ONE : dyadic(high, -p) }
    }
    // Leading zeros: as many bits more as are missing, or twice as many while there is nothing but zeros.
    p = small > bitLength(error) + 2 ? p + bitLength(error) + bits - small + 8 : 2 * p
  }
}

/** tan x = sin x / cos x; null when the cosine is not shown to differ from 0. */
export function tanBounds(x: Scaled, bits: number): Bounds | null {
  if (x.m === 0n) return exactly(SCALED_ZERO)
  const sine = sineBounds(x, false, bits + 4)
  const cosine = sineBounds(x, true, bits + 4)
  if (signOf(cosine.low) !== signOf(cosine.high) || cosine.low.m === 0n) return null
  if (signOf(sine.low) !== signOf(sine.high)) return null
  const negative = cosine.low.m < 0n
  const [s, c] = negative ? [negateBounds(sine), negateBounds(cosine)] : [sine, cosine]
  const positive = s.low.m > 0n
  return {
    low: overRounded(s.low, positive ? c.high : c.low, bits + 4, false),
    high: overRounded(s.high, positive ? c.low : c.high, bits + 4, true),
  }
}

/** Integers with low < x / (pi/2) < high + 1, as near as `bits` bits tell; null when x is too large. */
export function quadrants(x: Scaled, bits: number): { low: bigint; high: bigint } | null {
  const reduced = reduceAngle(x, bits)
  if (reduced === null) return null
  // An error below 3 ulps: r > 3 is certainly above n pi/2, r < -3 certainly below.
  return { low: reduced.r > 4n ? reduced.n : reduced.n - 1n, high: reduced.r < -4n ? reduced.n - 1n : reduced.n }
}

// --- error function -------------------------------------------------------------------------------------------------

/**
 * erf x = 2x/sqrt(pi) exp(-x^2) sum over n of (2x^2)^n / (1 3 5 ... (2n+1)) for 0 < x: all terms are positive, so nothing
 * cancels. Far out, erf x = 1 - erfc x with 0 < erfc x < exp(-x^2) (x > 1/sqrt pi).
 */
export function erfBounds(x: Scaled, bits: number): Bounds | null {
  return odd(x, t => {
    const size = top(t)
    const precision = to(bits + 10)
    // exp(-x^2) <= 2^-(bits + 2) when x^2 >= bits + 2
    if (size > 24 || (size > 0 && compare(times(t, t), dyadic(BigInt(bits) + 2n, 0)) > 0)) {
      return { low: belowOne(bits + 2), high: SCALED_ONE }
    }
    const square = times(t, t)
    const series =
      size < -bits
        ? { low: SCALED_ONE, high: dyadic((1n << BigInt(bits + 8)) + 1n, -bits - 8) }
        : erfSeries(square, bits + 10)
    // x^2 < 2^(-2 bits) there: the series is 1 + 2/3 x^2 + ... < 1 + x^2.
    const e = expBounds(negateNumber(square), bits + 10) as Bounds
    const pi = piBounds(bits + 10)
    const end = (up: boolean): Scaled => {
      const root = sqrtBounds(up ? pi.low : pi.high, bits + 10)
      const product = times(times(shifted(t, 1), up ? series.high : series.low), up ? e.high : e.low)
      const value = overRounded(round(product, precision.bits, up), up ? root.low : root.high, precision.bits, up)
      return up && compare(value, SCALED_ONE) > 0 ? SCALED_ONE : value
    }
    return { low: end(false), high: end(true) }
  })
}

/**
 * The sum over n >= 0 of y^n / (3 5 ... (2n+1)) with y = 2 square, at a scale with room for its size (below exp(y)).
 * Each term is a product and a quotient, both rounded down; run twice, with y and the roundings down, then up.
 */
function erfSeries(square: Scaled, bits: number): Bounds {
  const p = bits + 2 * bitLength(BigInt(bits)) + 8
  const w = BigInt(p)
  const y = fixed(shifted(square, 1), p)
  const run = (factor: bigint, up: 0n | 1n): bigint => {
    let term = 1n << w
    let sum = term
    for (let odd = 3n; ; odd += 2n) {
      const product = ((term * factor) >> w) + up
      term = product / odd + up
      sum += term
      // From here on each term is less than half the last: the rest is below the last term (twice it, with rounding up).
      if (term < 4n && 4n * factor < odd << w) return sum + up * (8n + 2n * term)
    }
  }
  return { low: dyadic(run(y, 0n), -p), high: dyadic(run(y + 1n, 1n), -p) }
}
