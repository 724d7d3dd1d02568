// What the engine keeps beside the nodes, for speed, says what the nodes say: who uses a wire, which rules are worth a look,
// the log of a run.
import { describe, expect, test } from 'vitest'
import { innerAffine, outerAffine } from '../../src/algebra/simplify.ts'
import { add, fn, input, mul, net, pointwise, shift, unknownWeight } from '../../src/build.ts'
import type { Diagram, NodeId } from '../../src/diagram/diagram.ts'
import { coarseRange, nodeRange, type WireRange, whole, wireRanges, within } from '../../src/diagram/ranges.ts'
import { zeroMatrix } from '../../src/linear/linear.ts'
import { sizeOf } from '../../src/linear/size.ts'
import { parse } from '../../src/load.ts'
import { random } from '../../src/numeric/random.ts'
import { applyMatch } from '../../src/rewrite/apply.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { Candidates } from '../../src/rewrite/candidates.ts'
import { affinePartOnce } from '../../src/rewrite/functions.ts'
import {
  boundAt,
  type Graph,
  graphOf,
  listUsers,
  nodeAt,
  nodesInOrder,
  onlyArg,
  rangeAt,
  rangesOf,
  setRange,
  snapshot,
} from '../../src/rewrite/graph.ts'
import { Entries } from '../../src/rewrite/log.ts'
import { type Match, matchRule } from '../../src/rewrite/match.ts'
import { Replay, rewrite } from '../../src/rewrite/normalize.ts'
import { PHASES } from '../../src/rewrite/rule.ts'
import { call, type Expression, number, variable } from '../../src/scalar/expression.ts'
import { coarsen, isSubset, NEGATIVE, POSITIVE, printRange, REALS } from '../../src/scalar/range.ts'
import { printDiagram } from '../../src/syntax/print.ts'
import { correctFile } from '../syntax/generate.ts'

const rules = builtin()

/** A wire with many users, several of which become the same. */
function fan(width: number): Diagram {
  return net({ x: input(2, '(0, inf)') }, ({ x }) => {
    const shared = x.pipe(fn('exp'))
    const branches = Array.from({ length: width }, (_, k) =>
      k % 3 === 0
        ? shared.pipe(fn('ln'), fn('relu'))
        : shared.pipe(fn(k % 2 === 0 ? 'tanh' : 'sinh'), add(unknownWeight(`W${k}`, 2, 2))),
    )
    const sum = branches.reduce<Expression | null>(
      (e, _, i) => (e === null ? variable(i) : call('+', e, variable(i))),
      null,
    )
    return { y: pointwise(sum as Expression, ...branches) }
  })
}

const nets: readonly Diagram[] = [
  ...Array.from({ length: 40 }, (_, seed) => Object.values(parse(correctFile(seed + 1)).nets)).flat(),
  ...[1, 2, 3, 4, 18, 40].map(fan),
]

/** Chains in which the ends of most ranges are transcendental. */
const transcendental: readonly Diagram[] = Array.from({ length: 25 }, (_, seed) => {
  const source = random(seed)
  const names = ['exp', 'ln', 'relu', 'tanh', 'sigmoid', 'softplus', 'abs', 'sqrt', 'sinh']
  const stages = Array.from({ length: 25 }, () => {
    const k = source.integer(0, names.length + 2)
    return k < names.length ? fn(names[k]) : shift(source.integer(-1, 3))
  })
  return net({ x: input(3, '(1, 7)') }, ({ x }) => ({ y: x.pipe(...stages) }))
})

function checkLinks(graph: Graph): void {
  const alive = nodesInOrder(graph)
  expect(new Set(alive).size).toBe(alive.length)
  const uses = new Map<NodeId, NodeId[]>(alive.map(id => [id, []]))
  alive.forEach((id, k) => {
    const { args } = nodeAt(graph, id)
    expect(onlyArg(graph, id)).toBe(args.length === 1 ? args[0] : Math.min(-1, onlyArg(graph, id)))
    // A join may have a wire twice: it is one user.
    for (const arg of new Set(args)) {
      expect(alive.indexOf(arg)).toBeLessThan(k)
      uses.get(arg)?.push(id)
    }
  })
  for (const [id, users] of uses) {
    const listed: NodeId[] = []
    const end = listUsers(graph, id, listed, 0)
    expect([...listed.slice(0, end)].sort()).toEqual([...users].sort())
  }
}

