// Rules about parts of nets in the search for overlaps: on what is written out for the parts, and where the order matters.
import { describe, expect, test } from 'vitest'
import { type Confluence, confluenceOf } from '../../src/examine/confluence.ts'
import { checkRules } from '../../src/examine/examine.ts'
import { plainInstances } from '../../src/examine/instances.ts'
import { reportJson, reportText } from '../../src/examine/report.ts'
import { parse } from '../../src/load.ts'
import type { Rule } from '../../src/rewrite/rule.ts'
import { printNet } from '../../src/syntax/print.ts'

function rulesOf(text: string): readonly Rule[] {
  const { rules, diagnostics } = parse(text)
  expect(diagnostics).toEqual([])
  return rules
}
function among(text: string): Confluence {
  const rules = rulesOf(text)
  const found = confluenceOf(rules, rules, rules, { seed: 1, deadline: performance.now() + 20_000 })
  expect(found).toMatchObject({ complete: true, skipped: [] })
  return found
}
const openIn = (text: string): string[] => among(text).open.map(o => o.rules.join(' and '))
const partsIn = (text: string): string[] => among(text).open.flatMap(o => o.parts.map(p => printNet(p.net)))

const BEHIND = `rule behind {
  net N : n -> m
  weights A, B : k x m
  wire x : n
  (N(x) -> add[A]) + (N(x) -> add[B])  ==>  N(x) -> add[A + B]
}`

describe('a part of a net overlaps with another left side', () => {
  test('beside the part', () => {
    const last = 'rule last { net N : m -> n  wire x : m  N(x) -> exp -> ln ==> N(x) }'
    // From N -> exp -> ln -> sinh both ways lead to N -> sinh.
    const meets = among(`${last}\nrule other { ln -> sinh ==> asinh }\nrule too { exp -> asinh ==> sinh }`)
    expect(meets.open).toEqual([])
    expect(meets.pairs).toBeGreaterThan(0)
    expect(openIn(`${last}\nrule other { ln -> sinh ==> asinh }`)).toEqual(['other and last'])
  })
  test('at the end of the part', () => {
    const last = 'rule last { net N : m -> n  wire x : m  N(x) -> exp -> ln ==> N(x) }'
    expect(openIn(`${last}\nrule other { sinh -> exp ==> cosh }`)).toEqual(['last and other'])
    expect(openIn(`${last}\nrule other { sinh -> exp ==> cosh }\nrule too { cosh -> ln ==> sinh }`)).toEqual([])
    // Where the part begins is told by x, so that there has to be something before sinh.
    const around = 'rule around { net N : m -> m  wire x : m  (N(x) -> exp) + x ==> N(x) + x }'
    expect(partsIn(`${around}\nrule other { softmax -> exp ==> cosh }`)).toEqual([
      'net N { x : m -> add[N, N_bias] -> softmax -> y }',
    ])
  })
  test('at the beginning of the part', () => {
    const begin = 'rule begin { net N : n -> n  wire x : n  exp(x) + N(exp(x)) ==> x + N(exp(x)) }'
    expect(new Set(openIn(`${begin}\nrule other { exp -> softmax ==> softmax }`))).toEqual(new Set(['begin and other']))
    expect(partsIn(`${begin}\nrule other { exp -> softmax ==> softmax }`)).toContain(
      'net N { x : n -> softmax -> add[N, N_bias] -> y }',
    )
    expect(openIn(`${begin}\nrule other { sinh -> softmax ==> softmax }`)).toEqual([])
  })
  test('inside it, where nothing is left of the part', () => {
    const skip = 'rule skip { net N : n -> n  wire x : n  (N(x) + x) -> relu ==> (N(x) + x) -> abs }'
    expect(openIn(`${skip}\nrule nothing { exp -> ln ==> id }`)).toEqual(['skip and nothing'])
    expect(openIn(`${skip}\nrule something { exp -> ln ==> sinh }`)).toEqual([])
  })
  test('inside it, where the part comes again on another wire', () => {
    const other = 'rule other { abs -> exp ==> exp when input in (0, inf) }'
    const rule = (right: string): string =>
      `rule r { net N : n -> n  wire x : n  (N(x) + x) -> tanh ==> ${right} when x in (0, inf) }\n${other}`
    expect(openIn(rule('(N(-x) + x) -> cosh'))).toContain('r and other')
    expect(openIn(rule('(N(x) + x) -> cosh'))).toEqual([])
  })
  test('that has several wires', () => {
    const last = 'rule last { net N : m -> n  wire x : m  N(x) -> sinh ==> N(x) -> tanh }'
    expect(openIn(`${last}\nrule other { wire x, y  x * y -> sinh ==> x + y -> cosh }`)).toContain('other and last')
    expect(openIn(`${last}\nrule other { wire x, y  x * y -> asinh ==> x + y -> cosh }`)).toEqual([])
  })
  test('and with itself', () => {
    const found = among(BEHIND)
    expect(found.open.map(o => o.rules.join(' and '))).toEqual(['behind and behind', 'behind and behind'])
    expect(among('rule twice { net N : n -> m  wire x : n  N(x) + N(x) ==> 2 * N(x) }')).toMatchObject({ open: [] })
  })
})

