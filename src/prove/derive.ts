// Rules derived from rules: the source is written out as an equation of two nets, stages are attached to both sides,
// unknowns replaced, sides rewritten. What comes out is a rule; `certifyDerivation` proves it, whatever was done here.
import { proveEqual } from '../algebra/equality.ts'
import {
  type Diagnostic,
  doesNotApply,
  endlessSteps,
  givesLast,
  givesOther,
  givesWider,
  needsGives,
  noSuchPart,
  noSuchPiece,
  notAttached,
  notDefinedHere,
  notDerivable,
  notSubstituted,
  notWide,
  type Span,
} from '../diagnostic.ts'
import { type Diagram, type InputNode, inputsOf, type NodeId, outputsOf } from '../diagram/diagram.ts'
import { definednessObstacle, type Obstacle, type WireRange, whole, wireRanges, within } from '../diagram/ranges.ts'
import { type Linear, type WeightSymbol, weight, weightsOf } from '../linear/linear.ts'
import { printShape, type Shape, type Size, sizeOf, substituteSize } from '../linear/size.ts'
import { compileRule } from '../rewrite/compile.ts'
import { graphOf } from '../rewrite/graph.ts'
import type { Log } from '../rewrite/log.ts'
import { nearestMisfit } from '../rewrite/misfit.ts'
import { TooManySteps } from '../rewrite/normalize.ts'
import { pieceNumber, type RuleNames, ruleNamed, strategyNamed } from '../rewrite/plan.ts'
import type { Rule } from '../rewrite/rule.ts'
import {
  applyRule,
  normalForm,
  type Strategy,
  type StrategyFailure,
  StrategyRun,
  sequence,
} from '../rewrite/strategy.ts'
import { apply, type Expression, type FunctionSymbol } from '../scalar/expression.ts'
import { anyFunction } from '../scalar/functions.ts'
import { isReals, isSubset, printRange, type Range, REALS } from '../scalar/range.ts'
import { expressionsIn, linearsIn, unknownFunctionsIn } from '../semantics/contents.ts'
import { type Given, substituteInNode, substitutionOf, Unfit } from '../semantics/substitution.ts'
import { unknownFunction } from '../syntax/declarations.ts'
import { printTerm } from '../syntax/format.ts'
import { ruleSide } from '../syntax/grammar.ts'
import { matrixTerm } from '../syntax/matrices.ts'
import { NetBuilder } from '../syntax/nets.ts'
import { parse } from '../syntax/parse.ts'
import { printChain, printNet } from '../syntax/print.ts'
import { checkRule } from '../syntax/rules.ts'
import { rangeTree, rationalTerm, type Scope, sizeTerm, spanAt, unknown } from '../syntax/scope.ts'
import { closedTerm, unaryTerm } from '../syntax/terms.ts'
import {
  type DeriveStep,
  type DeriveTree,
  type Located,
  namesIn,
  type RuleTree,
  type SideName,
  sizesOfDeclaration,
  type Term,
} from '../syntax/tree.ts'
import { alignInputs, Mismatch } from './align.ts'
import { compareDiagrams } from './compare.ts'
import { withOpenEnds } from './display.ts'
import { type Choices, NO_CHOICES, noUnknowns, type Sides, type Unknowns, writeOut } from './statement.ts'

/** An equation of a derivation, and what was done to come to it. */
export interface Line extends Sides {
  readonly caption: string
}

/** Equations that follow from one another by steps: the last is shown where the first is. */
export interface Phase {
  /** An instance of the source (with stages around it), or of the phase before; its sides swapped where `reversed`. */
  readonly base: Sides
  readonly logs: { readonly left: Log; readonly right: Log }
  readonly result: Sides
  readonly reversed: boolean
  /** The unknowns of its nets. */
  readonly unknowns: Unknowns
}

