// Operators taken apart: into products of atoms with factors in front, and into what only moves and scales components.
import { addFactors, multiplyFactors, normalLinear, plus, scaled, times } from '../algebra/operators.ts'
import {
  embed,
  entriesOf,
  hasAtMost,
  identity,
  type Linear,
  literal,
  select,
  sharedProduct,
  zeroMatrix,
} from '../linear/linear.ts'
import { knownSize, type Size, sizeOf } from '../linear/size.ts'
import { analyse } from '../scalar/analysis.ts'
import { call, type Expression, number, one, zero } from '../scalar/expression.ts'
import { isSubset, NON_ZERO } from '../scalar/range.ts'
import { ONE, type Rational, ZERO } from '../scalar/rational.ts'

/** factor * atoms[0] * atoms[1] * ...; no atom at all is the identity. */
export interface Word {
  readonly factor: Expression
  readonly atoms: readonly Linear[]
}

/** Operators of more parts than this are left as they are. */
export const MOST_PARTS = 64

/** What has been found out about an operator; undefined: not asked yet. One table: most operators are asked for all of it. */
interface Known {
  words: readonly Word[] | 'large' | undefined
  normal: Linear | undefined
  moves: Moves | 'units' | 'none' | undefined
  inverse: Linear | 'none' | undefined
  place: Placed | 'none' | undefined
  mixes: boolean | undefined
  repeats: boolean | undefined
}
const known = new WeakMap<Linear, Known>()
function noted(a: Linear, normal: Linear | undefined, words: readonly Word[] | undefined): Known {
  const found: Known = {
    words,
    normal,
    moves: undefined,
    inverse: undefined,
    place: undefined,
    mixes: undefined,
    repeats: undefined,
  }
  known.set(a, found)
  return found
}
function knownOf(a: Linear): Known {
  return known.get(a) ?? noted(a, undefined, undefined)
}

/** The terms of the normal form of an operator; null where it is too large to be looked into. */
export function wordsOf(a: Linear): readonly Word[] | null {
  const own = knownOf(a)
  own.words ??= taken(a)
  return own.words === 'large' ? null : own.words
}
function taken(a: Linear): readonly Word[] | 'large' {
  const isAtom = a.kind === 'select' || a.kind === 'embed' || (a.kind === 'symbol' && a.symbol.value === null)
  if (isAtom) return [{ factor: one, atoms: [a] }]
  if (!hasAtMost(a, MOST_PARTS)) return 'large'
  const normal = normalLinear(a)
  if (!hasAtMost(normal, 2 * MOST_PARTS)) return 'large'
  const terms: Linear[] = []
  for (let at: Linear = normal; ; at = at.left) {
    terms.push(at.kind === 'sum' ? at.right : at)
    if (at.kind !== 'sum') break
  }
  return terms.toReversed().flatMap((term): Word[] => {
    const factor = term.kind === 'scale' ? term.factor : one
    const word = term.kind === 'scale' ? term.of : term
    if (word.kind === 'zero') return []
    const atoms: Linear[] = []
    for (let at: Linear = word; ; at = at.left) {
      atoms.push(at.kind === 'product' ? at.right : at)
      if (at.kind !== 'product') break
    }
    return [{ factor, atoms: atoms.toReversed().filter(atom => atom.kind !== 'identity') }]
  })
}

/** The operator that a word is, in normal form; `width` is its number of columns. */
export function operatorOf(word: Word, width: Size): Linear {
  const { factor, atoms } = word
  if (atoms.length >= 2) return asProduct(word)
  return normalOf(scaled(factor, atoms.length === 0 ? identity(width) : atoms[0]))
}
/** A product of neighbours of a normal form, at least two, which is in normal form, too. */
function asProduct(word: Word): Linear {
  const product = scaled(
    word.factor,
    word.atoms.reduce((left, right) => sharedProduct(left, right)),
  )
  if (!known.has(product)) noted(product, product, [word])
  return product
}

/** The normal form; matrices that turn out to take or place a part when known ones have been multiplied are said to do so. */
export function normalOf(a: Linear): Linear {
  if (a.kind === 'symbol' && a.symbol.value === null) return a
  const own = knownOf(a)
  if (own.normal === undefined) {
    own.normal = plainProduct(a) ?? tidied(normalLinear(a))
    knownOf(own.normal).normal = own.normal
  }
  return own.normal
}
/** The normal form of a product of atoms of which no two neighbours may become one; null for others. */
function plainProduct(a: Linear): Linear | null {
  if (a.kind !== 'product' || !hasAtMost(a, 2 * MOST_ATOMS)) return null
  const atoms: Linear[] = []
  const stack: Linear[] = [a]
  for (let part = stack.pop(); part !== undefined; part = stack.pop()) {
    if (part.kind === 'product') stack.push(part.right, part.left)
    else {
      const atom = part.kind === 'symbol' && part.symbol.value !== null ? normalLinear(part) : part
      if (atom.kind !== 'symbol' && atom.kind !== 'literal') return null
      atoms.push(atom)
    }
  }
  // A known matrix of one entry is a factor.
  if (atoms.some(atom => atom.kind === 'literal' && atom.rows === sizeOf(1) && atom.columns === sizeOf(1))) return null
  const isPlain = atoms.every(
    (atom, k) => (k === 0 || !isKnown(atoms[k - 1]) || !isKnown(atom)) && placed(atom) === null,
  )
  return isPlain ? asProduct({ factor: one, atoms }) : null
}

