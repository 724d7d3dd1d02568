// Matching a piece of text with a rule of the grammar, and the syntax tree of what matched.
import { createRequire } from 'node:module'
import type * as ohm from 'ohm-js'
import recipe from '../../grammar/net.ohm'
import { type Rational, rational } from '../scalar/rational.ts'
import {
  type Attachment,
  type ChoiceCase,
  type ConditionTree,
  type DeriveStep,
  type DeriveTree,
  type FunctionTree,
  type Identifier,
  type InputTree,
  type IntervalTree,
  type Located,
  type MeasureTree,
  type NumberTerm,
  namesIn,
  type PlanTree,
  type PointsTree,
  type ProveTree,
  type RangeTree,
  type RealsTree,
  type RelationText,
  type RuleDeclaration,
  type RuleSide,
  type RuleTree,
  type SideName,
  type SizeRelation,
  type SizeTree,
  type StrategyTree,
  type Term,
  type UseTree,
  type WeightsTree,
} from './tree.ts'

/** The rules of the grammar by which pieces are matched, and what each gives. */
export interface PieceTrees {
  Names: readonly Identifier[]
  WeightsType: Pick<WeightsTree, 'shape' | 'entries'>
  Signature: FunctionTree['form']
  InputPart: InputTree
  Prove: ProveTree
  Rule: RuleTree
  Declaration: RuleDeclaration
  Condition: ConditionTree
  Derive: DeriveTree
  Strategy: StrategyTree
  Measure: MeasureTree
  Use: UseTree
  Stage: Term
  Term: Term
  Sum: Term
  Items: readonly Term[]
}
export type PieceRule = keyof PieceTrees

export type Matched<T> =
  | { readonly kind: 'matched'; readonly tree: T }
  /** `at`: where in the piece nothing fits any more; `expected`: what would, in the words of the grammar. */
  | { readonly kind: 'failed'; readonly at: number; readonly expected: readonly string[] }

/** What Ohm knows of a failure beyond its published types. */
interface Failed {
  getRightmostFailurePosition(): number
  getRightmostFailures(): { toString(): string; isFluffy(): boolean }[]
}

let language: { grammar: ohm.Grammar; semantics: ohm.Semantics } | null = null

/** Matches a piece. The depth of brackets in it has to be bounded by the caller. */
export function matchPiece<R extends PieceRule>(rule: R, text: string): Matched<PieceTrees[R]> {
  language ??= makeLanguage()
  const match = language.grammar.match(text, rule)
  if (match.succeeded()) return { kind: 'matched', tree: language.semantics(match).tree() }
  const failed = match as ohm.MatchResult & Failed
  const at = failed.getRightmostFailurePosition()
  const expected = new Set<string>()
  for (const f of failed.getRightmostFailures()) if (!f.isFluffy()) expected.add(f.toString())
  return { kind: 'failed', at, expected: [...expected].sort() }
}

/** Whether the grammar as a whole accepts a text: the definition that the cutting parser has to agree with. */
export function acceptsFile(text: string): boolean {
  language ??= makeLanguage()
  return language.grammar.match(text, 'File').succeeded()
}

function makeLanguage(): { grammar: ohm.Grammar; semantics: ohm.Semantics } {
  // As `require` gets it, it is one file; as `import` does, it is forty, which take longer to find than to run.
  const { makeRecipe: make } = createRequire(import.meta.url)('ohm-js') as {
    makeRecipe(recipe: readonly unknown[]): ohm.Grammar
  }
  const grammar = make(recipe)
  return { grammar, semantics: grammar.createSemantics().addOperation<unknown>('tree', actions) }
}

// --- From matches to trees ----------------------------------------------------------------------------------------

const place = (node: ohm.Node): Located => ({ start: node.source.startIdx, end: node.source.endIdx })
const tree = <T>(node: ohm.Node): T => node.tree() as T
/** The trees of an iteration or a list. */
const all = <T>(node: ohm.Node): T[] =>
  (node.isIteration() ? node.children : node.asIteration().children).map(child => child.tree() as T)
