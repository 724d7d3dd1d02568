// Products of matrices that stand in one array of numbers. Large ones go through a kernel by blocks that stay in the
// caches, after the scheme of Goto and van de Geijn; small ones are computed number by number.
//
// Every kernel computes each number as a sum of products in some order, fused or not, so that what it gives lies within
// gamma_(k+2) (|left| |right| + |bias| + |added|) of the exact value, where gamma_n = n u / (1 - n u) and u is the unit
// roundoff of the precision (Higham, "Accuracy and Stability of Numerical Algorithms", section 3.1): two kernels differ by
// at most twice that.
import type { Numbers } from './pointwise.ts'

export type KernelName = 'wasm-simd-fma' | 'wasm-simd' | 'javascript'

/** What a kernel does with packed blocks; places are indices of numbers. */
export interface BlockKernel {
  readonly name: KernelName
  /** Columns of a panel of `packRight`. */
  readonly columns: number
  /** Pairs of rows, number beside number. */
  packLeft(from: number, row: number, column: number, rows: number, depth: number, to: number): void
  /** Panels of `columns` columns, row after row. */
  packRight(from: number, row: number, column: number, depth: number, columns: number, to: number): void
  /** The product of packed parts; `tile` is room for two rows of a panel, the rest as in `Matrices`. */
  block(
    rows: number,
    columns: number,
    depth: number,
    left: number,
    right: number,
    result: number,
    resultRow: number,
    add: boolean,
    bias: number,
    relu: boolean,
    tile: number,
  ): void
  /** One row times a matrix whose columns are contiguous, `stride` apart; null where `block` is as good. */
  readonly row:
    | ((
        left: number,
        right: number,
        stride: number,
        columns: number,
        depth: number,
        result: number,
        add: boolean,
        bias: number,
        relu: boolean,
      ) => void)
    | null
  /** As in `Matrices`. */
  mask(result: number, gradient: number, count: number): void
  sum(from: number, rows: number, columns: number, into: number): void
}

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
  /** Gradients behind relu: those whose result is not positive become 0, or NaN where that is NaN. */
  mask(result: number, gradient: number, count: number): void
  /** Adds the sums of the columns of a matrix to the row at `into`. */
  sum(from: number, rows: number, columns: number, into: number): void
}

/** Numbers of a block: a panel of `right` fits the first-level cache, a block of `left` the second-level one. */
const DEPTH = 256
const ROWS = 128
const COLUMNS = 1024
/** The widest panel of any kernel, and a tile of it. */
const WIDEST = 16
const TILE = 2 * WIDEST

/** Products with fewer multiplications are done in place. */
const SMALL = 4_096
/** As many rows are multiplied one by one. */
const FEW_ROWS = 3

/** The numbers that a kernel needs as working space, for products with at most so many columns and so deep. */
export function workspaceFor(columns: number, depth: number): number {
  const deep = Math.min(DEPTH, depth)
  const wide = Math.min(COLUMNS, Math.ceil(columns / WIDEST) * WIDEST)
  return TILE + ROWS * deep + deep * wide
}

/** `mask` and `sum` of `Matrices`, number by number. */
export function plainLoops(data: Numbers): Pick<Matrices, 'mask' | 'sum'> {
  return {
    mask(result, gradient, count) {
      for (let i = 0; i < count; i++) {
        const y = data[result + i]
        if (!(y > 0)) data[gradient + i] = y
      }
    },
    sum(from, rows, columns, into) {
      for (let r = 0; r < rows; r++) for (let j = 0; j < columns; j++) data[into + j] += data[from + r * columns + j]
    },
  }
}

/** Products by a kernel, whose working space begins at `workspace`, or in place where there is no kernel or no gain. */
export function matricesWith(data: Numbers, kernel: BlockKernel | null, workspace: number): Matrices {
  const { mask, sum } = kernel ?? plainLoops(data)
  return {
    name: kernel?.name ?? 'javascript',
    mask,
    sum,
    multiply(m, n, k, left, leftRow, leftColumn, right, rightRow, rightColumn, result, resultRow, add, bias, relu) {
      if (kernel === null || m * n * k < SMALL) {
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = bias >= 0 ? data[bias + j] : 0
            const from = left + i * leftRow
            const against = right + j * rightColumn
            for (let p = 0; p < k; p++) sum += data[from + p * leftColumn] * data[against + p * rightRow]
            const at = result + i * resultRow + j
            if (add) sum += data[at]
            data[at] = relu ? Math.max(sum, 0) : sum
          }
        }
        return
      }
      if (kernel.row !== null && m <= FEW_ROWS && leftColumn === 1 && rightRow === 1) {
        for (let i = 0; i < m; i++)
          kernel.row(left + i * leftRow, right, rightColumn, n, k, result + i * resultRow, add, bias, relu)
        return
      }
      const packedLeft = workspace + TILE
      const packedRight = packedLeft + ROWS * Math.min(DEPTH, k)
      for (let j = 0; j < n; j += COLUMNS) {
        const columns = Math.min(COLUMNS, n - j)
        for (let p = 0; p < k; p += DEPTH) {
          const depth = Math.min(DEPTH, k - p)
          const isLast = p + depth === k
          kernel.packRight(right + p * rightRow + j * rightColumn, rightRow, rightColumn, depth, columns, packedRight)
          for (let i = 0; i < m; i += ROWS) {
            const rows = Math.min(ROWS, m - i)
            kernel.packLeft(left + i * leftRow + p * leftColumn, leftRow, leftColumn, rows, depth, packedLeft)
            kernel.block(
              rows,
              columns,
              depth,
              packedLeft,
              packedRight,
              result + i * resultRow + j,
              resultRow,
              add || p > 0,
              isLast && bias >= 0 ? bias + j : -1,
              isLast && relu,
              workspace,
            )
          }
        }
      }
    },
  }
}
