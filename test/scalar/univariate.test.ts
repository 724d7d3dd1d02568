// Ranges of polynomials in one variable: exact cases, exact signs, and random polynomials at random points.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  containsPoint,
  isSubset,
  NON_NEGATIVE,
  NON_ZERO,
  POSITIVE,
  printRange,
  type Range,
} from '../../src/scalar/range.ts'
import { type Rational, rational, ZERO } from '../../src/scalar/rational.ts'
import { polynomialRange } from '../../src/scalar/univariate.ts'
import { rangeOfText } from './ranges.ts'

const coefficients = (...c: (number | [number, number])[]): Rational[] =>
  c.map(q => (typeof q === 'number' ? rational(q) : rational(...q)))

const range = (c: Rational[], domain: string, k = 0): string => printRange(polynomialRange(c, k, rangeOfText(domain)))

describe('polynomialRange', () => {
  const cases: [string, Rational[], string, string, number?][] = [
    ['x^2 - x + 1', coefficients(1, -1, 1), 'R', '[0.75, inf)'],
    ['x - x^2', coefficients(0, 1, -1), '(0, 1)', '(0, 0.25]'],
    ['x - x^2, ends taken', coefficients(0, 1, -1), '[0, 1]', '[0, 0.25]'],
    ['x^3', coefficients(0, 0, 0, 1), '(-1, 2]', '(-1, 8]'],
    ['x^2 over two intervals', coefficients(0, 0, 1), '(-2, -1) | [3, 4)', '(1, 4) | [9, 16)'],
    ['a constant', coefficients(5), '(0, 1)', '[5, 5]'],
    ['zero', coefficients(0, 0, 0), '(0, 1)', '[0, 0]'],
    ['at one point', coefficients(1, 1, 1), '[2, 2]', '[7, 7]'],
    ['over nothing', coefficients(1, 1), '{}', '{}'],
    ['-x^4 falls on both sides', coefficients(0, 0, 0, 0, -1), 'R', '(-inf, 0]'],
    ['x + 1/x, positive', coefficients(1, 0, 1), '(0, inf)', '[2, inf)', 1],
    ['x + 1/x', coefficients(1, 0, 1), 'R', '(-inf, -2] | [2, inf)', 1],
    ['1/x', coefficients(1), '[2, 4)', '(0.25, 0.5]', 1],
    ['1 + 1/x^2', coefficients(1, 0, 1), 'R', '(1, inf)', 2],
    ['(x^2 + 1)/x^2 above 1', coefficients(1, 0, 1), '[1, inf)', '(1, 2]', 2],
  ]
  for (const [name, c, domain, expected, k] of cases) it(name, () => expect(range(c, domain, k)).toBe(expected))

  it('decides signs exactly, also where a root is irrational', () => {
    const square = coefficients(4, 0, -4, 0, 1) // (x^2 - 2)^2
    expect(range(square, 'R')).toBe('[0, inf)')
    expect(isSubset(polynomialRange(square, 0, rangeOfText('[1.5, 2]')), POSITIVE)).toBe(true)
    expect(isSubset(polynomialRange(square, 0, rangeOfText('[1.4, 1.5]')), POSITIVE)).toBe(false)
    const nearly = coefficients(4, 0, -4, 0, 1).map((q, k) => (k === 0 ? q.add(rational(1n, 10n ** 60n)) : q))
    expect(isSubset(polynomialRange(nearly, 0, rangeOfText('R')), POSITIVE)).toBe(true)
    const below = square.map((q, k) => (k === 0 ? q.sub(rational(1n, 10n ** 60n)) : q))
    expect(isSubset(polynomialRange(below, 0, rangeOfText('R')), NON_NEGATIVE)).toBe(false)
  })
  it('sees a root only where it is', () => {
    const p = coefficients(-2, 0, 1) // x^2 - 2
    expect(isSubset(polynomialRange(p, 0, rangeOfText('[1, 1.4142]')), NON_ZERO)).toBe(true)
    expect(isSubset(polynomialRange(p, 0, rangeOfText('[1, 1.4143]')), NON_ZERO)).toBe(false)
    expect(isSubset(polynomialRange(coefficients(0, 1, -1), 0, rangeOfText('(0, 1)')), POSITIVE)).toBe(true)
    expect(isSubset(polynomialRange(coefficients(0, 1, -1), 0, rangeOfText('[0, 1)')), POSITIVE)).toBe(false)
  })
  it('compares with other numbers as exactly', () => {
    const p = coefficients(4, 0, -4, 0, 1)
    const shifted = p.map((q, k) => (k === 0 ? q.add(rational(1, 3)) : q))
    const found = polynomialRange(shifted, 0, rangeOfText('R'), [rational(1, 3)])
    expect(printRange(found)).toBe('[1/3, inf)')
  })

  it('contains every value, and the sign of every value', () => {
    const finite = fc
      .tuple(fc.integer({ min: -6, max: 6 }), fc.integer({ min: 1, max: 4 }))
      .map(([n, d]) => rational(n, d))
    const domain = fc.tuple(finite, finite, fc.boolean(), fc.boolean()).map(([a, b, lowOpen, highOpen]): Range => {
      const [low, high] = a.compare(b) <= 0 ? [a, b] : [b, a]
      return rangeOfText(`${lowOpen ? '(' : '['}${low.toFraction()}, ${high.toFraction()}${highOpen ? ')' : ']'}`)
    })
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 0, max: 2 }),
        domain,
        fc.array(finite),
        (c, k, r, more) => {
          if (k > 0 && (c[0].n === 0n || c[c.length - 1].n === 0n)) return
          const found = polynomialRange(c, k, r)
          const points = [...more, ...r.flatMap(i => [i.low!, i.high!, i.low!.add(i.high!).div(2)])]
          for (const x of points) {
            if (!containsPoint(r, x) || (k > 0 && x.n === 0n)) continue
            const value = c.reduceRight((sum, q) => sum.mul(x).add(q), ZERO).div(x.pow(k) as Rational)
            expect(containsPoint(found, value)).toBe(true)
          }
        },
      ),
      { numRuns: 600, seed: 3 },
    )
  })
})
