import { describe, expect, it } from 'vitest'
import type { Label } from '../../src/draw/label.ts'
import { formulaLabel, functionLabel, operatorLabel } from '../../src/draw/notation.ts'
import { identity, type Linear, negate, ones, product, scale, select, sum, transpose } from '../../src/linear/linear.ts'
import { apply, call, choose, constant, type Expression, number, variable, x0 } from '../../src/scalar/expression.ts'
import { rational } from '../../src/scalar/rational.ts'
import { known, matrix, rationals, sigma, size, unknown } from './nets.ts'

const written = (label: Label): string =>
  label.map(r => (r.rise === 0 ? r.text : `${r.rise > 0 ? '^' : '_'}{${r.text}}`)).join('')
const [t1, t2, t3] = [variable(0), variable(1), variable(2)]
const symbol = (sigma as Extract<Expression, { kind: 'apply' }>).fn
const log10 = call('/', known('ln'), call('ln', number(10)))

describe('functions', () => {
  const prime = call('ln', apply(symbol, known('exp')))
  const cases: [string, Expression, ReadonlyMap<Expression, string>?][] = [
    ['exp', known('exp')],
    ['σ', sigma],
    ['ln∘σ∘exp', prime],
    ['σ′', prime, new Map([[prime, "sigma'"]])],
    ['tanh∘σ′', call('tanh', prime), new Map([[prime, "sigma'"]])],
    ['f^{−1}', apply(unknown('inverse(f)'), x0)],
    ['g∘f^{−1}', apply(unknown('g'), apply(unknown('inverse(f)'), x0))],
    ['h', apply(unknown('h', 2), t1, t2)],
    ['h(t_{2}, t_{1})', apply(unknown('h', 2), t2, t1)],
    ['+', call('+', t1, t2)],
    ['+', call('+', call('+', t1, t2), t3)],
    ['−', call('-', t1, t2)],
    ['t_{2} − t_{1}', call('-', t2, t1)],
    ['t_{1} − t_{2} − t_{3}', call('-', call('-', t1, t2), t3)],
    ['t + t', call('+', t1, t1)],
    ['×', call('*', t1, t2)],
    ['max', call('max', t1, t2)],
    ['max(t, 1)', call('max', t1, number(1))],
    // A subscript in an exponent stands above the line too.
    ['ln(e^{t}^{1} + e^{t}^{2})', call('ln', call('+', call('exp', t1), call('exp', t2)))],
    ['ln(t)/ln(10)', log10],
    ['t^{3}', call('^', t1, number(3))],
    ['2t', call('*', number(2), t1)],
    ['2·3', call('*', number(2), number(3))],
    ['t + 1', call('+', t1, number(1))],
    ['−t', call('neg', t1)],
    ['(−t)^{2}', call('^', call('neg', t1), number(2))],
    ['−t^{2}', call('neg', call('^', t1, number(2)))],
    ['|−−t|', call('abs', call('neg', call('neg', t1)))],
    ['0 ≤ t ? t : 0.1t', choose('<=', number(0), t1, t1, call('*', number(rational(1, 10)), t1))],
    ['0.1·t^{2}', call('*', number(rational(1, 10)), call('^', t1, number(2)))],
    ['π·t', call('*', constant('pi'), t1)],
    ['t/(1 + t)', call('/', t1, call('+', number(1), t1))],
  ]
  for (const [expected, fn, names] of cases)
    it(expected, () => expect(written(functionLabel(fn, names ?? new Map()))).toBe(expected))

  it('formulas whose shared parts repeat without end are cut', () => {
    let e: Expression = x0
    for (let i = 0; i < 10_000; i++) e = call('*', call('+', e, number(i)), e)
    const label = written(formulaLabel(e))
    expect(label.length).toBeLessThan(400)
    expect(label).toContain('…')
  })
  it('chains of 100,000 functions are cut', () => {
    let e: Expression = x0
    for (let i = 0; i < 100_000; i++) e = call('sin', e)
    expect(written(functionLabel(e, new Map()))).toMatch(/^sin∘sin∘.*…$/)
  })
})

describe('operators', () => {
  const [A, B] = [matrix('A', 2, 2), matrix('B', 2, 2)]
  const long = matrix('proj', 2, 2)
  const cases: [string, Linear][] = [
    ['A', A],
    ['BA', product(B, A)],
    ['W_{2}W_{1}', product(matrix('W2', 2, 2), matrix('W1', 2, 2))],
    ['BAB', product(product(B, A), B)],
    ['B(A + B)', product(B, sum(A, B))],
    ['proj·A', product(long, A)],
    ['A·proj', product(A, long)],
    ['A + B', sum(A, B)],
    // Raised, for the fonts that ship with the project have no ᵀ.
    ['A^{T}', transpose(A)],
    ['−A', negate(A)],
    ['2A', scale(number(2), A)],
    ['2·proj', scale(number(2), long)],
    ['(1/3)A', scale(number(rational(1, 3)), A)],
    ['I', identity(size('n'))],
    ['Σ', ones(size(1), size(3))],
    ['1', ones(size(3), size(1))],
    ['3', rationals([[3]])],
    [
      '[2×3]',
      rationals([
        [1, 2, 3],
        [4, 5, 6],
      ]),
    ],
    ['select(n)', select(size('m'), size('n'), size(2))],
  ]
  for (const [expected, operator] of cases) it(expected, () => expect(written(operatorLabel(operator))).toBe(expected))
})
