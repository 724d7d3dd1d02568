// Conditions of a rule that cannot hold together: such a rule would be true of nothing, and could say anything.
import { addSizes } from '../linear/size.ts'
import { intersect, isEmpty, type Range } from '../scalar/range.ts'
import type { Condition } from './rule.ts'

/** The number of the first condition that cannot hold beside those before it, or not at all; -1 where there is none. */
export function contradictionIn(conditions: readonly Condition[]): number {
  const sets = new Map<string, Range>()
  const properties = new Set<string>()
  const sizes = new Map<string, Bounds>()
  const contradicts = (c: Condition): boolean => {
    switch (c.kind) {
      case 'wire':
      case 'real':
      case 'entries': {
        if ('domainOf' in c.within) return false
        const key = `${c.kind} ${c.slot}`
        const known = sets.get(key)
        const both = known === undefined ? c.within : intersect(known, c.within)
        sets.set(key, both)
        return isEmpty(both)
      }
      case 'function': {
        const opposite = OPPOSITES[c.property]
        properties.add(`${c.property} ${c.slot}`)
        return opposite !== undefined && properties.has(`${opposite} ${c.slot}`)
      }
      case 'size':
        return contradictsSizes(sizes, c)
      case 'operator':
      case 'codomain':
        return false
    }
  }
  return conditions.findIndex(contradicts)
}
const OPPOSITES: Readonly<Partial<Record<string, string>>> = {
  increasing: 'decreasing',
  decreasing: 'increasing',
  odd: 'even',
  even: 'odd',
}

/** What is known of a sum of sizes without its constant: low <= sum <= high, and numbers that it is not. */
interface Bounds {
  low: number
  high: number
  readonly not: Set<number>
}

function contradictsSizes(known: Map<string, Bounds>, c: Extract<Condition, { kind: 'size' }>): boolean {
  const { constant, terms } = addSizes(c.left, c.right, -1)
  // m - n and n - m are one sum: the one whose first coefficient is positive.
  const sign = terms.length > 0 && terms[0][1] < 0 ? -1 : 1
  const signed = terms.map(([name, k]) => [name, sign * k] as const)
  const key = signed.map(([name, k]) => `${k}*${name}`).join('+')
  let bounds = known.get(key)
  if (bounds === undefined) {
    const low = signed.every(([, k]) => k > 0) ? signed.reduce((sum, [, k]) => sum + k, 0) : -Infinity
    known.set(key, (bounds = { low, high: terms.length === 0 ? 0 : Infinity, not: new Set() }))
  }
  // sign * sum + constant RELATION 0
  const value = -sign * constant
  const isUpper = c.relation.startsWith('<') === sign > 0
  const strict = c.relation === '<' || c.relation === '>' ? 1 : 0
  if (c.relation === '!=') bounds.not.add(value)
  else {
    const isEqual = c.relation === '='
    if (isEqual || isUpper) bounds.high = Math.min(bounds.high, value - strict)
    if (isEqual || !isUpper) bounds.low = Math.max(bounds.low, value + strict)
  }
  return bounds.low > bounds.high || (bounds.low === bounds.high && bounds.not.has(bounds.low))
}
