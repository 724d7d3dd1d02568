// What values an operation can take when its arguments lie in given sets, and whether it is defined for all of them.
//
// A result is always a superset of the values: where an end is transcendental it is enclosed and rounded outward;
// where it is exact, it is kept, open or closed. Every function is cut into pieces on which it is strictly monotone,
// so that the image of an interval is found at its ends.
import { type Enclosure, encloseCall, encloseConstant } from './enclosure.ts'
import type { KnownName } from './expression.ts'
import {
  EMPTY,
  hull,
  type Interval,
  intersect,
  interval,
  isEmpty,
  isReals,
  isSubset,
  mergeClosest,
  NEGATIVE,
  NON_NEGATIVE,
  NON_POSITIVE,
  NON_ZERO,
  negate,
  normalizeRange,
  POSITIVE,
  point,
  pointOf,
  type Range,
  REALS,
  roundOutward,
  signsOf,
  translate,
  UNIT_OPEN,
  union,
} from './range.ts'
import { addRationals, compareRationals, ONE, type Rational, rational, ZERO } from './rational.ts'
import { spend } from './work.ts'

/** The relative precision, in bits, of the ends that have to be rounded. */
const BITS = 80

const MINUS_ONE = rational(-1)
const THREE_HALVES = rational(3, 2)
const FROM_ONE = interval(ONE, null)
const ABOVE_ONE = interval(ONE, null, { lowOpen: true })
const WITHIN_ONE = interval(MINUS_ONE, ONE)
const WITHIN_ONE_OPEN = interval(MINUS_ONE, ONE, { lowOpen: true, highOpen: true })

/** Bounds of one number that may be unbounded (null); equal bounds are its exact value. */
interface Bounds {
  readonly low: Rational | null
  readonly high: Rational | null
}
const UNBOUNDED: Bounds = { low: null, high: null }

function exactly(q: Rational): Bounds {
  return { low: q, high: q }
}

function isExact(b: Bounds): boolean {
  return b.low !== null && b.high !== null && (b.low === b.high || b.low.equals(b.high))
}

function boundsOf(name: KnownName, ...args: readonly Rational[]): Bounds {
  const result = encloseCall(
    name,
    args.map((q): Enclosure => ({ low: q, high: q })),
    BITS,
  )
  return typeof result === 'string' ? UNBOUNDED : result
}

/** A set on which a function is strictly monotone, and its image. */
interface Piece {
  readonly domain: Range
  readonly image: Range
  readonly direction: 'increasing' | 'decreasing'
}

function increasing(domain: Range, image: Range): Piece {
  return { domain, image, direction: 'increasing' }
}

const PIECES: Partial<Record<KnownName, readonly Piece[]>> = {
  exp: [increasing(REALS, POSITIVE)],
  ln: [increasing(POSITIVE, REALS)],
  sqrt: [increasing(NON_NEGATIVE, NON_NEGATIVE)],
  sinh: [increasing(REALS, REALS)],
  cosh: [{ domain: NON_POSITIVE, image: FROM_ONE, direction: 'decreasing' }, increasing(NON_NEGATIVE, FROM_ONE)],
  tanh: [increasing(REALS, WITHIN_ONE_OPEN)],
  asinh: [increasing(REALS, REALS)],
  acosh: [increasing(FROM_ONE, NON_NEGATIVE)],
  atanh: [increasing(WITHIN_ONE_OPEN, REALS)],
  erf: [increasing(REALS, WITHIN_ONE_OPEN)],
  sigmoid: [increasing(REALS, UNIT_OPEN)],
  softplus: [increasing(REALS, POSITIVE)],
}

const FAR = rational(1000)
const SATURATING: ReadonlySet<KnownName> = new Set<KnownName>([
  'exp',
  'sinh',
  'cosh',
  'tanh',
  'erf',
  'sigmoid',
  'softplus',
])

/** Bounds of f(x), for a monotone piece; far out they come from a point that is less far out. */
function boundsAt(name: KnownName, piece: Piece, x: Rational): Bounds {
  if (!SATURATING.has(name) || (x.compare(FAR) <= 0 && x.compare(FAR.neg()) >= 0)) return boundsOf(name, x)
  // x < softplus(x) < x + exp(-x), and exp(-1000) < 2^-1000.
  if (name === 'softplus' && x.s > 0n) return { low: x, high: x.add(rational(1n, 1n << 100n)) }
  const nearer = boundsOf(name, x.s > 0n ? FAR : FAR.neg())
  const above = (piece.direction === 'increasing') === x.s > 0n
  return above ? { low: nearer.low, high: null } : { low: null, high: nearer.high }
}

