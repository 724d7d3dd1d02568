// Linear operators on values of any arithmetic: applied as they are written (a product of matrices acts as one after
// the other, and no matrix product is formed), or as a table of entries where those are needed.
import { type Linear, linearParts, linearPostorder, type WeightSymbol } from '../linear/linear.ts'
import type { Size } from '../linear/size.ts'
import type { Expression } from '../scalar/expression.ts'
import { ONE, type Rational, ZERO } from '../scalar/rational.ts'
import { spend } from '../scalar/work.ts'
import type { Arithmetic } from './arithmetic.ts'

/** What the unknowns of an operator are. */
export interface LinearScope<V> {
  readonly arithmetic: Arithmetic<V>
  size(s: Size): number
  /** The rows of a declared weight. */
  weight(symbol: WeightSymbol): readonly (readonly V[])[]
  /** The rows of a literal matrix. */
  literal(entries: readonly (readonly Rational[])[]): readonly (readonly V[])[]
  /** The value of an expression without variables. */
  closed(e: Expression): V
}

export type Matrix<V> = readonly (readonly V[])[]

// The steps of applying an operator to the vector on top of a stack of vectors.
type Step =
  | { readonly kind: 'apply'; readonly operator: Linear }
  | { readonly kind: 'copy' }
  | { readonly kind: 'swap' }
  | { readonly kind: 'add' }
  | { readonly kind: 'multiply'; readonly factor: Expression }

/** How often leaves are visited when the operator is applied as written, shared parts counted each time. */
function visits(root: Linear): number {
  const count = new Map<Linear, number>()
  for (const a of linearPostorder(root)) {
    const below = linearParts(a)
    count.set(a, below.length === 0 ? 1 : below.reduce((sum, part) => sum + (count.get(part) as number), 0))
  }
  return count.get(root) as number
}

function program(root: Linear): Step[] {
  const steps: Step[] = []
  const todo: (Step | Linear)[] = [root]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    switch (next.kind) {
      case 'product':
        todo.push(next.left, next.right)
        break
      case 'sum':
        todo.push({ kind: 'add' }, next.right, { kind: 'swap' }, next.left, { kind: 'copy' })
        break
      case 'scale':
        todo.push({ kind: 'multiply', factor: next.factor }, next.of)
        break
      case 'apply':
      case 'copy':
      case 'swap':
      case 'add':
      case 'multiply':
        steps.push(next)
        break
      default:
        steps.push({ kind: 'apply', operator: next })
    }
  }
  return steps
}

function applyRows<V>(rows: Matrix<V>, x: readonly V[], arithmetic: Arithmetic<V>): V[] {
  return rows.map(row => arithmetic.dot(row, x))
}

function applyLeaf<V>(a: Linear, x: readonly V[], scope: LinearScope<V>): V[] {
  const { arithmetic } = scope
  spend(x.length + scope.size(a.rows))
  switch (a.kind) {
    case 'symbol':
      return applyRows(scope.weight(a.symbol), x, arithmetic)
    case 'literal':
      return applyRows(scope.literal(a.entries), x, arithmetic)
    case 'identity':
      return [...x]
    // 0 * x, not 0: what is undefined stays so, for operators are strict.
    case 'zero': {
      const nothing = arithmetic.dot(
        x.map(() => arithmetic.rational(ZERO)),
        x,
      )
      return new Array(scope.size(a.rows)).fill(nothing)
    }
    case 'ones': {
      const total = arithmetic.dot(
        x.map(() => arithmetic.rational(ONE)),
        x,
      )
      return new Array(scope.size(a.rows)).fill(total)
    }
    case 'select': {
      const start = scope.size(a.start)
      return x.slice(start, start + scope.size(a.rows))
    }
    case 'embed': {
      const result: V[] = new Array(scope.size(a.rows)).fill(arithmetic.rational(ZERO))
      const start = scope.size(a.start)
      x.forEach((v, i) => {
        result[start + i] = v
      })
      return result
    }
    case 'transpose':
    case 'diagonal':
      return applyRows(linearEntries(a, scope), x, arithmetic)
    default:
      throw new TypeError(`applyLeaf: ${a.kind} has parts`)
  }
}

