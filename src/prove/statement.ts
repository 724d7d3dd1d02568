// A rule as an equation of two nets: its left side is written out with unknown weights, functions and numbers in the place
// of its variables, and the rule itself makes the right side of it. Rules are proved, derived from and shown in this form.
import { type Diagram, type Node, type NodeId, nodesById } from '../diagram/diagram.ts'
import { shapeProblem } from '../diagram/shapes.ts'
import {
  diagonal,
  identity,
  type Linear,
  ones,
  product,
  transpose,
  type WeightSymbol,
  weight,
  zeroMatrix,
} from '../linear/linear.ts'
import {
  addSizes,
  divideSize,
  printShape,
  type Size,
  sameShape,
  scaleSize,
  sizeOf,
  substituteSize,
  unknownSize,
} from '../linear/size.ts'
import { applyMatch } from '../rewrite/apply.ts'
import { graphOf, nodeAt, snapshot } from '../rewrite/graph.ts'
import { matchRule } from '../rewrite/match.ts'
import {
  type FunctionPattern,
  type LinearPattern,
  type Pattern,
  type Rule,
  sizesOfPattern,
  stagesBefore,
  type Template,
} from '../rewrite/rule.ts'
import { analyse } from '../scalar/analysis.ts'
import {
  apply,
  call,
  type Expression,
  type FunctionSymbol,
  fold,
  mapParts,
  TooLarge,
  variable,
  x0,
} from '../scalar/expression.ts'
import { anyFunction, inversesOf } from '../scalar/functions.ts'
import { intersect, isSubset, type Range, REALS, sameRange } from '../scalar/range.ts'
import { USUAL_DOMAINS } from './domains.ts'

/** The unknowns that stand for a rule's variables, by their names. Statements about the same unknowns share one. */
export interface Unknowns {
  readonly weights: Map<string, WeightSymbol>
  readonly functions: Map<string, FunctionSymbol>
  /** The rule's numbers: functions of no argument. */
  readonly reals: Map<string, FunctionSymbol>
}
export function noUnknowns(): Unknowns {
  return { weights: new Map(), functions: new Map(), reals: new Map() }
}

/** What stands for variables of a rule instead of unknowns, by their names. */
export interface Choices {
  readonly weights: ReadonlyMap<string, Linear>
  readonly functions: ReadonlyMap<string, Expression>
  readonly reals: ReadonlyMap<string, Expression>
  readonly sizes: ReadonlyMap<string, Size>
  readonly groups: ReadonlyMap<string, number>
  /** Parts of nets, as chains. */
  readonly nets: ReadonlyMap<string, readonly PartStage[]>
}
/** A stage of a chain that stands for a part of a net. */
export type PartStage = { readonly fn: Expression } | { readonly operator: Linear }
export const NO_CHOICES: Choices = {
  weights: new Map(),
  functions: new Map(),
  reals: new Map(),
  sizes: new Map(),
  groups: new Map(),
  nets: new Map(),
}

/** The name of the width of a rule's wires where the rule gives it none. */
export const WIDTH = 'width'

/** Two nets with the same inputs and one output each. */
export interface Sides {
  readonly left: Diagram
  readonly right: Diagram
}
export type Written =
  | ({
      readonly kind: 'written'
      /** The equation says more than the rule: conditions on sizes are left out. */
      readonly stronger: boolean
    } & Sides)
  /** Why the rule is no equation of two nets, as a clause: "it has ..."; `unfit`: its sides do not fit each other. */
  | { readonly kind: 'beyond'; readonly because: string; readonly unfit: boolean }

/** Thrown inside when the left side cannot be written out as one net. */
class Beyond extends Error {}

/** The choices, and the sizes that conditions such as `m = n` settle. */
function withSettledSizes(rule: Rule, choices: Choices): Choices {
  const sizes = new Map(choices.sizes)
  for (const c of rule.conditions) {
    if (c.kind !== 'size' || c.relation !== '=' || c.left.terms.length !== 1 || c.left.constant !== 0) continue
    const [[name, factor]] = c.left.terms
    if (factor === 1 && !sizes.has(name))
      sizes.set(
        name,
        substituteSize(c.right, n => sizes.get(n)),
      )
  }
  return { ...choices, sizes }
}

