// Rules about parts of nets: proved where the parts are the same on the same wires, refuted with parts that are not defined
// everywhere, found in nets, and cited by certificates.
import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { defineRule, part, printRule, readRule, term, weights, wire } from '../../src/define.ts'
import { tryRule } from '../../src/examine/trial.ts'
import { parse, trustedRules } from '../../src/load.ts'
import { certificateOf } from '../../src/prove/certify.ts'
import { prove } from '../../src/prove/prove.ts'
import { trustRule } from '../../src/prove/trust.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { whyNot } from '../../src/rewrite/misfit.ts'
import { applyRule, runStrategy } from '../../src/rewrite/strategy.ts'
import { printNet } from '../../src/syntax/print.ts'

const effort = () => ({ seed: 1, rounds: 12, samples: 60, firstSamples: 100, deadline: performance.now() + 20_000 })
const ruleOf = (body: string) => readRule(`rule r { ${body} }`)

describe.each([
  ['proved', 'net N : n -> n  wire x : n  (x + N(x)) - x ==> N(x)'],
  ['proved', 'net N, M : n -> n  wire x : n  (x + N(x)) + M(x) == x + (N(x) + M(x))'],
  [
    'proved',
    'net N : n -> m  weights A, B : k x m  wire x : n  (N(x) -> add[A]) + (N(x) -> add[B]) ==> N(x) -> add[A + B]',
  ],
  ['proved', 'net N : n -> n total  wire x : n  x + 0 * N(x) ==> x'],
  ['proved', 'net N : n -> n  relu -> N -> relu -> relu ==> relu -> N -> relu'],
  // Not where N is undefined.
  ['refuted', 'net N : n -> n  wire x : n  x + 0 * N(x) ==> x'],
  // N is no linear map, and parts do not change places.
  ['refuted', 'net N : n -> n  wire x, h : n  N(x) + N(h) ==> 2 * N(x)'],
  ['refuted', 'net N : n -> n  real c in (0, inf)  N -> scale[c] ==> scale[c] -> N'],
  ['refuted', 'net N, M : n -> n  N -> M -> relu ==> M -> N -> relu'],
  // True, and the part stands on another wire: it survives.
  ['assumed', 'net N : n -> n  exp -> ln -> N -> relu ==> N -> relu'],
  // True, and the wire before the part is none of the wires that the left side then has.
  ['assumed', 'net N : n -> n total  wire x : n  N(x) - N(x) == 0 * x'],
])('%s', (expected, body) => {
  test(body, async () => {
    const rule = ruleOf(body)
    const trial = tryRule(rule, effort())
    expect(trial.kind).toBe(expected === 'refuted' ? 'refuted' : 'survived')
    const { kind } = await trustRule(rule, { rules: builtin(), budget: { seconds: 20 } })
    // What is false is never proved.
    expect(kind).toBe(expected === 'proved' ? 'proved' : 'assumed')
    expect(readRule(printRule(rule)).text).toBe(rule.text)
  })
})

const BEHIND =
  'net N : n -> m  weights A, B : k x m  wire x : n  (N(x) -> add[A]) + (N(x) -> add[B]) ==> N(x) -> add[A + B]'
const NETS = `weights A, B : 2 x 3
weights W : 3 x 4
net apart { input x : 4 in (0, inf)  h = x -> ln -> add[W] -> relu   output y = (h -> add[A]) + (h -> add[B]) }
net together { input x : 4 in (0, inf)  output y = x -> ln -> add[W] -> relu -> add[A + B] }
net other { input x : 4 in (0, inf)  h = x -> ln -> add[W]  k = x -> sqrt -> add[W]   output y = (h -> add[A]) + (k -> add[B]) }`

test('a part is found in a net, and cited', async () => {
  const program = parse(`${NETS}\nrule behind { ${BEHIND} }`)
  expect(program.diagnostics).toEqual([])
  const { rules, statements, diagnostics } = await trustedRules(program)
  expect(diagnostics).toEqual([])
  const { apart, together } = program.nets
  const verdict = await prove(apart, together, { rules, statements, budget: { seconds: 20 } })
  expect(verdict.kind).toBe('proved')
  const claim = { leftName: 'apart', rightName: 'together', verdict }
  const answer = check(certificateOf([claim], { seed: 1, statements }))
  expect(answer).toMatchObject({ accepted: true, assumptions: [] })
  expect(answer.accepted && answer.rules).toContain('behind')
})

test('it is not found where the parts differ', () => {
  const { nets } = parse(NETS)
  expect(runStrategy(nets.other, applyRule(ruleOf(BEHIND))).kind).toBe('failed')
  expect(whyNot(nets.other, ruleOf(BEHIND))).not.toBeNull()
})

test('what must be total is, whatever enters it', () => {
  const rule = ruleOf('net N : n -> n total  wire x : n  x + 0 * N(x) ==> x')
  const run = (body: string): string => {
    const outcome = runStrategy(parse(`net a { ${body} }`).nets.a, applyRule(rule))
    return outcome.kind === 'done' ? printNet(outcome.result) : outcome.kind
  }
  expect(run('input x : 2 in (0, inf)  h = x -> ln  output y = x + 0*h')).toBe('failed')
  expect(run('input x : 2 in (0, inf)  h = x -> exp  output y = x + 0*h')).toBe('net a { x : 2 in (0, inf) -> y }')
})

test('the same from values', () => {
  const rule = defineRule({
    name: 'behind',
    variables: { N: part('n', 'm'), A: weights('k', 'm'), B: weights('k', 'm'), x: wire('n') },
    left: term('(N(x) -> add[A]) + (N(x) -> add[B])'),
    right: term('N(x) -> add[A + B]'),
  })
  expect(rule.variables.nets.map(n => n.name)).toEqual(['N'])
  expect(readRule(printRule(rule)).text).toBe(rule.text)
})

test.each([
  ['a left side that ends with a part', 'net N : n -> n  exp -> N ==> N'],
  ['a part of the right side only', 'net N : n -> n  relu -> relu ==> N -> relu'],
])('%s is reported', (_, body) => {
  const { rules, diagnostics } = parse(`rule r { ${body} }`)
  expect(rules).toEqual([])
  expect(diagnostics[0].severity).toBe('error')
})
