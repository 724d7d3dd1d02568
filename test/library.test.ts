// The library as its users meet it: everything through src/index.ts, nothing but what it exports.
import { describe, expect, test } from 'vitest'
import {
  build,
  builtin,
  counterexampleJson,
  definednessObstacle,
  derivationOf,
  derivative,
  draw,
  enclose,
  evaluate,
  expression,
  hashDiagram,
  Mismatch,
  normalFormOf,
  normalize,
  parse,
  printDiagram,
  printNet,
  printRange,
  prove,
  proveEqual,
  simplify,
  stepsOf,
  toPng,
  trustedRules,
  wireRanges,
} from '../src/index.ts'

const { add, fn, input, join, matrix, maxpool, mul, net, pointwise, scale, shift, slice, softmax, unknownWeight } =
  build

const THEOREM = `weights W1, W2 : 3 x 3
function sigma : (0, inf) -> (0, inf)
function sigma' = ln . sigma . exp
net product { x : 3 in (0, inf) -> mul[W1] -> sigma -> mul[W2] -> y }
net sum     { x : 3 in (0, inf) -> ln -> add[W1] -> sigma' -> add[W2] -> exp -> y }
prove product == sum
`

describe('from text', () => {
  const { nets, claims, diagnostics } = parse(THEOREM, { file: 'theorem.net' })
  test('a proof, its steps and its picture', async () => {
    expect(diagnostics).toEqual([])
    const verdict = await prove(nets.product, nets.sum, { rules: builtin(), seed: 1, budget: { seconds: 5 } })
    if (verdict.kind !== 'proved') throw new Error(verdict.kind)
    expect(printRange(verdict.domain.x)).toBe('(0, inf)')
    expect([...verdict.steps].map(s => s.rule)).toEqual([
      'multiplicative-additive',
      'multiplicative-additive',
      'composition',
      'composition',
    ])
    expect([...verdict.steps][0]).toMatchObject({ side: 'left', at: verdict.left.log.entries.at(0).at })
    const steps = stepsOf(verdict.left.log)
    expect(steps[0].rule.name).toBe('multiplicative-additive')
    expect(printNet(steps[0].before)).toBe(printNet(nets.product))
    expect(printNet(steps[steps.length - 1].after)).toBe(printNet(verdict.left.normal))
    const derivation = derivationOf(claims[0], verdict)
    expect(derivation.stages[0].diagram).toBe(verdict.left.log.start)
    const svg = await draw(derivation)
    expect(svg).toContain('<svg ')
    expect(await draw(derivation)).toBe(svg)
    const printed = await draw(verdict, { theme: 'print', level: 'layers' })
    expect(printed).toContain('netproof-print')
    expect(printed).toContain('add[W2]')
    await expect(draw(verdict, { theme: 'none' as never })).rejects.toThrow(RangeError)
    expect(await draw(builtin().find(r => r.name === 'multiplicative-additive') as never)).toContain('<svg ')
    expect((await toPng(await draw(nets.product))).length).toBeGreaterThan(1000)
  })
  test('the built-in rules are those that are used where none are named', async () => {
    const verdict = await prove(nets.product, nets.sum)
    expect(verdict.kind).toBe('proved')
    expect([...normalize(nets.product)].map(s => s.rule.name)).toEqual(
      [...normalize(nets.product, { rules: builtin() })].map(s => s.rule.name),
    )
  })
  test('normalize yields steps, of which the last ends in the normal form', () => {
    const steps = [...normalize(nets.product, { rules: builtin() })]
    const { normal, log } = normalFormOf(nets.product, { rules: builtin() })
    expect(steps.map(s => [s.rule.name, s.at, s.index])).toEqual(
      Array.from(log.entries, (m, i) => [m.rule.name, m.at, i]),
    )
    expect(printNet(steps[steps.length - 1].after)).toBe(printNet(normal))
    expect(steps.slice(1).map(s => printNet(s.before))).toEqual(steps.slice(0, -1).map(s => printNet(s.after)))
  })
  test('a refutation', async () => {
    const { nets } = parse('net a { x : 1 -> ln -> exp -> y }\nnet b { x : 1 -> y }')
    const verdict = await prove(nets.a, nets.b, { rules: builtin() })
    if (verdict.kind !== 'refuted') throw new Error(verdict.kind)
    const { inputs, left, right } = counterexampleJson(verdict.counterexample)
    expect(Number(inputs.x[0])).toBeLessThanOrEqual(0)
    expect(left).toBe('undefined')
    expect(right).not.toBe('undefined')
  })
  test('no text makes parse throw', () => {
    for (const text of [
      '',
      '}{',
      'net',
      'net a {',
      'prove a == b',
      '\u0000',
      'rule r { f ==> }',
      'weights W = [[1], [2, 3]]',
    ]) {
      expect(parse(text).diagnostics.some(d => d.severity === 'error')).toBe(true)
    }
    expect(parse(new Uint8Array([0xff, 0xfe, 0])).diagnostics[0].code).toBe('E001')
    // An unknown function inside of a defined one has no value to be looked at.
    const unknown = 'function phi : R -> R\nfunction f(t) = phi(t)\nnet a { input x : 1   output y = x + ln(f(2)) }'
    expect(parse(unknown).diagnostics).toEqual([])
  })
  test('rules of a file are used once they are proved', async () => {
    const program = parse(`rule wrong { relu ==> id }
rule companion { size m, n   weights W : m x n   exp -> mul[W] -> ln  ==>  add[W] }
rule relu-scale { real c in (0, inf)   scale[c] -> relu  ==>  relu -> scale[c] }`)
    expect(program.diagnostics).toEqual([])
    const { rules, diagnostics } = await trustedRules(program)
    expect(rules.slice(0, -builtin().length).map(r => r.name)).toEqual(['companion', 'relu-scale'])
    expect(diagnostics).toHaveLength(1)
    expect(diagnostics[0]).toMatchObject({ code: 'W705', severity: 'warning' })
    expect((await trustedRules(program, { assume: ['wrong'] })).rules.find(r => r.name === 'wrong')?.assumed).toBe(true)
  })

  test('an assumed rule with == that applies a part of a net to another wire is one that the search does not use, which is said', async () => {
    const codes = async (body: string): Promise<string[]> => {
      const program = parse(`rule r "r" { net N : n -> n  wire x : n  ${body} }`)
      return (await trustedRules(program, { assume: ['r'] })).diagnostics.map(d => d.code)
    }
    expect(await codes('N(x) -> relu == x -> relu -> N')).toEqual(['W707'])
    expect(await codes('N(x) -> relu ==> x -> relu -> N')).toEqual([])
    expect(await codes('(N(x) -> relu) + (N(x) -> relu) == N(x) -> relu -> scale[2]')).toEqual([])
    // The condition is about a wire that is not found where the end of the part is.
    expect(await codes('N(x) -> relu == N(x) when x in [0, inf)')).toEqual(['W707'])
  })
})

