// Sparse polynomials in several variables with integer coefficients: arithmetic, exact division, greatest common
// divisors and squarefree factors, and the quotients of two of them. All of it is exact; work is counted on a meter.
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

function commonMonomial(a: Monomial, b: Monomial): Monomial {
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

function bigGcd(a: bigint, b: bigint): bigint {
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

// A prime below 2^26, so that products of residues are exact in binary64.
const PRIME = 67108859
const residue = (c: bigint): number => Number(((c % BigInt(PRIME)) + BigInt(PRIME)) % BigInt(PRIME))
const timesModulo = (a: number, b: number): number => (a * b) % PRIME
function powerModulo(base: number, exponent: number): number {
  let result = 1
  let square = base
  for (let n = exponent; n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result = timesModulo(result, square)
    square = timesModulo(square, square)
  }
  return result
}

/** The image in one variable modulo PRIME, the others at fixed values: coefficients by degree. */
function image(p: Polynomial, variable: number): number[] {
  const result: number[] = []
  for (const [m, c] of p) {
    let exponent = 0
    let value = residue(c)
    for (let i = 0; i < m.length; i += 2) {
      const v = m.charCodeAt(i)
      if (v === variable) exponent = m.charCodeAt(i + 1)
      else value = timesModulo(value, powerModulo((7919 * (v + 11) * (v + 3) + 104729) % PRIME, m.charCodeAt(i + 1)))
    }
    result[exponent] = ((result[exponent] ?? 0) + value) % PRIME
  }
  for (let i = 0; i < result.length; i++) result[i] ??= 0
  return result
}

/** Whether the images have a constant greatest common divisor while their leading coefficients survive. */
function imagesAreCoprime(a: Polynomial, b: Polynomial, variable: number): boolean {
  let u = image(a, variable)
  let v = image(b, variable)
  if (u[u.length - 1] === 0 || v[v.length - 1] === 0) return false
  while (v.length > 0) {
    if (u.length < v.length) {
      ;[u, v] = [v, u]
      continue
    }
    const inverse = powerModulo(v[v.length - 1], PRIME - 2)
    const r = u.slice()
    for (let i = r.length - v.length; i >= 0; i--) {
      const factor = timesModulo(r[i + v.length - 1], inverse)
      if (factor === 0) continue
      for (let j = 0; j < v.length; j++) r[i + j] = (r[i + j] + PRIME - timesModulo(factor, v[j])) % PRIME
    }
    r.length = v.length - 1
    while (r.length > 0 && r[r.length - 1] === 0) r.pop()
    u = v
    v = r
  }
  return u.length === 1
}

function gcdOfAll(list: Iterable<Polynomial>, meter: Meter): Polynomial {
  let g: Polynomial = zeroPolynomial
  for (const p of list) {
    g = gcdUnbounded(g, p, meter)
    if (constantValue(g) === 1n) break
  }
  return g
}

function pseudoRemainder(a: Polynomial, b: Polynomial, variable: number, meter: Meter): Polynomial {
  const degree = degreeIn(b, variable)
  const lead = coefficientsIn(b, variable).get(degree) as Polynomial
  let r = a
  for (let d = degreeIn(r, variable); r.size > 0 && d >= degree; d = degreeIn(r, variable)) {
    const top = coefficientsIn(r, variable).get(d) as Polynomial
    const shifted = timesTerm(multiply(top, b, meter), monomialOf(variable, d - degree), 1n, meter)
    r = addScaled(multiply(lead, r, meter), shifted, -1n, meter)
  }
  return r
}

// Recursion here is on the number of variables, which each level lowers.
function gcdUnbounded(a: Polynomial, b: Polynomial, meter: Meter): Polynomial {
  if (a.size === 0) return b.size === 0 ? b : positive(b)
  if (b.size === 0) return positive(a)
  const ca = contents(a)
  const cb = contents(b)
  const outer = monomialPolynomial(commonMonomial(ca.monomial, cb.monomial), bigGcd(ca.coefficient, cb.coefficient))
  const inner = gcdOfPrimitive(ca.primitive, cb.primitive, meter)
  return multiply(outer, inner, meter)
}

function gcdOfPrimitive(a: Polynomial, b: Polynomial, meter: Meter): Polynomial {
  let p = a
  let q = b
  for (;;) {
    meter.spend(p.size + q.size)
    if (constantValue(p) !== null || constantValue(q) !== null) return onePolynomial
    if (samePolynomial(p, q)) return p
    const inP = variablesIn(p)
    const inQ = new Set(variablesIn(q))
    const onlyP = inP.find(v => !inQ.has(v))
    if (onlyP !== undefined) {
      p = contents(gcdOfAll(coefficientsIn(p, onlyP).values(), meter)).primitive
      continue
    }
    const onlyQ = [...inQ].find(v => !inP.includes(v))
    if (onlyQ !== undefined) {
      q = contents(gcdOfAll(coefficientsIn(q, onlyQ).values(), meter)).primitive
      continue
    }
    if (inP.every(v => imagesAreCoprime(p, q, v))) return onePolynomial
    const [small, large] = p.size <= q.size ? [p, q] : [q, p]
    if (dividedExactly(large, small, meter) !== null) return small
    const main = inP.reduce((best, v) =>
      Math.max(degreeIn(p, v), degreeIn(q, v)) < Math.max(degreeIn(p, best), degreeIn(q, best)) ? v : best,
    )
    const contentP = gcdOfAll(coefficientsIn(p, main).values(), meter)
    const contentQ = gcdOfAll(coefficientsIn(q, main).values(), meter)
    let u = dividedExactly(p, contentP, meter) as Polynomial
    let v = dividedExactly(q, contentQ, meter) as Polynomial
    if (degreeIn(u, main) < degreeIn(v, main)) [u, v] = [v, u]
    while (v.size > 0 && degreeIn(v, main) > 0) {
      let r = pseudoRemainder(u, v, main, meter)
      if (r.size > 0) {
        r = contents(r).primitive
        r = dividedExactly(r, gcdOfAll(coefficientsIn(r, main).values(), meter), meter) as Polynomial
      }
      u = v
      v = r
    }
    const common = v.size > 0 ? onePolynomial : u
    return positive(multiply(gcdUnbounded(contentP, contentQ, meter), common, meter))
  }
}

function positive(p: Polynomial): Polynomial {
  return leadingTerm(p)[1] < 0n ? scaled(p, -1n) : p
}

const GCD_STEPS = 40_000
const GCD_TERMS = 400

/**
 * A common divisor with positive leading coefficient: the greatest, or where finding it takes too long at least the
 * greatest integer and monomial. Both may be zero (then 0).
 */
export function gcd(a: Polynomial, b: Polynomial, meter: Meter): Polynomial {
  if (a.size === 0) return b.size === 0 ? b : positive(b)
  if (b.size === 0) return positive(a)
  const easy = monomialPolynomial(
    commonMonomial(monomialContent(a), monomialContent(b)),
    bigGcd(integerContent(a), integerContent(b)),
  )
  if (a.size === 1 || b.size === 1 || a.size > GCD_TERMS || b.size > GCD_TERMS) return easy
  return meter.within(GCD_STEPS, part => gcdUnbounded(a, b, part), easy)
}

/** One factor of a product with its exponent. */
export interface Factor {
  readonly base: Polynomial
  readonly exponent: number
}

/**
 * Factors with pairwise coprime squarefree bases of a primitive polynomial without monomial content (as `contents`
 * gives it). Where a greatest common divisor is too much work, factors may stay together.
 */
export function squarefreeFactors(p: Polynomial, meter: Meter): Factor[] {
  const result: Factor[] = []
  const todo: Factor[] = [{ base: p, exponent: 1 }]
  for (let item = todo.pop(); item !== undefined; item = todo.pop()) {
    const { base, exponent } = item
    const variable = variablesIn(base)[0]
    if (variable === undefined) continue
    // What does not depend on the variable is split off; the rest is split by Yun's algorithm in that variable.
    const content = [...coefficientsIn(base, variable).values()].reduce((g, c) => gcd(g, c, meter), zeroPolynomial)
    let rest = base
    if (constantValue(content) === null) {
      const without = dividedExactly(base, content, meter)
      if (without !== null) {
        rest = without
        todo.push({ base: content, exponent })
      }
    }
    const derived = derivativeIn(rest, variable)
    const repeated = gcd(rest, derived, meter)
    if (constantValue(repeated) !== null) {
      result.push({ base: positive(rest), exponent })
      continue
    }
    let remaining = dividedExactly(rest, repeated, meter)
    let high: Polynomial | null = repeated
    if (remaining === null) {
      result.push({ base: positive(rest), exponent })
      continue
    }
    for (let n = 1; constantValue(remaining) === null; n++) {
      const next: Polynomial = gcd(remaining, high as Polynomial, meter)
      const single: Polynomial | null = dividedExactly(remaining, next, meter)
      const lower: Polynomial | null = dividedExactly(high as Polynomial, next, meter)
      if (single === null || lower === null) throw new BudgetExhausted('a common divisor does not divide')
      if (constantValue(single) === null)
        result.push({ base: positive(contents(single).primitive), exponent: exponent * n })
      remaining = next
      high = lower
    }
  }
  return result
}

/**
 * Coprime polynomials such that each given one is a product of powers of them (and of integers), as far as `gcd` finds
 * common divisors. The given ones are primitive and without monomial content.
 */
export function coprimeBasis(list: readonly Polynomial[], meter: Meter): Polynomial[] {
  const basis: Polynomial[] = []
  const todo = [...list].reverse()
  for (let p = todo.pop(); p !== undefined; p = todo.pop()) {
    if (constantValue(p) !== null) continue
    const index = basis.findIndex(b => constantValue(gcd(b, p as Polynomial, meter)) === null)
    if (index < 0) {
      basis.push(p)
      continue
    }
    const other = basis[index]
    if (samePolynomial(other, p)) continue
    const g = gcd(other, p, meter)
    const u = dividedExactly(other, g, meter)
    const v = dividedExactly(p, g, meter)
    if (u === null || v === null) continue
    basis.splice(index, 1)
    for (const part of [g, u, v]) if (constantValue(part) === null) todo.push(contents(part).primitive)
  }
  return basis
}

// ---- quotients

/** numerator / denominator, the denominator not zero and with positive leading coefficient; zero is 0 / 1. */
export interface Quotient {
  readonly numerator: Polynomial
  readonly denominator: Polynomial
}

export function polynomialQuotient(numerator: Polynomial): Quotient {
  return { numerator, denominator: onePolynomial }
}
export function rationalQuotient(numerator: bigint, denominator: bigint): Quotient {
  return quotient(constantPolynomial(numerator), constantPolynomial(denominator), new Meter(10))
}

/** In lowest terms as far as `gcd` goes. The denominator must not be zero. */
export function quotient(numerator: Polynomial, denominator: Polynomial, meter: Meter): Quotient {
  if (denominator.size === 0) throw new RangeError('quotient: the denominator is zero')
  if (numerator.size === 0) return { numerator, denominator: onePolynomial }
  if (denominator === onePolynomial) return { numerator, denominator }
  const g = gcd(numerator, denominator, meter)
  let n = numerator
  let d = denominator
  if (constantValue(g) !== 1n) {
    const n1 = dividedExactly(n, g, meter)
    const d1 = dividedExactly(d, g, meter)
    if (n1 !== null && d1 !== null) {
      n = n1
      d = d1
    }
  }
  if (leadingTerm(d)[1] < 0n) {
    n = scaled(n, -1n)
    d = scaled(d, -1n)
  }
  return { numerator: n, denominator: constantValue(d) === 1n ? onePolynomial : d }
}
