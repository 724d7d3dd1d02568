// Which rules are worth a look at a node: told by its kind, and by its function where that alone rules a rule out. Most
// visits of a long run end here.
import type { Node, NodeKind } from '../diagram/diagram.ts'
import { type Expression, variable } from '../scalar/expression.ts'
import { hasProperty, MAX_INVERTED, partsOf } from './functions.ts'
import { PHASES, type Rule, requires } from './rule.ts'

const NO_RULES: readonly Rule[] = []
/** Functions of one operation come again and again; what has been composed is mostly seen once. */
const MAX_REMEMBERED_WEIGHT = 3
/** Functions of which the answer is remembered; a run that sees more forgets them all and begins anew. */
const MAX_REMEMBERED = 10_000

/** The rules that are used left to right, in the order in which they are tried, by phase and by where they may stand. */
export class Candidates {
  private readonly byKind: Partial<Record<NodeKind, readonly Rule[]>>[]
  /** By phase: the rules for nodes of one wire that may end in functions too heavy to be remembered. */
  private readonly forComposed: readonly (readonly Rule[])[]
  /** By the function of a node of one wire: the rules of each phase, once they have been asked for. */
  private readonly byFunction = new Map<Expression, (readonly Rule[] | undefined)[]>()

  constructor(rules: readonly Rule[]) {
    this.byKind = PHASES.map(phase => {
      const index: Partial<Record<NodeKind, Rule[]>> = {}
      for (const rule of rules) {
        if (rule.phase !== phase || rule.direction !== '==>') continue
        for (const kind of rootKinds(rule)) (index[kind] ??= []).push(rule)
      }
      return index
    })
    this.forComposed = PHASES.map((_, phase) => this.ofKind(phase, 'pointwise').filter(mayEndInComposed))
  }

  /** The phases that have rules for nodes of this kind, ascending. */
  phasesOf(kind: NodeKind): readonly number[] {
    return PHASES.map((_, phase) => phase).filter(phase => this.ofKind(phase, kind).length > 0)
  }

  /** The rules of a phase that end in a node of this kind. */
  ofKind(phase: number, kind: NodeKind): readonly Rule[] {
    return this.byKind[phase][kind] ?? NO_RULES
  }

  /** The rules of a phase that may apply at the node: all that do, and as few others as can be told at a glance. */
  at(phase: number, node: Node): readonly Rule[] {
    if (node.kind !== 'pointwise' || node.args.length !== 1) return this.ofKind(phase, node.kind)
    const { fn } = node
    if (fn.weight > MAX_REMEMBERED_WEIGHT) return this.forComposed[phase]
    let phases = this.byFunction.get(fn)
    if (phases === undefined) {
      phases = PHASES.map(() => undefined)
      if (this.byFunction.size >= MAX_REMEMBERED) this.byFunction.clear()
      this.byFunction.set(fn, phases)
    }
    return (phases[phase] ??= this.ofKind(phase, 'pointwise').filter(rule => mayEndIn(rule, fn)))
  }
}

/** Most rules of one function say it by name, and it is one operation. */
function mayEndInComposed({ left }: Rule): boolean {
  if (left.kind !== 'pointwise') return false
  return left.fn.kind !== 'exact' || left.fn.fn.weight > MAX_REMEMBERED_WEIGHT
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

/** false: the rule does not apply where its pattern would end in this function of one wire, whatever stands before. */
function mayEndIn(rule: Rule, fn: Expression): boolean {
  const { left, right } = rule
  if (left.kind !== 'pointwise') return false
  const pattern = left.fn
  if (left.args.length !== 1 && !(pattern.kind === 'variable' && pattern.variadic)) return false
  switch (pattern.kind) {
    case 'exact':
      return pattern.fn === fn
    case 'inverse':
      return fn.weight <= MAX_INVERTED
    case 'form':
      return true
    case 'variable': {
      const { slot } = pattern
      for (const c of rule.conditions)
        if (c.kind === 'function' && c.slot === slot && hasProperty(fn, c.property) === false) return false
      // The identity has no parts: it is a plain wire.
      return right.kind !== 'parts' || right.slot !== slot || fn === variable(0) || partsOf(fn, 1) !== null
    }
  }
}
