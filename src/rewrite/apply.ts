// What a rule puts in the place of what it matched. The node at the root keeps its id and gets new content (or its users
// are handed to an equal wire); everything else that is needed is new; what nobody uses any more goes.

import { decompose } from '../algebra/decompose.ts'
import { diagonalTerms, normalLinear, plus, scaled, times, uniformEntry } from '../algebra/operators.ts'
import { simplify } from '../algebra/simplify.ts'
import type { AdditiveNode, ConstantNode, Node, NodeId } from '../diagram/diagram.ts'
import { whole } from '../diagram/ranges.ts'
import { diagonal, embed, identity, type Linear, ones, select, transpose, zeroMatrix } from '../linear/linear.ts'
import {
  addSizes,
  divideSize,
  knownSize,
  type Shape,
  type Size,
  sizeOf,
  substituteSize,
  withLast,
} from '../linear/size.ts'
import {
  call,
  compose,
  type Expression,
  fold,
  mapParts,
  number,
  one,
  substitute,
  TooLarge,
  variable,
  variablesOf,
  x0,
  zero,
} from '../scalar/expression.ts'
import { inversesOf } from '../scalar/functions.ts'
import type { Range } from '../scalar/range.ts'
import { affinePartOnce, isLinear, layerOnce, linearFormOnce, partsOf } from './functions.ts'
import {
  addNode,
  fuseAt,
  type Graph,
  kindAt,
  mergeArgs,
  mergeTerms,
  nodeAt,
  rangeAt,
  redirect,
  removeLast,
  replaceNode,
  shapeAt,
  UNPLACED,
} from './graph.ts'
import type { FunctionBinding, Match } from './match.ts'
import type { FunctionTemplate, LinearTemplate, Template } from './rule.ts'
import { vectorCombination } from './vectors.ts'

/** What a step did to the graph. */
export interface Applied {
  /** Nodes to look at again (with those that use them), the root first. */
  readonly changed: readonly NodeId[]
  /** New nodes, each after its args. */
  readonly created: readonly NodeId[]
  /** The wire that the root's users were handed to, or null where the root got new content. */
  readonly wire: NodeId | null
}

/** A right side that does not exist at this place (a function with no parts, an operator that is normal already). */
const NOTHING = Symbol('nothing to do')
type Built = Node | { readonly wire: NodeId }

/** Applies the rule of a match. null: the right side computes nothing new here, so that the rule does not apply. */
export function applyMatch(graph: Graph, match: Match): Applied | null {
  if (!hasRight(match)) return null
  const builder = new Builder(graph, match)
  let built: Built
  try {
    built = builder.build(match.rule.right, true)
  } catch (error) {
    if (error === NOTHING || error instanceof TooLarge) {
      builder.undo()
      return null
    }
    throw error
  }
  const { created } = builder
  if ('wire' in built) {
    if (built.wire === match.at) return null
    const changed = redirect(graph, match.at, built.wire)
    for (let k = 0; k < created.length; k++) changed.push(created[k])
    return { changed, created, wire: built.wire }
  }
  replaceNode(graph, match.at, built)
  return { changed: created.length === 0 ? [match.at] : [match.at, ...created], created, wire: null }
}

/** What can be told about a right side before anything is built: most functions have no parts. */
function hasRight({ rule, functions }: Match): boolean {
  if (rule.right.kind !== 'parts') return true
  const f = functions[rule.right.slot]
  return f === undefined || f.fn === x0 || partsOf(f.fn, f.args.length) !== null
}

