// The normal form of expressions without choices: quotients of polynomials in the variables, in exponentials of a basis
// of their exponents, in logarithms of coprime arguments, in roots and in whatever cannot be taken apart.
//
// Everything elementary is written in exp, ln and powers; exp of a sum becomes a product, ln of a product a sum where
// the signs of the factors are known (otherwise of absolute values), powers of positive numbers become exponentials or
// roots, sin and cos of sums are expanded. Each such step is an equation, logged for the proof; the rest is arithmetic.
// Exponents, angles and roots need common denominators, and logarithms coprime arguments: these are learned while
// normalizing, and normalizing is repeated until nothing new was learned.

import {
  apply,
  call,
  constant,
  type Expression,
  isSum,
  type KnownName,
  number,
  one,
  parts,
  wholeNumber,
  withParts,
} from '../scalar/expression.ts'
import { axiomStep, conditionsOf } from '../scalar/proof.ts'
import { NEGATIVE, NON_NEGATIVE, POSITIVE } from '../scalar/range.ts'
import { ONE, type Rational, rational } from '../scalar/rational.ts'
import { coprimeBasis, type Factor, gcd, squarefreeFactors } from './divisors.ts'
import { Expander, type Normal } from './expander.ts'
import { factorsOf } from './factor.ts'
import type { Polynomial } from './polynomial.ts'
import * as P from './polynomial.ts'
import { polynomialQuotient, type Quotient, quotient } from './quotient.ts'
import { innerSums, startsNegative } from './ring.ts'

/** What an atom of the ring is, where that matters. */
type AtomKind =
  | { readonly kind: 'exp'; readonly argument: Normal }
  | { readonly kind: 'ln'; readonly argument: Normal }
  | { readonly kind: 'root'; readonly base: Normal; readonly degree: bigint }

/** A factor of a quotient: an atom, a number or a polynomial, to a whole power. */
interface Piece {
  readonly base: Expression
  readonly value: Quotient
  readonly exponent: number
  /** What is known of the base's sign. */
  readonly sign: 'positive' | 'non-negative' | 'unknown'
}

const MOST_TERMS = 60
const MOST_ANGLES = 12
const MOST_ROUNDS = 6
const MOST_COMPARISONS = 40

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  let u = a
  let v = b
  while (v !== 0n) [u, v] = [v, u % v]
  return (a / u) * b
}

const PI = constant('pi')

export class Normalizer extends Expander {
  /** Expressions whose sign, if it were known, would let normalizing go further. */
  wanted: Expression[] = []

  private memo = new Map<Expression, Normal>()
  private readonly kinds = new Map<number, AtomKind>()
  private readonly logarithms = new Set<number>()
  private readonly byHead = new Map<string, { expression: Expression; args: readonly Quotient[] }[]>()

  // What is learned, kept from round to round.
  private readonly exponentUnits = new Map<Expression, Rational>()
  private readonly angleUnits = new Map<Expression, Rational>()
  private readonly rootDegrees = new Map<Expression, bigint>()
  private basis: Polynomial[] = []
  private readonly met: Polynomial[] = []
  private learned = false

  /** The normal forms of several expressions, over one basis. */
  together(roots: readonly Expression[]): Normal[] {
    for (let round = 1; ; round++) {
      this.equations = []
      this.wanted = []
      this.memo = new Map()
      this.recorded = new Map()
      this.byHead.clear()
      this.logarithms.clear()
      this.learned = false
      const forms = roots.map(root => this.normal(root))
      const met = this.met.splice(0)
      this.basis = coprimeBasis([...this.basis, ...met], this.meter)
      if (met.some(p => !this.basis.some(q => P.samePolynomial(p, q)))) this.learned = true
      if (!this.learned || round === MOST_ROUNDS) return forms
    }
  }

  /** What the atom with this index is: an exponential, a logarithm, a root or something else. */
  kindOf(atom: number): AtomKind['kind'] | undefined {
    return this.kinds.get(atom)?.kind
  }

  /** The argument of an exponential or logarithm. */
  argumentOf(atom: number): Normal | null {
    const kind = this.kinds.get(atom)
    return kind === undefined || kind.kind === 'root' ? null : kind.argument
  }

