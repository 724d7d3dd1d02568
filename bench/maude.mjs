// The chains in Maude, where it is installed: its own count of rewrites and its own time.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MODULE = fileURLToPath(new URL('net.maude', import.meta.url))
const LIMIT_SECONDS = 60

export function isInstalled() {
  return spawnSync('maude', ['--version']).error === undefined
}

function term({ name, by }, i) {
  return name === 'shift' ? `shift(${i}, ${by})` : `${name === 'id' ? 'identity' : name}(${i})`
}

/** What Maude says of a chain, as text for a table. */
export function measure(layers) {
  const folder = mkdtempSync(join(tmpdir(), 'maude-'))
  try {
    const file = join(folder, 'chain.maude')
    const chain = layers.map(term).join(' ;\n')
    writeFileSync(file, `load ${MODULE}\nset show timing on .\nset show stats on .\nred in NET : ${chain} .\n`)
    const command = `ulimit -s unlimited; exec timeout ${LIMIT_SECONDS} maude -no-banner -batch -no-advise ${file}`
    const { stdout } = spawnSync('bash', ['-c', command], { encoding: 'utf8', maxBuffer: 1e9, input: '' })
    const found = /rewrites: (\d+) in (\d+)ms cpu/.exec(stdout ?? '')
    return found === null ? `over ${LIMIT_SECONDS} s` : `${found[1]} in ${(Number(found[2]) / 1000).toFixed(3)} s`
  } finally {
    rmSync(folder, { recursive: true })
  }
}
