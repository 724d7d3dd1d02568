// Large and wide nets: one box a layer, folded blocks, rows. What is left out is said.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sceneOf } from '../../src/draw/draw.ts'
import { foldParts, foldRepeated } from '../../src/draw/fold.ts'
import { labelText } from '../../src/draw/label.ts'
import { strandGlyphs } from '../../src/draw/layout.ts'
import type { Group, Scene } from '../../src/draw/scene.ts'
import { parse } from '../../src/load.ts'
import { call, variable, x0 } from '../../src/scalar/expression.ts'
import { examine, isNode } from './examine.ts'
import { build, deepNet, known, matrix, residualNet } from './nets.ts'
import { ids, randomNets } from './random-nets.ts'

const notes = (scene: Scene): string =>
  scene.groups
    .filter(g => g.id === 'notes')
    .flatMap(g => g.figures.flatMap(f => (f.kind === 'text' ? [labelText(f.label)] : [])))
    .join(' ')

describe('one box a layer', () => {
  it('says what the layer is and what sizes it takes and gives', async () => {
    const scene = await sceneOf(residualNet(1), { level: 'layers' })
    const words = scene.groups
      .filter(isNode)
      .map(g => g.figures.flatMap(f => (f.kind === 'text' ? [labelText(f.label)] : [])).join(' '))
    expect(words).toEqual(['x 128', 'add[W1] 128', 'relu 128', '+ 128', 'add[C] 128 → 10', 'y 10'])
  })
  it('of random nets is sound', async () => {
    await fc.assert(
      fc.asyncProperty(randomNets, async diagram => {
        examine(await sceneOf(diagram, { level: 'layers' }), ids(diagram))
      }),
      { numRuns: 20, seed: 2 },
    )
  })
})

describe('folding', () => {
  const folded = (d: ReturnType<typeof deepNet>): string[] =>
    [...foldRepeated(d, strandGlyphs(d.names)).folds.values()].map(f => f.words)
  it('keeps the first and the last of equal blocks', () => {
    expect(folded(deepNet(10))).toEqual(['8 more blocks like add[W2], relu (16 nodes)'])
    expect(folded(residualNet(6))).toEqual(['4 more blocks like add[W2], relu, + (12 nodes)'])
  })
  it('leaves alone what comes three times, what differs, and what is read from elsewhere', () => {
    expect(folded(deepNet(3))).toEqual([])
    const b = build()
    let at = b.input('x', 3)
    const first = at
    for (let i = 1; i <= 9; i++) at = b.map(known(i % 2 === 0 || i > 5 ? 'exp' : 'relu'), b.plus(matrix('W', 3, 3), at))
    b.output('y', b.map(call('+', x0, variable(1)), at, first))
    expect(folded(b.diagram('skip'))).toEqual([])
  })
  it('says in the picture what is not drawn', async () => {
    for (const level of ['wires', 'layers'] as const) {
      const scene = await sceneOf(deepNet(1000), { fold: true, level })
      const drawn = scene.groups.filter(isNode)
      expect(drawn.length).toBeLessThan(10)
      expect(notes(scene)).toBe('Folded: 998 more blocks like add[W2], relu (1996 nodes).')
      expect(scene.description).toContain('998 more blocks')
      // Every node is in the picture or in the sentence: the box stands in the place of the last that is folded.
      expect(drawn.length - 1 + 1996).toBe(deepNet(1000).nodes.length)
    }
  })
})

describe('parts with a name', () => {
  const { nets } = parse(`weights A : 8 x 4   weights B : 4 x 8   weights C, D : 4 x 4
net residual {
  input x : 4
  h = x -> add[A] -> relu -> add[B]
  k = h -> exp
  g = (x -> add[C]) * (k -> add[D])
  output y = x + h + g
}`)
  const net = nets.residual
  const parts = (...names: string[]): { words: string[]; kept: readonly string[] } => {
    const { folds, kept } = foldParts(net, names, strandGlyphs(net.names))
    return { words: [...folds.values()].map(f => f.words), kept }
  }
  it('are what leads to a wire and to nothing else', () => {
    expect(parts('h')).toEqual({ words: ['h is add[A], relu, add[B] (3 nodes)'], kept: [] })
    expect(parts('h', 'k').words).toEqual(['h is add[A], relu, add[B] (3 nodes)', 'k is exp (1 node)'])
    // h is read elsewhere, too: it is no part of k.
    expect(parts('k').words).toEqual(['k is exp (1 node)'])
    expect(parts('y', 'nothing')).toEqual({ words: [], kept: [] })
  })
  it('stay as they are where several wires lead in, and the picture says so', async () => {
    expect(parts('g')).toEqual({ words: [], kept: ['g is drawn in full: several wires lead into it.'] })
    for (const level of ['wires', 'layers'] as const) {
      const scene = await sceneOf(net, { parts: ['h', 'g'], level })
      expect(notes(scene)).toBe(
        'Folded: h is add[A], relu, add[B] (3 nodes). g is drawn in full: several wires lead into it.',
      )
      examine(scene, ids(foldParts(net, ['h', 'g'], strandGlyphs(net.names)).diagram))
    }
  })
})

describe('rows', () => {
  it('are no wider than asked, and wires go on in the next one', async () => {
    const diagram = deepNet(12)
    const scene = await sceneOf(diagram, { wrap: 900 })
    expect(scene.width).toBeLessThan(1100)
    examine(scene, ids(diagram))
    expect(notes(scene)).toContain('rows, each going on in the one below')
    const out = scene.groups.filter(g => g.id.endsWith('-out'))
    expect(out.length).toBeGreaterThan(2)
    for (const g of out) {
      const runs = (group: Group | undefined): number =>
        group?.figures.reduce((n, f) => n + (f.kind === 'wires' ? f.runs.length : 0), 0) ?? 0
      expect(runs(scene.groups.find(o => o.id === g.id.replace(/-out$/, '-in')))).toBe(runs(g))
    }
  })
  it('of random nets are sound', async () => {
    await fc.assert(
      fc.asyncProperty(randomNets, fc.integer({ min: 200, max: 1500 }), async (diagram, wrap) => {
        examine(await sceneOf(diagram, { wrap }), ids(diagram))
      }),
      { numRuns: 25, seed: 3 },
    )
  })
  it('of 10,000 layers make a picture of usual proportions', async () => {
    const scene = await sceneOf(deepNet(5000))
    expect(scene.groups.filter(isNode)).toHaveLength(10_002)
    expect(scene.width / scene.height).toBeGreaterThan(0.5)
    expect(scene.width / scene.height).toBeLessThan(4)
  })
})
