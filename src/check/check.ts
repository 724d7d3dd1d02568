// Checks a certificate: the nets of each claim, its verdict, and the steps or the point that show it. The checker searches
// for nothing: it does what each step says and compares. Whoever distrusts the engine reads this folder, the axioms of real
// functions (scalar/axioms.ts), and the definitions that these speak of.
import * as Certificate from '../certificate/certificate.ts'
import { reject, type StatedCitation, type StatedInstance, type StatedStep } from '../certificate/certificate.ts'
import type { Json } from '../certificate/json.ts'
import { type Diagram, inputsOf, outputsOf } from '../diagram/diagram.ts'
import { valuesLieIn } from '../diagram/ranges.ts'
import { disjoint } from '../scalar/enclosure.ts'
import { type Expression, unfold } from '../scalar/expression.ts'
import { expressionsOf } from '../scalar/proof.ts'
import { containsPoint, isSubset, type Range } from '../scalar/range.ts'
import { limited, OutOfTime } from '../scalar/work.ts'
import { livingNodes, symbolsOf, unknownFunctionsIn } from '../semantics/contents.ts'
import { componentsIn, sizeIn } from '../semantics/net.ts'
import { outputsLieIn } from '../semantics/outputs.ts'
import { instanceOf, type Substitution, substituteInNode, substitutionOf } from '../semantics/substitution.ts'
import { checkScalarProof } from './scalar.ts'
import { type Lemma, Wires } from './wires.ts'

/**
 * Whether a certificate (parsed JSON, from anybody) shows what it says, in so many small steps; by default in as many as are
 * allowed for its length. Never throws, but where a caller's time is up.
 */
export function check(document: unknown, budget?: number): Certificate.Checked {
  const checker = new Checker()
  const rejected = (reason: string, isCertificate: boolean): Certificate.Checked => {
    return { accepted: false, step: checker.place, reason, isCertificate }
  }
  try {
    if (!Certificate.isCertificate(document)) return rejected('this is not a certificate of netproof', false)
    return limited(budget ?? Certificate.workFor(document), () => checker.run(document as Json))
  } catch (error) {
    if (error instanceof OutOfTime) throw error
    // Whatever is wrong with a document, it is not accepted.
    return rejected(error instanceof Error ? error.message : 'a part of it cannot be read', true)
  }
}

class Checker {
  place = 'the document'
  private reader!: Certificate.CertificateReader
  private readonly rules = new Set<string>()
  private readonly axioms = new Set<string>()
  private readonly assumptions = new Set<string>()
  private readonly lemmas = new Map<number, Lemma & { readonly symbols: ReadonlySet<object> }>()
  /** The unknowns that the proof of the current claim may speak of. */
  private symbols: ReadonlySet<object> = new Set()
  /** The claims so far, which may be cited where their verdict holds. */
  private readonly theorems: { name: string; nets: readonly Diagram[]; holds: boolean }[] = []
  private wires = new Wires()

  run(document: Json): Certificate.Checked {
    this.reader = new Certificate.CertificateReader(document)
    const claims = Array.from({ length: this.reader.count }, (_, i) => this.claim(i))
    const [rules, axioms, assumptions] = [this.rules, this.axioms, this.assumptions].map(set => [...set].sort())
    return { accepted: true, claims, rules, axioms, assumptions }
  }

  private claim(i: number): Certificate.CheckedClaim {
    this.place = `claim ${i + 1}`
    const claim = this.reader.claim(i)
    const { left, right, verdict, nets } = claim
    this.symbols = verdict === 'proved' ? symbolsOf(nets.flatMap(livingNodes)) : new Set()
    this.wires = new Wires()
    for (const node of new Set(nets.flatMap(net => net.nodes))) this.wires.add(node)
    if (verdict === 'proved') this.proved(claim)
    else if (verdict === 'refuted') this.refuted(claim.counterexample(), nets)
    else if (verdict === 'assumed') this.assumptions.add(left)
    else if (verdict !== 'undecided') reject(`${verdict} is not a verdict`)
    this.theorems.push({ name: left, nets, holds: verdict === 'proved' || verdict === 'assumed' })
    return { left, right, verdict }
  }

  private proved(claim: Certificate.StatedClaim): void {
    const { nets } = claim
    const { place, wires } = this
    for (const net of nets) wires.define(net)
    this.place = `${place}, requirements`
    const nodes = new Map(wires.nodes.entries())
    for (const { wire, range } of claim.requirements())
      if (!valuesLieIn(nodes, w => wires.range(w), wire, range))
        reject('a net may get values that its inputs do not allow')
    let count = 0
    for (const step of claim.steps(wires.nodes)) {
      this.place = `${place}, step ${++count}`
      this.step(step)
    }
    this.speaksOnlyOfIts(symbolsOf(wires.nodes))
    this.place = `${place}, outputs`
    const [l, r] = nets.map(outputsOf)
    if (!l.every((n, k) => wires.now(n.args[0]) === wires.now(r[k].args[0])))
      reject('the steps do not lead from one net to the other')
  }

