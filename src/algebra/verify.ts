// Checks a proof about two expressions, without searching: every equation is an instance of an axiom whose conditions
// hold by range analysis, or arithmetic; every derived fact follows; every split covers what it splits; every leaf ends
// in equality or contradiction; and both sides are defined.
import { Case, NULL, PLUS, powerSigns, rangeOfSigns, type Signs, timesSigns } from '../scalar/case.ts'
import {
  call,
  compose,
  type Expression,
  parts,
  postorder,
  TOTAL,
  TooLarge,
  unfold,
  variablesOf,
  wholeNumber,
} from '../scalar/expression.ts'
import {
  type Branch,
  conditionsOf,
  type Derivation,
  type Equation,
  findAxiom,
  instantiate,
  type Link,
  MOST_PARTS,
  relationOf,
  replaceAll,
  type ScalarProof,
  signOf,
  strictParts,
} from '../scalar/proof.ts'
import { isSubset, NON_NEGATIVE, NON_POSITIVE, NON_ZERO, POSITIVE, type Range, union } from '../scalar/range.ts'
import * as P from './polynomial.ts'
import { Rewriter } from './rewriter.ts'
import { arithmeticOperands, Ring } from './ring.ts'

export type Verification = { readonly accepted: true } | { readonly accepted: false; readonly reason: string }

class Rejected extends Error {}

function reject(reason: string): never {
  throw new Rejected(reason)
}

/** What a list of equations amounts to: rewriting from left to right, and arithmetic modulo them. */
class Modulo {
  private readonly rewriter = new Rewriter()
  private readonly relations: Equation[] = []

  constructor(private readonly meter: P.Meter) {}

  add(equation: Equation): void {
    if (relationOf(equation) !== null) this.relations.push(equation)
    else this.rewriter.add(equation)
  }

  normal(e: Expression): Expression {
    return this.rewriter.normal(e)
  }

  ring(): Ring {
    const ring = new Ring(this.meter)
    for (const equation of this.relations) {
      const { atom, power } = relationOf(equation) as { atom: Expression; power: number }
      const value = ring.expand(this.normal(equation.after))
      if (P.constantValue(value.denominator) === 1n) ring.relate(ring.atom(this.normal(atom)), power, value.numerator)
    }
    return ring
  }

  equal(a: Expression, b: Expression): boolean {
    if (a === b) return true
    const plain = this.ring()
    if (plain.same(plain.expand(a), plain.expand(b))) return true
    const u = this.normal(a)
    const v = this.normal(b)
    if (u === v) return true
    const ring = this.ring()
    return ring.same(ring.expand(u), ring.expand(v))
  }
}

/** Whether `after` is defined wherever all of `given` are. */
function isDefinedWith(given: readonly Expression[], after: Expression, within: Case, modulo: Modulo): boolean {
  // Rewriting leads from what is defined to what is defined.
  const known = new Set(strictParts(...given, ...given.map(e => modulo.normal(e))))
  let ring: Ring | null = null
  const divisors: P.Polynomial[] = []
  const isNonZero = (e: Expression): boolean => {
    if (within.holds({ expression: e, range: NON_ZERO })) return true
    if (ring === null) {
      ring = modulo.ring()
      for (const g of given) {
        for (const p of arithmeticOperands(g).length > 0 ? [g] : parts(g)) ring.expand(modulo.normal(p), divisors)
      }
    }
    // A divisor of a product of what is divided by in `given` is not zero.
    let rest = ring.expand(modulo.normal(e)).numerator
    if (rest.size === 0) return false
    for (const d of divisors) {
      for (let g = P.gcd(rest, d, ring.meter); P.constantValue(g) === null; g = P.gcd(rest, d, ring.meter)) {
        const quotient = P.dividedExactly(rest, g, ring.meter)
        if (quotient === null) break
        rest = quotient
      }
    }
    const { monomial, primitive } = P.contents(rest)
    const atoms = (ring as Ring).atoms
    return (
      P.constantValue(primitive) !== null &&
      P.pairsOf(monomial).every(([v]) => within.holds({ expression: atoms[v], range: NON_ZERO }))
    )
  }
  // A product of powers of what `given` takes logarithms of, and of exponentials, is positive.
  const isPositive = (e: Expression): boolean => {
    const stack = [e]
    for (let f = stack.pop(); f !== undefined; f = stack.pop()) {
      if (known.has(call('ln', f)) || within.holds({ expression: f, range: POSITIVE })) continue
      if (f.kind !== 'call') return false
      if (f.name === '*' || f.name === '/') stack.push(...f.args)
      else if (f.name === '^' && wholeNumber(f.args[1]) !== null) stack.push(f.args[0])
      else return false
    }
    return true
  }
  return strictParts(after).every(e => {
    if (known.has(e) || e.kind === 'number' || e.kind === 'constant' || e.kind === 'variable') return true
    if (e.kind === 'call') {
      if (TOTAL.has(e.name)) return true
      if (e.name === '/' && isNonZero(e.args[1])) return true
      if (e.name === 'ln' && isPositive(e.args[0])) return true
      if (e.name === '^') {
        const exponent = wholeNumber(e.args[1])
        if (exponent !== null && (exponent >= 0 || isNonZero(e.args[0]))) return true
      }
    }
    return within.defined(e)
  })
}

