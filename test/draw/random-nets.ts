// Nets made at random, for properties that all pictures have.
import fc from 'fast-check'
import type { Diagram, NodeId } from '../../src/diagram/diagram.ts'
import { identity } from '../../src/linear/linear.ts'
import { call, variable, x0 } from '../../src/scalar/expression.ts'
import { build, known, matrix, size, vector } from './nets.ts'

/** The ids of the groups of its nodes. */
export const ids = (d: Diagram, prefix = ''): string[] => d.nodes.map(n => `${prefix}n${n.id}`)

/** A net of up to a dozen nodes of all kinds that can follow on the wires at hand. */
function randomNet(choices: readonly (readonly [number, number, number])[]): Diagram {
  const b = build()
  const wires: NodeId[] = [b.input('x', 3), b.input("long_name'", 12), b.input('z', 'n')]
  const width = (id: NodeId): string => b.shape(id)[0].text
  for (const [kind, p, q] of choices) {
    const first = wires[p % wires.length]
    const alike = wires.filter(w => width(w) === width(first))
    const second = alike[q % alike.length]
    const n = /^\d+$/.test(width(first)) ? Number(width(first)) : width(first)
    switch (kind) {
      case 0:
        wires.push(b.map(known(q % 2 === 0 ? 'exp' : 'softplus'), first))
        break
      case 1:
        wires.push(b.map(call('+', x0, variable(1)), first, second))
        break
      case 2:
        wires.push(b.plus(matrix(`W${p}`, 1 + (q % 10), n), first, q % 2 === 0 ? vector('b', 1 + (q % 10)) : null))
        break
      case 3:
        wires.push(b.times(matrix('V', q % 3 === 0 ? 'm' : 2, n), first))
        break
      case 4:
        wires.push(b.add({ kind: 'softmax', args: [first], shape: b.shape(first) }))
        break
      case 5:
        wires.push(
          b.add({
            kind: 'additive',
            args: [first, second],
            shape: b.shape(first),
            operators: [matrix('A', n, n), identity(size(n))],
            bias: null,
          }),
        )
        break
      case 6:
        wires.push(b.add({ kind: 'constant', args: [], shape: [size(2)], value: vector('c', 2) }))
        break
      case 7:
        wires.push(b.map(x0, first))
        break
    }
  }
  for (const [i, wire] of wires.slice(-3).entries()) b.output(`y${i}`, wire)
  return b.diagram('random')
}

export const randomNets = fc.array(fc.tuple(fc.nat(7), fc.nat(30), fc.nat(30)), { maxLength: 12 }).map(randomNet)
