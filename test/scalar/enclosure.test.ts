import fc from 'fast-check'
import type { BigNumber, MathJsInstance } from 'mathjs'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  boundsToEnclosure,
  disjoint,
  type Enclosed,
  type Enclosure,
  enclose,
  encloseCall,
  encloseConstant,
  encloseDot,
  encloseTape,
} from '../../src/scalar/enclosure.ts'
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
import { REALS } from '../../src/scalar/range.ts'
import { fromDouble, type Rational, rational } from '../../src/scalar/rational.ts'
import { exactly, fromRational } from '../../src/scalar/scaled.ts'
import { tapeOf } from '../../src/scalar/tape.ts'
import { moderate, rationals } from './rationals.ts'

const at = (q: Rational | number): Enclosure => {
  const value = typeof q === 'number' ? fromDouble(q) : q
  return { low: value, high: value }
}
const box = (low: Rational | number, high: Rational | number): Enclosure => ({ low: at(low).low, high: at(high).high })
const names = Object.keys(ARITY) as KnownName[]
const unaryNames = names.filter(name => ARITY[name] === 1)
const binaryNames = names.filter(name => ARITY[name] === 2)
const isEnclosure = (a: Enclosed): a is Enclosure => typeof a !== 'string'
const sorted = (...qs: Rational[]): Rational[] => qs.sort((a, b) => a.compare(b))

/** Whether the width is at most 2^-bits of the nearer end. */
function isPrecise(a: Enclosure, bits: number): boolean {
  if (a.low.equals(a.high)) return true
  if (a.low.s !== a.high.s || a.low.n === 0n || a.high.n === 0n) return false
  const nearer = a.low.n * a.high.d < a.high.n * a.low.d ? a.low : a.high
  return (
    a.high
      .sub(a.low)
      .mul(rational(1n << BigInt(bits)))
      .compare(nearer.abs()) <= 0
  )
}

/** The same functions by another hand, decimal.js, at 220 digits, most of which cancellation may eat. */
let math: MathJsInstance
let functions: Record<KnownName, (...args: BigNumber[]) => BigNumber>
const reference = (name: KnownName, ...args: Rational[]): BigNumber =>
  functions[name](...args.slice(0, ARITY[name]).map(bigOf))
beforeAll(async () => {
  const { all, create } = await import('mathjs')
  math = create(all, { number: 'BigNumber', precision: 220 })
  const m = math as unknown as Record<string, (...args: unknown[]) => BigNumber>
  const big = (n: number): BigNumber => math.bignumber(n)
  // The plain alternating series.
  const erf = (x: BigNumber): BigNumber => {
    const square = x.times(x)
    let term = x
    let sum = x
    for (let n = 1; n < 50 || term.abs().gt('1e-250'); n++) {
      term = term.times(square).div(-n)
      sum = sum.plus(term.div(2 * n + 1))
    }
    return sum.times(2).div(m.sqrt(m.acos(big(-1))))
  }
  functions = {
    '+': (x, y) => x.plus(y),
    '-': (x, y) => x.minus(y),
    '*': (x, y) => x.times(y),
    '/': (x, y) => x.div(y),
    '^': (x, y) => x.pow(y),
    max: (x, y) => (x.gt(y) ? x : y),
    min: (x, y) => (x.lt(y) ? x : y),
    neg: x => x.neg(),
    exp: m.exp,
    ln: m.log,
    sqrt: m.sqrt,
    abs: x => x.abs(),
    sign: m.sign,
    floor: x => x.floor(),
    sin: m.sin,
    cos: m.cos,
    tan: m.tan,
    sinh: m.sinh,
    cosh: m.cosh,
    tanh: m.tanh,
    asinh: m.asinh,
    acosh: m.acosh,
    atanh: m.atanh,
    erf,
    sigmoid: x => big(1).div(m.exp(x.neg()).plus(1)),
    relu: x => (x.isNegative() ? big(0) : x),
    softplus: x => m.log(m.exp(x).plus(1)),
  }
})
const bigOf = (q: Rational): BigNumber => math.bignumber(`${q.s * q.n}`).div(math.bignumber(`${q.d}`))

