// Derived rules: what comes out is proved and certified, by the source as a rule or by the derivation's own steps, and says
// on what it rests.
import { describe, expect, test } from 'vitest'
import { check } from '../src/check/check.ts'
import { draw, sceneOf } from '../src/draw/draw.ts'
import { parse, trustedRules, trustedStrategy } from '../src/load.ts'
import { certificateOf } from '../src/prove/certify.ts'
import { prove } from '../src/prove/prove.ts'
import type { Rule } from '../src/rewrite/rule.ts'

/** The derived rules of a text: what is believed of each, and its certificate, which the checker has to accept. */
async function believed(text: string, assume: readonly string[] = []): Promise<Record<string, string>> {
  const program = parse(text)
  expect(program.diagnostics).toEqual([])
  const { rules, statements, diagnostics } = await trustedRules(program, { assume })
  const found: Record<string, string> = {}
  for (const { name } of program.derivations) {
    const rule = rules.find(r => r.name === name)
    if (rule === undefined) {
      found[name] = diagnostics.find(d => d.message.includes(`\`${name}\``))?.message ?? 'unknown'
      continue
    }
    found[name] = rule.restsOn.length === 0 ? 'proved' : `rests on ${rule.restsOn.join(', ')}`
    const verdict = statements.get(rule)?.verdict
    if (verdict === null || verdict === undefined) {
      found[name] = 'assumed'
      continue
    }
    const certificate = certificateOf([{ leftName: 'left', rightName: 'right', verdict }], { seed: 1, statements })
    const checked = check(JSON.parse(JSON.stringify(certificate)))
    expect(checked).toMatchObject({ accepted: true, assumptions: rule.restsOn })
  }
  return found
}

const IDENTITY = `rule identity "multiplicative-additive identity" {
  weights W : m x n
  mul[W] == ln -> add[W] -> exp when input in (0, inf)
}
`
// True, and beyond what the equality prover knows.
const HERMITE = `function h(t) = floor(t) + floor(t + 1/2)
rule hermite "Hermite's identity" {
  weights W : m x n
  mul[W] -> scale[2] -> floor ==> ln -> add[W] -> exp -> h when input in (0, inf)
}
`

describe('derived rules are proved', () => {
  test('from a rule of the file, from built-in ones, and from each other in any order', async () => {
    const found = await believed(`${IDENTITY}
      derive longer from short { weights V : p x m   attach add[V] after   normalize right }
      derive short from identity { attach exp before, ln after   normalize right }
      derive other from companion { reverse }
      derive based from multiplicative-additive-base { substitute c = 10   attach exp before   normalize both }
      derive cancelled from inverse { substitute f = sinh   attach tanh after }
      derive pooled from maxpool-increasing { substitute f = tanh, k = 3   attach exp before }`)
    expect(found).toEqual({
      short: 'proved',
      longer: 'proved',
      other: 'proved',
      based: 'proved',
      cancelled: 'proved',
      pooled: 'proved',
    })
  })
  test('without the biases that the built-in rules have, where the statement says nothing of them', async () => {
    const found = await believed(`
      derive plain from multiplicative-additive {
        attach exp before, ln after
        normalize right
        gives exp -> mul[W] -> ln == add[W]
      }
      derive behind from additive-product { gives add[A] -> add[B] == add[B * A] }`)
    expect(found).toEqual({ plain: 'proved', behind: 'proved' })
    // A vector that is spoken of stays.
    const { diagnostics } = parse('derive half from additive-product { gives add[A, a] -> add[B] == add[B * A] }')
    expect(diagnostics.map(d => d.code)).toEqual(['E724'])
  })
  test('with unknowns replaced, sizes among them', async () => {
    const found = await believed(`${IDENTITY}
      derive a from identity { weights A : n x n   substitute m = n, W = A }
      derive b from identity { substitute m = 2, n = 3   attach exp before   normalize right }`)
    expect(found).toEqual({ a: 'proved', b: 'proved' })
  })
  test('for functions with declared properties', async () => {
    const found = await believed(`
      function phi : R -> (0, inf) increasing
      derive a from maxpool-increasing { substitute f = phi, k = 2   attach ln after }`)
    expect(found).toEqual({ a: 'proved' })
  })
})

