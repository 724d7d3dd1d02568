// Smaller sets for the values of an expression in which variables occur more than once, where a pass that takes the
// arguments of every operation for independent finds too much. Every method here gives a superset of the values, and so
// does the intersection of their results.
import { derivative } from './derivative.ts'
import { call, type Expression, number, TooLarge, unfold, variablesOf, parts, postorder } from './expression.ts'
import { comparedArguments, fromPrimitive, knownRange, noFacts, signRange } from './facts.ts'
import { type Constraint, lowerBound } from './farkas.ts'
import { forwardCall } from './forward.ts'
import { type Trend, trendIn } from './monotone.ts'
import {
  EMPTY,
  hull,
  type Interval,
  intersect,
  interval,
  isEmpty,
  isReals,
  isSubset,
  NEGATIVE,
  NON_NEGATIVE,
  NON_POSITIVE,
  negate,
  POSITIVE,
  point,
  type Range,
  REALS,
  scaleRange,
  signsOf,
  translate,
  union,
} from './range.ts'
import { ONE, type Rational, rational, ZERO } from './rational.ts'
import { createScope, narrow, rangeIn, type Scope, visit } from './scope.ts'
import {
  addTerms,
  atomsOf,
  constantPart,
  countParts,
  type Factor,
  multiplyTerms,
  primitiveOf,
  properTerms,
  reduceTerms,
  type Term,
  type Terms,
  termsOf,
} from './terms.ts'
import { polynomialRange } from './univariate.ts'

const TWO = point(rational(2))

/** The values of one term, its atoms taken for independent. */
function termRange(t: Term, scope: Scope): Range {
  let result = point(t.coefficient)
  for (const f of t.factors) {
    result = forwardCall('*', [result, forwardCall('^', [rangeIn(scope, f.atom), point(rational(f.exponent))])])
  }
  if (scope.facts.byKey.size === 0) return result
  return intersect(result, knownRange(scope.facts, new Map([[t.key, t]])))
}

function naiveRange(terms: Terms, scope: Scope): Range {
  let result = point(constantPart(terms))
  for (const t of properTerms(terms)) {
    result = forwardCall('+', [result, termRange(t, scope)])
    if (isReals(result)) break
  }
  return result
}

/** Ends of the sets that are asked for: whether values lie below, at or above them is worth knowing exactly. */
function thresholdsOf(target: Range | null): Rational[] {
  const ends = (target ?? []).flatMap(i => [i.low, i.high]).filter(q => q !== null && q.n !== 0n) as Rational[]
  return [ZERO, ...ends]
}

/** A polynomial in a single atom, or one divided by a power of it: exact. */
function oneAtomRange(terms: Terms, scope: Scope, target: Range | null): Range {
  const atoms = atomsOf(terms)
  if (atoms.length !== 1) return REALS
  const degrees = [...terms.values()].map(t => t.factors[0]?.exponent ?? 0)
  const k = Math.max(0, -Math.min(...degrees))
  const coefficients: Rational[] = new Array(Math.max(...degrees) + k + 1).fill(ZERO)
  for (const t of terms.values()) coefficients[(t.factors[0]?.exponent ?? 0) + k] = t.coefficient
  return polynomialRange(coefficients, k, rangeIn(scope, atoms[0]), thresholdsOf(target))
}

/** A factor that all terms share, times the rest. */
function commonFactorRange(terms: Terms, scope: Scope): Range {
  if (terms.size < 2 || terms.has('')) return REALS
  const all = properTerms(terms)
  const common = all[0].factors.flatMap(f => {
    const exponents = all.map(t => t.factors.find(g => g.atom === f.atom)?.exponent ?? 0)
    const least = exponents.reduce((a, b) => (Math.sign(a) !== Math.sign(b) ? 0 : Math.abs(b) < Math.abs(a) ? b : a))
    return least === 0 ? [] : [{ atom: f.atom, exponent: least }]
  })
  if (common.length === 0) return REALS
  const inverse = common.map(f => ({ atom: f.atom, exponent: -f.exponent }))
  const divisor: Terms = new Map([['common', { key: 'common', factors: inverse, coefficient: ONE }]])
  const rest = multiplyTerms(terms, divisor)
  if (rest === null) return REALS
  const factor = termRange({ key: '', factors: common, coefficient: ONE }, scope)
  return forwardCall('*', [factor, polynomialTermsRange(rest, scope, null)])
}

