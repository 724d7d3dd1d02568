// Where nets are defined: whether `with` keeps to their declarations, the first place that may have no value, and a domain on
// which both have one.
import { type Diagram, inputsOf, type NodeId, nodesById } from '../diagram/diagram.ts'
import {
  definednessObstacle,
  type Obstacle,
  valuesLieIn,
  type Watch,
  type WireRange,
  whole,
  wireRanges,
} from '../diagram/ranges.ts'
import { TooManySteps } from '../rewrite/normalize.ts'
import { intersect, interval, isEmpty, NON_NEGATIVE, NON_ZERO, POSITIVE, type Range } from '../scalar/range.ts'
import { ONE } from '../scalar/rational.ts'
import { OutOfTime, timed } from '../scalar/work.ts'
import type { Requirement } from '../syntax/claims.ts'
import { type Clock, isLarge, LEAST_FOR_RULES } from './clock.ts'
import type { UndecidedReason } from './prove.ts'

/** The first value that `with` gives a net outside of the set in which its declaration wants it; null where there is none. */
export function firstOutside(
  left: Diagram,
  right: Diagram,
  requirements: readonly Requirement[],
  watch: Watch,
): UndecidedReason | null {
  const sides = { left, right }
  const known = new Map<'left' | 'right', ReadonlyMap<NodeId, WireRange>>()
  for (const { side, node, range } of requirements) {
    const diagram = sides[side]
    const ranges = known.get(side) ?? wireRanges(diagram, watch)
    known.set(side, ranges)
    const found = ranges.get(node)
    if (found === undefined)
      throw new RangeError(`prove: a requirement names the node n${node}, which ${diagram.name} does not have`)
    if (!valuesLieIn(nodesById(diagram), id => ranges.get(id) as WireRange, node, range))
      return { kind: 'outside', side, found: whole(found), needed: range }
  }
  return null
}

/** The first place at which one of the nets is not shown to be defined. */
export function firstObstacle(
  left: Diagram,
  right: Diagram,
  watch: Watch,
): { side: 'left' | 'right'; obstacle: Obstacle } | null {
  const l = definednessObstacle(left, watch)
  if (l !== null) return { side: 'left', obstacle: l }
  const r = definednessObstacle(right, watch)
  return r === null ? null : { side: 'right', obstacle: r }
}

const UNIT: Range = interval(ONE.neg(), ONE, { lowOpen: true, highOpen: true })
/** Sets on which functions are usually defined, the largest first, but for all of R. */
export const USUAL_DOMAINS: readonly Range[] = [
  NON_ZERO,
  NON_NEGATIVE,
  POSITIVE,
  interval(ONE, null),
  UNIT,
  interval(null, ONE, { highOpen: true }),
]

/**
 * The largest of a few usual domains on which both nets are shown to be defined, for all inputs at once; of large nets only as
 * far as there is time.
 */
export function suggestDomain(left: Diagram, right: Diagram, clock: Clock): Record<string, Range> | null {
  const watch = isLarge(left, right) ? clock.watch : (): void => {}
  for (const candidate of USUAL_DOMAINS) {
    const narrow = (d: Diagram): Diagram => ({
      ...d,
      nodes: d.nodes.map(n => (n.kind === 'input' ? { ...n, domain: intersect(n.domain, candidate) } : n)),
    })
    const l = narrow(left)
    const r = narrow(right)
    if (inputsOf(l).some(n => isEmpty(n.domain))) continue
    try {
      const obstacle = timed(Math.max(clock.leftInAll(), LEAST_FOR_RULES), () => firstObstacle(l, r, watch))
      if (obstacle === null) return Object.fromEntries(inputsOf(l).map(n => [n.name, n.domain]))
    } catch (error) {
      if (!(error instanceof TooManySteps) && !(error instanceof OutOfTime)) throw error
      return null
    }
  }
  return null
}
