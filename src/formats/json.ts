// Arrays of numbers in JSON: a number, or lists of lists of one length. JSON has no infinite numbers and no NaN; as text,
// "Infinity", "-Infinity" and "NaN", they are read and written.
import { type NumberArray, problem, type Read } from './array.ts'

const WORDS: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity }
const MOST_AXES = 32

export function numberInJson(value: unknown): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && Object.hasOwn(WORDS, value) ? WORDS[value] : null
}

export function jsonNumber(x: number): number | string {
  return Number.isFinite(x) ? x : String(x)
}

/** The array that a parsed document is. */
export function arrayFromJson(document: unknown): Read<NumberArray> {
  const shape: number[] = []
  for (let first = document; Array.isArray(first); first = first[0]) {
    if (shape.length === MOST_AXES) return problem({ kind: 'too-deep' })
    shape.push(first.length)
  }
  // All lists of one level, then all of the next.
  let level: readonly unknown[] = [document]
  for (const [axis, length] of shape.entries()) {
    const odd = level.findIndex(list => !Array.isArray(list) || list.length !== length)
    if (odd >= 0) {
      const list = level[odd]
      if (Array.isArray(list)) return problem({ kind: 'ragged', row: odd + 1, expected: length, found: list.length })
      return problem({ kind: 'not-number', row: axis === 0 ? 1 : odd + 1, column: 1, found: JSON.stringify(list) })
    }
    level = (level as readonly (readonly unknown[])[]).flat(1)
  }
  const width = Math.max(1, shape[shape.length - 1] ?? 1)
  const data = new Float64Array(level.length)
  for (const [i, value] of level.entries()) {
    const number = numberInJson(value)
    if (number === null) {
      const found = JSON.stringify(value).slice(0, 40)
      return problem({ kind: 'not-number', row: Math.floor(i / width) + 1, column: (i % width) + 1, found })
    }
    data[i] = number
  }
  return { ok: true, value: { shape, data } }
}

/** One array, or several by their names. */
export function readJson(text: string): Read<NumberArray | Readonly<Record<string, NumberArray>>> {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    return problem({ kind: 'json', detail: (error as Error).message })
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return arrayFromJson(document)
  const named: [string, NumberArray][] = []
  for (const [name, value] of Object.entries(document)) {
    const array = arrayFromJson(value)
    if (!array.ok) return array
    named.push([name, array.value])
  }
  return { ok: true, value: Object.fromEntries(named) }
}

/** The array as nested lists. */
export function nested({ shape, data }: NumberArray): unknown {
  let level: unknown[] = Array.from(data, jsonNumber)
  for (const length of shape.toReversed()) {
    const next: unknown[] = []
    for (let i = 0; i < level.length; i += length) next.push(level.slice(i, i + length))
    level = length === 0 ? [[]] : next
  }
  return level[0]
}
