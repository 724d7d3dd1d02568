// From `prove left == right with ...` to the two diagrams that are claimed to be equal.
import {
  domainsDiffer,
  equationClash,
  inputUnsaid,
  inputUnused,
  notRelating,
  portCounts,
  portOf,
  portShapes,
  type Related,
  type Span,
  twoEquations,
} from '../diagnostic.ts'
import { type Diagram, type InputNode, inputsOf, type NodeId, outputsOf } from '../diagram/diagram.ts'
import { printShape, sameShape } from '../linear/size.ts'
import { type Expression, x0 } from '../scalar/expression.ts'
import { isReals, printRange, type Range, sameRange } from '../scalar/range.ts'
import { NetBuilder } from './nets.ts'
import { type Scope, spanAt, unknown } from './scope.ts'
import type { StageCache } from './stages.ts'
import { expressionTerm, isFunctionName } from './terms.ts'
import { type Identifier, type NetTree, namesIn, type ProveTree, type Verdict } from './tree.ts'

/** A value that a net of the claim gets through `with`, and the set in which its declaration wants it. */
export interface Requirement {
  readonly side: 'left' | 'right'
  readonly node: NodeId
  readonly range: Range
}

/** What `with` says of one input or output, where it is a function of one of the other net: `x = exp(x')`. */
export interface Definition {
  readonly kind: 'input' | 'output'
  /** The net that `name` belongs to; `other` is of the other net. */
  readonly of: 'left' | 'right'
  readonly name: string
  readonly other: string
  readonly fn: Expression
}

/** left == right, `with` already applied. Their inputs and outputs match by position, in shape and domain. */
export interface Claim {
  readonly left: Diagram
  readonly right: Diagram
  readonly leftName: string
  readonly rightName: string
  /** What has to hold for `with` to make sense; the prover shows it by ranges. */
  readonly requirements: readonly Requirement[]
  readonly expect: Verdict | null
  /** What pictures show of `with`; null where it says something else. */
  readonly definitions: readonly Definition[] | null
  readonly span: Span
}

/** A net of the file with its tree, for the places of its inputs and outputs. */
export interface BuiltNet {
  readonly diagram: Diagram
  readonly tree: NetTree
}

type Equation = ProveTree['equations'][number]

/** The claim that a statement makes, or null where it has an error. */
export function buildClaim(
  scope: Scope,
  nets: ReadonlyMap<string, BuiltNet>,
  tree: ProveTree,
  stages: StageCache,
): Claim | null {
  const [a, b] = [tree.left, tree.right].map(
    n => nets.get(n.name) ?? unknown(scope, spanAt(scope, 0, n), 'net', n.name, nets.keys()),
  )
  if (a === null || b === null) return null
  const sides = { left: a, right: b }
  let { diagram: left } = a
  let { diagram: right } = b
  const requirements: Requirement[] = []
  const sorted = sortEquations(scope, tree, sides)
  if (sorted === null) return null
  const place = (net: BuiltNet, kind: 'input' | 'output', name: string): Span => portPlace(scope, net.tree, kind, name)
  if (sorted.inputs.length > 0) {
    const forward = sorted.inputsOf === 'left'
    const [target, source] = forward ? [a, b] : [b, a]
    const entered = before(scope, target, source, sorted.inputs, stages, place, spanAt(scope, 0, tree))
    if (entered === null) return null
    for (const r of entered.requirements) requirements.push({ ...r, side: sorted.inputsOf })
    const other = absorb(source.diagram, entered.absorbed)
    ;[left, right] = forward ? [entered.diagram, other] : [other, entered.diagram]
  }
  if (sorted.outputs.length > 0) {
    const forward = sorted.outputsOf === 'left'
    const names = outputsOf(forward ? a.diagram : b.diagram).map(o => o.name)
    const result = after(scope, forward ? right : left, names, sorted.outputs, stages)
    if (result === null) return null
    if (forward) right = result
    else left = result
  }
  const span = spanAt(scope, 0, tree)
  const matched = matchPorts(scope, left, right, sides, span, place)
  if (matched === null) return null
  return {
    left,
    right: matched,
    leftName: tree.left.name,
    rightName: tree.right.name,
    requirements,
    expect: tree.expect,
    definitions: definitionsOf(scope, sorted),
    span,
  }
}

