// Equalities of additive layers, joins and slices: products and factors of matrices, and what passes through functions.
// Each looks at one term and the members of the classes below it, and adds what follows.
import { scalarFactor, uniformEntry } from '../algebra/operators.ts'
import type { Node } from '../diagram/diagram.ts'
import { whole } from '../diagram/ranges.ts'
import { embed, entriesOf, identity, type Linear, literal, ones, scale, select } from '../linear/linear.ts'
import { addSizes, knownSize, sizeOf } from '../linear/size.ts'
import { linearFormOnce } from '../rewrite/functions.ts'
import { call, type Expression, number, one, variable, zero } from '../scalar/expression.ts'
import type { Range } from '../scalar/range.ts'
import { ONE, type Rational } from '../scalar/rational.ts'
import { additive, different, lastOf, pointwise, put, type Summand, shapeOf, withLast } from './builder.ts'
import type { EGraph, TermId } from './egraph.ts'
import { factorThrough } from './functions.ts'
import {
  added,
  type Monomial,
  monomialInverse,
  monomialMatrix,
  monomialOf,
  multiplied,
  multipliedBy,
  operatorOf,
  reciprocal,
  type Word,
  wordsOf,
} from './operators.ts'

export type Additive = Extract<Node, { kind: 'additive' }>
export type Pointwise = Extract<Node, { kind: 'pointwise' }>

/** Layers of more wires than this are not merged further. */
const MAX_TERMS = 12
/** So many members of a class are looked at. */
const MAX_MEMBERS = 12
/** Matrices of more entries are not looked at row by row. */
const MAX_ENTRIES = 16_384

const NONE: readonly TermId[] = []

/** The members of the class of a term that are of this kind, the first few. */
export function membersOf(g: EGraph, term: TermId, kind: Node['kind']): readonly TermId[] {
  const c = g.classOf(term)
  if (!g.has(c, kind)) return NONE
  const found: TermId[] = []
  for (const t of g.membersOf(c)) {
    if (g.nodes[t].kind !== kind || g.isDouble(t)) continue
    found.push(t)
    if (found.length >= MAX_MEMBERS) break
  }
  return found
}

/** A linear function of wires, a join or a slice, as a layer. */
export function asLayer(g: EGraph, t: TermId): void {
  const node = g.nodes[t]
  const { shape } = node
  const width = lastOf(shape)
  let layer: TermId | null = null
  if (node.kind === 'slice') {
    const operator = select(lastOf(shapeOf(g, node.args[0])), node.start, width)
    layer = additive(g, [{ operator, arg: node.args[0] }], null, shape)
  } else if (node.kind === 'join') {
    let start = sizeOf(0)
    const summands: Summand[] = []
    for (const arg of node.args) {
      const length = lastOf(shapeOf(g, arg))
      summands.push({ operator: embed(width, start, length), arg })
      start = addSizes(start, length)
    }
    layer = additive(g, summands, null, shape)
  } else if (node.kind === 'pointwise' && node.args.length > 0) {
    const form = linearFormOnce(node.fn)
    if (form === null) return
    const summands = node.args.map((arg, i) => ({
      operator: multipliedBy(form.coefficients.get(i) ?? zero, identity(width)),
      arg,
    }))
    const bias = form.constant === zero ? null : scale(form.constant, ones(width, sizeOf(1)))
    layer = additive(g, summands, bias, shape)
  }
  if (layer !== null)
    g.equate(t, layer, {
      rule: 'linear-after',
      title: 'linear function as a layer',
      by: 'linear',
      over: different(g, node.args),
    })
}

/** A layer that mixes no components, as a function of its wires. */
export function asFunction(g: EGraph, t: TermId): void {
  const node = g.nodes[t] as Additive
  if (node.args.length > 4) return
  const bias = node.bias === null ? zero : uniformEntry(node.bias)
  if (bias === null) return
  let fn: Expression | null = null
  for (const [k, operator] of node.operators.entries()) {
    const factor = scalarFactor(operator)
    if (factor === null) return
    const term = factor === one ? variable(k) : call('*', factor, variable(k))
    fn = fn === null ? term : call('+', fn, term)
  }
  if (fn === null) return
  const made = pointwise(g, bias === zero ? fn : call('+', fn, bias), node.args, node.shape)
  if (made !== null)
    g.equate(t, made, {
      rule: 'elementwise',
      title: 'layer without mixing',
      by: 'linear',
      over: different(g, node.args),
    })
}

