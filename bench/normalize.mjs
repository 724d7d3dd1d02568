// Rule applications a second on chains of layers, with the full log kept. The five kinds are those of the comparison with
// Maude (`net.maude` of the design notes, where rules ignore conditions); here every chain is made so that all conditions
// hold, and they are checked. Run: npm run bench:normalize [-- KIND ...] [-- --n 1000,10000]
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, builtin, normalFormOf, parseRange } from '../dist/index.mjs'
import { generator, randomStages } from './chains.mjs'

const { fn, input, mul, net, unknownWeight, shift } = build
const KINDS = ['mul', 'pair', 'nest', 'comp', 'rand']

const positive = parseRange('(0, inf)')

function stagesOf(kind, n) {
  const random = generator(1)
  const exp = fn('exp')
  const ln = fn('ln')
  const layer = i => mul(unknownWeight(`W${i}`, 3, 3))
  switch (kind) {
    case 'mul':
      return { domain: positive, stages: Array.from({ length: n }, (_, i) => layer(i)) }
    case 'pair':
      return { domain: undefined, stages: Array.from({ length: n }, (_, i) => (i % 2 === 0 ? exp : ln)) }
    case 'nest':
      return { domain: undefined, stages: Array.from({ length: n }, (_, i) => (i < n / 2 ? exp : ln)) }
    case 'comp':
      return { domain: undefined, stages: Array.from({ length: n }, () => shift(1 + random(9))) }
    case 'rand':
      return { domain: positive, stages: randomStages(build, layer, n) }
    default:
      throw new Error(`unknown kind ${kind}; kinds are ${KINDS.join(', ')}`)
  }
}

// Nearly everything that is made stays (the log, the net): a larger nursery spares copying it twice.
const flags = ['--max-semi-space-size=64']

/** One run, in a process of its own so that memory is that of this run. */
function run(kind, n) {
  const { domain, stages } = stagesOf(kind, n)
  const diagram = net({ x: input(3, domain) }, ({ x }) => ({ y: stages.reduce((wire, stage) => stage(wire), x) }))
  // The rules that rewrite layers; the algebra of real functions, which has no counterpart in Maude's chains, is measured
  // by bench:identities.
  const rules = builtin().filter(r => r.phase !== 'normal' && r.phase !== 'affine')
  normalFormOf(
    net({ x: input(3, positive) }, ({ x }) => ({ y: x.pipe(mul(unknownWeight('W', 3, 3)), fn('relu'), fn('ln')) })),
    { rules },
  )
  const cpu = process.cpuUsage()
  const start = performance.now()
  const { log, normal } = normalFormOf(diagram, { rules })
  const seconds = (performance.now() - start) / 1000
  const used = process.cpuUsage(cpu)
  return {
    cpu: (used.user + used.system) / 1e6,
    kind,
    n,
    rules: log.entries.length,
    left: normal.nodes.length,
    seconds,
    megabytes: process.memoryUsage.rss() / 1e6,
  }
}

/** The same chain in Maude, where it is installed: its own count of rewrites and its own time. */
function maude(kind, n) {
  const folder = process.env.MAUDE_CHAINS
  if (folder === undefined || spawnSync('maude', ['--version']).error !== undefined) return null
  const work = mkdtempSync(join(tmpdir(), 'maude-'))
  try {
    const source = execFileSync('python3', [join(folder, 'gen_maude.py'), kind, String(n)], {
      encoding: 'utf8',
      maxBuffer: 1e9,
    })
    const file = join(work, 'run.maude')
    writeFileSync(file, source.replace('load net.maude', `load ${join(folder, 'net.maude')}`))
    const out = spawnSync(
      'bash',
      ['-c', `ulimit -s unlimited; exec timeout 120 maude -no-banner -batch -no-advise ${file}`],
      { encoding: 'utf8', maxBuffer: 1e9 },
    )
    const found = /rewrites: (\d+) in (\d+)ms cpu/.exec(out.stdout ?? '')
    return found === null ? 'over 120 s' : `${found[1]} in ${(Number(found[2]) / 1000).toFixed(3)} s`
  } finally {
    rmSync(work, { recursive: true })
  }
}

const args = process.argv.slice(2)
if (args[0] === '--one') {
  process.stdout.write(JSON.stringify(run(args[1], Number(args[2]))))
} else {
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
        `| ${kind} | ${n} | ${r.rules} | ${r.seconds.toFixed(3)} | ${rate} | ${cost.toFixed(2)} | ${growth} | ${r.megabytes.toFixed(0)} | ${maude(kind, n) ?? '-'} |`,
      )
    }
  }
}
