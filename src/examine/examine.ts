// Rules examined: whether they are well-formed, whether they survive a trial, whether they can be proved, whether they come
// to an end, and whether it matters which of them is used first.

import { Beliefs } from '../prove/believe.ts'
import type { Statement } from '../prove/certify.ts'
import type { RuleDerivation } from '../prove/derive.ts'
import { findCounterexample } from '../prove/refute.ts'
import { NO_CHOICES, writeOut } from '../prove/statement.ts'
import { type Trust, trustRule } from '../prove/trust.ts'
import { builtin } from '../rewrite/builtin.ts'
import type { Measure } from '../rewrite/measures.ts'
import type { Rule } from '../rewrite/rule.ts'
import { type Confluence, confluenceOf } from './confluence.ts'
import { runOf, type Termination, terminationOf } from './termination.ts'
import { type Refutation, type TrialOptions, tryRule, type Wider, widerThanNeeded } from './trial.ts'

export interface ExamineOptions {
  /** For everything random. Default 1. */
  readonly seed?: number
  /** Time for each rule, and for each question about all of them. Default 5. */
  readonly seconds?: number
  /** Time for all rules together: those that are not reached are said not to be examined. Default 24 times `seconds`. */
  readonly secondsInAll?: number
  /** Measures of the author's own, which are tried before the built-in ones. */
  readonly measures?: readonly Measure[]
  readonly signal?: AbortSignal
}

/** What is known of a rule. */
export type Standing =
  /** It follows from the built-in rules and the algebra of functions and matrices: the proof is certified. */
  | { readonly kind: 'proved'; readonly statement: Statement }
  /** It survived the trial, and is usable only where somebody assumes it by name. */
  | { readonly kind: 'assumed'; readonly because: string }
  /** It is false. */
  | { readonly kind: 'refuted'; readonly refutation: Refutation }
  /** Its sides do not fit together. */
  | { readonly kind: 'unfit'; readonly because: string }

export interface RuleReport {
  readonly rule: Rule
  /** The rule from which it is derived; null where it stands by itself. */
  readonly derivedFrom: string | null
  readonly standing: Standing
  /** How often it was written out with values, and the points tried. `because`: why it could not be tried, as a clause. */
  readonly tried: { readonly rounds: number; readonly samples: number; readonly because: string | null }
  /** Conditions stronger than the trial saw a need for. */
  readonly wider: readonly Wider[]
}

export interface RulesReport {
  readonly rules: readonly RuleReport[]
  /** Of the normalizing rules that were not refuted, or a circle of those that were; null where there is nothing to say. */
  readonly termination: Termination | null
  readonly confluence: Confluence | null
}

const TRIAL = { rounds: 8, samples: 100, firstSamples: 600 } as const
const WIDER = { rounds: 5, samples: 100, firstSamples: 300 } as const
const DEFAULT_SECONDS = 5
/** So many times the time for one rule is there for all of them. */
const RULES_IN_ALL = 24

/** Examines one rule: tries it, then tries to prove it from the built-in ones. */
export function checkRule(rule: Rule, options: ExamineOptions = {}): Promise<RuleReport> {
  const { seed = 1, seconds = DEFAULT_SECONDS, signal } = options
  return examine(rule, null, options, () => trustRule(rule, { rules: builtin(), seed, budget: { seconds }, signal }))
}

/** Examines one rule that is proved, if at all, in the way that is given. */
async function examine(
  rule: Rule,
  derivedFrom: string | null,
  options: ExamineOptions,
  believe: () => Promise<Trust>,
): Promise<RuleReport> {
  const { seed = 1, seconds = DEFAULT_SECONDS, signal } = options
  const timed = (effort: Pick<TrialOptions, 'rounds' | 'samples' | 'firstSamples'>): TrialOptions => ({
    ...effort,
    seed,
    deadline: performance.now() + 1000 * seconds,
    signal,
  })
  const trial = tryRule(rule, timed(TRIAL))
  const nothing = { rounds: 0, samples: 0, because: null }
  if (trial.kind === 'refuted') {
    const { counterexample, choices, left, right } = trial
    const refutation = { counterexample, choices, left, right }
    return { rule, derivedFrom, standing: { kind: 'refuted', refutation }, tried: nothing, wider: [] }
  }
  if (trial.kind === 'unfit')
    return { rule, derivedFrom, standing: { kind: 'unfit', because: trial.because }, tried: nothing, wider: [] }
  const tried = trial.kind === 'survived' ? { ...trial, because: null } : { ...nothing, because: trial.because }
  const trust = await believe()
  if (trust.kind === 'assumed' && trust.statement !== null) {
    // The prover looks longer for a counterexample than the trial does.
    const { left, right } = trust.statement
    const found = findCounterexample(left, right, { seed, budget: { milliseconds: 1000 * seconds, signal } })
    if (found.kind === 'counterexample') {
      const refutation = { counterexample: found, choices: NO_CHOICES, left, right }
      return { rule, derivedFrom, standing: { kind: 'refuted', refutation }, tried, wider: [] }
    }
  }
  const standing: Standing =
    trust.kind === 'proved'
      ? { kind: 'proved', statement: trust.statement }
      : { kind: 'assumed', because: trust.because }
  const wider = trial.kind === 'survived' ? widerThanNeeded(rule, timed(WIDER)) : []
  return { rule, derivedFrom, standing, tried, wider }
}