/** The interval between two values of a continuous, strictly monotone function; an end that had to be rounded is closed. */
function between(low: Bounds, lowOpen: boolean, high: Bounds, highOpen: boolean): Range {
  return normalizeRange([
    { low: low.low, lowOpen: lowOpen && isExact(low), high: high.high, highOpen: highOpen && isExact(high) },
  ])
}

function imageOfPiece(name: KnownName, piece: Piece, x: Interval): Range {
  // At an end where the function has only a limit the image of the whole piece gives the bound.
  const isInside = (end: Rational, open: boolean): boolean => !open || !isEmpty(intersect(piece.domain, point(end)))
  const low = x.low !== null && isInside(x.low, x.lowOpen) ? boundsAt(name, piece, x.low) : UNBOUNDED
  const high = x.high !== null && isInside(x.high, x.highOpen) ? boundsAt(name, piece, x.high) : UNBOUNDED
  const result =
    piece.direction === 'increasing'
      ? between(low, x.lowOpen, high, x.highOpen)
      : between(high, x.highOpen, low, x.lowOpen)
  return intersect(result, piece.image)
}

function imageByPieces(name: KnownName, pieces: readonly Piece[], arg: Range): Range {
  return union(...pieces.flatMap(p => intersect(arg, p.domain).map(x => imageOfPiece(name, p, x))))
}

/** The integer floor(x / pi + half / 2), or null where pi would have to be known better. */
function periodOf(x: Rational, half: 0 | 1): number | null {
  if (x.n === 0n) return 0
  // 3/2 < pi/2 and 3 < pi.
  if (half === 1 && x.abs().compare(THREE_HALVES) <= 0) return 0
  if (half === 0 && x.abs().compare(3) <= 0) return x.s > 0n ? 0 : -1
  const size = x.n.toString(16).length * 4
  if (size > 256) return null
  const pi = encloseConstant('pi', BITS + size)
  const shift = rational(half, 2)
  const a = x.div(pi.low).add(shift).floor()
  const b = x.div(pi.high).add(shift).floor()
  return a.equals(b) && a.n < 1n << 50n ? Number(a.s * a.n) : null
}

function imageOfTrigonometric(name: 'sin' | 'cos' | 'tan', x: Interval): Range {
  const everything = name === 'tan' ? REALS : WITHIN_ONE
  const { low, high } = x
  if (low === null || high === null || high.sub(low).compare(7) > 0) return everything
  const half = name === 'cos' ? 0 : 1
  const first = periodOf(low, half)
  let last = periodOf(high, half)
  if (first === null || last === null) return everything
  // The only end of a period of cos that is rational is 0: an interval that ends there does not enter the next one.
  if (name === 'cos' && high.n === 0n && low.s < 0n) last = -1
  const atLow = boundsOf(name, low)
  const atHigh = boundsOf(name, high)
  const isEven = first % 2 === 0
  if (first === last) {
    const rises = name === 'tan' || (name === 'sin') === isEven
    const result = rises ? between(atLow, x.lowOpen, atHigh, x.highOpen) : between(atHigh, x.highOpen, atLow, x.lowOpen)
    return intersect(result, everything)
  }
  if (name === 'tan' || last > first + 1) return everything
  // One extremum lies inside: 1 or -1.
  const isMaximum = (name === 'sin') === isEven
  const reached = union(point(isMaximum ? ONE : MINUS_ONE), closed(atLow), closed(atHigh))
  return intersect(hull(reached), everything)
}

function closed(b: Bounds): Range {
  return interval(b.low, b.high)
}

/** At most this many integers are listed one by one; more are given as the interval that holds them. */
const FEW = 4n

/** The integers in a set. */
export function integersIn(r: Range): Range {
  return normalizeRange(
    r.flatMap((i): Range => {
      const low = i.low === null ? null : i.lowOpen ? i.low.floor().add(ONE) : i.low.ceil()
      const high = i.high === null ? null : i.highOpen ? i.high.ceil().sub(ONE) : i.high.floor()
      if (low === null || high === null) return interval(low, high)
      if (high.compare(low) < 0) return EMPTY
      const width = high.sub(low)
      if (width.n >= FEW) return interval(low, high)
      return Array.from({ length: Number(width.n) + 1 }, (_, k) => point(low.add(k))[0])
    }),
  )
}

