// Every axiom on its domain, and just outside its condition, by rigorous enclosures.
import { describe, expect, test } from 'vitest'
import { AXIOMS, type Axiom } from '../../src/scalar/axioms.ts'
import { Case } from '../../src/scalar/case.ts'
import { type Enclosed, enclose } from '../../src/scalar/enclosure.ts'
import { type Expression, printExpression } from '../../src/scalar/expression.ts'
import { isSubset, point as pointRange } from '../../src/scalar/range.ts'
import { type Rational, rational } from '../../src/scalar/rational.ts'
import { pick, seeded } from './random-equations.ts'

const VALUES = [
  ...[0, 1, -1, 2, -2, 3, 4, -3, 10].map(n => rational(n)),
  ...(
    [
      [1, 2],
      [-1, 2],
      [1, 3],
      [3, 2],
      [9, 10],
      [-7, 10],
      [1, 100],
    ] as const
  ).map(([n, d]) => rational(n, d)),
]

const valueAt = (e: Expression, at: readonly Rational[]): Enclosed => enclose(e, at, { bits: 100, maxBits: 400 })

const areDisjoint = (a: Enclosed, b: Enclosed): boolean =>
  typeof a !== 'string' && typeof b !== 'string' && (a.high.compare(b.low) < 0 || b.high.compare(a.low) < 0)

function conditionsHold(axiom: Axiom, at: readonly Rational[]): boolean {
  const here = new Case(at.map(q => pointRange(q)))
  return axiom.conditions.every(({ expression, range }) => {
    const value = valueAt(expression, at)
    if (typeof value === 'string') return false
    return range === 'integer'
      ? value.low.d === 1n && value.low.equals(value.high)
      : isSubset(here.range(expression), range)
  })
}

describe.each(AXIOMS.map(axiom => [axiom.name, axiom] as const))('%s', (_, axiom) => {
  test('holds on its domain', () => {
    const random = seeded(7)
    let seen = 0
    for (let i = 0; i < 150; i++) {
      const at = [0, 1, 2, 3].map(() => pick(random, VALUES))
      if (!conditionsHold(axiom, at)) continue
      const left = valueAt(axiom.left, at)
      if (left === 'undefined' || left === 'unknown') continue
      const right = valueAt(axiom.right, at)
      const where = `${printExpression(axiom.left, ['a', 'b', 'c', 'd'])} at ${at.map(q => q.toFraction()).join(', ')}`
      expect(right, where).not.toBe('undefined')
      expect(areDisjoint(left, right), where).toBe(false)
      if (right !== 'unknown') seen++
    }
    expect(seen).toBeGreaterThan(0)
  })

  if (axiom.conditions.length > 0) {
    test('fails just outside its condition', () => {
      const at = axiom.outside as readonly Rational[]
      expect(at).not.toBe(null)
      expect(conditionsHold(axiom, [...at, ...VALUES.slice(0, 4 - at.length)])).toBe(false)
      const padded = [...at, rational(1), rational(1), rational(1)].slice(0, 4)
      const left = valueAt(axiom.left, padded)
      const right = valueAt(axiom.right, padded)
      expect(left).not.toBe('unknown')
      expect(left).not.toBe('undefined')
      expect(right === 'undefined' || areDisjoint(left, right)).toBe(true)
    })
  }
})

test('names are unique', () => {
  expect(new Set(AXIOMS.map(a => a.name)).size).toBe(AXIOMS.length)
})

test('every axiom says why, and gives a counterexample if and only if it has a condition', () => {
  for (const { name, reason, conditions, outside } of AXIOMS) {
    expect(reason.length, name).toBeGreaterThan(5)
    expect(outside !== null, name).toBe(conditions.length > 0)
  }
})
