// The graph of a real function of one variable between two numbers: runs of points without a break, marks at jumps, holes
// and ends, and vertical asymptotes. What is defined where is shown (`definedness.ts`), and no line leads over a place
// where the function is not shown to be continuous without being looked at closely.
import { criticalParts, signChange } from '../scalar/critical.ts'
import { compileExpression } from '../scalar/evaluate.ts'
import { type Expression, unfold } from '../scalar/expression.ts'
import { type Range, REALS } from '../scalar/range.ts'
import { fromDouble, nextDown, nextUp, type Rational, toDouble } from '../scalar/rational.ts'
import { tapeOf } from '../scalar/tape.ts'
import { fractionIn, isTameBetween, type Part, partsOf, valueAt } from './definedness.ts'
import type { Point } from './scene.ts'

/** A function that can be computed: no unknown functions are left in its formula. */
export interface RealFunction {
  readonly expression: Expression
  readonly domain: Range
  /** NaN outside of the domain, and where it is not defined. In doubles, or by enclosure where those overflow. */
  readonly at: (x: number) => number
  /** Whether it is continuous wherever it is defined: it has no choices, floors and signs. */
  readonly continuous: boolean
  /** Quantities at whose zeros it may bend, jump or cease to be defined, in doubles. */
  readonly critical: readonly ((x: number) => number)[]
}

/**
 * Readies an expression in variable 0 for drawing, on a part of R where one is given. Throws TypeError where it has an
 * unknown function, RangeError where it has another variable, TooLarge where definitions unfold beyond measure.
 */
export function realFunction(expression: Expression, domain: Range = REALS): RealFunction {
  const plain = unfold(expression)
  const compiled = compileExpression(plain, 1)
  const intervals = domain.map(i => ({
    ...i,
    low: i.low === null ? -Infinity : toDouble(i.low),
    high: i.high === null ? Infinity : toDouble(i.high),
  }))
  const inside = (x: number): boolean =>
    intervals.some(i => (i.lowOpen ? x > i.low : x >= i.low) && (i.highOpen ? x < i.high : x <= i.high))
  const continuous = tapeOf(plain).every(
    i => i.kind !== 'choose' && !(i.kind === 'call' && (i.name === 'floor' || i.name === 'sign')),
  )
  const scalar = (e: Expression): ((x: number) => number) => {
    const f = compileExpression(e, 1)
    return x => f([x])
  }
  return {
    expression: plain,
    domain,
    at: x => {
      if (!inside(x)) return Number.NaN
      const y = compiled([x])
      if (Number.isFinite(y)) return y
      const exact = valueAt(plain, fromDouble(x))
      return typeof exact === 'number' ? exact : Number.isNaN(y) ? y : Math.sign(y) * Number.MAX_VALUE
    },
    continuous,
    critical: criticalParts(plain).slice(0, 64).map(scalar),
  }
}

/** What the function does as its argument comes to an end of a stretch. */
export type Limit =
  | { readonly kind: 'finite'; readonly y: number }
  | { readonly kind: 'infinite'; readonly sign: 1 | -1 }
  | { readonly kind: 'none' }

/** One end of a stretch. */
export interface End {
  readonly x: number
  /** The end of the picture, where the graph goes on; else the function's own end, a hole or a jump. */
  readonly edge: boolean
  readonly limit: Limit
  /** The value at the end itself: a number, not defined, or not known. */
  readonly value: number | 'undefined' | null
  /** The last number, from inside, at which the function is shown to be defined. */
  readonly reach: number
}

/** A part of the graph without a break, first as few points, later as many as the picture needs. */
export interface Stretch {
  readonly start: End
  readonly end: End
  readonly points: readonly Point[]
}

export interface Survey {
  readonly stretches: readonly Stretch[]
  /** Points of the graph that stand alone. */
  readonly isolated: readonly Point[]
  /** Where it may bend: zeros of critical quantities. */
  readonly bends: readonly number[]
}

/** Points of the first look, over the whole. */
const GRID = 240
/** Points toward an end, each at half of the distance of the one before. */
const APPROACH = 36

