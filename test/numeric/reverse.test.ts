// Reverse-mode derivatives in any arithmetic: against symbolic derivatives, central differences, and by hand at kinks.
import { describe, expect, test } from 'vitest'
import type { Diagram } from '../../src/diagram/diagram.ts'
import { outputsOf } from '../../src/diagram/diagram.ts'
import { parse } from '../../src/load.ts'
import { bounded, type DoubleInterval } from '../../src/numeric/bounded.ts'
import { instanceGiven } from '../../src/numeric/compare-nets.ts'
import { doubles } from '../../src/numeric/doubles.ts'
import { random } from '../../src/numeric/random.ts'
import { reverseNet } from '../../src/numeric/reverse.ts'
import { number } from '../../src/scalar/expression.ts'
import { fromDouble } from '../../src/scalar/rational.ts'
import { toNumber } from '../../src/scalar/scaled.ts'
import type { Arithmetic } from '../../src/semantics/arithmetic.ts'
import { enclosures } from '../../src/semantics/enclosed.ts'
import { type Instance, noInstance } from '../../src/semantics/ground.ts'
import { evaluateNet, scopeOf } from '../../src/semantics/net.ts'

function netOf(text: string, name = 'a'): Diagram {
  const { nets, diagnostics } = parse(text)
  expect(diagnostics.filter(d => d.severity === 'error')).toEqual([])
  return nets[name]
}

/** Derivatives of the sum of all outputs, in one arithmetic, with respect to the input x and all weights. */
function gradient<V>(
  net: Diagram,
  instance: Instance,
  x: readonly V[],
  arithmetic: Arithmetic<V>,
  isZero?: (v: V) => boolean,
) {
  const scope = scopeOf(instance, arithmetic)
  const wires = evaluateNet(net, new Map([['x', x]]), scope)
  const seeds = new Map(outputsOf(net).map(o => [o.id, (wires.get(o.id) as V[]).map(() => scope.closed(number(1)))]))
  const { wires: back, weights } = reverseNet(net, scope, { isZero })(wires, seeds)
  const input = net.nodes.find(n => n.kind === 'input')
  return { x: back.get(input?.id as number) as readonly V[], weights }
}
const NETS = [
  'weights W : 3 x 2 weights V : 2 x 3 weights b : 3 net a { x : 2 in (0, inf) -> mul[W, b] -> sigmoid -> add[V] -> tanh -> y }',
  'weights A, B : 3 x 3 weights c : 3 net a { x : 3 -> add[A * B + 2 * A, c] -> softmax -> y }',
  'weights A : 3 x 2 weights b : 3 net a { x : 3 -> add[transpose(A) * diag(b)] -> tanh -> add[A + diag(b) * A] -> y }',
  'weights A : 4 x 3 net a { x : 3 -> add[A] -> maxpool[2] -> logsoftmax -> y }',
  'weights A : 3 x 4 net a { input x : 4  h = x[0..2]  g = [h, exp(x[2..4])]  output y = (g -> add[A]) * 2 }',
  'weights W : 2 x 2 net a { x : 2 in (0, inf) -> mix[exp, W] -> y }',
  'weights W : 2 x 2 function f(t) = t / (1 + t) net a { x : 2 in (0, inf) -> mul[W] -> f -> ln -> y }',
]

describe('reverse mode', () => {
  test.each(NETS)('agrees with central differences, and lies in both kinds of intervals: %s', text => {
    const net = netOf(text)
    const source = random(7)
    const instance = instanceGiven([net], {}, source)
    const width = net.nodes[0].shape[0].constant
    const x = Array.from({ length: width }, () => 0.3 + source.uniform())
    const plain = gradient(net, instance, x, doubles)
    const total = (at: readonly number[], changed: Instance = instance): number => {
      const scope = scopeOf(changed, doubles)
      const wires = evaluateNet(net, new Map([['x', at]]), scope)
      return outputsOf(net)
        .flatMap(o => wires.get(o.id) as number[])
        .reduce((a, b) => a + b)
    }
    const h = 1e-6
    x.forEach((v, i) => {
      const slope = (total(x.with(i, v + h)) - total(x.with(i, v - h))) / (2 * h)
      expect(plain.x[i]).toBeCloseTo(slope, 6)
    })
    for (const [symbol, rows] of instance.weights) {
      rows.forEach((row, i) => {
        row.forEach((_, j) => {
          const moved = (by: number): Instance => ({
            ...instance,
            weights: new Map([
              ...instance.weights,
              [symbol, rows.map((r, k) => (k === i ? r.with(j, r[j].add(by)) : r))],
            ]),
          })
          const slope = (total(x, moved(h)) - total(x, moved(-h))) / (2 * h)
          expect(plain.weights.get(symbol)?.[i][j]).toBeCloseTo(slope, 6)
        })
      })
    }
    const inside = (value: number, low: number, high: number): void => {
      const margin = 1e-13 * (1 + Math.abs(value))
      expect(low - margin).toBeLessThanOrEqual(value)
      expect(high + margin).toBeGreaterThanOrEqual(value)
      expect(high - low).toBeLessThan(1e-11 * (1 + Math.abs(value)))
    }
    const wide = gradient(
      net,
      instance,
      x.map(v => ({ low: v, high: v })),
      bounded,
    )
    const exact = enclosures(128)
    const narrow = gradient(
      net,
      instance,
      x.map(v => exact.rational(fromDouble(v))),
      exact,
    )
    plain.x.forEach((v, i) => {
      const b = wide.x[i] as DoubleInterval
      inside(v, b.low, b.high)
      const e = narrow.x[i] as { low: never; high: never }
      inside(v, toNumber(e.low), toNumber(e.high))
    })
  })
  test('what kinks have: the value that scalar/derivative.ts states', () => {
    const at = (stages: string, x: number[]): readonly number[] =>
      gradient(netOf(`net a { x : ${x.length} -> ${stages} -> y }`), noInstance, x, doubles).x
    expect(at('relu', [0, 1, -1])).toEqual([0, 1, 0])
    expect(at('abs', [0, 2, -2])).toEqual([0, 1, -1])
    expect(at('maxpool[3]', [1, 1, 0])).toEqual([1, 0, 0])
    expect(at('minpool[3]', [1, 0, 0])).toEqual([0, 1, 0])
    const max = 'net a { input x : 1  output y = max(x, x) }'
    expect(gradient(netOf(max), noInstance, [3], doubles).x).toEqual([1])
  })
  test('an interval around a kink has both one-sided derivatives', () => {
    const { x } = gradient(netOf('net a { x : 1 -> relu -> y }'), noInstance, [{ low: -1, high: 1 }], bounded)
    expect(x).toEqual([{ low: 0, high: 1 }])
  })
  test('powers of 0 and of negative numbers have derivatives where they have values', () => {
    const text = 'weights M = [[2, 1], [0, 3]] net a { x : 2 -> mul[M] -> y }'
    // x0^2 x1 + x1^3 at (0, -2): 2 x0 x1 = 0, x0^2 + 3 x1^2 = 12.
    expect(gradient(netOf(text), noInstance, [0, -2], doubles, v => v === 0).x.map(v => v + 0)).toEqual([0, 12])
  })
})
