// An e-graph: wires as terms (a node on the wires of other terms), and classes of terms that have been shown to be equal on
// the whole domain. Terms that do the same to equal wires fall into one class by themselves. Every union keeps its reason, so
// that of any two terms of a class it can be told, step by step, why they are equal.
//
// All terms are defined on the whole domain: those of the nets because that has been shown before, and a new one is taken in
// only where its node is shown to be defined for all values that its args may have.
import type { Node, NodeKind } from '../diagram/diagram.ts'
import { nodeObstacle, nodeRange, type WireRange } from '../diagram/ranges.ts'
import { intersect, isSubset, sameRange } from '../scalar/range.ts'
import { type Content, Contents, labelsOf } from './contents.ts'

/** A node as it was put in; its args are terms. */
export type TermId = number
/** The term that stands for a class now. */
export type ClassId = number

/** Two terms that are equal, and why. Terms and classes are as they were when this was found. */
export interface Equality {
  readonly left: TermId
  readonly right: TermId
  /** The name of the rule, and how the checker sees that it holds: one of its ways, or a rule of a user. */
  readonly rule: string
  readonly title: string
  readonly by: string
  /** The terms below `left` (below `right`) that have to be looked through, each after those below it. */
  readonly inner: readonly TermId[]
  readonly made: readonly TermId[]
  /** The terms at which looking stops: both sides are the same of these. */
  readonly over: readonly TermId[]
  /** Pairs of terms whose equality this one rests on, one after the other. */
  readonly premises: readonly TermId[]
  /** What a rule of a user was instantiated with. */
  readonly instance: unknown
}

/** What is said of an equality that a rule has found; the premises follow from it. */
export interface Reason {
  readonly rule: string
  readonly title: string
  readonly by: string
  readonly inner?: readonly TermId[]
  readonly made?: readonly TermId[]
  readonly over: readonly TermId[]
  readonly instance?: unknown
}

const CONGRUENCE = { rule: 'equality', title: 'equal wires', by: 'copy', inner: [], made: [], over: [], instance: null }
const NO_TERMS: readonly TermId[] = []
const KIND_BITS: Readonly<Record<NodeKind, number>> = {
  input: 1,
  output: 2,
  constant: 4,
  pointwise: 8,
  additive: 16,
  multiplicative: 32,
  join: 64,
  slice: 128,
  reduce: 256,
  mix: 512,
  softmax: 1024,
  logsoftmax: 2048,
}

export class EGraph {
  /** By term: its node, whose id is the term, and whose args are terms. */
  readonly nodes: Node[] = []
  readonly equalities: Equality[] = []
  private readonly contents: Content[] = []
  private readonly table = new Contents()
  /** By term: another term of its class, nearer to the one that stands for it. */
  private parent = new Int32Array(1024)
  /** By term, the equality that leads to another term of its class, and that term: a tree for each class. */
  private cause = new Int32Array(1024).fill(-1)
  private towards = new Int32Array(1024).fill(-1)
  /** By term, 1 where an equal term with equal args is there already: nothing is found at it that is not found there. */
  private double = new Uint8Array(1024)
  /** By the term that stands for a class. */
  private readonly members: (TermId[] | undefined)[] = []
  private readonly users: (TermId[] | undefined)[] = []
  private readonly ranges: (WireRange | undefined)[] = []
  /** The kinds of node in each class, a bit for each. */
  private kinds = new Int32Array(1024)
  /** The terms by what they do to which classes: open addressing, a term plus 1 in each slot. */
  private slots = new Int32Array(4096)
  private used = 0
  private readonly key: number[] = []
  private hash = 0
  private readonly other: number[] = []
  /** Terms whose args have got into other classes. */
  private readonly dirty: TermId[][] = []
  /** Args that were asked for, and those that an equal term has in their place: premises of the next equality. */
  private readonly substituted: TermId[] = []
  /** Called for every class that has got new members, a narrower range, or both. */
  onChange: (c: ClassId) => void = () => {}

  get size(): number {
    return this.nodes.length
  }

