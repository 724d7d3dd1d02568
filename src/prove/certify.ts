// Writes verdicts down as a certificate: what the checker needs to see that they hold. A derivation is replayed, and each
// step becomes new wires, the equality that it shows, and why that holds.
import { proveEqual } from '../algebra/equality.ts'
import { simplify } from '../algebra/simplify.ts'
import { FORMAT, Rejected, VERSION, WAYS } from '../certificate/certificate.ts'
import { type Json, nameJson, rangeJson, rationalJson, sizeJson, TableWriter } from '../certificate/json.ts'
import { Wires } from '../check/wires.ts'
import { type Diagram, inputsOf, type Node, type NodeId, operatorsOf, outputsOf } from '../diagram/diagram.ts'
import { whole } from '../diagram/ranges.ts'
import { hasAtMost, type Linear, linearPostorder, type WeightSymbol, weightsOf } from '../linear/linear.ts'
import { type Size, sizeOf } from '../linear/size.ts'
import { applyMatch } from '../rewrite/apply.ts'
import { linearFormOnce } from '../rewrite/functions.ts'
import { type Graph, graphOf, nodeAt } from '../rewrite/graph.ts'
import type { Log } from '../rewrite/log.ts'
import { isSmallIdentity, type Match } from '../rewrite/match.ts'
import { depthOf, type Rule } from '../rewrite/rule.ts'
import { exitNamed } from '../rewrite/subnets.ts'
import { isStrictlyMonotone, monotonicity } from '../scalar/analysis.ts'
import {
  call,
  compose,
  type Expression,
  type FunctionSymbol,
  number,
  postorder,
  unfold,
  x0,
} from '../scalar/expression.ts'
import type { ScalarProof } from '../scalar/proof.ts'
import { intersect, negate, type Range } from '../scalar/range.ts'
import type { Instance } from '../search/instances.ts'
import type { Found } from '../search/search.ts'
import { expressionsIn, linearsIn, livingNodes, unknownFunctionsIn } from '../semantics/contents.ts'
import { type Substitution, substituteInNode } from '../semantics/substitution.ts'
import { version } from '../version.ts'
import type { Meeting } from './compare.ts'
import type { Counterexample, NetValue } from './counterexample.ts'
import { writeFound } from './found.ts'
import { functionGrounds } from './grounds.ts'
import type { Proved, Refuted, Verdict } from './prove.ts'
import { LINE } from './statement.ts'

/** A rule as two nets with unknowns, and the proof that they are equal; null where the rule is only assumed. */
export interface Statement {
  readonly left: Diagram
  readonly right: Diagram
  readonly verdict: Proved | null
}

/** A claim with its verdict, and the nets that were compared. */
export interface Certified {
  readonly leftName: string
  readonly rightName: string
  readonly verdict: Verdict
}

/** Thrown when a step that was made cannot be shown to the checker. */
export class Uncertified extends Error {}

/**
 * The certificate of these verdicts, as a JSON value. `statements` are those of the rules that are not built in.
 * Throws Uncertified when a step cannot be written down so that the checker would accept it.
 */
export function certificateOf(
  claims: readonly Certified[],
  options: { seed: number; statements?: ReadonlyMap<Rule, Statement> },
): Json {
  const writer = new CertificateWriter(options.statements ?? new Map())
  try {
    for (const claim of claims) writer.claim(claim)
  } catch (error) {
    // A net of a rule may be one that does not fit together.
    throw error instanceof Rejected ? new Uncertified(error.message) : error
  }
  return writer.document(options.seed)
}

/** A certificate as text: one row of a table, or one step, a line, so that it can be read and compared. */
export function certificateText(certificate: Json): string {
  const lines: string[] = []
  const put = (json: Json, indent: string, head: string, tail: string): void => {
    const isTable = (value: Json): boolean => typeof value === 'object' && value !== null && indent.length < 6
    if (Array.isArray(json) && json.length > 0) {
      lines.push(`${indent}${head}[`)
      for (const [i, row] of json.entries()) {
        const comma = i + 1 < json.length ? ',' : ''
        if (Object.hasOwn(Object(row), 'leftNet')) put(row, `${indent}  `, '', comma)
        else lines.push(`${indent}  ${JSON.stringify(row)}${comma}`)
      }
      lines.push(`${indent}]${tail}`)
    } else if (isTable(json) && !Array.isArray(json)) {
      const entries = Object.entries(json as object)
      lines.push(`${indent}${head}{`)
      for (const [i, [key, value]] of entries.entries())
        put(value, `${indent}  `, `${JSON.stringify(key)}: `, i + 1 < entries.length ? ',' : '')
      lines.push(`${indent}}${tail}`)
    } else lines.push(`${indent}${head}${JSON.stringify(json)}${tail}`)
  }
  put(certificate, '', '', '')
  return `${lines.join('\n')}\n`
}

