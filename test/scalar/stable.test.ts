// Stable forms: the same real function as what is written, with the digits that the written order loses.
import { describe, expect, test } from 'vitest'
import { bounded, ERF_MARGIN, MARGIN } from '../../src/numeric/bounded.ts'
import { doubles } from '../../src/numeric/doubles.ts'
import { random } from '../../src/numeric/random.ts'
import { enclose, encloseCall } from '../../src/scalar/enclosure.ts'
import { compileExpression } from '../../src/scalar/evaluate.ts'
import { call, type Expression, type KnownName, number, variable, x0 } from '../../src/scalar/expression.ts'
import { fromDouble, toDouble } from '../../src/scalar/rational.ts'
import { type StableForm, stablePlan } from '../../src/scalar/stable.ts'
import { tapeOf } from '../../src/scalar/tape.ts'
import { formula } from '../numeric/build.ts'

const [x, y, z] = [x0, variable(1), variable(2)]
const exp = (e: Expression) => call('exp', e)
const ln = (e: Expression) => call('ln', e)
const plus = (a: Expression, b: Expression) => call('+', a, b)
const one = number(1)

const FORMS: readonly [StableForm['kind'], Expression, readonly number[][]][] = [
  ['log1p', ln(plus(one, x)), [[1e-20], [-0.5], [1e300]]],
  ['log1m', ln(call('-', one, x)), [[1e-20], [0.999999], [-1e300]]],
  ['expm1', call('-', exp(x), one), [[1e-20], [-1e-9], [3]]],
  ['oneMinusExp', call('-', one, exp(x)), [[1e-20], [-40]]],
  ['softplus', ln(plus(one, exp(x))), [[1000], [-700], [0.1]]],
  ['logTanh', ln(call('tanh', x)), [[Math.exp(4)], [0.5], [1e-9], [0.7]]],
  ['logSigmoid', ln(call('sigmoid', x)), [[800], [-800], [0.5]]],
  [
    'logSumExp',
    ln(plus(exp(x), exp(y))),
    [
      [1000, 1001],
      [-1000, -999],
      [-1e-20, -40],
      [5, 5],
    ],
  ],
  [
    'logSumExp',
    ln(plus(plus(exp(x), exp(y)), exp(z))),
    [
      [900, -900, 899],
      [0, 0, 0],
    ],
  ],
]

describe('stable forms', () => {
  test.each(FORMS)('%s', (kind, e, points) => {
    const tape = tapeOf(e)
    const { forms, needed } = stablePlan(tape)
    expect(forms[tape.length - 1]?.kind).toBe(kind)
    expect(needed.filter(Boolean).length).toBeLessThan(tape.length)
    const compute = compileExpression(e, 3)
    const intervals = bounded.compile(e)
    for (const point of points) {
      const exact = enclose(e, point.map(fromDouble), { bits: 1400 })
      if (typeof exact === 'string') throw new Error(exact)
      const value = toDouble(exact.low)
      expect(Math.abs(compute(point) - value)).toBeLessThanOrEqual(Math.abs(value) * 2 ** -50 + 2 ** -1060)
      const interval = intervals(point.map(p => ({ low: p, high: p })))
      if (typeof interval === 'string') throw new Error(interval)
      expect(fromDouble(interval.low).compare(exact.high)).toBeLessThanOrEqual(0)
      expect(fromDouble(interval.high).compare(exact.low)).toBeGreaterThanOrEqual(0)
      expect(interval.high - interval.low).toBeLessThanOrEqual(Math.abs(value) * 2 ** -46 + 2 ** -1019)
    }
  })
  test('what only looks like one is computed as it is written', () => {
    for (const text of ['ln(2+x)', 'exp(x)-2', 'ln(exp(x)+y)', 'ln(exp(x)-exp(y))', '1-sinh(x)', 'ln(x-1)']) {
      const tape = tapeOf(formula(text, 'x', 'y'))
      expect(stablePlan(tape).forms.every(f => f === null)).toBe(true)
    }
  })
  test('the domain stays: ln(1 + x) has no value at -1, nor has an interval around it a known one', () => {
    const at = (low: number, high: number) => bounded.compile(ln(plus(one, x)))([{ low, high }])
    expect(compileExpression(ln(plus(one, x)), 1)([-1])).toBeNaN()
    expect(at(-1, -1)).toBe('undefined')
    expect(at(-1.5, 0)).toBe('unknown')
  })
})

describe('the margins of intervals', () => {
  const source = random(3)
  const between = (a: number, b: number): number => a + source.uniform() * (b - a)
  const small = (): number => between(-1, 1) * 10 ** between(-9, 1)
  const ARGUMENTS: readonly [KnownName, () => number[]][] = [
    ['exp', () => [between(-700, 700)]],
    ['exp', () => [small()]],
    ['ln', () => [10 ** between(-300, 300)]],
    ['ln', () => [1 + between(-1, 1) * 10 ** between(-12, -1)]],
    ['^', () => [10 ** between(-5, 5), between(-50, 50)]],
    ['^', () => [between(0.5, 2), between(-900, 900)]],
    ['^', () => [10 ** between(-300, 300), between(-1, 1)]],
    ...(['sinh', 'cosh', 'tanh', 'asinh', 'sigmoid', 'softplus'] as const).map((name): [KnownName, () => number[]] => [
      name,
      () => [source.oneIn(2) ? small() : between(-30, 30)],
    ]),
    ['acosh', () => [1 + 10 ** between(-12, 3)]],
    ['atanh', () => [between(-1, 1)]],
    ['erf', () => [between(-6, 6)]],
    ['sin', () => [between(-1e6, 1e6)]],
    ['cos', () => [between(-1e6, 1e6)]],
  ]
  // ECMAScript promises nothing of these functions; what the engine at hand does is measured.
  test.each(ARGUMENTS)('%s of this engine errs by less than two thirds of them', (name, draw) => {
    for (let k = 0; k < 400; k++) {
      const args = draw()
      const value = doubles.call(name, args)
      const exact = encloseCall(
        name,
        args.map(a => ({ low: fromDouble(a), high: fromDouble(a) })),
        90,
      )
      if (typeof exact === 'string' || !Number.isFinite(value) || Math.abs(value) < 1e-300) continue
      const error = Math.abs(toDouble(fromDouble(value).sub(exact.low)))
      const scale = name === 'sin' || name === 'cos' ? 1 : Math.abs(value)
      expect(error / scale).toBeLessThan(((name === 'erf' ? ERF_MARGIN : MARGIN) * 2) / 3)
    }
  })
})
