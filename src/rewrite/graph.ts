// The graph that rewriting edits in place. Nodes are those of a diagram; a wire that is replaced by an equal one keeps
// what is known about its values. Nothing here knows a rule.
//
// A deep net has millions of nodes, nearly all of them with one arg and one thing to say: a function, or a matrix. These
// stand in tables, and become nodes when somebody asks for them.

import { plus } from '../algebra/operators.ts'
import { type Diagram, type Node, type NodeId, type NodeKind, nodesById } from '../diagram/diagram.ts'
import { coarseRange, isIndifferent, nodeRange, type Watch, type WireRange } from '../diagram/ranges.ts'
import type { Linear } from '../linear/linear.ts'
import type { Shape } from '../linear/size.ts'
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
  readonly nodes: Nodes
  readonly ranges: Ranges
  readonly links: Links
  readonly inputs: readonly NodeId[]
  readonly outputs: readonly NodeId[]
  /** The wires that have names, where they are now. */
  wires: ReadonlyMap<string, NodeId>
}

/** What the nodes are, by id. Their only args stand among the links. */
interface Nodes {
  /** How many there have been; ids are less. */
  count: number
  /** GONE, one of the forms that stand in tables, or OTHER. */
  forms: Uint8Array
  /** The function of a FUNCTION; the operator of an ADDITIVE or a MULTIPLICATIVE; the node in all other cases. */
  readonly contents: (Expression | Linear | Node | undefined)[]
  readonly shapes: (Shape | undefined)[]
}

/** There is no node any more. */
const GONE = 0
/** A node as an object. Its only arg, where it has just one, may be an older one than that among the links. */
const OTHER = 1
/** A function of one wire. */
const FUNCTION = 2
/** A layer of one wire without a bias. */
const ADDITIVE = 3
const MULTIPLICATIVE = 4

/**
 * What is known of the values of wires. In a deep net there are millions of ranges with ends that are long to work out, no two
 * of them the same, and few are asked for: of these a superset with short ends is kept, from which most conditions can be told.
 */
interface Ranges {
  /** By id: the range, or a superset of one that has not been worked out. That of a node of the start stays when it goes. */
  readonly bounds: (WireRange | undefined)[]
  /** By id: 1 where the range has not been worked out. */
  open: Uint8Array
  /** The net at the start: its open ranges come from there. Its ids are less than `startCount`. */
  readonly start: ReadonlyMap<NodeId, Node> | readonly Node[]
  readonly startCount: number
  /** What has been worked out of the start's open ranges. */
  readonly found: Map<NodeId, WireRange>
  /** Where the open ranges of later nodes come from. */
  readonly origins: Map<NodeId, Origin>
  /** For so many wires more, ranges with long ends are worked out at once. */
  exact: number
}

