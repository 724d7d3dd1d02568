// Expressions together with their expansion, and the equations by which they were reached: what the normal form and the
// readable form are both computed with.
import type { Case } from '../scalar/case.ts'
import { call, type Expression, number } from '../scalar/expression.ts'
import { arithmeticStep, axiomStep, conditionsOf, type Rewriting } from '../scalar/proof.ts'
import type { Rational } from '../scalar/rational.ts'
import * as P from './polynomial.ts'
import type { Quotient } from './quotient.ts'
import { Ring } from './ring.ts'

/** An expression with its expansion. `current` is what the logged equations rewrite it to, before expansion. */
export interface Normal {
  readonly value: Quotient
  readonly current: Expression
}

export class Expander {
  readonly ring: Ring
  /** The equations used, inner ones first. */
  equations: Rewriting[] = []
  protected recorded = new Map<Expression, Rewriting>()

  constructor(
    protected readonly within: Case,
    protected readonly meter: P.Meter,
  ) {
    this.ring = new Ring(meter)
  }

  /** The expression of a normal form. */
  express(form: Normal): Expression {
    return this.ring.express(form.value)
  }

  protected record(equation: Rewriting): void {
    if (equation.before === equation.after || this.recorded.has(equation.before)) return
    this.recorded.set(equation.before, equation)
    this.equations.push(equation)
  }

  /** Records an instance of an axiom if its conditions hold. */
  protected use(name: string, ...bindings: readonly Expression[]): Expression | null {
    const step = axiomStep(name, ...bindings)
    if (!conditionsOf(step).every(c => this.within.holds(c))) return null
    this.record(step)
    return step.after
  }

  /** Like `use`, where the caller has made sure of the conditions; a surprise ends the attempt. */
  protected must(name: string, ...bindings: readonly Expression[]): Expression {
    const result = this.use(name, ...bindings)
    if (result === null) throw new P.BudgetExhausted(`the condition of ${name} is not shown`)
    return result
  }

  protected arithmetic(before: Expression, after: Expression): void {
    this.record(arithmeticStep(before, after))
  }

  protected number(q: Rational): Normal {
    return { value: this.ring.number(q), current: number(q) }
  }
  protected plus(a: Normal, b: Normal): Normal {
    return { value: this.ring.add(a.value, b.value), current: call('+', a.current, b.current) }
  }
  protected minus(a: Normal, b: Normal): Normal {
    return { value: this.ring.add(a.value, b.value, -1n), current: call('-', a.current, b.current) }
  }
  /** a + b or a - b as a value that nothing else refers to; in place when a is one (`owned`) and not needed afterwards. */
  protected longSum(name: '+' | '-', a: Normal, b: Normal, owned: boolean): Normal {
    const value = this.ring.addTo(a.value, b.value, name === '+' ? 1n : -1n, owned)
    return { value, current: call(name, a.current, b.current) }
  }
  protected times(a: Normal, b: Normal): Normal {
    return { value: this.ring.multiply(a.value, b.value), current: call('*', a.current, b.current) }
  }
  protected over(a: Normal, b: Normal): Normal {
    return { value: this.ring.divide(a.value, b.value), current: call('/', a.current, b.current) }
  }
  protected opposite(a: Normal): Normal {
    return this.atValue(call('neg', a.current), {
      numerator: P.scaled(a.value.numerator, -1n),
      denominator: a.value.denominator,
    })
  }
  protected atValue(current: Expression, value: Quotient): Normal {
    return { value, current }
  }
  protected whole(a: Normal, exponent: number): Normal {
    const current = call('^', a.current, number(exponent))
    const value = this.ring.power(a.value, exponent)
    return { value: value ?? this.ring.ofAtom(call('^', this.ring.express(a.value), number(exponent))), current }
  }
}
