// Certificates that somebody writes to deceive the checker, or to keep it busy. Each has one thing wrong with it; where that
// is not plain to see, the same certificate without it is accepted.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FORMAT, VERSION } from '../../src/certificate/certificate.ts'
import type { Json } from '../../src/certificate/json.ts'
import { check } from '../../src/check/check.ts'
import {
  additive,
  type Draft,
  draft,
  input,
  multiplicative,
  output,
  pointwise,
  proved,
  refuted,
  step,
} from './draft.ts'

const R = '(-inf, inf)'

/** The reason why a document is rejected; null when it is accepted. As from a file: through JSON text. */
function reason(document: unknown): string | null {
  const result = check(JSON.parse(JSON.stringify(document)))
  return result.accepted ? null : result.reason
}

type Rows = Readonly<Record<'x' | 'zero' | 'one' | 'more', number>>
/** A document with the expressions x, 0, 1 and x + 1, which are used all the time. */
function written(write: (d: Draft, rows: Rows) => void): { [key: string]: Json } {
  const d = draft()
  const [x, zero, one] = [0, '0', '1'].map(row => d.expression(row))
  write(d, { x, zero, one, more: d.expression(['+', x, one]) })
  return d.document()
}

const nothing = { equal: [] }
/** A step that only makes new wires. */
const making = (domain: string, ...nodes: Json[]): Json =>
  step('function', 'parts', 0, 0, { over: [0], ranges: [domain], nodes })
/** The last step of what pretends to show x = x + 1: wire 2 is x + 1. */
const jump = (over: readonly number[], ranges: readonly string[], lemma: number): Json =>
  step('function', 'equality', 0, 2, { over, ranges, lemmas: [lemma] })
const successor = (d: Draft, rows: Rows, steps: readonly Json[], domain = R): number =>
  d.claim(proved([input('x', domain), output(0)], [pointwise(rows.more, [0]), output(2)], steps))

interface Attack {
  readonly what: string
  readonly because: RegExp
  readonly document: () => unknown
}

const unknowns: readonly Attack[] = [
  {
    what: 'a function that cannot be, as it has no values',
    because: /set without members/,
    document: () =>
      written((d, rows) => {
        const h = d.expression(['function', 'h', 1, [R], '{}', null, null, null, ['t']])
        const hx = d.expression(['apply', h, rows.x])
        const lemma = d.lemma(rows.x, rows.more, [R], d.proof({ split: hx, origin: [hx, []], cases: [] }))
        successor(d, rows, [jump([0], [R], lemma)])
      }),
  },
  {
    what: 'a bijection of which the claim says nothing',
    because: /unknown that the claim is not about/,
    document: () =>
      written((d, { x }) => {
        const [h, k] = ['h', 'k'].map(name => d.expression(['function', name, 1, [R], R, null, null, null, ['t']]))
        d.expression(['inverse', h, k])
        d.expression(['inverse', k, h])
        const back = d.expression(['apply', k, d.expression(['apply', h, x])])
        const lemma = d.lemma(x, back, [R], d.proof({ equal: [['inverse', back, x]] }))
        const grounds = { over: [0], ranges: [R], lemmas: [lemma], nodes: [pointwise(back, [0])] }
        d.claim(proved([input('x'), output(0)], [output(0)], [step('function', 'equality', 0, 3, grounds)]))
      }),
  },
  {
    what: 'a bijection from all reals onto one of them',
    because: /cannot have one/,
    document: () =>
      written((d, rows) => {
        const h = d.expression(['function', 'h', 1, [R], '[0, 0]', null, null, null, ['t']])
        const k = d.expression(['function', 'k', 1, ['[0, 0]'], R, null, null, null, ['t']])
        d.expression(['inverse', h, k])
        d.expression(['inverse', k, h])
        const [hx, hm] = [rows.x, rows.more].map(e => d.expression(['apply', h, e]))
        const [back, backMore] = [hx, hm].map(e => d.expression(['apply', k, e]))
        const difference = d.expression(['-', hx, hm])
        const same = d.proof(nothing, [['fact', hx, hm, difference, rows.one, []]])
        const split = d.proof({ split: difference, origin: [difference, []], cases: [['[0, 0]', same]] })
        const lemmas = [
          d.lemma(rows.x, back, [R], d.proof({ equal: [['inverse', back, rows.x]] })),
          d.lemma(back, backMore, [R], split),
          d.lemma(backMore, rows.more, [R], d.proof({ equal: [['inverse', backMore, rows.more]] })),
        ]
        successor(d, rows, [step('function', 'equality', 0, 2, { over: [0], ranges: [R], lemmas })])
      }),
  },
  {
    what: 'a weight that cannot be, as it has no entries',
    because: /set without members/,
    document: () =>
      written((d, rows) => {
        const w = d.operator(['weight', 'W', 1, 1, false, '{}', null])
        const lemma = d.lemma(rows.x, rows.more, ['(0, 1)', '{}'], d.proof({ impossible: true }))
        successor(d, rows, [making('(0, 1)', additive(w, 0)), jump([0, 4], ['(0, 1)', '{}'], lemma)], '(0, 1)')
      }),
  },
  {
    what: 'a weight of which the claim says nothing, even where there is one',
    because: /unknown that the claim is not about/,
    document: () =>
      written(d => {
        const w = d.operator(['weight', 'W', 1, 1, false, R, null])
        d.claim(proved([input('x'), output(0)], [output(0)], [making(R, additive(w, 0))]))
      }),
  },
  {
    what: 'an odd function that is not defined on both sides',
    because: /property that is none/,
    document: () =>
      written((d, { x, one }) => {
        const f = d.expression(['function', 'f', 1, ['(0, inf)'], R, null, 'odd', null, ['t']])
        const mirrored = d.expression(['apply', f, d.expression(['neg', x])])
        const negative = d.expression(['neg', d.expression(['apply', f, x])])
        const sign = d.expression(['sign', mirrored])
        const proof = d.proof({
          equal: [
            ['odd', mirrored, negative],
            ['axiom', 'sign-above', negative],
          ],
        })
        const lemma = d.lemma(sign, one, ['(-inf, 0)'], proof)
        const [left, right] = [sign, one].map((fn, i) => [pointwise(fn, [0]), output(2 * i + 1)])
        const last = step('function', 'equality', 1, 3, { over: [0], ranges: ['(-inf, 0)'], lemmas: [lemma] })
        d.claim(proved([input('x', '(-inf, 0)'), ...left], right, [last]))
      }),
  },
  {
    what: 'an odd function whose formula is not odd',
    because: /property of a function that has a formula/,
    document: () =>
      written((d, { x, zero, one, more }) => {
        const f = d.expression(['function', 'f', 1, [R], R, null, 'odd', one, ['t']])
        const mirrored = d.expression(['apply', f, d.expression(['neg', x])])
        const negative = d.expression(['neg', d.expression(['apply', f, x])])
        const sign = d.expression(['sign', mirrored])
        // The sign of 1 is that of f(-x), which is that of -f(x): both 1 and -1.
        const chain: Json = [
          ['axiom', 'sign-above', one],
          ['arithmetic', one, sign, [['axiom', 'sign-above', mirrored]]],
          ['odd', mirrored, negative],
          ['axiom', 'sign-below', negative],
        ]
        const proof = d.proof({ impossible: true }, [['sign', one, '(-inf, 0)', chain]])
        successor(d, { x, zero, one, more }, [jump([0], [R], d.lemma(x, more, [R], proof))])
      }),
  },
  {
    what: 'a known matrix with other entries than declared',
    because: /other entries than declared/,
    document: () =>
      written((d, { x }) => {
        // Too large to be looked at entry by entry: its range is that of the declaration.
        const width = 5000
        const w = d.operator(['weight', 'W', 1, width, false, '(0, inf)', [new Array(width).fill('-1')]])
        const abs = d.expression(['abs', x])
        const proof = d.proof({ equal: [['axiom', 'abs-above', x]] })
        const lemma = d.lemma(abs, x, ['(0, inf)'], proof)
        const left = [input('x', '(0, inf)', [width]), additive(w, 0), pointwise(abs, [1]), output(2)]
        const positive = step('function', 'equality', 2, 1, { over: [1], ranges: ['(0, inf)'], lemmas: [lemma] })
        const same = step('congruence', 'equality', 1, 4)
        d.claim(proved(left, [additive(w, 0), output(4)], [positive, same]))
      }),
  },
  {
    what: 'an inverse that the other function knows nothing of',
    because: /g is not said|f is not said/,
    document: () =>
      written(d => {
        const [f, g] = ['f', 'g'].map(n => d.expression(['function', n, 1, [R], R, null, null, null, ['t']]))
        d.expression(['inverse', f, g])
      }),
  },
  {
    what: 'an inverse that does not take what the function gives',
    because: /inverse of what has none/,
    document: () =>
      written(d => {
        const f = d.expression(['function', 'f', 1, [R], R, null, null, null, ['t']])
        const g = d.expression(['function', 'g', 1, ['(0, inf)'], R, null, null, null, ['t']])
        d.expression(['inverse', f, g])
      }),
  },
  {
    what: 'two unknowns of one name',
    because: /declared twice/,
    document: () =>
      written(d => {
        d.expression(['function', 'W', 1, [R], R, null, null, null, ['t']])
        d.operator(['weight', 'W', 1, 1, false, R, null])
      }),
  },
  {
    what: 'a matrix of another size than its weight',
    because: /another size than declared/,
    document: () => written(d => d.operator(['weight', 'W', 2, 1, false, R, [['1', '2']]])),
  },
]

