// Boxes for `--level layers`: one for each node, with what it does and the sizes that it takes and gives, one line for each
// wire. So that real models, with hundreds of components a wire, are read as blocks.
import type { Diagram, Node } from '../diagram/diagram.ts'
import type { Shape } from '../linear/size.ts'
import { extents, type Glyph, passGlyph, SHOWS, text } from './glyph.ts'
import { fitLabel, type Label, labelWidth, nameLabel, plain } from './label.ts'
import type { Glyphs } from './layout.ts'
import { functionLabel } from './notation.ts'
import type { Figure } from './scene.ts'
import { type Strands, strandsOf } from './strand.ts'
import { glyphOf } from './vocabulary.ts'

const SIZE = 17
const SHAPE_SIZE = 12
const HALF = 26
const WIRE_GAP = 30
const LIMIT = 230

/** One line for a wire, however many components it has. */
function bundle(shape: Shape): Strands {
  return {
    list: [{ index: null, group: '', position: null, slot: 0 }],
    rows: 1,
    dots: null,
    count: strandsOf(shape).count,
  }
}

/** A box with a label and a line of sizes below, for a node with this many wires coming in. */
export function boxGlyph(
  className: string,
  label: Label,
  below: Label,
  title: string,
  shape: Shape,
  wires: number,
): Glyph {
  const shown = fitLabel(label, LIMIT / SIZE)
  const sizes = fitLabel(below, LIMIT / SHAPE_SIZE)
  const width = Math.max(64, labelWidth(shown) * SIZE, labelWidth(sizes) * SHAPE_SIZE) + 20
  const heights = Array.from({ length: wires }, (_, k) => (k - (wires - 1) / 2) * WIRE_GAP)
  const half = Math.max(HALF, ((wires - 1) * WIRE_GAP) / 2 + 12)
  const figures: Figure[] = [
    { kind: 'box', class: className, corner: [0, -half], width, height: 2 * half, radius: 5 },
    text(shown, [width / 2, -1], SIZE, 'middle'),
    text(sizes, [width / 2, 17], SHAPE_SIZE, 'middle', 'size'),
  ]
  return {
    class: className,
    title,
    width,
    ...extents([-half + 20, half - 20]),
    inputs: heights.map(h => [h]),
    outputs: [0],
    align: 'middle',
    strands: bundle(shape),
    dotted: SHOWS,
    figures,
  }
}

/** Boxes for nodes, lines for wires. */
export function layerGlyphs(names: Diagram['names']): Glyphs {
  return { of: (node, shapes, order) => layerGlyph(node, shapes, names, order), passing: bundlePass }
}

function bundlePass(shape: Shape): Glyph {
  return {
    ...passGlyph(shape),
    ...extents([-HALF + 20, HALF - 20]),
    inputs: [[0]],
    outputs: [0],
    strands: bundle(shape),
  }
}

/** A node as one box, such as `add[W1]` with `784 → 128` below. */
function layerGlyph(
  node: Node,
  shapes: readonly Shape[],
  names: Diagram['names'],
  order: readonly number[] = shapes.map((_, k) => k),
): Glyph {
  const title = glyphOf(node, shapes, names).title
  const own = strandsOf(node.shape).count
  const taken = [...new Set(shapes.map(s => strandsOf(s).count))]
  const sizes = node.kind === 'output' || taken.length === 0 || (taken.length === 1 && taken[0] === own)
  const below = plain(sizes ? own : `${taken.join(', ')} → ${own}`)
  const label =
    node.kind === 'input' || node.kind === 'output'
      ? nameLabel(node.name)
      : node.kind === 'pointwise'
        ? functionLabel(node.fn, names)
        : plain(title)
  const glyph = boxGlyph(paintOf(node), label, below, title, node.shape, shapes.length)
  const inputs = glyph.inputs.map((_, k) => glyph.inputs[order.indexOf(k)])
  return { ...glyph, inputs, outputs: node.kind === 'output' ? [] : glyph.outputs }
}

/** What boxes look like follows what the shapes of the nodes look like. */
function paintOf(node: Node): string {
  switch (node.kind) {
    case 'input':
    case 'output':
      return `layer ${node.kind}-layer`
    case 'additive':
    case 'multiplicative':
      return `layer ${node.kind}-layer`
    case 'constant':
      return 'square'
    case 'join':
    case 'slice':
      return 'layer'
    default:
      return 'whole'
  }
}
