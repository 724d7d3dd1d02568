// A proof that the search has found, as steps of a certificate. Each equality of the search is about a few nodes, one below
// the other. A wire of the checker that has become another one is no longer looked through; so what a step looks through is
// copied first, where that is needed.
import type { Wires } from '../check/wires.ts'
import type { Node, NodeId } from '../diagram/diagram.ts'
import type { Expression } from '../scalar/expression.ts'
import type { Range } from '../scalar/range.ts'
import type { TermId } from '../search/egraph.ts'
import type { Instance } from '../search/instances.ts'
import type { Equality } from '../search/reasons.ts'
import type { Found } from '../search/search.ts'
import { type FindLemmas, functionGrounds } from './grounds.ts'

/** A new wire, as a row of the certificate. */
type Row = unknown

/** What the writer of a certificate lends for it. */
export interface Ledger {
  readonly wires: Wires
  /** The wire that a node of a normal form is. */
  at(side: 'left' | 'right', node: NodeId): number
  row(wire: number): Row
  /** The numbers of lemmas that lead from one function to the other. */
  lemmas(left: Expression, right: Expression, domain: readonly Range[]): readonly number[]
  /** A step as it is to be written, without what is the same in all of them. */
  step(step: {
    rule: string
    by: string
    at: number
    becomes: number
    nodes: readonly Row[]
    over?: readonly number[]
    ranges?: readonly string[]
    lemmas?: readonly number[]
  }): void
  /** The step of a rule of a user, whose left side is the wire `at`. */
  cite(equality: Equality, at: number, becomes: number, nodes: readonly Row[], wireOf: (t: TermId) => number): void
  /** Says that the step cannot be written down. */
  fail(reason: string): never
}

/** Writes the steps of a proof that was found. */
export function writeFound(found: Found, ledger: Ledger): void {
  new FoundWriter(found, ledger).write()
}

class FoundWriter {
  private readonly wireOf = new Map<TermId, number>()
  private rows: Row[] = []

  constructor(
    private readonly found: Found,
    private readonly ledger: Ledger,
  ) {}

  write(): void {
    const { found, ledger } = this
    const end = performance.now() + 1000 * Math.max(1, found.seconds)
    for (const { term, side, node } of found.placed)
      if (!this.wireOf.has(term)) this.wireOf.set(term, ledger.wires.now(ledger.at(side, node)))
    let written = 0
    for (const equality of found.equalities) {
      if ((++written & 63) === 0 && performance.now() > end)
        ledger.fail(`${found.equalities.length} steps take longer to write down than the search was given`)
      this.equality(equality)
    }
    for (const [left, right] of found.ends)
      if (!this.areEqual(left, right))
        ledger.fail('the equalities that were found do not lead from one net to the other')
  }

  private areEqual(a: TermId, b: TermId): boolean {
    const { wires } = this.ledger
    const [p, q] = [this.wireOf.get(a), this.wireOf.get(b)]
    return a === b || (p !== undefined && q !== undefined && wires.now(p) === wires.now(q))
  }

  /** A new wire with the node of a term, on the wires that its args are. */
  private fresh(term: TermId, wire: (t: TermId) => number = t => this.wireOf.get(t) as number): number {
    const { wires } = this.ledger
    const node = this.found.node(term)
    const made = wires.add({ ...node, id: wires.nodes.length, args: node.args.map(wire) } as Node)
    this.rows.push(this.ledger.row(made))
    return made
  }

  /** The wire of a term; it and those before it are made where they are not there yet. */
  private wire(term: TermId): number {
    const stack = [term]
    for (let t = stack.at(-1); t !== undefined; t = stack.at(-1)) {
      const missing = this.wireOf.has(t) ? [] : this.found.node(t).args.filter(a => !this.wireOf.has(a))
      if (missing.length > 0) {
        stack.push(...missing)
        continue
      }
      stack.pop()
      if (!this.wireOf.has(t)) this.wireOf.set(t, this.fresh(t))
    }
    return this.wireOf.get(term) as number
  }

  /** A step begins at a wire that is there before it: wires that are not yet written are written by a step that says nothing. */
  private introduce(at: number): void {
    if (at < this.ledger.wires.nodes.length - this.rows.length) return
    this.ledger.step({ rule: 'equality', by: 'congruence', at: 0, becomes: 0, nodes: this.rows })
    this.rows = []
  }

  private emit(step: Omit<Parameters<Ledger['step']>[0], 'nodes'>): void {
    this.introduce(step.at)
    this.ledger.step({ ...step, nodes: this.rows })
    this.rows = []
    this.ledger.wires.identify(step.at, step.becomes)
  }

