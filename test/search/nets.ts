// Nets for the tests of the search, and a judge that knows nothing of rules: it evaluates every term of an e-graph and
// compares the members of each class.
import type { Diagram, Node } from '../../src/diagram/diagram.ts'
import { definednessObstacle } from '../../src/diagram/ranges.ts'
import { parse } from '../../src/load.ts'
import { randomInstance, unknownsOf } from '../../src/numeric/instance.ts'
import { randomPoint } from '../../src/numeric/points.ts'
import { type Random, random } from '../../src/numeric/random.ts'
import { Components } from '../../src/search/components.ts'
import { EGraph, type TermId } from '../../src/search/egraph.ts'
import { builtinVisit, type Saturation, saturate } from '../../src/search/saturate.ts'
import { place } from '../../src/search/search.ts'
import { areApart, type Enclosed, enclosures } from '../../src/semantics/enclosed.ts'
import { componentsIn, evaluateNet, scopeOf, sizeIn } from '../../src/semantics/net.ts'

export const DECLARATIONS = `size n, m
weights W1, W2 : 4 x 4
weights c : 4
weights V : n x m
weights U : m x n
weights U4 : 2 x 4
weights v : 1 x n
weights u : 1
weights G : 4 x 4 in (0, inf)
weights D = [[2, 0, 0, 0], [0, 3, 0, 0], [0, 0, 0.5, 0], [0, 0, 0, 5]]
weights D' = [[0.5, 0, 0, 0], [0, 1/3, 0, 0], [0, 0, 2, 0], [0, 0, 0, 0.2]]
weights N = [[-2, 0, 0, 0], [0, 3, 0, 0], [0, 0, 0.5, 0], [0, 0, 0, 5]]
weights P = [[0, 1, 0, 0], [0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]]
weights Q = [[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
weights R = [[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
weights Z = [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
weights S = [[1, 0, 0, 0], [0, -1, 0, 0], [0, 0, -1, 0], [0, 0, 0, 1]]
weights K = [[1, 2, 0, 1], [3, -4, 1, 0], [0, 0, 0, 2], [-1, 1, 1, 1]]
weights k = [1, -2, 0, 3]
function s : R -> R
function f : R -> R odd
function g : R -> R increasing
function h : R -> R even
function d : R -> R decreasing
function affine(t) = 2*t - 3
function kink(t) = t >= 0 ? t : t / 4
`

/** The nets that a text declares, with the declarations above. Throws where the text has errors. */
export function netsOf(text: string): Readonly<Record<string, Diagram>> {
  const { nets, diagnostics } = parse(DECLARATIONS + text)
  const errors = diagnostics.filter(x => x.severity === 'error')
  if (errors.length > 0) throw new Error(errors.map(x => x.message).join('\n'))
  return nets
}

const MATRICES = ['W1', 'W2', 'D', "D'", 'N', 'P', 'Q', 'R', 'Z', 'S', 'K', 'D * W1', 'P * W2', '(-1) * W1', 'P * K', 'W1 * P', '2 * W2 + D', 'G'] // biome-ignore format: one line
const FUNCTIONS = ['relu', 'abs', 'tanh', 's', 'f', 'g', 'h', 'd', 'exp', 'sigmoid', 'softplus', 'affine', 'kink', 'scale[-1]', 'scale[3]', 'shift[2]', 'sin', 'floor', 'sign'] // biome-ignore format: one line

