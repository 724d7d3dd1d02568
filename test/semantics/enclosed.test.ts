import { describe, expect, test } from 'vitest'
import { call, choose, constant, type Expression, number, variable, x0 } from '../../src/scalar/expression.ts'
import { type Rational, rational } from '../../src/scalar/rational.ts'
import { areApart, type Enclosed, enclosures, written } from '../../src/semantics/enclosed.ts'
import { noInstance } from '../../src/semantics/ground.ts'
import { evaluateNet, scopeOf } from '../../src/semantics/net.ts'
import { add, diagram, input, matrix, mul, output } from '../numeric/build.ts'

const arithmetic = enclosures(100)
const at = (e: Expression, ...args: (number | Rational | 'undefined' | 'unknown')[]): Enclosed =>
  arithmetic.compile(e)(
    args.map(a => (typeof a === 'string' ? a : arithmetic.rational(typeof a === 'number' ? rational(a) : a))),
  )
const show = (value: Enclosed): string => {
  const enclosure = typeof value === 'string' ? value : written(value)
  if (typeof enclosure === 'string') return enclosure
  return enclosure.low.equals(enclosure.high) ? enclosure.low.toFraction() : 'inexact'
}

describe('rational operations are exact', () => {
  test('so that zeros are decided', () => {
    const third = rational(1, 3)
    expect(show(at(call('-', call('*', x0, number(3)), number(1)), third))).toBe('0')
    expect(show(at(call('/', number(1), call('-', call('*', x0, number(3)), number(1))), third))).toBe('undefined')
    expect(show(at(call('^', x0, call('+', variable(1), variable(2))), -2, third, rational(2, 3)))).toBe('-2')
  })
  test('through layers too', () => {
    const third = rational(1, 3)
    const net = diagram(
      'n',
      input('x', 1),
      add(matrix([[third]]), 0),
      add(matrix([[3]]), 1),
      mul(matrix([[-1]]), 2),
      output('y', 3, 1),
    )
    const scope = scopeOf(noInstance, arithmetic)
    const result = (x: Rational) =>
      evaluateNet(net, new Map([['x', [arithmetic.rational(x)]]]), scope)
        .get(4)
        ?.map(show)
    expect(result(rational(-7))).toEqual(['-1/7'])
    expect(result(rational(0))).toEqual(['undefined'])
  })
})

describe('what cannot be decided is unknown', () => {
  test('a branch whose test is too close', () => {
    // pi^2 - pi * pi is 0, but no precision shows it.
    const zero = call('-', call('^', constant('pi'), number(2)), call('*', constant('pi'), constant('pi')))
    expect(show(at(choose('<=', zero, number(0), number(1), call('ln', number(-1)))))).toBe('unknown')
    expect(show(at(choose('<=', zero, number(0), number(1), number(1))))).toBe('1')
    expect(show(at(call('/', number(1), zero)))).toBe('unknown')
  })
  test('undefined args count though they are not used', () => {
    expect(show(at(number(1), 'undefined'))).toBe('undefined')
    expect(show(at(number(1), 'unknown', 'undefined'))).toBe('undefined')
    expect(show(at(number(1), 'unknown'))).toBe('unknown')
  })
})

test('precision grows with the bits asked for', () => {
  const width = (bits: number): number => {
    const value = enclosures(bits).compile(call('exp', x0))([enclosures(bits).rational(rational(1))])
    const enclosure = typeof value === 'string' ? value : written(value)
    if (typeof enclosure === 'string') throw new Error(enclosure)
    return Math.log2(enclosure.high.sub(enclosure.low).valueOf())
  }
  expect(width(64)).toBeLessThan(-60)
  expect(width(512)).toBeLessThan(-508)
  const [a, b] = [at(call('exp', x0), 1), at(call('exp', x0), rational(1000001, 1000000))]
  if (typeof a === 'string' || typeof b === 'string') throw new Error('unknown')
  expect(areApart(a, b)).toBe(true)
  expect(areApart(a, a)).toBe(false)
})
