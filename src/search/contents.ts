// What a node does, apart from what it does it to: the first half of an e-node. Contents that are the same are one object with a
// number; the other half of an e-node is the classes of its args.
import { type Node, operatorsOf } from '../diagram/diagram.ts'
import { isDefinedOperator } from '../diagram/ranges.ts'
import type { Linear } from '../linear/linear.ts'
import { printShape, type Shape } from '../linear/size.ts'
import { type Expression, postorder, TOTAL } from '../scalar/expression.ts'
import { isReals } from '../scalar/range.ts'
import { normalOf, wordsOf } from './operators.ts'

/** A node without a place: its number and its args are not yet said. */
export type Unplaced = Node extends infer N ? (N extends Node ? Omit<N, 'id' | 'args'> : never) : never

export interface Content {
  /** Counts from 0, in the order in which contents came up. */
  readonly number: number
  readonly node: Unplaced
  /** The same number for contents that do the same to wires whose order is free. */
  readonly head: number
  /** Where the order of the args is free: what is done to each of them, as numbers; null where it is fixed. */
  readonly labels: readonly number[] | null
  /** Has a value whatever its args are. */
  readonly isTotal: boolean
}

const totals = new WeakMap<Expression, boolean>()
/** Whether a function is made of operations that have a value for all arguments. False says nothing. */
function isTotal(fn: Expression): boolean {
  let found = totals.get(fn)
  if (found === undefined) totals.set(fn, (found = postorder(fn).every(isTotalPart)))
  return found
}
function isTotalPart(e: Expression): boolean {
  if (e.kind === 'apply') return e.fn.definition === null && e.fn.domain.every(isReals)
  return e.kind !== 'choose' && (e.kind !== 'call' || TOTAL.has(e.name))
}

/** Shapes with larger numbers are not told apart in the fast way. */
const MOST_SHAPES = 4096

/** The contents of one e-graph. */
export class Contents {
  private readonly list: Content[] = []
  private readonly numbers = new Map<string, Content>()
  private readonly heads = new Map<string, number>()
  private readonly shapes = new Map<Shape, number>()
  private readonly shapeTexts = new Map<string, number>()
  /** Pointwise functions of wires of one shape, and layers of one matrix without bias, by both numbers: most are of these. */
  private readonly functions = new Map<number, Content>()
  private readonly layers = new Map<number, Content>()
  private readonly weighed = new Set<Linear>()
  private inputs = 0
  private nextHead = 1
  /** An estimate of the memory that the contents take, in bytes, the entries of known matrices included. */
  bytes = 0

  at(number: number): Content {
    return this.list[number]
  }
  get size(): number {
    return this.list.length
  }

  /** The content of a node; its operators have to be in normal form (see `normalOf`). */
  of(node: Unplaced): Content {
    const shape = this.shape(node.shape)
    const isLayer = node.kind === 'additive' && node.operators.length === 1 && node.bias === null
    const id = node.kind === 'pointwise' ? node.fn.id : isLayer ? node.operators[0].id : 0
    const key = id * MOST_SHAPES + shape
    if (id <= 0 || shape >= MOST_SHAPES || key > Number.MAX_SAFE_INTEGER) return this.known(node, shape)
    return this.quick(isLayer ? this.layers : this.functions, key, node)
  }
  private quick(table: Map<number, Content>, key: number, node: Unplaced): Content {
    let content = table.get(key)
    if (content === undefined) table.set(key, (content = this.make(node, this.nextHead++, null)))
    return content
  }

  private known(node: Unplaced, shape: number): Content {
    const labels = node.kind === 'additive' && node.operators.length > 1 ? node.operators.map(a => a.id) : null
    const own = `${this.text(node)}:${shape}`
    const key = labels === null ? own : `${own}:${labels.join()}`
    let found = this.numbers.get(key)
    if (found === undefined) {
      let head = this.heads.get(own)
      if (head === undefined) this.heads.set(own, (head = this.nextHead++))
      this.numbers.set(key, (found = this.make(node, head, labels)))
    }
    return found
  }
  private make(node: Unplaced, head: number, labels: readonly number[] | null): Content {
    const total = node.kind === 'pointwise' ? isTotal(node.fn) : node.kind !== 'multiplicative' && node.kind !== 'mix'
    const content = {
      number: this.list.length,
      node,
      head,
      labels,
      isTotal: total && operatorsOf(node as Node).every(hasValue),
    }
    this.list.push(content)
    this.bytes += 500
    for (const a of operatorsOf(node as Node)) this.weigh(a)
    return content
  }

  /** What a node does, but for what a layer of several wires does to each of them. */
  private text(node: Unplaced): string {
    switch (node.kind) {
      case 'input':
        return `input ${this.inputs++}`
      case 'pointwise':
        return `f${node.fn.id}`
      case 'constant':
        return `constant ${node.value.id}`
      case 'additive':
        return node.operators.length === 1
          ? `+${node.operators[0].id},${biasId(node.bias)}`
          : `${node.operators.length}+${biasId(node.bias)}`
      case 'multiplicative':
        return `*${node.operator.id},${biasId(node.bias)}`
      case 'slice':
        return `${node.start.text}..${node.end.text}`
      case 'reduce':
        return `${node.operation}${node.group}`
      case 'mix':
        return `mix${node.fn.id},${node.inverse.id},${node.operator.id}`
      case 'output':
        throw new TypeError('an output is no operation')
      default:
        return node.kind
    }
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
  private weigh(a: Linear): void {
    if (this.weighed.has(a)) return
    this.weighed.add(a)
    this.bytes += 300
    for (const { atoms } of wordsOf(a) ?? []) {
      for (const atom of atoms) {
        if (atom.kind !== 'literal' || this.weighed.has(atom)) continue
        this.weighed.add(atom)
        this.bytes += 120 * atom.entries.length * atom.entries[0].length
      }
    }
  }
}

/** Whether all factors of an operator are shown to be numbers. */
function hasValue(a: Linear): boolean {
  const words = wordsOf(a)
  return words?.every(w => w.factor.kind === 'number') === true || isDefinedOperator(a)
}

function biasId(bias: Linear | null): number {
  return bias === null ? 0 : bias.id
}

/** The node without its place, with its matrices multiplied and added up as far as they are known, and no bias of zeros. */
export function contentInNormalForm(node: Node): Unplaced {
  const bias = (b: Linear | null): Linear | null => {
    const normal = b === null ? null : normalOf(b)
    return normal?.kind === 'zero' ? null : normal
  }
  switch (node.kind) {
    case 'additive':
      return { ...node, operators: node.operators.map(normalOf), bias: bias(node.bias) }
    case 'multiplicative':
      return { ...node, operator: normalOf(node.operator), bias: bias(node.bias) }
    case 'constant':
      return { ...node, value: normalOf(node.value) }
    case 'mix':
      return { ...node, operator: normalOf(node.operator) }
    default:
      return node
  }
}
