// `netproof rules check` as a command: what it prints, what it draws, and its exit status.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Stop } from '../../src/cli/common.ts'
import { rulesCheckCommand } from '../../src/cli/rules-check.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netproof-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function run(
  text: string,
  options: { readonly json?: boolean; readonly svg?: string } = {},
): Promise<{ status: number; printed: string }> {
  const file = join(folder, 'rules.net')
  writeFileSync(file, text)
  let printed = ''
  const out = vi.spyOn(process.stdout, 'write').mockImplementation(chunk => {
    printed += chunk
    return true
  })
  const errors = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
  try {
    return { status: await rulesCheckCommand(file, { ...options, seed: 1, timeout: 10 }), printed }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    return { status: error.status, printed }
  } finally {
    out.mockRestore()
    errors.mockRestore()
  }
}

const GOOD = 'rule good { weights W : m x n  exp -> mul[W] -> ln ==> add[W] }\n'
const BAD = 'rule bad { real c  shift[c] -> floor ==> floor -> shift[c] }\n'

test('0: nothing to object', async () => {
  const { status, printed } = await run(GOOD)
  expect(status).toBe(0)
  expect(printed).toContain('good: PROVED')
  expect(printed).toContain('come to an end')
})

test('1: a rule is refuted, and drawn', async () => {
  const svg = join(folder, 'rules.svg')
  const { status, printed } = await run(GOOD + BAD, { svg })
  expect(status).toBe(1)
  expect(printed).toContain('bad: REFUTED')
  expect(readFileSync(svg, 'utf8')).toContain('<svg')
})

test('0: a rule that only survives, of which there is no picture', async () => {
  const svg = join(folder, 'open.svg')
  const { status, printed } = await run(
    'rule open { function f  size k  f -> maxpool[k] ==> maxpool[k] -> f when f increasing }',
    { svg },
  )
  expect(status).toBe(0)
  expect(printed).toContain('open: ASSUMED')
  expect(printed).toContain('--assume open')
})

test('1: a circle is said to be one, also where the rule is false', async () => {
  const { status, printed } = await run('rule swap { function f, g  f -> g ==> g -> f }')
  expect(status).toBe(1)
  expect(printed).toContain('swap: REFUTED')
  expect(printed).toContain('run in a circle, by swap')
})

test('0: a file of built-in rules is about these', async () => {
  const { status, printed } = await run(readFileSync(new URL('../../rules/affine.net', import.meta.url), 'utf8'))
  expect(status).toBe(0)
  expect(printed).toContain('come to an end, also together with the built-in ones')
  expect(printed).not.toContain('no end')
})

test('as JSON', async () => {
  const { status, printed } = await run(BAD, { json: true })
  expect(status).toBe(1)
  const document = JSON.parse(printed)
  expect(document).toMatchObject({ seed: 1, rules: [{ name: 'bad', standing: 'refuted' }], termination: null })
  expect(document.rules[0].counterexample.left).toContain('floor')
})

test('3: a file without rules, which leaves nothing to draw', async () => {
  const svg = join(folder, 'nothing.svg')
  expect((await run('net a { x : 1 -> exp -> y }', { svg })).status).toBe(3)
  expect(existsSync(svg)).toBe(false)
})

test.each([
  ['a variable of the right side that nothing binds', 'rule r { weights A, B : n x n  add[A] ==> add[A * B] }'],
  ['a condition on nothing', 'rule r { relu ==> id when z in [0, inf) }'],
  ['a left side that is a plain wire', 'rule r { id ==> relu }'],
  ['contradictory declarations', 'rule r { weights W : m x n  function W  add[W] ==> id }'],
  ['an empty set', 'rule r { relu ==> id when input in (1, 0) }'],
  ['a side that is empty', 'rule r { relu ==> }'],
  ['a rule named twice', `${GOOD}${GOOD}`],
])('3: %s', async (_, text) => {
  expect((await run(text)).status).toBe(3)
})
