// Every built-in rule: a net at which it applies, and the numbers agree; a net just outside of its condition, at which it
// does not. And runs of all rules on random nets: every step sampled, the end reached, the same log each time.
import { describe, expect, test } from 'vitest'
import type { Diagram } from '../../src/diagram/diagram.ts'
import { parse } from '../../src/load.ts'
import { findCounterexample } from '../../src/prove/refute.ts'
import { StepSampler } from '../../src/prove/sample.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { graphOf, snapshot } from '../../src/rewrite/graph.ts'
import { Entries, type Log } from '../../src/rewrite/log.ts'
import { normalFormOf, Replay, rewrite, stepsOf } from '../../src/rewrite/normalize.ts'
import type { Rule } from '../../src/rewrite/rule.ts'
import { printNet } from '../../src/syntax/print.ts'
import { correctFile } from '../syntax/generate.ts'

interface Example {
  /** Nets (without their names) at which the rule applies. */
  readonly at: readonly string[]
  /** Nets at which it must not. */
  readonly not: readonly string[]
}

const DECLARATIONS = `size n, m
weights A, B : 2 x 2
weights b, c : 2
weights N : m x n
weights C = [[1, 2], [3, 4]]
weights D = [[1, 0], [0, 2]]
weights Z = [[0, 0], [0, 1]]
function phi : R -> R increasing
function psi : R -> R decreasing
function any : R -> R
function g : R -> R inverse h
function k : R -> (0, inf) inverse l
function twice(t) = t + t
function bent(t) = exp(2*t + 1)
function stretched(t) = 3*exp(t) + 1
`

