import { describe, expect, it } from 'vitest'
import { analyse, monotonicity, rangeOf } from '../../src/scalar/analysis.ts'
import { apply, call, choose, type Expression, number, printExpression, variable } from '../../src/scalar/expression.ts'
import {
  EMPTY,
  interval,
  isEmpty,
  isSubset,
  NON_NEGATIVE,
  POSITIVE,
  printRange,
  REALS,
} from '../../src/scalar/range.ts'
import { rational } from '../../src/scalar/rational.ts'
import { declared, expressionOfText } from './expressions.ts'
import { rangeOfText } from './ranges.ts'

const x = variable(0)

/** What is shown of an expression, the same domain for every variable. */
function show(text: string, domain = 'R'): string {
  const a = analyse(expressionOfText(text), Array(4).fill(rangeOfText(domain)))
  return a.defined
    ? printRange(a.range)
    : `${printExpression(a.obstacle!.argument)} may be in ${printRange(a.obstacle!.found)}`
}

describe('analyse: defined, with these values', () => {
  const cases: [string, string, string][] = [
    // one pass
    ['1 + exp(x)', 'R', '(1, inf)'],
    ['1 - exp(-2*exp(x))', 'R', '(0, 1)'],
    ['ln(tanh(exp(x)))', 'R', '(-inf, 0)'],
    ['1/(1 + tanh(x)*tanh(y))', 'R', '(0.5, inf)'],
    ['exp(ln(x))', '(0, inf)', '(0, inf)'],
    ['relu(x) + 1', 'R', '[1, inf)'],
    // the same part twice
    ['x*x', 'R', '[0, inf)'],
    ['x - x', 'R', '[0, 0]'],
    ['x/x', '(-inf, 0) | (0, inf)', '[1, 1]'],
    ['ln(y) - ln(y)', '(0, inf)', '[0, 0]'],
    ['x + (1 - x)', 'R', '[1, 1]'],
    ['2*x - x', '(0, 1)', '(0, 1)'],
    ['3*x - (x + y) - (x - y)', '(0, 1)', '(0, 1)'],
    ['x*y + x', '(0, inf)', '(0, inf)'],
    ['sqrt(x)^2 - x', '[0, inf)', '[0, 0]'],
    ['sin(x)^2 + cos(x)^2', 'R', '[1, 1]'],
    ['cosh(x)^2 - sinh(x)^2', 'R', '[1, 1]'],
    ['abs(x)^2 - x*x', 'R', '[0, 0]'],
    ['exp(2*x)*exp(-x)^2', 'R', '[1, 1]'],
    // polynomials
    ['x^2 - x + 1', 'R', '[0.75, inf)'],
    ['sqrt(x^2 - 2*x + 1)', 'R', '[0, inf)'],
    ['sqrt(x^4 - 4*x^2 + 4)', 'R', '[0, inf)'],
    ['sqrt(x - x*x)', '[0, 1]', '[0, 0.5]'],
    ['exp(2*x) - 2*exp(x) + 1', 'R', '[0, inf)'],
    ['(exp(x) + exp(-x))/2', 'R', '[1, inf)'],
    ['x + 1/x', '(0, inf)', '[2, inf)'],
    ['1/(x^2 + x + 1)', 'R', '(0, 4/3]'],
    // squares of sums
    ['sqrt(x^2 + y^2)', 'R', '[0, inf)'],
    ['sqrt(x^2 - 2*x*y + y^2)', 'R', '[0, inf)'],
    ['ln(x^2 + y^2 - x*y + 1)', 'R', '[0, inf)'],
    ['ln(x^2 + y^2 + z^2 - x*y - y*z - z*x + 1)', 'R', '[0, inf)'],
    // fractions
    ['x/(1 + x)', '(0, inf)', '(0, 1)'],
    ['(x - 1)/(x + 1)', '(0, inf)', '(-1, 1)'],
    ['exp(x)/(1 + exp(x))', 'R', '(0, 1)'],
    ['exp(x)/(exp(x) + exp(y))', 'R', '(0, 1)'],
    ['ln(x/(1 - x))', '(0, 1)', 'R'],
    ['(exp(x) - exp(-x))/(exp(x) + exp(-x))', 'R', '(-1, 1)'],
    ['atanh(sinh(x)/cosh(x))', 'R', 'R'],
    ['atanh(x/(1 + abs(x)))', 'R', 'R'],
    ['ln((1 + exp(-2*exp(x)))/(1 - exp(-2*exp(x))))', 'R', '(0, inf)'],
    // roots against polynomials
    ['sqrt(x^2 + 1) + x', 'R', '(0, inf)'],
    ['ln(sqrt(x^2 + 1) - x)', 'R', 'R'],
    ['atanh(x/sqrt(1 + x^2))', 'R', 'R'],
    // inequalities between functions
    ['sqrt(abs(x) - x)', 'R', '[0, inf)'],
    ['sqrt(max(x, y) - min(x, y))', 'R', '[0, inf)'],
    ['ln(softplus(x) - x)', 'R', 'R'],
    ['ln(exp(x) - x)', 'R', '[0, inf)'],
    ['x - ln(x)', '(0, inf)', '[1, inf)'],
    ['ln(cosh(x) - sinh(x))', 'R', 'R'],
    ['x - floor(x)', 'R', '[0, 1)'],
    // monotone
    ['tanh(x) - x', '(0, inf)', '(-inf, 0)'],
    ['ln(exp(x) - 1 - x)', '(0, inf)', 'R'],
    ['x^3 + x', '[0, 1)', '[0, 2)'],
    ['x*exp(x)', '[0, 1]', `[0, ${printRange(rangeOf(expressionOfText('exp(1)'), [])).split(', ')[1]}`],
    // choices
    ['x >= 0 ? sqrt(x) : 0', 'R', '[0, inf)'],
    ['x > 0 ? ln(x) : x', '(-inf, 1]', '(-inf, 0]'],
    ['x != 0 ? 1/x : 5', 'R', '(-inf, 0) | (0, inf)'],
    ['x == 0 ? 1 : x/x', 'R', '[1, 1]'],
    ['x < 1 ? (x > 0 ? ln(x) : x) : 1/x', 'R', '(-inf, 1]'],
    ['x < y ? sqrt(y - x) : sqrt(2*x - 2*y)', 'R', '[0, inf)'],
    ['exp(x) > 1 ? sqrt(x) : 1', 'R', '(0, inf)'],
    ['exp(x) < exp(y) ? ln(y - x) : 0', 'R', 'R'],
    ['x^2 > 4 ? 1/x : 1', 'R', '(-0.5, 0) | (0, 0.5) | [1, 1]'],
    ['x - y > 0 ? ln(x - y + 1) : 0', 'R', '[0, inf)'],
    ['1 < 0 ? ln(-1) : x', 'R', 'R'],
    ['x > 3 ? ln(-1) : x', '[0, 1]', '[0, 1]'],
  ]
  for (const [text, domain, expected] of cases)
    it(`${text} on ${domain}`, () => expect(show(text, domain)).toBe(expected))
})

