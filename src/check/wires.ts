// The heart of the checker: the wires of both nets of a claim, and of every net between them, in one list that only grows,
// with what is shown about them. Three things are known of a wire: a set that holds its values, whether it has a value for
// every input of the domain, and which wire it has been shown to be equal to. Every step shows one more such equality.
import { reject, type StatedGrounds, type StatedLemma } from '../certificate/certificate.ts'
import { spellOut } from '../diagram/abbreviation.ts'
import { type Combination, combinationOf, unknownNumber } from '../diagram/combination.ts'
import { type Piece, pairs, piecesOf, standAlike, variablePiece } from '../diagram/components.ts'
import { type Diagram, type Node, operatorsOf, parametersOf } from '../diagram/diagram.ts'
import { type Pool, poolOf, SINGLE } from '../diagram/pool.ts'
import * as Ranges from '../diagram/ranges.ts'
import { shapeProblem } from '../diagram/shapes.ts'
import { identity, type Linear, zeroMatrix } from '../linear/linear.ts'
import { isAtLeast, type Shape, type Size, sameShape, sizeOf } from '../linear/size.ts'
import { type Expression, unfold } from '../scalar/expression.ts'
import { partsFirst, replaceAll, strictParts } from '../scalar/proof.ts'
import { intersect, isSubset, POSITIVE, type Range, sameRange } from '../scalar/range.ts'
import { spend } from '../scalar/work.ts'
import { livingNodes } from '../semantics/contents.ts'
import { sameOperator } from './operators.ts'

/** An equality of two functions, without definitions, that has been verified on a domain. */
export type Lemma = Omit<StatedLemma, 'proof'>
/** The wires of which two wires are functions or combinations, sets that hold their values, and lemmas on those sets. */
export type Grounds = Omit<StatedGrounds, 'lemmas'> & { readonly lemmas: readonly Lemma[] }

/** The expression without definitions, and with the left sides of lemmas replaced by the right ones. */
function rewritten(e: Expression, lemmas: readonly Lemma[]): Expression {
  return lemmas.reduce((f, { left, right }) => replaceAll(f, left, right), unfold(e))
}

export class Wires {
  readonly nodes: Node[] = []
  private readonly ranges: Ranges.WireRange[] = []
  private readonly defined: boolean[] = []
  private readonly equalTo: number[] = []
  /** Lemmas about numbers, for the factors of operators in the current step. */
  private numbers: readonly Lemma[] = []

  /** A new wire. It counts as defined when its node is, for all values that its args may have. */
  add(node: Node): number {
    spend(8 + node.args.length)
    const problem = shapeProblem(
      node,
      node.args.map(a => this.nodes[a].shape),
    )
    if (problem !== null) reject(problem)
    const args = node.args.map(a => this.range(a))
    this.defined.push(node.args.every(a => this.isDefined(a)) && Ranges.nodeObstacle(node, args) === null)
    this.ranges.push(Ranges.nodeRange(node, args))
    this.equalTo.push(this.nodes.length)
    return this.nodes.push(node) - 1
  }

  /** The newest wire that this one has been shown to be equal to. */
  now(wire: number): number {
    let last = wire
    for (const { equalTo } = this; equalTo[last] !== last; last = equalTo[last]) equalTo[last] = equalTo[equalTo[last]]
    return last
  }
  private args(wire: number): number[] {
    return this.nodes[wire].args.map(a => this.now(a))
  }
  private width(wire: number): Size {
    return this.nodes[wire].shape.at(-1) as Size
  }
  range(wire: number): Ranges.WireRange {
    return this.ranges[this.now(wire)]
  }
  private isDefined(wire: number): boolean {
    return this.defined[this.now(wire)]
  }
  /** Whether a wire is shown to have a value, of this shape, and in a set. */
  fits(wire: number, shape: Shape, set: Range): boolean {
    return this.isDefined(wire) && sameShape(this.nodes[wire].shape, shape) && this.isWithin(wire, set)
  }
  private isWithin(wire: number, set: Range): boolean {
    return this.range(wire).every(r => isSubset(r, set))
  }

