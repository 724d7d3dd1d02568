// The graph that rewriting edits in place. Nodes are those of a diagram; a wire that is replaced by an equal one keeps
// what is known about its values. Nothing here knows a rule.

import { plus } from '../algebra/operators.ts'
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import { coarseRange, isIndifferent, nodeRange, type WireRange } from '../diagram/ranges.ts'
import type { Linear } from '../linear/linear.ts'
import { compose, type Expression, substitute, variable } from '../scalar/expression.ts'

/** The id of a node that has no place in a graph yet: whoever places it gives it one. */
export const UNPLACED: NodeId = -1

/** In the place of a wire's first or second user: there is none, or there are more than two, which stand in a list. */
const NOBODY = -1
const SEVERAL = -2
/** Users of a wire beyond this number stand in a set. */
const MANY = 16

export interface Graph {
  readonly name: string
  readonly names: Diagram['names']
  /** By id; undefined where a node is gone. */
  readonly nodes: (Node | undefined)[]
  /** By id: the set of values of the wire, as far as it has been worked out. */
  readonly ranges: (WireRange | Estimate | undefined)[]
  /** For so many wires more, ranges with long ends are worked out at once. */
  exactRanges: number
  readonly links: Links
  readonly inputs: readonly NodeId[]
  readonly outputs: readonly NodeId[]
  /** The wires that have names, where they are now. */
  wires: ReadonlyMap<string, NodeId>
}

/**
 * What is known of a wire whose exact range has ends that are long to work out: in a deep net there are millions of them, no
 * two of them the same, and few are asked for.
 */
interface Estimate {
  /** A superset with short ends. Most conditions can be told from it. */
  readonly bound: WireRange
  /** The range, once it has been worked out; until then what it comes from: the node as it was when the wire was made. */
  range: WireRange | null
  node: Node | null
  args: readonly (WireRange | Estimate)[]
}

/**
 * Which nodes use a wire, in the order in which they began to. Mostly it is one, and while a step is made two: these stand in
 * tables of numbers, for a deep net has millions.
 */
interface Links {
  /** By wire: NOBODY, the only or first user, or SEVERAL. */
  first: Int32Array
  /** By wire: NOBODY or the second user. */
  second: Int32Array
  readonly several: Map<NodeId, NodeId[] | Set<NodeId>>
  /** By node: its only arg; NOBODY where it has none, SEVERAL where it has more. */
  args: Int32Array
}

const NO_NAMES: ReadonlyMap<string, NodeId> = new Map()

/** Nets with fewer wires whose ranges have long ends are not worth an estimate. */
const EXACT_RANGES = 1_000

/** The graph of a diagram, without the wires on which no output depends. `exactRanges`: see Graph. */
export function graphOf(diagram: Diagram, exactRanges = EXACT_RANGES): Graph {
  const { nodes } = diagram
  const inputs: NodeId[] = []
  const outputs: NodeId[] = []
  const none = new Int32Array(0)
  const links: Links = { first: none, second: none, several: new Map(), args: none }
  reserve(links, nodes.length)
  const graph: Graph = {
    name: diagram.name,
    names: diagram.names,
    nodes: new Array(nodes.length),
    ranges: new Array(nodes.length),
    exactRanges,
    links,
    inputs,
    outputs,
    wires: diagram.wires ?? NO_NAMES,
  }
  for (const node of nodes) {
    if (node.kind === 'input') inputs.push(node.id)
    else if (node.kind === 'output') outputs.push(node.id)
    graph.nodes[node.id] = node
    addUses(graph, node)
    graph.ranges[node.id] = estimateOf(graph, node)
  }
  // Wires on which no output depends are not part of the net that is computed.
  for (let id = graph.nodes.length - 1; id >= 0; id--) if (links.first[id] === NOBODY) collect(graph, id)
  return graph
}

export function nodeAt(graph: Graph, id: NodeId): Node {
  const node = graph.nodes[id]
  if (node === undefined) throw new RangeError(`no node n${id}`)
  return node
}
/** The only arg of a node; negative where it has none or several. */
export function onlyArg(graph: Graph, id: NodeId): NodeId {
  return graph.links.args[id]
}

