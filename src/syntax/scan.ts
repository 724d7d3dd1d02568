// The scanner: cuts a text into words, numbers, signs and comments, so that the parser can find the places at which a
// file may be cut into pieces. It knows no grammar. What a word or number is must agree with grammar/net.ohm.
import {
  controlCharacter,
  type Diagnostic,
  numberTooLarge,
  type Span,
  strayCharacter,
  unclosedComment,
  unclosedText,
} from '../diagnostic.ts'
import type { Comment } from './tree.ts'

/** Kinds of tokens; single signs have the code of their character, from 33 to 126. */
export const NAME = 1
export const NUMBER = 2
export const TEXT = 3
export const BAD = 4
export const ARROW = 128
export const BECOMES = 129
export const EQUAL = 130
export const NOT_EQUAL = 131
export const AT_MOST = 132
export const AT_LEAST = 133
export const DOTS = 134

/** Tokens as columns: a file of ten megabytes has millions. */
export interface Tokens {
  readonly count: number
  readonly kinds: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly comments: readonly Comment[]
}

/** Where a name or number is longer, or a number's exponent larger, a diagnostic says so. */
export const LONGEST_WORD = 2000
export const LARGEST_EXPONENT = 5000

const SIGNS = new Set([...'()[]{}:,=|+-*/^.?<>'].map(c => c.charCodeAt(0)))
const PAIRS: Readonly<Record<string, number>> = {
  '->': ARROW,
  '==': EQUAL,
  '!=': NOT_EQUAL,
  '<=': AT_MOST,
  '>=': AT_LEAST,
  '..': DOTS,
}
const LETTER = /^\p{L}$/u

function isLetter(text: string, i: number): boolean {
  const c = text.charCodeAt(i)
  if (c < 128) return (c >= 97 && c <= 122) || (c >= 65 && c <= 90) || c === 95
  return LETTER.test(String.fromCodePoint(text.codePointAt(i) as number))
}
function isDigit(c: number): boolean {
  return c >= 48 && c <= 57
}
/** How many code units the character at i takes. */
function width(text: string, i: number): number {
  return (text.codePointAt(i) as number) > 0xffff ? 2 : 1
}

/** Scans a text. What is wrong is reported, and stands as a BAD token. */
export function scan(text: string, file: string, report: (d: Diagnostic) => void): Tokens {
  // A token for every three characters is enough for most files.
  let capacity = Math.max(64, Math.ceil(text.length / 3))
  let kinds = new Uint8Array(capacity)
  let starts = new Int32Array(capacity)
  let ends = new Int32Array(capacity)
  let count = 0
  const comments: Comment[] = []
  const strays = new Set<string>()
  const span = (start: number, end: number): Span => ({ file, start, end })
  const push = (kind: number, start: number, end: number): void => {
    if (count === capacity) {
      capacity *= 2
      const grow = <A extends Uint8Array | Int32Array>(old: A, fresh: A): A => {
        fresh.set(old)
        return fresh
      }
      kinds = grow(kinds, new Uint8Array(capacity))
      starts = grow(starts, new Int32Array(capacity))
      ends = grow(ends, new Int32Array(capacity))
    }
    kinds[count] = kind
    starts[count] = start
    ends[count++] = end
  }

  let i = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (i < text.length) {
    const c = text.charCodeAt(i)
    const start = i
    if (c === 32 || (c >= 9 && c <= 13)) {
      i++
    } else if (isLetter(text, i)) {
      i += width(text, i)
      while (i < text.length && (isDigit(text.charCodeAt(i)) || text.charCodeAt(i) === 39 || isLetter(text, i)))
        i += width(text, i)
      if (i - start > LONGEST_WORD) report(numberTooLarge(span(start, start + 20), 'name'))
      push(i - start > LONGEST_WORD ? BAD : NAME, start, i)
    } else if (isDigit(c)) {
      i = endOfNumber(text, i)
      const large = isTooLarge(text.slice(start, Math.min(i, start + LONGEST_WORD + 1)))
      if (large) report(numberTooLarge(span(start, Math.min(i, start + 40)), 'number'))
      push(large ? BAD : NUMBER, start, i)
    } else if (c === 34) {
      i++
      while (i < text.length && text.charCodeAt(i) !== 34 && text.charCodeAt(i) !== 10) i++
      const closed = text.charCodeAt(i) === 34
      if (closed) i++
      else report(unclosedText(span(start, Math.min(i, start + 20))))
      push(closed ? TEXT : BAD, start, i)
    } else if (c === 47 && (text.charCodeAt(i + 1) === 47 || text.charCodeAt(i + 1) === 42)) {
      const line = text.charCodeAt(i + 1) === 47
      const found = line ? endOfLine(text, i + 2) : text.indexOf('*/', i + 2)
      i = found < 0 ? text.length : line ? found : found + 2
      if (found < 0 && !line) {
        report(unclosedComment(span(start, start + 2)))
        push(BAD, start, i)
      } else comments.push({ start, end: i, text: text.slice(start, i).trimEnd() })
    } else if (text.startsWith('==>', i)) {
      push(BECOMES, i, (i += 3))
    } else if (PAIRS[text.slice(i, i + 2)] !== undefined) {
      push(PAIRS[text.slice(i, i + 2)], i, (i += 2))
    } else if (SIGNS.has(c)) {
      push(c, i, ++i)
    } else {
      // A run of what cannot be read is one error.
      while (i < text.length && !isReadable(text, i)) i += width(text, i)
      const bad = text.slice(start, Math.min(i, start + 20))
      // A sign that somebody uses throughout is reported once.
      if (!strays.has(bad))
        report(c < 32 || c === 127 ? controlCharacter(span(start, i), c) : strayCharacter(span(start, i), bad))
      strays.add(bad)
      push(BAD, start, i)
    }
  }
  return { count, kinds, starts, ends, comments }
}

/** The end of the line, where it is not that of the text; else -1. */
function endOfLine(text: string, from: number): number {
  for (let i = from; i < text.length; i++) if (text.charCodeAt(i) === 10 || text.charCodeAt(i) === 13) return i
  return -1
}

function isReadable(text: string, i: number): boolean {
  const c = text.charCodeAt(i)
  return c === 32 || (c >= 9 && c <= 13) || c === 34 || isDigit(c) || SIGNS.has(c) || isLetter(text, i)
}

function endOfNumber(text: string, from: number): number {
  const digits = (at: number): number => {
    let i = at
    while (isDigit(text.charCodeAt(i))) i++
    return i
  }
  let i = digits(from)
  if (text.charCodeAt(i) === 46 && isDigit(text.charCodeAt(i + 1))) i = digits(i + 1)
  const c = text.charCodeAt(i)
  if (c === 101 || c === 69) {
    const sign = text.charCodeAt(i + 1)
    const first = sign === 43 || sign === 45 ? i + 2 : i + 1
    if (isDigit(text.charCodeAt(first))) i = digits(first)
  }
  return i
}

function isTooLarge(number: string): boolean {
  if (number.length > LONGEST_WORD) return true
  const exponent = /[eE][+-]?(\d+)$/.exec(number)
  return exponent !== null && Number(exponent[1]) > LARGEST_EXPONENT
}
