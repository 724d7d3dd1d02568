// Where the left sides of two rules overlap: the smallest patterns in which both rules apply at places that share a stage.
// Variables are bound by unification; what they are bound to is checked again when the rules are matched.

import { addSizes, type Size, sizeOf, substituteSize, unknownSize } from '../linear/size.ts'
import {
  type Condition,
  type FunctionPattern,
  type LinearPattern,
  mapLinearPattern,
  mapStage,
  operatorsOfPattern,
  type Pattern,
  type Rule,
  sizesOfPattern,
  stagesBefore,
  stagesIn,
  type Template,
  variablesOf,
} from '../rewrite/rule.ts'
import { type Expression, postorder } from '../scalar/expression.ts'
import { inversesOf } from '../scalar/functions.ts'
import { intersect, type Range, REALS } from '../scalar/range.ts'

/** A pattern in which `outer` applies at the root and `inner` at the place that the path leads to. */
export interface Overlap {
  readonly outer: Rule
  readonly inner: Rule
  /** From the root: which arg, again and again. */
  readonly path: readonly number[]
  /** A rule with the common pattern as its left side; its right side is of no meaning. */
  readonly peak: Rule
  /** Functions of the peak that are known, by name. */
  readonly functions: ReadonlyMap<string, Expression>
}

/** The places of the stages of a pattern. */
function pathsIn(root: Pattern): { readonly path: readonly number[]; readonly at: Pattern }[] {
  const found: { path: readonly number[]; at: Pattern }[] = []
  const stack: { path: readonly number[]; at: Pattern }[] = [{ path: [], at: root }]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.at.kind === 'wire') continue
    found.push(next)
    const { path } = next
    for (const [i, at] of stagesBefore(next.at).entries()) stack.push({ path: [...path, i], at })
  }
  return found
}

/** A rule with its variables after those of another one, and with names of its own, which end with the mark. */
export function apart(rule: Rule, after: Rule, mark = "'"): Rule {
  const { variables: own } = rule
  const { variables: other } = after
  const shift = {
    functions: other.functions.length,
    operators: other.operators.length,
    wires: other.wires.length,
    groups: other.groups.length,
    reals: other.reals.length,
  }
  const size = (s: Size): Size => substituteSize(s, name => unknownSize(`${name}${mark}`))
  const fn = (p: FunctionPattern): FunctionPattern =>
    p.kind === 'variable' || p.kind === 'inverse' ? { ...p, slot: p.slot + shift.functions } : p
  const operator = (p: LinearPattern): LinearPattern => mapLinearPattern(p, size, slot => slot + shift.operators)
  const pattern = (p: Pattern): Pattern =>
    mapStage(p, {
      fn,
      matrix: operator,
      stage: pattern,
      wire: slot => slot + shift.wires,
      mixed: slot => slot + shift.functions,
      group: g => (typeof g === 'number' ? g : { slot: g.slot + shift.groups }),
      size,
    })
  const condition = (c: Condition): Condition => {
    switch (c.kind) {
      case 'wire': {
        const within = 'domainOf' in c.within ? { domainOf: c.within.domainOf + shift.functions } : c.within
        return { ...c, slot: c.slot + shift.wires, within }
      }
      case 'real':
        return { ...c, slot: c.slot + shift.reals }
      case 'entries':
      case 'operator':
        return { ...c, slot: c.slot + shift.operators }
      case 'function':
      case 'codomain':
        return { ...c, slot: c.slot + shift.functions }
      case 'size':
        return { ...c, left: size(c.left), right: size(c.right) }
    }
  }
  const named = <T extends { readonly name: string }>(list: readonly T[]): T[] =>
    list.map(v => ({ ...v, name: `${v.name}${mark}` }))
  return {
    ...rule,
    variables: {
      functions: named(own.functions),
      operators: named(own.operators),
      factors: [],
      wires: named(own.wires).map(w => ({ ...w, width: w.width === null ? null : size(w.width) })),
      groups: named(own.groups),
      nets: [],
      reals: named(own.reals),
    },
    left: pattern(rule.left),
    conditions: rule.conditions.map(condition),
  }
}

/** Thrown inside where two patterns have nothing in common. */
const APART = Symbol('no common pattern')

const rowsOf = (p: LinearPattern): Size => sizesOfPattern(p)[0]
const columnsOf = (p: LinearPattern): Size => sizesOfPattern(p)[1]

