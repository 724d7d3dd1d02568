// The checker's arithmetic: sums, products, quotients and whole powers of expressions, expanded into polynomials.
//
// The variables of these are the parts that are not arithmetic (atoms). Exponents may be negative: 1/x is x^-1. A sum that
// is divided by, or raised to a power, becomes an atom too, and is multiplied out only in the end, so that no common
// divisors are needed. Where an expression is defined, so are all atoms, those with negative exponents are not 0, and the
// polynomial has the value of the expression.
import { type Expression, wholeNumber } from '../scalar/expression.ts'
import { partsFirst } from '../scalar/proof.ts'
import { ONE, type Rational, rational, ZERO } from '../scalar/rational.ts'
import { type Budget, reject } from './budget.ts'

/**
 * A product of powers of atoms, as pairs of UTF-16 units: the number of an atom, and its exponent + ORIGIN; larger numbers
 * first. Where no exponent is negative, comparing such strings is the lexicographic order of monomials.
 */
type Monomial = string
/** A sum of monomials with coefficients other than 0. */
export type Polynomial = ReadonlyMap<Monomial, Rational>
/** What a power of an atom is: an atom that is a sum, or related to others by an equation. */
type Value = { readonly power: number; readonly value: Polynomial }

const ORIGIN = 0x8000
const MOST_ATOMS = 0xffff
const MOST_DIGITS = 100_000

function monomial(atom: number, exponent: number): Monomial {
  if (Math.abs(exponent) >= ORIGIN) reject('an exponent is too large')
  return exponent === 0 ? '' : String.fromCharCode(atom, ORIGIN + exponent)
}

function powersIn(m: Monomial): { atom: number; exponent: number }[] {
  const result: { atom: number; exponent: number }[] = []
  for (let i = 0; i < m.length; i += 2) result.push({ atom: m.charCodeAt(i), exponent: m.charCodeAt(i + 1) - ORIGIN })
  return result
}

function times(a: Monomial, b: Monomial): Monomial {
  if (a === '' || b === '') return a + b
  let result = ''
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    const [u, v] = [a.charCodeAt(i), b.charCodeAt(j)]
    if (u > v) result += a.slice(i, i + 2)
    else if (u < v) result += b.slice(j, j + 2)
    else result += monomial(u, a.charCodeAt(i + 1) + b.charCodeAt(j + 1) - 2 * ORIGIN)
    if (u >= v) i += 2
    if (u <= v) j += 2
  }
  return result + a.slice(i) + b.slice(j)
}

function toPower(m: Monomial, n: number): Monomial {
  return powersIn(m).reduce((result, { atom, exponent }) => result + monomial(atom, exponent * n), '')
}

const isSum = (e: Expression): boolean => e.kind === 'call' && (e.name === '+' || e.name === '-')

/** The operands of arithmetic; none for atoms. */
function operandsOf(e: Expression): readonly Expression[] {
  if (e.kind !== 'call') return []
  if (e.name === '^') return wholeNumber(e.args[1]) === null ? [] : [e.args[0]]
  return isSum(e) || ['neg', '*', '/'].includes(e.name) ? e.args : []
}

/** Arithmetic modulo equations `atom^power = value`. */
export class Arithmetic {
  /** An atom is a part of an expression or a sum, by its text. */
  private readonly atoms: (Expression | string)[] = []
  private readonly indices = new Map<Expression | string, number>()
  private readonly sums = new Map<number, Value>()
  private readonly related = new Map<number, Value>()

  constructor(
    private readonly budget: Budget,
    private readonly relations: ReadonlyMap<Expression, { readonly power: number; readonly value: Expression }>,
  ) {}

  /** A polynomial that is 0 where the expression is, and nowhere else where that is defined. */
  numerator(e: Expression): Polynomial {
    const { above } = this.multipliedOut(this.expanded(e))
    for (const [related, { power, value }] of this.relations) {
      const atom = this.indices.get(related)
      if (atom === undefined || this.related.has(atom)) continue
      const { above, below } = this.multipliedOut(this.expanded(value))
      if (below === '') this.related.set(atom, { power, value: above })
    }
    return this.replaced(above, this.related)
  }

  /** a / b if that is a polynomial, else null. For polynomials without negative exponents; b is not 0. */
  quotient(a: Polynomial, b: Polynomial): Polynomial | null {
    const leading = (p: Polynomial): Monomial => [...p.keys()].reduce((m, n) => (m > n ? m : n))
    const lead = leading(b)
    const rest = new Map(a)
    const result = new Map<Monomial, Rational>()
    while (rest.size > 0) {
      this.budget.spend(rest.size)
      const m = leading(rest)
      const ratio = times(m, toPower(lead, -1))
      if (powersIn(ratio).some(f => f.exponent < 0)) return null
      const c = (rest.get(m) as Rational).div(b.get(lead) as Rational)
      result.set(ratio, c)
      for (const [n, d] of b) this.accumulate(rest, times(n, ratio), c.mul(d).neg())
    }
    return result
  }

  /** The expressions of which a polynomial is a product, when it has one term; else null. */
  factors(p: Polynomial): Expression[] | null {
    const [m] = p.keys()
    return p.size === 1 ? powersIn(m).map(f => this.atoms[f.atom] as Expression) : null
  }

