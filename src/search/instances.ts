// Rules of users in the search, in both directions. Where the nodes of terms look like one side of a rule, a small net is made
// of them, and the engine that rewrites decides there whether the rule applies and what it gives: conditions, computed right
// sides and sizes are not decided twice. What it says is remembered, since the same few nodes come again and again.

import { normalLinear } from '../algebra/operators.ts'
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import { type WireRange, whole } from '../diagram/ranges.ts'
import type { Shape } from '../linear/size.ts'
import { applyMatch } from '../rewrite/apply.ts'
import { type Graph, graphOf, nodeAt } from '../rewrite/graph.ts'
import { type Match, matchRule } from '../rewrite/match.ts'
import { reverseRule } from '../rewrite/reverse.ts'
import { depthOf, type Pattern, type Rule, stagesBefore } from '../rewrite/rule.ts'
import type { EGraph, TermId } from './egraph.ts'
import type { Visit } from './saturate.ts'
import type { Found } from './search.ts'

/** A rule as it was applied: the bindings name nodes of a small net, which are these terms. */
export interface Instance {
  readonly match: Match
  readonly wires: readonly TermId[]
  /** The rule was used from right to left. */
  readonly reversed: boolean
}

/** The rules of users on which a proof that was found rests. */
export function citedRules(found: Found): Rule[] {
  return found.equalities.flatMap(e => (e.by === 'theorem' ? [(e.instance as Instance).match.rule] : []))
}

/** The visits that try the rules of users, with the depth of the nodes that each looks at. */
export function ruleVisits(rules: readonly Rule[]): { readonly visit: Visit; readonly depth: number }[] {
  return (
    rules
      // What parts of nets are is not told from the nodes of one place.
      .filter(rule => rule.phase === 'own' && rule.variables.nets.length === 0)
      .flatMap(rule => {
        const back = reverseRule(rule)
        const both = [{ rule, used: rule }, ...('because' in back ? [] : [{ rule, used: back }])]
        return both.filter(({ used }) => used.left.kind !== 'wire')
      })
      .map(({ rule, used }) => {
        const user = new RuleUser(rule, used)
        return { visit: (g: EGraph, t: TermId) => user.visit(g, t), depth: depthOf(used.left) }
      })
  )
}

// --- Applying -----------------------------------------------------------------------------------------------------------

/** Terms that look like one side of a rule: the nodes of the side, each after those below it; the last is the root. */
interface Skeleton {
  readonly terms: readonly TermId[]
}
/** So many ways in which terms may look like a side are tried at one root. */
const MOST_SKELETONS = 32

/** What a rule gives on a small net. */
interface Outcome {
  readonly match: Match
  /** The nodes that were made, each after its args, which are numbers of the small net or below these. */
  readonly made: readonly Node[]
  /** The wire that the root becomes. */
  readonly result: NodeId
}

const PAIR = 2 ** 26

class RuleUser {
  private readonly outcomes = new Map<string, Outcome | null>()
  /** Pairs of terms, one below the other, at which the rule has been applied. */
  private readonly tried = new Set<number>()

  constructor(
    private readonly rule: Rule,
    private readonly used: Rule,
  ) {}

  visit(g: EGraph, t: TermId): void {
    const { left } = this.used
    const isPlain = left.kind === 'pointwise' && !(left.fn.kind === 'variable' && left.fn.variadic)
    if (isPlain && left.args.length === 1 && isOneFunction(left.args[0])) {
      this.visitPair(g, t, left, left.args[0])
      return
    }
    for (const { terms } of skeletons(g, this.used.left, t)) this.tryAt(g, t, terms)
  }

