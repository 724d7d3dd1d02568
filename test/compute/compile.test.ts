import { expect, test } from 'vitest'
import { type Compiled, type CompileOptions, compile } from '../../src/compute/compile.ts'
import { type Evaluation, evaluate } from '../../src/numeric/evaluate.ts'
import { givenFor, type TestNet, testNets } from './nets.ts'

const nets = await testNets()
const COUNT = 5

function compileFor({ net }: TestNet, options: CompileOptions = {}): Compiled {
  const { weights, sizes, functions } = givenFor(net, COUNT, 1)
  return compile(net, { weights, sizes, functions, ...options }) as Compiled
}

/** The outputs by the plain evaluator, sample by sample. */
function plainly(
  { net }: TestNet,
  change: (given: ReturnType<typeof givenFor>) => void = () => {},
): Record<string, number[]> {
  const given = givenFor(net, COUNT, 1)
  change(given)
  const result: Record<string, number[]> = {}
  for (let k = 0; k < COUNT; k++) {
    const inputs = Object.fromEntries(
      Object.entries(given.inputs).map(([name, all]) => {
        const width = all.length / COUNT
        return [name, all.subarray(k * width, (k + 1) * width)]
      }),
    )
    const evaluation: Evaluation = evaluate(net, { ...given, inputs })
    if (!evaluation.ok) throw new Error(JSON.stringify(evaluation.problem))
    for (const [name, values] of Object.entries(evaluation.outputs)) result[name] = [...(result[name] ?? []), ...values]
  }
  return result
}

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(found.length).toBe(wanted.length)
  for (let i = 0; i < wanted.length; i++) {
    if (Number.isNaN(wanted[i])) expect(found[i]).toBeNaN()
    else expect(Math.abs(found[i] - wanted[i])).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(wanted[i])))
  }
}

const VARIANTS: readonly [string, CompileOptions, number][] = [
  ['as usual', {}, 1e-12],
  ['by samples one by one', { batch: 1 }, 1e-12],
  ['in batches that do not divide', { batch: 2 }, 1e-12],
  ['interpreted', { generateCode: false }, 1e-12],
  ['in single precision', { precision: 'float32' }, 2e-4],
  ['by the WebAssembly kernel', { kernel: 'wasm' }, 1e-12],
  ['through logarithms or powers as asked', { multiplicative: 'powers' }, 1e-12],
]
for (const [how, options, tolerance] of VARIANTS) {
  test.each(nets)(`values of $name ${how} are those of the plain evaluator`, testNet => {
    const { inputs } = givenFor(testNet.net, COUNT, 1)
    const found = compileFor(testNet, options).run(inputs, COUNT)
    for (const [name, values] of Object.entries(plainly(testNet))) expectClose(found[name], values, tolerance)
  })
}

test.each(nets)('gradients of $name are difference quotients', testNet => {
  const given = givenFor(testNet.net, COUNT, 1)
  const compiled = compileFor(testNet, { batch: 2 })
  const total = (outputs: Record<string, ArrayLike<number>>): number =>
    Object.values(outputs).reduce(
      (sum, values) => sum + Array.from(values).reduce((s, y, i) => s + y * ((i % 3) + 1), 0),
      0,
    )
  const seeds = Object.fromEntries(
    compiled.outputs.map(({ name, width }) => [name, Array.from({ length: COUNT * width }, (_, i) => (i % 3) + 1)]),
  )
  const { inputs, weights, outputs } = compiled.gradient(given.inputs, COUNT, seeds)
  expect(outputs).toEqual(compiled.run(given.inputs, COUNT))
  const quotient = (change: (by: number) => ReturnType<typeof givenFor>): number => {
    const h = 1e-5
    const [above, below] = [h, -h].map(by => {
      const changed = change(by)
      return total(compiled.run(changed.inputs, COUNT, changed.weights))
    })
    return (above - below) / (2 * h)
  }
  const close = (found: number, wanted: number): void =>
    expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(wanted)))
  for (const [name, values] of Object.entries(inputs)) {
    values.forEach((g, i) => {
      close(
        g,
        quotient(by => {
          const changed = givenFor(testNet.net, COUNT, 1)
          changed.inputs[name][i] += by
          return changed
        }),
      )
    })
  }
  for (const [name, values] of Object.entries(weights)) {
    const columns = given.weights[name][0].length
    values.forEach((g, i) => {
      close(
        g,
        quotient(by => {
          const changed = givenFor(testNet.net, COUNT, 1)
          changed.weights[name][Math.floor(i / columns)][i % columns] += by
          return changed
        }),
      )
    })
  }
})
