import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { grammar } from 'ohm-js'
import type { parse } from './src/syntax/parse.ts'

/**
 * The modules of a template in WebAssembly's text format, in base64: for binary64 and binary32, with fused multiply-add and
 * without. The template says what its marks in braces mean.
 */
async function kernels(path: string, template: string): Promise<string> {
  const { default: load } = await import('wabt')
  const wabt = await load()
  const moduleOf = (number: 'f64' | 'f32', isFused: boolean): string => {
    const [vector, size] = number === 'f64' ? ['f64x2', 8] : ['f32x4', 4]
    const lanes = 16 / size
    const marks: Readonly<Record<string, string | number>> = {
      number,
      vector,
      size,
      splat: number === 'f64' ? 'v128.load64_splat' : 'v128.load32_splat',
      lanes,
      pair: 2 * size,
      columns: 4 * lanes,
      panel: 64,
    }
    const get = (name: string): string => `(local.get ${name})`
    const lane = (name: string, i: number): string => `(${vector}.extract_lane ${i} ${get(name)})`
    const text = template
      .replace(/;;.*/g, '')
      .replace(/\{(\$\w+) \+= (\$\w+) \* (\$\w+)\}/g, (_, c: string, a: string, b: string) =>
        isFused
          ? `(local.set ${c} (${vector}.relaxed_madd ${get(a)} ${get(b)} ${get(c)}))`
          : `(local.set ${c} (${vector}.add ${get(c)} (${vector}.mul ${get(a)} ${get(b)})))`,
      )
      .replace(/\{sum of (\$\w+)\}/g, (_, x: string) =>
        Array.from({ length: lanes }, (_, i) => lane(x, i)).reduce((a, b) => `(${number}.add ${a} ${b})`),
      )
      .replace(/\{(\w+)\}/g, (_, name: string) => String(marks[name]))
    const module = wabt.parseWat(path, text, { simd: true, relaxed_simd: true })
    const { buffer } = module.toBinary({})
    module.destroy()
    return Buffer.from(buffer).toString('base64')
  }
  const ofPrecision = (number: 'f64' | 'f32') => ({ fused: moduleOf(number, true), plain: moduleOf(number, false) })
  return JSON.stringify({ float64: ofPrecision('f64'), float32: ofPrecision('f32') })
}

/**
 * The grammar, the built-in rules and the matrix kernel are text files of their own, so that they can be read and edited
 * as what they are. This bundler plugin (of the build and of the tests alike) makes `import recipe from './x.ohm'` give the
 * grammar as ohm-js has prepared it, `import tree from './x.net'` the syntax tree that the parser makes of the text, and
 * `import modules from './x.wat'` the binary modules: nothing has to be read when the program starts.
 */
export const textFiles = {
  name: 'text-files',
  async load(id: string): Promise<string | null> {
    const path = id.split('?')[0]
    if (!/\.(ohm|net|wat)$/.test(path)) return null
    const text = await readFile(path, 'utf8')
    if (path.endsWith('.wat')) return `export default ${await kernels(path, text)}`
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
