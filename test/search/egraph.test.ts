// The e-graph by itself: classes, what follows from an equality, and why terms are equal.
import { expect, test } from 'vitest'
import { parseRange } from '../../src/build.ts'
import type { Node } from '../../src/diagram/diagram.ts'
import { sizeOf } from '../../src/linear/size.ts'
import { call, type Expression, variable, x0 } from '../../src/scalar/expression.ts'
import { type Range, REALS, sameRange } from '../../src/scalar/range.ts'
import { EGraph, type TermId } from '../../src/search/egraph.ts'
import { egraphOf, nodesOf, randomNet, run } from './nets.ts'

const shape = [sizeOf(2)]
const WHY = { rule: 'equality', title: 'because', by: 'function' }
const NOTHING = { over: [] }

function inputs(g: EGraph, ...domains: Range[]): TermId[] {
  return domains.map((domain, k) => {
    const node: Node = { kind: 'input', id: 0, args: [], shape, name: `x${k}`, domain, absorbed: false }
    return g.place(g.contents.of(node), [], [domain])
  })
}
function apply(g: EGraph, fn: Expression, ...args: TermId[]): TermId | null {
  const term = g.add(g.contents.of({ kind: 'pointwise', shape, fn }), args)
  return term < 0 ? null : term
}
const exp = call('exp', x0)
const tanh = call('tanh', x0)
const sum = call('+', x0, variable(1))

test('the same node on equal wires is one term', () => {
  const g = new EGraph()
  const [x, y] = inputs(g, REALS, REALS)
  const a = apply(g, exp, x) as TermId
  expect(apply(g, exp, x)).toBe(a)
  expect(apply(g, exp, y)).not.toBe(a)
  expect(apply(g, tanh, x)).not.toBe(a)
})

test('what is made of equal wires becomes equal, at any depth', () => {
  const g = new EGraph()
  const [x, y] = inputs(g, REALS, REALS)
  let [a, b] = [x, y]
  for (let k = 0; k < 2000; k++) {
    a = apply(g, k % 2 === 0 ? tanh : exp, a) as TermId
    b = apply(g, k % 2 === 0 ? tanh : exp, b) as TermId
  }
  expect(g.areEqual(a, b)).toBe(false)
  expect(g.equate(x, y, WHY, NOTHING)).toBe(true)
  expect(g.equate(y, x, WHY, NOTHING)).toBe(false)
  g.rebuild()
  expect(g.areEqual(a, b)).toBe(true)
  const reasons = [...(g.explain([[a, b]]) ?? [])]
  expect(reasons).toHaveLength(2001)
  expect(reasons.filter(e => e.by !== 'congruence')).toHaveLength(1)
})

test('a reason rests on earlier ones only, and leads from one term to the other', () => {
  const g = new EGraph()
  const [x, y, z] = inputs(g, REALS, REALS, REALS)
  const [p, q, r] = [x, y, z].map(t => apply(g, tanh, t) as TermId)
  const s = apply(g, sum, p, r) as TermId
  const t = apply(g, sum, r, q) as TermId
  g.equate(x, y, WHY, NOTHING)
  g.equate(y, z, WHY, NOTHING)
  g.rebuild()
  expect(g.areEqual(s, t)).toBe(true)
  const shown = new Map<TermId, TermId>()
  const find = (u: TermId): TermId => {
    let root = u
    for (let next = shown.get(root); next !== undefined; next = shown.get(root)) root = next
    return root
  }
  for (const { left, right, premises } of g.explain([[s, t]]) ?? []) {
    for (let k = 0; k < premises.length; k += 2) expect(find(premises[k])).toBe(find(premises[k + 1]))
    if (find(left) !== find(right)) shown.set(find(left), find(right))
  }
  expect(find(s)).toBe(find(t))
})

test('a term that may be undefined is not taken in', () => {
  const g = new EGraph()
  const [x, y] = inputs(g, REALS, parseRange('(0, inf)'))
  expect(apply(g, call('ln', x0), x)).toBeNull()
  expect(apply(g, call('ln', x0), y)).not.toBeNull()
  // What is known of one member of a class is known of all.
  g.equate(x, y, WHY, NOTHING)
  g.rebuild()
  expect(g.argOf(apply(g, call('ln', x0), x) as TermId, 0)).toBe(y)
})

test('what is known of one term is used by naming it, and no more is known of the others', () => {
  const g = new EGraph()
  const [x, y, z] = inputs(g, parseRange('[0, 3]'), parseRange('[0, 5]'), parseRange('[1, 2]'))
  g.equate(x, y, WHY, NOTHING)
  expect(g.narrowest(y)).toBe(x)
  g.equate(z, y, WHY, NOTHING)
  expect([x, y, z].map(t => g.narrowest(t))).toEqual([z, z, z])
  expect(sameRange(g.rangeOf(x)[0], parseRange('[0, 3]'))).toBe(true)
  const p = apply(g, tanh, y) as TermId
  expect(g.argOf(p, 0)).toBe(y)
})

test('terms that are not of one class have no reason', () => {
  const g = new EGraph()
  const [x, y] = inputs(g, REALS, REALS)
  expect(() => g.explain([[x, y]])).toThrow(RangeError)
})

test('two runs are the same, and end at the budget', () => {
  for (const seed of [1, 2, 3, 4]) {
    const all = [0, 1].map(() => {
      const { g } = egraphOf([randomNet(seed)])
      const end = run(g, 200)
      return {
        end,
        kinds: nodesOf(g).map(n => `${n.kind} ${n.args}`),
        reasons: Array.from({ length: g.reasons.size }, (_, i) => {
          const { left, right, title } = g.reasons.at(i)
          return [left, right, title]
        }),
      }
    })
    expect(all[0]).toEqual(all[1])
  }
})

test('a run stops when it has made as many terms as it may', () => {
  const { g } = egraphOf([randomNet(2)])
  const start = g.size
  const { end } = run(g, start + 20)
  expect(end).toBe('terms')
  // One visit may add a few.
  expect(g.size).toBeLessThan(start + 60)
})
