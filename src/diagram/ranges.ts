// The set of values that each wire can be shown to carry, and where a node may be undefined. A wire's range has one
// set for all of its components, or one for each component; sets are always supersets of the values that occur.
import { entriesOf, hasAtMost, type Linear, linearParts } from '../linear/linear.ts'
import { knownSize } from '../linear/size.ts'
import { analyse, definedOn, forwardCall } from '../scalar/analysis.ts'
import { type Expression, type NumberExpression, postorder, substitute, variable } from '../scalar/expression.ts'
import type { Range } from '../scalar/range.ts'
import {
  coarsen,
  interval,
  isEmpty,
  isSubset,
  NON_NEGATIVE,
  NON_POSITIVE,
  POSITIVE,
  point,
  REALS,
  sameRange,
  union,
} from '../scalar/range.ts'
import { ONE, ZERO } from '../scalar/rational.ts'
import { type Diagram, type Node, type NodeId, operatorsOf } from './diagram.ts'

/** One set for every component (length 1), or one for each component. Never empty. */
export type WireRange = readonly Range[]

/** Wires wider than this carry one set for all components. */
const MAX_COMPONENTS = 64
/** Operators with more entries, or more parts, than this are bounded as if their entries were unknown. */
const MAX_ENTRIES = 4_096
const MAX_PARTS = 64

export const ANY: WireRange = [REALS]
const ZEROS = point(ZERO)

/** The set that holds every component. */
export function whole(r: WireRange): Range {
  return r.length === 1 ? r[0] : r.reduce((a, b) => union(a, b))
}
/** Every component's set lies in `within`. */
export function within(r: WireRange, set: Range): boolean {
  if (r.length === 1) return isSubset(r[0], set)
  return r.every(c => isSubset(c, set))
}
function component(r: WireRange, i: number): Range {
  return r.length === 1 ? r[0] : r[i]
}
const singles = new WeakMap<Range, WireRange>()
/** One set for all components, the same object for the same set: most wires of a deep net carry one of a few. */
function single(r: Range): WireRange {
  let found = singles.get(r)
  if (found === undefined) singles.set(r, (found = [r]))
  return found
}
/** One set instead of equal ones, or of too many. */
function settle(r: WireRange): WireRange {
  if (r.length === 1) return r
  if (r.length > MAX_COMPONENTS) return [whole(r)]
  if (r.every(c => c === r[0])) return r[0] === REALS ? ANY : single(r[0])
  return r
}

/** The sum of n numbers from the set, n unknown and at least 1. */
function sumOfMany(r: Range): Range {
  // A wire that has no value has no sum.
  if (isEmpty(r)) return r
  if (isSubset(r, POSITIVE) || isSubset(r, NON_NEGATIVE))
    return interval(r[0].low, null, { lowOpen: r[0].lowOpen, highOpen: true })
  const last = r[r.length - 1]
  if (isSubset(r, NON_POSITIVE)) return interval(null, last.high, { lowOpen: true, highOpen: last.highOpen })
  return REALS
}
/** The product of n positive numbers is positive; of n numbers of any sign, anything. */
function productOfMany(r: Range): Range {
  return isSubset(r, POSITIVE) ? POSITIVE : isSubset(r, NON_NEGATIVE) ? NON_NEGATIVE : REALS
}

/** The set of the entries of an operator that is not known entry by entry. */
function entryRange(a: Linear): Range {
  switch (a.kind) {
    case 'symbol':
      return a.symbol.entries
    case 'transpose':
      return a.of.symbol.entries
    case 'diagonal':
      return union(point(ZERO), entryRange(a.of))
    case 'ones':
      return point(ONE)
    case 'zero':
      return point(ZERO)
    case 'identity':
    case 'select':
    case 'embed':
      return union(point(ZERO), point(ONE))
    default:
      return REALS
  }
}

