// From the text of a rule to the rule that the engine runs: names become slots, stages become patterns and templates.
import { type Diagnostic, impossibleCondition } from '../diagnostic.ts'
import type { WeightSymbol } from '../linear/linear.ts'
import { sizeOf } from '../linear/size.ts'
import { apply, type Expression, type FunctionSymbol, variable } from '../scalar/expression.ts'
import { anyFunction } from '../scalar/functions.ts'
import { type Range, REALS } from '../scalar/range.ts'
import { unknownFunction } from '../syntax/declarations.ts'
import { printStatement } from '../syntax/format.ts'
import { rangeTree, type Scope, sizeTerm, spanAt } from '../syntax/scope.ts'
import { expressionTerm, unaryTerm } from '../syntax/terms.ts'
import { type ConditionTree, type FunctionTree, type Located, namesIn, type RuleTree } from '../syntax/tree.ts'
import { contradictionIn } from './contradiction.ts'
import { type Condition, constrainsSizes, needsSizes, type Phase, type Property, type Rule } from './rule.ts'
import { Cannot, type OpenVariables, readPattern, readTemplate, SideNames } from './sides.ts'

/** What a file declares that its rules may use. */
export type OuterScope = Pick<Scope, 'file' | 'sizes' | 'weights' | 'functions' | 'places' | 'broken'>

export interface CompileOptions {
  readonly outer: OuterScope
  readonly phase: Phase
  readonly assumed: boolean
}

/** Compiles a rule. Diagnostics name what is not understood; then there is no rule. */
export function compileRule(
  tree: RuleTree,
  options: CompileOptions,
): { rule: Rule | null; diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = []
  try {
    const rule = new Compiler(tree, options, d => diagnostics.push(d)).compile()
    return { rule: diagnostics.length > 0 ? null : rule, diagnostics }
  } catch (error) {
    if (!(error instanceof Cannot)) throw error
    return { rule: null, diagnostics: error.diagnostic === null ? diagnostics : [...diagnostics, error.diagnostic] }
  }
}

class Compiler {
  private readonly variables: OpenVariables = {
    functions: [],
    operators: [],
    factors: [],
    reals: [],
    wires: [{ name: 'input', width: null }],
    groups: [],
    nets: [],
  }
  private readonly conditions: Condition[] = []
  private readonly scope: Scope
  private readonly names: SideNames

  constructor(
    private readonly tree: RuleTree,
    private readonly options: CompileOptions,
    report: (d: Diagnostic) => void,
  ) {
    const sizes = new Set(options.outer.sizes)
    // What the rule declares hides what the file calls so.
    const own = new Set(tree.declarations.flatMap(d => d.names.map(n => n.name)))
    const functions = new Map([...options.outer.functions].filter(([name]) => !own.has(name)))
    const weights = new Map([...options.outer.weights].filter(([name]) => !own.has(name)))
    const reals = new Map<string, Expression>()
    this.scope = { ...options.outer, sizes, functions, weights, reals, report }
    this.names = new SideNames(this.scope, this.variables)
    for (const d of tree.declarations) {
      switch (d.kind) {
        case 'size':
          for (const n of d.names) sizes.add(n.name)
          break
        case 'weights':
          for (const term of d.shape ?? []) namesIn(term, name => sizes.add(name))
          break
        case 'real':
          for (const n of d.names) {
            const symbol = anyFunction(n.name, 0)
            const slot = this.variables.reals.push({ name: n.name, symbol }) - 1
            reals.set(n.name, apply(symbol))
            const within = d.range === null ? null : rangeTree(this.scope, 0, d.range)
            if (within !== null) this.conditions.push({ kind: 'real', slot, within })
          }
          break
        case 'wire':
          for (const term of d.shape ?? []) namesIn(term, name => sizes.add(name))
          for (const n of d.names) {
            const last = d.shape?.at(-1)
            this.variables.wires.push({
              name: n.name,
              width: last === undefined ? null : sizeTerm(this.scope, 0, last),
            })
          }
          break
        case 'subnet': {
          for (const t of [d.from, d.to]) namesIn(t, name => sizes.add(name))
          const [columns, rows] = [d.from, d.to].map(t => sizeTerm(this.scope, 0, t))
          if (columns === null || rows === null) break
          for (const { name } of d.names) this.variables.nets.push({ name, columns, rows, total: d.total })
          break
        }
        case 'function':
          break
      }
    }
    for (const d of tree.declarations) {
      if (d.kind === 'function') this.declareFunction(d, functions)
      if (d.kind !== 'weights') continue
      const axes = (d.shape ?? []).map(t => sizeTerm(this.scope, 0, t))
      const [rows, columns] = [axes[0] ?? sizeOf(1), axes[1] ?? sizeOf(1)]
      for (const n of d.names) {
        const vector = axes.length < 2
        const symbol: WeightSymbol = { name: n.name, rows, columns, vector, entries: REALS, value: null }
        weights.set(n.name, symbol)
        const slot = this.variables.operators.push({ name: n.name, symbol }) - 1
        const within = d.entries === null ? null : rangeTree(this.scope, 0, d.entries)
        if (within !== null) this.conditions.push({ kind: 'entries', slot, within })
      }
    }
  }

