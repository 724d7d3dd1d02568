// Rules from strangers that ask for too much: they are answered within their time, or refused, and never end the program.
import { expect, test } from 'vitest'
import { checkRules } from '../../src/examine/examine.ts'
import { parse } from '../../src/load.ts'
import { findCounterexample } from '../../src/prove/refute.ts'
import { writeOut } from '../../src/prove/statement.ts'
import type { Rule } from '../../src/rewrite/rule.ts'

const BILLION = 1_000_000_000

test.each([
  `rule r { weights W : ${BILLION} x ${BILLION}  add[W] -> relu ==> relu -> add[W] }`,
  `rule r { weights W : ${BILLION} x ${BILLION}  add[W] -> relu ==> add[W] when W diagonal }`,
  `rule r { net N : ${BILLION} -> ${BILLION}  wire x : ${BILLION}  relu(N(x)) ==> N(x) }`,
  `rule r { size n  wire x : n  relu(x) ==> x when n >= ${BILLION} }`,
  `rule r { wire x : ${BILLION}  relu(x) ==> abs(x) }`,
  `rule r { maxpool[${BILLION}] -> relu ==> relu -> maxpool[${BILLION}] }`,
  `rule r { add[identity(${BILLION})] ==> id }`,
  `rule r { wire x  x^${BILLION} ==> x }`,
  'rule r { wire x  x^(2^(2^(2^(2^(2^2))))) ==> x }',
  'rule r { real a  wire x  x^(a^1000000) ==> x }',
])('%s', async text => {
  const { rules, diagnostics } = parse(text)
  expect(diagnostics).toEqual([])
  const report = await checkRules(rules as Rule[], { seconds: 0.3 })
  expect(['proved', 'assumed', 'refuted']).toContain(report.rules[0].standing.kind)
})

test.each([
  `rule r { ${Array(100_000).fill('tanh').join(' -> ')} ==> tanh }`,
  `rule r { tanh ==> ${Array(100_000).fill('tanh').join(' -> ')} }`,
])('a hundred thousand stages are no rule', text => {
  const { rules, diagnostics } = parse(text)
  expect([rules.length, diagnostics.map(d => d.code)]).toEqual([0, ['E704']])
})

test('nets with wires of a billion components are not computed', () => {
  const { nets } = parse(`net a { x : ${BILLION} -> relu -> y }  net b { x : ${BILLION} -> abs -> y }`)
  expect(findCounterexample(nets.a, nets.b)).toMatchObject({ kind: 'none', reason: 'too-large' })
})

test('rules for which no time is left are said not to be examined', async () => {
  const { rules } = parse(
    Array.from({ length: 50 }, (_, i) => `rule r${i} { wire x  tanh(x) + ${i} ==> sinh(x) }`).join('\n'),
  )
  const report = await checkRules(rules as Rule[], { seconds: 1, secondsInAll: 0 })
  expect(report.rules.map(r => r.standing.kind)).toEqual(rules.map(() => 'assumed'))
  expect(report.rules[0].tried.because).toContain('time')
})

test('functions that are too large when written out are no equation', () => {
  const { rules } = parse(`${Array.from({ length: 30 }, (_, i) => `function f${i + 1}(t) = f${i}(f${i}(t))`).join('\n')}
    function f0(t) = t*t + t
    rule r { f30 ==> f29 }`)
  expect(writeOut(rules[0])).toMatchObject({ kind: 'beyond', because: 'its functions are too large' })
})
