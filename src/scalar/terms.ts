// An expression as a polynomial with exact coefficients in its atoms: the parts that are no sums, products or integer
// powers. Two expressions with the same polynomial are equal wherever both are defined; nothing is said about where
// that is (x/x and 1 have the same).
import { type CallExpression, call, type Expression, number, parts } from './expression.ts'
import { bitLength, ONE, type Rational, rational, ZERO } from './rational.ts'
import { fractionWork, spend } from './work.ts'

/** An atom to an integer power, not 0. */
export interface Factor {
  readonly atom: Expression
  readonly exponent: number
}
/** A product of powers of different atoms times a number. `key` names the product. */
export interface Term {
  readonly key: string
  readonly factors: readonly Factor[]
  readonly coefficient: Rational
}
/** A sum of terms by their keys, none with coefficient 0; the number in it has the key ''. */
export type Terms = ReadonlyMap<string, Term>

const MINUS_ONE = ONE.neg()
const MAX_TERMS = 128
const MAX_DEGREE = 24
/** Coefficients of more bits are not worked with: repeated squaring doubles them each time. */
const MAX_BITS = 4096
const isHuge = ({ n, d }: Rational): boolean => BigInt.asUintN(MAX_BITS, n) !== n || BigInt.asUintN(MAX_BITS, d) !== d

function keyOf(factors: readonly Factor[]): string {
  return factors.map(f => `${f.atom.id}^${f.exponent}`).join('*')
}

function addTo(sum: Map<string, Term>, key: string, factors: readonly Factor[], coefficient: Rational): void {
  const old = sum.get(key)
  const total = old === undefined ? coefficient : old.coefficient.add(coefficient)
  spend(8 + fractionWork(total.n, total.d))
  if (total.n === 0n) sum.delete(key)
  else sum.set(key, { key, factors, coefficient: total })
}

/** a + factor * b */
export function addTerms(a: Terms, b: Terms, factor: Rational = ONE): Terms {
  const sum = new Map(a)
  for (const t of b.values()) addTo(sum, t.key, t.factors, t.coefficient.mul(factor))
  return sum
}

function multiplyFactors(a: readonly Factor[], b: readonly Factor[]): readonly Factor[] {
  if (a.length === 0) return b
  if (b.length === 0) return a
  const exponents = new Map<Expression, number>(a.map(f => [f.atom, f.exponent]))
  for (const f of b) exponents.set(f.atom, (exponents.get(f.atom) ?? 0) + f.exponent)
  return [...exponents]
    .filter(([, exponent]) => exponent !== 0)
    .map(([atom, exponent]) => ({ atom, exponent }))
    .sort((x, y) => x.atom.id - y.atom.id)
}

function degree(factors: readonly Factor[]): number {
  return factors.reduce((sum, f) => sum + Math.abs(f.exponent), 0)
}

/** a * b, or null when the product is too large to be worked with. */
export function multiplyTerms(a: Terms, b: Terms): Terms | null {
  if (a.size * b.size > MAX_TERMS * 4) return null
  const sum = new Map<string, Term>()
  for (const x of a.values()) {
    for (const y of b.values()) {
      const factors = multiplyFactors(x.factors, y.factors)
      if (degree(factors) > MAX_DEGREE) return null
      const coefficient = x.coefficient.mul(y.coefficient)
      if (isHuge(coefficient)) return null
      addTo(sum, keyOf(factors), factors, coefficient)
    }
  }
  return sum.size > MAX_TERMS ? null : sum
}

function numberTerms(value: Rational): Terms {
  return value.n === 0n ? new Map() : new Map([['', { key: '', factors: [], coefficient: value }]])
}

function atomTerms(atom: Expression): Terms {
  const factors = [{ atom, exponent: 1 }]
  const key = keyOf(factors)
  return new Map([[key, { key, factors, coefficient: ONE }]])
}

/** The number that a polynomial without atoms is, else null. */
export function constantOf(terms: Terms): Rational | null {
  if (terms.size === 0) return ZERO
  return terms.size === 1 ? (terms.get('')?.coefficient ?? null) : null
}

/** The number that is added to the terms with atoms. */
export function constantPart(terms: Terms): Rational {
  return terms.get('')?.coefficient ?? ZERO
}

