// Training: descent that finds what is known, one step by hand, order by seed, and an end in the middle.
import { describe, expect, test } from 'vitest'
import { compile } from '../../src/compute/compile.ts'
import { lossOf, type Optimizer, train, trainingSteps } from '../../src/compute/train.ts'
import { parse } from '../../src/load.ts'
import { random } from '../../src/numeric/random.ts'
import { normal } from '../../src/numeric/samples.ts'

const netOf = (text: string) => compile(parse(text).nets.a)
const line = () => netOf('weights W : 1 x 2 weights b : 1 net a { x : 2 -> add[W, b] -> y }')

/** Points of y = 3 x0 - 2 x1 + 1. */
function points(count: number) {
  const source = random(2)
  const x = Float64Array.from({ length: 2 * count }, () => normal(source))
  const y = Float64Array.from({ length: count }, (_, i) => 3 * x[2 * i] - 2 * x[2 * i + 1] + 1)
  return { inputs: { x }, targets: { y }, count }
}

describe('losses', () => {
  test('squared error', () => {
    const { loss, gradients } = lossOf('squared-error', { y: [1, 2] }, { y: [0, 4] }, 2)
    expect(loss).toBe(5)
    expect([...gradients.y]).toEqual([2, -4])
  })
  test('cross-entropy of logits, also of large ones', () => {
    const { loss, gradients } = lossOf('cross-entropy', { y: [1000, 1000, -1000, 0] }, { y: [1, 0, 0, 1] }, 2)
    expect(loss).toBeCloseTo(Math.log(2), 14)
    expect([...gradients.y]).toEqual([-0.5, 0.5, 0, 0])
  })
  test('their derivatives are those of central differences', () => {
    for (const kind of ['squared-error', 'cross-entropy'] as const) {
      const [y, t] = [
        [0.3, -1, 2],
        [0.2, 0.3, 0.5],
      ]
      const { gradients } = lossOf(kind, { y }, { y: t }, 1)
      y.forEach((v, i) => {
        const at = (d: number) => lossOf(kind, { y: y.with(i, v + d) }, { y: t }, 1).loss
        expect(gradients.y[i]).toBeCloseTo((at(1e-6) - at(-1e-6)) / 2e-6, 7)
      })
    }
  })
  test('lengths that do not fit', () => {
    expect(() => lossOf('squared-error', { y: [1] }, { y: [1, 2] }, 1)).toThrow(RangeError)
  })
})

describe('training', () => {
  const OPTIMIZERS: readonly Optimizer[] = [
    { kind: 'sgd', rate: 0.1 },
    { kind: 'adam', rate: 0.1 },
  ]
  test.each(OPTIMIZERS)('$kind finds the weights of a line', async optimizer => {
    const options = { loss: 'squared-error', optimizer, epochs: 30, batch: 16 } as const
    const { weights, losses, finished } = await train(line(), { W: [0, 0], b: [0] }, points(200), options)
    expect(finished).toBe(true)
    expect(losses).toHaveLength(30 * 13)
    expect(weights.W[0]).toBeCloseTo(3, 3)
    expect(weights.W[1]).toBeCloseTo(-2, 3)
    expect(weights.b[0]).toBeCloseTo(1, 3)
    expect(losses[losses.length - 1]).toBeLessThan(1e-4)
  })
  test('one step of each by hand', () => {
    const net = () => netOf('weights W : 1 x 1 net a { x : 1 -> add[W] -> y }')
    const data = { inputs: { x: [2] }, targets: { y: [1] }, count: 1 }
    const step = (optimizer: Optimizer) => {
      const { value } = trainingSteps(net(), { W: [1] }, data, { loss: 'squared-error', optimizer }).next()
      return value
    }
    // d/dW (2 W - 1)^2 = 4 at W = 1; the first step of Adam has the length of the rate.
    expect(step({ kind: 'sgd', rate: 0.25 })).toMatchObject({ loss: 1, weights: { W: Float64Array.of(0) } })
    expect(step({ kind: 'adam', rate: 0.25 })?.weights.W[0]).toBeCloseTo(0.75, 8)
  })
  test('the order of the samples follows the seed, and each is used once in an epoch', () => {
    const order = (seed: number): number[] =>
      [
        ...trainingSteps(line(), { W: [0, 0], b: [0] }, points(50), {
          loss: 'squared-error',
          optimizer: OPTIMIZERS[0],
          batch: 8,
          seed,
        }),
      ].flatMap(s => [...s.samples])
    expect(order(1)).toEqual(order(1))
    expect(order(1)).not.toEqual(order(2))
    expect(order(1).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i))
  })
  test('an abort leaves what was reached', async () => {
    const controller = new AbortController()
    const { losses, finished, weights } = await train(line(), { W: [0, 0], b: [0] }, points(100), {
      loss: 'squared-error',
      optimizer: OPTIMIZERS[0],
      batch: 10,
      signal: controller.signal,
      onProgress: ({ step }) => step === 3 && controller.abort(),
    })
    expect(finished).toBe(false)
    expect(losses).toHaveLength(3)
    expect(weights.W[0]).not.toBe(0)
  })
  test('a classifier of two clouds learns by cross-entropy', async () => {
    const net = netOf(
      'weights A : 8 x 2 weights a : 8 weights B : 2 x 8 weights b : 2 net a { x : 2 -> add[A, a] -> relu -> add[B, b] -> y }',
    )
    const source = random(9)
    const count = 200
    const x = new Float64Array(2 * count)
    const y = new Float64Array(2 * count)
    for (let i = 0; i < count; i++) {
      const side = i % 2
      x[2 * i] = normal(source) + (side === 0 ? -2 : 2)
      x[2 * i + 1] = normal(source)
      y[2 * i + side] = 1
    }
    const draw = (n: number) => Float64Array.from({ length: n }, () => normal(source) / 2)
    const start = { A: draw(16), a: draw(8), B: draw(16), b: draw(2) }
    const { weights } = await train(
      net,
      start,
      { inputs: { x }, targets: { y }, count },
      {
        loss: 'cross-entropy',
        optimizer: { kind: 'adam', rate: 0.02 },
        epochs: 10,
      },
    )
    const out = net.run({ x }, count, weights).y
    let right = 0
    for (let i = 0; i < count; i++) if (out[2 * i + (i % 2)] > out[2 * i + 1 - (i % 2)]) right++
    expect(right).toBeGreaterThan(180)
  })
  test('options that make no sense', () => {
    const run = (options: object) => () =>
      trainingSteps(line(), { W: [0, 0], b: [0] }, points(4), {
        loss: 'squared-error',
        optimizer: OPTIMIZERS[0],
        ...options,
      }).next()
    expect(run({ batch: 0 })).toThrow(RangeError)
    expect(run({ epochs: 0.5 })).toThrow(RangeError)
    expect(run({ optimizer: { kind: 'sgd', rate: -1 } })).toThrow(RangeError)
  })
})
