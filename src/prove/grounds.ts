// What a step that compares functions of wires has to say beside the wires: the sets in which these have their values, and
// lemmas that lead from the one function to the other on these sets.
import { rangeJson } from '../certificate/json.ts'
import type { Wires } from '../check/wires.ts'
import { pairs } from '../diagram/components.ts'
import { whole } from '../diagram/ranges.ts'
import { type Expression, unfold } from '../scalar/expression.ts'
import type { Range } from '../scalar/range.ts'

/** The numbers of lemmas that lead from one function to the other on a domain. */
export type FindLemmas = (left: Expression, right: Expression, domain: readonly Range[]) => readonly number[]

/**
 * The grounds on which wire `at` is wire `becomes`, both being functions of the components of the wires `over`; on the sets
 * that were `asked` for, or those in which these are known to be.
 */
export function functionGrounds(
  wires: Wires,
  at: number,
  becomes: number,
  over: readonly number[],
  lemmasFor: FindLemmas,
  asked: readonly Range[] | null = null,
): { ranges?: readonly string[]; lemmas?: readonly number[] } {
  const last = wires.now(becomes)
  const [before, after] = [wires.pieces(at, over).get(at) ?? [], wires.pieces(last, over).get(last) ?? []]
  const domain = asked ?? over.map(w => whole(wires.range(w)))
  const lemmas = new Set<number>()
  for (const [{ fn }, { fn: other }] of pairs(before, after) ?? []) {
    if (fn === other || isUnfoldedTo(fn, other)) continue
    for (const lemma of lemmasFor(fn, other, domain)) lemmas.add(lemma)
  }
  return lemmas.size === 0 ? {} : { ranges: domain.map(rangeJson), lemmas: [...lemmas] }
}

/** Of pairs of functions that are the same when unfolded, the one that a function was in last: layer after layer it comes again. */
const alike = new WeakMap<Expression, Expression>()
function isUnfoldedTo(fn: Expression, other: Expression): boolean {
  if (alike.get(fn) === other) return true
  if (unfold(fn) !== unfold(other)) return false
  alike.set(fn, other)
  return true
}
