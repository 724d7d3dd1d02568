// Random doubles at which nets are compared, and random weights: of any size that is declared, since what goes wrong in
// doubles goes wrong at the edges, and mostly of ordinary size, since that is what nets are used for.
import type { WeightSymbol } from '../linear/linear.ts'
import { containsPoint, isReals, POSITIVE, type Range, sameRange } from '../scalar/range.ts'
import { fromDouble, type Rational, toDouble } from '../scalar/rational.ts'
import { sizeIn } from '../semantics/net.ts'
import { candidatePoints, randomPoint } from './points.ts'
import type { Random } from './random.ts'

/** Whether a double lies in a set; quick for the sets that are common. */
function contains(range: Range, x: number): boolean {
  if (!Number.isFinite(x)) return false
  if (isReals(range)) return true
  return sameRange(range, POSITIVE) ? x > 0 : containsPoint(range, fromDouble(x))
}

/** Normally distributed, mean 0 and variance 1 (Box and Muller). */
export function normal(source: Random): number {
  return Math.sqrt(-2 * Math.log(1 - source.uniform())) * Math.cos(2 * Math.PI * source.uniform())
}

const signed = (x: number, source: Random): number => (source.oneIn(2) ? x : -x)

/** How one point is drawn: all its components in the same way. */
type Style = 'ordinary' | 'moderate' | 'any size' | 'near one'
const STYLES: readonly Style[] = ['ordinary', 'moderate', 'any size', 'near one']

function draw(style: Style, source: Random): number {
  switch (style) {
    case 'ordinary':
      return normal(source)
    case 'moderate':
      return signed(10 ** (6 * source.uniform() - 3), source)
    case 'any size':
      return signed(10 ** (600 * source.uniform() - 300), source)
    case 'near one':
      return signed(1 + normal(source) * 10 ** (-12 * source.uniform()), source)
  }
}

/** A double in a set that is not empty. */
function doubleIn(range: Range, style: Style, source: Random): number {
  const x = draw(style, source)
  if (contains(range, x)) return x
  if (contains(range, -x)) return -x
  const q = randomPoint(range, source, [])
  const near = toDouble(q)
  // A set may lie between two doubles; 0 is then as wrong as any other.
  return contains(range, near) ? near : Number.NaN
}

/** At most so many components are tried at special values one by one; larger points are drawn at random only. */
const MOST_SPECIAL = 64

/**
 * Points of a product of sets, each as one list of doubles: by turns special ones (edges of the sets, kinks, equal and
 * opposite components) and random ones of several sizes, up to 1e300. Where a set holds no double, NaN stands for it.
 */
export function* samplePoints(
  domain: readonly Range[],
  constants: readonly Rational[],
  source: Random,
): Generator<Float64Array> {
  const special = domain.length <= MOST_SPECIAL ? candidatePoints(domain, constants, source, 64) : null
  for (let k = 0; ; k++) {
    if (special !== null && k % 3 === 2) {
      const { value, done } = special.next()
      if (!done) {
        const point = Float64Array.from(value as Rational[], toDouble)
        if (point.every((x, i) => contains(domain[i], x))) yield point
        continue
      }
    }
    const style = STYLES[source.integer(0, STYLES.length - 1)]
    yield Float64Array.from(domain, range => doubleIn(range, style, source))
  }
}

/** Entries of variance 1 / columns, so that values keep their size from layer to layer; within what is declared. */
export function randomWeights(
  symbol: WeightSymbol,
  sizes: ReadonlyMap<string, number>,
  source: Random,
): Float64Array[] {
  const [rows, columns] = [sizeIn(symbol.rows, sizes), sizeIn(symbol.columns, sizes)]
  const scale = 1 / Math.sqrt(columns)
  const free = isReals(symbol.entries)
  return Array.from({ length: rows }, () =>
    Float64Array.from({ length: columns }, () => {
      const x = normal(source) * scale
      return free || contains(symbol.entries, x) ? x : doubleIn(symbol.entries, 'ordinary', source)
    }),
  )
}
