import { describe, expect, it } from 'vitest'
import type { Diagram, NodeId } from '../../src/diagram/diagram.ts'
import { type Place, placeRows, placesOf, settle } from '../../src/draw/layout.ts'
import { drawNet } from '../../src/draw/net.ts'
import { call, variable, x0 } from '../../src/scalar/expression.ts'
import { build, EXAMPLES, known, matrix, theorem } from './nets.ts'

interface Position {
  x: number
  y: number
  title: string
}

const xOf = async (d: Diagram, previous?: ReadonlyMap<NodeId, Position>): Promise<ReadonlyMap<NodeId, Position>> =>
  (await drawNet(d, '', previous)).positions

describe('columns', () => {
  it('inputs first, outputs last, constants right before their use', () => {
    const { columns } = placesOf(EXAMPLES.pools())
    const kinds = columns.map(c => c.filter(p => p.node !== null).map(p => p.node?.kind))
    expect(kinds).toEqual([
      ['input'],
      ['reduce'],
      ['slice'],
      ['mix', 'constant'],
      ['pointwise', 'logsoftmax'],
      ['pointwise'],
      ['output', 'output'],
    ])
  })
  it('a wire passes once through each column between its node and the last that reads it', () => {
    const b = build()
    const x = b.input('x', 2)
    const h = b.map(known('exp'), b.map(known('exp'), b.map(known('exp'), x)))
    b.output('y', b.map(call('+', x0, variable(1)), x, h))
    b.output('z', x)
    const { columns } = placesOf(b.diagram('skips'))
    expect(columns.map(c => c.filter(p => p.node === null).map(p => p.id))).toEqual([[], [x], [x], [x], [x], []])
  })
})

describe('rows', () => {
  it('a chain is level, also where its width changes', () => {
    const b = build()
    b.output('y', b.plus(matrix('B', 2, 5), b.map(known('exp'), b.plus(matrix('A', 5, 3), b.input('x', 3)))))
    const { columns } = placesOf(b.diagram('chain'))
    placeRows(columns, new Map())
    for (const [place] of columns) expect(place.y).toBe(0)
  })
  it('places settle where they want to be, or share what they lack', () => {
    const place = (y: number): Place =>
      ({ y, x: 0, id: 1, node: null, column: 0, sources: [], glyph: { top: -10, bottom: 10 } }) as unknown as Place
    const apart = [place(0), place(100)]
    settle(apart, p => p.y)
    expect(apart.map(p => p.y)).toEqual([0, 100])
    const close = [place(10), place(20)]
    settle(close, p => p.y)
    // Half of each, and what must be free between them: 52 in all, around the mean 15.
    expect(close.map(p => p.y)).toEqual([-11, 41])
  })
})

describe('from picture to picture', () => {
  it('the columns of the theorem stay where they are when functions are composed', async () => {
    const { sum, composed } = theorem()
    const before = await xOf(sum)
    const after = await xOf(composed, before)
    for (const [id, { x }] of after) expect(x).toBe(before.get(id)?.x)
    expect(after.get(3)?.title).not.toBe(before.get(3)?.title)
    // Without the picture before, the net is narrower.
    expect((await xOf(composed)).get(7)?.x).toBeLessThan(before.get(7)?.x as number)
  })
  it('they move where wires would get too long', async () => {
    const { composed } = theorem()
    const far = new Map([[9, { x: 2000, y: 0, title: 'add[W1]' }]])
    expect(await xOf(composed, far)).toEqual(await xOf(composed))
  })
  it('branches keep their order', async () => {
    const net = (swapped: boolean): Diagram => {
      const b = build()
      const [x, z] = [b.input('x', 2), b.input('z', 2)]
      const [f, g] = [b.map(known('exp'), x), b.map(known('tanh'), z)]
      b.output('y', b.map(call('*', x0, variable(1)), ...(swapped ? [g, f] : [f, g])))
      return b.diagram('branches')
    }
    const before = await xOf(net(false))
    const after = await xOf(net(true), before)
    for (const [a, b] of [
      [1, 2],
      [3, 4],
    ]) {
      expect(before.get(a)?.y).toBeLessThan(before.get(b)?.y as number)
      expect(after.get(a)?.y).toBeLessThan(after.get(b)?.y as number)
    }
  })
})
