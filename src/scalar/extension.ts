// The functions of the language over intervals: from their values at the ends, for they are monotone between few points.
import {
  acoshBounds,
  asinhBounds,
  atanhBounds,
  coshBounds,
  erfBounds,
  exactRoot,
  expBounds,
  lnBounds,
  quadrants,
  sigmoidBounds,
  sineBounds,
  sinhBounds,
  softplusBounds,
  sqrtBounds,
  tanBounds,
  tanhBounds,
} from './elementary.ts'
import type { KnownName } from './expression.ts'
import {
  addBounds,
  type Bounds,
  bitLength,
  compare,
  divideBounds,
  dyadic,
  exactly,
  greatest,
  hullBounds,
  isExact,
  least,
  MAX_TOP,
  multiplyBounds,
  negate,
  negateBounds,
  type Precision,
  plusRounded,
  round,
  SCALED_ONE,
  SCALED_ZERO,
  type Scaled,
  settle,
  signOf,
  times,
  top,
  trailingZeros,
} from './scaled.ts'
import { spend } from './work.ts'

/** What is known of a set of values: an interval around it, that there are none, or nothing. */
export type Enclosing = Bounds | 'undefined' | 'unknown'

const MINUS_ONE = dyadic(-1n, 0)
/** Magnitudes below this that are too small to work with: 2^-MAX_TOP with a margin for rounding. */
const NEXT_TO_ZERO = dyadic(1n, -MAX_TOP / 2)
/** Above 2^HUGE, numbers are not written out to look at their fraction. */
const HUGE = 2 ** 16
const MINUS_ONE_TO_ONE: Bounds = { low: MINUS_ONE, high: SCALED_ONE }

type Increasing = 'exp' | 'ln' | 'sqrt' | 'sinh' | 'tanh' | 'asinh' | 'acosh' | 'atanh' | 'erf' | 'sigmoid' | 'softplus'

/** Bounds of an increasing function at a dyadic number of its domain; null when the value is too large. */
function atDyadic(name: Increasing, x: Scaled, bits: number): Bounds | null {
  switch (name) {
    case 'exp':
      return expBounds(x, bits)
    case 'ln':
      return lnBounds(x, bits)
    case 'sqrt':
      return sqrtBounds(x, bits)
    case 'sinh':
      return sinhBounds(x, bits)
    case 'tanh':
      return tanhBounds(x, bits)
    case 'asinh':
      return asinhBounds(x, bits)
    case 'acosh':
      return acoshBounds(x, bits)
    case 'atanh':
      return atanhBounds(x, bits)
    case 'erf':
      return erfBounds(x, bits)
    case 'sigmoid':
      return sigmoidBounds(x, bits)
    case 'softplus':
      return softplusBounds(x, bits)
  }
}

/** An upper bound of high - low. */
export function widthOf(a: Bounds): Scaled {
  return plusRounded(a.high, negate(a.low), { bits: 32, limit: 1024, exactEnds: false }, true)
}

/** Whether an interval is narrow enough: relative to its ends, below 2^-bits. */
function isNarrow(a: Bounds, bits: number): boolean {
  if (isExact(a)) return true
  if (signOf(a.low) !== signOf(a.high)) return false
  const nearest = signOf(a.low) > 0 ? a.low : a.high
  const width = widthOf(a)
  return top(width) <= top(nearest) - bits - 1
}

/**
 * A function at a number that need not be dyadic, by rounding the number to both sides with more and more bits until
 * the result is as narrow as wanted. For a number of s bits that happens with 2s bits more, but next to zeros of sines.
 * Null from f counts as too wide.
 */
function atNumber(x: Scaled, bits: number, f: (around: Bounds, bits: number) => Bounds | null): Bounds | null {
  if (x.d === 1n) return f(exactly(x), bits)
  const size = bitLength(x.m < 0n ? -x.m : x.m) + bitLength(x.d)
  for (let working = bits + 16; ; working *= 2) {
    const result = f({ low: round(x, working, false), high: round(x, working, true) }, bits + 2)
    if (working > bits + 2 * size || (result !== null && isNarrow(result, bits))) return result
  }
}

