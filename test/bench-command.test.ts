// `netproof bench`: what it reports of a net, and what it says where something is missing.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const cli = fileURLToPath(new URL('../dist/cli.mjs', import.meta.url))

function bench(source: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [cli, 'bench', '-', 'f', '--seconds', '0.05', ...args], {
    input: source,
    encoding: 'utf8',
  })
}

const NET = 'weights W : 8 x 4\nnet f { x : 4 in (0, inf) -> mul[W] -> y }\n'

test.each([['outputs'], ['gradients']])('it says how fast %s are, and how they are computed', of => {
  const { status, stdout } = bench(NET, '--batch', '16', '--json', ...(of === 'gradients' ? ['--gradients'] : []))
  expect(status).toBe(0)
  const found = JSON.parse(stdout)
  expect(found).toMatchObject({ net: 'f', of, batch: 16, precision: 'float64' })
  expect(found.multiplicative).toHaveLength(1)
  expect(found.evaluationsPerSecond).toBeGreaterThan(0)
  // 2 * 8 * 4 operations a sample forward, three times as many with gradients.
  const operations = (found.gflops * 1e9) / found.evaluationsPerSecond
  expect(operations).toBeCloseTo(of === 'gradients' ? 192 : 64, 6)
})

test('precision and kernel are as asked for', () => {
  const { stdout } = bench(NET, '--precision', 'float32', '--kernel', 'javascript', '--json')
  expect(JSON.parse(stdout)).toMatchObject({ precision: 'float32', kernel: 'javascript' })
})

test.each([
  ['size n\nnet f { x : n -> exp -> y }', [], /size/],
  ['function s : R -> R\nnet f { x : 2 -> s -> y }', [], /function/],
  [NET, ['--batch', '0'], /at least 1/],
  [NET, ['--precision', 'float16'], /float64, float32/],
])('what is missing or wrong is said: %s', (source, args, message) => {
  const { status, stderr } = bench(source, ...args)
  expect(status).toBe(3)
  expect(stderr).toMatch(message)
  expect(stderr).not.toMatch(/internal fault/)
})
