import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { coprimeBasis, gcd, squarefreeFactors } from '../../src/algebra/divisors.ts'
import { factorsOf, integerRoot, squareRoot } from '../../src/algebra/factor.ts'
import * as P from '../../src/algebra/polynomial.ts'

fc.configureGlobal({ seed: 20 })

const meter = () => new P.Meter(10_000_000)

/** A polynomial from [coefficient, exponents of variables 0, 1, ...]. */
function polynomial(...terms: [number, ...number[]][]): P.Polynomial {
  let sum: P.Polynomial = P.zeroPolynomial
  for (const [c, ...exponents] of terms) {
    const monomial = exponents.map((e, v) => P.monomialOf(v, e)).join('')
    sum = P.addScaled(sum, P.monomialPolynomial(monomial, BigInt(c)), 1n, meter())
  }
  return sum
}

const random = fc
  .array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.nat({ max: 3 }), fc.nat({ max: 2 }), fc.nat({ max: 2 })), {
    maxLength: 5,
  })
  .map(terms => polynomial(...(terms as [number, ...number[]][])))

/** Small enough that greatest common divisors are within their budget. */
const small = fc
  .array(fc.tuple(fc.integer({ min: -5, max: 5 }), fc.nat({ max: 2 }), fc.nat({ max: 1 }), fc.nat({ max: 1 })), {
    maxLength: 3,
  })
  .map(terms => polynomial(...(terms as [number, ...number[]][])))

const same = (a: P.Polynomial, b: P.Polynomial) => P.samePolynomial(a, b)

/** The value at whole numbers: an independent account of the arithmetic. */
function at(p: P.Polynomial, values: readonly bigint[]): bigint {
  let sum = 0n
  for (const [m, c] of p) sum += P.pairsOf(m).reduce((product, [v, e]) => product * values[v] ** BigInt(e), c)
  return sum
}
const points = [
  [2n, 3n, 5n],
  [-1n, 7n, 2n],
  [0n, 1n, -4n],
]

describe('arithmetic', () => {
  test('sums and products have the sums and products of the values', () => {
    fc.assert(
      fc.property(random, random, (a, b) => {
        for (const x of points) {
          expect(at(P.multiply(a, b, meter()), x)).toBe(at(a, x) * at(b, x))
          expect(at(P.addScaled(a, b, -3n, meter()), x)).toBe(at(a, x) - 3n * at(b, x))
        }
      }),
    )
  })

  test('(x + y)^3', () => {
    const sum = polynomial([1, 1, 0], [1, 0, 1])
    expect(same(P.power(sum, 3, meter()), polynomial([1, 3, 0], [3, 2, 1], [3, 1, 2], [1, 0, 3]))).toBe(true)
  })

  test('monomials divide only where every exponent suffices', () => {
    const m = P.monomialOf(0, 2) + P.monomialOf(3, 1)
    expect(P.dividedMonomial(m, P.monomialOf(0, 1))).toBe(P.monomialOf(0, 1) + P.monomialOf(3, 1))
    expect(P.dividedMonomial(m, P.monomialOf(0, 3))).toBe(null)
    expect(P.dividedMonomial(m, P.monomialOf(1, 1))).toBe(null)
  })

  test('an exponent beyond the representable ends the work', () => {
    const x = P.variablePolynomial(0, P.LARGEST_EXPONENT)
    expect(() => P.multiply(x, x, meter())).toThrow(P.BudgetExhausted)
  })
})

describe('division', () => {
  test('exact division gives back a factor, and null for what is none', () => {
    fc.assert(
      fc.property(random, random, (a, b) => {
        fc.pre(b.size > 0)
        const product = P.multiply(a, b, meter())
        expect(same(P.dividedExactly(product, b, meter()) as P.Polynomial, a)).toBe(true)
        const off = P.addScaled(product, P.onePolynomial, 1n, meter())
        const quotient = P.dividedExactly(off, b, meter())
        if (quotient !== null) expect(same(P.multiply(quotient, b, meter()), off)).toBe(true)
      }),
    )
  })

  test('scale * a = quotient * b + remainder, and no term of the remainder is divisible', () => {
    fc.assert(
      fc.property(random, random, (a, b) => {
        fc.pre(b.size > 0)
        const { scale, quotient, remainder } = P.divide(a, b, meter())
        const back = P.addScaled(P.multiply(quotient, b, meter()), remainder, 1n, meter())
        expect(same(back, P.scaled(a, scale))).toBe(true)
        const [lead] = P.leadingTerm(b)
        for (const m of remainder.keys()) expect(P.dividedMonomial(m, lead)).toBe(null)
      }),
    )
  })
})

