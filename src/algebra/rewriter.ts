// Rewriting of expressions with a list of equations.
import { type Expression, parts, size, withParts } from '../scalar/expression.ts'
import type { Equation } from '../scalar/proof.ts'
import { BudgetExhausted } from './polynomial.ts'

/** Rewrites with equations from left to right, innermost first, until none applies. */
export class Rewriter {
  private readonly rules = new Map<Expression, Expression>()
  private done = new Map<Expression, Expression>()

  add(equation: Equation): void {
    this.rules.set(equation.before, equation.after)
    // What was computed before stays right unless the new left side occurred in it.
    if (this.done.has(equation.before)) this.done = new Map()
  }

  /** Throws BudgetExhausted where rewriting does not end. */
  normal(root: Expression): Expression {
    if (this.rules.size === 0) return root
    const limit = 200_000 + 20 * size(root)
    let work = 0
    const stack = [root]
    const entered = new Set<Expression>()
    while (stack.length > 0) {
      if (++work > limit) throw new BudgetExhausted('rewriting does not end')
      const e = stack[stack.length - 1]
      if (this.done.has(e)) {
        stack.pop()
        continue
      }
      const old = parts(e)
      const missing = old.filter(p => !this.done.has(p))
      if (missing.length > 0) {
        if (entered.has(e)) throw new BudgetExhausted('rewriting goes in circles')
        entered.add(e)
        stack.push(...missing)
        continue
      }
      const fresh = old.map(p => this.done.get(p) as Expression)
      const rebuilt = fresh.some((f, i) => f !== old[i]) ? withParts(e, fresh) : e
      const target = this.rules.get(rebuilt) ?? (rebuilt === e ? null : rebuilt)
      if (target === null) {
        this.done.set(e, e)
        stack.pop()
      } else if (this.done.has(target)) {
        this.done.set(e, this.done.get(target) as Expression)
        stack.pop()
      } else {
        stack.push(target)
      }
    }
    return this.done.get(root) as Expression
  }
}