  /** Normalizes one expression with what has been learned so far. */
  normal(root: Expression): Normal {
    const order: Expression[] = []
    const stack: { e: Expression; children: readonly Expression[]; next: number }[] = []
    const seen = new Set<Expression>()
    const enter = (e: Expression): void => {
      if (seen.has(e) || this.memo.has(e)) return
      seen.add(e)
      // A choice stays as it is: its branches are not evaluated everywhere, so that nothing is known of them.
      stack.push({ e, children: e.kind === 'choose' ? [] : parts(e), next: 0 })
    }
    enter(root)
    while (stack.length > 0) {
      const top = stack[stack.length - 1]
      if (top.next < top.children.length) enter(top.children[top.next++])
      else {
        order.push(top.e)
        stack.pop()
      }
    }
    // Sums inside of longer ones are used up by these, so that they are not kept.
    const inner = innerSums(order, e => (e.kind === 'choose' ? [] : parts(e)))
    const sums = new Map<Expression, Normal>()
    for (const e of order) {
      this.meter.spend(1)
      const operands = e.kind === 'choose' ? [] : parts(e)
      const args = operands.map(p => (sums.get(p) ?? this.memo.get(p)) as Normal)
      const form = isSum(e) ? this.longSum(e.name, args[0], args[1], sums.has(operands[0])) : this.ofParts(e, args)
      if (inner.has(e)) sums.set(e, form)
      else this.memo.set(e, form)
    }
    return this.memo.get(root) as Normal
  }

  private ofParts(e: Expression, args: readonly Normal[]): Normal {
    const current =
      args.length === 0
        ? e
        : withParts(
            e,
            args.map(a => a.current),
          )
    switch (e.kind) {
      case 'number':
        return { value: this.ring.number(e.value), current }
      case 'variable':
      case 'choose':
        return { value: this.ring.ofAtom(e), current }
      case 'constant':
        return e.name === 'pi' ? { value: this.ring.ofAtom(e), current } : this.constantE()
      case 'apply':
        return this.unknown(current, args)
      case 'call':
        return this.known(e.name, current, args)
    }
  }

  private constantE(): Normal {
    this.must('e')
    return this.exp(this.number(ONE))
  }

  private known(name: KnownName, current: Expression, args: readonly Normal[]): Normal {
    const [a, b] = args
    switch (name) {
      case '+':
        return this.plus(a, b)
      case '-':
        return this.minus(a, b)
      case '*':
        return this.times(a, b)
      case '/':
        return this.over(a, b)
      case 'neg':
        return this.opposite(a)
      case '^':
        return this.power(a, b)
      case 'exp':
        return this.exp(a)
      case 'ln':
        return this.ln(a)
      case 'sqrt': {
        this.must('square-root', a.current)
        return this.power(a, this.number(rational(1, 2)))
      }
      case 'sigmoid': {
        this.must(name, a.current)
        const exp = this.exp(a)
        return this.over(exp, this.plus(exp, this.number(ONE)))
      }
      case 'softplus': {
        this.must(name, a.current)
        return this.ln(this.plus(this.exp(a), this.number(ONE)))
      }
      case 'tanh': {
        this.must(name, a.current)
        const exp = this.exp(this.times(this.number(rational(2)), a))
        return this.over(this.minus(exp, this.number(ONE)), this.plus(exp, this.number(ONE)))
      }
      case 'sinh':
      case 'cosh': {
        this.must(name, a.current)
        const exp = this.exp(a)
        const other = this.over(this.number(ONE), exp)
        const both = name === 'sinh' ? this.minus(exp, other) : this.plus(exp, other)
        return this.over(both, this.number(rational(2)))
      }
      case 'tan': {
        this.must(name, a.current)
        const [sin, cos] = this.sinCos(a)
        return this.over(sin, cos)
      }
      case 'sin':
        return this.sinCos(a)[0]
      case 'cos':
        return this.sinCos(a)[1]
      case 'asinh':
      case 'acosh': {
        if (name === 'asinh' && this.prefersOpposite(a.value)) {
          const flipped = this.flipped(a)
          this.arithmetic(call('asinh', a.current), call('asinh', call('neg', flipped.current)))
          this.must('asinh-odd', flipped.current)
          return this.opposite(this.known('asinh', call('asinh', flipped.current), [flipped]))
        }
        this.must(name, a.current)
        const square = this.whole(a, 2)
        const under = name === 'asinh' ? this.plus(square, this.number(ONE)) : this.minus(square, this.number(ONE))
        return this.ln(this.plus(a, this.power(under, this.number(rational(1, 2)))))
      }
      case 'atanh': {
        this.must(name, a.current)
        const ratio = this.over(this.plus(this.number(ONE), a), this.minus(this.number(ONE), a))
        return this.over(this.ln(ratio), this.number(rational(2)))
      }
      case 'erf':
        return this.erf(a)
      case 'floor':
        return this.floor(a)
      case 'abs':
      case 'sign':
      case 'relu':
      case 'max':
      case 'min':
        return this.opaque(current, args)
    }
  }

