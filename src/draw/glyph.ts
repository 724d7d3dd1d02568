// What each kind of node looks like: the vocabulary of the pictures, one function a kind. A glyph has its left edge at
// x = 0 and the middle of its rows at height 0; wires come in at its left edge and leave at its right edge.
import type {
  AdditiveNode, ConstantNode, InputNode, JoinNode, MixNode, MultiplicativeNode, Node, OutputNode, PointwiseNode, ReduceNode, SliceNode,
} from '../diagram/diagram.ts'
import type { Linear } from '../linear/linear.ts'
import { knownSize, printShape, type Shape } from '../linear/size.ts'
import type { Expression } from '../scalar/expression.ts'
import { type Block, besideBlocks, labelBlock, operatorBlock } from './block.ts'
import { concat, fitLabel, type Label, labelText, labelWidth, nameLabel, plain, subscript, superscript } from './label.ts'
import { functionLabel, operatorLabel, rationalText, sizeText } from './notation.ts'
import { type Figure, moveFigure, type Point } from './scene.ts'
import { operatorLines, PITCH, rowOffset, type Strand, type Strands, strandOffsets, strandsOf } from './strand.ts'

export interface Glyph {
  readonly class: string
  readonly title: string
  readonly width: number
  /** The extents: `top` is negative. */
  readonly top: number
  readonly bottom: number
  /** The heights at which the strands of each argument come in. */
  readonly inputs: readonly (readonly number[])[]
  /** The heights at which its own strands leave. */
  readonly outputs: readonly number[]
  /** Which of its edges is in line with those of the other glyphs of a column. */
  readonly align: 'start' | 'middle' | 'end'
  /** What its outputs are, and whether it draws the dots itself that stand for those left out, where wires leave and come in. */
  readonly strands: Strands
  readonly dotted: { readonly outputs: boolean; readonly inputs: boolean }
  readonly figures: readonly Figure[]
}

export type Names = ReadonlyMap<Expression, string>

/** What is free above the first and below the last row at least, so that rows of neighbours in a column are one pitch apart. */
const HALF_ROW = 26
const SHOWS = { outputs: true, inputs: true }
const HIDES = { outputs: false, inputs: false }
const RADIUS = 23
const TRIANGLE = { width: 46, half: HALF_ROW }
const FUNCTION_SIZE = 19
const OPERATOR_SIZE = 22
const OUTSIDE_SIZE = 17
const COUNT_SIZE = 13

/** The glyph of a node whose arguments have these shapes. */
export function glyphOf(node: Node, argShapes: readonly Shape[], names: Names): Glyph {
  const own = strandsOf(node.shape)
  const args = argShapes.map(strandsOf)
  switch (node.kind) {
    case 'input': return terminal(node, own, [])
    case 'output': return terminal(node, own, args)
    case 'constant': return constantGlyph(node, own)
    case 'pointwise': return pointwise(node, own, args, names)
    case 'additive': return additive(node, own, args)
    case 'multiplicative': return multiplicative(node, own, args)
    case 'join': return joinGlyph(node, own, args)
    case 'slice': return sliceGlyph(node, own, args)
    case 'reduce': return reduce(node, own, args)
    case 'mix': return mixGlyph(node, own, args, names)
    case 'softmax':
    case 'logsoftmax': return whole(node.kind, plain(node.kind), `${node.kind}`, own, args)
  }
}

/** Straight wires: what a wire looks like while it passes other nodes by. */
export function passGlyph(shape: Shape): Glyph {
  const own = strandsOf(shape)
  const offsets = strandOffsets(own)
  return {
    class: 'pass', title: '', width: 0, ...extents(offsets), inputs: [offsets], outputs: offsets, align: 'middle', strands: own,
    dotted: { outputs: true, inputs: false }, figures: [],
  }
}

function extents(rows: readonly number[]): { top: number; bottom: number } {
  return { top: Math.min(...rows) - HALF_ROW, bottom: Math.max(...rows) + HALF_ROW }
}

function text(label: Label, at: Point, size: number, anchor: 'start' | 'middle' | 'end', className = 'name'): Figure {
  return { kind: 'text', class: className, at, anchor, size, face: 'serif', label }
}

/** The dots that stand for what is left out, with the number of all components below where nothing else tells it. */
export function dots(x: number, strands: Strands, count: boolean): Figure[] {
  if (strands.dots === null) return []
  const y = rowOffset(strands, strands.dots)
  const figures: Figure[] = [-9, 0, 9].map(dy => ({ kind: 'circle', class: 'dot', center: [x, y + dy], radius: 2.2 }))
  if (count) figures.push(text(fitLabel(plain(strands.count), 84 / COUNT_SIZE), [x, y + 28], COUNT_SIZE, 'middle', 'count'))
  return figures
}

