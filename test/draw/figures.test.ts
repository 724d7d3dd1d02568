// The seven figures: each file in `examples/figures` beside the picture in `docs/figures` that is drawn from it, and beside
// the original in the post, of which `originals.json` has what is where. `npm run figures` draws them anew;
// `ORIGINALS=FOLDER npx vitest run test/draw/figures.test.ts` reads the originals anew.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toPng } from '../../src/draw/draw.ts'
import { format } from '../../src/syntax/format.ts'
import { expectNear, withoutStyle } from './near.ts'
import { type Blob, type Colour, type Profile, profileOf } from './raster.ts'

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url))
const names = readdirSync(path('examples/figures')).map(f => f.replace(/\.net$/, ''))
const ORIGINALS = new URL('originals.json', import.meta.url)
const PLOTS = 'nonlinearities'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netproof-figures-'))
  const { originals } = { originals: process.env.ORIGINALS }
  if (originals !== undefined) {
    const read = (n: string): Profile => profileOf(readFileSync(join(originals, `${n}.png`)), n === PLOTS)
    writeFileSync(ORIGINALS, `${JSON.stringify(Object.fromEntries(names.map(n => [n, read(n)])))}\n`)
  }
  if (existsSync(path('dist/cli.mjs'))) return
  expect(spawnSync(process.execPath, [path('node_modules/tsdown/dist/run.mjs')], { cwd: path('.') }).status).toBe(0)
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true }))

test('there are seven', () => {
  expect(names).toEqual([
    'end_absorption',
    'manipulation_example',
    'multiplicative_net_transformation',
    'net_components',
    'net_diagram_rules',
    'net_example',
    'nonlinearities',
  ])
})

/** A blob lies within this of its counterpart, in parts of the width and height. */
const NEAR = 0.07
/** So many times larger or smaller its share of the picture may be. */
const LARGER = 1.8

describe.each(names)('%s', name => {
  const text = readFileSync(path(`examples/figures/${name}.net`), 'utf8')
  const drawn = readFileSync(path(`docs/figures/${name}.svg`), 'utf8')

  test('is drawn by the command in its first line as docs/figures show it', () => {
    expect(format(text).text).toBe(text)
    const command = /^\/\/ netproof (.*)\n/.exec(text)?.[1] as string
    const given = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(m => m[1] ?? m[2])
    const out = join(folder, `${name}.svg`)
    const args = [path('dist/cli.mjs'), ...given.map(a => (a === `${name}.svg` ? out : a)), '--embed-fonts']
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: path('examples/figures'), encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const now = readFileSync(out, 'utf8')
    expect(now.match(/@font-face/g)?.length).toBeGreaterThan(0)
    // Of the style, with its fonts, only the theme: it changes with each rule that is added for other pictures.
    const theme = (svg: string): string | undefined => /\.netproof-post \{.*\}/.exec(svg)?.[0]
    expect(theme(now)).toBe(theme(drawn))
    expectNear(withoutStyle(now), withoutStyle(drawn))
  })

  test('is like the original', async () => {
    const original = (JSON.parse(readFileSync(ORIGINALS, 'utf8')) as Record<string, Profile>)[name]
    compare(profileOf(await toPng(drawn), name === PLOTS), original)
  })
})

function compare(ours: Profile, original: Profile): void {
  expect(ours.aspect / original.aspect).toBeGreaterThan(0.75)
  expect(ours.aspect / original.aspect).toBeLessThan(1.34)
  expect(Object.keys(ours.blobs).sort()).toEqual(Object.keys(original.blobs).sort())
  for (const [colour, blobs] of Object.entries(original.blobs)) {
    const found = [...(ours.blobs[colour as Colour] as readonly Blob[])]
    expect(found.length, `${colour} shapes`).toBe(blobs.length)
    for (const b of blobs) {
      const nearest = found.reduce((one, other) => (distance(other, b) < distance(one, b) ? other : one))
      found.splice(found.indexOf(nearest), 1)
      const said = `${colour} at ${b.x}, ${b.y} against ${nearest.x}, ${nearest.y}`
      expect(distance(nearest, b), said).toBeLessThan(NEAR)
      // The lines of layers may be thinner.
      if (colour === 'purple') continue
      expect(nearest.area / b.area, said).toBeLessThan(LARGER)
      expect(b.area / nearest.area, said).toBeLessThan(LARGER)
    }
  }
  for (const curve of ['blue curve', 'orange curve'] as const) {
    original.curves[curve].forEach((extent, quarter) => {
      const found = ours.curves[curve][quarter]
      expect(found === null, `${curve} in quarter ${quarter}`).toBe(extent === null)
      extent?.forEach((x, i) => {
        expect(Math.abs(x - (found as readonly number[])[i]), `${curve} in quarter ${quarter}, ${i}`).toBeLessThan(0.12)
      })
    })
  }
}

function distance(a: Blob, b: Blob): number {
  return Math.max(Math.abs(a.x - b.x), Math.abs(a.y - b.y))
}

test('the comparison sees a row that moved, a shape that is missing and one of another colour', async () => {
  const drawn = readFileSync(path('docs/figures/net_example.svg'), 'utf8')
  const original = (JSON.parse(readFileSync(ORIGINALS, 'utf8')) as Record<string, Profile>).net_example
  const changed = async (from: RegExp, to: (all: string) => string): Promise<Profile> => {
    const svg = drawn.replace(from, to)
    expect(svg).not.toBe(drawn)
    return profileOf(await toPng(svg), false)
  }
  const circle = /<circle class="circle"[^>]*>/
  for (const [from, to] of [
    [circle, () => ''],
    [circle, (all: string) => all.replace(/cy="([\d.]+)"/, (_, y) => `cy="${Number(y) + 30}"`)],
    [circle, (all: string) => all.replace('class="circle"', 'style="fill: #e06666"')],
  ] as const) {
    const profile = await changed(from, to)
    expect(() => compare(profile, original)).toThrow()
  }
})
