// What has to hold for every file: the cutting parser accepts what the grammar accepts, printing gives text that means
// the same, formatting twice is formatting once, and nothing throws.
import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Diagram, Node } from '../../src/diagram/diagram.ts'
import { type Linear, linearParts, linearPostorder } from '../../src/linear/linear.ts'
import { type Expression, fold, parts } from '../../src/scalar/expression.ts'
import { printRange } from '../../src/scalar/range.ts'
import { read } from '../../src/syntax/elaborate.ts'
import { format } from '../../src/syntax/format.ts'
import { acceptsFile, matchPiece } from '../../src/syntax/grammar.ts'
import { parse } from '../../src/syntax/parse.ts'
import { printDiagram, printNet } from '../../src/syntax/print.ts'
import { changed, commented, correctFile } from './generate.ts'

const seeds = fc.integer({ min: 0, max: 2 ** 31 })
const SEED = 1

/** An expression as text that shows all of its structure, and declared functions by their names only. */
function structure(e: Expression): string {
  return fold<string>(e, (x, of) => {
    const inner = parts(x).map(of).join(' ')
    switch (x.kind) {
      case 'number':
        return x.value.toFraction()
      case 'constant':
        return x.name
      case 'variable':
        return `#${x.index}`
      case 'call':
        return `(${x.name} ${inner})`
      case 'apply':
        return `(${x.fn.name} ${inner})`
      case 'choose':
        return `(? ${x.relation} ${inner})`
    }
  })
}

function linearStructure(a: Linear): string {
  const texts = new Map<Linear, string>()
  for (const p of linearPostorder(a)) {
    const own =
      p.kind === 'symbol'
        ? p.symbol.name
        : p.kind === 'literal'
          ? JSON.stringify(p.entries.map(r => r.map(q => q.toFraction())))
          : ''
    const more = p.kind === 'scale' ? structure(p.factor) : ''
    texts.set(
      p,
      `(${p.kind} ${p.rows.text} ${p.columns.text} ${own}${more} ${linearParts(p)
        .map(q => texts.get(q))
        .join(' ')})`,
    )
  }
  return texts.get(a) as string
}

/** Numbers for texts, the same for the same text in all diagrams of a run. */
const numbers = new Map<string, number>()
function numberOf(text: string): number {
  const known = numbers.get(text)
  if (known === undefined) numbers.set(text, numbers.size)
  return known ?? numbers.size - 1
}

/** What the nodes of a diagram are, whatever their numbers and the order of a formula's wires: in canonical order. */
function meaning(d: Diagram): string[] {
  const known = new Map<number, number>()
  const texts: string[] = []
  const of = (n: Node): string => {
    switch (n.kind) {
      case 'input':
        return `${n.name} ${printRange(n.domain)}`
      case 'output':
        return n.name
      case 'constant':
        return linearStructure(n.value)
      case 'pointwise':
        return structure(n.fn).replace(/#(\d+)/g, (_, i) => `#${known.get(n.args[Number(i)])}`)
      case 'additive':
        return [...n.operators, ...(n.bias === null ? [] : [n.bias])].map(linearStructure).join(', ')
      case 'multiplicative':
        return [n.operator, ...(n.bias === null ? [] : [n.bias])].map(linearStructure).join(', ')
      case 'mix':
        return `${structure(n.fn)} ${structure(n.inverse)} ${linearStructure(n.operator)}`
      case 'slice':
        return `${n.start.text} ${n.end.text}`
      case 'reduce':
        return `${n.operation} ${n.group}`
      default:
        return ''
    }
  }
  for (const n of d.nodes) {
    const args = n.args.map(a => known.get(a) as number)
    if (n.kind === 'pointwise') args.sort((a, b) => a - b)
    const text = `${n.kind}<${of(n)}>[${n.shape.map(s => s.text)}](${args})`
    known.set(n.id, numberOf(text))
    texts.push(text)
  }
  return texts.sort()
}

/** A tree with positions from a place on, and numbers as text. */
function relative(value: unknown, from: number): unknown {
  return JSON.parse(
    JSON.stringify(value, (key, v) => {
      if (key === 'reason') return ''
      if (key === 'start' || key === 'end') return v - from
      return typeof v === 'bigint' ? `${v}` : v
    }),
  )
}

describe('correct files', () => {
  test('are read without errors', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const { diagnostics } = read(correctFile(seed))
        expect(diagnostics.filter(d => d.severity === 'error')).toEqual([])
      }),
      { seed: SEED, numRuns: 120 },
    )
  })

  test('nets print as files that mean the same, and print as themselves', () => {
    fc.assert(
      fc.property(seeds, seed => {
        for (const net of read(correctFile(seed)).nets.values()) {
          const text = printDiagram(net)
          const again = read(text)
          expect(
            again.diagnostics.filter(d => d.severity === 'error'),
            text,
          ).toEqual([])
          const copy = again.nets.get(net.name) as Diagram
          expect(printDiagram(copy)).toBe(text)
          expect(printNet(copy)).toBe(printNet(net))
        }
      }),
      { seed: SEED, numRuns: 120 },
    )
  })

  test('format to files that mean the same, with all comments, and twice is once', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const plain = correctFile(seed)
        const { text, count } = commented(plain, seed)
        const once = format(text).text as string
        expect(once, text).not.toBeNull()
        expect(format(once).text).toBe(once)
        expect(once.match(/note \d+/g)?.length ?? 0).toBe(count)
        expect(format(plain).text).toBe(format(format(plain).text as string).text)
        const [first, second] = [read(plain), read(once)]
        expect(second.diagnostics.map(d => d.message)).toEqual(first.diagnostics.map(d => d.message))
        for (const [name, net] of first.nets) expect(meaning(second.nets.get(name) as Diagram)).toEqual(meaning(net))
        expect(second.claims.length).toBe(first.claims.length)
        expect(second.rules.map(r => r.name.name)).toEqual(first.rules.map(r => r.name.name))
      }),
      { seed: SEED, numRuns: 120 },
    )
  })

  test('mean the same after printing, node by node', () => {
    fc.assert(
      fc.property(seeds, seed => {
        for (const net of read(correctFile(seed)).nets.values()) {
          const copy = read(printDiagram(net)).nets.get(net.name) as Diagram
          // Names for definitions stand for what they mean, so nets without them are compared.
          if (net.nodes.some(n => n.kind === 'pointwise' && net.names.has(n.fn))) continue
          expect(meaning(copy), printDiagram(net)).toEqual(meaning(net))
        }
      }),
      { seed: SEED, numRuns: 120 },
    )
  })

  test('mean the same in any order of their statements', () => {
    fc.assert(
      fc.property(seeds, seed => {
        const text = correctFile(seed)
        const { tree } = parse(text)
        const turned = tree.statements
          .toReversed()
          .map(s => text.slice(s.start, s.end))
          .join('\n')
        const [a, b] = [read(text), read(turned)]
        expect(b.diagnostics.map(d => d.message).sort()).toEqual(a.diagnostics.map(d => d.message).sort())
        for (const [name, net] of a.nets) expect(meaning(b.nets.get(name) as Diagram)).toEqual(meaning(net))
      }),
      { seed: SEED, numRuns: 100 },
    )
  })
})