/** The largest font size up to `size` and down to `least` at which all labels have at most this width, or null. */
function sizeFor(labels: readonly Label[], width: number, size: number, least: number): number | null {
  const widest = Math.max(...labels.map(l => labelWidth(l)))
  const fits = widest === 0 ? size : Math.min(size, Math.floor((2 * width) / widest) / 2)
  return fits >= least ? fits : null
}

function terminal(node: InputNode | OutputNode, own: Strands, args: readonly Strands[]): Glyph {
  const isInput = node.kind === 'input'
  const labels = own.list.map(s => nameLabel(node.name, s.index))
  const inside = sizeFor(labels, 28, FUNCTION_SIZE, 12)
  const outside = inside === null ? labels.map(l => fitLabel(l, 200 / OUTSIDE_SIZE)) : []
  const margin = inside === null ? Math.max(...outside.map(l => labelWidth(l))) * OUTSIDE_SIZE + 6 : 0
  const left = isInput ? margin : 0
  const { width, half } = TRIANGLE
  const figures: Figure[] = []
  const offsets = strandOffsets(own)
  offsets.forEach((y, i) => {
    const base = isInput ? left : left + width
    const tip = isInput ? left + width : left
    figures.push({ kind: 'polygon', class: 'triangle', points: [[base, y - half], [tip, y], [base, y + half]] })
    if (inside !== null) figures.push(text(labels[i], [isInput ? left + 17 : left + width - 16, y + 0.24 * inside], inside, 'middle'))
    else figures.push(text(outside[i], [isInput ? left - 6 : left + width + 6, y + 0.26 * OUTSIDE_SIZE], OUTSIDE_SIZE, isInput ? 'end' : 'start'))
  })
  figures.push(...dots(left + width / 2, own, false))
  return {
    class: `${node.kind}${node.absorbed ? ' absorbed' : ''}`,
    title: `${node.kind} ${node.name} : ${printShape(node.shape)}`,
    width: width + margin,
    ...extents(offsets),
    inputs: args.map(() => offsets),
    outputs: isInput ? offsets : [],
    strands: own,
    dotted: SHOWS,
    align: isInput ? 'end' : 'start',
    figures,
  }
}

function constantGlyph(node: ConstantNode, own: Strands): Glyph {
  const value = node.value
  const offsets = strandOffsets(own)
  const half = 20
  const labels = own.list.map((s): Label => {
    if (value.kind === 'literal' && s.position !== null && value.entries[s.position]?.length === 1) return plain(rationalText(value.entries[s.position][0]))
    if (value.kind === 'zero') return plain('0')
    if (value.kind === 'ones') return plain('1')
    const label = operatorLabel(value)
    if (value.kind === 'symbol') return nameLabel(value.symbol.name, s.index)
    return s.index === null ? label : concat(plain('('), label, plain(')'), subscript(plain(s.index)))
  })
  const inside = sizeFor(labels, 2 * half - 6, FUNCTION_SIZE, 12)
  const size = inside ?? OUTSIDE_SIZE
  const shown = labels.map(l => fitLabel(l, 200 / size))
  const width = inside === null ? Math.max(...shown.map(l => labelWidth(l))) * size + 16 : 2 * half
  const figures: Figure[] = offsets.flatMap((y, i): Figure[] => [
    { kind: 'box', class: 'square', corner: [0, y - half], width, height: 2 * half, radius: 3 },
    text(shown[i], [width / 2, y + 0.26 * size], size, 'middle'),
  ])
  figures.push(...dots(width / 2, own, true))
  return {
    class: 'constant', title: `constant ${labelText(operatorLabel(value))}`, width, ...extents(offsets),
    inputs: [], outputs: offsets, align: 'middle', strands: own, dotted: SHOWS, figures,
  }
}

