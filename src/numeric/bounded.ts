// Numbers with an error bound: binary64 intervals, stepped outward at every operation, that hold the true real value.
// They tell whether two computations differ by more than rounding explains, without a tolerance chosen by hand.
//
// ECMAScript leaves the accuracy of Math.exp and the like open, so their results get a margin of three times the largest
// error that was seen (a test measures the engine at hand). What follows from these intervals is therefore strong
// evidence, not proof.
import type { Node } from '../diagram/diagram.ts'
import { STABLE } from '../scalar/evaluate.ts'
import type { KnownName, Relation } from '../scalar/expression.ts'
import { ceilDouble, exactDouble, floorDouble, productError as twoProduct } from '../scalar/rational.ts'
import type { StableForm } from '../scalar/stable.ts'
import type { Arithmetic } from '../semantics/arithmetic.ts'
import type { Instance } from '../semantics/ground.ts'
import { evaluateNode, type Scope, scopeOf } from '../semantics/net.ts'
import { type Partially, partialArithmetic } from '../semantics/partial.ts'
import { doubles } from './doubles.ts'

/** The true value is a real number from low to high; an infinite end says that there is no bound. */
export interface DoubleInterval {
  readonly low: number
  readonly high: number
}
export type Bounded = Partially<DoubleInterval>

/** Relative, for functions that are not correctly rounded: four units in the last place. */
export const MARGIN = 2 ** -50
/** Relative, for the series of the error function. */
export const ERF_MARGIN = 2 ** -47
/** Absolute, for results near or below the smallest normal number. */
const TINY = 2 ** -1021
const EPSILON = 2 ** -52

/** At least the next number above; nothing lies above Infinity. */
function up(x: number): number {
  return x === -Infinity ? -Number.MAX_VALUE : x + (Math.abs(x) * EPSILON + Number.MIN_VALUE)
}
function down(x: number): number {
  return -up(-x)
}

const exactly = (x: number): DoubleInterval => ({ low: x, high: x })
const isPoint = (a: DoubleInterval): boolean => a.low === a.high

/** The interval around a rounded result, given the sign of what rounding took away (NaN: not known). */
function around(low: number, lowError: number, high: number, highError: number): DoubleInterval {
  return {
    low: lowError >= 0 && Number.isFinite(low) ? low : down(low),
    high: highError <= 0 && Number.isFinite(high) ? high : up(high),
  }
}

/** a + b - fl(a + b), exactly (Knuth's two-sum); NaN when something overflows. */
function sumError(a: number, b: number, sum: number): number {
  const part = sum - a
  return a - (sum - part) + (b - part)
}

/** a * b - fl(a * b), exactly; NaN where that cannot be had. */
function productError(a: number, b: number, product: number): number {
  if (a === 0 || b === 0) return 0
  const size = Math.abs(product)
  if (!(size > 2 ** -900 && size < 2 ** 900 && Math.abs(a) < 2 ** 900 && Math.abs(b) < 2 ** 900)) return Number.NaN
  return twoProduct(a, b, product)
}

function add(a: DoubleInterval, b: DoubleInterval): DoubleInterval {
  const low = a.low + b.low
  const high = a.high + b.high
  return around(low, sumError(a.low, b.low, low), high, sumError(a.high, b.high, high))
}

const negate = (a: DoubleInterval): DoubleInterval => ({ low: 0 - a.high, high: 0 - a.low })

/** Zero times an infinite end is 0: the end is a bound, and every value below it is finite. */
function times(a: number, b: number): number {
  return a === 0 || b === 0 ? 0 : a * b
}

/** The smallest interval that holds the results of an operation on numbers at all corners of the box. */
function corners(
  a: DoubleInterval,
  b: DoubleInterval,
  of: (x: number, y: number) => number,
  error: (x: number, y: number, result: number) => number,
): DoubleInterval {
  let [low, high] = [Infinity, -Infinity]
  let [lowError, highError] = [0, 0]
  for (const x of isPoint(a) ? [a.low] : [a.low, a.high]) {
    for (const y of isPoint(b) ? [b.low] : [b.low, b.high]) {
      const result = of(x, y)
      const e = error(x, y, result)
      if (result < low || (result === low && !(e >= 0))) [low, lowError] = [result, e]
      if (result > high || (result === high && !(e <= 0))) [high, highError] = [result, e]
    }
  }
  return around(low, lowError, high, highError)
}