describe('from values', () => {
  const W1 = unknownWeight('W1', 4, 3)
  const W2 = unknownWeight('W2', 2, 4)
  const positive = { x: input(3, '(0, inf)') }
  test('a net like one that is written', () => {
    const built = net(positive, ({ x }) => ({ y: x.pipe(mul(W1), fn('relu'), mul(W2)) }), 'a')
    const text =
      'weights W1 : 4 x 3\nweights W2 : 2 x 4\nnet a { x : 3 in (0, inf) -> mul[W1] -> relu -> mul[W2] -> y }'
    expect(hashDiagram(built)).toBe(hashDiagram(parse(text).nets.a))
    expect(printNet(built)).toBe('net a { x : 3 in (0, inf) -> mul[W1] -> relu -> mul[W2] -> y }')
  })
  test('proofs', async () => {
    const left = net(positive, ({ x }) => ({ y: x.pipe(mul(W1), fn('relu'), mul(W2)) }))
    const right = net(positive, ({ x }) => ({ y: x.pipe(fn('ln'), add(W1), add(W2), fn('exp')) }))
    expect((await prove(left, right, { rules: builtin() })).kind).toBe('proved')
    const wrong = net(positive, ({ x }) => ({ y: x.pipe(fn('ln'), add(W1), fn('relu'), add(W2), fn('exp')) }))
    expect((await prove(left, wrong, { rules: builtin() })).kind).toBe('refuted')
  })
  test('all kinds of nodes print as text that is read as the same net', () => {
    const { call, variable } = expression
    const all = net({ a: input(4), b: input('n', '[0, 1]') }, ({ a, b }) => {
      const h = a.pipe(
        add(
          matrix([
            [1, 2, 0, -0.5],
            [0, 1, 1, 1],
          ]),
        ),
        shift(3),
        scale(0.25),
      )
      const both = join(h, a.pipe(slice(1, 3)), a.pipe(maxpool(2)))
      return {
        y: pointwise(call('*', variable(0), variable(1)), both, both.pipe(fn('tanh'))),
        z: b.pipe(softmax, fn('id')),
      }
    })
    const again = parse(printDiagram(all))
    expect(again.diagnostics).toEqual([])
    expect(hashDiagram(again.nets.built)).toBe(hashDiagram(all))
    expect(printDiagram(again.nets.built)).toBe(printDiagram(all))
  })
  test('evaluation', () => {
    const a = net({ x: input(2) }, ({ x }) => ({
      y: x.pipe(
        add(
          matrix([
            [1, 2],
            [3, 4],
          ]),
        ),
        fn('relu'),
      ),
    }))
    expect(evaluate(a, { inputs: { x: [1, -1] } })).toMatchObject({ ok: true, outputs: { y: Float64Array.of(0, 0) } })
    expect(evaluate(a, { inputs: { x: [1, 1] } })).toMatchObject({ ok: true, outputs: { y: Float64Array.of(3, 7) } })
    expect(evaluate(a, { inputs: { x: [1] } })).toMatchObject({
      ok: false,
      problem: { kind: 'input-length', name: 'x', expected: 2, found: 1 },
    })
    expect(evaluate(a, { inputs: {} })).toMatchObject({ ok: false, problem: { kind: 'missing-input' } })
  })
  test('misuse is an error that names what is wrong', () => {
    expect(() => net({ x: input(3) }, ({ x }) => ({ y: x.pipe(add(W2)) }))).toThrow(/2 x 4.*3/)
    expect(() => net({ x: input(3) }, ({ x }) => ({ y: x.pipe(maxpool(2)) }))).toThrow(RangeError)
    expect(() => net({ x: input(3) }, ({ x }) => ({ y: x.pipe(fn('nonsense')) }))).toThrow(/nonsense/)
    expect(() => input(3, '(1, 0)')).toThrow(RangeError)
    expect(() => input(3, 'everything')).toThrow(/everything/)
    expect(() => net({ x: input(3) }, () => ({}))).toThrow(RangeError)
    const [one, two] = [3, 2].map(n => net({ x: input(n) }, ({ x }) => ({ y: x })))
    return expect(prove(one, two, { rules: builtin() })).rejects.toThrow(Mismatch)
  })
  test('ranges of wires, and where a net may be undefined', () => {
    const { nets } = parse('net a { x : 2 in [1, 2] -> exp -> ln -> y }\nnet b { x : 2 -> ln -> y }')
    const ranges = [...wireRanges(nets.a).values()]
    expect(printRange(ranges[0][0])).toBe('[1, 2]')
    expect(definednessObstacle(nets.a)).toBeNull()
    expect(definednessObstacle(nets.b)).toMatchObject({ operation: 'ln' })
  })
})

