// Why two nets have the same gradients, where they have: functions that are equal for all inputs and weights have equal
// derivatives in each of them. And where that does not say it: weights that only one net has, inputs that are read through a
// function, a bias that became a factor e^b. There the chain rule relates the gradients.
import type { Diagram, Node } from '../diagram/diagram.ts'
import { scale, type WeightSymbol, weight } from '../linear/linear.ts'
import type { CompareOptions } from '../numeric/compare-nets.ts'
import {
  compareGradients,
  type GradientsComparison,
  unsharedWeights,
  type WeightRelation,
} from '../numeric/gradients.ts'
import { unknownsOf } from '../numeric/instance.ts'
import { printDoubles } from '../numeric/print.ts'
import { derivative } from '../scalar/derivative.ts'
import { call, type Expression, number, printExpression, x0 } from '../scalar/expression.ts'
import { symbolsOf } from '../semantics/contents.ts'
import { substituteInNode } from '../semantics/substitution.ts'
import type { Proved, Verdict } from './prove.ts'

/** Functions by which a weight of one net often is one of another's: a factor e^b, its logarithm, a sign, a new name. */
const USUAL: readonly Expression[] = [x0, call('exp', x0), call('ln', x0), call('neg', x0)]
const TRIAL_SAMPLES = 4

/**
 * Relations under which nets with different weights compute the same: each weight that only the left net has is tried
 * against those of its shape that only the right one has. Empty where none fits all of them.
 */
export function findRelations(left: Diagram, right: Diagram, options: CompareOptions = {}): readonly WeightRelation[] {
  const names = unsharedWeights(left, right, [])
  const ofLeft = unknownsOf(left).weights.filter(w => names.left.includes(w.name))
  const ofRight = unknownsOf(right).weights.filter(w => names.right.includes(w.name))
  if (ofLeft.length === 0 || ofLeft.length !== ofRight.length || ofLeft.length > 8) return []
  const partners: (readonly [WeightSymbol, WeightSymbol])[] = []
  const free = [...ofRight]
  for (const l of ofLeft) {
    const at = free.findIndex(r => r.rows === l.rows && r.columns === l.columns)
    if (at < 0) return []
    partners.push([l, free.splice(at, 1)[0]])
  }
  for (const by of USUAL) {
    const relations = partners.map(([l, r]): WeightRelation => ({ left: l, right: r, by }))
    const found = compareGradients(left, right, {
      ...options,
      relations,
      samples: TRIAL_SAMPLES,
      referee: { bits: 128 },
    })
    if (!found.ok) return []
    const outputs = found.quantities.filter(q => q.kind === 'output')
    if (outputs.length > 0 && outputs.every(q => q.verdict === 'consistent')) return relations
  }
  return []
}

/** `c = exp(b)`. */
export function relationText({ left, right, by }: WeightRelation): string {
  return `${left.name} = ${printExpression(by, [right.name])}`
}

/** The net in which e^`by` stands for a weight; null where that weight is more than a wire of its own. */
function exponentiated(net: Diagram, symbol: WeightSymbol, by: WeightSymbol): Diagram | null {
  let fresh = net.nodes.reduce((most, node) => Math.max(most, node.id), 0) + 1
  const nodes: Node[] = []
  for (const node of net.nodes) {
    const isWire = node.kind === 'constant' && node.value === weight(symbol)
    if (!isWire && symbolsOf([node]).has(symbol)) return null
    if (!isWire) nodes.push(node)
    else {
      const { id, shape } = node
      nodes.push({ ...node, id: fresh, value: weight(by) })
      nodes.push({ kind: 'pointwise', id, args: [fresh++], fn: call('exp', x0), shape })
    }
  }
  return { ...net, nodes }
}

