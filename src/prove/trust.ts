// May a rule of a user be believed? Its left side is written out as a net in which its variables are unknown weights,
// functions and numbers; the rule itself makes the right side of it; and the two are proved equal with rules that are
// believed already.
import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import type { Linear } from '../linear/linear.ts'
import { identity, weight, zeroMatrix } from '../linear/linear.ts'
import { type Size, sizeOf, unknownSize } from '../linear/size.ts'
import { applyMatch } from '../rewrite/apply.ts'
import { graphOf, snapshot } from '../rewrite/graph.ts'
import { matchRule } from '../rewrite/match.ts'
import type { FunctionPattern, LinearPattern, Pattern, Rule } from '../rewrite/rule.ts'
import { apply, type Expression, type FunctionSymbol, fold, mapParts, x0 } from '../scalar/expression.ts'
import { inversesOf } from '../scalar/functions.ts'
import { type Range, REALS } from '../scalar/range.ts'
import type { Statement } from './certify.ts'
import { type ProveOptions, prove } from './prove.ts'

/**
 * Whether a rule is proved, or why it is not believed without an assumption, as a clause: "it has ...". `statement` is the
 * rule as two nets; null where it cannot be said so.
 */
export type Trust =
  | { readonly kind: 'proved'; readonly statement: Statement }
  | { readonly kind: 'assumed'; readonly because: string; readonly statement: Statement | null }

/** Thrown inside when the left side cannot be written out as one net. */
class Beyond extends Error {}

/** Tries to prove a rule with other rules (not with itself). */
export async function trustRule(rule: Rule, options: ProveOptions): Promise<Trust> {
  let left: Diagram
  let right: Diagram
  try {
    left = new LeftSide(rule).build()
    const graph = graphOf(left)
    const root = graph.nodes[graph.outputs[0]] as Node
    const match = matchRule(graph, { ...rule, direction: '==>' }, root.args[0])
    if (match === null)
      return { kind: 'assumed', because: 'its condition could not be put into a net', statement: null }
    const applied = applyMatch(graph, match)
    if (applied === null)
      return { kind: 'assumed', because: 'its right side could not be put into a net', statement: null }
    right = snapshot(graph)
  } catch (error) {
    if (!(error instanceof Beyond) && !(error instanceof RangeError)) throw error
    return { kind: 'assumed', because: error.message, statement: null }
  }
  const verdict = await prove(left, right, { ...options, rules: options.rules.filter(r => r !== rule && !r.assumed) })
  switch (verdict.kind) {
    case 'proved':
      return { kind: 'proved', statement: { left, right, verdict } }
    case 'refuted':
      return {
        kind: 'assumed',
        because: 'it is false: there is a counterexample',
        statement: { left, right, verdict: null },
      }
    case 'undecided':
      return { kind: 'assumed', because: 'the other rules do not prove it', statement: { left, right, verdict: null } }
  }
}

/** The left side of a rule as a net of unknowns. */
class LeftSide {
  private readonly nodes: Node[] = []
  private readonly operators = new Map<number, Linear>()
  private readonly functions = new Map<number, Expression>()
  private readonly wires = new Map<number, NodeId>()
  private readonly rule: Rule

  constructor(rule: Rule) {
    this.rule = rule
  }

  build(): Diagram {
    const width = this.widthBefore(this.rule.left) ?? unknownSize('width')
    const root = this.node(this.rule.left, width)
    const shape = this.nodes[root].shape
    this.nodes.push({ kind: 'output', id: this.nodes.length, args: [root], shape, name: 'y', absorbed: false })
    const inputs = this.nodes.filter(n => n.kind === 'input')
    return { name: this.rule.name, nodes: [...inputs, ...this.nodes.filter(n => n.kind !== 'input')], names: new Map() }
  }

  /** The width of the wire that enters a pattern, where its layers fix it. */
  private widthBefore(p: Pattern): Size | null {
    switch (p.kind) {
      case 'wire':
        return null
      case 'pointwise':
        return p.args.map(a => this.widthBefore(a)).find(w => w !== null) ?? null
      case 'additive':
      case 'multiplicative':
      case 'mix':
        return this.widthBefore(p.arg) ?? this.columnsOf(p.operator)
      case 'reduce':
        throw new Beyond('it speaks of groups of any size')
      default:
        return this.widthBefore(p.arg)
    }
  }
  private columnsOf(p: LinearPattern): Size {
    switch (p.kind) {
      case 'variable':
      case 'zero':
        return p.columns
      case 'identity':
        return p.size
      case 'exact':
        return p.operator.columns
    }
  }

  private add(content: Node extends infer N ? (N extends Node ? Omit<N, 'id'> : never) : never): NodeId {
    const id = this.nodes.length
    this.nodes.push({ ...content, id } as Node)
    return id
  }

  private domainOf(slot: number): Range {
    for (const c of this.rule.conditions)
      if (c.kind === 'wire' && c.slot === slot && !('domainOf' in c.within)) return c.within
    return REALS
  }

