// Every step of a proof is tried on numbers: the wire before and the wire after, on points of the domain, with unknown
// weights, sizes and functions given values at random. A difference beyond what rounding explains means that a rule or
// the engine is wrong, and stops the run. Since a step changes one wire, only the nodes of the step are computed.
import { type AdditiveNode, type Diagram, inputsOf, type Node, type NodeId } from '../diagram/diagram.ts'
import type { Watch } from '../diagram/ranges.ts'
import type { Linear } from '../linear/linear.ts'
import { type Bounded, bounded, boundedScope, compareWires, sampleNode } from '../numeric/bounded.ts'
import { constantsIn, randomInstance, unknownsOf } from '../numeric/instance.ts'
import { candidatePoints } from '../numeric/points.ts'
import { random } from '../numeric/random.ts'
import type { Applied } from '../rewrite/apply.ts'
import { type Graph, isAlive, nodeAt, snapshot } from '../rewrite/graph.ts'
import type { Match } from '../rewrite/match.ts'
import { ONE } from '../scalar/rational.ts'
import { entriesIn } from '../semantics/contents.ts'
import { componentsIn, type Scope } from '../semantics/net.ts'
import { applyLinear } from '../semantics/operators.ts'

/** A step whose two sides differ on a sample: a fault of a rule or of the engine, never of the user. */
export class StepFault extends Error {
  readonly rule: string
  readonly at: NodeId

  constructor(match: Match, before: readonly Bounded[], after: readonly Bounded[]) {
    const text = (v: readonly Bounded[]): string =>
      v.map(b => (typeof b === 'string' ? b : `${b.low}..${b.high}`)).join(', ')
    super(
      `the rule ${match.rule.name} at n${match.at} changed the value of a wire: from ${text(before)} to ${text(after)}`,
    )
    this.rule = match.rule.name
    this.at = match.at
  }
}

type Values = readonly Bounded[]

/** One point with one instance: the values of all wires there. */
interface Sample {
  readonly scope: Scope<Bounded>
  readonly values: Map<NodeId, Values>
  /** Operators applied to wires, for products that grow by one factor a step. */
  readonly applied: Map<Linear, Map<NodeId, Values>>
}

/** Nets with more nodes than this, or more entries of matrices, are sampled at one point, others at a few. */
const MANY_NODES = 5_000
const MANY_ENTRIES = 200_000
const POINTS = 4

/** Watches a run of the rewriter and tries each step. Throws StepFault from `after`. */
export class StepSampler {
  /** Steps tried, comparisons that agreed, and those that could not tell. */
  readonly counts = { steps: 0, consistent: 0, inconclusive: 0 }
  private readonly samples: Sample[] = []
  private before_: Values[] = []

  constructor(diagram: Diagram, graph: Graph, seed: number, watch?: Watch) {
    const source = random(seed)
    const unknowns = unknownsOf(diagram)
    const constants = constantsIn([diagram])
    const nodes = snapshot(graph).nodes
    const points = nodes.length > MANY_NODES || entriesIn([diagram]) > MANY_ENTRIES ? 1 : POINTS
    for (let k = 0; k < points; k++) {
      const instance = randomInstance(unknowns, source)
      // Where nothing is known that satisfies the declarations there is nothing to try.
      if ('missing' in instance) return
      const scope = boundedScope(instance)
      const inputs = inputsOf(diagram)
      const counts = inputs.map(n => componentsIn(n.shape, scope.size))
      const domain = inputs.flatMap((n, i) => Array.from({ length: counts[i] }, () => n.domain))
      const [point] = candidatePoints(domain, constants, source, 0)
      const values = new Map<NodeId, Values>()
      let start = 0
      inputs.forEach((n, i) => {
        values.set(
          n.id,
          point.slice(start, start + counts[i]).map(q => bounded.rational(q)),
        )
        start += counts[i]
      })
      const sample: Sample = { scope, values, applied: new Map() }
      for (const node of nodes) {
        watch?.()
        if (node.kind !== 'input') values.set(node.id, this.valueOf(sample, node))
      }
      this.samples.push(sample)
    }
  }

