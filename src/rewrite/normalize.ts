// Normal forms, step by step. A worklist holds the nodes at which something may have become possible; rules are looked
// up by the kind of node at their root; what a step changes is put on the list again. Nothing walks the whole net for a
// step, so a chain of N layers takes time linear in N, in whatever order its redexes appear.
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import { type Applied, applyMatch } from './apply.ts'
import { builtin } from './builtin.ts'
import { Candidates } from './candidates.ts'
import { type Graph, graphOf, isAlive, kindAt, listUsers, nodesInOrder, snapshot } from './graph.ts'
import { Entries, type Log } from './log.ts'
import { type Failure, type Match, matchRule } from './match.ts'
import { depthOf, PHASES, type Rule } from './rule.ts'

export interface NormalizeOptions {
  /** The rules to rewrite with, in the order in which they are tried. Default: the built-in ones. */
  readonly rules?: readonly Rule[]
  /** At most this many steps (default 10,000,000): rules of users need not come to an end. */
  readonly maxSteps?: number
  readonly signal?: AbortSignal
  /** Called for every step, before and after it changes the graph: for checking a step by numbers. */
  readonly watch?: {
    before(graph: Graph, match: Match): void
    after(graph: Graph, match: Match, applied: Applied): void
  }
}

/** Nodes, first in first out. */
class Queue {
  private items = new Int32Array(1024)
  private head = 0
  private size = 0

  push(id: NodeId): void {
    const { items, head, size } = this
    if (size === items.length) {
      this.items = new Int32Array(2 * size)
      this.items.set(items.subarray(head))
      this.items.set(items.subarray(0, head), size - head)
      this.head = 0
    }
    this.items[(this.head + this.size++) & (this.items.length - 1)] = id
  }
  /** The node that has waited longest; undefined where none waits. */
  pop(): NodeId | undefined {
    if (this.size === 0) return undefined
    const id = this.items[this.head]
    this.head = (this.head + 1) & (this.items.length - 1)
    this.size--
    return id
  }
}

/** Lists of nodes to look at, one for each phase, each without repetition. */
class Worklists {
  private readonly queues = PHASES.map(() => new Queue())
  /** By node, a bit for each list on which it stands. */
  private listed = new Uint8Array(1024)

  /** Puts a node on the lists of these phases, a bit for each. */
  push(phases: number, id: NodeId): void {
    if (id >= this.listed.length) {
      const larger = new Uint8Array(Math.max(2 * this.listed.length, id + 1))
      larger.set(this.listed)
      this.listed = larger
    }
    const fresh = phases & ~this.listed[id]
    if (fresh === 0) return
    this.listed[id] |= fresh
    for (let phase = 0; fresh >>> phase !== 0; phase++) if (((fresh >>> phase) & 1) === 1) this.queues[phase].push(id)
  }
  pop(phase: number): NodeId | undefined {
    const id = this.queues[phase].pop()
    if (id !== undefined) this.listed[id] &= ~(1 << phase)
    return id
  }
}

/** All phases, a bit for each. */
const ALL = (1 << PHASES.length) - 1

/** Thrown when a run takes more steps than allowed. */
export class TooManySteps extends Error {}

/** Runs the rules to the end, yielding each application after it has happened. The graph is edited in place. */
export function* rewrite(graph: Graph, options: NormalizeOptions = {}): Generator<Match, void, undefined> {
  const run = new Run(graph, options)
  for (let match = run.step(); match !== null; match = run.step()) yield match
}

class Run {
  private readonly graph: Graph
  private readonly options: NormalizeOptions
  private readonly candidates: Candidates
  private readonly lists = new Worklists()
  /** How far from a node that changed a pattern may end that sees it. */
  private readonly reach: number
  private readonly maxSteps: number
  /** Nodes around one that changed, from the beginning of the list; what stands behind them is of no meaning. */
  private readonly around: NodeId[] = []
  private steps = 0
  private looked = 0

  constructor(graph: Graph, options: NormalizeOptions) {
    this.graph = graph
    this.options = options
    this.maxSteps = options.maxSteps ?? 10_000_000
    const rules = options.rules ?? builtin()
    this.candidates = new Candidates(rules)
    this.reach = Math.max(1, ...rules.filter(r => r.direction === '==>').map(r => depthOf(r.left))) - 1
    for (const id of nodesInOrder(graph)) this.touch(id, ALL)
  }

  /** Applies the next rule; null when no rule applies any more. */
  step(): Match | null {
    const { graph, lists, options } = this
    for (;;) {
      let phase = 0
      let id = lists.pop(phase)
      while (id === undefined && ++phase < PHASES.length) id = lists.pop(phase)
      if (id === undefined) return null
      if ((++this.looked & 1023) === 0) options.signal?.throwIfAborted()
      if (!isAlive(graph, id)) continue
      const rules = this.candidates.at(phase, graph, id)
      for (let k = 0; k < rules.length; k++) {
        const match = matchRule(graph, rules[k], id)
        if (match === null) continue
        options.watch?.before(graph, match)
        const applied = applyMatch(graph, match)
        if (applied === null) continue
        options.watch?.after(graph, match, applied)
        // Taking functions apart happens once, at the start: what later phases put together stays together.
        const among = phase === 0 ? ALL : ALL & ~1
        const { changed } = applied
        for (let i = 0; i < changed.length; i++) this.candidates.forget(changed[i])
        for (let i = 0; i < changed.length; i++) this.touchAround(changed[i], among)
        if (++this.steps > this.maxSteps) throw new TooManySteps(`more than ${this.maxSteps} steps`)
        return match
      }
    }
  }

