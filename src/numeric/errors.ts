// Nets in binary64 with a bound on the error, and with what makes a bound worthless: overflow, underflow, a domain that
// rounding may have left, cancellation, each with its node.
//
// Intervals (bounded.ts) carry the running error: sums gain their own rounding, exp turns an absolute error into a
// relative one, ln a relative into an absolute, a power multiplies a relative error by its exponent. Carried through many
// layers they grow with products of |W|, though the error itself grows with products of W. So a second bound is made by
// differentiating: rounding at a node moves an output by its derivative there, somewhere on the way, times the rounding
// (mean value theorem), and the sum of this over all nodes bounds the whole.
import { type Diagram, type Node, type NodeId, outputsOf } from '../diagram/diagram.ts'
import { TooLarge } from '../scalar/expression.ts'
import { livingNodes } from '../semantics/contents.ts'
import type { Instance } from '../semantics/ground.ts'
import { evaluateNet, type Scope, scopeOf } from '../semantics/net.ts'
import { isKnown } from '../semantics/partial.ts'
import { type Bounded, boundedArithmetic, type DoubleInterval, isTelling } from './bounded.ts'
import { type Reverse, reverseNet } from './reverse.ts'

/**
 * Why doubles do not tell, and the node where that begins. `domain`: an operation may or may not be defined at what
 * rounding left of its argument; `choice`: so with the branch of a choice; `cancellation`: no digit of a value is known.
 */
export interface Trouble {
  readonly kind: 'overflow' | 'underflow' | 'domain' | 'choice' | 'cancellation'
  readonly node: NodeId
}

export interface BoundedRun {
  readonly wires: ReadonlyMap<NodeId, readonly Bounded[]>
  /** The first of overflow, underflow and domain; null where there is none. */
  readonly trouble: Trouble | null
}

/** A net under one instance of what it leaves open, in bounded doubles. */
export interface BoundedNet {
  readonly diagram: Diagram
  run(inputs: ReadonlyMap<string, readonly Bounded[]>): BoundedRun
  /**
   * The components of the outputs (in order, or those named) in narrower intervals, by derivatives; null where that
   * cannot be had: after trouble, where a choice is not decided, or where a derivative is not known.
   */
  tighten(inputs: ReadonlyMap<string, readonly Bounded[]>, outputs?: readonly NodeId[]): Tightened | null
}

export interface Tightened {
  readonly components: readonly DoubleInterval[]
  /**
   * Whether the bounds are those of rounding: at most four times what the derivatives at the computed values alone would
   * give. Otherwise the sets in which values were shown to lie have grown so much that the derivatives are not known well.
   */
  readonly isSharp: boolean
}

/** See `Tightened`. */
const SHARP = 4

/** Just above the smallest normal number: below it digits are lost. */
const SMALLEST = 2 ** -1020

function isInfinite(a: DoubleInterval): boolean {
  return a.low === -Infinity || a.high === Infinity
}

/** Whether a value lies among the subnormal numbers; 0, where it is exact, does not. */
function isSubnormal(a: DoubleInterval): boolean {
  return Math.max(Math.abs(a.low), Math.abs(a.high)) < SMALLEST && !(a.low === 0 && a.high === 0)
}

/** What a result says of an operation on these arguments; null where nothing went wrong. */
export function troubleOf(args: readonly DoubleInterval[], value: Bounded): 'overflow' | 'underflow' | 'domain' | null {
  if (!isKnown(value)) return value === 'unknown' ? 'domain' : null
  if (isInfinite(value)) return args.some(isInfinite) ? null : 'overflow'
  return isSubnormal(value) ? 'underflow' : null
}

/** Whether a value is 0 and nothing else. */
export function isZero(value: Bounded): boolean {
  return isKnown(value) && value.low === 0 && value.high === 0
}

export const middle = ({ low, high }: DoubleInterval): number => low / 2 + high / 2

/** Not less than the distance of the middle from either end. */
function radius(a: DoubleInterval): number {
  if (a.low === a.high) return 0
  const at = middle(a)
  return Math.max(a.high - at, at - a.low) * (1 + 2 ** -50) + Number.MIN_VALUE
}

/** The first wire of which nothing is known although something is of each wire before it. */
export function firstCancellation(diagram: Diagram, wires: BoundedRun['wires']): NodeId | null {
  for (const node of livingNodes(diagram)) {
    const value = wires.get(node.id) as readonly Bounded[]
    if (value.some(v => isKnown(v) && !isTelling(v))) return node.id
  }
  return null
}

