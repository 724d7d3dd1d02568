// Products of matrices that stand in one array of numbers, by blocks.
import type { Numbers } from './pointwise.ts'

export type KernelName = 'wasm-simd-fma' | 'wasm-simd' | 'javascript'

export interface Matrices {
  readonly name: KernelName
  /**
   * result (m x n) = left (m x k) * right (k x n), plus what stands there (`add`), plus the row at `bias` (-1: none), and
   * then relu. Places are indices; the strides say how far it is to the next row and the next column.
   */
  multiply(
    m: number,
    n: number,
    k: number,
    left: number,
    leftRow: number,
    leftColumn: number,
    right: number,
    rightRow: number,
    rightColumn: number,
    result: number,
    resultRow: number,
    add: boolean,
    bias: number,
    relu: boolean,
  ): void
}

/** One component after the other: for small matrices nothing is faster. */
export function plainMatrices(data: Numbers): Matrices {
  return {
    name: 'javascript',
    multiply(m, n, k, left, leftRow, leftColumn, right, rightRow, rightColumn, result, resultRow, add, bias, relu) {
      for (let i = 0; i < m; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0
          for (let p = 0; p < k; p++) {
            sum += data[left + i * leftRow + p * leftColumn] * data[right + p * rightRow + j * rightColumn]
          }
          if (bias >= 0) sum += data[bias + j]
          const at = result + i * resultRow + j
          if (add) sum += data[at]
          data[at] = relu ? Math.max(sum, 0) : sum
        }
      }
    },
  }
}
