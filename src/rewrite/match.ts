// Does a rule apply at a node, and with which bindings? Patterns are small, so matching may recurse on them; the net is
// never walked beyond the depth of the pattern.

import { diagonalTerms, normalLinear, scalarFactor } from '../algebra/operators.ts'
import { linearForm } from '../algebra/simplify.ts'
import type { AdditiveNode, Node, NodeId, NodeKind, PointwiseNode } from '../diagram/diagram.ts'
import { analyseShared, componentwise, within as liesWithin, type WireRange, whole } from '../diagram/ranges.ts'

import { entriesOf, factorsOf, identity, type Linear, ones, product, transpose, zeroMatrix } from '../linear/linear.ts'
import {
  addSizes,
  isAtLeast,
  knownSize,
  type Shape,
  type Size,
  sizeOf,
  substituteSize,
  unknownSize,
} from '../linear/size.ts'
import { analyse, monotonicity } from '../scalar/analysis.ts'
import { type Expression, number, parts, variable, variablesOf } from '../scalar/expression.ts'
import { isSubset, printRange, type Range, REALS } from '../scalar/range.ts'
import { ONE } from '../scalar/rational.ts'
import { hasProperty, inversesOnce, isInverse, isLinear, MAX_WEIGHT } from './functions.ts'
import {
  argsAt,
  boundAt,
  functionAt,
  type Graph,
  kindAt,
  nodeAt,
  onlyArg,
  operatorAt,
  rangeAt,
  shapeAt,
} from './graph.ts'
import {
  type Condition,
  type FunctionPattern,
  type LinearPattern,
  type OperatorProperty,
  type Pattern,
  type Rule,
  requires,
  type SizeRelation,
} from './rule.ts'
import { type Call, entryOfCopy, isTotal, netCalls, type Part, partsEndingAt } from './subnets.ts'
import { vectorCombination } from './vectors.ts'

/** A bound function, and the node where it stands: its wires, and the index of the one that the pattern means. */
export interface FunctionBinding {
  readonly fn: Expression
  readonly node: NodeId
  readonly args: readonly NodeId[]
  readonly index: number
  /** Where only `inverse(f)` has been found so far: that function, for which another spelling of f may be found yet. */
  readonly inverse?: Expression
}
/** The values of a rule's variables at a place. An operator is a row of blocks, one for each wire that it takes. */
export interface Match {
  readonly rule: Rule
  readonly at: NodeId
  readonly functions: (FunctionBinding | undefined)[]
  readonly operators: (readonly Linear[] | undefined)[]
  readonly reals: (Expression | undefined)[]
  readonly wires: (readonly NodeId[] | undefined)[]
  readonly groups: (number | undefined)[]
  /** The parts of the net that the stages for such parts mean, by the number of the stage. */
  readonly calls: (Call | undefined)[]
  /** Unknown sizes of the rule, and what they are here. */
  sizes: (readonly [name: string, size: Size])[]
  /** Terms of the additive node at the root that the pattern does not mean. */
  carried: { readonly args: readonly NodeId[]; readonly operators: readonly Linear[] } | null
}

/** Why a rule whose pattern fits does not apply. */
export interface Failure {
  readonly condition: Condition
  readonly at: NodeId
  readonly found: string
  readonly needed: string
}

const NONE: never[] = []
/** The list for so many variables. */
function unbound<T>(count: number): (T | undefined)[] {
  return count === 0 ? NONE : new Array(count)
}

function emptyMatch(rule: Rule, at: NodeId): Match {
  const { functions, operators, reals, wires, groups, nets } = rule.variables
  return {
    rule,
    at,
    functions: unbound(functions.length),
    operators: unbound(operators.length),
    reals: unbound(reals.length),
    wires: unbound(wires.length),
    groups: unbound(groups.length),
    calls: nets.length === 0 ? NONE : unbound(netCalls(rule.left).length),
    sizes: NONE,
    carried: null,
  }
}

/**
 * Whether the nodes look like the pattern: their kinds, and what is cheap to ask of functions and operators. It is asked
 * before anything is bound, so that the many places at which a rule does not apply cost no memory.
 */
