// Rules of users in the search, in both directions. Where the nodes of terms look like one side of a rule, a small net is made
// of them, and the engine that rewrites decides there whether the rule applies and what it gives: conditions, computed right
// sides and sizes are not decided twice. What it says is remembered, since the same few nodes come again and again.

import { type Diagram, type Node, type NodeId, operatorsOf } from '../diagram/diagram.ts'
import { ANY, type WireRange, whole } from '../diagram/ranges.ts'
import type { Shape } from '../linear/size.ts'
import { applyMatch } from '../rewrite/apply.ts'
import { type Graph, graphOf, nodeAt, setRange } from '../rewrite/graph.ts'
import { type Match, matchRule } from '../rewrite/match.ts'
import { readBackwards } from '../rewrite/reverse.ts'
import { depthOf, type Pattern, type Rule, stagesBefore } from '../rewrite/rule.ts'
import { byWires, callsAtWires } from '../rewrite/subnets.ts'
import { type Content, contentInNormalForm, type Unplaced } from './contents.ts'
import type { EGraph, TermId } from './egraph.ts'
import { PairSet } from './pairs.ts'
import type { Why } from './reasons.ts'
import type { Found } from './search.ts'

/** A rule as it was applied: the bindings name nodes of a small net, which are the wires of an equality. */
export interface Instance {
  readonly match: Match
  /** The rule was used from right to left. */
  readonly reversed: boolean
}

/** The rules of users on which a proof that was found rests. */
export function citedRules(found: Found): Rule[] {
  const cited = new Set<Rule>()
  for (const e of found.equalities) if (e.by === 'theorem') cited.add((e.instance as Instance).match.rule)
  return [...cited]
}

/** The visits that try the rules of users, each in one direction. */
export function ruleVisits(rules: readonly Rule[]): Visitor[] {
  return rules
    .filter(rule => rule.phase === 'own')
    .flatMap(rule => {
      const { forward, backward } = directionsOf(rule)
      const both = [forward, backward].flatMap(used => ('because' in used ? [] : [{ rule, used }]))
      return both.filter(({ used }) => used.left.kind !== 'wire')
    })
    .map(({ rule, used }) => new RuleUser(rule, used))
}

/** A rule that is tried at every term. */
export interface Visitor {
  /** How many nodes, one after the other, it looks at. */
  readonly depth: number
  visit(g: EGraph, t: TermId): void
  /** Whether something has been put off, and does the first of it. */
  readonly waiting: boolean
  release(g: EGraph): void
}

type Read = ReturnType<typeof readBackwards>
const directions = new WeakMap<Rule, { readonly forward: Read; readonly backward: Read }>()
/**
 * The rule as it is matched, from left to right and from right to left, read once. What holds for all nets holds for the wires
 * at their ends, whatever is before them: a part of a net is a wire here.
 */
function directionsOf(rule: Rule): { readonly forward: Read; readonly backward: Read } {
  let found = directions.get(rule)
  if (found === undefined) {
    const forward = rule.variables.nets.length === 0 ? rule : byWires(rule)
    found = { forward, backward: 'because' in forward ? forward : readBackwards(forward) }
    directions.set(rule, found)
  }
  return found
}

// --- Applying -----------------------------------------------------------------------------------------------------------

/** So many ways in which terms may look like a side are tried at one root. */
const MOST_SKELETONS = 32
/** Of so many small nets it is remembered what a rule gives. */
const MOST_REMEMBERED = 100_000

/** What a rule gives on a small net. */
interface Outcome {
  readonly instance: Instance
  /** The nodes that are made, each on wires of the small net or on those that were made before it. */
  readonly made: readonly { readonly content: Content; readonly args: readonly number[] }[]
  /** The wire that the root becomes. */
  readonly result: number
}
/** Two nodes, one below the other, in given ranges, and what a rule gives on them. */
interface PairOutcome {
  readonly wires: readonly WireRange[]
  readonly outcome: Outcome | null
}

const FITS_OUTER = 1
const FITS_INNER = 2

class RuleUser implements Visitor {
  readonly depth: number
  private readonly why: Why
  /** Terms where it applies but needs others that are not there yet: root, number of terms, terms. */
  private late: number[] = []
  private lateAt = 0
  private readonly outcomes = new Map<string, Outcome | null>()
  private readonly pairOutcomes = new Map<number, PairOutcome[]>()
  /** Pairs of terms, one below the other, at which the rule has been applied. */
  private readonly tried = new PairSet()
  private readonly triedLists = new Set<string>()
  /** By content: whether it looks like the outer or the inner part of a side that is a function after a function. */
  private fits = new Int8Array(256).fill(-1)
  /** Whether it depends on the values of wires if the rule applies: functions that are named are what they are. */
  private readonly asksRanges: boolean
  private readonly pair: { readonly outer: NodePattern; readonly inner: NodePattern } | null
  private readonly reversed: boolean