const undefinedThings: readonly Attack[] = [
  {
    what: 'an input without values',
    because: /set without members/,
    document: () => written((d, rows) => successor(d, rows, [], '{}')),
  },
  {
    what: 'an input of no components, whose empty domain says nothing about the others',
    because: /each at least 1|set without members/,
    document: () =>
      written((d, rows) => {
        const lemma = d.lemma(rows.x, rows.more, [R, '{}'], d.proof({ impossible: true }))
        const last = step('function', 'equality', 0, 3, { over: [0, 1], ranges: [R, '{}'], lemmas: [lemma] })
        d.claim(proved([input('x'), input('z', '{}', [0]), output(0)], [pointwise(rows.more, [0]), output(3)], [last]))
      }),
  },
  {
    what: 'a cut of no components, which lies in every set',
    because: /each at least 1/,
    document: () =>
      written((d, rows) => {
        const both = d.operator(['matrix', [['1'], ['2']]])
        const lemma = d.lemma(rows.x, rows.more, ['(0, 1)', '{}'], d.proof({ impossible: true }))
        const cut = ['slice', [4], [0], 0, 0]
        const wires = making('(0, 1)', additive(both, 0, null, [2]), cut)
        successor(d, rows, [wires, jump([0, 5], ['(0, 1)', '{}'], lemma)], '(0, 1)')
      }),
  },
  {
    what: 'ln of a negative wire, whose values lie in the empty set',
    because: /not shown to have a value/,
    document: () =>
      written((d, rows) => {
        const lemma = d.lemma(rows.x, rows.more, ['(-2, -1)', '{}'], d.proof({ impossible: true }))
        const wires = making('(-2, -1)', pointwise(d.expression(['ln', rows.x]), [0]))
        successor(d, rows, [wires, jump([0, 4], ['(-2, -1)', '{}'], lemma)], '(-2, -1)')
      }),
  },
  {
    what: 'a factor 1/0 on a bias of zeros',
    because: /is something else/,
    document: () =>
      written((d, rows) => {
        const infinite = d.expression(['/', rows.one, rows.zero])
        const [identity, ones, zeros] = [
          ['identity', 1],
          ['ones', 1, 1],
          ['zero', 1, 1],
        ].map(row => d.operator(row))
        const bias = d.operator(['sum', ones, d.operator(['scale', infinite, zeros])])
        const lemma = d.lemma(rows.x, rows.more, ['(0, inf)', '{}'], d.proof({ impossible: true }))
        const layers = making('(0, inf)', multiplicative(identity, 0, ones), multiplicative(identity, 0, bias))
        const same = step('congruence', 'equality', 4, 5)
        successor(d, rows, [layers, same, jump([0, 5], ['(0, inf)', '{}'], lemma)], '(0, inf)')
      }),
  },
  {
    what: 'a weight that stands for (1/0) * identity in what holds for all weights',
    because: /not shown to be defined/,
    document: () =>
      written((d, rows) => {
        const w = d.operator(['weight', 'W', 1, 1, false, R, null])
        const zeros = d.operator(['zero', 1, 1])
        const none = d.operator(['product', w, zeros])
        const infinite = d.expression(['/', rows.one, rows.zero])
        const W = d.operator(['scale', infinite, d.operator(['identity', 1])])
        const nets = [
          [input('x'), additive(none, 0), output(1)],
          [additive(zeros, 0), output(3)],
        ] as const
        d.claim(proved(nets[0], nets[1], [step('linear', 'equality', 1, 3, { over: [0] })], { left: 'T' }))
        const lemma = d.lemma(rows.x, rows.more, [R, '{}'], d.proof({ impossible: true }))
        const cited = { theorem: 0, sizes: {}, functions: {}, weights: { W }, inputs: { x: 0 }, left: [4], right: [4] }
        const steps = [making(R, additive(zeros, 0)), step('theorem', 'T', 4, 4, cited)]
        successor(d, rows, [...steps, jump([0, 4], [R, '{}'], lemma)])
      }),
  },
  {
    what: '0 * ln(x) for 0, where ln is not defined',
    because: /ln at n1 may be undefined/,
    document: () =>
      written((d, { x, zero }) => {
        const product = d.expression(['*', zero, d.expression(['ln', x])])
        const lemma = d.lemma(product, zero, [R], d.proof(nothing))
        const last = step('function', 'equality', 1, 3, { over: [0], ranges: [R], lemmas: [lemma] })
        d.claim(proved([input('x'), pointwise(product, [0]), output(1)], [pointwise(zero, [0]), output(3)], [last]))
      }),
  },
  {
    what: 'a lemma that says 0 * ln(x) is 0 for every x',
    because: /a side is not shown to be defined/,
    document: () =>
      written((d, { x, zero }) => {
        const product = d.expression(['*', zero, d.expression(['ln', x])])
        const lemma = d.lemma(zero, product, [R], d.proof(nothing))
        const hidden = { over: [0], ranges: [R], lemmas: [lemma], nodes: [pointwise(product, [0])] }
        d.claim(
          proved(
            [input('x'), pointwise(zero, [0]), output(1)],
            [pointwise(zero, [0]), output(3)],
            [step('function', 'equality', 1, 5, hidden)],
          ),
        )
      }),
  },
  {
    what: 'a wire that only a branch not taken would need',
    because: /may be undefined where the function does not need it/,
    document: () =>
      written((d, { x, one }) => {
        const choice = d.expression(['choose', '<', x, x, d.expression(1), one])
        const whole = d.expression(['choose', '<', x, x, d.expression(['ln', x]), one])
        const lemma = d.lemma(
          one,
          whole,
          [R],
          d.proof({ equal: [['axiom', 'else <', x, x, d.expression(['ln', x]), one]] }),
        )
        const nodes = [pointwise(d.expression(['ln', x]), [0]), pointwise(choice, [0, 5])]
        d.claim(
          proved(
            [input('x'), pointwise(one, [0]), output(1)],
            [pointwise(one, [0]), output(3)],
            [step('function', 'equality', 1, 6, { over: [0], ranges: [R], lemmas: [lemma], nodes })],
          ),
        )
      }),
  },
  {
    what: 'x / x for 1',
    because: /may be undefined/,
    document: () =>
      written((d, { x, one }) => {
        const quotient = d.expression(['/', x, x])
        const lemma = d.lemma(quotient, one, [R], d.proof(nothing))
        const last = step('function', 'equality', 1, 3, { over: [0], ranges: [R], lemmas: [lemma] })
        d.claim(proved([input('x'), pointwise(quotient, [0]), output(1)], [pointwise(one, [0]), output(3)], [last]))
      }),
  },
]

