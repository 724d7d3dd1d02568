import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Node } from '../../src/diagram/diagram.ts'
import {
  type Bounded,
  bounded,
  boundedScope,
  compareBounded,
  compareWires,
  sampleNode,
} from '../../src/numeric/bounded.ts'
import { type Enclosure, encloseCall } from '../../src/scalar/enclosure.ts'
import {
  ARITY,
  call,
  choose,
  type Expression,
  type KnownName,
  number,
  variable,
  x0,
} from '../../src/scalar/expression.ts'
import { fromDouble, nextUp, rational } from '../../src/scalar/rational.ts'
import { noInstance } from '../../src/semantics/ground.ts'
import { matrix, mul } from './build.ts'

const names = Object.keys(ARITY) as KnownName[]
const exact = (x: number): Enclosure => ({ low: fromDouble(x), high: fromDouble(x) })

/** Doubles of every size, small whole numbers and halves among them. */
const double = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.integer({ min: -40, max: 40 }).map(n => n / 2),
  fc.double({ min: -40, max: 40, noNaN: true }),
  fc
    .tuple(fc.double({ min: -1, max: 1, noNaN: true }), fc.integer({ min: -300, max: 300 }))
    .map(([m, e]) => m * 10 ** e),
  fc.constantFrom(709.78, 709.79, -745.2, 1e-320, -1e-320, 1.7e308, 1 - 2 ** -53, 1 + 2 ** -52, Math.PI / 2),
)

/** Whether what intervals say of a number holds: an enclosure of 200 bits is taken for the number itself. */
function agrees(value: Bounded, truth: ReturnType<typeof encloseCall>): boolean {
  if (value === 'unknown' || truth === 'unknown') return true
  if (value === 'undefined' || truth === 'undefined') return value === truth
  const aboveLow = value.low === -Infinity || fromDouble(value.low).compare(truth.high) <= 0
  const belowHigh = value.high === Infinity || fromDouble(value.high).compare(truth.low) >= 0
  return aboveLow && belowHigh
}

describe('intervals hold the true value', () => {
  test.each(names)('%s at points', name => {
    fc.assert(
      fc.property(fc.array(double, { minLength: ARITY[name], maxLength: ARITY[name] }), xs => {
        const value = bounded.call(
          name,
          xs.map(x => ({ low: x, high: x })),
        )
        return agrees(value, encloseCall(name, xs.map(exact), 200))
      }),
      { numRuns: 1500, seed: 11 },
    )
  })
  test.each(names)('%s on boxes', name => {
    const box = fc.tuple(double, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }))
    fc.assert(
      fc.property(fc.array(box, { minLength: ARITY[name], maxLength: ARITY[name] }), fc.boolean(), (boxes, wide) => {
        const sized = boxes.map(([x, width, at]) => {
          const high = Math.min(Number.MAX_VALUE, x + Math.abs(x) * width * (wide ? 4 : 1e-12))
          return { low: x, high, inside: Math.min(high, Math.max(x, x + (high - x) * at)) }
        })
        const value = bounded.call(name, sized)
        const truth = encloseCall(
          name,
          sized.map(b => exact(b.inside)),
          200,
        )
        // Where the box may leave the domain, nothing is claimed; where it surely does, the point is outside too.
        if (typeof value === 'object' && truth === 'undefined') return false
        return agrees(value, truth)
      }),
      { numRuns: 1500, seed: 12 },
    )
  })
  test('most values are known narrowly', () => {
    for (const name of names) {
      const args = Array.from({ length: ARITY[name] }, () => ({ low: 1.5, high: 1.5 }))
      const value = bounded.call(name, name === 'atanh' ? [{ low: 0.5, high: 0.5 }] : args)
      if (typeof value !== 'object') throw new Error(name)
      expect(value.high - value.low).toBeLessThan(1e-10)
    }
  })
})

describe('what is exact stays exact', () => {
  const at = (name: KnownName, ...xs: number[]): Bounded =>
    bounded.call(
      name,
      xs.map(x => ({ low: x, high: x })),
    )
  const point = (x: number): Bounded => ({ low: x, high: x })
  test.each<[KnownName, number[], number]>([
    ['+', [0.1, 0.2 - 0.1], 0.2],
    ['-', [3, 3], 0],
    ['*', [3, 7], 21],
    ['*', [0, 1e300], 0],
    ['/', [6, 3], 2],
    ['/', [0, 3], 0],
    ['^', [-2, 3], -8],
    ['^', [0, 0], 1],
    ['^', [0, 0.5], 0],
    ['^', [-3, 0], 1],
    ['^', [2, -2], 0.25],
    ['sqrt', [9], 3],
    ['exp', [0], 1],
    ['ln', [1], 0],
    ['tanh', [0], 0],
    ['cosh', [0], 1],
    ['cos', [0], 1],
    ['sin', [0], 0],
    ['sigmoid', [0], 0.5],
    ['relu', [-5], 0],
    ['floor', [-0.5], -1],
    ['sign', [-3], -1],
    ['abs', [-3], 3],
    ['acosh', [1], 0],
    ['neg', [2], -2],
  ])('%s of %j', (name, xs, value) => {
    expect(at(name, ...xs)).toEqual(point(value))
  })
  test('and what is undefined is told from what may be', () => {
    expect(at('/', 0, 0)).toBe('undefined')
    expect(at('ln', 0)).toBe('undefined')
    expect(at('^', 0, -1)).toBe('undefined')
    expect(at('^', -8, 0.5)).toBe('undefined')
    expect(at('sqrt', -1)).toBe('undefined')
    expect(at('atanh', 1)).toBe('undefined')
    expect(bounded.call('ln', [{ low: 0, high: 1 }])).toBe('unknown')
    expect(bounded.call('/', [point(1), { low: -1, high: 1 }])).toBe('unknown')
    expect(bounded.call('^', [point(-8), { low: 0.3, high: nextUp(0.3) }])).toBe('undefined')
    expect(bounded.call('^', [point(-8), { low: 0.9, high: 1.1 }])).toBe('unknown')
    expect(bounded.call('+', ['unknown', 'undefined'])).toBe('undefined')
    expect(bounded.call('+', ['unknown', point(1)])).toBe('unknown')
  })
  test('a third is between two doubles', () => {
    const third = bounded.rational(rational(1, 3))
    expect(third).toEqual({ low: 1 / 3, high: nextUp(1 / 3) })
  })
})

