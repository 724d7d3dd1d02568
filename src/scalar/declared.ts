// Whether there can be a function as it is declared: what is said of all functions of a kind says nothing where there are none.
import type { FunctionSymbol } from './expression.ts'
import { containsPoint, type Interval, intersect, isEmpty, negate, type Range, sameRange } from './range.ts'
import { ZERO } from './rational.ts'

type Declared = Pick<FunctionSymbol, 'domain' | 'codomain' | 'monotone' | 'parity'>

function isPoint(i: Interval): boolean {
  return i.low !== null && i.high !== null && i.low.compare(i.high) === 0
}

/** False only where no strictly monotone function leads from the declared domain into the codomain. */
export function canBeMonotone({ domain: [from], codomain }: Declared): boolean {
  return !codomain.every(isPoint) || (from.every(isPoint) && from.length <= codomain.length)
}

/** False only where no odd function leads from the declared domain, which is symmetric, into the codomain. */
export function canBeOdd({ domain: [from], codomain }: Declared): boolean {
  const values = intersect(codomain, negate(codomain))
  return !isEmpty(values) && (!containsPoint(from, ZERO) || containsPoint(values, ZERO))
}

/** False only where no bijection of the declared kind exists: then a claim about it would hold for nothing. */
export function canBeBijective({ domain: [from], codomain: onto, monotone, parity }: Declared): boolean {
  if (parity === 'even' && !from.every(i => isPoint(i) && i.low?.n === 0n)) return false
  const points = (r: Range): number => (r.every(isPoint) ? r.length : Infinity)
  if (points(from) !== points(onto)) return false
  if (parity === 'odd' && !sameRange(onto, negate(onto))) return false
  if (monotone === null) return true
  const order = (r: Range): string => orderType(r).join(' ')
  return order(from) === order(monotone === 'increasing' ? onto : negate(onto))
}

/**
 * A set as an ordered set, by what bounds its pieces: an increasing bijection exists exactly between sets of one type.
 * (0, 1) and [2, 3) stand to each other in order like the parts of (0, 2), so such neighbours are one piece.
 */
function orderType(r: Range): string[] {
  const pieces: { lowOpen: boolean; highOpen: boolean; point: boolean }[] = []
  for (const i of r) {
    const last = pieces.at(-1)
    if (last !== undefined && last.highOpen !== i.lowOpen) {
      last.highOpen = i.highOpen
      last.point = false
    } else pieces.push({ lowOpen: i.lowOpen, highOpen: i.highOpen, point: isPoint(i) })
  }
  return pieces.map(p => (p.point ? '.' : `${p.lowOpen ? '(' : '['}${p.highOpen ? ')' : ']'}`))
}
