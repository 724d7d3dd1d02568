// The picture of one net: layout, then the shapes of nodes and of the wires between them.
import { type Diagram, isOpenEnd, type Node, type NodeId } from '../diagram/diagram.ts'
import { describeNet } from './describe.ts'
import { ELK_LIMIT, placeRowsByElk } from './elk.ts'
import { foldParts, foldRepeated, withFolds } from './fold.ts'
import { dots } from './glyph.ts'
import { cleanText, cutText } from './label.ts'
import { layerGlyphs } from './layer.ts'
import {
  type Glyphs,
  inletOf,
  type Layout,
  outletOf,
  type Place,
  type Positions,
  placeColumns,
  placeRows,
  placesOf,
  positionsOf,
  strandGlyphs,
} from './layout.ts'
import { type Rows, RUN_OUT, rowsOf, rowWidth } from './rows.ts'
import { type Figure, type Group, moveFigure, moveGroup, type Point, type WireRun } from './scene.ts'

/** The shapes of a net in coordinates of its own: the left edge of the first column at x = 0. */
export interface NetPicture {
  readonly groups: readonly Group[]
  readonly width: number
  readonly top: number
  readonly bottom: number
  readonly positions: Positions
  /** What the reader has to know of how it is drawn, and of what is left out: a sentence each. */
  readonly notes: readonly string[]
  /** What the picture shows, in words. */
  readonly description: string
}

export interface NetOptions {
  /** Begins the ids of its groups. */
  readonly prefix?: string
  /** Keeps nodes where they were. */
  readonly previous?: Positions
  readonly highlight?: readonly NodeId[]
  /** Nodes that are outlined: where something is about to happen. */
  readonly matched?: readonly NodeId[]
  /** Every component of a wire by itself, or one box a node with its sizes. */
  readonly level?: 'wires' | 'layers'
  /** Whether repeated blocks are drawn once at the start and once at the end, with their number between. */
  readonly fold?: boolean
  /** Names of wires: what leads to one of them alone is drawn as a box with its name. */
  readonly parts?: readonly string[]
  /** The width beyond which the net goes on in a row below; null for a width that gives it usual proportions. */
  readonly wrap?: number | null
}

/** So many folded parts are said. */
const MAX_SAID = 40
const NOWHERE: Positions = new Map()
/** Up to this width a net stands in one row. */
const ONE_ROW = 3200

