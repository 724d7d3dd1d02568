// Are two linear operators equal for all values of the unknown weights? Both are expanded into sums of words, products of
// weights and known matrices, with polynomials as coefficients. They are equal where everything cancels.
import { entriesOf, identity, type Linear, linearParts, literal, negate, zeroMatrix } from '../linear/linear.ts'
import { addSizes, isAtLeast, type Size } from '../linear/size.ts'
import type { Expression } from '../scalar/expression.ts'
import { partsFirst } from '../scalar/proof.ts'
import { ONE, type Rational, ZERO } from '../scalar/rational.ts'
import { spend } from '../scalar/work.ts'
import { Arithmetic, addTerm, type Polynomial, product, UNIT } from './polynomial.ts'

/** A product of operators that are none themselves, from its last factor on: words share what they begin with. */
type Word = { readonly last: Linear; readonly before: Word } | null
interface Term {
  readonly coefficient: Polynomial
  readonly word: Word
}

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
  const [x, y] = [entriesOf(a), entriesOf(b)]
  if (x === null || y === null) return null
  spend(x.length * y.length * y[0].length)
  const entry = (row: readonly Rational[], j: number) => row.reduce((q, w, k) => q.add(w.mul(y[k][j])), ZERO)
  return literal(x.map(row => y[0].map((_, j) => entry(row, j))))
}

function isIdentity(a: Linear): boolean {
  if (a.kind !== 'literal') return a.kind === 'identity'
  return a.rows === a.columns && a.entries.every((row, i) => row.every((q, j) => q.equals(i === j ? ONE : ZERO)))
}

/** word * a; undefined where that is zero. */
function append(word: Word, a: Linear): Word | undefined {
  let before = word
  for (let next = a; ; ) {
    spend(2)
    if (next.kind === 'zero') return undefined
    if (isIdentity(next)) return before
    const both = before === null ? null : together(before.last, next)
    if (before === null || both === null) return { last: next, before }
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
  let word: Word | undefined = s.word
  for (const a of factorsOf(t.word).reverse()) if (word !== undefined) word = append(word, a)
  return word === undefined ? [] : [{ coefficient: product(s.coefficient, t.coefficient), word }]
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
    const word = append(null, known === null ? a : literal(known))
    return word === undefined ? [] : [{ ...unit, word }]
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
  const totals = new Map<string, Map<string, Rational>>()
  const add = (key: string, coefficient: Polynomial, factor: Rational): void => {
    const total = totals.get(key) ?? new Map<string, Rational>()
    totals.set(key, total)
    for (const [m, c] of coefficient) addTerm(total, m, c.mul(factor))
  }
  for (const operator of [a, negate(b)])
    for (const { coefficient, word } of expand(operator, factor => arithmetic.expanded(rewritten(factor)))) {
      const entries = word?.before ? null : entriesOf(word?.last ?? identity(a.rows))
      const key = entries === null ? factorsOf(word).map(w => w.id) : []
      if (entries === null) add(key.join(), coefficient, ONE)
      for (const [i, row] of entries?.entries() ?? [])
        for (const [j, q] of row.entries()) add(`${i};${j}`, coefficient, q)
    }
  return [...totals.values()].every(total => arithmetic.multipliedOut(total).above.size === 0)
}
