// A file as something to work with: its nets, claims and rules, ready for the engine.
import {
  brokenUse,
  circularDerivation,
  circularUse,
  type Diagnostic,
  declaredTwice,
  emptyDomain,
  lineAndColumn,
  MOST_ERRORS,
  mismatch,
  needsTwoNets,
  ruleAssumed,
  ruleNotSearched,
  type Span,
  strategyUnproved,
  tooManyFiles,
  unknownName,
  unknownRule,
  unknownStrategy,
  unusable,
} from './diagnostic.ts'
import type { Diagram } from './diagram/diagram.ts'
import type { WeightSymbol } from './linear/linear.ts'
import { alignInputs, Mismatch } from './prove/align.ts'
import { Beliefs, type BelieveOptions } from './prove/believe.ts'
import type { Statement } from './prove/certify.ts'
import { derive, type RuleDerivation } from './prove/derive.ts'
import { builtin } from './rewrite/builtin.ts'
import { compileRule } from './rewrite/compile.ts'
import { type Measure, measureOf } from './rewrite/measures.ts'
import { type RuleNames, rulesMentioned, strategyNamed } from './rewrite/plan.ts'
import type { Rule } from './rewrite/rule.ts'
import { rulesIn, type Strategy } from './rewrite/strategy.ts'
import { byWires } from './rewrite/subnets.ts'
import type { FunctionSymbol } from './scalar/expression.ts'
import { isEmpty } from './scalar/range.ts'
import type { Definition, Requirement } from './syntax/claims.ts'
import { type Elaborated, elaborate, type Imports, NO_IMPORTS } from './syntax/elaborate.ts'
import { nearest } from './syntax/nearest.ts'
import { parse as parseTree } from './syntax/parse.ts'
import { type Scope, spanAt } from './syntax/scope.ts'
import type { DeriveTree, FileTree, StrategyTree, UseTree, Verdict } from './syntax/tree.ts'

export interface LoadedClaim {
  readonly leftName: string
  readonly rightName: string
  /** `product == sum`, for headings. */
  readonly title: string
  readonly left: Diagram
  readonly right: Diagram
  readonly requirements: readonly Requirement[]
  readonly expect: Verdict | null
  /** What `with` says of inputs and outputs, for pictures. */
  readonly definitions: readonly Definition[] | null
  /** null for a claim that stands in no file. */
  readonly span: Span | null
}

/** What a text says. Statements with errors are left out and reported in `diagnostics`. */
export interface Program {
  readonly file: string
  readonly text: string
  readonly tree: FileTree
  readonly nets: Readonly<Record<string, Diagram>>
  /** What nets are called in pictures, for those that have a title. */
  readonly titles: Readonly<Record<string, string>>
  readonly claims: readonly LoadedClaim[]
  /** The rules of the file and of those that it uses, not yet examined: each is marked as assumed. See `trustedRules`. */
  readonly rules: readonly Rule[]
  /** Rules that the file, or one that it uses, derives from others; each after those that it needs. */
  readonly derivations: readonly RuleDerivation[]
  readonly strategies: ReadonlyMap<string, Strategy>
  /** Measures that the file, or one that it uses, states: for `checkRules`. */
  readonly measures: readonly Measure[]
  readonly functions: ReadonlyMap<string, FunctionSymbol>
  readonly weights: ReadonlyMap<string, WeightSymbol>
  readonly places: ReadonlyMap<string, Span>
  /** What a file that uses this one takes over. */
  readonly exports: Exports
  readonly diagnostics: readonly Diagnostic[]
}

interface Exports extends Omit<Imports, 'rules' | 'strategies' | 'broken'> {
  readonly rules: ReadonlyMap<string, { readonly place: Span; readonly rule: Rule }>
  readonly derivations: readonly RuleDerivation[]
  readonly strategies: ReadonlyMap<string, { readonly place: Span; readonly strategy: Strategy }>
}

