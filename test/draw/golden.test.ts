// Goldens: the scene (what is where) and the SVG of each example, in `golden/`. Words must be the same, numbers within half
// a unit. `UPDATE_GOLDEN=1 npx vitest run test/draw/golden.test.ts` writes them anew; look at the pictures before you do.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Drawable, type DrawOptions, draw, printScene, sceneOf } from '../../src/draw/draw.ts'
import { deepNet, EXAMPLES, residualNet, theorem } from './nets.ts'

const TOLERANCE = 0.5
const folder = new URL('golden/', import.meta.url)

/** Text with numbers taken out, and the numbers. Ids of pictures are made of the content, which may differ a little. */
function parts(text: string): { words: string; numbers: number[] } {
  const numbers: number[] = []
  const words = text.replace(/np-[0-9a-f]{8}/g, 'np').replace(/-?\d+(?:\.\d+)?/g, n => {
    numbers.push(Number(n))
    return '#'
  })
  return { words, numbers }
}

function expectNear(actual: string, golden: string): void {
  const [a, b] = [parts(actual), parts(golden)]
  expect(a.words).toBe(b.words)
  a.numbers.forEach((n, i) => {
    expect(Math.abs(n - b.numbers[i]), `number ${i}: ${n} against ${b.numbers[i]}`).toBeLessThanOrEqual(TOLERANCE)
  })
}

function golden(name: string, actual: string): void {
  const file = new URL(name, folder)
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, actual)
  }
  expectNear(actual, readFileSync(file, 'utf8'))
}

const { product, sum, composed, plain } = theorem()
const pictures: Record<string, Drawable> = {
  ...Object.fromEntries(Object.entries(EXAMPLES).map(([name, make]) => [name, make()])),
  equation: { left: product, right: plain },
  theorem: {
    stages: [
      { caption: 'start with multiplicative net', diagram: product },
      { caption: 'change multiplicative layers to additive', diagram: sum },
      {
        caption: "use function composition to group nonlinearities and rewrite ln . sigma . exp = sigma'",
        diagram: composed,
        highlight: [3, 5],
      },
    ],
  },
}

const drawn: Record<string, { what: Drawable; options: DrawOptions }> = {
  layers: { what: residualNet(2), options: { level: 'layers' } },
  folded: { what: deepNet(9), options: { level: 'layers', fold: true } },
  rows: { what: deepNet(5), options: { wrap: 700 } },
  pages: {
    what: {
      title: 'in pages',
      stages: [product, sum, composed, plain, product].map((diagram, i) => ({ caption: `stage ${i + 1}`, diagram })),
    },
    options: { page: 2, most: 4 },
  },
}

describe('goldens', () => {
  for (const [name, { what, options }] of Object.entries(drawn)) {
    it(name, async () => {
      golden(`${name}.scene.txt`, printScene(await sceneOf(what, options)))
      golden(`${name}.svg`, await draw(what, options))
    })
  }
  for (const [name, what] of Object.entries(pictures)) {
    it(name, async () => {
      golden(`${name}.scene.txt`, printScene(await sceneOf(what)))
      golden(`${name}.svg`, await draw(what))
    })
  }
  it('the comparison sees a shape that moved, and one that is missing', () => {
    expectNear('<circle cx="10" r="3"/>', '<circle cx="10.4" r="3"/>')
    expect(() => expectNear('<circle cx="10" r="3"/>', '<circle cx="10.6" r="3"/>')).toThrow()
    expect(() => expectNear('<circle cx="10"/>', '<circle cx="10"/><circle cx="12"/>')).toThrow()
  })
})