/** The left side of a rule alone, as a net; null where it is none. */
export function leftSideNet(rule: Rule, unknowns: Unknowns, choices: Choices): Diagram | null {
  try {
    const net = new LeftSide(rule, unknowns, withSettledSizes(rule, choices)).build()
    return misfitOf(net, net) === null ? net : null
  } catch (error) {
    if (!(error instanceof Beyond) && !(error instanceof RangeError) && !(error instanceof TooLarge)) throw error
    return null
  }
}

/** The equation that a rule is. Unknowns that are there are used again, others are added. */
export function writeOut(rule: Rule, unknowns: Unknowns = noUnknowns(), choices: Choices = NO_CHOICES): Written {
  const isAboutSizes = (c: Rule['conditions'][number]): boolean => c.kind === 'size'
  const stronger = rule.conditions.some(c => c.kind === 'size' && c.relation !== '=')
  const plain: Rule = { ...rule, direction: '==>', conditions: rule.conditions.filter(c => !isAboutSizes(c)) }
  try {
    const left = new LeftSide(plain, unknowns, withSettledSizes(rule, choices)).build()
    const graph = graphOf(left)
    const root = nodeAt(graph, graph.outputs[0])
    const match = matchRule(graph, plain, root.args[0])
    if (match === null) return { kind: 'beyond', because: 'its condition could not be put into a net', unfit: false }
    const applied = applyMatch(graph, match)
    if (applied === null) return { kind: 'beyond', because: 'its right side could not be put into a net', unfit: false }
    const right = snapshot(graph)
    const problem = misfitOf(left, right)
    if (problem !== null) return { kind: 'beyond', because: problem, unfit: true }
    return { kind: 'written', stronger, left, right }
  } catch (error) {
    if (error instanceof TooLarge) return { kind: 'beyond', because: 'its functions are too large', unfit: false }
    if (!(error instanceof Beyond) && !(error instanceof RangeError)) throw error
    return { kind: 'beyond', because: error.message, unfit: false }
  }
}

/** Why the right side cannot stand where the left side stands, as a clause; null where it can. */
function misfitOf(left: Diagram, right: Diagram): string | null {
  const [shape] = left.nodes.flatMap(n => (n.kind === 'output' ? [n.shape] : []))
  const nodes = nodesById(right)
  for (const node of right.nodes) {
    const shapes = node.args.map(id => (nodes.get(id) as Node).shape)
    if (node.kind === 'output' && !sameShape(shapes[0], shape))
      return `its left side is ${printShape(shape)} wide, and its right side ${printShape(shapes[0])}`
    const problem = shapeProblem(node, shapes)
    if (problem !== null) return `on its right side, ${problem}`
  }
  return null
}

/** The largest of the usual sets on which a function of one wire is defined; null where there is none. */
export function usualDomain(fn: Expression): Range | null {
  return [REALS, ...USUAL_DOMAINS].find(d => analyse(fn, [d]).defined) ?? null
}

function commonMultiple(a: number, b: number): number {
  let [divisor, rest] = [a, b]
  while (rest !== 0) [divisor, rest] = [rest, divisor % rest]
  return (a / divisor) * b
}

/** The left side of a rule as a net of unknowns. */
class LeftSide {
  private readonly nodes: Node[] = []
  private readonly operators = new Map<number, Linear>()
  private readonly functions = new Map<number, Expression>()
  private readonly wires = new Map<number, NodeId>()
  private readonly parts = new Map<string, NodeId>()

  constructor(
    private readonly rule: Rule,
    private readonly unknowns: Unknowns,
    private readonly choices: Choices,
  ) {}

  build(): Diagram {
    const { left, right } = this.rule
    const width =
      this.widthBefore(left) ??
      scaleSize(unknownSize(WIDTH), commonMultiple(this.groupsIn(left), this.groupsBehindWire(right)))
    const root = this.node(left, width)
    const shape = this.nodes[root].shape
    this.nodes.push({ kind: 'output', id: this.nodes.length, args: [root], shape, name: 'y', absorbed: false })
    const inputs = this.nodes.filter(n => n.kind === 'input')
    return { name: this.rule.name, nodes: [...inputs, ...this.nodes.filter(n => n.kind !== 'input')], names: new Map() }
  }

