// Scenes of plots: graphs of real functions of one variable over axes, several in one panel, several panels in a row.
import type { Expression } from '../scalar/expression.ts'
import { printRange, type Range, REALS } from '../scalar/range.ts'
import { type RealFunction, realFunction, surveyOf } from './curve.ts'
import { concat, fitLabel, type Label, labelText, labelWidth, nameLabel, plain } from './label.ts'
import { formulaLabel } from './notation.ts'
import { type Figure, type Group, greatest, moveGroup, type Point, type Scene } from './scene.ts'
import { SERIES } from './style.ts'
import { type Graph, traceOf, type View } from './trace.ts'
import { aroundX, chooseX, chooseY, type Span, type Ticks, ticksIn } from './window.ts'

export interface Curve {
  /** In variable 0. Unknown functions have no graph: put formulas in their places first. */
  readonly fn: Expression
  /** Where it is drawn, R where nothing is said; never where it is not defined. */
  readonly domain?: Range
  /** Its name in the legend; without one its formula alone is written. */
  readonly name?: string
  /** What its argument is called in the legend, `x` where nothing is said. */
  readonly parameter?: string
  /** Whether it is one of many that it could be: the legend says so. */
  readonly example?: boolean
}
export interface Panel {
  readonly curves: readonly Curve[]
}
export interface Plot {
  readonly panels: readonly Panel[]
  /** What is shown of the plane in each panel; chosen by the functions where nothing is said. */
  readonly x?: Span
  readonly y?: Span
}

const WIDTH = 390
const HEIGHT = 246
const MARGIN = 16
const PANEL_GAP = 26
const TICK_SIZE = 13
const LEGEND_SIZE = 14
const LEGEND_LINE = 22
const LETTER_SIZE = 19
const SAMPLE = 20
const LEGEND_WIDTH = 300

/** Panels in a row, each with axes, graphs and a legend. Throws RangeError for an empty span. */
export function plotScene({ panels, x, y }: Plot): Scene {
  for (const span of [x, y]) {
    if (span !== undefined && !(span[0] < span[1] && Number.isFinite(span[1] - span[0])))
      throw new RangeError(`draw: ${span[0]}..${span[1]} is no part of an axis`)
  }
  const drawn = panels.map((panel, i) => panelPicture(panel, i, panels.length > 1, { x, y }))
  const groups: Group[] = []
  const top = greatest(drawn.map(d => d.top))
  let left = MARGIN
  for (const picture of drawn) {
    for (const g of picture.groups) groups.push(moveGroup(g, left + picture.left, MARGIN + top))
    left += picture.left + WIDTH + picture.right + PANEL_GAP
  }
  return {
    width: left - (drawn.length === 0 ? 0 : PANEL_GAP) + MARGIN,
    height: top + HEIGHT + greatest(drawn.map(d => d.bottom)) + 2 * MARGIN,
    title: `plot of ${drawn.flatMap(d => d.names).join(', ')}`,
    description: drawn.map(d => d.description).join(' '),
    groups,
  }
}

/** One panel; the upper left corner of what it shows of the plane is at 0, 0. */
interface PanelPicture {
  readonly groups: readonly Group[]
  /** How far it reaches beyond the plane on each side. */
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly names: readonly string[]
  readonly description: string
}

