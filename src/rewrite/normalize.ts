// Normal forms, step by step. A worklist holds the nodes at which something may have become possible; rules are looked
// up by the kind of node at their root; what a step changes is put on the list again. Nothing walks the whole net for a
// step, so a chain of N layers takes time linear in N, in whatever order its redexes appear.
import type { Diagram, Node, NodeId, NodeKind } from '../diagram/diagram.ts'
import { type Applied, applyMatch } from './apply.ts'
import { type Graph, graphOf, nodeAt, snapshot, usersOf } from './graph.ts'
import { type Failure, type Match, matchRule } from './match.ts'
import { depthOf, PHASES, type Rule } from './rule.ts'

/** The log of a run, from which every state of the net can be made again. */
export interface Log {
  readonly start: Diagram
  readonly entries: readonly Match[]
}

export interface NormalizeOptions {
  readonly rules: readonly Rule[]
  /** At most this many steps (default 10,000,000): rules of users need not come to an end. */
  readonly maxSteps?: number
  readonly signal?: AbortSignal
  /** Called for every step, before and after it changes the graph: for checking a step by numbers. */
  readonly watch?: {
    before(graph: Graph, match: Match): void
    after(graph: Graph, match: Match, applied: Applied): void
  }
}

/** The rules of one phase, by the kind of node that their pattern ends in. */
type Index = Partial<Record<NodeKind, readonly Rule[]>>

function indexRules(rules: readonly Rule[]): Index[] {
  return PHASES.map(phase => {
    const index: Partial<Record<NodeKind, Rule[]>> = {}
    for (const rule of rules) {
      if (rule.phase !== phase || rule.direction !== '==>') continue
      const kinds = rootKinds(rule)
      for (const kind of kinds) (index[kind] ??= []).push(rule)
    }
    return index
  })
}
function rootKinds(rule: Rule): NodeKind[] {
  const { left } = rule
  if (left.kind === 'wire') return []
  const linear = rule.conditions.some(c => c.kind === 'function' && c.property === 'linear')
  if (left.kind === 'pointwise' && left.fn.kind === 'variable' && left.fn.variadic && linear)
    return ['pointwise', 'join', 'slice']
  return [left.kind]
}

/** First-in first-out lists of nodes, one for each phase, without repetition. */
class Worklists {
  private readonly items: NodeId[][] = PHASES.map(() => [])
  private readonly heads: number[] = PHASES.map(() => 0)
  /** By node, a bit for each list on which it stands. */
  private listed = new Uint8Array(1024)

  push(phase: number, id: NodeId): void {
    if (id >= this.listed.length) {
      const larger = new Uint8Array(Math.max(2 * this.listed.length, id + 1))
      larger.set(this.listed)
      this.listed = larger
    }
    const bit = 1 << phase
    if ((this.listed[id] & bit) !== 0) return
    this.listed[id] |= bit
    this.items[phase].push(id)
  }
  pop(phase: number): NodeId | undefined {
    const items = this.items[phase]
    const head = this.heads[phase]
    if (head === items.length) return undefined
    const id = items[head]
    this.listed[id] &= ~(1 << phase)
    this.heads[phase] = head + 1
    if (head > 65_536 && head * 2 > items.length) {
      this.items[phase] = items.slice(head + 1)
      this.heads[phase] = 0
    }
    return id
  }
}

/** Thrown when a run takes more steps than allowed. */
export class TooManySteps extends Error {}