class CertificateWriter {
  readonly tables = new TableWriter()
  private readonly lemmas: Json[] = []
  private readonly lemmaOf = new Map<string, readonly number[]>()
  private readonly claims: Json[] = []
  private readonly theorems = new Map<Rule, number>()

  constructor(private readonly statements: ReadonlyMap<Rule, Statement>) {}

  document(seed: number): Json {
    const { expressions, operators, proofs } = this.tables.tables
    return {
      format: FORMAT,
      version: VERSION,
      netproof: version,
      seed,
      claims: this.claims,
      lemmas: this.lemmas,
      tables: { expressions, operators, proofs },
    }
  }

  claim({ leftName, rightName, verdict }: Certified): void {
    const { left, right } = verdict.nets
    const writer = new ClaimWriter(this, left, right)
    const head = { left: nameJson(leftName), right: nameJson(rightName), verdict: verdict.kind, ...writer.nets() }
    switch (verdict.kind) {
      case 'proved':
        this.claims.push({ ...head, requirements: writer.requirements(verdict), steps: writer.steps(verdict) })
        break
      case 'refuted':
        this.claims.push({ ...head, counterexample: this.counterexample(verdict) })
        break
      case 'undecided':
        this.claims.push(head)
    }
  }

  /** The number of the claim that states a rule; it is written when it is first needed. */
  theorem(rule: Rule): number | null {
    const known = this.theorems.get(rule)
    if (known !== undefined) return known
    const statement = this.statements.get(rule)
    if (statement === undefined) return null
    if (statement.verdict !== null)
      this.claim({ leftName: rule.name, rightName: rule.title, verdict: statement.verdict })
    else {
      const writer = new ClaimWriter(this, statement.left, statement.right)
      this.claims.push({ left: rule.name, right: nameJson(rule.title), verdict: 'assumed', ...writer.nets() })
    }
    const at = this.claims.length - 1
    this.claims[at] = { ...(this.claims[at] as object), rule: rule.text } as Json
    this.theorems.set(rule, at)
    return at
  }
  statement(rule: Rule): Statement | undefined {
    return this.statements.get(rule)
  }

  private put(left: Expression, right: Expression, domain: readonly Range[], proof: ScalarProof): number {
    const row = {
      left: this.tables.expression(left),
      right: this.tables.expression(right),
      domain: domain.map(rangeJson),
      proof: this.tables.proof(proof),
    }
    return this.lemmas.push(row) - 1
  }

  /** Lemmas that lead from one function to the other on a domain, one after the other. Throws Uncertified. */
  lemmasFor(left: Expression, right: Expression, domain: readonly Range[]): readonly number[] {
    if (left === right || unfold(left) === unfold(right)) return []
    const key = `${left.id} ${right.id} ${domain.map(rangeJson).join(';')}`
    let found = this.lemmaOf.get(key)
    if (found === undefined) this.lemmaOf.set(key, (found = this.findLemmas(left, right, domain)))
    return found
  }
  private findLemmas(left: Expression, right: Expression, domain: readonly Range[]): readonly number[] {
    const l = simplify(left, domain)
    if (unfold(l.result) === unfold(right)) return l.proof.map(p => this.put(p.before, p.after, domain, p.proof))
    const direct = proveEqual(left, right, domain)
    if (direct.kind === 'proved') return [this.put(left, right, domain, direct.proof)]
    const r = simplify(right, domain)
    const middle = unfold(l.result) === unfold(r.result) ? [] : this.middle(l.result, r.result, domain, direct.reason)
    return [
      ...l.proof.map(p => this.put(p.before, p.after, domain, p.proof)),
      ...middle,
      ...r.proof.toReversed().map(p => this.put(p.after, p.before, domain, p.proof)),
    ]
  }
  private middle(left: Expression, right: Expression, domain: readonly Range[], reason: string): readonly number[] {
    const found = proveEqual(left, right, domain)
    if (found.kind !== 'proved') throw new Uncertified(`an equality of functions could not be written down: ${reason}`)
    return [this.put(left, right, domain, found.proof)]
  }

