// Forged certificates, way by way: for every kind of step, node, operator, expression, equation and end that the schema and the
// table of ways name, one that stands in an honest certificate, and every part of it exchanged for something else: what stands
// in the same place elsewhere, nothing, twice the same, one off, another type. None makes the checker accept what is false.
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { WAYS } from '../../src/certificate/certificate.ts'
import { check } from '../../src/check/check.ts'
import { certify, examples } from './claims.ts'
import { draft, input, output, pointwise, proved, step } from './draft.ts'
import { netsText, objection } from './judge.ts'
import { type Mutable, REMOVED, withMutation } from './mutations.ts'

interface Row {
  readonly prefixItems?: readonly { readonly const?: string; readonly enum?: readonly string[] }[]
}
const schema = JSON.parse(readFileSync(new URL('../../docs/certificate.schema.json', import.meta.url), 'utf8'))

/** The words with which rows of this definition may begin. */
function headsOf(definition: string): string[] {
  const { oneOf, ...own } = schema.$defs[definition] as Row & { readonly oneOf?: readonly Row[] }
  return (oneOf ?? [own]).flatMap(({ prefixItems: [first] = [] }) =>
    first?.const !== undefined ? [first.const] : (first?.enum ?? []),
  )
}

/** Every kind of part that a certificate may have, which the checker treats in a way of its own. */
const KINDS: readonly string[] = [
  ...[...WAYS].flatMap(([by, rules]) => rules.map(rule => `step ${by} ${rule}`)),
  'step theorem',
  ...headsOf('node').map(head => `node ${head}`),
  ...headsOf('operator').map(head => `operator ${head}`),
  ...['number', 'variable', 'pi', 'e', 'call', 'apply', 'inverse', ...headsOf('expression')].map(
    h => `expression ${h}`,
  ),
  ...['rewriting', 'solution', 'fact'].flatMap(headsOf).map(head => `equation ${head}`),
  ...schema.$defs.proof.properties.end.oneOf.map((end: { required: readonly string[] }) => `end ${end.required[0]}`),
  'lemma',
  'requirement',
  'counterexample',
]

/** The kind of a part; null for what is no such part. */
function kindOf(key: string | number, value: unknown, path: string): string | null {
  const [head] = Array.isArray(value) ? value : [null]
  if (/\/steps\/\d+$/.test(path) && path.startsWith('/claims')) {
    const { by, rule } = value as { by: string; rule: string }
    return by === 'theorem' ? 'step theorem' : `step ${by} ${rule}`
  }
  if (/(leftNet|rightNet|nodes)\/\d+$/.test(path)) return `node ${head}`
  if (/tables\/operators\/\d+$/.test(path)) return `operator ${head}`
  if (/tables\/expressions\/\d+$/.test(path)) {
    if (typeof value === 'number') return 'expression variable'
    if (value === 'pi' || value === 'e') return `expression ${value}`
    if (typeof value === 'string') return 'expression number'
    return `expression ${['function', 'choose', 'apply', 'inverse'].includes(head) ? head : 'call'}`
  }
  if (path.includes('/proofs/') && typeof head === 'string' && /^[a-z]+$/.test(head)) return `equation ${head}`
  if (key === 'end') return `end ${Object.keys(value as object)[0]}`
  if (/^\/lemmas\/\d+$/.test(path)) return 'lemma'
  if (/requirements\/\d+$/.test(path)) return 'requirement'
  return key === 'counterexample' ? 'counterexample' : null
}

interface Part {
  readonly kind: string
  readonly path: string
  readonly value: Mutable
}

/** All parts of a document with their kinds. */
function partsOf(document: Mutable): Part[] {
  const found: Part[] = []
  const todo: { holder: Mutable; key: string | number; path: string }[] = [
    { holder: { document }, key: 'document', path: '' },
  ]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { holder, key, path } = next
    const value = holder[key]
    const kind = kindOf(key, value, path)
    if (kind !== null) found.push({ kind, path, value: (typeof value === 'object' ? value : holder) as Mutable })
    if (typeof value !== 'object' || value === null) continue
    for (const k of Array.isArray(value) ? value.keys() : Object.keys(value))
      todo.push({ holder: value as Mutable, key: k, path: `${path}/${k}` })
  }
  return found
}

