// Why rules come to an end, alone and together with the built-in ones.
//
// The built-in rules run by phases: a rule gets its turn when no rule of an earlier phase applies any more. Each rule of the
// phases `algebra` and `compose` lowers the first of `BUILTIN_MEASURES` that it changes. What is left:
//
// - `parts` runs once, at the start: what a function is taken apart into has no parts.
// - `affine`: an affine part of a function becomes a stage beside a layer. That stage matches `linear-after` or
//   `linear-before`, of an earlier phase, so that the layer has taken it in before any function is composed again. Both steps
//   together leave the measures as they were, and a function without this part: `outer(f)` and `first(f)` have none left.
// - `normal` changes no stage, and what is in normal form stays as it is: of the functions that change again and again, one
//   has no other before it; its inputs do not change any more, and so neither does its normal form.
//
// So no run is endless. Rules of users run in the phase before `algebra`. They keep the end if they lower a measure that no
// built-in rule raises, or if they lower `BUILTIN_MEASURES` and cannot put an affine part back where it was.
//
// A rule that only moves a stage (`scale[c] -> relu ==> relu -> scale[c]`) leaves `BUILTIN_MEASURES` as they are. Beside the
// rules of `algebra` and `compose`, which lower them, a measure of its own comes last and shows the end. Beside `affine` it
// does not: the stage that an affine part becomes may be moved before the layer takes it in, and is then composed again, so
// that only what the function algebra makes of this function, for all its numbers, says whether the part comes back. In
// `sinh -> scale[-1] ==> scale[-1] -> sinh` it does. So it is said which rules are left out.
import { hasProperty } from '../rewrite/functions.ts'
import type { Measure } from '../rewrite/measures.ts'
import { type FunctionPattern, type Phase, type Rule, requires, stagesBefore, stagesIn } from '../rewrite/rule.ts'
import { BUILTIN_MEASURES, directionOf, measuresFor } from './measure.ts'

/** Which rules go down under which measure, the first measures before the others as in a dictionary. */
export interface Ordering {
  readonly by: readonly { readonly measure: string; readonly rules: readonly Rule[] }[]
  /** Rules for which no measure was found. */
  readonly open: readonly Rule[]
}

/**
 * Looks for measures, one after the other, under which no rule goes up that is not settled yet, and none of the
 * background, which is used beside them.
 */
export function orderRules(
  rules: readonly Rule[],
  background: readonly Rule[],
  own: readonly Measure[] = [],
): Ordering {
  const measures = [...own, ...measuresFor(rules)].filter(m => background.every(r => directionOf(m, r) !== 'open'))
  const by: { measure: string; rules: readonly Rule[] }[] = []
  let open = rules
  while (open.length > 0) {
    const measure = measures.find(m => {
      const directions = open.map(r => directionOf(m, r))
      return directions.includes('down') && !directions.includes('open')
    })
    if (measure === undefined) break
    by.push({ measure: measure.name, rules: open.filter(r => directionOf(measure, r) === 'down') })
    open = open.filter(r => directionOf(measure, r) !== 'down')
  }
  return { by, open }
}

/** Whether a stage may be linear, and whether it may be something else. */
function mayBeLinear(rule: Rule, p: FunctionPattern): { readonly linear: boolean; readonly other: boolean } {
  if (p.kind === 'variable' && requires(rule, p.slot, 'linear')) return { linear: true, other: false }
  if (p.kind !== 'exact') return { linear: true, other: true }
  const linear = hasProperty(p.fn, 'linear') === true
  return { linear, other: !linear }
}
/** Whether the left side may hold an affine part and the function next to it from which it was taken. */
function mayRejoin(rule: Rule): boolean {
  if (rule.variables.nets.length > 0) return true
  return stagesIn(rule.left).some(stage => {
    if (stage.kind !== 'pointwise') return false
    const p = mayBeLinear(rule, stage.fn)
    return stagesBefore(stage).some(before => {
      if (before.kind !== 'pointwise') return false
      const q = mayBeLinear(rule, before.fn)
      return (p.linear && q.other) || (p.other && q.linear)
    })
  })
}

