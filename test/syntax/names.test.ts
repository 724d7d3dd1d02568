import { expect, test } from 'vitest'
import { addSizes, printShape, scaleSize, sizeOf, unknownSize } from '../../src/linear/size.ts'
import { nearest } from '../../src/syntax/nearest.ts'
import { isOpen, makeUnifier, unifyShapes } from '../../src/syntax/unify.ts'

test('the nearest name is suggested, where it is near', () => {
  const names = ['sigmoid', 'sin', 'sinh', 'relu', 'exp', 'W1', 'W2', 'a']
  expect(nearest('sigmod', names)).toBe('sigmoid')
  expect(nearest('Relu', names)).toBe('relu')
  expect(nearest('rleu', names)).toBe('relu')
  expect(nearest('expp', names)).toBe('exp')
  expect(nearest('w1', names)).toBe('W1')
  expect(nearest('W3', names)).toBe('W1')
  expect(nearest('foo', names)).toBeNull()
  expect(nearest('b', names)).toBeNull()
  expect(nearest('exp', ['exp'])).toBeNull()
  expect(nearest('x'.repeat(1000), ['x'.repeat(999)])).toBeNull()
})

test('open sizes are solved by what they have to equal', () => {
  const u = makeUnifier()
  const [a, b] = [u.fresh(), u.fresh()]
  const n = unknownSize('n')
  expect(isOpen(a)).toBe(true)
  expect(u.unify(addSizes(a, sizeOf(3)), sizeOf(7))).toBe(true)
  expect(u.resolve(a)).toBe(sizeOf(4))
  expect(u.unify(scaleSize(b, 2), addSizes(scaleSize(n, 4), sizeOf(2)))).toBe(true)
  expect(printShape(u.resolveShape([b, a]))).toBe('(2*n + 1) x 4')
  expect(u.unify(a, sizeOf(4))).toBe(true)
  expect(u.unify(a, sizeOf(5))).toBe(false)
})

test('sizes that cannot be equal are refused', () => {
  const u = makeUnifier()
  const n = unknownSize('n')
  expect(u.unify(n, sizeOf(3))).toBe(false)
  expect(u.unify(n, addSizes(n, sizeOf(1)))).toBe(false)
  expect(u.unify(scaleSize(u.fresh(), 2), sizeOf(3))).toBe(false)
  expect(u.unify(addSizes(u.fresh(), sizeOf(5)), sizeOf(5))).toBe(false)
  expect(unifyShapes(u, [n], [n, n])).toBe(false)
  expect(unifyShapes(u, [u.fresh(), n], [sizeOf(2), n])).toBe(true)
})

test('open sizes that depend on each other are resolved in full', () => {
  const u = makeUnifier()
  const [a, b, c] = [u.fresh(), u.fresh(), u.fresh()]
  expect(u.unify(a, addSizes(b, c))).toBe(true)
  expect(u.unify(b, c)).toBe(true)
  expect(u.unify(c, sizeOf(2))).toBe(true)
  expect(u.resolve(a)).toBe(sizeOf(4))
})
