// Which shapes fit together: what a node's wire must look like, given the wires that enter it.
import type { Linear } from '../linear/linear.ts'
import { addSizes, isAtLeast, knownSize, type Shape, type Size, sameShape, scaleSize, sizeOf } from '../linear/size.ts'
import type { Node } from './diagram.ts'

const ONE = sizeOf(1)
/** How many args nodes have: any number where it is null, one where nothing is said. */
const COUNTS: Readonly<Record<string, number | null | undefined>> = {
  input: 0,
  constant: 0,
  pointwise: null,
  additive: null,
  join: null,
}
const isVector = (v: Linear | null, rows: Size): boolean => v === null || (v.rows === rows && v.columns === ONE)

/** Why a node does not fit to args of these shapes (one for each of its args); null where it does. */
export function shapeProblem(node: Node, args: readonly Shape[]): string | null {
  const { shape } = node
  // A wire of n - 1 components would have none for n = 1, and what is said of all its values would say nothing.
  if (shape.length === 0 || !shape.every(s => isAtLeast(s, 1))) return 'a shape is one size or more, each at least 1'
  const last = shape[shape.length - 1]
  const lastOf = (s: Shape): Size => s[s.length - 1]
  const count = COUNTS[node.kind]
  if (count !== null && args.length !== (count ?? 1)) return `a node of kind ${node.kind} has ${count ?? 1} args`
  // All but the last axis are carried along.
  const leading = (s: Shape): boolean =>
    (s.length === 1 && shape.length === 1) || sameShape(s.slice(0, -1), shape.slice(0, -1))
  const through = (a: Linear, s: Shape): boolean => leading(s) && a.columns === lastOf(s) && a.rows === last
  const fits = ((): boolean => {
    switch (node.kind) {
      case 'input':
        return true
      case 'constant':
        return isVector(node.value, last)
      case 'pointwise':
      case 'output':
      case 'softmax':
      case 'logsoftmax':
        return args.every(s => sameShape(s, shape))
      case 'additive':
        return (
          args.length > 0 &&
          node.operators.length === args.length &&
          node.operators.every((a, k) => through(a, args[k])) &&
          isVector(node.bias, last)
        )
      case 'multiplicative':
        return through(node.operator, args[0]) && isVector(node.bias, last)
      case 'mix':
        return through(node.operator, args[0])
      case 'join':
        return (
          args.length > 0 &&
          args.every(leading) &&
          args.every(s => lastOf(s).terms.every(([name]) => last.terms.some(([other]) => other === name))) &&
          args.reduce((w, s) => addSizes(w, lastOf(s)), sizeOf(0)) === last
        )
      case 'slice':
        return (
          leading(args[0]) &&
          isAtLeast(node.start, 0) &&
          addSizes(node.end, node.start, -1) === last &&
          isAtLeast(addSizes(lastOf(args[0]), node.end, -1), 0)
        )
      case 'reduce':
        return (
          leading(args[0]) &&
          Number.isSafeInteger(node.group) &&
          node.group >= 1 &&
          knownSize(last) !== 0 &&
          scaleSize(last, node.group) === lastOf(args[0])
        )
    }
  })()
  return fits ? null : `the shapes around a node of kind ${node.kind} do not fit`
}
