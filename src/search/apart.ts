// Equalities that take layers apart: into a sum of products with one matrix each, into layers of parts of their wires, and into
// a join of layers, one for each part of their outputs.
import { times, uniformEntry } from '../algebra/operators.ts'
import { factorsOf, type Linear, ones, select } from '../linear/linear.ts'
import { addSizes, isAtLeast, type Size, sizeOf } from '../linear/size.ts'
import { call, type Expression, one, variable } from '../scalar/expression.ts'
import { additive, different, lastOf, PRODUCT, pointwise, put, type Summand, withLast } from './builder.ts'
import type { EGraph, TermId } from './egraph.ts'
import { type Additive, layerOf, membersOf, type Piece, type Pointwise } from './layers.ts'
import { normalOf, operatorOf } from './operators.ts'
import { MAX_ARGS } from './pointwise.ts'
import type { Why } from './reasons.ts'

/** Layers of more parts are not made. */
const MOST_PARTS = 12

const SUM: Why = { rule: 'equality', title: 'layer as a sum', by: 'linear' }
const SLICED: Why = { rule: 'equality', title: 'layer of a part', by: 'linear' }
const MULTIPLE: Why = { rule: 'equality', title: 'layer as a multiple', by: 'linear' }
const BLOCKS: Why = { rule: 'equality', title: 'blocks as a join of layers', by: 'linear' }
const MOVED: Why = { rule: 'equality', title: 'part of a function', by: 'function' }

/** A x + k y + b as a function of the wires A x, y and b: so that algebra can look into the sum. */
export function asSum(g: EGraph, t: TermId, pieces: readonly Piece[] | null): void {
  const { operators, bias, shape } = g.nodeOf(t) as Additive
  if (operators.length > MAX_ARGS || (operators.length === 1 && bias === null && operators[0].kind === 'symbol')) return
  if (pieces === null || pieces.length < 2 || pieces.length > MAX_ARGS) return
  if (pieces.every(p => p.word.atoms.length === 0) || pieces.some(p => p.word.atoms[0]?.kind === 'embed')) return
  const wires: TermId[] = []
  const made: TermId[] = []
  let fn: Expression | null = null
  for (const { word, arg } of pieces) {
    const operator = operatorOf({ factor: one, atoms: word.atoms }, arg === null ? sizeOf(1) : lastOf(g.shapeOf(arg)))
    let term = arg === null ? uniformEntry(operator) : null
    if (term === null) {
      const [summands, rest] = arg === null ? [[], operator] : [[{ operator, arg }], null]
      const wire = additive(g, summands, rest, shape, made)
      if (wire === null) return
      term = variable(wires.push(wire) - 1)
    }
    const multiple = word.factor === one ? term : call('*', word.factor, term)
    fn = fn === null ? multiple : call('+', fn, multiple)
  }
  const sum = pointwise(g, fn as Expression, wires, shape)
  if (sum === null || sum === t) return
  g.equate(t, sum, SUM, { made, over: different(g, g.argsOf(t)) })
}

/** A (S x) + ... for a matrix S that takes a part of x: the layer on that part. */
export function ofParts(g: EGraph, t: TermId, pieces: readonly Piece[] | null): void {
  if (pieces === null || !pieces.some(takesPart)) return
  const slices: TermId[] = []
  const moved: Piece[] = []
  for (const piece of pieces) {
    const { word, arg } = piece
    const last = word.atoms[word.atoms.length - 1]
    if (arg === null || !takesPart(piece)) {
      moved.push(piece)
      continue
    }
    const slice = part(g, last, arg, slices)
    if (slice === null) return
    moved.push({ word: { factor: word.factor, atoms: word.atoms.slice(0, -1) }, arg: slice })
  }
  const made = layerOf(g, moved, 0, g.shapeOf(t))
  if (made !== null) g.equate(t, made, SLICED, { made: slices, over: different(g, g.argsOf(t)) })
}
function takesPart({ word: { atoms }, arg }: Piece): boolean {
  return arg !== null && atoms.length >= 2 && atoms[atoms.length - 1].kind === 'select'
}
function part(g: EGraph, operator: Linear, arg: TermId, made: TermId[]): TermId | null {
  return additive(g, [{ operator, arg }], null, withLast(g.shapeOf(arg), operator.rows), made)
}

