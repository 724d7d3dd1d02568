// Nets built by hand for the tests of pictures: a node a call, ids ascending.
import type { Diagram, Node, NodeId } from '../../src/diagram/diagram.ts'
import { type Linear, weight } from '../../src/linear/linear.ts'
import { type Shape, type Size, sizeOf, unknownSize } from '../../src/linear/size.ts'
import { apply, call, type Expression, type FunctionSymbol, type KnownName, x0 } from '../../src/scalar/expression.ts'
import type { Range } from '../../src/scalar/range.ts'

const REALS: Range = [{ low: null, lowOpen: true, high: null, highOpen: true }]

export const size = (n: number | string): Size => (typeof n === 'number' ? sizeOf(n) : unknownSize(n))

export function matrix(name: string, rows: number | string, columns: number | string): Linear {
  return weight({ name, rows: size(rows), columns: size(columns), vector: false, entries: REALS, value: null })
}
export function vector(name: string, rows: number | string): Linear {
  return weight({ name, rows: size(rows), columns: size(1), vector: true, entries: REALS, value: null })
}
export function unknown(name: string, arity = 1): FunctionSymbol {
  return {
    name, arity, domain: Array.from({ length: arity }, () => REALS), codomain: REALS, monotone: null, parity: null, inverse: null,
    definition: null, parameters: [],
  }
}
export const known = (name: KnownName): Expression => call(name, x0)
export const sigma = apply(unknown('sigma'), x0)

/** What a node has beyond its id. */
type Part<N extends Node = Node> = N extends Node ? Omit<N, 'id'> : never

export interface Net {
  readonly add: (part: Part) => NodeId
  readonly input: (name: string, shape: Shape | number | string, absorbed?: boolean) => NodeId
  readonly output: (name: string, arg: NodeId, absorbed?: boolean) => NodeId
  readonly map: (fn: Expression, ...args: NodeId[]) => NodeId
  readonly plus: (operator: Linear, arg: NodeId, bias?: Linear | null) => NodeId
  readonly times: (operator: Linear, arg: NodeId, bias?: Linear | null) => NodeId
  readonly diagram: (name: string, names?: ReadonlyMap<Expression, string>) => Diagram
  readonly shape: (id: NodeId) => Shape
}

/** Collects nodes; ids ascend from `first`. */
export function build(first = 1): Net {
  const nodes: Node[] = []
  const byId = new Map<NodeId, Node>()
  const shape = (id: NodeId): Shape => (byId.get(id) as Node).shape
  const add = (part: Part): NodeId => {
    const node = { ...part, id: first + nodes.length } as Node
    nodes.push(node)
    byId.set(node.id, node)
    return node.id
  }
  const withLast = (s: Shape, last: Size): Shape => [...s.slice(0, -1), last]
  return {
    add,
    shape,
    input: (name, s, absorbed = false) =>
      add({ kind: 'input', args: [], shape: typeof s === 'object' ? (s as Shape) : [size(s)], name, domain: REALS, absorbed }),
    output: (name, arg, absorbed = false) => add({ kind: 'output', args: [arg], shape: shape(arg), name, absorbed }),
    map: (fn, ...args) => add({ kind: 'pointwise', args, shape: shape(args[0]), fn }),
    plus: (operator, arg, bias = null) =>
      add({ kind: 'additive', args: [arg], shape: withLast(shape(arg), operator.rows), operators: [operator], bias }),
    times: (operator, arg, bias = null) =>
      add({ kind: 'multiplicative', args: [arg], shape: withLast(shape(arg), operator.rows), operator, bias }),
    diagram: (name, names = new Map()) => ({ name, nodes: [...nodes], names }),
  }
}

/** The nets of the post's theorem, 3 - 3 - 3 - 3, with the ids that a derivation would keep. */
export function theorem(): { product: Diagram; sum: Diagram; composed: Diagram; plain: Diagram } {
  const W = [1, 2, 3].map(i => matrix(`W${i}`, 3, 3))
  const product = build()
  let at = product.input('x', 3)
  W.forEach((w, i) => {
    at = product.times(w, at)
    if (i < 2) at = product.map(sigma, at)
  })
  product.output('y', at)

  // Ids: 1 x, 2 mul, 3 sigma, 4 mul, 5 sigma, 6 mul, 7 y; exp keeps the id of mul, what is new counts on from 8.
  const chain = (name: string, parts: readonly [NodeId, 'in' | 'out' | Expression | Linear][], absorbed: boolean, names = new Map<Expression, string>()): Diagram => {
    const nodes: Node[] = []
    for (const [id, part] of parts) {
      const args = nodes.length === 0 ? [] : [nodes[nodes.length - 1].id]
      const common = { id, args, shape: [sizeOf(3)] }
      if (part === 'in') nodes.push({ ...common, kind: 'input', name: absorbed ? "x'" : 'x', domain: REALS, absorbed })
      else if (part === 'out') nodes.push({ ...common, kind: 'output', name: absorbed ? "y'" : 'y', absorbed })
      else if ('rows' in part) nodes.push({ ...common, kind: 'additive', operators: [part], bias: null })
      else nodes.push({ ...common, kind: 'pointwise', fn: part })
    }
    return { name, nodes, names }
  }
  const [exp, ln] = [known('exp'), known('ln')]
  const prime = call('ln', apply((sigma as Extract<Expression, { kind: 'apply' }>).fn, call('exp', x0)))
  const names = new Map([[prime, "sigma'"]])
  return {
    product: product.diagram('product'),
    sum: chain('sum', [
      [1, 'in'], [8, ln], [9, W[0]], [2, exp], [3, sigma], [10, ln], [11, W[1]], [4, exp], [5, sigma], [12, ln], [13, W[2]], [6, exp], [7, 'out'],
    ], false),
    composed: chain('composed', [[1, 'in'], [8, ln], [9, W[0]], [3, prime], [11, W[1]], [5, prime], [13, W[2]], [6, exp], [7, 'out']], false, names),
    plain: chain('plain', [[1, 'in'], [9, W[0]], [3, prime], [11, W[1]], [5, prime], [13, W[2]], [7, 'out']], true, names),
  }
}
