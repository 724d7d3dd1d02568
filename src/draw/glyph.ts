// What a node looks like, as data, and what all kinds have in common. A glyph has its left edge at x = 0 and the middle of
// its rows at height 0; wires come in at its left edge and leave at its right edge. `vocabulary.ts` makes glyphs.
import type { Shape } from '../linear/size.ts'
import { fitLabel, type Label, labelWidth, plain } from './label.ts'
import { type Figure, greatest, least, type Point } from './scene.ts'
import { rowOffset, type Strands, strandOffsets, strandsOf } from './strand.ts'

export interface Glyph {
  readonly class: string
  readonly title: string
  readonly width: number
  /** The extents: `top` is negative. */
  readonly top: number
  readonly bottom: number
  /** The heights at which the strands of each argument come in. */
  readonly inputs: readonly (readonly number[])[]
  /** The heights at which its own strands leave. */
  readonly outputs: readonly number[]
  /** Which of its edges is in line with those of the other glyphs of a column. */
  readonly align: 'start' | 'middle' | 'end'
  /** What its outputs are, and whether it draws the dots itself that stand for those left out, where wires leave and come in. */
  readonly strands: Strands
  readonly dotted: { readonly outputs: boolean; readonly inputs: boolean }
  readonly figures: readonly Figure[]
}

/** What is free above the first and below the last row at least, so that rows of neighbours in a column are one pitch apart. */
export const HALF_ROW = 26
/** Who draws the dots: circles, triangles and squares do, lines leave it to the wires. */
export const SHOWS = { outputs: true, inputs: true }
export const HIDES = { outputs: false, inputs: false }
export const COUNT_SIZE = 13

/** Straight wires: what a wire looks like while it passes other nodes by. */
export function passGlyph(shape: Shape): Glyph {
  const own = strandsOf(shape)
  const offsets = strandOffsets(own)
  return {
    class: 'pass',
    title: '',
    width: 0,
    ...extents(offsets),
    inputs: [offsets],
    outputs: offsets,
    align: 'middle',
    strands: own,
    dotted: { outputs: true, inputs: false },
    figures: [],
  }
}

export function extents(rows: readonly number[]): { top: number; bottom: number } {
  return { top: least(rows) - HALF_ROW, bottom: greatest(rows) + HALF_ROW }
}

export function text(
  label: Label,
  at: Point,
  size: number,
  anchor: 'start' | 'middle' | 'end',
  className = 'name',
): Figure {
  return { kind: 'text', class: className, at, anchor, size, face: 'serif', label }
}

/** The largest font size up to `size` and down to `smallest` at which all labels have at most this width, or null. */
export function sizeFor(labels: readonly Label[], width: number, size: number, smallest: number): number | null {
  const widest = greatest(labels.map(l => labelWidth(l)))
  const fits = widest === 0 ? size : Math.min(size, Math.floor((2 * width) / widest) / 2)
  return fits >= smallest ? fits : null
}

/**
 * The dots that stand for what is left out, with the number of all components below, at most `room` wide; none where
 * `room` is null, for the last index says it.
 */
export function dots(x: number, strands: Strands, room: number | null): Figure[] {
  if (strands.dots === null) return []
  const y = rowOffset(strands, strands.dots)
  const figures: Figure[] = [-9, 0, 9].map(dy => ({ kind: 'circle', class: 'dot', center: [x, y + dy], radius: 2.2 }))
  if (room !== null) {
    const label = plain(strands.count)
    const size = sizeFor([label], room, COUNT_SIZE, 9) ?? 9
    figures.push(text(fitLabel(label, room / size), [x, y + 28], size, 'middle', 'count'))
  }
  return figures
}