/** Whether the reference's value, give or take 10^-90 of it, meets the enclosure. */
function meets(a: Enclosure, value: BigNumber): boolean {
  const slack = value.abs().times('1e-90')
  return bigOf(a.low).lte(value.plus(slack)) && bigOf(a.high).gte(value.minus(slack))
}

const decimals = (texts: string): Rational[] =>
  texts.split(' ').map(text => {
    const [mantissa, exponent] = text.split('e')
    return rational(0)
      .add(mantissa)
      .mul(rational(10).pow(Number(exponent ?? 0)) as Rational)
  })

describe('every function of one variable against decimal.js', () => {
  const points = decimals(
    '0 1 -1 2 -2 0.5 -0.5 0.1 3 -3 10 -10 1.000001 0.999999 -0.999999 1.0000000000000000000001 0.9999999999999999999 ' +
      '1e-5 -1e-5 1e-9 -1e-9 1e-20 -1e-20 1e-40 -1e-40 7 0.75 -0.25 30 -30 100 -100 123.456 -1234.5 20000 3.14159265358979323846',
  )
  const fractions = [
    rational(1, 3),
    rational(-1, 3),
    rational(22, 7),
    rational(-355, 113),
    rational(2, 3),
    rational(1000001, 1000003),
  ]
  for (const name of unaryNames) {
    test(name, () => {
      let compared = 0
      for (const q of [...points, ...fractions]) {
        // There the alternating series and what comes close to 1 are beyond the reference.
        if (q.abs().compare(name === 'erf' ? 8 : name === 'tanh' || name === 'softplus' ? 200 : 1e9) > 0) continue
        const enclosed = encloseCall(name, [at(q)], 220)
        if (!isEnclosure(enclosed)) continue
        expect(isPrecise(enclosed, 220), `${name}(${q.toFraction()}) is precise`).toBe(true)
        expect(meets(enclosed, reference(name, q)), `${name}(${q.toFraction()})`).toBe(true)
        compared++
      }
      expect(compared).toBeGreaterThan(10)
    })
  }
})

describe('the power against decimal.js', () => {
  const bases = decimals('1e-30 0.001 0.5 0.999999 1 1.000001 2 3 10 12345 1e20')
  const exponents = [...decimals('0 1 -1 2 -3 7 0.5 -0.5 0.1 1000 -1000 31.25'), rational(1, 3), rational(-22, 7)]
  test('of a positive number', () => {
    for (const x of bases) {
      for (const a of exponents) {
        const enclosed = encloseCall('^', [at(x), at(a)], 200) as Enclosure
        expect(isPrecise(enclosed, 200), `${x.toFraction()} ^ ${a.toFraction()} is precise`).toBe(true)
        expect(meets(enclosed, reference('^', x, a)), `${x.toFraction()} ^ ${a.toFraction()}`).toBe(true)
      }
    }
  })
  test('of a negative number to an integer', () => {
    for (const x of bases) {
      for (const n of [1, -1, 2, -3, 7, 1000, -1001]) {
        const enclosed = encloseCall('^', [at(x.neg()), at(n)], 200) as Enclosure
        expect(isPrecise(enclosed, 200)).toBe(true)
        const positive = reference('^', x, rational(n))
        expect(meets(enclosed, n % 2 === 0 ? positive : positive.neg())).toBe(true)
      }
    }
  })
})

