// Which components of a wire are drawn: all of up to eight, else the first two and the last with dots between.
import type { Linear } from '../linear/linear.ts'
import { knownSize, type Shape, type Size } from '../linear/size.ts'
import { sizeText } from './notation.ts'

/** The most components of a wire that are drawn one by one. */
export const MAX_STRANDS = 8
/** The height from one strand to the next. */
export const PITCH = 84

export interface Strand {
  /** The text of its index, counted from 1, one part for each axis; null for the only component of a wire. */
  readonly index: string | null
  /** The index without the last axis: what additive and multiplicative layers do not mix. */
  readonly group: string
  /** The place on the last axis from 0, where it is a number. */
  readonly position: number | null
  /** The row that it takes, from 0. */
  readonly slot: number
}
export interface Strands {
  readonly list: readonly Strand[]
  /** Rows, the dots' among them. */
  readonly rows: number
  /** The row of the dots, or null where nothing is left out. */
  readonly dots: number | null
  /** How many components there are, as text. */
  readonly count: string
}

export function strandsOf(shape: Shape): Strands {
  const sizes = shape.map(knownSize)
  const count =
    shape.length === 0
      ? '1'
      : shape
          .map(sizeText)
          .map(t => (shape.length > 1 && /[ ]/.test(t) ? `(${t})` : t))
          .join('×')
  const total = sizes.reduce<number | null>((product, n) => (product === null || n === null ? null : product * n), 1)
  const strand = (index: readonly number[] | null, slot: number): Strand => {
    // null: the last component on every axis.
    const texts = shape.map((size, axis) => (index === null ? sizeText(size) : `${index[axis] + 1}`))
    const last = index === null ? sizes.at(-1) : index.at(-1)
    const position = last === undefined ? 0 : index === null ? (last === null ? null : last - 1) : last
    return { index: total === 1 ? null : texts.join(','), group: texts.slice(0, -1).join(','), position, slot }
  }
  const indexAt = (flat: number): number[] => {
    const index: number[] = []
    let rest = flat
    for (const size of sizes.slice().reverse()) {
      index.unshift(size === null ? rest : rest % size)
      rest = size === null ? 0 : Math.floor(rest / size)
    }
    return index
  }
  if (total !== null && total <= MAX_STRANDS) {
    return {
      list: Array.from({ length: total }, (_, i) => strand(indexAt(i), i)),
      rows: Math.max(total, 1),
      dots: null,
      count,
    }
  }
  return { list: [strand(indexAt(0), 0), strand(indexAt(1), 1), strand(null, 3)], rows: 4, dots: 2, count }
}

/** The height of a row, the middle of all rows being 0. */
export function rowOffset(strands: Strands, row: number): number {
  return (row - (strands.rows - 1) / 2) * PITCH
}
export function strandOffsets(strands: Strands): number[] {
  return strands.list.map(s => rowOffset(strands, s.slot))
}

/** The pairs of strands that an operator on the last axis joins with a line, as indices into both lists. */
export function operatorLines(operator: Linear, from: Strands, to: Strands): [number, number][] {
  const core = structureOf(operator)
  const pairs: [number, number][] = []
  from.list.forEach((a, i) => {
    to.list.forEach((b, j) => {
      if (a.group === b.group && joins(core, a, b)) pairs.push([i, j])
    })
  })
  return pairs
}

/** The operator without its scalar factors, which do not change what it joins. */
function structureOf(operator: Linear): Linear {
  let core = operator
  while (core.kind === 'scale') core = core.of
  return core
}

function joins(operator: Linear, from: Strand, to: Strand): boolean {
  const shifted = (a: Strand, start: Size, b: Strand): boolean => {
    const by = knownSize(start)
    return a.position === null || b.position === null || by === null
      ? a.slot === b.slot
      : a.position + by === b.position
  }
  switch (operator.kind) {
    case 'identity':
    case 'diagonal':
      return from.slot === to.slot
    case 'select':
      return shifted(to, operator.start, from)
    case 'embed':
      return shifted(from, operator.start, to)
    case 'zero':
      return false
    default:
      return true
  }
}
