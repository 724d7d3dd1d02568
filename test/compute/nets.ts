// Nets of every kind of node for the tests of compiled evaluation, and what is given for them.
import { type Diagram, inputsOf } from '../../src/diagram/diagram.ts'
import type { Size } from '../../src/linear/size.ts'
import { parse } from '../../src/load.ts'
import { unknownsOf } from '../../src/numeric/instance.ts'
import { random } from '../../src/numeric/random.ts'
import { call, number, x0 } from '../../src/scalar/expression.ts'
import type { Range } from '../../src/scalar/range.ts'
import { toDouble } from '../../src/scalar/rational.ts'
import { componentsIn, sizeIn } from '../../src/semantics/net.ts'

const DECLARATIONS = `
size n
weights A : 4 x 3
weights B : 4 x 4
weights V, U : 2 x n
weights E : 4 x 4 in [-2, 2]
weights b, c : 4
weights s : 3
function phi : R -> R
function swish(t) = t * sigmoid(t)
function squash(t) = t / (1 + t)
function lrelu(t) = t > 0.25 ? t : t / 100
`

/** Nets by name. */
const NETS: Readonly<Record<string, string>> = {
  chain: 'x : 3 -> add[A, b] -> relu -> add[B, c] -> sigmoid -> y',
  pointwise: 'x : 3 -> tanh -> exp -> squash -> swish -> y',
  powers: 'x : 4 in (0, inf) -> mul[B, b] -> softplus -> mul[E] -> y',
  integers: 'x : 4 in (-2, 2) -> mul[[[1, 2, 0, 0], [0, 1, 3, 1]], [[1], [2]]] -> y',
  bounded: 'x : 4 in [0.5, 2] -> mul[E] -> mul[[[1, 1, 1, 1]]] -> y',
  words: 'x : 3 -> add[B * A + 2 * A, B * b + c] -> y',
  nested: 'x : 3 -> add[B * (B * (B * A)), 3 * b] -> y',
  shared: 'x : 4 -> add[B] -> relu -> add[B, b] -> add[B * B, b] -> y',
  sums: 'x : 3 -> add[ones(4, 3), b] -> add[B + ones(4, 4)] -> add[zero(2, 4)] -> y',
  identity: 'x : 4 -> relu -> add[identity(4), b] -> y',
  transposed: 'x : 4 -> add[transpose(A), transpose(A) * b] -> add[transpose(transpose(A) * B)] -> y',
  diagonal: 'x : 4 -> add[diag(b)] -> add[B * diag(B * c) + diag(c), b] -> y',
  blocks: 'x : 3 -> add[[A, 2 * A], [b, c]] -> relu -> add[[[B, B]]] -> y',
  pools: 'x : 4 -> add[B] -> maxpool[2] -> minpool[2] -> y',
  softmax: 'x : 3 -> add[A, b] -> softmax -> y',
  logsoftmax: 'x : 3 -> add[A, b] -> logsoftmax -> y',
  unknown: 'x : 3 -> add[A] -> phi -> add[B] -> phi -> y',
  sizes: 'x : n -> add[V] -> relu -> y',
  axes: 'x : 2 x 3 -> add[A, b] -> relu -> softmax -> y',
}
/** Bodies of statements, where a chain is not enough. */
const BLOCKS: Readonly<Record<string, string>> = {
  residual: 'input x : 4\n h = x -> add[B, b] -> tanh\n k = h + x\n output y = (k -> add[B]) + x',
  gated: 'input x : 3\n input z : 3\n g = z -> add[A, b] -> sigmoid\n h = x -> add[A]\n output y = g * h',
  outputs: 'input x : 3\n h = x -> add[A, b] -> relu\n output y = h\n output z = h -> exp',
  constants: 'input x : 4\n k = x * 2 + b\n output y = max(k, c) / (1 + exp(-b))',
  parts: 'input x : 4\n h = x -> add[B, b]\n l = h[0..2] -> lrelu\n r = h[2..4] -> abs\n output y = [r, l, x] -> exp',
  mixed: 'input x : 4 in (0, inf)\n output y = x -> mix[exp, B] -> ln',
  unused: 'input x : 4\n input z : 2\n output y = x -> add[B]',
}

export interface TestNet {
  readonly name: string
  readonly net: Diagram
}

export const PHI = call('+', call('sin', x0), call('*', number(2), x0))

/** Random inputs and weights in their domains; `away` keeps them from the ends, for difference quotients. */
export function givenFor(net: Diagram, count: number, seed: number) {
  const source = random(seed)
  const numberIn = ([{ low, high }]: Range): number => {
    const [from, to] = [low === null ? null : toDouble(low), high === null ? null : toDouble(high)]
    const u = 0.05 + 0.9 * source.uniform()
    if (from !== null) return from + (to === null ? 3 : to - from) * u
    return to !== null ? to - 3 * u : 4 * u - 2
  }
  const sizes = { n: 3 }
  const size = (s: Size): number => sizeIn(s, new Map(Object.entries(sizes)))
  const inputs = Object.fromEntries(
    inputsOf(net).map(({ name, shape, domain }) => [
      name,
      Float64Array.from({ length: count * componentsIn(shape, size) }, () => numberIn(domain)),
    ]),
  )
  const weights = Object.fromEntries(
    unknownsOf(net).weights.map(({ name, rows, columns, entries }) => [
      name,
      Array.from({ length: size(rows) }, () => Float64Array.from({ length: size(columns) }, () => numberIn(entries))),
    ]),
  )
  const needed = unknownsOf(net).functions.map(f => [f.name, PHI] as const)
  return { inputs, weights, sizes, functions: Object.fromEntries(needed) }
}

export async function testNets(): Promise<TestNet[]> {
  const text = [
    DECLARATIONS,
    ...Object.entries(NETS).map(([name, body]) => `net ${name} { ${body} }`),
    ...Object.entries(BLOCKS).map(([name, body]) => `net ${name} {\n ${body}\n}`),
  ].join('\n')
  const program = await parse(text, { file: 'nets' })
  const errors = program.diagnostics.filter(d => d.severity === 'error')
  if (errors.length > 0) throw new Error(errors.map(e => e.message).join('\n'))
  return Object.entries(program.nets).map(([name, net]) => ({ name, net }))
}
