// Tables: nets one below the other with their names at the left, or equations with their names above, each row in a frame.
import type { Diagram } from '../diagram/diagram.ts'
import { boundsOf } from './bounds.ts'
import { diagramScene, type Equation, equationScene } from './derivation.ts'
import { cleanText, cutText, mathText, plain } from './label.ts'
import { textWidth } from './metrics.ts'
import type { NetOptions } from './net.ts'
import { type Figure, type Group, greatest, moveGroup, type Point, type Scene } from './scene.ts'
import { wrapText } from './words.ts'

/** A row of a table: one net, or some equations side by side. */
export interface Row {
  readonly title: string
  readonly pictures: readonly (Diagram | Equation)[]
}
export interface Table {
  readonly title?: string
  readonly rows: readonly Row[]
}

const TITLE_SIZE = 23
const TITLE_LINE = 30
/** The widest a title at the left may be. */
const TITLE_WIDTH = 360
const EDGE = 3
const GAP = 56
const PADDING = 14

interface Cell {
  readonly row: Row
  readonly scenes: readonly Scene[]
  readonly lines: readonly string[]
  readonly width: number
  readonly height: number
}

/** Rows in frames: the title of a net at its left, the title of equations above them. */
export async function tableScene({ title, rows }: Table, options: NetOptions = {}): Promise<Scene> {
  const beside = rows.every(row => row.pictures.every(p => 'nodes' in p))
  const cells: Cell[] = []
  for (const row of rows) {
    const scenes: Scene[] = []
    for (const p of row.pictures) {
      const scene = 'nodes' in p ? diagramScene(p, undefined, options) : equationScene(p, undefined, options)
      scenes.push(close(await scene))
    }
    const width = scenes.reduce((w, s) => w + s.width, 0) + GAP * Math.max(scenes.length - 1, 0)
    const room = beside ? TITLE_WIDTH : Math.max(width - 2 * PADDING, TITLE_WIDTH)
    const lines = wrapText(mathText(row.title), room / TITLE_SIZE, 4, 'serif')
    cells.push({ row, scenes, lines, width, height: greatest(scenes.map(s => s.height)) })
  }
  const titleWidth = greatest(cells.flatMap(c => c.lines.map(l => textWidth(l, 'serif') * TITLE_SIZE)))
  const picturesWidth = greatest(cells.map(c => c.width))
  const left = beside ? EDGE + PADDING + titleWidth + 6 : EDGE
  const right = Math.max(left + picturesWidth, EDGE + titleWidth + 2 * PADDING)
  const groups: Group[] = []
  const separators: number[] = []
  let y = EDGE
  cells.forEach((cell, i) => {
    const titleHeight = cell.lines.length * TITLE_LINE
    const height = beside
      ? Math.max(cell.height, titleHeight + 2 * PADDING)
      : cell.height + (titleHeight === 0 ? 0 : titleHeight + 22)
    const top = beside ? y + (height - titleHeight) / 2 : y + 20
    const at = beside ? left - 6 : (left + right) / 2
    groups.push(titleGroup(`r${i + 1}-title`, cell.lines, at, top, beside ? 'end' : 'middle'))
    const picturesTop = beside ? y : y + height - cell.height
    // The axis of what is beside a title is in the middle of the row. Equations share the room that is left beside and between them.
    const free = (right - left - cell.width) / (cell.scenes.length + 1)
    let x = left + free
    cell.scenes.forEach((scene, k) => {
      const dy = picturesTop + (cell.height - scene.height) / 2 + (beside ? (height - cell.height) / 2 : 0)
      for (const g of scene.groups) groups.push({ ...moveGroup(g, x, dy), id: `r${i + 1}-p${k + 1}-${g.id}` })
      x += scene.width + GAP + free
    })
    y += height
    separators.push(y)
  })
  const bottom = y
  const lines: Point[][] = [
    [
      [EDGE, EDGE],
      [right, EDGE],
      [right, bottom],
      [EDGE, bottom],
      [EDGE, EDGE],
    ],
    ...separators.slice(0, -1).map((at): Point[] => [
      [EDGE, at],
      [right, at],
    ]),
  ]
  const frame: Group = {
    id: 'frame',
    class: 'frame',
    title: '',
    figures: cells.length === 0 ? [] : [{ kind: 'strokes', class: 'frame', lines }],
  }
  const names = cells.map(c => c.row.title)
  return {
    width: right + EDGE,
    height: bottom + EDGE,
    title: cleanText(cutText(title ?? names.join('; '), 200)) || 'table',
    description: cutText(
      cells.map(c => `${cleanText(c.row.title)}: ${c.scenes.map(s => s.description).join(' ')}`).join('. '),
      8000,
    ),
    groups: [frame, ...groups],
  }
}

/** The scene without what is empty around its shapes, but for a margin. */
function close(scene: Scene): Scene {
  const bounds = boundsOf(scene.groups)
  if (bounds === null) return scene
  const { left, top, right, bottom } = bounds
  return {
    ...scene,
    width: right - left + 2 * PADDING,
    height: bottom - top + 2 * PADDING,
    groups: scene.groups.map(g => moveGroup(g, PADDING - left, PADDING - top)),
  }
}

function titleGroup(id: string, lines: readonly string[], x: number, top: number, anchor: 'end' | 'middle'): Group {
  const figures = lines.map(
    (line, k): Figure => ({
      kind: 'text',
      class: 'title',
      at: [x, top + TITLE_LINE * (k + 0.5) + 0.34 * TITLE_SIZE],
      anchor,
      size: TITLE_SIZE,
      face: 'serif',
      label: plain(line),
    }),
  )
  return { id, class: 'title', title: '', figures }
}
