// A rule tried: written out with values in the place of its variables, again and again, and put before the search for
// counterexamples, which shows what it finds by enclosures. What survives is not proved.

import type { Diagram } from '../diagram/diagram.ts'
import { random } from '../numeric/random.ts'
import type { Counterexample } from '../prove/counterexample.ts'
import { findCounterexample } from '../prove/refute.ts'
import { type Choices, NO_CHOICES, noUnknowns, writeOut } from '../prove/statement.ts'
import type { Condition, Rule } from '../rewrite/rule.ts'
import {
  hull,
  interval,
  isEmpty,
  isReals,
  isSubset,
  NON_NEGATIVE,
  NON_POSITIVE,
  NON_ZERO,
  type Range,
  REALS,
  sameRange,
} from '../scalar/range.ts'
import { needsChoices, pairsOfReals, randomChoices } from './choices.ts'
import { conditionText } from './places.ts'

export interface TrialOptions {
  readonly seed: number
  /** How often values are chosen for the rule's variables. */
  readonly rounds: number
  /** Points for each round, and for the first, in which all is unknown that can be. */
  readonly samples: number
  readonly firstSamples: number
  /** A point in time (performance.now) at which the trial ends; what was seen until then counts. */
  readonly deadline: number
  readonly signal?: AbortSignal
}

/** A rule shown to be false: the two sides with these choices, and a point at which they differ. */
export interface Refutation {
  readonly counterexample: Counterexample
  readonly choices: Choices
  readonly left: Diagram
  readonly right: Diagram
}

export type Trial =
  | ({ readonly kind: 'refuted' } & Refutation)
  /** `rounds`: the times that the rule could be written out. */
  | { readonly kind: 'survived'; readonly rounds: number; readonly samples: number }
  /** Its sides do not fit together, or not into the nets in which the left side stands. */
  | { readonly kind: 'unfit'; readonly because: string }
  | { readonly kind: 'untried'; readonly because: string }

/** Whether the rule says that sizes are equal or not, so that it can only be written out where sizes are chosen. */
function speaksOfSizes(rule: Rule): boolean {
  return rule.conditions.some(c => c.kind === 'size')
}

/** Points for each pair of special numbers. */
const PAIR_SAMPLES = 24

/** Tries a rule. What is found depends on the rule, the seed and the numbers of rounds and samples, as long as the time lasts. */
export function tryRule(rule: Rule, options: TrialOptions): Trial {
  const source = random(options.seed)
  let rounds = 0
  let samples = 0
  let because = 'no values for its variables were found'
  const pairs = pairsOfReals(rule)
  for (let round = 0; round <= options.rounds + pairs.length; round++) {
    options.signal?.throwIfAborted()
    const remaining = options.deadline - performance.now()
    if (remaining <= 0) break
    const isFirst = round === 0
    if (isFirst && (needsChoices(rule) || speaksOfSizes(rule))) continue
    const drawn = isFirst ? NO_CHOICES : randomChoices(rule, source, round)
    if (drawn === null) continue
    const isPair = round > options.rounds
    const choices = isPair ? { ...drawn, reals: pairs[round - options.rounds - 1] } : drawn
    const written = writeOut(rule, noUnknowns(), choices)
    if (written.kind === 'beyond') {
      if (written.unfit) return { kind: 'unfit', because: written.because }
      because = written.because
      continue
    }
    const { left, right } = written
    const found = findCounterexample(left, right, {
      seed: options.seed + round,
      budget: {
        samples: isFirst ? options.firstSamples : isPair ? PAIR_SAMPLES : options.samples,
        milliseconds: remaining,
        signal: options.signal,
      },
    })
    if (found.kind === 'counterexample') return { kind: 'refuted', counterexample: found, choices, left, right }
    if (found.samples > 0) rounds++
    else if (found.reason !== null) because = `nothing could be computed (${found.reason})`
    samples += found.samples
  }
  return rounds === 0 ? { kind: 'untried', because } : { kind: 'survived', rounds, samples }
}

/** A condition that is stronger than the trial saw a need for. */
export interface Wider {
  readonly condition: string
  /** The wider condition that survived; null: none at all. */
  readonly wider: string | null
}

const WIDER_SETS: readonly Range[] = [REALS, NON_ZERO, NON_NEGATIVE, NON_POSITIVE]

/** Sets that hold the given one and more, the largest first. */
function widerSets(within: Range): Range[] {
  const closed = within.flatMap(i => interval(i.low, i.high))
  const sets = [...WIDER_SETS, hull(within), closed]
  return sets.filter(
    (s, i) => isSubset(within, s) && !sameRange(s, within) && sets.findIndex(t => sameRange(s, t)) === i,
  )
}

/** The conditions that could stand in the place of one, the widest first; null: none. */
function widerConditions(c: Condition): (Condition | null)[] {
  switch (c.kind) {
    case 'wire':
    case 'real':
    case 'entries': {
      // Where a function is defined is no choice of the author's.
      if ('domainOf' in c.within) return []
      const sets = widerSets(c.within as Range).filter(s => !isEmpty(s))
      return sets.map(within => (isReals(within) ? null : ({ ...c, within } as Condition)))
    }
    case 'function':
    case 'operator':
    case 'size':
      return [null]
    case 'codomain':
      return []
  }
}

/** The widest conditions, one after the other, under which the rule survives a trial as well: evidence, and no proof. */
export function widerThanNeeded(rule: Rule, options: TrialOptions): Wider[] {
  const found: Wider[] = []
  for (const [at, c] of rule.conditions.entries()) {
    for (const wider of widerConditions(c)) {
      if (performance.now() > options.deadline) return found
      const conditions = wider === null ? rule.conditions.toSpliced(at, 1) : rule.conditions.with(at, wider)
      const candidate = { ...rule, conditions }
      if (tryRule(candidate, options).kind !== 'survived') continue
      found.push({ condition: conditionText(rule, c), wider: wider === null ? null : conditionText(rule, wider) })
      break
    }
  }
  return found
}