describe('exact values', () => {
  const cases: [KnownName, (Rational | number)[], Rational | number][] = [
    ['exp', [0], 1],
    ['ln', [1], 0],
    ['sqrt', [4], 2],
    ['sqrt', [rational(4, 9)], rational(2, 3)],
    ['sqrt', [2 ** -60], 2 ** -30],
    ['sqrt', [0], 0],
    ['sin', [0], 0],
    ['cos', [0], 1],
    ['tan', [0], 0],
    ['sinh', [0], 0],
    ['cosh', [0], 1],
    ['tanh', [0], 0],
    ['asinh', [0], 0],
    ['acosh', [1], 0],
    ['atanh', [0], 0],
    ['erf', [0], 0],
    ['sigmoid', [0], rational(1, 2)],
    ['relu', [0], 0],
    ['relu', [-3], 0],
    ['relu', [rational(1, 3)], rational(1, 3)],
    ['sign', [-1e-300], -1],
    ['sign', [0], 0],
    ['floor', [3], 3],
    ['floor', [rational(-1, 3)], -1],
    ['floor', [rational(1, 3)], 0],
    ['floor', [2 ** 80], 2 ** 80],
    ['floor', [-(2 ** -1000)], -1],
    ['abs', [rational(-1, 3)], rational(1, 3)],
    ['max', [rational(1, 3), 0.25], rational(1, 3)],
    ['min', [rational(1, 3), 0.25], 0.25],
    ['+', [rational(1, 3), rational(1, 6)], 0.5],
    ['-', [rational(1, 3), rational(1, 3)], 0],
    ['*', [rational(1, 3), 3], 1],
    ['/', [1, 3], rational(1, 3)],
    ['/', [-1, -0.5], 2],
    ['^', [0, 0], 1],
    ['^', [0, 0.5], 0],
    ['^', [0, 3], 0],
    ['^', [-2, 3], -8],
    ['^', [-2, -3], -0.125],
    ['^', [-2, 0], 1],
    ['^', [8, rational(1, 3)], 2],
    ['^', [8, rational(-2, 3)], 0.25],
    ['^', [rational(4, 9), 1.5], rational(8, 27)],
    ['^', [1, fromDouble(0.1)], 1],
    ['^', [1, 1e300], 1],
    ['^', [2, -1074], 2 ** -1074],
    ['^', [rational(2, 3), 5], rational(32, 243)],
  ]
  test.each(cases)('%s of %s is %s', (name, args, value) => {
    const enclosed = encloseCall(name, args.map(at), 64) as Enclosure
    expect([enclosed.low.toFraction(), enclosed.high.toFraction()]).toEqual([
      at(value).low.toFraction(),
      at(value).low.toFraction(),
    ])
  })
  test('the root of 2 is not', () => {
    const root = encloseCall('sqrt', [at(2)], 64) as Enclosure
    expect(root.low.mul(root.low).compare(2)).toBe(-1)
    expect(root.high.mul(root.high).compare(2)).toBe(1)
  })
})

