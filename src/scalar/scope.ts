// One forward pass over an expression: for every part a set that its values lie in, and the first operation in it that
// is not shown to be defined. The branches of a choice are passed over in scopes of their own, which know the test.

import { encloseConstant } from './enclosure.ts'
import {
  type ApplyExpression,
  type CallExpression,
  type ChooseExpression,
  call,
  type Expression,
  functionsOf,
  type Relation,
  substitute,
  TooLarge,
  unfold,
} from './expression.ts'
import { assume, type Facts, knownRange } from './facts.ts'
import { definedOn, forwardCall, needed } from './forward.ts'
import {
  areDisjoint,
  complement,
  EMPTY,
  intersect,
  interval,
  isEmpty,
  isSubset,
  NEGATIVE,
  NON_NEGATIVE,
  NON_POSITIVE,
  negate,
  point,
  pointOf,
  type Range,
  REALS,
  sameRange,
  union,
} from './range.ts'
import { ONE, rational, ZERO } from './rational.ts'
import { termsOf } from './terms.ts'
import { spend } from './work.ts'

/** Why an expression is not shown to be defined: an argument of an operation in it can leave the needed set. */
export interface Obstacle {
  readonly expression: Expression
  readonly argument: Expression
  readonly found: Range
  /** Null where the needed set is no finite union of intervals: for tan, and where an exponent has to be an integer. */
  readonly needed: Range | null
}

export interface Info {
  readonly range: Range
  readonly obstacle: Obstacle | null
  /** The number of parts, shared ones counted each time; saturated. */
  readonly size: number
}

/** What is left to spend, shared by all scopes of one question. */
export interface Budget {
  /** Parts that may yet be passed over beyond the one pass that every question gets. */
  steps: number
  /** Parts that may yet be passed over in scopes of branches; after that branches are passed over without the test. */
  branchSteps: number
  /** How many questions of sharpening wait for the one at work: they ask each other on the call stack. */
  nesting: number
}

/**
 * Finds a smaller set for the values of an expression than the pass alone does. It may stop at once when the result
 * lies in `target`. 'cheap' leaves out what has to split the domain.
 */
export type Sharpen = (e: Expression, scope: Scope, target: Range | null, effort: 'cheap' | 'full') => Range

/** How many questions may wait for one. */
export const MAX_DEPTH = 3

export interface Scope {
  readonly domain: readonly Range[]
  readonly facts: Facts
  readonly info: Map<Expression, Info>
  readonly branches: Map<ChooseExpression, readonly [Scope | null, Scope | null]>
  readonly expansions: Map<ApplyExpression, Expression>
  /** The parts whose sets were already sharpened here. */
  readonly sharpened: Set<Expression>
  readonly budget: Budget
  readonly sharpen: Sharpen | null
  /** How many questions wait for this one: bounds what one question may ask. */
  readonly depth: number
  /** Whether the scope is that of a branch of a choice. */
  readonly isBranch: boolean
}

export function createScope(
  domain: readonly Range[],
  facts: Facts,
  budget: Budget,
  sharpen: Sharpen | null,
  depth = 0,
): Scope {
  return {
    domain,
    facts,
    info: new Map(),
    branches: new Map(),
    expansions: new Map(),
    sharpened: new Set(),
    budget,
    sharpen,
    depth,
    isBranch: false,
  }
}

const RELATION: Readonly<Record<Relation, Range>> = {
  '<': NEGATIVE,
  '<=': NON_POSITIVE,
  '==': point(ZERO),
  '!=': complement(point(ZERO)),
}

/** What the facts of a new scope cost, in parts passed over. */
const BRANCH_COST = 20

/** The scopes of the two branches; null for a branch that is never taken. */
function branchScopes(e: ChooseExpression, scope: Scope): readonly [Scope | null, Scope | null] {
  const difference = call('-', e.left, e.right)
  const holds = RELATION[e.relation]
  const fails = complement(holds)
  let found = (scope.info.get(difference) as Info).range
  if (scope.sharpen !== null && !isSubset(found, holds) && !areDisjoint(found, holds)) {
    found = scope.sharpen(difference, scope, null, 'cheap')
  }
  return [holds, fails].map(side => {
    if (areDisjoint(found, side)) return null
    if (isSubset(found, side)) return scope
    if (scope.budget.branchSteps <= 0) return scope
    scope.budget.branchSteps -= BRANCH_COST
    const facts = assume(scope.facts, difference, side)
    return facts.contradictory
      ? null
      : { ...createScope(scope.domain, facts, scope.budget, scope.sharpen, scope.depth), isBranch: true }
  }) as [Scope | null, Scope | null]
}