/** A function that is increasing on its domain, over an interval in it; null when too large. */
function increasing(name: Increasing, x: Bounds, bits: number): Bounds | null {
  // Finds rational roots itself.
  if (name === 'sqrt') {
    const low = sqrtBounds(x.low, bits)
    return isExact(x) ? low : { low: low.low, high: sqrtBounds(x.high, bits).high }
  }
  return fromEnds(x, bits, (end, precise) => {
    // Rounding can reach the open ends of this one domain (0, for ln, is never reached).
    const outside = name === 'atanh' && (compare(end, MINUS_ONE) <= 0 || compare(end, SCALED_ONE) >= 0)
    return outside ? null : atDyadic(name, end, precise)
  })
}

/** cosh increases with |x|. */
function cosh(x: Bounds, bits: number): Bounds | null {
  return fromEnds(magnitude(x), bits, coshBounds)
}

/** An increasing function over an interval, from what it is at dyadic numbers. */
function fromEnds(x: Bounds, bits: number, f: (x: Scaled, bits: number) => Bounds | null): Bounds | null {
  const over = (around: Bounds, precise: number): Bounds | null => {
    const low = f(around.low, precise)
    if (isExact(around) || low === null) return low
    const high = f(around.high, precise)
    return high === null ? null : { low: low.low, high: high.high }
  }
  const low = atNumber(x.low, bits, over)
  if (isExact(x) || low === null) return low
  const high = atNumber(x.high, bits, over)
  return high === null ? null : { low: low.low, high: high.high }
}

/** |x| */
function magnitude(x: Bounds): Bounds {
  if (x.low.m >= 0n) return x
  if (x.high.m <= 0n) return negateBounds(x)
  return { low: SCALED_ZERO, high: greatest(negate(x.low), x.high) }
}

/** Sine or cosine over an interval with dyadic ends, or at one number. */
function sine(x: Bounds, cosine: boolean, bits: number): Bounds {
  if (isExact(x)) return atNumber(x.low, bits, (around, precise) => sineBetween(around, cosine, precise)) as Bounds
  return sineBetween({ low: round(x.low, 2 * bits, false), high: round(x.high, 2 * bits, true) }, cosine, bits)
}

function sineBetween(x: Bounds, cosine: boolean, bits: number): Bounds {
  if (isExact(x)) return sineBounds(x.low, cosine, bits)
  const from = quadrants(x.low, bits)
  const to = quadrants(x.high, bits)
  if (from === null || to === null || to.high - from.low > 4n) return MINUS_ONE_TO_ONE
  const low = sineBounds(x.low, cosine, bits)
  const high = sineBounds(x.high, cosine, bits)
  let result = hullBounds(low, high)
  // Extreme values are at multiples of pi/2: the sine is 1 at those = 1 (mod 4) and -1 at 3, the cosine at 0 and 2.
  for (let multiple = from.low + 1n; multiple <= to.high; multiple++) {
    const phase = Number(((multiple % 4n) + 4n) % 4n) + (cosine ? 1 : 0)
    if (phase === 1) result = { low: result.low, high: SCALED_ONE }
    if (phase === 3) result = { low: MINUS_ONE, high: result.high }
  }
  return result
}

/** The tangent; null when a pole is in the interval or not shown to be outside. */
function tangent(x: Bounds, bits: number): Bounds | null {
  const over = (around: Bounds, precise: number): Bounds | null => {
    if (isExact(around)) return tanBounds(around.low, precise)
    const from = quadrants(around.low, precise)
    const to = quadrants(around.high, precise)
    if (from === null || to === null || to.high - from.low > 2n) return null
    for (let multiple = from.low + 1n; multiple <= to.high; multiple++) if (multiple % 2n !== 0n) return null
    const low = tanBounds(around.low, precise)
    const high = tanBounds(around.high, precise)
    return low === null || high === null ? null : { low: low.low, high: high.high }
  }
  if (isExact(x)) return atNumber(x.low, bits, over)
  return over({ low: round(x.low, 2 * bits, false), high: round(x.high, 2 * bits, true) }, bits)
}

