// The syntax tree: what a file says, as written, before names and sizes mean anything.
//
// A file is cut into statements, and long statements into pieces, which are matched one by one. Equal terms share one
// tree. Positions inside a `Piece` therefore count from its `offset`; all others are those of the file.
// Operators of one precedence stand side by side in one node, so that only brackets make a tree deeper, and the depth
// of brackets is limited: walking a tree may recurse.
import type { Rational } from '../scalar/rational.ts'

export interface Located {
  readonly start: number
  readonly end: number
}

/** A tree that may be shared, at a place of the file: add `offset` to the positions inside. */
export interface Piece<T> {
  readonly offset: number
  readonly tree: T
}

export interface Identifier extends Located {
  readonly name: string
}

// --- Terms: one language for functions, wires, stages, matrices and sizes -----------------------------------------

export interface NumberTerm extends Located {
  readonly kind: 'number'
  readonly text: string
  readonly value: Rational
}
export interface NameTerm extends Located {
  readonly kind: 'name'
  readonly name: string
}
/** `f(x, y)`, `log[2](x)`, `(ln . f)(x)`, `identity(n)`, `inverse(f)`, `normal(f)`. */
export interface CallTerm extends Located {
  readonly kind: 'call'
  readonly fn: Term
  readonly args: readonly Term[]
}
/** `add[W, b]`, `log[10]`, `maxpool[2]`: a name with parameters. */
export interface IndexedTerm extends Located {
  readonly kind: 'indexed'
  readonly name: string
  readonly args: readonly Term[]
}
/** `w[0..3]`: start included, end not. */
export interface SliceTerm extends Located {
  readonly kind: 'slice'
  readonly of: Term
  readonly from: Term
  readonly to: Term
}
/** `[a, b]`: wires joined, a vector, or (a list of lists) a matrix by rows. */
export interface ListTerm extends Located {
  readonly kind: 'list'
  readonly items: readonly Term[]
}
/** `( ... )`: kept, so that the printer leaves brackets where a person put them. */
export interface GroupTerm extends Located {
  readonly kind: 'group'
  readonly of: Term
}
/** `first -> stage -> stage`; at least one stage. */
export interface ChainTerm extends Located {
  readonly kind: 'chain'
  readonly first: Term
  readonly stages: readonly Term[]
}
/** `terms[0] operators[0] terms[1] operators[1] ...`, from the left. */
export interface SumTerm extends Located {
  readonly kind: 'sum'
  readonly terms: readonly Term[]
  readonly operators: readonly ('+' | '-')[]
}
/** `factors[0] operators[0] factors[1] ...`, from the left. */
export interface ProductTerm extends Located {
  readonly kind: 'product'
  readonly factors: readonly Term[]
  readonly operators: readonly ('*' | '/')[]
}
/** `signs` minus signs before a term. */
export interface NegativeTerm extends Located {
  readonly kind: 'negative'
  readonly signs: number
  readonly of: Term
}
/** `base ^ exponents[0] ^ exponents[1] ...`, from the right; each minus sign of an exponent applies to all on its right. */
export interface PowerTerm extends Located {
  readonly kind: 'power'
  readonly base: Term
  readonly exponents: readonly { readonly signs: number; readonly of: Term }[]
}
/** `functions[0] . functions[1] . ...`: the last acts first. */
export interface ComposeTerm extends Located {
  readonly kind: 'compose'
  readonly functions: readonly Term[]
}
export type RelationText = '<' | '<=' | '>' | '>=' | '==' | '!='
export interface ChoiceCase {
  readonly left: Term
  readonly relation: RelationText
  readonly right: Term
  readonly value: Term
}
/** `left relation right ? then : left relation right ? then : ... : otherwise` */
export interface ChooseTerm extends Located {
  readonly kind: 'choose'
  readonly cases: readonly ChoiceCase[]
  readonly otherwise: Term
}
export type Term =
  | NumberTerm
  | NameTerm
  | CallTerm
  | IndexedTerm
  | SliceTerm
  | ListTerm
  | GroupTerm
  | ChainTerm
  | SumTerm
  | ProductTerm
  | NegativeTerm
  | PowerTerm
  | ComposeTerm
  | ChooseTerm

// --- Sets of reals ------------------------------------------------------------------------------------------------

