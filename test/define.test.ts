// Rules written three ways are one value; what is wrong is shown where it stands.
import { describe, expect, test } from 'vitest'
import * as define from '../src/define.ts'
import { parse } from '../src/load.ts'
import { builtin } from '../src/rewrite/builtin.ts'
import type { Rule } from '../src/rewrite/rule.ts'

const { add, chain, defineRule, fn, input, mul, printRule, rule, scale, term, variable } = define

/** A rule as data: numbers by which expressions are known, and symbols of one name, are not compared. */
function data(r: Rule): unknown {
  const seen = new Map<object, number>()
  return JSON.parse(
    JSON.stringify(r, (key, value) => {
      if (key === 'id') return undefined
      if (typeof value === 'bigint') return `${value}`
      if (typeof value === 'object' && value !== null && 'arity' in value) {
        if (!seen.has(value)) seen.set(value, seen.size)
        return [value.name, seen.get(value)]
      }
      return value
    }),
  )
}

const TEXTS: readonly (readonly [string, Rule])[] = [
  [
    'rule companion "companion identity" { weights W : m x n exp -> mul[W] -> ln ==> add[W] }',
    defineRule({
      name: 'companion',
      title: 'companion identity',
      variables: { W: define.weights('m', 'n') },
      left: chain(fn('exp'), mul('W'), fn('ln')),
      right: chain(add('W')),
    }),
  ],
  [
    '// relu is positively homogeneous\nrule relu-scale { real c in [0, inf) scale[c] -> relu == relu -> scale[c] }',
    defineRule({
      name: 'relu-scale',
      because: 'relu is positively homogeneous',
      variables: { c: define.real('[0, inf)') },
      left: chain(scale('c'), fn('relu')),
      right: chain(fn('relu'), scale('c')),
      direction: 'both',
    }),
  ],
  [
    'rule r { weights A : n x k weights a : n weights B : m x n weights b : m add[A, a] -> add[B, b] ==> add[B * A, B * a + b] }',
    defineRule({
      name: 'r',
      variables: {
        A: define.weights('n', 'k'),
        a: define.weights('n'),
        B: define.weights('m', 'n'),
        b: define.weights('m'),
      },
      left: chain(add('A', 'a'), add('B', 'b')),
      right: chain(add('B * A', 'B * a + b')),
    }),
  ],
  [
    'rule r { function f size k f -> maxpool[k] ==> maxpool[k] -> f when f increasing and input in (0, 1] }',
    defineRule({
      name: 'r',
      variables: { f: define.anyFunction(), k: define.size() },
      left: chain(fn('f'), define.maxpool('k')),
      right: chain(define.maxpool('k'), fn('f')),
      when: [variable('f').is('increasing'), input.in('(0, 1]')],
    }),
  ],
  [
    'rule r { function f f -> inverse(f) ==> id when input in domain(f) }',
    defineRule({
      name: 'r',
      variables: { f: define.anyFunction() },
      left: chain(fn('f'), fn('inverse(f)')),
      right: chain(),
      when: input.inDomainOf('f'),
    }),
  ],
  [
    'rule r { wire x : n wire y : n max(x, y) ==> x + relu(y - x) }',
    defineRule({
      name: 'r',
      variables: { x: define.wire('n'), y: define.wire('n') },
      left: term('max(x, y)'),
      right: term('x + relu(y - x)'),
    }),
  ],
  [
    'rule r { function f : (0, inf) -> R increasing operator L : m x n f -> add[L] ==> f -> add[2 * L] when m = n, n >= 2 }',
    defineRule({
      name: 'r',
      variables: { f: define.functionFrom('(0, inf)', 'R', 'increasing'), L: define.operator('m', 'n') },
      left: chain(fn('f'), add('L')),
      right: chain(fn('f'), add('2 * L')),
      when: [variable('m').equals('n'), variable('n').atLeast(2)],
    }),
  ],
]

describe('rules from text, from a template and from values', () => {
  test.each(TEXTS)('%s', (text, built) => {
    const { rules, diagnostics } = parse(text)
    expect(diagnostics).toEqual([])
    const tagged = rule`${text}`
    expect(data(tagged)).toEqual(data(rules[0]))
    expect(data(built)).toEqual(data(rules[0]))
  })
  test.each([...TEXTS.map(([, r]) => r), ...builtin().map(r => ({ ...r, phase: 'own' as const, assumed: true }))])(
    '$name prints as itself',
    r => {
      const printed = printRule(r)
      expect(data(define.readRule(printed))).toEqual(data(r))
      expect(printRule(define.readRule(printed))).toBe(printed)
    },
  )
})

describe('a rule that is wrong', () => {
  const wrong = (make: () => Rule): string => {
    try {
      make()
    } catch (error) {
      expect(error).toBeInstanceOf(define.RuleError)
      return (error as Error).message
    }
    return 'nothing'
  }
  test('is shown where it stands', () => {
    expect(
      wrong(
        () => rule`
          rule r {
            weights W : m x n
            add[W] ==> add[V]
          }`,
      ),
    ).toMatch(/^rule:4:28: error\[E201\]: unknown variable `V`\n {2}4 \|\s+add\[W\] ==> add\[V\]\n/)
  })
  test('has a side that is none, or a direction that is none', () => {
    const left = define.chain(define.fn('exp'))
    const made = (spec: object) => () => defineRule({ name: 'r', left, right: left, ...spec } as never)
    expect(made({ right: undefined })).toThrow(/defineRule: right is no side/)
    expect(made({ left: define.fn('exp') })).toThrow(TypeError)
    expect(made({ direction: 'sideways' })).toThrow(/forward or both/)
  })
  test('is no rule at all, or more than one', () => {
    expect(wrong(() => rule`size n`)).toBe('the text has to hold one rule')
    expect(wrong(() => rule`rule a { relu -> relu ==> relu } rule b { abs -> abs ==> abs }`)).not.toBe('nothing')
    expect(wrong(() => rule``)).toContain('E002')
  })
  test('built from values: names, conditions and titles that mean nothing', () => {
    const base = { name: 'r', left: chain(fn('relu')), right: chain(fn('abs')) }
    expect(wrong(() => defineRule({ ...base, name: 'a b' }))).toContain('E110')
    expect(wrong(() => defineRule({ ...base, when: variable('c').in('(0, 1)') }))).toContain('E702')
    expect(wrong(() => defineRule({ ...base, right: chain(fn('f')) }))).toContain('E201')
    expect(wrong(() => defineRule({ ...base, left: chain() }))).toContain('E703')
    expect(() => defineRule({ ...base, title: 'a"b' })).toThrow(RangeError)
    // What is put in cannot end the rule and begin another.
    expect(wrong(() => defineRule({ ...base, right: chain(fn('abs } rule q { relu ==> relu')) }))).not.toBe('nothing')
  })
})
