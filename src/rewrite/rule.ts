// A rule as the engine sees it: a pattern, a template, conditions. Rules are data; `compile.ts` makes them from text.
// Variables are slots, one list for each kind of variable.

import { type Linear, linearPostorder, type WeightSymbol } from '../linear/linear.ts'
import type { Size } from '../linear/size.ts'
import type { Expression, FunctionSymbol } from '../scalar/expression.ts'
import type { Range } from '../scalar/range.ts'

/** Which functions a place of a pattern accepts. */
export type FunctionPattern =
  /** This very function. */
  | { readonly kind: 'exact'; readonly fn: Expression }
  /** Any function; `variadic`: of any number of wires, of which one is the pattern's and the others are carried along. */
  | { readonly kind: 'variable'; readonly slot: number; readonly variadic: boolean }
  /** The inverse of the function bound to the slot. */
  | { readonly kind: 'inverse'; readonly slot: number }
  /** A function with numbers left open: `scale[c]`, `t^p`. The reals of the rule stand in it as functions of no argument. */
  | { readonly kind: 'form'; readonly fn: Expression }

export type VariablePattern = {
  readonly kind: 'variable'
  readonly slot: number
  readonly rows: Size
  readonly columns: Size
}
export type LinearPattern =
  | VariablePattern
  | { readonly kind: 'identity'; readonly size: Size }
  | { readonly kind: 'zero' | 'ones'; readonly rows: Size; readonly columns: Size }
  | { readonly kind: 'exact'; readonly operator: Linear }
  /** What the transpose of the variable is: any matrix. */
  | { readonly kind: 'transpose'; readonly of: VariablePattern }
  /** A matrix that is written as a diagonal one. */
  | { readonly kind: 'diagonal'; readonly of: VariablePattern }
  /** A matrix that is written as a product; the last factor is all that is left of a longer one. */
  | { readonly kind: 'product'; readonly factors: readonly VariablePattern[] }

// The stages of which both sides of a rule are made: F says functions, L matrices, and S is what enters them.
export interface WireStage {
  readonly kind: 'wire'
  readonly slot: number
}
export interface PointwiseStage<F, S> {
  readonly kind: 'pointwise'
  readonly fn: F
  readonly args: readonly S[]
}
export interface LayerStage<L, S> {
  readonly kind: 'additive' | 'multiplicative'
  readonly operator: L
  readonly bias: L | null
  readonly arg: S
}
export interface ReduceStage<S> {
  readonly kind: 'reduce'
  readonly operation: 'max' | 'min'
  readonly group: number | { readonly slot: number }
  readonly arg: S
}
export interface MixStage<L, S> {
  readonly kind: 'mix'
  readonly slot: number
  readonly operator: L
  readonly arg: S
}
export interface SoftmaxStage<S> {
  readonly kind: 'softmax' | 'logsoftmax'
  readonly arg: S
}
/** A vector as a wire. */
export interface ConstantStage<L> {
  readonly kind: 'constant'
  readonly value: L
}
export interface JoinStage<S> {
  readonly kind: 'join'
  readonly args: readonly S[]
}
export interface SliceStage<S> {
  readonly kind: 'slice'
  readonly start: Size
  readonly end: Size
  readonly arg: S
}
/**
 * A part of a net with one wire that enters it. `call`: on the left, the number of the stage among those of its kind; on the
 * right, the number of the stage of the left side that is the same net on the same wire, null where there is none.
 */
export interface NetStage<S> {
  readonly kind: 'net'
  readonly slot: number
  readonly call: number | null
  readonly arg: S
}
/** What a stage of either side may be. */
export type Stage<F, L, S> =
  | WireStage
  | PointwiseStage<F, S>
  | LayerStage<L, S>
  | ReduceStage<S>
  | MixStage<L, S>
  | SoftmaxStage<S>
  | ConstantStage<L>
  | JoinStage<S>
  | SliceStage<S>
  | NetStage<S>

type Group = ReduceStage<never>['group']

