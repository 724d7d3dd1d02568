// The ways in which the checker sees what only a search finds: matrices that move components through functions, joins, and
// wires that are looked at again. What is nearly so is rejected.
import { expect, test } from 'vitest'
import { Rejected } from '../../src/certificate/certificate.ts'
import { Wires } from '../../src/check/wires.ts'
import type { Node } from '../../src/diagram/diagram.ts'
import { type Linear, literal, select } from '../../src/linear/linear.ts'
import { sizeOf, unknownSize } from '../../src/linear/size.ts'
import { apply, call, type Expression, type FunctionSymbol, number, variable, x0 } from '../../src/scalar/expression.ts'
import { POSITIVE, REALS } from '../../src/scalar/range.ts'
import { rational } from '../../src/scalar/rational.ts'

const none = { over: [], ranges: [], lemmas: [] }
const over = (...wires: number[]) => ({ ...none, over: wires })
const relu = call('relu', x0)
const s: FunctionSymbol = {
  name: 's',
  arity: 1,
  domain: [REALS],
  codomain: REALS,
  monotone: null,
  parity: null,
  inverse: null,
  definition: null,
  parameters: ['t'],
}
const any = apply(s, x0)
const matrix = (...rows: number[][]): Linear => literal(rows.map(row => row.map(q => rational(q))))

/** Wires of a net under construction. */
function wires(): Wires & { put(content: object, ...args: number[]): number } {
  const made = new Wires() as ReturnType<typeof wires>
  made.put = (content, ...args) =>
    made.add({ id: made.nodes.length, args, shape: [sizeOf(2)], ...content } as unknown as Node)
  return made
}
const input = (name: string) => ({ kind: 'input', name, domain: REALS, absorbed: false })
const layer = (operator: Linear) => ({ kind: 'additive', operators: [operator], bias: null, shape: [operator.rows] })
const fn = (e: Expression) => ({ kind: 'pointwise', fn: e })

/** Whether a check comes to its end without a rejection. */
function accepts(run: () => void): boolean {
  try {
    run()
    return true
  } catch (error) {
    if (error instanceof Rejected) return false
    throw error
  }
}

/** Whether f(M x) = M' f(x) is accepted. */
function passes(
  f: Expression,
  before: Linear,
  after: Linear,
  lemma: readonly [Expression, Expression] | null = null,
): boolean {
  const w = wires()
  const x = w.put(input('x'))
  const a = w.put(fn(f), w.put(layer(before), x))
  const b = w.put(layer(after), w.put(fn(f), x))
  const lemmas = lemma === null ? [] : [{ left: lemma[0], right: lemma[1], domain: [REALS] }]
  const grounds = { over: [x], ranges: [REALS], lemmas }
  return accepts(() => w.equate(a, b, 'function', grounds)) && w.now(a) === w.now(b)
}
const swap = matrix([0, 1], [1, 0])
const twice = matrix([2, 0], [0, 1])

test('a matrix that moves components passes through any function, and no other does', () => {
  expect(passes(any, swap, swap)).toBe(true)
  expect(passes(any, matrix([1, 0], [1, 0]), matrix([1, 0], [1, 0]))).toBe(true)
  expect(passes(any, swap, matrix([1, 0], [0, 1]))).toBe(false)
  expect(passes(any, matrix([1, 1], [0, 1]), matrix([1, 1], [0, 1]))).toBe(false)
  expect(passes(any, matrix([1, 0], [0, 0]), matrix([1, 0], [0, 0]))).toBe(false)
  expect(passes(any, twice, twice)).toBe(false)
})

test('a factor passes where a lemma says so', () => {
  const scaled = (k: number, e: Expression) => call('*', number(k), e)
  const lemma = [call('relu', scaled(2, x0)), scaled(2, relu)] as const
  expect(passes(relu, twice, twice)).toBe(false)
  expect(passes(relu, twice, twice, lemma)).toBe(true)
  expect(passes(relu, twice, matrix([3, 0], [0, 1]), lemma)).toBe(false)
  expect(passes(relu, matrix([-2, 0], [0, 1]), matrix([-2, 0], [0, 1]), lemma)).toBe(false)
  expect(passes(any, twice, twice, lemma)).toBe(false)
})

test('a slice of unknown size passes through any function, at its own place', () => {
  const n = unknownSize('n')
  const [first, other] = [select(n, sizeOf(0), sizeOf(2)), select(n, sizeOf(1), sizeOf(2))]
  for (const [after, expected] of [
    [first, true],
    [other, false],
  ] as const) {
    const w = wires()
    const x = w.put({ ...input('x'), shape: [n] })
    const a = w.put(fn(any), w.put(layer(first), x))
    const b = w.put(layer(after), w.put({ ...fn(any), shape: [n] }, x))
    const run = (): void => w.equate(a, b, 'function', over(x))
    if (expected) expect(run).not.toThrow()
    else expect(run).toThrow(Rejected)
  }
})