/** Ranges of `a` applied to a vector with these ranges. */
function applyRange(a: Linear, x: WireRange): WireRange {
  if (a.kind === 'identity') return x
  const entries = smallEntries(a)
  if (entries !== null) {
    return settle(
      entries.map(row => {
        let total: Range | null = null
        // A sum with a term that may be any number may be any number.
        if (row.some((w, j) => w.n !== 0n && component(x, j) === REALS)) return REALS
        row.forEach((w, j) => {
          if (w.n === 0n) return
          const t = forwardCall('*', [point(w), component(x, j)])
          total = total === null ? t : forwardCall('+', [total, t])
        })
        return total ?? point(ZERO)
      }),
    )
  }
  switch (a.kind) {
    case 'zero':
      return [point(ZERO)]
    case 'select':
      return [whole(x)]
    case 'embed':
      return [union(whole(x), point(ZERO))]
    case 'scale': {
      const k = analyse(a.factor, []).range
      return applyRange(a.of, x).map(r => forwardCall('*', [k, r]))
    }
    case 'sum': {
      const l = applyRange(a.left, x)
      const r = applyRange(a.right, x)
      const n = Math.max(l.length, r.length)
      return settle(Array.from({ length: n }, (_, i) => forwardCall('+', [component(l, i), component(r, i)])))
    }
    case 'product':
      return applyRange(a.left, applyRange(a.right, x))
    case 'diagonal':
      return [forwardCall('*', [entryRange(a.of), whole(x)])]
    default: {
      if (entryRange(a) === REALS && !within(x, ZEROS)) return ANY
      const term = forwardCall('*', [entryRange(a), whole(x)])
      if (term === REALS || isReals(term)) return ANY
      const n = knownSize(a.columns)
      if (n === null || n > MAX_COMPONENTS) return [sumOfMany(term)]
      let total = term
      for (let k = 1; k < n; k++) total = forwardCall('+', [total, term])
      return [total]
    }
  }
}

function isReals(r: Range): boolean {
  return r.length === 1 && r[0].low === null && r[0].high === null
}

function smallEntries(a: Linear): ReturnType<typeof entriesOf> {
  if (a.kind === 'symbol' ? a.symbol.value === null : a.kind === 'product' || a.kind === 'sum' || a.kind === 'scale')
    return null
  const rows = knownSize(a.rows)
  const columns = knownSize(a.columns)
  if (rows === null || columns === null || rows * columns > MAX_ENTRIES || rows > MAX_COMPONENTS) return null
  return entriesOf(a)
}

const sizes = new WeakMap<Linear, boolean>()
/** Whether an operator is small enough to be bounded part by part. */
function isSmall(a: Linear): boolean {
  if (a.kind !== 'product' && a.kind !== 'sum' && a.kind !== 'scale') return true
  let small = sizes.get(a)
  if (small === undefined) {
    // Parts of a large operator are large or are looked at once: the look stops as soon as there are too many.
    small = hasAtMost(a, MAX_PARTS)
    sizes.set(a, small)
  }
  return small
}
function operatorRange(a: Linear, x: WireRange): WireRange {
  if (x.length === 1 && isReals(x[0]) && a.kind === 'symbol' && a.symbol.value === null) return ANY
  return isSmall(a) ? applyRange(a, x) : ANY
}

const UNIT: WireRange = [point(ONE)]
const vectors = new WeakMap<Linear, WireRange>()
/** The range of a constant vector: a bias is asked for at many nodes. */
function vectorRange(v: Linear): WireRange {
  let found = vectors.get(v)
  if (found === undefined) vectors.set(v, (found = operatorRange(v, UNIT)))
  return found
}

function addRanges(a: WireRange, b: WireRange): WireRange {
  if (a === ANY || b === ANY) return ANY
  const n = Math.max(a.length, b.length)
  return settle(Array.from({ length: n }, (_, i) => forwardCall('+', [component(a, i), component(b, i)])))
}

