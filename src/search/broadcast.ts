// Equalities of wires that repeat one component: what is added to, or multiplied with, all components of another wire alike.
import { identity, isColumnOfOnes, type Linear, literal, ones } from '../linear/linear.ts'
import { type Size, sizeOf } from '../linear/size.ts'
import { linearFormOnce } from '../rewrite/functions.ts'
import { call, type Expression, fold, number, variable, x0 } from '../scalar/expression.ts'
import { ONE, type Rational, ZERO } from '../scalar/rational.ts'
import { additive, different, lastOf, PRODUCT, pointwise, put, QUOTIENT, type Summand, withLast } from './builder.ts'
import type { EGraph, TermId } from './egraph.ts'
import { type Additive, membersOf, type Pointwise } from './layers.ts'
import {
  added,
  mayRepeat,
  monomialOf,
  multipliedBy,
  multiplyFactors,
  normalOf,
  operatorOf,
  type Word,
  wordsOf,
} from './operators.ts'
import type { Why } from './reasons.ts'

const APART: Why = { rule: 'equality', title: 'what is added to all components', by: 'linear' }
const EXPONENTIAL: Why = { rule: 'normal-elementwise', title: 'exponential of a sum', by: 'function' }
const EXPANDED: Why = { rule: 'normal-elementwise', title: 'polynomial as a sum of products', by: 'function' }
const MULTIPLE: Why = { rule: 'equality', title: 'common factor of all components through a layer', by: 'linear' }

/** Polynomials of more parts, or of a higher degree, are not multiplied out. */
const MAX_POLYNOMIAL = 24
const MAX_DEGREE = 4

/** A member of the class that repeats the one component of a wire, if there is one. */
function repeated(g: EGraph, term: TermId): TermId | null {
  const isRepeated = (m: TermId): boolean => {
    const { operators, bias } = g.nodeOf(m) as Additive
    return operators.length === 1 && bias === null && isColumnOfOnes(operators[0])
  }
  return membersOf(g, term, 'additive').find(isRepeated) ?? null
}

/** Whether one of several wires of a function repeats one component: then there is more to see from above it. */
export function hasRepeated(g: EGraph, t: TermId): boolean {
  return g.arityOf(t) > 1 && g.argsOf(t).some(a => repeated(g, a) !== null)
}

/** A product of matrices whose rows are all alike, without the column of ones that it begins with; null for others. */
function repeating(word: Word): Word | null {
  const [first, ...rest] = word.atoms
  if (first === undefined || first.rows === sizeOf(1)) return null
  if (first.kind === 'ones')
    return {
      factor: word.factor,
      atoms: first.columns === sizeOf(1) ? rest : [ones(sizeOf(1), first.columns), ...rest],
    }
  if (first.kind !== 'literal') return null
  const [row] = first.entries
  if (!first.entries.every(r => r.every((q, j) => q.equals(row[j])))) return null
  return { factor: word.factor, atoms: [literal([row]), ...rest] }
}

/** A known matrix that is k I and a matrix with equal rows, as these two: what takes a mean away from all components. */
function besideIdentity(word: Word): readonly Word[] {
  const [matrix, ...rest] = word.atoms
  if (matrix?.kind !== 'literal' || matrix.rows !== matrix.columns || matrix.entries.length < 2) return [word]
  // What only moves and scales components passes through functions as it is.
  if (monomialOf(matrix) !== null) return [word]
  const { entries } = matrix
  const k = entries[0][0].sub(entries[1][0])
  const row = entries[0].map((q, j) => (j === 0 ? q.sub(k) : q))
  const isSplit = entries.every((r, i) => r.every((q, j) => q.equals(i === j ? row[j].add(k) : row[j])))
  if (k.n === 0n || row.every(q => q.n === 0n) || !isSplit) return [word]
  return [
    { factor: multiplyFactors(word.factor, number(k)), atoms: rest },
    { factor: word.factor, atoms: [literal(entries.map(() => row)), ...rest] },
  ]
}

