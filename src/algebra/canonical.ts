// When are two wires the same, whatever the nodes are called and in whatever order they stand? Each wire gets a class:
// by its kind of node, the normal form of what the node does, and the classes of its args. Equal classes mean equal
// values wherever both are defined.

import type { Diagram, Node, NodeId } from '../diagram/diagram.ts'
import { type WireRange, whole, wireRanges } from '../diagram/ranges.ts'
import type { Linear } from '../linear/linear.ts'
import { printShape, type Size } from '../linear/size.ts'
import { type Expression, postorder, substitute, unfold, variable, variablesOf } from '../scalar/expression.ts'
import { type Range, REALS } from '../scalar/range.ts'
import { normalLinear, plus } from './operators.ts'
import { simplify } from './simplify.ts'

export type WireClass = number

/** A wire as a real function of wires that are not pointwise; `args` ascending and different. */
export interface PointwiseClass {
  readonly fn: Expression
  readonly args: readonly WireClass[]
}

/** Functions fused beyond this many parts are compared as they stand, node by node. */
const MAX_FUSED = 5_000

/** With so many functions of the same wires a function is compared, at most. */
const MAX_ALIKE = 8

/** Classes of wires, shared by the diagrams that are compared. */
export class WireClasses {
  private readonly byKey = new Map<string, WireClass>()
  private readonly pointwise = new Map<WireClass, PointwiseClass>()
  private readonly ranges: WireRange[] = []
  /** Pointwise classes by their args and shape: where another form of the same function may be found. */
  private readonly byArgs = new Map<string, WireClass[]>()
  /** Asked whether two functions of the same wires are equal, when their forms differ. */
  equal: ((left: Expression, right: Expression, domain: readonly Range[]) => boolean) | null = null

  /** The classes of all wires of a diagram. Inputs are known by their position. */
  classify(diagram: Diagram, ranges: ReadonlyMap<NodeId, WireRange> = wireRanges(diagram)): Map<NodeId, WireClass> {
    const classes = new Map<NodeId, WireClass>()
    let position = 0
    for (const node of diagram.nodes) {
      const range = ranges.get(node.id) as WireRange
      if (node.kind === 'input') classes.set(node.id, this.intern(`input ${position++}`, node, range))
      else
        classes.set(
          node.id,
          this.classOf(
            node,
            node.args.map(a => classes.get(a) as WireClass),
            range,
          ),
        )
    }
    return classes
  }

  rangeOf(c: WireClass): WireRange {
    return this.ranges[c]
  }
  /** The wire as a function of others: of itself when it is not pointwise. */
  asFunction(c: WireClass): PointwiseClass {
    return this.pointwise.get(c) ?? { fn: variable(0), args: [c] }
  }

  private intern(key: string, node: Node, range: WireRange): WireClass {
    const full = `${key} : ${printShape(node.shape)}`
    let c = this.byKey.get(full)
    if (c === undefined) {
      c = this.ranges.length
      this.byKey.set(full, c)
      this.ranges.push(range)
    }
    return c
  }

  private classOf(node: Node, args: readonly WireClass[], range: WireRange): WireClass {
    switch (node.kind) {
      case 'input':
        throw new Error('inputs are known by their position')
      case 'output':
        return args[0]
      case 'constant':
        return this.intern(`constant ${normalLinear(node.value).id}`, node, range)
      case 'pointwise':
        return this.pointwiseOf(node, args, range)
      case 'additive': {
        const terms = new Map<WireClass, Linear>()
        args.forEach((a, k) => {
          const old = terms.get(a)
          terms.set(a, old === undefined ? node.operators[k] : plus(old, node.operators[k]))
        })
        const parts = [...terms]
          .map(([a, w]) => [a, normalLinear(w)] as const)
          .filter(([, w]) => w.kind !== 'zero')
          .sort(([a], [b]) => a - b)
          .map(([a, w]) => `${w.id}*${a}`)
        const bias = node.bias === null ? null : normalLinear(node.bias)
        if (bias !== null && bias.kind !== 'zero') parts.push(`b${bias.id}`)
        return this.intern(`additive ${parts.join(' + ')}`, node, range)
      }
      case 'multiplicative': {
        const bias = node.bias === null ? null : normalLinear(node.bias)
        const text = bias === null || bias.kind === 'zero' ? '' : ` e^b${bias.id}`
        return this.intern(`multiplicative ${normalLinear(node.operator).id}${text} of ${args[0]}`, node, range)
      }
      case 'join':
        return this.intern(`join ${args.join()}`, node, range)
      case 'slice':
        return this.intern(`slice ${node.start.text}..${node.end.text} of ${args[0]}`, node, range)
      case 'reduce':
        return this.intern(`${node.operation} ${node.group} of ${args[0]}`, node, range)
      case 'mix':
        return this.intern(
          `mix ${unfold(node.fn).id},${unfold(node.inverse).id},${normalLinear(node.operator).id} of ${args[0]}`,
          node,
          range,
        )
      case 'softmax':
      case 'logsoftmax':
        return this.intern(`${node.kind} of ${args[0]}`, node, range)
    }
  }

