// Random claims whose answer is known, through the whole engine (test/prove/fuzz.ts); the counts are printed, and a false
// PROVED or false REFUTED ends the run. Run: npm run fuzz:verdicts -- --n 1000000 --seed 1
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createViteServer } from 'vitest/node'

const { values } = parseArgs({
  options: { n: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
})
const [n, seed] = [Number(values.n), Number(values.seed)]
if (!Number.isSafeInteger(n) || n < 1 || !Number.isSafeInteger(seed))
  throw new Error('--n and --seed are whole numbers')

// The tests are TypeScript with text files as modules: vite reads them as the tests do.
const root = fileURLToPath(new URL('..', import.meta.url))
const server = await createViteServer({
  root,
  configFile: `${root}/vitest.config.ts`,
  server: { middlewareMode: true, ws: false },
  optimizeDeps: { noDiscovery: true },
  logLevel: 'error',
})
const { noCounts, tryClaims } = await server.ssrLoadModule('/test/prove/fuzz.ts')

const counts = noCounts()
const start = performance.now()
const report = done => {
  const seconds = (performance.now() - start) / 1000
  console.log(`${done} of each in ${seconds.toFixed(0)} s, no wrong verdict`)
  console.table({ 'made by sound steps': counts.true, 'changed in one place': counts.near })
}
try {
  for (let i = 0; i < n; i++) {
    await tryClaims(seed + i, counts)
    if ((i + 1) % 10_000 === 0 && i + 1 < n) report(i + 1)
  }
  report(n)
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  await server.close()
}
