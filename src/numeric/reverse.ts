// Reverse-mode differentiation of nets in any arithmetic: in bounded doubles it gives gradients with error bounds, in
// enclosures it is the referee. One sweep from the outputs back gives the derivatives of one number that is a weighted
// sum of outputs with respect to every wire and every weight.
//
// At a kink the value is that of scalar/derivative.ts: relu has 0 at 0, abs 0 at 0, max and min (also `maxpool`) the first
// argument's where both are equal. A set that holds a kink gives a set that holds both one-sided derivatives.
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import type { Linear, WeightSymbol } from '../linear/linear.ts'
import { linearParts, linearPostorder } from '../linear/linear.ts'
import { derivative } from '../scalar/derivative.ts'
import { type Expression, variablesOf } from '../scalar/expression.ts'
import { ONE, ZERO } from '../scalar/rational.ts'
import { livingNodes } from '../semantics/contents.ts'
import { pieces, type Scope } from '../semantics/net.ts'
import { entriesOfParts, linearEntries, type Matrix, multiplyMatrices } from '../semantics/operators.ts'

/** Derivatives with respect to the values on wires, and to the entries of weights that are unknown in the net. */
export interface Derivatives<V> {
  readonly wires: ReadonlyMap<NodeId, readonly V[]>
  /** By rows. A weight that the seeds do not reach is missing. */
  readonly weights: ReadonlyMap<WeightSymbol, Matrix<V>>
}

/** A function that differentiates one net under one scope, and keeps the derivatives of its functions. */
export type Reverse<V> = (
  /** The values on all wires, from `evaluateNet`. */
  wires: ReadonlyMap<NodeId, readonly V[]>,
  /** By output node: the derivative of the number in question by each component. */
  seeds: ReadonlyMap<NodeId, readonly V[]>,
) => Derivatives<V>

export interface ReverseOptions<V> {
  /** Whether a value is 0 for sure: x^0 has the derivative 0 also at x = 0, where w x^(w - 1) has no value. */
  isZero?(value: V): boolean
  /** Whether derivatives with respect to weights are wanted. Default true. */
  readonly weights?: boolean
}

/** Throws TypeError or TooLarge, when it is used, where a function has no derivative to write down. */
export function reverseNet<V>(diagram: Diagram, scope: Scope<V>, options: ReverseOptions<V> = {}): Reverse<V> {
  const order = livingNodes(diagram).toReversed()
  const slopes = new Map<Expression, readonly Slope<V>[]>()
  const slopesOf = (fn: Expression): readonly Slope<V>[] => {
    let found = slopes.get(fn)
    if (found === undefined) {
      const whole = scope.ground(fn)
      found = variablesOf(whole).map(variable => ({ variable, of: scope.compiled(derivative(whole, variable)) }))
      slopes.set(fn, found)
    }
    return found
  }
  return (wires, seeds) => {
    const sweep = new Sweep(wires, scope, slopesOf, options)
    for (const [id, seed] of seeds) sweep.add(id, seed)
    for (const node of order) sweep.back(node)
    return { wires: sweep.cotangents, weights: sweep.weights }
  }
}

interface Slope<V> {
  readonly variable: number
  of(args: readonly V[]): V
}

class Sweep<V> {
  readonly cotangents = new Map<NodeId, readonly V[]>()
  readonly weights = new Map<WeightSymbol, Matrix<V>>()
  private readonly zero: V
  private readonly one: V

  constructor(
    private readonly wires: ReadonlyMap<NodeId, readonly V[]>,
    private readonly scope: Scope<V>,
    private readonly slopesOf: (fn: Expression) => readonly Slope<V>[],
    private readonly options: ReverseOptions<V>,
  ) {
    this.zero = scope.arithmetic.rational(ZERO)
    this.one = scope.arithmetic.rational(ONE)
  }

  private plus = (a: V, b: V): V => this.scope.arithmetic.call('+', [a, b])
  private times = (a: V, b: V): V => this.scope.arithmetic.call('*', [a, b])

  /** Adds to the derivative with respect to a wire. */
  add(id: NodeId, term: readonly V[]): void {
    const old = this.cotangents.get(id)
    this.cotangents.set(id, old === undefined ? term : old.map((v, i) => this.plus(v, term[i])))
  }

  private value(id: NodeId): readonly V[] {
    return this.wires.get(id) as readonly V[]
  }

