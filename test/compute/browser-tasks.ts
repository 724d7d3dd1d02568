// Nets, weights and batches that are run in Node and in a browser, and what a page makes of them.
import { build, type CompileOptions, compile, type Diagram } from '../../src/index.ts'

export const SAMPLES = 9

interface Task {
  readonly name: string
  readonly net: Diagram
  readonly weights: Readonly<Record<string, Float64Array>>
  readonly x: Float64Array
}

/** Numbers from low to high, the same everywhere. */
function numbers(count: number, low: number, high: number): Float64Array {
  let state = 12345
  return Float64Array.from({ length: count }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return low + ((high - low) * state) / 2 ** 32
  })
}

export function tasks(): readonly Task[] {
  const { add, fn, input, mul, net, softmax, unknownWeight } = build
  const layer = (name: string, rows: number, columns: number) => unknownWeight(name, rows, columns)
  return [
    {
      name: 'relu and softmax',
      net: net({ x: input(64) }, ({ x }) => ({
        y: x.pipe(add(layer('W', 96, 64), layer('b', 96, 1)), fn('relu'), add(layer('V', 10, 96)), softmax),
      })),
      weights: { W: numbers(96 * 64, -0.2, 0.2), b: numbers(96, -1, 1), V: numbers(960, -0.3, 0.3) },
      x: numbers(64 * SAMPLES, -1, 1),
    },
    {
      name: 'products of powers',
      net: net({ x: input(48) }, ({ x }) => ({
        y: x.pipe(fn('exp'), mul(layer('W', 32, 48)), fn('sigmoid')),
      })),
      weights: { W: numbers(32 * 48, -0.2, 0.2) },
      x: numbers(48 * SAMPLES, -1, 1),
    },
  ]
}

/** The sum of what softmax gives is 1, whatever its argument: the gradient is that of another combination. */
export function outputGradient(length: number): Float64Array {
  return numbers(length, -1, 1)
}

export type Results = Readonly<
  Record<string, { readonly kernel: string; readonly y: readonly number[]; readonly gradient: readonly number[] }>
>

/** By task, kernel and precision: the outputs, and a gradient in W. */
export function results(): Results {
  const found: Record<string, Results[string]> = {}
  for (const { name, net, weights, x } of tasks()) {
    const variants: readonly Pick<CompileOptions, 'kernel' | 'precision'>[] = [
      { kernel: 'wasm', precision: 'float64' },
      { kernel: 'javascript', precision: 'float64' },
      { kernel: 'wasm', precision: 'float32' },
    ]
    for (const { kernel, precision } of variants) {
      const compiled = compile(net, { weights, kernel, precision })
      const { y } = compiled.run({ x }, SAMPLES)
      const gradient = compiled.gradient({ x }, SAMPLES, { y: outputGradient(y.length) }).weights.W
      found[`${name} ${kernel} ${precision}`] = { kernel: compiled.report.kernel, y: [...y], gradient: [...gradient] }
    }
  }
  return found
}
