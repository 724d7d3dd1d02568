// An e-graph: wires as terms (a node on the wires of other terms), and classes of terms that have been shown to be equal on
// the whole domain. Terms that do the same to equal wires fall into one class by themselves. Every union keeps its reason, so
// that of any two terms of a class it can be told, step by step, why they are equal.
//
// All terms are defined on the whole domain: those of the nets because that has been shown before, and a new one is taken in
// only where its node is shown to be defined for all values that its args may have. What is known of the values of a term
// follows from the node and the terms below it alone; what an equal term is known for is used by naming that term.
//
// A term is a number, and what is kept of it stands in arrays of integers: there may be a million.
import type { Node, NodeKind } from '../diagram/diagram.ts'
import { ANY, nodeObstacle, nodeRange, type WireRange } from '../diagram/ranges.ts'
import type { Shape } from '../linear/size.ts'
import { isReals, isSubset, type Range } from '../scalar/range.ts'
import { type Content, Contents, type Unplaced } from './contents.ts'
import { Equalities, NO_TERMS, type Premises, type Reason, Reasons, type Why } from './reasons.ts'

/** A node as it was put in; its args are terms. */
export type TermId = number
/** The term that stands for a class now. */
export type ClassId = number

const CONGRUENCE: Why = { rule: 'equality', title: 'equal wires', by: 'congruence' }
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
/** So many members of a class are asked which has the narrowest range. */
const MOST_ASKED = 8
const NONE = -1
/** Room for so many terms is made at first, where nobody says how many will come; and not for more, whatever is said. */
const FIRST_TERMS = 256
const MOST_FIRST_TERMS = 65_536

function longer<A extends Int32Array | Uint8Array>(old: A): A {
  const fresh = new (old.constructor as new (n: number) => A)(2 * old.length)
  fresh.set(old)
  return fresh
}

export class EGraph {
  readonly contents = new Contents()
  readonly reasons = new Reasons()
  /** Classes that have got new members since somebody emptied the list. */
  readonly changed: ClassId[] = []
  /** When to stop, by `performance.now()`: nothing that a rule asks for may take longer. */
  deadline = Number.POSITIVE_INFINITY
  /** Terms that put the parts of a wire together again: rules look through them, and make nothing of them themselves. */
  readonly closed = new Set<TermId>()
  /** What the tables of rules take, as they estimate it. */
  extraBytes = 0

  private count = 0
  // By term.
  private content: Int32Array
  /** Where its args begin in `args`; those of the next term begin where they end. */
  private first: Int32Array
  /** Another term of its class, nearer to the one that stands for it. */
  private parent: Int32Array
  /** The equality that leads to another term of its class, and that term: a tree for each class. -1 at its root. */
  private cause: Int32Array
  private towards: Int32Array
  /** The next member of its class; -1 for the last one. */
  private next: Int32Array
  /** 1 where an equal term with equal args is there already: nothing is found at it that is not found there. */
  private double: Uint8Array
  private readonly ranges: (WireRange | undefined)[] = []
  /** By content: the range of a node of one wire that was asked for last. */
  private readonly images: ({ readonly argument: WireRange; readonly image: WireRange } | undefined)[] = []

  // By the term that stands for a class.
  private head: Int32Array
  private tail: Int32Array
  /** The kinds of node in the class, a bit for each. */
  private kinds: Int32Array
  /** Members and uses. */
  private weight: Int32Array
  /** The first and the last use of a member, as places in `args`; -1 where there is none. */
  private firstUse: Int32Array
  private lastUse: Int32Array
  /** The member with the narrowest range, and how heavy the class was when it was found. */
  private narrow: Int32Array
  private narrowAt: Int32Array

  // By arg.
  private args: Int32Array
  private owner: Int32Array
  private nextUse: Int32Array

  /** The terms by what they do to which classes: open addressing, a term plus 1 in each slot. */
  private slots: Int32Array
  private used = 0
  private key = new Int32Array(64)
  private other = new Int32Array(64)
  private keyLength = 0
  private hash = 0
  /** Uses that have got into other classes: the first and the last of a list. */
  private readonly dirty: number[] = []
  /** Args that were asked for, and those that an equal term has in their place: premises of the next equality. */
  private readonly substituted: TermId[] = []