  private counterexample({ counterexample }: Refuted): Json {
    const { inputs, sizes, weights, functions, left, right } = counterexample
    const value = (v: NetValue): Json =>
      v.kind === 'undefined' ? 'undefined' : v.components.map(e => [rationalJson(e.low), rationalJson(e.high)])
    const named = <K, V>(map: ReadonlyMap<K, V>, name: (k: K) => string, of: (v: V) => Json): Json =>
      Object.fromEntries([...map].map(([k, v]) => [name(k), of(v)]))
    return {
      inputs: named(inputs, nameJson, v => v.map(rationalJson)),
      sizes: named(
        sizes,
        n => n,
        n => n,
      ),
      weights: named(
        weights,
        w => this.tables.nameOf(w),
        rows => rows.map(r => r.map(rationalJson)),
      ),
      functions: named(
        functions,
        f => this.tables.nameOf(f),
        e => this.tables.expression(e),
      ),
      lemmas: this.declared(counterexample),
      left: value(left),
      right: value(right),
    }
  }

  /** Lemmas that the functions of an instance have the parity and the inverses that they are declared with. */
  private declared({ functions }: Counterexample): Json {
    const found: number[] = []
    for (const [f, body] of functions) {
      if (
        f.monotone !== null &&
        (monotonicity(body, 0, f.domain) !== f.monotone || !isStrictlyMonotone(body, 0, f.domain))
      )
        throw new Uncertified(`a function in the counterexample is not shown to be strictly ${f.monotone}`)
      if (f.parity !== null) {
        const mirrored = f.parity === 'even' ? body : call('neg', body)
        found.push(...this.whole(compose(body, call('neg', x0)), mirrored, intersect(f.domain[0], negate(f.domain[0]))))
      }
      const inverse = f.inverse === null ? undefined : functions.get(f.inverse)
      if (f.inverse === null || inverse === undefined) continue
      found.push(
        ...this.whole(compose(inverse, body), x0, f.domain[0]),
        ...this.whole(compose(body, inverse), x0, f.inverse.domain[0]),
      )
    }
    return found
  }
  private whole(left: Expression, right: Expression, domain: Range): number[] {
    const found = proveEqual(left, right, [domain])
    if (found.kind !== 'proved')
      throw new Uncertified(`a property of a function in the counterexample could not be shown: ${found.reason}`)
    return [this.put(left, right, [domain], found.proof)]
  }
}

/** The chain leads from the left net to the normal form, and from there back to the right net. */
const DIRECTIONS = { left: 'forward', right: 'backward' } as const

interface StepJson {
  rule: string
  side: string
  direction: string
  by: string
  at: number
  nodes: Json[]
  becomes: number
  over?: readonly number[]
  ranges?: readonly string[]
  lemmas?: readonly number[]
}

class ClaimWriter {
  private readonly wires = new Wires()
  /** By side, the wire that a node of the net is now. */
  private readonly wireOf = { left: new Map<NodeId, number>(), right: new Map<NodeId, number>() }
  private readonly netRows: { left: Json[]; right: Json[] } = { left: [], right: [] }
  private readonly out: Json[] = []

  constructor(
    private readonly certificate: CertificateWriter,
    left: Diagram,
    right: Diagram,
  ) {
    for (const node of left.nodes) this.netRows.left.push(this.add(node, 'left'))
    const inputs = inputsOf(left)
    for (const [k, node] of inputsOf(right).entries()) this.wireOf.right.set(node.id, this.at('left', inputs[k].id))
    for (const node of right.nodes) if (node.kind !== 'input') this.netRows.right.push(this.add(node, 'right'))
  }

  nets(): { leftNet: Json; rightNet: Json } {
    return { leftNet: this.netRows.left, rightNet: this.netRows.right }
  }

