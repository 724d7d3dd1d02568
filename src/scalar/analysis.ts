// What is shown of a real function on a domain: a set that its values lie in, whether it is defined at every point, in
// which variables it is monotone. Nothing here is guessed: a set is a superset, `defined` and a direction are proved.

import { combinedRange } from './combine.ts'
import { type Expression, variablesOf } from './expression.ts'
import { assume, type Facts, noFacts } from './facts.ts'
import { definedOn, forwardCall, needed } from './forward.ts'
import { CONSTANT, type Direction, type Trend, trendIn } from './monotone.ts'
import { areDisjoint, EMPTY, hull, isEmpty, type Range, REALS } from './range.ts'
import { createScope, type Obstacle, type Scope, unfolded, visit } from './scope.ts'
import { sharpen } from './sharpen.ts'
import { trendOn } from './split.ts'
import { termsOf } from './terms.ts'

export { assume, type Direction, definedOn, type Facts, forwardCall, needed, noFacts, type Obstacle }

export interface Analysis {
  /** A superset of the values at the points of the domain where the expression is defined and the facts hold. */
  readonly range: Range
  /** Whether the expression is shown to be defined at every point of the domain at which the facts hold. */
  readonly defined: boolean
  /** The first operation that is not shown to be defined. */
  readonly obstacle: Obstacle | null
}

/** What one question may cost beyond one pass over the expression, in parts passed over. */
const STEPS = 3000
/** What the branches of choices may cost, once for each way to reach them. */
const BRANCH_STEPS = 100_000

function openScope(domain: readonly Range[], facts: Facts, steps: number): Scope {
  return createScope(domain, facts, { steps, branchSteps: BRANCH_STEPS, nesting: 0 }, sharpen)
}

// Answers without facts, by the expression and then by the sets of its variables, one after the other.
interface Answers {
  readonly variables: readonly number[]
  readonly first: WeakMap<Range, unknown>
}
const memo = new WeakMap<Expression, Answers>()
const MAX_REMEMBERED_VARIABLES = 6

/** The place of the answer for these sets: the last map and its key. */
function placeOf(e: Expression, domain: readonly Range[]): { map: WeakMap<Range, unknown>; key: Range } | null {
  let answers = memo.get(e)
  if (answers === undefined) memo.set(e, (answers = { variables: variablesOf(e), first: new WeakMap() }))
  const { variables } = answers
  if (variables.length > MAX_REMEMBERED_VARIABLES) return null
  let map = answers.first
  for (const v of variables.slice(0, -1)) {
    const key = domain[v] ?? REALS
    let next = map.get(key) as WeakMap<Range, unknown> | undefined
    if (next === undefined) map.set(key, (next = new WeakMap()))
    map = next
  }
  const last = variables.at(-1)
  return { map, key: last === undefined ? REALS : (domain[last] ?? REALS) }
}

function answer(e: Expression, domain: readonly Range[], facts: Facts, steps: number): Analysis {
  if (facts.contradictory) return { range: EMPTY, defined: true, obstacle: null }
  const scope = openScope(domain, facts, steps)
  const { obstacle } = visit(e, scope)
  scope.budget.steps = Math.min(scope.budget.steps, steps / 5)
  return { range: sharpen(e, scope, null, 'full'), defined: obstacle === null, obstacle }
}

/**
 * Analyses an expression whose variable i ranges over domain[i] (R where nothing is given). Functions are strict, also
 * those with a formula; a choice needs only the branch that is taken. An unknown function is defined on its domain and
 * has its values in its codomain. `budget` bounds the search beyond the first pass, in parts passed over.
 * Throws TooLarge when definitions unfold beyond measure.
 */
export function analyse(
  e: Expression,
  domain: readonly Range[],
  options: { facts?: Facts; budget?: number } = {},
): Analysis {
  const { facts = noFacts, budget = STEPS } = options
  const place = facts === noFacts && budget === STEPS ? placeOf(e, domain) : null
  const old = place?.map.get(place.key) as Analysis | undefined
  if (old !== undefined) return old
  const result = answer(e, domain, facts, budget)
  place?.map.set(place.key, result)
  return result
}

/** A superset of the values of an expression: `analyse(...).range`. */
export function rangeOf(e: Expression, domain: readonly Range[], facts: Facts = noFacts): Range {
  return analyse(e, domain, { facts }).range
}

/** Whether it is shown that no point of the domain satisfies the facts. */
export function isContradictory(facts: Facts, domain: readonly Range[]): boolean {
  if (facts.contradictory || domain.some(isEmpty)) return true
  const plain = openScope(domain, noFacts, STEPS)
  const scope = openScope(domain, facts, STEPS)
  for (const { expression, range } of facts.assumed) {
    if (areDisjoint(sharpen(expression, plain, null, 'cheap'), range)) return true
    if (isEmpty(sharpen(expression, scope, null, 'cheap'))) return true
    if (areDisjoint(combinedRange(termsOf(expression), scope), range)) return true
  }
  return false
}

/**
 * The direction in which e moves when the variable with this index grows over its domain and the others stay anywhere in
 * theirs; not strictly, but for 'constant', which is exact. The two points compared may lie in different intervals of the
 * domain. Null when e is not shown to be defined between them too, or its direction is not shown.
 */
export function monotonicity(
  e: Expression,
  index: number,
  domain: readonly Range[],
  facts: Facts = noFacts,
): Direction | null {
  return trendOver(e, index, domain, facts)?.direction ?? null
}

/** Whether e is shown to move strictly, so that different values of the variable give different values. */
export function isStrictlyMonotone(e: Expression, index: number, domain: readonly Range[]): boolean {
  return trendOver(e, index, domain, noFacts)?.strict ?? false
}

function trendOver(e: Expression, index: number, domain: readonly Range[], facts: Facts): Trend | null {
  const whole = unfolded(e)
  const between = domain.slice()
  for (let k = between.length; k <= index; k++) between.push(REALS)
  between[index] = hull(between[index])
  if (between.some(isEmpty)) return CONSTANT
  const scope = openScope(between, facts, STEPS)
  if (visit(e, scope).obstacle !== null) return null
  const direct = trendIn(whole, index, scope)
  return direct ?? trendOn(whole, index, between[index], openScope(between, noFacts, STEPS))
}
