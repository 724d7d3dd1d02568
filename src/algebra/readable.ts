// Readable normal forms of real functions: arithmetic collected, inverse functions cancelled, piecewise operations that
// are decided on the domain resolved, exponentials merged, the names softplus, sigmoid and relu used where they apply.
// Every step is an equation of the axioms' table, and the whole is verified before it is given out.

import { Case } from '../scalar/case.ts'
import {
  apply,
  call,
  compareExpressions,
  type Expression,
  type FunctionSymbol,
  isSum,
  type KnownName,
  number,
  one,
  parts,
  postorder,
  TooLarge,
  unfold,
  variablesOf,
  wholeNumber,
  withParts,
  zero,
} from '../scalar/expression.ts'
import { axiomStep, conditionsOf, MOST_PARTS, type ScalarProof } from '../scalar/proof.ts'
import { POSITIVE, type Range, sameRange } from '../scalar/range.ts'
import { ONE, type Rational, rational } from '../scalar/rational.ts'
import { Expander, type Normal } from './expander.ts'
import { inSequence } from './explicit.ts'
import * as P from './polynomial.ts'
import type { Quotient } from './quotient.ts'
import { innerSums, startsNegative } from './ring.ts'
import { verifyScalarProof } from './verify.ts'

/** `before` is defined on the whole domain, and so is `after`, and they are equal there. */
export interface Replacement {
  readonly before: Expression
  readonly after: Expression
  readonly proof: ScalarProof
}

export interface Simplified {
  readonly result: Expression
  /**
   * Replacing each `before` (a part of the expression with definitions unfolded) by its `after` gives the result. Where
   * the expression is defined on the whole domain, this is one replacement of the whole.
   */
  readonly proof: readonly Replacement[]
}

const STEPS = 40_000_000
/** Products that expand to more terms stay products. */
const MOST_TERMS = 40
const MOST_ANALYSES = 100

/**
 * A readable expression that is defined exactly where `e` is on the domain (one set for each variable), and equal to it.
 * Deterministic, and idempotent as far as its rules go; work is linear in the size for nested affine functions.
 */
export function simplify(e: Expression, domain: readonly Range[]): Simplified {
  let known = remembered.get(e)
  if (known === undefined) remembered.set(e, (known = []))
  const used = variablesOf(e)
  let entry = known.find(k => used.every(i => sameRange(k.domain[i], domain[i])))
  if (entry === undefined) known.push((entry = { domain, simplified: simplifyAnew(e, domain) }))
  return entry.simplified
}

/** What was simplified before: the nodes of a net mostly carry few different functions. Gone with the expressions. */
const remembered = new WeakMap<Expression, { domain: readonly Range[]; simplified: Simplified }[]>()

function simplifyAnew(e: Expression, domain: readonly Range[]): Simplified {
  const within = new Case(domain)
  try {
    const root = unfold(e, MOST_PARTS)
    const replacements: Replacement[] = []
    for (const part of definedParts(root, within)) {
      const replacement = simplifyDefined(part, within)
      if (replacement !== null) replacements.push(replacement)
    }
    const table = new Map(replacements.map(r => [r.before, r.after]))
    return { result: table.size === 0 ? root : replaceParts(root, table), proof: replacements }
  } catch (error) {
    if (error instanceof TooLarge || error instanceof P.BudgetExhausted) return { result: e, proof: [] }
    throw error
  }
}

/** The largest strict parts that are shown to be defined on the whole domain: the whole, if it is. */
function definedParts(root: Expression, within: Case): Expression[] {
  const result: Expression[] = []
  const seen = new Set<Expression>()
  const stack = [root]
  let analyses = 0
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (seen.has(e)) continue
    seen.add(e)
    if (e.kind === 'number' || e.kind === 'constant' || e.kind === 'variable') continue
    if (++analyses > MOST_ANALYSES) break
    if (within.defined(e)) result.push(e)
    else stack.push(...(e.kind === 'choose' ? [e.left, e.right] : parts(e)))
  }
  return result
}

