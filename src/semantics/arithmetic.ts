// What a kind of numbers has to offer so that nets can be evaluated in it. There are four: binary64 (doubles.ts),
// binary32 (floats.ts), binary64 intervals (bounded.ts), and rigorous enclosures of any precision (enclosed.ts).
import type { Expression, KnownName, Relation } from '../scalar/expression.ts'
import { type Rational, ZERO } from '../scalar/rational.ts'
import { type StableForm, stablePlan } from '../scalar/stable.ts'
import { tapeOf } from '../scalar/tape.ts'

export interface Arithmetic<V> {
  rational(q: Rational): V
  constant(name: 'pi' | 'e'): V
  /** A known function. It is strict: whatever stands for "undefined" in the arguments comes out again. */
  call(name: KnownName, args: readonly V[]): V
  /** `left relation right ? then : otherwise`: strict in the test, lazy in the branches (both are handed over). */
  choose(relation: Relation, left: V, right: V, then: V, otherwise: V): V
  /** sum_j weights[j] * values[j] of two lists of one length, the sum of no terms being 0. */
  dot(weights: readonly V[], values: readonly V[]): V
  /** An expression without declared functions as a function of its variables' values. */
  compile(e: Expression): (args: readonly V[]) => V
}

/**
 * `compile` of an arithmetic by its other operations, one after the other as the expression is written. Branches that
 * are not taken are computed too and thrown away, which is harmless: undefined is a value here. An arithmetic that knows
 * stable forms (stable.ts) uses them.
 * Throws TypeError where the expression applies an unknown function; see `groundExpression`.
 */
export function interpret<V>(
  e: Expression,
  arithmetic: Omit<Arithmetic<V>, 'compile' | 'dot'> & { stable?(form: StableForm['kind'], args: readonly V[]): V },
): (args: readonly V[]) => V {
  const tape = tapeOf(e)
  const constants = tape.map(step => {
    if (step.kind === 'number') return arithmetic.rational(step.value)
    return step.kind === 'constant' ? arithmetic.constant(step.name) : null
  })
  const { stable } = arithmetic
  const { forms, needed } = stable === undefined ? { forms: [], needed: [] } : stablePlan(tape)
  const nothing = arithmetic.rational(ZERO)
  return args => {
    const values: V[] = new Array(tape.length)
    const of = (place: number): V => values[place]
    for (let i = 0; i < tape.length; i++) {
      const step = tape[i]
      const form = forms[i]
      if (needed[i] === false) continue
      if (stable !== undefined && form) {
        values[i] = stable(form.kind, form.args.map(of))
        continue
      }
      switch (step.kind) {
        case 'number':
        case 'constant':
          values[i] = constants[i] as V
          break
        case 'variable':
          values[i] = args[step.index]
          break
        case 'call':
          values[i] = arithmetic.call(step.name, step.args.map(of))
          break
        case 'choose':
          values[i] = arithmetic.choose(step.relation, of(step.left), of(step.right), of(step.then), of(step.otherwise))
          break
        case 'strict':
          // Testing a value needs it, whatever comes of the test.
          values[i] = step.needs.reduce(
            (body, place) => arithmetic.choose('==', of(place), nothing, body, body),
            of(step.body),
          )
          break
      }
    }
    return values[tape.length - 1]
  }
}
