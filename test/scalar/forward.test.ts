// What the operations make of sets: exact expectations, and random sets with random points in them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encloseCall } from '../../src/scalar/enclosure.ts'
import { ARITY, type KnownName } from '../../src/scalar/expression.ts'
import { definedOn, forwardCall, needed } from '../../src/scalar/forward.ts'
import {
  EMPTY,
  hull,
  interval,
  isEmpty,
  isSubset,
  NON_NEGATIVE,
  NON_ZERO,
  normalizeRange,
  POSITIVE,
  point,
  printRange,
  type Range,
  REALS,
  union,
} from '../../src/scalar/range.ts'
import { fromDouble, type Rational, rational, toDouble } from '../../src/scalar/rational.ts'
import { rangeOfText } from './ranges.ts'

/** One line a case: function, arguments, image. */
const EXACT = `
+ | [0, 1] | (2, 3] | (2, 4]
+ | R | [1, 1] | R
+ | (0, inf) | (0, inf) | (0, inf)
+ | [0, inf) | (0, inf) | (0, inf)
+ | [1, 1] & [5, 5] | [0, 1] | [1, 2] & [5, 6]
- | [0, 1] | [0, 1] | [-1, 1]
- | [1, 1] | (0, 1) | (0, 1)
- | (0, inf) | (-inf, 0] | (0, inf)
* | [0, 1] | R | R
* | [0, 0] | R | [0, 0]
* | R | [0, 0] | [0, 0]
* | R | [0, 1] & [5, 6] | R
* | (2, 3) | R | R
+ | (1, 2) & [5, 7) | [1/3, 1/3] | (4/3, 7/3) & [16/3, 22/3)
^ | [2, 3) | R | (0, inf)
^ | (0, 1) & (2, 3) | R | (0, inf)
^ | [1, 1] | R | [1, 1]
relu | [0, 1/3] & (2, inf) | [0, 1/3] & (2, inf)
relu | [0, 0] | [0, 0]
relu | (0, 1) | (0, 1)
* | (0, 1) | (0, inf) | (0, inf)
* | [-1, 2] | [-3, 4] | [-6, 8]
* | (0, inf) | (-inf, 0) | (-inf, 0)
* | (-inf, 0) & (0, inf) | (-inf, 0) & (0, inf) | (-inf, 0) & (0, inf)
* | [2, 3) | (4, 5] | (8, 15)
* | (-1, 1) | (-1, 1) | (-1, 1)
* | (-inf, -1] | (-inf, -2) | (2, inf)
/ | [1, 1] | (0, 1) | (1, inf)
/ | [1, 1] | (-1, 0) & (0, 1) | (-inf, -1) & (1, inf)
/ | [1, 1] | (-inf, 0) & (0, inf) | (-inf, 0) & (0, inf)
/ | [1, 1] | [2, inf) | (0, 0.5]
/ | [1, 2] | [-1, 1] | (-inf, -1] & [1, inf)
/ | (0, 1) | (0, 1) | (0, inf)
/ | R | [0, 0] | {}
/ | [0, 0] | R | [0, 0]
/ | [1, 1] | R | (-inf, 0) & (0, inf)
^ | [-1, 2] | [2, 2] | [0, 4]
^ | R | [2, 2] | [0, inf)
^ | R | [3, 3] | R
^ | (-2, 1] | [3, 3] | (-8, 1]
^ | R | [-1, -1] | (-inf, 0) & (0, inf)
^ | R | [-2, -2] | (0, inf)
^ | [-2, -1) | [-2, -2] | [0.25, 1)
^ | R | [0, 0] | [1, 1]
^ | [0, 4] | [0.5, 0.5] | [0, 2]
^ | (0, 9) | [-0.5, -0.5] | (1/3, inf)
^ | R | [0.5, 0.5] | [0, inf)
^ | (0, inf) | R | (0, inf)
^ | [0, inf) | R | [0, inf)
^ | [0, 0] | (0, 1) | [0, 0]
^ | [0, 0] | [0, 0] | [1, 1]
^ | [0, 0] | [-1, 1] | [0, 0] & [1, 1]
^ | [0, 0] | (-inf, 0) | {}
^ | (-inf, 0) | (0, 1) | {}
^ | (-inf, 0) | R | (-inf, 0) & (0, inf)
^ | [-2, -1] | [1, 2] | [-2, -1] & [1, 4]
^ | (1, 2) | (0, 1) | (1, 2)
^ | [1, 2] | (0, 1) | [1, 2)
^ | (1, inf) | (0, inf) | (1, inf)
^ | (0, 1) | (0, inf) | (0, 1)
^ | (1, inf) | (-inf, 0) | (0, 1)
^ | (0, 1) | (-inf, 0) | (1, inf)
^ | (0, 0.5] | [1, 2] | (0, 0.5]
^ | [0.25, 0.5] | [-2, -1] | [2, 16]
^ | [1, 1] | R | [1, 1]
^ | [2, 2] | [1, 3] | [2, 8]
^ | [2, 2] | (-inf, 0] | (0, 1]
neg | (1, 2] | [-2, -1)
exp | (-inf, 0) | (0, 1)
exp | (-inf, 0] | (0, 1]
exp | [0, inf) | [1, inf)
exp | R | (0, inf)
exp | (-inf, 0) & (0, inf) | (0, 1) & (1, inf)
exp | [0, 0] | [1, 1]
ln | [0, 1] | (-inf, 0]
ln | (0, 1) | (-inf, 0)
ln | [1, inf) | [0, inf)
ln | R | R
ln | (-inf, 0] | {}
sqrt | [0, 4) | [0, 2)
sqrt | R | [0, inf)
sqrt | (1/4, 9/4] | (0.5, 1.5]
sqrt | (-inf, 0) | {}
sqrt | [-1, 0] | [0, 0]
abs | [-1, 2) | [0, 2)
abs | (-3, 2) | [0, 3)
abs | (-inf, 0) & (0, inf) | (0, inf)
sign | R | [-1, -1] & [0, 0] & [1, 1]
sign | [0, 5] | [0, 0] & [1, 1]
sign | (-1, 0) | [-1, -1]
max | [0, 2] | (1, 3) | (1, 3)
max | R | [0, 0] | [0, inf)
max | (0, 1) | [0, 1] | (0, 1]
max | (0, 1) | (-inf, 2) | (0, 2)
min | R | [1, 1] | (-inf, 1]
min | (0, 1) | [0, 1] | [0, 1)
floor | [0, 2.5] | [0, 0] & [1, 1] & [2, 2]
floor | [0, 1) | [0, 0]
floor | (-1, 0) | [-1, -1]
floor | [-0.5, 0.5] | [-1, -1] & [0, 0]
floor | [0.5, 100) | [0, 99]
floor | (1, inf) | [1, inf)
sin | R | [-1, 1]
sin | [0, 0] | [0, 0]
sin | [0, 6] | [-1, 1]
cos | [0, 0] | [1, 1]
sin | [-6, 0) | [-1, 1]
cos | (0, 6] | [-1, 1]
cos | (-1, 7) | [-1, 1]
tan | [0, 4] | R
tan | [0, 0] | [0, 0]
sinh | (0, inf) | (0, inf)
cosh | R | [1, inf)
cosh | (0, inf) | (1, inf)
cosh | (-inf, 0) | (1, inf)
tanh | R | (-1, 1)
tanh | [0, inf) | [0, 1)
asinh | (-inf, 0) | (-inf, 0)
acosh | [1, inf) | [0, inf)
acosh | (1, inf) | (0, inf)
acosh | R | [0, inf)
acosh | [0, 1] | [0, 0]
acosh | (-inf, 1) | {}
atanh | (-1, 1) | R
atanh | [0, 5] | [0, inf)
atanh | [1, 2] | {}
erf | R | (-1, 1)
erf | (0, inf) | (0, 1)
sigmoid | R | (0, 1)
sigmoid | (0, inf) | (0.5, 1)
relu | R | [0, inf)
relu | (0, inf) | (0, inf)
relu | (-2, -1) | [0, 0]
relu | (-1, 2) | [0, 2)
softplus | R | (0, inf)
`

