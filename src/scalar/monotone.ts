// In which direction the value of an expression moves when one variable grows and the others stay.
import { type CallExpression, type ChooseExpression, type Expression, parts } from './expression.ts'
import { STRICTLY_INCREASING } from './facts.ts'
import {
  intersect,
  interval,
  isEmpty,
  isSubset,
  NON_NEGATIVE,
  NON_POSITIVE,
  pointOf,
  type Range,
  signsOf,
} from './range.ts'
import { ONE, ZERO } from './rational.ts'
import { rangeIn, type Scope } from './scope.ts'

export type Direction = 'constant' | 'increasing' | 'decreasing'

/** A direction; strict when different values of the variable give different values. */
export interface Trend {
  readonly direction: Direction
  readonly strict: boolean
}

export const CONSTANT: Trend = { direction: 'constant', strict: false }

function flip(t: Trend): Trend {
  if (t.direction === 'constant') return t
  return { ...t, direction: t.direction === 'increasing' ? 'decreasing' : 'increasing' }
}

function weakly(t: Trend): Trend {
  return t.strict ? { ...t, strict: false } : t
}

/** The trend of a sum. */
function combine(a: Trend | null, b: Trend | null): Trend | null {
  if (a === null || b === null) return null
  if (a.direction === 'constant') return b
  if (b.direction === 'constant') return a
  return a.direction === b.direction ? { direction: a.direction, strict: a.strict || b.strict } : null
}

/** The trend of max and min: both may take turns. */
function join(a: Trend | null, b: Trend | null): Trend | null {
  const both = combine(a, b)
  return both === null ? null : { ...both, strict: (a as Trend).strict && (b as Trend).strict }
}

/** The trend of factor * x, x moving and the factor of these signs. */
function times(t: Trend | null, factor: Range): Trend | null {
  if (t === null || t.direction === 'constant') return t
  const signs = signsOf(factor)
  if (signs.negative && signs.positive) return null
  const moved = signs.negative ? flip(t) : t
  return signs.zero ? weakly(moved) : moved
}

const RISING_WEAKLY: ReadonlySet<string> = new Set(['relu', 'floor', 'sign'])

/** The trend of a power with a moving base, or with a moving exponent. */
function trendOfPower(trends: readonly (Trend | null)[], ranges: readonly Range[]): Trend | null {
  const [base, exponent] = trends
  if (base === null || exponent === null) return null
  const signs = signsOf(ranges[0])
  if (exponent.direction === 'constant') {
    const n = pointOf(ranges[1])
    if (!signs.negative) return times(base, ranges[1])
    if (n === null || n.d !== 1n || n.n === 0n) return null
    const isEven = n.n % 2n === 0n
    if (n.s > 0n && !isEven) return base
    // On negative bases an even power falls, an odd negative one falls too, an even negative one rises.
    if (signs.positive || signs.zero) return null
    return isEven === n.s > 0n ? flip(base) : base
  }
  if (base.direction !== 'constant' || signs.negative || signs.zero) return null
  if (isSubset(ranges[0], interval(ONE, null))) return pointOf(ranges[0])?.equals(ONE) ? CONSTANT : weakly(exponent)
  if (isSubset(ranges[0], interval(ZERO, ONE))) return weakly(flip(exponent))
  return null
}

function trendOfCall(e: CallExpression, scope: Scope, of: (part: Expression) => Trend | null): Trend | null {
  const trends = e.args.map(of)
  if (trends.every(t => t?.direction === 'constant')) return CONSTANT
  const ranges = e.args.map(a => rangeIn(scope, a))
  const [a, b] = trends
  if (STRICTLY_INCREASING.has(e.name)) return a
  if (RISING_WEAKLY.has(e.name)) return a === null ? null : weakly(a)
  switch (e.name) {
    case '+':
      return combine(a, b)
    case '-':
      return combine(a, b === null ? null : flip(b))
    case 'neg':
      return a === null ? null : flip(a)
    // x y moves as x does where y >= 0, and as y does where x >= 0.
    case '*':
      return combine(times(a, ranges[1]), times(b, ranges[0]))
    case '/': {
      const signs = signsOf(ranges[1])
      if (signs.zero || (signs.negative && signs.positive))
        return b?.direction === 'constant' ? times(a, ranges[1]) : null
      return combine(times(a, ranges[1]), b === null ? null : times(flip(b), ranges[0]))
    }
    case '^':
      return trendOfPower(trends, ranges)
    case 'max':
    case 'min':
      return join(a, b)
    case 'abs':
    case 'cosh':
      if (a === null) return null
      return isSubset(ranges[0], NON_NEGATIVE) ? a : isSubset(ranges[0], NON_POSITIVE) ? flip(a) : null
    default:
      return null
  }
}

