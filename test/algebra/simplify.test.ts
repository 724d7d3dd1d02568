import { describe, expect, test } from 'vitest'
import { proveEqual } from '../../src/algebra/equality.ts'
import { innerAffine, linearForm, outerAffine, simplify } from '../../src/algebra/simplify.ts'
import { verifyScalarProof } from '../../src/algebra/verify.ts'
import { Case } from '../../src/scalar/case.ts'
import { call, compose, type Expression, number, printExpression, variable } from '../../src/scalar/expression.ts'
import { REALS } from '../../src/scalar/range.ts'
import { expressionOf, rangeFrom, standard, unknown } from '../scalar/formula.ts'
import { findDifference, randomDomain, randomExpression, seeded } from '../scalar/random-equations.ts'

const functions = {
  ...standard,
  o: unknown('o', { parity: 'odd' }),
  v: unknown('v', { parity: 'even' }),
  u: unknown('u'),
}
const read = (text: string): Expression => expressionOf(text, ['t'], functions)

describe('readable forms', () => {
  test.each([
    ['3 + 2*t - t', 'R', 't + 3'],
    ['ln(relu(exp(t)))', 'R', 't'],
    ['ln(max(exp(t), 1))', 'R', 'relu(t)'],
    ['ln(sigmoid(exp(t)))', 'R', '-softplus(-exp(t))'],
    ['relu(relu(t))', 'R', 'relu(t)'],
    ['exp(ln(t))', '>0', 't'],
    ['ln(exp(t))', 'R', 't'],
    ['1/(1 + exp(-t))', 'R', 'sigmoid(t)'],
    ['exp(t)/(1 + exp(t))', 'R', 'sigmoid(t)'],
    ['ln(1 + exp(t))', 'R', 'softplus(t)'],
    ['max(0, t)', 'R', 'relu(t)'],
    ['max(t, t)', 'R', 't'],
    ['(t + 1)*(t - 1)', 'R', 't^2 - 1'],
    ['t/t', '!=0', '1'],
    ['exp(t)*exp(t)', 'R', 'exp(2*t)'],
    ['exp(2*t)*exp(-2*t)', 'R', '1'],
    ['exp(t)^2/exp(t)', 'R', 'exp(t)'],
    ['1/exp(t)', 'R', 'exp(-t)'],
    ['ln(exp(t)^3)', 'R', '3*t'],
    ['ln(2*exp(t))', 'R', 't + ln(2)'],
    ['exp(2*ln(t))', '>0', 't^2'],
    ['exp(0.5*ln(t))', '>0', 'sqrt(t)'],
    ['exp(-softplus(-t))', 'R', 'sigmoid(t)'],
    ['exp(softplus(t))', 'R', 'exp(t) + 1'],
    ['softplus(ln(t))', '>0', 'ln(t + 1)'],
    ['sigmoid(ln(t))', '>0', 't/(t + 1)'],
    ['sqrt(t^2)', 'R', 'abs(t)'],
    ['sqrt(t^2)', '>0', 't'],
    ['(t^2)^0.5', 'R', 'abs(t)'],
    ['sqrt(t)^2', '>=0', 't'],
    ['sqrt(exp(t))', 'R', 'exp(0.5*t)'],
    ['sqrt(4)', 'R', '2'],
    ['tanh(-t)', 'R', '-tanh(t)'],
    ['cosh(-t)', 'R', 'cosh(t)'],
    ['tanh(atanh(t))', '(-1,1)', 't'],
    ['sinh(asinh(t/-2))', 'R', '-0.5*t'],
    ['abs(-t)', 'R', 'abs(t)'],
    ['abs(t)', '>=0', 't'],
    ['t >= 0 ? t : 0', '>0', 't'],
    ['t > 3 ? t + t : 2*t', 'R', '2*t'],
    ['t > 0 ? 2*t - t : ln(1)', 'R', '0 < t ? t : 0'],
    ['max(exp(t), exp(2*t))', 'R', 'exp(max(t, 2*t))'],
    ['2/(1 + exp(-2*t)) - 1', 'R', '2*sigmoid(2*t) - 1'],
    ['silu(t)', 'R', 't*sigmoid(t)'],
    ['o(-t) + v(1 - t) + o(t)', 'R', 'v(t - 1)'],
    ['u(t + t)', 'R', 'u(2*t)'],
    ['ln(tanh(exp(t)))', 'R', 'ln(tanh(exp(t)))'],
  ])('%s on %s is %s', (before, domain, after) => {
    expect(printExpression(simplify(read(before), [rangeFrom(domain)]).result)).toBe(after)
  })

  test.each([
    ['exp(ln(t))', 'R', 'exp(ln(t))'],
    ['t/t', 'R', 't/t'],
    ['sqrt(t)^2', 'R', 'sqrt(t)^2'],
    ['0*ln(t)', '>=0', '0*ln(t)'],
    ['ln(t^2)', '!=0', 'ln(t^2)'],
    ['tanh(atanh(t))', '[-1,1]', 'tanh(atanh(t))'],
    ['relu(t)', '[-1,1]', 'relu(t)'],
  ])('%s stays on %s, just outside the condition', (before, domain, after) => {
    expect(printExpression(simplify(read(before), [rangeFrom(domain)]).result)).toBe(after)
  })

  test('parts that are defined everywhere are simplified where the whole is not', () => {
    const { result, proof } = simplify(read('ln(3 + 2*t - t) * 0'), [REALS])
    expect(printExpression(result)).toBe('ln(t + 3)*0')
    expect(proof).toHaveLength(1)
  })

  test('the proof is verified, and only for what it says', () => {
    const e = read('ln(max(exp(t), 1))')
    const { result, proof } = simplify(e, [REALS])
    expect(verifyScalarProof(proof[0].proof, e, result, [REALS]).accepted).toBe(true)
    expect(verifyScalarProof(proof[0].proof, e, variable(0), [REALS]).accepted).toBe(false)
  })

  test('random expressions: equal, defined where they were, and simplified once and for all', () => {
    const random = seeded(5)
    let changed = 0
    for (let i = 0; i < 400; i++) {
      const domain = randomDomain(random, 2)
      const e = randomExpression(random, 2, 1 + Math.floor(random() * 3))
      const { result } = simplify(e, domain)
      if (result === e) continue
      changed++
      const text = `${printExpression(e)} => ${printExpression(result)}`
      if (new Case(domain).defined(e)) {
        expect(new Case(domain).defined(result), text).toBe(true)
        expect(findDifference(e, result, domain, random, 8), text).toBe(null)
      }
      expect(printExpression(simplify(result, domain).result), text).toBe(printExpression(result))
    }
    expect(changed).toBeGreaterThan(100)
  })

  test('200,000 nested operations', () => {
    let e: Expression = variable(0)
    for (let i = 1; i <= 200_000; i++) e = call('+', e, number(i))
    expect(printExpression(simplify(e, [REALS]).result)).toBe('t + 20000100000')
  })
})