  /** A function that is not taken apart, of normalized arguments; the same atom for arguments that are equal. */
  private opaque(current: Expression, args: readonly Normal[]): Normal {
    const canonical = withParts(
      current,
      args.map(a => this.ring.express(a.value)),
    )
    const head =
      current.kind === 'apply' ? `${current.fn.name}()` : current.kind === 'call' ? current.name : current.kind
    let known = this.byHead.get(head)
    if (known === undefined) this.byHead.set(head, (known = []))
    const values = args.map(a => a.value)
    const sameHead = (e: Expression): boolean => withParts(current, parts(e)) === e
    const twin = known
      .slice(0, MOST_COMPARISONS)
      .find(
        k =>
          k.expression === canonical ||
          (sameHead(k.expression) && k.args.every((v, i) => this.ring.same(v, values[i]))),
      )
    if (twin === undefined) known.push({ expression: canonical, args: values })
    const target = twin?.expression ?? canonical
    this.arithmetic(current, target)
    return { value: this.ring.ofAtom(target), current: target }
  }

  // ---- exponentials

  /** A quotient as a sum of rational multiples of terms that have coefficient 1; null when there are too many. */
  private linearTerms(q: Quotient): { coefficient: Rational; term: Quotient; expression: Expression }[] | null {
    const { numerator, denominator } = q
    if (numerator.size > MOST_TERMS) return null
    const result: { coefficient: Rational; term: Quotient; expression: Expression }[] = []
    const add = (monomial: P.Monomial, coefficient: Rational, under: Polynomial): void => {
      const term = quotient(P.monomialPolynomial(monomial, 1n), under, this.meter)
      result.push({ coefficient, term, expression: this.ring.express(term) })
    }
    if (denominator.size === 1) {
      const [[monomial, c]] = denominator
      for (const [m, k] of numerator) add(m, rational(k, c), P.monomialPolynomial(monomial, 1n))
      return result
    }
    const { scale, quotient: whole, remainder } = P.divide(numerator, denominator, this.meter)
    const { coefficient, monomial, primitive } = P.contents(denominator)
    const under = P.timesTerm(primitive, monomial, 1n, this.meter)
    for (const [m, k] of whole) add(m, rational(k, scale), P.onePolynomial)
    for (const [m, k] of remainder) add(m, rational(k, scale * coefficient), under)
    return result.length > MOST_TERMS ? null : result
  }

  /** e.g. 2/3 * x as 2 * (x/3): the whole multiple, and the unit that all coefficients of the term met are multiples of. */
  private units(
    table: Map<Expression, Rational>,
    { coefficient, term, expression }: { coefficient: Rational; term: Quotient; expression: Expression },
  ): { multiple: bigint; unit: Quotient } {
    const old = table.get(expression)
    // Multiples of pi are written over its simplest fractions, of which the sine is known.
    const first = expression === PI ? rational(1n, coefficient.d) : coefficient.abs()
    const common = old === undefined ? first : old.gcd(first)
    if (old === undefined || !common.equals(old)) {
      table.set(expression, common)
      if (old !== undefined) this.learned = true
    }
    const multiple = coefficient.div(common)
    const unit = common.equals(1) ? term : this.ring.multiply(term, this.ring.number(common))
    return { multiple: multiple.s * multiple.n, unit }
  }

  private sumOf(summands: readonly Expression[]): Expression {
    return summands.reduce((sum, s) => call('+', sum, s))
  }

  private exp(a: Normal): Normal {
    const before = call('exp', a.current)
    if (a.value.numerator.size === 0) {
      this.arithmetic(before, call('exp', number(0)))
      this.must('exp-zero')
      return this.number(ONE)
    }
    const terms = this.linearTerms(a.value)
    if (terms === null) return this.expAtom(before, a)
    const pieces = terms.map(t => {
      const log = this.logarithm(t.term)
      if (log !== null) {
        const isOne = t.coefficient.equals(1)
        const summand = isOne ? t.expression : call('*', number(t.coefficient), t.expression)
        return { kind: 'power' as const, summand, base: log, exponent: t.coefficient, isOne, ln: t.expression }
      }
      const { multiple, unit } = this.units(this.exponentUnits, t)
      const unitExpression = this.ring.express(unit)
      const summand = multiple === 1n ? unitExpression : call('*', number(rational(multiple)), unitExpression)
      return { kind: 'unit' as const, summand, multiple, unit: { value: unit, current: unitExpression } }
    })
    this.arithmetic(before, call('exp', this.sumOf(pieces.map(p => p.summand))))
    let prefix: Expression | null = null
    let result: Normal | null = null
    for (const piece of pieces) {
      if (prefix !== null) this.must('exp-sum', prefix, piece.summand)
      prefix = prefix === null ? piece.summand : call('+', prefix, piece.summand)
      let factor: Normal
      if (piece.kind === 'unit') {
        const atom = this.expAtom(call('exp', piece.unit.current), piece.unit)
        if (piece.multiple === 1n) factor = atom
        else {
          this.must('exp-multiple', number(rational(piece.multiple)), piece.unit.current)
          factor = this.whole(atom, Number(piece.multiple))
        }
      } else if (piece.isOne) {
        this.must('exp-ln', piece.base.current)
        factor = piece.base
      } else {
        this.must('exp-log', number(piece.exponent), piece.base.current)
        factor = this.power(piece.base, this.number(piece.exponent))
      }
      result = result === null ? factor : this.times(result, factor)
    }
    return result as Normal
  }

