// The search for counterexamples: cheap evaluation with error bounds finds suspicious points, rigorous enclosures of
// growing precision decide. Only what the enclosures show is called a counterexample.
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import { type Bounded, bounded, compareBounded, type DoubleInterval } from '../numeric/bounded.ts'
import { areApart, type Enclosed, enclosures, written } from '../numeric/enclosed.ts'
import type { Instance } from '../numeric/ground.ts'
import { constantsIn, randomInstance, unknownsOf } from '../numeric/instance.ts'
import { componentsIn, evaluateNet, type Scope, scopeOf, sizeIn } from '../numeric/net.ts'
import { type Pairing, pairUp } from '../numeric/pairing.ts'
import type { Partially } from '../numeric/partial.ts'
import { candidatePoints } from '../numeric/points.ts'
import { type Random, random, randomMagnitude } from '../numeric/random.ts'
import type { Enclosure } from '../scalar/enclosure.ts'
import { TooLarge } from '../scalar/expression.ts'
import { containsPoint, isEmpty, type Range } from '../scalar/range.ts'
import { fromDouble, printRational, type Rational, rational, toDouble } from '../scalar/rational.ts'
import { type Bounds, isExact } from '../scalar/scaled.ts'
import type { Counterexample, NetValue } from './counterexample.ts'

export type { Counterexample } from './counterexample.ts'

export interface RefutationOptions {
  readonly seed?: number
  readonly budget?: {
    /** Points to try, over all instances of what is unknown. */
    readonly samples?: number
    /** A limit for the search, which otherwise depends on the number of samples only. */
    readonly milliseconds?: number
    readonly signal?: AbortSignal
  }
}

/** Nothing was shown. What was seen is evidence for whoever asks, and no more. */
export interface NoCounterexample {
  readonly kind: 'none'
  readonly seed: number
  readonly samples: number
  /** Why the search was poor or did not take place; null where it ran as it should. */
  readonly reason: 'interfaces' | 'empty-domain' | 'functions' | 'sizes' | 'weights' | 'time' | 'too-large' | null
  /** The largest difference of two components seen in doubles (rounding included), and the inputs there. */
  readonly largestDifference: number | null
  readonly at: ReadonlyMap<string, readonly Rational[]> | null
  /** A point at which one side may be defined and the other may not, where that could not be decided. */
  readonly suspect: ReadonlyMap<string, readonly Rational[]> | null
}

/** A net under an instance: what is needed to evaluate it at a point. */
interface Side {
  readonly diagram: Diagram
  readonly inputs: readonly string[]
  readonly outputs: readonly NodeId[]
}

type Evaluated<S> = { kind: 'defined'; components: S[] } | { kind: 'undefined'; at: NodeId } | { kind: 'unknown' }

/** The components of all outputs at a point; undefined as soon as any operation on the way to an output is. */
function evaluateSide<S extends object>(
  side: Side,
  point: readonly (readonly Partially<S>[])[],
  scope: Scope<Partially<S>>,
): Evaluated<S> {
  const wires = evaluateNet(side.diagram, new Map(side.inputs.map((name, i) => [name, point[i]])), scope)
  let known = true
  for (const [id, components] of wires) {
    if (components.includes('undefined')) return { kind: 'undefined', at: id }
    if (components.includes('unknown')) known = false
  }
  if (!known) return { kind: 'unknown' }
  return { kind: 'defined', components: side.outputs.flatMap(id => wires.get(id) as S[]) }
}

/** An instance with both nets, in one arithmetic after the other. */
interface Trial {
  readonly instance: Instance
  readonly left: Side
  readonly right: Side
  readonly bounded: Scope<Bounded>
  /** By precision, made when needed. */
  readonly enclosed: Map<number, Scope<Enclosed>>
}

type Point = readonly (readonly Rational[])[]

const LOWEST_BITS = 64
/** For points that nothing but a guess speaks for, and for those at which the doubles saw something. */
const CASUAL_BITS = 256
const HIGHEST_BITS = 2048