/** A rule that is derived, not yet proved. */
export interface RuleDerivation {
  readonly name: string
  readonly title: string
  readonly reason: string
  readonly span: Span
  readonly source: Rule
  /** The rules that its steps apply, beside the built-in ones. */
  readonly uses: readonly Rule[]
  readonly lines: readonly Line[]
  readonly phases: readonly Phase[]
  /** The equation that the rule is. */
  readonly result: Sides
  readonly rule: Rule
  /** What the file declares beside the unknowns. */
  readonly scope: Scope
}

/** Rewriting a side takes at most so many steps. */
const MAX_STEPS = 10_000

/** Thrown inside when a step cannot be made; it has been reported. */
class Stop extends Error {}

/** Follows a derivation. What is wrong is reported to `names`; then there is none. `scope`: what the file declares. */
export function derive(tree: DeriveTree, names: RuleNames, scope: Scope): RuleDerivation | null {
  const source = ruleNamed(names, tree.from, false)
  if (source === null) return null
  try {
    return new Deriver(tree, source, names, scope).run()
  } catch (error) {
    if (error instanceof Stop) return null
    throw error
  }
}

const SIDES = ['left', 'right'] as const
type Side = (typeof SIDES)[number]
const sidesOf = (side: SideName): readonly Side[] => (side === 'both' ? SIDES : [side])

class Deriver {
  private readonly unknowns: Unknowns = noUnknowns()
  private readonly sizes: Set<string>
  private readonly lines: Line[] = []
  private readonly phases: Phase[] = []
  private readonly uses = new Set<Rule>()
  private now: Sides
  private base: Sides
  private runs: { left: StrategyRun; right: StrategyRun }
  private reversed = false
  private readonly sourceTree: RuleTree | null

  constructor(
    private readonly tree: DeriveTree,
    private readonly source: Rule,
    private readonly names: RuleNames,
    private readonly outer: Scope,
  ) {
    this.sourceTree = parse(source.text).tree.statements.find((s): s is RuleTree => s.kind === 'rule') ?? null
    this.sizes = new Set(outer.sizes)
    this.now = { left: EMPTY, right: EMPTY }
    this.base = this.now
    this.runs = runsFrom(this.now)
  }

  run(): RuleDerivation {
    const { tree } = this
    this.declareSizes()
    this.declare()
    let next = this.start()
    for (; next < tree.steps.length; next++) {
      const step = tree.steps[next]
      if (step.kind === 'gives') {
        if (next + 1 < tree.steps.length) this.stop(givesLast(this.span(tree.steps[next + 1])))
        return this.finish(this.stated(step))
      }
      this.step(step)
    }
    return this.finish(this.printed())
  }

  private span(at: Located): Span {
    return spanAt(this.outer, 0, at)
  }
  private stop(d: Diagnostic): never {
    this.names.report(d)
    throw new Stop()
  }
  private get scope(): Scope {
    const { outer, unknowns } = this
    return {
      ...outer,
      sizes: this.sizes,
      weights: new Map([...outer.weights, ...unknowns.weights]),
      functions: new Map([...outer.functions, ...unknowns.functions]),
      reals: new Map([...unknowns.reals].map(([name, symbol]) => [name, apply(symbol)])),
      report: this.names.report,
    }
  }

  // --- The start ------------------------------------------------------------------------------------------------------

  /** The names of sizes, which a rule's weights and wires need not declare. */
  private declareSizes(): void {
    for (const d of [...(this.sourceTree?.declarations ?? []), ...this.tree.declarations]) {
      if (d.kind === 'size') for (const n of d.names) this.sizes.add(n.name)
      for (const t of sizesOfDeclaration(d)) namesIn(t, name => this.sizes.add(name))
    }
  }

