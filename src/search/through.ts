// Equalities of functions on layers and joins: which matrices pass through a function that acts on each component by itself.
import { whole } from '../diagram/ranges.ts'
import { entriesOf, type Linear, literal } from '../linear/linear.ts'
import { knownSize } from '../linear/size.ts'
import { call, type Expression, number, one, variable } from '../scalar/expression.ts'
import { isSubset, NON_ZERO, type Range, REALS } from '../scalar/range.ts'
import { ONE, type Rational } from '../scalar/rational.ts'
import { additive, different, lastOf, PRODUCT, pointwise, put, QUOTIENT } from './builder.ts'
import type { EGraph, TermId } from './egraph.ts'
import { factorThrough, wirePasses } from './functions.ts'
import { type Additive, membersOf, type Pointwise } from './layers.ts'
import { type Moves, monomialMatrix, monomialOf } from './operators.ts'
import type { Why } from './reasons.ts'

/** Matrices of more entries are not looked at row by row. */
const MAX_ENTRIES = 16_384

const MOVED: Why = { rule: 'equality', title: 'matrix that moves and scales, through a function', by: 'function' }
const FACTOR: Why = { rule: 'normal-elementwise', title: 'factor through a function', by: 'function' }
const CANCELLED: Why = { rule: 'normal-elementwise', title: 'factor and divisor cancel', by: 'function' }
const ORDERED: Why = { rule: 'additive-product', title: 'hidden units in a fixed order', by: 'linear' }
const JOINED: Why = { rule: 'equality', title: 'function of joined wires', by: 'function' }

function operatorAlone(node: Additive): Linear | null {
  return node.operators.length === 1 && node.bias === null ? node.operators[0] : null
}

/** f(M x, M y) = M' f(x, y) where M moves components, and scales them by factors that pass through f. */
export function throughFunction(g: EGraph, t: TermId): void {
  const node = g.nodeOf(t) as Pointwise
  const arity = g.arityOf(t)
  if (arity === 0 || !g.has(g.classOf(g.argOf(t, 0)), 'additive')) return
  for (const first of membersOf(g, g.argOf(t, 0), 'additive')) {
    const operator = operatorAlone(g.nodeOf(first) as Additive)
    const moves = operator === null || operator.kind === 'identity' ? null : monomialOf(operator)
    if (operator === null || moves === null) continue
    const inner = [first]
    for (let k = 1; k < arity; k++) {
      const isSame = (m: TermId): boolean => operatorAlone(g.nodeOf(m) as Additive) === operator
      const same = membersOf(g, g.argOf(t, k), 'additive').find(isSame)
      if (same !== undefined) inner.push(same)
    }
    if (inner.length < arity) continue
    let args = inner.map(m => g.argOf(m, 0))
    let domain: Range[] = args.map(() => REALS)
    let moved = movedThrough(node.fn, moves, domain, operator, g.deadline)
    if (moved === null) {
      // What does not hold everywhere may hold for the values that the wires have.
      args = args.map(a => g.narrowest(a))
      domain = args.map(a => whole(g.rangeOf(a)))
      moved = movedThrough(node.fn, moves, domain, operator, g.deadline)
    }
    if (moved === null) continue
    const below = pointwise(g, node.fn, args, g.shapeOf(args[0]))
    const made = below === null ? null : additive(g, [{ operator: moved, arg: below }], null, node.shape)
    if (below === null || made === null || g.arityOf(below) < args.length) continue
    g.equate(t, made, MOVED, { inner, made: [below], over: different(g, args), domain })
  }
}
function movedThrough(
  fn: Expression,
  moves: Moves | 'units',
  domain: readonly Range[],
  operator: Linear,
  deadline: number,
): Linear | null {
  if (moves === 'units') return operator
  const known = moves.through.get(fn)
  if (known !== undefined && domain.every(r => r === REALS)) return known
  const after: Rational[] = []
  let result: Linear | null = null
  for (const value of moves.values) {
    const factor = factorThrough(fn, number(value), domain, deadline)
    if (factor?.kind !== 'number') break
    after.push(factor.value)
  }
  if (after.length === moves.values.length)
    result = monomialMatrix({ columns: moves.columns, values: after }, operator.columns)
  if (domain.every(r => r === REALS) && (result !== null || performance.now() < deadline)) moves.through.set(fn, result)
  return result
}

