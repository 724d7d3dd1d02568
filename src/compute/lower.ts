// Diagrams as programs: nodes and linear operators taken apart into operations on arrays, with sizes known and unknown
// functions replaced by their formulas.
import { type Diagram, inputsOf, type MultiplicativeNode, type Node, type NodeId } from '../diagram/diagram.ts'
import { type Linear, linearParts, linearPostorder } from '../linear/linear.ts'
import type { Shape, Size } from '../linear/size.ts'
import { call, type Expression, type FunctionSymbol, number, variable, x0 } from '../scalar/expression.ts'
import { toDouble } from '../scalar/rational.ts'
import { livingNodes } from '../semantics/contents.ts'
import { groundExpression } from '../semantics/ground.ts'
import { componentsIn, sizeIn } from '../semantics/net.ts'
import type { MultiplicativeChoice, Operation, Program, Value } from './program.ts'

export interface LowerOptions {
  readonly sizes: ReadonlyMap<string, number>
  readonly functions: ReadonlyMap<FunctionSymbol, Expression>
  choose(node: MultiplicativeNode): Omit<MultiplicativeChoice, 'node'>
}

/** An operation that has a result, without it. */
type Content = Operation extends infer O ? (O extends { out: Value } ? Omit<O, 'out'> : never) : never

/** Operators whose parts are shared so much that applying them one by one would take too long are made matrices. */
const MOST_VISITS = 64

const plus = call('+', x0, variable(1))
const product = call('*', x0, variable(1))

/** How often leaves are visited when an operator is applied as it is written. */
function isMuchShared(root: Linear): boolean {
  const count = new Map<Linear, number>()
  const order = linearPostorder(root)
  for (const a of order) {
    const below = linearParts(a)
    count.set(a, below.length === 0 ? 1 : below.reduce((sum, part) => sum + (count.get(part) as number), 0))
  }
  return (count.get(root) as number) > MOST_VISITS * order.length
}

class Lowering {
  readonly operations: Operation[] = []
  private readonly options: LowerOptions
  private values = 0
  private readonly matrices = new Map<Linear, Value>()
  private readonly vectors = new Map<Linear, Value>()
  private readonly grounded = new Map<Expression, Expression>()

  constructor(options: LowerOptions) {
    this.options = options
  }

  size = (s: Size): number => sizeIn(s, this.options.sizes)

  ground(e: Expression): Expression {
    let found = this.grounded.get(e)
    if (found === undefined) this.grounded.set(e, (found = groundExpression(e, this.options.functions)))
    return found
  }

  private emit(content: Content, once: boolean, rows: number, width: number): Value {
    const out: Value = { id: this.values++, once, rows, width }
    this.operations.push({ ...content, out } as unknown as Operation)
    return out
  }

  input(name: string, shape: Shape): Value {
    const width = this.size(shape[shape.length - 1])
    return this.emit({ kind: 'input', name }, false, componentsIn(shape, this.size) / width, width)
  }

  output(name: string, of: Value, shape: Shape): void {
    const rows = componentsIn(shape, this.size) / of.width
    this.operations.push({ kind: 'output', name, of, rows, out: null })
  }

  pointwise(fn: Expression, args: readonly Value[], width: number): Value {
    if (fn === x0 && args.length === 1) return args[0]
    const batch = args.find(arg => !arg.once)
    const rows = batch?.rows ?? args.reduce((most, arg) => Math.max(most, arg.rows), 1)
    return this.emit({ kind: 'pointwise', fn, args }, batch === undefined, rows, width)
  }

  private table(rows: number, width: number, entry: (i: number, j: number) => number): Value {
    return this.emit({ kind: 'table', entry }, true, rows, width)
  }

  multiply(of: Value, matrix: Value, transposed: boolean): Value {
    return this.emit(
      { kind: 'matrix', of, matrix, transposed, bias: null, relu: false },
      of.once,
      of.rows,
      transposed ? matrix.width : matrix.rows,
    )
  }

