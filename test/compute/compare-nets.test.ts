// Large nets compared in batches by the kernels: the same answers as number by number, and intervals that hold.
import { describe, expect, test } from 'vitest'
import { boundedBatchOf } from '../../src/compute/bounded-batch.ts'
import { evaluateWithBounds } from '../../src/compute/bounds.ts'
import { compareNets } from '../../src/compute/compare-nets.ts'
import { compile } from '../../src/compute/compile.ts'
import type { Diagram } from '../../src/diagram/diagram.ts'
import { outputsOf } from '../../src/diagram/diagram.ts'
import { parse } from '../../src/load.ts'
import { bounded, type DoubleInterval } from '../../src/numeric/bounded.ts'
import { evaluateWithBounds as numericBounds } from '../../src/numeric/bounds.ts'
import { doublesGiven, exactly } from '../../src/numeric/compare-nets.ts'
import { compareGradients } from '../../src/numeric/gradients.ts'
import { unknownsOf } from '../../src/numeric/instance.ts'
import { random } from '../../src/numeric/random.ts'
import { normal } from '../../src/numeric/samples.ts'
import { addRationals, fromDouble, ZERO } from '../../src/scalar/rational.ts'
import { evaluateNet, scopeOf } from '../../src/semantics/net.ts'

const { nets, diagnostics } = parse(`weights W : 150 x 150
weights V : 10 x 150
weights b : 150
net product { x : 150 in (0, inf) -> mul[W, b] -> mul[V] -> y }
net sum { x : 150 in (0, inf) -> ln -> add[W, b] -> add[V] -> exp -> y }
net other { x : 150 in (0, inf) -> ln -> add[W, b] -> add[V] -> exp -> scale[1.000000001] -> y }
net hidden { x : 150 -> add[W, b] -> relu -> add[V] -> softmax -> y }
net step { x : 150 -> add[W, b] -> max1 -> add[V] -> y }
net made { x : 150 -> add[V * (0.1 * W + W * W), V * b] -> y }
net powers { x : 150 in (0, inf) -> mul[1/3 * V] -> y }
function max1(t) = max(t, 1)
`)
const net = (name: string): Diagram => nets[name]

test('the file has no errors', () => {
  expect(diagnostics).toEqual([])
})

describe('intervals by the kernels', () => {
  test.each(['product', 'sum', 'hidden', 'step', 'made', 'powers'])(
    '%s: overlap those computed number by number, and are nearly as narrow',
    name => {
      const source = random(3)
      const doubles = doublesGiven(unknownsOf(net(name)), {}, source, () => 0)
      const count = 3
      const x = Float64Array.from({ length: count * 150 }, () => Math.exp(normal(source)))
      const { wires, troubles } = boundedBatchOf(
        net(name),
        { ...doubles, weights: new Map() },
        doubles.weights,
      )(new Map([['x', x]]), count)
      expect(troubles).toEqual([null, null, null])
      const scope = scopeOf(exactly(doubles), bounded)
      const [{ id }] = outputsOf(net(name))
      for (let r = 0; r < count; r++) {
        const input = Array.from(x.subarray(150 * r, 150 * (r + 1)), v => ({ low: v, high: v }))
        const plain = evaluateNet(net(name), new Map([['x', input]]), scope).get(id) as DoubleInterval[]
        const fast = wires.get(id) as DoubleInterval[]
        plain.forEach((p, i) => {
          const f = fast[r * plain.length + i]
          expect(f.low <= p.high && p.low <= f.high).toBe(true)
          expect(f.high - f.low).toBeLessThan(1e-9 * (1 + Math.abs(p.high)))
        })
      }
    },
  )
})

test('errors of the outputs of a large net', () => {
  const source = random(8)
  const { weights } = doublesGiven(unknownsOf(net('sum')), {}, source, () => 0)
  const x = Float64Array.from({ length: 2 * 150 }, () => Math.exp(normal(source)))
  const given = { inputs: { x }, weights: Object.fromEntries([...weights].map(([w, rows]) => [w.name, rows])) }
  const outputs = compile(net('sum'), { weights: given.weights }).run({ x }, 2)
  const { errors, troubles } = evaluateWithBounds(net('sum'), given, 2, outputs)
  const slow = numericBounds(net('sum'), given, 2, outputs)
  expect(troubles).toEqual([])
  errors.y.forEach((e, i) => {
    expect(e).toBeGreaterThan(0)
    expect(e).toBeLessThan(1e-9 * outputs.y[i])
    expect(slow.errors.y[i]).toBeLessThan(1e-9 * outputs.y[i])
  })
})

