// Checks proofs that two expressions are defined and equal on a domain. Nothing is searched for: every equation has to be
// an instance of an axiom whose conditions hold, or arithmetic; every fact has to follow; every split has to cover what it
// splits; every case has to end in equality or contradiction; and both sides have to be defined.
import { reject } from '../certificate/certificate.ts'
import { Case, NULL, rangeOfSigns } from '../scalar/case.ts'
import * as E from '../scalar/expression.ts'
import { call, type Expression, parts } from '../scalar/expression.ts'
import * as Proof from '../scalar/proof.ts'
import { type Branch, type Divisor, type Equation, replaceAll, strictParts } from '../scalar/proof.ts'
import { isSubset, type Range, union } from '../scalar/range.ts'
import { spend } from '../scalar/work.ts'
import { Arithmetic } from './polynomial.ts'

/**
 * The names of the axioms by which the proof shows that both sides are defined and equal wherever variable i is in domain[i].
 * Throws when it does not show that.
 */
export function checkScalarProof(
  proof: Branch,
  left: Expression,
  right: Expression,
  domain: readonly Range[],
): Set<string> {
  if (E.variablesOf(left, right).some(index => index >= domain.length)) reject('a variable has no domain')
  const checker = new Checker()
  const sides = [E.unfold(left, Proof.MOST_PARTS), E.unfold(right, Proof.MOST_PARTS)]
  const todo: State[] = [{ branch: proof, within: new Case(domain), sides, owed: sides }]
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) todo.push(...checker.checkCase(state))
  return checker.axioms
}

/** A case to check: the sides as the steps have rewritten them, and what is `owed`: both sides are defined where that is. */
interface State {
  readonly branch: Branch
  readonly within: Case
  readonly sides: readonly Expression[]
  readonly owed: readonly Expression[]
}

class Checker {
  readonly axioms = new Set<string>()

  /** Checks one case, but for those that it splits into: these are the result. */
  checkCase({ branch: { steps, end }, ...state }: State): State[] {
    let { within, sides, owed } = state
    const arithmetic = new Arithmetic()
    const areDefined = (): boolean => {
      if (owed.every(e => within.defined(e))) owed = []
      return owed.length === 0
    }
    const isDefined = (e: Expression): boolean =>
      within.defined(e) || (areDefined() && within.openParts(e, new Set(strictParts(...sides))).length === 0)
    spend(100)
    for (const step of steps) {
      areDefined()
      if (Proof.isDerivation(step)) {
        const { expression, range } = step.fact
        if (!isDefined(expression)) reject('a fact about something that may be undefined')
        const signs = within.signsOfProduct(this.afterChain(Proof.signOf(expression), step.chain, within))
        const shown = step.kind === 'monotone' ? within.rangeOfDifference(expression) : rangeOfSigns(signs)
        if (shown === null || !isSubset(shown, range)) reject('the fact does not follow')
        within = within.with(expression, range)
        continue
      }
      const { kind, before, after } = step
      this.checkEquation(step, within, arithmetic)
      sides = sides.map(e => replaceAll(e, before, after))
      if (within.keepsDefinedness(step)) owed = owed.map(e => replaceAll(e, before, after))
      if (kind === 'fact' && before.kind === 'variable') within = within.substituted(before.index, after)
    }
    if (end.kind === 'impossible') return within.impossible() ? [] : reject('the case is not shown to be impossible')
    if (end.kind === 'split') {
      const { on, origin, cases } = end
      if (!isDefined(origin.expression)) reject('a split on something that may be undefined')
      const rewritten = this.afterChain(Proof.signOf(origin.expression), origin.chain, within)
      if (!strictParts(rewritten).includes(on)) reject('a split on something else')
      if (!isSubset(within.range(on), union(...cases.map(c => c.range)))) reject('the cases do not cover everything')
      return cases.map(({ branch, range }) => ({ branch, within: within.with(on, range), sides, owed }))
    }
    if (end.kind !== 'equal') return reject('a case without end')
    if (!areDefined()) reject('a side is not shown to be defined')
    return arithmetic.areEqual(sides[0], sides[1]) ? [] : reject('the sides do not become equal')
  }

  /** What the equations of a chain make of an expression, one after the other. */
  private afterChain(expression: Expression, chain: readonly Equation[], within: Case): Expression {
    const arithmetic = new Arithmetic()
    return chain.reduce((e, equation) => {
      this.checkEquation(equation, within, arithmetic)
      return replaceAll(e, equation.before, equation.after)
    }, expression)
  }

  /** Checks that wherever `before` is defined in this case, `after` is defined and equal. */
  private checkEquation(equation: Equation, within: Case, arithmetic: Arithmetic): void {
    const { before, after } = equation
    spend(10)
    if (equation.kind === 'axiom') {
      const { name, left, right } = Proof.findAxiom(equation.axiom)
      const [l, r] = [left, right].map(side => Proof.instantiate(side, equation.bindings))
      if (l !== before || r !== after) reject(`not an instance of ${name}`)
      if (!Proof.conditionsOf(equation).every(c => within.holds(c))) reject(`a condition of ${name} is not shown`)
      this.axioms.add(name)
      const relation = Proof.relationOf(equation)
      if (relation !== null) arithmetic.relate(relation.atom, relation.power, after)
    } else if (equation.kind === 'arithmetic') {
      const image = (e: Expression): Expression => this.afterChain(e, equation.chain, within)
      // The same operation of equal operands is defined if these are; of a choice, each if its own counterpart is.
      const [u, v] = [parts(before), parts(after)]
      const isWhole = arithmetic.areEqual(before, image(after))
      if (!isWhole && (u.length !== v.length || E.withParts(before, v) !== after)) reject('different functions')
      for (const [e, f] of isWhole ? [[before, after]] : u.map((e, i) => [e, v[i]])) {
        if (!isWhole && !arithmetic.areEqual(e, image(f))) reject('arithmetic does not come out')
        const given = [before.kind === 'choose' ? e : before]
        if (!this.isKept(f, given, equation.divisors, within)) reject('arithmetic is not defined')
      }
    } else if (equation.kind === 'function') {
      if (Proof.asDeclared(equation.property, before) !== after) reject('the function is not declared so')
    } else if (equation.kind === 'fact') {
      const { zero, chain, cofactor, divisors } = equation
      const given = within.conditions.map(c => c.expression)
      const isZero = given.includes(zero) && within.signs(zero) === NULL && !E.postorder(after).includes(before)
      const vanishing = call('*', cofactor, this.afterChain(zero, chain, within))
      if (!isZero || !arithmetic.areEqual(before, call('+', after, vanishing))) reject('the facts do not give this')
      if (!this.isKept(call('+', after, cofactor), [before, ...given], divisors, within))
        reject('the solution may be undefined')
    } else reject('an equation of no known kind')
  }

  /** Whether `after` is defined wherever all of `given` are. What these divide by is not 0, nor are divisors of such. */
  private isKept(after: Expression, given: readonly Expression[], stated: readonly Divisor[], within: Case): boolean {
    const known = new Set(strictParts(...given))
    const divided = new Set([...known].flatMap(Proof.divisorsOf))
    const isNonZero = ({ divisor, cofactor, product }: Divisor): boolean =>
      product.every(d => divided.has(d)) &&
      within.openParts(cofactor, known).length === 0 &&
      new Arithmetic().areEqual(call('*', divisor, cofactor), Proof.productOf(product))
    return within
      .openParts(after, known)
      .every(e => Proof.divisorsOf(e).some(d => divided.has(d) || stated.some(s => s.divisor === d && isNonZero(s))))
  }
}
