// Where the nodes of a net go. Nodes stand in columns, each after those it reads; a wire that passes columns by takes a
// place in each of them, so that wires turn only between columns and never run through a node. A net with one place a
// column (a chain) is placed at once; other nets are ordered by sweeps, or by elkjs (`elk.ts`).
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import type { Shape } from '../linear/size.ts'
import { type Glyph, passGlyph } from './glyph.ts'
import { greatest, least } from './scene.ts'
import { glyphOf, isSymmetric } from './vocabulary.ts'

/** The way from one column to the next where all wires are level, the least and the most where some are not. */
const GAP = 14
const MIN_TURN = 30
const MAX_TURN = 150
/** The height that is free between two things in a column: their rows are then a pitch apart. */
export const ROW_GAP = 32
/** Up to so much longer wires keep a column where it was in the picture before. */
const MAX_STRETCH = 150
/** Above so many places for passing wires, wires that pass more than `FAR` columns run straight behind the nodes. */
const MAX_PASSES = 100_000
const FAR = 40

/** A place in a column: a node's, or that of a wire (of the node `id`) which passes by. */
export interface Place {
  readonly id: NodeId
  readonly node: Node | null
  /** The shape of the wire that leaves. */
  readonly shape: Shape
  readonly column: number
  /** The places that its wires come from, one for each argument. */
  readonly sources: readonly Place[]
  glyph: Glyph
  /** The left edge, and the height of the middle of its rows. */
  x: number
  y: number
}

export interface Layout {
  readonly columns: readonly (readonly Place[])[]
  readonly left: readonly number[]
  readonly widths: readonly number[]
  readonly width: number
  readonly top: number
  readonly bottom: number
  /** What the layout had to give up, in words; null for nothing. */
  readonly note: string | null
}

/** What nodes and passing wires look like. */
export interface Glyphs {
  /** `order` has the indices of the arguments from top to bottom, for nodes whose arguments may come in any order. */
  readonly of: (node: Node, shapes: readonly Shape[], order?: readonly number[]) => Glyph
  readonly passing: (shape: Shape) => Glyph
}
/** Every component of a wire by itself. */
export function strandGlyphs(names: Diagram['names']): Glyphs {
  return { of: (node, shapes, order) => glyphOf(node, shapes, names, order), passing: passGlyph }
}

/** Where nodes were in the picture before: the middle of each, by its id, and what it was. */
export type Positions = ReadonlyMap<NodeId, { readonly x: number; readonly y: number; readonly title: string }>

/** Places the nodes in columns. Throws RangeError where a node reads one that does not come before it. */
export function placesOf(
  diagram: Diagram,
  glyphs: Glyphs = strandGlyphs(diagram.names),
): { columns: Place[][]; far: boolean } {
  const column = new Map<NodeId, number>()
  const shapes = new Map<NodeId, Shape>()
  const users = new Map<NodeId, number[]>()
  let last = 0
  for (const node of diagram.nodes) {
    let at = 0
    for (const arg of node.args) {
      const before = column.get(arg)
      if (before === undefined)
        throw new RangeError(`draw: node n${node.id} reads n${arg}, which does not come before it`)
      at = Math.max(at, before + 1)
    }
    column.set(node.id, at)
    shapes.set(node.id, node.shape)
    last = Math.max(last, at)
  }
  for (const node of diagram.nodes) if (node.kind === 'output') column.set(node.id, last)
  for (const node of diagram.nodes) {
    for (const arg of node.args) {
      const list = users.get(arg)
      if (list === undefined) users.set(arg, [column.get(node.id) as number])
      else list.push(column.get(node.id) as number)
    }
  }
  // What reads nothing stands right before its first use, but for inputs.
  for (const node of diagram.nodes) {
    const uses = users.get(node.id)
    if (node.kind !== 'input' && node.kind !== 'output' && node.args.length === 0 && uses !== undefined) {
      column.set(node.id, uses.reduce((a, b) => Math.min(a, b)) - 1)
    }
  }

  let passes = 0
  const furthest = new Map<NodeId, number>()
  for (const [id, uses] of users) {
    const end = uses.reduce((a, b) => Math.max(a, b))
    furthest.set(id, end)
    passes += Math.max(0, end - (column.get(id) as number) - 1)
  }
  const far = passes > MAX_PASSES
  const columns: Place[][] = Array.from({ length: diagram.nodes.length === 0 ? 0 : last + 1 }, () => [])
  // The place of a wire in the column before the one that reads it.
  const ways = new Map<NodeId, Place[]>()
  const byColumn: Node[][] = columns.map(() => [])
  for (const node of diagram.nodes) byColumn[column.get(node.id) as number].push(node)
  let active: Place[] = []
  for (let c = 0; c < columns.length; c++) {
    const next: Place[] = []
    for (const node of byColumn[c]) {
      const glyph = glyphs.of(
        node,
        node.args.map(a => shapes.get(a) as Shape),
      )
      const sources = node.args.map((arg): Place => {
        const way = ways.get(arg) as Place[]
        return way[Math.min(c - 1 - way[0].column, way.length - 1)]
      })
      const place: Place = { id: node.id, node, shape: node.shape, glyph, column: c, sources, x: 0, y: 0 }
      columns[c].push(place)
      ways.set(node.id, [place])
      const span = (furthest.get(node.id) ?? c) - c
      if (span > 1 && !(far && span > FAR)) next.push(place)
    }
    for (const before of active) {
      const place: Place = {
        id: before.id,
        node: null,
        shape: before.shape,
        glyph: before.node === null ? before.glyph : glyphs.passing(before.shape),
        column: c,
        sources: [before],
        x: 0,
        y: 0,
      }
      columns[c].push(place)
      const way = ways.get(before.id) as Place[]
      way.push(place)
      if ((furthest.get(before.id) as number) > c + 1) next.push(place)
    }
    active = next
  }
  return { columns, far }
}

