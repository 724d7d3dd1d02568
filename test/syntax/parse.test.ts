// Cutting and recovery, and texts that were made to break a parser.
import { describe, expect, test } from 'vitest'
import { MOST_ERRORS, renderDiagnostic } from '../../src/diagnostic.ts'
import { read } from '../../src/syntax/elaborate.ts'
import { format } from '../../src/syntax/format.ts'
import { DEEPEST, parse } from '../../src/syntax/parse.ts'
import { printDiagram } from '../../src/syntax/print.ts'
import { LARGEST_EXPONENT, LONGEST_WORD } from '../../src/syntax/scan.ts'
import type { NetTree, Term } from '../../src/syntax/tree.ts'

const codes = (source: string | Uint8Array): string[] => read(source).diagnostics.map(d => d.code)
const repeat = (text: string, n: number): string => text.repeat(n)

describe('a file that is no text', () => {
  test('empty, or nothing but comments', () => {
    for (const text of ['', ' \n\t', '// a\n/* b */', '\ufeff']) expect(codes(text)).toEqual(['E002'])
  })
  test('bytes that are no UTF-8, and NUL characters', () => {
    expect(codes(new Uint8Array([0xff, 0xfe, 0x00]))).toEqual(['E001'])
    expect(codes(new Uint8Array([0x6e, 0xc3, 0x28]))).toEqual(['E001'])
    expect(codes('net a { x : 3 -> \0 -> y }')).toEqual(['E001'])
  })
  test('bytes that are UTF-8, with and without a mark', () => {
    const text = 'net ä { x : 3 -> exp -> ŷ }'
    expect([...read(new TextEncoder().encode(text)).nets.keys()]).toEqual(['ä'])
    expect([...read(new TextEncoder().encode(`\ufeff${text}`)).nets.keys()]).toEqual(['ä'])
  })
  test('carriage returns end lines like the others', () => {
    expect(codes('net a { x : 3 -> exp -> y } // c\r\nprove a == a\r\n')).toEqual([])
    const alone = 'net a { x : 3 -> exp -> y } // c\rprove a == a // d\rprove a == aa\r'
    const [problem] = read(alone).diagnostics
    expect(renderDiagnostic(problem, alone).split('\n').slice(0, 3)).toEqual([
      'input:3:12: error[E201]: unknown net `aa`',
      '  3 | prove a == aa',
      '                 ^^',
    ])
  })
})

describe('errors', () => {
  test(`are reported up to ${MOST_ERRORS}`, () => {
    const text = Array.from({ length: 500 }, (_, i) => `net n${i} { x : 3 -> -> y }\n`).join('')
    expect(codes(text).length).toBe(MOST_ERRORS)
    const names = Array.from({ length: 500 }, (_, i) => `net n${i} { x : 3 -> nothing${i} -> y }\n`).join('')
    expect(codes(names).length).toBe(MOST_ERRORS)
    expect(codes(text + names).length).toBe(MOST_ERRORS)
  })
  test('in one statement leave the others, and what refers to it is not reported', () => {
    const { diagnostics, nets } = read(
      'weights W : 3 x\nfunction f(t) = t +\nnet a { x : 3 -> add[W] -> f -> y }\nnet b { x : 3 -> exp -> y }\nprove a == b\nprove b == b\n',
    )
    expect(diagnostics.map(d => d.code)).toEqual(['E110', 'E110'])
    expect([...nets.keys()]).toEqual(['b'])
  })
  test('in several stages of one net are all reported', () => {
    expect(codes('net a { x : 3 -> add[ -> y }')).toEqual(['E106'])
    expect(codes('net a { x : 3 -> add[] -> exp exp -> ln -> pow[,] -> y }')).toEqual(['E110', 'E110', 'E110'])
    expect(codes('net a { x : 3 -> sine -> cosine -> y }')).toEqual(['E201', 'E201'])
    expect(codes('net a { x : 3 -> no -> no -> y }\nnet b { x : 3 -> no -> y }')).toEqual(['E201', 'E201', 'E201'])
  })
  test('point at the token, whatever is between', () => {
    const text = 'net a { x : 3 // not ) here\n -> /* ] */ exp exp -> y }'
    const [d] = read(text).diagnostics
    expect(text.slice(d.span?.start, d.span?.end)).toBe('exp')
    expect(d.span?.start).toBe(text.lastIndexOf('exp'))
  })
})

