// Two nets compared on numbers: consistent, different or inconclusive, and where; then by the referee.
import { describe, expect, test } from 'vitest'
import type { Diagram } from '../../src/diagram/diagram.ts'
import { parse } from '../../src/load.ts'
import { bounded } from '../../src/numeric/bounded.ts'
import { type CompareOptions, compareNets, instanceGiven, type NetsComparison } from '../../src/numeric/compare-nets.ts'
import { boundedNet } from '../../src/numeric/errors.ts'
import { random } from '../../src/numeric/random.ts'
import { normal } from '../../src/numeric/samples.ts'
import { fromDouble } from '../../src/scalar/rational.ts'
import { compare as compareScaled, fromRational } from '../../src/scalar/scaled.ts'
import { enclosures } from '../../src/semantics/enclosed.ts'
import { scopeOf } from '../../src/semantics/net.ts'
import { outputsAt } from '../../src/semantics/outputs.ts'

function netsOf(text: string): Readonly<Record<string, Diagram>> {
  const { nets, diagnostics } = parse(text)
  expect(diagnostics.filter(d => d.severity === 'error')).toEqual([])
  return nets
}
function compared(text: string, options: CompareOptions = {}): NetsComparison {
  const { a, b } = netsOf(text)
  const found = compareNets(a, b, options)
  if (!found.ok) throw new Error(JSON.stringify(found.problem))
  return found
}
const one = (text: string, x: number[], options: CompareOptions = {}) => {
  const found = compared(text, { points: [{ x }], ...options })
  const at = found.different ?? found.inconclusive ?? found.consistent
  if (at === null) throw new Error('nothing compared')
  return at
}
const doublesOnly = { referee: null }

/** A multiplicative net with weights W0, W1, ... and the additive one with weights V0, V1, ... that would equal it. */
function pair(depth: number, sigma: string): string {
  const names = (letter: string): string[] => Array.from({ length: depth }, (_, i) => `${letter}${i}`)
  const chain = (kind: string, letter: string, between: string): string =>
    names(letter)
      .map(w => `${kind}[${w}]`)
      .join(` -> ${between} -> `)
  return `weights ${[...names('W'), ...names('V')].join(', ')} : 3 x 3
function sigma(t) = ${sigma}
function sigma' = ln . sigma . exp
net a { x : 3 in (0, inf) -> ${chain('mul', 'W', 'sigma')} -> y }
net b { x : 3 in (0, inf) -> ln -> ${chain('add', 'V', "sigma'")} -> exp -> y }`
}

describe('one point', () => {
  test('consistent within a bound that is rounding and nothing more', () => {
    const found = one('net a { x : 1 in (0, inf) -> ln -> exp -> y } net b { x : 1 in (0, inf) -> y }', [1e100])
    expect(found).toMatchObject({
      verdict: 'consistent',
      by: 'doubles',
      output: { name: 'y', component: 0 },
      trouble: null,
    })
    expect(found.bound).toBeGreaterThan(0)
    expect(found.bound).toBeLessThan(1e-12)
    expect(found.distance).toBeLessThanOrEqual(found.bound)
  })
  test('different: a change of a few units in the last place where nothing is rounded', () => {
    const found = one('net a { x : 1 -> scale[2] -> y } net b { x : 1 -> scale[2.000000000000002] -> y }', [1])
    expect(found).toMatchObject({ verdict: 'different', by: 'doubles' })
  })
  test.each([
    ['overflow', 1, 'net a { x : 1 -> exp -> ln -> y } net b { x : 1 -> y }', 800],
    ['underflow', 1, 'net a { x : 1 -> exp -> ln -> y } net b { x : 1 -> y }', -744],
    ['cancellation', 2, 'net a { x : 1 -> shift[1e20] -> shift[-1e20] -> y } net b { x : 1 -> y }', 3],
    [
      'domain',
      1,
      'function f(t) = ln(sin(t)^2 + cos(t)^2 - 1 + t) net a { x : 1 -> f -> y } net b { x : 1 -> ln -> y }',
      1e-17,
    ],
  ])('%s is inconclusive in doubles, its node is named, and the referee decides', (kind, node, text, x) => {
    const plain = one(text, [x], doublesOnly)
    expect(plain).toMatchObject({ verdict: 'inconclusive', by: 'doubles', trouble: { kind, side: 'left', node } })
    const refereed = one(text, [x])
    expect(refereed).toMatchObject({ verdict: 'consistent', by: 'enclosures', trouble: { kind } })
    expect(refereed.distance).toBeLessThanOrEqual(refereed.bound)
  })
  test('the referee sees differences where doubles have overflowed', () => {
    const text = 'net a { x : 1 -> exp -> exp -> y } net b { x : 1 -> exp -> exp -> scale[1.000000001] -> y }'
    const found = one(text, [9])
    expect(found).toMatchObject({ verdict: 'different', by: 'enclosures', trouble: { kind: 'overflow', node: 2 } })
    expect(found.distance).toBeCloseTo(1e-9, 12)
    expect(found.left).toMatchObject({ value: Infinity })
    // e^(e^9) = 10^3519.2...
    expect((found.left as { text: string }).text).toMatch(/^\d\.\d+e\+3519$/)
  })
  test('both undefined is consistent, one of two is different', () => {
    const text = 'net a { x : 1 -> ln -> y } net b { x : 1 -> sqrt -> ln -> y } net c { x : 1 -> y }'
    expect(one(text, [-1])).toMatchObject({ verdict: 'consistent', left: 'undefined', right: 'undefined' })
    const { a, c } = netsOf(text)
    expect(compareNets(a, c, { points: [{ x: [-1] }] })).toMatchObject({ verdict: 'different' })
  })
  test('an exact zero is no underflow, and 0 * x no cancellation', () => {
    const text = 'net a { x : 1 -> relu -> scale[3] -> y } net b { x : 1 -> scale[3] -> relu -> y }'
    expect(one(text, [-5])).toMatchObject({ verdict: 'consistent', by: 'doubles', distance: 0, bound: 0 })
  })
})

