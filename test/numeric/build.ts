// Nets for tests: chains of nodes without the language, and formulas read by mathjs.
import { type MathNode, parse } from 'mathjs'
import type { Diagram, Node } from '../../src/diagram/diagram.ts'
import type { Linear, WeightSymbol } from '../../src/linear/linear.ts'
import { literal } from '../../src/linear/linear.ts'
import { type Size, sizeOf } from '../../src/linear/size.ts'
import {
  call,
  choose,
  constant,
  type Expression,
  type FunctionSymbol,
  isKnownName,
  number,
  variable,
} from '../../src/scalar/expression.ts'
import { interval, NON_NEGATIVE, NON_ZERO, POSITIVE, type Range, REALS } from '../../src/scalar/range.ts'
import { type Rational, rational } from '../../src/scalar/rational.ts'

/** A node without what `diagram` works out. */
type Part = Node extends infer N ? (N extends Node ? Omit<N, 'id'> : never) : never

/** A diagram of nodes in order; ids are their positions. */
export function diagram(name: string, ...parts: readonly Part[]): Diagram {
  return { name, nodes: parts.map((part, id) => ({ ...part, id }) as Node), names: new Map() }
}

export function size(n: number | Size): Size {
  return typeof n === 'number' ? sizeOf(n) : n
}
export function input(name: string, n: number | Size, domain: Range = REALS): Part {
  return { kind: 'input', name, args: [], shape: [size(n)], domain, absorbed: false }
}
export function output(name: string, arg: number, n: number | Size): Part {
  return { kind: 'output', name, args: [arg], shape: [size(n)], absorbed: false }
}
export function pointwise(fn: Expression, n: number | Size, ...args: number[]): Part {
  return { kind: 'pointwise', fn, args, shape: [size(n)] }
}
export function add(operator: Linear, arg: number, bias: Linear | null = null): Part {
  return { kind: 'additive', operators: [operator], bias, args: [arg], shape: [operator.rows] }
}
export function mul(operator: Linear, arg: number, bias: Linear | null = null): Part {
  return { kind: 'multiplicative', operator, bias, args: [arg], shape: [operator.rows] }
}
export function matrix(rows: readonly (readonly (number | Rational)[])[]): Linear {
  return literal(rows.map(row => row.map(v => (typeof v === 'number' ? rational(v) : v))))
}
export function weightSymbol(
  name: string,
  rows: number | Size,
  columns: number | Size,
  entries: Range = REALS,
): WeightSymbol {
  return { name, rows: size(rows), columns: size(columns), vector: false, entries, value: null }
}
export function unknownFunction(name: string, change: Partial<FunctionSymbol> = {}): FunctionSymbol {
  return {
    name,
    arity: 1,
    domain: [REALS],
    codomain: REALS,
    monotone: null,
    parity: null,
    inverse: null,
    definition: null,
    parameters: ['t'],
    ...change,
  }
}

/** An exact decimal. */
export function decimal(text: string): Rational {
  const [mantissa, exponent = '0'] = text.toLowerCase().split('e')
  const [whole, fraction = ''] = mantissa.split('.')
  const digits = BigInt(whole + fraction)
  const power = Number(exponent) - fraction.length
  return power >= 0 ? rational(digits * 10n ** BigInt(power)) : rational(digits, 10n ** BigInt(-power))
}

