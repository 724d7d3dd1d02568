// Linear operators as expressions. Equal ones are the same object, but for products: `normalLinear` tells whether those
// are equal. A vector is an operator with one column. `size.ts` gives the sizes; entries are exact rationals where they are known.
import { type Expression, number, one, printExpression } from '../scalar/expression.ts'
import { interner } from '../scalar/intern.ts'
import type { Range } from '../scalar/range.ts'
import { ONE, printRational, type Rational, ZERO } from '../scalar/rational.ts'
import { fractionWork, spend } from '../scalar/work.ts'
import { addSizes, isAtLeast, knownSize, printShape, type Size, sizeOf } from './size.ts'

/** A declared weight: unknown (value null: every matrix of this shape with entries in `entries`), or given. */
export interface WeightSymbol {
  readonly name: string
  readonly rows: Size
  readonly columns: Size
  /** true where it was declared with one size, as a bias is. */
  readonly vector: boolean
  readonly entries: Range
  readonly value: readonly (readonly Rational[])[] | null
}

interface Common {
  /** Unique in this process. Never shown, and never decides an order that is. */
  readonly id: number
  readonly rows: Size
  readonly columns: Size
}
export interface SymbolLinear extends Common {
  readonly kind: 'symbol'
  readonly symbol: WeightSymbol
}
/** Exact entries; rows of equal length. */
export interface LiteralLinear extends Common {
  readonly kind: 'literal'
  readonly entries: readonly (readonly Rational[])[]
}
export interface IdentityLinear extends Common {
  readonly kind: 'identity'
}
export interface ZeroLinear extends Common {
  readonly kind: 'zero'
}
/** Every entry is 1: sums all components (one row), or repeats one (one column). */
export interface OnesLinear extends Common {
  readonly kind: 'ones'
}
/** left * right: right acts first. Products are not shared: rewriting makes millions, and compares normal forms. */
export interface ProductLinear extends Common {
  readonly kind: 'product'
  readonly left: Linear
  readonly right: Linear
}
export interface SumLinear extends Common {
  readonly kind: 'sum'
  readonly left: Linear
  readonly right: Linear
}
/** factor * of; the factor is an expression without variables. */
export interface ScaleLinear extends Common {
  readonly kind: 'scale'
  readonly factor: Expression
  readonly of: Linear
}
/** Takes components start .. start + rows - 1 of a vector (its transpose, `embed`, puts them there among zeros). */
export interface SelectLinear extends Common {
  readonly kind: 'select'
  readonly start: Size
}
export interface EmbedLinear extends Common {
  readonly kind: 'embed'
  readonly start: Size
}
/** The transpose of an unknown weight: that of anything else is made of such. */
export interface TransposeLinear extends Common {
  readonly kind: 'transpose'
  readonly of: SymbolLinear
}
/** The diagonal matrix with the entries of a vector that is not known: a weight, or a product. */
export interface DiagonalLinear extends Common {
  readonly kind: 'diagonal'
  readonly of: Linear
}
export type Linear =
  | SymbolLinear
  | LiteralLinear
  | IdentityLinear
  | ZeroLinear
  | OnesLinear
  | ProductLinear
  | SumLinear
  | ScaleLinear
  | SelectLinear
  | EmbedLinear
  | TransposeLinear
  | DiagonalLinear

const table = interner<Linear>()
const weights = new WeakMap<WeightSymbol, Linear>()

function intern<L extends Linear>(key: string, make: (id: number) => L): L {
  return table.get(key, make)
}