/** Whether the set consists of integers only. */
function isIntegral(r: Range): boolean {
  return r.every(i => i.low !== null && i.high !== null && i.low.equals(i.high) && i.low.d === 1n)
}

function floorImage(arg: Range): Range {
  // floor(x) = n is x in [n, n + 1): the integers in the set pushed down by less than one.
  const pushed = arg.map(
    (i): Interval => ({
      low: i.low === null ? null : i.low.floor(),
      lowOpen: false,
      high: i.high === null ? null : i.highOpen ? i.high.ceil().sub(ONE) : i.high.floor(),
      highOpen: false,
    }),
  )
  return integersIn(normalizeRange(pushed))
}

function addRanges(a: Range, b: Range): Range {
  if (isReals(a) || isReals(b)) return isEmpty(a) || isEmpty(b) ? EMPTY : REALS
  const shift = pointOf(b)
  if (shift !== null) return translate(a, shift)
  return normalizeRange(
    a.flatMap(x =>
      b.map(y => ({
        low: x.low === null || y.low === null ? null : addRationals(x.low, y.low),
        lowOpen: x.lowOpen || y.lowOpen,
        high: x.high === null || y.high === null ? null : addRationals(x.high, y.high),
        highOpen: x.highOpen || y.highOpen,
      })),
    ),
  )
}

/** A set cut at 0; the negative part is given by its absolute values. */
function bySign(r: Range): { negative: Range; zero: boolean; positive: Range } {
  return {
    negative: negate(intersect(r, NEGATIVE)),
    zero: signsOf(r).zero,
    positive: intersect(r, POSITIVE),
  }
}

/** The product of sets of positive numbers. A lower end 0 is open, so the products of the ends are right throughout. */
function multiplyPositive(a: Range, b: Range): Range {
  return normalizeRange(
    a.flatMap(x =>
      b.map(y => ({
        low: (x.low as Rational).mul(y.low as Rational),
        lowOpen: x.lowOpen || y.lowOpen,
        high: x.high === null || y.high === null ? null : x.high.mul(y.high),
        highOpen: x.highOpen || y.highOpen,
      })),
    ),
  )
}

function isZero(r: Range): boolean {
  return pointOf(r)?.n === 0n
}

function multiplyRanges(a: Range, b: Range): Range {
  if (isEmpty(a) || isEmpty(b)) return EMPTY
  if (isReals(a) || isReals(b)) return isZero(a) || isZero(b) ? point(ZERO) : REALS
  const x = bySign(a)
  const y = bySign(b)
  return union(
    x.zero || y.zero ? point(ZERO) : EMPTY,
    multiplyPositive(x.positive, y.positive),
    multiplyPositive(x.negative, y.negative),
    negate(multiplyPositive(x.positive, y.negative)),
    negate(multiplyPositive(x.negative, y.positive)),
  )
}

function invertPositive(r: Range): Range {
  return normalizeRange(
    r.map(i => ({
      low: i.high === null ? ZERO : i.high.inverse(),
      lowOpen: i.highOpen,
      high: (i.low as Rational).n === 0n ? null : (i.low as Rational).inverse(),
      highOpen: i.lowOpen,
    })),
  )
}

function invertRange(r: Range): Range {
  const x = bySign(r)
  return union(invertPositive(x.positive), negate(invertPositive(x.negative)))
}

function maxRanges(a: Range, b: Range): Range {
  return normalizeRange(
    a.flatMap(x =>
      b.map((y): Interval => {
        const lows = compareEnds(x.low, y.low, -1)
        const highs = compareEnds(x.high, y.high, 1)
        return {
          low: lows >= 0 ? x.low : y.low,
          lowOpen: lows > 0 ? x.lowOpen : lows < 0 ? y.lowOpen : x.lowOpen || y.lowOpen,
          high: highs >= 0 ? x.high : y.high,
          highOpen: highs > 0 ? x.highOpen : highs < 0 ? y.highOpen : x.highOpen && y.highOpen,
        }
      }),
    ),
  )
}

function compareEnds(a: Rational | null, b: Rational | null, infinity: -1 | 1): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? infinity : -infinity
  return compareRationals(a, b)
}

const FAR_POWER = 4096
const HUGE = rational(1n << BigInt(FAR_POWER))