describe('where functions are not defined', () => {
  const cases: [KnownName, Enclosure[], 'undefined' | 'unknown'][] = [
    ['ln', [at(0)], 'undefined'],
    ['ln', [at(-1)], 'undefined'],
    ['ln', [box(-1, 0)], 'undefined'],
    ['ln', [box(0, 1)], 'unknown'],
    ['sqrt', [at(-1e-300)], 'undefined'],
    ['sqrt', [box(-1, 0)], 'unknown'],
    ['acosh', [at(rational(999, 1000))], 'undefined'],
    ['acosh', [box(0.5, 1)], 'unknown'],
    ['atanh', [at(1)], 'undefined'],
    ['atanh', [box(-2, -1)], 'undefined'],
    ['atanh', [box(0, 1)], 'unknown'],
    ['/', [at(0), at(0)], 'undefined'],
    ['/', [at(1), box(0, 1)], 'unknown'],
    ['/', [at(1), box(-1, 1)], 'unknown'],
    ['tan', [box(1, 2)], 'unknown'],
    ['tan', [box(0, 100)], 'unknown'],
    ['^', [at(0), at(-1)], 'undefined'],
    ['^', [at(0), box(-2, -1)], 'undefined'],
    ['^', [at(0), box(-1, 1)], 'unknown'],
    ['^', [box(0, 1), box(-1, 1)], 'unknown'],
    ['^', [box(-1, 1), at(-1)], 'unknown'],
    ['^', [at(-8), at(rational(1, 3))], 'undefined'],
    ['^', [at(-1), at(0.5)], 'undefined'],
    ['^', [at(-2), box(3.1, 3.2)], 'undefined'],
    ['^', [at(-2), box(2.9, 3.1)], 'unknown'],
    ['^', [at(-2), box(3, 3.1)], 'unknown'],
    ['^', [box(-1, 1), at(0.5)], 'unknown'],
  ]
  test.each(cases)('%s over %s: %s', (name, args, verdict) => expect(encloseCall(name, args, 64)).toBe(verdict))

  const defined: [KnownName, Enclosure[], Rational | number, Rational | number][] = [
    ['sqrt', [box(0, 4)], 0, 2],
    ['acosh', [at(1)], 0, 0],
    ['^', [box(0, 1), at(0.5)], 0, 1],
    ['^', [box(0, 4), box(0, 1)], 0, 4],
    ['^', [box(-2, 1), at(2)], 0, 4],
    ['^', [box(-2, 1), at(3)], -8, 1],
    ['^', [at(0), box(0, 1)], 0, 1],
    ['^', [box(-2, 3), at(0)], 1, 1],
    ['*', [box(-2, 3), box(-5, 7)], -15, 21],
    ['/', [box(-2, 3), box(-4, -2)], -1.5, 1],
    ['abs', [box(-2, 1)], 0, 2],
    ['max', [box(-2, 1), box(0, 0.5)], 0, 1],
    ['relu', [box(-2, 1)], 0, 1],
    ['sign', [box(0, 1)], 0, 1],
    ['floor', [box(0.5, 2)], 0, 2],
    ['sin', [box(0, 100)], -1, 1],
    ['cosh', [box(0, 0)], 1, 1],
    ['+', [box(rational(1, 3), 1), box(rational(1, 3), 1)], rational(2, 3), 2],
  ]
  test.each(defined)('%s over %s is [%s, %s]', (name, args, low, high) => {
    const enclosed = encloseCall(name, args, 64) as Enclosure
    expect([enclosed.low.toFraction(), enclosed.high.toFraction()]).toEqual([
      at(low).low.toFraction(),
      at(high).low.toFraction(),
    ])
  })
})

describe('properties', () => {
  test('more bits give a compatible, more precise enclosure, and no other verdict', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), rationals, rationals, (name, x, y) => {
        const args = [at(x), at(y)].slice(0, ARITY[name])
        const coarse = encloseCall(name, args, 40)
        const fine = encloseCall(name, args, 300)
        // Long arguments are rounded: few bits may not tell whether the function is defined.
        if (coarse === 'unknown') return true
        if (!isEnclosure(coarse) || !isEnclosure(fine)) return coarse === fine
        return !disjoint(coarse, fine)
      }),
      { numRuns: 3000, seed: 1 },
    )
  })

  test('relative precision, wherever numbers are not huge', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), moderate, moderate, (name, x, y) => {
        const enclosed = encloseCall(name, [at(x), at(y)].slice(0, ARITY[name]), 100)
        return !isEnclosure(enclosed) || isPrecise(enclosed, 100)
      }),
      { numRuns: 3000, seed: 2 },
    )
  })

  test('against decimal.js', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), moderate, moderate, (name, x, y) => {
        if (name === 'erf' && x.abs().compare(8) > 0) return true
        const enclosed = encloseCall(name, [at(x), at(y)].slice(0, ARITY[name]), 150)
        if (!isEnclosure(enclosed)) return true
        // Next to the ends of domains decimal.js loses all its digits.
        const near = [-1, 0, 1].some(
          c =>
            x.n !== 0n &&
            !x.equals(c) &&
            x
              .sub(c)
              .abs()
              .compare(rational(1, 1n << 120n)) < 0,
        )
        return near || meets(enclosed, reference(name, x, y))
      }),
      { numRuns: 1500, seed: 3 },
    )
  })

  test('over a box: contains what the function gives at its points, and is undefined only where it is', () => {
    const inside = fc.array(fc.integer({ min: 0, max: 16 }), { minLength: 2, maxLength: 2 })
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        rationals,
        rationals,
        moderate,
        moderate,
        inside,
        (name, a, b, c, d, where) => {
          // Half of the boxes are narrow.
          const [xl, xh] = sorted(a, where[0] % 2 === 0 ? b : a.add(c.div(64)))
          const [yl, yh] = sorted(c, where[1] % 2 === 0 ? d : c.add(d.div(64)))
          const point = [xl.add(xh.sub(xl).mul(where[0]).div(16)), yl.add(yh.sub(yl).mul(where[1]).div(16))]
          const count = ARITY[name]
          const over = encloseCall(name, [box(xl, xh), box(yl, yh)].slice(0, count), 60)
          const value = encloseCall(name, point.map(at).slice(0, count), 200)
          if (over === 'unknown' || value === 'unknown') return true
          if (over === 'undefined' || value === 'undefined') return over === value
          return over.low.compare(value.high) <= 0 && value.low.compare(over.high) <= 0
        },
      ),
      { numRuns: 5000, seed: 4 },
    )
  })
})

