// Reading and elaborating files of many layers, as chains and with a name for every wire: bytes a second and memory, of a
// process that reads the file and does nothing else. Run: npm run bench:parse
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { parse } from '../dist/index.mjs'

/** A net of n layers, written as a person would: one weight a layer, a function between. */
function fileOf(form, n) {
  const weights = Array.from({ length: n }, (_, i) => `W${i}`)
  const layers = weights.map((w, i) => (i % 3 === 2 ? `mul[${w}] -> ln` : `add[${w}] -> exp`))
  const lines =
    form === 'chain'
      ? ['x : 3 in (0, inf)', ...layers.map(l => `-> ${l}`), '-> y']
      : [
          'input x : 3 in (0, inf)',
          ...layers.map((l, i) => `h${i} = ${i === 0 ? 'x' : `h${i - 1}`} -> ${l}`),
          `output y = h${n - 1}`,
        ]
  return `weights ${weights.join(', ')} : 3 x 3\nnet deep {\n${lines.map(l => `  ${l}`).join('\n')}\n}\n`
}

if (process.argv[2] === '--one') {
  const text = readFileSync(0)
  parse(fileOf(process.argv[3], 10), { file: 'warm.net' })
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
      megabytes: process.resourceUsage().maxRSS / 1000,
    }),
  )
} else {
  console.log('| form | layers | bytes | seconds | KB a second | MB | nodes | errors |')
  console.log('| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const form of ['chain', 'block']) {
    for (const n of [1_000, 10_000, 100_000]) {
      const out = spawnSync(process.execPath, [process.argv[1], '--one', form], {
        encoding: 'utf8',
        input: fileOf(form, n),
      })
      if (out.status !== 0) {
        console.log(`| ${form} | ${n} | failed: ${out.stderr.trim().split('\n').slice(-1)[0]} |`)
        continue
      }
      const r = JSON.parse(out.stdout)
      console.log(
        `| ${form} | ${n} | ${r.bytes} | ${r.seconds.toFixed(3)} | ${(r.bytes / 1000 / r.seconds).toFixed(0)} | ${r.megabytes.toFixed(0)} | ${r.nodes} | ${r.errors} |`,
      )
    }
  }
}
