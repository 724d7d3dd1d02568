// Equalities of functions of wires: taken apart into operations, put together and brought to their normal form, and
// through groups.
import { proveEqual } from '../algebra/equality.ts'
import { simplify } from '../algebra/simplify.ts'
import type { Node } from '../diagram/diagram.ts'
import { whole } from '../diagram/ranges.ts'
import { printShape } from '../linear/size.ts'
import { randomPoint } from '../numeric/points.ts'
import { random } from '../numeric/random.ts'
import { linearFormOnce } from '../rewrite/functions.ts'
import { analyse, monotonicity } from '../scalar/analysis.ts'
import { compileExpression } from '../scalar/evaluate.ts'
import { call, type Expression, functionsOf, substitute, variable, zero } from '../scalar/expression.ts'
import { containsPoint } from '../scalar/range.ts'
import { fromDouble, rational, toDouble } from '../scalar/rational.ts'
import { different, pointwise, put } from './builder.ts'
import type { ClassId, EGraph, TermId } from './egraph.ts'
import { isOpaque, lastOperation, MAX_WEIGHT, unfolded } from './functions.ts'
import { membersOf, type Pointwise } from './layers.ts'

/** Functions of more wires than this are not put together. */
const MAX_ARGS = 4

/** The function with definitions unfolded, as its last operation on wires of their own. */
export function takenApart(g: EGraph, t: TermId): void {
  const node = g.nodes[t] as Pointwise
  const fn = unfolded(node.fn)
  if (fn === null) return
  const over = different(g, node.args)
  if (fn !== node.fn) {
    const plain = pointwise(g, fn, node.args, node.shape)
    if (plain !== null)
      g.equate(t, plain, { rule: 'parts', title: 'a function by its definition', by: 'function', over })
    return
  }
  const split = lastOperation(fn)
  if (split === null) return
  const wires: TermId[] = []
  const made: TermId[] = []
  for (const inner of split.inner) {
    const wire = pointwise(g, inner, node.args, node.shape)
    if (wire === null) return
    wires.push(wire)
    if (inner.kind !== 'variable') made.push(wire)
  }
  const whole_ = pointwise(g, split.outer, wires, node.shape)
  if (whole_ !== null && whole_ !== t)
    g.equate(t, whole_, {
      rule: 'parts',
      title: 'a composition is its parts',
      by: 'function',
      made: different(g, made),
      over,
    })
}

/** The shortest function that each class is known to be of other wires, as a term of the class. */
export class Fused {
  private readonly byTerm = new Map<TermId, TermId>()

  private readonly likeness: Likeness

  constructor(private readonly g: EGraph) {
    this.likeness = new Likeness(g)
  }

  of(c: ClassId): TermId | undefined {
    return this.byTerm.get(c)
  }
  /** Takes note of a function that a class is; false where a shorter one is known. */
  private offer(t: TermId): boolean {
    const c = this.g.classOf(t)
    const weight = (u: TermId): number => (this.g.nodes[u] as Pointwise).fn.weight + this.g.nodes[u].args.length / 64
    const old = this.byTerm.get(c)
    if (old !== undefined && weight(old) <= weight(t)) return false
    this.byTerm.set(c, t)
    return old !== t
  }

  /** The function with those of the wires below it put in, in normal form. */
  visit(t: TermId): void {
    const { g } = this
    const node = g.nodes[t] as Pointwise
    if (isOpaque(node.fn) || node.fn.weight > MAX_WEIGHT) return
    const leaves: TermId[] = []
    const inner: TermId[] = []
    const place = (leaf: TermId): Expression => {
      let at = leaves.findIndex(l => g.areEqual(l, leaf))
      if (at < 0) at = leaves.push(leaf) - 1
      return variable(at)
    }
    const values = node.args.map(arg => {
      const below = this.of(g.classOf(arg))
      if (below === undefined || below === t || g.areEqual(below, t)) return place(arg)
      if (!inner.includes(below)) inner.push(below)
      const { fn, args } = g.nodes[below] as Pointwise
      const places = args.map(place)
      return substitute(fn, i => places[i])
    })
    const whole_ = substitute(node.fn, i => values[i])
    if (whole_.weight > 2 * MAX_WEIGHT || leaves.length > MAX_ARGS) return
    // A wire that is a function of itself: looking through would not come to an end.
    if (leaves.some(l => g.areEqual(l, t) || inner.some(m => g.areEqual(m, l)))) return
    const domain = leaves.map(l => whole(g.rangeOf(l)))
    const { result } = simplify(whole_, domain)
    if (result.weight > MAX_WEIGHT) return
    const made = pointwise(g, result, leaves, node.shape)
    if (made === null) return
    if (made !== t)
      g.equate(t, made, {
        rule: 'normal-elementwise',
        title: 'algebra of real functions',
        by: 'function',
        inner,
        over: leaves,
      })
    if (g.nodes[made].kind !== 'pointwise') return
    if (this.offer(made)) g.onChange(g.classOf(t))
    this.likeness.visit(made)
  }
}

/** Points at which functions are compared in doubles before they are compared in earnest: of both signs, none large. */
const POINTS = 4
const MODERATE = [-1.625, 0.6875, 2.3125, -0.4375, 1.1875, -2.8125, 0.1875, 3.5625].map(fromDouble)
/** Functions that agree at those points, and are not the same. */
const MOST_ALIKE = 4
/** Work of the equality prover on one pair of functions. */
const PROOF_STEPS = 300_000

/** Functions of the same wires that agree at a few points, for which algebra is asked whether they are equal. */
class Likeness {
  private readonly byValues = new Map<string, TermId[]>()
  private readonly points = new Map<ClassId, readonly number[]>()
  private readonly asked = new Set<string>()