  classOf(term: TermId): ClassId {
    const { parent } = this
    let root = term
    while (parent[root] !== root) root = parent[root]
    for (let t = term; t !== root; ) {
      const next = parent[t]
      parent[t] = root
      t = next
    }
    return root
  }
  areEqual(a: TermId, b: TermId): boolean {
    return this.classOf(a) === this.classOf(b)
  }
  /** The terms of a class, also those that repeat another one. */
  membersOf(c: ClassId): readonly TermId[] {
    return this.members[c] as TermId[]
  }
  /** The terms that have a member of the class among their args. */
  usersOf(c: ClassId): readonly TermId[] {
    return this.users[c] as TermId[]
  }
  /** Whether a class has a member of this kind. */
  has(c: ClassId, kind: NodeKind): boolean {
    return (this.kinds[c] & KIND_BITS[kind]) !== 0
  }
  /** A number that is the same for terms whose nodes do the same. */
  headOf(term: TermId): string | number {
    const { head, labels } = this.contents[term]
    return labels === null ? head : `${head}/${labels.join('/')}`
  }
  isDouble(term: TermId): boolean {
    return this.double[term] === 1
  }
  rangeOf(term: TermId): WireRange {
    return this.ranges[this.classOf(term)] as WireRange
  }

  /**
   * The term of a node on these terms: one that does the same to equal wires where there is one, else a new one in a class of
   * its own. null where the node is not shown to be defined. The node was made for this: it gets its id and args here.
   */
  add(node: Node, args: readonly TermId[]): TermId | null {
    const content = this.table.of(node)
    const found = this.lookUp(content, args)
    if (found >= 0) {
      this.notice(args, this.nodes[found].args)
      return found
    }
    const ranges = args.map(a => this.rangeOf(a))
    if (nodeObstacle(node, ranges) !== null) return null
    return this.enter(node, content, args, nodeRange(node, ranges), true)
  }

  /** The term of a node of a net that is defined, apart from others that do the same. `range` is what is known of its wire. */
  place(node: Node, args: readonly TermId[], range: WireRange): TermId {
    const content = this.table.of(node)
    const found = this.lookUp(content, args)
    const term = this.enter({ ...node }, content, args, range, found < 0)
    if (found >= 0)
      this.unite(found, term, { ...CONGRUENCE, left: found, right: term, premises: this.pairs(found, term) })
    return term
  }

  /** Says that two terms are equal. Gives false where that is nothing new. */
  equate(left: TermId, right: TermId, reason: Reason): boolean {
    if (this.areEqual(left, right)) {
      this.forget()
      return false
    }
    const { rule, title, by, over } = reason
    const inner = reason.inner ?? NO_TERMS
    const made = reason.made ?? NO_TERMS
    // An arg of what is looked through is a term of the class of another one that is, or of one at which looking stops.
    const premises = this.substituted.length === 0 ? [] : this.substituted.splice(0)
    this.notePremises(left, inner, over, premises)
    for (const t of inner) this.notePremises(t, inner, over, premises)
    this.notePremises(right, made, over, premises)
    for (const t of made) this.notePremises(t, made, over, premises)
    const instance = reason.instance ?? null
    return this.unite(left, right, { left, right, rule, title, by, inner, made, over, premises, instance })
  }

  private notePremises(t: TermId, below: readonly TermId[], over: readonly TermId[], premises: TermId[]): void {
    const { args } = this.nodes[t]
    for (let k = 0; k < args.length; k++) {
      const c = this.classOf(args[k])
      const meant = this.memberOf(c, below) ?? this.memberOf(c, over)
      if (meant !== undefined && meant !== args[k]) premises.push(args[k], meant)
    }
  }
  private memberOf(c: ClassId, terms: readonly TermId[]): TermId | undefined {
    for (let k = 0; k < terms.length; k++) if (this.classOf(terms[k]) === c) return terms[k]
    return undefined
  }

  /** Forgets the args of terms that were asked for and then not used. */
  forget(): void {
    this.substituted.length = 0
  }

  /** Puts terms that do the same to wires that have become equal into one class, until nothing more follows. */
  rebuild(): void {
    for (let moved = this.dirty.pop(); moved !== undefined; moved = this.dirty.pop()) {
      for (const user of moved) {
        if (this.double[user] === 1) continue
        const found = this.lookUp(this.contents[user], this.nodes[user].args)
        if (found === user) continue
        if (found < 0) {
          this.insert(user)
          continue
        }
        this.double[user] = 1
        if (!this.areEqual(user, found))
          this.unite(user, found, { ...CONGRUENCE, left: user, right: found, premises: this.pairs(user, found) })
      }
    }
  }

