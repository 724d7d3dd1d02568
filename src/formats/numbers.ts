// Files of numbers, by the ending of their name or, where that says nothing, by how they begin.
import { type NumberArray, problem, type Read } from './array.ts'
import { readCsv, writeCsv } from './csv.ts'
import { nested, readJson } from './json.ts'
import { readNpy, writeNpy } from './npy.ts'

/** One array, or several by their names (a JSON object). */
export type Numbers = NumberArray | Readonly<Record<string, NumberArray>>

export function isArray(numbers: Numbers): numbers is NumberArray {
  return numbers.data instanceof Float64Array
}

/** Text files become strings, which JavaScript engines limit. */
const LARGEST_TEXT = 2 ** 28

/** Reads `.npy`, `.json`, and tables of text (`.csv`, `.tsv`, `.txt`). */
export function readNumbers(file: string, bytes: Uint8Array): Read<Numbers> {
  const ending = /\.([a-z]+)$/i.exec(file)?.[1].toLowerCase() ?? ''
  if (ending === 'npy' || bytes[0] === 0x93) return readNpy(bytes)
  if (bytes.length === 0) return problem({ kind: 'empty' })
  if (bytes.length > LARGEST_TEXT) return problem({ kind: 'too-large', bytes: bytes.length, limit: LARGEST_TEXT })
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return problem({ kind: 'not-text' })
  }
  const isJson = ending === 'json' || (!['csv', 'tsv', 'txt'].includes(ending) && /^\s*[[{]/.test(text))
  return isJson ? readJson(text) : readCsv(text)
}

/** Endings of files that can be written. */
export const WRITABLE = ['.json', '.csv', '.npy'] as const

/**
 * Arrays by their names as one file: JSON holds an object, CSV a column for each component of each array (`y[0]`) and a
 * row for each index of the first axis, which all arrays share. Null for an ending that is not known, and for several
 * arrays as .npy, which holds one.
 */
export function writeNumbers(file: string, arrays: Readonly<Record<string, NumberArray>>): string | Uint8Array | null {
  const named = Object.entries(arrays)
  if (file.endsWith('.json')) {
    return `${JSON.stringify(Object.fromEntries(named.map(([name, array]) => [name, nested(array)])), null, 2)}\n`
  }
  if (file.endsWith('.npy')) return named.length === 1 ? writeNpy(named[0][1]) : null
  if (!file.endsWith('.csv')) return null
  const count = named[0]?.[1].shape[0] ?? 0
  const width = ({ data }: NumberArray): number => (count === 0 ? 0 : data.length / count)
  const head = named.flatMap(([name, array]) =>
    Array.from({ length: width(array) }, (_, i) => (width(array) === 1 ? name : `${name}[${i}]`)),
  )
  const rows = Array.from({ length: count }, (_, r) =>
    named.flatMap(([, array]) => Array.from(array.data.subarray(r * width(array), (r + 1) * width(array)))),
  )
  return writeCsv(head, rows)
}
