import { expect, test } from 'vitest'
import { product, weight } from '../../src/linear/linear.ts'
import { addSizes, scaleSize, sizeOf, unknownSize } from '../../src/linear/size.ts'
import { constantsIn, randomInstance, unknownsOf } from '../../src/numeric/instance.ts'
import { random } from '../../src/numeric/random.ts'
import { apply, call, number, x0 } from '../../src/scalar/expression.ts'
import { containsPoint, interval, NON_ZERO, POSITIVE } from '../../src/scalar/range.ts'
import { rational } from '../../src/scalar/rational.ts'
import { sizeIn } from '../../src/semantics/net.ts'
import { add, diagram, input, output, pointwise, unknownFunction, weightSymbol } from './build.ts'

const n = unknownSize('n')
const m = unknownSize('m')
const W = weightSymbol('W', m, addSizes(scaleSize(n, 2), sizeOf(-3)), POSITIVE)
const V = weightSymbol('V', n, m, NON_ZERO)
const given = { ...weightSymbol('G', 1, 1), value: [[rational(5)]] }
const f = unknownFunction('f')
const viaDefinition = unknownFunction('g', { definition: call('+', apply(f, x0), number(7)) })
const net = diagram(
  'net',
  input('x', W.columns),
  input('unused', unknownSize('k')),
  add(product(weight(V), weight(W)), 0),
  pointwise(apply(viaDefinition, x0), n, 2),
  pointwise(apply(unknownFunction('dead'), x0), n, 2),
  output('y', 3, n),
)

test('what is unknown is found wherever it is', () => {
  const unknowns = unknownsOf(net)
  expect(unknowns.sizes).toEqual(['k', 'm', 'n'])
  expect(unknowns.weights).toEqual([V, W])
  expect(unknowns.functions).toEqual([f])
  expect(unknownsOf(diagram('d', input('x', 1), add(weight(given), 0), output('y', 1, 1))).weights).toEqual([])
  expect(constantsIn([net]).map(q => q.toFraction())).toEqual(['7'])
})

test('instances respect sizes and entries', () => {
  const unknowns = unknownsOf(net)
  const source = random(8)
  const seen = new Set<string>()
  for (let trial = 0; trial < 200; trial++) {
    const instance = randomInstance(unknowns, source)
    if ('missing' in instance) throw new Error(instance.missing)
    for (const symbol of [W, V]) {
      const rows = instance.weights.get(symbol) ?? []
      expect(rows.length).toBe(sizeIn(symbol.rows, instance.sizes))
      for (const row of rows) {
        expect(row.length).toBe(sizeIn(symbol.columns, instance.sizes))
        for (const entry of row) expect(containsPoint(symbol.entries, entry)).toBe(true)
      }
    }
    expect(sizeIn(W.columns, instance.sizes)).toBeGreaterThanOrEqual(1)
    seen.add([...instance.sizes].join())
  }
  expect(seen.size).toBeGreaterThan(5)
})

test('sizes are such that slices and groups fit', () => {
  const source = random(9)
  const slice = { kind: 'slice', start: sizeOf(1), end: sizeOf(4), args: [0], shape: [sizeOf(3)] } as const
  const sliced = unknownsOf(diagram('s', input('x', n), slice, output('y', 1, 3)))
  const pool = { kind: 'reduce', operation: 'max', group: 2, args: [0], shape: [m] } as const
  const pooled = unknownsOf(diagram('p', input('x', n), pool, output('y', 1, m)))
  for (let trial = 0; trial < 50; trial++) {
    const [a, b] = [randomInstance(sliced, source), randomInstance(pooled, source)]
    if ('missing' in a || 'missing' in b) throw new Error('no instance')
    expect(a.sizes.get('n')).toBeGreaterThanOrEqual(4)
    expect(b.sizes.get('n')).toBe(2 * (b.sizes.get('m') ?? 0))
  }
})

test('where there is no instance, it is said what is missing', () => {
  const source = random(8)
  const never = diagram('d', input('x', n), input('z', addSizes(sizeOf(0), n, -1)), output('y', 0, n))
  expect(randomInstance(unknownsOf(never), source)).toEqual({ missing: 'sizes' })
  const empty = weightSymbol('E', 1, 1, interval(rational(1), rational(0)))
  expect(
    randomInstance(unknownsOf(diagram('d', input('x', 1), add(weight(empty), 0), output('y', 1, 1))), source),
  ).toEqual({ missing: 'weights' })
})