function floorOf(x: Scaled): Scaled {
  if (top(x) <= 0) return x.m < 0n ? MINUS_ONE : SCALED_ZERO
  if (x.d === 1n) return x.e >= 0 ? x : dyadic(x.m >> BigInt(-x.e), 0)
  const n = x.e >= 0 ? x.m << BigInt(x.e) : x.m
  const d = x.e >= 0 ? x.d : x.d << BigInt(-x.e)
  const q = n / d
  return dyadic(n < 0n && q * d !== n ? q - 1n : q, 0)
}

/** floor over an interval; fractions that are too large to be divided out are known to 1. */
function floor(x: Bounds, precision: Precision): Bounds {
  const writable = (end: Scaled): boolean => end.d === 1n || top(end) <= HUGE
  const low = writable(x.low) ? floorOf(x.low) : plusRounded(x.low, MINUS_ONE, precision, false)
  const high = writable(x.high) ? floorOf(x.high) : x.high
  return compare(low, high) === 0 ? exactly(low) : { low, high }
}

function isInteger(x: Scaled): boolean {
  return x.d === 1n && (x.e >= 0 || trailingZeros(x.m) >= -x.e)
}

/** base^n for base > 0 and n > 0: exact while it is short, else by rounded products; null when too large. */
function powerOf(base: Scaled, n: bigint, precision: Precision): Bounds | null {
  const length = bitLength(base.m) + bitLength(base.d)
  const powerOfTwo = base.m === 1n && base.d === 1n
  if (Number(n) * (powerOfTwo ? Math.abs(base.e) / MAX_TOP : length / (precision.limit + 64)) <= 1) {
    const exact = { m: powerOfTwo ? 1n : base.m ** n, d: powerOfTwo ? 1n : base.d ** n, e: base.e * Number(n) }
    return settle(exact, exact, precision)
  }
  // Every product may be wrong by 2^(1 - bits), and there are fewer than 2n factors in all.
  const bits = precision.bits + bitLength(n) + 8
  const run = (up: boolean): Scaled | null => {
    let result = SCALED_ONE
    const factor = round(base, bits, up)
    for (let bit = BigInt(bitLength(n) - 1); bit >= 0n; bit--) {
      result = round(times(result, result), bits, up)
      if ((n >> bit) & 1n) result = round(times(result, factor), bits, up)
      if (Math.abs(top(result)) > MAX_TOP) return null
    }
    return result
  }
  const low = run(false)
  const high = run(true)
  if (low !== null && high !== null) return { low, high }
  // Out of range is too large for a base above 1, too small for one below (1 itself is short).
  return compare(base, SCALED_ONE) < 0 ? { low: low ?? SCALED_ZERO, high: high ?? NEXT_TO_ZERO } : null
}

/** x^n for an integer n. */
function integerPower(x: Bounds, n: bigint, precision: Precision): Enclosing {
  if (n === 0n) return exactly(SCALED_ONE)
  if (isExact(x) && x.low.m === 0n) return n > 0n ? x : 'undefined'
  const even = n % 2n === 0n
  const sides = even ? magnitude(x) : x
  if (n < 0n) {
    if (x.low.m <= 0n && x.high.m >= 0n) return 'unknown'
    const power = integerPower(sides, -n, precision)
    if (typeof power !== 'string' && (power.low.m === 0n || power.high.m === 0n)) return 'unknown'
    return typeof power === 'string'
      ? reciprocalOfHuge(sides, power)
      : divideBounds(exactly(SCALED_ONE), power, precision)
  }
  const at = (base: Scaled): Bounds | null => {
    if (base.m === 0n) return exactly(base)
    if (base.m > 0n) return powerOf(base, n, precision)
    const positive = powerOf(negate(base), n, precision)
    return positive === null ? null : negateBounds(positive)
  }
  const low = at(sides.low)
  const high = isExact(sides) ? low : at(sides.high)
  if (low === null || high === null) return 'unknown'
  return isExact(sides) ? low : settle(low.low, high.high, precision)
}

/** 1 / x^n where x^n is too large to work with. */
function reciprocalOfHuge(x: Bounds, power: 'undefined' | 'unknown'): Enclosing {
  if (!isExact(x)) return power
  return x.low.m > 0n ? { low: SCALED_ZERO, high: NEXT_TO_ZERO } : { low: negate(NEXT_TO_ZERO), high: SCALED_ZERO }
}

