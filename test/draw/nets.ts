// Nets built by hand for the tests of pictures: a node a call, ids ascending.
import type { Diagram, Node, NodeId } from '../../src/diagram/diagram.ts'
import {
  embed,
  identity,
  type Linear,
  literal,
  negate,
  ones,
  product,
  scale,
  select,
  weight,
  zeroMatrix,
} from '../../src/linear/linear.ts'
import { type Shape, type Size, sizeOf, unknownSize } from '../../src/linear/size.ts'
import {
  apply,
  call,
  choose,
  type Expression,
  type FunctionSymbol,
  type KnownName,
  number,
  variable,
  x0,
} from '../../src/scalar/expression.ts'
import type { Range } from '../../src/scalar/range.ts'
import { rational } from '../../src/scalar/rational.ts'

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
    name,
    arity,
    domain: Array.from({ length: arity }, () => REALS),
    codomain: REALS,
    monotone: null,
    parity: null,
    inverse: null,
    definition: null,
    parameters: [],
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
      add({
        kind: 'input',
        args: [],
        shape: typeof s === 'object' ? (s as Shape) : [size(s)],
        name,
        domain: REALS,
        absorbed,
      }),
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
  const net = build()
  let at = net.input('x', 3)
  W.forEach((w, i) => {
    at = net.times(w, at)
    if (i < 2) at = net.map(sigma, at)
  })
  net.output('y', at)

  // Ids: 1 x, 2 mul, 3 sigma, 4 mul, 5 sigma, 6 mul, 7 y; exp keeps the id of mul, what is new counts on from 8.
  const chain = (
    name: string,
    parts: readonly [NodeId, 'in' | 'out' | Expression | Linear][],
    absorbed: boolean,
    names = new Map<Expression, string>(),
  ): Diagram => {
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
    product: net.diagram('product'),
    sum: chain(
      'sum',
      [
        [1, 'in'],
        [8, ln],
        [9, W[0]],
        [2, exp],
        [3, sigma],
        [10, ln],
        [11, W[1]],
        [4, exp],
        [5, sigma],
        [12, ln],
        [13, W[2]],
        [6, exp],
        [7, 'out'],
      ],
      false,
    ),
    composed: chain(
      'composed',
      [
        [1, 'in'],
        [8, ln],
        [9, W[0]],
        [3, prime],
        [11, W[1]],
        [5, prime],
        [13, W[2]],
        [6, exp],
        [7, 'out'],
      ],
      false,
      names,
    ),
    plain: chain(
      'plain',
      [
        [1, 'in'],
        [9, W[0]],
        [3, prime],
        [11, W[1]],
        [5, prime],
        [13, W[2]],
        [7, 'out'],
      ],
      true,
      names,
    ),
  }
}

export function rationals(rows: readonly (readonly (number | readonly [number, number])[])[]): Linear {
  return literal(rows.map(row => row.map(q => (typeof q === 'number' ? rational(q) : rational(q[0], q[1])))))
}

const plusTwo = call('+', x0, variable(1))
const timesTwo = call('*', x0, variable(1))

