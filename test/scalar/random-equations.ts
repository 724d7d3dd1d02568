// Random expressions, equations made true by sound steps or nearly true by one change, and their check at many points
// by rigorous enclosures: the referee of the equality prover.
import { AXIOMS } from '../../src/scalar/axioms.ts'
import { Case } from '../../src/scalar/case.ts'
import { enclose } from '../../src/scalar/enclosure.ts'
import {
  call,
  choose,
  constant,
  type Expression,
  type KnownName,
  number,
  parts,
  postorder,
  type Relation,
  variable,
  withParts,
} from '../../src/scalar/expression.ts'
import { conditionsOf, instantiate, replaceAll } from '../../src/scalar/proof.ts'
import { containsPoint, interval, NON_NEGATIVE, NON_ZERO, POSITIVE, type Range, REALS } from '../../src/scalar/range.ts'
import { type Rational, rational } from '../../src/scalar/rational.ts'

export type Random = () => number

/** Mulberry32: small, seeded, the same everywhere. */
export function seeded(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)]

const UNARY: readonly KnownName[] = [
  'neg',
  'exp',
  'ln',
  'sqrt',
  'abs',
  'sign',
  'sin',
  'cos',
  'tanh',
  'sinh',
  'cosh',
  'sigmoid',
  'relu',
  'softplus',
  'erf',
  'atanh',
  'asinh',
  'acosh',
  'tan',
  'floor',
]
const BINARY: readonly KnownName[] = ['+', '+', '-', '-', '*', '*', '/', '^', 'max', 'min']
const RELATIONS: readonly Relation[] = ['<', '<=', '==', '!=']
const NUMBERS = [
  rational(0),
  rational(1),
  rational(2),
  rational(-1),
  rational(1, 2),
  rational(3),
  rational(-2),
  rational(1, 3),
]

export function randomDomain(random: Random, count: number): Range[] {
  const choices = [
    REALS,
    REALS,
    POSITIVE,
    POSITIVE,
    NON_NEGATIVE,
    NON_ZERO,
    interval(rational(-1), rational(1), { lowOpen: true, highOpen: true }),
    interval(rational(0), rational(1)),
    interval(rational(1), null),
    interval(null, rational(0)),
  ]
  return Array.from({ length: count }, () => pick(random, choices))
}

export function randomExpression(random: Random, count: number, depth: number): Expression {
  if (depth <= 0 || random() < 0.15) {
    if (random() < 0.7) return variable(Math.floor(random() * count))
    return random() < 0.1 ? constant(pick(random, ['pi', 'e'] as const)) : number(pick(random, NUMBERS))
  }
  const sub = (): Expression => randomExpression(random, count, depth - 1)
  const kind = random()
  if (kind < 0.45) return call(pick(random, UNARY), sub())
  if (kind < 0.95) {
    const name = pick(random, BINARY)
    return name === '^' && random() < 0.7 ? call('^', sub(), number(pick(random, NUMBERS))) : call(name, sub(), sub())
  }
  return choose(pick(random, RELATIONS), sub(), sub(), sub(), sub())
}

/** The bindings by which a pattern becomes the expression, or null. */
function matchPattern(pattern: Expression, e: Expression): Expression[] | null {
  const bindings: Expression[] = []
  const stack: [Expression, Expression][] = [[pattern, e]]
  for (let pair = stack.pop(); pair !== undefined; pair = stack.pop()) {
    const [p, f] = pair
    if (p.kind === 'variable') {
      if (bindings[p.index] !== undefined && bindings[p.index] !== f) return null
      bindings[p.index] = f
      continue
    }
    const [u, v] = [parts(p), parts(f)]
    if (u.length === 0) {
      if (p !== f) return null
      continue
    }
    if (u.length !== v.length || withParts(f, u) !== p) return null
    for (const [i, x] of u.entries()) stack.push([x, v[i]])
  }
  return bindings
}

