// Is one net equal to another, for all inputs of the domain, and all weights, sizes and functions left unknown? Both are
// brought to normal form by rules and compared; where they do not meet, a counterexample is looked for.

import type { Json } from '../certificate/json.ts'
import { check } from '../check/check.ts'
import type { Diagram } from '../diagram/diagram.ts'
import type { Obstacle } from '../diagram/ranges.ts'
import { builtin } from '../rewrite/builtin.ts'
import { type Graph, graphOf, rangesOf } from '../rewrite/graph.ts'
import type { Failure } from '../rewrite/match.ts'
import { blockedRules, TooManySteps } from '../rewrite/normalize.ts'
import type { Rule } from '../rewrite/rule.ts'
import { TooLarge } from '../scalar/expression.ts'
import { isEmpty, type Range } from '../scalar/range.ts'
import { OutOfTime, TOO_MUCH_WORK, timed } from '../scalar/work.ts'
import { citedRules } from '../search/instances.ts'
import { searchBudget } from '../search/saturate.ts'
import { type Found, searchEquality } from '../search/search.ts'
import { entriesIn } from '../semantics/contents.ts'
import type { Requirement } from '../syntax/claims.ts'
import { alignInputs, checkNames } from './align.ts'
import { certificateOf, type Statement, Uncertified } from './certify.ts'
import { Clock, isLarge, LEAST_FOR_RULES } from './clock.ts'
import type { Comparison, Join, Meeting } from './compare.ts'
import { firstObstacle, firstOutside, suggestDomain } from './domains.ts'
import { compareNormalForms, patienceWith, run, type Side } from './normal-forms.ts'
import { type Counterexample, findCounterexample, type NoCounterexample } from './refute.ts'
import { type ProofStep, ProofSteps } from './steps.ts'

export interface ProveOptions {
  /** The rules to rewrite with: usually `builtin()`, which is the default, and rules of one's own. */
  readonly rules?: readonly Rule[]
  /** For everything random: points, weights, functions. Default 1. */
  readonly seed?: number
  /** `samples`: the points at which a counterexample is looked for. */
  readonly budget?: {
    /** For finding the verdict. Default 5; what is begun may take a fifth more, and the check of a verdict as long again. */
    readonly seconds?: number
    readonly steps?: number
    readonly samples?: number
    /** Seconds for the search where normal forms differ. Default 2; 0 leaves it out. */
    readonly search?: number
    /** E-nodes of that search (default 500,000 for each second), and the memory of its e-graph in bytes (default 512 MB). */
    readonly searchTerms?: number
    readonly searchBytes?: number
  }
  readonly signal?: AbortSignal
  /** Values that a net gets through `with`, and the sets in which its declaration wants them. */
  readonly requirements?: readonly Requirement[]
  /** Rules that are not built in, as statements that the certificate can cite. */
  readonly statements?: ReadonlyMap<Rule, Statement>
  /** Leaves out the certificate, and the check of it. */
  readonly unchecked?: boolean
}

/** The checker does not accept what the prover has found: a fault of one of the two. */
export class CertificateFault extends Error {}

/** Options in which the rules are said. */
export type WithRules = ProveOptions & { readonly rules: readonly Rule[] }

/** What every verdict is about. */
interface About {
  /** The two nets as nets of the same inputs. */
  readonly nets: { readonly left: Diagram; readonly right: Diagram }
  readonly requirements: readonly Requirement[]
  /** The document that the checker has accepted; null where that was not asked for. */
  readonly certificate: Json | null
}

export interface Proved extends About {
  readonly kind: 'proved'
  readonly domain: Readonly<Record<string, Range>>
  readonly steps: Iterable<ProofStep>
  readonly left: Side
  readonly right: Side
  /** Functions on which the normal forms differed in form, with the proofs that they are equal. */
  readonly joins: readonly Join[]
  /** How the normal forms meet: they are the same, or a search has found why they are equal. */
  readonly meeting: Meeting | Found
  /** Rules that nobody has proved, on which this proof rests. */
  readonly assumptions: readonly string[]
}
export interface Refuted extends About {
  readonly kind: 'refuted'
  readonly domain: Readonly<Record<string, Range>>
  readonly counterexample: Counterexample
}
export interface Undecided extends About {
  readonly kind: 'undecided'
  readonly domain: Readonly<Record<string, Range>>
  readonly reason: UndecidedReason
  /** What was tried: the steps to the two normal forms. */
  readonly steps: Iterable<ProofStep>
  /** The normal forms, and how they came about; null where normalization did not come to an end. */
  readonly left: Side | null
  readonly right: Side | null
  /** Rules whose pattern fits a normal form but whose condition could not be shown there. */
  readonly blocked: readonly (Failure & { readonly rule: Rule; readonly side: 'left' | 'right' })[]
  /** What the search for a counterexample saw; null where none was made. */
  readonly search: NoCounterexample | null
}
export type UndecidedReason =
  /** A net is not shown to be defined on the whole domain; `suggestion`: a domain on which both are. */
  | {
      readonly kind: 'undefined'
      readonly side: 'left' | 'right'
      readonly obstacle: Obstacle
      readonly suggestion: Readonly<Record<string, Range>> | null
    }
  /** `with` may give a net values that its inputs do not allow. */
  | { readonly kind: 'outside'; readonly side: 'left' | 'right'; readonly found: Range; readonly needed: Range }
  | { readonly kind: 'different'; readonly output: string; readonly detail: string | null }
  | { readonly kind: 'budget'; readonly detail: string }
  /** A verdict was found, and the time was up before its certificate was checked. */
  | { readonly kind: 'unchecked'; readonly found: 'proved' | 'refuted' }
  /** A proof was found, but it could not be written down so that the checker accepts it. */
  | { readonly kind: 'uncertified'; readonly detail: string }
