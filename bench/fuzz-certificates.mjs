// Random certificates that keep the checker busy (test/check/slow.ts); those that took longest are printed, and one that makes the
// checker throw, or takes very long, ends the run. Run: npm run fuzz:certificates -- --n 2000 --seed 1
import { fuzz } from './fuzz.mjs'

await fuzz({ n: 2000, every: 500, module: '/test/check/slow.ts' }, ({ tryDocument }) => {
  const slowest = []
  return {
    attempt: seed => tryDocument(seed, slowest),
    report: () => console.table(slowest),
  }
})