  /** `terms`: so many are expected. There may be more. */
  constructor(terms: number = FIRST_TERMS) {
    const room = 2 ** Math.ceil(Math.log2(Math.max(FIRST_TERMS, Math.min(terms, MOST_FIRST_TERMS))))
    const numbers = (): Int32Array => new Int32Array(room)
    this.content = numbers()
    this.first = new Int32Array(room + 1)
    this.parent = numbers()
    this.cause = numbers()
    this.towards = numbers()
    this.next = numbers()
    this.double = new Uint8Array(room)
    this.head = numbers()
    this.tail = numbers()
    this.kinds = numbers()
    this.weight = numbers()
    this.firstUse = numbers()
    this.lastUse = numbers()
    this.narrow = numbers()
    this.narrowAt = numbers()
    this.args = numbers()
    this.owner = numbers()
    this.nextUse = numbers()
    this.slots = new Int32Array(4 * room)
  }

  get size(): number {
    return this.count
  }
  /** The memory that the e-graph takes, in bytes: exact for its arrays, an estimate for what it shares with others. */
  get bytes(): number {
    const perTerm = 12 * 4 + 1 + 8
    return (
      perTerm * this.parent.length +
      12 * this.args.length +
      4 * this.slots.length +
      this.contents.bytes +
      this.reasons.bytes +
      this.extraBytes
    )
  }

  /** What a term does: its node, without number and args. */
  nodeOf(term: TermId): Unplaced {
    return this.contents.at(this.content[term]).node
  }
  contentOf(term: TermId): Content {
    return this.contents.at(this.content[term])
  }
  /** A number that is the same for terms whose nodes do the same. */
  numberOf(term: TermId): number {
    return this.content[term]
  }
  kindOf(term: TermId): NodeKind {
    return this.nodeOf(term).kind
  }
  shapeOf(term: TermId): Shape {
    return this.nodeOf(term).shape
  }
  arityOf(term: TermId): number {
    return this.first[term + 1] - this.first[term]
  }
  argOf(term: TermId, k: number): TermId {
    return this.args[this.first[term] + k]
  }
  argsOf(term: TermId): TermId[] {
    const found: TermId[] = []
    for (let k = this.first[term]; k < this.first[term + 1]; k++) found.push(this.args[k])
    return found
  }
  /** The node of a term, whose number is the term. */
  placedNode(term: TermId): Node {
    return { ...this.nodeOf(term), id: term, args: this.argsOf(term) } as Node
  }

  classOf(term: TermId): ClassId {
    const { parent } = this
    let t = term
    for (let up = parent[t]; up !== t; up = parent[t]) {
      parent[t] = parent[up]
      t = parent[t]
    }
    return t
  }
  areEqual(a: TermId, b: TermId): boolean {
    return a === b || this.classOf(a) === this.classOf(b)
  }
  /** The members of a class, without those that repeat another one: the first, and the next after a member; -1 at the end. */
  firstMember(c: ClassId): TermId {
    const { double, next } = this
    while (double[this.head[c]] === 1 && next[this.head[c]] !== NONE) this.head[c] = next[this.head[c]]
    return double[this.head[c]] === 1 ? NONE : this.head[c]
  }
  nextMember(term: TermId): TermId {
    const { double, next } = this
    let t = next[term]
    while (t !== NONE && double[t] === 1 && next[t] !== NONE) t = next[t]
    // The last one stays: the list ends there.
    if (t !== next[term]) next[term] = t
    return t !== NONE && double[t] === 1 ? NONE : t
  }
  membersOf(c: ClassId): TermId[] {
    const found: TermId[] = []
    for (let t = this.firstMember(c); t !== NONE; t = this.nextMember(t)) found.push(t)
    return found
  }
  /** The uses of a class: the first, and the next after a use; -1 at the end. */
  firstUseOf(c: ClassId): number {
    return this.firstUse[c]
  }
  nextUseOf(use: number): number {
    return this.nextUse[use]
  }
  /** The term that has the use among its args. */
  userAt(use: number): TermId {
    return this.owner[use]
  }
  /** Whether a class has a member of this kind. */
  has(c: ClassId, kind: NodeKind): boolean {
    return (this.kinds[c] & KIND_BITS[kind]) !== 0
  }
  isDouble(term: TermId): boolean {
    return this.double[term] === 1
  }

