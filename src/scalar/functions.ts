// What is known of each function of the language, but for how to compute it: where it is defined, its values, on which
// sets it increases, its parity, its left inverses, its derivative. One table, and what follows from it for expressions.
import { enclose } from './enclosure.ts'
import {
  type ApplyExpression,
  apply,
  type CallExpression,
  call,
  choose,
  compose,
  constant,
  type Expression,
  type FunctionSymbol,
  fold,
  functionsOf,
  type KnownName,
  number,
  one,
  parts,
  postorder,
  TooLarge,
  unfold,
  variablesOf,
  x0,
  zero,
} from './expression.ts'
import { interval, NON_NEGATIVE, NON_POSITIVE, NON_ZERO, POSITIVE, type Range, REALS, sameRange } from './range.ts'
import { ONE, type Rational, rational } from './rational.ts'

/** An interval of arguments on which a function is monotone; strictly so when different arguments have different values. */
export interface Monotone {
  readonly on: Range
  readonly direction: 'increasing' | 'decreasing'
  readonly strict: boolean
}

/** A function g of one variable with g(f(x)) = x for every x in `on`. */
export interface LeftInverse {
  readonly inverse: Expression
  readonly on: Range
}

export interface KnownFunction {
  /** One set for each argument: it is defined on their product exactly. Null where the domain is no such product. */
  readonly domain: readonly Range[] | null
  readonly parity: 'odd' | 'even' | null
  /** For each argument, where it is monotone in it, whatever the other arguments are. */
  readonly monotone: readonly (readonly Monotone[])[]
  /** The usual one first. */
  readonly inverses: readonly LeftInverse[]
  /** f(f(x)) = f(x) for all x. */
  readonly idempotent: boolean
  /** The partial derivatives at given arguments (`derivative` says where they hold), or the `c ? a : b` that it is. */
  readonly slope:
    | { readonly partials: (...args: readonly Expression[]) => readonly Expression[] }
    | { readonly choice: (...args: readonly Expression[]) => Expression }
}

const MINUS_ONE = rational(-1)
const FROM_ONE = interval(ONE, null)
const INSIDE_ONE = interval(MINUS_ONE, ONE, { lowOpen: true, highOpen: true })
const two = number(2)
const minusOne = number(-1)

const increasing = (on: Range, strict = true): readonly Monotone[] => [{ on, direction: 'increasing', strict }]
const decreasing = (on: Range, strict = true): readonly Monotone[] => [{ on, direction: 'decreasing', strict }]
const inverted = (inverse: Expression, on: Range): readonly LeftInverse[] => [{ inverse, on }]
const negated = (e: Expression): Expression => call('neg', e)
const square = (e: Expression): Expression => call('^', e, two)
const power = (e: Expression, exponent: Expression): Expression =>
  exponent === zero ? one : exponent === one ? e : call('^', e, exponent)
const reciprocal = (e: Expression): Expression => call('/', one, e)

const PLAIN = { domain: [REALS], parity: null, monotone: [[]], inverses: [], idempotent: false } as const
const BINARY = { ...PLAIN, domain: [REALS, REALS], monotone: [[], []] } as const

