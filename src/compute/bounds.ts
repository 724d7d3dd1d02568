// Evaluation and gradients with bounds on their errors, for callers of the library: what is given wrongly comes out as an
// EvaluationError, as from `compile`.

import { type Diagram, outputsOf } from '../diagram/diagram.ts'
import type { Size } from '../linear/size.ts'
import * as numeric from '../numeric/bounds.ts'
import { type EvaluationGiven, functionsGiven, sizesGiven, weightRows } from '../numeric/given.ts'
import { unknownsOf } from '../numeric/instance.ts'
import { entriesIn } from '../semantics/contents.ts'
import { sizeIn } from '../semantics/net.ts'
import { isKnown } from '../semantics/partial.ts'
import { BATCH, boundedBatchOf, LARGE } from './bounded-batch.ts'
import { reported } from './given.ts'

/**
 * See `evaluateWithBounds` in numeric/bounds.ts; large nets are run in batches by the matrix kernels. Throws EvaluationError
 * where something is missing or does not fit.
 */
export function evaluateWithBounds(
  net: Diagram,
  given: EvaluationGiven,
  count: number,
  outputs: Readonly<Record<string, ArrayLike<number>>>,
): numeric.WithBounds {
  return reported(() => {
    const unknowns = unknownsOf(net)
    const sizes = sizesGiven(unknowns, given, [])
    const functions = functionsGiven(unknowns, given.functions)
    const size = (s: Size): number => sizeIn(s, sizes)
    if (entriesIn([net], size) < LARGE) return numeric.evaluateWithBounds(net, given, count, outputs)
    const weights = new Map(unknowns.weights.map(symbol => [symbol, weightRows(symbol, given, size)]))
    const run = boundedBatchOf(net, { sizes, functions, weights: new Map() }, weights)
    const errors = Object.fromEntries(Object.entries(outputs).map(([name, v]) => [name, new Float64Array(v.length)]))
    const troubles: WithTrouble[] = []
    for (let from = 0; from < count; from += BATCH) {
      const rows = Math.min(BATCH, count - from)
      const part = (v: ArrayLike<number>): Float64Array => {
        const width = v.length / count
        return Float64Array.from({ length: rows * width }, (_, i) => v[from * width + i])
      }
      const inputs = new Map(Object.entries(given.inputs).map(([name, v]) => [name, part(v)]))
      const found = run(inputs, rows)
      found.troubles.forEach((trouble, r) => void (trouble === null || troubles.push({ ...trouble, row: from + r })))
      for (const { id, name } of outputsOf(net)) {
        const width = outputs[name].length / count
        ;(found.wires.get(id) ?? []).forEach((v, i) => {
          const at = from * width + i
          const isUsable = isKnown(v) && found.troubles[Math.floor(i / width)] === null
          errors[name][at] = isUsable ? numeric.farthest(outputs[name][at], v) : Infinity
        })
      }
    }
    return { errors, troubles }
  })
}
type WithTrouble = numeric.WithBounds['troubles'][number]

/** See `gradientsWithBounds` in numeric/bounds.ts. Throws EvaluationError where something is missing or does not fit. */
export function gradientsWithBounds(
  ...given: Parameters<typeof numeric.gradientsWithBounds>
): numeric.BoundedGradients {
  return reported(() => numeric.gradientsWithBounds(...given))
}
