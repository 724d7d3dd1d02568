// Which way of computing a product of powers keeps more digits: power by power, or as exp of a sum of logarithms.
import { type Diagram, type MultiplicativeNode, operatorsOf } from '../diagram/diagram.ts'
import { type WireRange, whole, wireRanges } from '../diagram/ranges.ts'
import { type Linear, linearPostorder, type WeightSymbol } from '../linear/linear.ts'
import type { Size } from '../linear/size.ts'
import { analyse } from '../scalar/analysis.ts'
import { isSubset, POSITIVE, printRange, type Range } from '../scalar/range.ts'
import { toDouble } from '../scalar/rational.ts'
import type { MultiplicativeChoice } from './program.ts'

/** exp of anything in absolute value below this neither overflows nor loses digits to underflow. */
const MOST_EXPONENT = 700

/** The largest absolute value in a set; infinite where there is none. */
function magnitude(r: Range): number {
  return Math.max(
    0,
    ...r.flatMap(({ low, high }) => [low, high].map(q => (q === null ? Infinity : Math.abs(toDouble(q))))),
  )
}

/** A bound of the sum of the absolute values of a row, over all rows: infinite where entries may be anything. */
function rowSum(
  root: Linear,
  size: (s: Size) => number,
  entries: (w: WeightSymbol) => readonly ArrayLike<number>[] | null,
): number {
  const bounds = new Map<Linear, number>()
  const ofRows = (rows: readonly ArrayLike<number>[]): number =>
    rows.reduce(
      (most, row) =>
        Math.max(
          most,
          Array.from(row).reduce((sum, w) => sum + Math.abs(w), 0),
        ),
      0,
    )
  // 0 * Infinity: no entries at all are no sum, whatever they might be.
  const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b)
  for (const a of linearPostorder(root)) {
    const of = (part: Linear): number => bounds.get(part) as number
    const bound = ((): number => {
      switch (a.kind) {
        case 'symbol': {
          const rows = a.symbol.value?.map(row => row.map(toDouble)) ?? entries(a.symbol)
          return rows === null ? times(magnitude(a.symbol.entries), size(a.columns)) : ofRows(rows)
        }
        case 'literal':
          return ofRows(a.entries.map(row => row.map(toDouble)))
        case 'ones':
          return size(a.columns)
        case 'zero':
          return 0
        case 'identity':
        case 'select':
        case 'embed':
          return 1
        case 'transpose': {
          const { symbol } = a.of
          const rows = entries(symbol)
          if (rows === null) return times(magnitude(symbol.entries), size(a.columns))
          return ofRows(Array.from(rows[0] ?? [], (_, j) => rows.map(row => row[j])))
        }
        case 'diagonal':
          return of(a.of)
        case 'product':
          return times(of(a.left), of(a.right))
        case 'sum':
          return of(a.left) + of(a.right)
        case 'scale':
          return times(magnitude(analyse(a.factor, []).range), of(a.of))
      }
    })()
    bounds.set(a, bound)
  }
  return bounds.get(root) as number
}

/**
 * Chooses for each multiplicative node. Error bounds in units of rounding: k powers and as many products make 2k,
 * whatever the powers are, as long as no part of the product overflows or underflows; through logarithms it is (k + 2)
 * sum |w ln x| + 1, for the sum's absolute error becomes the relative one of the result. Where x may be 0 or negative
 * there are no logarithms.
 */
export function chooser(
  diagram: Diagram,
  size: (s: Size) => number,
  entries: (w: WeightSymbol) => readonly ArrayLike<number>[] | null,
): (node: MultiplicativeNode) => Omit<MultiplicativeChoice, 'node'> {
  let ranges: Map<number, WireRange> | null = null
  return node => {
    ranges ??= wireRanges(diagram)
    const x = whole(ranges.get(node.args[0]) as WireRange)
    const where = `its argument lies in ${printRange(x)}`
    if (!isSubset(x, POSITIVE)) return { method: 'powers', reason: `${where}, where not every logarithm is defined` }
    const ends = [x[0].low, x[x.length - 1].high].map(q => (q === null ? Infinity : Math.abs(Math.log(toDouble(q)))))
    const [exponents, bias] = operatorsOf(node).map(a => rowSum(a, size, entries))
    const largest = exponents === 0 ? 0 : exponents * Math.max(...ends)
    if (!(largest + (bias ?? 0) <= MOST_EXPONENT))
      return { method: 'logarithms', reason: `${where}, and parts of a product may overflow or underflow` }
    const k = size(node.operator.columns)
    const [powers, logarithms] = [2 * k, (k + 2) * largest + 1]
    const bounds = `error bounds in units of rounding are ${powers} by powers and ${logarithms.toPrecision(3)} through logarithms`
    return { method: logarithms < powers ? 'logarithms' : 'powers', reason: `${where}, and ${bounds}` }
  }
}