  constructor(
    private readonly rule: Rule,
    private readonly used: Rule,
  ) {
    this.why = { rule: rule.name, title: rule.title, by: 'theorem' }
    this.depth = depthOf(used.left)
    this.reversed = used === directionsOf(rule).backward
    const { left } = used
    const isPlain = left.kind === 'pointwise' && !(left.fn.kind === 'variable' && left.fn.variadic)
    const below = isPlain && left.args.length === 1 ? left.args[0] : null
    const isExact = (p: Pattern | null): boolean => p?.kind === 'pointwise' && p.fn.kind === 'exact'
    this.asksRanges = rule.conditions.length > 0 || !isExact(left) || !isExact(below)
    this.pair = below !== null && isOneFunction(below) ? { outer: left as NodePattern, inner: below } : null
  }

  get waiting(): boolean {
    return this.lateAt < this.late.length
  }

  release(g: EGraph): void {
    const { late } = this
    const count = late[this.lateAt++]
    const terms = late.slice(this.lateAt, (this.lateAt += count))
    if (this.lateAt > 65_536 && 2 * this.lateAt > late.length) {
      this.late = late.slice(this.lateAt)
      this.lateAt = 0
    }
    if (terms.some(t => g.isDouble(t))) return
    if (this.pair !== null) this.tryPair(g, terms[1], terms[0], true)
    else this.tryAt(g, terms[terms.length - 1], terms, true)
  }

  /** Puts off what would make terms that nobody has asked for yet: true where that is so. */
  private putsOff(g: EGraph, outcome: Outcome, terms: readonly TermId[], wires: readonly TermId[]): boolean {
    const { made } = outcome
    const known = [...wires]
    for (let k = 0; k + 1 < made.length; k++) {
      const { content, args } = made[k]
      const term = g.find(
        content,
        args.map(a => known[a]),
      )
      if (term < 0) {
        this.late.push(terms.length, ...terms)
        g.extraBytes += 8 * (terms.length + 1)
        return true
      }
      known.push(term)
    }
    return false
  }

  visit(g: EGraph, t: TermId): void {
    if (this.pair !== null) this.visitPair(g, t)
    else for (const terms of skeletons(g, this.used.left, t)) this.tryAt(g, t, terms, false)
  }

  private fitOf(g: EGraph, t: TermId): number {
    const number = g.numberOf(t)
    if (number >= this.fits.length) {
      const old = this.fits
      this.fits = new Int8Array(Math.max(2 * old.length, number + 1)).fill(-1)
      this.fits.set(old)
    }
    if (this.fits[number] < 0) {
      const { outer, inner } = this.pair as { outer: NodePattern; inner: NodePattern }
      const node = g.nodeOf(t)
      const isUnary = g.arityOf(t) === 1
      this.fits[number] = !isUnary
        ? 0
        : (looksLike(outer, node) ? FITS_OUTER : 0) | (looksLike(inner, node) ? FITS_INNER : 0)
    }
    return this.fits[number]
  }

  /** A side that is a function after a function, which most rules of users are: no lists are made before it fits. */
  private visitPair(g: EGraph, t: TermId): void {
    if ((this.fitOf(g, t) & FITS_OUTER) === 0) return
    const c = g.classOf(g.argOf(t, 0))
    if (!g.has(c, 'pointwise')) return
    for (let m = g.firstMember(c); m >= 0; m = g.nextMember(m))
      if ((this.fitOf(g, m) & FITS_INNER) !== 0 && this.tried.add(m, t)) this.tryPair(g, t, m, false)
  }

