// Bounds by splitting the domain: intervals on which an expression is monotone, and boxes that are halved again and again.
import { derivative } from './derivative.ts'
import { type Expression, parts, postorder, TooLarge } from './expression.ts'
import { noFacts } from './facts.ts'
import { type Trend, trendIn } from './monotone.ts'
import {
  EMPTY,
  hull,
  type Interval,
  interval,
  isEmpty,
  isSubset,
  NON_NEGATIVE,
  NON_POSITIVE,
  POSITIVE,
  point,
  type Range,
  REALS,
  signsOf,
  union,
} from './range.ts'
import { ONE, type Rational, rational, ZERO } from './rational.ts'
import { createScope, MAX_DEPTH, rangeIn, type Scope, visit } from './scope.ts'
import { countParts } from './terms.ts'

/** A set for the values of e as small as the scope can find it. */
function sharpened(e: Expression, scope: Scope, target: Range | null, effort: 'cheap' | 'full'): Range {
  return scope.sharpen === null ? rangeIn(scope, e) : scope.sharpen(e, scope, target, effort)
}

/** The scope of a box within the domain, for a question asked on the way to another. */
function boxWithin(scope: Scope, index: number, range: Range, thorough: boolean): Scope {
  const domain = scope.domain.slice()
  for (let k = domain.length; k < index; k++) domain[k] = REALS
  domain[index] = range
  return createScope(domain, noFacts, scope.budget, thorough ? scope.sharpen : null, scope.depth + 1)
}

/**
 * The trend of e in a variable over an interval on which it is defined: from its parts, else, e being continuous, from
 * the sign of its derivative inside.
 */
export function trendOn(e: Expression, index: number, i: Range, scope: Scope): Trend | null {
  const box = boxWithin(scope, index, i, scope.depth < MAX_DEPTH)
  if (visit(e, box).obstacle !== null) return null
  const direct = trendIn(e, index, box)
  if (direct !== null || scope.depth >= MAX_DEPTH || i.length !== 1 || !isContinuous(e, index, box)) return direct
  const slope = slopeOf(e, index)
  if (slope === null) return null
  const inside = boxWithin(scope, index, interval(i[0].low, i[0].high, { lowOpen: true, highOpen: true }), true)
  if (visit(slope, inside).obstacle !== null) return null
  // Its signs at some points say which of the two to try for, or neither.
  const samples = samplesOf(i[0]).map(q => signsOf(rangeIn(boxWithin(scope, index, point(q), false), slope)))
  const rises = samples.some(s => s.positive && !s.negative && !s.zero)
  if (rises && samples.some(s => s.negative && !s.positive && !s.zero)) return null
  const range = sharpened(slope, inside, rises ? NON_NEGATIVE : NON_POSITIVE, 'full')
  if (isEmpty(range)) return null
  const strict = !signsOf(range).zero
  if (isSubset(range, point(ZERO))) return { direction: 'constant', strict: false }
  if (isSubset(range, NON_NEGATIVE)) return { direction: 'increasing', strict }
  if (isSubset(range, NON_POSITIVE)) return { direction: 'decreasing', strict }
  return null
}

function slopeOf(e: Expression, index: number): Expression | null {
  try {
    const slope = derivative(e, index)
    return countParts(slope, 600) < 600 ? slope : null
  } catch (error) {
    if (error instanceof TypeError || error instanceof TooLarge) return null
    throw error
  }
}

/** Whether e, defined on the box, is continuous in the variable and has its derivative but for isolated points. */
function isContinuous(e: Expression, index: number, box: Scope): boolean {
  const moving = new Set<Expression>()
  for (const p of postorder(e)) {
    if ((p.kind === 'variable' && p.index === index) || parts(p).some(q => moving.has(q))) moving.add(p)
    if (!moving.has(p)) continue
    if (p.kind === 'choose' || p.kind === 'apply') return false
    if (p.kind !== 'call') continue
    if (p.name === 'floor' || p.name === 'sign') return false
    if (p.name === '^' && moving.has(p.args[1]) && !isSubset(rangeIn(box, p.args[0]), POSITIVE)) return false
  }
  return true
}

/** Some points inside an interval. */
function samplesOf(i: Interval): Rational[] {
  if (i.low !== null && i.high !== null) {
    const width = i.high.sub(i.low)
    return [1, 8, 15].map(k => (i.low as Rational).add(width.mul(rational(k, 16))))
  }
  const distances = [rational(1, 16), rational(3, 2), rational(20)]
  if (i.low !== null) return distances.map(d => (i.low as Rational).add(d))
  if (i.high !== null) return distances.map(d => (i.high as Rational).sub(d))
  return [rational(-20), rational(-3, 2), ZERO, rational(3, 2), rational(20)]
}

const FAR = rational(1n << 12n)
const NEAR = rational(1n, 1n << 40n)