/** Ends are closed terms that must be rational numbers; null is an infinity. */
export interface IntervalTree extends Located {
  readonly kind: 'interval'
  readonly low: Term | null
  readonly lowOpen: boolean
  readonly high: Term | null
  readonly highOpen: boolean
}
/** `R` */
export interface RealsTree extends Located {
  readonly kind: 'reals'
}
/** `{0, 1}` */
export interface PointsTree extends Located {
  readonly kind: 'points'
  readonly values: readonly Term[]
}
/** A union: `(-inf, 0) | (0, inf)`. */
export interface RangeTree extends Located {
  readonly kind: 'range'
  readonly parts: readonly (IntervalTree | RealsTree | PointsTree)[]
}

// --- Declarations -------------------------------------------------------------------------------------------------

/** `size m, n` */
export interface SizeTree extends Located {
  readonly kind: 'size'
  readonly names: readonly Identifier[]
}
/** `weights W, V : m x n in RANGE`, `weights b : m`, `weights C = [[1, 2], [3, 4]]`. One of `shape`, `value` is given. */
export interface WeightsTree extends Located {
  readonly kind: 'weights'
  readonly names: readonly Identifier[]
  readonly shape: readonly Term[] | null
  readonly entries: RangeTree | null
  readonly value: Piece<Term> | null
  /** Written `operator`: in rules, any linear operator. */
  readonly operator?: boolean
}
export type Property = 'increasing' | 'decreasing' | 'odd' | 'even'
/** Properties that only a rule's condition asks for: of functions, and (scalar, diagonal, integer) of matrices. */
export type ShownProperty = 'invertible' | 'idempotent' | 'linear' | 'scalar' | 'diagonal' | 'integer'
/**
 * formula: `f(t, a) = body`; composition: `f = ln . g . exp`; unknown: `f : R x (0, inf) -> R increasing inverse h`;
 * any: `function f` and variadic: `function f(..)`, in rules only.
 */
export type FunctionForm =
  | { readonly kind: 'formula'; readonly parameters: readonly Identifier[]; readonly body: Piece<Term> }
  | { readonly kind: 'composition'; readonly body: Piece<Term> }
  | {
      readonly kind: 'unknown'
      readonly domain: readonly RangeTree[]
      readonly codomain: RangeTree
      readonly properties: readonly (Located & { readonly property: Property })[]
      readonly inverse: Identifier | null
    }
  | { readonly kind: 'any' }
  | { readonly kind: 'variadic' }
export interface FunctionTree extends Located {
  readonly kind: 'function'
  readonly names: readonly Identifier[]
  readonly form: FunctionForm
}

// --- Nets ---------------------------------------------------------------------------------------------------------

/** `x : 1 x 28 x 28 in (0, inf)`; shape null where the net has to fix it. */
export interface InputTree extends Located {
  readonly name: Identifier
  readonly shape: readonly Term[] | null
  readonly domain: RangeTree | null
}
/** The term of a wire: a chain whose pieces were matched apart (`stages` may be empty). */
export interface WireTree {
  readonly first: Piece<Term>
  readonly stages: readonly Piece<Term>[]
}
export type NetItem =
  | { readonly kind: 'input'; readonly inputs: readonly InputTree[]; readonly start: number; readonly end: number }
  | {
      readonly kind: 'wire'
      readonly name: Identifier
      readonly value: WireTree
      readonly start: number
      readonly end: number
    }
  /** `output y = x + h, z = h`; value null: `output h`, the wire of that name. */
  | {
      readonly kind: 'output'
      readonly outputs: readonly { readonly name: Identifier; readonly value: WireTree | null }[]
      readonly start: number
      readonly end: number
    }
export interface ChainNetForm {
  readonly kind: 'chain'
  readonly input: InputTree
  readonly stages: readonly Piece<Term>[]
  readonly output: Identifier
}
export interface BlockNetForm {
  readonly kind: 'block'
  readonly items: readonly NetItem[]
}
export interface NetTree extends Located {
  readonly kind: 'net'
  readonly name: Identifier
  /** What pictures call it instead of its name. */
  readonly title: string | null
  readonly form: ChainNetForm | BlockNetForm
}

// --- Claims -------------------------------------------------------------------------------------------------------

