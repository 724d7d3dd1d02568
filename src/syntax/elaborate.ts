// From the syntax tree of a file to what it means: diagrams, claims, rules, and the functions and weights they use.
import { type Diagnostic, declaredTwice, MOST_ERRORS, type Span } from '../diagnostic.ts'
import type { Diagram } from '../diagram/diagram.ts'
import type { WeightSymbol } from '../linear/linear.ts'
import { apply, type Expression, type FunctionSymbol, TooLarge, unfold, x0 } from '../scalar/expression.ts'
import { buildNet } from './blocks.ts'
import { type BuiltNet, buildClaim, type Claim } from './claims.ts'
import { declareAll, type OpenScope } from './declarations.ts'
import { parse } from './parse.ts'
import { checkRule } from './rules.ts'
import { type Scope, spanAt } from './scope.ts'
import type { StageCache } from './stages.ts'
import type { DeriveTree, FileTree, Identifier, MeasureTree, RuleTree, StrategyTree } from './tree.ts'

export interface Elaborated {
  readonly nets: ReadonlyMap<string, Diagram>
  readonly claims: readonly Claim[]
  /** Well-formed; the engine compiles them, with `scope` for the names of the file that they use. */
  readonly rules: readonly RuleTree[]
  /** As written: what they derive from is known only where all rules are. */
  readonly derivations: readonly DeriveTree[]
  readonly strategies: readonly StrategyTree[]
  readonly measures: readonly MeasureTree[]
  readonly functions: ReadonlyMap<string, FunctionSymbol>
  readonly weights: ReadonlyMap<string, WeightSymbol>
  readonly sizes: ReadonlySet<string>
  /** Where each net is declared. */
  readonly places: ReadonlyMap<string, Span>
  /** What the file's names mean. */
  readonly scope: Scope
  readonly diagnostics: readonly Diagnostic[]
}

/** What a file takes over from those that it uses. */
export interface Imports {
  readonly sizes: ReadonlySet<string>
  readonly weights: ReadonlyMap<string, WeightSymbol>
  readonly functions: ReadonlyMap<string, FunctionSymbol>
  /** Where each of these is declared. */
  readonly places: ReadonlyMap<string, Span>
  /** Names of rules and of strategies, and where they are declared. */
  readonly rules: ReadonlyMap<string, Span>
  readonly strategies: ReadonlyMap<string, Span>
}
export const NO_IMPORTS: Imports = {
  sizes: new Set(),
  weights: new Map(),
  functions: new Map(),
  places: new Map(),
  rules: new Map(),
  strategies: new Map(),
}

/** Works out what a file means. Never throws on what a file can say: statements with errors are left out. */
export function elaborate(tree: FileTree, imports: Imports = NO_IMPORTS): Elaborated {
  const diagnostics: Diagnostic[] = []
  let errors = 0
  const report = (d: Diagnostic): void => {
    if (d.severity === 'error' ? errors++ < MOST_ERRORS : diagnostics.length < 2 * MOST_ERRORS) diagnostics.push(d)
  }
  const scope: OpenScope = {
    file: tree.file,
    sizes: new Set(imports.sizes),
    weights: new Map(imports.weights),
    functions: new Map(imports.functions),
    places: new Map(imports.places),
    broken: new Set(tree.broken),
    report,
  }
  declareAll(scope, tree)
  const names = functionNamesOf(scope.functions)
  const nets = new Map<string, BuiltNet>()
  const stages: StageCache = new Map()
  const places = new Map<string, Span>()
  const isFirst = (t: { readonly name: Identifier }, seen: Map<string, Span>): boolean => {
    const span = spanAt(scope, 0, t.name)
    const first = seen.get(t.name.name)
    if (first === undefined) seen.set(t.name.name, span)
    else report(declaredTwice(span, t.name.name, first))
    return first === undefined
  }
  for (const s of tree.statements) {
    if (s.kind !== 'net' || !isFirst(s, places)) continue
    const diagram = buildNet(scope, s, names, stages)
    if (diagram === null) scope.broken.add(s.name.name)
    else nets.set(s.name.name, { diagram, tree: s })
  }
  const claims: Claim[] = []
  const rules: RuleTree[] = []
  const derivations: DeriveTree[] = []
  const strategies: StrategyTree[] = []
  const measures: MeasureTree[] = []
  const measurePlaces = new Map<string, Span>()
  const rulePlaces = new Map(imports.rules)
  const strategyPlaces = new Map(imports.strategies)
  for (const s of tree.statements) {
    if (s.kind === 'prove') {
      const claim = buildClaim(scope, nets, s, stages)
      if (claim !== null) claims.push(claim)
    } else if (s.kind === 'rule') {
      if (isFirst(s, rulePlaces) && checkRule(scope, s)) rules.push(s)
    } else if (s.kind === 'derive') {
      if (isFirst(s, rulePlaces)) derivations.push(s)
    } else if (s.kind === 'strategy' && isFirst(s, strategyPlaces)) strategies.push(s)
    else if (s.kind === 'measure' && isFirst(s, measurePlaces)) measures.push(s)
  }
  diagnostics.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))
  return {
    nets: new Map([...nets].map(([name, net]) => [name, net.diagram])),
    claims,
    rules,
    derivations,
    strategies,
    measures,
    functions: scope.functions,
    weights: scope.weights,
    sizes: scope.sizes,
    places,
    scope,
    diagnostics,
  }
}

/** Names for definitions within definitions are a comfort, not worth the time where a file has very many. */
const MOST_UNFOLDED = 1000

/** By what they are, the names of the functions of one number that a file declares: the first declared goes first. */
function functionNamesOf(functions: ReadonlyMap<string, FunctionSymbol>): Map<Expression, string> {
  const names = new Map<Expression, string>()
  const add = (e: Expression, name: string): void => {
    if (e !== x0 && !names.has(e)) names.set(e, name)
  }
  for (const [name, fn] of functions) {
    if (fn.arity !== 1) continue
    add(apply(fn, x0), name)
    if (fn.definition === null) continue
    add(fn.definition, name)
    if (functions.size > MOST_UNFOLDED) continue
    try {
      add(unfold(fn.definition, MOST_UNFOLDED), name)
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error
    }
  }
  return names
}

/** Everything that a text says: `parse` and `elaborate` together, with the diagnostics of both, at most 20 errors. */
export function read(
  source: string | Uint8Array,
  options: { readonly file?: string } = {},
): Elaborated & { readonly tree: FileTree } {
  const { tree, diagnostics: first } = parse(source, options)
  const elaborated = elaborate(tree)
  const all = [...first, ...elaborated.diagnostics].sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))
  let errors = 0
  const diagnostics = all.filter(d => d.severity === 'warning' || errors++ < MOST_ERRORS)
  return { ...elaborated, tree, diagnostics }
}