  /** The unknowns that the derivation brings in. */
  private declare(): void {
    for (const d of this.tree.declarations) {
      switch (d.kind) {
        case 'weights': {
          const axes = (d.shape ?? []).map(t => sizeTerm(this.scope, 0, t))
          const entries = d.entries === null ? REALS : rangeTree(this.scope, 0, d.entries)
          if (entries === null || axes.some(a => a === null)) throw new Stop()
          const [rows, columns] = [axes[0] ?? sizeOf(1), axes[1] ?? sizeOf(1)]
          for (const { name } of d.names)
            this.unknowns.weights.set(name, { name, rows, columns, vector: axes.length < 2, entries, value: null })
          break
        }
        case 'function':
          for (const { name } of d.names) {
            const symbol = d.form.kind === 'unknown' ? unknownFunction(this.scope, d.form, name) : anyFunction(name, 1)
            if (symbol === null) throw new Stop()
            this.unknowns.functions.set(name, symbol)
          }
          break
        case 'real': {
          const codomain = d.range === null ? REALS : rangeTree(this.scope, 0, d.range)
          if (codomain === null) throw new Stop()
          for (const { name } of d.names)
            this.unknowns.reals.set(name, { ...anyFunction(name, 1), arity: 0, domain: [], codomain, parameters: [] })
          break
        }
        default:
      }
    }
  }

  /** Writes the source out, with values for its variables where it has to have them; gives the number of the next step. */
  private start(): number {
    const { source, tree } = this
    const title = `start with ${source.title}`
    const plain = writeOut(source, this.unknowns)
    if (plain.kind === 'written') {
      this.restart(plain)
      this.line(title)
      return 0
    }
    let next = 0
    let choices = NO_CHOICES
    const texts: string[] = []
    for (let step = tree.steps[0]; step?.kind === 'substitute'; step = tree.steps[++next]) {
      choices = this.chosen(step, choices)
      texts.push(replacementsText(step))
    }
    const chosen = next === 0 ? plain : writeOut(source, this.unknowns, choices)
    if (chosen.kind === 'beyond') this.stop(notDerivable(this.span(tree.from), tree.from.name, chosen.because))
    this.restart(chosen)
    this.line(`${title}, for ${texts.join(', ')}`)
    return next
  }

  /** What stands for variables of the source from the start. */
  private chosen(step: Extract<DeriveStep, { kind: 'substitute' }>, choices: Choices): Choices {
    const { variables } = this.source
    const found = {
      weights: new Map(choices.weights),
      functions: new Map(choices.functions),
      reals: new Map(choices.reals),
      sizes: new Map(choices.sizes),
      groups: new Map(choices.groups),
      nets: choices.nets,
    }
    for (const { name, value } of step.replacements) {
      const is = (of: readonly { readonly name: string }[]): boolean => of.some(v => v.name === name.name)
      if (is(variables.functions)) found.functions.set(name.name, this.function(value))
      else if (is(variables.operators)) found.weights.set(name.name, this.matrix(value))
      else if (is(variables.reals)) found.reals.set(name.name, this.number(value))
      else if (is(variables.groups)) {
        const group = rationalTerm(value)
        if (group === null || group.d !== 1n || group.compare(1) < 0 || group.compare(1e9) > 0)
          this.stop(notSubstituted(this.span(value), name.name, 'the size of a group is a whole number'))
        found.groups.set(name.name, Number(group.n))
      } else if (this.sizes.has(name.name)) found.sizes.set(name.name, this.size(value))
      else this.stopUnknown(name)
    }
    return found
  }

  private stopUnknown(name: { readonly name: string } & Located): never {
    const { weights, functions, reals } = this.unknowns
    unknown(this.scope, this.span(name), 'variable', name.name, [
      ...weights.keys(),
      ...functions.keys(),
      ...reals.keys(),
      ...this.sizes,
    ])
    throw new Stop()
  }

  private function(t: Term): Expression {
    return this.read(unaryTerm(this.scope, 0, t))
  }
  private matrix(t: Term): Linear {
    return this.read(matrixTerm(this.scope, 0, t))
  }
  private number(t: Term): Expression {
    return this.read(closedTerm(this.scope, 0, t))
  }
  private size(t: Term): Size {
    return this.read(sizeTerm(this.scope, 0, t))
  }
  private read<T>(value: T | null): T {
    if (value === null) throw new Stop()
    return value
  }

