// Functions of the same wires that agree at a few points, for which algebra is asked whether they are equal. What they are at
// those points only decides what is asked: it is no reason.
import { proveEqual } from '../algebra/equality.ts'
import { whole } from '../diagram/ranges.ts'
import { sameShape } from '../linear/size.ts'
import { randomPoint } from '../numeric/points.ts'
import { type Random, random } from '../numeric/random.ts'
import { compileExpression } from '../scalar/evaluate.ts'
import {
  type Expression,
  type FunctionSymbol,
  fold,
  functionsOf,
  mapParts,
  number,
  substitute,
  variable,
} from '../scalar/expression.ts'
import { containsPoint, isReals, type Range } from '../scalar/range.ts'
import { fromDouble, toDouble } from '../scalar/rational.ts'
import type { ClassId, EGraph, TermId } from './egraph.ts'
import type { Pointwise } from './layers.ts'
import { MAX_ARGS } from './pointwise.ts'
import type { Why } from './reasons.ts'

const EQUAL: Why = { rule: 'equality', title: 'equality of real functions', by: 'function' }
const POINTS = 4
/** Of both signs, none large. */
const MODERATE = [-1.625, 0.6875, 2.3125, -0.4375, 1.1875, -2.8125, 0.1875, 3.5625]
const GOLDEN = (Math.sqrt(5) - 1) / 2
/** Functions that agree at those points, and are not the same. */
const MOST_ALIKE = 4
/** Work of the equality prover on one pair of functions. */
const PROOF_STEPS = 300_000

const singles = new Float32Array(1)
const bits = new Int32Array(singles.buffer)

const compiled = new WeakMap<Expression, ReturnType<typeof compileExpression> | 'unknown'>()
/** The function in doubles, with numbers for unknown ones; null where a part of it is a function that is only declared. */
function inDoubles(fn: Expression, arity: number): ReturnType<typeof compileExpression> | null {
  let found = compiled.get(fn)
  if (found === undefined) {
    const open = functionsOf(fn).filter(f => f.definition === null)
    found = open.some(f => f.arity > 0) ? 'unknown' : compileExpression(open.length > 0 ? withNumbers(fn) : fn, arity)
    compiled.set(fn, found)
  }
  return found === 'unknown' ? null : found
}

const numbers = new WeakMap<FunctionSymbol, Expression>()
/** The function with a number for each unknown one, of the set in which that lies. */
function withNumbers(fn: Expression): Expression {
  return fold<Expression>(fn, (e, of) => {
    if (e.kind !== 'apply' || e.fn.arity > 0 || e.fn.definition !== null) return mapParts(e, of)
    let value = numbers.get(e.fn)
    if (value === undefined) {
      const seed = [...e.fn.name].reduce((sum, letter) => 31 * sum + (letter.codePointAt(0) ?? 0), 7) % 65_521
      numbers.set(e.fn, (value = number(randomPoint(e.fn.codomain, random(seed), []))))
    }
    return value
  })
}

const inside = new WeakMap<Range, readonly number[]>()
/** Which of the points above lie in a set. */
function pointsIn(set: Range): readonly number[] {
  let found = inside.get(set)
  if (found === undefined)
    inside.set(set, (found = isReals(set) ? MODERATE : MODERATE.filter(v => containsPoint(set, fromDouble(v)))))
  return found
}

export class Likeness {
  /** Terms by a hash of their values, in single precision. */
  private readonly byValues = new Map<number, TermId[]>()
  private readonly points = new Map<ClassId, readonly number[]>()
  private readonly asked = new Set<string>()
  /** By term, the classes of its args when it was looked at. */
  private readonly seen = new Map<TermId, number>()

  constructor(private readonly g: EGraph) {}