function isEstimate(r: WireRange | Estimate): r is Estimate {
  return !Array.isArray(r)
}
function boundOf(r: WireRange | Estimate): WireRange {
  return isEstimate(r) ? r.bound : r
}

/** A set that holds the values of a wire, quick to find; `rangeAt` lies within it. */
export function boundAt(graph: Graph, id: NodeId): WireRange {
  return boundOf(graph.ranges[id] as WireRange | Estimate)
}

/** The set of values of a wire that follows from those of the wires before it. */
export function rangeAt(graph: Graph, id: NodeId): WireRange {
  const known = graph.ranges[id] as WireRange | Estimate
  return isEstimate(known) ? workedOut(known) : known
}

/** The ranges of all wires. */
export function rangesOf(graph: Graph): ReadonlyMap<NodeId, WireRange> {
  const found = new Map<NodeId, WireRange>()
  for (const id of nodesInOrder(graph)) found.set(id, rangeAt(graph, id))
  return found
}

const NO_ARGS: readonly never[] = []

/** What is known at once of the wire of a node. */
function estimateOf(graph: Graph, node: Node): WireRange | Estimate {
  const known: (WireRange | Estimate)[] = []
  const bounds: WireRange[] = []
  let isExact = true
  for (const arg of node.args) {
    const r = graph.ranges[arg] as WireRange | Estimate
    known.push(r)
    bounds.push(boundOf(r))
    if (isEstimate(r)) isExact = false
  }
  const range = nodeRange(node, bounds)
  const bound = coarseRange(range)
  if (isExact || isIndifferent(node, bounds)) {
    if (bound === range || graph.exactRanges-- > 0) return range
    return { bound, range, node: null, args: NO_ARGS }
  }
  return { bound, range: null, node, args: known }
}

/** The range of an estimate: first those that it comes from, the farthest first. */
function workedOut(estimate: Estimate): WireRange {
  const stack = [estimate]
  for (let top = stack[stack.length - 1]; stack.length > 0; top = stack[stack.length - 1]) {
    if (top.range === null) {
      const missing = top.args.filter((a): a is Estimate => isEstimate(a) && a.range === null)
      if (missing.length > 0) {
        stack.push(...missing)
        continue
      }
      const args = top.args.map(a => (isEstimate(a) ? (a.range as WireRange) : a))
      top.range = nodeRange(top.node as Node, args)
      top.node = null
      top.args = NO_ARGS
    }
    stack.pop()
  }
  return estimate.range as WireRange
}

/** Puts the users of a wire into the list, from position `end` on, and gives the position after the last. */
export function listUsers(graph: Graph, id: NodeId, list: NodeId[], end: number): number {
  const { first, second, several } = graph.links
  let position = end
  if (first[id] === SEVERAL) {
    for (const user of several.get(id) as Iterable<NodeId>) list[position++] = user
    return position
  }
  if (first[id] !== NOBODY) list[position++] = first[id]
  if (second[id] !== NOBODY) list[position++] = second[id]
  return position
}
function hasUsers(graph: Graph, id: NodeId): boolean {
  const { first, several } = graph.links
  if (first[id] !== SEVERAL) return first[id] !== NOBODY
  const users = several.get(id) as NodeId[] | Set<NodeId>
  return Array.isArray(users) ? users.length > 0 : users.size > 0
}

/** Makes the tables of users reach to this wire. */
function reserve(links: Links, wire: NodeId): void {
  const { first, second } = links
  if (wire < first.length) return
  const length = Math.max(2 * first.length, wire + 1)
  links.first = new Int32Array(length).fill(NOBODY, first.length)
  links.first.set(first)
  links.second = new Int32Array(length).fill(NOBODY, second.length)
  links.second.set(second)
  const { args } = links
  links.args = new Int32Array(length).fill(NOBODY, args.length)
  links.args.set(args)
}