/** abs(x) = x on [0, inf), with one change. */
function absolute(change: {
  domain?: string
  ranges?: string
  stated?: string
  over?: number[]
  inputs?: Json[]
}): unknown {
  return written((d, { x }) => {
    const abs = d.expression(['abs', x])
    const proof = d.proof({ equal: [['axiom', 'abs-above', x]] })
    const lemma = d.lemma(abs, x, [change.stated ?? '[0, inf)'], proof)
    const inputs = change.inputs ?? [input('x', change.domain ?? '[0, inf)')]
    const n = inputs.length
    const given = { over: change.over ?? [0], ranges: [change.ranges ?? '[0, inf)'], lemmas: [lemma] }
    const right = [pointwise(x, [0]), output(n + 2)]
    d.claim(proved([...inputs, pointwise(abs, [0]), output(n)], right, [step('function', 'equality', n, n + 2, given)]))
  })
}

const lemmas: readonly Attack[] = [
  {
    what: 'a lemma on a wider domain than its axiom allows',
    because: /condition of abs-above/,
    document: () => absolute({ stated: R }),
  },
  {
    what: 'a lemma on wires that go beyond its domain',
    because: /does not speak of these values/,
    document: () => absolute({ domain: R, ranges: R }),
  },
  {
    what: 'a set that the wire is not shown to lie in',
    because: /outside of the set/,
    document: () => absolute({ domain: R }),
  },
  {
    what: 'a lemma about the values of another wire',
    because: /not a function of the wires that are named/,
    document: () => absolute({ over: [1], inputs: [input('x', R), input('z', '[0, inf)')] }),
  },
]

