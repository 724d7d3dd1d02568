// Variables for parts of nets: a part has one wire that enters it and one that leaves it, and every way from outside to its
// end leads through that wire. What happens in it does not matter, only that it is the same on both sides of a rule.
import { normalLinear } from '../algebra/operators.ts'
import { type Node, type NodeId, operatorsOf } from '../diagram/diagram.ts'
import { nodeObstacle, nodeRange, type WireRange } from '../diagram/ranges.ts'
import type { Linear } from '../linear/linear.ts'
import { REALS } from '../scalar/range.ts'
import { type Graph, nodeAt } from './graph.ts'
import {
  type FunctionPattern,
  type FunctionTemplate,
  type LinearPattern,
  type LinearTemplate,
  mapStage,
  type NetStage,
  type Pattern,
  type Rule,
  stagesBefore,
  stagesIn,
  type Template,
} from './rule.ts'

/** A part of a net: the wire that enters it, the node that it ends with, and all its nodes, each after its args. */
export interface Part {
  readonly entry: NodeId
  readonly exit: NodeId
  readonly inside: readonly NodeId[]
}

/** Parts with more nodes are not looked at. */
const LARGEST_PART = 500

/** The parts that end with a node, the smallest first. */
export function* partsEndingAt(graph: Graph, exit: NodeId): Generator<Part, void, undefined> {
  const order = before(graph, exit)
  const place = new Map(order.map((id, i) => [id, i]))
  // Wires that lead into what has been taken in; the last in order is taken in next, for nothing else leads into it.
  const open = new Set([exit])
  const inside: NodeId[] = []
  for (let i = order.length - 1; i >= 0; i--) {
    const id = order[i]
    if (!open.delete(id)) continue
    const node = nodeAt(graph, id)
    if (node.kind === 'input' || inside.length >= LARGEST_PART) return
    inside.unshift(id)
    for (const a of node.args) {
      if (!place.has(a)) return
      open.add(a)
    }
    if (open.size === 1) yield { entry: [...open][0], exit, inside: [...inside] }
  }
}

/** The nodes on which a node depends, and itself, each after its args; not many more than a part may have. */
function before(graph: Graph, exit: NodeId): NodeId[] {
  const order: NodeId[] = []
  const seen = new Set<NodeId>([exit])
  const path: { readonly id: NodeId; next: number }[] = [{ id: exit, next: 0 }]
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const { args } = nodeAt(graph, top.id)
    const arg = seen.size > 4 * LARGEST_PART ? undefined : args[top.next++]
    if (arg === undefined) {
      order.push(top.id)
      path.pop()
    } else if (!seen.has(arg)) {
      seen.add(arg)
      path.push({ id: arg, next: 0 })
    }
  }
  return order
}

const sameOperators = (a: readonly Linear[], b: readonly Linear[]): boolean =>
  a.length === b.length && a.every((o, k) => o === b[k] || normalLinear(o) === normalLinear(b[k]))

/** Whether two nodes do the same, whatever enters them. */
function doTheSame(a: Node, b: Node): boolean {
  if (a.kind !== b.kind || a.args.length !== b.args.length || !sameOperators(operatorsOf(a), operatorsOf(b)))
    return false
  if (a.kind === 'pointwise' && b.kind === 'pointwise') return a.fn === b.fn
  if (a.kind === 'mix' && b.kind === 'mix') return a.fn === b.fn && a.inverse === b.inverse
  if (a.kind === 'slice' && b.kind === 'slice') return a.start === b.start && a.end === b.end
  if (a.kind === 'reduce' && b.kind === 'reduce') return a.operation === b.operation && a.group === b.group
  // An operator and no bias are told from a bias and no operator by their numbers, which are those of the args.
  return a.kind !== 'input' && a.kind !== 'output'
}

/** The wire that enters a copy of the part that ends with a node; null where no such copy ends there. */
export function entryOfCopy(graph: Graph, part: Part, exit: NodeId): NodeId | null {
  const copies = new Map<NodeId, NodeId>([[part.exit, exit]])
  for (const id of part.inside.toReversed()) {
    const [node, copy] = [nodeAt(graph, id), nodeAt(graph, copies.get(id) as NodeId)]
    if (!doTheSame(node, copy)) return null
    for (const [i, arg] of node.args.entries()) {
      const known = copies.get(arg)
      if (known !== undefined && known !== copy.args[i]) return null
      copies.set(arg, copy.args[i])
    }
  }
  return copies.get(part.entry) ?? null
}

