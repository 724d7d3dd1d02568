import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { grammar } from 'ohm-js'
import type { parse } from './src/syntax/parse.ts'

/**
 * The grammar and the built-in rules are text files of their own, so that they can be read and edited as what they
 * are. This bundler plugin (of the build and of the tests alike) makes `import recipe from './x.ohm'` give the grammar as
 * ohm-js has prepared it, and `import tree from './x.net'` the syntax tree that the parser makes of the text: neither has
 * to be read when the program starts.
 */
export const textFiles = {
  name: 'text-files',
  async load(id: string): Promise<string | null> {
    const path = id.split('?')[0]
    if (!/\.(ohm|net)$/.test(path)) return null
    const text = await readFile(path, 'utf8')
    if (path.endsWith('.ohm')) {
      // Ohm's published types leave the method out.
      return `export default ${(grammar(text) as unknown as { toRecipe(): string }).toRecipe()}`
    }
    const root = dirname(dirname(path))
    parser ??= bundledParser(root)
    const { tree, diagnostics } = (await parser)(text, { file: basename(path) })
    if (diagnostics.length > 0) throw new Error(`${path}: ${diagnostics[0].message}`)
    return `import { rational } from ${JSON.stringify(join(root, 'src/scalar/rational.ts'))}\nexport default ${literal(tree)}`
  },
}

let parser: Promise<typeof parse> | null = null

/** The parser of the sources, bundled so that node can run it. */
async function bundledParser(root: string): Promise<typeof parse> {
  const { build } = await import('tsdown')
  // In the project, so that its packages are found.
  const folder = await mkdtemp(join(root, 'node_modules', '.parser-'))
  try {
    await build({
      config: false,
      cwd: root,
      entry: { parse: 'src/syntax/parse.ts' },
      outDir: folder,
      format: 'esm',
      platform: 'node',
      dts: false,
      logLevel: 'silent',
      plugins: [textFiles],
    })
    return (await import(pathToFileURL(join(folder, 'parse.mjs')).href)).parse
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** A syntax tree as an expression of JavaScript: plain data, sets and rational numbers. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join()}]`
  if (value instanceof Set) return `new Set([${[...value].map(literal).join()}])`
  if (typeof value !== 'object' || value === null) return value === undefined ? 'undefined' : JSON.stringify(value)
  if (isRational(value)) return `rational(${value.s * value.n}n,${value.d}n)`
  return `{${Object.entries(value)
    .map(([key, v]) => `${JSON.stringify(key)}:${literal(v)}`)
    .join()}}`
}
function isRational(value: object): value is { s: bigint; n: bigint; d: bigint } {
  return 's' in value && typeof value.s === 'bigint'
}
