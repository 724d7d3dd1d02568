// Linear combinations of wires: what additive layers, constants, joins, slices and functions that are linear as they are
// written make of their args.
import {
  diagonal,
  embed,
  identity,
  isColumnOfOnes,
  type Linear,
  ones,
  scale,
  select,
  sharedProduct,
  sum,
  zeroMatrix,
} from '../linear/linear.ts'
import { addSizes, type Shape, type Size, sizeOf } from '../linear/size.ts'
import { apply, call, compose, type Expression, fold, number, one, parts } from '../scalar/expression.ts'
import type { Range } from '../scalar/range.ts'
import type { Node, NodeId } from './diagram.ts'

/** The sum of operator * wire over the wires, plus a vector (null: none). */
export interface Combination {
  readonly terms: ReadonlyMap<NodeId, Linear>
  readonly bias: Linear | null
}

type Coefficients = ReadonlyMap<number | 'rest', Expression>

/**
 * The coefficients of the variables, and 'rest', of a function that is written with sums, differences and products with
 * (and quotients by) numbers only; null for others.
 */
function coefficientsOf(fn: Expression): Coefficients | null {
  const plus = (a: Coefficients, b: Coefficients): Coefficients => {
    const total = new Map(a)
    for (const [k, c] of b) {
      const old = total.get(k)
      total.set(k, old === undefined ? c : call('+', old, c))
    }
    return total
  }
  const each = (a: Coefficients, f: (c: Expression) => Expression): Coefficients =>
    new Map([...a].map(([k, c]) => [k, f(c)]))
  const negated = (a: Coefficients): Coefficients =>
    each(a, c => (c.kind === 'number' ? number(c.value.neg()) : call('neg', c)))
  return fold<Coefficients | null>(fn, (e, of) => {
    if (e.mask === 0) return new Map([['rest', e]])
    if (e.kind === 'variable') return new Map([[e.index, one]])
    const [u, v] = parts(e)
    const [a, b] = parts(e).map(of)
    if (e.kind !== 'call' || a === null || b === null) return null
    switch (e.name) {
      case '+':
        return plus(a, b)
      case '-':
        return plus(a, negated(b))
      case 'neg':
        return negated(a)
      case '*':
        if (u.mask === 0) return each(b, c => (c === one ? u : call('*', u, c)))
        return v.mask === 0 ? each(a, c => (c === one ? v : call('*', c, v))) : null
      case '/':
        return v.mask === 0 ? each(a, c => call('/', c, v)) : null
      default:
        return null
    }
  })
}

/**
 * What a function makes of combinations where vectors, which are combinations of no wires, are factors too: v * x is
 * diag(v) x. null for other functions.
 */
export function besideVectors(fn: Expression, args: readonly Combination[], width: Size): Combination | null {
  if (!args.some(a => a.terms.size === 0)) return null
  const plus = (a: Combination, b: Combination): Combination => {
    const terms = new Map(a.terms)
    for (const [wire, operator] of b.terms) {
      const old = terms.get(wire)
      terms.set(wire, old === undefined ? operator : sum(old, operator))
    }
    return { terms, bias: a.bias === null || b.bias === null ? (a.bias ?? b.bias) : sum(a.bias, b.bias) }
  }
  const each = (a: Combination, f: (operator: Linear) => Linear): Combination => ({
    terms: new Map([...a.terms].map(([wire, operator]) => [wire, f(operator)])),
    bias: a.bias === null ? null : f(a.bias),
  })
  const scaled = (a: Combination, c: Expression): Combination => each(a, operator => scale(c, operator))
  const minusOne = number(-1)
  return fold<Combination | null>(fn, (e, of) => {
    if (e.mask === 0) return { terms: new Map(), bias: scale(e, ones(width, sizeOf(1))) }
    if (e.kind === 'variable') return args[e.index]
    const [u, v] = parts(e)
    const [a, b] = parts(e).map(of)
    if (e.kind !== 'call' || a === null || b === null) return null
    switch (e.name) {
      case '+':
        return plus(a, b)
      case '-':
        return plus(a, scaled(b, minusOne))
      case 'neg':
        return scaled(a, minusOne)
      case '*': {
        if (u.mask === 0) return scaled(b, u)
        if (v.mask === 0) return scaled(a, v)
        const [vector, other] = a.terms.size === 0 ? [a, b] : [b, a]
        if (vector.terms.size > 0) return null
        const factors = diagonal(vector.bias ?? zeroMatrix(width, sizeOf(1)))
        return each(other, operator => sharedProduct(factors, operator))
      }
      case '/':
        return v.mask === 0 ? scaled(a, call('/', one, v)) : null
      default:
        return null
    }
  })
}

