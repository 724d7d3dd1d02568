// Where two nets that are equal over the reals part company in floating point, operation by operation as written:
// overflow, underflow, operations that lose their domain by rounding, and cancellation. A running bound on the error of each
// format says at how many points rounding explains all that lies between the two sides.
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import { holds } from '../scalar/evaluate.ts'
import type { KnownName, Relation } from '../scalar/expression.ts'
import { containsPoint, isEmpty, type Range } from '../scalar/range.ts'
import { fromDouble, type Rational, toDouble, ZERO } from '../scalar/rational.ts'
import { type Arithmetic, interpret } from '../semantics/arithmetic.ts'
import { workOf } from '../semantics/contents.ts'
import type { Instance } from '../semantics/ground.ts'
import { componentsIn, evaluateNet, type Scope, scopeOf, sizeIn } from '../semantics/net.ts'
import { isKnown } from '../semantics/partial.ts'
import { type Bounded, bounded, type DoubleInterval, isTelling } from './bounded.ts'
import { measure } from './compare.ts'
import { doubles } from './doubles.ts'
import { constantsIn, randomInstance, unknownsOf } from './instance.ts'
import { type Pairing, pairUp } from './pairing.ts'
import { candidatePoints } from './points.ts'
import { instanceJson, printDoubles, printInstance } from './print.ts'
import { type Random, random, randomMagnitude } from './random.ts'

export type FloatFormat = 'binary64' | 'binary32'
export type FloatTrouble = 'overflow' | 'underflow' | 'undefined' | 'cancellation'

/**
 * A point at which the two sides, computed in one format, have nothing in common: not the sign and the first binary digit,
 * or only one of them is a finite number.
 */
export interface FloatDifference {
  readonly format: FloatFormat
  readonly cause: FloatTrouble
  /** By the names of the left net's inputs; numbers of the format. */
  readonly inputs: ReadonlyMap<string, readonly number[]>
  readonly output: { readonly name: string; readonly component: number }
  readonly left: number
  readonly right: number
}

/** A point at which the bound on the errors of a format explains what lies between the two sides. */
export interface FloatAgreement {
  readonly inputs: ReadonlyMap<string, readonly number[]>
  readonly output: { readonly name: string; readonly component: number }
  /** Between the two results, and how much of it rounding explains: see `PointComparison`. */
  readonly distance: number
  readonly bound: number
}

export interface FloatCount {
  readonly format: FloatFormat
  /** At so many points each bound tells the sign and the first binary digit at least, and the two sides agree. */
  readonly consistent: number
  /** At so many others the bound tells nothing of some component, or there is no number. */
  readonly inconclusive: number
  /** Of the consistent points the one at which the results lie most apart; null where there is none. */
  readonly farthest: FloatAgreement | null
}

export interface FloatReport {
  readonly seed: number
  /** The points tried in each format. */
  readonly samples: number
  readonly counts: readonly FloatCount[]
  /** The values of what the nets leave open; null when there are none that satisfy the declarations. */
  readonly instance: Instance | null
  /** At most one for each format and cause: the first on the way from harmless points. */
  readonly differences: readonly FloatDifference[]
}

/** A rounded number, and the first thing that went wrong on the way to it. */
interface Tracked {
  readonly value: number
  /** Holds the true value and all values that rounding can make of it. */
  readonly set: Bounded
  readonly trouble: Exclude<FloatTrouble, 'cancellation'> | null
}

interface Format {
  readonly name: FloatFormat
  round(x: number): number
  readonly smallestNormal: number
  /** The interval with the rounding of its ends. */
  rounded(a: DoubleInterval): DoubleInterval
  /** Powers of ten between which inputs are drawn. */
  readonly exponents: readonly [low: number, high: number]
}

/** A little more than half a unit in the last place of binary32, relative, and half of its smallest number. */
const UNIT_32 = 2 ** -24 * (1 + 2 ** -20)
const TINY_32 = 2 ** -149
const LARGEST_32 = (2 - 2 ** -23) * 2 ** 127

