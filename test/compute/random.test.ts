// Random nets of all kinds of node: compiled evaluation against the plain evaluator, in every way of computing.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Wire } from '../../src/build.ts'
import { type CompileOptions, compile } from '../../src/compute/compile.ts'
import { build } from '../../src/index.ts'
import { ones, product, scale, sum } from '../../src/linear/linear.ts'
import { sizeOf } from '../../src/linear/size.ts'
import { evaluate } from '../../src/numeric/evaluate.ts'
import { type Random, random } from '../../src/numeric/random.ts'
import { type Expression, number } from '../../src/scalar/expression.ts'
import { formula } from '../numeric/build.ts'

const { add, fn, input, join, logsoftmax, maxpool, mul, net, pointwise, slice, softmax, unknownWeight } = build

const ONE: readonly Expression[] = [
  'tanh(x)',
  'sig(x)',
  'x > 0 ? x : x/10',
  'ln(1+exp(x))',
  'x^2 - 1',
  'max(x, 0.5)',
].map(f => formula(f, 'x'))
const TWO: readonly Expression[] = ['x*y', 'x + y', 'max(x, y)', 'x/(1 + exp(y))'].map(f => formula(f, 'x', 'y'))
const WIDTHS = [1, 2, 3, 4, 6]

/** A net of some layers; `widths` are those of the last axis. */
function randomNet(source: Random) {
  const leading = source.oneIn(4) ? [2] : []
  const weights: Record<string, number[][]> = {}
  const weightOf = (rows: number, columns: number) => {
    const name = `W${Object.keys(weights).length}`
    weights[name] = Array.from({ length: rows }, () => Array.from({ length: columns }, () => source.uniform() * 2 - 1))
    return unknownWeight(name, rows, columns)
  }
  const widthOf = (wire: Wire): number => wire.shape[wire.shape.length - 1].constant
  const operatorOf = (rows: number, columns: number) => {
    const w = weightOf(rows, columns)
    switch (source.integer(0, 5)) {
      case 0:
        return product(weightOf(rows, rows), w)
      case 1:
        return sum(w, scale(number(3), weightOf(rows, columns)))
      case 2:
        return sum(ones(sizeOf(rows), sizeOf(columns)), w)
      default:
        return w
    }
  }
  const given = { x: source.pick(WIDTHS), z: source.pick(WIDTHS) }
  const diagram = net({ x: input([...leading, given.x]), z: input([...leading, given.z]) }, ({ x, z }) => {
    const wires: Wire[] = [x, z]
    for (let i = source.integer(1, 9); i > 0; i--) {
      const a = source.pick(wires)
      const width = source.pick(WIDTHS)
      const same = wires.filter(w => widthOf(w) === widthOf(a))
      wires.push(
        ((): Wire => {
          switch (source.integer(0, 9)) {
            case 0:
            case 1:
              return a.pipe(add(operatorOf(width, widthOf(a)), source.oneIn(2) ? operatorOf(width, 1) : null))
            case 2:
              return a.pipe(fn(formula('exp(sin(x))', 'x')), mul(operatorOf(width, widthOf(a))))
            case 3:
              return pointwise(source.pick(TWO), a, source.pick(same))
            case 4:
              return join(a, source.pick(wires))
            case 5: {
              const start = source.integer(0, widthOf(a) - 1)
              return a.pipe(slice(start, source.integer(start + 1, widthOf(a))))
            }
            case 6:
              return a.pipe(source.oneIn(2) ? softmax : logsoftmax)
            case 7:
              return widthOf(a) % 2 === 0 ? a.pipe(maxpool(2)) : a.pipe(fn('relu'))
            default:
              return a.pipe(fn(source.pick(ONE)))
          }
        })(),
      )
    }
    return { y: wires[wires.length - 1], w: source.pick(wires) }
  })
  const rows = leading.reduce((n, m) => n * m, 1)
  const count = source.integer(1, 5)
  // Some layers lead to no output: then the net does not have their weights.
  const living = new Set(compile(diagram).weights.map(weight => weight.name))
  for (const name of Object.keys(weights)) if (!living.has(name)) delete weights[name]
  const inputs = Object.fromEntries(
    Object.entries(given).map(([name, width]) => [
      name,
      Float64Array.from({ length: count * rows * width }, () => source.uniform() * 4 - 2),
    ]),
  )
  return { diagram, weights, inputs, count }
}

