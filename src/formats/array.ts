// Arrays of numbers as files hold them, and what can be wrong with such a file.

/** Numbers in row-major order; the product of the shape is their number. A single number has the shape []. */
export interface NumberArray {
  readonly shape: readonly number[]
  readonly data: Float64Array
}

/** What is wrong with a file. Lines, rows and columns count from 1. */
export type FormatProblem =
  | { readonly kind: 'empty' | 'not-npy' | 'not-text' | 'not-numbers' | 'too-deep' }
  | { readonly kind: 'too-large'; readonly bytes: number; readonly limit: number }
  | { readonly kind: 'npy-version'; readonly version: string }
  | { readonly kind: 'npy-header'; readonly detail: 'long' | 'unread' }
  /** Elements that are no real numbers; `object` where they are pickled Python objects. */
  | { readonly kind: 'dtype'; readonly found: string; readonly object: boolean }
  | { readonly kind: 'size'; readonly expected: number; readonly found: number }
  | { readonly kind: 'json'; readonly detail: string }
  | { readonly kind: 'not-number'; readonly row: number; readonly column: number; readonly found: string }
  | { readonly kind: 'ragged'; readonly row: number; readonly expected: number; readonly found: number }

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: FormatProblem }

export function problem(problem: FormatProblem): { readonly ok: false; readonly problem: FormatProblem } {
  return { ok: false, problem }
}

/** The rows of an array along its first axis; one row where it has fewer than two axes. */
export function rowsOf({ shape, data }: NumberArray): Float64Array[] {
  if (shape.length < 2) return [data]
  const width = shape[0] === 0 ? 0 : data.length / shape[0]
  return Array.from({ length: shape[0] }, (_, i) => data.subarray(i * width, (i + 1) * width))
}
