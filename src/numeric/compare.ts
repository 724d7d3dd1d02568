// Two nets compared at a point: in doubles with a bound on their error, and where those do not tell, by enclosures of
// growing precision, which are the referee. No tolerance is chosen anywhere: what rounding can explain is computed.
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import {
  addBounds,
  type Bounds,
  compare,
  divideBounds,
  isExact,
  negateBounds,
  type Precision,
  round,
  type Scaled,
  signOf,
  toNumber,
  top,
} from '../scalar/scaled.ts'
import type { Instance } from '../semantics/ground.ts'
import { componentsIn, sizeIn } from '../semantics/net.ts'
import { worst } from '../semantics/partial.ts'
import { type Bounded, bounded, type Comparison, type DoubleInterval, isTelling } from './bounded.ts'
import { type BoundedNet, type BoundedRun, boundedNet, firstCancellation, middle, type Trouble } from './errors.ts'
import type { Pairing } from './pairing.ts'
import { decide, type Point, type Trial, trialOf } from './trial.ts'

/** Where doubles do not tell: the side whose computation goes wrong there, and how. */
export interface SidedTrouble extends Trouble {
  readonly side: 'left' | 'right'
}

/** The value of one component: the number in the middle of what is known, and how far from it the true one can be. */
export interface KnownValue {
  /** Infinite where it is beyond the doubles; `text` has it nevertheless. */
  readonly value: number
  readonly error: number
  /** As a decimal number of at most 17 digits, with an exponent of any size. */
  readonly text: string
}

export interface PointComparison {
  readonly verdict: Comparison
  /** Which of them gave the verdict. */
  readonly by: 'doubles' | 'enclosures'
  /** The component of which the rest speaks: one that differs, or the one that differs most. */
  readonly output: { readonly name: string; readonly component: number } | null
  /** 'undefined' where the net is shown to be undefined at the point, 'unknown' where nothing was shown. */
  readonly left: KnownValue | 'undefined' | 'unknown'
  readonly right: KnownValue | 'undefined' | 'unknown'
  /**
   * How far the values lie apart, and how far rounding (for enclosures: what is left open) lets them: the difference of
   * the logarithms where both are positive, else the difference relative to the larger one. NaN where there is none.
   */
  readonly distance: number
  readonly bound: number
  /** Why doubles did not tell; null where they did. */
  readonly trouble: SidedTrouble | null
  /** The referee was wanted, and had no work left to do (see `Referee`): what doubles said stands. */
  readonly refereeRanOut: boolean
}

/** Two nets with one instance of what they leave open, to be compared at many points. */
export interface Contest {
  readonly pairing: Pairing
  readonly trial: Trial
  readonly left: BoundedNet
  readonly right: BoundedNet
  readonly outputs: readonly { readonly name: string; readonly component: number }[]
}

export function contestOf(left: Diagram, right: Diagram, pairing: Pairing, instance: Instance): Contest {
  const outputs = pairing.outputs.flatMap(({ name, shape }) =>
    Array.from({ length: componentsIn(shape, s => sizeIn(s, instance.sizes)) }, (_, component) => ({
      name,
      component,
    })),
  )
  return {
    pairing,
    trial: trialOf(left, right, pairing, instance),
    left: boundedNet(left, instance),
    right: boundedNet(right, instance),
    outputs,
  }
}

/** What is known of a value that lies in an interval. */
export function knownValue(a: DoubleInterval): KnownValue {
  const value = middle(a)
  return { value, error: Math.max(a.high - value, value - a.low), text: String(value) }
}

/** The difference of two logarithms of positive numbers. */
function logarithmic(a: number, b: number): number {
  const ratio = (a - b) / b
  return Math.abs(Number.isFinite(ratio) && ratio > -0.5 ? Math.log1p(ratio) : Math.log(a) - Math.log(b))
}

/** Distance and bound of two intervals. */
export function measure(l: DoubleInterval, r: DoubleInterval): { distance: number; bound: number } {
  const [a, b] = [middle(l), middle(r)]
  if (l.low > 0 && r.low > 0) {
    const width = (i: DoubleInterval): number => logarithmic(i.high, i.low) / 2
    return { distance: logarithmic(a, b), bound: width(l) + width(r) }
  }
  const scale = Math.max(Math.abs(a), Math.abs(b))
  const error = l.high / 2 - l.low / 2 + (r.high / 2 - r.low / 2)
  if (scale === 0) return { distance: 0, bound: error === 0 ? 0 : Infinity }
  return { distance: Math.abs(a / scale - b / scale), bound: error / scale }
}

interface SideRun extends BoundedRun {
  readonly components: readonly Bounded[]
  readonly state: 'undefined' | 'unknown' | null
}