  private pointwiseOf(
    node: Extract<Node, { kind: 'pointwise' }>,
    args: readonly WireClass[],
    range: WireRange,
  ): WireClass {
    // Args that are pointwise themselves are fused, so that it does not matter where a function was cut into nodes.
    const inner = args.map(a => this.pointwise.get(a))
    const total = inner.reduce((n, p) => n + (p === undefined ? 1 : postorder(p.fn).length), 0)
    const whole_ = total <= MAX_FUSED
    const sources = [...new Set(args.flatMap((a, i) => (whole_ ? (inner[i]?.args ?? [a]) : [a])))].sort((a, b) => a - b)
    const place = (c: WireClass): Expression => variable(sources.indexOf(c))
    const parts = args.map((a, i) => {
      const p = whole_ ? inner[i] : undefined
      return p === undefined ? place(a) : substitute(p.fn, k => place(p.args[k]))
    })
    const fused = substitute(unfold(node.fn), i => parts[i])
    const { result } = simplify(
      fused,
      sources.map(c => whole(this.rangeOf(c))),
    )
    const used = variablesOf(result)
    const kept = used.map(i => sources[i])
    const fn = substitute(result, i => variable(used.indexOf(i)))
    if (fn === variable(0) && kept.length === 1) return kept[0]
    return this.internPointwise({ fn, args: kept }, node, range)
  }

  private internPointwise(p: PointwiseClass, node: Node, range: WireRange): WireClass {
    const key = `pointwise ${p.fn.id} of ${p.args.join()}`
    const group = `${p.args.join()} : ${printShape(node.shape)}`
    const alike = this.byArgs.get(group) ?? []
    if (this.equal !== null && !this.byKey.has(`${key} : ${printShape(node.shape)}`)) {
      const domain = p.args.map(a => whole(this.rangeOf(a)))
      const same = alike
        .slice(0, MAX_ALIKE)
        .find(c => this.equal?.((this.pointwise.get(c) as PointwiseClass).fn, p.fn, domain))
      if (same !== undefined) return same
    }
    const c = this.intern(key, node, range)
    if (!this.pointwise.has(c)) {
      this.pointwise.set(c, p)
      this.byArgs.set(group, [...alike, c])
    }
    return c
  }
}

// --- Hash -------------------------------------------------------------------------------------------------------------

/** 53-bit FNV-like hash of a text, as 14 hexadecimal digits. */
function hashText(text: string): string {
  let a = 0x811c9dc5
  let b = 0x1b873593
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    a = Math.imul(a ^ c, 0x01000193)
    b = Math.imul(b ^ c, 0x85ebca6b)
    b = (b << 13) | (b >>> 19)
  }
  return (a >>> 0).toString(16).padStart(8, '0') + (b >>> 0).toString(16).padStart(8, '0')
}

/**
 * A hash of a diagram that does not depend on names (of nets, wires, weights, functions, sizes) or on the order of
 * declarations. Different nets nearly always differ; two symbols that stand in exactly the same places may be confused.
 */
export function hashDiagram(diagram: Diagram): string {
  // What a symbol is called does not count; where it stands does. So each symbol is named after the places at which it
  // occurs, found in rounds: first all alike, then by the hashes of the nodes that use them.
  let names = new Map<object | string, string>()
  let result = ''
  for (let round = 0; round < 3; round++) {
    const uses = new Map<object | string, string[]>()
    const nameOf = (symbol: object | string, place: string): string => {
      const list = uses.get(symbol) ?? []
      list.push(place)
      uses.set(symbol, list)
      return names.get(symbol) ?? '?'
    }
    const hashes = new Map<NodeId, string>()
    let position = 0
    for (const node of diagram.nodes) {
      const own = node.kind === 'input' ? `${position++}` : ''
      const args = node.args.map(a => hashes.get(a) as string)
      hashes.set(node.id, hashText(`${node.kind} ${own} ${describe(node, args, nameOf)}`))
    }
    result = hashText(
      diagram.nodes
        .filter(n => n.kind === 'output')
        .map(n => hashes.get(n.id))
        .join(),
    )
    names = new Map([...uses].map(([symbol, places]) => [symbol, hashText([...places].sort().join())]))
  }
  return result
}