// Analyses of pointwise functions are shared: a deep net uses the same function on the same range again and again.
const rangeIds = new WeakMap<Range, number>()
let nextRangeId = 1
function rangeId(r: Range): number {
  let id = rangeIds.get(r)
  if (id === undefined) rangeIds.set(r, (id = nextRangeId++))
  return id
}
type Analysis = ReturnType<typeof analyse>
const analyses = new WeakMap<Expression, Map<string | number, Analysis>>()
const MAX_SHARED = 64

const points = new WeakMap<NumberExpression, Range>()
/** The set of a number that stands in functions: the same at many nodes. */
function pointOfNumber(e: NumberExpression): Range {
  let found = points.get(e)
  if (found === undefined) points.set(e, (found = point(e.value)))
  return found
}

/** One operation on different wires and numbers: its forward range is exact, and there is nothing to analyse. */
function analyseCall(fn: Expression, domain: readonly Range[]): Analysis | null {
  if (fn.kind === 'variable') return { range: domain[fn.index], defined: true, obstacle: null }
  if (fn.kind !== 'call') return null
  const args: Range[] = []
  const seen = new Set<number>()
  for (const a of fn.args) {
    if (a.kind === 'number') args.push(pointOfNumber(a))
    else if (a.kind === 'variable' && !seen.has(a.index)) {
      seen.add(a.index)
      args.push(domain[a.index])
    } else return null
  }
  return definedOn(fn.name, args) ? { range: forwardCall(fn.name, args), defined: true, obstacle: null } : null
}

/** `analyse`, remembered for the same function on the same sets. */
export function analyseShared(fn: Expression, domain: readonly Range[]): Analysis {
  let byDomain = analyses.get(fn)
  if (byDomain === undefined) analyses.set(fn, (byDomain = new Map()))
  const key = domain.length === 1 ? rangeId(domain[0]) : domain.map(rangeId).join()
  let found = byDomain.get(key)
  if (found === undefined) {
    found = analyseCall(fn, domain) ?? analyse(fn, domain)
    if (byDomain.size >= MAX_SHARED) byDomain.clear()
    byDomain.set(key, found)
  }
  return found
}

/** For each component (or for all at once), the ranges of the args at that component. */
export function componentwise(args: readonly WireRange[]): readonly (readonly Range[])[] {
  // One set for all components of one wire is, as a list, the wire's range.
  if (args.length === 1 && args[0].length === 1) return args
  const n = Math.max(1, ...args.map(a => a.length))
  return Array.from({ length: n }, (_, i) => args.map(a => component(a, i)))
}

/** What is known of one function: the range that it was asked about last, and others. */
interface Images {
  argument: WireRange
  image: WireRange
  /** Of functions that have been asked about several. */
  others: WeakMap<WireRange, WireRange> | null
}
const images = new WeakMap<Expression, Images>()
/** The range of a function of one wire that has one set for all components. Remembered: a deep net has few of each. */
function imageOf(fn: Expression, argument: WireRange): WireRange {
  const known = images.get(fn)
  if (known === undefined) {
    const image = newImage(fn, argument)
    images.set(fn, { argument, image, others: null })
    return image
  }
  if (known.argument === argument) return known.image
  const others = (known.others ??= new WeakMap([[known.argument, known.image]]))
  let image = others.get(argument)
  if (image === undefined) others.set(argument, (image = newImage(fn, argument)))
  known.argument = argument
  known.image = image
  return image
}
function newImage(fn: Expression, argument: WireRange): WireRange {
  const { range } = analyseCall(fn, argument) ?? analyse(fn, argument)
  // In a deep chain ranges settle: then the same object says so at once to all that comes after.
  return sameRange(range, argument[0]) ? argument : single(range)
}