const MAX_SQUARES = 12

/**
 * A polynomial of degree two in some atoms, by completing squares: a v^2 + b v = a (v + b/2a)^2 - b^2/4a, one atom v
 * after the other, b without v.
 */
function completedSquaresRange(terms: Terms, scope: Scope): Range {
  let rest = terms
  let result = point(ZERO)
  let completed = 0
  for (const v of atomsOf(terms).slice(0, MAX_SQUARES)) {
    const withV = properTerms(rest).filter(t => t.factors.some(f => f.atom === v))
    const square = withV.find(t => t.factors.length === 1 && t.factors[0].exponent === 2)
    if (square === undefined) continue
    const others = withV.filter(t => t !== square)
    if (others.some(t => t.factors.find(f => f.atom === v)?.exponent !== 1)) continue
    // (terms with v once) / v
    const divisor: Terms = new Map([['', { key: '', factors: [{ atom: v, exponent: -1 }], coefficient: ONE }]])
    const b = multiplyTerms(new Map(others.map(t => [t.key, t])), divisor)
    if (b === null) return REALS
    const inner = addTerms(termsOf(v), b, square.coefficient.mul(2).inverse())
    const bSquared = multiplyTerms(b, b)
    if (bSquared === null) return REALS
    const squareRange = forwardCall('^', [naiveRange(inner, scope), TWO])
    result = forwardCall('+', [result, scaleRange(squareRange, square.coefficient)])
    const taken: Terms = new Map(withV.map(t => [t.key, t]))
    rest = addTerms(addTerms(rest, taken, rational(-1)), bSquared, square.coefficient.mul(4).inverse().neg())
    completed++
  }
  return completed === 0 ? REALS : forwardCall('+', [result, naiveRange(rest, scope)])
}

const MAX_TERMS = 64

/** A superset of the values of a polynomial in atoms that the scope knows. */
function polynomialTermsRange(terms: Terms, scope: Scope, target: Range | null): Range {
  for (const atom of atomsOf(terms)) visit(atom, scope)
  scope.budget.steps -= terms.size
  let result = intersect(naiveRange(terms, scope), knownRange(scope.facts, terms))
  if (terms.size > MAX_TERMS || isEmpty(result)) return result
  for (const method of [oneAtomRange, commonFactorRange, completedSquaresRange]) {
    if (target !== null && isSubset(result, target)) return result
    result = intersect(result, method(terms, scope, target))
  }
  return result
}

/** f(a) - f(b) has the sign of a - b where f increases strictly. */
function comparedRange(terms: Terms, scope: Scope): Range {
  const primitive = primitiveOf(terms)
  if (primitive === null) return REALS
  const compared = comparedArguments(primitive.terms)
  if (compared === null) return REALS
  const difference = call('-', ...compared)
  return fromPrimitive(primitive, signRange(sharpen(difference, scope, null, 'cheap')))
}

/** k sqrt(p) + q has the sign of k where k^2 p > q^2. */
function rootRange(terms: Terms, scope: Scope): Range {
  for (const root of properTerms(terms)) {
    const [{ atom, exponent }] = root.factors
    if (root.factors.length !== 1 || exponent !== 1 || atom.kind !== 'call' || atom.name !== 'sqrt') continue
    const rest = new Map(terms)
    rest.delete(root.key)
    if (atomsOf(rest).includes(atom)) continue
    const square = multiplyTerms(rest, rest)
    if (square === null) continue
    const scaled = multiplyTerms(termsOf(atom.args[0]), new Map([['', { ...root, key: '', factors: [], coefficient: root.coefficient.mul(root.coefficient) }]]))
    if (scaled === null) continue
    const difference = polynomialTermsRange(reduceTerms(addTerms(scaled, square, rational(-1))), scope, POSITIVE)
    const isPositive = root.coefficient.s > 0n
    if (isSubset(difference, POSITIVE)) return isPositive ? POSITIVE : NEGATIVE
    if (isSubset(difference, NON_NEGATIVE)) return isPositive ? NON_NEGATIVE : NON_POSITIVE
  }
  return REALS
}