/** The equations as functions of one input or output each; null where one is none, or there are none. */
function definitionsOf(scope: Scope, { inputs, outputs, inputsOf, outputsOf }: Sorted): readonly Definition[] | null {
  const silent: Scope = { ...scope, report: () => {} }
  const definition = (kind: 'input' | 'output', of: 'left' | 'right', { name, value }: Equation): Definition | null => {
    const names = new Set<string>()
    namesIn(value, n => names.add(n))
    const [other] = [...names].filter(n => !isFunctionName(n) && !scope.functions.has(n))
    const fn = expressionTerm(silent, 0, value, t => (t.kind === 'name' && t.name === other ? x0 : undefined))
    return fn === null || other === undefined ? null : { kind, of, name: name.name, other, fn }
  }
  const found = [
    ...inputs.map(e => definition('input', inputsOf, e)),
    ...outputs.map(e => definition('output', outputsOf, e)),
  ]
  return found.length > 0 && found.every(d => d !== null) ? found : null
}

function portPlace(scope: Scope, tree: NetTree, kind: 'input' | 'output', name: string): Span {
  const of = (n: Identifier): Span => spanAt(scope, 0, n)
  if (tree.form.kind === 'chain') return of(kind === 'input' ? tree.form.input.name : tree.form.output)
  for (const item of tree.form.items) {
    if (item.kind !== kind) continue
    const ports = item.kind === 'input' ? item.inputs : item.outputs
    const port = ports.find(p => p.name.name === name)
    if (port !== undefined) return of(port.name)
  }
  return of(tree.name)
}

// --- Equations ----------------------------------------------------------------------------------------------------

interface Sorted {
  readonly inputs: readonly Equation[]
  readonly outputs: readonly Equation[]
  /** Whose names stand on the left of the equations. */
  readonly inputsOf: 'left' | 'right'
  readonly outputsOf: 'left' | 'right'
}

/** Which equations are about inputs and which about outputs, and of which net; the left net's names go first. */
function sortEquations(scope: Scope, tree: ProveTree, sides: { left: BuiltNet; right: BuiltNet }): Sorted | null {
  const ports = (net: BuiltNet): { input: Set<string>; output: Set<string> } => ({
    input: new Set(inputsOf(net.diagram).map(n => n.name)),
    output: new Set(outputsOf(net.diagram).map(n => n.name)),
  })
  const [left, right] = [ports(sides.left), ports(sides.right)]
  const found = { input: [] as Equation[], output: [] as Equation[] }
  const of: { input: 'left' | 'right' | null; output: 'left' | 'right' | null } = { input: null, output: null }
  for (const equation of tree.equations) {
    const names = new Set<string>()
    namesIn(equation.value, n => {
      if ([left.input, left.output, right.input, right.output].some(s => s.has(n))) names.add(n)
    })
    const { name } = equation.name
    const fits = (of: 'left' | 'right', kind: 'input' | 'output'): boolean => {
      const [own, other] = of === 'left' ? [left, right] : [right, left]
      return own[kind].has(name) && [...names].every(n => other[kind].has(n))
    }
    const choices = [
      ['left', 'input'],
      ['left', 'output'],
      ['right', 'input'],
      ['right', 'output'],
    ] as const
    const choice = choices.find(([side, kind]) => fits(side, kind) && (of[kind] ?? side) === side)
    const span = spanAt(scope, 0, equation)
    if (choice === undefined) {
      const all = [...left.input, ...left.output, ...right.input, ...right.output]
      if (!all.includes(name)) return unknown(scope, spanAt(scope, 0, equation.name), 'input or output', name, all)
      const kind = left.input.has(name) || right.input.has(name) ? 'input' : 'output'
      scope.report(notRelating(span, name, kind, tree.left.name, tree.right.name))
      return null
    }
    const [side, kind] = choice
    if (found[kind].some(e => e.name.name === name)) {
      scope.report(twoEquations(span, name))
      return null
    }
    of[kind] = side
    found[kind].push(equation)
  }
  return { inputs: found.input, outputs: found.output, inputsOf: of.input ?? 'left', outputsOf: of.output ?? 'left' }
}