test('the users of every wire are those of the nodes, after every step', () => {
  let steps = 0
  let most = 0
  for (const diagram of nets) {
    const graph = graphOf(diagram)
    checkLinks(graph)
    for (const id of nodesInOrder(graph)) most = Math.max(most, listUsers(graph, id, [], 0))
    for (const _ of rewrite(graph, { rules, maxSteps: 5_000 })) {
      if (++steps % 3 === 0) checkLinks(graph)
    }
    checkLinks(graph)
  }
  expect(steps).toBeGreaterThan(300)
  expect(most).toBeGreaterThan(16)
})

test('a rule that is not worth a look does not apply', () => {
  let left = 0
  let applied = 0
  for (const diagram of nets) {
    const candidates = new Candidates(rules)
    const check = (graph: Graph): void => {
      for (let id = 0; id < graph.nodes.count; id++) candidates.forget(id)
      for (const id of nodesInOrder(graph)) {
        const node = nodeAt(graph, id)
        for (const phase of PHASES.keys()) {
          const worth = candidates.at(phase, graph, id)
          const all = candidates.ofKind(phase, node.kind)
          expect(all.filter(r => worth.includes(r))).toEqual(worth)
          const isListed = ((candidates.phasesAt(graph, id) >> phase) & 1) === 1
          if (phase > 0) expect(isListed).toBe(all.length > 0)
          else if (worth.length > 0) expect(isListed).toBe(true)
          for (const rule of all) {
            if (worth.includes(rule)) continue
            left++
            const match = matchRule(graph, rule, id)
            if (match !== null) expect(applyMatch(graph, match), rule.name).toBeNull()
          }
        }
      }
    }
    const graph = graphOf(diagram)
    check(graph)
    for (const _ of rewrite(graph, { rules, maxSteps: 5_000 })) if (++applied % 5 === 0) check(graph)
  }
  expect(left).toBeGreaterThan(1_000)
})

test('an affine part that is remembered is that of the sets that are asked about', () => {
  const x = variable(0)
  const functions = [
    call('+', call('*', number(2), call('exp', x)), number(1)),
    call('abs', call('+', call('*', number(3), x), number(1))),
    call('exp', call('*', number(3), x)),
    call('relu', call('*', number(2), x)),
    call('ln', x),
    x,
  ]
  const sets = [[REALS], [POSITIVE], [REALS], [REALS], [NEGATIVE], [POSITIVE]]
  let found = 0
  for (const domain of sets) {
    for (const fn of functions) {
      for (const [which, direct] of [
        ['inner', innerAffine],
        ['outer', outerAffine],
      ] as const) {
        const expected = direct(fn, domain)
        expect(affinePartOnce(which, fn, domain)).toEqual(expected)
        expect(affinePartOnce(which, fn, [...domain])).toEqual(expected)
        found += Number(expected !== null)
      }
    }
  }
  expect(found).toBeGreaterThan(20)
})

