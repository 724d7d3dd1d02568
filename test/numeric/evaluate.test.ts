import { all, type BigNumber, create } from 'mathjs'
import { describe, expect, test } from 'vitest'
import type { Node } from '../../src/diagram/diagram.ts'
import { embed, identity, ones, product, scale, select, sum, weight, zeroMatrix } from '../../src/linear/linear.ts'
import { addSizes, sizeOf, unknownSize } from '../../src/linear/size.ts'
import { evaluate } from '../../src/numeric/evaluate.ts'
import { random } from '../../src/numeric/random.ts'
import { apply, call, type Expression, number, variable, x0 } from '../../src/scalar/expression.ts'
import { NON_NEGATIVE, POSITIVE, REALS } from '../../src/scalar/range.ts'
import { rational } from '../../src/scalar/rational.ts'
import { add, diagram, input, matrix, mul, output, pointwise, unknownFunction, weightSymbol } from './build.ts'

const math = create(all, { number: 'BigNumber', precision: 64 })
const big = (x: number): BigNumber => math.bignumber(x)
const times = (a: BigNumber, b: BigNumber): BigNumber => math.multiply(a, b) as BigNumber
const plus = (a: BigNumber, b: BigNumber): BigNumber => math.add(a, b) as BigNumber

function outputsOf(...given: Parameters<typeof evaluate>): Record<string, number[]> {
  const result = evaluate(...given)
  if (!result.ok) throw new Error(JSON.stringify(result.problem))
  return Object.fromEntries(Object.entries(result.outputs).map(([name, values]) => [name, [...values]]))
}

