// The vocabulary of the pictures, one function for each kind of node: triangles for inputs and outputs, circles for
// functions, squares for constants, fans for layers (`fan.ts`), brackets where wires are joined or parted.
import {
  type ConstantNode,
  type InputNode,
  isOpenEnd,
  type MixNode,
  type Node,
  type OutputNode,
  type PointwiseNode,
  type ReduceNode,
  type SliceNode,
} from '../diagram/diagram.ts'
import { knownSize, printShape, type Shape } from '../linear/size.ts'
import type { Expression } from '../scalar/expression.ts'
import { labelBlock } from './block.ts'
import { additive, multiplicative } from './fan.ts'
import { COUNT_SIZE, dots, extents, type Glyph, HALF_ROW, HIDES, SHOWS, sizeFor, text } from './glyph.ts'
import { concat, fitLabel, type Label, labelText, labelWidth, nameLabel, plain, subscript } from './label.ts'
import { functionLabel, operatorLabel, operatorOf, rationalText, sizeText } from './notation.ts'
import { type Figure, greatest, least, moveFigure, type Point } from './scene.ts'
import { PITCH, rowOffset, type Strand, type Strands, strandOffsets, strandsOf } from './strand.ts'

type Names = ReadonlyMap<Expression, string>

const RADIUS = 23
const TRIANGLE = { width: 46, half: HALF_ROW }
const OPEN_WIDTH = 4
const FUNCTION_SIZE = 19
const OUTSIDE_SIZE = 17

/**
 * Whether the arguments may be drawn in any order: the terms of a sum are named each, and `+` is the same in every order.
 */
export function isSymmetric(node: Node): boolean {
  if (node.kind === 'additive') return node.args.length > 1
  return node.kind === 'pointwise' && ['+', '*', 'max', 'min'].includes(operatorOf(node.fn) ?? '')
}

/**
 * The glyph of a node whose arguments have these shapes. `order` has the indices of the arguments from top to bottom;
 * nodes that are not symmetric keep to the order in which they read.
 */
export function glyphOf(
  node: Node,
  argShapes: readonly Shape[],
  names: Names,
  order: readonly number[] = argShapes.map((_, k) => k),
): Glyph {
  const own = strandsOf(node.shape)
  const args = argShapes.map(strandsOf)
  switch (node.kind) {
    case 'input':
      return terminal(node, own, [])
    case 'output':
      return terminal(node, own, args)
    case 'constant':
      return constantGlyph(node, own)
    case 'pointwise':
      return pointwise(node, own, args, order, names)
    case 'additive':
      return additive(node, own, args, order)
    case 'multiplicative':
      return multiplicative(node, own, args)
    case 'join':
      return joinGlyph(own, args)
    case 'slice':
      return sliceGlyph(node, own, args)
    case 'reduce':
      return reduce(node, own, args)
    case 'mix':
      return mixGlyph(node, own, args, names)
    case 'softmax':
    case 'logsoftmax':
      return whole(node.kind, plain(node.kind), `${node.kind}`, own, args)
  }
}

/** A wire that ends in the open. It is drawn with the wires, which end here (`wiresOf`). */
function openEnd(node: InputNode | OutputNode, own: Strands, args: readonly Strands[]): Glyph {
  const offsets = strandOffsets(own)
  const isInput = node.kind === 'input'
  return {
    class: `${node.kind} open`,
    title: `open ${node.kind} : ${printShape(node.shape)}`,
    width: OPEN_WIDTH,
    ...extents(offsets),
    inputs: args.map(() => offsets),
    outputs: isInput ? offsets : [],
    strands: own,
    dotted: HIDES,
    align: isInput ? 'end' : 'start',
    figures: [],
  }
}

