// A net out of an e-graph: in each class the term that is the cheapest, together with what it is made of.
import { type Diagram, inputsOf, type Node, outputsOf } from '../diagram/diagram.ts'
import type { Unplaced } from './contents.ts'
import type { ClassId, EGraph, TermId } from './egraph.ts'

/** What a term costs, given what its args cost. It has to be above each of those. */
export type TermCost = (node: Unplaced, args: readonly number[]) => number

/**
 * The net that computes these terms with the cheapest member of each class, with the inputs and outputs of `like`. What is
 * shared is paid for wherever it is used, so that a net with much sharing may be missed.
 */
export function extract(g: EGraph, outputs: readonly TermId[], like: Diagram, termCost: TermCost): Diagram {
  const best = cheapest(g, termCost)
  const order: TermId[] = []
  const seen = new Set<ClassId>()
  const stack = outputs.map(t => ({ c: g.classOf(t), entered: false })).toReversed()
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const term = best.get(top.c) as TermId
    if (top.entered) order.push(term)
    else if (!seen.has(top.c)) {
      seen.add(top.c)
      stack.push({ c: top.c, entered: true })
      for (const arg of g.argsOf(term).toReversed()) stack.push({ c: g.classOf(arg), entered: false })
    }
  }
  const inputs = inputsOf(like)
  const ids = new Map<ClassId, number>()
  let next = Math.max(-1, ...inputs.map(n => n.id)) + 1
  // The inputs of the e-graph came in first, in order.
  const terms: TermId[] = []
  for (let t = 0; t < g.size && terms.length < inputs.length; t++) if (g.kindOf(t) === 'input') terms.push(t)
  for (const [k, node] of inputs.entries()) ids.set(g.classOf(terms[k]), node.id)
  const nodes: Node[] = [...inputs]
  for (const term of order) {
    const c = g.classOf(term)
    if (ids.has(c)) continue
    const args = g.argsOf(term).map(a => ids.get(g.classOf(a)) as number)
    nodes.push({ ...g.nodeOf(term), id: next, args } as Node)
    ids.set(c, next++)
  }
  for (const [k, node] of outputsOf(like).entries())
    nodes.push({ ...node, id: next++, args: [ids.get(g.classOf(outputs[k])) as number] })
  return { ...like, nodes }
}

/** The cheapest term of each class, of those that cost the same the one that came in first. */
function cheapest(g: EGraph, termCost: TermCost): Map<ClassId, TermId> {
  const cost = new Map<ClassId, number>()
  const best = new Map<ClassId, TermId>()
  const queue: TermId[] = Array.from({ length: g.size }, (_, t) => t)
  for (let k = 0; k < queue.length; k++) {
    const term = queue[k]
    const args = g.argsOf(term).map(a => cost.get(g.classOf(a)))
    if (args.includes(undefined)) continue
    const own = termCost(g.nodeOf(term), args as number[])
    const c = g.classOf(term)
    const old = cost.get(c)
    if (old !== undefined && old <= own) continue
    cost.set(c, own)
    best.set(c, term)
    for (let use = g.firstUseOf(c); use >= 0; use = g.nextUseOf(use)) queue.push(g.userAt(use))
  }
  return best
}
