// Conjunctions of known memberships: an expression is defined and its value lies in a set. They come from the branch of
// a `? :` that is taken, from a case of a proof, from what an operation needs.
//
// A fact is kept for the polynomial of its expression without number and leading coefficient, so that it is found again
// for negatives, multiples, translates and swapped differences.
import { call, type Expression, functionsOf, number, parts, unfold } from './expression.ts'
import { needed } from './forward.ts'
import { preimage } from './preimage.ts'
import {
  containsPoint,
  EMPTY,
  intersect,
  isEmpty,
  isReals,
  NEGATIVE,
  NON_ZERO,
  POSITIVE,
  point,
  type Range,
  REALS,
  scaleRange,
  signsOf,
  translate,
  union,
} from './range.ts'
import { rational, ZERO } from './rational.ts'
import { constantOf, countParts, type Primitive, primitiveOf, type Term, type Terms, termsOf } from './terms.ts'
import { spend } from './work.ts'

export interface Fact {
  /** The sum of these terms, without number and with leading coefficient 1, lies in the range. */
  readonly terms: readonly Term[]
  readonly range: Range
}

/** A conjunction of facts. Immutable; what follows from a fact at once is already in it. */
export interface Facts {
  readonly byKey: ReadonlyMap<string, Fact>
  /** The facts as they were assumed, in order, definitions unfolded. */
  readonly assumed: readonly { readonly expression: Expression; readonly range: Range }[]
  /** Whether the facts were seen to exclude each other when they were put together. */
  readonly contradictory: boolean
}

export const noFacts: Facts = { byKey: new Map(), assumed: [], contradictory: false }

/** The functions that are one-to-one and increasing where they are defined: f(a) - f(b) has the sign of a - b. */
export const STRICTLY_INCREASING: ReadonlySet<string> = new Set([
  'exp',
  'ln',
  'sqrt',
  'sinh',
  'tanh',
  'asinh',
  'acosh',
  'atanh',
  'erf',
  'sigmoid',
  'softplus',
])

/** The numbers with the signs that the elements of the set have. */
export function signRange(r: Range): Range {
  const signs = signsOf(r)
  return union(signs.negative ? NEGATIVE : EMPTY, signs.zero ? point(ZERO) : EMPTY, signs.positive ? POSITIVE : EMPTY)
}

/** The argument of a term that is an increasing function of it, exp(a)^k taken as exp(k a); null for other terms. */
function increasingTerm(t: Term): { name: string; argument: Expression } | null {
  const [{ atom, exponent }] = t.factors
  if (t.factors.length !== 1 || atom.kind !== 'call' || !STRICTLY_INCREASING.has(atom.name)) return null
  if (exponent === 1) return { name: atom.name, argument: atom.args[0] }
  return atom.name === 'exp' ? { name: 'exp', argument: call('*', number(exponent), atom.args[0]) } : null
}

/** The arguments a, b of q = f(a) - f(b), where the sign of q is that of a - b; else null. */
export function comparedArguments(terms: readonly Term[]): [Expression, Expression] | null {
  if (terms.length !== 2 || !terms[0].coefficient.equals(terms[1].coefficient.neg())) return null
  const [f, g] = terms.map(increasingTerm)
  if (f === null || g === null || f.name !== g.name) return null
  return terms[0].coefficient.s > 0n ? [f.argument, g.argument] : [g.argument, f.argument]
}

/** What one fact says of the parts of its expression. */
function consequences(terms: readonly Term[], range: Range): { expression: Expression; range: Range }[] {
  const compared = comparedArguments(terms)
  if (compared !== null) return [{ expression: call('-', ...compared), range: signRange(range) }]
  if (terms.length !== 1) return []
  const [{ factors }] = terms
  if (factors.length > 1) {
    // A product that is not 0 has no factor 0.
    return containsPoint(range, ZERO) ? [] : factors.map(f => ({ expression: f.atom, range: NON_ZERO }))
  }
  const [{ atom, exponent }] = factors
  if (exponent !== 1) {
    return [{ expression: atom, range: preimage('^', 0, [REALS, point(rational(exponent))], range) }]
  }
  if (atom.kind !== 'call') return []
  const sets = atom.args.map(a => (a.kind === 'number' ? point(a.value) : REALS))
  return atom.args.map((a, k) => ({ expression: a, range: preimage(atom.name, k, sets, range) }))
}

