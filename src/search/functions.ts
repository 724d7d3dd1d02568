// What the search asks of functions: how they are composed of single operations, and which factors pass through them.
import { proveEqual } from '../algebra/equality.ts'
import { simplify } from '../algebra/simplify.ts'
import { bounded, compareBounded } from '../numeric/bounded.ts'
import {
  call,
  type Expression,
  functionsOf,
  number,
  one,
  parts,
  substitute,
  TooLarge,
  unfold,
  variable,
  variablesOf,
  withParts,
} from '../scalar/expression.ts'
import { containsPoint, type Range, sameRange } from '../scalar/range.ts'
import { fromDouble } from '../scalar/rational.ts'

/** Functions of more parts than this are not brought to a normal form. */
export const MAX_WEIGHT = 64
/** A sum of more terms stays one function. */
const MAX_TERMS = 64

const plain = new WeakMap<Expression, Expression | 'large'>()
/** The function with all definitions unfolded; null where that is too large. */
export function unfolded(fn: Expression): Expression | null {
  let found = plain.get(fn)
  if (found === undefined) {
    try {
      found = unfold(fn)
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error
      found = 'large'
    }
    plain.set(fn, found)
  }
  return found === 'large' ? null : found
}

/** `fn` is `outer` with `inner[i]` in the place of its variable i. */
export interface Split {
  readonly outer: Expression
  readonly inner: readonly Expression[]
}

function isSum(e: Expression): boolean {
  if (e.kind !== 'call') return false
  const [left, right] = e.args
  if (e.name === '+' || e.name === '-' || e.name === 'neg') return true
  if (e.name === '*') return left.mask === 0 || right.mask === 0
  return e.name === '/' && right.mask === 0
}

const splits = new WeakMap<Expression, Split | 'none'>()
/**
 * The last operation of a function and what it is applied to; sums, differences and multiples together count as one
 * operation. null where that is all that the function does.
 */
export function lastOperation(fn: Expression): Split | null {
  let found = splits.get(fn)
  if (found === undefined) splits.set(fn, (found = split(fn) ?? 'none'))
  return found === 'none' ? null : found
}
function split(fn: Expression): Split | null {
  const inner: Expression[] = []
  const place = (e: Expression): Expression => {
    if (e.mask === 0) return e
    let at = inner.indexOf(e)
    if (at < 0) at = inner.push(e) - 1
    return variable(at)
  }
  let outer: Expression
  if (isSum(fn)) {
    // The sums at the top, each after its parts; what is below them stays whole.
    const order: Expression[] = []
    const seen = new Set<Expression>()
    const stack = [{ e: fn, entered: false }]
    for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
      if (top.entered) order.push(top.e)
      else if (!seen.has(top.e) && isSum(top.e)) {
        seen.add(top.e)
        stack.push({ e: top.e, entered: true })
        for (const p of parts(top.e).toReversed()) stack.push({ e: p, entered: false })
      }
      if (order.length > MAX_TERMS) return null
    }
    const values = new Map<Expression, Expression>()
    for (const e of order)
      values.set(
        e,
        withParts(
          e,
          parts(e).map(p => values.get(p) ?? place(p)),
        ),
      )
    outer = values.get(fn) as Expression
  } else outer = withParts(fn, parts(fn).map(place))
  return inner.every(e => e.kind === 'variable') ? null : { outer, inner }
}

/** The function with its variables numbered in ascending order from 0, and which they were. */
export function renumbered(fn: Expression): { fn: Expression; used: readonly number[] } {
  const used = variablesOf(fn)
  if (used.every((v, i) => v === i)) return { fn, used }
  return { fn: substitute(fn, v => variable(used.indexOf(v))), used }
}

const opaque = new WeakMap<Expression, boolean>()
/** Whether algebra has nothing to say of the function: nothing is known of those that are only declared. */
export function isOpaque(fn: Expression): boolean {
  let found = opaque.get(fn)
  if (found === undefined) {
    found = functionsOf(fn).some(f => f.definition === null && f.parity === null && f.inverse === null)
    opaque.set(fn, found)
  }
  return found
}