  private expAtom(before: Expression, a: Normal): Normal {
    const argument = { value: a.value, current: this.ring.express(a.value) }
    const atom = call('exp', argument.current)
    this.arithmetic(before, atom)
    const index = this.ring.atom(atom)
    if (!this.kinds.has(index)) this.kinds.set(index, { kind: 'exp', argument })
    return { value: this.ring.ofAtom(atom), current: atom }
  }

  /** The argument when the quotient is a single logarithm, else null. */
  private logarithm(q: Quotient): Normal | null {
    const kind = this.singleAtom(q)
    return kind?.kind === 'ln' ? kind.argument : null
  }

  private singleAtom(q: Quotient): AtomKind | null {
    if (q.numerator.size !== 1 || P.constantValue(q.denominator) !== 1n) return null
    const [[m, c]] = q.numerator
    if (c !== 1n || m.length !== 2 || m.charCodeAt(1) !== 1) return null
    return this.kinds.get(m.charCodeAt(0)) ?? null
  }

  // ---- factors

  /** Squarefree coprime factors, split by all the polynomials met so far. */
  factor(p: Polynomial): Factor[] {
    const result: Factor[] = []
    for (const { base, exponent } of squarefreeFactors(p, this.meter)) {
      let rest = base
      const split: Polynomial[] = []
      for (const b of this.basis) {
        if (P.constantValue(rest) !== null) break
        const g = gcd(rest, b, this.meter)
        if (P.constantValue(g) !== null) continue
        const quotient = P.dividedExactly(rest, g, this.meter)
        if (quotient === null) continue
        split.push(g)
        rest = quotient
      }
      if (P.constantValue(rest) === null) split.push(...factorsOf(rest, this.meter))
      for (const base of split) {
        const { primitive } = P.contents(base)
        if (!this.met.some(q => P.samePolynomial(primitive, q))) this.met.push(primitive)
        result.push({ base: primitive, exponent })
      }
    }
    return result
  }

  private signOfBase(e: Expression): 'positive' | 'non-negative' | 'negative' | 'unknown' {
    if (this.within.holds({ expression: e, range: POSITIVE })) return 'positive'
    if (this.within.holds({ expression: e, range: NON_NEGATIVE })) return 'non-negative'
    if (this.within.holds({ expression: e, range: NEGATIVE })) return 'negative'
    return 'unknown'
  }

  /** q as sign * product of pieces; numbers are split into primes. Negative bases are made positive. */
  pieces(q: Quotient): { negative: boolean; pieces: Piece[] } {
    const pieces: Piece[] = []
    const n = P.contents(q.numerator)
    const d = P.contents(q.denominator)
    let negative = n.coefficient < 0n
    const add = (value: Quotient, exponent: number): void => {
      const base = this.ring.express(value)
      const sign = this.signOfBase(base)
      if (sign !== 'negative') {
        pieces.push({ base, value, exponent, sign })
        return
      }
      const flipped = { numerator: P.scaled(value.numerator, -1n), denominator: value.denominator }
      const opposite = this.ring.express(flipped)
      if (exponent % 2 !== 0) negative = !negative
      const known = this.within.holds({ expression: opposite, range: POSITIVE })
      pieces.push({ base: opposite, value: flipped, exponent, sign: known ? 'positive' : 'unknown' })
    }
    const ratio = rational(n.coefficient < 0n ? -n.coefficient : n.coefficient, d.coefficient)
    for (const [prime, exponent] of [
      ...primeFactors(ratio.n),
      ...primeFactors(ratio.d).map(([p, e]): [bigint, number] => [p, -e]),
    ]) {
      pieces.push({
        base: number(rational(prime)),
        value: this.ring.number(rational(prime)),
        exponent,
        sign: 'positive',
      })
    }
    for (const [part, direction] of [
      [n, 1],
      [d, -1],
    ] as const) {
      for (const [atom, exponent] of P.pairsOf(part.monomial)) {
        add(polynomialQuotient(P.variablePolynomial(atom)), direction * exponent)
      }
      if (P.constantValue(part.primitive) !== null) continue
      for (const { base, exponent } of this.factor(part.primitive)) {
        add(polynomialQuotient(base), direction * exponent)
      }
    }
    return { negative, pieces }
  }

  private expressionOf(piece: Piece): Expression {
    return piece.exponent === 1 ? piece.base : call('^', piece.base, number(piece.exponent))
  }

  // ---- logarithms

