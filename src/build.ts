// Diagrams from values: `net({ x: input(3) }, ({ x }) => ({ y: x.pipe(add(W), fn(relu)) }))`. Shapes are checked as the
// wires are made; what does not fit throws RangeError with both sizes.

import type { Diagnostic } from './diagnostic.ts'
import type { Diagram, Node, NodeId } from './diagram/diagram.ts'
import { type Linear, literal, printSizes, type WeightSymbol, weight } from './linear/linear.ts'
import {
  addSizes,
  divideSize,
  printShape,
  type Shape,
  type Size,
  sameShape,
  sizeOf,
  unknownSize,
  withLast,
} from './linear/size.ts'
import { ARITY, call, type Expression, isKnownName, number, substitute, variable } from './scalar/expression.ts'
import { isEmpty, type Range, REALS } from './scalar/range.ts'
import { fromDouble, type Rational } from './scalar/rational.ts'
import { matchPiece } from './syntax/grammar.ts'
import { rangeTree, type Scope } from './syntax/scope.ts'

/** A number or the name of an unknown size. */
export type SizeLike = number | string | Size

function toSize(s: SizeLike): Size {
  return typeof s === 'number' ? sizeOf(s) : typeof s === 'string' ? unknownSize(s) : s
}

/** An input of a net: the sizes of its axes, and the set in which every component lies (all reals where none is given). */
export interface InputSpec {
  readonly shape: Shape
  readonly domain: Range
}
export function input(shape: SizeLike | readonly SizeLike[], domain: Range | string = REALS): InputSpec {
  const set = typeof domain === 'string' ? parseRange(domain) : domain
  if (isEmpty(set)) throw new RangeError('input: the domain is empty')
  const axes: readonly SizeLike[] = Array.isArray(shape) ? shape : [shape as SizeLike]
  return { shape: axes.map(toSize), domain: set }
}

