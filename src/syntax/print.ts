// From diagrams to text that parses to the same diagram: a chain where the net is one, else wires with names.
import {
  type Diagram,
  type InputNode,
  inputsOf,
  type Node,
  type NodeId,
  type OutputNode,
  outputsOf,
} from '../diagram/diagram.ts'
import {
  type Linear,
  linearPostorder,
  ones,
  printLinear,
  scale,
  type WeightSymbol,
  weightsOf,
} from '../linear/linear.ts'
import { printShape, type Shape, sameShape, sizeOf } from '../linear/size.ts'
import {
  call,
  type Expression,
  type FunctionSymbol,
  fold,
  functionsOf,
  one,
  parts,
  printExpression,
  variable,
  variablesOf,
  withParts,
  x0,
  zero,
} from '../scalar/expression.ts'
import { isReals, printRange } from '../scalar/range.ts'
import { printRational } from '../scalar/rational.ts'
import { oddRoot } from './inverse.ts'
import { layoutChain, layoutList } from './layout.ts'
import { OPERATIONS } from './scope.ts'
import { isFunctionName } from './terms.ts'

type Names = Diagram['names']

// --- Functions ----------------------------------------------------------------------------------------------------

const NO_NAMES: Names = new Map()

/**
 * A function of one number as it is written where a function stands: `sigma'`, `ln . sigma . exp`, `pow[3]`; null for
 * one that has to be written as a formula.
 */
export function printFunction(fn: Expression, names: Names = NO_NAMES): string | null {
  const layers: string[] = []
  for (let at = fn; at !== x0; ) {
    const name = names.get(at)
    if (name !== undefined) {
      layers.push(name)
      break
    }
    const layer = outermost(at)
    if (layer === null) return null
    layers.push(layer.text)
    at = layer.inner
  }
  return layers.length === 0 ? 'id' : layers.join(' . ')
}

function isClosed(e: Expression): boolean {
  return variablesOf(e).length === 0
}

function outermost(e: Expression): { readonly text: string; readonly inner: Expression } | null {
  const root = oddRoot(e)
  if (root !== null && !isClosed(root.of)) return { text: `inverse(pow[${root.degree}])`, inner: root.of }
  if (e.kind !== 'call' && e.kind !== 'apply') return null
  const [inner, ...parameters] = e.args
  const open = variablesOf(inner)
  if (e.kind === 'call' && !isFunctionName(e.name)) {
    const parameter = parameters[0]
    const text = (name: string, p: Expression): string => `${name}[${printExpression(p)}]`
    if (e.name === '*' && isClosed(inner) && !isClosed(parameter))
      return { text: text('scale', inner), inner: parameter }
    if (parameters.length !== 1 || !isClosed(parameter) || open.length === 0) return null
    if (e.name === '^') return { text: text('pow', parameter), inner }
    if (e.name === '+') return { text: text('shift', parameter), inner }
    const isLog =
      e.name === '/' &&
      inner.kind === 'call' &&
      inner.name === 'ln' &&
      parameter.kind === 'call' &&
      parameter.name === 'ln'
    return isLog ? { text: text('log', parameter.args[0]), inner: inner.args[0] } : null
  }
  if (open.length === 0 || !parameters.every(isClosed)) return null
  const name = e.kind === 'call' ? e.name : e.fn.name
  return {
    text: parameters.length === 0 ? name : `${name}[${parameters.map(p => printExpression(p)).join(', ')}]`,
    inner,
  }
}

// --- Nets ---------------------------------------------------------------------------------------------------------

/** The text of a net, in parts that can be set in lines. */
interface NetText {
  readonly chain: readonly string[] | null
  readonly items: readonly { readonly prefix: string; readonly parts: readonly string[] }[]
  /** Functions that have no name in the net and need one. */
  readonly helpers: ReadonlyMap<string, Expression>
}

