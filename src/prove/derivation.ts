// A verdict as a derivation to be drawn: the left net, what it becomes by one rule after the other, and so on back to
// the right net. Neighbouring steps by one rule are one stage, as the post draws them.
import { type Diagram, type Node, type NodeId, nodesById, outputsOf } from '../diagram/diagram.ts'
import type { Log } from '../rewrite/log.ts'
import { Replay } from '../rewrite/normalize.ts'
import type { Rule } from '../rewrite/rule.ts'
import { printExpression } from '../scalar/expression.ts'
import { stagesOfFound } from '../search/stages.ts'
import type { Verdict } from './prove.ts'

export interface Stage {
  readonly caption: string
  /** Made when it is asked for, for a derivation may have very many stages: best asked for one after the other. */
  readonly diagram: Diagram
  /** Nodes that the step before this stage has made or changed. */
  readonly highlight?: readonly NodeId[]
  /** Nodes that the step after this stage changes or takes away. */
  readonly matched?: readonly NodeId[]
  /** How the stage stands to the one before it; equal where nothing is said. */
  readonly relation?: 'equal' | 'different' | 'unknown'
  /** The rule of the step before this stage. */
  readonly rule?: Rule
}
export interface Derivation {
  readonly title?: string
  readonly stages: readonly Stage[]
}
export interface DerivationOptions {
  /** A stage for every step; else neighbouring steps by one rule are one stage. */
  readonly every?: boolean
  /** Whether stages say where the steps before and after them happen (default true). */
  readonly highlight?: boolean
}