function rounded32({ low, high }: DoubleInterval): DoubleInterval {
  const below = low - (Math.abs(low) * UNIT_32 + TINY_32)
  const above = high + (Math.abs(high) * UNIT_32 + TINY_32)
  return { low: below < -LARGEST_32 ? -Infinity : below, high: above > LARGEST_32 ? Infinity : above }
}

const FORMATS: readonly Format[] = [
  // The intervals are those of binary64 already.
  { name: 'binary64', round: x => x, smallestNormal: 2 ** -1022, rounded: a => a, exponents: [-305, 305] },
  { name: 'binary32', round: Math.fround, smallestNormal: 2 ** -126, rounded: rounded32, exponents: [-37, 37] },
]

/** Operations that give a number below the normal ones, or 0, only by rounding, unless an argument is 0. */
const UNDERFLOWING: ReadonlySet<KnownName> = new Set(['*', '/', '^', 'exp', 'sigmoid', 'softplus'])

function trackedArithmetic({ round, smallestNormal, rounded }: Format): Arithmetic<Tracked> {
  const roundedSet = (set: Bounded): Bounded => (isKnown(set) ? rounded(set) : set)
  const call = (name: KnownName, args: readonly Tracked[]): Tracked => {
    const set = bounded.call(
      name,
      args.map(a => a.set),
    )
    return { ...computed(name, args), set: roundedSet(set) }
  }
  const computed = (name: KnownName, args: readonly Tracked[]): Omit<Tracked, 'set'> => {
    const values = args.map(a => a.value)
    const value = round(doubles.call(name, values))
    const before = args.map(a => a.trouble)
    if (Math.abs(value) === Infinity || before.includes('overflow')) return { value, trouble: 'overflow' }
    const inherited = before.find(trouble => trouble !== null)
    if (inherited) return { value, trouble: inherited }
    if (Number.isNaN(value)) return { value, trouble: 'undefined' }
    const lost = Math.abs(value) < smallestNormal && UNDERFLOWING.has(name)
    // 0 * x and 0 / x are exact, and so is 0^w.
    const exact = name !== 'exp' && name !== 'sigmoid' && name !== 'softplus' && values.includes(0)
    return { value, trouble: lost && !exact ? 'underflow' : null }
  }
  const elementary = {
    rational: (q: Rational): Tracked => {
      const value = round(toDouble(q))
      const exact = bounded.rational(q) as DoubleInterval
      return { value, set: exact.low === value && exact.high === value ? exact : rounded(exact), trouble: null }
    },
    constant: (name: 'pi' | 'e'): Tracked => ({
      value: round(doubles.constant(name)),
      set: roundedSet(bounded.constant(name)),
      trouble: null,
    }),
    call,
    choose(relation: Relation, left: Tracked, right: Tracked, then: Tracked, otherwise: Tracked): Tracked {
      const set = bounded.choose(relation, left.set, right.set, then.set, otherwise.set)
      if (Number.isNaN(left.value) || Number.isNaN(right.value)) {
        return { value: Number.NaN, set, trouble: left.trouble ?? right.trouble ?? 'undefined' }
      }
      return { ...(holds(relation, left.value, right.value) ? then : otherwise), set }
    },
  }
  return {
    ...elementary,
    dot(weights, values) {
      let sum: Tracked | null = null
      weights.forEach((weight, j) => {
        const term = call('*', [weight, values[j]])
        sum = sum === null ? term : call('+', [sum, term])
      })
      return sum ?? elementary.rational(ZERO)
    },
    compile: e => interpret(e, elementary),
  }
}

/** Both nets in one format, under one instance. */
interface Contest {
  readonly format: Format
  readonly scope: Scope<Tracked>
  readonly left: Diagram
  readonly right: Diagram
  readonly pairing: Pairing
  readonly lengths: readonly number[]
}

type Found = Omit<FloatDifference, 'format' | 'inputs'>

/** What is seen at a point. */
interface Seen {
  readonly verdict: 'consistent' | 'inconclusive'
  /** Where the sides have nothing in common; null where they have. */
  readonly difference: Found | null
  /** Of a consistent point: where its results lie most apart. */
  readonly farthest: Omit<FloatAgreement, 'inputs'> | null
}

