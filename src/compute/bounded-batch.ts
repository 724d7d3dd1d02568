// Large nets on many samples at once, in intervals: the sums of layers by the matrix kernels, as a middle and a radius
// (Rump, "Fast and parallel interval arithmetic", 1999), everything else number by number as in numeric/bounded.ts.
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import { hasAtMost, type Linear, type WeightSymbol, weight } from '../linear/linear.ts'
import { sizeOf } from '../linear/size.ts'
import { type Bounded, bounded, type DoubleInterval } from '../numeric/bounded.ts'
import { type Trouble, troubleOf } from '../numeric/errors.ts'
import { ARITY, type KnownName, x0 } from '../scalar/expression.ts'
import { REALS } from '../scalar/range.ts'
import { toDouble } from '../scalar/rational.ts'
import { livingNodes } from '../semantics/contents.ts'
import type { Instance } from '../semantics/ground.ts'
import { componentsIn, evaluateNode, type Scope, scopeOf } from '../semantics/net.ts'
import { isKnown } from '../semantics/partial.ts'
import { type Compiled, compile } from './compile.ts'

/** Weights as doubles, by rows. */
export type DoubleWeights = ReadonlyMap<WeightSymbol, readonly ArrayLike<number>[]>

export interface BoundedBatch {
  /** By node, row-major, one sample a row. */
  readonly wires: ReadonlyMap<NodeId, readonly Bounded[]>
  /** By sample: the first trouble on the way. */
  readonly troubles: readonly (Trouble | null)[]
}

/** W x for many x by the kernel, and |W| x. */
interface Layer {
  readonly columns: number
  readonly rows: number
  readonly isRounded: boolean
  readonly plain: Compiled
  readonly absolute: Compiled
}

/** Nets with so many weights or more are worth running in batches; so many samples at once. */
export const LARGE = 20_000
export const BATCH = 128

/** The least number of products in a layer for which the kernels are worth it. */
const LARGE_LAYER = 1024
/** Sums and products of more matrices are computed sample by sample: what follows them recurses. */
const MOST_OPERATIONS = 100

/** A layer of any entries W: their absolute values may lie outside of what is declared. */
function layerNet(rows: number, columns: number): Diagram {
  const W = { name: 'W', rows: sizeOf(rows), columns: sizeOf(columns), vector: false, entries: REALS, value: null }
  return {
    name: 'layer',
    names: new Map(),
    nodes: [
      { kind: 'input', id: 0, args: [], name: 'x', shape: [sizeOf(columns)], domain: REALS, absorbed: false },
      { kind: 'additive', id: 1, args: [0], operators: [weight(W)], bias: null, shape: [sizeOf(rows)] },
      { kind: 'output', id: 2, args: [1], name: 'y', shape: [sizeOf(rows)], absorbed: false },
    ],
  }
}

/** One step outward: more than the rounding of what was computed last. */
const up = (x: number): number => x + (Math.abs(x) * 2 ** -52 + Number.MIN_VALUE)
const down = (x: number): number => -up(-x)