function panelPicture(
  { curves }: Panel,
  index: number,
  lettered: boolean,
  given: { readonly x?: Span; readonly y?: Span },
): PanelPicture {
  const functions = curves.map(c => realFunction(c.fn, c.domain ?? REALS))
  const core = given.x ?? chooseX(functions)
  const x = given.x ?? aroundX(core)
  const surveys = functions.map(fn => surveyOf(fn, core[0], core[1]))
  const y = given.y ?? chooseY(surveys)
  const view: View = { x, y, width: WIDTH, height: HEIGHT }
  const graphs = functions.map((fn, i) => traceOf(fn, surveys[i], view))
  const place = placing(view)
  const prefix = `panel${index + 1}-`
  const axes = axesOf(view, place, prefix)
  const poles = [...new Set(graphs.flatMap(g => g.poles))].filter(
    p => p > x[0] && p < x[1] && place([p, 0])[0] !== axes.cross[0],
  )
  const groups: Group[] = [...axes.groups]
  if (poles.length > 0 && poles.length <= MOST_POLES)
    groups.push({
      id: `${prefix}asymptotes`,
      class: 'asymptotes',
      title: '',
      figures: [
        {
          kind: 'strokes',
          class: 'guide',
          lines: poles.map(p => [
            [place([p, 0])[0], 0],
            [place([p, 0])[0], HEIGHT],
          ]),
        },
      ],
    })
  const labels = curves.map((c, i) => legendLabel(c, graphs[i]))
  const wide = graphs.map((_, i) => graphs.some((_, k) => k > i && coincide(functions[i], functions[k], core)))
  graphs.forEach((graph, i) => {
    groups.push(graphGroup(graph, place, `${prefix}curve${i + 1}`, i, wide[i], labelText(labels[i])))
  })
  // The letter stands in the upper left corner, or beside it where the vertical axis does.
  const beside = lettered && axes.cross[0] < 2.4 * LETTER_SIZE
  const letterLeft = beside ? -axes.left - 1.8 * LETTER_SIZE : 4
  const letterBox = { left: 0, right: beside ? 0 : 2.2 * LETTER_SIZE, top: 0, bottom: 1.4 * LETTER_SIZE }
  const busy = [...axes.boxes, ...(lettered ? [letterBox] : [])]
  const [across, up] = axes.cross
  const lines = [
    { left: 0, right: WIDTH, top: up - 4, bottom: up + 4 },
    { left: across - 4, right: across + 4, top: 0, bottom: HEIGHT },
  ]
  const legend = legendGroup(labels, graphs, place, busy, lines, prefix)
  groups.push(legend.group)
  if (lettered) groups.push(letterGroup(index, letterLeft, prefix))
  return {
    groups,
    left: Math.max(axes.left, -letterLeft),
    right: Math.max(axes.right, legend.right),
    top: axes.top,
    bottom: Math.max(axes.bottom, legend.bottom),
    names: curves.map((c, i) => c.name ?? labelText(labels[i])),
    description: `${curves.map((_, i) => said(functions[i], labels[i])).join('; ')}, for x from ${short(x[0])} to ${short(x[1])} and y from ${short(y[0])} to ${short(y[1])}.`,
  }
}
const MOST_POLES = 40

function short(x: number): string {
  return `${Number(x.toPrecision(4))}`
}
function said(fn: RealFunction, label: Label): string {
  const on = fn.domain === REALS ? '' : ` on ${printRange(fn.domain)}`
  return `${labelText(label)}${on}`
}

type Placing = (p: Point) => Point

/** From the coordinates of the function to those of the picture. */
function placing({ x, y, width, height }: View): Placing {
  return ([a, b]) => [(width * (a - x[0])) / (x[1] - x[0]), height * (1 - (b / 2 - y[0] / 2) / (y[1] / 2 - y[0] / 2))]
}

interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}
interface Axes {
  readonly groups: readonly Group[]
  /** Where the axes cross. */
  readonly cross: Point
  /** Where numbers are written. */
  readonly boxes: readonly Box[]
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

function axesOf(view: View, place: Placing, prefix: string): Axes {
  const clamp = (v: number, [low, high]: Span): number => Math.max(low, Math.min(high, v))
  const cross = place([clamp(0, view.x), clamp(0, view.y)])
  const lines: Point[][] = [
    [
      [0, cross[1]],
      [WIDTH, cross[1]],
    ],
    [
      [cross[0], 0],
      [cross[0], HEIGHT],
    ],
  ]
  const numbers: Figure[] = []
  const boxes: Box[] = []
  const horizontal = fittingTicks(view.x, Math.floor(WIDTH / 60), WIDTH)
  const vertical = ticksIn(view.y, Math.floor(HEIGHT / 34))
  for (const { value, label } of horizontal.major) {
    const [x] = place([value, 0])
    lines.push(tick(x, cross[1], 0, -5))
    // The number where the axes cross would stand on the other axis.
    if (Math.abs(x - cross[0]) < 1 && cross[1] < HEIGHT - 1 && value === 0) continue
    numbers.push(number(label, [x, cross[1] + 5 + 0.76 * TICK_SIZE], 'middle'))
    const half = (labelWidth(label, 'sans') * TICK_SIZE) / 2
    boxes.push({ left: x - half, right: x + half, top: cross[1] + 2, bottom: cross[1] + 20 })
  }
  for (const { value, label } of vertical.major) {
    const y = place([0, value])[1]
    lines.push(tick(cross[0], y, 5, 0))
    if (Math.abs(y - cross[1]) < 1 && cross[0] > 1 && cross[0] < WIDTH - 1) continue
    numbers.push(number(label, [cross[0] - 6, y + 0.36 * TICK_SIZE], 'end'))
    const width = labelWidth(label, 'sans') * TICK_SIZE
    boxes.push({ left: cross[0] - 8 - width, right: cross[0] - 4, top: y - 9, bottom: y + 9 })
  }
  for (const value of horizontal.minor) lines.push(tick(place([value, 0])[0], cross[1], 0, -3))
  for (const value of vertical.minor) lines.push(tick(cross[0], place([0, value])[1], 3, 0))
  return {
    groups: [
      {
        id: `${prefix}axes`,
        class: 'axes',
        title: '',
        figures: [{ kind: 'strokes', class: 'axis', lines }, ...numbers],
      },
    ],
    cross,
    boxes,
    left: Math.max(0, ...boxes.map(b => -b.left)),
    right: Math.max(0, ...boxes.map(b => b.right - WIDTH)),
    top: Math.max(8, ...boxes.map(b => -b.top)),
    bottom: Math.max(0, ...boxes.map(b => b.bottom - HEIGHT)),
  }
}

/** Fewer ticks where their numbers would run into each other. */
function fittingTicks(span: Span, count: number, length: number): Ticks {
  for (let n = count; ; n--) {
    const ticks = ticksIn(span, n)
    const widest = greatest(ticks.major.map(t => labelWidth(t.label, 'sans') * TICK_SIZE))
    if (n <= 1 || (widest + 10) * ticks.major.length <= length) return ticks
  }
}

function tick(x: number, y: number, dx: number, dy: number): Point[] {
  return [
    [x, y],
    [x + dx, y + dy],
  ]
}
function number(label: Label, at: Point, anchor: 'middle' | 'end'): Figure {
  return { kind: 'text', class: 'tick', at, anchor, size: TICK_SIZE, face: 'sans', label }
}

/** Whether two graphs run together for a while: the one behind is drawn wider then, so that both are seen. */
function coincide(f: RealFunction, g: RealFunction, [low, high]: Span): boolean {
  const samples = 60
  let same = 0
  for (let i = 0; i <= samples; i++) {
    const x = low + ((high - low) * i) / samples
    const [a, b] = [f.at(x), g.at(x)]
    if (Math.abs(a - b) <= 1e-3 * (Math.abs(a) + Math.abs(b))) same++
  }
  return same > samples / 20
}

function colorClass(i: number): string {
  return `series${(i % SERIES) + 1}`
}

function graphGroup(graph: Graph, place: Placing, id: string, i: number, wide: boolean, title: string): Group {
  const figures: Figure[] = []
  if (graph.runs.length > 0)
    figures.push({
      kind: 'strokes',
      class: `${colorClass(i)}${wide ? ' wide' : ''}`,
      lines: graph.runs.map(run => thinned(run.map(place))),
    })
  for (const m of graph.marks)
    figures.push({
      kind: 'circle',
      class: `${colorClass(i)}${m.filled ? '' : ' hollow'}`,
      center: place(m.at),
      radius: 3.2,
    })
  return { id, class: 'graph', title, figures }
}

/** Points of a line that add nothing at the precision of the picture are left out. */
function thinned(points: readonly Point[]): Point[] {
  const kept: Point[] = []
  for (const p of points) {
    const [a, b] = [kept[kept.length - 2], kept[kept.length - 1]]
    if (b !== undefined && Math.hypot(p[0] - b[0], p[1] - b[1]) < 0.01) continue
    // A point in the middle of a straight piece.
    if (a !== undefined && Math.abs((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])) < 1e-3) kept.pop()
    kept.push(p)
  }
  return kept
}

function formulaOf(curve: Curve): Label {
  return formulaLabel(curve.fn, [curve.parameter ?? 'x'])
}
function legendLabel(curve: Curve, graph: Graph): Label {
  const right = concat(formulaOf(curve), plain(curve.example ? ', for example' : ''))
  const nothing = graph.runs.length === 0 && graph.marks.length === 0 ? [plain(' (no values here)')] : []
  if (curve.name === undefined) return concat(right, ...nothing)
  return concat(nameLabel(curve.name), plain(`(${curve.parameter ?? 'x'}) = `), right, ...nothing)
}

