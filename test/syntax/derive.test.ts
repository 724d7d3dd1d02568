// Derivations, strategies and `use`: the parser that cuts accepts what the grammar accepts, formatting keeps the meaning and
// the comments, and texts with errors are reported at their places.
import { describe, expect, test } from 'vitest'
import { parse as load } from '../../src/load.ts'
import { format } from '../../src/syntax/format.ts'
import { acceptsFile } from '../../src/syntax/grammar.ts'
import { parse } from '../../src/syntax/parse.ts'
import { random } from './generate.ts'

const STEPS = [
  'attach exp before, ln after',
  'attach ln -> add[V] before when input in (1, inf), relu after',
  'substitute W = B * A, f = g . h, n = 3',
  'normalize left',
  'normalize both',
  'apply inverse at left',
  'apply multiplicative-additive reversed at right 3',
  'run simpler at both',
  'reverse',
]
const MOVES = [
  'apply inverse',
  'apply multiplicative-additive at 4',
  'apply companion reversed',
  'normalize',
  'run other',
  'repeat 7 apply inverse',
  'try normalize',
  'everywhere (apply a or apply b)',
  'inside out apply inverse',
  'from inputs (try apply a then normalize)',
  'within y repeat 2 (apply a or apply b then normalize)',
]
const DECLARATIONS = [
  'size k',
  'weights A, B : m x k in [0, 1]',
  'function g, h',
  'real c in (0, inf)',
  'function f : R -> (0, inf) odd',
]

function file(seed: number): string {
  const r = random(seed)
  const some = (items: readonly string[], most: number): string[] =>
    Array.from({ length: r.below(most) }, () => r.pick(items))
  const gives = r.below(2) === 0 ? '  gives exp -> mul[W] -> ln == add[W] when input in (0, inf) and k >= 2' : ''
  const plan = [r.pick(MOVES), ...some(MOVES, 4)].join(r.pick([' then ', ' or ', ' then\n ']))
  return [
    `use "${r.pick(['laws.net', 'a/b.net'])}"`,
    `derive d${r.pick(['', ' "a title"'])} from multiplicative-additive {`,
    ...some(DECLARATIONS, 4),
    ...some(STEPS, 6).map(s => `  ${s}${r.pick(['', ' // why', ' /* so */'])}`),
    gives,
    '}',
    `strategy s { ${plan} }`,
    'net a { x : 3 -> exp -> y }',
  ].join(r.pick(['\n', '\n\n']))
}

/** A tree without places. */
function shape(text: string): unknown {
  const { tree, diagnostics } = parse(text)
  expect(diagnostics).toEqual([])
  return JSON.parse(
    JSON.stringify(tree.statements, (key, value) =>
      key === 'start' || key === 'end' || key === 'offset' || key === 'reason'
        ? undefined
        : typeof value === 'bigint'
          ? `${value}`
          : value,
    ),
  )
}

describe('random files', () => {
  test('are accepted by the grammar as a whole, and by the parser that cuts', () => {
    for (let seed = 0; seed < 100; seed++) {
      const text = file(seed)
      expect([text, acceptsFile(text)]).toEqual([text, true])
      expect(parse(text).diagnostics).toEqual([])
    }
  })
  test('mean the same when they are formatted, keep their comments, and are formatted once', () => {
    for (let seed = 0; seed < 100; seed++) {
      const text = file(seed)
      const once = format(text).text as string
      expect(shape(once)).toEqual(shape(text))
      expect(format(once).text).toBe(once)
      for (const sign of ['// why', '/* so */']) expect(once.split(sign).length).toBe(text.split(sign).length)
    }
  })
  test('with a word or sign left out are reported, or are still files: nothing is thrown', () => {
    for (let seed = 0; seed < 150; seed++) {
      const words = file(seed).split(/(?<=\s)/)
      const text = words.filter((_, i) => i !== seed % words.length).join('')
      const { diagnostics } = load(text)
      for (const d of diagnostics)
        expect(d.span === null || (d.span.start >= 0 && d.span.end <= text.length)).toBe(true)
      const unread = parse(text).diagnostics.some(d => d.severity === 'error')
      expect([text, acceptsFile(text)]).toEqual([text, !unread])
    }
  })
})

test('comments above are the reason', () => {
  const { derivations } = load('// because\n// of this\nderive d from companion { reverse }')
  expect(derivations[0].rule.reason).toBe('because\nof this')
})

test('words of steps and strategies are names elsewhere', () => {
  const { nets, diagnostics } = load(
    'function before(t) = t + 1\nfunction reverse = before . exp\nnet apply { input left : 3   at = left -> reverse   output out = at -> before }',
  )
  expect(diagnostics).toEqual([])
  expect(Object.keys(nets)).toEqual(['apply'])
})

test('long derivations and strategies, deep brackets and circles of derivations end', () => {
  const steps = 'reverse '.repeat(5000)
  expect(load(`derive d from companion { ${steps} }`).diagnostics).toEqual([])
  const deep = `strategy s { ${'('.repeat(5000)}normalize${')'.repeat(5000)} }`
  expect(load(deep).diagnostics.map(d => d.code)).toEqual(['E107'])
  const line = (i: number, of: number): string => `derive d${i} from d${(i + 1) % of} { reverse }`
  const circle = Array.from({ length: 2000 }, (_, i) => line(i, 2000)).join('\n')
  expect(load(circle).diagnostics.map(d => d.code)).toEqual(['E721'])
  const row = Array.from({ length: 300 }, (_, i) =>
    i === 299 ? 'derive d299 from companion { reverse }' : line(i, 1000),
  )
  expect(load(row.join('\n')).derivations.length).toBe(300)
})
