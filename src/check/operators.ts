// Are two linear operators equal for all values of the unknown weights? Both are expanded into sums of words, products of
// weights and known matrices, with polynomials as coefficients. They are equal where everything cancels.
import { inOrder } from '../linear/diagonals.ts'
import * as Linears from '../linear/linear.ts'
import { factorsOf, type Linear } from '../linear/linear.ts'
import type { Expression } from '../scalar/expression.ts'
import { partsFirst } from '../scalar/proof.ts'
import { ONE, type Rational } from '../scalar/rational.ts'
import { fractionWork, spend } from '../scalar/work.ts'
import { Arithmetic, addTerm, type Polynomial, product, UNIT } from './polynomial.ts'

/** Words, which are nested to the right, so that they share what they end with, and what each is multiplied by. */
type Words = ReadonlyMap<Linear, Polynomial>

/** Adds a multiple of a coefficient under a key, in place. */
function add<K>(sums: Map<K, Map<string, Rational>>, key: K, coefficient: Polynomial, factor = ONE): void {
  const sum = sums.get(key) ?? new Map<string, Rational>()
  sums.set(key, sum)
  for (const [m, c] of coefficient) addTerm(sum, m, c.mul(factor))
}

/** a * word as a word, for an operator that is no product: neighbours that are one known matrix become that. */
function inFront(a: Linear, word: Linear): Linear {
  for (let [first, rest] = [a, word]; ; ) {
    spend(2)
    const [next, others] = rest.kind === 'product' ? [rest.left, rest.right] : [rest, null]
    const both = Linears.knownProduct(first, next)
    if (both === null) return Linears.sharedProduct(first, rest)
    if (others === null) return both
    first = both
    rest = others
  }
}

function times(left: Words, right: Words): Words {
  const words = new Map<Linear, Map<string, Rational>>()
  for (const [v, c] of left)
    for (const [w, d] of right) {
      const word = factorsOf(v).reduceRight((rest, a) => inFront(a, rest), w)
      add(words, word, product(c, d))
    }
  return words
}

function expand(root: Linear, coefficientOf: (factor: Expression) => Polynomial): Words {
  const values = new Map<Linear, Words>()
  const operandsOf = (a: Linear): readonly Linear[] => (a.kind === 'product' ? factorsOf(a) : Linears.linearParts(a))
  for (const a of partsFirst([root], operandsOf)) {
    const operands = operandsOf(a).map(p => values.get(p) as Words)
    const words = new Map<Linear, Map<string, Rational>>()
    if (a.kind === 'sum') for (const [w, c] of operands.flatMap(of => [...of])) add(words, w, c)
    else if (a.kind === 'scale') for (const [w, c] of operands[0]) add(words, w, product(coefficientOf(a.factor), c))
    else if (a.kind !== 'product')
      add(words, a.kind === 'symbol' && a.symbol.value !== null ? Linears.literal(a.symbol.value) : a, UNIT)
    values.set(a, a.kind === 'product' ? operands.reduceRight((right, left) => times(left, right)) : words)
  }
  return values.get(root) as Words
}

/**
 * Whether the operators, all factors in which are defined, are shown to be equal. `rewritten` may give other expressions for
 * these factors, which are known to be equal.
 */
export function sameOperator(a: Linear, b: Linear, rewritten: (factor: Expression) => Expression): boolean {
  if (a === b || a.rows !== b.rows || a.columns !== b.columns) return a === b
  const arithmetic = new Arithmetic()
  const difference = Linears.sum(a, Linears.negate(b))
  const rest = [...expand(difference, factor => arithmetic.expanded(rewritten(factor)))]
  // What is left may still cancel entry by entry: I + [[1]] and [[2]] beside one weight, before or behind it.
  const entries = new Map<string, Map<string, Rational>>()
  for (const [word, c] of rest.filter(([w, c]) => w.kind !== 'zero' && !arithmetic.vanishes(c)))
    for (const [key, factor] of inEntries(word)) add(entries, key, c, factor)
  return [...entries.values()].every(c => arithmetic.vanishes(c))
}

const MOST_KEYS = 100_000
/**
 * A word as a sum of products in which each known matrix has one entry only: a key for each, and its number. Where no known
 * matrix stands between two weights there is the identity; what is of unknown size stays as it is, and so does a word with
 * very many such terms.
 */
function inEntries(word: Linear): readonly (readonly [key: string, factor: Rational])[] {
  const factors = inOrder(factorsOf(word), a => `${a.id}`)
  const isWeight = (k: number): boolean => factors.at(k)?.kind === 'symbol'
  const slots = factors.flatMap((a, k) =>
    isWeight(k) && (k === 0 || isWeight(k - 1)) ? [Linears.identity(a.rows), a] : [a],
  )
  if (isWeight(-1)) slots.push(Linears.identity(word.columns))
  let sum: (readonly [string, Rational])[] = [['', ONE]]
  for (const a of slots) {
    const known = a.kind === 'symbol' ? null : Linears.entriesOf(a)
    const entries = known?.flatMap((row, i) => row.map((q, j) => [`${i},${j}`, q] as const))
    const places = entries?.filter(([, q]) => q.n !== 0n) ?? [[a.kind === 'identity' ? 'I' : `${a.id}`, ONE] as const]
    if (sum.length * places.length > MOST_KEYS) return [[`${word.id}`, ONE]]
    spend(1 + sum.length * places.reduce((total, [, q]) => total + 1 + fractionWork(q.n, q.d), 0))
    sum = sum.flatMap(([k, f]) => places.map(([key, q]) => [`${k};${key}`, f.mul(q)] as const))
  }
  return sum
}
