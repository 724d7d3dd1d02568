// Instances: values for everything that a net leaves open (sizes, weights, functions), and expressions made ground by
// them, that is free of declared functions.
import type { WeightSymbol } from '../linear/linear.ts'
import {
  type Expression,
  type FunctionSymbol,
  parts,
  postorder,
  substitute,
  TooLarge,
  withParts,
} from '../scalar/expression.ts'
import type { Rational } from '../scalar/rational.ts'
import { guard, strict } from '../scalar/restrict.ts'
import { unknownFunctionsIn } from './contents.ts'

/** Values for what is unknown: exact, and within the declarations. */
export interface Instance {
  readonly sizes: ReadonlyMap<string, number>
  readonly weights: ReadonlyMap<WeightSymbol, readonly (readonly Rational[])[]>
  /** Formulas in the arguments, with known functions only; valid on the declared domain. */
  readonly functions: ReadonlyMap<FunctionSymbol, Expression>
}

export const noInstance: Instance = { sizes: new Map(), weights: new Map(), functions: new Map() }

/**
 * The expression with unknown functions replaced by their formulas, which are made undefined outside the declared
 * domain; where there are any, definitions are unfolded. Throws TypeError where a function has no formula, TooLarge
 * where the result has more than `limit` parts.
 */
export function groundExpression(
  e: Expression,
  functions: ReadonlyMap<FunctionSymbol, Expression>,
  limit = 200_000,
): Expression {
  if (unknownFunctionsIn([e]).length === 0) return e
  const bodies = new Map<FunctionSymbol, Expression>()
  const done = new Map<Expression, Expression>()
  let made = 0
  // Definitions may nest deeply, so they wait on a stack until those that they use are done.
  const todo: Expression[] = [e]
  for (let root = todo.at(-1); root !== undefined; root = todo.at(-1)) {
    const order = postorder(root)
    const missing = new Set<Expression>()
    for (const { fn } of order.filter(part => part.kind === 'apply')) {
      if (bodies.has(fn)) continue
      if (fn.definition === null) {
        const formula = functions.get(fn)
        if (formula === undefined) throw new TypeError(`the function ${fn.name} has no formula here`)
        bodies.set(fn, strict(guard(formula, fn.domain), fn.arity))
      } else {
        const definition = done.get(fn.definition)
        if (definition === undefined) missing.add(fn.definition)
        else bodies.set(fn, strict(definition, fn.arity))
      }
    }
    if (missing.size > 0) {
      for (const definition of missing) todo.push(definition)
      continue
    }
    for (const part of order) {
      if (done.has(part)) continue
      const args = parts(part).map(p => done.get(p) as Expression)
      if (part.kind === 'apply') {
        const body = bodies.get(part.fn) as Expression
        made += postorder(body).length
        if (made > limit) throw new TooLarge(`more than ${limit} parts`)
        done.set(
          part,
          substitute(body, i => args[i]),
        )
      } else done.set(part, args.length === 0 ? part : withParts(part, args))
    }
    todo.pop()
  }
  return done.get(e) as Expression
}
