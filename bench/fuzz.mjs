// What the fuzz runs share: options, the way to the tests' modules, counts now and then, and an end at the first complaint.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { createViteServer } from 'vitest/node'

/**
 * Tries seeds from --seed on, --n of them (default `n`), and reports after each `every`. `prepare` gets the tests' module and gives
 * what tries one seed (it throws where something is wrong) and what prints the counts so far.
 */
export async function fuzz({ n, every, module }, prepare) {
  const { values } = parseArgs({
    options: { n: { type: 'string', default: `${n}` }, seed: { type: 'string', default: '1' } },
  })
  const [count, seed] = [Number(values.n), Number(values.seed)]
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(seed))
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
  const start = performance.now()
  try {
    const { attempt, report } = prepare(await server.ssrLoadModule(module))
    for (let done = 1; done <= count; done++) {
      await attempt(seed + done - 1)
      if (done % every !== 0 && done < count) continue
      const seconds = (performance.now() - start) / 1000
      console.log(`${done} of each in ${seconds.toFixed(0)} s, no wrong verdict`)
      report()
    }
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  } finally {
    await server.close()
  }
}
