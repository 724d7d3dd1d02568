// Files that use other files: what they take over, which files they may name, and what is said where that fails.
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { readUsed } from '../src/cli/common.ts'
import { MOST_FILES, type ParseOptions, type Program, parse, trustedRules } from '../src/load.ts'
import { prove } from '../src/prove/prove.ts'

/** Files by their paths from one folder; `read` knows nothing else. */
function load(files: Readonly<Record<string, string>>, options: Partial<ParseOptions> = {}): Program {
  const read: ParseOptions['read'] = (path, from) => {
    const folder = from.split('/').slice(0, -1)
    const parts = [...folder, ...path.split('/')].filter(p => p !== '.')
    for (let up = parts.indexOf('..'); up > 0; up = parts.indexOf('..')) parts.splice(up - 1, 2)
    const file = parts.join('/')
    return Object.hasOwn(files, file) ? { file, text: files[file] } : 'missing'
  }
  return parse(files['main.net'], { file: 'main.net', read, ...options })
}
const errors = (program: Program): string[] => program.diagnostics.map(d => `${d.code} ${d.span?.start}`)
const codes = (files: Readonly<Record<string, string>>, options: Partial<ParseOptions> = {}): string[] =>
  load(files, options).diagnostics.map(d => d.code)

const LAWS = `size n
weights W : 3 x 3
function sigma : R -> R
function swish(t) = t * sigmoid(t)
rule identity { weights A : m x n   mul[A] == ln -> add[A] -> exp when input in (0, inf) }
derive companion from identity { attach exp before, ln after   normalize right   gives exp -> mul[A] -> ln ==> add[A] }
strategy simpler { repeat 10 (apply companion or apply inverse) }
net hidden { x : 3 -> exp -> y }
`
const NETS = `net a { x : 3 -> exp -> mul[W] -> ln -> sigma -> swish -> y }
net b { x : 3 -> add[W] -> sigma -> swish -> y }
`

describe('a file takes over from those that it uses', () => {
  test('sizes, weights, functions, rules, derived rules and strategies, but no nets', async () => {
    const program = load({
      'main.net': `use "laws.net"\n${NETS}net c { x : n -> exp -> y }\nprove a == b`,
      'laws.net': LAWS,
    })
    expect(program.diagnostics).toEqual([])
    expect(Object.keys(program.nets)).toEqual(['a', 'b', 'c'])
    expect([...program.strategies.keys()]).toEqual(['simpler'])
    const { rules, statements, diagnostics } = await trustedRules(program)
    expect(diagnostics).toEqual([])
    expect(rules.filter(r => r.phase === 'own').map(r => r.name)).toEqual(['identity', 'companion'])
    const [claim] = program.claims
    const verdict = await prove(claim.left, claim.right, { rules, statements })
    expect(verdict.kind).toBe('proved')
  })
  test('which may be derived from, run and applied there', () => {
    const program = load({
      'main.net': `use "laws.net"
        derive more from companion { attach relu after }`,
      'laws.net': LAWS,
    })
    expect(program.derivations.map(d => d.name)).toEqual(['companion', 'more'])
    const other = load({
      'main.net': 'use "laws.net"\nstrategy mine { run simpler then apply companion reversed }',
      'laws.net': LAWS,
    })
    expect(other.diagnostics).toEqual([])
  })
  test('the same unknowns, by whatever way they come', () => {
    const program = load({
      'main.net': 'use "laws.net"\nuse "nets.net"\nuse "laws.net"\nrule r { add[W] -> swish ==> add[W] -> swish }',
      'nets.net': 'use "laws.net"\nrule s { add[W] -> sigma ==> add[W] -> sigma }',
      'laws.net': LAWS,
    })
    expect(program.diagnostics).toEqual([])
    expect(program.rules.map(r => r.name)).toEqual(['identity', 's', 'r'])
  })
  test('what they declare themselves, and not what they use', () => {
    const files = { 'main.net': `use "middle.net"\n${NETS}`, 'middle.net': 'use "laws.net"\nsize k', 'laws.net': LAWS }
    expect(new Set(codes(files))).toEqual(new Set(['E201']))
  })
})

describe('names', () => {
  test('that both declare are declared twice', () => {
    const program = load({
      'main.net':
        'use "laws.net"\nweights W : 2 x 2\nrule companion { exp -> ln ==> id }\nstrategy simpler { normalize }',
      'laws.net': LAWS,
    })
    expect(program.diagnostics.map(d => d.code)).toEqual(['E202', 'E202', 'E202'])
    expect(program.diagnostics[0].related[0].span.file).toBe('laws.net')
  })
  test('that two used files declare, too', () => {
    const files = { 'main.net': 'use "a.net" use "b.net"', 'a.net': 'size k\nsize l', 'b.net': 'size l\nsize m' }
    expect(errors(load(files))).toEqual(['E202 0'])
  })
})

