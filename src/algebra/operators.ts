// Sums and products of linear operators with the laws that need no thought (identity, zero, factors), and their normal
// form: a sum of products of atoms, each with a factor in front; products of known matrices are computed.
//
// Over matrices these laws hold without conditions, so equal normal forms mean equal operators. The converse needs no
// promise: unknown weights are free, and what is given up for lack of budget is only left as it stands.

import { inOrder } from '../linear/diagonals.ts'
import {
  entriesOf,
  factorsOf,
  hasAtMost,
  identity,
  knownProduct,
  type Linear,
  linearPostorder,
  literal,
  printLinear,
  product,
  scale,
  sharedProduct,
  sum,
  zeroMatrix,
} from '../linear/linear.ts'
import { knownSize, type Size } from '../linear/size.ts'
import { call, compareExpressions, type Expression, number, one, zero } from '../scalar/expression.ts'
import { ONE, type Rational } from '../scalar/rational.ts'
import { simplify } from './simplify.ts'

/** An operator whose expansion has more terms than this is left as it stands. */
const MAX_TERMS = 2_000

/** a * b for expressions without variables, folded. */
export function multiplyFactors(a: Expression, b: Expression): Expression {
  if (a === one) return b
  if (b === one) return a
  if (a.kind === 'number' && b.kind === 'number') return number(a.value.mul(b.value))
  return simplify(call('*', a, b), []).result
}
/** a + b for expressions without variables, folded. */
export function addFactors(a: Expression, b: Expression): Expression {
  if (a.kind === 'number' && b.kind === 'number') return number(a.value.add(b.value))
  return simplify(call('+', a, b), []).result
}

/** left * right, where identity and zero vanish and factors move to the front. */
export function times(left: Linear, right: Linear): Linear {
  if (left.kind === 'identity') return right
  if (right.kind === 'identity') return left
  if (left.kind === 'zero' || right.kind === 'zero')
    return right.kind === 'zero' && left.rows === right.rows ? right : zeroMatrix(left.rows, right.columns)
  if (left.kind === 'scale') return scaled(left.factor, times(left.of, right))
  if (right.kind === 'scale') return scaled(right.factor, times(left, right.of))
  return product(left, right)
}
/** left + right, where zero vanishes. */
export function plus(left: Linear, right: Linear): Linear {
  if (left.kind === 'zero') return right
  if (right.kind === 'zero') return left
  return sum(left, right)
}
/** factor * of; factors are multiplied, the factor 0 gives the zero operator. */
export function scaled(factor: Expression, of: Linear): Linear {
  if (factor === zero || of.kind === 'zero') return zeroMatrix(of.rows, of.columns)
  if (of.kind === 'scale') return scaled(multiplyFactors(factor, of.factor), of.of)
  return scale(factor, of)
}

/** factor * word[0] * word[1] * ... (the last acts first); the empty word is the identity. */
interface Term {
  readonly factor: Expression
  readonly word: readonly Linear[]
}

function isPart(a: Linear): boolean {
  return a.kind === 'select' || a.kind === 'embed'
}

/** What two neighbours in a product are together, where they are simpler together: a factor and a word; null = zero; undefined = nothing. */
function combine(left: Linear, right: Linear): Term | null | undefined {
  // Special operators of known size are turned into matrices where they meet a known matrix.
  const areKnown =
    left.kind === 'literal' ||
    right.kind === 'literal' ||
    (left.kind === 'ones' && right.kind === 'ones') ||
    (isPart(left) && isPart(right)) ||
    (left.kind === 'ones' && right.kind === 'embed') ||
    (left.kind === 'select' && right.kind === 'ones')
  const both = areKnown ? knownProduct(left, right) : null
  if (both === null) return undefined
  return both.kind === 'zero' ? null : { factor: one, word: both.kind === 'identity' ? [] : [both] }
}

function atomOf(a: Linear): Linear {
  return a.kind === 'symbol' && a.symbol.value !== null ? literal(a.symbol.value) : a
}
/** An atom as a term; a known matrix of one entry is a factor. */
function termOf(a: Linear): Term {
  const atom = atomOf(a)
  const isNumber = atom.kind === 'literal' && atom.entries.length === 1 && atom.entries[0].length === 1
  return isNumber ? { factor: number(atom.entries[0][0]), word: [] } : { factor: one, word: [atom] }
}

/** Multiplies words out to the left and right of their seam, where known matrices meet. */
function joinWords(a: readonly Linear[], b: readonly Linear[]): Term | null {
  const word = [...a]
  let factor: Expression = one
  const todo = [...b].reverse()
  while (todo.length > 0) {
    const next = todo.pop() as Linear
    const last = word[word.length - 1]
    const together = last === undefined ? undefined : combine(last, next)
    if (together === null) return null
    if (together === undefined) {
      word.push(next)
    } else {
      word.pop()
      factor = multiplyFactors(factor, together.factor)
      todo.push(...[...together.word].reverse())
    }
  }
  return { factor, word }
}

