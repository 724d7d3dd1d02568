// Where two nets that are equal over the reals part company in floating point, operation by operation as written:
// overflow, underflow, operations that lose their domain by rounding, and cancellation.
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import { holds } from '../scalar/evaluate.ts'
import type { KnownName, Relation } from '../scalar/expression.ts'
import { containsPoint, isEmpty, type Range } from '../scalar/range.ts'
import { fromDouble, type Rational, toDouble } from '../scalar/rational.ts'
import { type Arithmetic, interpret } from '../semantics/arithmetic.ts'
import { workOf } from '../semantics/contents.ts'
import type { Instance } from '../semantics/ground.ts'
import { componentsIn, evaluateNet, type Scope, scopeOf, sizeIn } from '../semantics/net.ts'
import { doubles } from './doubles.ts'
import { constantsIn, randomInstance, unknownsOf } from './instance.ts'
import { type Pairing, pairUp } from './pairing.ts'
import { candidatePoints } from './points.ts'
import { instanceJson, printInstance } from './print.ts'
import { type Random, random, randomMagnitude } from './random.ts'

export type FloatFormat = 'binary64' | 'binary32'
export type FloatTrouble = 'overflow' | 'underflow' | 'undefined' | 'cancellation'

/** A point at which the two sides, computed in one format, differ by more than half of its digits. */
export interface FloatDifference {
  readonly format: FloatFormat
  readonly cause: FloatTrouble
  /** By the names of the left net's inputs; numbers of the format. */
  readonly inputs: ReadonlyMap<string, readonly number[]>
  readonly output: { readonly name: string; readonly component: number }
  readonly left: number
  readonly right: number
}

export interface FloatReport {
  readonly seed: number
  /** The points tried in each format. */
  readonly samples: number
  /** The values of what the nets leave open; null when there are none that satisfy the declarations. */
  readonly instance: Instance | null
  /** At most one for each format and cause: the first on the way from harmless points. */
  readonly differences: readonly FloatDifference[]
}

/** A rounded number, and the first thing that went wrong on the way to it. */
interface Tracked {
  readonly value: number
  readonly trouble: Exclude<FloatTrouble, 'cancellation'> | null
}

interface Format {
  readonly name: FloatFormat
  round(x: number): number
  readonly smallestNormal: number
  /** Half of the digits of the significand. */
  readonly tolerance: number
  /** Powers of ten between which inputs are drawn. */
  readonly exponents: readonly [low: number, high: number]
}
const FORMATS: readonly Format[] = [
  { name: 'binary64', round: x => x, smallestNormal: 2 ** -1022, tolerance: 2 ** -26, exponents: [-305, 305] },
  { name: 'binary32', round: Math.fround, smallestNormal: 2 ** -126, tolerance: 2 ** -12, exponents: [-37, 37] },
]

/** Operations that give a number below the normal ones, or 0, only by rounding, unless an argument is 0. */
const UNDERFLOWING: ReadonlySet<KnownName> = new Set(['*', '/', '^', 'exp', 'sigmoid', 'softplus'])