function addUser(graph: Graph, wire: NodeId, user: NodeId): void {
  const { first, second, several } = graph.links
  if (first[wire] === NOBODY) first[wire] = user
  else if (first[wire] === SEVERAL) {
    const users = several.get(wire) as NodeId[] | Set<NodeId>
    if (!Array.isArray(users)) users.add(user)
    else if (!users.includes(user)) {
      users.push(user)
      if (users.length > MANY) several.set(wire, new Set(users))
    }
  } else if (first[wire] === user || second[wire] === user) return
  else if (second[wire] === NOBODY) second[wire] = user
  else {
    several.set(wire, [first[wire], second[wire], user])
    first[wire] = SEVERAL
    second[wire] = NOBODY
  }
}
function removeUser(graph: Graph, wire: NodeId, user: NodeId): void {
  const { first, second, several } = graph.links
  if (first[wire] === user) {
    first[wire] = second[wire]
    second[wire] = NOBODY
  } else if (second[wire] === user) second[wire] = NOBODY
  else if (first[wire] === SEVERAL) {
    const users = several.get(wire) as NodeId[] | Set<NodeId>
    if (!Array.isArray(users)) users.delete(user)
    else {
      const i = users.indexOf(user)
      if (i >= 0) users.splice(i, 1)
    }
  }
}
/** Forgets who used a wire that is gone. */
function forgetUsers(graph: Graph, wire: NodeId): void {
  const { first, second, several } = graph.links
  if (first[wire] === SEVERAL) several.delete(wire)
  first[wire] = NOBODY
  second[wire] = NOBODY
}
/** Enters a node among the users of its args. */
function addUses(graph: Graph, node: Node): void {
  const { args } = node
  reserve(graph.links, node.id)
  graph.links.args[node.id] = args.length === 1 ? args[0] : args.length === 0 ? NOBODY : SEVERAL
  for (let k = 0; k < args.length; k++) addUser(graph, args[k], node.id)
}

/** Removes a node that nobody uses, and then those that nobody uses any more. Inputs and outputs stay. */
function collect(graph: Graph, id: NodeId): void {
  const stack = [id]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const node = graph.nodes[next]
    if (node === undefined || node.kind === 'input' || node.kind === 'output' || hasUsers(graph, next)) continue
    graph.nodes[next] = undefined
    graph.ranges[next] = undefined
    forgetUsers(graph, next)
    for (const arg of node.args) {
      removeUser(graph, arg, next)
      stack.push(arg)
    }
  }
}

/** The node, in its place. It was made for this, so it is not copied: a long run makes millions. */
function placed(node: Node, id: NodeId): Node {
  ;(node as { id: NodeId }).id = id
  return node
}

/** Adds a node that was made for this; its range comes from its args. */
export function addNode(graph: Graph, node: Node): NodeId {
  const id = graph.nodes.length
  graph.nodes.push(placed(node, id))
  addUses(graph, node)
  graph.ranges.push(estimateOf(graph, node))
  return id
}

/** Takes back the node that was added last, which nobody uses. */
export function removeLast(graph: Graph): void {
  const node = graph.nodes.pop() as Node
  graph.ranges.pop()
  forgetUsers(graph, node.id)
  for (const arg of node.args) removeUser(graph, arg, node.id)
}

/**
 * Puts another node, made for this, in the place of the node `id`, where it computes the same wire; whoever uses the wire
 * is not touched, and the wire keeps its range, since its values are the same.
 */
export function replaceNode(graph: Graph, id: NodeId, node: Node): void {
  const old = nodeAt(graph, id)
  graph.nodes[id] = placed(node, id)
  addUses(graph, node)
  for (const arg of old.args) {
    if (node.args.includes(arg)) continue
    removeUser(graph, arg, id)
    collect(graph, arg)
  }
}

/** Makes every user of `id` use the equal wire `wire` instead; `id` goes. Gives the users, which have changed. */
export function redirect(graph: Graph, id: NodeId, wire: NodeId): NodeId[] {
  if (graph.wires.size > 0) graph.wires = new Map([...graph.wires].map(([name, at]) => [name, at === id ? wire : at]))
  const { first, second } = graph.links
  const users: NodeId[] = first[id] >= 0 && second[id] === NOBODY ? [first[id]] : []
  if (users.length === 0) listUsers(graph, id, users, 0)
  for (const user of users) {
    const node = nodeAt(graph, user)
    removeUser(graph, id, user)
    addUser(graph, wire, user)
    const changed = withArgs(node, node.args.length === 1 ? [wire] : node.args.map(a => (a === id ? wire : a)))
    graph.nodes[user] = changed
    graph.links.args[user] = changed.args.length === 1 ? changed.args[0] : SEVERAL
  }
  collect(graph, id)
  return users
}

