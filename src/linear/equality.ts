// Are two linear operators equal for all values of the unknown weights? Their difference is expanded into products of
// weights and known matrices, which all have to cancel.
import { call, type Expression, number, one, zero } from '../scalar/expression.ts'
import { partsFirst } from '../scalar/proof.ts'
import { ONE, type Rational, ZERO } from '../scalar/rational.ts'
import { entriesOf, identity, type Linear, linearParts, literal } from './linear.ts'
import { addSizes, isAtLeast, type Size } from './size.ts'

/** What the caller lends: a count of the work, which may end it by throwing, and arithmetic on numbers without variables. */
export interface Means {
  spend(steps: number): void
  isZero(e: Expression): boolean
}

/** factor * word[0] * word[1] * ...; no word at all is the identity. */
interface Term {
  factor: Expression
  readonly word: Linear[]
}
type Entries = readonly (readonly Rational[])[]

function times(a: Expression, b: Expression): Expression {
  if (a === zero || b === zero) return zero
  if (a === one || b === one) return a === one ? b : a
  return a.kind === 'number' && b.kind === 'number' ? number(a.value.mul(b.value)) : call('*', a, b)
}
function plus(a: Expression, b: Expression): Expression {
  return a.kind === 'number' && b.kind === 'number' ? number(a.value.add(b.value)) : call('+', a, b)
}
/** Two neighbours of a product as a shorter product; null: the product is zero; undefined: they stay. */
function together(a: Linear, b: Linear, means: Means): Term | null | undefined {
  if (a.kind === 'select' && b.kind === 'embed') {
    const after = (start: Size, length: Size, other: Size): boolean =>
      isAtLeast(addSizes(other, addSizes(start, length), -1), 0)
    if (a.start === b.start && a.rows === b.columns) return { factor: one, word: [] }
    if (after(a.start, a.rows, b.start) || after(b.start, b.columns, a.start)) return null
  }
  const [x, y]: (Entries | null)[] = [entriesOf(a), entriesOf(b)]
  if (x === null || y === null) return undefined
  means.spend(x.length * y.length * y[0].length)
  return factorsOf(literal(x.map(row => y[0].map((_, j) => row.reduce((q, w, k) => q.add(w.mul(y[k][j])), ZERO)))))
}

/** A known matrix as a factor and atoms: a multiple of the identity, as a matrix and its inverse give it, is no atom at all. */
function factorsOf(a: Linear): Term {
  const k = a.kind === 'literal' && a.rows === a.columns ? a.entries[0][0] : ZERO
  const isMultiple = (rows: Entries): boolean =>
    rows.every((row, i) => row.every((q, j) => (i === j ? q.equals(k) : q.n === 0n)))
  const isScalar = a.kind === 'literal' && k.n !== 0n && isMultiple(a.entries)
  return isScalar ? { factor: number(k), word: [] } : { factor: one, word: [a] }
}

/** Makes `s` its product with `t`; false when that is zero. */
function append(s: Term, t: Term, means: Means): boolean {
  const todo = t.word.toReversed()
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const last = s.word.pop()
    const both = last === undefined ? { factor: one, word: [next] } : together(last, next, means)
    if (both === null) return false
    if (both === undefined) s.word.push(last as Linear, next)
    else {
      s.factor = times(s.factor, both.factor)
      if (last === undefined || both.word.length === 0) s.word.push(...both.word)
      else todo.push(...both.word)
    }
  }
  s.factor = times(s.factor, t.factor)
  return true
}

/** The factors of a product, and the parts of anything else. */
function operandsOf(a: Linear, means: Means): readonly Linear[] {
  if (a.kind !== 'product') return linearParts(a)
  const factors: Linear[] = []
  const stack: Linear[] = [a]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    means.spend(10)
    if (next.kind === 'product') stack.push(next.right, next.left)
    else factors.push(next)
  }
  return factors
}

function expand(root: Linear, means: Means): readonly Term[] {
  const values = new Map<Linear, readonly Term[]>()
  for (const a of partsFirst([root], part => operandsOf(part, means))) {
    const operands = operandsOf(a, means).map(p => values.get(p) as readonly Term[])
    let terms: readonly Term[] = []
    if (a.kind === 'identity') terms = [{ factor: one, word: [] }]
    else if (a.kind === 'sum') {
      // Sums of what is shared double from row to row: the work is counted before it is done.
      means.spend(20 * operands.reduce((count, t) => count + t.length, 0))
      terms = operands.flat()
    } else if (a.kind === 'scale') terms = operands[0].map(t => ({ factor: times(a.factor, t.factor), word: t.word }))
    else if (a.kind === 'product') {
      terms = [{ factor: one, word: [] }]
      for (const others of operands) {
        const copies = (s: Term): Term[] => {
          if (others.length > 1) means.spend(others.length * (20 + s.word.length))
          return others.map((_, i) => (i === 0 ? s : { ...s, word: [...s.word] }))
        }
        means.spend(1 + terms.length)
        terms = terms.flatMap(s => copies(s).filter((copy, i) => append(copy, others[i], means)))
      }
    } else if (a.kind !== 'zero') {
      const known = a.kind === 'symbol' ? a.symbol.value : null
      terms = [factorsOf(known === null ? a : literal(known))]
    }
    means.spend(1 + terms.length)
    values.set(a, terms)
  }
  return values.get(root) as readonly Term[]
}

/** What stands behind the last weight of some words that are the same up to there: known matrices, with their factors. */
type Ends = Map<string, { factor: Expression; readonly known: Linear | null }>

/** Whether the operators are shown to be equal. */
export function sameOperator(a: Linear, b: Linear, means: Means): boolean {
  if (a === b || a.rows !== b.rows || a.columns !== b.columns) return a === b
  const isZero = (e: Expression): boolean => (e.kind === 'number' ? e === zero : means.isZero(e))
  const byStart = new Map<string, Ends>()
  const signed = [
    [a, one],
    [b, number(ONE.neg())],
  ] as const
  for (const [operator, sign] of signed) {
    for (const { factor, word } of expand(operator, means)) {
      const last = word.at(-1)
      const end = last === undefined || isKnown(last) ? word.slice(-1) : []
      const start = word
        .slice(0, word.length - end.length)
        .map(w => w.id)
        .join()
      let ends = byStart.get(start)
      if (ends === undefined) byStart.set(start, (ends = new Map()))
      const key = end.map(w => w.id).join()
      const total = plus(ends.get(key)?.factor ?? zero, times(sign, factor))
      ends.set(key, { factor: total, known: end[0] ?? null })
    }
  }
  for (const ends of byStart.values()) {
    const rest = [...ends.values()].filter(e => !isZero(e.factor))
    if (rest.length === 0) continue
    // What is left may still cancel entry by entry: I + [[1]] and [[2]] behind one weight.
    const columns = a.columns
    let sum: readonly (readonly Expression[])[] = []
    for (const { factor, known } of rest) {
      const entries = entriesOf(known ?? identity(columns))
      if (entries === null) return false
      means.spend(entries.length * entries[0].length)
      sum = entries.map((row, i) => row.map((q, j) => plus(sum[i]?.[j] ?? zero, times(factor, number(q)))))
    }
    if (!sum.flat().every(isZero)) return false
  }
  return true
}
function isKnown(a: Linear): boolean {
  return a.kind !== 'symbol'
}
