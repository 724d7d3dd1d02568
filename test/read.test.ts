// What users may name as a file although it is none, or none that fits into memory: it is refused, and nobody waits for it.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseCertificate } from '../src/certificate/text.ts'
import { readBytes, Unreadable } from '../src/cli/read.ts'

let folder = ''
const path = (name: string): string => join(folder, name)
/** Whether the system has pipes with a name, and devices. */
let hasPipes = false
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netproof-'))
  mkdirSync(path('folder'))
  symlinkSync(path('loop'), path('loop'))
  writeFileSync(path('text'), 'net a { x : 3 -> y }\n')
  writeFileSync(path('large'), '')
  // Sparse: it takes no room on the disk.
  truncateSync(path('large'), 2 ** 30)
  hasPipes = ['quiet', 'busy'].every(name => spawnSync('mkfifo', [path(name)]).status === 0)
})
afterAll(() => rmSync(folder, { recursive: true }))

function codeOf(file: string, most = 1000): string {
  try {
    return `${readBytes(file, most).length} bytes`
  } catch (error) {
    return (error as Unreadable).code
  }
}

test('files', () => {
  expect(codeOf(path('text'))).toBe('21 bytes')
  expect(codeOf(path('text'), 21)).toBe('21 bytes')
  expect(codeOf(path('text'), 20)).toBe('ETOOLARGE')
  expect(codeOf(path('large'))).toBe('ETOOLARGE')
  expect(codeOf(path('none'))).toBe('ENOENT')
  expect(() => readBytes(path('none'), 1)).toThrow(Unreadable)
})

test('folders, links in a circle, devices', () => {
  expect(codeOf(path('folder'))).toBe('EISDIR')
  expect(codeOf(path('loop'))).toBe('ELOOP')
  if (existsSync('/dev/zero')) expect(codeOf('/dev/zero')).toBe('ENOTFILE')
})

test('pipes', async context => {
  if (!hasPipes) context.skip()
  expect(codeOf(path('quiet'))).toBe('ESILENT')
  // Whoever writes takes time.
  const write = (text: string) => spawn('sh', ['-c', `sleep 0.2; printf '${text}' > '${path('busy')}'`])
  write('net')
  expect(codeOf(path('busy'))).toBe('3 bytes')
  write('net a {}')
  expect(codeOf(path('busy'), 3)).toBe('ETOOLARGE')
})

test('texts of more lists or values than a certificate has are not parsed', () => {
  const filled = (part: string, count: number): Uint8Array => {
    const text = new TextEncoder().encode(part)
    const bytes = new Uint8Array(text.length * count + 1)
    bytes[0] = '['.charCodeAt(0)
    for (let i = 0; i < text.length; i++) bytes[i + 1] = text[i]
    for (let length = text.length; length < bytes.length - 1; length *= 2) bytes.copyWithin(length + 1, 1, length + 1)
    bytes[bytes.length - 1] = ']'.charCodeAt(0)
    return bytes
  }
  expect(parseCertificate(new TextEncoder().encode('[[],[]]'))).toEqual([[], []])
  expect(parseCertificate(filled('[],', 8_000_001))).toBe(null)
  expect(parseCertificate(filled('0,', 20_000_002))).toBe(null)
})

describe('commands', () => {
  const root = fileURLToPath(new URL('../', import.meta.url))
  const cli = join(root, 'dist/cli.mjs')
  beforeAll(() => {
    if (existsSync(cli)) return
    const { status } = spawnSync(process.execPath, [join(root, 'node_modules/tsdown/dist/run.mjs')], { cwd: root })
    expect(status).toBe(0)
  }, 120_000)
  const run = (args: readonly string[], stdin: number | 'ignore' = 'ignore') =>
    spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8', stdio: [stdin, 'pipe', 'pipe'] })

  test.each([
    [['check', 'large'], /E801.*more than 160 MB/],
    [['prove', 'large'], /E801.*more than 64 MB/],
    [['fmt', 'folder'], /E801.*it is a folder/],
    [['eval', 'loop', 'a'], /E801.*links lead in a circle/],
  ])('%j', (args, says) => {
    const { status, stderr } = run(args)
    expect(stderr).toMatch(says)
    expect(status).toBe(3)
  })

  test('standard input without an end', context => {
    if (!existsSync('/dev/zero')) context.skip()
    const { status, stderr } = run(['prove', '-'], openSync('/dev/zero', 'r'))
    expect(stderr).toMatch(/E801.*standard input.*more than 64 MB/)
    expect(status).toBe(3)
  })

  test('a net of too many nodes to be drawn', () => {
    writeFileSync(path('long.net'), `net a { x : 3 ${'-> relu '.repeat(100_000)}-> y }\n`)
    const { status, stderr } = run(['draw', 'long.net', 'a', '-o', 'long.svg'])
    expect(stderr).toMatch(/E816.*100002 nodes/)
    expect(status).toBe(3)
    expect(existsSync(path('long.svg'))).toBe(false)
  })
})
