// The graph that rewriting edits in place. Nodes are those of a diagram; a wire that is replaced by an equal one keeps
// what is known about its values. Nothing here knows a rule.

import { plus } from '../algebra/operators.ts'
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import { nodeRange, type WireRange } from '../diagram/ranges.ts'
import type { Linear } from '../linear/linear.ts'
import { compose, type Expression, substitute, variable } from '../scalar/expression.ts'

/** What is new about a node: everything but its id. */
export type NodeContent = Node extends infer N ? (N extends Node ? Omit<N, 'id'> : never) : never

/** The nodes that use a wire: mostly one, which stands for itself (NOBODY for none); else a list, a set where there are many. */
type Users = NodeId | NodeId[] | Set<NodeId>
const NOBODY = -1
const MANY = 16

export interface Graph {
  readonly name: string
  readonly names: Diagram['names']
  /** By id; undefined where a node is gone. */
  readonly nodes: (Node | undefined)[]
  readonly users: (Users | undefined)[]
  readonly ranges: (WireRange | undefined)[]
  readonly inputs: readonly NodeId[]
  readonly outputs: readonly NodeId[]
}

export function graphOf(diagram: Diagram): Graph {
  const graph: Graph = {
    name: diagram.name,
    names: diagram.names,
    nodes: [],
    users: [],
    ranges: [],
    inputs: diagram.nodes.filter(n => n.kind === 'input').map(n => n.id),
    outputs: diagram.nodes.filter(n => n.kind === 'output').map(n => n.id),
  }
  for (const node of diagram.nodes) {
    graph.nodes[node.id] = node
    graph.users[node.id] = NOBODY
    for (const arg of node.args) addUser(graph, arg, node.id)
    graph.ranges[node.id] = nodeRange(node, argRanges(graph, node))
  }
  // Wires on which no output depends are not part of the net that is computed.
  for (let i = diagram.nodes.length - 1; i >= 0; i--) collect(graph, diagram.nodes[i].id)
  return graph
}

export function nodeAt(graph: Graph, id: NodeId): Node {
  const node = graph.nodes[id]
  if (node === undefined) throw new RangeError(`no node n${id}`)
  return node
}
export function rangeAt(graph: Graph, id: NodeId): WireRange {
  return graph.ranges[id] as WireRange
}
export function usersOf(graph: Graph, id: NodeId): Iterable<NodeId> {
  const users = graph.users[id]
  if (typeof users === 'number') return users === NOBODY ? [] : [users]
  return users ?? []
}
function hasUsers(graph: Graph, id: NodeId): boolean {
  const users = graph.users[id] as Users
  return typeof users === 'number' ? users !== NOBODY : Array.isArray(users) ? users.length > 0 : users.size > 0
}

function addUser(graph: Graph, wire: NodeId, user: NodeId): void {
  const users = graph.users[wire] as Users
  if (typeof users === 'number') {
    if (users === NOBODY) graph.users[wire] = user
    else if (users !== user) graph.users[wire] = [users, user]
  } else if (!Array.isArray(users)) {
    users.add(user)
  } else if (!users.includes(user)) {
    users.push(user)
    if (users.length > MANY) graph.users[wire] = new Set(users)
  }
}
export function removeUser(graph: Graph, wire: NodeId, user: NodeId): void {
  const users = graph.users[wire]
  if (users === undefined) return
  if (typeof users === 'number') {
    if (users === user) graph.users[wire] = NOBODY
  } else if (!Array.isArray(users)) users.delete(user)
  else {
    const i = users.indexOf(user)
    if (i >= 0) users.splice(i, 1)
  }
}

/** Removes a node that nobody uses, and then those that nobody uses any more. Inputs and outputs stay. */
function collect(graph: Graph, id: NodeId): void {
  const stack = [id]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const node = graph.nodes[next]
    if (node === undefined || node.kind === 'input' || node.kind === 'output' || hasUsers(graph, next)) continue
    graph.nodes[next] = undefined
    graph.users[next] = undefined
    graph.ranges[next] = undefined
    for (const arg of node.args) {
      removeUser(graph, arg, next)
      stack.push(arg)
    }
  }
}

