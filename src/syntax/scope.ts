// What names mean in a file, and the terms that need nothing else: sizes, sets of reals, closed numbers.
import {
  closedInfinity,
  type Diagnostic,
  emptyRange,
  notRational,
  notSize,
  type Span,
  unknownName,
  wrongKind,
} from '../diagnostic.ts'
import type { Linear, WeightSymbol } from '../linear/linear.ts'
import { addSizes, knownSize, type Size, scaleSize, sizeOf, unknownSize } from '../linear/size.ts'
import { ARITY, type Expression, type FunctionSymbol } from '../scalar/expression.ts'
import { type Interval, isEmpty, normalizeRange, type Range, REALS } from '../scalar/range.ts'
import { type Rational, rational } from '../scalar/rational.ts'
import { nearest } from './nearest.ts'
import type { Located, RangeTree, Term } from './tree.ts'

/** The declarations of a file. Weights, functions and sizes share one name space; nets have their own. */
export interface Scope {
  readonly file: string
  readonly sizes: ReadonlySet<string>
  readonly weights: ReadonlyMap<string, WeightSymbol>
  readonly functions: ReadonlyMap<string, FunctionSymbol>
  /** Names that stand for closed numbers: the `real` variables of a rule. */
  readonly reals?: ReadonlyMap<string, Expression>
  /** Matrices that terms stand for in this place only; undefined for terms that are read in the ordinary way. */
  readonly matrices?: (term: Term) => Linear | undefined
  /** Where each name is declared. */
  readonly places: ReadonlyMap<string, Span>
  /** Names whose declarations have errors: what refers to them fails without a further message. */
  readonly broken: { has(name: string): boolean }
  readonly report: (d: Diagnostic) => void
  /** Names of wires or parameters that mean something at this place, for suggestions. */
  readonly locals?: () => Iterable<string>
}

/** Functions that take parameters in square brackets, and operations on whole wires and matrices. */
export const OPERATIONS: ReadonlySet<string> = new Set([
  'id',
  'log',
  'pow',
  'scale',
  'shift',
  'add',
  'mul',
  'mix',
  'maxpool',
  'minpool',
  'softmax',
  'logsoftmax',
  'constant',
  'inverse',
  'normal',
  'domain',
  'linear',
  'parts',
  'elementwise',
  'inner',
  'outer',
  'first',
  'last',
  'identity',
  'zero',
  'ones',
  'select',
  'embed',
  'transpose',
  'diag',
])

/** The known functions that have names (the operators have none). */
export const KNOWN_FUNCTIONS: readonly string[] = Object.keys(ARITY).filter(n => /^[a-z]+$/.test(n) && n !== 'neg')

/** A term's place in the file: trees that are shared count from their piece. */
export function spanAt(scope: Scope, offset: number, at: Located): Span {
  return { file: scope.file, start: offset + at.start, end: offset + at.end }
}

/** Reports an unknown name, unless its declaration was in error, and gives null. */
export function unknown(
  scope: Scope,
  span: Span,
  kind: Parameters<typeof unknownName>[1],
  name: string,
  candidates: Iterable<string>,
): null {
  if (!scope.broken.has(name)) scope.report(unknownName(span, kind, name, nearest(name, candidates)))
  return null
}

/** The least value that a size can have (unknown sizes are at least 1), or null where it has no least one. */
export function leastSize(s: Size): number | null {
  return s.terms.some(([, c]) => c < 0) ? null : s.constant + s.terms.reduce((sum, [, c]) => sum + c, 0)
}

