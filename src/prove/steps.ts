// The steps of a proof as a list to read: which rule was used in which net, and where.
import type { NodeId } from '../diagram/diagram.ts'
import type { Found } from '../search/search.ts'
import { stagesOfFound } from '../search/stages.ts'
import type { Meeting } from './compare.ts'
import type { Side } from './normal-forms.ts'

export interface ProofStep {
  /** The rule's name, and what people call it. */
  readonly rule: string
  readonly title: string
  /** The net that the step rewrites; both where a search has found how the two normal forms are equal. */
  readonly side: 'left' | 'right' | 'both'
  /** The node at which the rule was used: `n3` in printed documents. */
  readonly at: NodeId
}

/** The steps of a proof, from the two nets to where they meet; made when they are read, for there may be millions. */
export class ProofSteps implements Iterable<ProofStep> {
  constructor(
    private readonly left: Side | null,
    private readonly right: Side | null,
    private readonly meeting: Meeting | Found | null,
  ) {}

  *[Symbol.iterator](): Generator<ProofStep, void, undefined> {
    yield* this.of(this.left, 'left')
    if (this.left !== null && this.right !== null && this.meeting !== null && 'equalities' in this.meeting) {
      for (const { rule, title, at } of stagesOfFound(this.meeting, this.left.normal, this.right.normal))
        yield { rule, title, side: 'both', at }
    }
    yield* this.of(this.right, 'right')
  }

  private *of(from: Side | null, side: 'left' | 'right'): Generator<ProofStep, void, undefined> {
    for (const { rule, at } of from?.log.entries ?? []) yield { rule: rule.name, title: rule.title, side, at }
  }
}
