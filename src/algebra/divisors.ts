// Common divisors of polynomials: the greatest one, squarefree factors, and the coprime parts that several are made of.
import {
  addScaled,
  BudgetExhausted,
  bigGcd,
  coefficientsIn,
  commonMonomial,
  constantValue,
  contents,
  degreeIn,
  derivativeIn,
  dividedExactly,
  integerContent,
  leadingTerm,
  type Meter,
  monomialContent,
  monomialOf,
  monomialPolynomial,
  multiply,
  onePolynomial,
  type Polynomial,
  samePolynomial,
  scaled,
  timesTerm,
  variablesIn,
  zeroPolynomial,
} from './polynomial.ts'

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
