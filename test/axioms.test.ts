// docs/axioms.md is what the rules, the axioms and the checker say; and every counterexample in the comments of the rules is
// evaluated: the condition excludes the point, and the two sides are there what the comment says, which is not the same.
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { axiomsDocument, partsOfReason, WAY_TEXTS } from '../scripts/axioms-document.ts'
import { WAYS } from '../src/certificate/certificate.ts'
import type { Diagram, Node, NodeId } from '../src/diagram/diagram.ts'
import { outputsOf } from '../src/diagram/diagram.ts'
import { identity, type Linear, literal, zeroMatrix } from '../src/linear/linear.ts'
import { knownSize, sizeOf } from '../src/linear/size.ts'
import { parse } from '../src/load.ts'
import { trustRule } from '../src/prove/trust.ts'
import { applyMatch } from '../src/rewrite/apply.ts'
import { builtin } from '../src/rewrite/builtin.ts'
import { graphOf, snapshot } from '../src/rewrite/graph.ts'
import { matchRule } from '../src/rewrite/match.ts'
import type { FunctionPattern, LinearPattern, Pattern, Rule } from '../src/rewrite/rule.ts'
import { type Expression, fold, mapParts, number } from '../src/scalar/expression.ts'
import { inversesOf } from '../src/scalar/functions.ts'
import { point, union } from '../src/scalar/range.ts'
import { type Rational, rational } from '../src/scalar/rational.ts'
import { areApart, enclosures, written } from '../src/semantics/enclosed.ts'
import { noInstance } from '../src/semantics/ground.ts'
import { evaluateNet, scopeOf } from '../src/semantics/net.ts'

const rules = builtin()
const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')

test('docs/axioms.md is what `npm run axioms` writes', () => {
  expect(read('docs/axioms.md')).toBe(axiomsDocument())
})

test('every way has its text, and every rule that rewrites is shown in some way', () => {
  expect(Object.keys(WAY_TEXTS).sort()).toEqual([...WAYS.keys()].sort())
  const shown = new Set([...WAYS.values()].flat())
  expect(rules.filter(r => (r.direction === '==>') !== shown.has(r.name)).map(r => r.name)).toEqual([])
  const names = new Set(rules.map(r => r.name))
  expect([...shown].filter(name => !names.has(name))).toEqual(['equality'])
})

test.each(rules.filter(r => r.direction === '==').map(r => [r.name, r] as const))(
  '%s follows from the rules that rewrite',
  async (_, rule) => {
    expect((await trustRule(rule, { rules: rules.filter(r => r.direction === '==>') })).kind).toBe('proved')
  },
)

// --- Counterexamples ----------------------------------------------------------------------------------------------------

/** What the variables of a rule are at a point outside its condition, and what the comment says of the two sides there. */
interface Outside {
  readonly values: ReadonlyMap<string, readonly (readonly Rational[])[]>
  readonly functions: ReadonlyMap<string, Expression>
  /** null: there is no right side. */
  readonly sides: readonly [left: string, right: string] | null
}

const BINDING = /(\w+)(\(t\))? = (\[\[.*?\]\]|\[.*?\]|[^,]+)(?:, |$)/g

/** `x = [-2], W = [[2]], f(t) = -t: 4 on the left, undefined on the right.` */
function parseOutside(line: string): Outside {
  const [, bindings, claim] = /^(.*): (.*)\.$/.exec(line) as RegExpExecArray
  const sides = /^(\S+) on the left, (\S+) on the right$/.exec(claim)
  if (sides === null) expect(claim).toBe('there is no right side')
  const declarations: string[] = []
  let length = 0
  for (const [whole, name, argument, value] of bindings.matchAll(BINDING)) {
    length += whole.length
    if (argument !== undefined) declarations.push(`function ${name}(t) = ${value}`)
    else declarations.push(`weights ${name} = ${value.startsWith('[') ? value : `[[${value}]]`}`)
  }
  expect(length, `all of ${bindings} is read`).toBe(bindings.length)
  const program = parse(declarations.join('\n'))
  expect(program.diagnostics.filter(d => d.severity === 'error')).toEqual([])
  return {
    values: new Map([...program.weights].map(([name, w]) => [name, w.value as readonly (readonly Rational[])[]])),
    functions: new Map([...program.functions].map(([name, f]) => [name, f.definition as Expression])),
    sides: sides === null ? null : [sides[1], sides[2]],
  }
}

/** The left side of a rule as a net, on the point x: the only value in the input's domain. */
class LeftSide {
  private readonly nodes: Node[] = []

  constructor(
    private readonly rule: Rule,
    private readonly at: Outside,
  ) {}

  build(): Diagram {
    const root = this.node(this.rule.left)
    const { shape } = this.nodes[root]
    this.nodes.push({ kind: 'output', id: this.nodes.length, args: [root], shape, name: 'y', absorbed: false })
    return { name: 'left', nodes: this.nodes, names: new Map() }
  }

  private entries(name: string): readonly (readonly Rational[])[] {
    const found = this.at.values.get(name)
    if (found === undefined) throw new Error(`${this.rule.name}: no value for ${name}`)
    return found
  }
  private number(name: string): Rational {
    return this.entries(name)[0][0]
  }
  private variable(slot: number): Expression {
    const { name } = this.rule.variables.functions[slot]
    const found = this.at.functions.get(name)
    if (found === undefined) throw new Error(`${this.rule.name}: no function for ${name}`)
    return found
  }