class Unifier {
  readonly wires = new Map<number, Pattern>()
  private readonly aliases = new Map<number, number>()
  readonly functions = new Map<number, Expression>()
  private readonly operators = new Map<number, LinearPattern>()
  private readonly groups = new Map<number, number | { readonly slot: number }>()
  private readonly sizes = new Map<string, Size>()

  unify(p: Pattern, q: Pattern): void {
    const known = (w: Pattern): Pattern | undefined => (w.kind === 'wire' ? this.wires.get(w.slot) : undefined)
    const [before, behind] = [known(p), known(q)]
    if (before !== undefined || behind !== undefined) {
      this.unify(before ?? p, behind ?? q)
      return
    }
    if (p.kind === 'wire' || q.kind === 'wire') {
      const [from, to] = p.kind === 'wire' ? [p, q] : [q as Extract<Pattern, { kind: 'wire' }>, p]
      if (to.kind === 'wire' && to.slot === from.slot) return
      if (this.contains(to, from.slot)) throw APART
      this.wires.set(from.slot, to)
      return
    }
    if (p.kind !== q.kind) throw APART
    if (p.kind === 'pointwise' && q.kind === 'pointwise') {
      if (p.args.length !== q.args.length) throw APART
      this.fn(p.fn, q.fn)
    }
    if (p.kind === 'reduce' && q.kind === 'reduce') {
      if (p.operation !== q.operation) throw APART
      this.group(p.group, q.group)
    }
    if (p.kind === 'mix' && q.kind === 'mix') {
      this.alias(p.slot, q.slot)
      this.operator(p.operator, q.operator)
    }
    if (
      (p.kind === 'additive' || p.kind === 'multiplicative') &&
      (q.kind === 'additive' || q.kind === 'multiplicative')
    ) {
      this.operator(p.operator, q.operator)
      // No bias is a bias of zero.
      if (p.bias !== null && q.bias !== null) this.operator(p.bias, q.bias)
      else if (p.bias !== null || q.bias !== null) {
        const rows = this.size(rowsOf(p.operator))
        this.operator((p.bias ?? q.bias) as LinearPattern, { kind: 'zero', rows, columns: sizeOf(1) })
      }
    }
    if (p.kind === 'constant' && q.kind === 'constant') this.operator(p.value, q.value)
    if (p.kind === 'slice' && q.kind === 'slice') {
      this.equate(p.start, q.start)
      this.equate(p.end, q.end)
    }
    const [mine, others] = [stagesBefore(p), stagesBefore(q)]
    if (mine.length !== others.length) throw APART
    for (const [i, a] of mine.entries()) this.unify(a, others[i])
  }

  private contains(p: Pattern, slot: number): boolean {
    if (p.kind !== 'wire') return stagesBefore(p).some(a => this.contains(a, slot))
    const bound = this.wires.get(p.slot)
    return p.slot === slot || (bound !== undefined && this.contains(bound, slot))
  }
  root(slot: number): number {
    let at = slot
    for (let next = this.aliases.get(at); next !== undefined; next = this.aliases.get(at)) at = next
    return at
  }
  private alias(a: number, b: number): void {
    const [from, to] = [this.root(a), this.root(b)]
    if (from === to) return
    const bound = this.functions.get(from)
    if (bound !== undefined) this.bind(to, bound)
    this.functions.delete(from)
    this.aliases.set(from, to)
  }
  private bind(slot: number, fn: Expression): void {
    const at = this.root(slot)
    const old = this.functions.get(at)
    if (old !== undefined && old !== fn) throw APART
    this.functions.set(at, fn)
  }
  private fn(p: FunctionPattern, q: FunctionPattern): void {
    const isSame = (p.kind === 'exact' || p.kind === 'form') && p.kind === q.kind && p.fn === q.fn
    if (isSame) return
    const [a, b] = p.kind === 'exact' || p.kind === 'form' ? [q, p] : [p, q]
    if (a.kind === 'exact' || a.kind === 'form' || b.kind === 'form') throw APART
    if (b.kind !== 'exact') {
      if (a.kind !== b.kind) throw APART
      this.alias(a.slot, b.slot)
      return
    }
    const fn = a.kind === 'inverse' ? inversesOf(b.fn).at(0) : b.fn
    if (fn === undefined) throw APART
    this.bind(a.slot, fn)
  }
  private group(a: number | { readonly slot: number }, b: number | { readonly slot: number }): void {
    const [p, q] = [this.groupOf(a), this.groupOf(b)]
    if (typeof p === 'number' && typeof q === 'number') {
      if (p !== q) throw APART
    } else if (typeof p === 'number') this.groups.set((q as { slot: number }).slot, p)
    else if (typeof q === 'number' || q.slot !== p.slot) this.groups.set(p.slot, q)
  }
  groupOf(group: number | { readonly slot: number }): number | { readonly slot: number } {
    let at = group
    while (typeof at !== 'number') {
      const next = this.groups.get(at.slot)
      if (next === undefined) break
      at = next
    }
    return at
  }

