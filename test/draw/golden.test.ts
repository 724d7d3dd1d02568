// Goldens: the scene (what is where) and the SVG of each example, in `golden/`. Words must be the same, numbers within half
// a unit. `UPDATE_GOLDEN=1 npx vitest run test/draw/golden.test.ts` writes them anew; look at the pictures before you do.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseRange } from '../../src/build.ts'
import {
  type Drawable,
  type DrawOptions,
  draw,
  printScene,
  type Scene,
  sceneOf,
  svgOf,
  THEMES,
} from '../../src/draw/draw.ts'
import { styleSheet } from '../../src/draw/style.ts'
import { parse } from '../../src/load.ts'
import { pictureOf } from '../../src/picture.ts'
import { call, number, x0 } from '../../src/scalar/expression.ts'
import { expectNear, withoutStyle } from './near.ts'
import { deepNet, EXAMPLES, known, residualNet, theorem } from './nets.ts'

const folder = new URL('golden/', import.meta.url)

function golden(name: string, actual: string): void {
  const file = new URL(name, folder)
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(new URL('examples/', folder), { recursive: true })
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

/** Signs as the examples expect them, which is tried elsewhere. */
const EXPECTED = { proved: 'equal', refuted: 'different', undecided: 'unknown' } as const
const folderOfExamples = new URL('../../examples/', import.meta.url)

describe('goldens of the examples', () => {
  for (const file of readdirSync(folderOfExamples).filter(f => f.endsWith('.net'))) {
    it(file, async () => {
      const program = parse(readFileSync(new URL(file, folderOfExamples)), { file })
      const scene = (await pictureOf(program, async c => EXPECTED[c.expect ?? 'undecided'])) as Scene
      const name = `examples/${file.replace(/\.net$/, '')}`
      golden(`${name}.scene.txt`, printScene(scene))
      golden(`${name}.svg`, withoutStyle(await svgOf(scene)))
    })
  }
})

const drawn: Record<string, { what: Drawable; options: DrawOptions }> = {
  layers: { what: residualNet(2), options: { level: 'layers' } },
  folded: { what: deepNet(9), options: { level: 'layers', fold: true } },
  rows: { what: deepNet(5), options: { wrap: 700 } },
  // A named curve on a part of its domain, and one with a pole; a jump with its marks.
  plot: {
    what: {
      panels: [
        {
          curves: [
            { name: 'sigma', fn: known('tanh'), domain: parseRange('(0, inf)') },
            { fn: call('/', number(1), x0), parameter: 't' },
          ],
        },
        { curves: [{ name: 'step', fn: known('sign') }] },
      ],
    },
    options: {},
  },
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
      golden(`${name}.svg`, withoutStyle(await draw(what, options)))
    })
  }
  for (const [name, what] of Object.entries(pictures)) {
    it(name, async () => {
      golden(`${name}.scene.txt`, printScene(await sceneOf(what)))
      golden(`${name}.svg`, withoutStyle(await draw(what)))
    })
  }
  for (const [name, theme] of Object.entries(THEMES)) {
    it(`the style sheet of ${name}`, () => golden(`${name}.css.txt`, styleSheet(theme)))
  }
  it('the comparison sees a shape that moved, and one that is missing', () => {
    expectNear('<circle cx="10" r="3"/>', '<circle cx="10.4" r="3"/>')
    expect(() => expectNear('<circle cx="10" r="3"/>', '<circle cx="10.6" r="3"/>')).toThrow()
    expect(() => expectNear('<circle cx="10"/>', '<circle cx="10"/><circle cx="12"/>')).toThrow()
  })
})