test('matrices that the file gives go through the kernels, too, and their entries need not be doubles', () => {
  const source = random(9)
  const entries = Array.from({ length: 150 }, () => `[${Array.from({ length: 150 }, () => normal(source).toFixed(3))}]`)
  const given = parse(`weights W = [${entries}]
net linear { x : 150 -> add[W] -> y }
net other { x : 150 -> add[W] -> scale[1.000000000001] -> y }`).nets
  const x = Float64Array.from({ length: 150 }, () => normal(source))
  const { y } = compile(given.linear).run({ x }, 1)
  const { errors } = evaluateWithBounds(given.linear, { inputs: { x } }, 1, { y })
  const slow = numericBounds(given.linear, { inputs: { x } }, 1, { y }).errors
  const truth = compareNets(given.linear, given.linear, { points: [{ x }], referee: { always: true } })
  expect(truth).toMatchObject({ verdict: 'consistent' })
  for (let i = 0; i < 150; i++) {
    // Not below the error of the rounding of the entries, and not much wider than number by number.
    expect(errors.y[i]).toBeGreaterThan(0)
    expect(errors.y[i]).toBeLessThan(1e-11)
    expect(slow.y[i]).toBeLessThan(1e-11)
  }
  const exact = given.linear.nodes.flatMap(n => (n.kind === 'additive' ? n.operators : []))
  const [W] = exact.map(a => (a.kind === 'symbol' ? a.symbol.value : null))
  if (W === null || W === undefined) throw new Error()
  W.forEach((row, i) => {
    const sum = row.reduce((s, q, j) => addRationals(s, q.mul(fromDouble(x[j]))), ZERO)
    expect(sum.sub(fromDouble(y[i])).abs().compare(fromDouble(errors.y[i]))).toBeLessThanOrEqual(0)
  })
  expect(compareNets(given.linear, given.other, { samples: 3 })).toMatchObject({ verdict: 'different' })
})

test('memory is foreseen', () => {
  const { wide, layer } = parse(`size n
net wide { x : 1000000000 -> exp -> y }
weights V : n x n
net layer { x : n -> add[V] -> y }`).nets
  const memory = { ok: false, problem: { kind: 'no-instance', missing: 'memory' } }
  expect(compareNets(wide, wide)).toEqual(memory)
  expect(compareGradients(wide, wide)).toEqual(memory)
  for (const n of [100_000, 1e9, 1e15]) {
    expect(compareNets(layer, layer, { sizes: { n } })).toEqual(memory)
    expect(compareGradients(layer, layer, { sizes: { n } })).toEqual(memory)
  }
})

describe('comparison in batches', () => {
  test('equal nets are consistent, a factor of 1 + 1e-9 is different; where doubles overflow the referee tells', () => {
    const source = random(5)
    const points = Array.from({ length: 5 }, () => ({
      x: Float64Array.from({ length: 150 }, () => Math.exp(normal(source))),
    }))
    expect(compareNets(net('product'), net('sum'), { points })).toMatchObject({
      verdict: 'consistent',
      counts: { consistent: 5, different: 0, inconclusive: 0, referee: 0 },
    })
    const found = compareNets(net('sum'), net('other'), { points })
    expect(found).toMatchObject({ verdict: 'different', counts: { different: 5 } })
    expect(found.ok && found.different?.distance).toBeCloseTo(1e-9, 11)
    const huge = [{ x: new Float64Array(150).fill(1e300) }]
    const inDoubles = {
      verdict: 'inconclusive',
      inconclusive: { trouble: { kind: expect.stringMatching(/flow|domain/) } },
    }
    expect(compareNets(net('product'), net('sum'), { points: huge, referee: null })).toMatchObject(inDoubles)
    // The referee tells, as long as there is work left for it; where there is none, that is said.
    expect(compareNets(net('product'), net('sum'), { points: huge })).toMatchObject({
      verdict: 'consistent',
      consistent: { by: 'enclosures', refereeRanOut: false },
    })
    expect(compareNets(net('product'), net('other'), { points: huge })).toMatchObject({
      verdict: 'different',
      different: { by: 'enclosures' },
    })
    expect(compareNets(net('product'), net('sum'), { points: huge, referee: { work: 1000 } })).toMatchObject({
      ...inDoubles,
      counts: { inconclusive: 1, referee: 0, refereeRanOut: 1 },
    })
  })
  test('points are drawn by the seed, and what is given is checked', () => {
    const found = compareNets(net('product'), net('sum'), { samples: 140, seed: 2 })
    if (!found.ok) throw new Error()
    expect(found.counts.consistent + found.counts.inconclusive).toBe(140)
    expect(found.counts.consistent).toBeGreaterThan(60)
    expect(compareNets(net('product'), net('sum'), { points: [{ x: [1] }] })).toMatchObject({
      problem: { kind: 'input-length' },
    })
  })
})
