// From the tree of a net to its diagram: wires get nodes, and sizes that are left open are inferred.
import {
  badGroup,
  badSlice,
  cyclicWires,
  declaredTwice,
  declaredWithSize,
  formulaClash,
  joinClash,
  misplaced,
  misused,
  noInput,
  noInverse,
  noOutput,
  notSize,
  numberWithoutWidth,
  outputIsFunction,
  type Related,
  rowsClash,
  type Span,
  undeterminedSize,
  unusedWire,
  widthClash,
  wrongKind,
  wrongWires,
} from '../diagnostic.ts'
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import { type Linear, literal, printLinear, weight } from '../linear/linear.ts'
import { addSizes, divideSize, printShape, type Shape, type Size, sizeOf } from '../linear/size.ts'
import { type Expression, variable, x0 } from '../scalar/expression.ts'
import { type Range, REALS } from '../scalar/range.ts'
import { inverseOf } from './inverse.ts'
import { declaredIn, literalTerm, matrixTerm, vectorTerm } from './matrices.ts'
import { leastSize, OPERATIONS, rangeTree, rationalTerm, type Scope, sizeTerm, spanAt, unknown } from './scope.ts'
import { expressionTerm, isFunctionName, nameOf, unaryTerm } from './terms.ts'
import {
  type Identifier,
  type InputTree,
  type Located,
  type NetTree,
  namesIn,
  type Piece,
  type Term,
  type WireTree,
} from './tree.ts'
import { isOpen, makeUnifier, unifyShapes } from './unify.ts'

/** What a stage does to the wire that enters it; worked out once for equal texts. */
type Stage =
  | { readonly kind: 'pointwise'; readonly fn: Expression }
  | {
      readonly kind: 'additive' | 'multiplicative'
      readonly operators: readonly Linear[]
      readonly bias: Linear | null
    }
  | { readonly kind: 'mix'; readonly fn: Expression; readonly inverse: Expression; readonly operator: Linear }
  | { readonly kind: 'reduce'; readonly operation: 'max' | 'min'; readonly group: number }
  | { readonly kind: 'softmax' | 'logsoftmax' }

/** Operations that take whole wires; in a formula they make nodes of their own. */
const STRUCTURAL = new Set(['add', 'mul', 'mix', 'maxpool', 'minpool', 'softmax', 'logsoftmax'])

/** Inputs that may leave their sizes open: solving for them is work of the square of their number. */
const MOST_OPEN = 500

/** Stages that are kept at a time. */
const MOST_KEPT = 10_000

/** Stages that were worked out, by their (shared) trees: a file's nets use one. null: it has an error. */
export type StageCache = Map<Term, Stage | null>

export class NetBuilder {
  readonly nodes: Node[] = []
  private readonly sizes = makeUnifier()
  private readonly wires = new Map<string, { readonly id: NodeId; readonly span: Span }>()
  private readonly constants = new Map<Linear, NodeId>()
  private open = 0
  /** To be looked at when every size is known. */
  private readonly later: (() => boolean)[] = []

  /** Wires with errors: what names them fails without a further message. */
  readonly failed = new Set<string>()
  private readonly scope: Scope
  private readonly stages: StageCache

  constructor(scope: Scope, stages: StageCache) {
    const broken = { has: (name: string) => scope.broken.has(name) || this.failed.has(name) }
    this.scope = { ...scope, broken, locals: () => this.wires.keys() }
    this.stages = stages
  }

  // --- Nodes ---

  /** The number of the next node. */
  get next(): NodeId {
    return this.nodes.length
  }

  add(node: Node): NodeId {
    this.nodes.push(node)
    return node.id
  }

  shapeOf(id: NodeId): Shape {
    return this.sizes.resolveShape(this.nodes[id].shape)
  }