describe('linear forms', () => {
  const form = (text: string, names = ['x', 'y']) => {
    const linear = linearForm(expressionOf(text, names, functions))
    if (linear === null) return null
    const terms = [...linear.coefficients].map(([i, c]) => `${names[i]}: ${printExpression(c)}`)
    return [...terms, printExpression(linear.constant)].join(', ')
  }
  test.each([
    ['2*x + 3*y - 1', 'x: 2, y: 3, -1'],
    ['x - x + y', 'y: 1, 0'],
    ['(x + y)/2', 'x: 0.5, y: 0.5, 0'],
    ['pi*x + ln(3)', 'x: pi, ln(3)'],
    ['x/ln(2)', 'x: 1/ln(2), 0'],
    ['5', '5'],
    ['(x + 1)^2 - x^2', 'x: 2, 1'],
  ])('%s', (text, expected) => expect(form(text)).toBe(expected))
  test.each(['x*y', 'x^2', 'sin(x)', '1/x', 'x + 0*ln(x)', 'x*y/y', 'x/ln(1)'])('%s has none', text => {
    expect(form(text)).toBe(null)
  })
})

describe('affine parts', () => {
  const outer = (text: string) => {
    const split = outerAffine(read(text), [REALS])
    return split && [split.factor, split.shift, split.fn].map(e => printExpression(e))
  }
  const inner = (text: string) => {
    const split = innerAffine(read(text), [REALS])
    return split && [split.factor, split.shift, split.fn].map(e => printExpression(e))
  }
  test.each([
    ['3*sigmoid(2*t + 1) + 4', ['3', '4', 'sigmoid(2*t + 1)']],
    ['tanh(t)/2 - tanh(t)*t', ['-1', '0', 't*tanh(t) - 0.5*tanh(t)']],
    ['relu(t)', ['1', '0', 'relu(t)']],
    ['ln(3)*t + pi', ['ln(3)', 'pi', 't']],
    ['(2*t + 2)/(1 + t^2)', ['2', '0', '(t + 1)/(t^2 + 1)']],
  ])('outer part of %s', (text, expected) => expect(outer(text)).toEqual(expected))
  test.each([
    ['3*sigmoid(2*t + 1) + 4', ['2', '1', '3*sigmoid(t) + 4']],
    ['exp(2*t + 1)', ['2', '1', 'exp(t)']],
    ['relu(t - 1)', ['1', '-1', 'relu(t)']],
    ['max(2*t + 1, 4)', ['2', '1', 'max(t, 4)']],
    ['sigmoid(t)', ['1', '0', 'sigmoid(t)']],
    ['sigmoid(2*t) + sigmoid(t)', ['1', '0', 'sigmoid(t) + sigmoid(2*t)']],
  ])('inner part of %s', (text, expected) => expect(inner(text)).toEqual(expected))
  test.each(['t*sigmoid(1.702*t)', '5', 'sin(2*pi*t)'])('%s has no inner part', text => expect(inner(text)).toBe(null))
  test('a constant has no outer part', () => expect(outer('5')).toBe(null))
  test('both parts put together give the function back', () => {
    for (const text of ['3*sigmoid(2*t + 1) + 4', 'exp(2*t + 1)', '1 - relu(3 - t/2)', 'softplus(-t)*2']) {
      const e = read(text)
      const split = innerAffine(e, [REALS])
      if (split === null) throw new Error(text)
      const line = call('+', call('*', split.factor, variable(0)), split.shift)
      const whole = proveEqual(e, compose(split.fn, line), [REALS])
      expect(whole.kind, text).toBe('proved')
    }
  })
})