describe('operations', () => {
  const one = (part: Parameters<typeof diagram>[2], width: number, x: readonly number[], domain = REALS): number[] =>
    outputsOf(diagram('n', input('x', x.length, domain), part, output('y', 1, width)), { inputs: { x } }).y

  test('additive, with several terms and a bias', () => {
    expect(
      one(
        add(
          matrix([
            [1, 2],
            [3, 4],
            [0, -1],
          ]),
          0,
        ),
        3,
        [5, 7],
      ),
    ).toEqual([19, 43, -7])
    expect(one(add(matrix([[1, 2]]), 0, matrix([[100]])), 1, [5, 7])).toEqual([119])
    const two = {
      kind: 'additive',
      operators: [matrix([[2]]), matrix([[3]])],
      bias: null,
      args: [0, 1],
      shape: [sizeOf(1)],
    } as const
    expect(
      outputsOf(diagram('n', input('a', 1), input('b', 1), two, output('y', 2, 1)), { inputs: { a: [10], b: [100] } })
        .y,
    ).toEqual([320])
  })
  test('multiplicative: powers as the language defines them', () => {
    expect(
      one(
        mul(
          matrix([
            [1, 2],
            [-1, 0],
          ]),
          0,
        ),
        2,
        [2, 3],
      ),
    ).toEqual([18, 0.5])
    expect(one(mul(matrix([[2], [3], [0], [-2]]), 0), 4, [-2])).toEqual([4, -8, 1, 0.25])
    expect(one(mul(matrix([[2], [0]]), 0), 2, [0])).toEqual([0, 1])
    expect(one(mul(matrix([[-1], [rational(1, 2)]]), 0), 2, [0])).toEqual([Number.NaN, 0])
    expect(one(mul(matrix([[rational(1, 2)]]), 0), 1, [-4])).toEqual([Number.NaN])
    expect(one(mul(matrix([[1]]), 0, matrix([[0]])), 1, [5])).toEqual([5])
    expect(one(mul(matrix([[1]]), 0, matrix([[1]])), 1, [5])[0]).toBeCloseTo(5 * Math.E, 12)
  })
  test('join, slice, reduce', () => {
    const join = { kind: 'join', args: [0, 1], shape: [sizeOf(5)] } as const
    const joined = diagram('n', input('a', 2), input('b', 3), join, output('y', 2, 5))
    expect(outputsOf(joined, { inputs: { a: [1, 2], b: [3, 4, 5] } }).y).toEqual([1, 2, 3, 4, 5])
    expect(
      one({ kind: 'slice', start: sizeOf(1), end: sizeOf(3), args: [0], shape: [sizeOf(2)] }, 2, [7, 8, 9, 10]),
    ).toEqual([8, 9])
    expect(
      one({ kind: 'reduce', operation: 'max', group: 2, args: [0], shape: [sizeOf(2)] }, 2, [7, 8, 1, -1]),
    ).toEqual([8, 1])
    expect(
      one({ kind: 'reduce', operation: 'min', group: 2, args: [0], shape: [sizeOf(2)] }, 2, [7, 8, 1, -1]),
    ).toEqual([7, -1])
  })
  test('softmax and its logarithm, also of large numbers', () => {
    const soft = one({ kind: 'softmax', args: [0], shape: [sizeOf(2)] }, 2, [1000, 1001])
    expect(soft[0]).toBeCloseTo(1 / (1 + Math.E), 14)
    expect(soft[0] + soft[1]).toBeCloseTo(1, 14)
    const log = one({ kind: 'logsoftmax', args: [0], shape: [sizeOf(2)] }, 2, [-5000, 1001])
    expect(log[0]).toBe(-6001)
    expect(log[1]).toBe(0)
  })
  test('mix', () => {
    const cube = call('^', x0, number(3))
    const part = {
      kind: 'mix',
      fn: cube,
      inverse: call('^', x0, number(rational(1, 3))),
      operator: matrix([[1, 1]]),
      args: [0],
      shape: [sizeOf(1)],
    } as const
    expect(one(part, 1, [8, 27])[0]).toBeCloseTo(125, 10)
  })
  test('constants and functions of no wire have the width that the net says', () => {
    const constant = { kind: 'constant', value: matrix([[1], [2]]), args: [], shape: [sizeOf(2)] } as const
    expect(one(constant, 2, [0])).toEqual([1, 2])
    expect(one(pointwise(number(7), 3), 3, [0])).toEqual([7, 7, 7])
  })
  test('several axes: everything but pointwise works on the last one', () => {
    const shape = [sizeOf(2), sizeOf(3)]
    const x = { kind: 'input', name: 'x', args: [], shape, domain: REALS, absorbed: false } as const
    const run = (part: Parameters<typeof diagram>[2]): number[] =>
      outputsOf(diagram('n', x, part, { kind: 'output', name: 'y', args: [1], shape: part.shape, absorbed: false }), {
        inputs: { x: [1, 2, 3, 4, 5, 6] },
      }).y
    expect(
      run({
        ...add(
          matrix([
            [1, 1, 1],
            [1, 0, 0],
          ]),
          0,
          matrix([[0], [10]]),
        ),
        shape: [sizeOf(2), sizeOf(2)],
      }),
    ).toEqual([6, 11, 15, 14])
    expect(run({ ...mul(matrix([[1, 1, 1]]), 0), shape: [sizeOf(2), sizeOf(1)] })).toEqual([6, 120])
    expect(run({ kind: 'slice', start: sizeOf(0), end: sizeOf(1), args: [0], shape: [sizeOf(2), sizeOf(1)] })).toEqual([
      1, 4,
    ])
    expect(run({ kind: 'reduce', operation: 'max', group: 3, args: [0], shape: [sizeOf(2), sizeOf(1)] })).toEqual([
      3, 6,
    ])
    expect(run({ kind: 'join', args: [0, 0], shape: [sizeOf(2), sizeOf(6)] })).toEqual([
      1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6,
    ])
    expect(run({ kind: 'softmax', args: [0], shape })[2]).toBeCloseTo(
      Math.exp(3) / (Math.E + Math.exp(2) + Math.exp(3)),
      14,
    )
  })
  test('every linear operator', () => {
    const n = sizeOf(3)
    const A = matrix([
      [1, 2, 3],
      [4, 5, 6],
    ])
    expect(one(add(identity(n), 0), 3, [1, 2, 3])).toEqual([1, 2, 3])
    expect(one(add(zeroMatrix(sizeOf(2), n), 0), 2, [1, 2, 3])).toEqual([0, 0])
    expect(one(add(ones(sizeOf(2), n), 0), 2, [1, 2, 3])).toEqual([6, 6])
    expect(one(add(sum(A, ones(sizeOf(2), n)), 0), 2, [1, 10, 100])).toEqual([432, 765])
    expect(one(add(scale(number(rational(1, 2)), A), 0), 2, [1, 10, 100])).toEqual([160.5, 327])
    expect(one(add(product(matrix([[1, -1]]), A), 0), 1, [1, 10, 100])).toEqual([-333])
    expect(one(add(select(n, sizeOf(1), sizeOf(2)), 0), 2, [1, 2, 3])).toEqual([2, 3])
    expect(one(add(embed(sizeOf(4), sizeOf(1), sizeOf(2)), 0), 4, [5, 6])).toEqual([0, 5, 6, 0])
    // The same as entries, which are exponents.
    expect(one(mul(select(n, sizeOf(1), sizeOf(2)), 0), 2, [1, 2, 3])).toEqual([2, 3])
    expect(one(mul(product(matrix([[1, -1]]), sum(A, scale(number(-1), A))), 0), 1, [5, 6, 7])).toEqual([1])
    expect(one(mul(embed(sizeOf(3), sizeOf(1), sizeOf(1)), 0), 3, [5])).toEqual([1, 5, 1])
  })
  test('a node that leads to no output is not computed', () => {
    const net = diagram('n', input('x', 1), pointwise(apply(unknownFunction('f'), x0), 1, 0), output('y', 0, 1))
    expect(outputsOf(net, { inputs: { x: [3] } }).y).toEqual([3])
  })
})

