// Proves that two real functions are defined and equal on a whole domain: by normal forms, and by splitting the domain at
// the boundaries of the piecewise operations. Every proof found is verified before it is given out.

import type { Obstacle } from '../scalar/analysis.ts'
import {
  ANY,
  Case,
  MINUS,
  NOT_MINUS,
  NOT_NULL,
  NOT_PLUS,
  NULL,
  PLUS,
  rangeOfSigns,
  type Signs,
} from '../scalar/case.ts'
import {
  call,
  type Expression,
  number,
  parts,
  postorder,
  type Relation,
  TooLarge,
  unfold,
  variablesOf,
} from '../scalar/expression.ts'
import {
  axiomStep,
  type Branch,
  conditionsOf,
  type Derivation,
  type End,
  type Equation,
  MOST_PARTS,
  type Rewriting,
  replaceAll,
  type ScalarProof,
  type Solution,
  strictParts,
} from '../scalar/proof.ts'
import { isEmpty, type Range } from '../scalar/range.ts'
import { cofactorOf, explicit, inSequence } from './explicit.ts'
import { Normalizer } from './normal.ts'
import * as P from './polynomial.ts'
import { Ring } from './ring.ts'
import { type SignForm, signForm } from './sign.ts'
import { verifyScalarProof } from './verify.ts'

export interface Budget {
  /** Units of work of polynomial arithmetic and rewriting. */
  readonly steps: number
  readonly milliseconds: number
  readonly signal?: AbortSignal
}

export type Equality =
  /** Both sides are defined on the whole domain and equal there. */
  | { readonly kind: 'proved'; readonly proof: ScalarProof }
  /** Nothing is claimed. `left` and `right` are the normal forms where they part, or as far as they were computed. */
  | { readonly kind: 'unproved'; readonly reason: string; readonly left: Expression; readonly right: Expression }

/** What verifying a proof may cost: proofs that are found take under 1,000,000 steps, but for a few endless ones. */
const VERIFICATION_STEPS = 2_000_000
const DEFAULT_STEPS = 4_000_000
const DEFAULT_MILLISECONDS = 10_000
const TRIAL_STEPS = 200_000
const MOST_CASES = 3000

/** Thrown inside a search that found a case in which the sides do not become equal. */
class Parted extends Error {
  constructor(
    message: string,
    readonly left: Expression,
    readonly right: Expression,
  ) {
    super(message)
  }
}

/**
 * Tries to prove that two expressions are defined and equal at every point of the domain (one set for each variable).
 * Without a proof nothing is said: the sides may differ or the method may be too weak.
 */
export function proveEqual(
  left: Expression,
  right: Expression,
  domain: readonly Range[],
  budget: Partial<Budget> = {},
): Equality {
  const meter = new P.Meter(budget.steps ?? DEFAULT_STEPS, budget.milliseconds ?? DEFAULT_MILLISECONDS, budget.signal)
  const unproved = (reason: string, l = left, r = right): Equality => ({ kind: 'unproved', reason, left: l, right: r })
  try {
    const sides: Sides = [unfold(left, MOST_PARTS), unfold(right, MOST_PARTS)]
    if (variablesOf(...sides).some(index => index >= domain.length)) {
      throw new RangeError('proveEqual: a variable has no domain')
    }
    if (domain.some(isEmpty)) return unproved('the domain is empty')
    const proof = search(sides, domain, meter)
    const verification = verifyScalarProof(proof, sides[0], sides[1], domain, VERIFICATION_STEPS)
    return verification.accepted
      ? { kind: 'proved', proof }
      : unproved(`a step could not be verified: ${verification.reason}`)
  } catch (error) {
    if (error instanceof Parted) return unproved(error.message, error.left, error.right)
    if (error instanceof P.BudgetExhausted) return unproved(`the budget is used up: ${error.message}`)
    if (error instanceof TooLarge) return unproved(`the expressions are too large: ${error.message}`)
    throw error
  }
}

type Split = Extract<End, { kind: 'split' }>
type Sides = readonly [Expression, Expression]

/** A branch under construction: its end is filled in when it is known. */
interface Open {
  steps: (Equation | Derivation)[]
  end: End
}

interface Task {
  readonly branch: Open
  within: Case
  sides: Sides
  /** Both sides are defined in this case where these are. */
  owed: readonly Expression[]
  /** Whether normal forms were already tried with the piecewise operations as they are. */
  tried: boolean
}