function mayFit(graph: Graph, rule: Rule, pattern: Pattern, id: NodeId): boolean {
  let at = pattern
  let wire = id
  for (;;) {
    if (at.kind === 'wire' || at.kind === 'net') return true
    const only = onlyArg(graph, wire)
    if (at.kind === 'pointwise') {
      const { fn } = at
      const arg = at.args[0]
      // A function of any number of wires may mean a join or a slice, and any of its wires.
      if (isVariadic(fn)) {
        if (only >= 0 && arg.kind !== 'wire' && !mayStand(arg, kindAt(graph, only))) return false
        return mayBeVariadic(graph, rule, fn, wire)
      }
      const f = functionAt(graph, wire)
      if (f === undefined) {
        if (kindAt(graph, wire) !== 'pointwise') return false
        const node = nodeAt(graph, wire) as PointwiseNode
        return at.args.length === node.args.length && (fn.kind !== 'exact' || fn.fn === node.fn)
      }
      if (fn.kind === 'exact' && f !== fn.fn) return false
      if (at.args.length !== 1) return false
      const before = functionAt(graph, only)
      if (arg.kind === 'pointwise' && before !== undefined && !mayFollow(arg.fn, before, fn, f)) return false
      at = arg
    } else {
      if (kindAt(graph, wire) !== at.kind) return false
      if (at.kind === 'additive') {
        const alone = operatorAt(graph, wire)
        if (alone !== undefined) {
          if (!mayBe(at.operator, rule, alone)) return false
        } else {
          const { operators } = nodeAt(graph, wire) as AdditiveNode
          if (!operators.every(a => mayBe((at as { operator: LinearPattern }).operator, rule, a))) return false
        }
      }
      if (!('arg' in at)) return true
      at = at.arg
      if (only < 0) return true
    }
    wire = only
  }
}

/** Whether a node of this kind may be what the pattern means. */
export function mayStand(pattern: Exclude<Pattern, { kind: 'wire' }>, kind: NodeKind): boolean {
  if (kind === pattern.kind || pattern.kind === 'net') return true
  return pattern.kind === 'pointwise' && isVariadic(pattern.fn) && (kind === 'join' || kind === 'slice')
}

/** Two functions, one after the other, where the second pattern speaks of the function of the first. */
export function mayFollow(first: FunctionPattern, f: Expression, second: FunctionPattern, g: Expression): boolean {
  if (first.kind !== 'variable' || first.variadic) return true
  if (second.kind === 'inverse' && second.slot === first.slot) return isInverse(f, g)
  return second.kind !== 'variable' || second.slot !== first.slot || f === g
}

function mayBeVariadic(graph: Graph, rule: Rule, pattern: FunctionPattern & { kind: 'variable' }, id: NodeId): boolean {
  const kind = kindAt(graph, id)
  if (kind !== 'pointwise') return kind === 'join' || kind === 'slice'
  if (!requires(rule, pattern.slot, 'linear')) return true
  const fn = functionAt(graph, id)
  if (fn !== undefined) return isLinear(fn)
  return isLinear((nodeAt(graph, id) as PointwiseNode).fn) || isLinearHere(graph, rule, id)
}

/** Whether a function is linear in the wires that are no vectors: rules of users do not ask for that. */
function isLinearHere(graph: Graph, rule: Rule, id: NodeId): boolean {
  return rule.phase !== 'own' && vectorCombination(graph, id) !== null
}

/** Unknown matrices and their products are not of a special kind. */
export function mayBe(pattern: LinearPattern, rule: Rule, operator: Linear): boolean {
  if (pattern.kind === 'identity' || pattern.kind === 'zero') return isSmallOperator(operator)
  if (pattern.kind !== 'variable') return true
  for (const c of rule.conditions) {
    if (c.kind === 'operator' && c.slot === pattern.slot)
      return operator.kind !== 'symbol' || operator.symbol.value !== null
  }
  return true
}

