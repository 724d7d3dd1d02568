import { describe, expect, test } from 'vitest'
import { compile } from '../../src/compute/compile.ts'
import { build, derivative } from '../../src/index.ts'
import { compileExpression } from '../../src/scalar/evaluate.ts'
import { call, choose, type Expression, number, x0, zero } from '../../src/scalar/expression.ts'
import { formula } from '../numeric/build.ts'

const { add, fn, input, maxpool, mul, net, pointwise, unknownWeight } = build

/** The gradient of a function of one wire at these points. */
function slopes(f: Expression, x: readonly number[], options = {}): number[] {
  const compiled = compile(
    net({ x: input(x.length) }, wires => ({ y: wires.x.pipe(fn(f)) })),
    options,
  )
  return [...compiled.gradient({ x }, 1, { y: x.map(() => 1) }).inputs.x]
}

const FUNCTIONS = [
  'exp(x)',
  'tanh(x)',
  'x^3 - 2*x',
  'sin(x)*cos(x)',
  'sig(x)',
  'softplus(x)',
  'erf(x)',
  'x/(1+x^2)',
  'ln(1+exp(x))',
  'exp(x)-1',
  'sqrt(1+x^2)',
  'abs(x)',
  'max(x, 0.3)',
  'min(x, x^2)',
  'lrelu(x, 0.1)',
  'gelu(x)',
  'mish(x)',
  'asinh(x)',
  'x > 0 ? ln(x) : x',
  'x >= 0.25 ? sqrt(x) : 0',
]

describe('against the symbolic derivative', () => {
  const points = [-2.5, -1, -0.3, 0, 1e-9, 0.25, 0.3, 1, 2.5]
  for (const generateCode of [true, false]) {
    test.each(FUNCTIONS)(`%s, ${generateCode ? 'generated' : 'interpreted'}`, text => {
      const f = formula(text, 'x')
      const exact = compileExpression(derivative(f, 0), 1)
      expect(slopes(f, points, { generateCode })).toEqual(points.map(x => exact([x])))
    })
  }

  test('in several variables', () => {
    const f = formula('x*y + sin(x/z) - max(y, z)', 'x', 'y', 'z')
    const diagram = net({ x: input(2), y: input(2), z: input(2) }, w => ({ o: pointwise(f, w.x, w.y, w.z) }))
    const given = { x: [1, -2], y: [0.5, 3], z: [2, -0.25] }
    const { inputs } = compile(diagram).gradient(given, 1, { o: [1, 10] })
    ;(['x', 'y', 'z'] as const).forEach((name, i) => {
      const exact = compileExpression(derivative(f, i), 3)
      const values = [0, 1].map(k => exact([given.x[k], given.y[k], given.z[k]]) * [1, 10][k])
      expect([...inputs[name]]).toEqual(values)
    })
  })
})

describe('kinks have the documented one-sided value', () => {
  const at = (f: Expression, x: number): number => slopes(f, [x])[0]
  test('of functions', () => {
    expect(at(call('relu', x0), 0)).toBe(0)
    expect(at(call('abs', x0), 0)).toBe(0)
    expect(at(call('sign', x0), 0)).toBe(0)
    expect(at(call('floor', x0), 2)).toBe(0)
    expect(at(call('max', x0, zero), 0)).toBe(1)
    expect(at(call('max', zero, x0), 0)).toBe(0)
    expect(at(call('min', x0, zero), 0)).toBe(1)
    const branches = choose('<', x0, zero, call('neg', x0), call('*', number(2), x0))
    expect([at(branches, -1), at(branches, 0), at(branches, 1)]).toEqual([-1, 2, 2])
  })
  test('of relu behind a layer, and NaN stays', () => {
    const c = compile(
      net({ x: input(1) }, ({ x }) => ({ y: x.pipe(add(unknownWeight('W', 3, 1)), fn('relu')) })),
      {
        weights: { W: [1, 0, -1] },
      },
    )
    const { inputs, weights } = c.gradient({ x: [2] }, 1, { y: [10, 10, 10] })
    expect([...inputs.x]).toEqual([10])
    expect([...weights.W]).toEqual([20, 0, 0])
  })
  test('of a pool: the first of the largest', () => {
    const c = compile(net({ x: input(4) }, ({ x }) => ({ y: x.pipe(maxpool(2)) })))
    expect([...c.gradient({ x: [3, 3, 1, 2] }, 1, { y: [1, 1] }).inputs.x]).toEqual([1, 0, 0, 1])
  })
})

describe('products of powers', () => {
  const at = (weights: readonly number[], x: readonly number[]) => {
    const layer = mul(unknownWeight('W', 1, weights.length), unknownWeight('b', 1))
    const c = compile(
      net({ x: input(x.length) }, wires => ({ y: wires.x.pipe(layer) })),
      {
        weights: { W: [...weights], b: [0] },
        multiplicative: 'powers',
      },
    )
    const { inputs, weights: of } = c.gradient({ x }, 1, { y: [1] })
    return { x: [...inputs.x], W: [...of.W], b: of.b[0] }
  }
  test('at 0 and at negative numbers', () => {
    expect(at([1, 1], [0, 5])).toEqual({ x: [5, 0], W: [0, 0], b: 0 })
    expect(at([2, 1], [0, 5]).x).toEqual([0, 0])
    expect(at([0, 1], [0, 5])).toEqual({ x: [0, 1], W: [Number.NaN, 5 * Math.log(5)], b: 5 })
    expect(at([0.5, 1], [0, 5]).x[0]).toBeNaN()
    expect(at([2, 1], [-3, 5])).toEqual({ x: [-30, 9], W: [Number.NaN, 45 * Math.log(5)], b: 45 })
  })
})

describe('weights', () => {
  test('in several places have the sum of the gradients, also under two declarations of one name', () => {
    const [first, second] = [unknownWeight('W', 1, 1), unknownWeight('W', 1, 1)]
    for (const other of [first, second]) {
      const c = compile(
        net({ x: input(1) }, ({ x }) => ({ y: x.pipe(add(first), add(other)) })),
        { weights: { W: [3] } },
      )
      const { outputs, weights, inputs } = c.gradient({ x: [5, 7] }, 2, { y: [1, 1] })
      // y = W^2 x
      expect([[...outputs.y], [...weights.W], [...inputs.x]]).toEqual([[45, 63], [6 * 12], [9, 9]])
      expect(c.weights).toEqual([{ name: 'W', rows: 1, columns: 1 }])
    }
  })

  test('gradients of outputs made from the outputs, in batches', () => {
    const c = compile(
      net({ x: input(1) }, ({ x }) => ({ y: x.pipe(add(unknownWeight('W', 1, 1))) })),
      {
        weights: { W: [2] },
        batch: 4,
      },
    )
    const x = Array.from({ length: 10 }, (_, i) => i)
    const calls: [number, number][] = []
    // Half of the squared error against 0: the gradient of an output is the output.
    const { weights, outputs } = c.gradient({ x }, 10, (y, from, count) => {
      calls.push([from, count])
      return y
    })
    expect(calls).toEqual([
      [0, 4],
      [4, 4],
      [8, 2],
    ])
    expect([...outputs.y]).toEqual(x.map(v => 2 * v))
    expect(weights.W[0]).toBe(x.reduce((sum, v) => sum + 2 * v * v, 0))
  })
})
