// What stands where in a rule: the stages of both sides, and the variables, sizes and conditions that they speak of.

import { type Size, substituteSize } from '../linear/size.ts'
import {
  type Condition,
  type FunctionTemplate,
  operatorsOfPattern,
  type Rule,
  sizesOfPattern,
  stagesIn,
} from '../rewrite/rule.ts'
import { printRange } from '../scalar/range.ts'

function functionsIn(root: FunctionTemplate): FunctionTemplate[] {
  const found: FunctionTemplate[] = []
  const stack = [root]
  for (let t = stack.pop(); t !== undefined; t = stack.pop()) {
    found.push(t)
    if (t.kind === 'compose') stack.push(t.outer, t.inner)
    else if (t.kind !== 'exact' && t.kind !== 'variable') stack.push(t.of)
  }
  return found
}

/** The names of the sizes that a rule leaves open, in the order in which its left side names them. */
export function sizeNamesOf(rule: Rule): string[] {
  const sizes: Size[] = []
  for (const p of stagesIn(rule.left)) {
    for (const o of operatorsOfPattern(p)) sizes.push(...sizesOfPattern(o))
    if (p.kind === 'slice') sizes.push(p.start, p.end)
  }
  for (const w of rule.variables.wires) if (w.width !== null) sizes.push(w.width)
  for (const n of rule.variables.nets) sizes.push(n.columns, n.rows)
  for (const c of rule.conditions) if (c.kind === 'size') sizes.push(c.left, c.right)
  return [...new Set(sizes.flatMap(s => s.terms.map(([name]) => name)))]
}

/** The slots of functions of which a rule takes the inverse. */
export function invertedSlots(rule: Rule): Set<number> {
  const found = new Set<number>()
  for (const p of stagesIn(rule.left)) {
    if (p.kind === 'mix') found.add(p.slot)
    if (p.kind === 'pointwise' && p.fn.kind === 'inverse') found.add(p.fn.slot)
  }
  for (const t of stagesIn(rule.right)) {
    if (t.kind === 'mix') found.add(t.slot)
    if (t.kind !== 'pointwise') continue
    for (const f of functionsIn(t.fn)) if (f.kind === 'inverse' && f.of.kind === 'variable') found.add(f.of.slot)
  }
  return found
}

/** A condition in the words of the language. */
export function conditionText(rule: Rule, c: Condition): string {
  const { variables } = rule
  switch (c.kind) {
    case 'wire': {
      const { name } = variables.wires[c.slot]
      return 'domainOf' in c.within
        ? `${name} in domain(${variables.functions[c.within.domainOf].name})`
        : `${name} in ${printRange(c.within)}`
    }
    case 'real':
      return `${variables.reals[c.slot].name} in ${printRange(c.within)}`
    case 'entries':
      return `${variables.operators[c.slot].name} in ${printRange(c.within)}`
    case 'function':
      return `${variables.functions[c.slot].name} ${c.property}`
    case 'operator':
      return `${variables.operators[c.slot].name} ${c.property}`
    case 'size':
      return `${c.left.text} ${c.relation} ${c.right.text}`
    case 'codomain': {
      const domain = c.domain.map(r => printRange(r)).join(' x ')
      return `${variables.functions[c.slot].name} : ${domain} -> ${printRange(c.codomain)}`
    }
  }
}

/** Whether known sizes fulfil a condition on sizes; undefined where one of them is open. */
export function sizesFulfil(
  c: Extract<Condition, { kind: 'size' }>,
  sizes: ReadonlyMap<string, Size>,
): boolean | undefined {
  const [left, right] = [c.left, c.right].map(s => substituteSize(s, name => sizes.get(name)))
  if (left.terms.length > 0 || right.terms.length > 0) return undefined
  const difference = left.constant - right.constant
  switch (c.relation) {
    case '=':
      return difference === 0
    case '!=':
      return difference !== 0
    case '<':
      return difference < 0
    case '<=':
      return difference <= 0
    case '>':
      return difference > 0
    case '>=':
      return difference >= 0
  }
}