type Decision =
  | {
      readonly kind: 'different'
      readonly left: Evaluated<Bounds>
      readonly right: Evaluated<Bounds>
      /** The position of a component that differs; null where only one side is defined. */
      readonly place: number | null
    }
  | { readonly kind: 'same' }
  /** Not decided; `definedness` tells whether it is not even known that both nets are defined there. */
  | { readonly kind: 'open'; readonly definedness: boolean }

/** Compares both nets at an exact point by enclosures, with twice the precision each time until something is shown. */
function decide(trial: Trial, point: Point, highest: number, lowest = LOWEST_BITS): Decision {
  let definedness = false
  for (let bits = lowest; bits <= highest; bits *= 2) {
    let scope = trial.enclosed.get(bits)
    if (scope === undefined) trial.enclosed.set(bits, (scope = scopeOf(trial.instance, enclosures(bits))))
    const { rational: exact } = scope.arithmetic
    const values = point.map(components => components.map(exact))
    const left = evaluateSide<Bounds>(trial.left, values, scope)
    const right = evaluateSide<Bounds>(trial.right, values, scope)
    definedness = left.kind === 'unknown' || right.kind === 'unknown'
    if (left.kind === 'unknown' || right.kind === 'unknown') continue
    if (left.kind === 'undefined' || right.kind === 'undefined') {
      return left.kind === right.kind ? { kind: 'same' } : { kind: 'different', left, right, place: null }
    }
    const place = left.components.findIndex((value, i) => areApart(value, right.components[i]))
    if (place >= 0) return { kind: 'different', left, right, place }
    if (left.components.every(isExact) && right.components.every(isExact)) return { kind: 'same' }
  }
  return { kind: 'open', definedness }
}

const middle = ({ low, high }: DoubleInterval): number => low / 2 + high / 2

interface Look {
  readonly verdict: 'consistent' | 'different' | 'inconclusive'
  /** How far apart the values are, as a multiple of what rounding explains (above 1: surely apart). */
  readonly suspicion: number
  readonly difference: number | null
}

/** Both nets at a point in doubles with error bounds. */
function look(trial: Trial, point: Point): Look {
  const rounded = point.map(components => components.map(trial.bounded.arithmetic.rational))
  const left = evaluateSide<DoubleInterval>(trial.left, rounded, trial.bounded)
  const right = evaluateSide<DoubleInterval>(trial.right, rounded, trial.bounded)
  if (left.kind !== 'defined' || right.kind !== 'defined') {
    if (left.kind === 'unknown' || right.kind === 'unknown')
      return { verdict: 'inconclusive', suspicion: 0, difference: null }
    return { verdict: left.kind === right.kind ? 'consistent' : 'different', suspicion: 0, difference: null }
  }
  let verdict: Look['verdict'] = 'consistent'
  let suspicion = 0
  let difference = 0
  left.components.forEach((l, i) => {
    const r = right.components[i]
    const compared = compareBounded(l, r)
    if (compared === 'different' || (compared === 'inconclusive' && verdict === 'consistent')) verdict = compared
    const gap = Math.abs(middle(l) - middle(r))
    if (!Number.isFinite(gap)) return
    difference = Math.max(difference, gap)
    const width = l.high / 2 - l.low / 2 + (r.high / 2 - r.low / 2)
    if (gap > 0) suspicion = Math.max(suspicion, gap / Math.max(width, Number.MIN_VALUE))
  })
  return { verdict, suspicion, difference }
}

/** Simpler numbers near q, the simplest first. */
function simplerNumbers(q: Rational): Rational[] {
  const found = [0, 1, -1, 2, -2, 3, -3].map(n => rational(n))
  for (const digits of [0, 1, 2]) found.push(q.round(digits))
  // Powers of ten for numbers of any size.
  const exponent = q.n === 0n ? 0 : q.n.toString().length - q.d.toString().length
  const unit = exponent >= 0 ? rational(10n ** BigInt(exponent)) : rational(1n, 10n ** BigInt(-exponent))
  return [...found, q.div(unit).round(0).mul(unit), q.div(unit).round(1).mul(unit)]
}

const SIMPLIFICATIONS = 120

