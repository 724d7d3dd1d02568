// Reads formulas for tests: mathjs parses, and the tree becomes an expression over named variables. Choices are written
// `where(test, then, otherwise)` or `test ? then : otherwise`.
import { readFileSync } from 'node:fs'
import Fraction from 'fraction.js'
import { type MathNode, parse } from 'mathjs'
import {
  apply,
  call,
  choose,
  constant,
  type Expression,
  type FunctionSymbol,
  isKnownName,
  number,
  type Relation,
  variable,
} from '../../src/scalar/expression.ts'
import { interval, NON_NEGATIVE, NON_ZERO, POSITIVE, type Range, REALS } from '../../src/scalar/range.ts'
import { rational } from '../../src/scalar/rational.ts'

const OPERATORS: Record<string, string> = { add: '+', subtract: '-', multiply: '*', divide: '/', pow: '^' }
const RELATIONS: Record<string, Relation> = { smaller: '<', smallerEq: '<=', equal: '==', unequal: '!=' }

export type Functions = Readonly<Record<string, FunctionSymbol>>

export function expressionOf(text: string, names: readonly string[], functions: Functions = standard): Expression {
  const convert = (node: MathNode): Expression => {
    const n = node as unknown as {
      type: string
      value: unknown
      name: string
      fn: string | { name: string }
      args: MathNode[]
      content: MathNode
      condition: MathNode
      trueExpr: MathNode
      falseExpr: MathNode
    }
    switch (n.type) {
      case 'ParenthesisNode':
        return convert(n.content)
      case 'ConstantNode':
        return number(new Fraction(String(n.value)))
      case 'SymbolNode': {
        const index = names.indexOf(n.name)
        if (index >= 0) return variable(index)
        if (n.name === 'pi' || n.name === 'e') return constant(n.name)
        throw new Error(`unknown name ${n.name} in ${text}`)
      }
      case 'ConditionalNode':
        return choice(n.condition, convert(n.trueExpr), convert(n.falseExpr))
      case 'OperatorNode': {
        const args = n.args.map(convert)
        if (n.fn === 'unaryMinus') return args[0].kind === 'number' ? number(args[0].value.neg()) : call('neg', args[0])
        const name = OPERATORS[n.fn as string]
        if (name === undefined) throw new Error(`unknown operator ${String(n.fn)} in ${text}`)
        return call(name as '+', ...args)
      }
      case 'FunctionNode': {
        const name = (n.fn as { name: string }).name
        const args = n.args.map(convert)
        if (functions[name] !== undefined) return apply(functions[name], ...args)
        if (isKnownName(name)) return call(name, ...args)
        throw new Error(`unknown function ${name} in ${text}`)
      }
      default:
        throw new Error(`unexpected ${n.type} in ${text}`)
    }
  }
  const choice = (test: MathNode, then: Expression, otherwise: Expression): Expression => {
    const t = test as unknown as { fn: string; args: MathNode[] }
    const [left, right] = t.args.map(convert)
    if (t.fn === 'larger') return choose('<', right, left, then, otherwise)
    if (t.fn === 'largerEq') return choose('<=', right, left, then, otherwise)
    return choose(RELATIONS[t.fn], left, right, then, otherwise)
  }
  return convert(parse(text))
}

export function defined(
  name: string,
  parameters: readonly string[],
  text: string,
  functions: Functions = {},
): FunctionSymbol {
  return {
    name,
    arity: parameters.length,
    domain: parameters.map(() => REALS),
    codomain: REALS,
    monotone: null,
    parity: null,
    inverse: null,
    definition: expressionOf(text, parameters, functions),
    parameters,
  }
}

export function unknown(name: string, properties: Partial<FunctionSymbol> = {}): FunctionSymbol {
  const base = { name, arity: 1, domain: [REALS], codomain: REALS, monotone: null, parity: null, inverse: null }
  return { ...base, definition: null, parameters: ['t'], ...properties }
}

/** The definitions of the README of the identities. */
const elementary: Functions = {
  sig: defined('sig', ['x'], '1/(1 + exp(-x))'),
  lrelu: defined('lrelu', ['x', 'a'], 'x >= 0 ? x : a*x'),
  elu: defined('elu', ['x', 'a'], 'x >= 0 ? x : a*(exp(x) - 1)'),
  celu: defined('celu', ['x', 'a'], 'x >= 0 ? x : a*(exp(x/a) - 1)'),
  Phi: defined('Phi', ['x'], '(1 + erf(x/sqrt(2)))/2'),
  clip: defined('clip', ['x', 'l', 'u'], 'min(max(x, l), u)'),
  softsign: defined('softsign', ['x'], 'x/(1 + abs(x))'),
  trelu: defined('trelu', ['x', 'a'], 'x > a ? x : 0'),
  lae: defined('lae', ['x', 'y'], 'ln(exp(x) + exp(y))'),
  gelutanh: defined('gelutanh', ['x'], 'x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))'),
  mish: defined('mish', ['x'], 'x*tanh(softplus(x))'),
}
export const standard: Functions = {
  ...elementary,
  silu: defined('silu', ['x'], 'x*sig(x)', elementary),
  gelu: defined('gelu', ['x'], 'x*Phi(x)', elementary),
  hardswish: defined('hardswish', ['x'], 'x*clip(x + 3, 0, 6)/6', elementary),
  hsig: defined('hsig', ['x', 'a', 'b'], 'clip(a*x + b, 0, 1)', elementary),
}

const NAMED: Record<string, Range> = { R: REALS, '>0': POSITIVE, '>=0': NON_NEGATIVE, '!=0': NON_ZERO }

/** `R`, `>0`, `>=0`, `!=0`, `(-1,1)`, `[0,1]`. */
export function rangeFrom(text: string): Range {
  if (NAMED[text] !== undefined) return NAMED[text]
  const [, open, low, high, close] = /^([[(])([^,]*),([^,]*)([\])])$/.exec(text) as RegExpExecArray
  const end = (t: string) =>
    t.includes('inf') ? null : rational(new Fraction(t).n * new Fraction(t).s, new Fraction(t).d)
  return interval(end(low), end(high), { lowOpen: open === '(', highOpen: close === ')' })
}

export interface Identity {
  readonly id: string
  readonly domain: Readonly<Record<string, string>>
  readonly lhs: string
  readonly rhs: string
}

export interface Question {
  readonly left: Expression
  readonly right: Expression
  readonly domain: readonly Range[]
}

export function question({ domain, lhs, rhs }: Omit<Identity, 'id'>, functions: Functions = standard): Question {
  const names = Object.keys(domain)
  return {
    left: expressionOf(lhs, names, functions),
    right: expressionOf(rhs, names, functions),
    domain: names.map(name => rangeFrom(domain[name])),
  }
}

/** `lhs ≡ rhs` with `x: R, y: >0` as domain. */
export function questionFrom(equation: string, domain = 'x: R', functions: Functions = standard): Question {
  const [lhs, rhs] = equation.split(' ≡ ')
  const entries = domain.split(/, (?=\w+: )/).map(part => part.split(': ') as [string, string])
  return question({ domain: Object.fromEntries(entries), lhs, rhs }, functions)
}

export function developmentSet(): {
  true_scalar: Identity[]
  false_scalar: Identity[]
  derivative: { id: string; domain: Record<string, string>; f: string; dfdx: string }[]
} {
  return JSON.parse(readFileSync(new URL('../identities.json', import.meta.url), 'utf8'))
}