test('a function of a join is the join of the functions, in this order', () => {
  const w = wires()
  const [x, y] = [w.put(input('x')), w.put(input('y'))]
  const join = { kind: 'join', shape: [sizeOf(4)] }
  const a = w.put({ ...fn(any), shape: [sizeOf(4)] }, w.put(join, x, y))
  const [p, q] = [w.put(fn(any), x), w.put(fn(any), y)]
  expect(() => w.equate(a, w.put(join, q, p), 'function', over(x, y))).toThrow(Rejected)
  expect(() => w.equate(a, w.put(join, p, w.put(fn(relu), y)), 'function', over(x, y))).toThrow(Rejected)
  w.equate(a, w.put(join, p, q), 'function', over(x, y))
})

test('a wire that has become another one can be looked at again as what it was, and as nothing else', () => {
  const w = wires()
  const x = w.put(input('x'))
  const a = w.put(fn(any), w.put(layer(swap), x))
  const b = w.put(layer(swap), w.put(fn(any), x))
  w.equate(a, b, 'function', over(x))
  expect(w.now(a)).toBe(b)
  const again = w.put(fn(any), w.nodes[a].args[0])
  expect(() => w.equate(a, w.put(fn(relu), w.nodes[a].args[0]), 'congruence', none)).toThrow(Rejected)
  expect(() => w.equate(a, w.put(fn(any), x), 'congruence', none)).toThrow(Rejected)
  expect(() => w.equate(x, w.put(input('z')), 'congruence', none)).toThrow(Rejected)
  w.equate(a, again, 'congruence', none)
  expect(w.now(b)).toBe(again)
  expect(w.now(a)).toBe(again)
})

test('functions of two wires: both are moved alike', () => {
  const both = call('max', x0, variable(1))
  for (const [second, expected] of [
    [swap, true],
    [matrix([1, 0], [0, 1]), false],
  ] as const) {
    const w = wires()
    const [x, y] = [w.put(input('x')), w.put(input('y'))]
    const a = w.put(fn(both), w.put(layer(swap), x), w.put(layer(second), y))
    const b = w.put(layer(swap), w.put(fn(both), x, y))
    const run = (): void => w.equate(a, b, 'function', over(x, y))
    if (expected) expect(run).not.toThrow()
    else expect(run).toThrow(Rejected)
  }
})

test('a pool of pools is the pool of groups that are as large as both together', () => {
  const shown = (outer: object, inner: object, all: object): boolean => {
    const w = wires()
    const x = w.put({ ...input('x'), shape: [sizeOf(8)] })
    const a = w.put(
      { kind: 'reduce', shape: [sizeOf(1)], ...outer },
      w.put({ kind: 'reduce', shape: [sizeOf(4)], ...inner }, x),
    )
    const b = w.put({ kind: 'reduce', shape: [sizeOf(1)], ...all }, x)
    return accepts(() => w.equate(a, b, 'pool', over(x))) && w.now(a) === b
  }
  const pool = (operation: string, group: number) => ({ operation, group })
  expect(shown(pool('max', 4), pool('max', 2), pool('max', 8))).toBe(true)
  expect(shown(pool('min', 4), pool('min', 2), pool('min', 8))).toBe(true)
  expect(shown(pool('max', 4), pool('min', 2), pool('max', 8))).toBe(false)
  expect(shown(pool('max', 4), pool('max', 2), pool('min', 8))).toBe(false)
})

test('a function that rises on the largest values only does not pass through a maximum', () => {
  const shown = (f: Expression): boolean => {
    const w = wires()
    const y = w.put({ ...input('y'), shape: [sizeOf(1)] })
    // The components of x are y and 5, so that their maximum is at least 5.
    const x = w.put({ ...layer(matrix([1], [0])), bias: matrix([0], [5]) }, y)
    const pool = { kind: 'reduce', operation: 'max', group: 2, shape: [sizeOf(1)] }
    const a = w.put(pool, w.put(fn(f), x))
    const b = w.put({ ...fn(f), shape: [sizeOf(1)] }, w.put(pool, x))
    return accepts(() => w.equate(a, b, 'pool', over(x)))
  }
  expect(shown(relu)).toBe(true)
  expect(shown(call('abs', x0))).toBe(false)
})

