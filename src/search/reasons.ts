// Why terms of an e-graph are equal: which rule found it, at which terms, and on which other equalities that rests. Most of
// what is found is never asked for again, so it stands in arrays of integers until it is.
import type { Range } from '../scalar/range.ts'
import type { TermId } from './egraph.ts'

/** The name of a rule, and how the checker sees that it holds: one of its ways, or a rule of a user. */
export interface Why {
  readonly rule: string
  readonly title: string
  readonly by: string
}

/** Two terms that are equal, and why. Terms and classes are as they were when this was found. */
export interface Equality extends Why {
  readonly left: TermId
  readonly right: TermId
  /** The terms below `left` (below `right`) that have to be looked through, each after those below it. */
  readonly inner: readonly TermId[]
  readonly made: readonly TermId[]
  /** The terms at which looking stops: both sides are the same of these. */
  readonly over: readonly TermId[]
  /** Pairs of terms whose equality this one rests on, one after the other. */
  readonly premises: Premises
  /** The sets in which the values of `over` lie, as far as the equality needs them; null where it needs none. */
  readonly domain: readonly Range[] | null
  /** What a rule of a user was instantiated with; its wires are `wires`. */
  readonly instance: unknown
  readonly wires: readonly TermId[]
}
export type Premises = readonly TermId[]

/** What is said of an equality that a rule has found; the premises follow from it. */
export interface Reason {
  readonly inner?: readonly TermId[]
  readonly made?: readonly TermId[]
  readonly over: readonly TermId[]
  readonly domain?: readonly Range[]
  readonly instance?: unknown
  readonly wires?: readonly TermId[]
}

export const NO_TERMS: readonly TermId[] = []
/** Numbers of an equality: left, right, why, where its lists begin, and what else is known of it. */
const ROW = 5

export class Reasons {
  private rows = new Int32Array(ROW * 256)
  private count = 0
  /** Lists, each with its length before it. */
  private lists = new Int32Array(1024)
  private end = 0
  private readonly whys: Why[] = []
  private readonly numbers = new Map<Why, number>()
  /** Sets, and instances of rules of users; equalities that follow from the same share them. */
  private readonly details: (readonly Range[] | object)[] = []
  private readonly detailNumbers = new Map<object, number>()

  get size(): number {
    return this.count
  }
  get bytes(): number {
    return 4 * this.rows.length + 4 * this.lists.length + 200 * this.details.length
  }

  add(left: TermId, right: TermId, why: Why, reason: Reason, premises: Premises): number {
    const { inner = NO_TERMS, made = NO_TERMS, over, domain, instance, wires = NO_TERMS } = reason
    const start = ROW * this.count
    if (start + ROW > this.rows.length) {
      const old = this.rows
      this.rows = new Int32Array(2 * old.length)
      this.rows.set(old)
    }
    this.rows[start] = left
    this.rows[start + 1] = right
    this.rows[start + 2] = this.numberOf(why)
    this.rows[start + 3] = this.end
    this.rows[start + 4] = this.detail(domain ?? (instance as object | undefined))
    this.push(premises)
    this.push(inner)
    this.push(made)
    this.push(over)
    this.push(wires)
    return this.count++
  }

  at(i: number): Equality {
    const start = ROW * i
    const why = this.whys[this.rows[start + 2]]
    const detailAt = this.rows[start + 4]
    const detail = detailAt < 0 ? null : this.details[detailAt]
    let at = this.rows[start + 3]
    const list = (): readonly TermId[] => {
      const from = at + 1
      at = from + this.lists[at]
      const found: TermId[] = []
      for (let k = from; k < at; k++) found.push(this.lists[k])
      return found.length === 0 ? NO_TERMS : found
    }
    const premises = list()
    const [inner, made, over, wires] = [list(), list(), list(), list()]
    return {
      rule: why.rule,
      title: why.title,
      by: why.by,
      left: this.rows[start],
      right: this.rows[start + 1],
      inner,
      made,
      over,
      premises,
      domain: Array.isArray(detail) ? detail : null,
      instance: Array.isArray(detail) ? null : detail,
      wires,
    }
  }

  pushPremises(i: number, onto: TermId[]): void {
    const at = this.rows[ROW * i + 3]
    for (let k = at + 1; k <= at + this.lists[at]; k++) onto.push(this.lists[k])
  }

  private push(list: readonly number[]): void {
    while (this.end + list.length + 1 > this.lists.length) {
      const old = this.lists
      this.lists = new Int32Array(2 * old.length)
      this.lists.set(old)
    }
    this.lists[this.end++] = list.length
    for (let k = 0; k < list.length; k++) this.lists[this.end++] = list[k]
  }
  private numberOf(why: Why): number {
    let found = this.numbers.get(why)
    if (found === undefined) {
      this.numbers.set(why, (found = this.whys.length))
      this.whys.push(why)
    }
    return found
  }
  private detail(detail: object | undefined): number {
    if (detail === undefined) return -1
    let found = this.detailNumbers.get(detail)
    if (found === undefined) {
      this.detailNumbers.set(detail, (found = this.details.length))
      this.details.push(detail)
    }
    return found
  }
}

/** Some equalities of an e-graph, in the order in which they were found. Each is put together when it is asked for. */
export class Equalities implements Iterable<Equality> {
  constructor(
    private readonly reasons: Reasons,
    private readonly numbers: Int32Array,
  ) {}

  get length(): number {
    return this.numbers.length
  }
  *[Symbol.iterator](): Iterator<Equality> {
    for (const number of this.numbers) yield this.reasons.at(number)
  }
}