/** The terms with atoms, in an order that depends only on the polynomial within this process. */
export function properTerms(terms: Terms): Term[] {
  return [...terms.values()].filter(t => t.key !== '').sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Whether every term is a number times one atom. */
export function isLinear(terms: Terms): boolean {
  for (const t of terms.values())
    if (t.factors.length > 1 || (t.factors.length === 1 && t.factors[0].exponent !== 1)) return false
  return true
}

/** The atoms that occur, in order of first occurrence. */
export function atomsOf(terms: Terms): Expression[] {
  const atoms = new Set<Expression>()
  for (const t of terms.values()) for (const f of t.factors) atoms.add(f.atom)
  return [...atoms]
}

const memo = new WeakMap<Expression, Terms>()

/** The integer, not too large, that an exponent is: a number or the negative of one. */
function smallInteger(e: Expression): number | null {
  const isNegative = e.kind === 'call' && e.name === 'neg'
  const plain = isNegative ? e.args[0] : e
  if (plain.kind !== 'number' || plain.value.d !== 1n || plain.value.n > BigInt(MAX_DEGREE)) return null
  return Number(isNegative ? -plain.value.s * plain.value.n : plain.value.s * plain.value.n)
}

/** The expression that a product of powers is. */
function productOf(factors: readonly Factor[]): Expression {
  const powers = factors.map(f => (f.exponent === 1 ? f.atom : call('^', f.atom, number(f.exponent))))
  return powers.length === 0 ? number(1) : powers.reduce((a, b) => call('*', a, b))
}

function gcd(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a
}

/**
 * exp(u) as exp(v)^k, u = k v with the integer k as large as possible and v beginning with a positive coefficient, so
 * that exp(x), exp(2 x) and exp(-x) are powers of one atom. Null where nothing is gained.
 */
function exponential(e: Expression, arg: Terms): Terms | null {
  if (arg.size > 8 || arg.has('')) return null
  const proper = properTerms(arg)
  if (proper.length === 0) return null
  const numerator = proper.reduce((g, t) => gcd(g, t.coefficient.n), 0n)
  const sign = proper[0].coefficient.s
  if ((numerator === 1n && sign > 0n) || numerator > BigInt(MAX_DEGREE)) return null
  const factor = rational(1n, sign * numerator)
  const sum = proper
    .map(t => {
      const coefficient = t.coefficient.mul(factor)
      const product = productOf(t.factors)
      return coefficient.equals(ONE) ? product : call('*', number(coefficient), product)
    })
    .reduce((a, b) => call('+', a, b))
  const atom = call('exp', sum)
  if (atom === e) return null
  const factors = [{ atom, exponent: Number(sign * numerator) }]
  const key = keyOf(factors)
  return new Map([[key, { key, factors, coefficient: ONE }]])
}

function power(base: Terms, exponent: number): Terms | null {
  if (base.size === 1) {
    const [t] = base.values()
    if (degree(t.factors) * Math.abs(exponent) > MAX_DEGREE) return null
    const factors = t.factors
      .map(f => ({ atom: f.atom, exponent: f.exponent * exponent }))
      .filter(f => f.exponent !== 0)
    const { n: above, d: below } = t.coefficient
    if (Math.max(bitLength(above), bitLength(below)) * Math.abs(exponent) > MAX_BITS && above + below !== 2n)
      return null
    const n = BigInt(Math.abs(exponent))
    const p = rational(t.coefficient.s ** n * t.coefficient.n ** n, t.coefficient.d ** n)
    const key = keyOf(factors)
    return new Map([[key, { key, factors, coefficient: exponent < 0 ? p.inverse() : p }]])
  }
  if (exponent < 0) return null
  let result: Terms | null = numberTerms(ONE)
  for (let k = 0; k < exponent && result !== null; k++) result = multiplyTerms(result, base)
  return result
}

/** The sum of terms as an expression. */
function sumOf(terms: Terms): Expression {
  const all = [...properTerms(terms), ...(terms.has('') ? [terms.get('') as Term] : [])]
  return all
    .map(t => {
      if (t.factors.length === 0) return number(t.coefficient)
      const product = productOf(t.factors)
      return t.coefficient.equals(ONE) ? product : call('*', number(t.coefficient), product)
    })
    .reduce((a, b) => call('+', a, b))
}

const MAX_DIVISOR_TERMS = 12

/** 1 / e, e with these terms: a power of atoms, or a new atom 1 / d with d the same for all multiples of e. */
function reciprocal(e: Expression, terms: Terms): Terms | null {
  if (terms.size === 0) return null
  if (terms.size === 1) return power(terms, -1)
  if (terms.size > MAX_DIVISOR_TERMS) return atomTerms(call('/', number(1), e))
  const lead = properTerms(terms)[0].coefficient
  const scaled = lead.equals(ONE) ? terms : addTerms(new Map(), terms, lead.inverse())
  const atom = atomTerms(call('/', number(1), sumOf(scaled)))
  return addTerms(new Map(), atom, lead.inverse())
}

/** The reciprocal of a product of powers is that of each of its factors. */
function reciprocalOfProduct(divisor: Expression, of: (part: Expression) => Terms): Terms | null {
  let result: Terms | null = numberTerms(ONE)
  for (const [base, exponent] of factorsOf(divisor)) {
    const inverse = exponent > 0 ? reciprocal(base, of(base)) : of(base)
    const powered = inverse === null ? null : power(inverse, Math.abs(exponent))
    result = result === null || powered === null ? null : multiplyTerms(result, powered)
  }
  return result
}

const MAX_FACTORS = 32

/** An expression as a product of powers of expressions that are no products, as far as it is written so. */
function factorsOf(e: Expression): [Expression, number][] {
  const found: [Expression, number][] = []
  const stack: [Expression, number][] = [[e, 1]]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const [f, exponent] = next
    const isSplit = found.length + stack.length < MAX_FACTORS && f.kind === 'call'
    const k = isSplit && f.name === '^' ? smallInteger(f.args[1]) : null
    if (isSplit && f.name === '*') stack.push([f.args[1], exponent], [f.args[0], exponent])
    else if (isSplit && f.name === '/') stack.push([f.args[1], -exponent], [f.args[0], exponent])
    else if (isSplit && k !== null && k !== 0 && Math.abs(k * exponent) <= MAX_DEGREE)
      stack.push([f.args[0], k * exponent])
    else found.push([f, exponent])
  }
  return found
}

