// Do normalizing rules come to an end? Either a measure goes down with every step, or running them shows where they run in
// a circle; else it is said that neither was found.

import type { Diagram } from '../diagram/diagram.ts'
import { random } from '../numeric/random.ts'
import { type Choices, leftSideNet, NO_CHOICES, noUnknowns, writeOut } from '../prove/statement.ts'
import { graphOf, snapshot } from '../rewrite/graph.ts'
import type { Measure } from '../rewrite/measures.ts'
import { rewrite } from '../rewrite/normalize.ts'
import type { Rule } from '../rewrite/rule.ts'
import { TooLarge } from '../scalar/expression.ts'
import { printNet } from '../syntax/print.ts'
import { needsChoices, randomChoices } from './choices.ts'
import { layersAround } from './instances.ts'
import { type Ordering, orderRules, orderTogether, orderWithMost } from './ordering.ts'

/** Steps after which a run is looked at for a circle. */
const STEPS = 400
/** Nets at the beginning of a run that are compared. */
const KEPT = 40

/** Measures, and the rules that go down under them, by name. */
type By = readonly { readonly measure: string; readonly rules: readonly string[] }[]

function namesIn(by: Ordering['by'], isMeant: (rule: Rule) => boolean = () => true): By {
  return by
    .map(({ measure, rules }) => ({ measure, rules: rules.filter(isMeant).map(r => r.name) }))
    .filter(({ rules }) => rules.length > 0)
}

export type Termination =
  /**
   * `together`: also when used with the built-in rules, which come to an end themselves. `without`: the built-in rules with
   * which it is not shown; null: all of them.
   */
  | {
      readonly kind: 'ends'
      readonly by: By
      readonly together: boolean
      readonly without: readonly string[] | null
    }
  /** One net after the other, the last the same as the first; `rules`: those that lead around. */
  | { readonly kind: 'circle'; readonly rules: readonly string[]; readonly nets: readonly Diagram[] }
  /** No net came back, but there was no end either: the first nets of the run. */
  | { readonly kind: 'endless'; readonly rules: readonly string[]; readonly nets: readonly Diagram[] }
  /** No measure was found for these rules, and runs of them ended. */
  | { readonly kind: 'open'; readonly rules: readonly string[]; readonly by: By }

/** The left side of a rule as a net, with values for what cannot be left unknown; null where none was found. */
export function leftSideOf(rule: Rule, seed: number): { readonly net: Diagram; readonly choices: Choices } | null {
  const source = random(seed)
  for (let attempt = 0; attempt < 8; attempt++) {
    const choices = needsChoices(rule) ? randomChoices(rule, source) : NO_CHOICES
    if (choices === null) continue
    const written = writeOut(rule, noUnknowns(), choices)
    if (written.kind === 'written') return { net: written.left, choices }
  }
  return null
}

/** Whether a run of the rules does not end within the steps: the circle, or how it begins. */
export function runOf(
  net: Diagram,
  rules: readonly Rule[],
): Extract<Termination, { kind: 'circle' | 'endless' }> | null {
  const nets: Diagram[] = [net]
  const used: string[] = []
  // Functions are taken apart once, at the start: what comes before that does not come back.
  let start = 0
  try {
    const graph = graphOf(net)
    for (const match of rewrite(graph, { rules, maxSteps: STEPS + 1 })) {
      used.push(match.rule.name)
      if (match.rule.phase === 'parts') start = used.length
      if (nets.length < KEPT) nets.push(snapshot(graph))
      if (used.length >= STEPS) break
    }
  } catch (error) {
    if (!(error instanceof TooLarge)) throw error
  }
  if (used.length < STEPS) return null
  // Where there is no end, a net that came back is a circle.
  const texts = new Map<string, number>()
  for (const [i, state] of nets.entries()) {
    if (i < start) continue
    const text = printNet(state)
    const before = texts.get(text)
    if (before !== undefined)
      return { kind: 'circle', rules: [...new Set(used.slice(before, i))], nets: nets.slice(before, i + 1) }
    texts.set(text, i)
  }
  return { kind: 'endless', rules: [...new Set(used)], nets: nets.slice(0, 4) }
}

/**
 * Examines the normalizing rules of an author, alone and together with the built-in ones. `measures`: the author's own,
 * tried before the others. A rule that is written as a built-in one is that one.
 */
export function terminationOf(
  rules: readonly Rule[],
  builtin: readonly Rule[],
  options: { readonly seed: number; readonly deadline: number; readonly measures?: readonly Measure[] },
): Termination {
  const texts = new Set(builtin.map(r => r.text))
  const normalizing = rules.filter(r => r.direction === '==>' && !texts.has(r.text))
  const own = new Set(rules.map(r => r.text))
  const together = orderTogether(normalizing, builtin, options.measures)
  if (together.open.length === 0)
    return { kind: 'ends', by: namesIn(together.by, r => own.has(r.text)), together: true, without: [] }
  for (const rule of normalizing) {
    if (performance.now() > options.deadline) break
    const left = leftSideOf(rule, options.seed)?.net
    // Beside layers functions are taken apart.
    const nets = [left, ...layersAround(rule).map(around => leftSideNet(around, noUnknowns(), NO_CHOICES))]
    for (const net of nets) {
      if (net == null) continue
      const run = (net === left ? runOf(net, normalizing) : null) ?? runOf(net, [...normalizing, ...builtin])
      if (run !== null) return run
    }
  }
  const most = orderWithMost(normalizing, builtin, options.measures)
  if (most !== null) {
    const without = most.without.map(r => r.name)
    return { kind: 'ends', by: namesIn(most.by, r => own.has(r.text)), together: false, without }
  }
  const alone = orderRules(normalizing, [], options.measures)
  if (alone.open.length === 0) return { kind: 'ends', by: namesIn(alone.by), together: false, without: null }
  return { kind: 'open', rules: alone.open.map(r => r.name), by: namesIn(alone.by) }
}
