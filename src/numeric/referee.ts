// Which of the points at which two nets were compared in doubles are put before the referee, the comparison by enclosures,
// and in which order: its work is counted, and those come first of which doubles leave most open.
import { Allowance } from '../scalar/work.ts'
import type { InDoubles, PointComparison } from './compare.ts'

export interface Referee {
  /** Up to this many bits. Default 2048. */
  readonly bits?: number
  /** At every point, and not only where doubles leave something open. */
  readonly always?: boolean
  /**
   * For all points together, in steps of some 50 ns. Default 1e8, which is a few seconds; for nets of many weights see
   * `compareNets`.
   */
  readonly work?: number
  late?(): boolean
}

export const REFEREE_WORK = 1e8
/** The part of it that points may take at which nothing hints at a difference. */
const PART_WITHOUT_HINT = 1 / 4

/**
 * How much doubles leave open: everything; a difference that something hints at; a difference that the bound would hide,
 * though nothing hints at it; nothing.
 */
export const DOUBTS = ['open', 'hinted', 'hidden', 'none'] as const
export type Doubt = (typeof DOUBTS)[number]

/**
 * Errors of many operations mostly cancel: where values lie further apart than this part of the bound, which adds them up,
 * there may be more to it. That only says which points the referee sees first.
 */
const HINT = 256

export function doubtOf(found: PointComparison & InDoubles): Doubt {
  if (found.verdict === 'inconclusive') return 'open'
  if (found.verdict === 'different' || found.output === null || found.bound === 0) return 'none'
  const isNear = found.distance * HINT <= found.bound || found.distance === 0
  return isNear && found.isSharp !== false ? 'hidden' : 'hinted'
}

export interface Refereeing<P> {
  readonly referee: Referee | null
  /** From which doubts the referee is asked at all. Default: all. */
  readonly least?: Doubt
  ask(point: P): PointComparison
  readonly signal?: AbortSignal
}

/** What is said of each point in the end: by doubles, or by the referee where it was asked. */
export function refereed<P>(
  compared: readonly { readonly point: P; readonly found: PointComparison & InDoubles }[],
  { referee, least = 'hidden', ask, signal }: Refereeing<P>,
): PointComparison[] {
  const results = compared.map(({ found: { isSharp: _, ...found } }): PointComparison => found)
  const doubts = compared.map(({ found }): Doubt => (referee?.always ? 'open' : doubtOf(found)))
  const asked = DOUBTS.slice(0, DOUBTS.indexOf(least) + 1).filter(doubt => doubt !== 'none')
  const work = referee?.work ?? REFEREE_WORK
  const allowance = new Allowance(work)
  for (const doubt of asked) {
    for (const [i, { point }] of compared.entries()) {
      if (referee === null || doubts[i] !== doubt) continue
      signal?.throwIfAborted()
      const mayAsk = doubt !== 'hidden' || allowance.left > (1 - PART_WITHOUT_HINT) * work
      const answer = mayAsk && referee.late?.() !== true ? allowance.run(() => ask(point)) : null
      const found = results[i]
      // What doubles know well enough, and a mere possibility that is not confirmed, stay as they are.
      const isKnown = doubt !== 'open' && compared[i].found.isSharp !== false
      if (answer === null) results[i] = { ...found, refereeRanOut: true }
      else if (answer.verdict === 'different' || !isKnown) results[i] = { ...answer, trouble: found.trouble }
    }
  }
  return results
}
