// Attacks on the verdicts: claims that a careless prover gets wrong, from the side conditions of the rules. `proved` and
// `refuted` are what has to come out; `true` must not be refuted and `false` not be proved, whatever else is said of them.
import { describe, expect, test } from 'vitest'
import { parse, trustedRules } from '../../src/load.ts'
import { Mismatch } from '../../src/prove/align.ts'
import { prove, type Verdict } from '../../src/prove/prove.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { areApartAt } from './apart.ts'

type Case = readonly [
  truth: 'proved' | 'refuted' | 'true' | 'false',
  left: string,
  right: string,
  declarations?: string,
  relation?: string,
]

const CASES: readonly Case[] = [
  // functions that ignore an argument are undefined where it is; zeros do not make it defined
  ['refuted', 'input x : 1 output y = f(ln(x))', 'input x : 1 output y = 3', 'function f(t) = 3'],
  ['refuted', 'x : 1 -> ln -> f -> y', 'input x : 1 output y = 3', 'function f(t) = 3'],
  ['proved', 'x : 1 in (0, inf) -> ln -> f -> y', 'input x : 1 output y = 3', 'function f(t) = 3'],
  ['refuted', 'input x : 1 output y = f(x, ln(x))', 'x : 1 -> y', 'function f(s, t) = s'],
  ['refuted', 'input x : 1 output y = x + 0 * ln(x)', 'x : 1 -> y'],
  ['refuted', 'input x : 2 output y = x + (x -> ln -> add[zero(2,2)])', 'x : 2 -> y'],
  ['refuted', 'x : 2 -> ln -> add[zero(2,2)] -> y', 'x : 2 -> add[zero(2,2)] -> y'],
  ['refuted', 'x : 2 -> ln -> mul[zero(2,2)] -> y', 'x : 2 -> mul[zero(2,2)] -> y'],
  ['refuted', 'x : 2 -> mul[zero(2,2)] -> y', 'x : 2 -> ln -> add[zero(2,2)] -> exp -> y'],
  ['true', 'x : 2 -> mul[zero(2,2)] -> y', 'input x : 2 output y = 1'],
  ['refuted', 'x : 2 -> mul[C] -> y', 'input x : 2 output y = x', 'weights C = [[1, 0], [0, -1]]'],
  ['refuted', 'input x : 2 h = x -> ln output y = h[0..1]', 'input x : 2 output y = x[0..1] -> ln'],
  ['refuted', 'input x : 2 h = [x[0..1] -> ln, x[1..2]] output y = h[1..2]', 'input x : 2 output y = x[1..2]'],
  [
    'refuted',
    'input x : 2 h = [x[0..1] -> ln, x[1..2]] output y = h -> add[[[0, 1]]]',
    'input x : 2 output y = x[1..2]',
  ],
  ['refuted', 'input x : 1, z : 1 output y = z + 0 * ln(x)', 'input x : 1, z : 1 output y = z'],
  ['proved', 'input x : 1, z : 1 h = ln(x) output y = z', 'input x : 1, z : 1 output y = z'],
  ['refuted', 'input x : 1 output y = x > 0 ? ln(x) : ln(x)', 'input x : 1 output y = x > 0 ? ln(x) : 0'],
  ['proved', 'input x : 1 output y = x > 0 ? exp(ln(x)) : x', 'x : 1 -> y'],
  ['refuted', 'input x : 1 output y = x >= 0 ? exp(ln(x)) : x', 'x : 1 -> y'],
  ['refuted', 'input x : 1 h = ln(x) output y = x > 0 ? h : 0', 'input x : 1 output y = x > 0 ? ln(x) : 0'],
  ['refuted', 'input x : 1 output y = x / x', 'input x : 1 output y = 1'],
  ['refuted', 'input x : 1 output y = x ^ 0 * (x / x)', 'input x : 1 output y = 1'],
  ['proved', 'input x : 1 output y = x ^ 0', 'input x : 1 output y = 1'],
  ['refuted', 'input x : 1, a : 1 output y = x ^ (a - a)', 'input x : 1, a : 1 output y = (x^a) / (x^a)'],
  ['refuted', 'input x : 1, a : 1 output y = x ^ a', 'input x : 1, a : 1 output y = exp(a * ln(x))'],
  [
    'refuted',
    'input x : 1 in [0, inf), a : 1 in [0, inf) output y = x ^ a',
    'input x : 1 in [0, inf), a : 1 in [0, inf) output y = exp(a * ln(x))',
  ],
  [
    'refuted',
    'x : 1 in [0, inf) -> mul[W] -> y',
    'x : 1 in [0, inf) -> ln -> add[W] -> exp -> y',
    'weights W : 1 x 1 in [0, inf)',
  ],
  [
    'proved',
    'x : 1 in [0, inf) -> mul[W] -> y',
    'x : 1 in [0, inf) -> mul[W] -> relu -> y',
    'weights W : 1 x 1 in [0, inf)',
  ],
  ['refuted', 'x : 1 -> pow[2] -> pow[0.5] -> y', 'x : 1 -> y'],
  ['proved', 'x : 1 -> pow[2] -> pow[0.5] -> y', 'x : 1 -> abs -> y'],
  ['refuted', 'x : 1 -> pow[2] -> sqrt -> y', 'x : 1 -> y'],
  ['refuted', 'x : 1 -> sqrt -> pow[2] -> y', 'x : 1 -> y'],
  ['refuted', 'x : 1 -> pow[-1] -> pow[-1] -> y', 'x : 1 -> y'],
  ['proved', 'x : 1 in (-inf, 0) | (0, inf) -> pow[-1] -> pow[-1] -> y', 'x : 1 -> y'],
  ['refuted', 'x : 1 -> cosh -> acosh -> y', 'x : 1 -> y'],
  ['refuted', 'x : 1 -> sin -> y', 'x : 1 -> sin -> abs -> y'],
  ['refuted', 'x : 1 in (-inf, 0) | (0, inf) -> abs -> y', 'x : 1 -> y'],
  // powers of powers, integer weights, logarithms of sums
  ['refuted', 'x : 1 -> mul[A] -> mul[B] -> y', 'x : 1 -> mul[B * A] -> y', 'weights A = [[2]]\nweights B = [[0.5]]'],
  [
    'proved',
    'x : 1 in (0, inf) -> mul[A] -> mul[B] -> y',
    'x : 1 -> mul[B * A] -> y',
    'weights A = [[2]]\nweights B = [[0.5]]',
  ],
  ['true', 'x : 1 -> mul[A] -> mul[B] -> y', 'x : 1 -> mul[B * A] -> y', 'weights A = [[2]]\nweights B = [[3]]'],
  ['refuted', 'x : 1 -> mul[A] -> mul[B] -> y', 'x : 1 -> mul[B * A] -> y', 'weights A = [[-2]]\nweights B = [[-3]]'],
  ['refuted', 'x : 1 -> mul[A] -> y', 'x : 1 -> ln -> add[A] -> exp -> y', 'weights A = [[3]]'],
  ['false', 'x : 1 -> add[W] -> ln -> y', 'x : 1 -> add[W] -> ln -> y', 'weights W : 1 x 1'],
  ['false', 'x : 2 -> exp -> add[W] -> ln -> y', 'x : 2 -> exp -> add[W] -> ln -> y', 'weights W = [[1, -1], [1, 1]]'],
  [
    'refuted',
    'x : 2 -> exp -> add[W] -> ln -> exp -> y',
    'x : 2 -> exp -> add[W] -> y',
    'weights W : 2 x 2 in [0, inf)',
  ],
  [
    'proved',
    'x : 2 -> exp -> add[W] -> ln -> exp -> y',
    'x : 2 -> exp -> add[W] -> y',
    'weights W : 2 x 2 in (0, inf)',
  ],
  // monotone functions through pools: on one interval, not on a union
  ['refuted', 'x : 4 in (-inf, 0) | (0, inf) -> pow[-1] -> minpool[2] -> y', 'x : 4 -> maxpool[2] -> pow[-1] -> y'],
  ['proved', 'x : 4 in (0, inf) -> pow[-1] -> minpool[2] -> y', 'x : 4 -> maxpool[2] -> pow[-1] -> y'],
  ['refuted', 'x : 4 -> pow[2] -> maxpool[2] -> y', 'x : 4 -> maxpool[2] -> pow[2] -> y'],
  ['refuted', 'x : 4 -> maxpool[2] -> relu -> maxpool[2] -> y', 'x : 4 -> relu -> minpool[2] -> maxpool[2] -> y'],
  ['proved', 'x : 4 -> floor -> maxpool[2] -> y', 'x : 4 -> maxpool[2] -> floor -> y'],
  [
    'refuted',
    'input x : 4, z : 4 output y = f(x) -> maxpool[2]',
    'input x : 4, z : 4 output y = f(x -> maxpool[2])',
    'function f(t) = t * t',
  ],
  ['refuted', 'x : 4 -> f -> maxpool[2] -> y', 'x : 4 -> maxpool[2] -> f -> y', 'function f : R -> R'],
  ['refuted', 'x : 4 -> f -> maxpool[2] -> y', 'x : 4 -> maxpool[2] -> f -> y', 'function f : R -> R decreasing'],
  ['proved', 'x : 4 -> f -> minpool[2] -> y', 'x : 4 -> maxpool[2] -> f -> y', 'function f : R -> R decreasing'],
  [
    'refuted',
    'x : 4 in (-inf,0)|(0,inf) -> f -> maxpool[2] -> y',
    'x : 4 -> maxpool[2] -> f -> y',
    'function f(t) = t < 0 ? t + 10 : t',
  ],
  // softmax
  ['proved', 'x : 1 -> softmax -> y', 'input x : 1 output y = 1'],
  ['refuted', 'x : 2 -> softmax -> y', 'input x : 2 output y = 1'],
  ['true', 'x : n -> shift[3] -> softmax -> y', 'x : n -> softmax -> y', 'size n'],
  ['refuted', 'x : n -> scale[3] -> softmax -> y', 'x : n -> softmax -> y', 'size n'],
  ['refuted', 'x : n -> ln -> softmax -> y', 'input x : n output y = x / (x -> add[ones(n,n)])', 'size n'],
  // domains that are points
  ['true', 'x : 1 in {0} -> y', 'input x : 1 output y = 0'],
  ['refuted', 'x : 1 in {0, 1} -> y', 'input x : 1 output y = 0'],
  ['true', 'x : 1 in {0, 1} -> pow[2] -> y', 'x : 1 -> y'],
  ['refuted', 'x : 2 in {0, 1} -> maxpool[2] -> y', 'input x : 2 output y = x -> add[[[1, 1]]]'],
  ['refuted', 'x : 1 in {0, 1, 2} -> pow[2] -> y', 'x : 1 -> y'],
  // factors in matrices that are no numbers
  ['false', 'x : 1 -> add[ln(-1) * identity(1)] -> y', 'x : 1 -> add[ln(-1) * identity(1)] -> y'],
  ['false', 'x : 1 -> add[(1/0) * W] -> y', 'x : 1 -> add[(1/0) * W] -> y', 'weights W : 1 x 1'],
  ['refuted', 'x : 1 -> add[sqrt(-1) * zero(1,1)] -> y', 'x : 1 -> scale[0] -> y'],
  ['false', 'x : 1 -> add[W, ln(-2) * b] -> y', 'x : 1 -> add[W, ln(-2) * b] -> y', 'weights W : 1 x 1\nweights b : 1'],
  ['false', 'x : 1 -> mul[identity(1), ln(-2) * ones(1)] -> y', 'x : 1 -> mul[identity(1), ln(-2) * ones(1)] -> y'],
  ['false', 'x : 1 -> add[ln(1 - 1) * W] -> y', 'x : 1 -> add[ln(1-1) * W] -> y', 'weights W : 1 x 1'],
  ['false', 'x : 1 -> log[1] -> y', 'x : 1 -> log[1] -> y'],
  ['false', 'x : 1 in (0, inf) -> log[-1] -> y', 'x : 1 in (0, inf) -> log[-1] -> y'],
  ['false', 'x : 1 -> scale[ln(-1)] -> y', 'x : 1 -> scale[ln(-1)] -> y'],
  ['false', 'input x : 1 output y = x + ln(-1)', 'input x : 1 output y = x + ln(-1)'],
  ['false', 'input x : 1 output y = ln(-1)', 'input x : 1 output y = ln(-1)'],
  ['refuted', 'input x : 1 output y = 0 * ln(-1)', 'input x : 1 output y = 0'],
  // `with`: values outside of what the other net is declared on
  ['false', 'x : 1 in (0, inf) -> ln -> exp -> y', "x' : 1 -> y'", '', "with x = x', y = y'"],
  ['false', 'x : 1 in (0, inf) -> y', "x' : 1 -> y'", '', "with x = x'^2, y = y'^2"],
  ['proved', 'x : 1 in (0, inf) -> y', "x' : 1 in (-inf, 0) | (0, inf) -> y'", '', "with x = x'^2, y = y'^2"],
  ['proved', 'x : 1 in [0, inf) -> y', "x' : 1 -> y'", '', "with x = x'^2, y = y'^2"],
  ['false', 'x : 1 in (0, inf) -> y', "x' : 1 -> y'", '', "with x = x', y = y'"],
  ['false', 'x : 1 -> y', "x' : 1 -> y'", '', "with x = ln(x'), y = ln(y')"],
  ['refuted', 'x : 1 -> exp -> y', "x' : 1 -> y'", '', "with x = ln(x')"],
  ['refuted', 'x : 1 -> y', "x' : 1 -> exp -> y'", '', "with y = ln(y'), x = -x'"],
  ['proved', 'x : 1 -> y', "x' : 1 -> exp -> y'", '', "with y = ln(y')"],
  // inputs and outputs by name, else by position
  ['proved', 'input a : 1, b : 1 output y = a - b', 'input b : 1, a : 1 output y = a - b'],
  ['refuted', 'input a : 1, b : 1 output y = a - b', 'input b : 1, a : 1 output y = b - a'],
  ['refuted', 'input a : 1, b : 1 output y = a - b', 'input c : 1, a : 1 output y = a - c'],
  ['proved', 'input a : 1, b : 1 output y = a - b', 'input c : 1, a : 1 output y = c - a'],
  [
    'proved',
    'input a : 1 in (0, inf), b : 1 output y = exp(ln(a)) - b',
    'input b : 1, a : 1 in (0, inf) output y = a - b',
  ],
  ['proved', 'input a : 1 output y = a, z = -a', 'input a : 1 output z = -a, y = a'],
  ['refuted', 'input a : 1 output y = a, z = -a', 'input a : 1 output z = a, y = -a'],
  ['refuted', 'input a : 1 output y = a, z = -a', 'input a : 1 output p = -a, q = a'],
  // what functions are declared with, and nothing more
  ['proved', 'x : 1 -> f -> f -> y', 'x : 1 -> f -> f -> relu -> y', 'function f : R -> (0, inf)'],
  ['proved', 'x : 1 -> neg1 -> f -> y', 'x : 1 -> f -> neg1 -> y', 'function f : R -> R odd\nfunction neg1(t) = -t'],
  ['proved', 'x : 1 -> neg1 -> f -> y', 'x : 1 -> f -> y', 'function f : R -> R even\nfunction neg1(t) = -t'],
  ['refuted', 'x : 1 -> neg1 -> f -> y', 'x : 1 -> f -> y', 'function f : R -> R\nfunction neg1(t) = -t'],
  ['proved', 'x : 1 -> f -> g -> y', 'x : 1 -> y', 'function f : R -> R inverse g'],
  ['proved', 'x : 1 -> g -> f -> y', 'x : 1 -> y', 'function f : R -> R inverse g'],
  ['refuted', 'x : 1 -> g -> f -> y', 'x : 1 -> y', 'function f : R -> (0, inf) inverse g'],
  ['proved', 'x : 1 in (0, inf) -> g -> f -> y', 'x : 1 -> y', 'function f : R -> (0, inf) inverse g'],
  [
    'false',
    'x : 1 -> mix[f, A] -> y',
    'x : 1 -> g -> add[A] -> f -> y',
    'function f : R -> (0, inf) inverse g\nweights A : 1 x 1',
  ],
  [
    'proved',
    'x : 1 in (0, inf) -> mix[f, A] -> mix[f, B] -> y',
    'x : 1 in (0, inf) -> mix[f, B * A] -> y',
    'function f : R -> (0, inf) inverse g\nweights A, B : 1 x 1',
  ],
  [
    'false',
    'x : 1 in (0, 1) -> mix[f, A] -> y',
    'x : 1 in (0, 1) -> mix[f, A] -> y',
    'function f : [0, 1] -> (0, inf) inverse g\nweights A : 1 x 1',
  ],
  [
    'false',
    'x : 1 in (0, inf) -> mix[f, A] -> y',
    'x : 1 in (0, inf) -> mix[f, A] -> y',
    'function f : (0, inf) -> (0, inf) inverse g\nweights A : 1 x 1',
  ],
  [
    'refuted',
    'x : 2 -> mix[f, A] -> mix[h, B] -> y',
    'x : 2 -> mix[f, B * A] -> y',
    'function f : R -> R inverse g\nfunction h : R -> R inverse k\nweights A, B : 2 x 2',
  ],
  [
    'refuted',
    'x : 2 -> mix[sinh, A] -> mix[f, B] -> y',
    'x : 2 -> mix[f, B * A] -> y',
    'function f : R -> R inverse g\nweights A, B : 2 x 2',
  ],
  ['proved', 'x : 2 -> mix[sinh, A] -> mix[sinh, B] -> y', 'x : 2 -> mix[sinh, B * A] -> y', 'weights A, B : 2 x 2'],
  [
    'refuted',
    'x : 2 in (-1, 1) -> mix[tanh, A] -> y',
    'x : 2 in (-1, 1) -> atanh -> add[A] -> y',
    'weights A, B : 2 x 2',
  ],
  [
    'true',
    'x : 2 -> mix[pow[3], A] -> mix[pow[3], B] -> y',
    'x : 2 -> mix[pow[3], B * A] -> y',
    'weights A, B : 2 x 2',
  ],
  [
    'proved',
    'input x : 1 output y = max(f(x), f(2 * x))',
    'input x : 1 output y = f(max(x, 2 * x))',
    'function f : R -> R increasing',
  ],
  [
    'proved',
    'input x : 1, z : 1 output y = max(f(x), f(z))',
    'input x : 1, z : 1 output y = f(max(x, z))',
    'function f : R -> R increasing',
  ],
  [
    'refuted',
    'input x : 1, z : 1 output y = max(f(x), f(z))',
    'input x : 1, z : 1 output y = f(max(x, z))',
    'function f : R -> R decreasing',
  ],
  [
    'proved',
    'x : 4 in [0, 1] -> f -> maxpool[2] -> y',
    'x : 4 in [0, 1] -> maxpool[2] -> f -> y',
    'function f : [0, 1] -> R increasing',
  ],
  [
    'false',
    'x : 4 in [0, 2] -> f -> maxpool[2] -> y',
    'x : 4 in [0, 2] -> maxpool[2] -> f -> y',
    'function f : [0, 1] -> R increasing',
  ],
  ['false', 'x : 4 -> f -> y', 'x : 4 -> f -> y', 'function f : [0, 1] -> R increasing'],
  ['true', 'x : 2 -> f -> y', 'x : 2 -> f -> h -> y', 'function f : R -> {0, 1}\nfunction h(t) = t*t'],
  ['proved', 'x : 2 -> f -> y', 'x : 2 -> f -> relu -> y', 'function f : R -> [0, 1] increasing'],
  [
    'proved',
    'x : 2 -> f -> y',
    'x : 2 -> f -> sigmoidless -> y',
    'function f : R -> {2} | (3, 4)\nfunction sigmoidless(t) = max(t, 2)',
  ],
  ['true', 'input x : 2 output y = f(0*x)', 'input x : 2 output y = 0*x', 'function f : R -> R odd'],
  ['true', 'input x : 2 output y = f(0)', 'input x : 2 output y = 0', 'function f : R -> R odd'],
  ['refuted', 'input x : 2 output y = f(0)', 'input x : 2 output y = 0', 'function f : R -> R increasing'],
  [
    'true',
    'input x : 1 output y = sign(f(x+1) - f(x))',
    'input x : 1 output y = 1',
    'function f : R -> R increasing inverse g',
  ],
  [
    'proved',
    'input x : 1 output y = f(x, 2)',
    'input x : 1 output y = abs(f(x, 2))',
    'function f : R x (0, inf) -> (0, inf)',
  ],
  [
    'refuted',
    'input x : 1 output y = f(x, 2)',
    'input x : 1 output y = f(2, x)',
    'function f : R x (0, inf) -> (0, inf)',
  ],
  [
    'false',
    'input x : 1 output y = f(x, x)',
    'input x : 1 output y = f(x, x)',
    'function f : R x (0, inf) -> (0, inf)',
  ],
  // integer weights on negative inputs
  ['false', 'x : 1 -> mul[W] -> y', 'x : 1 -> mul[W] -> y', 'weights W : 1 x 1'],
  ['proved', 'x : 1 in [1, 2] -> mul[W] -> y', 'x : 1 in [1,2] -> ln -> add[W] -> exp -> y', 'weights W : 1 x 1'],
  ['true', 'x : 1 -> mul[W] -> y', 'input x : 1 output y = x*x*x', 'weights W = [[3]]'],
  ['false', 'x : 1 -> mul[W] -> y', 'input x : 1 output y = 1/(x*x)', 'weights W = [[-2]]'],
  ['true', 'x : 1 in (-inf,0)|(0,inf) -> mul[W] -> y', 'input x : 1 output y = 1/(x*x)', 'weights W = [[-2]]'],
  ['refuted', 'x : 2 -> mul[W] -> y', 'input x : 2 output y = x', 'weights W = [[1, 1], [1, -1]]'],
  ['true', 'x : 1 in {-1, 1} -> mul[W] -> mul[W] -> y', 'input x : 1 output y = 1', 'weights W = [[2]]'],
  // weights in sets
  ['proved', 'x : 2 -> exp -> add[W] -> y', 'x : 2 -> exp -> add[W] -> relu -> y', 'weights W : 2 x 2 in [0, inf)'],
  [
    'proved',
    'x : n -> exp -> add[W] -> y',
    'x : n -> exp -> add[W] -> relu -> y',
    'size n, m\nweights W : m x n in [0, inf)',
  ],
  [
    'refuted',
    'x : n -> exp -> add[W] -> y',
    'x : n -> exp -> add[W] -> abs -> y',
    'size n, m\nweights W : m x n in [-1, inf)',
  ],
  [
    'proved',
    'x : n -> exp -> add[W] -> ln -> exp -> y',
    'x : n -> exp -> add[W] -> relu -> y',
    'size n, m\nweights W : m x n in (0, inf)',
  ],
  [
    'proved',
    'x : n in [1, 2] -> add[ones(m, n)] -> y',
    'x : n in [1, 2] -> add[ones(m,n)] -> max1 -> y',
    'size n, m\nfunction max1(t) = max(t, 1)',
  ],
  [
    'refuted',
    'x : n in [1, 2] -> add[ones(m, n)] -> y',
    'x : n in [1, 2] -> add[ones(m,n)] -> max1 -> y',
    'size n, m\nfunction max1(t) = min(t, 2)',
  ],
  [
    'refuted',
    'x : n in [-1, 2] -> add[ones(m, n)] -> y',
    'x : n in [-1, 2] -> add[ones(m,n)] -> max1 -> y',
    'size n, m\nfunction max1(t) = max(t, -1)',
  ],
  // unknown sizes
  [
    'true',
    'input x : n output y = [x, x] -> add[ones(1, 2*n)]',
    'input x : n output y = 2 * (x -> add[ones(1, n)])',
    'size n',
  ],
  [
    'proved',
    'input x : 2*n output y = x -> exp -> maxpool[2]',
    'input x : 2*n output y = x -> maxpool[2] -> exp',
    'size n',
  ],
  [
    'refuted',
    'input x : n output y = x -> add[W]',
    'input x : n output y = x -> add[V]',
    'size n\nweights W, V : n x n',
  ],
  ['proved', 'input x : n output y = x -> add[zero(m,n)]', 'input x : n output y = constant[zero(m,1)]', 'size n, m'],
  ['refuted', 'input x : n output y = x -> add[ones(n,n)]', 'input x : n output y = x -> add[identity(n)]', 'size n'],
  [
    'refuted',
    'input x : n output y = x -> add[ones(n,n)] -> add[ones(n,n)]',
    'input x : n output y = x -> add[ones(n,n)] -> scale[2]',
    'size n',
  ],
  [
    'proved',
    'input x : 2 output y = x -> add[ones(2,2)] -> add[ones(2,2)]',
    'input x : 2 output y = x -> add[ones(2,2)] -> scale[2]',
    '',
  ],
  ['proved', 'x : m -> softmax -> y', 'input x : m output y = exp(x) / (x -> exp -> add[ones(m, m)])', 'size m'],
  ['proved', 'x : m -> logsoftmax -> exp -> y', 'x : m -> softmax -> y', 'size m'],
  ['proved', 'x : 2 -> softmax -> y', 'input x : 2 output y = exp(x) / (x -> exp -> add[ones(2, 2)])', ''],
  ['refuted', 'x : m -> softmax -> y', 'input x : m output y = exp(x) / (x -> exp -> add[ones(m, m)]) * 2', 'size m'],
  [
    'refuted',
    'input x : m, z : n output y = (x -> softmax -> add[ones(1, m)])',
    'input x : m, z : n output y = (x -> exp -> add[ones(1, m)])',
    'size m, n',
  ],
  // two axes
  [
    'proved',
    'x : 2 x 3 -> add[A] -> add[B] -> y',
    'x : 2 x 3 -> add[B * A] -> y',
    'weights A : 4 x 3\nweights B : 5 x 4',
  ],
  ['refuted', 'x : 2 x 3 -> softmax -> y', 'x : 2 x 3 -> exp -> y', ''],
  ['proved', 'x : 2 x 3 in (0,inf) -> mul[A] -> y', 'x : 2 x 3 -> ln -> add[A] -> exp -> y', 'weights A : 4 x 3'],
  // linear functions of several wires, taken apart and put into layers
  [
    'refuted',
    'input x : 2, z : 2 h = x -> add[A] output y = exp(2*h + z)',
    'input x : 2, z : 2 h = x -> add[A] output y = exp(h + z)',
    'weights A : 2 x 2',
  ],
  [
    'proved',
    'input x : 2, z : 2 h = x -> add[A] output y = exp(2*h - z)',
    'input x : 2, z : 2 output y = exp(add[2*A, -identity(2)](x, z))',
    'weights A : 2 x 2',
  ],
  [
    'refuted',
    'input x : 2, z : 2 h = x -> exp -> add[ones(2, 2)] output y = softplus(z - ln(h))',
    'input x : 2, z : 2 h = x -> exp -> add[ones(2, 2)] output y = softplus(z + h)',
  ],
  ['refuted', 'input x : 2 h = x[0..1] k = x[1..2] output y = exp(h - k)', 'input x : 2 output y = 1 + 0*x[0..1]'],
  ['refuted', 'input x : 1, z : 1 h = [x, z] output y = exp(h)', 'input x : 1, z : 1 h = [x, x] output y = exp(h)'],
  // numbers far apart
  ['refuted', 'input x : 1 output y = ((x+1)^50+1)^50', 'input x : 1 output y = ((x+1)^50+1)^50 + 1e-30'],
  ['false', 'input x : 1 output y = exp(exp(x))', 'input x : 1 output y = exp(exp(x)) + 1e-300'],
  ['proved', 'input x : 1 output y = ln(exp(x) * exp(-x))', 'input x : 1 output y = 0'],
  [
    'refuted',
    'input x : 1 output y = floor(x + 0.5)',
    'input x : 1 output y = floor(x) + floor(0.5 + x - floor(x)) + 0 * ln(x)',
  ],
  // rules of a file that are false, or true only for functions that are not as declared
  [
    'refuted',
    'input x : 1, y : 1 in [0, inf) output z = f(max(x, y))',
    'input x : 1, y : 1 in [0, inf) output z = max(f(x), f(y))',
    'function f(t) = t*t\nrule r { function g wire x, y : n  g(max(x, y)) ==> max(g(x), g(y)) when g increasing }',
  ],
  [
    'refuted',
    'input x : 1 in [-10, 1], y : 1 in [0, 1] output z = (max(x, y))^2',
    'input x : 1 in [-10, 1], y : 1 in [0, 1] output z = max(x^2, y^2)',
    'rule r { function g wire x, y : n  g(max(x, y)) ==> max(g(x), g(y)) when g increasing }',
  ],
  [
    'refuted',
    'input x : 1, y : 1 in [1, inf) output z = ln(max(x, y))',
    'input x : 1, y : 1 in [1, inf) output z = max(ln(x), ln(y))',
    'rule r { function g wire x, y : n  g(max(x, y)) ==> max(g(x), g(y)) when g increasing }',
  ],
  ['refuted', 'x : 1 -> relu -> y', 'x : 1 -> y', 'rule r { relu ==> id }'],
  ['refuted', 'x : 1 -> ln -> exp -> y', 'x : 1 -> y', 'rule r { ln -> exp ==> id }'],
  ['refuted', 'x : 1 -> pow[2] -> sqrt -> y', 'x : 1 -> y', 'rule r { pow[2] -> sqrt ==> id }'],
  [
    'refuted',
    'x : 1 -> f -> y',
    'x : 1 -> scale[2] -> y',
    'function f(t) = 2*t + 1\nrule r { function g : R -> R  g ==> g }',
  ],
  [
    'refuted',
    'x : 1 in [5, 6] -> exp -> f -> y',
    'input x : 1 in [5,6] output y = 1',
    'function f(t) = t - 1\nrule r { function g : (0, inf) -> (0, inf)  wire x : n  g(exp(x)) ==> g(exp(x)) * (g(1) / g(1)) }',
  ],
  [
    'refuted',
    'x : 1 in [5, 6] -> f -> y',
    'input x : 1 in [5,6] output y = 0',
    'function f(t) = ln(t)\nrule r { function g  wire x : n  exp(g(x)) ==> exp(g(x) + (g(-x) - g(-x))) }',
  ],
  [
    'refuted',
    'input x : 1 in [5,6] output y = exp(f(x))',
    'input x : 1 in [5,6] output y = 0*x',
    'function f(t) = ln(t)\nrule r { function g  wire x : n  exp(g(x)) ==> exp(g(x) + (g(-x) - g(-x))) }',
  ],
  [
    'refuted',
    'input x : 1 in [5,6] output y = exp(ln(x)+x)',
    'input x : 1 in [5,6] output y = exp(relu(-ln(-x)))',
    'rule r { function g  wire x : n  exp(g(x)) ==> exp(g(x) + (g(-x) - g(-x))) }',
  ],
  [
    'refuted',
    'x : 1 -> scale[-2] -> relu -> y',
    'x : 1 -> relu -> scale[-2] -> y',
    'rule r { real c in (0, inf)  scale[c] -> relu ==> relu -> scale[c] }',
  ],
  [
    'proved',
    'x : 1 -> scale[2] -> relu -> y',
    'x : 1 -> relu -> scale[2] -> y',
    'rule r { real c in (0, inf)  scale[c] -> relu ==> relu -> scale[c] }',
  ],
  [
    'refuted',
    'x : 1 -> scale[-2] -> relu -> y',
    'x : 1 -> relu -> scale[-2] -> y',
    'rule r { real c  scale[c] -> relu ==> relu -> scale[c] }',
  ],
  [
    'refuted',
    'x : 1 -> scale[-2] -> relu -> y',
    'x : 1 -> relu -> scale[-2] -> y',
    'rule r { real c  scale[c] -> relu ==> relu -> scale[c] when c in (0, inf) }',
  ],
  [
    'refuted',
    'x : 2 -> add[A] -> add[B] -> y',
    'x : 2 -> add[A * B] -> y',
    'weights A, B : 2 x 2\nrule r { weights A, B : n x n  add[A] -> add[B] ==> add[A * B] }',
  ],
  [
    'refuted',
    'x : 2 -> mul[A] -> y',
    'x : 2 -> ln -> add[A] -> exp -> y',
    'weights A = [[1, 2], [3, 4]]\nrule r { weights A : m x n  mul[A] ==> ln -> add[A] -> exp }',
  ],
  [
    'refuted',
    'x : 2 -> mul[A] -> y',
    'x : 2 -> ln -> add[A] -> exp -> y',
    'weights A = [[1, 2], [3, 4]]\nrule r { weights A : m x n  mul[A] ==> ln -> add[A] -> exp  when input in (0, inf) }',
  ],
  [
    'refuted',
    'x : 2 -> maxpool[2] -> f -> y',
    'x : 2 -> f -> maxpool[2] -> y',
    'function f(t) = -t\nrule r { function g  maxpool[2] -> g ==> g -> maxpool[2] }',
  ],
  [
    'refuted',
    'x : 2 -> add[A] -> y',
    'input x : 2 output y = 0*x',
    'weights A : 2 x 2\nrule r { weights A : m x n in {0}  add[A] ==> add[zero(m, n)] }',
  ],
  [
    'refuted',
    'x : 2 -> f -> y',
    'x : 2 -> f -> scale[-1] -> y',
    'function f(t) = t^3\nrule r { function g  neg1 -> g ==> g when g even }\nfunction neg1(t) = -t',
  ],
  [
    'refuted',
    'x : 2 -> neg1 -> f -> y',
    'x : 2 -> f -> y',
    'function f(t) = t^3\nrule r { function g  neg1 -> g ==> g }\nfunction neg1(t) = -t',
  ],
  [
    'refuted',
    'x : 2 -> exp -> y',
    'x : 2 -> exp -> add[ones(2,2)] -> y',
    'rule r { size n  exp ==> exp -> add[ones(1,1)] }',
  ],
  [
    'refuted',
    'x : 2 -> exp -> y',
    'x : 2 -> exp -> add[ones(2,2)] -> y',
    'rule r { size n  wire x : 1  exp(x) ==> exp(x) -> add[ones(1,1)] }',
  ],
  [
    'refuted',
    'x : 2 -> exp -> y',
    'x : 2 -> exp -> add[ones(2,2)] -> y',
    'rule r { size n  wire x : n  exp(x) ==> exp(x) -> add[ones(n,n)] }',
  ],
  [
    'refuted',
    'x : 2 -> add[A] -> y',
    'x : 2 -> add[A] -> relu -> y',
    'weights A : 2 x 2\nrule r { weights W : 1 x 1   add[W] ==> add[W] -> relu }',
  ],
  [
    'refuted',
    'x : 2 -> add[A] -> exp -> add[B] -> y',
    'x : 2 -> add[B] -> exp -> add[A] -> y',
    'weights A, B : 2 x 2\nrule r { weights W, V : 1 x 1   add[W] -> add[V] ==> add[V] -> add[W] }',
  ],
  [
    'refuted',
    'x : 2 -> mul[A] -> mul[B] -> y',
    'x : 2 -> mul[B] -> mul[A] -> y',
    'weights A = [[1,2],[3,4]]\nweights B = [[0,1],[1,1]]\nrule r { weights W, V : 1 x 1   mul[W] -> mul[V] ==> mul[V] -> mul[W] when input in (0, inf) }',
  ],
  [
    'refuted',
    'x : 2 in (0,inf) -> mul[A] -> mul[B] -> y',
    'x : 2 -> mul[B] -> mul[A] -> y',
    'weights A, B : 2 x 2\nrule r { weights W, V : 1 x 1   mul[W] -> mul[V] ==> mul[V] -> mul[W] when input in (0, inf) }',
  ],
  [
    'refuted',
    'x : 2 -> add[A] -> add[B] -> y',
    'x : 2 -> add[B] -> add[A] -> y',
    'weights A, B : 2 x 2\nrule r { weights W, V : 1 x 1   add[W] -> add[V] ==> add[V] -> add[W] }',
  ],
  [
    'refuted',
    'x : 2 -> add[A] -> add[B] -> y',
    'x : 2 -> add[B] -> add[A] -> y',
    'weights A, B : 2 x 2\nrule r { weights W : n x 1\nweights V : 1 x n  add[W] -> add[V] ==> add[V * W] }',
  ],
  [
    'refuted',
    'x : 2 -> add[A] -> softmax -> y',
    'input x : 2 output y = 1',
    'weights A : 2 x 2\nrule r { weights W : 1 x n  add[W] -> softmax ==> add[W] -> scale[0] -> shift[1] }',
  ],
  [
    'proved',
    'x : 2 -> add[A] -> softmax -> y',
    'input x : 2 output y = (x -> add[A] -> scale[0] -> shift[1])',
    'weights A : 1 x 2\nrule r { weights W : 1 x n  add[W] -> softmax ==> add[W] -> scale[0] -> shift[1] }',
  ],
  // choices, strictness, roots and powers of negative numbers
  ['refuted', 'input x : 1 output y = (x > 0 ? 1 : 1/x) * 0', 'input x : 1 output y = 0'],
  ['refuted', 'input x : 1 output y = x != 0 ? x/x : 0/x', 'input x : 1 output y = 1'],
  ['proved', 'input x : 1 output y = x != 0 ? x/x : 1', 'input x : 1 output y = 1'],
  ['refuted', 'input x : 1 output y = max(x, 1/x) - max(x, 1/x)', 'input x : 1 output y = 0'],
  ['refuted', 'input x : 1 output y = (x == x ? 1 : 0)', 'input x : 1 output y = (1/x == 1/x ? 1 : 0)'],
  ['proved', 'input x : 1 output y = floor(sign(x))', 'input x : 1 output y = sign(x)'],
  ['refuted', 'input x : 1 output y = floor(-x)', 'input x : 1 output y = -floor(x)'],
  ['refuted', 'input x : 1 output y = (x^2)^(1/2)', 'input x : 1 output y = x'],
  ['refuted', 'input x : 1 output y = (x^3)^(1/3)', 'input x : 1 output y = x'],
  ['refuted', 'input x : 1 output y = x^(1/3)', 'input x : 1 output y = sign(x) * abs(x)^(1/3)'],
  ['refuted', 'input x : 1, y : 1 output z = ln(x * y)', 'input x : 1, y : 1 output z = ln(x) + ln(y)'],
  [
    'refuted',
    'input x : 1 in (-inf, 0) | (0, inf) output z = ln(x^2)',
    'input x : 1 in (-inf, 0) | (0, inf) output z = 2 * ln(x)',
  ],
  [
    'proved',
    'input x : 1 in (-inf, 0) | (0, inf) output z = ln(x^2)',
    'input x : 1 in (-inf, 0) | (0, inf) output z = 2 * ln(abs(x))',
  ],
  ['refuted', 'input x : 1 in [0, inf) output z = x^0.5 * x^-0.5', 'input x : 1 in [0, inf) output z = 1'],
  ['refuted', 'input x : 1 in [0, inf), a : 1 output z = x^a * x^-a', 'input x : 1 in [0, inf), a : 1 output z = 1'],
  [
    'refuted',
    'input x : 1 in [0, inf), a : 1 in [0, inf) output z = 0 ^ a',
    'input x : 1 in [0, inf), a : 1 in [0, inf) output z = 0 * a',
  ],
  ['refuted', 'input a : 1 in [0, inf) output z = 0 ^ a', 'input a : 1 in [0, inf) output z = 1 - sign(a) + 0*ln(a)'],
  ['proved', 'input a : 1 in [0, inf) output z = 0 ^ a', 'input a : 1 in [0, inf) output z = 1 - sign(a)'],
  ['refuted', 'input x : 1 output z = (-1)^(2*x)', 'input x : 1 output z = 1'],
  ['refuted', 'input x : 1 output z = (x^2)^x', 'input x : 1 output z = x^(2*x)'],
  ['false', 'input x : 1 output z = tan(x) * cos(x)', 'input x : 1 output z = sin(x)'],
  ['refuted', 'input x : 1 output z = asinh(sinh(x)) + acosh(cosh(x))', 'input x : 1 output z = 2 * x'],
  ['refuted', 'input x : 1 output z = tanh(atanh(x))', 'input x : 1 output z = x'],
  ['refuted', 'input x : 1 output z = abs(x)^3', 'input x : 1 output z = x^3'],
  ['refuted', 'input x : 1 output z = sqrt(x) * sqrt(x)', 'input x : 1 output z = x'],
  ['refuted', 'input x : 1, y : 1 output z = sqrt(x*y)', 'input x : 1, y : 1 output z = sqrt(x) * sqrt(y)'],
  ['refuted', 'input x : 1, y : 1 output z = sqrt(x*y)', 'input x : 1, y : 1 output z = sqrt(-x) * sqrt(-y)'],
  // several wires of one wire
  ['refuted', 'input x : 1 h = x * x  k = h - 1 output z = ln(k) - ln(k)', 'input x : 1 output z = 0'],
  ['proved', 'input x : 1 h = x * x  k = h + 1 output z = ln(k) - ln(k)', 'input x : 1 output z = 0'],
  ['proved', 'x : 3 -> pow[2] -> shift[1] -> ln -> y', 'x : 3 -> pow[2] -> shift[1] -> ln -> relu -> y'],
  [
    'false',
    'input x : 2 h = x[0..1] k = x[1..2] output y = ln(h - k + 1)',
    'input x : 2 h = x[0..1] k = x[1..2] output y = ln(1 + h - k)',
  ],
  [
    'false',
    'input x : 2 h = x -> maxpool[2] k = x -> minpool[2] output y = ln(h - k)',
    'input x : 2 h = x -> maxpool[2] k = x -> minpool[2] output y = ln(h - k)',
  ],
  [
    'false',
    'input x : 2 in {0, 1} output y = x -> add[[[1, -1]]] -> ln',
    'input x : 2 in {0,1} output y = x -> add[[[1, -1]]] -> ln',
  ],
  ['refuted', 'input x : 2 x 2 output y = x -> maxpool[2]', 'input x : 2 x 2 output y = x[0..1]'],
  ['refuted', 'input x : 1, y : 1 output z = x, w = y', 'input y : 1, x : 1 output z = y, w = x'],
  ['refuted', 'input x : 1, y : 1 output z = x, w = y', 'input a : 1, b : 1 output w = a, z = b'],
]