  // --- Steps ----------------------------------------------------------------------------------------------------------

  private line(caption: string): void {
    this.lines.push({ caption, left: withOpenEnds(this.now.left), right: withOpenEnds(this.now.right) })
  }

  private step(step: Exclude<DeriveStep, { kind: 'gives' }>): void {
    switch (step.kind) {
      case 'attach': {
        this.newPhase()
        for (const a of step.attachments) this.attach(a)
        this.restart(this.now)
        this.line(
          step.caption ?? `attach ${step.attachments.map(a => `${printTerm(a.chain)} ${a.place}`).join(' and ')}`,
        )
        break
      }
      case 'substitute':
        this.newPhase()
        this.substitute(step)
        this.restart(this.now)
        this.line(step.caption ?? `put in ${replacementsText(step)}`)
        break
      case 'normalize':
        this.follow(step, sidesOf(step.side), inParts(this.names.normalizing))
        this.line(step.caption ?? (step.side === 'both' ? 'simplify both sides' : `simplify the ${step.side} side`))
        break
      case 'apply': {
        const rule = this.read(ruleNamed(this.names, step.rule, step.reversed))
        const strategy: Strategy = {
          ...applyRule(rule),
          piece: step.piece === null ? null : pieceNumber(step.piece),
        } as Strategy
        this.follow(step, sidesOf(step.side), strategy)
        this.line(step.caption ?? `by ${rule.title}, on ${step.side === 'both' ? 'both sides' : `the ${step.side}`}`)
        break
      }
      case 'run': {
        const strategy = this.read(strategyNamed(this.names, step.strategy))
        this.follow(step, sidesOf(step.side), strategy)
        this.line(
          step.caption ?? `by ${step.strategy.name}, on ${step.side === 'both' ? 'both sides' : `the ${step.side}`}`,
        )
        break
      }
      case 'reverse': {
        this.now = swapped(this.now)
        this.base = swapped(this.base)
        this.runs = { left: this.runs.right, right: this.runs.left }
        this.reversed = !this.reversed
        this.line(step.caption ?? 'read it from right to left')
        break
      }
    }
  }

  /** An equation from which sides are rewritten. */
  private restart({ left, right }: Sides): void {
    this.now = { left, right }
    this.base = this.now
    this.runs = runsFrom(this.now)
    this.reversed = false
  }

  private phase(): Phase {
    const { left, right } = this.runs
    const { weights, functions, reals } = this.unknowns
    return {
      base: this.base,
      logs: { left: left.log(), right: right.log() },
      result: this.now,
      reversed: this.reversed,
      unknowns: { weights: new Map(weights), functions: new Map(functions), reals: new Map(reals) },
    }
  }

  /** What comes next changes the equation as a whole: what was shown by rewriting so far is an equation of its own. */
  private newPhase(): void {
    const phase = this.phase()
    if (phase.logs.left.entries.length > 0 || phase.logs.right.entries.length > 0 || phase.reversed)
      this.phases.push(phase)
  }

  private follow(step: Located, sides: readonly Side[], strategy: Strategy): void {
    for (const side of sides) {
      const run = this.runs[side]
      let failure: StrategyFailure | null = null
      try {
        failure = run.follow(strategy)
      } catch (error) {
        if (!(error instanceof TooManySteps)) throw error
        this.stop(endlessSteps(this.span(step), error.message))
      }
      if (failure !== null) this.stop(failureText(this.span(step), failure, this.now[side]))
      for (const { rule } of run.log().entries) if (rule.phase === 'own') this.uses.add(rule)
      this.now = { ...this.now, [side]: run.result() }
    }
  }

