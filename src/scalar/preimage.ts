// What is known of the arguments of an operation when its result is known to lie in a set.
import type { KnownName } from './expression.ts'
import { forwardCall, needed } from './forward.ts'
import {
  containsPoint,
  EMPTY,
  hull,
  type Interval,
  intersect,
  interval,
  isEmpty,
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
  signsOf,
  union,
} from './range.ts'
import { ONE, rational, ZERO } from './rational.ts'

/** The inverses of the functions that are one-to-one on their whole domain. */
const INVERSE: Partial<Record<KnownName, (values: Range) => Range>> = {
  neg: negate,
  exp: r => forwardCall('ln', [r]),
  ln: r => forwardCall('exp', [r]),
  sqrt: r => forwardCall('^', [intersect(r, NON_NEGATIVE), point(rational(2))]),
  sinh: r => forwardCall('asinh', [r]),
  asinh: r => forwardCall('sinh', [r]),
  tanh: r => forwardCall('atanh', [r]),
  atanh: r => forwardCall('tanh', [r]),
  acosh: r => forwardCall('cosh', [intersect(r, NON_NEGATIVE)]),
  sigmoid: r => {
    const p = intersect(r, interval(ZERO, ONE, { lowOpen: true, highOpen: true }))
    return forwardCall('-', [forwardCall('ln', [p]), forwardCall('ln', [forwardCall('-', [point(ONE), p])])])
  },
}

function bothSigns(r: Range): Range {
  return union(r, negate(r))
}

/** All x with x <= some element of r, or with x below the supremum that is not reached. */
function below(r: Range): Range {
  if (isEmpty(r)) return EMPTY
  const last = r[r.length - 1]
  return interval(null, last.high, { highOpen: last.highOpen })
}

/**
 * A superset of { x : f(..., x, ...) is defined and lies in `result` }, x the argument with index `index`, the others in
 * the sets `args`.
 */
export function preimage(name: KnownName, index: number, args: readonly Range[], result: Range): Range {
  if (isEmpty(result)) return EMPTY
  const domain = args.length === 1 ? (needed(name, 0, args) ?? REALS) : REALS
  const inverse = INVERSE[name]
  if (inverse !== undefined) return intersect(domain, inverse(result))
  const other = args[1 - index]
  switch (name) {
    case '+':
      return forwardCall('-', [result, other])
    case '-':
      return index === 0 ? forwardCall('+', [result, other]) : forwardCall('-', [other, result])
    case '*': {
      if (containsPoint(result, ZERO) && containsPoint(other, ZERO)) return REALS
      // 0 * x lies in the result only if 0 does; otherwise x is a quotient.
      return forwardCall('/', [result, other])
    }
    case '/': {
      if (index === 0) return forwardCall('*', [result, intersect(other, NON_ZERO)])
      if (containsPoint(result, ZERO) && containsPoint(other, ZERO)) return NON_ZERO
      return intersect(NON_ZERO, forwardCall('/', [other, result]))
    }
    case 'abs':
      return bothSigns(intersect(result, NON_NEGATIVE))
    case 'cosh':
      return bothSigns(forwardCall('acosh', [result]))
    case 'relu':
      return union(intersect(result, POSITIVE), containsPoint(result, ZERO) ? NON_POSITIVE : EMPTY)
    case 'max':
      return union(below(hull(intersect(result, other))), result)
    case 'min':
      return negate(union(below(hull(negate(intersect(result, other)))), negate(result)))
    case 'sign': {
      const has = (q: number): boolean => containsPoint(result, rational(q))
      return union(has(-1) ? NEGATIVE : EMPTY, has(0) ? point(ZERO) : EMPTY, has(1) ? POSITIVE : EMPTY)
    }
    case 'softplus': {
      // softplus(x) >= v > 0 gives x >= ln(exp(v) - 1).
      const values = intersect(result, POSITIVE)
      return forwardCall('ln', [forwardCall('-', [forwardCall('exp', [values]), point(ONE)])])
    }
    case 'erf': {
      const signs = signsOf(result)
      return union(
        signs.negative ? NEGATIVE : EMPTY,
        signs.zero ? point(ZERO) : EMPTY,
        signs.positive ? POSITIVE : EMPTY,
      )
    }
    case 'floor':
      return normalizeRange(
        result.map(
          (i): Interval => ({
            low: i.low === null ? null : i.low.ceil(),
            lowOpen: false,
            high: i.high === null ? null : i.high.floor().add(ONE),
            highOpen: true,
          }),
        ),
      )
    case '^': {
      if (index === 1) return REALS
      const exponent = pointOf(other)
      if (exponent === null || exponent.n === 0n) return REALS
      const root = point(exponent.inverse())
      const fromPositive = forwardCall('^', [intersect(result, NON_NEGATIVE), root])
      if (exponent.d !== 1n) return intersect(fromPositive, needed('^', 0, [REALS, other]) ?? REALS)
      const fromNegative =
        exponent.n % 2n === 0n
          ? negate(fromPositive)
          : negate(forwardCall('^', [negate(intersect(result, NON_POSITIVE)), root]))
      return union(fromPositive, fromNegative)
    }
    default:
      return domain
  }
}
