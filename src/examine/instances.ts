// Rules with variables for parts of nets, written without them, so that it can be found where their left sides overlap with
// others. Matching takes whatever part is there; here a few stand for all of them.
//
// A step of another rule may share stages with a rule about a part N in three ways. Beside N: then N may be anything, and an
// unknown function or an unknown layer stands for it. Across the border of N: then N begins with the last stages of the other
// left side, or ends with its first ones, and unknown layers are all that is left of it. Inside N: where every N of the rule,
// on both sides, is one part on one wire, that is harmless as long as there is a part left behind that step: the rule applies
// before it and behind it, and the step is there to be done on the right side as well. But the step may leave nothing of N, or
// may not be one on another wire, which lies in another set. Both shows where N is the whole left side of the other rule;
// that there is more of N around it adds nothing.
import { type Size, sizeOf, substituteSize, unknownSize } from '../linear/size.ts'
import {
  type LinearPattern,
  mapLinearPattern,
  mapStage,
  type Pattern,
  type Rule,
  type RuleVariables,
  sizesOfPattern,
  stagesBefore,
  stagesIn,
} from '../rewrite/rule.ts'
import { REALS } from '../scalar/range.ts'
import { apart } from './overlap.ts'

/** Rules with more parts are not written out: each part is a function in one instance, and a layer in another. */
export const MOST_PARTS = 4

/** A part of a net, as what stands on the wire that enters it. */
type Region = (entry: Pattern) => Pattern
/** A rule with what stands for its parts so far, and pairs of sizes that are the same for that. */
interface Open {
  readonly rule: Rule
  readonly regions: ReadonlyMap<number, Region>
  readonly equal: readonly (readonly [Size, Size])[]
}

/** Whether a rule speaks of parts of nets. */
export function hasNets(rule: Rule): boolean {
  return rule.variables.nets.length > 0
}

/**
 * The rule with unknown functions and layers in the place of its parts of nets. Only the left side is written out: what the
 * rule makes of a net is left to the rule itself.
 */
export function plainInstances(rule: Rule): Rule[] {
  return others(rule, null).flatMap(closed)
}

/** The rule with what its parts may be where it overlaps with the left side of `other`, which has no parts of nets. */
export function* instancesBeside(rule: Rule, other: Rule): Generator<Rule, void, undefined> {
  yield* plainInstances(rule)
  for (const slot of rule.variables.nets.keys()) {
    // One part is special at a time; what stands for the others is of no matter to the overlap.
    const [base] = others(rule, slot)
    const guest = apart(other, base.rule, "''")
    for (const { at, wires } of subpatterns(guest.left)) {
      if (at === guest.left && wires.length === 1) yield* closed(being(base, guest, slot, at, wires[0]))
      else if (wires.length > 0) yield* closed(endingWith(base, guest, slot, at, wires))
    }
    for (const { last, inside } of endsOf(guest.left)) yield* closed(beginningWith(base, guest, slot, last, inside))
  }
}

/** Unknown functions and layers for all parts but one. */
function others(rule: Rule, but: number | null): Open[] {
  let open: Open[] = [{ rule, regions: new Map(), equal: [] }]
  for (const slot of rule.variables.nets.keys()) {
    if (slot === but) continue
    open = open.flatMap(o => [withLayer(o, slot), withFunction(o, slot)])
  }
  return open
}

const isName = (s: Size): string | null =>
  s.constant === 0 && s.terms.length === 1 && s.terms[0][1] === 1 ? s.terms[0][0] : null

/** An unknown function for a part, which is as wide behind it as before. */
function withFunction(open: Open, slot: number): Open {
  const { rule } = open
  const { name, columns, rows } = rule.variables.nets[slot]
  const functions = [...rule.variables.functions, { name, variadic: false, symbol: null }]
  const fn = { kind: 'variable', slot: functions.length - 1, variadic: false } as const
  const variables = { ...rule.variables, functions }
  const region: Region = entry => ({ kind: 'pointwise', fn, args: [entry] })
  return { ...put(open, slot, region, [[columns, rows]]), rule: { ...rule, variables } }
}

/** With a part in the place of a variable, and sizes that are the same for that. */
function put(open: Open, slot: number, region: Region, equal: Open['equal'] = []): Open {
  return { ...open, regions: new Map(open.regions).set(slot, region), equal: [...open.equal, ...equal] }
}

