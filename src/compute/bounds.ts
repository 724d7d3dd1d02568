// Evaluation and gradients with bounds on their errors, for callers of the library: what is given wrongly comes out as an
// EvaluationError, as from `compile`.
import * as numeric from '../numeric/bounds.ts'
import { reported } from './given.ts'

/** See `evaluateWithBounds` in numeric/bounds.ts. Throws EvaluationError where something is missing or does not fit. */
export function evaluateWithBounds(...given: Parameters<typeof numeric.evaluateWithBounds>): numeric.WithBounds {
  return reported(() => numeric.evaluateWithBounds(...given))
}

/** See `gradientsWithBounds` in numeric/bounds.ts. Throws EvaluationError where something is missing or does not fit. */
export function gradientsWithBounds(
  ...given: Parameters<typeof numeric.gradientsWithBounds>
): numeric.BoundedGradients {
  return reported(() => numeric.gradientsWithBounds(...given))
}
