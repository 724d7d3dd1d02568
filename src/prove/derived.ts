// Proofs of derived rules. The sides of a derivation are proved equal as any two nets are, with its source as a rule; where
// that does not come through, its own steps are the proof: back to the instance of the source, over it, and on.
import type { Diagram } from '../diagram/diagram.ts'
import { applyMatch } from '../rewrite/apply.ts'
import { compileRule } from '../rewrite/compile.ts'
import { argsAt, type Graph, graphOf, nodesInOrder, rangesOf, snapshot } from '../rewrite/graph.ts'
import { Entries, type Log } from '../rewrite/log.ts'
import { matchRule } from '../rewrite/match.ts'
import { Replay } from '../rewrite/normalize.ts'
import type { Rule } from '../rewrite/rule.ts'
import { parse } from '../syntax/parse.ts'
import type { RuleTree } from '../syntax/tree.ts'
import { alignInputs } from './align.ts'
import type { Statement } from './certify.ts'
import { type Comparison, compareDiagrams, type Meeting } from './compare.ts'
import { type Phase, type RuleDerivation, ruleText } from './derive.ts'
import type { Side } from './normal-forms.ts'
import { assumptionsOf, certified, type Proved, prove, proved, type WithRules } from './prove.ts'
import type { Sides } from './statement.ts'
import type { Trust } from './trust.ts'

/** A derived rule that is believed, with the rules of a user on which it rests. */
export type DerivedTrust = Trust & { readonly restsOn: readonly string[] }

export interface CertifyOptions extends WithRules {
  /** Proofs cite statements: those of the lines and sides of a derivation are added. */
  readonly statements: Map<Rule, Statement>
  /** The rules that the derivation names, as they are believed: with what they rest on. */
  readonly believed: (rule: Rule) => Rule
}

/** The milliseconds in which two functions are compared that should be the same. */
const COMPARING = 2000

/** Proves a derived rule, phase by phase, and has every proof checked. */
export async function certifyDerivation(derivation: RuleDerivation, options: CertifyOptions): Promise<DerivedTrust> {
  const { phases, result, rule } = derivation
  const { statements } = options
  let source = derivation.source
  let restsOn: readonly string[] = assumptionsOf(options.believed(source))
  for (const [k, phase] of phases.entries()) {
    const isLast = k === phases.length - 1
    const sides = isLast ? result : phase.result
    const verdict =
      (await provedWith(sides, source, derivation.uses, options)) ??
      new Composer(derivation, phase, source, options).compose(sides, isLast)
    if (verdict === null) {
      const left: Statement = { left: result.left, right: result.right, verdict: null }
      return { kind: 'assumed', because: 'its steps do not prove it', statement: left, restsOn }
    }
    restsOn = [...new Set([...restsOn, ...verdict.assumptions])].sort()
    const statement: Statement = { left: sides.left, right: sides.right, verdict }
    if (isLast) return { kind: 'proved', statement, restsOn }
    const next = lemmaRule(derivation, phase, phase.result, `${rule.name}-line-${k + 1}`)
    if (next === null)
      return {
        kind: 'assumed',
        because: 'one of its lines is no rule',
        statement: { ...statement, verdict: null },
        restsOn,
      }
    source = { ...next, restsOn }
    statements.set(source, statement)
  }
  throw new Error(`the derivation ${rule.name} has no phase`)
}

/** The proof by normalizing both sides, with the source among the rules; null where there is none. */
async function provedWith(
  { left, right }: Sides,
  source: Rule,
  uses: readonly Rule[],
  options: CertifyOptions,
): Promise<Proved | null> {
  const { statements } = options
  const own: Rule[] = []
  for (const rule of new Set([source, ...uses])) {
    if (rule.phase !== 'own') continue
    const forward: Rule = { ...options.believed(rule), direction: '==>' }
    const statement = statements.get(rule)
    if (statement !== undefined) statements.set(forward, statement)
    own.push(forward)
  }
  // Rules that lead back and forth would never end.
  const isOneWay = own.length < 2
  const verdict = await prove(left, right, {
    ...options,
    rules: [...(isOneWay ? own : []), ...options.rules],
    budget: { steps: 10_000, ...options.budget },
  })
  return verdict.kind === 'proved' ? verdict : null
}

/** An equation as a rule of its own; null where a side is no chain. */
function lemmaRule({ scope }: RuleDerivation, { unknowns }: Phase, sides: Sides, name: string): Rule | null {
  const text = ruleText(name, 'an earlier line of the derivation', sides, unknowns, '==>')
  const tree = text === null ? undefined : parse(text).tree.statements.find((s): s is RuleTree => s.kind === 'rule')
  if (tree === undefined) return null
  const { rule } = compileRule(tree, { outer: scope, phase: 'own', assumed: false })
  return rule
}

class Composer {
  constructor(
    private readonly derivation: RuleDerivation,
    private readonly phase: Phase,
    private readonly source: Rule,
    private readonly options: CertifyOptions,
  ) {}

