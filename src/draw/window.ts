// What part of the plane a plot shows when nobody says: so that kinks, zeros, ends of domains, poles and what a function
// tends to can be seen. And the numbers along its axes.

import { toDouble } from '../scalar/rational.ts'
import { bendsOf, type RealFunction, type Survey } from './curve.ts'
import type { Label } from './label.ts'
import { concat, plain, superscript } from './label.ts'
import { greatest, least } from './scene.ts'

export type Span = readonly [low: number, high: number]

const USUAL: Span = [-5, 5]
const FURTHEST = 1e4
const PER_DECADE = 24
/** More features than this are a pattern, of which a part is enough. */
const MOST_FEATURES = 24

/** Numbers of all sizes from -10^4 to 10^4, and closer ones in the usual part. */
function wideGrid(): number[] {
  const sizes = Array.from({ length: 7 * PER_DECADE + 1 }, (_, i) => 10 ** (-3 + i / PER_DECADE))
  const usual = Array.from({ length: 200 }, (_, i) => (USUAL[1] * (i + 1)) / 200)
  const all = [...new Set([...sizes, ...usual])].sort((a, b) => a - b)
  return [...all.toReversed().map(x => -x), 0, ...all]
}

/** Where something happens to the function: bends, poles, zeros, and the ends of where it is defined. */
function featuresOf(fn: RealFunction, wide: readonly number[]): { features: number[]; defined: Span | null } {
  const ends = new Set(endsOf(fn))
  const grid = [...new Set([...wide, ...ends])].sort((a, b) => a - b)
  const values = grid.map(fn.at)
  const some = values.map(y => !Number.isNaN(y))
  // Points that stand alone count where they are asked for, but not such as whole numbers of x^x below 0.
  const known = some.map((is, i) => is && (some[i - 1] || some[i + 1] || ends.has(grid[i])))
  if (!known.includes(true)) return { features: [], defined: null }
  const zeros: number[] = []
  values.forEach((y, i) => {
    if (y === 0 && values[i - 1] !== 0 && values[i + 1] !== 0) zeros.push(grid[i])
    if (y * values[i + 1] < 0) zeros.push(bisect(x => fn.at(x) < 0 === y < 0, grid[i], grid[i + 1]))
  })
  const edge = (i: number, k: number): number => bisect(x => !Number.isNaN(fn.at(x)) === known[i], grid[i], grid[k])
  const edges: number[] = []
  for (let i = 0; i + 1 < grid.length; i++) if (known[i] !== known[i + 1]) edges.push(edge(i, i + 1))
  const alone = grid.filter((x, i) => ends.has(x) && known[i])
  edges.push(...alone)
  edges.sort((a, b) => a - b)
  const first = known[0] ? -Infinity : edges[0]
  const last = known[known.length - 1] ? Infinity : edges[edges.length - 1]
  // A critical quantity may be one that does nothing there, such as the base of a square.
  const bends = bendsOf(fn, grid).filter(x => !isSmooth(fn, x))
  return { features: [...zeros, ...edges, ...bends], defined: [first, last] }
}

function bisect(holds: (x: number) => boolean, from: number, to: number): number {
  let [a, b] = [from, to]
  for (let k = 0; k < 60; k++) {
    const middle = a / 2 + b / 2
    if (middle === a || middle === b) break
    if (holds(middle)) a = middle
    else b = middle
  }
  return Math.abs(b) < 1e-12 ? 0 : b
}

/** Whether nothing is seen at a number: no value is missing, no jump and no change of the slope. */
function isSmooth(fn: RealFunction, x: number): boolean {
  const h = 1e-4 * Math.max(Math.abs(x), 1e-3)
  const [a, b, c] = [fn.at(x - h), fn.at(x), fn.at(x + h)]
  if ([a, b, c].some(Number.isNaN)) return false
  return Math.abs(a - 2 * b + c) <= 0.01 * Math.max(Math.abs(c - b), Math.abs(b - a))
}