  /** From the derivatives with respect to a node's wire to those with respect to its args'. */
  back(node: Node): void {
    const seed = this.cotangents.get(node.id)
    if (seed === undefined) return
    const { scope } = this
    const { call } = scope.arithmetic
    const width = node.shape.length === 0 ? 1 : scope.size(node.shape[node.shape.length - 1])
    const seeds = pieces(seed, width)
    /** The rows of an arg, as many as the node's wire has. */
    const rowsOf = (id: NodeId): V[][] => pieces(this.value(id), this.value(id).length / seeds.length)
    const byRow = (of: (row: V[], seed: V[], r: number) => V[]): void =>
      this.add(
        node.args[0],
        rowsOf(node.args[0]).flatMap((row, r) => of(row, seeds[r], r)),
      )
    switch (node.kind) {
      case 'input':
        break
      case 'output':
        this.add(node.args[0], seed)
        break
      case 'constant':
        this.column(node.value, seeds)
        break
      case 'pointwise': {
        const args = node.args.map(id => this.value(id))
        for (const { variable, of } of this.slopesOf(node.fn))
          this.add(
            node.args[variable],
            seed.map((s, i) => this.times(s, of(args.map(a => a[i])))),
          )
        break
      }
      case 'additive':
        node.operators.forEach((operator, k) => void this.linear(operator, node.args[k], rowsOf(node.args[k]), seeds))
        if (node.bias !== null) this.column(node.bias, seeds)
        break
      case 'multiplicative':
        this.multiplicative(node, rowsOf(node.args[0]), seeds)
        break
      case 'join': {
        const rows = node.args.map(rowsOf)
        let start = 0
        node.args.forEach((id, k) => {
          const end = start + (rows[k][0]?.length ?? 0)
          const from = start
          this.add(
            id,
            seeds.flatMap(s => s.slice(from, end)),
          )
          start = end
        })
        break
      }
      case 'slice': {
        const start = scope.size(node.start)
        byRow((row, s) => row.map((_, j) => s[j - start] ?? this.zero))
        break
      }
      case 'reduce':
        byRow((row, s) => pieces(row, node.group).flatMap((group, g) => this.reduce(node.operation, group, s[g])))
        break
      case 'mix': {
        const [inverse, outer] = [this.slopesOf(node.inverse)[0], this.slopesOf(node.fn)[0]]
        if (inverse === undefined || outer === undefined) break
        const rows = rowsOf(node.args[0])
        const undo = scope.compiled(node.inverse)
        const inner = rows.map(row => row.map(x => undo([x])))
        const entries = linearEntries(node.operator, scope)
        const sums = inner.map(row => entries.map(e => scope.arithmetic.dot(e, row)))
        const middle = seeds.map((s, r) => s.map((v, i) => this.times(v, outer.of([sums[r][i]]))))
        const back = this.through(node.operator, inner, middle)
        this.add(
          node.args[0],
          rows.flatMap((row, r) => row.map((x, j) => this.times(back[r][j], inverse.of([x])))),
        )
        break
      }
      case 'softmax': {
        // p_j (s_j - sum_i s_i p_i)
        const values = pieces(this.value(node.id), width)
        byRow((_, s, r) => {
          const mean = scope.arithmetic.dot(s, values[r])
          return values[r].map((p, j) => this.times(p, call('-', [s[j], mean])))
        })
        break
      }
      case 'logsoftmax': {
        const values = pieces(this.value(node.id), width)
        byRow((_, s, r) => {
          const total = s.reduce(this.plus)
          return values[r].map((l, j) => call('-', [s[j], this.times(call('exp', [l]), total)]))
        })
        break
      }
    }
  }

  private reduce(operation: 'max' | 'min', group: readonly V[], seed: V): V[] {
    const { call, choose } = this.scope.arithmetic
    const before: V[] = []
    for (const x of group) before.push(before.length === 0 ? x : call(operation, [before[before.length - 1], x]))
    const result: V[] = new Array(group.length).fill(this.zero)
    let rest = seed
    for (let k = group.length - 1; k > 0; k--) {
      const [high, low] = operation === 'max' ? [before[k - 1], group[k]] : [group[k], before[k - 1]]
      result[k] = choose('<=', low, high, this.zero, rest)
      rest = choose('<=', low, high, rest, this.zero)
    }
    result[0] = rest
    return result
  }