/** The bindings with which the pattern fits at the node and its conditions hold, or null. */
export function matchRule(graph: Graph, rule: Rule, at: NodeId, onFailure?: (failure: Failure) => void): Match | null {
  const { left } = rule
  if (!mayFit(graph, rule, left, at)) return null
  // An additive node is the sum of its terms: a pattern `... -> add[W, b]` may mean any one of them.
  if (left.kind === 'additive' && left.arg.kind !== 'wire') {
    const only = onlyArg(graph, at)
    const alone = operatorAt(graph, at)
    // That a single arg looks like its pattern has been seen above.
    if (only >= 0 && alone !== undefined) {
      const match = emptyMatch(rule, at)
      const fits = matchTerm(graph, left, only, alone, null, shapeAt(graph, at), match)
      return fits && holds(graph, match, onFailure) ? match : null
    }
    const root = nodeAt(graph, at) as AdditiveNode
    for (let k = 0; k < root.args.length; k++) {
      if (!mayFit(graph, rule, left.arg, root.args[k])) continue
      const match = emptyMatch(rule, at)
      if (root.args.length > 1 && (rule.right.kind !== 'additive' || left.bias === null)) continue
      if (!matchTerm(graph, left, root.args[k], root.operators[k], root.bias, root.shape, match)) continue
      if (root.args.length > 1) {
        match.carried = { args: root.args.toSpliced(k, 1), operators: root.operators.toSpliced(k, 1) }
      }
      if (holds(graph, match, onFailure)) return match
    }
    return null
  }
  if (
    left.kind === 'pointwise' &&
    kindAt(graph, at) === 'pointwise' &&
    isVariadic(left.fn) &&
    left.args[0].kind !== 'wire'
  ) {
    const args = argsAt(graph, at)
    const fn = functionAt(graph, at) ?? (nodeAt(graph, at) as PointwiseNode).fn
    for (let k = 0; k < args.length; k++) {
      if (!mayFit(graph, rule, left.args[0], args[k])) continue
      const match = emptyMatch(rule, at)
      if (
        matchPattern(graph, left.args[0], args[k], match) &&
        bindFunction(left.fn, fn, at, args, k, match) &&
        holds(graph, match, onFailure)
      )
        return match
    }
    return null
  }
  // Joins and slices are linear functions of their wires: `f linear` may mean them.
  const match = emptyMatch(rule, at)
  return matchPattern(graph, left, at, match) && holds(graph, match, onFailure) ? match : null
}

function isVariadic(fn: FunctionPattern): fn is FunctionPattern & { kind: 'variable' } {
  return fn.kind === 'variable' && fn.variadic
}

/** One term of an additive node of this shape, and the node's bias. */
function matchTerm(
  graph: Graph,
  pattern: Extract<Pattern, { kind: 'additive' | 'multiplicative' }>,
  arg: NodeId,
  operator: Linear,
  bias: Linear | null,
  shape: Shape,
  match: Match,
): boolean {
  return (
    matchPattern(graph, pattern.arg, arg, match) &&
    matchOperator(pattern.operator, [operator], match) &&
    matchBias(pattern.bias, bias, shape[shape.length - 1], match)
  )
}

function bindWires(graph: Graph, slot: number, wires: readonly NodeId[], match: Match): boolean {
  const old = match.wires[slot]
  if (old !== undefined) return old.length === wires.length && old.every((w, i) => w === wires[i])
  const { width } = match.rule.variables.wires[slot]
  if (width !== null) {
    const last = wires.length === 1 ? shapeAt(graph, wires[0]).at(-1) : undefined
    if (last === undefined || !bindSize(width, last, match)) return false
  }
  match.wires[slot] = wires
  return true
}

