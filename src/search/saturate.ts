// Equality saturation: rules are tried at terms until the goal is reached, nothing new follows, or the budget is spent. Terms
// are visited in the order in which they came in or something changed below them; nothing depends on the clock but the end.
import { asJoin, asMultiple, asSum, ofParts, partOfFunction } from './apart.ts'
import { addedToAll, expanded, exponentialOfSum, hasRepeated, multipleThroughLayer } from './broadcast.ts'
import { poolAsFunction, powersAsFunctions } from './components.ts'
import type { EGraph, TermId } from './egraph.ts'
import { nestedGroups, ofEqualComponents, throughGroups } from './groups.ts'
import type { Visitor } from './instances.ts'
import { asFunction, asLayer, grouped, merged, piecesOf, pulledOut, withoutFactor } from './layers.ts'
import { PairSet } from './pairs.ts'
import { Fused, shifted, takenApart } from './pointwise.ts'
import {
  cancelled,
  factorThroughFunction,
  ordered,
  throughFunction,
  throughJoin,
  wireThroughFunction,
} from './through.ts'

export interface SearchBudget {
  /** Time; the search is the same whatever it is, but for where it ends. */
  readonly seconds: number
  /** E-nodes. */
  readonly terms: number
  /** Memory of the e-graph in bytes: its arrays, and an estimate of what its nodes share with others. Default 512 MB. */
  readonly bytes?: number
  readonly signal?: AbortSignal
}
const DEFAULT_BYTES = 512 * 2 ** 20
/** More than any search makes in a second. */
const TERMS_A_SECOND = 500_000

/** A budget of so many seconds; what else is not said follows from these. */
export function searchBudget(
  seconds: number,
  terms: number = Math.ceil(TERMS_A_SECOND * seconds),
  bytes: number = DEFAULT_BYTES,
  signal?: AbortSignal,
): SearchBudget {
  return { seconds, terms, bytes, signal }
}

export interface Saturation {
  /** `goal`: the terms that were to become equal are; `saturated`: nothing more follows from the rules. */
  readonly end: 'goal' | 'saturated' | 'terms' | 'memory' | 'time'
  readonly visits: number
}

/** The built-in rules, tried at a term. */
export type Visit = (g: EGraph, t: TermId) => void

/** A byte for each term. */
class Flags {
  private flags = new Uint8Array(1024)

  isSet(t: TermId): boolean {
    return this.flags[t] === 1
  }
  set(t: TermId, value: 0 | 1): void {
    if (t >= this.flags.length) {
      const old = this.flags
      this.flags = new Uint8Array(Math.max(2 * old.length, t + 1))
      this.flags.set(old)
    }
    this.flags[t] = value
  }
}

/** The rules that are built in, as one visit of a term; those that make functions of pools and powers only where that is asked. */
export function builtinVisit(g: EGraph, byComponents = false): Visit {
  const fused = new Fused(g)
  const mergedPairs = new PairSet()
  const visited = new Flags()
  const noted = new Flags()
  return (_, t) => {
    const kind = g.kindOf(t)
    const isFirst = !visited.isSet(t)
    if (isFirst) visited.set(t, 1)
    switch (kind) {
      case 'pointwise':
        if (isFirst) {
          takenApart(g, t)
          asLayer(g, t)
          shifted(g, t)
        }
        fused.visit(t)
        throughJoin(g, t)
        throughFunction(g, t)
        factorThroughFunction(g, t)
        wireThroughFunction(g, t)
        cancelled(g, t)
        exponentialOfSum(g, t)
        if (!noted.isSet(t) && hasRepeated(g, t)) {
          noted.set(t, 1)
          expanded(g, t)
          g.changed.push(g.classOf(t))
        }
        ordered(g, t)
        break
      case 'additive':
        if (isFirst) {
          const pieces = piecesOf(g, t)
          asFunction(g, t)
          withoutFactor(g, t)
          pulledOut(g, t)
          grouped(g, t, pieces)
          addedToAll(g, t)
          asSum(g, t, pieces)
          asMultiple(g, t, pieces)
          ofParts(g, t, pieces)
          asJoin(g, t, pieces)
        }
        partOfFunction(g, t)
        multipleThroughLayer(g, t)
        merged(g, t, m => mergedPairs.add(t, m))
        break
      case 'join':
      case 'slice':
        if (isFirst) asLayer(g, t)
        break
      case 'multiplicative':
        if (isFirst && byComponents) powersAsFunctions(g, t)
        break
      case 'reduce':
        if (isFirst && byComponents) poolAsFunction(g, t)
        throughGroups(g, t)
        nestedGroups(g, t)
        ofEqualComponents(g, t)
        break
    }
  }
}

/** Terms that are to be visited, each once, in the order in which they came. */
class Queue {
  private terms = new Int32Array(1024)
  private head = 0
  private tail = 0
  private readonly waiting = new Flags()