/** Bounds of b^a, b > 0, exact where that is cheap; powers beyond 2^4096 or below 2^-4096 are not worked out. */
function powerBounds(b: Rational, a: Rational): Bounds {
  if (a.n === 0n || b.equals(ONE)) return exactly(ONE)
  const [top, bottom] = [b.n.toString(16).length * 4, b.d.toString(16).length * 4]
  const size = BigInt(top + bottom)
  // n has more than top - 4 bits and d at most bottom: a lower bound of |log2 b|.
  const exponent = Math.max(top - bottom, bottom - top) - 4
  if (exponent > 0 && a.abs().mul(exponent).compare(FAR_POWER) > 0) {
    return top > bottom === a.s > 0n ? { low: HUGE, high: null } : { low: null, high: HUGE.inverse() }
  }
  if (a.d === 1n && a.n * size <= 1024n) {
    const n = b.n ** a.n
    const d = b.d ** a.n
    return exactly(a.s > 0n ? rational(n, d) : rational(d, n))
  }
  if (a.d === 2n && a.n === 1n) {
    const root = boundsOf('sqrt', b)
    if (a.s > 0n || root.low === null || root.high === null || root.low.n === 0n) return a.s > 0n ? root : UNBOUNDED
    return { low: root.high.inverse(), high: root.low.inverse() }
  }
  return boundsOf('^', b, a)
}

/**
 * The powers of positive bases. In each of the four quadrants around base 1 and exponent 0 the power is strictly
 * monotone in both arguments, so its bounds are at two corners; on the two axes it is 1.
 */
function powersOfPositive(bases: Range, exponents: Range): Range {
  if (isEmpty(bases) || isEmpty(exponents)) return EMPTY
  const exponentZero = signsOf(exponents).zero
  const results: Range[] = []
  if (exponentZero || !isEmpty(intersect(bases, point(ONE)))) results.push(point(ONE))
  const corner = (b: Rational | null, a: Rational | null): Bounds =>
    b === null || a === null || b.n === 0n ? UNBOUNDED : powerBounds(b, a)
  for (const [from, image] of [
    [ABOVE_ONE, ABOVE_ONE],
    [UNIT_OPEN, UNIT_OPEN],
  ] as const) {
    for (const b of intersect(bases, from)) {
      for (const a of intersect(exponents, POSITIVE)) {
        // Above 1 the power increases with the exponent, below 1 it decreases.
        const [atLow, atLowOpen, atHigh, atHighOpen] =
          from === ABOVE_ONE ? [a.low, a.lowOpen, a.high, a.highOpen] : [a.high, a.highOpen, a.low, a.lowOpen]
        results.push(
          intersect(
            between(corner(b.low, atLow), b.lowOpen || atLowOpen, corner(b.high, atHigh), b.highOpen || atHighOpen),
            image,
          ),
        )
      }
      for (const a of intersect(exponents, NEGATIVE)) {
        const [atLow, atLowOpen, atHigh, atHighOpen] =
          from === ABOVE_ONE ? [a.low, a.lowOpen, a.high, a.highOpen] : [a.high, a.highOpen, a.low, a.lowOpen]
        results.push(
          intersect(
            between(corner(b.high, atLow), b.highOpen || atLowOpen, corner(b.low, atHigh), b.lowOpen || atHighOpen),
            from === ABOVE_ONE ? UNIT_OPEN : ABOVE_ONE,
          ),
        )
      }
    }
  }
  return union(...results)
}

/** The powers of the soundness table: 0^a is 0 for a > 0 and 1 for a = 0; negative bases take integer exponents only. */
function powerRanges(bases: Range, exponents: Range): Range {
  // Every positive number is a power of every other one but 1.
  if (isReals(exponents) && isSubset(bases, POSITIVE)) return pointOf(bases)?.equals(ONE) ? bases : POSITIVE
  const base = bySign(bases)
  const results = [powersOfPositive(base.positive, exponents)]
  if (base.zero) {
    const signs = signsOf(exponents)
    if (signs.positive) results.push(point(ZERO))
    if (signs.zero) results.push(point(ONE))
  }
  if (!isEmpty(base.negative)) {
    const integers = integersIn(exponents)
    if (isIntegral(integers)) {
      for (const i of integers) {
        const n = i.low as Rational
        const powers = powersOfPositive(base.negative, point(n))
        results.push(n.n % 2n === 0n ? powers : negate(powers))
      }
    } else {
      const powers = powersOfPositive(base.negative, integers)
      results.push(powers, negate(powers))
    }
  }
  return union(...results)
}