test('an unknown function stands only for what is as wide behind as before', () => {
  const count = (text: string): number => plainInstances(rulesOf(text)[0]).length
  expect(count('rule r { net N : n -> n  wire x : n  N(x) -> exp ==> N(x) }')).toBe(2)
  expect(count('rule r { net N : m -> n  wire x : m  N(x) -> exp ==> N(x) }')).toBe(2)
  expect(count('rule r { net N : 2 -> 3  wire x : 2  N(x) -> exp ==> N(x) }')).toBe(1)
  expect(count('rule r { net N : n -> n + 1  wire x : n  N(x) -> exp ==> N(x) }')).toBe(1)
})

test('a rule that cannot be written out is named, with the reason, and no other one is left out', async () => {
  const names = ['K', 'L', 'M', 'N', 'P']
  const rules = rulesOf(`rule many {
  net ${names.join(', ')} : n -> n
  wire x : n
  ${names.map(n => `${n}(x)`).join(' + ')} ==> ${names
    .toReversed()
    .map(n => `${n}(x)`)
    .join(' + ')}
}
${BEHIND}
rule narrow {
  function f : (0, inf) -> R
  net N : n -> m
  wire x : n
  N(x) -> f -> exp -> ln ==> N(x) -> f
}`)
  const found = confluenceOf(rules, rules, rules, { seed: 1, deadline: performance.now() + 20_000 })
  expect(found.skipped).toEqual([
    { rule: 'many', because: 'it has more than 4 parts of nets' },
    { rule: 'narrow', because: 'it does not apply where unknown functions or layers stand for N' },
  ])
  expect(found.pairs).toBeGreaterThan(0)
})

test('the report says what the part is', async () => {
  const rules = rulesOf(`rule last { net N : m -> n  wire x : m  N(x) -> exp -> ln ==> N(x) }
rule other { sinh -> exp ==> cosh }`)
  const report = await checkRules(rules, { seed: 1, seconds: 5 })
  const confluence = confluenceOf(rules, rules, rules, { seed: 1, deadline: performance.now() + 20_000 })
  const text = reportText({ ...report, confluence })
  expect(text).toContain('last and other, from net last and other {')
  expect(text).toContain('        where last takes net N { x : width -> sinh -> y }')
  expect(reportJson({ ...report, confluence })).toMatchObject({
    confluence: { open: [{ parts: [{ rule: 'last', net: 'net N { x : width -> sinh -> y }' }] }] },
  })
  // The other rule is false: what is left meets the built-in ones.
  expect(report.confluence).toMatchObject({ complete: true, skipped: [], open: [] })
})
