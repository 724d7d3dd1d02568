// The matrix kernel in JavaScript, for hosts without WebAssembly: two rows by four columns of sums in registers.
import { type BlockKernel, plainLoops } from './matrices.ts'
import type { Numbers } from './pointwise.ts'

const COLUMNS = 4

export function javascriptKernel(data: Numbers): BlockKernel {
  return {
    name: 'javascript',
    columns: COLUMNS,
    packLeft(from, row, column, rows, depth, to) {
      let at = to
      for (let i = 0; i < rows; i += 2) {
        let first = from + i * row
        // A last row without a partner is its own: nobody reads that result.
        let second = i + 1 < rows ? first + row : first
        for (let p = 0; p < depth; p++) {
          data[at] = data[first]
          data[at + 1] = data[second]
          at += 2
          first += column
          second += column
        }
      }
    },
    packRight(from, row, column, depth, columns, to) {
      for (let j = 0; j < columns; j++) {
        let at = to + (j - (j % COLUMNS)) * depth + (j % COLUMNS)
        let source = from + j * column
        for (let p = 0; p < depth; p++) {
          data[at] = data[source]
          at += COLUMNS
          source += row
        }
      }
    },
    block(rows, columns, depth, left, right, result, resultRow, add, bias, relu, tile) {
      for (let j = 0; j < columns; j += COLUMNS) {
        const width = Math.min(COLUMNS, columns - j)
        for (let i = 0; i < rows; i += 2) {
          multiplyTile(data, left + i * depth, right + j * depth, depth, tile)
          const height = Math.min(2, rows - i)
          for (let r = 0; r < height; r++) {
            for (let c = 0; c < width; c++) {
              const at = result + (i + r) * resultRow + j + c
              let value = data[tile + r * COLUMNS + c]
              if (add) value += data[at]
              if (bias >= 0) value += data[bias + j + c]
              data[at] = relu ? Math.max(value, 0) : value
            }
          }
        }
      }
    },
    row: null,
    ...plainLoops(data),
  }
}

/** Two packed rows times four packed columns. */
function multiplyTile(data: Numbers, left: number, right: number, depth: number, tile: number): void {
  let [c00, c01, c02, c03, c10, c11, c12, c13] = [0, 0, 0, 0, 0, 0, 0, 0]
  let a = left
  let b = right
  const end = left + 2 * depth
  while (a < end) {
    const b0 = data[b]
    const b1 = data[b + 1]
    const b2 = data[b + 2]
    const b3 = data[b + 3]
    const a0 = data[a]
    c00 += a0 * b0
    c01 += a0 * b1
    c02 += a0 * b2
    c03 += a0 * b3
    const a1 = data[a + 1]
    c10 += a1 * b0
    c11 += a1 * b1
    c12 += a1 * b2
    c13 += a1 * b3
    a += 2
    b += 4
  }
  data[tile] = c00
  data[tile + 1] = c01
  data[tile + 2] = c02
  data[tile + 3] = c03
  data[tile + 4] = c10
  data[tile + 5] = c11
  data[tile + 6] = c12
  data[tile + 7] = c13
}
