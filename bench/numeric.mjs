// What compiled evaluation reaches, and what others reach in the same run: a chain 784-512-512-10 with relu on a batch of
// 256 samples, on one thread each, and small nets one sample at a time. Every measurement has a process of its own and is
// the best of its rounds. The peers are no dependencies of the package: they are installed into bench/peers when they
// are not there (`--ignore-scripts`, about 500 MB; `-- --no-install` leaves them out), and their results are compared.
// Run: npm run bench:numeric [-- --no-install]
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, compile } from '../dist/index.mjs'
import { bestOf, chainLayers, operationsOf, samples, WIDTHS } from './layers.mjs'

const BATCH = 256
const ROUNDS = 40
const SMALL = [3, 3, 3, 3]
const FUSED = '--experimental-wasm-relaxed-simd'
const PEERS = [
  ['onnxruntime-node', 'float64', BATCH, ROUNDS],
  ['onnxruntime-node', 'float32', BATCH, ROUNDS],
  ['onnxruntime-web', 'float32', BATCH, ROUNDS],
  ['tfjs-wasm', 'float32', BATCH, ROUNDS],
  ['ml-matrix', 'float64', BATCH, 4],
  // A hundred times slower than the others: a batch of 256 would take minutes.
  ['mathjs', 'float64', 2, 2],
]

/** The chain as a diagram, with its weights by name. */
function chain(widths, layerOf = build.add) {
  const { fn, input, net, unknownWeight } = build
  const layers = chainLayers(widths)
  const weights = {}
  const stages = layers.flatMap(({ rows, columns, weights: entries, bias }, i) => {
    weights[`W${i}`] = entries
    weights[`b${i}`] = bias
    const stage = layerOf(unknownWeight(`W${i}`, rows, columns), unknownWeight(`b${i}`, rows, 1))
    return i === layers.length - 1 ? [stage] : [stage, fn('relu')]
  })
  return { diagram: net({ x: input(widths[0]) }, ({ x }) => ({ y: x.pipe(...stages) })), weights }
}

const TASKS = {
  async large(precision, kernel) {
    const { diagram, weights } = chain(WIDTHS)
    const compiled = compile(diagram, { precision, kernel, weights, batch: BATCH })
    const x = samples(BATCH, WIDTHS[0])
    const input = precision === 'float32' ? Float32Array.from(x) : x
    const seed = precision === 'float32' ? new Float32Array(BATCH * 10).fill(1) : new Float64Array(BATCH * 10).fill(1)
    const rounds = kernel === 'javascript' ? 8 : ROUNDS
    const first = [...compiled.run({ x: input }, BATCH).y.subarray(0, 10)]
    const seconds = await bestOf(() => compiled.run({ x: input }, BATCH), rounds)
    const gradient = await bestOf(() => compiled.gradient({ x: input }, BATCH, { y: seed }), rounds / 2)
    // Once more, for the machine may have become faster or slower.
    const again = await bestOf(() => compiled.run({ x: input }, BATCH), rounds / 2)
    return { seconds: Math.min(seconds, again), gradient, kernel: compiled.report.kernel, first }
  },
  async small() {
    const { diagram, weights } = chain(SMALL)
    const compile_ = []
    for (let i = 0; i < 50; i++) {
      const start = performance.now()
      compile(diagram, { weights })
      compile_.push(performance.now() - start)
    }
    const compiled = compile(diagram, { weights })
    const x = samples(1, SMALL[0])
    const count = 100_000
    const seconds = await bestOf(() => {
      for (let i = 0; i < count; i++) compiled.run({ x }, 1)
    }, 10)
    return { perSecond: count / seconds, compile: compile_.sort((a, b) => a - b)[25], kernel: compiled.report.kernel }
  },
}

const self = fileURLToPath(import.meta.url)
const ownTask = process.argv.indexOf('--own')
if (ownTask >= 0) {
  const [task, ...args] = process.argv.slice(ownTask + 1)
  process.stdout.write(`${JSON.stringify(await TASKS[task](...args))}\n`)
  process.exit(0)
}

function own(flags, ...args) {
  const text = execFileSync(process.execPath, [...flags, self, '--own', ...args], { encoding: 'utf8' })
  return JSON.parse(text)
}

const peersFolder = fileURLToPath(new URL('peers/', import.meta.url))
if (!process.argv.includes('--no-install') && !existsSync(`${peersFolder}node_modules`)) {
  process.stderr.write('installing the peers into bench/peers (about 500 MB) ...\n')
  const npm = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock'], {
    cwd: peersFolder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (npm.status !== 0) process.stderr.write('npm could not install them; they are left out\n')
}

