// Equalities of pools.
import { uniformEntry } from '../algebra/operators.ts'
import { directionOn } from '../diagram/pool.ts'
import { whole } from '../diagram/ranges.ts'
import { pointwise, put } from './builder.ts'
import type { Unplaced } from './contents.ts'
import type { EGraph, TermId } from './egraph.ts'
import { MAX_WEIGHT } from './functions.ts'
import { membersOf, type Pointwise } from './layers.ts'
import type { Why } from './reasons.ts'

type Reduce = Extract<Unplaced, { kind: 'reduce' }>
type Constant = Extract<Unplaced, { kind: 'constant' }>

function through(operation: Reduce['operation'], direction: 'increasing' | 'decreasing'): Why {
  const title = `${direction} function through ${operation}pool`
  return { rule: `${operation}pool-${direction}`, title, by: 'pool' }
}
const THROUGH = {
  max: { increasing: through('max', 'increasing'), decreasing: through('max', 'decreasing') },
  min: { increasing: through('min', 'increasing'), decreasing: through('min', 'decreasing') },
}

const NUMBER: Why = { rule: 'elementwise', title: 'vector of equal numbers', by: 'linear' }
const SAME: Why = { rule: 'equality', title: 'pool of equal components', by: 'function' }
const NESTED: Why = { rule: 'equality', title: 'pool of pools', by: 'pool' }

/** The largest of the largest of groups is the largest of larger groups; so for the least. */
export function nestedGroups(g: EGraph, t: TermId): void {
  const { operation, group, shape } = g.nodeOf(t) as Reduce
  for (const m of membersOf(g, g.argOf(t, 0), 'reduce')) {
    const below = g.nodeOf(m) as Reduce
    if (below.operation !== operation) continue
    const arg = g.argOf(m, 0)
    const made = put(g, { kind: 'reduce', operation, group: group * below.group, shape }, [arg])
    if (made !== null) g.equate(t, made, NESTED, { inner: [m], over: [arg] })
  }
}

/** The largest of numbers that are all the same. */
export function ofEqualComponents(g: EGraph, t: TermId): void {
  const { shape } = g.nodeOf(t)
  const arg = g.argOf(t, 0)
  for (const m of membersOf(g, arg, 'constant')) {
    const entry = uniformEntry((g.nodeOf(m) as Constant).value)
    const number = entry === null ? null : pointwise(g, entry, [], g.shapeOf(m))
    if (number !== null) g.equate(m, number, NUMBER, { over: [] })
  }
  for (const m of membersOf(g, arg, 'pointwise')) {
    const { fn } = g.nodeOf(m) as Pointwise
    const made = g.arityOf(m) === 0 ? pointwise(g, fn, [], shape) : null
    if (made !== null) g.equate(t, made, SAME, { inner: [m], over: [] })
  }
}

/** A function that increases commutes with the maximum and the minimum; one that decreases exchanges them. */
export function throughGroups(g: EGraph, t: TermId): void {
  const { operation, group, shape } = g.nodeOf(t) as Reduce
  for (const m of membersOf(g, g.argOf(t, 0), 'pointwise')) {
    const { fn } = g.nodeOf(m) as Pointwise
    if (g.arityOf(m) !== 1 || fn.weight > MAX_WEIGHT) continue
    const arg = g.narrowest(g.argOf(m, 0))
    const domain = [whole(g.rangeOf(arg))]
    const found = directionOn(fn, domain[0])
    if (found === null) continue
    const direction = found === 'decreasing' ? 'decreasing' : 'increasing'
    const turned = operation === 'max' ? 'min' : 'max'
    const inner = direction === 'decreasing' ? turned : operation
    const below = put(g, { kind: 'reduce', operation: inner, group, shape }, [arg])
    const made = below === null ? null : pointwise(g, fn, [below], shape)
    if (below === null || made === null) continue
    g.equate(t, made, THROUGH[operation][direction], { inner: [m], made: [below], over: [arg], domain })
  }
}