/** A file that another one uses: `file` is its name, one for each file, however it is written. */
export interface UsedFile {
  readonly file: string
  readonly text: string | Uint8Array
}
/** Reads the file at a path, which is relative to the file `from`; or says why not. The library reads no files itself. */
export type ReadFile = (path: string, from: string) => UsedFile | 'missing' | 'outside' | 'large'

export interface ParseOptions {
  readonly file?: string
  /** How `use "file.net"` gets at files; without it there are none. */
  readonly read?: ReadFile
  /** Lets files use others that are not beside or below them. What `read` allows is its own matter. */
  readonly allowOutside?: boolean
}

/** Files that use each other, one in the other and in all. */
export const MOST_FILES = 100

/** Reads a text (or the bytes of a file). Never throws on what a text can say, but for what `read` throws. */
export function parse(source: string | Uint8Array, options: ParseOptions = {}): Program {
  const file = options.file ?? 'input.net'
  return new Loader(options).load(source, file)
}

class Loader {
  private readonly programs = new Map<string, Program>()
  /** Files that are being read, each used by the one before. */
  private readonly open: string[] = []

  constructor(private readonly options: ParseOptions) {}

  load(source: string | Uint8Array, file: string): Program {
    this.open.push(file)
    const { tree, diagnostics: first } = parseTree(source, { file })
    const problems: Diagnostic[] = [...first]
    const used: Program[] = []
    for (const s of tree.statements) {
      if (s.kind !== 'use') continue
      const program = this.use(s, file, d => problems.push(d))
      if (program !== null && !used.includes(program)) used.push(program)
    }
    const program = assemble(tree, used, problems)
    this.open.pop()
    this.programs.set(file, program)
    return program
  }

  private use({ path, start, end }: UseTree, file: string, report: (d: Diagnostic) => void): Program | null {
    const span: Span = { file, start, end }
    const fail = (d: Diagnostic): null => {
      report(d)
      return null
    }
    const { read, allowOutside = false } = this.options
    if (!allowOutside && !isBelow(path)) return fail(unusable(span, path, 'outside'))
    if (read === undefined) return fail(unusable(span, path, 'unread'))
    const found = read(path, file)
    if (typeof found === 'string') return fail(unusable(span, path, found))
    if (this.open.includes(found.file)) return fail(circularUse(span, this.open.slice(this.open.indexOf(found.file))))
    if (!this.programs.has(found.file) && this.programs.size + this.open.length >= MOST_FILES)
      return fail(tooManyFiles(span, MOST_FILES))
    const program = this.programs.get(found.file) ?? this.load(found.text, found.file)
    const errors = program.diagnostics.filter(d => d.severity === 'error')
    if (errors.length === 0) return program
    const at = errors[0].span === null ? null : lineAndColumn(program.text, errors[0].span.start)
    const place = at === null ? '' : `${found.file}:${at.line}:${at.column}: `
    return fail(brokenUse(span, path, errors.length, `${place}${errors[0].message}`))
  }
}

/** Whether a path names something beside or below: relative, with single slashes, and without steps upward. */
function isBelow(path: string): boolean {
  return path !== '' && !/[\\:\0]/.test(path) && path.split('/').every(part => part !== '' && part !== '..')
}

/** What several files export, as imports of one that uses them; a name that two of them have is reported. */
function importsOf(used: readonly Program[], tree: FileTree, report: (d: Diagnostic) => void): Imports {
  const sizes = new Set<string>()
  const weights = new Map<string, WeightSymbol>()
  const functions = new Map<string, FunctionSymbol>()
  const places = new Map<string, Span>()
  const rules = new Map<string, Span>()
  const strategies = new Map<string, Span>()
  const [first] = tree.statements.filter(s => s.kind === 'use')
  const take = (table: Map<string, Span>, name: string, place: Span): boolean => {
    const old = table.get(name)
    if (old === undefined) table.set(name, place)
    else report(declaredTwice({ file: tree.file, start: first.start, end: first.end }, name, old))
    return old === undefined
  }
  for (const { exports } of used) {
    for (const [name, place] of exports.places) {
      if (!take(places, name, place)) continue
      if (exports.sizes.has(name)) sizes.add(name)
      const weight = exports.weights.get(name)
      if (weight !== undefined) weights.set(name, weight)
      const fn = exports.functions.get(name)
      if (fn !== undefined) functions.set(name, fn)
    }
    for (const [name, { place }] of exports.rules) take(rules, name, place)
    for (const { name, span } of exports.derivations) take(rules, name, span)
    for (const [name, { place }] of exports.strategies) take(strategies, name, place)
  }
  return { sizes, weights, functions, places, rules, strategies }
}

