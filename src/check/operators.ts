// Are two linear operators equal for all values of the unknown weights? Both are expanded into sums of words, products of
// weights and known matrices, with polynomials as coefficients. They are equal where everything cancels.
import { entriesOf, identity, type Linear, linearParts, literal, negate, ones, zeroMatrix } from '../linear/linear.ts'
import { addSizes, isAtLeast, type Size, sizeOf } from '../linear/size.ts'
import type { Expression } from '../scalar/expression.ts'
import { partsFirst } from '../scalar/proof.ts'
import { ONE, type Rational, ZERO } from '../scalar/rational.ts'
import { spend } from '../scalar/work.ts'
import { Arithmetic, addTerm, type Polynomial, product, term, UNIT } from './polynomial.ts'

/** A product of operators that are none themselves, from its last factor on: words share what they begin with. */
type Word = { readonly last: Linear; readonly before: Word } | null
interface Term {
  readonly coefficient: Polynomial
  readonly word: Word
}

/** What is added up under a key: a coefficient times a number. */
type Summand = readonly [key: string, coefficient: Polynomial, factor: Rational]

/** The factors of a product, and the parts of anything else. */
function operandsOf(a: Linear): readonly Linear[] {
  if (a.kind !== 'product') return linearParts(a)
  const factors: Linear[] = []
  const stack: Linear[] = [a]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    spend(4)
    if (next.kind === 'product') stack.push(next.right, next.left)
    else factors.push(next)
  }
  return factors
}

/** a * b as one matrix, where that is known. */
function together(a: Linear, b: Linear): Linear | null {
  if (a.kind === 'select' && b.kind === 'embed') {
    if (a.start === b.start && a.rows === b.columns) return identity(a.rows)
    const endsBefore = (start: Size, length: Size, other: Size): boolean =>
      isAtLeast(addSizes(other, addSizes(start, length), -1), 0)
    if (endsBefore(a.start, a.rows, b.start) || endsBefore(b.start, b.columns, a.start))
      return zeroMatrix(a.rows, b.columns)
  }
  const isRow = a.kind === 'ones' && (b.kind === 'embed' || (b.kind === 'ones' && b.rows === sizeOf(1)))
  if (isRow || (a.kind === 'select' && b.kind === 'ones')) return ones(a.rows, b.columns)
  const [x, y] = [entriesOf(a), entriesOf(b)]
  if (x === null || y === null) return null
  spend(x.length * y.length * y[0].length)
  const entry = (row: readonly Rational[], j: number) => row.reduce((q, w, k) => q.add(w.mul(y[k][j])), ZERO)
  return literal(x.map(row => y[0].map((_, j) => entry(row, j))))
}

/** The number k where the matrix is k times the identity, else null. */
function multiplier(a: Linear): Rational | null {
  if (a.kind !== 'literal') return a.kind === 'identity' ? ONE : null
  const [[k]] = a.entries
  const isMultiple = a.entries.every((row, i) => row.every((q, j) => q.equals(i === j ? k : ZERO)))
  return a.rows === a.columns && isMultiple ? k : null
}

/** term * a; null where that is zero. */
function append({ coefficient, word }: Term, a: Linear): Term | null {
  let before = word
  for (let next = a; ; ) {
    spend(2)
    const k = multiplier(next)
    if (next.kind === 'zero' || k?.n === 0n) return null
    if (k !== null) return { coefficient: k === ONE ? coefficient : product(coefficient, term('', k)), word: before }
    const both = before === null ? null : together(before.last, next)
    if (before === null || both === null) return { coefficient, word: { last: next, before } }
    before = before.before
    next = both
  }
}

/** The factors of a word, the last one first. */
function factorsOf(word: Word): Linear[] {
  const factors: Linear[] = []
  for (let w = word; w !== null; w = w.before) factors.push(w.last)
  spend(factors.length)
  return factors
}

function times(s: Term, t: Term): Term[] {
  let made: Term | null = { ...s, coefficient: product(s.coefficient, t.coefficient) }
  for (const a of factorsOf(t.word).reverse()) if (made !== null) made = append(made, a)
  return made === null ? [] : [made]
}