/** The point with components made as simple as the difference allows. */
function simplified(trial: Trial, point: Point, { inputs }: Pairing): Point {
  const length = (q: Rational): number => printRational(q).length
  let best = point
  let left = SIMPLIFICATIONS
  for (const [i, { domain }] of inputs.entries()) {
    for (let k = 0; k < best[i].length; k++) {
      for (const simpler of simplerNumbers(best[i][k])) {
        const shorter = length(simpler) < length(best[i][k])
        if (!shorter || !containsPoint(domain, simpler)) continue
        if (left-- <= 0) return best
        const proposal = best.map((components, at) => (at === i ? components.with(k, simpler) : components))
        if (decide(trial, proposal, CASUAL_BITS).kind === 'different') best = proposal
      }
    }
  }
  return best
}

/** The value in numbers that can be written; null where there is none, or where it has millions of digits. */
function netValue(value: Evaluated<Bounds>): NetValue | null {
  if (value.kind !== 'defined') return value.kind === 'undefined' ? value : null
  const components: Enclosure[] = []
  for (const component of value.components) {
    const enclosure = written(component)
    if (enclosure === 'unknown') return null
    components.push(enclosure)
  }
  return { kind: 'defined', components }
}

/** Precision at which the enclosures of a counterexample are shown, if they can be had. */
const SHOWN_BITS = 160

function counterexample(trial: Trial, point: Point, pairing: Pairing, seed: number): Counterexample | null {
  const decision = decide(trial, point, HIGHEST_BITS, SHOWN_BITS)
  if (decision.kind !== 'different') return null
  const { instance } = trial
  let output: Counterexample['output'] = null
  if (decision.place !== null) {
    let component = decision.place
    for (const node of pairing.outputs) {
      const length = componentsIn(node.shape, s => sizeIn(s, instance.sizes))
      if (component < length) {
        output = { name: node.name, component }
        break
      }
      component -= length
    }
  }
  const inputs = new Map(pairing.inputs.map((input, i) => [input.left, point[i]]))
  const left = netValue(decision.left)
  const right = netValue(decision.right)
  if (left === null || right === null) return null
  return { kind: 'counterexample', seed, ...instance, inputs, output, left, right }
}

interface Climb {
  readonly point: Point
  readonly look: Look
}

/** Moves from a point to where the nets differ by more of what rounding explains, for a fixed number of steps. */
function climb(trial: Trial, start: Point, { inputs }: Pairing, source: Random): Climb {
  let best: Climb = { point: start, look: look(trial, start) }
  for (let step = 0; step < CLIMB_STEPS && best.look.verdict !== 'different'; step++) {
    const movable = inputs.flatMap(({ domain }, i) => best.point[i].map((q, k) => ({ domain, i, k, q })))
    if (movable.length === 0) break
    const { domain, i, k, q } = source.pick(movable)
    const stride = randomMagnitude(source, -4, 1)
    const moved = source.pick([q.mul(stride.add(1)), q.div(stride.add(1)), q.add(stride), q.sub(stride)])
    // Short numbers, so that they do not grow from step to step.
    const target = fromDouble(toDouble(moved))
    if (!containsPoint(domain, target)) continue
    const point = best.point.map((components, at) => (at === i ? components.with(k, target) : components))
    const seen = look(trial, point)
    if (seen.suspicion > best.look.suspicion || seen.verdict === 'different') best = { point, look: seen }
  }
  return best
}

/** How many points of each sort are put before the enclosures, in all. */
const CASUAL_CHECKS = 24
const INCONCLUSIVE_CHECKS = 96
const DIFFERENT_CHECKS = 32
const INSTANCES = 24
const SPECIAL_POINTS = 600
const CLIMBS = 4
const CLIMB_STEPS = 48

const DEFAULT_SAMPLES = 3000

/**
 * Looks for an input (with values for what is unknown) at which the two nets are shown to differ. Inputs and outputs
 * are paired by name where the names agree, else by position; inputs range over what both nets declare.
 * The result depends on the nets, the seed and the budget only, as long as no time limit strikes.
 */
