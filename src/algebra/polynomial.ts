// Sparse polynomials in several variables with integer coefficients: arithmetic and division. All of it is exact; work is
// counted on a meter.
//
// A monomial is a string of pairs of UTF-16 units (variable, exponent), variables ascending, exponents positive: short,
// comparable and a ready key. A polynomial maps monomials to non-zero coefficients. Neither is ever changed once made.
import { spend } from '../scalar/work.ts'

export type Monomial = string
export type Polynomial = ReadonlyMap<Monomial, bigint>

/** Variables and exponents live in one UTF-16 unit each. */
export const LARGEST_EXPONENT = 0xffff

/** Coefficients beyond this are not worked with: squared a few times more, they would fill the memory. */
const LARGEST_COEFFICIENT = 1n << 65_536n

/** Thrown when work exceeds its budget; the callers turn it into "not shown". */
export class BudgetExhausted extends Error {}

/** Counts work, and stops it by throwing BudgetExhausted when it exceeds a number of steps, a time or is aborted. */
export class Meter {
  private untilClock = 0
  private readonly deadline: number

  constructor(
    private left: number,
    milliseconds = Infinity,
    private readonly signal?: AbortSignal,
  ) {
    this.deadline = milliseconds === Infinity ? Infinity : performance.now() + milliseconds
  }

  get remaining(): number {
    return this.left
  }

  spend(steps: number): void {
    this.left -= steps
    if (this.left < 0) throw new BudgetExhausted('the number of steps is used up')
    this.untilClock -= steps
    if (this.untilClock >= 0) return
    this.untilClock = 2000
    spend(2000)
    if (this.signal?.aborted === true) throw new BudgetExhausted('aborted')
    if (performance.now() > this.deadline) throw new BudgetExhausted('the time is used up')
  }

  /** Runs `work` on at most `steps` of what is left; gives `otherwise` when these do not suffice. */
  within<T>(steps: number, work: (meter: Meter) => T, otherwise: T): T {
    const part = new Meter(Math.min(steps, this.left), this.deadline - performance.now(), this.signal)
    const before = part.left
    try {
      return work(part)
    } catch (error) {
      if (error instanceof BudgetExhausted) return otherwise
      throw error
    } finally {
      this.spend(Math.max(0, before - Math.max(part.left, 0)))
    }
  }
}

export const zeroPolynomial: Polynomial = new Map()
export const onePolynomial: Polynomial = new Map([['', 1n]])

export function constantPolynomial(c: bigint): Polynomial {
  return c === 0n ? zeroPolynomial : new Map([['', c]])
}
export function monomialOf(variable: number, exponent: number): Monomial {
  return exponent === 0 ? '' : String.fromCharCode(variable, exponent)
}
export function variablePolynomial(variable: number, exponent = 1): Polynomial {
  return new Map([[monomialOf(variable, exponent), 1n]])
}
export function monomialPolynomial(monomial: Monomial, coefficient: bigint): Polynomial {
  return coefficient === 0n ? zeroPolynomial : new Map([[monomial, coefficient]])
}

/** The pairs [variable, exponent] of a monomial. */
export function pairsOf(m: Monomial): [number, number][] {
  const pairs: [number, number][] = []
  for (let i = 0; i < m.length; i += 2) pairs.push([m.charCodeAt(i), m.charCodeAt(i + 1)])
  return pairs
}

export function timesMonomial(a: Monomial, b: Monomial): Monomial {
  if (a === '') return b
  if (b === '') return a
  let out = ''
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const u = a.charCodeAt(i)
    const v = b.charCodeAt(j)
    if (u < v) {
      out += a[i] + a[i + 1]
      i += 2
    } else if (v < u) {
      out += b[j] + b[j + 1]
      j += 2
    } else {
      const exponent = a.charCodeAt(i + 1) + b.charCodeAt(j + 1)
      if (exponent > LARGEST_EXPONENT) throw new BudgetExhausted('an exponent is too large')
      out += String.fromCharCode(u, exponent)
      i += 2
      j += 2
    }
  }
  return out + a.slice(i) + b.slice(j)
}

/** a / b, or null when b does not divide a. */
export function dividedMonomial(a: Monomial, b: Monomial): Monomial | null {
  if (b === '') return a
  let out = ''
  let i = 0
  for (let j = 0; j < b.length; j += 2) {
    const v = b.charCodeAt(j)
    while (i < a.length && a.charCodeAt(i) < v) {
      out += a[i] + a[i + 1]
      i += 2
    }
    if (i >= a.length || a.charCodeAt(i) !== v) return null
    const exponent = a.charCodeAt(i + 1) - b.charCodeAt(j + 1)
    if (exponent < 0) return null
    if (exponent > 0) out += String.fromCharCode(v, exponent)
    i += 2
  }
  return out + a.slice(i)
}