describe('next to where a function ends', () => {
  const third = (exponent: number): Rational => rational(1, 3n << BigInt(exponent))
  test.each<[KnownName, Rational]>([
    ['atanh', rational(1).sub(third(200))],
    ['atanh', third(200).sub(1)],
    ['acosh', rational(1).add(third(200))],
    ['ln', rational(1).add(third(200))],
    ['ln', third(200)],
    ['sqrt', third(200)],
    ['tan', rational(355, 226)],
    ['sin', rational(355, 113)],
    ['cos', rational(355, 226)],
    ['sin', rational(3n * 10n ** 40n + 1n, 7)],
    ['exp', rational(10n ** 6n + 1n, 3)],
  ])('%s at %s is precise with few bits', (name, x) => {
    const coarse = encloseCall(name, [at(x)], 40) as Enclosure
    expect(isPrecise(coarse, 40)).toBe(true)
    expect(disjoint(coarse, encloseCall(name, [at(x)], 400) as Enclosure)).toBe(false)
  })
})

describe('constants', () => {
  test('pi and e against their digits', () => {
    const digits = (text: string): Rational => rational(BigInt(text), 10n ** BigInt(text.length - 1))
    const known = {
      pi: digits(
        '3141592653589793238462643383279502884197169399375105820974944592307816406286208998628034825342117067',
      ),
      e: digits('2718281828459045235360287471352662497757247093699959574966967627724076630353547594571382178525166427'),
    }
    for (const name of ['pi', 'e'] as const) {
      const enclosed = encloseConstant(name, 300)
      expect(isPrecise(enclosed, 300)).toBe(true)
      expect(enclosed.low.compare(known[name].add(rational(1, 10n ** 98n)))).toBe(-1)
      expect(enclosed.high.compare(known[name])).toBe(1)
    }
  })
})

/** Expressions in two variables, of every kind. */
function trees(): fc.Arbitrary<Expression> {
  const leaf = fc.oneof(
    fc.constantFrom<Expression>(x0, variable(1), constant('pi'), constant('e')),
    moderate.map(q => number(q)),
  )
  return fc.letrec<{ e: Expression }>(tie => ({
    e: fc.oneof(
      { maxDepth: 5, depthIdentifier: 'e' },
      leaf,
      fc.tuple(fc.constantFrom(...unaryNames), tie('e')).map(([name, a]) => call(name, a)),
      fc.tuple(fc.constantFrom(...binaryNames), tie('e'), tie('e')).map(([name, a, b]) => call(name, a, b)),
      fc
        .tuple(
          fc.constantFrom('<' as const, '<=' as const, '==' as const, '!=' as const),
          tie('e'),
          tie('e'),
          tie('e'),
          tie('e'),
        )
        .map(([relation, a, b, c, d]) => choose(relation, a, b, c, d)),
    ),
  })).e
}

