// Checks a certificate: a JSON document with the nets of each claim, its verdict, and the steps or the point that show it.
// The checker searches for nothing: it does what each step says and compares. Whoever distrusts the engine reads this
// folder, the axioms of real functions (scalar/axioms.ts), and the definitions that these speak of.
import { type Diagram, type InputNode, type Node, outputsOf } from '../diagram/diagram.ts'
import {
  field,
  index,
  type Json,
  Malformed,
  readList,
  readRange,
  readRational,
  readSize,
  readText,
  TableReader,
} from '../diagram/json.ts'
import { isAtLeast } from '../diagram/shapes.ts'
import { type Substitution, substituteInNode } from '../diagram/substitute.ts'
import { entriesOf, type Linear, literal, weightsOf } from '../linear/linear.ts'
import { type Size, sameShape, substituteSize } from '../linear/size.ts'
import { analyse, monotonicity } from '../scalar/analysis.ts'
import { boundsToEnclosure, disjoint, type Enclosure } from '../scalar/enclosure.ts'
import { call, compose, type Expression, type FunctionSymbol, TooLarge, unfold, x0 } from '../scalar/expression.ts'
import { containsPoint, intersect, isReals, isSubset, negate, point, type Range } from '../scalar/range.ts'
import type { Rational } from '../scalar/rational.ts'
import { expressionsIn, linearsIn, unknownFunctionsIn } from '../semantics/contents.ts'
import { enclosures } from '../semantics/enclosed.ts'
import type { Instance } from '../semantics/ground.ts'
import { componentsIn, evaluateNet, scopeOf, sizeIn } from '../semantics/net.ts'
import { Budget, Rejected, reject } from './budget.ts'
import { verifyScalarProof } from './scalar.ts'
import { type Grounds, type Lemma, Wires } from './wires.ts'

export const FORMAT = 'netproof certificate'
export const VERSION = 1

/** In what ways the steps of a rule may be shown; `equality` compares the two nets where they meet. */
export const WAYS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    function: [
      'parts',
      'composition',
      'inverse',
      'idempotent',
      'relu-nonnegative',
      'abs-nonnegative',
      'normal-elementwise',
      'affine-after',
      'affine-before',
      'equality',
    ],
    linear: [
      'additive-product',
      'additive-identity',
      'additive-zero',
      'linear-after',
      'linear-before',
      'elementwise',
      'normal-additive',
      'equality',
    ],
    congruence: ['affine-before', 'normal-multiplicative', 'equality'],
    definition: ['multiplicative-additive', 'mixing', 'softmax', 'logsoftmax'],
    identity: ['multiplicative-identity'],
    monotone: ['maxpool-increasing', 'maxpool-decreasing', 'minpool-increasing', 'minpool-decreasing'],
  }),
)

export interface CheckedClaim {
  readonly left: string
  readonly right: string
  readonly verdict: string
}
export type Checked =
  | {
      readonly accepted: true
      readonly claims: readonly CheckedClaim[]
      /** The rules and the axioms of real functions that were used. */
      readonly rules: readonly string[]
      readonly axioms: readonly string[]
      /** Rules that nobody has proved, on which a verdict rests. */
      readonly assumptions: readonly string[]
    }
  /** `step` is where it goes wrong; `isCertificate` is false for what is no certificate at all. */
  | { readonly accepted: false; readonly step: string; readonly reason: string; readonly isCertificate: boolean }

/** A claim whose verdict has been shown, for use as a theorem. */
interface Theorem {
  readonly name: string
  readonly left: Diagram
  readonly right: Diagram
  readonly holds: boolean
}

/**
 * Whether a certificate (parsed JSON, from anybody) shows what it says. Never throws; the work is bounded by `budget`
 * small steps (default 10^8, about a minute).
 */
export function check(document: unknown, budget = 100_000_000): Checked {
  return new Checker(document as Json, new Budget(budget)).run()
}

class Checker {
  private place = 'the document'
  private readonly rules = new Set<string>()
  private readonly axioms = new Set<string>()
  private readonly assumptions = new Set<string>()
  private readonly lemmas = new Map<number, Lemma>()
  private readonly theorems: Theorem[] = []
  private tables: TableReader = new TableReader({ expressions: [], operators: [], proofs: [] })

