import { describe, expect, test } from 'vitest'
import { randomFunctions } from '../../src/numeric/families.ts'
import { randomPoint } from '../../src/numeric/points.ts'
import { random } from '../../src/numeric/random.ts'
import { type Enclosure, enclose } from '../../src/scalar/enclosure.ts'
import { compose, type Expression, type FunctionSymbol, printExpression } from '../../src/scalar/expression.ts'
import {
  containsPoint,
  intersect,
  interval,
  isEmpty,
  NEGATIVE,
  NON_NEGATIVE,
  NON_POSITIVE,
  NON_ZERO,
  POSITIVE,
  point,
  printRange,
  type Range,
  REALS,
  union,
} from '../../src/scalar/range.ts'
import { type Rational, rational } from '../../src/scalar/rational.ts'
import { guard } from '../../src/scalar/restrict.ts'
import { unknownFunction } from './build.ts'

const open = (low: number, high: number): Range =>
  interval(rational(low), rational(high), { lowOpen: true, highOpen: true })
const closed = (low: number, high: number): Range => interval(rational(low), rational(high))
const halfOpen = (low: number, high: number): Range => interval(rational(low), rational(high), { highOpen: true })
const from = (low: number): Range => interval(rational(low), null)
const above = (low: number): Range => interval(rational(low), null, { lowOpen: true })
const upTo = (high: number): Range => interval(null, rational(high))
const below = (high: number): Range => interval(null, rational(high), { highOpen: true })

const DOMAINS: readonly Range[] = [
  REALS,
  POSITIVE,
  NON_NEGATIVE,
  NEGATIVE,
  NON_POSITIVE,
  NON_ZERO,
  open(0, 1),
  closed(0, 1),
  halfOpen(-2, 3),
  closed(-1, 1),
  open(-5, 5),
  from(2),
  above(-3),
  upTo(4),
  below(-1),
  point(rational(3)),
  point(rational(0)),
  union(closed(-3, -2), closed(1, 2)),
]

/** The value at a point, which must be defined. */
function valueAt(f: Expression, args: readonly Rational[], bits = 96): Enclosure | null {
  const value = enclose(f, args, { bits, maxBits: 400 })
  if (value === 'undefined') throw new Error(`${printExpression(f)} is undefined at ${args.map(a => a.toFraction())}`)
  return value === 'unknown' ? null : value
}
const isBelow = (a: Enclosure, b: Enclosure): boolean => a.high.compare(b.low) < 0
const mayBeEqual = (a: Enclosure, b: Enclosure): boolean => !isBelow(a, b) && !isBelow(b, a)
const negated = (a: Enclosure): Enclosure => ({ low: a.high.neg(), high: a.low.neg() })
const mayLieIn = (a: Enclosure, range: Range): boolean => !isEmpty(intersect(interval(a.low, a.high), range))

/** Points of moderate size, so that values can be worked out. */
function pointIn(range: Range, source: ReturnType<typeof random>): Rational {
  for (;;) {
    const q = randomPoint(range, source, [])
    if (q.abs().compare(50) <= 0 && q.d < 10n ** 9n) return q
  }
}

/** Tries what the declaration says of a formula at random points; gives how often a comparison of values was decided. */
function examine(fn: FunctionSymbol, formula: Expression, source: ReturnType<typeof random>): number {
  const f = guard(formula, fn.domain)
  let decided = 0
  for (let trial = 0; trial < 6; trial++) {
    const p = fn.domain.map(d => pointIn(d, source))
    const value = valueAt(f, p)
    if (value === null) continue
    if (!mayLieIn(value, fn.codomain)) throw new Error(`${printExpression(formula)} leaves ${printRange(fn.codomain)}`)
    if (fn.monotone !== null) {
      // One argument moves.
      const k = source.integer(0, fn.arity - 1)
      const other = p.with(k, pointIn(fn.domain[k], source))
      const moved = valueAt(f, other)
      if (moved !== null && !other[k].equals(p[k])) {
        const rises = other[k].compare(p[k]) > 0 === (fn.monotone === 'increasing')
        expect(rises ? isBelow(moved, value) : isBelow(value, moved), printExpression(formula)).toBe(false)
        if (rises ? isBelow(value, moved) : isBelow(moved, value)) decided++
      }
    }
    const mirrored = p.map(q => q.neg())
    if (fn.parity !== null && mirrored.every((q, i) => containsPoint(fn.domain[i], q))) {
      const opposite = valueAt(f, mirrored)
      if (opposite !== null) {
        expect(mayBeEqual(opposite, fn.parity === 'odd' ? negated(value) : value), printExpression(formula)).toBe(true)
        decided++
      }
    }
  }
  return decided
}

