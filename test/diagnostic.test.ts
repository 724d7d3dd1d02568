import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type Diagnostic, lineAndColumn, renderDiagnostic } from '../src/diagnostic.ts'
import { EXPLANATIONS } from '../src/explanations.ts'
import { parse } from '../src/load.ts'

const source = readFileSync(new URL('../src/diagnostic.ts', import.meta.url), 'utf8')
const codes = [...new Set([...source.matchAll(/'([EW]\d{3})'/g)].map(m => m[1]))].sort()

describe('every code', () => {
  test('is explained, and nothing else is', () => {
    expect(Object.keys(EXPLANATIONS).sort()).toEqual(codes)
  })
  test.each(codes.filter(c => EXPLANATIONS[c]?.example != null))('%s: its example gives it', code => {
    const { diagnostics } = parse(EXPLANATIONS[code].example as string)
    expect(diagnostics.map(d => d.code)).toContain(code)
    const found = diagnostics.find(d => d.code === code)
    expect(found?.severity).toBe(code.startsWith('W') ? 'warning' : 'error')
    // An example shows one thing.
    expect(diagnostics.filter(d => d.severity === 'error').length).toBeLessThanOrEqual(1)
  })
})

describe('renderDiagnostic', () => {
  const diagnostic = (start: number, end: number, more: Partial<Diagnostic> = {}): Diagnostic => ({
    code: 'E110',
    severity: 'error',
    span: { file: 'a.net', start, end },
    message: 'expected a name',
    hint: null,
    related: [],
    ...more,
  })
  test('shows file, line, column, the text and carets', () => {
    expect(renderDiagnostic(diagnostic(9, 12), 'size n\n  abc def')).toBe(
      'a.net:2:3: error[E110]: expected a name\n  2 |   abc def\n        ^^^',
    )
  })
  test('shows hint and related places', () => {
    const d = diagnostic(7, 8, {
      hint: 'try this',
      related: [{ span: { file: 'a.net', start: 0, end: 4 }, message: 'declared here' }],
    })
    expect(renderDiagnostic(d, 'size n\nx')).toBe(
      'a.net:2:1: error[E110]: expected a name\n  2 | x\n      ^\n  hint: try this\n  a.net:1:1: declared here\n    1 | size n\n        ^^^^',
    )
  })
  test('cuts long lines around the place', () => {
    const text = `${'a'.repeat(5000)} here ${'b'.repeat(5_000_000)}`
    const shown = renderDiagnostic(diagnostic(5001, 5005), text)
    expect(shown.length).toBeLessThan(400)
    const [, line, carets] = shown.split('\n')
    expect(line.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)).toBe('here')
  })
  test('shows the end of a file, and an empty one', () => {
    expect(renderDiagnostic(diagnostic(4, 4), 'size')).toContain('1 | size\n          ^')
    expect(renderDiagnostic(diagnostic(0, 0), '')).toBe('a.net:1:1: error[E110]: expected a name')
  })
  test('lets no control characters through', () => {
    const text = 'net \u001b[31m\u0007 \u202e x\u2028'
    const shown = renderDiagnostic(diagnostic(4, 5), text)
    expect([...shown].filter(c => c !== '\n' && /[\p{Cc}\p{Cf}\p{Zl}]/u.test(c))).toEqual([])
  })
  test('colours on demand only', () => {
    expect(renderDiagnostic(diagnostic(0, 1), 'x', { color: true })).toContain('\u001b[31m')
    expect(renderDiagnostic(diagnostic(0, 1), 'x')).not.toContain('\u001b')
  })
  test('a message without a place', () => {
    expect(renderDiagnostic(diagnostic(0, 0, { span: null, hint: 'h' }), '')).toBe(
      'error[E110]: expected a name\n  hint: h',
    )
  })
})

test('columns count characters, lines from 1', () => {
  const text = 'a\n\u{1d53d}b\r\nc'
  expect(lineAndColumn(text, 0)).toEqual({ line: 1, column: 1 })
  expect(lineAndColumn(text, 4)).toEqual({ line: 2, column: 2 })
  expect(lineAndColumn(text, text.length)).toEqual({ line: 3, column: 2 })
})