/** The node with other args. Terms of an additive node and args of a pointwise node that become the same wire are merged. */
function withArgs(node: Node, args: readonly NodeId[]): Node {
  if (args.length === 1 && node.kind === 'pointwise')
    return { id: node.id, kind: 'pointwise', shape: node.shape, args, fn: node.fn }
  if (node.kind === 'additive') return { ...node, ...mergeTerms(args, node.operators) }
  if (node.kind === 'pointwise') return { ...node, ...mergeArgs(args, node.fn) }
  return { ...node, args }
}

/** W x + V x = (W + V) x: each wire once, in order of first occurrence. */
export function mergeTerms(
  args: readonly NodeId[],
  operators: readonly Linear[],
): { args: readonly NodeId[]; operators: readonly Linear[] } {
  if (args.length === 1 || new Set(args).size === args.length) return { args, operators }
  const merged = new Map<NodeId, Linear>()
  args.forEach((a, k) => {
    const old = merged.get(a)
    merged.set(a, old === undefined ? operators[k] : plus(old, operators[k]))
  })
  return { args: [...merged.keys()], operators: [...merged.values()] }
}

/** The same function of the same wires, each wire once, in order of first occurrence. */
export function mergeArgs(args: readonly NodeId[], fn: Expression): { args: readonly NodeId[]; fn: Expression } {
  if (args.length <= 1 || new Set(args).size === args.length) return { args, fn }
  const unique = [...new Set(args)]
  return { args: unique, fn: substitute(fn, i => variable(unique.indexOf(args[i]))) }
}

/** g with the function f of other wires at its argument `index`: one pointwise function of all of those wires. */
export function fuseAt(
  g: Expression,
  gArgs: readonly NodeId[],
  index: number,
  f: Expression,
  fArgs: readonly NodeId[],
): { args: readonly NodeId[]; fn: Expression } {
  if (gArgs.length === 1) return { args: fArgs, fn: compose(g, f) }
  const args: NodeId[] = []
  const place = new Map<NodeId, number>()
  const at = (wire: NodeId): number => {
    let i = place.get(wire)
    if (i === undefined) {
      place.set(wire, (i = args.length))
      args.push(wire)
    }
    return i
  }
  const before = gArgs.slice(0, index).map(at)
  const inner = fArgs.map(at)
  const moved = substitute(f, i => variable(inner[i]))
  const after = gArgs.slice(index + 1).map(at)
  const places = [...before, -1, ...after]
  return { args, fn: substitute(g, i => (i === index ? moved : variable(places[i]))) }
}

/** The nodes on which outputs depend: inputs first, then every node after its args, outputs last. */
export function nodesInOrder(graph: Graph): NodeId[] {
  const order = [...graph.inputs]
  const seen = new Uint8Array(graph.nodes.length)
  for (const id of order) seen[id] = 1
  // The way from an output to the node at hand, and for each node on it the arg that is next.
  const path: NodeId[] = []
  const next: number[] = []
  for (const output of graph.outputs) {
    path.push(output)
    next.push(0)
    while (path.length > 0) {
      const top = path.length - 1
      const only = graph.links.args[path[top]]
      const count = only >= 0 ? 1 : only === NOBODY ? 0 : nodeAt(graph, path[top]).args.length
      if (next[top] < count) {
        const arg = only >= 0 ? only : nodeAt(graph, path[top]).args[next[top]]
        next[top]++
        if (seen[arg] === 1) continue
        seen[arg] = 1
        path.push(arg)
        next.push(0)
      } else {
        if (top > 0) order.push(path[top])
        path.pop()
        next.pop()
      }
    }
  }
  for (const output of graph.outputs) order.push(output)
  return order
}

/** The diagram that the graph is now; ids are kept. */
export function snapshot(graph: Graph): Diagram {
  const { name, names, wires } = graph
  const diagram = { name, names, nodes: nodesInOrder(graph).map(id => nodeAt(graph, id)) }
  return wires.size === 0 ? diagram : { ...diagram, wires }
}
