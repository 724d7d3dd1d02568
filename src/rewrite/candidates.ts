// Which rules are worth a look at a node: told by its kind and that of the node before it, and by their functions where
// those alone rule a rule out. Most visits of a long run end here.
import type { NodeId, NodeKind } from '../diagram/diagram.ts'
import type { Linear } from '../linear/linear.ts'
import { type Expression, variable } from '../scalar/expression.ts'
import { hasProperty, isOneOperation, MAX_INVERTED, partsOf } from './functions.ts'
import { functionAt, type Graph, kindAt, onlyArg, operatorAt } from './graph.ts'
import { mayBe, mayFollow, mayStand } from './match.ts'
import { type Pattern, PHASES, type Rule, requires, stagesBefore } from './rule.ts'

const NO_RULES: readonly Rule[] = []
/** Functions of one operation come again and again; what has been composed is mostly seen once. */
const MAX_REMEMBERED_WEIGHT = 3
/** Functions that are told apart; of others nothing is known. Looks have numbers of 16 bits. */
const MAX_REMEMBERED = 1_000
/** In the place of the number of a look: the node has not been looked at since it changed. */
const UNSEEN = 0

/** What can be told of a node at a glance: nodes that look alike have the same candidates. */
interface Look {
  readonly number: number
  readonly kind: NodeKind
  /** The function of one wire; 'composed' where it is of several operations, null where nothing is known of it. */
  readonly fn: Expression | 'composed' | null
  /** The operator of a layer of one wire without a bias, or one that is like it; null where nothing is known of it. */
  readonly operator: Linear | null
  /** The phases on whose lists such nodes belong: a bit for each. */
  readonly phases: number
  /** By phase: the rules that may end in such a node. */
  readonly endingIn: readonly (readonly Rule[])[]
  /** By phase, and by the number of the look of the node before: the rules that may apply. */
  readonly after: readonly (readonly Rule[])[][]
}

/** The rules that are used left to right, in the order in which they are tried, by phase and by where they may stand. */
export class Candidates {
  private readonly byKind: Partial<Record<NodeKind, readonly Rule[]>>[]
  /** The looks by their numbers, which begin at 1. */
  private readonly looks: Look[] = []
  /** By node: the number of its look, or UNSEEN. */
  private seen = new Uint16Array(1024)
  // Looks by what they tell.
  private readonly functions = new Map<Expression, Look>()
  private readonly kinds = new Map<NodeKind, Look>()
  private readonly composed: Look
  private readonly other: Look
  /** Layers: of an unknown matrix, of a product, of anything else. */
  private readonly layers: Look[] = []

  constructor(rules: readonly Rule[]) {
    this.byKind = PHASES.map(phase => {
      const index: Partial<Record<NodeKind, Rule[]>> = {}
      for (const rule of rules) {
        if (rule.phase !== phase || rule.direction !== '==>') continue
        for (const kind of rootKinds(rule)) (index[kind] ??= []).push(rule)
      }
      return index
    })
    this.composed = this.look('pointwise', 'composed')
    this.other = this.look('pointwise')
  }

  /** The rules of a phase that end in a node of this kind. */
  ofKind(phase: number, kind: NodeKind): readonly Rule[] {
    return this.byKind[phase][kind] ?? NO_RULES
  }

  /** The rules of a phase that may apply at the node: all that do, and as few others as can be told at a glance. */
  at(phase: number, graph: Graph, id: NodeId): readonly Rule[] {
    const look = this.lookAt(graph, id)
    const only = onlyArg(graph, id)
    if (only < 0) return look.endingIn[phase]
    const before = this.lookAt(graph, only)
    const after = look.after[phase]
    return (after[before.number] ??= look.endingIn[phase].filter(rule => mayComeAfter(rule, look, before)))
  }

  /** The phases on whose lists the node belongs: a bit for each. */
  phasesAt(graph: Graph, id: NodeId): number {
    return this.lookAt(graph, id).phases
  }

  /** Says that a node is new or has changed. */
  forget(id: NodeId): void {
    if (id < this.seen.length) this.seen[id] = UNSEEN
  }

  /** What a node looks like. */
  private lookAt(graph: Graph, id: NodeId): Look {
    const { seen } = this
    if (id < seen.length && seen[id] !== UNSEEN) return this.looks[seen[id] - 1]
    const look = this.tell(graph, id)
    if (id >= seen.length) {
      this.seen = new Uint16Array(Math.max(2 * seen.length, graph.nodes.count))
      this.seen.set(seen)
    }
    this.seen[id] = look.number
    return look
  }
  private tell(graph: Graph, id: NodeId): Look {
    const fn = functionAt(graph, id)
    if (fn !== undefined) {
      if (fn.weight <= MAX_REMEMBERED_WEIGHT) return this.lookOf(fn)
      return isOneOperation(fn) ? this.other : this.composed
    }
    const operator = operatorAt(graph, id)
    if (operator !== undefined) {
      const isUnknown = operator.kind === 'symbol' && operator.symbol.value === null
      const sort = isUnknown ? 0 : operator.kind === 'product' ? 1 : 2
      return (this.layers[sort] ??= this.look('additive', null, operator))
    }
    const kind = kindAt(graph, id)
    let look = this.kinds.get(kind)
    if (look === undefined) this.kinds.set(kind, (look = this.look(kind)))
    return look
  }
  private lookOf(fn: Expression): Look {
    let look = this.functions.get(fn)
    if (look === undefined) {
      if (this.functions.size >= MAX_REMEMBERED) return this.other
      this.functions.set(fn, (look = this.look('pointwise', fn)))
    }
    return look
  }

