// Products of powers of positive numbers as exp of sums of logarithms, x^w being exp(w ln x): for large layers that is a
// logarithm for each column and an exponential for each row, in the place of a power for each entry.
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import { whole, wireRanges } from '../diagram/ranges.ts'
import { call, x0 } from '../scalar/expression.ts'
import { isSubset, POSITIVE } from '../scalar/range.ts'

/** The net in which every `mul` whose argument is positive, wherever the net is defined, goes through logarithms. */
export function throughLogarithms(diagram: Diagram): Diagram {
  const ranges = wireRanges(diagram)
  let fresh = Math.max(0, ...diagram.nodes.map(node => node.id)) + 1
  const nodes = diagram.nodes.flatMap((node): Node[] => {
    if (node.kind !== 'multiplicative') return [node]
    const argument = diagram.nodes.find(other => other.id === node.args[0]) as Node
    if (!isSubset(whole(ranges.get(argument.id) ?? []), POSITIVE)) return [node]
    const [logarithms, sums]: [NodeId, NodeId] = [fresh++, fresh++]
    const { id, args, shape, operator, bias } = node
    return [
      { kind: 'pointwise', id: logarithms, args, fn: call('ln', x0), shape: argument.shape },
      { kind: 'additive', id: sums, args: [logarithms], operators: [operator], bias, shape },
      { kind: 'pointwise', id, args: [sums], fn: call('exp', x0), shape },
    ]
  })
  return { ...diagram, nodes }
}
