// `netproof gradients` and what is under it: gradients of two nets compared, and the reason why they are the same.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Diagram } from '../src/diagram/diagram.ts'
import { parse } from '../src/load.ts'
import { compareGradients, type GradientOptions, type GradientsComparison } from '../src/numeric/gradients.ts'
import { findRelations, relationText } from '../src/prove/gradients.ts'

const TEXT = `weights W, V, W1, W2 : 3 x 3
weights b, c : 3
net mulb { x : 3 in (0, inf) -> mul[W, b] -> y }
net addb { x : 3 in (0, inf) -> ln -> add[W, b] -> exp -> y }
net off { x : 3 in (0, inf) -> ln -> add[W, b] -> exp -> scale[1.000000001] -> y }
net factor { input x : 3 in (0, inf)  output y = (x -> mul[W]) * c }
net plain { x' : 3 -> add[W, b] -> y' }
net two { x : 3 -> add[W1] -> add[W2] -> y }
net fused { x : 3 -> add[W2 * W1] -> y }
net lone { x : 3 -> add[V] -> y }
net id { x : 2 -> y }
net relus { input x : 2  output y = relu(x) - relu(-x) }
net twice { input x : 2  output y = max(x, x) }
net back { x : 2 in (0, inf) -> ln -> exp -> y }
net positive { x : 2 in (0, inf) -> y }
prove mulb == plain with x = exp(x'), y = exp(y')
`
const { nets, diagnostics } = parse(TEXT)
const net = (name: string): Diagram => nets[name]
function compared(left: string, right: string, options: GradientOptions = {}): GradientsComparison {
  const found = compareGradients(net(left), net(right), options)
  if (!found.ok) throw new Error(JSON.stringify(found.problem))
  return found
}
const verdicts = (found: GradientsComparison): Record<string, string> =>
  Object.fromEntries(found.quantities.map(q => [`${q.kind} ${q.name}`, q.verdict]))

test('the file has no errors', () => {
  expect(diagnostics).toEqual([])
})

describe('in numbers', () => {
  test('a multiplicative layer and its additive twin: outputs, inputs, weights and bias', () => {
    const found = compared('mulb', 'addb')
    expect(found).toMatchObject({ verdict: 'consistent', samples: 20, kinks: [], unshared: { left: [], right: [] } })
    expect(verdicts(found)).toEqual({
      'output y': 'consistent',
      'input x': 'consistent',
      'weight W': 'consistent',
      'weight b': 'consistent',
    })
    for (const q of found.quantities) expect(q.distance).toBeLessThanOrEqual(q.bound)
  })
  test('a difference of 1e-9 is one, in the outputs and in the gradients', () => {
    const found = compared('addb', 'off', { samples: 6 })
    expect(found.verdict).toBe('different')
    expect(Object.values(verdicts(found))).toEqual(['different', 'different', 'different', 'different'])
    for (const q of found.quantities) expect(q.distance).toBeCloseTo(1e-9, 11)
  })
  test('weights of products of matrices have the gradients of their own', () => {
    expect(verdicts(compared('two', 'fused'))).toMatchObject({ 'weight W1': 'consistent', 'weight W2': 'consistent' })
    expect(compared('fused', 'lone').unshared).toEqual({ left: ['W2', 'W1'], right: ['V'] })
  })
  test('at a kink the convention counts for nothing, and is told', () => {
    const found = compared('relus', 'id', { points: [{ x: [0, 3] }, { x: [-1, 2] }] })
    expect(found.verdict).toBe('consistent')
    expect(found.kinks).toMatchObject([{ kind: 'input', name: 'x', inputs: { x: [0, 3] }, left: { value: 0 } }])
    expect(compared('twice', 'id')).toMatchObject({ verdict: 'consistent', kinks: [] })
    expect(compared('back', 'positive')).toMatchObject({ verdict: 'consistent', kinks: [] })
  })
  test('a gradient that is wrong away from kinks is a difference', () => {
    const wrong = parse('net a { x : 1 -> relu -> y } net b { x : 1 -> abs -> y }').nets
    const found = compareGradients(wrong.a, wrong.b, { points: [{ x: [-2] }] })
    expect(found).toMatchObject({ ok: true, verdict: 'different' })
  })
  test('where doubles overflow, enclosures decide', () => {
    const found = compared('mulb', 'addb', {
      points: [{ x: [1e300, 1e300, 1e-300] }],
      weights: {
        W: [
          [9, 9, 1],
          [1, 0, 0],
          [0, 1, 0],
        ],
      },
    })
    expect(found.verdict).toBe('consistent')
    expect(found.quantities.find(q => q.kind === 'output')).toMatchObject({ by: 'enclosures' })
  })
  test('problems with what is given', () => {
    expect(compareGradients(net('id'), net('id'), { points: [{ x: [1] }] })).toMatchObject({ ok: false })
    expect(() => compareGradients(net('id'), net('two'))).toThrow(TypeError)
  })
})