  /** A set that holds all values of a term, by its node and the terms below it. */
  rangeOf(term: TermId): WireRange {
    const known = this.ranges[term]
    if (known !== undefined) return known
    const stack = [term]
    for (let t = stack.at(-1); t !== undefined; t = stack.at(-1)) {
      let isReady = true
      for (let k = this.first[t]; k < this.first[t + 1]; k++) {
        if (this.ranges[this.args[k]] !== undefined) continue
        stack.push(this.args[k])
        isReady = false
      }
      if (!isReady) continue
      stack.pop()
      this.ranges[t] ??= this.arityOf(t) === 1 ? this.image(t) : this.rangeOfNode(t)
    }
    return this.ranges[term] as WireRange
  }
  private rangeOfNode(t: TermId): WireRange {
    return nodeRange(
      this.nodeOf(t) as Node,
      this.argsOf(t).map(a => this.ranges[a] as WireRange),
    )
  }
  /** The range of a node of one wire, as it was the last time for the same set of that. */
  private image(t: TermId): WireRange {
    const argument = this.ranges[this.argOf(t, 0)] as WireRange
    // Layers of what may be any number give any numbers, but for rows of zeros, of which less is known so.
    if (argument.length === 1 && isReals(argument[0]) && this.kindOf(t) === 'additive') return ANY
    const own = this.content[t]
    const last = this.images[own]
    if (last !== undefined && last.argument === argument) return last.image
    const image = this.rangeOfNode(t)
    this.images[own] = { argument, image }
    return image
  }

  /** The term of the class whose values are known best: itself, where no other is known to be in a smaller set. */
  narrowest(term: TermId): TermId {
    const c = this.classOf(term)
    if (this.narrowAt[c] !== this.weight[c]) {
      this.narrowAt[c] = this.weight[c]
      let best = NONE
      let asked = 0
      for (let t = this.firstMember(c); t !== NONE && asked < MOST_ASKED; t = this.nextMember(t), asked++)
        if (best === NONE || this.isNarrower(t, best)) best = t
      this.narrow[c] = best === NONE ? term : best
    }
    const best = this.narrow[c]
    return best !== term && this.isNarrower(best, term) ? best : term
  }
  private isNarrower(a: TermId, b: TermId): boolean {
    const [p, q] = [this.rangeOf(a), this.rangeOf(b)]
    if (p === q) return false
    const count = Math.max(p.length, q.length)
    const at = (r: WireRange, i: number): Range => (r.length === 1 ? r[0] : r[i])
    let isStrict = false
    for (let i = 0; i < count; i++) {
      if (at(p, i) === at(q, i)) continue
      if (!isSubset(at(p, i), at(q, i))) return false
      isStrict ||= !isSubset(at(q, i), at(p, i))
    }
    return isStrict
  }

  /**
   * The term of a node on these terms: one that does the same to equal wires where there is one, else a new one in a class of
   * its own. -1 where the node is not shown to be defined.
   */
  add(content: Content, args: readonly TermId[]): TermId {
    const found = this.lookUp(content, args)
    if (found >= 0) {
      this.notice(args, found)
      return found
    }
    if (content.isTotal) return this.enter(content, args, true)
    const node = content.node as Node
    const isDefined = (terms: readonly TermId[]): boolean =>
      nodeObstacle(
        node,
        terms.map(a => this.rangeOf(a)),
      ) === null
    if (isDefined(args)) return this.enter(content, args, true)
    const narrow = args.map(a => this.narrowest(a))
    if (narrow.every((a, k) => a === args[k]) || !isDefined(narrow)) return NONE
    for (const [k, a] of args.entries()) if (a !== narrow[k]) this.substituted.push(a, narrow[k])
    return this.enter(content, narrow, true)
  }

  /** The term of a node on these terms where there is one, else -1. */
  find(content: Content, args: readonly TermId[]): TermId {
    return this.lookUp(content, args)
  }

  /**
   * The term of a node of a net that is defined, apart from others that do the same. `range` is what is known of its wire,
   * where that is more than follows from those of its args.
   */
  place(content: Content, args: readonly TermId[], range?: WireRange): TermId {
    const found = this.lookUp(content, args)
    const term = this.enter(content, args, found < 0)
    this.ranges[term] = range
    if (found >= 0) this.congruent(found, term)
    return term
  }

