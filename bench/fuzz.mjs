// What the fuzz runs share: options, the way to the tests' modules, counts now and then, and an end at the first complaint.
import { parseArgs } from 'node:util'
import { openSources } from '../scripts/sources.mjs'

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

  const server = await openSources()
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
