// Points of a domain at which nets are likely to differ, if they differ anywhere: simple numbers, edges, kinks, huge and
// tiny values, equal and opposite components; then random ones. All are exact.
import { containsPoint, type Interval, isEmpty, type Range } from '../scalar/range.ts'
import { type Rational, rational, ZERO } from '../scalar/rational.ts'
import { type Random, randomMagnitude } from './random.ts'

const power = (base: number, exponent: number): Rational =>
  exponent >= 0 ? rational(BigInt(base) ** BigInt(exponent)) : rational(1n, BigInt(base) ** BigInt(-exponent))

const SIMPLE: readonly Rational[] = [
  rational(0),
  rational(1),
  rational(-1),
  rational(2),
  rational(-2),
  rational(1, 2),
  rational(-1, 2),
  rational(3),
  rational(-3),
  rational(8),
  rational(-8),
  rational(1, 10),
  rational(-1, 10),
  rational(30),
  rational(-30),
  power(10, -9),
  power(10, -9).neg(),
  rational(1000),
  rational(-1000),
  power(10, 9),
  power(10, 9).neg(),
]
const EDGE = power(2, -20)

/** A point inside an interval, at a fraction of its width or at a distance from its end. */
function inside({ low, high }: Interval, at: Rational): Rational {
  if (low !== null && high !== null) return low.add(high.sub(low).mul(at.div(at.add(1))))
  if (low !== null) return low.add(at)
  return high === null ? at : high.sub(at)
}

/**
 * Points of the set worth trying first, simple ones before others: whole numbers, ends, points next to ends, and the
 * given constants (those at which formulas bend or break) with points on both sides of them.
 */
export function specialPoints(range: Range, constants: readonly Rational[]): Rational[] {
  const ends = range.flatMap(i => [i.low, i.high]).filter(q => q !== null)
  const edges = range.flatMap(i => [inside(i, EDGE), inside(i, rational(1)), inside(i, rational(1).div(EDGE))])
  const around = constants.flatMap(c => [c, c.neg(), c.add(1), c.sub(1), c.div(2), c.mul(2)])
  const found = new Map<string, Rational>()
  for (const q of [...SIMPLE.slice(0, 5), ...ends, ...SIMPLE.slice(5), ...around, ...edges]) {
    if (containsPoint(range, q)) found.set(q.toFraction(), q)
  }
  return [...found.values()]
}

function anyNumber(source: Random, constants: readonly Rational[]): Rational {
  const sign = source.oneIn(2) ? 1 : -1
  switch (source.integer(0, 8)) {
    case 0:
      return source.pick(SIMPLE)
    case 1:
      return constants.length === 0 ? ZERO : source.pick(constants).add(rational(source.integer(-4, 4), 4))
    case 2:
      return rational(source.integer(-9, 9))
    case 3:
      return randomMagnitude(source, -3, 3).mul(sign)
    case 4:
      return randomMagnitude(source, -12, 12).mul(sign)
    case 5:
      return source.oneIn(4) ? randomMagnitude(source, -300, 300).mul(sign) : rational(source.integer(-200, 200), 100)
    default:
      return rational(source.integer(-500, 500), 100)
  }
}

/** A random point of a set that is not empty. */
export function randomPoint(range: Range, source: Random, constants: readonly Rational[]): Rational {
  if (isEmpty(range)) throw new RangeError('randomPoint: the set is empty')
  for (let attempt = 0; attempt < 4; attempt++) {
    const q = anyNumber(source, constants)
    if (containsPoint(range, q)) return q
  }
  const interval = source.pick(range)
  const q = inside(interval, randomMagnitude(source, -4, 4))
  if (containsPoint(range, q)) return q
  return interval.low ?? (interval.high as Rational)
}

/** Every list of one member from each of the given lists, simple members first, until there are `limit`. */
function* combinations(lists: readonly (readonly Rational[])[], limit: number): Generator<Rational[]> {
  const longest = lists.reduce((sum, list) => sum + list.length, 0)
  let made = 0
  for (let total = 0; total <= longest; total++) {
    // All lists of indices with this sum, in order, counted up without recursion.
    const indices = lists.map(() => 0)
    for (let place = 0; place >= 0; ) {
      const used = indices.slice(0, -1).reduce((sum, i) => sum + i, 0)
      const rest = total - used
      if (rest >= 0 && rest < lists[lists.length - 1].length) {
        indices[indices.length - 1] = rest
        yield indices.map((i, k) => lists[k][i])
        if (++made >= limit) return
      }
      for (place = indices.length - 2; place >= 0; place--) {
        if (++indices[place] < lists[place].length && indices[place] <= total) break
        indices[place] = 0
      }
    }
  }
}

const MANY_COMPONENTS = 64
const SHORT_POINTS = 3
const SHORT = Array.from({ length: 19 }, (_, i) => rational(i - 9))

/**
 * Points of a product of sets, without end: first combinations of special points (`limit` of them), or of
 * many components some whole numbers, then random points, many of them with equal, opposite or zero components. Throws RangeError where a set is empty.
 */
export function* candidatePoints(
  domain: readonly Range[],
  constants: readonly Rational[],
  source: Random,
  limit: number,
): Generator<Rational[]> {
  if (domain.length === 0) {
    yield []
    return
  }
  const special = new Map<Range, Rational[]>()
  for (const range of domain) if (!special.has(range)) special.set(range, specialPoints(range, constants))
  if (limit > 0 && domain.length <= 4)
    yield* combinations(
      domain.map(range => special.get(range) as Rational[]),
      limit,
    )
  const pointOf = (range: Range): Rational => {
    const list = special.get(range) as Rational[]
    return list.length > 0 && source.oneIn(3) ? source.pick(list) : randomPoint(range, source, constants)
  }
  // Of many components short ones first: sums over them are exact, and quick to show.
  for (let k = 0; k < SHORT_POINTS && domain.length >= MANY_COMPONENTS; k++) {
    yield domain.map(range => {
      const q = source.pick(SHORT)
      return containsPoint(range, q) ? q : containsPoint(range, q.neg()) ? q.neg() : pointOf(range)
    })
  }
  for (;;) {
    const style = source.integer(0, 7)
    const first = pointOf(domain[0])
    yield domain.map((range, i) => {
      const same = style === 0 || (style <= 2 && source.oneIn(2))
      if (same && containsPoint(range, first)) return first
      if (style === 3 && source.oneIn(2) && containsPoint(range, first.neg())) return first.neg()
      if (style === 4 && !source.oneIn(3) && containsPoint(range, ZERO)) return ZERO
      return i === 0 ? first : pointOf(range)
    })
  }
}
