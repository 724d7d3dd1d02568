// Long nets in rows, as text is set in lines: columns of a layout are distributed over rows of about one width, and wires
// that lead from one row to the next run out at its end and come in at the beginning of the next.
import type { Layout } from './layout.ts'

/** Where the columns of a layout stand: the row of each, and how far each row is moved. */
export interface Rows {
  readonly rowOf: readonly number[]
  readonly shift: readonly (readonly [dx: number, dy: number])[]
  /** The right edge of each row before it is moved. */
  readonly ends: readonly number[]
  readonly width: number
  readonly top: number
  readonly bottom: number
}

/** How far wires run out of a row and into it. */
export const RUN_OUT = 44
const ROW_SPACE = 56

/** One row, or as many as it takes for none to be wider than `limit` (but for a column that is wider alone). */
export function rowsOf(layout: Layout, limit: number): Rows {
  const { left, widths, width, top, bottom } = layout
  if (width <= limit) return { rowOf: left.map(() => 0), shift: [[0, 0]], ends: [width], width, top, bottom }
  const rowOf: number[] = []
  const shift: [number, number][] = [[0, 0]]
  const ends: number[] = [0]
  let widest = 0
  let start = 0
  left.forEach((x, c) => {
    let row = shift.length - 1
    if (c > 0 && x + widths[c] - start > limit) {
      row++
      start = x - RUN_OUT
      shift.push([-start, row * (bottom - top + ROW_SPACE)])
      ends.push(0)
    }
    rowOf.push(row)
    ends[row] = x + widths[c]
    widest = Math.max(widest, x + widths[c] - start + (c === left.length - 1 ? 0 : RUN_OUT))
  })
  return { rowOf, shift, ends, width: widest, top, bottom: bottom + shift[shift.length - 1][1] }
}

/** The width of rows at which a net that is this long and this high becomes a picture of usual proportions. */
export function rowWidth(width: number, height: number, least: number): number {
  return Math.max(least, Math.sqrt(width * (height + ROW_SPACE) * 1.6))
}