  private at(side: 'left' | 'right', id: NodeId): number {
    return this.wireOf[side].get(id) as number
  }
  /** A node of the net of a side as a new wire; gives its row. */
  private add(node: Node, side: 'left' | 'right'): Json {
    const args = node.args.map(a => this.at(side, a))
    const wire = this.wires.add({ ...node, args, id: this.wires.nodes.length })
    this.wireOf[side].set(node.id, wire)
    return this.row(wire)
  }
  private row(wire: number): Json {
    return this.certificate.tables.node(this.wires.nodes[wire], w => this.wires.nodes[w].shape)
  }
  /** Writes a step down, without what goes without saying. */
  private put({ rule, side, direction, by, at, nodes, becomes, ...rest }: StepJson): void {
    const isLast = becomes === this.wires.nodes.length - 1
    const row: Record<string, Json> = { rule, side, direction, by, at }
    if (nodes.length > 0) row.nodes = nodes
    if (!isLast) row.becomes = becomes
    for (const [key, value] of Object.entries(rest))
      if (!Array.isArray(value) || value.length > 0) row[key] = value as Json
    this.out.push(row)
  }

  requirements({ requirements }: Proved): Json {
    return requirements.map(({ side, node, range }) => {
      return { wire: this.at(side, node), range: rangeJson(range) }
    })
  }

  steps(verdict: Proved): Json {
    this.derivation(verdict.left.log, 'left')
    this.derivation(verdict.right.log, 'right')
    if ('equalities' in verdict.meeting) this.found(verdict.meeting)
    else this.meet(verdict.meeting)
    return this.out
  }

  // --- Derivations ----------------------------------------------------------------------------------------------------

  private derivation(log: Log, side: 'left' | 'right'): void {
    const graph = graphOf(log.start)
    for (const match of log.entries) this.step(graph, match, side)
  }

  private step(graph: Graph, match: Match, side: 'left' | 'right'): void {
    const { rule, at } = match
    const wire = this.wires.now(this.at(side, at))
    const applied = applyMatch(graph, match)
    if (applied === null) throw new Uncertified(`the step ${rule.name} at n${at} cannot be made again`)
    if (isBuiltIn(rule) && wayOf(rule) === 'definition') {
      this.definition(rule, wire, applied.wire === null ? [...applied.created, at] : applied.created, graph, side)
      this.wireOf[side].set(at, this.wires.nodes.length - 1)
      return
    }
    const nodes = applied.created.map(id => this.add(nodeAt(graph, id), side))
    const before = this.wires.nodes.length
    let becomes: number
    if (applied.wire !== null) becomes = this.at(side, applied.wire)
    else {
      nodes.push(this.add(nodeAt(graph, at), side))
      becomes = before
    }
    const step: StepJson = { rule: rule.name, side, direction: DIRECTIONS[side], by: '', at: wire, nodes, becomes }
    const depth = depthOf(rule.left)
    if (!isBuiltIn(rule)) this.byTheorem(step, match, id => this.at(side, id))
    else if (rule.name === 'affine-before') this.affineBefore(step, match, side)
    else {
      step.by = wayOf(rule)
      if (step.by === 'function' || step.by === 'linear') this.grounded(step, depth, before - applied.created.length)
      else this.put({ ...step, ...this.conditions(step.by === 'pool' ? this.wires.nodes[wire].args[0] : wire) })
    }
    this.wireOf[side].set(at, becomes)
    this.wires.identify(wire, becomes)
  }

  /** The args of a wire, and the sets in which they are shown to be. */
  private conditions(wire: number): { over: readonly number[]; ranges: readonly string[] } {
    const over = this.wires.nodes[this.wires.now(wire)].args.map(w => this.wires.now(w))
    return { over, ranges: over.map(w => rangeJson(whole(this.wires.range(w)))) }
  }

  /** The step that spells an operation out, by wires that the checker makes for itself: `made` are the same in the graph. */
  private definition(rule: Rule, at: number, made: readonly NodeId[], graph: Graph, side: 'left' | 'right'): void {
    const { nodes } = this.wires
    const [first, conditions] = [nodes.length, this.conditions(at)]
    this.wires.spellOut(at)
    const isSame =
      made.length === nodes.length - first && made.every((id, k) => nodeAt(graph, id).kind === nodes[first + k].kind)
    if (!isSame) throw new Uncertified(`${rule.name} does not make what an operation stands for`)
    for (const [k, id] of made.entries()) this.wireOf[side].set(id, first + k)
    const becomes = nodes.length - 1
    this.put({
      rule: rule.name,
      side,
      direction: DIRECTIONS[side],
      by: 'definition',
      at,
      nodes: [],
      becomes,
      ...conditions,
    })
  }

