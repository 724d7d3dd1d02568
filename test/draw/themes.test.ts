import { Resvg } from '@resvg/resvg-js'
import { describe, expect, it } from 'vitest'
import { draw, readTheme, THEMES, type Theme, toPng } from '../../src/draw/draw.ts'
import { styleSheet } from '../../src/draw/style.ts'
import { contrast, lowContrasts } from '../../src/draw/themes.ts'
import { EXAMPLES, theorem } from './nets.ts'

/** The colour of the pixel at the left top corner. */
async function corner(svg: string): Promise<number[]> {
  const png = Buffer.from(await toPng(svg, 1)).toString('base64')
  const image = `<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"><image width="400" height="400" preserveAspectRatio="xMinYMin slice" href="data:image/png;base64,${png}"/></svg>`
  return [...new Resvg(image).render().pixels.slice(0, 3)]
}

describe('contrast', () => {
  it('is that of WCAG', () => {
    expect(contrast('#000000', '#ffffff')).toBe(21)
    expect(contrast('#777777', '#ffffff')).toBeCloseTo(4.478, 3)
    expect(contrast('#9900ff', '#ffffff')).toBeCloseTo(contrast('#ffffff', '#9900ff'), 12)
  })
  for (const [name, theme] of Object.entries(THEMES)) {
    it(`writing and lines of ${name} can be read`, () => expect(lowContrasts(theme)).toEqual([]))
  }
  it('that is too low is found', () => {
    const pale = readTheme({ ink: '#777', series2: '#ffff00', function: '#666' }) as Theme
    expect(lowContrasts(pale).map(c => `${c.entry} on ${c.on}`)).toEqual(
      expect.arrayContaining(['ink on function', 'series2 on background', 'ink on background']),
    )
  })
  it('print is told apart without colours: grey, and multiplicative layers in broken lines', () => {
    const { print } = THEMES
    for (const colour of Object.values(print.colours)) expect(colour).toMatch(/^#(..)\1\1$/)
    expect(print.multiplicativeDash).not.toBe('none')
    expect(print.absorbedDash).not.toBe('none')
  })
})

describe('in SVG', () => {
  it('all colours are custom properties', () => {
    const [properties, ...rules] = styleSheet(THEMES.dark).split('\n')
    expect(properties).toContain('--netproof-multiplicative: #cb96ff')
    expect(rules.join('\n')).not.toMatch(/#[0-9a-f]{3}/)
    const used = new Set([...rules.join('\n').matchAll(/var\((--[a-z0-9-]+)\)/g)].map(m => m[1]))
    const set = new Set([...properties.matchAll(/(--[a-z0-9-]+):/g)].map(m => m[1]))
    expect([...used].filter(p => !set.has(p))).toEqual([])
    expect([...set].filter(p => !used.has(p))).toEqual([])
  })
  it('themes differ in nothing else', async () => {
    const { product } = theorem()
    const strip = (svg: string): string =>
      svg.replace(/\.netproof-\w+ \{[^}]*\}/, '').replace(/netproof-\w+" role/, '" role')
    const [post, dark] = [await draw(product), await draw(product, { theme: THEMES.dark })]
    expect(post).not.toBe(dark)
    expect(strip(post)).toBe(strip(dark))
  })
  it('a PNG has the colours of the theme', async () => {
    const net = EXAMPLES.gated()
    expect(await corner(await draw(net))).toEqual([255, 255, 255])
    expect(await corner(await draw(net, { theme: THEMES.dark }))).toEqual([0x17, 0x19, 0x1d])
    const own = readTheme({ background: '#102030' }) as Theme
    expect(await corner(await draw(net, { theme: own }))).toEqual([0x10, 0x20, 0x30])
  })
})

describe('a theme of one’s own', () => {
  it('is as its base where it says nothing', () => {
    const theme = readTheme({ name: 'mine', base: 'print', multiplicative: '#A0f', multiplicativeDash: '6 4' }) as Theme
    expect(theme).toEqual({
      ...THEMES.print,
      name: 'mine',
      colours: { ...THEMES.print.colours, multiplicative: '#aa00ff' },
      multiplicativeDash: '6 4',
    })
    expect(readTheme({})).toEqual({ ...THEMES.post, name: 'own' })
  })
  const wrong: [string, unknown, (string | null)[]][] = [
    ['no object', ['#fff'], [null]],
    ['nothing', null, [null]],
    ['an unknown entry', { multiplicativ: '#fff' }, ['multiplicativ']],
    ['a colour by name', { ink: 'black' }, ['ink']],
    ['a colour with something behind', { ink: '#000000; } path { fill: red' }, ['ink']],
    ['ink without colour', { ink: 'none' }, ['ink']],
    ['a base that is none', { base: 'constructor' }, ['base']],
    ['a name that is no class', { name: 'a b' }, ['name']],
    ['a dash of nothing', { multiplicativeDash: '0 0' }, ['multiplicativeDash']],
    ['a dash that is code', { absorbedDash: '1 2;}' }, ['absorbedDash']],
    ['several things', { ink: 3, name: '', x: 1 }, ['ink', 'name', 'x']],
  ]
  it.each(wrong)('%s is refused', (_, json, entries) => {
    const problems = readTheme(json)
    expect(Array.isArray(problems) && problems.map(p => p.entry)).toEqual(entries)
  })
})