function argRanges(graph: Graph, node: Node): WireRange[] {
  const { args } = node
  if (args.length === 1) return [graph.ranges[args[0]] as WireRange]
  return args.map(a => graph.ranges[a] as WireRange)
}

/** The content as the node with this id. It is made for this, so it is not copied: a long run makes millions. */
function withId(content: NodeContent, id: NodeId): Node {
  return Object.assign(content, { id }) as Node
}

/** A new node; its range comes from its args. The content becomes the node. */
export function addNode(graph: Graph, content: NodeContent): NodeId {
  const id = graph.nodes.length
  const node = withId(content, id)
  graph.nodes.push(node)
  graph.users.push(NOBODY)
  for (const arg of node.args) addUser(graph, arg, id)
  graph.ranges.push(nodeRange(node, argRanges(graph, node)))
  return id
}

/**
 * Gives the node `id` another content that computes the same wire; whoever uses it is not touched, and the wire keeps
 * its range, since its values are the same. The content becomes the node.
 */
export function replaceContent(graph: Graph, id: NodeId, content: NodeContent): void {
  const old = nodeAt(graph, id)
  graph.nodes[id] = withId(content, id)
  for (const arg of content.args) addUser(graph, arg, id)
  for (const arg of old.args) {
    if (content.args.includes(arg)) continue
    removeUser(graph, arg, id)
    collect(graph, arg)
  }
}

/** Makes every user of `id` use the equal wire `wire` instead; `id` goes. Gives the users, which have changed. */
export function redirect(graph: Graph, id: NodeId, wire: NodeId): NodeId[] {
  const users = [...usersOf(graph, id)]
  for (const user of users) {
    const node = nodeAt(graph, user)
    removeUser(graph, id, user)
    addUser(graph, wire, user)
    graph.nodes[user] = withArgs(
      node,
      node.args.map(a => (a === id ? wire : a)),
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
): { args: NodeId[]; operators: Linear[] } {
  if (args.length === 1 || new Set(args).size === args.length) return { args: [...args], operators: [...operators] }
  const merged = new Map<NodeId, Linear>()
  args.forEach((a, k) => {
    const old = merged.get(a)
    merged.set(a, old === undefined ? operators[k] : plus(old, operators[k]))
  })
  return { args: [...merged.keys()], operators: [...merged.values()] }
}

/** The same function of the same wires, each wire once, in order of first occurrence. */
export function mergeArgs(args: readonly NodeId[], fn: Expression): { args: NodeId[]; fn: Expression } {
  if (args.length <= 1 || new Set(args).size === args.length) return { args: [...args], fn }
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
): { args: NodeId[]; fn: Expression } {
  if (gArgs.length === 1) return { args: [...fArgs], fn: compose(g, f) }
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

/** The diagram that the graph is now: inputs first, then every node after its args, outputs last; ids are kept. */
export function snapshot(graph: Graph): Diagram {
  const order: Node[] = graph.inputs.map(id => nodeAt(graph, id))
  const seen = new Set<NodeId>(graph.inputs)
  const outputs: Node[] = []
  for (const output of graph.outputs) {
    const node = nodeAt(graph, output)
    outputs.push(node)
    const stack: { node: Node; next: number }[] = [{ node, next: 0 }]
    while (stack.length > 0) {
      const top = stack[stack.length - 1]
      if (top.next < top.node.args.length) {
        const arg = top.node.args[top.next++]
        if (!seen.has(arg)) {
          seen.add(arg)
          stack.push({ node: nodeAt(graph, arg), next: 0 })
        }
      } else {
        if (top.node !== node) order.push(top.node)
        stack.pop()
      }
    }
  }
  return { name: graph.name, names: graph.names, nodes: [...order, ...outputs] }
}