  /** That there are weights and functions as declared is taken for granted of those that the claim is about only. */
  private speaksOnlyOfIts(symbols: ReadonlySet<object>): void {
    for (const symbol of symbols)
      if (!this.symbols.has(symbol)) reject('the proof speaks of an unknown that the claim is not about')
  }

  private step(step: StatedStep): void {
    const { wires } = this
    const { rule, by, at, over, ranges } = step
    for (const node of step.nodes) wires.add(node)
    const lemmas = step.lemmas.map(l => this.lemma(l))
    this.rules.add(rule)
    if (by === 'assumption') this.assumptions.add(`${rule} (its use in ${this.place} is not checked)`)
    else if (by !== 'theorem' && !Certificate.WAYS.get(by)?.includes(rule))
      reject(`${rule} is not a rule that is shown by ${by}`)
    if (by !== 'theorem') wires.mustBeDefined([at])
    wires.mustLie(over, ranges)
    if (by === 'definition') wires.spellOut(at)
    const becomes = step.becomes ?? wires.nodes.length - 1
    if (step.cited !== null) this.cite(step, step.cited, lemmas, becomes)
    else if (by !== 'definition') wires.equate(at, becomes, by, { over, ranges, lemmas })
    if (wires.now(at) !== wires.now(becomes)) reject(`n${at} is not shown to be n${becomes}`)
  }

  private lemma(i: number): Lemma {
    const { place } = this
    let known = this.lemmas.get(i)
    if (known === undefined) {
      this.place = `${place}, lemma ${i}`
      const { left, right, domain, proof } = this.reader.lemma(i)
      for (const axiom of checkScalarProof(proof, left, right, domain)) this.axioms.add(axiom)
      const symbols = new Set(unknownFunctionsIn([left, right, ...expressionsOf(proof)]))
      this.lemmas.set(i, (known = { left: unfold(left), right: unfold(right), domain, symbols }))
      this.place = place
    }
    this.speaksOnlyOfIts(known.symbols)
    return known
  }

  /**
   * A claim that holds, for what its unknowns and its inputs stand for here: the wires at the places of its nodes do what
   * these do, `at` is the end of its left net, and `becomes` that of its right net.
   */
  private cite({ rule, at }: StatedStep, cited: StatedCitation, lemmas: readonly Lemma[], becomes: number): void {
    const { wires } = this
    const { theorem, instance, input, places } = cited
    const { name, nets, holds } = this.theorems[theorem]
    if (!holds || name !== rule) reject(`${rule} is not shown`)
    const by = substituted(nets, instance, lemmas)
    const found = new Map<number, number>()
    const placeOf = (id: number): number => wires.now(found.get(id) as number)
    const ends = nets.map((net, k) => {
      const rest = [...places[k]].reverse()
      for (const node of livingNodes(net).filter(n => n.kind !== 'output')) {
        const isInput = node.kind === 'input'
        const wire = isInput ? input(node.name) : (rest.pop() ?? reject('a node of the rule has no place'))
        const fresh = substituteInNode(node, by)
        found.set(node.id, wire)
        if (!isInput) wires.does(fresh, node.args.map(placeOf), wire)
        else if (!wires.fits(wire, fresh.shape, node.domain)) reject(`nothing fits ${node.name}`)
      }
      return placeOf(outputsOf(net)[0].args[0])
    })
    if (ends[0] !== wires.now(at) || ends[1] !== wires.now(becomes)) reject(`${name} ends at another wire`)
    wires.identify(at, becomes)
  }

  private refuted(stated: Certificate.StatedCounterexample, nets: readonly Diagram[]): void {
    this.place += ', counterexample'
    const lemmas = stated.lemmas.map(l => this.lemma(l))
    const instance = instanceOf(nets, substituted(nets, stated.instance, lemmas))
    const point = new Map(inputsOf(nets[0]).map(n => [n.name, stated.input(n.name)] as const))
    for (const { name, shape, domain } of inputsOf(nets[0])) {
      const value = stated.input(name)
      if (value.length !== componentsIn(shape, size => sizeIn(size, instance.sizes)))
        reject(`${name} has another number of components`)
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

/** What is given for the unknowns of nets, where it is as they are declared: lemmas show that functions are. */
function substituted(nets: readonly Diagram[], given: StatedInstance, lemmas: readonly Lemma[]): Substitution {
  return substitutionOf(nets, given, (left: Expression, right: Expression, domain: Range): boolean => {
    const about = lemmas.filter(l => l.domain.length === 1 && isSubset(domain, l.domain[0]))
    return about.some(l => l.left === unfold(left) && l.right === unfold(right))
  })
}
