// The certificates of all examples: they fit docs/certificate.schema.json, and the checker accepts them. And the schema finds
// fault with what is no certificate.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { check } from '../src/check/check.ts'
import { parse, trustedRules } from '../src/load.ts'
import { certificateOf, certificateText } from '../src/prove/certify.ts'
import { prove } from '../src/prove/prove.ts'
import { problemsOf, type Schema } from './json-schema.ts'

const root = new URL('..', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8')
const schema = JSON.parse(read('docs/certificate.schema.json')) as Schema
const examples = readdirSync(new URL('examples', root)).filter(f => f.endsWith('.net'))

/** The certificate of all claims of a file, as text. */
async function certified(file: string): Promise<string> {
  const program = parse(read(file), { file })
  const { rules, statements } = await trustedRules(program)
  const claims = []
  for (const claim of program.claims) {
    const { left, right, requirements } = claim
    claims.push({ ...claim, verdict: await prove(left, right, { rules, statements, requirements, unchecked: true }) })
  }
  return certificateText(certificateOf(claims, { seed: 1, statements }))
}

describe.each(examples)('%s', file => {
  test('has a certificate that fits the schema and is accepted', async () => {
    const text = await certified(`examples/${file}`)
    const certificate = JSON.parse(text)
    expect(problemsOf(certificate, schema)).toEqual([])
    expect(check(certificate)).toMatchObject({ accepted: true })
    // The same bytes each time: it can be kept and compared.
    expect(await certified(`examples/${file}`)).toBe(text)
  })
})

/** Puts a value at a place of a JSON value; undefined takes away what is there, and -1 in a list is after its end. */
function put(json: unknown, place: string, value: unknown): void {
  const keys = place.split('/')
  const last = keys.pop() as string
  const parent = keys.reduce((at, key) => (at as Record<string, unknown>)[key], json) as Record<string, unknown>
  if (value === undefined) delete parent[last]
  else if (Array.isArray(parent) && last === '-1') parent.push(value)
  else parent[last] = value
}

describe('what is no certificate', () => {
  const broken: readonly (readonly [what: string, place: string, value: unknown])[] = [
    ['another format', 'format', 'certificate'],
    ['another version', 'version', 1],
    ['a table less', 'tables/proofs', undefined],
    ['a field that nobody knows', 'more', 1],
    ['a verdict that nobody knows', 'claims/0/verdict', 'true'],
    ['a proof without steps', 'claims/0/steps', undefined],
    ['a counterexample that is a proof', 'claims/0/verdict', 'refuted'],
    ['a node of no kind', 'claims/0/leftNet/1/0', 'layer'],
    ['a node without its function', 'claims/0/leftNet/2/3', undefined],
    ['a shape of no size', 'claims/0/leftNet/0/2', []],
    ['a wire before the first', 'claims/0/steps/0/at', -1],
    ['a way that nobody knows', 'claims/0/steps/0/by', 'inspection'],
    ['a decimal number', 'claims/0/leftNet/0/4', '(0.5, inf)'],
    ['an operation of nothing', 'tables/expressions/-1', ['exp']],
    ['half a function', 'tables/expressions/-1', ['function', 'f', 1]],
    ['a matrix without rows', 'tables/operators/-1', ['matrix', []]],
    [
      'a case without a proof',
      'tables/proofs/-1',
      { steps: [], end: { split: 0, origin: [0, []], cases: [['[0, 1]']] } },
    ],
  ]
  test.each(broken)('%s', async (_, place, value) => {
    const certificate = JSON.parse(await certified('examples/theorem.net'))
    expect(problemsOf(certificate, schema)).toEqual([])
    put(certificate, place, value)
    expect(problemsOf(certificate, schema)).not.toEqual([])
  })
})
