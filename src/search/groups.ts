// Equalities of pools.
import { whole } from '../diagram/ranges.ts'
import { knownSize, sizeOf } from '../linear/size.ts'
import { analyse, monotonicity } from '../scalar/analysis.ts'
import { call, type Expression, variable } from '../scalar/expression.ts'
import { different, lastOf, pointwise, put, withLast } from './builder.ts'
import type { Unplaced } from './contents.ts'
import type { EGraph, TermId } from './egraph.ts'
import { MAX_WEIGHT } from './functions.ts'
import { membersOf, type Pointwise } from './layers.ts'
import type { Why } from './reasons.ts'

type Reduce = Extract<Unplaced, { kind: 'reduce' }>

function through(operation: Reduce['operation'], direction: 'increasing' | 'decreasing'): Why {
  const title = `${direction} function through ${operation}pool`
  return { rule: `${operation}pool-${direction}`, title, by: 'monotone' }
}
const THROUGH = {
  max: { increasing: through('max', 'increasing'), decreasing: through('max', 'decreasing') },
  min: { increasing: through('min', 'increasing'), decreasing: through('min', 'decreasing') },
}

/** Pools over more components are not taken apart. */
const MAX_COMPONENTS = 8

const MAXIMA: Why = { rule: 'equality', title: 'pool of known components', by: 'pool' }
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

/** A pool of a wire of few components as a function of each: max over a, b, c is max(max(a, b), c). */
export function asMaxima(g: EGraph, t: TermId): void {
  const { operation, group, shape } = g.nodeOf(t) as Reduce
  const arg = g.argOf(t, 0)
  if (g.has(g.classOf(arg), 'pointwise') || g.has(g.classOf(arg), 'constant')) sameEverywhere(g, t, arg)
  const width = knownSize(lastOf(g.shapeOf(arg)))
  if (width === null || width > MAX_COMPONENTS || group === 1) return
  const slices: TermId[] = []
  for (let i = 0; i < width; i++) {
    const [start, end] = [sizeOf(i), sizeOf(i + 1)]
    const slice = put(g, { kind: 'slice', start, end, shape: withLast(shape, sizeOf(1)) }, [arg])
    if (slice === null) return
    slices.push(slice)
  }
  const groups = Array.from({ length: width / group }, (_, k) => {
    const fn = Array.from({ length: group }, (_, i) => variable(i) as Expression).reduce((a, b) =>
      call(operation, a, b),
    )
    return pointwise(g, fn, slices.slice(k * group, (k + 1) * group), withLast(shape, sizeOf(1)))
  })
  if (groups.some(term => term === null)) return
  const wires = groups as TermId[]
  const made = wires.length === 1 ? wires[0] : put(g, { kind: 'join', shape }, wires)
  if (made === null) return
  const parts = wires.length === 1 ? slices : [...slices, ...wires]
  g.equate(t, made, MAXIMA, { made: different(g, parts), over: [arg] })
}

/** The largest of numbers that are all the same. */
function sameEverywhere(g: EGraph, t: TermId, arg: TermId): void {
  const { shape } = g.nodeOf(t)
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
    const found = analyse(fn, domain).defined ? monotonicity(fn, 0, domain) : null
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