/** A random net of wires of four components, made of what the search has rules for. */
export function randomNet(seed: number): Diagram {
  const source = random(seed)
  const wires = ['x', 'z']
  const lines: string[] = []
  const pick = (): string => source.pick(wires)
  const count = 3 + source.integer(0, 5)
  for (let i = 0; i < count; i++) {
    const name = `w${i}`
    const made = ((): string => {
      switch (source.integer(0, 14)) {
        case 0:
        case 1:
        case 2:
          return `${pick()} -> add[${source.pick(MATRICES)}${source.oneIn(3) ? `, ${source.pick(['c', 'k', 'D * c'])}` : ''}]`
        case 3:
        case 4:
        case 5:
          return `${pick()} -> ${source.pick(FUNCTIONS)}`
        case 6:
          return `${pick()} ${source.pick(['+', '-', '*'])} ${pick()}`
        case 7:
          return `${source.pick(['max', 'min'])}(${pick()}, ${pick()})`
        case 8:
          return `[${pick()}[1..3], ${pick()}[0..2]]`
        case 9:
          return `[${pick()}, ${pick()}] -> ${source.pick(FUNCTIONS)} -> ${source.pick(['maxpool', 'minpool'])}[2]`
        case 10:
          return `${pick()} -> softmax`
        case 11:
          return `${pick()} + (${pick()} -> add[[[1, 0, 2, 0]]] -> add[ones(4, 1)])`
        case 12:
          return `(${pick()} * (${pick()} -> add[[[0, 1, 0, 1]]] -> ${source.pick(FUNCTIONS)} -> add[ones(4, 1)])) -> add[${source.pick(MATRICES)}]`
        case 13:
          return `${pick()} -> mul[[[1, 0, 0, 2], [0, 1, 1, 0], [0, 0, 0, 0], [0, 0, 1, 0]]]`
        default:
          return `(${pick()} -> add[W1]) + (${pick()} -> add[${source.pick(MATRICES)}])`
      }
    })()
    lines.push(`  ${name} = ${made}`)
    wires.push(name)
  }
  const last = wires.slice(-2).join(' + ')
  return netsOf(`net it {\n  input x : 4, z : 4\n${lines.join('\n')}\n  output y = ${last}\n}\n`).it
}

/** Puts nets of the same inputs into one e-graph. The nets have to be defined on their whole domain. */
export function egraphOf(nets: readonly Diagram[]): { g: EGraph; terms: readonly ReadonlyMap<number, TermId>[] } {
  const g = new EGraph()
  const inputs: TermId[] = []
  for (const net of nets) if (definednessObstacle(net) !== null) throw new Error(`${net.name} is not defined`)
  return { g, terms: nets.map(net => place(g, net, inputs)) }
}

/** The nodes of all terms. */
export function nodesOf(g: EGraph): Node[] {
  return Array.from({ length: g.size }, (_, t) => g.placedNode(t))
}

/** Runs the built-in rules on an e-graph. */
export function run(g: EGraph, terms: number): Saturation {
  return saturate(g, builtinVisit(g, true), { seconds: 60, terms }, { rules: [new Components()] })
}

/**
 * What is wrong with an e-graph: two members of a class that differ at a random point, or a term that has no value there.
 * null where nothing was found.
 */
export function objection(g: EGraph, source: Random): string | null {
  const nodes = nodesOf(g)
  const outputs = nodes.map((n, i): Node => {
    return { kind: 'output', id: g.size + i, args: [n.id], shape: n.shape, name: `y${n.id}`, absorbed: false }
  })
  const all: Diagram = { name: 'all', nodes: [...nodes, ...outputs], names: new Map() }
  const instance = randomInstance(unknownsOf(all), source)
  if ('missing' in instance) throw new Error(`no instance: ${instance.missing}`)
  const arithmetic = enclosures(192)
  const inputs = new Map<string, readonly Enclosed[]>()
  for (const node of nodes) {
    if (node.kind !== 'input') continue
    const count = componentsIn(node.shape, size => sizeIn(size, instance.sizes))
    inputs.set(
      node.name,
      Array.from({ length: count }, () => arithmetic.rational(randomPoint(node.domain, source, []))),
    )
  }
  const values = evaluateNet(all, inputs, scopeOf(instance, arithmetic))
  for (let t = 0; t < g.size; t++) {
    const own = values.get(t) as readonly Enclosed[]
    if (own.includes('undefined')) return `term ${t} has no value`
    const other = values.get(g.classOf(t)) as readonly Enclosed[]
    for (const [i, a] of own.entries()) {
      const b = other[i]
      if (a === 'unknown' || b === 'unknown' || a === 'undefined' || b === 'undefined') continue
      if (areApart(a, b)) return `terms ${t} and ${g.classOf(t)} differ at component ${i}`
    }
  }
  return null
}