describe('greatest common divisors', () => {
  test('divide both, and contain every common factor put in', () => {
    fc.assert(
      fc.property(small, small, small, (a, b, c) => {
        fc.pre(a.size > 0 && b.size > 0 && c.size > 0)
        const u = P.multiply(a, c, meter())
        const v = P.multiply(b, c, meter())
        const g = gcd(u, v, meter())
        expect(P.dividedExactly(u, g, meter())).not.toBe(null)
        expect(P.dividedExactly(v, g, meter())).not.toBe(null)
        expect(P.dividedExactly(g, P.contents(c).primitive, meter())).not.toBe(null)
      }),
      { numRuns: 300 },
    )
  })

  test('x^2 - y^2 and x^2 + 2xy + y^2 share x + y', () => {
    const g = gcd(polynomial([1, 2, 0], [-1, 0, 2]), polynomial([1, 2, 0], [2, 1, 1], [1, 0, 2]), meter())
    expect(same(g, polynomial([1, 1, 0], [1, 0, 1]))).toBe(true)
  })

  test('x^2 + 1 and x^2 - 1 share nothing', () => {
    expect(P.constantValue(gcd(polynomial([1, 2], [1, 0]), polynomial([1, 2], [-1, 0]), meter()))).toBe(1n)
  })
})

describe('factors', () => {
  test('squarefree factors multiply back', () => {
    fc.assert(
      fc.property(random, random, (a, b) => {
        fc.pre(a.size > 1 && b.size > 1)
        const p = P.contents(P.multiply(P.multiply(a, a, meter()), b, meter())).primitive
        fc.pre(P.constantValue(p) === null)
        let product: P.Polynomial = P.onePolynomial
        for (const { base, exponent } of squarefreeFactors(p, meter())) {
          product = P.multiply(product, P.power(base, exponent, meter()), meter())
        }
        expect(same(product, p)).toBe(true)
      }),
    )
  })

  test('(x + 1)^3 (x + 2)', () => {
    const p = P.multiply(P.power(polynomial([1, 1], [1, 0]), 3, meter()), polynomial([1, 1], [2, 0]), meter())
    const exponents = squarefreeFactors(p, meter()).map(f => f.exponent)
    expect(exponents.sort()).toEqual([1, 3])
  })

  test('rational roots and discriminants that are squares are found, irreducible ones left', () => {
    expect(factorsOf(polynomial([1, 2], [-5, 1], [6, 0]), meter())).toHaveLength(2)
    expect(factorsOf(polynomial([1, 3], [-6, 2], [11, 1], [-6, 0]), meter())).toHaveLength(3)
    expect(factorsOf(polynomial([1, 2, 0], [3, 1, 1], [2, 0, 2]), meter())).toHaveLength(2)
    expect(factorsOf(polynomial([1, 2], [1, 0]), meter())).toHaveLength(1)
    expect(factorsOf(polynomial([1, 2], [-2, 0]), meter())).toHaveLength(1)
  })

  test('square roots of polynomials', () => {
    const p = polynomial([1, 1, 0], [2, 0, 1], [-3, 0, 0])
    const root = squareRoot(P.multiply(p, p, meter()), meter()) as P.Polynomial
    expect(same(P.multiply(root, root, meter()), P.multiply(p, p, meter()))).toBe(true)
    expect(squareRoot(polynomial([1, 2], [1, 0]), meter())).toBe(null)
    expect(squareRoot(polynomial([-1, 2]), meter())).toBe(null)
  })

  test('integer roots', () => {
    for (const n of [0n, 1n, 2n, 10n ** 20n + 39n]) expect(integerRoot(n * n)).toBe(n)
    expect(integerRoot(10n ** 40n + 1n)).toBe(null)
    expect(integerRoot(-4n)).toBe(null)
  })

  test('a coprime basis generates what it was made from', () => {
    const a = polynomial([1, 1], [-1, 0])
    const b = polynomial([1, 1], [1, 0])
    const basis = coprimeBasis([P.multiply(a, b, meter()), a], meter())
    expect(basis).toHaveLength(2)
    expect(basis.some(p => same(p, a)) && basis.some(p => same(p, b))).toBe(true)
  })
})

describe('the meter', () => {
  test('ends work that is too much', () => {
    const p = polynomial([1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 0, 1], [1])
    expect(() => P.power(p, 60, new P.Meter(10_000))).toThrow(P.BudgetExhausted)
  })
  test('a part of it may run out without ending the whole', () => {
    const whole = new P.Meter(1000)
    const work = (part: P.Meter): string => {
      part.spend(11)
      return 'done'
    }
    expect(whole.within(10, work, 'given up')).toBe('given up')
    expect(whole.within(20, work, 'given up')).toBe('done')
    expect(whole.remaining).toBeGreaterThan(900)
  })
  test('an aborted signal ends it', () => {
    const controller = new AbortController()
    controller.abort()
    const stopped = new P.Meter(1_000_000, Infinity, controller.signal)
    expect(() => stopped.spend(5000)).toThrow('aborted')
  })
})

test('numbers that are squared again and again end the work before they fill the memory', () => {
  const squared = (times: number): P.Polynomial => {
    let p = polynomial([3])
    for (let k = 0; k < times; k++) p = P.multiply(p, p, meter())
    return p
  }
  expect(P.constantValue(squared(10))).toBe(3n ** 1024n)
  expect(() => squared(60)).toThrow(P.BudgetExhausted)
})