/** Lays out and draws a net. */
export async function drawNet(given: Diagram, options: NetOptions = {}): Promise<NetPicture> {
  const { prefix = '', previous = NOWHERE, highlight = [], matched = [], level = 'wires', wrap = null } = options
  const plainGlyphs = level === 'layers' ? layerGlyphs(given.names) : strandGlyphs(given.names)
  const named = foldParts(given, options.parts ?? [], plainGlyphs)
  const repeated = options.fold ? foldRepeated(named.diagram, withFolds(plainGlyphs, named.folds)) : null
  const { diagram } = repeated ?? named
  const folds = new Map([...named.folds, ...(repeated?.folds ?? [])])
  const glyphs = folds.size === 0 ? plainGlyphs : withFolds(plainGlyphs, folds)
  const layout = await layoutOf(diagram, previous, glyphs)
  const rows = rowsOf(layout, wrap ?? rowWidth(layout.width, layout.bottom - layout.top, ONE_ROW))
  const moved = (g: Group, c: number): Group => {
    const [dx, dy] = rows.shift[rows.rowOf[c]]
    return dx === 0 && dy === 0 ? g : moveGroup(g, dx, dy)
  }
  const wires: Group[] = []
  const nodes: Group[] = []
  const halos: Group[] = []
  const marked = new Set(highlight)
  const outlined = new Set(matched)
  const used = new Set(diagram.nodes.flatMap(n => n.args))
  layout.columns.forEach((column, c) => {
    for (const place of column) {
      for (const g of wiresOf(layout, place, c, prefix, rows)) wires.push(g)
      if (place.node === null) {
        const [dx, dy] = rows.shift[rows.rowOf[c]]
        const [from, to] = [layout.left[c] + dx, layout.left[c] + layout.widths[c] + dx]
        const runs = place.glyph.outputs.map((h): WireRun => {
          const y = place.y + h + dy
          return { from: [from, y], to: [to, y], bend: [from, to] }
        })
        const figures: Figure[] = [{ kind: 'wires', class: 'wire', runs }]
        wires.push({ id: `${prefix}n${place.id}-column${c}`, class: 'pass', title: '', figures })
        continue
      }
      const { glyph } = place
      nodes.push(
        moved(
          {
            id: `${prefix}n${place.id}`,
            class: glyph.class,
            title: cleanText(cutText(`n${place.id}: ${glyph.title}`, 400)),
            figures: (used.has(place.id) ? glyph.figures : unread(place)).map(
              (f): Figure => moveFigure(f, place.x, place.y),
            ),
          },
          c,
        ),
      )
      if (marked.has(place.id)) halos.push(moved(haloOf(place, `${prefix}n${place.id}-highlight`, 'halo'), c))
      if (outlined.has(place.id)) halos.push(moved(haloOf(place, `${prefix}n${place.id}-matched`, 'matched'), c))
    }
  })
  const notes = [
    ...(layout.note === null ? [] : [layout.note]),
    ...[...folds.values()].slice(0, MAX_SAID).map(f => `Folded: ${f.words}.`),
    ...named.kept.slice(0, MAX_SAID),
    ...(rows.shift.length === 1 ? [] : [`In ${rows.shift.length} rows, each going on in the one below.`]),
  ]
  return {
    groups: [...halos, ...wires, ...nodes],
    width: rows.width,
    top: rows.top,
    bottom: rows.bottom,
    positions: positionsOf(layout),
    notes,
    description: describeNet(given),
  }
}

function haloOf(place: Place, id: string, className: 'halo' | 'matched'): Group {
  const { glyph } = place
  return {
    id,
    class: 'highlight',
    title: '',
    figures: [
      {
        kind: 'box',
        class: className,
        corner: [place.x - 6, place.y + glyph.top - 6],
        width: glyph.width + 12,
        height: glyph.bottom - glyph.top + 12,
        radius: 12,
      },
    ],
  }
}

async function layoutOf(diagram: Diagram, previous: Positions, glyphs: Glyphs): Promise<Layout> {
  const { columns, far } = placesOf(diagram, glyphs)
  placeRows(columns, previous, glyphs)
  let note = far ? 'Wires that pass many columns run straight behind the nodes.' : null
  if (columns.every(c => c.length <= 1)) return placeColumns(columns, previous, note)

  // Neighbours that swap sides confuse more than crossings: the order of the picture before is kept.
  const keepOrder = columns.some(c => c.some(p => p.node !== null && previous.has(p.id)))
  const places = columns.reduce((n, c) => n + c.length, 0)
  if (places > ELK_LIMIT || !(await placeRowsByElk(columns, keepOrder))) {
    note = [`Laid out by a simpler method, for it has ${places} places.`, ...(note === null ? [] : [note])].join(' ')
  }
  return placeColumns(columns, previous, note)
}