function search(sides: Sides, domain: readonly Range[], meter: P.Meter): ScalarProof {
  const root: Open = { steps: [], end: { kind: 'impossible' } }
  const first: Task = {
    branch: root,
    within: new Case(domain),
    sides,
    owed: sides,
    tried: false,
  }
  isShownDefined(first, meter)
  const tasks: Task[] = [first]
  let cases = 0
  for (let task = tasks.pop(); task !== undefined; task = tasks.pop()) {
    if (++cases > MOST_CASES) throw new P.BudgetExhausted('there are too many cases')
    tasks.push(...work(task, meter))
  }
  return root
}

/** Shows that both sides are defined, where needed with facts derived from signs. */
function isShownDefined(task: Task, meter: P.Meter): boolean {
  for (let attempt = 0; attempt < 8 && task.owed.length > 0; attempt++) {
    const [obstacle] = task.owed.flatMap(e => task.within.obstacle(e) ?? [])
    if (obstacle === undefined) task.owed = []
    else if (!deriveBounds(task, obstacle, meter)) break
  }
  return task.owed.length === 0
}

/** Derives that the operand in question keeps to the right side of an end of the set that it has to be in. */
function deriveBounds(task: Task, { argument, needed }: Obstacle, meter: P.Meter): boolean {
  if (needed === null || !task.within.defined(argument)) return false
  const ends = needed.flatMap(({ low, high }) => [low, high]).filter(end => end !== null)
  for (const end of ends) {
    const difference = end.n === 0n ? argument : call('-', argument, number(end))
    const form = signForm(task.within, difference, meter)
    if (form.signs === task.within.signs(difference)) continue
    derive(task, difference, form)
    return true
  }
  return false
}

function derive(task: Task, expression: Expression, form: SignForm): void {
  const fact = { expression, range: rangeOfSigns(form.signs) }
  task.branch.steps.push({ kind: 'sign', fact, chain: form.chain })
  task.within = task.within.with(fact.expression, fact.range)
}

function rewrite(task: Task, step: Equation): void {
  const { before, after } = step
  if (task.within.keepsDefinedness(step)) task.owed = task.owed.map(e => replaceAll(e, before, after))
  task.branch.steps.push(step)
  task.sides = [replaceAll(task.sides[0], before, after), replaceAll(task.sides[1], before, after)]
}

/** Carries one branch on until it ends; gives the branches that it splits into. */
function work(task: Task, meter: P.Meter): Task[] {
  for (;;) {
    meter.spend(20)
    if (task.within.impossible()) {
      task.branch.end = { kind: 'impossible' }
      return []
    }
    const { sides, within } = task
    if (sides[0] === sides[1]) return close(task, [], meter)
    const pieces = strictParts(...sides).filter(isPiecewise)
    const step = firstResolved(pieces, within)
    if (step !== null) {
      rewrite(task, step)
      continue
    }
    if (pieces.length > 0 && !task.tried) {
      task.tried = true
      const equations = compareTolerantly(within, sides, meter)
      if (equations !== null) return close(task, equations, meter)
    }
    const result = pieces.length === 0 ? closeOrAsk(task, meter) : splitAtPiece(task, pieces, meter)
    if (result !== 'again') return result
  }
}

/** The equations by which the sides are equal, piecewise operations taken as they are; null when that does not work. */
function compareTolerantly(within: Case, sides: Sides, meter: P.Meter): Rewriting[] | null {
  return meter.within(
    TRIAL_STEPS,
    part => {
      const normalizer = new Normalizer(within, part)
      const [l, r] = normalizer.together(sides)
      return normalizer.ring.same(l.value, r.value) ? normalizer.equations : null
    },
    null,
  )
}

/** Ends a branch without piecewise operations, or splits it where normalizing asks for a sign. */
function closeOrAsk(task: Task, meter: P.Meter): Task[] | 'again' {
  const normalizer = new Normalizer(task.within, meter)
  const { within } = task
  const zeros = within.conditions.filter(c => within.signs(c.expression) === NULL).map(c => c.expression)
  const [l, r, ...vanishing] = normalizer.together([...task.sides, ...zeros])
  const { ring } = normalizer
  if (ring.same(l.value, r.value)) return close(task, normalizer.equations, meter)
  const difference = ring.add(l.value, r.value, -1n)
  for (const [i, { value }] of vanishing.entries()) {
    const cofactor = cofactorOf(ring, difference, value, meter)
    if (cofactor !== null) return close(task, normalizer.equations, meter, { zero: zeros[i], cofactor })
  }
  for (const wanted of new Set(normalizer.wanted)) {
    const result = splitFor(task, wanted, null, meter)
    if (result !== null) return result
  }
  throw new Parted('the normal forms differ', normalizer.express(l), normalizer.express(r))
}

function splitAtPiece(task: Task, pieces: readonly Expression[], meter: P.Meter): Task[] | 'again' {
  for (const piece of pieces.filter(isSimple)) {
    const result = splitFor(task, boundary(piece), piece, meter)
    if (result !== null) return result
  }
  throw new Parted('the boundary of a piecewise operation cannot be decided', ...task.sides)
}