/** Zeros of critical quantities between neighbouring numbers of an ascending list. */
export function bendsOf(fn: RealFunction, grid: readonly number[]): number[] {
  const found = new Set<number>()
  for (const quantity of fn.critical) {
    const values = grid.map(quantity)
    for (let i = 0; i < grid.length && found.size < MOST_BENDS; i++) {
      if (values[i] === 0 && (values[i - 1] !== 0 || values[i + 1] !== 0)) found.add(grid[i])
      else if (values[i] * values[i + 1] < 0) {
        const zero = signChange(quantity, grid[i], grid[i + 1])
        const fraction = fractionIn(zero, zero)
        found.add(fraction === null ? zero : toDouble(fraction))
      }
    }
  }
  return [...found].sort((a, b) => a - b)
}
const MOST_BENDS = 400
/** Ends of stretches that are nearer to each other are at one place, in widths of the whole. */
const NEAR = 2 ** -36

/** A first look at the function between two numbers: its stretches, with as many points as it takes to choose a scale. */
export function surveyOf(fn: RealFunction, low: number, high: number): Survey {
  const grid = Array.from({ length: GRID + 1 }, (_, i) => low + ((high - low) * i) / GRID)
  const bends = bendsOf(fn, grid)
  const stretches: Stretch[] = []
  const isolated: Point[] = []
  for (const i of fn.domain) {
    const [from, to] = [i.low === null ? low : toDouble(i.low), i.high === null ? high : toDouble(i.high)]
    const [start, stop] = [Math.max(low, from), Math.min(high, to)]
    if (start > stop) continue
    if (start === stop) {
      const y = valueAt(fn.expression, fromDouble(start))
      if (typeof y === 'number' && !i.lowOpen && !i.highOpen) isolated.push([start, y])
      continue
    }
    const parts = partsOf(fn.expression, start, stop, bends)
    const ends = {
      low: borderAt(start, start > from || i.low === null, i.low, i.lowOpen),
      high: borderAt(stop, stop < to || i.high === null, i.high, i.highOpen),
    }
    // What is not separated by spots or by parts without values belongs together.
    let k = 0
    while (k < parts.length) {
      if (parts[k].kind === 'undefined' || parts[k].kind === 'spot') {
        const { kind, low: a, high: b } = parts[k]
        const alone = parts[k - 1]?.kind !== 'defined' && parts[k + 1]?.kind !== 'defined'
        const exact = kind === 'spot' && alone ? fractionIn(a, b) : null
        const y = exact === null ? null : valueAt(fn.expression, exact)
        if (exact !== null && typeof y === 'number') isolated.push([toDouble(exact), y])
        k++
        continue
      }
      let last = k
      while (parts[last + 1]?.kind === 'defined' || parts[last + 1]?.kind === 'open') last++
      const before = parts[k - 1]
      const after = parts[last + 1]
      const [a, b] = [parts[k].low, parts[last].high]
      const own = { low: before === undefined ? ends.low : null, high: after === undefined ? ends.high : null }
      const left = own.low ?? spotBorder(before, a, bends)
      const right = own.high ?? spotBorder(after, b, bends)
      stretches.push(...stretchesOf(fn, left, right, bends, (high - low) / GRID))
      k = last + 1
    }
  }
  return { stretches: connected(fn, stretches, (high - low) * NEAR), isolated, bends }
}

interface Border {
  /** The last number, from inside, at which the function is shown to be defined. */
  readonly x: number
  readonly edge: boolean
  /** The place itself, as well as it is known, and exactly where it is a simple number. */
  readonly at: Rational
  readonly exact: Rational | null
  /** A number beyond the place. */
  readonly beyond: number
  /** Whether the place is left out of the domain that is asked for. */
  readonly open: boolean
}

function borderAt(x: number, edge: boolean, exact: Rational | null, open: boolean): Border {
  return { x, edge, at: exact ?? fromDouble(x), exact, beyond: x, open }
}

/** The border that a spot is, or a part without values, at its end next to a part that has them. */
function spotBorder({ kind, low, high }: Part, x: number, bends: readonly number[]): Border {
  if (kind !== 'spot') return borderAt(x, false, null, false)
  const exact = fractionIn(low, high)
  const bend = bends.find(b => b >= low && b <= high) ?? (low + high) / 2
  return { x, edge: false, at: exact ?? fromDouble(bend), exact, beyond: x === low ? high : low, open: false }
}