/** A circle for each strand, widened to a capsule where the label is long. */
function circles(label: Label, left: number, own: Strands): { width: number; figures: Figure[] } {
  const inside = sizeFor([label], 38, FUNCTION_SIZE, 14)
  const figures: Figure[] = []
  const size = inside ?? OUTSIDE_SIZE
  const shown = fitLabel(label, 240 / size)
  const width = inside === null ? labelWidth(shown) * size + 28 : 2 * RADIUS
  // Signs stand on the axis of a line of writing, letters are centred by their height.
  const shift = /^[+−×÷]$/.test(labelText(label)) ? 0.32 : 0.24
  for (const y of strandOffsets(own)) {
    if (inside === null) figures.push({ kind: 'box', class: 'circle', corner: [left, y - RADIUS], width, height: 2 * RADIUS, radius: RADIUS })
    else figures.push({ kind: 'circle', class: 'circle', center: [left + RADIUS, y], radius: RADIUS })
    figures.push(text(shown, [left + width / 2, y + shift * size], size, 'middle'))
  }
  figures.push(...dots(left + width / 2, own, true))
  return { width, figures }
}

function pointwise(node: PointwiseNode, own: Strands, args: readonly Strands[], names: Names): Glyph {
  const offsets = strandOffsets(own)
  const label = functionLabel(node.fn, names)
  if (node.fn.kind === 'variable' && args.length === 1) {
    const width = 2 * RADIUS
    return {
      class: 'pointwise', title: 'id', width, ...extents(offsets), inputs: [offsets], outputs: offsets, align: 'middle',
      strands: own, dotted: SHOWS, figures: [{ kind: 'strokes', class: 'wire', lines: offsets.map(y => [[0, y], [width, y]]) }, ...dots(width / 2, own, true)],
    }
  }
  const { width, figures } = circles(label, 0, own)
  // Wires of several arguments come in at different heights, in the order of the arguments.
  const spread = args.length < 2 ? 0 : Math.min(12, 32 / (args.length - 1))
  const inputs = args.map((_, k) => offsets.map(y => y + (k - (args.length - 1) / 2) * spread))
  const tails: Figure[] = args.length < 2 ? [] : [{ kind: 'strokes', class: 'wire', lines: inputs.flatMap(heights => heights.map(y => [[0, y], [RADIUS, y]] as Point[])) }]
  return {
    class: 'pointwise', title: labelText(label), width, ...extents(offsets), inputs, outputs: offsets, align: 'middle', strands: own, dotted: SHOWS,
    figures: [...tails, ...figures],
  }
}

type Line = readonly [Point, Point]

function heightAt([[x0, y0], [x1, y1]]: Line, x: number): number {
  return y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)
}

/** Where the block goes: into the free triangle below the top line as in the post, or above all lines where it is too large. */
function placeBlock(block: Block, lines: readonly Line[], middle: number): { figures: Figure[]; top: number } {
  if (block.figures.length === 0) return { figures: [], top: 0 }
  const left = middle - block.width / 2
  const at = [left, middle, left + block.width]
  const [first, ...others] = lines
  const high = first === undefined ? 0 : Math.max(...at.map(x => heightAt(first, x))) + 3
  const low = others.length === 0 ? high : Math.min(...at.flatMap(x => others.map(line => heightAt(line, x)))) - 2
  const room = low - high - block.above - block.below
  const above = first === undefined ? 0 : Math.min(...at.map(x => heightAt(first, x)))
  const baseline = room >= 0 ? high + 0.45 * room + block.above : above - 7 - block.below
  return { figures: block.figures.map(f => moveFigure(f, left, baseline)), top: baseline - block.above }
}

/** The width of a fan between so many strands: the proportions of the post's pictures, where three by three is 170. */
function fanWidth(from: Strands, to: Strands): number {
  return 86 + 28 * Math.max(from.rows, to.rows)
}

function biasBlock(sign: string, bias: Linear, power: boolean, className: string): Block {
  if (power) return labelBlock(concat(plain(`${sign} e`), superscript(operatorLabel(bias))), 16, className, 120)
  return besideBlocks([labelBlock(plain(sign), 16, className), operatorBlock(bias, 16, className)], 5)
}

/** One operator: every strand that it reads is joined with every strand that it gives, its name above. */
function fan(className: 'additive' | 'multiplicative', operator: Linear, bias: Block | null, own: Strands, from: Strands, title: string): Glyph {
  const blocks = operator.kind === 'identity' ? [] : [operatorBlock(operator, OPERATOR_SIZE, className)]
  const block = besideBlocks(bias === null ? blocks : [...blocks, bias], 6)
  const width = Math.max(fanWidth(from, own), block.width + 8)
  const inputs = strandOffsets(from)
  const outputs = strandOffsets(own)
  const lines = operatorLines(operator, from, own).map(([i, j]): Line => [[0, inputs[i]], [width, outputs[j]]])
  const placed = placeBlock(block, lines, width / 2)
  const { top, bottom } = extents([...inputs, ...outputs])
  return {
    class: className, title, width, top: Math.min(placed.top, top), bottom,
    inputs: [inputs], outputs, align: 'middle', strands: own, dotted: HIDES,
    figures: [
      ...(lines.length === 0 ? [] : [{ kind: 'strokes', class: className, lines } as const]),
      ...placed.figures,
    ],
  }
}