  /** Adds a term in place. Work is counted here: by terms, more for long ones and for large numbers. */
  private accumulate(terms: Map<Monomial, Rational>, m: Monomial, c: Rational): void {
    const total = terms.get(m)?.add(c) ?? c
    this.budget.spend(1 + (m.length >> 3) + this.digits(total))
    if (total.n === 0n) terms.delete(m)
    else terms.set(m, total)
  }
  private digits({ n, d }: Rational): number {
    if (BigInt.asUintN(64, n) === n && BigInt.asUintN(64, d) === d) return 0
    const digits = n.toString(16).length + d.toString(16).length
    return digits > MOST_DIGITS ? reject('a number is too large') : digits
  }

  private product(a: Polynomial, b: Polynomial): Polynomial {
    const terms = new Map<Monomial, Rational>()
    for (const [m, c] of a) for (const [n, d] of b) this.accumulate(terms, times(m, n), c.mul(d))
    return terms
  }

  private atom(key: Expression | string): number {
    const index = this.indices.get(key) ?? this.atoms.push(key) - 1
    if (index > MOST_ATOMS) reject('there are too many different parts')
    this.indices.set(key, index)
    return index
  }

  /** Replaces powers of atoms by their values, as long as there are any. */
  private replaced(p: Polynomial, values: ReadonlyMap<number, Value>): Polynomial {
    let result = p
    for (let isDone = values.size === 0; !isDone; ) {
      const next = new Map<Monomial, Rational>()
      isDone = true
      for (const [m, c] of result) {
        let factor: Polynomial = new Map([[m, c]])
        for (const { atom, exponent } of powersIn(m)) {
          const found = values.get(atom)
          if (found === undefined || exponent < found.power) continue
          const less = new Map([[monomial(atom, -found.power), ONE]])
          for (let n = exponent; n >= found.power; n -= found.power)
            factor = this.product(this.product(factor, less), found.value)
          isDone = false
        }
        for (const [n, d] of factor) this.accumulate(next, n, d)
      }
      result = next
    }
    return result
  }

  /** p = above / below, where above has no negative exponents and no atoms that are sums. */
  private multipliedOut(p: Polynomial): { above: Polynomial; below: Monomial } {
    const least = new Map<number, number>()
    for (const m of p.keys()) {
      for (const { atom, exponent } of powersIn(m)) least.set(atom, Math.min(least.get(atom) ?? 0, exponent))
    }
    const below = [...least].sort(([u], [v]) => v - u).reduce((m, [atom, n]) => m + monomial(atom, -n), '')
    return { above: this.replaced(this.product(p, new Map([[below, ONE]])), this.sums), below }
  }

  /** A whole power: of a term, or of an atom that a sum becomes. */
  private power(base: Polynomial, exponent: number): Polynomial {
    if (exponent === 0) return new Map([['', ONE]])
    let term = base
    if (base.size > 1) {
      const { above, below } = this.multipliedOut(base)
      if (above.size > 1) {
        const atom = this.atom(JSON.stringify([...above].map(([m, c]) => `${c.toFraction()} ${m}`).sort()))
        this.sums.set(atom, { power: 1, value: above })
        term = new Map([[monomial(atom, 1), ONE]])
      } else term = above
      term = this.product(term, new Map([[toPower(below, -1), ONE]]))
    }
    const [[m, c] = ['', ZERO] as const] = term
    if (c.n === 0n) return exponent > 0 ? term : reject('division by zero')
    if (!c.equals(ONE) && (16 + this.digits(c)) * Math.abs(exponent) > MOST_DIGITS) reject('a number is too large')
    return new Map([[toPower(m, exponent), c.pow(rational(exponent)) as Rational]])
  }

  private expanded(root: Expression): Polynomial {
    const order = partsFirst([root], operandsOf)
    const uses = new Map<Expression, number>()
    for (const e of order) for (const p of operandsOf(e)) uses.set(p, (uses.get(p) ?? 0) + 1)
    const values = new Map<Expression, Polynomial>()
    const expand = (e: Expression): Polynomial => {
      const [a, b] = operandsOf(e).map(p => values.get(p) as Polynomial)
      if (e.kind === 'number') return new Map(e.value.n === 0n ? [] : [['', e.value]])
      if (a === undefined || e.kind !== 'call') return new Map([[monomial(this.atom(e), 1), ONE]])
      if (e.name === '^') return this.power(a, wholeNumber(e.args[1]) as number)
      if (e.name === '/') return this.product(a, this.power(b, -1))
      if (e.name === '*') return this.product(a, b)
      if (e.name === 'neg') return this.product(a, new Map([['', ONE.neg()]]))
      // Sums of sums are long: what nothing else needs is added to in place.
      const terms = isSum(e.args[0]) && uses.get(e.args[0]) === 1 ? (a as Map<Monomial, Rational>) : new Map(a)
      for (const [m, c] of b) this.accumulate(terms, m, e.name === '+' ? c : c.neg())
      return terms
    }
    for (const e of order) {
      this.budget.spend(1)
      values.set(e, expand(e))
    }
    return values.get(root) as Polynomial
  }
}