/** A pointwise node with each wire once, and only the wires on which the function depends. */
export function pointwiseContent(shape: Shape, fn: Expression, args: readonly NodeId[]): Node {
  if (args.length === 1 && fn.mask === 1) return { id: UNPLACED, kind: 'pointwise', shape, args, fn }
  const merged = mergeArgs(args, fn)
  const used = variablesOf(merged.fn)
  if (used.length < merged.args.length) {
    const kept = used.map(i => merged.args[i])
    return { id: UNPLACED, kind: 'pointwise', shape, args: kept, fn: renumber(merged.fn, used) }
  }
  return { id: UNPLACED, kind: 'pointwise', shape, args: merged.args, fn: merged.fn }
}
function renumber(fn: Expression, used: readonly number[]): Expression {
  return fold<Expression>(fn, (e, of) => {
    if (e.kind === 'variable') return variable(used.indexOf(e.index))
    return mapParts(e, of)
  })
}

/** An additive node: constants go into the bias, zero operators go, and what is left of nothing is a constant. */
export function additiveContent(
  graph: Graph,
  shape: Shape,
  terms: { args: readonly NodeId[]; operators: readonly Linear[] },
  bias: Linear | null,
): AdditiveNode | ConstantNode {
  if (terms.args.length === 1 && terms.operators[0].kind !== 'zero' && kindAt(graph, terms.args[0]) !== 'constant') {
    const plain = bias?.kind === 'zero' ? null : bias
    return { id: UNPLACED, kind: 'additive', shape, args: terms.args, operators: terms.operators, bias: plain }
  }
  let total = bias
  const args: NodeId[] = []
  const operators: Linear[] = []
  terms.args.forEach((arg, k) => {
    const operator = terms.operators[k]
    if (kindAt(graph, arg) === 'constant') {
      const node = nodeAt(graph, arg) as ConstantNode
      const moved = times(operator, node.value)
      total = total === null ? moved : plus(moved, total)
    } else if (operator.kind !== 'zero') {
      args.push(arg)
      operators.push(operator)
    }
  })
  if (total !== null && total.kind === 'zero') total = null
  if (args.length === 0)
    return {
      id: UNPLACED,
      kind: 'constant',
      shape,
      args: [],
      value: total ?? zeroMatrix(shape[shape.length - 1], sizeOf(1)),
    }
  const merged = mergeTerms(args, operators)
  return { id: UNPLACED, kind: 'additive', shape, args: merged.args, operators: merged.operators, bias: total }
}

/** A sum of matrices times wires, and a vector. */
interface Terms {
  readonly args: readonly NodeId[]
  readonly operators: readonly Linear[]
  readonly bias: Linear | null
}
/** B (A1 x1 + A2 x2 + ... + a) + b = (B A1) x1 + (B A2) x2 + ... + (B a + b). */
function layered(outer: Linear, { args, operators, bias: inner }: Terms, bias: Linear | null): Terms {
  const moved = inner === null ? null : times(outer, inner)
  const total = moved === null ? bias : bias === null ? moved : plus(moved, bias)
  return { args, operators: operators.map(a => times(outer, a)), bias: total }
}

/** A part of a right side under construction: a wire, or several that enter one additive layer together. */
type Source = readonly NodeId[]

class Builder {
  readonly created: NodeId[] = []
  readonly graph: Graph
  readonly match: Match

  constructor(graph: Graph, match: Match) {
    this.graph = graph
    this.match = match
  }

  /** Takes back the nodes made for a right side that then turned out not to exist; they are the last ones. */
  undo(): void {
    while (this.created.pop() !== undefined) removeLast(this.graph)
  }

  node(content: Node): NodeId {
    const id = addNode(this.graph, content)
    this.created.push(id)
    return id
  }

  source(template: Template): Source {
    if (template.kind === 'wire') return this.match.wires[template.slot] ?? []
    const built = this.build(template, false)
    return ['wire' in built ? built.wire : this.node(built)]
  }
  single(template: Template): NodeId {
    const source = this.source(template)
    if (source.length !== 1) throw NOTHING
    return source[0]
  }
  shapeOf(id: NodeId): Shape {
    return shapeAt(this.graph, id)
  }