/** Phases whose rules leave the measures as they are, with what becomes less instead. */
const LEVEL: Partial<Record<Phase, string>> = {
  affine: 'the affine parts of functions beside layers',
  normal: 'what is not in its normal form',
  parts: 'the functions that can be taken apart, once at the start',
}

/** Looks for measures under which rules of users come to an end that are used together with the built-in ones. */
export function orderTogether(
  rules: readonly Rule[],
  builtin: readonly Rule[],
  own: readonly Measure[] = [],
): Ordering {
  const normalizing = builtin.filter(r => r.direction === '==>')
  // Taking functions apart happens once, before all else.
  const background = normalizing.filter(r => r.phase !== 'parts')
  const first = orderRules(rules, background, own)
  const by = [...first.by]
  let open = [...first.open, ...background]
  for (const [k, measure] of BUILTIN_MEASURES.entries()) {
    // The last is the one in which a layer has to take in what `affine` puts beside it.
    const isLast = k === BUILTIN_MEASURES.length - 1
    const direction = (r: Rule): ReturnType<typeof directionOf> => {
      if (r.phase === 'own') return isLast && mayRejoin(r) ? 'open' : directionOf(measure, r)
      return directionOf(measure, r, isLast && r.phase === 'affine')
    }
    const directions = new Map(open.map(r => [r, direction(r)]))
    const down = open.filter(r => directions.get(r) === 'down')
    if (open.some(r => directions.get(r) === 'open')) return { by, open }
    if (down.length > 0) by.push({ measure: measure.name, rules: down })
    open = open.filter(r => !down.includes(r))
  }
  open.push(...normalizing.filter(r => r.phase === 'parts'))
  for (const [phase, measure] of Object.entries(LEVEL)) {
    const settled = open.filter(r => r.phase === phase)
    if (settled.length > 0) by.push({ measure, rules: settled })
    open = open.filter(r => !settled.includes(r))
  }
  return { by, open }
}

/** Built-in rules with which nothing is shown, and the measures for all others. */
export interface PartialOrdering {
  readonly by: Ordering['by']
  readonly without: readonly Rule[]
}

/**
 * Looks for measures under which rules of users come to an end together with as many of the built-in ones as it can be
 * shown for; null where it cannot be shown with those of the phases `algebra` and `compose`.
 */
export function orderWithMost(
  rules: readonly Rule[],
  builtin: readonly Rule[],
  own: readonly Measure[] = [],
): PartialOrdering | null {
  const background = builtin.filter(r => r.direction === '==>' && r.phase !== 'parts')
  const by: { measure: string; rules: readonly Rule[] }[] = []
  let open = [...rules, ...background.filter(r => LEVEL[r.phase] === undefined)]
  for (const measure of BUILTIN_MEASURES) {
    const directions = new Map(open.map(r => [r, directionOf(measure, r)]))
    const down = open.filter(r => directions.get(r) === 'down')
    if (open.some(r => directions.get(r) === 'open')) return null
    if (down.length > 0) by.push({ measure: measure.name, rules: down })
    open = open.filter(r => !down.includes(r))
  }
  if (open.some(r => r.phase !== 'own')) return null
  // What is in normal form stays so until another rule has its turn: such rules only must raise nothing.
  const kept: Rule[] = []
  let found = orderRules(open, kept, own)
  if (found.open.length > 0) return null
  for (const rule of background.filter(r => r.phase === 'normal')) {
    if (BUILTIN_MEASURES.some(m => directionOf(m, rule) === 'open')) continue
    const more = orderRules(open, [...kept, rule], own)
    if (more.open.length > 0) continue
    kept.push(rule)
    found = more
  }
  const without = background.filter(r => LEVEL[r.phase] !== undefined && !kept.includes(r))
  return { by: [...by, ...found.by], without }
}
