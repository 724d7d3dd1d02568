// What follows from known memberships of expressions, and which of them exclude each other.
import { describe, expect, it } from 'vitest'
import { analyse, assume, type Facts, isContradictory, noFacts, rangeOf } from '../../src/scalar/analysis.ts'
import { call, printExpression, variable } from '../../src/scalar/expression.ts'
import { NEGATIVE, POSITIVE, printRange, REALS } from '../../src/scalar/range.ts'
import { expressionOfText } from './expressions.ts'
import { rangeOfText } from './ranges.ts'

const x = variable(0)

function factsOf(facts: readonly (readonly [string, string])[]): Facts {
  return facts.reduce((f, [e, r]) => assume(f, expressionOfText(e), rangeOfText(r)), noFacts)
}

/** What is shown of an expression under facts, which are pairs of texts. */
function show(text: string, facts: readonly (readonly [string, string])[]): string {
  const a = analyse(expressionOfText(text), [], { facts: factsOf(facts) })
  return a.defined
    ? printRange(a.range)
    : `${printExpression(a.obstacle!.argument)} may be in ${printRange(a.obstacle!.found)}`
}

describe('facts', () => {
  const cases: [string, [string, string][], string][] = [
    ['x', [['x', '(0, inf)']], '(0, inf)'],
    ['-x', [['x', '(0, inf)']], '(-inf, 0)'],
    ['2*x + 1', [['x', '(0, inf)']], '(1, inf)'],
    ['y - x', [['x - y', '(0, inf)']], '(-inf, 0)'],
    ['ln(2*x - 2*y)', [['x - y', '(0, inf)']], 'R'],
    [
      'x - y + z',
      [
        ['x - y', '[0, inf)'],
        ['z', '[0, inf)'],
      ],
      '[0, inf)',
    ],
    [
      'x - z',
      [
        ['x - y', '(0, inf)'],
        ['y - z', '[0, inf)'],
      ],
      '(0, inf)',
    ],
    [
      'ln(x - u)',
      [
        ['x - y', '[0, inf)'],
        ['y - z', '(0, inf)'],
        ['z - u', '[0, inf)'],
      ],
      'R',
    ],
    ['sqrt(x)', [['exp(x)', '[1, inf)']], '[0, inf)'],
    ['x', [['ln(x)', 'R']], '(0, inf)'],
    ['x', [['ln(x)', '(-inf, 0]']], '(0, 1]'],
    ['x', [['sqrt(x)', '[2, 3)']], '[4, 9)'],
    ['x', [['x^2', '[4, 9]']], '[-3, -2] | [2, 3]'],
    ['x', [['x^3', '(-inf, -8)']], '(-inf, -2)'],
    ['x', [['abs(x)', '[0, 1)']], '(-1, 1)'],
    ['x', [['relu(x)', '[0, 0]']], '(-inf, 0]'],
    ['x', [['relu(x)', '(0, inf)']], '(0, inf)'],
    ['x', [['max(x, 2)', '(-inf, 3]']], '(-inf, 3]'],
    ['x', [['min(x, y)', '[1, inf)']], '[1, inf)'],
    ['x', [['sign(x)', '[0, 0]']], '[0, 0]'],
    ['x', [['floor(x)', '[2, 2]']], '[2, 3)'],
    ['1/x', [['x*y', '(0, inf)']], '(-inf, 0) | (0, inf)'],
    ['1/x', [['y/x', 'R']], '(-inf, 0) | (0, inf)'],
    ['x - y', [['exp(x) - exp(y)', '(0, inf)']], '(0, inf)'],
    ['exp(-x) - exp(-y)', [['x - y', '(0, inf)']], '(-inf, 0)'],
    ['tanh(x) - tanh(y)', [['x - y', '[0, inf)']], '[0, 2)'],
    ['max(x, y) - z', [['x - z', '(0, inf)']], '(0, inf)'],
    ['x', [['x^y', '(0, inf)']], 'R'],
    [
      'x',
      [
        ['x', '[0, inf)'],
        ['x', '(-inf, 0) | (0, inf)'],
      ],
      '(0, inf)',
    ],
  ]
  for (const [text, facts, expected] of cases) {
    it(`${facts.map(([e, r]) => `${e} in ${r}`).join(', ')}: ${text}`, () => expect(show(text, facts)).toBe(expected))
  }

  const contradictory: [boolean, string, [string, string][]][] = [
    [
      true,
      'R',
      [
        ['x', '(0, inf)'],
        ['x', '(-inf, 0]'],
      ],
    ],
    [
      true,
      'R',
      [
        ['x - y', '(0, inf)'],
        ['y - x', '[0, inf)'],
      ],
    ],
    [
      true,
      'R',
      [
        ['x - y', '(0, inf)'],
        ['y - z', '(0, inf)'],
        ['z - x', '[0, inf)'],
      ],
    ],
    [
      false,
      'R',
      [
        ['x - y', '[0, inf)'],
        ['y - z', '[0, inf)'],
        ['z - x', '[0, inf)'],
      ],
    ],
    [true, 'R', [['exp(x)', '(-inf, 0]']]],
    [true, 'R', [['x^2 - x + 1', '(-inf, 0]']]],
    [
      true,
      'R',
      [
        ['exp(x) - exp(y)', '(0, inf)'],
        ['y - x', '[0, inf)'],
      ],
    ],
    [true, '(0, inf)', [['x', '(-inf, 0]']]],
    [false, '[0, inf)', [['x', '(-inf, 0]']]],
    [true, '[0, inf)', [['x + y', '(-inf, 0)']]],
    [true, 'R', [['max(x, y) - x', '(-inf, 0)']]],
    [
      true,
      'R',
      [
        ['x', '(-inf, 0)'],
        ['ln(x)', 'R'],
      ],
    ],
    [true, 'R', [['1 - 2', '[0, inf)']]],
    [false, 'R', [['x^y', '(-inf, 0)']]],
    [
      false,
      'R',
      [
        ['x^y', '[0, 0]'],
        ['x', '[0, 0]'],
      ],
    ],
  ]
  for (const [expected, domain, facts] of contradictory) {
    it(`${facts.map(([e, r]) => `${e} in ${r}`).join(', ')} on ${domain}: ${expected ? 'contradictory' : 'possible'}`, () =>
      expect(isContradictory(factsOf(facts), Array(3).fill(rangeOfText(domain)))).toBe(expected))
  }

  it('are not changed by adding to them', () => {
    const one = assume(noFacts, x, POSITIVE)
    assume(one, x, NEGATIVE)
    expect(one.contradictory).toBe(false)
    expect(rangeOf(x, [REALS], one)).toBe(POSITIVE)
    expect(rangeOf(x, [REALS])).toBe(REALS)
  })

  it('many', () => {
    let facts = noFacts
    for (let k = 0; k < 200; k++) facts = assume(facts, call('-', variable(k), variable(k + 1)), POSITIVE)
    expect(isContradictory(facts, [])).toBe(false)
    expect(rangeOf(call('-', variable(3), variable(2)), [], facts)).toBe(NEGATIVE)
  })
})