  /** The wires at which to stop when looking from a wire through at most so many nodes that are functions or linear. */
  private leaves(root: number, stop: ReadonlySet<number>, depth: number, linear = false): Set<number> {
    const found = new Set<number>()
    const seen = new Set<number>()
    let level = [this.wires.now(root)]
    for (let k = 0; level.length > 0; k++) {
      const next: number[] = []
      for (const w of level) {
        if (seen.has(w)) continue
        seen.add(w)
        const node = this.wires.nodes[w]
        const { kind, args } = node
        const opens =
          kind === 'pointwise' ||
          // x^1 is x.
          (node.kind === 'multiplicative' && node.bias === null && isSmallIdentity(node.operator)) ||
          (linear && (kind === 'additive' || kind === 'constant' || kind === 'join' || kind === 'slice'))
        if (stop.has(w) || !opens || (k >= depth && kind !== 'constant')) found.add(w)
        else next.push(...args.map(a => this.wires.now(a)))
      }
      level = next
    }
    return found
  }

  /** A step by functions or linear combinations: of which wires, on which sets, and by which lemmas. */
  private grounded(step: StepJson, depth: number, first: number): void {
    const linear = step.by === 'linear'
    // What the step made is looked through; old wires below it are what both sides are made of.
    const bottom = new Set<number>()
    const stack = [step.becomes]
    const seen = new Set<number>()
    for (let w = stack.pop(); w !== undefined; w = stack.pop()) {
      if (seen.has(w)) continue
      seen.add(w)
      if (w < first) bottom.add(this.wires.now(w))
      else stack.push(...this.wires.nodes[w].args)
    }
    const over = [...new Set([...this.leaves(step.at, bottom, depth, linear), ...bottom])]
      .filter(w => !linear || this.wires.nodes[w].kind !== 'constant')
      .sort((a, b) => a - b)
    this.emit(step, over)
  }

  /** Lemmas that bring the numbers that operators are multiplied with to one form: arithmetic alone may not see it. */
  private factors(roots: readonly number[], over: readonly number[]): { lemmas?: readonly number[] } {
    const seen = new Set(over.map(w => this.wires.now(w)))
    const numbers = new Set<Expression>()
    const stack = [...roots]
    for (let w = stack.pop(); w !== undefined; w = stack.pop()) {
      if (seen.has(w)) continue
      seen.add(w)
      const node = this.wires.nodes[w]
      for (const root of operatorsOf(node)) {
        // Operators that grow by a factor a step are looked into while they are small.
        if (!hasAtMost(root, MOST_PARTS)) continue
        for (const a of linearPostorder(root)) if (a.kind === 'scale') numbers.add(a.factor)
      }
      if (node.kind === 'pointwise') for (const e of postorder(node.fn)) if (e.mask === 0) numbers.add(e)
      stack.push(...node.args.map(arg => this.wires.now(arg)))
    }
    const lemmas = [...numbers].flatMap(e => {
      const isPlain = e.kind === 'number' || e.kind === 'constant' || (e.kind === 'apply' && e.args.length === 0)
      return isPlain ? [] : this.certificate.lemmasFor(e, simplify(e, []).result, [])
    })
    return lemmas.length === 0 ? {} : { lemmas }
  }

  private emit(step: StepJson, over: readonly number[]): void {
    if (step.by === 'linear') this.put({ ...step, over, ...this.factors([step.at, step.becomes], over) })
    else this.put({ ...step, over, ...this.functionGrounds(step, over) })
  }

  private functionGrounds({ at, becomes }: StepJson, over: readonly number[]): ReturnType<typeof functionGrounds> {
    return functionGrounds(this.wires, at, becomes, over, (l, r, domain) => this.certificate.lemmasFor(l, r, domain))
  }

