// Layers: fans of lines from every strand that comes in to every strand that leaves, with the operator's name above.
import type { AdditiveNode, MultiplicativeNode } from '../diagram/diagram.ts'
import type { Linear } from '../linear/linear.ts'
import { knownSize, type Size } from '../linear/size.ts'
import { type Block, besideBlocks, labelBlock, operatorBlock } from './block.ts'
import { extents, type Glyph, HIDES } from './glyph.ts'
import { concat, labelText, plain, superscript } from './label.ts'
import { operatorLabel } from './notation.ts'
import { type Figure, greatest, moveFigure, type Point } from './scene.ts'
import { operatorLines, PITCH, type Strands, strandOffsets } from './strand.ts'

const OPERATOR_SIZE = 24
type Line = readonly [Point, Point]

/** Whether the lines say all about the operator: parallel ones, of the identity or of what takes or places components. */
function needsNoName(operator: Linear): boolean {
  if (operator.kind === 'identity') return true
  const known = (size: Size): boolean => knownSize(size) !== null
  return (
    (operator.kind === 'select' || operator.kind === 'embed') &&
    [operator.start, operator.rows, operator.columns].every(known)
  )
}

/** Short ends for the strands that no line of the operator reaches: it does not read them, or gives 0 there. */
function stubs(
  lines: readonly Line[],
  inputs: readonly number[],
  outputs: readonly number[],
  from: number,
  to: number,
): Line[] {
  const [starts, ends] = [new Set(lines.map(l => l[0][1])), new Set(lines.map(l => l[1][1]))]
  return [
    ...inputs
      .filter(y => !starts.has(y))
      .map(
        (y): Line => [
          [from, y],
          [from + 10, y],
        ],
      ),
    ...outputs
      .filter(y => !ends.has(y))
      .map(
        (y): Line => [
          [to - 10, y],
          [to, y],
        ],
      ),
  ]
}

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
function fan(
  className: 'additive' | 'multiplicative',
  operator: Linear,
  bias: Block | null,
  own: Strands,
  from: Strands,
  title: string,
): Glyph {
  const blocks = needsNoName(operator) ? [] : [operatorBlock(operator, OPERATOR_SIZE, className)]
  const block = besideBlocks(bias === null ? blocks : [...blocks, bias], 6)
  const width = Math.max(fanWidth(from, own), block.width + 8)
  const inputs = strandOffsets(from)
  const outputs = strandOffsets(own)
  const lines = operatorLines(operator, from, own).map(
    ([i, j]): Line => [
      [0, inputs[i]],
      [width, outputs[j]],
    ],
  )
  const placed = placeBlock(block, lines, width / 2)
  const { top, bottom } = extents([...inputs, ...outputs])
  return {
    class: className,
    title,
    width,
    top: Math.min(placed.top, top),
    bottom,
    inputs: [inputs],
    outputs,
    align: 'middle',
    strands: own,
    dotted: HIDES,
    figures: [
      { kind: 'strokes', class: className, lines: [...lines, ...stubs(lines, inputs, outputs, 0, width)] },
      ...placed.figures,
    ],
  }
}

export function multiplicative(node: MultiplicativeNode, own: Strands, args: readonly Strands[]): Glyph {
  const bias = node.bias === null ? null : biasBlock('·', node.bias, true, 'multiplicative')
  const names = [node.operator, ...(node.bias === null ? [] : [node.bias])].map(a => labelText(operatorLabel(a)))
  return fan('multiplicative', node.operator, bias, own, args[0], `mul[${names.join(', ')}]`)
}

/** `order` says which terms stand above which. */
export function additive(node: AdditiveNode, own: Strands, args: readonly Strands[], order: readonly number[]): Glyph {
  const bias = node.bias === null ? null : biasBlock('+', node.bias, false, 'additive')
  const names = [...node.operators, ...(node.bias === null ? [] : [node.bias])].map(a => labelText(operatorLabel(a)))
  if (node.operators.length === 1)
    return fan('additive', node.operators[0], bias, own, args[0], `add[${names.join(', ')}]`)
  return additiveSum(node, own, args, order, bias, `sum of ${names.join(', ')}`)
}

/** Several terms: fans into the same strands. Names stand above the first strand of each term, where it still runs level. */
function additiveSum(
  node: AdditiveNode,
  own: Strands,
  args: readonly Strands[],
  order: readonly number[],
  bias: Block | null,
  title: string,
): Glyph {
  const blocks = node.operators.map(operator =>
    needsNoName(operator) ? null : operatorBlock(operator, OPERATOR_SIZE, 'additive'),
  )
  const lead = greatest(blocks.map(b => (b === null ? 0 : b.width + 10)))
  const tail = bias === null ? 0 : bias.width + 10
  const width = Math.max(86, greatest(args.map(a => fanWidth(a, own))))
  // Terms are one pitch apart, or more where a name needs it.
  const heights = args.map(
    (a, k) => (a.rows - 1) * PITCH + Math.max(PITCH, blocks[k] === null ? 0 : blocks[k].above + blocks[k].below + 30),
  )
  const total = heights.reduce((a, b) => a + b, 0)
  const outputs = strandOffsets(own)
  const figures: Figure[] = []
  const level: Point[][] = []
  const fans: Line[] = []
  const unread: Line[] = []
  const inputs: number[][] = args.map(() => [])
  let end = -total / 2
  for (const k of order) {
    const a = args[k]
    const block = blocks[k]
    end += heights[k]
    const middle = end - PITCH / 2 - ((a.rows - 1) * PITCH) / 2
    const offsets = strandOffsets(a).map(y => y + middle)
    inputs[k] = offsets
    const lines = operatorLines(node.operators[k], a, own).map(
      ([i, j]): Line => [
        [lead, offsets[i]],
        [lead + width, outputs[j]],
      ],
    )
    fans.push(...lines)
    unread.push(...stubs(lines, offsets, [], lead, lead + width))
    if (lead > 0)
      level.push(
        ...offsets.map((y): Point[] => [
          [0, y],
          [lead, y],
        ]),
      )
    if (block !== null)
      figures.push(...block.figures.map(f => moveFigure(f, (lead - block.width) / 2, offsets[0] - 7 - block.below)))
  }
  unread.push(...stubs(fans, [], outputs, lead, lead + width))
  figures.unshift({ kind: 'strokes', class: 'additive', lines: [...fans, ...unread] })
  const first = blocks[order[0]] ?? null
  const { top, bottom } = extents([...inputs.flat(), ...outputs])
  let highest = Math.min(top, first === null ? top : inputs[order[0]][0] - 7 - first.below - first.above)
  if (bias !== null) {
    level.push(
      ...outputs.map((y): Point[] => [
        [lead + width, y],
        [lead + width + tail, y],
      ]),
    )
    figures.push(...bias.figures.map(f => moveFigure(f, lead + width + 6, outputs[0] - 7 - bias.below)))
    highest = Math.min(highest, outputs[0] - 7 - bias.below - bias.above)
  }
  if (level.length > 0) figures.unshift({ kind: 'strokes', class: 'wire', lines: level })
  return {
    class: 'additive',
    title,
    width: lead + width + tail,
    top: highest,
    bottom,
    inputs,
    outputs,
    align: 'middle',
    strands: own,
    dotted: HIDES,
    figures,
  }
}
