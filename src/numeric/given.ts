// What is given for a net's evaluation: inputs, weights, functions and sizes by name, and what can be wrong with them.
import type { WeightSymbol } from '../linear/linear.ts'
import type { Size } from '../linear/size.ts'
import type { Expression, FunctionSymbol } from '../scalar/expression.ts'
import { containsPoint, isReals, type Range } from '../scalar/range.ts'
import { fromDouble, toDouble } from '../scalar/rational.ts'
import type { Unknowns } from './instance.ts'

/** A matrix by rows or row-major, or the components of a vector. */
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

/** Carries a problem out of the checks below: `evaluate` catches it, `compile` throws it as an EvaluationError. */
export class Problem extends Error {
  readonly problem: EvaluationProblem
  constructor(problem: EvaluationProblem) {
    super(problem.kind)
    this.problem = problem
  }
}

export function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined
}

export function asRows(value: WeightValue): ArrayLike<number>[] {
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

export function checkNumber(name: string, component: number, value: number, allowed: Range): void {
  if (!Number.isFinite(value)) throw new Problem({ kind: 'not-finite', name, component, value })
  if (!isReals(allowed) && !containsPoint(allowed, fromDouble(value)))
    throw new Problem({ kind: 'outside', name, component, value, allowed })
}

/** The rows of a matrix; numbers that are as many as its entries are taken as row-major. */
function rowsFor(value: WeightValue, rows: number, columns: number): ArrayLike<number>[] {
  const isFlat = typeof value[0] === 'number' && value.length === rows * columns
  if (!isFlat) return asRows(value)
  const data = Array.from(value as ArrayLike<number>)
  return Array.from({ length: rows }, (_, i) => data.slice(i * columns, (i + 1) * columns))
}

export function weightRows(symbol: WeightSymbol, given: EvaluationGiven, size: (s: Size) => number): number[][] {
  if (symbol.value !== null) return symbol.value.map(row => row.map(toDouble))
  const value = own(given.weights, symbol.name)
  if (value === undefined) throw new Problem({ kind: 'missing-weight', name: symbol.name })
  const expected = [size(symbol.rows), size(symbol.columns)] as const
  const rows = rowsFor(value, ...expected)
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
 * The unknown sizes of a net: those given, and those that follow from the lengths of the inputs (`lengths`, pairs of a size
 * and its value) and of the weights. Throws Problem for one that is missing or no size.
 */
export function sizesGiven(
  unknowns: Unknowns,
  given: Pick<EvaluationGiven, 'sizes' | 'weights'>,
  lengths: readonly (readonly [Size, number])[],
): ReadonlyMap<string, number> {
  const sizes = new Map(Object.entries(given.sizes ?? {}))
  for (const [name, value] of sizes) {
    if (!Number.isInteger(value) || value < 1) throw new Problem({ kind: 'bad-size', name, value })
  }
  solveSizes(sizes, [
    ...lengths,
    ...unknowns.weights.flatMap(symbol => {
      const value = own(given.weights, symbol.name)
      if (value === undefined) return []
      const first = value[0]
      return [
        [symbol.rows, value.length] as const,
        [symbol.columns, typeof first === 'object' ? first.length : 1] as const,
      ]
    }),
  ])
  for (const name of unknowns.sizes) {
    if (!sizes.has(name)) throw new Problem({ kind: 'missing-size', name })
  }
  return sizes
}

/** The formulas for the unknown functions of a net. Throws Problem where one is missing. */
export function functionsGiven(
  unknowns: Unknowns,
  functions: EvaluationGiven['functions'],
): ReadonlyMap<FunctionSymbol, Expression> {
  return new Map(
    unknowns.functions.map(fn => {
      const formula = own(functions, fn.name)
      if (formula === undefined) throw new Problem({ kind: 'missing-function', name: fn.name })
      return [fn, formula]
    }),
  )
}