  /** The entries of an operator, rows x columns. */
  matrix(root: Linear): Value {
    for (const a of linearPostorder(root)) {
      if (this.matrices.has(a)) continue
      const of = (part: Linear): Value => this.matrices.get(part) as Value
      const [rows, columns] = [this.size(a.rows), this.size(a.columns)]
      const table = (entry: (i: number, j: number) => number): Value => this.table(rows, columns, entry)
      const value = ((): Value => {
        switch (a.kind) {
          case 'symbol': {
            const { value: known } = a.symbol
            if (known !== null) return table((i, j) => toDouble(known[i][j]))
            return this.emit({ kind: 'weight', symbol: a.symbol }, true, rows, columns)
          }
          case 'literal':
            return table((i, j) => toDouble(a.entries[i][j]))
          case 'identity':
            return table((i, j) => (i === j ? 1 : 0))
          case 'zero':
            return table(() => 0)
          case 'ones':
            return table(() => 1)
          case 'select': {
            const start = this.size(a.start)
            return table((i, j) => (j === start + i ? 1 : 0))
          }
          case 'embed': {
            const start = this.size(a.start)
            return table((i, j) => (i === start + j ? 1 : 0))
          }
          case 'transpose': {
            const unit = this.table(rows, rows, (i, j) => (i === j ? 1 : 0))
            return this.multiply(unit, of(a.of), false)
          }
          case 'diagonal': {
            const repeated = this.multiply(
              of(a.of),
              this.table(rows, 1, () => 1),
              false,
            )
            return this.pointwise(product, [repeated, table((i, j) => (i === j ? 1 : 0))], columns)
          }
          case 'product':
            return this.multiply(of(a.left), of(a.right), true)
          case 'sum':
            return this.pointwise(plus, [of(a.left), of(a.right)], columns)
          case 'scale':
            return this.pointwise(call('*', this.ground(a.factor), x0), [of(a.of)], columns)
        }
      })()
      this.matrices.set(a, value)
    }
    return this.matrices.get(root) as Value
  }

  private applyLeaf(a: Linear, x: Value): Value {
    const rows = this.size(a.rows)
    switch (a.kind) {
      case 'identity':
        return x
      case 'transpose':
        return this.multiply(x, this.matrix(a.of), true)
      // 0 * x, not 0: what is undefined stays so, for operators are strict.
      case 'zero':
        return this.emit({ kind: 'total', of: x, factor: 0 }, x.once, x.rows, rows)
      case 'ones':
        return this.emit({ kind: 'total', of: x, factor: 1 }, x.once, x.rows, rows)
      case 'select':
        return this.slice(x, this.size(a.start), rows)
      case 'embed':
        return this.join([{ of: x, start: this.size(a.start) }], rows)
      default:
        return this.multiply(x, this.matrix(a), false)
    }
  }

  /** The operator applied to each row, as it is written: no product of matrices is formed. */
  apply(root: Linear, x: Value): Value {
    if (isMuchShared(root)) return this.multiply(x, this.matrix(root), false)
    type Task = { of: Linear } | { next: 'add' } | { next: 'scale'; factor: Expression } | { next: 'apply'; of: Linear }
    // Each stage takes the value on top of the stack; a sum first puts a copy beneath.
    const stack: Value[] = [x]
    const todo: Task[] = [{ of: root }]
    for (let task = todo.pop(); task !== undefined; task = todo.pop()) {
      const top = stack.pop() as Value
      if ('next' in task) {
        if (task.next === 'add') stack.push(this.pointwise(plus, [stack.pop() as Value, top], top.width))
        else if (task.next === 'scale')
          stack.push(this.pointwise(call('*', this.ground(task.factor), x0), [top], top.width))
        else {
          // The arg of the right summand lies beneath the left one's value.
          const arg = stack.pop() as Value
          stack.push(top, arg)
          todo.push({ of: task.of })
        }
        continue
      }
      const a = task.of
      stack.push(top)
      if (a.kind === 'product') todo.push({ of: a.left }, { of: a.right })
      else if (a.kind === 'scale') todo.push({ next: 'scale', factor: a.factor }, { of: a.of })
      else if (a.kind === 'sum') {
        stack.push(top)
        todo.push({ next: 'add' }, { next: 'apply', of: a.right }, { of: a.left })
      } else stack.push(this.applyLeaf(a, stack.pop() as Value))
    }
    return stack[0]
  }

  /** An operator with one column, as one row. */
  vector(root: Linear): Value {
    let found = this.vectors.get(root)
    if (found === undefined) {
      const isLeaf = linearParts(root).length === 0
      const column = isLeaf ? this.matrix(root) : null
      if (column !== null) {
        found = column.rows === 1 ? column : this.emit({ kind: 'row', of: column }, true, 1, column.rows)
      } else {
        found = this.apply(root, this.unit())
      }
      this.vectors.set(root, found)
    }
    return found
  }
  private unitValue: Value | null = null
  private unit(): Value {
    this.unitValue ??= this.table(1, 1, () => 1)
    return this.unitValue
  }