describe('real functions', () => {
  const { call, number, variable } = expression
  const x = variable(0)
  const { x: line } = { x: input(1) }
  test('equality, derivatives, enclosures, normal forms', () => {
    expect(proveEqual(call('ln', call('exp', x)), x, [line.domain]).kind).toBe('proved')
    expect(proveEqual(call('exp', call('ln', x)), x, [line.domain]).kind).toBe('unproved')
    expect(
      proveEqual(
        derivative(call('exp', call('*', number(2), x)), 0),
        call('*', number(2), call('exp', call('*', number(2), x))),
        [line.domain],
      ).kind,
    ).toBe('proved')
    expect(enclose(call('ln', number(-1)), [])).toBe('undefined')
    const root = enclose(call('sqrt', number(4)), [])
    expect(typeof root === 'string' ? root : [root.low, root.high].map(String)).toEqual(['2', '2'])
    expect(simplify(call('ln', call('relu', call('exp', x))), [line.domain]).result).toBe(x)
  })
})

describe('hashDiagram', () => {
  const hash = (text: string): string => hashDiagram(Object.values(parse(text).nets)[0])
  const base = hash(
    'weights A, B : 2 x 2\nfunction f : R -> R\nnet n { input x : 2, z : 2   output y = f(x -> add[A]) + (z -> add[B]) }',
  )
  test('names, and the order of statements and terms, do not count', () => {
    expect(
      hash(
        'function g : R -> R\nweights U, V : 2 x 2\nnet m { input p : 2, q : 2   output r = (q -> add[V]) + g(p -> add[U]) }',
      ),
    ).toBe(base)
    expect(
      hash(
        'weights B, A : 2 x 2\nfunction f : R -> R\nnet n { input x : 2, z : 2   h = z -> add[B]   k = x -> add[A]   output y = h + f(k) }',
      ),
    ).toBe(base)
  })
  test('everything else does', () => {
    const others = [
      'weights A, B : 2 x 2\nfunction f : R -> R\nnet n { input x : 2, z : 2   output y = f(x -> add[A]) - (z -> add[B]) }',
      'weights A, B : 2 x 2\nfunction f : R -> R\nnet n { input x : 2, z : 2   output y = f(x -> add[A]) + (z -> add[A]) }',
      'weights A, B : 2 x 2\nfunction f : R -> R\nnet n { input x : 2, z : 2   output y = f(x -> add[A]) + (x -> add[B]) }',
      'weights A, B : 2 x 2\nfunction f : R -> R\nnet n { input x : 2, z : 2   output y = f(z -> add[A]) + (x -> add[B]) }',
      'weights A, B : 3 x 3\nfunction f : R -> R\nnet n { input x : 3, z : 3   output y = f(x -> add[A]) + (z -> add[B]) }',
      'weights A, B : 2 x 2\nnet n { input x : 2, z : 2   output y = exp(x -> add[A]) + (z -> add[B]) }',
      'weights A, B : 2 x 2\nfunction f : R -> R\nnet n { input x : 2 in (0, inf), z : 2   output y = f(x -> add[A]) + (z -> add[B]) }',
    ].map(hash)
    expect(new Set([base, ...others]).size).toBe(8)
  })
})
