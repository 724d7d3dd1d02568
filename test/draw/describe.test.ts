import { describe, expect, it } from 'vitest'
import { describeNet } from '../../src/draw/describe.ts'
import { parse } from '../../src/load.ts'

const DECLARED = 'weights A, B : 3 x 3\nweights b : 3\nweights V : 2 x 6\nfunction sigma : R -> R\n'
const cases: [string, string, string][] = [
  [
    'a chain',
    '{ x : 3 in (0, inf) -> mul[A, b] -> sigma -> add[B * A] -> y }',
    'input x of 3 components, then multiplicative layer A with bias b, then function σ, then additive layer BA, then output y of 3 components',
  ],
  ['one component', '{ x : 1 -> y }', 'input x of 1 component, then output y of 1 component'],
  [
    'open ends',
    '{ _ : 3 -> exp -> _ }',
    'open input of 3 components, then function exp, then open output of 3 components',
  ],
  [
    'a graph',
    '{ input x : 3   h = x -> exp   output y = x * h, z = [x, h] -> add[V] -> softmax }',
    'n0 is input x of 3 components; n1 is function exp of n0; n2 is product of n0 and n1; n3 is join of n0 and n1; ' +
      'n4 is additive layer V of n3; n5 is softmax of n4; n6 is output y of 3 components of n2; n7 is output z of 2 components of n5',
  ],
  [
    'the rest',
    '{ w : 3 -> mix[exp, A] -> maxpool[3] -> y }',
    'input w of 3 components, then mixing layer A by exp, then maximum in groups of 3, then output y of 1 component',
  ],
]

describe('nets in words', () => {
  it.each(cases)('%s', (_, net, words) => {
    const { nets, diagnostics } = parse(`${DECLARED}net n ${net}\n`)
    expect(diagnostics).toEqual([])
    expect(describeNet(nets.n)).toBe(words)
  })
  it('of any length, cut', () => {
    const { nets } = parse(`net n { x : 3 -> ${'exp -> '.repeat(100)} y }\n`)
    expect(describeNet(nets.n)).toMatch(/^input x of 3 components(, then function exp){39}, and 62 more nodes$/)
  })
  it('an empty one', () => {
    expect(describeNet({ name: '', nodes: [], names: new Map() })).toBe('a net with nothing in it')
  })
})
