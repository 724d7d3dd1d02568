// A short run of examples/training, as a user starts it, and one that is interrupted.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'

const script = fileURLToPath(new URL('../examples/training/train.mjs', import.meta.url))
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netproof-training-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

test('both nets learn the same, step by step', () => {
  const args = [script, '--samples', '250', '--epochs', '1', '--svg', 'curves.svg']
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(stdout).toMatch(/^proved: /)
  expect(stdout).toContain('losses and weights agree within the accumulated bound at each of 7 steps')
  const [, left, right] = /([\d.]+) % multiplicative, ([\d.]+) % additive/.exec(stdout) ?? []
  expect(left).toBe(right)
  const svg = readFileSync(join(folder, 'curves.svg'), 'utf8')
  expect(svg).toMatch(/^<svg /)
  expect(svg.match(/<polyline/g)).toHaveLength(4)
})

test('an interrupted training shows what it reached', async () => {
  const child = spawn(process.execPath, [script, '--samples', '2000', '--svg', 'part.svg'], { cwd: folder })
  let output = ''
  child.stdout.on('data', data => {
    const isFirst = !output.includes('step    1 of')
    output += data
    if (isFirst && output.includes('step    1 of')) child.kill('SIGINT')
  })
  const status = await new Promise(resolve => void child.on('close', resolve))
  expect(output).toMatch(/interrupted after step \d+\n/)
  expect(output).toContain('test accuracy on 400 digits')
  expect(status).toBe(0)
  expect(readFileSync(join(folder, 'part.svg'), 'utf8')).toContain('</svg>')
})