  /** An input, or null where its declaration is in error. */
  input(tree: InputTree): NodeId | null {
    const span = spanAt(this.scope, 0, tree.name)
    const shape: (Size | null)[] = tree.shape?.map(t => sizeTerm(this.scope, 0, t)) ?? [this.sizes.fresh()]
    const domain: Range | null = tree.domain === null ? REALS : rangeTree(this.scope, 0, tree.domain)
    if (domain === null || shape.some(s => s === null)) {
      this.failed.add(tree.name.name)
      return null
    }
    const id = this.add({
      id: this.next,
      kind: 'input',
      name: tree.name.name,
      args: [],
      shape: shape as Size[],
      domain,
      absorbed: false,
    })
    if (!this.name(tree.name.name, id, span)) return null
    if (tree.shape === null) {
      if (++this.open > MOST_OPEN) {
        this.scope.report(undeterminedSize(span, tree.name.name))
        return null
      }
      this.later.push(() => {
        if (!this.shapeOf(id).some(isOpen)) return true
        this.scope.report(undeterminedSize(span, tree.name.name))
        return false
      })
    }
    return id
  }

  /** Gives a wire a name; false where it has another meaning already. */
  name(name: string, id: NodeId, span: Span): boolean {
    const old = this.wires.get(name)
    if (old !== undefined) {
      this.scope.report(declaredTwice(span, name, old.span))
      return false
    }
    this.wires.set(name, { id, span })
    return true
  }

  wireNamed(name: string): NodeId | null {
    return this.wires.get(name)?.id ?? null
  }

  // --- Chains ---

  wire(tree: WireTree): NodeId | null {
    const first = this.term(tree.first.offset, tree.first.tree)
    return first === null ? null : this.through(first, tree.stages)
  }

  through(start: NodeId, stages: readonly Piece<Term>[]): NodeId | null {
    let at: NodeId | null = start
    for (const stage of stages) {
      const made: Stage | null = this.stage(stage.offset, stage.tree)
      at = made && this.apply(made, [at], stage.offset, stage.tree, stage.tree)
      if (at === null) break
    }
    // Where a stage fails, the others are looked at for errors of their own; their sizes cannot be.
    if (at === null) for (const other of stages) this.stage(other.offset, other.tree)
    return at
  }

  /** A node for a stage on wires; a width that does not fit is reported. */
  private apply(stage: Stage, args: readonly NodeId[], offset: number, term: Term, at: Located): NodeId | null {
    const shape = this.nodes[args[0]].shape
    switch (stage.kind) {
      case 'pointwise':
        return stage.fn === x0 && at !== term
          ? args[0]
          : this.add({ id: this.next, kind: 'pointwise', args, shape, fn: stage.fn })
      case 'softmax':
      case 'logsoftmax':
        return this.add({ id: this.next, kind: stage.kind, args, shape })
      case 'reduce': {
        const size = this.sizes.resolve(shape[shape.length - 1])
        const groups = divideSize(size, stage.group)
        if (groups === null || isOpen(size)) {
          this.scope.report(
            badGroup(spanAt(this.scope, offset, at), `${stage.group}`, isOpen(size) ? 'a size not fixed' : size.text),
          )
          return null
        }
        const { operation, group } = stage
        return this.add({
          id: this.next,
          kind: 'reduce',
          args,
          shape: [...shape.slice(0, -1), groups],
          operation,
          group,
        })
      }
      default: {
        const operators = stage.kind === 'mix' ? [stage.operator] : stage.operators
        for (const [i, operator] of operators.entries()) {
          if (!this.enters(operator, args[i], offset, term, at, i)) return null
        }
        const out = [...shape.slice(0, -1), operators[0].rows]
        if (stage.kind === 'mix') {
          return this.add({
            id: this.next,
            kind: 'mix',
            args,
            shape: out,
            fn: stage.fn,
            inverse: stage.inverse,
            operator: stage.operator,
          })
        }
        if (stage.kind === 'additive')
          return this.add({ id: this.next, kind: 'additive', args, shape: out, operators, bias: stage.bias })
        return this.add({
          id: this.next,
          kind: 'multiplicative',
          args,
          shape: out,
          operator: operators[0],
          bias: stage.bias,
        })
      }
    }
  }

  private enters(operator: Linear, arg: NodeId, offset: number, term: Term, at: Located, index: number): boolean {
    const shape = this.nodes[arg].shape
    if (this.sizes.unify(shape[shape.length - 1], operator.columns)) return true
    const found = printShape(this.shapeOf(arg))
    const parameters = term.kind === 'indexed' ? term.args : []
    const weights = parameters
      .slice(index)
      .flatMap(p => declaredIn(this.scope, p))
      .slice(0, 1)
    const origin = this.origin(arg).filter(o => o.span.start !== weights[0]?.span.start)
    const span = spanAt(this.scope, offset, at)
    this.scope.report(widthClash(span, printLinear(operator), operator.columns.text, found, [...weights, ...origin]))
    return false
  }

