// May a rule of a user be believed? It is written out as an equation of two nets with unknowns, which is proved with rules
// that are believed already.
import { type Condition, type Rule, requires } from '../rewrite/rule.ts'
import { withoutNets } from '../rewrite/subnets.ts'
import type { Expression } from '../scalar/expression.ts'
import type { Statement } from './certify.ts'
import { prove, type WithRules } from './prove.ts'
import { type Choices, NO_CHOICES, noUnknowns, unknownLine, writeOut } from './statement.ts'

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

/** Of which there is no unknown: a rule that holds without such a condition holds with it. */
const UNSAID: ReadonlySet<string> = new Set(['invertible', 'idempotent', 'linear'])

/** The rule of any matrix and function; a linear one is k*t + c with unknown numbers. null where nothing is left out. */
function withoutProperties(rule: Rule): { readonly rule: Rule; readonly choices: Choices } | null {
  const isLeftOut = (c: Condition): boolean =>
    c.kind === 'operator' || (c.kind === 'function' && UNSAID.has(c.property))
  const conditions = rule.conditions.filter(c => !isLeftOut(c))
  if (conditions.length === rule.conditions.length) return null
  const functions = new Map<string, Expression>()
  for (const [slot, { name, variadic }] of rule.variables.functions.entries())
    if (!variadic && requires(rule, slot, 'linear')) functions.set(name, unknownLine(name, isMultiple(rule, slot)))
  return { rule: { ...rule, conditions }, choices: { ...NO_CHOICES, functions } }
}
/** Whether the right side exists only for a linear function without a constant. */
function isMultiple(rule: Rule, slot: number): boolean {
  return rule.variables.factors.some(f => f.slot === slot)
}

/** Tries to prove a rule with other rules (not with itself). */
export async function trustRule(rule: Rule, options: WithRules): Promise<Trust> {
  const hasNets = rule.variables.nets.length > 0
  const plain = hasNets ? withoutNets(rule) : rule
  if ('because' in plain) return { kind: 'assumed', because: plain.because, statement: null }
  let written = writeOut(plain)
  let isWider = false
  if (written.kind === 'beyond' && !written.unfit) {
    const wider = withoutProperties(plain)
    const attempt = wider === null ? written : writeOut(wider.rule, noUnknowns(), wider.choices)
    isWider = attempt.kind === 'written'
    if (isWider) written = attempt
  }
  if (written.kind === 'beyond')
    return { kind: 'assumed', because: written.because, statement: null, unfit: written.unfit }
  const { left, right, stronger } = written
  const verdict = await prove(left, right, { ...options, rules: options.rules.filter(r => r !== rule && !r.assumed) })
  if (verdict.kind === 'proved') return { kind: 'proved', statement: { left, right, verdict } }
  // What is assumed is the rule, and not an equation that says more: of wires in the place of nets, of all sizes, or of any matrix.
  const saysMore = stronger || hasNets || isWider
  const statement = saysMore ? null : { left, right, verdict: null }
  const isFalse = verdict.kind === 'refuted' && !saysMore
  const because = isFalse ? 'it is false: there is a counterexample' : 'the other rules do not prove it'
  return { kind: 'assumed', because, statement }
}
