// Does it matter which of two rules is used first? At every overlap of their left sides both are tried, and what they lead
// to is normalized and compared. Pairs that do not meet are shown.

import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import { random } from '../numeric/random.ts'
import { compareDiagrams } from '../prove/compare.ts'
import { leftSideNet, NO_CHOICES, noUnknowns } from '../prove/statement.ts'
import { applyMatch } from '../rewrite/apply.ts'
import { type Graph, graphOf, nodeAt, snapshot } from '../rewrite/graph.ts'
import { type Match, matchRule } from '../rewrite/match.ts'
import { normalFormOf, TooManySteps } from '../rewrite/normalize.ts'
import type { Rule } from '../rewrite/rule.ts'
import { TooLarge } from '../scalar/expression.ts'
import { POSITIVE, REALS } from '../scalar/range.ts'
import { printNet } from '../syntax/print.ts'
import { needsChoices, randomChoices } from './choices.ts'
import { hasNets, instancesBeside, MOST_PARTS, plainInstances } from './instances.ts'
import { type Overlap, overlapsOf } from './overlap.ts'

/** Two ways from one net that were not seen to meet: the net, and the normal forms after the one rule and the other. */
export interface OpenPair {
  readonly rules: readonly [string, string]
  readonly peak: Diagram
  /** What the rules take there as their parts of nets: each as a net of its own, called as the rule calls the part. */
  readonly parts: readonly { readonly rule: string; readonly net: Diagram }[]
  /** null: the rules do not come to an end from there. */
  readonly normal: readonly [Diagram | null, Diagram | null]
}
export interface Confluence {
  /** Overlaps at which both rules apply. */
  readonly pairs: number
  readonly open: readonly OpenPair[]
  /** Rules with parts of nets that could not be written out, so that no overlaps with them are known; `because`: a clause. */
  readonly skipped: readonly { readonly rule: string; readonly because: string }[]
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

type Parts = OpenPair['parts']
interface Way {
  readonly net: Diagram
  readonly parts: Parts
}

/** The net of an overlap after a rule at one place; null where it does not apply, or is too large. */
function after(peak: Diagram, rule: Rule, path: readonly number[]): Way | null {
  try {
    return applied(peak, rule, path)
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error
    return null
  }
}
function applied(peak: Diagram, rule: Rule, path: readonly number[]): Way | null {
  const graph = graphOf(peak)
  let at: NodeId = nodeAt(graph, graph.outputs[0]).args[0]
  for (const i of path) {
    const next = nodeAt(graph, at).args[i]
    if (next === undefined) return null
    at = next
  }
  const match = matchRule(graph, rule, at)
  if (match === null) return null
  const parts = partsOf(graph, match)
  return applyMatch(graph, match) === null ? null : { net: snapshot(graph), parts }
}

/** What a rule takes for its parts of nets, each as a net with one input. */
function partsOf(graph: Graph, { rule, calls }: Match): Parts {
  return rule.variables.nets.flatMap(({ name }, slot) => {
    const part = calls.find(c => c?.slot === slot)?.part
    if (part === undefined) return []
    const [entry, exit] = [part.entry, part.exit].map(id => nodeAt(graph, id))
    const input: Node = {
      kind: 'input',
      id: entry.id,
      args: [],
      name: 'x',
      shape: entry.shape,
      domain: REALS,
      absorbed: false,
    }
    const inside = part.inside.map(id => nodeAt(graph, id))
    const id = Math.max(entry.id, ...part.inside) + 1
    const output: Node = { kind: 'output', id, args: [exit.id], name: 'y', shape: exit.shape, absorbed: false }
    return [{ rule: rule.name, net: { name, nodes: [input, ...inside, output], names: new Map() } }]
  })
}

/** The net of an overlap at which both rules apply, and what they make of it. */
function instanceOf(
  overlap: Overlap,
  outer: Rule,
  inner: Rule,
  seed: number,
): { peak: Diagram; ways: readonly [Way, Way] } | null {
  const { path, peak: rule, functions } = overlap
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

/** How the left sides of two rules are written out without parts of nets. */
function* sidesOf(outer: Rule, inner: Rule): Generator<readonly [Rule, Rule], void, undefined> {
  const plain = (rule: Rule): readonly Rule[] => (hasNets(rule) ? plainInstances(rule) : [rule])
  if (!hasNets(outer) && !hasNets(inner)) yield [outer, inner]
  if (hasNets(outer)) for (const i of plain(inner)) for (const o of instancesBeside(outer, i)) yield [o, i]
  if (hasNets(inner)) for (const o of plain(outer)) for (const i of instancesBeside(inner, o)) yield [o, i]
}

/** Why a rule with parts of nets cannot be written out, as a clause; null where it can. */
function obstacleOf(rule: Rule, seed: number): string | null {
  if (rule.variables.nets.length > MOST_PARTS) return `it has more than ${MOST_PARTS} parts of nets`
  const names = rule.variables.nets.map(n => n.name).join(', ')
  const applies = plainInstances(rule).some(plain => {
    const source = random(seed)
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const choices = needsChoices(plain) ? randomChoices(plain, source) : NO_CHOICES
      const net = choices === null ? null : leftSideNet(plain, noUnknowns(), choices)
      if (net !== null && after(net, rule, []) !== null) return true
    }
    return false
  })
  return applies ? null : `it does not apply where unknown functions or layers stand for ${names}`
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
  const normalizing = (list: readonly Rule[]): Rule[] => list.filter(r => r.direction === '==>')
  const obstacles = new Map<Rule, string>()
  for (const rule of new Set(normalizing([...outers, ...inners]).filter(hasNets))) {
    const because = obstacleOf(rule, options.seed)
    if (because !== null) obstacles.set(rule, because)
  }
  const skipped = [...obstacles].map(([{ name: rule }, because]) => ({ rule, because }))
  for (const outer of normalizing(outers)) {
    for (const inner of normalizing(inners)) {
      if (performance.now() > options.deadline) return { pairs, open, skipped, complete: false }
      if (obstacles.has(outer) || obstacles.has(inner)) continue
      const seen = new Set<string>()
      const shown = new Set<string>()
      for (const [first, second] of sidesOf(outer, inner)) {
        const done = new Set<string>()
        // Where nothing is said of the inputs a condition may fail that holds for positive ones.
        for (const inputs of [REALS, POSITIVE]) {
          for (const overlap of overlapsOf(first, second, inputs)) {
            if (performance.now() > options.deadline) return { pairs, open, skipped, complete: false }
            options.signal?.throwIfAborted()
            const place = overlap.path.join('.')
            // A rule at one place takes one part, however it was written out; one net for each place is enough to show.
            if ((outer === inner && place === '') || done.has(place) || shown.has(place)) continue
            const instance = instanceOf(overlap, outer, inner, options.seed)
            if (instance === null) continue
            done.add(place)
            const { peak, ways } = instance
            const text = `${place} ${printNet(peak)}`
            if (seen.has(text)) continue
            seen.add(text)
            pairs++
            const [left, right] = ways.map(w => normalized(w.net, rules, options.signal))
            const budget = { milliseconds: COMPARE_MILLISECONDS, signal: options.signal }
            if (left !== null && right !== null && compareDiagrams(left, right, budget).kind === 'same') continue
            shown.add(place)
            open.push({
              rules: [outer.name, inner.name],
              peak,
              parts: ways.flatMap(w => w.parts),
              normal: [left, right],
            })
          }
        }
      }
    }
  }
  return { pairs, open, skipped, complete: true }
}
