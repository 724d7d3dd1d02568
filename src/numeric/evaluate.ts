// The plain evaluator: a net on binary64 numbers. It is fast and rounded; proofs never rest on it.
import { type Diagram, inputsOf, type NodeId, outputsOf } from '../diagram/diagram.ts'
import type { Size } from '../linear/size.ts'
import { componentsIn, evaluateNet, scopeOf, sizeIn } from '../semantics/net.ts'
import { doubles } from './doubles.ts'
import {
  checkNumber,
  type EvaluationGiven,
  type EvaluationProblem,
  functionsGiven,
  own,
  Problem,
  sizesGiven,
  weightRows,
} from './given.ts'
import { unknownsOf } from './instance.ts'

export type Evaluation =
  | {
      readonly ok: true
      readonly outputs: Readonly<Record<string, Float64Array>>
      /** The first node with a component that is NaN, where the net is undefined or has overflowed; else null. */
      readonly undefinedAt: NodeId | null
    }
  | { readonly ok: false; readonly problem: EvaluationProblem }

/**
 * The outputs of a net, each in row-major order. Inputs that the net does not declare, lengths that do not fit, and
 * values that are not finite or lie outside of what is declared are problems, reported one at a time.
 */
export function evaluate(diagram: Diagram, given: EvaluationGiven): Evaluation {
  try {
    const inputs = inputsOf(diagram)
    for (const name of Object.keys(given.inputs)) {
      if (!inputs.some(input => input.name === name)) throw new Problem({ kind: 'unknown-input', name })
    }
    for (const { name } of inputs) {
      if (own(given.inputs, name) === undefined) throw new Problem({ kind: 'missing-input', name })
    }
    const unknowns = unknownsOf(diagram)
    const lengths = inputs.flatMap(({ name, shape }) =>
      shape.length === 1 ? [[shape[0], given.inputs[name].length] as const] : [],
    )
    const sizes = sizesGiven(unknowns, given, lengths)
    const size = (s: Size): number => sizeIn(s, sizes)
    const values = new Map<string, number[]>()
    for (const { name, shape, domain } of inputs) {
      const value = Array.from(given.inputs[name])
      const expected = componentsIn(shape, size)
      if (value.length !== expected) throw new Problem({ kind: 'input-length', name, expected, found: value.length })
      value.forEach((x, i) => void checkNumber(name, i, x, domain))
      values.set(name, value)
    }
    const functions = functionsGiven(unknowns, given.functions)
    const instance = { sizes, weights: new Map(), functions }
    const scope = scopeOf(instance, doubles, symbol => weightRows(symbol, given, size))
    const wires = evaluateNet(diagram, values, scope)
    const bad = [...wires].find(([, components]) => components.some(Number.isNaN))
    const outputs = outputsOf(diagram).map(({ id, name }) => [name, Float64Array.from(wires.get(id) as number[])])
    return { ok: true, outputs: Object.fromEntries(outputs), undefinedAt: bad?.[0] ?? null }
  } catch (error) {
    if (error instanceof Problem) return { ok: false, problem: error.problem }
    throw error
  }
}
