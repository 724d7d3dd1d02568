// Checks proofs that two expressions are defined and equal on a domain. Nothing is searched for: every equation has to be
// an instance of an axiom whose conditions hold, or arithmetic; every fact has to follow; every split has to cover what it
// splits; every case has to end in equality or contradiction; and both sides have to be defined.
import { Case, NULL, rangeOfSigns } from '../scalar/case.ts'
import * as E from '../scalar/expression.ts'
import { call, type Expression, parts, wholeNumber } from '../scalar/expression.ts'
import * as Proof from '../scalar/proof.ts'
import { type Branch, type Equation, type Link, replaceAll, strictParts } from '../scalar/proof.ts'
import { isSubset, type Range, union } from '../scalar/range.ts'
import { spend } from '../scalar/work.ts'
import { Arithmetic, quotient } from './polynomial.ts'
import { reject } from './rejection.ts'

/**
 * The names of the axioms by which the proof shows that both sides are defined and equal wherever variable i is in domain[i].
 * Throws when it does not show that.
 */
export function checkScalarProof(
  proof: Branch,
  left: Expression,
  right: Expression,
  domain: readonly Range[],
): ReadonlySet<string> {
  if (E.variablesOf(left, right).some(index => index >= domain.length)) reject('a variable has no domain')
  const checker = new Checker()
  const sides = [E.unfold(left, Proof.MOST_PARTS), E.unfold(right, Proof.MOST_PARTS)]
  const todo: State[] = [{ branch: proof, within: new Case(domain), sides, owed: sides }]
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) todo.push(...checker.checkCase(state))
  return checker.axioms
}

/** Equations in use: rewriting from left to right, and arithmetic modulo the relations among them. */
class Equations extends Arithmetic {
  private readonly rules = new Map<Expression, Expression>()

  /** From now on, the equation is used: it holds wherever its left side is defined. */
  use(equation: Equation): void {
    const relation = Proof.relationOf(equation)
    if (relation === null) this.rules.set(equation.before, equation.after)
    else this.relate(relation.atom, relation.power, equation.after)
  }

  /** What rewriting leads to: equal to the expression, and defined, wherever that is defined. */
  normal(root: Expression): Expression {
    let result = root
    for (let isDone = this.rules.size === 0; !isDone; ) {
      const next = E.fold<Expression>(result, (e, of) => {
        const rebuilt = E.mapParts(e, of)
        return this.rules.get(rebuilt) ?? rebuilt
      })
      isDone = next === result
      result = next
    }
    return result
  }

  /** Whether the expressions are equal wherever both are defined. */
  equal(a: Expression, b: Expression): boolean {
    if (a === b || this.numerator(call('-', a, b)).size === 0) return true
    const [u, v] = [this.normal(a), this.normal(b)]
    return u === v || this.numerator(call('-', u, v)).size === 0
  }

  /** Whether an expression is 0 where it is defined: its numerator is a multiple of that of something that is 0 here. */
  vanishes(e: Expression, within: Case): boolean {
    const zeros = within.conditions.filter(c => within.signs(c.expression) === NULL)
    const p = zeros.length > 0 ? this.numerator(this.normal(e)) : null
    return p !== null && zeros.some(c => quotient(p, this.numerator(this.normal(c.expression))) !== null)
  }

  /** Whether `after` is defined wherever all of `given` are. */
  keepDefined(given: readonly Expression[], after: Expression, within: Case): boolean {
    const known = new Set(strictParts(...given))
    const isDefined = (e: Expression): boolean => {
      if (known.has(e) || (e.kind === 'call' ? E.TOTAL.has(e.name) : parts(e).length === 0)) return true
      return (isCall(e, '^') && (wholeNumber(parts(e)[1]) ?? -1) >= 0) || within.defined(e)
    }
    const open = strictParts(after).filter(e => !isDefined(e))
    if (open.length === 0) return true
    // What rewriting leads to is defined, too. What is divided by is not 0, nor are products of that, and their divisors.
    for (const e of strictParts(...given.map(g => this.normal(g)))) known.add(e)
    const divisors = [...known].flatMap(divisorsOf).map(d => this.numerator(d))
    const isNonZero = (e: Expression): boolean => {
      const rest = divisors.reduce((p, d) => quotient(p, d) ?? p, this.numerator(e))
      return divisors.some(d => quotient(d, rest) !== null)
    }
    return open.every(e => known.has(e) || divisorsOf(e).some(isNonZero))
  }
}

const isCall = (e: Expression, name: string): boolean => e.kind === 'call' && e.name === name

/** What an operation divides by, as far as that is arithmetic. */
function divisorsOf(e: Expression): Expression[] {
  const [a, b] = parts(e)
  if (isCall(e, '^') && (wholeNumber(b) ?? 0) < 0) return [call('^', a, E.number(-(wholeNumber(b) as number)))]
  return isCall(e, '/') ? [b] : []
}

/**
 * Whether what a step rewrites is defined wherever the result is: so for what facts give, which is defined where they hold,
 * and for total operations and choices, whose operands are part of the result or defined in this case.
 */