describe('analyse: not defined, and why', () => {
  const cases: [string, string, string][] = [
    ['ln(x)', 'R', 't may be in R'],
    ['ln(x)*0', 'R', 't may be in R'],
    ['0*ln(x - 1)', '[1, inf)', 't - 1 may be in [0, inf)'],
    ['x/x', 'R', 't may be in R'],
    ['ln(x) - ln(x)', 'R', 't may be in R'],
    ['sqrt(x)', '[-1, 1]', 't may be in [-1, 1]'],
    ['x^0.5', 'R', 't may be in R'],
    ['x^(-1)', '[0, 1]', 't may be in [0, 1]'],
    ['x^y', '[-1, 1]', 't may be in [-1, 1]'],
    ['sqrt(x^2 - x)', 'R', 't^2 - t may be in [-0.25, inf)'],
    ['1/(x^2 - 2)', 'R', 't^2 - 2 may be in [-2, inf)'],
    ['ln(x^2 + y^2)', 'R', 't1^2 + t2^2 may be in [0, inf)'],
    ['ln(x^2 - 2*x*y + y^2)', 'R', 't1^2 - 2*t1*t2 + t2^2 may be in [0, inf)'],
    ['atanh(x)', '[-1, 1]', 't may be in [-1, 1]'],
    ['tan(x)', 'R', 't may be in R'],
    ['x >= 0 ? sqrt(x - 1) : 0', 'R', 't - 1 may be in [-1, inf)'],
    ['x > 0 ? 0 : 1/x', 'R', 't may be in (-inf, 0]'],
    ['ln(x) > 0 ? 1 : 1', 'R', 't may be in R'],
    ['x < 0 ? x : ln(x)', 'R', 't may be in [0, inf)'],
    ['ln(exp(x) - 1)', '[0, inf)', 'exp(t) - 1 may be in [0, inf)'],
    ['atanh(tanh(x) + exp(x)*0.001)', 'R', 'tanh(t) + exp(t)*0.001 may be in (-1, inf)'],
  ]
  for (const [text, domain, expected] of cases)
    it(`${text} on ${domain}`, () => expect(show(text, domain)).toBe(expected))

  it('names the operation and the set that it needs', () => {
    const obstacle = analyse(expressionOfText('1 + sqrt(x - 2)'), [NON_NEGATIVE]).obstacle!
    expect(printExpression(obstacle.expression)).toBe('sqrt(t - 2)')
    expect(printRange(obstacle.needed!)).toBe('[0, inf)')
    expect(printRange(obstacle.found)).toBe('[-2, inf)')
    expect(analyse(expressionOfText('tan(x)'), [REALS]).obstacle!.needed).toBe(null)
  })
  it('is vacuous on an empty domain', () => {
    expect(analyse(expressionOfText('ln(x)'), [EMPTY])).toEqual({ range: EMPTY, defined: true, obstacle: null })
  })
})