export function weight(symbol: WeightSymbol): Linear {
  let found = weights.get(symbol)
  if (found === undefined) {
    found = { kind: 'symbol', id: table.newId(), rows: symbol.rows, columns: symbol.columns, symbol }
    weights.set(symbol, found)
  }
  return found
}
/** A matrix with these exact entries. Throws RangeError when it has no entries or rows of different lengths. */
export function literal(entries: readonly (readonly Rational[])[]): Linear {
  const columns = entries[0]?.length ?? 0
  if (columns === 0 || entries.some(r => r.length !== columns))
    throw new RangeError('literal: rows must be of equal length, at least 1')
  spend(4 * entries.length * columns)
  const key = entries.map(r => r.map(q => `${q.s * q.n}/${q.d}`).join()).join(';')
  return intern(`l${key}`, id => ({
    kind: 'literal',
    id,
    rows: sizeOf(entries.length),
    columns: sizeOf(columns),
    entries,
  }))
}
export function identity(n: Size): Linear {
  return intern(`i${n.text}`, id => ({ kind: 'identity', id, rows: n, columns: n }))
}
export function zeroMatrix(rows: Size, columns: Size): Linear {
  return intern(`z${rows.text},${columns.text}`, id => ({ kind: 'zero', id, rows, columns }))
}
export function ones(rows: Size, columns: Size): Linear {
  return intern(`o${rows.text},${columns.text}`, id => ({ kind: 'ones', id, rows, columns }))
}
/** left * right. Throws RangeError when left does not take what right gives. */
export function product(left: Linear, right: Linear): Linear {
  if (left.columns !== right.rows)
    throw new RangeError(`product: ${left.columns.text} columns against ${right.rows.text} rows`)
  return { kind: 'product', id: -++products, rows: left.rows, columns: right.columns, left, right }
}
let products = 0
/** left * right, shared: equal products of the same parts are the same object. Throws RangeError as `product` does. */
export function sharedProduct(left: Linear, right: Linear): Linear {
  if (left.columns !== right.rows) throw new RangeError('sharedProduct: sizes differ')
  return (table.find(PRODUCT, left.id, right.id) ??
    table.add(PRODUCT, left.id, right.id, {
      kind: 'product',
      id: table.newId(),
      rows: left.rows,
      columns: right.columns,
      left,
      right,
    })) as Linear
}
const PRODUCT = 1
const SCALE = 2
const SUM = 3
/** left + right. Throws RangeError when their sizes differ. */
export function sum(left: Linear, right: Linear): Linear {
  if (left.rows !== right.rows || left.columns !== right.columns) throw new RangeError('sum: sizes differ')
  return (table.find(SUM, left.id, right.id) ??
    table.add(SUM, left.id, right.id, {
      kind: 'sum',
      id: table.newId(),
      rows: left.rows,
      columns: left.columns,
      left,
      right,
    })) as Linear
}
export function scale(factor: Expression, of: Linear): Linear {
  if (factor === one) return of
  return (table.find(SCALE, factor.id, of.id) ??
    table.add(SCALE, factor.id, of.id, {
      kind: 'scale',
      id: table.newId(),
      rows: of.rows,
      columns: of.columns,
      factor,
      of,
    })) as Linear
}
export function negate(of: Linear): Linear {
  return scale(number(-1), of)
}
/** The operator from a wire of `total` components to those from `start` on, `length` of them. */
export function select(total: Size, start: Size, length: Size): Linear {
  return intern(`t${total.text},${start.text},${length.text}`, id => ({
    kind: 'select',
    id,
    rows: length,
    columns: total,
    start,
  }))
}
/** The operator that puts `length` components at `start` of a wire of `total`, zeros elsewhere. */
export function embed(total: Size, start: Size, length: Size): Linear {
  return intern(`e${total.text},${start.text},${length.text}`, id => ({
    kind: 'embed',
    id,
    rows: total,
    columns: length,
    start,
  }))
}

const transposed = (entries: readonly (readonly Rational[])[]): Rational[][] =>
  entries[0].map((_, j) => entries.map(row => row[j]))

/** The factors of a product that are none themselves, the first one first; anything else alone. */
export function factorsOf(a: Linear): Linear[] {
  const factors: Linear[] = []
  const stack: Linear[] = [a]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    spend(4)
    if (next.kind === 'product') stack.push(next.right, next.left)
    else factors.push(next)
  }
  return factors
}

/**
 * left * right without a product, where that is known: one of them is the identity or zero, a part is taken of what was put
 * among zeros, all rows or columns are alike, or both are known in full and not too large; else null.
 */
export function knownProduct(left: Linear, right: Linear): Linear | null {
  if (left.kind === 'identity') return right
  if (right.kind === 'identity') return left
  if (left.kind === 'zero' || right.kind === 'zero') return zeroMatrix(left.rows, right.columns)
  if (left.kind === 'select' && right.kind === 'embed') {
    if (left.start === right.start && left.rows === right.columns) return identity(left.rows)
    const endsBefore = (start: Size, length: Size, other: Size): boolean =>
      isAtLeast(addSizes(other, addSizes(start, length), -1), 0)
    if (endsBefore(left.start, left.rows, right.start) || endsBefore(right.start, right.columns, left.start))
      return zeroMatrix(left.rows, right.columns)
  }
  const isRow = left.kind === 'ones' && (right.kind === 'embed' || (right.kind === 'ones' && right.rows === sizeOf(1)))
  if (isRow || (left.kind === 'select' && right.kind === 'ones')) return ones(left.rows, right.columns)
  const [a, b] = [entriesOf(left), entriesOf(right)]
  if (a === null || b === null || a.length * b.length * b[0].length > MOST_ENTRIES) return null
  spend(a.length * b.length * b[0].length)
  const entry = (row: readonly Rational[], j: number): Rational => {
    let total = ZERO
    for (const [k, q] of row.entries()) {
      const p = b[k][j]
      if (q.n === 0n || p.n === 0n) continue
      total = total.add(q.mul(p))
      spend(fractionWork(q.n, q.d) + fractionWork(p.n, p.d) + fractionWork(total.n, total.d))
    }
    return total
  }
  return literal(a.map(row => b[0].map((_, j) => entry(row, j))))
}

