// Formulas as partial functions: undefined outside of a domain, and wherever an argument is.
import { call, choose, type Expression, fold, number, one, parts, variable, zero } from './expression.ts'
import type { Range } from './range.ts'

/** An expression that is defined nowhere. */
const nowhere = (): Expression => call('/', one, zero)

/** The body where every argument lies in its set, undefined elsewhere. */
export function guard(body: Expression, domain: readonly Range[]): Expression {
  return domain.reduceRight((inner, range, i) => guardArgument(inner, range, variable(i)), body)
}

function guardArgument(body: Expression, range: Range, argument: Expression): Expression {
  let rest = nowhere()
  for (const interval of range.toReversed()) {
    let inside = body
    const { low, high } = interval
    if (high !== null) {
      inside = choose(interval.highOpen ? '<' : '<=', argument, number(high), inside, rest)
    }
    if (low !== null) inside = choose(interval.lowOpen ? '<' : '<=', number(low), argument, inside, rest)
    rest = inside
  }
  return rest
}

/** The variables that are evaluated wherever the expression is, whichever branches are taken. */
function strictVariables(e: Expression): ReadonlySet<number> {
  return fold<ReadonlySet<number>>(e, (part, of) => {
    if (part.kind === 'variable') return new Set([part.index])
    if (part.kind !== 'choose') return new Set(parts(part).flatMap(p => [...of(p)]))
    const otherwise = of(part.otherwise)
    return new Set([...of(part.left), ...of(part.right), ...[...of(part.then)].filter(i => otherwise.has(i))])
  })
}

/**
 * A function of `arity` arguments that is undefined wherever an argument is: functions are strict, though their
 * formula may not mention an argument, or mention it in one branch only.
 */
export function strict(body: Expression, arity: number): Expression {
  const evaluated = strictVariables(body)
  let result = body
  for (let i = 0; i < arity; i++) if (!evaluated.has(i)) result = choose('==', variable(i), zero, result, result)
  return result
}