  /** Says that two terms are equal. Gives false where that is nothing new. */
  equate(left: TermId, right: TermId, why: Why, reason: Reason): boolean {
    if (this.areEqual(left, right)) {
      this.forget()
      return false
    }
    const { over } = reason
    const inner = reason.inner ?? NO_TERMS
    const made = reason.made ?? NO_TERMS
    if (!this.canBeLookedThrough(left, inner, made, over)) {
      this.forget()
      return false
    }
    // An arg of what is looked through is a term of the class of another one that is, or of one at which looking stops.
    const premises: TermId[] = this.substituted.length > 0 ? this.substituted.splice(0) : []
    this.notePremises(left, inner, over, premises)
    for (const t of inner) this.notePremises(t, inner, over, premises)
    this.notePremises(right, made, over, premises)
    for (const t of made) this.notePremises(t, made, over, premises)
    return this.unite(left, right, this.reasons.add(left, right, why, reason, premises))
  }

  /**
   * Whether the terms that a reason looks through are told apart by their classes from those at which looking stops, and those
   * of the left side from each other: whoever checks it looks through classes, of each of which one term is shown at a time.
   */
  private canBeLookedThrough(
    left: TermId,
    inner: readonly TermId[],
    made: readonly TermId[],
    over: readonly TermId[],
  ): boolean {
    const own = this.classOf(left)
    for (let k = 0; k < over.length; k++) if (this.classOf(over[k]) === own) return false
    for (let i = 0; i < inner.length; i++) {
      const c = this.classOf(inner[i])
      if (c === own) return false
      for (let k = 0; k < i; k++) if (inner[k] !== inner[i] && this.classOf(inner[k]) === c) return false
      for (let k = 0; k < over.length; k++) if (this.classOf(over[k]) === c) return false
    }
    for (let i = 0; i < made.length; i++) {
      const c = this.classOf(made[i])
      for (let k = 0; k < over.length; k++) if (this.classOf(over[k]) === c) return false
    }
    return true
  }

  private notePremises(t: TermId, below: readonly TermId[], over: readonly TermId[], premises: TermId[]): void {
    for (let k = this.first[t]; k < this.first[t + 1]; k++) {
      const arg = this.args[k]
      // Most args are terms of the lists themselves.
      if (below.includes(arg) || over.includes(arg)) continue
      const c = this.classOf(arg)
      const inside = this.memberOf(c, below)
      const meant = inside >= 0 ? inside : this.memberOf(c, over)
      if (meant >= 0) premises.push(arg, meant)
    }
  }
  private memberOf(c: ClassId, terms: readonly TermId[]): TermId {
    for (let k = 0; k < terms.length; k++) if (this.classOf(terms[k]) === c) return terms[k]
    return NONE
  }

  /** Forgets the args of terms that were asked for and then not used. */
  forget(): void {
    if (this.substituted.length > 0) this.substituted.length = 0
  }

  /** Puts terms that do the same to wires that have become equal into one class, until nothing more follows. */
  rebuild(): void {
    const { dirty, owner, nextUse, double } = this
    while (dirty.length > 0) {
      const last = dirty.pop() as number
      for (let use = dirty.pop() as number; ; use = nextUse[use]) {
        const user = owner[use]
        if (double[user] === 0) this.seeAgain(user)
        if (use === last) break
      }
    }
  }
  private seeAgain(user: TermId): void {
    const found = this.lookUp(this.contentOf(user), null, user)
    if (found === user) return
    if (found < 0) {
      this.insert(user)
      return
    }
    this.double[user] = 1
    this.congruent(user, found)
  }
  private congruent(left: TermId, right: TermId): void {
    if (!this.areEqual(left, right))
      this.unite(left, right, this.reasons.add(left, right, CONGRUENCE, { over: NO_TERMS }, this.pairs(left, right)))
  }

  /**
   * The equalities from which it follows that the terms of each pair are equal, in the order in which they were found: each
   * rests on earlier ones only. null where time runs out.
   */
  explain(pairs: readonly (readonly [TermId, TermId])[]): Equalities | null {
    const { towards, cause, reasons } = this
    const isNeeded = new Uint8Array(reasons.size)
    let count = 0
    const todo: TermId[] = pairs.flat()
    const need = (equality: number): void => {
      if (isNeeded[equality] === 1) return
      isNeeded[equality] = 1
      count++
      reasons.pushPremises(equality, todo)
    }
    /** By term: the last pair on whose way up from the first term it was. */
    const seen = new Int32Array(this.count)
    let pair = 0
    while (todo.length > 0) {
      const b = todo.pop() as TermId
      const a = todo.pop() as TermId
      if ((++pair & 1023) === 0 && performance.now() > this.deadline) return null
      if (a === b) continue
      // From both up to where they meet in the tree of causes of their class.
      for (let t = a; t >= 0; t = towards[t]) seen[t] = pair
      let meeting = b
      for (; seen[meeting] !== pair; meeting = towards[meeting]) {
        if (towards[meeting] < 0) throw new RangeError('explain: the terms are not of one class')
        need(cause[meeting])
      }
      for (let t = a; t !== meeting; t = towards[t]) need(cause[t])
    }
    const numbers = new Int32Array(count)
    for (let i = 0, k = 0; k < count; i++) if (isNeeded[i] === 1) numbers[k++] = i
    return new Equalities(reasons, numbers)
  }