  /** Where the width of a wire comes from: the nearest declaration behind it. */
  private origin(id: NodeId): Related[] {
    let node = this.nodes[id]
    for (let steps = 0; steps < 1_000_000; steps++) {
      if (node.kind === 'input') {
        const wire = this.wires.get(node.name)
        return wire === undefined ? [] : [declaredWithSize(wire.span, node.name, printShape(this.shapeOf(node.id)))]
      }
      if (node.kind === 'additive' || node.kind === 'multiplicative' || node.kind === 'mix') {
        const operator = node.kind === 'additive' ? node.operators[0] : node.operator
        const symbol = operator.kind === 'symbol' ? operator.symbol : null
        const span = symbol === null ? undefined : this.scope.places.get(symbol.name)
        return symbol === null || span === undefined
          ? []
          : [declaredWithSize(span, symbol.name, printShape([symbol.rows, symbol.columns]))]
      }
      if (node.args.length === 0) return []
      node = this.nodes[node.args[0]]
    }
    return []
  }

  // --- Stages ---

  private stage(offset: number, term: Term): Stage | null {
    const known = this.stages.get(term)
    if (known !== undefined) return known
    const made = this.makeStage(offset, term)
    // Trees that occur once are not worth keeping.
    if (this.stages.size >= MOST_KEPT) this.stages.clear()
    this.stages.set(term, made)
    return made
  }

  private makeStage(offset: number, term: Term): Stage | null {
    const { scope } = this
    const name = term.kind === 'name' || term.kind === 'indexed' ? term.name : ''
    if (!STRUCTURAL.has(name)) {
      const fn = unaryTerm(scope, offset, term)
      return fn && { kind: 'pointwise', fn }
    }
    const parameters = term.kind === 'indexed' ? term.args : []
    const wrong = (): null => {
      scope.report(misused(spanAt(scope, offset, term), name))
      return null
    }
    switch (name) {
      case 'softmax':
      case 'logsoftmax':
        return parameters.length === 0 ? { kind: name } : wrong()
      case 'maxpool':
      case 'minpool': {
        if (parameters.length !== 1) return wrong()
        const group = rationalTerm(parameters[0])
        if (group === null || group.d !== 1n || group.s < 0n || group.n < 1n || group.n > 1_000_000_000n) {
          scope.report(notSize(spanAt(scope, offset, parameters[0]), null))
          return null
        }
        return { kind: 'reduce', operation: name === 'maxpool' ? 'max' : 'min', group: Number(group.n) }
      }
      case 'mix': {
        if (parameters.length !== 2) return wrong()
        const fn = unaryTerm(scope, offset, parameters[0])
        const operator = matrixTerm(scope, offset, parameters[1])
        if (fn === null || operator === null) return null
        const inverse = inverseOf(fn)
        if (inverse !== null) return { kind: 'mix', fn, inverse, operator }
        scope.report(noInverse(spanAt(scope, offset, parameters[0]), nameOf(parameters[0])))
        return null
      }
      default:
        if (parameters.length !== 1 && parameters.length !== 2) return wrong()
        return this.layer(offset, term, name === 'add' ? 'additive' : 'multiplicative', 1)
    }
  }

  /** `add[W]`, `add[W, b]`, and on two wires `add[V, W](x, y)`, `add[V, W, b](x, y)`. */
  private layer(offset: number, term: Term, kind: 'additive' | 'multiplicative', wires: number): Stage | null {
    const { scope } = this
    const parameters = term.kind === 'indexed' ? term.args : []
    const operators = parameters.slice(0, wires).map(p => matrixTerm(scope, offset, p))
    const last = parameters[wires]
    const bias = last === undefined ? null : vectorTerm(scope, offset, last)
    if (operators.some(o => o === null) || (last !== undefined && bias === null)) return null
    const all = operators as Linear[]
    for (const [i, part] of [...all, ...(bias === null ? [] : [bias])].entries()) {
      if (part.rows === all[0].rows) continue
      const what = i === wires ? 'bias' : 'matrix'
      const related = [parameters[i], parameters[0]].flatMap(p => declaredIn(scope, p))
      scope.report(rowsClash(spanAt(scope, offset, parameters[i]), what, part.rows.text, all[0].rows.text, related))
      return null
    }
    return { kind, operators: all, bias }
  }

