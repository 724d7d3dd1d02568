// Pictures as text, compared: words have to be the same, numbers nearly so.
import { expect } from 'vitest'

const TOLERANCE = 0.5

/** Text with numbers taken out, and the numbers. Ids of pictures are made of the content, which may differ a little. */
function parts(text: string): { words: string; numbers: number[] } {
  const numbers: number[] = []
  const words = text.replace(/np-[0-9a-f]{8}/g, 'np').replace(/-?\d+(?:\.\d+)?/g, n => {
    numbers.push(Number(n))
    return '#'
  })
  return { words, numbers }
}

/** An SVG file without its style sheet, which is the same in all of a theme and has a golden of its own. */
export const withoutStyle = (svg: string): string => svg.replace(/<style>[\s\S]*?<\/style>/, '<style/>')

/** Expects the same words, and numbers within half a unit. */
export function expectNear(actual: string, golden: string): void {
  const [a, b] = [parts(actual), parts(golden)]
  expect(a.words).toBe(b.words)
  a.numbers.forEach((n, i) => {
    expect(Math.abs(n - b.numbers[i]), `number ${i}: ${n} against ${b.numbers[i]}`).toBeLessThanOrEqual(TOLERANCE)
  })
}
