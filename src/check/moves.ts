// What passes through a function that acts on each component by itself: matrices that only move and scale components, and
// joins. A proof that is found by search needs these; rewriting does not.
import type { Node } from '../diagram/diagram.ts'
import { entriesOf, identity, type Linear } from '../linear/linear.ts'
import { sizeOf } from '../linear/size.ts'
import { call, type Expression, number, substitute, unfold, variable } from '../scalar/expression.ts'
import { replaceAll } from '../scalar/proof.ts'
import { isSubset } from '../scalar/range.ts'
import { ONE, type Rational } from '../scalar/rational.ts'
import { type Budget, reject } from './budget.ts'
import type { Lemma, Wires } from './wires.ts'

/** The column of the one entry of each row that is not 0, and that entry. */
type Moves = readonly (readonly [column: number, factor: Rational])[]

function movesOf(a: Linear, budget: Budget): Moves {
  if (a.kind === 'scale' && a.of.kind === 'identity' && a.factor.kind === 'number') {
    const { value } = a.factor
    return movesOf(a.of, budget).map(([column]) => [column, value])
  }
  const rows = entriesOf(a) ?? reject('a matrix is not known')
  budget.spend(rows.length * (rows[0]?.length ?? 0))
  return rows.map(row => {
    const places = row.flatMap((q, j) => (q.n === 0n ? [] : [j]))
    return places.length === 1 ? [places[0], row[places[0]]] : reject('a row has not one entry that is not 0')
  })
}

function operatorOf(node: Node): Linear {
  const isPlain = node.kind === 'additive' && node.args.length === 1 && node.bias === null
  return isPlain ? node.operators[0] : reject('not a layer of one matrix')
}

/** The function on a wire, and the wires that it is applied to, which are all of one kind. */
function applied(
  wires: Wires,
  wire: number,
  kind: Node['kind'],
): { outer: Node & { kind: 'pointwise' }; args: Node[] } {
  const outer = wires.nodes[wire]
  if (outer.kind !== 'pointwise' || outer.args.length === 0) return reject('not a function of wires')
  const args = outer.args.map(a => wires.nodes[wires.now(a)])
  return args.every(n => n.kind === kind) ? { outer, args } : reject(`not a function of wires of the kind ${kind}`)
}

/** Shows that a wire is the function of these wires, in order, and that it has a value. */
function isFunctionOf(wires: Wires, wire: number, fn: Expression, args: readonly number[]): void {
  const over = [...new Set(args.map(w => wires.now(w)))]
  const [found] = wires.asFunction(wires.now(wire), over)
  const meant = substitute(fn, v => variable(over.indexOf(wires.now(args[v]))))
  if (unfold(found) !== unfold(meant)) reject('not the same function of the same wires')
  if (!wires.isDefined(wire)) reject(`n${wire} is not shown to have a value`)
}

/**
 * Shows f(M x, M y, ...) = M' f(x, y, ...): in each row, M and M' have one entry that is not 0, in the same place. Where the
 * entries are m and m', f(m x, m y, ...) = m' f(x, y, ...) for all values of the wires is what lemmas show; for m = m' = 1 it
 * is so for every f, and then the matrix need not be known entry by entry: it selects, or repeats one component.
 */
export function moves(wires: Wires, a: number, b: number, lemmas: readonly Lemma[], budget: Budget): void {
  const { outer, args } = applied(wires, a, 'additive')
  // M' is the identity where b is the function itself.
  const isPlain = wires.nodes[b].kind === 'pointwise'
  const after = isPlain ? identity(outer.shape[outer.shape.length - 1]) : operatorOf(wires.nodes[b])
  const inner = isPlain ? b : wires.now(wires.nodes[b].args[0])
  const moved = args.map(n => n.args[0])
  isFunctionOf(wires, inner, outer.fn, moved)
  const before = args.map(operatorOf)
  const selects = after.kind === 'select' || (after.kind === 'ones' && after.columns === sizeOf(1))
  if (selects && before.every(m => m === after)) return
  const target = movesOf(after, budget)
  const shown = new Set<string>()
  for (const operator of before) {
    for (const [i, [column, m]] of movesOf(operator, budget).entries()) {
      const [place, factor] = target[i]
      const [first] = before
      const isAlike = operator === first || entriesOf(first)?.[i][column].equals(m)
      if (place !== column || !isAlike) reject('the matrices do not move components alike')
      const key = `${m.toFraction()} ${factor.toFraction()}`
      if ((m.equals(ONE) && factor.equals(ONE)) || shown.has(key)) continue
      const right = unfold(call('*', number(factor), outer.fn))
      let left = unfold(substitute(outer.fn, v => call('*', number(m), variable(v))))
      for (const lemma of lemmas) {
        const isWide = moved.every(
          (w, v) => v < lemma.domain.length && wires.range(w).every(r => isSubset(r, lemma.domain[v])),
        )
        if (!isWide) reject('a lemma does not speak of these values')
        left = replaceAll(left, unfold(lemma.left), unfold(lemma.right))
      }
      if (left !== right) reject(`the factor ${m.toFraction()} is not shown to pass through the function`)
      shown.add(key)
    }
  }
}

/** Shows f([a, b], [c, d]) = [f(a, c), f(b, d)]. */
export function joins(wires: Wires, a: number, b: number): void {
  const { outer, args } = applied(wires, a, 'join')
  const joined = wires.nodes[b]
  if (joined.kind !== 'join' || args.some(n => n.args.length !== joined.args.length))
    reject('not joins of as many wires')
  for (const [i, part] of joined.args.entries())
    isFunctionOf(
      wires,
      part,
      outer.fn,
      args.map(n => n.args[i]),
    )
  if (!wires.isDefined(b)) reject(`n${b} is not shown to have a value`)
}
