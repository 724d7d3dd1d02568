// Operators taken apart: into products of atoms with factors in front, and into what only moves and scales components.
import { multiplyFactors, normalLinear, plus, scaled, times } from '../algebra/operators.ts'
import { entriesOf, hasAtMost, identity, type Linear, literal } from '../linear/linear.ts'
import { knownSize, type Size, sizeOf } from '../linear/size.ts'
import { type Expression, number, one } from '../scalar/expression.ts'
import { ONE, type Rational, ZERO } from '../scalar/rational.ts'

/** factor * atoms[0] * atoms[1] * ...; no atom at all is the identity. */
export interface Word {
  readonly factor: Expression
  readonly atoms: readonly Linear[]
}

/** Operators of more parts than this are left as they are. */
export const MOST_PARTS = 64

const words = new WeakMap<Linear, readonly Word[] | 'large'>()

/** The terms of the normal form of an operator; null where it is too large to be looked into. */
export function wordsOf(a: Linear): readonly Word[] | null {
  let found = words.get(a)
  if (found === undefined) words.set(a, (found = taken(a)))
  return found === 'large' ? null : found
}
function taken(a: Linear): readonly Word[] | 'large' {
  if (!hasAtMost(a, MOST_PARTS)) return 'large'
  const normal = normalLinear(a)
  if (!hasAtMost(normal, 2 * MOST_PARTS)) return 'large'
  const terms: Linear[] = []
  for (let at: Linear = normal; ; at = at.left) {
    terms.unshift(at.kind === 'sum' ? at.right : at)
    if (at.kind !== 'sum') break
  }
  return terms.flatMap((term): Word[] => {
    const factor = term.kind === 'scale' ? term.factor : one
    const word = term.kind === 'scale' ? term.of : term
    if (word.kind === 'zero') return []
    const atoms: Linear[] = []
    for (let at: Linear = word; ; at = at.left) {
      atoms.unshift(at.kind === 'product' ? at.right : at)
      if (at.kind !== 'product') break
    }
    return [{ factor, atoms: atoms.filter(atom => atom.kind !== 'identity') }]
  })
}

/** The operator that a word is; `width` is its number of columns. */
export function operatorOf({ factor, atoms }: Word, width: Size): Linear {
  return scaled(factor, atoms.length === 0 ? identity(width) : atoms.reduceRight((right, left) => times(left, right)))
}

/** The normal form, without matrices that turn out to be the identity when known ones have been multiplied. */
export function normalOf(a: Linear): Linear {
  const normal = normalLinear(a)
  const words = normal.kind === 'product' || normal.kind === 'sum' || normal.kind === 'scale' ? wordsOf(normal) : null
  if (words === null || !words.some(w => w.atoms.some(isIdentity))) return normal
  const terms = words.map(w => operatorOf({ ...w, atoms: w.atoms.filter(atom => !isIdentity(atom)) }, a.columns))
  return normalLinear(terms.reduce(plus))
}
function isIdentity(a: Linear): boolean {
  if (a.kind !== 'literal' || a.rows !== a.columns) return a.kind === 'identity'
  return a.entries.every((row, i) => row.every((q, j) => (i === j ? q.equals(ONE) : q.n === 0n)))
}

/** a + b in normal form. */
export function added(a: Linear, b: Linear): Linear {
  return normalOf(plus(a, b))
}
/** a * b in normal form. */
export function multiplied(a: Linear, b: Linear): Linear {
  return normalOf(times(a, b))
}
export function multipliedBy(factor: Expression, a: Linear): Linear {
  return normalOf(scaled(factor, a))
}

/** 1/k for a number that is not 0, else null. */
export function reciprocal(k: Expression): Expression | null {
  return k.kind === 'number' && k.value.n !== 0n ? number(k.value.inverse()) : null
}
export { multiplyFactors }

/** In each row, the one entry that is not 0. */
export interface Monomial {
  readonly columns: readonly number[]
  readonly values: readonly Rational[]
}
const monomials = new WeakMap<Linear, Monomial | 'units' | 'none'>()

/**
 * How an operator moves and scales components, where it does nothing else: each row has one entry that is not 0. 'units' where
 * that entry is 1 in every row and its place need not be known; null for other operators.
 */
export function monomialOf(a: Linear): Monomial | 'units' | null {
  let found = monomials.get(a)
  if (found === undefined) monomials.set(a, (found = examined(a)))
  return found === 'none' ? null : found
}
function examined(a: Linear): Monomial | 'units' | 'none' {
  if (a.kind === 'select' || a.kind === 'identity' || (a.kind === 'ones' && a.columns === sizeOf(1))) return 'units'
  const entries = entriesOf(a)
  if (entries === null) return 'none'
  const columns: number[] = []
  const values: Rational[] = []
  for (const row of entries) {
    const at = row.findIndex(q => q.n !== 0n)
    if (at < 0 || row.some((q, j) => j !== at && q.n !== 0n)) return 'none'
    columns.push(at)
    values.push(row[at])
  }
  return values.every(q => q.equals(ONE)) ? 'units' : { columns, values }
}

/** The matrix with these entries, one in each row. */
export function monomialMatrix({ columns, values }: Monomial, width: Size): Linear {
  const n = knownSize(width) as number
  return literal(columns.map((at, i) => Array.from({ length: n }, (_, j) => (j === at ? values[i] : ZERO))))
}

const inverses = new WeakMap<Linear, Linear | 'none'>()
/** The inverse of a known matrix with one entry in each row and each column, else null. */
export function monomialInverse(a: Linear): Linear | null {
  let found = inverses.get(a)
  if (found === undefined) inverses.set(a, (found = inverted(a) ?? 'none'))
  return found === 'none' ? null : found
}
function inverted(a: Linear): Linear | null {
  if (a.rows !== a.columns || a.kind === 'identity' || monomialOf(a) === null) return null
  const entries = entriesOf(a)
  if (entries === null) return null
  const columns = entries.map(row => row.findIndex(q => q.n !== 0n))
  if (new Set(columns).size !== columns.length) return null
  return literal(entries.map((_, j) => entries.map((row, i) => (columns[i] === j ? row[j].inverse() : ZERO))))
}