function split(point: readonly number[], lengths: readonly number[]): number[][] {
  let start = 0
  return lengths.map(length => point.slice(start, (start += length)))
}

function outputs(
  diagram: Diagram,
  inputs: [string, number[]][],
  ids: readonly NodeId[],
  scope: Scope<Tracked>,
): (readonly Tracked[])[] {
  const tracked = inputs.map(
    ([name, values]) =>
      [name, values.map((value): Tracked => ({ value, set: { low: value, high: value }, trouble: null }))] as const,
  )
  const wires = evaluateNet(diagram, new Map(tracked), scope)
  return ids.map(id => wires.get(id) as readonly Tracked[])
}

/** Two finite numbers as the interval between them. */
const between = (a: number, b: number): DoubleInterval => ({ low: Math.min(a, b), high: Math.max(a, b) })

/** How the two sides compare at a point. */
function seenAt({ format, scope, left, right, pairing, lengths }: Contest, point: readonly number[]): Seen {
  const values = split(point, lengths)
  const names = (side: 'left' | 'right'): [string, number[]][] =>
    pairing.inputs.map((input, i) => [input[side], values[i]])
  const ofLeft = outputs(
    left,
    names('left'),
    pairing.outputs.map(o => o.id),
    scope,
  )
  const ofRight = outputs(
    right,
    names('right'),
    pairing.opposite.map(o => o.id),
    scope,
  )
  let isTold = true
  let farthest: Seen['farthest'] = null
  for (const [k, components] of ofLeft.entries()) {
    for (const [component, l] of components.entries()) {
      const r = ofRight[k][component]
      const output = { name: pairing.outputs[k].name, component }
      const lost = [l, r].filter(side => !Number.isFinite(side.value)).length
      if (lost === 1 || (lost === 0 && !isTelling(between(l.value, r.value)))) {
        // Numbers without all their digits are what underflow leaves.
        const scale = Math.max(Math.abs(l.value), Math.abs(r.value))
        const tiny = scale < format.smallestNormal ? 'underflow' : null
        const worse = Number.isFinite(l.value) ? (r.trouble ?? l.trouble) : (l.trouble ?? r.trouble)
        const difference: Found = { cause: worse ?? tiny ?? 'cancellation', output, left: l.value, right: r.value }
        return { verdict: 'inconclusive', difference, farthest: null }
      }
      const [a, b] = [l.set, r.set]
      if (lost > 0 || !isKnown(a) || !isKnown(b) || !isTelling(a) || !isTelling(b)) {
        isTold = false
        continue
      }
      const { distance } = measure(between(l.value, l.value), between(r.value, r.value))
      // Each result may lie at either end of its interval.
      if (distance > (farthest?.distance ?? -1)) farthest = { output, distance, bound: 2 * measure(a, b).bound }
    }
  }
  return isTold
    ? { verdict: 'consistent', difference: null, farthest }
    : { verdict: 'inconclusive', difference: null, farthest: null }
}

const view = new DataView(new ArrayBuffer(8))

/** The place of a double in the order of all doubles. */
function ordinal(x: number): bigint {
  view.setFloat64(0, x)
  const bits = view.getBigInt64(0)
  return bits >= 0n ? bits : -(bits & 0x7fffffffffffffffn)
}
function fromOrdinal(n: bigint): number {
  view.setBigInt64(0, n >= 0n ? n : -n)
  const magnitude = view.getFloat64(0)
  return n >= 0n ? magnitude : -magnitude
}

/** Between two points, halfway in the order of all doubles. */
function halfway(a: readonly number[], b: readonly number[]): number[] {
  return a.map((x, i) => fromOrdinal((ordinal(x) + ordinal(b[i])) / 2n))
}

/** How far from 1 the components are in size, by which the least peculiar of the harmless points is chosen. */
function peculiarity(point: readonly number[]): number {
  return point.reduce((sum, x) => sum + (x === 0 ? 1000 : Math.abs(Math.log2(Math.abs(x)))), 0)
}