export type Verdict = Proved | Refuted | Undecided

const DEFAULT_SECONDS = 5
/** What writing down a verdict that stands and checking it may take: as much as finding it, but at least so many milliseconds. */
const LEAST_FOR_CHECK = 500
/** What small nets get for points that may refute the claim when the time is up. */
const LEAST_FOR_POINTS = 300
/** Of nets with more entries of matrices than this, the first points get half of the time. */
const MANY_ENTRIES = 200_000

const DEFAULT_SEARCH_SECONDS = 2

/**
 * Decides, as far as it can, whether the nets are equal on the domain that their inputs declare (see `Verdict`).
 * Throws Mismatch when they cannot be compared, RangeError when the domain is empty, and an AbortError when `signal` aborts.
 */
export async function prove(leftNet: Diagram, rightNet: Diagram, options: ProveOptions = {}): Promise<Verdict> {
  const seconds = options.budget?.seconds ?? DEFAULT_SECONDS
  const clock = new Clock(seconds, options.signal)
  const verdict = decide(leftNet, rightNet, { ...options, rules: options.rules ?? builtin() }, clock)
  const milliseconds = Math.max(1000 * seconds, LEAST_FOR_CHECK)
  return certified(verdict, { left: leftNet.name || 'left', right: rightNet.name || 'right' }, options, milliseconds)
}

/**
 * The verdict with the certificate that the checker has accepted; undecided where none can be written, or not in so many
 * milliseconds. Throws CertificateFault where the checker does not accept it.
 */
export function certified(
  verdict: Verdict,
  names: { readonly left: string; readonly right: string },
  options: Pick<ProveOptions, 'unchecked' | 'seed' | 'statements'>,
  milliseconds = Number.POSITIVE_INFINITY,
): Verdict {
  if (options.unchecked || verdict.kind === 'undecided') return verdict
  const claim = { leftName: names.left, rightName: names.right, verdict }
  try {
    const certificate = timed(milliseconds, () => {
      const written = certificateOf([claim], { seed: options.seed ?? 1, statements: options.statements })
      const checked = check(written)
      // Large nets may take more to evaluate than is allowed for a document of this size: that shows no fault.
      if (!checked.accepted && checked.reason === TOO_MUCH_WORK) throw new Uncertified(checked.reason)
      if (!checked.accepted) throw new CertificateFault(`the checker rejects ${checked.step}: ${checked.reason}`)
      return written
    })
    return { ...verdict, certificate }
  } catch (error) {
    const isLate = error instanceof OutOfTime
    if (!isLate && !(error instanceof Uncertified)) throw error
    const sides = verdict.kind === 'proved' ? verdict : { left: null, right: null }
    return undecided({
      ...aboutOf(verdict),
      reason: isLate ? { kind: 'unchecked', found: verdict.kind } : { kind: 'uncertified', detail: error.message },
      left: sides.left,
      right: sides.right,
      blocked: [],
      search: null,
    })
  }
}

/** The rules on trust of which a rule is believed. */
export function assumptionsOf(rule: Rule): readonly string[] {
  return rule.assumed ? [rule.name, ...rule.restsOn] : rule.restsOn
}

/** The verdict that a proof gives. */
export function proved(proof: Omit<Proved, 'kind' | 'steps'>): Proved {
  return { ...proof, kind: 'proved', steps: new ProofSteps(proof.left, proof.right, proof.meeting) }
}

function undecided(tried: Omit<Undecided, 'kind' | 'steps'>): Undecided {
  return { ...tried, kind: 'undecided', steps: new ProofSteps(tried.left, tried.right, null) }
}

function aboutOf({ nets, requirements, domain }: Verdict): About & { domain: Verdict['domain'] } {
  return { nets, requirements, domain, certificate: null }
}