export type Verdict = 'proved' | 'refuted' | 'undecided'
/** `prove left == right with name = value, ... expect refuted` */
export interface ProveTree extends Located {
  readonly kind: 'prove'
  readonly left: Identifier
  readonly right: Identifier
  readonly equations: readonly (Located & { readonly name: Identifier; readonly value: Term })[]
  readonly expect: Verdict | null
}

// --- Rules --------------------------------------------------------------------------------------------------------

/** `real c in (0, inf)`: a closed number. */
export interface RealTree extends Located {
  readonly kind: 'real'
  readonly names: readonly Identifier[]
  readonly range: RangeTree | null
}
/** `wire x, y : n`: wires that enter the rule's sides. */
export interface WiresTree extends Located {
  readonly kind: 'wire'
  readonly names: readonly Identifier[]
  readonly shape: readonly Term[] | null
}
/** `net N : m -> n total`: any net with one input and one output; `total`: it is defined for every input. */
export interface SubnetTree extends Located {
  readonly kind: 'subnet'
  readonly names: readonly Identifier[]
  readonly from: Term
  readonly to: Term
  readonly total: boolean
}
export type RuleDeclaration = SizeTree | WeightsTree | FunctionTree | RealTree | WiresTree | SubnetTree
/** The terms of the sizes that a declaration of a rule speaks of, which need no declaration of their own. */
export function sizesOfDeclaration(d: RuleDeclaration): readonly Term[] {
  if (d.kind === 'weights' || d.kind === 'wire') return d.shape ?? []
  return d.kind === 'subnet' ? [d.from, d.to] : []
}
export type SizeRelation = '=' | '!=' | '<' | '<=' | '>' | '>='
/**
 * size: `m = n`, `n >= 2`. member: `subject in RANGE` or `subject in domain(f)` (then `range` is null and `domainOf` is f); the subject `input`
 * is a name term. property: `f increasing`, `f invertible`.
 */
export type ConditionTree =
  | (Located & {
      readonly kind: 'member'
      readonly subject: Term
      readonly range: RangeTree | null
      readonly domainOf: Term | null
    })
  | (Located & {
      readonly kind: 'property'
      readonly subject: Identifier
      readonly property: Property | ShownProperty
    })
  | (Located & {
      readonly kind: 'size'
      readonly left: Term
      readonly relation: SizeRelation
      readonly right: Term
    })
/** A side of a rule: stages after each other, entered by `first` where that is a term over declared wires. */
export interface RuleSide extends Located {
  /** null: the side is a chain of stages whose input wire has no name (`input` in conditions). */
  readonly first: Term | null
  readonly stages: readonly Term[]
}
export interface RuleTree extends Located {
  readonly kind: 'rule'
  readonly name: Identifier
  readonly title: string | null
  /** The text of the comment above the rule: why it is true. Empty where there is none. */
  readonly reason: string
  readonly declarations: readonly RuleDeclaration[]
  readonly left: RuleSide
  readonly right: RuleSide
  readonly direction: '==>' | '=='
  readonly conditions: readonly ConditionTree[]
}

// --- Derivations --------------------------------------------------------------------------------------------------

export type SideName = 'left' | 'right' | 'both'
/** `exp before when input in R`, `ln -> add[V] after`: stages put before or after both sides. */
export interface Attachment extends Located {
  readonly chain: Term
  readonly place: 'before' | 'after'
  /** The set of the new input. */
  readonly domain: RangeTree | null
}
/** `caption`: what pictures say beside the step instead of words made from it. */
interface Captioned extends Located {
  readonly caption: string | null
}
export type DeriveStep =
  | (Captioned & { readonly kind: 'attach'; readonly attachments: readonly Attachment[] })
  | (Captioned & {
      readonly kind: 'substitute'
      readonly replacements: readonly (Located & { readonly name: Identifier; readonly value: Term })[]
    })
  | (Captioned & { readonly kind: 'normalize'; readonly side: SideName })
  /** `piece`: which node of the side, counted from the inputs, the rule's last stage means; null: the first that fits. */
  | (Captioned & {
      readonly kind: 'apply'
      readonly rule: Identifier
      readonly reversed: boolean
      readonly side: SideName
      readonly piece: NumberTerm | null
    })
  | (Captioned & { readonly kind: 'run'; readonly strategy: Identifier; readonly side: SideName })
  | (Captioned & { readonly kind: 'reverse' })
  | (Located & {
      readonly kind: 'gives'
      readonly left: Term
      readonly right: Term
      readonly direction: '==>' | '=='
      readonly conditions: readonly ConditionTree[]
    })
