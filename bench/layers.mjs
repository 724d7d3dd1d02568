// The nets of the numeric benchmark: a chain of layers relu(W x + b) of the usual sizes, with the same random numbers in
// every run.
import { generator } from './chains.mjs'

export const WIDTHS = [784, 512, 512, 10]

function numbers(count, seed, size) {
  const random = generator(seed)
  return Float64Array.from({ length: count }, () => ((random(2_000_001) - 1_000_000) / 1_000_000) * size)
}

/** Layers with row-major weights, rows x columns. */
export function chainLayers(widths = WIDTHS) {
  return widths.slice(1).map((rows, i) => {
    const columns = widths[i]
    return {
      rows,
      columns,
      weights: numbers(rows * columns, i + 1, 2 / Math.sqrt(columns)),
      bias: numbers(rows, 100 + i, 0.1),
    }
  })
}

/** Samples, one a row. */
export function samples(count, width) {
  return numbers(count * width, 1_000, 1)
}

/** Operations of one sample: a multiplication and an addition for each weight. */
export function operationsOf(widths = WIDTHS) {
  return 2 * widths.slice(1).reduce((sum, rows, i) => sum + rows * widths[i], 0)
}

/** The least time of some rounds in seconds, after others that warm up. */
export async function bestOf(run, rounds) {
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < Math.ceil(rounds / 4) + rounds; i++) {
    const start = performance.now()
    await run()
    if (i >= rounds / 4) best = Math.min(best, (performance.now() - start) / 1000)
  }
  return best
}
