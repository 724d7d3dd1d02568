// Exact rational numbers: fraction.js (BigInt numerator and denominator, always reduced), and what it lacks for our use:
// exact conversion from and to binary64, and printing that the language reads back.
import Fraction from 'fraction.js'

export type Rational = Fraction
export type { Fraction }

/** The rational with this integer numerator and denominator. Throws RangeError when the denominator is 0. */
export function rational(numerator: number | bigint, denominator: number | bigint = 1): Rational {
  if (Number.isSafeInteger(numerator) && Number.isSafeInteger(denominator) && (denominator as number) > 0) {
    const shared = commonFactor(Math.abs(numerator as number), denominator as number)
    return reduced(BigInt((numerator as number) / shared), BigInt((denominator as number) / shared))
  }
  const n = BigInt(numerator)
  const d = BigInt(denominator)
  if (d === 0n) throw new RangeError('rational: the denominator is 0')
  if (d === 1n) return reduced(n, d)
  // Over a power of two, as bounds mostly are, the common factor is seen in the last bits.
  if (n !== 0n && d > 0n && (d & (d - 1n)) === 0n) {
    const even = n & -n
    const shared = even < d ? even : d
    return shared === 1n ? reduced(n, d) : reduced(n / shared, d / shared)
  }
  return new Fraction(n, d)
}

/** The greatest common divisor of whole numbers below 2^53, without long numbers. */
function commonFactor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b]
  return a
}

/** n/d where n and d > 0 have no common factor. What fraction.js would do to find that out is most of its time. */
function reduced(n: bigint, d: bigint): Rational {
  const q = Object.create(Fraction.prototype)
  q.s = n < 0n ? -1n : 1n
  q.n = n < 0n ? -n : n
  q.d = d
  return q
}

/** a + b */
export function addRationals(a: Rational, b: Rational): Rational {
  // Adding a whole number leaves no common factor with the denominator.
  if (a.d === 1n || b.d === 1n) return reduced(a.s * a.n * b.d + b.s * b.n * a.d, a.d * b.d)
  return a.add(b)
}

/** Negative, 0 or positive as a is less than, equal to or greater than b. */
export function compareRationals(a: Rational, b: Rational): number {
  if (a === b) return 0
  if (a.s !== b.s) return a.s < b.s ? -1 : 1
  const left = a.d === b.d ? a.n : a.n * b.d
  const right = a.d === b.d ? b.n : b.n * a.d
  return left === right ? 0 : left < right === a.s > 0n ? -1 : 1
}

export const ZERO = rational(0)
export const ONE = rational(1)

const buffer = new DataView(new ArrayBuffer(8))

/** The rational that a finite binary64 number is exactly (0.1 is 3602879701896397/2^55). Throws RangeError otherwise. */
export function fromDouble(x: number): Rational {
  if (!Number.isFinite(x)) throw new RangeError(`fromDouble: ${x} is not finite`)
  if (Number.isSafeInteger(x)) return rational(x)
  buffer.setFloat64(0, x)
  const bits = buffer.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const fraction = bits & 0xfffffffffffffn
  const mantissa = exponent === 0 ? fraction : fraction | 0x10000000000000n
  const power = Math.max(exponent, 1) - 1075
  const signed = bits >> 63n ? -mantissa : mantissa
  return power >= 0 ? rational(signed << BigInt(power)) : rational(signed, 1n << BigInt(-power))
}

/** The double that q is, where that is quick to see; null otherwise, also for some doubles. */
export function exactDouble({ s, n, d }: Rational): number | null {
  if (n > SAFE || d > LARGEST_DIVISOR || (d & (d - 1n)) !== 0n) return null
  return Number(s * n) / Number(d)
}
const SAFE = 2n ** 53n
/** n / d is then a normal number, so that nothing is rounded. */
const LARGEST_DIVISOR = 2n ** 1000n

/** The number of binary digits of n >= 0. */
export function bitLength(n: bigint): number {
  return n === 0n ? 0 : n.toString(16).length * 4 - Math.clz32(Number.parseInt(n.toString(16)[0], 16)) + 28
}