async function verdictOf([, left, right, declarations = '', relation = '']: Case): Promise<Verdict> {
  const program = parse(`${declarations}\nnet a { ${left} }\nnet b { ${right} }\nprove a == b ${relation}`)
  expect(program.diagnostics.filter(d => d.severity === 'error')).toEqual([])
  const { rules } = await trustedRules(program)
  const [claim] = program.claims
  return prove(claim.left, claim.right, { rules, requirements: claim.requirements })
}

const titled = CASES.map(
  c =>
    [
      c
        .slice(1)
        .filter(t => t !== '')
        .join(' | ')
        .replaceAll('\n', ' '),
      c,
    ] as const,
)

describe.each(['proved', 'refuted', 'true', 'false'] as const)('%s', truth => {
  test.each(titled.filter(([, c]) => c[0] === truth))('%s', async (_, c) => {
    const verdict = await verdictOf(c)
    if (truth === 'true') expect(verdict.kind).not.toBe('refuted')
    else if (truth === 'false') expect(verdict.kind).not.toBe('proved')
    else expect(verdict.kind).toBe(truth)
    if (verdict.kind === 'refuted') expect(areApartAt(verdict.counterexample)).toBe(true)
  })
})

describe('what is asked for has to make sense', () => {
  const nets = (text: string) => parse(text).nets
  const options = { rules: builtin() }
  test('different interfaces', async () => {
    const { a, b, c } = nets('net a { x : 2 -> y }\nnet b { x : 3 -> y }\nnet c { input x : 2, z : 2   output y = x }')
    await expect(prove(a, b, options)).rejects.toThrow(Mismatch)
    await expect(prove(a, c, options)).rejects.toThrow(Mismatch)
  })
  test('no value is in both domains', async () => {
    const { a, b } = nets('net a { x : 2 in (0, 1) -> y }\nnet b { x : 2 in [1, 2] -> y }')
    await expect(prove(a, b, options)).rejects.toThrow(RangeError)
  })
  test('an abort ends the run', async () => {
    const { a, b } = nets('net a { x : 2 -> sin -> y }\nnet b { x : 2 -> cos -> y }')
    await expect(prove(a, b, { ...options, signal: AbortSignal.abort() })).rejects.toThrow()
  })
  test('too few steps: undecided, and why', async () => {
    const { a, b } = nets('net a { x : 2 -> sin -> exp -> ln -> y }\nnet b { x : 2 -> sin -> y }')
    expect((await prove(a, b, options)).kind).toBe('proved')
    const verdict = await prove(a, b, { ...options, budget: { steps: 0 } })
    expect(verdict).toMatchObject({ kind: 'undecided', reason: { kind: 'budget' } })
  })
})

test('the same verdict, counterexample and steps on every run', async () => {
  const c: Case = [
    'refuted',
    'x : 3 -> add[A] -> relu -> add[B] -> y',
    'x : 3 -> add[A] -> add[B] -> y',
    'weights A, B : 3 x 3',
  ]
  const [first, second] = [await verdictOf(c), await verdictOf(c)]
  expect(first.kind).toBe('refuted')
  const shown = (v: Verdict) =>
    v.kind === 'refuted' && JSON.stringify([...v.counterexample.inputs].map(([n, x]) => [n, x.map(String)]))
  expect(shown(second)).toBe(shown(first))
})
