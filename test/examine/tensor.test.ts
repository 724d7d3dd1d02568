// Identities of layers, and false ones, as rules: what becomes of each is what the table says, and so do the docs.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type TensorIdentity, tensorDocument } from '../../scripts/tensor-document.ts'
import { tryRule } from '../../src/examine/trial.ts'
import { parse } from '../../src/load.ts'
import { trustRule } from '../../src/prove/trust.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { areApartAt } from '../prove/apart.ts'

const read = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')
const identities = JSON.parse(read('test/examine/tensor.json')) as TensorIdentity[]
const program = parse(read('test/examine/tensor.net'), { file: 'tensor.net' })
const outcomes = new Map(identities.flatMap(t => ('outcome' in t ? [[t.id, t.outcome] as const] : [])))

test('every identity that can be said is a rule, and no other', () => {
  expect(program.diagnostics).toEqual([])
  expect(program.rules.map(r => r.name)).toEqual([...outcomes.keys()])
})

test('docs/tensor-identities.md is what the table says', () => {
  expect(read('docs/tensor-identities.md')).toBe(tensorDocument(identities))
})

test('every false one is refuted, and four of five true ones are proved', () => {
  const said = identities.flatMap(t => ('outcome' in t ? [t] : []))
  expect(said.filter(t => !t.true && t.outcome !== 'refuted')).toEqual([])
  const valid = said.filter(t => t.true)
  expect(valid.filter(t => t.outcome === 'proved').length).toBeGreaterThanOrEqual(0.8 * valid.length)
  expect(valid.filter(t => t.outcome === 'refuted')).toEqual([])
})

describe.each(program.rules.map(r => [r.name, r] as const))('%s', (name, rule) => {
  test(outcomes.get(name) as string, async () => {
    const effort = { seed: 1, rounds: 3, samples: 60, firstSamples: 200, deadline: performance.now() + 20_000 }
    const trial = tryRule(rule, effort)
    if (outcomes.get(name) === 'refuted') {
      expect(trial.kind).toBe('refuted')
      if (trial.kind === 'refuted') expect(areApartAt(trial.counterexample)).toBe(true)
      return
    }
    expect(trial.kind).toBe('survived')
    if (outcomes.get(name) === 'survives') return
    expect((await trustRule(rule, { rules: builtin(), budget: { seconds: 20 } })).kind).toBe('proved')
  })
})
