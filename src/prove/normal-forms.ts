// Both nets of a claim in normal form, each step tried on numbers, and how they compare.
import type { Diagram } from '../diagram/diagram.ts'
import type { Applied } from '../rewrite/apply.ts'
import { type Graph, graphOf, isAlive, nodeAt, rangesOf, snapshot } from '../rewrite/graph.ts'
import { Entries, type Log } from '../rewrite/log.ts'
import type { Match } from '../rewrite/match.ts'
import { rewrite, TooManySteps } from '../rewrite/normalize.ts'
import type { Clock } from './clock.ts'
import { type Comparison, compareDiagrams } from './compare.ts'
import type { Progress, Task, WithRules } from './prove.ts'
import { StepSampler } from './sample.ts'

/** The derivation of a normal form, and how it ends. */
export interface Side {
  readonly log: Log
  readonly normal: Diagram
}

/** A net without a step. */
export function asItIs(net: Diagram): Side {
  return { log: { start: net, entries: new Entries() }, normal: net }
}

/**
 * How much (see `written`) the way to normal forms may write before it is given up: these may be far larger than the nets, as
 * that of a chain of residual blocks is, which has a matrix for each pair of blocks.
 */
export function patienceWith(left: Diagram, right: Diagram): number {
  return 2_000 + 16 * (left.nodes.length + right.nodes.length)
}
/** Parts of functions as large as one wire or matrix, and at most so many for each. */
const PARTS = 8
const MOST_PARTS = 64

/** How much a step has written: the wires that its nodes take, and the parts of their functions. */
function written(graph: Graph, match: Match, { created }: Applied): number {
  let size = 0
  for (const id of [match.at, ...created]) {
    if (!isAlive(graph, id)) continue
    const node = nodeAt(graph, id)
    size += node.args.length + (node.kind === 'pointwise' ? Math.min(node.fn.weight, MOST_PARTS) / PARTS : 0)
  }
  return size
}

/** Brings both nets to normal form and compares these; null where that would write more than `patience`. */
export function compareNormalForms(
  { left, right, options, clock }: Task,
  progress: Progress,
  patience: number,
): Comparison | null {
  const { signal } = options
  const graphs = { left: graphOf(left, undefined, clock.watch), right: graphOf(right, undefined, clock.watch) }
  progress.graphs = graphs
  const leftSide = run(left, graphs.left, options, clock, patience)
  if (leftSide === null) return null
  // Where the right net is the left's normal form already (but for the names of its functions), it has no steps.
  let rightSide: Side | null = asItIs(right)
  let comparison = compareGraphs(graphs.left, graphs.right, clock, signal, false)
  if (comparison.kind !== 'same') {
    rightSide = run(right, graphs.right, options, clock, patience)
    if (rightSide === null) return null
    comparison = compareGraphs(graphs.left, graphs.right, clock, signal, true)
  }
  progress.sides = { left: leftSide, right: rightSide }
  return comparison
}

/**
 * Normalizes, sampling every step by numbers; a step that the numbers contradict throws StepFault. null where it writes more
 * than `patience`.
 */
export function run(diagram: Diagram, graph: Graph, options: WithRules, clock: Clock, patience: number): Side | null {
  const sampler = new StepSampler(diagram, graph, options.seed ?? 1, clock.watch)
  const entries = new Entries()
  let size = 0
  const watch = {
    before: (g: Graph, match: Match): void => sampler.before(g, match),
    after: (g: Graph, match: Match, applied: Applied): void => {
      sampler.after(g, match, applied)
      size += written(g, match, applied)
    },
  }
  const maxSteps = options.budget?.steps ?? 1_000_000
  for (const match of rewrite(graph, { rules: options.rules, maxSteps, signal: options.signal, watch })) {
    entries.push(match)
    if (size > patience) return null
    if ((entries.length & 15) === 0 && clock.isLate())
      throw new TooManySteps(`the time budget ran out after ${entries.length} steps`)
  }
  return { log: { start: diagram, entries }, normal: snapshot(graph) }
}

/** Compares by form first; only when `prove` is set, functions that differ in form are given to the equality prover. */
function compareGraphs(
  left: Graph,
  right: Graph,
  clock: Clock,
  signal: AbortSignal | undefined,
  askProver: boolean,
): Comparison {
  const milliseconds = askProver ? Math.max(200, clock.left()) : 0
  return compareDiagrams(
    snapshot(left),
    snapshot(right),
    { milliseconds, signal },
    { left: rangesOf(left, clock.watch), right: rangesOf(right, clock.watch) },
  )
}