/** f(k x) = k' f(x) for a factor that passes through f. */
export function factorThroughFunction(g: EGraph, t: TermId): void {
  if (g.arityOf(t) !== 1 || !g.has(g.classOf(g.argOf(t, 0)), 'pointwise')) return
  const node = g.nodeOf(t) as Pointwise
  for (const m of membersOf(g, g.argOf(t, 0), 'pointwise')) {
    const { fn, shape } = g.nodeOf(m) as Pointwise
    const [factor, x] = fn.kind === 'call' && fn.name === '*' ? fn.args : []
    if (factor === undefined || factor.mask !== 0 || x !== variable(0) || g.arityOf(m) !== 1) continue
    const arg = g.narrowest(g.argOf(m, 0))
    const domain = [whole(g.rangeOf(arg))]
    const after = factorThrough(node.fn, factor, domain, g.deadline)
    const below = after === null ? null : pointwise(g, node.fn, [arg], shape)
    if (after === null || below === null) continue
    const made = pointwise(g, after === one ? variable(0) : call('*', after, variable(0)), [below], shape)
    if (made === null) continue
    g.equate(t, made, FACTOR, { inner: [m], made: made === below ? [] : [below], over: [arg], domain })
  }
}

/** f(x s) = s f(x), and f(x / s) = f(x) / s, for a wire s with values that pass through f. */
export function wireThroughFunction(g: EGraph, t: TermId): void {
  if (g.arityOf(t) !== 1 || !g.has(g.classOf(g.argOf(t, 0)), 'pointwise')) return
  const node = g.nodeOf(t) as Pointwise
  for (const m of membersOf(g, g.argOf(t, 0), 'pointwise')) {
    const { fn, shape } = g.nodeOf(m) as Pointwise
    if (g.arityOf(m) !== 2 || (fn !== PRODUCT && fn !== QUOTIENT)) continue
    for (const k of fn === QUOTIENT ? [1] : [1, 0]) {
      const [x, s] = [g.narrowest(g.argOf(m, 1 - k)), g.narrowest(g.argOf(m, k))]
      const domain = [whole(g.rangeOf(x)), whole(g.rangeOf(s))]
      if (!wirePasses(node.fn, fn, domain, g.deadline)) continue
      const below = pointwise(g, node.fn, [x], shape)
      const made = below === null ? null : pointwise(g, fn, k === 1 ? [below, s] : [s, below], shape)
      if (below === null || made === null) continue
      g.equate(t, made, FACTOR, { inner: [m], made: [below], over: [x, s], domain })
      break
    }
  }
}

/** (x * s) / s = x and (x / s) * s = x, for a wire s that is not 0. */
export function cancelled(g: EGraph, t: TermId): void {
  const { fn } = g.nodeOf(t) as Pointwise
  if (g.arityOf(t) !== 2 || (fn !== PRODUCT && fn !== QUOTIENT)) return
  const inverse = fn === PRODUCT ? QUOTIENT : PRODUCT
  for (const k of fn === QUOTIENT ? [1] : [1, 0]) {
    const s = g.narrowest(g.argOf(t, k))
    if (!isSubset(whole(g.rangeOf(s)), NON_ZERO)) continue
    for (const m of membersOf(g, g.argOf(t, 1 - k), 'pointwise')) {
      if (g.arityOf(m) !== 2 || (g.nodeOf(m) as Pointwise).fn !== inverse) continue
      const at = (inverse === QUOTIENT ? [1] : [1, 0]).find(i => g.areEqual(g.argOf(m, i), s))
      if (at === undefined) continue
      const x = g.narrowest(g.argOf(m, 1 - at))
      if (g.areEqual(t, x)) return
      g.equate(t, x, CANCELLED, { inner: [m], over: [x, s], domain: [whole(g.rangeOf(x)), whole(g.rangeOf(s))] })
    }
  }
}