/** `derive name "title" from rule { ... }`: a rule made from another one. */
export interface DeriveTree extends Located {
  readonly kind: 'derive'
  readonly name: Identifier
  readonly title: string | null
  /** The text of the comment above. */
  readonly reason: string
  readonly from: Identifier
  readonly declarations: readonly RuleDeclaration[]
  readonly steps: readonly DeriveStep[]
}

// --- Strategies ---------------------------------------------------------------------------------------------------

export type PlanTree =
  | (Located & { readonly kind: 'then' | 'or'; readonly parts: readonly PlanTree[] })
  | (Located & {
      readonly kind: 'apply'
      readonly rule: Identifier
      readonly reversed: boolean
      readonly piece: NumberTerm | null
    })
  | (Located & { readonly kind: 'repeat'; readonly bound: NumberTerm | null; readonly of: PlanTree })
  | (Located & {
      readonly kind: 'attempt' | 'everywhere' | 'insideOut' | 'fromInputs' | 'group'
      readonly of: PlanTree
    })
  | (Located & { readonly kind: 'within'; readonly part: Identifier; readonly of: PlanTree })
  | (Located & { readonly kind: 'normalize' })
  | (Located & { readonly kind: 'run'; readonly strategy: Identifier })
/** `strategy name { plan }`: how to apply rules. */
export interface StrategyTree extends Located {
  readonly kind: 'strategy'
  readonly name: Identifier
  readonly plan: PlanTree
}

// --- Measures -----------------------------------------------------------------------------------------------------

/** `measure name "title" { relu = 2*x + 1 }`: what stages of a kind weigh, where x is what enters them. */
export interface MeasureTree extends Located {
  readonly kind: 'measure'
  readonly name: Identifier
  readonly title: string | null
  readonly weighings: readonly (Located & { readonly stage: Identifier; readonly value: Term })[]
}

// --- Files --------------------------------------------------------------------------------------------------------

/** `use "file.net"`: the sizes, weights, functions, rules and strategies of another file. */
export interface UseTree extends Located {
  readonly kind: 'use'
  readonly path: string
}

export type Statement =
  | SizeTree
  | WeightsTree
  | FunctionTree
  | NetTree
  | ProveTree
  | RuleTree
  | DeriveTree
  | StrategyTree
  | MeasureTree
  | UseTree

export interface Comment extends Located {
  /** As written, with its `//` or its slashes and stars. */
  readonly text: string
}

export interface FileTree {
  readonly file: string
  readonly text: string
  readonly statements: readonly Statement[]
  readonly comments: readonly Comment[]
  /** Names that statements with errors would have declared: what refers to them is not reported again. */
  readonly broken: ReadonlySet<string>
}

/** Visits every name that occurs in a term, with the term that it is or begins. */
export function namesIn(term: Term, visit: (name: string, at: Term) => void): void {
  switch (term.kind) {
    case 'number':
      return
    case 'name':
      visit(term.name, term)
      return
    case 'indexed':
      visit(term.name, term)
      break
    default:
  }
  for (const part of partsOf(term)) namesIn(part, visit)
}

/** The direct parts of a term, in the order in which they are written. */
export function partsOf(term: Term): readonly Term[] {
  switch (term.kind) {
    case 'number':
    case 'name':
      return []
    case 'indexed':
      return term.args
    case 'call':
      return [term.fn, ...term.args]
    case 'slice':
      return [term.of, term.from, term.to]
    case 'list':
      return term.items
    case 'group':
    case 'negative':
      return [term.of]
    case 'chain':
      return [term.first, ...term.stages]
    case 'sum':
      return term.terms
    case 'product':
      return term.factors
    case 'power':
      return [term.base, ...term.exponents.map(e => e.of)]
    case 'compose':
      return term.functions
    case 'choose':
      return [...term.cases.flatMap(c => [c.left, c.right, c.value]), term.otherwise]
  }
}