const MAX_EXPANDED = 200_000
const MAX_SIZE = 1_000_000
/** Facts are looked for about expressions of at most this size. */
const MAX_FACT_SIZE = 64

/** The parts that have to be passed over before e can be, in their scopes. */
function pending(e: Expression, scope: Scope): { e: Expression; scope: Scope }[] {
  const missing = (p: Expression, s: Scope): { e: Expression; scope: Scope }[] =>
    s.info.has(p) ? [] : [{ e: p, scope: s }]
  switch (e.kind) {
    case 'call':
      return e.args.flatMap(a => missing(a, scope))
    case 'apply': {
      const args = e.args.flatMap(a => missing(a, scope))
      if (e.fn.definition === null) return args
      let expansion = scope.expansions.get(e)
      if (expansion === undefined) {
        if (scope.expansions.size > MAX_EXPANDED) throw new TooLarge(`more than ${MAX_EXPANDED} uses of definitions`)
        scope.expansions.set(e, (expansion = substitute(e.fn.definition, i => e.args[i])))
      }
      return [...args, ...missing(expansion, scope)]
    }
    case 'choose': {
      const test = [e.left, e.right, call('-', e.left, e.right)].flatMap(p => missing(p, scope))
      if (test.length > 0) return test
      let branches = scope.branches.get(e)
      if (branches === undefined) scope.branches.set(e, (branches = branchScopes(e, scope)))
      const [then, otherwise] = branches
      return [
        ...(then === null ? [] : missing(e.then, then)),
        ...(otherwise === null ? [] : missing(e.otherwise, otherwise)),
      ]
    }
    default:
      return []
  }
}

const CONSTANTS = new Map<'pi' | 'e', Range>()

function constantRange(name: 'pi' | 'e'): Range {
  let range = CONSTANTS.get(name)
  if (range === undefined) {
    const { low, high } = encloseConstant(name, 96)
    CONSTANTS.set(name, (range = interval(low, high, { lowOpen: true, highOpen: true })))
  }
  return range
}

/** What is known of the values because arguments are the same expression. */
function repeatedArgument(e: CallExpression, range: Range): Range {
  if (e.args.length < 2 || e.args[0] !== e.args[1] || isEmpty(range)) return REALS
  switch (e.name) {
    case '-':
      return point(ZERO)
    case '/':
      return point(ONE)
    case '*':
      return forwardCall('^', [range, point(rational(2))])
    case '+':
      return forwardCall('*', [range, point(rational(2))])
    case 'max':
    case 'min':
      return range
    default:
      return REALS
  }
}

/** The first argument that can make the operation undefined, its set sharpened as far as needed; null if there is none. */
function obstacleOf(e: CallExpression, scope: Scope): Obstacle | null {
  const ranges = e.args.map(a => (scope.info.get(a) as Info).range)
  if (definedOn(e.name, ranges)) return null
  let first: Obstacle | null = null
  for (const [k, argument] of e.args.entries()) {
    const want = needed(e.name, k, ranges)
    if (want !== null && isSubset(ranges[k], want)) continue
    if (scope.sharpen !== null) {
      ranges[k] = scope.sharpen(argument, scope, want, 'full')
      if (definedOn(e.name, ranges)) return null
    }
    first ??= { expression: e, argument, found: ranges[k], needed: want }
  }
  return first ?? { expression: e, argument: e.args[0], found: ranges[0], needed: needed(e.name, 0, ranges) }
}

function ofCall(e: CallExpression, scope: Scope): Info {
  const infos = e.args.map(a => scope.info.get(a) as Info)
  const inner = infos.find(i => i.obstacle !== null)?.obstacle ?? null
  const obstacle = obstacleOf(e, scope) // may sharpen the sets of the arguments, and so comes first
  const ranges = e.args.map(a => (scope.info.get(a) as Info).range)
  const range = intersect(forwardCall(e.name, ranges), repeatedArgument(e, ranges[0]))
  return { range, obstacle: inner ?? obstacle, size: sizeOf(infos) }
}

function sizeOf(infos: readonly Info[]): number {
  return Math.min(
    MAX_SIZE,
    infos.reduce((sum, i) => sum + i.size, 1),
  )
}

