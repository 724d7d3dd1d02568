// Wires as the largest or least of groups of a function of another wire: what reductions, and functions that increase or
// decrease, make of their args.
import { monotonicity } from '../scalar/analysis.ts'
import { compose, type Expression, x0 } from '../scalar/expression.ts'
import type { Range } from '../scalar/range.ts'
import type { Node } from './diagram.ts'
import { analyseShared } from './ranges.ts'

/** max (or min) of fn(x) over groups of so many neighbouring components; fn(x) itself where there is no operation. */
export interface Pool {
  readonly operation: 'max' | 'min' | null
  readonly group: number
  readonly fn: Expression
  /** A set that holds fn(x) for all components of x, and not only for the largest; null where there is no operation. */
  readonly values: Range | null
}

/** A wire itself. */
export const SINGLE: Pool = { operation: null, group: 1, fn: x0, values: null }

/** How a function that is defined on a set is shown to behave there; null where nothing is shown. */
export function directionOn(fn: Expression, domain: Range): 'increasing' | 'decreasing' | 'constant' | null {
  return analyseShared(fn, [domain]).defined ? monotonicity(fn, 0, [domain]) : null
}

/** The pool that a node makes of one, whose values are in the set; null for a node that makes none. */
export function poolOf(node: Node, of: Pool, range: Range): Pool | null {
  if (node.kind === 'reduce') {
    // The largest of the largest of groups is the largest of groups of as many groups.
    const isAlike = of.operation === null || of.operation === node.operation
    const group = of.group * node.group
    return isAlike ? { ...of, operation: node.operation, group, values: of.values ?? range } : null
  }
  if (node.kind !== 'pointwise' || node.args.length !== 1) return null
  const fn = compose(node.fn, of.fn)
  if (of.values === null) return { ...of, fn }
  const direction = directionOn(node.fn, of.values)
  const values = analyseShared(node.fn, [of.values]).range
  if (direction !== 'decreasing') return direction === null ? null : { ...of, fn, values }
  return { ...of, fn, values, operation: of.operation === 'max' ? 'min' : 'max' }
}