interface Passed {
  readonly factor: Expression
  readonly domain: readonly Range[]
  readonly result: Expression | null
}
const passed = new WeakMap<Expression, Passed[]>()

/**
 * The factor m' with f(m x, m y, ...) = m' f(x, y, ...) for all values of the variables in the domain, m being a number; null
 * where none is shown. `domain` holds the sets of x, y, ... `deadline` is when to stop looking, by `performance.now()`.
 */
export function factorThrough(
  fn: Expression,
  factor: Expression,
  domain: readonly Range[],
  deadline: number,
): Expression | null {
  if (factor === one) return one
  let known = passed.get(fn)
  if (known === undefined) passed.set(fn, (known = []))
  const old = known.find(p => p.factor === factor && p.domain.every((r, i) => sameRange(r, domain[i])))
  if (old !== undefined) return old.result
  const candidates = [factor]
  if (factor.kind === 'number' && factor.value.s < 0n) candidates.push(number(factor.value.neg()))
  if (factor.kind === 'number') candidates.push(one)
  const result = candidates.find(c => passes(fn, factor, c, domain, deadline)) ?? null
  // What was not shown for want of time may be another time.
  if (known.length < 64 && (result !== null || performance.now() < deadline)) known.push({ factor, domain, result })
  return result
}

const passedWires = new WeakMap<Expression, { by: Expression; domain: readonly Range[]; result: boolean }[]>()
/** Whether f(by(x, s)) = by(f(x), s) for all x and s of the domain: `by` is their product or quotient. */
export function wirePasses(fn: Expression, by: Expression, domain: readonly Range[], deadline: number): boolean {
  if (fn.weight > MAX_WEIGHT) return false
  let known = passedWires.get(fn)
  if (known === undefined) passedWires.set(fn, (known = []))
  const old = known.find(p => p.by === by && p.domain.every((r, i) => sameRange(r, domain[i])))
  if (old !== undefined) return old.result
  const left = substitute(fn, () => by)
  const right = substitute(by, i => (i === 0 ? fn : undefined))
  const isKnown = functionsOf(fn).every(f => f.definition !== null)
  const result = isKnown && mayBeEqual(left, right, domain) && areProvedEqual(left, right, domain, deadline)
  if (known.length < 64 && (result || performance.now() < deadline)) known.push({ by, domain, result })
  return result
}

function passes(
  fn: Expression,
  before: Expression,
  after: Expression,
  domain: readonly Range[],
  deadline: number,
): boolean {
  if (fn.weight > MAX_WEIGHT) return false
  const left = substitute(fn, i => call('*', before, variable(i)))
  const right = call('*', after, fn)
  if (!mayBeEqual(left, right, domain)) return false
  if (simplify(left, domain).result === simplify(right, domain).result) return true
  return areProvedEqual(left, right, domain, deadline)
}

function areProvedEqual(left: Expression, right: Expression, domain: readonly Range[], deadline: number): boolean {
  const milliseconds = deadline - performance.now()
  return milliseconds > 0 && proveEqual(left, right, domain, { steps: 100_000, milliseconds }).kind === 'proved'
}

const POINTS = [-2.5, -1, -0.3, 0.7, 1, 3]
/** A look in doubles with error bounds, which spares most proofs that cannot be found; true where a function is unknown. */
function mayBeEqual(left: Expression, right: Expression, domain: readonly Range[]): boolean {
  if (functionsOf(left).some(f => f.definition === null) || functionsOf(right).some(f => f.definition === null))
    return true
  const [whole, other] = [unfolded(left), unfolded(right)]
  if (whole === null || other === null) return true
  const [l, r] = [bounded.compile(whole), bounded.compile(other)]
  const inside = domain.map(set => POINTS.filter(v => containsPoint(set, fromDouble(v))))
  if (inside.some(points => points.length === 0)) return true
  return POINTS.every((_, k) => {
    const point = inside.map((points, i) => points[(k + 2 * i) % points.length])
    const args = point.map(v => ({ low: v, high: v }))
    return compareBounded(l(args), r(args)) !== 'different'
  })
}
