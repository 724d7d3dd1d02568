// Are two linear operators equal for all values of the unknown weights? By their structure where that is enough, else by
// expanding their difference into products of weights and known matrices, which all have to cancel.

import { isAtLeast } from '../diagram/shapes.ts'
import { entriesOf, identity, type Linear, linearPostorder, literal } from '../linear/linear.ts'
import { addSizes, type Size } from '../linear/size.ts'
import { call, type Expression, number, one, zero } from '../scalar/expression.ts'
import { ONE, type Rational, ZERO } from '../scalar/rational.ts'
import type { Budget } from './budget.ts'
import { verifyScalarProof } from './scalar.ts'

/** Whether two numbers written without variables are equal by arithmetic. */
export function sameNumber(a: Expression, b: Expression): boolean {
  if (a === b) return true
  if (a.kind === 'number' && b.kind === 'number') return false
  return verifyScalarProof({ steps: [], end: { kind: 'equal', equations: [] } }, a, b, []).accepted
}

/** Equal products of equal factors and sums of equal terms: no thought, and no walk through what is the same object. */
function sameStructure(a: Linear, b: Linear, budget: Budget): boolean {
  const todo: [Linear, Linear][] = [[a, b]]
  for (let pair = todo.pop(); pair !== undefined; pair = todo.pop()) {
    const left = [pair[0]]
    const right = [pair[1]]
    while (left.length + right.length > 0) {
      budget.spend(1)
      const l = left.pop()
      const r = right.pop()
      if (l === r) continue
      if (l?.kind === 'product' || l?.kind === 'identity') {
        if (l.kind === 'product') left.push(l.right, l.left)
        if (r !== undefined) right.push(r)
      } else if (r?.kind === 'product' || r?.kind === 'identity') {
        if (r.kind === 'product') right.push(r.right, r.left)
        if (l !== undefined) left.push(l)
      } else if (l?.kind === 'sum' && r?.kind === 'sum') todo.push([l.left, r.left], [l.right, r.right])
      else if (l?.kind === 'scale' && r?.kind === 'scale' && l.factor === r.factor) todo.push([l.of, r.of])
      else return false
    }
  }
  return true
}

/** factor * word[0] * word[1] * ...; no word at all is the identity. */
interface Term {
  readonly factor: Expression
  readonly word: readonly Linear[]
}

function times(a: Expression, b: Expression): Expression {
  if (a === one) return b
  if (b === one) return a
  return a.kind === 'number' && b.kind === 'number' ? number(a.value.mul(b.value)) : call('*', a, b)
}
function plus(a: Expression, b: Expression): Expression {
  return a.kind === 'number' && b.kind === 'number' ? number(a.value.add(b.value)) : call('+', a, b)
}

type Entries = readonly (readonly Rational[])[]
function multiplied(a: Entries, b: Entries, budget: Budget): Linear {
  budget.spend(a.length * b.length * b[0].length)
  return literal(a.map(row => b[0].map((_, j) => row.reduce((total, q, k) => total.add(q.mul(b[k][j])), ZERO))))
}

/** Two neighbours of a product as a shorter product; null: the product is zero; undefined: they stay. */
function together(a: Linear, b: Linear, budget: Budget): readonly Linear[] | null | undefined {
  if (a.kind === 'select' && b.kind === 'embed') {
    const after = (start: Size, length: Size, other: Size): boolean =>
      isAtLeast(addSizes(other, addSizes(start, length), -1), 0)
    if (a.start === b.start && a.rows === b.columns) return []
    if (after(a.start, a.rows, b.start) || after(b.start, b.columns, a.start)) return null
  }
  const [x, y] = [entriesOf(a), entriesOf(b)]
  return x === null || y === null ? undefined : [multiplied(x, y, budget)]
}

function product(s: Term, t: Term, budget: Budget): Term | null {
  const word = [...s.word]
  const todo = t.word.toReversed()
  budget.spend(1 + word.length + todo.length)
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const last = word.at(-1)
    const both = last === undefined ? undefined : together(last, next, budget)
    if (both === null) return null
    if (both === undefined) word.push(next)
    else {
      word.pop()
      todo.push(...both.toReversed())
    }
  }
  return { factor: times(s.factor, t.factor), word }
}

function expand(root: Linear, budget: Budget): readonly Term[] {
  const values = new Map<Linear, readonly Term[]>()
  for (const a of linearPostorder(root)) {
    const of = (part: Linear): readonly Term[] => values.get(part) as readonly Term[]
    let terms: readonly Term[]
    if (a.kind === 'zero') terms = []
    else if (a.kind === 'identity') terms = [{ factor: one, word: [] }]
    else if (a.kind === 'sum') terms = [...of(a.left), ...of(a.right)]
    else if (a.kind === 'scale') terms = of(a.of).map(t => ({ factor: times(a.factor, t.factor), word: t.word }))
    else if (a.kind === 'product')
      terms = of(a.left).flatMap(s => of(a.right).flatMap(t => product(s, t, budget) ?? []))
    else {
      const known = a.kind === 'symbol' ? a.symbol.value : null
      terms = [{ factor: one, word: [known === null ? a : literal(known)] }]
    }
    budget.spend(terms.length)
    values.set(a, terms)
  }
  return values.get(root) as readonly Term[]
}

/** Whether the operators are equal. Throws Rejected when this takes more work than the budget allows. */
export function sameOperator(a: Linear, b: Linear, budget: Budget): boolean {
  if (a.rows !== b.rows || a.columns !== b.columns) return false
  if (sameStructure(a, b, budget)) return true
  const totals = new Map<string, Term>()
  let known: Rational[][] | null = null
  const add = (t: Term): void => {
    const entries = t.factor.kind === 'number' && t.word.length <= 1 ? entriesOf(t.word[0] ?? identity(a.rows)) : null
    if (entries !== null && t.factor.kind === 'number') {
      const k = t.factor.value
      known = entries.map((row, i) => row.map((q, j) => q.mul(k).add(known?.[i][j] ?? ZERO)))
      return
    }
    const key = t.word.map(w => w.id).join()
    totals.set(key, { factor: plus(totals.get(key)?.factor ?? zero, t.factor), word: t.word })
  }
  for (const t of expand(a, budget)) add(t)
  for (const t of expand(b, budget)) add({ factor: times(number(ONE.neg()), t.factor), word: t.word })
  const left: Rational[][] = known ?? []
  return left.every(row => row.every(q => q.n === 0n)) && [...totals.values()].every(t => sameNumber(t.factor, zero))
}
