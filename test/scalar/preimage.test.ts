// What results say of arguments: an argument that gives a result in the set is in the preimage.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encloseCall } from '../../src/scalar/enclosure.ts'
import { ARITY, type KnownName } from '../../src/scalar/expression.ts'
import { preimage } from '../../src/scalar/preimage.ts'
import { containsPoint, interval, isSubset, point, printRange, REALS, union } from '../../src/scalar/range.ts'
import { rational } from '../../src/scalar/rational.ts'
import { rangeOfText } from './ranges.ts'

describe('preimage', () => {
  const cases: [KnownName, number, string[], string, string][] = [
    ['exp', 0, ['R'], '(1, inf)', '(0, inf)'],
    ['exp', 0, ['R'], '(-inf, 0]', '{}'],
    ['ln', 0, ['R'], '(-inf, 0)', '(0, 1)'],
    ['sqrt', 0, ['R'], '(-inf, 2]', '[0, 4]'],
    ['abs', 0, ['R'], '[1, 2)', '(-2, -1] | [1, 2)'],
    ['relu', 0, ['R'], '[0, 0]', '(-inf, 0]'],
    ['relu', 0, ['R'], '(0, 1)', '(0, 1)'],
    ['^', 0, ['R', '[2, 2]'], '[4, 9]', '[-3, -2] | [2, 3]'],
    ['^', 0, ['R', '[3, 3]'], '(-8, 1]', '(-2, 1]'],
    ['^', 0, ['R', '[-1, -1]'], '[2, inf)', '(0, 0.5]'],
    ['^', 0, ['R', '[0.5, 0.5]'], '(-inf, 3]', '[0, 9]'],
    ['^', 0, ['R', 'R'], '(0, inf)', 'R'],
    ['^', 0, ['R', '[0, 0]'], '[1, 1]', 'R'],
    ['*', 0, ['R', '[2, 2]'], '(0, 1)', '(0, 0.5)'],
    ['*', 0, ['R', 'R'], '(0, 1)', '(-inf, 0) | (0, inf)'],
    ['*', 0, ['R', 'R'], '[0, 1)', 'R'],
    ['/', 1, ['[1, 1]', 'R'], '(0, 1]', '[1, inf)'],
    ['max', 0, ['R', '[2, 2]'], '(-inf, 3]', '(-inf, 3]'],
    ['max', 0, ['R', '[2, 2]'], '[3, 4]', '[3, 4]'],
    ['floor', 0, ['R'], '(0.5, 2.5)', '[1, 3)'],
    ['sign', 0, ['R'], '(0, inf)', '(0, inf)'],
    ['tan', 0, ['R'], '(0, 1)', 'R'],
  ]
  for (const [name, index, args, result, expected] of cases) {
    it(`${name}(${args.join(', ')}) in ${result}: argument ${index} in ${expected}`, () =>
      expect(printRange(preimage(name, index, args.map(rangeOfText), rangeOfText(result)))).toBe(expected))
  }

  const finite = fc.oneof(
    fc.integer({ min: -4, max: 4 }).map(n => rational(n)),
    fc.tuple(fc.integer({ min: -30, max: 30 }), fc.integer({ min: 1, max: 8 })).map(([n, d]) => rational(n, d)),
  )
  for (const name of Object.keys(ARITY) as KnownName[]) {
    it(`${name}: contains every argument that gives a result in the set`, () => {
      let values = 0
      fc.assert(
        fc.property(finite, finite, finite, fc.boolean(), fc.boolean(), (a, b, width, open, isKnown) => {
          const args = ARITY[name] === 1 ? [a] : [a, b]
          const value = encloseCall(
            name,
            args.map(q => ({ low: q, high: q })),
            100,
          )
          if (typeof value === 'string') return
          values++
          const sets = [
            union(interval(value.low, value.high.add(width.abs())), point(rational(100))),
            interval(value.low, null),
          ]
          if (open) sets.push(interval(null, value.high.add(1), { highOpen: true }))
          for (const result of sets) {
            for (const index of args.keys()) {
              const known = args.map((q, k) => (k !== index && isKnown ? point(q) : REALS))
              expect(isSubset(point(args[index]), preimage(name, index, known, result))).toBe(true)
              expect(containsPoint(preimage(name, index, known, REALS), args[index])).toBe(true)
            }
          }
        }),
        { numRuns: 150, seed: 9 },
      )
      expect(values).toBeGreaterThan(5)
    })
  }
})
