// The algebra of sets of reals, against membership of points.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  areDisjoint,
  coarsen,
  complement,
  containsPoint,
  EMPTY,
  hull,
  intersect,
  interval,
  isEmpty,
  isReals,
  isSubset,
  mergeClosest,
  NEGATIVE,
  NON_NEGATIVE,
  NON_POSITIVE,
  NON_ZERO,
  negate,
  normalizeRange,
  POSITIVE,
  point,
  pointOf,
  printRange,
  type Range,
  REALS,
  roundOutward,
  sameRange,
  scaleRange,
  signsOf,
  translate,
  union,
} from '../../src/scalar/range.ts'
import { rational, ZERO } from '../../src/scalar/rational.ts'
import { rangeOfText } from './ranges.ts'
import { rationals } from './rationals.ts'

const small = fc.integer({ min: -4, max: 4 }).map(n => rational(n, 2))
const end = fc.oneof({ weight: 5, arbitrary: small }, { weight: 1, arbitrary: fc.constant(null) })
const range: fc.Arbitrary<Range> = fc
  .array(
    fc
      .tuple(end, end, fc.boolean(), fc.boolean())
      .map(([low, high, lowOpen, highOpen]) => ({ low, lowOpen, high, highOpen })),
    { maxLength: 4 },
  )
  .map(normalizeRange)

/** Points that tell sets with ends in halves between -2 and 2 apart. */
const PROBES = Array.from({ length: 25 }, (_, k) => rational(k - 12, 4))

function check(property: (a: Range, b: Range) => void): void {
  fc.assert(fc.property(range, range, property), { numRuns: 500, seed: 1 })
}

describe('a set is in normal form', () => {
  it('ascending, disjoint, not touching, not empty', () => {
    check(a => {
      for (const [k, i] of a.entries()) {
        if (i.low === null) expect(i.lowOpen).toBe(true)
        if (i.high === null) expect(i.highOpen).toBe(true)
        if (i.low !== null && i.high !== null)
          expect(i.low.compare(i.high)).toBeLessThanOrEqual(i.lowOpen || i.highOpen ? -1 : 0)
        const next = a[k + 1]
        if (next === undefined) continue
        const gap = next.low!.compare(i.high!)
        expect(gap > 0 || (gap === 0 && next.lowOpen && i.highOpen)).toBe(true)
      }
    })
  })
  it('the same object for equal sets with short ends', () => {
    expect(interval(ZERO, null, { lowOpen: true })).toBe(POSITIVE)
    expect(union(NEGATIVE, POSITIVE)).toBe(NON_ZERO)
    expect(union(NEGATIVE, NON_NEGATIVE)).toBe(REALS)
    expect(interval(rational(1), rational(0))).toBe(EMPTY)
    expect(interval(rational(1), rational(1), { lowOpen: true })).toBe(EMPTY)
  })
  it('equal sets with long ends are the same set', () => {
    const long = rational(10n ** 40n, 3n)
    expect(sameRange(point(long), interval(long, rational(10n ** 40n, 3n)))).toBe(true)
    expect(sameRange(point(long), interval(long, null))).toBe(false)
  })
  it('joins what touches and keeps what a point separates', () => {
    expect(printRange(union(rangeOfText('[0, 1)'), rangeOfText('[1, 2]')))).toBe('[0, 2]')
    expect(printRange(union(rangeOfText('[0, 1)'), rangeOfText('(1, 2]')))).toBe('[0, 1) | (1, 2]')
  })
})

describe('operations agree with membership', () => {
  const member = containsPoint
  it('union, intersection, complement', () => {
    check((a, b) => {
      for (const q of PROBES) {
        expect(member(union(a, b), q)).toBe(member(a, q) || member(b, q))
        expect(member(intersect(a, b), q)).toBe(member(a, q) && member(b, q))
        expect(member(complement(a), q)).toBe(!member(a, q))
      }
      expect(sameRange(complement(complement(a)), a)).toBe(true)
    })
  })
  it('subset, disjointness, sameness', () => {
    check((a, b) => {
      expect(isSubset(a, b)).toBe(PROBES.every(q => !member(a, q) || member(b, q)))
      expect(areDisjoint(a, b)).toBe(PROBES.every(q => !member(a, q) || !member(b, q)))
      expect(sameRange(a, b)).toBe(PROBES.every(q => member(a, q) === member(b, q)))
      expect(isEmpty(a)).toBe(PROBES.every(q => !member(a, q)))
    })
  })
  it('negation, translation, scaling', () => {
    check(a => {
      for (const q of PROBES) {
        expect(member(negate(a), q.neg())).toBe(member(a, q))
        expect(member(translate(a, rational(1, 3)), q.add(rational(1, 3)))).toBe(member(a, q))
        expect(member(scaleRange(a, rational(-3, 2)), q.mul(rational(-3, 2)))).toBe(member(a, q))
      }
      expect(scaleRange(a, ZERO)).toBe(isEmpty(a) ? EMPTY : point(ZERO))
    })
  })
  it('signs, hull, single points', () => {
    check(a => {
      expect(signsOf(a)).toEqual({
        negative: !areDisjoint(a, NEGATIVE),
        zero: member(a, ZERO),
        positive: !areDisjoint(a, POSITIVE),
      })
      expect(isSubset(a, hull(a))).toBe(true)
      expect(hull(a).length).toBe(Math.min(1, a.length))
    })
    expect(pointOf(point(rational(1, 3)))?.equals(rational(1, 3))).toBe(true)
    expect(pointOf(rangeOfText('[0, 1]'))).toBe(null)
    expect(pointOf(EMPTY)).toBe(null)
    expect(isReals(REALS)).toBe(true)
    expect(isReals(NON_ZERO)).toBe(false)
  })
})

