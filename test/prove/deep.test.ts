// Nets whose normal forms are far larger than they are, or say too much: they are compared as they are written.
import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { parse } from '../../src/load.ts'
import { prove, type Verdict } from '../../src/prove/prove.ts'

const BUDGET = { seconds: 60, search: 20 }

async function verdictOf(text: string): Promise<Verdict> {
  const { claims, diagnostics } = parse(text, { file: 'deep.net' })
  expect(diagnostics).toEqual([])
  return prove(claims[0].left, claims[0].right, { budget: BUDGET })
}

/** A chain of residual blocks, once with relu before the wire, once with a maximum behind it; `sign` of the middle block. */
function residual(blocks: number, sign = '+'): string {
  const all = Array.from({ length: blocks }, (_, i) => i)
  const net = (name: string, block: (i: number) => string): string =>
    `net ${name} {\n input x : n\n h0 = x\n${all.map(i => ` h${i + 1} = ${block(i)}\n`).join('')} output y = h${blocks}\n}\n`
  const middle = blocks >> 1
  return `size n\nweights ${all.map(i => `A${i}, B${i}`).join(', ')} : n x n
${net('plain', i => `h${i} + (h${i} -> add[A${i}] -> relu -> add[B${i}])`)}
${net('other', i => `(max(h${i} -> add[A${i}], 0) -> add[B${i}]) ${i === middle ? sign : '+'} h${i}`)}
prove plain == other`
}

/** A recurrent net, unrolled, whose gates are written in two ways. */
function recurrent(steps: number): string {
  const all = Array.from({ length: steps }, (_, t) => t)
  const net = (name: string, step: (t: number) => string): string =>
    `net ${name} {\n input h0 : n, ${all.map(t => `x${t} : n`).join(', ')}\n${all.map(step).join('')} output y = h${steps}\n}\n`
  const sum = (t: number, k: string): string => `((x${t} -> add[W${k}, b${k}]) + (h${t} -> add[U${k}]))`
  return `size n\nweights Wg, Ug, Wc, Uc : n x n  weights bg, bc : n
${net(
  'plain',
  t => ` g${t} = ${sum(t, 'g')} -> sigmoid
 c${t} = ${sum(t, 'c')} -> tanh
 h${t + 1} = g${t} * c${t} + (1 - g${t}) * h${t}\n`,
)}
${net(
  'other',
  t => ` g${t} = 1 / (1 + exp(-${sum(t, 'g')}))
 c${t} = 2 * sigmoid(2 * ${sum(t, 'c')}) - 1
 h${t + 1} = h${t} + g${t} * (c${t} - h${t})\n`,
)}
prove plain == other`
}

test('a chain of residual blocks is proved in steps as many as it is long, with a certificate', async () => {
  const counts: number[] = []
  for (const blocks of [40, 80]) {
    const verdict = await verdictOf(residual(blocks))
    expect(verdict.kind).toBe('proved')
    if (verdict.kind !== 'proved') return
    expect(check(verdict.certificate).accepted).toBe(true)
    counts.push([...verdict.steps].length)
  }
  expect(counts[1]).toBeLessThan(2.2 * counts[0])
}, 60_000)

test('where one of its blocks differs, there is a counterexample', async () => {
  const verdict = await verdictOf(residual(40, '-'))
  expect(verdict.kind).toBe('refuted')
}, 60_000)

test('gates that are written in two ways', async () => {
  for (const steps of [1, 6]) expect((await verdictOf(recurrent(steps))).kind).toBe('proved')
}, 60_000)

test('a sum with a function of a wire that also enters the layer', async () => {
  const sum = '((x -> add[W, b]) + (h -> add[U]))'
  const claim = (last: string): string => `size n\nweights W, U : n x n  weights b : n
net plain { input x : n, h : n, c : n   output y = (${sum} -> tanh) + c * tanh(h) }
net other { input x : n, h : n, c : n   output y = c * tanh(h) + (2 * sigmoid(2 * ${sum}) ${last}) }
prove plain == other`
  expect((await verdictOf(claim('- 1'))).kind).toBe('proved')
  expect((await verdictOf(claim('- 1.0001'))).kind).toBe('refuted')
}, 60_000)

test('whenever the time is up there is an answer, and no fault', async () => {
  const layers = (last: string): string => `${'add[W] -> tanh -> '.repeat(45)}${last}y`
  const text = `weights W : 3 x 3
net plain { x : 3 -> ${layers('')} }
net other { x : 3 -> ${layers('scale[1 + 1/10^60] -> ')} }
prove plain == other`
  const [{ left, right }] = parse(text, { file: 'late.net' }).claims
  for (const seconds of [0.02, 0.05, 0.1, 0.2, 0.3, 0.4])
    expect((await prove(left, right, { budget: { seconds } })).kind).not.toBe('proved')
}, 60_000)
