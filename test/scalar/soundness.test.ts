// Random expressions on random domains with random facts: what the analysis shows holds at random points.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { analyse, assume, isContradictory, monotonicity, noFacts } from '../../src/scalar/analysis.ts'
import { enclose } from '../../src/scalar/enclosure.ts'
import {
  ARITY,
  call,
  choose,
  type Expression,
  type KnownName,
  number,
  type Relation,
  variable,
} from '../../src/scalar/expression.ts'
import {
  intersect,
  interval,
  isEmpty,
  isSubset,
  NEGATIVE,
  NON_NEGATIVE,
  NON_ZERO,
  POSITIVE,
  type Range,
  REALS,
  UNIT_OPEN,
  union,
} from '../../src/scalar/range.ts'
import { type Rational, rational } from '../../src/scalar/rational.ts'

const NUMBERS = [rational(0), rational(1), rational(2), rational(-1), rational(1, 2), rational(3), rational(-2, 3)]
const EXPONENTS = [2, 2, 3, -1, -2, 4, 0].map(n => rational(n)).concat([rational(1, 2), rational(3, 2)])
const ARITHMETIC: KnownName[] = ['+', '-', '*', '+', '-', '*', '/', '^', 'neg']
const NAMES = Object.keys(ARITY) as KnownName[]

interface Source {
  next(below: number): number
}

function randomExpression(source: Source, depth: number, variables: number): Expression {
  const pick = <T>(list: readonly T[]): T => list[source.next(list.length)]
  if (depth <= 0 || source.next(8) === 0)
    return source.next(3) > 0 ? variable(source.next(variables)) : number(pick(NUMBERS))
  const inner = (): Expression => randomExpression(source, depth - 1 - source.next(2), variables)
  if (source.next(12) === 0) return choose(pick<Relation>(['<', '<=', '==', '!=']), inner(), inner(), inner(), inner())
  const name = source.next(10) < 6 ? pick(ARITHMETIC) : pick(NAMES)
  if (name === '^' && source.next(4) > 0) return call('^', inner(), number(pick(EXPONENTS)))
  const args = Array.from({ length: ARITY[name] }, inner)
  if (args.length === 2 && source.next(7) === 0) args[1] = args[0]
  return call(name, ...args)
}

function randomRange(source: Source): Range {
  const usual = [REALS, POSITIVE, NON_NEGATIVE, NON_ZERO, UNIT_OPEN, NEGATIVE]
  if (source.next(3) === 0) return usual[source.next(usual.length)]
  const low = rational(source.next(13) - 6, 1 + source.next(3))
  const width = rational(source.next(13), 1 + source.next(3))
  const open = (): boolean => source.next(2) === 0
  const r = interval(source.next(6) === 0 ? null : low, source.next(6) === 0 ? null : low.add(width), {
    lowOpen: open(),
    highOpen: open(),
  })
  return isEmpty(r) ? POSITIVE : r
}

function randomPoint(source: Source, r: Range): Rational {
  const i = r[source.next(r.length)]
  const low = i.low ?? (i.high ?? rational(0)).sub(1 + source.next(20))
  const high = i.high ?? (i.low ?? rational(0)).add(1 + source.next(20))
  const width = high.sub(low)
  switch (source.next(6)) {
    case 0:
      return i.low !== null && !i.lowOpen ? low : low.add(width.mul(rational(1n, 1n << 40n)))
    case 1:
      return i.high !== null && !i.highOpen ? high : high.sub(width.mul(rational(1n, 1n << 40n)))
    default:
      return low.add(width.mul(rational(1 + source.next(16), 18)))
  }
}

/** Whether the enclosed value can lie in the set. */
function meets(low: Rational, high: Rational, r: Range): boolean {
  const value = interval(low, high)
  if (low.equals(high)) return isSubset(value, r)
  return !isEmpty(intersect(value, union(...r.map(i => interval(i.low, i.high)))))
}

describe('what is shown holds at every point', () => {
  it('ranges, definedness, directions, contradictions', () => {
    const seen = { values: 0, directions: 0, contradictions: 0, facts: 0 }
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat(1 << 20)), stream => {
        const source: Source = { next: below => (stream.next().value as number) % below }
        const variables = 1 + source.next(3)
        const e = randomExpression(source, 2 + source.next(3), variables)
        const domain = Array.from({ length: variables }, () => randomRange(source))
        const known = Array.from({ length: Math.max(0, source.next(5) - 2) }, () => ({
          expression: randomExpression(source, 1 + source.next(2), variables),
          range: randomRange(source),
        }))
        const facts = known.reduce((f, k) => assume(f, k.expression, k.range), noFacts)
        const { range, defined } = analyse(e, domain, { facts })
        const isImpossible = isContradictory(facts, domain)
        const direction = known.length === 0 ? monotonicity(e, 0, domain) : null
        const at = (p: readonly Rational[]): ReturnType<typeof enclose> => enclose(e, p, { bits: 80, maxBits: 320 })
        const isIn = (p: readonly Rational[], expression: Expression, r: Range): boolean => {
          const v = enclose(expression, p, { bits: 80, maxBits: 320 })
          return typeof v !== 'string' && isSubset(interval(v.low, v.high), r)
        }
        for (let k = 0; k < 6; k++) {
          const p = domain.map(r => randomPoint(source, r))
          if (!known.every(f => isIn(p, f.expression, f.range))) continue
          expect(isImpossible).toBe(false)
          if (known.length > 0) seen.facts++
          const value = at(p)
          if (value === 'undefined') expect(defined).toBe(false)
          if (typeof value === 'string') continue
          seen.values++
          expect(meets(value.low, value.high, range)).toBe(true)
          if (direction === null) continue
          seen.directions++
          const q = [randomPoint(source, domain[0]), ...p.slice(1)]
          const other = at(q)
          if (typeof other === 'string') continue
          const [first, second] = q[0].compare(p[0]) >= 0 ? [value, other] : [other, value]
          if (direction !== 'decreasing') expect(first.low.compare(second.high)).toBeLessThanOrEqual(0)
          if (direction !== 'increasing') expect(first.high.compare(second.low)).toBeGreaterThanOrEqual(0)
        }
        if (isImpossible) seen.contradictions++
      }),
      { numRuns: 500, seed: 11 },
    )
    // The test has to have seen something.
    expect(seen.values).toBeGreaterThan(800)
    expect(seen.directions).toBeGreaterThan(200)
    expect(seen.facts).toBeGreaterThan(100)
    expect(seen.contradictions).toBeGreaterThan(20)
  })
})
