// Wires of few components, component by component: pools and products of powers are functions of these, and known matrices make
// sums of them. What one place of a net says of single components, algebra can compare with any other place.
import { entriesOf, type Linear, literal, select } from '../linear/linear.ts'
import { knownSize, sizeOf } from '../linear/size.ts'
import { call, type Expression, number, one, variable } from '../scalar/expression.ts'
import { ONE, ZERO } from '../scalar/rational.ts'
import { additive, different, lastOf, pointwise, put, type Summand, withLast } from './builder.ts'
import type { Unplaced } from './contents.ts'
import type { EGraph, TermId } from './egraph.ts'
import type { Visitor } from './instances.ts'
import type { Additive } from './layers.ts'
import { mixes, normalOf } from './operators.ts'
import type { Why } from './reasons.ts'

/** Wires of more components stay whole. */
const MOST_COMPONENTS = 8
/** Pools of wires of more components stay pools. */
const MOST_POOLED = 64

const PARTS: Why = { rule: 'equality', title: 'a wire is the join of its parts', by: 'linear' }
const POOL: Why = { rule: 'equality', title: 'pool as a function', by: 'function' }
const POWERS: Why = { rule: 'equality', title: 'product of powers as a function', by: 'function' }
const SUMS: Why = { rule: 'equality', title: 'known matrix by components', by: 'linear' }

type Reduce = Extract<Unplaced, { kind: 'reduce' }>
type Multiplicative = Extract<Unplaced, { kind: 'multiplicative' }>

/** max(x_0, x_1, ...), x_j being the component at place j of each group. */
export function poolAsFunction(g: EGraph, t: TermId): void {
  const { operation, group, shape } = g.nodeOf(t) as Reduce
  const x = g.argOf(t, 0)
  const width = knownSize(lastOf(g.shapeOf(x)))
  if (width === null || width > MOST_POOLED || group < 2) return
  const count = width / group
  const wires: TermId[] = []
  const summands: Summand[] = []
  for (let j = 0; j < group; j++) {
    const rows = Array.from({ length: count }, (_, i) => i * group + j)
    const taking = literal(rows.map(at => Array.from({ length: width }, (_, k) => (k === at ? ONE : ZERO))))
    const placing = literal(Array.from({ length: width }, (_, k) => rows.map(at => (k === at ? ONE : ZERO))))
    const wire = additive(g, [{ operator: taking, arg: x }], null, shape)
    if (wire === null) return
    wires.push(wire)
    summands.push({ operator: normalOf(placing), arg: wire })
  }
  const before = g.size
  const whole = put(
    g,
    { kind: 'additive', operators: summands.map(s => s.operator), bias: null, shape: g.shapeOf(x) },
    wires,
  )
  const fn = wires.map((_, j): Expression => variable(j)).reduce((a, b) => call(operation, a, b))
  const made = whole === null ? null : pointwise(g, fn, wires, shape)
  // Wires that are equal already are not told apart below the one that they make.
  if (whole === null || made === null || different(g, wires).length < group) return
  if (whole >= before) g.closed.add(whole)
  g.equate(whole, x, PARTS, { inner: wires, over: [x] })
  g.equate(t, made, POOL, { inner: [whole], over: wires })
}

/** The components of a wire, and their join, which is the wire; null where there are too many. */
function componentsOf(g: EGraph, x: TermId): { parts: readonly TermId[]; whole: TermId } | null {
  const shape = g.shapeOf(x)
  const width = knownSize(lastOf(shape))
  if (width === null || width < 2 || width > MOST_COMPONENTS) return null
  const parts: TermId[] = []
  for (let j = 0; j < width; j++) {
    const operator = select(lastOf(shape), sizeOf(j), sizeOf(1))
    const part = additive(g, [{ operator, arg: x }], null, withLast(shape, sizeOf(1)))
    if (part === null) return null
    parts.push(part)
  }
  const before = g.size
  const whole = put(g, { kind: 'join', shape }, parts)
  if (whole === null || different(g, parts).length < width) return null
  if (whole >= before) g.closed.add(whole)
  g.equate(whole, x, PARTS, { inner: parts, over: [x] })
  return { parts, whole }
}

