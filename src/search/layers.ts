// Equalities of additive layers, joins and slices: products and factors of matrices. Each looks at one term and the members
// of the classes below it, and adds what follows.
import { uniformEntry } from '../algebra/operators.ts'
import type { NodeKind } from '../diagram/diagram.ts'
import { embed, identity, type Linear, ones, scale, select } from '../linear/linear.ts'
import { addSizes, type Shape, sizeOf } from '../linear/size.ts'
import { linearFormOnce } from '../rewrite/functions.ts'
import { call, type Expression, number, one, variable, zero } from '../scalar/expression.ts'
import { additive, different, lastOf, pointwise, type Summand, withLast } from './builder.ts'
import type { Unplaced } from './contents.ts'
import type { EGraph, TermId } from './egraph.ts'
import {
  added,
  monomialInverse,
  monomialOf,
  multiplied,
  multipliedBy,
  operatorOf,
  reciprocal,
  type Word,
  wordsOf,
} from './operators.ts'
import type { Why } from './reasons.ts'

export type Additive = Extract<Unplaced, { kind: 'additive' }>
export type Pointwise = Extract<Unplaced, { kind: 'pointwise' }>
type Constant = Extract<Unplaced, { kind: 'constant' }>
type Slice = Extract<Unplaced, { kind: 'slice' }>

/** Layers of more wires than this are not merged further. */
const MAX_TERMS = 12
/** So many members of a class are looked at. */
const MAX_MEMBERS = 12

const LINEAR: Why = { rule: 'linear-after', title: 'linear function as a layer', by: 'linear' }
const ELEMENTWISE: Why = { rule: 'elementwise', title: 'layer without mixing', by: 'linear' }
const PRODUCT: Why = { rule: 'additive-product', title: 'product of additive layers', by: 'linear' }
const FACTORED: Why = { rule: 'additive-product', title: 'common factor of additive layers', by: 'linear' }

const NONE: readonly TermId[] = []

/** The members of the class of a term that are of this kind, the first few; layers that only put parts together are none. */
export function membersOf(g: EGraph, term: TermId, kind: NodeKind): readonly TermId[] {
  const c = g.classOf(term)
  if (!g.has(c, kind)) return NONE
  const found: TermId[] = []
  for (let t = g.firstMember(c); t >= 0 && found.length < MAX_MEMBERS; t = g.nextMember(t))
    if (g.kindOf(t) === kind && (kind !== 'additive' || !g.closed.has(t))) found.push(t)
  return found
}

/** A linear function of wires, a join or a slice, as a layer. */
export function asLayer(g: EGraph, t: TermId): void {
  const node = g.nodeOf(t)
  const { shape } = node
  const width = lastOf(shape)
  let layer: TermId | null = null
  if (node.kind === 'slice') {
    const arg = g.argOf(t, 0)
    const operator = select(lastOf(g.shapeOf(arg)), (node as Slice).start, width)
    layer = additive(g, [{ operator, arg }], null, shape)
  } else if (node.kind === 'join') {
    let start = sizeOf(0)
    const summands: Summand[] = []
    for (const arg of g.argsOf(t)) {
      const length = lastOf(g.shapeOf(arg))
      summands.push({ operator: embed(width, start, length), arg })
      start = addSizes(start, length)
    }
    layer = additive(g, summands, null, shape)
  } else if (node.kind === 'pointwise' && g.arityOf(t) > 0) {
    const form = linearFormOnce(node.fn)
    if (form === null) return
    const summands = g.argsOf(t).map((arg, i) => ({
      operator: multipliedBy(form.coefficients.get(i) ?? zero, identity(width)),
      arg,
    }))
    const bias = form.constant === zero ? null : scale(form.constant, ones(width, sizeOf(1)))
    layer = additive(g, summands, bias, shape)
  }
  if (layer !== null) g.equate(t, layer, LINEAR, { over: different(g, g.argsOf(t)) })
}

/** The number that an operator in normal form multiplies with, where it does nothing else. */
function factorOf(a: Linear): Expression | null {
  if (a.kind === 'identity') return one
  if (a.kind === 'scale') return a.of.kind === 'identity' ? a.factor : null
  const isNumber = a.kind === 'literal' && a.entries.length === 1 && a.entries[0].length === 1
  return isNumber ? number(a.entries[0][0]) : null
}

