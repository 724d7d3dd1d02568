// Bounds of linear forms under linear inequalities.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Constraint, lowerBound } from '../../src/scalar/farkas.ts'
import { rational, ZERO } from '../../src/scalar/rational.ts'

const form = (terms: Record<string, number>): Map<string, ReturnType<typeof rational>> =>
  new Map(Object.entries(terms).map(([k, n]) => [k, rational(n)]))
const atLeast = (terms: Record<string, number>, constant: number, strict = false): Constraint => ({
  coefficients: form(terms),
  constant: rational(constant),
  strict,
})

describe('lowerBound', () => {
  it('adds inequalities', () => {
    const bound = lowerBound(form({ x: 1, l: -1, d: 1 }), [atLeast({ x: 1, l: -1 }, 0), atLeast({ d: 1 }, 0)])
    expect(bound).toEqual({ kind: 'bound', value: ZERO, strict: false })
  })
  it('is strict when a strict inequality takes part', () => {
    const bound = lowerBound(form({ x: 1, y: 1 }), [atLeast({ x: 1 }, 0, true), atLeast({ y: 1 }, 0)])
    expect(bound).toEqual({ kind: 'bound', value: ZERO, strict: true })
  })
  it('is not strict when only another combination is', () => {
    const bound = lowerBound(form({ x: 1 }), [atLeast({ x: 1 }, 0), atLeast({ y: 1 }, 0, true)])
    expect(bound).toEqual({ kind: 'bound', value: ZERO, strict: false })
  })
  it('prefers the strict one of two equal bounds', () => {
    const bound = lowerBound(form({ x: 1 }), [atLeast({ x: 1 }, 0), atLeast({ x: 1 }, 0, true)])
    expect(bound).toEqual({ kind: 'bound', value: ZERO, strict: true })
  })
  it('finds the best of several bounds', () => {
    const bound = lowerBound(form({ x: 2 }), [
      atLeast({ x: 1 }, -1),
      atLeast({ x: 1, y: -1 }, 0),
      atLeast({ y: 1 }, -3),
    ])
    expect(bound).toEqual({ kind: 'bound', value: rational(6), strict: false })
  })
  it('knows where nothing follows', () => {
    expect(lowerBound(form({ x: 1 }), [atLeast({ y: 1 }, 0)]).kind).toBe('none')
    expect(lowerBound(form({ x: -1 }), [atLeast({ x: 1 }, 0)]).kind).toBe('none')
  })
  it('sees contradictions, also those by strictness alone', () => {
    expect(lowerBound(form({}), [atLeast({ x: 1 }, -1), atLeast({ x: -1 }, 0)]).kind).toBe('infeasible')
    expect(lowerBound(form({}), [atLeast({ x: 1 }, 0, true), atLeast({ x: -1 }, 0)]).kind).toBe('infeasible')
    expect(lowerBound(form({}), [atLeast({ x: 1 }, 0), atLeast({ x: -1 }, 0)]).kind).toBe('bound')
  })
  it('gives no bound that a point violates', () => {
    const small = fc.integer({ min: -3, max: 3 })
    const constraint = fc.tuple(small, small, small, small, fc.boolean())
    fc.assert(
      fc.property(
        fc.array(constraint, { maxLength: 6 }),
        fc.tuple(small, small, small),
        fc.tuple(small, small, small),
        (rows, goal, at) => {
          const [x, y, z] = at
          const constraints = rows.map(([a, b, c, d, strict]) => atLeast({ x: a, y: b, z: c }, d, strict))
          const holds = rows.every(([a, b, c, d, strict]) => {
            const v = a * x + b * y + c * z + d
            return strict ? v > 0 : v >= 0
          })
          if (!holds) return
          const bound = lowerBound(form({ x: goal[0], y: goal[1], z: goal[2] }), constraints)
          expect(bound.kind).not.toBe('infeasible')
          if (bound.kind !== 'bound') return
          const order = rational(goal[0] * x + goal[1] * y + goal[2] * z).compare(bound.value)
          expect(bound.strict ? order > 0 : order >= 0).toBe(true)
        },
      ),
      { numRuns: 1500, seed: 5 },
    )
  })
})