  private attach({ chain, place, domain }: Extract<DeriveStep, { kind: 'attach' }>['attachments'][number]): void {
    const inputs = inputsOf(this.now.left)
    const range = domain === null ? REALS : this.read(rangeTree(this.scope, 0, domain))
    const terms = chain.kind === 'chain' ? [chain.first, ...chain.stages] : [chain]
    const stages = terms.map(tree => ({ offset: 0, tree }))
    const through = (builder: NetBuilder, id: NodeId): NodeId => this.read(builder.through(id, stages))
    const made = SIDES.map(side => {
      const net = this.now[side]
      const builder = new NetBuilder(this.scope, new Map())
      const enter = new Map<NodeId, NodeId>()
      const own = inputsOf(net)
      for (const input of own) {
        if (place === 'after') {
          enter.set(input.id, builder.add({ ...input, id: builder.next }))
          continue
        }
        const tree = { name: { name: input.name, ...placeOf(chain) }, shape: null, domain: null, ...placeOf(chain) }
        enter.set(input.id, this.read(builder.input(tree)))
      }
      if (place === 'before') {
        for (const input of own) {
          const start = enter.get(input.id) as NodeId
          builder.nodes[start] = { ...(builder.nodes[start] as InputNode), domain: range }
          const end = through(builder, start)
          if (!builder.hasShape(end, input.shape))
            this.stop(notWide(this.span(chain), printShape(builder.shapeOf(end)), printShape(input.shape)))
          enter.set(input.id, end)
        }
      }
      const ids = builder.copy(net, enter)
      const outputs = outputsOf(net).map(o => {
        const end = ids.get(o.args[0]) as NodeId
        return { name: o.name, id: place === 'after' ? through(builder, end) : end }
      })
      const entries = own.map(i => enter.get(i.id) as NodeId)
      const finished = this.read(builder.finish(net.name, outputs, net.names, entries))
      return { diagram: finished.diagram, entries: entries.map(finished.to) }
    })
    const [left, right] = made
    if (place === 'before') this.checkEntries(chain, left.diagram, left.entries, inputs)
    for (const [i, side] of SIDES.entries()) {
      const obstacle = definednessObstacle(made[i].diagram)
      if (obstacle !== null) this.stop(this.obstacle(chain, side, obstacle))
    }
    this.now = { left: left.diagram, right: right.diagram }
  }

  private obstacle(at: Located, side: Side | 'attached', { operation, found, needed }: Obstacle): Diagnostic {
    const need = needed === null ? null : printRange(needed)
    return notDefinedHere(this.span(at), side, operation, printRange(found), need)
  }

  /** What is attached before must be defined and give values that the inputs allow. */
  private checkEntries(at: Located, net: Diagram, entries: readonly NodeId[], inputs: readonly InputNode[]): void {
    const attached: Diagram = {
      ...net,
      nodes: [
        ...net.nodes.filter(n => n.kind !== 'output'),
        ...entries.map((id, k) => {
          const { shape } = net.nodes.find(n => n.id === id) as Diagram['nodes'][number]
          return {
            id: net.nodes.length + k,
            kind: 'output',
            args: [id],
            shape,
            name: `e${k}`,
            absorbed: false,
          } as const
        }),
      ],
    }
    const obstacle = definednessObstacle(attached)
    if (obstacle !== null) this.stop(this.obstacle(at, 'attached', obstacle))
    const ranges = wireRanges(attached)
    for (const [k, input] of inputs.entries()) {
      const found = ranges.get(entries[k]) as WireRange
      if (!within(found, input.domain))
        this.stop(notAttached(this.span(at), printRange(whole(found)), printRange(input.domain)))
    }
  }