/** A set of reals from its text, `(-inf, 0) | (0, inf)`. Throws RangeError where it is none. */
export function parseRange(text: string): Range {
  const match = matchPiece('InputPart', `x in ${text}`)
  const found: Diagnostic[] = []
  const nothing: Scope = {
    file: text,
    sizes: new Set(),
    weights: new Map(),
    functions: new Map(),
    places: new Map(),
    broken: new Set(),
    report: d => found.push(d),
  }
  const range = match.kind === 'matched' && match.tree.domain !== null ? rangeTree(nothing, 0, match.tree.domain) : null
  if (range === null)
    throw new RangeError(
      `parseRange: ${found[0]?.message ?? `\`${text}\` is not a set of reals such as (0, inf) or [-1, 1]`}`,
    )
  return range
}

/** An unknown weight: rows x columns, any entries in the given set. */
export function unknownWeight(name: string, rows: SizeLike, columns: SizeLike = 1, entries: Range = REALS): Linear {
  return weight({ name, rows: toSize(rows), columns: toSize(columns), vector: columns === 1, entries, value: null })
}
/** A weight that a file declares, as `parse(text).weights.get('W')` gives it: unknowns of one name are not yet the same. */
export function declared(symbol: WeightSymbol): Linear {
  return weight(symbol)
}
/** A known matrix; numbers are taken as the rationals that they are in binary64. */
export function matrix(rows: readonly (readonly (number | Rational)[])[]): Linear {
  return literal(rows.map(r => r.map(q => (typeof q === 'number' ? fromDouble(q) : q))))
}

/** What can come next on a wire. */
export type Stage = (wire: Wire) => Wire

/** A wire of a net under construction. */
export interface Wire {
  readonly net: NetBuilder
  readonly id: NodeId
  readonly shape: Shape
  /** The wire after these stages, one after the other. */
  pipe(...stages: readonly Stage[]): Wire
}

interface NetBuilder {
  readonly nodes: Node[]
}

/** The id of the node that is placed next. */
function nextId(net: NetBuilder): NodeId {
  return net.nodes.length
}

/**
 * Adds a node. It is written out where it is made: in V8, objects that get a property beside those of a spread object
 * (`{ ...content, id }`) have a hidden class each, which makes everything that reads a million of them slow.
 */
function place(net: NetBuilder, node: Node): Wire {
  net.nodes.push(node)
  const wire: Wire = {
    net,
    id: node.id,
    shape: node.shape,
    pipe(...stages) {
      let at = wire
      for (const stage of stages) at = stage(at)
      return at
    },
  }
  return wire
}

function lastOf(wire: Wire): Size {
  return wire.shape[wire.shape.length - 1]
}
function checkTakes(name: string, operator: Linear, wire: Wire): void {
  if (operator.columns !== lastOf(wire)) {
    throw new RangeError(
      `${name}: an operator of ${printSizes(operator)} does not take a wire of ${printShape(wire.shape)}`,
    )
  }
}

/** The additive layer W x + b. */
export function add(operator: Linear, bias: Linear | null = null): Stage {
  return wire => {
    checkTakes('add', operator, wire)
    return place(wire.net, {
      id: nextId(wire.net),
      kind: 'additive',
      shape: withLast(wire.shape, operator.rows),
      args: [wire.id],
      operators: [operator],
      bias,
    })
  }
}
/** The multiplicative layer prod_j x_j^W_ij * e^b_i. */
export function mul(operator: Linear, bias: Linear | null = null): Stage {
  return wire => {
    checkTakes('mul', operator, wire)
    return place(wire.net, {
      id: nextId(wire.net),
      kind: 'multiplicative',
      shape: withLast(wire.shape, operator.rows),
      args: [wire.id],
      operator,
      bias,
    })
  }
}
/** A function on every component: a known name (`exp`), or an expression in variable 0. */
export function fn(f: string | Expression): Stage {
  if (typeof f === 'string' && f !== 'id' && (!isKnownName(f) || ARITY[f] !== 1))
    throw new RangeError(`fn: ${f} is no known function of one variable`)
  const expression =
    typeof f !== 'string' ? f : f === 'id' ? variable(0) : call(f as Parameters<typeof call>[0], variable(0))
  return ({ net, id, shape }) => place(net, { id: nextId(net), kind: 'pointwise', shape, args: [id], fn: expression })
}
/** t -> factor * t */
export function scale(by: number | Rational): Stage {
  return fn(call('*', numberOf(by), variable(0)))
}
/** t -> t + by */
export function shift(by: number | Rational): Stage {
  return fn(call('+', variable(0), numberOf(by)))
}
function numberOf(q: number | Rational): Expression {
  return number(typeof q === 'number' ? fromDouble(q) : q)
}
/** A function of several wires of one shape, component by component; variable i is wire i. */
export function pointwise(f: Expression, ...wires: readonly Wire[]): Wire {
  const [first] = wires
  if (first === undefined) throw new RangeError('pointwise: no wire is given')
  for (const w of wires) {
    if (!sameShape(w.shape, first.shape))
      throw new RangeError(`pointwise: wires of ${printShape(first.shape)} and ${printShape(w.shape)}`)
  }
  const unique = [...new Set(wires.map(w => w.id))]
  return place(first.net, {
    id: nextId(first.net),
    kind: 'pointwise',
    shape: first.shape,
    args: unique,
    fn: substitute(f, i => variable(unique.indexOf(wires[i].id))),
  })
}
/** One wire after the other along the last axis. */
export function join(...wires: readonly Wire[]): Wire {
  const [first] = wires
  if (first === undefined) throw new RangeError('join: no wire is given')
  const total = wires.slice(1).reduce((s, w) => addSizes(s, lastOf(w)), lastOf(first))
  const shape = withLast(first.shape, total)
  return place(first.net, { id: nextId(first.net), kind: 'join', shape, args: wires.map(w => w.id) })
}
/** Components start .. end - 1 of the last axis. */
export function slice(start: SizeLike, end: SizeLike): Stage {
  return wire => {
    const from = toSize(start)
    const to = toSize(end)
    return place(wire.net, {
      id: nextId(wire.net),
      kind: 'slice',
      shape: withLast(wire.shape, addSizes(to, from, -1)),
      args: [wire.id],
      start: from,
      end: to,
    })
  }
}
/** The largest of each group of neighbours. */
export function maxpool(group: number): Stage {
  return wire => {
    const groups = divideSize(lastOf(wire), group)
    if (groups === null) throw new RangeError(`maxpool: ${printShape(wire.shape)} is not made of groups of ${group}`)
    return place(wire.net, {
      id: nextId(wire.net),
      kind: 'reduce',
      shape: withLast(wire.shape, groups),
      args: [wire.id],
      operation: 'max',
      group,
    })
  }
}
export const softmax: Stage = ({ net, id, shape }) =>
  place(net, { id: nextId(net), kind: 'softmax', shape, args: [id] })
export const logsoftmax: Stage = ({ net, id, shape }) =>
  place(net, { id: nextId(net), kind: 'logsoftmax', shape, args: [id] })

/**
 * A net: its inputs by name, and a function from their wires to the output wires by name. The diagram's nodes stand in
 * the order in which they were made.
 */
export function net<I extends Record<string, InputSpec>>(
  inputs: I,
  body: (wires: { [K in keyof I]: Wire }) => Record<string, Wire>,
  name = 'built',
): Diagram {
  const builder: NetBuilder = { nodes: [] }
  const wires = Object.fromEntries(
    Object.entries(inputs).map(([inputName, spec]) => [
      inputName,
      place(builder, {
        id: nextId(builder),
        kind: 'input',
        shape: spec.shape,
        args: [],
        name: inputName,
        domain: spec.domain,
        absorbed: false,
      }),
    ]),
  ) as { [K in keyof I]: Wire }
  const outputs = body(wires)
  if (Object.keys(outputs).length === 0) throw new RangeError('net: there is no output')
  for (const [outputName, { id, shape }] of Object.entries(outputs)) {
    place(builder, { id: nextId(builder), kind: 'output', shape, args: [id], name: outputName, absorbed: false })
  }
  return { name, nodes: builder.nodes, names: new Map() }
}