  /** The wires on the way to the outputs of a net that is shown to be defined on its whole domain. */
  define(net: Diagram): void {
    const living = livingNodes(net)
    if (living.every(n => this.defined[n.id])) return
    const obstacle = Ranges.definednessObstacle(net)
    if (obstacle !== null) reject(`${obstacle.operation} at n${obstacle.node.id} may be undefined`)
    for (const { id } of living) this.defined[id] = true
  }
  /** That the values of wires are shown to be in sets, one for each of the first wires. */
  mustLie(wires: readonly number[], sets: readonly Range[]): void {
    const isIn = (set: Range, i: number): boolean => i < wires.length && this.isWithin(wires[i], set)
    if (!sets.every(isIn)) reject('a wire may have values outside of the set that is stated')
  }
  mustBeDefined(wires: Iterable<number>): void {
    for (const w of wires) if (!this.isDefined(w)) reject(`n${w} is not shown to have a value`)
  }

  /** From now on `wire` is `other`, in the sets of both. It is shown that the two are equal, and `other` defined where `wire` is. */
  identify(wire: number, other: number): void {
    const [from, to] = [this.now(wire), this.now(other)]
    if (from === to) return
    const [a, b] = [this.ranges[from], this.ranges[to]]
    const both = (p: Range, q: Range): Range => (sameRange(q, p) ? q : isSubset(p, q) ? p : intersect(q, p))
    if (a !== b) this.ranges[to] = (b.length === 1 ? a : b).map((_, i) => both(a[i % a.length], b[i % b.length]))
    this.equalTo[from] = to
    this.defined[to] = true
  }

  /** Shows that `wire` is `other`, in the way that is named, and that `other` is defined; then they are identified. */
  equate(wire: number, other: number, by: string, grounds: Grounds): void {
    const [a, b] = [this.now(wire), this.now(other)]
    if (!sameShape(this.nodes[a].shape, this.nodes[b].shape)) reject('the two wires have different shapes')
    const over = grounds.over.map(w => this.now(w))
    this.numbers = grounds.lemmas.filter(l => l.domain.length === 0)
    if (by === 'function') this.sameFunction(a, b, { ...grounds, over })
    else if (by === 'linear') this.sameCombination(a, b, over)
    else if (by === 'pool') this.samePool(a, b, over)
    // Wires keep their own nodes when they have become others.
    else if (by === 'congruence') this.does(this.nodes[wire], this.args(wire), other)
    else if (by !== 'assumption') reject(`there is no way ${by} to show that wires are equal`)
    this.identify(a, b)
  }

  /** Makes the wires that an operation abbreviates, which have values where it has one, and shows that it is the last. */
  spellOut(wire: number): void {
    const a = this.now(wire)
    const node = this.nodes[a]
    const [x] = this.args(a)
    if (node.kind === 'multiplicative' && !this.isWithin(x, POSITIVE)) reject(`n${x} is not shown to be positive`)
    const root = spellOut(node, x, this.nodes[x]?.shape ?? node.shape, content => {
      const made = this.add({ id: this.nodes.length, ...content })
      this.defined[made] = true
      return made
    })
    this.identify(a, root ?? reject(`a node of kind ${node.kind} stands for no others`))
  }

  /** What wires and all before them are, down to the wires `over`, which are units. */
  private compute<V>(
    roots: readonly number[],
    over: readonly number[],
    unit: (wire: number, v: number) => V,
    of: (node: Node, args: V[]) => V | null,
  ): Map<number, V> {
    const values = new Map(over.map((w, v) => [w, unit(w, v)]))
    for (const w of partsFirst(roots, part => (values.has(part) ? [] : this.args(part)))) {
      if (values.has(w)) continue
      const args = this.args(w).map(a => values.get(a) ?? reject('wires go in circles'))
      values.set(w, of(this.nodes[w], args) ?? reject(`n${w} is not a function of the wires that are named`))
    }
    return values
  }

  /** Wires as functions of the components of others; the pieces of every wire that was looked through. */
  pieces(root: number, over: readonly number[]): ReadonlyMap<number, readonly Piece[]> {
    return this.compute<readonly Piece[]>([root], over, (w, v) => [variablePiece(v, this.width(w))], piecesOf)
  }

