// Tables of numbers as text, a row a line: CSV as in RFC 4180 (commas, quotes, either line end), and the same with
// semicolons, tabs or blanks between the numbers. A first line that holds a word is a head, and is skipped.
import { type NumberArray, problem, type Read } from './array.ts'

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/
const SPECIAL: Readonly<Record<string, number>> = { nan: Number.NaN, inf: Infinity, infinity: Infinity }

/** The number that a field says; null where it says none. `nan` and `inf` are numbers here: whoever uses them objects. */
function numberIn(field: string): number | null {
  const text = field.trim()
  if (NUMBER.test(text)) return Number(text)
  const word = text.replace(/^[+-]/, '').toLowerCase()
  if (!Object.hasOwn(SPECIAL, word)) return null
  return text.startsWith('-') ? -SPECIAL[word] : SPECIAL[word]
}

function separatorOf(line: string): string {
  for (const separator of [',', ';', '\t']) if (line.includes(separator)) return separator
  return ' '
}

/** The fields of a line; a quote within quotes is doubled. Numbers hold no line ends, so no field is longer than a line. */
function fieldsOf(line: string, separator: string): string[] {
  if (separator === ' ') return line.trim().split(/\s+/)
  if (!line.includes('"')) return line.split(separator)
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i]
    if (c === '"') {
      if (quoted && line[i + 1] === '"') field += line[++i]
      else quoted = !quoted
    } else if (c === separator && !quoted) {
      fields.push(field)
      field = ''
    } else field += c
  }
  return [...fields, field]
}

/** The table in a text, as rows x columns. Blank lines and lines that begin with # are passed over. */
export function readCsv(text: string): Read<NumberArray> {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  const numbers: number[] = []
  let [rows, width] = [0, 0]
  let separator: string | null = null
  for (const [at, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue
    separator ??= separatorOf(line)
    const fields = fieldsOf(line, separator)
    const values = fields.map(numberIn)
    const bad = values.indexOf(null)
    const isHead = rows === 0 && width === 0 && values.some((v, i) => v === null && fields[i].trim() !== '')
    if (rows === 0 && width === 0) width = fields.length
    if (isHead) continue
    if (fields.length !== width) return problem({ kind: 'ragged', row: at + 1, expected: width, found: fields.length })
    if (bad >= 0) return problem({ kind: 'not-number', row: at + 1, column: bad + 1, found: fields[bad].trim() })
    for (const value of values) numbers.push(value as number)
    rows++
  }
  if (rows === 0) return problem({ kind: 'empty' })
  return { ok: true, value: { shape: [rows, width], data: Float64Array.from(numbers) } }
}

/** A head of names and a line for each row. */
export function writeCsv(names: readonly string[], rows: readonly (readonly number[])[]): string {
  const quoted = names.map(name => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name))
  return `${[quoted.join(','), ...rows.map(row => row.join(','))].join('\n')}\n`
}