const WAYS: readonly CompileOptions[] = [
  {},
  { batch: 2, kernel: 'wasm' },
  { generateCode: false, multiplicative: 'logarithms' },
]

test('values are those of the plain evaluator, whatever the way', () => {
  fc.assert(
    fc.property(fc.integer(), seed => {
      const { diagram, weights, inputs, count } = randomNet(random(seed))
      const wanted: Record<string, number[]> = { y: [], w: [] }
      for (let k = 0; k < count; k++) {
        const sample = Object.fromEntries(
          Object.entries(inputs).map(([name, all]) => {
            const width = all.length / count
            return [name, all.subarray(k * width, (k + 1) * width)]
          }),
        )
        const evaluation = evaluate(diagram, { inputs: sample, weights })
        if (!evaluation.ok) throw new Error(evaluation.problem.kind)
        for (const name of ['y', 'w']) wanted[name].push(...evaluation.outputs[name])
      }
      for (const way of WAYS) {
        const compiled = compile(diagram, { weights, ...way })
        const found = compiled.run(inputs, count)
        // The layout with gradients keeps more: it must not change values.
        const { outputs } = compiled.gradient(inputs, count, {})
        for (const name of ['y', 'w']) {
          expect([...outputs[name]]).toEqual([...found[name]])
          wanted[name].forEach((y, i) => {
            expect(Math.abs(found[name][i] - y)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(y)))
          })
        }
      }
    }),
    { numRuns: 150, seed: 1 },
  )
})

test('gradients are difference quotients along random directions', () => {
  fc.assert(
    fc.property(fc.integer(), seed => {
      const source = random(seed)
      const { diagram, weights, inputs, count } = randomNet(source)
      const compiled = compile(diagram, { weights, batch: 2 })
      const seeds = Object.fromEntries(
        compiled.outputs.map(({ name, width }) => [
          name,
          Array.from({ length: count * width }, () => source.uniform()),
        ]),
      )
      const gradient = compiled.gradient(inputs, count, seeds)
      const directions = { ...inputs, ...weights } as Record<string, unknown>
      for (const name of Object.keys(directions)) {
        const isInput = name in inputs
        const flat: number[] = isInput ? [...inputs[name]] : weights[name].flat()
        const direction = flat.map(() => source.uniform() * 2 - 1)
        const slope = direction.reduce((s, d, i) => s + d * (isInput ? gradient.inputs : gradient.weights)[name][i], 0)
        const at = (h: number): number => {
          const moved = flat.map((v, i) => v + h * direction[i])
          const { y, w } = compiled.run(
            isInput ? { ...inputs, [name]: moved } : inputs,
            count,
            isInput ? weights : { ...weights, [name]: moved },
          )
          return y.reduce((s, v, i) => s + v * seeds.y[i], 0) + w.reduce((s, v, i) => s + v * seeds.w[i], 0)
        }
        // At a kink the two sides differ: then the slope lies between them.
        const h = 1e-6
        const sides = [(at(h) - at(0)) / h, (at(0) - at(-h)) / h]
        const slack = 1e-3 * Math.max(1, ...sides.map(Math.abs))
        expect(slope).toBeGreaterThanOrEqual(Math.min(...sides) - slack)
        expect(slope).toBeLessThanOrEqual(Math.max(...sides) + slack)
      }
    }),
    { numRuns: 150, seed: 2 },
  )
})