  // --- Terms over wires ---

  /** The wire that a term says. */
  term(offset: number, term: Term): NodeId | null {
    switch (term.kind) {
      case 'group':
        return this.term(offset, term.of)
      case 'chain': {
        const first = this.term(offset, term.first)
        const stages = term.stages.map(tree => ({ offset, tree }))
        return first === null ? null : this.through(first, stages)
      }
      case 'list':
        return this.join(offset, term)
      case 'slice':
        return this.slice(offset, term)
      case 'call':
        if (isStructural(term.fn)) return this.structural(offset, term)
        break
      case 'indexed':
        if (term.name === 'constant' && term.args.length === 1) {
          const value = vectorTerm(this.scope, offset, term.args[0])
          return value && this.constant(value)
        }
        break
      default:
    }
    return this.formula(offset, term)
  }

  private constant(value: Linear): NodeId {
    let id = this.constants.get(value)
    if (id === undefined)
      this.constants.set(
        value,
        (id = this.add({ id: this.next, kind: 'constant', args: [], shape: [value.rows], value })),
      )
    return id
  }

  /** One pointwise node for a formula over wires. */
  private formula(offset: number, term: Term): NodeId | null {
    const args: NodeId[] = []
    const places: Term[] = []
    const leaf = (t: Term): Expression | null | undefined => {
      const id = this.leaf(offset, t)
      if (id === undefined || id === null) return id
      let index = args.indexOf(id)
      if (index < 0) {
        index = args.push(id) - 1
        places.push(t)
      }
      return variable(index)
    }
    const fn = expressionTerm(this.scope, offset, term, leaf)
    if (fn === null) return null
    if (args.length === 1 && fn === x0) return args[0]
    if (args.length === 0) return this.number(offset, term, fn)
    for (let i = 1; i < args.length; i++) {
      if (unifyShapes(this.sizes, this.nodes[args[0]].shape, this.nodes[args[i]].shape)) continue
      const [first, other] = [args[0], args[i]].map(a => printShape(this.shapeOf(a)))
      const related = [...this.origin(args[0]), ...this.origin(args[i])]
      this.scope.report(formulaClash(spanAt(this.scope, offset, places[i]), first, other, related))
      return null
    }
    return this.add({ id: this.next, kind: 'pointwise', args, shape: this.nodes[args[0]].shape, fn })
  }

  /** The wire that a part of a formula stands for; undefined where it is to be read as a part of the formula. */
  private leaf(offset: number, t: Term): NodeId | null | undefined {
    switch (t.kind) {
      case 'name': {
        const wire = this.wires.get(t.name)
        if (wire !== undefined) return wire.id
        const symbol = this.scope.weights.get(t.name)
        if (symbol === undefined) return undefined
        if (symbol.columns === sizeOf(1)) return this.constant(weight(symbol))
        this.scope.report(
          wrongKind(spanAt(this.scope, offset, t), t.name, 'wire', 'matrix', this.scope.places.get(t.name) ?? null),
        )
        return null
      }
      case 'chain':
      case 'list':
      case 'slice':
        return this.term(offset, t)
      case 'call':
        return isStructural(t.fn) ? this.structural(offset, t) : undefined
      case 'indexed':
        return t.name === 'constant' && t.args.length === 1 ? this.term(offset, t) : undefined
      default:
        return undefined
    }
  }

  /** A number alone is as wide as the inputs, where these are all of one width. */
  private number(offset: number, term: Term, fn: Expression): NodeId | null {
    const inputs = this.nodes.filter(n => n.kind === 'input')
    const first = inputs[0]
    if (first !== undefined && inputs.every(i => unifyShapes(this.sizes, i.shape, first.shape))) {
      return this.add({ id: this.next, kind: 'pointwise', args: [], shape: first.shape, fn })
    }
    const related = inputs.flatMap(i => this.origin(i.id)).slice(0, 2)
    this.scope.report(numberWithoutWidth(spanAt(this.scope, offset, term), related))
    return null
  }