/** The wires into a place, one group for each argument. They turn between its column and the one before. */
function wiresOf(layout: Layout, place: Place, c: number, prefix: string, rows: Rows): Group[] {
  return place.sources.flatMap((source, k): Group[] => {
    const { glyph } = source
    // Passing wires reach over the whole width of their column.
    const start =
      source.node === null ? layout.left[source.column] + layout.widths[source.column] : source.x + glyph.width
    const end = place.node === null ? layout.left[c] : place.x
    const id = `${prefix}n${source.id}-n${place.id}-${place.node === null ? `column${c}-in` : k}`
    const [before, row] = [rows.rowOf[source.column], rows.rowOf[c]]
    const [outlets, inlets] = [glyph.outputs, place.glyph.inputs[k]]
    if (before !== row) {
      // On to the next row: out at the end of the one, in at the beginning of the other.
      const out = rows.ends[before] + RUN_OUT
      const begin = layout.left[c] - RUN_OUT
      const [first, second] = [rows.shift[before], rows.shift[row]]
      return [
        moveGroup(
          runOut(
            `${id}-out`,
            outlets.map(y => [start, out, source.y + y]),
          ),
          first[0],
          first[1],
        ),
        moveGroup(
          level(
            `${id}-in`,
            inlets.map(y => [Math.min(begin, -second[0]), end, place.y + y]),
          ),
          second[0],
          second[1],
        ),
      ]
    }
    // Where they stand at once: large nets have tens of thousands of groups, which are not made twice.
    const [dx, dy] = rows.shift[row]
    const bend = [layout.left[source.column] + layout.widths[source.column] + dx, layout.left[c] + dx] as const
    const runs = outlets.map((y, i): WireRun => {
      const [from, to] = [source.y + y + dy, place.y + inlets[i] + dy]
      const [left, right] = openEnds(source.node, place.node, start + dx, end + dx, Math.abs(from - to) < 0.5)
      return { from: [left, from], to: [right, to], bend }
    })
    const figures: Figure[] = [{ kind: 'wires', class: 'wire', runs }]
    // What is left out is said once on the way, here where neither end does it.
    if (!glyph.dotted.outputs && !place.glyph.dotted.inputs) {
      const height = (source.y + outletOf(source) + place.y + inletOf(place, k)) / 2 + dy
      figures.push(...dots((bend[0] + bend[1]) / 2, glyph.strands, 44).map(f => moveFigure(f, 0, height)))
    }
    return [{ id, class: 'wire', title: '', figures }]
  })
}

type Level = readonly [from: number, to: number, y: number]

function level(id: string, lines: readonly Level[]): Group {
  const runs = lines.map(([from, to, y]): WireRun => ({ from: [from, y], to: [to, y], bend: [from, to] }))
  return { id, class: 'wire', title: '', figures: [{ kind: 'wires', class: 'wire', runs }] }
}
/** Wires that go on in the row below end in arrowheads. */
function runOut(id: string, lines: readonly Level[]): Group {
  const heads = lines.map(
    ([, to, y]): Figure => ({
      kind: 'polygon',
      class: 'arrowhead',
      points: [
        [to - 10, y - 4],
        [to, y],
        [to - 10, y + 4],
      ],
    }),
  )
  const group = level(
    id,
    lines.map(([from, to, y]): Level => [from, to - 8, y]),
  )
  return { ...group, figures: [...group.figures, ...heads] }
}

/** The shapes of a node that nothing reads. An open end is then a short wire, which nothing else would draw. */
function unread({ node, glyph }: Place): readonly Figure[] {
  if (node?.kind !== 'input' || !isOpenEnd(node.name)) return glyph.figures
  const lines = glyph.outputs.map((y): Point[] => [
    [glyph.width - OPEN, y],
    [glyph.width, y],
  ])
  return [{ kind: 'strokes', class: 'wire', lines }]
}

/** How long a level wire is that ends in the open, wherever the layout puts its end. */
const OPEN = 18

/** Where a wire begins and ends: one with an open end is short; one with two shows nothing but itself. */
function openEnds(from: Node | null, to: Node | null, start: number, end: number, level: boolean): [number, number] {
  const opens = from?.kind === 'input' && isOpenEnd(from.name)
  const closes = to?.kind === 'output' && isOpenEnd(to.name)
  if (!level) return [start, end]
  if (opens && closes) return [start - OPEN, end + OPEN]
  return [opens ? Math.max(start - 4, end - OPEN) : start, closes ? Math.min(end + 4, start + OPEN) : end]
}
