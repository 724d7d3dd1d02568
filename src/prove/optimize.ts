// A cheaper net that computes the same: equal nets are gathered by the rules, used in both directions, the cheapest is taken,
// and that it is equal is proved like any claim.

import type { Diagram } from '../diagram/diagram.ts'
import { outputsOf } from '../diagram/diagram.ts'
import { definednessObstacle, type Obstacle } from '../diagram/ranges.ts'
import { builtin } from '../rewrite/builtin.ts'
import { normalFormOf, TooManySteps } from '../rewrite/normalize.ts'
import { OutOfTime, timed } from '../scalar/work.ts'
import { COSTS, type Cost, costOf, nodeCost } from '../search/cost.ts'
import { EGraph, type TermId } from '../search/egraph.ts'
import { extract } from '../search/extract.ts'
import { Abbreviations, folded } from '../search/fold.ts'
import { ruleVisits } from '../search/instances.ts'
import { builtinVisit, saturate, searchBudget } from '../search/saturate.ts'
import { place } from '../search/search.ts'
import { type Proved, type ProveOptions, prove, type WithRules } from './prove.ts'

export interface Optimized {
  readonly net: Diagram
  readonly before: number
  readonly after: number
  /** The proof that the net is equal to the given one; null where nothing cheaper was found and it is the given one. */
  readonly verdict: Proved | null
  /** Why nothing was looked for: a node that may be undefined on the domain; else null. */
  readonly obstacle: Obstacle | null
}

const DEFAULT_SECONDS = 2
/** E-nodes, for each second. */
const TERMS_A_SECOND = 5_000

/**
 * The cheapest net that was found within the budget and proved to be equal. `budget.search` is the time for gathering equal nets
 * (default 2 seconds), the rest is as for `prove`. A net that is not shown to be defined on its whole domain stays as it is.
 */
export async function optimize(net: Diagram, given: ProveOptions & { readonly cost: Cost }): Promise<Optimized> {
  const options = { ...given, rules: given.rules ?? builtin() }
  const { cost } = options
  const before = costOf(net, cost)
  const obstacle = definednessObstacle(net)
  const same: Optimized = { net, before, after: before, verdict: null, obstacle }
  if (obstacle !== null) return same
  const normal = normalForms(net, options)
  const found = [...gathered([net, ...normal], options), ...normal]
  const candidates = [...found.map(folded), ...found]
    .map((candidate, k) => ({ candidate, k, price: costOf(candidate, cost) }))
    .filter(({ price }) => price < before)
    .sort((a, b) => a.price - b.price || a.k - b.k)
  for (const { candidate, price } of candidates) {
    const verdict = await prove(net, candidate, options)
    if (verdict.kind === 'proved') return { net: candidate, before, after: price, verdict, obstacle: null }
  }
  return same
}

function normalForms(net: Diagram, { rules, signal }: WithRules): Diagram[] {
  try {
    return [normalFormOf(net, { rules, maxSteps: 100_000, signal }).normal]
  } catch (error) {
    if (error instanceof TooManySteps) return []
    throw error
  }
}

/** The cheapest nets that are equal to these, which are equal. */
function gathered(nets: readonly Diagram[], options: WithRules & { readonly cost: Cost }): Diagram[] {
  const { cost, rules, signal, budget } = options
  const seconds = budget?.search ?? DEFAULT_SECONDS
  const terms = budget?.searchTerms ?? TERMS_A_SECOND * seconds
  const g = new EGraph()
  const inputs: TermId[] = []
  // A net that fills the e-graph by itself leaves no room for others that are equal.
  const starts = nets.filter(start => start.nodes.length <= terms && definednessObstacle(start) === null)
  const outputs = starts.map(start => {
    const terms = place(g, start, inputs)
    return outputsOf(start).map(n => terms.get(n.id) as TermId)
  })
  try {
    const limits = searchBudget(seconds, terms, budget?.searchBytes, signal)
    timed(1000 * seconds, () =>
      saturate(g, builtinVisit(g), limits, { rules: [new Abbreviations(), ...ruleVisits(rules)] }),
    )
  } catch (error) {
    // What has been gathered so far is equal all the same.
    if (!(error instanceof OutOfTime)) throw error
  }
  // What is cheapest by another measure may be the formula of an operation that is cheaper by this one.
  return [cost, ...COSTS.filter(c => c !== cost)].flatMap(by =>
    outputs.map(ends =>
      extract(g, ends, nets[0], (node, args) => {
        const below = by === 'depth' ? Math.max(0, ...args) : args.reduce((a, b) => a + b, 0)
        return nodeCost(node, by) + below
      }),
    ),
  )
}
