// May a rule of a user be believed? It is written out as an equation of two nets with unknowns, which is proved with rules
// that are believed already.
import type { Rule } from '../rewrite/rule.ts'
import { withoutNets } from '../rewrite/subnets.ts'
import type { Statement } from './certify.ts'
import { prove, type WithRules } from './prove.ts'
import { writeOut } from './statement.ts'

/**
 * Whether a rule is proved, or why it is not believed without an assumption, as a clause: "it has ...". `statement` is the
 * rule as two nets; null where it cannot be said so.
 */
export type Trust =
  | { readonly kind: 'proved'; readonly statement: Statement }
  | {
      readonly kind: 'assumed'
      readonly because: string
      readonly statement: Statement | null
      /** Its sides do not fit each other: there is nothing to assume. */
      readonly unfit?: boolean
    }

/** Tries to prove a rule with other rules (not with itself). */
export async function trustRule(rule: Rule, options: WithRules): Promise<Trust> {
  const hasNets = rule.variables.nets.length > 0
  const plain = hasNets ? withoutNets(rule) : rule
  if ('because' in plain) return { kind: 'assumed', because: plain.because, statement: null }
  const written = writeOut(plain)
  if (written.kind === 'beyond')
    return { kind: 'assumed', because: written.because, statement: null, unfit: written.unfit }
  const { left, right, stronger } = written
  const verdict = await prove(left, right, { ...options, rules: options.rules.filter(r => r !== rule && !r.assumed) })
  if (verdict.kind === 'proved') return { kind: 'proved', statement: { left, right, verdict } }
  // What is assumed is the rule, and not an equation that says more: of wires in the place of nets, or of all sizes.
  const saysMore = stronger || hasNets
  const statement = saysMore ? null : { left, right, verdict: null }
  const isFalse = verdict.kind === 'refuted' && !saysMore
  const because = isFalse ? 'it is false: there is a counterexample' : 'the other rules do not prove it'
  return { kind: 'assumed', because, statement }
}
