// Arithmetic on sets that are known to hold the true value, for functions that may be undefined: a result is a set, or
// surely undefined, or not known to be the one or the other.
import type { KnownName, Relation } from '../scalar/expression.ts'
import { type Rational, ZERO } from '../scalar/rational.ts'
import type { StableForm } from '../scalar/stable.ts'
import { type Arithmetic, interpret } from './arithmetic.ts'

/** 'undefined': shown to be undefined. 'unknown': perhaps undefined, or nothing could be shown of the value. */
export type Partially<S> = S | 'undefined' | 'unknown'

export interface SetOperations<S> {
  rational(q: Rational): S
  constant(name: 'pi' | 'e'): S
  call(name: KnownName, args: readonly S[]): Partially<S>
  /** Whether the relation holds for all values in the sets; null where it holds for some and not for others. */
  decide(relation: Relation, left: S, right: S): boolean | null
  /** A set that holds both. */
  hull(a: S, b: S): S
  /** The stable forms of stable.ts, where they are known. */
  stable?(form: StableForm['kind'], args: readonly S[]): Partially<S>
}

export function isKnown<S extends object>(value: Partially<S>): value is S {
  return typeof value === 'object'
}

/** The state of several values that are all needed: null when each of them is known. */
export function worst(values: readonly Partially<object>[]): 'undefined' | 'unknown' | null {
  let result: 'unknown' | null = null
  for (const value of values) {
    if (value === 'undefined') return value
    if (value === 'unknown') result = value
  }
  return result
}

/** An arithmetic from operations on sets; `dot` replaces the sum of products that is made of single operations. */
export function partialArithmetic<S extends object>(
  operations: SetOperations<S>,
  dot?: (weights: readonly S[], values: readonly S[]) => S,
): Arithmetic<Partially<S>> {
  const { rational, constant } = operations
  const call = (name: KnownName, args: readonly Partially<S>[]): Partially<S> =>
    worst(args) ?? operations.call(name, args as readonly S[])
  const { stable } = operations
  const elementary = {
    rational,
    constant,
    call,
    ...(stable === undefined
      ? {}
      : {
          stable: (form: StableForm['kind'], args: readonly Partially<S>[]): Partially<S> =>
            worst(args) ?? stable(form, args as readonly S[]),
        }),
    choose(relation: Relation, left: Partially<S>, right: Partially<S>, then: Partially<S>, otherwise: Partially<S>) {
      const state = worst([left, right])
      if (state !== null) return state
      const decided = operations.decide(relation, left as S, right as S)
      if (decided !== null) return decided ? then : otherwise
      if (then === otherwise) return then
      return isKnown(then) && isKnown(otherwise) ? operations.hull(then, otherwise) : 'unknown'
    },
  }
  return {
    ...elementary,
    dot(weights, values) {
      const state = worst(weights) === 'undefined' ? 'undefined' : (worst(values) ?? worst(weights))
      if (state !== null) return state
      if (dot !== undefined) return dot(weights as readonly S[], values as readonly S[])
      let sum: Partially<S> | null = null
      weights.forEach((weight, j) => {
        const term = call('*', [weight, values[j]])
        sum = sum === null ? term : call('+', [sum, term])
      })
      return sum ?? rational(ZERO)
    },
    compile: e => interpret(e, elementary),
  }
}