/** a / b = m + (a - m b) / b, for a number m that takes a term of b out of a. */
function quotientRange(e: Expression, scope: Scope): Range {
  if (e.kind !== 'call' || e.name !== '/') return REALS
  const top = termsOf(e.args[0])
  const bottom = termsOf(e.args[1])
  if (top.size > MAX_TERMS || bottom.size > MAX_TERMS) return REALS
  const divisor = rangeIn(scope, e.args[1])
  let result: Range = REALS
  for (const t of [...bottom.values()].slice(0, 4)) {
    const shared = top.get(t.key)
    if (shared === undefined) continue
    const multiple = shared.coefficient.div(t.coefficient)
    const rest = polynomialTermsRange(addTerms(top, bottom, multiple.neg()), scope, null)
    result = intersect(result, translate(forwardCall('/', [rest, divisor]), multiple))
  }
  return result
}

/** The divisor that a factor stands for: itself where its power is negative, d where it is a power of 1 / d. */
function divisorOf(f: Factor): { expression: Expression; power: number } | null {
  if (f.exponent < 0) return { expression: f.atom, power: -f.exponent }
  const { atom } = f
  if (atom.kind !== 'call' || atom.name !== '/') return null
  return { expression: atom.args[1], power: f.exponent }
}

/** e times the divisors in it, to even powers where their signs are not known, and the sign of what it was multiplied by. */
function clearDivisors(terms: Terms, scope: Scope): { terms: Terms; negative: boolean } | null {
  const highest = new Map<Expression, number>()
  for (const t of terms.values()) {
    for (const f of t.factors) {
      const divisor = divisorOf(f)
      if (divisor === null) continue
      highest.set(divisor.expression, Math.max(highest.get(divisor.expression) ?? 0, divisor.power))
    }
  }
  if (highest.size === 0) return null
  let negative = false
  for (const [d, power] of highest) {
    const signs = signsOf(rangeIn(scope, d))
    if (signs.negative && signs.positive) highest.set(d, power + (power % 2))
    else if (signs.negative && power % 2 !== 0) negative = !negative
  }
  let sum: Terms = new Map()
  for (const t of terms.values()) {
    const left = new Map(highest)
    const kept = t.factors.filter(f => {
      const divisor = divisorOf(f)
      if (divisor !== null) left.set(divisor.expression, (left.get(divisor.expression) as number) - divisor.power)
      return divisor === null
    })
    let product: Terms | null = new Map([['', { ...t, factors: kept }]])
    for (const [d, power] of left) {
      for (let k = 0; k < power && product !== null; k++) product = multiplyTerms(product, termsOf(d))
    }
    if (product === null || product.size + sum.size > MAX_TERMS) return null
    sum = addTerms(sum, multiplyTerms(product, termsOf(number(1))) as Terms)
  }
  return { terms: reduceTerms(sum), negative }
}

/** Compares a sum of fractions with the ends of the target, and with 0, 1 and -1, after multiplying by the divisors. */
function fractionsRange(terms: Terms, scope: Scope, target: Range | null): Range {
  if (terms.size > MAX_TERMS / 2) return REALS
  let result: Range = REALS
  for (const c of [...thresholdsOf(target), ONE, rational(-1)]) {
    const cleared = clearDivisors(addTerms(terms, termsOf(number(c)), rational(-1)), scope)
    if (cleared === null) return REALS
    let found = polynomialTermsRange(cleared.terms, scope, null)
    const isOpen = (): boolean => signsOf(found).positive && signsOf(found).negative
    if (isOpen()) found = intersect(found, rootRange(cleared.terms, scope))
    if (isOpen()) found = intersect(found, combinedRange(cleared.terms, scope))
    const side = signRange(found)
    result = intersect(result, translate(cleared.negative ? negate(side) : side, c))
  }
  return result
}

// Inequalities between atoms and their arguments, which hold wherever the atom is defined: m, k with m * atom + k >= 0.
interface Axiom {
  readonly terms: Terms
  readonly strict: boolean
}