/** A size as a term says it: whole numbers and declared sizes, added and multiplied. `least`: 1 for axes, 0 for places. */
export function sizeTerm(scope: Scope, offset: number, term: Term, least: 0 | 1 = 1): Size | null {
  const read = (t: Term): Size | null => {
    switch (t.kind) {
      case 'number':
        return t.value.d === 1n && t.value.n <= 1_000_000_000n ? sizeOf(Number(t.value.n)) : refuse(t)
      case 'name':
        if (scope.sizes.has(t.name)) return unknownSize(t.name)
        if (scope.functions.has(t.name) || scope.weights.has(t.name) || KNOWN_FUNCTIONS.includes(t.name)) {
          const found = scope.weights.has(t.name) ? 'weight' : 'function'
          scope.report(wrongKind(spanAt(scope, offset, t), t.name, 'size', found, scope.places.get(t.name) ?? null))
          return null
        }
        return unknown(scope, spanAt(scope, offset, t), 'size', t.name, scope.sizes)
      case 'group':
        return read(t.of)
      case 'sum': {
        let sum: Size | null = read(t.terms[0])
        for (let i = 1; i < t.terms.length && sum !== null; i++) {
          const next = read(t.terms[i])
          sum = next && addSizes(sum, next, t.operators[i - 1] === '+' ? 1 : -1)
        }
        return sum
      }
      case 'product': {
        let product: Size | null = read(t.factors[0])
        for (let i = 1; i < t.factors.length && product !== null; i++) {
          const next = read(t.factors[i])
          if (next === null) return null
          const [k, l] = [knownSize(product), knownSize(next)]
          product =
            t.operators[i - 1] === '/'
              ? refuse(t)
              : l !== null
                ? scaleSize(product, l)
                : k !== null
                  ? scaleSize(next, k)
                  : refuse(t)
        }
        return product
      }
      default:
        return refuse(t)
    }
  }
  const refuse = (t: Term): null => {
    scope.report(notSize(spanAt(scope, offset, t), describe(t)))
    return null
  }
  const size = read(term)
  if (size === null) return null
  const smallest = leastSize(size)
  return smallest === null || smallest < least || !Number.isSafeInteger(smallest) ? refuse(term) : size
}

function describe(t: Term): string | null {
  return t.kind === 'number' ? t.text : t.kind === 'name' ? t.name : null
}

/** A rational number as a term says it: numbers and + - * / of them, powers with whole exponents of moderate size. */
export function rationalTerm(term: Term): Rational | null {
  switch (term.kind) {
    case 'number':
      return term.value
    case 'group':
      return rationalTerm(term.of)
    case 'negative': {
      const value = rationalTerm(term.of)
      return value && (term.signs % 2 === 1 ? value.neg() : value)
    }
    case 'sum': {
      let sum = rationalTerm(term.terms[0])
      for (let i = 1; i < term.terms.length && sum !== null; i++) {
        const next = rationalTerm(term.terms[i])
        sum = next && (term.operators[i - 1] === '+' ? sum.add(next) : sum.sub(next))
      }
      return sum
    }
    case 'product': {
      let product = rationalTerm(term.factors[0])
      for (let i = 1; i < term.factors.length && product !== null; i++) {
        const next = rationalTerm(term.factors[i])
        if (next === null) return null
        if (term.operators[i - 1] === '*') product = product.mul(next)
        else product = next.n === 0n ? null : product.div(next)
      }
      return product
    }
    case 'power': {
      const base = rationalTerm(term.base)
      if (base === null || term.exponents.length !== 1) return null
      const { signs, of } = term.exponents[0]
      const exponent = rationalTerm(of)
      if (
        exponent === null ||
        exponent.d !== 1n ||
        exponent.n > 1000n ||
        base.n.toString().length + base.d.toString().length > 100
      )
        return null
      const power = rational((base.s * base.n) ** exponent.n, base.d ** exponent.n)
      return signs % 2 === 0 ? power : power.n === 0n ? null : power.inverse()
    }
    default:
      return null
  }
}

/** The set of reals that a tree says; an end that is no rational number, or a set that is empty, is reported. */
export function rangeTree(scope: Scope, offset: number, tree: RangeTree): Range | null {
  const intervals: Interval[] = []
  const value = (t: Term, what: 'an element of a set' | 'the end of an interval'): Rational | null => {
    const q = rationalTerm(t)
    if (q === null) scope.report(notRational(spanAt(scope, offset, t), what))
    return q
  }
  for (const part of tree.parts) {
    if (part.kind === 'reals') intervals.push(...REALS)
    else if (part.kind === 'points') {
      for (const t of part.values) {
        const q = value(t, 'an element of a set')
        if (q === null) return null
        intervals.push({ low: q, lowOpen: false, high: q, highOpen: false })
      }
    } else {
      const low = part.low && value(part.low, 'the end of an interval')
      const high = part.high && value(part.high, 'the end of an interval')
      if ((low === null) !== (part.low === null) || (high === null) !== (part.high === null)) return null
      if ((low === null && !part.lowOpen) || (high === null && !part.highOpen)) {
        scope.report(closedInfinity(spanAt(scope, offset, part)))
        return null
      }
      intervals.push({ low, lowOpen: part.lowOpen, high, highOpen: part.highOpen })
    }
  }
  const range = normalizeRange(intervals)
  if (!isEmpty(range)) return range
  scope.report(emptyRange(spanAt(scope, offset, tree)))
  return null
}
