// Suggestions for misspelled names.

/** The candidate most like a word, if one is near enough to be meant: ties go to the first in alphabetical order. */
export function nearest(word: string, candidates: Iterable<string>): string | null {
  if (word.length > 60) return null
  const limit = word.length < 2 ? 0 : word.length < 5 ? 1 : word.length < 9 ? 2 : 3
  let best: string | null = null
  let least = limit + 0.75
  for (const c of candidates) {
    if (c === word || Math.abs(c.length - word.length) > limit) continue
    const d = c.toLowerCase() === word.toLowerCase() ? 0.5 : distance(word, c, limit)
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
