// Mathematical labels as runs of text with size and rise: subscripts, superscripts, primes and Greek letters from plain
// names, without a browser. `notation.ts` makes labels of functions and operators out of these.
import { textWidth } from './metrics.ts'

export interface Run {
  readonly text: string
  /** The font size, and how far the baseline is above the label's, both in font sizes of the label. */
  readonly size: number
  readonly rise: number
  /** Begins where the run before it began: a subscript below a prime. */
  readonly back: boolean
}
export type Label = readonly Run[]

const SMALL = 0.68
const MAX_TEXT = 160

/**
 * Text that every reader of XML and every writing direction survives: what is a control character, half a surrogate
 * pair, not a character or turns the direction of writing is replaced; tabs and line ends are spaces.
 */
export function cleanText(text: string): string {
  let clean = ''
  for (const character of text) {
    const code = character.codePointAt(0) as number
    if (code === 9 || code === 10 || code === 13) clean += ' '
    else if (
      code < 0x20 ||
      (code >= 0x7f && code <= 0x9f) ||
      (code >= 0xd800 && code <= 0xdfff) ||
      (code & 0xfffe) === 0xfffe ||
      (code >= 0x200b && code <= 0x200f) ||
      (code >= 0x2028 && code <= 0x202e) ||
      (code >= 0x2066 && code <= 0x2069)
    )
      clean += '�'
    else clean += character
  }
  return clean
}

/** At most `length` characters, the last one `…` where the text is cut. Never parts a character from its accents. */
export function cutText(text: string, length: number): string {
  // A bound first, so that a text of megabytes is not taken apart.
  const characters = Array.from(text.slice(0, 2 * length + 2))
  if (characters.length <= length) return text
  let end = Math.max(length - 1, 0)
  while (end > 0 && /\p{Mark}/u.test(characters[end])) end--
  return `${characters.slice(0, end).join('')}…`
}

export function plain(text: string): Label {
  const clean = cleanText(cutText(text, MAX_TEXT))
  return clean === '' ? [] : [{ text: clean, size: 1, rise: 0, back: false }]
}
export function subscript(label: Label): Label {
  return label.map(r => ({ ...r, size: r.size * SMALL, rise: r.rise * SMALL - 0.24 }))
}
export function superscript(label: Label): Label {
  return label.map(r => ({ ...r, size: r.size * SMALL, rise: r.rise * SMALL + 0.38 }))
}
export function smaller(label: Label): Label {
  return label.map(r => ({ ...r, size: r.size * 0.8, rise: r.rise * 0.8 }))
}

/** The labels one after the other; runs that are set alike are joined, and what is beyond the limit is cut with `…`. */
export function concat(...labels: readonly Label[]): Label {
  const runs: Run[] = []
  let length = 0
  for (const label of labels) {
    for (const run of label) {
      const characters = run.text.length
      const last = runs[runs.length - 1]
      if (length + characters > MAX_TEXT) {
        if (last === undefined || !last.text.endsWith('…')) runs.push({ ...run, text: '…', back: false })
        return runs
      }
      length += characters
      if (last !== undefined && last.size === run.size && last.rise === run.rise && !last.back && !run.back) {
        runs[runs.length - 1] = { ...last, text: last.text + run.text }
      } else runs.push(run)
    }
  }
  return runs
}

/** The label's text without its setting, for titles and comparisons; the raised T of a transpose by its own character. */
export function labelText(label: Label): string {
  return label.map(r => (r.rise > 0 && r.text === 'T' ? 'ᵀ' : r.text)).join('')
}

/** Where each run begins, and the whole width, at font size 1. */
export function measure(
  label: Label,
  face: 'serif' | 'sans' = 'serif',
): { readonly starts: readonly number[]; readonly width: number } {
  const starts: number[] = []
  let x = 0
  let width = 0
  for (let i = 0; i < label.length; i++) {
    if (label[i].back && i > 0) x = starts[i - 1]
    starts.push(x)
    x += textWidth(label[i].text, face) * label[i].size
    width = Math.max(width, x)
  }
  return { starts, width }
}
export function labelWidth(label: Label, face: 'serif' | 'sans' = 'serif'): number {
  return measure(label, face).width
}
/** How far the label reaches above and below its baseline, at font size 1. */
export function labelHeight(label: Label): { readonly above: number; readonly below: number } {
  let above = 0.74
  let below = 0.06
  for (const run of label) {
    above = Math.max(above, run.rise + 0.74 * run.size)
    below = Math.max(below, (/[gjpqyβγζημξρφχψ(),;[\]{}|]/.test(run.text) ? 0.22 : 0.02) * run.size - run.rise)
  }
  return { above, below }
}

