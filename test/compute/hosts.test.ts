// What compiled evaluation needs of the host: nothing at import time, no Node, no generated code or WebAssembly if there
// is none.
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import { build } from '../../src/index.ts'
import { formula } from '../numeric/build.ts'

const { add, fn, input, net, unknownWeight } = build

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

/** A fresh copy of the module, as a host without these things loads it. */
async function freshCompile(without: Readonly<Record<string, unknown>>) {
  vi.resetModules()
  for (const [name, value] of Object.entries(without)) vi.stubGlobal(name, value)
  return (await import('../../src/compute/compile.ts')).compile
}

const wide = () =>
  net({ x: input(40) }, ({ x }) => ({ y: x.pipe(add(unknownWeight('W', 40, 40)), fn(formula('x/(1+exp(x))', 'x'))) }))
const weights = { W: Array.from({ length: 1600 }, (_, i) => Math.sin(i)) }
const x = Array.from({ length: 40 * 64 }, (_, i) => Math.cos(i))

test('without generated code and without WebAssembly the results are the same', async () => {
  const usual = (await freshCompile({}))(wide(), { weights })
  expect(usual.report).toMatchObject({ generatedCode: true })
  expect(usual.report.kernel).toMatch(/^wasm-simd/)
  const refuse = () => {
    throw new EvalError('refused by a content security policy')
  }
  const poor = (await freshCompile({ Function: refuse, WebAssembly: undefined }))(wide(), { weights })
  expect(poor.report).toMatchObject({ generatedCode: false, kernel: 'javascript' })
  const [a, b] = [usual.run({ x }, 64).y, poor.run({ x }, 64).y]
  a.forEach((y, i) => {
    expect(Math.abs(y - b[i])).toBeLessThanOrEqual(1e-13)
  })
  expect(() => usual.report).not.toThrow()
})

test('WebAssembly that may not be compiled is done without; where it was asked for, that is said', async () => {
  class Refused {
    constructor() {
      throw new Error('refused by a content security policy')
    }
  }
  const compile = await freshCompile({ WebAssembly: { validate: () => true, Module: Refused } })
  expect(compile(wide(), { weights }).report.kernel).toBe('javascript')
  expect(() => compile(wide(), { weights, kernel: 'wasm' })).toThrow('there is no WebAssembly SIMD here')
})

test('where only plain SIMD validates, that is taken', async () => {
  const real = (globalThis as unknown as { WebAssembly: Record<string, unknown> }).WebAssembly
  let asked = 0
  const compile = await freshCompile({
    WebAssembly: {
      Module: real.Module,
      Instance: real.Instance,
      Memory: real.Memory,
      validate: (bytes: Uint8Array) => asked++ > 0 && (real.validate as (b: Uint8Array) => boolean)(bytes),
    },
  })
  expect(compile(wide(), { weights }).report.kernel).toBe('wasm-simd')
})

test('nothing that compiled evaluation imports is of Node, or does anything at import time', () => {
  const root = new URL('../../src/', import.meta.url)
  const seen = new Set<string>()
  const packages = new Set<string>()
  const todo = ['compute/compile.ts']
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (seen.has(file) || !file.endsWith('.ts')) continue
    seen.add(file)
    const text = readFileSync(new URL(file, root), 'utf8')
    for (const [, path] of text.matchAll(/^(?:import|export)\b(?! type\b)[^'"]*?from '([^']+)'/gm)) {
      if (path.startsWith('.')) todo.push(posix.join(posix.dirname(file), path))
      else packages.add(path)
    }
    // No statement at the top calls WebAssembly or Function.
    if (file.startsWith('compute/'))
      expect(text).not.toMatch(/^(?!\s|\/\/|\/?\*).*\b(new Function|WebAssembly\.|\batob\()/m)
  }
  expect([...packages]).toEqual(['fraction.js'])
  expect(seen.size).toBeGreaterThan(20)
})

test('names of a file never reach generated code', async () => {
  const { compile } = await import('../../src/compute/compile.ts')
  const name = 'f){};globalThis.hacked=1;//'
  const t = formula('x*x + 1', 'x')
  const reals = build.input(1).domain
  const symbol = {
    name,
    arity: 1,
    domain: [reals],
    codomain: reals,
    monotone: null,
    parity: null,
    inverse: null,
  } as const
  const { apply, x0 } = await import('../../src/scalar/expression.ts')
  const defined = { ...symbol, inverse: null, definition: t, parameters: [name] }
  const open = { ...symbol, inverse: null, definition: null, parameters: [name] }
  for (const f of [defined, open]) {
    const c = compile(
      net({ x: input(1) }, w => ({ y: w.x.pipe(fn(apply(f, x0))) })),
      { functions: { [name]: t } },
    )
    expect([...c.run({ x: [3] }, 1).y]).toEqual([10])
  }
  expect('hacked' in globalThis).toBe(false)
})