/** Runs the rules to the end, yielding each application after it has happened. The graph is edited in place. */
export function* rewrite(graph: Graph, options: NormalizeOptions): Generator<Match, void, undefined> {
  const indexes = indexRules(options.rules)
  const reach = Math.max(1, ...options.rules.filter(r => r.direction === '==>').map(r => depthOf(r.left))) - 1
  const lists = new Worklists()
  const start = snapshot(graph).nodes
  const active = PHASES.map((_, phase) => phase).filter(phase => Object.keys(indexes[phase]).length > 0)
  const touch = (id: NodeId, from: number): void => {
    const { kind } = nodeAt(graph, id)
    for (const phase of active) if (phase >= from && indexes[phase][kind] !== undefined) lists.push(phase, id)
  }
  for (const node of start) touch(node.id, 0)
  let steps = 0
  let looked = 0
  for (;;) {
    let phase = -1
    let id: NodeId | undefined
    for (const candidate of active) {
      id = lists.pop(candidate)
      if (id !== undefined) {
        phase = candidate
        break
      }
    }
    if (id === undefined) return
    if ((++looked & 1023) === 0) options.signal?.throwIfAborted()
    const node = graph.nodes[id]
    if (node === undefined) continue
    const rules = indexes[phase][node.kind]
    if (rules === undefined) continue
    for (const rule of rules) {
      const match = matchRule(graph, rule, id)
      if (match === null) continue
      options.watch?.before(graph, match)
      const applied = applyMatch(graph, match)
      if (applied === null) continue
      options.watch?.after(graph, match, applied)
      // Taking functions apart happens once, at the start: what later phases put together stays together.
      const from = phase === 0 ? 0 : 1
      for (const changed of applied.changed) touchAround(graph, changed, reach, touch, from)
      if (++steps > (options.maxSteps ?? 10_000_000)) throw new TooManySteps(`more than ${options.maxSteps} steps`)
      yield match
      break
    }
  }
}

/** Puts a node on the lists, and those that may see it in a pattern: its users, to the depth of the deepest pattern. */
function touchAround(
  graph: Graph,
  id: NodeId,
  reach: number,
  touch: (id: NodeId, from: number) => void,
  from: number,
): void {
  if (graph.nodes[id] === undefined) return
  touch(id, from)
  if (reach === 0) return
  let level: NodeId[] = [id]
  for (let k = 0; k < reach; k++) {
    const next: NodeId[] = []
    for (const at of level) {
      for (const user of usersOf(graph, at)) {
        touch(user, from)
        next.push(user)
      }
    }
    level = next
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
  const match = replay.log.entries[index]
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
  return log.entries.map((_, index) => stepAt(replay, index))
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
      if (applyMatch(this.graph, this.log.entries[this.position]) === null) {
        throw new Error(`step ${this.position} (${this.log.entries[this.position].rule.name}) cannot be replayed`)
      }
      this.position++
    }
    return snapshot(this.graph)
  }
}

/** The normal form of a net, with the log of the steps that lead to it. Throws TooManySteps. */
export function normalFormOf(diagram: Diagram, options: NormalizeOptions): { log: Log; normal: Diagram } {
  const graph = graphOf(diagram)
  const entries: Match[] = []
  for (const match of rewrite(graph, options)) entries.push(match)
  return { log: { start: diagram, entries }, normal: snapshot(graph) }
}

/**
 * The derivation from a net to its normal form, step by step; the last step's `after` is the normal form. A net that is
 * normal has no step. Throws TooManySteps when the rules do not come to an end within `maxSteps`.
 */
export function* normalize(diagram: Diagram, options: NormalizeOptions): Generator<Step, void, undefined> {
  const graph = graphOf(diagram)
  const entries: Match[] = []
  const log: Log = { start: diagram, entries }
  const replay = new Replay(log)
  for (const match of rewrite(graph, options)) yield stepAt(replay, entries.push(match) - 1)
}

/** Rules whose pattern fits somewhere in the net but whose condition is not shown: what kept them from applying. */
export function blockedRules(graph: Graph, rules: readonly Rule[], limit = 5): (Failure & { rule: Rule })[] {
  const found: (Failure & { rule: Rule })[] = []
  const indexes = indexRules(rules)
  for (const node of snapshot(graph).nodes as readonly Node[]) {
    for (const index of indexes) {
      for (const rule of index[node.kind] ?? []) {
        if (rule.conditions.every(c => c.kind === 'function' || c.kind === 'operator')) continue
        matchRule(graph, rule, node.id, failure => {
          if (found.length < limit && (failure.condition.kind === 'wire' || failure.condition.kind === 'real'))
            found.push({ rule, ...failure })
        })
        if (found.length >= limit) return found
      }
    }
  }
  return found
}
