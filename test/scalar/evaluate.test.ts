import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { enclose } from '../../src/scalar/enclosure.ts'
import { compileExpression } from '../../src/scalar/evaluate.ts'
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
  variable,
  x0,
  zero,
} from '../../src/scalar/expression.ts'
import { REALS } from '../../src/scalar/range.ts'
import { fromDouble, rational, toDouble } from '../../src/scalar/rational.ts'

const names = Object.keys(ARITY) as KnownName[]
const x1 = variable(1)
const general = (name: KnownName): Expression => call(name, ...[x0, x1].slice(0, ARITY[name]))
const evaluate = (e: Expression, ...args: number[]): number => compileExpression(e, args.length)(args)

/** The distance in units of the last place of the exact value. */
function ulps(result: number, exact: number): number {
  const unit = Math.max(2 ** (Math.floor(Math.log2(Math.abs(exact))) - 52), Number.MIN_VALUE)
  return exact === result ? 0 : Math.abs(result - exact) / unit
}

describe('every function', () => {
  const sizes = fc.oneof(
    fc.double({ min: -20, max: 20, noNaN: true }),
    fc.integer({ min: -30, max: 30 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.tuple(fc.constantFrom(-1, 0, 1), fc.double({ min: -1e-6, max: 1e-6, noNaN: true })).map(([a, b]) => a + b),
  )
  test.each(names)('%s agrees with the enclosure, and is NaN where it is undefined', name => {
    const f = compileExpression(general(name), 2)
    fc.assert(
      fc.property(sizes, sizes, (x, y) => {
        const result = f([x, y])
        const exact = enclose(general(name), [fromDouble(x), fromDouble(y)], { bits: 80 })
        if (exact === 'unknown') return true
        if (exact === 'undefined') return Number.isNaN(result)
        const value = toDouble(exact.low)
        // Beyond the largest double only overflow may be said.
        if (Math.abs(value) === Number.MAX_VALUE || value === -Infinity) return Math.abs(result) >= Number.MAX_VALUE
        return ulps(result, value) <= 8
      }),
      { numRuns: 1500, seed: 1 },
    )
  })
})

describe('what binary64 gets wrong if it is let', () => {
  test('undefined is NaN, not infinite', () => {
    expect(evaluate(call('ln', x0), 0)).toBeNaN()
    expect(evaluate(call('ln', x0), -0)).toBeNaN()
    expect(evaluate(call('/', one, x0), 0)).toBeNaN()
    expect(evaluate(call('/', one, x0), -0)).toBeNaN()
    expect(evaluate(call('^', x0, number(-1)), 0)).toBeNaN()
    expect(evaluate(call('^', x0, number(-1)), -0)).toBeNaN()
    expect(evaluate(call('^', x0, number(rational(1, 3))), -8)).toBeNaN()
    expect(evaluate(call('atanh', x0), 1)).toBeNaN()
    expect(evaluate(call('^', x0, x0), 0)).toBe(1)
    expect(evaluate(call('^', zero, x0), 0.5)).toBe(0)
  })
  test('undefined stays undefined', () => {
    expect(evaluate(call('^', call('ln', x0), zero), -1)).toBeNaN()
    expect(evaluate(call('*', zero, call('ln', x0)), -1)).toBeNaN()
    for (const name of ['max', 'min', '+'] as const) expect(evaluate(call(name, one, call('sqrt', x0)), -1)).toBeNaN()
    expect(evaluate(call('relu', call('sqrt', x0)), -1)).toBeNaN()
    for (const relation of ['<', '<=', '==', '!='] as const)
      expect(evaluate(choose(relation, call('ln', x0), zero, one, one), -1)).toBeNaN()
  })
  test('only the branch taken counts', () => {
    const e = choose('<', zero, x0, call('ln', x0), x0)
    expect([evaluate(e, -3), evaluate(e, 1)]).toEqual([-3, 0])
    for (const [relation, expected] of [
      ['<', [1, 0, 0]],
      ['<=', [1, 1, 0]],
      ['==', [0, 1, 0]],
      ['!=', [1, 0, 1]],
    ] as const)
      expect([-1, 0, 1].map(x => evaluate(choose(relation, x0, zero, one, zero), x))).toEqual(expected)
  })
  test('infinity comes from overflow', () => {
    expect(evaluate(call('exp', x0), 710)).toBe(Infinity)
    expect(evaluate(call('*', x0, x0), -1e200)).toBe(Infinity)
  })
  test('stable forms', () => {
    const exponential = call('exp', x0)
    for (const e of [
      call('ln', call('+', one, exponential)),
      call('ln', call('+', exponential, one)),
      call('softplus', x0),
    ])
      expect([evaluate(e, 800), evaluate(e, -700)]).toEqual([800, Math.exp(-700)])
    expect(evaluate(call('ln', call('+', one, x0)), 1e-20)).toBe(1e-20)
    expect(evaluate(call('ln', call('+', x0, one)), -1)).toBeNaN()
    expect(evaluate(call('-', exponential, one), 1e-20)).toBe(1e-20)
    expect([evaluate(call('sigmoid', x0), -800), evaluate(call('sigmoid', x0), -740) > 0]).toEqual([0, true])
    // The other way round there is nothing to stabilize.
    expect(evaluate(call('-', one, exponential), 1)).toBe(1 - Math.E)
  })
  test('the error function joins its two forms', () => {
    const f = compileExpression(call('erf', x0), 1)
    expect([f([0]), f([10]), f([-1e300]), f([Infinity])]).toEqual([0, 1, -1, 1])
    expect(f([Number.NaN])).toBeNaN()
    expect(f([2.5]) - f([2.5 - 2 ** -51])).toBeLessThan(2 ** -51)
  })
})

describe('compiling', () => {
  const declared = (arity: number, definition: Expression | null): FunctionSymbol => ({
    name: 'f',
    arity,
    domain: Array(arity).fill(REALS),
    codomain: REALS,
    monotone: null,
    parity: null,
    inverse: null,
    definition,
    parameters: ['s', 't'].slice(0, arity),
  })
  test('definitions, strict in what they do not use', () => {
    const swish = declared(1, call('*', x0, call('sigmoid', x0)))
    expect(evaluate(apply(swish, call('+', x0, x1)), 1, 2)).toBeCloseTo(3 / (1 + Math.exp(-3)), 14)
    const first = declared(2, x0)
    expect(evaluate(apply(first, x0, call('ln', x0)), -2)).toBeNaN()
    expect(evaluate(apply(first, x0, call('ln', x0)), 2)).toBe(2)
    expect(evaluate(apply(first, x0, x1), 2, Number.NaN)).toBe(2)
  })
  test('numbers and constants are rounded to the nearest', () => {
    expect(evaluate(number(rational(1, 3)))).toBe(1 / 3)
    expect([evaluate(constant('pi')), evaluate(constant('e'))]).toEqual([Math.PI, Math.E])
  })
  test('misuse is refused', () => {
    expect(() => compileExpression(apply(declared(1, null), x0), 1)).toThrow(TypeError)
    expect(() => compileExpression(x1, 1)).toThrow(RangeError)
  })
  test('long and deep expressions, and definitions that double', () => {
    let deep: Expression = x0
    for (let i = 0; i < 100_000; i++) deep = call('neg', call('relu', deep))
    expect(evaluate(deep, 3)).toBe(-0)
    let sum: Expression = zero
    for (let i = 0; i < 10_000; i++) sum = call('+', sum, call('*', number(i), x0))
    expect(evaluate(sum, 2)).toBe(9999 * 10000)
    // Each level uses the last twice, with different arguments: 2^40 instructions.
    let f = declared(1, call('sin', x0))
    for (let i = 0; i < 40; i++)
      f = declared(1, call('+', apply(f, x0), apply(f, call('+', x0, number(rational(1, i + 2))))))
    expect(() => compileExpression(apply(f, x0), 1)).toThrow('more than')
    // With the same arguments there are few.
    let g = declared(1, call('sin', x0))
    for (let i = 0; i < 40; i++) g = declared(1, call('+', apply(g, x0), apply(g, x0)))
    expect(evaluate(apply(g, x0), 1)).toBe(Math.sin(1) * 2 ** 40)
  })
})
