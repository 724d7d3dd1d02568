// Reverse mode: what each operation does to gradients, from that of its result to those of its args. At a kink each
// takes the one-sided value that `derivative` documents: relu has 0 at 0, abs and sign have 0 at 0, floor has 0, max and
// min have the first argument's where both are equal, a choice has that of the branch taken; the largest (least) of a
// group is the first one where several are.
import { derivative } from '../scalar/derivative.ts'
import { zero } from '../scalar/expression.ts'
import { isRow, power, rowsOf, type Step, type Surroundings, strideOf } from './forward.ts'
import { loopOf } from './pointwise.ts'
import { type Operation, type PowerOperation, readsOf, type Value } from './program.ts'

export interface ReverseSurroundings extends Surroundings {
  /** The place of a value's gradient; -1 where it needs none. */
  gradient(value: Value): number
  /**
   * Whether this operation adds to the gradient of a value (because something is there: always so for what is there
   * once), or writes it; the second asking is about the next write.
   */
  adds(value: Value): boolean
  /** The gradients of an output, one row after the other, for the samples at hand. */
  seed(name: string): { readonly data: ArrayLike<number>; readonly start: number }
}

/** null for an operation from which nothing goes on. To be made in reverse order, for `adds` counts the writes. */
export function reverseStep(operation: Operation, surroundings: ReverseSurroundings): Step | null {
  const { data, matrices, place, gradient, adds } = surroundings
  if (readsOf(operation).every(value => gradient(value) < 0)) return null
  switch (operation.kind) {
    case 'input':
    case 'weight':
    case 'table':
    // The gradient of a column as a row stands in the same place.
    case 'row':
      return null
    case 'output': {
      const { name, of, rows } = operation
      const g = gradient(of)
      const add = adds(of)
      const [width, stride] = [of.width, of.once ? 0 : of.width]
      return samples => {
        const seed = surroundings.seed(name)
        for (let r = 0; r < rows * samples; r++) {
          for (let j = 0; j < width; j++) {
            const value = seed.data[seed.start + r * width + j]
            if (add) data[g + r * stride + j] += value
            else data[g + r * stride + j] = value
          }
        }
      }
    }
    case 'matrix': {
      const { of, matrix, transposed, bias, relu, out } = operation
      const [x, w, y] = [place(of), place(matrix), place(out)]
      const [dx, dw, dy] = [gradient(of), gradient(matrix), gradient(out)]
      const db = bias === null ? -1 : gradient(bias)
      const [n, k] = [out.width, of.width]
      const [addX, addW] = [dx >= 0 && adds(of), dw >= 0 && adds(matrix)]
      return samples => {
        const rows = rowsOf(out, samples)
        if (relu) matrices.mask(y, dy, rows * n)
        if (db >= 0) matrices.sum(dy, rows, n, db)
        if (dw >= 0) {
          if (transposed) matrices.multiply(k, n, rows, x, 1, k, dy, n, 1, dw, n, addW, -1, false)
          else matrices.multiply(n, k, rows, dy, 1, n, x, k, 1, dw, k, addW, -1, false)
        }
        if (dx >= 0) {
          const [rightRow, rightColumn] = transposed ? [1, n] : [k, 1]
          matrices.multiply(rows, k, n, dy, n, 1, w, rightRow, rightColumn, dx, k, addX, -1, false)
        }
      }
    }
    case 'pointwise': {
      const { fn, args, out } = operation
      const graded = args.map((arg, i) => ({ arg, i })).filter(({ arg }) => gradient(arg) >= 0)
      const results = graded.map(({ arg, i }) => ({
        value: derivative(fn, i),
        into: isRow(arg, out) ? ('row' as const) : ('rows' as const),
        accumulate: adds(arg),
      }))
      // What does not change a gradient that is there need not be computed.
      const kept = results.flatMap((result, k) => (result.value === zero && result.accumulate ? [] : [{ result, k }]))
      if (kept.length === 0) return null
      const shape = {
        args: args.map(arg => (isRow(arg, out) ? ('row' as const) : ('rows' as const))),
        results: kept.map(({ result }) => result),
        weighted: true,
      }
      const loop = loopOf(shape, surroundings.precision, surroundings.generate)
      const places = [...args.map(place), ...kept.map(({ k }) => gradient(graded[k].arg)), gradient(out)]
      return samples => loop(data, rowsOf(out, samples), out.width, places)
    }
    case 'total': {
      const { of, factor, out } = operation
      const [dx, dy] = [gradient(of), gradient(out)]
      const add = adds(of)
      return samples => {
        for (let r = 0; r < rowsOf(out, samples); r++) {
          let sum = 0
          for (let j = 0; j < out.width; j++) sum += factor * data[dy + r * out.width + j]
          for (let j = 0; j < of.width; j++) {
            if (add) data[dx + r * of.width + j] += sum
            else data[dx + r * of.width + j] = sum
          }
        }
      }
    }
    case 'slice': {
      const { of, start, out } = operation
      const [dx, dy] = [gradient(of), gradient(out)]
      const add = adds(of)
      return samples => {
        const rows = rowsOf(out, samples)
        if (!add) data.fill(0, dx, dx + rows * of.width)
        for (let r = 0; r < rows; r++)
          for (let j = 0; j < out.width; j++) data[dx + r * of.width + start + j] += data[dy + r * out.width + j]
      }
    }
    case 'join': {
      const { parts, out } = operation
      const dy = gradient(out)
      const targets = parts
        .filter(({ of }) => gradient(of) >= 0)
        .map(({ of, start }) => ({
          dx: gradient(of),
          start,
          width: of.width,
          stride: strideOf(of, out),
          add: adds(of),
        }))
      return samples => {
        const rows = rowsOf(out, samples)
        for (const { dx, start, width, stride, add } of targets) {
          for (let r = 0; r < rows; r++) {
            for (let j = 0; j < width; j++) {
              const value = data[dy + r * out.width + start + j]
              if (add) data[dx + r * stride + j] += value
              else data[dx + r * stride + j] = value
            }
          }
        }
      }
    }
    case 'reduce': {
      const { of, operation: which, group, out } = operation
      const [x, dx, dy] = [place(of), gradient(of), gradient(out)]
      const add = adds(of)
      return samples => {
        const total = rowsOf(out, samples) * out.width
        if (!add) data.fill(0, dx, dx + total * group)
        for (let i = 0; i < total; i++) {
          let best = i * group
          for (let j = i * group + 1; j < (i + 1) * group; j++) {
            if (which === 'max' ? data[x + j] > data[x + best] : data[x + j] < data[x + best]) best = j
          }
          data[dx + best] += data[dy + i]
        }
      }
    }
    case 'softmax': {
      const { of, logarithm, out } = operation
      const [y, dx, dy] = [place(out), gradient(of), gradient(out)]
      const add = adds(of)
      const { width } = out
      return samples => {
        for (let r = 0; r < rowsOf(out, samples); r++) {
          const [at, from, to] = [y + r * width, dy + r * width, dx + r * width]
          let sum = 0
          for (let j = 0; j < width; j++) sum += logarithm ? data[from + j] : data[from + j] * data[at + j]
          for (let j = 0; j < width; j++) {
            const value = logarithm
              ? data[from + j] - Math.exp(data[at + j]) * sum
              : data[at + j] * (data[from + j] - sum)
            if (add) data[to + j] += value
            else data[to + j] = value
          }
        }
      }
    }
    case 'power':
      return powerReverse(operation, surroundings)
  }
}