  /** f -> add: first the function in front of the layer, then the layer with what it has become. */
  private affineBefore(step: StepJson, match: Match, side: 'left' | 'right'): void {
    const f = match.functions[0]
    if (f === undefined) throw new Uncertified('a step without its function')
    const at = this.wires.now(this.at(side, f.node))
    const layer = step.nodes.pop() as Json
    const last = this.wires.nodes.length - 2
    this.grounded({ ...step, by: 'function', at, becomes: last }, 1, last + 1 - step.nodes.length)
    this.wires.identify(at, last)
    this.put({
      ...step,
      by: 'linear',
      nodes: [layer],
      over: this.wires.nodes[step.becomes].args.map(w => this.wires.now(w)),
    })
  }

  // --- Rules of users -------------------------------------------------------------------------------------------------

  private byTheorem(step: StepJson, match: Match, wireOf: (id: NodeId) => number): void {
    const { rule } = match
    const theorem = this.certificate.theorem(rule)
    if (theorem === null) {
      this.put({ ...step, by: 'assumption' })
      return
    }
    const { variables } = rule
    const { tables } = this.certificate
    const [functions, weights, sizes] = [
      new Map<FunctionSymbol, Expression>(),
      new Map<WeightSymbol, Linear>(),
      new Map<string, Size>(),
    ]
    const inputs = new Map<string, number>()
    const size = (pattern: Size, found: Size): void => {
      if (pattern.terms.length === 1 && pattern.constant === 0 && pattern.terms[0][1] === 1)
        sizes.set(pattern.terms[0][0], found)
    }
    const statement = this.certificate.statement(rule) as Statement
    const nets = [statement.left, statement.right]
    for (const symbol of unknownFunctionsIn(expressionsIn(nets))) {
      const slot = variables.functions.findIndex(f => f.name === symbol.name)
      const value =
        slot >= 0
          ? match.functions[slot]?.fn
          : (match.reals[variables.reals.findIndex(r => r.name === symbol.name)] ?? numberOfLine(match, symbol.name))
      if (value !== undefined) functions.set(symbol, value)
    }
    for (const symbol of weightsOf(linearsIn(nets))) {
      const blocks = match.operators[variables.operators.findIndex(o => o.name === symbol.name)]
      if (blocks === undefined) continue
      if (blocks.length > 1) throw new Uncertified(`the rule ${rule.name} was used on several wires at once`)
      weights.set(symbol, blocks[0])
      size(symbol.rows, blocks[0].rows)
      size(symbol.columns, blocks[0].columns)
    }
    for (const node of inputsOf(statement.left)) {
      const slot = variables.wires.findIndex(w => w.name === node.name)
      const exit = exitNamed(rule, match.calls, node.name)
      const wires = exit === undefined ? match.wires[slot] : [exit]
      if (wires === undefined || wires.length > 1)
        throw new Uncertified(`the rule ${rule.name} was used on several wires at once`)
      const wire = this.wires.now(wireOf(wires[0]))
      inputs.set(node.name, wire)
      size(node.shape[0], this.wires.nodes[wire].shape.at(-1) ?? sizeOf(1))
    }
    for (const [name, found] of match.sizes) sizes.set(name, found)
    const by: Substitution = { functions, weights, sizes }
    const cited: StepJson = { ...step, by: 'theorem' }
    const left = this.places(statement.left, by, inputs, step.at, (existing, wire) => {
      this.link(cited, existing, wire, [...cited.nodes, this.row(wire)])
      cited.nodes = []
    })
    const after: [made: number, existing: number][] = []
    const right = this.places(statement.right, by, inputs, step.becomes, (existing, wire) => {
      cited.nodes.push(this.row(wire))
      after.push([wire, existing])
    })
    const over = [...inputs.values()]
    const named = <K, V>(map: ReadonlyMap<K, V>, name: (key: K) => string, of: (value: V) => Json): Json =>
      Object.fromEntries([...map].map(([key, value]) => [name(key), of(value)]))
    this.put({
      ...cited,
      becomes: right.end,
      over,
      ranges: over.map(w => rangeJson(whole(this.wires.range(w)))),
      theorem,
      functions: named(
        functions,
        f => tables.nameOf(f),
        e => tables.expression(e),
      ),
      weights: named(
        weights,
        w => tables.nameOf(w),
        a => tables.operator(a),
      ),
      sizes: named(sizes, name => name, sizeJson),
      inputs: named(
        inputs,
        name => name,
        w => w,
      ),
      left: left.places,
      right: right.places,
    } as unknown as StepJson)
    this.wires.identify(step.at, right.end)
    for (const [made, existing] of after) this.link(cited, made, existing, [])
  }

