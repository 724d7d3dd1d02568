// What the operations that abbreviate others stand for, as nodes.
import { type Linear, ones } from '../linear/linear.ts'
import type { Shape } from '../linear/size.ts'
import { call, type Expression, variable, x0 } from '../scalar/expression.ts'
import type { AdditiveNode, Node, NodeId, PointwiseNode } from './diagram.ts'

/** What a node is, but for its number. */
export type Content = Omit<PointwiseNode, 'id'> | Omit<AdditiveNode, 'id'>
/** Makes a node. */
export type Put = (content: Content) => NodeId

const ln = call('ln', x0)
const exp = call('exp', x0)
const quotient = call('/', exp, variable(1))
const difference = call('-', x0, variable(1))

/**
 * The nodes that a node stands for, made with `put`; gives the last one, null for a node that abbreviates nothing.
 * mix and softmax are theirs by definition; mul[W, b] is ln -> add[W, b] -> exp for a positive wire `x` only.
 */
export function spellOut(node: Node, x: NodeId, inner: Shape, put: Put): NodeId | null {
  const { shape } = node
  const width = shape[shape.length - 1]
  const pointwise = (fn: Expression, of: Shape, ...args: NodeId[]): NodeId =>
    fn === x0 ? args[0] : put({ kind: 'pointwise', args, shape: of, fn })
  const additive = (operator: Linear, bias: Linear | null, arg: NodeId): NodeId =>
    put({ kind: 'additive', args: [arg], shape, operators: [operator], bias })
  switch (node.kind) {
    case 'multiplicative':
      return pointwise(exp, shape, additive(node.operator, node.bias, pointwise(ln, inner, x)))
    case 'mix':
      return pointwise(node.fn, shape, additive(node.operator, null, pointwise(node.inverse, inner, x)))
    case 'softmax': {
      const total = additive(ones(width, width), null, pointwise(exp, shape, x))
      return pointwise(quotient, shape, x, total)
    }
    case 'logsoftmax': {
      const total = additive(ones(width, width), null, pointwise(exp, shape, x))
      return pointwise(difference, shape, x, pointwise(ln, shape, total))
    }
    default:
      return null
  }
}