/** The net as one statement on one line. */
export function printNet(diagram: Diagram): string {
  const text = netText(diagram)
  if (text.chain !== null) return `net ${diagram.name} { ${text.chain.join(' -> ')} }`
  return `net ${diagram.name} { ${text.items.map(i => i.prefix + i.parts.join(' -> ')).join('   ')} }`
}

/**
 * The net with everything that it uses declared (unless `declarations` is false): text of a file which parses to the
 * same net. What a net is named by (`absorbed` ends, names of inner wires) is not part of it.
 */
export function printDiagram(diagram: Diagram, options: { readonly declarations?: boolean } = {}): string {
  const text = netText(diagram)
  const head = `net ${diagram.name} {`
  let net = text.chain === null ? '' : `${head} ${text.chain.join(' -> ')} }`
  if (text.chain !== null && net.length > 100) net = `${head}\n${layoutChain(text.chain, '  ')}\n}`
  if (text.chain === null) net = [head, ...text.items.map(i => layoutChain(i.parts, '  ', i.prefix)), '}'].join('\n')
  const lines = options.declarations === false ? [] : declarationsOf(diagram, text.helpers)
  return [...lines, net, ''].join('\n')
}

/** The stages of a net with one input and one output that is a chain; null for another, or where a function needs a name. */
export function printChain(diagram: Diagram): readonly string[] | null {
  const printer = new NetPrinter(diagram)
  const chain = printer.chain()
  return chain === null || printer.helpers.size > 0 ? null : chain.slice(1, -1)
}

function printInput(node: InputNode): string {
  return `${node.name} : ${printShape(node.shape)}${isReals(node.domain) ? '' : ` in ${printRange(node.domain)}`}`
}

function netText(diagram: Diagram): NetText {
  const printer = new NetPrinter(diagram)
  const chain = printer.chain()
  return chain === null ? printer.block() : { chain, items: [], helpers: printer.helpers }
}

class NetPrinter {
  readonly helpers = new Map<string, Expression>()
  private readonly nodes = new Map<NodeId, Node>()
  private readonly uses = new Map<NodeId, Node[]>()
  private readonly inputs: readonly InputNode[]
  private readonly outputs: readonly OutputNode[]
  private readonly taken: Set<string>
  private readonly diagram: Diagram
  private made = 0

  constructor(diagram: Diagram) {
    this.diagram = diagram
    this.inputs = inputsOf(diagram)
    this.outputs = outputsOf(diagram)
    this.taken = new Set([
      ...this.inputs.map(n => n.name),
      ...this.outputs.map(n => n.name),
      'pi',
      'e',
      ...diagram.names.values(),
    ])
    for (const n of diagram.nodes) {
      this.nodes.set(n.id, n)
      for (const a of n.args) {
        const users = this.uses.get(a)
        if (users === undefined) this.uses.set(a, [n])
        else users.push(n)
      }
      for (const e of expressionsOf(n)) for (const f of functionsOf(e)) this.taken.add(f.name)
      for (const w of weightsOf(linearsOf(n))) this.taken.add(w.name)
    }
  }

  /** Input, stages and output of a net that is a chain, else null. */
  chain(): string[] | null {
    const [input, output] = [this.inputs[0], this.outputs[0]]
    if (this.inputs.length !== 1 || this.outputs.length !== 1) return null
    if (isFunctionName(output.name) || OPERATIONS.has(output.name) || this.isFunctionOfFile(output.name)) return null
    const stages: string[] = []
    let at: Node = input
    for (;;) {
      const users: readonly Node[] = this.uses.get(at.id) ?? []
      if (users.length !== 1) return null
      at = users[0]
      if (at.kind === 'output') break
      const stage = at.args.length === 1 ? this.stage(at) : null
      if (stage === null) return null
      stages.push(stage)
    }
    return stages.length + 2 === this.nodes.size ? [printInput(input), ...stages, output.name] : null
  }