/** The range of a node's wire, from those of its args. */
export function nodeRange(node: Node, args: readonly WireRange[]): WireRange {
  switch (node.kind) {
    case 'input':
      return [node.domain]
    case 'constant':
      return vectorRange(node.value)
    case 'output':
      return args[0]
    case 'pointwise': {
      if (args.length === 1 && args[0].length === 1) return imageOf(node.fn, args[0])
      return settle(componentwise(args).map(domain => analyseShared(node.fn, domain).range))
    }
    case 'additive': {
      let total: WireRange | null = null
      node.operators.forEach((w, k) => {
        const r = operatorRange(w, args[k])
        total = total === null ? r : addRanges(total, r)
      })
      const sum = total ?? [point(ZERO)]
      return node.bias === null ? sum : addRanges(sum, vectorRange(node.bias))
    }
    case 'multiplicative': {
      if (node.bias === null && isIndifferent(node, args)) return single(POSITIVE)
      const entries = smallEntries(node.operator)
      const factor = node.bias === null ? null : vectorRange(node.bias)
      let result: WireRange
      if (entries !== null && entries.length > 0) {
        result = entries.map(row => {
          let total: Range = point(ONE)
          row.forEach((w, j) => {
            total = forwardCall('*', [total, forwardCall('^', [component(args[0], j), point(w)])])
          })
          return total
        })
      } else {
        const power = forwardCall('^', [whole(args[0]), isSmall(node.operator) ? entryRange(node.operator) : REALS])
        result = single(productOfMany(power))
      }
      if (factor === null) return settle(result)
      const n = Math.max(result.length, factor.length)
      return settle(
        Array.from({ length: n }, (_, i) =>
          forwardCall('*', [component(result, i), forwardCall('exp', [component(factor, i)])]),
        ),
      )
    }
    case 'join':
      return [args.flat().reduce((a, b) => union(a, b))]
    case 'slice': {
      const start = knownSize(node.start)
      const end = knownSize(node.end)
      if (args[0].length === 1 || start === null || end === null) return [whole(args[0])]
      return settle(args[0].slice(start, end))
    }
    case 'reduce': {
      const groups: Range[] = []
      const step = args[0].length === 1 ? 1 : node.group
      for (let i = 0; i < args[0].length; i += step) {
        let r = args[0][i]
        const count = args[0].length === 1 ? Math.min(node.group, 2) : node.group
        for (let k = 1; k < count; k++) r = forwardCall(node.operation, [r, component(args[0], i + k)])
        groups.push(r)
      }
      return settle(groups)
    }
    case 'mix': {
      const inner = analyseShared(node.inverse, [whole(args[0])]).range
      return [analyseShared(node.fn, [whole(operatorRange(node.operator, [inner]))]).range]
    }
    case 'softmax':
      return [interval(ZERO, ONE, { lowOpen: true, highOpen: false })]
    case 'logsoftmax':
      return [NON_POSITIVE]
  }
}

const coarser = new WeakMap<WireRange, WireRange>()
/** A wider range whose ends are short (see `coarsen`); the range itself where they are so already. */
export function coarseRange(r: WireRange): WireRange {
  let found = coarser.get(r)
  if (found === undefined) {
    const sets = settle(r.map(coarsen))
    found = sets.every((c, i) => c === r[i]) ? r : sets.length === 1 ? single(sets[0]) : sets
    coarser.set(r, found)
  }
  return found
}

/** Whether a node has this range whatever it is given (of wires in these ranges): unknown matrices can make anything. */
export function isIndifferent(node: Node, args: readonly WireRange[]): boolean {
  if (node.kind === 'additive') return node.operators.every(isAnyMatrix)
  return node.kind === 'multiplicative' && isAnyMatrix(node.operator) && within(args[0], POSITIVE)
}
function isAnyMatrix(a: Linear): boolean {
  return a.kind === 'symbol' && a.symbol.value === null && isReals(a.symbol.entries)
}

/** Where a node may be undefined: which part of it, what it may receive, what it needs. */
export interface Obstacle {
  readonly node: Node
  /** The operation, as text: `ln`, `mul[W]`. */
  readonly operation: string
  readonly found: Range
  /** null where it is not a set of this value alone: tan, powers of negative numbers. */
  readonly needed: Range | null
}

