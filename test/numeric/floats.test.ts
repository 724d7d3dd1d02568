import { describe, expect, test } from 'vitest'
import { weight } from '../../src/linear/linear.ts'
import { sizeOf } from '../../src/linear/size.ts'
import {
  type FloatFormat,
  type FloatTrouble,
  findFloatDifferences,
  floatDifferencesJson,
  printFloatDifferences,
} from '../../src/numeric/floats.ts'
import { apply, call, x0 } from '../../src/scalar/expression.ts'
import { interval, POSITIVE } from '../../src/scalar/range.ts'
import { rational } from '../../src/scalar/rational.ts'
import { add, diagram, input, mul, output, pointwise, scalarNet, unknownFunction, weightSymbol } from './build.ts'

const differences = (left: string, right: string, domain: string, format: FloatFormat) =>
  findFloatDifferences(scalarNet(left, { x: domain }), scalarNet(right, { x: domain })).differences.filter(
    d => d.format === format,
  )
const place = (left: string, right: string, domain: string, format: FloatFormat, cause: FloatTrouble): number => {
  const found = differences(left, right, domain, format).find(d => d.cause === cause)
  return found?.inputs.get('x')?.[0] ?? Number.NaN
}

describe('where floating point parts company', () => {
  test('ln(exp x) overflows at the largest logarithm, in both formats', () => {
    expect(place('ln(exp(x))', 'x', 'R', 'binary64', 'overflow')).toBe(709.7827128933841)
    expect(place('ln(exp(x))', 'x', 'R', 'binary32', 'overflow')).toBeCloseTo(88.7228, 3)
    expect(place('ln(exp(x))', 'x', 'R', 'binary64', 'underflow')).toBeLessThan(-708)
  })
  test('squares overflow and underflow', () => {
    expect(Math.abs(place('sqrt(x^2)', 'abs(x)', 'R', 'binary64', 'overflow'))).toBeCloseTo(
      1.3407807929942597e154,
      -148,
    )
    expect(Math.abs(place('sqrt(x^2)', 'abs(x)', 'R', 'binary32', 'overflow'))).toBeCloseTo(2 ** 64, -16)
    expect(Math.abs(place('sqrt(x^2)', 'abs(x)', 'R', 'binary32', 'underflow'))).toBeLessThan(1e-18)
  })
  test('a quotient of two infinite numbers', () => {
    const found = differences('sigmoid(x)', 'exp(x)/(1 + exp(x))', 'R', 'binary64').find(d => d.cause === 'overflow')
    expect(found?.left).toBe(1)
    expect(found?.right).toBeNaN()
    expect(found?.inputs.get('x')).toEqual([709.7827128933841])
  })
  test('softplus written out loses small values and overflows', () => {
    const [lost, over] = (['cancellation', 'overflow'] as const).map(cause =>
      place('softplus(x)', 'ln(1 + exp(x))', 'R', 'binary32', cause),
    )
    expect(lost).toBeLessThan(-5)
    expect(lost).toBeGreaterThan(-20)
    expect(over).toBeCloseTo(88.7228, 3)
  })
  test('digits that are lost bit by bit are no difference, and the bound says how many may be', () => {
    // At x = 1e5 a third of the digits is gone; at 1e9 nothing is left.
    const [left, right] = ['sqrt(x + 1) - sqrt(x)', '1/(sqrt(x + 1) + sqrt(x))']
    const found = findFloatDifferences(scalarNet(left, { x: '(0, inf)' }), scalarNet(right, { x: '(0, inf)' }))
    const [place64, place32] = (['binary64', 'binary32'] as const).map(
      format =>
        found.differences.find(d => d.format === format && d.cause === 'cancellation')?.inputs.get('x')?.[0] ?? 0,
    )
    expect(place64).toBeGreaterThan(1e9)
    expect(place32).toBeGreaterThan(1e4)
    expect(place32).toBeLessThan(place64)
    for (const { consistent, inconclusive, farthest } of found.counts) {
      expect(consistent).toBeGreaterThan(50)
      expect(inconclusive).toBeGreaterThan(50)
      expect(farthest?.distance).toBeGreaterThan(1e-7)
      expect(farthest?.distance).toBeLessThanOrEqual(farthest?.bound ?? 0)
    }
  })
  test('the bound holds at every consistent point', () => {
    for (const [left, right] of [
      ['exp(ln(x) * 3)', 'x^3'],
      ['sigmoid(x)', '1/(1 + exp(-x))'],
      ['x/3 + x/7', '10*x/21'],
      ['x >= 1/3 ? pi*x : x', 'x >= 1/3 ? x*pi : x'],
    ]) {
      const { counts } = findFloatDifferences(scalarNet(left, { x: '(0, inf)' }), scalarNet(right, { x: '(0, inf)' }))
      for (const { consistent, farthest } of counts) {
        expect(consistent).toBeGreaterThan(100)
        expect(farthest?.distance).toBeLessThanOrEqual(farthest?.bound ?? 0)
      }
    }
  })
  test('nothing is found where nothing happens', () => {
    expect(differences('relu(relu(x))', 'relu(x)', 'R', 'binary64')).toEqual([])
    expect(differences('max(x, x)', 'x', 'R', 'binary32')).toEqual([])
  })
  test('points stay within the domain', () => {
    const domain = interval(rational(0), rational(700))
    const net = (text: string) => {
      const { nodes, ...rest } = scalarNet(text, { x: 'R' })
      return { ...rest, nodes: nodes.map(node => (node.kind === 'input' ? { ...node, domain } : node)) }
    }
    const report = findFloatDifferences(net('ln(exp(x))'), net('x'))
    expect(report.differences.some(d => d.format === 'binary64' && d.cause === 'overflow')).toBe(false)
    expect(report.differences.some(d => d.format === 'binary32' && d.cause === 'overflow')).toBe(true)
  })
})