function multiply(a: DoubleInterval, b: DoubleInterval): DoubleInterval {
  // The usual case, a weight that is a double times a value, is worth being quick.
  if (a.low !== a.high) return b.low === b.high ? multiply(b, a) : corners(a, b, times, productError)
  const x = a.low
  const [first, second] = x >= 0 ? [b.low, b.high] : [b.high, b.low]
  const low = times(x, first)
  const lowError = productError(x, first, low)
  if (first === second) return around(low, lowError, low, lowError)
  const high = times(x, second)
  return around(low, lowError, high, productError(x, second, high))
}

function divide(a: DoubleInterval, b: DoubleInterval): Bounded {
  if (b.low <= 0 && b.high >= 0) return isPoint(b) ? 'undefined' : 'unknown'
  // A quotient is exact when multiplying back gives the dividend exactly; else its error is not known here.
  const error = (x: number, y: number, q: number): number =>
    x === 0 || (q * y === x && productError(q, y, x) === 0) ? 0 : Number.NaN
  const of = (x: number, y: number): number => (Number.isFinite(x) || Number.isFinite(y) ? x / y : 0)
  const result = corners(a, b, of, error)
  // An unbounded dividend over an unbounded divisor may be anything between nothing and everything.
  if (!Number.isFinite(a.low) || !Number.isFinite(a.high)) {
    if (!Number.isFinite(b.low) || !Number.isFinite(b.high)) {
      const positive = b.low > 0
      const [below, above] = positive ? [a.low, a.high] : [-a.high, -a.low]
      return { low: below < 0 ? Math.min(result.low, 0) : 0, high: above > 0 ? Math.max(result.high, 0) : 0 }
    }
  }
  return result
}

/** A result of a function that is not correctly rounded, with its margin. */
function withMargin(low: number, high: number, margin = MARGIN): DoubleInterval {
  const below = low === Infinity ? Number.MAX_VALUE : low - (Math.abs(low) * margin + TINY)
  const above = high === -Infinity ? -Number.MAX_VALUE : high + (Math.abs(high) * margin + TINY)
  return { low: below, high: above }
}

/** A non-decreasing function that rounding leaves exact at one place: f(at) = value. */
interface Increasing {
  readonly of: (x: number) => number
  readonly at: number
  readonly value: number
  /** The least and the largest value. */
  readonly least: number
  readonly largest: number
}
const call1 =
  (name: KnownName) =>
  (x: number): number =>
    doubles.call(name, [x])
const INCREASING = {
  exp: { of: Math.exp, at: 0, value: 1, least: 0, largest: Infinity },
  ln: { of: call1('ln'), at: 1, value: 0, least: -Infinity, largest: Infinity },
  sinh: { of: Math.sinh, at: 0, value: 0, least: -Infinity, largest: Infinity },
  tanh: { of: Math.tanh, at: 0, value: 0, least: -1, largest: 1 },
  asinh: { of: Math.asinh, at: 0, value: 0, least: -Infinity, largest: Infinity },
  acosh: { of: call1('acosh'), at: 1, value: 0, least: 0, largest: Infinity },
  atanh: { of: call1('atanh'), at: 0, value: 0, least: -Infinity, largest: Infinity },
  erf: { of: call1('erf'), at: 0, value: 0, least: -1, largest: 1 },
  sigmoid: { of: call1('sigmoid'), at: 0, value: 0.5, least: 0, largest: 1 },
  softplus: { of: STABLE.softplus, at: Infinity, value: Infinity, least: 0, largest: Infinity },
  cosh: { of: Math.cosh, at: 0, value: 1, least: 1, largest: Infinity },
  log1p: { of: STABLE.log1p, at: 0, value: 0, least: -Infinity, largest: Infinity },
  expm1: { of: Math.expm1, at: 0, value: 0, least: -1, largest: Infinity },
  logTanh: { of: STABLE.logTanh, at: Infinity, value: 0, least: -Infinity, largest: 0 },
} as const satisfies Readonly<Record<string, Increasing>>