function sameHead(a: Expression, b: Expression): boolean {
  if (a.kind === 'call' && b.kind === 'call') return a.name === b.name
  if (a.kind === 'choose' && b.kind === 'choose') return a.relation === b.relation
  return a.kind === 'apply' && b.kind === 'apply' && a.fn === b.fn
}

function checkEquation(equation: Equation, within: Case, modulo: Modulo): void {
  const { before, after } = equation
  switch (equation.kind) {
    case 'axiom': {
      const axiom = findAxiom(equation.axiom)
      if (
        instantiate(axiom.left, equation.bindings) !== before ||
        instantiate(axiom.right, equation.bindings) !== after
      ) {
        reject(`not an instance of ${axiom.name}`)
      }
      if (!conditionsOf(equation).every(c => within.holds(c))) reject(`a condition of ${axiom.name} is not shown`)
      return
    }
    case 'arithmetic': {
      if (!modulo.equal(before, after)) {
        const u = parts(before)
        const v = parts(after)
        if (!sameHead(before, after)) reject('arithmetic between different functions')
        if (!u.every((p, i) => modulo.equal(p, v[i]))) reject('arithmetic does not come out')
        if (before.kind !== 'choose') {
          // The operation itself is defined for equal operands; the operands have to be defined.
          if (!v.every(p => isDefinedWith([before], p, within, modulo)))
            reject('arithmetic leads to something undefined')
        } else {
          // A branch is evaluated only where it is taken: each part must be defined by its own counterpart.
          if (!u.every((p, i) => isDefinedWith([p], v[i], within, modulo))) reject('a branch may become undefined')
        }
        return
      }
      if (!isDefinedWith([before], after, within, modulo)) reject('arithmetic leads to something undefined')
      return
    }
    case 'function': {
      if (before.kind !== 'apply' || before.fn.arity !== 1) reject('not an unknown function of one argument')
      const [argument] = before.args
      if (equation.property === 'inverse') {
        const isInverse =
          argument.kind === 'apply' &&
          argument.args[0] === after &&
          (argument.fn.inverse === before.fn || before.fn.inverse === argument.fn)
        if (!isInverse) reject('not an inverse')
        return
      }
      if (before.fn.parity !== equation.property) reject('the function is not declared so')
      if (argument.kind !== 'call' || argument.name !== 'neg') reject('not an opposite')
      const positive =
        equation.property === 'even' ? after : after.kind === 'call' && after.name === 'neg' ? after.args[0] : null
      if (positive?.kind !== 'apply' || positive.fn !== before.fn || positive.args[0] !== argument.args[0]) {
        reject('not the function of the opposite')
      }
      return
    }
    case 'fact': {
      if (postorder(after).includes(before)) reject('not a solution')
      const ring = modulo.ring()
      const difference = ring.add(ring.expand(before), ring.expand(after), -1n)
      const holds = within.conditions.some(({ expression }) => {
        if (within.signs(expression) !== NULL) return false
        // The numerator of what vanishes vanishes, too.
        const { numerator } = ring.expand(modulo.normal(expression))
        if (numerator.size === 0) return false
        const ratio = ring.divide(difference, ring.ofPolynomial(numerator))
        return ring.rationalValue(ratio) !== null && isDefinedWith([expression], after, within, modulo)
      })
      if (!holds) reject('the fact does not give this solution')
    }
  }
}

