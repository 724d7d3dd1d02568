// A surveyed graph at the scale of a picture: as many points as its curvature needs, breaks where it jumps, marks that say
// to which side a jump, a hole or an end belongs.
import { type End, isSame, type RealFunction, type Stretch, type Survey } from './curve.ts'
import { fractionIn, valueAt } from './definedness.ts'
import type { Point } from './scene.ts'

/** What of the plane is shown, and how large. */
export interface View {
  readonly x: readonly [number, number]
  readonly y: readonly [number, number]
  /** In units of the picture. */
  readonly width: number
  readonly height: number
}

export interface Mark {
  readonly at: Point
  /** Whether the point belongs to the graph. */
  readonly filled: boolean
}

/** In the coordinates of the function, within the view. */
export interface Graph {
  readonly runs: readonly (readonly Point[])[]
  readonly marks: readonly Mark[]
  /** The x of vertical asymptotes. */
  readonly poles: readonly number[]
}

/** How far a straight piece may be from the graph, and what is seen as a jump, in units of the picture. */
const DEVIATION = 0.12
const VISIBLE_JUMP = 0.5
const DEPTH = 12
const HALVINGS = 60
const MOST_POINTS = 20_000
/** Above so many marks they hide what they mark. */
const MOST_MARKS = 60

export function traceOf(fn: RealFunction, survey: Survey, view: View): Graph {
  const runs: (readonly Point[])[] = []
  const marks: Mark[] = survey.isolated.map(at => ({ at, filled: true }))
  const poles = new Set<number>()
  const ends = survey.stretches.flatMap(s => [s.start, s.end])
  for (const stretch of survey.stretches) {
    const traced: Traced = refine(fn, withLimits(stretch, view), view)
    runs.push(...traced.runs)
    marks.push(...traced.marks)
    for (const [end, far] of [[stretch.start, stretch.end] as const, [stretch.end, stretch.start] as const]) {
      if (end.edge) continue
      if (end.limit.kind === 'infinite') poles.add(end.x)
      const alone = !ends.some(e => e !== end && e !== far && Math.abs(e.x - end.x) <= NEAR * (view.x[1] - view.x[0]))
      // At an end on the vertical axis, the axis says where the graph ends.
      if (!(alone && Math.abs(end.x) <= NEAR * (view.x[1] - view.x[0]))) marks.push(...marksOf(end))
    }
  }
  return {
    runs: runs.flatMap(run => clipped(run, view.y)),
    marks: distinct(
      marks.filter(m => m.at[1] >= view.y[0] && m.at[1] <= view.y[1]),
      view,
    ),
    poles: [...poles].sort((a, b) => a - b),
  }
}
const NEAR = 2 ** -30

function marksOf({ x, limit, value }: End): Mark[] {
  if (limit.kind !== 'finite' || value === null)
    return typeof value === 'number' ? [{ at: [x, value], filled: true }] : []
  if (typeof value === 'number' && isSame(value, limit.y)) return [{ at: [x, limit.y], filled: true }]
  const open: Mark = { at: [x, limit.y], filled: false }
  return typeof value === 'number' ? [open, { at: [x, value], filled: true }] : [open]
}

/** Each place once: filled where one of the marks is. */
function distinct(marks: readonly Mark[], view: View): Mark[] {
  const [sx, sy] = scales(view)
  const result: Mark[] = []
  for (const m of marks) {
    const k = result.findIndex(o => Math.abs(o.at[0] - m.at[0]) * sx < 0.5 && Math.abs(o.at[1] - m.at[1]) * sy < 0.5)
    if (k < 0) result.push(m)
    else if (m.filled) result[k] = m
  }
  return result.length > MOST_MARKS ? [] : result
}

function scales(view: View): [number, number] {
  return [view.width / (view.x[1] - view.x[0]), view.height / (view.y[1] - view.y[0])]
}

/** The points with those that the limits add: the end itself, or the way out of the picture beside an asymptote. */
function withLimits({ start, end, points }: Stretch, view: View): readonly Point[] {
  const last = (e: End): Point[] => {
    if (e.edge) return []
    if (e.limit.kind === 'finite') return [[e.x, e.limit.y]]
    return e.limit.kind === 'infinite' ? [[e.x, e.limit.sign > 0 ? beyond(view)[1] : beyond(view)[0]]] : []
  }
  return [...last(start), ...points, ...last(end)]
}
function beyond({ y: [low, high] }: View): [number, number] {
  return [low - (high - low), high + (high - low)]
}