/** The program of a file, and what is wrong with it beside `problems`. */
function assemble(tree: FileTree, used: readonly Program[], problems: readonly Diagnostic[]): Program {
  const reported: Diagnostic[] = []
  const report = (d: Diagnostic): void => {
    reported.push(d)
  }
  const imports = used.length === 0 ? NO_IMPORTS : importsOf(used, tree, report)
  const elaborated = elaborate(tree, imports)
  const { nets, claims, functions, weights, sizes, places, scope } = elaborated
  reported.push(...elaborated.diagnostics)
  const own = new Map<string, { readonly place: Span; readonly rule: Rule }>()
  for (const t of elaborated.rules) {
    const { rule, diagnostics } = compileRule(t, { outer: scope, phase: 'own', assumed: true })
    reported.push(...diagnostics)
    if (rule !== null) own.set(rule.name, { place: spanAt(scope, 0, t.name), rule })
  }
  const names = new OpenNames(tree, elaborated, used, report)
  for (const { rule } of own.values()) names.rules.set(rule.name, rule)
  const derivations = names.derive(elaborated.derivations, scope)
  const strategies = new Map(names.imported)
  const ownStrategies = new Map<string, { readonly place: Span; readonly strategy: Strategy }>()
  for (const t of elaborated.strategies) {
    const strategy = strategyNamed(names, t.name)
    if (strategy === null) continue
    strategies.set(t.name.name, strategy)
    ownStrategies.set(t.name.name, { place: spanAt(scope, 0, t.name), strategy })
  }
  const ownMeasures = elaborated.measures.flatMap(t => measureOf(t, { ...scope, report }) ?? [])
  const measures = [...new Set([...used.flatMap(p => p.measures), ...ownMeasures])]
  const isOwn = (name: string): boolean => !imports.places.has(name)
  // A file that uses no other hands on its own maps: a copy of a hundred thousand weights is not little.
  const ownOf = <T>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    imports.places.size === 0 ? map : new Map([...map].filter(([name]) => isOwn(name)))
  return {
    file: tree.file,
    text: tree.text,
    tree,
    nets: Object.fromEntries(nets),
    titles: Object.fromEntries(
      tree.statements.flatMap(s => (s.kind === 'net' && s.title !== null ? [[s.name.name, s.title]] : [])),
    ),
    claims: claims.map(c => ({ ...c, title: `${c.leftName} == ${c.rightName}` })),
    rules: [...new Set([...used.flatMap(p => p.rules), ...[...own.values()].map(r => r.rule)])],
    derivations: [...new Set([...used.flatMap(p => p.derivations), ...derivations])],
    strategies,
    measures,
    functions,
    weights,
    places,
    exports: {
      sizes: new Set([...sizes].filter(isOwn)),
      weights: ownOf(weights),
      functions: ownOf(functions),
      places: ownOf(scope.places),
      rules: own,
      derivations,
      strategies: ownStrategies,
    },
    diagnostics: mostImportant(problems, reported),
  }
}