  operatorOf(p: LinearPattern): LinearPattern {
    let at = p
    while (at.kind === 'variable') {
      const next = this.operators.get(at.slot)
      if (next === undefined) break
      at = next
    }
    return mapLinearPattern(
      at,
      size => this.size(size),
      slot => slot,
    )
  }
  private operator(a: LinearPattern, b: LinearPattern): void {
    const [p, q] = [this.operatorOf(a), this.operatorOf(b)]
    this.equate(rowsOf(p), rowsOf(q))
    this.equate(columnsOf(p), columnsOf(q))
    if (p.kind === 'variable') {
      if (q.kind !== 'variable' || q.slot !== p.slot) this.operators.set(p.slot, q)
    } else if (q.kind === 'variable') this.operators.set(q.slot, p)
    else if (p.kind !== q.kind || (p.kind === 'exact' && q.kind === 'exact' && p.operator !== q.operator)) throw APART
    else if ('of' in p && 'of' in q) this.operator(p.of, q.of)
    else if (p.kind === 'product' && q.kind === 'product') {
      if (p.factors.length !== q.factors.length) throw APART
      for (const [k, f] of p.factors.entries()) this.operator(f, q.factors[k])
    }
  }

  size(s: Size): Size {
    let at = s
    // Names are bound to sizes of other names: each round settles at least one.
    for (let round = 0; round <= this.sizes.size; round++) at = substituteSize(at, name => this.sizes.get(name))
    return at
  }
  private equate(a: Size, b: Size): void {
    const [p, q] = [this.size(a), this.size(b)]
    if (p === q) return
    const name = (s: Size): string | null =>
      s.constant === 0 && s.terms.length === 1 && s.terms[0][1] === 1 ? s.terms[0][0] : null
    const [from, to] = name(p) !== null ? [p, q] : [q, p]
    const open = name(from)
    if (open === null || to.terms.some(([n]) => n === open)) throw APART
    this.sizes.set(open, to)
  }

  /** Makes the widths of layers that follow each other the same; gives the width behind the pattern, where it is known. */
  settleWidths(p: Pattern): Size | null {
    if (p.kind === 'wire') return null
    const widths = stagesBefore(p).map(a => this.settleWidths(a))
    // What is joined may be of any widths.
    if (p.kind === 'join')
      return widths.reduce((sum, w) => (sum === null || w === null ? null : addSizes(sum, w)), sizeOf(0) as Size | null)
    const before = widths.filter(w => w !== null)
    for (const width of before) this.equate(width, before[0])
    if (p.kind === 'constant') return this.size(rowsOf(p.value))
    if (p.kind === 'reduce') return null
    if (p.kind === 'slice') return this.size(addSizes(p.end, p.start, -1))
    if (p.kind !== 'additive' && p.kind !== 'multiplicative' && p.kind !== 'mix') return before.at(0) ?? null
    const { operator } = p
    if (before.length > 0) this.equate(columnsOf(operator), before[0])
    return this.size(rowsOf(operator))
  }

  pattern(p: Pattern): Pattern {
    const bound = p.kind === 'wire' ? this.wires.get(p.slot) : undefined
    if (bound !== undefined) return this.pattern(bound)
    return mapStage(p, {
      fn: f => this.functionOf(f),
      matrix: o => this.operatorOf(o),
      stage: s => this.pattern(s),
      mixed: slot => this.root(slot),
      group: g => this.groupOf(g),
      size: size => this.size(size),
    })
  }
  private functionOf(p: FunctionPattern): FunctionPattern {
    return p.kind === 'variable' || p.kind === 'inverse' ? { ...p, slot: this.root(p.slot) } : p
  }
}

