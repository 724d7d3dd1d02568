// The gradients of two nets compared: with respect to the inputs, and to the weights that both have. At each point the
// derivatives of one number are taken, a sum of the outputs with random factors that both nets share, in bounded doubles,
// and where those do not tell, in enclosures of growing precision.
import { type Diagram, inputsOf, type NodeId } from '../diagram/diagram.ts'
import type { WeightSymbol } from '../linear/linear.ts'
import { derivative } from '../scalar/derivative.ts'
import type { Expression } from '../scalar/expression.ts'
import { containsPoint, isEmpty } from '../scalar/range.ts'
import { fromDouble, type Rational, toDouble } from '../scalar/rational.ts'
import { type Bounds, isExact, signOf } from '../scalar/scaled.ts'
import { Allowance } from '../scalar/work.ts'
import type { Arithmetic } from '../semantics/arithmetic.ts'
import { areApart, enclosures } from '../semantics/enclosed.ts'
import type { Instance } from '../semantics/ground.ts'
import { componentsIn, evaluateNet, type Scope, scopeOf, sizeIn } from '../semantics/net.ts'
import { isKnown, type Partially, worst } from '../semantics/partial.ts'
import { type Bounded, boundedArithmetic, type Comparison, type DoubleInterval } from './bounded.ts'
import { compareAll, isNarrow, type KnownValue, knownValue, measure, measureEnclosed, shown } from './compare.ts'
import {
  type CompareOptions,
  type ComparisonProblem,
  instanceGiven,
  NoDraw,
  pointsDrawn,
  pointsGiven,
} from './compare-nets.ts'
import { doubles } from './doubles.ts'
import { isZero } from './errors.ts'
import { own, Problem } from './given.ts'
import { constantsIn, unknownsOf } from './instance.ts'
import { type Pairing, pairUp } from './pairing.ts'
import { type Random, random } from './random.ts'
import { REFEREE_WORK } from './referee.ts'
import { reverseNet } from './reverse.ts'

/** A weight of the left net that is a function of one of the right net, entry by entry: c = exp(b). */
export interface WeightRelation {
  readonly left: WeightSymbol
  readonly right: WeightSymbol
  /** Of the right one's entry, as variable 0. */
  readonly by: Expression
}

export interface GradientOptions extends CompareOptions {
  /** Weights that are not the same but related: of these the chain rule is checked instead of equality. */
  readonly relations?: readonly WeightRelation[]
}

/** One thing that is compared: an output, or the gradient in an input, in a weight, or in related weights. */
export interface Quantity {
  readonly kind: 'output' | 'input' | 'weight' | 'related'
  readonly name: string
  /** The name on the right, where it is another. */
  readonly rightName: string
}

export interface QuantityComparison extends Quantity {
  readonly verdict: Comparison
  /** Where the values of one component lie most apart, or where they differ: see PointComparison. */
  readonly component: number
  readonly left: KnownValue | 'undefined' | 'unknown'
  readonly right: KnownValue | 'undefined' | 'unknown'
  readonly distance: number
  readonly bound: number
  readonly by: 'doubles' | 'enclosures'
  /** By the names of the left net's inputs. */
  readonly inputs: Readonly<Record<string, readonly number[]>>
}

export interface GradientsComparison {
  readonly ok: true
  readonly verdict: Comparison
  readonly seed: number
  readonly samples: number
  /** At how many of them something could not be told, not even by enclosures. */
  readonly inconclusive: number
  /** At how many of them enclosures were given up because the referee's work was used up. */
  readonly refereeRanOut: number
  readonly quantities: readonly QuantityComparison[]
  /** Weights that one net has and the other has not, and that no relation names. */
  readonly unshared: { readonly left: readonly string[]; readonly right: readonly string[] }
  /**
   * Differences at points where a function has a kink, so that there is no derivative but a convention (see
   * scalar/derivative.ts), or where a derivative is undefined on one side only. They do not count for the verdict.
   */
  readonly kinks: readonly QuantityComparison[]
  readonly instance: Instance
}