type Place = (net: BuiltNet, kind: 'input' | 'output', name: string) => Span

/** The target net read through equations for its inputs: its inputs are then those of the source. */
function before(
  scope: Scope,
  target: BuiltNet,
  source: BuiltNet,
  equations: readonly Equation[],
  stages: StageCache,
  place: Place,
  span: Span,
): { diagram: Diagram; requirements: { node: NodeId; range: Range }[]; absorbed: ReadonlySet<string> } | null {
  const builder = new NetBuilder(scope, stages)
  const absorbed = new Set<string>()
  for (const e of equations) namesIn(e.value, n => absorbed.add(n))
  const used = new Set(absorbed)
  const sources = new Map<string, InputNode>()
  for (const input of inputsOf(source.diagram)) {
    sources.set(input.name, input)
    const id = builder.add({ ...input, id: builder.next, absorbed: absorbed.has(input.name) })
    builder.name(input.name, id, place(source, 'input', input.name))
  }
  const inputs = new Map<NodeId, NodeId>()
  const requirements: { node: NodeId; range: Range }[] = []
  for (const input of inputsOf(target.diagram)) {
    const equation = equations.find(e => e.name.name === input.name)
    const twin = sources.get(input.name)
    const related: Related[] = [portOf(place(target, 'input', input.name), target.diagram.name, input.name)]
    if (equation === undefined) {
      if (twin === undefined) {
        scope.report(inputUnsaid(span, target.diagram.name, input.name, related))
        return null
      }
      const of = portOf(place(source, 'input', twin.name), source.diagram.name, twin.name)
      if (!sameRange(twin.domain, input.domain) && !isReals(input.domain)) {
        scope.report(domainsDiffer(span, printRange(input.domain), printRange(twin.domain), [...related, of]))
        return null
      }
      used.add(twin.name)
    }
    const id = equation === undefined ? builder.wireNamed(input.name) : builder.term(0, equation.value)
    if (id === null) return null
    if (!sameShape(builder.shapeOf(id), input.shape)) {
      const [wanted, found] = [input.shape, builder.shapeOf(id)].map(printShape)
      const at = equation === undefined ? span : spanAt(scope, 0, equation)
      scope.report(equationClash(at, target.diagram.name, input.name, wanted, found, related))
      return null
    }
    inputs.set(input.id, id)
    if (equation !== undefined && !isReals(input.domain)) requirements.push({ node: id, range: input.domain })
  }
  const unused = [...sources.keys()].find(n => !used.has(n))
  if (unused !== undefined) {
    const related = [portOf(place(source, 'input', unused), source.diagram.name, unused)]
    scope.report(inputUnused(span, source.diagram.name, unused, related))
    return null
  }
  const ids = builder.copy(target.diagram, inputs)
  const outputs = outputsOf(target.diagram).map(o => ({ name: o.name, id: ids.get(o.args[0]) as NodeId }))
  const keep = requirements.map(r => r.node)
  const made = builder.finish(target.diagram.name, outputs, target.diagram.names, keep)
  return (
    made && { diagram: made.diagram, requirements: requirements.map(r => ({ ...r, node: made.to(r.node) })), absorbed }
  )
}

function absorb(diagram: Diagram, names: ReadonlySet<string>): Diagram {
  const nodes = diagram.nodes.map(n => (n.kind === 'input' && names.has(n.name) ? { ...n, absorbed: true } : n))
  return { ...diagram, nodes }
}