  /** Sees to it that the term is what its wire is looked at as. */
  private show(term: TermId): void {
    const { wires } = this.ledger
    const old = this.wire(term)
    // An input has no other look.
    if (this.found.node(term).kind === 'input' || (wires.now(old) === old && this.isExact(term, old))) return
    for (const arg of this.found.node(term).args) this.wire(arg)
    const copy = this.fresh(term)
    this.emit({ rule: 'equality', by: 'congruence', at: old, becomes: copy })
    this.wireOf.set(term, copy)
  }
  /** Whether the node of a wire is that of the term, and not one that only does the same. */
  private isExact(term: TermId, wire: number): boolean {
    const { wires } = this.ledger
    const [m, n] = [this.found.node(term), wires.nodes[wire]]
    const sameArgs =
      m.args.length === n.args.length && m.args.every((a, k) => wires.now(this.wire(a)) === wires.now(n.args[k]))
    if (!sameArgs || m.kind !== n.kind) return false
    if (m.kind === 'pointwise') return m.fn === (n as typeof m).fn
    if (m.kind === 'additive')
      return m.bias === (n as typeof m).bias && m.operators.every((a, k) => a === (n as typeof m).operators[k])
    return true
  }

  private equality(equality: Equality): void {
    const { left, right, by, inner, made } = equality
    if (this.areEqual(left, right)) return
    if (by === 'congruence') {
      this.sameNodes(equality)
      return
    }
    for (const term of [...inner, left]) this.show(term)
    for (const term of equality.over) this.wire(term)
    // What the other side looks through must not stand in the way of what this one does: it is made anew where it would.
    const copies = new Map<TermId, number>()
    const other = [...made, right].filter(t => this.found.node(t).kind !== 'input')
    for (const term of other) if (this.wireOf.has(term)) this.show(term)
    const { wires } = this.ledger
    const isShown = (t: TermId): boolean => {
      const w = this.wireOf.get(t)
      return w !== undefined && wires.now(w) === w
    }
    const old = other.filter(t => this.wireOf.has(t))
    const inTheWay = ![...inner, left, ...old].every(t => this.found.node(t).kind === 'input' || isShown(t))
    for (const term of other) {
      if (!inTheWay) {
        this.wire(term)
        continue
      }
      for (const arg of this.found.node(term).args) this.wire(arg)
      const local = (t: TermId): number => {
        const below = copies.has(t) ? t : other.find(o => copies.has(o) && this.areEqual(o, t))
        return (below === undefined ? this.wireOf.get(t) : copies.get(below)) as number
      }
      const made = this.fresh(term, local)
      if (this.wireOf.has(term)) copies.set(term, made)
      else this.wireOf.set(term, made)
    }
    if (inTheWay) for (const term of [...inner, left]) this.show(term)
    const at = this.wire(left)
    this.step(equality, at, copies.get(right) ?? this.wire(right))
    for (const [term, copy] of copies)
      if (wires.now(this.wire(term)) !== wires.now(copy))
        this.emit({ rule: 'equality', by: 'congruence', at: this.wire(term), becomes: copy })
  }

  /** Two terms that do the same to equal wires: a layer of several wires may name them in another order. */
  private sameNodes({ rule, by, left, right }: Equality): void {
    const { args, kind } = this.found.node(left)
    if (kind !== 'additive' || args.length === 1) {
      this.emit({ rule, by, at: this.wire(left), becomes: this.wire(right) })
      return
    }
    const { wires } = this.ledger
    for (const term of [left, right]) this.show(term)
    const over = [...new Set(args.map(t => wires.now(this.wire(t))))].filter(w => wires.nodes[w].kind !== 'constant')
    this.emit({ rule, by: 'linear', at: this.wire(left), becomes: this.wire(right), over })
  }

  private step(equality: Equality, at: number, becomes: number): void {
    const { ledger } = this
    const { wires } = ledger
    const { rule, by } = equality
    const over = [...new Set(equality.over.map(t => wires.now(this.wire(t))))]
    if (by === 'function') {
      // The sets on which the search has asked, where they still belong to these wires.
      const asked = equality.domain?.length === over.length ? equality.domain : null
      const find: FindLemmas = (left, right, domain) => ledger.lemmas(left, right, domain)
      this.emit({ rule, by, at, becomes, over, ...functionGrounds(wires, at, becomes, over, find, asked) })
    } else if (by === 'pool') this.emit({ rule, by, at, becomes, over })
    else if (by === 'linear') {
      this.emit({ rule, by, at, becomes, over: over.filter(w => wires.nodes[w].kind !== 'constant') })
    } else if (by === 'theorem') {
      // The checker cites a theorem from left to right: then the wire on the left becomes the other one.
      const { reversed } = equality.instance as Instance
      const [from, to] = reversed ? [becomes, at] : [at, becomes]
      this.introduce(from)
      ledger.cite(equality, from, to, this.rows, t => this.wire(t))
      this.rows = []
      wires.identify(from, to)
    } else this.emit({ rule, by, at, becomes })
  }
}