const steps: readonly Attack[] = [
  {
    what: 'the nets meeting in nothing but a step that is not there',
    because: /do not lead from/,
    document: () => written((d, rows) => successor(d, rows, [])),
  },
  {
    what: 'a wire that becomes what is made of it',
    because: /circles/,
    document: () =>
      written((d, { x }) => {
        const exp = d.expression(['exp', x])
        const back = d.expression(['ln', exp])
        const lemma = d.lemma(x, back, [R], d.proof({ equal: [['axiom', 'ln-exp', x]] }))
        const nodes = [pointwise(exp, [0]), pointwise(d.expression(['ln', x]), [4])]
        d.claim(
          proved(
            [input('x'), output(0)],
            [pointwise(exp, [0]), output(2)],
            [
              step('function', 'equality', 0, 5, { over: [0], ranges: [R], lemmas: [lemma], nodes }),
              step('function', 'equality', 0, 2, { side: 'both' }),
            ],
          ),
        )
      }),
  },
  {
    what: 'a theorem that cites itself',
    because: /nothing with the number 0/,
    document: () =>
      written((d, rows) => {
        const cited = { theorem: 0, sizes: {}, functions: {}, weights: {}, inputs: { x: 0 }, left: [1], right: [] }
        successor(d, rows, [step('theorem', 'a', 0, 2, cited)])
      }),
  },
  {
    what: 'a theorem that stands later',
    because: /nothing with the number 1/,
    document: () =>
      written((d, rows) => {
        const cited = { theorem: 1, sizes: {}, functions: {}, weights: {}, inputs: { x: 0 }, left: [1], right: [] }
        successor(d, rows, [step('theorem', 'a', 0, 2, cited)])
        successor(d, rows, [])
      }),
  },
  {
    what: 'a theorem that nobody has shown',
    because: /a is not shown/,
    document: () =>
      written((d, rows) => {
        const nets = { leftNet: [input('x'), output(0)], rightNet: [pointwise(rows.more, [0]), output(2)] }
        d.claim({ left: 'a', right: 'b', verdict: 'undecided', ...nets })
        const cited = { theorem: 0, sizes: {}, functions: {}, weights: {}, inputs: { x: 0 }, left: [1], right: [] }
        successor(d, rows, [step('theorem', 'a', 0, 2, cited)])
      }),
  },
  {
    what: 'a rule that nobody knows',
    because: /not a rule that is shown by/,
    document: () =>
      written((d, rows) => successor(d, rows, [step('function', 'trust', 0, 2, { over: [0], ranges: [R] })])),
  },
  {
    what: 'a way of showing that nobody knows',
    because: /not a rule that is shown by __proto__/,
    document: () => written((d, rows) => successor(d, rows, [step('__proto__', 'equality', 0, 2)])),
  },
]

const shapes: readonly Attack[] = [
  {
    what: 'a part that begins after the end, which is zero as a matrix and the identity as a part',
    because: /reaches beyond the whole/,
    document: () =>
      written(d => {
        const [select, embed, zeros] = [
          ['select', 1, 1, 1],
          ['embed', 1, 1, 1],
          ['zero', 1, 1],
        ].map(r => d.operator(r))
        const constant = ['constant', [], [1], zeros]
        d.claim(
          proved(
            [input('x'), output(0)],
            [additive(zeros, 0), output(2)],
            [
              step('linear', 'equality', 0, 5, { over: [0], nodes: [additive(embed, 0), additive(select, 4)] }),
              step('linear', 'equality', 4, 6, { over: [5], nodes: [constant] }),
              step('linear', 'equality', 5, 6, { over: [] }),
              step('linear', 'equality', 2, 6, { over: [], side: 'right', direction: 'backward' }),
            ],
          ),
        )
      }),
  },
  {
    what: 'a cut beyond the end',
    because: /shapes around a node of kind slice/,
    document: () =>
      written(d => {
        const cut = ['slice', [0], [2], 1, 3]
        d.claim(proved([input('x', R, [2]), cut, output(1, 'y', [2])], [output(0, 'y', [2])], []))
      }),
  },
  {
    what: 'groups that do not fill the wire',
    because: /shapes around a node of kind reduce/,
    document: () =>
      written(d => {
        const groups = ['reduce', [0], [2], 'max', 2]
        d.claim(proved([input('x', R, [5]), groups, output(1, 'y', [5])], [output(0, 'y', [5])], []))
      }),
  },
  {
    what: 'a join that is wider than its parts',
    because: /shapes around a node of kind join/,
    document: () =>
      written(d => {
        const join = ['join', [0, 0], [3]]
        d.claim(proved([input('x'), join, output(1, 'y', [3])], [join, output(3, 'y', [3])], []))
      }),
  },
  {
    what: 'a wire of n - 1 components, of which there are none for n = 1',
    because: /each at least 1/,
    document: () =>
      written(d => {
        const less = [-1, 'n', 1]
        d.claim(proved([input('x', R, [less]), output(0, 'y', [less])], [output(0, 'y', [less])], []))
      }),
  },
  {
    what: 'a sum of n - 1 positive numbers, which is 0 for n = 1',
    because: /matrix without entries/,
    document: () =>
      written((d, { x, one }) => {
        const less = [-1, 'n', 1]
        const [row, column] = [d.operator(['ones', 1, less]), d.operator(['ones', less, 1])]
        const sign = d.expression(['sign', x])
        const proof = d.proof({ equal: [['axiom', 'sign-above', x]] })
        const lemma = d.lemma(sign, one, ['(0, inf)'], proof)
        const layer = additive(d.operator(['product', row, column]), 0)
        const steps = [
          step('function', 'equality', 2, 6, {
            over: [1],
            ranges: ['(0, inf)'],
            lemmas: [lemma],
            nodes: [pointwise(one, [1])],
          }),
          step('function', 'equality', 6, 4, { over: [0, 1] }),
        ]
        const left = [input('x', '(0, inf)'), layer, pointwise(sign, [1]), output(2)]
        d.claim(proved(left, [pointwise(one, [0]), output(4)], steps))
      }),
  },
  {
    what: 'a size that stands for n - 1 in what holds for all sizes from 1 on',
    because: /at least 1/,
    document: () =>
      written(d => {
        const nets = [[input('x', R, ['n']), output(0, 'y', ['n'])], [output(0, 'y', ['n'])]] as const
        d.claim(proved(nets[0], nets[1], [], { left: 'T' }))
        const sizes = { n: [-1, 'n', 1] }
        const cited = { theorem: 0, sizes, functions: {}, weights: {}, inputs: { x: 0 }, left: [], right: [] }
        d.claim(proved(nets[0], nets[1], [step('theorem', 'T', 0, 0, cited)]))
      }),
  },
  {
    what: 'functions of wires of different widths',
    because: /shapes around a node of kind pointwise/,
    document: () =>
      written((d, { x }) => {
        const sum = d.expression(['+', x, d.expression(1)])
        const left = [input('x'), input('z', R, ['n']), pointwise(sum, [0, 1], ['n']), output(2, 'y', ['n'])]
        d.claim(proved(left, [output(1, 'y', ['n'])], []))
      }),
  },
  {
    what: 'one wire for another of another width, of the same function',
    because: /different shapes/,
    document: () =>
      written((d, { zero }) => {
        const [narrow, wide] = [pointwise(zero, [0]), pointwise(zero, [1], [2])]
        const inputs = [input('x'), input('z', R, [2])]
        const same = step('function', 'equality', 2, 4, { over: [0, 1], side: 'left' })
        d.claim(proved([...inputs, narrow, output(2)], [wide, pointwise(zero, [0]), output(5)], [same]))
      }),
  },
  {
    what: 'components of one wire for those that stand at another place',
    because: /different functions/,
    document: () =>
      written((d, { x }) => {
        const cut = (start: number): Json => ['slice', [0], [1], start, start + 1]
        const sum = d.expression(['+', x, x])
        const left = [input('x', R, [2]), cut(0), pointwise(sum, [1]), output(2)]
        const right = [cut(1), pointwise(sum, [4]), output(5)]
        d.claim(proved(left, right, [step('function', 'equality', 2, 5, { over: [0], ranges: [R] })]))
      }),
  },
  {
    what: 'outputs of different shapes',
    because: /different outputs/,
    document: () =>
      written(d => d.claim(proved([input('x'), input('z', R, [2]), output(0)], [output(1, 'y', [2])], []))),
  },
  {
    what: 'outputs of the same names in another order',
    because: /another order/,
    document: () =>
      written(d =>
        d.claim(proved([input('x'), input('z'), output(0, 'p'), output(1, 'q')], [output(0, 'q'), output(1, 'p')], [])),
      ),
  },
  {
    what: 'a net that stands on the nodes of the other',
    because: /more in common than their inputs/,
    document: () =>
      written((d, { more }) => d.claim(proved([input('x'), pointwise(more, [0]), output(1)], [output(1)], []))),
  },
  {
    what: 'a net without outputs',
    because: /different outputs/,
    document: () => written(d => d.claim(proved([input('x')], [], []))),
  },
  {
    what: 'a matrix of no columns',
    because: /matrix without entries/,
    document: () => written(d => d.operator(['product', d.operator(['ones', 1, 0]), d.operator(['ones', 0, 1])])),
  },
  {
    what: 'a matrix of fewer than no rows',
    because: /matrix without entries/,
    document: () => written(d => d.operator(['zero', -3, 3])),
  },
]