/** A peer's measurement, or why there is none. */
function peer(name, ...args) {
  const run = spawnSync(process.execPath, [`${peersFolder}run.mjs`, name, ...args.map(String)], { encoding: 'utf8' })
  if (run.status === 0) return JSON.parse(run.stdout.trim().split('\n').at(-1))
  return { missing: /ERR_MODULE_NOT_FOUND|MODULE_NOT_FOUND/.test(run.stderr) ? 'not installed' : 'failed' }
}

const rows = [['net', 'by', 'numbers', 'ms', 'GFLOP/s', 'wanted', '']]
const name = WIDTHS.join('-')
const flops = operationsOf()
const show = (value, digits = 2) => (value === undefined ? '' : value.toFixed(digits))
const verdict = holds => (holds === null ? '' : holds ? 'reached' : 'not reached')
const ownResults = {}
let reference

function large(by, precision, { seconds, first, missing }, batch, wanted, holds) {
  if (missing !== undefined) {
    rows.push([name, by, precision, missing, '', '', ''])
    return
  }
  reference ??= first
  const isSame = first.every((y, i) => Math.abs(y - reference[i]) <= 1e-4)
  const speed = (flops * batch) / seconds / 1e9
  rows.push([
    name,
    by,
    precision,
    show(seconds * 1000),
    show(speed),
    wanted,
    isSame ? verdict(holds(speed)) : 'WRONG RESULT',
  ])
}
const above = least => speed => speed >= least

const hasFlag = spawnSync(process.execPath, [FUSED, '-e', ''], { stdio: 'ignore' }).status === 0
for (const precision of ['float64', 'float32']) {
  const isDouble = precision === 'float64'
  const simd = own([], 'large', precision, 'wasm')
  ownResults[precision] = simd
  large(
    `netproof, ${simd.kernel}`,
    precision,
    simd,
    BATCH,
    isDouble ? 'at least 10' : '',
    isDouble ? above(10) : () => null,
  )
  if (simd.kernel !== 'wasm-simd-fma' && hasFlag) {
    const fused = own([FUSED], 'large', precision, 'wasm')
    const found = fused.kernel === 'wasm-simd-fma'
    if (found)
      large(
        `netproof, ${fused.kernel}`,
        precision,
        fused,
        BATCH,
        isDouble ? 'at least 18' : '',
        isDouble ? above(18) : () => null,
      )
  }
  const plain = own([], 'large', precision, 'javascript')
  large(
    `netproof, ${plain.kernel}`,
    precision,
    plain,
    BATCH,
    isDouble ? 'at least 1.5' : '',
    isDouble ? above(1.5) : () => null,
  )
}
const WANTED = {
  'onnxruntime-node float64': ['netproof at least 0.25 of it', (own_, its) => own_ >= 0.25 * its],
  'onnxruntime-web float32': ['netproof more', (own_, its) => own_ > its],
  'tfjs-wasm float32': ['netproof more', (own_, its) => own_ > its],
  'ml-matrix float64': ['netproof more than 20 times it', (own_, its) => own_ > 20 * its],
  'mathjs float64': ['netproof more than 20 times it', (own_, its) => own_ > 20 * its],
}
for (const [by, precision, batch, rounds] of PEERS) {
  const found = peer(by, precision, batch, rounds)
  const [wanted, holds] = WANTED[`${by} ${precision}`] ?? ['', () => null]
  const ofOurs = (flops * BATCH) / ownResults[precision].seconds / 1e9
  large(`${by}${found.version === undefined ? '' : ` ${found.version}`}`, precision, found, batch, wanted, its =>
    holds(ofOurs, its),
  )
}
for (const precision of ['float64', 'float32']) {
  const { seconds, gradient } = ownResults[precision]
  const ratio = gradient / seconds
  rows.push([
    name,
    'netproof, gradient',
    precision,
    show(gradient * 1000),
    '',
    `at most 4 times forward`,
    `${verdict(ratio <= 4)}: ${show(ratio)}`,
  ])
}
const small = own([], 'small')
rows.push([
  SMALL.join('-'),
  'netproof, one sample',
  'float64',
  show(1000 / small.perSecond, 5),
  '',
  'a million a second',
  `${verdict(small.perSecond >= 1e6)}: ${show(small.perSecond / 1e6)} million`,
])
rows.push([
  SMALL.join('-'),
  'netproof, compile',
  'float64',
  show(small.compile),
  '',
  'under 1 ms',
  verdict(small.compile < 1),
])

const widths = rows[0].map((_, i) => Math.max(...rows.map(row => row[i].length)))
for (const row of rows)
  process.stdout.write(
    `${row
      .map((cell, i) => (i === 3 || i === 4 ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd()}\n`,
  )