/** A stage with other functions, matrices and stages before it. What is not given stays as it is. */
export function mapStage<F, L, S, G, M, T>(
  stage: Stage<F, L, S>,
  by: {
    fn(fn: F): G
    matrix(matrix: L): M
    stage(before: S): T
    /** Numbers of slots: of wires, and of functions that a stage mixes with. */
    wire?(slot: number): number
    mixed?(slot: number): number
    group?(group: Group): Group
    size?(size: Size): Size
  },
): Stage<G, M, T> {
  const { wire = same, mixed = same, group = same, size = same } = by
  switch (stage.kind) {
    case 'wire':
      return { kind: 'wire', slot: wire(stage.slot) }
    case 'pointwise':
      return { kind: 'pointwise', fn: by.fn(stage.fn), args: stage.args.map(s => by.stage(s)) }
    case 'additive':
    case 'multiplicative': {
      const bias = stage.bias === null ? null : by.matrix(stage.bias)
      return { kind: stage.kind, operator: by.matrix(stage.operator), bias, arg: by.stage(stage.arg) }
    }
    case 'reduce':
      return { ...stage, group: group(stage.group), arg: by.stage(stage.arg) }
    case 'mix':
      return {
        kind: 'mix',
        slot: mixed(stage.slot),
        operator: by.matrix(stage.operator),
        arg: by.stage(stage.arg),
      }
    case 'softmax':
    case 'logsoftmax':
      return { kind: stage.kind, arg: by.stage(stage.arg) }
    case 'constant':
      return { kind: 'constant', value: by.matrix(stage.value) }
    case 'join':
      return { kind: 'join', args: stage.args.map(s => by.stage(s)) }
    case 'net':
      return { ...stage, arg: by.stage(stage.arg) }
    case 'slice':
      return { kind: 'slice', start: size(stage.start), end: size(stage.end), arg: by.stage(stage.arg) }
  }
}
const same = <T>(value: T): T => value

export type Pattern =
  | WireStage
  | PointwiseStage<FunctionPattern, Pattern>
  | LayerStage<LinearPattern, Pattern>
  | ReduceStage<Pattern>
  | MixStage<LinearPattern, Pattern>
  | SoftmaxStage<Pattern>
  | ConstantStage<LinearPattern>
  | JoinStage<Pattern>
  | SliceStage<Pattern>
  | NetStage<Pattern>

/** Functions that a right side computes. */
export type FunctionTemplate =
  | { readonly kind: 'exact'; readonly fn: Expression }
  | { readonly kind: 'variable'; readonly slot: number }
  | { readonly kind: 'inverse'; readonly of: FunctionTemplate }
  | { readonly kind: 'compose'; readonly outer: FunctionTemplate; readonly inner: FunctionTemplate }
  /** The readable normal form over the reals: see `scalar/simplify.ts`. */
  | { readonly kind: 'normal'; readonly of: FunctionTemplate }
  /** f = outer(f) . inner(f), where inner(f) is affine: what an additive layer before f can take in. */
  | { readonly kind: 'inner' | 'outer'; readonly of: FunctionTemplate }
  /** f = last(f) . first(f), where last(f) is affine: what an additive layer after f can take in. */
  | { readonly kind: 'last' | 'first'; readonly of: FunctionTemplate }

export type LinearTemplate =
  | { readonly kind: 'variable'; readonly slot: number }
  /** Made of the symbols of the rule's matrices, for which those that are matched are put in. */
  | { readonly kind: 'computed'; readonly operator: Linear }
  | { readonly kind: 'normal'; readonly of: LinearTemplate }

export type Template =
  | WireStage
  | PointwiseStage<FunctionTemplate, Template>
  | LayerStage<LinearTemplate, Template>
  | ReduceStage<Template>
  | MixStage<LinearTemplate, Template>
  | SoftmaxStage<Template>
  | ConstantStage<LinearTemplate>
  | JoinStage<Template>
  | SliceStage<Template>
  | NetStage<Template>
  /** The bound linear function as an additive layer over its wires. */
  | { readonly kind: 'linear'; readonly slot: number; readonly arg: Template }
  /** The bound function taken apart: one stage after the other. */
  | { readonly kind: 'parts'; readonly slot: number; readonly arg: Template }
  /** The layer whose matrices are multiples of the identity, as a function of its wires. */
  | { readonly kind: 'elementwise'; readonly operator: number; readonly bias: number; readonly arg: Template }

export type Property =
  | 'increasing'
  | 'decreasing'
  | 'odd'
  | 'even'
  | 'invertible'
  | 'idempotent'
  | 'linear'
  | OperatorProperty
/** Of matrices: a multiple of the identity, a diagonal matrix, or one with whole numbers as entries. */
export type OperatorProperty = 'scalar' | 'diagonal' | 'integer'