/** The names of the curves, where no curve runs; below the panel where there is no such place. */
function legendGroup(
  labels: readonly Label[],
  graphs: readonly Graph[],
  place: Placing,
  busy: readonly Box[],
  lines: readonly Box[],
  prefix: string,
): { group: Group; right: number; bottom: number } {
  const shown = labels.map(l => fitLabel(l, LEGEND_WIDTH / LEGEND_SIZE, 'sans'))
  const width = SAMPLE + 8 + greatest(shown.map(l => labelWidth(l, 'sans'))) * LEGEND_SIZE
  const height = LEGEND_LINE * labels.length
  const points = graphs.flatMap(g => [
    ...g.runs.flatMap(run => dense(run.map(place))),
    ...g.marks.map(m => place(m.at)),
  ])
  const meets = (b: Box, { left, right, top, bottom }: Box): boolean =>
    b.left < right && b.right > left && b.top < bottom && b.bottom > top
  const free = (box: Box): boolean =>
    !points.some(([x, y]) => x > box.left - 6 && x < box.right + 6 && y > box.top - 2 && y < box.bottom + 2) &&
    !busy.some(b => meets(b, box))
  // Low and right first, as in the post; away from the axes where that can be.
  const spots: Box[] = []
  for (let dy = 0; dy <= 20; dy++) {
    for (let dx = 0; dx <= 20; dx++) {
      const left = (1 - dx / 20) * (WIDTH - width)
      // From three quarters down to the bottom last.
      const top = (dy < 16 ? 0.75 - dy / 20 : dy / 20) * (HEIGHT - height)
      spots.push({ left, right: left + width, top, bottom: top + height })
    }
  }
  const open = width <= WIDTH ? spots.filter(free) : []
  const found = open.find(box => !lines.some(b => meets(b, box))) ?? open[0]
  const below = greatest([HEIGHT, ...busy.map(b => b.bottom)]) + 10
  const at = found ?? { left: Math.max(0, (WIDTH - width) / 2), right: width, top: below, bottom: below + height }
  const figures = shown.flatMap((label, i): Figure[] => {
    const y = at.top + LEGEND_LINE * (i + 0.5)
    return [
      {
        kind: 'strokes',
        class: colorClass(i),
        lines: [
          [
            [at.left, y],
            [at.left + SAMPLE, y],
          ],
        ],
      },
      {
        kind: 'text',
        class: 'legend',
        at: [at.left + SAMPLE + 8, y + 0.36 * LEGEND_SIZE],
        anchor: 'start',
        size: LEGEND_SIZE,
        face: 'sans',
        label,
      },
    ]
  })
  const cut = shown.some((l, i) => l !== labels[i])
  return {
    group: { id: `${prefix}legend`, class: 'legend', title: cut ? labels.map(labelText).join('\n') : '', figures },
    right: Math.max(0, at.left + width - WIDTH),
    bottom: Math.max(0, at.bottom - HEIGHT),
  }
}

/** Points at most a few units apart along a line. */
function dense(run: readonly Point[]): Point[] {
  return run.flatMap((p, i): Point[] => {
    const next = run[i + 1]
    if (next === undefined) return [p]
    const steps = Math.min(200, Math.ceil(Math.hypot(next[0] - p[0], next[1] - p[1]) / 8))
    return Array.from(
      { length: Math.max(1, steps) },
      (_, k): Point => [p[0] + ((next[0] - p[0]) * k) / steps, p[1] + ((next[1] - p[1]) * k) / steps],
    )
  })
}

function letterGroup(index: number, left: number, prefix: string): Group {
  const letter = index < 26 ? String.fromCharCode(97 + index) : `${index + 1}`
  return {
    id: `${prefix}letter`,
    class: 'letter',
    title: '',
    figures: [
      {
        kind: 'text',
        class: 'letter',
        at: [left, 0.8 * LETTER_SIZE],
        anchor: 'start',
        size: LETTER_SIZE,
        face: 'sans',
        label: plain(`(${letter})`),
      },
    ],
  }
}
