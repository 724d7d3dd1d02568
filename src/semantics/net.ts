// Nets evaluated in any arithmetic: node by node, on wires whose components are listed in row-major order.
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import type { WeightSymbol } from '../linear/linear.ts'
import type { Shape, Size } from '../linear/size.ts'
import { type Expression, number } from '../scalar/expression.ts'
import type { Rational } from '../scalar/rational.ts'
import { spend } from '../scalar/work.ts'
import type { Arithmetic } from './arithmetic.ts'
import { livingNodes } from './contents.ts'
import { groundExpression, type Instance } from './ground.ts'
import { applyLinear, type LinearScope, linearEntries } from './operators.ts'

/** What the unknowns of a net are, in one arithmetic. */
export interface Scope<V> extends LinearScope<V> {
  /** The function of a pointwise node, ready for use. */
  compiled(e: Expression): (args: readonly V[]) => V
  /** The expression with formulas in the place of unknown functions. */
  ground(e: Expression): Expression
}

/**
 * The scope in which an instance's sizes, weights and functions stand for the unknown ones. What it converts it keeps,
 * so one scope should serve many evaluations. `weight` overrides the instance's weights.
 */
export function scopeOf<V>(
  instance: Instance,
  arithmetic: Arithmetic<V>,
  weight?: (symbol: WeightSymbol) => readonly (readonly V[])[],
): Scope<V> {
  const weights = new Map<WeightSymbol, readonly (readonly V[])[]>()
  const literals = new Map<readonly (readonly Rational[])[], readonly (readonly V[])[]>()
  const functions = new Map<Expression, (args: readonly V[]) => V>()
  const convert = (entries: readonly (readonly Rational[])[]) =>
    entries.map(row => row.map(q => arithmetic.rational(q)))
  function kept<K, T>(table: Map<K, T>, key: K, make: () => T): T {
    const old = table.get(key)
    if (old !== undefined) return old
    const fresh = make()
    table.set(key, fresh)
    return fresh
  }
  const ground = (e: Expression) => groundExpression(e, instance.functions)
  const compiled = (e: Expression) => kept(functions, e, () => arithmetic.compile(ground(e)))
  return {
    arithmetic,
    size: s => sizeIn(s, instance.sizes),
    weight: symbol =>
      kept(weights, symbol, () => {
        if (weight !== undefined) return weight(symbol)
        const value = symbol.value ?? instance.weights.get(symbol)
        if (value === undefined) throw new TypeError(`the weight ${symbol.name} has no value here`)
        return convert(value)
      }),
    literal: entries => kept(literals, entries, () => convert(entries)),
    closed: e => compiled(e)([]),
    compiled,
    ground,
  }
}

/** The number that a size is. Throws TypeError where it contains an unknown size that has no value. */
export function sizeIn(s: Size, sizes: ReadonlyMap<string, number>): number {
  let total = s.constant
  for (const [name, coefficient] of s.terms) {
    const value = sizes.get(name)
    if (value === undefined) throw new TypeError(`the size ${name} has no value here`)
    total += coefficient * value
  }
  return total
}

/** The number of components of a wire. */
export function componentsIn(shape: Shape, size: (s: Size) => number): number {
  return shape.reduce((product, axis) => product * size(axis), 1)
}

/** Cuts a list into pieces of one length. */
export function pieces<V>(values: readonly V[], length: number): V[][] {
  const result: V[][] = []
  if (length <= 0) return result
  for (let i = 0; i < values.length; i += length) result.push(values.slice(i, i + length))
  return result
}

function addAll<V>(left: readonly V[], right: readonly V[], { call }: Arithmetic<V>): V[] {
  return left.map((v, i) => call('+', [v, right[i]]))
}

function softmax<V>(row: readonly V[], logarithm: boolean, arithmetic: Arithmetic<V>): V[] {
  const { call } = arithmetic
  // exp(x_i - m) / sum_j exp(x_j - m) is the same real function for every m; the largest x keeps it from overflowing.
  const largest = row.reduce((a, b) => call('max', [a, b]))
  const shifted = row.map(x => call('-', [x, largest]))
  const powers = shifted.map(x => call('exp', [x]))
  const total = powers.reduce((a, b) => call('+', [a, b]))
  return logarithm ? shifted.map(x => call('-', [x, call('ln', [total])])) : powers.map(p => call('/', [p, total]))
}

/**
 * The values on the wire of a node, given those on its args' wires. Operations that are not pointwise work on the last
 * axis. Throws TypeError for an input, whose values come from outside.
 */