  private structural(offset: number, term: Extract<Term, { kind: 'call' }>): NodeId | null {
    const args = term.args.map(a => this.term(offset, a))
    if (args.some(a => a === null)) return null
    const wires = args as NodeId[]
    const fn = term.fn
    if (wires.length === 1) {
      const stage = this.stage(offset, fn)
      return stage && this.apply(stage, wires, offset, fn, term)
    }
    if (
      fn.kind !== 'indexed' ||
      fn.name !== 'add' ||
      (fn.args.length !== wires.length && fn.args.length !== wires.length + 1)
    ) {
      this.scope.report(wrongWires(spanAt(this.scope, offset, term), nameOf(fn), wires.length))
      return null
    }
    const stage = this.layer(offset, fn, 'additive', wires.length)
    return stage && this.apply(stage, wires, offset, fn, term)
  }

  private join(offset: number, term: Extract<Term, { kind: 'list' }>): NodeId | null {
    if (term.items.every(i => i.kind === 'list' || rationalTerm(i) !== null)) {
      const value = literalTerm(this.scope, offset, term)
      if (value === null) return null
      if (value.columns === sizeOf(1)) return this.constant(value)
      this.scope.report(misplaced(spanAt(this.scope, offset, term), 'a matrix', 'the place of a wire'))
      return null
    }
    const args: NodeId[] = []
    for (const item of term.items) {
      const q = rationalTerm(item)
      const id = q !== null ? this.constant(literal([[q]])) : this.term(offset, item)
      if (id === null) return null
      args.push(id)
    }
    if (args.length === 1) return args[0]
    const first = this.nodes[args[0]].shape
    for (const [i, arg] of args.entries()) {
      const { shape } = this.nodes[arg]
      if (!unifyShapes(this.sizes, first.slice(0, -1), shape.slice(0, -1))) {
        const [one, other] = [args[0], arg].map(a => printShape(this.shapeOf(a)))
        this.scope.report(joinClash(spanAt(this.scope, offset, term.items[i]), one, other, this.origin(arg)))
        return null
      }
    }
    // Added in pairs: the sum of many unknown sizes is long.
    let sizes = args.map(a => this.nodes[a].shape[this.nodes[a].shape.length - 1])
    while (sizes.length > 1) {
      sizes = sizes.flatMap((s, i) => (i % 2 === 1 ? [] : [i + 1 < sizes.length ? addSizes(s, sizes[i + 1]) : s]))
    }
    return this.add({ id: this.next, kind: 'join', args, shape: [...first.slice(0, -1), ...sizes] })
  }

  private slice(offset: number, term: Extract<Term, { kind: 'slice' }>): NodeId | null {
    const of = this.term(offset, term.of)
    const start = sizeTerm(this.scope, offset, term.from, 0)
    const end = sizeTerm(this.scope, offset, term.to)
    if (of === null || start === null || end === null) return null
    const { shape } = this.nodes[of]
    const fits = (size: Size): boolean => (leastSize(addSizes(size, end, -1)) ?? -1) >= 0
    const bad = (): false => {
      const size = this.sizes.resolve(shape[shape.length - 1]).text
      this.scope.report(badSlice(spanAt(this.scope, offset, term), start.text, end.text, size))
      return false
    }
    if ((leastSize(addSizes(end, start, -1)) ?? 0) < 1) return bad() || null
    const last = shape[shape.length - 1]
    if (isOpen(last)) this.later.push(() => isOpen(this.sizes.resolve(last)) || fits(this.sizes.resolve(last)) || bad())
    else if (!fits(last)) return bad() || null
    return this.add({
      id: this.next,
      kind: 'slice',
      args: [of],
      shape: [...shape.slice(0, -1), addSizes(end, start, -1)],
      start,
      end,
    })
  }

  // --- The whole ---

  /** Whether the nodes are those of the finished diagram already, as they are for most nets. */
  private isFinal(needed: ReadonlySet<NodeId>): boolean {
    let inputsOver = false
    for (const n of this.nodes) {
      if (n.kind !== 'input') inputsOver = true
      if ((n.kind === 'input' ? inputsOver : !needed.has(n.id)) || n.shape.some(isOpen)) return false
    }
    return true
  }

