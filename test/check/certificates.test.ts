// Every verdict of the examples and of the set of identities has a certificate that the checker accepts, and the same one
// each time: from a fresh process, and from one that has done other work.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { certify, examples, identities, type Source } from './claims.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** What is wrong with the certificate of a text: nothing. */
async function problems(source: Source): Promise<string[]> {
  const { verdicts, text } = await certify(source)
  const result = check(JSON.parse(text))
  if (!result.accepted) return [`${source.name}: ${result.step}: ${result.reason}`]
  const said = result.claims.map(c => c.verdict)
  const expected = verdicts.map(v => v.kind)
  // The statements of a file's own rules come in between.
  const kept = said.filter((_, i) => JSON.parse(text).claims[i].rule === undefined)
  return JSON.stringify(kept) === JSON.stringify(expected) ? [] : [`${source.name}: ${said} instead of ${expected}`]
}

describe.each(examples)('$name', source => {
  test('is certified, claim by claim and as a whole', async () => {
    expect(await problems(source)).toEqual([])
    const { verdicts, alone } = await certify(source)
    for (const [i, certificate] of alone().entries()) {
      const result = check(JSON.parse(JSON.stringify(certificate)))
      expect(result).toMatchObject({ accepted: true, assumptions: [] })
      if (result.accepted) expect(result.claims.at(-1)?.verdict).toBe(verdicts[i].kind)
    }
  })
})

test('the identities are certified', async () => {
  let decided = 0
  for (const source of identities) {
    expect(await problems(source)).toEqual([])
    decided += (await certify(source)).verdicts.filter(v => v.kind !== 'undecided').length
  }
  expect(decided).toBeGreaterThanOrEqual(60)
})

test('a certificate has the same bytes each time', async () => {
  const sources = [...examples, ...identities.slice(0, 20)]
  const first = new Map<string, string>()
  for (const source of sources) first.set(source.name, (await certify(source)).text)
  // Again, after all that work, and in another order.
  for (const source of sources.toReversed()) expect((await certify(source)).text).toBe(first.get(source.name))
  // And in a process of its own, which has not seen anything before.
  const script = `
    const { createViteServer } = await import('vitest/node')
    const server = await createViteServer({
      root: ${JSON.stringify(root)},
      configFile: ${JSON.stringify(`${root}vitest.config.ts`)},
      server: { middlewareMode: true, ws: false },
      optimizeDeps: { noDiscovery: true },
      logLevel: 'error',
    })
    const { certify, examples } = await server.ssrLoadModule('/test/check/claims.ts')
    const texts = []
    for (const source of examples.toReversed()) texts.push([source.name, (await certify(source)).text])
    await new Promise(done => process.stdout.write(JSON.stringify(texts), done))
    await server.close()`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  expect(stderr).toBe('')
  const others = JSON.parse(stdout) as [string, string][]
  expect(others.map(([name]) => name)).toEqual(examples.map(e => e.name).toReversed())
  for (const [name, text] of others) expect(text).toBe(first.get(name))
}, 120_000)