  build(template: Template, root: boolean): Built {
    const { graph, match } = this
    switch (template.kind) {
      case 'wire':
        return { wire: this.single(template) }
      case 'pointwise':
        return this.pointwise(template)
      case 'additive': {
        const operators = this.operators(template.operator)
        const own = template.bias === null ? null : this.operators(template.bias)[0]
        const { args, operators: blocks, bias, leading } = this.behind(template.arg, operators, own)
        const shape = withLast(leading, operators[0].rows)
        const carried = root ? match.carried : null
        const terms =
          carried === null
            ? { args, operators: blocks }
            : { args: [...args, ...carried.args], operators: [...blocks, ...carried.operators] }
        const content = additiveContent(graph, shape, terms, bias)
        return root && sameContent(graph, match.at, content) ? { wire: match.at } : content
      }
      case 'multiplicative': {
        const arg = this.single(template.arg)
        const operator = this.operators(template.operator)[0]
        const bias = template.bias === null ? null : this.operators(template.bias)[0]
        const content: Node = {
          id: UNPLACED,
          kind: 'multiplicative',
          shape: withLast(this.shapeOf(arg), operator.rows),
          args: [arg],
          operator,
          bias: bias === null || bias.kind === 'zero' ? null : bias,
        }
        return root && sameContent(graph, match.at, content) ? { wire: match.at } : content
      }
      case 'reduce': {
        const arg = this.single(template.arg)
        const group =
          typeof template.group === 'number' ? template.group : (match.groups[template.group.slot] as number)
        const shape = this.shapeOf(arg)
        const last = shape[shape.length - 1]
        const width = knownSize(last)
        if (width !== null && width % group !== 0) throw NOTHING
        const groups = width === null ? divided(last, group) : sizeOf(width / group)
        return {
          id: UNPLACED,
          kind: 'reduce',
          shape: withLast(shape, groups),
          args: [arg],
          operation: template.operation,
          group,
        }
      }
      case 'softmax':
      case 'logsoftmax': {
        const arg = this.single(template.arg)
        return { id: UNPLACED, kind: template.kind, shape: this.shapeOf(arg), args: [arg] }
      }
      case 'mix': {
        const arg = this.single(template.arg)
        const fn = (match.functions[template.slot] as { fn: Expression }).fn
        const operator = this.operators(template.operator)[0]
        const inverse = inversesOf(fn)[0]
        if (inverse === undefined) throw NOTHING
        return {
          id: UNPLACED,
          kind: 'mix',
          shape: withLast(this.shapeOf(arg), operator.rows),
          args: [arg],
          fn,
          inverse,
          operator,
        }
      }
      case 'constant': {
        const value = this.operators(template.value)[0]
        const shape = withLast(shapeAt(graph, match.at), value.rows)
        return { id: UNPLACED, kind: 'constant', args: [], value, shape }
      }
      case 'net':
        return this.part(template)
      case 'join': {
        const args = template.args.map(a => this.single(a))
        const widths = args.map(a => this.shapeOf(a)[this.shapeOf(a).length - 1])
        const shape = withLast(
          this.shapeOf(args[0]),
          widths.reduce((sum, w) => addSizes(sum, w)),
        )
        return { id: UNPLACED, kind: 'join', shape, args }
      }
      case 'slice': {
        const arg = this.single(template.arg)
        const [start, end] = [this.size(template.start), this.size(template.end)]
        const shape = withLast(this.shapeOf(arg), addSizes(end, start, -1))
        return { id: UNPLACED, kind: 'slice', shape, args: [arg], start, end }
      }
      case 'linear':
      case 'parts':
        if (match.rule.phase === 'own' && template.arg.kind !== 'wire') throw NOTHING
        return template.kind === 'linear' ? this.linear(template.slot) : this.parts(template.slot)
      case 'elementwise':
        return this.elementwise(template)
    }
  }

