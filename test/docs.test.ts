// The examples in README and docs are run: every block of the language is read and its claims are proved as it says, and
// every command is run and prints what is shown.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { renderDiagnostic } from '../src/diagnostic.ts'
import { parse, trustedRules } from '../src/load.ts'
import { prove } from '../src/prove/prove.ts'
import { version } from '../src/version.ts'

const root = new URL('..', import.meta.url)
const read = (file: string): string => readFileSync(new URL(file, root), 'utf8')
const files = [
  'README.md',
  ...readdirSync(new URL('docs', root))
    .filter(f => f.endsWith('.md'))
    .map(f => `docs/${f}`),
]

/** The fenced blocks of one kind in a file. */
function blocks(file: string, kind: string): string[] {
  return [...read(file).matchAll(new RegExp(`^\`\`\`${kind}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(m => m[1])
}

describe.each(files)('%s', file => {
  for (const [i, text] of blocks(file, 'net').entries()) {
    it(`block ${i + 1} of the language means what it says`, async () => {
      const program = parse(text, { file })
      expect(program.diagnostics.map(d => renderDiagnostic(d, text))).toEqual([])
      const { rules, diagnostics } = await trustedRules(program)
      expect(diagnostics).toEqual([])
      for (const claim of program.claims) {
        const verdict = await prove(claim.left, claim.right, { rules, requirements: claim.requirements })
        expect([claim.title, verdict.kind]).toEqual([claim.title, claim.expect])
      }
    })
  }

  it('links to files that exist', () => {
    const folder = new URL(file, root)
    const links = [...read(file).matchAll(/\]\(([^)#:]+)\)/g)].map(m => m[1])
    expect(links.filter(link => !existsSync(new URL(link, folder)))).toEqual([])
  })
})

describe('commands', () => {
  beforeAll(() => {
    if (!existsSync(new URL('dist/cli.mjs', root))) execFileSync('npx', ['tsdown'], { cwd: root, stdio: 'ignore' })
  }, 120_000)

  it.each(files.flatMap(file => blocks(file, 'console').map(text => [file, text] as const)))(
    '%s shows what is printed',
    (_file, text) => {
      const [command, ...output] = text.trimEnd().split('\n')
      const args = command.replace(/^\$ netproof /, '').split(' ')
      const run = spawnSync(process.execPath, ['dist/cli.mjs', ...args], { cwd: root, encoding: 'utf8' })
      expect(run.stdout.trimEnd().split('\n')).toEqual(output)
    },
  )

  it('the page of the library runs', () => {
    const run = spawnSync(process.execPath, ['examples/library.mjs'], { cwd: root, encoding: 'utf8' })
    expect(run.stderr).toBe('')
    expect(run.stdout.split('\n').filter(line => !line.includes('net product'))).toEqual([
      'proved',
      'proved',
      '8 4 0',
      '<svg',
      '',
    ])
  })
})

it('the version is that of the package', () => {
  expect(version).toBe(JSON.parse(read('package.json')).version)
})
