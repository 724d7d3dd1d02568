// The search for counterexamples: cheap evaluation with error bounds finds suspicious points, rigorous enclosures of
// growing precision decide. Only what the enclosures show is called a counterexample.
import type { Diagram } from '../diagram/diagram.ts'
import { constantsIn, type Manner, randomInstance, type Unknowns, unknownsOf } from '../numeric/instance.ts'
import { type Pairing, pairUp } from '../numeric/pairing.ts'
import { candidatePoints } from '../numeric/points.ts'
import { type Random, random, randomMagnitude } from '../numeric/random.ts'
import { decide, type Look, look, type Point, type Trial, trialOf } from '../numeric/trial.ts'
import type { Enclosure } from '../scalar/enclosure.ts'
import { TooLarge } from '../scalar/expression.ts'
import { containsPoint, isEmpty, type Range } from '../scalar/range.ts'
import { fromDouble, printRational, type Rational, rational, toDouble } from '../scalar/rational.ts'
import type { Bounds } from '../scalar/scaled.ts'
import { OutOfTime, timed } from '../scalar/work.ts'
import { workOf } from '../semantics/contents.ts'
import { written } from '../semantics/enclosed.ts'
import { componentsIn, sizeIn } from '../semantics/net.ts'
import type { Outputs } from '../semantics/outputs.ts'
import type { Counterexample, NetValue } from './counterexample.ts'
import { criticalPoints } from './critical.ts'

export type { Counterexample } from './counterexample.ts'

