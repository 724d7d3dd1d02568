// The development set of identities through the language: id, expected answer, verdict, milliseconds; totals. Each claim
// is a file of its own. Run: npm run bench:identities [-- OTHER-SET.json]
import { readFileSync } from 'node:fs'
import { builtin, parse, prove } from '../dist/index.mjs'

const PRELUDE = readFileSync(new URL('../test/identities.net', import.meta.url), 'utf8')
const SETS = { R: 'R', '>0': '(0, inf)', '>=0': '[0, inf)', '!=0': '(-inf, 0) | (0, inf)' }

function fileOf({ domain, lhs, rhs }) {
  const inputs = Object.entries(domain).map(([name, set]) => `${name} : 1 in ${SETS[set] ?? set}`)
  const side = (name, formula) => `net ${name} { input ${inputs.join(', ')}   output out = ${formula} }`
  return `${PRELUDE}${side('left_', lhs)}\n${side('right_', rhs)}\nprove left_ == right_\n`
}

const set = JSON.parse(readFileSync(process.argv[2] ?? new URL('../test/identities.json', import.meta.url), 'utf8'))
const rows = []
let wrong = 0
console.log('| id | kind | expected | verdict | ms |')
console.log('| --- | --- | --- | --- | ---: |')
for (const [kind, expected] of [
  ['true_scalar', 'proved'],
  ['false_scalar', 'refuted'],
]) {
  for (const identity of set[kind]) {
    const start = performance.now()
    const { claims, diagnostics } = parse(fileOf(identity), { file: identity.id })
    if (diagnostics.length > 0) throw new Error(`${identity.id}: ${diagnostics[0].message}`)
    const verdict = await prove(claims[0].left, claims[0].right, { rules: builtin() })
    const milliseconds = performance.now() - start
    const isWrong = verdict.kind !== expected && verdict.kind !== 'undecided'
    if (isWrong) wrong++
    rows.push({ kind, expected, verdict: verdict.kind, milliseconds })
    console.log(
      `| ${identity.id} | ${kind} | ${expected} | ${isWrong ? `**${verdict.kind}**` : verdict.kind} | ${milliseconds.toFixed(1)} |`,
    )
  }
}
for (const [kind, expected] of [
  ['true_scalar', 'proved'],
  ['false_scalar', 'refuted'],
]) {
  const own = rows.filter(r => r.kind === kind)
  console.log(`${kind}: ${own.filter(r => r.verdict === expected).length} of ${own.length} ${expected}`)
}
const times = rows.map(r => r.milliseconds).sort((a, b) => a - b)
console.log(`wrong verdicts: ${wrong}`)
console.log(
  `median ${times[Math.floor(times.length / 2)].toFixed(1)} ms, largest ${times[times.length - 1].toFixed(1)} ms a claim, in one process`,
)
if (wrong > 0) process.exitCode = 1
