// What each operation does with numbers. A step closes over the places of its values.
import { binary } from '../scalar/evaluate.ts'
import type { Matrices } from './matrices.ts'
import { type Loop, loopOf, type Numbers } from './pointwise.ts'
import type { Operation, PowerOperation, Value } from './program.ts'

/** Does an operation for so many samples. */
export type Step = (samples: number) => void

export interface Surroundings {
  readonly data: Numbers
  readonly precision: 'float64' | 'float32'
  readonly generate: boolean
  readonly matrices: Matrices
  place(value: Value): number
}

export const power = binary['^'] as (x: number, a: number) => number

/** The number of rows of a value, for so many samples. */
export function rowsOf(value: Value, samples: number): number {
  return value.once ? value.rows : value.rows * samples
}

/** From one row of an arg to that for the next row of `out`: 0 where one row stands for all. */
export function strideOf(arg: Value, out: Value): number {
  return arg.once && !out.once ? 0 : arg.width
}

/** Whether an arg's only row is used for every row of `out`. */
export function isRow(arg: Value, out: Value): boolean {
  return arg.once && (!out.once || arg.rows < out.rows)
}

/** null for an operation that has nothing to do. */
export function forwardStep(operation: Operation, surroundings: Surroundings): Step | null {
  const { data, matrices, place } = surroundings
  switch (operation.kind) {
    case 'input':
    case 'weight':
    case 'row':
    case 'output':
      return null
    case 'table': {
      const { out, entry } = operation
      const at = place(out)
      return () => {
        for (let i = 0; i < out.rows; i++)
          for (let j = 0; j < out.width; j++) data[at + i * out.width + j] = entry(i, j)
      }
    }
    case 'matrix': {
      const { of, matrix, transposed, bias, relu, out } = operation
      const [x, w, y, b] = [place(of), place(matrix), place(out), bias === null ? -1 : place(bias)]
      const [n, k] = [out.width, of.width]
      const [rightRow, rightColumn] = transposed ? [n, 1] : [1, k]
      return samples =>
        matrices.multiply(rowsOf(out, samples), n, k, x, k, 1, w, rightRow, rightColumn, y, n, false, b, relu)
    }
    case 'pointwise': {
      const { fn, args, out } = operation
      const shape = {
        args: args.map(arg => (isRow(arg, out) ? ('row' as const) : ('rows' as const))),
        results: [{ value: fn, into: 'rows' as const, accumulate: false }],
        weighted: false,
      }
      const places = [...args, out].map(place)
      const loop: Loop = loopOf(shape, surroundings.precision, surroundings.generate)
      return samples => loop(data, rowsOf(out, samples), out.width, places)
    }
    case 'total': {
      const { of, factor, out } = operation
      const [x, y] = [place(of), place(out)]
      return samples => {
        for (let r = 0; r < rowsOf(out, samples); r++) {
          let sum = 0
          for (let j = 0; j < of.width; j++) sum += factor * data[x + r * of.width + j]
          data.fill(sum, y + r * out.width, y + (r + 1) * out.width)
        }
      }
    }
    case 'slice': {
      const { of, start, out } = operation
      const [x, y] = [place(of) + start, place(out)]
      return samples => {
        for (let r = 0; r < rowsOf(out, samples); r++)
          for (let j = 0; j < out.width; j++) data[y + r * out.width + j] = data[x + r * of.width + j]
      }
    }
    case 'join': {
      const { parts, out } = operation
      const y = place(out)
      const sources = parts.map(({ of, start }) => ({
        x: place(of),
        start,
        width: of.width,
        stride: strideOf(of, out),
      }))
      const hasGaps = parts.reduce((sum, part) => sum + part.of.width, 0) < out.width
      return samples => {
        const rows = rowsOf(out, samples)
        if (hasGaps) data.fill(0, y, y + rows * out.width)
        for (const { x, start, width, stride } of sources) {
          for (let r = 0; r < rows; r++)
            for (let j = 0; j < width; j++) data[y + r * out.width + start + j] = data[x + r * stride + j]
        }
      }
    }
    case 'reduce': {
      const { of, operation: which, group, out } = operation
      const [x, y] = [place(of), place(out)]
      const better = which === 'max' ? Math.max : Math.min
      return samples => {
        const total = rowsOf(out, samples) * out.width
        for (let i = 0; i < total; i++) {
          let best = data[x + i * group]
          for (let j = 1; j < group; j++) best = better(best, data[x + i * group + j])
          data[y + i] = best
        }
      }
    }
    case 'softmax': {
      const { of, logarithm, out } = operation
      const [x, y] = [place(of), place(out)]
      return samples => softmax(data, rowsOf(out, samples), out.width, x, y, logarithm)
    }
    case 'power':
      return powerStep(operation, surroundings)
  }
}

/** exp(x_i - m) / sum_j exp(x_j - m) for the largest x as m, or its logarithm. */
function softmax(data: Numbers, rows: number, width: number, x: number, y: number, logarithm: boolean): void {
  for (let r = 0; r < rows; r++) {
    const [from, to] = [x + r * width, y + r * width]
    let largest = data[from]
    for (let j = 1; j < width; j++) largest = Math.max(largest, data[from + j])
    let total = 0
    for (let j = 0; j < width; j++) {
      const shifted = data[from + j] - largest
      const e = Math.exp(shifted)
      total += e
      data[to + j] = logarithm ? shifted : e
    }
    const logTotal = Math.log(total)
    for (let j = 0; j < width; j++) data[to + j] = logarithm ? data[to + j] - logTotal : data[to + j] / total
  }
}

function powerStep(operation: PowerOperation, { data, place }: Surroundings): Step {
  const { of, exponents, transposed, bias, out } = operation
  const [x, w, y, b] = [place(of), place(exponents), place(out), bias === null ? -1 : place(bias)]
  const [n, k] = [out.width, of.width]
  const [row, column] = transposed ? [1, n] : [k, 1]
  return samples => {
    for (let r = 0; r < rowsOf(out, samples); r++) {
      for (let i = 0; i < n; i++) {
        let product = power(data[x + r * k], data[w + i * row])
        for (let j = 1; j < k; j++) product *= power(data[x + r * k + j], data[w + i * row + j * column])
        if (b >= 0) product *= Math.exp(data[b + i])
        data[y + r * n + i] = product
      }
    }
  }
}