  /** The width of the wire that enters a pattern, where its layers or wires fix it. */
  private widthBefore(p: Pattern): Size | null {
    switch (p.kind) {
      case 'wire': {
        const { width } = this.rule.variables.wires[p.slot]
        return width === null ? null : this.size(width)
      }
      case 'pointwise':
        return p.args.map(a => this.widthBefore(a)).find(w => w !== null) ?? null
      case 'additive':
      case 'multiplicative':
      case 'mix':
        return this.widthBefore(p.arg) ?? this.size(sizesOfPattern(p.operator)[1])
      case 'net':
        return this.widthBefore(p.arg) ?? this.size(this.rule.variables.nets[p.slot].columns)
      case 'constant':
      case 'join':
      case 'slice':
        return null
      default:
        return this.widthBefore(p.arg)
    }
  }
  /** The width of the wire that leaves a pattern, where its layers or wires fix it. */
  private widthAfter(p: Pattern): Size | null {
    switch (p.kind) {
      case 'wire':
        return this.widthBefore(p)
      case 'pointwise':
        return p.args.map(a => this.widthAfter(a)).find(w => w !== null) ?? null
      case 'additive':
      case 'multiplicative':
      case 'mix':
        return this.size(sizesOfPattern(p.operator)[0])
      case 'net':
        return this.size(this.rule.variables.nets[p.slot].rows)
      case 'constant':
        return this.size(sizesOfPattern(p.value)[0])
      case 'slice':
        return this.size(addSizes(p.end, p.start, -1))
      case 'join':
      case 'reduce':
        return null
      default:
        return this.widthAfter(p.arg)
    }
  }
  private size(s: Size): Size {
    return substituteSize(s, name => this.choices.sizes.get(name))
  }
  private group(group: Extract<Pattern, { kind: 'reduce' }>['group']): number {
    if (typeof group === 'number') return group
    const chosen = this.choices.groups.get(this.rule.variables.groups[group.slot].name)
    if (chosen === undefined) throw new Beyond('it speaks of groups of any size')
    return chosen
  }
  /** The product of all groups, which has to divide the width. */
  private groupsIn(p: Pattern): number {
    const own = p.kind === 'reduce' ? this.group(p.group) : 1
    return stagesBefore(p).reduce((product, a) => product * this.groupsIn(a), own)
  }

  /** The groups that the right side makes of the wire itself: it can only stand where their product divides the width, too. */
  private groupsBehindWire(t: Template): number {
    let groups = 1
    for (let at = t; at.kind !== 'wire'; [at] = stagesBefore(at)) {
      const isEven =
        at.kind === 'softmax' || at.kind === 'logsoftmax' || (at.kind === 'pointwise' && at.args.length === 1)
      if (at.kind === 'reduce') groups *= this.group(at.group)
      else if (!isEven) return 1
    }
    return groups
  }

  private add(content: Node extends infer N ? (N extends Node ? Omit<N, 'id'> : never) : never): NodeId {
    const id = this.nodes.length
    this.nodes.push({ ...content, id } as Node)
    return id
  }

  private domainOf(slot: number): Range {
    for (const c of this.rule.conditions) {
      if (c.kind !== 'wire' || c.slot !== slot) continue
      if (!('domainOf' in c.within)) return c.within
      const chosen = this.choices.functions.get(this.rule.variables.functions[c.within.domainOf].name)
      if (chosen === undefined) continue
      const domain = usualDomain(chosen)
      if (domain === null) throw new Beyond('it speaks of the domain of a function for which no set is known')
      return domain
    }
    return this.declaredDomains(this.rule.left, slot)
  }
  /** What the declared functions want of a wire that enters them. */
  private declaredDomains(p: Pattern, slot: number): Range {
    if (p.kind !== 'pointwise')
      return stagesBefore(p).reduce((range, a) => intersect(range, this.declaredDomains(a, slot)), REALS)
    const { fn } = p
    const type =
      fn.kind === 'variable' ? this.rule.conditions.find(c => c.kind === 'codomain' && c.slot === fn.slot) : undefined
    return p.args.reduce((range, a, i) => {
      const own = a.kind === 'wire' && a.slot === slot && type?.kind === 'codomain' ? type.domain[i] : REALS
      return intersect(range, intersect(own, this.declaredDomains(a, slot)))
    }, REALS)
  }