test('a common factor or divisor of all components passes through a layer, and no other does', () => {
  const column = layer(matrix([1], [1]))
  const times = call('*', x0, variable(1))
  const named = over
  const ratio = call('/', x0, variable(1))
  const shown = (
    f: Expression,
    change: { column?: object; other?: Linear; wire?: boolean; swapped?: boolean } = {},
  ): boolean => {
    const w = wires()
    const x = w.put(input('x'))
    const s = w.put({ ...input('s'), shape: [sizeOf(1)], domain: POSITIVE })
    const z = w.put({ ...input('z'), shape: [sizeOf(1)], domain: POSITIVE })
    const v = layer(matrix([1, 2], [3, 4]))
    const [p, q] = [w.put(change.column ?? column, s), w.put(change.column ?? column, change.wire ? z : s)]
    const a = w.put(v, w.put(fn(f), x, p))
    const vx = w.put(change.other === undefined ? v : layer(change.other), x)
    const b = change.swapped ? w.put(fn(f), q, vx) : w.put(fn(f), vx, q)
    return accepts(() => w.equate(a, b, 'linear', named(x, s, z))) && w.now(a) === b
  }
  expect(shown(times)).toBe(true)
  expect(shown(ratio)).toBe(true)
  expect(shown(times, { column: layer(matrix([1], [2])) })).toBe(false)
  expect(shown(times, { other: matrix([1, 2], [3, 5]) })).toBe(false)
  expect(shown(times, { wire: true })).toBe(false)
  expect(shown(ratio, { swapped: true })).toBe(false)
  expect(shown(call('+', x0, variable(1)))).toBe(false)
  expect(shown(call('^', x0, variable(1)))).toBe(false)
})

/** Whether a wire over the two components of x is shown to be a function of these. */
function isOfComponents(content: object, f: Expression, width = 1): boolean {
  const w = wires()
  const x = w.put(input('x'))
  const part = (start: number) => ({ ...layer(select(sizeOf(2), sizeOf(start), sizeOf(1))), shape: [sizeOf(1)] })
  const [p, q] = [w.put(part(0), x), w.put(part(1), x)]
  const whole = w.put({ kind: 'join', shape: [sizeOf(2)] }, p, q)
  const a = w.put({ shape: [sizeOf(width)], ...content }, whole)
  const b = w.put({ ...fn(f), shape: [sizeOf(1)] }, p, q)
  return accepts(() => w.equate(a, b, 'function', over(p, q))) && w.now(a) === b
}
const x1 = variable(1)

test('a pool is the maximum of the components of each group', () => {
  const pool = (operation: string) => ({ kind: 'reduce', operation, group: 2 })
  expect(isOfComponents(pool('max'), call('max', x0, x1))).toBe(true)
  expect(isOfComponents(pool('min'), call('min', x0, x1))).toBe(true)
  expect(isOfComponents(pool('max'), call('min', x0, x1))).toBe(false)
  expect(isOfComponents(pool('max'), x0)).toBe(false)
})

test('components are not taken for those of another place', () => {
  const w = wires()
  const x = w.put(input('x'))
  const a = w.put({ kind: 'reduce', operation: 'max', group: 2, shape: [sizeOf(1)] }, x)
  const first = w.put({ ...layer(select(sizeOf(2), sizeOf(0), sizeOf(1))), shape: [sizeOf(1)] }, x)
  expect(() => w.equate(a, first, 'function', over(x))).toThrow(Rejected)
  const sum = w.put({ ...layer(matrix([1, 1])), shape: [sizeOf(1)] }, x)
  const same = w.put({ kind: 'join', shape: [sizeOf(2)] }, first, first)
  const twice = w.put({ ...layer(matrix([1, 1])), shape: [sizeOf(1)] }, same)
  expect(() => w.equate(sum, twice, 'function', over(x))).toThrow(Rejected)
})

test('a product of known powers is a function of the components, whatever their signs', () => {
  const product = (...row: number[]) => ({ kind: 'multiplicative', operator: matrix(row), bias: null })
  const square = call('^', x0, number(2))
  expect(isOfComponents(product(1, 1), call('*', x0, x1))).toBe(true)
  expect(isOfComponents(product(2, 1), call('*', square, x1))).toBe(true)
  expect(isOfComponents(product(0, 1), x1)).toBe(true)
  expect(isOfComponents(product(0, 0), number(1))).toBe(true)
  expect(isOfComponents(product(1, 2), call('*', square, x1))).toBe(false)
  expect(isOfComponents({ ...product(1, 1), bias: matrix([1]) }, call('*', x0, x1))).toBe(false)
})

test('a known matrix adds components up, with its bias', () => {
  const sum = (row: number[], shift: number | null = null) => ({
    ...layer(matrix(row)),
    bias: shift === null ? null : matrix([shift]),
  })
  const twice0 = call('*', number(2), x0)
  expect(isOfComponents(sum([2, 1]), call('+', twice0, x1))).toBe(true)
  expect(isOfComponents(sum([2, 1], 3), call('+', call('+', twice0, x1), number(3)))).toBe(true)
  expect(isOfComponents(sum([2, 1], 3), call('+', twice0, x1))).toBe(false)
  expect(isOfComponents(sum([1, 2]), call('+', twice0, x1))).toBe(false)
  expect(isOfComponents(sum([0, 0], 3), number(3))).toBe(true)
})
