// Two nets under one instance of what they leave open, compared at a point: roughly in doubles, or for good by
// enclosures of growing precision.
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import type { Rational } from '../scalar/rational.ts'
import { type Bounds, isExact } from '../scalar/scaled.ts'
import { areApart, type Enclosed, enclosures } from '../semantics/enclosed.ts'
import type { Instance } from '../semantics/ground.ts'
import { type Scope, scopeOf } from '../semantics/net.ts'
import { type Outputs, outputsAt } from '../semantics/outputs.ts'
import type { Partially } from '../semantics/partial.ts'
import { type Bounded, bounded, compareBounded, type DoubleInterval } from './bounded.ts'
import { middle } from './errors.ts'
import type { Pairing } from './pairing.ts'

/** A net under an instance: what is needed to evaluate it at a point. */
export interface Side {
  readonly diagram: Diagram
  readonly inputs: readonly string[]
  readonly outputs: readonly NodeId[]
}

function evaluateSide<S extends object>(
  side: Side,
  point: readonly (readonly Partially<S>[])[],
  scope: Scope<Partially<S>>,
): Outputs<S> {
  return outputsAt(side.diagram, new Map(side.inputs.map((name, i) => [name, point[i]])), scope, side.outputs)
}

/** An instance with both nets, in one arithmetic after the other. */
export interface Trial {
  readonly instance: Instance
  readonly left: Side
  readonly right: Side
  readonly bounded: Scope<Bounded>
  /** By precision, made when needed. */
  readonly enclosed: Map<number, Scope<Enclosed>>
}

export function trialOf(left: Diagram, right: Diagram, pairing: Pairing, instance: Instance): Trial {
  const { inputs, outputs, opposite } = pairing
  return {
    instance,
    left: { diagram: left, inputs: inputs.map(input => input.left), outputs: outputs.map(o => o.id) },
    right: { diagram: right, inputs: inputs.map(input => input.right), outputs: opposite.map(o => o.id) },
    bounded: scopeOf(instance, bounded),
    enclosed: new Map(),
  }
}

/** The components of every input, in the order of the pairing. */
export type Point = readonly (readonly Rational[])[]

const LOWEST_BITS = 64

export type Decision =
  | {
      readonly kind: 'different'
      readonly left: Outputs<Bounds>
      readonly right: Outputs<Bounds>
      /** The position of a component that differs; null where only one side is defined. */
      readonly place: number | null
    }
  | { readonly kind: 'same' }
  /**
   * Not decided; `definedness` tells whether one net is known to be defined or undefined there, and the other is not.
   * `left` and `right` are what the highest precision that was tried gave, if it gave all components of both.
   */
  | {
      readonly kind: 'open'
      readonly definedness: boolean
      readonly values: { readonly left: readonly Bounds[]; readonly right: readonly Bounds[] } | null
    }

/** The precision of enclosures: from and up to how many bits, and when to give up though nothing is decided. */
export interface Effort {
  readonly lowest?: number
  readonly highest: number
  late(): boolean
  /** Stops early, though nothing is decided, where the values are known well enough. */
  enough?(left: readonly Bounds[], right: readonly Bounds[]): boolean
}

/** Compares both nets at an exact point by enclosures, with twice the precision each time until something is shown. */
export function decide(trial: Trial, point: Point, effort: Effort): Decision {
  const { lowest = LOWEST_BITS, highest, late } = effort
  let definedness = false
  let values: { left: readonly Bounds[]; right: readonly Bounds[] } | null = null
  for (let bits = lowest; bits <= highest && !late(); bits *= 2) {
    let scope = trial.enclosed.get(bits)
    if (scope === undefined) trial.enclosed.set(bits, (scope = scopeOf(trial.instance, enclosures(bits))))
    const { rational: exact } = scope.arithmetic
    const at = point.map(components => components.map(exact))
    const left = evaluateSide<Bounds>(trial.left, at, scope)
    const right = evaluateSide<Bounds>(trial.right, at, scope)
    definedness = (left.kind === 'unknown') !== (right.kind === 'unknown')
    if (left.kind === 'unknown' || right.kind === 'unknown') continue
    if (left.kind === 'undefined' || right.kind === 'undefined') {
      return left.kind === right.kind ? { kind: 'same' } : { kind: 'different', left, right, place: null }
    }
    const place = left.components.findIndex((value, i) => areApart(value, right.components[i]))
    if (place >= 0) return { kind: 'different', left, right, place }
    if (left.components.every(isExact) && right.components.every(isExact)) return { kind: 'same' }
    values = { left: left.components, right: right.components }
    if (effort.enough?.(values.left, values.right)) break
  }
  return { kind: 'open', definedness, values }
}

export interface Look {
  readonly verdict: 'consistent' | 'different' | 'inconclusive'
  /** How far apart the values are, as a multiple of what rounding explains (above 1: surely apart). */
  readonly suspicion: number
  /** The largest difference of two components that are known well, relative to the larger one where that is above 1. */
  readonly difference: number | null
}

/** Both nets at a point in doubles with error bounds. */
export function look(trial: Trial, point: Point): Look {
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
    if (compared !== 'inconclusive') {
      difference = Math.max(difference, gap / Math.max(1, Math.abs(middle(l)), Math.abs(middle(r))))
    }
    const width = l.high / 2 - l.low / 2 + (r.high / 2 - r.low / 2)
    if (gap > 0) suspicion = Math.max(suspicion, gap / Math.max(width, Number.MIN_VALUE))
  })
  return { verdict, suspicion, difference }
}
