// Points that the nets themselves suggest: where a divisor, the argument of a logarithm or of a root, or the test of a
// choice is zero along a line parallel to an axis. There functions bend, jump, or cease to be defined.
import type { Node } from '../diagram/diagram.ts'
import { doubles } from '../numeric/doubles.ts'
import { randomPoint, specialPoints } from '../numeric/points.ts'
import type { Random } from '../numeric/random.ts'
import type { Point, Side, Trial } from '../numeric/trial.ts'
import { criticalParts, signChange, simplestFraction } from '../scalar/critical.ts'
import { type Expression, TooLarge, unfold, x0 } from '../scalar/expression.ts'
import { containsPoint, type Range } from '../scalar/range.ts'
import { fromDouble, nextDown, nextUp, type Rational, rational, toDouble } from '../scalar/rational.ts'
import { livingNodes } from '../semantics/contents.ts'
import { groundExpression } from '../semantics/ground.ts'
import { evaluateNet, type Scope, scopeOf } from '../semantics/net.ts'

/** The function without declared functions in it; nothing of interest where that would be too large to look at. */
function written(fn: Expression, trial: Trial): Expression {
  try {
    return groundExpression(unfold(fn, LARGEST_FORMULA), trial.instance.functions, LARGEST_FORMULA)
  } catch (error) {
    if (error instanceof TooLarge) return x0
    throw error
  }
}

/** Quantities of a net, whose zeros are sought, as functions of the point. */
type Quantities = (point: Point) => number[]

const MOST_QUANTITIES = 64
const LARGEST_FORMULA = 20_000

function quantitiesOf(side: Side, trial: Trial): Quantities {
  const scope: Scope<number> = scopeOf(trial.instance, doubles)
  const watched = livingNodes(side.diagram).flatMap((node): { node: Node; parts: ((args: number[]) => number)[] }[] => {
    if (node.kind === 'multiplicative') return [{ node, parts: [] }]
    if (node.kind !== 'pointwise' && node.kind !== 'mix') return []
    const functions = node.kind === 'mix' ? [node.inverse] : [node.fn]
    const parts = functions.flatMap(fn => criticalParts(written(fn, trial)))
    return [{ node, parts: parts.map(part => doubles.compile(part)) }]
  })
  return point => {
    const inputs = new Map(side.inputs.map((name, i) => [name, point[i].map(toDouble)]))
    const wires = evaluateNet(side.diagram, inputs, scope)
    const found: number[] = []
    for (const { node, parts } of watched) {
      const args = node.args.map(id => wires.get(id) as readonly number[])
      // Products of powers bend where a factor is 0.
      if (node.kind === 'multiplicative') found.push(...args[0].slice(0, MOST_QUANTITIES))
      const components = args[0]?.length ?? 0
      for (const part of parts) for (let i = 0; i < components; i++) found.push(part(args.map(a => a[i])))
      if (found.length >= MOST_QUANTITIES) break
    }
    return found.slice(0, MOST_QUANTITIES)
  }
}

const MOST_LINES = 6
const MOST_COMPONENTS = 6
const STEPS = 8

/** Numbers of a set between which zeros are looked for, ascending. */
function gridOf(range: Range): Rational[] {
  const inside = range.flatMap(({ low, high }) => {
    if (low === null || high === null) return []
    return Array.from({ length: STEPS - 1 }, (_, i) => low.add(high.sub(low).mul(rational(i + 1, STEPS))))
  })
  const points = [...specialPoints(range, []), ...inside.filter(q => containsPoint(range, q))]
  return points.sort((a, b) => a.compare(b))
}

/**
 * Up to `limit` points near zeros of critical quantities, on lines through a few points of the domain: the simple
 * fraction that the zero may be, and doubles on both sides of it. Ends early when it is late.
 */
export function* criticalPoints(
  trial: Trial,
  domain: readonly Range[],
  split: (flat: readonly Rational[]) => Point,
  source: Random,
  limit: number,
  late: () => boolean,
): Generator<Point> {
  const sides = [trial.left, trial.right].map(side => quantitiesOf(side, trial))
  const quantities = (point: Point): number[] => sides.flatMap(side => side(point))
  const lines = Math.min(MOST_LINES, Math.ceil(limit / 64))
  let made = 0
  for (let line = 0; line < lines; line++) {
    const base = domain.map(range => {
      const special = specialPoints(range, [])
      return special.length > 0 && line < lines / 2 ? special[line % special.length] : randomPoint(range, source, [])
    })
    for (let step = 0; step < Math.min(domain.length, MOST_COMPONENTS); step++) {
      const k = domain.length <= MOST_COMPONENTS ? step : source.integer(0, domain.length - 1)
      const at = (x: Rational): Point => split(base.with(k, x))
      const seen = new Set<number>()
      const grid: { x: Rational; values: number[] }[] = []
      for (const x of gridOf(domain[k])) if (!late()) grid.push({ x, values: quantities(at(x)) })
      for (let i = 0; i + 1 < grid.length; i++) {
        for (const [j, value] of grid[i].values.entries()) {
          if (!(value * grid[i + 1].values[j] < 0)) continue
          const zero = signChange(
            x => quantities(at(fromDouble(x)))[j],
            toDouble(grid[i].x),
            toDouble(grid[i + 1].x),
            late,
          )
          // Quantities of both nets often are the same.
          if (Number.isNaN(zero) || seen.has(zero)) continue
          seen.add(zero)
          const fraction = simplestFraction(zero)
          const near = [zero, nextDown(zero), nextUp(zero), zero * (1 + 2 ** -20), zero * (1 - 2 ** -20)].map(
            fromDouble,
          )
          for (const x of fraction === null ? near : [fraction, ...near]) {
            if (!containsPoint(domain[k], x)) continue
            yield at(x)
            if (++made >= limit) return
          }
        }
      }
    }
  }
}
