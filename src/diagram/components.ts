// Wires as functions of other wires, component by component: what functions, joins, slices, known matrices, pools and products
// of known powers make of their args. A component has to be a function of components that stand at one place each.

import { entriesOf, type Linear } from '../linear/linear.ts'
import { addSizes, knownSize, type Size, sizeOf } from '../linear/size.ts'
import { call, type Expression, number, one, substitute, variable, zero } from '../scalar/expression.ts'
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

/** Component i of `count`, each a function of components that stand alike. */
function eachOf(
  count: number,
  of: (i: number) => { fn: Expression; parts: readonly (Piece | null)[] },
): (Piece | null)[] {
  const length = sizeOf(1)
  return Array.from({ length: count }, (_, i) => {
    const { fn, parts } = of(i)
    // Constants stand anywhere: what the others stand like is one that is none.
    const place = parts.find(p => p !== null && p.fn.mask !== 0) ?? { fn: zero, start: NOTHING, repeats: false }
    const whole: Piece = { ...place, length }
    if (!parts.every(p => p !== null && standAlike(p, whole))) return null
    return { ...whole, fn: substitute(fn, k => (parts[k] as Piece).fn) }
  })
}
/** Component j. One component repeats as little as any. */
function single(pieces: readonly Piece[], j: number): Piece | null {
  const piece = cut(pieces, sizeOf(j), sizeOf(1))
  return piece?.repeats ? { ...piece, repeats: false } : piece
}

/** Known matrices of several wires, with a known bias: each component is a sum of multiples. */
function added(node: Node & { kind: 'additive' }, args: readonly (readonly Piece[])[]): (Piece | null)[] | null {
  const blocks = node.operators.map(entriesOf)
  const bias = node.bias === null ? null : entriesOf(node.bias)
  const rows = knownSize(node.shape[node.shape.length - 1])
  if (rows === null || blocks.includes(null) || (node.bias !== null && bias === null)) return null
  return eachOf(rows, i => {
    const terms: Expression[] = []
    const parts: (Piece | null)[] = []
    for (const [k, block] of blocks.entries()) {
      for (const [j, q] of (block as NonNullable<typeof block>)[i].entries()) {
        spend(1)
        if (q.n === 0n) continue
        const x = variable(parts.push(single(args[k], j)) - 1)
        terms.push(q.equals(ONE) ? x : call('*', number(q), x))
      }
    }
    const shift = bias?.[i][0]
    if (shift !== undefined && shift.n !== 0n) terms.push(number(shift))
    return { fn: terms.length === 0 ? zero : terms.reduce((a, b) => call('+', a, b)), parts }
  })
}

/** The maximum or minimum over groups of known size. */
function pooled(node: Node & { kind: 'reduce' }, x: readonly Piece[]): (Piece | null)[] | null {
  const length = node.shape[node.shape.length - 1]
  // The largest of components that are all the same.
  if (x.length === 1 && (x[0].fn.mask === 0 || x[0].repeats)) return [{ ...x[0], length }]
  const groups = knownSize(length)
  if (groups === null) return null
  spend(node.group)
  const indices = Array.from({ length: node.group }, (_, j) => j)
  const fn = indices.map((j): Expression => variable(j)).reduce((a, b) => call(node.operation, a, b))
  return eachOf(groups, i => {
    spend(node.group)
    return { fn, parts: indices.map(j => single(x, i * node.group + j)) }
  })
}

/** Products of known powers: a factor with exponent 0 is 1, for every real number. */
function multiplied(node: Node & { kind: 'multiplicative' }, x: readonly Piece[]): (Piece | null)[] | null {
  const entries = entriesOf(node.operator)
  if (entries === null || node.bias !== null) return null
  return eachOf(entries.length, i => {
    const parts: (Piece | null)[] = []
    const factors = entries[i].flatMap((q, j): Expression[] => {
      spend(1)
      if (q.n === 0n) return []
      const base = variable(parts.push(single(x, j)) - 1)
      return [q.equals(ONE) ? base : call('^', base, number(q))]
    })
    return { fn: factors.length === 0 ? one : factors.reduce((a, b) => call('*', a, b)), parts }
  })
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

/** The pieces of a node's wire, from those of its args; null where it is no function of single components. */
export function piecesOf(node: Node, args: readonly (readonly Piece[])[]): readonly Piece[] | null {
  let found: readonly (Piece | null)[] | null = null
  if (node.kind === 'pointwise') found = applied(node, args)
  else if (node.kind === 'join') found = args.flat()
  else if (node.kind === 'slice') found = [cut(args[0], node.start, addSizes(node.end, node.start, -1))]
  // x^1 is x, and all other factors are x^0 = 1, for every real x.
  else if (node.kind === 'multiplicative' && node.operator.kind === 'identity' && node.bias === null) found = args[0]
  else if (node.kind === 'multiplicative') found = multiplied(node, args[0])
  else if (node.kind === 'reduce') found = pooled(node, args[0])
  else if (node.kind === 'additive') {
    found = args.length === 1 && node.bias === null ? moved(node.operators[0], args[0]) : null
    if (found === null || found.includes(null)) found = added(node, args)
  }
  return found?.every(piece => piece !== null) ? found : null
}
