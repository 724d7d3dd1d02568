// Parts of a net, folded into boxes that say what they stand for: repeated blocks, of which the first and the last are drawn (a
// block lies between two places where one wire alone leads on), and parts that have a name, as `h = x -> add[A] -> relu`.
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import type { Shape } from '../linear/size.ts'
import { x0 } from '../scalar/expression.ts'
import type { Glyph } from './glyph.ts'
import { nameLabel, plain } from './label.ts'
import { boxGlyph } from './layer.ts'
import type { Glyphs } from './layout.ts'

/** What a box stands for. */
export interface Fold {
  readonly label: string
  readonly below: string
  /** What is left out, in words. */
  readonly words: string
  /** The nodes that it stands for: the first, the last, and the shape of the wire that comes in. */
  readonly first: NodeId
  readonly last: NodeId
  readonly from: Shape
}

/** A net with a node in the place of what is folded (it has the id of the last node there), and what each such node stands for. */
export interface Folded {
  readonly diagram: Diagram
  readonly folds: ReadonlyMap<NodeId, Fold>
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

/** Says of a node of the net what it does. */
function titles(diagram: Diagram, glyphs: Glyphs): (node: Node) => string {
  const shapes = new Map(diagram.nodes.map(n => [n.id, n.shape]))
  return node => {
    const taken = node.args.map(a => shapes.get(a) as Shape)
    return glyphs.of(node, taken).title
  }
}

/** The net with its repeated blocks folded. */
export function foldRepeated(diagram: Diagram, glyphs: Glyphs): Folded {
  const folds = new Map<NodeId, Fold>()
  const titleOf = titles(diagram, glyphs)
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
      const operations = block.map(titleOf)
      folds.set(last.id, {
        label: `⋯  ${times - 2} ×  ⋯`,
        below: `${operations.join(' → ')} …`,
        words: `${times - 2} more blocks like ${listOf(operations)} (${nodes.length} nodes)`,
        first: nodes[0].id,
        last: last.id,
        // Equal blocks in a row take what they give.
        from: last.shape,
      })
      replaced.set(last.id, standIn(last, middle[0].entry))
      i += times * period
    }
  }
  return { diagram: without(diagram, removed, replaced), folds }
}

/**
 * The net with the parts folded that lead to these wires and to nothing else: whatever else of the net reads them reads the
 * box. A part into which several wires lead (or none) stays as it is, and `kept` says so; names that the net does not have are
 * passed over.
 */
export function foldParts(
  diagram: Diagram,
  names: readonly string[],
  glyphs: Glyphs,
): Folded & { readonly kept: readonly string[] } {
  const folds = new Map<NodeId, Fold>()
  const kept: string[] = []
  const titleOf = titles(diagram, glyphs)
  const byId = new Map(diagram.nodes.map(n => [n.id, n]))
  const users = new Map<NodeId, NodeId[]>()
  for (const node of diagram.nodes) for (const a of node.args) users.set(a, [...(users.get(a) ?? []), node.id])
  const removed = new Set<NodeId>()
  const replaced = new Map<NodeId, Node>()
  for (const name of new Set(names)) {
    const last = byId.get(diagram.wires?.get(name) ?? -1)
    if (last === undefined || last.kind === 'input' || last.kind === 'output' || removed.has(last.id)) continue
    const part = new Set([last.id])
    for (const node of diagram.nodes.toReversed())
      if (node.kind !== 'input' && !removed.has(node.id) && users.get(node.id)?.every(u => part.has(u)))
        part.add(node.id)
    const nodes = diagram.nodes.filter(n => part.has(n.id))
    const entries = [...new Set(nodes.flatMap(n => n.args))].filter(a => !part.has(a))
    if (entries.length !== 1) {
      kept.push(`${name} is drawn in full: ${entries.length === 0 ? 'no wire leads' : 'several wires lead'} into it.`)
      continue
    }
    const operations = nodes.map(titleOf)
    for (const { id } of nodes) removed.add(id)
    folds.set(last.id, {
      label: name,
      below: operations.join(' → '),
      words: `${name} is ${listOf(operations)} (${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'})`,
      first: nodes[0].id,
      last: last.id,
      from: (byId.get(entries[0]) as Node).shape,
    })
    replaced.set(last.id, standIn(last, entries[0]))
  }
  return { diagram: without(diagram, removed, replaced), folds, kept }
}

/** The node in the place of a part that ends with `last`. */
function standIn({ id, shape }: Node, entry: NodeId): Node {
  return { id, kind: 'pointwise', fn: x0, args: [entry], shape }
}
function without(diagram: Diagram, removed: ReadonlySet<NodeId>, replaced: ReadonlyMap<NodeId, Node>): Diagram {
  if (removed.size === 0) return diagram
  return { ...diagram, nodes: diagram.nodes.flatMap(n => replaced.get(n.id) ?? (removed.has(n.id) ? [] : [n])) }
}
function listOf(operations: readonly string[]): string {
  const shown = operations.length > 6 ? [...operations.slice(0, 5), `${operations.length - 5} more`] : operations
  return shown.join(', ')
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

function foldGlyph(fold: Fold, node: Node, glyphs: Glyphs): Glyph {
  const wire = glyphs.passing(node.shape)
  const entering = glyphs.passing(fold.from)
  const [top, bottom] = [Math.min(wire.top, entering.top), Math.max(wire.bottom, entering.bottom)]
  const title = `n${fold.first} to n${fold.last}: ${fold.words}`
  const box = boxGlyph('fold', nameLabel(fold.label), plain(fold.below), title, node.shape, 1)
  // As high as the wires that lead through it.
  const [corner] = box.figures
  const figures =
    corner.kind === 'box'
      ? [{ ...corner, corner: [0, top + 6] as const, height: bottom - top - 12 }, ...box.figures.slice(1)]
      : box.figures
  const { width, dotted } = box
  return { ...wire, class: 'fold', title: box.title, width, figures, dotted, top, bottom, inputs: entering.inputs }
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