  /** Puts a node on the lists of those of these phases that may concern it. */
  private touch(id: NodeId, among: number): void {
    this.lists.push(this.candidates.phasesAt(this.graph, id) & among, id)
  }

  /** Puts a node on the lists, and those that may see it in a pattern: its users, to the depth of the deepest pattern. */
  private touchAround(id: NodeId, among: number): void {
    const { graph, reach } = this
    if (!isAlive(graph, id)) return
    this.touch(id, among)
    if (reach === 0) return
    const { around } = this
    around[0] = id
    let start = 0
    let last = 1
    for (let k = 0; k < reach; k++) {
      const end = last
      for (; start < end; start++) last = listUsers(graph, around[start], around, last)
      for (let i = end; i < last; i++) this.touch(around[i], among)
    }
  }
}

/** A step of a derivation. `before` and `after` are made by replaying the log, when they are asked for. */
export interface Step {
  readonly rule: Rule
  readonly at: NodeId
  readonly match: Match
  /** The position in the derivation, from 0. */
  readonly index: number
  readonly before: Diagram
  readonly after: Diagram
}

/** The step with this position, whose diagrams are made by replaying the log. */
function stepAt(replay: Replay, index: number): Step {
  const match = replay.log.entries.at(index)
  return {
    rule: match.rule,
    at: match.at,
    match,
    index,
    get before() {
      return replay.state(index)
    },
    get after() {
      return replay.state(index + 1)
    },
  }
}

/** The steps of a log. */
export function stepsOf(log: Log): Step[] {
  const replay = new Replay(log)
  return Array.from({ length: log.entries.length }, (_, index) => stepAt(replay, index))
}

/** Makes states of a derivation again. Going forward costs the steps in between; going back starts anew. */
export class Replay {
  private graph: Graph
  private position = 0
  readonly log: Log

  constructor(log: Log) {
    this.log = log
    this.graph = graphOf(log.start)
  }
  /** The diagram after the first `index` steps. */
  state(index: number): Diagram {
    if (index < this.position) {
      this.graph = graphOf(this.log.start)
      this.position = 0
    }
    while (this.position < index) {
      const match = this.log.entries.at(this.position)
      if (applyMatch(this.graph, match) === null) {
        throw new Error(`step ${this.position} (${match.rule.name}) cannot be replayed`)
      }
      this.position++
    }
    return snapshot(this.graph)
  }
}

/** The normal form of a net, with the log of the steps that lead to it. Throws TooManySteps. */
export function normalFormOf(diagram: Diagram, options: NormalizeOptions = {}): { log: Log; normal: Diagram } {
  const graph = graphOf(diagram)
  const entries = new Entries()
  const run = new Run(graph, options)
  for (let match = run.step(); match !== null; match = run.step()) entries.push(match)
  return { log: { start: diagram, entries }, normal: snapshot(graph) }
}

/**
 * The derivation from a net to its normal form, step by step; the last step's `after` is the normal form. A net that is
 * normal has no step. Throws TooManySteps when the rules do not come to an end within `maxSteps`.
 */
export function* normalize(diagram: Diagram, options: NormalizeOptions = {}): Generator<Step, void, undefined> {
  const graph = graphOf(diagram)
  const entries = new Entries()
  const log: Log = { start: diagram, entries }
  const replay = new Replay(log)
  for (const match of rewrite(graph, options)) {
    entries.push(match)
    yield stepAt(replay, entries.length - 1)
  }
}

/** Rules whose pattern fits somewhere in the net but whose condition is not shown: what kept them from applying. */
export function blockedRules(
  graph: Graph,
  rules: readonly Rule[],
  limit = 5,
  late: () => boolean = () => false,
): (Failure & { rule: Rule })[] {
  const found: (Failure & { rule: Rule })[] = []
  const candidates = new Candidates(rules)
  for (const id of nodesInOrder(graph)) {
    if (late()) return found
    const kind = kindAt(graph, id)
    for (const phase of PHASES.keys()) {
      for (const rule of candidates.ofKind(phase, kind)) {
        if (rule.conditions.every(c => c.kind === 'function' || c.kind === 'operator')) continue
        matchRule(graph, rule, id, failure => {
          if (found.length < limit && (failure.condition.kind === 'wire' || failure.condition.kind === 'real'))
            found.push({ rule, ...failure })
        })
        if (found.length >= limit) return found
      }
    }
  }
  return found
}