function image(name: KnownName, args: readonly Range[]): Range {
  const [a, b] = args
  if (args.some(isEmpty)) return EMPTY
  switch (name) {
    case '+':
      return addRanges(a, b)
    case '-':
      return addRanges(a, negate(b))
    case '*':
      return multiplyRanges(a, b)
    case '/':
      return multiplyRanges(a, invertRange(b))
    case '^':
      return powerRanges(a, b)
    case 'neg':
      return negate(a)
    case 'abs':
      return union(intersect(a, NON_NEGATIVE), negate(intersect(a, NON_POSITIVE)))
    case 'relu':
      return isSubset(a, NON_NEGATIVE) ? a : maxRanges(a, point(ZERO))
    case 'max':
      return maxRanges(a, b)
    case 'min':
      return negate(maxRanges(negate(a), negate(b)))
    case 'sign': {
      const signs = signsOf(a)
      return union(
        signs.negative ? point(MINUS_ONE) : EMPTY,
        signs.zero ? point(ZERO) : EMPTY,
        signs.positive ? point(ONE) : EMPTY,
      )
    }
    case 'floor':
      return floorImage(a)
    case 'sin':
    case 'cos':
    case 'tan':
      return union(...a.map(x => imageOfTrigonometric(name, x)))
    default:
      return imageByPieces(name, PIECES[name] as readonly Piece[], a)
  }
}

// Results by the objects that the arguments are. Nets ask the same few questions for millions of wires.
const memo = new Map<KnownName, WeakMap<Range, Range | WeakMap<Range, Range>>>()

/** The small steps that arithmetic on the ends of a set takes: many where these are fractions. */
function endsWork(r: Range): number {
  let work = 0
  for (const { low, high } of r)
    work += 40 + (low === null || low.d === 1n ? 0 : 200) + (high === null || high.d === 1n ? 0 : 200)
  return work
}

/** A superset of { f(p) : p in the box of the arguments, f defined at p }. */
export function forwardCall(name: KnownName, args: readonly Range[]): Range {
  let first = memo.get(name)
  if (first === undefined) memo.set(name, (first = new WeakMap()))
  if (args.length === 1) {
    const old = first.get(args[0]) as Range | undefined
    if (old !== undefined) return old
    spend(60 + endsWork(args[0]))
    const result = mergeClosest(roundOutward(image(name, args)))
    first.set(args[0], result)
    return result
  }
  let second = first.get(args[0]) as WeakMap<Range, Range> | undefined
  if (second === undefined) first.set(args[0], (second = new WeakMap()))
  const old = second.get(args[1])
  if (old !== undefined) return old
  spend(60 + endsWork(args[0]) * args[1].length + args[0].length * endsWork(args[1]))
  const result = mergeClosest(roundOutward(image(name, args)))
  second.set(args[1], result)
  return result
}

/** Where each partial function of one argument is defined. The poles of tan are no such set. */
const DOMAIN: Partial<Record<KnownName, Range>> = {
  ln: POSITIVE,
  sqrt: NON_NEGATIVE,
  acosh: FROM_ONE,
  atanh: WITHIN_ONE_OPEN,
}

/** Whether f is shown to be defined at every point of the box. */
export function definedOn(name: KnownName, args: readonly Range[]): boolean {
  if (args.some(isEmpty)) return true
  switch (name) {
    case '/':
      return !signsOf(args[1]).zero
    case '^': {
      const base = signsOf(args[0])
      const exponent = signsOf(args[1])
      return (!base.zero || !exponent.negative) && (!base.negative || isIntegral(args[1]))
    }
    case 'tan':
      return args[0].every(x => {
        if (x.low === null || x.high === null) return false
        const first = periodOf(x.low, 1)
        return first !== null && first === periodOf(x.high, 1)
      })
    default: {
      const domain = DOMAIN[name]
      return domain === undefined || isSubset(args[0], domain)
    }
  }
}

/**
 * The largest set for the argument with this index, the others in the given sets, on which f is defined.
 * Null for tan, whose domain is no finite union, and for exponents that have to be integers.
 */
export function needed(name: KnownName, argIndex: number, args: readonly Range[]): Range | null {
  switch (name) {
    case '/':
      return argIndex === 0 ? REALS : NON_ZERO
    case 'tan':
      return null
    case '^': {
      if (argIndex === 0) {
        const positiveOnly = signsOf(args[1]).negative
        if (isIntegral(args[1])) return positiveOnly ? NON_ZERO : REALS
        return positiveOnly ? POSITIVE : NON_NEGATIVE
      }
      const base = signsOf(args[0])
      return base.negative ? null : base.zero ? NON_NEGATIVE : REALS
    }
    default:
      return DOMAIN[name] ?? REALS
  }
}
