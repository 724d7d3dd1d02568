// Random claims whose answer is known, through the whole engine (test/prove/fuzz.ts); the counts are printed, and a false
// PROVED or false REFUTED ends the run. Run: npm run fuzz:verdicts -- --n 1000000 --seed 1
import { fuzz } from './fuzz.mjs'

await fuzz({ n: 1_000_000, every: 10_000, module: '/test/prove/fuzz.ts' }, ({ noCounts, tryClaims }) => {
  const counts = noCounts()
  return {
    attempt: seed => tryClaims(seed, counts),
    report: () => console.table({ 'made by sound steps': counts.true, 'changed in one place': counts.near }),
  }
})
