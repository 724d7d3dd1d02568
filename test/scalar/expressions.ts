// Expressions from text, for tests: mathjs parses it, and variables get their indices from their names.
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
import { REALS } from '../../src/scalar/range.ts'
import { rational } from '../../src/scalar/rational.ts'

/** The names of the variables, by index; t is the same as x. */
const NAMES = ['x', 'y', 'z', 'u', 'v', 'w']

type Parsed = MathNode & {
  name?: string
  value?: number
  op?: string
  fn?: { name: string } | string
  args?: Parsed[]
  content?: Parsed
  condition?: Parsed
  trueExpr?: Parsed
  falseExpr?: Parsed
}

export function expressionOfText(text: string, functions: Readonly<Record<string, FunctionSymbol>> = {}): Expression {
  const build = (node: Parsed): Expression => {
    const args = (node.args ?? []).map(build)
    switch (node.type) {
      case 'ParenthesisNode':
        return build(node.content as Parsed)
      case 'ConstantNode': {
        const [whole, fraction = ''] = String(node.value).split('.')
        return number(rational(BigInt(whole + fraction), 10n ** BigInt(fraction.length)))
      }
      case 'SymbolNode': {
        const name = node.name === 't' ? 'x' : (node.name as string)
        return name === 'pi' || name === 'e' ? constant(name) : variable(NAMES.indexOf(name))
      }
      case 'OperatorNode':
        if (args.length === 1) return call('neg', args[0])
        return call(node.op as '+', ...args)
      case 'FunctionNode': {
        const name = typeof node.fn === 'string' ? node.fn : (node.fn?.name as string)
        return isKnownName(name) ? call(name, ...args) : apply(functions[name], ...args)
      }
      case 'ConditionalNode': {
        const [left, right] = (node.condition?.args ?? []).map(build)
        const [then, otherwise] = [build(node.trueExpr as Parsed), build(node.falseExpr as Parsed)]
        const op = node.condition?.op as string
        if (op === '>' || op === '>=') return choose(op === '>' ? '<' : '<=', right, left, then, otherwise)
        return choose(op as Relation, left, right, then, otherwise)
      }
      default:
        throw new Error(`${node.type} in ${text}`)
    }
  }
  return build(parse(text) as Parsed)
}

/** A declared function, unknown unless `about` says more. */
export function declared(about: Partial<FunctionSymbol>): FunctionSymbol {
  return {
    name: 'f',
    arity: 1,
    domain: [REALS],
    codomain: REALS,
    monotone: null,
    parity: null,
    inverse: null,
    definition: null,
    parameters: ['t'],
    ...about,
  }
}
