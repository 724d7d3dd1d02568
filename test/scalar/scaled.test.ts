import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromDouble, type Rational, rational } from '../../src/scalar/rational.ts'
import {
  addBounds,
  type Bounds,
  bitLength,
  compare,
  divideBounds,
  dyadic,
  exactly,
  fromRational,
  isExact,
  MAX_TOP,
  multiplyBounds,
  over,
  overRounded,
  type Precision,
  plusRounded,
  round,
  type Scaled,
  times,
  top,
  toRational,
  toRationalBound,
} from '../../src/scalar/scaled.ts'
import { rationals } from './rationals.ts'

const precision = (exactEnds: boolean): Precision => ({ bits: 24, limit: 64, exactEnds })
const value = (x: Scaled): Rational => toRational(x) as Rational
const contains = (a: Bounds, q: Rational): boolean => value(a.low).compare(q) <= 0 && value(a.high).compare(q) >= 0

describe('numbers', () => {
  test('bit lengths, next to powers of two and beyond the range of doubles', () => {
    expect(bitLength(0n)).toBe(0)
    for (const k of [1, 2, 52, 53, 54, 64, 1000, 1023, 1024, 1025, 5000]) {
      const power = 1n << BigInt(k)
      expect([bitLength(power - 1n), bitLength(power), bitLength(power + 1n)]).toEqual([k, k + 1, k + 1])
    }
  })

  test('to and from rationals', () => {
    fc.assert(
      fc.property(rationals, q => value(fromRational(q)).equals(q)),
      { numRuns: 1000, seed: 1 },
    )
  })

  test('exact operations, order and size', () => {
    fc.assert(
      fc.property(rationals, rationals, (p, q) => {
        const [x, y] = [fromRational(p), fromRational(q)]
        expect(value(times(x, y)).equals(p.mul(q))).toBe(true)
        if (q.n !== 0n) expect(value(over(x, y)).equals(p.div(q))).toBe(true)
        expect(Math.sign(compare(x, y))).toBe(p.compare(q))
        expect(compare(x, fromRational(p))).toBe(0)
        if (p.n === 0n) return
        const scale = top(x) >= 0 ? rational(1n << BigInt(top(x))) : rational(1, 1n << BigInt(-top(x)))
        expect(p.abs().compare(scale)).toBe(-1)
        expect(p.abs().mul(4).compare(scale)).toBe(1)
      }),
      { numRuns: 2000, seed: 2 },
    )
  })

  test('rounding goes the way it is told, and not far', () => {
    fc.assert(
      fc.property(rationals, rationals, fc.integer({ min: 2, max: 80 }), (p, q, bits) => {
        const [x, y] = [fromRational(p), fromRational(q)]
        const near = (bound: Rational, exact: Rational): boolean =>
          bound
            .sub(exact)
            .abs()
            .mul(rational(1n << BigInt(bits - 2)))
            .compare(exact.abs()) <= 0
        const check = (low: Scaled, high: Scaled, exact: Rational): void => {
          expect(value(low).compare(exact)).not.toBe(1)
          expect(value(high).compare(exact)).not.toBe(-1)
          expect(near(value(low), exact) && near(value(high), exact)).toBe(true)
          expect(low.d === 1n && high.d === 1n).toBe(true)
        }
        check(round(x, bits, false), round(x, bits, true), p)
        if (q.n !== 0n) check(overRounded(x, y, bits, false), overRounded(x, y, bits, true), p.div(q))
        const rough = { bits, limit: bits, exactEnds: false }
        check(plusRounded(x, y, rough, false), plusRounded(x, y, rough, true), p.add(q))
      }),
      { numRuns: 3000, seed: 3 },
    )
  })

  test('exponents beyond what can be written out', () => {
    const [large, small] = [dyadic(3n, 1e9), dyadic(3n, -1e9)]
    expect(compare(large, small)).toBeGreaterThan(0)
    expect(compare(dyadic(-3n, 1e9), small)).toBeLessThan(0)
    expect(toRational(large)).toBeNull()
    expect(toRationalBound(large, true)).toBeNull()
    expect((toRationalBound(large, false) as Rational).compare(rational(1n << 1000n))).toBe(1)
    expect(toRationalBound(small, false)).toEqual(rational(0))
    const tiny = toRationalBound(small, true) as Rational
    expect([tiny.s, tiny.compare(rational(1, 1n << 1000n))]).toEqual([1n, -1])
    const sum = plusRounded(large, small, precision(false), true)
    expect([compare(sum, large) > 0, top(sum) - top(large)]).toEqual([true, 0])
    expect(compare(plusRounded(large, small, precision(false), false), large)).toBe(0)
    expect(compare(plusRounded(large, dyadic(-3n, -1e9), precision(false), false), large)).toBeLessThan(0)
    expect(MAX_TOP).toBeGreaterThan(1e9)
  })
})

describe('intervals', () => {
  const ends = fc.tuple(rationals, rationals).map(([a, b]) => (a.compare(b) <= 0 ? [a, b] : [b, a]))
  const parts = fc.integer({ min: 0, max: 8 })
  const within = ([low, high]: Rational[], part: number): Rational => low.add(high.sub(low).mul(part).div(8))
  const bounds = ([low, high]: Rational[]): Bounds =>
    low.equals(high) ? exactly(fromRational(low)) : { low: fromRational(low), high: fromRational(high) }

  test('sums, products and quotients contain those of their members', () => {
    fc.assert(
      fc.property(ends, ends, parts, parts, fc.boolean(), (a, b, i, j, exactEnds) => {
        const [x, y] = [within(a, i), within(b, j)]
        expect(contains(addBounds(bounds(a), bounds(b), precision(exactEnds)), x.add(y))).toBe(true)
        expect(contains(multiplyBounds(bounds(a), bounds(b), precision(exactEnds)), x.mul(y))).toBe(true)
        if (b[0].s * b[1].s <= 0n || b[0].n === 0n || b[1].n === 0n) return
        expect(contains(divideBounds(bounds(a), bounds(b), precision(exactEnds)), x.div(y))).toBe(true)
      }),
      { numRuns: 3000, seed: 4 },
    )
  })

  test('are exact while short, and rounded when long', () => {
    const third = exactly(fromRational(rational(1, 3)))
    const square = multiplyBounds(third, third, precision(false))
    expect([isExact(square), value(square.low).toFraction()]).toEqual([true, '1/9'])
    const long = exactly(fromRational(fromDouble(Math.PI)))
    expect(isExact(long)).toBe(true)
    expect(isExact(multiplyBounds(long, long, precision(false)))).toBe(false)
  })
})