  private tryPair(g: EGraph, t: TermId, m: TermId, isReleased: boolean): void {
    const arg = g.argOf(m, 0)
    const leaf = this.asksRanges ? g.narrowest(arg) : arg
    if (g.areEqual(leaf, m) || g.areEqual(leaf, t)) return
    const wires = [leaf, m, t]
    const key = g.numberOf(t) * 2 ** 26 + g.numberOf(m)
    let known = this.pairOutcomes.get(key)
    if (known === undefined) this.pairOutcomes.set(key, (known = []))
    const a = this.asksRanges ? g.rangeOf(leaf) : ANY
    const b = this.asksRanges ? g.rangeOf(m) : ANY
    const c = this.asksRanges ? g.rangeOf(t) : ANY
    let outcome: Outcome | null | undefined
    for (const k of known) if (k.wires[0] === a && k.wires[1] === b && k.wires[2] === c) outcome = k.outcome
    if (outcome === undefined) {
      outcome = this.outcome(g, [leaf], [m, t], [[0], [1]])
      if (known.length < 64) known.push({ wires: [a, b, c], outcome })
      g.extraBytes += 500
    }
    if (outcome === null) {
      // It may apply once more is known of the wires.
      if (this.asksRanges) this.tried.delete(m, t)
      return
    }
    if (isReleased || !this.putsOff(g, outcome, [m, t], wires)) this.apply(g, outcome, [leaf], [m, t], wires)
  }

  private tryAt(g: EGraph, t: TermId, terms: readonly TermId[], isReleased: boolean): void {
    const leaves: TermId[] = []
    const local = (arg: TermId): number => {
      const inside = terms.findIndex(m => g.areEqual(m, arg))
      if (inside >= 0 && terms[inside] !== t) return -1 - inside
      let at = leaves.findIndex(l => g.areEqual(l, arg))
      if (at < 0) at = leaves.push(g.narrowest(arg)) - 1
      return at
    }
    const args = terms.map(m => g.argsOf(m).map(local))
    const count = leaves.length
    const places = args.map(list => list.map(a => (a >= 0 ? a : count - 1 - a)))
    // Classes that go in circles: a node that would come before what it is made of is no part of a net.
    if (places.some((list, i) => list.some(a => a >= count + i))) return
    let key = ''
    for (const leaf of leaves) key += `${rangeKey(g.rangeOf(leaf))}:${shapeKey(g.shapeOf(leaf))},`
    for (const [i, term] of terms.entries())
      key += `${g.numberOf(term)}(${places[i].join()})${rangeKey(g.rangeOf(term))};`
    let outcome = this.outcomes.get(key)
    if (outcome === undefined) {
      outcome = this.outcome(g, leaves, terms, places)
      if (this.outcomes.size < MOST_REMEMBERED) this.outcomes.set(key, outcome)
      g.extraBytes += 700
    }
    const wires = [...leaves, ...terms]
    if (outcome !== null && (isReleased || this.isNew(terms)))
      if (isReleased || !this.putsOff(g, outcome, terms, wires)) this.apply(g, outcome, leaves, terms, wires)
  }

  private isNew(terms: readonly TermId[]): boolean {
    const key = terms.join()
    if (this.triedLists.has(key)) return false
    this.triedLists.add(key)
    return true
  }

  private apply(
    g: EGraph,
    outcome: Outcome,
    leaves: readonly TermId[],
    terms: readonly TermId[],
    wires: TermId[],
  ): void {
    const made: TermId[] = []
    for (const { content, args } of outcome.made) {
      const term = g.add(
        content,
        args.map(a => wires[a]),
      )
      if (term < 0) return
      made.push(term)
      wires.push(term)
    }
    const t = terms[terms.length - 1]
    const result = wires[outcome.result]
    const inner = terms.slice(0, -1)
    const others = made.filter(m => m !== result)
    g.equate(t, result, this.why, { inner, made: others, over: leaves, instance: outcome.instance, wires })
  }

  /** Whether the rule applies to a small net of these nodes, and what comes out; numbers: leaves, nodes, then what is made. */
  private outcome(
    g: EGraph,
    leaves: readonly TermId[],
    terms: readonly TermId[],
    places: readonly (readonly number[])[],
  ): Outcome | null {
    const nodes: Node[] = leaves.map((leaf, id) => {
      const domain = whole(g.rangeOf(leaf))
      return { kind: 'input', id, args: [], shape: g.shapeOf(leaf), name: `x${id}`, domain, absorbed: false }
    })
    for (const [i, term] of terms.entries())
      nodes.push({ ...g.nodeOf(term), id: leaves.length + i, args: places[i] } as Node)
    const root = nodes.length - 1
    const { shape } = nodes[root]
    const output = nodes.length
    nodes.push({ kind: 'output', id: output, args: [root], shape, name: 'y', absorbed: false })
    const diagram: Diagram = { name: '', nodes, names: new Map() }
    const graph: Graph = graphOf(diagram)
    for (const [i, term] of [...leaves, ...terms].entries()) setRange(graph, i, g.rangeOf(term))
    const match = matchRule(graph, this.used, root)
    if (match === null) return null
    const calls = callsAtWires(this.rule, this.used, match.wires)
    const [functions, operators] = [[...match.functions], [...match.operators]]
    const kept: Match = { ...match, rule: this.rule, functions, operators, calls }
    const applied = applyMatch(graph, match)
    if (applied === null) return null
    const places_ = new Map<NodeId, number>(nodes.slice(0, -1).map(n => [n.id, n.id]))
    const made: { content: Content; args: readonly number[] }[] = []
    const make = (node: Node): number => {
      const args = node.args.map(a => places_.get(a) as number)
      made.push({ content: g.contents.of(contentInNormalForm(node)), args })
      return root + made.length
    }
    for (const id of applied.created) places_.set(id, make(nodeAt(graph, id)))
    // The root has got a new node where it is not another wire now: that is a wire of its own here.
    const result = applied.wire === null ? make(nodeAt(graph, root)) : (places_.get(applied.wire) as number)
    return { instance: { match: kept, reversed: this.reversed }, made, result }
  }
}