/** The height of a bundle of strands that leaves a place, and of the one that comes in as argument k. */
export function outletOf(place: Place): number {
  return mean(place.glyph.outputs)
}
export function inletOf(place: Place, k: number): number {
  return mean(place.glyph.inputs[k])
}
function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : (values[0] + values[values.length - 1]) / 2
}

/** Gives every place a height: level wires in a chain; else columns are ordered and moved by sweeps until wires are short. */
export function placeRows(columns: readonly Place[][], previous: Positions, glyphs: Glyphs): void {
  if (columns.every(c => c.length === 1)) {
    for (const [place] of columns)
      place.y = place.sources.length === 0 ? 0 : place.sources[0].y + outletOf(place.sources[0]) - inletOf(place, 0)
    return
  }
  const users = new Map<Place, { readonly place: Place; readonly k: number }[]>()
  for (const column of columns) {
    for (const place of column) {
      place.sources.forEach((source, k) => {
        const list = users.get(source)
        if (list === undefined) users.set(source, [{ place, k }])
        else list.push({ place, k })
      })
    }
  }
  const fromSources = ({ sources, glyph }: Place): number | null => {
    if (sources.length === 0) return null
    let sum = 0
    for (let k = 0; k < sources.length; k++)
      sum += sources[k].y + mean(sources[k].glyph.outputs) - mean(glyph.inputs[k])
    return sum / sources.length
  }
  const fromUsers = (place: Place): number | null => {
    const list = users.get(place)
    if (list === undefined) return null
    let sum = 0
    for (const u of list) sum += u.place.y + inletOf(u.place, u.k)
    return sum / list.length - outletOf(place)
  }
  const both = (place: Place): number | null => {
    const [before, after] = [fromSources(place), fromUsers(place)]
    return before === null || after === null ? (before ?? after) : (before + after) / 2
  }
  stack(columns[0], place => previous.get(place.id)?.y ?? null)
  const forward = columns.slice(1)
  const backward = columns.slice(0, -1).reverse()
  for (const column of forward) stack(column, fromSources)
  orderArguments(columns, glyphs)
  for (let sweep = 0; sweep < 3; sweep++) {
    for (const column of backward) arrange(column, fromUsers, previous)
    for (const column of forward) arrange(column, fromSources, previous)
  }
  orderArguments(columns, glyphs)
  // The order stands; now heights alone, so that wires which can be level are.
  for (let sweep = 0; sweep < 4; sweep++) {
    for (const column of backward) settle(column, both)
    for (const column of forward) settle(column, fromSources)
  }
}

/** Puts the arguments of symmetric nodes in the order in which their wires come. */
export function orderArguments(columns: readonly Place[][], glyphs: Glyphs): void {
  for (const place of columns.flat()) {
    const { node, sources } = place
    if (node === null || !isSymmetric(node)) continue
    const heights = sources.map(s => s.y + outletOf(s))
    const order = sources.map((_, k) => k).sort((a, b) => heights[a] - heights[b])
    place.glyph = glyphs.of(
      node,
      sources.map(s => s.shape),
      order,
    )
  }
}