describe('expressions at points', () => {
  const plus = (a: Expression, b: Expression): Expression => call('+', a, b)
  const exact = (e: Expression, ...point: (Rational | number)[]): string => {
    const enclosed = enclose(
      e,
      point.map(q => at(q).low),
    )
    return isEnclosure(enclosed)
      ? enclosed.low.equals(enclosed.high)
        ? enclosed.low.toFraction()
        : 'inexact'
      : enclosed
  }
  const half = number(rational(1, 2))

  test('rational arithmetic is exact', () => {
    expect(exact(call('/', call('-', x0, one), call('+', x0, one)), rational(1, 3))).toBe('-1/2')
    expect(exact(call('-', call('sin', x0), call('sin', x0)), 1)).toBe('0')
    expect(exact(call('relu', call('-', x0, x0)), 1e-300)).toBe('0')
    expect(exact(call('*', zero, call('exp', x0)), 1)).toBe('0')
    expect(exact(call('/', call('-', x0, x0), call('-', x0, x0)), 3)).toBe('undefined')
  })

  test('functions are strict', () => {
    expect(exact(call('*', zero, call('ln', x0)), -1)).toBe('undefined')
    expect(exact(call('max', one, call('sqrt', x0)), -1)).toBe('undefined')
    expect(exact(call('-', call('ln', x0), call('ln', x0)), 0)).toBe('undefined')
    // Undefined whatever the other part is.
    expect(exact(plus(call('exp', call('exp', number(1000))), call('ln', x0)), 0)).toBe('undefined')
    expect(exact(plus(call('exp', call('exp', number(1000))), call('ln', x0)), 1)).toBe('unknown')
  })

  const declared = (arity: number, definition: Expression | null): FunctionSymbol => ({
    name: 'f',
    arity,
    domain: Array(arity).fill(REALS),
    codomain: REALS,
    monotone: null,
    parity: null,
    inverse: null,
    definition,
    parameters: ['s', 't'].slice(0, arity),
  })

  test('declared functions are strict in arguments that they do not use', () => {
    const constantly = declared(1, number(3))
    expect(exact(apply(constantly, x0), -1)).toBe('3')
    expect(exact(apply(constantly, call('ln', x0)), -1)).toBe('undefined')
    const second = declared(2, choose('<', x0, zero, zero, variable(1)))
    expect(exact(apply(second, x0, call('ln', x0)), -1)).toBe('undefined')
    expect(exact(apply(second, number(-1), call('ln', x0)), 1)).toBe('0')
    const nested = declared(1, apply(constantly, call('ln', x0)))
    expect(exact(apply(nested, x0), -1)).toBe('undefined')
    expect(exact(apply(nested, x0), 2)).toBe('3')
  })

  test('only the branch taken has to be defined', () => {
    const e = choose('<', zero, x0, call('ln', x0), zero)
    expect(exact(e, -1)).toBe('0')
    expect(exact(e, 1)).toBe('0')
    expect(exact(e, 2)).toBe('inexact')
    expect(exact(choose('<=', zero, x0, call('ln', x0), zero), 0)).toBe('undefined')
  })

  test('every relation, exactly at equality', () => {
    const taken = (relation: '<' | '<=' | '==' | '!=', x: number): string =>
      exact(choose(relation, call('sqrt', x0), number(2), one, zero), x)
    expect(['<', '<=', '==', '!='].map(r => taken(r as '<', 4))).toEqual(['0', '1', '1', '0'])
    expect(['<', '<=', '==', '!='].map(r => taken(r as '<', 3.999))).toEqual(['1', '1', '0', '1'])
    expect(['<', '<=', '==', '!='].map(r => taken(r as '<', 4.001))).toEqual(['0', '0', '0', '1'])
  })

  test('precision grows until a comparison or definedness is decided', () => {
    // e^(10^-100) > 1, which 300 bits do not show and 400 do.
    const slightly = call('exp', number(rational(1, 10n ** 100n)))
    const e = choose('<', one, slightly, one, zero)
    expect(isEnclosure(enclose(e, [], { bits: 64, maxBits: 300 }))).toBe(true)
    expect(exact(e)).toBe('1')
    expect(enclose(e, [], { bits: 64, maxBits: 300 })).toEqual({ low: rational(0), high: rational(1) })
    expect(exact(call('floor', call('*', number(rational(10n ** 100n)), call('-', slightly, one))))).toBe('1')
    expect(exact(call('ln', call('-', one, slightly)))).toBe('undefined')
    expect(isEnclosure(enclose(call('ln', call('-', slightly, one)), []))).toBe(true)
    expect(enclose(call('ln', call('-', slightly, one)), [], { maxBits: 256 })).toBe('unknown')
  })

  test('what cannot be decided stays unknown', () => {
    const sine = call('sin', constant('pi'))
    expect(enclose(call('/', one, sine), [])).toBe('unknown')
    expect(enclose(call('sqrt', sine), [])).toBe('unknown')
    expect(enclose(choose('<', sine, zero, call('ln', zero), one), [])).toBe('unknown')
    // Either branch gives the same.
    expect(exact(choose('<', sine, zero, half, half))).toBe('1/2')
  })

  test('a negative base has a power for integers only', () => {
    expect(exact(call('^', number(-8), x0), rational(1, 3))).toBe('undefined')
    expect(exact(call('^', number(-8), constant('pi')))).toBe('undefined')
    expect(exact(call('^', number(-8), call('sqrt', x0)), 4)).toBe('64')
    // e^(ln 2) is 2, but no number of bits tells.
    expect(exact(call('^', number(-8), call('exp', call('ln', number(2)))))).toBe('unknown')
  })

  test('a width that is asked for is reached', () => {
    const width = rational(1, 1n << 500n)
    const cancelling = call('-', call('exp', plus(x0, number(rational(1, 1n << 200n)))), call('exp', x0))
    const enclosed = enclose(cancelling, [rational(3)], { width }) as Enclosure
    expect(enclosed.high.sub(enclosed.low).compare(width)).toBe(-1)
    expect(enclosed.low.s).toBe(1n)
  })

  test('misuse is refused', () => {
    expect(() => enclose(variable(1), [rational(1)])).toThrow(RangeError)
    expect(() => enclose(apply(declared(1, null), x0), [rational(1)])).toThrow(TypeError)
  })

  const tree = trees()

  test('agrees with the same computation at more bits', () => {
    fc.assert(
      fc.property(tree, moderate, moderate, (e, x, y) => {
        const coarse = enclose(e, [x, y], { bits: 32, maxBits: 128 })
        const fine = enclose(e, [x, y], { bits: 200, maxBits: 400 })
        if (coarse === 'unknown' || fine === 'unknown') return true
        if (coarse === 'undefined' || fine === 'undefined') return coarse === fine
        return !disjoint(coarse, fine)
      }),
      { numRuns: 1000, seed: 5 },
    )
  })

  test('over a box: contains the values at its points, and is undefined only where they are', () => {
    const parts = fc.integer({ min: 0, max: 8 })
    const ends = fc
      .tuple(moderate, moderate, fc.constantFrom(rational(1), rational(1, 1000), rational(0)))
      .map(([a, b, narrowness]) => sorted(a, a.add(b.mul(narrowness))))
    let compared = 0
    fc.assert(
      fc.property(tree, ends, ends, parts, parts, (e, a, b, i, j) => {
        const bounds = ([low, high]: Rational[]) =>
          low.equals(high) ? exactly(fromRational(low)) : { low: fromRational(low), high: fromRational(high) }
        const within = ([low, high]: Rational[], part: number): Rational => low.add(high.sub(low).mul(part).div(8))
        const over = encloseTape(tapeOf(e), [bounds(a), bounds(b)], 60)
        const value = enclose(e, [within(a, i), within(b, j)], { maxBits: 256 })
        if (over === 'unknown' || value === 'unknown') return true
        compared++
        if (over === 'undefined' || value === 'undefined') return over === value
        const written = boundsToEnclosure(over)
        return written === 'unknown' || !disjoint(written, value)
      }),
      { numRuns: 2000, seed: 6 },
    )
    expect(compared).toBeGreaterThan(500)
  })
})

