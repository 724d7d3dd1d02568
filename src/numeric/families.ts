// Formulas for functions that a file leaves unknown: random members of families each of which satisfies what the
// declaration says (domain, codomain, strictly monotone, odd, even, bijective with a given inverse) by construction.
import {
  call,
  choose,
  compose,
  type Expression,
  type FunctionSymbol,
  number,
  one,
  variable,
  x0,
  zero,
} from '../scalar/expression.ts'
import {
  type Interval,
  intersect,
  isEmpty,
  isSubset,
  NON_ZERO,
  negate as negateRange,
  POSITIVE,
  point,
  type Range,
  sameRange,
} from '../scalar/range.ts'
import { type Rational, rational, ZERO } from '../scalar/rational.ts'
import { randomPoint } from './points.ts'
import type { Random } from './random.ts'

const plus = (a: Expression, b: Expression): Expression => (a === zero ? b : b === zero ? a : call('+', a, b))
const minus = (a: Expression, b: Expression): Expression =>
  b === zero ? a : a === zero ? call('neg', b) : call('-', a, b)
const times = (a: Expression, b: Expression): Expression => (a === one ? b : b === one ? a : call('*', a, b))
const over = (a: Expression, b: Expression): Expression => (b === one ? a : call('/', a, b))
const negated = (a: Expression): Expression => call('neg', a)
const raised = (a: Expression, p: number | Rational): Expression => call('^', a, number(p))

/** A strictly monotone function of variable 0 from one set onto another, and its inverse. */
interface Bijection {
  readonly formula: Expression
  readonly inverse: Expression
  readonly rising: boolean
  readonly odd: boolean
}

const identityMap: Bijection = { formula: x0, inverse: x0, rising: true, odd: true }

function reverse(b: Bijection): Bijection {
  return { ...b, formula: b.inverse, inverse: b.formula }
}
/** First f, then g. */
function chain(f: Bijection, g: Bijection): Bijection {
  return {
    formula: compose(g.formula, f.formula),
    inverse: compose(f.inverse, g.inverse),
    rising: f.rising === g.rising,
    odd: f.odd && g.odd,
  }
}

/** t -> a*t + b, a not 0. */
function affine(a: Rational, b: Rational): Bijection {
  return {
    formula: plus(times(number(a), x0), number(b)),
    inverse: over(minus(x0, number(b)), number(a)),
    rising: a.s > 0n,
    odd: b.n === 0n,
  }
}

/** Intervals up to monotone bijections: by how many of their ends belong to them. */
type Kind = 'open' | 'half' | 'closed' | 'point'

function kindOf({ low, high, lowOpen, highOpen }: Interval): Kind {
  const closedEnds = (low === null || lowOpen ? 0 : 1) + (high === null || highOpen ? 0 : 1)
  if (closedEnds === 0) return 'open'
  if (closedEnds === 1) return 'half'
  return low?.equals(high as Rational) ? 'point' : 'closed'
}

/** A bijection from an interval onto the standard one of its kind: R, [0, inf), [0, 1], {0}. */
function chart(interval: Interval): Bijection {
  const { low, high } = interval
  const a = low === null ? zero : number(low)
  const b = high === null ? zero : number(high)
  const width = low === null || high === null ? zero : number(high.sub(low))
  switch (kindOf(interval)) {
    case 'open':
      if (low === null && high === null) return identityMap
      if (high === null) {
        return { formula: call('ln', minus(x0, a)), inverse: plus(a, call('exp', x0)), rising: true, odd: false }
      }
      if (low === null) {
        const formula = negated(call('ln', minus(b, x0)))
        return { formula, inverse: minus(b, call('exp', negated(x0))), rising: true, odd: false }
      }
      return {
        formula: call('ln', over(minus(x0, a), minus(b, x0))),
        inverse: plus(a, times(width, call('sigmoid', x0))),
        rising: true,
        odd: low.add(high).n === 0n,
      }
    case 'half': {
      const atLow = low !== null && !interval.lowOpen
      const rest = atLow ? minus(x0, a) : minus(b, x0)
      if (low === null || high === null) {
        return { formula: rest, inverse: atLow ? plus(a, x0) : minus(b, x0), rising: atLow, odd: false }
      }
      // From the end that belongs to the interval, 0, towards the other, infinity.
      const [near, far] = atLow ? [a, b] : [b, a]
      return {
        formula: over(rest, atLow ? minus(b, x0) : minus(x0, a)),
        inverse: over(plus(near, times(far, x0)), plus(one, x0)),
        rising: atLow,
        odd: false,
      }
    }
    case 'closed':
      return { formula: over(minus(x0, a), width), inverse: plus(a, times(width, x0)), rising: true, odd: false }
    case 'point':
      return { formula: minus(x0, a), inverse: plus(x0, a), rising: true, odd: low?.n === 0n }
  }
}