export function boundedNet(diagram: Diagram, instance: Instance): BoundedNet {
  let kind: 'overflow' | 'underflow' | 'domain' | null = null
  let jumped = false
  const arithmetic = boundedArithmetic({
    operation(name, args, value) {
      kind ??= troubleOf(args, value)
      if (isKnown(value) && (name === 'floor' || name === 'sign') && value.low !== value.high) jumped = true
    },
    undecided() {
      jumped = true
    },
  })
  const scope: Scope<Bounded> = scopeOf(instance, arithmetic)
  let reverse: Reverse<Bounded> | null = null

  const run: BoundedNet['run'] = inputs => {
    let trouble: Trouble | null = null
    kind = null
    const wires = evaluateNet(diagram, inputs, scope, (node, value) => {
      if (node.kind === 'input' && value.some(v => isKnown(v) && isSubnormal(v))) kind ??= 'underflow'
      if (kind !== null && trouble === null) trouble = { kind, node: node.id }
      return value
    })
    return { wires, trouble }
  }

  const tighten: BoundedNet['tighten'] = (inputs, ids = outputsOf(diagram).map(o => o.id)) => {
    const all = [...inputs.values()].flat()
    if (!all.every(isKnown)) return null
    // The computed values, each from computed ones, and the rounding at each node.
    const rounding = new Map<NodeId, number[]>()
    const collapse = (node: Node, value: readonly Bounded[]): readonly Bounded[] => {
      if (!value.every(isKnown)) return value
      rounding.set(node.id, value.map(radius))
      return value.map(v => ({ low: middle(v), high: middle(v) }))
    }
    kind = null
    jumped = false
    const computed = evaluateNet(diagram, inputs, scope, collapse)
    if (kind !== null || rounding.size < computed.size) return null
    // Sets that hold the values that arise when any part of the rounding happens.
    const widen = (node: Node, value: readonly Bounded[]): readonly Bounded[] => {
      const errors = rounding.get(node.id) as number[]
      const at = computed.get(node.id) as readonly DoubleInterval[]
      return value.map((v, i) => {
        if (!isKnown(v)) return v
        const error = errors[i] * (1 + 2 ** -50)
        return { low: Math.min(v.low - error, at[i].low), high: Math.max(v.high + error, at[i].high) }
      })
    }
    const sets = evaluateNet(diagram, inputs, scope, (node, value) => outward(widen(node, value)))
    if (kind !== null || jumped) return null
    try {
      reverse ??= reverseNet(diagram, scope, { weights: false, isZero })
      const result: DoubleInterval[] = []
      let isSharp = true
      for (const id of ids) {
        const components = computed.get(id) as readonly DoubleInterval[]
        for (let i = 0; i < components.length; i++) {
          const seed = components.map((_, k): Bounded => ({ low: k === i ? 1 : 0, high: k === i ? 1 : 0 }))
          const seeds = new Map([[id, seed]])
          const bound = sensitivity(reverse(sets, seeds).wires, rounding)
          if (!(bound <= SHARP * sensitivity(reverse(computed, seeds).wires, rounding))) isSharp = false
          const set = (sets.get(id) as readonly DoubleInterval[])[i]
          const at = components[i].low
          const [low, high] = [at - bound * (1 + 2 ** -50), at + bound * (1 + 2 ** -50)]
          if (Number.isNaN(low) || Number.isNaN(high)) return null
          result.push({ low: Math.max(set.low, previous(low)), high: Math.min(set.high, next(high)) })
        }
      }
      return { components: result, isSharp }
    } catch (error) {
      if (error instanceof TypeError || error instanceof TooLarge) return null
      throw error
    } finally {
      kind = null
      jumped = false
    }
  }
  return { diagram, run, tighten }
}

const next = (x: number): number => x + (Math.abs(x) * 2 ** -52 + Number.MIN_VALUE)
const previous = (x: number): number => x - (Math.abs(x) * 2 ** -52 + Number.MIN_VALUE)

function outward(value: readonly Bounded[]): readonly Bounded[] {
  return value.map(v => (isKnown(v) && v.low !== v.high ? { low: previous(v.low), high: next(v.high) } : v))
}

/** The sum over all nodes of the largest derivative times the rounding; Infinity where a derivative is not known. */
function sensitivity(
  derivatives: ReadonlyMap<NodeId, readonly Bounded[]>,
  rounding: ReadonlyMap<NodeId, readonly number[]>,
): number {
  let sum = 0
  let terms = 0
  for (const [id, values] of derivatives) {
    const errors = rounding.get(id)
    if (errors === undefined) continue
    values.forEach((d, i) => {
      if (errors[i] === 0) return
      sum += isKnown(d) ? Math.max(Math.abs(d.low), Math.abs(d.high)) * errors[i] : Infinity
      terms++
    })
  }
  return sum * (1 + (terms + 2) * 2 ** -52)
}