describe('sizes that hurt', () => {
  test('exponents beyond measure', () => {
    const huge = number(rational(10n ** 30n))
    expect(enclose(call('exp', huge), [])).toBe('unknown')
    expect(enclose(call('^', number(3), huge), [])).toBe('unknown')
    const tiny = enclose(call('exp', call('neg', huge)), []) as Enclosure
    expect(tiny.low.n).toBe(0n)
    expect(tiny.high.compare(rational(1, 1n << 60000n))).toBe(-1)
    // A number of 1.4 million binary digits is one.
    expect(isPrecise(encloseCall('exp', [at(1e6)], 64) as Enclosure, 64)).toBe(true)
    // On the way they may be larger: ln(exp(exp 25)) = exp 25.
    const there = enclose(call('ln', call('exp', call('exp', number(25)))), []) as Enclosure
    expect(disjoint(there, encloseCall('exp', [at(25)], 64) as Enclosure)).toBe(false)
  })
  test('angles beyond measure', () => {
    expect(isPrecise(encloseCall('sin', [at(1e300)], 64) as Enclosure, 64)).toBe(true)
    expect(encloseCall('sin', [at(rational(1n << 10000n))], 64)).toEqual({ low: rational(-1), high: rational(1) })
    expect(encloseCall('tan', [at(rational(1n << 10000n))], 64)).toBe('unknown')
  })
  test('long numbers are rounded', () => {
    let e: Expression = x0
    for (let i = 0; i < 200; i++) e = call('-', call('*', e, e), one)
    const enclosed = enclose(e, [rational(1, 3)], { bits: 64, maxBits: 64 }) as Enclosure
    expect(enclosed.low.d.toString(2).length).toBeLessThan(1000)
  })
  test('long and deep expressions', () => {
    let sum: Expression = zero
    for (let i = 0; i < 10_000; i++) sum = call('+', sum, call('exp', call('*', number(rational(i % 17, 13)), x0)))
    expect(isPrecise(enclose(sum, [rational(1, 3)]) as Enclosure, 48)).toBe(true)
    let deep: Expression = x0
    for (let i = 0; i < 100_000; i++) deep = call('relu', call('neg', deep))
    expect(enclose(deep, [rational(1, 3)])).toEqual({ low: rational(0), high: rational(0) })
  })
})