/** A x + 1 v + b = (A x + b) + (1 v): what a layer adds to all components alike, as a wire of its own. */
export function addedToAll(g: EGraph, t: TermId): void {
  const { operators, bias, shape } = g.nodeOf(t) as Additive
  if (!operators.some(mayRepeat) && (bias === null || !mayRepeat(bias))) return
  const args = g.argsOf(t)
  const one = sizeOf(1)
  const alone: Summand[] = []
  const rest: Summand[] = []
  let [shift, moved]: (Linear | null)[] = [null, null]
  for (const [k, operator] of [...operators, ...(bias === null ? [] : [bias])].entries()) {
    const columns = k < args.length ? lastOf(g.shapeOf(args[k])) : one
    for (const word of (wordsOf(operator) ?? [{ factor: number(1), atoms: [operator] }]).flatMap(besideIdentity)) {
      const row = repeating(word)
      const own = row === null ? operatorOf(word, columns) : normalOf(scaledRow(row, columns))
      if (k < args.length) (row === null ? rest : alone).push({ operator: own, arg: args[k] })
      else if (row === null) moved = moved === null ? own : added(moved, own)
      else shift = shift === null ? own : added(shift, own)
    }
  }
  const isAll = rest.length === 0 && moved === null
  if (alone.length === 0 && (shift === null || isAll)) return
  if (isAll && shift === null && alone.length === 1 && isColumnOfOnes(operators[0])) return
  const made: TermId[] = []
  const single = additive(g, alone, shift, withLast(shape, one), made)
  const columnOf = [{ operator: ones(lastOf(shape), one), arg: single as TermId }]
  const all = single === null ? null : additive(g, columnOf, null, shape, isAll ? undefined : made)
  if (single === null || all === null) return
  const over = different(g, args)
  if (isAll) {
    g.equate(t, all, APART, { made, over })
    return
  }
  const others = additive(g, rest, moved, shape, made)
  const sum = others === null ? null : pointwise(g, call('+', x0, variable(1)), [others, all], shape)
  if (others === null || sum === null) return
  g.equate(t, sum, APART, { made, over })
}
/** The row vector that a word is; the empty word is the number 1. */
function scaledRow(row: Word, columns: Size): Linear {
  return row.atoms.length === 0 ? multipliedBy(row.factor, identity(sizeOf(1))) : operatorOf(row, columns)
}

function isProduct(g: EGraph, t: TermId): boolean {
  const { fn } = g.nodeOf(t) as Pointwise
  return g.arityOf(t) === 2 && (fn === PRODUCT || fn === QUOTIENT)
}

/** The exponents of two wires, and the number before their product. */
type Monomial = readonly [i: number, j: number, factor: Rational]
/** A polynomial of two variables with known coefficients and a small degree, term by term; null for other functions. */
function monomialsOf(fn: Expression): readonly Monomial[] | null {
  const plus = (terms: readonly Monomial[]): Monomial[] => {
    const sums = new Map<string, Monomial>()
    for (const [i, j, q] of terms) sums.set(`${i},${j}`, [i, j, q.add(sums.get(`${i},${j}`)?.[2] ?? ZERO)])
    return [...sums.values()].filter(([, , q]) => q.n !== 0n)
  }
  const times = (a: readonly Monomial[], b: readonly Monomial[]): Monomial[] =>
    plus(a.flatMap(([i, j, p]) => b.map(([k, l, q]): Monomial => [i + k, j + l, p.mul(q)])))
  return fold<readonly Monomial[] | null>(fn, (e, of) => {
    if (e.kind === 'number') return [[0, 0, e.value]]
    if (e.kind === 'variable') return e.index === 0 ? [[1, 0, ONE]] : [[0, 1, ONE]]
    if (e.kind !== 'call') return null
    const [a, b] = e.args.map(of)
    if (a === null || b === null) return null
    const minus = (p: readonly Monomial[]): Monomial[] => p.map(([i, j, q]): Monomial => [i, j, q.neg()])
    let found: readonly Monomial[] | null = null
    if (e.name === '+') found = plus([...a, ...b])
    else if (e.name === '-') found = plus([...a, ...minus(b)])
    else if (e.name === 'neg') found = minus(a)
    else if (e.name === '*') found = times(a, b)
    else if (e.name === '^' && e.args[1] === number(2)) found = times(a, a)
    return found?.every(([i, j]) => i + j <= MAX_DEGREE) ? found : null
  })
}

