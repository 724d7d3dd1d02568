// What a net costs: its nodes, its arithmetic, or its longest way from an input to an output.
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import { entriesOf, type Linear, linearPostorder } from '../linear/linear.ts'
import type { Size } from '../linear/size.ts'
import { type Expression, postorder } from '../scalar/expression.ts'
import type { Unplaced } from './contents.ts'

export const COSTS = ['nodes', 'flops', 'depth'] as const
/**
 * `nodes`: operations, whatever they do. `flops`: additions, multiplications and calls of functions, matrices that are known or
 * multiplied by each other being multiplied out beforehand; unknown sizes count as 64. `depth`: operations on the longest way.
 */
export type Cost = (typeof COSTS)[number]

const NOMINAL = 64
function nominal(size: Size): number {
  return size.constant + size.terms.reduce((total, [, c]) => total + c * NOMINAL, 0)
}
function components(node: Unplaced): number {
  return node.shape.reduce((total, s) => total * nominal(s), 1)
}

function callsIn(fn: Expression): number {
  return postorder(fn).filter(e => e.kind === 'call' || e.kind === 'apply' || e.kind === 'choose').length
}

/** Operations of applying an operator to one vector. */
function flopsOf(root: Linear): number {
  const found = new Map<Linear, number>()
  for (const a of linearPostorder(root)) {
    const dense = 2 * nominal(a.rows) * nominal(a.columns)
    const of = (part: Linear): number => found.get(part) as number
    const own = ((): number => {
      switch (a.kind) {
        case 'identity':
        case 'zero':
        case 'select':
        case 'embed':
          return 0
        case 'ones':
          return nominal(a.columns)
        case 'literal':
        case 'symbol': {
          const entries = entriesOf(a)
          if (entries === null) return dense
          return entries.reduce((total, row) => total + 2 * row.filter(q => q.n !== 0n).length, 0)
        }
        case 'transpose':
          return dense
        case 'diagonal':
          return nominal(a.rows)
        case 'product': {
          // What only picks components adds nothing; other products are multiplied out, and then they are dense.
          const isPicked = of(a.left) === 0 || of(a.right) === 0
          return isPicked ? Math.min(dense, of(a.left) + of(a.right)) : dense
        }
        case 'sum':
          return Math.min(dense, Math.max(of(a.left), nominal(a.rows)) + Math.max(of(a.right), nominal(a.rows)))
        case 'scale':
          return Math.max(of(a.of), nominal(a.rows))
      }
    })()
    found.set(a, own)
  }
  return found.get(root) as number
}

/** What a node costs by itself; always above 0 but for inputs and outputs. */
export function nodeCost(node: Unplaced, cost: Cost): number {
  if (node.kind === 'input' || node.kind === 'output') return 0
  if (cost !== 'flops') return 1
  const n = components(node)
  const rows = n / Math.max(1, nominal(node.shape[node.shape.length - 1]))
  // Moving data is not free: of two nets that compute as much, the one with fewer nodes is the better one.
  const base = 2 ** -20
  switch (node.kind) {
    case 'constant':
      return base
    case 'pointwise':
      return base + n * callsIn(node.fn)
    case 'additive':
      return (
        base +
        rows * node.operators.reduce((total, a) => total + flopsOf(a), 0) +
        n * (node.operators.length - 1 + (node.bias === null ? 0 : 1))
      )
    case 'multiplicative':
      return base + rows * 4 * nominal(node.operator.rows) * nominal(node.operator.columns)
    case 'mix':
      return (
        base +
        rows * (flopsOf(node.operator) + nominal(node.operator.columns) * callsIn(node.inverse)) +
        n * callsIn(node.fn)
      )
    case 'reduce':
      return base + n * node.group
    case 'softmax':
    case 'logsoftmax':
      return base + 4 * n
    case 'join':
    case 'slice':
      return base
  }
}

/** The cost of a net: shared nodes count once. */
export function costOf(net: Diagram, cost: Cost): number {
  if (cost !== 'depth') return net.nodes.reduce((total, node) => total + nodeCost(node, cost), 0)
  const depth = new Map<NodeId, number>()
  for (const node of net.nodes)
    depth.set(node.id, nodeCost(node, cost) + Math.max(0, ...node.args.map(a => depth.get(a) as number)))
  return Math.max(0, ...net.nodes.map(n => (n.kind === 'output' ? (depth.get(n.id) as number) : 0)))
}