/** How far the proof by normal forms has come. */
export interface Progress {
  obstacle: ReturnType<typeof firstObstacle>
  graphs: { readonly left: Graph; readonly right: Graph } | null
  sides: { readonly left: Side; readonly right: Side } | null
  /** Whether the normal forms are far larger than the nets: then these have been compared as they are first. */
  isDeep: boolean
}

/** Two nets of the same inputs, and how they are to be compared. */
export interface Task {
  readonly left: Diagram
  readonly right: Diagram
  readonly options: WithRules
  readonly clock: Clock
}

/** A proof that the search has found, and between which two nets. */
interface FoundProof {
  readonly kind: 'found'
  readonly sides: { readonly left: Side; readonly right: Side }
  readonly found: Found
}

/**
 * What can be said of the two nets: why nothing follows where `with` does not fit, how their normal forms compare, or what has
 * been found before that. What has been reached stands in `progress`, too, should this throw.
 */
function compare(task: Task, progress: Progress): Comparison | UndecidedReason | FoundProof | Counterexample {
  const { left, right, options, clock } = task
  const outside = firstOutside(left, right, options.requirements ?? [], clock.watch)
  if (outside !== null) return outside
  progress.obstacle = firstObstacle(left, right, clock.watch)
  const comparison = compareNormalForms(task, progress, patienceWith(left, right))
  if (comparison !== null) return comparison
  progress.isDeep = true
  const early = progress.obstacle === null ? (searchAsTheyAre(task, progress) ?? firstPoints(task, progress)) : null
  return early ?? (compareNormalForms(task, progress, Number.POSITIVE_INFINITY) as Comparison)
}

function decide(leftNet: Diagram, rightNet: Diagram, options: WithRules, clock: Clock): Verdict {
  checkNames(leftNet, rightNet)
  const aligned = alignInputs(leftNet, rightNet)
  const { left, right, domain } = aligned
  const about = { domain, nets: { left, right }, requirements: options.requirements ?? [], certificate: null }
  for (const [name, range] of Object.entries(domain)) {
    if (isEmpty(range)) throw new RangeError(`prove: no value of input ${name} lies in the domain`)
  }
  const seed = options.seed ?? 1
  const { signal } = options

  const task = { left, right, options, clock }
  const progress: Progress = { obstacle: null, graphs: null, sides: null, isDeep: false }
  let reason: UndecidedReason
  try {
    const outcome = timed(clock.left(), () => compare(task, progress))
    if (outcome.kind === 'outside')
      return undecided({ ...about, reason: outcome, left: null, right: null, blocked: [], search: null })
    if (outcome.kind === 'counterexample') return { kind: 'refuted', ...about, counterexample: outcome }
    if (outcome.kind === 'found') return provedBySearch(about, outcome)
    const { obstacle, sides } = progress
    if (outcome.kind === 'same' && obstacle === null && sides !== null) {
      const used = [...sides.left.log.entries, ...sides.right.log.entries].flatMap(m => assumptionsOf(m.rule))
      const { joins, meeting } = outcome
      return proved({ ...about, ...sides, joins, meeting, assumptions: [...new Set(used)].sort() })
    }
    reason =
      obstacle !== null
        ? { kind: 'undefined', ...obstacle, suggestion: suggestDomain(left, right, clock) }
        : {
            kind: 'different',
            output: (outcome as { output: string }).output,
            detail: (outcome as { reason: string | null }).reason,
          }
  } catch (error) {
    const isLate = error instanceof OutOfTime
    if (!isLate && !(error instanceof TooManySteps) && !(error instanceof TooLarge)) throw error
    reason = { kind: 'budget', detail: error.message }
    // A step may have been left half done.
    if (isLate) progress.graphs = null
  }
  const { graphs, sides } = progress
  signal?.throwIfAborted()
  if (sides !== null && graphs !== null && reason.kind === 'different') {
    const first = progress.isDeep ? null : firstPoints(task, progress)
    if (first !== null) return { kind: 'refuted', ...about, counterexample: first }
    const found =
      (progress.isDeep ? null : searchAsTheyAre(task, progress)) ??
      search(sides, graphs, 1 - partAsTheyAre(progress), task)
    if (found !== null) return provedBySearch(about, found)
  }
  // A small net is tried also when the time is up; of a large one the first point alone may take seconds.
  const isOver = isLarge(left, right) && clock.isLate()
  const budget = {
    milliseconds: Math.max(LEAST_FOR_POINTS, clock.left()),
    millisecondsInAll: clock.leftInAll(),
    samples: options.budget?.samples,
    signal,
  }
  const refutation = isOver ? null : findCounterexample(left, right, { seed, budget })
  if (refutation?.kind === 'counterexample') return { kind: 'refuted', ...about, counterexample: refutation }
  return undecided({
    ...about,
    reason,
    left: sides?.left ?? null,
    right: sides?.right ?? null,
    blocked: graphs === null ? [] : blockedIn(graphs, options.rules, clock),
    search: refutation,
  })
}