  private look(kind: NodeKind, fn: Look['fn'] = null, operator: Linear | null = null): Look {
    const endingIn = PHASES.map((_, phase) => this.ofKind(phase, kind).filter(rule => mayEndIn(rule, fn, operator)))
    let phases = 0
    for (const phase of PHASES.keys()) {
      // Most functions have no parts: they are not worth a place on the first list.
      if ((phase === 0 ? endingIn[0] : this.ofKind(phase, kind)).length > 0) phases |= 1 << phase
    }
    const after = PHASES.map(() => [])
    const look = { number: this.looks.length + 1, kind, fn, operator, phases, endingIn, after }
    this.looks.push(look)
    return look
  }
}

function rootKinds(rule: Rule): NodeKind[] {
  const { left } = rule
  // No left side is a wire or ends with a part of a net.
  if (left.kind === 'wire' || left.kind === 'net') return []
  // Joins and slices are linear functions of their wires.
  if (
    left.kind === 'pointwise' &&
    left.fn.kind === 'variable' &&
    left.fn.variadic &&
    requires(rule, left.fn.slot, 'linear')
  )
    return ['pointwise', 'join', 'slice']
  return [left.kind]
}

/** false: the rule does not apply where its pattern would end in a node of this look, whatever stands before. */
function mayEndIn(rule: Rule, fn: Look['fn'], operator: Linear | null): boolean {
  const { left, right } = rule
  if (operator !== null && left.kind === 'additive') return mayBe(left.operator, rule, operator)
  if (fn === null) return true
  if (left.kind !== 'pointwise') return false
  const pattern = left.fn
  // Most rules of one function say it by name, and it is one operation.
  if (fn === 'composed') return pattern.kind !== 'exact' || pattern.fn.weight > MAX_REMEMBERED_WEIGHT
  if (left.args.length !== 1 && !(pattern.kind === 'variable' && pattern.variadic)) return false
  if (pattern.kind !== 'variable') return mayBeFunction(rule, left, fn)
  // The identity has no parts: it is a plain wire.
  const hasRight =
    right.kind !== 'parts' || right.slot !== pattern.slot || fn === variable(0) || partsOf(fn, 1) !== null
  return hasRight && mayBeFunction(rule, left, fn)
}

/** false: a pattern of a function does not mean this one, whatever is given to it. */
function mayBeFunction(rule: Rule, { fn: pattern }: Extract<Pattern, { kind: 'pointwise' }>, fn: Expression): boolean {
  switch (pattern.kind) {
    case 'exact':
      return pattern.fn === fn
    case 'inverse':
      return fn.weight <= MAX_INVERTED
    case 'form':
      return true
    case 'variable':
      return !rule.conditions.some(
        c => c.kind === 'function' && c.slot === pattern.slot && hasProperty(fn, c.property) === false,
      )
  }
}

/** false: the rule does not apply at a node of one look whose only arg has the other. */
function mayComeAfter(rule: Rule, { fn, kind }: Look, before: Look): boolean {
  const { left } = rule
  if (left.kind === 'wire') return false
  if (left.kind === 'pointwise' && (left.args.length !== 1 || kind !== 'pointwise')) return true
  const [inner]: readonly Pattern[] = stagesBefore<Pattern>(left)
  // Before a part of a net stands what enters it, which is not the node before.
  if (inner === undefined || inner.kind === 'wire' || inner.kind === 'net' || left.kind === 'join') return true
  if (!mayStand(inner, before.kind)) return false
  if (inner.kind === 'additive') return before.operator === null || mayBe(inner.operator, rule, before.operator)
  if (inner.kind !== 'pointwise' || before.fn === null) return true
  const second = left.kind === 'pointwise' ? left.fn : null
  const known = fn !== null && fn !== 'composed'
  if (before.fn === 'composed') {
    if (inner.fn.kind === 'exact') return inner.fn.fn.weight > MAX_REMEMBERED_WEIGHT
    // It is no function of one operation, and only such have inverses; nor is it one that is known.
    if (second === null || inner.fn.kind !== 'variable' || inner.fn.variadic) return true
    return !('slot' in second && second.slot === inner.fn.slot) || (second.kind === 'variable' && !known)
  }
  if (!mayBeFunction(rule, inner, before.fn)) return false
  return second === null || !known || mayFollow(inner.fn, before.fn, second, fn)
}