function replaceParts(root: Expression, table: ReadonlyMap<Expression, Expression>): Expression {
  const values = new Map<Expression, Expression>()
  for (const e of postorder(root)) {
    const target = table.get(e)
    const old = parts(e)
    const fresh = old.map(p => values.get(p) as Expression)
    values.set(e, target ?? (fresh.some((f, i) => f !== old[i]) ? withParts(e, fresh) : e))
  }
  return values.get(root) as Expression
}

function simplifyDefined(e: Expression, within: Case): Replacement | null {
  const meter = new P.Meter(STEPS)
  try {
    const simplifier = new Simplifier(within, meter)
    const after = simplifier.express(simplifier.simplify(e))
    if (after === e) return null
    const { steps } = inSequence(simplifier.equations, [e, after], within, meter)
    const proof: ScalarProof = { steps, end: { kind: 'equal' } }
    return verifyScalarProof(proof, e, after, within.domain).accepted ? { before: e, after, proof } : null
  } catch (error) {
    if (error instanceof P.BudgetExhausted) return null
    throw error
  }
}

const HALF = rational(1, 2)
const ODD: ReadonlySet<string> = new Set(['tan', 'sinh', 'tanh', 'asinh', 'atanh', 'sin', 'erf', 'sign'])
const EVEN: ReadonlySet<string> = new Set(['cosh', 'cos', 'abs'])
const INVERSES: ReadonlySet<string> = new Set(['tanh-atanh', 'atanh-tanh', 'sinh-asinh', 'asinh-sinh', 'cosh-acosh'])

class Simplifier extends Expander {
  /** What the atoms that are rewritten further are functions of. */
  private readonly args = new Map<number, { readonly name: string; readonly args: readonly Normal[] }>()

  simplify(root: Expression): Normal {
    const order = postorder(root)
    const uses = new Map<Expression, number>()
    for (const e of order) for (const p of parts(e)) uses.set(p, (uses.get(p) ?? 0) + 1)
    const inner = innerSums(order, parts)
    const owned = new Set<Expression>()
    const values = new Map<Expression, Normal>()
    for (const e of order) {
      this.meter.spend(1)
      const operands = parts(e)
      const args = operands.map(p => values.get(p) as Normal)
      values.set(e, isSum(e) ? this.longSum(e.name, args[0], args[1], owned.has(operands[0])) : this.ofParts(e, args))
      if (isSum(e) && inner.has(e)) owned.add(e)
      // A chain of a million operations must not keep a million expansions.
      for (const p of operands) {
        const left = (uses.get(p) as number) - 1
        uses.set(p, left)
        if (left === 0) values.delete(p)
      }
    }
    return values.get(root) as Normal
  }

  private ofParts(e: Expression, args: readonly Normal[]): Normal {
    switch (e.kind) {
      case 'number':
        return { value: this.ring.number(e.value), current: e }
      case 'variable':
        return { value: this.ring.ofAtom(e), current: e }
      case 'constant': {
        if (e.name === 'pi') return { value: this.ring.ofAtom(e), current: e }
        this.must('e')
        return this.atom('exp', this.number(ONE))
      }
      case 'apply':
        return this.unknown(e.fn, args)
      case 'choose':
        return this.choice(e, args)
      case 'call':
        return this.known(e.name, args)
    }
  }

  /** A function of arguments in their readable form, as an atom. */
  private settled(current: Expression, args: readonly Normal[]): Normal {
    const readable = withParts(
      current,
      args.map(a => this.express(a)),
    )
    this.arithmetic(current, readable)
    const index = this.ring.atom(readable)
    if (readable.kind === 'call' && !this.args.has(index)) {
      const own = args.map((a, i) => ({ value: a.value, current: parts(readable)[i] }))
      this.args.set(index, { name: readable.name, args: own })
    }
    return { value: this.ring.ofAtom(readable), current: readable }
  }

  private atom(name: KnownName, ...args: readonly Normal[]): Normal {
    return this.settled(call(name, ...args.map(a => a.current)), args)
  }

