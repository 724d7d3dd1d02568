// Affine parts of real functions: linear functions recognized as such, and functions of one variable split into an affine
// function before or after a simpler one, so that the affine part can become a part of a layer.
import { Case } from '../scalar/case.ts'
import {
  arithmeticOperands,
  call,
  compareExpressions,
  compose,
  type Expression,
  number,
  one,
  parts,
  postorder,
  TooLarge,
  unfold,
  variable,
  variablesOf,
  zero,
} from '../scalar/expression.ts'
import { NON_ZERO, type Range, REALS } from '../scalar/range.ts'
import { type Rational, rational } from '../scalar/rational.ts'
import type { Polynomial } from './polynomial.ts'
import * as P from './polynomial.ts'
import { type Quotient, quotient } from './quotient.ts'
import { simplify } from './readable.ts'
import { Ring } from './ring.ts'

const STEPS = 200_000

/** e = sum of coefficient * variable + constant, with coefficients and constant without variables; zeros are left out. */
export interface LinearForm {
  readonly coefficients: ReadonlyMap<number, Expression>
  readonly constant: Expression
}

/** e = factor * fn + shift (outer), or e = fn(factor * t + shift) (inner); factor and shift without variables, factor not 0. */
export interface Affine {
  readonly factor: Expression
  readonly shift: Expression
  readonly fn: Expression
}

function everywhere(...expressions: readonly Expression[]): Range[] {
  const last = variablesOf(...expressions).at(-1) ?? -1
  return Array.from({ length: last + 1 }, () => REALS)
}

function attempt<T>(work: (ring: Ring) => T | null): T | null {
  try {
    return work(new Ring(new P.Meter(STEPS)))
  } catch (error) {
    if (error instanceof P.BudgetExhausted || error instanceof TooLarge) return null
    throw error
  }
}

/** Whether each atom of the ring has no variables. */
function closedAtoms(ring: Ring): boolean[] {
  return ring.atoms.map(e => variablesOf(e).length === 0)
}

const isClosed = (p: Polynomial, closed: readonly boolean[]): boolean => P.variablesIn(p).every(v => closed[v])

/**
 * The linear form of an expression that is defined on the whole domain (default: everywhere) and is a linear polynomial
 * in its variables; else null.
 */
export function linearForm(e: Expression, domain?: readonly Range[]): LinearForm | null {
  return attempt(ring => {
    const plain = unfold(e, STEPS)
    if (!new Case(domain ?? everywhere(plain)).defined(plain)) return null
    const { numerator, denominator } = ring.expand(plain)
    const closed = closedAtoms(ring)
    if (!isClosed(denominator, closed)) return null
    const sums = new Map<number, Map<P.Monomial, bigint>>()
    for (const [m, c] of numerator) {
      let index = -1
      let rest = ''
      for (const [v, exponent] of P.pairsOf(m)) {
        const atom = ring.atoms[v]
        if (closed[v]) rest += P.monomialOf(v, exponent)
        else if (atom.kind === 'variable' && exponent === 1 && index < 0) index = atom.index
        else return null
      }
      let sum = sums.get(index)
      if (sum === undefined) sums.set(index, (sum = new Map()))
      sum.set(rest, c)
    }
    const express = (p: Polynomial): Expression => ring.express(quotient(p, denominator, ring.meter))
    const coefficients = new Map<number, Expression>()
    for (const index of [...sums.keys()].filter(i => i >= 0).sort((a, b) => a - b)) {
      coefficients.set(index, express(sums.get(index) as Polynomial))
    }
    const constant = sums.get(-1)
    return { coefficients, constant: constant === undefined ? zero : express(constant) }
  })
}

/** The number and the atoms without variables that a term is multiplied with. */
function closedFactor(m: P.Monomial, c: bigint, closed: readonly boolean[]): { factor: Polynomial; rest: P.Monomial } {
  let factor = ''
  let rest = ''
  for (const [v, exponent] of P.pairsOf(m)) {
    if (closed[v]) factor += P.monomialOf(v, exponent)
    else rest += P.monomialOf(v, exponent)
  }
  return { factor: P.monomialPolynomial(factor, c), rest }
}

/**
 * Splits an expression that is defined on the whole domain as factor * fn + shift, where fn has leading coefficient 1 and
 * no constant term. Null when it is constant, not shown to be defined, or the factor not shown to be other than 0; for
 * an expression without affine part, factor is 1, shift 0 and fn the expression itself.
 */
