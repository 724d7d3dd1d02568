// Vectors as factors of wires, and what only a search finds of them: claims of vectors.net, each with the verdict that it expects.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from '../../src/load.ts'
import { prove } from '../../src/prove/prove.ts'
import { trustRule } from '../../src/prove/trust.ts'
import { builtin } from '../../src/rewrite/builtin.ts'

const { claims, diagnostics } = parse(readFileSync(new URL('vectors.net', import.meta.url), 'utf8'))

test('vectors.net is read without a message', () => {
  expect(diagnostics).toEqual([])
})
test.each(claims.map(c => [c.title, c] as const))('%s', async (_, claim) => {
  const verdict = await prove(claim.left, claim.right, { rules: builtin(), budget: { seconds: 20 } })
  expect(verdict.kind).toBe(claim.expect)
})

describe('by search', () => {
  const known = `weights total = [[1, 1, 1]]
weights spread = [[1], [1], [1]]
weights mean = [[1/3, 1/3, 1/3], [1/3, 1/3, 1/3], [1/3, 1/3, 1/3]]
`
  test.each([
    [
      'a positive factor that is unknown, beside a bias',
      'real c in (0, inf)  weights W : h x n  weights b : h  add[W, b] -> scale[c] -> relu == add[W, b] -> relu -> scale[c]',
    ],
    [
      'an unknown factor in a root',
      'real a in (0, inf)  wire x : 3  size n  (a*x)^2 -> add[total] -> sqrt == a * (x^2 -> add[total] -> sqrt) when x in (0, inf)',
    ],
    ['a pool of three', 'wire x : 3  x -> maxpool[3] == max(max(x[0..1], x[1..2]), x[2..3])'],
    ['a pool of a pad of zeros', 'wire x : 2  x -> add[embed(4, 1, 2)] -> maxpool[2] == x when x in [0, inf)'],
    [
      'a square of a sum with one number',
      'wire x : 3  wire m : 1  size n  (x + (m -> add[spread]))^2 -> add[total] == (x^2 -> add[total]) + 2*(x -> add[total])*m + 3*m^2',
    ],
  ])('%s', async (_, text) => {
    const program = parse(`${known}rule r { ${text} }`)
    expect(program.diagnostics).toEqual([])
    const trust = await trustRule(program.rules[0], { rules: builtin(), budget: { seconds: 20, search: 10 } })
    expect(trust.kind).toBe('proved')
  })
  test('a pool of three is not that of two of them', async () => {
    const { rules } = parse('rule r { wire x : 3  x -> maxpool[3] == max(x[0..1], x[1..2]) }')
    expect((await trustRule(rules[0], { rules: builtin(), budget: { seconds: 20 } })).kind).toBe('assumed')
  })
})