/** x^2 against x at x = 2, with something changed. */
function squared(change: { [key: string]: Json }, domain = R, net?: (d: Draft) => Json[]): unknown {
  return written((d, { x }) => {
    const square = d.expression(['*', x, x])
    const left = net?.(d) ?? [pointwise(square, [0])]
    const given = { inputs: { x: ['2'] }, left: [['4', '4']], right: [['2', '2']], ...change }
    d.claim(refuted([input('x', domain), ...left, output(left.length)], [output(0)], given))
  })
}
/** f(x) against x for an unknown f that is increasing and odd, into (-4, 4); without another body it is x / 2. */
function unknownFunction(body: Json | null, given: { [key: string]: Json }): unknown {
  return written((d, { x }) => {
    const f = d.expression(['function', 'f', 1, ['[-2, 2]'], '(-4, 4)', 'increasing', 'odd', null, ['t']])
    const fx = d.expression(['apply', f, x])
    const half = (e: number): number => d.expression(['*', d.expression('1/2'), e])
    const b = body === null ? half(x) : d.expression(body)
    const mirrored = [half(d.expression(['neg', x])), d.expression(['neg', half(x)])] as const
    const lemma = d.lemma(...mirrored, ['[-2, 2]'], d.proof(nothing))
    const point = { inputs: { x: ['2'] }, functions: { f: b }, lemmas: [lemma], ...given }
    d.claim(refuted([input('x', '[-2, 2]'), pointwise(fx, [0]), output(1)], [output(0)], point))
  })
}
const weighted = (entries: string, W: Json): unknown =>
  squared({ weights: { W }, left: [['6', '6']] }, R, d => [
    additive(d.operator(['weight', 'W', 1, 1, false, entries, null]), 0),
  ])

const counterexamples: readonly Attack[] = [
  { what: 'a point outside of the domain', because: /not in its domain/, document: () => squared({}, '(-inf, 2)') },
  {
    what: 'a point of another size',
    because: /another number of components/,
    document: () => squared({ inputs: { x: ['2', '2'] } }),
  },
  { what: 'no point', because: /x is missing/, document: () => squared({ inputs: {} }) },
  {
    what: 'a value that the net does not have',
    because: /value that is stated/,
    document: () => squared({ left: [['5', '5']] }),
  },
  { what: 'enclosures that overlap', because: /do not differ/, document: () => squared({ left: [['1', '5']] }) },
  { what: 'enclosures that touch', because: /do not differ/, document: () => squared({ left: [['2', '5']] }) },
  {
    what: 'an enclosure that ends before it begins',
    because: /value that is stated/,
    document: () => squared({ left: [['5', '3']] }),
  },
  { what: 'an enclosure of one end', because: /1 parts, not of 2/, document: () => squared({ left: [['4']] }) },
  {
    what: 'a component more',
    because: /value that is stated/,
    document: () =>
      squared({
        left: [
          ['4', '4'],
          ['9', '9'],
        ],
      }),
  },
  { what: 'no component', because: /do not differ|value that is stated/, document: () => squared({ left: [] }) },
  {
    what: 'a side that is said to be undefined',
    because: /value that is stated/,
    document: () => squared({ left: 'undefined' }),
  },
  {
    what: 'two sides that are undefined',
    because: /do not differ/,
    document: () => squared({ left: 'undefined', right: 'undefined' }),
  },
  { what: 'NaN', because: /not a number/, document: () => squared({ left: [[Number.NaN, Number.NaN]] }) },
  { what: 'infinity', because: /not a number/, document: () => squared({ left: [['1e400', '1e400']] }) },
  { what: 'minus zero', because: /lowest terms/, document: () => squared({ inputs: { x: ['-0'] } }) },
  {
    what: 'a number that is not in lowest terms',
    because: /lowest terms/,
    document: () => squared({ inputs: { x: ['4/2'] } }),
  },
  { what: 'division by zero', because: /not a number/, document: () => squared({ inputs: { x: ['2/0'] } }) },
  {
    what: 'a weight of which the value is not given',
    because: /W has no value/,
    document: () =>
      weighted(R, [['3']]) !== null &&
      squared({ left: [['6', '6']] }, R, d => [additive(d.operator(['weight', 'W', 1, 1, false, R, null]), 0)]),
  },
  {
    what: 'a weight outside of its entries',
    because: /entries as declared/,
    document: () => weighted('(0, 1)', [['3']]),
  },
  { what: 'a weight of another size', because: /size of it/, document: () => weighted(R, [['3', '3']]) },
  {
    what: 'a size of which the value is not given',
    because: /n has no value/,
    document: () =>
      written(d =>
        d.claim(
          refuted([input('x', R, ['n']), output(0, 'y', ['n'])], [output(0, 'y', ['n'])], {
            left: 'undefined',
            right: [],
          }),
        ),
      ),
  },
  {
    what: 'a size that stands for 0',
    because: /at least 1/,
    document: () =>
      written(d => {
        const given = { sizes: { n: 0 }, inputs: { x: [] }, left: [], right: [] }
        d.claim(refuted([input('x', R, ['n']), output(0, 'y', ['n'])], [output(0, 'y', ['n'])], given))
      }),
  },
  {
    what: 'a function that leaves its codomain',
    because: /domain into its codomain/,
    document: () => unknownFunction('9', { left: [['9', '9']], right: [['2', '2']] }),
  },
  {
    what: 'a function that falls',
    because: /be increasing/,
    document: () => unknownFunction(['neg', 0], { left: [['-2', '-2']], right: [['2', '2']] }),
  },
  {
    what: 'a function that is not odd',
    because: /be odd/,
    document: () => unknownFunction('1', { left: [['1', '1']], right: [['2', '2']] }),
  },
  {
    what: 'a function of more than its argument',
    because: /arguments only|more variables/,
    document: () => unknownFunction(1, { left: [['1', '1']], right: [['2', '2']] }),
  },
  {
    what: 'no function',
    because: /f has no value/,
    document: () => unknownFunction(null, { functions: {}, left: [['1', '1']], right: [['2', '2']] }),
  },
]