  private substitute(step: Extract<DeriveStep, { kind: 'substitute' }>): void {
    const { unknowns } = this
    const weights = new Map<string, Linear>()
    const functions = new Map<string, Expression>()
    const sizes = new Map<string, Size>()
    const renewed: WeightSymbol[] = []
    for (const { name, value } of step.replacements) {
      if (unknowns.weights.has(name.name)) weights.set(name.name, this.matrix(value))
      else if (unknowns.functions.has(name.name)) functions.set(name.name, this.function(value))
      else if (unknowns.reals.has(name.name)) functions.set(name.name, this.number(value))
      else if (this.sizes.has(name.name)) sizes.set(name.name, this.size(value))
      else this.stopUnknown(name)
    }
    const size = (s: Size): Size => substituteSize(s, name => sizes.get(name))
    // A weight of another size is another weight.
    if (sizes.size > 0) {
      for (const symbol of unknowns.weights.values()) {
        const fresh = { ...symbol, rows: size(symbol.rows), columns: size(symbol.columns) }
        if (fresh.rows === symbol.rows && fresh.columns === symbol.columns) continue
        renewed.push(fresh)
        if (!weights.has(symbol.name)) weights.set(symbol.name, weight(fresh))
      }
    }
    const given: Given = {
      size: name => sizes.get(name),
      weight: name => weights.get(name),
      function: name => functions.get(name),
    }
    const isShown = (l: Expression, r: Expression, domain: Range): boolean =>
      proveEqual(l, r, [domain]).kind === 'proved'
    const nets = SIDES.map(side => this.now[side])
    try {
      const by = substitutionOf(nets, given, isShown)
      const [left, right] = nets.map(
        (net): Diagram => ({
          ...net,
          nodes: net.nodes.map(n => withoutZeroBias(substituteInNode(n, by))),
        }),
      )
      this.now = { left, right }
    } catch (error) {
      if (!(error instanceof Unfit) && !(error instanceof RangeError)) throw error
      const { name } = step.replacements[0]
      this.stop(notSubstituted(this.span(step), name.name, error.message))
    }
    for (const symbol of renewed) if (unknowns.weights.has(symbol.name)) unknowns.weights.set(symbol.name, symbol)
  }

  // --- The result -----------------------------------------------------------------------------------------------------

  private finish({ rule, result }: { rule: Rule; result: Sides }): RuleDerivation {
    const { tree } = this
    this.phases.push(this.phase())
    return {
      name: tree.name.name,
      title: rule.title,
      reason: tree.reason,
      span: this.span(tree.name),
      source: this.source,
      uses: [...this.uses],
      lines: this.lines,
      phases: this.phases,
      result,
      rule,
      scope: this.outer,
    }
  }

  /** The rule whose sides are printed from the nets. */
  private printed(): { rule: Rule; result: Sides } {
    const { tree, now, source } = this
    // What is read the other way is not meant to be used by itself.
    const turns = this.phases.filter(p => p.reversed).length + (this.reversed ? 1 : 0)
    const text = ruleText(tree.name.name, tree.title, now, this.unknowns, turns % 2 === 1 ? '==' : source.direction)
    if (text === null) this.stop(needsGives(this.span(tree.name), tree.name.name))
    const statement = parse(text).tree.statements.find((s): s is RuleTree => s.kind === 'rule')
    if (statement === undefined) this.stop(needsGives(this.span(tree.name), tree.name.name))
    const at = placeOf(tree.name)
    const rule = this.compiled({ ...statement, ...at, name: tree.name, reason: tree.reason }, true)
    return { rule, result: now }
  }

