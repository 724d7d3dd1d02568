// Derivations of nets: stages one below the other with captions at the left, long ones in pages side by side; and the same
// stages as frames of one size, for one file each, for animations and for reports. What a stage shares with the one before
// stays where it was, where that costs little.
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import { cleanText, cutText, mathText, plain } from './label.ts'
import { drawNet, type NetOptions, type NetPicture } from './net.ts'
import {
  arrow,
  CAPTION_LINE,
  CAPTION_SIZE,
  captionGroup,
  captionsOf,
  EQUALS,
  equals,
  heading,
  MARGIN,
  note,
  notesOf,
  place,
  type Relation,
  SIGNS,
  STAGE_GAP,
  TITLE_SIZE,
  widthOf,
  withNotes,
} from './parts.ts'
import { type Figure, type Group, greatest, least, moveGroup, type Scene } from './scene.ts'
import { wrapText } from './words.ts'

export interface Stage {
  readonly caption: string
  readonly diagram: Diagram
  /** Nodes that are marked: what the step before this stage has made. */
  readonly highlight?: readonly NodeId[]
  /** Nodes that are outlined: the place where the next step happens. */
  readonly matched?: readonly NodeId[]
  /** Its nodes have nothing to do with those of the stage above, even where their numbers are the same. */
  readonly apart?: boolean
  /** How it stands to the stage above; equal where nothing is said. */
  readonly relation?: Relation
}
export interface Derivation {
  readonly title?: string
  readonly stages: readonly Stage[]
}
export interface StageOptions extends NetOptions {
  /** Stages one below the other, before the next page begins beside them. Default 12. */
  readonly page?: number
  /** Stages that are drawn; of more, the first ones and the last, and how many are left out. Default 200. */
  readonly most?: number
}

const PAGE = 12
const MOST = 200
const PAGE_GAP = 90

/** A stage, or how many are left out in its place. */
type Shown = { readonly stage: Stage; readonly index: number } | { readonly left: number; readonly index: number }

function shownOf(stages: readonly Stage[], most: number): Shown[] {
  const all = stages.map((stage, index) => ({ stage, index }))
  if (stages.length <= most) return all
  // At least the first and the last are drawn.
  const first = Math.max(1, most - 1)
  return [...all.slice(0, first), { left: stages.length - first - 1, index: first }, all[all.length - 1]]
}

function leftText(left: number): string {
  return `${left} more stages are left out here`
}

async function picturesOf(shown: readonly Shown[], options: StageOptions): Promise<(NetPicture | null)[]> {
  const pictures: (NetPicture | null)[] = []
  let previous: NetPicture | null = null
  for (const s of shown) {
    if ('left' in s) {
      pictures.push(null)
      continue
    }
    const { diagram, highlight, matched, apart } = s.stage
    const prefix = `s${s.index + 1}-`
    previous = await drawNet(diagram, {
      ...options,
      prefix,
      previous: apart ? undefined : previous?.positions,
      highlight,
      matched,
    })
    pictures.push(previous)
  }
  return pictures
}

function titleOf({ title, stages }: Derivation): string {
  return cleanText(cutText(title ?? stages[0]?.diagram.name ?? 'derivation', 200)) || 'derivation'
}

/** What the picture shows, in words: the first dozen stages. */
function descriptionOf(shown: readonly Shown[], pictures: readonly (NetPicture | null)[]): string {
  const said = shown.slice(0, 12).map((s, i) => {
    if ('left' in s) return `${leftText(s.left)}.`
    const sign = s.index === 0 ? '' : `${SIGNS[s.stage.relation ?? 'equal']} `
    return `${sign}${s.stage.caption}: ${pictures[i]?.description}.`
  })
  if (shown.length > 12) said.push(`And ${shown.length - 12} more stages.`)
  return cleanText(said.join(' '))
}

export async function derivationScene(derivation: Derivation, options: StageOptions = {}): Promise<Scene> {
  const { title, stages } = derivation
  const { page = PAGE, most = MOST } = options
  const shown = shownOf(stages, Math.max(2, most))
  const pictures = await picturesOf(shown, options)
  const drawn = pictures.filter(p => p !== null)
  const captions = captionsOf(shown.map(s => ('left' in s ? { caption: '' } : s.stage)))
  const captionWidth = widthOf(captions)
  const head = heading(title ?? '', captionWidth + 36 + greatest(drawn.map(p => p.width)))
  const groups: Group[] = [...head.group]
  const pages = Math.max(1, Math.ceil(shown.length / Math.max(1, page)))
  // As many on each page as the number of pages asks for.
  const perPage = Math.ceil(shown.length / pages)
  let left = 0
  let height = 0
  for (let p = 0; p < pages; p++) {
    const range = { from: p * perPage, to: Math.min(shown.length, (p + 1) * perPage) }
    const start = MARGIN + head.height + (pages === 1 ? 0 : CAPTION_LINE + 16)
    const column = columnOf(shown, pictures, captions, captionWidth, range)
    if (pages > 1) groups.push(pageGroup(p, pages, left + MARGIN, MARGIN + head.height + 18))
    for (const g of column.groups) groups.push(moveGroup(g, left, start))
    height = Math.max(height, start + column.height)
    left += column.width + (p === pages - 1 ? 0 : PAGE_GAP)
  }
  const scene: Scene = {
    width: Math.max(left, MARGIN + head.width) + MARGIN,
    height: Math.max(height, MARGIN + head.height) + MARGIN,
    title: titleOf(derivation),
    description: descriptionOf(shown, pictures) + note(drawn),
    groups,
  }
  const gap = shown.find(s => 'left' in s)
  return withNotes(scene, [
    ...notesOf(drawn),
    ...(gap === undefined ? [] : [`Of ${stages.length} stages, ${gap.left} are left out.`]),
  ])
}