  private ln(a: Normal): Normal {
    const before = call('ln', a.current)
    if (a.value.numerator.size === 0) throw new P.BudgetExhausted('ln of 0')
    if (a.value.numerator.size > 500) return this.lnAtom(before, a)
    const { negative, pieces } = this.pieces(a.value)
    if (pieces.length === 0) {
      this.arithmetic(before, call('ln', number(negative ? -1 : 1)))
      this.must('ln-one')
      return this.number(rational(0))
    }
    const isSingle = pieces.length === 1 && !negative
    const allPositive = !negative && pieces.every(p => p.sign === 'positive')
    const summands: Expression[] = pieces.map(p => this.expressionOf(p))
    if (negative) summands.unshift(number(-1))
    const product = summands.reduce((u, v) => call('*', u, v))
    this.arithmetic(before, call('ln', product))
    if (allPositive || (isSingle && pieces[0].exponent === 1)) {
      const terms = pieces.map(p => this.lnOfPiece(p))
      this.unfoldProduct(summands, 'ln-product')
      return this.sumNormals(terms)
    }
    for (const p of pieces) if (p.sign === 'unknown') this.wanted.push(p.base)
    this.must('ln-abs', product)
    this.unfoldProduct(summands, 'ln-abs-product')
    const terms = pieces.map(p => this.lnOfAbsolute(p))
    if (negative) {
      this.must('abs-below', number(-1))
      this.arithmetic(call('ln', call('neg', number(-1))), call('ln', one))
      this.must('ln-one')
      terms.unshift(this.number(rational(0)))
    }
    return this.sumNormals(terms)
  }

  private sumNormals(list: readonly Normal[]): Normal {
    return list.reduce((u, v) => this.plus(u, v))
  }

  /** The logarithm of each prefix of the product as a sum. */
  private unfoldProduct(factors: readonly Expression[], axiom: string): void {
    let product = factors[0]
    for (const factor of factors.slice(1)) {
      this.must(axiom, product, factor)
      product = call('*', product, factor)
    }
  }

  private lnOfPiece(piece: Piece): Normal {
    const inner = this.lnOfBase(piece)
    if (piece.exponent === 1) return inner
    this.must('ln-power', piece.base, number(piece.exponent))
    return this.times(this.number(rational(piece.exponent)), inner)
  }

  private lnOfBase(piece: Piece): Normal {
    const before = call('ln', piece.base)
    const kind = this.singleAtom(piece.value)
    if (kind?.kind === 'exp') {
      this.must('ln-exp', kind.argument.current)
      return kind.argument
    }
    if (kind?.kind === 'root' && this.within.holds({ expression: kind.base.current, range: POSITIVE })) {
      const exponent = rational(1n, kind.degree)
      this.must('ln-power', kind.base.current, number(exponent))
      return this.times(this.number(exponent), this.ln(kind.base))
    }
    return this.lnAtom(before, { value: piece.value, current: piece.base })
  }

  private lnOfAbsolute(piece: Piece): Normal {
    if (piece.exponent !== 1) this.must('ln-abs-power', piece.base, number(piece.exponent))
    const absolute = call('abs', piece.base)
    let inner: Normal
    if (piece.sign === 'unknown') {
      inner = this.lnAtom(call('ln', absolute), { value: this.ring.ofAtom(absolute), current: absolute })
    } else {
      this.must('abs-above', piece.base)
      inner = this.lnOfBase(piece)
    }
    return piece.exponent === 1 ? inner : this.times(this.number(rational(piece.exponent)), inner)
  }

  private lnAtom(before: Expression, a: Normal): Normal {
    const argument = { value: a.value, current: this.ring.express(a.value) }
    const atom = call('ln', argument.current)
    const index = this.ring.atom(atom)
    if (!this.kinds.has(index)) this.kinds.set(index, { kind: 'ln', argument })
    const conjugate = this.logarithms.has(index) ? null : this.conjugateLn(before, a)
    if (conjugate !== null) return conjugate
    this.arithmetic(before, atom)
    this.logarithms.add(index)
    return { value: this.ring.ofAtom(atom), current: atom }
  }

  /**
   * Where roots are about, a logarithm met before may have an argument that is the quotient of a single term by this one,
   * or a multiple of it, although no common factor shows: (r + x)*(r - x) = 1 for r^2 = x^2 + 1.
   */
  private conjugateLn(before: Expression, a: Normal): Normal | null {
    if (!P.variablesIn(a.value.numerator).some(v => this.ring.related(v))) return null
    for (const index of this.logarithms) {
      const other = this.argumentOf(index) as Normal
      for (const direction of [-1, 1]) {
        const ratio = direction < 0 ? this.ring.multiply(a.value, other.value) : this.ring.divide(a.value, other.value)
        if (ratio.numerator.size !== 1 || ratio.denominator.size !== 1) continue
        const atoms = [...P.variablesIn(ratio.numerator), ...P.variablesIn(ratio.denominator)]
        if (atoms.some(v => this.ring.related(v))) continue
        const rest = { value: ratio, current: this.ring.express(ratio) }
        const power = call('^', other.current, number(direction))
        const split = axiomStep('ln-product', rest.current, power)
        const single = axiomStep('ln-power', other.current, number(direction))
        if (![split, single].every(step => conditionsOf(step).every(c => this.within.holds(c)))) continue
        this.arithmetic(before, split.before)
        this.record(split)
        this.record(single)
        const inner = { value: this.ring.ofAtom(this.ring.atoms[index]), current: this.ring.atoms[index] }
        return this.plus(this.ln(rest), this.times(this.number(rational(direction)), inner))
      }
    }
    return null
  }