const parseCase = (line: string): { name: KnownName; args: Range[]; expected: Range } => {
  const [name, ...sets] = line.split(' | ')
  const ranges = sets.map(s => rangeOfText(s.replaceAll('&', '|')))
  return { name: name as KnownName, args: ranges.slice(0, -1), expected: ranges[ranges.length - 1] }
}

describe('forwardCall', () => {
  for (const line of EXACT.trim().split('\n')) {
    it(line, () => {
      const { name, args, expected } = parseCase(line)
      expect(args.length).toBe(ARITY[name])
      expect(printRange(forwardCall(name, args))).toBe(printRange(expected))
    })
  }

  it('rounds transcendental ends outward, and only just', () => {
    const r = forwardCall('exp', [interval(rational(1), rational(2), { lowOpen: true })])
    expect(toDouble(r[0].low as Rational)).toBe(Math.E)
    expect(toDouble(r[0].high as Rational)).toBe(Math.exp(2))
    expect(encloseBelow(r[0].low as Rational, 'exp', rational(1))).toBe(true)
  })

  it('keeps the strict bounds of functions that only tend to them', () => {
    expect(printRange(hull(forwardCall('exp', [interval(rational(-(10n ** 9n)), rational(0))])))).toBe('(0, 1]')
    expect(printRange(forwardCall('tanh', [interval(rational(0), rational(10n ** 9n))]))).toBe('[0, 1)')
    expect(printRange(forwardCall('sigmoid', [interval(rational(-(10n ** 40n)), rational(0))]))).toBe('(0, 0.5]')
    expect(isSubset(forwardCall('softplus', [point(rational(-5000))]), POSITIVE)).toBe(true)
  })

  it('answers for numbers of any size', () => {
    const huge = point(rational(10n ** 300n))
    for (const name of Object.keys(ARITY) as KnownName[]) {
      for (const q of [huge, point(rational(1n, 10n ** 300n)), point(rational(-(10n ** 300n)))]) {
        const r = forwardCall(name, ARITY[name] === 1 ? [q] : [q, q])
        expect(r.length).toBeLessThanOrEqual(16)
      }
    }
  })

  it('keeps long ends short without losing values or signs', () => {
    const long = rational(3n ** 200n, 7n ** 200n)
    const r = forwardCall('*', [interval(rational(0), long, { lowOpen: true }), point(rational(1, 3))])
    expect(isSubset(point(long.div(4)), r)).toBe(true)
    expect(isSubset(interval(rational(0), long.div(3), { lowOpen: true }), r)).toBe(true)
    expect(isSubset(r, POSITIVE)).toBe(true)
    expect((r[0].high as Rational).n < 1n << 129n).toBe(true)
    const exact = rational(1n << 200n)
    expect(isSubset(point(exact), forwardCall('neg', [point(exact.neg())]))).toBe(true)
  })

  it('gives a set of many intervals as at most 16', () => {
    const many = normalizeRange(Array.from({ length: 40 }, (_, k) => point(rational(k * k))[0]))
    const r = forwardCall('+', [many, point(rational(1))])
    expect(r.length).toBe(16)
    for (let k = 0; k < 40; k++) expect(isSubset(point(rational(k * k + 1)), r)).toBe(true)
  })
})