  private declareFunction(d: FunctionTree, functions: Map<string, FunctionSymbol>): void {
    for (const n of d.names) {
      const { form } = d
      switch (form.kind) {
        case 'any':
        case 'variadic':
          this.variables.functions.push({ name: n.name, variadic: form.kind === 'variadic', symbol: null })
          break
        case 'unknown': {
          const symbol = unknownFunction(this.scope, form, n.name)
          if (symbol === null) throw new Cannot(null)
          const slot = this.variables.functions.push({ name: n.name, variadic: false, symbol: null }) - 1
          const { domain, codomain, monotone, parity } = symbol
          this.conditions.push({ kind: 'codomain', slot, domain, codomain })
          for (const property of [monotone, parity])
            if (property !== null) this.conditions.push({ kind: 'function', slot, property })
          break
        }
        case 'formula':
        case 'composition': {
          const body =
            form.kind === 'formula'
              ? expressionTerm(this.scope, form.body.offset, form.body.tree, t => {
                  const i = t.kind === 'name' ? form.parameters.findIndex(p => p.name === t.name) : -1
                  return i < 0 ? undefined : variable(i)
                })
              : unaryTerm(this.scope, form.body.offset, form.body.tree)
          if (body === null) break
          const parameters = form.kind === 'formula' ? form.parameters.map(p => p.name) : ['t']
          functions.set(n.name, {
            ...anyFunction(n.name, parameters.length),
            definition: body,
            parameters,
          })
          break
        }
      }
    }
  }

  compile(): Rule {
    const { tree, options, variables, conditions } = this
    const left = readPattern(this.names, tree.left)
    const right = readTemplate(this.names, tree.right, left)
    const declared = conditions.length
    for (const c of tree.conditions) this.condition(c)
    const impossible = contradictionIn(conditions)
    if (impossible >= 0) {
      const at: Located = impossible < declared ? tree.name : tree.conditions[impossible - declared]
      throw new Cannot(impossibleCondition(spanAt(this.scope, 0, at)))
    }
    return {
      name: tree.name.name,
      title: tree.title ?? tree.name.name,
      reason: tree.reason,
      direction: tree.direction,
      phase: options.phase,
      variables,
      left,
      right,
      conditions,
      bindsSizes:
        needsSizes(right) ||
        constrainsSizes(left) ||
        variables.wires.some(w => w.width !== null) ||
        variables.nets.length > 0 ||
        conditions.some(c => c.kind === 'size'),
      text: printStatement(tree),
      assumed: options.assumed,
      restsOn: [],
    }
  }

  // --- Conditions --------------------------------------------------------------------------------------------------------

  private condition(c: ConditionTree): void {
    const { names, conditions } = this
    if (c.kind === 'property') {
      const { name } = c.subject
      const slot = names.slot('functions', name)
      const operator = names.slot('operators', name)
      if (slot >= 0) conditions.push({ kind: 'function', slot, property: c.property as Property })
      else if (operator >= 0 && (c.property === 'scalar' || c.property === 'diagonal' || c.property === 'integer'))
        conditions.push({ kind: 'operator', slot: operator, property: c.property })
      else throw names.cannot(c, `ask whether \`${name}\` is ${c.property}`)
      return
    }
    if (c.kind === 'size') {
      const { relation } = c
      conditions.push({ kind: 'size', left: names.size(c.left), relation, right: names.size(c.right) })
      return
    }
    const name = c.subject.kind === 'name' ? c.subject.name : ''
    const within: Range | { domainOf: number } | null =
      c.domainOf !== null
        ? { domainOf: c.domainOf.kind === 'name' ? names.slot('functions', c.domainOf.name) : -1 }
        : c.range === null
          ? null
          : rangeTree(this.scope, 0, c.range)
    if (within === null) throw new Cannot(null)
    if ('domainOf' in within && within.domainOf < 0)
      throw names.cannot(c, 'ask for the domain of anything but a function of its own')
    const [wire, real, operator] = (['wires', 'reals', 'operators'] as const).map(kind => names.slot(kind, name))
    if (wire >= 0) conditions.push({ kind: 'wire', slot: wire, within })
    else if (!('domainOf' in within) && real >= 0) conditions.push({ kind: 'real', slot: real, within })
    else if (!('domainOf' in within) && operator >= 0) conditions.push({ kind: 'entries', slot: operator, within })
    else throw names.cannot(c.subject, `put a condition on \`${name}\``)
  }
}