  /** A side that is a function after a function, which most rules of users are: no lists are made before it fits. */
  private visitPair(g: EGraph, t: TermId, outer: Pattern, inner: Pattern): void {
    if (!looksLike(outer as NodePattern, g.nodes[t]) || g.nodes[t].args.length !== 1) return
    const c = g.classOf(g.nodes[t].args[0])
    if (!g.has(c, 'pointwise')) return
    const members = g.membersOf(c)
    // What the rule makes may come into this class: that is for another visit.
    for (let k = 0, end = members.length; k < end; k++) {
      const m = members[k]
      if (g.isDouble(m) || this.tried.has(m * PAIR + t)) continue
      if (g.nodes[m].args.length === 1 && looksLike(inner as NodePattern, g.nodes[m])) this.tryAt(g, t, [m, t])
    }
  }

  private tryAt(g: EGraph, t: TermId, terms: readonly TermId[]): void {
    if (terms.length === 2 && this.tried.has(terms[0] * PAIR + t)) return
    const leaves: TermId[] = []
    const local = (arg: TermId): number => {
      const inside = terms.findIndex(m => g.areEqual(m, arg))
      if (inside >= 0 && terms[inside] !== t) return -1 - inside
      let at = leaves.findIndex(l => g.areEqual(l, arg))
      if (at < 0) at = leaves.push(arg) - 1
      return at
    }
    const args = terms.map(m => g.nodes[m].args.map(local))
    const count = leaves.length
    const places = args.map(list => list.map(a => (a >= 0 ? a : count - 1 - a)))
    let key = ''
    for (let i = 0; i < leaves.length; i++)
      key += `${rangeKey(g.rangeOf(leaves[i]))}:${shapeKey(g.nodes[leaves[i]].shape)},`
    for (let i = 0; i < terms.length; i++)
      key += `${g.headOf(terms[i])}(${places[i].join()})${rangeKey(g.rangeOf(terms[i]))};`
    let outcome = this.outcomes.get(key)
    if (outcome === undefined) {
      outcome = this.outcome(g, leaves, terms, places)
      if (this.outcomes.size < 100_000) this.outcomes.set(key, outcome)
    }
    if (outcome === null) return
    if (terms.length === 2) this.tried.add(terms[0] * PAIR + t)
    const wires = [...leaves, ...terms]
    const made: TermId[] = []
    for (const node of outcome.made) {
      const below = node.args.map(a => wires[a])
      const term = g.add({ ...node }, below)
      if (term === null) return
      made.push(term)
      wires[node.id] = term
    }
    const result = wires[outcome.result]
    const { name, title } = this.rule
    const instance: Instance = { match: outcome.match, wires, reversed: this.used !== this.rule }
    const inner = terms.slice(0, -1)
    const others = made.filter(m => m !== result)
    g.equate(t, result, { rule: name, title, by: 'theorem', inner, made: others, over: leaves, instance })
  }

  /** Whether the rule applies to a small net of these nodes, and what comes out; numbers: leaves, nodes, then what is made. */
  private outcome(
    g: EGraph,
    leaves: readonly TermId[],
    terms: readonly TermId[],
    places: readonly (readonly number[])[],
  ): Outcome | null {
    const nodes: Node[] = leaves.map((leaf, id) => {
      const { shape } = g.nodes[leaf]
      return { kind: 'input', id, args: [], shape, name: `x${id}`, domain: whole(g.rangeOf(leaf)), absorbed: false }
    })
    for (const [i, term] of terms.entries())
      nodes.push({ ...g.nodes[term], id: leaves.length + i, args: places[i] } as Node)
    const root = nodes.length - 1
    const { shape } = nodes[root]
    const output = nodes.length
    nodes.push({ kind: 'output', id: output, args: [root], shape, name: 'y', absorbed: false })
    const diagram: Diagram = { name: '', nodes, names: new Map() }
    const graph: Graph = graphOf(diagram)
    for (const [i, term] of [...leaves, ...terms].entries()) graph.ranges[i] = g.rangeOf(term)
    const match = matchRule(graph, this.used, root)
    if (match === null) return null
    const kept: Match = { ...match, rule: this.rule, functions: [...match.functions], operators: [...match.operators] }
    const applied = applyMatch(graph, match)
    if (applied === null) return null
    const made = applied.created.map(id => ({ ...nodeAt(graph, id) }))
    if (applied.wire !== null) return { match: kept, made, result: applied.wire }
    // The root has got a new node: it is a wire of its own here.
    const fresh = graph.nodes.length
    made.push({ ...nodeAt(graph, root), id: fresh })
    return { match: kept, made, result: fresh }
  }
}

