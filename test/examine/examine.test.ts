// Rules examined: false ones are refused with their counterexamples, true ones survive and are proved where that is possible;
// and what a report says.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { randomChoices } from '../../src/examine/choices.ts'
import { checkRule, checkRules } from '../../src/examine/examine.ts'
import { pictures, reportJson, reportText } from '../../src/examine/report.ts'
import { tryRule, widerThanNeeded } from '../../src/examine/trial.ts'
import { parse, trustedRules } from '../../src/load.ts'
import { random } from '../../src/numeric/random.ts'
import { counterexampleJson } from '../../src/prove/counterexample.ts'
import { prove } from '../../src/prove/prove.ts'
import { trustRule } from '../../src/prove/trust.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import type { Rule } from '../../src/rewrite/rule.ts'
import { areApartAt } from '../prove/apart.ts'

const folder = (path: string): URL => new URL(path, import.meta.url)
const filesIn = (path: string): string[] =>
  readdirSync(folder(path))
    .filter(f => f.endsWith('.net'))
    .sort()
const effort = () => ({ seed: 1, rounds: 4, samples: 60, firstSamples: 200, deadline: performance.now() + 20_000 })

function ruleOf(text: string): Rule {
  const { rules, diagnostics } = parse(text)
  expect(diagnostics).toEqual([])
  expect(rules.length).toBe(1)
  return rules[0]
}

/** Rules whose sides do not fit together. */
const UNFIT: Readonly<Record<string, string>> = {
  'width.net': 'its left side is m wide, and its right side n',
  'pools.net': 'its left side is 2*width wide, and its right side 3*width',
}

describe('wrong rules', () => {
  const wrong = filesIn('wrong/')
  test.each(wrong)('%s', async name => {
    const rule = ruleOf(readFileSync(folder(`wrong/${name}`), 'utf8'))
    const { standing } = await checkRule(rule, { seconds: 20 })
    if (name in UNFIT) {
      expect(standing).toEqual({ kind: 'unfit', because: UNFIT[name] })
      return
    }
    expect(standing.kind).toBe('refuted')
    if (standing.kind === 'refuted') expect(areApartAt(standing.refutation.counterexample)).toBe(true)
  })

  test('are twelve and more', () => {
    expect(wrong.length).toBeGreaterThan(29)
  })

  test('a wrong rule is a rule that is not proved, also where it is asked for', async () => {
    const rule = ruleOf(readFileSync(folder('wrong/width.net'), 'utf8'))
    expect((await trustRule(rule, { rules: builtin() })).kind).toBe('assumed')
  })
})

/** Rules of the examples that survive, and are not proved. */
const SURVIVING = new Set(['mean-under', 'pool-last', 'pool-mirrored'])

describe.each(filesIn('../../examples/rules/'))('examples/rules/%s', name => {
  const program = parse(readFileSync(folder(`../../examples/rules/${name}`), 'utf8'), { file: name })

  test('is read without a message', () => {
    expect(program.diagnostics).toEqual([])
    expect(program.rules.length).toBeGreaterThan(0)
    expect(program.rules.filter(r => r.reason === '')).toEqual([])
  })
  test.each(program.rules.map(r => [r.name, r] as const))('%s', async (ruleName, rule) => {
    expect(tryRule(rule, effort()).kind).toBe('survived')
    if (SURVIVING.has(ruleName)) return
    expect((await trustRule(rule, { rules: builtin(), budget: { seconds: 20 } })).kind).toBe('proved')
  })
  test.each(program.claims.map(c => [c.title, c] as const))('%s', async (_, claim) => {
    const verdict = await prove(claim.left, claim.right, { rules: builtin(), budget: { seconds: 20 } })
    expect(verdict.kind).toBe(claim.expect)
  })
})

test('built-in rules survive, but for those whose sides are what was found before', () => {
  const untried = builtin().filter(
    rule => tryRule(rule, { ...effort(), rounds: 3, firstSamples: 60 }).kind !== 'survived',
  )
  // These compute the normal form of what is matched: of most functions and matrices that is what it was.
  expect(untried.map(r => r.name).filter(name => !name.startsWith('normal-') && !name.startsWith('affine-'))).toEqual(
    [],
  )
})