/**
 * A layer of known numbers before a function, with its rows in a fixed order and scaled by factors that pass through the
 * function: layers that differ by a permutation or scaling of hidden units become one.
 */
export function ordered(g: EGraph, t: TermId): void {
  if (g.arityOf(t) !== 1 || !g.has(g.classOf(g.argOf(t, 0)), 'additive')) return
  const node = g.nodeOf(t) as Pointwise
  const rows = knownSize(lastOf(node.shape))
  if (rows === null || rows < 2) return
  for (const m of membersOf(g, g.argOf(t, 0), 'additive')) {
    const layer = g.nodeOf(m) as Additive
    const blocks = layer.operators.map(entriesOf)
    const bias = layer.bias === null ? [] : entriesOf(layer.bias)
    if (bias === null || blocks.some(b => b === null || b.length * b[0].length > MAX_ENTRIES)) continue
    if (layer.operators.length === 1 && layer.bias === null && monomialOf(layer.operators[0]) !== null) continue
    const domain = [whole(g.rangeOf(m))]
    const table = Array.from({ length: rows }, (_, i) => {
      const row = [...blocks.flatMap(b => (b as readonly (readonly Rational[])[])[i]), ...(bias[i] ?? [])]
      const lead = row.find(q => q.n !== 0n) ?? ONE
      const factors = [lead, lead.abs(), lead.s < 0n ? ONE.neg() : ONE, ONE]
      const factor = factors.find(q => factorThrough(node.fn, number(q), domain, g.deadline) !== null) as Rational
      const back = factor.inverse()
      return { factor, row: factor.equals(ONE) ? row : row.map(q => q.mul(back)) }
    })
    const order = table.map((_, i) => i).sort((i, j) => compareRows(table[i].row, table[j].row) || i - j)
    if (order.every((at, i) => at === i && table[i].factor.equals(ONE))) continue
    const columns = table.map((_, i) => order.indexOf(i))
    const matrix = monomialMatrix({ columns, values: table.map(r => r.factor) }, lastOf(node.shape))
    let from = 0
    const args = g.argsOf(m)
    const summands = args.map((arg, k) => {
      const width = (blocks[k] as readonly (readonly Rational[])[])[0].length
      const operator = literal(order.map(i => table[i].row.slice(from, from + width)))
      from += width
      return { operator, arg }
    })
    const shift = layer.bias === null ? null : literal(order.map(i => [table[i].row[from]]))
    const inner = additive(g, summands, shift, layer.shape)
    const outer = inner === null ? null : additive(g, [{ operator: matrix, arg: inner }], null, layer.shape)
    if (inner !== null && outer !== null) g.equate(m, outer, ORDERED, { made: [inner], over: different(g, args) })
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
  const node = g.nodeOf(t) as Pointwise
  const arity = g.arityOf(t)
  if (arity === 0 || !g.has(g.classOf(g.argOf(t, 0)), 'join')) return
  for (const first of membersOf(g, g.argOf(t, 0), 'join')) {
    const widths = g.argsOf(first).map(a => lastOf(g.shapeOf(a)))
    const inner = [first]
    for (let k = 1; k < arity; k++) {
      const same = membersOf(g, g.argOf(t, k), 'join').find(m => {
        const others = g.argsOf(m)
        return others.length === widths.length && others.every((a, i) => lastOf(g.shapeOf(a)) === widths[i])
      })
      if (same !== undefined) inner.push(same)
    }
    if (inner.length < arity) continue
    const own: TermId[] = []
    const parts = widths.map((_, i) => {
      const args = inner.map(m => g.argOf(m, i))
      return pointwise(g, node.fn, args, g.shapeOf(args[0]), own)
    })
    if (parts.some(p => p === null)) continue
    const made = put(g, { kind: 'join', shape: node.shape }, parts as TermId[])
    const over = different(
      g,
      inner.flatMap(m => g.argsOf(m)),
    )
    if (made !== null) g.equate(t, made, JOINED, { inner, made: own, over })
  }
}