  /** Copies a net's nodes but for its inputs, for which others stand, and its outputs. Gives the new ids by the old. */
  copy(diagram: Diagram, inputs: ReadonlyMap<NodeId, NodeId>): Map<NodeId, NodeId> {
    const ids = new Map(inputs)
    for (const node of diagram.nodes) {
      if (node.kind === 'output' || ids.has(node.id)) continue
      ids.set(node.id, this.add({ ...node, id: this.next, args: node.args.map(a => ids.get(a) as NodeId) }))
    }
    return ids
  }

  /** Whether two wires have one shape; sizes that are open are made equal. */
  agree(a: Shape, b: Shape): boolean {
    return unifyShapes(this.sizes, a, b)
  }

  /**
   * The diagram of these outputs: without wires that none of them needs (but for those to `keep`), numbered anew, with
   * all sizes put in. `to` gives the new numbers.
   */
  finish(
    name: string,
    outputs: readonly { readonly name: string; readonly id: NodeId }[],
    names: Diagram['names'],
    keep: readonly NodeId[] = [],
  ): { readonly diagram: Diagram; readonly to: (id: NodeId) => NodeId } | null {
    for (const check of this.later) if (!check()) return null
    const needed = new Set<NodeId>([...outputs.map(o => o.id), ...keep])
    for (let i = this.nodes.length - 1; i >= 0; i--)
      if (needed.has(i)) for (const a of this.nodes[i].args) needed.add(a)
    const outputNode = (name: string, id: NodeId, of: Node): Node => ({
      id,
      kind: 'output',
      name,
      args: [of.id],
      shape: of.shape,
      absorbed: false,
    })
    if (this.isFinal(needed)) {
      for (const o of outputs) this.add(outputNode(o.name, this.next, this.nodes[o.id]))
      return { diagram: { name, nodes: this.nodes, names }, to: id => id }
    }
    const kept = [
      ...this.nodes.filter(n => n.kind === 'input'),
      ...this.nodes.filter(n => n.kind !== 'input' && needed.has(n.id)),
    ]
    const renumbered = new Map(kept.map((n, i) => [n.id, i]))
    const to = (id: NodeId): NodeId => renumbered.get(id) as NodeId
    const nodes: Node[] = kept.map((n, i) => ({
      ...n,
      id: i,
      args: n.args.map(to),
      shape: this.sizes.resolveShape(n.shape),
    }))
    for (const o of outputs) nodes.push(outputNode(o.name, nodes.length, nodes[to(o.id)]))
    return { diagram: { name, nodes, names }, to }
  }
}

function isStructural(fn: Term): boolean {
  return (fn.kind === 'name' || fn.kind === 'indexed') && STRUCTURAL.has(fn.name)
}

/** The diagram of a net, or null where it has an error. */
export function buildNet(scope: Scope, tree: NetTree, names: Diagram['names'], stages: StageCache): Diagram | null {
  const builder = new NetBuilder(scope, stages)
  const { form } = tree
  if (form.kind === 'chain') {
    const { output } = form
    if (scope.functions.has(output.name) || isFunctionName(output.name) || OPERATIONS.has(output.name)) {
      scope.report(outputIsFunction(spanAt(scope, 0, output), output.name))
      return null
    }
    const input = builder.input(form.input)
    const end = input === null ? null : builder.through(input, form.stages)
    return end === null
      ? null
      : (builder.finish(tree.name.name, [{ name: output.name, id: end }], names)?.diagram ?? null)
  }
  return buildBlock(scope, tree, builder, names)
}

