// The directions in which functions are shown to move, and those that are not shown because they do not hold.
import { describe, expect, it } from 'vitest'
import { assume, monotonicity, noFacts } from '../../src/scalar/analysis.ts'
import { apply, call, variable } from '../../src/scalar/expression.ts'
import { NON_NEGATIVE, REALS } from '../../src/scalar/range.ts'
import { declared, expressionOfText } from './expressions.ts'
import { rangeOfText } from './ranges.ts'

const x = variable(0)

describe('monotonicity', () => {
  const cases: [string, string, string | null][] = [
    ['x', 'R', 'increasing'],
    ['-x', 'R', 'decreasing'],
    ['y', 'R', 'constant'],
    ['x - x', 'R', 'constant'],
    ['exp(-2*x)', 'R', 'decreasing'],
    ['x^2', '[0, inf)', 'increasing'],
    ['x^2', '(-inf, 0]', 'decreasing'],
    ['x^2', 'R', null],
    ['x^3', 'R', 'increasing'],
    ['1/x', '(0, inf)', 'decreasing'],
    ['1/x', '(-inf, 0) | (0, inf)', null],
    ['x^(-2)', '(-inf, 0)', 'increasing'],
    ['x*exp(x)', '[0, inf)', 'increasing'],
    ['x*exp(x)', 'R', null],
    ['x*sigmoid(x)', 'R', null],
    ['x/(1 + x)', '[0, inf)', 'increasing'],
    ['exp(x)/(1 + exp(x))', 'R', 'increasing'],
    ['x + sqrt(x^2 + 1)', 'R', 'increasing'],
    ['x + sin(x)', 'R', 'increasing'],
    ['x + 2*sin(x)', 'R', null],
    ['sin(x)', '[-1.5, 1.5]', 'increasing'],
    ['max(x, 1)', 'R', 'increasing'],
    ['max(x, -x)', 'R', null],
    ['abs(x)', '[0, 1]', 'increasing'],
    ['floor(2*x)', 'R', 'increasing'],
    ['x >= 0 ? x : 0.01*x', 'R', 'increasing'],
    ['x >= 0 ? x : -1 - x', 'R', null],
    ['x >= 0 ? x : x + 1', 'R', null],
    ['x >= 0 ? x + 1 : x', 'R', 'increasing'],
    ['x >= 0 ? -x : 0 - 2*x', 'R', 'decreasing'],
    ['ln(x)', 'R', null],
    ['y*x', 'R', null],
    ['tanh(x) - x', 'R', 'decreasing'],
    ['2^x', 'R', 'increasing'],
    ['0.5^x', 'R', 'decreasing'],
    ['x - floor(x)', 'R', null],
  ]
  for (const [text, domain, expected] of cases) {
    it(`${text} on ${domain}: ${expected}`, () =>
      expect(monotonicity(expressionOfText(text), 0, [rangeOfText(domain)])).toBe(expected))
  }
  it('of unknown functions is what they declare, under facts too', () => {
    const rising = declared({ monotone: 'increasing' })
    expect(monotonicity(apply(rising, call('neg', x)), 0, [REALS])).toBe('decreasing')
    expect(monotonicity(apply(declared({}), x), 0, [REALS])).toBe(null)
    expect(monotonicity(call('*', variable(1), x), 0, [], assume(noFacts, variable(1), NON_NEGATIVE))).toBe(
      'increasing',
    )
  })
})
