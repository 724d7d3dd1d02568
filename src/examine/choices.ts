// Values for the variables of a rule: sizes, numbers, matrices of a special kind, and functions that its conditions allow.
// What is left open is unknown, and gets its values where a counterexample is looked for.

import { diagonal, identity, type Linear, literal, scale, weight } from '../linear/linear.ts'
import { knownSize, type Size, sizeOf, substituteSize } from '../linear/size.ts'
import { randomPoint, specialPoints } from '../numeric/points.ts'
import type { Random } from '../numeric/random.ts'
import { type Choices, type PartStage, usualDomain } from '../prove/statement.ts'
import { hasProperty } from '../rewrite/functions.ts'
import {
  type NetVariable,
  type OperatorProperty,
  operatorsOfPattern,
  type Rule,
  stagesIn,
  variablesOf,
} from '../rewrite/rule.ts'
import { analyse, monotonicity } from '../scalar/analysis.ts'
import { call, type Expression, number, x0 } from '../scalar/expression.ts'
import { containsPoint, isSubset, type Range, REALS } from '../scalar/range.ts'
import { type Rational, rational } from '../scalar/rational.ts'
import { invertedSlots, sizeNamesOf, sizesFulfil } from './places.ts'

const LARGEST_SIZE = 6
/** Matrices with more entries, of which a rule gives the sizes, are not written out. */
const MOST_ENTRIES = 10_000
const ATTEMPTS = 64

const plus = (e: Expression, k: number): Expression => call('+', e, number(k))
const times = (k: number | Rational, e: Expression): Expression => call('*', number(k), e)

/** Functions of one argument in which rules go wrong: bent, stepped, not defined everywhere, with and without inverses. */
const FUNCTIONS: readonly Expression[] = [
  x0,
  times(2, x0),
  call('neg', x0),
  times(rational(1, 2), x0),
  plus(x0, 1),
  plus(times(3, x0), -2),
  call('-', number(1), x0),
  call('relu', x0),
  call('abs', x0),
  call('sign', x0),
  call('floor', x0),
  call('exp', x0),
  call('ln', x0),
  call('sqrt', x0),
  call('sinh', x0),
  call('asinh', x0),
  call('tanh', x0),
  call('atanh', x0),
  call('sigmoid', x0),
  call('softplus', x0),
  call('sin', x0),
  call('cos', x0),
  call('^', x0, number(2)),
  call('^', x0, number(3)),
  call('/', number(1), x0),
  call('exp', call('neg', x0)),
  call('max', x0, number(1)),
  call('neg', call('relu', x0)),
  call('cosh', x0),
  number(2),
]

/** Whether a function may stand for a variable of the rule. Matching asks again: this only leaves out what is hopeless. */
function mayStand(rule: Rule, slot: number, inverted: boolean, fn: Expression): boolean {
  const conditions = rule.conditions.filter(c => (c.kind === 'codomain' || c.kind === 'function') && c.slot === slot)
  const type = conditions.find(c => c.kind === 'codomain')
  if (type !== undefined && type.domain.length !== 1) return false
  const onOwnDomain =
    type === undefined &&
    rule.conditions.some(c => c.kind === 'wire' && 'domainOf' in c.within && c.within.domainOf === slot)
  const domain = type?.domain ?? [REALS]
  if (!onOwnDomain) {
    const { range, defined } = analyse(fn, domain)
    if (!defined || (type !== undefined && !isSubset(range, type.codomain))) return false
  }
  if (inverted && hasProperty(fn, 'invertible') !== true) return false
  return conditions.every(c => {
    if (c.kind !== 'function') return true
    const known = hasProperty(fn, c.property)
    if (known !== null) return known
    const own = onOwnDomain ? usualDomain(fn) : null
    const direction = onOwnDomain && own === null ? null : monotonicity(fn, 0, own === null ? domain : [own])
    return direction === c.property || direction === 'constant'
  })
}

/** In six rounds each of the sizes once; two sizes go in opposite directions, so that they are the same, and differ. */
function sizeInTurn(k: number, round: number): number {
  return 1 + (((k % 2 === 0 ? round : 5 * round + 2) + 2 * (k >> 1)) % LARGEST_SIZE)
}

