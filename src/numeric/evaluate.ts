// The plain evaluator: a net on binary64 numbers. It is fast and rounded; proofs never rest on it.
import { type Diagram, inputsOf, type NodeId, outputsOf } from '../diagram/diagram.ts'
import type { WeightSymbol } from '../linear/linear.ts'
import type { Size } from '../linear/size.ts'
import type { Expression, FunctionSymbol } from '../scalar/expression.ts'
import { containsPoint, isReals, type Range } from '../scalar/range.ts'
import { fromDouble, toDouble } from '../scalar/rational.ts'
import { componentsIn, evaluateNet, scopeOf, sizeIn } from '../semantics/net.ts'
import { doubles } from './doubles.ts'
import { unknownsOf } from './instance.ts'

/** A matrix by rows, or the components of a vector. */
export type WeightValue = readonly ArrayLike<number>[] | ArrayLike<number>

export interface EvaluationGiven {
  /** The components of each input, in row-major order where it has several axes. */
  readonly inputs: Readonly<Record<string, ArrayLike<number>>>
  readonly weights?: Readonly<Record<string, WeightValue>>
  /** Formulas for functions that the file leaves unknown. */
  readonly functions?: Readonly<Record<string, Expression>>
  /** Unknown sizes; those that the inputs and weights determine need not be given. */
  readonly sizes?: Readonly<Record<string, number>>
}

export type EvaluationProblem =
  | { readonly kind: 'missing-input' | 'unknown-input'; readonly name: string }
  | { readonly kind: 'missing-weight' | 'missing-function' | 'missing-size'; readonly name: string }
  | { readonly kind: 'input-length'; readonly name: string; readonly expected: number; readonly found: number }
  | {
      readonly kind: 'weight-size'
      readonly name: string
      readonly expected: readonly [rows: number, columns: number]
      readonly found: readonly [rows: number, columns: number]
    }
  | { readonly kind: 'bad-size'; readonly name: string; readonly value: number }
  /** NaN or infinite. */
  | { readonly kind: 'not-finite'; readonly name: string; readonly component: number; readonly value: number }
  | {
      readonly kind: 'outside'
      readonly name: string
      readonly component: number
      readonly value: number
      readonly allowed: Range
    }

export type Evaluation =
  | {
      readonly ok: true
      readonly outputs: Readonly<Record<string, Float64Array>>
      /** The first node with a component that is NaN, where the net is undefined or has overflowed; else null. */
      readonly undefinedAt: NodeId | null
    }
  | { readonly ok: false; readonly problem: EvaluationProblem }

/** Carries a problem out of the checks below; never leaves this file. */
class Problem extends Error {
  readonly problem: EvaluationProblem
  constructor(problem: EvaluationProblem) {
    super(problem.kind)
    this.problem = problem
  }
}

function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}

function asRows(value: WeightValue): ArrayLike<number>[] {
  return Array.from(value as ArrayLike<number | ArrayLike<number>>, row => (typeof row === 'number' ? [row] : row))
}

/** Finds unknown sizes by known lengths, as long as there is an equation with one unknown left. */
function solveSizes(sizes: Map<string, number>, equations: readonly (readonly [Size, number])[]): void {
  let open = equations
  for (let found = true; found; ) {
    found = false
    open = open.filter(([size, value]) => {
      const unknown = size.terms.filter(([name]) => !sizes.has(name))
      if (unknown.length !== 1) return unknown.length > 1
      const known = size.terms.reduce((sum, [name, k]) => sum + k * (sizes.get(name) ?? 0), size.constant)
      const [name, coefficient] = unknown[0]
      const solution = (value - known) / coefficient
      // Where the lengths do not fit, the check of lengths will say so, with this size left out or wrong.
      if (Number.isInteger(solution) && solution >= 1) {
        sizes.set(name, solution)
        found = true
      }
      return false
    })
  }
}

function checkNumber(name: string, component: number, value: number, allowed: Range): void {
  if (!Number.isFinite(value)) throw new Problem({ kind: 'not-finite', name, component, value })
  if (!isReals(allowed) && !containsPoint(allowed, fromDouble(value)))
    throw new Problem({ kind: 'outside', name, component, value, allowed })
}

function weightRows(symbol: WeightSymbol, given: EvaluationGiven, size: (s: Size) => number): number[][] {
  if (symbol.value !== null) return symbol.value.map(row => row.map(toDouble))
  const value = own(given.weights, symbol.name)
  if (value === undefined) throw new Problem({ kind: 'missing-weight', name: symbol.name })
  const rows = asRows(value)
  const expected = [size(symbol.rows), size(symbol.columns)] as const
  const odd = rows.find(row => row.length !== expected[1])
  if (rows.length !== expected[0] || odd !== undefined) {
    const found = [rows.length, (odd ?? rows[0])?.length ?? 0] as const
    throw new Problem({ kind: 'weight-size', name: symbol.name, expected, found })
  }
  return rows.map((row, i) =>
    Array.from(row, (entry, j) => {
      checkNumber(symbol.name, i * row.length + j, entry, symbol.entries)
      return entry
    }),
  )
}

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
    const sizes = new Map(Object.entries(given.sizes ?? {}))
    for (const [name, value] of sizes) {
      if (!Number.isInteger(value) || value < 1) throw new Problem({ kind: 'bad-size', name, value })
    }
    solveSizes(sizes, [
      ...inputs.flatMap(({ name, shape }) =>
        shape.length === 1 ? [[shape[0], given.inputs[name].length] as const] : [],
      ),
      ...unknowns.weights.flatMap(symbol => {
        const value = own(given.weights, symbol.name)
        if (value === undefined) return []
        return [[symbol.rows, value.length] as const, [symbol.columns, asRows(value)[0]?.length ?? 0] as const]
      }),
    ])
    for (const name of unknowns.sizes) {
      if (!sizes.has(name)) throw new Problem({ kind: 'missing-size', name })
    }
    const size = (s: Size): number => sizeIn(s, sizes)
    const values = new Map<string, number[]>()
    for (const { name, shape, domain } of inputs) {
      const value = Array.from(given.inputs[name])
      const expected = componentsIn(shape, size)
      if (value.length !== expected) throw new Problem({ kind: 'input-length', name, expected, found: value.length })
      value.forEach((x, i) => void checkNumber(name, i, x, domain))
      values.set(name, value)
    }
    const functions = new Map<FunctionSymbol, Expression>()
    for (const fn of unknowns.functions) {
      const formula = own(given.functions, fn.name)
      if (formula === undefined) throw new Problem({ kind: 'missing-function', name: fn.name })
      functions.set(fn, formula)
    }
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