/** The ways in which a term and members of the classes below it look like a pattern. */
function skeletons(g: EGraph, pattern: Pattern, t: TermId): Skeleton[] {
  const at = (p: Pattern, term: TermId): TermId[][] => {
    if (p.kind === 'wire') return [[]]
    const node = g.nodes[term]
    if (!looksLike(p, node)) return []
    const pairs = pairsOf(p, node)
    let found: TermId[][] = []
    for (const pair of pairs) {
      let lists: TermId[][] = [[]]
      for (const [below, arg] of pair) {
        const choices =
          below.kind === 'wire' ? [[]] : g.membersOf(g.classOf(arg)).flatMap(m => (g.isDouble(m) ? [] : at(below, m)))
        lists = lists.flatMap(list => choices.map(choice => [...list, ...choice])).slice(0, MOST_SKELETONS)
      }
      found = found.concat(lists.map(list => [...list, term]))
    }
    return found.slice(0, MOST_SKELETONS)
  }
  return at(pattern, t).map(terms => ({ terms: [...new Set(terms)] }))
}

/** The parts of a pattern with the args of a node that they may mean, in each way in which they may. */
function pairsOf(p: Exclude<Pattern, { kind: 'wire' }>, node: Node): (readonly [Pattern, TermId])[][] {
  const before: readonly Pattern[] = stagesBefore<Pattern>(p)
  if ((p.kind === 'pointwise' || p.kind === 'join') && before.length === node.args.length)
    return [before.map((below, i) => [below, node.args[i]] as const)]
  if (before.length > 1) return []
  const below = before.at(0)
  if (below === undefined || below.kind === 'wire') return [[]]
  return node.args.map(arg => [[below, arg] as const])
}

type NodePattern = Exclude<Pattern, { kind: 'wire' }>

/** Whether a pattern is a function of one wire, whatever the wire is. */
function isOneFunction(p: Pattern): boolean {
  const isPlain = p.kind === 'pointwise' && !(p.fn.kind === 'variable' && p.fn.variadic)
  return isPlain && p.args.length === 1 && p.args[0].kind === 'wire'
}

function looksLike(p: NodePattern, node: Node): boolean {
  if (p.kind !== 'pointwise') return p.kind === node.kind
  if (node.kind !== 'pointwise') return p.fn.kind === 'variable' && p.fn.variadic
  return p.fn.kind !== 'exact' || p.fn.fn === node.fn
}

/** What a node does, as a text that is the same for nodes that do the same. */
export function contentKey(node: Node): string {
  const shape = `:${shapeKey(node.shape)}`
  switch (node.kind) {
    case 'pointwise':
      return `f${node.fn.id}${shape}`
    case 'constant':
      return `c${normalLinear(node.value).id}${shape}`
    case 'additive':
      return `+${node.operators.map(a => normalLinear(a).id).join()}:${node.bias?.id ?? ''}${shape}`
    case 'multiplicative':
      return `*${normalLinear(node.operator).id}:${node.bias?.id ?? ''}${shape}`
    case 'slice':
      return `${node.start.text}..${node.end.text}${shape}`
    case 'reduce':
      return `${node.operation}${node.group}${shape}`
    case 'mix':
      return `m${node.fn.id},${node.inverse.id},${normalLinear(node.operator).id}${shape}`
    default:
      return `${node.kind}${shape}`
  }
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