  before(_graph: Graph, match: Match): void {
    this.before_ = this.samples.map(s => s.values.get(match.at) as Values)
  }

  after(graph: Graph, match: Match, applied: Applied): void {
    this.counts.steps++
    this.samples.forEach((sample, k) => {
      for (const id of applied.created)
        if (isAlive(graph, id)) sample.values.set(id, this.valueOf(sample, nodeAt(graph, id)))
      const after =
        applied.wire === null
          ? this.valueOf(sample, nodeAt(graph, match.at))
          : (sample.values.get(applied.wire) as Values)
      const before = this.before_[k]
      // Where the net before is undefined, a step promises nothing.
      if (before.includes('undefined')) return
      const comparison = compareWires(before, after)
      if (comparison === 'different') throw new StepFault(match, before, after)
      this.counts[comparison]++
    })
  }

  /** Strict, as nets are: a wire is defined only where all wires before it are, whatever the node leaves out of them. */
  private valueOf(sample: Sample, node: Node): Values {
    const args = node.args.map(a => sample.values.get(a) as Values)
    if (args.some(a => a.includes('undefined')))
      return new Array<Bounded>(componentsIn(node.shape, sample.scope.size)).fill('undefined')
    const value = node.kind === 'additive' ? this.additive(sample, node) : sampleNode(node, args, sample.scope)
    if (!args.some(a => a.includes('unknown'))) return value
    return value.map((v, i) => (node.kind !== 'pointwise' || args.some(a => a[i] === 'unknown') ? 'unknown' : v))
  }

  private additive(sample: Sample, node: AdditiveNode): Values {
    let total: Values | null = null
    node.args.forEach((arg, k) => {
      const term = this.apply(sample, node.operators[k], arg)
      total = total === null ? term : add(total, term)
    })
    if (node.bias === null) return total ?? []
    const bias = this.apply(sample, node.bias, UNIT)
    return total === null ? bias : add(total, bias)
  }

  /**
   * The operator applied to a wire. Layers that are fused one by one make products and sums of which all parts but one
   * were applied a step before, so what was found is kept.
   */
  private apply(sample: Sample, root: Linear, wire: NodeId): Values {
    // What nothing is made of yet need not be kept.
    if (root.kind !== 'sum' && root.kind !== 'product')
      return this.rows(sample, root, wire === UNIT ? UNIT_VALUES : (sample.values.get(wire) as Values))
    const known = (a: Linear): Values | undefined => sample.applied.get(a)?.get(wire)
    const stack: Linear[] = [root]
    while (stack.length > 0) {
      const at = stack[stack.length - 1]
      const parts = at.kind === 'sum' ? [at.left, at.right] : at.kind === 'product' ? [at.right] : []
      const missing = parts.filter(p => known(p) === undefined)
      if (missing.length > 0) {
        stack.push(...missing)
        continue
      }
      stack.pop()
      if (known(at) !== undefined) continue
      const x = wire === UNIT ? UNIT_VALUES : (sample.values.get(wire) as Values)
      const value =
        at.kind === 'sum'
          ? add(known(at.left) as Values, known(at.right) as Values)
          : at.kind === 'product'
            ? this.rows(sample, at.left, known(at.right) as Values)
            : this.rows(sample, at, x)
      let byWire = sample.applied.get(at)
      if (byWire === undefined) sample.applied.set(at, (byWire = new Map()))
      byWire.set(wire, value)
    }
    return known(root) as Values
  }

  /** The operator on the last axis: on each of its rows, where there are several axes. */
  private rows(sample: Sample, operator: Linear, x: Values): Values {
    const width = sample.scope.size(operator.columns)
    const result: Bounded[] = []
    for (let i = 0; i < x.length; i += width) result.push(...applyLinear(operator, x.slice(i, i + width), sample.scope))
    return result
  }
}

/** In the place of a wire: the vector with the one component 1, to which a bias is an operator. */
const UNIT: NodeId = -1
const UNIT_VALUES: Values = [bounded.rational(ONE)]

/** Component by component; a shorter wire is repeated, as a bias is for every row. */
function add(a: Values, b: Values): Values {
  return a.map((v, i) => bounded.call('+', [v, b[i % b.length]]))
}