/** Ends a branch: the equations make both sides equal, or their difference a multiple of something that is 0 here. */
function close(
  task: Task,
  equations: readonly Rewriting[],
  meter: P.Meter,
  multiple: { readonly zero: Expression; readonly cofactor: Expression } | null = null,
): Task[] {
  if (!isShownDefined(task, meter)) {
    throw new Parted('a side is not shown to be defined on the whole domain', ...task.sides)
  }
  const { within, branch } = task
  const { steps, results } = inSequence(equations, task.sides, within, meter)
  branch.steps.push(...steps)
  if (multiple !== null) {
    const { zero, cofactor } = multiple
    const [before, after] = results
    const chain = inSequence(equations, [zero], within, meter).steps
    const isInside = postorder(after).includes(before)
    const solution: Solution = isInside
      ? { kind: 'fact', before: after, after: before, zero, chain, cofactor: call('neg', cofactor), divisors: [] }
      : { kind: 'fact', before, after, zero, chain, cofactor, divisors: [] }
    branch.steps.push(explicit(solution, within, meter))
  }
  branch.end = { kind: 'equal' }
  return []
}

// ---- piecewise operations

const PIECEWISE: ReadonlySet<string> = new Set(['abs', 'max', 'min', 'relu', 'sign'])

function isPiecewise(e: Expression): boolean {
  return e.kind === 'choose' || (e.kind === 'call' && PIECEWISE.has(e.name))
}

/** Whether what decides a piecewise operation contains no other one. */
function isSimple(e: Expression): boolean {
  const deciding = e.kind === 'choose' ? [e.left, e.right] : parts(e)
  return !strictParts(...deciding).some(isPiecewise)
}

/** The expression on whose sign a piecewise operation depends. */
function boundary(e: Expression): Expression {
  if (e.kind === 'choose') return call('-', e.left, e.right)
  const args = parts(e)
  return args.length === 2 ? call('-', args[0], args[1]) : args[0]
}

function axiomsFor(e: Expression): { name: string; bindings: readonly Expression[] }[] {
  if (e.kind === 'choose') {
    const bindings = [e.left, e.right, e.then, e.otherwise]
    return [
      { name: `then ${e.relation}`, bindings },
      { name: `else ${e.relation}`, bindings },
    ]
  }
  const args = parts(e)
  const names: Record<string, string[]> = {
    abs: ['abs-above', 'abs-below'],
    relu: ['relu-above', 'relu-below'],
    max: ['max-left', 'max-right'],
    min: ['min-left', 'min-right'],
    sign: ['sign-above', 'sign-zero', 'sign-below'],
  }
  return e.kind === 'call' ? names[e.name].map(name => ({ name, bindings: args })) : []
}

/** An equation for the first operation whose case is known. */
function firstResolved(pieces: readonly Expression[], within: Case): Equation | null {
  for (const piece of pieces) {
    for (const { name, bindings } of axiomsFor(piece)) {
      const step = axiomStep(name, ...bindings)
      if (conditionsOf(step).every(c => within.holds(c))) return step
    }
  }
  return null
}

// ---- splitting

/** The sets of signs of d that decide an operation; null (a request for a sign) wants to know all three. */
function decisive(piece: Expression | null): Signs[] {
  if (piece === null || (piece.kind === 'call' && piece.name === 'sign')) return [MINUS, NULL, PLUS]
  if (piece.kind !== 'choose') return [NOT_MINUS, NOT_PLUS]
  const sets: Record<Relation, Signs[]> = {
    '<': [MINUS, NOT_MINUS],
    '<=': [NOT_PLUS, PLUS],
    '==': [NULL, NOT_NULL],
    '!=': [NOT_NULL, NULL],
  }
  return sets[piece.relation]
}

/**
 * Goes on where the sign of d matters: derives a fact that decides it and says 'again', or splits on a factor of d.
 * Null when neither is possible.
 */
