// Cheaper nets: what they cost, that they are equal, and the command.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { optimizeCommand } from '../../src/cli/optimize.ts'
import { optimize } from '../../src/prove/optimize.ts'
import { prove } from '../../src/prove/prove.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { costOf } from '../../src/search/cost.ts'
import { DECLARATIONS, netsOf } from './nets.ts'

const rules = builtin()
const net = (text: string) => netsOf(`net it { ${text} }`).it

test('what nets cost', () => {
  const chain = net('x : 4 -> add[W1, c] -> relu -> add[W2] -> y')
  expect(costOf(chain, 'nodes')).toBe(3)
  expect(costOf(chain, 'depth')).toBe(3)
  // Two dense matrices of 16 entries, a bias and relu of 4 components.
  expect(Math.floor(costOf(chain, 'flops'))).toBe(32 + 4 + 4 + 32)
  const shared = net('input x : 4 h = x -> s output y = h + (h -> add[W1])')
  expect(costOf(shared, 'nodes')).toBe(3)
  expect(costOf(shared, 'depth')).toBe(3)
  // Zeros of known matrices cost nothing.
  expect(Math.floor(costOf(net('x : 4 -> add[P] -> y'), 'flops'))).toBe(8)
})

test.each([
  ['nodes', 'input x : m output y = (x -> relu -> add[V]) - (-x -> relu -> add[V])', 1],
  ['flops', 'input x : m output y = (s(x) -> add[V]) + (f(x) -> add[V])', 2 * 64 * 64 + 64 * 3],
  ['depth', 'x : 4 -> add[P] -> s -> add[[[0,0,1,0],[1,0,0,0],[0,1,0,0],[0,0,0,1]]] -> y', 1],
] as const)('fewer %s', async (cost, text, after) => {
  const given = net(text)
  const found = await optimize(given, { rules, cost })
  expect(found.before).toBe(costOf(given, cost))
  expect(Math.floor(found.after)).toBeLessThanOrEqual(after)
  expect(costOf(found.net, cost)).toBe(found.after)
  expect(found.verdict?.certificate).not.toBeNull()
  expect((await prove(given, found.net, { rules })).kind).toBe('proved')
})

test('a net that cannot be made cheaper stays as it is', async () => {
  const given = net('x : 4 -> add[W1] -> s -> y')
  const found = await optimize(given, { rules, cost: 'nodes' })
  expect(found).toEqual({ net: given, before: 2, after: 2, verdict: null })
})

test('a net that may be undefined stays as it is', async () => {
  const given = net('x : 4 -> ln -> exp -> y')
  expect((await optimize(given, { rules, cost: 'nodes' })).net).toBe(given)
})

const folder = mkdtempSync(join(tmpdir(), 'netproof-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('the command prints the net, or a document', async () => {
  const file = join(folder, 'it.net')
  writeFileSync(
    file,
    `${DECLARATIONS}net it { input x : m output y = (x -> relu -> add[V]) - (-x -> relu -> add[V]) }\n`,
  )
  const written: string[] = []
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation(text => written.push(String(text)) > 0)
  const options = { cost: 'nodes', seed: 1, timeout: 5, search: 2 } as const
  expect(await optimizeCommand(file, 'it', options)).toBe(0)
  expect(await optimizeCommand(file, 'it', { ...options, json: true })).toBe(0)
  spy.mockRestore()
  expect(written[0]).toBe(
    '// it: 6 nodes before, 1 nodes after; proved to be equal\nsize m, n\nweights V : n x m\n\nnet it { x : m -> add[V] -> y }\n',
  )
  const { before, after, proved, checked, text } = JSON.parse(written[1])
  expect({ before, after, proved, checked, text }).toEqual({
    before: 6,
    after: 1,
    proved: true,
    checked: true,
    text: 'net it { x : m -> add[V] -> y }',
  })
})
