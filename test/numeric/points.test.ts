import { describe, expect, test } from 'vitest'
import { candidatePoints, randomPoint, specialPoints } from '../../src/numeric/points.ts'
import { random } from '../../src/numeric/random.ts'
import {
  containsPoint,
  EMPTY,
  interval,
  NON_ZERO,
  POSITIVE,
  point,
  type Range,
  REALS,
  union,
} from '../../src/scalar/range.ts'
import { type Rational, rational } from '../../src/scalar/rational.ts'

const text = (points: readonly Rational[]): string[] => points.map(q => q.toFraction())
function take<T>(from: Iterable<T>, count: number): T[] {
  const result: T[] = []
  for (const item of from) {
    if (result.length === count) break
    result.push(item)
  }
  return result
}

const sets: readonly Range[] = [
  REALS,
  POSITIVE,
  NON_ZERO,
  interval(rational(1, 3), rational(1, 2), { lowOpen: true }),
  union(
    interval(rational(-7), rational(-6)),
    point(rational(5)),
    interval(rational(10n ** 20n), null, { lowOpen: true }),
  ),
  point(rational(22, 7)),
]

test('special points begin with the simplest, and contain ends and kinks', () => {
  expect(text(specialPoints(REALS, [])).slice(0, 5)).toEqual(['0', '1', '-1', '2', '-2'])
  expect(text(specialPoints(REALS, [rational(5, 3)]))).toEqual(expect.arrayContaining(['5/3', '-5/3', '8/3']))
  const positive = text(specialPoints(POSITIVE, []))
  expect(positive).not.toContain('0')
  expect(positive).toContain(`1/${2 ** 20}`)
  expect(text(specialPoints(interval(rational(1, 3), rational(1, 2), { lowOpen: true }), []))).toContain('1/2')
  for (const set of sets) for (const q of specialPoints(set, [rational(3)])) expect(containsPoint(set, q)).toBe(true)
})

test('random points lie in the set, however it looks', () => {
  const source = random(1)
  for (const set of sets) {
    for (let i = 0; i < 300; i++) expect(containsPoint(set, randomPoint(set, source, [rational(1, 7)]))).toBe(true)
  }
  expect(() => randomPoint(EMPTY, source, [])).toThrow(RangeError)
})

describe('candidates', () => {
  test('all combinations of simple points come first, without repetition', () => {
    const points = take(candidatePoints([REALS, REALS], [], random(1), 50), 50).map(p => text(p).join())
    expect(points[0]).toBe('0,0')
    expect(new Set(points).size).toBe(50)
    expect(points).toEqual(expect.arrayContaining(['1,1', '1,-1', '-1,1', '2,0', '0,-2']))
  })
  test('every member lies in its set', () => {
    for (const point of take(candidatePoints([...sets, POSITIVE], [], random(2), 50), 500)) {
      point.forEach((q, i) => void expect(containsPoint([...sets, POSITIVE][i], q)).toBe(true))
    }
  })
  test('equal, opposite and zero components occur in wide points', () => {
    const domain = new Array<Range>(6).fill(REALS)
    const points = take(candidatePoints(domain, [], random(3), 50), 400)
    expect(points.some(p => p.every(q => q.equals(p[0]) && q.n !== 0n))).toBe(true)
    expect(points.some(p => p[0].n !== 0n && p.slice(1).some(q => q.equals(p[0].neg())))).toBe(true)
    expect(points.some(p => p.filter(q => q.n === 0n).length >= 4 && p.some(q => q.n !== 0n))).toBe(true)
  })
  test('the limit counts special points only, and 0 skips them', () => {
    expect(take(candidatePoints([REALS], [], random(4), 3), 3).map(p => text(p)[0])).toEqual(['0', '1', '-1'])
    const first = Array.from(
      { length: 40 },
      (_, seed) => text(take(candidatePoints([REALS], [], random(seed), 0), 1)[0])[0],
    )
    expect(new Set(first).size).toBeGreaterThan(20)
  })
  test('a net without inputs has one point', () => {
    expect(take(candidatePoints([], [], random(5), 10), 5)).toEqual([[]])
  })
})

test('random numbers depend on the seed alone', () => {
  const draw = (seed: number): number[] => {
    const source = random(seed)
    return Array.from({ length: 5 }, () => source.next())
  }
  expect(draw(1)).toEqual(draw(1))
  expect(draw(1)).not.toEqual(draw(2))
  expect(draw(1)).not.toEqual(draw(1 + 2 ** 32))
  const source = random(9)
  const counts = [0, 0, 0]
  for (let i = 0; i < 3000; i++) counts[source.integer(0, 2)]++
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150)
  for (let i = 0; i < 1000; i++) expect(source.uniform()).toBeLessThan(1)
})