/** The derivative of x^w in x, given y = x^w times `others`, without dividing by an x that is 0. */
function slopeInBase(x: number, w: number, y: number, others: () => number): number {
  if (x !== 0) return (w * y) / x
  if (w === 1) return others()
  return w === 0 || w > 1 ? 0 : Number.NaN
}

/** The derivative of x^w in w, given y = x^w times others: there is none for x < 0, nor of 0^w at w = 0. */
function slopeInExponent(x: number, w: number, y: number): number {
  if (x > 0) return y * Math.log(x)
  return x === 0 && w > 0 ? 0 : Number.NaN
}

function powerReverse(operation: PowerOperation, { data, place, gradient, adds }: ReverseSurroundings): Step {
  const { of, exponents, transposed, bias, out } = operation
  const [x, w, y] = [place(of), place(exponents), place(out)]
  const [dx, dw, dy] = [gradient(of), gradient(exponents), gradient(out)]
  const [b, db] = bias === null ? [-1, -1] : [place(bias), gradient(bias)]
  const [n, k] = [out.width, of.width]
  const [row, column] = transposed ? [1, n] : [k, 1]
  const addX = dx >= 0 && adds(of)
  const product = (from: number, i: number, but: number): number => {
    let result = b >= 0 ? Math.exp(data[b + i]) : 1
    for (let j = 0; j < k; j++) if (j !== but) result *= power(data[from + j], data[w + i * row + j * column])
    return result
  }
  return samples => {
    const rows = rowsOf(out, samples)
    if (dx >= 0 && !addX) data.fill(0, dx, dx + rows * k)
    for (let r = 0; r < rows; r++) {
      const from = x + r * k
      for (let i = 0; i < n; i++) {
        const [value, g] = [data[y + r * n + i], data[dy + r * n + i]]
        if (db >= 0) data[db + i] += g * value
        for (let j = 0; j < k; j++) {
          const at = i * row + j * column
          const [base, exponent] = [data[from + j], data[w + at]]
          if (dx >= 0) data[dx + r * k + j] += g * slopeInBase(base, exponent, value, () => product(from, i, j))
          if (dw >= 0) data[dw + at] += g * slopeInExponent(base, exponent, value)
        }
      }
    }
  }
}