/** The operator with rows and columns exchanged. That of a product is the product of those of its factors, backwards. */
export function transpose(root: Linear): Linear {
  const made = new Map<Linear, Linear>()
  for (const a of linearPostorder(root)) {
    const of = (part: Linear): Linear => made.get(part) as Linear
    const flipped = ((): Linear => {
      switch (a.kind) {
        case 'symbol':
          if (a.symbol.value !== null) return literal(transposed(a.symbol.value))
          if (a.rows === sizeOf(1) && a.columns === sizeOf(1)) return a
          return intern(`f${a.id}`, id => ({ kind: 'transpose', id, rows: a.columns, columns: a.rows, of: a }))
        case 'literal':
          return literal(transposed(a.entries))
        case 'identity':
        case 'diagonal':
          return a
        case 'zero':
          return zeroMatrix(a.columns, a.rows)
        case 'ones':
          return ones(a.columns, a.rows)
        case 'select':
          return embed(a.columns, a.start, a.rows)
        case 'embed':
          return select(a.rows, a.start, a.columns)
        case 'product':
          return sharedProduct(of(a.right), of(a.left))
        case 'sum':
          return sum(of(a.left), of(a.right))
        case 'scale':
          return scale(a.factor, of(a.of))
        case 'transpose':
          return a.of
      }
    })()
    made.set(a, flipped)
  }
  return made.get(root) as Linear
}

/** The matrix with the entries of a vector on its diagonal, zeros elsewhere. Throws RangeError when it is no vector. */
export function diagonal(vector: Linear): Linear {
  if (vector.columns !== sizeOf(1)) throw new RangeError(`diagonal: ${printSizes(vector)} is not a vector`)
  const shared = new Map<Linear, Linear>()
  const made = new Map<Linear, Linear>()
  for (const a of linearPostorder(vector)) {
    // Equal products of the same parts have to be the same object.
    const own = a.kind === 'product' ? sharedProduct(shared.get(a.left) ?? a.left, shared.get(a.right) ?? a.right) : a
    shared.set(a, own)
    // What a vector is a product of is no vector, or not by itself.
    if (a.columns !== sizeOf(1)) continue
    const found = diagonalOf(own, part => made.get(part) as Linear)
    made.set(a, found).set(own, found)
  }
  return made.get(vector) as Linear
}
function diagonalOf(a: Linear, of: (part: Linear) => Linear): Linear {
  if (a.rows === sizeOf(1)) return a
  switch (a.kind) {
    case 'zero':
      return zeroMatrix(a.rows, a.rows)
    case 'ones':
      return identity(a.rows)
    case 'sum':
      return sum(of(a.left), of(a.right))
    case 'scale':
      return scale(a.factor, of(a.of))
    default: {
      // diag(diag(a) b) = diag(a) diag(b).
      if (a.kind === 'product' && a.left.kind === 'diagonal') return sharedProduct(a.left, of(a.right))
      const entries = entriesOf(a)
      if (entries !== null && entries.length ** 2 <= MOST_ENTRIES)
        return literal(entries.map(([q], i) => entries.map((_, j) => (i === j ? q : ZERO))))
      return intern(`d${a.id}`, id => ({ kind: 'diagonal', id, rows: a.rows, columns: a.rows, of: a }))
    }
  }
}

/** Known matrices are computed with up to this many entries. */
export const MOST_ENTRIES = 1 << 20

/** The entries of an operator that is known in full and not too large, else null. Special ones of known size count. */
export function entriesOf(a: Linear): readonly (readonly Rational[])[] | null {
  const rows = knownSize(a.rows)
  const columns = knownSize(a.columns)
  if (rows === null || columns === null || rows * columns > MOST_ENTRIES) return null
  const fill = (entry: (i: number, j: number) => Rational): Rational[][] => {
    spend(rows * columns)
    return Array.from({ length: rows }, (_, i) => Array.from({ length: columns }, (_, j) => entry(i, j)))
  }
  switch (a.kind) {
    case 'symbol':
      return a.symbol.value
    case 'literal':
      return a.entries
    case 'identity':
      return fill((i, j) => (i === j ? ONE : ZERO))
    case 'zero':
      return fill(() => ZERO)
    case 'ones':
      return fill(() => ONE)
    case 'select': {
      const start = knownSize(a.start)
      return start === null ? null : fill((i, j) => (j === start + i ? ONE : ZERO))
    }
    case 'embed': {
      const start = knownSize(a.start)
      return start === null ? null : fill((i, j) => (i === start + j ? ONE : ZERO))
    }
    default:
      return null
  }
}