/** What search finds no use for, by hand: a case that cannot be, and an equation that holds because something is zero. */
function byHand(): Mutable {
  const d = draft()
  const [x, z, one] = [0, 1, '1'].map(row => d.expression(row))
  const choice = d.expression(['choose', '==', x, z, x, z])
  const difference = d.expression(['-', x, z])
  const proofs = [
    d.proof({ equal: [['axiom', 'then ==', x, z, x, z], ['fact', x, z, difference, one, []]] }), // biome-ignore format: one line
    d.proof({ equal: [['axiom', 'else ==', x, z, x, z]] }),
    d.proof({ impossible: true }),
  ]
  const cases = [['[0, 0]', proofs[0]], ['(-inf, 0) | (0, inf)', proofs[1]]] // biome-ignore format: one line
  const inner = d.proof({ split: difference, origin: [difference, []], cases })
  const outer = d.proof({ split: z, origin: [z, []], cases: [['(-inf, 0)', proofs[2]], ['[0, inf)', inner]] }) // biome-ignore format: one line
  const sets = ['(-inf, inf)', '[0, inf)']
  const lemma = d.lemma(choice, z, sets, outer)
  const last = step('function', 'equality', 2, 4, { over: [0, 1], ranges: sets, lemmas: [lemma] })
  const left = [input('x', sets[0]), input('z', sets[1]), pointwise(choice, [0, 1]), output(2)]
  const requirements = [{ wire: 1, range: '[0, inf)' }]
  d.claim(proved(left, [pointwise(z, [0, 1]), output(4)], [last], { requirements }))
  return JSON.parse(JSON.stringify(d.document()))
}

interface Subject extends Part {
  readonly document: Mutable
}
/** For each kind a part of a small document. */
const subjects = new Map<string, Subject>()
beforeAll(async () => {
  const documents = [byHand()]
  const ways = { name: 'ways', text: readFileSync(new URL('ways.net', import.meta.url), 'utf8') }
  for (const source of [ways, ...examples])
    for (const certificate of (await certify(source)).alone()) documents.push(JSON.parse(JSON.stringify(certificate)))
  const sized = documents.map(document => ({ document, length: JSON.stringify(document).length }))
  for (const { document } of sized.sort((a, b) => a.length - b.length))
    for (const part of partsOf(document)) if (!subjects.has(part.kind)) subjects.set(part.kind, { ...part, document })
}, 120_000)

test('every kind of part that the checker knows stands in one of the certificates', () => {
  expect(KINDS.filter(kind => !subjects.has(kind))).toEqual([])
  expect([...subjects.keys()].filter(kind => !KINDS.includes(kind))).toEqual([])
})

const ODD: readonly unknown[] = [null, [], {}, true, '', '0', -1, 0, 1, 2, '(-inf, inf)', REMOVED]

/** What a field may be instead, besides what is odd: one off, the same in part or twice, and what stands there elsewhere. */
function others(value: unknown, elsewhere: readonly unknown[]): unknown[] {
  const found: unknown[] = [...ODD, ...elsewhere]
  if (typeof value === 'number') found.push(value + 1, value - 1)
  if (typeof value === 'string') found.push(`${value}_`)
  if (Array.isArray(value)) {
    found.push(value.slice(1), value.slice(0, -1), [...value, ...value.slice(-1)], value.toReversed())
    for (const [i, part] of value.slice(0, 3).entries())
      for (const other of typeof part === 'number' ? [part + 1, part - 1, 0] : ODD.slice(0, 4))
        found.push(value.with(i, other))
  }
  return found.filter(other => JSON.stringify(other) !== JSON.stringify(value))
}

test.each(KINDS)('%s', kind => {
  const { document, value: part, path } = subjects.get(kind) as Subject
  expect(check(document)).toMatchObject({ accepted: true })
  const claims = document.claims as Mutable[]
  const before = new Set(claims.map((_, i) => netsText(document, i)))
  const alike = partsOf(document).filter(other => other.kind.split(' ')[0] === kind.split(' ')[0])
  const wrong: string[] = []
  let changes = 0
  // A number or a word in a table is itself what is changed.
  const isPlain = /^expression (number|variable|pi|e)$/.test(kind)
  const keys = isPlain ? [path.split('/').at(-1) as string] : Object.keys(part)
  for (const key of keys) {
    const elsewhere = alike.flatMap(({ value }) => (key in value ? [value[key]] : []))
    const differing = [...new Map(elsewhere.map(v => [JSON.stringify(v), v])).values()].slice(0, 5)
    for (const value of others(part[key], differing)) {
      changes++
      withMutation({ place: path, holder: part, key, value }, () => {
        const result = check(document)
        if (!result.accepted || result.assumptions.length > 0) return
        for (const [i, { verdict }] of (document.claims as Mutable[]).entries()) {
          if (verdict === 'proved' && before.has(netsText(document, i))) continue
          const why = objection(document, i)
          if (why !== null) wrong.push(`${path}/${key} = ${JSON.stringify(value)}: claim ${i + 1}: ${why}`)
        }
      })
    }
  }
  expect(wrong).toEqual([])
  expect(changes).toBeGreaterThan(10)
})
