// 2,000 true equations and 2,000 nearly true ones: no false PROVED, no false REFUTED. `npm run fuzz:verdicts` does more.
import { expect, test } from 'vitest'
import { noCounts, tryClaims } from './fuzz.ts'

test.each([0, 1, 2, 3])(
  'part %i of 4',
  async part => {
    const counts = noCounts()
    for (let i = 0; i < 500; i++) await tryClaims(1 + 500 * part + i, counts)
    // It has to have seen something of each.
    expect(counts.true.proved).toBeGreaterThan(100)
    expect(counts.true.refuted).toBe(0)
    expect(counts.near.refuted).toBeGreaterThan(150)
  },
  300_000,
)
