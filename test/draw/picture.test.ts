// What must hold of every picture: all nodes are in it, none overlap, labels are on the canvas, wires end where nodes begin
// and run through no node. Tried on the examples and on nets made at random.
import { Resvg } from '@resvg/resvg-js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NodeId } from '../../src/diagram/diagram.ts'
import { draw, sceneOf } from '../../src/draw/draw.ts'
import { derivationScene } from '../../src/draw/stages.ts'
import { call, variable, x0 } from '../../src/scalar/expression.ts'
import { examine, isNode } from './examine.ts'
import { build, EXAMPLES, known, matrix, size, theorem } from './nets.ts'
import { ids, randomNets } from './random-nets.ts'

describe('pictures of the examples', () => {
  for (const [name, make] of Object.entries(EXAMPLES)) {
    it(name, async () => {
      const diagram = make()
      examine(await sceneOf(diagram), ids(diagram))
    })
  }
  it('with open ends, whose wires are short', async () => {
    for (const make of Object.values(EXAMPLES)) {
      const diagram = make()
      const nodes = diagram.nodes.map(n => (n.kind === 'input' || n.kind === 'output' ? { ...n, name: '_' } : n))
      const scene = await sceneOf({ ...diagram, nodes })
      examine(scene, ids(diagram))
      expect(scene.groups.flatMap(g => g.figures).some(f => f.class === 'triangle')).toBe(false)
    }
  })
  it('an open input that nothing reads is a short wire, too', async () => {
    const b = build()
    b.input('_', 3)
    b.output('y', b.input('x', 3))
    const { groups } = await sceneOf(b.diagram('unread'))
    expect(groups.find(g => g.id === 'n1')?.figures.map(f => f.class)).toEqual(['wire'])
  })
  it('the theorem as a derivation and as an equation', async () => {
    const { product, sum, composed, plain } = theorem()
    const stages = [product, sum, composed].map((diagram, i) => ({
      caption: `stage ${i + 1}`,
      diagram,
      highlight: [diagram.nodes[2].id],
    }))
    examine(await derivationScene({ stages }), [...ids(product, 's1-'), ...ids(sum, 's2-'), ...ids(composed, 's3-')])
    examine(await sceneOf({ left: product, right: plain }), [...ids(product, 'left-'), ...ids(plain, 'right-')])
  })
})

describe('pictures of random nets', () => {
  it('are sound, as scene and as SVG', async () => {
    await fc.assert(
      fc.asyncProperty(randomNets, async diagram => {
        const scene = await sceneOf(diagram)
        examine(scene, ids(diagram))
        const svg = await draw(diagram)
        expect(() => new Resvg(svg, { font: { loadSystemFonts: false } })).not.toThrow()
        expect(await draw(diagram)).toBe(svg)
      }),
      { numRuns: 25, seed: 1 },
    )
  })
})

describe('large nets', () => {
  it('a chain of 3,000 nodes and a wire that passes it by', async () => {
    const b = build()
    const x = b.input('x', 2)
    let at = x
    for (let i = 0; i < 3000; i++) at = b.map(known('exp'), at)
    b.output('y', b.map(call('*', x0, variable(1)), x, at))
    const scene = await sceneOf(b.diagram('long'))
    expect(scene.groups.filter(isNode)).toHaveLength(3003)
    expect(scene.description).toContain('Laid out by a simpler method')
    expect(scene.description).toContain('and 2963 more nodes')
  })
  it('wires that would pass too many columns run behind the nodes, and it is said', async () => {
    const b = build()
    const early: NodeId[] = [b.input('x', 1)]
    for (let i = 0; i < 700; i++) early.push(b.map(known('exp'), early[early.length - 1]))
    const late = early.map(e => b.add({ kind: 'join', args: [e, early[early.length - 1]], shape: [size(2)] }))
    for (const id of late.slice(0, 3)) b.output('y', id)
    const scene = await sceneOf(b.diagram('dense'))
    expect(scene.groups.filter(isNode)).toHaveLength(701 + 701 + 3)
    expect(scene.description).toContain('run straight behind the nodes')
  })
  it('a derivation of chains of 50,000 nodes does not overflow the stack', async () => {
    const b = build()
    let at = b.input('x', 1)
    for (let i = 0; i < 50_000; i++) at = b.map(known('exp'), at)
    b.output('y', at)
    const diagram = b.diagram('deep')
    const scene = await sceneOf([
      {
        stages: [
          { caption: 'a', diagram },
          { caption: 'b', diagram },
        ],
      },
    ])
    expect(scene.groups.filter(isNode)).toHaveLength(100_004)
  })
  it('a sum of 2,000 wires', async () => {
    const b = build()
    const inputs = Array.from({ length: 2000 }, (_, i) => b.input(`x${i}`, 1))
    const operators = inputs.map((_, i) => matrix(`W${i}`, 1, 1))
    b.output('y', b.add({ kind: 'additive', args: inputs, shape: [size(1)], operators, bias: null }))
    const scene = await sceneOf(b.diagram('sum'))
    expect(scene.groups.filter(isNode)).toHaveLength(2002)
  })
})

describe('bad input', () => {
  it('an empty net is a picture with words', async () => {
    const svg = await draw({ name: 'nothing', nodes: [], names: new Map() })
    expect(svg).toContain('no nodes')
    expect(() => new Resvg(svg)).not.toThrow()
    expect(() => new Resvg('<svg')).toThrow()
  })
  it('a node that reads what does not come before it is a fault of the caller', async () => {
    const d = theorem().product
    await expect(draw({ ...d, nodes: [...d.nodes].reverse() })).rejects.toThrow(
      'draw: node n7 reads n6, which does not come before it',
    )
  })
  it('markup, control characters and very long names in labels and captions', async () => {
    const nasty = `</text><script>alert("&'")</script>\u0000\u0007\u202e\ud800${'x'.repeat(5000)}`
    const b = build()
    b.output(nasty, b.map(known('exp'), b.plus(matrix(nasty, 2, 2), b.input(nasty, 2))))
    const diagram = b.diagram(nasty)
    const svg = await draw({
      title: nasty,
      stages: [
        { caption: nasty, diagram },
        { caption: 'so', diagram },
      ],
    })
    expect(svg).not.toContain('<script')
    expect(svg).not.toContain('\u202e')
    expect(svg).not.toContain('\uffff')
    expect(svg).toContain('…')
    expect(() => new Resvg(svg, { font: { loadSystemFonts: false } })).not.toThrow()
    expect(svg.length).toBeLessThan(60_000)
    examine(await sceneOf(diagram), ids(diagram))
  })
})