  /** The same value, written in its readable form. */
  private readable(a: Normal): Normal {
    return { value: a.value, current: this.express(a) }
  }

  /** The function and arguments when the value is one atom, else null. */
  private only(q: Quotient): { name: string; args: readonly Normal[] } | null {
    if (q.numerator.size !== 1 || P.constantValue(q.denominator) !== 1n) return null
    const [[m, c]] = q.numerator
    if (c !== 1n || m.length !== 2 || m.charCodeAt(1) !== 1) return null
    return this.args.get(m.charCodeAt(0)) ?? null
  }

  private opposed(a: Normal): Normal | null {
    return startsNegative(this.express(a)) ? this.readable(this.opposite(a)) : null
  }

  private known(name: KnownName, args: readonly Normal[]): Normal {
    const [a, b] = args
    switch (name) {
      case '+':
        return this.plus(a, b)
      case '-':
        return this.minus(a, b)
      case '*':
        return this.product(a, b)
      case '/':
        return this.ratio(a, b)
      case 'neg':
        return this.opposite(a)
      case '^':
        return this.power(a, b)
      case 'exp':
        return this.exp(a)
      case 'ln':
        return this.ln(a)
      case 'sqrt':
        return this.sqrt(a)
      case 'max':
      case 'min':
        return this.extreme(name, a, b)
      default:
        return this.unary(name, a)
    }
  }

  // ---- arithmetic

  private isLarge(a: Quotient, b: Quotient): boolean {
    const size = (q: Quotient): number => Math.max(q.numerator.size, q.denominator.size)
    return size(a) * size(b) > MOST_TERMS
  }

  /** A sum as one atom, where expanding products of it would be too large to read. */
  private block(a: Normal): Normal {
    const size = Math.max(a.value.numerator.size, a.value.denominator.size)
    return size > 1 ? { value: this.ring.ofAtom(this.express(a)), current: a.current } : a
  }

  private product(a: Normal, b: Normal): Normal {
    const whole = this.isLarge(a.value, b.value) ? this.times(this.block(a), this.block(b)) : this.times(a, b)
    return this.merged(whole)
  }

  private ratio(a: Normal, b: Normal): Normal {
    const folded = this.sigmoid(a, b)
    if (folded !== null) return folded
    const whole = this.isLarge(a.value, b.value) ? this.over(this.block(a), this.block(b)) : this.over(a, b)
    return this.merged(whole)
  }

  /** a/(exp(u) + 1) as a multiple of a sigmoid. */
  private sigmoid(a: Normal, b: Normal): Normal | null {
    const u = this.exponentBesideOne(b.value)
    if (u === null) return null
    const before = call('/', a.current, b.current)
    const under = call('+', call('exp', u.current), one)
    const exp = this.ring.ofAtom(call('exp', u.current))
    const share = this.ring.divide(a.value, exp)
    const isShared = a.value.numerator.size > 0 && P.constantValue(share.denominator) !== null
    if (isShared) {
      const rest = this.ring.express(share)
      this.arithmetic(before, call('/', call('*', rest, call('exp', u.current)), under))
      this.must('fold-sigmoid-exp', u.current, rest)
      return this.product({ value: share, current: rest }, this.unary('sigmoid', u))
    }
    const rest = this.readable(a)
    this.arithmetic(before, call('/', rest.current, under))
    this.must('fold-sigmoid', u.current, rest.current)
    return this.product(rest, this.unary('sigmoid', this.opposite(u)))
  }

  /** u when the value is exp(u) + 1, else null. */
  private exponentBesideOne(q: Quotient): Normal | null {
    if (q.numerator.size !== 2 || P.constantValue(q.denominator) !== 1n || q.numerator.get('') !== 1n) return null
    const rest = new Map(q.numerator)
    rest.delete('')
    const inner = this.only({ numerator: rest, denominator: q.denominator })
    return inner?.name === 'exp' ? inner.args[0] : null
  }