/** The parts whose polynomials a product, quotient, power or exponential is made from; null where it is an atom. */
function multiplicands(e: Expression): readonly Expression[] | null {
  if (e.kind !== 'call') return null
  if (e.name === '*') return e.args
  if (e.name === '/') return [e.args[0], ...factorsOf(e.args[1]).map(([base]) => base)]
  if (e.name === '^' && smallInteger(e.args[1]) !== null) return [e.args[0]]
  if (e.name === 'exp') return e.args
  return null
}

function combine(e: Expression, of: (part: Expression) => Terms): Terms | null {
  if (e.kind !== 'call') return null
  if (e.name === '*') return multiplyTerms(of(e.args[0]), of(e.args[1]))
  if (e.name === '^') return power(of(e.args[0]), smallInteger(e.args[1]) as number)
  if (e.name === 'exp') return exponential(e, of(e.args[0]))
  const inverse = reciprocalOfProduct(e.args[1], of)
  return inverse === null ? null : multiplyTerms(of(e.args[0]), inverse)
}

/** The square of an atom as a polynomial in others: of roots and absolute values, of sin and sinh by those of cos and cosh. */
function squareOf(atom: Expression, of: (part: Expression) => Terms | undefined): Terms | null | 'missing' {
  if (atom.kind !== 'call') return null
  const [a] = atom.args
  if (atom.name === 'sin' || atom.name === 'sinh') {
    const isSin = atom.name === 'sin'
    const other = power(atomTerms(call(isSin ? 'cos' : 'cosh', a)), 2) as Terms
    return addTerms(numberTerms(isSin ? ONE : ONE.neg()), other, isSin ? ONE.neg() : ONE)
  }
  if (atom.name !== 'sqrt' && atom.name !== 'abs') return null
  const terms = of(a)
  return terms === undefined ? 'missing' : atom.name === 'sqrt' ? terms : multiplyTerms(terms, terms)
}

/** Replaces squares by `squareOf`, as often as it goes; the arguments whose polynomials are missing for it. */
function reduceSquares(terms: Terms, of: (part: Expression) => Terms | undefined): Terms | Expression[] {
  let result = terms
  for (let round = 0; round < MAX_DEGREE; round++) {
    const reducible = [...result.values()].find(t =>
      t.factors.some(f => f.exponent >= 2 && squareOf(f.atom, of) !== null),
    )
    if (reducible === undefined) return result
    const factor = reducible.factors.find(f => f.exponent >= 2 && squareOf(f.atom, of) !== null) as Factor
    const square = squareOf(factor.atom, of)
    if (square === 'missing') return [...(factor.atom as CallExpression).args]
    const factors = multiplyFactors(reducible.factors, [{ atom: factor.atom, exponent: -2 }])
    const rest = new Map([['', { key: keyOf(factors), factors, coefficient: reducible.coefficient }]])
    const replaced = square === null ? null : multiplyTerms(square, rest)
    if (replaced === null) return terms
    const others = new Map(result)
    others.delete(reducible.key)
    result = addTerms(others, replaced)
    if (result.size > MAX_TERMS) return terms
  }
  return terms
}

/** The same polynomial with squares of roots, absolute values, sin and sinh replaced. */
export function reduceTerms(terms: Terms): Terms {
  const reduced = reduceSquares(terms, termsOf)
  return reduced instanceof Map ? reduced : terms
}

/** The parts over which a sum, difference, negative or multiple by a number distributes, with their weights; null for others. */
function summands(e: Expression): readonly [Expression, Rational][] | null {
  if (e.kind !== 'call') return null
  const [a, b] = e.args
  switch (e.name) {
    case '+':
      return [
        [a, ONE],
        [b, ONE],
      ]
    case '-':
      return [
        [a, ONE],
        [b, MINUS_ONE],
      ]
    case 'neg':
      return [[a, MINUS_ONE]]
    case '*':
      return a.kind === 'number' ? [[b, a.value]] : b.kind === 'number' ? [[a, b.value]] : null
    case '/':
      return b.kind === 'number' && b.value.n !== 0n ? [[a, b.value.inverse()]] : null
    default:
      return null
  }
}