/** A layer that mixes no components, as a function of its wires. */
export function asFunction(g: EGraph, t: TermId): void {
  const node = g.nodeOf(t) as Additive
  if (node.operators.length > 4) return
  let fn: Expression | null = null
  for (const [k, operator] of node.operators.entries()) {
    const factor = factorOf(operator)
    if (factor === null) return
    const term = factor === one ? variable(k) : call('*', factor, variable(k))
    fn = fn === null ? term : call('+', fn, term)
  }
  const bias = node.bias === null ? zero : uniformEntry(node.bias)
  if (fn === null || bias === null) return
  const args = g.argsOf(t)
  const made = pointwise(g, bias === zero ? fn : call('+', fn, bias), args, node.shape)
  if (made !== null) g.equate(t, made, ELEMENTWISE, { over: different(g, args) })
}

/** W (A x + a) + ... = W A x + W a + ... */
export function merged(g: EGraph, t: TermId, isNew: (m: TermId) => boolean): void {
  const arity = g.arityOf(t)
  for (let k = 0; k < arity; k++) {
    const c = g.classOf(g.argOf(t, k))
    for (const m of membersOf(g, c, 'additive')) if (isNew(m)) mergedWith(g, t, m)
    for (const m of membersOf(g, c, 'constant')) if (isNew(m)) mergedWith(g, t, m)
  }
}
function mergedWith(g: EGraph, t: TermId, m: TermId): void {
  const node = g.nodeOf(t) as Additive
  const below = g.nodeOf(m) as Additive | Constant
  const [args, inside] = [g.argsOf(t), g.argsOf(m)]
  // A wire as a layer of itself says nothing, and would be put into itself again and again.
  if (args.length - 1 + inside.length > MAX_TERMS || inside.some(a => g.areEqual(a, t))) return
  // A part of a wire that is put somewhere: the other way, from there to a join of parts, leads further.
  const isSlice = below.kind === 'additive' && below.operators[0]?.kind === 'select' && inside.length === 1
  if (isSlice && args.some((arg, k) => node.operators[k].kind === 'embed' && g.areEqual(arg, m))) return
  const [inner, others]: Summand[][] = [[], []]
  let bias = node.bias
  for (const [k, arg] of args.entries()) {
    const outer = node.operators[k]
    // Wires may have become equal since: the layer below stands in the place of all of them.
    if (!g.areEqual(arg, m)) {
      others.push({ operator: outer, arg })
      continue
    }
    if (below.kind === 'additive')
      for (const [j, a] of inside.entries()) inner.push({ operator: multiplied(outer, below.operators[j]), arg: a })
    const shift = below.kind === 'constant' ? below.value : below.bias
    const moved = shift === null ? null : multiplied(outer, shift)
    if (moved !== null) bias = bias === null ? moved : added(moved, bias)
  }
  const summands = [...inner, ...others]
  if (summands.some(s => wordsOf(s.operator) === null)) return
  const made = additive(g, summands, bias, node.shape)
  if (made === null) return
  const over = others.length === 0 ? inside : different(g, [...inside, ...others.map(s => s.arg)])
  g.equate(t, made, PRODUCT, { inner: [m], over })
}

/** One product of a layer's matrices with its wire (the bias has none). */
export interface Piece {
  readonly word: Word
  readonly arg: TermId | null
}
export function piecesOf(g: EGraph, t: TermId): Piece[] | null {
  const node = g.nodeOf(t) as Additive
  const pieces: Piece[] = []
  for (const [k, operator] of node.operators.entries()) {
    const words = wordsOf(operator)
    if (words === null || pieces.length + words.length > 4 * MAX_TERMS) return null
    for (const word of words) pieces.push({ word, arg: g.argOf(t, k) })
  }
  const words = node.bias === null ? [] : wordsOf(node.bias)
  if (words === null) return null
  for (const word of words) pieces.push({ word, arg: null })
  return pieces
}