  /** Products and powers of exponentials in one term as one exponential. */
  private merged(a: Normal): Normal {
    const { numerator, denominator } = a.value
    const isExp = (v: number): boolean => this.args.get(v)?.name === 'exp'
    const split = (m: P.Monomial): { exps: [number, number][]; rest: P.Monomial } => {
      const pairs = P.pairsOf(m)
      const rest = pairs.filter(([v]) => !isExp(v)).map(([v, exponent]) => P.monomialOf(v, exponent))
      return { exps: pairs.filter(([v]) => isExp(v)), rest: rest.join('') }
    }
    const below = denominator.size === 1 ? split([...denominator.keys()][0]) : { exps: [], rest: '' }
    const isMerged = ({ exps }: { exps: [number, number][] }): boolean => exps.reduce((n, [, k]) => n + k, 0) <= 1
    if (below.exps.length === 0 && [...numerator.keys()].every(m => isMerged(split(m)))) return a
    // First every term as its factors, by arithmetic; then the exponentials are merged, two by two.
    const under = denominator.size === 1 ? P.monomialPolynomial(below.rest, [...denominator.values()][0]) : denominator
    const terms = [...numerator].map(([m, c]) => {
      const { exps, rest } = split(m)
      const powers = [...exps, ...below.exps.map(([v, k]): [number, number] => [v, -k])]
      const factors = powers.map(([v, k]) => (k === 1 ? this.ring.atoms[v] : call('^', this.ring.atoms[v], number(k))))
      const scale = this.readable({ value: this.ring.ofPolynomial(P.monomialPolynomial(rest, c)), current: zero })
      return { scale, powers, factors }
    })
    const divisor = this.readable({ value: this.ring.ofPolynomial(under), current: zero })
    const literal = terms
      .map(({ scale, factors }) => {
        if (factors.length === 0) return scale.current
        const product = factors.reduce((u, v) => call('*', u, v))
        return scale.current === one ? product : call('*', scale.current, product)
      })
      .reduce((u, v) => call('+', u, v))
    const isWhole = divisor.current === one
    this.arithmetic(a.current, isWhole ? literal : call('/', literal, divisor.current))
    const sum = terms
      .map(({ scale, powers }) => {
        if (powers.length === 0) return scale
        const exp = this.mergedExp(powers)
        return scale.current === one ? exp : this.times(scale, exp)
      })
      .reduce((u, v) => this.plus(u, v))
    return isWhole ? sum : this.over(sum, divisor)
  }

  /** A product of powers of exponentials as one. */
  private mergedExp(powers: readonly (readonly [number, number])[]): Normal {
    let whole: Normal | null = null
    for (const [v, exponent] of powers) {
      const [u] = (this.args.get(v) as { args: readonly Normal[] }).args
      let factor = { argument: u, exp: { value: this.ring.ofAtom(this.ring.atoms[v]), current: this.ring.atoms[v] } }
      if (exponent !== 1) {
        this.must('exp-power', u.current, number(exponent))
        const argument = this.times(this.number(rational(exponent)), u)
        factor = { argument: this.readable(argument), exp: this.exp(argument) }
      }
      const known: Normal | null = whole === null ? null : this.argumentOfExp(whole)
      if (whole === null || known === null || this.argumentOfExp(factor.exp) === null) {
        whole = whole === null ? factor.exp : this.times(whole, factor.exp)
        continue
      }
      this.must('exp-merge', known.current, factor.argument.current)
      whole = this.exp(this.plus(known, factor.argument))
    }
    return whole as Normal
  }

  private argumentOfExp(a: Normal): Normal | null {
    const inner = this.only(a.value)
    return inner?.name === 'exp' && call('exp', inner.args[0].current) === a.current ? inner.args[0] : null
  }

  // ---- exponentials and logarithms