/** Two nets with the same weights: one of each related pair in the place of the other. Null where that cannot be written. */
export function underRelations(
  left: Diagram,
  right: Diagram,
  relations: readonly WeightRelation[],
): { readonly left: Diagram; readonly right: Diagram } | null {
  let nets: { left: Diagram; right: Diagram } = { left, right }
  for (const { left: l, right: r, by } of relations) {
    const isExp = by === call('exp', x0)
    if (isExp || by === call('ln', x0)) {
      const net = isExp ? exponentiated(nets.left, l, r) : exponentiated(nets.right, r, l)
      if (net === null) return null
      nets = isExp ? { ...nets, left: net } : { ...nets, right: net }
      continue
    }
    const stands = by === x0 ? weight(r) : scale(number(-1), weight(r))
    const substitution = { weights: new Map([[l, stands]]), functions: new Map(), sizes: new Map() }
    nets = { ...nets, left: { ...nets.left, nodes: nets.left.nodes.map(n => substituteInNode(n, substitution)) } }
  }
  return nets
}

/** What a comparison of gradients says, in sentences. */
export interface GradientReasons {
  /** Why gradients are the same; empty where no proof says so. */
  readonly why: readonly string[]
  /** What the proof says nothing of, and the chain rule where it relates. */
  readonly beside: readonly string[]
}

export interface ReadThrough {
  /** `x = exp(x')`. */
  readonly equation: string
  readonly inner: string
  readonly outer: string
}

export function gradientReasons(
  compared: GradientsComparison,
  verdict: Verdict | null,
  relations: readonly WeightRelation[],
  through: readonly ReadThrough[],
): GradientReasons {
  const weights = compared.quantities.filter(q => q.kind === 'weight').map(q => q.name)
  const inputs = compared.quantities.filter(q => q.kind === 'input').map(q => q.name)
  const why: string[] = []
  const beside: string[] = []
  if (verdict?.kind === 'proved' && relations.length > 0) {
    why.push(
      `With ${relations.map(relationText).join(' and ')} the nets are proved to be equal${assumed(verdict)}: they are one function, and what follows for its gradients is the chain rule.`,
    )
  } else if (verdict?.kind === 'proved') {
    const what = [...(weights.length > 0 ? ['the weights'] : []), ...(inputs.length > 0 ? ['the inputs'] : [])].join(
      ' and ',
    )
    why.push(
      `The nets are proved to be equal${assumed(verdict)}: they are one function of ${what}, and a function has one gradient in ${[...weights, ...inputs].join(', ')}.`,
    )
  }
  for (const { equation, inner, outer } of through) {
    beside.push(
      `${equation}: the gradients are those in ${inner}. In ${outer} the gradient is another one: by the chain rule d/d${inner} is d/d${outer} times the derivative of ${outer} in ${inner}.`,
    )
  }
  for (const relation of relations) {
    const { left, right, by } = relation
    if (by === x0) {
      beside.push(
        `${left.name} on the left is ${right.name} on the right under another name: their gradients are equal.`,
      )
      continue
    }
    const slope = printExpression(derivative(by, 0), [right.name])
    beside.push(
      `${relationText(relation)}: the gradients in ${left.name} and ${right.name} are not equal but related by the chain rule, d/d${right.name} = d/d${left.name} * ${slope}. A step of training by the one is no step by the other.`,
    )
  }
  const { left, right } = compared.unshared
  for (const [side, names, other] of [
    ['left', left, 'right'],
    ['right', right, 'left'],
  ] as const) {
    if (names.length > 0)
      beside.push(
        `Only the ${side} net has ${names.join(', ')}: equal as functions of the inputs or not, the nets have gradients there that nothing on the ${other} corresponds to.`,
      )
  }
  for (const kink of compared.kinks) {
    const at = Object.entries(kink.inputs)
      .map(([name, v]) => `${name} = ${printDoubles(v)}`)
      .join(', ')
    const text = (v: typeof kink.left): string => (typeof v === 'object' ? v.text : v)
    beside.push(
      `At ${at} something has a kink or no derivative; what stands for the gradient in ${kink.name} there is ${text(kink.left)} on the left and ${text(kink.right)} on the right.`,
    )
  }
  return { why, beside }
}

function assumed(verdict: Proved): string {
  return verdict.assumptions.length === 0 ? '' : ` (assuming the rules ${verdict.assumptions.join(', ')})`
}