function increasing(name: keyof typeof INCREASING, a: DoubleInterval): DoubleInterval {
  const { of, at, value, least, largest } = INCREASING[name]
  const end = (x: number): number => {
    const limit = x === Infinity ? largest : x === -Infinity ? least : null
    return x === at ? value : (limit ?? of(x))
  }
  const low = end(a.low)
  const high = end(a.high)
  if (Number.isNaN(low) || Number.isNaN(high)) return { low: least, high: largest }
  const margin = withMargin(low, high, name === 'erf' ? ERF_MARGIN : MARGIN)
  return {
    low: a.low === at || low === -Infinity ? low : Math.max(least, margin.low),
    high: a.high === at || high === Infinity ? high : Math.min(largest, margin.high),
  }
}

/** ln(exp a + exp b + ...), which grows with each argument: an end of each gives an end of it. */
function logSumExp(args: readonly DoubleInterval[]): DoubleInterval {
  const at = (ends: readonly number[]): DoubleInterval => {
    const top = ends.indexOf(Math.max(...ends))
    if (!Number.isFinite(ends[top])) return exactly(ends[top])
    let rest = exactly(0)
    ends.forEach((x, j) => {
      if (j !== top) rest = add(rest, increasing('exp', add(exactly(x), exactly(-ends[top]))))
    })
    return add(exactly(ends[top]), increasing('log1p', rest))
  }
  return { low: at(args.map(a => a.low)).low, high: at(args.map(a => a.high)).high }
}

function stableBounds(form: StableForm['kind'], args: readonly DoubleInterval[]): Bounded {
  const [a] = args
  switch (form) {
    case 'log1p':
      if (a.high <= -1) return 'undefined'
      return a.low <= -1 ? 'unknown' : increasing('log1p', a)
    case 'log1m':
      return stableBounds('log1p', [negate(a)])
    case 'expm1':
      return increasing('expm1', a)
    case 'oneMinusExp':
      return negate(increasing('expm1', a))
    case 'softplus':
      return increasing('softplus', a)
    case 'logTanh':
      if (a.high <= 0) return 'undefined'
      return a.low <= 0 ? 'unknown' : increasing('logTanh', a)
    case 'logSigmoid':
      return negate(increasing('softplus', negate(a)))
    case 'logSumExp':
      return logSumExp(args)
  }
}

/** Sine or cosine, of which the slope is at most 1, so that the value at one place bounds those nearby. */
function wave(of: (x: number) => number, a: DoubleInterval): DoubleInterval {
  if (isPoint(a) && a.low === 0) return exactly(of(0))
  const width = a.high - a.low
  if (!(width < 1)) return { low: -1, high: 1 }
  const value = of(a.low)
  const error = up(width) + MARGIN
  return { low: Math.max(-1, down(value - error)), high: Math.min(1, up(value + error)) }
}