const EXAMPLES: Readonly<Record<string, Example>> = {
  parts: { at: ['x : 2 -> relu . exp -> y'], not: ['x : 2 -> exp -> y'] },
  inverse: {
    at: [
      'x : 2 in (0, inf) -> ln -> exp -> y',
      'x : 2 -> exp -> ln -> y',
      'x : 2 -> g -> h -> y',
      'x : 2 in (0, inf) -> l -> k -> y',
    ],
    not: [
      'x : 2 in [0, inf) -> ln -> exp -> y',
      'x : 2 -> l -> k -> y',
      'x : 2 -> pow[2] -> pow[0.5] -> y',
      'x : 2 -> cosh -> acosh -> y',
    ],
  },
  idempotent: {
    at: ['x : 2 -> relu -> relu -> y', 'x : 2 -> floor -> floor -> y'],
    not: ['x : 2 -> exp -> exp -> y', 'x : 2 -> any -> any -> y'],
  },
  'relu-nonnegative': {
    at: ['x : 2 in [0, inf) -> relu -> y', 'x : 2 -> pow[2] -> relu -> y'],
    not: ['x : 2 in [-1e-9, inf) -> relu -> y'],
  },
  'abs-nonnegative': {
    at: ['x : 2 in [0, inf) -> abs -> y'],
    not: ['x : 2 in [-1e-9, 1] -> abs -> y', 'x : 2 in (-inf, 0] -> abs -> y'],
  },
  'multiplicative-additive': {
    at: ['x : 2 in (0, inf) -> mul[A, b] -> y', 'x : n in (0, inf) -> mul[N] -> y', 'x : 2 -> exp -> mul[C] -> y'],
    not: ['x : 2 in [0, inf) -> mul[A] -> y', 'x : 2 -> mul[C] -> y'],
  },
  'multiplicative-identity': {
    at: ['x : 2 -> mul[identity(2)] -> y'],
    not: ['x : 2 -> mul[D] -> y', 'x : 2 in (0, inf) -> mul[ones(2, 2)] -> y'],
  },
  'multiplicative-additive-base': {
    at: [
      'x : 2 in (0, inf) -> log[2] -> add[A] -> scale[ln(2)] -> exp -> y',
      'x : 2 in (0, inf) -> log[1/10] -> add[A] -> scale[ln(1/10)] -> exp -> y',
    ],
    not: [
      'x : 2 in (0, inf) -> log[2] -> add[A] -> scale[ln(3)] -> exp -> y',
      'x : 2 in [0, inf) -> log[2] -> add[A] -> scale[ln(2)] -> exp -> y',
      'x : 2 in (0, inf) -> log[1] -> add[A] -> scale[ln(1)] -> exp -> y',
    ],
  },
  companion: {
    at: ['x : 2 -> exp -> mul[A] -> ln -> y'],
    not: ['x : 2 -> exp -> mul[A, b] -> ln -> y', 'x : 2 in (0, inf) -> mul[A] -> ln -> y'],
  },
  'multiplicative-product': {
    at: ['x : 2 in (0, inf) -> mul[A] -> mul[B] -> y'],
    not: ['x : 2 in [0, inf) -> mul[A] -> mul[B] -> y', 'x : 2 -> mul[C] -> mul[D] -> y'],
  },
  'maxpool-increasing': {
    at: [
      'x : 4 -> exp -> maxpool[2] -> y',
      'x : 4 -> phi -> maxpool[2] -> y',
      'x : 4 in [0, inf) -> pow[2] -> maxpool[2] -> y',
      'x : 2*n -> exp -> maxpool[2] -> y',
    ],
    not: [
      'x : 4 in [-1e-9, inf) -> pow[2] -> maxpool[2] -> y',
      'x : 4 -> any -> maxpool[2] -> y',
      'x : 4 -> psi -> maxpool[2] -> y',
    ],
  },
  'maxpool-decreasing': {
    at: [
      'x : 4 -> scale[-1] -> maxpool[2] -> y',
      'x : 4 -> psi -> maxpool[4] -> y',
      'x : 4 in (0, inf) -> pow[-1] -> maxpool[2] -> y',
    ],
    not: ['x : 4 in (-inf, 0) | (0, inf) -> pow[-1] -> maxpool[2] -> y', 'x : 4 -> phi -> maxpool[2] -> y'],
  },
  'minpool-increasing': { at: ['x : 4 -> exp -> minpool[2] -> y'], not: ['x : 4 -> pow[2] -> minpool[2] -> y'] },
  'minpool-decreasing': {
    at: ['x : 4 -> scale[-1] -> minpool[2] -> y'],
    not: ['x : 4 in (-inf, 0) | (0, inf) -> pow[-1] -> minpool[2] -> y'],
  },
  softmax: {
    at: ['x : 3 -> softmax -> y', 'x : n -> softmax -> y', 'x : 2 x 3 -> softmax -> y', 'x : m -> softmax -> y'],
    not: ['x : 3 -> logsoftmax -> y'],
  },
  logsoftmax: { at: ['x : 3 -> logsoftmax -> y', 'x : m -> logsoftmax -> y'], not: ['x : 3 -> softmax -> y'] },
  mixing: {
    at: ['x : 2 -> mix[sinh, A] -> y', 'x : 2 -> mix[g, A] -> y', 'x : 2 in (0, inf) -> mix[k, A] -> y'],
    not: ['x : 2 in (0, inf) -> mul[A] -> y'],
  },
  'additive-product': {
    at: [
      'x : 2 -> add[A, b] -> add[B, c] -> y',
      'input x : 2, z : 2 output y = (x -> add[A, b] -> add[B]) + (z -> add[A])',
    ],
    not: ['x : 2 -> add[A] -> exp -> add[B] -> y', 'x : 2 in (0, inf) -> mul[A] -> add[B] -> y'],
  },
  'additive-identity': {
    at: ['x : 2 -> add[identity(2)] -> y', 'x : n -> add[identity(n)] -> y'],
    not: ['x : 2 -> add[D] -> y', 'x : 2 -> add[identity(2), b] -> y'],
  },
  'additive-zero': {
    at: ['x : 2 -> add[zero(2, 2), b] -> y', 'x : n -> add[zero(m, n)] -> y'],
    not: ['x : 2 -> add[Z, b] -> y', 'input x : 2, z : 2 output y = add[A, zero(2, 2)](x, z)'],
  },
  'linear-after': {
    at: ['x : 2 -> add[A, b] -> scale[2] -> y', 'input x : 2, z : 2 output y = 3*(x -> add[A]) - z + 1'],
    not: ['x : 2 -> add[A] -> relu -> y', 'input x : 2, z : 2 output y = (x -> add[A]) * z'],
  },
  'linear-before': {
    at: [
      'x : 2 -> scale[2] -> add[A, b] -> y',
      'input x : 1, z : 1 output y = [x, z] -> add[A]',
      'input x : 4 output y = x[1..3] -> add[A]',
    ],
    not: ['x : 2 -> relu -> add[A] -> y', 'input x : 2, z : 2 output y = max(x, z) -> add[A]'],
  },
  elementwise: {
    at: [
      'x : 2 -> add[2 * identity(2)] -> y',
      'x : n -> add[identity(n) + identity(n)] -> y',
      'x : 2 -> add[identity(2), b] -> y',
      'x : 1 -> add[[[3]]] -> y',
    ],
    not: ['x : 2 -> add[D] -> y', 'x : 2 -> add[ones(2, 2)] -> y', 'x : 2 -> add[A] -> y'],
  },
  composition: {
    at: ['x : 2 -> exp -> relu -> y', 'input x : 2, z : 2 h = exp(x) output y = max(z, h)'],
    // A slice is no function of its wire, component by component: nothing is composed with it.
    not: [
      'x : 2 -> exp -> add[A] -> relu -> y',
      'input x : 2 h = x[0..1] k = x[1..2] output y = ln(1 + exp(h - k))',
      'input x : 1, z : 1 h = [x, z] output y = exp(h)',
    ],
  },
  'normal-elementwise': {
    at: ['x : 2 -> twice -> y', 'input x : 2, z : 2 output y = ln(exp(x) * exp(z))'],
    not: ['x : 2 -> exp -> y', 'x : 2 -> ln -> y'],
  },
  'normal-additive': {
    at: ['x : 2 -> add[C * D] -> y', 'x : 2 -> add[A + A, b - b] -> y'],
    not: ['x : 2 -> add[A, b] -> y', 'x : 2 -> add[[[1, 2], [3, 4]]] -> y'],
  },
  'normal-multiplicative': {
    at: ['x : 2 in (0, inf) -> mul[C * D] -> y'],
    not: ['x : 2 in (0, inf) -> mul[A, b] -> y'],
  },
  'affine-after': {
    at: ['x : 2 -> add[A, b] -> bent -> y', 'input x : 2, z : 2 h = x -> add[A] output y = exp(2*h + z)'],
    not: ['x : 2 -> add[A, b] -> exp -> y', 'x : 2 -> bent -> y'],
  },
  'affine-before': {
    at: ['x : 2 -> stretched -> add[A] -> y'],
    not: ['x : 2 -> exp -> add[A] -> y', 'x : 2 -> stretched -> y'],
  },
}

