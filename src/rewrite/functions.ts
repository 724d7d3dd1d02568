// What rewriting asks of functions, each answer remembered: the same few functions stand at every node of a deep net.
import { type Decomposition, decompose } from '../algebra/decompose.ts'
import { scaled } from '../algebra/operators.ts'
import { type Affine, innerAffine, type LinearForm, linearForm, outerAffine } from '../algebra/simplify.ts'
import { identity, type Linear, ones } from '../linear/linear.ts'
import { type Size, sizeOf } from '../linear/size.ts'
import { call, compose, type Expression, parts, unfold, variable, zero } from '../scalar/expression.ts'
import { inversesOf, isIdempotent, parityOf } from '../scalar/functions.ts'
import type { Range } from '../scalar/range.ts'
import type { Property } from './rule.ts'

/** Functions with more parts than this are not looked into before they have been brought to their normal form. */
export const MAX_WEIGHT = 200

/** Answers about one function; undefined where the question has not been asked. */
interface Answers {
  inverses: readonly Expression[] | undefined
  form: LinearForm | null | undefined
  layer: Layer | null | undefined
  idempotent: boolean | undefined
  parts: Decomposition | null | undefined
  inner: OnDomain | undefined
  outer: OnDomain | undefined
}
/** The affine part of a function on the domain about which it was asked last. */
interface OnDomain {
  readonly domain: readonly Range[]
  readonly split: Affine | null
}
const remembered = new WeakMap<Expression, Answers>()
function answersOf(fn: Expression): Answers {
  let answers = remembered.get(fn)
  if (answers === undefined) {
    answers = {
      inverses: undefined,
      form: undefined,
      layer: undefined,
      idempotent: undefined,
      parts: undefined,
      inner: undefined,
      outer: undefined,
    }
    remembered.set(fn, answers)
  }
  return answers
}

/** The left inverses of a function of one wire (see `inversesOf`). */
export function inversesOnce(fn: Expression): readonly Expression[] {
  return (answersOf(fn).inverses ??= inversesOf(fn))
}

/** No inverse of one operation has more parts. */
export const MAX_INVERTED = 20

/** g(f(x)) = x wherever f is defined. */
export function isInverse(f: Expression, g: Expression): boolean {
  return g.weight <= MAX_INVERTED && isOneOperation(f) && inversesOnce(f).includes(g)
}
/** Functions are in their parts when inverses are looked for: what has been composed since need not be taken apart again. */
export function isOneOperation(fn: Expression): boolean {
  const below = parts(fn)
  for (let k = 0; k < below.length; k++) if (!isOperand(below[k])) return false
  return true
}
function isOperand(part: Expression): boolean {
  return part.mask === 0 || part.kind === 'variable'
}

/** `innerAffine` or `outerAffine` of a function on these sets. */
export function affinePartOnce(which: 'inner' | 'outer', fn: Expression, domain: readonly Range[]): Affine | null {
  const answers = answersOf(fn)
  const known = answers[which]
  if (known !== undefined && known.domain.length === domain.length && known.domain.every((r, k) => r === domain[k]))
    return known.split
  const split = which === 'inner' ? innerAffine(fn, domain) : outerAffine(fn, domain)
  answers[which] = { domain, split }
  return split
}

/** The function as a linear combination of its variables and a number (see `linearForm`); null where it is none. */
export function linearFormOnce(fn: Expression): LinearForm | null {
  const answers = answersOf(fn)
  if (answers.form === undefined) answers.form = linearForm(fn)
  return answers.form
}

/** A linear combination of wires of one width, as an additive layer of them. */
interface Layer {
  readonly width: Size
  readonly operators: readonly Linear[]
  readonly bias: Linear | null
}
/** What a linear combination of `arity` wires of this width is as a layer; null where the function is none. */
export function layerOnce(fn: Expression, arity: number, width: Size): Layer | null {
  const answers = answersOf(fn)
  const known = answers.layer
  if (known === null || (known?.width === width && known.operators.length === arity)) return known
  const form = linearFormOnce(fn)
  if (form === null) return (answers.layer = null)
  const operators = Array.from({ length: arity }, (_, i) => scaled(form.coefficients.get(i) ?? zero, identity(width)))
  const bias = form.constant === zero ? null : scaled(form.constant, ones(width, sizeOf(1)))
  return (answers.layer = { width, operators, bias })
}

/** Whether a function is written as a linear combination: one that is so only in disguise is simplified first. */
export function isLinear(fn: Expression): boolean {
  // Most functions are told from the names of their operations: nothing has to be remembered of them.
  return fn.weight <= MAX_WEIGHT && isArithmetic(fn) && linearFormOnce(fn) !== null
}
/** Made of sums, differences and products with numbers. */
function isArithmetic(fn: Expression): boolean {
  if (!isArithmeticAt(fn)) return false
  const stack = [fn]
  for (let e = stack.pop(); e !== undefined; e = stack.pop()) {
    if (!isArithmeticAt(e)) return false
    if (!isOperand(e)) stack.push(...parts(e))
  }
  return true
}
/** The outermost operation is a sum, a difference or a product with a number. */
function isArithmeticAt(e: Expression): boolean {
  if (isOperand(e)) return true
  if (e.kind !== 'call') return false
  if (e.name === '+' || e.name === '-' || e.name === 'neg') return true
  const [left, right] = e.args
  return e.name === '*' ? left.mask === 0 || right.mask === 0 : e.name === '/' && right.mask === 0
}

/** The functions of which a function of `arity` wires is composed; null where it has no parts. */
export function partsOf(fn: Expression, arity: number): Decomposition | null {
  if (arity !== 1) return decomposed(fn, arity)
  const answers = answersOf(fn)
  if (answers.parts === undefined) answers.parts = decomposed(fn, 1)
  return answers.parts
}
function decomposed(fn: Expression, arity: number): Decomposition | null {
  const found = decompose(unfold(fn), arity)
  return found.after.length === 0 && found.before.every(b => b.length === 0) ? null : found
}

/**
 * Whether a function itself has a property, whatever it is given; null where that depends on the values of its wires.
 * Functions too large to look into have none.
 */
export function hasProperty(fn: Expression, property: Property): boolean | null {
  if (fn.weight > MAX_WEIGHT) return false
  switch (property) {
    case 'increasing':
    case 'decreasing':
      return null
    case 'odd':
    case 'even': {
      const minus = compose(fn, call('neg', variable(0)))
      const mirrored = property === 'even' ? fn : call('neg', fn)
      return parityOf(fn) === property || minus === mirrored
    }
    case 'invertible':
      return inversesOnce(fn).length > 0
    case 'idempotent':
      return (answersOf(fn).idempotent ??= isIdempotent(fn))
    case 'linear':
      return isLinear(fn)
    default:
      return false
  }
}