interface Pair<V> {
  readonly quantity: Quantity
  readonly left: readonly V[]
  readonly right: readonly V[]
}

/** Both nets in one arithmetic. */
class Duel<V> {
  private readonly scopes: { left: Scope<V>; right: Scope<V> }
  private readonly reverse: { left: ReturnType<typeof reverseNet<V>>; right: ReturnType<typeof reverseNet<V>> }

  constructor(
    private readonly nets: { readonly left: Diagram; readonly right: Diagram },
    private readonly pairing: Pairing,
    instance: Instance,
    private readonly relations: readonly WeightRelation[],
    private readonly arithmetic: Arithmetic<V>,
    isZero: (value: V) => boolean,
  ) {
    const plain = scopeOf(instance, arithmetic)
    const weight = (symbol: WeightSymbol): readonly (readonly V[])[] => {
      const relation = relations.find(r => r.left === symbol)
      if (relation === undefined) return plain.weight(symbol)
      const by = plain.compiled(relation.by)
      return plain.weight(relation.right).map(row => row.map(v => by([v])))
    }
    const scope = scopeOf(instance, arithmetic, weight)
    this.scopes = { left: scope, right: scope }
    this.reverse = { left: reverseNet(nets.left, scope, { isZero }), right: reverseNet(nets.right, scope, { isZero }) }
  }

  /** Outputs and gradients at a point; `factors` weigh the components of the outputs. */
  at(point: readonly (readonly V[])[], factors: readonly V[]): Pair<V>[] {
    const { inputs, outputs, opposite } = this.pairing
    const ids = { left: outputs.map(o => o.id), right: opposite.map(o => o.id) }
    const side = (name: 'left' | 'right') => {
      const net = this.nets[name]
      const wires = evaluateNet(net, new Map(inputs.map((input, i) => [input[name], point[i]])), this.scopes[name])
      let start = 0
      const seeds = new Map<NodeId, readonly V[]>()
      for (const id of ids[name]) {
        const length = (wires.get(id) as readonly V[]).length
        seeds.set(id, factors.slice(start, (start += length)))
      }
      return { net, wires, back: this.reverse[name](wires, seeds) }
    }
    const [l, r] = [side('left'), side('right')]
    const zero = this.arithmetic.rational(fromDouble(0))
    const inputGradient = ({ net, back, wires }: typeof l, name: string): readonly V[] => {
      const { id } = inputsOf(net).find(input => input.name === name) as { id: NodeId }
      const values = wires.get(id) ?? point[inputs.findIndex(input => input.left === name || input.right === name)]
      return back.wires.get(id) ?? values.map(() => zero)
    }
    const weightGradient = ({ back }: typeof l, symbol: WeightSymbol): readonly V[] =>
      back.weights.get(symbol)?.flat() ?? this.scopes.left.weight(symbol).flatMap(row => row.map(() => zero))
    const pairs: Pair<V>[] = outputs.map((o, k) => ({
      quantity: { kind: 'output', name: o.name, rightName: opposite[k].name },
      left: l.wires.get(ids.left[k]) as readonly V[],
      right: r.wires.get(ids.right[k]) as readonly V[],
    }))
    for (const { left, right } of inputs) {
      const quantity = { kind: 'input', name: left, rightName: right } as const
      pairs.push({ quantity, left: inputGradient(l, left), right: inputGradient(r, right) })
    }
    for (const symbol of sharedWeights(this.nets.left, this.nets.right)) {
      const quantity = { kind: 'weight', name: symbol.name, rightName: symbol.name } as const
      pairs.push({ quantity, left: weightGradient(l, symbol), right: weightGradient(r, symbol) })
    }
    for (const relation of this.relations) {
      const slope = this.scopes.left.compiled(derivative(relation.by, 0))
      const entries = this.scopes.left.weight(relation.right).flat()
      const quantity = { kind: 'related', name: relation.left.name, rightName: relation.right.name } as const
      const left = weightGradient(l, relation.left).map((g, i) => this.arithmetic.call('*', [g, slope([entries[i]])]))
      pairs.push({ quantity, left, right: weightGradient(r, relation.right) })
    }
    return pairs
  }
}

