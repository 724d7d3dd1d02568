import { describe, expect, test } from 'vitest'
import { compileExpression } from '../../src/scalar/evaluate.ts'
import type { Expression } from '../../src/scalar/expression.ts'
import { read } from '../../src/syntax/elaborate.ts'
import { inverseOf } from '../../src/syntax/inverse.ts'

function definition(text: string): Expression {
  const { functions, diagnostics } = read(`function g(t) = sinh(2*t) - 1\nfunction f = ${text}\n`)
  expect(diagnostics.filter(d => d.severity === 'error')).toEqual([])
  return functions.get('f')?.definition as Expression
}

describe('the inverse takes back the function wherever that is defined', () => {
  test.each([
    'exp',
    'ln',
    'sinh',
    'asinh',
    'tanh',
    'atanh',
    'sigmoid',
    'softplus',
    'id',
    'pow[1]',
    'pow[3]',
    'pow[5]',
    'scale[-2]',
    'scale[1/3]',
    'shift[1]',
    'shift[-pi]',
    'log[10]',
    'log[1/2]',
    'log[e]',
    'exp . pow[3] . ln',
    'ln . sigmoid',
    'g',
    'g . exp . scale[1/2]',
    'inverse(pow[3])',
    'inverse(g)',
  ])('%s', text => {
    const f = definition(text)
    const inverse = inverseOf(f)
    const [there, back] = [compileExpression(f, 1), compileExpression(inverse as Expression, 1)]
    let tried = 0
    for (const t of [-3, -1.5, -0.9, -0.1, 0, 0.2, 0.5, 0.95, 1, 2.5, 4]) {
      const value = there([t])
      if (!Number.isFinite(value)) continue
      tried++
      expect(back([value])).toBeCloseTo(t, 6)
    }
    expect(tried).toBeGreaterThan(3)
  })
  test('of a function that undoes another is that other', () => {
    const both = compileExpression(definition('g . inverse(g)'), 1)
    for (const t of [-4, 0, 0.3, 7]) expect(both([t])).toBeCloseTo(t, 9)
  })
})

describe('no inverse is claimed', () => {
  test.each([
    'abs',
    'relu',
    'sin',
    'sqrt',
    'pow[2]',
    'pow[1/3]',
    'pow[-3]',
    'scale[0]',
    'log[1]',
    'floor',
    'exp . abs',
    'max[1]',
  ])('of %s', text => {
    expect(inverseOf(definition(text))).toBeNull()
  })
  test('of a formula in which the argument stands twice', () => {
    const { functions } = read('function f(t) = t + exp(t)')
    expect(inverseOf(functions.get('f')?.definition as Expression)).toBeNull()
  })
  test('of definitions too large to look through', () => {
    const doubling = Array.from({ length: 100 }, (_, i) => `function f${i} = f${i + 1} . f${i + 1}\n`).join('')
    expect(
      read(`${doubling}function f100 = exp\nnet a { x : 3 -> mix[f0, identity(3)] -> y }`).diagnostics.map(d => d.code),
    ).toEqual(['E303'])
  })
})