  /** The rule as it is stated, which has to be what was found. */
  private stated(step: Extract<DeriveStep, { kind: 'gives' }>): { rule: Rule; result: Sides } {
    const { tree } = this
    const declarations = parse(
      `rule r {\n${declarationsOf(this.now, this.unknowns).join('\n')}\nexp ==> exp }`,
    ).tree.statements.find((s): s is RuleTree => s.kind === 'rule')?.declarations
    if (declarations === undefined) throw new Error(`the unknowns of ${tree.name.name} cannot be declared`)
    const statement: RuleTree = {
      kind: 'rule',
      ...placeOf(step),
      name: tree.name,
      title: tree.title,
      reason: tree.reason,
      declarations,
      left: ruleSide(step.left, declarations),
      right: ruleSide(step.right, declarations),
      direction: step.direction,
      conditions: step.conditions,
    }
    const rule = this.compiled(statement, false)
    const written = writeOut(rule, this.unknowns)
    if (written.kind === 'beyond') this.stop(notDerivable(this.span(step), tree.name.name, written.because))
    this.dropBiases(written)
    const { now } = this
    for (const input of inputsOf(now.left)) {
      const own = inputsOf(written.left).find(i => i.name === input.name)
      if (own !== undefined && !isSubset(own.domain, input.domain)) {
        const name = input.name
        this.stop(givesWider(this.span(step), name, printRange(own.domain), printRange(input.domain)))
      }
    }
    for (const side of SIDES) {
      if (!isSame(written[side], now[side]))
        this.stop(
          givesOther(this.span(side === 'left' ? step.left : step.right), side, shown(written[side]), shown(now[side])),
        )
    }
    return { rule, result: { left: written.left, right: written.right } }
  }

  /** Puts in zero for vectors of which the statement says nothing: built-in rules have biases, and people mostly leave them out. */
  private dropBiases(written: Sides): void {
    const weights = ({ left, right }: Sides): WeightSymbol[] => [...weightsOf(linearsIn([left, right]))]
    const spoken = new Set(weights(written).map(w => w.name))
    const open = weights(this.now).filter(w => w.vector && w.value === null && !spoken.has(w.name))
    if (open.length === 0) return
    const replacements = open.map(w => `${w.name} = zero(${w.rows.text})`).join(', ')
    const [statement] = parse(`derive r from r { substitute ${replacements} }`).tree.statements
    if (statement?.kind !== 'derive') throw new Error(`${replacements} cannot be put in`)
    for (const step of statement.steps) if (step.kind !== 'gives') this.step(step)
  }

  private compiled(statement: RuleTree, isMade: boolean): Rule {
    // A rule that was printed has no places in the file.
    const report = (d: Diagnostic): void =>
      this.names.report(isMade ? { ...d, span: this.span(this.tree.name), related: [] } : d)
    if (!checkRule({ ...this.outer, report }, statement)) throw new Stop()
    const { rule, diagnostics } = compileRule(statement, { outer: this.outer, phase: 'own', assumed: true })
    for (const d of diagnostics) report(d)
    return this.read(rule)
  }
}

/** The normal form with its functions taken apart: rules speak of one function after the other. */
function inParts(rules: readonly Rule[]): Strategy {
  return sequence(normalForm(rules), normalForm(rules.filter(r => r.phase === 'parts')))
}

const EMPTY: Diagram = { name: '', nodes: [], names: new Map() }

function placeOf({ start, end }: Located): Located {
  return { start, end }
}
function runsFrom({ left, right }: Sides): { left: StrategyRun; right: StrategyRun } {
  const options = { maxSteps: MAX_STEPS }
  return { left: new StrategyRun(left, options), right: new StrategyRun(right, options) }
}
function swapped({ left, right }: Sides): Sides {
  return { left: right, right: left }
}

function replacementsText(step: Extract<DeriveStep, { kind: 'substitute' }>): string {
  return step.replacements.map(r => `${r.name.name} = ${printTerm(r.value, true)}`).join(', ')
}

/** What a strategy that fails has to say. `span` null: on the command line. */
export function failureText(span: Span | null, { rule, misfit, missing }: StrategyFailure, net: Diagram): Diagnostic {
  if (missing?.kind === 'part') return noSuchPart(span, missing.name)
  if (missing?.kind === 'piece') return noSuchPiece(span, missing.name, shown(net))
  const nearest = misfit ?? (rule === null ? null : nearestMisfit(graphOf(net), rule))
  return doesNotApply(span, rule?.name ?? '', nearest, shown(net))
}

