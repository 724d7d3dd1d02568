// Arithmetic on expressions: sums, products, quotients and whole powers expanded into quotients of polynomials whose
// variables are the remaining subexpressions ("atoms").
import {
  arithmeticOperands,
  call,
  compareExpressions,
  type Expression,
  isSum,
  number,
  wholeNumber,
  zero,
} from '../scalar/expression.ts'
import { type Rational, rational } from '../scalar/rational.ts'
import { gcd } from './divisors.ts'
import type { Polynomial } from './polynomial.ts'
import * as P from './polynomial.ts'
import { type Quotient, quotient, rationalQuotient } from './quotient.ts'

/** Whole powers of sums beyond this many terms stay unexpanded. */
const LARGEST_EXPANSION = 5000

/** The polynomial ring over the atoms of one proof, with relations `atom^power = value` by which results are reduced. */
export class Ring {
  readonly atoms: Expression[] = []
  private readonly indices = new Map<Expression, number>()
  private readonly relations = new Map<number, { power: number; value: Polynomial }>()

  constructor(readonly meter: P.Meter) {}

  /** The index of an atom, made when it is new. */
  atom(e: Expression): number {
    let index = this.indices.get(e)
    if (index === undefined) {
      index = this.atoms.length
      if (index > 60_000) throw new P.BudgetExhausted('there are too many different parts')
      this.atoms.push(e)
      this.indices.set(e, index)
    }
    return index
  }

  /** From now on `atom^power` is `value`, which has only atoms made before this one. */
  relate(atom: number, power: number, value: Polynomial): void {
    this.relations.set(atom, { power, value })
  }

  related(atom: number): boolean {
    return this.relations.has(atom)
  }

  private reduce(p: Polynomial): Polynomial {
    if (this.relations.size === 0) return p
    let current = p
    for (;;) {
      let changed = false
      const result = new Map<P.Monomial, bigint>()
      const products: Polynomial[] = []
      for (const [m, c] of current) {
        let found = -1
        for (let i = m.length - 2; i >= 0 && found < 0; i -= 2) {
          const relation = this.relations.get(m.charCodeAt(i))
          if (relation !== undefined && m.charCodeAt(i + 1) >= relation.power) found = i
        }
        if (found < 0) {
          result.set(m, (result.get(m) ?? 0n) + c)
          continue
        }
        const { power, value } = this.relations.get(m.charCodeAt(found)) as { power: number; value: Polynomial }
        const exponent = m.charCodeAt(found + 1)
        const rest = m.slice(0, found) + P.monomialOf(m.charCodeAt(found), exponent % power) + m.slice(found + 2)
        products.push(P.timesTerm(P.power(value, Math.floor(exponent / power), this.meter), rest, c, this.meter))
        changed = true
      }
      for (const [m, c] of result) if (c === 0n) result.delete(m)
      if (!changed) return current
      this.meter.spend(current.size)
      current = products.reduce((sum, q) => P.addScaled(sum, q, 1n, this.meter), result as Polynomial)
    }
  }

  private make(numerator: Polynomial, denominator: Polynomial): Quotient {
    const n = this.reduce(numerator)
    const d = this.reduce(denominator)
    if (d.size === 0) throw new P.BudgetExhausted('a divisor is zero')
    return quotient(n, d, this.meter)
  }

  number(q: Rational): Quotient {
    return rationalQuotient(q.s * q.n, q.d)
  }
  ofAtom(e: Expression, exponent = 1): Quotient {
    return this.make(P.variablePolynomial(this.atom(e), exponent), P.onePolynomial)
  }
  ofPolynomial(p: Polynomial): Quotient {
    return this.make(p, P.onePolynomial)
  }
  add(a: Quotient, b: Quotient, sign: 1n | -1n = 1n): Quotient {
    if (b.numerator.size === 0) return a
    if (P.samePolynomial(a.denominator, b.denominator)) {
      return this.make(P.addScaled(a.numerator, b.numerator, sign, this.meter), a.denominator)
    }
    const g = gcd(a.denominator, b.denominator, this.meter)
    const u = P.dividedExactly(a.denominator, g, this.meter) ?? a.denominator
    const v = P.dividedExactly(b.denominator, g, this.meter) ?? b.denominator
    const left = P.multiply(a.numerator, v, this.meter)
    const right = P.multiply(b.numerator, u, this.meter)
    return this.make(P.addScaled(left, right, sign, this.meter), P.multiply(a.denominator, v, this.meter))
  }
  /**
   * a + sign * b as a value that nothing else refers to. When a is such a value itself, and not needed afterwards
   * (`owned`), it is added to in place, so that long sums take time linear in their terms.
   */
  addTo(a: Quotient, b: Quotient, sign: 1n | -1n, owned: boolean): Quotient {
    if (a.denominator !== P.onePolynomial || b.denominator !== P.onePolynomial) return this.add(a, b, sign)
    if (!owned) this.meter.spend(a.numerator.size)
    const sum = owned ? (a.numerator as Map<P.Monomial, bigint>) : new Map(a.numerator)
    this.meter.spend(b.numerator.size)
    for (const [m, c] of b.numerator) {
      const total = (sum.get(m) ?? 0n) + sign * c
      if (total === 0n) sum.delete(m)
      else sum.set(m, total)
    }
    return { numerator: sum, denominator: P.onePolynomial }
  }

