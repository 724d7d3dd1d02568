// Two nets compared on many points, given or drawn at random, with weights, sizes and functions given or drawn.
import type { Diagram } from '../diagram/diagram.ts'
import type { WeightSymbol } from '../linear/linear.ts'
import type { Size } from '../linear/size.ts'
import { isEmpty, type Range } from '../scalar/range.ts'
import { fromDouble, type Rational } from '../scalar/rational.ts'
import { entriesIn } from '../semantics/contents.ts'
import type { Instance } from '../semantics/ground.ts'
import { componentsIn, sizeIn } from '../semantics/net.ts'
import { compareByEnclosures, compareInDoubles, contestOf, type PointComparison } from './compare.ts'
import {
  checkNumber,
  type EvaluationGiven,
  type EvaluationProblem,
  own,
  Problem,
  sizesGiven,
  weightRows,
} from './given.ts'
import { constantsIn, type NoInstance, randomInstance, type Unknowns, unknownsOf } from './instance.ts'
import { type Pairing, pairUp } from './pairing.ts'
import { type Random, random } from './random.ts'
import { type Referee, refereed } from './referee.ts'
import { randomWeights, samplePoints } from './samples.ts'

export interface CompareOptions extends Omit<EvaluationGiven, 'inputs'> {
  /** The points, by the names of the left net's inputs. Without them points are drawn. */
  readonly points?: readonly Readonly<Record<string, ArrayLike<number>>>[]
  /** How many points are drawn. Default 100. */
  readonly samples?: number
  /** For everything that is drawn. Default 1. */
  readonly seed?: number
  /** How far the referee goes where doubles leave something open; null for not at all. */
  readonly referee?: Referee | null
  readonly signal?: AbortSignal
  onProgress?(done: number, of: number): void
}

/** A comparison with the point at which it was made. */
export interface ComparisonAt extends PointComparison {
  /** By the names of the left net's inputs. */
  readonly inputs: Readonly<Record<string, readonly number[]>>
}

export interface NetsComparison {
  readonly ok: true
  /**
   * Different where one point is; else inconclusive where a given point is, or all that were drawn are; else consistent.
   */
  readonly verdict: PointComparison['verdict']
  readonly seed: number
  /**
   * How many points were consistent, different, inconclusive; at how many the referee gave the verdict, and at how many it
   * would have been asked, had there been work left for it.
   */
  readonly counts: {
    readonly consistent: number
    readonly different: number
    readonly inconclusive: number
    readonly referee: number
    readonly refereeRanOut: number
  }
  /** The first point of each kind; of those that are consistent the one whose values lie most apart. */
  readonly different: ComparisonAt | null
  readonly inconclusive: ComparisonAt | null
  readonly consistent: ComparisonAt | null
  /** What stood for what the nets leave open. */
  readonly instance: Instance
}
export type ComparisonProblem =
  | EvaluationProblem
  /**
   * Nothing known satisfies the declarations, no double lies in the domain of an input, or more memory would be needed than
   * is allowed (2^31 bytes).
   */
  | { readonly kind: 'no-instance'; readonly missing: NoInstance['missing'] | 'inputs' }

/** What nets leave open, with weights as doubles by rows. */
export interface DoubleInstance extends Omit<Instance, 'weights'> {
  readonly weights: ReadonlyMap<WeightSymbol, readonly ArrayLike<number>[]>
}

/** The bytes that evaluation number by number takes for each number: exact ones, intervals, enclosures, derivatives. */
export const BYTES_A_NUMBER = 400
/** As for compiled nets. */
const MOST_BYTES = 2 ** 31

/** Entries of matrices and components of wires, all at once. */
export function numbersIn(nets: readonly Diagram[], sizes: ReadonlyMap<string, number>): number {
  const size = (s: Size): number => sizeIn(s, sizes)
  const wires = nets.flatMap(net => net.nodes).reduce((sum, node) => sum + componentsIn(node.shape, size), 0)
  return entriesIn(nets, size) + wires
}

/**
 * What nets leave open as it is given; what is not given is drawn. Throws Problem for what does not fit, and NoDraw where
 * `bytes`, a function of the sizes, says that too much memory would be needed.
 */