export interface RefutationOptions {
  readonly seed?: number
  readonly budget?: {
    /** Points to try, over all instances of what is unknown. */
    readonly samples?: number
    /** A limit for the search, which otherwise depends on the number of samples only. */
    readonly milliseconds?: number
    /** A limit for the search and for what it has begun when its own time is up. */
    readonly millisecondsInAll?: number
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
  /**
   * The largest difference of two components seen in doubles, rounding included and relative to the larger of them
   * where that is above 1, and the inputs there. Overflow, underflow and cancellation do not count.
   */
  readonly largestDifference: number | null
  readonly at: ReadonlyMap<string, readonly Rational[]> | null
  /** A point at which it is known of one side only whether it is defined. */
  readonly suspect: ReadonlyMap<string, readonly Rational[]> | null
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

/** How often a point is tried with a simpler component: of large nets less often, for each takes an evaluation of both. */
const SIMPLIFICATIONS = 120
const SIMPLIFYING_WORK = 600_000

/** The point with components made as simple as the difference allows. */
function simplified(trial: Trial, point: Point, { inputs }: Pairing, late: () => boolean): Point {
  const length = (q: Rational): number => printRational(q).length
  let best = point
  const work = workOf([trial.left.diagram, trial.right.diagram])
  let left = Math.min(SIMPLIFICATIONS, Math.floor(SIMPLIFYING_WORK / work))
  for (const [i, { domain }] of inputs.entries()) {
    for (let k = 0; k < best[i].length; k++) {
      for (const simpler of simplerNumbers(best[i][k])) {
        const shorter = length(simpler) < length(best[i][k])
        if (!shorter || !containsPoint(domain, simpler)) continue
        if (left-- <= 0 || late()) return best
        const proposal = best.map((components, at) => (at === i ? components.with(k, simpler) : components))
        if (decide(trial, proposal, { highest: CASUAL_BITS, late }).kind === 'different') best = proposal
      }
    }
  }
  return best
}

/** The value in numbers that can be written; null where there is none, or where it has millions of digits. */
function netValue(value: Outputs<Bounds>): NetValue | null {
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
  const decision = decide(trial, point, { lowest: SHOWN_BITS, highest: HIGHEST_BITS, late: () => false })
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

/** How many bits are spent on points that nothing but a guess speaks for, and on those at which doubles saw something. */
const CASUAL_BITS = 256
const HIGHEST_BITS = 2048
/** How many points of each sort are put before the enclosures, in all rounds; the second also of critical points. */
const CASUAL_CHECKS = 24
const INCONCLUSIVE_CHECKS = 96
const DIFFERENT_CHECKS = 32
/** How many instances of what is unknown are drawn. */
const INSTANCES = 24
const SPECIAL_POINTS = 600
const CLIMBS = 4
const CLIMB_STEPS = 48

const DEFAULT_SAMPLES = 3000
/** Nodes and parts of expressions to be evaluated in all, by which the number of samples of large nets is limited. */
const WORK = 6_000_000
const FEWEST_SAMPLES = 2 * INSTANCES
/** Points that look harmless are put before the enclosures where both nets have at most so many nodes and parts. */
const CASUAL_WORK = 2_000

/** What a search has seen so far, and what it may still spend. */
interface Search {
  readonly seed: number
  readonly source: Random
  readonly pairing: Pairing
  readonly constants: readonly Rational[]
  readonly checks: { consistent: number; inconclusive: number; different: number }
  late(): boolean
  samples: number
  largest: { readonly difference: number; readonly at: Point } | null
  suspect: Point | null
}

/** Puts a point before the enclosures. */
function show(search: Search, trial: Trial, point: Point, highest: number): Counterexample | null {
  const { late, pairing, seed } = search
  const decision = decide(trial, point, { highest, late })
  if (decision.kind === 'open' && decision.definedness) search.suspect ??= point
  if (decision.kind !== 'different') return null
  const simple = simplified(trial, point, pairing, late)
  return counterexample(trial, simple, pairing, seed) ?? counterexample(trial, point, pairing, seed)
}

/** Looks at a point, and puts it before the enclosures if it is worth that. */
function tryPoint(search: Search, trial: Trial, point: Point, best: Best): Counterexample | null {
  const { checks } = search
  search.samples++
  const { verdict, suspicion, difference } = look(trial, point)
  if (difference !== null && (search.largest === null || difference > search.largest.difference)) {
    search.largest = { difference, at: point }
  }
  best.add(suspicion, point)
  // Points that look harmless are put to the test too, while that lasts, for differences that doubles cannot see.
  if (checks[verdict]-- <= 0) return null
  return show(search, trial, point, verdict === 'different' ? HIGHEST_BITS : CASUAL_BITS)
}

/** The points at which the nets differ most. */
interface Best {
  add(suspicion: number, point: Point): void
  points(): readonly Point[]
}
function keepBest(count: number): Best {
  let kept: { readonly suspicion: number; readonly point: Point }[] = []
  return {
    add(suspicion, point) {
      if (suspicion <= (kept[count - 1]?.suspicion ?? 0)) return
      kept = [...kept, { suspicion, point }].sort((a, b) => b.suspicion - a.suspicion).slice(0, count)
    },
    points: () => kept.map(k => k.point),
  }
}

/** What one instance gets of the points to try, and of the checks by enclosures. */
interface Share {
  readonly samples: number
  readonly consistent: number
  readonly inconclusive: number
}

/** The search under one instance of what is unknown. */
function searchInstance(search: Search, trial: Trial, share: Share): Counterexample | 'late' | null {
  const { samples } = share
  const { source, pairing, constants, late } = search
  const { sizes } = trial.instance
  const lengths = pairing.inputs.map(input => componentsIn(input.shape, s => sizeIn(s, sizes)))
  const domain = pairing.inputs.flatMap((input, i) => new Array<Range>(lengths[i]).fill(input.domain))
  const split = (flat: readonly Rational[]): Point => {
    let start = 0
    return lengths.map(length => flat.slice(start, (start += length)))
  }
  const best = keepBest(CLIMBS)
  const special = Math.min(SPECIAL_POINTS, Math.ceil(samples / 2))
  let tried = 0
  for (const flat of candidatePoints(domain, constants, source, special)) {
    if (tried++ >= samples) break
    if (late()) return 'late'
    const found = tryPoint(search, trial, split(flat), best)
    if (found !== null) return found
    // Half way, where the simple points have told nothing, those that the nets themselves suggest.
    if (tried !== Math.ceil(samples / 2)) continue
    search.checks.inconclusive = share.inconclusive
    for (const critical of criticalPoints(trial, domain, split, source, Math.ceil(samples / 8), late)) {
      if (late()) return 'late'
      const atCritical = tryPoint(search, trial, critical, best)
      if (atCritical !== null) return atCritical
    }
  }
  for (const start of best.points()) {
    if (late()) return 'late'
    const top = climb(trial, start, pairing, source)
    const found = top.look.verdict === 'different' ? show(search, trial, top.point, HIGHEST_BITS) : null
    if (found !== null) return found
  }
  return null
}

/** Nets with more unknown weights are taken for deep ones. */
const MANY_WEIGHTS = 12

function mannerOf(round: number, { weights }: Unknowns): Manner {
  if (round % 3 === 0) return 'plain'
  return round % 3 === 1 && weights.length > MANY_WEIGHTS ? 'sparse' : 'any'
}

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
  const {
    samples = DEFAULT_SAMPLES,
    milliseconds = Infinity,
    millisecondsInAll = Infinity,
    signal,
  } = options.budget ?? {}
  const deadline = performance.now() + milliseconds
  const nothing = { kind: 'none', seed, samples: 0, largestDifference: null, at: null, suspect: null } as const
  const pairing = pairUp(left, right)
  if (pairing === null) return { ...nothing, reason: 'interfaces' }
  if (pairing.inputs.some(input => isEmpty(input.domain))) return { ...nothing, reason: 'empty-domain' }
  const unknowns = unknownsOf(left, right)
  const open = unknowns.sizes.length + unknowns.weights.length + unknowns.functions.length > 0
  const rounds = open ? INSTANCES : 1
  const work = workOf([left, right])
  const affordable = Math.max(FEWEST_SAMPLES, Math.floor(WORK / work))
  const share: Share = {
    samples: Math.ceil(Math.min(samples, affordable) / rounds),
    // Of a large net an enclosure takes as long as many points.
    consistent: work <= CASUAL_WORK ? Math.ceil(CASUAL_CHECKS / rounds) : 0,
    inconclusive: Math.ceil(INCONCLUSIVE_CHECKS / rounds),
  }
  const search: Search = {
    seed,
    source: random(seed),
    pairing,
    constants: constantsIn([left, right]),
    checks: { consistent: 0, inconclusive: 0, different: DIFFERENT_CHECKS },
    late: () => signal?.aborted === true || performance.now() > deadline,
    samples: 0,
    largest: null,
    suspect: null,
  }
  const named = (point: Point): Map<string, readonly Rational[]> =>
    new Map(pairing.inputs.map((input, i) => [input.left, point[i]]))
  const none = (reason: NoCounterexample['reason']): NoCounterexample => ({
    ...nothing,
    samples: search.samples,
    reason,
    largestDifference: search.largest?.difference ?? null,
    at: search.largest === null ? null : named(search.largest.at),
    suspect: search.suspect === null ? null : named(search.suspect),
  })
  const searchAll = (): Counterexample | NoCounterexample => {
    for (let round = 0; round < rounds; round++) {
      const instance = randomInstance(unknowns, search.source, mannerOf(round, unknowns))
      if ('missing' in instance) return none(instance.missing === 'memory' ? 'too-large' : instance.missing)
      Object.assign(search.checks, { consistent: share.consistent, inconclusive: share.inconclusive })
      const found = searchInstance(search, trialOf(left, right, pairing, instance), share)
      if (found === 'late') return none('time')
      if (found !== null) return found
    }
    return none(null)
  }
  try {
    return timed(millisecondsInAll, searchAll)
  } catch (error) {
    if (error instanceof TooLarge) return none('too-large')
    if (error instanceof OutOfTime) return none('time')
    throw error
  }
}
