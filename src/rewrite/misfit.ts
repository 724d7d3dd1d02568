// Why a rule does not apply at a place: the first thing that does not fit, seen from the rule's last stage backwards.
import { normalLinear } from '../algebra/operators.ts'
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import { factorsOf, identity, type Linear, printLinear, printSizes, product, transpose } from '../linear/linear.ts'
import { type Size, substituteSize } from '../linear/size.ts'
import { type Expression, printExpression } from '../scalar/expression.ts'
import { printFunction } from '../syntax/print.ts'
import { isInverse } from './functions.ts'
import { type Graph, graphOf, nodeAt, nodesInOrder } from './graph.ts'
import { type Failure, matchRule } from './match.ts'
import { type LinearPattern, type Pattern, type Rule, stagesBefore, stagesIn } from './rule.ts'
import { partsEndingAt } from './subnets.ts'

/** The first thing that does not fit. `found` and `needed` are short texts in the words of the language. */
export interface Misfit {
  /**
   * stage: another kind of node; function, operator: of the right kind, but another one; width: its sizes; wire: two places
   * that have to be one; condition: a set, a property or a relation of sizes that is not shown; result: the right side does
   * not exist here.
   */
  readonly what: 'stage' | 'function' | 'operator' | 'width' | 'wire' | 'condition' | 'result'
  readonly at: NodeId
  readonly found: string
  readonly needed: string
  /** How many stages of the rule fit before it. */
  readonly fitting: number
}

/** Why the rule does not apply at the node; null where it does, as far as matching can tell. */
export function explainMismatch(graph: Graph, rule: Rule, at: NodeId): Misfit | null {
  let failure: Failure | null = null as Failure | null
  const match = matchRule(graph, rule, at, f => {
    failure ??= f
  })
  if (match !== null) return null
  const walker = new Walker(graph, rule)
  if (failure !== null) {
    const { at: place, found, needed } = failure
    return { what: 'condition', at: place, found, needed, fitting: walker.stages(rule.left) }
  }
  return walker.walk(rule.left, at) ?? { what: 'wire', at, found: 'another wire', needed: 'the same wire', fitting: 0 }
}

/**
 * Why a rule does not apply at a node of a net, or, without one, at the place where most of it fits; null where it applies.
 * Throws RangeError where the net has no such node.
 */
export function whyNot(diagram: Diagram, rule: Rule, at?: NodeId): Misfit | null {
  const graph = graphOf(diagram)
  return at === undefined ? nearestMisfit(graph, rule) : explainMismatch(graph, rule, at)
}

/** The place at which most of the rule fits, and what does not fit there; null where it applies somewhere or there is no place. */
export function nearestMisfit(graph: Graph, rule: Rule): Misfit | null {
  let best: Misfit | null = null
  for (const id of nodesInOrder(graph)) {
    const { kind } = nodeAt(graph, id)
    if (kind === 'input' || kind === 'output') continue
    const misfit = explainMismatch(graph, rule, id)
    if (misfit === null) return null
    if (best === null || nearness(misfit) > nearness(best)) best = misfit
  }
  return best
}

/** Stages that fit, and half a one for a stage that is of the right kind. */
function nearness({ what, fitting }: Misfit): number {
  return fitting + (what === 'stage' ? 0 : 0.5)
}

class Walker {
  private readonly functions = new Map<number, Expression>()
  private readonly operators = new Map<number, Linear>()
  private readonly wires = new Map<number, NodeId>()
  private readonly sizes = new Map<string, Size>()
  private fitting = 0

  constructor(
    private readonly graph: Graph,
    private readonly rule: Rule,
  ) {}

  /** The stages of a pattern. */
  stages(p: Pattern): number {
    return stagesIn(p).filter(s => s.kind !== 'wire').length
  }

  walk(p: Pattern, id: NodeId): Misfit | null {
    const misfit = (what: Misfit['what'], found: string, needed: string): Misfit => ({
      what,
      at: id,
      found,
      needed,
      fitting: this.fitting,
    })
    if (p.kind === 'wire') {
      const old = this.wires.get(p.slot)
      this.wires.set(p.slot, id)
      const { name } = this.rule.variables.wires[p.slot]
      return old === undefined || old === id ? null : misfit('wire', 'another wire', `the wire ${name} again`)
    }
    const node = nodeAt(this.graph, id)
    if (p.kind === 'net') {
      for (const { entry } of partsEndingAt(this.graph, id)) if (this.walk(p.arg, entry) === null) return null
      return misfit('stage', stageText(node), this.patternText(p))
    }
    if (node.kind !== p.kind || ('args' in p && p.args.length !== node.args.length))
      return misfit('stage', stageText(node), this.patternText(p))
    if (p.kind === 'pointwise' && node.kind === 'pointwise') {
      const wrong = this.fn(p.fn, node.fn)
      if (wrong !== null) return misfit('function', functionText(node.fn), wrong)
    }
    if (p.kind === 'reduce' && node.kind === 'reduce') {
      const isOther = p.operation !== node.operation || (typeof p.group === 'number' && p.group !== node.group)
      if (isOther) return misfit('stage', stageText(node), this.patternText(p))
    }
    for (const [pattern, found] of operatorsOf(p, node)) {
      const wrong = this.operator(pattern, found)
      if (wrong !== null) return misfit(wrong.what, wrong.found, wrong.needed)
    }
    if (p.kind === 'slice' && node.kind === 'slice' && !(this.size(p.start, node.start) && this.size(p.end, node.end)))
      return misfit('width', `[${node.start.text}..${node.end.text}]`, `[${p.start.text}..${p.end.text}]`)
    this.fitting++
    for (const [i, before] of stagesBefore(p).entries()) {
      const inner = this.walk(before, node.args[i])
      if (inner !== null) return inner
    }
    return null
  }

