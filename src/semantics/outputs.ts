// What comes out of a net at a point, in an arithmetic in which numbers may be undefined or not known.
import { type Diagram, type NodeId, outputsOf } from '../diagram/diagram.ts'
import { boundsToEnclosure, type Enclosure } from '../scalar/enclosure.ts'
import type { Rational } from '../scalar/rational.ts'
import type { Bounds } from '../scalar/scaled.ts'
import { enclosures } from './enclosed.ts'
import type { Instance } from './ground.ts'
import { evaluateNet, type Scope, scopeOf } from './net.ts'
import type { Partially } from './partial.ts'

export type Outputs<S> =
  | { readonly kind: 'defined'; readonly components: readonly S[] }
  | { readonly kind: 'undefined'; readonly at: NodeId }
  | { readonly kind: 'unknown' }

/**
 * The components of the outputs (all in order, or those named); undefined as soon as any operation on the way to an output is. `inputs` are by
 * name. Throws TypeError where an input or an unknown has no value.
 */
export function outputsAt<S extends object>(
  diagram: Diagram,
  inputs: ReadonlyMap<string, readonly Partially<S>[]>,
  scope: Scope<Partially<S>>,
  outputs: readonly NodeId[] = outputsOf(diagram).map(output => output.id),
): Outputs<S> {
  const wires = evaluateNet(diagram, inputs, scope)
  let known = true
  for (const [id, components] of wires) {
    if (components.includes('undefined')) return { kind: 'undefined', at: id }
    if (components.includes('unknown')) known = false
  }
  if (!known) return { kind: 'unknown' }
  return { kind: 'defined', components: outputs.flatMap(id => wires.get(id) as readonly S[]) }
}

/**
 * Whether the outputs of a net are shown to lie in these enclosures (or to be undefined) at a point, by enclosures of
 * growing precision.
 */
export function outputsLieIn(
  diagram: Diagram,
  point: ReadonlyMap<string, readonly Rational[]>,
  instance: Instance,
  stated: readonly Enclosure[] | 'undefined',
): boolean {
  return [64, 192, 640, 2048].some(bits => {
    const arithmetic = enclosures(bits)
    const inputs = new Map([...point].map(([name, c]) => [name, c.map(q => arithmetic.rational(q))]))
    const found = outputsAt<Bounds>(diagram, inputs, scopeOf(instance, arithmetic))
    if (found.kind !== 'defined' || stated === 'undefined') return found.kind === stated
    const lies = found.components.map((bounds, i) => {
      const e = boundsToEnclosure(bounds)
      return e !== 'unknown' && stated[i]?.low.compare(e.low) <= 0 && stated[i].high.compare(e.high) >= 0
    })
    return lies.length === stated.length && lies.every(Boolean)
  })
}