/** The unknown weights that both nets have. */
export function sharedWeights(left: Diagram, right: Diagram): WeightSymbol[] {
  const others = new Set(unknownsOf(right).weights)
  return unknownsOf(left).weights.filter(symbol => others.has(symbol))
}

type Found = Omit<QuantityComparison, keyof Quantity | 'inputs'>

const NOTHING = { component: 0, distance: Number.NaN, bound: Number.NaN } as const

function state(values: readonly Partially<object>[]): 'undefined' | 'unknown' {
  return worst(values) ?? 'unknown'
}

/** What doubles say of one quantity. */
function inDoubles(pair: Pair<Bounded>): Found {
  const { left, right } = pair
  const base = { ...NOTHING, by: 'doubles', left: state(left), right: state(right) } as const
  if (!left.every(isKnown) || !right.every(isKnown)) {
    const [l, r] = [worst(left), worst(right)]
    if (l === 'unknown' || r === 'unknown') return { ...base, verdict: 'inconclusive' }
    return { ...base, verdict: l === r ? 'consistent' : 'different' }
  }
  const { at, different, telling } = compareAll(left as DoubleInterval[], right as DoubleInterval[])
  if (at === null) return { ...base, verdict: 'consistent', distance: 0, bound: 0 }
  const [l, r] = [left[at] as DoubleInterval, right[at] as DoubleInterval]
  return {
    verdict: different ? 'different' : telling ? 'consistent' : 'inconclusive',
    component: at,
    left: knownValue(l),
    right: knownValue(r),
    ...measure(l, r),
    by: 'doubles',
  }
}

/** What enclosures say of one quantity, and whether more precision could tell more. */
function inEnclosures(pair: Pair<Partially<Bounds>>): Found & { readonly narrow: boolean } {
  const { left, right } = pair
  const base = { ...NOTHING, by: 'enclosures', left: state(left), right: state(right) } as const
  if (!left.every(isKnown) || !right.every(isKnown)) {
    const [l, r] = [worst(left), worst(right)]
    if (l === 'unknown' || r === 'unknown') return { ...base, verdict: 'inconclusive', narrow: false }
    return { ...base, verdict: l === r ? 'consistent' : 'different', narrow: true }
  }
  let [component, largest] = [0, { distance: 0, bound: 0 }]
  let verdict: Comparison = 'consistent'
  for (const [i, l] of left.entries()) {
    const r = right[i]
    const measured = measureEnclosed(l, r)
    if (areApart(l, r)) {
      verdict = 'different'
      ;[component, largest] = [i, measured]
      break
    }
    if (measured.distance > largest.distance) [component, largest] = [i, measured]
  }
  const narrow = verdict === 'different' || [...left, ...right].every(v => isNarrow(v as Bounds))
  const value = (values: readonly Partially<Bounds>[]): KnownValue | 'unknown' => {
    const v = values[component]
    return isKnown(v) ? shown(v) : 'unknown'
  }
  return { verdict, component, left: value(left), right: value(right), ...largest, by: 'enclosures', narrow }
}

const isExactlyZero = (v: Partially<Bounds>): boolean => isKnown(v) && isExact(v) && signOf(v.low) === 0

/** Weights to go through in all, by which the number of points that are drawn for large nets is limited. */
const MOST_ENTRIES = 4_000_000
const REFEREE_BITS = [64, 128, 256, 512, 1024]

/**
 * Compares outputs and gradients of two nets at points, given or drawn, under one choice of what they leave open. Large nets
 * are compared at fewer points than asked for. Throws
 * TypeError where inputs or outputs do not fit each other or a function has no derivative to write down, and an AbortError
 * when `signal` aborts.
 */