describe('short sets', () => {
  it('rounds long ends outward, never across 0, and keeps short ones', () => {
    const long = rational(3n ** 300n, 5n ** 250n)
    for (const q of [long, long.neg(), long.inverse(), long.inverse().neg()]) {
      for (const open of [true, false]) {
        const r = interval(q, null, { lowOpen: open })
        const rounded = roundOutward(r)
        expect(isSubset(r, rounded)).toBe(true)
        expect(signsOf(rounded)).toEqual(signsOf(r))
        expect(isSubset(negate(r), roundOutward(negate(r)))).toBe(true)
      }
    }
    expect(roundOutward(POSITIVE)).toBe(POSITIVE)
  })
  it('keeps a closed end that has a short mantissa closed', () => {
    const q = rational(1n << 500n)
    expect(isSubset(point(q), roundOutward(point(q)))).toBe(true)
    expect(containsPoint(roundOutward(interval(null, q)), q)).toBe(true)
  })
  it('gives up ends beyond all measure for infinity and 0', () => {
    const huge = rational(1n << 5000n)
    expect(printRange(roundOutward(interval(ZERO, huge)))).toBe('[0, inf)')
    expect(printRange(roundOutward(interval(huge.inverse(), rational(1))))).toBe('(0, 1]')
    expect(isSubset(point(huge), roundOutward(point(huge)))).toBe(true)
    expect(isSubset(point(huge.inverse().neg()), roundOutward(point(huge.inverse().neg())))).toBe(true)
  })
  it('joins the closest of too many intervals', () => {
    const many = normalizeRange(Array.from({ length: 30 }, (_, k) => point(rational(k < 20 ? k : 100 * k))[0]))
    const merged = mergeClosest(many)
    expect(merged.length).toBe(16)
    expect(isSubset(many, merged)).toBe(true)
    expect(containsPoint(merged, rational(2550))).toBe(false)
  })
})

describe('coarsen', () => {
  it('gives a superset that keeps signs; short ends stay', () => {
    fc.assert(
      fc.property(rationals, rationals, fc.boolean(), fc.boolean(), (a, b, lowOpen, highOpen) => {
        const [low, high] = a.compare(b) <= 0 ? [a, b] : [b, a]
        const r = interval(low, high, { lowOpen, highOpen })
        const c = coarsen(r)
        expect(isSubset(r, c)).toBe(true)
        expect(coarsen(c)).toBe(c)
        expect(signsOf(c)).toEqual(signsOf(r))
      }),
      { numRuns: 1000 },
    )
    const short = interval(rational(1, 31), rational(31, 3))
    expect(coarsen(short)).toBe(short)
  })
  it('keeps a long end that is rounded to itself as it was', () => {
    const long = rational(1n << 60n)
    expect(printRange(coarsen(interval(ZERO, long)))).toBe(printRange(interval(ZERO, long)))
    expect(printRange(coarsen(interval(long, null)))).toBe(printRange(interval(long, null)))
    expect(containsPoint(coarsen(interval(long, null, { lowOpen: true })), long)).toBe(false)
  })
  it('gives few sets, each one object', () => {
    const found = new Set<Range>()
    for (let k = 0n; k < 1000n; k++)
      found.add(coarsen(interval(rational((1n << 70n) + k * (1n << 60n) + 1n, 1n << 70n), null)))
    expect(found.size).toBeLessThan(10)
  })
})

describe('printRange', () => {
  for (const text of ['R', '{}', '(0, inf)', '[0, 1)', '(-inf, 0) | (0, inf)', '[1, 1]', '(-inf, -2.5] | [1/3, 2)']) {
    it(text, () => expect(printRange(rangeOfText(text))).toBe(text))
  }
  it('names the usual sets', () => {
    expect([NEGATIVE, NON_POSITIVE, NON_NEGATIVE, NON_ZERO].map(printRange)).toEqual([
      '(-inf, 0)',
      '(-inf, 0]',
      '[0, inf)',
      '(-inf, 0) | (0, inf)',
    ])
  })
})
