// Proofs say which equation is used where. What a search has recorded, a set of equations that lead to a normal form, becomes
// a list of them here, each of which is used once; and what a divisor or something that vanishes is multiplied by is named.
import type { Case } from '../scalar/case.ts'
import { call, type Expression, parts, postorder } from '../scalar/expression.ts'
import {
  type Divisor,
  divisorsOf,
  productOf,
  type Rewriting,
  relationOf,
  replaceAll,
  type Solution,
  strictParts,
} from '../scalar/proof.ts'
import * as P from './polynomial.ts'
import { type Quotient, quotient as quotientOf } from './quotient.ts'
import { Ring } from './ring.ts'

/** A list of equations, and what they make of expressions when they are used one after the other. */
export interface Sequence {
  readonly steps: readonly Rewriting[]
  readonly results: readonly Expression[]
}

const MOST_ROUNDS = 100

/**
 * Rewrites the expressions by the equations, in their order and again, until none of them applies. Relations of arithmetic
 * are all kept. Throws BudgetExhausted where rewriting does not end.
 */
export function inSequence(
  equations: readonly Rewriting[],
  roots: readonly Expression[],
  within: Case,
  meter: P.Meter,
): Sequence {
  const steps: Rewriting[] = []
  let results = roots
  let present = new Set(postorder(...results))
  for (let round = 0, isDone = equations.length === 0; !isDone; round++) {
    if (round === MOST_ROUNDS) throw new P.BudgetExhausted('rewriting goes in circles')
    isDone = true
    for (const equation of equations) {
      const { before, after } = equation
      const isRelation = round === 0 && relationOf(equation) !== null
      if (!present.has(before) && !isRelation) continue
      steps.push(explicit(equation, within, meter))
      if (!present.has(before)) continue
      results = results.map(e => replaceAll(e, before, after))
      present = new Set(postorder(...results))
      meter.spend(present.size)
      isDone = false
    }
  }
  return { steps, results }
}

/** The equation with what makes `after` defined where `before` is, as far as that can be found. */
export function explicit<E extends Rewriting | Solution>(equation: E, within: Case, meter: P.Meter): E {
  const { kind, before, after } = equation
  if (kind !== 'arithmetic' && kind !== 'fact') return equation
  const facts = kind === 'fact' ? within.conditions.map(c => c.expression) : []
  const wanted = (given: readonly Expression[], to: Expression): readonly Divisor[] => {
    const known = new Set(strictParts(...given))
    const open = within.openParts(to, known)
    if (open.length === 0) return []
    const divided = [...new Set([...known].flatMap(divisorsOf))]
    const missing = new Set(open.flatMap(divisorsOf).filter(d => !divided.includes(d)))
    return [...missing].flatMap(d => multipleOf(d, divided, meter) ?? [])
  }
  // Each branch of a choice is defined by its own counterpart.
  const others = parts(after)
  const divisors =
    before.kind === 'choose' && after.kind === 'choose'
      ? parts(before).flatMap((e, i) => wanted([e], others[i]))
      : wanted([before, ...facts], kind === 'fact' ? call('+', after, equation.cofactor) : after)
  return divisors.length === 0 ? equation : { ...equation, divisors }
}

/** Shows a divisor to divide a product of others. */
function multipleOf(divisor: Expression, others: readonly Expression[], meter: P.Meter): Divisor | null {
  const ring = new Ring(meter)
  const whole = ring.expand(divisor)
  const candidates = others.map(e => ({ e, numerator: ring.expand(e).numerator }))
  const product: Expression[] = []
  /** What is left of a polynomial when it is divided by others, each of which is then a factor of the product. */
  const reduced = (p: P.Polynomial): P.Polynomial => {
    let rest = p
    for (const { e, numerator } of candidates) {
      if (numerator.size === 0 || P.constantValue(numerator) !== null) continue
      for (let next = ratio(rest, numerator, meter); next !== null && P.constantValue(rest) === null; ) {
        rest = next.numerator
        product.push(e)
        next = ratio(rest, numerator, meter)
      }
    }
    return rest
  }
  const rest = reduced(whole.numerator)
  if (P.constantValue(rest) === null) {
    const multiple = candidates.find(c => c.numerator.size > 0 && ratio(c.numerator, rest, meter) !== null)
    if (multiple === undefined) return null
    product.push(multiple.e)
  }
  const cofactor = () => ring.divide(ring.expand(productOf(product)), whole)
  if (P.constantValue(reduced(cofactor().denominator)) === null) return null
  return { divisor, cofactor: ring.express(cofactor()), product }
}

/** a / b if that is a polynomial with rational coefficients, else null. */
export function ratio(a: P.Polynomial, b: P.Polynomial, meter: P.Meter): Quotient | null {
  if (b.size === 0) return null
  const { scale, quotient, remainder } = P.divide(a, b, meter)
  return remainder.size > 0 ? null : quotientOf(quotient, P.constantPolynomial(scale), meter)
}

/** What a vanishing expression is multiplied by to give another, both as their expansions; null where that is no multiple. */
export function cofactorOf(ring: Ring, whole: Quotient, vanishing: Quotient, meter: P.Meter): Expression | null {
  const share = ratio(whole.numerator, vanishing.numerator, meter)
  if (share === null) return null
  const scaled = ring.multiply(share, ring.ofPolynomial(vanishing.denominator))
  return ring.express(ring.divide(scaled, ring.ofPolynomial(whole.denominator)))
}
