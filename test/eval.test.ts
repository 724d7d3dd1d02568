// `netproof eval`: batches from files and to files, bounds, and what is wrong with what is given, with its place.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readNpy, writeNpy } from '../src/formats/npy.ts'

const cli = fileURLToPath(new URL('../dist/cli.mjs', import.meta.url))
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netproof-eval-'))
  const file = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content)
  file(
    'a.net',
    'weights W : 2 x 3\nnet a { x : 3 -> add[W] -> y }\nnet p { x : 2 in (0, inf) -> ln -> exp -> y }\nnet two { x : 2 -> exp -> y }\n',
  )
  file('x.csv', 'a,b,c\n1,2,3\n4,5,6\n')
  file('bad.csv', '1,2,3\n4,nan,6\n')
  file('odd.csv', '1,2,3\n4,five,6\n')
  file('wide.csv', '1,2\n3,4\n')
  file('W.npy', writeNpy({ shape: [2, 3], data: Float64Array.of(1, 0, 0, 0, 1, 1) }))
  file('W.json', '[[1, 0, 0], [0, "Infinity", 1]]')
  file('cut.npy', writeNpy({ shape: [2, 3], data: new Float64Array(6) }).subarray(0, 150))
  file('p.json', '[[1, 2], [3, -4]]')
})
afterAll(() => rmSync(folder, { recursive: true }))

function run(...args: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const result = spawnSync(process.execPath, [cli, 'eval', 'a.net', ...args], { cwd: folder, encoding: 'utf8' })
  expect(result.stderr).not.toMatch(/internal fault|\n\s+at /)
  return result
}

describe('batches', () => {
  test('a row for each sample, to standard output and to files', () => {
    expect(run('a', '--input', 'x=x.csv', '--weights', 'W=W.npy')).toMatchObject({
      status: 0,
      stdout: '1: y = 1, 5\n2: y = 4, 11\n',
      stderr: '',
    })
    expect(run('a', '--input', 'x.csv', '--weights', 'W=W.npy', '-o', 'y.npy', '-o', 'y=y.csv')).toMatchObject({
      status: 0,
      stdout: '',
    })
    expect(readNpy(readFileSync(join(folder, 'y.npy')))).toEqual({
      ok: true,
      value: { shape: [2, 2], data: Float64Array.of(1, 5, 4, 11) },
    })
    expect(readFileSync(join(folder, 'y.csv'), 'utf8')).toBe('y[0],y[1]\n1,5\n4,11\n')
  })
  test('--json and --bound', () => {
    const { stdout } = run('p', '--input', 'x=[[2, 3], [1e300, 5]]', '--bound', '--json')
    const found = JSON.parse(stdout)
    expect(found.outputs.y).toHaveLength(2)
    expect(Math.abs(found.outputs.y[1][1] - 5)).toBeLessThanOrEqual(found.bounds.y[1][1])
    expect(found.bounds.y[1][0] / 1e300).toBeLessThan(1e-11)
    expect(found.troubles).toEqual([])
    expect(found.multiplicative).toEqual([])
    const over = run('two', '--input', 'x=1,1000', '--bound')
    expect(over.stdout).toContain('no bound: overflow at n1')
  })
})

test('--json says how each mul was computed', () => {
  writeFileSync(join(folder, 'mul.net'), 'weights V = [[2, -1]]\nnet m { x : 2 in [1/2, 2] -> mul[V] -> y }\n')
  const { stdout } = spawnSync(process.execPath, [cli, 'eval', 'mul.net', 'm', '--input', 'x=2,1', '--json'], {
    cwd: folder,
    encoding: 'utf8',
  })
  expect(JSON.parse(stdout)).toMatchObject({
    outputs: { y: [4] },
    multiplicative: [{ at: 'n1', method: 'powers', reason: expect.stringContaining('its argument lies in [0.5, 2]') }],
  })
})

describe('what is wrong', () => {
  test.each([
    [['a', '--input', 'x=bad.csv', '--weights', 'W=W.npy'], 'row 2, column 2 of `bad.csv` (x) is NaN'],
    [['a', '--input', 'x=odd.csv', '--weights', 'W=W.npy'], '`odd.csv` has `five` in row 2, column 2'],
    [
      ['a', '--input', 'x=wide.csv', '--weights', 'W=W.npy'],
      'the input x has 3 components, not 2, as the rows of `wide.csv`',
    ],
    [['a', '--input', 'x=x.csv', '--weights', 'W=W.json'], 'row 2, column 2 of `W.json` (W) is Infinity'],
    [
      ['a', '--input', 'x=x.csv', '--weights', 'W=cut.npy'],
      '`cut.npy` has 150 bytes where its header asks for 176: it is cut off',
    ],
    [['a', '--input', 'x=x.csv', '--weights', 'W=x.csv', '-o', 'y.xls'], 'cannot tell what to write'],
    [['a', '--input', 'x=x.csv', '--weights', 'W=none.npy'], 'cannot read `none.npy`'],
    [['p', '--input', 'x=p.json'], 'row 2, column 2 of `p.json` (x) is -4, outside of (0, inf)'],
    [['a', '--input', 'x=x.csv', '--weights', 'V=W.npy'], 'no unknown weight has the name V: unknown is W'],
    [['p', '--input', 'x=1,4', '--size', 'n=3'], 'no unknown size has the name n: there is no unknown size'],
    [['p', '--input', 'x=1,4', '--function', 'f=t'], 'no unknown function has the name f'],
    [['p', '--input', 'x=1,-4'], 'component 2 of x is -4, outside of (0, inf)'],
  ])('%j', (args, message) => {
    const { status, stdout, stderr } = run(...args)
    expect(stderr).toContain(message)
    expect(status).toBe(3)
    expect(stdout).toBe('')
  })
  test('too much memory is foreseen', () => {
    writeFileSync(
      join(folder, 'large.net'),
      'size n\nweights V : n x n\nnet large { x : n -> add[V] -> add[ones(n, n)] -> y }\n',
    )
    const result = spawnSync(
      process.execPath,
      [cli, 'eval', 'large.net', 'large', '--size', 'n=100000', '--input', 'x=1', '--weights', 'V=[[1]]'],
      {
        cwd: folder,
        encoding: 'utf8',
      },
    )
    expect(result.stderr).toMatch(/error\[E8(32|10)\]/)
    expect(result.status).toBe(3)
    for (const command of [
      ['gradients', 'large.net', 'large', 'large'],
      ['bench', 'large.net', 'large'],
    ]) {
      const { status, stderr } = spawnSync(process.execPath, [cli, ...command, '--size', 'n=100000'], {
        cwd: folder,
        encoding: 'utf8',
      })
      expect(stderr).toMatch(/^error\[E832\]: `large` is too large to be evaluated: /)
      expect(status).toBe(3)
    }
  }, 20_000)
})