function axiomsOf({ atom, exponent }: Factor): Axiom[] {
  if (atom.kind !== 'call') return []
  if (exponent !== 1 && atom.name !== 'exp') return []
  // exp(a)^k is exp(k a).
  const args = exponent === 1 ? atom.args : [call('*', number(exponent), atom.args[0])]
  const self = termsOf(call(atom.name, ...args))
  const [a, b] = args
  const above = (q: Expression, strict = false): Axiom => ({ terms: addTerms(self, termsOf(q), rational(-1)), strict })
  const below = (q: Expression, strict = false): Axiom => ({ terms: addTerms(termsOf(q), self, rational(-1)), strict })
  switch (atom.name) {
    case 'max': return [above(a), above(b)]
    case 'min': return [below(a), below(b)]
    case 'abs': return [above(a), above(call('neg', a))]
    case 'relu': return [above(a)]
    case 'softplus': return [above(a, true)]
    case 'exp': return [above(call('+', a, number(1)))]
    case 'ln': return [below(call('-', a, number(1)))]
    case 'floor': return [below(a), above(call('-', a, number(1)), true)]
    case 'cosh': return [above(call('sinh', a), true), above(call('neg', call('sinh', a)), true)]
    case 'sqrt': return [below(call('/', call('+', a, number(1)), number(2)))]
    default: return []
  }
}

const MAX_ATOMS = 24
const MAX_FACTS = 24
const MAX_FACT_TERMS = 8

function constraintOf(terms: Terms | readonly Term[], constant: Rational, sign: bigint, strict: boolean): Constraint {
  const list = [...(terms instanceof Map ? terms.values() : (terms as readonly Term[]))]
  return {
    coefficients: new Map(list.filter(t => t.key !== '').map(t => [t.key, sign < 0n ? t.coefficient.neg() : t.coefficient])),
    constant,
    strict,
  }
}

/** sum of terms in [low, high]: up to two inequalities. */
function within(terms: readonly Term[], range: Range): Constraint[] {
  if (isEmpty(range)) return []
  const { low, lowOpen, high, highOpen } = hull(range)[0]
  return [
    ...(low === null ? [] : [constraintOf(terms, low.neg(), 1n, lowOpen)]),
    ...(high === null ? [] : [constraintOf(terms, high, -1n, highOpen)]),
  ]
}

/** Bounds by linear combination of the facts, of the sets of the terms, and of the inequalities of their atoms. */
export function combinedRange(terms: Terms, scope: Scope): Range {
  const proper = properTerms(terms)
  if (proper.length === 0 || proper.length > MAX_ATOMS) return REALS
  const constraints: Constraint[] = []
  const known = new Map<string, Term>()
  const meet = (list: Iterable<Term>): void => {
    for (const t of list) if (t.key !== '') known.set(t.key, { ...t, coefficient: ONE })
  }
  meet(proper)
  const facts = [...scope.facts.byKey.values()].filter(f => f.terms.length > 1 && f.terms.length <= MAX_FACT_TERMS)
  for (const f of facts.slice(0, MAX_FACTS)) {
    constraints.push(...within(f.terms, f.range))
    meet(f.terms)
  }
  // The inequalities of new atoms may bring in atoms of their own.
  const done = new Set<string>()
  for (let round = 0; round < 2; round++) {
    for (const t of [...known.values()]) {
      const [f] = t.factors
      if (t.factors.length !== 1 || done.has(t.key) || known.size > MAX_ATOMS) continue
      done.add(t.key)
      for (const axiom of axiomsOf(f)) {
        if (axiom.terms.size > MAX_FACT_TERMS) continue
        constraints.push(constraintOf(axiom.terms, constantPart(axiom.terms), 1n, axiom.strict))
        meet(axiom.terms.values())
      }
    }
  }
  if (constraints.length === 0) return REALS
  for (const t of known.values()) {
    for (const f of t.factors) visit(f.atom, scope)
    constraints.push(...within([t], termRange(t, scope)))
  }
  scope.budget.steps -= constraints.length * known.size
  const goal = new Map(proper.map(t => [t.key, t.coefficient]))
  const low = lowerBound(goal, constraints)
  if (low.kind === 'infeasible') return EMPTY
  const high = lowerBound(new Map([...goal].map(([k, q]) => [k, q.neg()])), constraints)
  const constant = constantPart(terms)
  return interval(
    low.kind === 'bound' ? low.value.add(constant) : null,
    high.kind === 'bound' ? constant.sub(high.value) : null,
    { lowOpen: low.kind === 'bound' && low.strict, highOpen: high.kind === 'bound' && high.strict },
  )
}

function isArithmetic(e: Expression): boolean {
  return e.kind === 'call' && ['+', '-', '*', '/', '^', 'neg'].includes(e.name)
}

