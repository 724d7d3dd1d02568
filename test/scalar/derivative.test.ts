import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { derivative } from '../../src/scalar/derivative.ts'
import { type Enclosure, enclose } from '../../src/scalar/enclosure.ts'
import {
  ARITY,
  apply,
  call,
  choose,
  constant,
  type Expression,
  type FunctionSymbol,
  type KnownName,
  number,
  one,
  printExpression,
  variable,
  x0,
  zero,
} from '../../src/scalar/expression.ts'
import { REALS } from '../../src/scalar/range.ts'
import { type Rational, rational } from '../../src/scalar/rational.ts'

const names = Object.keys(ARITY) as KnownName[]
const x1 = variable(1)
const STEP = rational(1, 1n << 120n)

/** (f(x + h) - f(x - h)) / 2h in the coordinate `index`, with the rounding made harmless; null where f is not defined or known. */
function centralDifference(e: Expression, point: readonly Rational[], index: number): Rational | null {
  const [right, left] = [STEP, STEP.neg()].map(h =>
    enclose(
      e,
      point.map((q, i) => (i === index ? q.add(h) : q)),
      { bits: 500, maxBits: 600 },
    ),
  )
  if (typeof right === 'string' || typeof left === 'string') return null
  if (
    right.high
      .sub(right.low)
      .add(left.high.sub(left.low))
      .compare(rational(1, 1n << 300n)) > 0
  )
    return null
  return right.low.sub(left.low).div(STEP.mul(2))
}

/** Whether the derivative meets the central difference, whose error is of the order h^2 = 2^-240. */
function agrees(e: Expression, point: readonly Rational[], index: number): boolean | null {
  const expected = centralDifference(e, point, index)
  const found = enclose(derivative(e, index), point, { bits: 300 })
  if (expected === null || typeof found === 'string') return null
  if (expected.abs().compare(1e9) > 0) return null
  return (
    found.low
      .sub(expected)
      .abs()
      .compare(rational(1, 1n << 64n)) < 0
  )
}

describe('against central differences', () => {
  // No integers, no symmetric pairs: away from kinks.
  const points = [
    rational(3, 7),
    rational(-5, 7),
    rational(17, 7),
    rational(-23, 7),
    rational(9, 1000),
    rational(85, 7),
  ]
  test.each(names)('%s', name => {
    const e = call(name, ...[x0, x1].slice(0, ARITY[name]))
    let compared = 0
    for (const x of points) {
      for (const y of ARITY[name] === 1 ? [rational(1)] : points.map(q => q.add(rational(1, 11)))) {
        for (let index = 0; index < ARITY[name]; index++) {
          const verdict = agrees(e, [x, y], index)
          if (verdict === null) continue
          expect(verdict, `${name} at ${x}, ${y}`).toBe(true)
          compared++
        }
      }
    }
    expect(compared).toBeGreaterThan(1)
  })

  test('compositions', () => {
    const odd = fc
      .tuple(fc.integer({ min: -90, max: 90 }), fc.constantFrom(7, 11, 13))
      .map(([n, d]) => rational(n * d + 1, d * 17))
    const tree = fc.letrec<{ e: Expression }>(tie => ({
      e: fc.oneof(
        { maxDepth: 4, depthIdentifier: 'e' },
        fc.oneof(
          fc.constantFrom<Expression>(x0, x0, x1, constant('pi'), number(2), number(3), number(-1)),
          odd.map(q => number(q)),
        ),
        fc.tuple(fc.constantFrom(...names.filter(n => ARITY[n] === 1)), tie('e')).map(([name, a]) => call(name, a)),
        fc
          .tuple(fc.constantFrom(...names.filter(n => ARITY[n] === 2)), tie('e'), tie('e'))
          .map(([name, a, b]) => call(name, a, b)),
        fc
          .tuple(fc.constantFrom('<' as const, '!=' as const), tie('e'), tie('e'), tie('e'), tie('e'))
          .map(([relation, a, b, c, d]) => choose(relation, a, b, c, d)),
      ),
    })).e
    let compared = 0
    fc.assert(
      fc.property(tree, odd, odd, (e, x, y) => {
        // At denominators that no number in the expression has.
        const verdict = agrees(e, [x.add(rational(1, 1009)), y.add(rational(1, 2003))], 0)
        if (verdict !== null) compared++
        return verdict !== false
      }),
      { numRuns: 600, seed: 1 },
    )
    expect(compared).toBeGreaterThan(200)
  })
})