/** x^w for x > 0: monotone in each argument, so that the extremes lie at corners of the box. */
function positivePower(x: DoubleInterval, w: DoubleInterval): DoubleInterval {
  let [low, high] = [Infinity, 0]
  for (const base of [x.low, x.high]) {
    for (const exponent of [w.low, w.high]) {
      const value = base === 1 || exponent === 0 ? 1 : base ** exponent
      if (Number.isNaN(value)) return { low: 0, high: Infinity }
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
  }
  // 1^w and x^0 are exact; x^1 is x.
  if ((isPoint(x) && x.low === 1) || (isPoint(w) && w.low === 0)) return exactly(1)
  const margin = withMargin(low, high)
  return { low: Math.max(0, margin.low), high: margin.high }
}

/** Products of few factors, which keep small whole numbers exact. */
function smallPower(x: DoubleInterval, n: number): DoubleInterval {
  const size = { low: x.low > 0 ? x.low : x.high < 0 ? -x.high : 0, high: Math.max(Math.abs(x.low), Math.abs(x.high)) }
  // For an even power the sign does not matter; an odd one is monotone, so its ends can be worked out one by one.
  if (n % 2 === 0) {
    let result = exactly(1)
    for (let i = 0; i < n; i++) result = multiply(result, size)
    return result
  }
  const end = (v: number): DoubleInterval => {
    let result = exactly(v)
    for (let i = 1; i < n; i++) result = multiply(result, exactly(v))
    return result
  }
  return { low: end(x.low).low, high: end(x.high).high }
}

const LARGEST_SMALL_POWER = 8

function integerPower(x: DoubleInterval, n: number): Bounded {
  if (n < 0) {
    const positive = integerPower(x, -n)
    return typeof positive === 'object' ? divide(exactly(1), positive) : positive
  }
  if (n <= LARGEST_SMALL_POWER) return smallPower(x, n)
  const size = (v: number): DoubleInterval => (v === 0 ? exactly(0) : positivePower(exactly(Math.abs(v)), exactly(n)))
  if (n % 2 === 0) {
    const least = x.low > 0 ? size(x.low).low : x.high < 0 ? size(x.high).low : 0
    return { low: least, high: Math.max(size(x.low).high, size(x.high).high) }
  }
  const end = (v: number): DoubleInterval => (v < 0 ? negate(size(v)) : size(v))
  return { low: end(x.low).low, high: end(x.high).high }
}

/** The real power of `soundness.md`. */
function power(x: DoubleInterval, w: DoubleInterval): Bounded {
  if (isPoint(w) && Number.isInteger(w.low)) return integerPower(x, w.low)
  if (x.low > 0) return positivePower(x, w)
  // The exponent may be a whole number only if the interval holds one.
  const perhapsWhole = Math.floor(w.high) >= w.low
  if (x.high < 0) return perhapsWhole ? 'unknown' : 'undefined'
  if (isPoint(x)) return w.low > 0 ? exactly(0) : w.high < 0 ? 'undefined' : 'unknown'
  if (x.low === 0 && w.low > 0) return { low: 0, high: positivePower(exactly(x.high), w).high }
  return 'unknown'
}

function squareRoot(a: DoubleInterval): Bounded {
  if (a.high < 0) return 'undefined'
  if (a.low < 0) return 'unknown'
  const error = (x: number, root: number): number =>
    root * root === x && productError(root, root, x) === 0 ? 0 : Number.NaN
  const low = Math.sqrt(a.low)
  const high = Math.sqrt(a.high)
  const result = around(low, error(a.low, low), high, error(a.high, high))
  return { low: Math.max(0, result.low), high: result.high }
}

function callBounds(name: KnownName, args: readonly DoubleInterval[]): Bounded {
  const [a, b] = args
  switch (name) {
    case '+':
      return add(a, b)
    case '-':
      return add(a, negate(b))
    case '*':
      return multiply(a, b)
    case '/':
      return divide(a, b)
    case '^':
      return power(a, b)
    case 'neg':
      return negate(a)
    case 'max':
      return { low: Math.max(a.low, b.low), high: Math.max(a.high, b.high) }
    case 'min':
      return { low: Math.min(a.low, b.low), high: Math.min(a.high, b.high) }
    case 'relu':
      return { low: Math.max(a.low, 0), high: Math.max(a.high, 0) }
    case 'abs':
      if (a.low >= 0) return a
      return a.high <= 0 ? negate(a) : { low: 0, high: Math.max(-a.low, a.high) }
    case 'sign':
      return { low: Math.sign(a.low), high: Math.sign(a.high) }
    case 'floor':
      return { low: Math.floor(a.low), high: Math.floor(a.high) }
    case 'sqrt':
      return squareRoot(a)
    case 'ln':
      if (a.high <= 0) return 'undefined'
      return a.low <= 0 ? 'unknown' : increasing(name, a)
    case 'acosh':
      if (a.high < 1) return 'undefined'
      return a.low < 1 ? 'unknown' : increasing(name, a)
    case 'atanh':
      if (a.high <= -1 || a.low >= 1) return 'undefined'
      return a.low <= -1 || a.high >= 1 ? 'unknown' : increasing(name, a)
    case 'cosh':
      return increasing(name, callBounds('abs', [a]) as DoubleInterval)
    case 'sin':
      return wave(Math.sin, a)
    case 'cos':
      return wave(Math.cos, a)
    case 'tan':
      return divide(wave(Math.sin, a), wave(Math.cos, a))
    case 'exp':
    case 'sinh':
    case 'tanh':
    case 'asinh':
    case 'erf':
    case 'sigmoid':
    case 'softplus':
      return increasing(name, a)
  }
}

/** Whether a relation holds between all members of two intervals, or between none (null otherwise). */
function decideBounds(relation: Relation, left: DoubleInterval, right: DoubleInterval): boolean | null {
  switch (relation) {
    case '<':
      return left.high < right.low ? true : left.low >= right.high ? false : null
    case '<=':
      return left.high <= right.low ? true : left.low > right.high ? false : null
    case '==':
    case '!=': {
      const apart = left.high < right.low || right.high < left.low
      const same = isPoint(left) && isPoint(right) && left.low === right.low
      return apart || same ? same === (relation === '==') : null
    }
  }
}

function dotBounds(weights: readonly DoubleInterval[], values: readonly DoubleInterval[]): DoubleInterval {
  let sum = exactly(0)
  for (let j = 0; j < weights.length; j++) sum = add(sum, multiply(weights[j], values[j]))
  return sum
}

/** What can be seen of a computation while it runs. */
export interface Watch {
  /** After each operation. */
  operation?(name: KnownName | StableForm['kind'] | 'dot', args: readonly DoubleInterval[], value: Bounded): void
  /** A choice that was not decided, so that the result holds both branches. */
  undecided?(): void
  /** Two values that are compared and may be equal: where they are, a function may have a kink. */
  meeting?(): void
}

/** The arithmetic of intervals; a watch sees every operation. */
export function boundedArithmetic(watch: Watch = {}): Arithmetic<Bounded> {
  const seen = (
    name: Parameters<NonNullable<Watch['operation']>>[0],
    args: readonly DoubleInterval[],
    value: Bounded,
  ) => {
    watch.operation?.(name, args, value)
    return value
  }
  return partialArithmetic<DoubleInterval>(
    {
      rational: q => {
        // Most weights and inputs are doubles, of which the quick conversion is exact.
        const x = exactDouble(q)
        return x === null ? { low: floorDouble(q), high: ceilDouble(q) } : { low: x, high: x }
      },
      constant: name =>
        name === 'pi' ? { low: down(Math.PI), high: up(Math.PI) } : { low: down(Math.E), high: up(Math.E) },
      call: (name, args) => {
        if (name === 'sign' && args[0].low <= 0 && args[0].high >= 0) watch.meeting?.()
        return seen(name, args, callBounds(name, args))
      },
      stable: (form, args) => seen(form, args, stableBounds(form, args)),
      decide: (relation, left, right) => {
        if (left.low <= right.high && right.low <= left.high) watch.meeting?.()
        return decideBounds(relation, left, right)
      },
      hull: (a, b) => {
        watch.undecided?.()
        return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) }
      },
    },
    (weights, values) => seen('dot', values, dotBounds(weights, values)) as DoubleInterval,
  )
}
export const bounded: Arithmetic<Bounded> = boundedArithmetic()