function runSide(net: BoundedNet, inputs: ReadonlyMap<string, readonly Bounded[]>, ids: readonly NodeId[]): SideRun {
  const run = net.run(inputs)
  const components = ids.flatMap(id => run.wires.get(id) as readonly Bounded[])
  return { ...run, components, state: worst([...run.wires.values()].flat()) }
}

const NOTHING = { output: null, distance: Number.NaN, bound: Number.NaN } as const

export interface InDoubles {
  /** Whether the bound is what rounding may have done, and not what intervals have made of it (see `Tightened`). */
  readonly isSharp?: boolean
}

/** The comparison in doubles. `refine` has bounds made narrower by derivatives where the plain ones overlap. */
export function compareInDoubles(contest: Contest, point: Point, refine = true): PointComparison & InDoubles {
  const { left, right, pairing, trial } = contest
  const values = point.map(components => components.map(bounded.rational))
  const sides = { left, right }
  const inputs = (names: readonly string[]) => new Map(names.map((name, i) => [name, values[i]]))
  const given = { left: inputs(trial.left.inputs), right: inputs(trial.right.inputs) }
  const ids = { left: pairing.outputs.map(o => o.id), right: pairing.opposite.map(o => o.id) }
  const runs = {
    left: runSide(left, given.left, ids.left),
    right: runSide(right, given.right, ids.right),
  }
  const base = { by: 'doubles', ...NOTHING, trouble: null, refereeRanOut: false } as const
  const states = { left: runs.left.state ?? 'unknown', right: runs.right.state ?? 'unknown' } as const
  for (const side of ['left', 'right'] as const) {
    const { trouble } = runs[side]
    if (trouble !== null) return { ...base, verdict: 'inconclusive', ...states, trouble: { ...trouble, side } }
  }
  for (const side of ['left', 'right'] as const) {
    if (runs[side].state !== 'unknown') continue
    const [node] = [...runs[side].wires].find(([, value]) => value.includes('unknown')) as [NodeId, unknown]
    return { ...base, verdict: 'inconclusive', ...states, trouble: { kind: 'choice', node, side } }
  }
  if (runs.left.state === 'undefined' || runs.right.state === 'undefined') {
    // Nothing went wrong on the way: what is not undefined is defined.
    return { ...base, verdict: runs.left.state === runs.right.state ? 'consistent' : 'different', ...states }
  }
  type Intervals = readonly DoubleInterval[]
  const verdictOf = (l: Intervals, r: Intervals): PointComparison => {
    const { at, different, telling } = compareAll(l, r)
    const { distance, bound } = at === null ? { distance: 0, bound: 0 } : measure(l[at], r[at])
    return {
      ...base,
      verdict: different ? 'different' : telling ? 'consistent' : 'inconclusive',
      output: at === null ? null : contest.outputs[at],
      left: at === null ? 'unknown' : knownValue(l[at]),
      right: at === null ? 'unknown' : knownValue(r[at]),
      distance,
      bound,
    }
  }
  let result: PointComparison & InDoubles = verdictOf(
    runs.left.components as Intervals,
    runs.right.components as Intervals,
  )
  if (result.verdict !== 'different' && refine && result.bound !== 0) {
    const [l, r] = [left.tighten(given.left, ids.left), right.tighten(given.right, ids.right)]
    const narrow = verdictOf(
      l?.components ?? (runs.left.components as Intervals),
      r?.components ?? (runs.right.components as Intervals),
    )
    result = { ...narrow, isSharp: l?.isSharp === true && r?.isSharp === true }
  }
  if (result.verdict !== 'inconclusive') return result
  for (const side of ['left', 'right'] as const) {
    const node = firstCancellation(sides[side].diagram, runs[side].wires)
    if (node !== null) return { ...result, trouble: { kind: 'cancellation', node, side } }
  }
  return result
}

/** The component that decides: one of which the values lie apart, else the one whose values lie most apart. */
export function compareAll(l: readonly DoubleInterval[], r: readonly DoubleInterval[]) {
  let at: number | null = null
  let largest = -1
  let telling = true
  for (let i = 0; i < l.length; i++) {
    if (l[i].high < r[i].low || r[i].high < l[i].low) return { at: i, different: true, telling }
    if (!isTelling(l[i]) || !isTelling(r[i])) telling = false
    const { distance, bound } = measure(l[i], r[i])
    // Which is the most doubtful one: the largest bound among those of which nothing is known, else the largest distance.
    const weight = Number.isFinite(bound) ? distance : Infinity
    if (weight > largest) [at, largest] = [i, weight]
  }
  return { at, different: false, telling }
}

const WORKING: Precision = { bits: 128, limit: 1024, exactEnds: false }