  private isFunctionOfFile(name: string): boolean {
    for (const n of this.nodes.values()) {
      if (expressionsOf(n).some(e => functionsOf(e).some(f => f.name === name))) return true
    }
    return [...this.diagram.names.values()].includes(name)
  }

  /** The node as a stage on its one wire; null where it is none. */
  private stage(n: Node): string | null {
    const brackets = (operators: readonly Linear[], bias: Linear | null): string =>
      `[${[...operators, ...(bias === null ? [] : [bias])].map(printLinear).join(', ')}]`
    switch (n.kind) {
      case 'pointwise':
        return n.args.length === 1 ? printFunction(n.fn, this.diagram.names) : null
      case 'additive':
        return n.operators.length === 1 ? `add${brackets(n.operators, n.bias)}` : null
      case 'multiplicative':
        return `mul${brackets([n.operator], n.bias)}`
      case 'mix':
        return `mix[${printFunction(n.fn, this.diagram.names) ?? this.helper(n.fn)}, ${printLinear(n.operator)}]`
      case 'reduce':
        return `${n.operation}pool[${n.group}]`
      case 'softmax':
      case 'logsoftmax':
        return n.kind
      default:
        return null
    }
  }

  private helper(fn: Expression): string {
    for (const [name, e] of this.helpers) if (e === fn) return name
    const name = this.fresh('f')
    this.helpers.set(name, fn)
    return name
  }

  private fresh(letter: string): string {
    for (;;) {
      const name = `${letter}${++this.made}`
      if (!this.taken.has(name)) return name
    }
  }

  block(): NetText {
    const items: { prefix: string; parts: readonly string[] }[] = []
    if (this.inputs.length > 0) items.push({ prefix: 'input ', parts: [this.inputs.map(printInput).join(', ')] })
    // The text of each wire that has no name yet, as the parts of a chain.
    const open = new Map<NodeId, readonly string[]>()
    const named = new Map<NodeId, string>(this.inputs.map(n => [n.id, n.name]))
    const parts = (id: NodeId): readonly string[] => {
      const name = named.get(id)
      return name === undefined ? (open.get(id) as readonly string[]) : [name]
    }
    for (const n of this.diagram.nodes) {
      if (n.kind === 'input') continue
      if (n.kind === 'output') {
        items.push({ prefix: `output ${n.name} = `, parts: parts(n.args[0]) })
        continue
      }
      const stage = n.args.length === 1 ? this.stage(n) : null
      const text =
        stage === null
          ? [
              this.term(
                n,
                n.args.map(a => named.get(a) as string),
              ),
            ]
          : [...parts(n.args[0]), stage]
      open.set(n.id, text)
      const users = this.uses.get(n.id) ?? []
      const user = users[0]
      const inline =
        users.length === 1 && (user.kind === 'output' || (user.args.length === 1 && this.stage(user) !== null))
      // A vector with a name, or written out, is its own name.
      const asItself = n.kind === 'constant' && !this.inputs.some(i => i.name === text[0])
      if (asItself) named.set(n.id, text[0])
      else if (!inline) {
        const name = this.fresh('h')
        named.set(n.id, name)
        items.push({ prefix: `${name} = `, parts: text })
      }
      for (const a of n.args) if (!named.has(a)) open.delete(a)
    }
    return { chain: null, items, helpers: this.helpers }
  }

  /** The node as a term over wires with these names. */
  private term(n: Node, args: readonly string[]): string {
    switch (n.kind) {
      case 'pointwise':
        if (n.args.length === 0) return this.number(n.fn, n.shape)
        return printExpression(this.kept(this.plain(n.fn), n.args.length), args)
      case 'constant': {
        const { value } = n
        if (value.kind === 'symbol' && !this.inputs.some(i => i.name === value.symbol.name)) return value.symbol.name
        if (value.kind === 'literal') return `[${value.entries.map(r => printRational(r[0])).join(', ')}]`
        return `constant[${printLinear(value)}]`
      }
      case 'additive': {
        if (n.args.length === 0 && n.bias !== null) return `constant[${printLinear(n.bias)}]`
        const operators = [...n.operators, ...(n.bias === null ? [] : [n.bias])]
        return `add[${operators.map(printLinear).join(', ')}](${args.join(', ')})`
      }
      case 'join':
        return `[${args.join(', ')}]`
      case 'slice':
        return `${args[0]}[${n.start.text}..${n.end.text}]`
      default:
        return `${this.stage(n)}(${args.join(', ')})`
    }
  }

