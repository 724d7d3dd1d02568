// The checker's arithmetic: sums, products, quotients and whole powers of expressions, expanded into polynomials.
//
// The variables of these are the parts that are not arithmetic (atoms). Exponents may be negative: 1/x is x^-1. A sum that
// is divided by, or raised to a power, becomes an atom too, and is multiplied out only in the end, so that no common
// divisors are needed. Where an expression is defined, so are all atoms, those with negative exponents are not 0, and the
// polynomial has the value of the expression.
import { reject } from '../certificate/certificate.ts'
import { arithmeticOperands, call, type Expression, isSum, wholeNumber } from '../scalar/expression.ts'
import { partsFirst } from '../scalar/proof.ts'
import { ONE, type Rational, rational, ZERO } from '../scalar/rational.ts'
import { fractionWork, spend } from '../scalar/work.ts'

/** A product of powers of atoms, as pairs of UTF-16 units: the number of an atom, and its exponent + ORIGIN. */
type Monomial = string
/** A sum of monomials with coefficients other than 0. */
export type Polynomial = ReadonlyMap<Monomial, Rational>

const ORIGIN = 0x8000
const MOST_ATOMS = 0xffff
const LARGEST = 1n << 40_000n
const MINUS_ONE = ONE.neg()

/** A product of powers of different atoms. */
function monomial(powers: Iterable<readonly [atom: number, exponent: number]>): Monomial {
  const factors = [...powers].filter(([, exponent]) => exponent !== 0).sort(([u], [v]) => v - u)
  if (factors.some(([, exponent]) => Math.abs(exponent) >= ORIGIN)) reject('an exponent is too large')
  return factors.map(([atom, exponent]) => String.fromCharCode(atom, ORIGIN + exponent)).join('')
}

/** Atoms with their exponents. */
function powersIn(m: Monomial): [atom: number, exponent: number][] {
  return Array.from({ length: m.length / 2 }, (_, i) => [m.charCodeAt(2 * i), m.charCodeAt(2 * i + 1) - ORIGIN])
}

function times(a: Monomial, b: Monomial): Monomial {
  if (a === '' || b === '') return a + b
  const powers = new Map(powersIn(a))
  for (const [atom, exponent] of powersIn(b)) powers.set(atom, (powers.get(atom) ?? 0) + exponent)
  return monomial(powers)
}

export const term = (m: Monomial, c: Rational = ONE): Polynomial => new Map(c.n === 0n ? [] : [[m, c]])
export const UNIT = term('')

/** Adds a term in place. Work is counted here: by terms, more for long ones and for large numbers. */
export function addTerm(terms: Map<Monomial, Rational>, m: Monomial, c: Rational): void {
  const total = terms.get(m)?.add(c) ?? c
  if (total.n > LARGEST || total.d > LARGEST) reject('a number is too large')
  spend(2 + (m.length >> 2) + fractionWork(c.n, c.d) + fractionWork(total.n, total.d))
  if (total.n === 0n) terms.delete(m)
  else terms.set(m, total)
}

export function product(a: Polynomial, b: Polynomial): Polynomial {
  if (a === UNIT || b === UNIT) return a === UNIT ? b : a
  const result = new Map<Monomial, Rational>()
  const work = (p: Polynomial): number => [...p.values()].reduce((sum, q) => sum + fractionWork(q.n, q.d), 0)
  spend(a.size * work(b) + b.size * work(a))
  for (const [m, c] of a) for (const [n, d] of b) addTerm(result, times(m, n), c.mul(d))
  return result
}

export class Arithmetic {
  private readonly atoms = new Map<Expression, number>()
  /** What powers of atoms are: of sums, and by relations. */
  private readonly values = new Map<number, { readonly power: number; readonly value: Polynomial }>()

  /** From now on, atom^power is the value. */
  relate(atom: Expression, power: number, value: Expression): void {
    this.values.set(this.atom(atom), { power, value: this.expanded(value) })
  }

  /** Whether the expressions are equal wherever both are defined. */
  areEqual(a: Expression, b: Expression): boolean {
    return a === b || this.vanishes(this.expanded(call('-', a, b)))
  }

  private atom(e: Expression): number {
    const index = this.atoms.get(e) ?? this.atoms.size
    if (index > MOST_ATOMS) reject('there are too many different parts')
    this.atoms.set(e, index)
    return index
  }

  /** Whether nothing is left when all is multiplied by what it divides by, and values are put in for powers of atoms. */
  vanishes(p: Polynomial): boolean {
    let [above, isDone] = [p, p.size === 0 || this.values.size === 0]
    while (!isDone) {
      isDone = true
      const least = new Map<number, number>()
      for (const m of above.keys())
        for (const [atom, exponent] of powersIn(m)) least.set(atom, Math.min(least.get(atom) ?? 0, exponent))
      const below = monomial([...least].map(([atom, exponent]) => [atom, -exponent]))
      const next = new Map<Monomial, Rational>()
      for (const [m, c] of product(above, term(below))) {
        let factor = term(m, c)
        for (const [atom, exponent] of powersIn(m)) {
          const { power, value } = this.values.get(atom) ?? { power: exponent + 1, value: UNIT }
          for (let n = exponent; n >= power; n -= power) {
            factor = product(product(factor, term(monomial([[atom, -power]]))), value)
            isDone = false
          }
        }
        for (const [n, d] of factor) addTerm(next, n, d)
      }
      above = next
    }
    return above.size === 0
  }

  /** A whole power: of a term, or of the atom that a sum is. */
  private power(e: Expression, base: Polynomial, exponent: number): Polynomial {
    if (base.size > 1) {
      this.values.set(this.atom(e), { power: 1, value: base })
      return term(monomial([[this.atom(e), exponent]]))
    }
    const [[m, c] = ['', ZERO] as const] = base
    if (c.n === 0n && exponent < 0) reject('division by zero')
    const digits = c.equals(ONE) || c.equals(MINUS_ONE) ? 0 : (c.n * c.d).toString(16).length
    if (digits * Math.abs(exponent) > 10_000) reject('a number is too large')
    return term(monomial(powersIn(m).map(([atom, n]) => [atom, n * exponent])), c.pow(rational(exponent)) as Rational)
  }

  expanded(root: Expression): Polynomial {
    const order = partsFirst([root], arithmeticOperands)
    const uses = new Map<Expression, number>()
    for (const e of order) for (const p of arithmeticOperands(e)) uses.set(p, (uses.get(p) ?? 0) + 1)
    const values = new Map<Expression, Polynomial>()
    const expand = (e: Expression): Polynomial => {
      const [a, b] = arithmeticOperands(e).map(p => values.get(p) as Polynomial)
      if (e.kind === 'number') return term('', e.value)
      if (a === undefined || e.kind !== 'call') return term(monomial([[this.atom(e), 1]]))
      if (e.name === '^') return this.power(e.args[0], a, wholeNumber(e.args[1]) as number)
      if (e.name === '/') return product(a, this.power(e.args[1], b, -1))
      if (e.name === '*') return product(a, b)
      if (e.name === 'neg') return product(a, term('', MINUS_ONE))
      // Sums of sums are long: what nothing else needs is added to in place.
      const isFree = isSum(e.args[0]) && uses.get(e.args[0]) === 1
      const sum = isFree ? (a as Map<Monomial, Rational>) : new Map(a)
      for (const [m, c] of b) addTerm(sum, m, e.name === '+' ? c : c.neg())
      return sum
    }
    for (const e of order) values.set(e, expand(e))
    return values.get(root) as Polynomial
  }
}