describe('nesting', () => {
  const nested = (depth: number): string => `function f(t) = ${repeat('exp(', depth)}t${repeat(')', depth)}`
  test(`goes ${DEEPEST} deep and no deeper`, () => {
    expect(codes(nested(DEEPEST))).toEqual([])
    expect(codes(nested(DEEPEST + 1))).toEqual(['E107'])
    expect(format(nested(DEEPEST)).text).toBe(`${nested(DEEPEST)}\n`)
  })
  test.each(['()', '[]', '{}'])('100,000 %s', ([open, close]) => {
    expect(codes(`function f(t) = ${repeat(open, 100_000)}t${repeat(close, 100_000)}`)).toEqual(['E107'])
  })
  test('deep pieces are cut at their brackets, with the trees and errors of shallow ones', () => {
    const inner = 'max([x, (x -> ln . exp)][0..3], x, -x^2)'
    let text = inner
    for (let i = 0; i < 60; i++) text = `max(${text}, 1 + x, [x, 2][1..4])`
    const file = `net a { input x : 3   output y = ${text} }`
    const net = parse(file).tree.statements[0] as NetTree
    let term: Term | undefined =
      net.form.kind === 'block' && net.form.items[1].kind === 'output'
        ? net.form.items[1].outputs[0].value?.first.tree
        : undefined
    while (term?.kind === 'call' && term.args[0].kind === 'call') term = term.args[0]
    expect(file.slice(term?.start, term?.end)).toBe(inner)
    expect(codes(file)).toEqual([])
    const wrong = file.replace('-x^2', '-x^^2')
    const [d] = read(wrong).diagnostics
    expect([d.code, d.span?.start]).toEqual(['E110', wrong.indexOf('^^') + 1])
    const twice = file.replace('(x -> ln . exp)', '(x, x)')
    expect(read(twice).diagnostics.map(e => [e.code, e.span?.start])).toEqual([['E110', twice.indexOf('(x, x)') + 2]])
  })
})

describe('length', () => {
  test.each([
    ['a sum of 100,000 terms', `function f(t) = ${repeat('t + ', 100_000)}t`, []],
    ['a maximum of 100,000', `function f(t) = max(${repeat('t, ', 100_000)}t)`, []],
    ['a sum in brackets', `function f(t) = 2*(${repeat('t - ', 20_000)}t)^2`, []],
    ['a product of 5,000 factors', `function f(t) = ${repeat('t*', 5_000)}t`, []],
    ['a product of 100,000 factors', `function f(t) = ${repeat('t*', 100_000)}t`, ['E108']],
    ['100,000 minus signs', `function f(t) = ${repeat('-', 100_000)}t`, ['E108']],
    ['a tower of 2,000 powers', `function f(t) = ${repeat('t^-', 2_000)}t`, []],
    ['a tower of 100,000 powers', `function f(t) = ${repeat('t^', 100_000)}t`, ['E108']],
    ['1,000 choices', `function f(t) = ${repeat('t > 0 ? 1 : ', 1_000)}t`, []],
    ['a composition of 3,000', `function f = ${repeat('exp . ', 3_000)}ln`, []],
    ['a name too long', `function ${repeat('f', LONGEST_WORD + 1)}(t) = t`, ['E104']],
    ['a number too long', `function f(t) = ${repeat('1', LONGEST_WORD + 1)}`, ['E104']],
    ['a number that is long', `function f(t) = ${repeat('1', LONGEST_WORD)}`, []],
    ['an exponent too large', 'function f(t) = 1e999999999', ['E104']],
    ['a large exponent', `function f(t) = 1e-${LARGEST_EXPONENT}`, []],
    [
      '1,000 inputs without sizes',
      `net a { input ${Array.from({ length: 1000 }, (_, i) => `x${i}`).join()}   output y = x0 }`,
      repeat('E402 ', MOST_ERRORS).trim().split(' '),
    ],
  ])('%s', (_, text, wanted) => {
    expect(codes(text)).toEqual(wanted)
  })
  test('a line of ten megabytes: a net, and garbage of several kinds', () => {
    const million = 10_000_000
    expect(read(`net a { x : 3 -> ${repeat('relu -> ', million / 8)}y }`).nets.get('a')?.nodes.length).toBe(
      million / 8 + 2,
    )
    for (const garbage of ['a', '@#', '(', 'net ', 'a b ']) {
      const found = codes(repeat(garbage, million / garbage.length))
      expect(found.length).toBeGreaterThanOrEqual(1)
      expect(found.length).toBeLessThanOrEqual(MOST_ERRORS)
    }
  })
  test('definitions and wires that lead 50,000 deep', () => {
    const n = 50_000
    const functions = Array.from({ length: n }, (_, i) => `function f${i} = ln . f${i + 1}\n`).join('')
    expect(codes(`${functions}function f${n} = exp`)).toEqual([])
    expect(codes(functions.replace(`f${n}`, 'f0'))).toEqual(['E302'])
    const wires = Array.from({ length: n }, (_, i) => `h${i} = exp(h${i + 1}) + h${i + 1}\n`).join('')
    const { nets } = read(`net a { input x : 3   ${wires} h${n} = x   output y = h0 }`)
    const net = nets.get('a')
    expect(net?.nodes.length).toBe(n + 2)
    expect(read(printDiagram(net as NonNullable<typeof net>)).nets.get('a')?.nodes.length).toBe(n + 2)
    expect(codes(`net a { input x : 3   ${wires.replace(`h${n}`, 'h0')} output y = h0 }`)).toEqual(['E503'])
  })
  test('definitions that double 1,000 times', () => {
    const functions = Array.from({ length: 1000 }, (_, i) => `function f${i} = f${i + 1} . f${i + 1}\n`).join('')
    const { nets, diagnostics } = read(`${functions}function f1000 = exp\nnet a { x : 3 -> f0 -> y }`)
    expect(diagnostics).toEqual([])
    expect(printDiagram(nets.get('a') as NonNullable<ReturnType<typeof nets.get>>)).toContain('-> f0 ->')
  })
  test('a matrix of 300 rows', () => {
    const row = `[${Array.from({ length: 300 }, (_, i) => `${i}/7`).join(', ')}]`
    const { weights } = read(`weights C = [${Array.from({ length: 300 }, () => row).join(',\n')}]`)
    expect(weights.get('C')?.value?.length).toBe(300)
    expect(weights.get('C')?.value?.[299][5].toFraction()).toBe('5/7')
  })
})