function splitFor(task: Task, d: Expression, piece: Expression | null, meter: P.Meter): Task[] | 'again' | null {
  const { within } = task
  if (!within.defined(d) && !isShownDefined(task, meter)) return null
  const wanted = decisive(piece)
  const decides = (signs: Signs): boolean => wanted.some(w => (signs & ~w) === 0)
  const form = signForm(within, d, meter)
  if (decides(form.signs)) {
    if (decides(within.signs(d))) return null
    derive(task, d, form)
    return 'again'
  }
  if (form.compared !== null && wanted.includes(NOT_MINUS) && wanted.includes(NOT_PLUS)) {
    return splitMonotone(task, form.compared)
  }
  const [factor] = form.open
  if (factor === undefined) return null
  // One factor decides together with d: it is split where d is. Otherwise zero is a case of its own.
  const decidesAlone = form.open.length === 1 && factor.exponent % 2 !== 0
  const sets =
    wanted.length === 2 && factor.signs === ANY ? setsFor(wanted, decidesAlone, form.rest) : [PLUS, NULL, MINUS]
  const cases = sets.map(s => s & factor.signs).filter(s => s !== 0)
  return cases.length < 2 ? null : branchOut(task, factor.expression, { expression: d, chain: form.chain }, cases)
}

/** The signs of the only open factor that match the decisive signs of the whole, of which `rest` are the other factors'. */
function setsFor(wanted: readonly Signs[], decidesAlone: boolean, rest: Signs): Signs[] {
  if (wanted.includes(NOT_MINUS) && wanted.includes(NOT_PLUS)) return [NOT_MINUS, MINUS]
  if (!decidesAlone || wanted.includes(NULL)) return [PLUS, NULL, MINUS]
  return rest === MINUS ? wanted.map(mirrored) : [...wanted]
}

function mirrored(signs: Signs): Signs {
  return (signs & NULL) | (signs & MINUS ? PLUS : 0) | (signs & PLUS ? MINUS : 0)
}

/** f(a) - f(b) is decided by a - b when f is monotone. */
function splitMonotone(
  task: Task,
  { factor, difference, increasing }: NonNullable<SignForm['compared']>,
): Task[] | 'again' {
  const signs = task.within.signs(difference)
  const weak = [NOT_MINUS, NOT_PLUS].find(s => (signs & ~s) === 0)
  if (weak === undefined) return branchOut(task, difference, { expression: difference, chain: [] }, [NOT_MINUS, MINUS])
  const fact = { expression: factor, range: rangeOfSigns(increasing ? weak : mirrored(weak)) }
  task.branch.steps.push({ kind: 'monotone', fact, chain: [] })
  task.within = task.within.with(fact.expression, fact.range)
  return 'again'
}

function branchOut(task: Task, on: Expression, origin: Split['origin'], cases: readonly Signs[]): Task[] {
  const tasks: Task[] = []
  const branches: { range: Range; branch: Branch }[] = []
  for (const signs of cases) {
    const range = rangeOfSigns(signs)
    const branch: Open = { steps: [], end: { kind: 'impossible' } }
    const next: Task = {
      branch,
      within: task.within.with(on, range),
      sides: task.sides,
      owed: task.owed,
      tried: task.tried,
    }
    if (signs === NULL) solve(next, on)
    branches.push({ range, branch })
    tasks.push(next)
  }
  task.branch.end = { kind: 'split', on, origin, cases: branches }
  return tasks.reverse()
}

/** Replaces what a vanishing expression gives as a polynomial in the rest; a variable is then gone for good. */
function solve(task: Task, zero: Expression): void {
  const meter = new P.Meter(100_000)
  const ring = new Ring(meter)
  const { numerator, denominator } = ring.expand(zero)
  const solution = solutionOf(ring, numerator)
  if (solution === null) return
  const { before, after, leading } = solution
  const cofactor = ring.expressPolynomial(
    leading < 0n ? P.scaled(denominator, -1n) : denominator,
    leading < 0n ? -leading : leading,
  )
  rewrite(task, explicit({ kind: 'fact', before, after, zero, chain: [], cofactor, divisors: [] }, task.within, meter))
  if (before.kind === 'variable') task.within = task.within.substituted(before.index, after)
}

/** An atom of a vanishing polynomial, a variable where possible, as a polynomial in the others; null when there is none. */
function solutionOf(
  ring: Ring,
  numerator: P.Polynomial,
): { before: Expression; after: Expression; leading: bigint } | null {
  const candidates = P.variablesIn(numerator).map(atom => ({ e: ring.atoms[atom], atom }))
  candidates.sort((u, v) => Number(u.e.kind !== 'variable') - Number(v.e.kind !== 'variable'))
  for (const { e, atom } of candidates) {
    if (P.degreeIn(numerator, atom) !== 1) continue
    if (candidates.some(other => other.e !== e && postorder(other.e).includes(e))) continue
    const coefficients = P.coefficientsIn(numerator, atom)
    const leading = P.constantValue(coefficients.get(1) as P.Polynomial)
    if (leading === null) continue
    const rest = P.scaled(coefficients.get(0) ?? P.zeroPolynomial, leading < 0n ? 1n : -1n)
    return { before: e, after: ring.expressPolynomial(rest, leading < 0n ? -leading : leading), leading }
  }
  return null
}
