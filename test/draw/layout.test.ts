import { describe, expect, it } from 'vitest'
import type { Diagram, Node, NodeId } from '../../src/diagram/diagram.ts'
import { labelText } from '../../src/draw/label.ts'
import { orderArguments, type Place, placeRows, placesOf, settle, strandGlyphs } from '../../src/draw/layout.ts'
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

/** A graph whose nodes read some of the twenty before them; what nothing reads is an output. */
function graph(count: number): Diagram {
  const b = build()
  const wires = [b.input('x', 2)]
  const back = (n: number): NodeId => wires[Math.max(0, wires.length - 1 - n)]
  for (let i = 0; i < count; i++)
    wires.push(
      i % 3 === 0
        ? b.map(known('exp'), back((i * 7) % 16))
        : b.map(call('+', x0, variable(1)), back((i * 5) % 12), back((i * 11) % 19)),
    )
  const read = new Set(b.diagram('').nodes.flatMap(n => n.args))
  for (const w of wires) if (!read.has(w)) b.output(`y${w}`, w)
  return b.diagram('graph')
}

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
  it('the order is kept, also where wires cross then', async () => {
    const b = build()
    const maps = Array.from({ length: 7 }, (_, i) => b.map(known('exp'), b.input(`x${i}`, 2)))
    for (const [i, m] of maps.entries()) b.output(`y${i}`, m)
    const net = b.diagram('apart')
    const fresh = await xOf(net)
    const twisted = new Map([...fresh].map(([id, p]) => [id, maps.includes(id) ? { ...p, y: -p.y } : p]))
    const after = await xOf(net, twisted)
    for (const [i, m] of maps.slice(1).entries())
      expect(Math.sign((after.get(m)?.y as number) - (after.get(maps[i])?.y as number))).toBe(
        -Math.sign((fresh.get(m)?.y as number) - (fresh.get(maps[i])?.y as number)),
      )
  })
  it('nothing swaps sides when a node is put into a graph, laid out by elkjs or too large for it', async () => {
    for (const [count, simpler] of [
      [30, false],
      [200, true],
    ] as const) {
      const before = graph(count)
      const target = before.nodes[Math.floor(before.nodes.length / 2)]
      const added = { ...(before.nodes[1] as Extract<Node, { kind: 'pointwise' }>), id: 10_000, args: [target.id] }
      const after: Diagram = {
        ...before,
        nodes: before.nodes.flatMap((n): Node[] =>
          n === target ? [n, added] : [{ ...n, args: n.args.map(a => (a === target.id ? added.id : a)) } as Node],
        ),
      }
      const first = await drawNet(before)
      const second = await drawNet(after, { previous: first.positions })
      expect(first.notes.some(n => n.includes('simpler method'))).toBe(simpler)
      const columnBefore = new Map(
        placesOf(before).columns.flatMap((c, i) => c.flatMap(p => (p.node === null ? [] : [[p.id, i] as const]))),
      )
      let pairs = 0
      for (const column of placesOf(after).columns) {
        const nodes = column.filter(p => p.node !== null && columnBefore.has(p.id)).map(p => p.id)
        for (const [i, p] of nodes.entries()) {
          for (const q of nodes.slice(i + 1)) {
            if (columnBefore.get(p) !== columnBefore.get(q)) continue
            const side = ({ positions }: typeof first): number =>
              Math.sign((positions.get(p)?.y as number) - (positions.get(q)?.y as number))
            expect(side(second)).toBe(side(first))
            pairs++
          }
        }
      }
      expect(pairs).toBeGreaterThan(count / 4)
    }
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