/** The tree of an optional part. */
const optional = <T>(node: ohm.Node): T | null => (node.numChildren === 0 ? null : (node.children[0].tree() as T))
/** A title or path in quotes; null where there is none. */
const quoted = (node: ohm.Node): string | null => (node.numChildren === 0 ? null : node.sourceString.slice(1, -1))
/** An optional number token as a term; null where it is missing. */
const numeral = (optional: ohm.Node): NumberTerm | null => {
  if (optional.numChildren === 0) return null
  const [node] = optional.children
  return { kind: 'number', ...place(node), text: node.sourceString, value: readNumber(node.sourceString) }
}
const signs = (node: ohm.Node): number => node.numChildren

const small = new Map<string, Rational>()
/** The exact rational that a number token denotes: `0.1` is a tenth. */
export function readNumber(text: string): Rational {
  let value = small.get(text)
  if (value !== undefined) return value
  const [, whole, fraction = '', exponent = '0'] = /^(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(
    text,
  ) as RegExpExecArray
  const power = Number(exponent) - fraction.length
  const short = whole.length + fraction.length < 16
  if (short && power <= 0 && power > -16) return kept(text, rational(Number(whole + fraction), 10 ** -power))
  const digits = BigInt(whole + fraction)
  value = power >= 0 ? rational(digits * 10n ** BigInt(power)) : rational(digits, 10n ** BigInt(-power))
  return kept(text, value)
}

function kept(text: string, value: Rational): Rational {
  if (text.length < 4) small.set(text, value)
  return value
}

function identifier(node: ohm.Node): Identifier {
  return { name: node.sourceString, ...place(node) }
}

function chainTerm(at: Located, first: Term, stages: readonly Term[]): Term {
  return stages.length === 0 ? first : { kind: 'chain', ...at, first, stages }
}

function sumTerm(this: ohm.Node, first: ohm.Node, operators: ohm.Node, rest: ohm.Node): Term {
  if (rest.numChildren === 0) return tree(first)
  const signs = operators.children.map(o => o.sourceString as '+' | '-')
  return { kind: 'sum', ...place(this), terms: [tree<Term>(first), ...all<Term>(rest)], operators: signs }
}
function productTerm(this: ohm.Node, first: ohm.Node, operators: ohm.Node, rest: ohm.Node): Term {
  if (rest.numChildren === 0) return tree(first)
  const signs = operators.children.map(o => o.sourceString as '*' | '/')
  return { kind: 'product', ...place(this), factors: [tree<Term>(first), ...all<Term>(rest)], operators: signs }
}
function negativeTerm(this: ohm.Node, minus: ohm.Node, of: ohm.Node): Term {
  if (minus.numChildren === 0) return tree(of)
  return { kind: 'negative', ...place(this), signs: signs(minus), of: tree(of) }
}
function nameTerm(name: ohm.Node): Term {
  return { kind: 'name', ...place(name), name: name.sourceString }
}
function numberTerm(number: ohm.Node): Term {
  return { kind: 'number', ...place(number), text: number.sourceString, value: readNumber(number.sourceString) }
}
function groupTerm(this: ohm.Node, _open: ohm.Node, of: ohm.Node, _close: ohm.Node): Term {
  return { kind: 'group', ...place(this), of: tree(of) }
}

const actions: ohm.ActionDict<unknown> = {
  Size(_k, names): SizeTree {
    return { kind: 'size', ...place(this), names: tree(names) }
  },
  WeightsType(_c, shape, entries): PieceTrees['WeightsType'] {
    return { shape: tree(shape), entries: optional(entries) }
  },
  Shape(first, _x, rest) {
    return [tree<Term>(first), ...all<Term>(rest)]
  },
  In(_k, range) {
    return tree(range)
  },
  Signature(_c, first, _x, rest, _a, codomain, properties, inverse): FunctionTree['form'] {
    return {
      kind: 'unknown',
      domain: [tree<RangeTree>(first), ...all<RangeTree>(rest)],
      codomain: tree(codomain),
      properties: all(properties),
      inverse: optional(inverse),
    }
  },
  Inverse(_k, name) {
    return identifier(name)
  },
  property(_word) {
    return { property: this.sourceString, ...place(this) }
  },
  Range(first, _bars, rest): RangeTree {
    return {
      kind: 'range',
      ...place(this),
      parts: [tree<RangeTree['parts'][0]>(first), ...all<RangeTree['parts'][0]>(rest)],
    }
  },
  Part_reals(_r): RealsTree {
    return { kind: 'reals', ...place(this) }
  },
  Part_interval(open, low, _c, high, close): IntervalTree {
    return {
      kind: 'interval',
      ...place(this),
      low: tree(low),
      lowOpen: open.sourceString === '(',
      high: tree(high),
      highOpen: close.sourceString === ')',
    }
  },
  Part_points(_o, values, _c): PointsTree {
    return { kind: 'points', ...place(this), values: all(values) }
  },
  LowEnd_infinite(_m, _i) {
    return null
  },
  HighEnd_infinite(_i) {
    return null
  },

  InputPart(name, _c, shape, domain): InputTree {
    return { ...place(this), name: identifier(name), shape: optional(shape), domain: optional(domain) }
  },

  Prove(_k, left, _e, right, equations, expect): ProveTree {
    return {
      kind: 'prove',
      ...place(this),
      left: identifier(left),
      right: identifier(right),
      equations: optional(equations) ?? [],
      expect: optional(expect),
    }
  },
  With(_k, equations) {
    return all(equations)
  },
  Equation(name, _e, value) {
    return { ...place(this), name: identifier(name), value: tree<Term>(value) }
  },
  Expect(_k, verdict) {
    return verdict.sourceString
  },

  Rule(_k, name, title, _o, declarations, left, direction, right, when, _c): RuleTree {
    const declared = all<RuleDeclaration>(declarations)
    return {
      kind: 'rule',
      ...place(this),
      name: identifier(name),
      title: quoted(title),
      reason: '',
      declarations: declared,
      left: ruleSide(tree(left), declared),
      right: ruleSide(tree(right), declared),
      direction: direction.sourceString === '==' ? '==' : '==>',
      conditions: optional(when) ?? [],
    }
  },
  Declaration_weights(_k, names, type): WeightsTree {
    return {
      kind: 'weights',
      ...place(this),
      names: tree(names),
      ...tree<PieceTrees['WeightsType']>(type),
      value: null,
    }
  },
  Declaration_unknown(_k, names, signature): FunctionTree {
    return { kind: 'function', ...place(this), names: tree(names), form: tree(signature) }
  },
  Declaration_variadic(_k, name, _o, _d, _c): FunctionTree {
    return { kind: 'function', ...place(this), names: [identifier(name)], form: { kind: 'variadic' } }
  },
  Declaration_any(_k, names): FunctionTree {
    return { kind: 'function', ...place(this), names: tree(names), form: { kind: 'any' } }
  },
  Declaration_real(_k, names, range): RuleDeclaration {
    return { kind: 'real', ...place(this), names: tree(names), range: optional(range) }
  },
  Declaration_wire(_k, names, _c, shape): RuleDeclaration {
    return { kind: 'wire', ...place(this), names: tree(names), shape: optional(shape) }
  },
  Declaration_operator(_k, names, _c, shape): WeightsTree {
    return {
      kind: 'weights',
      ...place(this),
      names: tree(names),
      shape: tree(shape),
      entries: null,
      value: null,
      operator: true,
    }
  },
  Declaration_subnet(_k, names, _c, from, _a, to, total): RuleDeclaration {
    return {
      kind: 'subnet',
      ...place(this),
      names: tree(names),
      from: tree(from),
      to: tree(to),
      total: total.numChildren > 0,
    }
  },
  When(_k, first, _and, rest) {
    return [tree<ConditionTree>(first), ...all<ConditionTree>(rest)]
  },
  Condition_domain(subject, _i, _d, _o, of, _c): ConditionTree {
    return { kind: 'member', ...place(this), subject: tree(subject), range: null, domainOf: tree(of) }
  },
  Condition_member(subject, _i, range): ConditionTree {
    return { kind: 'member', ...place(this), subject: tree(subject), range: tree(range), domainOf: null }
  },
  Condition_property(subject, property): ConditionTree {
    return {
      kind: 'property',
      ...place(this),
      subject: identifier(subject),
      property: property.sourceString as 'odd',
    }
  },
  Condition_size(left, relation, right): ConditionTree {
    return {
      kind: 'size',
      ...place(this),
      left: tree(left),
      relation: relation.sourceString as SizeRelation,
      right: tree(right),
    }
  },
  Subject_input(_k): Term {
    return { kind: 'name', ...place(this), name: 'input' }
  },

  Derive(_k, name, title, _f, from, _o, declarations, steps, _c): DeriveTree {
    return {
      kind: 'derive',
      ...place(this),
      name: identifier(name),
      title: quoted(title),
      reason: '',
      from: identifier(from),
      declarations: all(declarations),
      steps: all(steps),
    }
  },
  DeriveStep_attach(_k, attachments, caption): DeriveStep {
    return { kind: 'attach', ...place(this), caption: quoted(caption), attachments: all(attachments) }
  },
  DeriveStep_substitute(_k, replacements, caption): DeriveStep {
    return { kind: 'substitute', ...place(this), caption: quoted(caption), replacements: all(replacements) }
  },
  DeriveStep_normalize(_k, side, caption): DeriveStep {
    return { kind: 'normalize', ...place(this), caption: quoted(caption), side: side.sourceString as SideName }
  },
  DeriveStep_apply(_k, rule, reversed, _a, side, piece, caption): DeriveStep {
    return {
      kind: 'apply',
      ...place(this),
      caption: quoted(caption),
      rule: identifier(rule),
      reversed: reversed.numChildren > 0,
      side: side.sourceString as SideName,
      piece: numeral(piece),
    }
  },
  DeriveStep_run(_k, strategy, _a, side, caption): DeriveStep {
    return {
      kind: 'run',
      ...place(this),
      caption: quoted(caption),
      strategy: identifier(strategy),
      side: side.sourceString as SideName,
    }
  },
  DeriveStep_reverse(_k, caption): DeriveStep {
    return { kind: 'reverse', ...place(this), caption: quoted(caption) }
  },
  DeriveStep_gives(_k, left, direction, right, when): DeriveStep {
    return {
      kind: 'gives',
      ...place(this),
      left: tree(left),
      right: tree(right),
      direction: direction.sourceString === '==' ? '==' : '==>',
      conditions: optional(when) ?? [],
    }
  },
  Attachment_before(chain, _k, domain): Attachment {
    return { ...place(this), chain: tree(chain), place: 'before', domain: optional(domain) }
  },
  Attachment_after(chain, _k): Attachment {
    return { ...place(this), chain: tree(chain), place: 'after', domain: null }
  },
  Given(_w, _i, _n, range) {
    return tree(range)
  },
  Replacement(name, _e, value) {
    return { ...place(this), name: identifier(name), value: tree<Term>(value) }
  },

  Measure(_k, name, title, _o, weighings, _c): MeasureTree {
    return {
      kind: 'measure',
      ...place(this),
      name: identifier(name),
      title: quoted(title),
      weighings: all(weighings),
    }
  },
  Weighing(stage, _e, value): MeasureTree['weighings'][0] {
    return { ...place(this), stage: identifier(stage), value: tree(value) }
  },
  Strategy(_k, name, _o, plan, _c): StrategyTree {
    return { kind: 'strategy', ...place(this), name: identifier(name), plan: tree(plan) }
  },
  Plan(first, _t, rest): PlanTree {
    if (rest.numChildren === 0) return tree(first)
    return { kind: 'then', ...place(this), parts: [tree<PlanTree>(first), ...all<PlanTree>(rest)] }
  },
  Choice(first, _o, rest): PlanTree {
    if (rest.numChildren === 0) return tree(first)
    return { kind: 'or', ...place(this), parts: [tree<PlanTree>(first), ...all<PlanTree>(rest)] }
  },
  Move_apply(_k, rule, reversed, _a, piece): PlanTree {
    return {
      kind: 'apply',
      ...place(this),
      rule: identifier(rule),
      reversed: reversed.numChildren > 0,
      piece: numeral(piece),
    }
  },
  Move_repeat(_k, bound, of): PlanTree {
    return { kind: 'repeat', ...place(this), bound: numeral(bound), of: tree(of) }
  },
  Move_attempt(_k, of): PlanTree {
    return { kind: 'attempt', ...place(this), of: tree(of) }
  },
  Move_everywhere(_k, of): PlanTree {
    return { kind: 'everywhere', ...place(this), of: tree(of) }
  },
  Move_insideOut(_i, _o, of): PlanTree {
    return { kind: 'insideOut', ...place(this), of: tree(of) }
  },
  Move_fromInputs(_f, _i, of): PlanTree {
    return { kind: 'fromInputs', ...place(this), of: tree(of) }
  },
  Move_within(_k, part, of): PlanTree {
    return { kind: 'within', ...place(this), part: identifier(part), of: tree(of) }
  },
  Move_normalize(_k): PlanTree {
    return { kind: 'normalize', ...place(this) }
  },
  Move_run(_k, strategy): PlanTree {
    return { kind: 'run', ...place(this), strategy: identifier(strategy) }
  },
  Move_group(_o, of, _c): PlanTree {
    return { kind: 'group', ...place(this), of: tree(of) }
  },
  Use(_k, path): UseTree {
    return { kind: 'use', ...place(this), path: path.sourceString.slice(1, -1) }
  },

  Chain(first, _a, stages): Term {
    return chainTerm(place(this), tree(first), all(stages))
  },
  Term(cases, otherwise): Term {
    if (cases.numChildren === 0) return tree(otherwise)
    return { kind: 'choose', ...place(this), cases: all<ChoiceCase>(cases), otherwise: tree(otherwise) }
  },
  Case(left, relation, right, _q, value, _c): ChoiceCase {
    return { left: tree(left), relation: relation.sourceString as RelationText, right: tree(right), value: tree(value) }
  },
  Sum: sumTerm,
  Product: productTerm,
  Negative: negativeTerm,
  Length: sumTerm,
  Lengths: productTerm,
  SignedLength: negativeTerm,
  LengthAtom_name: nameTerm,
  LengthAtom_number: numberTerm,
  LengthAtom_group: groupTerm,
  Power(base, exponents): Term {
    if (exponents.numChildren === 0) return tree(base)
    return { kind: 'power', ...place(this), base: tree(base), exponents: all(exponents) }
  },
  Exponent(_p, minus, of) {
    return { signs: signs(minus), of: tree<Term>(of) }
  },
  Compose(first, _dots, rest): Term {
    if (rest.numChildren === 0) return tree(first)
    return { kind: 'compose', ...place(this), functions: [tree<Term>(first), ...all<Term>(rest)] }
  },
  Postfix(atom, args, slice): Term {
    let term = tree<Term>(atom)
    if (args.numChildren > 0) {
      term = { kind: 'call', start: term.start, end: args.source.endIdx, fn: term, args: optional(args) as Term[] }
    }
    if (slice.numChildren > 0) {
      const { from, to } = optional(slice) as { from: Term; to: Term }
      term = { kind: 'slice', start: term.start, end: slice.source.endIdx, of: term, from, to }
    }
    return term
  },
  Arguments(_o, args, _c) {
    return all(args)
  },
  Slice(_o, from, _d, to, _c) {
    return { from: tree(from), to: tree(to) }
  },
  Atom_indexed(name, parameters): Term {
    return { kind: 'indexed', ...place(this), name: name.sourceString, args: tree(parameters) }
  },
  Atom_name: nameTerm,
  Atom_number: numberTerm,
  Atom_group: groupTerm,
  Parameters(_o, args, _c) {
    return all(args)
  },
  List(_o, items, _c): Term {
    return { kind: 'list', ...place(this), items: all(items) }
  },
  Items(list) {
    return all(list)
  },
  Names(list) {
    return list.asIteration().children.map(identifier)
  },
  // Pieces that are one word or sign, and wrappers with one child, are handled by Ohm's own default.
}

/** The side that a chain is: its first term is where wires come in only if it is made of wires. */
export function ruleSide(chain: Term, declarations: readonly RuleDeclaration[]): RuleSide {
  const wires = new Set(declarations.flatMap(d => (d.kind === 'wire' ? d.names.map(n => n.name) : [])))
  const [first, stages] = chain.kind === 'chain' ? [chain.first, chain.stages] : [chain, []]
  const { start, end } = chain
  return mentions(first, wires)
    ? { start, end, first, stages }
    : { start, end, first: null, stages: [first, ...stages] }
}

function mentions(term: Term, names: ReadonlySet<string>): boolean {
  let found = false
  namesIn(term, name => {
    found ||= names.has(name)
  })
  return found
}