const chains = (count: number, row: (at: number) => Json) => (d: Draft) => {
  let e = d.expression(0)
  for (let k = 0; k < count; k++) e = d.expression(row(e))
  return e
}
/** A claim about one function, of which the proof has no steps. */
const claimOf = (d: Draft, e: number): number =>
  d.claim(proved([input('x'), pointwise(e, [0]), output(1)], [output(0)], []))

const busy: readonly Attack[] = [
  {
    what: 'cases that share their cases, 2^60 in all',
    because: /more work/,
    document: () =>
      written((d, rows) => {
        let proof = d.proof(nothing)
        for (let k = 0; k < 60; k++) {
          const cases = [['(-inf, 0]', proof], ['[0, inf)', proof]] // biome-ignore format: one line
          proof = d.proof({ split: rows.x, origin: [rows.x, []], cases })
        }
        successor(d, rows, [jump([0], [R], d.lemma(rows.x, rows.x, [R], proof))])
      }),
  },
  ...(['sum', 'product'] as const).map(
    (kind): Attack => ({
      what: `a ${kind} of operators that doubles forty times`,
      // What is added up is collected at once, so that only products grow.
      because: kind === 'sum' ? /operators on n0 differ/ : /more work/,
      document: () =>
        written(d => {
          const [w, v] = ['W', 'V'].map(name => d.operator(['weight', name, 1, 1, false, R, null]))
          let a = d.operator(['sum', w, v])
          for (let k = 0; k < 40; k++) a = d.operator([kind, a, a])
          const same = step('linear', 'equality', 1, 3, { over: [0] })
          d.claim(proved([input('x'), additive(a, 0), output(1)], [additive(w, 0), output(3)], [same]))
        }),
    }),
  ),
  {
    what: 'definitions that nest to a depth of 2^60',
    because: /more than 200000/,
    document: () =>
      written(d => {
        let body = d.expression(['+', 0, 0])
        for (let k = 0; k < 60; k++) {
          const f = d.expression(['function', `f${k}`, 1, [R], R, null, null, body, ['t']])
          body = d.expression(['apply', f, d.expression(['apply', f, d.expression(0)])])
        }
        claimOf(d, body)
      }),
  },
  {
    what: 'a size of 20,000 unknown sizes',
    because: /too many parts/,
    document: () =>
      written(d => {
        const n = [0, ...Array.from({ length: 20_000 }, (_, i) => [`n${i}`, 1]).flat()]
        d.claim(proved([input('x', R, [n]), output(0, 'y', [n])], [output(0, 'y', [n])], []))
      }),
  },
  {
    what: 'a join of 20,000 wires of different sizes',
    because: /shapes around a node of kind join/,
    document: () =>
      written(d => {
        const inputs = Array.from({ length: 20_000 }, (_, i) => input(`x${i}`, R, [`n${i}`]))
        const join = ['join', inputs.map((_, i) => i), ['n']]
        d.claim(proved([...inputs, join, output(20_000, 'y', ['n0'])], [output(0, 'y', ['n0'])], []))
      }),
  },
  {
    what: 'matrices with 10^9 rows and columns',
    because: /more work/,
    document: () =>
      squared({ left: [['4', '4']] }, R, d => {
        const [row, column] = [d.operator(['ones', 1, 1e9]), d.operator(['ones', 1e9, 1])]
        return [additive(d.operator(['product', row, column]), 0)]
      }),
  },
  {
    what: 'a product of large matrices as exponents',
    because: /more work/,
    document: () =>
      written(d => {
        const ones = d.operator(['ones', 300, 300])
        const left = [
          input('x', '(0, inf)', [300]),
          multiplicative(d.operator(['product', ones, ones]), 0, null, [300]),
        ]
        const wide = (value: string): Json => new Array(300).fill([value, value])
        const given = { inputs: { x: new Array(300).fill('1') }, left: wide('7'), right: wide('1') }
        d.claim(refuted([...left, output(1, 'y', [300])], [output(0, 'y', [300])], given))
      }),
  },
  {
    what: 'a long function of many components',
    because: /more work/,
    document: () =>
      written(d => {
        const long = chains(2000, e => ['sin', e])(d)
        const wide = (value: string): Json => new Array(1000).fill([value, value])
        const left = [input('x', R, [1000]), pointwise(long, [0], [1000]), output(1, 'y', [1000])]
        const given = { inputs: { x: new Array(1000).fill('1') }, left: wide('7'), right: wide('1') }
        d.claim(refuted(left, [output(0, 'y', [1000])], given))
      }),
  },
  {
    what: 'x^(10^9) at 3',
    because: /value that is stated/,
    document: () =>
      squared({ inputs: { x: ['3'] }, left: [['7', '7']], right: [['3', '3']] }, R, d => [
        pointwise(d.expression(['^', d.expression(0), d.expression('1000000000')]), [0]),
      ]),
  },
  {
    what: '(x + 1)^30000 expanded',
    because: /more work|too large|do not become equal/,
    document: () =>
      written((d, rows) => {
        const power = d.expression(['^', rows.more, d.expression('30000')])
        const lemma = d.lemma(power, rows.x, [R], d.proof(nothing))
        const last = step('function', 'equality', 1, 3, { over: [0], ranges: [R], lemmas: [lemma] })
        d.claim(proved([input('x'), pointwise(power, [0]), output(1)], [pointwise(rows.x, [0]), output(3)], [last]))
      }),
  },
  {
    what: 'one sum used 2^40 times',
    because: /do not lead from/,
    document: () => written(d => claimOf(d, chains(40, e => ['+', e, e])(d))),
  },
  {
    what: 'a sum of 100,000 terms',
    because: /do not lead from/,
    document: () => written((d, { one }) => claimOf(d, chains(100_000, e => ['+', e, one])(d))),
  },
  {
    what: 'exp of exp, a thousand times',
    because: /value that is stated/,
    document: () => squared({ left: [['7', '7']] }, R, d => [pointwise(chains(1000, e => ['exp', e])(d), [0])]),
  },
  {
    what: 'a variable beyond what the node has, looked for at each of 20,000 places',
    because: /more variables than it has/,
    document: () =>
      written((d, { one }) => {
        let e = d.expression(40)
        for (let k = 0; k < 20_000; k++) e = d.expression(['+', e, one])
        claimOf(d, e)
      }),
  },
  {
    what: 'a number of a million digits',
    because: /not a number/,
    document: () => written(d => d.expression('7'.repeat(1_000_000))),
  },
  {
    what: 'a name of a million letters',
    because: /not a name/,
    document: () => written(d => d.claim(proved([input('x'.repeat(1_000_000)), output(0)], [output(0)], []))),
  },
  {
    what: '100,000 wires, each the one before',
    because: /do not lead from/,
    document: () =>
      written((d, { more }) => {
        const nodes = Array.from({ length: 100_000 }, (_, i) => pointwise(more, [i]))
        d.claim(proved([input('x'), ...nodes, output(100_000)], [output(0)], []))
      }),
  },
]

