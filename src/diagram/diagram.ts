// A diagram is a directed acyclic graph of nodes with one output each. The wire is the output of its node; using it
// twice copies it. There is no separate notion of a chain of layers: a chain is a graph that happens to be one.
import type { Linear } from '../linear/linear.ts'
import type { Shape, Size } from '../linear/size.ts'
import { type Expression, unfold } from '../scalar/expression.ts'
import type { Range } from '../scalar/range.ts'

/** Stable within a net and through a derivation: the node `at` which a step happens keeps its id. Shown as `n3`. */
export type NodeId = number

interface Common {
  readonly id: NodeId
  /** The nodes whose wires come in, in order. */
  readonly args: readonly NodeId[]
  readonly shape: Shape
}
export interface InputNode extends Common {
  readonly kind: 'input'
  readonly name: string
  /** Every component lies in this set. */
  readonly domain: Range
  /** Drawn pale: the input is read through a function that `with` names (the post's x' for ln x). */
  readonly absorbed: boolean
}
/** A fixed vector: a bias, a literal, or an unknown parameter (an operator with one column). */
export interface ConstantNode extends Common {
  readonly kind: 'constant'
  readonly value: Linear
}
/** One real function of k wires of one shape, applied to every component; variable i is wire i. */
export interface PointwiseNode extends Common {
  readonly kind: 'pointwise'
  readonly fn: Expression
}
/** sum_k operators[k] * args[k] + bias. The layer `add[W, b]` is the case of one term. */
export interface AdditiveNode extends Common {
  readonly kind: 'additive'
  readonly operators: readonly Linear[]
  readonly bias: Linear | null
}
/** prod_j x_j ^ W_ij, times e ^ bias_i: the layer `mul[W, b]`. */
export interface MultiplicativeNode extends Common {
  readonly kind: 'multiplicative'
  readonly operator: Linear
  readonly bias: Linear | null
}
/** One wire after the other along the last axis. */
export interface JoinNode extends Common {
  readonly kind: 'join'
}
/** Components start .. end - 1 of the last axis. */
export interface SliceNode extends Common {
  readonly kind: 'slice'
  readonly start: Size
  readonly end: Size
}
/** The largest (least) of each group of `group` neighbours on the last axis: `maxpool[group]`, `minpool[group]`. */
export interface ReduceNode extends Common {
  readonly kind: 'reduce'
  readonly operation: 'max' | 'min'
  readonly group: number
}
/** The abbreviation `mix[f, W]`: f(sum_j W_ij f^-1(x_j)). A rule unfolds it. `inverse` is f^-1. */
export interface MixNode extends Common {
  readonly kind: 'mix'
  readonly fn: Expression
  readonly inverse: Expression
  readonly operator: Linear
}
/** The abbreviations `softmax`, `logsoftmax` over the last axis. Rules unfold them. */
export interface SoftmaxNode extends Common {
  readonly kind: 'softmax'
}
export interface LogSoftmaxNode extends Common {
  readonly kind: 'logsoftmax'
}
export interface OutputNode extends Common {
  readonly kind: 'output'
  readonly name: string
  readonly absorbed: boolean
}

export type Node =
  | InputNode
  | ConstantNode
  | PointwiseNode
  | AdditiveNode
  | MultiplicativeNode
  | JoinNode
  | SliceNode
  | ReduceNode
  | MixNode
  | SoftmaxNode
  | LogSoftmaxNode
  | OutputNode
export type NodeKind = Node['kind']

export interface Diagram {
  readonly name: string
  /** Inputs first, in the order in which they were declared; every node after its args; outputs last, in order. */
  readonly nodes: readonly Node[]
  /** Names that a file declares for functions, by what they are: for printing and drawing `ln . sigma . exp` as `sigma'`. */
  readonly names: ReadonlyMap<Expression, string>
  /** Names that its author gives to wires between inputs and outputs. */
  readonly wires?: ReadonlyMap<string, NodeId>
}

/** What an input or output is called whose wire ends in the open: in a part of a net, such as a side of a rule. */
export const OPEN_END = '_'
/** Whether a name is that of an open end: `_`, or `_1`, `_2` where there are several. */
export function isOpenEnd(name: string): boolean {
  return /^_\d*$/.test(name)
}

export function inputsOf(diagram: Diagram): InputNode[] {
  return diagram.nodes.filter(n => n.kind === 'input')
}
export function outputsOf(diagram: Diagram): OutputNode[] {
  return diagram.nodes.filter(n => n.kind === 'output')
}
export function nodesById(diagram: Diagram): Map<NodeId, Node> {
  return new Map(diagram.nodes.map(n => [n.id, n]))
}

/** The operators of a node, its bias among them. */
export function operatorsOf(node: Node): readonly Linear[] {
  switch (node.kind) {
    case 'constant':
      return [node.value]
    case 'additive':
      return node.bias === null ? node.operators : [...node.operators, node.bias]
    case 'multiplicative':
      return node.bias === null ? [node.operator] : [node.operator, node.bias]
    case 'mix':
      return [node.operator]
    default:
      return []
  }
}

/** What a node does beside its operators: nodes of one kind with equal ones do the same. An input does what no other does. */
export function parametersOf(node: Node): readonly unknown[] {
  switch (node.kind) {
    case 'input':
    case 'output':
      return [node]
    case 'pointwise':
      return [unfold(node.fn)]
    case 'slice':
      return [node.start, node.end]
    case 'reduce':
      return [node.operation, node.group]
    case 'mix':
      return [unfold(node.fn), unfold(node.inverse)]
    default:
      return []
  }
}