  /**
   * The wires that do just what the nodes of a rule's side do, which ends at a wire. `differs` is told of a wire that does the
   * same in another way, and of the one that was made instead.
   */
  private places(
    net: Diagram,
    by: Substitution,
    inputs: ReadonlyMap<string, number>,
    end: number,
    differs: (existing: number, made: number) => void,
  ): { places: number[]; end: number } {
    const { wires } = this
    const nodes = livingNodes(net)
    const byId = new Map(nodes.map(n => [n.id, n]))
    const root = outputsOf(net)[0].args[0]
    // From the end on, args that are not inputs of the rule are taken in order: those of a sum may stand in another one.
    const existing = new Map<NodeId, number>([[root, wires.now(end)]])
    const isInner = (id: NodeId): boolean => byId.get(id)?.kind !== 'input'
    const inputAt = (id: NodeId): number => {
      const node = byId.get(id)
      return wires.now((node?.kind === 'input' ? inputs.get(node.name) : undefined) ?? end)
    }
    for (const node of nodes.toReversed()) {
      const wire = existing.get(node.id)
      if (wire === undefined || node.kind === 'input') continue
      const outer = node.args.filter(id => !isInner(id)).map(inputAt)
      const rest = wires.nodes[wire].args.map(a => wires.now(a)).filter(w => !outer.includes(w))
      for (const [k, id] of node.args.filter(isInner).entries())
        if (!existing.has(id) && rest[k] !== undefined) existing.set(id, rest[k])
    }
    const found = new Map<NodeId, number>()
    const places: number[] = []
    for (const node of nodes) {
      if (node.kind === 'input') found.set(node.id, inputAt(node.id))
      if (node.kind === 'input' || node.kind === 'output') continue
      const old = existing.get(node.id)
      if (old === undefined) throw new Uncertified('a wire of a rule is not found')
      const args = node.args.map(a => wires.now(found.get(a) as number))
      const fresh: Node = { ...substituteInNode(node, by), args, id: wires.nodes.length }
      let place = wires.now(old)
      if (!this.isJust(fresh, args, place)) {
        place = wires.add(fresh)
        differs(wires.now(old), place)
      }
      found.set(node.id, place)
      places.push(place)
    }
    return { places, end: found.get(root) as number }
  }
  private isJust(node: Node, args: readonly number[], wire: number): boolean {
    try {
      this.wires.does(node, args, wire)
      return true
    } catch (error) {
      if (error instanceof Rejected) return false
      throw error
    }
  }

  /** A step from a wire to one that does the same, in another way, with the same wires. */
  private link(cited: StepJson, at: number, becomes: number, made: Json[]): void {
    const { nodes } = this.wires
    const isLinear = [at, becomes].every(w => nodes[w].kind === 'additive' || nodes[w].kind === 'constant')
    const by = isLinear ? 'linear' : nodes[at].kind === 'pointwise' ? 'function' : 'congruence'
    const over = [...new Set([...nodes[at].args, ...nodes[becomes].args].map(w => this.wires.now(w)))]
    const step = { ...cited, rule: 'equality', by, at, nodes: made, becomes }
    if (by === 'congruence') this.put(step)
    else
      this.emit(
        step,
        over.filter(w => !isLinear || nodes[w].kind !== 'constant'),
      )
    this.wires.identify(at, becomes)
  }

  // --- Where the two meet ---------------------------------------------------------------------------------------------

