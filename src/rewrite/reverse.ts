// A rule read from right to left: its right side as a pattern, its left side as what to put in the place of it. Only rules
// whose right side computes nothing can be read so.

import {
  diagonal,
  factorsOf,
  identity,
  type Linear,
  linearPostorder,
  ones,
  product,
  transpose,
  weight,
  zeroMatrix,
} from '../linear/linear.ts'
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
  mapStage,
  needsSizes,
  operatorsOfPattern,
  type Pattern,
  type Rule,
  stagesBefore,
  stagesIn,
  type Template,
  type VariablePattern,
  variablesOf,
} from './rule.ts'
import { withCalls, withCallsOf } from './subnets.ts'

/** Thrown inside when a rule cannot be read from right to left; the message is a clause: "its right side ...". */
class OneWay extends Error {}

/**
 * The rule that leads back. It is a rule of its own, which has to be proved like one: what is shown of the rule that it
 * comes from is not taken over. Gives a clause instead that says why there is none.
 */
export function reverseRule(rule: Rule): Rule | { readonly because: string } {
  const back = readBackwards(rule)
  return 'because' in back ? back : { ...back, title: `${rule.title}, backwards`, text: reversedText(rule) }
}

/** The same rule, under its own title and text, with what is matched and what is made exchanged. */
export function readBackwards(rule: Rule): Rule | { readonly because: string } {
  try {
    const left = withCalls(new Reverser(rule).pattern(rule.right))
    if (left.kind === 'wire' || left.kind === 'constant')
      throw new OneWay('its right side is a plain wire, which is everywhere')
    if (left.kind === 'net') throw new OneWay('its right side ends with a part of a net, which may end anywhere')
    const right = withCallsOf(left, templateOf(rule, rule.left))
    requireBound(rule, left)
    return {
      ...rule,
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
  private readonly operators = new Map<number, VariablePattern>()

  constructor(private readonly rule: Rule) {
    for (const o of stagesIn(rule.left).flatMap(operatorsOfPattern)) {
      for (const variable of variablesOf(o)) this.operators.set(variable.slot, variable)
    }
  }

  pattern(t: Template): Pattern {
    if (t.kind === 'linear' || t.kind === 'parts' || t.kind === 'elementwise')
      throw new OneWay('its right side computes what it is made of')
    return mapStage(t, { fn: f => this.fn(f), matrix: o => this.operator(o), stage: s => this.pattern(s) })
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
    if (t.kind === 'variable') {
      const known = this.operators.get(t.slot)
      if (known !== undefined) return known
    } else if (t.kind === 'computed') {
      const { operator } = t
      const { kind, rows, columns } = operator
      if (kind === 'identity') return { kind, size: rows }
      if (kind === 'zero' || kind === 'ones') return { kind, rows, columns }
      const of = kind === 'transpose' || kind === 'diagonal' ? this.variable(operator.of) : null
      if (of !== null && (kind === 'transpose' || kind === 'diagonal')) return { kind, of }
      const factors = kind === 'product' ? factorsOf(operator).map(a => this.variable(a)) : [null]
      if (factors.every(f => f !== null)) return { kind: 'product', factors }
      if (linearPostorder(operator).every(a => this.variable(a) === null && a.rows.terms.length === 0))
        return { kind: 'exact', operator }
    }
    throw new OneWay('its right side computes a matrix')
  }
  /** The variable that a symbol stands for. */
  private variable(a: Linear): VariablePattern | null {
    if (a.kind !== 'symbol') return null
    const slot = this.rule.variables.operators.findIndex(o => o.symbol === a.symbol)
    return this.operators.get(slot) ?? null
  }
}

function templateOf(rule: Rule, p: Pattern): Template {
  const { operators } = rule.variables
  const fn = (f: FunctionPattern): FunctionTemplate => {
    switch (f.kind) {
      case 'exact':
      case 'form':
        return { kind: 'exact', fn: f.fn }
      case 'variable':
        if (f.variadic) throw new OneWay('its left side has a function of any number of wires')
        return { kind: 'variable', slot: f.slot }
      case 'inverse':
        return { kind: 'inverse', of: { kind: 'variable', slot: f.slot } }
    }
  }
  const computed = (operator: Linear): LinearTemplate => ({ kind: 'computed', operator })
  const matrix = (o: LinearPattern): LinearTemplate => {
    switch (o.kind) {
      case 'variable':
        return { kind: 'variable', slot: o.slot }
      case 'transpose':
        return computed(transpose(weight(operators[o.of.slot].symbol)))
      case 'diagonal':
        return computed(diagonal(weight(operators[o.of.slot].symbol)))
      case 'product':
        return computed(o.factors.map(f => weight(operators[f.slot].symbol)).reduce((a, b) => product(a, b)))
      case 'exact':
        return computed(o.operator)
      case 'identity':
        return computed(identity(o.size))
      case 'zero':
        return computed(zeroMatrix(o.rows, o.columns))
      case 'ones':
        return computed(ones(o.rows, o.columns))
    }
  }
  return mapStage(p, { fn, matrix, stage: s => templateOf(rule, s) })
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
  for (const kind of ['functions', 'operators', 'wires', 'groups', 'nets'] as const)
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
  readonly nets: Set<number>
  readonly reals: Set<number>
}
function slotsIn(pattern: Pattern): Slots {
  const found: Slots = {
    functions: new Set(),
    operators: new Set(),
    wires: new Set(),
    groups: new Set(),
    nets: new Set(),
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
    if (p.kind === 'net') found.nets.add(p.slot)
    if (p.kind === 'reduce' && typeof p.group !== 'number') found.groups.add(p.group.slot)
    for (const o of operatorsOfPattern(p)) for (const { slot } of variablesOf(o)) found.operators.add(slot)
    for (const s of stagesBefore(p)) visit(s)
  }
  visit(pattern)
  return found
}

function realsIn(rule: Rule, pattern: Pattern): Set<number> {
  const found = new Set<number>()
  for (const p of stagesIn(pattern)) {
    if (p.kind !== 'pointwise' || p.fn.kind !== 'form') continue
    for (const e of postorder(p.fn.fn)) {
      const slot = e.kind === 'apply' ? rule.variables.reals.findIndex(r => r.symbol === e.fn) : -1
      if (slot >= 0) found.add(slot)
    }
  }
  return found
}
