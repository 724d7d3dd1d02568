// What a certificate costs on chains of layers: proving, writing, checking, bytes, memory. Each run is a process of its own
// without flags, so that memory is that of a default Node process. Run: npm run bench:certificates [-- KIND ...] [-- --n 1000,10000]
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, builtin, certificateOf, certificateText, check, parseRange, prove } from '../dist/index.mjs'
import { randomStages } from './chains.mjs'

const { add, fn, input, mul, net, unknownWeight } = build
const positive = parseRange('(0, inf)')
const MINUTES = 20

const chain = (name, stages) =>
  net({ x: input(3, positive) }, ({ x }) => ({ y: stages.reduce((wire, stage) => stage(wire), x) }), name)

/** Two nets that are equal, the second with layers unfolded by hand. */
const KINDS = {
  // n multiplicative layers are ln, n additive layers, exp.
  mul(n) {
    const weights = Array.from({ length: n }, (_, i) => unknownWeight(`W${i}`, 3, 3))
    return [weights.map(w => mul(w)), [fn('ln'), ...weights.map(w => add(w)), fn('exp')]]
  },
  // Layers and functions in random order, ln and mul only where the wire is positive; the first layer is unfolded.
  rand(n) {
    const first = unknownWeight('W', 3, 3)
    const left = [mul(first), ...randomStages(build, i => mul(unknownWeight(`W${i}`, 3, 3)), n, 1)]
    return [left, [fn('ln'), add(first), fn('exp'), ...left.slice(1)]]
  },
}

/** The result, and the processor time that it took: on a shared machine it varies less than the clock does. */
async function timed(work) {
  const start = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(start)
  return [result, (user + system) / 1e6]
}

/** Proves the claim of a row and writes its certificate into the file. */
async function write(kind, n, file) {
  const [left, right] = KINDS[kind](n).map((stages, k) => chain(['left', 'right'][k], stages))
  const options = { rules: builtin(), unchecked: true, budget: { seconds: 60 * MINUTES, steps: 20 * n + 1000 } }
  await prove(...KINDS[kind](20).map(stages => chain('warm', stages)), { ...options, unchecked: false })
  const [verdict, proving] = await timed(() => prove(left, right, options))
  if (verdict.kind !== 'proved') throw new Error(`${verdict.kind}: ${JSON.stringify(verdict.reason)}`)
  const [text, writing] = await timed(() =>
    certificateText(certificateOf([{ leftName: 'left', rightName: 'right', verdict }], { seed: 1 })),
  )
  writeFileSync(file, text)
  return { proving, writing, bytes: Buffer.byteLength(text), written: process.resourceUsage().maxRSS / 1e3 }
}

/** Checks the file as `netproof check` does. */
async function read(file) {
  const text = readFileSync(file, 'utf8')
  const [checked, checking] = await timed(() => check(JSON.parse(text)))
  if (!checked.accepted) throw new Error(`rejected at ${checked.step}: ${checked.reason}`)
  const checkedRss = process.resourceUsage().maxRSS / 1e3
  return { checking, steps: JSON.parse(text).claims[0].steps.length, checked: checkedRss }
}

/** What a process of its own prints, as JSON; throws what went wrong there. */
function inProcess(...args) {
  const out = spawnSync(process.execPath, [fileURLToPath(import.meta.url), ...args.map(String)], {
    encoding: 'utf8',
    maxBuffer: 1e8,
    timeout: 60_000 * MINUTES,
  })
  if (out.status === 0) return JSON.parse(out.stdout)
  throw new Error(out.error?.message ?? out.stderr.match(/^.*(?:Error|FATAL).*$/m)?.[0] ?? `signal ${out.signal}`)
}

const args = process.argv.slice(2)
if (args[0] === '--write') console.log(JSON.stringify(await write(args[1], Number(args[2]), args[3])))
else if (args[0] === '--read') console.log(JSON.stringify(await read(args[1])))
else {
  const at = args.indexOf('--n')
  const sizes = at >= 0 ? args[at + 1].split(',').map(Number) : [1e3, 1e4, 1e5]
  const kinds = args.filter((_, i) => at < 0 || (i !== at && i !== at + 1))
  const folder = mkdtempSync(join(tmpdir(), 'certificates-'))
  console.log(
    '| chain | layers | steps | prove | write | check | check, µs a step | MB | bytes a step | write, MB | check, MB |',
  )
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
  try {
    for (const kind of kinds.length > 0 ? kinds : Object.keys(KINDS)) {
      for (const n of sizes) {
        try {
          const file = join(folder, `${kind}-${n}.json`)
          const w = inProcess('--write', kind, n, file)
          const r = inProcess('--read', file)
          const seconds = [w.proving, w.writing, r.checking].map(s => s.toFixed(2))
          const each = [
            ((1e6 * r.checking) / r.steps).toFixed(1),
            (w.bytes / 1e6).toFixed(1),
            Math.round(w.bytes / r.steps),
          ]
          console.log(
            `| ${[kind, n, r.steps, ...seconds, ...each, Math.round(w.written), Math.round(r.checked)].join(' | ')} |`,
          )
        } catch (error) {
          console.log(`| ${kind} | ${n} | failed: ${error.message.trim()} |`)
        }
      }
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  console.log(
    '\nprove, write, check: seconds of processor time. The last two columns: the peak of resident memory of the',
  )
  console.log('process that proves and writes, and of the one that checks.')
}
