import { describe, expect, it } from 'vitest'
import { equationScene } from '../../src/draw/derivation.ts'
import { labelText } from '../../src/draw/label.ts'
import { textWidth } from '../../src/draw/metrics.ts'
import type { Scene } from '../../src/draw/scene.ts'
import { derivationScene } from '../../src/draw/stages.ts'
import { wrapText } from '../../src/draw/words.ts'
import { build, EXAMPLES, known, theorem } from './nets.ts'

const lines = (scene: Scene, id: string): string[] =>
  scene.groups.find(g => g.id === id)?.figures.flatMap(f => (f.kind === 'text' ? [labelText(f.label)] : [])) ?? []
const top = (scene: Scene, id: string): number => {
  const heights = scene.groups
    .find(g => g.id === id)
    ?.figures.flatMap(f =>
      f.kind === 'circle' ? [f.center[1]] : f.kind === 'strokes' ? f.lines.flat().map(p => p[1]) : [],
    )
  return Math.min(...(heights ?? []))
}

describe('wrapping', () => {
  it('at spaces, after hyphens, and elsewhere only in words that are too long', () => {
    expect(wrapText('multiplicative-additive identity', 9, 5, 'sans')).toEqual(['multiplicative-', 'additive identity'])
    expect(wrapText('start with multiplicative-additive identity', 13, 5, 'sans')).toEqual([
      'start with',
      'multiplicative-additive identity',
    ])
    expect(wrapText('a  b', 9, 5, 'sans')).toEqual(['a b'])
    expect(wrapText('', 9, 5, 'sans')).toEqual([])
    expect(wrapText(' ', 9, 5, 'sans')).toEqual([])
    const long = wrapText('x'.repeat(100), 9, 50, 'sans')
    expect(long.join('')).toBe('x'.repeat(100))
    for (const line of long) expect(textWidth(line, 'sans')).toBeLessThanOrEqual(9)
  })
  it('cuts what is beyond the limit, and says so', () => {
    expect(wrapText('aaaa bbbb cccc dddd', 3, 2, 'sans')).toEqual(['aaaa', 'bbb…'])
    expect(wrapText('aaaa bbbb', 3, 2, 'sans')).toEqual(['aaaa', 'bbbb'])
  })
})

describe('derivations', () => {
  it('captions in lines of nearly the same length', async () => {
    const { product, sum } = theorem()
    const scene = await derivationScene({
      stages: [
        { caption: 'change multiplicative layers to additive', diagram: product },
        { caption: 'multiplicative-additive identity', diagram: sum },
      ],
    })
    expect(lines(scene, 's1-caption')).toEqual(['change multiplicative', 'layers to additive'])
    expect(lines(scene, 's2-caption')).toEqual(['multiplicative-additive identity'])
  })
  it('captions that are cut are said in full on pointing at them', async () => {
    const caption = 'words '.repeat(200).trim()
    const scene = await derivationScene({ stages: [{ caption, diagram: theorem().product }] })
    expect(lines(scene, 's1-caption').at(-1)).toMatch(/…$/)
    expect(scene.groups.find(g => g.id === 's1-caption')?.title).toBe(caption)
  })
  it('without captions and without stages there is no place for them', async () => {
    const { product } = theorem()
    const bare = await derivationScene({ stages: [{ caption: '', diagram: product }] })
    const captioned = await derivationScene({ stages: [{ caption: 'a net', diagram: product }] })
    expect(bare.width).toBeLessThan(captioned.width)
    expect((await derivationScene({ stages: [] })).groups).toEqual([])
  })
  it('the sign stands in the middle of the net, also of one that is no chain', async () => {
    const scene = await derivationScene({
      stages: [
        { caption: '', diagram: EXAMPLES.gated() },
        { caption: '', diagram: EXAMPLES.gated() },
      ],
    })
    const circles = scene.groups
      .filter(g => g.id.startsWith('s2-'))
      .flatMap(g => g.figures.flatMap(f => (f.kind === 'circle' ? [f.center[1]] : [])))
    expect(top(scene, 's2-equals')).toBeGreaterThan(Math.min(...circles))
    expect(top(scene, 's2-equals')).toBeLessThan(Math.max(...circles))
  })
})

describe('equations', () => {
  const chain = (n: number) => {
    const b = build()
    let at = b.input('x', 1)
    for (let i = 0; i < n; i++) at = b.map(known('exp'), at)
    b.output('y', at)
    return b.diagram('chain')
  }
  it('stand side by side where there is room, else one below the other', async () => {
    const beside = await equationScene({ left: chain(3), right: chain(3) })
    const below = await equationScene({ left: chain(3), right: chain(30) })
    expect(top(beside, 'left-n2')).toBe(top(beside, 'right-n2'))
    expect(top(below, 'left-n2')).toBeLessThan(top(below, 'right-n2'))
  })
})