/** x^y as `soundness.md` defines it. */
function power(x: Bounds, y: Bounds, precision: Precision): Enclosing {
  if (isExact(y) && isInteger(y.low) && top(y.low) <= 60) {
    return integerPower(x, y.low.e >= 0 ? y.low.m << BigInt(y.low.e) : y.low.m >> BigInt(-y.low.e), precision)
  }
  if (x.low.m < 0n) {
    // Undefined for sure where no exponent is an integer: the ends have the same floor.
    const short = top(y.low) <= HUGE && top(y.high) <= HUGE
    const integerFree = short && !isInteger(y.low) && compare(floorOf(y.low), floorOf(y.high)) === 0
    return x.high.m < 0n && integerFree ? 'undefined' : 'unknown'
  }
  if (x.high.m === 0n) {
    if (y.low.m > 0n) return x
    if (y.high.m < 0n) return 'undefined'
    return y.low.m === 0n ? { low: SCALED_ZERO, high: SCALED_ONE } : 'unknown'
  }
  if (x.low.m === 0n) {
    if (y.low.m < 0n) return 'unknown'
    const most = positivePower(exactly(x.high), y, precision)
    // At 0 itself the value is 0, or 1 for the exponent 0, as it is for x > 0.
    return typeof most === 'string' ? most : { low: SCALED_ZERO, high: most.high }
  }
  return positivePower(x, y, precision)
}

/** x^y for x > 0. In each argument it is monotone for any value of the other: the extreme values are at the corners. */
function positivePower(x: Bounds, y: Bounds, precision: Precision): Enclosing {
  if (!precision.exactEnds || (isExact(x) && isExact(y))) return powerByLogarithm(x, y, precision)
  let result: Bounds | null = null
  for (const base of isExact(x) ? [x.low] : [x.low, x.high]) {
    for (const exponent of isExact(y) ? [y.low] : [y.low, y.high]) {
      const corner = power(exactly(base), exactly(exponent), precision)
      if (typeof corner === 'string') return corner
      result = result === null ? corner : hullBounds(result, corner)
    }
  }
  return result as Bounds
}

/** x^y = exp(y ln x) for x > 0, exact where both are exact and the result is rational and short. */
function powerByLogarithm(x: Bounds, y: Bounds, precision: Precision): Enclosing {
  if (isExact(x)) {
    if (compare(x.low, SCALED_ONE) === 0) return x
    // y = p/q: a root is rational only if its degree is below the length of the number.
    const degree = isExact(y) && y.low.e > -14 ? y.low.d << BigInt(Math.max(0, -y.low.e)) : 0n
    if (degree > 1n && degree < 2n ** 14n) {
      const root = exactRoot(x.low, Number(degree))
      const exponent = y.low.m << BigInt(Math.max(0, Math.min(60, y.low.e)))
      if (root !== null && y.low.e < 60) return integerPower(exactly(root), exponent, precision)
    }
  }
  // The exponential needs its argument to as many bits more as that has before the point.
  const scale = Math.max(top(y.low), top(y.high)) + bitLength(BigInt(Math.abs(top(x.low)) + Math.abs(top(x.high)))) + 1
  const bits = precision.bits + 8 + Math.min(Math.max(0, scale), 64)
  const logarithm = increasing('ln', x, bits) as Bounds
  const product = multiplyBounds(logarithm, y, { bits, limit: bits, exactEnds: false })
  return increasing('exp', product, precision.bits) ?? 'unknown'
}

/** The functions of which values are found by a few operations on whole numbers; the others take series. */
const RATIONAL: ReadonlySet<string> = new Set('+ - * / neg abs max min relu sign floor'.split(' '))

/** The small steps that finding values takes, as measured; greatest common divisors are counted where they are looked for. */
function workOf(name: KnownName, args: readonly Bounds[], bits: number): number {
  if (RATIONAL.has(name)) return 40 + (bits >> 2)
  const series = 400 + ((bits * bits) >> 8)
  if (name !== '^') return name === 'erf' ? 4 * series : series
  return isExact(args[1]) && isInteger(args[1].low) ? 80 + bits : 2 * series
}