describe('trees', () => {
  test('of equal texts are shared, and texts that differ in names only have their own names and places', () => {
    const text = 'net a { x : 3 -> add[W1, b] -> relu -> add[W23, c] -> relu -> y }'
    const net = parse(text).tree.statements[0] as NetTree
    if (net.form.kind !== 'chain') throw new Error('not a chain')
    const [first, second, third, fourth] = net.form.stages
    expect(second.tree).toBe(fourth.tree)
    expect(first.tree).not.toBe(third.tree)
    for (const stage of [first, third]) {
      const names: string[] = []
      const visit = (t: Term): void => {
        if (t.kind === 'name' || t.kind === 'indexed') names.push(t.name)
        if (t.kind === 'name') expect(text.slice(stage.offset + t.start, stage.offset + t.end)).toBe(t.name)
        if (t.kind === 'indexed') t.args.forEach(visit)
      }
      visit(stage.tree)
      expect(names).toEqual(stage === first ? ['add', 'W1', 'b'] : ['add', 'W23', 'c'])
    }
  })
  test('keep the reason of a rule: the comment directly above it', () => {
    const reasons = (text: string): string[] =>
      parse(text).tree.statements.flatMap(s => (s.kind === 'rule' ? [s.reason] : []))
    const rule = 'rule r { exp -> ln ==> id }'
    expect(reasons(`// one\n// two\n${rule}`)).toEqual(['one\ntwo'])
    expect(reasons(`/* one\n * two */\n${rule}`)).toEqual(['one\ntwo'])
    expect(reasons(`// far\n\n${rule}`)).toEqual([''])
    expect(reasons(`size n // of another\n${rule}`)).toEqual([''])
  })
})

