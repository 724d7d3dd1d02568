// Checks a certificate: the nets of each claim, its verdict, and the steps or the point that show it. The checker searches
// for nothing: it does what each step says and compares. Whoever distrusts the engine reads this folder, the axioms of real
// functions (scalar/axioms.ts), and the definitions that these speak of.
import {
  CertificateReader,
  type Checked,
  type CheckedClaim,
  isCertificate,
  type StatedCounterexample,
  type StatedStep,
  WAYS,
} from '../certificate/certificate.ts'
import { type Json, Malformed } from '../certificate/json.ts'
import { type Diagram, inputsOf, outputsOf } from '../diagram/diagram.ts'
import { type Size, sameShape } from '../linear/size.ts'
import { disjoint } from '../scalar/enclosure.ts'
import { type Expression, size as partsOf, TooLarge, unfold } from '../scalar/expression.ts'
import { expressionsOf } from '../scalar/proof.ts'
import { containsPoint, isSubset, type Range } from '../scalar/range.ts'
import { linearsIn, livingNodes, symbolsOf, unknownFunctionsIn } from '../semantics/contents.ts'
import { componentsIn, sizeIn } from '../semantics/net.ts'
import { outputsLieIn } from '../semantics/outputs.ts'
import { instanceOf, substituteInNode, substitutionOf, Unfit } from '../semantics/substitution.ts'
import { Budget, Rejected, reject } from './budget.ts'
import { verifyScalarProof } from './scalar.ts'
import { type Lemma, Wires } from './wires.ts'

/** A claim that may be cited where its verdict holds. */
type Theorem = { readonly name: string; readonly nets: readonly Diagram[]; readonly holds: boolean }

/**
 * Whether a certificate (parsed JSON, from anybody) shows what it says. Never throws; the work is bounded by `budget`
 * small steps (default 10^8, about a minute).
 */
export function check(document: unknown, budget = 100_000_000): Checked {
  if (isCertificate(document)) return new Checker(new Budget(budget)).run(document as Json)
  return {
    accepted: false,
    step: 'the document',
    reason: 'this is not a certificate of netproof',
    isCertificate: false,
  }
}

class Checker {
  private place = 'the document'
  private readonly rules = new Set<string>()
  private readonly axioms = new Set<string>()
  private readonly assumptions = new Set<string>()
  private readonly lemmas = new Map<number, { readonly lemma: Lemma; readonly symbols: ReadonlySet<object> }>()
  /** The unknowns that the proof of the current claim may speak of. */
  private symbols: ReadonlySet<object> = new Set()
  private readonly theorems: Theorem[] = []

  constructor(private readonly budget: Budget) {}

  run(document: Json): Checked {
    try {
      const reader = new CertificateReader(document)
      const claims = Array.from({ length: reader.count }, (_, i) => this.claim(reader, i))
      const [rules, axioms, assumptions] = [this.rules, this.axioms, this.assumptions].map(set => [...set].sort())
      return { accepted: true, claims, rules, axioms, assumptions }
    } catch (error) {
      if (![Rejected, Malformed, Unfit, TooLarge, RangeError].some(kind => error instanceof kind)) throw error
      return { accepted: false, step: this.place, reason: (error as Error).message, isCertificate: true }
    }
  }