describe('layers', () => {
  const W = weight(weightSymbol('W', 2, 2))
  const direct = diagram('l', input('x', 2, POSITIVE), mul(W, 0), output('y', 1, 2))
  const n = sizeOf(2)
  const logarithmic = diagram(
    'r',
    input('x', 2, POSITIVE),
    pointwise(call('ln', x0), n, 0),
    add(W, 1),
    pointwise(call('exp', x0), n, 2),
    output('y', 3, 2),
  )
  test('the same seed gives the same report, which names the weights', () => {
    const report = findFloatDifferences(direct, logarithmic, { seed: 3 })
    expect(printFloatDifferences(findFloatDifferences(direct, logarithmic, { seed: 3 }))).toBe(
      printFloatDifferences(report),
    )
    expect(report.instance?.weights.size).toBe(1)
    expect(report.differences.length).toBeGreaterThan(0)
    expect(printFloatDifferences(report)).toMatch(
      /^binary64: .* at x = \[.*\]: y\[\d\] is .* on the left, .* on the right\n/,
    )
    expect(printFloatDifferences(report)).toContain('with W = [[')
  })
  test('numbers that JSON lacks are strings', () => {
    const json = JSON.stringify(
      floatDifferencesJson(findFloatDifferences(scalarNet('ln(exp(x))', { x: 'R' }), scalarNet('x', { x: 'R' }))),
    )
    expect(json).toContain('"left":"Infinity","right":709.7827128933841')
  })
  test('nets that cannot be compared, or have no instance, are not tried', () => {
    expect(findFloatDifferences(direct, scalarNet('x', { x: 'R' })).samples).toBe(0)
    const f = unknownFunction('f', { codomain: interval(rational(1), rational(1)), monotone: 'increasing' })
    const unknown = diagram('u', input('x', 1), pointwise(apply(f, x0), 1, 0), output('y', 1, 1))
    expect(printFloatDifferences(findFloatDifferences(unknown, unknown))).toBe('floating point: not tried')
  })
})