export function findCounterexample(
  left: Diagram,
  right: Diagram,
  options: RefutationOptions = {},
): Counterexample | NoCounterexample {
  const seed = options.seed ?? 1
  const { samples: limit = DEFAULT_SAMPLES, milliseconds = Infinity, signal } = options.budget ?? {}
  const deadline = performance.now() + milliseconds
  const late = (): boolean => signal?.aborted === true || performance.now() > deadline
  let samples = 0
  let largest: { difference: number; at: Point } | null = null
  let suspect: Point | null = null
  const pairing = pairUp(left, right)
  const named = (point: Point): Map<string, readonly Rational[]> =>
    new Map((pairing as Pairing).inputs.map((input, i) => [input.left, point[i]]))
  const none = (reason: NoCounterexample['reason']): NoCounterexample => ({
    kind: 'none',
    seed,
    samples,
    reason,
    largestDifference: largest?.difference ?? null,
    at: largest === null ? null : named(largest.at),
    suspect: suspect === null ? null : named(suspect),
  })
  if (pairing === null) return none('interfaces')
  if (pairing.inputs.some(input => isEmpty(input.domain))) return none('empty-domain')
  const source = random(seed)
  const unknowns = unknownsOf(left, right)
  const open = unknowns.sizes.length + unknowns.weights.length + unknowns.functions.length > 0
  const constants = constantsIn([left, right])
  const checks = { casual: CASUAL_CHECKS, inconclusive: INCONCLUSIVE_CHECKS, different: DIFFERENT_CHECKS }
  const leftSide = {
    diagram: left,
    inputs: pairing.inputs.map(input => input.left),
    outputs: pairing.outputs.map(o => o.id),
  }
  const rightSide = {
    diagram: right,
    inputs: pairing.inputs.map(input => input.right),
    outputs: pairing.opposite.map(o => o.id),
  }

  for (let round = 0; round < (open ? INSTANCES : 1); round++) {
    const instance = randomInstance(unknowns, source)
    if ('missing' in instance) return none(instance.missing)
    const trial: Trial = {
      instance,
      left: leftSide,
      right: rightSide,
      bounded: scopeOf(instance, bounded),
      enclosed: new Map(),
    }
    const lengths = pairing.inputs.map(input => componentsIn(input.shape, s => sizeIn(s, instance.sizes)))
    const domain = pairing.inputs.flatMap((input, i) => new Array<Range>(lengths[i]).fill(input.domain))
    const split = (flat: readonly Rational[]): Point => {
      let start = 0
      return lengths.map(length => flat.slice(start, (start += length)))
    }
    const show = (point: Point, highest: number): Counterexample | null => {
      const decision = decide(trial, point, highest)
      if (decision.kind === 'open' && decision.definedness) suspect ??= point
      return decision.kind === 'different'
        ? counterexample(trial, simplified(trial, point, pairing), pairing, seed)
        : null
    }
    const share = Math.ceil(limit / (open ? INSTANCES : 1))
    let best: { readonly suspicion: number; readonly point: Point }[] = []
    let tried = 0
    try {
      for (const flat of candidatePoints(domain, constants, source, Math.min(SPECIAL_POINTS, Math.ceil(share / 2)))) {
        if (tried >= share) break
        if (late()) return none('time')
        tried++
        samples++
        const point = split(flat)
        const seen = look(trial, point)
        if (seen.difference !== null && (largest === null || seen.difference > largest.difference)) {
          largest = { difference: seen.difference, at: point }
        }
        if (seen.suspicion > 0 && seen.suspicion > (best[CLIMBS - 1]?.suspicion ?? 0)) {
          best = [...best, { suspicion: seen.suspicion, point }]
            .sort((a, b) => b.suspicion - a.suspicion)
            .slice(0, CLIMBS)
        }
        const kind = seen.verdict === 'consistent' ? 'casual' : seen.verdict
        // Points that look harmless are put to the test now and then, for differences that doubles cannot see.
        if (checks[kind] <= 0 || (kind === 'casual' && open && tried > 2)) continue
        checks[kind]--
        const found = show(point, kind === 'different' ? HIGHEST_BITS : CASUAL_BITS)
        if (found !== null) return found
      }
      for (const { point: start } of best) {
        if (late()) return none('time')
        const top = climb(trial, start, pairing, source)
        const found = top.look.verdict === 'different' ? show(top.point, HIGHEST_BITS) : null
        if (found !== null) return found
      }
    } catch (error) {
      if (error instanceof TooLarge) return none('too-large')
      throw error
    }
  }
  return none(null)
}