  private exp(a: Normal): Normal {
    const rule = this.only(a.value)
    const before = call('exp', a.current)
    if (a.value.numerator.size === 0) {
      this.arithmetic(before, call('exp', zero))
      this.must('exp-zero')
      return this.number(ONE)
    }
    if (rule?.name === 'softplus') {
      const [u] = rule.args
      this.arithmetic(before, call('exp', call('softplus', u.current)))
      this.must('exp-softplus', u.current)
      return this.plus(this.exp(u), this.number(ONE))
    }
    const opposite = this.only(this.opposite(a).value)
    if (opposite?.name === 'softplus') {
      const [u] = opposite.args
      this.arithmetic(before, call('exp', call('neg', call('softplus', u.current))))
      this.must('exp-opposite-softplus', u.current)
      return this.unary('sigmoid', this.opposite(u))
    }
    const logarithms: { argument: Normal; coefficient: Rational }[] = []
    const divisor = P.constantValue(a.value.denominator)
    let rest: P.Polynomial = a.value.numerator
    if (divisor !== null && rest.size <= MOST_TERMS) {
      const left = new Map(rest)
      for (const [m, c] of rest) {
        const inner = m.length === 2 && m.charCodeAt(1) === 1 ? this.args.get(m.charCodeAt(0)) : undefined
        if (inner?.name !== 'ln') continue
        logarithms.push({ argument: inner.args[0], coefficient: rational(c, divisor) })
        left.delete(m)
      }
      rest = left
    }
    if (logarithms.length === 0) return this.atom('exp', a)
    const summands: { expression: Expression; value: () => Normal }[] = logarithms.map(({ argument, coefficient }) => {
      const ln = call('ln', argument.current)
      if (coefficient.equals(1)) {
        return { expression: ln, value: () => this.after('exp-ln', argument, [argument.current]) }
      }
      const power = (): Normal => {
        this.must('exp-log', number(coefficient), argument.current)
        return this.power(argument, this.number(coefficient))
      }
      return { expression: call('*', number(coefficient), ln), value: power }
    })
    if (rest.size > 0) {
      const value = this.ring.divide(this.ring.ofPolynomial(rest), this.ring.number(rational(divisor as bigint)))
      const inner = this.readable({ value, current: zero })
      summands.push({ expression: inner.current, value: () => this.atom('exp', inner) })
    }
    this.arithmetic(
      before,
      call(
        'exp',
        summands.map(s => s.expression).reduce((u, v) => call('+', u, v)),
      ),
    )
    let prefix = summands[0].expression
    for (const { expression } of summands.slice(1)) {
      this.must('exp-sum', prefix, expression)
      prefix = call('+', prefix, expression)
    }
    return summands.map(s => s.value()).reduce((u, v) => this.product(u, v))
  }

  private after(axiom: string, result: Normal, bindings: readonly Expression[]): Normal {
    this.must(axiom, ...bindings)
    return result
  }

  private ln(a: Normal): Normal {
    const before = call('ln', a.current)
    const value = this.ring.rationalValue(a.value)
    if (value?.equals(1)) {
      this.arithmetic(before, call('ln', one))
      this.must('ln-one')
      return this.number(rational(0))
    }
    const beside = this.exponentBesideOne(a.value)
    if (beside !== null) {
      this.arithmetic(before, call('ln', call('+', call('exp', beside.current), one)))
      this.must('fold-softplus', beside.current)
      return this.unary('softplus', beside)
    }
    const { numerator, denominator } = a.value
    if (numerator.size !== 1 || denominator.size !== 1 || value !== null) return this.atom('ln', a)
    const [[m, c]] = numerator
    const [[n, d]] = denominator
    const factors: { base: Expression; exponent: number }[] = [
      ...P.pairsOf(m).map(([v, exponent]) => ({ base: this.ring.atoms[v], exponent })),
      ...P.pairsOf(n).map(([v, exponent]) => ({ base: this.ring.atoms[v], exponent: -exponent })),
    ]
    const isPositive = (e: Expression): boolean => this.within.holds({ expression: e, range: POSITIVE })
    if (c < 0n || !factors.every(f => isPositive(f.base))) return this.atom('ln', a)
    const pieces = factors.map(f => ({
      whole: f.exponent === 1 ? f.base : call('^', f.base, number(f.exponent)),
      value: () => this.lnOfPower(f.base, f.exponent),
    }))
    if (c !== d) {
      const scale = number(rational(c, d))
      pieces.push({
        whole: scale,
        value: () => this.atom('ln', { value: this.ring.number(rational(c, d)), current: scale }),
      })
    }
    this.arithmetic(
      before,
      call(
        'ln',
        pieces.map(p => p.whole).reduce((u, v) => call('*', u, v)),
      ),
    )
    let prefix = pieces[0].whole
    for (const { whole } of pieces.slice(1)) {
      this.must('ln-product', prefix, whole)
      prefix = call('*', prefix, whole)
    }
    return pieces.map(p => p.value()).reduce((u, v) => this.plus(u, v))
  }

