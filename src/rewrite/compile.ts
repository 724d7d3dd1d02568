// From the text of a rule to the rule that the engine runs: names become slots, stages become patterns and templates.
import { type Diagnostic, ruleCannot, type Span } from '../diagnostic.ts'
import { type WeightSymbol, weight } from '../linear/linear.ts'
import { type Size, sizeOf } from '../linear/size.ts'
import {
  apply,
  call,
  type Expression,
  type FunctionSymbol,
  number,
  one,
  postorder,
  variable,
  x0,
} from '../scalar/expression.ts'
import { anyFunction } from '../scalar/functions.ts'
import { type Range, REALS } from '../scalar/range.ts'
import { printStatement } from '../syntax/format.ts'
import { rangeTree, rationalTerm, type Scope, sizeTerm, spanAt } from '../syntax/scope.ts'
import { closedTerm, expressionTerm, unaryTerm } from '../syntax/terms.ts'
import type { ConditionTree, FunctionTree, Located, RuleSide, RuleTree, Term } from '../syntax/tree.ts'
import {
  type Condition,
  constrainsSizes,
  type FunctionPattern,
  type FunctionTemplate,
  type LinearPattern,
  type LinearTemplate,
  needsSizes,
  type Pattern,
  type Phase,
  type Property,
  type Rule,
  type RuleVariables,
  type Template,
} from './rule.ts'

/** Thrown inside when a rule says what the engine cannot do; the diagnostic has the place. */
class Cannot extends Error {
  readonly diagnostic: Diagnostic
  constructor(diagnostic: Diagnostic) {
    super(diagnostic.message)
    this.diagnostic = diagnostic
  }
}

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
    return { rule: null, diagnostics: [...diagnostics, error.diagnostic] }
  }
}

class Compiler {
  private readonly functions: { name: string; variadic: boolean; symbol: FunctionSymbol | null }[] = []
  private readonly operators: { name: string; rows: Size; columns: Size }[] = []
  private readonly reals: { name: string; symbol: FunctionSymbol }[] = []
  private readonly wires: { name: string; width: Size | null }[] = [{ name: 'input', width: null }]
  private readonly groups: { name: string }[] = []
  private readonly conditions: Condition[] = []
  private readonly scope: Scope
  private readonly tree: RuleTree
  private readonly options: CompileOptions

  constructor(tree: RuleTree, options: CompileOptions, report: (d: Diagnostic) => void) {
    this.tree = tree
    this.options = options
    const sizes = new Set(options.outer.sizes)
    // What the rule declares hides what the file calls so.
    const own = new Set(tree.declarations.flatMap(d => d.names.map(n => n.name)))
    const functions = new Map([...options.outer.functions].filter(([name]) => !own.has(name)))
    const weights = new Map([...options.outer.weights].filter(([name]) => !own.has(name)))
    const reals = new Map<string, Expression>()
    this.scope = { ...options.outer, sizes, functions, weights, reals, report }
    for (const d of tree.declarations) {
      switch (d.kind) {
        case 'size':
          for (const n of d.names) sizes.add(n.name)
          break
        case 'weights':
          for (const term of d.shape ?? []) for (const name of namesIn(term)) sizes.add(name)
          break
        case 'real':
          for (const n of d.names) {
            const symbol = anyFunction(n.name, 0)
            const slot = this.reals.push({ name: n.name, symbol }) - 1
            reals.set(n.name, apply(symbol))
            const within = d.range === null ? null : rangeTree(this.scope, 0, d.range)
            if (within !== null) this.conditions.push({ kind: 'real', slot, within })
          }
          break
        case 'wire':
          for (const term of d.shape ?? []) for (const name of namesIn(term)) sizes.add(name)
          for (const n of d.names) {
            const last = d.shape?.at(-1)
            this.wires.push({ name: n.name, width: last === undefined ? null : sizeTerm(this.scope, 0, last) })
          }
          break
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
        const slot = this.operators.push({ name: n.name, rows, columns }) - 1
        const within = d.entries === null ? null : rangeTree(this.scope, 0, d.entries)
        if (within !== null) this.conditions.push({ kind: 'entries', slot, within })
      }
    }
  }

