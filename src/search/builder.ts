// Makes the terms that rules speak of: nodes in one form, so that what is equal by the laws of their contents is one term.
import type { Node } from '../diagram/diagram.ts'
import { identity, type Linear, zeroMatrix } from '../linear/linear.ts'
import { type Shape, type Size, sizeOf } from '../linear/size.ts'
import { type Expression, substitute, variable, variablesOf, x0 } from '../scalar/expression.ts'
import type { EGraph, TermId } from './egraph.ts'
import { added, normalOf } from './operators.ts'

/** A node that has no place yet; the e-graph gives it one. */
type Unplaced = Node extends infer N ? (N extends Node ? Omit<N, 'id' | 'args'> : never) : never
export function put(g: EGraph, content: Unplaced, args: readonly TermId[]): TermId | null {
  return g.add({ ...content, id: -1, args } as Node, args)
}

export function shapeOf(g: EGraph, term: TermId): Shape {
  return g.nodes[term].shape
}
export function lastOf(shape: Shape): Size {
  return shape[shape.length - 1]
}
export function withLast(shape: Shape, last: Size): Shape {
  return lastOf(shape) === last ? shape : [...shape.slice(0, -1), last]
}

/** The function of these terms: each once, and only those on which it depends. null where it is not shown to be defined. */
export function pointwise(g: EGraph, fn: Expression, args: readonly TermId[], shape: Shape): TermId | null {
  const kept: TermId[] = []
  const place = new Map<number, Expression>()
  for (const i of variablesOf(fn)) {
    let at = kept.findIndex(t => g.areEqual(t, args[i]))
    if (at < 0) at = kept.push(args[i]) - 1
    place.set(i, variable(at))
  }
  const moved = [...place].some(([i, v]) => v !== variable(i))
  const own = moved ? substitute(fn, i => place.get(i)) : fn
  if (own === x0) return kept[0]
  return put(g, { kind: 'pointwise', fn: own, shape }, kept)
}

export interface Summand {
  readonly operator: Linear
  readonly arg: TermId
}

/** The sum of operator * arg, plus a bias: each wire once, no zero, and the wire itself where nothing happens to it. */
export function additive(g: EGraph, summands: readonly Summand[], bias: Linear | null, shape: Shape): TermId | null {
  const args: TermId[] = []
  const operators: Linear[] = []
  for (const { operator, arg } of summands) {
    const at = args.findIndex(a => g.areEqual(a, arg))
    if (at < 0) {
      args.push(arg)
      operators.push(normalOf(operator))
    } else operators[at] = added(operators[at], operator)
  }
  const kept = args.map((_, k) => k).filter(k => operators[k].kind !== 'zero')
  const total = bias === null ? null : normalOf(bias)
  const rest = total?.kind === 'zero' ? null : total
  if (kept.length === 0)
    return put(g, { kind: 'constant', value: rest ?? zeroMatrix(lastOf(shape), sizeOf(1)), shape }, [])
  const isPlain = kept.length === 1 && rest === null && operators[kept[0]] === identity(lastOf(shape))
  if (isPlain) return args[kept[0]]
  const operatorsKept = kept.map(k => operators[k])
  return put(
    g,
    { kind: 'additive', operators: operatorsKept, bias: rest, shape },
    kept.map(k => args[k]),
  )
}

/** A list without terms that are equal to earlier ones. */
export function different(g: EGraph, terms: readonly TermId[]): TermId[] {
  const kept: TermId[] = []
  for (const t of terms) if (!kept.some(k => g.areEqual(k, t))) kept.push(t)
  return kept
}