const PIECEWISE: ReadonlySet<string> = new Set(['relu', 'abs', 'sign', 'max', 'min'])

/**
 * Whether what is rewritten by this step is defined wherever the result is: so for a piecewise operation, of which the
 * operands that are dropped are shown to be defined, and for what a fact gives, which is defined where the fact holds.
 */
export function keepsDefinedness(step: Equation, within: Case): boolean {
  if (step.kind === 'fact') return true
  if (step.kind !== 'axiom') return false
  const { left, right } = findAxiom(step.axiom)
  if (left.kind !== 'choose' && !(left.kind === 'call' && PIECEWISE.has(left.name))) return false
  const kept = strictParts(right)
  return strictParts(left).every(
    e => e.kind !== 'variable' || kept.includes(e) || within.defined(step.bindings[e.index]),
  )
}

/** The signs of a product of powers of signs. */
function signsOfProduct(root: Expression, within: Case): Signs {
  const stack: { e: Expression; exponent: number }[] = [{ e: root, exponent: 1 }]
  let result: Signs = PLUS
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { e, exponent } = item
    if (e.kind === 'call' && e.name === '*') {
      for (const p of e.args) stack.push({ e: p, exponent })
    } else if (e.kind === 'call' && e.name === '^' && wholeNumber(e.args[1]) !== null) {
      stack.push({ e: e.args[0], exponent: exponent * (wholeNumber(e.args[1]) as number) })
    } else if (e.kind === 'call' && e.name === 'sign') {
      result = timesSigns(result, powerSigns(within.signs(e.args[0]), exponent))
    } else reject('not a product of signs')
  }
  return result
}

/** What the links of a chain make of the sign of an expression. */
function checkChain(expression: Expression, chain: readonly Link[], within: Case, meter: P.Meter): Expression {
  let state = signOf(expression)
  for (const { equations, step } of chain) {
    const modulo = new Modulo(meter)
    for (const equation of equations) {
      checkEquation(equation, within, modulo)
      modulo.add(equation)
    }
    checkEquation(step, within, modulo)
    state = replaceAll(state, step.before, step.after)
  }
  return state
}

function checkDerivation(d: Derivation, within: Case, isDefined: (e: Expression) => boolean, meter: P.Meter): void {
  const { expression, range } = d.fact
  if (!isDefined(expression)) reject('a fact about something that may be undefined')
  if (d.kind === 'monotone') {
    if (expression.kind !== 'call' || expression.name !== '-') reject('not a difference')
    const [u, v] = expression.args
    if (u.kind !== 'apply' || v.kind !== 'apply' || u.fn !== v.fn || u.args.length !== 1 || u.fn.monotone === null) {
      reject('not a difference of values of a monotone function')
    }
    const [x] = u.args
    const [y] = v.args
    const difference = within.range(call('-', x, y))
    const [above, below] = u.fn.monotone === 'increasing' ? [NON_NEGATIVE, NON_POSITIVE] : [NON_POSITIVE, NON_NEGATIVE]
    const shown =
      (isSubset(difference, NON_NEGATIVE) && isSubset(above, range)) ||
      (isSubset(difference, NON_POSITIVE) && isSubset(below, range))
    if (!shown) reject('monotonicity does not give this')
    return
  }
  const state = checkChain(expression, d.chain, within, meter)
  if (!isSubset(rangeOfSigns(signsOfProduct(state, within)), range)) reject('the signs do not give this')
}

/**
 * Whether the proof shows that both sides are defined and equal on the whole domain. One set for each variable.
 * Never throws on a proof that is merely wrong.
 */
