// Reading and elaborating files of many layers: bytes a second and memory. Run: npm run bench:parse
import { spawnSync } from 'node:child_process'
import { parse } from '../dist/index.mjs'

/** A chain of n layers, written as a person would: one weight a layer, a function between. */
function fileOf(n) {
  const weights = Array.from({ length: n }, (_, i) => `W${i}`)
  const layers = weights.map((w, i) => `  -> ${i % 3 === 2 ? 'mul' : 'add'}[${w}] -> ${i % 3 === 2 ? 'ln' : 'exp'}`)
  return `weights ${weights.join(', ')} : 3 x 3\nnet deep {\n  x : 3 in (0, inf)\n${layers.join('\n')}\n  -> y\n}\n`
}

const args = process.argv.slice(2)
if (args[0] === '--one') {
  const text = fileOf(Number(args[1]))
  parse(fileOf(10), { file: 'warm.net' })
  const start = performance.now()
  const { nets, diagnostics } = parse(text, { file: 'deep.net' })
  const seconds = (performance.now() - start) / 1000
  const errors = diagnostics.filter(d => d.severity === 'error').length
  process.stdout.write(
    JSON.stringify({
      bytes: text.length,
      seconds,
      errors,
      nodes: nets.deep?.nodes.length ?? 0,
      megabytes: process.memoryUsage.rss() / 1e6,
    }),
  )
} else {
  console.log('| layers | bytes | seconds | KB a second | MB | nodes | errors |')
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const n of [1_000, 10_000, 100_000]) {
    const out = spawnSync(process.execPath, [process.argv[1], '--one', String(n)], { encoding: 'utf8' })
    if (out.status !== 0) {
      console.log(`| ${n} | failed: ${out.stderr.trim().split('\n').slice(-1)[0]} |`)
      continue
    }
    const r = JSON.parse(out.stdout)
    console.log(
      `| ${n} | ${r.bytes} | ${r.seconds.toFixed(3)} | ${(r.bytes / 1000 / r.seconds).toFixed(0)} | ${r.megabytes.toFixed(0)} | ${r.nodes} | ${r.errors} |`,
    )
  }
}