  pointwise(template: Extract<Template, { kind: 'pointwise' }>): Built {
    const { match } = this
    const { fn } = template
    const source = template.args.length === 1 ? this.source(template.args[0]) : template.args.map(a => this.single(a))
    /** Whether a function stands here on the wires on which it stood. */
    const isInPlace = (f: FunctionBinding): boolean =>
      f.args.length === source.length && f.args.every((a, k) => a === source[k])
    // `g . f` where g may have further wires.
    if (fn.kind === 'compose' && fn.outer.kind === 'variable' && fn.inner.kind === 'variable') {
      const g = match.functions[fn.outer.slot]
      const f = match.functions[fn.inner.slot]
      if (g === undefined || f === undefined) throw NOTHING
      if (isInPlace(f) && g.args[g.index] === f.node) {
        const fused = fuseAt(g.fn, g.args, g.index, f.fn, f.args)
        if (fused.fn === x0) return { wire: fused.args[0] }
        return pointwiseContent(shapeAt(this.graph, match.at), fused.fn, fused.args)
      }
      if (g.args.length !== 1 || f.args.length !== 1) throw NOTHING
    }
    // `inner(f)` and `normal(f)` take the wires of f, which may be more than the pattern's.
    if ((fn.kind === 'inner' || fn.kind === 'normal') && fn.of.kind === 'variable') {
      const f = match.functions[fn.of.slot]
      // The built-in rules say by this where f stood; in a rule of a user it would drop what the right side has before it.
      if (f === undefined || (match.rule.phase === 'own' && !isInPlace(f))) throw NOTHING
      if (fn.kind === 'inner') return pointwiseContent(this.shapeOf(f.args[0]), this.fn(fn), f.args)
    }
    const value = this.fn(fn)
    // A function of several wires keeps them in their order; one that computes nothing new is no step.
    if (fn.kind === 'normal' && fn.of.kind === 'variable') {
      const f = match.functions[fn.of.slot]
      if (f !== undefined && value === f.fn) throw NOTHING
      if (value.kind === 'variable') return { wire: (f?.args ?? source)[value.index] }
      return pointwiseContent(shapeAt(this.graph, match.at), value, f?.args ?? source)
    }
    if ((fn.kind === 'first' || fn.kind === 'outer') && fn.of.kind === 'variable' && source.length !== 1) {
      return pointwiseContent(this.shapeOf(source[0]), value, source)
    }
    if (value === x0 && source.length === 1) return { wire: source[0] }
    return pointwiseContent(
      source.length === 0 ? shapeAt(this.graph, match.at) : this.shapeOf(source[0]),
      value,
      source,
    )
  }

  fn(template: FunctionTemplate): Expression {
    const { match } = this
    switch (template.kind) {
      case 'exact':
        return this.reals(template.fn)
      case 'variable':
        return (match.functions[template.slot] as { fn: Expression }).fn
      case 'compose':
        return compose(this.fn(template.outer), this.fn(template.inner))
      case 'inverse': {
        const of = template.of
        if (of.kind === 'variable') {
          const node = nodeAt(this.graph, match.at)
          if (node.kind === 'mix') return node.inverse
        }
        const inverse = inversesOf(this.fn(of))[0]
        if (inverse === undefined) throw NOTHING
        return inverse
      }
      case 'normal': {
        const of = this.fn(template.of)
        return simplify(of, this.domainOf(template.of)).result
      }
      case 'inner':
      case 'outer': {
        const of = this.fn(template.of)
        const several = variablesOf(of).length > 1
        if (several) {
          const { after, core, before } = decompose(of, 1 + Math.max(...variablesOf(of)))
          const inner = substitute(core, i => before[i].reduce((e, h) => compose(h, e), variable(i)))
          if (after.length === 0 || !isLinear(inner)) throw NOTHING
          return template.kind === 'inner' ? inner : after.reduce((g, h) => compose(h, g), x0)
        }
        const split = affinePartOnce('inner', of, this.domainOf(template.of))
        if (split === null) throw NOTHING
        const inner = affine(split.factor, split.shift)
        // What no layer would take in stays where it is.
        if (inner === x0 || !isLinear(inner)) throw NOTHING
        return template.kind === 'inner' ? inner : split.fn
      }
      case 'first':
      case 'last': {
        const split = affinePartOnce('outer', this.fn(template.of), this.domainOf(template.of))
        if (split === null) throw NOTHING
        const last = affine(split.factor, split.shift)
        if (last === x0 || !isLinear(last)) throw NOTHING
        return template.kind === 'last' ? last : split.fn
      }
    }
  }

