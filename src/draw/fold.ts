// Repeated blocks of a net, folded: of equal blocks in a row the first and the last are drawn, and between them a box that says
// how many are left out and what they are. A block lies between two places where one wire alone leads on.
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import type { Shape } from '../linear/size.ts'
import { x0 } from '../scalar/expression.ts'
import type { Glyph } from './glyph.ts'
import { plain } from './label.ts'
import { boxGlyph } from './layer.ts'
import type { Glyphs } from './layout.ts'

/** What a box stands for: so many times a block of these operations, of nodes `first` to `last`. */
export interface Fold {
  readonly times: number
  readonly operations: readonly string[]
  readonly first: NodeId
  readonly last: NodeId
  readonly nodes: number
}

interface Block {
  readonly nodes: readonly Node[]
  /** The node whose wire comes in. */
  readonly entry: NodeId
  readonly signature: string
}

/** The most blocks that one period has, and the least times that it has to come for the middle ones to be folded. */
const LONGEST_PERIOD = 16
const FEWEST = 4

/** The net with a node in the place of what is folded (it has the id of the last node there), and what each such node stands for. */
export function foldNet(diagram: Diagram, glyphs: Glyphs): { diagram: Diagram; folds: ReadonlyMap<NodeId, Fold> } {
  const folds = new Map<NodeId, Fold>()
  const shapes = new Map(diagram.nodes.map(n => [n.id, n.shape]))
  const titleOf = (node: Node): string =>
    glyphs.of(
      node,
      node.args.map(a => shapes.get(a) as Shape),
    ).title
  const removed = new Set<NodeId>()
  const replaced = new Map<NodeId, Node>()
  for (const run of blocksOf(diagram, titleOf)) {
    let i = 0
    while (i < run.length) {
      const { period, times } = repetitionAt(run, i)
      if (times < FEWEST) {
        i++
        continue
      }
      const middle = run.slice(i + period, i + (times - 1) * period)
      const nodes = middle.flatMap(b => b.nodes)
      const last = nodes[nodes.length - 1]
      const block = run.slice(i + period, i + 2 * period).flatMap(b => b.nodes)
      for (const node of nodes) removed.add(node.id)
      folds.set(last.id, {
        times: times - 2,
        operations: block.map(titleOf),
        first: nodes[0].id,
        last: last.id,
        nodes: nodes.length,
      })
      replaced.set(last.id, { id: last.id, kind: 'pointwise', fn: x0, args: [middle[0].entry], shape: last.shape })
      i += times * period
    }
  }
  if (folds.size === 0) return { diagram, folds }
  const nodes = diagram.nodes.flatMap(n => replaced.get(n.id) ?? (removed.has(n.id) ? [] : [n]))
  return { diagram: { ...diagram, nodes }, folds }
}

/** Glyphs that draw what is folded as a box. */
export function withFolds(glyphs: Glyphs, folds: ReadonlyMap<NodeId, Fold>): Glyphs {
  return {
    ...glyphs,
    of: (node, shapes, order) => {
      const fold = folds.get(node.id)
      return fold === undefined ? glyphs.of(node, shapes, order) : foldGlyph(fold, node, glyphs)
    },
  }
}

/** What a fold leaves out, in words. */
export function foldText({ times, operations, nodes }: Fold): string {
  const shown = operations.length > 6 ? [...operations.slice(0, 5), `${operations.length - 5} more`] : operations
  return `${times} more blocks like ${shown.join(', ')} (${nodes} nodes)`
}

function foldGlyph(fold: Fold, node: Node, glyphs: Glyphs): Glyph {
  const wire = glyphs.passing(node.shape)
  const box = boxGlyph(
    'fold',
    plain(`⋯  ${fold.times} ×  ⋯`),
    plain(`${fold.operations.join(' → ')} …`),
    `n${fold.first} to n${fold.last}: ${foldText(fold)}`,
    node.shape,
    1,
  )
  // As high as the wires that lead through it.
  const [corner] = box.figures
  const figures =
    corner.kind === 'box'
      ? [
          { ...corner, corner: [0, wire.top + 6] as const, height: wire.bottom - wire.top - 12 },
          ...box.figures.slice(1),
        ]
      : box.figures
  return { ...wire, class: 'fold', title: box.title, width: box.width, figures, dotted: box.dotted }
}

/** A title without the numbers that tell blocks apart: `add[W1]` and `add[W2]` are alike. */
function general(title: string): string {
  return title.replace(/(?<=\p{L}[\p{L}_]*)\d+|(?<=\[)\d+(?=\]\])/gu, '#')
}

/** Runs of blocks, one after the other, each reading only what the one before gives. */
function blocksOf(diagram: Diagram, titleOf: (node: Node) => string): Block[][] {
  const order = diagram.nodes.filter(n => n.kind !== 'input' && n.kind !== 'output')
  const at = new Map(order.map((n, i) => [n.id, i]))
  // The last place at which the wire of a node is read: outputs are beyond all others.
  const lastUse = new Map<NodeId, number>()
  for (const node of diagram.nodes)
    for (const a of node.args) lastUse.set(a, Math.max(lastUse.get(a) ?? -1, at.get(node.id) ?? order.length))
  // Wires that are alive after each node; `inputs` at the start.
  const ending = new Map<number, number>()
  let alive = 0
  for (const node of diagram.nodes) {
    if (node.kind !== 'input' || !lastUse.has(node.id)) continue
    alive++
    ending.set(lastUse.get(node.id) as number, (ending.get(lastUse.get(node.id) as number) ?? 0) + 1)
  }
  const runs: Block[][] = [[]]
  let entry: NodeId | null = alive === 1 ? (diagram.nodes.find(n => lastUse.has(n.id))?.id ?? null) : null
  let current: Node[] = []
  order.forEach((node, i) => {
    current.push(node)
    alive -= ending.get(i) ?? 0
    const last = lastUse.get(node.id)
    if (last !== undefined) {
      alive++
      ending.set(last, (ending.get(last) ?? 0) + 1)
    }
    // One wire alone leads on, and it is this node's.
    if (alive !== 1 || last === undefined) return
    if (entry === null) {
      if (runs[runs.length - 1].length > 0) runs.push([])
    } else runs[runs.length - 1].push({ nodes: current, entry, signature: signatureOf(current, entry, titleOf) })
    entry = node.id
    current = []
  })
  return runs
}

function signatureOf(nodes: readonly Node[], entry: NodeId, titleOf: (node: Node) => string): string {
  const place = new Map(nodes.map((n, i) => [n.id, i]))
  return nodes
    .map(
      n =>
        `${general(titleOf(n))}:${n.shape.map(s => s.text)}(${n.args.map(a => (a === entry ? 'in' : place.get(a)))})`,
    )
    .join(';')
}

/** The shortest period at a block that comes often enough, and how often it comes. */
function repetitionAt(run: readonly Block[], start: number): { period: number; times: number } {
  for (let period = 1; period <= LONGEST_PERIOD && start + period < run.length; period++) {
    let length = period
    while (start + length < run.length && run[start + length].signature === run[start + length - period].signature)
      length++
    const times = Math.floor(length / period)
    if (times >= FEWEST) return { period, times }
  }
  return { period: 1, times: 1 }
}
