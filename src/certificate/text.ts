// The text of a certificate, from anybody. It is looked through byte by byte before it is parsed, so that what no certificate
// holds is found at once: numbers and names without end, lists within lists within lists, a key that is there twice, of which
// one reader would take the first and another one the last.

/** More text than this is not read: as JSON it would take several times its size. */
export const MOST_BYTES = 250_000_000
/** Lists and objects, and values in them: one of the first takes some 50 bytes of memory, of the second 8. */
export const MOST_LISTS = 8_000_000
export const MOST_VALUES = 20_000_000
const MOST_NESTING = 64
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
      if (byte === COLON) keys++
      else if (byte === COMMA) {
        if (++values > MOST_VALUES) return null
      } else if (byte === OPEN || byte === OPEN_LIST) {
        if (++depth > MOST_NESTING || ++lists > MOST_LISTS) return null
      } else if (byte === CLOSE || byte === CLOSE_LIST) depth--
    }
  }
  return keys
}

/** The number of keys in a JSON value that does not nest deeply. */
function keysOf(value: unknown): number {
  let keys = 0
  const stack = [value]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (Array.isArray(next)) {
      for (const part of next) if (typeof part === 'object' && part !== null) stack.push(part)
    } else {
      const object = next as { [key: string]: unknown }
      for (const key in object) {
        keys++
        const part = object[key]
        if (typeof part === 'object' && part !== null) stack.push(part)
      }
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