  /** An input may be called e, which then does not mean the number. */
  private plain(fn: Expression): Expression {
    if (!this.inputs.some(i => i.name === 'e')) return fn
    return fold<Expression>(fn, (e, of) => {
      if (e.kind === 'constant' && e.name === 'e') return call('exp', one)
      return parts(e).length === 0 ? e : withParts(e, parts(e).map(of))
    })
  }

  /** A formula that does not use all of its wires keeps them, for it is defined only where they are. */
  private kept(fn: Expression, wires: number): Expression {
    const used = new Set(variablesOf(fn))
    let result = fn
    for (let i = 0; i < wires; i++) if (!used.has(i)) result = call('+', result, call('*', zero, variable(i)))
    return result
  }

  private number(fn: Expression, shape: Shape): string {
    if (this.inputs.length > 0 && this.inputs.every(i => sameShape(i.shape, shape))) return printExpression(fn)
    return `constant[${printLinear(scale(fn, ones(shape[shape.length - 1], sizeOf(1))))}]`
  }
}

function expressionsOf(n: Node): Expression[] {
  if (n.kind === 'pointwise') return [n.fn]
  const own = n.kind === 'mix' ? [n.fn] : []
  const factors = linearPostorder(...linearsOf(n)).flatMap(a => (a.kind === 'scale' ? [a.factor] : []))
  return [...own, ...factors]
}

function linearsOf(n: Node): Linear[] {
  switch (n.kind) {
    case 'additive':
      return [...n.operators, ...(n.bias === null ? [] : [n.bias])]
    case 'multiplicative':
      return [n.operator, ...(n.bias === null ? [] : [n.bias])]
    case 'mix':
      return [n.operator]
    case 'constant':
      return [n.value]
    default:
      return []
  }
}

// --- Declarations -------------------------------------------------------------------------------------------------

/** Statements that declare what a net uses, each before those that use it. */
function declarationsOf(diagram: Diagram, helpers: ReadonlyMap<string, Expression>): string[] {
  const sizes = new Set<string>()
  const see = (...all: readonly { readonly terms: readonly (readonly [string, number])[] }[]): void => {
    for (const s of all) for (const [name] of s.terms) sizes.add(name)
  }
  const weights = new Set<WeightSymbol>()
  const roots: Expression[] = [...helpers.values()]
  const symbols = new Map<string, Expression>()
  for (const [e, name] of diagram.names) if (e.kind === 'apply' && e.fn.name === name) symbols.set(name, e)
  for (const n of diagram.nodes) {
    see(...n.shape)
    if (n.kind === 'slice') see(n.start, n.end)
    for (const a of linearPostorder(...linearsOf(n))) {
      see(a.rows, a.columns)
      if (a.kind === 'select' || a.kind === 'embed') see(a.start)
      if (a.kind === 'symbol') weights.add(a.symbol)
    }
    for (const e of expressionsOf(n)) roots.push(...namedParts(e, diagram.names, symbols), e)
  }
  const lines: string[] = []
  if (sizes.size > 0) lines.push(layoutList([...sizes].sort(), '', 'size ', ''))
  for (const line of weightStatements([...weights].sort((a, b) => byName(a.name, b.name)))) lines.push(line)
  for (const fn of inOrder(roots)) lines.push(functionStatement(fn, diagram.names))
  for (const [name, e] of helpers) lines.push(`function ${name}(t) = ${printExpression(e, ['t'])}`)
  if (lines.length > 0) lines.push('')
  return lines
}