/** Rules that fit a normal form but for their conditions; as many as are found in time. */
function blockedIn(
  graphs: { readonly left: Graph; readonly right: Graph },
  rules: readonly Rule[],
  clock: Clock,
): Undecided['blocked'] {
  const found: Undecided['blocked'][number][] = []
  try {
    timed(Math.max(clock.leftInAll(), LEAST_FOR_RULES), () => {
      for (const side of ['left', 'right'] as const) {
        const isLate = (): boolean => clock.leftInAll() < 0
        for (const failure of blockedRules(graphs[side], rules, 5, isLate)) found.push({ ...failure, side })
      }
    })
  } catch (error) {
    if (!(error instanceof OutOfTime)) throw error
  }
  return found
}

/**
 * False claims mostly fall at the first points: they are tried before what takes long, the rest after it. Where a rule is only
 * assumed, a point may contradict the rule, and not what follows from it.
 */
function firstPoints({ left, right, options, clock }: Task, { isDeep }: Progress): Counterexample | null {
  if (options.rules.some(r => assumptionsOf(r).length > 0)) return null
  // One evaluation of large matrices takes most of a second, and none of the other ways to decide is quicker.
  const share = entriesIn([left, right]) > MANY_ENTRIES ? 1 / 2 : isDeep ? 1 / 4 : 0
  const milliseconds = Math.max(300, share * clock.left())
  const budget = { milliseconds, millisecondsInAll: clock.left(), samples: 48, signal: options.signal }
  const found = findCounterexample(left, right, { seed: options.seed ?? 1, budget })
  return found.kind === 'counterexample' ? found : null
}

/** Of the time for searching, the part that goes to the nets as they are; the rest goes to their normal forms. */
function partAsTheyAre({ isDeep }: Progress): number {
  return isDeep ? 0.75 : 0.25
}

/**
 * Why two nets are equal as they stand: people change little at a time, and what has been changed is mostly seen at once. Each
 * node is brought to normal form by itself.
 */
function searchAsTheyAre(task: Task, progress: Progress): FoundProof | null {
  const { left, right, options, clock } = task
  const rules = options.rules.filter(r => r.phase === 'normal' || DEFINITIONS.has(r.name))
  return inTime(clock.left(), () => {
    const graphs = { left: graphOf(left, undefined, clock.watch), right: graphOf(right, undefined, clock.watch) }
    const side = (net: Diagram, graph: Graph): Side =>
      run(net, graph, { ...options, rules }, clock, Number.POSITIVE_INFINITY) as Side
    const sides = { left: side(left, graphs.left), right: side(right, graphs.right) }
    return search(sides, graphs, partAsTheyAre(progress), task)
  })
}
/** Rules that say what a node is. */
const DEFINITIONS: ReadonlySet<string> = new Set(['mixing', 'softmax', 'logsoftmax'])

/** Why two nets are equal, by applying rules in both directions, in a part of the time for that; null where it is not found. */
function search(
  sides: FoundProof['sides'],
  graphs: { readonly left: Graph; readonly right: Graph },
  part: number,
  { options, clock }: Task,
): FoundProof | null {
  const seconds = Math.min(part * (options.budget?.search ?? DEFAULT_SEARCH_SECONDS), clock.left() / 1000)
  if (seconds <= 0) return null
  const budget = searchBudget(seconds, options.budget?.searchTerms, options.budget?.searchBytes, options.signal)
  // What is asked of algebra on the way is counted, too: a single function may be hard to simplify.
  return inTime(Math.min(clock.left(), 1000 * seconds), () => {
    const ranges = { left: rangesOf(graphs.left, clock.watch), right: rangesOf(graphs.right, clock.watch) }
    const { found } = searchEquality(sides.left.normal, sides.right.normal, budget, { ranges, rules: options.rules })
    return found === null ? null : { kind: 'found', sides, found }
  })
}

/** What comes out in so many milliseconds; null where the time is up before. */
function inTime<T>(milliseconds: number, work: () => T | null): T | null {
  try {
    return timed(milliseconds, work)
  } catch (error) {
    if (!(error instanceof OutOfTime) && !(error instanceof TooManySteps)) throw error
    return null
  }
}

/** The verdict that a proof by search gives. */
function provedBySearch(
  about: Omit<About, 'certificate'> & { readonly domain: Proved['domain']; readonly certificate: null },
  { sides, found }: FoundProof,
): Proved {
  const rules = [...sides.left.log.entries, ...sides.right.log.entries].map(m => m.rule)
  const assumptions = [...new Set([...rules, ...citedRules(found)].flatMap(assumptionsOf))].sort()
  return proved({ ...about, ...sides, joins: [], meeting: found, assumptions })
}