/** A net that can be run on batches in intervals. */
export function boundedBatchOf(diagram: Diagram, instance: Instance, weights: DoubleWeights) {
  const arithmetic = bounded
  const points = (rows: readonly ArrayLike<number>[]): DoubleInterval[][] =>
    rows.map(row => Array.from(row, x => ({ low: x, high: x })))
  const scope: Scope<Bounded> = scopeOf(instance, arithmetic, symbol =>
    points(weights.get(symbol) ?? (symbol.value ?? []).map(row => row.map(toDouble))),
  )
  const layers = new Map<Linear, Layer | null>()
  const isLarge = (a: Linear): boolean => scope.size(a.rows) * scope.size(a.columns) >= LARGE_LAYER

  /** The entries of a large matrix as doubles, and whether they had to be rounded; null where the kernels are not for it. */
  const entriesOf = (a: Linear): { rows: readonly ArrayLike<number>[]; isRounded: boolean } | null => {
    if (a.kind !== 'symbol' && a.kind !== 'literal') return null
    if (!isLarge(a)) return null
    const exact = a.kind === 'literal' ? a.entries : a.symbol.value
    if (exact === null) {
      const rows = weights.get((a as Linear & { kind: 'symbol' }).symbol)
      return rows === undefined ? null : { rows, isRounded: false }
    }
    const rows = exact.map(row => Float64Array.from(row.map(toDouble)))
    // Rounding is relative only far from where doubles end.
    const isUsual = rows.every(row => row.every(w => w === 0 || (Math.abs(w) > 2 ** -1000 && Math.abs(w) < 2 ** 1000)))
    return isUsual && exact.every((row, i) => row.every((q, j) => q.n === 0n || rows[i][j] !== 0))
      ? { rows, isRounded: true }
      : null
  }

  /** A matrix that is large enough, as a layer of its own. */
  const layerOf = (a: Linear): Layer | null => {
    const old = layers.get(a)
    if (old !== undefined) return old
    const entries = entriesOf(a)
    let made: Layer | null = null
    if (entries !== null) {
      const [rows, columns] = [scope.size(a.rows), scope.size(a.columns)]
      const of = (f: (x: number) => number): Compiled =>
        compile(layerNet(rows, columns), { weights: { W: entries.rows.map(row => new Float64Array(row).map(f)) } })
      made = { rows, columns, isRounded: entries.isRounded, plain: of(x => x), absolute: of(Math.abs) }
    }
    layers.set(a, made)
    return made
  }

  const applyLayer = ({ columns, rows, isRounded, plain, absolute }: Layer, x: readonly Bounded[]): Bounded[] => {
    const count = x.length / columns
    const middles = new Float64Array(x.length)
    const radii = new Float64Array(x.length)
    // Of sums of `columns` products in any order, of entries that were rounded, and of the operations around them.
    const operations = columns + 4 + (isRounded ? 1 : 0)
    const gamma = (operations * 2 ** -53) / (1 - operations * 2 ** -53)
    const lost = new Uint8Array(count)
    x.forEach((v, i) => {
      if (!isKnown(v) || !Number.isFinite(v.low) || !Number.isFinite(v.high)) {
        lost[Math.floor(i / columns)] = 1
        return
      }
      const m = v.low / 2 + v.high / 2
      middles[i] = m
      radii[i] = up(Math.max(v.high - m, m - v.low)) * (v.low === v.high ? 0 : 1) + gamma * Math.abs(m)
    })
    const centre = plain.run({ x: middles }, count).y
    const spread = absolute.run({ x: radii }, count).y
    return Array.from(centre, (c, i) => {
      if (lost[Math.floor(i / rows)] !== 0) return 'unknown'
      const r = up(spread[i] * (1 + 2 * gamma)) + columns * Number.MIN_VALUE
      return r === 0 ? { low: c, high: c } : { low: down(c - r), high: up(c + r) }
    })
  }

  const plus = (a: readonly Bounded[], b: readonly Bounded[]): Bounded[] =>
    a.map((v, i) => arithmetic.call('+', [v, b[i % b.length]]))

  /** An operator that is made of large matrices, on all samples; null for others. */
  const applied = (a: Linear, x: readonly Bounded[]): Bounded[] | null => {
    const layer = layerOf(a)
    if (layer !== null) return applyLayer(layer, x)
    if (a.kind === 'scale') {
      const factor = scope.closed(a.factor)
      return applied(a.of, x)?.map(v => arithmetic.call('*', [factor, v])) ?? null
    }
    if (a.kind === 'sum') {
      const [left, right] = [applied(a.left, x), applied(a.right, x)]
      return left === null || right === null ? null : plus(left, right)
    }
    if (a.kind !== 'product') return null
    const inner = applied(a.right, x)
    return inner === null ? null : applied(a.left, inner)
  }
  const onAll = (a: Linear, x: readonly Bounded[]): Bounded[] | null =>
    hasAtMost(a, MOST_OPERATIONS) ? applied(a, x) : null

  /** The values of a node for all samples; null where it has to be computed sample by sample. */
  const batchValue = (node: Node, args: readonly (readonly Bounded[])[], count: number): Bounded[] | null => {
    const bias = (of: Linear | null): Bounded[] | null =>
      of === null ? null : evaluateNode({ kind: 'constant', id: 0, args: [], value: of, shape: [of.rows] }, [], scope)
    switch (node.kind) {
      case 'output':
        return [...args[0]]
      case 'pointwise': {
        const { fn } = node
        if (fn.kind === 'call' && ARITY[fn.name as KnownName] === 1 && fn.args[0] === x0)
          return args[0].map(v => arithmetic.call(fn.name, [v]))
        const f = scope.compiled(fn)
        return args.length === 0 ? null : args[0].map((_, i) => f(args.map(a => a[i])))
      }
      case 'additive': {
        const parts = node.operators.map((operator, k) => onAll(operator, args[k]))
        if (parts.length === 0 || parts.includes(null)) return null
        const sum = (parts as Bounded[][]).reduce(plus)
        const b = bias(node.bias)
        return b === null ? sum : plus(sum, b)
      }
      case 'multiplicative': {
        if (count === 0 || !isLarge(node.operator) || !args[0].every(v => isKnown(v) && v.low > 0)) return null
        const logarithms = args[0].map(v => arithmetic.call('ln', [v]))
        const sum = onAll(node.operator, logarithms)
        if (sum === null) return null
        const b = bias(node.bias)
        return (b === null ? sum : plus(sum, b)).map(v => arithmetic.call('exp', [v]))
      }
      default:
        return null
    }
  }

  /** Runs `count` samples; inputs by name, row-major. */
  return (inputs: ReadonlyMap<string, ArrayLike<number>>, count: number): BoundedBatch => {
    const wires = new Map<NodeId, readonly Bounded[]>()
    const troubles: (Trouble | null)[] = new Array(count).fill(null)
    for (const node of livingNodes(diagram)) {
      let value: Bounded[]
      if (node.kind === 'input') {
        value = Array.from(inputs.get(node.name) as ArrayLike<number>, x => ({ low: x, high: x }))
      } else {
        const args = node.args.map(id => wires.get(id) as readonly Bounded[])
        const row = (a: readonly Bounded[], r: number): readonly Bounded[] =>
          a.slice((r * a.length) / count, ((r + 1) * a.length) / count)
        value =
          batchValue(node, args, count) ??
          Array.from({ length: count }, (_, r) =>
            evaluateNode(
              node,
              args.map(a => row(a, r)),
              scope,
            ),
          ).flat()
      }
      wires.set(node.id, value)
      const width = componentsIn(node.shape, scope.size)
      for (let i = 0; i < value.length; i++) {
        const found = troubleOf([], value[i])
        const sample = Math.floor(i / width)
        if (found !== null) troubles[sample] ??= { kind: found, node: node.id }
      }
    }
    return { wires, troubles }
  }
}
