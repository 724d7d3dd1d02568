// Equalities of functions of wires: taken apart into operations, put together and brought to their normal form.
import { simplify } from '../algebra/simplify.ts'
import { whole } from '../diagram/ranges.ts'
import { linearFormOnce } from '../rewrite/functions.ts'
import { call, type Expression, substitute, variable, zero } from '../scalar/expression.ts'
import type { Range } from '../scalar/range.ts'
import { different, pointwise } from './builder.ts'
import type { ClassId, EGraph, TermId } from './egraph.ts'
import { isOpaque, lastOperation, MAX_WEIGHT, unfolded } from './functions.ts'
import type { Pointwise } from './layers.ts'
import { Likeness } from './likeness.ts'
import type { Why } from './reasons.ts'

/** Functions of more wires than this are not put together. */
export const MAX_ARGS = 4

const DEFINITION: Why = { rule: 'parts', title: 'a function by its definition', by: 'function' }
const PARTS: Why = { rule: 'parts', title: 'a composition is its parts', by: 'function' }
const ALGEBRA: Why = { rule: 'normal-elementwise', title: 'algebra of real functions', by: 'function' }
const EXPONENTIAL: Why = { rule: 'normal-elementwise', title: 'exponential of a sum', by: 'function' }

/** The function with definitions unfolded, as its last operation on wires of their own. */
export function takenApart(g: EGraph, t: TermId): void {
  const node = g.nodeOf(t) as Pointwise
  const fn = unfolded(node.fn)
  if (fn === null) return
  const args = g.argsOf(t)
  const over = different(g, args)
  if (fn !== node.fn) {
    const plain = pointwise(g, fn, args, node.shape)
    if (plain !== null) g.equate(t, plain, DEFINITION, { over })
    return
  }
  const split = lastOperation(fn)
  if (split === null) return
  const wires: TermId[] = []
  const made: TermId[] = []
  for (const inner of split.inner) {
    const wire = pointwise(g, inner, args, node.shape, inner.kind === 'variable' ? undefined : made)
    if (wire === null) return
    wires.push(wire)
  }
  const last = pointwise(g, split.outer, wires, node.shape)
  if (last !== null && last !== t) g.equate(t, last, PARTS, { made, over })
}

interface Simpler {
  readonly domain: readonly Range[]
  readonly result: Expression
}
const simpler = new WeakMap<Expression, Simpler[]>()
/** The normal form of a function on a domain; each answer is remembered, for the same few functions come again and again. */
function normalFormOn(fn: Expression, domain: readonly Range[]): Expression {
  let known = simpler.get(fn)
  if (known === undefined) simpler.set(fn, (known = []))
  const old = known.find(s => s.domain.every((r, i) => r === domain[i]))
  if (old !== undefined) return old.result
  const { result } = simplify(fn, domain)
  if (known.length < 64) known.push({ domain, result })
  return result
}

/** The shortest function that each class is known to be of other wires, as a term of the class. */
export class Fused {
  private readonly byClass = new Map<ClassId, TermId>()
  private readonly likeness: Likeness

  constructor(private readonly g: EGraph) {
    this.likeness = new Likeness(g)
  }

  /** Takes note of a function that a class is; false where a shorter one is known. */
  private offer(t: TermId): boolean {
    const c = this.g.classOf(t)
    const weight = (u: TermId): number => (this.g.nodeOf(u) as Pointwise).fn.weight + this.g.arityOf(u) / 64
    const old = this.byClass.get(c)
    if (old !== undefined && weight(old) <= weight(t)) return false
    this.byClass.set(c, t)
    this.g.extraBytes += old === undefined ? 40 : 0
    return old !== t
  }

  /** The function with those of the wires below it put in, in normal form. */
  visit(t: TermId): void {
    const { g } = this
    const node = g.nodeOf(t) as Pointwise
    if (isOpaque(node.fn) || node.fn.weight > MAX_WEIGHT) return
    const leaves: TermId[] = []
    const inner: TermId[] = []
    const place = (leaf: TermId): Expression => {
      let at = leaves.findIndex(l => g.areEqual(l, leaf))
      if (at < 0) at = leaves.push(g.narrowest(leaf)) - 1
      return variable(at)
    }
    const values = g.argsOf(t).map(arg => {
      const below = this.byClass.get(g.classOf(arg))
      if (below === undefined || below === t || g.areEqual(below, t)) return place(arg)
      if (!inner.includes(below)) inner.push(below)
      const places = g.argsOf(below).map(place)
      return substitute((g.nodeOf(below) as Pointwise).fn, i => places[i])
    })
    const isPlain = values.every((v, i) => v === variable(i))
    const fn = isPlain ? node.fn : substitute(node.fn, i => values[i])
    if (fn.weight > 2 * MAX_WEIGHT || leaves.length > MAX_ARGS) return
    // A wire that is a function of itself: looking through would not come to an end.
    if (leaves.some(l => g.areEqual(l, t) || inner.some(m => g.areEqual(m, l)))) return
    const domain = leaves.map(l => whole(g.rangeOf(l)))
    const result = normalFormOn(fn, domain)
    if (result.weight > MAX_WEIGHT) return
    const made = result === node.fn && isPlain ? t : pointwise(g, result, leaves, node.shape)
    if (made === null) return
    if (made !== t) g.equate(t, made, ALGEBRA, { inner, over: leaves, domain })
    if (g.kindOf(made) !== 'pointwise') return
    if (this.offer(made)) g.changed.push(g.classOf(t))
    this.likeness.visit(made)
  }
}

/** exp(f + c) = e^c exp(f): numbers under an exponential become factors, which pass through layers. */
export function shifted(g: EGraph, t: TermId): void {
  const { fn, shape } = g.nodeOf(t) as Pointwise
  if (fn.kind !== 'call' || fn.name !== 'exp' || fn.mask === 0) return
  const form = linearFormOnce(fn.args[0])
  if (form === null || form.constant === zero || form.coefficients.size === 0) return
  let rest: Expression | null = null
  for (const [i, k] of form.coefficients) {
    const term = k.kind === 'number' && k.value.equals(1) ? variable(i) : call('*', k, variable(i))
    rest = rest === null ? term : call('+', rest, term)
  }
  const args = g.argsOf(t)
  const inner = pointwise(g, call('exp', rest as Expression), args, shape)
  if (inner === null) return
  const made = pointwise(g, call('*', call('exp', form.constant), variable(0)), [inner], shape)
  if (made !== null) g.equate(t, made, EXPONENTIAL, { made: [inner], over: different(g, args) })
}
