// What may stand in the sides of a rule beside chains of layers: joins, slices, vectors as wires, and matrices that are
// made of the variables. Each rule is proved, survives, or is refuted.
import { describe, expect, test } from 'vitest'
import { printRule, readRule } from '../../src/define.ts'
import { tryRule } from '../../src/examine/trial.ts'
import { parse } from '../../src/load.ts'
import { trustRule } from '../../src/prove/trust.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import type { Rule } from '../../src/rewrite/rule.ts'

const effort = () => ({ seed: 1, rounds: 4, samples: 60, firstSamples: 200, deadline: performance.now() + 20_000 })
function ruleOf(text: string): Rule {
  const { rules, diagnostics } = parse(text)
  expect(diagnostics).toEqual([])
  return rules[0]
}
async function standing(rule: Rule): Promise<string> {
  const trial = tryRule(rule, effort()).kind
  if (trial !== 'survived') return trial
  return (await trustRule(rule, { rules: builtin(), budget: { seconds: 20 } })).kind
}

describe.each([
  ['proved', 'weights A : m x k  weights B : k x n   add[transpose(A)] -> add[transpose(B)] ==> add[transpose(A * B)]'],
  ['refuted', 'weights A, B : n x n   add[transpose(A)] -> add[transpose(B)] ==> add[transpose(B * A)]'],
  ['proved', 'weights A : m x n  weights B : k x n  wire x : n  [x -> add[A], x -> add[B]] ==> x -> add[[A, B]]'],
  ['refuted', 'weights A, B : m x n  wire x : n  [x -> add[A], x -> add[B]] ==> x -> add[[B, A]]'],
  ['proved', 'weights A, B : m x n  wire x, h : n  (x -> add[A]) + (h -> add[B]) == [x, h] -> add[[[A, B]]]'],
  ['proved', 'weights W : m x n  weights b : m  wire x : n  x -> mul[W, b] ==> (x -> mul[W]) * e^b when x in (0, inf)'],
  [
    'refuted',
    'weights W : m x n  weights b : m  wire x : n  x -> mul[W, b] ==> (x -> mul[W]) + e^b when x in (0, inf)',
  ],
  [
    'proved',
    'weights W : m x n  weights b : m  exp -> add[W, b] -> exp ==> exp -> mul[identity(n)] -> add[W] -> exp -> mul[identity(m), b]',
  ],
  ['proved', 'weights W : m x n  weights b : m  wire x : n  (x -> add[W]) + e^b ==> x -> add[W, e^b]'],
  ['proved', 'function f : R x R -> R  wire x, y  f(x, y) -> relu -> relu ==> f(x, y) -> relu'],
  ['refuted', 'function f : R x R -> R  wire x, y  f(x, y) -> relu ==> f(y, x) -> relu'],
  ['refuted', 'wire x : n + k  size n, k  x[0..n] -> relu ==> x[k..n+k] -> relu when k = n'],
  ['survived', 'wire x : 3  size n  x -> maxpool[3] == max(max(x[0..1], x[1..2]), x[2..3])'],
  ['proved', 'size n  add[ones(1, n)] -> scale[2] ==> add[2 * ones(1, n)]'],
  ['survived', 'function f  weights W : m x n  f -> add[W] ==> add[W * diag(f)] when f linear'],
  ['refuted', 'function f  weights W : m x n  f -> add[W] ==> add[2 * W * diag(f)] when f linear'],
])('%s', (expected, body) => {
  test(body, async () => {
    const rule = ruleOf(`rule r { ${body} }`)
    const found = await standing(rule)
    // What is not proved may be so one day.
    if (expected === 'survived') expect(['proved', 'assumed']).toContain(found)
    else expect(found).toBe(expected)
    // As text it reads as the same rule.
    expect(readRule(printRule(rule)).text).toBe(rule.text)
  })
})

test.each([
  ['a function of the rule on one wire twice', 'function f : R x R -> R  wire x  f(x, x) ==> f(x, x) -> relu'],
  ['a matrix that is computed, on the left', 'weights A, B : n x n  add[A + B] ==> add[A]'],
  ['blocks that do not fit', 'weights A : m x n  weights B : m x k  add[A] -> add[B] ==> add[[A, B]]'],
  ['diag of a function of unknown width', 'function f  f -> maxpool[2] ==> maxpool[2] -> add[diag(f)] when f linear'],
])('%s is reported', (_, body) => {
  const { rules, diagnostics } = parse(`rule r { ${body} }`)
  expect(rules).toEqual([])
  expect(diagnostics.map(d => d.severity)).toEqual(['error'])
  expect(diagnostics[0].span).not.toBeNull()
})
