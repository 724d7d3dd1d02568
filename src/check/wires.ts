// The heart of the checker: the wires of both nets of a claim, and of every net between them, in one list that only grows,
// with what is shown about them. Three things are known of a wire: a set that holds its values, whether it has a value for
// every input of the domain, and which wire it has been shown to be equal to. Every step shows one more such equality.
import type { StatedGrounds, StatedLemma } from '../certificate/certificate.ts'
import { spellOut } from '../diagram/abbreviation.ts'
import { type Combination, combinationOf } from '../diagram/combination.ts'
import type { Diagram, Node } from '../diagram/diagram.ts'
import {
  analyseShared,
  componentwise,
  definednessObstacle,
  isDefinedOperator,
  nodeObstacle,
  nodeRange,
  type WireRange,
  whole,
} from '../diagram/ranges.ts'
import { shapeProblem } from '../diagram/shapes.ts'
import { type Means, sameOperator } from '../linear/equality.ts'
import { identity, type Linear, zeroMatrix } from '../linear/linear.ts'
import { type Shape, type Size, sameShape, sizeOf } from '../linear/size.ts'
import { monotonicity } from '../scalar/analysis.ts'
import { type Expression, size, substitute, unfold, variable, zero } from '../scalar/expression.ts'
import { replaceAll, strictParts } from '../scalar/proof.ts'
import { intersect, isSubset, POSITIVE, type Range, sameRange } from '../scalar/range.ts'
import { livingNodes } from '../semantics/contents.ts'
import { type Budget, reject } from './budget.ts'
import { poolOfPools, scaled } from './groups.ts'
import { joins, moves } from './moves.ts'
import { verifyScalarProof } from './scalar.ts'

/** An equality of two functions that has been verified on a domain. */
export type Lemma = Omit<StatedLemma, 'proof'>
/** The wires of which two wires are functions or combinations, sets that hold their values, and lemmas on those sets. */
export type Grounds = Omit<StatedGrounds, 'lemmas'> & { readonly lemmas: readonly Lemma[] }

/** The proof that says no more than that both sides are the same by arithmetic. */
const ARITHMETIC = { steps: [], end: { kind: 'equal', equations: [] } } as const

export class Wires {
  readonly nodes: Node[] = []
  private readonly ranges: WireRange[] = []
  private readonly defined: boolean[] = []
  private readonly equalTo: number[] = []
  /** How many ends the wires have: no way without circles passes by more. */
  private ends = 0

  /** Lemmas that the current step may use. */
  private lemmas: readonly Lemma[] = []
  private readonly means: Means

  constructor(private readonly budget: Budget) {
    const isZero = (e: Expression): boolean => {
      const numbers = this.lemmas.filter(l => l.domain.length === 0)
      const simpler = numbers.reduce((f, l) => replaceAll(f, unfold(l.left), unfold(l.right)), unfold(e))
      return verifyScalarProof(ARITHMETIC, simpler, zero, [], budget).accepted
    }
    this.means = { spend: steps => budget.spend(steps), isZero }
  }

  /** A new wire. It counts as defined when its node is, for all values that its args may have. */
  add(node: Node): number {
    this.budget.spend(1 + node.args.length)
    this.ends += 1 + node.args.length
    const shapes = node.args.map(a => this.nodes[a].shape)
    const problem = shapeProblem(node, shapes)
    if (problem !== null) reject(problem)
    const args = node.args.map(a => this.range(a))
    this.defined.push(node.args.every(a => this.isDefined(a)) && nodeObstacle(node, args) === null)
    this.ranges.push(nodeRange(node, args))
    this.equalTo.push(this.nodes.length)
    return this.nodes.push(node) - 1
  }

  /** The newest wire that this one has been shown to be equal to. */
  now(wire: number): number {
    let last = wire
    while (this.equalTo[last] !== last) last = this.equalTo[last]
    for (let w = wire; w !== last; ) {
      const next = this.equalTo[w]
      this.equalTo[w] = last
      w = next
    }
    return last
  }
  private args(wire: number): number[] {
    return this.nodes[wire].args.map(a => this.now(a))
  }
  private width(wire: number): Size {
    return this.nodes[wire].shape.at(-1) as Size
  }
  range(wire: number): WireRange {
    return this.ranges[this.now(wire)]
  }
  isDefined(wire: number): boolean {
    return this.defined[this.now(wire)]
  }