export type Condition =
  | { readonly kind: 'wire'; readonly slot: number; readonly within: Range | { readonly domainOf: number } }
  | { readonly kind: 'real'; readonly slot: number; readonly within: Range }
  | { readonly kind: 'entries'; readonly slot: number; readonly within: Range }
  | { readonly kind: 'function'; readonly slot: number; readonly property: Property }
  | { readonly kind: 'operator'; readonly slot: number; readonly property: OperatorProperty }
  /** `m = n`, `n >= 2`, of sizes that matching binds. */
  | { readonly kind: 'size'; readonly left: Size; readonly relation: SizeRelation; readonly right: Size }
  /** Declared in the rule: f maps domain into codomain. */
  | { readonly kind: 'codomain'; readonly slot: number; readonly domain: readonly Range[]; readonly codomain: Range }

export type SizeRelation = '=' | '!=' | '<' | '<=' | '>' | '>='

export interface RuleVariables {
  readonly functions: readonly {
    readonly name: string
    readonly variadic: boolean
    readonly symbol: FunctionSymbol | null
  }[]
  /** `symbol`: what stands for the matrix in the matrices that the right side computes. */
  readonly operators: readonly { readonly name: string; readonly symbol: WeightSymbol }[]
  /** `diag(f)` on right sides: the symbol that stands for it, and the slot of the linear function f. */
  readonly factors: readonly { readonly symbol: WeightSymbol; readonly slot: number }[]
  readonly reals: readonly { readonly name: string; readonly symbol: FunctionSymbol }[]
  /** `width`: the size of the last axis that the rule declares, which the wire bound to it fixes. */
  readonly wires: readonly { readonly name: string; readonly width: Size | null }[]
  readonly groups: readonly { readonly name: string }[]
  /** Parts of nets, from a wire of `columns` components to one of `rows`; `total`: defined for every input. */
  readonly nets: readonly NetVariable[]
}
export interface NetVariable {
  readonly name: string
  readonly columns: Size
  readonly rows: Size
  readonly total: boolean
}

/**
 * When a rule gets its turn: rules of a lower phase are exhausted before the next phase begins, and get their turn
 * again when a later one has changed something. `parts` happens only at the start: it is undone by `compose`.
 */
export const PHASES = ['parts', 'own', 'algebra', 'compose', 'normal', 'affine'] as const
export type Phase = (typeof PHASES)[number]

export interface Rule {
  readonly name: string
  readonly title: string
  /** Why it is true. */
  readonly reason: string
  /** `==>` is used left to right when normalizing; `==` only where somebody asks for it. */
  readonly direction: '==>' | '=='
  readonly phase: Phase
  readonly variables: RuleVariables
  readonly left: Pattern
  readonly right: Template
  readonly conditions: readonly Condition[]
  /** Whether the right side needs the rule's sizes, or the left side repeats one that the net's shapes do not tie. */
  readonly bindsSizes: boolean
  /** The rule as text. */
  readonly text: string
  /** true: nothing but its author's word says that it is true. */
  readonly assumed: boolean
  /** Rules that nobody has proved, from which this one was derived. */
  readonly restsOn: readonly string[]
}

/** Whether a rule wants the function in this slot to have a property. */
export function requires(rule: Rule, slot: number, property: Property): boolean {
  for (const c of rule.conditions) if (c.kind === 'function' && c.slot === slot && c.property === property) return true
  return false
}

/** The stages that enter a stage of a side. */
export function stagesBefore<S extends Pattern | Template>(stage: S): readonly S[] {
  if ('args' in stage) return stage.args as readonly S[]
  return 'arg' in stage ? [stage.arg as S] : []
}

/** The stages of a side, each before those that enter it. */
export function stagesIn<S extends Pattern | Template>(root: S): S[] {
  const found: S[] = []
  const stack: S[] = [root]
  for (let stage = stack.pop(); stage !== undefined; stage = stack.pop()) {
    found.push(stage)
    stack.push(...stagesBefore(stage).toReversed())
  }
  return found
}

/** The matrices and vectors of one stage of a left side. */
export function operatorsOfPattern(p: Pattern): readonly LinearPattern[] {
  switch (p.kind) {
    case 'additive':
    case 'multiplicative':
      return p.bias === null ? [p.operator] : [p.operator, p.bias]
    case 'mix':
      return [p.operator]
    case 'constant':
      return [p.value]
    default:
      return []
  }
}
/** The matrices and vectors of one stage of a right side. */
function operatorsOfTemplate(t: Template): readonly LinearTemplate[] {
  switch (t.kind) {
    case 'additive':
    case 'multiplicative':
      return t.bias === null ? [t.operator] : [t.operator, t.bias]
    case 'mix':
      return [t.operator]
    case 'constant':
      return [t.value]
    default:
      return []
  }
}

