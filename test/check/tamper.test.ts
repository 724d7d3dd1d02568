// Certificates with one change. Most are rejected; those that are accepted claim something that is true, and say so.
import { beforeAll, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { random } from '../syntax/generate.ts'
import { certify, examples, identities } from './claims.ts'
import { netsText, objection } from './judge.ts'
import { exchangedNets, type Mutable, type Mutation, mutations, withMutation } from './mutations.ts'

const CHANGES = 10_500
const SEED = 20260

interface Subject {
  readonly name: string
  readonly document: Mutable
  readonly changes: readonly Mutation[]
}

/** The words that a document uses as names, of nets, inputs, weights, functions and rules. */
function namesIn(document: unknown): string[] {
  const found = new Set<string>()
  const todo: unknown[] = [document]
  for (let value = todo.pop(); value !== undefined; value = todo.pop()) {
    if (typeof value !== 'object' || value === null) continue
    if (Array.isArray(value) && (value[0] === 'function' || value[0] === 'weight')) found.add(value[1])
    for (const key of ['name', 'left', 'right', 'rule'])
      if (typeof (value as Mutable)[key] === 'string') found.add((value as Mutable)[key] as string)
    todo.push(...Object.values(value).filter(part => part !== null))
  }
  return [...found].sort()
}

function subjectOf(name: string, certificate: unknown, seed: number): Subject {
  const document = JSON.parse(JSON.stringify(certificate)) as Mutable
  return { name, document, changes: [...mutations(document, namesIn(document), seed), ...exchangedNets(document)] }
}

const subjects: Subject[] = []
beforeAll(async () => {
  for (const source of examples) {
    const certified = await certify(source)
    for (const [i, certificate] of certified.alone().entries())
      subjects.push(subjectOf(`${source.name}, claim ${i + 1}`, certificate, SEED + subjects.length))
    // All claims together: steps that cite, lemmas that are shared.
    subjects.push(subjectOf(source.name, JSON.parse(certified.text), SEED + subjects.length))
  }
  for (const source of identities.filter((_, i) => i % 4 === 0)) {
    const [certificate] = (await certify(source)).alone()
    subjects.push(subjectOf(source.name, certificate, SEED + subjects.length))
  }
}, 60_000)

/** So many of the changes, each at most once. */
function sample(changes: readonly Mutation[], count: number, seed: number): Mutation[] {
  const r = random(seed)
  const rest = [...changes]
  return Array.from({ length: Math.min(count, rest.length) }, () => rest.splice(r.below(rest.length), 1)[0])
}

test('no change of a certificate makes the checker accept what is false', () => {
  const counts = { changes: 0, accepted: 0 }
  /** What is wrong with claims, by what they say. */
  const judged = new Map<string, string | null>()
  const wrong: string[] = []
  const each = Math.ceil(CHANGES / subjects.length)
  let missing = 0
  for (const [k, { name, document, changes }] of subjects.entries()) {
    expect(check(document)).toMatchObject({ accepted: true, assumptions: [] })
    for (const i of (document.claims as Mutable[]).keys()) judged.set(`proved ${netsText(document, i)} `, null)
    // Where a certificate is too short for its share, others take more.
    const share = sample(changes, each + Math.ceil(missing / (subjects.length - k)), SEED + k)
    missing += each - share.length
    for (const change of share) {
      counts.changes++
      withMutation(change, () => {
        const result = check(document)
        if (!result.accepted) return
        counts.accepted++
        // An assumption is said by the checker: nothing is claimed without it.
        if (result.assumptions.length > 0) return
        for (const [i, { verdict, counterexample }] of (document.claims as Mutable[]).entries()) {
          if (verdict !== 'proved' && verdict !== 'refuted') continue
          // What was claimed before is true, as the other tests show.
          const key = `${verdict} ${netsText(document, i)} ${verdict === 'proved' ? '' : JSON.stringify([counterexample, document.tables])}`
          if (!judged.has(key)) judged.set(key, objection(document, i))
          const why = judged.get(key) ?? null
          if (why !== null)
            wrong.push(`${name}${change.place} = ${JSON.stringify(change.value)}: claim ${i + 1}: ${why}`)
        }
      })
    }
  }
  expect(wrong).toEqual([])
  expect(counts.changes).toBeGreaterThanOrEqual(10_000)
  // The test would say nothing if all were rejected, or none.
  expect(counts.accepted).toBeLessThan(0.4 * counts.changes)
  expect(judged.size).toBeGreaterThan(200)
}, 300_000)