/** The operator applied to a vector of as many components as it has columns. */
export function applyLinear<V>(root: Linear, x: readonly V[], scope: LinearScope<V>): V[] {
  const { arithmetic } = scope
  if (linearParts(root).length === 0) return applyLeaf(root, x, scope)
  // Where parts are shared so much that visiting them one by one would take too long, the entries are cheaper.
  if (visits(root) > 64 * linearPostorder(root).length) return applyRows(linearEntries(root, scope), x, arithmetic)
  const stack: V[][] = [[...x]]
  for (const step of program(root)) {
    const top = stack.pop() as V[]
    switch (step.kind) {
      case 'apply':
        stack.push(applyLeaf(step.operator, top, scope))
        break
      case 'copy':
        stack.push(top, top)
        break
      case 'swap':
        stack.push(top, stack.pop() as V[])
        break
      case 'add': {
        const other = stack.pop() as V[]
        stack.push(other.map((v, i) => arithmetic.call('+', [v, top[i]])))
        break
      }
      case 'multiply': {
        const factor = scope.closed(step.factor)
        stack.push(top.map(v => arithmetic.call('*', [factor, v])))
        break
      }
    }
  }
  return stack[0]
}

function transposedRows<V>(rows: Matrix<V>, columns: number): Matrix<V> {
  return Array.from({ length: columns }, (_, j) => rows.map(row => row[j]))
}
export function multiplyMatrices<V>(
  left: Matrix<V>,
  right: Matrix<V>,
  columns: number,
  arithmetic: Arithmetic<V>,
): Matrix<V> {
  spend(columns * (left.length + right.length))
  const transposed = transposedRows(right, columns)
  return left.map(row => transposed.map(column => arithmetic.dot(row, column)))
}

/** The rows of an operator. */
export function linearEntries<V>(root: Linear, scope: LinearScope<V>): Matrix<V> {
  return entriesOfParts(root, scope).get(root) as Matrix<V>
}

/** The rows of an operator and of all its parts. */
export function entriesOfParts<V>(root: Linear, scope: LinearScope<V>): ReadonlyMap<Linear, Matrix<V>> {
  const { arithmetic } = scope
  const found = new Map<Linear, Matrix<V>>()
  for (const a of linearPostorder(root)) {
    const of = (part: Linear): Matrix<V> => found.get(part) as Matrix<V>
    const table = (entry: (i: number, j: number) => boolean): Matrix<V> => {
      const [rows, columns] = [scope.size(a.rows), scope.size(a.columns)]
      spend(4 * rows * columns)
      const row = (i: number): V[] =>
        Array.from({ length: columns }, (_, j) => arithmetic.rational(entry(i, j) ? ONE : ZERO))
      return Array.from({ length: rows }, (_, i) => row(i))
    }
    const entries = ((): Matrix<V> => {
      switch (a.kind) {
        case 'symbol':
          return scope.weight(a.symbol)
        case 'literal':
          return scope.literal(a.entries)
        case 'identity':
          return table((i, j) => i === j)
        case 'zero':
          return table(() => false)
        case 'ones':
          return table(() => true)
        case 'select': {
          const start = scope.size(a.start)
          return table((i, j) => j === start + i)
        }
        case 'embed': {
          const start = scope.size(a.start)
          return table((i, j) => i === start + j)
        }
        case 'transpose':
          return transposedRows(of(a.of), scope.size(a.rows))
        case 'diagonal':
          return of(a.of).map(([v], i) =>
            of(a.of).map((_, j) => (i === j ? v : arithmetic.call('*', [arithmetic.rational(ZERO), v]))),
          )
        case 'product':
          return multiplyMatrices(of(a.left), of(a.right), scope.size(a.columns), arithmetic)
        case 'sum':
          return of(a.left).map((row, i) => row.map((v, j) => arithmetic.call('+', [v, of(a.right)[i][j]])))
        case 'scale': {
          const factor = scope.closed(a.factor)
          return of(a.of).map(row => row.map(v => arithmetic.call('*', [factor, v])))
        }
      }
    })()
    found.set(a, entries)
  }
  return found
}
