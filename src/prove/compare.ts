// Are two nets in normal form the same? Their wires are put into classes; where two functions of the same wires differ
// in form, the equality prover for real functions is asked. Everything found is recorded, so that it can be shown.
import { type WireClass, WireClasses } from '../algebra/canonical.ts'
import { proveEqual } from '../algebra/equality.ts'
import { type Diagram, type NodeId, outputsOf } from '../diagram/diagram.ts'
import { type WireRange, whole } from '../diagram/ranges.ts'
import { sameShape } from '../linear/size.ts'
import { type Expression, substitute, variable } from '../scalar/expression.ts'
import type { ScalarProof } from '../scalar/proof.ts'
import type { Range } from '../scalar/range.ts'

/** Two functions of the same wires that were proved equal. */
export interface Join {
  readonly left: Expression
  readonly right: Expression
  readonly domain: readonly Range[]
  readonly proof: ScalarProof
}
/** Two nets whose wires have been put into classes of equal ones. */
export interface Meeting {
  readonly classes: WireClasses
  readonly left: { readonly normal: Diagram; readonly classes: ReadonlyMap<NodeId, WireClass> }
  readonly right: { readonly normal: Diagram; readonly classes: ReadonlyMap<NodeId, WireClass> }
}
export type Comparison =
  | { readonly kind: 'same'; readonly joins: readonly Join[]; readonly meeting: Meeting }
  /** The first output that could not be shown equal, and what the equality prover said, if it was asked. */
  | { readonly kind: 'different'; readonly output: string; readonly reason: string | null }

export interface CompareBudget {
  readonly milliseconds: number
  readonly signal?: AbortSignal
}

/** The class functions of two wires as functions of one list of wires. */
function together(
  classes: WireClasses,
  a: WireClass,
  b: WireClass,
): { left: Expression; right: Expression; domain: Range[] } {
  const l = classes.asFunction(a)
  const r = classes.asFunction(b)
  const args = [...new Set([...l.args, ...r.args])].sort((p, q) => p - q)
  const place = (of: readonly WireClass[]) => (i: number) => variable(args.indexOf(of[i]))
  return {
    left: substitute(l.fn, place(l.args)),
    right: substitute(r.fn, place(r.args)),
    domain: args.map(c => whole(classes.rangeOf(c))),
  }
}

/** Compares two diagrams with as many outputs; `ranges` of their wires may be narrower than forward analysis gives. */
export function compareDiagrams(
  left: Diagram,
  right: Diagram,
  budget: CompareBudget,
  ranges?: { left: ReadonlyMap<NodeId, WireRange>; right: ReadonlyMap<NodeId, WireRange> },
): Comparison {
  const joins: Join[] = []
  const deadline = Date.now() + budget.milliseconds
  const ask = (l: Expression, r: Expression, domain: readonly Range[]): string | null => {
    const milliseconds = deadline - Date.now()
    if (milliseconds <= 0) return 'the time budget ran out'
    const answer = proveEqual(l, r, domain, { milliseconds, signal: budget.signal })
    if (answer.kind !== 'proved') return answer.reason
    joins.push({ left: l, right: r, domain, proof: answer.proof })
    return null
  }
  const classes = new WireClasses()
  const leftClasses = classes.classify(left, ranges?.left)
  classes.equal = (l, r, domain) => ask(l, r, domain) === null
  const rightClasses = classes.classify(right, ranges?.right)
  const rightOutputs = outputsOf(right)
  for (const [k, output] of outputsOf(left).entries()) {
    const a = leftClasses.get(output.id) as WireClass
    const b = rightClasses.get(rightOutputs[k].id) as WireClass
    if (a === b) continue
    const { left: l, right: r, domain } = together(classes, a, b)
    // Two different wires that are no functions of others are just two wires: there is nothing to ask.
    const hasFunctions = l.kind !== 'variable' || r.kind !== 'variable'
    if (!hasFunctions || !sameShape(output.shape, rightOutputs[k].shape))
      return { kind: 'different', output: output.name, reason: null }
    const reason = ask(l, r, domain)
    if (reason !== null) return { kind: 'different', output: output.name, reason }
  }
  const meeting: Meeting = {
    classes,
    left: { normal: left, classes: leftClasses },
    right: { normal: right, classes: rightClasses },
  }
  return { kind: 'same', joins, meeting }
}