describe('conditions that are stronger than needed', () => {
  const widened = (text: string): unknown => widerThanNeeded(ruleOf(text), effort())
  test('a set', () => {
    expect(widened('rule r { wire x  relu(x) - relu(-x) ==> x when x in (0, 1) }')).toEqual([
      { condition: 'x in (0, 1)', wider: null },
    ])
    expect(widened('rule r { relu ==> id when input in (0, 2] }')).toEqual([
      { condition: 'input in (0, 2]', wider: 'input in [0, inf)' },
    ])
    expect(widened('rule r { relu ==> id when input in [0, inf) }')).toEqual([])
  })
  test('a size, a kind of matrix, entries, a number', () => {
    expect(widened('rule r { weights W : m x n  exp -> mul[W] -> ln ==> add[W] when n >= 2 }')).toEqual([
      { condition: 'n >= 2', wider: null },
    ])
    expect(widened('rule r { weights W : n x n  add[W] -> add[W] ==> add[W * W] when W scalar }')).toEqual([
      { condition: 'W scalar', wider: null },
    ])
    expect(widened('rule r { weights W : m x n in [0, inf)  exp -> mul[W] -> ln ==> add[W] }')).toEqual([
      { condition: 'W in [0, inf)', wider: null },
    ])
    expect(widened('rule r { real c in (1, 2)  scale[c] -> relu ==> relu -> scale[c] }')).toEqual([
      { condition: 'c in (1, 2)', wider: 'c in [0, inf)' },
    ])
  })
  test('a property of a function', () => {
    expect(widened('rule r { function f  f -> relu ==> f -> relu -> relu when f increasing }')).toEqual([
      { condition: 'f increasing', wider: null },
    ])
    expect(widened('rule r { function f  f -> maxpool[2] ==> maxpool[2] -> f when f increasing }')).toEqual([])
  })
})

describe('a rule about functions or matrices of a kind of which there is no unknown', () => {
  const trusted = async (text: string): Promise<string> =>
    (await trustRule(ruleOf(text), { rules: builtin(), budget: { seconds: 20 } })).kind
  test.each([
    'rule r { function f  weights W : m x n  f -> add[W] ==> add[W * diag(f)] when f linear }',
    'rule r { function f  weights W : m x n  weights b : m  add[W, b] -> f == linear(f) when f linear }',
    'rule r { function f  wire x, y : n  f(x) + f(y) == f(x + y) + f(0) when f linear }',
    'rule r { operator L : m x n  real c  scale[c] -> add[L] == add[L] -> scale[c] }',
    'rule r { weights W : n x n  wire x : n  size n  x + (x -> add[W]) == x -> add[identity(n) + W] when W integer }',
    'rule r { function f  f -> relu -> relu == f -> relu when f idempotent }',
  ])('%s is proved', async text => {
    expect(await trusted(text)).toBe('proved')
  })
  test.each([
    'rule r { function f, g  f -> g == g -> f when f linear and g linear }',
    'rule r { function f  weights W : m x n  size n, m  f -> add[W] == add[W] -> f when f linear }',
    'rule r { function f  f -> f == f when f idempotent and f increasing }',
  ])('%s is not', async text => {
    expect(await trusted(text)).toBe('assumed')
  })
  test('its use is certified', async () => {
    const program = parse(`rule every { function f  weights W : m x n  f -> add[W] ==> add[W * diag(f)] when f linear }
weights V : 2 x 3
net a { x : 3 -> scale[3] -> add[V] -> y }
net b { x : 3 -> add[3 * V] -> y }
prove a == b`)
    const { rules, statements } = await trustedRules(program)
    const [claim] = program.claims
    const verdict = await prove(claim.left, claim.right, { rules, statements })
    expect(verdict).toMatchObject({ kind: 'proved', assumptions: [] })
    expect([...(verdict.kind === 'proved' ? verdict.steps : [])].map(s => s.rule)).toContain('every')
  })
})