/** Sizes from 1 to 6 that fulfil the conditions on them; those that `=` settles are left to it. */
function chooseSizes(rule: Rule, source: Random, round: number): ReadonlyMap<string, Size> | null {
  const names = sizeNamesOf(rule)
  const conditions = rule.conditions.filter(c => c.kind === 'size')
  const asked = new Set(conditions.flatMap(c => [...c.left.terms, ...c.right.terms].map(([name]) => name)))
  const settled = new Set<string>()
  for (const { relation, left } of conditions)
    if (relation === '=' && left.constant === 0 && left.terms.length === 1 && left.terms[0][1] === 1)
      settled.add(left.terms[0][0])
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    // What no condition speaks of has its turn whatever the others are.
    const sizeAt = (name: string, k: number): number =>
      attempt === 0 || !asked.has(name) ? sizeInTurn(k, round) : source.integer(1, LARGEST_SIZE)
    const sizes = new Map(names.filter(n => !settled.has(n)).map((n, k) => [n, sizeOf(sizeAt(n, k))] as const))
    if (conditions.every(c => sizesFulfil(c, sizes) !== false)) return sizes
  }
  return null
}

/** Numbers at which rules go wrong, alone and together: even and odd, whole and broken, of either sign. */
const NUMBERS: readonly Rational[] = [rational(1, 2), rational(2), rational(-1), rational(0), rational(1), rational(3)]

/** A number within a set: often one of its ends, or one at which functions bend. */
function chooseReal(within: Range, source: Random): Rational {
  const special = specialPoints(within, NUMBERS)
  const inside = special.filter(q => containsPoint(within, q))
  return inside.length > 0 && !source.oneIn(3) ? source.pick(inside) : randomPoint(within, source, [])
}
function setOfReal(rule: Rule, slot: number): Range {
  const c = rule.conditions.find(d => d.kind === 'real' && d.slot === slot)
  return c?.kind === 'real' ? c.within : REALS
}

/** The most pairs of special numbers that are tried. */
const MOST_PAIRS = 36
/**
 * Special values for the numbers of a rule that has several, the first two in every combination: `x^a * x^b` goes wrong at
 * a = b = 1/2, which values that are drawn one by one seldom meet.
 */
export function pairsOfReals(rule: Rule): ReadonlyMap<string, Expression>[] {
  const { reals } = rule.variables
  if (reals.length < 2) return []
  const values = reals.map((_, slot) => {
    const within = setOfReal(rule, slot)
    const ends = within.flatMap(i => [i.low, i.high]).filter(q => q !== null)
    const all = [...NUMBERS, ...ends].filter(q => containsPoint(within, q))
    return all.filter((q, i) => all.findIndex(r => r.equals(q)) === i)
  })
  if (values.some(v => v.length === 0)) return []
  const [first, second] = values
  return Array.from({ length: Math.min(MOST_PAIRS, first.length * second.length) }, (_, k) => {
    const turns = [k, Math.floor(k / first.length)]
    return new Map(
      reals.map(({ name }, slot) => [name, number(values[slot][(turns[slot] ?? k * slot) % values[slot].length])]),
    )
  })
}

/** A matrix of the kind that a condition asks for, in the place of the variable of this name. */
function chooseMatrix(
  name: string,
  property: OperatorProperty,
  rows: number,
  columns: number,
  source: Random,
): Linear | null {
  if (rows * columns > MOST_ENTRIES) return null
  if (property === 'integer')
    return literal(
      Array.from({ length: rows }, () => Array.from({ length: columns }, () => rational(source.integer(-2, 3)))),
    )
  if (rows !== columns) return null
  if (property === 'diagonal') {
    // Of a vector that is not known, too: right sides may speak of that vector.
    if (source.oneIn(2)) {
      const shape = { rows: sizeOf(rows), columns: sizeOf(1), vector: true }
      return diagonal(weight({ name: `${name}_diagonal`, ...shape, entries: REALS, value: null }))
    }
    const entries = Array.from({ length: rows }, () => rational(source.integer(-4, 6), 2))
    return literal(entries.map((q, i) => entries.map((_, j) => (i === j ? q : rational(0)))))
  }
  return scale(number(rational(source.integer(-4, 6), 2)), identity(sizeOf(rows)))
}

/** What of a rule has to be chosen before it can be written out as nets. */
interface Needed {
  readonly functions: ReadonlySet<number>
  readonly matrices: ReadonlyMap<number, OperatorProperty>
}
const SAID_OF_UNKNOWNS = new Set(['increasing', 'decreasing', 'odd', 'even'])

