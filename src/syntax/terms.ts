// From terms to expressions: formulas, functions as values (`ln . f . exp`, `log[10]`, `inverse(g)`), closed numbers.
import {
  misplaced,
  misused,
  neverDefined,
  noInverse,
  notClosed,
  tooManyParameters,
  wrongArguments,
  wrongKind,
} from '../diagnostic.ts'
import { enclose } from '../scalar/enclosure.ts'
import {
  ARITY,
  apply,
  call,
  choose,
  compose,
  constant,
  type Expression,
  functionsOf,
  isKnownName,
  number,
  parts,
  substitute,
  variable,
  variablesOf,
  x0,
} from '../scalar/expression.ts'
import { inverseOf } from './inverse.ts'
import { KNOWN_FUNCTIONS, OPERATIONS, type Scope, spanAt, unknown } from './scope.ts'
import type { Located, Term } from './tree.ts'

/**
 * What a term stands for where it is not made of numbers and operators: names, and parts that are no formulas. Gives
 * undefined for terms that are to be read in the ordinary way, null where an error was reported.
 */
export type Leaf = (term: Term) => Expression | null | undefined

/** A function of numbers: `arity` Infinity takes any number of arguments from two on (`max`, `min`). */
export interface ScalarFunction {
  readonly arity: number
  readonly of: (args: readonly Expression[]) => Expression
}

/** Operations that are not defined for all numbers. */
const PARTIAL: ReadonlySet<string> = new Set(['/', '^', 'ln', 'sqrt', 'tan', 'acosh', 'atanh'])

/** Whether an unknown function stands in an expression, or in the definition of one that does. */
function hasUnknown(e: Expression): boolean {
  const seen = new Set(functionsOf(e))
  // Functions that are found on the way are looked at in turn.
  for (const f of seen) {
    if (f.definition === null) return true
    for (const g of functionsOf(f.definition)) seen.add(g)
  }
  return false
}

/** Whether an operation of numbers is defined for none of its arguments: `ln(-1)`, `x / 0`. Its parts are not to blame. */
function isNowhere(e: Expression): boolean {
  if (e.kind !== 'call' || !PARTIAL.has(e.name)) return false
  const closed = (a: Expression): boolean => a.mask === 0 && !hasUnknown(a)
  const value = (a: Expression): ReturnType<typeof enclose> => enclose(a, [])
  if (e.args.every(closed)) return value(e) === 'undefined' && e.args.every(a => value(a) !== 'undefined')
  if (e.name !== '/' || !closed(e.args[1])) return false
  const divisor = value(e.args[1])
  return typeof divisor !== 'string' && divisor.low.n === 0n && divisor.high.n === 0n
}

/** The expression that a term says. A part that has no value for any input is reported where it stands. */
export function expressionTerm(scope: Scope, offset: number, term: Term, leaf: Leaf): Expression | null {
  const e = readTerm(scope, offset, term, leaf)
  if (e !== null && (term.kind === 'product' || term.kind === 'power' || term.kind === 'call') && isNowhere(e)) {
    scope.report(neverDefined(spanAt(scope, offset, term)))
  }
  return e
}

