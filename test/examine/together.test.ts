// Rules looked at together: measures that go down, circles, and overlaps at which the order of steps matters.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Affine, innerAffine, outerAffine, simplify } from '../../src/algebra/simplify.ts'
import type { Diagram } from '../../src/diagram/diagram.ts'
import { confluenceOf } from '../../src/examine/confluence.ts'
import { BUILTIN_MEASURES, directionOf, measuresFor } from '../../src/examine/measure.ts'
import { orderRules, orderTogether, orderWithMost } from '../../src/examine/ordering.ts'
import { overlapsOf } from '../../src/examine/overlap.ts'
import { type Termination, terminationOf } from '../../src/examine/termination.ts'
import { parse } from '../../src/load.ts'
import { prove } from '../../src/prove/prove.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { partsOf } from '../../src/rewrite/functions.ts'
import { normalFormOf } from '../../src/rewrite/normalize.ts'
import type { Rule } from '../../src/rewrite/rule.ts'
import { call, compose, type Expression, number, one, printExpression, x0, zero } from '../../src/scalar/expression.ts'
import { POSITIVE, REALS } from '../../src/scalar/range.ts'
import { printNet } from '../../src/syntax/print.ts'

function rulesOf(text: string): readonly Rule[] {
  const { rules, diagnostics } = parse(text)
  expect(diagnostics).toEqual([])
  return rules
}
const end = (text: string): Termination =>
  terminationOf(rulesOf(text), builtin(), { seed: 1, deadline: performance.now() + 20_000 })

describe('an end', () => {
  test('by the number of functions, also with the built-in rules', () => {
    expect(end('rule r { weights W : m x n  exp -> mul[W] -> ln ==> add[W] }')).toEqual({
      kind: 'ends',
      by: [{ measure: 'the number of functions that are not linear', rules: ['r'] }],
      together: true,
      without: [],
    })
  })
  test('by what stands before relu, with the built-in rules that put nothing before it', () => {
    expect(end('rule r { real c in (0, inf)  scale[c] -> relu ==> relu -> scale[c] }')).toEqual({
      kind: 'ends',
      by: [{ measure: 'the number of stages before relu', rules: ['r'] }],
      together: false,
      without: ['normal-elementwise', 'affine-after', 'affine-before'],
    })
  })
  test('by a measure that says nothing of the built-in rules', () => {
    // The built-in rules make fewer functions, and this one more.
    expect(end('rule r { sinh ==> asinh -> asinh }')).toMatchObject({ kind: 'ends', together: false, without: null })
  })
  test('the measures hold for all built-in rules but those that are named', () => {
    const [rule] = rulesOf('rule r { real c in (0, inf)  scale[c] -> relu ==> relu -> scale[c] }')
    const found = orderWithMost([rule], builtin())
    const named = new Set(found?.without)
    for (const r of builtin().filter(b => b.direction === '==>' && b.phase !== 'parts' && !named.has(b))) {
      const directions = BUILTIN_MEASURES.map(m => directionOf(m, r))
      const [decides] = directions.filter(d => d !== 'level')
      // What leaves them all must not raise the measure of the rule either.
      const [own] = measuresFor([rule]).filter(m => m.name === 'the number of stages before relu')
      expect([r.name, decides ?? directionOf(own, r)]).toEqual([r.name, decides === undefined ? 'level' : 'down'])
    }
  })
  test('by one measure after the other', () => {
    const found = end('rule first { sinh ==> asinh -> asinh }\nrule second { asinh ==> erf }')
    expect(found).toMatchObject({ kind: 'ends', together: false })
    expect(found.kind === 'ends' && found.by.flatMap(b => b.rules).sort()).toEqual(['first', 'second'])
  })
  test('by a measure of the author', () => {
    const rules = rulesOf('rule r { sinh -> relu ==> relu -> sinh }')
    const [measure] = measuresFor(rules).filter(m => m.name === 'the number of stages before relu')
    expect(orderRules(rules, [], [{ ...measure, name: 'my own' }]).by).toEqual([{ measure: 'my own', rules }])
  })
  test('by a measure that the file states', () => {
    const { rules, measures, diagnostics } = parse(
      'measure own "my own" { relu = 2*x + 1   other = x + 1 }\nrule r { sinh -> relu ==> relu -> sinh }',
    )
    expect(diagnostics).toEqual([])
    const options = { seed: 1, deadline: performance.now() + 20_000, measures }
    expect(terminationOf(rules, [], options)).toMatchObject({ kind: 'ends', by: [{ measure: 'my own', rules: ['r'] }] })
    // It goes by names, and a function of the rule may have any.
    const [any] = rulesOf('rule s { function f  f -> f -> relu ==> f -> relu when f increasing }')
    expect(directionOf(measures[0], any)).toBe('open')
  })
  test.each([
    'measure m { relu = 1/2*x }',
    'measure m { relu = x - 1 }',
    'measure m { relu = x^2 }',
    'measure m { nothing = x }',
    'measure m { relu = x }\nmeasure m { exp = x }',
  ])('%s is reported', text => {
    const { measures, diagnostics } = parse(text)
    expect(diagnostics.map(d => d.severity)).toEqual(['error'])
    expect(measures.length).toBeLessThan(2)
  })
  test('no measure goes down where the stages only change places that a function may hold', () => {
    const [rule] = rulesOf('rule r { function f  f -> maxpool[2] ==> maxpool[2] -> f when f increasing }')
    // Were f relu itself, what stands before relu would become more.
    const [before] = measuresFor(rulesOf('rule s { relu -> exp ==> relu }')).filter(m => m.name.endsWith('before relu'))
    expect(directionOf(before, rule)).toBe('open')
  })
  test('a form is linear for some numbers: it may weigh nothing', () => {
    const [rule] = rulesOf('rule r { real p in (0, inf)  pow[p] -> abs ==> abs }')
    const [functions] = measuresFor([]).filter(m => m.name === 'the number of functions that are not linear')
    expect(directionOf(functions, rule)).toBe('level')
  })
})

