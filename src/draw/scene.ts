// A scene says what is where: shapes with classes and coordinates, as plain data. Layout makes scenes, writers (`svg.ts`)
// print them. Coordinates are in user units, x to the right, y downward.
import type { Label } from './label.ts'

export type Point = readonly [x: number, y: number]

/** A bundle of straight strokes that belong together: the lines of one layer, a bracket, an equals sign. */
export interface Strokes {
  readonly kind: 'strokes'
  readonly class: string
  readonly lines: readonly (readonly Point[])[]
}
/**
 * Wires from one node to another. Each runs level from `from`, turns between the two x of `bend` where the heights
 * differ, and runs level to `to`.
 */
export interface Wires {
  readonly kind: 'wires'
  readonly class: string
  readonly runs: readonly WireRun[]
}
export interface WireRun {
  readonly from: Point
  readonly to: Point
  readonly bend: readonly [number, number]
}
export interface Polygon {
  readonly kind: 'polygon'
  readonly class: string
  readonly points: readonly Point[]
}
export interface Circle {
  readonly kind: 'circle'
  readonly class: string
  readonly center: Point
  readonly radius: number
}
export interface Box {
  readonly kind: 'box'
  readonly class: string
  readonly corner: Point
  readonly width: number
  readonly height: number
  readonly radius: number
}
/** `at` is on the baseline, at the start, the middle or the end of the label. */
export interface Text {
  readonly kind: 'text'
  readonly class: string
  readonly at: Point
  readonly anchor: 'start' | 'middle' | 'end'
  readonly size: number
  readonly face: 'serif' | 'sans'
  readonly label: Label
}
export type Figure = Strokes | Wires | Polygon | Circle | Box | Text

/** The shapes of one node, or of one other thing in the picture (a caption, an arrow, the wires between two nodes). */
export interface Group {
  /** Unique in the scene, made of the stage and the node: `s1-n3`, `s1-n3-n4` for the wires from n3 to n4. */
  readonly id: string
  readonly class: string
  /** Said in full where the picture has it cut; shown on pointing at the shapes. Empty for none. */
  readonly title: string
  readonly figures: readonly Figure[]
}

export interface Scene {
  readonly width: number
  readonly height: number
  readonly title: string
  readonly description: string
  readonly groups: readonly Group[]
}

export function moveFigure(f: Figure, dx: number, dy: number): Figure {
  const move = ([x, y]: Point): Point => [x + dx, y + dy]
  switch (f.kind) {
    case 'strokes':
      return { ...f, lines: f.lines.map(line => line.map(move)) }
    case 'wires':
      return {
        ...f,
        runs: f.runs.map(r => ({ from: move(r.from), to: move(r.to), bend: [r.bend[0] + dx, r.bend[1] + dx] })),
      }
    case 'polygon':
      return { ...f, points: f.points.map(move) }
    case 'circle':
      return { ...f, center: move(f.center) }
    case 'box':
      return { ...f, corner: move(f.corner) }
    case 'text':
      return { ...f, at: move(f.at) }
  }
}

export function moveGroup(g: Group, dx: number, dy: number): Group {
  return { ...g, figures: g.figures.map(f => moveFigure(f, dx, dy)) }
}

/** The least and the greatest of many numbers (more than a call takes arguments), 0 of none. */
export function least(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => Math.min(a, b))
}
export function greatest(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => Math.max(a, b))
}

/** Numbers as pictures and their goldens print them: two decimals at most, no negative zero. */
export function printNumber(x: number): string {
  const rounded = Math.round(x * 100) / 100
  return rounded === 0 ? '0' : `${rounded}`
}

/** The scene as text, one shape a line: for goldens and for reading. */
export function printScene(scene: Scene): string {
  const point = ([x, y]: Point): string => `${printNumber(x)},${printNumber(y)}`
  const plain = (label: Label): string =>
    label
      .map(r => (r.back ? `|${r.text}` : r.rise === 0 ? r.text : r.rise > 0 ? `^{${r.text}}` : `_{${r.text}}`))
      .join('')
  const lines = [`scene ${printNumber(scene.width)} x ${printNumber(scene.height)} ${JSON.stringify(scene.title)}`]
  for (const g of scene.groups) {
    lines.push(`${g.class} ${g.id}${g.title === '' ? '' : ` ${JSON.stringify(g.title)}`}`)
    for (const f of g.figures) {
      switch (f.kind) {
        case 'strokes':
          lines.push(`  strokes ${f.class} ${f.lines.map(l => l.map(point).join(' ')).join(' / ')}`)
          break
        case 'wires':
          lines.push(
            `  wires ${f.class} ${f.runs.map(r => `${point(r.from)} ${r.bend.map(printNumber).join(':')} ${point(r.to)}`).join(' / ')}`,
          )
          break
        case 'polygon':
          lines.push(`  polygon ${f.class} ${f.points.map(point).join(' ')}`)
          break
        case 'circle':
          lines.push(`  circle ${f.class} ${point(f.center)} r ${printNumber(f.radius)}`)
          break
        case 'box':
          lines.push(
            `  box ${f.class} ${point(f.corner)} ${printNumber(f.width)} x ${printNumber(f.height)} r ${printNumber(f.radius)}`,
          )
          break
        case 'text':
          lines.push(
            `  text ${f.class} ${point(f.at)} ${f.anchor} ${printNumber(f.size)} ${f.face} ${JSON.stringify(plain(f.label))}`,
          )
          break
      }
    }
  }
  return `${lines.join('\n')}\n`
}