  constructor(
    private readonly document: Json,
    private readonly budget: Budget,
  ) {}

  run(): Checked {
    const fail = (reason: string, isCertificate = true): Checked => ({
      accepted: false,
      step: this.place,
      reason,
      isCertificate,
    })
    const { document } = this
    const isObject = typeof document === 'object' && document !== null
    if (!isObject || (document as Record<string, Json>).format !== FORMAT)
      return fail('this is not a certificate of netproof', false)
    try {
      if (field(document, 'version') !== VERSION)
        return fail(`this checker reads version ${VERSION} of certificates`, false)
      this.tables = new TableReader(field(document, 'tables'))
      const claims = readList(field(document, 'claims')).map((claim, i) => this.claim(claim, i))
      const sorted = (s: Set<string>): string[] => [...s].sort()
      return {
        accepted: true,
        claims,
        rules: sorted(this.rules),
        axioms: sorted(this.axioms),
        assumptions: sorted(this.assumptions),
      }
    } catch (error) {
      if (
        error instanceof Rejected ||
        error instanceof Malformed ||
        error instanceof TooLarge ||
        error instanceof RangeError
      )
        return fail(error.message)
      throw error
    }
  }

  private claim(json: Json, i: number): CheckedClaim {
    this.place = `claim ${i + 1}`
    const [left, right] = [readText(field(json, 'left')), readText(field(json, 'right'))]
    const verdict = readText(field(json, 'verdict'))
    const wires = new Wires(this.budget)
    const read = (rows: Json): Node[] =>
      readList(rows).map(row => {
        const node = this.tables.node(row, wires.nodes.length)
        wires.add(node)
        return node
      })
    const leftNodes = read(field(json, 'leftNet'))
    const inputs = leftNodes.filter(n => n.kind === 'input')
    const rightNodes = read(field(json, 'rightNet'))
    const nets = [leftNodes, [...inputs, ...rightNodes]].map(
      (nodes, k): Diagram => ({ name: [left, right][k], nodes, names: new Map() }),
    )
    const [l, r] = nets.map(outputsOf)
    if (
      rightNodes.some(
        n => n.kind === 'input' || n.args.some(a => a < leftNodes.length && leftNodes[a].kind !== 'input'),
      )
    )
      reject('the nets have more in common than their inputs')
    if (l.length !== r.length || l.length === 0 || l.some((n, k) => !sameShape(n.shape, r[k].shape)))
      reject('the nets have different outputs')
    if (verdict === 'proved') this.proved(json, wires, nets)
    else if (verdict === 'refuted') this.refuted(field(json, 'counterexample'), inputs, nets)
    else if (verdict === 'assumed') this.assumptions.add(left)
    else if (verdict !== 'undecided') reject(`${verdict} is not a verdict`)
    this.theorems.push({
      name: left,
      left: nets[0],
      right: nets[1],
      holds: verdict === 'proved' || verdict === 'assumed',
    })
    return { left, right, verdict }
  }

  // --- Proofs ---------------------------------------------------------------------------------------------------------