  multiply(a: Quotient, b: Quotient): Quotient {
    return this.make(
      P.multiply(a.numerator, b.numerator, this.meter),
      P.multiply(a.denominator, b.denominator, this.meter),
    )
  }
  /** Throws BudgetExhausted when b is zero: then nothing can be said. */
  divide(a: Quotient, b: Quotient): Quotient {
    return this.make(
      P.multiply(a.numerator, b.denominator, this.meter),
      P.multiply(a.denominator, b.numerator, this.meter),
    )
  }
  /** A whole power, or null when expanding it would be too large. */
  power(a: Quotient, exponent: number): Quotient | null {
    const n = Math.abs(exponent)
    const terms = Math.max(a.numerator.size, a.denominator.size)
    if (terms > 1 && (n > 200 || estimatedTerms(terms, n) > LARGEST_EXPANSION)) return null
    if (n > 20_000) return null
    const p = P.power(a.numerator, n, this.meter)
    const q = P.power(a.denominator, n, this.meter)
    return exponent < 0 ? this.make(q, p) : this.make(p, q)
  }

  /** Whether a - b is zero by arithmetic and the relations. */
  same(a: Quotient, b: Quotient): boolean {
    if (P.samePolynomial(a.numerator, b.numerator) && P.samePolynomial(a.denominator, b.denominator)) return true
    const left = this.reduce(P.multiply(a.numerator, b.denominator, this.meter))
    const right = this.reduce(P.multiply(b.numerator, a.denominator, this.meter))
    return P.addScaled(left, right, -1n, this.meter).size === 0
  }

  /** The value of a constant, else null. */
  rationalValue(a: Quotient): Rational | null {
    const n = P.constantValue(a.numerator)
    const d = P.constantValue(a.denominator)
    return n === null || d === null ? null : rational(n, d)
  }

  /** Expands an expression. What is not arithmetic is an atom. */
  expand(root: Expression): Quotient {
    const done = new Map<Expression, Quotient>()
    const order = arithmeticOrder(root)
    const inner = innerSums(order, arithmeticOperands)
    const owned = new Set<Expression>()
    for (const e of order) {
      this.meter.spend(1)
      const operands = arithmeticOperands(e)
      const values = operands.map(o => done.get(o) as Quotient)
      if (isSum(e)) {
        const sign = e.name === '+' ? 1n : -1n
        done.set(e, this.addTo(values[0], values[1], sign, owned.has(operands[0])))
        if (inner.has(e)) owned.add(e)
      } else done.set(e, this.expandOne(e, values))
    }
    return done.get(root) as Quotient
  }

  private expandOne(e: Expression, values: readonly Quotient[]): Quotient {
    if (e.kind === 'number') return this.number(e.value)
    if (values.length === 0 || e.kind !== 'call') return this.ofAtom(e)
    const [a, b] = values
    switch (e.name) {
      case '*':
        return this.multiply(a, b)
      case '/':
        return this.divide(a, b)
      case 'neg':
        return { numerator: P.scaled(a.numerator, -1n), denominator: a.denominator }
      default: {
        const exponent = wholeNumber(e.args[1]) as number
        return this.power(a, exponent) ?? this.ofAtom(call('^', this.express(a), e.args[1]))
      }
    }
  }

  /** The quotient as a readable expression whose expansion it is; terms in an order that depends only on the atoms. */
  express(q: Quotient): Expression {
    const divisor = P.constantValue(q.denominator)
    if (divisor !== null) return this.expressPolynomial(q.numerator, divisor)
    const below = this.expressPolynomial(q.denominator)
    if (!startsNegative(below)) return call('/', this.expressPolynomial(q.numerator), below)
    return call('/', this.expressPolynomial(q.numerator, -1n), this.expressPolynomial(q.denominator, -1n))
  }

