// Checks proofs that two expressions are defined and equal on a domain. Nothing is searched for: every equation has to be an
// instance of an axiom whose conditions hold, or arithmetic; every fact has to follow; every split has to cover what it
// splits; every case has to end in equality or contradiction; and both sides have to be defined.
import { Case, NULL, PLUS, powerSigns, rangeOfSigns, type Signs, timesSigns } from '../scalar/case.ts'
import {
  call,
  compose,
  type Expression,
  mapParts,
  parts,
  postorder,
  TOTAL,
  unfold,
  variablesOf,
  wholeNumber,
} from '../scalar/expression.ts'
import type { Branch, Derivation, Equation, Link, ScalarProof } from '../scalar/proof.ts'
import {
  conditionsOf,
  findAxiom,
  instantiate,
  MOST_PARTS,
  relationOf,
  replaceAll,
  signOf,
  strictParts,
} from '../scalar/proof.ts'
import { isSubset, NON_NEGATIVE, NON_POSITIVE, NON_ZERO, POSITIVE, type Range, union } from '../scalar/range.ts'
import { Budget, reject } from './budget.ts'
import { Arithmetic, type Polynomial } from './polynomial.ts'

export type Verification =
  /** `axioms` are the names of those that the proof uses. */
  | { readonly accepted: true; readonly axioms: ReadonlySet<string> }
  | { readonly accepted: false; readonly reason: string }

const STEPS = 50_000_000

/**
 * Whether the proof shows that both sides are defined and equal wherever variable i is in domain[i]. Whatever goes wrong,
 * the proof is not accepted; nothing is thrown.
 */
export function verifyScalarProof(
  proof: ScalarProof,
  left: Expression,
  right: Expression,
  domain: readonly Range[],
  budget: Budget = new Budget(STEPS),
): Verification {
  try {
    if (variablesOf(left, right).some(index => index >= domain.length)) reject('a variable has no domain')
    const axioms = new Set<string>()
    new Checker(budget, axioms).check(proof, [unfold(left, MOST_PARTS), unfold(right, MOST_PARTS)], domain)
    return { accepted: true, axioms }
  } catch (error) {
    return { accepted: false, reason: error instanceof Error ? error.message : String(error) }
  }
}

/** What equations amount to: rewriting from left to right, and arithmetic modulo the relations among them. */
class Equations {
  private readonly rules = new Map<Expression, Expression>()
  private readonly relations = new Map<Expression, { power: number; value: Expression }>()
  private done = new Map<Expression, Expression>()

  constructor(private readonly budget: Budget) {}

  add(equation: Equation): void {
    const relation = relationOf(equation)
    if (relation !== null) {
      this.relations.set(relation.atom, { power: relation.power, value: equation.after })
      return
    }
    this.rules.set(equation.before, equation.after)
    // What was computed before stays right unless the new left side occurs in it.
    if (this.done.has(equation.before)) this.done = new Map()
  }

  /** What rewriting leads to, parts first, until no equation applies. */
  normal(root: Expression): Expression {
    if (this.rules.size === 0) return root
    const stack = [root]
    for (let e = root; stack.length > 0; e = stack[stack.length - 1]) {
      this.budget.spend(1)
      const missing = parts(e).filter(p => !this.done.has(p))
      const rebuilt = mapParts(e, p => this.done.get(p) ?? p)
      const target = this.rules.get(rebuilt) ?? rebuilt
      if (missing.length > 0) stack.push(...missing)
      else if (target !== e && !this.done.has(target)) stack.push(target)
      else {
        this.done.set(e, this.done.get(target) ?? e)
        stack.pop()
      }
      // Equations that lead in circles make the stack grow.
      if (missing.length === 0 && target !== e) this.budget.spend(50)
    }
    return this.done.get(root) as Expression
  }

  arithmetic(): Arithmetic {
    return new Arithmetic(this.budget, this.relations)
  }

  /** Whether the expressions are equal wherever both are defined. */
  equal(a: Expression, b: Expression): boolean {
    if (a === b || this.arithmetic().numerator(call('-', a, b)).size === 0) return true
    const [u, v] = [this.normal(a), this.normal(b)]
    return u === v || this.arithmetic().numerator(call('-', u, v)).size === 0
  }

  /** Whether an expression is 0 where it is defined, as its numerator is a multiple of what a fact makes 0. */
  vanishes(e: Expression, within: Case): boolean {
    return within.conditions.some(({ expression }) => {
      if (within.signs(expression) !== NULL) return false
      const arithmetic = this.arithmetic()
      const zero = arithmetic.numerator(this.normal(expression))
      return zero.size > 0 && arithmetic.quotient(arithmetic.numerator(this.normal(e)), zero) !== null
    })
  }
}

