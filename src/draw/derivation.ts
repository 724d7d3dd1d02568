// Scenes of nets, of equations and of derivations: captions at the left with arrows downward, an equals sign before each
// further stage, nets in line with the stage above.
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import { cleanText, cutText, mathText, plain } from './label.ts'
import { textWidth } from './metrics.ts'
import { drawNet, type NetPicture } from './net.ts'
import { type Figure, type Group, greatest, moveGroup, type Point, type Scene } from './scene.ts'

export interface Equation {
  readonly left: Diagram
  readonly right: Diagram
  readonly relation?: Relation
}
export interface Stage {
  readonly caption: string
  readonly diagram: Diagram
  /** Nodes that are marked: where the step before this stage happened. */
  readonly highlight?: readonly NodeId[]
  /** Its nodes have nothing to do with those of the stage above, even where their numbers are the same. */
  readonly apart?: boolean
  /** How it stands to the stage above: equal, shown to be different (`≠`), or neither shown (`≟`). */
  readonly relation?: Relation
}
export type Relation = 'equal' | 'different' | 'unknown'
export interface Derivation {
  readonly title?: string
  readonly stages: readonly Stage[]
}
/** A line of a derivation of rules: an equation, and what was done to come to it. */
export interface EquationLine {
  readonly caption: string
  readonly left: Diagram
  readonly right: Diagram
}
export interface EquationDerivation {
  readonly title?: string
  readonly lines: readonly EquationLine[]
}

export const MARGIN = 16
const CAPTION_SIZE = 23
const CAPTION_WIDTH = 300
export const CAPTION_LINE = 29
const CAPTION_LINES = 10
const TITLE_SIZE = 26
export const STAGE_GAP = 66
const EQUALS = { width: 18, margin: 26 }
/** Up to this width the two sides of an equation stand side by side. */
const EQUATION_WIDTH = 1500

/**
 * Words in lines of at most this width at font size 1: broken at spaces, after hyphens where a word alone is too wide, and
 * elsewhere only where a part of it is; what is beyond `limit` lines is cut.
 */
export function wrapText(text: string, width: number, limit: number, face: 'serif' | 'sans'): string[] {
  const lines: string[] = []
  let line = ''
  for (const part of wordParts(text, width, face)) {
    if (textWidth((line + part).trimEnd(), face) <= width) {
      line += part
      continue
    }
    if (line !== '') lines.push(line.trimEnd())
    line = ''
    for (const character of part) {
      if (line !== '' && textWidth(line + character.trimEnd(), face) > width) {
        lines.push(line)
        line = ''
      }
      line += character
    }
  }
  if (line.trimEnd() !== '') lines.push(line.trimEnd())
  if (lines.length <= limit) return lines
  return [...lines.slice(0, limit - 1), `${lines[limit - 1].slice(0, -1)}…`]
}

/** What stays together on a line: words with the space after them, or the parts between hyphens of those that are too wide. */
function wordParts(text: string, width: number, face: 'serif' | 'sans'): string[] {
  const words =
    cleanText(cutText(text, 2000))
      .trim()
      .match(/[^ ]+ ?/g) ?? []
  return words.flatMap(word =>
    textWidth(word.trimEnd(), face) <= width ? [word] : (word.match(/[^-]*-+|[^-]+$/g) ?? [word]),
  )
}

/** The same number of lines, but of nearly the same length. Parts no words for it. */
function balanceText(text: string, width: number, limit: number, face: 'serif' | 'sans'): string[] {
  let lines = wrapText(text, width, limit, face)
  const widest = greatest(wordParts(text, width, face).map(part => textWidth(part.trimEnd(), face)))
  if (lines.length < 2 || lines.length >= limit) return lines
  for (let narrower = width * 0.95; narrower >= widest; narrower *= 0.95) {
    const next = wrapText(text, narrower, limit, face)
    if (next.length > lines.length) break
    lines = next
  }
  return lines
}

function place(picture: NetPicture, x: number, y: number): Group[] {
  return picture.groups.map(g => moveGroup(g, x, y))
}

const SIGNS = { equal: '=', different: '≠', unknown: '≟' } as const

