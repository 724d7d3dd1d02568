// Arbitrary rationals of many sizes and kinds, for property tests.
import fc from 'fast-check'
import { fromDouble, type Rational, rational } from '../../src/scalar/rational.ts'

const power = (exponent: number): Rational =>
  exponent >= 0 ? rational(1n << BigInt(exponent)) : rational(1, 1n << BigInt(-exponent))

const doubles = fc.double({ noNaN: true, noDefaultInfinity: true }).map(fromDouble)
const ordinary = fc.double({ min: -20, max: 20, noNaN: true }).map(fromDouble)
const integers = fc.integer({ min: -40, max: 40 }).map(n => rational(n))
const fractions = fc
  .tuple(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 300 }))
  .map(([n, d]) => rational(n, d))
/** Around the points where domains end and functions have zeros and kinks. */
const nearby = fc
  .tuple(
    fc.constantFrom(-1, 0, 1, 2),
    fc.constantFrom(-1, 1),
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 0, max: 300 }),
  )
  .map(([center, side, odd, exponent]) => rational(center).add(power(-exponent).mul(rational(side, odd))))
const scales = fc
  .tuple(fc.constantFrom(-1, 1), fc.integer({ min: 1, max: 1 << 30 }), fc.integer({ min: -150, max: 40 }))
  .map(([sign, mantissa, exponent]) => power(exponent).mul(sign * mantissa))

/** Everything from 1e-320 to 1e308, with weight on what is delicate. */
export const rationals: fc.Arbitrary<Rational> = fc.oneof(ordinary, integers, fractions, nearby, scales, doubles)
/** Without the magnitudes at which exp overflows any precision. */
export const moderate: fc.Arbitrary<Rational> = fc.oneof(ordinary, integers, fractions, nearby)