function netOf(text: string): Diagram {
  const { nets, diagnostics } = parse(`${DECLARATIONS}net a { ${text} }`)
  expect(diagnostics.filter(d => d.severity === 'error')).toEqual([])
  return nets.a
}

/** The first step by this rule alone, sampled, and the diagram after it; null when it does not apply. */
function firstStep(rule: Rule, net: Diagram): { after: Diagram; sampler: StepSampler } | null {
  const graph = graphOf(net)
  const sampler = new StepSampler(net, graph, 1)
  for (const _ of rewrite(graph, { rules: [{ ...rule, direction: '==>' }], watch: sampler }))
    return { after: snapshot(graph), sampler }
  return null
}

test('there are examples for every rule', () => {
  expect(Object.keys(EXAMPLES).sort()).toEqual(
    builtin()
      .map(r => r.name)
      .sort(),
  )
})

describe.each(builtin().map(r => [r.name, r] as const))('%s', (name, rule) => {
  const { at, not } = EXAMPLES[name]
  test('says why it is true', () => {
    expect(rule.reason.length).toBeGreaterThan(5)
    expect(rule.assumed).toBe(false)
  })
  test.each(at)('applies: %s', text => {
    const net = netOf(text)
    const step = firstStep(rule, net)
    expect(step).not.toBeNull()
    if (step === null) return
    expect(step.sampler.counts.consistent).toBeGreaterThan(0)
    expect(printNet(step.after)).not.toBe(printNet(net))
    // The nets before and after, on points chosen to hurt.
    expect(findCounterexample(net, step.after, { budget: { samples: 200 } }).kind).toBe('none')
  })
  test.each(not)('does not apply: %s', text => {
    expect(firstStep(rule, netOf(text))).toBeNull()
  })
})