  constructor(private readonly g: EGraph) {}

  visit(t: TermId): void {
    const { g } = this
    const { args } = g.nodes[t]
    for (const arg of args) this.offer(arg, this.pointsOf(arg))
    const values = this.valuesOf(t)
    if (values !== null) this.offer(t, values)
  }

  private offer(t: TermId, values: readonly number[]): void {
    const { g } = this
    const text = values.map(v => (v === 0 ? '0' : v.toPrecision(8))).join()
    const key = `${text}:${printShape(g.nodes[t].shape)}`
    const alike = this.byValues.get(key)
    if (alike === undefined) this.byValues.set(key, [t])
    else if (!alike.some(other => g.areEqual(t, other) || this.compare(t, other)) && alike.length < MOST_ALIKE)
      alike.push(t)
  }

  /** Numbers that a wire may have as values; the same for all terms of a class. */
  private pointsOf(t: TermId): readonly number[] {
    const c = this.g.classOf(t)
    let found = this.points.get(c)
    if (found === undefined) {
      const set = whole(this.g.rangeOf(t))
      const turned = MODERATE.map((_, k) => MODERATE[(3 * c + k) % MODERATE.length].add(rational(c, 64 * (c + 1))))
      const inside = turned.filter(q => containsPoint(set, q)).slice(0, POINTS)
      const source = random(c + 1)
      while (inside.length < POINTS) inside.push(randomPoint(set, source, []))
      found = inside.map(toDouble)
      this.points.set(c, found)
    }
    return found
  }
  private valuesOf(t: TermId): readonly number[] | null {
    const { fn, args } = this.g.nodes[t] as Pointwise
    if (functionsOf(fn).some(f => f.definition === null)) return null
    const compute = compileExpression(fn, args.length)
    const points = args.map(a => this.pointsOf(a))
    const values = Array.from({ length: POINTS }, (_, k) => compute(points.map(p => p[k])))
    return values.every(Number.isFinite) ? values : null
  }

  private compare(t: TermId, other: TermId): boolean {
    const { g } = this
    const leaves: TermId[] = []
    const asFunction = (u: TermId): Expression => {
      const place = (leaf: TermId): Expression => {
        let at = leaves.findIndex(l => g.areEqual(l, leaf))
        if (at < 0) at = leaves.push(leaf) - 1
        return variable(at)
      }
      const node = g.nodes[u]
      if (node.kind !== 'pointwise' || leaves.some(l => g.areEqual(l, u))) return place(u)
      const places = node.args.map(place)
      return substitute(node.fn, i => places[i])
    }
    const [left, right] = [asFunction(t), asFunction(other)]
    const key = `${left.id} ${right.id} ${leaves.map(l => g.classOf(l)).join()}`
    if (this.asked.has(key) || leaves.length > MAX_ARGS || leaves.includes(t)) return false
    this.asked.add(key)
    const domain = leaves.map(l => whole(g.rangeOf(l)))
    const budget = { steps: PROOF_STEPS, milliseconds: Number.POSITIVE_INFINITY }
    if (proveEqual(left, right, domain, budget).kind !== 'proved') return false
    return g.equate(t, other, { rule: 'equality', title: 'equality of real functions', by: 'function', over: leaves })
  }
}

/** exp(f + c) = e^c exp(f): numbers under an exponential become factors, which pass through layers. */
export function shifted(g: EGraph, t: TermId): void {
  const { fn, args, shape } = g.nodes[t] as Pointwise
  if (fn.kind !== 'call' || fn.name !== 'exp' || fn.mask === 0) return
  const form = linearFormOnce(fn.args[0])
  if (form === null || form.constant === zero || form.coefficients.size === 0) return
  let rest: Expression | null = null
  for (const [i, k] of form.coefficients) {
    const term = k.kind === 'number' && k.value.equals(1) ? variable(i) : call('*', k, variable(i))
    rest = rest === null ? term : call('+', rest, term)
  }
  const inner = pointwise(g, call('exp', rest as Expression), args, shape)
  if (inner === null) return
  const made = pointwise(g, call('*', call('exp', form.constant), variable(0)), [inner], shape)
  if (made !== null)
    g.equate(t, made, {
      rule: 'normal-elementwise',
      title: 'exponential of a sum',
      by: 'function',
      made: [inner],
      over: different(g, args),
    })
}

/** A function that increases commutes with the maximum and the minimum; one that decreases exchanges them. */
export function throughGroups(g: EGraph, t: TermId): void {
  const node = g.nodes[t] as Extract<Node, { kind: 'reduce' }>
  for (const m of membersOf(g, node.args[0], 'pointwise')) {
    const { fn, args } = g.nodes[m] as Pointwise
    if (args.length !== 1 || fn.weight > MAX_WEIGHT) continue
    const domain = [whole(g.rangeOf(args[0]))]
    const direction = analyse(fn, domain).defined ? monotonicity(fn, 0, domain) : null
    if (direction === null) continue
    const turned = node.operation === 'max' ? 'min' : 'max'
    const operation = direction === 'decreasing' ? turned : node.operation
    const { group, shape } = node
    const below = put(g, { kind: 'reduce', operation, group, shape }, args)
    const made = below === null ? null : pointwise(g, fn, [below], shape)
    if (below === null || made === null) continue
    const rule = `${node.operation}pool-${direction === 'decreasing' ? 'decreasing' : 'increasing'}`
    g.equate(t, made, {
      rule,
      title: `${direction} function through ${node.operation}pool`,
      by: 'monotone',
      inner: [m],
      made: [below],
      over: [args[0]],
    })
  }
}
