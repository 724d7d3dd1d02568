// The wires of a net under construction: terms over wires get nodes, and sizes that are left open are inferred.
import {
  badGroup,
  badSlice,
  declaredTwice,
  declaredWithSize,
  formulaClash,
  joinClash,
  misplaced,
  numberWithoutWidth,
  type Related,
  type Span,
  undeterminedSize,
  widthClash,
  wrongKind,
  wrongWires,
} from '../diagnostic.ts'
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import { type Linear, literal, printLinear, weight } from '../linear/linear.ts'
import { addSizes, divideSize, printShape, type Shape, type Size, sizeOf, withLast } from '../linear/size.ts'
import { type Expression, variable, x0 } from '../scalar/expression.ts'
import { type Range, REALS } from '../scalar/range.ts'
import { declaredIn, literalTerm, vectorTerm } from './matrices.ts'
import { leastSize, rangeTree, rationalTerm, type Scope, sizeTerm, spanAt } from './scope.ts'
import { isStructural, layerOf, type Stage, type StageCache, stageOf } from './stages.ts'
import { expressionTerm, nameOf } from './terms.ts'
import type { InputTree, Located, Piece, Term, WireTree } from './tree.ts'
import { isOpen, makeUnifier, unifyShapes } from './unify.ts'

/** Inputs that may leave their sizes open: solving for them is work of the square of their number. */
const MOST_OPEN = 500

/** A wire that has a name, which stands at this place; null where it has no node yet. */
export interface NamedWire {
  readonly id: NodeId | null
  readonly place: Located
}

/**
 * Collects the nodes of one net. Methods give the node of a wire, or null where there is an error, which is reported.
 * `finish` gives the diagram; nothing is added after it.
 */
export class NetBuilder {
  readonly nodes: Node[] = []
  private readonly sizes = makeUnifier()
  private readonly wires = new Map<string, NamedWire>()
  private readonly constants = new Map<Linear, NodeId>()
  private open = 0
  /** To be looked at when every size is known. */
  private readonly later: (() => boolean)[] = []

  /** Wires with errors: what names them fails without a further message. */
  readonly failed = new Set<string>()
  private readonly scope: Scope
  private readonly stages: StageCache

  /** `named`: wires whose names the caller keeps. They are those of no input, and each gets its node when it has one. */
  constructor(
    scope: Scope,
    stages: StageCache,
    private readonly named: ReadonlyMap<string, NamedWire> = new Map(),
  ) {
    const broken = { has: (name: string) => scope.broken.has(name) || this.failed.has(name) }
    const locals = (): string[] => [...this.wires.keys(), ...named.keys()].filter(n => this.wireNamed(n) !== null)
    this.scope = { ...scope, broken, locals }
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
    if (!this.name(tree.name.name, id, tree.name)) return null
    if (tree.shape === null) {
      if (++this.open > MOST_OPEN) {
        this.scope.report(undeterminedSize(this.placeOf(tree.name), tree.name.name))
        return null
      }
      this.later.push(() => {
        if (!this.shapeOf(id).some(isOpen)) return true
        this.scope.report(undeterminedSize(this.placeOf(tree.name), tree.name.name))
        return false
      })
    }
    return id
  }

  private placeOf(place: Located): Span {
    return spanAt(this.scope, 0, place)
  }

  /** Gives a wire a name; false where it has another meaning already. */
  name(name: string, id: NodeId, place: Located): boolean {
    const old = this.wires.get(name)
    if (old !== undefined) {
      this.scope.report(declaredTwice(this.placeOf(place), name, this.placeOf(old.place)))
      return false
    }
    this.wires.set(name, { id, place })
    return true
  }

  /** Whether a wire has this shape; sizes that are still open become those of it. */
  hasShape(id: NodeId, shape: Shape): boolean {
    return unifyShapes(this.sizes, this.nodes[id].shape, shape)
  }

  wireNamed(name: string): NodeId | null {
    return (this.wires.get(name) ?? this.named.get(name))?.id ?? null
  }

  // --- Chains ---

  wire(tree: WireTree): NodeId | null {
    const first = this.term(tree.first.offset, tree.first.tree)
    return first === null ? null : this.through(first, tree.stages)
  }

  through(start: NodeId, stages: readonly Piece<Term>[]): NodeId | null {
    let at: NodeId | null = start
    for (const { offset, tree } of stages) {
      const made: Stage | null = this.stage(offset, tree)
      // After a stage that fails the others are looked at for errors of their own; their sizes cannot be.
      if (at !== null) at = made && this.apply(made, [at], offset, tree, tree)
    }
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
          shape: withLast(shape, groups),
          operation,
          group,
        })
      }
      default: {
        const operators = stage.kind === 'mix' ? [stage.operator] : stage.operators
        for (const [i, operator] of operators.entries()) {
          if (!this.enters(operator, args[i], args[0], offset, term, at, i)) return null
        }
        const out = withLast(shape, operators[0].rows)
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

  private enters(
    operator: Linear,
    arg: NodeId,
    first: NodeId,
    offset: number,
    term: Term,
    at: Located,
    index: number,
  ): boolean {
    const shape = this.nodes[arg].shape
    if (this.sizes.unify(shape[shape.length - 1], operator.columns)) return this.accompanies(arg, first, offset, at)
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

  /** Whether two wires of one layer agree in all axes but the last. */
  private accompanies(arg: NodeId, first: NodeId, offset: number, at: Located): boolean {
    if (unifyShapes(this.sizes, this.nodes[arg].shape.slice(0, -1), this.nodes[first].shape.slice(0, -1))) return true
    const [one, other] = [first, arg].map(a => printShape(this.shapeOf(a)))
    const related = [...this.origin(first), ...this.origin(arg)]
    this.scope.report(formulaClash(spanAt(this.scope, offset, at), one, other, related))
    return false
  }

  /** Where the width of a wire comes from: the nearest declaration behind it. */
  private origin(id: NodeId): Related[] {
    let node = this.nodes[id]
    for (let steps = 0; steps < 1_000_000; steps++) {
      if (node.kind === 'input') {
        const wire = this.wires.get(node.name)
        return wire === undefined
          ? []
          : [declaredWithSize(this.placeOf(wire.place), node.name, printShape(this.shapeOf(node.id)))]
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
    return stageOf(this.scope, offset, term, this.stages)
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
        const wire = this.wireNamed(t.name)
        if (wire !== null) return wire
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
    const stage = layerOf(this.scope, offset, fn, 'additive', wires.length)
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
      shape: withLast(shape, addSizes(end, start, -1)),
      start,
      end,
    })
  }

  // --- The whole ---

  /** Whether the nodes are those of the finished diagram already, as they are for most nets. */
  private isFinal(needed: Uint8Array): boolean {
    let inputsOver = false
    for (const n of this.nodes) {
      if (n.kind !== 'input') inputsOver = true
      if ((n.kind === 'input' ? inputsOver : needed[n.id] === 0) || n.shape.some(isOpen)) return false
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
    const needed = new Uint8Array(this.nodes.length)
    for (const id of [...outputs.map(o => o.id), ...keep]) needed[id] = 1
    for (let i = this.nodes.length - 1; i >= 0; i--)
      if (needed[i] === 1) for (const a of this.nodes[i].args) needed[a] = 1
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
      ...this.nodes.filter(n => n.kind !== 'input' && needed[n.id] === 1),
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
