// Is a counterexample one? Both sides are read again from what it says.
import type { Counterexample } from '../../src/prove/counterexample.ts'

/** Whether exactly one side is undefined, or both are defined and the enclosures of some component are disjoint. */
export function areApartAt({ left, right }: Counterexample): boolean {
  if (left.kind === 'undefined' || right.kind === 'undefined') return left.kind !== right.kind
  return left.components.some(
    (l, i) => l.high.compare(right.components[i].low) < 0 || right.components[i].high.compare(l.low) < 0,
  )
}
