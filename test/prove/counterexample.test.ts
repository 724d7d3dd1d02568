import { expect, test } from 'vitest'
import { weight } from '../../src/linear/linear.ts'
import {
  type Counterexample,
  counterexampleJson,
  decimalBound,
  printCounterexample,
} from '../../src/prove/counterexample.ts'
import { findCounterexample } from '../../src/prove/refute.ts'
import { apply, x0 } from '../../src/scalar/expression.ts'
import { POSITIVE } from '../../src/scalar/range.ts'
import { rational } from '../../src/scalar/rational.ts'
import { add, diagram, input, output, pointwise, scalarNet, unknownFunction, weightSymbol } from '../numeric/build.ts'

test('decimal bounds', () => {
  const third = rational(1, 3)
  expect(decimalBound(third, 3, 'below')).toBe('0.333')
  expect(decimalBound(third, 3, 'above')).toBe('0.334')
  expect(decimalBound(third.neg(), 3, 'below')).toBe('-0.334')
  expect(decimalBound(third.neg(), 3, 'above')).toBe('-0.333')
  expect(decimalBound(rational(9999), 3, 'above')).toBe('10000')
  expect(decimalBound(rational(9999), 3, 'below')).toBe('9990')
  expect(decimalBound(rational(1, 8), 20, 'above')).toBe('0.125')
  expect(decimalBound(rational(10n ** 30n), 5, 'below')).toBe('1e+30')
  expect(decimalBound(rational(-15, 10n ** 40n), 1, 'below')).toBe('-2e-39')
  expect(decimalBound(rational(0), 5, 'above')).toBe('0')
})

test('enclosures are decimals rounded outward', () => {
  const found = findCounterexample(scalarNet('exp(x)', { x: 'R' }), scalarNet('1 + x', { x: 'R' })) as Counterexample
  const json = counterexampleJson(found)
  expect(json.inputs).toEqual({ x: ['1'] })
  expect(json.left).toEqual([['2.7182818284590452353', '2.7182818284590452354']])
  expect(json.right).toEqual([['2', '2']])
  expect(json.output).toEqual({ name: 'y', component: 0 })
  expect(printCounterexample(found, 'net', 'line')).toBe(
    'x = 1\nnet, y[0]: between 2.7182818284590452353 and 2.7182818284590452354\nline, y[0]: 2',
  )
})

test('undefined sides, weights and functions are named', () => {
  const W = weight(weightSymbol('W', 1, 2, POSITIVE))
  const b = weight({ ...weightSymbol('b', 1, 1), vector: true })
  const f = unknownFunction('f', { domain: [POSITIVE], codomain: POSITIVE })
  const layers = [input('x', 2), add(W, 0, b), pointwise(apply(f, x0), 1, 1)]
  const found = findCounterexample(
    diagram('l', ...layers, output('y', 2, 1)),
    diagram('r', ...layers, pointwise(apply(f, x0), 1, 2), output('y', 3, 1)),
  ) as Counterexample
  const json = counterexampleJson(found)
  expect(Object.keys(json.weights)).toEqual(['W', 'b'])
  expect(json.weights.b).toHaveLength(1)
  expect(json.functions.f).toMatch(/^f\(t\) = /)
  expect(printCounterexample(found)).toMatch(
    /^x = \[.*\]\nW = \[\[.*\]\]\nb = \[.*\]\nf\(t\) = .*\nleft.*: .*\nright.*: .*$/,
  )
  const undefinedSide = findCounterexample(scalarNet('ln(x)', { x: 'R' }), scalarNet('x', { x: 'R' })) as Counterexample
  expect(counterexampleJson(undefinedSide)).toMatchObject({ left: 'undefined', right: [['0', '0']], output: null })
  expect(printCounterexample(undefinedSide)).toBe('x = 0\nleft: undefined\nright: 0')
})
