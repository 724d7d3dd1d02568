// One case of a proof: the domain of the variables and the facts assumed so far, with the questions that proofs ask.
import { analyse, assume, type Facts, isContradictory, noFacts, type Obstacle, rangeOf } from './analysis.ts'
import type { Condition } from './axioms.ts'
import { call, compose, type Expression, postorder, TOTAL, wholeNumber } from './expression.ts'
import { type Equation, findAxiom, partsFirst, strictParts } from './proof.ts'
import {
  EMPTY,
  isReals,
  isSubset,
  NEGATIVE,
  NON_NEGATIVE,
  NON_POSITIVE,
  POSITIVE,
  point,
  type Range,
  REALS,
  signsOf,
  union,
} from './range.ts'
import { ZERO } from './rational.ts'

/** A set of signs, as bits: 1 negative, 2 zero, 4 positive. */
export type Signs = number
export const MINUS: Signs = 1
export const NULL: Signs = 2
export const PLUS: Signs = 4
export const NOT_MINUS: Signs = PLUS | NULL
export const NOT_PLUS: Signs = MINUS | NULL
export const NOT_NULL: Signs = MINUS | PLUS
export const ANY: Signs = MINUS | NULL | PLUS

const byBits: readonly Range[] = [0, 1, 2, 3, 4, 5, 6, 7].map(bits =>
  union(bits & 1 ? NEGATIVE : EMPTY, bits & 2 ? point(ZERO) : EMPTY, bits & 4 ? POSITIVE : EMPTY),
)

/** The numbers with these signs. */
export function rangeOfSigns(signs: Signs): Range {
  return byBits[signs]
}

/** The signs of products. */
export function timesSigns(a: Signs, b: Signs): Signs {
  let result: Signs = 0
  if ((a | b) & NULL && a !== 0 && b !== 0) result |= NULL
  if ((a & MINUS && b & PLUS) || (a & PLUS && b & MINUS)) result |= MINUS
  if ((a & PLUS && b & PLUS) || (a & MINUS && b & MINUS)) result |= PLUS
  return result
}

/** The signs of whole powers (0^0 is 1; negative powers are of numbers that are not 0). */
export function powerSigns(a: Signs, exponent: number): Signs {
  if (exponent === 0) return PLUS
  const even = exponent % 2 === 0
  return (a & PLUS) | (a & NULL && exponent > 0 ? NULL : 0) | (a & MINUS ? (even ? PLUS : MINUS) : 0)
}

export class Case {
  private readonly ranges = new Map<Expression, Range>()
  private contradictory: boolean | null = null

  constructor(
    readonly domain: readonly Range[],
    /** The facts, each an expression that is defined here and its set. */
    readonly conditions: readonly { readonly expression: Expression; readonly range: Range }[] = [],
    private readonly facts: Facts = noFacts,
  ) {}

  with(expression: Expression, range: Range): Case {
    return new Case(this.domain, [...this.conditions, { expression, range }], assume(this.facts, expression, range))
  }

  /** The case in which variable `index` is replaced by an expression that it equals; the variable's domain becomes a fact. */
  substituted(index: number, by: Expression): Case {
    let result = new Case(this.domain)
    const known = this.conditions.map(c => ({ expression: compose(c.expression, by, index), range: c.range }))
    if (!isReals(this.domain[index])) known.push({ expression: by, range: this.domain[index] })
    for (const { expression, range } of known) result = result.with(expression, range)
    return result
  }

  range(e: Expression): Range {
    let range = this.ranges.get(e)
    if (range === undefined) {
      range = rangeOf(e, this.domain, this.facts)
      this.ranges.set(e, range)
    }
    return range
  }

  signs(e: Expression): Signs {
    const { negative, zero, positive } = signsOf(this.range(e))
    return (negative ? MINUS : 0) | (zero ? NULL : 0) | (positive ? PLUS : 0)
  }