const realCubeRoot = choose('<=', zero, x0, raised(x0, rational(1, 3)), negated(raised(negated(x0), rational(1, 3))))

function smallPositive(source: Random): Rational {
  return source.pick([rational(1), rational(2), rational(1, 2), rational(3), rational(3, 2), rational(1, 3)])
}
function small(source: Random): Rational {
  return source.pick([rational(0), rational(1), rational(-1), rational(1, 2), rational(-2), rational(3, 4)])
}

/** A random bijection of the standard interval of a kind onto itself. */
function core(kind: Kind, source: Random): Bijection {
  switch (kind) {
    case 'open': {
      const rising = !source.oneIn(3)
      const slope = smallPositive(source)
      const line = affine(rising ? slope : slope.neg(), source.oneIn(2) ? ZERO : small(source))
      const curve = source.pick<Bijection>([
        identityMap,
        identityMap,
        { formula: raised(x0, 3), inverse: realCubeRoot, rising: true, odd: true },
        { formula: call('sinh', x0), inverse: call('asinh', x0), rising: true, odd: true },
        { formula: call('asinh', x0), inverse: call('sinh', x0), rising: true, odd: true },
      ])
      return chain(line, curve)
    }
    case 'half': {
      const p = smallPositive(source)
      const curve = source.pick<Bijection>([
        identityMap,
        { formula: raised(x0, p), inverse: raised(x0, p.inverse()), rising: true, odd: false },
        {
          formula: minus(call('exp', x0), one),
          inverse: call('ln', plus(one, x0)),
          rising: true,
          odd: false,
        },
      ])
      return chain(affine(smallPositive(source), ZERO), curve)
    }
    case 'closed': {
      const p = smallPositive(source)
      const curve: Bijection = { formula: raised(x0, p), inverse: raised(x0, p.inverse()), rising: true, odd: false }
      return source.oneIn(3) ? chain(curve, affine(rational(-1), rational(1))) : curve
    }
    case 'point':
      return identityMap
  }
}

/** What is asked of a function beyond its domain and codomain. */
interface Wanted {
  readonly monotone: 'increasing' | 'decreasing' | null
  readonly parity: 'odd' | 'even' | null
}

/** Whether a bijection that is `odd` or not satisfies the declared parity on this domain. */
function hasParity(odd: boolean, domain: Range, parity: Wanted['parity']): boolean {
  if (parity === null) return true
  const mirrored = intersect(domain, negateRange(domain))
  if (isEmpty(mirrored)) return true
  // An even function takes no value twice only where there is nothing to mirror.
  return parity === 'odd' ? odd : isSubset(mirrored, point(ZERO))
}

/** A bijection from `domain` onto `codomain`; null where none is known. */
function bijection(domain: Range, codomain: Range, wanted: Wanted, source: Random): Bijection | null {
  const fits = (b: Bijection): boolean =>
    (wanted.monotone === null || b.rising === (wanted.monotone === 'increasing')) &&
    hasParity(b.odd, domain, wanted.parity)
  const candidates: Bijection[] = []
  if (domain.length === 1 && codomain.length === 1) {
    const kind = kindOf(domain[0])
    if (kind === kindOf(codomain[0])) {
      const [from, to] = [chart(domain[0]), reverse(chart(codomain[0]))]
      for (let i = 0; i < 8; i++) candidates.push(chain(chain(from, core(kind, source)), to))
      candidates.push(chain(from, to))
      // Changes of direction for the kinds whose random members seldom have one.
      if (kind === 'open') candidates.push(chain(chain(from, affine(rational(-1), ZERO)), to))
      if (kind === 'closed') candidates.push(chain(chain(from, affine(rational(-1), rational(1))), to))
    }
  }
  if (sameRange(domain, codomain)) {
    candidates.push(identityMap)
    if (sameRange(domain, NON_ZERO))
      candidates.unshift({ formula: over(one, x0), inverse: over(one, x0), rising: false, odd: true })
  }
  // 1/x falls on each half of the non-zero reals, not on both together.
  const monotone = (b: Bijection): boolean =>
    wanted.monotone === null || domain.length === 1 || b.formula !== over(one, x0)
  return candidates.find(b => fits(b) && monotone(b)) ?? null
}

