// A rule is the same value from a file, from its printed text and from the template, for all rules that there are and for
// generated ones.
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  add,
  anyFunction,
  chain,
  defineRule,
  fn,
  input,
  maxpool,
  mul,
  operator,
  part,
  printRule,
  readRule,
  real,
  rule,
  scale,
  term,
  variable,
  weights,
  wire,
} from '../src/define.ts'
import { parse } from '../src/load.ts'
import { builtin } from '../src/rewrite/builtin.ts'
import type { Rule } from '../src/rewrite/rule.ts'

const folder = (path: string): URL => new URL(path, import.meta.url)
const examples: Rule[] = readdirSync(folder('../examples/rules/'))
  .filter(f => f.endsWith('.net'))
  .flatMap(f => [...parse(readFileSync(folder(`../examples/rules/${f}`), 'utf8')).rules])

/** What a rule says: all of it, but for where it stands and whether it is believed. */
function saying(r: Rule): unknown {
  return JSON.parse(
    JSON.stringify({ ...r, phase: '', assumed: false }, (key, value: unknown) =>
      // Numbers of operators and expressions are those of this process.
      key === 'id' ? 0 : typeof value === 'bigint' ? `${value}` : value,
    ),
  )
}

test.each([...builtin(), ...examples].map(r => [r.name, r] as const))('%s reads back as itself', (_, r) => {
  const text = printRule(r)
  expect(saying(readRule(text))).toEqual(saying(r))
  const parts = [text] as unknown as TemplateStringsArray
  expect(saying(rule(parts))).toEqual(saying(r))
  expect(printRule(readRule(text))).toBe(text)
})

const stages = fc.array(
  fc.constantFrom(
    ['add[W]', add('W')],
    ['add[W, b]', add('W', 'b')],
    ['mul[W]', mul('W')],
    ['scale[c]', scale('c')],
    ['relu', fn('relu')],
    ['f', fn('f')],
    ['N', fn('N')],
    ['exp', fn('exp')],
    ['maxpool[2]', maxpool(2)],
  ),
  { minLength: 1, maxLength: 4 },
)
const kinds = {
  W: weights('n', 'n', '[0, inf)'),
  b: weights('n'),
  L: operator('n', 'n'),
  c: real('(0, inf)'),
  f: anyFunction(),
  N: part('n', 'n'),
  x: wire('n'),
} as const
const DECLARED = `weights W : n x n in [0, inf)  weights b : n  operator L : n x n  real c in (0, inf)
  function f  net N : n -> n  wire x : n`

test('values and text make the same rule', () => {
  fc.assert(
    fc.property(stages, fc.boolean(), fc.boolean(), fc.boolean(), (left, overWire, both, positive) => {
      const texts = [...left.map(([text]) => text), 'relu']
      const values = [...left.map(([, value]) => value), fn('relu')] as (typeof left)[number][1][]
      const side = overWire ? `x -> ${texts.join(' -> ')}` : texts.join(' -> ')
      const built = () =>
        defineRule({
          name: 'r',
          because: 'generated',
          variables: kinds,
          left: overWire ? term('x', ...(values as never[])) : chain(...(values as never[])),
          right: overWire ? term('x', fn('relu')) : chain(fn('relu')),
          direction: both ? 'both' : 'forward',
          when: positive ? [variable('b').in('[0, inf)'), ...(overWire ? [] : [input.in('(0, inf)')])] : [],
        })
      const when = positive ? ` when b in [0, inf)${overWire ? '' : ' and input in (0, inf)'}` : ''
      const right = overWire ? 'x -> relu' : 'relu'
      const text = `// generated\nrule r { ${DECLARED} ${side} ${both ? '==' : '==>'} ${right}${when} }`
      const read = (make: () => Rule): unknown => {
        try {
          return saying(make())
        } catch {
          return 'no rule'
        }
      }
      expect(read(built)).toEqual(read(() => readRule(text)))
    }),
    { numRuns: 60 },
  )
})