/** What the definedness of an expression says of its parts, branches of choices left out. */
function definednessFacts(root: Expression): { expression: Expression; range: Range }[] {
  const found: { expression: Expression; range: Range }[] = []
  const seen = new Set<Expression>([root])
  const stack = [root]
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    const inner = e.kind === 'choose' ? [e.left, e.right] : parts(e)
    if (e.kind === 'apply') {
      for (const [k, a] of e.args.entries()) found.push({ expression: a, range: e.fn.domain[k] ?? REALS })
    }
    if (e.kind === 'call') {
      const sets = e.args.map(a => (a.kind === 'number' ? point(a.value) : REALS))
      for (const [k, a] of e.args.entries()) {
        const range = e.name === '^' ? powerNeeds(k, sets) : (needed(e.name, k, sets) ?? REALS)
        if (!isReals(range)) found.push({ expression: a, range })
      }
    }
    for (const p of inner) {
      if (seen.has(p)) continue
      seen.add(p)
      stack.push(p)
    }
  }
  return found
}

/** What x^a being defined says of one argument: something only when the other is a number. */
function powerNeeds(index: number, sets: readonly Range[]): Range {
  const other = sets[1 - index]
  if (isReals(other)) return REALS
  return needed('^', index, sets) ?? REALS
}

const MAX_DERIVED = 200

/**
 * The facts together with one more: e is defined and its value lies in r. What follows is added: f(u) in r gives a set
 * for u, exp(a) - exp(b) > 0 gives a - b > 0, ln(u) being defined gives u > 0.
 */
export function assume(facts: Facts, e: Expression, r: Range): Facts {
  const unfolded = functionsOf(e).some(fn => fn.definition !== null) ? unfold(e) : e
  spend(200 + facts.byKey.size)
  const byKey = new Map(facts.byKey)
  let contradictory = facts.contradictory
  const assumed = [...facts.assumed, { expression: unfolded, range: r }]
  const todo = [{ expression: unfolded, range: r }]
  if (countParts(unfolded, MAX_DERIVED) < MAX_DERIVED) todo.push(...definednessFacts(unfolded))
  for (let k = 0; k < todo.length && k < MAX_DERIVED && !contradictory; k++) {
    const terms = termsOf(todo[k].expression)
    const primitive = primitiveOf(terms)
    if (primitive === null) {
      contradictory = !containsPoint(todo[k].range, constantOf(terms) ?? ZERO)
      continue
    }
    const given = scaleRange(translate(todo[k].range, primitive.shift.neg()), primitive.scale.inverse())
    const old = byKey.get(primitive.key)?.range ?? REALS
    const range = intersect(old, given)
    if (range === old && byKey.has(primitive.key)) continue
    byKey.set(primitive.key, { terms: primitive.terms, range })
    contradictory = isEmpty(range)
    todo.push(...consequences(primitive.terms, range).filter(c => !isReals(c.range)))
  }
  return { byKey, assumed, contradictory }
}

/** What the facts say directly of a primitive polynomial. */
export function factAbout(facts: Facts, primitive: Primitive): Range {
  const fact = facts.byKey.get(primitive.key)
  return fact === undefined ? REALS : fromPrimitive(primitive, fact.range)
}

/** The range of scale * q + shift for q in a set. */
export function fromPrimitive(primitive: Primitive, range: Range): Range {
  return translate(scaleRange(range, primitive.scale), primitive.shift)
}

/** What the facts say directly of an expression. */
export function knownRange(facts: Facts, terms: Terms): Range {
  if (facts.byKey.size === 0) return REALS
  const primitive = primitiveOf(terms)
  if (primitive === null) return REALS
  return factAbout(facts, primitive)
}
