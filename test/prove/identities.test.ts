// The development set through the language: never a wrong verdict, all false equations refuted, nearly all true ones proved.
import { describe, expect, test } from 'vitest'
import { parse } from '../../src/load.ts'
import { prove, type Verdict } from '../../src/prove/prove.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { areApartAt } from './apart.ts'
import { fileOf, type Identity, identities } from './identities.ts'

async function verdictOf(identity: Identity): Promise<Verdict> {
  const { claims, diagnostics } = parse(fileOf(identity))
  expect(diagnostics).toEqual([])
  return prove(claims[0].left, claims[0].right, { rules: builtin() })
}

const set = identities()
const titled = (list: readonly Identity[]) => list.map(i => [`${i.id}: ${i.lhs} = ${i.rhs}`, i] as const)

describe('true', () => {
  const kinds: Verdict['kind'][] = []
  test.each(titled(set.true_scalar))('%s', async (_, identity) => {
    const { kind } = await verdictOf(identity)
    kinds.push(kind)
    expect(kind).not.toBe('refuted')
  })
  test('at least 36 of 38 are proved', () => {
    expect(kinds).toHaveLength(38)
    expect(kinds.filter(k => k === 'proved').length).toBeGreaterThanOrEqual(36)
  })
})

describe('false', () => {
  test('there are 27', () => expect(set.false_scalar).toHaveLength(27))
  test.each(titled(set.false_scalar))('%s', async (_, identity) => {
    const verdict = await verdictOf(identity)
    expect(verdict.kind).toBe('refuted')
    if (verdict.kind === 'refuted') expect(areApartAt(verdict.counterexample)).toBe(true)
  })
})
