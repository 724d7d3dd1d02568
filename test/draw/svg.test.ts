import { describe, expect, it } from 'vitest'
import { draw, toPng } from '../../src/draw/draw.ts'
import { nameLabel, plain } from '../../src/draw/label.ts'
import type { Figure, Scene } from '../../src/draw/scene.ts'
import { printSvg } from '../../src/draw/svg.ts'
import { build, EXAMPLES, known, theorem } from './nets.ts'

const scene = (...figures: Figure[]): Scene => ({
  width: 10,
  height: 10,
  title: 't',
  description: 'd',
  groups: [{ id: 'g', class: 'c', title: '', figures }],
})
const text = (label: ReturnType<typeof plain>): string => {
  const svg = printSvg(
    scene({ kind: 'text', class: 'name', at: [1, 2], anchor: 'middle', size: 10, face: 'serif', label }),
  )
  return /<text[^>]*>(.*)<\/text>/.exec(svg)?.[1] ?? ''
}

describe('svg', () => {
  it('says what it shows', async () => {
    const svg = await draw(theorem().product)
    expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="(np-[0-9a-f]{8})-title \1-description"/)
    expect(svg).toContain('>product</title>')
    expect(svg).toContain('input x of 3 components, then multiplicative layer W1, then function σ, then')
  })
  it('labels as runs that move from one to the next', () => {
    expect(text(plain('a<b&c'))).toBe('a&lt;b&amp;c')
    expect(text(nameLabel('x1'))).toBe('x<tspan dy="2.4" font-size="6.8">1</tspan>')
    expect(text(nameLabel("x1'"))).toBe('x′<tspan dx="-1.88" dy="2.4" font-size="6.8">1</tspan>')
  })
  it('wires turn where heights differ', () => {
    const run = (to: number): string =>
      printSvg(scene({ kind: 'wires', class: 'wire', runs: [{ from: [0, 0], to: [100, to], bend: [40, 60] }] }))
    expect(run(0)).toContain('d="M0 0H100"')
    expect(run(20)).toContain('d="M0 0H40C50 0 50 20 60 20H100"')
  })
  it('ids are unique, and differ between different pictures', async () => {
    const ids = (svg: string): string[] => [...svg.matchAll(/ id="([^"]*)"/g)].map(m => m[1])
    const [a, b] = [ids(await draw(EXAMPLES.gated())), ids(await draw(EXAMPLES.residual()))]
    expect(new Set([...a, ...b]).size).toBe(a.length + b.length)
  })
  it('the order in which things were made elsewhere does not matter', async () => {
    const svg = await draw(EXAMPLES.literals())
    await draw(EXAMPLES.pools())
    expect(await draw(EXAMPLES.literals())).toBe(svg)
  })
  it('several pictures stand one below the other', async () => {
    const { product, plain: other } = theorem()
    const svg = await draw([product, { left: product, right: other, relation: 'different' }])
    expect(svg).toContain('p1-n1"')
    expect(svg).toContain('p2-left-n1"')
    expect(svg).toContain('product; product ≠ plain')
  })
  it('the sign between stages says what is known', async () => {
    const { product, plain: other } = theorem()
    const svg = async (relation: 'equal' | 'different' | 'unknown'): Promise<string[]> =>
      [
        ...(
          await draw({
            stages: [
              { caption: '', diagram: product },
              { caption: '', diagram: other, relation },
            ],
          })
        ).matchAll(/class="equals"><title>(.)/g),
      ].map(m => m[1])
    expect(await svg('equal')).toEqual(['='])
    expect(await svg('different')).toEqual(['≠'])
    expect(await svg('unknown')).toEqual(['≟'])
  })
})

describe('png', () => {
  it('is made at the scale that is asked for', async () => {
    const b = build()
    b.output('y', b.map(known('exp'), b.input('x', 1)))
    const svg = await draw(b.diagram('small'))
    const width = Number(/ width="(\d+)"/.exec(svg)?.[1])
    const png = await toPng(svg, 3)
    const header = new DataView(png.buffer, png.byteOffset)
    expect(header.getUint32(0)).toBe(0x89504e47)
    expect(header.getUint32(16)).toBe(3 * width)
  })
})
