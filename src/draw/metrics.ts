// How wide text is, without a browser and without fonts: the advance widths of DejaVu Serif and DejaVu Sans, which are
// wider than nearly all faces that a viewer may put in their place, so that what fits here fits there.

/** Widths of U+0020 to U+007E in hundredths of the font size. */
const SERIF_ASCII =
  '32 40 46 84 64 95 89 28 39 39 50 84 32 34 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 54 ' +
  '100 72 74 77 80 73 69 80 87 40 40 75 66 102 88 82 67 82 75 69 67 84 72 103 71 66 70 39 34 39 84 50 ' +
  '50 60 64 56 64 59 37 64 64 32 31 61 32 95 64 60 64 64 48 51 40 64 57 86 56 57 53 64 34 64 84'
const SANS_ASCII =
  '32 40 46 84 64 95 78 28 39 39 50 84 32 36 32 34 64 64 64 64 64 64 64 64 64 64 34 34 84 84 84 53 ' +
  '100 68 69 70 77 63 58 78 75 30 30 66 56 86 75 79 60 79 70 64 61 73 68 99 69 61 69 39 34 39 84 50 ' +
  '50 61 64 55 64 62 35 64 63 28 28 58 28 97 63 61 64 64 41 52 39 63 59 82 59 59 53 64 34 64 84'
/** The same of U+0391 to U+03C9 (U+03A2 is not assigned). */
const SERIF_GREEK =
  '72 74 69 72 73 70 87 82 40 75 72 102 88 70 82 87 67 60 71 67 66 82 71 88 83 40 66 68 52 60 39 61 ' +
  '68 58 60 60 52 54 60 60 39 63 63 65 61 55 60 66 59 56 68 55 61 70 61 78 82'
const OTHERS: Readonly<Record<string, number>> = {
  '′': 23,
  '∘': 50,
  '·': 32,
  '−': 84,
  '×': 84,
  '÷': 84,
  '≤': 84,
  '≥': 84,
  '≠': 84,
  '…': 100,
  '∞': 83,
  '→': 84,
  Σ: 71,
  '\u2009': 20,
}

const table = (text: string): readonly number[] => text.split(' ').map(Number)
let tables: { serif: readonly number[]; sans: readonly number[]; greek: readonly number[] } | undefined

/** The width of text at font size 1. */
export function textWidth(text: string, face: 'serif' | 'sans'): number {
  tables ??= { serif: table(SERIF_ASCII), sans: table(SANS_ASCII), greek: table(SERIF_GREEK) }
  let hundredths = 0
  for (const character of text) {
    const code = character.codePointAt(0) as number
    if (code >= 0x20 && code <= 0x7e) hundredths += (face === 'serif' ? tables.serif : tables.sans)[code - 0x20]
    else if (code >= 0x391 && code <= 0x3c9) hundredths += tables.greek[code - 0x391]
    else if (/\p{Mark}/u.test(character)) continue
    else hundredths += OTHERS[character] ?? (code < 0x1100 ? 85 : 105)
  }
  return hundredths / 100
}