test('sizes are each number from 1 to 6 in six rounds', () => {
  const rule = ruleOf('rule r { weights A : n x k  weights B : m x n  add[A] -> add[B] == add[B * A] when n >= 2 }')
  const seen = Array.from({ length: 6 }, (_, round) => randomChoices(rule, random(1), round)?.sizes)
  for (const name of ['m', 'k'])
    expect(seen.map(sizes => sizes?.get(name)?.constant).sort()).toEqual([1, 2, 3, 4, 5, 6])
  expect(seen.every(sizes => (sizes?.get('n')?.constant ?? 0) >= 2)).toBe(true)
})

test('a name of the rule hides the same name of the file', () => {
  const { rules, diagnostics } = parse(`weights c : 4
rule r { weights W : m x n  real c  add[W] -> scale[c] ==> add[c*W] }`)
  expect(diagnostics).toEqual([])
  expect(tryRule(rules[0], effort()).kind).toBe('survived')
})

test('a trial is the same each time', () => {
  const rule = ruleOf(readFileSync(folder('wrong/matrix-order.net'), 'utf8'))
  const seen = (seed: number): string => {
    const trial = tryRule(rule, { ...effort(), seed })
    return trial.kind === 'refuted' ? JSON.stringify(counterexampleJson(trial.counterexample)) : ''
  }
  expect(seen(1)).toBe(seen(1))
  expect(seen(1)).not.toBe('')
})

describe('a report', () => {
  const source = `rule good "a good rule" { weights W : m x n  exp -> mul[W] -> ln ==> add[W] }
rule bad { tanh ==> sigmoid }
rule open { function f  f -> maxpool[2] ==> maxpool[2] -> f when f increasing }
`
  test('says of each rule what it is', async () => {
    const { rules, diagnostics } = parse(source)
    expect(diagnostics).toEqual([])
    const report = await checkRules(rules, { seconds: 10 })
    expect(report.rules.map(r => r.standing.kind)).toEqual(['proved', 'refuted', 'proved'])
    const text = reportText(report)
    expect(text).toContain('good: PROVED')
    expect(text).toContain('bad: REFUTED')
    expect(text).toContain('come to an end')
    expect(JSON.parse(JSON.stringify(reportJson(report)))).toMatchObject({
      rules: [{ name: 'good', standing: 'proved', counterexample: null }, { standing: 'refuted' }, { name: 'open' }],
      termination: { kind: 'ends' },
    })
    expect(pictures(report).map(p => p.title)).toContain('bad is false')
  })
  test('says of a derived rule where it comes from', async () => {
    const { rules, derivations, diagnostics } = parse(`rule source "the source" {
  weights W : m x n
  mul[W]  ==  ln -> add[W] -> exp  when input in (0, inf)
}
derive companion from source { attach exp before, ln after   normalize right   gives exp -> mul[W] -> ln == add[W] }
rule doubtful { function f  size k  f -> maxpool[k]  ==  maxpool[k] -> f  when f increasing }
derive resting from doubtful { substitute f = exp, k = 2   attach relu after }
`)
    expect(diagnostics).toEqual([])
    const report = await checkRules(rules, { seconds: 10 }, derivations)
    const byName = new Map(report.rules.map(r => [r.rule.name, r]))
    expect(byName.get('companion')).toMatchObject({ derivedFrom: 'source', standing: { kind: 'proved' } })
    expect(reportText(report)).toContain('derived from source')
    // What rests on a rule that is not proved is not proved.
    const because = 'it rests on doubtful, which is not proved'
    expect(byName.get('resting')).toMatchObject({ derivedFrom: 'doubtful', standing: { kind: 'assumed', because } })
  })
  test('of no rules says nothing of an end', async () => {
    expect(await checkRules([])).toEqual({ rules: [], termination: null, confluence: null })
  })
})
