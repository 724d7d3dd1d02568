// The form between diagrams and machines: operations on arrays, each after those that it needs. A linear operator is
// taken apart into them, so that weights anywhere in it have gradients by the same rules as everything else.
import type { NodeId } from '../diagram/diagram.ts'
import type { WeightSymbol } from '../linear/linear.ts'
import type { Expression } from '../scalar/expression.ts'

/**
 * An array of `rows` x `width` numbers, row-major. A value of a batch has so many rows for each sample; one that is
 * there `once` has them once for all samples: a weight, or what depends on weights alone. On wires the latter have one
 * row, which stands for every row.
 */
export interface Value {
  readonly id: number
  readonly once: boolean
  readonly rows: number
  readonly width: number
}

export type Operation =
  | { readonly kind: 'input'; readonly name: string; readonly out: Value }
  /** A weight that is unknown: its entries come with `setWeights`. */
  | { readonly kind: 'weight'; readonly symbol: WeightSymbol; readonly out: Value }
  | { readonly kind: 'table'; readonly entry: (row: number, column: number) => number; readonly out: Value }
  /** A column as a row: the same numbers in the same place. */
  | { readonly kind: 'row'; readonly of: Value; readonly out: Value }
  | MatrixOperation
  | PointwiseOperation
  /** `factor` times the sum of a row, in every column. */
  | { readonly kind: 'total'; readonly of: Value; readonly factor: number; readonly out: Value }
  | { readonly kind: 'slice'; readonly of: Value; readonly start: number; readonly out: Value }
  /** Parts of a row at their places, zeros between them. */
  | { readonly kind: 'join'; readonly parts: readonly JoinPart[]; readonly out: Value }
  | {
      readonly kind: 'reduce'
      readonly of: Value
      readonly operation: 'max' | 'min'
      readonly group: number
      readonly out: Value
    }
  | { readonly kind: 'softmax'; readonly of: Value; readonly logarithm: boolean; readonly out: Value }
  | PowerOperation
  | { readonly kind: 'output'; readonly name: string; readonly of: Value; readonly rows: number; readonly out: null }

/** out = of * matrix^T (or of * matrix where `transposed`), plus the row `bias`, and then relu where that is asked for. */
export interface MatrixOperation {
  readonly kind: 'matrix'
  readonly of: Value
  /** There once: width(out) x width(of), or the other way round. */
  readonly matrix: Value
  readonly transposed: boolean
  readonly bias: Value | null
  readonly relu: boolean
  readonly out: Value
}
/** One real function, component by component; args that have one row are used for every row of `out`. */
export interface PointwiseOperation {
  readonly kind: 'pointwise'
  readonly fn: Expression
  readonly args: readonly Value[]
  readonly out: Value
}
export interface JoinPart {
  readonly of: Value
  readonly start: number
}
/** out_i = prod_j of_j ^ exponents_ij (exponents_ji where `transposed`), times exp(bias_i). */
export interface PowerOperation {
  readonly kind: 'power'
  readonly of: Value
  readonly exponents: Value
  readonly transposed: boolean
  readonly bias: Value | null
  readonly out: Value
}

/** How a multiplicative node is computed, and why. */
export interface MultiplicativeChoice {
  readonly node: NodeId
  readonly method: 'powers' | 'logarithms'
  readonly reason: string
}

export interface Program {
  readonly operations: readonly Operation[]
  readonly choices: readonly MultiplicativeChoice[]
}

/** The values that an operation reads. */
export function readsOf(operation: Operation): readonly Value[] {
  const some = (...values: readonly (Value | null)[]): Value[] => values.filter(v => v !== null)
  switch (operation.kind) {
    case 'input':
    case 'weight':
    case 'table':
      return []
    case 'matrix':
      return some(operation.of, operation.matrix, operation.bias)
    case 'power':
      return some(operation.of, operation.exponents, operation.bias)
    case 'pointwise':
      return operation.args
    case 'join':
      return operation.parts.map(part => part.of)
    default:
      return [operation.of]
  }
}

/** The values that the gradient of an operation reads: args, or its own result. */
export function gradientReadsOf(operation: Operation): readonly Value[] {
  switch (operation.kind) {
    case 'matrix':
      return operation.relu ? [operation.of, operation.matrix, operation.out] : [operation.of, operation.matrix]
    case 'power':
      return [operation.of, operation.exponents, operation.out]
    case 'pointwise':
      return operation.args
    case 'reduce':
      return [operation.of]
    case 'softmax':
      return [operation.out]
    default:
      return []
  }
}