  private fn(p: Extract<Pattern, { kind: 'pointwise' }>['fn'], fn: Expression): string | null {
    const { variables } = this.rule
    switch (p.kind) {
      case 'exact':
        return p.fn === fn ? null : functionText(p.fn)
      case 'variable': {
        const old = this.functions.get(p.slot)
        this.functions.set(p.slot, fn)
        return old === undefined || old === fn
          ? null
          : `${variables.functions[p.slot].name} again: ${functionText(old)}`
      }
      case 'inverse': {
        // The function itself stands before: what would be its inverse is looked at from there.
        const of = this.functions.get(p.slot)
        return of === undefined || isInverse(of, fn) ? null : `the inverse of ${functionText(of)}`
      }
      case 'form':
        return null
    }
  }

  private operator(
    p: LinearPattern,
    found: Linear | null,
  ): { what: 'operator' | 'width'; found: string; needed: string } | null {
    const name = found === null ? 'no bias' : printLinear(found)
    const other = (needed: string): { what: 'operator'; found: string; needed: string } => ({
      what: 'operator',
      found: name,
      needed,
    })
    if (found === null) return p.kind === 'variable' || p.kind === 'zero' ? null : other('a bias')
    switch (p.kind) {
      case 'variable': {
        const old = this.operators.get(p.slot)
        this.operators.set(p.slot, found)
        if (old !== undefined && normalLinear(old) !== normalLinear(found))
          return other(`${this.rule.variables.operators[p.slot].name} again: ${printLinear(old)}`)
        if (!this.rule.bindsSizes || (this.size(p.rows, found.rows) && this.size(p.columns, found.columns))) return null
        return { what: 'width', found: printSizes(found), needed: `${p.rows.text} x ${p.columns.text}` }
      }
      case 'identity':
        return found.rows === found.columns && normalLinear(found) === identity(found.rows)
          ? null
          : other('the identity')
      case 'zero':
      case 'ones':
        return normalLinear(found).kind === p.kind ? null : other(p.kind)
      case 'product': {
        const factors = factorsOf(found)
        const last = p.factors.length - 1
        if (factors.length <= last) return other('a product of matrices')
        const parts = [...factors.slice(0, last), factors.slice(last).reduce((a, b) => product(a, b))]
        return p.factors.map((f, k) => this.operator(f, parts[k])).find(m => m !== null) ?? null
      }
      case 'transpose':
        return this.operator(p.of, transpose(found))
      case 'diagonal':
        return found.kind === 'diagonal' ? this.operator(p.of, found.of) : other('a diagonal matrix')
      case 'exact':
        return p.operator === found ? null : other(printLinear(p.operator))
    }
  }

  private size(pattern: Size, found: Size): boolean {
    const [first] = pattern.terms
    if (pattern.terms.length === 1 && pattern.constant === 0 && first[1] === 1 && !this.sizes.has(first[0]))
      this.sizes.set(first[0], found)
    return substituteSize(pattern, name => this.sizes.get(name)) === found
  }

  private patternText(p: Exclude<Pattern, { kind: 'wire' }>): string {
    switch (p.kind) {
      case 'pointwise': {
        if (p.args.length > 1) return `a function of ${p.args.length} wires`
        if (p.fn.kind === 'exact' || p.fn.kind === 'form') return functionText(p.fn.fn)
        const { name } = this.rule.variables.functions[p.fn.slot]
        return p.fn.kind === 'variable' ? `a function ${name}` : `the inverse of ${name}`
      }
      case 'net':
        return `a part ${this.rule.variables.nets[p.slot].name} of the net`
      case 'additive':
        return 'add'
      case 'multiplicative':
        return 'mul'
      case 'reduce':
        return `${p.operation}pool${typeof p.group === 'number' ? `[${p.group}]` : ''}`
      default:
        return p.kind
    }
  }
}

function operatorsOf(p: Pattern, node: Node): readonly (readonly [LinearPattern, Linear | null])[] {
  if (p.kind === 'additive' && node.kind === 'additive') {
    // Several matrices in a row are matched as one.
    const own = node.operators.length === 1 ? ([[p.operator, node.operators[0]]] as const) : []
    return p.bias === null ? own : [...own, [p.bias, node.bias]]
  }
  if (p.kind === 'multiplicative' && node.kind === 'multiplicative')
    return p.bias === null
      ? [[p.operator, node.operator]]
      : [
          [p.operator, node.operator],
          [p.bias, node.bias],
        ]
  if (p.kind === 'constant' && node.kind === 'constant') return [[p.value, node.value]]
  return p.kind === 'mix' && node.kind === 'mix' ? [[p.operator, node.operator]] : []
}

function functionText(fn: Expression): string {
  return printFunction(fn) ?? printExpression(fn)
}

/** A node as the language writes it, without its matrices. */
export function stageText(node: Node): string {
  switch (node.kind) {
    case 'input':
      return node.name === 'input' ? 'the input' : `the input ${node.name}`
    case 'output':
      return `the output ${node.name}`
    case 'constant':
      return 'a constant'
    case 'pointwise':
      return node.args.length === 1 ? functionText(node.fn) : `a function of ${node.args.length} wires`
    case 'additive':
      return 'add'
    case 'multiplicative':
      return 'mul'
    case 'reduce':
      return `${node.operation}pool[${node.group}]`
    default:
      return node.kind
  }
}