test('operators whose parts are shared a lot, and deep ones', () => {
  const half = matrix(
    [
      [0.5, 0.5],
      [0.5, 0.5],
    ].map(row => row.map(() => rational(1, 2))),
  )
  let power = half
  for (let i = 0; i < 60; i++) power = product(power, power)
  let total = matrix([[1]])
  for (let i = 0; i < 20_000; i++) total = sum(total, matrix([[1]]))
  const net = diagram(
    'n',
    input('x', 2),
    add(power, 0),
    input('z', 1),
    add(total, 2),
    output('y', 1, 2),
    output('w', 3, 1),
  )
  expect(outputsOf(net, { inputs: { x: [1, 3], z: [2] } })).toEqual({ y: [2, 2], w: [40_002] })
})

test('long chains, with many weights and functions', () => {
  const length = 130_000
  const symbol = (i: number) => ({
    ...weightSymbol(`W${i}`, 1, 1),
    value: [[rational(i % 2 === 0 ? 2 : 1, i % 2 === 0 ? 1 : 2)]],
  })
  const nodes: Node[] = [{ ...input('x', 1), id: 0 } as Node]
  for (let i = 0; i < length; i++) nodes.push({ ...add(weight(symbol(i)), i), id: i + 1 } as Node)
  nodes.push({ ...output('y', length, 1), id: length + 1 } as Node)
  expect(outputsOf({ name: 'n', nodes, names: new Map() }, { inputs: { x: [3] } }).y).toEqual([3])
})

test('random layers agree with 64 digits', () => {
  const source = random(5)
  const draw = (low: number, high: number): number => low + source.uniform() * (high - low)
  const table = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => draw(-1, 1)))
  const symbols = {
    W: weightSymbol('W', 4, 3),
    b: { ...weightSymbol('b', 4, 1), vector: true },
    V: weightSymbol('V', 2, 4),
  }
  const sigmoid = call('sigmoid', x0)
  const net = diagram(
    'n',
    input('x', 3, POSITIVE),
    mul(weight(symbols.W), 0, weight(symbols.b)),
    pointwise(sigmoid, 4, 1),
    add(weight(symbols.V), 2),
    { kind: 'softmax', args: [3], shape: [sizeOf(2)] },
    output('y', 4, 2),
  )
  for (let trial = 0; trial < 40; trial++) {
    const x = Array.from({ length: 3 }, () => 10 ** draw(-3, 3))
    const [W, b, V] = [table(4, 3), table(4, 1).flat(), table(2, 4)]
    const hidden = W.map((row, i) => {
      const powers = row.map((w, j) => math.pow(big(x[j]), big(w)) as BigNumber)
      const product = times(powers.reduce(times), math.exp(big(b[i])))
      return math.divide(big(1), plus(big(1), math.exp(product.neg()))) as BigNumber
    })
    const sums = V.map(row => row.map((v, j) => times(big(v), hidden[j])).reduce(plus))
    const powers = sums.map(s => math.exp(s))
    const expected = powers.map(p => math.number(math.divide(p, powers.reduce(plus)) as BigNumber))
    const found = outputsOf(net, { inputs: { x }, weights: { W, b, V } }).y
    found.forEach((value, i) => void expect(Math.abs(value - expected[i]) / expected[i]).toBeLessThan(1e-13))
  }
})