/** The states of a log at which another rule takes over: after the last step of each run of one rule. */
function runs(log: Log, every: boolean): { rule: Rule; end: number }[] {
  const found: { rule: Rule; end: number }[] = []
  let end = 0
  for (const match of log.entries) {
    end++
    const last = found[found.length - 1]
    if (!every && last !== undefined && last.rule.title === match.rule.title) last.end = end
    else found.push({ rule: match.rule, end })
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

/** A stage that is not made yet: its state, and the rule that has led to it. */
interface Draft {
  readonly caption: () => string
  readonly state: () => Diagram
  readonly rule?: Rule
  /** Whether the stage before it belongs to the same series of states. */
  readonly joined: boolean
}

/** States are kept for so many stages: each is asked for by its neighbours, too. */
const KEPT = 4

/** The states of one side from the start to the normal form. */
function statesOf(log: Log, start: string, every: boolean, renumber: (d: Diagram) => Diagram = d => d): Draft[] {
  const replay = new Replay(log)
  const kept = new Map<number, Diagram>()
  const stateAt = (index: number): Diagram => {
    const old = kept.get(index)
    if (old !== undefined) return old
    const made = renumber(index === 0 ? log.start : replay.state(index))
    kept.set(index, made)
    if (kept.size > KEPT) kept.delete(kept.keys().next().value as number)
    return made
  }
  const drafts: Draft[] = [{ caption: () => start, state: () => stateAt(0), joined: false }]
  let before = 0
  for (const { rule, end } of runs(log, every)) {
    const from = before
    drafts.push({
      // With every step a stage, nobody looks at all of them.
      caption: () => rule.title + (every ? '' : newNames(stateAt(from), stateAt(end))),
      state: () => stateAt(end),
      rule,
      joined: true,
    })
    before = end
  }
  return drafts
}

function stagesOf(drafts: readonly Draft[], highlight: boolean): Stage[] {
  return drafts.map((draft, i): Stage => {
    const after = drafts[i + 1]
    return {
      get caption() {
        return draft.caption()
      },
      get diagram() {
        return draft.state()
      },
      get highlight() {
        return highlight && draft.joined ? changedNodes(draft.state(), drafts[i - 1].state()) : []
      },
      get matched() {
        return highlight && after?.joined ? changedNodes(draft.state(), after.state()) : []
      },
      rule: draft.rule,
    }
  })
}

/** The nodes of a net that the other net does not have as they are here. What they read is not looked at. */
function changedNodes(net: Diagram, other: Diagram): NodeId[] {
  const others = nodesById(other)
  const isSame = (a: unknown, b: unknown): boolean =>
    a === b || (Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((x, i) => x === b[i]))
  return net.nodes
    .filter(node => {
      const twin = others.get(node.id) as Node | undefined
      if (twin === undefined) return true
      const [mine, its] = [Object.entries(node), new Map(Object.entries(twin))]
      return mine.some(([key, value]) => key !== 'args' && !isSame(value, its.get(key)))
    })
    .map(n => n.id)
}

/**
 * Numbers of nodes for the states of the right net: what the common normal form shares with the left one has the numbers
 * that it has there, so that it is known again.
 */
function renumbering(left: Diagram, right: Diagram): (d: Diagram) => Diagram {
  const numbers = new Map<NodeId, NodeId>()
  const taken = new Set<NodeId>()
  const [of, other] = [nodesById(left), nodesById(right)]
  const outputs = new Map(outputsOf(left).map(n => [n.name, n.id]))
  const pairs: [NodeId, NodeId][] = outputsOf(right).flatMap(n => {
    const id = outputs.get(n.name)
    return id === undefined ? [] : [[id, n.id] as [NodeId, NodeId]]
  })
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [a, b] = [of.get(pair[0]) as Node, other.get(pair[1]) as Node]
    if (numbers.has(b.id) || taken.has(a.id) || a.kind !== b.kind) continue
    numbers.set(b.id, a.id)
    taken.add(a.id)
    if (a.args.length === b.args.length) pairs.push(...a.args.map((x, i): [NodeId, NodeId] => [x, b.args[i]]))
  }
  const free = left.nodes.reduce((most, n) => Math.max(most, n.id), 0) + 1
  const numberOf = (id: NodeId): NodeId => numbers.get(id) ?? free + id
  return d => ({ ...d, nodes: d.nodes.map(n => ({ ...n, id: numberOf(n.id), args: n.args.map(numberOf) }) as Node) })
}

/** The derivation of one net's normal form. */
export function normalization(name: string, log: Log, options: DerivationOptions = {}): Derivation {
  const { every = false, highlight = true } = options
  const drafts = statesOf(log, `start with ${name}`, every)
  return { title: `the normal form of ${name}`, stages: stagesOf(drafts, highlight) }
}

/** The derivation that a verdict rests on; for a claim that is not proved, the two nets. */
export function derivationOf(
  claim: { leftName: string; rightName: string; left: Diagram; right: Diagram },
  verdict: Verdict,
  options: DerivationOptions = {},
): Derivation {
  const { leftName, rightName } = claim
  const { every = false, highlight = true } = options
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
  const drafts = statesOf(verdict.left.log, `start with ${leftName}`, every)
  let { normal } = verdict.left
  if ('equalities' in verdict.meeting) {
    for (const { title, diagram } of stagesOfFound(verdict.meeting, verdict.left.normal, verdict.right.normal)) {
      drafts.push({ caption: () => title, state: () => diagram, joined: true })
      normal = diagram
    }
  }
  const right = statesOf(verdict.right.log, '', every, renumbering(normal, verdict.right.normal))
  // From the common normal form back to the right net: each state is reached by undoing the rule that led away from it.
  for (let i = right.length - 1; i > 0; i--) {
    const undone = right[i]
    drafts.push({
      caption: () => `${undone.caption()}, backwards`,
      state: right[i - 1].state,
      rule: undone.rule,
      joined: true,
    })
  }
  const last = drafts[drafts.length - 1]
  if (right.length > 1)
    drafts[drafts.length - 1] = { ...last, caption: () => `${last.caption()}: this is ${rightName}` }
  else if (drafts.length === 1)
    drafts.push({ caption: () => `is ${rightName}`, state: () => claim.right, joined: false })
  return { title: `${leftName} = ${rightName}`, stages: stagesOf(drafts, highlight) }
}
