// Scenes of nets, of equations, of derivations of rules, and of several pictures one below the other. Derivations of nets are
// drawn in `stages.ts`.
import type { Diagram } from '../diagram/diagram.ts'
import { cleanText, cutText } from './label.ts'
import { drawNet, type NetOptions, type NetPicture } from './net.ts'
import {
  arrow,
  CAPTION_LINE,
  captionGroup,
  captionsOf,
  EQUALS,
  emptyNet,
  equals,
  heading,
  MARGIN,
  note,
  notesOf,
  place,
  type Relation,
  SIGNS,
  STAGE_GAP,
  widthOf,
  withNotes,
} from './parts.ts'
import { type Group, greatest, moveGroup, type Scene } from './scene.ts'

export interface Equation {
  readonly left: Diagram
  readonly right: Diagram
  readonly relation?: Relation
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

/** Up to this width the two sides of an equation stand side by side. */
const EQUATION_WIDTH = 1500

export async function diagramScene(diagram: Diagram, title?: string, options: NetOptions = {}): Promise<Scene> {
  const picture = await drawNet(diagram, options)
  const head = heading(title ?? '', picture.width)
  const empty = diagram.nodes.length === 0
  const scene: Scene = {
    width: Math.max(picture.width, head.width, empty ? 100 : 0) + 2 * MARGIN,
    height: picture.bottom - picture.top + head.height + (empty ? 24 : 0) + 2 * MARGIN,
    title: cleanText(cutText(title ?? diagram.name, 200)) || 'net',
    description: cleanText(picture.description) + note([picture]),
    groups: [
      ...head.group,
      ...(empty ? [emptyNet(MARGIN + head.height + 18)] : place(picture, MARGIN, MARGIN + head.height - picture.top)),
    ],
  }
  return withNotes(scene, picture.notes)
}

export async function equationScene(
  { left, right, relation }: Equation,
  title?: string,
  options: NetOptions = {},
): Promise<Scene> {
  const first = await drawNet(left, { ...options, prefix: 'left-' })
  const second = await drawNet(right, { ...options, prefix: 'right-' })
  const head = heading(title ?? '', first.width + second.width)
  const between = EQUALS.width + 2 * EQUALS.margin
  const top = MARGIN + head.height
  const said = {
    title: cleanText(cutText(title ?? `${left.name} ${SIGNS[relation ?? 'equal']} ${right.name}`, 200)),
    description: cleanText(`Left: ${first.description}. Right: ${second.description}.`) + note([first, second]),
  }
  if (first.width + between + second.width <= EQUATION_WIDTH) {
    const axis = top - Math.min(first.top, second.top)
    const scene: Scene = {
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
    return withNotes(scene, notesOf([first, second]))
  }
  const x = MARGIN + EQUALS.width + EQUALS.margin
  const axis = top - first.top
  const below = axis + first.bottom + STAGE_GAP - second.top
  const scene: Scene = {
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
  return withNotes(scene, notesOf([first, second]))
}

/** Equations one below the other, both sides in columns, as the post derives its companion rule. */
export async function linesScene({ title, lines }: EquationDerivation, options: NetOptions = {}): Promise<Scene> {
  const pictures: { left: NetPicture; right: NetPicture }[] = []
  for (const [i, line] of lines.entries()) {
    const above = pictures[i - 1]
    pictures.push({
      left: await drawNet(line.left, { ...options, prefix: `s${i + 1}-left-`, previous: above?.left.positions }),
      right: await drawNet(line.right, { ...options, prefix: `s${i + 1}-right-`, previous: above?.right.positions }),
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
  const drawn = pictures.flatMap(p => [p.left, p.right])
  const scene: Scene = {
    width: Math.max(rightStart + rightWidth, MARGIN + head.width) + MARGIN,
    height: Math.max(y - STAGE_GAP, MARGIN + head.height) + MARGIN,
    title: cleanText(cutText(title ?? 'derivation', 200)) || 'derivation',
    description: cleanText(said.join(' ')) + note(drawn),
    groups,
  }
  return withNotes(scene, notesOf(drawn))
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
