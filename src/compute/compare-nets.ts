// Two nets compared on numbers: small ones point by point, with the referee, and large ones in batches by the kernels.
import type { Diagram } from '../diagram/diagram.ts'
import type { DoubleInterval } from '../numeric/bounded.ts'
import {
  compareAll,
  compareByEnclosures,
  contestOf,
  knownValue,
  measure,
  type PointComparison,
} from '../numeric/compare.ts'
import * as small from '../numeric/compare-nets.ts'
import { firstCancellation, type Trouble } from '../numeric/errors.ts'
import { constantsIn, unknownsOf } from '../numeric/instance.ts'
import { type Pairing, pairUp } from '../numeric/pairing.ts'
import { random } from '../numeric/random.ts'
import { REFEREE_WORK, refereed } from '../numeric/referee.ts'
import { isEmpty } from '../scalar/range.ts'
import { fromDouble } from '../scalar/rational.ts'
import { entriesIn } from '../semantics/contents.ts'
import { componentsIn, sizeIn } from '../semantics/net.ts'
import { isKnown, worst } from '../semantics/partial.ts'
import { BATCH, type BoundedBatch, boundedBatchOf, LARGE } from './bounded-batch.ts'
import { throughLogarithms } from './logarithms.ts'

/** Fewer would seldom do in sums of so many products. */
const REFEREE_BITS = 128

/** What both ways take: 8 bytes for an entry in each of four copies, intervals for a batch. */
function bytesFor(nets: readonly Diagram[], sizes: ReadonlyMap<string, number>): number {
  const [entries, numbers] = [entriesIn(nets, s => sizeIn(s, sizes)), small.numbersIn(nets, sizes)]
  if (entries < LARGE) return small.BYTES_A_NUMBER * numbers
  return 32 * entries + 64 * BATCH * (numbers - entries)
}

/**
 * Compares two nets on points: see `compareNets` in numeric/compare-nets.ts. Nets of 20,000 weights or more are compared
 * by intervals in batches, and put before the referee only at points of which those tell nothing: of points that are drawn
 * only where that is true of all of them, unless the referee's work is given.
 */
export function compareNets(
  left: Diagram,
  right: Diagram,
  options: small.CompareOptions = {},
): ReturnType<typeof small.compareNets> {
  const { samples = 100, seed = 1, referee = {}, signal } = options
  const pairing = pairUp(left, right)
  if (pairing === null) throw new TypeError('compareNets: the inputs or outputs of the nets do not fit each other')
  const source = random(seed)
  try {
    if (pairing.inputs.some(input => isEmpty(input.domain))) throw new small.NoDraw('inputs')
    const doubles = small.doublesGiven(unknownsOf(left, right), options, source, sizes =>
      bytesFor([left, right], sizes),
    )
    if (entriesIn([left, right], s => sizeIn(s, doubles.sizes)) < LARGE) return small.compareNets(left, right, options)
    const instance = { ...doubles, weights: new Map() }
    const nets = {
      left: boundedBatchOf(left, instance, doubles.weights),
      right: boundedBatchOf(right, instance, doubles.weights),
    }
    const lengths = pairing.inputs.map(input => componentsIn(input.shape, s => sizeIn(s, doubles.sizes)))
    const points =
      options.points === undefined
        ? small.pointsDrawn(pairing, lengths, constantsIn([left, right]), source, samples)
        : small.pointsGiven(options.points, pairing, lengths)
    const compared: { point: readonly Float64Array[]; found: PointComparison }[] = []
    const total = options.points?.length ?? samples
    let batch: Float64Array[][] = []
    const flush = (): void => {
      if (batch.length === 0) return
      const side = (name: 'left' | 'right'): BoundedBatch => {
        const inputs = pairing.inputs.map((input, k) => [input[name], joined(batch.map(point => point[k]))] as const)
        return nets[name](new Map(inputs), batch.length)
      }
      const [l, r] = [side('left'), side('right')]
      for (const [i, point] of batch.entries())
        compared.push({ point, found: comparisonAt(left, right, pairing, l, r, i, batch.length) })
      batch = []
      options.onProgress?.(compared.length, total)
    }
    for (const point of points) {
      signal?.throwIfAborted()
      batch.push(point)
      if (batch.length === BATCH) flush()
    }
    flush()
    const contest = once(() =>
      contestOf(throughLogarithms(left), throughLogarithms(right), pairing, small.exactly(doubles)),
    )
    const ask = (point: readonly Float64Array[]): PointComparison =>
      compareByEnclosures(
        contest(),
        point.map(components => Array.from(components, fromDouble)),
        { ...referee, lowest: REFEREE_BITS },
      )
    // Points that are drawn and tell nothing do not count where others tell: a second each is better saved.
    const isTold = compared.some(({ found }) => found.verdict !== 'inconclusive')
    const isSpared = options.points === undefined && isTold && referee?.always !== true
    const work = isSpared ? 0 : REFEREE_WORK
    const asked = referee === null ? null : { work, ...referee }
    const tally = new small.Tally(pairing)
    const results = refereed(compared, { referee: asked, least: 'open', ask, signal })
    results.forEach((found, i) => void tally.add(compared[i].point, found))
    return tally.result(seed, options.points !== undefined, instance)
  } catch (error) {
    return small.problemOf(error)
  }
}