/** A decimal number of any size. */
function decimal(x: Scaled): string {
  const plain = toNumber(x)
  if (plain === 0 ? signOf(x) === 0 : Math.abs(plain) >= Number.MIN_VALUE * 2 ** 52 && Number.isFinite(plain))
    return String(plain)
  const { m, e } = round(x, 64, false)
  const digits = (Math.log2(Math.abs(Number(m))) + e) * Math.log10(2)
  const exponent = Math.floor(digits)
  return `${signOf(x) < 0 ? '-' : ''}${(10 ** (digits - exponent)).toFixed(6)}e${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`
}

function difference(a: Bounds, b: Bounds): Bounds {
  return addBounds(a, negateBounds(b), WORKING)
}

function magnitude(a: Bounds): Scaled {
  const mirrored = negateBounds(a)
  return compare(a.high, mirrored.high) >= 0 ? a.high : mirrored.high
}

/** a / b as a number; 0 and Infinity where b is 0. */
function ratio(a: Scaled, b: Scaled): number {
  if (signOf(a) === 0) return 0
  if (signOf(b) === 0) return Infinity
  return Math.abs(toNumber(divideBounds({ low: a, high: a }, { low: b, high: b }, WORKING).low))
}

/** As `measure`, for enclosures; relative differences stand for differences of logarithms where they are small. */
export function measureEnclosed(l: Bounds, r: Bounds): { distance: number; bound: number } {
  const [a, b] = [magnitude(l), magnitude(r)]
  const scale = compare(a, b) >= 0 ? a : b
  const centre = (x: Bounds): Bounds => ({ low: x.low, high: x.low })
  const widths = addBounds(
    difference({ low: l.high, high: l.high }, centre(l)),
    difference({ low: r.high, high: r.high }, centre(r)),
    WORKING,
  )
  const distance = ratio(magnitude(difference(centre(l), centre(r))), scale)
  const isPositive = signOf(l.low) > 0 && signOf(r.low) > 0
  // ln a - ln b = -ln(1 - (a - b) / a) for the larger a.
  return { distance: isPositive ? -Math.log1p(-Math.min(1, distance)) : distance, bound: ratio(widths.high, scale) }
}

export function shown(a: Bounds): KnownValue {
  const width = difference({ low: a.high, high: a.high }, { low: a.low, high: a.low })
  return { value: toNumber(a.low), error: isExact(a) ? 0 : toNumber(width.high), text: decimal(a.low) }
}

/** Whether an enclosure is narrower than half a unit in the last place of a double. */
export function isNarrow(a: Bounds): boolean {
  if (isExact(a)) return true
  const width = difference({ low: a.high, high: a.high }, { low: a.low, high: a.low }).high
  return top(width) < top(magnitude(a)) - 54
}

/**
 * The comparison by enclosures of growing precision: different once they are disjoint; consistent once they agree in
 * more digits than doubles have, or in all that the highest precision gives; inconclusive where something is not known
 * to be defined.
 */
export function compareByEnclosures(
  contest: Contest,
  point: Point,
  {
    lowest,
    bits = 2048,
    late = () => false,
  }: { readonly lowest?: number; readonly bits?: number; late?(): boolean } = {},
): PointComparison {
  const enough = (l: readonly Bounds[], r: readonly Bounds[]): boolean => l.every(isNarrow) && r.every(isNarrow)
  const found = decide(contest.trial, point, { lowest, highest: bits, late, enough })
  const base = { by: 'enclosures', ...NOTHING, trouble: null, refereeRanOut: false } as const
  if (found.kind === 'different') {
    const { left, right, place } = found
    const value = (side: typeof left): KnownValue | 'undefined' | 'unknown' =>
      side.kind === 'defined' ? (place === null ? 'unknown' : shown(side.components[place])) : side.kind
    const both = place !== null && left.kind === 'defined' && right.kind === 'defined'
    const measured = both ? measureEnclosed(left.components[place], right.components[place]) : {}
    const output = place === null ? null : contest.outputs[place]
    return { ...base, verdict: 'different', left: value(left), right: value(right), output, ...measured }
  }
  if (found.kind === 'same')
    return { ...base, verdict: 'consistent', left: 'unknown', right: 'unknown', distance: 0, bound: 0 }
  if (found.values === null) return { ...base, verdict: 'inconclusive', left: 'unknown', right: 'unknown' }
  const { left, right } = found.values
  let at = 0
  let largest = { distance: -1, bound: 0 }
  left.forEach((l, i) => {
    const measured = measureEnclosed(l, right[i])
    if (measured.distance > largest.distance) [at, largest] = [i, measured]
  })
  if (left.length === 0) return { ...base, verdict: 'consistent', left: 'unknown', right: 'unknown' }
  return {
    ...base,
    verdict: 'consistent',
    output: contest.outputs[at],
    left: shown(left[at]),
    right: shown(right[at]),
    ...largest,
  }
}