/** One below the other in the order of what is wanted, around the middle. */
function stack(column: Place[], wanted: (place: Place) => number | null): void {
  sortBy(column, place => wanted(place) ?? 0)
  settle(column, wanted)
}
/** In the order of what is wanted, but nodes of the picture before stay in their order: what is new goes between them. */
function arrange(column: Place[], wanted: (place: Place) => number | null, previous: Positions): void {
  const before = (place: Place): number | undefined => (place.node === null ? undefined : previous.get(place.id)?.y)
  const known = previous.size === 0 ? [] : column.filter(p => before(p) !== undefined)
  sortBy(known, place => before(place) as number)
  settle(known, wanted)
  const stays = new Set(known)
  sortBy(column, place => (stays.has(place) ? place.y : (wanted(place) ?? place.y)))
  settle(column, wanted)
}
function sortBy(column: Place[], key: (place: Place) => number): void {
  const keyed = column.map(place => ({ place, key: key(place) }))
  // Most columns stay as they are from sweep to sweep.
  if (keyed.every((k, i) => i === 0 || keyed[i - 1].key <= k.key)) return
  keyed.sort((a, b) => a.key - b.key)
  keyed.forEach((k, i) => {
    column[i] = k.place
  })
}

/**
 * Moves the places of a column, in their order, as near to the wanted heights as they can be without overlapping: the
 * least squares are found by merging neighbours that press on each other (pool adjacent violators).
 */
export function settle(column: readonly Place[], wanted: (place: Place) => number | null): void {
  // offset: the height of a place where it and all before it touch; only the distance beyond that is free.
  const offsets: number[] = []
  let offset = 0
  column.forEach((place, i) => {
    if (i > 0) offset += column[i - 1].glyph.bottom + ROW_GAP - place.glyph.top
    offsets.push(offset)
  })
  const middle = offset / 2
  const blocks: { sum: number; count: number; end: number }[] = []
  column.forEach((place, i) => {
    const last = {
      sum: (wanted(place) ?? (place.y === 0 ? offsets[i] - middle : place.y)) - offsets[i],
      count: 1,
      end: i,
    }
    for (let a = blocks.at(-1); a !== undefined && a.sum / a.count > last.sum / last.count; a = blocks.at(-1)) {
      last.sum += a.sum
      last.count += a.count
      blocks.pop()
    }
    blocks.push(last)
  })
  let i = 0
  for (const block of blocks) for (; i <= block.end; i++) column[i].y = block.sum / block.count + offsets[i]
}

/**
 * Gives every column its x, and the whole its extents. Columns of nodes that have not changed stay where they were where
 * that costs little; what has changed stands in the middle of the room between them.
 */
export function placeColumns(columns: readonly Place[][], previous: Positions, note: string | null): Layout {
  const widths = columns.map(column => greatest(column.map(p => p.glyph.width)))
  const within = (p: Place): number =>
    p.glyph.align === 'start' ? 0 : (widths[p.column] - p.glyph.width) / (p.glyph.align === 'end' ? 1 : 2)
  const left: number[] = []
  let x = 0
  let changed = 0
  columns.forEach((column, c) => {
    if (c > 0) x += gapBefore(column)
    const wishes = column.flatMap(p => {
      const before = p.node === null ? undefined : previous.get(p.id)
      return before === undefined || before.title !== p.glyph.title ? [] : [before.x - p.glyph.width / 2 - within(p)]
    })
    const wish = greatest(wishes)
    if (wishes.length > 0 && wish >= x && wish - x <= MAX_STRETCH) {
      for (let k = changed; k < c; k++) left[k] += (wish - x) / 2
      x = wish
      changed = c + 1
    }
    left.push(x)
    x += widths[c]
  })
  // The middle of the rows is at height 0 in a chain; elsewhere it is put there.
  const places = columns.flat()
  const [top, bottom] = [least(places.map(p => p.y + p.glyph.top)), greatest(places.map(p => p.y + p.glyph.bottom))]
  const middle = columns.every(c => c.length === 1) ? 0 : (top + bottom) / 2
  for (const p of places) {
    p.x = left[p.column] + within(p)
    p.y -= middle
  }
  return { columns, left, widths, width: x, top: top - middle, bottom: bottom - middle, note }
}

function gapBefore(column: readonly Place[]): number {
  let steepest = 0
  for (const place of column) {
    place.sources.forEach((source, k) => {
      const inlets = place.glyph.inputs[k]
      source.glyph.outputs.forEach((y, i) => {
        steepest = Math.max(steepest, Math.abs(place.y + inlets[i] - source.y - y))
      })
    })
  }
  return steepest < 0.5 ? GAP : Math.min(MAX_TURN, MIN_TURN + 0.4 * steepest)
}

/** The middle of every node, to keep the next picture in line with this one. */
export function positionsOf(layout: Layout): Positions {
  const nodes = layout.columns.flat().filter(p => p.node !== null)
  return new Map(nodes.map(p => [p.id, { x: p.x + p.glyph.width / 2, y: p.y, title: p.glyph.title }]))
}
