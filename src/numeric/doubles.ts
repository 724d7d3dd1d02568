// Arithmetic in binary64: fast, rounded, and evidence only. NaN stands for undefined.

import { compileExpression, holds } from '../scalar/evaluate.ts'
import { ARITY, call, type Expression, type KnownName, variable, variablesOf } from '../scalar/expression.ts'
import { toDouble } from '../scalar/rational.ts'
import type { Arithmetic } from '../semantics/arithmetic.ts'

const compiled = new Map<KnownName, (args: ArrayLike<number>) => number>()

function knownFunction(name: KnownName): (args: ArrayLike<number>) => number {
  let f = compiled.get(name)
  if (f === undefined) {
    const args = Array.from({ length: ARITY[name] }, (_, i) => variable(i))
    f = compileExpression(call(name, ...args), args.length)
    compiled.set(name, f)
  }
  return f
}

export const doubles: Arithmetic<number> = {
  rational: toDouble,
  constant: name => (name === 'pi' ? Math.PI : Math.E),
  call(name, args) {
    switch (name) {
      case '+':
        return args[0] + args[1]
      case '-':
        return args[0] - args[1]
      case '*':
        return args[0] * args[1]
      default:
        return knownFunction(name)(args)
    }
  },
  choose(relation, left, right, then, otherwise) {
    if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN
    return holds(relation, left, right) ? then : otherwise
  },
  dot(weights, values) {
    let sum = 0
    for (let j = 0; j < weights.length; j++) sum += weights[j] * values[j]
    return sum
  },
  compile(e: Expression) {
    return compileExpression(e, (variablesOf(e).at(-1) ?? -1) + 1)
  },
}
