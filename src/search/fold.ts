// Abbreviations put back into a net: softmax and products of powers, which the search knows by what they stand for.
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import { ones } from '../linear/linear.ts'
import { call, variable, x0 } from '../scalar/expression.ts'
import { livingNodes } from '../semantics/contents.ts'
import { lastOf, put } from './builder.ts'
import type { EGraph, TermId } from './egraph.ts'
import type { Visitor } from './instances.ts'
import { type Additive, membersOf, type Pointwise } from './layers.ts'
import { normalOf } from './operators.ts'
import type { Why } from './reasons.ts'

const EXP = call('exp', x0)
const LN = call('ln', x0)
/** Of x and of the sum of exp x. */
const SHARE = call('/', EXP, variable(1))
const REST = call('-', x0, call('ln', variable(1)))

/**
 * The net with softmax, logsoftmax and mul where their formulas stand: `exp(x) / (exp(x) -> add[ones(n, n)])`, `x - ln(...)` of the same,
 * and `ln -> add[W, b] -> exp`. Each is equal to its formula wherever that is defined.
 */
export function folded(net: Diagram): Diagram {
  const byId = new Map<NodeId, Node>(net.nodes.map(n => [n.id, n]))
  const nodes = net.nodes.map(node => abbreviated(node, byId))
  const all: Diagram = { ...net, nodes }
  const living = new Set(livingNodes(all).map(n => n.id))
  return { ...all, nodes: nodes.filter(n => n.kind === 'input' || n.kind === 'output' || living.has(n.id)) }
}

function abbreviated(node: Node, byId: ReadonlyMap<NodeId, Node>): Node {
  if (node.kind !== 'pointwise') return node
  const { id, shape, fn } = node
  const [first, second] = node.args.map(a => byId.get(a) as Node)
  if (fn === EXP && first.kind === 'additive' && first.args.length === 1) {
    const below = byId.get(first.args[0]) as Node
    const { operators, bias } = first
    if (below.kind === 'pointwise' && below.fn === LN)
      return { kind: 'multiplicative', id, args: below.args, shape, operator: operators[0], bias }
  }
  if ((fn === SHARE || fn === REST) && isSumOfExponentials(second, node.args[0], byId))
    return { kind: fn === SHARE ? 'softmax' : 'logsoftmax', id, args: [node.args[0]], shape }
  return node
}

/** Whether a node adds up exp of all components of a wire, in every component. */
function isSumOfExponentials(node: Node, of: NodeId, byId: ReadonlyMap<NodeId, Node>): boolean {
  if (node.kind !== 'additive' || node.args.length !== 1 || node.bias !== null) return false
  const below = byId.get(node.args[0]) as Node
  const isExp = below.kind === 'pointwise' && below.fn === EXP && below.args[0] === of
  const width = lastOf(node.shape)
  return isExp && node.operators[0] === ones(width, width)
}

const ABBREVIATED: Why = { rule: 'softmax', title: 'a formula by its abbreviation', by: 'definition' }

/** Puts softmax and logsoftmax beside their formulas in an e-graph from which a net is taken: what is cheap may be found only so. */
export class Abbreviations implements Visitor {
  readonly depth = 3
  readonly waiting = false

  visit(g: EGraph, t: TermId): void {
    if (g.kindOf(t) !== 'pointwise') return
    const { fn, shape } = g.nodeOf(t) as Pointwise
    if (fn !== SHARE && fn !== REST) return
    const [x, total] = g.argsOf(t)
    const sum = normalOf(ones(lastOf(shape), lastOf(shape)))
    const isExp = (m: TermId): boolean => (g.nodeOf(m) as Pointwise).fn === EXP && g.areEqual(g.argOf(m, 0), x)
    const isTotal = membersOf(g, total, 'additive').some(m => {
      const { operators, bias } = g.nodeOf(m) as Additive
      const isSum = operators.length === 1 && bias === null && operators[0] === sum
      return isSum && membersOf(g, g.argOf(m, 0), 'pointwise').some(isExp)
    })
    const made = isTotal ? put(g, { kind: fn === SHARE ? 'softmax' : 'logsoftmax', shape }, [x]) : null
    if (made !== null) g.equate(t, made, ABBREVIATED, { over: [x] })
  }
  release(): void {}
}
