// What must hold of every picture.
import { expect } from 'vitest'
import { type Bounds, boundsOf } from '../../src/draw/bounds.ts'
import type { Scene } from '../../src/draw/draw.ts'
import type { Figure, Group } from '../../src/draw/scene.ts'

/** Around figures; of none, nothing that overlaps with anything. */
const around = (figures: readonly Figure[]): Bounds =>
  boundsOf([{ id: '', class: '', title: '', figures }]) ?? { left: NaN, top: NaN, right: NaN, bottom: NaN }
const overlap = (a: Bounds, b: Bounds): boolean =>
  a.left < b.right - 0.01 && b.left < a.right - 0.01 && a.top < b.bottom - 0.01 && b.top < a.bottom - 0.01

export const isNode = (g: Group): boolean => /^(?:[a-z0-9]+-)*n\d+$/.test(g.id)

/**
 * Expects that the nodes with these ids, and no others, are in the picture, that none overlap, that all is on the canvas, and
 * that wires end where nodes begin and run through none.
 */
export function examine(scene: Scene, nodes: readonly string[]): void {
  const bounds = new Map(scene.groups.filter(isNode).map(g => [g.id, around(g.figures)]))
  expect([...bounds.keys()].sort()).toEqual([...nodes].sort())
  expect(new Set(scene.groups.map(g => g.id)).size).toBe(scene.groups.length)
  const list = [...bounds]
  list.forEach(([a, p], i) => {
    for (const [b, q] of list.slice(i + 1)) expect(overlap(p, q), `${a} and ${b} overlap`).toBe(false)
  })
  // An open end has no shape of its own: its wire is short, wherever the layout puts the end.
  const open = new Set(scene.groups.filter(g => / open$/.test(g.class)).map(g => g.id))
  for (const g of scene.groups) {
    if (g.figures.length === 0) continue
    const b = around(g.figures)
    expect(
      b.left >= 0 && b.top >= 0 && b.right <= scene.width && b.bottom <= scene.height,
      `${g.id} is on the canvas`,
    ).toBe(true)
  }
  // Each bundle of wires: n3-n5-0 from n3 to n5, n3-n5-column4-in to the place where n3 passes column 4, n3-column4 through it.
  // The count below dots may be a little wider than the circles above it; wires have nothing to do with it.
  const edges = new Map(
    scene.groups.filter(isNode).map(g => [g.id, around(g.figures.filter(f => f.class !== 'count'))]),
  )
  const passes = new Map(scene.groups.filter(g => g.class === 'pass').map(g => [g.id, around(g.figures)]))
  for (const g of scene.groups) {
    const match = /^(.*?)(n\d+)-(n\d+)-(?:(\d+)|(column\d+)-in)$/.exec(g.id)
    for (const f of g.figures) {
      if (f.kind !== 'wires') continue
      for (const { from, to, bend } of f.runs) {
        // A turn is between two heights and two x: level leads, and the box of the turn, touch no other node.
        const pieces: Bounds[] =
          from[1] === to[1]
            ? [{ left: from[0], right: to[0], top: from[1], bottom: from[1] }]
            : [
                { left: from[0], right: bend[0], top: from[1], bottom: from[1] },
                { left: bend[0], right: bend[1], top: Math.min(from[1], to[1]), bottom: Math.max(from[1], to[1]) },
                { left: bend[1], right: to[0], top: to[1], bottom: to[1] },
              ]
        for (const piece of pieces) {
          for (const [id, b] of edges)
            expect(
              overlap({ ...piece, top: piece.top - 0.05, bottom: piece.bottom + 0.05 }, b),
              `${g.id} runs through ${id}`,
            ).toBe(false)
        }
        if (match !== null) {
          const source = edges.get(match[1] + match[2]) as Bounds
          const starts = [
            source.right,
            ...[...passes].filter(([id]) => id.startsWith(`${match[1]}${match[2]}-column`)).map(([, b]) => b.right),
          ]
          const opens = open.has(match[1] + match[2])
          const closes = match[4] !== undefined && open.has(match[1] + match[3])
          expect(opens || starts.some(x => Math.abs(x - from[0]) < 0.01), `${g.id} starts at an edge`).toBe(true)
          const end =
            match[4] === undefined
              ? (passes.get(`${match[1]}${match[2]}-${match[5]}`) as Bounds)
              : (edges.get(match[1] + match[3]) as Bounds)
          expect(
            closes || (Math.abs(end.left - to[0]) < 0.01 && to[1] >= end.top - 0.01 && to[1] <= end.bottom + 0.01),
            `${g.id} ends at an edge`,
          ).toBe(true)
        }
      }
    }
  }
}
