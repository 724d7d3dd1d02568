// A rule as the engine sees it: a pattern, a template, conditions. Rules are data; `compile.ts` makes them from text.
// Variables are slots, one list for each kind of variable.

import type { Linear } from '../linear/linear.ts'
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

export type LinearPattern =
  | { readonly kind: 'variable'; readonly slot: number; readonly rows: Size; readonly columns: Size }
  | { readonly kind: 'identity'; readonly size: Size }
  | { readonly kind: 'zero'; readonly rows: Size; readonly columns: Size }
  | { readonly kind: 'exact'; readonly operator: Linear }

export type Pattern =
  | { readonly kind: 'wire'; readonly slot: number }
  | { readonly kind: 'pointwise'; readonly fn: FunctionPattern; readonly args: readonly Pattern[] }
  | {
      readonly kind: 'additive' | 'multiplicative'
      readonly operator: LinearPattern
      readonly bias: LinearPattern | null
      readonly arg: Pattern
    }
  | {
      readonly kind: 'reduce'
      readonly operation: 'max' | 'min'
      readonly group: number | { readonly slot: number }
      readonly arg: Pattern
    }
  | { readonly kind: 'mix'; readonly slot: number; readonly operator: LinearPattern; readonly arg: Pattern }
  | { readonly kind: 'softmax' | 'logsoftmax'; readonly arg: Pattern }

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
  | { readonly kind: 'exact'; readonly operator: Linear }
  | { readonly kind: 'identity'; readonly size: Size }
  | { readonly kind: 'zero' | 'ones'; readonly rows: Size; readonly columns: Size }
  | { readonly kind: 'product' | 'sum'; readonly left: LinearTemplate; readonly right: LinearTemplate }
  | { readonly kind: 'scale'; readonly factor: Expression; readonly of: LinearTemplate }
  | { readonly kind: 'normal'; readonly of: LinearTemplate }

export type Template =
  | { readonly kind: 'wire'; readonly slot: number }
  | { readonly kind: 'pointwise'; readonly fn: FunctionTemplate; readonly args: readonly Template[] }
  | {
      readonly kind: 'additive' | 'multiplicative'
      readonly operator: LinearTemplate
      readonly bias: LinearTemplate | null
      readonly arg: Template
    }
  | {
      readonly kind: 'reduce'
      readonly operation: 'max' | 'min'
      readonly group: number | { readonly slot: number }
      readonly arg: Template
    }
  | { readonly kind: 'softmax' | 'logsoftmax'; readonly arg: Template }
  | { readonly kind: 'mix'; readonly slot: number; readonly operator: LinearTemplate; readonly arg: Template }
  /** `constant[b]`: the vector b, whatever comes in. */
  | { readonly kind: 'constant'; readonly value: LinearTemplate }
  /** `linear(f)`: the linear combination that the function, join or slice f is, as an additive layer. */
  | { readonly kind: 'linear'; readonly slot: number; readonly arg: Template }
  /** `parts(f)`: the functions of which f is composed, one after the other. */
  | { readonly kind: 'parts'; readonly slot: number; readonly arg: Template }
  /** `elementwise(W, b)`: an additive layer that mixes no components, as a function of its wires. */
  | { readonly kind: 'elementwise'; readonly operator: number; readonly bias: number; readonly arg: Template }

export type Property =
  | 'increasing'
  | 'decreasing'
  | 'odd'
  | 'even'
  | 'invertible'
  | 'idempotent'
  | 'linear'
  | 'scalar'
  | 'integer'

export type Condition =
  | { readonly kind: 'wire'; readonly slot: number; readonly within: Range | { readonly domainOf: number } }
  | { readonly kind: 'real'; readonly slot: number; readonly within: Range }
  | { readonly kind: 'entries'; readonly slot: number; readonly within: Range }
  | { readonly kind: 'function'; readonly slot: number; readonly property: Property }
  | { readonly kind: 'operator'; readonly slot: number; readonly property: 'scalar' | 'integer' }
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
  readonly operators: readonly { readonly name: string }[]
  readonly reals: readonly { readonly name: string; readonly symbol: FunctionSymbol }[]
  /** `width`: the size of the last axis that the rule declares, which the wire bound to it fixes. */
  readonly wires: readonly { readonly name: string; readonly width: Size | null }[]
  readonly groups: readonly { readonly name: string }[]
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

/** The depth of a pattern: how many nodes, one after the other, it looks at. */
export function depthOf(pattern: Pattern): number {
  switch (pattern.kind) {
    case 'wire':
      return 0
    case 'pointwise':
      return 1 + Math.max(0, ...pattern.args.map(depthOf))
    default:
      return 1 + depthOf(pattern.arg)
  }
}

/** Whether a template speaks of sizes: of an identity, zero or ones of the rule. */
export function needsSizes(template: Template): boolean {
  const inLinear = (t: LinearTemplate | null): boolean => {
    switch (t?.kind) {
      case 'identity':
      case 'zero':
      case 'ones':
        return true
      case 'product':
      case 'sum':
        return inLinear(t.left) || inLinear(t.right)
      case 'scale':
      case 'normal':
        return inLinear(t.of)
      default:
        return false
    }
  }
  switch (template.kind) {
    case 'wire':
      return false
    case 'constant':
      return inLinear(template.value)
    case 'pointwise':
      return template.args.some(needsSizes)
    case 'additive':
    case 'multiplicative':
      return inLinear(template.operator) || inLinear(template.bias) || needsSizes(template.arg)
    case 'mix':
      return inLinear(template.operator) || needsSizes(template.arg)
    default:
      return needsSizes(template.arg)
  }
}

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
  for (let at = pattern; at.kind !== 'wire'; at = at.kind === 'pointwise' ? at.args[0] : at.arg) {
    if (at.kind === 'pointwise' && at.args.length !== 1) return true
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