function matchPattern(graph: Graph, pattern: Pattern, id: NodeId, match: Match): boolean {
  if (pattern.kind === 'wire') return bindWires(graph, pattern.slot, [id], match)
  if (pattern.kind === 'pointwise') {
    const fn = functionAt(graph, id)
    if (fn !== undefined) return matchFunction(graph, pattern, id, fn, match)
  }
  const node = nodeAt(graph, id)
  switch (pattern.kind) {
    case 'pointwise': {
      if (isVariadic(pattern.fn)) {
        const fn = linearFunction(node, match.rule, pattern.fn)
        if (fn === null || pattern.args[0].kind !== 'wire') return false
        return (
          bindWires(graph, pattern.args[0].slot, node.args, match) &&
          bindFunction(pattern.fn, fn, id, node.args, 0, match)
        )
      }
      if (node.kind !== 'pointwise' || node.args.length !== pattern.args.length) return false
      if (pattern.fn.kind === 'exact' && pattern.fn.fn !== node.fn) return false
      return (
        (node.args.length === 1
          ? matchArg(graph, pattern.args[0], node, match)
          : matchArgs(graph, pattern.args, node.args, match)) &&
        bindFunction(pattern.fn, node.fn, id, node.args, 0, match)
      )
    }
    case 'additive': {
      if (node.kind !== 'additive') return false
      // With a plain wire before it, the operator is the whole row of blocks, and the wire all of the node's wires.
      if (pattern.arg.kind === 'wire') {
        if (pattern.operator.kind !== 'variable' && node.args.length > 1) return false
        return (
          bindWires(graph, pattern.arg.slot, node.args, match) &&
          matchOperator(pattern.operator, node.operators, match) &&
          matchBias(pattern.bias, node.bias, node.shape[node.shape.length - 1], match)
        )
      }
      return (
        node.args.length === 1 &&
        matchTerm(graph, pattern, node.args[0], node.operators[0], node.bias, node.shape, match)
      )
    }
    case 'multiplicative':
      return (
        node.kind === 'multiplicative' &&
        matchArg(graph, pattern.arg, node, match) &&
        matchOperator(pattern.operator, [node.operator], match) &&
        matchBias(pattern.bias, node.bias, node.shape[node.shape.length - 1], match)
      )
    case 'reduce': {
      if (node.kind !== 'reduce' || node.operation !== pattern.operation) return false
      if (typeof pattern.group === 'number') {
        if (pattern.group !== node.group) return false
      } else {
        const old = match.groups[pattern.group.slot]
        if (old !== undefined && old !== node.group) return false
        match.groups[pattern.group.slot] = node.group
      }
      return matchPattern(graph, pattern.arg, node.args[0], match)
    }
    case 'mix': {
      if (node.kind !== 'mix' || !matchPattern(graph, pattern.arg, node.args[0], match)) return false
      match.functions[pattern.slot] = { fn: node.fn, node: id, args: node.args, index: 0 }
      return matchOperator(pattern.operator, [node.operator], match)
    }
    case 'net':
      return matchNet(graph, pattern, id, match)
    case 'constant':
      return node.kind === 'constant' && matchOperator(pattern.value, [node.value], match)
    case 'join':
      return (
        node.kind === 'join' &&
        node.args.length === pattern.args.length &&
        matchArgs(graph, pattern.args, node.args, match)
      )
    case 'slice':
      return (
        node.kind === 'slice' &&
        bindSize(pattern.start, node.start, match) &&
        bindSize(pattern.end, node.end, match) &&
        matchPattern(graph, pattern.arg, node.args[0], match)
      )
    default:
      return node.kind === pattern.kind && matchPattern(graph, pattern.arg, node.args[0], match)
  }
}

/** The patterns of the args of a node. Parts of nets come last: where they begin is told by wires that are known. */
function matchArgs(graph: Graph, patterns: readonly Pattern[], args: readonly NodeId[], match: Match): boolean {
  const fits = (p: Pattern, i: number): boolean => matchPattern(graph, p, args[i], match)
  if (match.calls.length === 0) return patterns.every(fits)
  const hasNet = patterns.map(p => netCalls(p).length > 0)
  return patterns.every((p, i) => hasNet[i] || fits(p, i)) && patterns.every((p, i) => !hasNet[i] || fits(p, i))
}

/** The smallest part of the net that ends here and fits; where the rule has named it before, a copy of that. */
function matchNet(graph: Graph, pattern: Extract<Pattern, { kind: 'net' }>, id: NodeId, match: Match): boolean {
  const { slot, arg } = pattern
  const { columns, rows, total } = match.rule.variables.nets[slot]
  const width = (wire: NodeId): Size => nodeAt(graph, wire).shape[nodeAt(graph, wire).shape.length - 1]
  const fits = (part: Part): boolean => {
    match.calls[pattern.call as number] = { slot, part }
    return (
      bindSize(columns, width(part.entry), match) &&
      bindSize(rows, width(part.exit), match) &&
      (!total || isTotal(graph, part)) &&
      matchPattern(graph, arg, part.entry, match)
    )
  }
  const known = match.calls.find(c => c?.slot === slot)
  if (known !== undefined) {
    const entry = entryOfCopy(graph, known.part, id)
    return entry !== null && fits({ entry, exit: id, inside: known.part.inside })
  }
  const lists = [match.functions, match.operators, match.reals, match.wires, match.groups, match.calls] as unknown[][]
  const before = lists.map(list => [...list])
  const { sizes } = match
  for (const part of partsEndingAt(graph, id)) {
    if (fits(part)) return true
    for (const [i, list] of lists.entries()) if (list.length > 0) list.splice(0, list.length, ...before[i])
    match.sizes = sizes
  }
  return false
}