function terminal(node: InputNode | OutputNode, own: Strands, args: readonly Strands[]): Glyph {
  if (isOpenEnd(node.name)) return openEnd(node, own, args)
  const isInput = node.kind === 'input'
  const labels = own.list.map(s => nameLabel(node.name, s.index))
  const inside = sizeFor(labels, 28, FUNCTION_SIZE, 13)
  const outside = inside === null ? labels.map(l => fitLabel(l, 200 / OUTSIDE_SIZE)) : []
  const margin = inside === null ? greatest(outside.map(l => labelWidth(l))) * OUTSIDE_SIZE + 6 : 0
  const left = isInput ? margin : 0
  const { width, half } = TRIANGLE
  const figures: Figure[] = []
  const offsets = strandOffsets(own)
  offsets.forEach((y, i) => {
    const base = isInput ? left : left + width
    const tip = isInput ? left + width : left
    figures.push({
      kind: 'polygon',
      class: 'triangle',
      points: [
        [base, y - half],
        [tip, y],
        [base, y + half],
      ],
    })
    if (inside !== null)
      figures.push(text(labels[i], [isInput ? left + 17 : left + width - 16, y + 0.24 * inside], inside, 'middle'))
    else
      figures.push(
        text(
          outside[i],
          [isInput ? left - 6 : left + width + 6, y + 0.26 * OUTSIDE_SIZE],
          OUTSIDE_SIZE,
          isInput ? 'end' : 'start',
        ),
      )
  })
  figures.push(...dots(left + width / 2, own, null))
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
    if (value.kind === 'literal' && s.position !== null && value.entries[s.position]?.length === 1)
      return plain(rationalText(value.entries[s.position][0]))
    if (value.kind === 'zero') return plain('0')
    if (value.kind === 'ones') return plain('1')
    const label = operatorLabel(value)
    if (value.kind === 'symbol') return nameLabel(value.symbol.name, s.index)
    return s.index === null ? label : concat(plain('('), label, plain(')'), subscript(plain(s.index)))
  })
  const inside = sizeFor(labels, 2 * half - 6, FUNCTION_SIZE, 13)
  const size = inside ?? OUTSIDE_SIZE
  const shown = labels.map(l => fitLabel(l, 200 / size))
  const width = inside === null ? greatest(shown.map(l => labelWidth(l))) * size + 16 : 2 * half
  const figures: Figure[] = offsets.flatMap((y, i): Figure[] => [
    { kind: 'box', class: 'square', corner: [0, y - half], width, height: 2 * half, radius: 3 },
    text(shown[i], [width / 2, y + 0.26 * size], size, 'middle'),
  ])
  figures.push(...dots(width / 2, own, width + 10))
  return {
    class: 'constant',
    title: `constant ${labelText(operatorLabel(value))}`,
    width,
    ...extents(offsets),
    inputs: [],
    outputs: offsets,
    align: 'middle',
    strands: own,
    dotted: SHOWS,
    figures,
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
    if (inside === null)
      figures.push({
        kind: 'box',
        class: 'circle',
        corner: [left, y - RADIUS],
        width,
        height: 2 * RADIUS,
        radius: RADIUS,
      })
    else figures.push({ kind: 'circle', class: 'circle', center: [left + RADIUS, y], radius: RADIUS })
    figures.push(text(shown, [left + width / 2, y + shift * size], size, 'middle'))
  }
  figures.push(...dots(left + width / 2, own, width + 10))
  return { width, figures }
}

function pointwise(
  node: PointwiseNode,
  own: Strands,
  args: readonly Strands[],
  order: readonly number[],
  names: Names,
): Glyph {
  const offsets = strandOffsets(own)
  const label = functionLabel(node.fn, names)
  if (node.fn.kind === 'variable' && args.length === 1) {
    const width = 2 * RADIUS
    return {
      class: 'pointwise',
      title: 'id',
      width,
      ...extents(offsets),
      inputs: [offsets],
      outputs: offsets,
      align: 'middle',
      strands: own,
      dotted: SHOWS,
      figures: [
        {
          kind: 'strokes',
          class: 'wire',
          lines: offsets.map(y => [
            [0, y],
            [width, y],
          ]),
        },
        ...dots(width / 2, own, width + 10),
      ],
    }
  }
  const { width, figures } = circles(label, 0, own)
  // Wires of several arguments come in at different heights, in this order.
  const spread = args.length < 2 ? 0 : Math.min(12, 32 / (args.length - 1))
  const inputs = args.map((_, k) => offsets.map(y => y + (order.indexOf(k) - (args.length - 1) / 2) * spread))
  const tails: Figure[] =
    args.length < 2
      ? []
      : [
          {
            kind: 'strokes',
            class: 'wire',
            lines: inputs.flatMap(heights =>
              heights.map(
                y =>
                  [
                    [0, y],
                    [RADIUS, y],
                  ] as Point[],
              ),
            ),
          },
        ]
  return {
    class: 'pointwise',
    title: labelText(label),
    width,
    ...extents(offsets),
    inputs,
    outputs: offsets,
    align: 'middle',
    strands: own,
    dotted: SHOWS,
    figures: [...tails, ...figures],
  }
}