function multiplicative(node: MultiplicativeNode, own: Strands, args: readonly Strands[]): Glyph {
  const bias = node.bias === null ? null : biasBlock('·', node.bias, true, 'multiplicative')
  const names = [node.operator, ...(node.bias === null ? [] : [node.bias])].map(a => labelText(operatorLabel(a)))
  return fan('multiplicative', node.operator, bias, own, args[0], `mul[${names.join(', ')}]`)
}

function additive(node: AdditiveNode, own: Strands, args: readonly Strands[]): Glyph {
  const bias = node.bias === null ? null : biasBlock('+', node.bias, false, 'additive')
  const names = [...node.operators, ...(node.bias === null ? [] : [node.bias])].map(a => labelText(operatorLabel(a)))
  if (node.operators.length === 1) return fan('additive', node.operators[0], bias, own, args[0], `add[${names.join(', ')}]`)
  return additiveSum(node, own, args, bias, `sum of ${names.join(', ')}`)
}

/** Several terms: fans into the same strands. Names stand above the first strand of each term, where it still runs level. */
function additiveSum(node: AdditiveNode, own: Strands, args: readonly Strands[], bias: Block | null, title: string): Glyph {
  const blocks = node.operators.map(operator => (operator.kind === 'identity' ? null : operatorBlock(operator, OPERATOR_SIZE, 'additive')))
  const lead = Math.max(0, ...blocks.map(b => (b === null ? 0 : b.width + 10)))
  const tail = bias === null ? 0 : bias.width + 10
  const width = Math.max(...args.map(a => fanWidth(a, own)), 86)
  // Terms are one pitch apart, or more where a name needs it.
  const heights = args.map((a, k) => (a.rows - 1) * PITCH + Math.max(PITCH, blocks[k] === null ? 0 : blocks[k].above + blocks[k].below + 30))
  const total = heights.reduce((a, b) => a + b, 0)
  const outputs = strandOffsets(own)
  const figures: Figure[] = []
  const level: Point[][] = []
  const inputs: number[][] = []
  let end = -total / 2
  args.forEach((a, k) => {
    const block = blocks[k]
    end += heights[k]
    const middle = end - PITCH / 2 - ((a.rows - 1) * PITCH) / 2
    const offsets = strandOffsets(a).map(y => y + middle)
    inputs.push(offsets)
    const lines = operatorLines(node.operators[k], a, own).map(([i, j]): Line => [[lead, offsets[i]], [lead + width, outputs[j]]])
    if (lines.length > 0) figures.push({ kind: 'strokes', class: 'additive', lines })
    if (lead > 0) level.push(...offsets.map((y): Point[] => [[0, y], [lead, y]]))
    if (block !== null) figures.push(...block.figures.map(f => moveFigure(f, (lead - block.width) / 2, offsets[0] - 7 - block.below)))
  })
  const first = blocks[0]
  const { top, bottom } = extents([...inputs.flat(), ...outputs])
  let highest = Math.min(top, first === null ? 0 : inputs[0][0] - 7 - first.below - first.above)
  if (bias !== null) {
    level.push(...outputs.map((y): Point[] => [[lead + width, y], [lead + width + tail, y]]))
    figures.push(...bias.figures.map(f => moveFigure(f, lead + width + 6, outputs[0] - 7 - bias.below)))
    highest = Math.min(highest, outputs[0] - 7 - bias.below - bias.above)
  }
  if (level.length > 0) figures.unshift({ kind: 'strokes', class: 'wire', lines: level })
  return {
    class: 'additive', title, width: lead + width + tail, top: highest, bottom, inputs, outputs, align: 'middle', strands: own,
    dotted: HIDES, figures,
  }
}