/** The node that made a wire, as it was then, and the ranges of its args: of those of the start, their ids. */
interface Origin {
  range: WireRange | null
  node: Node | null
  args: readonly (WireRange | Origin | NodeId)[]
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
const EXACT_RANGES = 100

/** The graph of a diagram, without the wires on which no output depends. `exactRanges`: see `Ranges.exact`. */
export function graphOf(diagram: Diagram, exactRanges = EXACT_RANGES, watch?: Watch): Graph {
  const { nodes } = diagram
  const inputs: NodeId[] = []
  const outputs: NodeId[] = []
  const none = new Int32Array(0)
  const links: Links = { first: none, second: none, several: new Map(), args: none }
  let count = nodes.length
  let isCounted = true
  for (let k = 0; k < nodes.length; k++) {
    const { id } = nodes[k]
    if (id === k) continue
    isCounted = false
    if (id >= count) count = id + 1
  }
  const graph: Graph = {
    name: diagram.name,
    names: diagram.names,
    nodes: { count, forms: new Uint8Array(0), contents: new Array(count), shapes: new Array(count) },
    ranges: {
      bounds: new Array(count),
      open: new Uint8Array(0),
      start: isCounted ? nodes : nodesById(diagram),
      startCount: count,
      found: new Map(),
      origins: new Map(),
      exact: exactRanges,
    },
    links,
    inputs,
    outputs,
    wires: diagram.wires ?? NO_NAMES,
  }
  reserve(graph, count)
  for (let k = 0; k < nodes.length; k++) {
    const node = nodes[k]
    watch?.()
    if (node.kind === 'input') inputs.push(node.id)
    else if (node.kind === 'output') outputs.push(node.id)
    store(graph, node.id, node)
    estimate(graph, node.id, node)
  }
  // Wires on which no output depends are not part of the net that is computed.
  for (let id = count - 1; id >= 0; id--) if (links.first[id] === NOBODY) collect(graph, id)
  return graph
}

/** Enters a node in the tables, and among the users of its args. */
function store(graph: Graph, id: NodeId, node: Node): void {
  const { nodes } = graph
  addUses(graph, node, id)
  nodes.shapes[id] = node.shape
  if (node.args.length === 1) {
    if (node.kind === 'pointwise') {
      nodes.forms[id] = FUNCTION
      nodes.contents[id] = node.fn
      return
    }
    if (node.kind === 'additive' && node.bias === null) {
      nodes.forms[id] = ADDITIVE
      nodes.contents[id] = node.operators[0]
      return
    }
    if (node.kind === 'multiplicative' && node.bias === null) {
      nodes.forms[id] = MULTIPLICATIVE
      nodes.contents[id] = node.operator
      return
    }
  }
  nodes.forms[id] = OTHER
  // A node that gets a place was made for it.
  ;(node as { id: NodeId }).id = id
  nodes.contents[id] = node
}

/** Whether there is a node with this id, still. */
export function isAlive(graph: Graph, id: NodeId): boolean {
  return graph.nodes.forms[id] > GONE
}

/** The node with this id. Throws RangeError where there is none. */
export function nodeAt(graph: Graph, id: NodeId): Node {
  const { forms, contents, shapes } = graph.nodes
  const arg = graph.links.args[id]
  const shape = shapes[id] as Shape
  switch (forms[id]) {
    case FUNCTION:
      return { id, kind: 'pointwise', shape, args: [arg], fn: contents[id] as Expression }
    case ADDITIVE:
      return { id, kind: 'additive', shape, args: [arg], operators: [contents[id] as Linear], bias: null }
    case MULTIPLICATIVE:
      return { id, kind: 'multiplicative', shape, args: [arg], operator: contents[id] as Linear, bias: null }
    case OTHER: {
      const node = contents[id] as Node
      if (arg < 0 || node.args[0] === arg) return node
      const current = { ...node, args: [arg] }
      contents[id] = current
      return current
    }
    default:
      throw new RangeError(`no node n${id}`)
  }
}

/** The kind of a node. Throws RangeError where there is none, as do those that follow. */
export function kindAt(graph: Graph, id: NodeId): NodeKind {
  switch (graph.nodes.forms[id]) {
    case FUNCTION:
      return 'pointwise'
    case ADDITIVE:
      return 'additive'
    case MULTIPLICATIVE:
      return 'multiplicative'
    case OTHER:
      return (graph.nodes.contents[id] as Node).kind
    default:
      throw new RangeError(`no node n${id}`)
  }
}
/** The shape of a wire. */
export function shapeAt(graph: Graph, id: NodeId): Shape {
  const shape = graph.nodes.shapes[id]
  if (shape === undefined) throw new RangeError(`no node n${id}`)
  return shape
}
/** The args of a node. */
export function argsAt(graph: Graph, id: NodeId): readonly NodeId[] {
  const arg = graph.links.args[id]
  return arg >= 0 ? [arg] : nodeAt(graph, id).args
}
/** The function of a pointwise node of one wire; undefined for all others. */
export function functionAt(graph: Graph, id: NodeId): Expression | undefined {
  return graph.nodes.forms[id] === FUNCTION ? (graph.nodes.contents[id] as Expression) : undefined
}
/** The operator of an additive node of one wire without a bias; undefined for all others. */
export function operatorAt(graph: Graph, id: NodeId): Linear | undefined {
  return graph.nodes.forms[id] === ADDITIVE ? (graph.nodes.contents[id] as Linear) : undefined
}
/** The only arg of a node; negative where it has none or several. */
export function onlyArg(graph: Graph, id: NodeId): NodeId {
  return graph.links.args[id]
}

/** A set that holds the values of a wire, quick to find; `rangeAt` lies within it. */
export function boundAt(graph: Graph, id: NodeId): WireRange {
  return graph.ranges.bounds[id] as WireRange
}

/** The set of values of a wire that follows from those of the wires before it. */
export function rangeAt(graph: Graph, id: NodeId): WireRange {
  const { ranges } = graph
  if (ranges.open[id] === 0) return boundAt(graph, id)
  return workedOut(ranges, id < ranges.startCount ? id : (ranges.origins.get(id) as Origin))
}

/** Enters a range that is known from elsewhere. */
export function setRange(graph: Graph, id: NodeId, range: WireRange): void {
  graph.ranges.bounds[id] = range
  graph.ranges.open[id] = 0
}

/** The ranges of all wires. */
export function rangesOf(graph: Graph, watch?: Watch): ReadonlyMap<NodeId, WireRange> {
  const found = new Map<NodeId, WireRange>()
  for (const id of nodesInOrder(graph)) {
    watch?.()
    found.set(id, rangeAt(graph, id))
  }
  return found
}

/** Enters what is known at once of the wire of a node. */
function estimate({ ranges }: Graph, id: NodeId, node: Node): void {
  const { args } = node
  const { bounds, open } = ranges
  const known: WireRange[] = new Array(args.length)
  let isExact = true
  for (let k = 0; k < args.length; k++) {
    known[k] = bounds[args[k]] as WireRange
    if (open[args[k]] === 1) isExact = false
  }
  const range = nodeRange(node, known)
  // In a deep net ranges settle: what was short is short, and what was worked out is so.
  const bound = args.length > 0 && range === known[0] ? range : coarseRange(range)
  const isFound = isExact || isIndifferent(node, known)
  if (isFound && (bound === range || ranges.exact-- > 0)) {
    bounds[id] = range
    open[id] = 0
    return
  }
  bounds[id] = bound
  open[id] = 1
  if (id < ranges.startCount) return
  const from = args.map((a, k) =>
    open[a] === 0 ? known[k] : a < ranges.startCount ? a : (ranges.origins.get(a) as Origin),
  )
  ranges.origins.set(id, isFound ? { range, node: null, args: [] } : { range: null, node, args: from })
}

function originAtStart({ start }: Ranges, id: NodeId): { node: Node; args: readonly NodeId[] } {
  const node = (Array.isArray(start) ? start[id] : (start as ReadonlyMap<NodeId, Node>).get(id)) as Node
  return { node, args: node.args }
}

/** An open range: first those that it comes from, the farthest first. */
function workedOut(ranges: Ranges, wanted: Origin | NodeId): WireRange {
  const { bounds, open, found } = ranges
  const known = (of: WireRange | Origin | NodeId): WireRange | null => {
    if (typeof of !== 'number') return Array.isArray(of) ? (of as WireRange) : (of as Origin).range
    return open[of] === 0 ? (bounds[of] as WireRange) : (found.get(of) ?? null)
  }
  const stack = [wanted]
  for (let top = stack[stack.length - 1]; stack.length > 0; top = stack[stack.length - 1]) {
    if (known(top) === null) {
      const origin: Pick<Origin, 'node' | 'args'> =
        typeof top === 'number' ? originAtStart(ranges, top) : { node: top.node, args: top.args }
      const missing = origin.args.filter((a): a is Origin | NodeId => known(a) === null)
      if (missing.length > 0) {
        stack.push(...missing)
        continue
      }
      const range = nodeRange(
        origin.node as Node,
        origin.args.map(a => known(a) as WireRange),
      )
      if (typeof top === 'number') found.set(top, range)
      else {
        top.range = range
        top.node = null
        top.args = []
      }
    }
    stack.pop()
  }
  return known(wanted) as WireRange
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

/** Makes the tables of numbers reach to a node before this one. */
function reserve({ links, nodes, ranges }: Graph, count: number): void {
  if (count <= nodes.forms.length) return
  const length = Math.max(2 * nodes.forms.length, count)
  const longer = (table: Int32Array): Int32Array => {
    const result = new Int32Array(length).fill(NOBODY, table.length)
    result.set(table)
    return result
  }
  links.first = longer(links.first)
  links.second = longer(links.second)
  links.args = longer(links.args)
  const forms = new Uint8Array(length)
  forms.set(nodes.forms)
  nodes.forms = forms
  const open = new Uint8Array(length)
  open.set(ranges.open)
  ranges.open = open
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
function addUses(graph: Graph, { args }: Node, id: NodeId): void {
  graph.links.args[id] = args.length === 1 ? args[0] : args.length === 0 ? NOBODY : SEVERAL
  for (let k = 0; k < args.length; k++) addUser(graph, args[k], id)
}

/** Removes a node that nobody uses, and then those that nobody uses any more. Inputs and outputs stay. */
function collect(graph: Graph, id: NodeId): void {
  if (hasUsers(graph, id)) return
  const stack = [id]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (!isAlive(graph, next) || hasUsers(graph, next)) continue
    const kind = kindAt(graph, next)
    if (kind === 'input' || kind === 'output') continue
    const only = graph.links.args[next]
    const args = only >= 0 ? null : nodeAt(graph, next).args
    forget(graph, next)
    if (args === null) {
      removeUser(graph, only, next)
      stack.push(only)
      continue
    }
    for (const arg of args) {
      removeUser(graph, arg, next)
      stack.push(arg)
    }
  }
}
function forget(graph: Graph, id: NodeId): void {
  const { nodes, ranges } = graph
  nodes.forms[id] = GONE
  nodes.contents[id] = undefined
  nodes.shapes[id] = undefined
  if (id >= ranges.startCount) {
    ranges.bounds[id] = undefined
    if (ranges.open[id] === 1) ranges.origins.delete(id)
  }
  forgetUsers(graph, id)
}

/** Adds a node that was made for this; its range comes from its args. */
export function addNode(graph: Graph, node: Node): NodeId {
  const id = graph.nodes.count++
  reserve(graph, id + 1)
  store(graph, id, node)
  estimate(graph, id, node)
  return id
}

/** Takes back the node that was added last, which nobody uses. */
export function removeLast(graph: Graph): void {
  const id = --graph.nodes.count
  const args = argsAt(graph, id)
  forget(graph, id)
  for (const arg of args) removeUser(graph, arg, id)
}

/**
 * Puts another node, made for this, in the place of the node `id`, where it computes the same wire; whoever uses the wire
 * is not touched, and the wire keeps its range, since its values are the same.
 */
export function replaceNode(graph: Graph, id: NodeId, node: Node): void {
  const only = graph.links.args[id]
  const old = only >= 0 ? null : nodeAt(graph, id).args
  store(graph, id, node)
  if (old === null) release(graph, only, id, node)
  else for (let k = 0; k < old.length; k++) release(graph, old[k], id, node)
}
/** Takes a node off the users of a wire that it does not use any more. */
function release(graph: Graph, wire: NodeId, id: NodeId, node: Node): void {
  if (node.args.includes(wire)) return
  removeUser(graph, wire, id)
  collect(graph, wire)
}

/** Makes every user of `id` use the equal wire `wire` instead; `id` goes. Gives the users, which have changed. */
export function redirect(graph: Graph, id: NodeId, wire: NodeId): NodeId[] {
  if (graph.wires.size > 0) graph.wires = new Map([...graph.wires].map(([name, at]) => [name, at === id ? wire : at]))
  const { first, second, args } = graph.links
  const users: NodeId[] = first[id] >= 0 && second[id] === NOBODY ? [first[id]] : []
  if (users.length === 0) listUsers(graph, id, users, 0)
  for (let k = 0; k < users.length; k++) {
    const user = users[k]
    removeUser(graph, id, user)
    if (args[user] >= 0) {
      addUser(graph, wire, user)
      args[user] = wire
      continue
    }
    const node = nodeAt(graph, user)
    store(
      graph,
      user,
      withArgs(
        node,
        node.args.map(a => (a === id ? wire : a)),
      ),
    )
  }
  collect(graph, id)
  return users
}

/** The node with other args. Terms of an additive node and args of a pointwise node that become the same wire are merged. */
function withArgs(node: Node, args: readonly NodeId[]): Node {
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
  const { count } = graph.nodes
  const { args } = graph.links
  const order = [...graph.inputs]
  const seen = new Uint8Array(count)
  for (const id of order) seen[id] = 1
  // The way from an output to the node at hand, and for each node on it the arg that is next.
  const path = new Int32Array(count)
  const next = new Int32Array(count)
  for (const output of graph.outputs) {
    let top = 0
    path[0] = output
    next[0] = 0
    while (top >= 0) {
      const id = path[top]
      const only = args[id]
      const several = only === SEVERAL ? nodeAt(graph, id).args : null
      if (next[top] < (several === null ? Number(only >= 0) : several.length)) {
        const arg = several === null ? only : several[next[top]]
        next[top]++
        if (seen[arg] === 1) continue
        seen[arg] = 1
        top++
        path[top] = arg
        next[top] = 0
      } else {
        if (top > 0) order.push(id)
        top--
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
