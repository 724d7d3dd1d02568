// Sizes of axes: whole numbers, unknown sizes, and their sums with whole coefficients (`n`, `2*n + 1`).
// Unknown sizes stand for every whole number from 1 on. Equal sizes are the same object.

/** constant + sum of coefficient * name, names in alphabetical order, no coefficient 0. */
export interface Size {
  readonly constant: number
  readonly terms: readonly (readonly [name: string, coefficient: number])[]
  /** The printed form, which is also the identity. */
  readonly text: string
}

const table = new Map<string, Size>()

function make(constant: number, terms: readonly (readonly [string, number])[]): Size {
  let text = ''
  for (const [name, c] of terms) {
    const factor = Math.abs(c) === 1 ? name : `${Math.abs(c)}*${name}`
    text += text === '' ? (c < 0 ? `-${factor}` : factor) : ` ${c < 0 ? '-' : '+'} ${factor}`
  }
  if (constant !== 0 || text === '')
    text += text === '' ? `${constant}` : ` ${constant < 0 ? '-' : '+'} ${Math.abs(constant)}`
  let size = table.get(text)
  if (size === undefined) {
    // Beyond that, numbers one apart are the same double.
    if (!Number.isSafeInteger(constant) || !terms.every(([, c]) => Number.isSafeInteger(c)))
      throw new RangeError(`a size of ${text} is too large`)
    table.set(text, (size = { constant, terms, text }))
  }
  return size
}

/** A known size: a whole number. */
export function sizeOf(n: number): Size {
  return make(n, [])
}
/** An unknown size. Throws RangeError where the name could be read as another size: `n - 1`, `2*n`, `3`. */
export function unknownSize(name: string): Size {
  if (!/^[^\s\d*+,-][^\s*+,]*$/.test(name)) throw new RangeError(`unknownSize: ${name} is not a name`)
  return make(0, [[name, 1]])
}
/** a + k*b for a whole number k. */
export function addSizes(a: Size, b: Size, k = 1): Size {
  const terms = new Map(a.terms)
  for (const [name, c] of b.terms) terms.set(name, (terms.get(name) ?? 0) + k * c)
  const kept = [...terms].filter(([, c]) => c !== 0).sort(([p], [q]) => (p < q ? -1 : 1))
  return make(a.constant + k * b.constant, kept)
}
/** k*a for a whole number k. */
export function scaleSize(a: Size, k: number): Size {
  return addSizes(sizeOf(0), a, k)
}
/** a/k where every coefficient divides, else null. */
export function divideSize(a: Size, k: number): Size | null {
  if (a.constant % k !== 0 || a.terms.some(([, c]) => c % k !== 0)) return null
  return make(
    a.constant / k,
    a.terms.map(([n, c]) => [n, c / k] as const),
  )
}
/** The number that a size is, or null where it is unknown. */
export function knownSize(a: Size): number | null {
  return a.terms.length === 0 ? a.constant : null
}
/** Replaces unknown sizes; those for which `by` gives undefined stay. */
export function substituteSize(a: Size, by: (name: string) => Size | undefined): Size {
  let result = sizeOf(a.constant)
  for (const [name, c] of a.terms) result = addSizes(result, by(name) ?? unknownSize(name), c)
  return result
}

/** Whether a size is at least `least`, whatever whole numbers from 1 on its unknown sizes are. */
export function isAtLeast(size: Size, least: number): boolean {
  return (
    size.terms.every(([, c]) => c >= 0) && size.constant + size.terms.reduce((total, [, c]) => total + c, 0) >= least
  )
}

/** The shape of a wire: one size for each axis. */
export type Shape = readonly Size[]

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((s, i) => s === b[i])
}
/** The shape with another last axis; itself where that is the same. */
export function withLast(shape: Shape, last: Size): Shape {
  if (shape[shape.length - 1] === last) return shape
  // A copy has no room to grow, as lists that are put together from parts do: deep nets have a shape for each layer.
  const other = shape.slice()
  other[shape.length - 1] = last
  return other
}
export function printShape(shape: Shape): string {
  return shape.map(s => (s.text.includes(' ') ? `(${s.text})` : s.text)).join(' x ')
}