function wordKey(word: readonly Linear[]): string {
  return word.map(a => a.id).join(' ')
}

/** Sums terms of equal words; drops those whose factors cancel. */
function collect(terms: Iterable<Term>): Term[] {
  const byWord = new Map<string, Term>()
  for (const t of terms) {
    const word = inOrder(t.word, atomText)
    const key = wordKey(word)
    const old = byWord.get(key)
    byWord.set(key, { factor: old === undefined ? t.factor : addFactors(old.factor, t.factor), word })
  }
  return [...byWord.values()].filter(t => t.factor !== zero)
}

/** All terms that are known matrices become one, so that `I + [[1]]` and `[[2]]` are the same. */
function collectKnown(terms: Term[], rows: Size, columns: Size): Term[] {
  const asEntries = (t: Term): readonly (readonly Rational[])[] | null => {
    if (t.factor.kind !== 'number' || t.word.length > 1) return null
    const entries = entriesOf(t.word.length === 0 ? identity(rows) : t.word[0])
    if (entries === null) return null
    const k = t.factor.value
    return k.equals(ONE) ? entries : entries.map(r => r.map(q => q.mul(k)))
  }
  const known: (readonly (readonly Rational[])[])[] = []
  const rest: Term[] = []
  // The identity alone stays the identity: it says more than its entries.
  const several = terms.filter(t => t.word.length <= 1 && t.factor.kind === 'number').length > 1
  for (const t of terms) {
    const entries = several || t.word.length === 1 ? asEntries(t) : null
    if (entries === null) rest.push(t)
    else known.push(entries)
  }
  if (known.length === 0) return terms
  const total = known.reduce((a, b) => a.map((r, i) => r.map((q, j) => q.add(b[i][j]))))
  if (total.every(r => r.every(q => q.n === 0n))) return rest
  const k = total[0][0]
  const scalar =
    rows === columns && k.n !== 0n && total.every((r, i) => r.every((q, j) => (i === j ? q.equals(k) : q.n === 0n)))
  return [...rest, scalar ? { factor: number(k), word: [] } : { factor: one, word: [literal(total)] }]
}

function compareWords(a: readonly Linear[], b: readonly Linear[]): number {
  if (a.length !== b.length) return a.length - b.length
  for (let i = 0; i < a.length; i++) {
    const p = atomText(a[i])
    const q = atomText(b[i])
    if (p !== q) return p < q ? -1 : 1
  }
  return 0
}
function atomText(a: Linear): string {
  switch (a.kind) {
    case 'symbol':
      return `s ${a.symbol.name}`
    case 'literal':
      return `l ${a.entries.map(r => r.map(q => q.toFraction()).join()).join(';')}`
    case 'transpose':
    case 'diagonal':
      return `${a.kind} ${printLinear(a.of)}`
    case 'select':
    case 'embed':
      return `${a.kind} ${a.start.text} ${a.rows.text} ${a.columns.text}`
    default:
      return `${a.kind} ${a.rows.text} ${a.columns.text}`
  }
}

const normals = new WeakMap<Linear, Linear>()

/**
 * The normal form of an operator: equal normal forms are the same object, and then the operators are equal for all
 * values of the unknown weights. Where the expansion would have more than 2,000 terms the operator itself is given.
 */
export function normalLinear(root: Linear): Linear {
  const done = normals.get(root)
  if (done !== undefined) return done
  const terms = expand(root)
  const result = terms === null ? root : build(terms, root.rows, root.columns)
  normals.set(root, result)
  return result
}

/** The terms of the expanded operator, or null beyond the budget. */
function expand(root: Linear): Term[] | null {
  // A long product of atoms, the common case of fused layers, is flattened in one pass: cutting it into halves again
  // and again would copy its words a quadratic number of times.
  const flat = flattenProduct(root)
  if (flat !== null) return flat
  const values = new Map<Linear, Term[]>()
  let work = 0
  for (const a of linearPostorder(root)) {
    let terms: Term[]
    switch (a.kind) {
      case 'zero':
        terms = []
        break
      case 'identity':
        terms = [{ factor: one, word: [] }]
        break
      case 'scale': {
        const factor = simplify(a.factor, []).result
        terms =
          factor === zero
            ? []
            : (values.get(a.of) as Term[]).map(t => ({ factor: multiplyFactors(factor, t.factor), word: t.word }))
        break
      }
      case 'sum':
        terms = collect([...(values.get(a.left) as Term[]), ...(values.get(a.right) as Term[])])
        break
      case 'product': {
        const left = values.get(a.left) as Term[]
        const right = values.get(a.right) as Term[]
        if (left.length * right.length > MAX_TERMS) return null
        const all: Term[] = []
        for (const s of left) {
          for (const t of right) {
            const joined = joinWords(s.word, t.word)
            work += s.word.length + t.word.length
            if (joined !== null) {
              all.push({
                factor: multiplyFactors(multiplyFactors(s.factor, t.factor), joined.factor),
                word: joined.word,
              })
            }
          }
        }
        terms = collect(all)
        break
      }
      default:
        terms = collect([termOf(a)])
    }
    work += terms.length
    if (terms.length > MAX_TERMS || work > 2_000_000) return null
    values.set(a, terms)
  }
  return collectKnown(values.get(root) as Term[], root.rows, root.columns)
}

