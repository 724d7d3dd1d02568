// What is faster here than in fraction.js gives what fraction.js gives.
import fc from 'fast-check'
import Fraction from 'fraction.js'
import { expect, test } from 'vitest'
import {
  addRationals,
  ceilDouble,
  compareRationals,
  floorDouble,
  fromDouble,
  nextUp,
  type Rational,
  rational,
  toDouble,
} from '../../src/scalar/rational.ts'
import { rationals } from './rationals.ts'

const parts = (q: Fraction): readonly bigint[] => [q.s, q.n, q.d]
const denominators = fc.oneof(
  fc.bigInt({ min: -50n, max: 50n }).filter(d => d !== 0n),
  fc.integer({ min: 0, max: 200 }).map(k => 1n << BigInt(k)),
)

test('a rational is reduced', () => {
  const even = fc
    .tuple(fc.bigInt({ min: -1000n, max: 1000n }), fc.integer({ min: 0, max: 100 }))
    .map(([n, k]) => n << BigInt(k))
  fc.assert(
    fc.property(fc.oneof(fc.bigInt(), even), denominators, (n, d) => {
      expect(parts(rational(n, d))).toEqual(parts(new Fraction(n, d)))
    }),
    { numRuns: 2000 },
  )
  expect(parts(rational(0n, 8n))).toEqual([1n, 0n, 1n])
  expect(() => rational(1n, 0n)).toThrow(RangeError)
})

test('sums and order', () => {
  fc.assert(
    fc.property(
      rationals,
      fc.oneof(
        rationals,
        fc.integer().map(n => rational(n)),
      ),
      (a, b) => {
        expect(parts(addRationals(a, b))).toEqual(parts(a.add(b)))
        expect(parts(addRationals(b, a.neg()))).toEqual(parts(b.sub(a)))
        expect(Math.sign(compareRationals(a, b))).toBe(a.compare(b))
        expect(compareRationals(a, rational(a.s * a.n, a.d))).toBe(0)
        expect(Math.sign(compareRationals(a, a.neg()))).toBe(a.compare(a.neg()))
      },
    ),
    { numRuns: 2000 },
  )
})

const short = fc
  .tuple(
    fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -1000, max: 1000 })),
    fc.oneof(
      fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      fc.integer({ min: 0, max: 15 }).map(k => 10 ** k),
    ),
  )
  .map(([n, d]) => ({ n, d }))

test('short quotients: the doubles around them and the nearest one', () => {
  fc.assert(
    fc.property(short, ({ n, d }) => {
      const q = rational(n, d)
      const [low, high, near] = [floorDouble(q), ceilDouble(q), toDouble(q)]
      expect(compareRationals(fromDouble(low), q)).toBeLessThanOrEqual(0)
      expect(compareRationals(fromDouble(high), q)).toBeGreaterThanOrEqual(0)
      if (low !== high) expect(nextUp(low)).toBe(high)
      const distance = (x: number): Rational => fromDouble(x).sub(q).abs()
      expect([low, high]).toContain(near)
      expect(compareRationals(distance(near), distance(low))).toBeLessThanOrEqual(0)
      expect(compareRationals(distance(near), distance(high))).toBeLessThanOrEqual(0)
    }),
    { numRuns: 2000 },
  )
})
test('short quotients are reduced as long ones are', () => {
  fc.assert(
    fc.property(short, ({ n, d }) => {
      const [quick, slow] = [rational(n, d), rational(BigInt(n), BigInt(d))]
      expect([quick.s, quick.n, quick.d]).toEqual([slow.s, slow.n, slow.d])
    }),
    { numRuns: 2000 },
  )
})