/** (x + k 1 s)^2 = x^2 + 2 k x * 1 s + k^2 1 s^2: a polynomial, of which one wire repeats a component, as a sum of products. */
export function expanded(g: EGraph, t: TermId): void {
  const { fn, shape } = g.nodeOf(t) as Pointwise
  if (g.arityOf(t) !== 2 || fn.weight > MAX_POLYNOMIAL || linearFormOnce(fn) !== null || isProduct(g, t)) return
  const monomials = monomialsOf(fn)
  if (monomials === null || monomials.length < 2) return
  const args = g.argsOf(t)
  const power = (k: number, v: Expression): Expression => (k === 1 ? v : call('^', v, number(k)))
  const wires: TermId[] = []
  const products: TermId[] = []
  let sum: Expression = number(0)
  for (const [i, j, q] of monomials) {
    const parts = [...(i > 0 ? [power(i, x0)] : []), ...(j > 0 ? [power(j, variable(1))] : [])]
    let term: Expression = number(q)
    if (parts.length > 0) {
      const wire = pointwise(
        g,
        parts.reduce((a, b) => call('*', a, b)),
        args,
        shape,
        products,
      )
      if (wire === null) return
      const v = variable(wires.push(wire) - 1)
      term = q.equals(1) ? v : call('*', term, v)
    }
    sum = sum === number(0) ? term : call('+', sum, term)
  }
  const made = pointwise(g, sum, wires, shape)
  if (made !== null) g.equate(t, made, EXPANDED, { made: products, over: different(g, args) })
}

/** exp(f + k 1 s) = exp(f) * exp(k 1 s): a factor of all components. */
export function exponentialOfSum(g: EGraph, t: TermId): void {
  const { fn, shape } = g.nodeOf(t) as Pointwise
  if (fn !== EXP) return
  for (const m of membersOf(g, g.argOf(t, 0), 'pointwise')) {
    if (g.arityOf(m) < 2) continue
    const form = linearFormOnce((g.nodeOf(m) as Pointwise).fn)
    if (form === null) continue
    const args = g.argsOf(m)
    const isAlone = args.map(a => repeated(g, a) !== null)
    const part = (of: boolean): Expression | null => {
      let sum: Expression | null = null
      for (const [i, k] of form.coefficients) {
        if (isAlone[i] !== of) continue
        const term = k.kind === 'number' && k.value.equals(1) ? variable(i) : call('*', k, variable(i))
        sum = sum === null ? term : call('+', sum, term)
      }
      return sum
    }
    const [rest, same] = [part(false), part(true)]
    if (rest === null || same === null) continue
    const total =
      form.constant.kind === 'number' && form.constant.value.n === 0n ? rest : call('+', rest, form.constant)
    const parts: TermId[] = []
    const left = pointwise(g, call('exp', total), args, shape, parts)
    const right = pointwise(g, call('exp', same), args, shape, parts)
    const made = left === null || right === null ? null : pointwise(g, PRODUCT, [left, right], shape)
    if (made !== null) g.equate(t, made, EXPONENTIAL, { inner: [m], made: parts, over: different(g, args) })
  }
}
const EXP = call('exp', x0)

/** W (u * 1 s) = (W u) * 1 s, and so for quotients. */
export function multipleThroughLayer(g: EGraph, t: TermId): void {
  const { operators, bias, shape } = g.nodeOf(t) as Additive
  if (operators.length !== 1 || bias !== null) return
  for (const m of membersOf(g, g.argOf(t, 0), 'pointwise')) {
    const { fn } = g.nodeOf(m) as Pointwise
    if (g.arityOf(m) !== 2 || (fn !== PRODUCT && fn !== QUOTIENT)) continue
    for (const k of fn === QUOTIENT ? [1] : [0, 1]) {
      const same = repeated(g, g.argOf(m, k))
      if (same === null) continue
      const u = g.argOf(m, 1 - k)
      // Of two wires of one component the first one counts as the number, for whoever checks it.
      if (fn === PRODUCT && k === 1 && lastOf(g.shapeOf(u)) === sizeOf(1)) continue
      const s = g.argOf(same, 0)
      // A known number is no wire, for whoever checks it: algebra has taken it for a factor.
      if (g.has(g.classOf(s), 'constant')) continue
      const below = put(g, { kind: 'additive', operators, bias, shape }, [u])
      const width = lastOf(shape)
      const all = put(g, { kind: 'additive', operators: [columnOfOnes(width)], bias: null, shape }, [s])
      if (below === null || all === null) continue
      const after = put(g, { kind: 'pointwise', fn, shape }, k === 1 ? [below, all] : [all, below])
      if (after === null) continue
      const made = below === all ? [below] : [below, all]
      g.equate(t, after, MULTIPLE, { inner: [same, m], made, over: different(g, [u, s]) })
      break
    }
  }
}
function columnOfOnes(width: Linear['rows']): Linear {
  return width === sizeOf(1) ? identity(width) : normalOf(ones(width, sizeOf(1)))
}