/** D A x + D b for a diagonal matrix D of a vector d, as d * (A x + b): algebra knows more of a factor than of a matrix. */
export function asMultiple(g: EGraph, t: TermId, pieces: readonly Piece[] | null): void {
  const { shape } = g.nodeOf(t)
  const first = pieces?.at(0)?.word.atoms[0]
  if (pieces === null || first?.kind !== 'diagonal') return
  const rest: Piece[] = []
  for (const { word, arg } of pieces) {
    const atoms = withoutDiagonal(word.atoms, first)
    if (atoms === null) return
    rest.push({ word: { factor: word.factor, atoms }, arg })
  }
  const parts: TermId[] = []
  const inner = layerOf(g, rest, 0, shape, parts)
  const factor = additive(g, [], normalOf(first.of), shape, parts)
  const made = inner === null || factor === null ? null : pointwise(g, PRODUCT, [inner, factor], shape)
  if (made !== null) g.equate(t, made, MULTIPLE, { made: parts, over: different(g, g.argsOf(t)) })
}

/** A product without this diagonal matrix, which may change places with others, and with the vector behind them; null where it has none. */
function withoutDiagonal(
  atoms: readonly Linear[],
  diagonal: Extract<Linear, { kind: 'diagonal' }>,
): readonly Linear[] | null {
  const end = atoms.findIndex(a => a.kind !== 'diagonal')
  const count = end < 0 ? atoms.length : end
  const at = atoms.indexOf(diagonal)
  if (at >= 0 && at < count) return atoms.toSpliced(at, 1)
  // diag(a) d = diag(d) a, and d alone is diag(d) 1.
  const [vector, ...others] = atoms.slice(count)
  if (vector !== diagonal.of || others.length > 0) return null
  const last = atoms[count - 1]
  if (last === undefined) return [ones(vector.rows, sizeOf(1))]
  return last.kind === 'diagonal' ? [...atoms.slice(0, count - 1), ...factorsOf(last.of)] : null
}

/** The lengths of the parts of its outputs to which the terms of a layer are confined; null where they do not tell. */
function cutsOf(pieces: readonly Piece[], width: Size): Size[] | null {
  const spans = pieces
    .flatMap(({ word }) => (word.atoms[0]?.kind === 'embed' ? [word.atoms[0]] : []))
    .map(first => ({ start: first.start, end: addSizes(first.start, first.columns) }))
  const ends = [...new Set(spans.flatMap(s => [s.start, s.end]))]
  const lengths: Size[] = []
  for (let at = sizeOf(0); at !== width; ) {
    // The nearest end after this one, where it is the nearest whatever the sizes are.
    const rests = [...ends, width].map(end => addSizes(end, at, -1)).filter(rest => isAtLeast(rest, 1))
    const nearest = rests.find(rest => rests.every(other => isAtLeast(addSizes(other, rest, -1), 0)))
    if (nearest === undefined || lengths.length === MOST_PARTS) return null
    lengths.push(nearest)
    at = addSizes(at, nearest)
  }
  return lengths.length > 1 ? lengths : null
}

/** A layer of blocks as the join of a layer for each row of blocks. */
export function asJoin(g: EGraph, t: TermId, pieces: readonly Piece[] | null): void {
  const { operators, bias, shape } = g.nodeOf(t) as Additive
  const width = lastOf(shape)
  const isPlaced = pieces?.some(({ word }) => word.atoms[0]?.kind === 'embed')
  const cuts = pieces === null || !isPlaced ? null : cutsOf(pieces, width)
  if (cuts === null) return
  const args = g.argsOf(t)
  const parts: TermId[] = []
  const own: TermId[] = []
  let start = sizeOf(0)
  for (const length of cuts) {
    const taken = select(width, start, length)
    const of = (a: Linear): Linear => normalOf(times(taken, a))
    const summands = args.map((arg, k): Summand => ({ operator: of(operators[k]), arg }))
    const made = additive(g, summands, bias === null ? null : of(bias), withLast(shape, length), own)
    if (made === null) return
    parts.push(made)
    start = addSizes(start, length)
  }
  const joined = put(g, { kind: 'join', shape }, parts)
  if (joined !== null) g.equate(t, joined, BLOCKS, { made: own, over: different(g, args) })
}

/** S f(x, y) = f(S x, S y) for a matrix S that takes a part. */
export function partOfFunction(g: EGraph, t: TermId): void {
  const { operators, bias, shape } = g.nodeOf(t) as Additive
  const [operator] = operators
  if (operators.length !== 1 || bias !== null || operator.kind !== 'select') return
  for (const m of membersOf(g, g.argOf(t, 0), 'pointwise')) {
    const args = g.argsOf(m)
    const own: TermId[] = []
    const parts = args.map(arg => part(g, operator, arg, own))
    if (parts.some(p => p === null)) continue
    const made = pointwise(g, (g.nodeOf(m) as Pointwise).fn, parts as TermId[], shape)
    if (made === null) continue
    g.equate(t, made, MOVED, { inner: [m], made: own, over: different(g, args) })
  }
}