const MAX_DEEP_PARTS = 150

/** Passes once more over the parts of an expression, with the methods that look at one polynomial. */
function deepen(root: Expression, scope: Scope, target: Range | null): void {
  if (scope.sharpened.has(root)) return
  const isSmall = countParts(root, MAX_DEEP_PARTS) < MAX_DEEP_PARTS
  for (const e of isSmall ? postorder(root) : [root]) {
    if (scope.sharpened.has(e) || !scope.info.has(e) || scope.budget.steps <= 0) continue
    scope.sharpened.add(e)
    scope.budget.steps--
    if (e.kind !== 'call') continue
    narrow(scope, e, forwardCall(e.name, e.args.map(a => rangeIn(scope, a))))
    if (!isArithmetic(e)) continue
    const terms = termsOf(e)
    narrow(scope, e, polynomialTermsRange(terms, scope, e === root ? target : null))
    narrow(scope, e, quotientRange(e, scope))
    if (terms.size <= 8) {
      narrow(scope, e, comparedRange(terms, scope))
      narrow(scope, e, rootRange(terms, scope))
    }
  }
}

/** How deeply questions may be nested in questions. */
const MAX_DEPTH = 3

/** The scope of a box within the domain, for a question asked on the way to another. */
function boxWithin(scope: Scope, index: number, range: Range, thorough: boolean): Scope {
  const domain = scope.domain.slice()
  for (let k = domain.length; k < index; k++) domain[k] = REALS
  domain[index] = range
  return createScope(domain, noFacts, scope.budget, thorough ? sharpen : null, scope.depth + 1)
}

/**
 * The trend of e in a variable over an interval on which it is defined: from its parts, else, e being continuous, from
 * the sign of its derivative inside.
 */
export function trendOn(e: Expression, index: number, i: Range, scope: Scope): Trend | null {
  const box = boxWithin(scope, index, i, scope.depth < MAX_DEPTH)
  if (visit(e, box).obstacle !== null) return null
  const direct = trendIn(e, index, box)
  if (direct !== null || scope.depth >= MAX_DEPTH || i.length !== 1 || !isContinuous(e, index, box)) return direct
  const slope = slopeOf(e, index)
  if (slope === null) return null
  const inside = boxWithin(scope, index, interval(i[0].low, i[0].high, { lowOpen: true, highOpen: true }), true)
  if (visit(slope, inside).obstacle !== null) return null
  // Its signs at some points say which of the two to try for, or neither.
  const samples = samplesOf(i[0]).map(q => signsOf(rangeIn(boxWithin(scope, index, point(q), false), slope)))
  const rises = samples.some(s => s.positive && !s.negative && !s.zero)
  if (rises && samples.some(s => s.negative && !s.positive && !s.zero)) return null
  const range = sharpen(slope, inside, rises ? NON_NEGATIVE : NON_POSITIVE, 'full')
  if (isEmpty(range)) return null
  const strict = !signsOf(range).zero
  if (isSubset(range, point(ZERO))) return { direction: 'constant', strict: false }
  if (isSubset(range, NON_NEGATIVE)) return { direction: 'increasing', strict }
  if (isSubset(range, NON_POSITIVE)) return { direction: 'decreasing', strict }
  return null
}

function slopeOf(e: Expression, index: number): Expression | null {
  try {
    const slope = derivative(e, index)
    return countParts(slope, 600) < 600 ? slope : null
  } catch (error) {
    if (error instanceof TypeError || error instanceof TooLarge) return null
    throw error
  }
}

/** Whether e, defined on the box, is continuous in the variable and has its derivative but for isolated points. */
function isContinuous(e: Expression, index: number, box: Scope): boolean {
  const moving = new Set<Expression>()
  for (const p of postorder(e)) {
    if ((p.kind === 'variable' && p.index === index) || parts(p).some(q => moving.has(q))) moving.add(p)
    if (!moving.has(p)) continue
    if (p.kind === 'choose' || p.kind === 'apply') return false
    if (p.kind !== 'call') continue
    if (p.name === 'floor' || p.name === 'sign') return false
    if (p.name === '^' && moving.has(p.args[1]) && !isSubset(rangeIn(box, p.args[0]), POSITIVE)) return false
  }
  return true
}