export function doublesGiven(
  unknowns: Unknowns,
  given: Omit<EvaluationGiven, 'inputs'>,
  source: Random,
  bytes: (sizes: ReadonlyMap<string, number>) => number,
): DoubleInstance {
  const sizes = sizesGivenOrDrawn(unknowns, given, source)
  if (!(bytes(sizes) <= MOST_BYTES)) throw new NoDraw('memory')
  const drawn = randomInstance(
    { ...unknowns, sizes: [], weights: [], lengths: [], differences: [], shapes: [] },
    source,
  )
  if ('missing' in drawn) throw new NoDraw(drawn.missing)
  const size = (s: Size): number => sizeIn(s, sizes)
  if (unknowns.lengths.some(s => size(s) < 1) || unknowns.differences.some(s => size(s) < 0)) throw new NoDraw('sizes')
  const weights = unknowns.weights.map(symbol => {
    const isGiven = own(given.weights, symbol.name) !== undefined
    const rows = isGiven ? weightRows(symbol, { inputs: {}, ...given }, size) : randomWeights(symbol, sizes, source)
    return [symbol, rows] as const
  })
  const functions = new Map(drawn.functions)
  for (const fn of unknowns.functions) {
    const formula = own(given.functions, fn.name)
    if (formula !== undefined) functions.set(fn, formula)
  }
  return { sizes, weights: new Map(weights), functions }
}

/** The sizes, a size that nothing determines being drawn: it may determine others. */
function sizesGivenOrDrawn(
  unknowns: Unknowns,
  given: Omit<EvaluationGiven, 'inputs'>,
  source: Random,
): ReadonlyMap<string, number> {
  const sizes = { ...given.sizes }
  for (;;) {
    try {
      return sizesGiven(unknowns, { ...given, sizes }, [])
    } catch (error) {
      if (!(error instanceof Problem) || error.problem.kind !== 'missing-size') throw error
      sizes[error.problem.name] = source.integer(2, 5)
    }
  }
}

export function exactly({ sizes, weights, functions }: DoubleInstance): Instance {
  const exact = [...weights].map(([symbol, rows]) => [symbol, rows.map(row => Array.from(row, fromDouble))] as const)
  return { sizes, weights: new Map(exact), functions }
}

/** As `doublesGiven`, in exact numbers, for evaluation number by number. */
export function instanceGiven(
  nets: readonly Diagram[],
  given: Omit<EvaluationGiven, 'inputs'>,
  source: Random,
): Instance {
  const bytes = (sizes: ReadonlyMap<string, number>): number => BYTES_A_NUMBER * numbersIn(nets, sizes)
  return exactly(doublesGiven(unknownsOf(...nets), given, source, bytes))
}

export class NoDraw extends Error {
  constructor(readonly missing: NoInstance['missing'] | 'inputs') {
    super(missing)
  }
}

/** The points given, each checked. Throws Problem. */
export function* pointsGiven(
  given: readonly Readonly<Record<string, ArrayLike<number>>>[],
  pairing: Pairing,
  lengths: readonly number[],
): Generator<Float64Array[]> {
  for (const point of given) {
    for (const name of Object.keys(point)) {
      if (!pairing.inputs.some(input => input.left === name)) throw new Problem({ kind: 'unknown-input', name })
    }
    yield pairing.inputs.map(({ left: name, domain }, i) => {
      const values = own(point, name)
      if (values === undefined) throw new Problem({ kind: 'missing-input', name })
      if (values.length !== lengths[i])
        throw new Problem({ kind: 'input-length', name, expected: lengths[i], found: values.length })
      return Float64Array.from(values, (x, k) => {
        checkNumber(name, k, x, domain)
        return x
      })
    })
  }
}

export function* pointsDrawn(
  pairing: Pairing,
  lengths: readonly number[],
  constants: readonly Rational[],
  source: Random,
  samples: number,
): Generator<Float64Array[]> {
  const domain = pairing.inputs.flatMap((input, i) => new Array<Range>(lengths[i]).fill(input.domain))
  let made = 0
  for (const flat of samplePoints(domain, constants, source)) {
    if (made++ >= samples) return
    if (flat.some(Number.isNaN)) throw new NoDraw('inputs')
    let start = 0
    yield lengths.map(length => flat.slice(start, (start += length)))
    if (domain.length === 0) return
  }
}