const factors = new WeakMap<Linear, Analysis['obstacle'] | 'none'>()
/**
 * A factor in an operator that is not shown to be a number, as in `(1/0) * W`; 'none' when there is no such factor.
 * Remembered for every part: layer after layer, the matrix of a merged chain contains that of the one before.
 */
function factorObstacle(root: Linear): Analysis['obstacle'] | 'none' {
  const known = (a: Linear): Analysis['obstacle'] | 'none' | undefined => factors.get(a)
  const stack = [root]
  for (let a = stack.at(-1); a !== undefined; a = stack.at(-1)) {
    const below = linearParts(a)
    const missing = below.filter(part => known(part) === undefined)
    if (known(a) === undefined && missing.length > 0) {
      stack.push(...missing)
      continue
    }
    stack.pop()
    if (known(a) !== undefined) continue
    let found = below.map(known).find(obstacle => obstacle !== 'none')
    if (found === undefined && a.kind === 'scale' && a.factor.kind !== 'number') {
      const { defined, obstacle } = analyseShared(a.factor, [])
      if (!defined) found = obstacle
    }
    factors.set(a, found === undefined ? 'none' : found)
  }
  return known(root) as Analysis['obstacle'] | 'none'
}

/** Whether every factor in an operator is shown to be a number. */
export function isDefinedOperator(a: Linear): boolean {
  return factorObstacle(a) === 'none'
}

/** null when the node is shown to be defined for all values of its args' ranges. */
export function nodeObstacle(node: Node, args: readonly WireRange[]): Obstacle | null {
  for (const operator of operatorsOf(node)) {
    const obstacle = factorObstacle(operator)
    if (obstacle === 'none') continue
    return {
      node,
      operation: obstacle === null ? 'function' : headName(obstacle.expression),
      found: obstacle?.found ?? REALS,
      needed: obstacle?.needed ?? REALS,
    }
  }
  switch (node.kind) {
    case 'pointwise': {
      for (const domain of componentwise(args)) {
        const { defined, obstacle } = analyseShared(node.fn, domain)
        if (defined) continue
        const operation = obstacle === null ? 'function' : headName(obstacle.expression)
        return { node, operation, found: obstacle?.found ?? domain[0] ?? REALS, needed: obstacle?.needed ?? null }
      }
      return null
    }
    case 'multiplicative': {
      const entries = smallEntries(node.operator)
      const fails = (x: Range, w: Range): boolean => !definedOn('^', [x, w])
      let bad: Range | null = null
      if (entries !== null) {
        entries.forEach(row => {
          row.forEach((w, j) => {
            if (fails(component(args[0], j), point(w))) bad ??= component(args[0], j)
          })
        })
      } else if (fails(whole(args[0]), isSmall(node.operator) ? entryRange(node.operator) : REALS)) {
        bad = whole(args[0])
      }
      return bad === null ? null : { node, operation: 'mul', found: bad, needed: POSITIVE }
    }
    case 'mix': {
      const inverse = analyseShared(node.inverse, [whole(args[0])])
      if (!inverse.defined) {
        return { node, operation: 'mix', found: whole(args[0]), needed: inverse.obstacle?.needed ?? null }
      }
      const outer = analyseShared(node.fn, [whole(operatorRange(node.operator, [inverse.range]))])
      if (outer.defined) return null
      return { node, operation: 'mix', found: outer.obstacle?.found ?? REALS, needed: outer.obstacle?.needed ?? null }
    }
    default:
      return null
  }
}

function headName(e: Expression): string {
  return e.kind === 'call' ? e.name : e.kind === 'apply' ? e.fn.name : e.kind
}

/** Called for every node of a long pass, which it may end by throwing. */
export type Watch = () => void