/** The largest binary64 number that is at most q: -Infinity below the finite ones. */
export function floorDouble(q: Rational): number {
  if (q.n === 0n) return 0
  if (isShort(q)) {
    // The quotient of two doubles is rounded correctly, and the error of multiplying it back is a double.
    const [n, d] = [Number(q.s * q.n), Number(q.d)]
    const x = n / d
    const product = x * d
    return product - n > -productError(x, d, product) ? nextDown(x) : x
  }
  // 64 significant bits of |q|, rounded to zero, convert with an error of one rounding; then step to the right side.
  const shift = 64 - (bitLength(q.n) - bitLength(q.d))
  const scaled = shift >= 0 ? (q.n << BigInt(shift)) / q.d : q.n / (q.d << BigInt(-shift))
  let x = Number(scaled) * Number(q.s)
  // In two factors, for 2^-shift alone may be out of range where the product is not.
  const half = Math.trunc(-shift / 2)
  x = x * 2 ** half * 2 ** (-shift - half)
  if (x === Infinity) x = Number.MAX_VALUE
  while (Number.isFinite(x) && fromDouble(x).compare(q) > 0) x = nextDown(x)
  for (;;) {
    const up = nextUp(x)
    if (!Number.isFinite(up) || fromDouble(up).compare(q) > 0) return x
    x = up
  }
}

/** The smallest binary64 number that is at least q: Infinity above the finite ones. */
export function ceilDouble(q: Rational): number {
  return -floorDouble(q.neg())
}

/** Whether numerator and denominator are doubles. */
function isShort({ n, d }: Rational): boolean {
  return n <= SAFE && d <= SAFE
}

const SPLITTER = 2 ** 27 + 1

/** a * b - product, where that is a * b rounded: exact, as far as nothing on the way is beyond the doubles (Dekker). */
export function productError(a: number, b: number, product: number): number {
  const [p, q] = [SPLITTER * a, SPLITTER * b]
  const [aHigh, bHigh] = [p - (p - a), q - (q - b)]
  const [aLow, bLow] = [a - aHigh, b - bHigh]
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow)
}

/** A binary64 number next to q: the nearer of the two that enclose it. */
export function toDouble(q: Rational): number {
  if (isShort(q)) return Number(q.s * q.n) / Number(q.d)
  const low = floorDouble(q)
  if (low === -Infinity) return low
  const high = nextUp(low)
  if (!Number.isFinite(high)) return low
  return q.sub(fromDouble(low)).compare(fromDouble(high).sub(q)) <= 0 ? low : high
}

/** The next binary64 number above x. */
export function nextUp(x: number): number {
  if (Number.isNaN(x) || x === Infinity) return x
  if (x === 0) return Number.MIN_VALUE
  buffer.setFloat64(0, x)
  const bits = buffer.getBigInt64(0)
  buffer.setBigInt64(0, x > 0 ? bits + 1n : bits - 1n)
  return buffer.getFloat64(0)
}

/** The next binary64 number below x. */
export function nextDown(x: number): number {
  return -nextUp(-x)
}

/** Text that the language reads back as q: an integer, a finite decimal where there is a short one, else `p/q`. */
export function printRational(q: Rational): string {
  const sign = q.s < 0n ? '-' : ''
  if (q.d === 1n) return sign + q.n.toString()
  let denominator = q.d
  let digits = 0
  while (denominator % 10n === 0n) [denominator, digits] = [denominator / 10n, digits + 1]
  let twos = 0
  let fives = 0
  while (denominator % 2n === 0n) [denominator, twos] = [denominator / 2n, twos + 1]
  while (denominator % 5n === 0n) [denominator, fives] = [denominator / 5n, fives + 1]
  digits += Math.max(twos, fives)
  if (denominator !== 1n || digits > 20) return `${sign}${q.n}/${q.d}`
  const scaled = ((q.n * 10n ** BigInt(digits)) / q.d).toString().padStart(digits + 1, '0')
  return `${sign}${scaled.slice(0, -digits)}.${scaled.slice(-digits)}`
}