/** `matchPattern` at a function of one wire. */
function matchFunction(
  graph: Graph,
  pattern: Extract<Pattern, { kind: 'pointwise' }>,
  id: NodeId,
  fn: Expression,
  match: Match,
): boolean {
  if (pattern.args.length !== 1 || (pattern.fn.kind === 'exact' && pattern.fn.fn !== fn)) return false
  const [before] = pattern.args
  if (isVariadic(pattern.fn) && before.kind !== 'wire') return false
  const args = argsAt(graph, id)
  return (
    (before.kind === 'wire'
      ? bindWires(graph, before.slot, args, match)
      : matchPattern(graph, before, args[0], match)) && bindFunction(pattern.fn, fn, id, args, 0, match)
  )
}

/** The pattern of the only arg of a node; a plain wire is bound to the node's own list of args. */
function matchArg(graph: Graph, pattern: Pattern, node: Node, match: Match): boolean {
  if (pattern.kind === 'wire' && node.args.length === 1) return bindWires(graph, pattern.slot, node.args, match)
  return matchPattern(graph, pattern, node.args[0], match)
}

/** Pointwise nodes are functions; a join or slice is bound as a function where the rule asks for a linear one, and for nothing else. */
function linearFunction(node: Node, rule: Rule, pattern: FunctionPattern): Expression | null {
  if (node.kind === 'pointwise') return node.fn
  if (node.kind !== 'join' && node.kind !== 'slice') return null
  return pattern.kind === 'variable' && requires(rule, pattern.slot, 'linear') ? variable(0) : null
}

/** Binds the function of a node, which has these wires, of which the pattern means the one with the index. */
function bindFunction(
  pattern: FunctionPattern,
  fn: Expression,
  node: NodeId,
  args: readonly NodeId[],
  index: number,
  match: Match,
): boolean {
  switch (pattern.kind) {
    case 'exact':
      return pattern.fn === fn
    case 'variable': {
      const old = match.functions[pattern.slot]
      if (old !== undefined && old.inverse === undefined) return old.fn === fn
      if (old?.inverse !== undefined && !isInverse(fn, old.inverse)) return false
      match.functions[pattern.slot] = { fn, node, args, index }
      return true
    }
    case 'inverse': {
      const of = match.functions[pattern.slot]
      if (of?.inverse !== undefined) return of.inverse === fn
      if (of !== undefined) return isInverse(of.fn, fn)
      // The function itself comes later, or only on the right side.
      const found = inversesOnce(fn).find(f => isInverse(f, fn))
      if (found === undefined) return false
      match.functions[pattern.slot] = { fn: found, node, args, index, inverse: fn }
      return true
    }
    case 'form':
      return matchForm(pattern.fn, fn, match)
  }
}

/** Whether fn is the form with numbers in the place of the rule's reals; affine forms are matched by what they compute. */
function matchForm(form: Expression, fn: Expression, match: Match): boolean {
  const slotOf = (e: Expression): number =>
    e.kind === 'apply' && e.args.length === 0 ? match.rule.variables.reals.findIndex(r => r.symbol === e.fn) : -1
  const bind = (slot: number, value: Expression): boolean => {
    const old = match.reals[slot]
    if (old !== undefined) return old === value
    match.reals[slot] = value
    return true
  }
  const structural = (p: Expression, e: Expression): boolean => {
    const slot = slotOf(p)
    if (slot >= 0) return variablesOf(e).length === 0 && bind(slot, e)
    if (p === e) return true
    if (p.kind !== e.kind) return false
    if (
      p.kind === 'call'
        ? p.name !== (e as typeof p).name
        : p.kind === 'apply'
          ? p.fn !== (e as typeof p).fn
          : p.kind !== 'choose' || p.relation !== (e as typeof p).relation
    )
      return false
    const ps = parts(p)
    const es = parts(e)
    return ps.length === es.length && ps.every((q, i) => structural(q, es[i]))
  }
  const before = [...match.reals]
  if (structural(form, fn)) return true
  match.reals.splice(0, match.reals.length, ...before)
  if (form.kind !== 'call' || (form.name !== '*' && form.name !== '+')) return false
  const linear = linearForm(fn)
  if (linear === null || [...linear.coefficients.keys()].some(i => i !== 0)) return false
  const slot = form.args.map(slotOf).find(s => s >= 0) ?? -1
  const other = form.args.find(a => slotOf(a) < 0)
  if (slot < 0 || other !== variable(0)) return false
  const coefficient = linear.coefficients.get(0) ?? number(0)
  if (form.name === '*') return linear.constant === number(0) && bind(slot, coefficient)
  return coefficient === number(1) && bind(slot, linear.constant)
}