  visit(t: TermId): void {
    const { g, seen } = this
    let state = 0
    for (let k = 0; k < g.arityOf(t); k++) state = Math.imul(state, 31) + g.classOf(g.argOf(t, k)) + 1
    if (seen.get(t) === state) return
    seen.set(t, state)
    const { fn } = g.nodeOf(t) as Pointwise
    const compute = inDoubles(fn, g.arityOf(t))
    if (compute === null) return
    const points: (readonly number[])[] = []
    for (let k = 0; k < g.arityOf(t); k++) points.push(this.pointsOf(g.argOf(t, k)))
    const values: number[] = []
    for (let k = 0; k < POINTS; k++) {
      const args: number[] = []
      for (let i = 0; i < points.length; i++) args.push(points[i][k])
      const value = compute(args)
      if (!Number.isFinite(value)) return
      values.push(value)
    }
    this.offer(t, values)
  }

  private offer(t: TermId, values: readonly number[]): void {
    const { g } = this
    let key = 0
    for (let k = 0; k < POINTS; k++) {
      singles[0] = values[k] + 0
      key = Math.imul(key ^ bits[0], 0x9e3779b1)
      key ^= key >>> 15
    }
    const alike = this.byValues.get(key)
    if (alike === undefined) {
      this.byValues.set(key, [t])
      g.extraBytes += 200
    } else if (!alike.some(other => g.areEqual(t, other) || (this.haveOneShape(t, other) && this.compare(t, other))))
      if (alike.length < MOST_ALIKE) alike.push(t)
  }

  private haveOneShape(a: TermId, b: TermId): boolean {
    return sameShape(this.g.shapeOf(a), this.g.shapeOf(b))
  }

  /** Numbers that a wire may have as values; the same for all terms of a class. */
  private pointsOf(t: TermId): readonly number[] {
    const c = this.g.classOf(t)
    let found = this.points.get(c)
    if (found === undefined) {
      const set = whole(this.g.rangeOf(this.g.narrowest(t)))
      const usual = pointsIn(set)
      // A number of its own for each class, spread evenly: neighbours are far apart.
      const own = 1 + ((c * GOLDEN) % 1) / 64
      const made: number[] = []
      let source: Random | null = null
      for (let k = 0; k < POINTS; k++) {
        const v = usual.length < POINTS ? Number.NaN : own * usual[(3 * c + k) % usual.length]
        const isInside = !Number.isNaN(v) && (isReals(set) || containsPoint(set, fromDouble(v)))
        if (!isInside) source ??= random(c + 1)
        made.push(source === null || isInside ? v : toDouble(randomPoint(set, source, [])))
      }
      this.points.set(c, (found = made))
      this.g.extraBytes += 120
      this.offer(t, made)
    }
    return found
  }

  private compare(t: TermId, other: TermId): boolean {
    const { g } = this
    const leaves: TermId[] = []
    const asFunction = (u: TermId): Expression => {
      const place = (leaf: TermId): Expression => {
        let at = leaves.findIndex(l => g.areEqual(l, leaf))
        if (at < 0) at = leaves.push(g.narrowest(leaf)) - 1
        return variable(at)
      }
      const node = g.nodeOf(u)
      if (node.kind !== 'pointwise' || leaves.some(l => g.areEqual(l, u))) return place(u)
      const places = g.argsOf(u).map(place)
      return substitute(node.fn, i => places[i])
    }
    const [left, right] = [asFunction(t), asFunction(other)]
    const key = `${left.id} ${right.id} ${leaves.map(l => g.classOf(l)).join()}`
    if (this.asked.has(key) || leaves.length > MAX_ARGS || leaves.includes(t)) return false
    this.asked.add(key)
    g.extraBytes += 100
    const domain = leaves.map(l => whole(g.rangeOf(l)))
    const milliseconds = Math.max(0, g.deadline - performance.now())
    if (proveEqual(left, right, domain, { steps: PROOF_STEPS, milliseconds }).kind !== 'proved') return false
    return g.equate(t, other, EQUAL, { over: leaves, domain })
  }
}