describe('all texts', () => {
  test('are accepted by the parser exactly where the grammar as a whole accepts them', () => {
    let accepted = 0
    let refused = 0
    fc.assert(
      fc.property(seeds, seed => {
        const file = correctFile(seed)
        const text = seed % 4 === 0 ? commented(file, seed).text : changed(file.slice(file.indexOf('net ')), seed)
        const fine = parse(text).diagnostics.length === 0
        expect(fine, text).toBe(acceptsFile(text))
        if (fine) accepted++
        else refused++
      }),
      { seed: SEED, numRuns: 300 },
    )
    expect(accepted).toBeGreaterThan(50)
    expect(refused).toBeGreaterThan(50)
  })

  test('rules are cut into the trees that the grammar finds in them', () => {
    const folder = new URL('../../rules/', import.meta.url)
    const rules = readdirSync(folder).flatMap(f => {
      const text = readFileSync(new URL(f, folder), 'utf8')
      return parse(text).tree.statements.map(s => text.slice(s.start, s.end))
    })
    let compared = 0
    fc.assert(
      fc.property(seeds, seed => {
        const rule = rules[seed % rules.length]
        const text = seed % 5 === 0 ? rule : changed(rule, seed)
        const { tree, diagnostics } = parse(text)
        expect(diagnostics.length === 0, text).toBe(acceptsFile(text))
        const whole = matchPiece('Rule', text.slice(tree.statements[0]?.start))
        if (tree.statements.length !== 1 || whole.kind === 'failed') return
        compared++
        expect(relative(tree.statements[0], tree.statements[0].start), text).toEqual(relative(whole.tree, 0))
      }),
      { seed: SEED, numRuns: 500 },
    )
    expect(compared).toBeGreaterThan(100)
  })

  test('are read without an exception, and every message is about a place in the text', () => {
    const check = (text: string): void => {
      for (const d of read(text).diagnostics) {
        expect(d.span?.start).toBeGreaterThanOrEqual(0)
        expect(d.span?.end).toBeLessThanOrEqual(text.length)
        expect(d.message).not.toMatch(/undefined|null|\[object|NaN/)
      }
      format(text)
    }
    fc.assert(
      fc.property(seeds, seed => check(changed(correctFile(seed), seed))),
      { seed: SEED, numRuns: 150 },
    )
    fc.assert(fc.property(fc.string({ unit: 'binary' }), check), { seed: SEED, numRuns: 120 })
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...'net x prove{ } ( ) [ ] -> , = == : " // /* .. . ^ 1e9 function '.split(' '))),
        w => check(w.join(' ')),
      ),
      {
        seed: SEED,
        numRuns: 120,
      },
    )
  })
})
