// One text file a behaviour: a line that says what is looked at, the input, a line `==>`, and the expectation.
// `UPDATE_CASES=1 npx vitest run test/cases.test.ts` writes the expectations anew: read the difference.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { renderDiagnostic } from '../src/diagnostic.ts'
import { parse } from '../src/load.ts'
import { printRange } from '../src/scalar/range.ts'
import { read } from '../src/syntax/elaborate.ts'
import { format } from '../src/syntax/format.ts'
import { printDiagram, printNet } from '../src/syntax/print.ts'

/** What can be looked at: from the input to the text that is expected. */
const KINDS: Readonly<Record<string, (input: string) => string>> = {
  /** The nets and claims of a file, each on a line, and its warnings. */
  nets: input => {
    const { nets, claims, diagnostics } = read(input, { file: 'case.net' })
    const lines = [...nets.values()].map(n => printNet(n))
    for (const c of claims) {
      lines.push(`claim ${c.leftName} == ${c.rightName}${c.expect === null ? '' : `, ${c.expect} expected`}`)
      lines.push(`  ${printNet(c.left)}`, `  ${printNet(c.right)}`)
      for (const r of c.requirements)
        lines.push(`  n${r.node} of the ${r.side} side has to be in ${printRange(r.range)}`)
    }
    return [...lines, ...diagnostics.map(d => renderDiagnostic(d, input))].join('\n')
  },
  /** The nets of a file, each with what it uses as a file of its own. */
  print: input =>
    [...read(input, { file: 'case.net' }).nets.values()]
      .map(n => printDiagram(n))
      .join('\n')
      .trimEnd(),
  /** The diagnostics of a file. */
  errors: input =>
    read(input, { file: 'case.net' })
      .diagnostics.map(d => renderDiagnostic(d, input))
      .join('\n'),
  /** Derived rules, with the equations that lead to them, and the diagnostics of the file. */
  derive: input => {
    const { derivations, diagnostics } = parse(input, { file: 'case.net' })
    const lines = derivations.flatMap(d => [
      ...d.lines.map(l => `${l.caption}:\n  ${printNet(l.left)}\n  ${printNet(l.right)}`),
      d.rule.text,
    ])
    return [...lines, ...diagnostics.map(d => renderDiagnostic(d, input))].join('\n')
  },
  /** The file as the formatter writes it. */
  format: input => format(input).text?.trimEnd() ?? 'not formatted',
}

const folder = new URL('./cases/', import.meta.url)

describe.each(
  readdirSync(folder)
    .filter(f => f.endsWith('.txt'))
    .sort(),
)('%s', name => {
  const text = readFileSync(new URL(name, folder), 'utf8')
  const [, kind, rest] = /^# ([a-z]+)[^\n]*\n([\s\S]*)$/.exec(text) ?? []
  const cut = rest?.indexOf('\n==>\n') ?? -1
  test('has a known kind, an input and an expectation', () => {
    expect(Object.keys(KINDS)).toContain(kind)
    expect(cut).toBeGreaterThanOrEqual(0)
  })
  test(text.slice(2, text.indexOf('\n')), () => {
    const input = rest.slice(0, cut + 1)
    const found = KINDS[kind](input)
    if (process.env.UPDATE_CASES)
      writeFileSync(new URL(name, folder), `${text.slice(0, text.length - rest.length)}${input}==>\n${found}\n`)
    else expect(found).toBe(rest.slice(cut + 5).replace(/\n$/, ''))
  })
})