// --- Rules ------------------------------------------------------------------------------------------------------------

type ComputedStage = Extract<Template, { kind: 'linear' | 'parts' | 'elementwise' }>
/** Whether a stage is worked out where the rule is applied. */
export function isComputed(t: Template): t is ComputedStage {
  return t.kind === 'linear' || t.kind === 'parts' || t.kind === 'elementwise'
}

/** The parts of nets in a side. */
export function netCalls<S extends Pattern | Template>(side: S): (S & { readonly kind: 'net' })[] {
  return stagesIn(side).filter((s): s is S & { readonly kind: 'net' } => s.kind === 'net')
}

/** A text that is the same for parts of nets that are the same net on the same wire, on either side. */
export function callKey(call: NetStage<Pattern> | NetStage<Template>): string {
  return `${call.slot}(${sideKey(call.arg)})`
}

function sideKey(side: Pattern | Template): string {
  const before = stagesBefore<Pattern | Template>(side).map(sideKey).join()
  switch (side.kind) {
    case 'wire':
      return `x${side.slot}`
    case 'net':
      return `N${side.slot}(${before})`
    case 'pointwise':
      return `${functionKey(side.fn)}(${before})`
    case 'additive':
    case 'multiplicative':
      return `${side.kind}[${matrixKey(side.operator)},${side.bias === null ? '' : matrixKey(side.bias)}](${before})`
    case 'reduce':
      return `${side.operation}${typeof side.group === 'number' ? side.group : `g${side.group.slot}`}(${before})`
    case 'softmax':
    case 'logsoftmax':
    case 'join':
      return `${side.kind}(${before})`
    case 'slice':
      return `${side.start.text}..${side.end.text}(${before})`
    case 'constant':
      return `c${matrixKey(side.value)}`
    default:
      return unlike()
  }
}
let unlikeCount = 0
/** A text that is like no other. */
function unlike(): string {
  return `?${unlikeCount++}`
}
function functionKey(fn: FunctionPattern | FunctionTemplate): string {
  if (fn.kind === 'exact' || fn.kind === 'form') return `f${fn.fn.id}`
  return fn.kind === 'variable' ? `v${fn.slot}` : unlike()
}
function matrixKey(matrix: LinearPattern | LinearTemplate): string {
  if (matrix.kind === 'variable') return `m${matrix.slot}`
  if (matrix.kind === 'exact') return `o${matrix.operator.id}`
  return matrix.kind === 'computed' ? `o${matrix.operator.id}` : unlike()
}

/** The pattern with its parts of nets numbered. */
export function withCalls(pattern: Pattern): Pattern {
  let next = 0
  const numbered = (p: Pattern): Pattern => {
    const stage: Pattern = mapStage(p, { fn: f => f, matrix: o => o, stage: numbered })
    return stage.kind === 'net' ? { ...stage, call: next++ } : stage
  }
  return numbered(pattern)
}
/** The right side with the numbers of the parts of the left side that are the same net on the same wire. */
export function withCallsOf(left: Pattern, right: Template): Template {
  const calls = new Map(netCalls(left).map(c => [callKey(c), c.call]))
  const found = (t: Template): Template => {
    const stage: Template = isComputed(t)
      ? { ...t, arg: found(t.arg) }
      : mapStage(t, { fn: f => f, matrix: o => o, stage: found })
    return stage.kind === 'net' ? { ...stage, call: calls.get(callKey(stage)) ?? null } : stage
  }
  return found(right)
}

/** A part of a net that was matched by a stage of a pattern. */
export interface Call {
  readonly slot: number
  readonly part: Part
}
/** The end of the part for which the wire of this name stands; undefined where there is none. */
export function exitNamed(rule: Rule, calls: readonly (Call | undefined)[], name: string): NodeId | undefined {
  const call = netCalls(rule.left).find(c => callName(rule, c) === name)
  return call === undefined ? undefined : calls[call.call as number]?.part.exit
}

