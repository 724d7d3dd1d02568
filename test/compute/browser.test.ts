// The library in a browser: `build` and `compile` bundled as a page would have them, run in chromium, and compared with what
// Node computes, within the bounds on the errors of both.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build as bundle } from 'tsdown'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compile, evaluateWithBounds } from '../../src/index.ts'
import { textFiles } from '../../text-files.ts'
import { outputGradient, type Results, SAMPLES, tasks } from './browser-tasks.ts'

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const browser = BROWSERS.find(existsSync)
if (browser === undefined) console.log('No chromium is installed here: compiled nets are not run in a browser.')

/** What only pictures and files need, as bundlers for browsers leave it out. */
const nodeOnly = {
  name: 'node-only',
  resolveId: (id: string) => (/^node:|^@resvg\/|^subset-font|^elkjs/.test(id) ? `\0empty:${id}` : null),
  load: (id: string) => (id.startsWith('\0empty:') ? 'module.exports = {}' : null),
}

describe.skipIf(browser === undefined)('in a browser', () => {
  let folder = ''
  let script = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'netproof-browser-'))
    await bundle({
      config: false,
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
      entry: { page: fileURLToPath(new URL('browser-tasks.ts', import.meta.url)) },
      outDir: folder,
      format: 'iife',
      globalName: 'netproof',
      platform: 'browser',
      deps: { alwaysBundle: [/./] },
      dts: false,
      logLevel: 'silent',
      plugins: [nodeOnly, textFiles],
    })
    const [file] = readdirSync(folder).filter(name => name.endsWith('.js'))
    script = readFileSync(join(folder, file), 'utf8')
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('compile(...).run(batch) and gradients are those of Node, by WebAssembly and by JavaScript', async () => {
    const { chromium } = await import('playwright-core')
    const chrome = await chromium.launch({ executablePath: browser, args: ['--no-sandbox'] })
    let results: Results
    try {
      const page = await chrome.newPage()
      const faults: string[] = []
      page.on('pageerror', e => faults.push(e.message))
      await page.addScriptTag({ content: script })
      results = (await page.evaluate('netproof.results()')) as Results
      expect(faults).toEqual([])
    } finally {
      await chrome.close()
    }
    expect(Object.keys(results)).toHaveLength(tasks().length * 3)
    for (const { name, net, weights, x } of tasks()) {
      const compiled = compile(net, { weights }).run({ x }, SAMPLES)
      for (const [kernel, precision] of [
        ['wasm', 'float64'],
        ['javascript', 'float64'],
        ['wasm', 'float32'],
      ] as const) {
        const found = results[`${name} ${kernel} ${precision}`]
        if (kernel === 'wasm') expect(found.kernel).toMatch(/^wasm-simd/)
        else expect(found.kernel).toBe('javascript')
        const here = compile(net, { weights, kernel, precision })
        const { y } = here.run({ x }, SAMPLES)
        const gradient = here.gradient({ x }, SAMPLES, { y: outputGradient(y.length) })
        expect(found.y).toHaveLength(y.length)
        // Single precision has errors 2^29 times as large.
        const unit = precision === 'float64' ? 1 : 2 ** 29
        const bounds = evaluateWithBounds(net, { inputs: { x }, weights }, SAMPLES, { y: compiled.y }).errors.y
        y.forEach((v, i) => {
          expect(Math.abs(v - found.y[i])).toBeLessThanOrEqual(2 * unit * bounds[i])
        })
        const scale = Math.max(...gradient.weights.W.map(Math.abs))
        gradient.weights.W.forEach((g, i) => {
          expect(Math.abs(g - found.gradient[i])).toBeLessThanOrEqual(1e-11 * unit * scale)
        })
      }
    }
  }, 60_000)
})