  // --- Inside -----------------------------------------------------------------------------------------------------------

  private enter(content: Content, args: readonly TermId[], listed: boolean): TermId {
    const term = this.count
    if (term + 1 >= this.parent.length) this.growTerms()
    const start = this.first[term]
    while (start + args.length > this.args.length) this.growArgs()
    this.count++
    // No holes: the list stays one.
    this.ranges.push(undefined)
    this.content[term] = content.number
    this.first[term + 1] = start + args.length
    this.parent[term] = term
    this.cause[term] = NONE
    this.towards[term] = NONE
    this.next[term] = NONE
    this.head[term] = term
    this.tail[term] = term
    this.kinds[term] = KIND_BITS[content.node.kind]
    this.weight[term] = 1
    this.firstUse[term] = NONE
    this.lastUse[term] = NONE
    for (let k = 0; k < args.length; k++) {
      const use = start + k
      const c = this.classOf(args[k])
      this.args[use] = args[k]
      this.owner[use] = term
      this.nextUse[use] = NONE
      if (this.firstUse[c] === NONE) this.firstUse[c] = use
      else this.nextUse[this.lastUse[c]] = use
      this.lastUse[c] = use
      this.weight[c]++
    }
    if (listed) this.insert(term)
    else this.double[term] = 1
    this.changed.push(term)
    return term
  }

  private growTerms(): void {
    this.content = longer(this.content)
    this.first = longer(this.first)
    this.parent = longer(this.parent)
    this.cause = longer(this.cause)
    this.towards = longer(this.towards)
    this.next = longer(this.next)
    this.double = longer(this.double)
    this.head = longer(this.head)
    this.tail = longer(this.tail)
    this.kinds = longer(this.kinds)
    this.weight = longer(this.weight)
    this.firstUse = longer(this.firstUse)
    this.lastUse = longer(this.lastUse)
    this.narrow = longer(this.narrow)
    this.narrowAt = longer(this.narrowAt)
  }
  private growArgs(): void {
    this.args = longer(this.args)
    this.owner = longer(this.owner)
    this.nextUse = longer(this.nextUse)
  }

  private unite(left: TermId, right: TermId, equality: number): boolean {
    const [p, q] = [this.classOf(left), this.classOf(right)]
    if (p === q) return false
    const isLeft = this.weight[p] <= this.weight[q]
    const from = isLeft ? p : q
    const to = isLeft ? q : p
    const start = isLeft ? left : right
    this.turn(start)
    this.cause[start] = equality
    this.towards[start] = isLeft ? right : left
    this.parent[from] = to
    this.kinds[to] |= this.kinds[from]
    this.weight[to] += this.weight[from]
    this.next[this.tail[to]] = this.head[from]
    this.tail[to] = this.tail[from]
    if (this.firstUse[from] !== NONE) {
      this.dirty.push(this.firstUse[from], this.lastUse[from])
      if (this.firstUse[to] === NONE) this.firstUse[to] = this.firstUse[from]
      else this.nextUse[this.lastUse[to]] = this.firstUse[from]
      this.lastUse[to] = this.lastUse[from]
    }
    this.changed.push(to)
    return true
  }