/** The products of powers of the components of a wire. */
export function powersAsFunctions(g: EGraph, t: TermId): void {
  const { operator, bias, shape } = g.nodeOf(t) as Multiplicative
  const entries = entriesOf(operator)
  const rows = entries?.length ?? 0
  if (entries === null || bias !== null || rows > MOST_COMPONENTS) return
  const x = g.argOf(t, 0)
  const known = componentsOf(g, x)
  const wires = known?.parts ?? (entries[0].length === 1 ? [x] : null)
  if (wires === null) return
  const results: TermId[] = []
  const own: TermId[] = []
  for (const row of entries) {
    const factors = row.flatMap((q, j): Expression[] => {
      if (q.n === 0n) return []
      return [q.equals(ONE) ? variable(j) : call('^', variable(j), number(q))]
    })
    const fn = factors.length === 0 ? one : factors.reduce((a, b) => call('*', a, b))
    const made = pointwise(g, fn, wires, withLast(shape, sizeOf(1)), own)
    if (made === null) return
    results.push(made)
  }
  const joined = rows === 1 ? results[0] : put(g, { kind: 'join', shape }, results)
  if (joined === null) return
  const made = rows === 1 ? [] : own
  g.equate(t, joined, POWERS, { inner: known === null ? [] : [known.whole], made, over: different(g, wires) })
}

/** A layer of known matrices, each component as a sum of components of its wires. */
function sumsOfComponents(g: EGraph, t: TermId): void {
  const { operators, bias, shape } = g.nodeOf(t) as Additive
  const rows = knownSize(lastOf(shape))
  const blocks = operators.map(entriesOf)
  const shifts = bias === null ? null : entriesOf(bias)
  if (rows === null || rows > MOST_COMPONENTS || blocks.includes(null) || (bias !== null && shifts === null)) return
  const args = g.argsOf(t)
  const parts = args.map(arg => componentsOf(g, arg)?.parts ?? (lastOf(g.shapeOf(arg)) === sizeOf(1) ? [arg] : null))
  if (parts.includes(null)) return
  const results: TermId[] = []
  const own: TermId[] = []
  for (let i = 0; i < rows; i++) {
    const summands = parts.flatMap((wires, k) =>
      (wires as readonly TermId[]).map((arg, j): Summand => {
        const entry = (blocks[k] as NonNullable<(typeof blocks)[number]>)[i][j]
        return { operator: literal([[entry]]), arg }
      }),
    )
    const shift: Linear | null = shifts === null ? null : literal([shifts[i]])
    const kept = summands.filter(s => entriesOf(s.operator)?.[0][0].n !== 0n)
    const made = additive(g, kept, shift, withLast(shape, sizeOf(1)), own)
    if (made === null) return
    results.push(made)
  }
  const joined = rows === 1 ? results[0] : put(g, { kind: 'join', shape }, results)
  if (joined === null) return
  // A wire of one component is its own part.
  const taken = parts.flatMap((wires, k) => (wires?.[0] === args[k] ? [] : (wires as readonly TermId[])))
  g.equate(t, joined, SUMS, { made: [...new Set([...taken, ...(rows === 1 ? [] : own)])], over: different(g, args) })
}

/**
 * Takes wires apart where nothing else is left to do, or now and then: first what a net begins with, layers of unknown weights,
 * and layers of known ones, in the order in which they came in. Where no pool, no product of powers and no known matrix that
 * mixes components occurs, nothing is to be gained by that.
 */
export class Components implements Visitor {
  readonly depth = 1
  private readonly late: TermId[] = []
  private at = 0
  private isOfUse = false
  private readonly seen = new Set<TermId>()

  get waiting(): boolean {
    return this.isOfUse && this.at < this.late.length
  }

  visit(g: EGraph, t: TermId): void {
    const node = g.nodeOf(t)
    const isLayer = node.kind === 'additive'
    if (!isLayer && node.kind !== 'input' && node.kind !== 'multiplicative' && node.kind !== 'reduce') return
    const width = knownSize(lastOf(node.shape))
    if (width === null || width > MOST_COMPONENTS || (width < 2 && !isLayer) || this.seen.has(t)) return
    this.seen.add(t)
    this.isOfUse ||= isLayer ? node.operators.some(mixes) : node.kind !== 'input'
    this.late.push(t)
    g.extraBytes += 50
  }

  release(g: EGraph): void {
    const t = this.late[this.at++]
    if (g.isDouble(t)) return
    componentsOf(g, t)
    if (g.kindOf(t) === 'additive') sumsOfComponents(g, t)
  }
}