  // ---- powers

  private power(a: Normal, b: Normal): Normal {
    const before = call('^', a.current, b.current)
    const exponent = this.ring.rationalValue(b.value)
    if (exponent !== null) {
      const plain = call('^', a.current, number(exponent))
      this.arithmetic(before, plain)
      if (exponent.d === 1n) {
        const whole = wholeNumber(number(exponent))
        return whole === null ? this.opaque(before, [a, b]) : this.whole(a, whole)
      }
      return this.rationalPower(a, exponent)
    }
    const base = this.ring.rationalValue(a.value)
    if (base?.equals(0)) {
      this.arithmetic(before, call('^', number(0), b.current))
      if (this.use('zero-base', b.current) !== null) return this.number(rational(0))
    } else if (base?.equals(1)) {
      this.arithmetic(before, call('^', one, b.current))
      this.must('one-base', b.current)
      return this.number(ONE)
    } else if (this.use('power', a.current, b.current) !== null) {
      return this.exp(this.times(b, this.ln(a)))
    } else {
      const canonical = this.ring.express(a.value)
      if (this.within.holds({ expression: canonical, range: POSITIVE })) {
        this.arithmetic(before, call('^', canonical, b.current))
        this.must('power', canonical, b.current)
        return this.exp(this.times(b, this.ln({ value: a.value, current: canonical })))
      }
      this.wanted.push(canonical)
    }
    return this.opaque(before, [a, b])
  }

  /** a^r for a rational r that is not whole. */
  private rationalPower(a: Normal, r: Rational): Normal {
    const before = call('^', a.current, number(r))
    if (a.value.numerator.size === 0) {
      this.arithmetic(before, call('^', number(0), number(r)))
      this.must('zero-base', number(r))
      return this.number(rational(0))
    }
    if (a.value.numerator.size > 500) return this.opaque(before, [a, this.number(r)])
    const { negative, pieces } = this.pieces(a.value)
    if (pieces.length === 0 && !negative) {
      this.arithmetic(before, call('^', one, number(r)))
      this.must('one-base', number(r))
      return this.number(ONE)
    }
    const known = pieces.filter(p => p.sign !== 'unknown')
    const unknown = pieces.filter(p => p.sign === 'unknown')
    for (const p of unknown) this.wanted.push(p.base)
    // u^3 is u * u^2 and 1/u is u * (1/u)^2: what is left of unknown sign is a polynomial.
    const odd = unknown.filter(p => p.exponent % 2 !== 0).map(p => ({ ...p, exponent: 1 }))
    const even = unknown
      .map(p => (p.exponent % 2 === 0 ? p : { ...p, exponent: p.exponent - 1 }))
      .filter(p => p.exponent !== 0)
    const factors: { whole: Expression; power: () => Normal }[] = known.map(p => ({
      whole: this.expressionOf(p),
      power: () => this.pieceToRational(p, r),
    }))
    for (const p of even) {
      const half = p.exponent / 2
      const root = half === 1 ? p.base : call('^', p.base, number(half))
      factors.push({ whole: call('^', root, number(2)), power: () => this.squareToRational(root, r) })
    }
    if (odd.length > 0 || negative) {
      const value = odd.reduce((q, p) => this.ring.multiply(q, p.value), this.ring.number(rational(negative ? -1 : 1)))
      const base = this.ring.express(value)
      if (!this.within.holds({ expression: base, range: NON_NEGATIVE })) return this.opaque(before, [a, this.number(r)])
      factors.push({
        whole: base,
        power: () => this.pieceToRational({ base, value, exponent: 1, sign: 'non-negative' }, r),
      })
    }
    const product = factors.map(f => f.whole).reduce((u, v) => call('*', u, v))
    const target = call('^', product, number(r))
    // The exponent is a positive number or every base is.
    const splits: [string, Expression, Expression][] = []
    let prefix: Expression | null = null
    for (const { whole } of factors) {
      if (prefix !== null) {
        const axiom = ['power-product', 'power-product-positive'].find(name =>
          conditionsOf(axiomStep(name, prefix as Expression, whole, number(r))).every(c => this.within.holds(c)),
        )
        if (axiom === undefined) return this.opaque(before, [a, this.number(r)])
        splits.push([axiom, prefix, whole])
      }
      prefix = prefix === null ? whole : call('*', prefix, whole)
    }
    this.arithmetic(before, target)
    for (const [axiom, u, v] of splits) this.must(axiom, u, v, number(r))
    return factors.map(f => f.power()).reduce((u, v) => this.times(u, v))
  }