  private node(p: Pattern): NodeId {
    const put = (content: object): NodeId => this.nodes.push({ ...content, id: this.nodes.length } as Node) - 1
    if (p.kind === 'wire') {
      const x = this.entries('x').map(([q]) => q)
      const domain = union(...x.map(point))
      return put({ kind: 'input', args: [], name: 'x', shape: [sizeOf(x.length)], domain, absorbed: false })
    }
    if (p.kind === 'pointwise') {
      const args = p.args.map(a => this.node(a))
      return put({ kind: 'pointwise', args, fn: this.fn(p.fn), shape: this.nodes[args[0]].shape })
    }
    if (!('arg' in p)) throw new Error(`${this.rule.name}: no point is known for a pattern with ${p.kind}`)
    const arg = this.node(p.arg)
    if (p.kind === 'additive' || p.kind === 'multiplicative') {
      const operator = this.operator(p.operator)
      const bias = p.bias === null ? null : this.operator(p.bias)
      const own = p.kind === 'additive' ? { operators: [operator] } : { operator }
      return put({ kind: p.kind, args: [arg], ...own, bias, shape: [operator.rows] })
    }
    if (p.kind === 'reduce' && typeof p.group !== 'number') {
      const group = Number(this.number(this.rule.variables.groups[p.group.slot].name).n)
      const width = knownSize(this.nodes[arg].shape[0]) as number
      return put({ kind: 'reduce', args: [arg], operation: p.operation, group, shape: [sizeOf(width / group)] })
    }
    throw new Error(`${this.rule.name}: no point is known for a pattern with ${p.kind}`)
  }

  private fn(p: FunctionPattern): Expression {
    const { reals } = this.rule.variables
    switch (p.kind) {
      case 'exact':
        return p.fn
      case 'variable':
        return this.variable(p.slot)
      case 'inverse':
        return inversesOf(this.variable(p.slot))[0]
      case 'form':
        return fold<Expression>(p.fn, (e, of) => {
          const real = e.kind === 'apply' ? reals.find(r => r.symbol === e.fn) : undefined
          return real === undefined ? mapParts(e, of) : number(this.number(real.name))
        })
    }
  }
  private operator(p: LinearPattern): Linear {
    switch (p.kind) {
      case 'variable':
        return literal(this.entries(this.rule.variables.operators[p.slot].name))
      case 'identity':
        return identity(p.size)
      case 'zero':
        return zeroMatrix(p.rows, p.columns)
      case 'exact':
        return p.operator
      default:
        throw new Error(`${this.rule.name}: no point is known for ${p.kind}`)
    }
  }
}

/** The net with the right side of the rule in the place of the left; null where there is none. Conditions are not looked at. */
function rightSide(rule: Rule, left: Diagram): Diagram | null {
  const graph = graphOf(left)
  const match = matchRule(graph, { ...rule, conditions: [] }, outputsOf(left)[0].args[0])
  expect(match, 'the pattern fits without its conditions').not.toBeNull()
  return match === null || applyMatch(graph, match) === null ? null : snapshot(graph)
}

function applies(rule: Rule, left: Diagram): boolean {
  return matchRule(graphOf(left), rule, outputsOf(left)[0].args[0]) !== null
}

/** The value of the only output at x, rigorously: exact wherever arithmetic allows. */
function valueAtPoint(net: Diagram, at: Outside) {
  const arithmetic = enclosures(200)
  const x = (at.values.get('x') as Rational[][]).map(([q]) => arithmetic.rational(q))
  const wires = evaluateNet(net, new Map([['x', x]]), scopeOf(noInstance, arithmetic))
  const all = [...wires.values()].flat()
  if (all.includes('undefined')) return 'undefined'
  const output = wires.get(outputsOf(net)[0].id) ?? []
  expect(output).toHaveLength(1)
  expect(all).not.toContain('unknown')
  return output[0]
}

describe.each(rules.map(r => [r.name, r] as const))('%s', (_, rule) => {
  const { outside } = partsOfReason(rule.reason)

  test('has a counterexample for each of its conditions, and none without', () => {
    expect(outside.length > 0).toBe(rule.conditions.length > 0)
    const lefts = outside.map(line => new LeftSide(rule, parseOutside(line)).build())
    for (const condition of rule.conditions) {
      const alone = { ...rule, conditions: [condition] }
      expect(
        lefts.some(left => !applies(alone, left)),
        JSON.stringify(condition.kind),
      ).toBe(true)
    }
  })

  test.each(outside)('outside: %s', line => {
    const at = parseOutside(line)
    const left = new LeftSide(rule, at).build()
    const right = rightSide(rule, left)
    expect(applies(rule, left)).toBe(false)
    if (at.sides === null || right === null) {
      expect([at.sides, right]).toEqual([null, null])
      return
    }
    const values = [left, right].map(net => valueAtPoint(net, at))
    const [l, r] = values
    for (const [i, value] of values.entries()) {
      const stated = at.sides[i]
      if (typeof value === 'string' || stated === 'undefined') expect(value).toBe(stated)
      else {
        const found = written(value)
        if (typeof found === 'string') throw new Error('a value of millions of digits')
        const { low, high } = found
        expect(
          low.compare(stated) <= 0 && high.compare(stated) >= 0 && high.sub(low).compare(rational(1, 10n ** 30n)) <= 0,
        ).toBe(true)
      }
    }
    // Exactly one is defined, or both are and differ.
    expect(typeof l === 'string' || typeof r === 'string' ? l !== r : areApart(l, r)).toBe(true)
  })
})
