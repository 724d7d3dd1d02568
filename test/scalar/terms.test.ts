// Expressions as polynomials in their atoms: what becomes the same, what does not, and equality of values.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { call, number, variable } from '../../src/scalar/expression.ts'
import { rational, ZERO } from '../../src/scalar/rational.ts'
import { addTerms, constantOf, constantPart, primitiveOf, termsOf } from '../../src/scalar/terms.ts'
import { expressionOfText } from './expressions.ts'

/** The number that the difference of two expressions is, as polynomials; null when it is none. */
function difference(left: string, right: string): string | null {
  const terms = addTerms(termsOf(expressionOfText(left)), termsOf(expressionOfText(right)), rational(-1))
  return constantOf(terms)?.toFraction() ?? null
}

describe('termsOf', () => {
  const same: [string, string][] = [
    ['(x + y)^2', 'x*x + 2*x*y + y*y'],
    ['(x + 1)*(x - 1)', 'x^2 - 1'],
    ['-(x - y)/2', '0.5*y - 0.5*x'],
    ['x*y/x', 'y'],
    ['x^3*x^(-2)', 'x'],
    ['1/(2*x + 2)', '0.5/(1 + x)'],
    ['x/(x + 1)^2', 'x*(1/(1 + x))^2'],
    ['1/(x/y)', 'y/x'],
    ['exp(2*x)', 'exp(x)^2'],
    ['exp(-x)*exp(x)', '1'],
    ['exp(3*x - 3*y)', '1/exp(y - x)^3'],
    ['sqrt(x)^3', 'x*sqrt(x)'],
    ['sin(x)^4', '(1 - cos(x)^2)^2'],
    ['abs(x + 1)^2', 'x^2 + 2*x + 1'],
  ]
  for (const [a, b] of same) it(`${a} is ${b}`, () => expect(difference(a, b)).toBe('0'))
  const other: [string, string][] = [
    ['sqrt(x^2)', 'x'],
    ['exp(x/2)^2', 'exp(2*x)'],
    ['x^y*x^(-y)', '1'],
    ['max(x, y)', 'max(y, x)'],
    ['x^0.5*x^0.5', 'x'],
    ['sin(x)*sin(y)', '1 - cos(x)*cos(y)'],
  ]
  for (const [a, b] of other) it(`${a} is not taken for ${b}`, () => expect(difference(a, b)).toBe(null))

  it('does not blow up', () => {
    const large = expressionOfText('((x + y + z + 1)^20 + 1)^20')
    expect(termsOf(large).size).toBeLessThan(129)
    let nested = variable(0)
    for (let k = 0; k < 20_000; k++) nested = call('exp', call('-', nested, number(k)))
    expect(termsOf(nested).size).toBe(1)
    expect(termsOf(call('/', number(1), call('-', variable(0), variable(0)))).size).toBe(1)
  })
  it('agrees with values', () => {
    const value = fc.integer({ min: -4, max: 4 })
    const polynomials = ['(x + y)^3 - x*y', '(x - 2*y)*(y + 1)/3 - x', '(x - (y - (x - 1)))^2*(x - y)']
    fc.assert(
      fc.property(value, value, fc.constantFrom(...polynomials), (a, b, text) => {
        const expected = [rational(a), rational(b)]
        const terms = termsOf(expressionOfText(text))
        let sum = ZERO
        for (const t of terms.values()) {
          let product = t.coefficient
          for (const f of t.factors)
            product = product.mul(expected[f.atom.kind === 'variable' ? f.atom.index : 0].pow(f.exponent)!)
          sum = sum.add(product)
        }
        const plain = termsOf(expressionOfText(text.replaceAll('x', `(${a})`).replaceAll('y', `(${b})`)))
        expect(constantOf(plain)!.equals(sum)).toBe(true)
      }),
    )
  })
})

describe('primitiveOf', () => {
  it('is the same for multiples and translates', () => {
    const of = (text: string): ReturnType<typeof primitiveOf> => primitiveOf(termsOf(expressionOfText(text)))
    expect(of('3 - 2*x + 2*y')!.key).toBe(of('x - y')!.key)
    expect(of('y - x')!.key).toBe(of('x - y')!.key)
    expect(of('x + y')!.key).not.toBe(of('x - y')!.key)
    expect(of('1 - 1')).toBe(null)
    const p = of('5 - 2*x')!
    expect([p.scale.toFraction(), p.shift.toFraction()]).toEqual(['-2', '5'])
    expect(constantPart(termsOf(expressionOfText('5 - 2*x'))).toFraction()).toBe('5')
  })
})
