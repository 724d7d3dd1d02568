// Is a claim of a certificate true, as far as numbers can tell? The nets are read from the document, and nothing that it
// says about them is believed.
import { CertificateReader } from '../../src/certificate/certificate.ts'
import { type Json, TableWriter } from '../../src/certificate/json.ts'
import { type Diagram, inputsOf, type Node, outputsOf } from '../../src/diagram/diagram.ts'
import { entriesOf, type WeightSymbol } from '../../src/linear/linear.ts'
import type { Shape } from '../../src/linear/size.ts'
import { type Bounded, bounded, boundedScope, compareWires } from '../../src/numeric/bounded.ts'
import { constantsIn, randomInstance, unknownsOf } from '../../src/numeric/instance.ts'
import { candidatePoints } from '../../src/numeric/points.ts'
import { random } from '../../src/numeric/random.ts'
import { findCounterexample } from '../../src/prove/refute.ts'
import type { Expression, FunctionSymbol } from '../../src/scalar/expression.ts'
import { containsPoint, type Range } from '../../src/scalar/range.ts'
import type { Rational } from '../../src/scalar/rational.ts'
import { enclosures } from '../../src/semantics/enclosed.ts'
import type { Instance } from '../../src/semantics/ground.ts'
import { componentsIn, evaluateNet, scopeOf, sizeIn } from '../../src/semantics/net.ts'
import { outputsAt } from '../../src/semantics/outputs.ts'

/** The first points that are worth a try. */
function pointsOf(domain: readonly Range[], constants: readonly Rational[], count: number): Rational[][] {
  const found: Rational[][] = []
  for (const point of candidatePoints(domain, constants, random(7), count)) if (found.push(point) >= count) break
  return found
}

type Point = ReadonlyMap<string, readonly Rational[]>

/** The outputs in doubles with bounds; 'undefined' where anything on the way is. */
function valuesAt(net: Diagram, point: Point, instance: Instance): readonly Bounded[] | 'undefined' {
  const inputs = new Map([...point].map(([name, value]) => [name, value.map(q => bounded.rational(q))]))
  const wires = evaluateNet(net, inputs, boundedScope(instance))
  for (const values of wires.values()) if (values.includes('undefined')) return 'undefined'
  return outputsOf(net).flatMap(n => wires.get(n.id) as readonly Bounded[])
}

/** Where a net that is said to be defined everywhere is not. */
function undefinedAt(nets: readonly Diagram[], seed: number): string | null {
  const source = random(seed)
  const [left] = nets
  const constants = constantsIn(nets)
  for (const manner of ['plain', 'any'] as const) {
    const instance = randomInstance(unknownsOf(...nets), source, manner)
    if ('missing' in instance) return null
    const lengths = inputsOf(left).map(n => componentsIn(n.shape, s => sizeIn(s, instance.sizes)))
    const domain = inputsOf(left).flatMap((n, i) => new Array<Range>(lengths[i]).fill(n.domain))
    for (const flat of pointsOf(domain, constants, 8)) {
      let start = 0
      const point = new Map(inputsOf(left).map((n, i) => [n.name, flat.slice(start, (start += lengths[i]))]))
      for (const net of nets)
        if (valuesAt(net, point, instance) === 'undefined') return `the ${net.name} net is undefined at ${flat}`
    }
  }
  return null
}

/** Whether a formula is seen not to be as a function is declared. */
function isUnlike(f: FunctionSymbol, body: Expression): boolean {
  if (f.arity !== 1) return false
  const compute = bounded.compile(body)
  const at = (q: Rational): Bounded => compute([bounded.rational(q)])
  const points = pointsOf([f.domain[0]], [], 30)
    .map(([q]) => q)
    .sort((p, q) => p.compare(q))
  return points.some((q, i) => {
    const value = at(q)
    if (value === 'undefined') return true
    const next = i + 1 < points.length ? at(points[i + 1]) : 'unknown'
    if (value === 'unknown' || next === 'unknown' || next === 'undefined') return false
    if (f.monotone === 'increasing' && value.low > next.high) return true
    if (f.monotone === 'decreasing' && value.high < next.low) return true
    const [lowest, highest] = [f.codomain[0].low, f.codomain[f.codomain.length - 1].high]
    if (lowest !== null && value.high < lowest.valueOf()) return true
    if (highest !== null && value.low > highest.valueOf()) return true
    const mirrored = f.parity === null || !containsPoint(f.domain[0], q.neg()) ? null : at(q.neg())
    if (mirrored === null || typeof mirrored === 'string') return mirrored === 'undefined'
    const [low, high] = f.parity === 'even' ? [value.low, value.high] : [-value.high, -value.low]
    return mirrored.high < low || mirrored.low > high
  })
}

