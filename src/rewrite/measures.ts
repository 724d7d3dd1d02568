// Measures of nets: what a stage weighs, by its kind and by what enters it. Rules under which a measure goes down come to an
// end. Authors may state measures of their own.
import { linearForm } from '../algebra/affine.ts'
import { notWeighing, unknownStage } from '../diagnostic.ts'
import { type Expression, postorder, variable } from '../scalar/expression.ts'
import { nearest } from '../syntax/nearest.ts'
import { KNOWN_FUNCTIONS, OPERATIONS, type Scope, spanAt } from '../syntax/scope.ts'
import { expressionTerm } from '../syntax/terms.ts'
import type { MeasureTree } from '../syntax/tree.ts'
import type { Pattern, Template } from './rule.ts'

/** The kinds of stages, as a measure tells them apart. */
export type StageKind = Exclude<Pattern['kind'] | Template['kind'], 'wire' | 'linear' | 'parts' | 'elementwise' | 'net'>

export interface Measure {
  /** What it measures, as a noun: "the number of stages". */
  readonly name: string
  factor(kind: StageKind, fn: Expression | null): number
  weight(kind: StageKind, fn: Expression | null): number
  /** What an unknown function weighs: the same number whatever it is, or a number of its own. */
  readonly unknown: number | 'own'
  /** What a composition weighs: one function, its parts together, or nothing that is known. */
  readonly composition: 'one' | 'sum' | 'unknown'
  /** What the formula of a function decides, so that a rule with variables in that place says nothing: see `isClear`. */
  readonly reads: 'nothing' | 'names' | 'formulas'
}

const ARITHMETIC = new Set(['+', '-', '*', '/', 'neg'])
/** The functions in a formula, but for arithmetic and for what is in its numbers. */
export function functionsNamed(fn: Expression): string[] {
  return postorder(fn).flatMap(e => {
    if (e.mask === 0) return []
    return e.kind === 'call' && !ARITHMETIC.has(e.name) ? [e.name] : e.kind === 'apply' ? [e.fn.name] : []
  })
}

/** factor * x + weight */
interface Weighing {
  readonly factor: number
  readonly weight: number
}
const PLAIN: Weighing = { factor: 1, weight: 0 }

/** How files name the kinds of stages that are no functions. */
const KINDS: Readonly<Record<string, readonly StageKind[]>> = {
  add: ['additive'],
  mul: ['multiplicative'],
  mix: ['mix'],
  maxpool: ['reduce'],
  minpool: ['reduce'],
  softmax: ['softmax'],
  logsoftmax: ['logsoftmax'],
  join: ['join'],
  slice: ['slice'],
  constant: ['constant'],
}

/** The measure that a file states; what is wrong with it is reported, and then there is none. */
export function measureOf(tree: MeasureTree, scope: Scope): Measure | null {
  const kinds = new Map<StageKind, Weighing>()
  const functions = new Map<string, Weighing>()
  let others = PLAIN
  let isSound = true
  for (const { stage, value } of tree.weighings) {
    const { name } = stage
    const weighing = weighingOf(scope, value)
    if (weighing === null) isSound = false
    else if (name === 'other') others = weighing
    else if (Object.hasOwn(KINDS, name)) for (const kind of KINDS[name]) kinds.set(kind, weighing)
    else if ((KNOWN_FUNCTIONS.includes(name) && !OPERATIONS.has(name)) || scope.functions.has(name))
      functions.set(name, weighing)
    else {
      const known = [...Object.keys(KINDS), ...KNOWN_FUNCTIONS, ...scope.functions.keys(), 'other']
      scope.report(unknownStage(spanAt(scope, 0, stage), name, nearest(name, known)))
      isSound = false
    }
  }
  if (!isSound) return null
  // A function in which several have weights of their own weighs as much as they do one after the other, at most.
  const of = (kind: StageKind, fn: Expression | null): Weighing => {
    if (kind !== 'pointwise') return kinds.get(kind) ?? PLAIN
    const named = fn === null ? [] : functionsNamed(fn).flatMap(n => functions.get(n) ?? [])
    if (named.length === 0) return others
    return named.reduce((w, n) => ({ factor: w.factor * n.factor, weight: n.factor * w.weight + n.weight }))
  }
  return {
    name: tree.title ?? `the measure ${tree.name.name}`,
    factor: (kind, fn) => of(kind, fn).factor,
    weight: (kind, fn) => of(kind, fn).weight,
    unknown: others.weight,
    composition: 'one',
    reads: functions.size > 0 ? 'names' : 'nothing',
  }
}

/** a*x + b with a >= 1 and b >= 0; null where the term says something else, which is reported. */
function weighingOf(scope: Scope, term: MeasureTree['weighings'][number]['value']): Weighing | null {
  const read = expressionTerm(scope, 0, term, t => (t.kind === 'name' && t.name === 'x' ? variable(0) : undefined))
  if (read === null) return null
  const form = linearForm(read)
  const [a, b] = [form?.coefficients.get(0), form?.constant]
  if (a?.kind === 'number' && b?.kind === 'number' && a.value.compare(1) >= 0 && b.value.compare(0) >= 0)
    return { factor: a.value.valueOf(), weight: b.value.valueOf() }
  scope.report(notWeighing(spanAt(scope, 0, term)))
  return null
}
