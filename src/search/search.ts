// Are two nets equal? Both are put into one e-graph, rules are applied in both directions until the outputs fall together, and
// what that rests on is read off.
import { type Diagram, inputsOf, type Node, type NodeId, outputsOf } from '../diagram/diagram.ts'
import { type WireRange, wireRanges } from '../diagram/ranges.ts'
import type { Rule } from '../rewrite/rule.ts'
import { EGraph, type Equality, type TermId } from './egraph.ts'
import { ruleVisits } from './instances.ts'
import { normalOf } from './operators.ts'
import { builtinVisit, type Saturation, type SearchBudget, saturate } from './saturate.ts'

/** A term that is the wire of a node of one of the two nets. */
export interface Placed {
  readonly term: TermId
  readonly side: 'left' | 'right'
  readonly node: NodeId
}

/** Why the outputs of two nets are equal: equalities, each resting on earlier ones, of terms that are made of others. */
export interface Found {
  /** By term: its node, with terms as args. */
  readonly nodes: readonly Node[]
  /** The wires of the two nets, args first. */
  readonly placed: readonly Placed[]
  readonly equalities: readonly Equality[]
  /** The terms of the outputs of both nets, in order. */
  readonly ends: readonly (readonly [left: TermId, right: TermId])[]
}

/** What the search did, whether it found anything or not. */
export interface SearchReport {
  readonly terms: number
  readonly visits: number
  readonly end: Saturation['end']
}

/** Puts a net into an e-graph. `inputs` are the terms of its inputs, in order; those that are missing are made. */
export function place(
  g: EGraph,
  net: Diagram,
  inputs: TermId[],
  ranges: ReadonlyMap<NodeId, WireRange> = wireRanges(net),
): Map<NodeId, TermId> {
  const terms = new Map<NodeId, TermId>()
  for (const [k, node] of inputsOf(net).entries()) {
    inputs[k] ??= g.place(node, [], ranges.get(node.id) as WireRange)
    terms.set(node.id, inputs[k])
  }
  for (const node of net.nodes) {
    if (node.kind === 'input') continue
    const args = node.args.map(a => terms.get(a) as TermId)
    const range = ranges.get(node.id) as WireRange
    terms.set(node.id, node.kind === 'output' ? args[0] : g.place(inNormalForm(node), args, range))
  }
  return terms
}

/** The node with its matrices multiplied and added up, as far as they are known. */
function inNormalForm(node: Node): Node {
  if (node.kind !== 'additive') return node
  const bias = node.bias === null ? null : normalOf(node.bias)
  return { ...node, operators: node.operators.map(normalOf), bias: bias?.kind === 'zero' ? null : bias }
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
  const g = new EGraph()
  const inputs: TermId[] = []
  const placed: Placed[] = []
  const outputs: TermId[][] = []
  for (const [side, net] of [
    ['left', left],
    ['right', right],
  ] as const) {
    const terms = place(g, net, inputs, options.ranges?.[side])
    for (const node of net.nodes)
      if (node.kind !== 'output') placed.push({ term: terms.get(node.id) as TermId, side, node: node.id })
    outputs.push(outputsOf(net).map(n => terms.get(n.id) as TermId))
  }
  const ends = outputs[0].map((l, k) => [l, outputs[1][k]] as const)
  const isReached = (): boolean => ends.every(([l, r]) => g.areEqual(l, r))
  const own = ruleVisits(options.rules ?? [])
  const visits = [...own.map(v => v.visit), builtinVisit(g)]
  const reach = Math.max(1, ...own.map(v => v.depth - 1))
  const { end, visits: count } = isReached()
    ? { end: 'goal' as const, visits: 0 }
    : saturate(g, visits, budget, { isReached, reach })
  const report = { terms: g.size, visits: count, end }
  if (end !== 'goal') return { found: null, report }
  return { found: { nodes: g.nodes, placed, equalities: g.explain(ends), ends }, report }
}