  /**
   * The equalities from which it follows that the terms of each pair are equal, in the order in which they were found: each
   * rests on earlier ones only.
   */
  explain(pairs: readonly (readonly [TermId, TermId])[]): Equality[] {
    const needed = new Set<number>()
    const todo: TermId[] = pairs.flat()
    while (todo.length > 0) {
      const b = todo.pop() as TermId
      const a = todo.pop() as TermId
      for (const cause of this.path(a, b)) {
        if (needed.has(cause)) continue
        needed.add(cause)
        todo.push(...this.equalities[cause].premises)
      }
    }
    return [...needed].sort((p, q) => p - q).map(i => this.equalities[i])
  }

  /** The equalities on the way from one term of a class to another. */
  private path(a: TermId, b: TermId): number[] {
    const { towards, cause } = this
    const up = new Map<TermId, number>()
    for (let t = a, k = 0; t >= 0; t = towards[t], k++) up.set(t, k)
    const right: number[] = []
    let meeting = b
    while (!up.has(meeting)) {
      if (towards[meeting] < 0) throw new RangeError('explain: the terms are not of one class')
      right.push(cause[meeting])
      meeting = towards[meeting]
    }
    const left: number[] = []
    for (let t = a; t !== meeting; t = towards[t]) left.push(cause[t])
    return [...left, ...right.reverse()]
  }

  // --- Inside -----------------------------------------------------------------------------------------------------------

  private enter(node: Node, content: Content, args: readonly TermId[], range: WireRange, listed: boolean): TermId {
    const term = this.nodes.length
    if (term >= this.parent.length) this.grow()
    const own = node as { id: number; args: readonly number[] }
    own.id = term
    own.args = args
    this.nodes.push(node)
    this.contents.push(content)
    this.parent[term] = term
    this.members[term] = [term]
    this.users[term] = []
    this.ranges[term] = range
    this.kinds[term] = KIND_BITS[node.kind]
    for (let k = 0; k < args.length; k++) {
      const users = this.users[this.classOf(args[k])] as TermId[]
      if (users[users.length - 1] !== term) users.push(term)
    }
    if (listed) this.insert(term)
    else this.double[term] = 1
    this.onChange(term)
    return term
  }

  private grow(): void {
    const larger = <A extends Int32Array | Uint8Array>(old: A, empty: number): A => {
      const fresh = new (old.constructor as new (n: number) => A)(2 * old.length)
      fresh.fill(empty)
      fresh.set(old)
      return fresh
    }
    this.parent = larger(this.parent, 0)
    this.kinds = larger(this.kinds, 0)
    this.cause = larger(this.cause, -1)
    this.towards = larger(this.towards, -1)
    this.double = larger(this.double, 0)
  }

  private unite(left: TermId, right: TermId, equality: Equality): boolean {
    const [p, q] = [this.classOf(left), this.classOf(right)]
    if (p === q) return false
    const weight = (c: ClassId): number => this.membersOf(c).length + this.usersOf(c).length
    const [from, to] = weight(p) > weight(q) ? [q, p] : [p, q]
    const [start, end] = from === p ? [left, right] : [right, left]
    this.turn(start)
    this.cause[start] = this.equalities.push(equality) - 1
    this.towards[start] = end
    this.parent[from] = to
    this.kinds[to] |= this.kinds[from]
    const [members, users] = [this.members[to] as TermId[], this.users[to] as TermId[]]
    for (const t of this.members[from] as TermId[]) members.push(t)
    const moved = this.users[from] as TermId[]
    for (const t of moved) users.push(t)
    this.ranges[to] = narrowed(this.ranges[from] as WireRange, this.ranges[to] as WireRange)
    this.members[from] = undefined
    this.users[from] = undefined
    this.ranges[from] = undefined
    this.dirty.push(moved)
    this.onChange(to)
    return true
  }

  /** Makes the term the root of its tree of causes. */
  private turn(term: TermId): void {
    let previous = -1
    let cause = -1
    for (let t = term; t >= 0; ) {
      const next = this.towards[t]
      const why = this.cause[t]
      this.towards[t] = previous
      this.cause[t] = cause
      previous = t
      cause = why
      t = next
    }
  }