/** A normal form whose words are tidied, too. */
function tidied(normal: Linear): Linear {
  const isMade = normal.kind === 'product' || normal.kind === 'sum' || normal.kind === 'scale'
  if (!isMade) return normal.kind === 'literal' ? alone(normal) : normal
  const old = wordsOf(normal)
  const kept = old?.map(tidiedWord)
  if (old === null || kept === undefined || kept.every((w, k) => w === old[k])) return normal
  // Words that have become alike are added up.
  const sums = new Map<string, Word>()
  for (const word of kept) {
    const key = word.atoms.map(atom => atom.id).join()
    const same = sums.get(key)
    sums.set(key, same === undefined ? word : { factor: addFactors(same.factor, word.factor), atoms: word.atoms })
  }
  const total = [...sums].filter(([, w]) => w.factor !== zero).sort(([p], [q]) => (p < q ? -1 : 1))
  if (total.length === 0) return zeroMatrix(normal.rows, normal.columns)
  if (total.length === 1) return operatorOf(total[0][1], normal.columns)
  const result = total.map(([, w]) => operatorOf(w, normal.columns)).reduce(plus)
  knownOf(result).words = total.map(([, w]) => w)
  return result
}
/** A known matrix by itself: what only takes or places a part. */
function alone(a: Linear): Linear {
  const form = placed(a)
  return form?.factor.equals(ONE) && form.of !== null ? form.of : a
}

/** A product without identities, with parts named as such, and with its number in its first known matrix. */
function tidiedWord(word: Word): Word {
  if (word.atoms.length < 2 && word.atoms[0]?.kind !== 'literal') return word
  let { factor } = word
  const atoms: Linear[] = []
  for (const atom of word.atoms) {
    const form = placed(atom)
    if (form === null) atoms.push(atom)
    else {
      factor = multiplyFactors(factor, number(form.factor))
      if (form.of !== null) atoms.push(form.of)
    }
  }
  const at = factor.kind === 'number' && factor !== one ? atoms.findIndex(a => a.kind === 'literal') : -1
  if (at < 0) return factor === word.factor && atoms.every((a, k) => a === word.atoms[k]) ? word : { factor, atoms }
  const { entries } = atoms[at] as Extract<Linear, { kind: 'literal' }>
  const k = (factor as Extract<Expression, { kind: 'number' }>).value
  atoms[at] = literal(entries.map(row => row.map(q => q.mul(k))))
  return { factor: one, atoms }
}

/** factor * of, where `of` takes or places a part; null stands for the identity. */
interface Placed {
  readonly factor: Rational
  readonly of: Linear | null
}
/** How a known matrix takes, places or only scales components that are neighbours; null for other matrices. */
function placed(a: Linear): Placed | null {
  if (a.kind !== 'literal') return a.kind === 'identity' ? { factor: ONE, of: null } : null
  const own = knownOf(a)
  own.place ??= lookedAt(a.entries, a) ?? 'none'
  return own.place === 'none' ? null : own.place
}
function lookedAt(entries: readonly (readonly Rational[])[], { rows, columns }: Linear): Placed | null {
  const [m, n] = [entries.length, entries[0].length]
  const down = entries.findIndex(row => row[0].n !== 0n)
  const across = entries[0].findIndex(q => q.n !== 0n)
  const [i0, j0] = m <= n ? [0, across] : [down, 0]
  if (i0 < 0 || j0 < 0 || Math.min(m - i0, n - j0) < Math.min(m, n)) return null
  const factor = entries[i0][j0]
  const isOn = (i: number, j: number): boolean => i - i0 === j - j0 && i >= i0 && j >= j0
  const length = Math.min(m, n)
  const fits = entries.every((row, i) =>
    row.every((q, j) => (isOn(i, j) && i - i0 < length ? q.equals(factor) : q.n === 0n)),
  )
  if (!fits) return null
  return { factor, of: m === n ? null : m < n ? select(columns, sizeOf(j0), rows) : embed(rows, sizeOf(i0), columns) }
}
/** a + b in normal form. */
export function added(a: Linear, b: Linear): Linear {
  return normalOf(plus(a, b))
}

