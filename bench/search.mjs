// Equality saturation on chains of layers and functions with rules that go both ways: e-nodes a second, and which proofs are found
// within which time. Run: npm run bench:search [-- --n 10,100,1000]
//
// An e-node is a term of the e-graph: a node on classes that is different from all others. Those of the two nets count, too.
// Each run is on a problem of its own, with weights that have not been seen before; it ends with the proof, or with the budget. What
// is measured is the search alone, from two nets to the list of equalities, in a process that is warm: each kind and size has one of
// its own, which searches for a while before its first row, so that the compiler of the JavaScript engine has done its work, and so
// that the garbage of one is not collected in the time of another. A row with less than
// a second of processor time is the mean of as many runs as take that long: a search of 50 nodes takes half a millisecond, which no
// clock measures alone, and whether the garbage of the last second is collected in a run of a tenth of one is chance.
//
// swap: two functions that commute, from (f g)^k to g^k f^k: the search has to find its way through k^2 states.
// move: a permutation and a scaling moved through every layer of a net, which one pass along the chain does.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parse, searchEquality, trustedRules } from '../dist/index.mjs'

const at = process.argv.indexOf('--n')
const SIZES = at < 0 ? [10, 100, 1000] : process.argv[at + 1].split(',').map(Number)
const SECONDS = [0.1, 0.5, 2]
const MOST_TERMS = 1_000_000
/** Seconds of processor time that are measured for a row, and to warm up before the first one. */
const MEASURED = 1
const WARM_UP = 2

const DECLARATIONS = `function f : R -> R
function g : R -> R
rule swap "f and g commute" { f -> g == g -> f }
weights P = [[0, 2, 0], [0, 0, 3], [0.5, 0, 0]]
weights Q = [[0, 0, 2], [0.5, 0, 0], [0, 1/3, 0]]
`

function chains(kind, n) {
  if (kind === 'swap') {
    const k = n / 2
    return [
      Array.from({ length: n }, (_, i) => (i % 2 === 0 ? 'f' : 'g')),
      Array.from({ length: n }, (_, i) => (i < k ? 'g' : 'f')),
    ]
  }
  const layers = Math.floor(n / 2)
  const weight = i => (i === 0 ? `P * W0` : `P * W${i} * Q`)
  return [
    Array.from({ length: 2 * layers }, (_, i) => (i % 2 === 0 ? `add[W${i / 2}]` : 'relu')),
    [...Array.from({ length: 2 * layers }, (_, i) => (i % 2 === 0 ? `add[${weight(i / 2)}]` : 'relu')), 'add[Q]'],
  ]
}

async function problem(kind, n) {
  const [left, right] = chains(kind, n)
  const weights = kind === 'swap' ? '' : `weights ${Array.from({ length: n }, (_, i) => `W${i}`).join(', ')} : 3 x 3\n`
  const net = (name, stages) => `net ${name} { x : 3 -> ${stages.join(' -> ')} -> y }\n`
  const program = parse(DECLARATIONS + weights + net('left', left) + net('right', right))
  if (program.diagnostics.length > 0) throw new Error(program.diagnostics[0].message)
  const { rules } = await trustedRules(program, { assume: ['swap'] })
  return { left: program.nets.left, right: program.nets.right, rules }
}

/** Searches on fresh problems, a few at a time, until so much time of the processor is used, garbage collector included. */
async function measure(kind, n, seconds, least) {
  const batch = Math.max(1, Math.round(1000 / n))
  let [took, used, runs, terms, last] = [0, 0, 0, 0, null]
  while (used < least || runs === 0) {
    const problems = []
    for (let k = 0; k < batch; k++) problems.push(await problem(kind, n))
    const start = performance.now()
    const cpu = process.cpuUsage()
    for (const { left, right, rules } of problems) {
      last = searchEquality(left, right, { seconds, terms: MOST_TERMS }, { rules })
      terms += last.report.terms
    }
    took += (performance.now() - start) / 1000
    const { user, system } = process.cpuUsage(cpu)
    used += (user + system) / 1e6
    runs += batch
  }
  return { took: took / runs, used: used / runs, terms: terms / runs, ...last }
}

const cell = (text, width) => String(text).padStart(width)
// `CPU s` is what the process itself has used: on a busy machine less than what has passed. `graph MB` is what the e-graph takes
// by its own count, which its budget bounds.
const HEAD = [
  'kind',
  'pieces',
  'budget s',
  'seconds',
  'CPU s',
  'e-nodes',
  'e-nodes/CPU s',
  'visits',
  'steps',
  'end',
  'graph MB',
]
const WIDTHS = [6, 8, 10, 9, 9, 9, 15, 9, 8, 11, 10]

/** The rows of one kind and size. */
async function rows(kind, n) {
  await measure(kind, n, 2, WARM_UP)
  for (const seconds of SECONDS) {
    const { took, used, terms, found, report } = await measure(kind, n, seconds, MEASURED)
    const row = [
      kind,
      n,
      seconds,
      took.toFixed(3),
      used.toFixed(3),
      Math.round(terms),
      Math.round(terms / used),
      report.visits,
      found === null ? '-' : found.equalities.length,
      report.end,
      (report.bytes / 2 ** 20).toFixed(1),
    ]
    console.log(row.map((c, i) => cell(c, WIDTHS[i])).join(''))
  }
}

const own = process.argv.indexOf('--rows')
if (own >= 0) await rows(process.argv[own + 1], Number(process.argv[own + 2]))
else {
  console.log(HEAD.map((h, i) => cell(h, WIDTHS[i])).join(''))
  for (const kind of ['swap', 'move'])
    for (const n of SIZES) {
      const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), '--rows', kind, `${n}`], {
        stdio: 'inherit',
      })
      if (status !== 0) process.exit(status ?? 1)
    }
}