  private squareToRational(root: Expression, r: Rational): Normal {
    this.must('power-of-square', root, number(r))
    const absolute = call('abs', root)
    const exponent = r.mul(2)
    const value = this.ring.ofAtom(absolute)
    const current = call('^', absolute, number(exponent))
    if (exponent.d === 1n)
      return { ...this.whole({ value, current: absolute }, Number(exponent.s * exponent.n)), current }
    return this.pieceToRational({ base: absolute, value, exponent: 1, sign: 'non-negative' }, exponent)
  }

  /** (base^exponent)^r for a base that is not negative. */
  private pieceToRational(piece: Piece, r: Rational): Normal {
    const { base, value, exponent } = piece
    const total = r.mul(exponent)
    if (exponent !== 1) {
      const name = piece.sign === 'positive' ? 'power-power-positive' : 'power-power'
      this.must(name, base, number(exponent), number(r))
    }
    if (total.d === 1n) return this.whole({ value, current: base }, Number(total.s * total.n))
    const kind = this.singleAtom(value)
    if (kind?.kind === 'exp') {
      this.must('exp-power', kind.argument.current, number(total))
      return this.exp(this.times(this.number(total), kind.argument))
    }
    const old = this.rootDegrees.get(base)
    const degree = leastCommonMultiple(old ?? 1n, total.d)
    if (degree !== old) {
      this.rootDegrees.set(base, degree)
      if (old !== undefined) this.learned = true
    }
    const multiple = Number((total.s * total.n * degree) / total.d)
    const root = call('^', base, number(rational(1n, degree)))
    const isPositive = piece.sign === 'positive'
    if (multiple !== 1) {
      const name = isPositive ? 'power-split-positive' : 'power-split'
      this.must(name, base, number(rational(1n, degree)), number(multiple))
    }
    const index = this.ring.atom(root)
    this.must('root', base, number(rational(degree)))
    if (!this.kinds.has(index)) {
      this.kinds.set(index, { kind: 'root', base: { value, current: base }, degree })
      this.ring.relate(index, Number(degree), value.numerator)
    }
    const atom = { value: this.ring.ofAtom(root), current: root }
    return multiple === 1 ? atom : this.whole(atom, multiple)
  }

  // ---- sine and cosine

  private sinCos(a: Normal): [Normal, Normal] {
    const names = ['sin', 'cos'] as const
    const before = names.map(name => call(name, a.current))
    if (a.value.numerator.size === 0) {
      names.forEach((name, i) => {
        this.arithmetic(before[i], call(name, number(0)))
        this.must(`${name}-zero`)
      })
      return [this.number(rational(0)), this.number(ONE)]
    }
    const terms = this.linearTerms(a.value)
    const units = terms?.map(t => this.units(this.angleUnits, t)) ?? []
    const count = units.reduce((sum, u) => sum + (u.multiple < 0n ? -u.multiple : u.multiple), 0n)
    if (terms === null || count > BigInt(MOST_ANGLES)) {
      return [this.opaque(before[0], [a]), this.opaque(before[1], [a])]
    }
    const angles: { angle: Expression; sin: Normal; cos: Normal }[] = []
    for (const { multiple, unit } of units) {
      const expression = this.ring.express(unit)
      const [sin, cos] = this.unitAngle(expression)
      if (multiple > 0n) {
        for (let i = 0n; i < multiple; i++) angles.push({ angle: expression, sin, cos })
        continue
      }
      this.must('sin-odd', expression)
      this.must('cos-even', expression)
      const opposite = { angle: call('neg', expression), sin: this.opposite(sin), cos }
      for (let i = 0n; i < -multiple; i++) angles.push(opposite)
    }
    const sum = this.sumOf(angles.map(u => u.angle))
    names.forEach((name, i) => {
      this.arithmetic(before[i], call(name, sum))
    })
    let result = angles[0]
    for (const next of angles.slice(1)) {
      this.must('sin-sum', result.angle, next.angle)
      this.must('cos-sum', result.angle, next.angle)
      result = {
        angle: call('+', result.angle, next.angle),
        sin: this.plus(this.times(result.sin, next.cos), this.times(result.cos, next.sin)),
        cos: this.minus(this.times(result.cos, next.cos), this.times(result.sin, next.sin)),
      }
    }
    return [result.sin, result.cos]
  }

