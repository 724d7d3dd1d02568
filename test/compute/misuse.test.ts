import { describe, expect, test } from 'vitest'
import { type CompileOptions, compile } from '../../src/compute/compile.ts'
import { EvaluationError } from '../../src/compute/given.ts'
import { build } from '../../src/index.ts'
import { apply, call, number, x0 } from '../../src/scalar/expression.ts'
import { POSITIVE, REALS } from '../../src/scalar/range.ts'

const { add, fn, input, net, unknownWeight } = build
const W = unknownWeight('W', 2, 3)
const plain = net({ x: input(3) }, ({ x }) => ({ y: x.pipe(add(W), fn('relu')) }))
const weights = { W: [1, 2, 3, 4, 5, 6] }
const compiled = (options: CompileOptions = {}) => compile(plain, { weights, ...options })

/** The problem that is thrown. */
function problemOf(of: () => unknown) {
  try {
    of()
  } catch (error) {
    if (error instanceof EvaluationError) return { ...error.problem, sample: error.sample }
    throw error
  }
  return null
}

describe('what does not fit is said, with its name and place', () => {
  test('inputs', () => {
    const c = compiled()
    expect(problemOf(() => c.run({}, 1))).toMatchObject({ kind: 'missing-input', name: 'x' })
    expect(problemOf(() => c.run({ x: [1, 2, 3], z: [1] }, 1))).toMatchObject({ kind: 'unknown-input', name: 'z' })
    expect(problemOf(() => c.run({ x: [1, 2, 3, 4] }, 1))).toMatchObject({
      kind: 'input-length',
      expected: 3,
      found: 4,
    })
    expect(problemOf(() => c.run({ x: [1, 2, 3, 4, Number.NaN, 6] }, 2))).toMatchObject({
      kind: 'not-finite',
      name: 'x',
      component: 1,
      sample: 1,
    })
    const long = new Float64Array(3 * 1000)
    long[3 * 700 + 2] = Number.NEGATIVE_INFINITY
    expect(problemOf(() => c.run({ x: long }, 1000))).toMatchObject({ kind: 'not-finite', component: 2, sample: 700 })
    expect(() => c.run({ x: [1, 2, Number.NaN] }, 1)).toThrow('component 3 of x of sample 1 is NaN')
    expect(() => c.run({ x: 3 as unknown as number[] }, 1)).toThrow(TypeError)
    for (const count of [-1, 1.5, Number.NaN]) expect(() => c.run({ x: [] }, count)).toThrow(RangeError)
    expect(c.run({ x: [] }, 0).y).toEqual(new Float64Array(0))
  })

  test('domains, to the last bit of their ends', () => {
    const bounded = (domain: string, x: readonly number[]) =>
      problemOf(() =>
        compile(net({ x: input(1, domain) }, wires => ({ y: wires.x.pipe(fn('exp')) }))).run({ x }, x.length),
      )
    expect(bounded('(0, 1]', [1, Number.MIN_VALUE])).toBeNull()
    expect(bounded('(0, 1]', [1, 0])).toMatchObject({ kind: 'outside', component: 0, sample: 1, value: 0 })
    expect(bounded('(0, 1]', [1 + Number.EPSILON])).toMatchObject({ kind: 'outside' })
    expect(bounded('[0, 1)', [0, 1 - Number.EPSILON / 2])).toBeNull()
    expect(bounded('[0, 1)', [1])).toMatchObject({ kind: 'outside', sample: 0 })
    // 1/10 is no double: the double next to it is above.
    expect(bounded('[0.1, 1]', [0.1])).toBeNull()
    expect(bounded('[0, 0.1]', [0.1])).toMatchObject({ kind: 'outside' })
    expect(bounded('(-inf, 0) | (0, inf)', [1, -1])).toBeNull()
    expect(bounded('(-inf, 0) | (0, inf)', [1, -1, 0])).toMatchObject({ kind: 'outside', sample: 2 })
    const many = new Float64Array(100).fill(0.5)
    expect(bounded('[0, 1]', [...many])).toBeNull()
    many[99] = 1.5
    expect(bounded('[0, 1]', [...many])).toMatchObject({ kind: 'outside', sample: 99 })
  })

  test('weights', () => {
    const c = compile(plain)
    expect(problemOf(() => c.run({ x: [1, 2, 3] }, 1))).toMatchObject({ kind: 'missing-weight', name: 'W' })
    expect(
      problemOf(() =>
        c.setWeights({
          W: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        }),
      ),
    ).toMatchObject({ kind: 'weight-size', expected: [2, 3], found: [3, 2] })
    expect(
      problemOf(() =>
        c.setWeights({
          W: [
            [1, 2, 3],
            [4, 5],
          ],
        }),
      ),
    ).toMatchObject({ kind: 'weight-size' })
    expect(problemOf(() => c.setWeights({ W: [1, 2, 3, 4, 5, Number.NaN] }))).toMatchObject({
      kind: 'not-finite',
      component: 5,
    })
    expect(() => c.setWeights({ V: [1] })).toThrow(TypeError)
    const positive = compile(net({ x: input(1) }, ({ x }) => ({ y: x.pipe(add(unknownWeight('P', 1, 1, POSITIVE))) })))
    expect(problemOf(() => positive.setWeights({ P: [[-1]] }))).toMatchObject({ kind: 'outside', name: 'P' })
    positive.setWeights({ P: [[2]] })
    expect([...positive.run({ x: [3] }, 1).y]).toEqual([6])
  })

  test('a change of weights that fails changes nothing', () => {
    const two = net({ x: input(1) }, ({ x }) => ({
      y: x.pipe(add(unknownWeight('A', 1, 1), unknownWeight('b', 1, 1))),
    }))
    const c = compile(two, { weights: { A: [2], b: [3] } })
    expect(problemOf(() => c.setWeights({ A: [5], b: [Number.NaN] }))).toMatchObject({ kind: 'not-finite', name: 'b' })
    expect([...c.run({ x: [1] }, 1).y]).toEqual([5])
    c.setWeights({ b: [10] })
    expect([...c.run({ x: [1] }, 1).y]).toEqual([12])
    expect([...c.run({ x: [1] }, 1, { A: [0] }).y]).toEqual([10])
  })

  test('unknown sizes and functions', () => {
    const open = net({ x: input('n') }, ({ x }) => ({ y: x.pipe(add(unknownWeight('V', 2, 'n'))) }))
    expect(problemOf(() => compile(open))).toMatchObject({ kind: 'missing-size', name: 'n' })
    expect(problemOf(() => compile(open, { sizes: { n: 0 } }))).toMatchObject({ kind: 'bad-size' })
    expect(
      compile(open, {
        weights: {
          V: [
            [1, 2, 3],
            [4, 5, 6],
          ],
        },
      }).inputs,
    ).toEqual([{ name: 'x', width: 3 }])
    expect(compile(open, { sizes: { n: 3 }, weights: { V: [1, 2, 3, 4, 5, 6] } }).weights).toEqual([
      { name: 'V', rows: 2, columns: 3 },
    ])
    const f = {
      name: 'f',
      arity: 1,
      domain: [REALS],
      codomain: REALS,
      monotone: null,
      parity: null,
      inverse: null,
      definition: null,
      parameters: ['t'],
    } as const
    const unknown = net({ x: input(1) }, ({ x }) => ({ y: x.pipe(fn(apply(f, x0))) }))
    expect(problemOf(() => compile(unknown))).toMatchObject({ kind: 'missing-function', name: 'f' })
    expect([...compile(unknown, { functions: { f: call('*', x0, number(3)) } }).run({ x: [2] }, 1).y]).toEqual([6])
  })

  test('gradients of outputs', () => {
    const c = compiled()
    expect(() => c.gradient({ x: [1, 2, 3] }, 1, { z: [1] })).toThrow(TypeError)
    expect(() => c.gradient({ x: [1, 2, 3] }, 1, { y: [1] })).toThrow(RangeError)
    expect([...c.gradient({ x: [1, 2, 3] }, 1, {}).weights.W]).toEqual([0, 0, 0, 0, 0, 0])
  })
})