function matchOperator(pattern: LinearPattern, found: readonly Linear[], match: Match): boolean {
  switch (pattern.kind) {
    case 'variable': {
      const old = match.operators[pattern.slot]
      if (old !== undefined) {
        return (
          old.length === found.length &&
          old.every((a, k) => a === found[k] || normalLinear(a) === normalLinear(found[k]))
        )
      }
      match.operators[pattern.slot] = found
      return (
        !match.rule.bindsSizes ||
        (bindSize(pattern.rows, found[0].rows, match) && found.every(a => bindSize(pattern.columns, a.columns, match)))
      )
    }
    case 'identity':
      return isSmallIdentity(found[0]) && bindSize(pattern.size, found[0].rows, match)
    case 'zero':
      return (
        isSmallOperator(found[0]) &&
        normalLinear(found[0]).kind === 'zero' &&
        bindSize(pattern.rows, found[0].rows, match) &&
        bindSize(pattern.columns, found[0].columns, match)
      )
    case 'ones':
      return (
        isSmallOperator(found[0]) &&
        isOnes(found[0]) &&
        bindSize(pattern.rows, found[0].rows, match) &&
        bindSize(pattern.columns, found[0].columns, match)
      )
    case 'exact':
      return found.length === 1 && pattern.operator === found[0]
    case 'product': {
      const factors = found.length === 1 ? factorsOf(found[0]) : []
      const last = pattern.factors.length - 1
      if (factors.length <= last) return false
      const rest = factors.slice(last).reduce((a, b) => product(a, b))
      return pattern.factors.every((p, k) => matchOperator(p, [k < last ? factors[k] : rest], match))
    }
    case 'transpose':
      return found.length === 1 && matchOperator(pattern.of, [transpose(found[0])], match)
    case 'diagonal': {
      const vector = found.length === 1 ? diagonalOf(found[0]) : null
      return vector !== null && matchOperator(pattern.of, [vector], match)
    }
  }
}

/** Products of unknown matrices are never the identity or zero: no need to look into them. */
function isSmallOperator(a: Linear): boolean {
  return a.kind !== 'product' && (a.kind !== 'symbol' || a.symbol.value !== null)
}
function isOnes(a: Linear): boolean {
  const normal = normalLinear(a)
  return normal.kind === 'ones' || (entriesOf(normal)?.every(row => row.every(q => q.equals(ONE))) ?? false)
}
/** The vector of which an operator is the diagonal matrix, as it is written. */
function diagonalOf(a: Linear): Linear | null {
  if (a.kind === 'diagonal') return a.of
  return a.kind === 'identity' ? ones(a.rows, sizeOf(1)) : null
}
/** Whether an operator that is not too large to be looked into is the identity. */
export function isSmallIdentity(a: Linear): boolean {
  return isSmallOperator(a) && isIdentity(a)
}
function isIdentity(a: Linear): boolean {
  return a.rows === a.columns && normalLinear(a) === identity(a.rows)
}

function bindSize(pattern: Size, found: Size, match: Match): boolean {
  // Where the right side speaks of no size, that the shapes of the net fit is enough.
  if (!match.rule.bindsSizes) return true
  const { sizes } = match
  if (pattern.constant === 0 && pattern.terms.length === 1 && pattern.terms[0][1] === 1) {
    const [[name]] = pattern.terms
    for (let k = 0; k < sizes.length; k++) if (sizes[k][0] === name) return sizes[k][1] === found
    if (!isAtLeast(found, 1)) return false
    match.sizes = [...sizes, [name, found]]
    return true
  }
  const here = substituteSize(pattern, name => sizes.find(([n]) => n === name)?.[1])
  const open = pattern.terms.filter(([name]) => !sizes.some(([n]) => n === name))
  if (open.length === 0) return here === found
  if (pattern === found) {
    match.sizes = [...sizes, ...open.map(([name]) => [name, unknownSize(name)] as const)]
    return true
  }
  // What is left over is the one size that is not known yet.
  const [[name, factor]] = open
  if (open.length > 1 || factor !== 1) return false
  const rest = addSizes(here, unknownSize(name), -1)
  const size = addSizes(found, rest, -1)
  if (!isAtLeast(size, 1)) return false
  match.sizes = [...sizes, [name, size]]
  return true
}