  /** The wires on the way to the outputs of a net that is shown to be defined on its whole domain. */
  define(net: Diagram): void {
    const obstacle = definednessObstacle(net)
    if (obstacle !== null) reject(`${obstacle.operation} at n${obstacle.node.id} may be undefined`)
    for (const { id } of livingNodes(net)) this.defined[id] = true
  }

  /** A wire of a net that is known to be defined here. */
  assume(node: Node): number {
    const wire = this.add(node)
    this.defined[wire] = true
    return wire
  }

  /** Whether a wire, as a function of others where that says more, is shown to have all values in a set. */
  lies(wire: number, over: readonly number[], within: Range): boolean {
    if (this.range(wire).every(r => isSubset(r, within))) return true
    const sources = over.map(w => this.now(w))
    const [fn] = this.asFunction(this.now(wire), sources)
    const ranges = componentwise(sources.map(w => this.range(w)))
    return [...ranges].every(domain => isSubset(analyseShared(fn, domain).range, within))
  }

  /** From now on `wire` is `other`. It has been shown that the two are equal, and that `other` is defined where `wire` is. */
  identify(wire: number, other: number): void {
    const [from, to] = [this.now(wire), this.now(other)]
    if (from === to) return
    const [a, b] = [this.ranges[from], this.ranges[to]]
    if (a.length === b.length)
      this.ranges[to] = b.map((r, i) => (sameRange(r, a[i]) ? r : isSubset(a[i], r) ? a[i] : intersect(r, a[i])))
    this.equalTo[from] = to
    this.defined[to] = true
  }

  /** Shows that `wire` is `other`, in the way that is named, and that `other` is defined; then they are identified. */
  equate(wire: number, other: number, by: string, grounds: Grounds): void {
    const [a, b] = [this.now(wire), this.now(other)]
    if (!this.defined[a]) reject(`n${wire} is not shown to have a value`)
    if (!sameShape(this.nodes[a].shape, this.nodes[b].shape)) reject('the two wires have different shapes')
    const over = grounds.over.map(w => this.now(w))
    this.lemmas = grounds.lemmas
    for (const [i, range] of grounds.ranges.entries()) {
      if (i >= over.length || !this.range(over[i]).every(r => isSubset(r, range)))
        reject('a wire may have values outside of the set that is stated')
    }
    if (by === 'function') this.sameFunction(a, b, { ...grounds, over })
    else if (by === 'linear') this.sameCombination(a, b, over)
    else if (by === 'definition') this.congruent(this.spelledOut(a), b)
    else if (by === 'identity') this.isIdentity(a, b)
    else if (by === 'monotone') this.commutes(a, b)
    else if (by === 'congruence') this.congruent(a, b)
    else if (by === 'monomial') moves(this, a, b, grounds.lemmas, this.budget)
    else if (by === 'join') joins(this, a, b)
    else if (by === 'pool') poolOfPools(this, a, b)
    else if (by === 'multiple') scaled(this, a, b)
    // A wire keeps its own node when it has become another one: a copy of that is equal to both.
    else if (by === 'copy') this.sameOperation(wire, other, this.args(wire), this.args(other))
    else if (by !== 'assumption') reject(`there is no way ${by} to show that wires are equal`)
    this.identify(a, b)
  }

  /** A value for a wire from those of its args, down to wires whose values are given; the nodes looked at, args first. */
  private compute<V>(root: number, given: Map<number, V | null>, of: (wire: number, args: V[]) => V): [V, number[]] {
    const order: number[] = []
    const stack = [root]
    for (let w = stack.at(-1); w !== undefined; w = stack.at(-1)) {
      this.budget.spend(1)
      const args = this.args(w)
      const missing = given.get(w) == null ? args.filter(a => given.get(a) == null) : []
      if (missing.length > 0) {
        if (given.has(w)) reject('wires go in circles')
        given.set(w, null)
        stack.push(...missing)
        continue
      }
      stack.pop()
      if (given.get(w) != null) continue
      const values = args.map(a => given.get(a) as V)
      given.set(w, of(w, values))
      order.push(w)
    }
    return [given.get(root) as V, order]
  }