describe('options', () => {
  test('that do not exist are refused by name', () => {
    expect(() => compiled({ precision: 'float16' as 'float32' })).toThrow('precision is float16')
    expect(() => compiled({ kernel: 'gpu' as 'wasm' })).toThrow('kernel is gpu')
    expect(() => compiled({ multiplicative: 'sums' as 'powers' })).toThrow('multiplicative is sums')
    for (const batch of [0, -1, 1.5, Number.NaN]) expect(() => compiled({ batch })).toThrow('batch is')
    for (const memory of [-1, Number.NaN]) expect(() => compiled({ memory })).toThrow('memory is')
  })

  test('memory is known before it is taken', () => {
    const wide = net({ x: input(1_000_000) }, ({ x }) => ({
      y: x.pipe(fn('exp'), add(unknownWeight('W', 1, 1_000_000))),
    }))
    // Without `batch` the batch shrinks until it fits; with it, or where one sample is too much, it is refused.
    const c = compile(wide, { memory: 1e8 })
    expect(c.report.batch).toBeLessThan(256)
    expect(c.report.memory).toBeLessThanOrEqual(1e8)
    expect(() => compile(wide, { memory: 1e8, batch: 256 })).toThrow(/needs \d+ bytes, more than the 100000000/)
    expect(() => compile(wide, { memory: 1e6 })).toThrow(RangeError)
    expect(() => compile(wide, { memory: 1e15, batch: 1e6 })).toThrow(RangeError)
    const huge = net({ x: input(1_000_000) }, ({ x }) => ({ y: x.pipe(add(unknownWeight('W', 1_000_000, 1_000_000))) }))
    expect(() => compile(huge)).toThrow(/needs 8\d{12} bytes/)
  })

  test('single precision makes large numbers infinite, and says so', () => {
    const c = compile(plain, { weights, precision: 'float32' })
    expect(c.run({ x: [1, 2, 3] }, 1).y).toEqual(Float32Array.from([14, 32]))
    expect(problemOf(() => c.run({ x: [1e39, 0, 0] }, 1))).toMatchObject({ kind: 'not-finite', component: 0 })
    expect(problemOf(() => c.setWeights({ W: [1e39, 0, 0, 0, 0, 0] }))).toMatchObject({ kind: 'not-finite' })
  })
})
