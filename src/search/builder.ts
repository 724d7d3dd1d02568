// Makes the terms that rules speak of: nodes in one form, so that what is equal by the laws of their contents is one term.
import { identity, type Linear, zeroMatrix } from '../linear/linear.ts'
import { type Shape, type Size, sizeOf, withLast } from '../linear/size.ts'
import { call, type Expression, substitute, variable, variablesOf, x0 } from '../scalar/expression.ts'
import type { Unplaced } from './contents.ts'
import type { EGraph, TermId } from './egraph.ts'
import { added, normalOf } from './operators.ts'

export { withLast }

/** Functions of two wires. */
export const PRODUCT = call('*', x0, variable(1))
export const QUOTIENT = call('/', x0, variable(1))

/** The term of a node on these terms, whose operators are in normal form; null where it is not shown to be defined. */
export function put(g: EGraph, node: Unplaced, args: readonly TermId[], made?: TermId[]): TermId | null {
  const term = g.add(g.contents.of(node), args)
  if (term < 0) return null
  if (made !== undefined && !made.includes(term)) made.push(term)
  return term
}

export function lastOf(shape: Shape): Size {
  return shape[shape.length - 1]
}

const variablesIn = new WeakMap<Expression, readonly number[]>()
function usedIn(fn: Expression): readonly number[] {
  let found = variablesIn.get(fn)
  if (found === undefined) variablesIn.set(fn, (found = variablesOf(fn)))
  return found
}

/**
 * The function of these terms: each once, and only those on which it depends. null where it is not shown to be defined. `made` gets
 * the term, where it is a node on these terms and not one of them.
 */
export function pointwise(
  g: EGraph,
  fn: Expression,
  args: readonly TermId[],
  shape: Shape,
  made?: TermId[],
): TermId | null {
  const used = usedIn(fn)
  if (fn === x0) return args[0]
  if (args.length === 1 && used.length === 1) return put(g, { kind: 'pointwise', fn, shape }, args, made)
  const kept: TermId[] = []
  const place = new Map<number, Expression>()
  let isMoved = false
  for (const i of used) {
    let at = kept.findIndex(t => g.areEqual(t, args[i]))
    if (at < 0) at = kept.push(args[i]) - 1
    if (at !== i) isMoved = true
    place.set(i, variable(at))
  }
  const own = isMoved ? substitute(fn, i => place.get(i)) : fn
  if (own === x0) return kept[0]
  return put(g, { kind: 'pointwise', fn: own, shape }, kept, made)
}

export interface Summand {
  readonly operator: Linear
  readonly arg: TermId
}

/**
 * The sum of operator * arg, plus a bias: each wire once, no zero, and the wire itself where nothing happens to it. `made` gets
 * the term, where something does.
 */
export function additive(
  g: EGraph,
  summands: readonly Summand[],
  bias: Linear | null,
  shape: Shape,
  made?: TermId[],
): TermId | null {
  const args: TermId[] = []
  const operators: Linear[] = []
  for (const { operator, arg } of summands) {
    const at = args.findIndex(a => g.areEqual(a, arg))
    if (at < 0) {
      args.push(arg)
      operators.push(normalOf(operator))
    } else operators[at] = added(operators[at], operator)
  }
  const isZero = (a: Linear): boolean => a.kind === 'zero'
  const keptArgs = operators.some(isZero) ? args.filter((_, k) => !isZero(operators[k])) : args
  const kept = keptArgs === args ? operators : operators.filter(a => !isZero(a))
  const total = bias === null ? null : normalOf(bias)
  const rest = total === null || isZero(total) ? null : total
  if (kept.length === 0)
    return put(g, { kind: 'constant', value: rest ?? zeroMatrix(lastOf(shape), sizeOf(1)), shape }, [], made)
  if (kept.length === 1 && rest === null && kept[0] === identity(lastOf(shape))) return keptArgs[0]
  return put(g, { kind: 'additive', operators: kept, bias: rest, shape }, keptArgs, made)
}

/** A list without terms that are equal to earlier ones. */
export function different(g: EGraph, terms: readonly TermId[]): TermId[] {
  const kept: TermId[] = []
  for (const t of terms) if (!kept.some(k => g.areEqual(k, t))) kept.push(t)
  return kept
}