  private sameFunction(a: number, b: number, { over, ranges, lemmas }: Grounds): void {
    this.mustBeDefined(over)
    // A wire without components has no value, whatever set holds its values.
    for (const { id, shape } of over.map(w => this.nodes[w]))
      if (!sameShape(shape, this.nodes[a].shape) && !shape.every(s => isAtLeast(s, 1))) reject(`n${id} may be empty`)
    const isAbout = (domain: readonly Range[]): boolean => ranges.every((r, i) => isSubset(r, domain[i]))
    if (!lemmas.every(({ domain }) => domain.length === ranges.length && isAbout(domain)))
      reject('a lemma does not speak of these values')
    const values = this.pieces(b, over)
    const [before, after] = [this.pieces(a, over).get(a), values.get(b)] as readonly (readonly Piece[])[]
    const isSame = (p: Piece, q: Piece): boolean =>
      standAlike(p, q) && (p.fn === q.fn || rewritten(p.fn, lemmas) === unfold(q.fn))
    if (!pairs(before, after)?.every(([p, q]) => isSame(p, q))) reject('the two are different functions')
    // The function as a whole is defined; so is a wire whose components are parts of it that it evaluates, whatever branches
    // are taken. Every other wire has to be defined by itself.
    const isEvaluated = (p: Piece): boolean => after.some(q => standAlike(p, q) && strictParts(q.fn).includes(p.fn))
    for (const [w, pieces] of values)
      if (!this.defined[w] && !pieces.every(isEvaluated))
        reject(`n${w} may be undefined where the function does not need it`)
    for (const w of values.keys()) this.defined[w] = true
  }

  private sameCombination(a: number, b: number, over: readonly number[]): void {
    const numbers = new Map(over.map(w => [w, unknownNumber(Ranges.whole(this.range(w)))]))
    const numberOf = (w: number): Expression => numbers.get(w) ?? reject(`n${w} is not named`)
    const shapes = (node: Node): Shape[] => node.args.map(arg => this.nodes[arg].shape)
    const unit = (w: number): Combination => ({ terms: new Map([[w, identity(this.width(w))]]), bias: null })
    const of = (n: Node, args: Combination[]): Combination | null => combinationOf(n, args, shapes(n), numberOf)
    const values = this.compute([a, b], over, unit, of)
    this.mustBeDefined(values.keys())
    const [u, v] = [a, b].map(w => values.get(w) as Combination)
    for (const w of new Set([...u.terms.keys(), ...v.terms.keys()])) {
      const none = zeroMatrix(this.width(a), this.width(w))
      if (!this.same(u.terms.get(w) ?? none, v.terms.get(w) ?? none)) reject(`the operators on n${w} differ`)
    }
    const none = zeroMatrix(this.width(a), sizeOf(1))
    if (!this.same(u.bias ?? none, v.bias ?? none)) reject('the biases differ')
  }
  private same(a: Linear, b: Linear): boolean {
    // Terms that cancel leave nothing of their factors: (1/0) * zero is not zero.
    const areDefined = Ranges.isDefinedOperator(a) && Ranges.isDefinedOperator(b)
    return areDefined && sameOperator(a, b, factor => rewritten(factor, this.numbers))
  }

  /** Shows that a wire is what a node, which has a value, makes of these wires; so it has a value, too. */
  does(node: Node, args: readonly number[], wire: number): void {
    const n = this.nodes[wire]
    const said = (m: Node, of: readonly number[]): readonly unknown[] => [m.kind, ...of, ...parametersOf(m)]
    const [s, t] = [said(node, args), said(n, this.args(wire))]
    const zeros = zeroMatrix(this.width(wire), sizeOf(1))
    const [a, b] = [node, n].map(m => ('bias' in m && m.bias === null ? [...operatorsOf(m), zeros] : operatorsOf(m)))
    const isAlike = sameShape(node.shape, n.shape) && s.length === t.length && s.every((x, i) => x === t[i])
    const areSame = a.length === b.length && a.every((operator, i) => this.same(operator, b[i]))
    if (!isAlike || !areSame) reject(`n${wire} is something else`)
    this.defined[wire] = true
  }

  /** Both are the largest or least of groups of the same function of one wire: increasing functions keep these. */
  private samePool(a: number, b: number, over: readonly number[]): void {
    const of = (n: Node, [arg]: Pool[]): Pool | null => poolOf(n, arg, Ranges.whole(this.range(n.args[0])))
    const values = this.compute([a, b], over, () => SINGLE, of)
    this.mustBeDefined(values.keys())
    const [p, q] = [a, b].map(w => values.get(w) as Pool)
    const isSame = p.operation === q.operation && p.group === q.group && unfold(p.fn) === unfold(q.fn)
    if (!isSame || over.length !== 1) reject('not the same groups of the same function of a wire')
  }
}
