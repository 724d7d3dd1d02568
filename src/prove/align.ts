// Two nets that are to be compared, as nets of the same inputs; and why they cannot be.
import { type Diagram, type InputNode, inputsOf, outputsOf } from '../diagram/diagram.ts'
import { weightsOf } from '../linear/linear.ts'
import { printShape, sameShape } from '../linear/size.ts'
import { intersect, type Range, sameRange } from '../scalar/range.ts'
import { expressionsIn, linearsIn, unknownFunctionsIn } from '../semantics/contents.ts'

/** Two nets that cannot be compared: which inputs or outputs do not fit. */
export class Mismatch extends TypeError {}

/**
 * The two nets as nets of the same inputs: matched by name where the names are the same, else by position. The domain of
 * the claim is what both declare. Throws Mismatch when numbers or shapes of inputs or outputs differ.
 */
export function alignInputs(
  left: Diagram,
  right: Diagram,
): { left: Diagram; right: Diagram; domain: Record<string, Range> } {
  const l = inputsOf(left)
  const r = inputsOf(right)
  const describe = (nodes: readonly InputNode[]): string =>
    nodes.map(n => `${n.name} : ${printShape(n.shape)}`).join(', ') || 'none'
  if (l.length !== r.length)
    throw new Mismatch(`${left.name} has the inputs ${describe(l)}, ${right.name} has ${describe(r)}`)
  const byName = new Map(r.map(n => [n.name, n]))
  const named = l.every(n => byName.has(n.name))
  const partner = l.map((n, k) => (named ? (byName.get(n.name) as InputNode) : r[k]))
  const domain: Record<string, Range> = {}
  const narrowed = new Map<InputNode, Range>()
  l.forEach((n, k) => {
    if (!sameShape(n.shape, partner[k].shape)) {
      throw new Mismatch(
        `input ${n.name} of ${left.name} is ${printShape(n.shape)} wide, ${partner[k].name} of ${right.name} is ${printShape(partner[k].shape)}`,
      )
    }
    const both = intersect(n.domain, partner[k].domain)
    domain[n.name] = both
    narrowed.set(n, both)
    narrowed.set(partner[k], both)
  })
  const lo = outputsOf(left)
  const ro = outputsOf(right)
  if (lo.length !== ro.length)
    throw new Mismatch(`${left.name} has ${lo.length} outputs, ${right.name} has ${ro.length}`)
  const outputByName = new Map(ro.map(n => [n.name, n]))
  const outputs = lo.map(
    (n, k) => (lo.every(o => outputByName.has(o.name)) ? outputByName.get(n.name) : ro[k]) as (typeof ro)[number],
  )
  lo.forEach((n, k) => {
    if (!sameShape(n.shape, outputs[k].shape)) {
      throw new Mismatch(
        `output ${n.name} of ${left.name} is ${printShape(n.shape)} wide, ${outputs[k].name} of ${right.name} is ${printShape(outputs[k].shape)}`,
      )
    }
  })
  const arrange = (d: Diagram, inputs: readonly InputNode[], last: readonly Diagram['nodes'][number][]): Diagram => ({
    ...d,
    nodes: [
      ...inputs.map(n =>
        sameRange(n.domain, narrowed.get(n) as Range) ? n : { ...n, domain: narrowed.get(n) as Range },
      ),
      ...d.nodes.filter(n => n.kind !== 'input' && n.kind !== 'output'),
      ...last,
    ],
  })
  return { left: arrange(left, l, lo), right: arrange(right, partner, outputs), domain }
}

/** Two different unknowns of one name, as nets from different sources may have: a verdict could not speak of them. */
export function checkNames(left: Diagram, right: Diagram): void {
  const seen = new Map<string, object>()
  const see = (name: string, symbol: object): void => {
    const old = seen.get(name)
    if (old !== undefined && old !== symbol) {
      throw new Mismatch(
        `${left.name} and ${right.name} use two different unknowns named ${name}: take both from one file, or rename one`,
      )
    }
    seen.set(name, symbol)
  }
  for (const w of weightsOf(linearsIn([left, right]))) see(w.name, w)
  for (const f of unknownFunctionsIn(expressionsIn([left, right]))) see(f.name, f)
}
