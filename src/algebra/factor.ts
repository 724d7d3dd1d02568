// Factors of squarefree polynomials by the cheap means that catch most of what people write: rational roots in one
// variable, and square roots of discriminants of quadratics. Not a complete factorization, and none is needed: factors
// that stay together only make a proof harder to find.

import { gcd, squarefreeFactors } from './divisors.ts'
import type { Polynomial } from './polynomial.ts'
import * as P from './polynomial.ts'

const MOST_TERMS = 60
const MOST_CANDIDATES = 2000
const LARGEST_COEFFICIENT = 10n ** 12n

/** Factors of a primitive squarefree polynomial without monomial content, each primitive; their product is it up to sign. */
export function factorsOf(p: Polynomial, meter: P.Meter): Polynomial[] {
  const result: Polynomial[] = []
  const todo = [p]
  for (let q = todo.pop(); q !== undefined; q = todo.pop()) {
    const factor = q.size > MOST_TERMS ? null : (quadraticFactor(q, meter) ?? rationalRoot(q, meter))
    const rest = factor === null ? null : P.dividedExactly(q, factor, meter)
    if (factor === null || rest === null || P.constantValue(rest) !== null) result.push(P.contents(q).primitive)
    else todo.push(factor, rest)
  }
  return result
}

/** A proper factor of a polynomial that is quadratic in one of its variables (or in a power of one), else null. */
function quadraticFactor(p: Polynomial, meter: P.Meter): Polynomial | null {
  for (const v of P.variablesIn(p)) {
    const coefficients = P.coefficientsIn(p, v)
    const degrees = [...coefficients.keys()].sort((a, b) => a - b)
    const top = degrees[degrees.length - 1]
    const half = top / 2
    if (top % 2 !== 0 || degrees.some(d => d !== 0 && d !== half && d !== top)) continue
    const a = coefficients.get(top) as Polynomial
    const b = coefficients.get(half) ?? P.zeroPolynomial
    const c = coefficients.get(0) ?? P.zeroPolynomial
    // b^2 - 4ac = root^2, and then (2 a v^half + b - root) shares a factor with p.
    const discriminant = P.addScaled(P.multiply(b, b, meter), P.multiply(a, c, meter), -4n, meter)
    const root = discriminant.size === 0 ? discriminant : squareRoot(discriminant, meter)
    if (root === null) continue
    const power = P.timesTerm(a, P.monomialOf(v, half), 2n, meter)
    const linear = P.addScaled(P.addScaled(power, b, 1n, meter), root, -1n, meter)
    const common = gcd(p, linear, meter)
    if (P.constantValue(common) === null && !P.samePolynomial(common, p)) return P.contents(common).primitive
  }
  return null
}

/** The polynomial whose square this is (with positive leading coefficient), else null. */
export function squareRoot(p: Polynomial, meter: P.Meter): Polynomial | null {
  const { coefficient, monomial, primitive } = P.contents(p)
  const number = integerRoot(coefficient)
  if (number === null) return null
  let root: Polynomial = P.constantPolynomial(number)
  for (const [v, exponent] of P.pairsOf(monomial)) {
    if (exponent % 2 !== 0) return null
    root = P.timesTerm(root, P.monomialOf(v, exponent / 2), 1n, meter)
  }
  if (P.constantValue(primitive) === 1n) return root
  let product: Polynomial = P.onePolynomial
  for (const { base, exponent } of squarefreeFactors(primitive, meter)) {
    if (exponent % 2 !== 0) return null
    product = P.multiply(product, P.power(base, exponent / 2, meter), meter)
  }
  root = P.multiply(root, product, meter)
  return P.samePolynomial(P.multiply(root, root, meter), p) ? root : null
}

/** The root of a square of a whole number, else null. */
export function integerRoot(n: bigint): bigint | null {
  if (n < 0n) return null
  if (n < 2n) return n
  let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2))
  for (;;) {
    const y = (x + n / x) >> 1n
    if (y >= x) break
    x = y
  }
  return x * x === n ? x : null
}

/** The linear factor of a rational root of a polynomial in one variable, else null. */
function rationalRoot(p: Polynomial, meter: P.Meter): Polynomial | null {
  const variables = P.variablesIn(p)
  if (variables.length !== 1) return null
  const [v] = variables
  const coefficients: bigint[] = []
  for (const [degree, c] of P.coefficientsIn(p, v)) coefficients[degree] = P.constantValue(c) as bigint
  for (let i = 0; i < coefficients.length; i++) coefficients[i] ??= 0n
  if (coefficients.length < 3 || coefficients.length > 100) return null
  const numerators = divisors(coefficients[0])
  const denominators = divisors(coefficients[coefficients.length - 1])
  if (numerators === null || denominators === null || numerators.length * denominators.length > MOST_CANDIDATES)
    return null
  for (const d of denominators) {
    for (const positive of numerators) {
      for (const n of [positive, -positive]) {
        meter.spend(coefficients.length)
        // d^degree * p(n/d), by Horner's rule.
        let value = 0n
        let scale = 1n
        for (let i = coefficients.length - 1; i >= 0; i--) {
          value = value * n + coefficients[i] * scale
          scale *= d
        }
        if (value === 0n)
          return new Map([
            [P.monomialOf(v, 1), d],
            ['', -n],
          ])
      }
    }
  }
  return null
}

/** The positive divisors of a number that is not 0, or null when it is too large to say quickly. */
function divisors(n: bigint): bigint[] | null {
  const absolute = n < 0n ? -n : n
  if (absolute === 0n || absolute > LARGEST_COEFFICIENT) return null
  let result = [1n]
  let rest = absolute
  for (let p = 2n; p * p <= rest; p++) {
    let powers = [1n]
    while (rest % p === 0n) {
      rest /= p
      powers = [...powers, powers[powers.length - 1] * p]
    }
    if (powers.length > 1) result = result.flatMap(d => powers.map(q => d * q))
    if (p > 100_000n) return null
  }
  return rest === 1n ? result : result.flatMap(d => [d, d * rest])
}