/** A bijection of `domain` that is its own inverse; null where none is known. */
function involution(domain: Range, wanted: Wanted, source: Random): Expression | null {
  const candidates: { formula: Expression; rising: boolean | null; odd: boolean }[] = []
  if (domain.length === 1) {
    const { low, high } = domain[0]
    const positive = low?.n === 0n && high === null && domain[0].lowOpen
    if (low === null && high === null) {
      candidates.push({ formula: negated(x0), rising: false, odd: true })
      candidates.push({ formula: minus(one, x0), rising: false, odd: false })
    }
    if (positive) candidates.push({ formula: over(number(smallPositive(source)), x0), rising: false, odd: false })
    if (low !== null && high !== null && domain[0].lowOpen === domain[0].highOpen) {
      candidates.push({ formula: minus(number(low.add(high)), x0), rising: false, odd: low.add(high).n === 0n })
    }
  }
  if (sameRange(domain, NON_ZERO)) candidates.push({ formula: over(one, x0), rising: null, odd: true })
  candidates.push({ formula: x0, rising: true, odd: true })
  const fitting = candidates.filter(
    c =>
      (wanted.monotone === null || c.rising === (wanted.monotone === 'increasing')) &&
      hasParity(c.odd, domain, wanted.parity),
  )
  return fitting.length === 0 ? null : source.pick(fitting).formula
}

/** A strictly increasing function from R into an interval of more than one point. */
function landing({ low, high }: Interval): Expression {
  if (low === null && high === null) return x0
  if (high === null) return plus(number(low as Rational), call('exp', x0))
  if (low === null) return minus(number(high), call('exp', negated(x0)))
  return plus(number(low), times(number(high.sub(low)), call('sigmoid', x0)))
}

/** A non-decreasing function from R into an interval that reaches the ends that belong to it. */
function clamp({ low, lowOpen, high, highOpen }: Interval): Expression | null {
  const closedLow = low !== null && !lowOpen ? number(low) : null
  const closedHigh = high !== null && !highOpen ? number(high) : null
  if ((closedLow === null) !== (low === null) || (closedHigh === null) !== (high === null)) return null
  const above = closedLow === null ? x0 : call('max', closedLow, x0)
  return closedHigh === null ? above : call('min', closedHigh, above)
}

function isPointInterval({ low, high }: Interval): boolean {
  return low !== null && high !== null && low.equals(high)
}

/** a_1 g(t_1) + ... + a_k g(t_k) + b, every a_i positive. */
function combination(arity: number, source: Random, odd: boolean): Expression {
  const curve = source.pick([x0, x0, x0, raised(x0, 3), call('sinh', x0), call('tanh', x0), call('asinh', x0)])
  let sum: Expression = odd || source.oneIn(2) ? zero : number(small(source))
  for (let i = arity - 1; i >= 0; i--) {
    sum = plus(times(number(smallPositive(source)), compose(curve, variable(i))), sum)
  }
  return sum
}

/** A function of all reals without anything special about it. */
function wild(arity: number, source: Random): Expression {
  const a = combination(arity, source, false)
  const first = variable(0)
  const last = variable(arity - 1)
  return source.pick([
    a,
    a,
    negated(a),
    raised(a, 2),
    call('exp', a),
    call('abs', a),
    call('relu', a),
    call('sin', a),
    call('tanh', a),
    call('sign', a),
    call('floor', a),
    times(first, last),
    call('max', first, negated(last)),
  ])
}

/** The declared parity where it says something: f(-t) is compared with f(t) only where both are defined. */
function effectiveParity(fn: FunctionSymbol): Wanted['parity'] {
  const mirrored = fn.domain.map(d => intersect(d, negateRange(d)))
  if (mirrored.some(isEmpty)) return null
  return fn.parity === 'even' && mirrored.every(m => isSubset(m, point(ZERO))) ? null : fn.parity
}

/** An odd function where the codomain has no interval around 0; null where none is known. */
function oddAcrossGap({ arity, domain, codomain }: FunctionSymbol, wanted: Wanted, source: Random): Expression | null {
  // f(0) = -f(0): where 0 is an argument it has to be a value, and 0 everywhere is such a function, if not a monotone one.
  if (arity !== 1 || !isSubset(domain[0], NON_ZERO)) {
    return wanted.monotone === null && isSubset(point(ZERO), codomain) ? zero : null
  }
  // Values for positive t must have their negatives in the codomain too.
  const mirrored = intersect(intersect(codomain, negateRange(codomain)), POSITIVE).filter(i => !isPointInterval(i))
  if (mirrored.length === 0) return null
  const half = compose(landing(source.pick(mirrored)), combination(1, source, false))
  const rising = choose('<', zero, x0, half, negated(compose(half, negated(x0))))
  return wanted.monotone === 'decreasing' ? negated(rising) : rising
}