/** A bracket, closing where wires are joined and opening where some are taken, with straight wires through it. */
function bracket(className: 'join' | 'slice', title: string, label: Label, own: Strands, inputs: readonly (readonly number[])[], outputs: readonly number[]): Glyph {
  const block = labelBlock(label, COUNT_SIZE, 'count')
  const width = Math.max(18, block.width)
  const middle = width / 2
  const ends = [...inputs.flat(), ...outputs]
  const top = Math.min(...ends) - 16
  const bottom = Math.max(...ends) + 16
  const tick = className === 'join' ? middle - 5 : middle + 5
  const wires: Point[][] = [...inputs.flat().map((y): Point[] => [[0, y], [middle, y]]), ...outputs.map((y): Point[] => [[middle, y], [width, y]])]
  return {
    class: className, title, width, top: Math.min(top - 10, block.figures.length === 0 ? 0 : top - 20), bottom: bottom + 10, inputs, outputs, align: 'middle',
    strands: own, dotted: HIDES,
    figures: [
      { kind: 'strokes', class: 'wire', lines: wires },
      { kind: 'strokes', class: 'bracket', lines: [[[tick, top], [middle, top], [middle, bottom], [tick, bottom]]] },
      ...block.figures.map(f => moveFigure(f, middle - block.width / 2, top - 7)),
    ],
  }
}

function joinGlyph(_node: JoinNode, own: Strands, args: readonly Strands[]): Glyph {
  const rows = args.reduce((n, a) => n + a.rows, 0)
  let row = 0
  const inputs = args.map(a => {
    const middle = (row + (a.rows - 1) / 2 - (rows - 1) / 2) * PITCH
    row += a.rows
    return strandOffsets(a).map(y => y + middle)
  })
  return bracket('join', 'join', [], own, inputs, strandOffsets(own))
}

function sliceGlyph(node: SliceNode, own: Strands, args: readonly Strands[]): Glyph {
  const [from] = args
  const inputs = strandOffsets(from)
  const start = knownSize(node.start)
  // Components that are drawn go straight through.
  const straight = (s: Strand): number => {
    const source = from.list.findIndex(f => f.group === s.group && f.position === (s.position ?? 0) + (start ?? 0))
    return source < 0 ? rowOffset(own, s.slot) : inputs[source]
  }
  const outputs = own.dots === null && from.dots === null && start !== null ? own.list.map(straight) : strandOffsets(own)
  const label = `[${sizeText(node.start)}..${sizeText(node.end)}]`
  return bracket('slice', `slice ${label}`, plain(label), own, [inputs], outputs)
}

/** A circle for each group, the lines of the group's members going in. */
function reduce(node: ReduceNode, own: Strands, args: readonly Strands[]): Glyph {
  const [from] = args
  const inputs = strandOffsets(from)
  const outputs = strandOffsets(own)
  const lead = 40 + 10 * Math.min(from.rows, 10)
  const lines: Line[] = []
  from.list.forEach((a, i) => {
    own.list.forEach((b, j) => {
      const member = a.position === null || b.position === null ? a.slot === b.slot : Math.floor(a.position / node.group) === b.position
      if (a.group === b.group && member) lines.push([[0, inputs[i]], [lead + RADIUS, outputs[j]]])
    })
  })
  const { width, figures } = circles(plain(node.operation), lead, own)
  return {
    class: 'reduce', title: `${node.operation}pool[${node.group}]`, width: lead + width, ...extents([...inputs, ...outputs]),
    inputs: [inputs], outputs, align: 'middle', strands: own, dotted: { outputs: true, inputs: false },
    figures: [{ kind: 'strokes', class: 'wire', lines }, ...figures],
  }
}

/** A box across all strands: a function of the whole wire. */
function whole(className: string, label: Label, title: string, own: Strands, args: readonly Strands[]): Glyph {
  const inputs = args.map(strandOffsets)
  const outputs = strandOffsets(own)
  const shown = fitLabel(label, 240 / FUNCTION_SIZE)
  const width = Math.max(2 * RADIUS, labelWidth(shown) * FUNCTION_SIZE + 24)
  const { top, bottom } = extents([...inputs.flat(), ...outputs])
  return {
    class: className, title, width, top, bottom, inputs, outputs, align: 'middle', strands: own, dotted: HIDES,
    figures: [
      { kind: 'box', class: 'whole', corner: [0, top], width, height: bottom - top, radius: 10 },
      text(shown, [width / 2, 0.26 * FUNCTION_SIZE], FUNCTION_SIZE, 'middle'),
    ],
  }
}

function mixGlyph(node: MixNode, own: Strands, args: readonly Strands[], names: Names): Glyph {
  const label = concat(plain('mix['), functionLabel(node.fn, names), plain(', '), operatorLabel(node.operator), plain(']'))
  return whole('mix', label, labelText(label), own, args)
}

