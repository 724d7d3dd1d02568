// Arithmetic on rigorous enclosures of any precision: what a refutation rests on. Rational operations on exact values
// stay exact while that is cheap, so that 0/0 and x - x are decided.
import {
  boundsToEnclosure,
  type Enclosure,
  encloseConstant,
  encloseDot,
  encloseTape,
  extendCall,
  rationalBounds,
} from '../scalar/enclosure.ts'
import type { Relation } from '../scalar/expression.ts'
import { type Bounds, compare, fromRational, hullBounds, isExact } from '../scalar/scaled.ts'
import { tapeOf } from '../scalar/tape.ts'
import type { Arithmetic } from './arithmetic.ts'
import { type Partially, partialArithmetic, worst } from './partial.ts'

export type Enclosed = Partially<Bounds>

/** Whether two enclosures have no number in common, so that what they enclose differs. */
export function areApart(left: Bounds, right: Bounds): boolean {
  return compare(left.high, right.low) < 0 || compare(right.high, left.low) < 0
}

/** Whether the relation holds between all members of two enclosures, or between none (null otherwise). */
function decide(relation: Relation, left: Bounds, right: Bounds): boolean | null {
  switch (relation) {
    case '<':
      return compare(left.high, right.low) < 0 ? true : compare(left.low, right.high) >= 0 ? false : null
    case '<=':
      return compare(left.high, right.low) <= 0 ? true : compare(left.low, right.high) > 0 ? false : null
    default: {
      const apart = areApart(left, right)
      const same = isExact(left) && isExact(right) && !apart
      return apart || same ? same === (relation === '==') : null
    }
  }
}

/** The arithmetic of enclosures with about this many significant bits. */
export function enclosures(bits: number): Arithmetic<Enclosed> {
  const arithmetic = partialArithmetic<Bounds>(
    {
      rational: q => rationalBounds(q, bits),
      constant: name => {
        const { low, high } = encloseConstant(name, bits)
        return { low: fromRational(low), high: fromRational(high) }
      },
      call: (name, args) => extendCall(name, args, bits),
      decide,
      hull: hullBounds,
    },
    (weights, values) => encloseDot(weights, values, bits),
  )
  return {
    ...arithmetic,
    compile(e) {
      const tape = tapeOf(e)
      // Every arg is needed, whether the expression uses it or not: wires that are undefined make the net so.
      return args => worst(args) ?? encloseTape(tape, args as readonly Bounds[], bits)
    },
  }
}

/** The enclosure as rationals; 'unknown' where it would have millions of digits. */
export function written(value: Bounds): Enclosure | 'unknown' {
  return boundsToEnclosure(value)
}