export function verifyScalarProof(
  proof: ScalarProof,
  left: Expression,
  right: Expression,
  domain: readonly Range[],
  meter: P.Meter = new P.Meter(50_000_000),
): Verification {
  try {
    check(proof, unfold(left, MOST_PARTS), unfold(right, MOST_PARTS), domain, meter)
    return { accepted: true }
  } catch (error) {
    if (error instanceof Rejected || error instanceof P.BudgetExhausted || error instanceof TooLarge) {
      return { accepted: false, reason: error.message }
    }
    throw error
  }
}

function check(
  proof: ScalarProof,
  left: Expression,
  right: Expression,
  domain: readonly Range[],
  meter: P.Meter,
): void {
  if (variablesOf(left, right).some(index => index >= domain.length)) reject('a variable has no domain')
  interface State {
    readonly branch: Branch
    readonly within: Case
    /** The sides as the steps have rewritten them, and as they were but for solved variables. */
    readonly sides: readonly [Expression, Expression]
    readonly originals: readonly [Expression, Expression]
    /** Whether both sides are known to be defined wherever the facts hold. */
    readonly defined: boolean
    /** Whether the originals are defined wherever the sides are. */
    readonly faithful: boolean
  }
  const first: [Expression, Expression] = [left, right]
  const todo: State[] = [
    { branch: proof, within: new Case(domain), sides: first, originals: first, defined: false, faithful: true },
  ]
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    let { within, sides, originals, defined, faithful } = state
    const none = new Modulo(meter)
    const areDefined = (): boolean => {
      defined ||= originals.every(e => within.defined(e)) || (faithful && sides.every(e => within.defined(e)))
      return defined
    }
    const isDefined = (e: Expression): boolean =>
      within.defined(e) || (areDefined() && isDefinedWith(sides, e, within, none))
    for (const step of state.branch.steps) {
      if ('chain' in step) {
        checkDerivation(step, within, isDefined, meter)
        within = within.with(step.fact.expression, step.fact.range)
        continue
      }
      checkEquation(step, within, none)
      faithful &&= keepsDefinedness(step, within)
      sides = [replaceAll(sides[0], step.before, step.after), replaceAll(sides[1], step.before, step.after)]
      if (step.kind === 'fact' && step.before.kind === 'variable') {
        const { index } = step.before
        within = within.substituted(index, step.after)
        originals = [compose(originals[0], step.after, index), compose(originals[1], step.after, index)]
      }
    }
    const { end } = state.branch
    switch (end.kind) {
      case 'impossible':
        if (!within.impossible()) reject('the case is not shown to be impossible')
        break
      case 'split': {
        if (!isDefined(end.origin.expression)) reject('a split on something that may be undefined')
        const state = checkChain(end.origin.expression, end.origin.chain, within, meter)
        if (!strictParts(state).includes(end.on)) reject('a split on something else')
        const covered = union(...end.cases.map(c => c.range))
        if (!isSubset(within.range(end.on), covered)) reject('the cases do not cover everything')
        for (const c of end.cases) {
          todo.push({ branch: c.branch, within: within.with(end.on, c.range), sides, originals, defined, faithful })
        }
        break
      }
      case 'equal': {
        if (!areDefined()) reject('a side is not shown to be defined')
        const modulo = new Modulo(meter)
        for (const equation of end.equations) {
          checkEquation(equation, within, modulo)
          modulo.add(equation)
        }
        if (modulo.equal(sides[0], sides[1])) break
        const ring = modulo.ring()
        const [l, r] = sides.map(e => ring.expand(modulo.normal(e)))
        const difference = ring.add(l, r, -1n).numerator
        const isZero = within.conditions.some(({ expression }) => {
          if (within.signs(expression) !== NULL) return false
          const { numerator } = ring.expand(modulo.normal(expression))
          if (numerator.size === 0) return false
          const { primitive, monomial } = P.contents(numerator)
          return P.dividedExactly(difference, P.timesTerm(primitive, monomial, 1n, meter), meter) !== null
        })
        if (!isZero) reject('the sides do not become equal')
      }
    }
  }
}
