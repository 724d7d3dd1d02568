// Every example says what it expects, and gets it: as it stands, with its statements in any order, and with other names.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { hashDiagram } from '../src/algebra/canonical.ts'
import { type LoadedClaim, type Program, parse, trustedRules } from '../src/load.ts'
import { prove, type Verdict } from '../src/prove/prove.ts'
import { format } from '../src/syntax/format.ts'
import { printDiagram } from '../src/syntax/print.ts'
import { KNOWN_FUNCTIONS, OPERATIONS } from '../src/syntax/scope.ts'
import { areApartAt } from './prove/apart.ts'
import { type Random, random } from './syntax/generate.ts'

const folder = new URL('../examples/', import.meta.url)
const names = readdirSync(folder)
  .filter(f => f.endsWith('.net'))
  .sort()

async function verdictOf(program: Program, claim: LoadedClaim): Promise<Verdict> {
  const { rules } = await trustedRules(program)
  return prove(claim.left, claim.right, { rules, requirements: claim.requirements })
}

/** The verdicts of all claims, in the order of the names of their nets where those are the same. */
async function verdictsOf(text: string, nameOf: (name: string) => string = n => n): Promise<string[]> {
  const program = parse(text, { file: 'changed.net' })
  expect(program.diagnostics).toEqual([])
  const lines: string[] = []
  for (const claim of program.claims) {
    const { kind } = await verdictOf(program, claim)
    lines.push(`${nameOf(claim.leftName)} ${nameOf(claim.rightName)} ${kind}`)
  }
  return lines.sort()
}

function shuffled<T>(items: readonly T[], r: Random): T[] {
  const result = [...items]
  for (let i = result.length - 1; i > 0; i--) {
    const j = r.below(i + 1)
    ;[result[i], result[j]] = [result[j], result[i]]
  }
  return result
}

/** The file's statements, without the comments between them. */
function statementsOf({ tree }: Program): string[] {
  return tree.statements.map(s => tree.text.slice(s.start, s.end))
}

const WORDS =
  'size weights function net prove rule input output in when with expect inverse real wire and domain proved refuted undecided increasing decreasing odd even R inf pi e x id derive from attach before after substitute normalize apply reversed reverse at run gives left right both'.split(
    ' ',
  )

/** Other names for all that a file names, in another alphabetical order; `x` stays, for it stands between sizes, too. */
function renamed(text: string): { text: string; back: ReadonlyMap<string, string> } {
  const kept = new Set([...WORDS, ...KNOWN_FUNCTIONS, ...OPERATIONS])
  const bare = text.replace(/\/\/[^\n]*/g, '').replace(/"[^"]*"/g, '')
  const found = [...new Set(bare.match(/[A-Za-z_][\w']*/g) ?? [])].filter(n => !kept.has(n)).sort()
  const to = new Map(found.map((n, i) => [n, `q${found.length - i}_`]))
  return {
    text: bare.replace(/[A-Za-z_][\w']*/g, n => to.get(n) ?? n),
    back: new Map([...to].map(([n, m]) => [m, n])),
  }
}

test('there are true and false examples enough', () => {
  const expected = names.flatMap(n => parse(readFileSync(new URL(n, folder))).claims.map(c => c.expect))
  expect(names).toContain('theorem.net')
  expect(expected.filter(e => e === 'proved').length).toBeGreaterThanOrEqual(25)
  expect(expected.filter(e => e === 'refuted').length).toBeGreaterThanOrEqual(10)
})

describe.each(names)('%s', name => {
  const text = readFileSync(new URL(name, folder), 'utf8')
  const program = parse(text, { file: name })

  test('is read without a message, and claims something', () => {
    expect(program.diagnostics).toEqual([])
    expect(program.claims.length).toBeGreaterThan(0)
    expect(program.claims.every(c => c.expect !== null)).toBe(true)
  })

  test('is formatted into a file with the same nets, and that one into itself', () => {
    const once = format(text).text as string
    expect(format(once).text).toBe(once)
    const again = parse(once)
    expect(Object.keys(again.nets)).toEqual(Object.keys(program.nets))
    for (const [net, diagram] of Object.entries(program.nets)) {
      expect(printDiagram(again.nets[net])).toBe(printDiagram(diagram))
      expect(hashDiagram(again.nets[net])).toBe(hashDiagram(diagram))
    }
  })

  test.each(program.claims.map(c => [c.title, c] as const))('%s', async (_, claim) => {
    const verdict = await verdictOf(program, claim)
    expect(verdict.kind).toBe(claim.expect)
    if (verdict.kind === 'refuted') expect(areApartAt(verdict.counterexample)).toBe(true)
    if (verdict.kind === 'proved') expect(verdict.assumptions).toEqual([])
  })

  test('has the same verdicts with its statements in another order', async () => {
    const before = await verdictsOf(text)
    for (const seed of [1, 2])
      expect(await verdictsOf(shuffled(statementsOf(program), random(seed)).join('\n\n'))).toEqual(before)
  })

  test('has the same verdicts under other names', async () => {
    const { text: other, back } = renamed(text)
    expect(other).not.toContain('sigma')
    expect(await verdictsOf(other, n => back.get(n) ?? n)).toEqual(await verdictsOf(text))
    const nets = parse(other).nets
    for (const [net, diagram] of Object.entries(nets)) {
      expect(hashDiagram(diagram)).toBe(hashDiagram(program.nets[back.get(net) ?? net]))
    }
  })
})