/** The least peculiar of the harmless points, if possible with the signs of the other. */
function nearest(harmless: readonly (readonly number[])[], bad: readonly number[]): readonly number[] | null {
  const alike = harmless.filter(point => point.every((x, i) => Math.sign(x) === Math.sign(bad[i])))
  const candidates = alike.length > 0 ? alike : harmless
  let [best, least]: [readonly number[] | null, number] = [null, Infinity]
  for (const point of candidates) {
    const value = peculiarity(point)
    if (value < least) [best, least] = [point, value]
  }
  return best
}

const SAMPLES = 400
/** Nodes and parts of expressions to be evaluated in each format, by which the number of points for large nets is limited. */
const WORK = 2_000_000
const INSTANCES = 4
const SPECIAL_POINTS = 150
/** More than it takes to halve the distance of two doubles until they are next to each other. */
const HALVINGS = 70

/** A point at which something goes wrong, moved towards one at which nothing does for as long as the cause is the same. */
function edge(
  contest: Contest,
  bad: readonly number[],
  good: readonly number[],
  cause: FloatTrouble,
  inside: (point: readonly number[]) => boolean,
): readonly number[] {
  const { round } = contest.format
  let [near, far] = [good, bad]
  let found = bad
  for (let step = 0; step < HALVINGS; step++) {
    const middle = halfway(near, far)
    const point = middle.map(round)
    if (!inside(point)) break
    if (seenAt(contest, point).difference?.cause === cause) [far, found] = [middle, point]
    else near = middle
  }
  return found
}

/** Numbers of the format at which something may go wrong: special ones, and any of any size. */
function* floatPoints(
  domain: readonly Range[],
  constants: readonly Rational[],
  source: Random,
  { round, exponents }: Format,
): Generator<number[]> {
  for (const point of candidatePoints(domain, constants, source, SPECIAL_POINTS)) {
    yield point.map(q => round(toDouble(q)))
    yield point.map(q => {
      const size = toDouble(randomMagnitude(source, ...(source.oneIn(2) ? exponents : ([-4, 4] as const))))
      return round(q.s < 0n ? -size : size)
    })
    if (domain.length === 0) return
  }
}

/**
 * Looks for points of the domain at which the two nets, evaluated in binary64 and in binary32 operation by operation,
 * have not even the sign and the first binary digit in common, or only one of them is a finite number. Meant for nets that
 * are equal over the reals, which is not checked. `samples` is the number of points tried in each format, at most; nets
 * that are too large are tried at fewer points, or at none.
 */
export function findFloatDifferences(
  left: Diagram,
  right: Diagram,
  options: { readonly seed?: number; readonly samples?: number; readonly signal?: AbortSignal } = {},
): FloatReport {
  const { seed = 1, signal } = options
  const samples = Math.min(options.samples ?? SAMPLES, Math.floor(WORK / workOf([left, right])))
  const pairing = pairUp(left, right)
  const nothing: FloatReport = { seed, samples: 0, counts: [], instance: null, differences: [] }
  if (samples === 0 || pairing === null || pairing.inputs.some(input => isEmpty(input.domain))) return nothing
  const source = random(seed)
  const unknowns = unknownsOf(left, right)
  const open = unknowns.sizes.length + unknowns.weights.length + unknowns.functions.length > 0
  const constants = constantsIn([left, right])
  let report = nothing
  // Weights may be such that nothing goes wrong, all of them 0 for instance; a few are tried then.
  for (let attempt = 0; attempt < (open ? INSTANCES : 1) && report.differences.length === 0; attempt++) {
    const instance = randomInstance(unknowns, source)
    if ('missing' in instance || signal?.aborted) break
    const { sizes } = instance
    const lengths = pairing.inputs.map(input => componentsIn(input.shape, s => sizeIn(s, sizes)))
    const found = FORMATS.map(format => {
      const scope = scopeOf(instance, trackedArithmetic(format))
      return lookIn({ format, scope, left, right, pairing, lengths }, constants, source, samples)
    })
    const [counts, differences] = [found.map(f => f.count), found.flatMap(f => f.differences)]
    report = { seed, samples, counts, instance, differences }
  }
  return report
}