  /** Makes the term the root of its tree of causes. */
  private turn(term: TermId): void {
    let previous = NONE
    let cause = NONE
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

  /** The terms that an equal term has in the place of those that were asked for. */
  private notice(wanted: readonly TermId[], found: TermId): void {
    const start = this.first[found]
    for (let k = 0; k < wanted.length; k++) {
      if (wanted[k] === this.args[start + k]) continue
      const meant = this.partnerOf(wanted[k], found, k)
      if (meant !== wanted[k]) this.substituted.push(wanted[k], meant)
    }
  }
  /** The arg of a term that is equal to another term; the one at this place where it is. */
  private partnerOf(arg: TermId, term: TermId, k: number): TermId {
    const start = this.first[term]
    const c = this.classOf(arg)
    if (this.classOf(this.args[start + k]) === c) return this.args[start + k]
    for (let i = start; i < this.first[term + 1]; i++) if (this.classOf(this.args[i]) === c) return this.args[i]
    return arg
  }
  /** The args of two terms that do the same to equal wires, in pairs of equal ones. */
  private pairs(a: TermId, b: TermId): Premises {
    const found: TermId[] = []
    for (let k = 0; k < this.arityOf(a); k++) {
      const arg = this.argOf(a, k)
      const partner = this.partnerOf(arg, b, k)
      if (partner !== arg) found.push(arg, partner)
    }
    return found
  }

  /**
   * Writes the key of a content on args (or on those of a term) into `key`: to which classes it is applied; where their order
   * is free, what is done to each, in ascending order. Gives the number of entries.
   */
  private keyOf(content: Content, args: readonly TermId[] | null, term: TermId, key: Int32Array): number {
    const start = args === null ? this.first[term] : 0
    const count = args === null ? this.first[term + 1] - start : args.length
    const { labels } = content
    if (labels === null) {
      for (let k = 0; k < count; k++) key[k] = this.classOf(args === null ? this.args[start + k] : args[k])
      return count
    }
    for (let k = 0; k < count; k++) {
      const c = this.classOf(args === null ? this.args[start + k] : args[k])
      const label = labels[k]
      // Few args: each is put in its place among those before it.
      let at = 2 * k
      for (; at > 0 && (key[at - 2] > c || (key[at - 2] === c && key[at - 1] > label)); at -= 2) {
        key[at] = key[at - 2]
        key[at + 1] = key[at - 1]
      }
      key[at] = c
      key[at + 1] = label
    }
    return 2 * count
  }
  private hashOf(head: number, key: Int32Array, length: number): number {
    let h = Math.imul(head ^ 0x811c9dc5, 0x85ebca6b)
    for (let k = 0; k < length; k++) {
      h = Math.imul(h ^ key[k], 0x01000193)
      h ^= h >>> 15
    }
    return Math.imul(h, 0xc2b2ae35) >>> 7
  }
  /** The first term with this content on equal args; negative where there is none. Keeps the hash for `insert`. */
  private lookUp(content: Content, args: readonly TermId[] | null, own: TermId = NONE): number {
    const count = args === null ? this.arityOf(own) : args.length
    if (2 * count > this.key.length) {
      this.key = new Int32Array(4 * count)
      this.other = new Int32Array(4 * count)
    }
    const { key, slots } = this
    this.keyLength = this.keyOf(content, args, own, key)
    this.hash = this.hashOf(content.head, key, this.keyLength)
    const mask = slots.length - 1
    for (let at = this.hash & mask; slots[at] !== 0; at = (at + 1) & mask)
      if (this.hasKey(slots[at] - 1, content)) return slots[at] - 1
    return NONE
  }
  /** Whether a term has the key that is looked up. */
  private hasKey(term: TermId, content: Content): boolean {
    const own = this.contentOf(term)
    if (own.head !== content.head) return false
    const { key, keyLength } = this
    const start = this.first[term]
    if (own.labels === null) {
      if (this.first[term + 1] - start !== keyLength) return false
      for (let k = 0; k < keyLength; k++) if (this.classOf(this.args[start + k]) !== key[k]) return false
      return true
    }
    if (2 * (this.first[term + 1] - start) !== keyLength) return false
    this.keyOf(own, null, term, this.other)
    for (let k = 0; k < keyLength; k++) if (this.other[k] !== key[k]) return false
    return true
  }
  /** Enters the term whose key has just been looked up. */
  private insert(term: TermId): void {
    if (2 * ++this.used > this.slots.length) {
      // Terms stand where they were before their args moved, too: only what is found today is kept.
      this.slots = new Int32Array(2 * this.slots.length)
      this.used = 1
      const { hash } = this
      for (let t = 0; t < this.count; t++) {
        if (t === term || this.double[t] === 1) continue
        const content = this.contentOf(t)
        this.put(t, this.hashOf(content.head, this.other, this.keyOf(content, null, t, this.other)))
        this.used++
      }
      this.hash = hash
    }
    this.put(term, this.hash)
  }
  private put(term: TermId, hash: number): void {
    const mask = this.slots.length - 1
    let at = hash & mask
    while (this.slots[at] !== 0) at = (at + 1) & mask
    this.slots[at] = term + 1
  }
}