/** The ways in which a term and members of the classes below it look like a pattern: each after those below it. */
function skeletons(g: EGraph, pattern: Pattern, t: TermId): TermId[][] {
  const at = (p: Pattern, term: TermId): TermId[][] => {
    if (p.kind === 'wire') return [[]]
    if (!looksLike(p, g.nodeOf(term))) return []
    let found: TermId[][] = []
    for (const pair of pairsOf(g, p, term)) {
      let lists: TermId[][] = [[]]
      for (const [below, arg] of pair) {
        const choices = below.kind === 'wire' ? [[]] : g.membersOf(g.classOf(arg)).flatMap(m => at(below, m))
        lists = lists.flatMap(list => choices.map(choice => [...list, ...choice])).slice(0, MOST_SKELETONS)
      }
      found = found.concat(lists.map(list => [...list, term]))
    }
    return found.slice(0, MOST_SKELETONS)
  }
  return at(pattern, t).map(terms => [...new Set(terms)])
}

/** The parts of a pattern with the args of a term that they may mean, in each way in which they may. */
function pairsOf(g: EGraph, p: Exclude<Pattern, { kind: 'wire' }>, term: TermId): (readonly [Pattern, TermId])[][] {
  const args = g.argsOf(term)
  const before: readonly Pattern[] = stagesBefore<Pattern>(p)
  if ((p.kind === 'pointwise' || p.kind === 'join') && before.length === args.length)
    return [before.map((below, i) => [below, args[i]] as const)]
  if (before.length > 1) return []
  const below = before.at(0)
  if (below === undefined || below.kind === 'wire') return [[]]
  return args.map(arg => [[below, arg] as const])
}

type NodePattern = Exclude<Pattern, { kind: 'wire' }>

/** Whether a pattern is a function of one wire, whatever the wire is. */
function isOneFunction(p: Pattern): p is NodePattern {
  const isPlain = p.kind === 'pointwise' && !(p.fn.kind === 'variable' && p.fn.variadic)
  return isPlain && p.args.length === 1 && p.args[0].kind === 'wire'
}

function looksLike(p: NodePattern, node: Unplaced): boolean {
  if (p.kind !== 'pointwise') return p.kind === node.kind
  if (node.kind !== 'pointwise') return p.fn.kind === 'variable' && p.fn.variadic
  return p.fn.kind !== 'exact' || p.fn.fn === node.fn
}

/** What a node does, as a text that is the same for nodes that do the same. */
export function contentKey(node: Node): string {
  const own = ((): string => {
    switch (node.kind) {
      case 'pointwise':
        return `f${node.fn.id}`
      case 'slice':
        return `${node.start.text}..${node.end.text}`
      case 'reduce':
        return `${node.operation}${node.group}`
      case 'mix':
        return `m${node.fn.id},${node.inverse.id}`
      default:
        return node.kind
    }
  })()
  return `${own} ${operatorsOf(node)
    .map(a => a.id)
    .join()}:${shapeKey(node.shape)}`
}
/** Numbers for objects that come again and again: equal numbers mean the same object. */
function numbering(): (of: object) => number {
  const numbers = new WeakMap<object, number>()
  let next = 1
  return of => {
    let n = numbers.get(of)
    if (n === undefined) numbers.set(of, (n = next++))
    return n
  }
}
const rangeNumber = numbering()
function rangeKey(r: WireRange): string {
  return r.length === 1 ? `|${rangeNumber(r[0])}` : `|${r.map(rangeNumber).join('.')}`
}
const sizeNumber = numbering()
function shapeKey(shape: Shape): string {
  return shape.length === 1 ? `${sizeNumber(shape[0])}` : shape.map(sizeNumber).join('x')
}
