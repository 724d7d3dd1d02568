import { expect, test } from 'vitest'
import { simplestFraction } from '../../src/scalar/critical.ts'

test('the simplest fraction that a double may stand for', () => {
  const text = (x: number): string | undefined => simplestFraction(x)?.toFraction()
  expect(text(7 / 3)).toBe('7/3')
  expect(text(-0.1)).toBe('-1/10')
  expect(text(0)).toBe('0')
  expect(text(5)).toBe('5')
  expect(text(1234.5678)).toBe('6172839/5000')
  expect(text(1 / 3 + 1e-14)).toBe('1/3')
  expect(text(Math.SQRT2)).toBeUndefined()
  expect(text(Math.PI)).toBeUndefined()
  expect(text(Number.NaN)).toBeUndefined()
  expect(text(1e300)).toBeUndefined()
})