/** The variables of a pattern of a matrix. */
export function variablesOf(p: LinearPattern): readonly VariablePattern[] {
  if (p.kind === 'product') return p.factors
  return p.kind === 'variable' ? [p] : 'of' in p ? [p.of] : []
}

/** A pattern of a matrix with other sizes and another number of its slot. */
export function mapLinearPattern(
  p: LinearPattern,
  size: (s: Size) => Size,
  slot: (slot: number) => number,
): LinearPattern {
  const variable = (v: VariablePattern): VariablePattern => ({
    ...v,
    slot: slot(v.slot),
    rows: size(v.rows),
    columns: size(v.columns),
  })
  switch (p.kind) {
    case 'variable':
      return variable(p)
    case 'transpose':
    case 'diagonal':
      return { kind: p.kind, of: variable(p.of) }
    case 'product':
      return { kind: 'product', factors: p.factors.map(variable) }
    case 'identity':
      return { kind: 'identity', size: size(p.size) }
    case 'zero':
    case 'ones':
      return { kind: p.kind, rows: size(p.rows), columns: size(p.columns) }
    case 'exact':
      return p
  }
}

/** The rows and columns that a pattern of a matrix asks for. */
export function sizesOfPattern(p: LinearPattern): readonly [rows: Size, columns: Size] {
  switch (p.kind) {
    case 'identity':
      return [p.size, p.size]
    case 'exact':
      return [p.operator.rows, p.operator.columns]
    case 'transpose':
      return [p.of.columns, p.of.rows]
    case 'diagonal':
      return [p.of.rows, p.of.rows]
    case 'product':
      return [p.factors[0].rows, p.factors[p.factors.length - 1].columns]
    default:
      return [p.rows, p.columns]
  }
}

/** The depth of a pattern: how many nodes, one after the other, it looks at. */
export function depthOf(pattern: Pattern): number {
  return pattern.kind === 'wire' ? 0 : 1 + Math.max(0, ...stagesBefore(pattern).map(depthOf))
}

/** Whether a template speaks of sizes: of an identity, zeros or ones of the rule, or where a slice begins. */
export function needsSizes(template: Template): boolean {
  const speaks = (t: LinearTemplate): boolean => {
    if (t.kind === 'normal') return speaks(t.of)
    return t.kind === 'computed' && linearPostorder(t.operator).some(a => OF_SIZES.has(a.kind))
  }
  return stagesIn(template).some(t => t.kind === 'slice' || operatorsOfTemplate(t).some(speaks))
}
const OF_SIZES: ReadonlySet<Linear['kind']> = new Set(['identity', 'zero', 'ones', 'select', 'embed'])

/** A size that may be any: a name, and not a number or a sum. */
function isOpen(size: Size): boolean {
  return size.constant === 0 && size.terms.length === 1 && size.terms[0][1] === 1
}

/**
 * Whether the sizes that the left side's weights are declared with say more than that the layers fit: `W : n x n`,
 * `W : 1 x n`, or a size that comes back later. Then they have to be looked at when matching.
 */
export function constrainsSizes(pattern: Pattern): boolean {
  const chain: Pattern[] = []
  for (let at = pattern; at.kind !== 'wire'; [at] = stagesBefore(at)) {
    if (at.kind === 'slice' || stagesBefore(at).length !== 1) return true
    chain.unshift(at)
  }
  const seen = new Set<Size>()
  let width: Size | null = null
  for (const at of chain) {
    if (at.kind === 'pointwise' || at.kind === 'softmax' || at.kind === 'logsoftmax') continue
    if (at.kind !== 'additive' && at.kind !== 'multiplicative' && at.kind !== 'mix') {
      width = null
      continue
    }
    const { operator } = at
    const bias = at.kind === 'mix' ? null : at.bias
    if (operator.kind !== 'variable' || (bias !== null && (bias.kind !== 'variable' || bias.rows !== operator.rows)))
      return true
    if (!isOpen(operator.rows) || !isOpen(operator.columns)) return true
    if (operator.columns !== width && (width !== null || seen.has(operator.columns))) return true
    seen.add(operator.columns)
    if (seen.has(operator.rows)) return true
    seen.add(operator.rows)
    width = operator.rows
  }
  return false
}
