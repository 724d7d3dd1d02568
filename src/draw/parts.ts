// What pictures of equations and derivations are put together from: headings, captions, arrows, signs between nets, notes.
import { cleanText, cutText, mathText, plain } from './label.ts'
import { textWidth } from './metrics.ts'
import type { NetPicture } from './net.ts'
import { type Figure, type Group, greatest, moveGroup, type Point, type Scene } from './scene.ts'
import { balanceText, wrapText } from './words.ts'

/** How two nets stand to each other: equal, shown to be different (`≠`), or neither shown (`≟`). */
export type Relation = 'equal' | 'different' | 'unknown'

export const MARGIN = 16
export const CAPTION_SIZE = 23
export const CAPTION_WIDTH = 300
export const CAPTION_LINE = 29
export const CAPTION_LINES = 10
export const TITLE_SIZE = 26
export const STAGE_GAP = 66
export const EQUALS = { width: 18, margin: 26 }
export function place(picture: NetPicture, x: number, y: number): Group[] {
  return picture.groups.map(g => moveGroup(g, x, y))
}

export const SIGNS = { equal: '=', different: '≠', unknown: '≟' } as const

/** The sign between two sides; `y` is the axis of the rows. Drawn, not written: fonts set `≠` and `≟` too small. */
export function equals(id: string, x: number, y: number, relation: Relation = 'equal'): Group {
  const { width } = EQUALS
  const lines: Point[][] = [-3.5, 3.5].map(dy => [
    [x, y + dy],
    [x + width, y + dy],
  ])
  if (relation === 'different')
    lines.push([
      [x + width * 0.28, y + 10],
      [x + width * 0.72, y - 10],
    ])
  const figures: Figure[] = [{ kind: 'strokes', class: 'equals', lines }]
  if (relation === 'unknown') {
    figures.push({
      kind: 'text',
      class: 'relation',
      at: [x + width / 2, y - 9],
      anchor: 'middle',
      size: 17,
      face: 'sans',
      label: plain('?'),
    })
  }
  return { id, class: 'equals', title: SIGNS[relation], figures }
}

/** The title above, or nothing where it is empty. */
export function heading(title: string, width: number): { group: Group[]; height: number; width: number } {
  const lines = wrapText(mathText(title), Math.max(width, 400) / TITLE_SIZE, 4, 'serif')
  if (lines.length === 0) return { group: [], height: 0, width: 0 }
  const figures = lines.map(
    (line, i): Figure => ({
      kind: 'text',
      class: 'title',
      at: [MARGIN, MARGIN + TITLE_SIZE * (0.8 + 1.3 * i)],
      anchor: 'start',
      size: TITLE_SIZE,
      face: 'serif',
      label: plain(line),
    }),
  )
  return {
    group: [{ id: 'title', class: 'title', title: '', figures }],
    height: TITLE_SIZE * 1.3 * lines.length + 20,
    width: Math.max(...lines.map(line => textWidth(line, 'serif'))) * TITLE_SIZE,
  }
}

/** What has to be said of how the nets are drawn, once each. */
export function notesOf(pictures: readonly NetPicture[]): string[] {
  return [...new Set(pictures.flatMap(p => p.notes))]
}
export function note(pictures: readonly NetPicture[]): string {
  return notesOf(pictures)
    .map(n => ` ${n}`)
    .join('')
}

const NOTE_SIZE = 14

/** The scene with what has to be said of it in a line each below. */
export function withNotes(scene: Scene, notes: readonly string[]): Scene {
  if (notes.length === 0) return scene
  const lines = notes.flatMap(n => wrapText(n, Math.max(400, scene.width - 2 * MARGIN) / NOTE_SIZE, 6, 'sans'))
  const width = greatest(lines.map(l => textWidth(l, 'sans'))) * NOTE_SIZE + 2 * MARGIN
  const figures = lines.map(
    (line, i): Figure => ({
      kind: 'text',
      class: 'count',
      at: [MARGIN, scene.height + NOTE_SIZE * (0.6 + 1.4 * i)],
      anchor: 'start',
      size: NOTE_SIZE,
      face: 'sans',
      label: plain(line),
    }),
  )
  return {
    ...scene,
    width: Math.max(scene.width, width),
    height: scene.height + NOTE_SIZE * 1.4 * lines.length + MARGIN,
    groups: [...scene.groups, { id: 'notes', class: 'notes', title: '', figures }],
  }
}

/** An empty net is a sound picture too: a line of words instead of nothing. */
export function emptyNet(y: number): Group {
  return {
    id: 'empty',
    class: 'caption',
    title: '',
    figures: [
      {
        kind: 'text',
        class: 'caption',
        at: [MARGIN, y],
        anchor: 'start',
        size: CAPTION_SIZE,
        face: 'sans',
        label: plain('no nodes'),
      },
    ],
  }
}

export function captionsOf(stages: readonly { readonly caption: string }[]): string[][] {
  return stages.map(s => balanceText(mathText(s.caption), CAPTION_WIDTH / CAPTION_SIZE, CAPTION_LINES, 'sans'))
}
export function widthOf(captions: readonly string[][]): number {
  return greatest(captions.flat().map(line => textWidth(line, 'sans') * CAPTION_SIZE))
}
/** Lines of a caption around a vertical line; where they are cut, all of it is told. */
export function captionGroup(
  id: string,
  caption: string,
  lines: readonly string[],
  middle: number,
  top: number,
): Group {
  return {
    id,
    class: 'caption',
    title: lines.at(-1)?.endsWith('…') ? cleanText(cutText(caption, 2000)) : '',
    figures: lines.map(
      (line, k): Figure => ({
        kind: 'text',
        class: 'caption',
        at: [middle, top + CAPTION_LINE * (k + 0.74)],
        anchor: 'middle',
        size: CAPTION_SIZE,
        face: 'sans',
        label: plain(line),
      }),
    ),
  }
}

export function arrow(id: string, x: number, from: number, to: number): Group {
  return {
    id,
    class: 'arrow',
    title: '',
    figures: [
      {
        kind: 'strokes',
        class: 'arrow',
        lines: [
          [
            [x, from],
            [x, Math.max(from, to - 12)],
          ],
        ],
      },
      {
        kind: 'polygon',
        class: 'arrowhead',
        points: [
          [x - 5, to - 13],
          [x + 5, to - 13],
          [x, to],
        ],
      },
    ],
  }
}
