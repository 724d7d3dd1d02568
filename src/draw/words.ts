// Words in lines, by the widths of the fonts.
import { cleanText, cutText } from './label.ts'
import { textWidth } from './metrics.ts'
import { greatest } from './scene.ts'

/**
 * Words in lines of at most this width at font size 1: broken at spaces, after hyphens where a word alone is too wide, and
 * elsewhere only where a part of it is; what is beyond `limit` lines is cut.
 */
export function wrapText(text: string, width: number, limit: number, face: 'serif' | 'sans'): string[] {
  const lines: string[] = []
  let line = ''
  for (const part of wordParts(text, width, face)) {
    if (textWidth((line + part).trimEnd(), face) <= width) {
      line += part
      continue
    }
    if (line !== '') lines.push(line.trimEnd())
    line = ''
    for (const character of part) {
      if (line !== '' && textWidth(line + character.trimEnd(), face) > width) {
        lines.push(line)
        line = ''
      }
      line += character
    }
  }
  if (line.trimEnd() !== '') lines.push(line.trimEnd())
  if (lines.length <= limit) return lines
  return [...lines.slice(0, limit - 1), `${lines[limit - 1].slice(0, -1)}…`]
}

/** What stays together on a line: words with the space after them, or the parts between hyphens of those that are too wide. */
function wordParts(text: string, width: number, face: 'serif' | 'sans'): string[] {
  const words =
    cleanText(cutText(text, 2000))
      .trim()
      .match(/[^ ]+ ?/g) ?? []
  return words.flatMap(word =>
    textWidth(word.trimEnd(), face) <= width ? [word] : (word.match(/[^-]*-+|[^-]+$/g) ?? [word]),
  )
}

/** The same number of lines, but of nearly the same length. Parts no words for it. */
export function balanceText(text: string, width: number, limit: number, face: 'serif' | 'sans'): string[] {
  let lines = wrapText(text, width, limit, face)
  const widest = greatest(wordParts(text, width, face).map(part => textWidth(part.trimEnd(), face)))
  if (lines.length < 2 || lines.length >= limit) return lines
  for (let narrower = width * 0.95; narrower >= widest; narrower *= 0.95) {
    const next = wrapText(text, narrower, limit, face)
    if (next.length > lines.length) break
    lines = next
  }
  return lines
}