export function evaluateNode<V>(node: Node, args: readonly (readonly V[])[], scope: Scope<V>): V[] {
  const { arithmetic } = scope
  const { call } = arithmetic
  const axes = node.shape.map(scope.size)
  const total = axes.reduce((product, n) => product * n, 1)
  spend(4 * total)
  const last = axes.at(-1) ?? 1
  const rows = last === 0 ? 0 : total / last
  // One vector for every row: a bias, or a constant.
  const vector = (column: readonly V[]): V[] => Array.from({ length: rows }, () => column).flat()
  const unit = (): V[] => [scope.closed(number(1))]
  /** A function of the rows of the only arg. */
  const byRow = (of: (row: V[]) => V[]): V[] => pieces(args[0], rows === 0 ? 1 : args[0].length / rows).flatMap(of)
  switch (node.kind) {
    case 'input':
      throw new TypeError(`evaluateNode: the value of input ${node.name} comes from outside`)
    case 'output':
      return [...args[0]]
    case 'constant':
      return vector(applyLinear(node.value, unit(), scope))
    case 'pointwise': {
      const f = scope.compiled(node.fn)
      if (args.length === 0) return new Array(total).fill(f([]))
      return Array.from({ length: total }, (_, i) => f(args.map(a => a[i])))
    }
    case 'additive': {
      let sum: V[] | null = null
      node.operators.forEach((operator, k) => {
        const columns = scope.size(operator.columns)
        const term = pieces(args[k], columns).flatMap(row => applyLinear(operator, row, scope))
        sum = sum === null ? term : addAll(sum, term, arithmetic)
      })
      if (node.bias === null) return sum ?? new Array(total).fill(scope.closed(number(0)))
      const bias = vector(applyLinear(node.bias, unit(), scope))
      return sum === null ? bias : addAll(sum, bias, arithmetic)
    }
    case 'multiplicative': {
      const exponents = linearEntries(node.operator, scope)
      const bias = node.bias === null ? null : applyLinear(node.bias, unit(), scope)
      return byRow(row =>
        exponents.map((weights, i) => {
          const powers = weights.map((w, j) => call('^', [row[j], w]))
          if (bias !== null) powers.push(call('exp', [bias[i]]))
          return powers.length === 0 ? scope.closed(number(1)) : powers.reduce((a, b) => call('*', [a, b]))
        }),
      )
    }
    case 'join': {
      const parts = args.map(a => pieces(a, rows === 0 ? 1 : a.length / rows))
      return Array.from({ length: rows }, (_, r) => parts.flatMap(part => part[r])).flat()
    }
    case 'slice':
      return byRow(row => row.slice(scope.size(node.start), scope.size(node.end)))
    case 'reduce':
      return byRow(row => pieces(row, node.group).map(group => group.reduce((a, b) => call(node.operation, [a, b]))))
    case 'mix': {
      const f = scope.compiled(node.fn)
      const inverse = scope.compiled(node.inverse)
      return byRow(row =>
        applyLinear(
          node.operator,
          row.map(x => inverse([x])),
          scope,
        ).map(x => f([x])),
      )
    }
    case 'softmax':
    case 'logsoftmax':
      return byRow(row => softmax(row, node.kind === 'logsoftmax', arithmetic))
  }
}

/**
 * The values on every wire on the way to an output, by node. `inputs` gives the values of each input by its name; it
 * is not checked against domains. What `after` makes of the values of a node is what goes on. Throws TypeError where an
 * input is missing.
 */
export function evaluateNet<V>(
  diagram: Diagram,
  inputs: ReadonlyMap<string, readonly V[]>,
  scope: Scope<V>,
  after: (node: Node, value: readonly V[]) => readonly V[] = (_, value) => value,
): Map<NodeId, readonly V[]> {
  const wires = new Map<NodeId, readonly V[]>()
  for (const node of livingNodes(diagram)) {
    if (node.kind === 'input') {
      const value = inputs.get(node.name)
      if (value === undefined) throw new TypeError(`the input ${node.name} has no value here`)
      wires.set(node.id, after(node, value))
    } else {
      const args = node.args.map(id => wires.get(id) as readonly V[])
      const value = evaluateNode(node, args, scope)
      // A wrong length would go on as values that are not there.
      const expected = componentsIn(node.shape, scope.size)
      if (value.length !== expected) {
        throw new RangeError(`n${node.id} (${node.kind}) gave ${value.length} components, not ${expected}`)
      }
      wires.set(node.id, after(node, value))
    }
  }
  return wires
}
