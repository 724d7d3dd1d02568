// Forms that authors of rules write: numbers as right sides, functions made of others, inverses that come first, names with
// words of the language in them.
import { describe, expect, test } from 'vitest'
import { checkRules } from '../../src/examine/examine.ts'
import { parse } from '../../src/load.ts'
import { normalFormOf } from '../../src/rewrite/normalize.ts'
import type { Rule } from '../../src/rewrite/rule.ts'
import { printNet } from '../../src/syntax/print.ts'

function read(text: string): ReturnType<typeof parse> {
  const program = parse(text)
  expect(program.diagnostics).toEqual([])
  return program
}
/** The net `a` of a text after the rules of the text, and no others. */
function rewritten(text: string): string {
  const { nets, rules } = read(text)
  return printNet(normalFormOf(nets.a, { rules: rules as Rule[] }).normal)
}

describe('numbers as right sides', () => {
  test.each([
    [
      'a function of the wires',
      'rule r { wire x, h  cosh(x - h)^0 ==> 1 }  net a { input x : 3, h : 3  output y = cosh(x - h)^0 }',
      '1',
    ],
    [
      'behind a layer',
      'rule r { size m, n  add[zero(m, n)] ==> 0 }  net a { x : 3 -> add[zero(2, 3)] -> y }',
      'zero(2, 1)',
    ],
    [
      'a number of the rule',
      'rule r { real c  wire x  (x - x) + c ==> c }  net a { input x : 3  output y = (x - x) + 5 }',
      '5',
    ],
  ])('%s', (_, text, expected) => {
    expect(rewritten(text)).toContain(expected)
    expect(rewritten(text)).not.toMatch(/cosh|add|x - x/)
  })
  test('need a width', () => {
    const { diagnostics } = parse('rule r { maxpool[2] -> maxpool[2] ==> 0 }')
    expect(diagnostics.map(d => d.code)).toEqual(['E704'])
  })
})

test('functions made of others stand before their wire', () => {
  const text = `function u, v : R -> R
    rule r { function f, g  wire x  g(f(x)) + x ==> (g . f)(x) + x }
    net a { input x : 3  output y = (x -> u -> v) + x }`
  expect(rewritten(text)).toContain('v . u')
})

test('an inverse that comes before its function binds it', () => {
  const rule = 'rule r { function f  inverse(f) -> f ==> id when input in (0, inf) and input in domain(f) }'
  expect(rewritten(`${rule} net a { x : 3 in (0, 1) -> ln -> exp -> y }`)).toBe('net a { x : 3 in (0, 1) -> y }')
  // Not an inverse of it, and not positive.
  expect(rewritten(`${rule} net a { x : 3 in (0, 1) -> ln -> sinh -> y }`)).toContain('sinh')
  expect(rewritten(`${rule} net a { x : 3 -> asinh -> sinh -> y }`)).toContain('sinh')
})

test('the domain of a function is asked for on the wire that the condition names', () => {
  const rule = 'rule r { function f, g  f -> g ==> g when input in domain(g) }'
  expect(rewritten(`${rule} net a { x : 3 in (-1, 1) -> exp -> ln -> y }`)).toContain('exp')
})

test('names hold words of the language, and a side begins with a wire x', () => {
  const { rules, derivations, strategies } = read(`
    rule log-net-size { exp -> ln ==> id }
    rule one-rule-in-use { wire x, m : n
      x - m ==> x + (-m) }
    derive new-derive-prove from log-net-size { attach exp after }
    strategy s { apply log-net-size or apply new-derive-prove }`)
  expect(rules.map(r => r.name)).toEqual(['log-net-size', 'one-rule-in-use'])
  expect([derivations.length, strategies.size]).toEqual([1, 1])
})

test('overlaps at which no wire has a value are none', async () => {
  const { rules } = read(`
    function p10(t) = 10^t
    rule base { weights W : m x n  log[10] -> add[W] -> p10 ==> mul[W] when input in (0, inf) }
    rule odd { function f  scale[-1] -> f ==> f -> scale[-1] when f odd }`)
  const { confluence } = await checkRules(rules as Rule[], { seconds: 5 })
  expect(confluence).not.toBeNull()
})

describe('conditions that cannot hold together', () => {
  const layer = 'rule r { weights W : m x n  add[W] ==> add[W] -> id when'
  test.each([
    'rule r { real c in (0, inf)  scale[c] -> abs ==> abs when c in (-inf, 0) }',
    'rule r { function f : R -> R increasing  f -> relu ==> f when f decreasing }',
    'rule r { function f  f -> f ==> f when f odd and f even }',
    'rule r { wire x  x + x ==> 2*x when x in (0, 1) and x in (2, 3) }',
    'rule r { weights W : m x n in [0, 1]  add[W] ==> add[W] -> relu when W in (1, 2) }',
    `${layer} m = n and n != m }`,
    `${layer} n < 1 }`,
    `${layer} m >= n + 2 and n + 2 > m }`,
    `${layer} m = 3 and m > 3 }`,
  ])('%s', text => {
    const { rules, diagnostics } = parse(text)
    expect([rules.length, diagnostics.map(d => d.code)]).toEqual([0, ['E708']])
  })
  test.each([
    'rule r { real c in [0, inf)  scale[c] -> abs ==> abs when c in (-inf, 0] }',
    'rule r { function f : R -> R increasing  f -> relu ==> f when f odd }',
    `${layer} m <= n and n <= m }`,
    `${layer} n <= 1 }`,
    `${layer} m >= n + 2 and n + 3 > m }`,
    `${layer} m < n and n < m + 2 }`,
  ])('but these may: %s', text => expect(read(text).rules.length).toBe(1))
})

describe('products and compositions', () => {
  test('a product of matrices is matched as it is written', () => {
    const text = `rule r { weights A : m x k  weights B : k x n  add[A * B] -> relu ==> add[B] -> add[A] -> relu -> id }
      weights U : 2 x 4  weights V : 4 x 3  weights W : 3 x 3`
    expect(rewritten(`${text} net a { x : 3 -> add[U * V] -> relu -> y }`)).toContain('add[V] -> add[U] -> relu')
    expect(rewritten(`${text} net a { x : 3 -> add[U * V * W] -> relu -> y }`)).toContain('add[U] -> relu')
    expect(rewritten(`${text} net a { x : 3 -> add[W] -> relu -> y }`)).toContain('x : 3 -> add[W] -> relu')
    expect(rewritten(`${text} net a { x : 3 -> add[2 * W] -> relu -> y }`)).toContain('add[2 * W]')
  })
  test('a weight is substituted by a product, and a function by a composition, and the results are proved', async () => {
    const program = read(`rule identity { weights W : m x n  mul[W] == ln -> add[W] -> exp when input in (0, inf) }
      derive companion from identity { attach exp before, ln after  normalize right }
      derive factored from companion { weights B : m x k  weights C : k x n  substitute W = B * C }
      derive composed from maxpool-increasing { function g, h : R -> R increasing  substitute k = 2, f = g . h }`)
    const { rules } = await checkRules(program.rules as Rule[], { seconds: 10 }, program.derivations)
    expect(rules.map(r => [r.rule.name, r.standing.kind])).toEqual(
      ['identity', 'companion', 'factored', 'composed'].map(n => [n, 'proved']),
    )
  })
  test('a composition of functions of the rule is two stages on a left side', () => {
    const text = `rule r { function f, g  g . f -> abs ==> f -> g -> abs -> id when f odd }
      rule s { function f  f -> relu ==> abs -> normal(f) }`
    expect(read(text).rules.length).toBe(2)
  })
})