  /** The pointwise function that a wire is of others. */
  asFunction(root: number, over: readonly number[]): [Expression, number[]] {
    return this.compute<Expression>(root, new Map(over.map((w, i) => [w, variable(i)])), (w, args) => {
      const node = this.nodes[w]
      if (node.kind !== 'pointwise') return reject(`n${w} is not a function of the wires that are named`)
      return args.every((a, i) => a === variable(i)) ? node.fn : substitute(node.fn, i => args[i])
    })
  }

  private sameFunction(a: number, b: number, { over, ranges, lemmas }: Grounds): void {
    for (const w of over) {
      if (!this.defined[w]) reject(`n${w} is not shown to have a value`)
      // A wire without components has no value, whatever set holds its values.
      if (!sameShape(this.nodes[w].shape, this.nodes[a].shape)) reject(`n${w} has another shape`)
    }
    let [current] = this.asFunction(a, over)
    const [after, order] = this.asFunction(b, over)
    for (const { left, right, domain } of lemmas) {
      const holds = domain.length === ranges.length && ranges.every((r, i) => isSubset(r, domain[i]))
      if (!holds) reject('a lemma does not speak of these values')
      this.budget.spend(5 * size(current))
      current = replaceAll(unfold(current), unfold(left), unfold(right))
    }
    if (current !== after && unfold(current) !== unfold(after)) reject('the two are different functions')
    // The function as a whole is defined; so is a node that computes part of it, where the function evaluates that part
    // whatever branches are taken. Every other node has to be defined by itself.
    if (order.every(w => this.defined[w])) return
    const strict = new Set([b])
    for (const w of order.toReversed()) {
      if (!strict.has(w) && !this.defined[w]) reject(`n${w} may be undefined where the function does not need it`)
      const node = this.nodes[w]
      const evaluated = new Set(strict.has(w) && node.kind === 'pointwise' ? strictParts(node.fn) : [])
      for (const [i, arg] of this.args(w).entries()) if (evaluated.has(variable(i))) strict.add(arg)
    }
    for (const w of order) this.defined[w] = true
  }

  private sameCombination(a: number, b: number, over: readonly number[]): void {
    for (const w of over) if (!this.defined[w]) reject(`n${w} is not shown to have a value`)
    const of = (root: number): Combination => {
      const given = over.map(w => [w, { terms: new Map([[w, identity(this.width(w))]]), bias: null }] as const)
      const [value] = this.compute<Combination>(root, new Map(given), (w, args) => {
        const shapes = this.nodes[w].args.map(arg => this.nodes[arg].shape)
        const value = this.defined[w] ? combinationOf(this.nodes[w], args, shapes) : null
        return value ?? reject(`n${w} is not a linear combination of the wires that are named`)
      })
      return value
    }
    const [u, v] = [of(a), of(b)]
    for (const w of new Set([...u.terms.keys(), ...v.terms.keys()]))
      if (!this.same(u.terms.get(w), v.terms.get(w), this.width(a), this.width(w)))
        reject(`the operators on n${w} differ`)
    if (!this.same(u.bias, v.bias, this.width(a), sizeOf(1))) reject('the biases differ')
  }
  private same(a: Linear | null | undefined, b: Linear | null | undefined, rows: Size, columns: Size): boolean {
    const none = zeroMatrix(rows, columns)
    // Terms that cancel leave nothing of their factors: (1/0) * zero is not zero.
    if (![a ?? none, b ?? none].every(isDefinedOperator)) return false
    return sameOperator(a ?? none, b ?? none, this.means)
  }