  /** The sets that the wires of a bound function are known to lie in. */
  domainOf(template: FunctionTemplate): Range[] {
    if (template.kind !== 'variable') return []
    return (this.match.functions[template.slot]?.args ?? []).map(a => whole(rangeAt(this.graph, a)))
  }

  /** An expression with the rule's reals replaced by their values. */
  reals(fn: Expression): Expression {
    const { reals } = this.match.rule.variables
    if (reals.length === 0) return fn
    return fold<Expression>(fn, (e, of) => {
      if (e.kind === 'apply' && e.args.length === 0) {
        const slot = reals.findIndex(r => r.symbol === e.fn)
        return slot < 0 ? e : (this.match.reals[slot] ?? e)
      }
      return mapParts(e, of)
    })
  }

  size(s: Size): Size {
    return substituteSize(s, name => this.match.sizes.find(([n]) => n === name)?.[1])
  }

  operators(template: LinearTemplate): readonly Linear[] {
    switch (template.kind) {
      case 'variable':
        return this.match.operators[template.slot] as readonly Linear[]
      case 'computed':
        return this.computed(template.operator)
      case 'normal':
        return this.operators(template.of).map(normalLinear)
    }
  }

  /** A matrix of the rule with what was matched in the place of its symbols. Rules are small: this may recurse. */
  computed(a: Linear): readonly Linear[] {
    switch (a.kind) {
      case 'symbol': {
        const { operators, factors } = this.match.rule.variables
        for (let slot = 0; slot < operators.length; slot++)
          if (operators[slot].symbol === a.symbol) return this.match.operators[slot] as readonly Linear[]
        const factor = factors.find(f => f.symbol === a.symbol)
        return [factor === undefined ? a : this.diagonalOf(factor.slot)]
      }
      case 'literal':
        return [a]
      case 'identity':
        return [identity(this.size(a.rows))]
      case 'zero':
        return [zeroMatrix(this.size(a.rows), this.size(a.columns))]
      case 'ones':
        return [ones(this.size(a.rows), this.size(a.columns))]
      case 'select':
        return [select(this.size(a.columns), this.size(a.start), this.size(a.rows))]
      case 'embed':
        return [embed(this.size(a.rows), this.size(a.start), this.size(a.columns))]
      case 'product': {
        const left = this.computed(a.left)
        const right = this.computed(a.right)
        // B * [A1 A2] = [B*A1 B*A2]; a row of blocks times a matrix is no such row.
        if (left.length !== 1) throw NOTHING
        if (right.length === 1) return [times(left[0], right[0])]
        return right.map(r => times(left[0], r))
      }
      case 'sum': {
        const left = this.computed(a.left)
        const right = this.computed(a.right)
        if (left.length !== right.length) throw NOTHING
        return left.map((l, k) => plus(l, right[k]))
      }
      case 'scale': {
        const k = this.reals(a.factor)
        return this.computed(a.of).map(of => scaled(k, of))
      }
      case 'transpose':
      case 'diagonal': {
        const of = this.computed(a.of)
        if (of.length !== 1) throw NOTHING
        return [a.kind === 'transpose' ? transpose(of[0]) : diagonal(of[0])]
      }
    }
  }

