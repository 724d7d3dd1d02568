// Ranges from text, for tests: the form that `printRange` gives.
import { EMPTY, interval, type Range, REALS, union } from '../../src/scalar/range.ts'
import { type Rational, rational } from '../../src/scalar/rational.ts'

function end(text: string): Rational | null {
  if (text.endsWith('inf')) return null
  const [numerator, denominator = '1'] = text.split('/')
  const [whole, fraction = ''] = numerator.split('.')
  return rational(BigInt(whole + fraction), BigInt(denominator) * 10n ** BigInt(fraction.length))
}

export function rangeOfText(text: string): Range {
  if (text.trim() === 'R') return REALS
  if (text.trim() === '{}') return EMPTY
  return union(
    ...text.split('|').map(part => {
      const match = /^([([])([^,]+),([^\])]+)([\])])$/.exec(part.trim())
      if (match === null) throw new Error(`no range: ${part}`)
      return interval(end(match[2].trim()), end(match[3].trim()), {
        lowOpen: match[1] === '(',
        highOpen: match[4] === ')',
      })
    }),
  )
}