  push(t: TermId): void {
    if (this.waiting.isSet(t)) return
    this.waiting.set(t, 1)
    if (this.tail === this.terms.length) {
      const rest = this.terms.subarray(this.head, this.tail)
      const isRoomy = 2 * rest.length <= this.terms.length
      const room = isRoomy ? this.terms : new Int32Array(2 * this.terms.length)
      room.set(rest)
      this.terms = room
      this.tail = rest.length
      this.head = 0
    }
    this.terms[this.tail++] = t
  }
  get isEmpty(): boolean {
    return this.head === this.tail
  }
  shift(): TermId | undefined {
    if (this.head === this.tail) return undefined
    const t = this.terms[this.head++]
    this.waiting.set(t, 0)
    return t
  }
}

/** So many visits are made before something that was put off gets its turn, though there is more to visit. */
const PATIENCE = 256
/** Every so often the rule that has waited longest has its turn, whatever it has led to so far. */
const ROUND = 8

/** Which of the rules that have put something off is next: the one whose turns have led furthest. */
class Turns {
  private readonly tries: number[]
  private readonly gains: number[]
  private turn = 0
  private last = -1
  private before = 0

  constructor(
    private readonly g: EGraph,
    private readonly visitors: readonly Visitor[],
  ) {
    this.tries = visitors.map(() => 1)
    this.gains = visitors.map(() => 1)
  }

  /** Lets a rule do what it has put off; false where nothing has been. */
  next(): boolean {
    const { g, visitors, tries, gains } = this
    if (this.last >= 0) gains[this.last] += g.reasons.size - this.before
    this.last = -1
    const isFair = ++this.turn % ROUND === 0
    let chosen = -1
    for (let k = 0; k < visitors.length; k++) {
      if (!visitors[k].waiting) continue
      const isBetter =
        chosen < 0 || (isFair ? tries[k] < tries[chosen] : gains[k] * tries[chosen] > gains[chosen] * tries[k])
      if (isBetter) chosen = k
    }
    if (chosen < 0) return false
    tries[chosen]++
    this.last = chosen
    this.before = g.reasons.size
    visitors[chosen].release(g)
    return true
  }
}

/** Runs rules to the end. `isReached` is asked whenever something has become equal. */
export function saturate(
  g: EGraph,
  builtin: Visit,
  budget: SearchBudget,
  options: {
    readonly isReached?: () => boolean
    readonly rules?: readonly Visitor[]
    readonly deadline?: number
  } = {},
): Saturation {
  g.deadline = options.deadline ?? performance.now() + 1000 * budget.seconds
  const isReached = options.isReached ?? (() => false)
  const visitors = options.rules ?? []
  const reach = Math.max(1, ...visitors.map(v => v.depth - 1))
  const bytes = budget.bytes ?? DEFAULT_BYTES
  const queue = new Queue()
  const turns = new Turns(g, visitors)
  /** The terms that look at a class through others, to the depth of the deepest rule. */
  const pushUsers = (start: TermId): void => {
    let level = [start]
    for (let depth = 0; level.length > 0; depth++) {
      const next: TermId[] = []
      for (const term of level) {
        for (let use = g.firstUseOf(g.classOf(term)); use >= 0; use = g.nextUseOf(use)) {
          const user = g.userAt(use)
          if (g.isDouble(user)) continue
          queue.push(user)
          if (depth + 1 < reach) next.push(user)
        }
      }
      level = depth + 1 < reach ? [...new Set(next.map(t => g.classOf(t)))] : []
    }
  }
  g.changed.length = 0
  for (let t = 0; t < g.size; t++) if (!g.isDouble(t)) queue.push(t)
  let visited = 0
  let waited = 0
  for (;;) {
    const before = g.size
    const equalities = g.reasons.size
    const t = ++waited > PATIENCE ? undefined : queue.shift()
    if (t === undefined) {
      waited = 0
      if (!turns.next() && queue.isEmpty) return { end: 'saturated', visits: visited }
    } else if (!g.isDouble(t) && !g.closed.has(t)) {
      builtin(g, t)
      for (const visitor of visitors) visitor.visit(g, t)
    }
    if ((++visited & 3) === 0) {
      budget.signal?.throwIfAborted()
      if (performance.now() > g.deadline) return { end: 'time', visits: visited }
    }
    if (g.bytes > bytes) return { end: 'memory', visits: visited }
    g.forget()
    g.rebuild()
    for (let k = before; k < g.size; k++) queue.push(k)
    if (g.changed.length > 0) {
      for (let k = 0; k < g.changed.length; k++) pushUsers(g.changed[k])
      g.changed.length = 0
    }
    if (g.reasons.size > equalities && isReached()) return { end: 'goal', visits: visited }
    if (g.size >= budget.terms) return { end: 'terms', visits: visited }
  }
}
