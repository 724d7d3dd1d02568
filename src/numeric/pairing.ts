// Which input and output of one net belongs to which of another, where the two are compared.
import { type Diagram, inputsOf, type OutputNode, outputsOf } from '../diagram/diagram.ts'
import { type Shape, sameShape } from '../linear/size.ts'
import { intersect, type Range } from '../scalar/range.ts'

export interface InputPair {
  readonly left: string
  readonly right: string
  /** What both nets declare. */
  readonly domain: Range
  readonly shape: Shape
}
export interface Pairing {
  readonly inputs: readonly InputPair[]
  /** The left net's outputs, and the right net's that belong to them. */
  readonly outputs: readonly OutputNode[]
  readonly opposite: readonly OutputNode[]
}

/** Pairs things by name where both sides have the same names, else by position. */
function pairs<T extends { readonly name: string }>(
  left: readonly T[],
  right: readonly T[],
): (readonly [T, T])[] | null {
  if (left.length !== right.length) return null
  const byName = new Map(right.map(r => [r.name, r]))
  const named = left.every(l => byName.has(l.name))
  return left.map((l, i) => [l, named ? (byName.get(l.name) as T) : right[i]])
}

/** Pairs inputs and outputs, by name where the names agree, else by position; null where numbers or shapes differ. */
export function pairUp(left: Diagram, right: Diagram): Pairing | null {
  const inputs = pairs(inputsOf(left), inputsOf(right))
  const outputs = pairs(outputsOf(left), outputsOf(right))
  if (inputs === null || outputs === null) return null
  if (![...inputs, ...outputs].every(([l, r]) => sameShape(l.shape, r.shape))) return null
  return {
    inputs: inputs.map(([l, r]) => ({
      left: l.name,
      right: r.name,
      domain: intersect(l.domain, r.domain),
      shape: l.shape,
    })),
    outputs: outputs.map(([l]) => l),
    opposite: outputs.map(([, r]) => r),
  }
}