/**
 * Compares two nets on points, in doubles with bounds on their error and by enclosures where those do not tell. Inputs
 * and outputs are paired by name where the names agree, else by position. `different` is shown in enclosures of doubles or
 * of higher precision; `consistent` proves nothing. Throws TypeError where the nets' inputs or outputs do not fit each
 * other, and an AbortError when `signal` aborts.
 */
export function compareNets(
  left: Diagram,
  right: Diagram,
  options: CompareOptions = {},
): NetsComparison | { readonly ok: false; readonly problem: ComparisonProblem } {
  const { samples = 100, seed = 1, referee = {}, signal } = options
  const pairing = pairUp(left, right)
  if (pairing === null) throw new TypeError('compareNets: the inputs or outputs of the nets do not fit each other')
  const source = random(seed)
  try {
    if (pairing.inputs.some(input => isEmpty(input.domain))) throw new NoDraw('inputs')
    const instance = instanceGiven([left, right], options, source)
    const contest = contestOf(left, right, pairing, instance)
    const lengths = pairing.inputs.map(input => componentsIn(input.shape, s => sizeIn(s, instance.sizes)))
    const points =
      options.points === undefined
        ? pointsDrawn(pairing, lengths, constantsIn([left, right]), source, samples)
        : pointsGiven(options.points, pairing, lengths)
    const total = options.points?.length ?? samples
    const exact = (point: readonly Float64Array[]) => point.map(components => Array.from(components, fromDouble))
    const compared: { point: readonly Float64Array[]; found: ReturnType<typeof compareInDoubles> }[] = []
    for (const point of points) {
      signal?.throwIfAborted()
      compared.push({ point, found: compareInDoubles(contest, exact(point)) })
      options.onProgress?.(compared.length, total)
    }
    const tally = new Tally(pairing)
    const ask = (point: readonly Float64Array[]) => compareByEnclosures(contest, exact(point), referee ?? {})
    const results = refereed(compared, { referee, ask, signal })
    results.forEach((found, i) => void tally.add(compared[i].point, found))
    return tally.result(seed, options.points !== undefined, instance)
  } catch (error) {
    return problemOf(error)
  }
}

/** What was wrong with what is given, or with what is declared; throws everything else. */
export function problemOf(error: unknown): { readonly ok: false; readonly problem: ComparisonProblem } {
  if (error instanceof Problem) return { ok: false, problem: error.problem }
  if (error instanceof NoDraw) return { ok: false, problem: { kind: 'no-instance', missing: error.missing } }
  throw error
}

/** Comparisons at many points, counted, with the most telling one of each kind. */
export class Tally {
  private readonly counts = { consistent: 0, different: 0, inconclusive: 0, referee: 0, refereeRanOut: 0 }
  private readonly first: Record<PointComparison['verdict'], ComparisonAt | null> = {
    consistent: null,
    different: null,
    inconclusive: null,
  }

  constructor(private readonly pairing: Pairing) {}

  add(point: readonly Float64Array[], found: PointComparison): void {
    this.counts[found.verdict]++
    if (found.by === 'enclosures') this.counts.referee++
    if (found.refereeRanOut) this.counts.refereeRanOut++
    const old = this.first[found.verdict]
    if (old !== null && !(found.verdict === 'consistent' && found.distance > (old.distance || 0))) return
    const inputs = Object.fromEntries(this.pairing.inputs.map((input, i) => [input.left, Array.from(point[i])]))
    this.first[found.verdict] = { ...found, inputs }
  }

  result(seed: number, isGiven: boolean, instance: Instance): NetsComparison {
    const { counts } = this
    const isOpen = isGiven ? counts.inconclusive > 0 : counts.consistent === 0
    const verdict = counts.different > 0 ? 'different' : isOpen ? 'inconclusive' : 'consistent'
    return { ok: true, verdict, seed, counts, ...this.first, instance }
  }
}