/** What is divided by wherever these expressions are defined. */
function divisorsIn(given: readonly Expression[]): Expression[] {
  return strictParts(...given).flatMap(e => {
    if (e.kind !== 'call' || (e.name !== '/' && e.name !== '^')) return []
    return e.name === '/' ? [e.args[1]] : (wholeNumber(e.args[1]) ?? 0) < 0 ? [e.args[0]] : []
  })
}

/** Whether `after` is defined wherever all of `given` are. */
function isDefinedWith(given: readonly Expression[], after: Expression, within: Case, equations: Equations): boolean {
  const known = new Set(strictParts(...given, ...given.map(e => equations.normal(e))))
  return strictParts(after).every(e => {
    if (known.has(e) || (e.kind === 'call' ? TOTAL.has(e.name) : parts(e).length === 0)) return true
    if (e.kind === 'call' && e.name === '^' && (wholeNumber(e.args[1]) ?? -1) >= 0) return true
    return within.defined(e)
  })
}

function sameHead(a: Expression, b: Expression): boolean {
  if (a.kind === 'call' && b.kind === 'call') return a.name === b.name
  if (a.kind === 'choose' && b.kind === 'choose') return a.relation === b.relation
  return a.kind === 'apply' && b.kind === 'apply' && a.fn === b.fn
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

/** One case under way. */
interface State {
  readonly branch: Branch
  readonly within: Case
  /** The sides as the steps have rewritten them, and as they were but for solved variables. */
  readonly sides: readonly Expression[]
  readonly originals: readonly Expression[]
  /** Whether both originals are known to be defined wherever the facts hold. */
  readonly defined: boolean
  /** Whether the originals are defined wherever the sides are. */
  readonly faithful: boolean
}

class Checker {
  constructor(
    private readonly budget: Budget,
    private readonly axioms: Set<string>,
  ) {}

  check(proof: ScalarProof, sides: readonly Expression[], domain: readonly Range[]): void {
    const whole = { branch: proof, within: new Case(domain), sides, originals: sides, defined: false, faithful: true }
    const todo: State[] = [whole]
    for (let state = todo.pop(); state !== undefined; state = todo.pop()) todo.push(...this.checkCase(state))
  }

  /** Checks one case, and gives those that it splits into. */
  private checkCase(state: State): State[] {
    let { within, sides, originals, defined, faithful } = state
    const { steps, end } = state.branch
    const none = new Equations(this.budget)
    const areDefined = (): boolean => {
      defined ||= originals.every(e => within.defined(e)) || (faithful && sides.every(e => within.defined(e)))
      return defined
    }
    const isDefined = (e: Expression): boolean =>
      within.defined(e) || (areDefined() && isDefinedWith(sides, e, within, none))
    this.budget.spend(1)
    for (const step of steps) {
      if ('chain' in step) {
        if (!isDefined(step.fact.expression)) reject('a fact about something that may be undefined')
        this.checkDerivation(step, within)
        within = within.with(step.fact.expression, step.fact.range)
        continue
      }
      this.checkEquation(step, within, none)
      faithful &&= keepsDefinedness(step, within)
      sides = sides.map(e => replaceAll(e, step.before, step.after))
      if (step.kind === 'fact' && step.before.kind === 'variable') {
        const { index } = step.before
        within = within.substituted(index, step.after)
        originals = originals.map(e => compose(e, step.after, index))
      }
    }
    switch (end.kind) {
      case 'impossible':
        return within.impossible() ? [] : reject('the case is not shown to be impossible')
      case 'split': {
        const { on, origin, cases } = end
        if (!isDefined(origin.expression)) reject('a split on something that may be undefined')
        if (!strictParts(this.afterChain(origin.expression, origin.chain, within)).includes(on))
          reject('a split on something else')
        if (!isSubset(within.range(on), union(...cases.map(c => c.range)))) reject('the cases do not cover everything')
        return cases.map(({ branch, range }) => {
          return { branch, within: within.with(on, range), sides, originals, defined, faithful }
        })
      }
      case 'equal': {
        if (!areDefined()) reject('a side is not shown to be defined')
        const equations = this.checkEquations(end.equations, within)
        const [left, right] = sides
        if (!equations.equal(left, right) && !equations.vanishes(call('-', left, right), within))
          reject('the sides do not become equal')
        return []
      }
      default:
        return reject('a case without end')
    }
  }

  private checkEquations(list: readonly Equation[], within: Case): Equations {
    const equations = new Equations(this.budget)
    for (const equation of list) {
      this.checkEquation(equation, within, equations)
      equations.add(equation)
    }
    return equations
  }

  private checkEquation(equation: Equation, within: Case, equations: Equations): void {
    const { kind, before, after } = equation
    switch (kind) {
      case 'axiom': {
        const { name, left, right } = findAxiom(equation.axiom)
        const [l, r] = [left, right].map(side => instantiate(side, equation.bindings))
        if (l !== before || r !== after) reject(`not an instance of ${name}`)
        if (!conditionsOf(equation).every(c => within.holds(c))) reject(`a condition of ${name} is not shown`)
        this.axioms.add(name)
        return
      }
      case 'arithmetic': {
        if (equations.equal(before, after)) {
          if (!isDefinedWith([before], after, within, equations)) reject('arithmetic leads to something undefined')
          return
        }
        // The same operation on equal operands is defined when these are; a branch, by its own counterpart.
        const [u, v] = [parts(before), parts(after)]
        const isFine = (e: Expression, i: number): boolean =>
          equations.equal(e, v[i]) && isDefinedWith([before.kind === 'choose' ? e : before], v[i], within, equations)
        if (!sameHead(before, after) || !u.every(isFine)) reject('arithmetic does not come out')
        return
      }
      case 'function':
        if (!isDeclared(equation.property, before, after)) reject('the function is not declared so')
        return
      case 'fact': {
        const given = within.conditions.map(c => c.expression)
        if (!strictParts(...given).includes(before) || postorder(after).includes(before)) reject('not a solution')
        const isShown = equations.vanishes(call('-', before, after), within)
        if (!isShown || !isDefinedWith(given, after, within, equations)) reject('the facts do not give this solution')
        return
      }
      default:
        reject('an equation of no known kind')
    }
  }

  private checkDerivation({ kind, fact, chain }: Derivation, within: Case): void {
    const { expression, range } = fact
    if (kind === 'sign') {
      const signs = signsOfProduct(this.afterChain(expression, chain, within), within)
      if (!isSubset(rangeOfSigns(signs), range)) reject('the signs do not give this')
      return
    }
    const [u, v] = parts(expression)
    const isDifference =
      expression.kind === 'call' && expression.name === '-' && u.kind === 'apply' && v.kind === 'apply'
    if (!isDifference || u.fn !== v.fn || u.fn.arity !== 1 || u.fn.monotone === null)
      reject('not a difference of values of a monotone function')
    const difference = within.range(call('-', u.args[0], v.args[0]))
    const [above, below] = u.fn.monotone === 'increasing' ? [NON_NEGATIVE, NON_POSITIVE] : [NON_POSITIVE, NON_NEGATIVE]
    const isShown =
      (isSubset(difference, NON_NEGATIVE) && isSubset(above, range)) ||
      (isSubset(difference, NON_POSITIVE) && isSubset(below, range))
    if (!isShown) reject('monotonicity does not give this')
  }

  /** What the links of a chain make of the sign of an expression. */
  private afterChain(expression: Expression, chain: readonly Link[], within: Case): Expression {
    return chain.reduce((state, { equations, step }) => {
      this.checkEquation(step, within, this.checkEquations(equations, within))
      return replaceAll(state, step.before, step.after)
    }, signOf(expression))
  }
}

function isDeclared(property: 'odd' | 'even' | 'inverse', before: Expression, after: Expression): boolean {
  if (before.kind !== 'apply' || before.fn.arity !== 1) return false
  const { fn } = before
  const [argument] = before.args
  if (property === 'inverse') {
    const isInverse = argument.kind === 'apply' && (argument.fn.inverse === fn || fn.inverse === argument.fn)
    return isInverse && argument.args[0] === after
  }
  const mirrored = argument.kind === 'call' && argument.name === 'neg' && mapParts(before, () => argument.args[0])
  return (
    mirrored !== false && fn.parity === property && after === (property === 'even' ? mirrored : call('neg', mirrored))
  )
}

/** The signs of a product of powers of signs. */
function signsOfProduct(root: Expression, within: Case): Signs {
  const stack = [{ e: root, exponent: 1 }]
  let result: Signs = PLUS
  for (let item = stack.pop(); item !== undefined; item = stack.pop()) {
    const { e, exponent } = item
    const power = e.kind === 'call' && e.name === '^' ? wholeNumber(e.args[1]) : null
    if (e.kind !== 'call') reject('not a product of signs')
    else if (power !== null && Number.isSafeInteger(exponent * power))
      stack.push({ e: e.args[0], exponent: exponent * power })
    else if (e.name === '*') stack.push(...e.args.map(p => ({ e: p, exponent })))
    else if (e.name === 'sign') result = timesSigns(result, powerSigns(within.signs(e.args[0]), exponent))
    else reject('not a product of signs')
  }
  return result
}