/** In the order of the text, at most so many errors. Where a file could not be used, names that are unknown may be its. */
function mostImportant(problems: readonly Diagnostic[], reported: readonly Diagnostic[]): readonly Diagnostic[] {
  const isIncomplete = problems.some(d => UNUSED.has(d.code))
  const all = [...problems, ...(isIncomplete ? reported.filter(d => d.code !== UNKNOWN) : reported)]
  all.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0))
  let errors = 0
  const seen = new Set<string>()
  return all.filter(d => {
    // What is wrong in a strategy is found wherever it is run.
    const key = `${d.code} ${d.span?.start} ${d.span?.end} ${d.message}`
    const isNew = !seen.has(key)
    seen.add(key)
    return isNew && (d.severity === 'warning' || errors++ < MOST_ERRORS)
  })
}
const UNUSED: ReadonlySet<string> = new Set(['E730', 'E731', 'E732', 'E733'])
const UNKNOWN = 'E201'

/** The names of a file's rules and strategies, while its derivations are followed. */
class OpenNames implements RuleNames {
  readonly file: string
  readonly rules = new Map<string, Rule>()
  readonly strategies: ReadonlyMap<string, StrategyTree>
  readonly imported: ReadonlyMap<string, Strategy>
  readonly normalizing: readonly Rule[]
  readonly reversed = new Map<Rule, Rule>()
  readonly broken: Set<string>

  constructor(
    tree: FileTree,
    elaborated: Elaborated,
    used: readonly Program[],
    readonly report: (d: Diagnostic) => void,
  ) {
    this.file = tree.file
    this.broken = new Set(tree.broken)
    this.imported = new Map(
      used.flatMap(p => [...p.exports.strategies].map(([name, s]) => [name, s.strategy] as const)),
    )
    this.strategies = new Map(elaborated.strategies.map(t => [t.name.name, t]))
    const wanted = elaborated.derivations.length > 0 || elaborated.strategies.length > 0
    this.normalizing = wanted ? builtin() : []
    for (const rule of this.normalizing) this.rules.set(rule.name, ofItsOwn(rule))
    for (const { exports } of used) {
      for (const [name, { rule }] of exports.rules) this.rules.set(name, rule)
      for (const { rule } of exports.derivations) this.rules.set(rule.name, rule)
    }
    for (const { name } of tree.statements.filter(s => s.kind === 'rule')) this.broken.add(name.name)
  }

  /** Follows derivations, each after those that it needs. */
  derive(trees: readonly DeriveTree[], scope: Scope): RuleDerivation[] {
    const byName = new Map(trees.map(t => [t.name.name, t]))
    const needs = new Map(trees.map(t => [t.name.name, [...this.neededBy(t)].filter(n => byName.has(n))]))
    const done = new Set<string>()
    const made: RuleDerivation[] = []
    for (const start of byName.keys()) {
      // Derivations that wait for the next one.
      const path = [start]
      const waiting = new Set(path)
      for (let name = path.at(-1); name !== undefined; name = path.at(-1)) {
        const next = done.has(name) ? undefined : needs.get(name)?.find(n => !done.has(n))
        if (next !== undefined && !waiting.has(next)) {
          path.push(next)
          waiting.add(next)
          continue
        }
        if (next !== undefined) {
          const place = spanAt(scope, 0, (byName.get(name) as DeriveTree).name)
          this.report(circularDerivation(place, path.slice(path.indexOf(next))))
        }
        path.pop()
        waiting.delete(name)
        if (done.has(name)) continue
        done.add(name)
        const derivation = next === undefined ? derive(byName.get(name) as DeriveTree, this, scope) : null
        if (derivation === null) this.broken.add(name)
        else {
          made.push(derivation)
          this.rules.set(name, derivation.rule)
        }
      }
    }
    return made
  }

  private neededBy(tree: DeriveTree): Set<string> {
    const found = new Set([tree.from.name])
    for (const step of tree.steps) {
      if (step.kind === 'apply') found.add(step.rule.name)
      const strategy = step.kind === 'run' ? this.strategies.get(step.strategy.name) : undefined
      if (strategy !== undefined) for (const name of rulesMentioned(strategy.plan, this.strategies)) found.add(name)
    }
    return found
  }
}