/** The values of an unknown function: those that its declaration allows. */
function declaredRange(e: ApplyExpression, args: readonly Range[]): Range {
  const { codomain, parity, monotone, domain } = e.fn
  if (args.some(isEmpty) || args.some((a, k) => areDisjoint(a, domain[k] ?? REALS))) return EMPTY
  if (e.fn.arity !== 1 || parity !== 'odd') return codomain
  const [arg] = args
  const isZero = pointOf(arg)?.equals(ZERO) ?? false
  if (isZero) return intersect(codomain, point(ZERO))
  if (monotone === null || !sameRange(domain[0], negate(domain[0]))) return codomain
  // Odd and monotone: f(x) and f(-x) = -f(x) are ordered as x and -x are.
  const rises = monotone === 'increasing'
  if (isSubset(arg, NON_NEGATIVE)) return intersect(codomain, rises ? NON_NEGATIVE : NON_POSITIVE)
  if (isSubset(arg, NON_POSITIVE)) return intersect(codomain, rises ? NON_POSITIVE : NON_NEGATIVE)
  return codomain
}

function ofApply(e: ApplyExpression, scope: Scope): Info {
  const infos = e.args.map(a => scope.info.get(a) as Info)
  const inner = infos.find(i => i.obstacle !== null)?.obstacle ?? null
  if (e.fn.definition !== null) {
    // Functions are strict: an argument has to be defined even if the formula does not use it.
    const body = scope.info.get(scope.expansions.get(e) as Expression) as Info
    return { range: body.range, obstacle: inner ?? body.obstacle, size: sizeOf([...infos, body]) }
  }
  let obstacle = inner
  const ranges = infos.map(i => i.range)
  for (const [k, argument] of e.args.entries()) {
    const want = e.fn.domain[k] ?? REALS
    if (isSubset(ranges[k], want)) continue
    if (scope.sharpen !== null) ranges[k] = scope.sharpen(argument, scope, want, 'full')
    if (!isSubset(ranges[k], want)) obstacle ??= { expression: e, argument, found: ranges[k], needed: want }
  }
  return { range: declaredRange(e, ranges), obstacle, size: sizeOf(infos) }
}

function ofChoose(e: ChooseExpression, scope: Scope): Info {
  const [left, right] = [e.left, e.right].map(p => scope.info.get(p) as Info)
  const [then, otherwise] = scope.branches.get(e) as readonly [Scope | null, Scope | null]
  const branches = [then?.info.get(e.then), otherwise?.info.get(e.otherwise)].filter(i => i !== undefined)
  return {
    range: union(...branches.map(b => b.range)),
    obstacle: [left, right, ...branches].find(i => i.obstacle !== null)?.obstacle ?? null,
    size: sizeOf([left, right, ...branches]),
  }
}

function infoOf(e: Expression, scope: Scope): Info {
  switch (e.kind) {
    case 'number':
      return { range: point(e.value), obstacle: null, size: 1 }
    case 'constant':
      return { range: constantRange(e.name), obstacle: null, size: 1 }
    case 'variable':
      return { range: scope.domain[e.index] ?? REALS, obstacle: null, size: 1 }
    case 'call':
      return ofCall(e, scope)
    case 'apply':
      return ofApply(e, scope)
    case 'choose':
      return ofChoose(e, scope)
  }
}

/** Passes over an expression and all its parts, those that the scope knows already excepted. */
export function visit(root: Expression, scope: Scope): Info {
  const known = scope.info.get(root)
  if (known !== undefined) return known
  const stack = [{ e: root, scope }]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (top.scope.info.has(top.e)) {
      stack.pop()
      continue
    }
    spend(20)
    const missing = pending(top.e, top.scope)
    if (missing.length > 0) {
      for (let k = missing.length - 1; k >= 0; k--) stack.push(missing[k])
      continue
    }
    const info = infoOf(top.e, top.scope)
    if (top.scope.isBranch) scope.budget.branchSteps--
    const isKnowable = top.scope.facts.byKey.size > 0 && info.size <= MAX_FACT_SIZE
    const range = isKnowable ? intersect(info.range, knownRange(top.scope.facts, termsOf(top.e))) : info.range
    top.scope.info.set(top.e, range === info.range ? info : { ...info, range })
    stack.pop()
  }
  return scope.info.get(root) as Info
}

/** The expression with definitions unfolded; itself where there are none, whatever its size. */
export function unfolded(e: Expression): Expression {
  return functionsOf(e).some(fn => fn.definition !== null) ? unfold(e) : e
}

/** The set that is known for the values of an expression. */
export function rangeIn(scope: Scope, e: Expression): Range {
  return visit(e, scope).range
}

/** Notes that the values of an expression lie in a smaller set. */
export function narrow(scope: Scope, e: Expression, range: Range): Range {
  const info = visit(e, scope)
  const smaller = intersect(info.range, range)
  if (smaller !== info.range) scope.info.set(e, { ...info, range: smaller })
  return smaller
}