export function keepsDefinedness(step: Equation, within: Case): boolean {
  if (step.kind !== 'axiom') return step.kind === 'fact'
  const { left, right } = Proof.findAxiom(step.axiom)
  const kept = strictParts(right)
  return strictParts(left).every(e => {
    if (e.kind === 'variable') return kept.includes(e) || within.defined(step.bindings[e.index])
    return e.kind !== 'call' || E.TOTAL.has(e.name)
  })
}

/** A case to check. */
interface State {
  readonly branch: Branch
  readonly within: Case
  /** The sides as the steps have rewritten them. */
  readonly sides: readonly Expression[]
  /** Both sides are defined where these are. */
  readonly owed: readonly Expression[]
}

class Checker {
  readonly axioms = new Set<string>()

  /** Checks one case, but for those that it splits into: these are the result. */
  checkCase({ branch: { steps, end }, ...state }: State): State[] {
    let { within, sides, owed } = state
    const none = new Equations()
    const areDefined = (): boolean => {
      if (owed.every(e => within.defined(e))) owed = []
      return owed.length === 0
    }
    const isDefined = (e: Expression): boolean =>
      within.defined(e) || (areDefined() && none.keepDefined(sides, e, within))
    areDefined()
    spend(100)
    for (const step of steps) {
      if ('chain' in step) {
        const { expression, range } = step.fact
        if (!isDefined(expression)) reject('a fact about something that may be undefined')
        const sign = (): Range => rangeOfSigns(within.signsOfProduct(this.afterChain(expression, step.chain, within)))
        const shown = step.kind === 'monotone' ? within.rangeOfDifference(expression) : sign()
        if (shown === null || !isSubset(shown, range)) reject('the fact does not follow')
        within = within.with(expression, range)
        areDefined()
        continue
      }
      const { kind, before, after } = step
      this.checkEquation(step, within, none)
      sides = sides.map(e => replaceAll(e, before, after))
      if (keepsDefinedness(step, within)) owed = owed.map(e => replaceAll(e, before, after))
      if (kind === 'fact' && before.kind === 'variable') within = within.substituted(before.index, after)
    }
    if (end.kind === 'impossible') return within.impossible() ? [] : reject('the case is not shown to be impossible')
    if (end.kind === 'split') {
      const { on, origin, cases } = end
      if (!isDefined(origin.expression)) reject('a split on something that may be undefined')
      const rewritten = this.afterChain(origin.expression, origin.chain, within)
      if (!strictParts(rewritten).includes(on)) reject('a split on something else')
      if (!isSubset(within.range(on), union(...cases.map(c => c.range)))) reject('the cases do not cover everything')
      return cases.map(({ branch, range }) => ({ branch, within: within.with(on, range), sides, owed }))
    }
    if (end.kind !== 'equal') return reject('a case without end')
    if (!areDefined()) reject('a side is not shown to be defined')
    const equations = this.checkEquations(end.equations, within)
    const isShown = equations.equal(sides[0], sides[1]) || equations.vanishes(call('-', sides[0], sides[1]), within)
    return isShown ? [] : reject('the sides do not become equal')
  }

  private checkEquations(list: readonly Equation[], within: Case): Equations {
    const equations = new Equations()
    for (const equation of list) {
      this.checkEquation(equation, within, equations)
      equations.use(equation)
    }
    return equations
  }

  /** Checks that wherever `before` is defined in this case, `after` is defined and equal. */
  private checkEquation(equation: Equation, within: Case, known: Equations): void {
    const { kind, before, after } = equation
    spend(10)
    if (kind === 'axiom') {
      const { name, left, right } = Proof.findAxiom(equation.axiom)
      const [l, r] = [left, right].map(side => Proof.instantiate(side, equation.bindings))
      if (l !== before || r !== after) reject(`not an instance of ${name}`)
      if (!Proof.conditionsOf(equation).every(c => within.holds(c))) reject(`a condition of ${name} is not shown`)
      this.axioms.add(name)
    } else if (kind === 'arithmetic') {
      // The same operation of equal operands is defined if these are; of a choice, each if its own counterpart is.
      const [u, v] = [parts(before), parts(after)]
      const isWhole = known.equal(before, after)
      if (!isWhole && (u.length !== v.length || E.withParts(before, v) !== after)) reject('different functions')
      for (const [e, f] of isWhole ? [[before, after]] : u.map((e, i) => [e, v[i]])) {
        if (!isWhole && !known.equal(e, f)) reject('arithmetic does not come out')
        if (!known.keepDefined([before.kind === 'choose' ? e : before], f, within)) reject('arithmetic is not defined')
      }
    } else if (kind === 'function') {
      if (Proof.asDeclared(equation.property, before) !== after) reject('the function is not declared so')
    } else if (kind === 'fact') {
      const given = within.conditions.map(c => c.expression)
      const isSolution = strictParts(...given).includes(before) && !E.postorder(after).includes(before)
      if (!isSolution || !known.vanishes(call('-', before, after), within)) reject('the facts do not give this')
      if (!known.keepDefined(given, after, within)) reject('the solution may be undefined')
    } else reject('an equation of no known kind')
  }

  /** What the links of a chain make of the sign of an expression. */
  private afterChain(expression: Expression, chain: readonly Link[], within: Case): Expression {
    return chain.reduce((state, { equations, step }) => {
      this.checkEquation(step, within, this.checkEquations(equations, within))
      return replaceAll(state, step.before, step.after)
    }, Proof.signOf(expression))
  }
}