describe('random nets', () => {
  const rules = builtin()
  interface Found {
    readonly log: Log
    readonly normal: Diagram
    readonly sampler: StepSampler
  }
  function run(net: Diagram, seed: number): Found {
    const graph = graphOf(net)
    const sampler = new StepSampler(net, graph, seed)
    const entries = new Entries()
    for (const match of rewrite(graph, { rules, maxSteps: 5_000, watch: sampler })) entries.push(match)
    return { log: { start: net, entries }, normal: snapshot(graph), sampler }
  }
  const shown = (log: Log): string[] => Array.from(log.entries, m => `${m.rule.name} n${m.at}`)

  test('every step agrees with the numbers; runs end, can be replayed, and are the same each time', () => {
    const seen = { nets: 0, steps: 0, consistent: 0, fixed: 0, rules: new Set<string>(), kinds: new Set<string>() }
    for (let seed = 1; seed <= 250; seed++) {
      const text = correctFile(seed)
      const [nets, again] = [parse(text).nets, parse(text).nets]
      for (const [name, net] of Object.entries(nets)) {
        let found: Found
        try {
          found = run(net, seed)
        } catch (error) {
          throw new Error(`seed ${seed}: ${printNet(net)}: ${(error as Error).message}`)
        }
        const { log, normal, sampler } = found
        seen.nets++
        seen.steps += sampler.counts.steps
        seen.consistent += sampler.counts.consistent
        for (const m of log.entries) seen.rules.add(m.rule.name)
        for (const n of net.nodes) seen.kinds.add(n.kind)
        const steps = stepsOf(log)
        expect(printNet(new Replay(log).state(log.entries.length))).toBe(printNet(normal))
        if (steps.length > 1) expect(printNet(steps[0].after)).toBe(printNet(steps[1].before))
        expect(shown(normalFormOf(again[name], { rules }).log)).toEqual(shown(log))
        // A second run takes functions apart and puts them together again. Mostly it ends where it began.
        const twice = run(normal, seed)
        if (printNet(twice.normal) === printNet(normal)) seen.fixed++
      }
    }
    expect(seen.nets).toBeGreaterThan(400)
    expect(seen.fixed / seen.nets).toBeGreaterThan(0.95)
    expect(seen.steps).toBeGreaterThan(1_000)
    expect(seen.consistent).toBeGreaterThan(1_000)
    expect(seen.rules.size).toBeGreaterThanOrEqual(20)
    expect([...seen.kinds].sort()).toEqual([
      'additive',
      'constant',
      'input',
      'join',
      'logsoftmax',
      'mix',
      'multiplicative',
      'output',
      'pointwise',
      'reduce',
      'slice',
      'softmax',
    ])
  }, 120_000)

  test('states can be asked for in any order', () => {
    const { nets } = parse(
      'weights W1, W2 : 3 x 3\nnet a { x : 3 in (0, inf) -> mul[W1] -> relu -> mul[W2] -> exp -> ln -> y }',
    )
    const { log } = normalFormOf(nets.a, { rules })
    const replay = new Replay(log)
    const forward = Array.from(log.entries, (_, i) => printNet(replay.state(i)))
    const backward = Array.from(log.entries, (_, i) => printNet(replay.state(log.entries.length - 1 - i))).reverse()
    expect(backward).toEqual(forward)
    expect(forward.length).toBeGreaterThan(4)
  })
})

test('a choice in a rule means its own comparison', () => {
  const { rules, nets, diagnostics } = parse(`
    rule step "a step" {
      wire x : n
      real c
      max(x < c ? 0 : 1, x)  ==>  max(x, x < c ? 0 : 1)
    }
    net less { input x : 1   output y = max(x < 2 ? 0 : 1, x) }
    net equal { input x : 1   output y = max(x == 2 ? 0 : 1, x) }
  `)
  expect(diagnostics).toEqual([])
  const own = rules.map(r => ({ ...r, assumed: false }))
  const first = (net: Diagram): string[] =>
    Array.from(normalFormOf(net, { rules: own, maxSteps: 100 }).log.entries, m => m.rule.name)
  expect(() => first(nets.less)).not.toThrow()
  expect(first(nets.less)).toContain('step')
  expect(first(nets.equal)).toEqual([])
})