describe('what is given', () => {
  const n = unknownSize('n')
  const W = weightSymbol('W', n, addSizes(n, sizeOf(1)), NON_NEGATIVE)
  const f = unknownFunction('f')
  const net = diagram(
    'net',
    input('x', addSizes(n, sizeOf(1)), POSITIVE),
    add(weight(W), 0),
    pointwise(apply(f, x0), n, 1),
    output('y', 2, n),
  )
  const given = {
    inputs: { x: [1, 2, 3] },
    weights: {
      W: [
        [1, 0, 0],
        [0, 1, 0],
      ],
    },
    functions: { f: call('neg', x0) as Expression },
  }
  const problem = (change: Partial<Parameters<typeof evaluate>[1]>): unknown => {
    const result = evaluate(net, { ...given, ...change })
    return result.ok ? null : result.problem
  }
  test('sizes follow from the lengths', () => {
    expect(outputsOf(net, given).y).toEqual([-1, -2])
  })
  test('each thing that is missing, too much, or does not fit is a problem', () => {
    expect(problem({ inputs: {} })).toEqual({ kind: 'missing-input', name: 'x' })
    expect(problem({ inputs: { x: [1, 2, 3], z: [1] } })).toEqual({ kind: 'unknown-input', name: 'z' })
    expect(problem({ weights: {} })).toEqual({ kind: 'missing-weight', name: 'W' })
    expect(problem({ functions: {} })).toEqual({ kind: 'missing-function', name: 'f' })
    expect(problem({ inputs: { x: [1, 2] } })).toEqual({
      kind: 'weight-size',
      name: 'W',
      expected: [1, 2],
      found: [2, 3],
    })
    expect(
      problem({
        weights: {
          W: [
            [1, 0, 0],
            [0, 1],
          ],
        },
      }),
    ).toEqual({ kind: 'weight-size', name: 'W', expected: [2, 3], found: [2, 2] })
    expect(problem({ inputs: { x: [] }, sizes: { n: 2 } })).toEqual({
      kind: 'input-length',
      name: 'x',
      expected: 3,
      found: 0,
    })
    expect(problem({ sizes: { n: 0.5 } })).toEqual({ kind: 'bad-size', name: 'n', value: 0.5 })
    expect(problem({ inputs: { x: [1, Number.NaN, 3] } })).toEqual({
      kind: 'not-finite',
      name: 'x',
      component: 1,
      value: Number.NaN,
    })
    expect(problem({ inputs: { x: [1, 2, 0] } })).toEqual({
      kind: 'outside',
      name: 'x',
      component: 2,
      value: 0,
      allowed: POSITIVE,
    })
    expect(
      problem({
        weights: {
          W: [
            [1, 0, 0],
            [0, -1, 0],
          ],
        },
      }),
    ).toMatchObject({ kind: 'outside', name: 'W', component: 4 })
    expect(
      problem({
        weights: {
          W: [
            [1, 0, 0],
            [0, Infinity, 0],
          ],
        },
      }),
    ).toMatchObject({ kind: 'not-finite', name: 'W' })
  })
  test('a size that nothing determines must be given', () => {
    const m = unknownSize('m')
    const loose = diagram('l', input('x', 1), add(ones(m, sizeOf(1)), 0), output('y', 1, m))
    expect(evaluate(loose, { inputs: { x: [1] } })).toEqual({ ok: false, problem: { kind: 'missing-size', name: 'm' } })
    expect(outputsOf(loose, { inputs: { x: [1] }, sizes: { m: 2 } }).y).toEqual([1, 1])
  })
  test('names that objects have anyway are not values', () => {
    const odd = diagram('o', input('constructor', 1), output('__proto__', 0, 1))
    expect(evaluate(odd, { inputs: {} })).toMatchObject({ problem: { kind: 'missing-input', name: 'constructor' } })
    const result = evaluate(odd, { inputs: { constructor: [4] } as never })
    expect(result.ok && Object.entries(result.outputs)).toEqual([['__proto__', Float64Array.of(4)]])
  })
  test('the place where a net is undefined is told', () => {
    const net = diagram(
      'n',
      input('x', 1),
      pointwise(call('ln', x0), 1, 0),
      pointwise(call('+', x0, variable(1)), 1, 0, 1),
      output('y', 2, 1),
    )
    expect(evaluate(net, { inputs: { x: [0] } })).toMatchObject({ ok: true, undefinedAt: 1 })
    expect(evaluate(net, { inputs: { x: [1] } })).toMatchObject({ ok: true, undefinedAt: null })
  })
})
