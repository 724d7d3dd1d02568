// Strategies: what each combination does, where it fails and what it then says, and that a failure leaves the net as it was.
import { describe, expect, test } from 'vitest'
import type { Diagram } from '../../src/diagram/diagram.ts'
import { parse } from '../../src/load.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { graphOf } from '../../src/rewrite/graph.ts'
import { nearestMisfit, whyNot } from '../../src/rewrite/misfit.ts'
import { Replay, TooManySteps } from '../../src/rewrite/normalize.ts'
import { reverseRule } from '../../src/rewrite/reverse.ts'
import type { Rule } from '../../src/rewrite/rule.ts'
import {
  applyRule,
  attempt,
  everywhere,
  fromInputs,
  insideOut,
  normalForm,
  or,
  repeat,
  runStrategy,
  type Strategy,
  sequence,
  strategySteps,
  within,
} from '../../src/rewrite/strategy.ts'
import { printChain, printNet } from '../../src/syntax/print.ts'

const rule = (name: string): Rule => builtin().find(r => r.name === name) as Rule
const [inverse, additive, companion] = ['inverse', 'multiplicative-additive', 'companion'].map(rule)
function own(text: string): Rule {
  const { rules, diagnostics } = parse(text)
  expect(diagnostics).toEqual([])
  return rules[0]
}
function reversed(r: Rule): Rule {
  const back = reverseRule(r)
  if ('because' in back) throw new Error(back.because)
  return back
}
function chain(stages: string, domain = ''): Diagram {
  const { nets, diagnostics } = parse(
    `weights W, V : 3 x 3\nweights N : 2 x 3\nnet a { x : 3 ${domain} -> ${stages} -> y }`,
  )
  expect(diagnostics).toEqual([])
  return nets.a
}
/** What a strategy makes of a net; `fails` where it fails. */
function made(net: Diagram, strategy: Strategy): string {
  const outcome = runStrategy(net, strategy)
  if (outcome.kind === 'failed') return 'fails'
  const { log, result } = outcome
  // The log leads to the result again.
  expect(printNet(new Replay(log).state(log.entries.length))).toBe(printNet(result))
  return printChain(result)?.join(' -> ') ?? printNet(result)
}

describe('a rule, once', () => {
  const net = chain('exp -> ln -> sinh -> asinh')
  test('at the first place, seen from the inputs', () => {
    expect(made(net, applyRule(inverse))).toBe('sinh -> asinh')
  })
  test('at a piece: the one with which the matched part ends', () => {
    expect(made(net, applyRule(inverse, 4))).toBe('exp -> ln')
    expect(made(net, applyRule(inverse, 2))).toBe('sinh -> asinh')
    for (const piece of [1, 3, 5]) expect(made(net, applyRule(inverse, piece))).toBe('fails')
    for (const piece of [0, 1.5, Number.NaN]) expect(() => applyRule(inverse, piece)).toThrow(RangeError)
  })
  test('used both ways where the rule may be', () => {
    const layers = chain('exp -> mul[W] -> ln')
    expect(made(layers, applyRule(companion))).toBe('add[W]')
    expect(made(chain('add[W]'), applyRule(reversed(companion)))).toBe('exp -> mul[W] -> ln')
    expect(made(layers, applyRule(reversed(companion)))).toBe('fails')
  })
})

