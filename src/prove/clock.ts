// The time for a claim: what is left of it, a way to end long passes when it is up, and what is done even then.
import type { Diagram } from '../diagram/diagram.ts'
import { TooManySteps } from '../rewrite/normalize.ts'

/** The longest overrun, in milliseconds: what is begun comes to its end. */
const overrun = (seconds: number): number => Math.max(400, 200 * seconds)
/** What rules that were close to fitting, and domains that might do, get when the time is up. */
export const LEAST_FOR_RULES = 100
/** Nets of more nodes, both together, are not looked at any more when the time is up. */
const LARGE = 10_000

export function isLarge(left: Diagram, right: Diagram): boolean {
  return left.nodes.length + right.nodes.length > LARGE
}

/** The time for a claim. */
export class Clock {
  private calls = 0
  /** By performance.now(). */
  private readonly deadline: number
  private readonly seconds: number
  private readonly signal: AbortSignal | undefined

  /** It begins to run. */
  constructor(seconds: number, signal: AbortSignal | undefined) {
    this.deadline = performance.now() + 1000 * seconds
    this.seconds = seconds
    this.signal = signal
  }

  /** Milliseconds; negative when the time is up. */
  left(): number {
    return this.deadline - performance.now()
  }
  /** Milliseconds until the end of all work. */
  leftInAll(): number {
    return this.left() + overrun(this.seconds)
  }
  isLate(): boolean {
    return this.left() < 0
  }
  /** Ends a long pass when the time is up, by throwing TooManySteps. */
  readonly watch = (): void => {
    if ((++this.calls & 31) !== 0) return
    this.signal?.throwIfAborted()
    if (this.isLate()) throw new TooManySteps('the time budget ran out')
  }
}