/** W (A x + a) + ... = W A x + W a + ... */
export function merged(g: EGraph, t: TermId, isNew: (m: TermId) => boolean): void {
  const node = g.nodes[t] as Additive
  for (const [k, arg] of node.args.entries()) {
    for (const m of [...membersOf(g, arg, 'additive'), ...membersOf(g, arg, 'constant')]) {
      const below = g.nodes[m] as Additive | Extract<Node, { kind: 'constant' }>
      if (node.args.length - 1 + below.args.length > MAX_TERMS || !isNew(m)) continue
      const outer = node.operators[k]
      const others = node.args.flatMap((a, j) => (j === k ? [] : [{ operator: node.operators[j], arg: a }]))
      const inner =
        below.kind === 'constant'
          ? []
          : below.args.map((a, j) => ({ operator: multiplied(outer, below.operators[j]), arg: a }))
      if ([...inner, ...others].some(s => wordsOf(s.operator) === null)) continue
      const below_ = below.kind === 'constant' ? below.value : below.bias
      const moved = below_ === null ? null : multiplied(outer, below_)
      const bias = node.bias === null ? moved : moved === null ? node.bias : added(moved, node.bias)
      const made = additive(g, [...inner, ...others], bias, node.shape)
      const over = different(g, [...below.args, ...others.map(s => s.arg)])
      if (made !== null)
        g.equate(t, made, {
          rule: 'additive-product',
          title: 'product of additive layers',
          by: 'linear',
          inner: [m],
          over,
        })
    }
  }
}

/** One product of a layer's matrices with its wire (the bias has none). */
interface Piece {
  readonly word: Word
  readonly arg: TermId | null
}
function piecesOf(node: Additive): Piece[] | null {
  const pieces: Piece[] = []
  for (const [k, operator] of node.operators.entries()) {
    const words = wordsOf(operator)
    if (words === null || pieces.length + words.length > 4 * MAX_TERMS) return null
    for (const word of words) pieces.push({ word, arg: node.args[k] })
  }
  const words = node.bias === null ? [] : wordsOf(node.bias)
  if (words === null) return null
  return [...pieces, ...words.map(word => ({ word, arg: null }))]
}

/** The layer with these pieces; `drop` atoms are left out at the front. */
function layerOf(
  g: EGraph,
  pieces: readonly Piece[],
  node: Additive,
  drop: number,
  rows: Node['shape'],
): TermId | null {
  const summands: Summand[] = []
  let bias: Linear | null = null
  for (const { word, arg } of pieces) {
    const rest = { factor: word.factor, atoms: word.atoms.slice(drop) }
    const operator = operatorOf(rest, arg === null ? sizeOf(1) : lastOf(shapeOf(g, arg)))
    if (arg === null) bias = bias === null ? operator : added(bias, operator)
    else summands.push({ operator, arg })
  }
  return summands.length === 0 && bias === null ? null : additive(g, summands, bias, withLast(node.shape, lastOf(rows)))
}

const FACTORED = { rule: 'additive-product', title: 'common factor of additive layers', by: 'linear' }

/** A factor of the first matrix of a layer, taken out of all of it: k A x + k B y = k (A x + B y). */
export function withoutFactor(g: EGraph, t: TermId): void {
  const node = g.nodes[t] as Additive
  const first = wordsOf(node.operators[0])?.[0]
  if (first === undefined || first.factor === one) return
  const back = reciprocal(first.factor)
  const isAlone = node.args.length === 1 && node.bias === null && wordsOf(node.operators[0])?.length === 1
  if ((back === null && !isAlone) || (isAlone && first.atoms.length === 0)) return
  const by = (a: Linear): Linear =>
    back === null ? operatorOf({ factor: one, atoms: first.atoms }, a.columns) : multipliedBy(back, a)
  const inner = additive(
    g,
    node.args.map((arg, k) => ({ operator: by(node.operators[k]), arg })),
    node.bias === null ? null : by(node.bias),
    node.shape,
  )
  if (inner === null) return
  const outer = additive(
    g,
    [{ operator: scale(first.factor, identity(lastOf(node.shape))), arg: inner }],
    null,
    node.shape,
  )
  if (outer !== null) g.equate(t, outer, { ...FACTORED, made: [inner], over: different(g, node.args) })
}