/** The scope in which nodes can be sampled, one for each instance. */
export function boundedScope(instance: Instance): Scope<Bounded> {
  return scopeOf(instance, bounded)
}

/** The values on the wire of one node, given those on its args' wires. */
export function sampleNode(node: Node, args: readonly (readonly Bounded[])[], scope: Scope<Bounded>): Bounded[] {
  return evaluateNode(node, args, scope)
}

export type Comparison = 'consistent' | 'different' | 'inconclusive'

/** Whether something is known of the value: its sign, and its first binary digit. Nothing is after cancellation. */
export function isTelling(a: DoubleInterval): boolean {
  if (a.low === a.high) return true
  return (a.low > 0 || a.high < 0) && a.high - a.low < Math.min(Math.abs(a.low), Math.abs(a.high))
}

/**
 * Whether two values can be the same real number. Overflow, underflow, cancellation and whatever is not known to be
 * defined are inconclusive; one value defined and the other surely not is different.
 */
export function compareBounded(left: Bounded, right: Bounded): Comparison {
  if (left === 'unknown' || right === 'unknown') return 'inconclusive'
  if (left === 'undefined' || right === 'undefined') return left === right ? 'consistent' : 'different'
  if (left.high < right.low || right.high < left.low) return 'different'
  return isTelling(left) && isTelling(right) ? 'consistent' : 'inconclusive'
}

/** Two wires compared component by component: different if one differs, inconclusive if none does but one is. */
export function compareWires(left: readonly Bounded[], right: readonly Bounded[]): Comparison {
  if (left.length !== right.length) return 'different'
  const found = left.map((value, i) => compareBounded(value, right[i]))
  return found.find(c => c === 'different') ?? found.find(c => c === 'inconclusive') ?? 'consistent'
}
