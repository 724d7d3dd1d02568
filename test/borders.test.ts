// The order of dependence between folders: each imports only from those before it.
import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { expect, test } from 'vitest'

const root = new URL('../src/', import.meta.url)

/** What each folder or file at the top of src may import, beside itself. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  'text-files.d.ts': [],
  'version.ts': [],
  'explanations.ts': [],
  'diagnostic.ts': ['explanations.ts'],
  scalar: ['diagnostic.ts'],
  linear: ['diagnostic.ts', 'scalar'],
  diagram: ['diagnostic.ts', 'scalar', 'linear'],
  semantics: ['scalar', 'linear', 'diagram'],
  // The checker stands before all that searches: it shares with the engine the definitions of what a net is.
  certificate: ['scalar', 'linear', 'diagram', 'semantics'],
  check: ['scalar', 'linear', 'diagram', 'semantics', 'certificate'],
  algebra: ['scalar', 'linear', 'diagram', 'semantics', 'check'],
  syntax: ['diagnostic.ts', 'scalar', 'linear', 'diagram'],
  numeric: ['diagnostic.ts', 'scalar', 'linear', 'diagram', 'semantics', 'algebra', 'syntax'],
  compute: ['scalar', 'linear', 'diagram', 'semantics', 'numeric'],
  rewrite: ['diagnostic.ts', 'scalar', 'linear', 'diagram', 'semantics', 'algebra', 'syntax', 'numeric'],
  search: [
    'diagnostic.ts',
    'scalar',
    'linear',
    'diagram',
    'semantics',
    'certificate',
    'check',
    'algebra',
    'syntax',
    'numeric',
    'rewrite',
  ],
  prove: [
    'version.ts',
    'search',
    'certificate',
    'diagnostic.ts',
    'scalar',
    'linear',
    'diagram',
    'semantics',
    'check',
    'algebra',
    'syntax',
    'numeric',
    'rewrite',
    'search',
  ],
  examine: [
    'diagnostic.ts',
    'scalar',
    'linear',
    'diagram',
    'semantics',
    'algebra',
    'syntax',
    'numeric',
    'rewrite',
    'prove',
  ],
  draw: ['diagnostic.ts', 'scalar', 'linear', 'diagram', 'semantics', 'algebra', 'syntax', 'numeric'],
  formats: ['diagnostic.ts', 'scalar', 'linear', 'diagram', 'semantics', 'syntax', 'numeric'],
}
const OUTSIDE: Readonly<Record<string, readonly string[]>> = {
  syntax: ['grammar/net.ohm'],
  rewrite: ['rules'],
}

/** Whoever distrusts the prover has the checker to read: it may get shorter. */
const MOST_LINES = 800

function files(folder: string): string[] {
  return readdirSync(new URL(folder, root), { withFileTypes: true }).flatMap(entry =>
    entry.isDirectory() ? files(`${folder}${entry.name}/`) : entry.name.endsWith('.ts') ? [folder + entry.name] : [],
  )
}
const all = files('./').map(f => posix.normalize(f))

/** The part of src, or the file outside of it, that an import of a file means; null for packages. */
function targetOf(file: string, specifier: string): string | null {
  if (!specifier.startsWith('.')) return null
  return posix.normalize(posix.join(posix.dirname(file), specifier))
}
const topOf = (path: string): string => path.split('/')[0]

function importsOf(file: string): string[] {
  const text = readFileSync(new URL(file, root), 'utf8')
  const found = text.matchAll(
    /^(?:import|export) (?:type )?(?:(?:\w+, )?\{[^}]*\}|\*(?: as \w+)?|\w+) from '([^']+)'|\bimport\('([^']+)'\)/gm,
  )
  return [...found].map(m => m[1] ?? m[2])
}

test('the imports of every file are found', () => {
  expect(importsOf('prove/prove.ts')).toContain('../rewrite/normalize.ts')
  expect(importsOf('cli/main.ts')).toContain('./prove.ts')
  expect(all.length).toBeGreaterThan(80)
})

test('every folder is in the list', () => {
  const tops = new Set(
    all
      .map(topOf)
      .filter(t => !['cli', 'index.ts', 'load.ts', 'build.ts', 'define.ts', 'picture.ts', 'report.ts'].includes(t)),
  )
  expect([...tops].filter(t => !Object.hasOwn(ALLOWED, t))).toEqual([])
})

test('folders import only from those before them', () => {
  const wrong: string[] = []
  for (const file of all) {
    const from = topOf(file)
    for (const specifier of importsOf(file)) {
      const path = targetOf(file, specifier)
      if (path === null) continue
      if (path.startsWith('../')) {
        const outside = path.slice('../'.length)
        if (!(OUTSIDE[from] ?? []).some(o => outside === o || outside.startsWith(`${o}/`)))
          wrong.push(`${file} imports ${outside}`)
        continue
      }
      const to = topOf(path)
      if (to === from || from === 'cli') continue
      // The files at the top of src put the parts together; only the command line stands above them.
      const isTop = ['index.ts', 'load.ts', 'build.ts', 'define.ts', 'picture.ts', 'report.ts'].includes(from)
      if (isTop ? to === 'cli' : !ALLOWED[from].includes(to)) wrong.push(`${file} imports ${path}`)
    }
  }
  expect(wrong).toEqual([])
})

test('heavy packages are loaded only when they are needed', () => {
  const heavy = ['elkjs', '@resvg/resvg-js', 'mathjs']
  const wrong = all.filter(file => {
    const text = readFileSync(new URL(file, root), 'utf8')
    const atOnce = [...text.matchAll(/^import (?!type\b)[^'"]*?from '([^']+)'/gm)].map(m => m[1])
    return atOnce.some(s => heavy.some(h => s === h || s.startsWith(`${h}/`)))
  })
  expect(wrong).toEqual([])
})

test('the checker is no longer than this', () => {
  const lines = all
    .filter(file => topOf(file) === 'check')
    .map(file => readFileSync(new URL(file, root), 'utf8').split('\n').length - 1)
  expect(lines.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(MOST_LINES)
})