/** An odd function; null where none is known. */
function oddMember(fn: FunctionSymbol, wanted: Wanted, source: Random): Expression | null {
  // Around 0 the codomain must hold an interval (-m, m); scaled into it, every odd function will do.
  const around = intersect(fn.codomain, negateRange(fn.codomain)).find(
    ({ low, high }) => (low === null || low.compare(ZERO) < 0) && (high === null || high.compare(ZERO) > 0),
  )
  if (around === undefined) return oddAcrossGap(fn, wanted, source)
  const sum = combination(fn.arity, source, true)
  const rising = around.high === null ? sum : times(number(around.high), call('tanh', sum))
  return wanted.monotone === 'decreasing' ? negated(rising) : rising
}

/** A power k*t^p where both sides of the arrow are positive numbers, as a nonlinearity of multiplicative nets is. */
function positivePower({ arity, domain, codomain }: FunctionSymbol, wanted: Wanted, source: Random): Expression | null {
  if (arity !== 1 || !isSubset(domain[0], POSITIVE) || !isSubset(POSITIVE, codomain)) return null
  const falling = wanted.monotone === null ? source.oneIn(4) : wanted.monotone === 'decreasing'
  const p = smallPositive(source)
  return times(number(smallPositive(source)), raised(x0, falling ? p.neg() : p))
}

/** A random function with the declared properties, which need not be a bijection; null where none is known. */
function member(fn: FunctionSymbol, source: Random): Expression | null {
  const { arity, codomain, monotone } = fn
  if (arity === 0) return number(randomPoint(codomain, source, []))
  const parity = effectiveParity(fn)
  const wanted: Wanted = { monotone, parity }
  if (parity === 'odd') return oddMember(fn, wanted, source)
  const landings = codomain.filter(i => !isPointInterval(i))
  if (landings.length === 0) {
    // Only single values are allowed: a constant is even, but not strictly monotone.
    return monotone === null && codomain.length > 0 ? number(source.pick(codomain).low as Rational) : null
  }
  const target = source.pick(landings)
  const into = (monotone === null && source.oneIn(2) ? clamp(target) : null) ?? landing(target)
  if (parity === 'even') {
    if (monotone !== null) return null
    const sum = combination(arity, source, false)
    const squares = source.oneIn(2)
    let inner = sum
    for (let i = 0; i < arity; i++) {
      inner = compose(inner, squares ? raised(variable(i), 2) : call('abs', variable(i)), i)
    }
    return compose(into, source.oneIn(2) ? inner : negated(inner))
  }
  const power = source.oneIn(2) ? positivePower(fn, wanted, source) : null
  if (power !== null) return power
  if (monotone === null) return compose(into, wild(arity, source))
  const rising = combination(arity, source, false)
  return compose(into, monotone === 'increasing' ? rising : negated(rising))
}

/**
 * Formulas for unknown functions, of a function and its inverse together; null when a declaration is met by no family
 * known here. The formulas have known functions only, and hold on the declared domains.
 */
export function randomFunctions(
  symbols: readonly FunctionSymbol[],
  source: Random,
): Map<FunctionSymbol, Expression> | null {
  const found = new Map<FunctionSymbol, Expression>()
  // Pairs first: what is declared of a function that is named as an inverse counts for both.
  for (const fn of symbols) {
    const inverse = fn.inverse
    if (inverse === null || found.has(fn)) continue
    const pair = found.has(inverse) ? null : pairOf(fn, inverse, source)
    if (pair === null) return null
    found.set(fn, pair[0]).set(inverse, pair[1])
  }
  for (const fn of symbols) {
    if (found.has(fn)) continue
    const formula = member(fn, source)
    if (formula === null) return null
    found.set(fn, formula)
  }
  return found
}

/** Formulas for a function and its declared inverse; null where none are known, or the declarations do not fit. */
function pairOf(fn: FunctionSymbol, inverse: FunctionSymbol, source: Random): [Expression, Expression] | null {
  if (fn.arity !== 1 || inverse.arity !== 1) return null
  if (!sameRange(fn.domain[0], inverse.codomain) || !sameRange(inverse.domain[0], fn.codomain)) return null
  if (inverse.inverse !== null && inverse.inverse !== fn) return null
  const wanted: Wanted = { monotone: fn.monotone ?? inverse.monotone, parity: fn.parity ?? inverse.parity }
  if (inverse.monotone !== null && inverse.monotone !== wanted.monotone) return null
  if (inverse.parity !== null && inverse.parity !== wanted.parity) return null
  if (inverse === fn) {
    const formula = involution(fn.domain[0], wanted, source)
    return formula === null ? null : [formula, formula]
  }
  const pair = bijection(fn.domain[0], fn.codomain, wanted, source)
  return pair === null ? null : [pair.formula, pair.inverse]
}