  private node(p: Pattern, width: Size): NodeId {
    switch (p.kind) {
      case 'wire': {
        let id = this.wires.get(p.slot)
        if (id === undefined) {
          const { name } = this.rule.variables.wires[p.slot]
          id = this.add({
            kind: 'input',
            args: [],
            name,
            shape: [width],
            domain: this.domainOf(p.slot),
            absorbed: false,
          })
          this.wires.set(p.slot, id)
        }
        return id
      }
      case 'pointwise': {
        const args = p.args.map(a => this.node(a, width))
        return this.add({ kind: 'pointwise', args, fn: this.fn(p.fn), shape: this.nodes[args[0]].shape })
      }
      case 'additive': {
        const arg = this.node(p.arg, width)
        const operator = this.operator(p.operator)
        const bias = p.bias === null ? null : this.operator(p.bias)
        return this.add({ kind: 'additive', args: [arg], operators: [operator], bias, shape: [operator.rows] })
      }
      case 'multiplicative': {
        const arg = this.node(p.arg, width)
        const operator = this.operator(p.operator)
        const bias = p.bias === null ? null : this.operator(p.bias)
        return this.add({ kind: 'multiplicative', args: [arg], operator, bias, shape: [operator.rows] })
      }
      case 'softmax':
      case 'logsoftmax': {
        const arg = this.node(p.arg, width)
        return this.add({ kind: p.kind, args: [arg], shape: this.nodes[arg].shape })
      }
      case 'mix': {
        const arg = this.node(p.arg, width)
        const fn = this.variable(p.slot)
        const inverse = inversesOf(fn)[0]
        if (inverse === undefined) throw new Beyond('it mixes with a function without a declared inverse')
        const operator = this.operator(p.operator)
        return this.add({ kind: 'mix', args: [arg], fn, inverse, operator, shape: [operator.rows] })
      }
      case 'reduce':
        throw new Beyond('it speaks of groups of any size')
    }
  }

  private operator(p: LinearPattern): Linear {
    switch (p.kind) {
      case 'variable': {
        let a = this.operators.get(p.slot)
        if (a === undefined) {
          const within = this.rule.conditions.find(c => c.kind === 'entries' && c.slot === p.slot)
          const special = this.rule.conditions.some(c => c.kind === 'operator' && c.slot === p.slot)
          if (special) throw new Beyond('it speaks of matrices of a special kind')
          a = weight({
            name: this.rule.variables.operators[p.slot].name,
            rows: p.rows,
            columns: p.columns,
            vector: p.columns === sizeOf(1),
            entries: within?.kind === 'entries' ? within.within : REALS,
            value: null,
          })
          this.operators.set(p.slot, a)
        }
        return a
      }
      case 'identity':
        return identity(p.size)
      case 'zero':
        return zeroMatrix(p.rows, p.columns)
      case 'exact':
        return p.operator
    }
  }

  private variable(slot: number): Expression {
    const known = this.functions.get(slot)
    if (known !== undefined) return known
    const { name, variadic } = this.rule.variables.functions[slot]
    if (variadic) throw new Beyond('it speaks of functions of any number of wires')
    let symbol: FunctionSymbol = {
      name,
      arity: 1,
      domain: [REALS],
      codomain: REALS,
      monotone: null,
      parity: null,
      inverse: null,
      definition: null,
      parameters: ['t'],
    }
    for (const c of this.rule.conditions) {
      if (!('slot' in c) || c.slot !== slot) continue
      if (c.kind === 'codomain') symbol = { ...symbol, domain: c.domain, codomain: c.codomain }
      if (c.kind === 'wire' || c.kind !== 'function') continue
      if (c.property === 'increasing' || c.property === 'decreasing') symbol = { ...symbol, monotone: c.property }
      else if (c.property === 'odd' || c.property === 'even') symbol = { ...symbol, parity: c.property }
      else throw new Beyond(`it speaks of every function that is ${c.property}`)
    }
    const fn = apply(symbol, x0)
    this.functions.set(slot, fn)
    return fn
  }

  private fn(p: FunctionPattern): Expression {
    switch (p.kind) {
      case 'exact':
        return p.fn
      case 'variable':
        return this.variable(p.slot)
      case 'inverse':
        throw new Beyond('it speaks of every function that has an inverse')
      case 'form':
        return this.withReals(p.fn)
    }
  }

  /** The rule's numbers as unknown constants within their sets. */
  private withReals(fn: Expression): Expression {
    const { reals } = this.rule.variables
    return fold<Expression>(fn, (e, of) => {
      if (e.kind === 'apply' && e.args.length === 0) {
        const slot = reals.findIndex(r => r.symbol === e.fn)
        const c = this.rule.conditions.find(d => d.kind === 'real' && d.slot === slot)
        if (slot >= 0) return apply(this.constant(slot, c?.kind === 'real' ? c.within : REALS))
      }
      return mapParts(e, of)
    })
  }
  private readonly constants = new Map<number, FunctionSymbol>()
  private constant(slot: number, codomain: Range): FunctionSymbol {
    let symbol = this.constants.get(slot)
    if (symbol === undefined) {
      symbol = {
        name: this.rule.variables.reals[slot].name,
        arity: 0,
        domain: [],
        codomain,
        monotone: null,
        parity: null,
        inverse: null,
        definition: null,
        parameters: [],
      }
      this.constants.set(slot, symbol)
    }
    return symbol
  }
}