  /** The proof that the steps of the phase are; null where one of them cannot be said as a rule. */
  compose({ left, right }: Sides, isLast: boolean): Proved | null {
    const { phase } = this
    const name = this.derivation.rule.name
    const isTurned = phase.reversed
    // The source leads from left to right: where the equation is read from right to left, so is its proof.
    const [first, second] = isTurned ? (['right', 'left'] as const) : (['left', 'right'] as const)
    const nets = isTurned ? { left: right, right: left } : { left, right }
    const toBase = this.lemma(first, `${name}-${isLast ? '' : 'line-'}${first}`)
    const toOther = this.lemma(second, `${name}-${isLast ? '' : 'line-'}${second}`)
    if (toBase === null || toOther === null) return null
    const aligned = alignInputs(nets.left, nets.right)
    const rightSide = run(aligned.right, toOther.rule === null ? [] : [toOther.rule])
    if (rightSide === null) return null
    const start = run(aligned.left, toBase.rule === null ? [] : [toBase.rule])
    if (start === null) return null
    const found = this.overSource(start, rightSide)
    if (found === null) return null
    const proof = proved({
      domain: aligned.domain,
      nets: { left: aligned.left, right: aligned.right },
      requirements: [],
      certificate: null,
      left: found.side,
      right: rightSide,
      joins: found.meeting.joins,
      meeting: found.meeting.meeting,
      assumptions: [
        ...new Set([
          ...assumptionsOf(this.options.believed(this.source)),
          ...toBase.assumptions,
          ...toOther.assumptions,
        ]),
      ].sort(),
    })
    const turned = isTurned ? turnedAround(proof, found.meeting.meeting) : proof
    const verdict = certified(turned, { left: left.name, right: right.name }, this.options)
    return verdict.kind === 'proved' ? verdict : null
  }

  /** One side as a rule that leads from what it has become back to where it was; `rule` null: nothing was done there. */
  private lemma(side: 'left' | 'right', name: string): { rule: Rule | null; assumptions: readonly string[] } | null {
    const { base, logs, result } = this.phase
    const log = logs[side]
    if (log.entries.length === 0) return { rule: null, assumptions: [] }
    const sides = { left: result[side], right: base[side] }
    const rule = lemmaRule(this.derivation, this.phase, sides, name)
    if (rule === null) return null
    const aligned = alignInputs(sides.left, sides.right)
    const normal = new Replay(log).state(log.entries.length)
    const meeting = same(sides.left, normal)
    if (meeting === null) return null
    const assumptions = [...new Set([...log.entries].flatMap(m => assumptionsOf(this.options.believed(m.rule))))].sort()
    const verdict = proved({
      domain: aligned.domain,
      nets: { left: sides.left, right: sides.right },
      requirements: [],
      certificate: null,
      left: { log: { start: sides.left, entries: new Entries() }, normal: sides.left },
      right: { log, normal },
      joins: meeting.joins,
      meeting: meeting.meeting,
      assumptions,
    })
    this.options.statements.set(rule, { left: sides.left, right: sides.right, verdict })
    return { rule, assumptions }
  }

  /** The step by the source that makes the one net the other. */
  private overSource(start: Side, goal: Side): { side: Side; meeting: Same } | null {
    const count = start.log.entries.length
    for (const id of nodesInOrder(graphOf(start.normal))) {
      const graph = graphAfter(start.log)
      const match = matchRule(graph, this.source, id)
      if (match === null || applyMatch(graph, match) === null) continue
      const normal = snapshot(graph)
      const meeting = same(normal, goal.normal, graph)
      if (meeting === null) continue
      const entries = new Entries()
      for (let k = 0; k < count; k++) entries.push(start.log.entries.at(k))
      entries.push(match)
      return { side: { log: { start: start.log.start, entries }, normal }, meeting }
    }
    return null
  }
}

type Same = Extract<Comparison, { kind: 'same' }>
function same(left: Diagram, right: Diagram, graph?: Graph): Same | null {
  const ranges = graph === undefined ? undefined : { left: rangesOf(graph), right: rangesOf(graphOf(right)) }
  const comparison = compareDiagrams(left, right, { milliseconds: COMPARING }, ranges)
  return comparison.kind === 'same' ? comparison : null
}

function graphAfter(log: Log): Graph {
  const graph = graphOf(log.start)
  for (const match of log.entries) if (applyMatch(graph, match) === null) throw new Error('a step cannot be made again')
  return graph
}

/** A net, and what rules make of it, each applied to the whole net: where its last stage is the output. */
function run(start: Diagram, rules: readonly Rule[]): Side | null {
  const graph = graphOf(start)
  const entries = new Entries()
  for (const rule of rules) {
    if (graph.outputs.length === 0) return null
    const match = matchRule(graph, rule, argsAt(graph, graph.outputs[0])[0])
    if (match === null || applyMatch(graph, match) === null) return null
    entries.push(match)
  }
  return { log: { start, entries }, normal: snapshot(graph) }
}

function turnedAround(proof: Proved, meeting: Meeting): Proved {
  const { nets, left, right } = proof
  return proved({
    ...proof,
    nets: { left: nets.right, right: nets.left },
    left: right,
    right: left,
    meeting: { ...meeting, left: meeting.right, right: meeting.left },
  })
}