/** The x for which a plot shows these functions. */
export function chooseX(functions: readonly RealFunction[]): Span {
  const grid = wideGrid()
  const all = functions.map(fn => featuresOf(fn, grid))
  const domains = all.flatMap(a => (a.defined === null ? [] : [a.defined]))
  if (domains.length === 0) return declaredSpan(functions)
  const [from, to] = [Math.min(...domains.map(d => d[0])), Math.max(...domains.map(d => d[1]))]
  if (Number.isFinite(from) && Number.isFinite(to) && from < to) return [from, to]
  const features = [...new Set(all.flatMap(a => a.features))].sort((a, b) => a - b)
  const near = features.filter(x => Math.abs(x) <= USUAL[1])
  // A pattern over all of the usual part, not zeros that crowd at one place.
  const outer = near.filter(x => Math.abs(x) > USUAL[1] / 2)
  if (outer.length > MOST_FEATURES / 2) {
    const reach = near.map(Math.abs).sort((a, b) => a - b)[MOST_FEATURES / 2]
    return [Math.max(-reach, from), Math.min(reach, to)]
  }
  let [low, high]: Span = USUAL
  if (from >= high / 2) [low, high] = [from, Math.min(to, 2 * from + 10)]
  else if (to <= low / 2) [low, high] = [Math.max(from, 2 * to - 10), to]
  else [low, high] = [Math.max(low, from), Math.min(high, to)]
  const few = features.length <= MOST_FEATURES / 2 ? features.filter(x => Math.abs(x) < FURTHEST / 2) : near
  const [first, last] = [few[0] ?? 0, few[few.length - 1] ?? 0]
  const spread = last - first
  if (few.length > 1 && spread > 0 && spread < 0.5 && Math.abs(first + last) < 2 && !Number.isFinite(from + to)) {
    // All that happens happens in a small place.
    const middle = (first + last) / 2
    ;[low, high] = [Math.max(from, middle - 4 * spread), Math.min(to, middle + 4 * spread)]
  } else {
    if (first < low) low = first - 0.25 * (high - first)
    if (last > high) high = last + 0.25 * (last - low)
  }
  ;[low, high] = settled(functions, [low, high], [from, to])
  return low < high ? [low, high] : padded([low, high], 1)
}

/** What is shown around that: a little more, and the vertical axis where it is near. */
export function aroundX(span: Span): Span {
  return withZero(padded(span, 0.035), 0.2)
}

/** The ends of the parts of the domain that is asked for. */
function endsOf(fn: RealFunction): number[] {
  return fn.domain.flatMap(i => [i.low, i.high]).flatMap(q => (q === null ? [] : [toDouble(q)]))
}

/** Nothing of the functions is seen on the grid: what is said of their domains. */
function declaredSpan(functions: readonly RealFunction[]): Span {
  const values = functions.flatMap(endsOf)
  if (values.length === 0) return USUAL
  const [low, high] = [least(values), greatest(values)]
  return low < high ? [low, high] : padded([low, high], 1)
}

function padded([low, high]: Span, share: number): Span {
  const width = high - low || Math.max(Math.abs(low), 1)
  return [low - share * width, high + share * width]
}
function withZero([low, high]: Span, share: number): Span {
  const width = high - low
  if (low > 0 && low <= share * width) return [-0.04 * high, high]
  if (high < 0 && -high <= share * width) return [low, -0.04 * low]
  return [low, high]
}

/** Wider, until functions that tend to a number at infinity have come near to it. */
function settled(functions: readonly RealFunction[], [low, high]: Span, [from, to]: Span): Span {
  let [a, b] = [low, high]
  for (const fn of functions) {
    const far = [fn.at(-FURTHEST), fn.at(-FURTHEST / 2), fn.at(FURTHEST / 2), fn.at(FURTHEST)]
    const tends = (p: number, q: number): boolean => Math.abs(p - q) <= 0.002 * Math.abs(far[0] - far[3])
    // Only between two different limits: then the way from one to the other is the whole story.
    if (far.some(y => !(Math.abs(y) < 1e100)) || !tends(far[0], far[1]) || !tends(far[2], far[3])) continue
    const rise = Math.abs(far[3] - far[0])
    if (rise === 0) continue
    while (a > -FURTHEST / 4 && a > from && Math.abs(fn.at(a) - far[0]) > 0.1 * rise) a *= 1.5
    while (b < FURTHEST / 4 && b < to && Math.abs(fn.at(b) - far[3]) > 0.1 * rise) b *= 1.5
  }
  return [Math.max(a, from), Math.min(b, to)]
}

/** Values a share of the way from the least to the greatest, each counted by the width that it stands for. */
function quantiles(points: readonly { readonly y: number; readonly width: number }[]): (share: number) => number {
  const sorted = points.toSorted((a, b) => a.y - b.y)
  const total = sorted.reduce((sum, p) => sum + p.width, 0)
  return share => {
    let sum = 0
    for (const p of sorted) {
      sum += p.width
      if (sum >= share * total) return p.y
    }
    return sorted[sorted.length - 1].y
  }
}

/** How much more the whole may span than its middle part before it is cut; the latter beside a pole. */
const TALL = 2.5
const TALL_AT_POLE = 4.3