describe('lists of numbers that are read without the grammar', () => {
  const listOf = (text: string): Term => {
    const { tree, diagnostics } = parse(`weights W = ${text}`)
    expect(diagnostics).toEqual([])
    const [statement] = tree.statements
    if (statement.kind !== 'weights') throw new Error(statement.kind)
    const { offset, tree: value } = statement.value as { offset: number; tree: Term }
    expect(offset === 0 || text.length < 400).toBe(true)
    return value
  }
  /** A tree without its positions, but with the text that each part covers. */
  const covered = (text: string, tree: unknown): unknown =>
    JSON.parse(
      JSON.stringify(tree, (_, v) => {
        if (typeof v === 'bigint') return String(v)
        if (typeof v !== 'object' || v === null || !('start' in v)) return v
        const { start, end, ...rest } = v as { start: number; end: number }
        return { ...rest, covers: text.slice(start, end) }
      }),
    )
  const ENTRIES = ['1', '-2', '0.25', '-1.50', '3e2', '-7.25E-3', '007', '12345678901234567890.5', '0', '- 3']
  test.each([
    ['a vector', ENTRIES.join(', ')],
    ['rows', `[${ENTRIES.join(', ')}], [ ${ENTRIES.toReversed().join(' ,')} ]`],
  ])('%s: as the grammar reads it', (_, short) => {
    const long = Array.from({ length: 300 }, () => short).join(', ')
    const ofGrammar = listOf(`[${short}]`)
    const fast = listOf(`[${long}]`)
    if (ofGrammar.kind !== 'list' || fast.kind !== 'list') throw new Error()
    expect(fast.items).toHaveLength(300 * ofGrammar.items.length)
    // Short ones have positions from the start of the piece, long ones in the file.
    const shown = covered(`[${short}]`, ofGrammar.items)
    const found = covered(`weights W = [${long}]`, fast.items) as unknown[]
    for (const k of [0, 150, 299])
      expect(found.slice(k * ofGrammar.items.length, (k + 1) * ofGrammar.items.length)).toEqual(shown)
  })
  test.each([
    ['1, 2 3', ','],
    ['1, , 2', 'E'],
    ['1, 2,', 'E'],
    ['1, [2, 3], [4, [5]', 'E'],
    ['1, --', 'E'],
  ])('what is wrong in a long one is still said: %s', end => {
    const { diagnostics } = parse(`weights W = [${repeat('1, ', 2000)}${end}]`)
    expect(diagnostics.length).toBeGreaterThan(0)
  })
  test('entries that are no numbers are read as before', () => {
    const list = listOf(`[${repeat('1, ', 2000)}1/3, (2), 1 + 1]`)
    if (list.kind !== 'list') throw new Error()
    expect(list.items.slice(-3).map(i => i.kind)).toEqual(['product', 'group', 'sum'])
  })
})

describe('a misspelled word', () => {
  const hints = (text: string): (string | null)[] => read(text).diagnostics.map(d => `${d.code} ${d.hint}`)
  test('at the start of a line hides no other statement', () => {
    const text = 'wieghts W : 3 x 3\nfuncton f : R -> R\nnett a { x : 3 -> exp -> y }\nweights V : 2 x 2\nprov a == a\n'
    const meant = ['weights', 'function', 'net', 'prove']
    expect(hints(text)).toEqual(meant.map(word => `E111 did you mean \`${word}\`?`))
    expect([...read(text).weights.keys()]).toEqual(['V'])
  })
  test('no line of a statement is taken for one', () => {
    const text =
      'size n\nweights W,\nus : n\nx n\nfunction f : R -> R\nincreasing\ninverse g\nnet a { x : n -> f -> y }\nprove a == a\nexpect proved\n'
    expect(hints(text)).toEqual([])
  })
  test('of the grammar is known where it, or the word before, is not what was wanted', () => {
    expect(hints('rule r { function f\n f -> f ==> f when f idempotnt }')).toEqual(['E110 did you mean `idempotent`?'])
    expect(hints('rule r { functon f\n f -> f ==> f }')).toEqual(['E110 did you mean `function` by `functon`?'])
    expect(hints('net a { x : 3 -> exp -> y }\nprove a == a expct proved')).toEqual(['E110 did you mean `expect`?'])
  })
  test('is known by its name before its parameters are looked at', () => {
    expect(hints('weights W : 3 x 3\nnet a { x : 3 -> ad[W] -> y }')).toEqual(['E201 did you mean `add`?'])
  })
  test('with letters of another alphabet is recognized', () => {
    for (const exp of ['ехр', 'еxp', 'ｅｘｐ'])
      expect(hints(`net a { x : 3 -> ${exp} -> y }`)[0]).toContain(
        'did you mean `exp`? What stands here has other letters',
      )
    expect(hints('net a { x : 3 -> ж -> y }')).toEqual(['E201 null'])
  })
})
