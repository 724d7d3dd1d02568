// Draws the files of examples/figures, each by the command in its first line: as SVG with its fonts into docs/figures, which
// README and docs show, and as PNG into out/figures. Run: npm run figures [-- --theme NAME]
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = name => fileURLToPath(new URL(`../${name}`, import.meta.url))
const more = process.argv.slice(2)
const drawings = [
  { folder: more.length === 0 ? 'docs/figures' : 'out/figures', ending: 'svg', options: ['--embed-fonts'] },
  { folder: 'out/figures', ending: 'png', options: [] },
]

/** The arguments of a command as a shell reads them: words, or text in double quotes. */
const argumentsOf = command => [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(m => m[1] ?? m[2])

for (const file of readdirSync(path('examples/figures')).filter(f => f.endsWith('.net'))) {
  const [first] = readFileSync(path(`examples/figures/${file}`), 'utf8').split('\n')
  const command = /^\/\/ netproof (.*)$/.exec(first)?.[1]
  if (command === undefined) throw new Error(`${file} does not begin with the command that draws it`)
  for (const { folder, ending, options } of drawings) {
    mkdirSync(path(folder), { recursive: true })
    const given = argumentsOf(command).map(a =>
      a.endsWith('.svg') ? path(`${folder}/${a.replace(/svg$/, ending)}`) : a,
    )
    const { status } = spawnSync(process.execPath, [path('dist/cli.mjs'), ...given, ...options, ...more], {
      cwd: path('examples/figures'),
      stdio: 'inherit',
    })
    if (status !== 0) process.exit(status ?? 1)
  }
}
