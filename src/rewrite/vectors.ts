// Functions of wires among which are known or unknown vectors: where these are factors, `g * x + b`, such a function is linear
// in the other wires.
import { besideVectors, type Combination } from '../diagram/combination.ts'
import type { NodeId } from '../diagram/diagram.ts'
import { identity } from '../linear/linear.ts'
import { MAX_WEIGHT } from './functions.ts'
import { argsAt, type Graph, kindAt, nodeAt } from './graph.ts'

/** What a function of several wires, some of them vectors, is as a linear combination of the others; null where it is none. */
export function vectorCombination(graph: Graph, id: NodeId): Combination | null {
  if (kindAt(graph, id) !== 'pointwise') return null
  const args = argsAt(graph, id)
  if (args.length < 2 || !args.some(a => kindAt(graph, a) === 'constant')) return null
  const node = nodeAt(graph, id)
  if (node.kind !== 'pointwise' || node.fn.weight > MAX_WEIGHT) return null
  const of = args.map((a): Combination => {
    const arg = nodeAt(graph, a)
    if (arg.kind === 'constant') return { terms: new Map(), bias: arg.value }
    return { terms: new Map([[a, identity(arg.shape[arg.shape.length - 1])]]), bias: null }
  })
  return besideVectors(node.fn, of, node.shape[node.shape.length - 1])
}