describe('combinations', () => {
  const net = chain('exp -> ln -> sinh -> asinh')
  const once = applyRule(inverse)
  const never = applyRule(companion)
  test('one after the other: all or nothing', () => {
    expect(made(net, sequence(once, once))).toBe('')
    expect(made(net, sequence(once, never))).toBe('fails')
    expect(made(net, or(sequence(once, never), applyRule(inverse, 4)))).toBe('exp -> ln')
    expect(made(net, sequence(attempt(sequence(once, never)), applyRule(inverse, 4)))).toBe('exp -> ln')
    expect(made(net, sequence())).toBe('exp -> ln -> sinh -> asinh')
  })
  test('the first that does not fail', () => {
    expect(made(net, or(never, once))).toBe('sinh -> asinh')
    expect(made(net, or(never, never))).toBe('fails')
    expect(() => or()).toThrow(RangeError)
  })
  test('as often as possible, up to the bound', () => {
    const long = chain(Array.from({ length: 6 }, () => 'exp -> ln').join(' -> '))
    expect(made(long, repeat(once, 4))).toBe('exp -> ln -> exp -> ln')
    expect(made(long, repeat(once, 100))).toBe('')
    expect(made(long, repeat(never, 100))).toBe(Array.from({ length: 6 }, () => 'exp -> ln').join(' -> '))
    // What never fails is repeated only while it does something.
    expect(made(long, repeat(attempt(once), 1_000_000_000))).toBe('')
    for (const bound of [0, -1, 1.5, Number.POSITIVE_INFINITY]) expect(() => repeat(once, bound)).toThrow(RangeError)
  })
  test('everywhere: each piece of the start once; nowhere is a failure', () => {
    expect(made(net, everywhere(once))).toBe('')
    // What the first step lays bare is no piece of the start at which it fits.
    expect(made(chain('exp -> sinh -> asinh -> ln'), everywhere(once))).toBe('')
    expect(made(net, everywhere(never))).toBe('fails')
  })
  test('from the inputs: the nearest place, for a choice of rules', () => {
    const both = or(applyRule(additive), once)
    const mixed = chain('exp -> ln -> exp -> mul[W]')
    expect(made(mixed, both)).toBe('exp -> ln -> exp -> ln -> add[W] -> exp')
    expect(made(mixed, fromInputs(both))).toBe('exp -> mul[W]')
    expect(made(net, fromInputs(never))).toBe('fails')
  })
  test('inside out: until it fits nowhere', () => {
    expect(made(chain('exp -> sinh -> asinh -> ln'), insideOut(once))).toBe('')
    expect(made(chain('exp -> mul[W] -> ln'), insideOut(or(once, applyRule(additive))))).toBe('add[W]')
    expect(made(net, insideOut(never))).toBe('fails')
  })
  test('within: what an output needs, what depends on an input', () => {
    const { nets } = parse(
      'net a { input x : 3, z : 3   h = x -> exp -> ln   output u = h -> sinh -> asinh, v = z -> exp -> ln }',
    )
    const all = insideOut(once)
    const outputs = (s: Strategy): number | string => {
      const outcome = runStrategy(nets.a, s)
      return outcome.kind === 'done' ? outcome.log.entries.length : 'fails'
    }
    expect(outputs(all)).toBe(3)
    expect(outputs(within('u', all))).toBe(2)
    expect(outputs(within('v', all))).toBe(1)
    expect(outputs(within('z', all))).toBe(1)
    expect(outputs(within('x', within('v', all)))).toBe('fails')
    // A wire between inputs and outputs: what it needs.
    expect(outputs(within('h', all))).toBe(1)
    const outcome = runStrategy(nets.a, within('k', all))
    expect(outcome.kind === 'failed' && outcome.failure.missing).toEqual({ kind: 'part', name: 'k' })
  })
  test('the normal form, as a part of a strategy', () => {
    expect(made(chain('exp -> mul[W] -> ln -> add[V]'), normalForm(builtin()))).toBe('add[V * W]')
    expect(made(chain('exp -> mul[W] -> ln'), sequence(normalForm(builtin()), applyRule(reversed(companion))))).toBe(
      'exp -> mul[W] -> ln',
    )
  })
})

describe('runs', () => {
  const loop = own('rule there { relu -> abs ==> abs -> relu }')
  const back = reversed(loop)
  test('are bounded by steps', () => {
    const net = chain('relu -> abs')
    const around = sequence(applyRule(loop), applyRule(back))
    expect(runStrategy(net, repeat(around, 100)).kind).toBe('done')
    expect(() => runStrategy(net, insideOut(around), { maxSteps: 1000 })).toThrow(TooManySteps)
  })
  test('are limited in depth', () => {
    let deep: Strategy = applyRule(inverse)
    for (let i = 0; i < 300; i++) deep = attempt(deep)
    expect(() => runStrategy(chain('exp -> ln'), deep)).toThrow(RangeError)
  })
  test('give steps as a normalization does', () => {
    const steps = [
      ...strategySteps(chain('exp -> mul[W] -> ln'), repeat(or(applyRule(additive), applyRule(inverse)), 9)),
    ]
    expect(steps.map(s => s.rule.name)).toEqual(['multiplicative-additive', 'inverse', 'inverse'])
    expect(steps.map(s => printChain(s.after)?.join(' -> '))).toEqual([
      'exp -> ln -> add[W] -> exp -> ln',
      'add[W] -> exp -> ln',
      'add[W]',
    ])
    expect([...strategySteps(chain('exp'), applyRule(inverse))]).toEqual([])
  })
})

