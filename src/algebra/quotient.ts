// Quotients of two polynomials, in lowest terms as far as common divisors are found.
import { gcd } from './divisors.ts'
import {
  constantPolynomial,
  constantValue,
  dividedExactly,
  leadingTerm,
  Meter,
  onePolynomial,
  type Polynomial,
  scaled,
} from './polynomial.ts'

/** numerator / denominator, the denominator not zero and with positive leading coefficient; zero is 0 / 1. */
export interface Quotient {
  readonly numerator: Polynomial
  readonly denominator: Polynomial
}

export function polynomialQuotient(numerator: Polynomial): Quotient {
  return { numerator, denominator: onePolynomial }
}
export function rationalQuotient(numerator: bigint, denominator: bigint): Quotient {
  return quotient(constantPolynomial(numerator), constantPolynomial(denominator), new Meter(10))
}

/** In lowest terms as far as `gcd` goes. The denominator must not be zero. */
export function quotient(numerator: Polynomial, denominator: Polynomial, meter: Meter): Quotient {
  if (denominator.size === 0) throw new RangeError('quotient: the denominator is zero')
  if (numerator.size === 0) return { numerator, denominator: onePolynomial }
  if (denominator === onePolynomial) return { numerator, denominator }
  const g = gcd(numerator, denominator, meter)
  let n = numerator
  let d = denominator
  if (constantValue(g) !== 1n) {
    const n1 = dividedExactly(n, g, meter)
    const d1 = dividedExactly(d, g, meter)
    if (n1 !== null && d1 !== null) {
      n = n1
      d = d1
    }
  }
  if (leadingTerm(d)[1] < 0n) {
    n = scaled(n, -1n)
    d = scaled(d, -1n)
  }
  return { numerator: n, denominator: constantValue(d) === 1n ? onePolynomial : d }
}