describe('weights that are related and not the same', () => {
  test('a bias that became a factor e^b is found, and its gradient obeys the chain rule', () => {
    const relations = findRelations(net('factor'), net('addb'))
    expect(relations.map(relationText)).toEqual(['c = exp(b)'])
    const found = compared('factor', 'addb', { relations })
    expect(found.verdict).toBe('consistent')
    expect(verdicts(found)).toMatchObject({ 'related c': 'consistent', 'weight W': 'consistent' })
    expect(found.unshared).toEqual({ left: [], right: [] })
    // Without the relation the nets differ.
    expect(compared('factor', 'addb', { samples: 4 }).verdict).toBe('different')
  })
  test('none is found where none is', () => {
    expect(findRelations(net('fused'), net('lone'))).toEqual([])
    expect(findRelations(net('off'), net('factor'))).toEqual([])
  })
})

describe('the command', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'netproof-gradients-'))
    writeFileSync(join(folder, 'a.net'), TEXT)
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const cli = fileURLToPath(new URL('../dist/cli.mjs', import.meta.url))
  const run = (...args: string[]) => {
    const result = spawnSync(process.execPath, [cli, 'gradients', 'a.net', ...args], { cwd: folder, encoding: 'utf8' })
    expect(result.stderr).not.toMatch(/internal fault|\n\s+at /)
    return result
  }
  test('0: the same, with the reason; --json has it all', () => {
    const { status, stdout } = run('mulb', 'addb')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^SAME {2}mulb == addb {2}outputs and gradients at 20 points/)
    expect(stdout).toContain('a function has one gradient in W, b, x.')
    const json = JSON.parse(run('mulb', 'addb', '--json', '--samples', '5', '--seed', '3').stdout)
    expect(json).toMatchObject({
      seed: 3,
      samples: 5,
      verdict: 'same',
      proof: 'proved',
      unshared: { left: [], right: [] },
    })
    expect(json.quantities.map((q: { kind: string }) => q.kind)).toEqual(['output', 'input', 'weight', 'weight'])
  })
  test('1: different', () => {
    const { status, stdout } = run('addb', 'off')
    expect(status).toBe(1)
    expect(stdout).toMatch(/^DIFFERENT/)
    expect(stdout).toContain('the nets are shown to differ')
  })
  test('where the reason does not hold, the chain rule is told', () => {
    const factor = run('factor', 'addb')
    expect(factor.status).toBe(0)
    expect(factor.stdout).toContain(
      'c = exp(b): the gradients in c and b are not equal but related by the chain rule, d/db = d/dc * exp(b)',
    )
    expect(factor.stdout).toContain('With c = exp(b) the nets are proved to be equal: ')
    expect(run('addb', 'factor').stdout).toContain('With b = ln(c) the nets are proved to be equal: ')
    const inputs = run('mulb', 'plain', '--json')
    expect(inputs.status).toBe(0)
    expect(JSON.parse(inputs.stdout).beside[0]).toContain("x = exp(x'): the gradients are those in x'.")
  })
  test('3: what cannot be compared', () => {
    expect(run('mulb', 'id').status).toBe(3)
    expect(run('mulb', 'none').stderr).toContain('unknown net `none`')
    expect(run('mulb', 'addb', '--input', 'x=1,-2,3').stderr).toContain('component 2 of x is -2, outside of (0, inf)')
  })
})