function matchBias(pattern: LinearPattern | null, found: Linear | null, rows: Size, match: Match): boolean {
  if (pattern === null) return found === null
  return matchOperator(pattern, found === null ? zeroVector(rows) : [found], match)
}

const zeroVectors = new WeakMap<Size, readonly Linear[]>()
/** The bias that is none, as a variable is bound to it. */
function zeroVector(rows: Size): readonly Linear[] {
  let found = zeroVectors.get(rows)
  if (found === undefined) zeroVectors.set(rows, (found = [zeroMatrix(rows, sizeOf(1))]))
  return found
}

// --- Conditions -------------------------------------------------------------------------------------------------------

function holds(graph: Graph, match: Match, onFailure?: (failure: Failure) => void): boolean {
  // A rule of a user may hand a function to other arguments than those that it has here: it must be as declared for all.
  if (
    match.rule.phase === 'own' &&
    match.functions.some((f, slot) => f !== undefined && !isAsDeclared(match.rule, slot, f))
  )
    return false
  for (const condition of match.rule.conditions) {
    const failure = checkCondition(graph, condition, match)
    if (failure !== null) {
      onFailure?.({ condition, at: match.at, found: printed(failure.found), needed: printed(failure.needed) })
      return false
    }
  }
  return true
}

/** Whether a bound function is defined on the whole domain that the rule declares for it (R where it declares none), with values and direction as declared. */
function isAsDeclared(rule: Rule, slot: number, { fn, args }: FunctionBinding): boolean {
  if (rule.variables.functions[slot].variadic || fn.weight > MAX_WEIGHT) return rule.variables.functions[slot].variadic
  const conditions = rule.conditions.filter(c => (c.kind === 'codomain' || c.kind === 'function') && c.slot === slot)
  const type = conditions.find(c => c.kind === 'codomain')
  const onOwnDomain = rule.conditions.some(
    c => c.kind === 'wire' && 'domainOf' in c.within && c.within.domainOf === slot,
  )
  if (type === undefined && onOwnDomain) return true
  const domain = type?.domain ?? [REALS]
  if (domain.length !== args.length) return false
  const { range, defined } = analyse(fn, domain)
  if (!defined || (type !== undefined && !isSubset(range, type.codomain))) return false
  return conditions.every(c => {
    if (c.kind !== 'function' || (c.property !== 'increasing' && c.property !== 'decreasing')) return true
    const direction = domain.length === 1 ? monotonicity(fn, 0, domain) : null
    return direction === c.property || direction === 'constant'
  })
}

/** Whether a function is defined on supersets of these wires' ranges, which are quick to find: then it is on the ranges. */
function isDefinedOnBounds(graph: Graph, fn: Expression, args: readonly NodeId[]): boolean {
  const bounds = args.map(a => boundAt(graph, a))
  if (bounds.length === 1 && bounds[0].length === 1) return analyseShared(fn, bounds[0]).defined
  return componentwise(bounds).every(domain => analyseShared(fn, domain).defined)
}
function wireRangesOf(graph: Graph, wires: readonly NodeId[]): WireRange[] {
  return wires.map(w => rangeAt(graph, w))
}

/** What was found where a condition does not hold, and what it needs: sets are printed only for those who read them. */
interface Finding {
  readonly found: Range | string
  readonly needed: Range | string
}
function printed(set: Range | string): string {
  return typeof set === 'string' ? set : printRange(set)
}

function fail(found: Range, needed: Range | string): Finding {
  return { found, needed }
}