/** Nets that show every kind of node, every way of leaving out, and every kind of label. */
export const EXAMPLES: Readonly<Record<string, () => Diagram>> = {
  product: () => theorem().product,
  plain: () => theorem().plain,
  residual: () => {
    const b = build()
    const x = b.input('x', 4)
    const h = b.plus(matrix('B', 4, 4), b.map(known('relu'), b.plus(matrix('A', 4, 4), x)))
    b.output('y', b.map(plusTwo, x, h))
    return b.diagram('residual')
  },
  gated: () => {
    const b = build()
    const x = b.input('x', 3)
    const h = b.map(known('sigmoid'), b.plus(matrix('A', 3, 3), x))
    const g = b.map(known('tanh'), b.plus(matrix('B', 3, 3), x))
    b.output('y', b.map(timesTwo, h, g))
    return b.diagram('gated')
  },
  joined: () => {
    const b = build()
    const j = b.add({ kind: 'join', args: [b.input('a', 3), b.input('b', 4)], shape: [size(7)] })
    const h = b.plus(matrix('W', 2, 7), j, vector('b', 2))
    b.output('y', b.add({ kind: 'softmax', args: [h], shape: [size(2)] }))
    return b.diagram('joined')
  },
  wide: () => {
    const b = build()
    const h = b.map(known('relu'), b.plus(matrix('W1', 128, 784), b.input('x', 784), vector('b1', 128)))
    b.output('y', b.times(matrix('W3', 10, 10), b.plus(matrix('W2', 10, 128), h, vector('b2', 10))))
    return b.diagram('wide')
  },
  symbolic: () => {
    const b = build()
    const h = b.map(sigma, b.times(matrix('W1', 'm', 'n'), b.input('x', 'n'), vector('b', 'm')))
    b.output('y', b.times(matrix('W2', 3, 'm'), h))
    return b.diagram('symbolic')
  },
  literals: () => {
    const b = build()
    const h = b.map(
      call('max', x0, number(1)),
      b.plus(
        rationals([
          [1, -2],
          [3, [1, 4]],
          [0, 1],
        ]),
        b.input('x', 2),
        rationals([[1], [2], [3]]),
      ),
    )
    const g = b.plus(scale(call('/', number(1), number(2)), product(matrix('B', 2, 3), matrix('A', 3, 3))), h)
    const phi = apply(unknown('phi'), call('exp', x0))
    b.output('y', b.map(call('ln', phi), b.times(rationals([[2, 1]]), g)))
    return b.diagram('literals')
  },
  terms: () => {
    const b = build()
    const [x, z] = [b.input('x', 3), b.input('z', 2)]
    const operators = [matrix('A', 3, 3), matrix('B', 3, 2), identity(size(3))]
    b.output('y', b.add({ kind: 'additive', args: [x, z, x], shape: [size(3)], operators, bias: vector('b', 3) }))
    return b.diagram('terms')
  },
  pools: () => {
    const b = build()
    const pool = b.add({ kind: 'reduce', args: [b.input('x', 6)], shape: [size(3)], operation: 'max', group: 2 })
    const part = b.add({ kind: 'slice', args: [pool], shape: [size(2)], start: size(1), end: size(3) })
    const mix = b.add({
      kind: 'mix',
      args: [part],
      shape: [size(3)],
      fn: known('exp'),
      inverse: known('ln'),
      operator: matrix('W', 3, 2),
    })
    const c = b.add({ kind: 'constant', args: [], shape: [size(3)], value: vector('c', 3) })
    const leaky = choose('<=', number(0), x0, x0, call('*', number(rational(1, 10)), x0))
    b.output('y', b.map(leaky, b.map(call('max', x0, variable(1)), mix, c)))
    b.output('loss', b.add({ kind: 'logsoftmax', args: [mix], shape: [size(3)] }))
    return b.diagram('pools')
  },
  axes: () => {
    const b = build()
    const small = b.plus(matrix('A', 2, 3), b.input('x', [size(2), size(3)]))
    const large = b.times(matrix('B', 'k', 28), b.input('image', [sizeOf(1), sizeOf(28), sizeOf(28)]))
    b.output('y', b.map(known('exp'), small))
    b.output('z', b.map(call('^', x0, number(2)), large))
    return b.diagram('axes')
  },
  parts: () => {
    const b = build()
    const x = b.input('x', 5)
    b.output('first', b.plus(select(size(5), size(0), size(2)), x))
    b.output('last', b.plus(negate(embed(size(3), size(1), size(2))), b.plus(select(size(5), size(3), size(2)), x)))
    b.output('none', b.plus(zeroMatrix(size(2), size(5)), x))
    b.output('all', b.plus(ones(size(1), size(5)), x))
    return b.diagram('parts')
  },
}

/** Layers and functions, one after the other. */
export function deepNet(layers: number): Diagram {
  const b = build()
  let at = b.input('x', 3)
  for (let i = 1; i <= layers; i++) at = b.map(known('relu'), b.plus(matrix(`W${i}`, 3, 3), at))
  b.output('y', at)
  return b.diagram('deep')
}
/** Layers, each with a wire around it. */
export function residualNet(layers: number): Diagram {
  const b = build()
  let at = b.input('x', 128)
  for (let i = 1; i <= layers; i++)
    at = b.map(call('+', x0, variable(1)), at, b.map(known('relu'), b.plus(matrix(`W${i}`, 128, 128), at)))
  b.output('y', b.plus(matrix('C', 10, 128), at))
  return b.diagram('residual')
}
