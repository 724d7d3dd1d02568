import { describe, expect, it } from 'vitest'
import type { Diagram, NodeId } from '../../src/diagram/diagram.ts'
import { labelText } from '../../src/draw/label.ts'
import {
  crossings,
  orderArguments,
  type Place,
  placeRows,
  placesOf,
  settle,
  strandGlyphs,
} from '../../src/draw/layout.ts'
import { drawNet } from '../../src/draw/net.ts'
import { call, type Expression, variable, x0 } from '../../src/scalar/expression.ts'
import { build, EXAMPLES, known, matrix, size, theorem } from './nets.ts'

interface Position {
  x: number
  y: number
  title: string
}

const xOf = async (d: Diagram, previous?: ReadonlyMap<NodeId, Position>): Promise<ReadonlyMap<NodeId, Position>> =>
  (await drawNet(d, { previous })).positions

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
    placeRows(columns, new Map(), strandGlyphs(new Map()))
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
  it('the order is kept for some crossings, and given up for very many', async () => {
    for (const [count, kept] of [
      [2, true],
      [7, false],
    ] as const) {
      const b = build()
      const maps = Array.from({ length: count }, (_, i) => b.map(known('exp'), b.input(`x${i}`, 2)))
      for (const [i, m] of maps.entries()) b.output(`y${i}`, m)
      const net = b.diagram('apart')
      const fresh = await xOf(net)
      const twisted = new Map([...fresh].map(([id, p]) => [id, maps.includes(id) ? { ...p, y: -p.y } : p]))
      const after = await xOf(net, twisted)
      const above = (id: NodeId): boolean => (after.get(id)?.y as number) > (after.get(maps[0])?.y as number)
      expect(above(maps[count - 1])).toBe(above(maps[count - 1] - 1) !== kept)
    }
  })
  it('crossings are counted', () => {
    const b = build()
    const inputs = ['u', 'v', 'w'].map(name => b.input(name, 1))
    for (const id of [...inputs].reverse()) b.output(`y${id}`, id)
    const { columns } = placesOf(b.diagram('reversed'))
    const spread = (order: readonly number[]): number => {
      columns[0].forEach((p, i) => {
        p.y = 100 * i
      })
      columns[1].forEach((p, i) => {
        p.y = 100 * order[i]
      })
      return crossings(columns)
    }
    expect(spread([0, 1, 2])).toBe(3)
    expect(spread([1, 0, 2])).toBe(2)
    expect(spread([2, 1, 0])).toBe(0)
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

describe('the order of arguments', () => {
  const net = (fn: Expression): Diagram => {
    const b = build()
    const [x, z] = [b.input('x', 2), b.input('z', 2)]
    b.output('y', b.map(fn, z, x))
    return b.diagram('swapped')
  }
  /** The heights at which x and z come in. */
  const inlets = (fn: Expression): [number, number] => {
    const { columns } = placesOf(net(fn))
    columns[0].forEach((place, i) => {
      place.y = 100 * i
    })
    orderArguments(columns, strandGlyphs(new Map()))
    const [z, x] = columns[1][0].glyph.inputs.map(heights => heights[0])
    return [x, z]
  }
  it('follows the wires where it does not matter', () => {
    const [x, z] = inlets(call('+', x0, variable(1)))
    expect(x).toBeLessThan(z)
  })
  it('is kept where it does', () => {
    const [x, z] = inlets(call('-', x0, variable(1)))
    expect(x).toBeGreaterThan(z)
  })
  it('of the terms of a sum, with their names', async () => {
    const b = build()
    const [x, z] = [b.input('x', 2), b.input('z', 3)]
    const operators = [matrix('Z', 1, 3), matrix('X', 1, 2)]
    b.output('y', b.add({ kind: 'additive', args: [z, x], shape: [size(1)], operators, bias: null }))
    const { groups } = await drawNet(b.diagram('sum'))
    const texts = groups.find(g => g.id === 'n3')?.figures.flatMap(f => (f.kind === 'text' ? [f] : [])) ?? []
    const above = [...texts].sort((p, q) => p.at[1] - q.at[1]).map(f => labelText(f.label))
    expect(above).toEqual(['X', 'Z'])
  })
})