/** The weights and functions that a counterexample gives, whether or not they are as declared. */
function statedInstance(
  nets: readonly Diagram[],
  stated: ReturnType<ReturnType<CertificateReader['claim']>['counterexample']>,
): Instance {
  const unknowns = unknownsOf(...nets)
  const given = stated.instance
  const weights = new Map<WeightSymbol, readonly (readonly Rational[])[]>()
  for (const w of unknowns.weights) weights.set(w, entriesOf(given.weight(w.name) as never) as never)
  const functions = new Map(unknowns.functions.map(f => [f, given.function(f.name) as Expression]))
  return {
    sizes: new Map(unknowns.sizes.map(name => [name, given.size(name)?.constant as number])),
    weights,
    functions,
  }
}

/** The two nets of claim `i` written out: the same text for the same nets, wherever their parts stand in the tables. */
export function netsText(document: unknown, i: number): string {
  const { nets } = new CertificateReader(document as Json).claim(i)
  const writer = new TableWriter()
  const nodes = new Map(nets.flatMap(net => net.nodes.map(node => [node.id, node] as const)))
  const shapeOf = (wire: number): Shape => (nodes.get(wire) as Node).shape
  const rows = nets.map(net => net.nodes.map(node => writer.node(node, shapeOf)))
  return JSON.stringify([rows, writer.tables])
}

/** What is wrong with claim `i` of a document that the checker has accepted; null where nothing is seen. */
export function objection(document: unknown, i: number): string | null {
  const claim = new CertificateReader(document as Json).claim(i)
  const { nets } = claim
  if (claim.verdict === 'proved') {
    const found = findCounterexample(nets[0], nets[1], { seed: 11, budget: { samples: 16 } })
    return found.kind === 'counterexample' ? 'a counterexample was found' : undefinedAt(nets, 5)
  }
  if (claim.verdict !== 'refuted') return null
  const stated = claim.counterexample()
  const instance = statedInstance(nets, stated)
  const point = new Map(inputsOf(nets[0]).map(n => [n.name, stated.input(n.name)] as const))
  for (const { name, domain } of inputsOf(nets[0]))
    if (!point.get(name)?.every(q => containsPoint(domain, q))) return `${name} is outside of its domain`
  for (const [w, rows] of instance.weights)
    if (!rows.every(row => row.every(q => containsPoint(w.entries, q))))
      return `${w.name} has other entries than declared`
  for (const [f, body] of instance.functions) if (isUnlike(f, body)) return `${f.name} is not as it is declared`
  const [left, right] = nets.map(net => valuesAt(net, point, instance))
  const seen =
    left === 'undefined' || right === 'undefined'
      ? left === right
        ? 'consistent'
        : 'different'
      : compareWires(left, right)
  if (seen === 'different') return null
  if (seen === 'consistent' && left === 'undefined') return 'both nets are undefined'
  // Too near for doubles: enclosures of great precision.
  const arithmetic = enclosures(4096)
  const exact = new Map([...point].map(([name, value]) => [name, value.map(q => arithmetic.rational(q))]))
  const outputs = nets.map(net => outputsAt(net, exact, scopeOf(instance, arithmetic)))
  return JSON.stringify(outputs[0], bigintText) === JSON.stringify(outputs[1], bigintText)
    ? 'the two nets are equal there'
    : null
}

function bigintText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}