/** The label, or as much of it as fits into this width at font size 1, ended by `…`. */
export function fitLabel(label: Label, width: number, face: 'serif' | 'sans' = 'serif'): Label {
  if (labelWidth(label, face) <= width) return label
  const room = width - textWidth('…', face)
  const { starts } = measure(label, face)
  const kept: Run[] = []
  for (let i = 0; i < label.length; i++) {
    let x = starts[i]
    let text = ''
    for (const character of label[i].text) {
      x += textWidth(character, face) * label[i].size
      if (x > room) break
      text += character
    }
    if (text !== '') kept.push({ ...label[i], text })
    if (text !== label[i].text) break
  }
  return concat(kept, [{ text: '…', size: 1, rise: 0, back: false }])
}

const GREEK: Readonly<Record<string, string>> = {
  alpha: 'α',
  beta: 'β',
  gamma: 'γ',
  delta: 'δ',
  epsilon: 'ε',
  zeta: 'ζ',
  eta: 'η',
  theta: 'θ',
  iota: 'ι',
  kappa: 'κ',
  lambda: 'λ',
  mu: 'μ',
  nu: 'ν',
  xi: 'ξ',
  omicron: 'ο',
  pi: 'π',
  rho: 'ρ',
  sigma: 'σ',
  tau: 'τ',
  upsilon: 'υ',
  phi: 'φ',
  chi: 'χ',
  psi: 'ψ',
  omega: 'ω',
  Gamma: 'Γ',
  Delta: 'Δ',
  Theta: 'Θ',
  Lambda: 'Λ',
  Xi: 'Ξ',
  Pi: 'Π',
  Sigma: 'Σ',
  Upsilon: 'Υ',
  Phi: 'Φ',
  Psi: 'Ψ',
  Omega: 'Ω',
}

/**
 * A name as mathematics sets it: `W1`, `x_1` and `W[1]` with subscripts, `sigma'` as σ′, `x1'` with the prime above the
 * subscript. `index` is one more subscript.
 */
export function nameLabel(name: string, index: string | null = null): Label {
  const match = /^(\p{L}+)(\d*)((?:_[\p{L}\d]+)*)(?:\[([^[\]]*)\])?('*)$/u.exec(name.length <= MAX_TEXT ? name : '')
  // Anything else is not a name of the language, and is shown as it is.
  if (match === null) return index === null ? plain(name) : concat(plain(name), subscript(plain(index)))
  const [, letters, digits, rest, bracket, primes] = match
  const base = plain(Object.hasOwn(GREEK, letters) ? GREEK[letters] : letters)
  const below = [
    digits,
    ...rest.split('_').map(part => (Object.hasOwn(GREEK, part) ? GREEK[part] : part)),
    bracket ?? '',
    index ?? '',
  ]
  const sub = subscript(plain(below.filter(part => part !== '').join(',')))
  if (primes === '') return concat(base, sub)
  const above: Run = { text: '′'.repeat(primes.length), size: 1, rise: 0, back: false }
  return sub.length === 0 ? concat(base, [above]) : [...base, above, { ...sub[0], back: true }]
}

/** Words with the names in them as mathematics sets them, as far as plain text goes: `ln . sigma . exp` as ln∘σ∘exp. */
export function mathText(text: string): string {
  return text
    .replace(/(?<![\p{L}\p{N}_])([A-Za-z]+)('*)(?![\p{L}\p{N}_'])/gu, (all, word: string, primes: string) =>
      Object.hasOwn(GREEK, word) ? GREEK[word] + '′'.repeat(primes.length) : all,
    )
    .replace(/(?<=\S) \. (?=\S)/g, '∘')
}