for (const [kind, attacks] of Object.entries({
  unknowns,
  undefinedThings,
  lemmas,
  steps,
  shapes,
  counterexamples,
  busy,
}))
  describe(kind, () => {
    test.each(attacks)('$what', ({ because, document }) => {
      expect(reason(document())).toMatch(because)
    })
  })

test('without what is wrong with them they are accepted', () => {
  expect(reason(absolute({}))).toBe(null)
  expect(reason(squared({}))).toBe(null)
  expect(reason(squared({}, '(-inf, 2]'))).toBe(null)
  expect(reason(squared({ left: [['3', '5']] }))).toBe(null)
  expect(reason(weighted('(0, 3]', [['3']]))).toBe(null)
  expect(reason(unknownFunction(null, { left: [['1', '1']], right: [['2', '2']] }))).toBe(null)
  // x is ln(exp(x)), and the wire that it becomes may be used for it.
  const around = written((d, { x }) => {
    const exp = d.expression(['exp', x])
    const ln = d.expression(['ln', x])
    const lemma = d.lemma(x, d.expression(['ln', exp]), [R], d.proof({ equal: [['axiom', 'ln-exp', x]] }))
    const last = step('function', 'equality', 0, 3, { over: [0], ranges: [R], lemmas: [lemma], side: 'both' })
    d.claim(proved([input('x'), output(0)], [pointwise(exp, [0]), pointwise(ln, [2]), output(3)], [last]))
  })
  expect(reason(around)).toBe(null)
})

test('an assumption is always said', () => {
  const assuming = written((d, rows) => successor(d, rows, [step('assumption', 'my-rule', 0, 2)]))
  expect(check(assuming)).toMatchObject({ accepted: true, assumptions: [expect.stringContaining('my-rule')] })
  const citing = written((d, { x }) => {
    const leftNet = [input('x'), pointwise(d.expression(['abs', x]), [0]), output(1)]
    const rightNet = [output(0)]
    d.claim({ left: 'T', right: 'b', verdict: 'assumed', leftNet, rightNet })
    const cited = { theorem: 0, sizes: {}, functions: {}, weights: {}, inputs: { x: 0 }, left: [1], right: [] }
    d.claim(proved(leftNet, rightNet, [step('theorem', 'T', 1, 0, cited)]))
  })
  expect(check(citing)).toMatchObject({ accepted: true, assumptions: [expect.stringContaining('T')] })
})

test('what the analysis of ranges does is counted', () => {
  const document = written((d, { x, one }) => {
    let e = x
    for (let k = 0; k < 60; k++)
      e = d.expression([
        'choose',
        '<',
        e,
        one,
        d.expression(['*', e, x]),
        d.expression(['+', e, d.expression(['sin', e])]),
      ])
    claimOf(d, d.expression(['/', one, e]))
  })
  expect(check(document, 20_000)).toMatchObject({ accepted: false, reason: expect.stringContaining('more work') })
})

test('the budget ends a check', () => {
  const document = absolute({})
  expect(check(document, 10_000_000).accepted).toBe(true)
  expect(check(document, 5)).toMatchObject({ accepted: false, reason: expect.stringContaining('more work') })
})

