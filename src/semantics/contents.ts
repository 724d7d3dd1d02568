// What a net is made of, as far as it matters: nodes on the way to an output, and the operators, expressions, sizes,
// weights and functions in them.
import { type Diagram, inputsOf, type Node, type NodeId, operatorsOf } from '../diagram/diagram.ts'
import { type Linear, linearParts, type WeightSymbol } from '../linear/linear.ts'
import { addSizes, knownSize, type Size, scaleSize } from '../linear/size.ts'
import { type Expression, type FunctionSymbol, parts } from '../scalar/expression.ts'
import { spend } from '../scalar/work.ts'

/** The roots and all their parts, each once, in the order in which a reader meets them. */
function reachable<T>(roots: Iterable<T>, partsOf: (of: T) => readonly T[]): Set<T> {
  const found = new Set<T>()
  for (const root of roots) {
    const stack = [root]
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (found.has(next)) continue
      found.add(next)
      spend(2)
      const below = partsOf(next)
      for (let i = below.length - 1; i >= 0; i--) stack.push(below[i])
    }
  }
  return found
}

const living = new WeakMap<Diagram, readonly Node[]>()

/** The nodes on the way to an output, in order: those that decide whether the net is defined. */
export function livingNodes(diagram: Diagram): readonly Node[] {
  let found = living.get(diagram)
  if (found === undefined) living.set(diagram, (found = findLiving(diagram)))
  return found
}

function findLiving({ nodes }: Diagram): readonly Node[] {
  const ids = new Set<NodeId>()
  for (const node of nodes.toReversed()) {
    if (node.kind !== 'output' && !ids.has(node.id)) continue
    ids.add(node.id)
    for (const id of node.args) ids.add(id)
  }
  return ids.size === nodes.length ? nodes : nodes.filter(node => ids.has(node.id))
}

/** The operators of the nets' nodes, with their parts. */
export function linearsIn(diagrams: readonly Diagram[]): Set<Linear> {
  return reachable(diagrams.flatMap(livingNodes).flatMap(operatorsOf), linearParts)
}

/** The weights and the unknown functions of nodes, whatever depends on these nodes; with a function, its inverse. */
export function symbolsOf(nodes: readonly Node[]): Set<WeightSymbol | FunctionSymbol> {
  const operators = reachable(nodes.flatMap(operatorsOf), linearParts)
  const expressions = nodes.flatMap((node): readonly Expression[] => {
    if (node.kind === 'pointwise') return [node.fn]
    return node.kind === 'mix' ? [node.fn, node.inverse] : []
  })
  const found = new Set<WeightSymbol | FunctionSymbol>()
  for (const a of operators) {
    if (a.kind === 'scale') expressions.push(a.factor)
    if (a.kind === 'symbol') found.add(a.symbol)
  }
  for (const f of unknownFunctionsIn(expressions)) found.add(f)
  return found
}

/** The functions of the nets' nodes and the factors of their operators. */
export function expressionsIn(diagrams: readonly Diagram[]): Set<Expression> {
  const found = new Set<Expression>()
  for (const diagram of diagrams) {
    for (const node of livingNodes(diagram)) {
      if (node.kind === 'pointwise') found.add(node.fn)
      if (node.kind === 'mix') found.add(node.fn).add(node.inverse)
    }
  }
  for (const a of linearsIn(diagrams)) if (a.kind === 'scale') found.add(a.factor)
  return found
}

/** The expressions with all their parts, and those of the definitions that they use. */
export function expressionParts(expressions: Iterable<Expression>): Set<Expression> {
  return reachable(expressions, e =>
    e.kind === 'apply' && e.fn.definition !== null ? [...e.args, e.fn.definition] : parts(e),
  )
}

/** The functions without a formula that occur in expressions, also in definitions only, and their named inverses. */
export function unknownFunctionsIn(expressions: Iterable<Expression>): FunctionSymbol[] {
  const found = new Set<FunctionSymbol>()
  for (const e of expressionParts(expressions)) {
    if (e.kind !== 'apply' || e.fn.definition !== null) continue
    found.add(e.fn)
    if (e.fn.inverse !== null) found.add(e.fn.inverse)
  }
  return [...found]
}

/**
 * The sizes of the nets' wires and operators, each of which is at least 1, and the differences of sizes that are at
 * least 0 because one thing is cut out of another.
 */
export function sizesIn(diagrams: readonly Diagram[]): { lengths: Set<Size>; differences: Set<Size> } {
  const lengths = new Set<Size>()
  const differences = new Set<Size>()
  const fits = (start: Size, end: Size, whole: Size): void => {
    differences
      .add(start)
      .add(addSizes(end, start, -1))
      .add(addSizes(whole, end, -1))
  }
  for (const diagram of diagrams) {
    const shapes = new Map(diagram.nodes.map(node => [node.id, node.shape]))
    // Inputs have sizes whether or not anything uses them.
    for (const node of [...inputsOf(diagram), ...livingNodes(diagram)]) {
      for (const size of node.shape) lengths.add(size)
      const whole = shapes.get(node.args[0])?.at(-1)
      const last = node.shape.at(-1)
      if (whole === undefined || last === undefined) continue
      if (node.kind === 'slice') fits(node.start, node.end, whole)
      // The groups fill the wire: neither is longer.
      if (node.kind === 'reduce') {
        const groups = scaleSize(last, node.group)
        differences.add(addSizes(whole, groups, -1)).add(addSizes(groups, whole, -1))
      }
    }
  }
  for (const a of linearsIn(diagrams)) {
    lengths.add(a.rows).add(a.columns)
    if (a.kind === 'select') fits(a.start, addSizes(a.start, a.rows), a.columns)
    if (a.kind === 'embed') fits(a.start, addSizes(a.start, a.columns), a.rows)
  }
  return { lengths, differences }
}

/** The entries of all matrices; an unknown size that `size` does not know counts as 1. */
export function entriesIn(diagrams: readonly Diagram[], size: (s: Size) => number = s => knownSize(s) ?? 1): number {
  let total = 0
  for (const a of linearsIn(diagrams)) {
    if (a.kind === 'symbol' || a.kind === 'literal') total += size(a.rows) * size(a.columns)
  }
  return total
}

/** Entries of a matrix that take as long as a node or an operation. */
const ENTRIES_A_NODE = 16

/** How much there is to evaluate: nodes, parts of expressions, operators and their entries. */
export function workOf(diagrams: readonly Diagram[]): number {
  const operators = linearsIn(diagrams).size + Math.floor(entriesIn(diagrams) / ENTRIES_A_NODE)
  const parts = expressionParts(expressionsIn(diagrams)).size + operators
  return diagrams.reduce((sum, diagram) => sum + diagram.nodes.length, parts)
}