function encloseBelow(low: Rational, name: KnownName, x: Rational): boolean {
  const value = encloseCall(name, [{ low: x, high: x }], 200)
  return typeof value !== 'string' && low.compare(value.low) <= 0
}

// Random sets, and points in them: at closed ends, extremely near to ends, and in between.
const finite = fc.oneof(
  fc.integer({ min: -5, max: 5 }).map(n => rational(n)),
  fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: 1, max: 16 })).map(([n, d]) => rational(n, d)),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -60, max: 60 }).map(fromDouble),
  fc.tuple(fc.integer({ min: -3, max: 3 }), fc.integer({ min: -60, max: 8 })).map(([n, e]) => fromDouble(n * 2 ** e)),
)
const end = fc.oneof({ weight: 4, arbitrary: finite }, { weight: 1, arbitrary: fc.constant(null) })
const oneInterval = fc.tuple(end, end, fc.boolean(), fc.boolean()).map(([a, b, lowOpen, highOpen]) => {
  const [low, high] = a !== null && b !== null && a.compare(b) > 0 ? [b, a] : [a, b]
  return interval(low, high, { lowOpen, highOpen })
})
const range = fc
  .array(oneInterval, { minLength: 1, maxLength: 3 })
  .map(sets => union(...sets))
  .filter(r => !isEmpty(r))

function pointIn(r: Range, pick: number, place: number, fine: number): Rational {
  const i = r[pick % r.length]
  const low = i.low ?? (i.high ?? rational(0)).sub(rational(1n << BigInt(fine % 12)))
  const high = i.high ?? (i.low ?? rational(0)).add(rational(1n << BigInt(fine % 12)))
  const width = high.sub(low)
  const near = rational(1n, 1n << BigInt(fine))
  if (place === 0 && i.low !== null) return i.lowOpen ? low.add(width.mul(near)) : low
  if (place === 1 && i.high !== null) return i.highOpen ? high.sub(width.mul(near)) : high
  return low.add(width.mul(rational(place, 7)))
}

describe('forwardCall contains every value', () => {
  for (const name of Object.keys(ARITY) as KnownName[]) {
    it(name, () => {
      const args = fc.tuple(range, fc.nat(9), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 80 }))
      const integers = fc.integer({ min: -3, max: 4 }).map(n => point(rational(n)))
      const second = name === '^' ? fc.oneof(range, integers) : range
      let values = 0
      fc.assert(
        fc.property(
          args,
          fc.tuple(second, fc.nat(9), fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 80 })),
          (a, b) => {
            const boxes = ARITY[name] === 1 ? [a] : [a, b]
            const sets = boxes.map(x => x[0])
            const points = boxes.map(([r, ...how]) => pointIn(r, ...how))
            const value = encloseCall(
              name,
              points.map(q => ({ low: q, high: q })),
              120,
            )
            if (value === 'undefined') {
              expect(definedOn(name, sets)).toBe(false)
              return
            }
            if (value === 'unknown') return
            values++
            const result = forwardCall(name, sets)
            // The value lies in its enclosure, so the enclosure has to meet the set.
            const enclosed = interval(value.low, value.high)
            expect(isSubset(enclosed, result) || result.some(i => !isEmpty(meet(enclosed, [i])))).toBe(true)
            if (value.low.equals(value.high)) expect(isSubset(enclosed, result)).toBe(true)
            // Just the two ends of the hull decide most mistakes: the enclosure must not stick out of a distant end.
            expect(isSubset(enclosed, widened(hull(result)))).toBe(true)
          },
        ),
        { numRuns: 400, seed: 7 },
      )
      expect(values).toBeGreaterThan(50)
    })
  }
})