describe('what is no certificate at all', () => {
  const whole = absolute({}) as { [key: string]: Json }

  test.each([
    null,
    undefined,
    0,
    Number.NaN,
    '',
    'netproof certificate',
    [],
    {},
    [whole],
    { format: 'netproof' },
    { ...whole, format: ['netproof certificate'] },
    JSON.parse('{"__proto__": {"format": "netproof certificate"}}'),
  ])('%j', document => {
    expect(check(document)).toMatchObject({ accepted: false, isCertificate: false })
  })

  test('100,000 lists within each other', () => {
    const nested = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)
    expect(check(nested).accepted).toBe(false)
    for (const key of ['claims', 'lemmas', 'tables']) expect(check({ ...whole, [key]: nested }).accepted).toBe(false)
    for (const key of ['expressions', 'operators', 'proofs'])
      expect(check({ ...whole, tables: { ...(whole.tables as object), [key]: nested } }).accepted).toBe(false)
  })

  test('names that every object has', () => {
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      const row = (fields: string): unknown => JSON.parse(fields.replaceAll('NAME', name))
      expect(
        check({ ...whole, tables: row('{"expressions": [["NAME", 0]], "operators": [], "proofs": []}') }).accepted,
      ).toBe(false)
      // Nothing stands for an input, a weight or a function, only because all objects have something of that name.
      expect(reason(squared({ inputs: {} }))).toMatch(/missing/)
      const given = written((d, { x }) => {
        const square = d.expression(['*', x, x])
        const point = { inputs: {}, left: [['4', '4']], right: [['2', '2']] }
        d.claim(refuted([input(name), pointwise(square, [0]), output(1)], [output(0)], point))
      })
      expect(reason(given)).toMatch(/missing/)
      const named = JSON.parse(
        JSON.stringify(squared({})).replace('[1],"x",', `[1],"${name}",`).replace('"x":["2"]', `"${name}":["2"]`),
      )
      expect(check(named).accepted).toBe(true)
    }
  })

  test('a text that ends early', () => {
    const text = JSON.stringify(whole)
    for (let length = 0; length < text.length; length += 7)
      expect(() => check(JSON.parse(text.slice(0, length)))).toThrow(SyntaxError)
  })
})

describe('whatever is there instead of a part, the checker gives an answer', () => {
  const wholes = [absolute({}), squared({}), unknownFunction(null, { left: [['1', '1']], right: [['2', '2']] })]
  const strange = fc.oneof(
    { depthSize: 'small' },
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(
      -1,
      0,
      1,
      2,
      1e9,
      2 ** 40,
      2 ** 53,
      -0,
      0.5,
      '',
      '0',
      '-0',
      '1/0',
      '{}',
      '(0, 0)',
      '[1, 0]',
      'undefined',
      '__proto__',
    ),
    fc.constantFrom(
      'proved',
      'refuted',
      'assumed',
      'function',
      'linear',
      'congruence',
      'definition',
      'monotone',
      'theorem',
    ),
    fc.array(fc.integer({ min: -1, max: 9 }), { maxLength: 4 }),
  )

  test('one part', () => {
    fc.assert(
      fc.property(fc.constantFrom(...wholes), fc.nat(), strange, (whole, at, value) => {
        const document = JSON.parse(JSON.stringify(whole))
        const places: [Record<string, unknown>, string][] = []
        const enter = [document]
        for (let part = enter.pop(); part !== undefined; part = enter.pop()) {
          for (const key of Object.keys(part)) {
            places.push([part, key])
            if (typeof part[key] === 'object' && part[key] !== null) enter.push(part[key])
          }
        }
        const [holder, key] = places[at % places.length]
        holder[key] = value
        expect(typeof check(document, 1_000_000).accepted).toBe('boolean')
      }),
      { numRuns: 5_000, seed: 4 },
    )
  })

  test('everything', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), fc.anything(), (claims, lemmas, tables) => {
        const document = { format: FORMAT, version: VERSION, claims, lemmas, tables }
        expect(typeof check(document, 1_000_000).accepted).toBe('boolean')
      }),
      { numRuns: 1_000, seed: 5 },
    )
  })
})

describe('the command', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const cli = join(root, 'dist/cli.mjs')
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'netproof-'))
    if (existsSync(cli)) return
    const { status } = spawnSync(process.execPath, [join(root, 'node_modules/tsdown/dist/run.mjs')], { cwd: root })
    expect(status).toBe(0)
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  const whole = JSON.stringify(absolute({}))
  test.each<[what: string, content: string | Uint8Array | null, status: number, says: RegExp]>([
    ['a certificate', whole, 0, /^ACCEPTED\n/],
    ['one that is wrong', JSON.stringify(absolute({ domain: R })), 1, /REJECTED.*claim 1, step 1/],
    ['one that ends early', whole.slice(0, -2), 3, /is not a certificate/],
    ['one of another version', whole.replace('"version":2', '"version":1'), 1, /another version/],
    ['a text', 'x + 1\n', 3, /is not a certificate/],
    ['other JSON', '{"format": "something else"}', 3, /is not a certificate/],
    ['bytes that are no text', new Uint8Array([0xff, 0xfe, 0, 1, 2, 0x80]), 3, /is not a certificate/],
    ['nothing', '', 3, /is not a certificate/],
    ['100,000 open brackets', '['.repeat(100_000), 3, /is not a certificate/],
    ['a key that is there twice', whole.replace('"claims":', '"claims":[],"claims":'), 3, /is not a certificate/],
    [
      'a verdict that is there twice',
      whole.replace('"verdict":', '"verdict":"refuted","verdict":'),
      3,
      /is not a cert/,
    ],
    ['a number of a million digits', whole.replace('"seed":1', `"seed":${'1'.repeat(1e6)}`), 3, /is not a certificate/],
    ['a string of 5 MB', whole.replace('"x"', `"${'7'.repeat(5e6)}"`), 3, /is not a certificate/],
    ['a million lists in lists', whole.replace('"lemmas":', `"lemmas":${'['.repeat(1e6)}`), 3, /is not a certificate/],
    ['a file that is not there', null, 3, /cannot read|no such/i],
  ])('%s', (_, content, status, says) => {
    const file = join(folder, 'certificate.json')
    if (content === null) rmSync(file, { force: true })
    else writeFileSync(file, content)
    const result = spawnSync(process.execPath, [cli, 'check', file], { encoding: 'utf8' })
    expect(result.stdout + result.stderr).toMatch(says)
    expect(result.status).toBe(status)
  })

  test('a folder', () => {
    const result = spawnSync(process.execPath, [cli, 'check', folder], { encoding: 'utf8' })
    expect(result.status).toBe(3)
    expect(result.stderr).not.toContain('internal fault')
  })
})