/** W A x + W B y + C z = W (A x + B y) + C z: pieces that begin with one matrix, together. */
export function grouped(g: EGraph, t: TermId): void {
  const node = g.nodes[t] as Additive
  const pieces = piecesOf(node)
  if (pieces === null || pieces.length > 4 * MAX_TERMS) return
  const groups = new Map<Linear, Piece[]>()
  for (const piece of pieces) {
    const first = piece.word.atoms[0]
    if (first === undefined || (piece.arg === null && piece.word.atoms.length === 1)) continue
    const group = groups.get(first)
    if (group === undefined) groups.set(first, [piece])
    else group.push(piece)
  }
  for (const [first, group] of groups) {
    const isWhole = group.length === pieces.length
    const isMore = group.some(p => p.word.atoms.length > 1)
    if (group.length < 2 && !(isWhole && isMore)) continue
    if (isWhole && group.length === 1 && group[0].word.atoms.length > 8 && monomialOf(first) === null) continue
    const own = group.filter(p => p.arg !== null)
    if (own.length === 0) continue
    const leading = shapeOf(g, own[0].arg as TermId)
    const inner = layerOf(g, group, node, 1, withLast(leading, first.columns))
    if (inner === null) continue
    const others = pieces.filter(p => !group.includes(p))
    const rest: Summand[] = []
    let bias: Linear | null = null
    for (const { word, arg } of others) {
      const operator = operatorOf(word, arg === null ? sizeOf(1) : lastOf(shapeOf(g, arg)))
      if (arg === null) bias = bias === null ? operator : added(bias, operator)
      else rest.push({ operator, arg })
    }
    const outer = additive(g, [{ operator: first, arg: inner }, ...rest], bias, node.shape)
    if (outer !== null && inner !== t) g.equate(t, outer, { ...FACTORED, made: [inner], over: different(g, node.args) })
  }
}

/** M A x + b = M (A x + M^-1 b) for a matrix M that moves and scales components, at the front of the first product. */
export function pulledOut(g: EGraph, t: TermId): void {
  const node = g.nodes[t] as Additive
  if (node.bias === null && node.args.length === 1) return
  const first = wordsOf(node.operators[0])?.[0]?.atoms[0]
  const back = first === undefined ? null : monomialInverse(first)
  if (first === undefined || back === null) return
  const inner = additive(
    g,
    node.args.map((arg, k) => ({ operator: multiplied(back, node.operators[k]), arg })),
    node.bias === null ? null : multiplied(back, node.bias),
    node.shape,
  )
  if (inner === null) return
  const outer = additive(g, [{ operator: first, arg: inner }], null, node.shape)
  if (outer !== null) g.equate(t, outer, { ...FACTORED, made: [inner], over: different(g, node.args) })
}

/** f(M x, M y) = M' f(x, y) where M moves components, and scales them by factors that pass through f. */
export function throughFunction(g: EGraph, t: TermId): void {
  const node = g.nodes[t] as Pointwise
  if (node.args.length === 0) return
  for (const first of membersOf(g, node.args[0], 'additive')) {
    const operator = operatorAlone(g.nodes[first] as Additive)
    const moves = operator === null || operator.kind === 'identity' ? null : monomialOf(operator)
    if (operator === null || moves === null) continue
    const inner = [first]
    for (const arg of node.args.slice(1)) {
      const same = membersOf(g, arg, 'additive').find(m => operatorAlone(g.nodes[m] as Additive) === operator)
      if (same !== undefined) inner.push(same)
    }
    if (inner.length < node.args.length) continue
    const args = inner.map(m => g.nodes[m].args[0])
    const moved = movedThrough(
      node.fn,
      moves,
      args.map(a => whole(g.rangeOf(a))),
      operator,
    )
    if (moved === null) continue
    const below = pointwise(g, node.fn, args, shapeOf(g, args[0]))
    const made = below === null ? null : additive(g, [{ operator: moved, arg: below }], null, node.shape)
    if (below === null || made === null || g.nodes[below].args.length < args.length) continue
    const title = 'matrix that moves and scales, through a function'
    g.equate(t, made, { rule: 'equality', title, by: 'function', inner, made: [below], over: different(g, args) })
  }
}

/** f(k x) = k' f(x) for a factor that passes through f. */
export function factorThroughFunction(g: EGraph, t: TermId): void {
  const node = g.nodes[t] as Pointwise
  if (node.args.length !== 1) return
  for (const m of membersOf(g, node.args[0], 'pointwise')) {
    const { fn, args, shape } = g.nodes[m] as Pointwise
    const [factor, x] = fn.kind === 'call' && fn.name === '*' ? fn.args : []
    if (factor === undefined || factor.mask !== 0 || x !== variable(0) || args.length !== 1) continue
    const after = factorThrough(node.fn, factor, [whole(g.rangeOf(args[0]))])
    const below = after === null ? null : pointwise(g, node.fn, args, shape)
    if (after === null || below === null) continue
    const made = pointwise(g, after === one ? variable(0) : call('*', after, variable(0)), [below], shape)
    if (made === null) continue
    const title = 'factor through a function'
    const inner = made === below ? [] : [below]
    g.equate(t, made, { rule: 'normal-elementwise', title, by: 'function', inner: [m], made: inner, over: args })
  }
}
function operatorAlone(node: Additive): Linear | null {
  return node.args.length === 1 && node.bias === null ? node.operators[0] : null
}
function movedThrough(
  fn: Expression,
  moves: Monomial | 'units',
  domain: readonly Range[],
  operator: Linear,
): Linear | null {
  if (moves === 'units') return operator
  const after: Rational[] = []
  for (const value of moves.values) {
    const factor = factorThrough(fn, number(value), domain)
    if (factor?.kind !== 'number') return null
    after.push(factor.value)
  }
  return monomialMatrix({ columns: moves.columns, values: after }, operator.columns)
}