/** Distributes an expression over its sums, without entering products: numbers times expressions that are no sums. */
function linearParts(root: Expression): { constant: Rational; coefficients: Map<Expression, Rational> } {
  const order = sumOrder(root)
  const weights = new Map<Expression, Rational>([[root, ONE]])
  const coefficients = new Map<Expression, Rational>()
  let constant = ZERO
  // Sums come before their parts, so that the weight of a part is complete when it is reached.
  for (let k = order.length - 1; k >= 0; k--) {
    const e = order[k]
    const w = weights.get(e)
    if (w === undefined || w.n === 0n) continue
    spend(4 + fractionWork(w.n, w.d))
    const inner = summands(e)
    if (e.kind === 'number') {
      constant = constant.add(w.mul(e.value))
      spend(fractionWork(constant.n, constant.d))
    } else if (inner === null) coefficients.set(e, w)
    else for (const [p, factor] of inner) weights.set(p, (weights.get(p) ?? ZERO).add(w.mul(factor)))
  }
  return { constant, coefficients }
}

/** The sums within a sum and what they are made of, parts first. */
function sumOrder(root: Expression): Expression[] {
  const order: Expression[] = []
  const seen = new Set<Expression>([root])
  const stack = [{ e: root, inner: summands(root) ?? [], next: 0 }]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (top.next === top.inner.length) {
      order.push(top.e)
      stack.pop()
      continue
    }
    const [p] = top.inner[top.next++]
    if (seen.has(p)) continue
    seen.add(p)
    stack.push({ e: p, inner: summands(p) ?? [], next: 0 })
  }
  return order
}

/**
 * The polynomial of an expression. Sums may have any number of terms; products that would get too large, or of too
 * high a degree, are taken as atoms.
 */
export function termsOf(root: Expression): Terms {
  const known = memo.get(root)
  if (known !== undefined) return known
  const stack = [root]
  const linear = new Map<Expression, ReturnType<typeof linearParts>>()
  for (let e = stack.at(-1); e !== undefined; e = stack.at(-1)) {
    if (memo.has(e)) {
      stack.pop()
      continue
    }
    let split = linear.get(e)
    if (split === undefined) linear.set(e, (split = linearParts(e)))
    const missing = [...split.coefficients.keys()].flatMap(p => multiplicands(p) ?? []).filter(p => !memo.has(p))
    if (missing.length > 0) {
      stack.push(...missing)
      continue
    }
    const sum = new Map<string, Term>(numberTerms(split.constant))
    for (const [p, weight] of split.coefficients) {
      const product = multiplicands(p) === null ? null : combine(p, part => memo.get(part) as Terms)
      const reduced = product === null ? atomTerms(p) : reduceSquares(product, part => memo.get(part))
      if (Array.isArray(reduced)) missing.push(...reduced)
      else for (const t of (reduced as Terms).values()) addTo(sum, t.key, t.factors, t.coefficient.mul(weight))
    }
    if (missing.length > 0) {
      stack.push(...missing)
      continue
    }
    memo.set(e, sum)
    linear.delete(e)
    stack.pop()
  }
  return memo.get(root) as Terms
}

/** A multiple of e without number and with leading coefficient 1: e = scale * q + shift, and q has this key and terms. */
export interface Primitive {
  readonly key: string
  readonly terms: readonly Term[]
  readonly scale: Rational
  readonly shift: Rational
}

/** The form under which facts about an expression, its multiples and its translates are found; null for a number. */
export function primitiveOf(terms: Terms): Primitive | null {
  const proper = properTerms(terms)
  if (proper.length === 0) return null
  const scale = proper[0].coefficient
  const scaled = scale.equals(ONE) ? proper : proper.map(t => ({ ...t, coefficient: t.coefficient.div(scale) }))
  const key = scaled
    .map(t => `${t.coefficient.s < 0n ? '-' : ''}${t.coefficient.n}/${t.coefficient.d}:${t.key}`)
    .join('+')
  return { key, terms: scaled, scale, shift: constantPart(terms) }
}

/** The number of different parts that a pass over these expressions meets, counted up to a limit. */
export function countParts(root: Expression, limit: number): number {
  const seen = new Set<Expression>([root])
  const stack = [root]
  for (let e = stack.pop(); e !== undefined && seen.size < limit; e = stack.pop()) {
    for (const p of parts(e)) {
      if (seen.has(p)) continue
      seen.add(p)
      stack.push(p)
    }
  }
  return seen.size
}