  private unitAngle(angle: Expression): [Normal, Normal] {
    for (const denominator of ['', '/2', '/3', '/4', '/6']) {
      const sin = axiomStep(`sin-pi${denominator}`)
      if (sin.before !== call('sin', angle)) continue
      const cos = axiomStep(`cos-pi${denominator}`)
      this.record(sin)
      this.record(cos)
      return [this.normal(sin.after), this.normal(cos.after)]
    }
    const sin = call('sin', angle)
    const cos = call('cos', angle)
    const cosine = { value: this.ring.ofAtom(cos), current: cos }
    const index = this.ring.atom(sin)
    this.must('pythagoras', angle)
    if (!this.ring.related(index)) {
      const square = this.ring.add(this.ring.number(ONE), this.ring.ofAtom(cos, 2), -1n)
      this.ring.relate(index, 2, square.numerator)
    }
    return [{ value: this.ring.ofAtom(sin), current: sin }, cosine]
  }

  // ---- the rest

  /** Whether to write u as -(-u), so that functions with a parity meet one of the two. */
  private prefersOpposite(q: Quotient): boolean {
    if (q.numerator.size === 0) return false
    const expression = this.ring.express(q)
    const flipped = this.ring.express({ numerator: P.scaled(q.numerator, -1n), denominator: q.denominator })
    return startsNegative(expression) && !startsNegative(flipped)
  }

  /** The opposite, as its expansion is written. */
  private flipped(a: Normal): Normal {
    const { value } = this.opposite(a)
    return { value, current: this.ring.express(value) }
  }

  private erf(a: Normal): Normal {
    const before = call('erf', a.current)
    if (a.value.numerator.size === 0) {
      this.arithmetic(before, call('erf', number(0)))
      this.must('erf-zero')
      return this.number(rational(0))
    }
    if (!this.prefersOpposite(a.value)) return this.opaque(before, [a])
    const canonical = this.flipped(a)
    this.arithmetic(before, call('erf', call('neg', canonical.current)))
    this.must('erf-odd', canonical.current)
    return this.opposite(this.opaque(call('erf', canonical.current), [canonical]))
  }

  private floor(a: Normal): Normal {
    const before = call('floor', a.current)
    const value = this.ring.rationalValue(a.value)
    if (value !== null) {
      this.arithmetic(before, call('floor', number(value)))
      const below = value.floor()
      this.must('floor', number(value), number(below))
      return this.number(below)
    }
    const inner = this.ring.express(a.value)
    if (inner.kind === 'call' && inner.name === 'floor') {
      this.arithmetic(before, call('floor', inner))
      this.must('floor-whole', inner.args[0])
      return a
    }
    const constantTerm = rational(a.value.numerator.get('') ?? 0n, P.constantValue(a.value.denominator) ?? 1n).floor()
    if (P.constantValue(a.value.denominator) === null || constantTerm.n === 0n) return this.opaque(before, [a])
    const rest = this.ring.add(a.value, this.ring.number(constantTerm), -1n)
    const canonical = { value: rest, current: this.ring.express(rest) }
    this.arithmetic(before, call('floor', call('+', canonical.current, number(constantTerm))))
    this.must('floor-shift', canonical.current, number(constantTerm))
    return this.plus(this.opaque(call('floor', canonical.current), [canonical]), this.number(constantTerm))
  }

  private unknown(current: Expression, args: readonly Normal[]): Normal {
    if (current.kind !== 'apply') throw new TypeError('unknown: not an application')
    const { fn } = current
    const [a] = args
    if (fn.arity === 1 && fn.inverse !== null) {
      // g(f(u)) = u for the inverse g of f: the argument is then an atom f(u).
      const inner = this.ring.express(a.value)
      if (inner.kind === 'apply' && inner.fn === fn.inverse && inner.fn.inverse === fn) {
        const whole = apply(fn, inner)
        this.arithmetic(current, whole)
        this.record({ kind: 'function', property: 'inverse', before: whole, after: inner.args[0] })
        return this.normal(inner.args[0])
      }
    }
    if (fn.arity === 1 && fn.parity !== null && this.prefersOpposite(a.value)) {
      const canonical = this.flipped(a)
      const before = apply(fn, call('neg', canonical.current))
      const inner = apply(fn, canonical.current)
      this.arithmetic(current, before)
      const after = fn.parity === 'odd' ? call('neg', inner) : inner
      this.record({ kind: 'function', property: fn.parity, before, after })
      const atom = this.opaque(inner, [canonical])
      return fn.parity === 'odd' ? this.opposite(atom) : atom
    }
    return this.opaque(current, args)
  }
}

/** Prime factors up to a bound; what is left is taken as it is. */
export function primeFactors(n: bigint): [bigint, number][] {
  const result: [bigint, number][] = []
  let rest = n
  for (let p = 2n; p < 2000n && p * p <= rest; p += p === 2n ? 1n : 2n) {
    let exponent = 0
    while (rest % p === 0n) {
      rest /= p
      exponent++
    }
    if (exponent > 0) result.push([p, exponent])
  }
  if (rest > 1n) result.push([rest, 1])
  return result
}