/** The rule with another size in the place of one that it leaves open. */
function withSize(rule: Rule, name: string, to: Size): Rule {
  const size = (s: Size): Size => substituteSize(s, n => (n === name ? to : undefined))
  const operator = (p: LinearPattern): LinearPattern => mapLinearPattern(p, size, slot => slot)
  const pattern = (p: Pattern): Pattern => mapStage(p, { fn: f => f, matrix: operator, stage: pattern, size })
  const { wires } = rule.variables
  return {
    ...rule,
    variables: {
      ...rule.variables,
      wires: wires.map(w => ({ ...w, width: w.width === null ? null : size(w.width) })),
    },
    left: pattern(rule.left),
    conditions: rule.conditions.map(c => (c.kind === 'size' ? { ...c, left: size(c.left), right: size(c.right) } : c)),
  }
}

/** An unknown layer with a bias for a part. */
function withLayer(open: Open, slot: number): Open {
  const { name, columns, rows } = open.rule.variables.nets[slot]
  const { rule, layer } = unknownLayer(open.rule, name, rows, columns)
  return { ...put(open, slot, layer), rule }
}

/** A layer of new unknowns, and the rule that has them as variables. */
function unknownLayer(rule: Rule, name: string, rows: Size, columns: Size): { rule: Rule; layer: Region } {
  const operators = [...rule.variables.operators]
  const unknown = (as: string, width: Size): LinearPattern => {
    const symbol = { name: as, rows, columns: width, vector: width === sizeOf(1), entries: REALS, value: null }
    return { kind: 'variable', slot: operators.push({ name: as, symbol }) - 1, rows, columns: width }
  }
  const operator = unknown(name, columns)
  const bias = unknown(`${name}_bias`, sizeOf(1))
  return {
    rule: { ...rule, variables: { ...rule.variables, operators } },
    layer: arg => ({ kind: 'additive', operator, bias, arg }),
  }
}

/** The rule with the variables of another one beside its own. */
function beside(rule: Rule, guest: Rule): Rule {
  const join = <K extends keyof RuleVariables>(kind: K): RuleVariables[K] =>
    [...rule.variables[kind], ...guest.variables[kind]] as unknown as RuleVariables[K]
  return {
    ...rule,
    variables: {
      ...rule.variables,
      functions: join('functions'),
      operators: join('operators'),
      reals: join('reals'),
      wires: join('wires'),
      groups: join('groups'),
    },
    // Numbers are the same unknowns in both rules. All else is asked for where the other rule is matched.
    conditions: [...rule.conditions, ...guest.conditions.filter(c => c.kind === 'real')],
  }
}

type Equal = Open['equal'][number]
const ifKnown = (known: Size | null, size: Size): Equal[] => (known === null ? [] : [[known, size]])

/** The part is the left side of the other rule, which has one wire. */
function being(open: Open, guest: Rule, slot: number, at: Pattern, wire: number): Open {
  const { columns, rows } = open.rule.variables.nets[slot]
  const equal: Equal[] = keepsWidth(at) ? [[columns, rows]] : []
  const known = [...ifKnown(widthBefore(at), columns), ...ifKnown(widthBehind(at), rows)]
  const region: Region = entry => replaced(at, new Map([[wire, entry]]))
  return { ...put(open, slot, region, [...equal, ...known]), rule: beside(open.rule, guest) }
}

/** The part is an unknown layer for each wire and then the stages of the other rule that end with `at`. */
function endingWith(open: Open, guest: Rule, slot: number, at: Pattern, wires: readonly number[]): Open {
  const { name, columns, rows } = open.rule.variables.nets[slot]
  const isEverywhereTheSame = keepsWidth(at)
  let rule = beside(open.rule, guest)
  const layers = wires.map((wire, k) => {
    const own = wires.length === 1 ? name : `${name}_${k + 1}`
    // A layer among the stages settles the width.
    const width = isEverywhereTheSame ? rows : unknownSize(`${own}_width`)
    const unknown = unknownLayer(rule, own, width, columns)
    rule = unknown.rule
    return [wire, unknown.layer] as const
  })
  const region: Region = entry => replaced(at, new Map(layers.map(([wire, layer]) => [wire, layer(entry)])))
  return { ...put(open, slot, region, ifKnown(widthBehind(at), rows)), rule }
}

