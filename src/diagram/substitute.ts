// A net with its unknowns replaced: what holds for all weights, functions and sizes holds for these.
import {
  embed,
  identity,
  type Linear,
  linearPostorder,
  ones,
  product,
  scale,
  select,
  sum,
  type WeightSymbol,
  zeroMatrix,
} from '../linear/linear.ts'
import { type Size, substituteSize } from '../linear/size.ts'
import { type Expression, type FunctionSymbol, fold, mapParts, substitute, unfold } from '../scalar/expression.ts'
import type { Node } from './diagram.ts'

/** What unknowns stand for; those that are not there stay. A function is an expression in its arguments. */
export interface Substitution {
  readonly functions: ReadonlyMap<FunctionSymbol, Expression>
  readonly weights: ReadonlyMap<WeightSymbol, Linear>
  readonly sizes: ReadonlyMap<string, Size>
}

export function substituteInExpression(e: Expression, { functions }: Substitution): Expression {
  return fold<Expression>(unfold(e), (part, of) => {
    const body = part.kind === 'apply' ? functions.get(part.fn) : undefined
    if (body === undefined || part.kind !== 'apply') return mapParts(part, of)
    const args = part.args.map(of)
    return substitute(body, i => args[i])
  })
}

function substituteInOperator(root: Linear, by: Substitution): Linear {
  const size = (s: Size): Size => substituteSize(s, name => by.sizes.get(name))
  const done = new Map<Linear, Linear>()
  for (const a of linearPostorder(root)) {
    const of = (part: Linear): Linear => done.get(part) as Linear
    const result = ((): Linear => {
      switch (a.kind) {
        case 'symbol':
          return by.weights.get(a.symbol) ?? a
        case 'literal':
          return a
        case 'identity':
          return identity(size(a.rows))
        case 'zero':
          return zeroMatrix(size(a.rows), size(a.columns))
        case 'ones':
          return ones(size(a.rows), size(a.columns))
        case 'select':
          return select(size(a.columns), size(a.start), size(a.rows))
        case 'embed':
          return embed(size(a.rows), size(a.start), size(a.columns))
        case 'product':
          return product(of(a.left), of(a.right))
        case 'sum':
          return sum(of(a.left), of(a.right))
        case 'scale':
          return scale(substituteInExpression(a.factor, by), of(a.of))
      }
    })()
    done.set(a, result)
  }
  return done.get(root) as Linear
}

/** The node with its unknowns replaced. Throws RangeError where operators no longer fit each other. */
export function substituteInNode(node: Node, by: Substitution): Node {
  const operator = (a: Linear): Linear => substituteInOperator(a, by)
  const size = (s: Size): Size => substituteSize(s, name => by.sizes.get(name))
  const common = { shape: node.shape.map(size) }
  switch (node.kind) {
    case 'constant':
      return { ...node, ...common, value: operator(node.value) }
    case 'pointwise':
      return { ...node, ...common, fn: substituteInExpression(node.fn, by) }
    case 'additive': {
      const bias = node.bias === null ? null : operator(node.bias)
      return { ...node, ...common, operators: node.operators.map(operator), bias }
    }
    case 'multiplicative': {
      const bias = node.bias === null ? null : operator(node.bias)
      return { ...node, ...common, operator: operator(node.operator), bias }
    }
    case 'slice':
      return { ...node, ...common, start: size(node.start), end: size(node.end) }
    case 'mix': {
      const fn = substituteInExpression(node.fn, by)
      const inverse = substituteInExpression(node.inverse, by)
      return { ...node, ...common, fn, inverse, operator: operator(node.operator) }
    }
    default:
      return { ...node, ...common }
  }
}