  /** Wires of one class are shown to be equal, the first of the class being the one that the others become. */
  private meet({ classes, left, right }: Meeting): void {
    const first = new Map<number, number>()
    for (const [side, meeting] of [
      ['left', left],
      ['right', right],
    ] as const) {
      for (const node of meeting.normal.nodes) {
        const wire = this.wires.now(this.at(side, node.id))
        const c = meeting.classes.get(node.id)
        if (c === undefined || node.kind === 'output') continue
        const known = first.get(c)
        if (known === undefined) first.set(c, wire)
        else
          this.join(
            wire,
            known,
            classes.asFunction(c).args.flatMap(a => first.get(a) ?? []),
          )
      }
    }
    const ends = outputsOf(right.normal)
    for (const [k, output] of outputsOf(left.normal).entries()) {
      const l = this.wires.now(this.at('left', output.args[0]))
      const r = this.wires.now(this.at('right', ends[k].args[0]))
      if (l !== r)
        this.join(
          l,
          r,
          [left.classes.get(output.id) as number, right.classes.get(ends[k].id) as number]
            .flatMap(c => classes.asFunction(c).args)
            .flatMap(a => first.get(a) ?? []),
        )
    }
  }

  /** The steps of a proof that was found by search. */
  private found(found: Found): void {
    const common = { side: 'both', direction: 'forward' }
    const rows = (nodes: readonly unknown[]): Json[] => nodes as Json[]
    writeFound(found, {
      wires: this.wires,
      at: (side, node) => this.at(side, node),
      row: wire => this.row(wire),
      lemmas: (left, right, domain) => this.certificate.lemmasFor(left, right, domain),
      step: step => {
        const { by, at, becomes } = step
        // Operators that are compared may have numbers in them that arithmetic alone does not see to be the same.
        const stops =
          by === 'linear'
            ? step.over
            : by === 'congruence'
              ? [at, becomes].flatMap(w => this.wires.nodes[w].args)
              : null
        this.put({ ...common, ...step, ...(stops ? this.factors([at, becomes], stops) : {}) } as StepJson)
      },
      cite: ({ instance, rule, wires }, at, becomes, nodes, wireOf) => {
        const { match } = instance as Instance
        const step: StepJson = { ...common, rule, by: '', at, nodes: rows(nodes), becomes }
        this.byTheorem(step, match, id => wireOf(wires[id]))
      },
      fail: reason => {
        throw new Uncertified(reason)
      },
    })
  }

  private join(wire: number, known: number, sources: readonly number[]): void {
    if (wire === this.wires.now(known)) return
    const [a, b] = [this.wires.nodes[wire], this.wires.nodes[this.wires.now(known)]]
    const step: StepJson = {
      rule: 'equality',
      side: 'both',
      direction: 'forward',
      by: 'congruence',
      at: wire,
      nodes: [],
      becomes: this.wires.now(known),
    }
    if (a.kind === 'pointwise' || b.kind === 'pointwise') {
      const stop = new Set(sources.map(w => this.wires.now(w)))
      const over = [
        ...new Set([
          ...this.leaves(wire, stop, Number.POSITIVE_INFINITY),
          ...this.leaves(step.becomes, stop, Number.POSITIVE_INFINITY),
        ]),
      ].sort((p, q) => p - q)
      this.emit({ ...step, by: 'function' }, over)
    } else {
      const by = [a, b].every(n => n.kind === 'additive' || n.kind === 'constant') ? 'linear' : 'congruence'
      const args = [...new Set([...a.args, ...b.args].map(w => this.wires.now(w)))]
      const over = by === 'linear' ? args.filter(w => this.wires.nodes[w].kind !== 'constant') : []
      this.put({ ...step, by, over, ...this.factors([wire, step.becomes], args) })
    }
    this.wires.identify(wire, known)
  }
}

/** The factor or the constant of a linear function of the rule, which stand for it in its statement: see `unknownLine`. */
function numberOfLine({ rule, functions }: Match, name: string): Expression | undefined {
  for (const [slot, { name: of }] of rule.variables.functions.entries()) {
    const fn = functions[slot]?.fn
    const form = fn === undefined ? null : linearFormOnce(fn)
    if (form !== null && name === LINE.factor(of)) return form.coefficients.get(0) ?? number(0)
    if (form !== null && name === LINE.constant(of)) return form.constant
  }
  return undefined
}

/** Operators with more parts are not searched for numbers that could be written in another way. */
const MOST_PARTS = 200

function isBuiltIn(rule: Rule): boolean {
  return rule.phase !== 'own'
}

function wayOf(rule: Rule): string {
  for (const [way, rules] of WAYS) if (rules.includes(rule.name)) return way
  throw new Uncertified(`the checker does not know the rule ${rule.name}`)
}
