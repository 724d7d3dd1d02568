// A net with its unknowns replaced: what holds for all weights, functions and sizes as they are declared holds for these.
import type { Diagram, Node } from '../diagram/diagram.ts'
import { isDefinedOperator } from '../diagram/ranges.ts'
import {
  diagonal,
  embed,
  entriesOf,
  identity,
  type Linear,
  linearPostorder,
  ones,
  product,
  scale,
  select,
  sum,
  transpose,
  type WeightSymbol,
  weightsOf,
  zeroMatrix,
} from '../linear/linear.ts'
import { isAtLeast, knownSize, type Size, substituteSize, unknownSize } from '../linear/size.ts'
import { analyse, isStrictlyMonotone, monotonicity } from '../scalar/analysis.ts'
import {
  call,
  compose,
  type Expression,
  type FunctionSymbol,
  fold,
  mapParts,
  substitute,
  unfold,
  variablesOf,
  x0,
} from '../scalar/expression.ts'
import { intersect, isSubset, negate, point, pointOf, type Range, REALS } from '../scalar/range.ts'
import { expressionsIn, linearsIn, sizesIn, unknownFunctionsIn } from './contents.ts'
import type { Instance } from './ground.ts'
import { sizeIn } from './net.ts'

/** What unknowns stand for; those that are not there stay. A function is an expression in its arguments. */
export interface Substitution {
  readonly functions: ReadonlyMap<FunctionSymbol, Expression>
  readonly weights: ReadonlyMap<WeightSymbol, Linear>
  readonly sizes: ReadonlyMap<string, Size>
}

function substituteInExpression(e: Expression, { functions }: Substitution): Expression {
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
        case 'transpose':
          return transpose(of(a.of))
        case 'diagonal':
          return diagonal(of(a.of))
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

/** What is given for the unknowns of a net, by their names; undefined where nothing is. */
export interface Given {
  size(name: string): Size | undefined
  weight(name: string): Linear | undefined
  function(name: string): Expression | undefined
}

/** The names of the unknown sizes of the nets' wires and operators. */
function sizeNamesIn(nets: readonly Diagram[]): Set<string> {
  const shapes = nets.flatMap(n => n.nodes.flatMap(({ shape }) => shape))
  const sizes = [...shapes, ...[...linearsIn(nets)].flatMap(a => [a.rows, a.columns])]
  return new Set(sizes.flatMap(s => s.terms.map(([name]) => name)))
}

type Entries = NonNullable<ReturnType<typeof entriesOf>>

/** Thrown when what is given for an unknown is not as the unknown is declared. */
export class Unfit extends Error {}

/**
 * The substitution of what is given for the unknowns of nets; those for which nothing is given stay. `isShown` says whether
 * it is known that two functions of one argument are equal on a set. Throws Unfit when something is not as declared.
 */
export function substitutionOf(
  nets: readonly Diagram[],
  given: Given,
  isShown: (left: Expression, right: Expression, domain: Range) => boolean,
): Substitution {
  const sizes = new Map<string, Size>()
  const weights = new Map<WeightSymbol, Linear>()
  const functions = new Map<FunctionSymbol, Expression>()
  const require = (holds: boolean | undefined, name: string, what: string): void => {
    if (holds !== true) throw new Unfit(`what stands for ${name} is not shown to ${what}`)
  }
  const operators = linearsIn(nets)
  for (const name of sizeNamesIn(nets)) {
    const size = given.size(name)
    if (size === undefined) continue
    require(isAtLeast(size, 1), name, 'be at least 1')
    sizes.set(name, size)
  }
  const sizeOf = (s: Size): Size => substituteSize(s, name => sizes.get(name))
  for (const w of weightsOf(operators)) {
    const a = w.value === null ? given.weight(w.name) : undefined
    if (a === undefined) continue
    const { rows, columns, entries } = w
    require(isDefinedOperator(a), w.name, 'be defined')
    require(a.rows === sizeOf(rows) && a.columns === sizeOf(columns), w.name, 'have the size of it')
    const known = a.kind === 'symbol' && a.symbol.value === null ? null : entriesOf(a)
    const inside =
      isSubset(a.kind === 'symbol' ? a.symbol.entries : REALS, entries) ||
      known?.every(row => row.every(q => isSubset(point(q), entries)))
    require(inside, w.name, 'have entries as declared')
    weights.set(w, a)
  }
  for (const f of unknownFunctionsIn(expressionsIn(nets))) {
    const body = given.function(f.name)
    if (body !== undefined) functions.set(f, body)
  }
  for (const [f, body] of functions) {
    const { name, domain, codomain, monotone, parity, inverse } = f
    require(variablesOf(body).every(i => i < f.arity), name, 'have its arguments only')
    const { range, defined } = analyse(body, domain)
    require(defined && isSubset(range, codomain), name, 'map its domain into its codomain')
    const direction = monotone === null ? null : monotonicity(body, 0, domain)
    require(monotone === null || direction === monotone || direction === 'constant', name, `be ${monotone}`)
    const mirrored = parity === 'even' ? body : call('neg', body)
    const isMirrored =
      parity === null || isShown(compose(body, call('neg', x0)), mirrored, intersect(domain[0], negate(domain[0])))
    require(isMirrored, name, `be ${parity}`)
    if (inverse === null) continue
    const back = functions.get(inverse)
    const isInverse =
      back !== undefined &&
      isShown(compose(back, body), x0, domain[0]) &&
      isShown(compose(body, back), x0, inverse.domain[0])
    require(isInverse, inverse.name, `be the inverse of ${name}`)
  }
  return { sizes, weights, functions }
}

/** The instance that a substitution is, when it gives a value for every unknown of the nets. Throws Unfit when it does not. */
export function instanceOf(nets: readonly Diagram[], by: Substitution): Instance {
  const value = <T>(name: string, of: T | null | undefined): T => {
    if (of === null || of === undefined) throw new Unfit(`${name} has no value`)
    return of
  }
  const sizes = new Map<string, number>()
  for (const name of sizeNamesIn(nets)) sizes.set(name, value(name, knownSize(by.sizes.get(name) ?? unknownSize(name))))
  const weights = new Map<WeightSymbol, Entries>()
  const functions = new Map<FunctionSymbol, Expression>()
  for (const w of weightsOf(linearsIn(nets))) {
    const a = by.weights.get(w)
    if (w.value === null) weights.set(w, value(w.name, a === undefined ? null : entriesOf(a)))
  }
  for (const f of unknownFunctionsIn(expressionsIn(nets))) functions.set(f, value(f.name, by.functions.get(f)))
  const { lengths, differences } = sizesIn(nets)
  const isAtLeastIn = (size: Size, least: number): boolean => sizeIn(size, sizes) >= least
  if (![...lengths].every(s => isAtLeastIn(s, 1)) || ![...differences].every(s => isAtLeastIn(s, 0)))
    throw new Unfit('for these sizes a wire has no components')
  for (const f of unknownFunctionsIn([...functions.values()])) throw new Unfit(`${f.name} has no value`)
  // Whoever reads `increasing` strictly would not take a function for a counterexample that is constant somewhere.
  for (const [{ name, domain, monotone }, body] of functions)
    if (monotone !== null && pointOf(domain[0]) === null && !isStrictlyMonotone(body, 0, domain))
      throw new Unfit(`what stands for ${name} is not shown to be strictly ${monotone}`)
  return { sizes, weights, functions }
}