/** The functions whose names stand for a part of a function in print. */
function namedParts(fn: Expression, names: Names, symbols: ReadonlyMap<string, Expression>): Expression[] {
  const found: Expression[] = []
  for (let at: Expression | undefined = fn; at !== undefined && at !== x0; ) {
    const name = names.get(at)
    if (name !== undefined) {
      const symbol = symbols.get(name)
      if (symbol !== undefined) found.push(symbol)
      break
    }
    at = outermost(at)?.inner
  }
  return found
}

/** Declared functions that occur, each after those that its definition uses, without recursion. */
function inOrder(roots: readonly Expression[]): FunctionSymbol[] {
  const order: FunctionSymbol[] = []
  const state = new Map<FunctionSymbol, 'open' | 'done'>()
  // Alphabetical order where there is no other: text that is read and printed again is then the same.
  const first = new Set<FunctionSymbol>()
  for (const e of new Set(roots)) for (const f of functionsOf(e)) first.add(f)
  const stack = [...first].sort((a, b) => byName(b.name, a.name))
  while (stack.length > 0) {
    const fn = stack[stack.length - 1]
    if (state.get(fn) !== undefined) {
      stack.pop()
      if (state.get(fn) === 'open') order.push(fn)
      state.set(fn, 'done')
      continue
    }
    // A function comes with its inverse: one statement declares both.
    if (fn.inverse !== null && state.get(fn.inverse) !== undefined) {
      state.set(fn, 'done')
      continue
    }
    state.set(fn, 'open')
    if (fn.definition === null) continue
    for (const f of functionsOf(fn.definition).sort((a, b) => byName(b.name, a.name)))
      if (state.get(f) === undefined) stack.push(f)
  }
  return order
}

function functionStatement(fn: FunctionSymbol, names: Names): string {
  if (fn.definition !== null) {
    // The name must not stand for itself.
    const others: Names = new Map([...names].filter(([, name]) => name !== fn.name))
    const composition = fn.arity === 1 && fn.definition !== x0 ? printFunction(fn.definition, others) : null
    if (composition !== null) return `function ${fn.name} = ${composition}`
    return `function ${fn.name}(${fn.parameters.join(', ')}) = ${printExpression(fn.definition, fn.parameters)}`
  }
  const properties = [fn.monotone, fn.parity].filter(p => p !== null)
  const inverse = fn.inverse === null ? [] : [`inverse ${fn.inverse.name}`]
  const type = `${fn.domain.map(printRange).join(' x ')} -> ${printRange(fn.codomain)}`
  return ['function', fn.name, ':', type, ...properties, ...inverse].join(' ')
}

/** W2 before W10. */
function byName(a: string, b: string): number {
  const [x, y] = [a, b].map(s => s.replace(/\d+/g, digits => digits.padStart(12, '0')))
  return x < y ? -1 : x > y ? 1 : a < b ? -1 : a > b ? 1 : 0
}

/** Those of one kind share a statement. */
function weightStatements(weights: readonly WeightSymbol[]): string[] {
  const groups = new Map<string, string[]>()
  for (const w of weights) {
    const range = isReals(w.entries) ? '' : ` in ${printRange(w.entries)}`
    const shape = w.vector ? printShape([w.rows]) : printShape([w.rows, w.columns])
    let type = ` : ${shape}${range}`
    if (w.value !== null) {
      const rows = w.value.map(r => r.map(printRational).join(', '))
      type = ` = [${w.vector ? rows.join(', ') : rows.map(r => `[${r}]`).join(', ')}]`
    }
    const group = groups.get(type)
    if (group === undefined) groups.set(type, [w.name])
    else group.push(w.name)
  }
  return [...groups].map(([type, names]) => layoutList(names, '', 'weights ', type))
}