export const KNOWN: Readonly<Record<KnownName, KnownFunction>> = {
  '+': { ...BINARY, monotone: [increasing(REALS), increasing(REALS)], slope: { partials: () => [one, one] } },
  '-': { ...BINARY, monotone: [increasing(REALS), decreasing(REALS)], slope: { partials: () => [one, minusOne] } },
  '*': { ...BINARY, slope: { partials: (x, y) => [y, x] } },
  '/': {
    ...BINARY,
    domain: [REALS, NON_ZERO],
    slope: { partials: (x, y) => [reciprocal(y), negated(call('/', call('/', x, y), y))] },
  },
  // Defined for x > 0; x = 0 and a >= 0; x < 0 and integer a.
  '^': {
    ...BINARY,
    domain: null,
    slope: {
      partials: (x, a) => [
        call('*', a, power(x, a.kind === 'number' ? number(a.value.sub(ONE)) : call('-', a, one))),
        call('*', call('^', x, a), call('ln', x)),
      ],
    },
  },
  neg: {
    ...PLAIN,
    parity: 'odd',
    monotone: [decreasing(REALS)],
    inverses: inverted(negated(x0), REALS),
    slope: { partials: () => [minusOne] },
  },
  exp: {
    ...PLAIN,
    monotone: [increasing(REALS)],
    inverses: inverted(call('ln', x0), REALS),
    slope: { partials: x => [call('exp', x)] },
  },
  ln: {
    ...PLAIN,
    domain: [POSITIVE],
    monotone: [increasing(POSITIVE)],
    inverses: inverted(call('exp', x0), POSITIVE),
    slope: { partials: x => [reciprocal(x)] },
  },
  sqrt: {
    ...PLAIN,
    domain: [NON_NEGATIVE],
    monotone: [increasing(NON_NEGATIVE)],
    inverses: inverted(square(x0), NON_NEGATIVE),
    slope: { partials: x => [reciprocal(call('*', two, call('sqrt', x)))] },
  },
  abs: {
    ...PLAIN,
    parity: 'even',
    monotone: [[...decreasing(NON_POSITIVE), ...increasing(NON_NEGATIVE)]],
    inverses: [...inverted(x0, NON_NEGATIVE), ...inverted(negated(x0), NON_POSITIVE)],
    idempotent: true,
    slope: { partials: x => [call('sign', x)] },
  },
  sign: {
    ...PLAIN,
    parity: 'odd',
    monotone: [increasing(REALS, false)],
    idempotent: true,
    slope: { partials: () => [zero] },
  },
  max: {
    ...BINARY,
    monotone: [increasing(REALS, false), increasing(REALS, false)],
    slope: { choice: (x, y) => choose('<', x, y, y, x) },
  },
  min: {
    ...BINARY,
    monotone: [increasing(REALS, false), increasing(REALS, false)],
    slope: { choice: (x, y) => choose('<', y, x, y, x) },
  },
  floor: { ...PLAIN, monotone: [increasing(REALS, false)], idempotent: true, slope: { partials: () => [zero] } },
  sin: { ...PLAIN, parity: 'odd', slope: { partials: x => [call('cos', x)] } },
  cos: { ...PLAIN, parity: 'even', slope: { partials: x => [negated(call('sin', x))] } },
  // Defined where the cosine is not 0.
  tan: { ...PLAIN, domain: null, parity: 'odd', slope: { partials: x => [call('+', one, square(call('tan', x)))] } },
  sinh: {
    ...PLAIN,
    parity: 'odd',
    monotone: [increasing(REALS)],
    inverses: inverted(call('asinh', x0), REALS),
    slope: { partials: x => [call('cosh', x)] },
  },
  cosh: {
    ...PLAIN,
    parity: 'even',
    monotone: [[...decreasing(NON_POSITIVE), ...increasing(NON_NEGATIVE)]],
    inverses: [...inverted(call('acosh', x0), NON_NEGATIVE), ...inverted(negated(call('acosh', x0)), NON_POSITIVE)],
    slope: { partials: x => [call('sinh', x)] },
  },
  tanh: {
    ...PLAIN,
    parity: 'odd',
    monotone: [increasing(REALS)],
    inverses: inverted(call('atanh', x0), REALS),
    // Not 1 - tanh^2, which cancels.
    slope: { partials: x => [reciprocal(square(call('cosh', x)))] },
  },
  asinh: {
    ...PLAIN,
    parity: 'odd',
    monotone: [increasing(REALS)],
    inverses: inverted(call('sinh', x0), REALS),
    slope: { partials: x => [reciprocal(call('sqrt', call('+', square(x), one)))] },
  },
  acosh: {
    ...PLAIN,
    domain: [FROM_ONE],
    monotone: [increasing(FROM_ONE)],
    inverses: inverted(call('cosh', x0), FROM_ONE),
    slope: { partials: x => [reciprocal(call('sqrt', call('*', call('-', x, one), call('+', x, one))))] },
  },
  atanh: {
    ...PLAIN,
    domain: [INSIDE_ONE],
    parity: 'odd',
    monotone: [increasing(INSIDE_ONE)],
    inverses: inverted(call('tanh', x0), INSIDE_ONE),
    slope: { partials: x => [reciprocal(call('*', call('-', one, x), call('+', one, x)))] },
  },
  erf: {
    ...PLAIN,
    parity: 'odd',
    monotone: [increasing(REALS)],
    slope: {
      partials: x => [call('*', call('/', two, call('sqrt', constant('pi'))), call('exp', negated(square(x))))],
    },
  },
  sigmoid: {
    ...PLAIN,
    monotone: [increasing(REALS)],
    inverses: inverted(call('ln', call('/', x0, call('-', one, x0))), REALS),
    slope: { partials: x => [call('*', call('sigmoid', x), call('sigmoid', negated(x)))] },
  },
  relu: {
    ...PLAIN,
    monotone: [increasing(REALS, false)],
    inverses: inverted(x0, NON_NEGATIVE),
    idempotent: true,
    slope: { choice: x => choose('<', zero, x, x, zero) },
  },
  softplus: {
    ...PLAIN,
    monotone: [increasing(REALS)],
    inverses: inverted(call('ln', call('-', call('exp', x0), one)), REALS),
    slope: { partials: x => [call('sigmoid', x)] },
  },
}