  /**
   * `value` with the row `bias` added: in the same operation where the value is a product with a matrix that was made for
   * this sum, as it is unless an identity gave one of the args.
   */
  private addBias(value: Value, bias: Value | null, args: readonly Value[]): Value {
    if (bias === null) return value
    const last = this.operations.at(-1)
    if (last?.kind === 'matrix' && last.out === value && last.bias === null && !args.includes(value)) {
      this.operations.pop()
      // What `bias` needs came before, for it was made before.
      this.operations.push({ ...last, bias })
      return value
    }
    return this.pointwise(plus, [value, bias], value.width)
  }

  slice(of: Value, start: number, width: number): Value {
    if (start === 0 && width === of.width) return of
    return this.emit({ kind: 'slice', of, start }, of.once, of.rows, width)
  }

  join(parts: readonly { of: Value; start: number }[], width: number): Value {
    const batch = parts.find(part => !part.of.once)
    return this.emit({ kind: 'join', parts }, batch === undefined, batch?.of.rows ?? 1, width)
  }

  node(node: Node, args: readonly Value[]): { value: Value; choice: MultiplicativeChoice | null } {
    const width = this.size(node.shape[node.shape.length - 1])
    const plain = (value: Value) => ({ value, choice: null })
    const [x] = args
    switch (node.kind) {
      case 'input':
        return plain(this.input(node.name, node.shape))
      case 'output':
        this.output(node.name, x, node.shape)
        return plain(x)
      case 'constant':
        return plain(this.vector(node.value))
      case 'pointwise':
        return plain(this.pointwise(this.ground(node.fn), args, width))
      case 'additive': {
        // First, so that it can become a part of the last term.
        const bias = node.bias === null ? null : this.vector(node.bias)
        const terms = node.operators.map((operator, k) => () => this.apply(operator, args[k]))
        if (terms.length === 0) return plain(bias ?? this.pointwise(number(0), [], width))
        const sum = terms.slice(1).reduce((total, term) => {
          return this.pointwise(plus, [total, term()], width)
        }, terms[0]())
        return plain(this.addBias(sum, bias, args))
      }
      case 'multiplicative': {
        const choice = { node: node.id, ...this.options.choose(node) }
        const bias = node.bias === null ? null : this.vector(node.bias)
        if (choice.method === 'logarithms') {
          const logarithms = this.pointwise(call('ln', x0), [x], x.width)
          const sum = this.addBias(this.apply(node.operator, logarithms), bias, [logarithms])
          return { value: this.pointwise(call('exp', x0), [sum], width), choice }
        }
        const exponents = this.matrix(node.operator)
        const value = this.emit({ kind: 'power', of: x, exponents, transposed: false, bias }, x.once, x.rows, width)
        return { value, choice }
      }
      case 'join': {
        let start = 0
        const parts = args.map(of => {
          start += of.width
          return { of, start: start - of.width }
        })
        return plain(this.join(parts, width))
      }
      case 'slice':
        return plain(this.slice(x, this.size(node.start), width))
      case 'reduce':
        return plain(
          this.emit({ kind: 'reduce', of: x, operation: node.operation, group: node.group }, x.once, x.rows, width),
        )
      case 'mix': {
        const inner = this.pointwise(this.ground(node.inverse), [x], x.width)
        return plain(this.pointwise(this.ground(node.fn), [this.apply(node.operator, inner)], width))
      }
      case 'softmax':
      case 'logsoftmax':
        return plain(
          this.emit({ kind: 'softmax', of: x, logarithm: node.kind === 'logsoftmax' }, x.once, x.rows, width),
        )
    }
  }
}

/** The program of a diagram. Throws TypeError where a size or a function has no value, TooLarge for huge definitions. */
export function lower(diagram: Diagram, options: LowerOptions): Program {
  const lowering = new Lowering(options)
  const wires = new Map<NodeId, Value>()
  const choices: MultiplicativeChoice[] = []
  // Inputs that nothing uses are inputs all the same: what is given for them is checked.
  for (const { id, name, shape } of inputsOf(diagram)) wires.set(id, lowering.input(name, shape))
  for (const node of livingNodes(diagram)) {
    if (node.kind === 'input') continue
    const args = node.args.map(id => wires.get(id) as Value)
    const { value, choice } = lowering.node(node, args)
    wires.set(node.id, value)
    if (choice !== null) choices.push(choice)
  }
  return { operations: lowering.operations, choices }
}