  /** `diag(f)`: the factor of a linear function without a constant, on the diagonal. */
  diagonalOf(slot: number): Linear {
    const f = this.match.functions[slot]
    const form = f === undefined || f.args.length !== 1 ? null : linearFormOnce(f.fn)
    if (f === undefined || form === null || form.constant !== zero) throw NOTHING
    const shape = this.shapeOf(f.node)
    return scaled(form.coefficients.get(0) ?? zero, identity(shape[shape.length - 1]))
  }

  /** A part of the net on another wire, or the one that is there. */
  part({ slot, call, arg }: Extract<Template, { kind: 'net' }>): Built {
    const { graph, match } = this
    const there = call === null ? undefined : match.calls[call]
    if (there !== undefined) return { wire: there.part.exit }
    const known = match.calls.find(c => c?.slot === slot)
    if (known === undefined) throw NOTHING
    const { part } = known
    const start = this.single(arg)
    if (start === part.entry) return { wire: part.exit }
    const leading = this.shapeOf(start).slice(0, -1)
    const copies = new Map([[part.entry, start]])
    const copy = (id: NodeId): Node => {
      const node = nodeAt(graph, id)
      const shape = [...leading, node.shape[node.shape.length - 1]]
      return { ...node, id: UNPLACED, shape, args: node.args.map(a => copies.get(a) as NodeId) } as Node
    }
    for (const id of part.inside) if (id !== part.exit) copies.set(id, this.node(copy(id)))
    return copy(part.exit)
  }

  /** What enters an additive layer. A linear function is taken in, so that the two never stand one after the other. */
  behind(arg: Template, operators: readonly Linear[], bias: Linear | null): Terms & { readonly leading: Shape } {
    if (arg.kind !== 'linear') {
      const args = this.source(arg)
      if (operators.length !== args.length) throw NOTHING
      return { args, operators, bias, leading: this.shapeOf(args[0]) }
    }
    const inner = this.linear(arg.slot)
    if (operators.length !== 1) throw NOTHING
    const terms: Terms =
      inner.kind === 'constant'
        ? { args: [], operators: [], bias: inner.value }
        : { args: inner.args, operators: inner.operators, bias: inner.bias }
    return { ...layered(operators[0], terms, bias), leading: inner.shape }
  }

  /** A bound linear function as a layer of its wires; the layer that the pattern puts before it is taken in. */
  linear(slot: number): AdditiveNode | ConstantNode {
    const { graph, match } = this
    const f = match.functions[slot]
    if (f === undefined) throw NOTHING
    const { args, operators, bias } = this.linearTerms(f)
    const { shape } = nodeAt(graph, f.node)
    const { left } = match.rule
    const isAfterLayer = left.kind === 'pointwise' && left.args[0].kind === 'additive' && f.node === match.at
    const at = isAfterLayer ? args.indexOf(f.args[f.index]) : -1
    const layer = at < 0 ? null : nodeAt(graph, args[at])
    if (layer?.kind !== 'additive') return additiveContent(graph, shape, { args, operators }, bias)
    const taken = layered(operators[at], layer, bias)
    const terms = {
      args: args.toSpliced(at, 1, ...taken.args),
      operators: operators.toSpliced(at, 1, ...taken.operators),
    }
    return additiveContent(graph, shape, terms, taken.bias)
  }
  private linearTerms(f: FunctionBinding): Terms {
    const { graph } = this
    const node = nodeAt(graph, f.node)
    const last = (id: NodeId): Size => {
      const shape = this.shapeOf(id)
      return shape[shape.length - 1]
    }
    const width = last(f.node)
    if (node.kind === 'slice')
      return { args: node.args, operators: [select(last(node.args[0]), node.start, width)], bias: null }
    if (node.kind === 'join') {
      let start = sizeOf(0)
      const operators = node.args.map(a => {
        const operator = embed(width, start, last(a))
        start = addSizes(start, last(a))
        return operator
      })
      return { args: node.args, operators, bias: null }
    }
    const layer = layerOnce(f.fn, f.args.length, width)
    if (layer !== null) return { args: f.args, operators: layer.operators, bias: layer.bias }
    const terms = vectorCombination(graph, f.node)
    if (terms === null) throw NOTHING
    return { args: [...terms.terms.keys()], operators: [...terms.terms.values()], bias: terms.bias }
  }