/** The part is the last stages of the other rule, which stand on `inside`, and then an unknown layer. */
function beginningWith(open: Open, guest: Rule, slot: number, last: Pattern, inside: Pattern): Open {
  const { name, columns, rows } = open.rule.variables.nets[slot]
  const width = keepsWidth(last, inside) ? columns : unknownSize(`${name}_width`)
  const { rule, layer } = unknownLayer(beside(open.rule, guest), name, rows, width)
  const known = ifKnown(widthBefore(last, inside), columns)
  return { ...put(open, slot, entry => layer(onto(last, inside, entry)), known), rule }
}

const isEven = (p: Pattern): boolean => p.kind === 'pointwise' || p.kind === 'softmax' || p.kind === 'logsoftmax'
/** Whether a wire is as wide behind these stages, down to `until`, as before them. */
function keepsWidth(p: Pattern, until: Pattern | null = null): boolean {
  if (p === until || p.kind === 'wire') return true
  return isEven(p) && stagesBefore(p).every(a => keepsWidth(a, until))
}
/** The width behind these stages, where a layer says it. */
function widthBehind(p: Pattern): Size | null {
  if (isEven(p)) return stagesBefore(p).reduce((width: Size | null, a) => width ?? widthBehind(a), null)
  return p.kind === 'additive' || p.kind === 'multiplicative' || p.kind === 'mix' ? sizesOfPattern(p.operator)[0] : null
}
/** The width before these stages, down to `until`, where a layer says it. */
function widthBefore(p: Pattern, until: Pattern | null = null): Size | null {
  let found: Size | null = null
  for (let at = p; at !== until && at.kind !== 'wire'; [at] = stagesBefore(at)) {
    if (at.kind === 'additive' || at.kind === 'multiplicative' || at.kind === 'mix')
      found = sizesOfPattern(at.operator)[1]
    else if (!isEven(at)) found = null
    if (stagesBefore(at).length === 0) return null
  }
  return found
}

/** The stages of a pattern, each with the wires that it stands on. */
function subpatterns(root: Pattern): { readonly at: Pattern; readonly wires: readonly number[] }[] {
  return stagesIn(root).flatMap(at => {
    if (at.kind === 'wire') return []
    return [{ at, wires: [...new Set(stagesIn<Pattern>(at).flatMap(s => (s.kind === 'wire' ? [s.slot] : [])))] }]
  })
}

/** The last stages of a pattern, one after the other, and what they stand on, which is a stage, too. */
function endsOf(root: Pattern): { readonly last: Pattern; readonly inside: Pattern }[] {
  const found: { last: Pattern; inside: Pattern }[] = []
  for (let at = root; stagesBefore(at).length === 1; ) {
    ;[at] = stagesBefore(at)
    if (at.kind === 'wire') break
    found.push({ last: root, inside: at })
  }
  return found
}

const mapBefore = (p: Pattern, stage: (before: Pattern) => Pattern): Pattern =>
  mapStage(p, { fn: f => f, matrix: m => m, stage })

/** With other patterns in the place of wires. */
function replaced(p: Pattern, by: ReadonlyMap<number, Pattern>): Pattern {
  if (p.kind === 'wire') return by.get(p.slot) ?? p
  return mapBefore(p, a => replaced(a, by))
}
/** The stages down to `inside`, on another one. */
function onto(p: Pattern, inside: Pattern, by: Pattern): Pattern {
  return p === inside ? by : mapBefore(p, a => onto(a, inside, by))
}

/** The rule without variables for parts; none where the sizes do not fit. */
function closed({ rule, regions, equal }: Open): Rule[] {
  const pattern = (p: Pattern): Pattern => {
    if (p.kind !== 'net') return mapBefore(p, pattern)
    return (regions.get(p.slot) as Region)(pattern(p.arg))
  }
  let plain: Rule = { ...rule, variables: { ...rule.variables, nets: [] }, left: pattern(rule.left) }
  // A pair may speak of a size that an earlier one has settled: what stands for it is said by all pairs together.
  const settled = new Map<string, Size>()
  const at = (s: Size): Size => {
    let size = s
    for (let round = 0; round <= settled.size; round++) size = substituteSize(size, n => settled.get(n))
    return size
  }
  for (const [a, b] of equal) {
    const [p, q] = [at(a), at(b)]
    if (p === q) continue
    const [from, to] = isName(p) === null ? [q, p] : [p, q]
    const name = isName(from)
    if (name === null || to.terms.some(([n]) => n === name)) return []
    settled.set(name, to)
    plain = withSize(plain, name, to)
  }
  return [plain]
}