/** A choice between two sides of a moving test is monotone when both branches are, and the step between them goes the same way. */
function trendOfChoice(
  e: ChooseExpression,
  scope: Scope,
  of: (part: Expression, scope: Scope) => Trend | null,
): Trend | null {
  const [then, otherwise] = scope.branches.get(e) as readonly [Scope | null, Scope | null]
  if (then === null) return otherwise === null ? CONSTANT : of(e.otherwise, otherwise)
  if (otherwise === null) return of(e.then, then)
  const [a, b] = [of(e.then, then), of(e.otherwise, otherwise)]
  const test = combine(of(e.left, scope), flipOrNull(of(e.right, scope)))
  if (test === null || a === null || b === null) return null
  if (test.direction === 'constant') return join(a, b)
  if (e.relation === '==' || e.relation === '!=') return null
  // left < right holds first while left - right grows: `then` comes before `otherwise`, or the other way round.
  const thenFirst = test.direction === 'increasing'
  const [first, second] = thenFirst
    ? [rangeIn(then, e.then), rangeIn(otherwise, e.otherwise)]
    : [rangeIn(otherwise, e.otherwise), rangeIn(then, e.then)]
  const both = combine(a, b)
  if (both === null) return null
  const strictly = (below: Range, above: Range): boolean => a.strict && b.strict && !haveCommonEnd(below, above)
  if (both.direction !== 'decreasing' && isBelow(first, second))
    return { direction: 'increasing', strict: strictly(first, second) }
  if (both.direction !== 'increasing' && isBelow(second, first))
    return { direction: 'decreasing', strict: strictly(second, first) }
  return null
}

function flipOrNull(t: Trend | null): Trend | null {
  return t === null ? null : flip(t)
}

/** Whether every element of a is at most every element of b. */
function isBelow(a: Range, b: Range): boolean {
  if (isEmpty(a) || isEmpty(b)) return true
  const high = a[a.length - 1].high
  const low = b[0].low
  return high !== null && low !== null && high.compare(low) <= 0
}

/** Whether the greatest element of a is the least of b, where every element of a is at most every element of b. */
function haveCommonEnd(a: Range, b: Range): boolean {
  return !isEmpty(intersect(a, b))
}

/**
 * The trend of an expression without defined functions in one variable, from the trends of its parts; null when it does
 * not follow from them. It compares any two points of the scope that differ in this variable only and at which e is defined.
 */
export function trendIn(root: Expression, index: number, scope: Scope): Trend | null {
  const found = new Map<Scope, Map<Expression, Trend | null>>()
  const of = (e: Expression, s: Scope): Trend | null => found.get(s)?.get(e) ?? null
  const isKnown = (e: Expression, s: Scope): boolean => found.get(s)?.has(e) ?? false
  const stack = [{ e: root, scope }]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const { e, scope: s } = top
    if (isKnown(e, s)) {
      stack.pop()
      continue
    }
    rangeIn(s, e)
    const inner = e.kind === 'choose' ? choiceParts(e, s) : parts(e).map(p => ({ e: p, scope: s }))
    const missing = inner.filter(p => !isKnown(p.e, p.scope))
    if (missing.length > 0) {
      stack.push(...missing)
      continue
    }
    let trends = found.get(s)
    if (trends === undefined) found.set(s, (trends = new Map()))
    trends.set(e, trendOf(e, index, s, of))
    stack.pop()
  }
  return of(root, scope)
}

function choiceParts(e: ChooseExpression, scope: Scope): { e: Expression; scope: Scope }[] {
  const [then, otherwise] = scope.branches.get(e) as readonly [Scope | null, Scope | null]
  return [
    { e: e.left, scope },
    { e: e.right, scope },
    ...(then === null ? [] : [{ e: e.then, scope: then }]),
    ...(otherwise === null ? [] : [{ e: e.otherwise, scope: otherwise }]),
  ]
}

function trendOf(
  e: Expression,
  index: number,
  scope: Scope,
  of: (part: Expression, scope: Scope) => Trend | null,
): Trend | null {
  switch (e.kind) {
    case 'number':
    case 'constant':
      return CONSTANT
    case 'variable':
      return e.index === index ? { direction: 'increasing', strict: true } : CONSTANT
    case 'call':
      return trendOfCall(e, scope, p => of(p, scope))
    case 'choose':
      return trendOfChoice(e, scope, of)
    case 'apply': {
      const trends = e.args.map(a => of(a, scope))
      if (trends.every(t => t?.direction === 'constant')) return CONSTANT
      const [t] = trends
      if (e.fn.arity !== 1 || e.fn.monotone === null || t === null) return null
      // What is declared is not taken to be strict.
      return weakly(e.fn.monotone === 'increasing' ? t : flip(t))
    }
  }
}
