// Measures of nets under which rules go down: if every rule of a set does, whatever order they are used in, they come to an
// end. A net is measured as if every wire were computed anew for each of its users, so that shared wires need no care.
//
// A stage with the args v1, v2, ... has the measure factor * (v1 + v2 + ...) + weight. So each side of a rule is a sum of
// its wires and of what its unknown functions weigh, and one side is compared with the other term by term.

import { isLinear } from '../rewrite/functions.ts'
import { functionsNamed, type Measure, type StageKind } from '../rewrite/measures.ts'
import {
  type FunctionPattern,
  type FunctionTemplate,
  type Pattern,
  type Rule,
  stagesBefore,
  stagesIn,
  type Template,
} from '../rewrite/rule.ts'
import { type Expression, postorder, printExpression } from '../scalar/expression.ts'

/** A sum of wires, of what unknown functions weigh, and of a number. */
interface Value {
  readonly constant: number
  /** `w0` for wires, `f0` for functions, `i0` for inverses of functions: their factors. */
  readonly terms: ReadonlyMap<string, number>
}
const UNBOUNDED: Value = { constant: Infinity, terms: new Map() }

function total(values: readonly Value[], factor: number, add: Value): Value {
  const terms = new Map(add.terms)
  let { constant } = add
  for (const v of values) {
    constant += factor * v.constant
    for (const [name, k] of v.terms) terms.set(name, (terms.get(name) ?? 0) + factor * k)
  }
  return { constant, terms }
}
const just = (constant: number): Value => ({ constant, terms: new Map() })
const term = (name: string): Value => ({ constant: 0, terms: new Map([[name, 1]]) })

function unknownWeight(m: Measure, name: string): Value {
  return m.unknown === 'own' ? term(name) : just(m.unknown)
}

/** A formula with open numbers may be linear for some of them: it weighs as much as itself, unless it weighs nothing. */
function formula(m: Measure, fn: Expression): Value {
  const weight = m.weight('pointwise', fn)
  const isOpen = postorder(fn).some(e => e.kind === 'apply' && e.args.length === 0 && e.fn.definition === null)
  return isOpen && weight > 0 && m.unknown === 'own' && m.reads === 'nothing'
    ? term(`e${printExpression(fn)}`)
    : just(weight)
}

function patternFunction(m: Measure, p: FunctionPattern): Value {
  switch (p.kind) {
    case 'exact':
    case 'form':
      return formula(m, p.fn)
    case 'variable':
      return unknownWeight(m, `f${p.slot}`)
    case 'inverse':
      return unknownWeight(m, `i${p.slot}`)
  }
}
const known = (fn: { readonly kind: string; readonly fn?: Expression }): Expression | null => fn.fn ?? null

function ofPattern(m: Measure, p: Pattern): Value {
  if (p.kind === 'wire') return term(`w${p.slot}`)
  if (p.kind === 'pointwise') {
    const args = p.args.map(a => ofPattern(m, a))
    return total(args, m.factor('pointwise', known(p.fn)), patternFunction(m, p.fn))
  }
  const before = stagesBefore(p).map(a => ofPattern(m, a))
  if (p.kind === 'net') return ofNet(p.slot, before[0])
  return total(before, m.factor(p.kind, null), stageWeight(m, p))
}

/** A part of a net weighs what it weighs: as much as itself on what weighs as much. */
function ofNet(slot: number, { constant, terms }: Value): Value {
  return term(`n${slot}(${constant} ${[...terms].sort().join()})`)
}

/** What a stage that is no function weighs; mixing is as much as the two functions that it mixes with. */
function stageWeight(m: Measure, p: { readonly kind: StageKind; readonly slot?: number }): Value {
  const own = just(m.weight(p.kind, null))
  if (p.kind !== 'mix') return own
  return total([unknownWeight(m, `f${p.slot}`), unknownWeight(m, `i${p.slot}`)], 1, own)
}

