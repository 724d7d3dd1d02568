// Claims of the kinds that people meet: blocks, gates, residual branches, pools, powers, softmax. All have the verdict that the file
// expects.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from '../../src/load.ts'
import { prove } from '../../src/prove/prove.ts'

const { claims, diagnostics } = parse(readFileSync(new URL('claims.net', import.meta.url), 'utf8'))

test('the file is one', () => {
  expect(diagnostics.filter(d => d.severity === 'error')).toEqual([])
  expect(claims.length).toBeGreaterThan(40)
})

test.each(claims.map(c => [c.title, c] as const))('%s', async (_, { left, right, expect: expected }) => {
  expect((await prove(left, right, { budget: { seconds: 20, search: 15 } })).kind).toBe(expected)
})