/** A built-in rule that is not used by itself is proved like one of a user where somebody applies it. */
function ofItsOwn(rule: Rule): Rule {
  return rule.direction === '==>' ? rule : { ...rule, phase: 'own' }
}

/** The claim that two nets of a program are equal, or what is wrong with the names or the nets. */
export function claimBetween(program: Program, left: string, right: string | undefined): LoadedClaim[] | Diagnostic {
  if (right === undefined) return needsTwoNets(left)
  for (const name of [left, right]) {
    if (!Object.hasOwn(program.nets, name))
      return unknownName(null, 'net', name, nearest(name, Object.keys(program.nets)))
  }
  const [l, r] = [program.nets[left], program.nets[right]]
  try {
    const { domain } = alignInputs(l, r)
    const empty = Object.keys(domain).find(n => isEmpty(domain[n]))
    if (empty !== undefined) return emptyDomain(empty)
  } catch (error) {
    if (error instanceof Mismatch) return mismatch(error.message)
    throw error
  }
  return [
    {
      leftName: left,
      rightName: right,
      title: `${left} == ${right}`,
      definitions: null,
      left: l,
      right: r,
      requirements: [],
      expect: null,
      span: null,
    },
  ]
}

/**
 * The rules to prove a program's claims with: the built-in ones, and those of the file that can be proved from them or
 * that the caller assumes by name. A rule that is neither is left out, which is reported as a warning.
 */
export async function trustedRules(
  program: Program,
  options: BelieveOptions = {},
): Promise<{
  rules: readonly Rule[]
  statements: ReadonlyMap<Rule, Statement>
  diagnostics: readonly Diagnostic[]
}> {
  const diagnostics: Diagnostic[] = []
  const names = [...program.rules, ...program.derivations.map(d => d.rule)].map(r => r.name)
  for (const name of options.assume ?? [])
    if (!names.includes(name)) diagnostics.push(unknownRule(name, nearest(name, names)))
  const beliefs = new Beliefs(options)
  const own: Rule[] = []
  const take = (answer: Awaited<ReturnType<Beliefs['of']>>): void => {
    if ('because' in answer) diagnostics.push(ruleAssumed(answer.rule.name, answer.because))
    else {
      own.push(answer.rule)
      const because = whyNotUsed(answer.rule)
      if (because !== null) diagnostics.push(ruleNotSearched(answer.rule.name, because))
    }
  }
  for (const rule of program.rules) take(await beliefs.of(rule))
  for (const derivation of program.derivations) take(await beliefs.ofDerived(derivation))
  return { rules: [...own, ...builtin()], statements: beliefs.statements, diagnostics }
}

/** Why neither normalizing nor the search can use the rule without anybody naming it; null where one can. */
function whyNotUsed(rule: Rule): string | null {
  if (rule.direction === '==>' || rule.variables.nets.length === 0) return null
  const plain = byWires(rule)
  return 'because' in plain ? plain.because : null
}

/**
 * A strategy of a program, where every rule that it names is proved, or assumed by name; else what is wrong. Its steps are
 * those of rules that hold.
 */
export async function trustedStrategy(
  program: Program,
  name: string,
  options: BelieveOptions = {},
): Promise<{ readonly strategy: Strategy } | { readonly diagnostics: readonly Diagnostic[] }> {
  const strategy = program.strategies.get(name)
  if (strategy === undefined) return { diagnostics: [unknownStrategy(name, nearest(name, program.strategies.keys()))] }
  const beliefs = new Beliefs(options)
  const diagnostics: Diagnostic[] = []
  for (const derivation of program.derivations) await beliefs.ofDerived(derivation)
  for (const rule of rulesIn(strategy)) {
    const answer = await beliefs.of(rule)
    if ('because' in answer) diagnostics.push(strategyUnproved(name, rule.name, answer.because))
  }
  return diagnostics.length > 0 ? { diagnostics } : { strategy }
}