/** The net followed by equations for the outputs with these names; outputs without one are those of the same name. */
function after(
  scope: Scope,
  diagram: Diagram,
  names: readonly string[],
  equations: readonly Equation[],
  stages: StageCache,
): Diagram | null {
  const builder = new NetBuilder(scope, stages)
  const ids = builder.copy(diagram, new Map())
  const ports = new Map(outputsOf(diagram).map(o => [o.name, ids.get(o.args[0]) as NodeId]))
  for (const [name, id] of ports) builder.name(name, id, spanAt(scope, 0, equations[0].name))
  const outputs: { name: string; id: NodeId }[] = []
  for (const name of names) {
    const equation = equations.find(e => e.name.name === name)
    const id = equation === undefined ? ports.get(name) : builder.term(0, equation.value)
    if (id === null) return null
    // An output without an equation or a namesake is left to the matching by position.
    if (id !== undefined) outputs.push({ name, id })
  }
  return builder.finish(diagram.name, outputs, diagram.names)?.diagram ?? null
}

// --- Matching -----------------------------------------------------------------------------------------------------

/** The right diagram with inputs and outputs in the order of the left one's, or null where they do not match. */
function matchPorts(
  scope: Scope,
  left: Diagram,
  right: Diagram,
  sides: { left: BuiltNet; right: BuiltNet },
  span: Span,
  place: Place,
): Diagram | null {
  const inputs = pair(scope, 'input', inputsOf(left), inputsOf(right), left, right, sides, span, place)
  const outputs = inputs && pair(scope, 'output', outputsOf(left), outputsOf(right), left, right, sides, span, place)
  if (inputs === null || outputs === null) return null
  for (const [l, r] of inputs) {
    // Where one net says nothing, the domain is the other's.
    if (sameRange(l.domain, r.domain) || isReals(l.domain) || isReals(r.domain)) continue
    const related = placesOf('input', l.name, r.name, sides, place)
    scope.report(domainsDiffer(span, printRange(l.domain), printRange(r.domain), related))
    return null
  }
  const order = [
    ...inputs.map(([, r]) => r),
    ...right.nodes.filter(n => n.kind !== 'input' && n.kind !== 'output'),
    ...outputs.map(([, r]) => r),
  ]
  if (order.every((n, i) => n === right.nodes[i])) return right
  const to = new Map(order.map((n, i) => [n.id, i]))
  const nodes = order.map((n, i) => ({ ...n, id: i, args: n.args.map(a => to.get(a) as NodeId) }))
  return { ...right, nodes }
}

function pair<N extends { readonly name: string; readonly shape: InputNode['shape'] }>(
  scope: Scope,
  kind: 'input' | 'output',
  left: readonly N[],
  right: readonly N[],
  a: Diagram,
  b: Diagram,
  sides: { left: BuiltNet; right: BuiltNet },
  span: Span,
  place: Place,
): (readonly [N, N])[] | null {
  if (left.length !== right.length) {
    const [l, r] = [left.at(-1)?.name ?? '', right.at(-1)?.name ?? '']
    const related = placesOf(kind, l, r, sides, place)
    scope.report(portCounts(span, kind, [a.name, left.length], [b.name, right.length], related))
    return null
  }
  const byName = left.every(l => right.some(r => r.name === l.name))
  const pairs = left.map((l, i) => [l, byName ? (right.find(r => r.name === l.name) as N) : right[i]] as const)
  for (const [l, r] of pairs) {
    if (sameShape(l.shape, r.shape)) continue
    const related = placesOf(kind, l.name, r.name, sides, place)
    const port = (of: Diagram, n: N): readonly [string, string, string] => [of.name, n.name, printShape(n.shape)]
    scope.report(portShapes(span, kind, port(a, l), port(b, r), related))
    return null
  }
  return pairs
}

function placesOf(
  kind: 'input' | 'output',
  left: string,
  right: string,
  sides: { left: BuiltNet; right: BuiltNet },
  place: Place,
): Related[] {
  return [
    portOf(place(sides.left, kind, left), sides.left.diagram.name, left),
    portOf(place(sides.right, kind, right), sides.right.diagram.name, right),
  ]
}