interface Traced {
  readonly runs: readonly (readonly Point[])[]
  readonly marks: readonly Mark[]
}

function refine(fn: RealFunction, points: readonly Point[], view: View): Traced {
  const [sx, sy] = scales(view)
  const [low, high] = view.y
  const runs: Point[][] = [[points[0]]]
  const marks: Mark[] = []
  let made = 0
  for (let i = 1; i < points.length; i++) {
    // Pieces still to be looked at, the leftmost last.
    const todo: { a: Point; b: Point; depth: number }[] = [{ a: points[i - 1], b: points[i], depth: 0 }]
    for (let piece = todo.pop(); piece !== undefined; piece = todo.pop()) {
      const { a, b, depth } = piece
      const middle = a[0] + (b[0] - a[0]) / 2
      const out = (a[1] < low && b[1] < low) || (a[1] > high && b[1] > high)
      const y = out || middle === a[0] || middle === b[0] ? Number.NaN : fn.at(middle)
      const off = Math.abs(y - (a[1] / 2 + b[1] / 2)) * sy
      const flat = Number.isNaN(y) || (off <= DEVIATION && ((b[0] - a[0]) * sx < 4 || depth > 1))
      if (!flat && depth < DEPTH && made < MOST_POINTS) {
        const at: Point = [middle, y]
        todo.push({ a: at, b, depth: depth + 1 }, { a, b: at, depth: depth + 1 })
        continue
      }
      made++
      const jump = fn.continuous || out || Math.abs(b[1] - a[1]) * sy < VISIBLE_JUMP ? null : jumpIn(fn, a, b, sy)
      if (jump !== null) {
        runs[runs.length - 1].push(jump.left)
        runs.push([jump.right])
        marks.push(...jump.marks)
      }
      runs[runs.length - 1].push(b)
    }
  }
  return { runs, marks }
}

/** The jump between two points, with the values on both sides of it and at it; null where there is none. */
function jumpIn(
  fn: RealFunction,
  from: Point,
  to: Point,
  scale: number,
): { left: Point; right: Point; marks: Mark[] } | null {
  let [left, right] = [from, to]
  for (let k = 0; k < HALVINGS; k++) {
    const middle = left[0] + (right[0] - left[0]) / 2
    const y = fn.at(middle)
    if (middle === left[0] || middle === right[0] || Number.isNaN(y)) break
    if (Math.abs(y - left[1]) > Math.abs(y - right[1])) right = [middle, y]
    else left = [middle, y]
  }
  if (Math.abs(right[1] - left[1]) * scale < VISIBLE_JUMP) return null
  const exact = fractionIn(left[0], right[0])
  const value = exact === null ? null : valueAt(fn.expression, exact)
  const sides = [left, right].map((at): Mark => ({ at, filled: typeof value === 'number' && isSame(value, at[1]) }))
  const alone = typeof value === 'number' && !sides.some(s => s.filled)
  const own: Mark[] = alone ? [{ at: [left[0], value], filled: true }] : []
  return { left, right, marks: value === null ? [] : [...sides, ...own] }
}

/** The parts of a run between two heights. */
function clipped(run: readonly Point[], [low, high]: readonly [number, number]): Point[][] {
  const inside = (p: Point): boolean => p[1] >= low && p[1] <= high
  const found: Point[][] = []
  let current: Point[] = []
  const close = (): void => {
    if (current.length > 1) found.push(current)
    current = []
  }
  run.forEach((p, i) => {
    if (i > 0) {
      const before = run[i - 1]
      // Where the piece crosses the two heights, in its direction.
      const crossings = [low, high]
        .filter(h => (before[1] - h) * (p[1] - h) < 0 || (before[1] < h && p[1] > h) || (before[1] > h && p[1] < h))
        .map(h => [before[0] + (p[0] - before[0]) * ((h / 2 - before[1] / 2) / (p[1] / 2 - before[1] / 2)), h] as const)
        .sort((a, b) => (p[1] > before[1] ? a[1] - b[1] : b[1] - a[1]))
      for (const c of crossings) {
        current.push(c)
        if (current.length > 1) close()
      }
      // A piece that leaves and one that comes in both end at a crossing.
      if (crossings.length > 0 && inside(p)) current = [crossings[crossings.length - 1]]
    }
    if (inside(p)) current.push(p)
    else if (current.length > 0) close()
  })
  close()
  return found
}