/** Some points inside an interval. */
function samplesOf(i: Interval): Rational[] {
  if (i.low !== null && i.high !== null) {
    const width = i.high.sub(i.low)
    return [1, 8, 15].map(k => (i.low as Rational).add(width.mul(rational(k, 16))))
  }
  const distances = [rational(1, 16), rational(3, 2), rational(20)]
  if (i.low !== null) return distances.map(d => (i.low as Rational).add(d))
  if (i.high !== null) return distances.map(d => (i.high as Rational).sub(d))
  return [rational(-20), rational(-3, 2), ZERO, rational(3, 2), rational(20)]
}

const FAR = rational(1n << 12n)
const NEAR = rational(1n, 1n << 40n)

/** Short intervals at the two ends of an interval, within it. */
function ends(i: Interval): [Range, Range] {
  const { low, high } = i
  const width = low !== null && high !== null ? high.sub(low) : ONE
  const farLow = high !== null && high.compare(FAR.neg()) <= 0 ? high.mul(2) : FAR.neg()
  const farHigh = low !== null && low.compare(FAR) >= 0 ? low.mul(2) : FAR
  return [
    low === null ? interval(null, farLow) : i.lowOpen ? interval(low, low.add(width.mul(NEAR)), { lowOpen: true }) : point(low),
    high === null ? interval(farHigh, null) : i.highOpen ? interval(high.sub(width.mul(NEAR)), high, { highOpen: true }) : point(high),
  ]
}

/** The values on an interval on which e is monotone: they lie between those near its two ends. */
function monotoneRange(e: Expression, index: number, i: Interval, scope: Scope): Range {
  // On the closure, if e is defined there, the values at the ends are exact.
  const closure: Interval = { ...i, lowOpen: i.low === null, highOpen: i.high === null }
  for (const j of i.lowOpen !== closure.lowOpen || i.highOpen !== closure.highOpen ? [closure, i] : [i]) {
    const trend = trendOn(e, index, [j], scope)
    if (trend === null) continue
    const [first, last] = ends(j).map(end => sharpen(e, boxWithin(scope, index, end, true), null, 'cheap'))
    if (isEmpty(first) || isEmpty(last)) continue
    const a = hull(first)[0]
    const b = hull(last)[0]
    const [low, high] = trend.direction === 'decreasing' ? [b, a] : [a, b]
    // An end of i that is open and not of j: the value there is not taken where e is strictly monotone.
    const [openLow, openHigh] = [i.lowOpen && !j.lowOpen, i.highOpen && !j.highOpen]
    const [notLow, notHigh] = trend.direction === 'decreasing' ? [openHigh, openLow] : [openLow, openHigh]
    const isExact = (v: Interval): boolean => v.low !== null && v.high !== null && v.low.equals(v.high)
    return interval(low.low, high.high, {
      lowOpen: low.lowOpen || (trend.strict && notLow && isExact(low)),
      highOpen: high.highOpen || (trend.strict && notHigh && isExact(high)),
    })
  }
  return REALS
}

/** The domain of a variable cut where functions often change: at 0 and at 1 and -1. */
function pieces(r: Range): Interval[] {
  const cuts = [rational(-1), ZERO, ONE]
  return r.flatMap(i => {
    const inner = cuts.filter(c => (i.low === null || i.low.compare(c) < 0) && (i.high === null || i.high.compare(c) > 0))
    return split(i, inner)
  })
}

/** Closed on both sides of a cut: the union is the interval. */
function split(i: Interval, cuts: readonly Rational[]): Interval[] {
  const result: Interval[] = []
  let rest = i
  for (const c of cuts) {
    result.push({ ...rest, high: c, highOpen: false })
    rest = { ...rest, low: c, lowOpen: false }
  }
  return [...result, rest]
}

function halve(i: Interval): Interval[] {
  if (i.low !== null && i.high !== null) return i.low.equals(i.high) ? [i] : split(i, [i.low.add(i.high).div(2)])
  if (i.low === null && i.high === null) return split(i, [ZERO])
  const end = (i.low ?? i.high) as Rational
  const size = end.abs().compare(ONE) < 0 ? ONE : end.abs()
  return split(i, [i.low !== null ? end.add(size) : end.sub(size)])
}

/** A box: one interval for each of the variables that are split. */
type Box = readonly Interval[]

const MAX_SPLIT_VARIABLES = 2
const MAX_CELLS = 96