  private proved(json: Json, wires: Wires, [left, right]: readonly Diagram[]): void {
    wires.define(left.nodes)
    wires.define(right.nodes)
    // What the certificate calls n7 need not be wire 7 here: some steps make wires of their own.
    const known = wires.nodes.map((n, wire) => ({
      wire,
      side: n.kind === 'input' ? null : wire < left.nodes.length ? 'left' : 'right',
    }))
    const at = (place: Json): number => known[index(place, known.length)].wire
    const claim = this.place
    for (const requirement of readList(field(json, 'requirements'))) {
      this.place = `${claim}, requirements`
      const range = readRange(field(requirement, 'range'))
      if (!wires.lies(at(field(requirement, 'wire')), this.grounds(requirement, at).over, range))
        reject('a net may get values that its inputs do not allow')
    }
    for (const [k, step] of readList(field(json, 'steps')).entries()) {
      this.place = `${claim}, step ${k + 1}`
      const [rule, by, side] = ['rule', 'by', 'side'].map(key => readText(field(step, key)))
      const from = known[index(field(step, 'at'), known.length)]
      if (side !== 'both' && from.side !== side && from.side !== null) reject(`the step is not in the ${side} net`)
      for (const row of readList(field(step, 'nodes'))) {
        const node = this.tables.node(row, known.length)
        known.push({ wire: wires.add({ ...node, id: wires.nodes.length, args: node.args.map(at) }), side })
      }
      const becomes = at(field(step, 'becomes'))
      if (by === 'theorem') this.instance(step, rule, from.wire, becomes, wires, at)
      else if (by === 'assumption') {
        this.assumptions.add(`${rule} (its use in ${this.place} is not checked)`)
        wires.identify(from.wire, becomes)
      } else {
        if (WAYS.get(by)?.includes(rule) !== true) reject(`${rule} is not a rule that is shown by ${by}`)
        this.rules.add(rule)
        wires.equate(from.wire, becomes, by, this.grounds(step, at))
      }
    }
    this.place = `${claim}, outputs`
    const ends = outputsOf(right)
    for (const [k, output] of outputsOf(left).entries())
      if (wires.now(output.args[0]) !== wires.now(ends[k].args[0]))
        reject(`the steps do not lead from ${output.name} of one net to that of the other`)
  }

  private grounds(json: Json, at: (place: Json) => number): Grounds {
    const list = (key: string): readonly Json[] =>
      Object.hasOwn(json as object, key) ? readList(field(json, key)) : []
    return {
      over: list('over').map(at),
      ranges: list('ranges').map(readRange),
      lemmas: list('lemmas').map(l => this.lemma(l)),
    }
  }

  private lemma(json: Json): Lemma {
    const all = readList(field(this.document, 'lemmas'))
    const i = index(json, all.length)
    const old = this.lemmas.get(i)
    if (old !== undefined) return old
    const [left, right] = ['left', 'right'].map(key => this.tables.expression(field(all[i], key)))
    const domain = readList(field(all[i], 'domain')).map(readRange)
    const result = verifyScalarProof(this.tables.proof(field(all[i], 'proof')), left, right, domain)
    if (!result.accepted) return reject(`lemma ${i}: ${result.reason}`)
    for (const axiom of result.axioms) this.axioms.add(axiom)
    const lemma = { left, right, domain }
    this.lemmas.set(i, lemma)
    return lemma
  }

  /** A claim that holds, for what its unknowns stand for here: `at` is its left net, and `becomes` its right net. */
  private instance(
    step: Json,
    rule: string,
    at: number,
    becomes: number,
    wires: Wires,
    place: (json: Json) => number,
  ): void {
    const theorem = this.theorems[index(field(step, 'theorem'), this.theorems.length)]
    if (!theorem.holds || theorem.name !== rule) reject(`${rule} is not shown`)
    const pick = <T>(key: string, of: (value: Json) => T): ((name: string) => T | undefined) => {
      const values = field(step, key)
      return name => (Object.hasOwn(values as object, name) ? of(field(values, name)) : undefined)
    }
    const size = pick('sizes', readSize)
    const by = this.substitution(
      [theorem.left, theorem.right],
      size,
      pick('weights', a => this.tables.operator(a)),
      pick('functions', e => this.tables.expression(e)),
      this.grounds(step, place).lemmas,
    )
    const input = pick('inputs', place)
    const roots = [theorem.left, theorem.right].map(net => {
      const at = new Map<number, number>()
      for (const node of net.nodes) {
        const fresh = substituteInNode(node, by)
        if (node.kind === 'output') continue
        if (node.kind !== 'input')
          at.set(
            node.id,
            wires.assume({ ...fresh, id: wires.nodes.length, args: node.args.map(a => at.get(a) as number) }),
          )
        else {
          const wire = input(node.name) ?? reject(`nothing stands for ${node.name}`)
          const fits = wires.isDefined(wire) && sameShape(wires.nodes[wire].shape, fresh.shape)
          if (!fits || !wires.range(wire).every(r => isSubset(r, node.domain)))
            reject(`n${wire} may not stand for ${node.name}`)
          at.set(node.id, wire)
        }
      }
      return at.get(outputsOf(net)[0].args[0]) as number
    })
    wires.congruent(wires.now(at), wires.now(roots[0]))
    wires.identify(roots[0], roots[1])
    wires.congruent(wires.now(roots[1]), wires.now(becomes))
  }