  /** Shows that two wires are equal because they do the same to wires that are; what they do it to is shown so, too. */
  congruent(a: number, b: number): void {
    const stack = [{ a, b, entered: false }]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      this.budget.spend(1)
      const [u, v] = [this.now(top.a), this.now(top.b)]
      const [p, q] = [this.args(u), this.args(v)]
      // Args that are not the same already are taken in order: those of a sum may stand in another one.
      const [mine, others] = [p.filter(w => !q.includes(w)), q.filter(w => !p.includes(w))]
      if (u !== v && !top.entered && p.length === q.length && others.length > 0) {
        top.entered = true
        if (stack.length > this.ends) reject('wires go in circles')
        stack.push(...mine.map((w, i) => ({ a: w, b: others[i], entered: false })))
        continue
      }
      stack.pop()
      if (u === v) continue
      if (!this.defined[u]) reject(`n${u} is not shown to have a value`)
      if (!sameShape(this.nodes[u].shape, this.nodes[v].shape)) reject('the two wires have different shapes')
      this.sameOperation(u, v, p, q)
      this.identify(u, v)
    }
  }

  private sameOperation(a: number, b: number, p: readonly number[], q: readonly number[]): void {
    const [m, n] = [this.nodes[a], this.nodes[b]]
    const over = [...new Set([...p, ...q])]
    const isLinear = [m, n].every(node => node.kind === 'additive' || node.kind === 'constant')
    if (isLinear)
      this.sameCombination(
        a,
        b,
        over.filter(w => this.nodes[w].kind !== 'constant'),
      )
    else if (m.kind === 'pointwise' && n.kind === 'pointwise') this.sameFunction(a, b, { over, ranges: [], lemmas: [] })
    else {
      const plain = (node: Node): readonly unknown[] => {
        if (node.kind === 'reduce') return [node.operation, node.group]
        if (node.kind === 'slice') return [node.start, node.end]
        if (node.kind === 'mix') return [unfold(node.fn), unfold(node.inverse)]
        return ['join', 'softmax', 'logsoftmax', 'multiplicative'].includes(node.kind) ? [] : [node]
      }
      const s = [m.kind, ...p, ...plain(m)]
      const t = [n.kind, ...q, ...plain(n)]
      const width = this.width(a)
      const hasSame =
        s.length === t.length &&
        s.every((x, i) => x === t[i]) &&
        (!('operator' in m && 'operator' in n) || this.same(m.operator, n.operator, width, m.operator.columns)) &&
        (!('bias' in m && 'bias' in n) || this.same(m.bias, n.bias, width, sizeOf(1)))
      if (!hasSame) reject(`n${a} and n${b} do different things`)
    }
  }

  /** The wires of which an operation is an abbreviation; they have values where it has one. */
  private spelledOut(a: number): number {
    const node = this.nodes[a]
    const [x] = this.args(a)
    if (node.kind === 'multiplicative' && !this.range(x).every(r => isSubset(r, POSITIVE)))
      reject(`n${x} is not shown to be positive`)
    const inner: Shape = x === undefined ? node.shape : this.nodes[x].shape
    const root = spellOut(node, x, inner, (content, ...args) => {
      return this.assume({ ...content, args, id: this.nodes.length } as unknown as Node)
    })
    return root ?? reject(`a node of kind ${node.kind} stands for no others`)
  }

  /** mul[I] x = x, for every real x. */
  private isIdentity(a: number, b: number): void {
    const node = this.nodes[a]
    if (node.kind !== 'multiplicative' || this.args(a)[0] !== b) reject(`n${a} is not a layer on n${b}`)
    const isOne = sameOperator(node.operator, identity(this.width(a)), this.means)
    if (!isOne || !this.same(node.bias, null, this.width(a), sizeOf(1))) reject(`n${a} is not the identity`)
  }

  /** max of f(x) = f of max x for an increasing f; a decreasing f turns max into min. */
  private commutes(a: number, b: number): void {
    const [outer, g] = [this.nodes[a], this.nodes[b]]
    const [f, inner] = [this.nodes[this.args(a)[0]], this.nodes[this.args(b)[0]]]
    if (outer.kind !== 'reduce' || f?.kind !== 'pointwise' || g.kind !== 'pointwise' || inner?.kind !== 'reduce')
      reject('not a function on both sides of a maximum or minimum')
    const x = this.now(f.args[0])
    const same = f.args.length === 1 && g.args.length === 1 && unfold(f.fn) === unfold(g.fn)
    if (!same || x !== this.now(inner.args[0]) || outer.group !== inner.group)
      reject('not the same function of the same wire')
    const domain = [whole(this.range(x))]
    const direction = analyseShared(f.fn, domain).defined ? monotonicity(f.fn, 0, domain) : null
    const needed = outer.operation === inner.operation ? 'increasing' : 'decreasing'
    if (direction !== needed && direction !== 'constant') reject(`the function is not shown to be ${needed}`)
    this.defined[this.args(b)[0]] = true
  }
}