/** Functions that the identities use, by formulas in their arguments. */
const DEFINITIONS: Readonly<Record<string, readonly [readonly string[], string]>> = {
  sig: [['x'], '1/(1+exp(-x))'],
  lrelu: [['x', 'a'], 'x >= 0 ? x : a*x'],
  elu: [['x', 'a'], 'x >= 0 ? x : a*(exp(x)-1)'],
  celu: [['x', 'a'], 'x >= 0 ? x : a*(exp(x/a)-1)'],
  silu: [['x'], 'x/(1+exp(-x))'],
  gelu: [['x'], 'x*(1+erf(x/sqrt(2)))/2'],
  gelutanh: [['x'], 'x/2*(1+tanh(sqrt(2/pi)*(x+0.044715*x^3)))'],
  mish: [['x'], 'x*tanh(softplus(x))'],
  hardswish: [['x'], 'x*min(max(x+3,0),6)/6'],
  hsig: [['x', 'a', 'b'], 'min(max(a*x+b,0),1)'],
  clip: [['x', 'l', 'u'], 'min(max(x,l),u)'],
  softsign: [['x'], 'x/(1+abs(x))'],
  trelu: [['x', 'a'], 'x > a ? x : 0'],
  lae: [['x', 'y'], 'ln(exp(x)+exp(y))'],
}

type Names = ReadonlyMap<string, Expression>

function fromMathNode(node: MathNode, names: Names): Expression {
  const of = (child: MathNode): Expression => fromMathNode(child, names)
  // mathjs types its nodes loosely; the fields used are those of its documentation.
  const fields = node as unknown as {
    value: unknown
    name: string
    content: MathNode
    fn: { name: string }
    op: string
    args: MathNode[]
    condition: MathNode & { op: string; args: MathNode[] }
    trueExpr: MathNode
    falseExpr: MathNode
  }
  switch (node.type) {
    case 'ConstantNode':
      return number(decimal(String(fields.value)))
    case 'ParenthesisNode':
      return of(fields.content)
    case 'SymbolNode': {
      const known = names.get(fields.name)
      if (known !== undefined) return known
      if (fields.name === 'pi' || fields.name === 'e') return constant(fields.name)
      throw new Error(`unknown name ${fields.name}`)
    }
    case 'OperatorNode': {
      const args = fields.args.map(of)
      if (fields.op === '-' && args.length === 1) return call('neg', args[0])
      return call(fields.op as '+', ...args)
    }
    case 'ConditionalNode': {
      const [left, right] = fields.condition.args.map(of)
      const [then, otherwise] = [of(fields.trueExpr), of(fields.falseExpr)]
      switch (fields.condition.op) {
        case '>=':
          return choose('<=', right, left, then, otherwise)
        case '>':
          return choose('<', right, left, then, otherwise)
        default:
          return choose(fields.condition.op as '<', left, right, then, otherwise)
      }
    }
    case 'FunctionNode': {
      const args = fields.args.map(of)
      const definition = DEFINITIONS[fields.fn.name]
      if (definition !== undefined) {
        const [parameters, body] = definition
        return fromMathNode(parse(body), new Map(parameters.map((p, i) => [p, args[i]])))
      }
      if (isKnownName(fields.fn.name)) return call(fields.fn.name, ...args)
      throw new Error(`unknown function ${fields.fn.name}`)
    }
    default:
      throw new Error(`cannot read ${node.type}`)
  }
}

/** The expression that a formula says, its variables numbered as the names are. */
export function formula(text: string, ...names: readonly string[]): Expression {
  return fromMathNode(parse(text), new Map(names.map((name, i) => [name, variable(i)])))
}

const DOMAINS: Readonly<Record<string, Range>> = {
  R: REALS,
  '>0': POSITIVE,
  '>=0': NON_NEGATIVE,
  '!=0': NON_ZERO,
  '(-1,1)': interval(rational(-1), rational(1), { lowOpen: true, highOpen: true }),
  '(0,1)': interval(rational(0), rational(1), { lowOpen: true, highOpen: true }),
  '[0,1]': interval(rational(0), rational(1)),
}

/** A net with one wire of width 1 for each variable, and one pointwise node. */
export function scalarNet(text: string, domain: Readonly<Record<string, string>>): Diagram {
  const names = Object.keys(domain)
  const inputs = names.map(name => input(name, 1, DOMAINS[domain[name]]))
  const fn = formula(text, ...names)
  return diagram(text, ...inputs, pointwise(fn, 1, ...names.map((_, i) => i)), output('y', names.length, 1))
}