  private declareFunction(d: FunctionTree, functions: Map<string, FunctionSymbol>): void {
    const offset = 0
    for (const n of d.names) {
      const { form } = d
      switch (form.kind) {
        case 'any':
        case 'variadic':
          this.functions.push({ name: n.name, variadic: form.kind === 'variadic', symbol: null })
          break
        case 'unknown': {
          const slot = this.functions.push({ name: n.name, variadic: false, symbol: null }) - 1
          const domain = form.domain.map(r => rangeTree(this.scope, offset, r) ?? REALS)
          const codomain = rangeTree(this.scope, offset, form.codomain) ?? REALS
          this.conditions.push({ kind: 'codomain', slot, domain, codomain })
          for (const p of form.properties) this.conditions.push({ kind: 'function', slot, property: p.property })
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
    const { tree, options } = this
    const left = this.patternSide(tree.left)
    const right = this.templateSide(tree.right)
    for (const c of tree.conditions) this.condition(c)
    const variables: RuleVariables = {
      functions: this.functions,
      operators: this.operators,
      reals: this.reals,
      wires: this.wires,
      groups: this.groups,
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
      conditions: this.conditions,
      bindsSizes:
        needsSizes(right) ||
        constrainsSizes(left) ||
        this.wires.some(w => w.width !== null) ||
        this.conditions.some(c => c.kind === 'size'),
      text: printStatement(tree),
      assumed: options.assumed,
      restsOn: [],
    }
  }

  private span(at: Located): Span {
    return spanAt(this.scope, 0, at)
  }
  private cannot(at: Located, what: string): Cannot {
    return new Cannot(ruleCannot(this.span(at), what))
  }
  private functionSlot(name: string): number {
    return this.functions.findIndex(f => f.name === name)
  }
  private operatorSlot(name: string): number {
    return this.operators.findIndex(w => w.name === name)
  }
  private wireSlot(name: string): number {
    return this.wires.findIndex(w => w.name === name)
  }

  // --- Left sides --------------------------------------------------------------------------------------------------------

  private patternSide(side: RuleSide): Pattern {
    let pattern: Pattern = side.first === null ? { kind: 'wire', slot: 0 } : this.wirePattern(side.first)
    for (const stage of side.stages) pattern = this.patternStage(stage, pattern)
    if (pattern.kind === 'wire') throw this.cannot(side, 'match a plain wire')
    return pattern
  }

  private wirePattern(term: Term): Pattern {
    switch (term.kind) {
      case 'group':
        return this.wirePattern(term.of)
      case 'name': {
        const slot = this.wireSlot(term.name)
        if (slot >= 0) return { kind: 'wire', slot }
        break
      }
      case 'chain':
        return term.stages.reduce((arg: Pattern, stage) => this.patternStage(stage, arg), this.wirePattern(term.first))
      case 'call':
        if (term.args.length === 1 && term.fn.kind === 'name' && !this.isScalar(term.fn))
          return this.patternStage(term.fn, this.wirePattern(term.args[0]))
        break
      default:
    }
    const args: Pattern[] = []
    const fn = this.elementwise(term, t => {
      const pattern = this.wirePattern(t)
      const known = args.findIndex(a => a.kind === 'wire' && pattern.kind === 'wire' && a.slot === pattern.slot)
      return known >= 0 ? known : args.push(pattern) - 1
    })
    return { kind: 'pointwise', fn: this.exactOrForm(fn), args }
  }

  /** Whether a name stands for a function of numbers (not for an operation on wires or a variable of the rule). */
  private isScalar(term: Term): boolean {
    if (term.kind !== 'name') return true
    return term.name !== 'softmax' && term.name !== 'logsoftmax' && this.functionSlot(term.name) < 0
  }

  /** An elementwise formula of wires; `argument` numbers the wires. */
  private elementwise(term: Term, argument: (t: Term) => number): Expression {
    const expression = expressionTerm(this.scope, 0, term, t => {
      if (t.kind === 'name' && this.wireSlot(t.name) >= 0) return variable(argument(t))
      if (t.kind === 'chain' || (t.kind === 'call' && t.fn.kind === 'name' && !this.isScalar(t.fn)))
        return variable(argument(t))
      return undefined
    })
    if (expression === null) throw this.cannot(term, 'read this term')
    return expression
  }

  private hasReals(fn: Expression): boolean {
    return postorder(fn).some(e => e.kind === 'apply' && this.reals.some(r => r.symbol === e.fn))
  }
  private exactOrForm(fn: Expression): FunctionPattern {
    return this.hasReals(fn) ? { kind: 'form', fn } : { kind: 'exact', fn }
  }

  private patternStage(stage: Term, arg: Pattern): Pattern {
    switch (stage.kind) {
      case 'group':
        return this.patternStage(stage.of, arg)
      case 'name': {
        const slot = this.functionSlot(stage.name)
        if (slot >= 0)
          return {
            kind: 'pointwise',
            fn: { kind: 'variable', slot, variadic: this.functions[slot].variadic },
            args: [arg],
          }
        if (stage.name === 'softmax' || stage.name === 'logsoftmax') return { kind: stage.name, arg }
        break
      }
      case 'call':
        if (stage.fn.kind === 'name' && stage.fn.name === 'inverse' && stage.args[0]?.kind === 'name') {
          const slot = this.functionSlot(stage.args[0].name)
          if (slot >= 0) return { kind: 'pointwise', fn: { kind: 'inverse', slot }, args: [arg] }
        }
        break
      case 'indexed':
        switch (stage.name) {
          case 'add':
          case 'mul':
            return {
              kind: stage.name === 'add' ? 'additive' : 'multiplicative',
              operator: this.linearPattern(stage.args[0]),
              bias: stage.args.length > 1 ? this.linearPattern(stage.args[1]) : null,
              arg,
            }
          case 'maxpool':
          case 'minpool':
            return {
              kind: 'reduce',
              operation: stage.name === 'maxpool' ? 'max' : 'min',
              group: this.group(stage.args[0]),
              arg,
            }
          case 'mix': {
            const slot = stage.args[0].kind === 'name' ? this.functionSlot(stage.args[0].name) : -1
            if (slot < 0) throw this.cannot(stage.args[0], 'match mix with a function that is no variable of the rule')
            return { kind: 'mix', slot, operator: this.linearPattern(stage.args[1]), arg }
          }
          default:
        }
        break
      default:
    }
    return { kind: 'pointwise', fn: this.exactOrForm(this.scalar(stage)), args: [arg] }
  }

  private scalar(term: Term): Expression {
    const fn = unaryTerm(this.scope, 0, term)
    if (fn === null) throw this.cannot(term, 'read this function')
    // A function of the rule with a formula is that formula: its numbers are the rule's variables.
    return fn.kind === 'apply' && fn.fn.definition !== null && this.hasReals(fn.fn.definition) && fn.args[0] === x0
      ? fn.fn.definition
      : fn
  }

  private group(term: Term): number | { slot: number } {
    if (term.kind === 'name') {
      const known = this.groups.findIndex(g => g.name === term.name)
      return { slot: known >= 0 ? known : this.groups.push({ name: term.name }) - 1 }
    }
    const value = rationalTerm(term)
    if (value === null || value.d !== 1n || value.compare(1) < 0)
      throw this.cannot(term, 'use this as the size of a group')
    return Number(value.n)
  }

  private size(term: Term): Size {
    const size = sizeTerm(this.scope, 0, term, 0)
    if (size === null) throw this.cannot(term, 'read this size')
    return size
  }

  private linearPattern(term: Term): LinearPattern {
    if (term.kind === 'group') return this.linearPattern(term.of)
    if (term.kind === 'name') {
      const slot = this.operatorSlot(term.name)
      if (slot >= 0)
        return { kind: 'variable', slot, rows: this.operators[slot].rows, columns: this.operators[slot].columns }
      const symbol = this.scope.weights.get(term.name)
      if (symbol !== undefined) return { kind: 'exact', operator: weight(symbol) }
    }
    if (term.kind === 'call' && term.fn.kind === 'name') {
      if (term.fn.name === 'identity' && term.args.length === 1)
        return { kind: 'identity', size: this.size(term.args[0]) }
      if (term.fn.name === 'zero' && term.args.length >= 1) {
        return {
          kind: 'zero',
          rows: this.size(term.args[0]),
          columns: term.args.length > 1 ? this.size(term.args[1]) : sizeOf(1),
        }
      }
    }
    throw this.cannot(term, 'match this matrix: a left side has names of weights, identity(n) or zero(m, n)')
  }

  // --- Right sides -------------------------------------------------------------------------------------------------------

  private templateSide(side: RuleSide): Template {
    let template: Template = side.first === null ? { kind: 'wire', slot: 0 } : this.wireTemplate(side.first)
    for (const stage of side.stages) template = this.templateStage(stage, template)
    return template
  }

  private wireTemplate(term: Term): Template {
    switch (term.kind) {
      case 'group':
        return this.wireTemplate(term.of)
      case 'name': {
        const slot = this.wireSlot(term.name)
        if (slot >= 0) return { kind: 'wire', slot }
        break
      }
      case 'chain':
        return term.stages.reduce(
          (arg: Template, stage) => this.templateStage(stage, arg),
          this.wireTemplate(term.first),
        )
      case 'call':
        if (term.args.length === 1 && term.fn.kind === 'name' && !this.isScalar(term.fn))
          return this.templateStage(term.fn, this.wireTemplate(term.args[0]))
        break
      default:
    }
    const args: Template[] = []
    const fn = this.elementwise(term, t => {
      const template = this.wireTemplate(t)
      const known = args.findIndex(a => a.kind === 'wire' && template.kind === 'wire' && a.slot === template.slot)
      return known >= 0 ? known : args.push(template) - 1
    })
    return { kind: 'pointwise', fn: { kind: 'exact', fn }, args }
  }

  private templateStage(stage: Term, arg: Template): Template {
    switch (stage.kind) {
      case 'group':
        return this.templateStage(stage.of, arg)
      case 'name':
        if (stage.name === 'id') return arg
        if (stage.name === 'softmax' || stage.name === 'logsoftmax') return { kind: stage.name, arg }
        break
      case 'call': {
        const name = stage.fn.kind === 'name' ? stage.fn.name : ''
        const [first, second] = stage.args
        const slot = first?.kind === 'name' ? this.functionSlot(first.name) : -1
        if (slot >= 0 && (name === 'linear' || name === 'parts')) return { kind: name, slot, arg }
        if (name === 'elementwise' && first?.kind === 'name' && second?.kind === 'name') {
          return {
            kind: 'elementwise',
            operator: this.operatorSlot(first.name),
            bias: this.operatorSlot(second.name),
            arg,
          }
        }
        break
      }
      case 'indexed':
        switch (stage.name) {
          case 'add':
          case 'mul':
            return {
              kind: stage.name === 'add' ? 'additive' : 'multiplicative',
              operator: this.linearTemplate(stage.args[0]),
              bias: stage.args.length > 1 ? this.linearTemplate(stage.args[1]) : null,
              arg,
            }
          case 'constant':
            return { kind: 'constant', value: this.linearTemplate(stage.args[0]) }
          case 'maxpool':
          case 'minpool':
            return {
              kind: 'reduce',
              operation: stage.name === 'maxpool' ? 'max' : 'min',
              group: this.group(stage.args[0]),
              arg,
            }
          case 'mix': {
            const slot = stage.args[0].kind === 'name' ? this.functionSlot(stage.args[0].name) : -1
            if (slot < 0) throw this.cannot(stage.args[0], 'build mix with a function that is no variable of the rule')
            return { kind: 'mix', slot, operator: this.linearTemplate(stage.args[1]), arg }
          }
          default:
        }
        break
      default:
    }
    return { kind: 'pointwise', fn: this.functionTemplate(stage), args: [arg] }
  }

  private functionTemplate(term: Term): FunctionTemplate {
    switch (term.kind) {
      case 'group':
        return this.functionTemplate(term.of)
      case 'name': {
        const slot = this.functionSlot(term.name)
        if (slot >= 0) return { kind: 'variable', slot }
        break
      }
      case 'compose': {
        const functions = term.functions.map(f => this.functionTemplate(f))
        return functions.reduceRight((inner, outer) => ({ kind: 'compose', outer, inner }))
      }
      case 'call': {
        const name = term.fn.kind === 'name' ? term.fn.name : ''
        if (
          name === 'inverse' ||
          name === 'normal' ||
          name === 'inner' ||
          name === 'outer' ||
          name === 'first' ||
          name === 'last'
        ) {
          return { kind: name, of: this.functionTemplate(term.args[0]) }
        }
        break
      }
      default:
    }
    return { kind: 'exact', fn: this.scalar(term) }
  }

  private linearTemplate(term: Term): LinearTemplate {
    switch (term.kind) {
      case 'group':
        return this.linearTemplate(term.of)
      case 'name': {
        const slot = this.operatorSlot(term.name)
        if (slot >= 0) return { kind: 'variable', slot }
        const symbol: WeightSymbol | undefined = this.scope.weights.get(term.name)
        if (symbol !== undefined) return { kind: 'exact', operator: weight(symbol) }
        break
      }
      case 'call': {
        const name = term.fn.kind === 'name' ? term.fn.name : ''
        if (name === 'normal') return { kind: 'normal', of: this.linearTemplate(term.args[0]) }
        if (name === 'identity') return { kind: 'identity', size: this.size(term.args[0]) }
        if (name === 'zero' || name === 'ones') {
          return {
            kind: name,
            rows: this.size(term.args[0]),
            columns: term.args.length > 1 ? this.size(term.args[1]) : sizeOf(1),
          }
        }
        break
      }
      case 'sum': {
        let total = this.linearTemplate(term.terms[0])
        for (let i = 1; i < term.terms.length; i++) {
          const next = this.linearTemplate(term.terms[i])
          total = {
            kind: 'sum',
            left: total,
            right: term.operators[i - 1] === '+' ? next : { kind: 'scale', factor: number(-1), of: next },
          }
        }
        return total
      }
      case 'negative': {
        const of = this.linearTemplate(term.of)
        return term.signs % 2 === 0 ? of : { kind: 'scale', factor: number(-1), of }
      }
      case 'product': {
        let total: LinearTemplate | null = null
        let factor: Expression = one
        for (const [i, f] of term.factors.entries()) {
          const divides = i > 0 && term.operators[i - 1] === '/'
          if (!divides && this.isLinear(f)) {
            const next = this.linearTemplate(f)
            total = total === null ? next : { kind: 'product', left: total, right: next }
            continue
          }
          const k = closedTerm(this.scope, 0, f)
          if (k === null) throw this.cannot(f, 'read this number')
          factor = factor === one && !divides ? k : call(divides ? '/' : '*', factor, k)
        }
        if (total === null) throw this.cannot(term, 'use a number as a matrix')
        return factor === one ? total : { kind: 'scale', factor, of: total }
      }
      default:
    }
    throw this.cannot(term, 'build this matrix')
  }

  private isLinear(term: Term): boolean {
    switch (term.kind) {
      case 'group':
        return this.isLinear(term.of)
      case 'name':
        return this.operatorSlot(term.name) >= 0 || this.scope.weights.has(term.name)
      case 'call':
        return term.fn.kind === 'name' && ['identity', 'zero', 'ones', 'normal'].includes(term.fn.name)
      case 'sum':
        return this.isLinear(term.terms[0])
      case 'product':
        return term.factors.some(f => this.isLinear(f))
      case 'negative':
        return this.isLinear(term.of)
      default:
        return false
    }
  }

  // --- Conditions --------------------------------------------------------------------------------------------------------

  private condition(c: ConditionTree): void {
    if (c.kind === 'property') {
      const { name } = c.subject
      const slot = this.functionSlot(name)
      if (slot >= 0) {
        this.conditions.push({ kind: 'function', slot, property: c.property as Property })
        return
      }
      const operator = this.operatorSlot(name)
      const property = c.property as string
      if (operator >= 0 && (property === 'scalar' || property === 'integer')) {
        this.conditions.push({ kind: 'operator', slot: operator, property })
        return
      }
      throw this.cannot(c, `ask whether \`${name}\` is ${property}`)
    }
    if (c.kind === 'size') {
      this.conditions.push({
        kind: 'size',
        left: this.size(c.left),
        relation: c.relation,
        right: this.size(c.right),
      })
      return
    }
    const name = c.subject.kind === 'name' ? c.subject.name : ''
    const within: Range | { domainOf: number } | null =
      c.domainOf !== null
        ? { domainOf: c.domainOf.kind === 'name' ? this.functionSlot(c.domainOf.name) : -1 }
        : c.range === null
          ? null
          : rangeTree(this.scope, 0, c.range)
    if (within === null || ('domainOf' in within && within.domainOf < 0)) throw this.cannot(c, 'read this set')
    const wire = this.wireSlot(name)
    if (wire >= 0) {
      this.conditions.push({ kind: 'wire', slot: wire, within })
      return
    }
    if (!('domainOf' in within)) {
      const real = this.reals.findIndex(r => r.name === name)
      const operator = this.operatorSlot(name)
      if (real >= 0) {
        this.conditions.push({ kind: 'real', slot: real, within })
        return
      }
      if (operator >= 0) {
        this.conditions.push({ kind: 'entries', slot: operator, within })
        return
      }
    }
    throw this.cannot(c.subject, `put a condition on \`${name}\``)
  }
}

/** The names in a term that is a size. */
function namesIn(term: Term): string[] {
  switch (term.kind) {
    case 'name':
      return [term.name]
    case 'group':
      return namesIn(term.of)
    case 'sum':
      return term.terms.flatMap(namesIn)
    case 'product':
      return term.factors.flatMap(namesIn)
    default:
      return []
  }
}