/** A function that makes its result once, when it is first asked for. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null
  return () => (made ??= { value: make() }).value
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const result = new Float64Array(parts.reduce((sum, p) => sum + p.length, 0))
  let at = 0
  for (const part of parts) {
    result.set(part, at)
    at += part.length
  }
  return result
}

/** The comparison at one sample of a batch. */
function comparisonAt(
  left: Diagram,
  right: Diagram,
  { outputs, opposite }: Pairing,
  l: BoundedBatch,
  r: BoundedBatch,
  sample: number,
  count: number,
): PointComparison {
  const base = {
    by: 'doubles',
    output: null,
    distance: Number.NaN,
    bound: Number.NaN,
    trouble: null,
    refereeRanOut: false,
  } as const
  const sides = [
    { side: 'left', batch: l, diagram: left, ids: outputs.map(o => o.id) },
    { side: 'right', batch: r, diagram: right, ids: opposite.map(o => o.id) },
  ] as const
  for (const { side, batch } of sides) {
    const trouble: Trouble | null = batch.troubles[sample]
    if (trouble !== null)
      return { ...base, verdict: 'inconclusive', left: 'unknown', right: 'unknown', trouble: { ...trouble, side } }
  }
  const [a, b] = sides.map(({ batch, ids }) =>
    ids.map(id => {
      const values = batch.wires.get(id) as readonly DoubleInterval[]
      return values.slice((sample * values.length) / count, ((sample + 1) * values.length) / count)
    }),
  )
  const [flatA, flatB] = [a.flat(), b.flat()]
  if (!flatA.every(isKnown) || !flatB.every(isKnown)) {
    // Nothing is merely unknown: there was no trouble.
    const [p, q] = [worst(flatA), worst(flatB)]
    const state = (s: typeof p): 'undefined' | 'unknown' => s ?? 'unknown'
    return { ...base, verdict: p === q ? 'consistent' : 'different', left: state(p), right: state(q) }
  }
  const { at, different, telling } = compareAll(flatA, flatB)
  if (at === null) return { ...base, verdict: 'consistent', left: 'unknown', right: 'unknown', distance: 0, bound: 0 }
  let component = at
  let k = 0
  while (component >= a[k].length) component -= a[k++].length
  const verdict = different ? 'different' : telling ? 'consistent' : 'inconclusive'
  const found: PointComparison = {
    ...base,
    verdict,
    output: { name: outputs[k].name, component },
    left: knownValue(flatA[at]),
    right: knownValue(flatB[at]),
    ...measure(flatA[at], flatB[at]),
  }
  if (verdict !== 'inconclusive') return found
  for (const { side, batch, diagram } of sides) {
    const rows = new Map(
      [...batch.wires].map(([id, v]) => [id, v.slice((sample * v.length) / count, ((sample + 1) * v.length) / count)]),
    )
    const node = firstCancellation(diagram, rows)
    if (node !== null) return { ...found, trouble: { kind: 'cancellation', node, side } }
  }
  return found
}