  private multiplicative(node: Node & { kind: 'multiplicative' }, rows: readonly V[][], seeds: readonly V[][]): void {
    const { scope } = this
    const { call } = scope.arithmetic
    const exponents = linearEntries(node.operator, scope)
    const bias = node.bias === null ? null : linearEntries(node.bias, scope)
    const outputs = pieces(this.value(node.id), exponents.length)
    const back = rows.map((row, r) => {
      const total: V[] = row.map(() => this.zero)
      exponents.forEach((weights, i) => {
        // Most seeds are 0 where one component of an output is asked for.
        if (this.options.isZero?.(seeds[r][i])) return
        const powers = weights.map((w, j) => call('^', [row[j], w]))
        // The products of all other powers, without a division: a component may be 0.
        const before = [this.one]
        for (const p of powers) before.push(this.times(before[before.length - 1], p))
        let after = seeds[r][i]
        if (bias !== null) after = this.times(after, call('exp', [bias[i][0]]))
        for (let j = row.length - 1; j >= 0; j--) {
          const w = weights[j]
          if (!this.options.isZero?.(w)) {
            const partial = this.times(w, call('^', [row[j], call('-', [w, this.one])]))
            total[j] = this.plus(total[j], this.times(partial, this.times(before[j], after)))
          }
          after = this.times(after, powers[j])
        }
      })
      return total
    })
    this.add(node.args[0], back.flat())
    if (this.options.weights === false) return
    // In a weight and in the bias: y ln x, and y.
    const scaled = seeds.map((s, r) => s.map((v, i) => this.times(v, outputs[r][i])))
    const logarithms = rows.map(row => row.map(x => call('ln', [x])))
    this.entries(node.operator, logarithms, scaled)
    if (node.bias !== null) this.column(node.bias, scaled)
  }

  private linear(operator: Linear, arg: NodeId, rows: readonly V[][], seeds: readonly V[][]): void {
    this.add(arg, this.through(operator, rows, seeds).flat())
  }

  /** The derivatives with respect to what an operator is applied to; those with respect to its weights are added. */
  private through(operator: Linear, rows: readonly V[][], seeds: readonly V[][]): V[][] {
    const { scope } = this
    const entries = linearEntries(operator, scope)
    const columns = scope.size(operator.columns)
    const transposed = Array.from({ length: columns }, (_, j) => entries.map(row => row[j]))
    this.entries(operator, rows, seeds)
    return seeds.map(s => transposed.map(column => scope.arithmetic.dot(column, s)))
  }

  /** An operator with one column that every row gets: a bias, or a constant. */
  private column(operator: Linear, seeds: readonly V[][]): void {
    this.entries(
      operator,
      seeds.map(() => [this.one]),
      seeds,
    )
  }

  /** Adds what the weights of an operator get: the sum over all rows of seed times arg, taken apart to its parts. */
  private entries(root: Linear, rows: readonly (readonly V[])[], seeds: readonly (readonly V[])[]): void {
    const order = linearPostorder(root).toReversed()
    if (this.options.weights === false || !order.some(a => a.kind === 'symbol' && a.symbol.value === null)) return
    const { scope } = this
    const columnsOf = (table: readonly (readonly V[])[], width: number): V[][] =>
      Array.from({ length: width }, (_, j) => table.map(row => row[j]))
    const [ofSeeds, ofRows] = [columnsOf(seeds, seeds[0].length), columnsOf(rows, rows[0].length)]
    const outer = ofSeeds.map(s => ofRows.map(x => scope.arithmetic.dot(s, x)))
    const parts = new Map<Linear, Matrix<V>>()
    const sum = (old: Matrix<V> | undefined, term: Matrix<V>): Matrix<V> =>
      old === undefined ? term : old.map((row, i) => row.map((v, j) => this.plus(v, term[i][j])))
    const give = (a: Linear, term: Matrix<V>): void => void parts.set(a, sum(parts.get(a), term))
    give(root, outer)
    const values = order.some(a => a.kind === 'product') ? entriesOfParts(root, scope) : null
    const transpose = (m: Matrix<V>, width: number): V[][] => columnsOf(m, width)
    for (const a of order) {
      const term = parts.get(a) as Matrix<V>
      switch (a.kind) {
        case 'symbol':
          if (a.symbol.value === null) this.weights.set(a.symbol, sum(this.weights.get(a.symbol), term))
          break
        case 'sum':
          for (const part of linearParts(a)) give(part, term)
          break
        case 'transpose':
          give(a.of, transpose(term, scope.size(a.columns)))
          break
        case 'diagonal':
          give(
            a.of,
            term.map((row, i) => [row[i]]),
          )
          break
        case 'scale': {
          const factor = scope.closed(a.factor)
          give(
            a.of,
            term.map(row => row.map(v => this.times(factor, v))),
          )
          break
        }
        case 'product': {
          const [left, right] = [values?.get(a.left) as Matrix<V>, values?.get(a.right) as Matrix<V>]
          const [inner, columns] = [scope.size(a.right.rows), scope.size(a.columns)]
          give(a.left, multiplyMatrices(term, transpose(right, columns), inner, scope.arithmetic))
          give(a.right, multiplyMatrices(transpose(left, inner), term, columns, scope.arithmetic))
          break
        }
      }
    }
  }
}