describe('what does not fit', () => {
  const misfit = (net: Diagram, r: Rule): string => {
    const found = nearestMisfit(graphOf(net), r)
    return found === null ? 'fits' : `${found.what}: ${found.found}; ${found.needed}`
  }
  const square = own('rule r { weights W : n x n   add[W] -> exp ==> add[W] -> exp -> abs }')
  const twice = own('rule r { weights W : n x n   add[W] -> add[W] ==> add[W * W] }')
  const one = own('rule r { size n   add[identity(n)] -> exp ==> exp }')
  test('the kind of a stage', () => expect(misfit(chain('add[W] -> ln'), companion)).toBe('stage: add; mul'))
  test('the function', () => expect(misfit(chain('ln -> mul[W] -> ln'), companion)).toBe('function: ln; exp'))
  test('the width', () => {
    expect(misfit(chain('add[N] -> exp'), square)).toBe('width: 2 x 3; n x n')
    expect(misfit(chain('add[W] -> exp'), square)).toBe('fits')
  })
  test('the matrix', () => {
    expect(misfit(chain('add[V] -> add[W]'), twice)).toBe('operator: V; W again: W')
    expect(misfit(chain('add[W] -> exp'), one)).toBe('operator: W; the identity')
  })
  test('the range', () => {
    expect(misfit(chain('mul[W]'), additive)).toBe('condition: R; (0, inf)')
    expect(misfit(chain('mul[W]', 'in [0, 1]'), additive)).toBe('condition: [0, 1]; (0, inf)')
    expect(misfit(chain('mul[W]', 'in (0, 1]'), additive)).toBe('fits')
  })
  test('a relation of sizes', () => {
    const wide = own('rule r { weights W : m x n   add[W] -> exp ==> add[W] -> exp -> abs when m > n }')
    expect(misfit(chain('add[N] -> exp'), wide)).toBe('condition: 2 and 3; m > n')
  })
  test('at a place', () => {
    const net = chain('exp -> ln -> relu')
    const at = (piece: number): string | null => whyNot(net, inverse, net.nodes[piece].id)?.what ?? null
    expect([at(2), at(3)]).toEqual([null, expect.any(String)])
    expect(whyNot(net, inverse)).toBe(null)
    expect(() => whyNot(net, inverse, 99)).toThrow(RangeError)
  })
})

describe('rules read from right to left', () => {
  const why = (text: string): string => {
    const back = reverseRule(own(text))
    return 'because' in back ? back.because : back.text
  }
  test('have the sides swapped', () => {
    expect(why('rule r { weights W : m x n   exp -> mul[W] -> ln ==> add[W] }')).toBe(
      'rule r {\n  weights W : m x n\n  add[W]  ==>  exp -> mul[W] -> ln\n}',
    )
    const back = reversed(own('rule r { real c in (0, inf)   scale[c] -> relu == relu -> scale[c] }'))
    expect(made(chain('relu -> scale[2]'), applyRule(back))).toBe('scale[2] -> relu')
    expect(made(chain('relu -> scale[-2]'), applyRule(back))).toBe('fails')
  })
  test('lose their conditions on what the new left side does not have', () => {
    expect(why('rule r { weights V, W : n x n   mul[V] -> add[W] ==> add[W] }')).toBe(
      'its right side says nothing of V',
    )
    expect(why('rule r { real c in (0, 1)   scale[c] -> sign ==> sign }')).toBe('its right side says nothing of c')
    expect(why('rule r { exp -> ln ==> id }')).toBe('its right side is a plain wire, which is everywhere')
    expect(why('rule r { weights A : n x n   add[A] ==> add[A + A] }')).toBe('its right side computes a matrix')
    expect(why('rule r { function f, g   f -> g ==> g . f }')).toBe('its right side computes a function')
  })
})

describe('conditions on sizes', () => {
  const text = (condition: string): string =>
    `rule r { weights W : m x n   add[W] -> exp ==> add[W] -> exp -> abs when ${condition} }`
  const applies = (condition: string, net: Diagram): boolean => made(net, applyRule(own(text(condition)))) !== 'fails'
  const { nets } = parse(`size k
    weights A : 2 x 3  weights B : 3 x 3  weights C : k x k  weights D : k x (2*k + 1)
    net a { x : 3 -> add[A] -> exp -> y }
    net b { x : 3 -> add[B] -> exp -> y }
    net c { x : k -> add[C] -> exp -> y }
    net d { x : 2*k + 1 -> add[D] -> exp -> y }`)
  // By condition, the nets at which it is shown: 2 x 3, 3 x 3, k x k, k x (2*k + 1).
  test.each([
    ['m = n', 'bc'],
    ['m != n', 'ad'],
    ['m < n', 'ad'],
    ['m <= n', 'abcd'],
    ['m > n', ''],
    ['m >= n', 'bc'],
    ['n >= 3', 'abd'],
    ['n > 3', ''],
    ['m = 2', 'a'],
    ['n >= 1', 'abcd'],
    ['n = m + 1', 'a'],
    ['n > 2 and m = 3', 'b'],
  ])('%s', (condition, expected) => {
    const found = Object.keys(nets).filter(name => applies(condition, nets[name]))
    expect(found.join('')).toBe(expected)
  })
})

test('any linear operator: what is known of it does not matter', () => {
  const r = own('rule r { operator L : m x n   relu -> add[L] ==> relu -> relu -> add[L] }')
  for (const layer of [
    'add[W]',
    'add[2 * W]',
    'add[identity(3)]',
    'add[[[1, 2, 3]]]',
    'add[select(3, 1, 1)]',
    'add[embed(5, 0, 3)]',
  ])
    expect(made(chain(`relu -> ${layer}`), applyRule(r))).toBe(`relu -> relu -> ${layer}`)
  for (const layer of ['mul[W]', 'abs', 'softmax']) expect(made(chain(`relu -> ${layer}`), applyRule(r))).toBe('fails')
})
