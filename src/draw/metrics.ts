// How wide text is, without a browser: the advance widths of the fonts that ship with netproof (`fonts/`, `widths.ts`),
// so that the same text takes the same room on every machine.
import { WIDTHS } from './widths.ts'

/** The faces that text is set in. Signs of mathematics that a face lacks are taken from `signs`. */
export type Face = 'serif' | 'sans'

let tables: Readonly<Record<keyof typeof WIDTHS, ReadonlyMap<number, number>>> | undefined

function widthsOf(face: keyof typeof WIDTHS): ReadonlyMap<number, number> {
  const read = (name: keyof typeof WIDTHS): ReadonlyMap<number, number> =>
    new Map(WIDTHS[name].flatMap(([first, widths]) => widths.split(' ').map((w, i) => [first + i, Number(w)] as const)))
  tables ??= { serif: read('serif'), sans: read('sans'), signs: read('signs') }
  return tables[face]
}

/** The font that has a character: that of the text, the one for signs, or none of those that ship with netproof. */
export function fontOf(character: string, face: Face): Face | 'signs' | null {
  const code = character.codePointAt(0) as number
  return widthsOf(face).has(code) ? face : widthsOf('signs').has(code) ? 'signs' : null
}

/** The width of text at font size 1. */
export function textWidth(text: string, face: Face): number {
  let thousandths = 0
  for (const character of text) {
    const code = character.codePointAt(0) as number
    const width = widthsOf(face).get(code) ?? widthsOf('signs').get(code)
    if (width !== undefined) thousandths += width
    // Of writing in other scripts only this much is known.
    else if (!/\p{Mark}/u.test(character)) thousandths += code < 0x1100 ? 850 : 1050
  }
  return thousandths / 1000
}

/** Text in parts that are each in one font; what no font of ours has stays with what comes before it. */
export function partsByFont(text: string, face: Face): { readonly font: Face | 'signs'; readonly text: string }[] {
  const parts: { font: Face | 'signs'; text: string }[] = []
  for (const character of text) {
    const last = parts.at(-1)
    const font = fontOf(character, face) ?? last?.font ?? face
    if (last?.font === font) last.text += character
    else parts.push({ font, text: character })
  }
  return parts
}