function flattenProduct(root: Linear): Term[] | null {
  if (root.kind !== 'product') return null
  const factors = factorsOf(root)
  if (factors.some(a => a.kind === 'sum' || a.kind === 'scale')) return null
  if (factors.some(a => a.kind === 'zero')) return []
  const terms = factors.filter(a => a.kind !== 'identity').map(termOf)
  const factor = terms.reduce((product, t) => multiplyFactors(product, t.factor), one)
  const word = terms.flatMap(t => t.word)
  const joined = joinWords([], word)
  if (joined === null) return []
  const total = multiplyFactors(factor, joined.factor)
  if (total === zero) return []
  return collectKnown([{ factor: total, word: inOrder(joined.word, atomText) }], root.rows, root.columns)
}

function build(terms: Term[], rows: Size, columns: Size): Linear {
  const sorted = [...terms].sort((s, t) => compareWords(s.word, t.word) || compareExpressions(s.factor, t.factor))
  let total: Linear | null = null
  for (const t of sorted) {
    let word: Linear | null = null
    for (const a of t.word) word = word === null ? a : sharedProduct(word, a)
    const term = scale(t.factor, word ?? identity(rows))
    total = total === null ? term : sum(total, term)
  }
  return total ?? zeroMatrix(rows, columns)
}

/** The factor k where the operator is k times the identity (0 for the zero operator), else null. Bounded work. */
export function scalarFactor(a: Linear): Expression | null {
  if (a.kind === 'symbol' && a.symbol.value === null) return null
  if (!hasAtMost(a, 1_000)) return null
  const n = normalLinear(a)
  if (n.kind === 'zero') return a.rows === a.columns ? zero : null
  if (n.kind === 'identity') return one
  if (n.kind === 'scale' && n.of.kind === 'identity') return n.factor
  if (n.kind === 'literal' && n.entries.length === 1 && n.entries[0].length === 1) return number(n.entries[0][0])
  return null
}

/** Whether an operator is a product of unknown matrices, not too many: its normal form is their word, and nothing special. */
function isUnknownProduct(a: Linear): boolean {
  if (a.kind !== 'product') return false
  const stack: Linear[] = [a]
  let count = 0
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.kind === 'product') stack.push(next.right, next.left)
    else if (next.kind !== 'symbol' || next.symbol.value !== null || ++count > 100) return false
  }
  return true
}

/** factor * diag(v1) * diag(v2) * ...; without vectors a multiple of the identity. */
export interface DiagonalTerm {
  readonly factor: Expression
  readonly vectors: readonly Linear[]
}
/** The terms of an operator that mixes no components, else null. Bounded work. */
export function diagonalTerms(a: Linear): readonly DiagonalTerm[] | null {
  if (isUnknownProduct(a)) return null
  const last = ((): Linear => {
    for (let at = a; ; at = at.right) if (at.kind !== 'product') return at
  })()
  // Most products end with an unknown matrix, and need not be looked into.
  if (a.kind === 'product' && last.kind !== 'diagonal' && knownSize(a.rows) === null) return null
  const factor = scalarFactor(a)
  if (factor !== null) return [{ factor, vectors: [] }]
  if (a.kind === 'symbol' || !hasAtMost(a, 100)) return null
  const terms: DiagonalTerm[] = []
  for (let at = normalLinear(a); ; at = at.left) {
    const term = at.kind === 'sum' ? at.right : at
    const vectors: Linear[] = []
    for (const d of factorsOf(term.kind === 'scale' ? term.of : term)) {
      if (d.kind === 'diagonal') vectors.push(d.of)
      else if (d.kind !== 'identity') return null
    }
    terms.push({ factor: term.kind === 'scale' ? term.factor : one, vectors })
    if (at.kind !== 'sum') return terms.reverse()
  }
}

/** The number c where the vector is (c, c, ..., c), else null. */
export function uniformEntry(v: Linear): Expression | null {
  const n = normalLinear(v)
  if (n.kind === 'zero') return zero
  const of = n.kind === 'scale' ? n.of : n
  const factor = n.kind === 'scale' ? n.factor : one
  if (of.kind === 'ones') return factor
  if (of.kind === 'identity') return factor
  if (of.kind === 'literal' && of.entries.every(r => r[0].equals(of.entries[0][0]))) {
    return multiplyFactors(factor, number(of.entries[0][0]))
  }
  return null
}