  /** What the unknowns of nets stand for, each as it is declared. Unknowns for which nothing stands stay. */
  private substitution(
    nets: readonly Diagram[],
    sizeOf: (name: string) => Size | undefined,
    operatorOf: (name: string) => Linear | undefined,
    bodyOf: (name: string) => Expression | undefined,
    lemmas: readonly Lemma[],
  ): Substitution {
    const sizes = new Map<string, Size>()
    const weights = new Map(
      weightsOf(...linearsIn(nets)).flatMap(w => {
        const a = operatorOf(w.name)
        return a === undefined || w.value !== null ? [] : [[w, a] as const]
      }),
    )
    const functions = new Map(
      unknownFunctionsIn(expressionsIn(nets)).flatMap(f => {
        const e = bodyOf(f.name)
        return e === undefined ? [] : [[f, e] as const]
      }),
    )
    const names = new Set(
      nets
        .flatMap(n => n.nodes)
        .flatMap(n => n.shape)
        .concat([...linearsIn(nets)].flatMap(a => [a.rows, a.columns]))
        .flatMap(s => s.terms.map(([name]) => name)),
    )
    for (const name of names) {
      const size = sizeOf(name)
      if (size === undefined) continue
      if (!isAtLeast(size, 1)) reject(`the size ${name} is not shown to be at least 1`)
      sizes.set(name, size)
    }
    for (const [w, a] of weights) {
      const [rows, columns] = [w.rows, w.columns].map(s => substituteSize(s, name => sizes.get(name)))
      if (a.rows !== rows || a.columns !== columns) reject(`what stands for ${w.name} has another size`)
      const inside =
        isReals(w.entries) ||
        (a.kind === 'symbol' && isSubset(a.symbol.entries, w.entries)) ||
        entriesOf(a)?.every(row => row.every(q => isSubset(point(q), w.entries)))
      if (inside !== true) reject(`what stands for ${w.name} may have entries that it must not have`)
    }
    for (const [f, body] of functions) this.isAsDeclared(f, body, functions, lemmas)
    return { sizes, weights, functions }
  }

  private isAsDeclared(
    f: FunctionSymbol,
    body: Expression,
    functions: ReadonlyMap<FunctionSymbol, Expression>,
    lemmas: readonly Lemma[],
  ): void {
    const { range, defined } = analyse(body, f.domain)
    if (!defined || !isSubset(range, f.codomain))
      reject(`what stands for ${f.name} does not map its domain into its codomain`)
    if (f.monotone !== null && ![f.monotone, 'constant'].includes(monotonicity(body, 0, f.domain) ?? ''))
      reject(`what stands for ${f.name} is not shown to be ${f.monotone}`)
    const isShown = (left: Expression, right: Expression, domain: Range): boolean =>
      lemmas.some(
        l =>
          unfold(l.left) === unfold(left) &&
          unfold(l.right) === unfold(right) &&
          l.domain.length === 1 &&
          isSubset(domain, l.domain[0]),
      )
    const mirrored = compose(body, call('neg', x0))
    if (
      f.parity !== null &&
      !isShown(mirrored, f.parity === 'even' ? body : call('neg', body), intersect(f.domain[0], negate(f.domain[0])))
    )
      reject(`what stands for ${f.name} is not shown to be ${f.parity}`)
    if (f.inverse === null) return
    const inverse = functions.get(f.inverse) ?? reject(`nothing stands for ${f.inverse.name}`)
    if (!isShown(compose(inverse, body), x0, f.domain[0]) || !isShown(compose(body, inverse), x0, f.inverse.domain[0]))
      reject(`what stands for ${f.inverse.name} is not shown to be the inverse of ${f.name}`)
  }

  // --- Counterexamples ------------------------------------------------------------------------------------------------