export function compareGradients(
  left: Diagram,
  right: Diagram,
  options: GradientOptions = {},
): GradientsComparison | { readonly ok: false; readonly problem: ComparisonProblem } {
  const { seed = 1, relations = [], signal } = options
  const pairing = pairUp(left, right)
  if (pairing === null) throw new TypeError('compareGradients: the inputs or outputs of the nets do not fit each other')
  const source = random(seed)
  try {
    if (pairing.inputs.some(input => isEmpty(input.domain))) throw new NoDraw('inputs')
    const instance = whereDefined(instanceGiven([left, right], options, source), relations, options.weights)
    const size = (shape: Parameters<typeof componentsIn>[0]): number =>
      componentsIn(shape, s => sizeIn(s, instance.sizes))
    const entries = [...instance.weights.values()].reduce((sum, rows) => sum + rows.length * (rows[0]?.length ?? 0), 0)
    const samples = Math.max(1, Math.min(options.samples ?? 20, Math.floor(MOST_ENTRIES / Math.max(1, entries))))
    const { referee = {} } = options
    const allowance = new Allowance(referee?.work ?? REFEREE_WORK)
    const lengths = pairing.inputs.map(input => size(input.shape))
    const factors = pairing.outputs.flatMap(o => factorsFor(size(o.shape), source))
    const points =
      options.points === undefined
        ? pointsDrawn(pairing, lengths, constantsIn([left, right]), source, samples)
        : pointsGiven(options.points, pairing, lengths)
    let [trouble, kink] = [false, false]
    const arithmetic = boundedArithmetic({
      operation: (_, __, value) => {
        if (isKnown(value) && (value.low === -Infinity || value.high === Infinity)) trouble = true
      },
      meeting: () => {
        kink = true
      },
    })
    const nets = { left, right }
    const plain = new Duel<Bounded>(nets, pairing, instance, relations, arithmetic, isZero)
    const precise = new Map<number, Duel<Partially<Bounds>>>()
    const results = new Map<string, QuantityComparison>()
    const kinks = new Map<string, QuantityComparison>()
    const order = options.points === undefined ? DRAWN : GIVEN
    let [done, open, refereeRanOut] = [0, 0, 0]
    for (const point of points) {
      signal?.throwIfAborted()
      const exact = point.map(components => Array.from(components, fromDouble))
      const lift = <V>(a: Arithmetic<V>) => exact.map(c => c.map(a.rational))
      trouble = false
      kink = false
      const pairs = plain.at(lift(arithmetic), factors.map(arithmetic.rational))
      const inputs = Object.fromEntries(pairing.inputs.map((input, i) => [input.left, Array.from(point[i])]))
      let found: readonly (Found & { narrow?: boolean })[] = pairs.map(pair => {
        const seen = inDoubles(pair)
        // After an overflow nothing is known, whatever the intervals say.
        return trouble && seen.verdict !== 'inconclusive' ? { ...seen, verdict: 'inconclusive' } : seen
      })
      const highest = referee === null ? 0 : (referee.bits ?? 1024)
      if (found.some(f => f.verdict === 'inconclusive')) {
        for (const bits of REFEREE_BITS.filter(b => b <= highest)) {
          if (referee?.late?.()) break
          const refined = allowance.run(() => {
            let duel = precise.get(bits)
            const a = enclosures(bits)
            if (duel === undefined)
              precise.set(bits, (duel = new Duel(nets, pairing, instance, relations, a, isExactlyZero)))
            return duel.at(lift(a), factors.map(a.rational)).map(inEnclosures)
          })
          if (refined === null) {
            refereeRanOut++
            break
          }
          found = found.map((old, i) => (old.verdict === 'inconclusive' || old.by === 'enclosures' ? refined[i] : old))
          if (found.every(f => f.narrow ?? true)) break
        }
      }
      if (found.some(f => f.verdict === 'inconclusive')) open++
      pairs.forEach(({ quantity }, i) => {
        const { narrow, ...comparison } = found[i]
        const result: QuantityComparison = { ...quantity, ...comparison, inputs }
        const key = `${quantity.kind} ${quantity.name} ${quantity.rightName}`
        const isUndefinedGradient =
          quantity.kind !== 'output' && (result.left === 'undefined' || result.right === 'undefined')
        const isKink = quantity.kind !== 'output' && result.verdict === 'different' && (kink || isUndefinedGradient)
        if (isKink) kinks.set(key, kinks.get(key) ?? result)
        else results.set(key, worse(results.get(key), result, order))
      })
      done++
      options.onProgress?.(done, options.points?.length ?? samples)
    }
    const quantities = [...results.values()]
    const verdicts = quantities.map(q => q.verdict)
    const verdict = verdicts.find(v => v === 'different') ?? verdicts.find(v => v === 'inconclusive') ?? 'consistent'
    return {
      ok: true,
      verdict,
      seed,
      samples: done,
      inconclusive: open,
      refereeRanOut,
      quantities,
      unshared: unsharedWeights(left, right, relations),
      kinks: [...kinks.values()],
      instance,
    }
  } catch (error) {
    if (error instanceof Problem) return { ok: false, problem: error.problem }
    if (error instanceof NoDraw) return { ok: false, problem: { kind: 'no-instance', missing: error.missing } }
    throw error
  }
}