/**
 * A layer of known numbers before a function, with its rows in a fixed order and scaled by factors that pass through the
 * function: layers that differ by a permutation or scaling of hidden units become one.
 */
export function ordered(g: EGraph, t: TermId): void {
  const node = g.nodes[t] as Pointwise
  if (node.args.length !== 1) return
  const rows = knownSize(lastOf(node.shape))
  if (rows === null || rows < 2) return
  for (const m of membersOf(g, node.args[0], 'additive')) {
    const layer = g.nodes[m] as Additive
    const blocks = layer.operators.map(entriesOf)
    const bias = layer.bias === null ? [] : entriesOf(layer.bias)
    if (bias === null || blocks.some(b => b === null || b.length * b[0].length > MAX_ENTRIES)) continue
    if (layer.operators.length === 1 && layer.bias === null && monomialOf(layer.operators[0]) !== null) continue
    const domain = [whole(g.rangeOf(m))]
    const table = Array.from({ length: rows }, (_, i) => {
      const row = [...blocks.flatMap(b => (b as readonly (readonly Rational[])[])[i]), ...(bias[i] ?? [])]
      const lead = row.find(q => q.n !== 0n) ?? ONE
      const factors = [lead, lead.abs(), lead.s < 0n ? ONE.neg() : ONE, ONE]
      const factor = factors.find(q => factorThrough(node.fn, number(q), domain) !== null) as Rational
      const back = factor.inverse()
      return { factor, row: factor.equals(ONE) ? row : row.map(q => q.mul(back)) }
    })
    const order = table.map((_, i) => i).sort((i, j) => compareRows(table[i].row, table[j].row) || i - j)
    if (order.every((at, i) => at === i && table[i].factor.equals(ONE))) continue
    const columns = table.map((_, i) => order.indexOf(i))
    const matrix = monomialMatrix({ columns, values: table.map(r => r.factor) }, lastOf(node.shape))
    let from = 0
    const summands = layer.args.map((arg, k) => {
      const width = (blocks[k] as readonly (readonly Rational[])[])[0].length
      const operator = literal(order.map(i => table[i].row.slice(from, from + width)))
      from += width
      return { operator, arg }
    })
    const shift = layer.bias === null ? null : literal(order.map(i => [table[i].row[from]]))
    const inner = additive(g, summands, shift, layer.shape)
    const outer = inner === null ? null : additive(g, [{ operator: matrix, arg: inner }], null, layer.shape)
    if (inner !== null && outer !== null)
      g.equate(m, outer, {
        ...FACTORED,
        title: 'hidden units in a fixed order',
        made: [inner],
        over: different(g, layer.args),
      })
  }
}
function compareRows(a: readonly Rational[], b: readonly Rational[]): number {
  for (let k = 0; k < a.length; k++) {
    const order = a[k].compare(b[k])
    if (order !== 0) return order
  }
  return 0
}

/** f([a, b], [c, d]) = [f(a, c), f(b, d)]. */
export function throughJoin(g: EGraph, t: TermId): void {
  const node = g.nodes[t] as Pointwise
  if (node.args.length === 0) return
  for (const first of membersOf(g, node.args[0], 'join')) {
    const widths = g.nodes[first].args.map(a => lastOf(shapeOf(g, a)))
    const inner = [first]
    for (const arg of node.args.slice(1)) {
      const same = membersOf(g, arg, 'join').find(m => {
        const others = g.nodes[m].args
        return others.length === widths.length && others.every((a, i) => lastOf(shapeOf(g, a)) === widths[i])
      })
      if (same !== undefined) inner.push(same)
    }
    if (inner.length < node.args.length) continue
    const parts = widths.map((_, i) => {
      const args = inner.map(m => g.nodes[m].args[i])
      return pointwise(g, node.fn, args, shapeOf(g, args[0]))
    })
    if (parts.some(p => p === null)) continue
    const made = put(g, { kind: 'join', shape: node.shape }, parts as TermId[])
    const over = different(
      g,
      inner.flatMap(m => g.nodes[m].args),
    )
    if (made !== null)
      g.equate(t, made, {
        rule: 'equality',
        title: 'function of joined wires',
        by: 'function',
        inner,
        made: different(g, parts as TermId[]),
        over,
      })
  }
}