describe('the range of a wire', () => {
  const shown = (ranges: ReadonlyMap<NodeId, WireRange>): object =>
    [...ranges].map(([id, r]) => [id, r.map(c => printRange(c))])

  test('is that of the diagram, and lies within the bound that is found first', () => {
    let estimated = 0
    for (const diagram of [...nets, ...transcendental]) {
      const graph = graphOf(diagram, 0)
      const bounds = new Map(nodesInOrder(graph).map(id => [id, boundAt(graph, id)]))
      const expected = wireRanges(diagram)
      for (const [id, range] of rangesOf(graph)) {
        expect(range.map(printRange)).toEqual((expected.get(id) as WireRange).map(printRange))
        const bound = bounds.get(id) as WireRange
        if (bound === range) continue
        estimated++
        for (const c of range) expect(isSubset(c, whole(bound))).toBe(true)
      }
    }
    expect(estimated).toBeGreaterThan(200)
  })

  test('is told at once where the general way comes to the same', () => {
    const unknown = unknownWeight('U', 3, 3)
    const common = { id: 1, kind: 'multiplicative', shape: [sizeOf(3)], args: [0], operator: unknown } as const
    // With a bias of zeros, by which all is multiplied by e^0, it is worked out.
    const noBias = zeroMatrix(sizeOf(3), sizeOf(1))
    let told = 0
    let coarse = 0
    for (const diagram of [...nets, ...transcendental]) {
      for (const range of rangesOf(graphOf(diagram)).values()) {
        const [plain, general] = [null, noBias].map(bias => nodeRange({ ...common, bias }, [range]))
        expect(plain.map(printRange)).toEqual(general.map(printRange))
        told += Number(within(range, POSITIVE))
        if (range.length > 1) continue
        const bound = coarseRange(range)
        expect(bound.map(printRange)).toEqual(range.map(c => printRange(coarsen(c))))
        coarse += Number(bound !== range)
      }
    }
    expect(Math.min(told, coarse)).toBeGreaterThan(20)
  })

  /** Works out every range, so that no bound is left. */
  function workOut(graph: Graph): void {
    for (const [id, range] of rangesOf(graph)) setRange(graph, id, range)
  }

  test('is the same, and so are the steps, whether conditions are told from bounds or from ranges', () => {
    let applied = 0
    for (const diagram of [...nets, ...transcendental]) {
      const late = graphOf(diagram, 0)
      const steps = Array.from(rewrite(late, { rules, maxSteps: 5_000 }), m => [m.rule.name, m.at])
      const early = graphOf(diagram)
      workOut(early)
      let k = 0
      for (const match of rewrite(early, { rules, maxSteps: 5_000 })) {
        workOut(early)
        expect([match.rule.name, match.at]).toEqual(steps[k++])
        applied++
      }
      expect(k).toBe(steps.length)
      expect(shown(rangesOf(early))).toEqual(shown(rangesOf(late)))
    }
    expect(applied).toBeGreaterThan(500)
  })

  test('is worked out without recursion', () => {
    const stages = Array.from({ length: 30_000 }, (_, i) => (i % 3 === 0 ? shift(1) : fn(i % 3 === 1 ? 'ln' : 'tanh')))
    const deep = net({ x: input(2, '(5, inf)') }, ({ x }) => ({ y: x.pipe(...stages) }))
    const graph = graphOf(deep, 0)
    const last = graph.outputs[0]
    expect(boundAt(graph, last)).not.toBe(rangeAt(graph, last))
    expect(isSubset(whole(rangeAt(graph, last)), whole(boundAt(graph, last)))).toBe(true)
  })
})

describe('the log of a run', () => {
  /** The matches of a run as they came, and as the log gives them. */
  function logged(diagram: Diagram): { plain: Match[]; entries: Entries } {
    const plain: Match[] = []
    const entries = new Entries()
    for (const match of rewrite(graphOf(diagram), { rules })) {
      plain.push(match)
      entries.push(match)
    }
    return { plain, entries }
  }
  const shown = (m: Match): object => ({
    ...m,
    functions: Array.from(m.functions, f => f && { ...f, args: [...f.args] }),
    wires: Array.from(m.wires, w => w && [...w]),
    operators: Array.from(m.operators, o => o && [...o]),
    reals: Array.from(m.reals),
    groups: Array.from(m.groups),
  })

  test('gives back every match', () => {
    let carried = 0
    let sizes = 0
    for (const diagram of nets) {
      const { plain, entries } = logged(diagram)
      expect(entries.length).toBe(plain.length)
      expect([...entries].map(shown)).toEqual(plain.map(shown))
      plain.forEach((m, i) => {
        expect(entries.at(i).rule).toBe(m.rule)
        if (m.carried !== null) carried++
        if (m.sizes.length > 0) sizes++
      })
    }
    expect(carried).toBeGreaterThan(0)
    expect(sizes).toBeGreaterThan(0)
  })

  test('of a long run stands in several blocks, and can be replayed', () => {
    const layers = Array.from({ length: 3_000 }, (_, i) => mul(unknownWeight(`W${i}`, 2, 2)))
    const deep = net({ x: input(2, '(0, inf)') }, ({ x }) => ({ y: x.pipe(...layers) }))
    const { plain, entries } = logged(deep)
    expect(plain.length).toBeGreaterThan(8_000)
    for (let i = plain.length - 1; i >= 0; i -= 7) expect(shown(entries.at(i))).toEqual(shown(plain[i]))
    const graph = graphOf(deep)
    for (const _ of rewrite(graph, { rules }));
    expect(printDiagram(new Replay({ start: deep, entries }).state(entries.length))).toBe(printDiagram(snapshot(graph)))
  })

  test('has no step beyond its ends', () => {
    const { entries } = logged(nets[0])
    expect(() => entries.at(-1)).toThrow(RangeError)
    expect(() => entries.at(entries.length)).toThrow(RangeError)
    expect(() => new Entries().at(0)).toThrow(RangeError)
  })
})