describe('members of families satisfy the declarations', () => {
  const source = random(2024)
  for (const monotone of [null, 'increasing', 'decreasing'] as const) {
    for (const parity of [null, 'odd', 'even'] as const) {
      test(`${monotone ?? 'any'}, ${parity ?? 'no parity'}`, () => {
        let made = 0
        let decided = 0
        for (const domain of DOMAINS) {
          for (const codomain of DOMAINS) {
            for (let draw = 0; draw < 1; draw++) {
              const fn = unknownFunction('f', { domain: [domain], codomain, monotone, parity })
              const formula = randomFunctions([fn], source)?.get(fn)
              if (formula === undefined) continue
              made++
              decided += examine(fn, formula, source)
            }
          }
        }
        expect(made).toBeGreaterThan(40)
        if (monotone !== null || parity !== null) expect(decided).toBeGreaterThan(made)
      })
    }
  }
  test('several arguments', () => {
    for (let draw = 0; draw < 300; draw++) {
      const monotone = source.pick([null, 'increasing', 'decreasing'] as const)
      const parity = source.pick([null, 'odd', 'even'] as const)
      const domain = [source.pick(DOMAINS), source.pick(DOMAINS), source.pick(DOMAINS)]
      const fn = unknownFunction('f', {
        arity: 3,
        domain,
        codomain: source.pick(DOMAINS),
        monotone,
        parity,
        parameters: ['a', 'b', 'c'],
      })
      const formula = randomFunctions([fn], source)?.get(fn)
      if (formula !== undefined) examine(fn, formula, source)
    }
  })
})

describe('bijections', () => {
  const source = random(77)
  const pair = (
    domain: Range,
    codomain: Range,
    change: Partial<FunctionSymbol> = {},
  ): [FunctionSymbol, FunctionSymbol] => {
    const f = { ...unknownFunction('f', { domain: [domain], codomain, ...change }) }
    const g = unknownFunction('g', { domain: [codomain], codomain: domain, inverse: f })
    f.inverse = g
    return [f, g]
  }
  test('a function and its inverse undo each other, both ways', () => {
    let made = 0
    for (const domain of DOMAINS) {
      for (const codomain of DOMAINS) {
        for (const change of [{}, { monotone: 'increasing' }, { monotone: 'decreasing' }, { parity: 'odd' }] as const) {
          const [f, g] = pair(domain, codomain, change)
          const found = randomFunctions([f, g], source)
          if (found === null) continue
          made++
          const [forth, back] = [found.get(f), found.get(g)] as [Expression, Expression]
          examine(f, forth, source)
          examine(g, back, source)
          for (const [first, second, set] of [
            [forth, back, domain],
            [back, forth, codomain],
          ] as const) {
            for (let trial = 0; trial < 6; trial++) {
              const q = pointIn(set, source)
              const value = valueAt(compose(second, first), [q], 400)
              if (value !== null)
                expect(mayBeEqual(value, { low: q, high: q }), `${printExpression(first)} at ${q.toFraction()}`).toBe(
                  true,
                )
            }
          }
        }
      }
    }
    expect(made).toBeGreaterThan(150)
  })
  test('functions that are their own inverse', () => {
    let made = 0
    for (const domain of DOMAINS) {
      for (const monotone of [null, 'increasing', 'decreasing'] as const) {
        for (let draw = 0; draw < 1; draw++) {
          const f = { ...unknownFunction('f', { domain: [domain], codomain: domain, monotone }) }
          f.inverse = f
          const formula = randomFunctions([f], source)?.get(f)
          if (formula === undefined) continue
          made++
          examine(f, formula, source)
          for (let trial = 0; trial < 6; trial++) {
            const q = pointIn(domain, source)
            expect(valueAt(compose(formula, formula), [q])).toEqual({ low: q, high: q })
          }
        }
      }
    }
    expect(made).toBeGreaterThan(20)
  })
  test('what has no member known here has none', () => {
    const none = (fn: FunctionSymbol): void => expect(randomFunctions([fn], source)).toBeNull()
    none(unknownFunction('f', { codomain: point(rational(1)), monotone: 'increasing' }))
    none(unknownFunction('f', { parity: 'even', monotone: 'increasing' }))
    none(unknownFunction('f', { parity: 'odd', codomain: POSITIVE }))
    none(pair(REALS, closed(0, 1))[0])
    none(pair(REALS, REALS, { parity: 'even' })[0])
    // Declarations that do not fit together: an inverse defined elsewhere, or of two functions.
    const [f, g] = pair(REALS, REALS)
    none({ ...f, codomain: POSITIVE })
    none({ ...f, monotone: 'increasing', inverse: { ...g, monotone: 'decreasing', inverse: null } })
    expect(randomFunctions([f, { ...f, name: 'other' }], source)).toBeNull()
    expect(randomFunctions([g, f], source)?.size).toBe(2)
    none(unknownFunction('f', { codomain: interval(rational(1), rational(0)) }))
  })
})