/** The differences of one format, one for each cause, and how the points compare on the whole. */
function lookIn(
  contest: Contest,
  constants: readonly Rational[],
  source: Random,
  samples: number,
): { readonly count: FloatCount; readonly differences: readonly FloatDifference[] } {
  const { format, pairing, lengths } = contest
  const domain = pairing.inputs.flatMap((input, i) => new Array<Range>(lengths[i]).fill(input.domain))
  const inside = (point: readonly number[]): boolean =>
    point.every((x, i) => Number.isFinite(x) && containsPoint(domain[i], fromDouble(x)))
  const named = (point: readonly number[]) =>
    new Map(split(point, lengths).map((values, i) => [pairing.inputs[i].left, values]))
  const found = new Map<FloatTrouble, { readonly point: readonly number[]; readonly difference: Found }>()
  const harmless: (readonly number[])[] = []
  const counts = { consistent: 0, inconclusive: 0 }
  let farthest: FloatAgreement | null = null
  let tried = 0
  for (const point of floatPoints(domain, constants, source, format)) {
    if (tried++ >= samples) break
    if (!inside(point)) continue
    const { verdict, difference, farthest: here } = seenAt(contest, point)
    counts[verdict]++
    if (here !== null && here.distance > (farthest?.distance ?? -1)) farthest = { inputs: named(point), ...here }
    if (difference === null) harmless.push(point)
    else if (!found.has(difference.cause)) found.set(difference.cause, { point, difference })
  }
  const differences = [...found].map(([cause, { point: bad, difference }]) => {
    const good = nearest(harmless, bad)
    const point = good === null ? bad : edge(contest, bad, good, cause, inside)
    return { format: format.name, inputs: named(point), ...(seenAt(contest, point).difference ?? difference) }
  })
  return { count: { format: format.name, ...counts, farthest }, differences }
}

/** Lines for people: where each format goes wrong first, and how. */
export function printFloatDifferences({ counts, instance, differences }: FloatReport): string {
  if (instance === null) return 'floating point: not tried'
  const at = (inputs: FloatDifference['inputs']): string =>
    [...inputs].map(([name, v]) => `${name} = ${printDoubles(v)}`).join(', ')
  const lines = differences.map(
    ({ format, cause, inputs, output, left, right }) =>
      `${format}: ${cause} at ${at(inputs)}: ${output.name}[${output.component}] is ${left} on the left, ${right} on the right`,
  )
  for (const { format, consistent, inconclusive, farthest } of counts) {
    const of = consistent + inconclusive
    const apart =
      farthest === null || farthest.distance === 0
        ? ''
        : `, at most ${farthest.distance.toExponential(1)} apart where rounding explains ${farthest.bound.toExponential(1)}, at ${at(farthest.inputs)}`
    lines.push(`${format}: consistent at ${consistent} of ${of} points${apart}`)
  }
  const values = differences.length === 0 ? [] : printInstance(instance)
  return (values.length === 0 ? lines : [...lines, `with ${values.join(', ')}`]).join('\n')
}

/** Infinite numbers and NaN are strings in JSON, which has none. */
function jsonNumber(x: number): number | string {
  return Number.isFinite(x) ? x : String(x)
}

/** The form of `prove --json`. */
export function floatDifferencesJson({ seed, samples, counts, instance, differences }: FloatReport): object {
  return {
    seed,
    samples,
    counts: counts.map(({ farthest, ...rest }) => ({
      ...rest,
      farthest: farthest === null ? null : { ...farthest, inputs: Object.fromEntries(farthest.inputs) },
    })),
    ...(instance === null ? {} : instanceJson(instance)),
    differences: differences.map(({ inputs, left, right, ...rest }) => ({
      ...rest,
      inputs: Object.fromEntries(inputs),
      left: jsonNumber(left),
      right: jsonNumber(right),
    })),
  }
}