/** The expression with one sound step applied somewhere: an axiom from left to right or right to left, or arithmetic. */
export function soundStep(e: Expression, domain: readonly Range[], random: Random): Expression {
  const within = new Case(domain)
  const places = postorder(e)
  for (let attempt = 0; attempt < 30; attempt++) {
    const place = pick(random, places)
    const kind = random()
    let after: Expression | null = null
    if (kind < 0.25) {
      const other = variable(Math.floor(random() * domain.length))
      const ways: (() => Expression)[] = [
        () => call('-', call('+', place, other), other),
        () => call('*', number(2), call('*', number(rational(1, 2)), place)),
        () => call('neg', call('neg', place)),
        () => call('+', call('*', place, number(rational(1, 3))), call('*', number(rational(2, 3)), place)),
        () => call('ln', call('exp', place)),
        () => call('max', place, place),
        () => call('-', call('relu', place), call('relu', call('neg', place))),
        () => call('+', call('max', place, other), call('-', call('min', place, other), other)),
        () => call('*', call('sign', place), call('abs', place)),
        () => call('asinh', call('sinh', place)),
      ]
      after = pick(random, ways)()
    } else {
      const axiom = pick(random, AXIOMS)
      const [from, to] = random() < 0.5 ? [axiom.left, axiom.right] : [axiom.right, axiom.left]
      const bindings = matchPattern(from, place)
      if (bindings === null || from.kind === 'variable') continue
      for (const v of postorder(to)) if (v.kind === 'variable') bindings[v.index] ??= variable(0)
      const conditions = conditionsOf({ kind: 'axiom', axiom: axiom.name, bindings, before: from, after: to })
      if (!conditions.every(c => within.holds(c))) continue
      after = instantiate(to, bindings)
      if (!within.defined(after) || !within.defined(place)) continue
    }
    return replaceAll(e, place, after)
  }
  return e
}

/** The expression with one small change that mostly breaks equality. */
export function mutated(e: Expression, count: number, random: Random): Expression {
  const places = postorder(e)
  for (let attempt = 0; attempt < 50; attempt++) {
    const place = pick(random, places)
    let after = place
    switch (place.kind) {
      case 'number':
        after = number(pick(random, [place.value.neg(), place.value.add(1), place.value.mul(rational(1, 2))]))
        break
      case 'variable':
        after = pick(random, [variable(Math.floor(random() * count)), call('neg', place), call('abs', place)])
        break
      case 'call':
        if (place.args.length === 2) {
          after =
            random() < 0.3 ? call(place.name, place.args[1], place.args[0]) : call(pick(random, BINARY), ...place.args)
        } else after = pick(random, [call(pick(random, UNARY), ...place.args), place.args[0], call('neg', place)])
        break
      case 'choose':
        after = pick(random, [
          choose(pick(random, RELATIONS), place.left, place.right, place.then, place.otherwise),
          choose(place.relation, place.left, place.right, place.otherwise, place.then),
          place.then,
          place.otherwise,
        ])
        break
      default:
        break
    }
    if (after !== place) return replaceAll(e, place, after)
  }
  return e
}

const SPECIAL = [0, 1, -1, 2, -2, 3, 10, -10, 100].map(n => rational(n))
const FRACTIONS = [
  rational(1, 2),
  rational(-1, 2),
  rational(1, 1000),
  rational(-1, 1000),
  rational(9, 10),
  rational(-7, 10),
  rational(3, 2),
]

export function randomPoint(domain: readonly Range[], random: Random): Rational[] | null {
  const point: Rational[] = []
  for (const range of domain) {
    let found: Rational | null = null
    for (let attempt = 0; attempt < 40 && found === null; attempt++) {
      const kind = random()
      const q =
        kind < 0.4
          ? pick(random, SPECIAL)
          : kind < 0.6
            ? pick(random, FRACTIONS)
            : kind < 0.7 && point.length > 0
              ? pick(random, point)
              : rational(Math.round((random() - 0.5) * 8000), 1000)
      if (containsPoint(range, q)) found = q
    }
    if (found === null) return null
    point.push(found)
  }
  return point
}

/** A point at which the sides are shown to differ, or one of them to be undefined; null when none was found. */
export function findDifference(
  left: Expression,
  right: Expression,
  domain: readonly Range[],
  random: Random,
  points = 25,
): Rational[] | null {
  for (let i = 0; i < points; i++) {
    const point = randomPoint(domain, random)
    if (point === null) continue
    const options = { bits: 80, maxBits: 600 }
    const a = enclose(left, point, options)
    const b = enclose(right, point, options)
    if (a === 'undefined' || b === 'undefined') return point
    if (a === 'unknown' || b === 'unknown') continue
    if (a.high.compare(b.low) < 0 || b.high.compare(a.low) < 0) return point
  }
  return null
}