function pageGroup(page: number, pages: number, x: number, y: number): Group {
  return {
    id: `page${page + 1}`,
    class: 'page',
    title: '',
    figures: [words(`page ${page + 1} of ${pages}`, x, y, 'start', 'count')],
  }
}

function words(text: string, x: number, y: number, anchor: 'start' | 'middle', className: string): Figure {
  return {
    kind: 'text',
    class: className,
    at: [x, y],
    anchor,
    size: CAPTION_SIZE * 0.8,
    face: 'sans',
    label: plain(text),
  }
}

/** The stages of one page, from height 0 down. */
function columnOf(
  shown: readonly Shown[],
  pictures: readonly (NetPicture | null)[],
  captions: readonly string[][],
  captionWidth: number,
  { from, to }: { readonly from: number; readonly to: number },
): { groups: Group[]; width: number; height: number } {
  const middle = MARGIN + captionWidth / 2
  const equalsLeft = MARGIN + captionWidth + (captionWidth === 0 ? 0 : 36)
  const netLeft = equalsLeft + (shown.length < 2 ? 0 : EQUALS.width + EQUALS.margin)
  const groups: Group[] = []
  let y = 0
  let arrowFrom: number | null = null
  for (let i = from; i < to; i++) {
    const s = shown[i]
    const picture = pictures[i]
    if ('left' in s || picture === null) {
      if ('left' in s) {
        const figures = [words(leftText(s.left), netLeft, y + CAPTION_LINE, 'start', 'count')]
        groups.push({ id: `left-out${i}`, class: 'left-out', title: '', figures })
      }
      y += CAPTION_LINE + STAGE_GAP
      arrowFrom = null
      continue
    }
    const captionHeight = captions[i].length * CAPTION_LINE
    const half = Math.max(captionHeight, picture.bottom - picture.top) / 2
    // The caption stands beside the middle of the net; rows are around the axis.
    const axis = y + half - (picture.top + picture.bottom) / 2
    const id = `s${s.index + 1}`
    if (s.index > 0) groups.push(equals(`${id}-equals`, equalsLeft, axis, s.stage.relation))
    if (captions[i].length > 0) {
      const top = y + half - captionHeight / 2
      if (arrowFrom !== null) groups.push(arrow(`${id}-arrow`, middle, arrowFrom + 8, top - 8))
      groups.push(captionGroup(`${id}-caption`, s.stage.caption, captions[i], middle, top))
      arrowFrom = top + captionHeight
    }
    for (const g of place(picture, netLeft, axis)) groups.push(g)
    y += 2 * half + STAGE_GAP
  }
  return {
    groups,
    width: netLeft + greatest(pictures.slice(from, to).map(p => p?.width ?? 0)),
    height: Math.max(0, y - STAGE_GAP),
  }
}

/** A stage as a picture of its own, of the size that all of them have: shapes that stay, stay at their place. */
export interface Frame {
  readonly scene: Scene
  readonly caption: string
  /** The position of its stage in the derivation, from 0. */
  readonly index: number
}

export async function framesOf(derivation: Derivation, options: StageOptions = {}): Promise<Frame[]> {
  const { stages } = derivation
  const shown = shownOf(stages, Math.max(2, options.most ?? MOST))
  const pictures = await picturesOf(shown, options)
  const drawn = pictures.filter(p => p !== null)
  const width = Math.max(360, greatest(drawn.map(p => p.width)))
  const [top, bottom] = [least(drawn.map(p => p.top)), greatest(drawn.map(p => p.bottom))]
  const caption = (s: Shown): string =>
    'left' in s
      ? leftText(s.left)
      : `${s.index === 0 || s.stage.caption === '' ? '' : `${SIGNS[s.stage.relation ?? 'equal']}  `}${s.stage.caption}`
  const lines = shown.map(s => wrapText(mathText(caption(s)), width / CAPTION_SIZE, 4, 'sans'))
  const head = TITLE_SIZE * 0.4 + CAPTION_LINE * Math.max(1, greatest(lines.map(l => l.length)))
  const notes = notesOf(drawn)
  return shown.map((s, i): Frame => {
    const picture = pictures[i]
    const id = `s${s.index + 1}`
    const figures = lines[i].map(
      (line, k): Figure => ({
        ...(words(line, MARGIN, MARGIN + CAPTION_LINE * (k + 0.74), 'start', 'caption') as Figure & { kind: 'text' }),
        size: CAPTION_SIZE,
      }),
    )
    const scene: Scene = {
      width: width + 2 * MARGIN,
      height: head + bottom - top + 2 * MARGIN,
      title: `${titleOf(derivation)}: ${i + 1} of ${shown.length}`,
      description:
        cleanText(`${caption(s)}: ${picture?.description ?? ''}`) + (picture === null ? '' : note([picture])),
      groups: [
        { id: `${id}-caption`, class: 'caption', title: '', figures },
        ...(picture === null ? [] : place(picture, MARGIN, MARGIN + head - top)),
      ],
    }
    return { scene: withNotes(scene, notes), caption: caption(s), index: s.index }
  })
}