test('a sum of products in one encloses the exact sum, whatever the values are, and is exact where it is short', () => {
  const value = fc.tuple(rationals, rationals).map(([a, b]) => (a.compare(b) <= 0 ? [a, b] : [b, a]))
  const terms = fc.array(fc.record({ weight: rationals, value, at: fc.double({ min: 0, max: 1, noNaN: true }) }), {
    maxLength: 12,
  })
  fc.assert(
    fc.property(terms, fc.constantFrom(32, 64, 256), fc.boolean(), (list, bits, isPoint) => {
      const bounds = list.map(({ value: [low, high] }) =>
        isPoint ? exactly(fromRational(low)) : { low: fromRational(low), high: fromRational(high) },
      )
      const weights = list.map(t => exactly(fromRational(t.weight)))
      const found = encloseDot(weights, bounds, bits)
      if (found === null) return
      const sum = boundsToEnclosure(found) as Enclosure
      // Any values between the ends: some point of each interval.
      const inside = list.reduce((total, { weight, value: [low, high], at: share }) => {
        const x = isPoint ? low : low.add(high.sub(low).mul(fromDouble(share)))
        return total.add(weight.mul(x))
      }, rational(0))
      expect(sum.low.compare(inside)).toBeLessThanOrEqual(0)
      expect(sum.high.compare(inside)).toBeGreaterThanOrEqual(0)
    }),
    { numRuns: 500, seed: 1 },
  )
  const two = exactly(fromRational(rational(2)))
  expect(boundsToEnclosure(encloseDot([two, two], [two, two], 64) as never)).toEqual(at(8))
  // A weight that is not exact is no case for it.
  expect(encloseDot([{ low: fromRational(rational(1)), high: fromRational(rational(2)) }], [two], 64)).toBeNull()
})
