// Checks of batches and weights: lengths, finite numbers, declared domains, each over whole arrays.
import type { WeightSymbol } from '../linear/linear.ts'
import { asRows, type EvaluationProblem, Problem, type WeightValue } from '../numeric/given.ts'
import { isReals, printRange, type Range } from '../scalar/range.ts'
import { ceilDouble, floorDouble, fromDouble } from '../scalar/rational.ts'
import type { Numbers } from './pointwise.ts'

/** What is wrong with what was given for a compiled net. `sample` is the row of the batch, from 0, null for weights. */
export class EvaluationError extends RangeError {
  readonly problem: EvaluationProblem
  readonly sample: number | null

  constructor(problem: EvaluationProblem, sample: number | null = null) {
    super(messageOf(problem, sample))
    this.name = 'EvaluationError'
    this.problem = problem
    this.sample = sample
  }
}

function messageOf(p: EvaluationProblem, sample: number | null): string {
  const where = sample === null ? '' : ` of sample ${sample + 1}`
  switch (p.kind) {
    case 'missing-input':
    case 'missing-weight':
    case 'missing-function':
    case 'missing-size':
      return `the ${p.kind.slice('missing-'.length)} ${p.name} is missing`
    case 'unknown-input':
      return `the net has no input ${p.name}`
    case 'input-length':
      return `the input ${p.name} has ${p.found} numbers where ${p.expected} are needed`
    case 'weight-size':
      return `the weight ${p.name} is ${p.expected.join(' x ')}, not ${p.found.join(' x ')}`
    case 'bad-size':
      return `the size ${p.name} is ${p.value}, which is no size`
    case 'not-finite':
      return `component ${p.component + 1} of ${p.name}${where} is ${p.value}`
    case 'outside':
      return `component ${p.component + 1} of ${p.name}${where} is ${p.value}, outside of ${printRange(p.allowed)}`
  }
}

/** Runs what throws Problem, which comes out as an EvaluationError. */
export function reported<T>(of: () => T): T {
  try {
    return of()
  } catch (error) {
    throw error instanceof Problem ? new EvaluationError(error.problem) : error
  }
}

/** Closed intervals of doubles that hold the doubles of a set and no others. */
function doubleIntervals(range: Range): readonly (readonly [low: number, high: number])[] {
  return range.map(({ low, lowOpen, high, highOpen }) => {
    let [from, to] = [-Infinity, Infinity]
    if (low !== null) {
      from = ceilDouble(low)
      if (lowOpen && Number.isFinite(from) && fromDouble(from).equals(low)) from = nextUp(from)
    }
    if (high !== null) {
      to = floorDouble(high)
      if (highOpen && Number.isFinite(to) && fromDouble(to).equals(high)) to = -nextUp(-to)
    }
    return [from, to] as const
  })
}

const bits = new DataView(new ArrayBuffer(8))

/** The next double above a finite one. */
function nextUp(x: number): number {
  if (x === 0) return Number.MIN_VALUE
  bits.setFloat64(0, x)
  bits.setBigInt64(0, bits.getBigInt64(0) + (x > 0 ? 1n : -1n))
  return bits.getFloat64(0)
}

/** Copies numbers, each of which has to be finite and in the set; gives the first index where one is not, or -1. */
export type CheckedCopy = (from: ArrayLike<number>, start: number, to: Numbers, at: number, count: number) => number

/** The check for a set. In `to` single precision may have made a number infinite: that counts as not finite. */
export function checkedCopy(range: Range): CheckedCopy {
  const intervals = isReals(range) ? [] : doubleIntervals(range)
  const isOutside = (x: number): boolean => !intervals.some(([low, high]) => low <= x && x <= high)
  const firstBad = (from: ArrayLike<number>, start: number, to: Numbers, at: number, count: number): number => {
    for (let i = 0; i < count; i++) {
      if (!Number.isFinite(to[at + i]) || (intervals.length > 0 && isOutside(from[start + i]))) return i
    }
    return -1
  }
  const [low, high] = intervals.length === 1 ? intervals[0] : [-Infinity, Infinity]
  return (from, start, to, at, count) => {
    if (intervals.length > 1 || count < FEW) {
      for (let i = 0; i < count; i++) to[at + i] = from[start + i]
      return firstBad(from, start, to, at, count)
    }
    if (from instanceof to.constructor) to.set((from as Numbers).subarray(start, start + count), at)
    else for (let i = 0; i < count; i++) to[at + i] = from[start + i]
    // 0 * x is 0 for finite x, NaN for others, and so are sums of it: one comparison for many numbers.
    let [nothing, least, most] = [0, Infinity, -Infinity]
    for (let i = 0; i < count; i++) {
      const x = from[start + i]
      nothing += 0 * to[at + i]
      if (x < least) least = x
      if (x > most) most = x
    }
    return nothing === 0 && low <= least && most <= high ? -1 : firstBad(from, start, to, at, count)
  }
}
const FEW = 16

/** The problem that a checked copy has found; `stored` is what became of the value in the precision of the arrays. */
export function badNumber(
  name: string,
  component: number,
  value: number,
  stored: number,
  allowed: Range,
): EvaluationProblem {
  return Number.isFinite(stored)
    ? { kind: 'outside', name, component, value, allowed }
    : { kind: 'not-finite', name, component, value }
}

/** The entries of a weight, row-major. Rows, or a flat list of as many numbers as there are entries. */
export function weightEntries(
  symbol: WeightSymbol,
  rows: number,
  columns: number,
  value: WeightValue,
): ArrayLike<number> {
  const isFlat = value.length === 0 || typeof value[0] === 'number'
  if (isFlat && value.length === rows * columns) return value as ArrayLike<number>
  const table = asRows(value)
  const odd = table.find(row => row.length !== columns)
  if (table.length !== rows || odd !== undefined) {
    const found = [table.length, (odd ?? table[0])?.length ?? 0] as const
    throw new EvaluationError({ kind: 'weight-size', name: symbol.name, expected: [rows, columns], found })
  }
  const entries = new Float64Array(rows * columns)
  table.forEach((row, i) => void entries.set(row, i * columns))
  return entries
}