function meet(a: Range, b: Range): Range {
  return normalizeRange(
    a.flatMap(x =>
      b.map(y => ({
        low: x.low === null ? y.low : y.low === null || x.low.compare(y.low) > 0 ? x.low : y.low,
        lowOpen: false,
        high: x.high === null ? y.high : y.high === null || x.high.compare(y.high) < 0 ? x.high : y.high,
        highOpen: false,
      })),
    ),
  )
}

function widened(r: Range): Range {
  const grow = (q: Rational | null, sign: bigint): Rational | null =>
    q === null
      ? null
      : q.add(
          q
            .abs()
            .add(rational(1n, 1n << 60n))
            .mul(rational(sign, 1n << 50n)),
        )
  return interval(grow(r[0].low, -1n), grow(r[0].high, 1n))
}

describe('definedOn', () => {
  const cases: [KnownName, string[], boolean][] = [
    ['ln', ['(0, inf)'], true],
    ['ln', ['[0, inf)'], false],
    ['ln', ['{}'], true],
    ['/', ['R', '(-inf, 0) | (0, inf)'], true],
    ['/', ['R', '[0, 1]'], false],
    ['^', ['(0, inf)', 'R'], true],
    ['^', ['[0, inf)', '[0, inf)'], true],
    ['^', ['[0, inf)', '[-1, 1]'], false],
    ['^', ['R', '[2, 2]'], true],
    ['^', ['R', '[-1, -1]'], false],
    ['^', ['(-inf, 0) | (0, inf)', '[-1, -1]'], true],
    ['^', ['R', '[0.5, 0.5]'], false],
    ['^', ['(-inf, 0)', '[2, 3]'], false],
    ['^', ['(-inf, 0)', '[2, 2] | [3, 3]'], true],
    ['sqrt', ['[0, 1]'], true],
    ['sqrt', ['[-1, 1]'], false],
    ['atanh', ['(-1, 1)'], true],
    ['atanh', ['(-1, 1]'], false],
    ['acosh', ['[1, 2]'], true],
    ['acosh', ['(0, 2]'], false],
    ['tan', ['[-1.5, 1.5]'], true],
    ['tan', ['[1.5, 1.6]'], false],
    ['tan', ['[-1.5, 1.5] | [1.6, 4.7]'], true],
    ['tan', ['R'], false],
    ['exp', ['R'], true],
  ]
  for (const [name, args, expected] of cases) {
    it(`${name}(${args.join(', ')}): ${expected}`, () => expect(definedOn(name, args.map(rangeOfText))).toBe(expected))
  }
})

describe('needed', () => {
  it('names the largest set for an argument', () => {
    expect(needed('ln', 0, [REALS])).toBe(POSITIVE)
    expect(needed('/', 1, [REALS, REALS])).toBe(NON_ZERO)
    expect(needed('/', 0, [REALS, REALS])).toBe(REALS)
    expect(needed('^', 0, [REALS, REALS])).toBe(POSITIVE)
    expect(needed('^', 0, [REALS, point(rational(1, 2))])).toBe(NON_NEGATIVE)
    expect(needed('^', 0, [REALS, point(rational(-1))])).toBe(NON_ZERO)
    expect(needed('^', 0, [REALS, point(rational(3))])).toBe(REALS)
    expect(needed('^', 1, [NON_NEGATIVE, REALS])).toBe(NON_NEGATIVE)
    expect(needed('^', 1, [REALS, REALS])).toBe(null)
    expect(needed('tan', 0, [REALS])).toBe(null)
    expect(needed('exp', 0, [REALS])).toBe(REALS)
  })
  it('is a set on which the function is defined, and nothing larger is', () => {
    for (const name of ['ln', 'sqrt', 'acosh', 'atanh'] as const) {
      const r = needed(name, 0, [REALS]) as Range
      expect(definedOn(name, [r])).toBe(true)
      expect(definedOn(name, [union(r, point(rational(-1)))])).toBe(false)
    }
    expect(forwardCall('ln', [EMPTY])).toBe(EMPTY)
  })
})