function trackedArithmetic({ round, smallestNormal }: Format): Arithmetic<Tracked> {
  const call = (name: KnownName, args: readonly Tracked[]): Tracked => {
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
    rational: (q: Rational): Tracked => ({ value: round(toDouble(q)), trouble: null }),
    constant: (name: 'pi' | 'e'): Tracked => ({ value: round(doubles.constant(name)), trouble: null }),
    call,
    choose(relation: Relation, left: Tracked, right: Tracked, then: Tracked, otherwise: Tracked): Tracked {
      if (Number.isNaN(left.value) || Number.isNaN(right.value)) {
        return { value: Number.NaN, trouble: left.trouble ?? right.trouble ?? 'undefined' }
      }
      return holds(relation, left.value, right.value) ? then : otherwise
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
      return sum ?? { value: 0, trouble: null }
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
    ([name, values]) => [name, values.map((value): Tracked => ({ value, trouble: null }))] as const,
  )
  const wires = evaluateNet(diagram, new Map(tracked), scope)
  return ids.map(id => wires.get(id) as readonly Tracked[])
}

/** How the two sides differ at a point; null where they agree well enough. */
function differ({ format, scope, left, right, pairing, lengths }: Contest, point: readonly number[]): Found | null {
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
  for (const [k, components] of ofLeft.entries()) {
    for (const [component, l] of components.entries()) {
      const r = ofRight[k][component]
      const lost = [l, r].filter(side => !Number.isFinite(side.value)).length
      const scale = Math.max(Math.abs(l.value), Math.abs(r.value))
      if (lost === 2 || (lost === 0 && Math.abs(l.value - r.value) <= format.tolerance * scale)) continue
      // Numbers without all their digits are what underflow leaves.
      const tiny = scale < format.smallestNormal ? 'underflow' : null
      const worse = Number.isFinite(l.value) ? (r.trouble ?? l.trouble) : (l.trouble ?? r.trouble)
      const cause = worse ?? tiny ?? 'cancellation'
      return { cause, output: { name: pairing.outputs[k].name, component }, left: l.value, right: r.value }
    }
  }
  return null
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
    if (differ(contest, point)?.cause === cause) [far, found] = [middle, point]
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
 * differ in more than the lower half of their digits, or only one of them is a finite number. Meant for nets that are
 * equal over the reals, which is not checked. `samples` is the number of points tried in each format, at most; nets
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
  const nothing: FloatReport = { seed, samples: 0, instance: null, differences: [] }
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
    const differences = FORMATS.flatMap(format => {
      const scope = scopeOf(instance, trackedArithmetic(format))
      return differencesIn({ format, scope, left, right, pairing, lengths }, constants, source, samples)
    })
    report = { seed, samples, instance, differences }
  }
  return report
}

/** The differences of one format, one for each cause. */
function differencesIn(
  contest: Contest,
  constants: readonly Rational[],
  source: Random,
  samples: number,
): FloatDifference[] {
  const { format, pairing, lengths } = contest
  const domain = pairing.inputs.flatMap((input, i) => new Array<Range>(lengths[i]).fill(input.domain))
  const inside = (point: readonly number[]): boolean =>
    point.every((x, i) => Number.isFinite(x) && containsPoint(domain[i], fromDouble(x)))
  const found = new Map<FloatTrouble, readonly number[]>()
  const harmless: (readonly number[])[] = []
  let tried = 0
  for (const point of floatPoints(domain, constants, source, format)) {
    if (tried++ >= samples) break
    if (!inside(point)) continue
    const difference = differ(contest, point)
    if (difference === null) harmless.push(point)
    else if (!found.has(difference.cause)) found.set(difference.cause, point)
  }
  return [...found].map(([cause, bad]) => {
    const good = nearest(harmless, bad)
    const point = good === null ? bad : edge(contest, bad, good, cause, inside)
    const inputs = new Map(split(point, lengths).map((values, i) => [pairing.inputs[i].left, values]))
    return { format: format.name, inputs, ...(differ(contest, point) as Found) }
  })
}

/** Lines for people: where each format goes wrong first, and how. */
export function printFloatDifferences({ samples, instance, differences }: FloatReport): string {
  if (instance === null) return 'floating point: not tried'
  const lines = differences.map(({ format, cause, inputs, output, left, right }) => {
    const point = [...inputs].map(([name, v]) => `${name} = ${v.length === 1 ? v[0] : `[${v.join(', ')}]`}`).join(', ')
    return `${format}: ${cause} at ${point}: ${output.name}[${output.component}] is ${left} on the left, ${right} on the right`
  })
  for (const { name } of FORMATS) {
    if (!differences.some(d => d.format === name)) lines.push(`${name}: no difference at ${samples} points`)
  }
  const values = differences.length === 0 ? [] : printInstance(instance)
  return (values.length === 0 ? lines : [...lines, `with ${values.join(', ')}`]).join('\n')
}

/** Infinite numbers and NaN are strings in JSON, which has none. */
function jsonNumber(x: number): number | string {
  return Number.isFinite(x) ? x : String(x)
}

/** The form of `prove --json`. */
export function floatDifferencesJson({ seed, samples, instance, differences }: FloatReport): object {
  return {
    seed,
    samples,
    ...(instance === null ? {} : instanceJson(instance)),
    differences: differences.map(({ inputs, left, right, ...rest }) => ({
      ...rest,
      inputs: Object.fromEntries(inputs),
      left: jsonNumber(left),
      right: jsonNumber(right),
    })),
  }
}