/** At most what a computed function weighs. */
function templateFunction(m: Measure, t: FunctionTemplate): Value {
  switch (t.kind) {
    case 'exact':
      return formula(m, t.fn)
    case 'variable':
      return unknownWeight(m, `f${t.slot}`)
    case 'inverse':
      return t.of.kind === 'variable' ? unknownWeight(m, `i${t.of.slot}`) : UNBOUNDED
    case 'compose':
      if (m.composition === 'unknown') return UNBOUNDED
      if (m.composition === 'one') return just(m.weight('pointwise', null))
      return total([templateFunction(m, t.outer), templateFunction(m, t.inner)], 1, just(0))
    case 'normal':
    case 'outer':
    case 'first':
      // A function with its affine part taken away, or written otherwise, is linear where it was.
      return m.composition === 'unknown' ? UNBOUNDED : templateFunction(m, t.of)
    case 'inner':
    case 'last':
      // Affine functions.
      return m.composition === 'unknown' ? UNBOUNDED : just(m.composition === 'one' ? m.weight('pointwise', null) : 0)
  }
}

/** Whether a layer beside a stage takes it in at once: see `ordering.ts`. */
function isTakenIn(t: Template, behind: Template | null): boolean {
  if (t.kind !== 'pointwise') return false
  if (t.fn.kind === 'inner') return t.args[0].kind === 'additive'
  return t.fn.kind === 'last' && behind?.kind === 'additive'
}

/** What a right side weighs; `takingIn`: without the stages that layers take in. `behind` is the stage that comes next. */
function ofTemplate(m: Measure, t: Template, takingIn: boolean, behind: Template | null = null): Value {
  const before = (a: Template): Value => ofTemplate(m, a, takingIn, t)
  switch (t.kind) {
    case 'wire':
      return term(`w${t.slot}`)
    case 'constant':
      return just(m.weight('constant', null))
    case 'pointwise': {
      const args = t.args.map(before)
      if (takingIn && isTakenIn(t, behind)) return total(args, 1, just(0))
      return total(args, m.factor('pointwise', known(t.fn)), templateFunction(m, t.fn))
    }
    case 'linear':
      // A layer takes in the linear function that stands before it: see `Builder.behind`.
      if (behind?.kind === 'additive') return before(t.arg)
      return total([before(t.arg)], m.factor('additive', null), just(m.weight('additive', null)))
    case 'elementwise':
      return total(
        [before(t.arg)],
        m.factor('pointwise', null),
        just(m.composition === 'one' ? m.weight('pointwise', null) : 0),
      )
    case 'parts':
      return UNBOUNDED
    case 'net':
      return ofNet(t.slot, before(t.arg))
    default:
      return total(stagesBefore(t).map(before), m.factor(t.kind, null), stageWeight(m, t))
  }
}

/**
 * Whether a rule says enough of its functions. A measure that goes by names in a formula and gives the stage of such a
 * function another factor needs to know every function; lengths need every formula, and a form is matched by its meaning.
 */
function isClear(m: Measure, rule: Rule): boolean {
  if (m.reads === 'nothing') return true
  const forms = stagesIn(rule.left).some(p => p.kind === 'pointwise' && p.fn.kind === 'form')
  // What the right side makes of functions is not known by name.
  const isSaid = stagesIn(rule.right).every(t => t.kind !== 'pointwise' || t.fn.kind === 'exact')
  if (!isSaid) return false
  if (m.reads === 'formulas') return !forms
  return rule.variables.functions.every((_, slot) => !isUsed(rule, slot))
}
function isUsed(rule: Rule, slot: number): boolean {
  return stagesIn(rule.left).some(
    p =>
      (p.kind === 'mix' && p.slot === slot) ||
      (p.kind === 'pointwise' && (p.fn.kind === 'variable' || p.fn.kind === 'inverse') && p.fn.slot === slot),
  )
}

/**
 * How a rule moves a measure: strictly down, not up, or neither is shown. `takingIn`: affine functions that the right side
 * puts beside a layer are not counted.
 */
export function directionOf(m: Measure, rule: Rule, takingIn = false): 'down' | 'level' | 'open' {
  if (!isClear(m, rule)) return 'open'
  const left = ofPattern(m, rule.left)
  const right = ofTemplate(m, rule.right, takingIn)
  for (const [name, k] of right.terms) if (k > (left.terms.get(name) ?? 0)) return 'open'
  if (!(right.constant <= left.constant)) return 'open'
  return right.constant < left.constant ? 'down' : 'level'
}

