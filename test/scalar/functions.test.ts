import { describe, expect, test } from 'vitest'
import { disjoint, type Enclosed, type Enclosure, enclose, encloseCall } from '../../src/scalar/enclosure.ts'
import {
  ARITY,
  apply,
  call,
  choose,
  constant,
  type Expression,
  type FunctionSymbol,
  type KnownName,
  number,
  one,
  variable,
  x0,
  zero,
} from '../../src/scalar/expression.ts'
import { inversesOf, isIdempotent, KNOWN, parityOf } from '../../src/scalar/functions.ts'
import { containsPoint, REALS } from '../../src/scalar/range.ts'
import { type Rational, rational } from '../../src/scalar/rational.ts'

const names = Object.keys(ARITY) as KnownName[]
const unaryNames = names.filter(name => ARITY[name] === 1)
const points = [
  rational(0),
  rational(1),
  rational(-1),
  rational(1, 2),
  rational(-1, 2),
  rational(1, 3),
  rational(-1, 3),
  rational(2),
  rational(-2),
  rational(7, 3),
  rational(-7, 3),
  rational(5),
  rational(-5),
  rational(10),
  rational(-10),
  rational(1, 1000),
  rational(-999, 1000),
].sort((a, b) => a.compare(b))
const at = (q: Rational): Enclosure => ({ low: q, high: q })
const imageOf = (name: KnownName, ...args: Rational[]): Enclosed => encloseCall(name, args.map(at), 200)
const isEnclosure = (a: Enclosed): a is Enclosure => typeof a !== 'string'
const quotient = (n: number, d: number): Expression => number(rational(n, d))

describe('the table', () => {
  test.each(names)('%s: is defined in its domain and nowhere else', name => {
    const { domain } = KNOWN[name]
    if (domain === null) return
    expect(domain.length).toBe(ARITY[name])
    for (const x of points) {
      for (const y of domain.length === 1 ? [x] : points) {
        const inside = [x, y].slice(0, domain.length).every((q, i) => containsPoint(domain[i], q))
        expect(isEnclosure(imageOf(name, ...[x, y].slice(0, domain.length))), `${name} at ${x}, ${y}`).toBe(inside)
      }
    }
  })

  test.each(unaryNames)('%s: parity', name => {
    let [odd, even] = [true, true]
    for (const x of points) {
      const [left, right] = [imageOf(name, x.neg()), imageOf(name, x)]
      if (!isEnclosure(left) || !isEnclosure(right)) {
        if (left !== right) [odd, even] = [false, false]
        continue
      }
      if (disjoint(left, right)) even = false
      if (disjoint(left, { low: right.high.neg(), high: right.low.neg() })) odd = false
    }
    // No known function has more symmetry than the table says, but those without two opposite points in the domain.
    expect(KNOWN[name].parity).toBe(odd && !even ? 'odd' : even && !odd ? 'even' : null)
  })

  test.each(names)('%s: monotone where it says so', name => {
    KNOWN[name].monotone.forEach((pieces, index) => {
      for (const { on, direction, strict } of pieces) {
        const inside = points.filter(q => containsPoint(on, q))
        expect(inside.length).toBeGreaterThan(2)
        let equal = 0
        for (const other of points) {
          for (let i = 1; i < inside.length; i++) {
            const [before, after] = [inside[i - 1], inside[i]].map(q => {
              const args = [other, other]
              args[index] = q
              return imageOf(name, ...args.slice(0, ARITY[name])) as Enclosure
            })
            const [low, high] = direction === 'increasing' ? [before, after] : [after, before]
            expect(low.low.compare(high.high)).not.toBe(1)
            if (!disjoint(low, high)) equal++
          }
        }
        expect(equal === 0).toBe(strict)
      }
    })
  })

  test.each(names)('%s: inverses', name => {
    for (const { inverse, on } of KNOWN[name].inverses) {
      const there = points.filter(q => containsPoint(on, q))
      expect(there.length).toBeGreaterThan(2)
      for (const x of there) {
        const back = enclose(inverse, [(imageOf(name, x) as Enclosure).low])
        const error = isEnclosure(back) ? back.low.sub(x).abs() : rational(1)
        expect(error.compare(rational(1, 1n << 40n)), `${name} at ${x}`).toBe(-1)
      }
      // Just outside it is no inverse.
      for (const x of points) {
        const value = imageOf(name, x)
        if (containsPoint(on, x) || !isEnclosure(value)) continue
        const back = enclose(inverse, [value.low])
        expect(isEnclosure(back) && back.low.sub(x).abs().compare(rational(1, 1000)) < 0, `${name} at ${x}`).toBe(false)
      }
    }
  })

  test.each(unaryNames)('%s: idempotent or not', name => {
    const same = points.every(x => {
      const once = imageOf(name, x)
      if (!isEnclosure(once)) return false
      const twice = imageOf(name, once.low)
      return isEnclosure(twice) && !disjoint(once, twice)
    })
    expect(KNOWN[name].idempotent).toBe(same)
  })
})

const symbol = (fields: Partial<FunctionSymbol>): FunctionSymbol => ({
  name: 'f',
  arity: 1,
  domain: [REALS],
  codomain: REALS,
  monotone: null,
  parity: null,
  inverse: null,
  definition: null,
  parameters: ['t'],
  ...fields,
})