type Namer = (symbol: object | string, place: string) => string

function describe(node: Node, args: readonly string[], nameOf: Namer): string {
  // Terms of a sum and wires of a function may stand in any order; so may the symbols that stand beside them.
  const ordered = node.kind === 'additive' || node.kind === 'pointwise' ? [...args].sort() : args
  const place = `${node.kind} ${ordered.join()}`
  const sizeText = (s: Size): string =>
    [...s.terms.map(([n, c]) => `${c}*${nameOf(`size ${n}`, place)}`).sort(), s.constant].join('+')
  const shape = node.shape.map(sizeText).join('x')
  const linear = (a: Linear, on = ''): string => linearText(normalLinear(a), nameOf, place + on)
  const body = ((): string => {
    switch (node.kind) {
      case 'input':
        return node.domain
          .map(i => `${i.low?.toFraction()},${i.high?.toFraction()},${i.lowOpen},${i.highOpen}`)
          .join('|')
      case 'output':
        return args[0]
      case 'constant':
        return linear(node.value)
      case 'pointwise':
        return pointwiseText(node.fn, args, nameOf, place)
      case 'additive': {
        const terms = node.operators.map((w, k) => `${linear(w, ` on ${args[k]}`)}*${args[k]}`).sort()
        return `${terms.join('+')}+${node.bias === null ? '' : linear(node.bias)}`
      }
      case 'multiplicative':
        return `${linear(node.operator)} ${args[0]} ${node.bias === null ? '' : linear(node.bias)}`
      case 'slice':
        return `${sizeText(node.start)}..${sizeText(node.end)} ${args[0]}`
      case 'reduce':
        return `${node.operation} ${node.group} ${args[0]}`
      case 'mix':
        return `${pointwiseText(node.fn, args, nameOf, place)} ${linear(node.operator)}`
      default:
        return args.join()
    }
  })()
  return `${body} : ${shape}`
}

/** The function with its args in an order that does not depend on how they were written. */
function pointwiseText(fn: Expression, args: readonly string[], nameOf: Namer, place: string): string {
  const order = args.map((_, i) => i).sort((i, j) => (args[i] < args[j] ? -1 : args[i] > args[j] ? 1 : i - j))
  const sorted = order.map(i => args[i])
  const { result } = simplify(
    substitute(unfold(fn), i => variable(order.indexOf(i))),
    args.map(() => REALS),
  )
  const texts = new Map<Expression, string>()
  for (const e of postorder(result)) {
    const of = (p: Expression): string => texts.get(p) as string
    const text = ((): string => {
      switch (e.kind) {
        case 'number':
          return e.value.toFraction()
        case 'constant':
          return e.name
        case 'variable':
          return sorted[e.index]
        case 'call':
          return `${e.name}(${(e.name === '+' || e.name === '*' ? e.args.map(of).sort() : e.args.map(of)).join()})`
        case 'apply':
          return `${nameOf(e.fn, place)}(${e.args.map(of).join()})`
        case 'choose':
          return `${of(e.left)}${e.relation}${of(e.right)}?${of(e.then)}:${of(e.otherwise)}`
      }
    })()
    texts.set(e, text.length > 200 ? hashText(text) : text)
  }
  return texts.get(result) as string
}

function linearText(a: Linear, nameOf: Namer, place: string): string {
  const parts: string[] = []
  const stack: (Linear | string)[] = [a]
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (typeof next === 'string') parts.push(next)
    else {
      switch (next.kind) {
        case 'symbol':
          parts.push(`w${nameOf(next.symbol, `${place} ${parts.length}`)}`)
          break
        case 'literal':
          parts.push(next.entries.map(r => r.map(q => q.toFraction()).join()).join(';'))
          break
        case 'product':
          stack.push(')', next.right, '*', next.left, '(')
          break
        case 'sum':
          stack.push(')', next.right, '+', next.left, '(')
          break
        case 'scale':
          stack.push(next.of, `k${pointwiseText(next.factor, [], nameOf, place)}*`)
          break
        default:
          parts.push(next.kind)
      }
    }
  }
  return parts.join('')
}
