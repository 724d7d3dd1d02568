// Does it matter which of two rules is used first? At every overlap of their left sides both are tried, and what they lead
// to is normalized and compared. Pairs that do not meet are shown.

import type { Diagram, NodeId } from '../diagram/diagram.ts'
import { random } from '../numeric/random.ts'
import { compareDiagrams } from '../prove/compare.ts'
import { leftSideNet, NO_CHOICES, noUnknowns } from '../prove/statement.ts'
import { applyMatch } from '../rewrite/apply.ts'
import { graphOf, nodeAt, snapshot } from '../rewrite/graph.ts'
import { matchRule } from '../rewrite/match.ts'
import { normalFormOf, TooManySteps } from '../rewrite/normalize.ts'
import type { Rule } from '../rewrite/rule.ts'
import { TooLarge } from '../scalar/expression.ts'
import { POSITIVE, REALS } from '../scalar/range.ts'
import { needsChoices, randomChoices } from './choices.ts'
import { type Overlap, overlapsOf } from './overlap.ts'

/** Two ways from one net that were not seen to meet: the net, and the normal forms after the one rule and the other. */
export interface OpenPair {
  readonly rules: readonly [string, string]
  readonly peak: Diagram
  /** null: the rules do not come to an end from there. */
  readonly normal: readonly [Diagram | null, Diagram | null]
}
export interface Confluence {
  /** Overlaps at which both rules apply. */
  readonly pairs: number
  readonly open: readonly OpenPair[]
  /** Rules with parts of nets: where their left sides overlap with others is not looked for. */
  readonly skipped: readonly string[]
  /** false: the time ran out before all overlaps were looked at. */
  readonly complete: boolean
}
export interface ConfluenceOptions {
  readonly seed: number
  readonly deadline: number
  readonly signal?: AbortSignal
}

const STEPS = 500
const COMPARE_MILLISECONDS = 300
/** Values are chosen so often for what cannot be left unknown, until both rules apply. */
const ATTEMPTS = 6

/** The net of an overlap after a rule at one place; null where it does not apply, or is too large. */
function after(peak: Diagram, rule: Rule, path: readonly number[]): Diagram | null {
  try {
    return applied(peak, rule, path)
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error
    return null
  }
}
function applied(peak: Diagram, rule: Rule, path: readonly number[]): Diagram | null {
  const graph = graphOf(peak)
  let at: NodeId = nodeAt(graph, graph.outputs[0]).args[0]
  for (const i of path) {
    const next = nodeAt(graph, at).args[i]
    if (next === undefined) return null
    at = next
  }
  const match = matchRule(graph, rule, at)
  if (match === null || applyMatch(graph, match) === null) return null
  return snapshot(graph)
}

/** The net of an overlap at which both rules apply, and what they make of it. */
function instanceOf(overlap: Overlap, seed: number): { peak: Diagram; ways: [Diagram, Diagram] } | null {
  const { outer, inner, path, peak: rule, functions } = overlap
  const source = random(seed)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const chosen = needsChoices(rule) ? randomChoices(rule, source) : NO_CHOICES
    if (chosen === null) continue
    const choices = { ...chosen, functions: new Map([...chosen.functions, ...functions]) }
    const peak = leftSideNet(rule, noUnknowns(), choices)
    if (peak === null) continue
    const first = after(peak, outer, [])
    const second = first === null ? null : after(peak, inner, path)
    if (first !== null && second !== null) return { peak, ways: [first, second] }
    if (!needsChoices(rule)) return null
  }
  return null
}

function normalized(net: Diagram, rules: readonly Rule[], signal: AbortSignal | undefined): Diagram | null {
  try {
    return normalFormOf(net, { rules, maxSteps: STEPS, signal }).normal
  } catch (error) {
    if (!(error instanceof TooManySteps) && !(error instanceof TooLarge)) throw error
    return null
  }
}

/** Looks at the overlaps of each pair of rules from the two lists; all `rules` are used to bring the ways together. */
export function confluenceOf(
  outers: readonly Rule[],
  inners: readonly Rule[],
  rules: readonly Rule[],
  options: ConfluenceOptions,
): Confluence {
  const open: OpenPair[] = []
  let pairs = 0
  const hasNets = (r: Rule): boolean => r.variables.nets.length > 0
  const skipped = [...new Set([...outers, ...inners].filter(hasNets).map(r => r.name))]
  for (const outer of outers) {
    for (const inner of inners) {
      if (performance.now() > options.deadline) return { pairs, open, skipped, complete: false }
      if (hasNets(outer) || hasNets(inner)) continue
      if (outer.direction !== '==>' || inner.direction !== '==>') continue
      const done = new Set<string>()
      // Where nothing is said of the inputs a condition may fail that holds for positive ones.
      for (const inputs of [REALS, POSITIVE]) {
        for (const overlap of overlapsOf(outer, inner, inputs)) {
          if (performance.now() > options.deadline) return { pairs, open, skipped, complete: false }
          options.signal?.throwIfAborted()
          const place = overlap.path.join('.')
          if (done.has(place)) continue
          const instance = instanceOf(overlap, options.seed)
          if (instance === null) continue
          done.add(place)
          pairs++
          const [first, second] = instance.ways.map(w => normalized(w, rules, options.signal))
          const budget = { milliseconds: COMPARE_MILLISECONDS, signal: options.signal }
          if (first !== null && second !== null && compareDiagrams(first, second, budget).kind === 'same') continue
          open.push({ rules: [outer.name, inner.name], peak: instance.peak, normal: [first, second] })
        }
      }
    }
  }
  return { pairs, open, skipped, complete: true }
}
