// What a search finds of pools in pools, and of layers of wires that are multiplied by one number. Rewriting does not need it.
import type { Node } from '../diagram/diagram.ts'
import { isColumnOfOnes, type Linear } from '../linear/linear.ts'
import { call, variable, x0 } from '../scalar/expression.ts'
import { reject } from './rejection.ts'
import type { Wires } from './wires.ts'

/** The matrix of a layer that has one and no bias; null for other nodes. */
function matrixOf(node: Node): Linear | null {
  return node.kind === 'additive' && node.args.length === 1 && node.bias === null ? node.operators[0] : null
}

/** Shows that the largest of the largest of groups is the largest of groups of as many groups; so for the least. */
export function poolOfPools(wires: Wires, a: number, b: number): void {
  const below = (node: Node): number => wires.now(node.args[0] ?? reject('not a pool'))
  const [outer, all] = [wires.nodes[a], wires.nodes[b]]
  const inner = wires.nodes[below(outer)]
  if (outer.kind !== 'reduce' || inner.kind !== 'reduce' || all.kind !== 'reduce') reject('not pools')
  const isSame = outer.operation === inner.operation && outer.operation === all.operation
  if (!isSame || all.group !== outer.group * inner.group || below(all) !== below(inner))
    reject('not the same pool of the same wire')
}

const PRODUCTS = [call('*', x0, variable(1)), call('*', variable(1), x0)]
const QUOTIENT = call('/', x0, variable(1))

/**
 * Shows W (u * 1 s) = (W u) * 1 s for a wire s of one component, 1 being a column of ones, and so for a quotient: W adds
 * up components that have been multiplied by one number.
 */
export function multipleThroughLayer(wires: Wires, a: number, b: number): void {
  const argOf = (w: number, k: number): number => wires.now(wires.nodes[w].args[k])
  const w = matrixOf(wires.nodes[a]) ?? reject('not a layer of one matrix')
  const [before, after] = [wires.nodes[argOf(a, 0)], wires.nodes[b]]
  if (before.kind !== 'pointwise' || after.kind !== 'pointwise' || before.fn !== after.fn)
    reject('not a product before a layer and after it')
  const isBroadcast = (wire: number): boolean => {
    const matrix = matrixOf(wires.nodes[wire])
    return matrix !== null && isColumnOfOnes(matrix)
  }
  // The wire with one component, as it stands on both sides.
  const places = before.fn === QUOTIENT ? [1] : PRODUCTS.includes(before.fn) ? [0, 1] : []
  const isShown = places.some(k => {
    const [u, v] = [wires.now(before.args[1 - k]), wires.now(before.args[k])]
    const [wu, s] = [wires.now(after.args[1 - k]), wires.now(after.args[k])]
    if (!isBroadcast(v) || !isBroadcast(s) || argOf(v, 0) !== argOf(s, 0)) return false
    return matrixOf(wires.nodes[wu]) === w && argOf(wu, 0) === u
  })
  if (!isShown) reject('not the same multiple of the same wire')
}
