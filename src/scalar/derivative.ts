// Symbolic partial derivatives of expressions.
import { call, choose, type Expression, number, one, postorder, unfold, zero } from './expression.ts'
import { KNOWN } from './functions.ts'

const isNumber = (e: Expression, value: bigint): boolean =>
  e.kind === 'number' && e.value.d === 1n && e.value.s * e.value.n === value

function plus(a: Expression, b: Expression): Expression {
  if (a === zero) return b
  if (b === zero) return a
  if (a.kind === 'number' && b.kind === 'number') return number(a.value.add(b.value))
  if (b.kind === 'call' && b.name === 'neg') return call('-', a, b.args[0])
  return call('+', a, b)
}

/** The factor may be dropped where the other one is 0: the docstring of `derivative` says why that is no loss. */
function times(a: Expression, b: Expression): Expression {
  if (a === zero || b === zero) return zero
  if (a === one) return b
  if (b === one) return a
  if (a.kind === 'number' && b.kind === 'number') return number(a.value.mul(b.value))
  if (isNumber(a, -1n)) return call('neg', b)
  if (isNumber(b, -1n)) return call('neg', a)
  return call('*', a, b)
}

/**
 * The partial derivative of the expression in the variable `index`. Wherever the expression is defined near a point and
 * smooth there part by part (below), the result, if defined, is the derivative.
 *
 * - Outside the expression's domain the result says nothing, and may be defined: that of ln t is 1/t.
 * - At a kink it is one of the one-sided derivatives or a number between: abs has sign (0 at 0), relu has 0 at 0, max and min
 *   have the first argument's where both are equal.
 * - sign and floor have 0 everywhere, also where they jump, and `c ? a : b` has the derivative of the branch taken, also
 *   where the branches do not join. So a derivative of one sign shows that a function is monotone only where it is continuous.
 * - It can be undefined at single points where there is a derivative: x^a at x = 0 with a variable a.
 *
 * Defined functions are unfolded (throws TooLarge); throws TypeError for an unknown function of the variable.
 */
export function derivative(e: Expression, index: number): Expression {
  const whole = unfold(e)
  // What stands for a known function may contain the number 0, which the expression need not.
  const derivatives = new Map<Expression, Expression>([[zero, zero]])
  const of = (part: Expression): Expression => derivatives.get(part) as Expression
  for (const part of postorder(whole)) derivatives.set(part, ofPart(part, index, of))
  return derivatives.get(whole) as Expression
}

function ofPart(e: Expression, index: number, of: (part: Expression) => Expression): Expression {
  switch (e.kind) {
    case 'number':
    case 'constant':
      return zero
    case 'variable':
      return e.index === index ? one : zero
    case 'apply':
      if (e.args.every(a => of(a) === zero)) return zero
      throw new TypeError(`derivative: the function ${e.fn.name} is unknown, so its derivative is`)
    case 'choose': {
      const [then, otherwise] = [of(e.then), of(e.otherwise)]
      return then === otherwise ? then : choose(e.relation, e.left, e.right, then, otherwise)
    }
    case 'call': {
      if (e.args.every(a => of(a) === zero)) return zero
      if (e.name === '/' && of(e.args[1]) === zero) {
        const top = of(e.args[0])
        return top === one ? call('/', one, e.args[1]) : call('/', top, e.args[1])
      }
      const { slope } = KNOWN[e.name]
      if ('choice' in slope) return ofPart(slope.choice(...e.args), index, of)
      return slope
        .partials(...e.args)
        .map((partial, i) => times(partial, of(e.args[i])))
        .reduce(plus)
    }
  }
}