  private claim(reader: CertificateReader, i: number): CheckedClaim {
    this.place = `claim ${i + 1}`
    const claim = reader.claim(i)
    const { left, right, verdict, leftNodes, rightNodes } = claim
    const wires = new Wires(this.budget)
    for (const node of [...leftNodes, ...rightNodes]) wires.add(node)
    const isInput = (wire: number): boolean => wires.nodes[wire].kind === 'input'
    if (rightNodes.some(n => isInput(n.id) || n.args.some(a => a < leftNodes.length && !isInput(a))))
      reject('the nets have more in common than their inputs')
    const inputs = leftNodes.filter(n => isInput(n.id))
    const nets = [leftNodes, [...inputs, ...rightNodes]].map(
      (nodes): Diagram => ({ name: '', nodes, names: new Map() }),
    )
    const [l, r] = nets.map(outputsOf)
    if (l.length === 0 || l.length !== r.length || l.some((n, k) => !sameShape(n.shape, r[k].shape)))
      reject('the nets have different outputs')
    // Outputs belong together by their names where these are the same.
    if (new Set([...l, ...r].map(n => n.name)).size === l.length && l.some((n, k) => n.name !== r[k].name))
      reject('the outputs stand in another order')
    this.symbols = verdict === 'proved' ? symbolsOf(nets.flatMap(livingNodes)) : new Set()
    if (verdict === 'proved') {
      for (const net of nets) wires.define(net)
      // What the certificate calls n7 need not be wire 7 here: some steps make wires of their own.
      const known = wires.nodes.map((n, wire) => {
        return { wire, side: isInput(n.id) ? 'both' : wire < leftNodes.length ? 'left' : 'right' }
      })
      this.place = `claim ${i + 1}, requirements`
      for (const { wire, over, range } of claim.requirements())
        if (!wires.lies(wire, over, range)) reject('a net may get values that its inputs do not allow')
      let count = 0
      for (const step of claim.steps()) {
        this.place = `claim ${i + 1}, step ${++count}`
        this.step(reader, step, wires, known)
      }
      this.speaksOnlyOfIts(symbolsOf(wires.nodes))
      this.place = `claim ${i + 1}, outputs`
      const isReached = l.every((n, k) => wires.now(n.args[0]) === wires.now(r[k].args[0]))
      if (!isReached) reject('the steps do not lead from one net to the other')
    } else if (verdict === 'refuted') this.refuted(reader, claim.counterexample(), nets)
    else if (verdict === 'assumed') this.assumptions.add(left)
    else if (verdict !== 'undecided') reject(`${verdict} is not a verdict`)
    this.theorems.push({ name: left, nets, holds: verdict === 'proved' || verdict === 'assumed' })
    return { left, right, verdict }
  }

  /** That there are weights and functions as declared is taken for granted of those that the claim is about only. */
  private speaksOnlyOfIts(symbols: ReadonlySet<object>): void {
    for (const symbol of symbols)
      if (!this.symbols.has(symbol)) reject('the proof speaks of an unknown that the claim is not about')
  }

  private step(
    reader: CertificateReader,
    step: StatedStep,
    wires: Wires,
    known: { wire: number; side: string }[],
  ): void {
    const { rule, by, side, direction } = step
    const at = known[step.at]
    const sides = at.side === 'both' ? ['left', 'right', 'both'] : [at.side, 'both']
    if (!sides.includes(side) || direction !== (side === 'right' ? 'backward' : 'forward'))
      reject(`the step is not in the ${side} net, or goes the other way`)
    for (const node of step.nodes) {
      const args = node.args.map(a => known[a].wire)
      known.push({ wire: wires.add({ ...node, id: wires.nodes.length, args }), side })
    }
    const becomes = known[step.becomes].wire
    const lemmas = step.lemmas.map(l => this.lemma(reader, l))
    this.rules.add(rule)
    if (by === 'theorem') {
      this.cite(step, lemmas, at.wire, becomes, wires, known)
      return
    }
    if (by === 'assumption') this.assumptions.add(`${rule} (its use in ${this.place} is not checked)`)
    else if (!WAYS.get(by)?.includes(rule)) reject(`${rule} is not a rule that is shown by ${by}`)
    wires.equate(at.wire, becomes, by, { over: step.over.map(w => known[w].wire), ranges: step.ranges, lemmas })
  }

  private lemma(reader: CertificateReader, i: number): Lemma {
    let known = this.lemmas.get(i)
    if (known === undefined) {
      const { left, right, domain, proof } = reader.lemma(i)
      const result = verifyScalarProof(proof, left, right, domain, this.budget)
      if (!result.accepted) return reject(`lemma ${i}: ${result.reason}`)
      for (const axiom of result.axioms) this.axioms.add(axiom)
      const symbols = new Set(unknownFunctionsIn([left, right, ...expressionsOf(proof)]))
      this.lemmas.set(i, (known = { lemma: { left, right, domain }, symbols }))
    }
    this.speaksOnlyOfIts(known.symbols)
    return known.lemma
  }

