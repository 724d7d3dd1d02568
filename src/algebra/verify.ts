// The checker's opinion of a proof about real functions, for those who look for proofs: none is given out unverified.
import { checkScalarProof } from '../check/scalar.ts'
import type { Expression } from '../scalar/expression.ts'
import type { ScalarProof } from '../scalar/proof.ts'
import type { Range } from '../scalar/range.ts'
import { limited, OutOfTime } from '../scalar/work.ts'

/** `axioms` are the names of those that the proof uses. */
export type Verification =
  | { readonly accepted: true; readonly axioms: ReadonlySet<string> }
  | { readonly accepted: false; readonly reason: string }

const STEPS = 20_000_000

/**
 * Whether the proof shows that both sides are defined and equal wherever variable i is in domain[i], which may take so many
 * steps of work. Whatever goes wrong, the proof is not accepted; nothing is thrown, but where a caller's time is up.
 */
export function verifyScalarProof(
  proof: ScalarProof,
  left: Expression,
  right: Expression,
  domain: readonly Range[],
  steps = STEPS,
): Verification {
  try {
    return { accepted: true, axioms: limited(steps, () => checkScalarProof(proof, left, right, domain)) }
  } catch (error) {
    if (error instanceof OutOfTime) throw error
    return { accepted: false, reason: error instanceof Error ? error.message : String(error) }
  }
}