  private node(p: Pattern, width: Size): NodeId {
    switch (p.kind) {
      case 'wire': {
        let id = this.wires.get(p.slot)
        if (id === undefined) {
          const { name, width: own } = this.rule.variables.wires[p.slot]
          const domain = this.domainOf(p.slot)
          const shape = [own === null ? width : this.size(own)]
          id = this.add({ kind: 'input', args: [], name, shape, domain, absorbed: false })
          this.wires.set(p.slot, id)
        }
        return id
      }
      case 'pointwise': {
        const beside = p.args.map(a => this.widthAfter(a)).find(w => w !== null) ?? width
        const args = p.args.map(a => this.node(a, a.kind === 'wire' ? beside : width))
        return this.add({ kind: 'pointwise', args, fn: this.fn(p.fn), shape: this.nodes[args[0]].shape })
      }
      case 'additive': {
        const arg = this.node(p.arg, width)
        const operator = this.operator(p.operator)
        const bias = p.bias === null ? null : this.bias(p.bias)
        return this.add({ kind: 'additive', args: [arg], operators: [operator], bias, shape: [operator.rows] })
      }
      case 'multiplicative': {
        const arg = this.node(p.arg, width)
        const operator = this.operator(p.operator)
        const bias = p.bias === null ? null : this.bias(p.bias)
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
      case 'reduce': {
        const arg = this.node(p.arg, width)
        const group = this.group(p.group)
        const groups = divideSize(this.nodes[arg].shape[0], group)
        if (groups === null) throw new Beyond('its groups do not divide the width')
        return this.add({ kind: 'reduce', args: [arg], operation: p.operation, group, shape: [groups] })
      }
      case 'net': {
        const { name } = this.rule.variables.nets[p.slot]
        const chosen = this.choices.nets.get(name)
        if (chosen === undefined) throw new Beyond(`it speaks of every net ${name}`)
        // The same net on the same wire is the same wire.
        const arg = this.node(p.arg, width)
        const key = `${name} ${arg}`
        const known = this.parts.get(key)
        if (known !== undefined) return known
        const end = chosen.reduce((at, stage) => this.partStage(at, stage), arg)
        this.parts.set(key, end)
        return end
      }
      case 'constant': {
        const value = this.operator(p.value)
        return this.add({ kind: 'constant', args: [], value, shape: [value.rows] })
      }
      case 'join': {
        const args = p.args.map(a => this.node(a, width))
        const shape = [args.map(a => this.nodes[a].shape[0]).reduce((sum, w) => addSizes(sum, w))]
        return this.add({ kind: 'join', args, shape })
      }
      case 'slice': {
        const arg = this.node(p.arg, width)
        const [start, end] = [this.size(p.start), this.size(p.end)]
        return this.add({ kind: 'slice', args: [arg], start, end, shape: [addSizes(end, start, -1)] })
      }
    }
  }

  private partStage(arg: NodeId, stage: PartStage): NodeId {
    if ('fn' in stage) return this.add({ kind: 'pointwise', args: [arg], fn: stage.fn, shape: this.nodes[arg].shape })
    const { operator } = stage
    if (operator.columns !== this.nodes[arg].shape[0]) throw new Beyond('the chosen net does not fit')
    return this.add({ kind: 'additive', args: [arg], operators: [operator], bias: null, shape: [operator.rows] })
  }

  /** A bias that is zero is none. */
  private bias(p: LinearPattern): Linear | null {
    const bias = this.operator(p)
    return bias.kind === 'zero' ? null : bias
  }

  private operator(p: LinearPattern): Linear {
    switch (p.kind) {
      case 'variable': {
        let a = this.operators.get(p.slot)
        if (a === undefined) this.operators.set(p.slot, (a = this.unknownOperator(p)))
        return a
      }
      case 'identity':
        return identity(this.size(p.size))
      case 'zero':
        return zeroMatrix(this.size(p.rows), this.size(p.columns))
      case 'ones':
        return ones(this.size(p.rows), this.size(p.columns))
      case 'exact':
        return p.operator
      case 'product':
        return p.factors.map(f => this.operator(f)).reduce((a, b) => product(a, b))
      case 'transpose':
        return transpose(this.operator(p.of))
      case 'diagonal':
        return diagonal(this.operator(p.of))
    }
  }
  private unknownOperator(p: Extract<LinearPattern, { kind: 'variable' }>): Linear {
    const { name } = this.rule.variables.operators[p.slot]
    const [rows, columns] = [this.size(p.rows), this.size(p.columns)]
    const chosen = this.choices.weights.get(name)
    if (chosen !== undefined) {
      if (chosen.rows !== rows || chosen.columns !== columns)
        throw new Beyond(
          `${name} is ${rows.text} x ${columns.text}, and not ${chosen.rows.text} x ${chosen.columns.text}`,
        )
      return chosen
    }
    const special = this.rule.conditions.some(c => c.kind === 'operator' && c.slot === p.slot)
    if (special) throw new Beyond('it speaks of matrices of a special kind')
    const within = this.rule.conditions.find(c => c.kind === 'entries' && c.slot === p.slot)
    const entries = within?.kind === 'entries' ? within.within : REALS
    const known = this.unknowns.weights.get(name)
    if (known !== undefined) {
      if (known.rows !== rows || known.columns !== columns || !isSubset(known.entries, entries))
        throw new Beyond(`${name} is declared otherwise`)
      return weight(known)
    }
    const symbol: WeightSymbol = { name, rows, columns, vector: columns === sizeOf(1), entries, value: null }
    this.unknowns.weights.set(name, symbol)
    return weight(symbol)
  }

  private variable(slot: number): Expression {
    const known = this.functions.get(slot)
    if (known !== undefined) return known
    const fn = this.unknownFunction(slot)
    this.functions.set(slot, fn)
    return fn
  }
  private unknownFunction(slot: number): Expression {
    const { name, variadic } = this.rule.variables.functions[slot]
    const chosen = this.choices.functions.get(name)
    if (chosen !== undefined) return chosen
    if (variadic) throw new Beyond('it speaks of functions of any number of wires')
    let symbol = anyFunction(name, 1)
    for (const c of this.rule.conditions) {
      if (!('slot' in c) || c.slot !== slot) continue
      if (c.kind === 'codomain')
        symbol = { ...anyFunction(name, c.domain.length), domain: c.domain, codomain: c.codomain }
      if (c.kind !== 'function') continue
      if (c.property === 'increasing' || c.property === 'decreasing') symbol = { ...symbol, monotone: c.property }
      else if (c.property === 'odd' || c.property === 'even') symbol = { ...symbol, parity: c.property }
      else throw new Beyond(`it speaks of every function that is ${c.property}`)
    }
    const known = this.unknowns.functions.get(name)
    if (known !== undefined) {
      const isAsNarrow =
        known.arity === symbol.domain.length &&
        symbol.domain.every((d, i) => sameRange(d, known.domain[i])) &&
        isSubset(known.codomain, symbol.codomain) &&
        (symbol.monotone === null || symbol.monotone === known.monotone) &&
        (symbol.parity === null || symbol.parity === known.parity)
      if (!isAsNarrow) throw new Beyond(`${name} is declared otherwise`)
      return applied(known)
    }
    this.unknowns.functions.set(name, symbol)
    return applied(symbol)
  }

  private fn(p: FunctionPattern): Expression {
    switch (p.kind) {
      case 'exact':
        return p.fn
      case 'variable':
        return this.variable(p.slot)
      case 'inverse': {
        const inverse = inversesOf(this.variable(p.slot))[0]
        if (inverse === undefined) throw new Beyond('it speaks of every function that has an inverse')
        return inverse
      }
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
        if (slot >= 0) return this.real(slot)
      }
      return mapParts(e, of)
    })
  }
  private real(slot: number): Expression {
    const { name } = this.rule.variables.reals[slot]
    const chosen = this.choices.reals.get(name)
    if (chosen !== undefined) return chosen
    const c = this.rule.conditions.find(d => d.kind === 'real' && d.slot === slot)
    const codomain = c?.kind === 'real' ? c.within : REALS
    const known = this.unknowns.reals.get(name)
    if (known !== undefined) {
      if (!isSubset(known.codomain, codomain)) throw new Beyond(`${name} is declared otherwise`)
      return apply(known)
    }
    const symbol: FunctionSymbol = { ...anyFunction(name, 0), codomain }
    this.unknowns.reals.set(name, symbol)
    return apply(symbol)
  }
}

/** The names of the numbers of a linear function that is unknown: no declared name has a space. */
export const LINE = {
  factor: (name: string) => `${name} factor`,
  constant: (name: string) => `${name} constant`,
} as const
/** The linear function k*t + c with unknown numbers k and c; k*t where it is a multiple. */
export function unknownLine(name: string, isMultiple: boolean): Expression {
  const scaled = call('*', apply(anyFunction(LINE.factor(name), 0)), x0)
  return isMultiple ? scaled : call('+', scaled, apply(anyFunction(LINE.constant(name), 0)))
}

function applied(symbol: FunctionSymbol): Expression {
  return symbol.arity === 1 ? apply(symbol, x0) : apply(symbol, ...symbol.domain.map((_, i) => variable(i)))
}