describe('left inverses of expressions', () => {
  const isUndone = (f: Expression): void => {
    const inverses = inversesOf(f)
    expect(inverses.length).toBeGreaterThan(0)
    let checked = 0
    for (const x of points) {
      const value = enclose(f, [x], { bits: 300 })
      if (!isEnclosure(value)) continue
      for (const inverse of inverses) {
        const back = enclose(inverse, [value.low]) as Enclosure
        expect(
          back.low
            .sub(x)
            .abs()
            .compare(rational(1, 1n << 30n)),
          `at ${x}`,
        ).toBe(-1)
      }
      checked++
    }
    expect(checked).toBeGreaterThan(3)
  }
  const logarithm = call('/', call('ln', x0), call('ln', number(10)))
  const undone: [string, Expression][] = [
    ['the identity', x0],
    ['scale[2]', call('*', number(2), x0)],
    ['shift[1]', call('+', x0, one)],
    ['1 - t', call('-', one, x0)],
    ['t - pi', call('-', x0, constant('pi'))],
    ['3/t', call('/', number(3), x0)],
    ['t/3', call('/', x0, number(3))],
    ['log[10]', logarithm],
    ['pow[3]', call('^', x0, number(3))],
    ['pow[-3]', call('^', x0, number(-3))],
    ['pow[-1]', call('^', x0, number(-1))],
    ['pow[1/2]', call('^', x0, quotient(1, 2))],
    ['pow[-2/3]', call('^', x0, quotient(-2, 3))],
    ['2^t', call('^', number(2), x0)],
    ['(1/2)^t', call('^', quotient(1, 2), x0)],
    ['sinh(2t + 1)', call('sinh', call('+', call('*', number(2), x0), one))],
    ['ln(1 + exp t)', call('ln', call('+', one, call('exp', x0)))],
    ['a definition', apply(symbol({ definition: call('exp', call('neg', x0)) }), call('+', x0, one))],
  ]
  test.each(undone)('of %s', (_, f) => isUndone(f))

  const none: [string, Expression][] = [
    ['t^2', call('^', x0, number(2))],
    ['t^0', call('^', x0, zero)],
    ['t^-2', call('^', x0, number(-2))],
    ['abs', call('abs', x0)],
    ['relu', call('relu', x0)],
    ['sin', call('sin', x0)],
    ['cosh', call('cosh', x0)],
    ['t*t', call('*', x0, x0)],
    ['t + exp t', call('+', x0, call('exp', x0))],
    ['0*t', call('*', zero, x0)],
    ['ln(1)*t', call('*', call('ln', one), x0)],
    ['t/ln(1)', call('/', x0, call('ln', one))],
    ['sin(pi)*t, which is not shown to be 0', call('*', call('sin', constant('pi')), x0)],
    ['t + ln(0)', call('+', x0, call('ln', zero))],
    ['1^t', call('^', one, x0)],
    ['0^t', call('^', zero, x0)],
    ['(-2)^t', call('^', number(-2), x0)],
    ['max(t, 1)', call('max', x0, one)],
    ['a constant', one],
    ['another variable', variable(1)],
    ['an unknown function', apply(symbol({}), x0)],
    ['a choice', choose('<', x0, zero, x0, x0)],
  ]
  test.each(none)('not of %s', (_, f) => expect(inversesOf(f)).toEqual([]))

  test('of an unknown function with a named inverse', () => {
    const h = symbol({ name: 'h' })
    const g = symbol({ name: 'g', inverse: h })
    expect(inversesOf(apply(g, x0))).toEqual([apply(h, x0)])
    expect(inversesOf(call('ln', apply(g, call('exp', x0))))).toEqual([call('ln', apply(h, call('exp', x0)))])
  })
  test('spelled as the language spells parameters', () => {
    expect(inversesOf(call('sqrt', x0))).toContain(call('^', x0, number(2)))
    expect(inversesOf(call('*', number(2), x0))[0]).toBe(call('*', quotient(1, 2), x0))
    expect(inversesOf(call('+', x0, one))[0]).toBe(call('+', x0, number(-1)))
  })
  test('a long spine', () => {
    let f: Expression = x0
    for (let i = 0; i < 20_000; i++) f = call('neg', call('exp', f))
    expect(inversesOf(f).length).toBe(1)
  })
})

test('idempotent expressions', () => {
  for (const f of [
    x0,
    one,
    call('relu', x0),
    call('max', x0, one),
    call('min', constant('pi'), x0),
    call('max', x0, x0),
  ])
    expect(isIdempotent(f)).toBe(true)
  expect(isIdempotent(apply(symbol({ definition: call('abs', x0) }), x0))).toBe(true)
  for (const f of [
    call('neg', x0),
    call('max', x0, call('neg', x0)),
    call('max', x0, variable(1)),
    call('ln', zero),
    call('max', x0, call('ln', zero)),
    call('relu', call('neg', x0)),
  ])
    expect(isIdempotent(f)).toBe(false)
})

test('parity of expressions', () => {
  const cube = call('^', x0, number(3))
  for (const f of [
    x0,
    cube,
    call('sin', call('neg', x0)),
    call('*', x0, call('cos', x0)),
    call('/', one, x0),
    call('-', call('tanh', x0), cube),
  ])
    expect(parityOf(f)).toBe('odd')
  for (const f of [
    one,
    call('^', x0, number(2)),
    call('exp', call('abs', x0)),
    call('*', x0, x0),
    call('^', call('cosh', x0), constant('pi')),
    call('ln', call('cos', x0)),
  ])
    expect(parityOf(f)).toBe('even')
  for (const f of [
    call('exp', x0),
    call('+', x0, one),
    call('relu', x0),
    call('floor', x0),
    call('^', x0, quotient(1, 3)),
    call('^', number(2), x0),
    call('max', x0, call('neg', x0)),
    apply(symbol({}), x0),
  ])
    expect(parityOf(f)).toBe(null)
  expect(parityOf(apply(symbol({ parity: 'odd' }), cube))).toBe('odd')
  expect(parityOf(apply(symbol({ parity: 'even' }), cube))).toBe('even')
})