/** The greatest common divisor of two monomials. */
export function commonMonomial(a: Monomial, b: Monomial): Monomial {
  let out = ''
  let j = 0
  for (let i = 0; i < a.length; i += 2) {
    const v = a.charCodeAt(i)
    while (j < b.length && b.charCodeAt(j) < v) j += 2
    if (j < b.length && b.charCodeAt(j) === v) {
      out += String.fromCharCode(v, Math.min(a.charCodeAt(i + 1), b.charCodeAt(j + 1)))
    }
  }
  return out
}

/** Lexicographic order, variable 0 first: an order that multiplication respects. */
export function compareMonomials(a: Monomial, b: Monomial): number {
  const n = Math.min(a.length, b.length)
  for (let i = 0; i < n; i += 2) {
    const u = a.charCodeAt(i)
    const v = b.charCodeAt(i)
    if (u !== v) return v - u
    const d = a.charCodeAt(i + 1) - b.charCodeAt(i + 1)
    if (d !== 0) return d
  }
  return a.length - b.length
}

/** The largest monomial and its coefficient. The polynomial must not be zero. */
export function leadingTerm(p: Polynomial): [Monomial, bigint] {
  let best: [Monomial, bigint] | null = null
  for (const term of p) if (best === null || compareMonomials(term[0], best[0]) > 0) best = term
  if (best === null) throw new RangeError('leadingTerm: the polynomial is zero')
  return best
}

/** The value of a constant polynomial, else null. */
export function constantValue(p: Polynomial): bigint | null {
  if (p.size === 0) return 0n
  if (p.size > 1) return null
  return p.get('') ?? null
}

export function samePolynomial(a: Polynomial, b: Polynomial): boolean {
  if (a === b) return true
  if (a.size !== b.size) return false
  for (const [m, c] of a) if (b.get(m) !== c) return false
  return true
}

/** The product of two coefficients. */
function timesCoefficient(c: bigint, d: bigint): bigint {
  const product = c * d
  if (product > LARGEST_COEFFICIENT || product < -LARGEST_COEFFICIENT)
    throw new BudgetExhausted('a coefficient is too large')
  return product
}

function accumulate(into: Map<Monomial, bigint>, m: Monomial, c: bigint): void {
  const sum = (into.get(m) ?? 0n) + c
  if (sum === 0n) into.delete(m)
  else into.set(m, sum)
}

/** a + factor * b */
export function addScaled(a: Polynomial, b: Polynomial, factor: bigint, meter: Meter): Polynomial {
  if (factor === 0n || b.size === 0) return a
  meter.spend(a.size + b.size)
  const sum = new Map(a)
  for (const [m, c] of b) accumulate(sum, m, timesCoefficient(factor, c))
  return sum
}

export function scaled(p: Polynomial, factor: bigint): Polynomial {
  if (factor === 1n) return p
  if (factor === 0n) return zeroPolynomial
  const result = new Map<Monomial, bigint>()
  for (const [m, c] of p) result.set(m, timesCoefficient(c, factor))
  return result
}

export function timesTerm(p: Polynomial, monomial: Monomial, coefficient: bigint, meter: Meter): Polynomial {
  meter.spend(p.size)
  const result = new Map<Monomial, bigint>()
  if (coefficient !== 0n)
    for (const [m, c] of p) result.set(timesMonomial(m, monomial), timesCoefficient(c, coefficient))
  return result
}

export function multiply(a: Polynomial, b: Polynomial, meter: Meter): Polynomial {
  const [few, many] = a.size < b.size ? [a, b] : [b, a]
  if (few.size === 0) return zeroPolynomial
  if (few.size === 1) {
    const [[m, c]] = few
    return m === '' && c === 1n ? many : timesTerm(many, m, c, meter)
  }
  const product = new Map<Monomial, bigint>()
  for (const [m, c] of few) {
    meter.spend(many.size)
    for (const [n, d] of many) accumulate(product, timesMonomial(m, n), timesCoefficient(c, d))
  }
  return product
}

export function power(p: Polynomial, exponent: number, meter: Meter): Polynomial {
  let result = onePolynomial
  let square = p
  for (let n = exponent; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = multiply(result, square, meter)
    if (n > 1) square = multiply(square, square, meter)
  }
  return result
}

/** The greatest common divisor of two whole numbers, not negative. */
export function bigGcd(a: bigint, b: bigint): bigint {
  let u = a < 0n ? -a : a
  let v = b < 0n ? -b : b
  while (v !== 0n) [u, v] = [v, u % v]
  return u
}

/** The greatest common divisor of the coefficients: 0 for the zero polynomial, else positive. */
export function integerContent(p: Polynomial): bigint {
  let g = 0n
  for (const c of p.values()) {
    g = bigGcd(g, c)
    if (g === 1n) break
  }
  return g
}

/** The largest monomial that divides every term. */
export function monomialContent(p: Polynomial): Monomial {
  let common: Monomial | null = null
  for (const m of p.keys()) {
    common = common === null ? m : commonMonomial(common, m)
    if (common === '') break
  }
  return common ?? ''
}

function withoutTerm(p: Polynomial, monomial: Monomial, coefficient: bigint): Polynomial {
  if (monomial === '' && coefficient === 1n) return p
  const result = new Map<Monomial, bigint>()
  for (const [m, c] of p) result.set(dividedMonomial(m, monomial) as Monomial, c / coefficient)
  return result
}

