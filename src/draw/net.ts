// The picture of one net: layout, then the shapes of nodes and of the wires between them.
import { type Diagram, isOpenEnd, type Node, type NodeId } from '../diagram/diagram.ts'
import { ELK_LIMIT, placeRowsByElk } from './elk.ts'
import { dots } from './glyph.ts'
import { cleanText, cutText } from './label.ts'
import {
  crossings,
  inletOf,
  type Layout,
  outletOf,
  type Place,
  type Positions,
  placeColumns,
  placeRows,
  placesOf,
  positionsOf,
} from './layout.ts'
import { type Figure, type Group, moveFigure, type WireRun } from './scene.ts'

/** The shapes of a net in coordinates of its own: the left edge of the first column at x = 0. */
export interface NetPicture {
  readonly groups: readonly Group[]
  readonly width: number
  readonly top: number
  readonly bottom: number
  readonly positions: Positions
  readonly note: string | null
  /** What the picture shows, in words. */
  readonly description: string
}

/** Descriptions name so many nodes. */
const MAX_SAID = 40
const NOWHERE: Positions = new Map()

/** Lays out and draws a net. `prefix` begins the ids of its groups; `previous` keeps nodes where they were. */
export async function drawNet(
  diagram: Diagram,
  prefix: string,
  previous: Positions = NOWHERE,
  highlight: readonly NodeId[] = [],
): Promise<NetPicture> {
  const layout = await layoutOf(diagram, previous)
  const wires: Group[] = []
  const nodes: Group[] = []
  const halos: Group[] = []
  const titles = new Map<NodeId, string>()
  const marked = new Set(highlight)
  layout.columns.forEach((column, c) => {
    for (const place of column) {
      wires.push(...wiresOf(layout, place, c, prefix))
      if (place.node === null) {
        const y = place.glyph.outputs.map(h => place.y + h)
        const [from, to] = [layout.left[c], layout.left[c] + layout.widths[c]]
        const runs = y.map((h): WireRun => ({ from: [from, h], to: [to, h], bend: [from, to] }))
        wires.push({
          id: `${prefix}n${place.id}-column${c}`,
          class: 'pass',
          title: '',
          figures: [{ kind: 'wires', class: 'wire', runs }],
        })
        continue
      }
      const { glyph } = place
      titles.set(place.id, cutText(glyph.title, 200))
      nodes.push({
        id: `${prefix}n${place.id}`,
        class: glyph.class,
        title: cleanText(cutText(`n${place.id}: ${glyph.title}`, 400)),
        figures: glyph.figures.map((f): Figure => moveFigure(f, place.x, place.y)),
      })
      if (marked.has(place.id)) {
        halos.push({
          id: `${prefix}n${place.id}-highlight`,
          class: 'highlight',
          title: '',
          figures: [
            {
              kind: 'box',
              class: 'halo',
              corner: [place.x - 6, place.y + glyph.top - 6],
              width: glyph.width + 12,
              height: glyph.bottom - glyph.top + 12,
              radius: 12,
            },
          ],
        })
      }
    }
  })
  return {
    groups: [...halos, ...wires, ...nodes],
    width: layout.width,
    top: layout.top,
    bottom: layout.bottom,
    positions: positionsOf(layout),
    note: layout.note,
    description: describe(diagram, titles),
  }
}

function arrange(diagram: Diagram, previous: Positions): { columns: Place[][]; far: boolean } {
  const { columns, far } = placesOf(diagram)
  placeRows(columns, previous, diagram.names)
  return { columns, far }
}

async function layoutOf(diagram: Diagram, previous: Positions): Promise<Layout> {
  const arranged = arrange(diagram, previous)
  let { columns } = arranged
  let note = arranged.far ? 'Wires that pass many columns run straight behind the nodes.' : null
  if (columns.every(c => c.length <= 1)) return placeColumns(columns, previous, note)

  let keepOrder = columns.some(c => c.some(p => p.node !== null && previous.has(p.id)))
  if (keepOrder) {
    // The order of the picture before is not worth wires that cross more than they must.
    const fresh = arrange(diagram, NOWHERE).columns
    keepOrder = crossings(columns) <= crossings(fresh)
    if (!keepOrder) columns = fresh
  }
  const places = columns.reduce((n, c) => n + c.length, 0)
  if (places > ELK_LIMIT || !(await placeRowsByElk(columns, keepOrder))) {
    note = [`Laid out by a simpler method, for it has ${places} places.`, ...(note === null ? [] : [note])].join(' ')
  }
  return placeColumns(columns, previous, note)
}

/** The wires into a place, one group for each argument. They turn between its column and the one before. */
function wiresOf(layout: Layout, place: Place, c: number, prefix: string): Group[] {
  return place.sources.map((source, k): Group => {
    const { glyph } = source
    // Passing wires reach over the whole width of their column.
    const start =
      source.node === null ? layout.left[source.column] + layout.widths[source.column] : source.x + glyph.width
    const end = place.node === null ? layout.left[c] : place.x
    const bend = [layout.left[source.column] + layout.widths[source.column], layout.left[c]] as const
    const inlets = place.glyph.inputs[k]
    const runs = glyph.outputs.map((y, i): WireRun => {
      const [from, to] = [source.y + y, place.y + inlets[i]]
      const [left, right] = openEnds(source.node, place.node, start, end, Math.abs(from - to) < 0.5)
      return { from: [left, from], to: [right, to], bend }
    })
    const figures: Figure[] = [{ kind: 'wires', class: 'wire', runs }]
    // What is left out is said once on the way, here where neither end does it.
    if (!glyph.dotted.outputs && !place.glyph.dotted.inputs) {
      const height = (source.y + outletOf(source) + place.y + inletOf(place, k)) / 2
      figures.push(...dots((bend[0] + bend[1]) / 2, glyph.strands, 44).map(f => moveFigure(f, 0, height)))
    }
    const id = `${prefix}n${source.id}-n${place.id}-${place.node === null ? `column${c}-in` : k}`
    return { id, class: 'wire', title: '', figures }
  })
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

/** The net in words: its operations in order, cut where there are many. */
function describe(diagram: Diagram, titles: ReadonlyMap<NodeId, string>): string {
  const said = diagram.nodes.slice(0, MAX_SAID).map(node => {
    const reads =
      node.args.length === 0
        ? ''
        : ` of ${node.args
            .slice(0, MAX_SAID)
            .map(a => `n${a}`)
            .join(', ')}`
    return `n${node.id}: ${titles.get(node.id)}${reads}`
  })
  const left = diagram.nodes.length - said.length
  return [...said, ...(left > 0 ? [`and ${left} more nodes`] : [])].join('; ')
}