/** Entries that were drawn, and of which a relation is not defined (ln b), with the other sign. */
function whereDefined(
  instance: Instance,
  relations: readonly WeightRelation[],
  given: GradientOptions['weights'],
): Instance {
  const weights = new Map(instance.weights)
  for (const { right, by } of relations) {
    const rows = weights.get(right)
    if (rows === undefined || own(given, right.name) !== undefined) continue
    const of = doubles.compile(by)
    const isDefined = (q: Rational): boolean => Number.isFinite(of([toDouble(q)]))
    const turned = (q: Rational): Rational =>
      !isDefined(q) && isDefined(q.neg()) && containsPoint(right.entries, q.neg()) ? q.neg() : q
    weights.set(
      right,
      rows.map(row => row.map(turned)),
    )
  }
  return { ...instance, weights }
}

/** Small numbers with few digits, none of them 0, so that no component of an output is left out. */
function factorsFor(length: number, source: Random): Rational[] {
  return Array.from({ length }, () => fromDouble((source.integer(1, 16) * (source.oneIn(2) ? 1 : -1)) / 8))
}

/** What says more against equality comes later. Points that were drawn and tell nothing are passed over if others do. */
const GIVEN: readonly Comparison[] = ['consistent', 'inconclusive', 'different']
const DRAWN: readonly Comparison[] = ['inconclusive', 'consistent', 'different']

/** Of two findings the one that says more; of two consistent ones that with the larger distance. */
function worse(
  old: QuantityComparison | undefined,
  fresh: QuantityComparison,
  order: readonly Comparison[],
): QuantityComparison {
  if (old === undefined) return fresh
  const [a, b] = [old, fresh].map(q => order.indexOf(q.verdict))
  if (a !== b) return a > b ? old : fresh
  return fresh.verdict === 'consistent' && fresh.distance > (old.distance || 0) ? fresh : old
}

export function unsharedWeights(
  left: Diagram,
  right: Diagram,
  relations: readonly WeightRelation[],
): GradientsComparison['unshared'] {
  const shared = new Set(sharedWeights(left, right))
  const rest = (net: Diagram, related: readonly WeightSymbol[]): string[] =>
    unknownsOf(net)
      .weights.filter(symbol => !shared.has(symbol) && !related.includes(symbol))
      .map(symbol => symbol.name)
  return {
    left: rest(
      left,
      relations.map(r => r.left),
    ),
    right: rest(
      right,
      relations.map(r => r.right),
    ),
  }
}
