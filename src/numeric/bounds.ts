// How far the outputs of a net, computed in doubles by whatever means, can be from the true ones.
import { type Diagram, inputsOf, outputsOf } from '../diagram/diagram.ts'
import { fromDouble } from '../scalar/rational.ts'
import { entriesIn } from '../semantics/contents.ts'
import type { Instance } from '../semantics/ground.ts'
import { evaluateNet, scopeOf, sizeIn } from '../semantics/net.ts'
import { isKnown } from '../semantics/partial.ts'
import { type Bounded, bounded, type DoubleInterval } from './bounded.ts'
import { boundedNet, isZero, middle, type Trouble } from './errors.ts'
import { type EvaluationGiven, functionsGiven, sizesGiven, weightRows } from './given.ts'
import { unknownsOf } from './instance.ts'
import { reverseNet } from './reverse.ts'

export interface WithBounds {
  /** By output, row-major, one sample a row: the true value is not further away. Infinity where nothing is known. */
  readonly errors: Readonly<Record<string, Float64Array>>
  /** The rows without a bound, and why; rows count from 0. */
  readonly troubles: readonly (Trouble & { readonly row: number })[]
}

/** What is given for a net as exact numbers. Throws Problem where something is missing or does not fit. */
export function exactInstance(net: Diagram, given: Omit<EvaluationGiven, 'inputs'>): Instance {
  const unknowns = unknownsOf(net)
  const sizes = sizesGiven(unknowns, given, [])
  const functions = functionsGiven(unknowns, given.functions)
  const weights = unknowns.weights.map(symbol => {
    const rows = weightRows(symbol, { inputs: {}, ...given }, s => sizeIn(s, sizes))
    return [symbol, rows.map(row => Array.from(row, fromDouble))] as const
  })
  return { sizes, weights: new Map(weights), functions }
}

/** The largest distance of a number from the members of an interval, rounded up. */
export function farthest(x: number, a: DoubleInterval): number {
  const distance = Math.max(x - a.low, a.high - x)
  return distance > 0 ? distance * (1 + 2 ** -52) : 0
}

/** Narrower bounds cost a sweep for each output component; beyond so many operations they are left out. */
const MOST_WORK = 20_000_000

/**
 * Bounds on the errors of outputs that were computed from `count` samples: rounding of every operation on the way, and of
 * weights that are no doubles, carried to the outputs. `outputs` is by name, row-major, one sample a row, as the inputs.
 * Throws Problem where something given is missing or does not fit.
 */
export function evaluateWithBounds(
  net: Diagram,
  given: EvaluationGiven,
  count: number,
  outputs: Readonly<Record<string, ArrayLike<number>>>,
): WithBounds {
  const instance = exactInstance(net, given)
  const run = boundedNet(net, instance)
  const entries = entriesIn([net], s => sizeIn(s, instance.sizes))
  const ids = outputsOf(net)
  const widths = ids.map(({ name }) => outputs[name].length / Math.max(1, count))
  const components = widths.reduce((sum, w) => sum + w, 0)
  const canTighten = count * components * (entries + net.nodes.length * components) <= MOST_WORK
  const errors = ids.map(({ name }, k) => [name, new Float64Array(count * widths[k])] as const)
  const troubles: (Trouble & { row: number })[] = []
  for (let row = 0; row < count; row++) {
    const inputs = new Map(
      Object.entries(given.inputs).map(([name, values]) => {
        const width = values.length / count
        const sample: Bounded[] = []
        for (let i = 0; i < width; i++) sample.push(bounded.rational(fromDouble(values[row * width + i])))
        return [name, sample]
      }),
    )
    const { wires, trouble } = run.run(inputs)
    const narrow = trouble === null && canTighten ? (run.tighten(inputs)?.components ?? null) : null
    if (trouble !== null) troubles.push({ ...trouble, row })
    let at = 0
    ids.forEach(({ id, name }, k) => {
      const values = wires.get(id) as readonly Bounded[]
      for (let i = 0; i < widths[k]; i++, at++) {
        const value = narrow?.[at] ?? values[i]
        const computed = outputs[name][row * widths[k] + i]
        const isUsable = trouble === null && isKnown(value)
        errors[k][1][row * widths[k] + i] = isUsable ? farthest(computed, value) : Infinity
      }
    })
  }
  return { errors: Object.fromEntries(errors), troubles }
}

export interface BoundedGradients {
  /** By input and by unknown weight, row-major: the gradient in the middle of what is known, and how far it can be off. */
  readonly inputs: Readonly<Record<string, { readonly value: Float64Array; readonly error: Float64Array }>>
  readonly weights: Readonly<Record<string, { readonly value: Float64Array; readonly error: Float64Array }>>
}

/**
 * The gradients of sum_(outputs, components) outputGradient * output at one sample, with bounds on their errors; the
 * outputs' gradients may have errors of their own. Errors are Infinity where nothing is known. Throws Problem where
 * something given is missing or does not fit.
 */
export function gradientsWithBounds(
  net: Diagram,
  given: EvaluationGiven,
  outputGradients: Readonly<Record<string, ArrayLike<number>>>,
  outputErrors: Readonly<Record<string, ArrayLike<number>>> = {},
): BoundedGradients {
  const scope = scopeOf(exactInstance(net, given), bounded)
  const point = (x: number, error = 0): Bounded =>
    error === 0 ? { low: x, high: x } : { low: x - error, high: x + error }
  const inputs = new Map(Object.entries(given.inputs).map(([name, v]) => [name, Array.from(v, x => point(x))]))
  const wires = evaluateNet(net, inputs, scope)
  const seeds = new Map(
    outputsOf(net)
      .filter(({ name }) => outputGradients[name] !== undefined)
      .map(({ id, name }) => [id, Array.from(outputGradients[name], (g, i) => point(g, outputErrors[name]?.[i]))]),
  )
  const { wires: back, weights } = reverseNet(net, scope, { isZero })(wires, seeds)
  const split = (values: readonly Bounded[]): { value: Float64Array; error: Float64Array } => {
    const value = Float64Array.from(values, v => (isKnown(v) ? middle(v) : Number.NaN))
    return { value, error: Float64Array.from(values, (v, i) => (isKnown(v) ? farthest(value[i], v) : Infinity)) }
  }
  const named = inputsOf(net).map(({ id, name }) => [name, split(back.get(id) ?? [])] as const)
  return {
    inputs: Object.fromEntries(named),
    weights: Object.fromEntries([...weights].map(([symbol, rows]) => [symbol.name, split(rows.flat())])),
  }
}