/** The sign between two sides; `y` is the axis of the rows. Drawn, not written: fonts set `≠` and `≟` too small. */
function equals(id: string, x: number, y: number, relation: Relation = 'equal'): Group {
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
function heading(title: string, width: number): { group: Group[]; height: number; width: number } {
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

function note(pictures: readonly NetPicture[]): string {
  const notes = new Set(pictures.map(p => p.note).filter(n => n !== null))
  return [...notes].map(n => ` ${n}`).join('')
}

/** An empty net is a sound picture too: a line of words instead of nothing. */
function emptyNet(y: number): Group {
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

export async function diagramScene(diagram: Diagram, title?: string): Promise<Scene> {
  const picture = await drawNet(diagram, '')
  const head = heading(title ?? '', picture.width)
  const empty = diagram.nodes.length === 0
  return {
    width: Math.max(picture.width, head.width, empty ? 100 : 0) + 2 * MARGIN,
    height: picture.bottom - picture.top + head.height + (empty ? 24 : 0) + 2 * MARGIN,
    title: cleanText(cutText(title ?? diagram.name, 200)) || 'net',
    description: cleanText(picture.description) + note([picture]),
    groups: [
      ...head.group,
      ...(empty ? [emptyNet(MARGIN + head.height + 18)] : place(picture, MARGIN, MARGIN + head.height - picture.top)),
    ],
  }
}

export async function equationScene({ left, right, relation }: Equation, title?: string): Promise<Scene> {
  const first = await drawNet(left, 'left-')
  const second = await drawNet(right, 'right-')
  const head = heading(title ?? '', first.width + second.width)
  const between = EQUALS.width + 2 * EQUALS.margin
  const top = MARGIN + head.height
  const said = {
    title: cleanText(cutText(title ?? `${left.name} ${SIGNS[relation ?? 'equal']} ${right.name}`, 200)),
    description: cleanText(`Left: ${first.description}. Right: ${second.description}.`) + note([first, second]),
  }
  if (first.width + between + second.width <= EQUATION_WIDTH) {
    const axis = top - Math.min(first.top, second.top)
    return {
      ...said,
      width: Math.max(first.width + between + second.width, head.width) + 2 * MARGIN,
      height: axis + Math.max(first.bottom, second.bottom) + MARGIN,
      groups: [
        ...head.group,
        ...place(first, MARGIN, axis),
        equals('equals', MARGIN + first.width + EQUALS.margin, axis, relation),
        ...place(second, MARGIN + first.width + between, axis),
      ],
    }
  }
  const x = MARGIN + EQUALS.width + EQUALS.margin
  const axis = top - first.top
  const below = axis + first.bottom + STAGE_GAP - second.top
  return {
    ...said,
    width: Math.max(x + Math.max(first.width, second.width), MARGIN + head.width) + MARGIN,
    height: below + second.bottom + MARGIN,
    groups: [
      ...head.group,
      ...place(first, x, axis),
      equals('equals', MARGIN, below, relation),
      ...place(second, x, below),
    ],
  }
}

/** Equations one below the other, both sides in columns, as the post derives its companion rule. */
export async function linesScene({ title, lines }: EquationDerivation): Promise<Scene> {
  const pictures: { left: NetPicture; right: NetPicture }[] = []
  for (const [i, line] of lines.entries()) {
    const above = pictures[i - 1]
    pictures.push({
      left: await drawNet(line.left, `s${i + 1}-left-`, above?.left.positions),
      right: await drawNet(line.right, `s${i + 1}-right-`, above?.right.positions),
    })
  }
  const captions = captionsOf(lines)
  const captionWidth = widthOf(captions)
  const middle = MARGIN + captionWidth / 2
  const start = MARGIN + captionWidth + 36
  const leftWidth = greatest(pictures.map(p => p.left.width))
  const equalsLeft = start + leftWidth + EQUALS.margin
  const rightStart = equalsLeft + EQUALS.width + EQUALS.margin
  const rightWidth = greatest(pictures.map(p => p.right.width))
  const head = heading(title ?? '', rightStart + rightWidth)
  const groups: Group[] = [...head.group]
  let y = MARGIN + head.height
  let arrowFrom: number | null = null
  lines.forEach((line, i) => {
    const { left, right } = pictures[i]
    const captionHeight = captions[i].length * CAPTION_LINE
    const top = Math.min(left.top, right.top)
    const bottom = Math.max(left.bottom, right.bottom)
    const half = Math.max(captionHeight, bottom - top) / 2
    const centre = y + half
    const axis = centre - (top + bottom) / 2
    const captionTop = centre - captionHeight / 2
    if (arrowFrom !== null) groups.push(arrow(`s${i + 1}-arrow`, middle, arrowFrom + 8, captionTop - 8))
    groups.push(captionGroup(`s${i + 1}-caption`, line.caption, captions[i], middle, captionTop))
    arrowFrom = captionTop + captionHeight
    for (const g of place(left, start + (leftWidth - left.width) / 2, axis)) groups.push(g)
    groups.push(equals(`s${i + 1}-equals`, equalsLeft, axis))
    for (const g of place(right, rightStart + (rightWidth - right.width) / 2, axis)) groups.push(g)
    y += 2 * half + STAGE_GAP
  })
  const said = lines
    .map((l, i) => `${l.caption}: ${pictures[i].left.description} = ${pictures[i].right.description}.`)
    .slice(0, 12)
  if (lines.length > 12) said.push(`And ${lines.length - 12} more lines.`)
  return {
    width: Math.max(rightStart + rightWidth, MARGIN + head.width) + MARGIN,
    height: Math.max(y - STAGE_GAP, MARGIN + head.height) + MARGIN,
    title: cleanText(cutText(title ?? 'derivation', 200)) || 'derivation',
    description: cleanText(said.join(' ')) + note(pictures.flatMap(p => [p.left, p.right])),
    groups,
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

/** Stages one below the other. Nets keep what they share with the stage above where it was, where that costs little. */
export async function derivationScene({ title, stages }: Derivation): Promise<Scene> {
  const pictures: NetPicture[] = []
  for (const [i, stage] of stages.entries()) {
    pictures.push(
      await drawNet(stage.diagram, `s${i + 1}-`, stage.apart ? undefined : pictures[i - 1]?.positions, stage.highlight),
    )
  }
  const captions = captionsOf(stages)
  const captionWidth = widthOf(captions)
  const middle = MARGIN + captionWidth / 2
  const equalsLeft = MARGIN + captionWidth + (captionWidth === 0 ? 0 : 36)
  const netLeft = equalsLeft + (stages.length < 2 ? 0 : EQUALS.width + EQUALS.margin)
  const widest = greatest(pictures.map(p => p.width))
  const head = heading(title ?? '', netLeft + widest)
  const groups: Group[] = [...head.group]
  let y = MARGIN + head.height
  let arrowFrom: number | null = null
  stages.forEach((stage, i) => {
    const picture = pictures[i]
    const captionHeight = captions[i].length * CAPTION_LINE
    const half = Math.max(captionHeight, picture.bottom - picture.top) / 2
    // The caption stands beside the middle of the net; rows are around the axis.
    const axis = y + half - (picture.top + picture.bottom) / 2
    const centre = y + half
    if (i > 0) groups.push(equals(`s${i + 1}-equals`, equalsLeft, axis, stage.relation))
    if (captions[i].length > 0) {
      const top = centre - captionHeight / 2
      if (arrowFrom !== null) groups.push(arrow(`s${i + 1}-arrow`, middle, arrowFrom + 8, top - 8))
      groups.push(captionGroup(`s${i + 1}-caption`, stage.caption, captions[i], middle, top))
      arrowFrom = top + captionHeight
    }
    for (const g of place(picture, netLeft, axis)) groups.push(g)
    y += 2 * half + STAGE_GAP
  })
  const said = stages
    .map((s, i) => `${i === 0 ? '' : `${SIGNS[s.relation ?? 'equal']} `}${s.caption}: ${pictures[i].description}.`)
    .slice(0, 12)
  if (stages.length > 12) said.push(`And ${stages.length - 12} more stages.`)
  return {
    width: Math.max(netLeft + widest, MARGIN + head.width) + MARGIN,
    height: Math.max(y - STAGE_GAP, MARGIN + head.height) + MARGIN,
    title: cleanText(cutText(title ?? stages[0]?.diagram.name ?? 'derivation', 200)) || 'derivation',
    description: cleanText(said.join(' ')) + note(pictures),
    groups,
  }
}

function arrow(id: string, x: number, from: number, to: number): Group {
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

/** Several pictures, one below the other. */
export function stackScenes(scenes: readonly Scene[]): Scene {
  const groups: Group[] = []
  let y = 0
  scenes.forEach((scene, i) => {
    for (const g of scene.groups) groups.push({ ...moveGroup(g, 0, y), id: `p${i + 1}-${g.id}` })
    y += scene.height + (i === scenes.length - 1 ? 0 : STAGE_GAP)
  })
  return {
    width: scenes.reduce((w, s) => Math.max(w, s.width), 2 * MARGIN),
    height: Math.max(y, 2 * MARGIN),
    title: cutText(scenes.map(s => s.title).join('; '), 200),
    description: cutText(scenes.map(s => `${s.title}: ${s.description}`).join(' '), 8000),
    groups,
  }
}
