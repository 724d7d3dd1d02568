// Rule applications a second on chains of layers, with the full log kept and all conditions checked, beside Maude where that
// is installed (it looks at no conditions). Run: npm run bench:normalize [-- KIND ...] [-- --n 1000,10000]
//
// Every figure is from a process of its own, which has normalized chains of the kind for two seconds of processor time before,
// short ones and longer ones: what is measured is the engine, and not how node compiles it. Of the shorter chains, which take
// milliseconds, the median of several runs counts. Random chains are others in every run, also before: the functions that a
// chain is merged to are not known from the run before.
import { spawnSync } from 'node:child_process'
import { build, builtin, normalFormOf, parseRange } from '../dist/index.mjs'
import { chainOf, KINDS, stagesOf } from './chains.mjs'
import { isInstalled, measure } from './maude.mjs'

const { input, mul, net, unknownWeight } = build
const positive = parseRange('(0, inf)')
const WARM_LAYERS = [1_000, 20_000]
const WARM_SECONDS = 2
/** Of chains that take milliseconds as many as have so many layers together. */
const MEASURED_LAYERS = 300_000

// Nearly everything that is made stays (the log, the net): a larger nursery spares copying it twice.
const flags = ['--max-semi-space-size=64']

function netOf(kind, n, seed) {
  const { isPositive, layers } = chainOf(kind, n, seed)
  const stages = stagesOf(build, i => mul(unknownWeight(`W${i}`, 3, 3)), layers)
  return net({ x: input(3, isPositive ? positive : undefined) }, ({ x }) => ({
    y: stages.reduce((wire, stage) => stage(wire), x),
  }))
}

function run(kind, n) {
  // The rules that rewrite layers; the algebra of real functions, which has no counterpart in Maude's chains, is measured
  // by bench:identities.
  const rules = builtin().filter(r => r.phase !== 'normal' && r.phase !== 'affine')
  let seed = 1
  while (process.cpuUsage().user < 1e6 * WARM_SECONDS)
    for (const layers of WARM_LAYERS) normalFormOf(netOf(kind, layers, seed++), { rules })
  const runs = []
  const repetitions = n > 20_000 ? 1 : Math.max(15, MEASURED_LAYERS / n)
  for (let k = 0; k < repetitions; k++) {
    const diagram = netOf(kind, n, seed++)
    const start = performance.now()
    const { log, normal } = normalFormOf(diagram, { rules })
    const seconds = (performance.now() - start) / 1000
    const megabytes = process.memoryUsage.rss() / 1e6
    runs.push({ rules: log.entries.length, left: normal.nodes.length, seconds, megabytes })
  }
  runs.sort((a, b) => a.seconds - b.seconds)
  return runs[runs.length >> 1]
}

const args = process.argv.slice(2)
if (args[0] === '--one') {
  process.stdout.write(JSON.stringify(run(args[1], Number(args[2]))))
} else {
  const hasMaude = isInstalled()
  const at = args.indexOf('--n')
  const sizes = at >= 0 ? args[at + 1].split(',').map(Number) : [1e3, 1e4, 1e5, 1e6]
  const kinds = args.filter((a, i) => a !== '--n' && (at < 0 || i !== at + 1))
  console.log('| chain | layers | rule applications | seconds | a second | µs a layer | to 10^4 | MB | Maude |')
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |')
  for (const kind of kinds.length > 0 ? kinds : KINDS) {
    // The cost of a layer at 10^4, with which that of deeper chains is compared.
    let reference = null
    for (const n of sizes) {
      const out = spawnSync(process.execPath, [...flags, process.argv[1], '--one', kind, String(n)], {
        encoding: 'utf8',
        maxBuffer: 1e8,
      })
      if (out.status !== 0) {
        console.log(`| ${kind} | ${n} | failed: ${(out.stderr || '').trim().split('\n').slice(-1)[0]} |`)
        continue
      }
      const r = JSON.parse(out.stdout)
      const rate = Math.round(r.rules / r.seconds)
      const cost = (1e6 * r.seconds) / n
      if (n === 1e4) reference = cost
      const growth = reference === null ? '-' : (cost / reference).toFixed(2)
      console.log(
        `| ${kind} | ${n} | ${r.rules} | ${r.seconds.toFixed(3)} | ${rate} | ${cost.toFixed(2)} | ${growth} | ${r.megabytes.toFixed(0)} | ${hasMaude ? measure(chainOf(kind, n).layers) : '-'} |`,
      )
    }
  }
}