describe('the referee', () => {
  const text =
    'net a { x : 1 in (0, inf) -> ln -> exp -> y } net b { x : 1 in (0, inf) -> scale[1.0000000000000002] -> y }'
  test('sees a difference that the bound in doubles hides', () => {
    expect(one(text, [1e100], doublesOnly)).toMatchObject({ verdict: 'consistent', by: 'doubles' })
    expect(one(text, [1e100])).toMatchObject({ verdict: 'different', by: 'enclosures' })
  })
  test('says so where it has no work left, and leaves what doubles said', () => {
    const found = compared(text, { points: [{ x: [1e100] }], referee: { work: 10 } })
    expect(found).toMatchObject({
      verdict: 'consistent',
      counts: { referee: 0, refereeRanOut: 1 },
      consistent: { by: 'doubles', refereeRanOut: true },
    })
  })
  test('sees the points first of which doubles tell nothing', () => {
    const [near, far] = [{ x: [1e100] }, { x: [800] }]
    const overflow = 'net a { x : 1 -> exp -> ln -> y } net b { x : 1 -> scale[1] -> y }'
    // Enough for one point, and no more.
    const found = compared(overflow, { points: [{ x: [3] }, far], referee: { work: 3000 } })
    expect(found.counts).toMatchObject({ referee: 1, refereeRanOut: 1 })
    expect(found.consistent).toMatchObject({ inputs: { x: [800] } })
    expect(compared(text, { points: [near] }).counts.referee).toBe(1)
  })
})

describe('bounds by derivatives', () => {
  test('hold the true value, and stay narrow where intervals grow from layer to layer', () => {
    const { a, b } = netsOf(pair(20, 't/(1+t)'))
    const source = random(5)
    for (let k = 0; k < 3; k++) {
      const x = Array.from({ length: 3 }, () => 10 ** (2 * normal(source)))
      for (const net of [a, b]) {
        const instance = instanceGiven([net], {}, source)
        const inputs = new Map([['x', x.map(v => bounded.rational(fromDouble(v)))]])
        const found = boundedNet(net, instance)
        const wide = found.run(inputs).wires.get(net.nodes[net.nodes.length - 1].id) as { low: number; high: number }[]
        const narrow = found.tighten(inputs)?.components
        if (narrow === undefined) throw new Error('no bound')
        const exact = enclosures(256)
        const truth = outputsAt(
          net,
          new Map([['x', x.map(v => exact.rational(fromDouble(v)))]]),
          scopeOf(instance, exact),
        )
        if (truth.kind !== 'defined') throw new Error(truth.kind)
        narrow.forEach((n, i) => {
          const t = truth.components[i] as {
            low: ReturnType<typeof fromRational>
            high: ReturnType<typeof fromRational>
          }
          expect(compareScaled(fromRational(fromDouble(n.low)), t.low)).toBeLessThanOrEqual(0)
          expect(compareScaled(fromRational(fromDouble(n.high)), t.high)).toBeGreaterThanOrEqual(0)
          expect(n.high - n.low).toBeLessThan(1e-12 * n.high)
          expect(n.high - n.low).toBeLessThan((wide[i].high - wide[i].low) / 100)
        })
      }
    }
  })
  test('are not made where a choice between branches, or a step, is open', () => {
    const { a, b } = netsOf(
      'function f(t) = t >= 1 ? t : 2 * t net a { x : 1 -> ln -> exp -> f -> y } net b { x : 1 -> ln -> exp -> floor -> y }',
    )
    for (const net of [a, b]) {
      const point = (v: number) => new Map([['x', [{ low: v, high: v }]]])
      const bounds = boundedNet(net, instanceGiven([net], {}, random(1)))
      expect(bounds.tighten(point(1.0000000000000002))).toBeNull()
      expect(bounds.tighten(point(1.5))).not.toBeNull()
    }
  })
})