/** A bias of zeros is none. */
function withoutZeroBias(node: Diagram['nodes'][number]): Diagram['nodes'][number] {
  const isZero = (node.kind === 'additive' || node.kind === 'multiplicative') && node.bias?.kind === 'zero'
  return isZero ? { ...node, bias: null } : node
}

function shown(net: Diagram): string {
  const chain = printChain(net)
  if (chain !== null) return chain.length === 0 ? 'id' : chain.join(' -> ')
  return printNet(net)
}

/** Whether two nets are the same but for the numbers of their nodes. */
function isSame(stated: Diagram, found: Diagram): boolean {
  try {
    const { left, right } = alignInputs(stated, found)
    return compareDiagrams(left, right, { milliseconds: 0 }).kind === 'same'
  } catch (error) {
    if (error instanceof Mismatch) return false
    throw error
  }
}

// --- Rules from nets ----------------------------------------------------------------------------------------------------

/** The text of a rule with these sides; null where one of them is no chain. */
export function ruleText(
  name: string,
  title: string | null,
  { left, right }: Sides,
  unknowns: Unknowns,
  direction: Rule['direction'],
): string | null {
  const sides = [left, right].map(net => printChain(net))
  const [l, r] = sides.map(chain => (chain === null ? null : chain.length === 0 ? 'id' : chain.join(' -> ')))
  const [input] = inputsOf(left)
  if (l === null || r === null || input === undefined || input.name !== 'input') return null
  const when = isReals(input.domain) ? '' : `  when input in ${printRange(input.domain)}`
  const head = `rule ${name}${title === null ? '' : ` "${title}"`} {`
  return [head, ...declarationsOf({ left, right }, unknowns), `${l}  ${direction}  ${r}${when}`, '}'].join('\n')
}

/** Declarations of the unknowns that occur in two nets, and of the sizes and wires. */
function declarationsOf({ left, right }: Sides, unknowns: Unknowns): string[] {
  const lines: string[] = []
  const sizes = new Set<string>()
  const see = (s: Size): void => {
    for (const [name] of s.terms) sizes.add(name)
  }
  const declared = new Set<string>()
  const seeDeclared = (shape: Shape): void => {
    for (const s of shape) for (const [name] of s.terms) declared.add(name)
  }
  const nets = [left, right]
  const weights = new Set(weightsOf(linearsIn(nets)))
  const functions = new Set(unknownFunctionsIn(expressionsIn(nets)))
  for (const symbol of unknowns.weights.values()) {
    if (!weights.has(symbol)) continue
    const { name, rows, columns, vector, entries } = symbol
    const shape = vector ? [rows] : [rows, columns]
    seeDeclared(shape)
    lines.push(`weights ${name} : ${printShape(shape)}${isReals(entries) ? '' : ` in ${printRange(entries)}`}`)
  }
  for (const f of unknowns.functions.values()) if (functions.has(f)) lines.push(functionText(f))
  for (const f of unknowns.reals.values())
    if (functions.has(f)) lines.push(`real ${f.name}${isReals(f.codomain) ? '' : ` in ${printRange(f.codomain)}`}`)
  for (const input of inputsOf(left)) {
    if (input.name === 'input') continue
    seeDeclared(input.shape)
    lines.push(`wire ${input.name} : ${printShape(input.shape)}`)
  }
  for (const a of linearsIn(nets)) {
    see(a.rows)
    see(a.columns)
  }
  const open = [...sizes].filter(name => !declared.has(name)).sort()
  if (open.length > 0) lines.unshift(`size ${open.join(', ')}`)
  return lines
}

function functionText({ name, domain, codomain, monotone, parity }: FunctionSymbol): string {
  const isAny = domain.length === 1 && isReals(domain[0]) && isReals(codomain) && monotone === null && parity === null
  if (isAny) return `function ${name}`
  const properties = [monotone, parity].filter(p => p !== null).map(p => ` ${p}`)
  return `function ${name} : ${domain.map(printRange).join(' x ')} -> ${printRange(codomain)}${properties.join('')}`
}