  expressPolynomial(p: Polynomial, divisor = 1n): Expression {
    if (p.size === 0) return zero
    const used = P.variablesIn(p).sort((u, v) => compareExpressions(this.atoms[u], this.atoms[v]))
    const rank = new Map(used.map((variable, i) => [variable, i]))
    const terms = [...p].map(([monomial, c]) => ({
      factors: P.pairsOf(monomial)
        .map(([v, exponent]): [number, number] => [rank.get(v) as number, exponent])
        .sort((u, v) => u[0] - v[0]),
      coefficient: rational(c, divisor),
    }))
    terms.sort((u, v) => compareFactors(u.factors, v.factors))
    let sum: Expression | null = null
    for (const { factors, coefficient } of terms) {
      const positive = coefficient.abs()
      let product: Expression | null = null
      for (const [r, exponent] of factors) {
        const atom = this.atoms[used[r]]
        const factor = exponent === 1 ? atom : call('^', atom, number(exponent))
        product = product === null ? factor : call('*', product, factor)
      }
      const isOne = positive.n === positive.d
      const term: Expression =
        product === null ? number(positive) : isOne ? product : leadingCoefficient(number(positive), product)
      if (sum !== null) sum = call(coefficient.s < 0n ? '-' : '+', sum, term)
      else if (coefficient.s > 0n) sum = term
      else
        sum =
          product === null
            ? number(coefficient)
            : isOne
              ? call('neg', term)
              : leadingCoefficient(number(coefficient), product)
    }
    return sum as Expression
  }
}

/** coefficient * (first * second * ...), bracketed to the left as it prints. */
function leadingCoefficient(coefficient: Expression, product: Expression): Expression {
  const factors: Expression[] = []
  let rest = product
  while (rest.kind === 'call' && rest.name === '*') {
    factors.push(rest.args[1])
    rest = rest.args[0]
  }
  let result = call('*', coefficient, rest)
  for (let i = factors.length - 1; i >= 0; i--) result = call('*', result, factors[i])
  return result
}

function compareFactors(a: readonly [number, number][], b: readonly [number, number][]): number {
  // Constants last; otherwise by the first atom in which they differ, higher powers first.
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    if (i >= a.length) return 1
    if (i >= b.length) return -1
    if (a[i][0] !== b[i][0]) return a[i][0] - b[i][0]
    if (a[i][1] !== b[i][1]) return b[i][1] - a[i][1]
  }
  return 0
}

function estimatedTerms(terms: number, exponent: number): number {
  let count = 1
  for (let i = 1; i < terms && count <= LARGEST_EXPANSION; i++) count = (count * (exponent + i)) / i
  return count
}

/** The arithmetic of an expression and its atoms, parts first. */
function arithmeticOrder(root: Expression): Expression[] {
  const order: Expression[] = []
  const seen = new Set([root])
  const stack = [{ e: root, operands: arithmeticOperands(root), next: 0 }]
  while (stack.length > 0) {
    const top = stack[stack.length - 1]
    if (top.next === top.operands.length) {
      order.push(top.e)
      stack.pop()
      continue
    }
    const e = top.operands[top.next++]
    if (seen.has(e)) continue
    seen.add(e)
    stack.push({ e, operands: arithmeticOperands(e), next: 0 })
  }
  return order
}

/** The sums that are used once, as the first operand of a sum: their values may be added to in place. */
export function innerSums(
  order: readonly Expression[],
  operandsOf: (e: Expression) => readonly Expression[],
): Set<Expression> {
  const uses = new Map<Expression, number>()
  for (const e of order) for (const p of operandsOf(e)) uses.set(p, (uses.get(p) ?? 0) + 1)
  const inner = new Set<Expression>()
  for (const e of order) {
    if (!isSum(e)) continue
    const [first] = operandsOf(e)
    if (isSum(first) && uses.get(first) === 1) inner.add(first)
  }
  return inner
}

/** Whether an expression prints with a minus in front. */
export function startsNegative(e: Expression): boolean {
  let first = e
  for (;;) {
    if (first.kind === 'number') return first.value.s < 0n
    if (first.kind !== 'call') return false
    if (first.name === 'neg') return true
    if (first.name !== '+' && first.name !== '-' && first.name !== '*' && first.name !== '/') return false
    first = first.args[0]
  }
}