/** Whether an expression is closed, without variables and unknown functions, and shown to be defined and what is asked. */
function isShown(closed: Expression, property: (low: Rational, high: Rational) => boolean): boolean {
  if (closed.kind === 'number') return property(closed.value, closed.value)
  if (functionsOf(closed).length > 0 || variablesOf(closed).length > 0) return false
  const value = enclose(closed, [], { maxBits: 256 })
  return typeof value !== 'string' && property(value.low, value.high)
}

const isDefined = (closed: Expression): boolean => isShown(closed, () => true)
const isNotZero = (closed: Expression): boolean => isShown(closed, (low, high) => low.n !== 0n && low.s === high.s)
/** Whether it can be the base of a logarithm. */
const isBase = (closed: Expression): boolean =>
  isShown(closed, (low, high) => low.s > 0n && low.n !== 0n && (low.compare(ONE) > 0 || high.compare(ONE) < 0))

/** Left inverses, on the whole domain, of x^exponent. */
function inversesOfPower(exponent: Expression): Expression[] {
  if (exponent.kind !== 'number' || exponent.value.n === 0n) return []
  const root = number(exponent.value.inverse())
  if (exponent.value.d > 1n) return [call('^', x0, root)]
  if (exponent.value.n % 2n === 0n) return []
  return exponent.value.n === 1n
    ? [call('^', x0, root)]
    : [call('*', call('sign', x0), call('^', call('abs', x0), root))]
}

/** The functions that undo one operation in all of its domain; all operands but `open` are closed. */
function undo(e: CallExpression | ApplyExpression, open: Expression): readonly Expression[] {
  if (e.kind === 'apply') return e.fn.arity === 1 && e.fn.inverse !== null ? [apply(e.fn.inverse, x0)] : []
  if (e.args.length === 1) {
    const { inverses, domain } = KNOWN[e.name]
    return inverses.flatMap(({ inverse, on }) => (domain !== null && sameRange(on, domain[0]) ? [inverse] : []))
  }
  const inLeft = e.args[0] === open
  const closed = e.args[inLeft ? 1 : 0]
  const value = closed.kind === 'number' ? closed.value : null
  switch (e.name) {
    case '+': {
      if (!isDefined(closed)) return []
      const minus = value === null ? negated(closed) : number(value.neg())
      return [call('+', x0, minus), call('-', x0, closed)]
    }
    case '-':
      if (!isDefined(closed)) return []
      return inLeft ? [call('+', x0, closed)] : [call('-', closed, x0)]
    case '*': {
      if (!isNotZero(closed)) return []
      const factor = value === null ? reciprocal(closed) : number(value.inverse())
      return [call('*', factor, x0), call('/', x0, closed)]
    }
    case '/':
      if (!isNotZero(closed)) return []
      return inLeft ? [call('*', closed, x0)] : [call('/', closed, x0)]
    case '^':
      if (inLeft) return inversesOfPower(closed)
      return isBase(closed) ? [call('/', call('ln', x0), call('ln', closed))] : []
    default:
      return []
  }
}

