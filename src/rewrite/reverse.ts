// A rule read from right to left: its right side as a pattern, its left side as what to put in the place of it. Only rules
// whose right side computes nothing can be read so.

import { type Expression, postorder } from '../scalar/expression.ts'
import { printStatement } from '../syntax/format.ts'
import { parse } from '../syntax/parse.ts'
import type { RuleTree } from '../syntax/tree.ts'
import {
  constrainsSizes,
  type FunctionPattern,
  type FunctionTemplate,
  type LinearPattern,
  type LinearTemplate,
  needsSizes,
  type Pattern,
  type Rule,
  type Template,
} from './rule.ts'

/** Thrown inside when a rule cannot be read from right to left; the message is a clause: "its right side ...". */
class OneWay extends Error {}

/**
 * The rule that leads back. It is a rule of its own, which has to be proved like one: what is shown of the rule that it
 * comes from is not taken over. Gives a clause instead that says why there is none.
 */
export function reverseRule(rule: Rule): Rule | { readonly because: string } {
  try {
    const left = new Reverser(rule).pattern(rule.right)
    if (left.kind === 'wire') throw new OneWay('its right side is a plain wire, which is everywhere')
    const right = templateOf(rule.left)
    requireBound(rule, left)
    return {
      ...rule,
      title: `${rule.title}, backwards`,
      text: reversedText(rule),
      phase: 'own',
      left,
      right,
      bindsSizes: needsSizes(right) || constrainsSizes(left) || rule.bindsSizes,
    }
  } catch (error) {
    if (!(error instanceof OneWay)) throw error
    return { because: error.message }
  }
}

function reversedText(rule: Rule): string {
  const tree = parse(rule.text).tree.statements.find((s): s is RuleTree => s.kind === 'rule')
  return tree === undefined ? rule.text : printStatement({ ...tree, left: tree.right, right: tree.left })
}

class Reverser {
  /** How the left side writes the matrices that the slots of operators stand for. */
  private readonly operators = new Map<number, LinearPattern>()

  constructor(private readonly rule: Rule) {
    const visit = (p: Pattern): void => {
      if (p.kind === 'wire') return
      if (p.kind === 'pointwise') {
        for (const a of p.args) visit(a)
        return
      }
      if (p.kind === 'additive' || p.kind === 'multiplicative' || p.kind === 'mix') {
        const found = p.kind === 'mix' ? [p.operator] : [p.operator, p.bias]
        for (const o of found) if (o?.kind === 'variable') this.operators.set(o.slot, o)
      }
      visit(p.arg)
    }
    visit(rule.left)
  }

  pattern(t: Template): Pattern {
    switch (t.kind) {
      case 'wire':
        return t
      case 'pointwise':
        return { kind: 'pointwise', fn: this.fn(t.fn), args: t.args.map(a => this.pattern(a)) }
      case 'additive':
      case 'multiplicative':
        return {
          kind: t.kind,
          operator: this.operator(t.operator),
          bias: t.bias === null ? null : this.operator(t.bias),
          arg: this.pattern(t.arg),
        }
      case 'reduce':
        return { ...t, arg: this.pattern(t.arg) }
      case 'softmax':
      case 'logsoftmax':
        return { kind: t.kind, arg: this.pattern(t.arg) }
      case 'mix':
        return { kind: 'mix', slot: t.slot, operator: this.operator(t.operator), arg: this.pattern(t.arg) }
      default:
        throw new OneWay('its right side computes what it is made of')
    }
  }

  private fn(t: FunctionTemplate): FunctionPattern {
    switch (t.kind) {
      case 'exact':
        return this.hasReals(t.fn) ? { kind: 'form', fn: t.fn } : t
      case 'variable':
        return { kind: 'variable', slot: t.slot, variadic: this.rule.variables.functions[t.slot].variadic }
      case 'inverse':
        if (t.of.kind === 'variable') return { kind: 'inverse', slot: t.of.slot }
    }
    throw new OneWay('its right side computes a function')
  }
  private hasReals(fn: Expression): boolean {
    const { reals } = this.rule.variables
    return postorder(fn).some(e => e.kind === 'apply' && reals.some(r => r.symbol === e.fn))
  }

  private operator(t: LinearTemplate): LinearPattern {
    switch (t.kind) {
      case 'variable': {
        const known = this.operators.get(t.slot)
        if (known !== undefined) return known
        break
      }
      case 'exact':
      case 'identity':
        return t
      case 'zero':
        return { kind: 'zero', rows: t.rows, columns: t.columns }
    }
    throw new OneWay('its right side computes a matrix')
  }
}