/** Words of more atoms are multiplied as any operators are. */
const MOST_ATOMS = 8
const joints = new WeakMap<Linear, WeakMap<Linear, Linear>>()
/** a * b in normal form. */
export function multiplied(a: Linear, b: Linear): Linear {
  return joined(a, b) ?? normalOf(times(a, b))
}
/** The product of two operators that are products of atoms, which meet at one place only; null where more is to be done. */
function joined(a: Linear, b: Linear): Linear | null {
  const [u, v] = [wordsOf(a), wordsOf(b)]
  if (u?.length !== 1 || v?.length !== 1) return null
  const [left, right] = [u[0].atoms, v[0].atoms]
  // Diagonal matrices change places with others.
  if (left.some(a => a.kind === 'diagonal') || right.some(a => a.kind === 'diagonal')) return null
  if (left.length === 0 || right.length === 0 || left.length + right.length > MOST_ATOMS) return null
  const seam = joint(left[left.length - 1], right[0])
  if (seam === null) return null
  // What has met may be one matrix that meets its neighbours in turn, or nothing between them.
  const [before, after] = [left.length > 1 && isKnown(left[left.length - 2]), right.length > 1 && isKnown(right[1])]
  if (seam.length === 1 ? before || after : seam.length === 0 && before && after) return null
  const atoms = [...left.slice(0, -1), ...seam, ...right.slice(1)]
  return operatorOf({ factor: multiplyFactors(u[0].factor, v[0].factor), atoms }, b.columns)
}
/** Whether an atom may become one with a neighbour. */
function isKnown(a: Linear): boolean {
  return a.kind !== 'symbol' || a.symbol.value !== null
}
/** The atoms of a product of two atoms; null where it is more than a product. */
function joint(a: Linear, b: Linear): readonly Linear[] | null {
  if (!isKnown(a) || !isKnown(b)) return [a, b]
  let known = joints.get(a)
  if (known === undefined) joints.set(a, (known = new WeakMap()))
  let found = known.get(b)
  if (found === undefined) known.set(b, (found = normalOf(times(a, b))))
  const words = wordsOf(found)
  return words?.length === 1 && words[0].factor === one ? words[0].atoms : null
}
export function multipliedBy(factor: Expression, a: Linear): Linear {
  return factor === one ? normalOf(a) : normalOf(scaled(factor, a))
}

/** 1/k for a number, or one that is declared and known not to be 0, else null. */
export function reciprocal(k: Expression): Expression | null {
  if (k.kind === 'number') return k.value.n !== 0n ? number(k.value.inverse()) : null
  // What is computed may cancel only by more than arithmetic.
  const isDeclared = k.kind === 'apply' && k.args.length === 0
  return isDeclared && isSubset(analyse(k, []).range, NON_ZERO) ? call('/', one, k) : null
}
export { multiplyFactors }

/** In each row, the one entry that is not 0. */
export interface Monomial {
  readonly columns: readonly number[]
  readonly values: readonly Rational[]
}
/** What moves and scales components, with what it has been found to become behind functions; null: it does not pass. */
export interface Moves extends Monomial {
  readonly through: WeakMap<Expression, Linear | null>
}

/**
 * How an operator moves and scales components, where it does nothing else: each row has one entry that is not 0. 'units' where
 * that entry is 1 in every row and its place need not be known; null for other operators.
 */
export function monomialOf(a: Linear): Moves | 'units' | null {
  const own = knownOf(a)
  own.moves ??= examined(a)
  return own.moves === 'none' ? null : own.moves
}
function examined(a: Linear): Moves | 'units' | 'none' {
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
  return values.every(q => q.equals(ONE)) ? 'units' : { columns, values, through: new WeakMap() }
}

/** Whether a known matrix adds components up. */
export function mixes(a: Linear): boolean {
  const own = knownOf(a)
  own.mixes ??= entriesOf(a) !== null && a.kind !== 'select' && a.kind !== 'embed' && monomialOf(a) === null
  return own.mixes
}

/** Whether an operator may have a term that gives all components alike, or one that does beside a multiple of each. */
export function mayRepeat(a: Linear): boolean {
  const own = knownOf(a)
  own.repeats ??= wordsOf(a)?.some(({ atoms: [first] }) => first?.kind === 'ones' || isRegular(first)) === true
  return own.repeats
}
/** Whether the first column of a known matrix has equal entries below the first one: a look that most matrices fail. */
function isRegular(a: Linear | undefined): boolean {
  if (a?.kind !== 'literal' || a.rows === sizeOf(1)) return false
  const own = knownOf(a)
  own.repeats ??= a.entries.every((row, i) => i < 2 || row[0].equals(a.entries[1][0]))
  return own.repeats
}

/** The matrix with these entries, one in each row. */
export function monomialMatrix({ columns, values }: Monomial, width: Size): Linear {
  const n = knownSize(width) as number
  return literal(columns.map((at, i) => Array.from({ length: n }, (_, j) => (j === at ? values[i] : ZERO))))
}

/** The inverse of a known matrix with one entry in each row and each column, else null. */
export function monomialInverse(a: Linear): Linear | null {
  const own = knownOf(a)
  own.inverse ??= inverted(a) ?? 'none'
  return own.inverse === 'none' ? null : own.inverse
}
function inverted(a: Linear): Linear | null {
  if (a.rows !== a.columns || a.kind === 'identity' || monomialOf(a) === null) return null
  const entries = entriesOf(a)
  if (entries === null) return null
  const columns = entries.map(row => row.findIndex(q => q.n !== 0n))
  if (new Set(columns).size !== columns.length) return null
  return literal(entries.map((_, j) => entries.map((row, i) => (columns[i] === j ? row[j].inverse() : ZERO))))
}