function readTerm(scope: Scope, offset: number, term: Term, leaf: Leaf): Expression | null {
  const given = leaf(term)
  if (given !== undefined) return given
  const read = (t: Term): Expression | null => expressionTerm(scope, offset, t, leaf)
  const span = spanAt(scope, offset, term)
  switch (term.kind) {
    case 'number':
      return number(term.value)
    case 'name': {
      const real = scope.reals?.get(term.name)
      if (real !== undefined) return real
      if (term.name === 'pi' || term.name === 'e') return constant(term.name)
      const declared = scope.places.get(term.name) ?? null
      if (scope.functions.has(term.name) || isFunctionName(term.name)) {
        scope.report(wrongKind(span, term.name, 'number', 'function', declared))
      } else if (scope.weights.has(term.name)) scope.report(wrongKind(span, term.name, 'number', 'weight', declared))
      else if (scope.sizes.has(term.name)) scope.report(wrongKind(span, term.name, 'number', 'size', declared))
      else unknown(scope, span, 'name', term.name, [...(scope.locals?.() ?? []), ...scope.weights.keys(), 'pi'])
      return null
    }
    case 'group':
      return read(term.of)
    case 'negative': {
      const of = read(term.of)
      return of && negated(of, term.signs)
    }
    case 'sum': {
      let sum = read(term.terms[0])
      for (let i = 1; i < term.terms.length; i++) {
        const next = read(term.terms[i])
        sum = sum && next && call(term.operators[i - 1], sum, next)
      }
      return sum
    }
    case 'product': {
      let product = read(term.factors[0])
      for (let i = 1; i < term.factors.length; i++) {
        const next = read(term.factors[i])
        if (product === null || next === null) product = null
        else if (
          i === 1 &&
          term.operators[0] === '/' &&
          product.kind === 'number' &&
          next.kind === 'number' &&
          next.value.n !== 0n
        ) {
          // A fraction of two numbers is the rational number that it denotes, as `printRational` writes it.
          product = number(product.value.div(next.value))
        } else product = call(term.operators[i - 1], product, next)
      }
      return product
    }
    case 'power': {
      const base = read(term.base)
      const exponents = term.exponents.map(e => read(e.of))
      if (base === null || !exponents.every(e => e !== null)) return null
      const last = exponents.length - 1
      let exponent = negated(exponents[last], term.exponents[last].signs)
      for (let i = last - 1; i >= 0; i--) exponent = negated(call('^', exponents[i], exponent), term.exponents[i].signs)
      return call('^', base, exponent)
    }
    case 'choose': {
      const cases = term.cases.map(c => ({
        relation: c.relation,
        left: read(c.left),
        right: read(c.right),
        value: read(c.value),
      }))
      let result = read(term.otherwise)
      for (const { relation, left, right, value } of cases.toReversed()) {
        if (left === null || right === null || value === null || result === null) return null
        if (relation === '>' || relation === '>=')
          result = choose(relation === '>' ? '<' : '<=', right, left, value, result)
        else result = choose(relation, left, right, value, result)
      }
      return result
    }
    case 'call': {
      const fn = functionTerm(scope, offset, term.fn)
      const args = term.args.map(read)
      if (fn === null || args.some(a => a === null)) return null
      return applied(scope, offset, fn, term.fn, args as Expression[], term)
    }
    case 'compose':
      scope.report(misplaced(span, 'a composition without its argument', 'a formula'))
      return null
    case 'indexed':
      if (OPERATIONS.has(term.name) || scope.functions.has(term.name) || isKnownName(term.name)) {
        scope.report(misplaced(span, 'a function without its argument', 'a formula'))
      } else
        unknown(
          scope,
          spanAt(scope, offset, { start: term.start, end: term.start + term.name.length }),
          'function',
          term.name,
          functionNames(scope),
        )
      return null
    case 'list':
      scope.report(misplaced(span, 'a list', 'a formula'))
      return null
    case 'slice':
      scope.report(misplaced(span, 'a slice', 'a formula'))
      return null
    case 'chain':
      scope.report(misplaced(span, 'a chain', 'a formula'))
      return null
  }
}

function applied(
  scope: Scope,
  offset: number,
  fn: ScalarFunction,
  name: Term,
  args: readonly Expression[],
  at: Located,
): Expression | null {
  const fits = fn.arity === Infinity ? args.length >= 2 : args.length === fn.arity
  if (fits) return fn.of(args)
  scope.report(wrongArguments(spanAt(scope, offset, at), nameOf(name), fn.arity, args.length))
  return null
}

/** The name of a function, for messages; null where it is composed. */
export function nameOf(term: Term): string | null {
  return term.kind === 'name' || term.kind === 'indexed' ? term.name : null
}

function negated(e: Expression, signs: number): Expression {
  let result = e
  let left = signs
  // The sign of a number belongs to the number, as it does in print.
  if (result.kind === 'number' && left > 0) [result, left] = [number(result.value.neg()), left - 1]
  for (; left > 0; left--) result = call('neg', result)
  return result
}

/** A term without variables. */
export function closedTerm(scope: Scope, offset: number, term: Term): Expression | null {
  return expressionTerm(scope, offset, term, t => {
    if (t.kind !== 'name' || t.name === 'pi' || t.name === 'e' || scope.reals?.has(t.name)) return undefined
    if (!scope.broken.has(t.name)) scope.report(notClosed(spanAt(scope, offset, t), t.name))
    return null
  })
}

/** Whether a name is a function that needs no declaration. */
export function isFunctionName(name: string): boolean {
  return name === 'id' || KNOWN_FUNCTIONS.includes(name)
}

/** Every name that can stand where a function is needed. */
export function functionNames(scope: Scope): string[] {
  return [...scope.functions.keys(), ...KNOWN_FUNCTIONS, ...OPERATIONS]
}

const PARAMETRIC: Readonly<Record<string, (parameter: Expression) => Expression>> = {
  log: b => call('/', call('ln', x0), call('ln', b)),
  pow: p => call('^', x0, p),
  scale: c => call('*', c, x0),
  shift: c => call('+', x0, c),
}