describe('multiplicative and additive pairs', () => {
  test.each([
    [2, 't/(1+t)'],
    [10, 'max(t, 1)'],
    [30, 't/(1+t)'],
    [50, '1 + t'],
  ])('depth %i, %s: no false alarm, and a change of 1e-9 in one weight is told from rounding', (depth, sigma) => {
    const { a, b } = netsOf(pair(depth, sigma))
    const source = random(depth)
    for (let k = 0; k < 6; k++) {
      const weights: Record<string, number[][]> = {}
      for (let i = 0; i < depth; i++) {
        const W = Array.from({ length: 3 }, () => Array.from({ length: 3 }, () => normal(source) * 0.6))
        weights[`W${i}`] = W
        weights[`V${i}`] = W
      }
      const x = Array.from({ length: 3 }, () => 10 ** ((2 * source.uniform() - 1) * (k % 2 === 0 ? 300 : 3)))
      const same = compareNets(a, b, { points: [{ x }], weights })
      expect(same).toMatchObject({ ok: true, verdict: 'consistent' })
      const last = `V${depth - 1}`
      const changed = {
        ...weights,
        [last]: weights[last].map((row, i) => row.map((w, j) => (i + j === 1 ? w * (1 + 1e-9) : w))),
      }
      // Nothing follows the last layer, so only a factor of 1, or one that is no double apart from it, hides the change.
      const found = compareNets(a, b, { points: [{ x }], weights: changed })
      if (!found.ok) throw new Error()
      if (found.verdict === 'different') continue
      const truth = compareNets(a, b, { points: [{ x }], weights: changed, referee: { always: true } })
      if (!truth.ok || truth.consistent === null) throw new Error()
      expect(truth.consistent.distance + truth.consistent.bound).toBeLessThan(2 ** -52)
    }
  })
})

describe('many points', () => {
  const text =
    'weights W : 3 x 3 net a { x : 3 in (0, inf) -> mul[W] -> y } net b { x : 3 in (0, inf) -> ln -> add[W] -> exp -> y }'
  test('weights and points are drawn by the seed', () => {
    const found = compared(text, { samples: 60, seed: 4 })
    expect(found).toMatchObject({ verdict: 'consistent', different: null, inconclusive: null })
    expect(found.counts.consistent).toBe(60)
    expect(found.counts).toMatchObject({ referee: expect.any(Number), refereeRanOut: 0 })
    expect(found.counts.referee).toBeGreaterThan(0)
    expect(JSON.stringify(compared(text, { samples: 60, seed: 4 }).consistent)).toBe(JSON.stringify(found.consistent))
    expect(JSON.stringify(compared(text, { samples: 60, seed: 5 }).consistent)).not.toBe(
      JSON.stringify(found.consistent),
    )
  })
  test('what is given wrongly is a problem', () => {
    const { a, b } = netsOf(text)
    expect(compareNets(a, b, { points: [{ x: [1, 2] }] })).toMatchObject({ problem: { kind: 'input-length' } })
    expect(compareNets(a, b, { points: [{ z: [1, 2] }] })).toMatchObject({
      problem: { kind: 'unknown-input', name: 'z' },
    })
    expect(compareNets(a, b, { points: [{ x: [1, -2, 3] }] })).toMatchObject({
      problem: { kind: 'outside', component: 1 },
    })
    expect(compareNets(a, b, { weights: { W: [[1, 2, 3]] } })).toMatchObject({ problem: { kind: 'weight-size' } })
    expect(() => compareNets(a, netsOf('net a { x : 2 -> y }').a)).toThrow(TypeError)
  })
  test('sizes that nothing determines are drawn, functions too', () => {
    const open =
      'size m, n function phi : R -> R increasing weights W : m x n net a { x : n -> add[W] -> phi -> y } net b { x : n -> add[W] -> phi -> y }'
    expect(compared(open, { samples: 20 }).verdict).toBe('consistent')
  })
})
