// Wires as functions of components: what pieces say of a wire is what the net computes on it.
import { expect, test } from 'vitest'
import { type Piece, piecesOf, variablePiece } from '../../src/diagram/components.ts'
import type { Node, NodeId } from '../../src/diagram/diagram.ts'
import { knownSize } from '../../src/linear/size.ts'
import { random } from '../../src/numeric/random.ts'
import { rational } from '../../src/scalar/rational.ts'
import { areApart, type Enclosed, enclosures } from '../../src/semantics/enclosed.ts'
import { evaluateNet, scopeOf } from '../../src/semantics/net.ts'
import { netsOf } from '../search/nets.ts'

const MATRICES = ['D', 'P', 'Q', 'R', 'Z', 'K', 'ones(4, 1) * [[1, 0, 2, 0]]', '(-2) * identity(4)', 'P * K', 'R']
const POWERS = ['[[1, 0, 0, 2], [0, -1, 1, 0], [0, 0, 0, 0], [0, 0, 1/2, 0]]', 'P', 'identity(4)', 'R']

/** A random net over positive wires of four components, whose matrices are known. */
function randomNet(seed: number) {
  const source = random(seed)
  const wires = ['x', 'z']
  const pick = (): string => source.pick(wires)
  const lines: string[] = []
  for (let i = 0; i < 6; i++) {
    const made = [
      () => `${pick()} -> add[${source.pick(MATRICES)}${source.oneIn(3) ? ', k' : ''}]`,
      () => `${pick()} -> exp -> mul[${source.pick(POWERS)}]`,
      () => `[${pick()}[1..3], ${pick()}[0..2]]`,
      () => `[${pick()}[3..4], ${pick()}[0..1], ${pick()}[2..4]]`,
      () => `[${pick()}, ${pick()}] -> ${source.pick(['maxpool', 'minpool'])}[2]`,
      () => `[${pick()}[0..1], ${pick()}[0..1]] -> maxpool[2] -> add[ones(4, 1)]`,
      () => `add[${source.pick(MATRICES)}, ${source.pick(MATRICES)}](${pick()}, ${pick()})`,
      () => `${pick()} -> add[[[0, 1, 0, 0]]] -> add[ones(4, 1)] -> ${source.pick(['exp', 'relu'])}`,
      () => `${pick()} ${source.pick(['+', '*', '-'])} ${pick()}`,
    ][source.integer(0, 8)]()
    lines.push(`  w${i} = ${made}`)
    wires.push(`w${i}`)
  }
  const text = `net it {\n  input x : 4, z : 4\n${lines.join('\n')}\n  output y = ${wires.slice(2).join(' + ')}\n}\n`
  return netsOf(text).it
}

test('the pieces of a wire have its values', () => {
  const arithmetic = enclosures(96)
  const scope = scopeOf({ sizes: new Map(), weights: new Map(), functions: new Map() }, arithmetic)
  const kinds = new Set<string>()
  for (let seed = 1; seed <= 150; seed++) {
    const net = randomNet(seed)
    const source = random(seed)
    const inputs = net.nodes.filter(node => node.kind === 'input')
    const point = new Map(
      inputs.map(({ name }) => [
        name,
        Array.from({ length: 4 }, () => arithmetic.rational(rational(BigInt(source.integer(-12, 12)), 7n))),
      ]),
    )
    const values = evaluateNet(net, point, scope)
    const pieces = new Map<NodeId, readonly Piece[] | null>(
      inputs.map(({ id }, v) => [id, [variablePiece(v, inputs[v].shape[0])]]),
    )
    for (const node of net.nodes) {
      if (node.kind === 'input' || node.kind === 'output') continue
      const args = node.args.map(a => pieces.get(a) ?? null)
      const found = args.includes(null) ? null : piecesOf(node, args as (readonly Piece[])[])
      pieces.set(node.id, found)
      const own = values.get(node.id)
      if (found === null || own === undefined) continue
      kinds.add(node.kind)
      expect(found.reduce((sum, { length }) => sum + (knownSize(length) as number), 0)).toBe(own.length)
      let at = 0
      for (const { length, fn, start, repeats } of found) {
        const f = scope.compiled(fn)
        for (let k = 0; k < (knownSize(length) as number); k++) {
          const from = (knownSize(start) as number) + (repeats ? 0 : k)
          const said = f(inputs.map(({ name }) => (point.get(name) as readonly Enclosed[])[from]))
          const [a, b] = [own[at++], said]
          if (a === 'unknown' || b === 'unknown' || (a === 'undefined') !== (b === 'undefined')) continue
          if (a === 'undefined' || b === 'undefined') continue
          expect(areApart(a, b), `seed ${seed}, n${node.id} (${node.kind}), component ${at - 1}`).toBe(false)
        }
      }
    }
  }
  const expected: Node['kind'][] = ['additive', 'join', 'multiplicative', 'pointwise', 'reduce', 'slice']
  expect([...kinds].sort()).toEqual(expected)
})
