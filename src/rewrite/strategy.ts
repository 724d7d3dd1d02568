// Strategies: how to apply rules, as values. A strategy either comes to its end, and then its steps are a derivation like
// any other, or it fails, and then nothing has happened; what did not fit is told.
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import { applyMatch } from './apply.ts'
import { type Graph, graphOf, isAlive, nodeAt, nodesInOrder, snapshot } from './graph.ts'
import { Entries, type Log } from './log.ts'
import { type Match, matchRule } from './match.ts'
import { explainMismatch, type Misfit, nearestMisfit } from './misfit.ts'
import { rewrite, type Step, stepsOf, TooManySteps } from './normalize.ts'
import type { Rule } from './rule.ts'

export type Strategy =
  /** The rule, once: at the piece with this number (its last stage), else at the first place where it fits. */
  | { readonly kind: 'apply'; readonly rule: Rule; readonly piece: number | null }
  /** One after the other; fails where one of them does. */
  | { readonly kind: 'then'; readonly parts: readonly Strategy[] }
  /** The first that does not fail. */
  | { readonly kind: 'or'; readonly parts: readonly Strategy[] }
  /** As often as it does not fail, at most `bound` times; never fails. */
  | { readonly kind: 'repeat'; readonly of: Strategy; readonly bound: number }
  /** Once, if it does not fail; never fails. */
  | { readonly kind: 'attempt'; readonly of: Strategy }
  /** Once at every piece that is there at the start, from the inputs to the outputs; fails where it fits nowhere. */
  | { readonly kind: 'everywhere'; readonly of: Strategy }
  /** At the piece nearest to the inputs where it fits. */
  | { readonly kind: 'fromInputs'; readonly of: Strategy }
  /** As long as it fits somewhere, at the piece nearest to the inputs; fails where it fits nowhere. */
  | { readonly kind: 'insideOut'; readonly of: Strategy }
  /** Only at pieces on which the output or inner wire of this name depends, or which depend on the input of this name. */
  | { readonly kind: 'within'; readonly part: string; readonly of: Strategy }
  /** The normal form by these rules; never fails. */
  | { readonly kind: 'normalize'; readonly rules: readonly Rule[] }

/** The rule, once. `piece`: counted from the inputs, from 1, without the inputs. Throws RangeError for other numbers. */
export function applyRule(rule: Rule, piece: number | null = null): Strategy {
  if (piece !== null && (!Number.isSafeInteger(piece) || piece < 1))
    throw new RangeError(`applyRule: pieces are counted from 1, not ${piece}`)
  return { kind: 'apply', rule, piece }
}
/** One strategy after the other. (A module that exports a function called `then` cannot be imported dynamically.) */
export function sequence(...parts: readonly Strategy[]): Strategy {
  return { kind: 'then', parts }
}
/** The first strategy that does not fail. Throws RangeError where there is none to choose from. */
export function or(...parts: readonly Strategy[]): Strategy {
  if (parts.length === 0) throw new RangeError('or: there is nothing to choose from')
  return { kind: 'or', parts }
}
/** As often as possible, at most `bound` times. Throws RangeError where the bound is no whole number from 1 on. */
export function repeat(of: Strategy, bound: number): Strategy {
  if (!Number.isSafeInteger(bound) || bound < 1)
    throw new RangeError(`repeat: the bound is a whole number from 1 on, not ${bound}`)
  return { kind: 'repeat', of, bound }
}
/** Once, or not at all. */
export function attempt(of: Strategy): Strategy {
  return { kind: 'attempt', of }
}
export function everywhere(of: Strategy): Strategy {
  return { kind: 'everywhere', of }
}
export function fromInputs(of: Strategy): Strategy {
  return { kind: 'fromInputs', of }
}
export function insideOut(of: Strategy): Strategy {
  return { kind: 'insideOut', of }
}
/** `part`: the name of an input, an output or an inner wire of the net. */
export function within(part: string, of: Strategy): Strategy {
  return { kind: 'within', part, of }
}
/** The normal form by rules that are used left to right. */
export function normalForm(rules: readonly Rule[]): Strategy {
  return { kind: 'normalize', rules }
}

export interface StrategyOptions {
  /** At most this many steps, undone ones included (default 10,000). */
  readonly maxSteps?: number
  readonly signal?: AbortSignal
}

