// Suggestions for misspelled names.
import { NAME, type Tokens } from './scan.ts'

/** The candidate most like a word, if one is near enough to be meant: ties go to the first in alphabetical order. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > 60) return null
  const limit = word.length < 2 ? 0 : word.length < 5 ? 1 : word.length < 9 ? 2 : 3
  let best: string | null = null
  let least = limit + 0.75
  const plain = latin(word)
  for (const c of candidates) {
    if (c === word) continue
    const isAlike = plain !== word && plain === latin(c)
    if (!isAlike && Math.abs(c.length - word.length) > limit) continue
    const d = isAlike ? 0.25 : c.toLowerCase() === word.toLowerCase() ? 0.5 : distance(word, c, limit)
    if (d < least || (d === least && best !== null && c < best)) [best, least] = [c, d]
  }
  return best
}

/** Insertions, deletions, replacements and swaps of neighbours that turn a into b; limit + 1 stands for more. */
function distance(a: string, b: string, limit: number): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      row[j] = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        row[j] = Math.min(row[j], beforeLast[j - 2] + 1)
    }
    if (Math.min(...row) > limit) return limit + 1
    ;[beforeLast, last] = [last, row]
  }
  return last[b.length] > limit ? limit + 1 : last[b.length]
}

/** Letters of other alphabets that look like Latin ones. */
const LOOKALIKES: ReadonlyMap<string, string> = new Map([
  ...zip('АВЕЅІЈКМНОРСТХУаеѕіјорсхуԁԛԝӏһ', 'ABESIJKMHOPCTXYaesijopcxydqwlh'),
  ...zip('ΑΒΕΖΗΙΚΜΝΟΡΤΥΧονιυ', 'ABEZHIKMNOPTYXoviu'),
])
function zip(keys: string, values: string): [string, string][] {
  return [...keys].map((k, i) => [k, values[i]])
}

/** The word with Latin letters in the place of those that look the same, also of wide ones. */
function latin(word: string): string {
  if (/^[ -~]*$/.test(word)) return word
  return [...word.normalize('NFKC')].map(c => LOOKALIKES.get(c) ?? c).join('')
}

/** Words that have a meaning in some place, and are written out in full. */
const WORDS: readonly string[] = [
  ...[
    'function',
    'weights',
    'size',
    'real',
    'wire',
    'operator',
    'input',
    'output',
    'when',
    'with',
    'expect',
    'inverse',
  ],
  ...['increasing', 'decreasing', 'apply', 'everywhere', 'normalize', 'repeat', 'within', 'inside', 'from', 'proved'],
  ...['refuted', 'undecided'],
]
/** Words that the grammar calls by what they say. */
const PROPERTIES: readonly string[] = [
  ...['increasing', 'decreasing', 'odd', 'even'],
  ...['invertible', 'idempotent', 'linear', 'scalar', 'diagonal', 'integer'],
]

/** Where another word was wanted than the token: whether that, or the one before, is a misspelled word of the language. */
export function misspelled(
  text: string,
  { starts, ends, kinds, count }: Tokens,
  token: number,
  wanted: readonly string[],
): { readonly word: string; readonly meant: string } | null {
  const words = wanted.flatMap(w => (/^"[a-z]+"$/.test(w) ? [w.slice(1, -1)] : []))
  const known = wanted.includes('a property') ? [...words, ...PROPERTIES] : words
  for (const [at, candidates] of [
    [token, known],
    [token - 1, WORDS],
  ] as const) {
    if (at < 0 || at >= count || kinds[at] !== NAME) continue
    const word = text.slice(starts[at], ends[at])
    const meant = candidates.includes(word) ? null : nearest(word, candidates)
    if (meant !== null) return { word, meant }
  }
  return null
}