/** Whether a part is shown to be defined whatever enters it. */
export function isTotal(graph: Graph, { entry, inside }: Part): boolean {
  const ranges = new Map<NodeId, WireRange>([[entry, [REALS]]])
  for (const id of inside) {
    const node = nodeAt(graph, id)
    const args = node.args.map(a => ranges.get(a) as WireRange)
    if (nodeObstacle(node, args) !== null) return false
    ranges.set(id, nodeRange(node, args))
  }
  return true
}

/** The names of the wires that stand for parts of nets, by their number. */
export function callName(rule: Rule, call: NetStage<Pattern>): string {
  return `${rule.variables.nets[call.slot].name}(${call.call})`
}

/**
 * The rule with a wire of its own in the place of every part of a net: what holds for all values of these wires holds for all
 * nets. Gives a clause instead where that says too little: the right side has a part on another wire, or leaves one out that
 * need not be defined.
 */
export function withoutNets(rule: Rule): Rule | { readonly because: string } {
  const { variables } = rule
  const calls = netCalls(rule.left)
  const first = new Map<string, (typeof calls)[number]>()
  for (const call of calls) if (!first.has(callKey(call))) first.set(callKey(call), call)
  const others = netCalls(rule.right)
  const nameOf = (call: NetStage<Pattern | Template>): string => variables.nets[call.slot].name
  const strange = others.find(c => c.call === null)
  if (strange !== undefined)
    return { because: `its right side applies ${nameOf(strange)} to a wire to which its left side does not` }
  const used = new Set(others.map(callKey))
  const lost = calls.find(c => !variables.nets[c.slot].total && !used.has(callKey(c)))
  if (lost !== undefined)
    return { because: `its right side has no ${nameOf(lost)} on that wire, which need not be defined there` }
  const wires = [...variables.wires]
  const slots = new Map<string, number>()
  for (const [key, call] of first)
    slots.set(key, wires.push({ name: callName(rule, call), width: variables.nets[call.slot].rows }) - 1)
  const wireOf = (call: NetStage<Pattern> | NetStage<Template>): number => slots.get(callKey(call)) as number
  const left = (p: Pattern): Pattern =>
    p.kind === 'net' ? { kind: 'wire', slot: wireOf(p) } : mapStage(p, { fn: f => f, matrix: o => o, stage: left })
  const right = (t: Template): Template => {
    if (t.kind === 'net') return { kind: 'wire', slot: wireOf(t) }
    return isComputed(t) ? { ...t, arg: right(t.arg) } : mapStage(t, { fn: f => f, matrix: o => o, stage: right })
  }
  const sides = { left: left(rule.left), right: right(rule.right) }
  const hidden = wiresIn(sides.right).find(slot => !wiresIn(sides.left).includes(slot))
  if (hidden !== undefined)
    return { because: `its right side has ${wires[hidden].name}, which its left side has only before a net` }
  return { ...rule, variables: { ...variables, wires, nets: [] }, ...sides }
}

/**
 * `withoutNets`, for matching: a clause, too, where a condition speaks of a wire that the left side has only before a net, which
 * is then not found.
 */
export function byWires(rule: Rule): Rule | { readonly because: string } {
  const plain = withoutNets(rule)
  if ('because' in plain) return plain
  const there = wiresIn(plain.left)
  const hidden = plain.conditions.find(c => c.kind === 'wire' && !there.includes(c.slot))
  if (hidden?.kind !== 'wire') return plain
  return { because: `its condition is about ${plain.variables.wires[hidden.slot].name}, which is only before a net` }
}

/** The parts of nets of a rule, of which only the ends are known: the wires that stand for them in `plain`, by their slots. */
export function callsAtWires(
  rule: Rule,
  plain: Rule,
  wires: readonly (readonly NodeId[] | undefined)[],
): (Call | undefined)[] {
  const calls: (Call | undefined)[] = []
  for (const call of rule.variables.nets.length === 0 ? [] : netCalls(rule.left)) {
    const exit = wires[plain.variables.wires.findIndex(w => w.name === callName(rule, call))]?.[0]
    calls[call.call as number] =
      exit === undefined ? undefined : { slot: call.slot, part: { entry: exit, exit, inside: [] } }
  }
  return calls
}

/** The numbers of the wires in a side. */
function wiresIn(side: Pattern | Template): number[] {
  return stagesIn(side).flatMap(s => (s.kind === 'wire' ? [s.slot] : []))
}