  parts(slot: number): Built {
    const f = this.match.functions[slot]
    if (f === undefined) throw NOTHING
    const shape = shapeAt(this.graph, this.match.at)
    if (f.fn === x0) return { wire: f.args[0] }
    const decomposition = partsOf(f.fn, f.args.length)
    if (decomposition === null) throw NOTHING
    const { after, core, before } = decomposition
    const wires = f.args.map((arg, i) =>
      before[i].reduce((wire, fn) => this.node({ id: UNPLACED, kind: 'pointwise', shape, args: [wire], fn }), arg),
    )
    const stages = [...after]
    const last = stages.pop()
    if (last === undefined) return pointwiseContent(shape, core, wires)
    let wire = this.node(pointwiseContent(shape, core, wires))
    for (const fn of stages) wire = this.node({ id: UNPLACED, kind: 'pointwise', shape, args: [wire], fn })
    return { id: UNPLACED, kind: 'pointwise', shape, args: [wire], fn: last }
  }

  elementwise(template: Extract<Template, { kind: 'elementwise' }>): Built {
    const { match } = this
    const source = this.source(template.arg)
    const operators = match.operators[template.operator] as readonly Linear[]
    const bias = (match.operators[template.bias] as readonly Linear[])[0]
    const rows = operators.map(diagonalTerms)
    if (source.length !== rows.length) throw NOTHING
    const shape = shapeAt(this.graph, match.at)
    const constantWire = (value: Linear): NodeId =>
      this.node({ id: UNPLACED, kind: 'constant', shape, args: [], value })
    const args = [...source]
    let total: Expression | null = null
    for (const [i, terms] of rows.entries()) {
      if (terms === null || terms.length > MOST_DIAGONALS) throw NOTHING
      for (const { factor, vectors } of terms) {
        if (factor === zero) continue
        let term: Expression = variable(i)
        for (const v of vectors) term = call('*', variable(args.push(constantWire(v)) - 1), term)
        if (factor !== one) term = call('*', factor, term)
        total = total === null ? term : call('+', total, term)
      }
    }
    const constant = uniformEntry(bias)
    if (constant !== null) {
      const fn = total === null ? constant : constant === zero ? total : call('+', total, constant)
      return fn === x0 && args.length === 1 ? { wire: args[0] } : pointwiseContent(shape, fn, args)
    }
    const last = variable(args.push(constantWire(bias)) - 1)
    return pointwiseContent(shape, total === null ? last : call('+', total, last), args)
  }
}

/** Matrices that are sums of more diagonal ones stay layers. */
const MOST_DIAGONALS = 4

function affine(factor: Expression, shift: Expression): Expression {
  const scaledBy = factor === one ? x0 : call('*', factor, x0)
  return shift === number(0) ? scaledBy : call('+', scaledBy, shift)
}

/** The number of groups of a symbolic width; NOTHING where that is not a whole number for all values. */
function divided(width: Size, group: number): Size {
  const groups = divideSize(width, group)
  if (groups === null) throw NOTHING
  return groups
}

function sameContent(graph: Graph, id: NodeId, content: Node): boolean {
  const node = nodeAt(graph, id)
  if (
    node.kind !== content.kind ||
    node.args.length !== content.args.length ||
    node.args.some((a, i) => a !== content.args[i])
  )
    return false
  if (node.kind === 'additive' && content.kind === 'additive') {
    return node.bias === content.bias && node.operators.every((a, k) => a === content.operators[k])
  }
  return (
    node.kind === 'multiplicative' &&
    content.kind === 'multiplicative' &&
    node.operator === content.operator &&
    node.bias === content.bias
  )
}
