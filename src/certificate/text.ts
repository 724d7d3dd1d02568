// The text of a certificate, from anybody. It is looked through byte by byte before it is parsed, so that what no certificate
// holds is found at once: numbers and names without end, lists within lists within lists, a key that is there twice, of which
// one reader would take the first and another one the last.

/** More text than this is not read: as JSON it would take several times its size. */
export const MOST_BYTES = 160_000_000
/** Lists and objects, values in them, and keys: what a process of 1 GB has room for, and more than 100,000 layers need. */
export const MOST_LISTS = 4_000_000
export const MOST_VALUES = 15_000_000
const MOST_KEYS = 5_000_000
/** Keys of one object, which take far more time and memory where there are very many. */
const MOST_KEYS_OF_ONE = 100_000
export const MOST_NESTING = 64
/** The longest string and the longest number, in bytes. */
const LONGEST_STRING = 200_000
const LONGEST_NUMBER = 40

const [QUOTE, BACKSLASH, COLON, COMMA, OPEN_LIST, CLOSE_LIST, OPEN, CLOSE] = [...'"\\:,[]{}'].map(c => c.charCodeAt(0))

/** The number of keys in a text of JSON; null where it is none that could be a certificate. */
function keysIn(bytes: Uint8Array): number | null {
  let keys = 0
  let depth = 0
  let literal = 0
  let lists = 0
  let values = 0
  // By depth, the keys of the object that is open there.
  const keysAt = new Int32Array(MOST_NESTING + 1)
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) {
      const start = i
      for (i++; i < bytes.length && bytes[i] !== QUOTE; i++) if (bytes[i] === BACKSLASH) i++
      if (i - start > LONGEST_STRING) return null
      literal = 0
    } else if (byte > 44 && byte < COLON) {
      if (++literal > LONGEST_NUMBER) return null
    } else {
      literal = 0
      if (byte === COLON) {
        if (++keys > MOST_KEYS || depth < 0 || ++keysAt[depth] > MOST_KEYS_OF_ONE) return null
      } else if (byte === COMMA) {
        if (++values > MOST_VALUES) return null
      } else if (byte === OPEN || byte === OPEN_LIST) {
        if (++depth > MOST_NESTING || ++lists > MOST_LISTS) return null
        keysAt[depth] = 0
      } else if (byte === CLOSE || byte === CLOSE_LIST) depth--
    }
  }
  return keys
}

/** The number of keys in a JSON value that does not nest deeply. */
function keysOf(value: object): number {
  let keys = 0
  const stack: Iterator<unknown>[] = [[value].values()]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const { done, value: part } = top.next()
    if (done) stack.pop()
    else if (Array.isArray(part)) stack.push(part.values())
    else if (typeof part === 'object' && part !== null) {
      const parts = Object.values(part)
      keys += parts.length
      stack.push(parts.values())
    }
  }
  return keys
}

/** The JSON value that a text is; null where it is no JSON, names a key twice, or is nothing that could be a certificate. */
export function parseCertificate(bytes: Uint8Array): unknown {
  if (bytes.length > MOST_BYTES) return null
  const keys = keysIn(bytes)
  if (keys === null) return null
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
    const isPlain = typeof value === 'object' && value !== null && keysOf(value) === keys
    return isPlain ? value : null
  } catch {
    return null
  }
}
