// Wires as functions of other wires, component by component: what functions, joins, slices, pools and matrices that only
// move and scale components make of their args.

import { entriesOf, type Linear } from '../linear/linear.ts'
import { addSizes, type Size, sizeOf } from '../linear/size.ts'
import { call, type Expression, number, substitute, variable, zero } from '../scalar/expression.ts'
import { ONE } from '../scalar/rational.ts'
import { spend } from '../scalar/work.ts'
import type { Node } from './diagram.ts'

/** So many components of a wire: the k-th is a function of the components start + k (of `start` for all k, if it repeats). */
export interface Piece {
  readonly length: Size
  readonly fn: Expression
  readonly start: Size
  readonly repeats: boolean
}

const NOTHING = sizeOf(0)

/** The wire that is variable v of the functions. */
export function variablePiece(v: number, length: Size): Piece {
  return { length, fn: variable(v), start: NOTHING, repeats: false }
}

/** Whether the components of a piece are made of the same components as those of another. */
export function standAlike(a: Piece, b: Piece): boolean {
  if (a.length !== b.length) return false
  return a.fn.mask === 0 || b.fn.mask === 0 || (a.start === b.start && a.repeats === b.repeats)
}

/** The pieces of two wires of one shape, cut at the same places; null where that is not possible. */
export function pairs(a: readonly Piece[], b: readonly Piece[]): (readonly [Piece, Piece])[] | null {
  let at = NOTHING
  const found = (a.length < b.length ? b : a).flatMap(({ length }) => {
    const [p, q] = [cut(a, at, length), cut(b, at, length)]
    at = addSizes(at, length)
    return p === null || q === null ? [] : [[p, q] as const]
  })
  return found.length < Math.max(a.length, b.length) ? null : found
}

/** Components start .. start + length - 1; null where it is not known in which piece they are. */
function cut(pieces: readonly Piece[], start: Size, length: Size): Piece | null {
  const [only] = pieces
  if (pieces.length === 1)
    return only.length === length ? only : { ...only, length, start: addSizes(only.start, start, only.repeats ? 0 : 1) }
  let at = NOTHING
  for (const piece of pieces) {
    spend(1)
    if (at === start && piece.length === length) return piece
    at = addSizes(at, piece.length)
  }
  return null
}

/** A matrix that has one entry other than 0 in each row, after the pieces; null for other matrices. */
function moved(a: Linear, x: readonly Piece[]): (Piece | null)[] | null {
  const scaled = (piece: Piece | null, factor: Expression): Piece | null =>
    piece === null || factor === number(ONE) ? piece : { ...piece, fn: call('*', factor, piece.fn) }
  if (a.kind === 'identity') return [...x]
  if (a.kind === 'select') return [cut(x, a.start, a.rows)]
  if (a.kind === 'ones' && a.columns === sizeOf(1) && x.length === 1)
    return [{ ...x[0], length: a.rows, repeats: true }]
  if (a.kind === 'scale' && a.of.kind === 'identity' && a.factor.kind === 'number')
    return x.map(piece => scaled(piece, a.factor))
  return (
    entriesOf(a)?.map(row => {
      const [j, ...others] = row.flatMap((q, k) => (q.n === 0n ? [] : [k]))
      const isMove = j !== undefined && others.length === 0
      return isMove ? scaled(cut(x, sizeOf(j), sizeOf(1)), number(row[j])) : null
    }) ?? null
  )
}

/** A function of wires that are cut at the same places. */
function applied(node: Node & { kind: 'pointwise' }, args: readonly (readonly Piece[])[]): (Piece | null)[] {
  const whole: Piece = { length: node.shape[node.shape.length - 1], fn: zero, start: NOTHING, repeats: false }
  let at = NOTHING
  const longest = args.reduce((most, arg) => (arg.length > most.length ? arg : most), [whole])
  return longest.map(({ length }) => {
    const parts = args.flatMap(arg => cut(arg, at, length) ?? [])
    at = addSizes(at, length)
    const place = parts.find(p => p.fn.mask !== 0) ?? whole
    if (parts.length < args.length || !parts.every(p => standAlike(p, { ...place, length: p.length }))) return null
    return { ...place, length, fn: substitute(node.fn, i => parts[i].fn) }
  })
}

/** The largest (least) of components that are all the same. */
function pooled({ shape }: Node & { kind: 'reduce' }, x: readonly Piece[]): (Piece | null)[] | null {
  const [first] = x
  return x.length === 1 && (first.fn.mask === 0 || first.repeats)
    ? [{ ...first, length: shape[shape.length - 1] }]
    : null
}

/** The pieces of a node's wire, from those of its args; null where it is no function of single components. */
export function piecesOf(node: Node, args: readonly (readonly Piece[])[]): readonly Piece[] | null {
  let found: readonly (Piece | null)[] | null = null
  if (node.kind === 'pointwise') found = applied(node, args)
  else if (node.kind === 'join') found = args.flat()
  else if (node.kind === 'slice') found = [cut(args[0], node.start, addSizes(node.end, node.start, -1))]
  else if (node.kind === 'reduce') found = pooled(node, args[0])
  // x^1 is x, and all other factors are x^0 = 1, for every real x.
  else if (node.kind === 'multiplicative' && node.operator.kind === 'identity' && node.bias === null) found = args[0]
  else if (node.kind === 'additive' && args.length === 1 && node.bias === null)
    found = moved(node.operators[0], args[0])
  return found?.every(piece => piece !== null) ? found : null
}