describe('choices', () => {
  const f = bounded.compile(choose('<', x0, number(1), call('neg', x0), call('ln', call('-', x0, number(3)))))
  test('only the branch that is taken counts', () => {
    expect(f([{ low: 0, high: 0 }])).toEqual({ low: 0, high: 0 })
    expect(f([{ low: 1, high: 1 }])).toBe('undefined')
  })
  test('both count where the test is open', () => {
    expect(f([{ low: 0, high: 5 }])).toBe('unknown')
    const g = bounded.compile(choose('<', x0, number(1), number(2), number(3)))
    expect(g([{ low: 0, high: 5 }])).toEqual({ low: 2, high: 3 })
    expect(g(['undefined'])).toBe('undefined')
  })
})

describe('comparison', () => {
  const value = (low: number, high: number): Bounded => ({ low, high })
  test('three answers', () => {
    expect(compareBounded(value(1, 1 + 1e-15), value(1 + 1e-16, 1 + 2e-15))).toBe('consistent')
    expect(compareBounded(value(1, 1.1), value(1.2, 1.3))).toBe('different')
    expect(compareBounded(value(1, 2), value(1.5, 3))).toBe('inconclusive')
    expect(compareBounded(value(-1e-16, 1e-16), value(0, 0))).toBe('inconclusive')
    expect(compareBounded(value(1e308, Infinity), value(1e308, 1e308))).toBe('inconclusive')
    expect(compareBounded('unknown', value(1, 1))).toBe('inconclusive')
    expect(compareBounded('undefined', value(1, 1))).toBe('different')
    expect(compareBounded('undefined', 'undefined')).toBe('consistent')
    expect(compareBounded('undefined', 'unknown')).toBe('inconclusive')
  })
  test('wires', () => {
    const [a, b] = [value(1, 1), value(2, 2)]
    expect(compareWires([a, b], [a, b])).toBe('consistent')
    expect(compareWires([a, 'unknown'], [a, b])).toBe('inconclusive')
    expect(compareWires(['unknown', a], [a, b])).toBe('different')
    expect(compareWires([a], [a, b])).toBe('different')
  })
  const same = (left: Expression, right: Expression, ...xs: number[]) => {
    const args = xs.map(x => value(x, x))
    return compareBounded(bounded.compile(left)(args), bounded.compile(right)(args))
  }
  test('rounding that grows with the numbers is not taken for a difference', () => {
    const back = call('exp', call('ln', x0))
    for (const e of [-300, -100, -10, 0, 10, 100, 300]) expect(same(back, x0, 7 * 10 ** e)).toBe('consistent')
    const forth = call('ln', call('exp', x0))
    expect(same(forth, x0, 700)).toBe('consistent')
    for (const x of [710, -746, -744, 1e-200]) expect(same(forth, x0, x)).toBe('inconclusive')
  })
  test('sums that cancel hide nothing and invent nothing', () => {
    const sum = call('-', call('+', x0, variable(1)), variable(1))
    expect(same(sum, x0, 1, 1e10)).toBe('consistent')
    expect(same(sum, x0, 1, 1e30)).toBe('inconclusive')
    expect(same(sum, call('*', x0, number(rational(1001, 1000))), 1, 1e10)).toBe('different')
  })
  test('overflow on the way is inconclusive even where the logarithmic form is fine', () => {
    const product = call('*', call('*', call('*', x0, x0), variable(1)), variable(1))
    const logarithmic = call('exp', call('*', number(2), call('+', call('ln', x0), call('ln', variable(1)))))
    expect(same(product, logarithmic, 1e200, 1e-200)).toBe('inconclusive')
    expect(same(product, logarithmic, 1e100, 1e-100)).toBe('consistent')
  })
})

test('a node is sampled by itself', () => {
  const node = { ...mul(matrix([[1, 2]]), 0), id: 1 } as Node
  const scope = boundedScope(noInstance)
  expect(
    sampleNode(
      node,
      [
        [
          { low: 3, high: 3 },
          { low: 2, high: 2 },
        ],
      ],
      scope,
    ),
  ).toEqual([{ low: 12, high: 12 }])
  expect(sampleNode(node, [[{ low: 3, high: 3 }, 'undefined']], scope)).toEqual(['undefined'])
})