function templateOf(p: Pattern): Template {
  switch (p.kind) {
    case 'wire':
      return p
    case 'pointwise': {
      const args = p.args.map(templateOf)
      switch (p.fn.kind) {
        case 'exact':
        case 'form':
          return { kind: 'pointwise', fn: { kind: 'exact', fn: p.fn.fn }, args }
        case 'variable':
          if (p.fn.variadic) throw new OneWay('its left side has a function of any number of wires')
          return { kind: 'pointwise', fn: { kind: 'variable', slot: p.fn.slot }, args }
        case 'inverse':
          return { kind: 'pointwise', fn: { kind: 'inverse', of: { kind: 'variable', slot: p.fn.slot } }, args }
      }
      break
    }
    case 'additive':
    case 'multiplicative':
    case 'mix':
    case 'reduce':
    case 'softmax':
    case 'logsoftmax':
      return { ...p, arg: templateOf(p.arg) }
  }
}

/** Every variable of the left side, and of the conditions, has to be found by matching the right side. */
function requireBound(rule: Rule, left: Pattern): void {
  const there = slotsIn(left)
  const wanted = slotsIn(rule.left)
  for (const c of rule.conditions) {
    if (c.kind === 'function' || c.kind === 'codomain') wanted.functions.add(c.slot)
    else if (c.kind === 'operator' || c.kind === 'entries') wanted.operators.add(c.slot)
    else if (c.kind === 'real') wanted.reals.add(c.slot)
    else if (c.kind === 'wire') {
      wanted.wires.add(c.slot)
      if ('domainOf' in c.within) wanted.functions.add(c.within.domainOf)
    }
  }
  const { variables } = rule
  for (const kind of ['functions', 'operators', 'wires', 'groups'] as const)
    for (const slot of wanted[kind])
      if (!there[kind].has(slot)) throw new OneWay(`its right side says nothing of ${variables[kind][slot].name}`)
  const reals = realsIn(rule, left)
  for (const slot of new Set([...wanted.reals, ...realsIn(rule, rule.left)]))
    if (!reals.has(slot)) throw new OneWay(`its right side says nothing of ${variables.reals[slot].name}`)
}

interface Slots {
  readonly functions: Set<number>
  readonly operators: Set<number>
  readonly wires: Set<number>
  readonly groups: Set<number>
  readonly reals: Set<number>
}
function slotsIn(pattern: Pattern): Slots {
  const found: Slots = {
    functions: new Set(),
    operators: new Set(),
    wires: new Set(),
    groups: new Set(),
    reals: new Set(),
  }
  const visit = (p: Pattern): void => {
    if (p.kind === 'wire') {
      found.wires.add(p.slot)
      return
    }
    if (p.kind === 'pointwise') {
      for (const a of p.args) visit(a)
      if (p.fn.kind === 'variable') found.functions.add(p.fn.slot)
      // An inverse is known only where its function has been found before it.
      if (p.fn.kind === 'inverse' && !found.functions.has(p.fn.slot))
        throw new OneWay('its right side has the inverse of a function before the function')
      return
    }
    if (p.kind === 'mix') found.functions.add(p.slot)
    if (p.kind === 'reduce' && typeof p.group !== 'number') found.groups.add(p.group.slot)
    if (p.kind === 'additive' || p.kind === 'multiplicative' || p.kind === 'mix') {
      const operators = p.kind === 'mix' ? [p.operator] : [p.operator, p.bias]
      for (const o of operators) if (o?.kind === 'variable') found.operators.add(o.slot)
    }
    visit(p.arg)
  }
  visit(pattern)
  return found
}

function realsIn(rule: Rule, pattern: Pattern): Set<number> {
  const found = new Set<number>()
  const visit = (p: Pattern): void => {
    if (p.kind === 'wire') return
    if (p.kind !== 'pointwise') {
      visit(p.arg)
      return
    }
    for (const a of p.args) visit(a)
    if (p.fn.kind !== 'form') return
    for (const e of postorder(p.fn.fn)) {
      const slot = e.kind === 'apply' ? rule.variables.reals.findIndex(r => r.symbol === e.fn) : -1
      if (slot >= 0) found.add(slot)
    }
  }
  visit(pattern)
  return found
}
