// Limits on work: in steps, which are the same on every machine, and in time.
import { describe, expect, test } from 'vitest'
import { limited, OutOfTime, OutOfWork, spend, timed } from '../../src/scalar/work.ts'

/** Spends so many steps one by one. */
function work(steps: number): number {
  for (let i = 0; i < steps; i++) spend(1)
  return steps
}

describe.each([
  ['without a time limit', <T>(run: () => T): T => run()],
  ['with time enough', <T>(run: () => T): T => timed(1e6, run)],
])('%s', (_, inTime) => {
  test('as many steps as are allowed, and no more', () => {
    inTime(() => {
      expect(limited(50_000, () => work(50_000))).toBe(50_000)
      expect(() => limited(50_000, () => work(50_001))).toThrow(OutOfWork)
      expect(work(50_001)).toBe(50_001)
    })
  })

  test('what is done inside counts outside', () => {
    const inner = (): number => limited(1e9, () => work(30_000))
    expect(inTime(() => limited(60_000, () => inner() + inner()))).toBe(60_000)
    expect(() => inTime(() => limited(60_000, () => inner() + inner() + work(1)))).toThrow(OutOfWork)
    // A limit of time inside changes nothing of that.
    expect(() => inTime(() => limited(60_000, () => timed(1e6, inner) + timed(1e6, inner) + work(1)))).toThrow(
      OutOfWork,
    )
  })
})

test('when the time is up, counted work ends', () => {
  expect(() => timed(-1, () => work(50_000))).toThrow(OutOfTime)
  expect(() => timed(-1, () => timed(1e6, () => work(50_000)))).toThrow(OutOfTime)
  expect(() => timed(1e6, () => timed(-1, () => work(50_000)))).toThrow(OutOfTime)
  expect(timed(1e6, () => work(50_000))).toBe(50_000)
  expect(limited(Number.POSITIVE_INFINITY, () => work(50_000))).toBe(50_000)
})

test('work that nobody counts is not ended', () => {
  expect(timed(-1, () => 1)).toBe(1)
})