/** The common rule of two rules that are unified; its wires lie within `inputs` beside what the rules ask of them. */
function peakOf(outer: Rule, inner: Rule, by: Unifier, inputs: Range): Rule {
  const left = by.pattern(outer.left)
  const free = new Map<number, Range>()
  const conditions: Condition[] = []
  for (const c of [...outer.conditions, ...inner.conditions]) {
    switch (c.kind) {
      case 'wire': {
        let slot = c.slot
        for (
          let at = by.wires.get(slot);
          at !== undefined;
          at = at.kind === 'wire' ? by.wires.get(at.slot) : undefined
        ) {
          slot = at.kind === 'wire' ? at.slot : -1
          if (slot < 0) break
        }
        if (slot < 0) break
        if ('domainOf' in c.within) {
          // First, so that the net's input is as wide as the function allows.
          conditions.unshift({ ...c, slot, within: { domainOf: by.root(c.within.domainOf) } })
        } else free.set(slot, intersect(free.get(slot) ?? REALS, c.within))
        break
      }
      case 'function':
      case 'codomain':
        conditions.push({ ...c, slot: by.root(c.slot) })
        break
      case 'entries':
      case 'operator': {
        const stages = [...stagesIn(outer.left), ...stagesIn(inner.left)]
        const at = stages.flatMap(operatorsOfPattern).find(o => variablesOf(o).some(v => v.slot === c.slot))
        const bound = at === undefined ? at : by.operatorOf(at)
        if (at?.kind === 'variable' && bound?.kind === 'variable') conditions.push({ ...c, slot: bound.slot })
        break
      }
      case 'size':
        conditions.push({ ...c, left: by.size(c.left), right: by.size(c.right) })
        break
      default:
        conditions.push(c)
    }
  }
  const wires = new Set<number>()
  const functions = new Set<number>()
  const operators = new Set<number>()
  const forms: Expression[] = []
  const visit = (p: Pattern): void => {
    if (p.kind === 'wire') wires.add(p.slot)
    if (p.kind === 'mix') functions.add(p.slot)
    if (p.kind === 'pointwise' && (p.fn.kind === 'variable' || p.fn.kind === 'inverse')) functions.add(p.fn.slot)
    if (p.kind === 'pointwise' && p.fn.kind === 'form') forms.push(p.fn.fn)
    for (const o of operatorsOfPattern(p)) for (const v of variablesOf(o)) operators.add(v.slot)
    for (const a of stagesBefore(p)) visit(a)
  }
  visit(left)
  const reals = [...outer.variables.reals, ...inner.variables.reals]
  const namesReal = new Set(postorder(...forms).flatMap(e => (e.kind === 'apply' ? [e.fn] : [])))
  // What was bound to something known is not there any more, and is asked for when the rules are matched.
  const isThere = (c: Condition): boolean => {
    switch (c.kind) {
      case 'wire':
        return !('domainOf' in c.within) || functions.has(c.within.domainOf)
      case 'real':
        return namesReal.has(reals[c.slot].symbol)
      case 'entries':
      case 'operator':
        return operators.has(c.slot)
      case 'function':
      case 'codomain':
        return functions.has(c.slot)
      case 'size':
        return true
    }
  }
  for (const slot of wires) conditions.push({ kind: 'wire', slot, within: intersect(free.get(slot) ?? REALS, inputs) })
  const join = <K extends keyof Rule['variables']>(kind: K): Rule['variables'][K] =>
    [...outer.variables[kind], ...inner.variables[kind]] as unknown as Rule['variables'][K]
  const right: Template = { kind: 'wire', slot: [...wires][0] }
  return {
    ...outer,
    name: `${outer.name} and ${inner.name}`,
    phase: 'algebra',
    variables: {
      functions: join('functions'),
      operators: join('operators'),
      factors: [],
      reals: join('reals'),
      wires: join('wires').map(w => ({ ...w, width: w.width === null ? null : by.size(w.width) })),
      groups: join('groups'),
      nets: [],
    },
    left,
    right,
    conditions: conditions.filter(isThere),
    bindsSizes: false,
  }
}
/** The overlaps of two rules where the second applies at the root of the first or further in; inputs lie in the given set. */
export function overlapsOf(outer: Rule, inner: Rule, inputs: Range): Overlap[] {
  const found: Overlap[] = []
  const other = apart(inner, outer)
  for (const { path, at } of pathsIn(outer.left)) {
    if (outer === inner && path.length === 0) continue
    const by = new Unifier()
    try {
      by.unify(at, other.left)
      by.settleWidths(by.pattern(outer.left))
    } catch (error) {
      if (error !== APART) throw error
      continue
    }
    const peak = peakOf(outer, other, by, inputs)
    const functions = new Map([...by.functions].map(([slot, fn]) => [peak.variables.functions[slot].name, fn]))
    found.push({ outer, inner, path, peak, functions })
  }
  return found
}