  private lnOfPower(base: Expression, exponent: number): Normal {
    if (exponent !== 1) this.must('ln-power', base, number(exponent))
    const inner = this.lnOfAtom(base)
    return exponent === 1 ? inner : this.times(this.number(rational(exponent)), inner)
  }

  private lnOfAtom(base: Expression): Normal {
    const known = this.args.get(this.ring.atom(base))
    if (known?.name === 'exp') return this.after('ln-exp', known.args[0], [known.args[0].current])
    if (known?.name === 'sigmoid') {
      this.must('ln-sigmoid', known.args[0].current)
      return this.opposite(this.unary('softplus', this.opposite(known.args[0])))
    }
    if (known?.name === '^' && this.within.holds({ expression: known.args[0].current, range: POSITIVE })) {
      const [u, v] = known.args
      this.must('ln-power', u.current, v.current)
      return this.product(v, this.ln(u))
    }
    return this.atom('ln', { value: this.ring.ofAtom(base), current: base })
  }

  // ---- powers

  private sqrt(a: Normal): Normal {
    const before = call('sqrt', a.current)
    const value = this.ring.rationalValue(a.value)
    const root = value === null ? null : exactRoot(value)
    if (root !== null) {
      this.arithmetic(before, call('sqrt', call('^', number(root), number(2))))
      this.must('sqrt-square', number(root))
      this.must('abs-above', number(root))
      return this.number(root)
    }
    const inner = this.only(a.value)
    if (inner?.name === 'exp') {
      const [u] = inner.args
      this.arithmetic(before, call('sqrt', call('exp', u.current)))
      this.must('sqrt-exp', u.current)
      return this.exp(this.times(this.number(HALF), u))
    }
    const square = this.squareRoot(a.value)
    if (square !== null) {
      this.arithmetic(before, call('sqrt', call('^', square.current, number(2))))
      this.must('sqrt-square', square.current)
      return this.unary('abs', square)
    }
    const atom = this.atom('sqrt', a)
    const index = this.ring.atom(atom.current)
    if (!this.ring.related(index) && P.constantValue(a.value.denominator) === 1n) {
      this.must('square-of-sqrt', parts(atom.current)[0])
      this.ring.relate(index, 2, a.value.numerator)
    }
    return atom
  }

  /** u when the value is u^2 for a single term u, else null. */
  private squareRoot(q: Quotient): Normal | null {
    if (q.numerator.size !== 1 || q.denominator.size !== 1) return null
    const roots = [q.numerator, q.denominator].map(p => {
      const [[m, c]] = p
      const root = exactRoot(rational(c))
      const pairs = P.pairsOf(m)
      if (root === null || pairs.some(([, exponent]) => exponent % 2 !== 0)) return null
      return P.monomialPolynomial(pairs.map(([v, exponent]) => P.monomialOf(v, exponent / 2)).join(''), root.n)
    })
    const [n, d] = roots
    if (n === null || d === null) return null
    return this.readable({
      value: this.ring.divide(this.ring.ofPolynomial(n), this.ring.ofPolynomial(d)),
      current: zero,
    })
  }

