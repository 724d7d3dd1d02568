// A verdict as a derivation to be drawn: the left net, what it becomes by one rule after the other, and so on back to
// the right net. Neighbouring steps by one rule are one stage, as the post draws them.
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import type { Log } from '../rewrite/log.ts'
import { Replay } from '../rewrite/normalize.ts'
import { printExpression } from '../scalar/expression.ts'
import { stagesOfFound } from '../search/stages.ts'
import type { Verdict } from './prove.ts'

export interface Stage {
  readonly caption: string
  readonly diagram: Diagram
  /** Nodes to mark. */
  readonly highlight?: readonly NodeId[]
  /** How the stage stands to the one before it; equal where nothing is said. */
  readonly relation?: 'equal' | 'different' | 'unknown'
}
export interface Derivation {
  readonly title?: string
  readonly stages: readonly Stage[]
}

/** The states of a log at which another rule takes over: after the last step of each run of one rule. */
function runs(log: Log): { title: string; end: number }[] {
  const found: { title: string; end: number }[] = []
  let end = 0
  for (const match of log.entries) {
    end++
    const last = found[found.length - 1]
    if (last !== undefined && last.title === match.rule.title) last.end = end
    else found.push({ title: match.rule.title, end })
  }
  return found
}

/** `; write sigma' for ln . sigma . exp`: names that a state uses for functions and the state before did not. */
function newNames(before: Diagram, after: Diagram): string {
  const used = (d: Diagram): Map<string, string> => {
    const names = new Map<string, string>()
    for (const n of d.nodes) {
      const name = n.kind === 'pointwise' ? d.names.get(n.fn) : undefined
      if (name !== undefined && n.kind === 'pointwise' && n.fn.kind !== 'apply')
        names.set(name, compositionText(printExpression(n.fn)))
    }
    return names
  }
  const old = used(before)
  const fresh = [...used(after)].filter(([name]) => !old.has(name))
  return fresh.length === 0 ? '' : `, and write ${fresh.map(([name, text]) => `${name} for ${text}`).join(', ')}`
}

/** `ln(sigma(exp(t)))` as `ln . sigma . exp`. */
function compositionText(text: string): string {
  const match = /^((?:[\w']+\()+)t\)+$/.exec(text)
  return match === null ? text : match[1].slice(0, -1).split('(').join(' . ')
}

/** The states of one side from the start to the normal form. */
function stagesOf(log: Log, start: string): Stage[] {
  const replay = new Replay(log)
  const stages: Stage[] = [{ caption: start, diagram: log.start }]
  for (const run of runs(log)) {
    const diagram = replay.state(run.end)
    stages.push({ caption: `${run.title}${newNames(stages[stages.length - 1].diagram, diagram)}`, diagram })
  }
  return stages
}

/** The derivation of one net's normal form. */
export function normalization(name: string, log: Log): Derivation {
  return { title: `the normal form of ${name}`, stages: stagesOf(log, `start with ${name}`) }
}

/** The derivation that a verdict rests on; for a claim that is not proved, the two nets. */
export function derivationOf(
  claim: { leftName: string; rightName: string; left: Diagram; right: Diagram },
  verdict: Verdict,
): Derivation {
  const { leftName, rightName } = claim
  if (verdict.kind !== 'proved') {
    const refuted = verdict.kind === 'refuted'
    return {
      title: refuted ? `${leftName} is not ${rightName}` : `${leftName} and ${rightName}: undecided`,
      stages: [
        { caption: leftName, diagram: claim.left },
        {
          caption: refuted ? `is not ${rightName}` : rightName,
          diagram: claim.right,
          relation: refuted ? 'different' : 'unknown',
        },
      ],
    }
  }
  const left = stagesOf(verdict.left.log, `start with ${leftName}`)
  if ('equalities' in verdict.meeting) {
    const found = stagesOfFound(verdict.meeting, verdict.left.normal, verdict.right.normal)
    left.push(...found.map(({ title, diagram }) => ({ caption: title, diagram })))
  }
  const right = stagesOf(verdict.right.log, '')
  // From the common normal form back to the right net: each state is reached by undoing the rule that led away from it.
  const back: Stage[] = []
  for (let i = right.length - 1; i > 0; i--) {
    back.push({ caption: `${right[i].caption}, backwards`, diagram: right[i - 1].diagram })
  }
  const stages = [...left, ...back]
  if (back.length > 0) {
    const last = stages[stages.length - 1]
    stages[stages.length - 1] = { ...last, caption: `${last.caption}: this is ${rightName}` }
  } else if (left.length === 1) {
    stages.push({ caption: `is ${rightName}`, diagram: claim.right })
  }
  return { title: `${leftName} = ${rightName}`, stages }
}
