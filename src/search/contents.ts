// What a node does, as numbers that are equal where the nodes do the same: the first half of an e-node. The other half is
// the classes of its args.
import { normalLinear } from '../algebra/operators.ts'
import type { Node } from '../diagram/diagram.ts'
import type { Linear } from '../linear/linear.ts'
import { printShape, type Shape } from '../linear/size.ts'

/** The content of a node: `head` is what it does, and `labels` what it does to each of its args where their order is free. */
export interface Content {
  readonly head: number
  readonly labels: readonly number[] | null
}

const NO_LABELS: readonly number[] = []

/** Numbers for contents. Operators are told apart by their normal forms, sizes by what they are. */
export class Contents {
  private readonly heads = new Map<string, number>()
  private readonly shapes = new WeakMap<Shape, number>()
  private readonly shapeTexts = new Map<string, number>()
  /** Pointwise functions of wires of one shape, by both numbers: they are asked for most. */
  private readonly functions = new Map<number, number>()
  private inputs = 0

  of(node: Node): Content {
    const shape = this.shape(node.shape)
    if (node.kind === 'pointwise') {
      const key = node.fn.id * 4096 + shape
      let head = shape < 4096 && Number.isSafeInteger(key) ? this.functions.get(key) : undefined
      if (head === undefined) {
        head = this.number(`f${node.fn.id}:${shape}`)
        if (shape < 4096 && Number.isSafeInteger(key)) this.functions.set(key, head)
      }
      return { head, labels: null }
    }
    const own = ((): string => {
      switch (node.kind) {
        case 'input':
          return `input ${this.inputs++}`
        case 'constant':
          return `constant ${normalLinear(node.value).id}`
        case 'additive':
          return `+${biasId(node.bias)}`
        case 'multiplicative':
          return `*${normalLinear(node.operator).id},${biasId(node.bias)}`
        case 'slice':
          return `${node.start.text}..${node.end.text}`
        case 'reduce':
          return `${node.operation}${node.group}`
        case 'mix':
          return `mix${node.fn.id},${node.inverse.id},${normalLinear(node.operator).id}`
        case 'output':
          throw new TypeError('an output is no operation')
        default:
          return node.kind
      }
    })()
    const head = this.number(`${own}:${shape}`)
    return { head, labels: node.kind === 'additive' ? node.operators.map(a => normalLinear(a).id) : null }
  }

  private number(key: string): number {
    let found = this.heads.get(key)
    if (found === undefined) this.heads.set(key, (found = this.heads.size + 1))
    return found
  }
  private shape(shape: Shape): number {
    let found = this.shapes.get(shape)
    if (found !== undefined) return found
    const text = printShape(shape)
    found = this.shapeTexts.get(text)
    if (found === undefined) this.shapeTexts.set(text, (found = this.shapeTexts.size))
    this.shapes.set(shape, found)
    return found
  }
}

/** A bias that is zero is none. */
function biasId(bias: Linear | null): number {
  const normal = bias === null ? null : normalLinear(bias)
  return normal === null || normal.kind === 'zero' ? 0 : normal.id
}

export function labelsOf(content: Content): readonly number[] {
  return content.labels ?? NO_LABELS
}