/** The function of numbers that a term says; what is none is reported. */
export function functionTerm(scope: Scope, offset: number, term: Term): ScalarFunction | null {
  const span = spanAt(scope, offset, term)
  switch (term.kind) {
    case 'group':
      return functionTerm(scope, offset, term.of)
    case 'name':
      return namedFunction(scope, offset, term.name, term, true)
    case 'indexed': {
      const isParametric = Object.hasOwn(PARAMETRIC, term.name) && !scope.functions.has(term.name)
      const place = { start: term.start, end: term.start + term.name.length }
      // Any other function takes its last arguments as parameters: lrelu[0.1] is lrelu(t, 0.1).
      const fn = isParametric ? null : namedFunction(scope, offset, term.name, place, false)
      if (fn === null && !isParametric) return null
      const parameters = term.args.map(a => closedTerm(scope, offset, a))
      if (parameters.some(p => p === null)) return null
      if (fn === null) {
        const parametric = PARAMETRIC[term.name]
        if (parameters.length !== 1) {
          scope.report(misused(span, term.name))
          return null
        }
        const made = parametric(parameters[0] as Expression)
        if (isNowhere(made) || parts(made).some(isNowhere)) scope.report(neverDefined(span))
        return { arity: 1, of: args => substitute(made, () => args[0]) }
      }
      const arity = (fn.arity === Infinity ? 2 : fn.arity) - parameters.length
      if (arity < 1) {
        scope.report(tooManyParameters(span, term.name, fn.arity === Infinity ? 2 : fn.arity))
        return null
      }
      return { arity, of: args => fn.of([...args, ...(parameters as Expression[])]) }
    }
    case 'compose': {
      const functions = term.functions.map(f => functionTerm(scope, offset, f))
      if (functions.some(f => f === null)) return null
      const inner = functions.at(-1) as ScalarFunction
      const outer = (functions.slice(0, -1) as ScalarFunction[]).toReversed()
      for (const [i, f] of outer.entries()) {
        if (f.arity === 1) continue
        const at = term.functions[term.functions.length - 2 - i]
        scope.report(wrongArguments(spanAt(scope, offset, at), nameOf(at), f.arity, 1))
        return null
      }
      return { arity: inner.arity, of: args => outer.reduce((e, f) => f.of([e]), inner.of(args)) }
    }
    case 'call':
      if (term.fn.kind === 'name' && term.fn.name === 'inverse' && !scope.functions.has('inverse')) {
        if (term.args.length !== 1) {
          scope.report(misused(span, 'inverse'))
          return null
        }
        const fn = unaryTerm(scope, offset, term.args[0])
        const inverse = fn && inverseOf(fn)
        if (fn !== null && inverse === null)
          scope.report(noInverse(spanAt(scope, offset, term.args[0]), nameOf(term.args[0])))
        return inverse && { arity: 1, of: args => compose(inverse, args[0]) }
      }
      break
    default:
  }
  scope.report(misplaced(span, term.kind === 'number' ? 'a number' : 'a formula', 'the place of a function'))
  return null
}

function namedFunction(scope: Scope, offset: number, name: string, at: Located, alone: boolean): ScalarFunction | null {
  const declared = scope.functions.get(name)
  if (declared !== undefined) return { arity: declared.arity, of: args => apply(declared, ...args) }
  const span = spanAt(scope, offset, at)
  if (scope.broken.has(name)) return null
  if (name === 'id') return { arity: 1, of: args => args[0] }
  if (name === 'max' || name === 'min') return { arity: Infinity, of: args => args.reduce((a, b) => call(name, a, b)) }
  if (KNOWN_FUNCTIONS.includes(name) && isKnownName(name))
    return { arity: ARITY[name], of: args => call(name, ...args) }
  if (alone && Object.hasOwn(PARAMETRIC, name)) {
    scope.report(misused(span, name))
  } else if (OPERATIONS.has(name)) {
    scope.report(misplaced(span, 'an operation on wires', 'the place of a function'))
  } else if (scope.weights.has(name) || scope.sizes.has(name)) {
    const found = scope.weights.has(name) ? 'weight' : 'size'
    scope.report(wrongKind(span, name, 'function', found, scope.places.get(name) ?? null))
  } else {
    unknown(scope, span, 'function', name, functionNames(scope))
  }
  return null
}

/** A function of one number as an expression in variable 0. */
export function unaryTerm(scope: Scope, offset: number, term: Term): Expression | null {
  const fn = functionTerm(scope, offset, term)
  return fn && applied(scope, offset, fn, term, [x0], term)
}

/** A function as an expression in its variables 0, 1, ...; `max` and `min` have two. */
export function functionExpression(fn: ScalarFunction): Expression {
  return fn.of(Array.from({ length: fn.arity === Infinity ? 2 : fn.arity }, (_, i) => variable(i)))
}

/** Whether an expression has no variables. */
export function isClosed(e: Expression): boolean {
  return variablesOf(e).length === 0
}