/**
 * An interval around the values of a function over a box. 'undefined' only when it is undefined at every point of the
 * box; 'unknown' when it may be undefined at some point, or when the values are not bounded or too large to work with.
 */
export function extend(name: KnownName, args: readonly Bounds[], precision: Precision): Enclosing {
  const { bits } = precision
  spend(workOf(name, args, bits))
  return bounded(valuesOf(name, args, precision), precision)
}

function valuesOf(name: KnownName, args: readonly Bounds[], precision: Precision): Enclosing {
  const [x, y] = args
  const { bits } = precision
  const negative = x.high.m < 0n
  switch (name) {
    case '+':
      return addBounds(x, y, precision)
    case '-':
      return addBounds(x, negateBounds(y), precision)
    case '*':
      return multiplyBounds(x, y, precision)
    case '/':
      if (y.low.m <= 0n && y.high.m >= 0n) return isExact(y) ? 'undefined' : 'unknown'
      return divideBounds(x, y, precision)
    case '^':
      return power(x, y, precision)
    case 'neg':
      return negateBounds(x)
    case 'abs':
      return magnitude(x)
    case 'max':
      return pick(x, y, greatest)
    case 'min':
      return pick(x, y, least)
    case 'relu':
      return pick(x, exactly(SCALED_ZERO), greatest)
    case 'sign': {
      const [low, high] = [dyadic(BigInt(signOf(x.low)), 0), dyadic(BigInt(signOf(x.high)), 0)]
      return compare(low, high) === 0 ? exactly(low) : { low, high }
    }
    case 'floor':
      return floor(x, precision)
    case 'ln':
      if (x.high.m <= 0n) return 'undefined'
      return x.low.m <= 0n ? 'unknown' : (increasing(name, x, bits) ?? 'unknown')
    case 'sqrt':
      if (negative) return 'undefined'
      return x.low.m < 0n ? 'unknown' : (increasing(name, x, bits) ?? 'unknown')
    case 'acosh':
      if (compare(x.high, SCALED_ONE) < 0) return 'undefined'
      return compare(x.low, SCALED_ONE) < 0 ? 'unknown' : (increasing(name, x, bits) ?? 'unknown')
    case 'atanh':
      if (compare(x.high, MINUS_ONE) <= 0 || compare(x.low, SCALED_ONE) >= 0) return 'undefined'
      if (compare(x.low, MINUS_ONE) <= 0 || compare(x.high, SCALED_ONE) >= 0) return 'unknown'
      return increasing(name, x, bits) ?? 'unknown'
    case 'exp':
    case 'sinh':
    case 'tanh':
    case 'asinh':
    case 'erf':
    case 'sigmoid':
    case 'softplus':
      return increasing(name, x, bits) ?? 'unknown'
    case 'cosh':
      return cosh(x, bits) ?? 'unknown'
    case 'sin':
      return sine(x, false, bits)
    case 'cos':
      return sine(x, true, bits)
    case 'tan':
      return tangent(x, bits) ?? 'unknown'
  }
}

/** The maximum or the minimum, end by end. */
function pick(x: Bounds, y: Bounds, choice: (a: Scaled, b: Scaled) => Scaled): Bounds {
  const [low, high] = [choice(x.low, y.low), choice(x.high, y.high)]
  return compare(low, high) === 0 ? exactly(low) : { low, high }
}

/** Rounds numbers that are too long, and moves those that are too far out or too near 0 to where they can be used. */
function bounded(a: Enclosing, precision: Precision): Enclosing {
  if (typeof a === 'string') return a
  const value = settle(a.low, a.high, precision)
  if (tooSmall(value.low) || tooSmall(value.high)) {
    const end = (x: Scaled, up: boolean): Scaled =>
      !tooSmall(x) ? x : x.m > 0n !== up ? SCALED_ZERO : up ? NEXT_TO_ZERO : negate(NEXT_TO_ZERO)
    return { low: end(value.low, false), high: end(value.high, true) }
  }
  return top(value.low) > MAX_TOP || top(value.high) > MAX_TOP ? 'unknown' : value
}

function tooSmall(x: Scaled): boolean {
  return x.m !== 0n && top(x) < -MAX_TOP
}
