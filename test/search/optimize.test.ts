// Cheaper nets: what they cost, that they are equal, and the command.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { check } from '../../src/check/check.ts'
import { optimizeCommand } from '../../src/cli/optimize.ts'
import { optimize } from '../../src/prove/optimize.ts'
import { prove } from '../../src/prove/prove.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { costOf } from '../../src/search/cost.ts'
import { printNet } from '../../src/syntax/print.ts'
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
  // What is added to all components: only the formula of softmax shows that it does nothing.
  ['nodes', 'input x : 4, z : 1 output y = x + (z -> add[ones(4, 1)]) -> softmax', 1],
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

test.each([
  ['input x : n e = exp(x) output y = e / (e -> add[ones(n, n)])', 'softmax'],
  ['input x : n e = exp(x) output y = x - ln(e -> add[ones(n, n)])', 'logsoftmax'],
  ['x : m in (0, inf) -> ln -> add[V] -> exp -> y', 'multiplicative'],
] as const)('the formula %s is put back', async (text, kind) => {
  const found = await optimize(net(text), { rules, cost: 'nodes' })
  expect(found.net.nodes.map(n => n.kind)).toEqual(['input', kind, 'output'])
  expect(found.verdict?.kind).toBe('proved')
})

test('what is only like a formula is not', async () => {
  for (const text of [
    'input x : n output y = exp(x) / (x -> add[ones(n, n)] -> exp)',
    'x : m -> s -> add[V] -> exp -> y',
    'input x : n, z : n output y = exp(x) / (exp(z) -> add[ones(n, n)])',
  ]) {
    const found = await optimize(net(text), { rules, cost: 'nodes' })
    expect(found.net.nodes.map(n => n.kind)).not.toContain('softmax')
    expect(found.net.nodes.map(n => n.kind)).not.toContain('multiplicative')
  }
})

test('a net that cannot be made cheaper stays as it is', async () => {
  const given = net('x : 4 -> add[W1] -> s -> y')
  const found = await optimize(given, { rules, cost: 'nodes' })
  expect(found).toEqual({ net: given, before: 2, after: 2, verdict: null, obstacle: null })
})

test('a net that may be undefined stays as it is', async () => {
  const given = net('x : 4 -> ln -> exp -> y')
  const found = await optimize(given, { rules, cost: 'nodes' })
  expect(found.net).toBe(given)
  expect(found.obstacle?.operation).toBe('ln')
})

const WIDE = `weights A : 64 x 8
weights B : 8 x 64
weights L : 64 x 64
weights a : 8
`
test.each([
  // Two layers are merged where that takes fewer operations, and not where it takes more.
  ['x : 8 -> add[A] -> add[B] -> y', 'x : 8 -> add[B * A] -> y'],
  ['x : 64 -> add[B] -> add[A] -> y', null],
  ['input x : 64 output y = (x -> add[L]) + (x -> add[B] -> add[A])', 'x : 64 -> add[L + A * B] -> y'],
  // A normalization by numbers that are known goes into the layer before.
  [
    'input x : 2 h = x -> add[[[1, 2], [3, 4]]] output y = (h - 1) / 2 * 3 + 0.5',
    'x : 2 -> add[[[1.5, 3], [4.5, 6]], [[-1], [-1]]] -> y',
  ],
  // A factor of each hidden unit goes into the layer after.
  [
    'x : 4 -> add[W1] -> relu -> add[D] -> add[W2] -> y',
    'x : 4 -> add[W1] -> relu -> add[W2 * [[2, 0, 0, 0], [0, 3, 0, 0], [0, 0, 0.5, 0], [0, 0, 0, 5]]] -> y',
  ],
  ['x : 4 -> add[P] -> s -> add[[[0,0,1,0],[1,0,0,0],[0,1,0,0],[0,0,0,1]]] -> y', 'x : 4 -> s -> y'],
  ['x : 8 -> maxpool[2] -> exp -> maxpool[4] -> y', 'x : 8 -> maxpool[8] -> exp -> y'],
  ['input x : 4 output y = (x -> s -> add[W1]) + (x -> s -> add[W2])', 'x : 4 -> s -> add[W1 + W2] -> y'],
])('fewer flops: %s', async (text, expected) => {
  const given = netsOf(`${WIDE}net it { ${text} }`).it
  const found = await optimize(given, { rules, cost: 'flops' })
  const again = netsOf(`${WIDE}${printNet(found.net)}`).it
  expect(costOf(again, 'flops')).toBe(found.after)
  expect(printNet(found.net)).toBe(expected === null ? printNet(given) : `net it { ${expected} }`)
  expect(found.verdict === null).toBe(expected === null)
  if (found.verdict !== null) expect(check(found.verdict.certificate).accepted).toBe(true)
})

test('multiplied matrices are dense, what only picks components is not', () => {
  const cost = (text: string): number => Math.floor(costOf(netsOf(`${WIDE}net it { ${text} }`).it, 'flops'))
  expect(cost('x : 64 -> add[A * B] -> y')).toBe(2 * 64 * 64)
  expect(cost('x : 64 -> add[B] -> add[A] -> y')).toBe(2 * 2 * 64 * 8)
  expect(cost('input x : 64 output y = (x -> add[B])[0..2]')).toBe(2 * 64 * 8)
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
    '// it: 6 nodes before, 1 node after; proved to be equal\nsize m, n\nweights V : n x m\n\nnet it { x : m -> add[V] -> y }\n',
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
