// Which rules may be used: those that are proved from the built-in ones, those derived from such, and those that somebody
// assumes by name. What rests on an assumption says so.
import { builtin } from '../rewrite/builtin.ts'
import type { Rule } from '../rewrite/rule.ts'
import type { Statement } from './certify.ts'
import type { RuleDerivation } from './derive.ts'
import { certifyDerivation } from './derived.ts'
import { StepFault } from './sample.ts'
import { type Trust, trustRule } from './trust.ts'

export interface BelieveOptions {
  /** Names of rules to use although they are not proved. */
  readonly assume?: readonly string[]
  readonly seed?: number
  /** For each rule. */
  readonly seconds?: number
  readonly signal?: AbortSignal
}

/** A rule that is not used, and why, as a clause. */
export interface Refused {
  readonly rule: Rule
  readonly because: string
}

/** Examines rules, each once, when they are asked for. */
export class Beliefs {
  /** Rules as two nets, with their proofs. */
  readonly statements = new Map<Rule, Statement>()
  /** Whether each rule that was examined may be used: as it then is, or why not. */
  private readonly known = new Map<Rule, { readonly rule: Rule } | Refused>()

  constructor(private readonly options: BelieveOptions) {}

  /** The rule as it may be used, or why it may not. */
  async of(rule: Rule): Promise<{ readonly rule: Rule } | Refused> {
    if (rule.phase !== 'own') return { rule }
    let found = this.known.get(rule)
    if (found === undefined) {
      const { seed, seconds = 5, signal } = this.options
      const trust = await trustRule(rule, { rules: builtin(), seed, budget: { seconds }, signal })
      this.known.set(rule, (found = this.decide(rule, trust, [])))
    }
    return found
  }

  /** The derived rule as it may be used, or why it may not. The rules that it names are examined first. */
  async ofDerived(derivation: RuleDerivation): Promise<{ readonly rule: Rule } | Refused> {
    const { rule, source, uses } = derivation
    let found = this.known.get(rule)
    if (found !== undefined) return found
    const refused: Refused[] = []
    const believed = new Map<Rule, Rule>()
    for (const needed of [source, ...uses]) {
      const answer = await this.of(needed)
      if ('because' in answer) refused.push(answer)
      else believed.set(needed, answer.rule)
    }
    if (refused.length > 0) {
      const { name } = refused[0].rule
      const trust: Trust = { kind: 'assumed', because: `it rests on ${name}, which is not proved`, statement: null }
      found = this.decide(rule, trust, [])
    } else {
      const { seed, seconds = 5, signal } = this.options
      try {
        const trust = await certifyDerivation(derivation, {
          rules: builtin(),
          seed,
          budget: { seconds },
          signal,
          statements: this.statements,
          believed: r => believed.get(r) ?? r,
        })
        found = this.decide(rule, trust, trust.restsOn)
      } catch (error) {
        // A rule that is assumed may be false, and the numbers may show it.
        if (!(error instanceof StepFault) || believed.size === 0) throw error
        found = { rule, because: `numbers contradict a rule that it rests on: ${error.message}` }
      }
    }
    this.known.set(rule, found)
    return found
  }

  private decide(rule: Rule, trust: Trust, restsOn: readonly string[]): { readonly rule: Rule } | Refused {
    const isAssumed = trust.kind === 'assumed'
    const mayBeAssumed = isAssumed && trust.unfit !== true && (this.options.assume ?? []).includes(rule.name)
    if (isAssumed && !mayBeAssumed) return { rule, because: trust.because }
    const usable: Rule = { ...rule, assumed: isAssumed, restsOn: isAssumed ? [] : restsOn }
    if (trust.statement !== null) {
      this.statements.set(rule, trust.statement)
      this.statements.set(usable, trust.statement)
    }
    return { rule: usable }
  }
}