describe('no end', () => {
  test('a circle of one rule', () => {
    const found = end('rule swap { function f, g  f -> g ==> g -> f }')
    expect(found).toMatchObject({ kind: 'circle', rules: ['swap'] })
    if (found.kind !== 'circle') return
    const texts = found.nets.map(n => printNet(n))
    expect(texts).toHaveLength(3)
    expect(texts[2]).toBe(texts[0])
  })
  test('a circle of two rules', () => {
    const found = end('rule there { tanh ==> sinh }\nrule back { sinh ==> tanh }')
    expect(found).toMatchObject({ kind: 'circle' })
    expect(found.kind === 'circle' && [...found.rules].sort()).toEqual(['back', 'there'])
  })
  test('a circle with a built-in rule', () => {
    const found = end('rule r { weights W : m x n  ln -> add[W] -> exp ==> mul[W] when input in (0, inf) }')
    expect(found).toMatchObject({ kind: 'circle' })
    expect(found.kind === 'circle' && found.rules).toContain('multiplicative-additive')
  })
  test('a circle with the algebra of functions', () => {
    const found = end('rule r { wire x  sigmoid(x) ==> 1/(1 + exp(-x)) }')
    expect(found).toMatchObject({ kind: 'circle' })
    expect(found.kind === 'circle' && found.rules).toContain('normal-elementwise')
  })
  test('a circle with the affine part of a function beside a layer', () => {
    const found = end('rule r { sinh -> scale[-1] ==> scale[-1] -> sinh }')
    expect(found).toMatchObject({ kind: 'circle' })
    expect(found.kind === 'circle' && [...found.rules].sort()).toEqual([
      'affine-before',
      'composition',
      'normal-elementwise',
      'r',
    ])
    // The other way the layer takes in what comes behind sinh.
    expect(end('rule r { scale[-1] -> sinh ==> sinh -> scale[-1] }')).toMatchObject({ kind: 'ends', together: false })
  })
  test('a circle is shown from where functions have been taken apart', () => {
    const found = end('rule r { wire x  -sinh(x) ==> sinh(-x) }')
    expect(found).toMatchObject({ kind: 'circle' })
    expect(found.kind === 'circle' && found.rules).toContain('r')
    expect(found.kind === 'circle' && found.rules).not.toContain('parts')
  })
  test('without a net that comes back', () => {
    expect(end('rule r { tanh ==> tanh -> sinh }')).toMatchObject({ kind: 'endless', rules: ['r'] })
  })
})

describe('overlaps', () => {
  test('are found inside and at the root', () => {
    const [a, b] = rulesOf(`rule a { weights W : m x n  exp -> mul[W] -> ln ==> add[W] }
rule b { ln -> exp ==> id when input in (0, inf) }`)
    expect(overlapsOf(a, b, REALS).map(o => o.path)).toEqual([[0, 0]])
    expect(overlapsOf(b, a, REALS).map(o => o.path)).toEqual([[0]])
    expect(overlapsOf(a, a, REALS)).toEqual([])
  })
  test('that do not meet are shown', () => {
    const rules = rulesOf('rule a { exp -> tanh ==> relu }\nrule b { sinh -> exp ==> abs }')
    const found = confluenceOf(rules, rules, rules, { seed: 1, deadline: performance.now() + 20_000 })
    expect(found).toMatchObject({ pairs: 1, complete: true })
    expect(found.open.map(o => [o.rules, printNet(o.peak), o.normal.map(n => n && printNet(n))])).toEqual([
      [
        ['a', 'b'],
        "net a and b { input' : width -> sinh -> exp -> tanh -> y }",
        ["net a and b { input' : width -> sinh -> relu -> y }", "net a and b { input' : width -> abs -> tanh -> y }"],
      ],
    ])
  })
})