  private refuted(json: Json, inputs: readonly InputNode[], nets: readonly Diagram[]): void {
    this.place += ', counterexample'
    const given = (key: string, name: string): Json => field(field(json, key), name)
    const has = (key: string, name: string): boolean => Object.hasOwn(field(json, key) as object, name)
    const numbers = (value: Json) => readList(value).map(readRational)
    const lemmas = readList(field(json, 'lemmas')).map(l => this.lemma(l))
    const by = this.substitution(
      nets,
      name => (has('sizes', name) ? readSize(given('sizes', name)) : undefined),
      name => (has('weights', name) ? literal(readList(given('weights', name)).map(numbers)) : undefined),
      name => (has('functions', name) ? this.tables.expression(given('functions', name)) : undefined),
      lemmas,
    )
    const instance: Instance = {
      sizes: new Map(
        [...by.sizes].map(([name, size]) => [
          name,
          size.terms.length === 0 ? size.constant : reject(`the size ${name} is not known`),
        ]),
      ),
      weights: new Map(
        [...by.weights].map(([w, a]) => [w, entriesOf(a) ?? reject(`the weight ${w.name} is not known`)]),
      ),
      functions: by.functions,
    }
    const unknown = [
      ...weightsOf(...linearsIn(nets)).filter(w => w.value === null && !by.weights.has(w)),
      ...unknownFunctionsIn(expressionsIn(nets)).filter(f => !by.functions.has(f)),
    ]
    if (unknown.length > 0) reject(`${unknown[0].name} has no value`)
    const size = (s: Size): number => sizeIn(s, instance.sizes)
    for (const { shape } of nets.flatMap(n => n.nodes)) this.budget.spend(100 * componentsIn(shape, size))
    for (const a of linearsIn(nets)) this.budget.spend(10 * size(a.rows) * size(a.columns))
    const at = new Map(
      inputs.map(({ name, shape, domain }) => {
        const value = numbers(given('inputs', name))
        if (value.length !== componentsIn(shape, size) || !value.every(q => containsPoint(domain, q)))
          reject(`the value of ${name} is not in its domain`)
        return [name, value]
      }),
    )
    const stated = ['left', 'right'].map(key => this.stated(field(json, key)))
    const apart = stated.every(s => s === 'undefined')
      ? false
      : stated.some(s => s === 'undefined') ||
        (stated[0] as readonly Enclosure[]).some(
          (l, i) => i < stated[1].length && disjoint(l, stated[1][i] as Enclosure),
        )
    if (!apart) reject('the values of the two nets that are stated do not differ')
    for (const [k, net] of nets.entries())
      if (!this.confirms(net, at, instance, stated[k]))
        reject(`the ${['left', 'right'][k]} net does not have the value that is stated`)
  }

  private stated(json: Json): readonly Enclosure[] | 'undefined' {
    if (json === 'undefined') return json
    return readList(json).map(pair => {
      const [low, high] = readList(pair).map(readRational)
      return { low, high: high ?? reject('an enclosure has two ends') }
    })
  }

  /** Whether the outputs of a net at a point lie in what is stated, by enclosures of growing precision. */
  private confirms(
    net: Diagram,
    at: ReadonlyMap<string, readonly Rational[]>,
    instance: Instance,
    stated: readonly Enclosure[] | 'undefined',
  ): boolean {
    for (const bits of [64, 192, 640, 2048]) {
      const arithmetic = enclosures(bits)
      const inputs = new Map([...at].map(([name, value]) => [name, value.map(q => arithmetic.rational(q))]))
      const wires = evaluateNet(net, inputs, scopeOf(instance, arithmetic))
      const all = [...wires.values()].flat()
      if (all.includes('undefined')) return stated === 'undefined'
      if (all.includes('unknown') || stated === 'undefined') continue
      const outputs = outputsOf(net).flatMap(n => wires.get(n.id) ?? [])
      const inside = outputs.map((v, i) => {
        const found = typeof v === 'string' ? 'unknown' : boundsToEnclosure(v)
        return (
          found !== 'unknown' &&
          i < stated.length &&
          stated[i].low.compare(found.low) <= 0 &&
          stated[i].high.compare(found.high) >= 0
        )
      })
      if (inside.length === stated.length && inside.every(Boolean)) return true
    }
    return false
  }
}