describe('what it looks like', () => {
  const d = (e: Expression, index = 0): string => printExpression(derivative(e, index), ['x', 'y'])
  test.each([
    ['1', call('+', x0, one)],
    ['0', call('exp', x1)],
    ['2*x', call('^', x0, number(2))],
    ['3*x^2', call('^', x0, number(3))],
    ['1/x', call('ln', x0)],
    ['2*x/ln(10)', call('/', call('^', x0, number(2)), call('ln', number(10)))],
    ['exp(x)', call('exp', x0)],
    ['exp(2*x)*2', call('exp', call('*', number(2), x0))],
    ['-1', call('-', one, x0)],
    ['y', call('*', x0, x1)],
    ['sigmoid(x)', call('softplus', x0)],
    ['0 < x ? 1 : 0', call('relu', x0)],
    ['x < y ? 0 : 1', call('max', x0, x1)],
    ['y < x ? 0 : 1', call('min', x0, x1)],
    ['sign(x)', call('abs', x0)],
    ['0', call('floor', x0)],
    ['2', call('max', call('*', number(2), x0), call('*', number(2), x0))],
    ['x < 0 ? 0 : 1', choose('<', x0, zero, x1, x0)],
  ])('%s', (text, e) => expect(d(e)).toBe(text))
})

describe('at the edges', () => {
  const valueAt = (e: Expression, x: number): string => {
    const value = enclose(derivative(e, 0), [rational(x)])
    return typeof value === 'string' ? value : value.low.toFraction()
  }
  test('powers at 0', () => {
    expect([valueAt(x0, 0), valueAt(call('^', x0, one), 0), valueAt(call('^', x0, number(2)), 0)]).toEqual([
      '1',
      '1',
      '0',
    ])
    expect(valueAt(call('^', x0, number(rational(1, 2))), 0)).toBe('undefined')
    // A constant, although its formula has the derivative of a square root in it.
    expect(valueAt(call('sqrt', call('-', x0, x0)), 1)).toBe('0')
  })
  test('kinks', () => {
    expect([valueAt(call('abs', x0), 0), valueAt(call('relu', x0), 0), valueAt(call('max', x0, zero), 0)]).toEqual([
      '0',
      '0',
      '1',
    ])
  })
  test('a branch that is not taken need not have one', () => {
    expect(valueAt(call('max', call('sqrt', x0), one), 0)).toBe('0')
  })
})

describe('declared functions', () => {
  const declared = (definition: Expression | null): FunctionSymbol => ({
    name: 'f',
    arity: 1,
    domain: [REALS],
    codomain: REALS,
    monotone: null,
    parity: null,
    inverse: null,
    definition,
    parameters: ['t'],
  })
  test('count as their definitions', () => {
    expect(derivative(apply(declared(call('sin', x0)), call('*', number(2), x0)), 0)).toBe(
      derivative(call('sin', call('*', number(2), x0)), 0),
    )
  })
  test('have none when unknown, unless of something else', () => {
    expect(() => derivative(apply(declared(null), x0), 0)).toThrow(TypeError)
    expect(derivative(apply(declared(null), x1), 0)).toBe(zero)
  })
})

test('long and deep expressions', () => {
  let sum: Expression = zero
  for (let i = 0; i < 10_000; i++) sum = call('+', sum, call('*', number(i), x0))
  const slope = enclose(derivative(sum, 0), [rational(1)]) as Enclosure
  expect(slope.low.equals(rational((9999 * 10000) / 2))).toBe(true)
  let deep: Expression = x0
  for (let i = 0; i < 50_000; i++) deep = call('sin', deep)
  expect(() => derivative(deep, 0)).not.toThrow()
})
