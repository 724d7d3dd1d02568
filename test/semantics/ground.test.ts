import { describe, expect, test } from 'vitest'
import { enclose } from '../../src/scalar/enclosure.ts'
import {
  apply,
  call,
  choose,
  constant,
  type Expression,
  functionsOf,
  number,
  TooLarge,
  variable,
  x0,
  zero,
} from '../../src/scalar/expression.ts'
import { interval, NON_ZERO, POSITIVE, point, REALS, union } from '../../src/scalar/range.ts'
import { type Rational, rational } from '../../src/scalar/rational.ts'
import { guard } from '../../src/scalar/restrict.ts'
import { groundExpression } from '../../src/semantics/ground.ts'
import { unknownFunction } from '../numeric/build.ts'

const at = (e: Expression, ...args: (number | Rational)[]): unknown => {
  const value = enclose(
    e,
    args.map(a => (typeof a === 'number' ? rational(a) : a)),
  )
  return typeof value === 'string' ? value : value.low.toFraction()
}

describe('guard', () => {
  const f = call('*', x0, x0)
  test('is undefined outside the set, and only there', () => {
    const ends = guard(f, [interval(rational(0), rational(1), { highOpen: true })])
    expect([-1, 0, rational(1, 2), 1, 2].map(x => at(ends, x))).toEqual([
      'undefined',
      '0',
      '1/4',
      'undefined',
      'undefined',
    ])
    const split = guard(f, [union(NON_ZERO, point(rational(3)))])
    expect([-2, 0, 3].map(x => at(split, x))).toEqual(['4', 'undefined', '9'])
    const pieces = guard(f, [
      union(interval(null, rational(-5)), interval(rational(1), rational(2), { lowOpen: true }), point(rational(7))),
    ])
    expect([-6, -5, -4, 1, 2, 3, 7, 8].map(x => at(pieces, x))).toEqual([
      '36',
      '25',
      'undefined',
      'undefined',
      '4',
      'undefined',
      '49',
      'undefined',
    ])
  })
  test('no guard is needed on all reals, and none helps on nothing', () => {
    expect(guard(f, [REALS])).toBe(f)
    expect(at(guard(f, [interval(rational(1), rational(0))]), 0)).toBe('undefined')
  })
  test('every argument has its set', () => {
    const g = guard(call('+', x0, variable(1)), [POSITIVE, interval(rational(0), null)])
    expect(at(g, 1, 0)).toBe('1')
    expect(at(g, 0, 1)).toBe('undefined')
    expect(at(g, 1, -1)).toBe('undefined')
  })
})

describe('unknown functions get their formulas', () => {
  const f = unknownFunction('f', { domain: [POSITIVE] })
  const square = new Map([[f, call('*', x0, x0)]])
  test('also inside definitions, any number of them', () => {
    let g = unknownFunction('g0', { definition: call('+', apply(f, x0), number(1)) })
    for (let i = 1; i <= 5000; i++) g = unknownFunction(`g${i}`, { definition: apply(g, x0) })
    const ground = groundExpression(apply(g, call('*', x0, number(2))), square)
    expect(functionsOf(ground)).toEqual([])
    expect(at(ground, 3)).toBe('37')
    expect(at(ground, 0)).toBe('undefined')
  })
  test('definitions alone are left to those who evaluate', () => {
    const g = unknownFunction('g', { definition: call('exp', x0) })
    const e = apply(g, x0)
    expect(groundExpression(e, new Map())).toBe(e)
  })
  test('an argument that a formula ignores is needed all the same', () => {
    const constantly = new Map([[unknownFunction('c'), number(3)]])
    const [c] = constantly.keys()
    const ground = groundExpression(apply(c, call('ln', x0)), constantly)
    expect(at(ground, 1)).toBe('3')
    expect(at(ground, 0)).toBe('undefined')
  })
  test('an argument that is used in one branch only is needed in the other too', () => {
    const pick = unknownFunction('p', { arity: 2, domain: [REALS, REALS], parameters: ['a', 'b'] })
    const formula = choose('<', x0, zero, variable(1), zero)
    const ground = groundExpression(apply(pick, x0, call('ln', variable(1))), new Map([[pick, formula]]))
    expect(at(ground, 1, 1)).toBe('0')
    expect(at(ground, 1, 0)).toBe('undefined')
  })
  test('a function without a formula is refused, and so is what grows without measure', () => {
    expect(() => groundExpression(apply(unknownFunction('h'), constant('pi')), new Map())).toThrow(TypeError)
    let e: Expression = x0
    for (let i = 0; i < 400; i++) e = call('+', apply(f, e), call('sin', e))
    expect(() => groundExpression(e, square, 1000)).toThrow(TooLarge)
  })
})