describe('declared functions', () => {
  it('unknown ones give their codomain on their domain', () => {
    const sigma = declared({ domain: [POSITIVE], codomain: POSITIVE })
    const chain = call('ln', apply(sigma, call('exp', x)))
    expect(analyse(chain, [REALS]).defined).toBe(true)
    const bare = analyse(apply(sigma, x), [NON_NEGATIVE])
    expect(bare.defined).toBe(false)
    expect(printRange(bare.obstacle!.needed!)).toBe('(0, inf)')
    expect(rangeOf(apply(sigma, x), [NON_NEGATIVE])).toBe(POSITIVE)
  })
  it('odd ones are 0 at 0, odd increasing ones keep the sign', () => {
    const odd = declared({ parity: 'odd' })
    expect(printRange(rangeOf(apply(odd, number(0)), []))).toBe('[0, 0]')
    expect(rangeOf(apply(odd, x), [NON_NEGATIVE])).toBe(REALS)
    const rising = declared({ parity: 'odd', monotone: 'increasing' })
    expect(rangeOf(apply(rising, x), [NON_NEGATIVE])).toBe(NON_NEGATIVE)
    const falling = declared({ parity: 'odd', monotone: 'decreasing' })
    expect(printRange(rangeOf(apply(falling, x), [POSITIVE]))).toBe('(-inf, 0]')
  })
  it('those with a formula are strict in arguments that the formula does not use', () => {
    const first = declared({
      name: 'first',
      arity: 2,
      domain: [REALS, REALS],
      definition: variable(0),
      parameters: ['a', 'b'],
    })
    expect(analyse(apply(first, x, call('ln', x)), [POSITIVE]).defined).toBe(true)
    expect(analyse(apply(first, x, call('ln', x)), [REALS]).defined).toBe(false)
    const outer = declared({ name: 'outer', definition: apply(first, x, call('ln', x)) })
    expect(analyse(apply(outer, x), [REALS]).defined).toBe(false)
    expect(analyse(apply(outer, x), [POSITIVE]).defined).toBe(true)
  })
  it('those with a formula are looked through', () => {
    const square = declared({ name: 'square', definition: call('*', x, x) })
    expect(rangeOf(apply(square, call('-', x, number(1))), [REALS])).toBe(NON_NEGATIVE)
    expect(analyse(call('sqrt', call('+', call('-', apply(square, x), x), number(1))), [REALS]).defined).toBe(true)
  })
})

describe('size', () => {
  const chain = (start: Expression, length: number, step: (e: Expression, k: number) => Expression): Expression => {
    let e = start
    for (let k = 0; k < length; k++) e = step(e, k)
    return e
  }
  it('sums of 10,000 terms and nesting of 100,000', () => {
    const sum = chain(call('exp', x), 10_000, (e, k) => call('+', e, call('exp', variable(k))))
    expect(analyse(call('ln', sum), []).defined).toBe(true)
    const deep = chain(x, 10_000, e => call('tanh', call('neg', e)))
    expect(isSubset(rangeOf(deep, [REALS]), interval(rational(-1), rational(1)))).toBe(true)
    expect(monotonicity(deep, 0, [REALS])).toBe('increasing')
    const added = chain(x, 100_000, e => call('+', e, number(1)))
    expect(printRange(rangeOf(call('-', added, x), [REALS]))).toBe('[100000, 100000]')
  })
  it('choices nested 5,000 deep, and shared', () => {
    const nested = chain(x, 5000, (e, k) =>
      choose('<', x, number(k), e, call('ln', call('+', number(1), call('exp', x)))),
    )
    expect(analyse(nested, [REALS]).defined).toBe(true)
    const shared = chain(x, 200, (e, k) => choose('<', variable(k % 3), number(k), e, call('neg', e)))
    expect(analyse(shared, []).defined).toBe(true)
  })
  it('towers of powers and exponentials', () => {
    const tower = chain(x, 60, e => call('^', call('+', e, number(1)), number(50)))
    expect(isEmpty(rangeOf(tower, [REALS]))).toBe(false)
    expect(
      isSubset(
        rangeOf(
          chain(x, 1000, e => call('exp', e)),
          [REALS],
        ),
        POSITIVE,
      ),
    ).toBe(true)
    const different = call(
      '-',
      chain(x, 1000, e => call('exp', e)),
      chain(variable(1), 1000, e => call('exp', e)),
    )
    expect(analyse(different, []).defined).toBe(true)
  })
})
