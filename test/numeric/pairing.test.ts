import { expect, test } from 'vitest'
import { pairUp } from '../../src/numeric/pairing.ts'
import { interval, NON_NEGATIVE, printRange, REALS } from '../../src/scalar/range.ts'
import { rational } from '../../src/scalar/rational.ts'
import { diagram, input, output } from './build.ts'

const net = (a: string, b: string, y: string, domain = REALS, n = 2) =>
  diagram('n', input(a, n, domain), input(b, n), output(y, 0, n), output('rest', 1, n))

test('names that agree pair inputs, in whatever order they stand', () => {
  const pairing = pairUp(net('a', 'b', 'y'), net('b', 'a', 'y'))
  expect(pairing?.inputs.map(i => [i.left, i.right])).toEqual([
    ['a', 'a'],
    ['b', 'b'],
  ])
  expect(pairing?.opposite.map(o => o.id)).toEqual([2, 3])
})
test('other names pair by position', () => {
  const pairing = pairUp(net('a', 'b', 'y'), net('b', 'c', 'z'))
  expect(pairing?.inputs.map(i => [i.left, i.right])).toEqual([
    ['a', 'b'],
    ['b', 'c'],
  ])
  expect(pairing?.opposite.map(o => o.name)).toEqual(['z', 'rest'])
})
test('the domain is what both declare', () => {
  const below = interval(null, rational(3))
  const pairing = pairUp(net('a', 'b', 'y', NON_NEGATIVE), net('a', 'b', 'y', below))
  expect(pairing?.inputs.map(i => printRange(i.domain))).toEqual(['[0, 3]', 'R'])
})
test('other shapes or numbers cannot be paired', () => {
  expect(pairUp(net('a', 'b', 'y'), net('a', 'b', 'y', REALS, 3))).toBeNull()
  expect(pairUp(net('a', 'b', 'y'), diagram('n', input('a', 2), output('y', 0, 2)))).toBeNull()
})
