// Random nets, and what they become when equal wires are exchanged at random: claims that the search made true itself.
import type { Diagram } from '../../src/diagram/diagram.ts'
import { outputsOf } from '../../src/diagram/diagram.ts'
import { definednessObstacle } from '../../src/diagram/ranges.ts'
import { random } from '../../src/numeric/random.ts'
import type { Rule } from '../../src/rewrite/rule.ts'
import { EGraph, type TermId } from '../../src/search/egraph.ts'
import { extract } from '../../src/search/extract.ts'
import { ruleVisits } from '../../src/search/instances.ts'
import { builtinVisit, saturate } from '../../src/search/saturate.ts'
import { place } from '../../src/search/search.ts'

/** A net that is equal to this one, made of random members of the classes of its e-graph; null where it is not defined. */
export function scrambled(net: Diagram, seed: number, terms = 200, rules: readonly Rule[] = []): Diagram | null {
  if (definednessObstacle(net) !== null) return null
  const source = random(seed)
  const g = new EGraph()
  const inputs: TermId[] = []
  const ids = place(g, net, inputs)
  saturate(g, builtinVisit(g), { seconds: 60, terms }, { rules: ruleVisits(rules) })
  const ends = outputsOf(net).map(n => ids.get(n.id) as TermId)
  const prices = new Map<object, number>()
  const other = extract(g, ends, net, (node, args) => {
    let price = prices.get(node)
    if (price === undefined) prices.set(node, (price = 0.01 + source.integer(0, 1000) / 100))
    return price + args.reduce((a, b) => a + b, 0)
  })
  return definednessObstacle(other) === null ? other : null
}