/** The ranges of all wires of a diagram, by node. */
export function wireRanges(diagram: Diagram, watch?: Watch): Map<NodeId, WireRange> {
  const ranges = new Map<NodeId, WireRange>()
  for (const node of diagram.nodes) {
    watch?.()
    ranges.set(
      node.id,
      nodeRange(
        node,
        node.args.map(a => ranges.get(a) as WireRange),
      ),
    )
  }
  return ranges
}

/** A function of wires that are not pointwise themselves, with what was fused into it. */
interface Fused {
  readonly fn: Expression
  readonly args: readonly NodeId[]
}
/** Fused functions beyond this many parts are not looked at as one. */
const MAX_FUSED = 2_000

/** The function that a pointwise node computes from the nearest wires that are not pointwise; null when it is too large. */
export function fuse(nodes: ReadonlyMap<NodeId, Node>, root: NodeId): Fused | null {
  const order: NodeId[] = []
  const seen = new Set<NodeId>([root])
  const stack: { id: NodeId; next: number }[] = [{ id: root, next: 0 }]
  let total = 0
  while (stack.length > 0) {
    const top = stack[stack.length - 1]
    const node = nodes.get(top.id) as Node
    if (node.kind === 'pointwise' && top.next < node.args.length) {
      const child = node.args[top.next++]
      if (!seen.has(child)) {
        seen.add(child)
        stack.push({ id: child, next: 0 })
      }
      continue
    }
    order.push(top.id)
    stack.pop()
    if (node.kind === 'pointwise') total += postorder(node.fn).length
    if (total > MAX_FUSED) return null
  }
  const args: NodeId[] = []
  const values = new Map<NodeId, Expression>()
  for (const id of order) {
    const node = nodes.get(id) as Node
    if (node.kind === 'pointwise') {
      const parts = node.args.map(a => values.get(a) as Expression)
      values.set(
        id,
        substitute(node.fn, i => parts[i]),
      )
    } else {
      values.set(id, variable(args.length))
      args.push(id)
    }
  }
  return { fn: values.get(root) as Expression, args }
}

/** Whether all values of a node's wire are shown to be in a set: by its own range, or as a function of wires before it. */
export function valuesLieIn(
  nodes: ReadonlyMap<NodeId, Node>,
  ranges: (node: NodeId) => WireRange,
  node: NodeId,
  set: Range,
): boolean {
  if (within(ranges(node), set)) return true
  // Range by range nothing may be seen of what the functions before the wire are together.
  const fused = fuse(nodes, node)
  if (fused === null) return false
  return componentwise(fused.args.map(ranges)).every(domain => isSubset(analyseShared(fused.fn, domain).range, set))
}

/**
 * Why a diagram cannot be shown to be defined on its whole domain: the first node, or null when it is defined everywhere.
 * Only nodes on the way to an output count. Where a function alone may be undefined, it is looked at together with the
 * functions before it: in `x -> square -> (t + 1) -> ln` every logarithm is of a positive number.
 */
export function definednessObstacle(diagram: Diagram, watch?: Watch): Obstacle | null {
  const nodes = new Map(diagram.nodes.map(n => [n.id, n]))
  const used = new Set<NodeId>()
  for (let i = diagram.nodes.length - 1; i >= 0; i--) {
    const node = diagram.nodes[i]
    if (node.kind === 'output' || used.has(node.id)) for (const a of node.args) used.add(a)
  }
  const ranges = new Map<NodeId, WireRange>()
  for (const node of diagram.nodes) {
    watch?.()
    const args = node.args.map(a => ranges.get(a) as WireRange)
    if (used.has(node.id) || node.kind === 'output') {
      const obstacle = nodeObstacle(node, args)
      if (obstacle !== null) {
        const fused = node.kind === 'pointwise' ? fuse(nodes, node.id) : null
        if (fused === null) return obstacle
        const sources = fused.args.map(a => ranges.get(a) as WireRange)
        for (const domain of componentwise(sources)) if (!analyseShared(fused.fn, domain).defined) return obstacle
      }
    }
    ranges.set(node.id, nodeRange(node, args))
  }
  return null
}
