// Are two nets equal? Both are put into one e-graph, rules are applied in both directions until the outputs fall together, and
// what that rests on is read off.
import { type Diagram, inputsOf, type Node, type NodeId, outputsOf } from '../diagram/diagram.ts'
import type { WireRange } from '../diagram/ranges.ts'
import type { Rule } from '../rewrite/rule.ts'
import { livingNodes } from '../semantics/contents.ts'
import { Components } from './components.ts'
import { contentInNormalForm } from './contents.ts'
import { EGraph, type TermId } from './egraph.ts'
import { ruleVisits } from './instances.ts'
import type { Equalities } from './reasons.ts'
import { builtinVisit, type Saturation, type SearchBudget, saturate } from './saturate.ts'

/** Terms that a search makes at least, for each node of the two nets. */
const TERMS_A_NODE = 4

/** A term that is the wire of a node of one of the two nets. */
export interface Placed {
  readonly term: TermId
  readonly side: 'left' | 'right'
  readonly node: NodeId
}

/** Why the outputs of two nets are equal: equalities, each resting on earlier ones, of terms that are made of others. */
export interface Found {
  /** The node of a term, with terms as args. */
  readonly node: (term: TermId) => Node
  /** The wires of the two nets, args first. */
  readonly placed: readonly Placed[]
  readonly equalities: Equalities
  /** What the search was given; writing the proof down is given as much again. */
  readonly seconds: number
  /** The terms of the outputs of both nets, in order. */
  readonly ends: readonly (readonly [left: TermId, right: TermId])[]
}

/** What the search did, whether it found anything or not. */
export interface SearchReport {
  /** E-nodes. */
  readonly terms: number
  /** The memory of the e-graph, as `SearchBudget` counts it. */
  readonly bytes: number
  readonly visits: number
  readonly end: Saturation['end']
}

/**
 * Puts what the outputs of a net need into an e-graph: other nodes may be undefined. `inputs` are the terms of its inputs, in order; those
 * that are missing are made.
 */
export function place(
  g: EGraph,
  net: Diagram,
  inputs: TermId[],
  ranges?: ReadonlyMap<NodeId, WireRange>,
): Map<NodeId, TermId> {
  const terms = new Map<NodeId, TermId>()
  const put = (node: Node, args: readonly TermId[]): TermId =>
    g.place(g.contents.of(contentInNormalForm(node)), args, ranges?.get(node.id))
  for (const [k, node] of inputsOf(net).entries()) {
    inputs[k] ??= put(node, [])
    terms.set(node.id, inputs[k])
  }
  const living = new Set(livingNodes(net).map(n => n.id))
  for (const node of net.nodes) {
    if (node.kind === 'input' || (node.kind !== 'output' && !living.has(node.id))) continue
    const args = node.args.map(a => terms.get(a) as TermId)
    terms.set(node.id, node.kind === 'output' ? args[0] : put(node, args))
  }
  return terms
}

/**
 * Looks for a proof that two nets are equal, which have the same inputs and as many outputs and are defined on the whole
 * domain. `ranges` of their wires may be narrower than forward analysis gives.
 */
export function searchEquality(
  left: Diagram,
  right: Diagram,
  budget: SearchBudget,
  options: {
    readonly ranges?: { left: ReadonlyMap<NodeId, WireRange>; right: ReadonlyMap<NodeId, WireRange> }
    /** Rules of users among these are used in both directions; the built-in ones are part of the search anyway. */
    readonly rules?: readonly Rule[]
  } = {},
): { found: Found | null; report: SearchReport } {
  const deadline = performance.now() + 1000 * budget.seconds
  const g = new EGraph(TERMS_A_NODE * (left.nodes.length + right.nodes.length))
  const inputs: TermId[] = []
  const placed: Placed[] = []
  const outputs: TermId[][] = []
  for (const [side, net] of [
    ['left', left],
    ['right', right],
  ] as const) {
    const terms = place(g, net, inputs, options.ranges?.[side])
    for (const node of net.nodes) {
      const term = node.kind === 'output' ? undefined : terms.get(node.id)
      if (term !== undefined) placed.push({ term, side, node: node.id })
    }
    outputs.push(outputsOf(net).map(n => terms.get(n.id) as TermId))
  }
  const ends = outputs[0].map((l, k) => [l, outputs[1][k]] as const)
  const isReached = (): boolean => ends.every(([l, r]) => g.areEqual(l, r))
  const rules = [new Components(), ...ruleVisits(options.rules ?? [])]
  const { end, visits: count } = isReached()
    ? { end: 'goal' as const, visits: 0 }
    : saturate(g, builtinVisit(g, true), budget, { isReached, rules, deadline })
  const report = { terms: g.size, bytes: g.bytes, visits: count, end }
  if (end !== 'goal') return { found: null, report }
  const equalities = g.explain(ends)
  if (equalities === null) return { found: null, report: { ...report, end: 'time' } }
  return { found: { node: t => g.placedNode(t), placed, equalities, seconds: budget.seconds, ends }, report }
}