/** Why a strategy fails: the rule that did not apply last, and what did not fit. */
export interface StrategyFailure {
  readonly rule: Rule | null
  readonly misfit: Misfit | null
  /** A name or number in the strategy that means nothing in the net; null where a rule did not apply. */
  readonly missing: { readonly kind: 'part' | 'piece'; readonly name: string } | null
}
export type Outcome =
  | { readonly kind: 'done'; readonly log: Log; readonly result: Diagram }
  | { readonly kind: 'failed'; readonly failure: StrategyFailure }

/** The rules that a strategy applies one by one; those of its normal forms are not among them. */
export function rulesIn(strategy: Strategy): ReadonlySet<Rule> {
  const found = new Set<Rule>()
  const stack = [strategy]
  for (let s = stack.pop(); s !== undefined; s = stack.pop()) {
    if (s.kind === 'apply') found.add(s.rule)
    else if ('parts' in s) stack.push(...s.parts)
    else if ('of' in s) stack.push(s.of)
  }
  return found
}

/** Strategies within strategies. */
const DEEPEST = 200

/** Follows a strategy from a net. Throws TooManySteps, RangeError for one nested deeper than 200, and what `signal` throws. */
export function runStrategy(diagram: Diagram, strategy: Strategy, options: StrategyOptions = {}): Outcome {
  const run = new StrategyRun(diagram, options)
  const failure = run.follow(strategy)
  return failure === null ? { kind: 'done', log: run.log(), result: run.result() } : { kind: 'failed', failure }
}

/** The steps of a strategy, as `normalize` gives those of a normal form; none where it fails. Throws as `runStrategy`. */
export function* strategySteps(
  diagram: Diagram,
  strategy: Strategy,
  options: StrategyOptions = {},
): Generator<Step, Outcome, undefined> {
  const outcome = runStrategy(diagram, strategy, options)
  if (outcome.kind === 'done') yield* stepsOf(outcome.log)
  return outcome
}

/** The pieces of a net: its nodes from the inputs on, without inputs and outputs. */
export function piecesOf(graph: Graph): NodeId[] {
  return nodesInOrder(graph).filter(id => {
    const { kind } = nodeAt(graph, id)
    return kind !== 'input' && kind !== 'output'
  })
}

/** Where rules may be applied: at one node, and in all of the parts. */
interface Focus {
  readonly piece: NodeId | null
  readonly parts: readonly string[]
}

const NO_FAILURE: StrategyFailure = { rule: null, misfit: null, missing: null }

/** A run from a net on, which strategies follow one after the other. */
export class StrategyRun {
  private graph: Graph
  private matches: Match[] = []
  private failure = NO_FAILURE
  private readonly maxSteps: number
  private steps = 0

  constructor(
    private readonly start: Diagram,
    private readonly options: StrategyOptions,
  ) {
    this.graph = graphOf(start)
    this.maxSteps = options.maxSteps ?? 10_000
  }

  /** Follows a strategy from where the run is; null where it came to its end, else why not, and the net is as it was. */
  follow(strategy: Strategy): StrategyFailure | null {
    this.failure = NO_FAILURE
    return this.run(strategy, { piece: null, parts: [] }, 0) ? null : this.failure
  }
  result(): Diagram {
    return snapshot(this.graph)
  }
  log(): Log {
    const entries = new Entries()
    for (const match of this.matches) entries.push(match)
    return { start: this.start, entries }
  }

  private run(strategy: Strategy, focus: Focus, depth: number): boolean {
    if (depth > DEEPEST) throw new RangeError(`runStrategy: a strategy nested more than ${DEEPEST} deep`)
    const follow = (s: Strategy, at: Focus = focus): boolean => this.run(s, at, depth + 1)
    switch (strategy.kind) {
      case 'apply':
        return this.apply(strategy.rule, strategy.piece, focus)
      case 'then': {
        const mark = this.matches.length
        for (const part of strategy.parts) {
          if (follow(part)) continue
          this.undo(mark)
          return false
        }
        return true
      }
      case 'or':
        return strategy.parts.some(part => follow(part))
      case 'attempt':
        follow(strategy.of)
        return true
      case 'repeat':
        this.again(strategy.bound, () => follow(strategy.of))
        return true
      case 'everywhere': {
        let found = false
        for (const id of this.places(focus)) {
          if (!isAlive(this.graph, id)) continue
          if (follow(strategy.of, { ...focus, piece: id })) found = true
        }
        return found
      }
      case 'fromInputs':
        return this.nearest(focus, at => follow(strategy.of, at))
      case 'insideOut': {
        const mark = this.matches.length
        this.again(Number.POSITIVE_INFINITY, () => this.nearest(focus, at => follow(strategy.of, at)))
        return this.matches.length > mark
      }
      case 'within':
        return follow(strategy.of, { ...focus, parts: [...focus.parts, strategy.part] })
      case 'normalize': {
        const { signal } = this.options
        for (const match of rewrite(this.graph, { rules: strategy.rules, maxSteps: this.maxSteps, signal }))
          this.keep(match)
        return true
      }
    }
  }