describe('derived rules rest on what they are derived from', () => {
  const text = `${HERMITE}
    derive direct from hermite { attach relu after }
    derive steps from hermite { attach exp before   normalize left   apply inverse at right }
    derive turned from hermite { attach exp before   normalize left   apply inverse at right   reverse }
    derive lines from hermite {
      attach exp before   normalize left   attach exp before   apply inverse at right
    }
    derive next from steps { attach relu after }
    derive free from companion { attach relu after }`
  test('which has to be assumed', async () => {
    const found = await believed(text)
    for (const name of ['direct', 'steps', 'turned', 'lines'])
      expect(found[name]).toBe(`the rule \`${name}\` is not used: it rests on hermite, which is not proved`)
    expect(found.next).toContain('it rests on steps')
    expect(found.free).toBe('proved')
  })
  test('and then says so, as every proof by it does', async () => {
    const found = await believed(text, ['hermite'])
    const { free, ...others } = found
    expect(free).toBe('proved')
    expect(new Set(Object.values(others))).toEqual(new Set(['rests on hermite']))
    const program = parse(`${text}
      weights A : 3 x 3
      net a { x : 3 -> exp -> mul[A] -> scale[2] -> floor -> relu -> y }
      net b { x : 3 -> add[A] -> exp -> h -> relu -> y }`)
    const trusted = await trustedRules(program, { assume: ['hermite'] })
    // Only what is derived, not the assumed rule itself.
    const rules = trusted.rules.filter(r => r.name !== 'hermite' && r.name !== 'turned')
    const verdict = await prove(program.nets.a, program.nets.b, { rules, statements: trusted.statements })
    expect(verdict).toMatchObject({ kind: 'proved', assumptions: ['hermite'] })
  })
  test('and numbers that contradict it stop the derivation', async () => {
    const found = await believed(
      `rule wrong { weights W : n x n   mul[W] -> tanh ==> ln -> add[W] -> tanh when input in (0, inf) }
       derive a from wrong { attach exp before }`,
      ['wrong'],
    )
    expect(found.a).toMatch(/not used: (numbers contradict|its steps)/)
  })
})

describe('a derived rule', () => {
  test('is a rule like any other: it is used in proofs', async () => {
    const program = parse(`${IDENTITY}
      derive companion "companion identity" from identity {
        attach exp before, ln after
        normalize right
        gives exp -> mul[W] -> ln ==> add[W]
      }
      weights W : 3 x 3
      net a { x : 3 -> exp -> mul[W] -> ln -> y }
      net b { x : 3 -> add[W] -> y }
      prove a == b`)
    const { rules, statements } = await trustedRules(program)
    const [claim] = program.claims
    const verdict = await prove(claim.left, claim.right, { rules, statements })
    expect(verdict).toMatchObject({ kind: 'proved', assumptions: [] })
    const names = (r: readonly Rule[]): string[] => r.map(x => x.name)
    if (verdict.kind === 'proved') expect(names([...verdict.left.log.entries].map(m => m.rule))).toEqual(['companion'])
  })
  test('is drawn as equations, one below the other, with what was done beside them', async () => {
    const { derivations } = parse(`${IDENTITY}
      derive companion "companion identity" from identity { substitute m = 3, n = 3   attach exp before, ln after   normalize right }`)
    const [{ title, lines }] = derivations
    const svg = await draw({ title, lines })
    for (const caption of ['start with', 'attach exp before', 'simplify the right side']) expect(svg).toContain(caption)
    const { groups } = await sceneOf({ title, lines })
    expect(groups.filter(g => g.class === 'equals').length).toBe(lines.length)
  })
})

describe('strategies of a file', () => {
  test('are believed where their rules are', async () => {
    const program = parse(`${HERMITE}${IDENTITY}
      derive short from identity { attach exp before, ln after   normalize right }
      strategy a { apply short then try apply short reversed }
      strategy b { apply hermite }`)
    expect(program.diagnostics).toEqual([])
    expect(await trustedStrategy(program, 'a')).toHaveProperty('strategy')
    expect(await trustedStrategy(program, 'b')).toMatchObject({ diagnostics: [{ code: 'E734' }] })
    expect(await trustedStrategy(program, 'b', { assume: ['hermite'] })).toHaveProperty('strategy')
    expect(await trustedStrategy(program, 'c')).toMatchObject({ diagnostics: [{ code: 'E201' }] })
  })
})