describe('a file that cannot be used', () => {
  const one = (
    path: string,
    files: Readonly<Record<string, string>> = {},
    options: Partial<ParseOptions> = {},
  ): string[] => codes({ 'main.net': `use "${path}"\n${NETS}`, ...files }, options)
  test('is missing; what it would declare is not reported', () => expect(one('none.net')).toEqual(['E730']))
  test('has errors, or uses one that has', () => {
    expect(one('laws.net', { 'laws.net': 'net a { x : 3 -> ' })).toEqual(['E732'])
    const program = load({
      'main.net': 'use "a.net"',
      'a.net': 'use "b.net"',
      'b.net': 'size n\nnet a { x : n -> nothing -> y }',
    })
    expect(program.diagnostics.map(d => d.message)).toEqual([
      '`a.net` has 1 error, the first being: a.net:1:1: `b.net` has 1 error, the first being: b.net:2:18: unknown function `nothing`',
    ])
  })
  test('uses this one, or itself', () => {
    expect(one('main.net')).toEqual(['E731'])
    const round = load({ 'main.net': 'use "a.net"', 'a.net': 'use "b.net"', 'b.net': 'use "a.net"' })
    expect(round.diagnostics.map(d => d.code)).toEqual(['E732'])
    expect(round.diagnostics[0].message).toContain('files use each other: `a.net` uses `b.net` uses `a.net`')
  })
  test('is not below, unless that is allowed', () => {
    const files = { 'laws.net': LAWS, 'sub/main.net': `use "../laws.net"\n${NETS}` }
    for (const path of [
      '../laws.net',
      'sub/../laws.net',
      '/laws.net',
      'a//b.net',
      '',
      'a\\\\b.net',
      'c:x.net',
      'http://x',
    ])
      expect(one(path, files)).toEqual(['E730'])
    expect(one('sub/../laws.net', files, { allowOutside: true })).toEqual([])
    expect(one('./laws.net', files)).toEqual([])
  })
  test('cannot be read at all where the library has no way to', () => {
    expect(parse('use "a.net"').diagnostics.map(d => d.code)).toEqual(['E730'])
  })
  test(`is one of more than ${MOST_FILES}`, () => {
    const files = (n: number): Record<string, string> =>
      Object.fromEntries([
        ['main.net', 'use "f1.net"'],
        ...Array.from({ length: n }, (_, i) => [`f${i + 1}.net`, i + 1 < n ? `use "f${i + 2}.net"` : 'size n']),
      ])
    expect(codes(files(MOST_FILES - 1))).toEqual([])
    expect(codes(files(MOST_FILES))).toEqual(['E732'])
  })
})

describe('the command line reads', () => {
  const root = mkdtempSync(join(tmpdir(), 'netproof-use-'))
  afterAll(() => rmSync(root, { recursive: true }))
  mkdirSync(join(root, 'inside', 'deeper'), { recursive: true })
  const at = (...path: string[]): string => join(root, ...path)
  writeFileSync(at('outside.net'), 'size n')
  writeFileSync(at('inside', 'laws.net'), 'size n')
  writeFileSync(at('inside', 'deeper', 'laws.net'), 'size n')
  symlinkSync(at('outside.net'), at('inside', 'link.net'))
  symlinkSync(at('inside', 'laws.net'), at('inside', 'near.net'))
  symlinkSync(root, at('inside', 'up'))
  symlinkSync(at('inside', 'ring.net'), at('inside', 'ring.net'))
  const main = at('inside', 'main.net')
  const seen = (path: string, allow = false): string => {
    const found = readUsed(allow)(path, main)
    return typeof found === 'string' ? found : new TextDecoder().decode(found.text as Uint8Array)
  }
  test('files beside and below, and links to them', () => {
    for (const path of ['laws.net', './laws.net', 'deeper/laws.net', 'near.net']) expect(seen(path)).toBe('size n')
  })
  test('no others, whatever way leads there', () => {
    for (const path of [
      '../outside.net',
      at('outside.net'),
      'link.net',
      'up/outside.net',
      'deeper/../../outside.net',
    ]) {
      expect(seen(path)).toBe('outside')
      expect(seen(path, true)).toBe('size n')
    }
  })
  test('no folders, and nothing that is not there', () => {
    for (const path of ['deeper', 'none.net', 'ring.net', 'laws.net/x', 'a\0b'])
      expect(seen(path, true)).toBe('missing')
  })
})
