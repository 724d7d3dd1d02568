// Claims that look true and are not: undefined at one point, a condition that a set with a hole or an end does not meet, a
// direction or a sign that is not there. Each differs from a true one in little.
import { expect, test } from 'vitest'
import { parse } from '../../src/load.ts'
import { prove } from '../../src/prove/prove.ts'

const DECLARATIONS = `size n, m
weights U : n x n
weights V : n x n in [0, inf)
weights E : n x n in {0, 1}
function f : R -> R odd
function d : R -> R decreasing
function s : R -> R
function part : (-inf, 0) | (0, inf) -> R increasing
function onto : R -> (0, inf) inverse back
`
const of = (input: string, formula: string): string => `input ${input}   output y = ${formula}`

test.each([
  [of('x : n in [0, 1]', 'x ^ x'), of('x : n in [0, 1]', 'exp(x * ln(x))')],
  [of('x : n in [0, 1]', '0 ^ x'), of('x : n in [0, 1]', '0 * x')],
  [of('x : n in [-1, 1]', 'x / x'), of('x : n in [-1, 1]', '0 * x + 1')],
  [of('x : n', '0 * ln(x)'), of('x : n', '0 * x')],
  [of('x : n', '(x^3)^(1/3)'), of('x : n', 'x')],
  [of('x : n in (-inf, 0)', 'x^(1/3) * x^(2/3)'), of('x : n in (-inf, 0)', 'x')],
  [of('x : n', 'sign(x) * sign(x)'), of('x : n', '0 * x + 1')],
  [of('x : n', 'floor(x) + floor(-x)'), of('x : n', '0 * x')],
  [of('x : n in {-1, 0, 1}', '1 / x'), of('x : n in {-1, 0, 1}', 'x')],
  [of('x : n in [0, 1]', 'floor(x)'), of('x : n in [0, 1]', '0 * x')],
  [of('x : n in [1, 2] | [4, 5]', 'abs(x - 3)'), of('x : n in [1, 2] | [4, 5]', 'x - 3')],
  [of('x : n in [2, 2.00000000001]', 'x * x'), of('x : n in [2, 2.00000000001]', 'x + x')],
  [of('x : n', 'acosh(cosh(x))'), of('x : n', 'x')],
  [of('x : n in [-1, 1]', 'tanh(atanh(x))'), of('x : n in [-1, 1]', 'x')],
  ['x : 2 -> mul[[[2, 0], [0, 1]]] -> mul[[[0.5, 0], [0, 1]]] -> y', 'x : 2 -> y'],
  ['x : 2 in [0, inf) -> mul[[[1, -1], [0, 1]]] -> mul[[[1, 1], [0, 1]]] -> y', 'x : 2 in [0, inf) -> y'],
  ['x : 2 in [0, inf) -> mul[[[-1, 0], [0, 1]]] -> y', 'x : 2 in [0, inf) -> ln -> scale[-1] -> exp -> y'],
  ['x : n -> mul[E] -> y', 'x : n -> abs -> mul[E] -> y'],
  ['x : n -> add[V] -> relu -> y', 'x : n -> relu -> add[V] -> y'],
  ['x : n -> relu -> add[U] -> relu -> y', 'x : n -> relu -> add[U] -> y'],
  ['x : n -> add[transpose(U)] -> y', 'x : n -> add[U] -> y'],
  ['x : 4 -> abs -> maxpool[2] -> y', 'x : 4 -> maxpool[2] -> abs -> y'],
  ['x : 4 in (-inf, 0) | (0, inf) -> pow[-1] -> maxpool[2] -> y', 'x : 4 in (-inf, 0) | (0, inf) -> minpool[2] -> pow[-1] -> y'], // biome-ignore format: one line
  ['x : 4 in [-1, 1] | [2, 4] -> tan -> maxpool[2] -> y', 'x : 4 in [-1, 1] | [2, 4] -> maxpool[2] -> tan -> y'],
  ['x : 4 -> d -> maxpool[2] -> y', 'x : 4 -> maxpool[2] -> d -> y'],
  [of('x : 4 in (-inf, 0) | (0, inf)', 'part(x) -> maxpool[2]'), of('x : 4 in (-inf, 0) | (0, inf)', 'part(x -> minpool[2])')], // biome-ignore format: one line
  [of('x : 2', 'f(x)'), of('x : 2', 'f(-x)')],
  [of('x : n', 's(x) / s(x)'), of('x : n', '0 * x + 1')],
  [of('x : 2', 'back(x)'), of('x : 2', 'x')],
  [of('x : 2 in [0, inf)', 'onto(back(x))'), of('x : 2 in [0, inf)', 'x')],
  [of('x : 2', '0 * part(x)'), of('x : 2', '0 * x')],
  [of('x : 3, z : 3', '[x, ln(z)][0..3]'), of('x : 3, z : 3', 'x')],
  [of('x : n, z : n', '[x, z][0..n]'), of('x : n, z : n', '[x, z][n..2*n]')],
  [of('x : n', 'softmax([x, x])[0..n]'), of('x : n', 'softmax(x)')],
  ['x : n -> softmax -> y', of('x : n', '0 * x + 1')],
  ['x : n -> scale[-1] -> softmax -> y', 'x : n -> softmax -> y'],
])('%s is not %s', async (left, right) => {
  const { nets, diagnostics } = parse(`${DECLARATIONS}net left { ${left} }\nnet right { ${right} }\n`)
  expect(diagnostics.filter(x => x.severity === 'error')).toEqual([])
  const { kind } = await prove(nets.left, nets.right, { budget: { seconds: 30 } })
  expect(kind).toBe('refuted')
})