/** The stretches between two borders: several where values are missing or jump in between. */
function stretchesOf(fn: RealFunction, left: Border, right: Border, bends: readonly number[], step: number): Stretch[] {
  const xs = new Set<number>()
  const count = Math.max(8, Math.ceil((right.x - left.x) / step))
  const width = right.x - left.x
  for (let i = 1; i < count; i++) xs.add(left.x + (width * i) / count)
  for (let k = 3; k <= APPROACH; k++) {
    if (!left.edge) xs.add(left.x + width * 2 ** -k)
    if (!right.edge) xs.add(right.x - width * 2 ** -k)
  }
  for (const x of bends) if (x > left.x && x < right.x) xs.add(x)
  if (left.edge) xs.add(left.x)
  if (right.edge) xs.add(right.x)
  const points = [...xs].sort((a, b) => a - b).map((x): Point => [x, fn.at(x)])
  const known = points.filter(([, y]) => !Number.isNaN(y))
  if (known.length < 2) return []
  // Parts of the points between values that are missing.
  const runs: Point[][] = [[]]
  for (const p of points) {
    if (!Number.isNaN(p[1])) runs[runs.length - 1].push(p)
    else if (runs[runs.length - 1].length > 0) runs.push([])
  }
  const found = runs.filter(run => run.length > 1)
  return found.map((run, i): Stretch => {
    const first = i === 0 && run[0] === known[0] && run[0] === points[0]
    const last = i === found.length - 1 && run[run.length - 1] === points[points.length - 1]
    const [a, b] = [run[0][0], run[run.length - 1][0]]
    return {
      start: first ? endOf(fn, left, width, 1) : { x: a, edge: false, limit: { kind: 'none' }, value: null, reach: a },
      end: last ? endOf(fn, right, width, -1) : { x: b, edge: false, limit: { kind: 'none' }, value: null, reach: b },
      points: run,
    }
  })
}

/** What happens at a border, by values that come closer and closer. `side` is 1 for the left end. */
function endOf(fn: RealFunction, border: Border, width: number, side: 1 | -1): End {
  const { x, edge, at, exact, open } = border
  if (edge) return { x, edge, limit: { kind: 'none' }, value: null, reach: x }
  const value = open ? 'undefined' : exact === null ? null : valueAt(fn.expression, exact)
  return { x: toDouble(at), edge, limit: limitAt(fn, border, width, side), value, reach: x }
}

function limitAt(fn: RealFunction, { at, exact, beyond }: Border, width: number, side: 1 | -1): Limit {
  const values: number[] = []
  for (let k = 6; k <= APPROACH; k += 3) {
    const y = valueAt(fn.expression, at.add(fromDouble(side * width * 2 ** -k)))
    if (typeof y !== 'number') return { kind: 'none' }
    values.push(y)
  }
  const last = values[values.length - 1]
  const steps = values.slice(1).map((y, i) => y - values[i])
  const place = exact === null ? beyond : toDouble(exact)
  const near = place + side * width * 2 ** -6
  const { bounded } = isTameBetween(fn.expression, Math.min(place, near), Math.max(place, near))
  const lasting = Math.abs(steps[steps.length - 1]) > 0.6 * Math.abs(steps[steps.length - 3])
  const oneWay = steps.every(s => s > 0) || steps.every(s => s < 0)
  if (!bounded && lasting && oneWay && Math.abs(last) > Math.abs(values[0]))
    return { kind: 'infinite', sign: last > 0 ? 1 : -1 }
  const settled = Math.abs(steps[steps.length - 1]) <= 1e-3 * (1 + Math.abs(last)) || oneWay
  return settled ? { kind: 'finite', y: last } : { kind: 'none' }
}

/** Stretches that meet, with the same limit and the value in it, as one. */
function connected(fn: RealFunction, stretches: readonly Stretch[], near: number): Stretch[] {
  const result: Stretch[] = []
  for (const s of stretches) {
    const last = result.at(-1)
    if (last !== undefined && s.start.reach - last.end.reach <= near && meets(fn, last, s))
      result[result.length - 1] = { start: last.start, end: s.end, points: [...last.points, ...s.points] }
    else result.push(s)
  }
  return result
}

function meets(fn: RealFunction, a: Stretch, b: Stretch): boolean {
  if (a.end.limit.kind !== 'finite' || b.start.limit.kind !== 'finite') return false
  const [y, z] = [a.end.limit.y, b.start.limit.y]
  if (!isSame(y, z)) return false
  const { value } = a.end
  if (typeof value === 'number') return isSame(value, y)
  if (value === 'undefined') return false
  // Not a number that can be named: it is no hole where the function is shown to be defined around it.
  return isTameBetween(fn.expression, nextDown(a.end.reach), nextUp(b.start.reach)).defined
}

/** Whether two numbers are the same as far as limits found by numbers can tell. */
export function isSame(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-5 * (Math.abs(a) + Math.abs(b) + 1e-3)
}
