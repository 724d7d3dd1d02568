// How far shapes reach: for pictures that are set close to one another, and for tests that nothing leaves the canvas.
import { labelHeight, labelWidth } from './label.ts'
import type { Figure, Group, Point } from './scene.ts'

export interface Bounds {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

const NOTHING: Bounds = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity }

function around(points: readonly Point[]): Bounds {
  return points.reduce(
    (b, [x, y]) => ({
      left: Math.min(b.left, x),
      top: Math.min(b.top, y),
      right: Math.max(b.right, x),
      bottom: Math.max(b.bottom, y),
    }),
    NOTHING,
  )
}

/** The rectangle around a figure, without the width of its lines; of writing, by the widths of its letters. */
export function boundsOfFigure(figure: Figure): Bounds {
  switch (figure.kind) {
    case 'strokes':
      return around(figure.lines.flat())
    case 'wires':
      return around(figure.runs.flatMap(r => [r.from, r.to]))
    case 'polygon':
      return around(figure.points)
    case 'circle': {
      const { center, radius } = figure
      return around([
        [center[0] - radius, center[1] - radius],
        [center[0] + radius, center[1] + radius],
      ])
    }
    case 'box':
      return around([figure.corner, [figure.corner[0] + figure.width, figure.corner[1] + figure.height]])
    case 'text': {
      const width = labelWidth(figure.label, figure.face) * figure.size
      const { above, below } = labelHeight(figure.label)
      const [x, y] = figure.at
      const left = figure.anchor === 'start' ? x : figure.anchor === 'middle' ? x - width / 2 : x - width
      return around([
        [left, y - above * figure.size],
        [left + width, y + below * figure.size],
      ])
    }
  }
}

/** The rectangle around all figures of some groups; null where there are none. */
export function boundsOf(groups: readonly Group[]): Bounds | null {
  const all = groups.flatMap(g => g.figures.map(boundsOfFigure))
  if (all.length === 0) return null
  return around(
    all.flatMap((b): Point[] => [
      [b.left, b.top],
      [b.right, b.bottom],
    ]),
  )
}