const lastOf = (shape: Shape): Size => shape[shape.length - 1]

/** An unknown number in a set, for the one component of a wire. */
export function unknownNumber(codomain: Range): Expression {
  return apply({
    name: 's',
    arity: 0,
    domain: [],
    codomain,
    monotone: null,
    parity: null,
    inverse: null,
    definition: null,
    parameters: [],
  })
}

/** The wire whose one component a combination repeats; null for other combinations. */
function repeatedIn({ terms, bias }: Combination): NodeId | null {
  const [[wire, operator]] = terms.size === 1 ? terms : [[null, null] as const]
  return operator !== null && bias === null && isColumnOfOnes(operator) ? wire : null
}

/** The coefficients of a function, of which one arg may be a number that is the same for all components. */
function coefficientsOn(
  fn: Expression,
  args: readonly Combination[],
  numberOf: (wire: NodeId) => Expression,
): Coefficients | null {
  let found = coefficientsOf(fn)
  for (const [i, arg] of args.entries()) {
    const wire = found === null ? repeatedIn(arg) : null
    if (wire !== null) found = coefficientsOf(compose(fn, numberOf(wire), i))
  }
  return found
}

/**
 * The combination that a node's wire is of other wires, given those that its args are, and the args' shapes; null for a
 * node that is not linear. Equal to the node wherever it is defined. `numberOf` is the one component of a wire as a number:
 * a product with a wire that repeats it is linear in the other wire.
 */
export function combinationOf(
  node: Node,
  args: readonly Combination[],
  shapes: readonly Shape[],
  numberOf: (wire: NodeId) => Expression,
): Combination | null {
  const terms = new Map<NodeId, Linear>()
  let bias: Linear | null = null
  const plus = (a: Linear | null | undefined, b: Linear): Linear =>
    a === null || a === undefined || a.kind === 'zero' ? b : sum(a, b)
  const after = (a: Linear, b: Linear): Linear =>
    b.kind === 'identity' ? a : a.kind === 'identity' ? b : sharedProduct(a, b)
  const add = (operator: Linear, of: Combination): void => {
    for (const [wire, a] of of.terms) terms.set(wire, plus(terms.get(wire), after(operator, a)))
    if (of.bias !== null) bias = plus(bias, after(operator, of.bias))
  }
  const width = lastOf(node.shape)
  switch (node.kind) {
    case 'constant':
      return { terms, bias: node.value }
    case 'additive':
      for (const [k, operator] of node.operators.entries()) add(operator, args[k])
      return { terms, bias: node.bias === null ? bias : plus(bias, node.bias) }
    case 'slice':
      add(select(lastOf(shapes[0]), node.start, width), args[0])
      return { terms, bias }
    case 'join': {
      let start = sizeOf(0)
      for (const [k, arg] of args.entries()) {
        add(embed(width, start, lastOf(shapes[k])), arg)
        start = addSizes(start, lastOf(shapes[k]))
      }
      return { terms, bias }
    }
    case 'pointwise': {
      const coefficients = coefficientsOn(node.fn, args, numberOf)
      if (coefficients === null) return besideVectors(node.fn, args, width)
      for (const [i, c] of coefficients) {
        if (i === 'rest') bias = plus(bias, scale(c, ones(width, sizeOf(1))))
        else add(scale(c, identity(width)), args[i])
      }
      return { terms, bias }
    }
    default:
      return null
  }
}