/** Whether an operator repeats one component: a column of ones. */
export function isColumnOfOnes(a: Linear): boolean {
  if (a.kind === 'ones' || a.kind === 'identity') return a.columns === sizeOf(1)
  return a.kind === 'literal' && a.entries.every(row => row.length === 1 && row[0].equals(ONE))
}

/** The direct parts of an operator, in order. */
export function linearParts(a: Linear): readonly Linear[] {
  switch (a.kind) {
    case 'product':
    case 'sum':
      return [a.left, a.right]
    case 'scale':
    case 'transpose':
    case 'diagonal':
      return [a.of]
    default:
      return []
  }
}

/** All different parts, each after its own parts, without recursion. */
export function linearPostorder(...roots: readonly Linear[]): Linear[] {
  const order: Linear[] = []
  const seen = new Set<Linear>()
  const stack: { a: Linear; next: number }[] = []
  for (const root of roots) {
    if (seen.has(root)) continue
    seen.add(root)
    stack.push({ a: root, next: 0 })
    while (stack.length > 0) {
      const top = stack[stack.length - 1]
      const children = linearParts(top.a)
      if (top.next < children.length) {
        const child = children[top.next++]
        if (!seen.has(child)) {
          seen.add(child)
          stack.push({ a: child, next: 0 })
        }
      } else {
        order.push(top.a)
        stack.pop()
      }
    }
  }
  spend(order.length)
  return order
}

/** Whether an operator has at most so many parts, shared ones counted again. Looks at no more than that. */
export function hasAtMost(root: Linear, limit: number): boolean {
  let count = 0
  const stack = [root]
  for (let a = stack.pop(); a !== undefined; a = stack.pop()) {
    if (++count > limit) return false
    stack.push(...linearParts(a))
  }
  return true
}

/** The declared weights that occur, in order of first occurrence. */
export function weightsOf(roots: Iterable<Linear>): WeightSymbol[] {
  const found = new Set<WeightSymbol>()
  const seen = new Set<Linear>()
  for (const root of roots) {
    const stack = [root]
    for (let a = stack.pop(); a !== undefined; a = stack.pop()) {
      if (seen.has(a)) continue
      seen.add(a)
      if (a.kind === 'symbol') found.add(a.symbol)
      stack.push(...linearParts(a).toReversed())
    }
  }
  return [...found]
}

/** Text in the language: `W`, `B * A`, `A + 2 * B`, `[[1, 2], [3, 4]]`, `identity(n)`, `ones(m, n)`, `transpose(W)`, `diag(b)`. */
export function printLinear(root: Linear): string {
  const printed = new Map<Linear, { text: string; level: number }>()
  for (const a of linearPostorder(root)) {
    const at = (part: Linear, level: number): string => {
      const p = printed.get(part) as { text: string; level: number }
      return p.level >= level ? p.text : `(${p.text})`
    }
    switch (a.kind) {
      case 'symbol':
        printed.set(a, { text: a.symbol.name, level: 3 })
        break
      case 'literal':
        printed.set(a, { text: `[${a.entries.map(r => `[${r.map(printRational).join(', ')}]`).join(', ')}]`, level: 3 })
        break
      case 'identity':
        printed.set(a, { text: `identity(${a.rows.text})`, level: 3 })
        break
      case 'zero':
      case 'ones':
        printed.set(a, { text: `${a.kind}(${a.rows.text}, ${a.columns.text})`, level: 3 })
        break
      case 'select':
        printed.set(a, { text: `select(${a.columns.text}, ${a.start.text}, ${a.rows.text})`, level: 3 })
        break
      case 'embed':
        printed.set(a, { text: `embed(${a.rows.text}, ${a.start.text}, ${a.columns.text})`, level: 3 })
        break
      case 'transpose':
      case 'diagonal':
        printed.set(a, { text: `${a.kind === 'transpose' ? 'transpose' : 'diag'}(${at(a.of, 0)})`, level: 3 })
        break
      case 'product':
        printed.set(a, { text: `${at(a.left, 2)} * ${at(a.right, 3)}`, level: 2 })
        break
      case 'sum':
        printed.set(a, { text: `${at(a.left, 1)} + ${at(a.right, 2)}`, level: 1 })
        break
      case 'scale': {
        const factor = printExpression(a.factor)
        printed.set(a, { text: `${/^[\w.]+$/.test(factor) ? factor : `(${factor})`} * ${at(a.of, 3)}`, level: 2 })
        break
      }
    }
  }
  return (printed.get(root) as { text: string }).text
}

/** `3 x 4`, for messages. */
export function printSizes(a: Linear): string {
  return printShape([a.rows, a.columns])
}

/** k as a factor for `scale`. */
export function factor(k: Rational | number): Expression {
  return number(k)
}