  private notice(wanted: readonly TermId[], found: readonly TermId[]): void {
    for (let k = 0; k < wanted.length; k++) {
      if (wanted[k] === found[k]) continue
      const meant = this.areEqual(wanted[k], found[k]) ? found[k] : found.find(f => this.areEqual(f, wanted[k]))
      if (meant !== undefined && meant !== wanted[k]) this.substituted.push(wanted[k], meant)
    }
  }
  /** The args of two terms that do the same to equal wires, in pairs of equal ones. */
  private pairs(a: TermId, b: TermId): TermId[] {
    const found: TermId[] = []
    const others = this.nodes[b].args
    for (const [k, arg] of this.nodes[a].args.entries()) {
      const partner = this.areEqual(arg, others[k]) ? others[k] : others.find(o => this.areEqual(o, arg))
      if (partner !== undefined && partner !== arg) found.push(arg, partner)
    }
    return found
  }

  /** The key of a node on these terms: what it does, and to which classes; where their order is free, in ascending order. */
  private keyOf(content: Content, args: readonly TermId[], key: number[]): void {
    key.length = 0
    key.push(content.head)
    const labels = labelsOf(content)
    if (labels.length <= 1) {
      if (labels.length === 1) key.push(labels[0])
      for (let k = 0; k < args.length; k++) key.push(this.classOf(args[k]))
      return
    }
    const order = args.map((a, k) => ({ c: this.classOf(a), label: labels[k] }))
    order.sort((s, t) => s.c - t.c || s.label - t.label)
    for (const { c, label } of order) key.push(label, c)
  }
  private static hashOf(key: readonly number[]): number {
    let h = 0x811c9dc5
    for (let k = 0; k < key.length; k++) {
      h = Math.imul(h ^ key[k], 0x01000193)
      h ^= h >>> 15
    }
    return h >>> 0
  }
  /** The first term with this key; negative where there is none. Keeps the key, and its hash, for `insert`. */
  private lookUp(content: Content, args: readonly TermId[]): number {
    const { key, other, slots } = this
    this.keyOf(content, args, key)
    const mask = slots.length - 1
    this.hash = EGraph.hashOf(key)
    for (let at = this.hash & mask; slots[at] !== 0; at = (at + 1) & mask) {
      const term = slots[at] - 1
      if (this.contents[term].head !== content.head || this.nodes[term].args.length !== args.length) continue
      if (labelsOf(content).length <= 1) {
        if (this.hasKey(term)) return term
        continue
      }
      this.keyOf(this.contents[term], this.nodes[term].args, other)
      if (other.length === key.length && other.every((n, i) => n === key[i])) return term
    }
    return -1
  }
  /** Whether a term without several labels has the key that is looked up. */
  private hasKey(term: TermId): boolean {
    const { key } = this
    const labels = labelsOf(this.contents[term])
    const { args } = this.nodes[term]
    if (key.length !== 1 + labels.length + args.length) return false
    if (labels.length === 1 && key[1] !== labels[0]) return false
    for (let k = 0; k < args.length; k++) if (this.classOf(args[k]) !== key[1 + labels.length + k]) return false
    return true
  }
  /** Enters the term whose key has just been looked up. */
  private insert(term: TermId): void {
    if (2 * ++this.used > this.slots.length) {
      const { hash } = this
      const terms = this.slots.filter(s => s !== 0)
      this.slots = new Int32Array(2 * this.slots.length)
      for (const s of terms) {
        this.keyOf(this.contents[s - 1], this.nodes[s - 1].args, this.key)
        this.put(s - 1, EGraph.hashOf(this.key))
      }
      this.put(term, hash)
    } else this.put(term, this.hash)
  }
  private put(term: TermId, hash: number): void {
    const mask = this.slots.length - 1
    let at = hash & mask
    while (this.slots[at] !== 0) at = (at + 1) & mask
    this.slots[at] = term + 1
  }
}

/** What two sets say together of the values of one wire. */
function narrowed(a: WireRange, b: WireRange): WireRange {
  if (a.length !== b.length) return a.length > b.length ? a : b
  return b.map((r, i) => (sameRange(r, a[i]) || isSubset(r, a[i]) ? r : isSubset(a[i], r) ? a[i] : intersect(r, a[i])))
}