  /** The signs of a product of whole powers, from those of its factors, sign(u) having that of u. */
  signsOfProduct(root: Expression): Signs {
    const found = new Map<Expression, Signs>()
    const of = (e: Expression): Signs => found.get(e) as Signs
    const factorsOf = (e: Expression): readonly Expression[] => {
      if (e.kind !== 'call') return []
      if (e.name === '^') return wholeNumber(e.args[1]) === null ? [] : [e.args[0]]
      return e.name === '*' ? e.args : []
    }
    for (const e of partsFirst([root], factorsOf)) {
      const [a, b] = factorsOf(e)
      if (b !== undefined) found.set(e, timesSigns(of(a), of(b)))
      else if (a !== undefined && e.kind === 'call') found.set(e, powerSigns(of(a), wholeNumber(e.args[1]) as number))
      else found.set(e, this.signs(e.kind === 'call' && e.name === 'sign' ? e.args[0] : e))
    }
    return of(root)
  }

  /** The range of f(x) - f(y) for an unknown function f that is monotone, from that of x - y; null for other expressions. */
  rangeOfDifference(e: Expression): Range | null {
    const [u, v] = e.kind === 'call' && e.name === '-' ? e.args : []
    if (u?.kind !== 'apply' || v?.kind !== 'apply' || u.fn !== v.fn || u.args.length !== 1) return null
    if (u.fn.monotone === null) return null
    const difference = this.range(call('-', u.args[0], v.args[0]))
    const increases = u.fn.monotone === 'increasing'
    if (isSubset(difference, NON_NEGATIVE)) return increases ? NON_NEGATIVE : NON_POSITIVE
    return isSubset(difference, NON_POSITIVE) ? (increases ? NON_POSITIVE : NON_NEGATIVE) : REALS
  }

  holds({ expression, range }: Condition): boolean {
    return range === 'integer' ? wholeNumber(expression) !== null : isSubset(this.range(expression), range)
  }

  /**
   * Whether what a step rewrites is defined wherever the result is: so for what facts speak of, which is defined where they
   * hold, and for total operations and choices, whose operands are part of the result or defined in this case.
   */
  keepsDefinedness(step: Equation): boolean {
    const { before } = step
    if (step.kind === 'fact')
      return before.kind === 'variable' || strictParts(...this.conditions.map(c => c.expression)).includes(before)
    if (step.kind !== 'axiom') return false
    const { left, right } = findAxiom(step.axiom)
    const kept = strictParts(right)
    return strictParts(left).every(e => {
      if (e.kind === 'variable') return kept.includes(e) || this.defined(step.bindings[e.index])
      return e.kind !== 'call' || TOTAL.has(e.name)
    })
  }

  defined(e: Expression): boolean {
    return this.isDefinedPartwise(e) || analyse(e, this.domain, { facts: this.facts }).defined
  }

  /** Whether every operation is shown to be defined by the ranges of its operands alone: quick, and mostly enough. */
  private isDefinedPartwise(root: Expression): boolean {
    return postorder(root).every(e => this.permits(e))
  }

  /** Whether an operation is shown to be defined by the ranges of its operands, where these are defined; never a choice. */
  permits(e: Expression): boolean {
    if (e.kind === 'choose') return false
    if (e.kind === 'apply') return e.fn.definition === null && e.fn.domain.every(isReals)
    if (e.kind !== 'call' || TOTAL.has(e.name)) return true
    const [a, b] = e.args
    switch (e.name) {
      case '/':
        return (this.signs(b) & NULL) === 0
      case 'ln':
        return this.signs(a) === PLUS
      case 'sqrt':
        return (this.signs(a) & MINUS) === 0
      case '^': {
        const exponent = wholeNumber(b)
        if (exponent !== null && exponent >= 0) return true
        return exponent === null ? this.signs(a) === PLUS : (this.signs(a) & NULL) === 0
      }
      default:
        return false
    }
  }

  /** The parts of an expression that are not shown to be defined here where their own parts are, but for those known to be. */
  openParts(e: Expression, known: ReadonlySet<Expression>): Expression[] {
    return strictParts(e).filter(part => !known.has(part) && !this.permits(part) && !this.defined(part))
  }

  /** What stands in the way of showing that `e` is defined. */
  obstacle(e: Expression): Obstacle | null {
    return this.isDefinedPartwise(e) ? null : analyse(e, this.domain, { facts: this.facts }).obstacle
  }

  /** Whether it is shown that no point is in this case. */
  impossible(): boolean {
    return (this.contradictory ??= isContradictory(this.facts, this.domain))
  }
}
