// Where a real function of one variable is defined, shown by enclosures: an interval is cut in two until each part is
// shown to have values everywhere or nowhere, or is so narrow that it is one point of the picture.
import { analyse } from '../scalar/analysis.ts'
import { simplestFraction } from '../scalar/critical.ts'
import { enclose, encloseTape } from '../scalar/enclosure.ts'
import type { Expression } from '../scalar/expression.ts'
import { interval } from '../scalar/range.ts'
import { fromDouble, type Rational, toDouble } from '../scalar/rational.ts'
import { fromRational, type Scaled } from '../scalar/scaled.ts'
import { tapeOf } from '../scalar/tape.ts'

/** What is known of the function between two numbers. A `spot` is too narrow to tell its ends apart in a picture. */
export interface Part {
  readonly kind: 'defined' | 'undefined' | 'spot' | 'open'
  readonly low: number
  readonly high: number
}

const CELLS = 32
const BITS = 40
/** The width of a spot, in widths of the whole. */
const NARROW = 2 ** -40
/** Cells that are looked at in all. */
const BUDGET = 4000

/**
 * The interval in parts, from left to right: shown to be `defined` at each of their points, shown to be `undefined` at
 * each, spots where neither is shown, and `open` ones that are wider, where the budget has ended. `cuts` are places at
 * which something may happen.
 */
export function partsOf(e: Expression, low: number, high: number, cuts: readonly number[]): Part[] {
  const tape = tapeOf(e)
  const scaled = (x: number): Scaled => fromRational(fromDouble(x))
  const ends = Array.from({ length: CELLS + 1 }, (_, i) => low + ((high - low) * i) / CELLS)
  const sorted = [...new Set([...ends.slice(1, -1), ...cuts.filter(x => x > low && x < high), low, high])]
  sorted.sort((a, b) => a - b)
  const found: Part[] = []
  let cells = sorted.slice(1).map((end, i) => [sorted[i], end] as const)
  let budget = BUDGET
  while (cells.length > 0) {
    const halves: (readonly [number, number])[] = []
    for (const [a, b] of cells) {
      const value = budget-- > 0 ? encloseTape(tape, [{ low: scaled(a), high: scaled(b) }], BITS) : 'unknown'
      const middle = a + (b - a) / 2
      if (value === 'undefined') found.push({ kind: 'undefined', low: a, high: b })
      else if (value !== 'unknown') found.push({ kind: 'defined', low: a, high: b })
      else if (b - a <= (high - low) * NARROW || middle === a || middle === b)
        found.push({ kind: 'spot', low: a, high: b })
      else if (budget <= 0) found.push({ kind: 'open', low: a, high: b })
      else halves.push([a, middle], [middle, b])
    }
    cells = halves
  }
  found.sort((a, b) => a.low - b.low)
  return joined(found)
}

/** Neighbours of one kind as one part. */
function joined(parts: readonly Part[]): Part[] {
  const result: Part[] = []
  for (const part of parts) {
    const last = result.at(-1)
    if (last?.kind === part.kind) result[result.length - 1] = { ...last, high: part.high }
    else result.push(part)
  }
  return result
}

/** The simple fraction that a spot is about, if one lies in it. */
export function fractionIn(low: number, high: number): Rational | null {
  const slack = (high - low) * 2
  const fraction = simplestFraction(Math.abs((low + high) / 2) <= slack ? 0 : (low + high) / 2)
  if (fraction === null) return null
  const value = toDouble(fraction)
  return value >= low - slack && value <= high + slack ? fraction : null
}

/** The value at a rational, to about 20 digits; 'undefined' where it is shown to be, null where neither is decided. */
export function valueAt(e: Expression, x: Rational): number | 'undefined' | null {
  const value = enclose(e, [x], { bits: 64, maxBits: 1024 })
  if (value === 'undefined') return value
  if (value === 'unknown') return null
  return toDouble(value.low.add(value.high).div(2))
}

/** Whether the function is shown to be defined, and bounded, between two numbers, which do not belong to it. */
export function isTameBetween(e: Expression, low: number, high: number): { defined: boolean; bounded: boolean } {
  const between = interval(fromDouble(low), fromDouble(high), { lowOpen: true, highOpen: true })
  const { defined, range } = analyse(e, [between])
  return { defined, bounded: range.every(i => i.low !== null && i.high !== null) }
}