/** Short intervals at the two ends of an interval, within it. */
function ends(i: Interval): [Range, Range] {
  const { low, high } = i
  const width = low !== null && high !== null ? high.sub(low) : ONE
  const farLow = high !== null && high.compare(FAR.neg()) <= 0 ? high.mul(2) : FAR.neg()
  const farHigh = low !== null && low.compare(FAR) >= 0 ? low.mul(2) : FAR
  return [
    low === null
      ? interval(null, farLow)
      : i.lowOpen
        ? interval(low, low.add(width.mul(NEAR)), { lowOpen: true })
        : point(low),
    high === null
      ? interval(farHigh, null)
      : i.highOpen
        ? interval(high.sub(width.mul(NEAR)), high, { highOpen: true })
        : point(high),
  ]
}

/** The values on an interval on which e is monotone: they lie between those near its two ends. */
export function monotoneRange(e: Expression, index: number, i: Interval, scope: Scope): Range {
  // On the closure, if e is defined there, the values at the ends are exact.
  const closure: Interval = { ...i, lowOpen: i.low === null, highOpen: i.high === null }
  for (const j of i.lowOpen !== closure.lowOpen || i.highOpen !== closure.highOpen ? [closure, i] : [i]) {
    const trend = trendOn(e, index, [j], scope)
    if (trend === null) continue
    const [first, last] = ends(j).map(end => sharpened(e, boxWithin(scope, index, end, true), null, 'cheap'))
    if (isEmpty(first) || isEmpty(last)) continue
    const a = hull(first)[0]
    const b = hull(last)[0]
    const [low, high] = trend.direction === 'decreasing' ? [b, a] : [a, b]
    // An end of i that is open and not of j: the value there is not taken where e is strictly monotone.
    const [openLow, openHigh] = [i.lowOpen && !j.lowOpen, i.highOpen && !j.highOpen]
    const [notLow, notHigh] = trend.direction === 'decreasing' ? [openHigh, openLow] : [openLow, openHigh]
    const isExact = (v: Interval): boolean => v.low !== null && v.high !== null && v.low.equals(v.high)
    return interval(low.low, high.high, {
      lowOpen: low.lowOpen || (trend.strict && notLow && isExact(low)),
      highOpen: high.highOpen || (trend.strict && notHigh && isExact(high)),
    })
  }
  return REALS
}

/** The domain of a variable cut where functions often change: at 0 and at 1 and -1. */
function pieces(r: Range): Interval[] {
  const cuts = [rational(-1), ZERO, ONE]
  return r.flatMap(i => {
    const inner = cuts.filter(
      c => (i.low === null || i.low.compare(c) < 0) && (i.high === null || i.high.compare(c) > 0),
    )
    return split(i, inner)
  })
}

/** Closed on both sides of a cut: the union is the interval. */
function split(i: Interval, cuts: readonly Rational[]): Interval[] {
  const result: Interval[] = []
  let rest = i
  for (const c of cuts) {
    result.push({ ...rest, high: c, highOpen: false })
    rest = { ...rest, low: c, lowOpen: false }
  }
  return [...result, rest]
}

function halve(i: Interval): Interval[] {
  if (i.low !== null && i.high !== null) return i.low.equals(i.high) ? [i] : split(i, [i.low.add(i.high).div(2)])
  if (i.low === null && i.high === null) return split(i, [ZERO])
  const end = (i.low ?? i.high) as Rational
  const size = end.abs().compare(ONE) < 0 ? ONE : end.abs()
  return split(i, [i.low !== null ? end.add(size) : end.sub(size)])
}

/** A box: one interval for each of the variables that are split. */
type Box = readonly Interval[]

const MAX_SPLIT_VARIABLES = 2
const MAX_CELLS = 96

/** The union of the values over boxes that cover the domain, split again where they are not in the target. */
export function subdividedRange(e: Expression, variables: readonly number[], scope: Scope, target: Range): Range {
  if (variables.length === 0 || variables.length > MAX_SPLIT_VARIABLES) return REALS
  const size = countParts(e, 200)
  if (size >= 200) return REALS
  let boxes: Box[] = [[]]
  for (const v of variables) boxes = boxes.flatMap(b => pieces(rangeIn(scope, variableOf(e, v))).map(i => [...b, i]))
  const over = (box: Box): Range => {
    const domain = scope.domain.slice()
    for (const [k, v] of variables.entries()) domain[v] = [box[k]]
    scope.budget.steps -= size
    return rangeIn(createScope(domain, scope.facts, scope.budget, null, scope.depth + 1), e)
  }
  let result: Range = EMPTY
  let cells = 0
  const queue = boxes.map(box => ({ box, depth: 0 }))
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const found = over(next.box)
    if (isSubset(found, target)) {
      result = union(result, found)
      continue
    }
    const isPoint = next.box.every(i => i.low !== null && i.high !== null && i.low.equals(i.high))
    if (isPoint || ++cells > MAX_CELLS || scope.budget.steps <= 0) {
      return union(result, found, ...queue.map(q => over(q.box)))
    }
    const k = next.depth % variables.length
    const box = next.box
    for (const half of halve(box[k]))
      queue.push({ box: box.map((i, j) => (j === k ? half : i)), depth: next.depth + 1 })
  }
  return result
}

export function variableOf(e: Expression, index: number): Expression {
  return postorder(e).find(p => p.kind === 'variable' && p.index === index) as Expression
}