/** Softmax stands for two uses of its wire: see its definition. */
const usual = (kind: StageKind): number => (kind === 'softmax' || kind === 'logsoftmax' ? 2 : 1)
const STAGES: Measure = {
  name: 'the number of stages',
  factor: usual,
  weight: () => 1,
  unknown: 1,
  composition: 'one',
  reads: 'nothing',
}
/** Layers are no functions; what stands for other stages weighs more than the functions in its definition. */
const ABBREVIATIONS: Partial<Record<StageKind, number>> = { multiplicative: 3, softmax: 4, logsoftmax: 3, mix: 1 }
const FUNCTIONS: Measure = {
  name: 'the number of functions that are not linear',
  factor: kind => (kind === 'reduce' ? 1 : usual(kind)),
  weight: (kind, fn) => {
    if (kind === 'pointwise') return fn !== null && isLinear(fn) ? 0 : 1
    return ABBREVIATIONS[kind] ?? 0
  },
  unknown: 'own',
  composition: 'sum',
  reads: 'nothing',
}
const LINKS: Measure = {
  name: 'the number of functions, joins and slices',
  factor: kind => (kind === 'reduce' ? 2 : usual(kind)),
  weight: kind => (kind === 'pointwise' || kind === 'join' || kind === 'slice' ? 1 : 0),
  unknown: 1,
  composition: 'one',
  reads: 'nothing',
}
const LENGTHS: Measure = {
  name: 'the length of the formulas',
  factor: usual,
  weight: (kind, fn) => (kind === 'pointwise' && fn !== null ? postorder(fn).length : 0),
  unknown: 'own',
  composition: 'unknown',
  reads: 'formulas',
}
const KINDS = {
  multiplicative: 'multiplicative layers',
  mix: 'mixing layers',
  additive: 'additive layers',
  reduce: 'pools',
  softmax: 'softmax',
  logsoftmax: 'logsoftmax',
} as const

function countOf(kind: keyof typeof KINDS): Measure {
  return {
    name: `the number of ${KINDS[kind]}`,
    factor: usual,
    weight: k => (k === kind ? 1 : 0),
    unknown: 0,
    composition: 'sum',
    reads: 'nothing',
  }
}
function countOfName(name: string): Measure {
  const count = (fn: Expression | null): number => (fn === null ? 0 : functionsNamed(fn).filter(n => n === name).length)
  return {
    name: `how often ${name} occurs`,
    factor: usual,
    weight: (kind, fn) => (kind === 'pointwise' ? count(fn) : 0),
    unknown: 'own',
    composition: 'unknown',
    reads: 'formulas',
  }
}
/** Stages before such a stage count twice, so that what moves behind it goes down. */
function before(
  what: string,
  reads: 'nothing' | 'names',
  is: (kind: StageKind, fn: Expression | null) => boolean,
): Measure {
  return {
    name: `the number of stages before ${what}`,
    factor: (kind, fn) => (is(kind, fn) ? 2 : usual(kind)),
    weight: () => 1,
    unknown: 1,
    composition: 'one',
    reads,
  }
}

/**
 * The measures under which the built-in rules go down, the first before the others as in a dictionary: each wire that enters
 * a pool counts twice for the last, so that a function that moves behind it counts less.
 */
export const BUILTIN_MEASURES: readonly Measure[] = [FUNCTIONS, countOf('additive'), LINKS]

/** The measures that are tried for some rules: the built-in ones, and those of the functions that the rules name. */
export function measuresFor(rules: readonly Rule[]): Measure[] {
  const found = new Set<string>()
  for (const { left, right } of rules) {
    for (const p of stagesIn(left))
      if (p.kind === 'pointwise' && (p.fn.kind === 'exact' || p.fn.kind === 'form'))
        for (const n of functionsNamed(p.fn.fn)) found.add(n)
    for (const t of stagesIn(right))
      if (t.kind === 'pointwise' && t.fn.kind === 'exact') for (const n of functionsNamed(t.fn.fn)) found.add(n)
  }
  const kinds = Object.keys(KINDS) as (keyof typeof KINDS)[]
  return [
    STAGES,
    FUNCTIONS,
    LINKS,
    ...kinds.map(countOf),
    ...[...found].map(countOfName),
    LENGTHS,
    ...kinds.map(k => before(`the ${KINDS[k]}`, 'nothing', kind => kind === k)),
    ...[...found].map(n =>
      before(n, 'names', (kind, fn) => kind === 'pointwise' && fn !== null && functionsNamed(fn).includes(n)),
    ),
  ]
}