/** null: the condition is shown to hold. */
function checkCondition(graph: Graph, condition: Condition, match: Match): Finding | null {
  switch (condition.kind) {
    case 'wire': {
      const { within } = condition
      if ('domainOf' in within) {
        const f = match.functions[within.domainOf]
        if (f === undefined) return fail(REALS, 'a function')
        const wires = match.wires[condition.slot] ?? []
        // Where the function stands on that wire it takes all of its wires from there.
        const places = wires.every(w => f.args.includes(w)) ? [f.args] : [f.args, ...wires.map(w => [w])]
        for (const args of places) {
          if (isDefinedOnBounds(graph, f.fn, args)) continue
          for (const domain of componentwise(wireRangesOf(graph, args))) {
            const { defined, obstacle } = analyseShared(f.fn, domain)
            if (!defined) return fail(obstacle?.found ?? domain[0], obstacle?.needed ?? REALS)
          }
        }
        return null
      }
      for (const wire of match.wires[condition.slot] ?? []) {
        if (liesWithin(boundAt(graph, wire), within)) continue
        const r = rangeAt(graph, wire)
        if (!liesWithin(r, within)) return fail(whole(r), within)
      }
      return null
    }
    case 'real': {
      const value = match.reals[condition.slot]
      if (value === undefined) return fail(REALS, condition.within)
      const { range, defined } = analyse(value, [])
      return defined && isSubset(range, condition.within) ? null : fail(range, condition.within)
    }
    case 'entries': {
      for (const operator of match.operators[condition.slot] ?? []) {
        const entries = operator.kind === 'symbol' && operator.symbol.value === null ? null : entriesOf(operator)
        if (entries === null) {
          const range = operator.kind === 'symbol' ? operator.symbol.entries : REALS
          if (!isSubset(range, condition.within)) return fail(range, condition.within)
        } else if (
          !entries.every(r =>
            r.every(q => isSubset([{ low: q, lowOpen: false, high: q, highOpen: false }], condition.within)),
          )
        ) {
          return { found: 'an entry outside', needed: condition.within }
        }
      }
      return null
    }
    case 'operator': {
      const operators = match.operators[condition.slot] ?? []
      const ok = operators.every(a => hasOperatorProperty(a, condition.property))
      return ok ? null : { found: 'another operator', needed: condition.property }
    }
    case 'size': {
      const bound = (size: Size): Size => substituteSize(size, name => match.sizes.find(([n]) => n === name)?.[1])
      const [left, right] = [bound(condition.left), bound(condition.right)]
      const needed = `${condition.left.text} ${condition.relation} ${condition.right.text}`
      if (holdsForSizes(left, condition.relation, right)) return null
      return { found: `${left.text} and ${right.text}`, needed }
    }
    case 'codomain': {
      const f = match.functions[condition.slot] as FunctionBinding
      for (const args of componentwise(wireRangesOf(graph, f.args))) {
        const outside = args.findIndex((r, i) => !isSubset(r, condition.domain[i] ?? REALS))
        if (outside >= 0) return fail(args[outside], condition.domain[outside])
        const { range, defined } = analyse(f.fn, args)
        if (!defined || !isSubset(range, condition.codomain)) return fail(range, condition.codomain)
      }
      return null
    }
    case 'function':
      return checkProperty(graph, condition, match)
  }
}

/** Whether a relation holds whatever whole numbers from 1 on the unknown sizes are. */
function holdsForSizes(left: Size, relation: SizeRelation, right: Size): boolean {
  const over = (by: number): boolean => isAtLeast(addSizes(left, right, -1), by)
  const under = (by: number): boolean => isAtLeast(addSizes(right, left, -1), by)
  switch (relation) {
    case '=':
      return left === right
    case '!=':
      return over(1) || under(1)
    case '>':
      return over(1)
    case '>=':
      return over(0)
    case '<':
      return under(1)
    case '<=':
      return under(0)
  }
}

function hasOperatorProperty(a: Linear, property: OperatorProperty): boolean {
  switch (property) {
    case 'scalar':
      return (a.kind !== 'product' || knownSize(a.rows) !== null) && scalarFactor(a) !== null
    case 'diagonal':
      return diagonalTerms(a) !== null
    case 'integer':
      return entriesOf(a)?.every(r => r.every(q => q.d === 1n)) ?? false
  }
}

function checkProperty(
  graph: Graph,
  condition: Extract<Condition, { kind: 'function' }>,
  match: Match,
): Finding | null {
  const f = match.functions[condition.slot] as FunctionBinding
  const { property } = condition
  if (f.fn.weight > MAX_WEIGHT) return { found: 'a function too large to look into', needed: property }
  const known = hasProperty(f.fn, property)
  if (property === 'linear' && known === false && isLinearHere(graph, match.rule, f.node)) return null
  if (known !== null) return known ? null : { found: 'not shown', needed: property }
  if (f.args.length !== 1) return { found: 'not shown', needed: property }
  // Monotone on one set that holds the values of every component: groups mix components.
  const domain = whole(rangeAt(graph, f.args[0]))
  const found = analyse(f.fn, [domain]).defined ? monotonicity(f.fn, 0, [domain]) : null
  return found === property || found === 'constant' ? null : { found: found ?? 'neither shown', needed: property }
}
