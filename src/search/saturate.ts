// Equality saturation: rules are tried at terms until the goal is reached, nothing new follows, or the budget is spent. Terms
// are visited in the order in which they came in or something changed below them; nothing depends on the clock but the end.
import type { EGraph, TermId } from './egraph.ts'
import {
  asFunction,
  asLayer,
  factorThroughFunction,
  grouped,
  merged,
  ordered,
  pulledOut,
  throughFunction,
  throughJoin,
  withoutFactor,
} from './layers.ts'
import { Fused, shifted, takenApart, throughGroups } from './pointwise.ts'

export interface SearchBudget {
  /** Time; the search is the same whatever it is, but for where it ends. */
  readonly seconds: number
  /** E-nodes. */
  readonly terms: number
  readonly signal?: AbortSignal
}

export interface Saturation {
  /** `goal`: the terms that were to become equal are; `saturated`: nothing more follows from the rules. */
  readonly end: 'goal' | 'saturated' | 'terms' | 'time'
  readonly visits: number
}

/** A rule that is tried at every term. */
export type Visit = (g: EGraph, t: TermId) => void

/** A set of pairs of terms. */
class Pairs {
  private readonly seen = new Set<number>()
  isNew(a: TermId, b: TermId): boolean {
    const key = a * 2 ** 26 + b
    if (this.seen.has(key)) return false
    this.seen.add(key)
    return true
  }
}

/** The rules that are built in, as one visit of a term. */
export function builtinVisit(g: EGraph): Visit {
  const fused = new Fused(g)
  const mergedPairs = new Pairs()
  const apart = new Uint8Array(2 ** 20)
  const isFirst = (t: TermId): boolean => {
    if (t >= apart.length) return true
    const first = apart[t] === 0
    apart[t] = 1
    return first
  }
  return (_, t) => {
    const { kind } = g.nodes[t]
    switch (kind) {
      case 'pointwise':
        if (isFirst(t)) {
          takenApart(g, t)
          asLayer(g, t)
          shifted(g, t)
        }
        fused.visit(t)
        throughJoin(g, t)
        throughFunction(g, t)
        factorThroughFunction(g, t)
        ordered(g, t)
        break
      case 'additive':
        if (isFirst(t)) {
          asFunction(g, t)
          withoutFactor(g, t)
          pulledOut(g, t)
          grouped(g, t)
        }
        merged(g, t, m => mergedPairs.isNew(t, m))
        break
      case 'join':
      case 'slice':
        if (isFirst(t)) asLayer(g, t)
        break
      case 'reduce':
        throughGroups(g, t)
        break
    }
  }
}

/** Runs rules to the end. `isReached` is asked whenever something has changed. */
export function saturate(
  g: EGraph,
  visits: readonly Visit[],
  budget: SearchBudget,
  options: { readonly isReached?: () => boolean; readonly reach?: number } = {},
): Saturation {
  const deadline = performance.now() + 1000 * budget.seconds
  const isReached = options.isReached ?? (() => false)
  const reach = options.reach ?? 1
  const queue: TermId[] = []
  let head = 0
  let waiting = new Uint8Array(1024)
  const push = (t: TermId): void => {
    if (t >= waiting.length) {
      const larger = new Uint8Array(Math.max(2 * waiting.length, t + 1))
      larger.set(waiting)
      waiting = larger
    }
    if (waiting[t] === 1 || g.isDouble(t)) return
    waiting[t] = 1
    queue.push(t)
  }
  /** The terms that look at a class through others, to the depth of the deepest rule. */
  const pushUsers = (start: TermId): void => {
    let level = [start]
    const seen = new Set<TermId>()
    for (let depth = 0; depth < reach && level.length > 0; depth++) {
      const next: TermId[] = []
      for (const c of level) {
        for (const user of g.usersOf(g.classOf(c))) {
          if (g.isDouble(user)) continue
          push(user)
          const above = g.classOf(user)
          if (depth + 1 < reach && !seen.has(above)) {
            seen.add(above)
            next.push(above)
          }
        }
      }
      level = next
    }
  }
  const changed: TermId[] = []
  g.onChange = c => changed.push(c)
  for (let t = 0; t < g.size; t++) push(t)
  let visited = 0
  for (;;) {
    if (head > 65_536 && 2 * head > queue.length) {
      queue.splice(0, head)
      head = 0
    }
    if (head >= queue.length) return { end: 'saturated', visits: visited }
    const t = queue[head++]
    waiting[t] = 0
    if (g.isDouble(t)) continue
    if ((++visited & 63) === 0) {
      budget.signal?.throwIfAborted()
      if (performance.now() > deadline) return { end: 'time', visits: visited }
    }
    const before = g.size
    const equalities = g.equalities.length
    for (const visit of visits) visit(g, t)
    g.forget()
    g.rebuild()
    for (let k = before; k < g.size; k++) push(k)
    for (const c of changed.splice(0)) pushUsers(c)
    if (g.equalities.length > equalities && isReached()) return { end: 'goal', visits: visited }
    if (g.size >= budget.terms) return { end: 'terms', visits: visited }
  }
}