describe('the built-in rules', () => {
  const rules = builtin()
  // Taking functions apart happens once, before all else.
  const later = rules.filter(r => r.phase !== 'parts')

  test('come to an end', () => {
    const { by, open } = orderTogether([], rules)
    expect(open).toEqual([])
    // Each of those that normalize goes down under one measure.
    const settled = by.flatMap(b => b.rules.map(r => r.name))
    expect([...settled].sort()).toEqual(rules.flatMap(r => (r.direction === '==>' ? [r.name] : [])).sort())
    expect(by.map(b => b.measure)).toEqual([
      'the number of functions that are not linear',
      'the number of additive layers',
      'the number of functions, joins and slices',
      'the affine parts of functions beside layers',
      'what is not in its normal form',
      'the functions that can be taken apart, once at the start',
    ])
  })
  test.each(readdirSync(new URL('../../rules/', import.meta.url)))('%s comes to an end as a file', name => {
    const own = rulesOf(readFileSync(new URL(`../../rules/${name}`, import.meta.url), 'utf8'))
    const found = terminationOf(own, rules, { seed: 1, deadline: performance.now() + 20_000 })
    const normalizing = own.flatMap(r => (r.direction === '==>' ? [r.name] : []))
    expect(found).toMatchObject({ kind: 'ends', together: true })
    expect(found.kind === 'ends' && found.by.flatMap(b => b.rules).sort()).toEqual(normalizing.sort())
  })
  test('end only because layers take in the affine parts of functions', () => {
    const affine = rules.filter(r => r.phase === 'affine')
    const links = BUILTIN_MEASURES[2]
    expect(affine.map(r => directionOf(links, r))).toEqual(['open', 'open'])
    // A rule that composes at once, before a layer takes anything in, puts back what was taken apart.
    const [eager] = rulesOf('rule eager { function f, g  f -> g ==> g . f }')
    expect(orderTogether([eager], rules).open).not.toEqual([])
  })

  describe('what their end rests on', () => {
    const names = ['exp', 'ln', 'sqrt', 'abs', 'relu', 'tanh', 'softplus', 'sin', 'neg', 'sign', 'floor'] as const
    const functions: Expression[] = names.map(n => call(n, x0))
    functions.push(
      call('*', number(2), x0),
      call('+', x0, number(1)),
      call('-', number(1), x0),
      call('/', number(1), x0),
    )
    functions.push(
      call('^', x0, number(2)),
      call('/', x0, call('+', number(1), x0)),
      call('*', x0, call('sigmoid', x0)),
    )
    const composed = functions.flatMap(f => functions.map(g => compose(f, g)))
    const isNone = (split: Affine | null): boolean => split === null || (split.factor === one && split.shift === zero)
    test.each([
      ['R', REALS],
      ['(0, inf)', POSITIVE],
    ])('affine parts that are taken off are gone, and normal forms come to rest, on %s', (_, domain) => {
      for (const fn of composed) {
        const normal = simplify(fn, [domain]).result
        const again = simplify(normal, [domain]).result
        expect(simplify(again, [domain]).result).toBe(again)
        for (const split of [innerAffine, outerAffine]) {
          const found = split(normal, [domain])
          if (found === null) continue
          const left = split === innerAffine ? REALS : domain
          expect([printExpression(normal), isNone(split(found.fn, [left]))]).toEqual([printExpression(normal), true])
        }
      }
    })
    test('parts have no parts', () => {
      for (const fn of composed) {
        const found = partsOf(fn, 1)
        const parts = found === null ? [] : [...found.after, found.core, ...found.before.flat()]
        expect(parts.filter(p => partsOf(p, 1) !== null)).toEqual([])
      }
    })
    test('a quotient of affine functions before a layer has its normal form', () => {
      const { nets } = parse(`function f(t) = (t + 2)/(t + 1)
weights W : 2 x 3
net a { x : 3 in (0, inf) -> f -> add[W] -> y }`)
      expect(normalFormOf(nets.a, { rules, maxSteps: 100 }).log.entries.length).toBeLessThan(20)
    })
  })

  test('meet at every overlap, or it is listed why that is harmless: a search proves that both ways are equal', async () => {
    const reasons = JSON.parse(readFileSync(new URL('overlaps.json', import.meta.url), 'utf8')) as {
      readonly because: string
      readonly pairs: readonly string[]
    }[]
    const listed = new Set(reasons.flatMap(r => r.pairs))
    const found = confluenceOf(later, later, rules, { seed: 1, deadline: performance.now() + 50_000 })
    expect(found.complete).toBe(true)
    expect(found.pairs).toBeGreaterThan(90)
    expect(found.open.map(o => o.rules.join(' and ')).filter(pair => !listed.has(pair))).toEqual([])
    expect(reasons.every(r => r.because.length > 40)).toBe(true)
    // Nothing is listed that meets.
    const open = new Set(found.open.map(o => o.rules.join(' and ')))
    expect([...listed].filter(pair => !open.has(pair))).toEqual([])
    for (const { rules: names, normal } of found.open) {
      const [first, second] = normal.map(n => n as Diagram)
      const verdict = await prove(first, second, { rules, budget: { seconds: 20, search: 10 } })
      expect([names, verdict.kind]).toEqual([names, 'proved'])
    }
  })
})
