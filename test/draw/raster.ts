// What is where in a picture of pixels: blobs of one colour, and the extent of curves. For comparing pictures that were drawn
// by different hands.
import { Resvg } from '@resvg/resvg-js'

/** The colours that the post's pictures use; what is between them is the edge of a shape. */
const COLOURS = {
  red: [224, 102, 102],
  green: [147, 196, 125],
  paleRed: [244, 204, 204],
  paleGreen: [217, 234, 211],
  blue: [111, 168, 220],
  purple: [153, 0, 255],
} as const
export type Colour = keyof typeof COLOURS
/** Curves of plots, on thin lines: their colours are taken widely. */
type Curve = 'blue curve' | 'orange curve'

export interface Blob {
  /** The centre, as parts of the width and height of the picture. */
  readonly x: number
  readonly y: number
  /** Its share of the picture. */
  readonly area: number
}
export interface Profile {
  /** Width by height. */
  readonly aspect: number
  readonly blobs: Readonly<Partial<Record<Colour, readonly Blob[]>>>
  /** For each curve and each quarter of the width: where it begins and ends, left, top, right, bottom. */
  readonly curves: Readonly<Record<Curve, readonly (readonly number[] | null)[]>>
}

const WIDTH = 900
/** Smaller blobs are letters, thin ones are the edges of something else. */
const LEAST = 120
const isShape = ({ count, left, right, top, bottom }: Found): boolean =>
  count >= LEAST && right - left > 8 && bottom - top > 8 && count > 0.3 * (right - left + 1) * (bottom - top + 1)
/** Narrower pieces of a curve's colour are those of legends. */
const SWATCH = 18

/** The profile of a PNG (or of an SVG, drawn first). */
export function profileOf(png: Uint8Array, plots: boolean): Profile {
  const view = new DataView(png.buffer, png.byteOffset)
  const aspect = view.getUint32(16) / view.getUint32(20)
  const height = Math.round(WIDTH / aspect)
  const image = `<image width="${WIDTH}" height="${height}" href="data:image/png;base64,${Buffer.from(png).toString('base64')}"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}"><rect width="${WIDTH}" height="${height}" fill="#fff"/>${image}</svg>`
  const { pixels } = new Resvg(svg).render()
  const at = (i: number): readonly number[] => [pixels[4 * i], pixels[4 * i + 1], pixels[4 * i + 2]]
  const round = (x: number): number => Math.round(x * 1e4) / 1e4
  const blobs: Partial<Record<Colour, Blob[]>> = {}
  for (const [name, colour] of Object.entries(COLOURS)) {
    const near = (i: number): boolean => at(i).every((c, k) => Math.abs(c - colour[k]) <= 12)
    const found = plots ? [] : blobsOf(WIDTH, height, near)
    // Purple lines cross in one web a layer; its knots depend on the width of the lines.
    const kept = name === 'purple' ? join(found) : found.filter(isShape)
    if (kept.length > 0)
      blobs[name as Colour] = kept.map(b => ({
        x: round(b.x / WIDTH),
        y: round(b.y / height),
        area: round(b.count / (WIDTH * height)),
      }))
  }
  const curves = {
    'blue curve': quarters(height, i => isCurve(at(i), -1)),
    'orange curve': quarters(height, i => isCurve(at(i), 1)),
  }
  return { aspect: round(aspect), blobs, curves: plots ? curves : { 'blue curve': [], 'orange curve': [] } }

  function quarters(rows: number, has: (i: number) => boolean): (readonly number[] | null)[] {
    const size = WIDTH / 4
    return [0, 1, 2, 3].map(q => {
      const inQuarter = (i: number): boolean => Math.floor((i % WIDTH) / size) === q && has(i)
      const points = blobsOf(WIDTH, rows, inQuarter)
        .filter(b => b.right - b.left >= SWATCH)
        .flatMap(b => b.points.map(i => [(i % WIDTH) - q * size, Math.floor(i / WIDTH)] as const))
      if (points.length < 20) return null
      const xs = points.map(p => p[0]).sort((a, b) => a - b)
      const ys = points.map(p => p[1]).sort((a, b) => a - b)
      // The outermost hundredth is left out: legends and edges have a few pixels of any colour.
      const [low, high] = [Math.floor(points.length / 100), Math.ceil((points.length * 99) / 100) - 1]
      return [xs[low] / size, ys[low] / rows, xs[high] / size, ys[high] / rows].map(round)
    })
  }
}

/** Blue where the sign is negative, orange where it is positive. */
function isCurve([r, , b]: readonly number[], sign: number): boolean {
  return sign * (r - b) > 40
}

interface Found {
  readonly points: readonly number[]
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly x: number
  readonly y: number
  readonly count: number
}

/** Connected areas, by flooding. */
function blobsOf(width: number, height: number, has: (i: number) => boolean): Found[] {
  const seen = new Uint8Array(width * height)
  const found: Found[] = []
  for (let start = 0; start < width * height; start++) {
    if (seen[start] === 1 || !has(start)) continue
    const points = [start]
    seen[start] = 1
    for (let k = 0; k < points.length; k++) {
      for (const step of [-1, 1, -width, width, -width - 1, -width + 1, width - 1, width + 1]) {
        const next = points[k] + step
        if (next < 0 || next >= width * height || seen[next] === 1 || !has(next)) continue
        seen[next] = 1
        points.push(next)
      }
    }
    const xs = points.map(i => i % width)
    const ys = points.map(i => Math.floor(i / width))
    const [left, right] = [xs.reduce((a, b) => Math.min(a, b)), xs.reduce((a, b) => Math.max(a, b))]
    const [top, bottom] = [ys.reduce((a, b) => Math.min(a, b)), ys.reduce((a, b) => Math.max(a, b))]
    const count = points.length
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / count
    found.push({ points, left, right, top, bottom, x: mean(xs), y: mean(ys), count })
  }
  return found
}

/** All as one. */
function join(found: readonly Found[]): Pick<Found, 'x' | 'y' | 'count'>[] {
  const count = found.reduce((n, b) => n + b.count, 0)
  if (count === 0) return []
  const mean = (of: (b: Found) => number): number => found.reduce((s, b) => s + of(b) * b.count, 0) / count
  return [{ x: mean(b => b.x), y: mean(b => b.y), count }]
}
