// Smaller sets for the values of an expression in which variables occur more than once, where a pass that takes the
// arguments of every operation for independent finds too much. Every method here gives a superset of the values, and so
// does the intersection of their results.
import { comparedRange, polynomialTermsRange, quotientRange, rootRange } from './bounds.ts'
import { combinedRange, fractionsRange } from './combine.ts'
import { type Expression, parts, postorder, variablesOf } from './expression.ts'
import { forwardCall } from './forward.ts'
import { isEmpty, isSubset, type Range, REALS, union } from './range.ts'
import { MAX_DEPTH, narrow, rangeIn, type Scope, unfolded, visit } from './scope.ts'
import { monotoneRange, subdividedRange, variableOf } from './split.ts'
import { countParts, termsOf } from './terms.ts'

function isArithmetic(e: Expression): boolean {
  return e.kind === 'call' && ['+', '-', '*', '/', '^', 'neg'].includes(e.name)
}

const MAX_DEEP_PARTS = 150

/** Passes once more over the parts of an expression, with the methods that look at one polynomial. */
function deepen(root: Expression, scope: Scope, target: Range | null): void {
  if (scope.sharpened.has(root)) return
  const isSmall = countParts(root, MAX_DEEP_PARTS) < MAX_DEEP_PARTS
  for (const e of isSmall ? postorder(root) : [root]) {
    if (scope.sharpened.has(e) || !scope.info.has(e) || scope.budget.steps <= 0) continue
    scope.sharpened.add(e)
    scope.budget.steps--
    if (e.kind !== 'call') continue
    narrow(
      scope,
      e,
      forwardCall(
        e.name,
        e.args.map(a => rangeIn(scope, a)),
      ),
    )
    if (!isArithmetic(e)) continue
    const terms = termsOf(e)
    narrow(scope, e, polynomialTermsRange(terms, scope, e === root ? target : null))
    narrow(scope, e, quotientRange(e, scope))
    if (terms.size <= 8) {
      narrow(scope, e, comparedRange(terms, scope))
      narrow(scope, e, rootRange(terms, scope))
    }
  }
}

const MAX_MONOTONE_PIECES = 4

/** Whether the methods that split the domain can say more than the pass: a variable that occurs more than once. */
function isEntangled(e: Expression): boolean {
  const uses = new Map<Expression, number>()
  for (const p of postorder(e)) {
    for (const q of parts(p)) {
      const count = (uses.get(q) ?? 0) + 1
      uses.set(q, count)
      if (count > 1 && q.kind !== 'number' && q.kind !== 'constant') return true
    }
  }
  return false
}

const MAX_NESTING = 5
const MAX_COUNTED = 10_000
const LAST_STEPS = 200

/**
 * A superset of the values of e in the scope that is as small as can be found within the budget; what is found is
 * kept in the scope. It may be any superset that lies in the target, if there is one and it is reached.
 */
export function sharpen(e: Expression, scope: Scope, target: Range | null, effort: 'cheap' | 'full'): Range {
  visit(e, scope)
  if (!isDone(e, scope, target) && scope.depth <= MAX_DEPTH && scope.budget.nesting < MAX_NESTING) {
    scope.budget.nesting++
    sharpenWhole(e, unfolded(e), scope, target, effort)
    scope.budget.nesting--
  }
  return rangeIn(scope, e)
}

function isDone(e: Expression, scope: Scope, target: Range | null): boolean {
  const range = rangeIn(scope, e)
  return isEmpty(range) || (target !== null && isSubset(range, target)) || scope.budget.steps <= 0
}

/** The methods one after the other, from cheap to costly; `whole` is e with definitions unfolded. */
function sharpenWhole(
  e: Expression,
  whole: Expression,
  scope: Scope,
  target: Range | null,
  effort: 'cheap' | 'full',
): void {
  const settle = (range: Range): boolean => {
    narrow(scope, e, narrow(scope, whole, range))
    return isDone(e, scope, target)
  }
  visit(whole, scope)
  // What is left allows one look at an expression of any size.
  const cost = Math.ceil(countParts(whole, MAX_COUNTED) / 8)
  scope.budget.steps = Math.max(scope.budget.steps - cost, Math.min(scope.budget.steps, LAST_STEPS))
  deepen(whole, scope, target)
  if (settle(REALS)) return
  const terms = termsOf(whole)
  if (target !== null && settle(polynomialTermsRange(terms, scope, target))) return
  if (settle(fractionsRange(terms, scope, target))) return
  if (settle(combinedRange(terms, scope)) || effort === 'cheap' || !isEntangled(whole)) return
  const variables = variablesOf(whole)
  if (variables.length === 1 && scope.depth < MAX_DEPTH) {
    const domain = rangeIn(scope, variableOf(whole, variables[0]))
    if (domain.length <= MAX_MONOTONE_PIECES) {
      if (settle(union(...domain.map(i => monotoneRange(whole, variables[0], i, scope))))) return
    }
  }
  if (target !== null) settle(subdividedRange(whole, variables, scope, target))
}