function buildBlock(scope: Scope, tree: NetTree, builder: NetBuilder, names: Diagram['names']): Diagram | null {
  if (tree.form.kind !== 'block') return null
  const { items } = tree.form
  const span = spanAt(scope, 0, tree.name)
  const [hasInput, hasOutput] = (['input', 'output'] as const).map(kind => items.some(i => i.kind === kind))
  if (!hasInput) scope.report(noInput(span, tree.name.name))
  if (!hasOutput) scope.report(noOutput(span, tree.name.name))
  if (!hasInput || !hasOutput) return null
  let sound = true
  for (const item of items) {
    if (item.kind === 'input') for (const input of item.inputs) if (builder.input(input) === null) sound = false
  }
  // Wires and outputs may be written in any order: each is worked out after those that it names.
  interface Task {
    readonly name: Identifier
    readonly value: WireTree
    readonly output: boolean
    state: 'new' | 'open' | 'done'
    id: NodeId | null
  }
  const tasks: Task[] = []
  const wires = new Map<string, Task>()
  const outputs: { readonly name: Identifier; readonly task: Task | null }[] = []
  const firstPlace = new Map<string, Identifier>()
  const declare = (name: Identifier): boolean => {
    const old = firstPlace.get(name.name)
    if (old !== undefined) {
      scope.report(declaredTwice(spanAt(scope, 0, name), name.name, spanAt(scope, 0, old)))
      return false
    }
    firstPlace.set(name.name, name)
    return true
  }
  for (const item of items) if (item.kind === 'input') for (const i of item.inputs) firstPlace.set(i.name.name, i.name)
  const inputs = new Set(firstPlace.keys())
  for (const item of items) {
    if (item.kind === 'input') continue
    const parts = item.kind === 'wire' ? [{ name: item.name, value: item.value }] : item.outputs
    for (const part of parts) {
      if (part.value === null) {
        outputs.push({ name: part.name, task: null })
        continue
      }
      const task: Task = { name: part.name, value: part.value, output: item.kind === 'output', state: 'new', id: null }
      // An output may have the name of an input, which then still means the input.
      const isInput = item.kind === 'output' && inputs.has(part.name.name)
      if (!isInput && !declare(part.name)) sound = false
      else if (!isInput) wires.set(part.name.name, task)
      tasks.push(task)
      if (item.kind === 'output') outputs.push({ name: part.name, task })
    }
  }
  const used = new Set<string>()
  for (const task of tasks) {
    const stack = [task]
    while (stack.length > 0) {
      const top = stack[stack.length - 1]
      if (top.state === 'done') {
        stack.pop()
        continue
      }
      const wanted: Task[] = []
      if (top.state === 'new') {
        top.state = 'open'
        for (const piece of [top.value.first, ...top.value.stages]) {
          namesIn(piece.tree, n => {
            used.add(n)
            const other = wires.get(n)
            if (other !== undefined && other.state !== 'done') wanted.push(other)
          })
        }
        const open = wanted.find(w => w.state === 'open')
        if (open !== undefined) {
          const cycle = stack.slice(stack.indexOf(open)).map(t => t.name.name)
          scope.report(cyclicWires(spanAt(scope, 0, open.name), cycle))
          return null
        }
        // The first wanted one is worked out first.
        for (const w of wanted.toReversed()) stack.push(w)
        if (wanted.length > 0) continue
      }
      stack.pop()
      top.state = 'done'
      const id = builder.wire(top.value)
      top.id = id
      if (id === null) builder.failed.add(top.name.name)
      const named =
        id !== null && (wires.get(top.name.name) !== top || builder.name(top.name.name, id, spanAt(scope, 0, top.name)))
      if (!named) sound = false
    }
  }
  const ports: { name: string; id: NodeId }[] = []
  for (const { name, task } of outputs) {
    const id = task === null ? builder.wireNamed(name.name) : task.id
    if (task === null) used.add(name.name)
    const twice = ports.some(p => p.name === name.name)
    // Two wires of one name were reported above.
    if (twice && task === null) {
      scope.report(
        declaredTwice(spanAt(scope, 0, name), name.name, spanAt(scope, 0, firstPlace.get(name.name) ?? name)),
      )
    } else if (id !== null && !twice) ports.push({ name: name.name, id })
    else if (task === null && id === null && !builder.failed.has(name.name)) {
      unknown(scope, spanAt(scope, 0, name), 'wire', name.name, firstPlace.keys())
    }
    if (twice || id === null) sound = false
  }
  if (!sound) return null
  for (const t of tasks)
    if (!t.output && !used.has(t.name.name)) scope.report(unusedWire(spanAt(scope, 0, t.name), t.name.name))
  return builder.finish(tree.name.name, ports, names)?.diagram ?? null
}