  private power(a: Normal, b: Normal): Normal {
    const exponent = this.ring.rationalValue(b.value)
    const before = call('^', a.current, b.current)
    if (exponent === null) {
      const base = this.only(a.value)
      if (base?.name === 'exp') {
        const [u] = base.args
        this.arithmetic(before, call('^', call('exp', u.current), b.current))
        this.must('exp-power', u.current, b.current)
        return this.exp(this.product(b, u))
      }
      return this.atom('^', a, b)
    }
    this.arithmetic(before, call('^', a.current, number(exponent)))
    const whole = exponent.d === 1n ? wholeNumber(number(exponent)) : null
    if (whole !== null) {
      const size = Math.max(a.value.numerator.size, a.value.denominator.size)
      const base = size > 1 && Math.abs(whole) > 4 ? this.block(a) : a
      return this.merged(this.whole(base, whole))
    }
    if (exponent.equals(HALF)) {
      this.must('fold-sqrt', a.current)
      return this.sqrt(a)
    }
    const base = this.only(a.value)
    if (base?.name === 'exp') {
      const [u] = base.args
      this.arithmetic(call('^', a.current, number(exponent)), call('^', call('exp', u.current), number(exponent)))
      this.must('exp-power', u.current, number(exponent))
      return this.exp(this.times(this.number(exponent), u))
    }
    if (base?.name === '^' && this.within.holds({ expression: base.args[0].current, range: POSITIVE })) {
      const [u, v] = base.args
      const inner = call('^', u.current, v.current)
      this.arithmetic(call('^', a.current, number(exponent)), call('^', inner, number(exponent)))
      this.must('power-power-positive', u.current, v.current, number(exponent))
      return this.power(u, this.times(v, this.number(exponent)))
    }
    return this.atom('^', a, this.number(exponent))
  }

  // ---- piecewise and other functions

  private unknown(fn: FunctionSymbol, args: readonly Normal[]): Normal {
    const current = apply(fn, ...args.map(a => a.current))
    const opposed = fn.parity === null || args.length !== 1 ? null : this.opposed(args[0])
    if (opposed === null) return this.settled(current, args)
    const before = apply(fn, call('neg', opposed.current))
    const inner = apply(fn, opposed.current)
    const isOdd = fn.parity === 'odd'
    this.arithmetic(current, before)
    this.record({
      kind: 'function',
      property: isOdd ? 'odd' : 'even',
      before,
      after: isOdd ? call('neg', inner) : inner,
    })
    const mirrored = this.settled(inner, [opposed])
    return isOdd ? this.opposite(mirrored) : mirrored
  }

  private extreme(name: 'max' | 'min', first: Normal, second: Normal): Normal {
    const before = call(name, first.current, second.current)
    let a = this.readable(first)
    let b = this.readable(second)
    this.arithmetic(before, call(name, a.current, b.current))
    if (a.current === b.current) return this.after(`${name}-same`, a, [a.current])
    for (const [axiom, kept] of [
      [`${name}-left`, a],
      [`${name}-right`, b],
    ] as const) {
      if (this.use(axiom, a.current, b.current) !== null) return kept
    }
    // Numbers stand last, everything else in the order of expressions.
    const isSwapped =
      a.current.kind === 'number' || (b.current.kind !== 'number' && compareExpressions(a.current, b.current) > 0)
    if (isSwapped) {
      this.must(`${name}-commutes`, b.current, a.current)
      ;[a, b] = [b, a]
    }
    const [f, g] = [this.only(a.value), this.only(b.value)]
    for (const inner of ['exp', 'ln'] as const) {
      if (f?.name !== inner || g?.name !== inner) continue
      this.must(`${name}-${inner}`, f.args[0].current, g.args[0].current)
      return this.known(inner, [this.extreme(name, f.args[0], g.args[0])])
    }
    if (name === 'max' && f?.name === 'exp' && b.current === one) {
      this.must('max-exp-one', f.args[0].current)
      return this.exp(this.unary('relu', f.args[0]))
    }
    if (name === 'max' && b.current === zero) {
      this.must('max-zero', a.current)
      return this.unary('relu', a)
    }
    return this.atom(name, a, b)
  }