function neededChoices(rule: Rule): Needed {
  const functions = new Set(invertedSlots(rule))
  const matrices = new Map<number, OperatorProperty>()
  for (const [slot, f] of rule.variables.functions.entries()) if (f.variadic) functions.add(slot)
  for (const c of rule.conditions) {
    if (c.kind === 'operator') matrices.set(c.slot, c.property)
    if (c.kind === 'function' && !SAID_OF_UNKNOWNS.has(c.property)) functions.add(c.slot)
    if (c.kind === 'wire' && 'domainOf' in c.within) functions.add(c.within.domainOf)
  }
  return { functions, matrices }
}

/** Whether a rule can be written out with unknowns in the place of all its variables. */
export function needsChoices(rule: Rule): boolean {
  const { functions, matrices } = neededChoices(rule)
  const { groups, nets } = rule.variables
  return functions.size > 0 || matrices.size > 0 || groups.length > 0 || nets.length > 0
}

/**
 * Random values for the variables of a rule: always for those of which there is no unknown, and for others often, so that
 * also functions with steps and numbers at the ends of their sets are tried. In six rounds, one after the other, sizes are
 * each number from 1 to 6. null where nothing is known that fits.
 */
export function randomChoices(rule: Rule, source: Random, round = source.integer(0, LARGEST_SIZE - 1)): Choices | null {
  const needed = neededChoices(rule)
  const inverted = invertedSlots(rule)
  const sizes = chooseSizes(rule, source, round)
  if (sizes === null) return null
  const functions = new Map<string, Expression>()
  for (const [slot, { name, variadic }] of rule.variables.functions.entries()) {
    if (!needed.functions.has(slot) && source.oneIn(2)) continue
    const fitting = FUNCTIONS.filter(fn => mayStand(rule, slot, inverted.has(slot), fn))
    if (fitting.length > 0) functions.set(name, source.pick(fitting))
    else if (needed.functions.has(slot) || variadic) return null
  }
  const reals = new Map<string, Expression>()
  for (const [slot, { name }] of rule.variables.reals.entries())
    if (!source.oneIn(3)) reals.set(name, number(chooseReal(setOfReal(rule, slot), source)))
  const groups = new Map(rule.variables.groups.map(g => [g.name, source.integer(1, 3)]))
  const weights = new Map<string, Linear>()
  for (const o of stagesIn(rule.left).flatMap(operatorsOfPattern).flatMap(variablesOf)) {
    const property = needed.matrices.get(o.slot)
    if (property === undefined) continue
    const [rows, columns] = [o.rows, o.columns].map(s => knownSize(substituteSize(s, n => sizes.get(n))))
    if (rows === null || columns === null) return null
    const { name } = rule.variables.operators[o.slot]
    const matrix = chooseMatrix(name, property, rows, columns, source)
    if (matrix === null) return null
    weights.set(name, matrix)
  }
  const nets = new Map<string, readonly PartStage[]>()
  for (const variable of rule.variables.nets) {
    const net = chooseNet(variable, sizes, source)
    if (net === null) return null
    nets.set(variable.name, net)
  }
  return { weights, functions, reals, sizes, groups, nets }
}

/** A chain that stands for a part of a net: a layer, with functions around it that need not be defined everywhere. */
function chooseNet({ columns, rows, total }: NetVariable, sizes: Choices['sizes'], source: Random): PartStage[] | null {
  const [width, height] = [columns, rows].map(s => knownSize(substituteSize(s, n => sizes.get(n))))
  if (width === null || height === null || width * height > MOST_ENTRIES) return null
  const isFitting = (fn: Expression): boolean => !total || analyse(fn, [REALS]).defined
  const pick = (): PartStage[] => {
    const fitting = FUNCTIONS.filter(isFitting)
    return source.oneIn(2) ? [{ fn: source.pick(fitting) }] : []
  }
  const entries = Array.from({ length: height }, () =>
    Array.from({ length: width }, () => rational(source.integer(-2, 3))),
  )
  const layer: PartStage[] = width === height && source.oneIn(3) ? [] : [{ operator: literal(entries) }]
  const net = [...pick(), ...layer, ...pick()]
  return net.length > 0 ? net : [{ fn: call('relu', x0) }]
}