export interface Contents {
  /** Sign of the leading coefficient times the content, so that `primitive` has a positive leading coefficient. */
  readonly coefficient: bigint
  readonly monomial: Monomial
  readonly primitive: Polynomial
}
/** p = coefficient * monomial * primitive. The polynomial must not be zero. */
export function contents(p: Polynomial): Contents {
  const monomial = monomialContent(p)
  const content = integerContent(p)
  const coefficient = leadingTerm(p)[1] < 0n ? -content : content
  return { coefficient, monomial, primitive: withoutTerm(p, monomial, coefficient) }
}

/** The variables that occur, ascending. */
export function variablesIn(p: Polynomial): number[] {
  const found = new Set<number>()
  for (const m of p.keys()) for (let i = 0; i < m.length; i += 2) found.add(m.charCodeAt(i))
  return [...found].sort((a, b) => a - b)
}

export function degreeIn(p: Polynomial, variable: number): number {
  let degree = 0
  for (const m of p.keys()) {
    for (let i = 0; i < m.length; i += 2)
      if (m.charCodeAt(i) === variable) degree = Math.max(degree, m.charCodeAt(i + 1))
  }
  return degree
}

/** The coefficients of the powers of one variable. */
export function coefficientsIn(p: Polynomial, variable: number): Map<number, Polynomial> {
  const result = new Map<number, Map<Monomial, bigint>>()
  for (const [m, c] of p) {
    let exponent = 0
    let rest = m
    for (let i = 0; i < m.length; i += 2) {
      if (m.charCodeAt(i) === variable) {
        exponent = m.charCodeAt(i + 1)
        rest = m.slice(0, i) + m.slice(i + 2)
        break
      }
    }
    let part = result.get(exponent)
    if (part === undefined) result.set(exponent, (part = new Map()))
    part.set(rest, c)
  }
  return result
}

/** The partial derivative. */
export function derivativeIn(p: Polynomial, variable: number): Polynomial {
  const result = new Map<Monomial, bigint>()
  for (const [m, c] of p) {
    for (let i = 0; i < m.length; i += 2) {
      if (m.charCodeAt(i) !== variable) continue
      const exponent = m.charCodeAt(i + 1)
      const middle = exponent === 1 ? '' : String.fromCharCode(variable, exponent - 1)
      result.set(m.slice(0, i) + middle + m.slice(i + 2), c * BigInt(exponent))
    }
  }
  return result
}

/**
 * Quotient and remainder over the rationals scaled to integers: `scale * a = quotient * b + remainder`, with no term of
 * the remainder divisible by the leading monomial of b, scale > 0. b must not be zero.
 */
export function divide(
  a: Polynomial,
  b: Polynomial,
  meter: Meter,
): { scale: bigint; quotient: Polynomial; remainder: Polynomial } {
  const [lead, leadCoefficient] = leadingTerm(b)
  const rest = [...b].filter(([m]) => m !== lead)
  const work = new Map(a)
  let scale = 1n
  const quotient = new Map<Monomial, bigint>()
  const remainder = new Map<Monomial, bigint>()
  while (work.size > 0) {
    meter.spend(work.size + rest.length)
    const [m, c] = leadingTerm(work)
    const ratio = dividedMonomial(m, lead)
    work.delete(m)
    if (ratio === null) {
      remainder.set(m, c)
      continue
    }
    let factor = c
    if (c % leadCoefficient === 0n) factor = c / leadCoefficient
    else {
      const up = leadCoefficient / bigGcd(c, leadCoefficient)
      const multiplier = up < 0n ? -up : up
      scale *= multiplier
      for (const target of [work, quotient, remainder]) for (const [n, d] of target) target.set(n, d * multiplier)
      factor = (c * multiplier) / leadCoefficient
    }
    quotient.set(ratio, factor)
    for (const [n, d] of rest) accumulate(work, timesMonomial(n, ratio), -factor * d)
  }
  return { scale, quotient, remainder }
}

/** a / b when that is a polynomial with integer coefficients, else null. b must not be zero. */
export function dividedExactly(a: Polynomial, b: Polynomial, meter: Meter): Polynomial | null {
  if (a.size === 0) return zeroPolynomial
  const [lead, leadCoefficient] = leadingTerm(b)
  if (dividedMonomial(leadingTerm(a)[0], lead) === null) return null
  const rest = [...b].filter(([m]) => m !== lead)
  const work = new Map(a)
  const quotient = new Map<Monomial, bigint>()
  while (work.size > 0) {
    meter.spend(work.size + rest.length)
    const [m, c] = leadingTerm(work)
    const ratio = dividedMonomial(m, lead)
    if (ratio === null || c % leadCoefficient !== 0n) return null
    const factor = c / leadCoefficient
    work.delete(m)
    quotient.set(ratio, factor)
    for (const [n, d] of rest) accumulate(work, timesMonomial(n, ratio), -factor * d)
  }
  return quotient
}