/** The parts, of this expression, in which a variable occurs. */
function openParts(e: Expression): ReadonlySet<Expression> {
  const open = new Set<Expression>()
  for (const part of postorder(e)) if (part.kind === 'variable' || parts(part).some(p => open.has(p))) open.add(part)
  return open
}

/** With definitions in place; null when they are too large for that. */
function unfolded(fn: Expression): Expression | null {
  try {
    return unfold(fn)
  } catch (error) {
    if (error instanceof TooLarge) return null
    throw error
  }
}

/** A composition has as many left inverses as the product of its parts' numbers: so many are enough. */
const ENOUGH = 16

/**
 * Left inverses of a function of variable 0: expressions g with g(f(x)) defined and equal to x for every x at which f is
 * defined, in several spellings, the preferred first. None when there is none, or none is known.
 */
export function inversesOf(fn: Expression): readonly Expression[] {
  let rest = unfolded(fn)
  if (rest === null || variablesOf(rest).some(index => index !== 0)) return []
  const open = openParts(rest)
  let found: readonly Expression[] = [x0]
  // From the last operation inwards, as long as one operand alone depends on the variable.
  while (rest !== x0) {
    if (rest.kind !== 'call' && rest.kind !== 'apply') return []
    const operands: readonly Expression[] = rest.args.filter(a => open.has(a))
    if (operands.length !== 1) return []
    const undone = undo(rest, operands[0])
    found = found.flatMap(outer => undone.map(inner => compose(inner, outer))).slice(0, ENOUGH)
    if (found.length === 0) return []
    rest = operands[0]
  }
  return found
}

/** Whether f(f(x)) = f(x), both defined, is known for every x at which the function f of variable 0 is defined. */
export function isIdempotent(fn: Expression): boolean {
  const e = unfolded(fn)
  if (e === null || variablesOf(e).some(index => index !== 0)) return false
  if (e === x0) return true
  if (variablesOf(e).length === 0) return isDefined(e)
  if (e.kind !== 'call') return false
  if (e.args.length === 1) return e.args[0] === x0 && KNOWN[e.name].idempotent
  if (e.name !== 'max' && e.name !== 'min') return false
  const [left, right] = e.args
  return (left === x0 && (right === x0 || isDefined(right))) || (right === x0 && isDefined(left))
}

type Parity = 'odd' | 'even'

/**
 * Whether f(-x) = -f(x) or f(-x) = f(x), one side being defined where the other is, for a function f of variable 0, as far as
 * its parts show it; null when they do not. Other variables count as constants.
 */
export function parityOf(fn: Expression): Parity | null {
  const e = unfolded(fn)
  if (e === null) return null
  return fold<Parity | null>(e, (part, of) => {
    const given = parts(part).map(of)
    // What is made of even functions only is even.
    if (part.kind === 'variable') return part.index === 0 ? 'odd' : 'even'
    if (given.every(p => p === 'even')) return 'even'
    if (given.includes(null)) return null
    if (part.kind === 'apply') return part.fn.arity === 1 ? part.fn.parity : null
    if (part.kind !== 'call') return null
    switch (part.name) {
      case '+':
      case '-':
        return given[0] === given[1] ? given[0] : null
      case '*':
      case '/':
        return given[0] === given[1] ? 'even' : 'odd'
      case '^': {
        const exponent = part.args[1]
        if (given[1] !== 'even' || exponent.kind !== 'number' || exponent.value.d !== 1n) return null
        return exponent.value.n % 2n === 0n ? 'even' : 'odd'
      }
      default:
        return KNOWN[part.name].parity
    }
  })
}

/** An unknown function of so many arguments, of which nothing is known: all reals to all reals. */
export function anyFunction(name: string, arity: number): FunctionSymbol {
  return {
    name,
    arity,
    domain: Array.from({ length: arity }, () => REALS),
    codomain: REALS,
    monotone: null,
    parity: null,
    inverse: null,
    definition: null,
    parameters: arity === 1 ? ['t'] : Array.from({ length: arity }, (_, i) => `t${i + 1}`),
  }
}