  /** Again and again, until it fails or does nothing. */
  private again(bound: number, once: () => boolean): void {
    for (let k = 0; k < bound; k++) {
      const mark = this.matches.length
      if (!once() || this.matches.length === mark) return
    }
  }

  private nearest(focus: Focus, once: (at: Focus) => boolean): boolean {
    return this.places(focus).some(piece => once({ ...focus, piece }))
  }

  private apply(rule: Rule, piece: number | null, focus: Focus): boolean {
    const { graph } = this
    let places = this.places(focus)
    if (piece !== null) {
      const named: NodeId | undefined = piecesOf(graph)[piece - 1]
      if (named === undefined) {
        this.failure = { rule, misfit: null, missing: { kind: 'piece', name: `${piece}` } }
        return false
      }
      places = places.filter(id => id === named)
    }
    let hasNothing: NodeId | null = null
    for (const id of places) {
      const match = matchRule(graph, rule, id)
      if (match === null) continue
      if (applyMatch(graph, match) !== null) {
        this.keep(match)
        return true
      }
      hasNothing ??= id
    }
    if (this.failure.missing === null)
      this.failure = { rule, misfit: this.misfit(rule, places, hasNothing), missing: null }
    return false
  }

  private misfit(rule: Rule, places: readonly NodeId[], hasNothing: NodeId | null): Misfit | null {
    if (hasNothing !== null)
      return { what: 'result', at: hasNothing, found: 'nothing to do', needed: 'something new', fitting: 0 }
    return places.length === 1 ? explainMismatch(this.graph, rule, places[0]) : nearestMisfit(this.graph, rule)
  }

  private keep(match: Match): void {
    this.matches.push(match)
    if (++this.steps > this.maxSteps) throw new TooManySteps(`more than ${this.maxSteps} steps`)
    if ((this.steps & 255) === 0) this.options.signal?.throwIfAborted()
  }

  /** Goes back to the state after so many steps, by making them again from the start. */
  private undo(mark: number): void {
    if (this.matches.length === mark) return
    this.matches = this.matches.slice(0, mark)
    this.graph = graphOf(this.start)
    for (const match of this.matches) {
      if (applyMatch(this.graph, match) === null) throw new Error(`the step ${match.rule.name} cannot be made again`)
    }
  }

  private places({ piece, parts }: Focus): readonly NodeId[] {
    if (piece !== null) return !isAlive(this.graph, piece) ? [] : this.inParts([piece], parts)
    return this.inParts(piecesOf(this.graph), parts)
  }

  private inParts(places: readonly NodeId[], parts: readonly string[]): readonly NodeId[] {
    let kept = places
    for (const name of parts) {
      const inside = partOf(this.graph, name)
      if (inside === null) {
        this.failure = { rule: null, misfit: null, missing: { kind: 'part', name } }
        return []
      }
      kept = kept.filter(id => inside.has(id))
    }
    return kept
  }
}

/** The nodes on which an output or a named wire depends, or which depend on an input; null where nothing has the name. */
function partOf(graph: Graph, name: string): ReadonlySet<NodeId> | null {
  const order = nodesInOrder(graph)
  const isNamed = (id: NodeId): boolean => {
    const node = nodeAt(graph, id)
    return (node.kind === 'input' || node.kind === 'output') && node.name === name
  }
  const port = order.find(isNamed)
  const start = port ?? graph.wires.get(name)
  if (start === undefined || !isAlive(graph, start)) return null
  const inside = new Set([start])
  // A wire that has become an input needs nothing.
  if (port === undefined || nodeAt(graph, port).kind === 'output') {
    for (const id of order.toReversed()) if (inside.has(id)) for (const a of nodeAt(graph, id).args) inside.add(a)
  } else {
    for (const id of order) if (nodeAt(graph, id).args.some(a => inside.has(a))) inside.add(id)
  }
  return inside
}
