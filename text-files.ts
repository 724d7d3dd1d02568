import { readFile } from 'node:fs/promises'
import { grammar } from 'ohm-js'

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
 * as what they are. This bundler plugin (of the build and of the tests alike) makes `import text from './x.net'` give
 * their text, `import recipe from './x.ohm'` the grammar as ohm-js has prepared it (reading it then takes 4 ms instead of
 * 120), and `import modules from './x.wat'` the binary modules.
 */
export const textFiles = {
  name: 'text-files',
  async load(id: string): Promise<string | null> {
    const path = id.split('?')[0]
    if (!/\.(ohm|net|wat)$/.test(path)) return null
    const text = await readFile(path, 'utf8')
    if (path.endsWith('.wat')) return `export default ${await kernels(path, text)}`
    // Ohm's published types leave the method out.
    const recipe = (): string => (grammar(text) as unknown as { toRecipe(): string }).toRecipe()
    return `export default ${path.endsWith('.ohm') ? recipe() : JSON.stringify(text)}`
  },
}