function expand(root: Linear, coefficientOf: (factor: Expression) => Polynomial): readonly Term[] {
  const values = new Map<Linear, readonly Term[]>()
  const termsOf = (a: Linear): readonly Term[] => {
    const operands = operandsOf(a).map(p => values.get(p) as readonly Term[])
    const unit: Term = { coefficient: UNIT, word: null }
    if (a.kind === 'sum') return operands.flat()
    if (a.kind === 'scale') return operands[0].flatMap(t => times({ ...unit, coefficient: coefficientOf(a.factor) }, t))
    if (a.kind === 'product')
      return operands.reduce((terms, others) => terms.flatMap(s => others.flatMap(t => times(s, t))), [unit])
    const known = a.kind === 'symbol' ? a.symbol.value : null
    return [append(unit, known === null ? a : literal(known))].filter(t => t !== null)
  }
  for (const a of partsFirst([root], operandsOf)) {
    const terms = termsOf(a)
    spend(4 * terms.length)
    values.set(a, terms)
  }
  return values.get(root) as readonly Term[]
}

/**
 * Whether the operators, all factors in which are defined, are shown to be equal. `rewritten` may give other expressions for
 * these factors, which are known to be equal.
 */
export function sameOperator(a: Linear, b: Linear, rewritten: (factor: Expression) => Expression): boolean {
  if (a === b || a.rows !== b.rows || a.columns !== b.columns) return a === b
  const arithmetic = new Arithmetic()
  const coefficientOf = (factor: Expression): Polynomial => arithmetic.expanded(rewritten(factor))
  /** Sums of coefficients, those that cancel left out. */
  const collected = (summands: readonly Summand[]): Map<string, Polynomial> => {
    const totals = new Map<string, Map<string, Rational>>()
    for (const [key, coefficient, factor] of summands) {
      const total = totals.get(key) ?? new Map<string, Rational>()
      totals.set(key, total)
      for (const [m, c] of coefficient) addTerm(total, m, c.mul(factor))
    }
    return new Map([...totals].filter(([, total]) => arithmetic.multipliedOut(total).above.size > 0))
  }
  const terms = [a, negate(b)].flatMap(operator => expand(operator, coefficientOf))
  const words = new Map(terms.map(({ word }) => [idsOf(word), word]))
  const rest = collected(terms.map(({ coefficient, word }) => [idsOf(word), coefficient, ONE]))
  // What is left may still cancel entry by entry: I + [[1]] and [[2]] beside one weight, before or behind it.
  const entries = [...rest].flatMap(([key, coefficient]): Summand[] =>
    inEntries(factorsOf(words.get(key) ?? null).reverse(), a.columns).map(([k, q]) => [k, coefficient, q]),
  )
  return collected(entries).size === 0
}

const MOST_KEYS = 10_000
/**
 * A product as a sum of products in which each known matrix has one entry only: a key for each, and its number. Where no
 * known matrix stands between two weights there is the identity; what is of unknown size stays as it is, and so does a
 * product with very many such terms.
 */
function inEntries(word: readonly Linear[], columns: Size): readonly (readonly [key: string, factor: Rational])[] {
  const slots: Linear[] = []
  for (const [k, a] of word.entries())
    slots.push(...(a.kind === 'symbol' && (k === 0 || word[k - 1].kind === 'symbol') ? [identity(a.rows), a] : [a]))
  if (word.length === 0 || word[word.length - 1].kind === 'symbol') slots.push(identity(columns))
  let sum: (readonly [string, Rational])[] = [['', ONE]]
  for (const a of slots) {
    const known = a.kind === 'symbol' ? null : entriesOf(a)
    const entries = known?.flatMap((row, i) => row.map((q, j) => [`${i},${j}`, q] as const))
    const places = entries?.filter(([, q]) => q.n !== 0n) ?? [[a.kind === 'identity' ? 'I' : `${a.id}`, ONE] as const]
    if (sum.length * places.length > MOST_KEYS) return [[word.map(w => w.id).join(), ONE]]
    spend(1 + sum.length * places.length)
    sum = sum.flatMap(([k, f]) => places.map(([key, q]) => [`${k};${key}`, f.mul(q)] as const))
  }
  return sum
}

function idsOf(word: Word): string {
  const ids = factorsOf(word).map(a => a.id)
  return ids.join()
}