/** The y that a plot of these graphs shows. */
export function chooseY(surveys: readonly Survey[]): Span {
  const spans = surveys.map(spanOf).filter(s => s !== null)
  if (spans.length === 0) return [-1, 1]
  const [low, high] = [Math.min(...spans.map(s => s[0])), Math.max(...spans.map(s => s[1]))]
  if (low === high) {
    if (low === 0) return [-1, 1]
    return low > 0 ? [-0.1 * low, bounded(1.3 * low)] : [bounded(1.3 * low), -0.1 * low]
  }
  const [a, b] = withZero([low, high], 0.6)
  return padded([Math.max(a, -LARGEST), Math.min(b, LARGEST)], 0.05)
}
const LARGEST = 1e307
const bounded = (y: number): number => Math.max(-LARGEST, Math.min(LARGEST, y))

/** Values so many times as large as half of all are not looked at. */
const GIGANTIC = 1e6

function spanOf({ stretches, isolated, bends }: Survey): Span | null {
  const all = stretches.flatMap(({ points: list }) =>
    list.map(([x, y], i) => ({
      x,
      y: bounded(y),
      width: ((list[i + 1]?.[0] ?? x) - (list[i - 1]?.[0] ?? x)) / 2,
    })),
  )
  const median = all.length === 0 ? 0 : quantiles(all.map(p => ({ ...p, y: Math.abs(p.y) })))(0.5)
  const points = all.filter(p => Math.abs(p.y) <= GIGANTIC * (1 + median))
  const limits = stretches.flatMap(s => [s.start, s.end]).map(e => e.limit)
  const fixed = [...isolated.map(p => p[1]), ...limits.flatMap(l => (l.kind === 'finite' ? [l.y] : []))]
  if (points.length === 0) return fixed.length === 0 ? null : [least(fixed), greatest(fixed)]
  const at = quantiles(points)
  const endless = limits.some(l => l.kind === 'infinite')
  // What is cut off grows until the rest is of one size.
  let span: Span = [at(0), at(1)]
  for (const share of [0.04, 0.1, 0.18, 0.26, 0.34]) {
    const inner: Span = [at(share), at(1 - share)]
    const size = inner[1] - inner[0]
    if (size === 0) break
    if (span[1] - span[0] <= (endless ? TALL_AT_POLE : TALL) * size && !(endless && share === 0.04)) break
    // Each side by itself: a function may go off on one of them alone.
    const stretch = 0.35 * size
    span = [Math.max(at(0), inner[0] - stretch), Math.min(at(1), inner[1] + stretch)]
  }
  const width = span[1] - span[0]
  const marked = new Set(bends)
  const wanted = [...fixed, ...points.filter(p => marked.has(p.x)).map(p => p.y)].filter(
    y => y > span[0] - 2 * width && y < span[1] + 2 * width,
  )
  return [Math.min(span[0], ...wanted), Math.max(span[1], ...wanted)]
}

export interface Ticks {
  /** Those with a number, and the lesser ones between. */
  readonly major: readonly { readonly value: number; readonly label: Label }[]
  readonly minor: readonly number[]
}

/** Round numbers in a span, about `count` of them. */
export function ticksIn([low, high]: Span, count: number): Ticks {
  const rough = (high - low) / Math.max(count, 1)
  const size = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find(f => f * size >= rough * 0.999) ?? 10
  const step = factor * size
  const parts = factor === 2 ? 4 : 5
  const values: number[] = []
  for (let k = Math.ceil(low / step); k <= Math.floor(high / step) && values.length < 50; k++) values.push(k * step)
  const minor: number[] = []
  const small = step / parts
  for (let k = Math.ceil(low / small); k <= Math.floor(high / small) && minor.length < 250; k++)
    if (k % parts !== 0) minor.push(k * small)
  const greatestSize = Math.max(Math.abs(low), Math.abs(high))
  return { major: values.map(value => ({ value, label: tickLabel(value, step, greatestSize) })), minor }
}

/** Numbers as long as they need to be to tell ticks apart; very large and very small ones as multiples of a power of ten. */
function tickLabel(value: number, step: number, largest: number): Label {
  const signed = (text: string): string => text.replace('-', '−')
  if (Math.abs(value) < step / 2) return plain('0')
  const exponent = Math.floor(Math.log10(largest) + 1e-9)
  if (exponent >= 5 || exponent < -3) {
    const digits = Math.max(0, exponent - Math.floor(Math.log10(step) + 1e-9))
    const mantissa = digits > 12 ? (value / 10 ** exponent).toPrecision(15) : tenths(value, exponent).toFixed(digits)
    return concat(plain(signed(`${mantissa}·10`)), superscript(plain(signed(`${exponent}`))))
  }
  return plain(signed(value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))))
}
/** value / 10^exponent, also where the power is out of range. */
function tenths(value: number, exponent: number): number {
  return exponent < -300 ? (value * 1e300) / 10 ** (exponent + 300) : value / 10 ** exponent
}