/** Of a rule for which no time was left. */
function notReached(rule: Rule, derivedFrom: string | null): RuleReport {
  const because = 'the time for all rules of the file ran out'
  const tried = { rounds: 0, samples: 0, because }
  return { rule, derivedFrom, standing: { kind: 'assumed', because }, tried, wider: [] }
}

/** What is known of a derived rule, by its derivation. */
async function derivedTrust(derivation: RuleDerivation, beliefs: Beliefs): Promise<Trust> {
  const answer = await beliefs.ofDerived(derivation)
  if (!('because' in answer)) {
    const statement = beliefs.statements.get(answer.rule)
    if (statement?.verdict != null) return { kind: 'proved', statement }
  }
  const because = 'because' in answer ? answer.because : 'its steps do not prove it'
  const written = writeOut(derivation.rule)
  const statement =
    written.kind === 'written' && !written.stronger ? { left: written.left, right: written.right, verdict: null } : null
  return { kind: 'assumed', because, statement }
}

/**
 * Examines rules one by one, and the derived ones among them, and then those that are not refuted together. `derivations`:
 * how derived rules come about.
 */
export async function checkRules(
  rules: readonly Rule[],
  options: ExamineOptions = {},
  derivations: readonly RuleDerivation[] = [],
): Promise<RulesReport> {
  const { seed = 1, seconds = DEFAULT_SECONDS, secondsInAll = RULES_IN_ALL * seconds, measures, signal } = options
  const end = performance.now() + 1000 * secondsInAll
  const inTime = (
    rule: Rule,
    derivedFrom: string | null,
    look: () => Promise<RuleReport>,
  ): Promise<RuleReport> | RuleReport => (performance.now() < end ? look() : notReached(rule, derivedFrom))
  const reports: RuleReport[] = []
  for (const rule of rules) reports.push(await inTime(rule, null, () => checkRule(rule, options)))
  const beliefs = new Beliefs({ seed, seconds, signal })
  for (const d of derivations) {
    const look = (): Promise<RuleReport> => examine(d.rule, d.source.name, options, () => derivedTrust(d, beliefs))
    reports.push(await inTime(d.rule, d.source.name, look))
  }
  // A rule that is written as a built-in one is that one.
  const known = new Map(builtin().map(r => [r.text, r]))
  const normalizing = (kinds: readonly Standing['kind'][]): Rule[] =>
    reports.flatMap(({ rule, standing }) =>
      rule.direction === '==>' && kinds.includes(standing.kind) ? [known.get(rule.text) ?? rule] : [],
    )
  const usable = normalizing(['proved', 'assumed'])
  const deadline = (): number => performance.now() + 1000 * seconds
  const ending = (): { readonly seed: number; readonly deadline: number; readonly measures?: readonly Measure[] } => ({
    seed,
    deadline: deadline(),
    measures,
  })
  const shown = usable.length === 0 ? null : terminationOf(usable, builtin(), ending())
  const confluence = usable.length === 0 ? null : confluenceWithBuiltin(usable, { seed, deadline: deadline(), signal })
  const termination = shown?.kind === 'open' && confluence !== null ? fromPeaks(shown, usable, confluence) : shown
  // Rules that are false may run in a circle, too, which is worth saying.
  const refuted = normalizing(['refuted'])
  const runs = termination?.kind === 'circle' || termination?.kind === 'endless'
  const circle = runs || refuted.length === 0 ? null : terminationOf(refuted, builtin(), ending())
  return { rules: reports, termination: circle?.kind === 'circle' ? circle : termination, confluence }
}

/** Where no measure is known: a run that does not end from a net at which two left sides overlap, if there is one. */
function fromPeaks(open: Termination, rules: readonly Rule[], confluence: Confluence): Termination {
  for (const { peak, normal } of confluence.open) {
    if (normal.every(n => n !== null)) continue
    const run = runOf(peak, rules) ?? runOf(peak, [...rules, ...builtin()])
    if (run !== null) return run
  }
  return open
}

/** The overlaps of rules with each other and with the built-in ones, whichever stands inside the other. */
function confluenceWithBuiltin(
  rules: readonly Rule[],
  options: { readonly seed: number; readonly deadline: number; readonly signal?: AbortSignal },
): Confluence {
  // Taking functions apart happens once, before all else: it is never one of two ways.
  const others = builtin().filter(r => r.phase !== 'parts' && !rules.includes(r))
  const all = [...new Set([...rules, ...builtin()])]
  const own = confluenceOf(rules, [...rules, ...others], all, options)
  const theirs = confluenceOf(others, rules, all, options)
  return {
    pairs: own.pairs + theirs.pairs,
    open: [...own.open, ...theirs.open],
    // The rules with parts of nets are the author's own.
    skipped: own.skipped,
    complete: own.complete && theirs.complete,
  }
}
