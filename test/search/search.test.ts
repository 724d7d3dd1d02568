// Proofs that are found by search, from the claim to the certificate that the checker accepts; budgets; rules of users.
import { describe, expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { type Diagram, type Node, outputsOf } from '../../src/diagram/diagram.ts'
import { definednessObstacle } from '../../src/diagram/ranges.ts'
import { type Linear, literal } from '../../src/linear/linear.ts'
import { sizeOf } from '../../src/linear/size.ts'
import { parse, trustedRules } from '../../src/load.ts'
import { randomInstance, unknownsOf } from '../../src/numeric/instance.ts'
import { randomPoint } from '../../src/numeric/points.ts'
import { random } from '../../src/numeric/random.ts'
import { derivationOf } from '../../src/prove/derivation.ts'
import { type Proved, prove, type Verdict } from '../../src/prove/prove.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { rational } from '../../src/scalar/rational.ts'
import type { Found } from '../../src/search/search.ts'
import { searchEquality } from '../../src/search/search.ts'
import { stagesOfFound } from '../../src/search/stages.ts'
import { areApart, type Enclosed, enclosures } from '../../src/semantics/enclosed.ts'
import { componentsIn, evaluateNet, scopeOf, sizeIn } from '../../src/semantics/net.ts'
import { scrambled } from './fuzz.ts'
import { DECLARATIONS, netsOf, randomNet } from './nets.ts'

const rules = builtin()

type Case = readonly [what: string, left: string, right: string]
const CLAIMS: readonly Case[] = [
  [
    'two hidden layers, rescaled and permuted',
    'x : 4 -> add[W1, c] -> relu -> add[W2] -> s -> add[G] -> y',
    "x : 4 -> add[D * W1, D * c] -> relu -> add[P * W2 * D'] -> s -> add[G * [[0,0,1,0],[1,0,0,0],[0,1,0,0],[0,0,0,1]]] -> y",
  ],
  [
    'a common matrix',
    'input x : m output y = x + (s(x) -> add[V] -> add[U]) + (f(x) -> add[V] -> add[U])',
    'input x : m output y = x + ((s(x) + f(x)) -> add[V] -> add[U])',
  ],
  [
    'relu of both signs',
    'input x : m output y = (x -> relu -> add[V]) - (-x -> relu -> add[V])',
    'x : m -> add[V] -> y',
  ],
  ['a number added before softmax', 'x : n -> shift[2] -> softmax -> y', 'x : n -> softmax -> y'],
  [
    'a function of two joins',
    'input x : n, z : m output y = max([x, z], [s(x), z]) -> f',
    'input x : n, z : m output y = [f(max(x, s(x))), f(z)]',
  ],
  [
    'signs before an even function',
    'x : 4 -> add[S * W1] -> h -> add[W2] -> y',
    'x : 4 -> add[W1] -> h -> add[W2] -> y',
  ],
  [
    'a sign through an odd function',
    'x : m -> add[(-1) * V] -> f -> add[U] -> y',
    'x : m -> add[V] -> f -> add[(-1) * U] -> y',
  ],
]
const claimed = (left: string, right: string): Diagram[] => {
  const nets = netsOf(`net left { ${left} }\nnet right { ${right} }\n`)
  return [nets.left, nets.right]
}

describe('found and checked', () => {
  test.each(CLAIMS)('%s', async (_, left, right) => {
    const [l, r] = claimed(left, right)
    for (const [a, b] of [
      [l, r],
      [r, l],
    ]) {
      const verdict = await prove(a, b, { rules })
      expect(verdict.kind).toBe('proved')
      const { meeting, certificate } = verdict as Proved
      expect('equalities' in meeting).toBe(true)
      const checked = check(certificate)
      expect(checked.accepted).toBe(true)
      if (checked.accepted) expect(checked.assumptions).toEqual([])
      // Without the search nothing of this is known.
      expect((await prove(a, b, { rules, budget: { search: 0, samples: 20 } })).kind).toBe('undecided')
    }
  })
})

/** The outputs of a net at a point, in enclosures. */
function outputs(net: Diagram, seed: number): readonly Enclosed[] {
  const source = random(seed)
  const instance = randomInstance(unknownsOf(net), source)
  if ('missing' in instance) throw new Error(`no instance: ${instance.missing}`)
  const arithmetic = enclosures(192)
  const inputs = new Map<string, readonly Enclosed[]>()
  for (const node of net.nodes) {
    if (node.kind !== 'input') continue
    const count = componentsIn(node.shape, size => sizeIn(size, instance.sizes))
    const value = Array.from({ length: count }, () => arithmetic.rational(randomPoint(node.domain, source, [])))
    inputs.set(node.name, value)
  }
  const values = evaluateNet(net, inputs, scopeOf(instance, arithmetic))
  return outputsOf(net).flatMap(n => values.get(n.id) as readonly Enclosed[])
}

describe('the nets on the way', () => {
  test.each(CLAIMS)('%s', async (_, left, right) => {
    const [l, r] = claimed(left, right)
    const verdict = (await prove(l, r, { rules, unchecked: true })) as Proved
    const stages = stagesOfFound(verdict.meeting as Found, verdict.left.normal, verdict.right.normal)
    expect(stages.length).toBeGreaterThan(0)
    // Unknowns may come in another order in another net: one net that has all of them gives them their values.
    for (const { diagram } of stages) {
      const both = together(l, diagram)
      const values = outputs(both, 7)
      const half = values.length / 2
      for (let k = 0; k < half; k++) {
        const [a, b] = [values[k], values[half + k]]
        if (a === 'undefined' || b === 'undefined' || a === 'unknown' || b === 'unknown') throw new Error('no value')
        expect(areApart(a, b)).toBe(false)
      }
    }
    const told = derivationOf({ leftName: 'left', rightName: 'right', left: l, right: r }, verdict)
    expect(told.stages.every(s => s.relation === undefined)).toBe(true)
  })
})

/** Two nets of the same inputs as one. */
function together(a: Diagram, b: Diagram): Diagram {
  const offset = 1 + Math.max(...a.nodes.map(n => n.id))
  const names = new Map(a.nodes.flatMap(n => (n.kind === 'input' ? [[n.name, n.id] as const] : [])))
  const ids = new Map(b.nodes.map(n => [n.id, (n.kind === 'input' ? names.get(n.name) : undefined) ?? n.id + offset]))
  const moved = b.nodes.flatMap(n => {
    if (n.kind === 'input') return []
    const own = { ...n, id: ids.get(n.id) as number, args: n.args.map(x => ids.get(x) as number) }
    return [own.kind === 'output' ? { ...own, name: `${own.name}'` } : own]
  })
  return { ...a, nodes: [...a.nodes, ...moved] }
}

test('proofs of random nets against what they become are accepted by the checker', async () => {
  let found = 0
  for (let seed = 1; seed <= 40; seed++) {
    const net = randomNet(seed)
    if (definednessObstacle(net) !== null) continue
    const verdict = await prove(net, permuted(net), { rules, budget: { samples: 24 } })
    expect(verdict.kind, `seed ${seed}`).not.toBe('refuted')
    if (verdict.kind === 'undecided') expect(verdict.reason.kind, `seed ${seed}`).not.toBe('uncertified')
    if (verdict.kind === 'proved' && 'equalities' in verdict.meeting) found++
  }
  expect(found).toBeGreaterThan(5)
}, 120_000)

/** The same net with a permutation before every function of one wire, and its inverse after it. */
function permuted(net: Diagram): Diagram {
  const four = sizeOf(4)
  const matrix = (columns: readonly number[]): Linear =>
    literal(columns.map(at => [0, 1, 2, 3].map(j => rational(j === at ? 1 : 0))))
  const [there, back] = [matrix([1, 2, 0, 3]), matrix([2, 0, 1, 3])]
  let next = 1 + Math.max(...net.nodes.map(n => n.id))
  const nodes: Node[] = []
  for (const node of net.nodes) {
    if (node.kind !== 'pointwise' || node.args.length !== 1 || node.shape[0] !== four) {
      nodes.push(node)
      continue
    }
    const layer = (id: number, arg: number, operator: Linear): Node => {
      return { kind: 'additive', id, args: [arg], shape: node.shape, operators: [operator], bias: null }
    }
    const [before, inside] = [next++, next++]
    nodes.push(layer(before, node.args[0], there), { ...node, id: inside, args: [before] })
    nodes.push(layer(node.id, inside, back))
  }
  return { ...net, nodes }
}

test('what the search itself has made equal is proved, or at least never contradicted and never rejected', async () => {
  let found = 0
  for (let seed = 100; seed < 124; seed++) {
    const net = randomNet(seed)
    const other = scrambled(net, seed)
    if (other === null) continue
    const verdict = await prove(net, other, { rules, budget: { samples: 24, search: 1 } })
    expect(verdict.kind, `seed ${seed}`).not.toBe('refuted')
    if (verdict.kind === 'undecided') expect(verdict.reason.kind, `seed ${seed}`).not.toBe('uncertified')
    if (verdict.kind === 'proved' && 'equalities' in verdict.meeting) found++
  }
  expect(found).toBeGreaterThan(4)
}, 120_000)

test('long proofs by a rule that is read backwards, too, are accepted', async () => {
  const text = `function a : R -> R\nfunction b : R -> R\nrule swap "a and b commute" { a -> b == b -> a }
net l { x : 3 -> ${'a -> b -> '.repeat(8)}y }\nnet r { x : 3 -> ${'b -> '.repeat(8)}${'a -> '.repeat(8)}y }
prove l == r\nprove r == l\n`
  const program = parse(text)
  const { rules: own, statements } = await trustedRules(program, { assume: ['swap'] })
  for (const { left: l, right: r } of program.claims)
    expect((await prove(l, r, { rules: own, statements })).kind).toBe('proved')
})

describe('rules of users', () => {
  async function verdicts(text: string, assume: readonly string[] = []): Promise<Verdict[]> {
    const program = parse(DECLARATIONS + text)
    expect(program.diagnostics.filter(d => d.severity === 'error')).toEqual([])
    const trusted = await trustedRules(program, { assume })
    return Promise.all(
      program.claims.map(c => prove(c.left, c.right, { rules: trusted.rules, statements: trusted.statements })),
    )
  }
  const RULE = 'function a : R -> R\nfunction b : R -> R\nrule swap "a and b commute" { a -> b == b -> a }\n'
  const CLAIM = 'net l { x : 3 -> a -> b -> a -> b -> y }\nnet r { x : 3 -> b -> b -> a -> a -> y }\nprove l == r\n'

  test('one that is assumed is used in both directions, and named', async () => {
    const [verdict] = await verdicts(RULE + CLAIM, ['swap'])
    expect(verdict.kind).toBe('proved')
    const proved = verdict as Proved
    expect(proved.assumptions).toEqual(['swap'])
    const checked = check(proved.certificate)
    expect(checked.accepted && checked.assumptions).toEqual(['swap'])
  })
  test('one that is neither proved nor assumed is not used', async () => {
    const [verdict] = await verdicts(RULE + CLAIM)
    expect(verdict.kind).toBe('refuted')
  })
  test('its condition is asked of the wire at which it is used', async () => {
    const text = `function a : R -> R\nfunction b : R -> R
rule swap "a and b commute on positive numbers" { a -> b == b -> a when input in (0, inf) }
net l { x : 3 in (0, inf) -> a -> b -> y }\nnet r { x : 3 in (0, inf) -> b -> a -> y }\nprove l == r
net l' { x : 3 in [0, inf) -> a -> b -> y }\nnet r' { x : 3 in [0, inf) -> b -> a -> y }\nprove l' == r'\n`
    expect((await verdicts(text, ['swap'])).map(v => v.kind)).toEqual(['proved', 'refuted'])
  })
})

describe('budgets', () => {
  const [left, right] = claimed(CLAIMS[0][1], CLAIMS[0][2])
  test('the number of e-nodes is bounded', () => {
    const { found, report } = searchEquality(left, right, { seconds: 60, terms: 14 })
    expect(found).toBeNull()
    expect(report.end).toBe('terms')
    expect(searchEquality(left, right, { seconds: 60, terms: 2000 }).found).not.toBeNull()
  })
  test('so is the memory', () => {
    const { found, report } = searchEquality(left, right, { seconds: 60, terms: 1e6, bytes: 1 })
    expect(found).toBeNull()
    expect(report.end).toBe('memory')
    const { report: enough } = searchEquality(left, right, { seconds: 60, terms: 1e6, bytes: 2 ** 24 })
    expect(enough.end).toBe('goal')
    expect(enough.bytes).toBeLessThan(2 ** 24)
  })
  test('so is the time', () => {
    expect(searchEquality(left, right, { seconds: 0, terms: 1e6 }).report.terms).toBeLessThan(2000)
  })
  test('a signal ends it', () => {
    const controller = new AbortController()
    controller.abort()
    const [l] = claimed('x : 4 -> add[K] -> relu -> add[W1] -> s -> maxpool[2] -> y', 'x : 4 -> y')
    const many = Array.from({ length: 20 }, (_, i) => randomNet(i + 1))
    expect(() => {
      for (const net of [l, ...many]) searchEquality(net, net, { seconds: 9, terms: 9999, signal: controller.signal })
    }).not.toThrow()
    expect(() => searchEquality(left, many[0], { seconds: 9, terms: 9999, signal: controller.signal })).toThrow()
  })
  test('what is found does not depend on the time that is left', () => {
    const runs = [3, 60].map(seconds => searchEquality(left, right, { seconds, terms: 2000 }))
    const steps = runs.map(r => [...(r.found?.equalities ?? [])].map(e => [e.left, e.right, e.title]))
    expect(steps[0]).toEqual(steps[1])
  })
})
