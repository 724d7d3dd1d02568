// Random rules of users, true and nearly true ones, and claims about random nets in whose proofs the search may use them
// (test/search/rules-fuzz.ts); the counts are printed, and a wrong verdict, a false rule that is believed, or a proof that the checker
// rejects ends the run. Run: npm run fuzz:search -- --n 5000 --seed 1
import { fuzz } from './fuzz.mjs'

await fuzz({ n: 5000, every: 100, module: '/test/search/rules-fuzz.ts' }, ({ noRuleCounts, tryRules }) => {
  const counts = noRuleCounts()
  return {
    attempt: seed => tryRules(seed, counts),
    report: () => {
      console.log(`${counts.believed} rules believed, ${counts.refused} not`)
      console.table({ 'made by the search': counts.equal, 'changed in one place': counts.different })
    },
  }
})