/** The layer with these pieces; `drop` atoms are left out at the front. */
export function layerOf(
  g: EGraph,
  pieces: readonly Piece[],
  drop: number,
  shape: Shape,
  made?: TermId[],
): TermId | null {
  const summands: Summand[] = []
  let bias: Linear | null = null
  for (const { word, arg } of pieces) {
    const rest = drop === 0 ? word : { factor: word.factor, atoms: word.atoms.slice(drop) }
    const operator = operatorOf(rest, arg === null ? sizeOf(1) : lastOf(g.shapeOf(arg)))
    if (arg === null) bias = bias === null ? operator : added(bias, operator)
    else summands.push({ operator, arg })
  }
  return summands.length === 0 && bias === null ? null : additive(g, summands, bias, shape, made)
}

/** A factor of the first matrix of a layer, taken out of all of it: k A x + k B y = k (A x + B y). */
export function withoutFactor(g: EGraph, t: TermId): void {
  const node = g.nodeOf(t) as Additive
  const first = wordsOf(node.operators[0])?.[0]
  if (first === undefined || first.factor === one) return
  const back = reciprocal(first.factor)
  const isAlone = node.operators.length === 1 && node.bias === null && wordsOf(node.operators[0])?.length === 1
  if ((back === null && !isAlone) || (isAlone && first.atoms.length === 0)) return
  const by = (a: Linear): Linear =>
    back === null || isAlone ? operatorOf({ factor: one, atoms: first.atoms }, a.columns) : multipliedBy(back, a)
  const args = g.argsOf(t)
  const inner = additive(
    g,
    args.map((arg, k) => ({ operator: by(node.operators[k]), arg })),
    node.bias === null ? null : by(node.bias),
    node.shape,
  )
  if (inner === null) return
  const operator = scale(first.factor, identity(lastOf(node.shape)))
  const outer = additive(g, [{ operator, arg: inner }], null, node.shape)
  if (outer !== null) g.equate(t, outer, FACTORED, { made: [inner], over: different(g, args) })
}

/** W A x + W B y + C z = W (A x + B y) + C z: pieces that begin with one matrix, together. */
export function grouped(g: EGraph, t: TermId, pieces: readonly Piece[] | null): void {
  const node = g.nodeOf(t) as Additive
  if (pieces === null || pieces.length > 4 * MAX_TERMS) return
  // One matrix alone has no factor.
  if (pieces.length === 1 && pieces[0].word.atoms.length < 2) return
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
    const own = group.find(p => p.arg !== null)
    if (own === undefined) continue
    const inner = layerOf(g, group, 1, withLast(g.shapeOf(own.arg as TermId), first.columns))
    if (inner === null || inner === t) continue
    const rest: Summand[] = []
    let bias: Linear | null = null
    for (const piece of isWhole ? [] : pieces) {
      if (group.includes(piece)) continue
      const { word, arg } = piece
      const operator = operatorOf(word, arg === null ? sizeOf(1) : lastOf(g.shapeOf(arg)))
      if (arg === null) bias = bias === null ? operator : added(bias, operator)
      else rest.push({ operator, arg })
    }
    const outer = additive(g, [{ operator: first, arg: inner }, ...rest], bias, node.shape)
    if (outer !== null) g.equate(t, outer, FACTORED, { made: [inner], over: different(g, g.argsOf(t)) })
  }
}

/** M A x + b = M (A x + M^-1 b) for a matrix M that moves and scales components, at the front of the first product. */
export function pulledOut(g: EGraph, t: TermId): void {
  const node = g.nodeOf(t) as Additive
  if (node.bias === null && node.operators.length === 1) return
  const first = wordsOf(node.operators[0])?.[0]?.atoms[0]
  const back = first === undefined ? null : monomialInverse(first)
  if (first === undefined || back === null) return
  const args = g.argsOf(t)
  const inner = additive(
    g,
    args.map((arg, k) => ({ operator: multiplied(back, node.operators[k]), arg })),
    node.bias === null ? null : multiplied(back, node.bias),
    node.shape,
  )
  if (inner === null) return
  const outer = additive(g, [{ operator: first, arg: inner }], null, node.shape)
  if (outer !== null) g.equate(t, outer, FACTORED, { made: [inner], over: different(g, args) })
}