  /** A claim that holds, for what its unknowns stand for here: `at` is its left net, and `becomes` its right net. */
  private cite(
    step: StatedStep,
    lemmas: readonly Lemma[],
    at: number,
    becomes: number,
    wires: Wires,
    known: readonly { wire: number }[],
  ): void {
    const { name, nets, holds } = this.theorems[step.theorem as number]
    if (!holds || name !== step.rule) reject(`${step.rule} is not shown`)
    const by = substitutionOf(nets, step.instance, (left, right, domain) => isShown(lemmas, left, right, domain))
    const [l, r] = nets.map(net => {
      const made = new Map<number, number>()
      for (const node of net.nodes) {
        const fresh = substituteInNode(node, by)
        if (node.kind === 'input') {
          const { wire } = known[step.input(node.name)]
          const fits = wires.isDefined(wire) && sameShape(wires.nodes[wire].shape, fresh.shape)
          if (!fits || !wires.range(wire).every(s => isSubset(s, node.domain))) reject(`nothing fits ${node.name}`)
          made.set(node.id, wire)
        } else if (node.kind !== 'output') {
          const args = node.args.map(a => made.get(a) as number)
          made.set(node.id, wires.assume({ ...fresh, id: wires.nodes.length, args }))
        }
      }
      return made.get(outputsOf(net)[0].args[0]) as number
    })
    wires.congruent(at, l)
    wires.identify(l, r)
    wires.congruent(r, becomes)
  }

  private refuted(reader: CertificateReader, stated: StatedCounterexample, nets: readonly Diagram[]): void {
    this.place += ', counterexample'
    const lemmas = stated.lemmas.map(l => this.lemma(reader, l))
    const by = substitutionOf(nets, stated.instance, (left, right, domain) => isShown(lemmas, left, right, domain))
    const instance = instanceOf(nets, by)
    const size = (s: Size): number => sizeIn(s, instance.sizes)
    // What evaluation costs is counted before it is begun.
    const bodies = [...instance.functions.values()].reduce((sum, body) => sum + partsOf(body), 1)
    for (const node of nets.flatMap(n => n.nodes)) {
      const functions = node.kind === 'pointwise' ? [node.fn] : node.kind === 'mix' ? [node.fn, node.inverse] : []
      const work = functions.reduce((sum, fn) => sum + partsOf(fn) * bodies, 1)
      this.budget.spend(100 * work * componentsIn(node.shape, size))
    }
    for (const a of linearsIn(nets)) {
      const inner = a.kind === 'product' ? size(a.left.columns) : 1
      this.budget.spend(10 * size(a.rows) * size(a.columns) * inner)
    }
    const point = new Map(inputsOf(nets[0]).map(n => [n.name, stated.input(n.name)] as const))
    for (const { name, shape, domain } of inputsOf(nets[0])) {
      const value = stated.input(name)
      if (value.length !== componentsIn(shape, size)) reject(`${name} has another number of components`)
      if (!value.every(q => containsPoint(domain, q))) reject(`the value of ${name} is not in its domain`)
    }
    const [left, right] = stated.values
    const bothDefined = left !== 'undefined' && right !== 'undefined'
    if (bothDefined ? !left.some((e, i) => i < right.length && disjoint(e, right[i])) : left === right)
      reject('the values do not differ')
    for (const [k, net] of nets.entries())
      if (!outputsLieIn(net, point, instance, stated.values[k])) reject('a net does not have the value that is stated')
  }
}

/** Whether a lemma says that two functions of one argument are equal on a set. */
function isShown(lemmas: readonly Lemma[], left: Expression, right: Expression, domain: Range): boolean {
  return lemmas.some(l => {
    const fits = l.domain.length === 1 && isSubset(domain, l.domain[0])
    return fits && unfold(l.left) === unfold(left) && unfold(l.right) === unfold(right)
  })
}