export function outerAffine(e: Expression, domain: readonly Range[]): Affine | null {
  return attempt(ring => {
    const { result, proof } = simplify(e, domain)
    const within = new Case(domain)
    if (!within.defined(result) || proof.length > 1) return null
    const value = ring.expand(result)
    const closed = closedAtoms(ring)
    const express = (q: Quotient): Expression => ring.express(q)
    let { numerator } = value
    let shift: Polynomial = P.zeroPolynomial
    if (isClosed(value.denominator, closed)) {
      const own = new Map([...numerator].filter(([m]) => P.pairsOf(m).every(([v]) => closed[v])))
      shift = own
      numerator = P.addScaled(numerator, own, -1n, ring.meter)
    }
    if (numerator.size === 0) return null
    // The term that prints first leads.
    const leadingFactor = (p: Polynomial): Polynomial => {
      const [{ m }] = [...p.keys()]
        .map(m => ({ m, e: ring.expressPolynomial(P.monomialPolynomial(closedFactor(m, 1n, closed).rest, 1n)) }))
        .sort((u, v) => compareExpressions(u.e, v.e))
      return closedFactor(m, p.get(m) as bigint, closed).factor
    }
    const factor = leadingFactor(numerator)
    // What is left has factor 1 again: above and below the line the same.
    const under = isClosed(value.denominator, closed) ? value.denominator : leadingFactor(value.denominator)
    const scale = quotient(factor, under, ring.meter)
    const scaleExpression = express(scale)
    if (!within.holds({ expression: scaleExpression, range: NON_ZERO })) return null
    const shiftExpression = express(quotient(shift, value.denominator, ring.meter))
    if (scaleExpression === one && shiftExpression === zero) return { factor: one, shift: zero, fn: result }
    const rest = { numerator, denominator: value.denominator }
    return { factor: scaleExpression, shift: shiftExpression, fn: express(ring.divide(rest, scale)) }
  })
}

/**
 * Splits an expression in variable 0 alone, defined on the whole domain, as fn(factor * t + shift): the affine function is
 * the argument that is linear in the variable and comes first in the expression. Null when the variable also occurs
 * outside of such arguments, or there are none; factor 1 and shift 0 when the variable itself is the argument.
 */
export function innerAffine(e: Expression, domain: readonly Range[]): Affine | null {
  return attempt(ring => {
    const { result } = simplify(e, domain)
    const indices = variablesOf(result)
    if (indices.length !== 1 || indices[0] !== 0 || !new Case(domain).defined(result)) return null
    const forms: { factor: Rational; shift: Rational }[] = []
    for (const argument of largestArguments(result)) {
      const form = rationalLine(argument, ring)
      if (form === null) return null
      forms.push(form)
    }
    const [first] = forms
    if (first === undefined) return null
    // Where one argument is the variable itself nothing would be gained, and splitting would never end.
    if (forms.some(f => f.factor.equals(1) && f.shift.equals(0))) return { factor: one, shift: zero, fn: result }
    // t = (s - shift)/factor, in terms of the argument s.
    const inverse = call('/', call('-', variable(0), number(first.shift)), number(first.factor))
    const image = domain.map((_, i) => (i === 0 ? new Case(domain).range(largestArguments(result)[0]) : REALS))
    const { result: fn } = simplify(compose(result, inverse), image)
    return { factor: number(first.factor), shift: number(first.shift), fn }
  })
}

/** Arguments of functions in which the variable occurs outside of functions, in the order in which they stand. */
function largestArguments(root: Expression): Expression[] {
  const result: Expression[] = []
  for (const e of [...postorder(root)]) {
    if (arithmeticOperands(e).length > 0 && e.kind === 'call') continue
    for (const p of parts(e)) if (hasBareVariable(p)) result.push(p)
  }
  if (hasBareVariable(root)) result.push(root)
  return result
}

function hasBareVariable(root: Expression): boolean {
  const stack = [root]
  const seen = new Set<Expression>()
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (e.kind === 'variable') return true
    if (seen.has(e)) continue
    seen.add(e)
    stack.push(...arithmeticOperands(e))
  }
  return false
}

/** factor * t + shift with rational factor (not 0) and shift; else null. */
function rationalLine(e: Expression, ring: Ring): { factor: Rational; shift: Rational } | null {
  const { numerator, denominator } = ring.expand(e)
  const divisor = P.constantValue(denominator)
  if (divisor === null) return null
  let factor: Rational | null = null
  let shift = rational(0)
  for (const [m, c] of numerator) {
    const pairs = P.pairsOf(m)
    if (pairs.length === 0) shift = rational(c, divisor)
    else if (pairs.length === 1 && pairs[0][1] === 1 && ring.atoms[pairs[0][0]].kind === 'variable')
      factor = rational(c, divisor)
    else return null
  }
  return factor === null ? null : { factor, shift }
}