/** A bracket, closing where wires are joined and opening where some are taken, with straight wires through it. */
function bracket(
  className: 'join' | 'slice',
  title: string,
  label: Label,
  own: Strands,
  inputs: readonly (readonly number[])[],
  outputs: readonly number[],
): Glyph {
  const block = labelBlock(label, COUNT_SIZE, 'count')
  const width = Math.max(18, block.width)
  const middle = width / 2
  const ends = [...inputs.flat(), ...outputs]
  const top = least(ends) - 16
  const bottom = greatest(ends) + 16
  const tick = className === 'join' ? middle - 5 : middle + 5
  const wires: Point[][] = [
    ...inputs.flat().map((y): Point[] => [
      [0, y],
      [middle, y],
    ]),
    ...outputs.map((y): Point[] => [
      [middle, y],
      [width, y],
    ]),
  ]
  return {
    class: className,
    title,
    width,
    top: Math.min(top - 10, block.figures.length === 0 ? 0 : top - 20),
    bottom: bottom + 10,
    inputs,
    outputs,
    align: 'middle',
    strands: own,
    dotted: HIDES,
    figures: [
      { kind: 'strokes', class: 'wire', lines: wires },
      {
        kind: 'strokes',
        class: 'bracket',
        lines: [
          [
            [tick, top],
            [middle, top],
            [middle, bottom],
            [tick, bottom],
          ],
        ],
      },
      ...block.figures.map(f => moveFigure(f, middle - block.width / 2, top - 7)),
    ],
  }
}

function joinGlyph(own: Strands, args: readonly Strands[]): Glyph {
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
  const outputs =
    own.dots === null && from.dots === null && start !== null ? own.list.map(straight) : strandOffsets(own)
  const label = `[${sizeText(node.start)}..${sizeText(node.end)}]`
  return bracket('slice', `slice ${label}`, plain(label), own, [inputs], outputs)
}

/** A circle for each group, the lines of the group's members going in. */
function reduce(node: ReduceNode, own: Strands, args: readonly Strands[]): Glyph {
  const [from] = args
  const inputs = strandOffsets(from)
  const outputs = strandOffsets(own)
  const lead = 40 + 10 * Math.min(from.rows, 10)
  const lines: (readonly [Point, Point])[] = []
  from.list.forEach((a, i) => {
    own.list.forEach((b, j) => {
      const member =
        a.position === null || b.position === null
          ? a.slot === b.slot
          : Math.floor(a.position / node.group) === b.position
      if (a.group === b.group && member)
        lines.push([
          [0, inputs[i]],
          [lead + RADIUS, outputs[j]],
        ])
    })
  })
  const { width, figures } = circles(plain(node.operation), lead, own)
  return {
    class: 'reduce',
    title: `${node.operation}pool[${node.group}]`,
    width: lead + width,
    ...extents([...inputs, ...outputs]),
    inputs: [inputs],
    outputs,
    align: 'middle',
    strands: own,
    dotted: { outputs: true, inputs: false },
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
    class: className,
    title,
    width,
    top,
    bottom,
    inputs,
    outputs,
    align: 'middle',
    strands: own,
    dotted: HIDES,
    figures: [
      { kind: 'box', class: 'whole', corner: [0, top], width, height: bottom - top, radius: 10 },
      text(shown, [width / 2, 0.26 * FUNCTION_SIZE], FUNCTION_SIZE, 'middle'),
    ],
  }
}

function mixGlyph(node: MixNode, own: Strands, args: readonly Strands[], names: Names): Glyph {
  const label = concat(
    plain('mix['),
    functionLabel(node.fn, names),
    plain(', '),
    operatorLabel(node.operator),
    plain(']'),
  )
  return whole('mix', label, labelText(label), own, args)
}
