// The examples in README and docs are run: every block of the language is read and its claims are proved as it says, and
// every command is run and prints what is shown.
import { execFileSync, spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
  // Commands run in a folder of their own, in which there are the examples, with netproof on the path.
  let folder = ''
  const run = (command: string): string =>
    spawnSync('sh', ['-c', `(${command}) 2>&1`], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}`, NO_COLOR: '1' },
    }).stdout

  beforeAll(() => {
    const main = fileURLToPath(new URL('dist/cli.mjs', root))
    if (!existsSync(main)) execFileSync('npx', ['tsdown'], { cwd: root, stdio: 'ignore' })
    folder = mkdtempSync(join(tmpdir(), 'netproof-docs-'))
    symlinkSync(fileURLToPath(new URL('examples', root)), join(folder, 'examples'))
    mkdirSync(join(folder, 'bin'))
    writeFileSync(join(folder, 'bin/netproof'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, {
      mode: 0o755,
    })
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each(files.flatMap(file => blocks(file, 'console').map(text => [file, text] as const)))(
    '%s shows what is printed',
    (_file, text) => {
      // Commands of one block run one after the other: a later one may use what an earlier one has written.
      for (const shown of text.trimEnd().split(/^\$ /m).slice(1)) {
        const [command, ...output] = shown.trimEnd().split('\n')
        expect(run(command).trimEnd().split('\n')).toEqual(output)
      }
    },
  )

  it('the lines of certificates that are shown are those of the example', () => {
    run('netproof prove examples/theorem.net --certificate shown.json')
    const lines = readFileSync(join(folder, 'shown.json'), 'utf8')
      .split('\n')
      .map(line => line.trim())
    const shown = blocks('docs/certificate.md', 'json').flatMap(text => text.trimEnd().split('\n'))
    expect(shown.length).toBeGreaterThan(0)
    expect(shown.filter(line => !lines.includes(line))).toEqual([])
  })

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

/** The files that src/check/check.ts imports when it runs, and those that they import. */
function checkerFiles(): Set<string> {
  const found = new Set<string>()
  const todo = ['check/check.ts']
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (found.has(file)) continue
    found.add(file)
    for (const [, names, from] of read(`src/${file}`).matchAll(
      /^(?:im|ex)port (?!type )(\{[^}]*\}|[^{'"]*?) from '(\.[^']+)'/gm,
    )) {
      const onlyTypes =
        names.startsWith('{') &&
        names
          .slice(1, -1)
          .split(',')
          .every(n => /^\s*(type .*)?$/s.test(n))
      if (!onlyTypes) todo.push(posix.join(posix.dirname(file), from))
    }
  }
  return found
}

it('what has to be trusted is listed with its size', () => {
  const lines: Record<string, number> = {}
  for (const file of checkerFiles()) {
    const folder = `src/${file.split('/')[0]}/`
    lines[folder] = (lines[folder] ?? 0) + read(`src/${file}`).split('\n').length - 1
  }
  const stated = Object.fromEntries(
    [...read('docs/certificate.md').matchAll(/^\| `(src\/\w+\/)` \| (\d+) \|/gm)].map(([, name, n]) => [
      name,
      Number(n),
    ]),
  )
  expect(Object.keys(stated).sort()).toEqual(Object.keys(lines).sort())
  for (const [folder, n] of Object.entries(lines)) expect(Math.abs(stated[folder] / n - 1), folder).toBeLessThan(0.1)
})

it('the table of folders in CONTRIBUTING names them all', () => {
  const named = [...read('CONTRIBUTING.md').matchAll(/`src\/(\w+)\/`/g)].map(m => m[1])
  const folders = readdirSync(new URL('src', root), { withFileTypes: true }).filter(e => e.isDirectory())
  expect(folders.map(e => e.name).filter(name => !named.includes(name))).toEqual([])
})

it('the version is that of the package', () => {
  expect(version).toBe(JSON.parse(read('package.json')).version)
})