  private choice(e: Expression, args: readonly Normal[]): Normal {
    const current = withParts(
      e,
      args.map(a => a.current),
    )
    const readable = args.map(a => this.readable(a))
    const settled = withParts(
      e,
      readable.map(a => a.current),
    )
    if (settled.kind !== 'choose') throw new TypeError('choice: not a choice')
    this.arithmetic(current, settled)
    const bindings = parts(settled)
    for (const [axiom, kept] of [
      [`then ${settled.relation}`, 2],
      [`else ${settled.relation}`, 3],
    ] as const) {
      if (this.use(axiom, ...bindings) !== null) return readable[kept]
    }
    if (settled.then === settled.otherwise) {
      this.must(`same ${settled.relation}`, ...bindings.slice(0, 3))
      return readable[2]
    }
    return { value: this.ring.ofAtom(settled), current: settled }
  }

  private unary(name: KnownName, a: Normal): Normal {
    const before = call(name, a.current)
    const inner = this.only(a.value)
    if (inner !== null && INVERSES.has(`${name}-${inner.name}`)) {
      const [u] = inner.args
      this.arithmetic(before, call(name, call(inner.name as KnownName, u.current)))
      return this.after(`${name}-${inner.name}`, u, [u.current])
    }
    if (name === 'acosh' && inner?.name === 'cosh') {
      const [u] = inner.args
      this.arithmetic(before, call(name, call('cosh', u.current)))
      this.must('acosh-cosh', u.current)
      return this.unary('abs', u)
    }
    if (inner?.name === 'ln' && (name === 'sigmoid' || name === 'softplus')) {
      const [u] = inner.args
      this.arithmetic(before, call(name, call('ln', u.current)))
      this.must(`${name}-ln`, u.current)
      const sum = this.plus(u, this.number(ONE))
      return name === 'sigmoid' ? this.ratio(u, sum) : this.ln(sum)
    }
    const decided: Partial<Record<KnownName, readonly (readonly [string, Normal | null])[]>> = {
      relu: [
        ['relu-above', null],
        ['relu-below', this.number(rational(0))],
      ],
      abs: [
        ['abs-above', null],
        ['abs-below', this.opposite(a)],
      ],
      sign: [
        ['sign-above', this.number(ONE)],
        ['sign-zero', this.number(rational(0))],
        ['sign-below', this.number(rational(-1))],
      ],
    }
    for (const [axiom, result] of decided[name] ?? []) {
      const readable = this.readable(a)
      if (!conditionsOf(axiomStep(axiom, readable.current)).every(c => this.within.holds(c))) continue
      this.arithmetic(before, call(name, readable.current))
      this.must(axiom, readable.current)
      if (result === null) return readable
      return axiom === 'abs-below' ? this.opposite(readable) : result
    }
    const opposed = ODD.has(name) || EVEN.has(name) ? this.opposed(a) : null
    if (opposed !== null) {
      this.arithmetic(before, call(name, call('neg', opposed.current)))
      this.must(`${name}-${ODD.has(name) ? 'odd' : 'even'}`, opposed.current)
      const mirrored = this.unary(name, opposed)
      return ODD.has(name) ? this.opposite(mirrored) : mirrored
    }
    return this.atom(name, a)
  }
}

/** The root of a square of a rational that is not negative, else null. */
function exactRoot(q: Rational): Rational | null {
  const root = (n: bigint): bigint | null => {
    if (n < 0n) return null
    if (n < 2n) return n
    let x = 1n << BigInt(Math.ceil(n.toString(2).length / 2))
    for (;;) {
      const y = (x + n / x) >> 1n
      if (y >= x) break
      x = y
    }
    return x * x === n ? x : null
  }
  const n = root(q.s * q.n)
  const d = root(q.d)
  return n === null || d === null ? null : rational(n, d)
}
