// Operations put together: relu becomes a part of the product of matrices before it, and functions that are applied one
// after the other become one, so that each number is read and written once.
import { call, postorder, substitute, variable, x0 } from '../scalar/expression.ts'
import { type Operation, type PointwiseOperation, type Program, readsOf, type Value } from './program.ts'

/** Functions are put together up to so many parts and args. */
const MOST_PARTS = 200
const MOST_ARGS = 8

const relu = call('relu', x0)

/** The two as one operation; null where that is none. */
function merged(first: Operation, second: PointwiseOperation): Operation | null {
  if (first.kind === 'matrix' && second.fn === relu && !first.relu && second.out.rows === first.out.rows)
    return { ...first, relu: true, out: second.out }
  if (first.kind !== 'pointwise') return null
  const { out } = second
  if (first.out.once !== out.once || first.out.rows !== out.rows) return null
  const args = [...new Set([...first.args, ...second.args.filter(arg => arg !== first.out)])]
  if (args.length > MOST_ARGS) return null
  // The args of the first are mostly different: then they stand where they stood.
  const inner = first.args.every((arg, i) => arg === args[i])
    ? first.fn
    : substitute(first.fn, i => variable(args.indexOf(first.args[i])))
  const fn = substitute(second.fn, i => (second.args[i] === first.out ? inner : variable(args.indexOf(second.args[i]))))
  return fn.weight > MOST_PARTS && postorder(fn).length > MOST_PARTS ? null : { kind: 'pointwise', fn, args, out }
}

export function fuseOperations({ operations, choices }: Program): Program {
  const readers = new Map<Value, number>()
  for (const operation of operations)
    for (const value of readsOf(operation)) readers.set(value, (readers.get(value) ?? 0) + 1)
  const makers = new Map<Value, Operation>()
  const gone = new Set<Operation>()
  const result: Operation[] = []
  for (const operation of operations) {
    let current = operation
    // An arg that only this operation reads is made in it.
    if (current.kind === 'pointwise') {
      for (const arg of current.args) {
        const maker = makers.get(arg)
        if (maker === undefined || readers.get(arg) !== 1 || current.kind !== 'pointwise') continue
        const both = merged(maker, current)
        if (both === null) continue
        gone.add(maker)
        current = both
      }
    }
    if (current.out !== null) makers.set(current.out, current)
    result.push(current)
  }
  return { operations: result.filter(operation => !gone.has(operation)), choices }
}
