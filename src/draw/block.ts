// Blocks of writing with known extents, to be placed beside lines: labels, matrices of numbers, and rows of them.
import type { Linear } from '../linear/linear.ts'
import { fitLabel, type Label, labelHeight, labelText, labelWidth, plain } from './label.ts'
import { operatorLabel, rationalText } from './notation.ts'
import { type Figure, moveFigure } from './scene.ts'

/** Figures with the baseline at height 0, beginning at x = 0. */
export interface Block {
  readonly width: number
  readonly above: number
  readonly below: number
  readonly figures: readonly Figure[]
}

/** A label, cut where it is wider than `limit`. */
export function labelBlock(label: Label, size: number, className: string, limit = 260): Block {
  const cut = fitLabel(label, limit / size)
  const { above, below } = labelHeight(cut)
  const width = labelWidth(cut) * size
  // Centred, so that it stays in its place where the viewer's font is narrower than ours.
  return {
    width,
    above: above * size,
    below: below * size,
    figures: [
      { kind: 'text', class: className, at: [width / 2, 0], anchor: 'middle', size, face: 'serif', label: cut },
    ],
  }
}

const MATRIX_SIZE = 14
const ROW = 17

/** Rows of numbers in square brackets, centred on the axis of a line of writing. */
export function matrixBlock(entries: readonly (readonly Label[])[], className: string): Block {
  const widths = entries[0].map((_, j) => Math.max(...entries.map(row => labelWidth(row[j]) * MATRIX_SIZE)))
  const inner = widths.reduce((a, b) => a + b, 0) + 10 * (widths.length - 1)
  const width = inner + 16
  const height = ROW * entries.length + 4
  const middle = -5
  const top = middle - height / 2
  const figures: Figure[] = [
    {
      kind: 'strokes',
      class: `bracket ${className}`,
      lines: [
        [
          [5, top],
          [1, top],
          [1, top + height],
          [5, top + height],
        ],
        [
          [width - 5, top],
          [width - 1, top],
          [width - 1, top + height],
          [width - 5, top + height],
        ],
      ],
    },
  ]
  entries.forEach((row, i) => {
    let x = 8
    row.forEach((label, j) => {
      const at = [x + widths[j], top + 2 + ROW * (i + 0.5) + 0.35 * MATRIX_SIZE] as const
      figures.push({ kind: 'text', class: className, at, anchor: 'end', size: MATRIX_SIZE, face: 'serif', label })
      x += widths[j] + 10
    })
  })
  return { width, above: -top, below: top + height, figures }
}

/** Blocks side by side on one baseline. */
export function besideBlocks(blocks: readonly Block[], gap: number): Block {
  let x = 0
  const figures: Figure[] = []
  for (const block of blocks) {
    for (const f of block.figures) figures.push(moveFigure(f, x, 0))
    x += block.width + gap
  }
  return {
    width: Math.max(x - gap, 0),
    above: Math.max(0, ...blocks.map(b => b.above)),
    below: Math.max(0, ...blocks.map(b => b.below)),
    figures,
  }
}

/** A linear operator: a small literal by its numbers, everything else by its label. */
export function operatorBlock(operator: Linear, size: number, className: string): Block {
  if (operator.kind === 'literal') {
    const rows = operator.entries.length
    const columns = operator.entries[0].length
    if (rows * columns > 1 && rows <= 4 && columns <= 4) {
      const entries = operator.entries.map(row => row.map(q => plain(rationalText(q))))
      if (entries.every(row => row.every(label => labelText(label).length <= 6))) return matrixBlock(entries, className)
    }
  }
  return labelBlock(operatorLabel(operator), size, className)
}