/** The union of the values over boxes that cover the domain, split again where they are not in the target. */
function subdividedRange(e: Expression, variables: readonly number[], scope: Scope, target: Range): Range {
  if (variables.length === 0 || variables.length > MAX_SPLIT_VARIABLES) return REALS
  const size = countParts(e, 200)
  if (size >= 200) return REALS
  let boxes: Box[] = [[]]
  for (const v of variables) boxes = boxes.flatMap(b => pieces(rangeIn(scope, variableOf(e, v))).map(i => [...b, i]))
  const over = (box: Box): Range => {
    const domain = scope.domain.slice()
    for (const [k, v] of variables.entries()) domain[v] = [box[k]]
    scope.budget.steps -= size
    return rangeIn(createScope(domain, scope.facts, scope.budget, null, scope.depth + 1), e)
  }
  let result: Range = EMPTY
  let cells = 0
  const queue = boxes.map(box => ({ box, depth: 0 }))
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const found = over(next.box)
    if (isSubset(found, target)) {
      result = union(result, found)
      continue
    }
    const isPoint = next.box.every(i => i.low !== null && i.high !== null && i.low.equals(i.high))
    if (isPoint || ++cells > MAX_CELLS || scope.budget.steps <= 0) {
      return union(result, found, ...queue.map(q => over(q.box)))
    }
    const k = next.depth % variables.length
    const box = next.box
    for (const half of halve(box[k])) queue.push({ box: box.map((i, j) => (j === k ? half : i)), depth: next.depth + 1 })
  }
  return result
}

function variableOf(e: Expression, index: number): Expression {
  return postorder(e).find(p => p.kind === 'variable' && p.index === index) as Expression
}

const MAX_MONOTONE_PIECES = 4

/** Whether the methods that split the domain can say more than the pass: a variable that occurs more than once. */
function isEntangled(e: Expression): boolean {
  const uses = new Map<Expression, number>()
  for (const p of postorder(e)) {
    for (const q of parts(p)) {
      const count = (uses.get(q) ?? 0) + 1
      uses.set(q, count)
      if (count > 1 && q.kind !== 'number' && q.kind !== 'constant') return true
    }
  }
  return false
}

const MAX_NESTING = 5

/**
 * A superset of the values of e in the scope that is as small as can be found within the budget; what is found is
 * kept in the scope. It may be any superset that lies in the target, if there is one and it is reached.
 */
export function sharpen(e: Expression, scope: Scope, target: Range | null, effort: 'cheap' | 'full'): Range {
  visit(e, scope)
  if (!isDone(e, scope, target) && scope.depth <= MAX_DEPTH && scope.budget.nesting < MAX_NESTING) {
    scope.budget.nesting++
    sharpenWhole(e, unfold(e), scope, target, effort)
    scope.budget.nesting--
  }
  return rangeIn(scope, e)
}

function isDone(e: Expression, scope: Scope, target: Range | null): boolean {
  const range = rangeIn(scope, e)
  return isEmpty(range) || (target !== null && isSubset(range, target)) || scope.budget.steps <= 0
}

/** The methods one after the other, from cheap to costly; `whole` is e with definitions unfolded. */
function sharpenWhole(
  e: Expression,
  whole: Expression,
  scope: Scope,
  target: Range | null,
  effort: 'cheap' | 'full',
): void {
  const settle = (range: Range): boolean => {
    narrow(scope, e, narrow(scope, whole, range))
    return isDone(e, scope, target)
  }
  visit(whole, scope)
  deepen(whole, scope, target)
  if (settle(REALS)) return
  const terms = termsOf(whole)
  if (target !== null && settle(polynomialTermsRange(terms, scope, target))) return
  if (settle(fractionsRange(terms, scope, target))) return
  if (settle(combinedRange(terms, scope)) || effort === 'cheap' || !isEntangled(whole)) return
  const variables = variablesOf(whole)
  if (variables.length === 1 && scope.depth < MAX_DEPTH) {
    const domain = rangeIn(scope, variableOf(whole, variables[0]))
    if (domain.length <= MAX_MONOTONE_PIECES) {
      if (settle(union(...domain.map(i => monotoneRange(whole, variables[0], i, scope))))) return
    }
  }
  if (target !== null) settle(subdividedRange(whole, variables, scope, target))
}
