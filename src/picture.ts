// The picture of a file: what it claims, with signs that say what is proved; else its rules and nets in tables.
import { type Diagram, OPEN_END } from './diagram/diagram.ts'
import { captionedScene } from './draw/captioned.ts'
import { stackScenes } from './draw/derivation.ts'
import {
  type Drawable,
  type DrawOptions,
  draw as drawDrawable,
  type Relation,
  sceneOf,
  THEMES,
  type Theme,
} from './draw/draw.ts'
import type { Scene } from './draw/scene.ts'
import { sizeOf } from './linear/size.ts'
import { type LoadedClaim, type Program, trustedRules } from './load.ts'
import { derivationOf } from './prove/derivation.ts'
import { sidesOfRule } from './prove/display.ts'
import { type ProveOptions, prove, type Verdict } from './prove/prove.ts'
import type { Rule } from './rewrite/rule.ts'
import { type Expression, x0 } from './scalar/expression.ts'
import { inversesOf } from './scalar/functions.ts'
import { REALS } from './scalar/range.ts'
import type { Definition } from './syntax/claims.ts'

/** How two nets of a claim stand to one another. */
export type Judge = (claim: LoadedClaim) => Promise<Relation>

/** Proves claims for their pictures: `=` is written only where it has been. */
export async function judge(program: Program, options: ProveOptions = {}): Promise<Judge> {
  const { rules, statements } = await trustedRules(program)
  return async claim => {
    const { kind } = await prove(claim.left, claim.right, {
      ...options,
      rules,
      statements,
      requirements: claim.requirements,
    })
    return kind === 'proved' ? 'equal' : kind === 'refuted' ? 'different' : 'unknown'
  }
}

/** What `draw` draws, beside what draws itself: a verdict, with what it rests on, and a rule. */
export type Drawn = Drawable | readonly Drawable[] | Verdict | Rule

/**
 * SVG text of a net, an equation, a derivation, a plot, a table, a rule, a verdict, or of a list of what is drawn. A theme is
 * one of `THEMES`, by itself or by its name, or one that `readTheme` has read. Throws RangeError for a rule that is no equation
 * of two nets, and for a theme that does not exist.
 */
export async function draw(
  what: Drawn,
  options: Omit<DrawOptions, 'theme'> & { readonly theme?: Theme | keyof typeof THEMES } = {},
): Promise<string> {
  const { theme = 'post' } = options
  const painted = typeof theme === 'string' ? (Object.hasOwn(THEMES, theme) ? THEMES[theme] : undefined) : theme
  if (painted === undefined) throw new RangeError(`draw: there is no theme ${theme}`)
  return drawDrawable(drawableOf(what), { ...options, theme: painted })
}

function drawableOf(what: Drawn): Drawable | readonly Drawable[] {
  if ('kind' in what) {
    const { left, right } = what.nets
    return derivationOf({ leftName: left.name || 'left', rightName: right.name || 'right', left, right }, what)
  }
  if (!('conditions' in what)) return what
  const sides = sidesOfRule(what)
  if (sides === null) throw new RangeError(`draw: the rule ${what.name} is no equation of two nets`)
  return sides
}

/** What has a picture in a file: a net, a rule or a derived rule by its name; null where there is none of this name. */
export function drawableNamed(program: Program, name: string): Drawable | null {
  const derivation = program.derivations.find(d => d.name === name)
  if (derivation !== undefined) return { title: derivation.title, lines: derivation.lines }
  if (Object.hasOwn(program.nets, name)) return program.nets[name]
  const rule = program.rules.find(r => r.name === name)
  return rule === undefined ? null : sidesOfRule(rule)
}

/**
 * The picture of a whole file: its claims, those that go on from one another as one derivation; in a file without claims
 * its derivations; else its rules and its nets in tables. null where there is nothing to be drawn.
 */
export async function pictureOf(program: Program, relationOf: Judge, options: DrawOptions = {}): Promise<Scene | null> {
  const { claims, derivations } = program
  const nets = Object.entries(program.nets)
  if (claims.length > 0) {
    const scenes: Scene[] = []
    for (const chain of chainsOf(claims)) scenes.push(await claimsScene(program, chain, relationOf, options))
    return scenes.length === 1 ? scenes[0] : stackScenes(scenes)
  }
  if (derivations.length > 0) {
    const pictures = derivations.map(d => ({ title: d.title, lines: d.lines }))
    return sceneOf(pictures.length === 1 ? { lines: pictures[0].lines } : pictures, options)
  }
  const tables: Drawable[] = []
  const rules = rowsOfRules(program)
  if (rules.length > 0) tables.push({ rows: rules })
  if (nets.length === 1 && rules.length === 0) return sceneOf(nets[0][1], options)
  if (nets.length > 0)
    tables.push({ rows: nets.map(([name, net]) => ({ title: program.titles[name] ?? name, pictures: [net] })) })
  return tables.length === 0 ? null : sceneOf(tables.length === 1 ? tables[0] : tables, options)
}

/** Rules of one title that follow each other share a row. */
function rowsOfRules(program: Program): { title: string; pictures: { left: Diagram; right: Diagram }[] }[] {
  const rows: { title: string; pictures: { left: Diagram; right: Diagram }[] }[] = []
  for (const rule of program.rules) {
    const sides = sidesOfRule(rule)
    if (sides === null) continue
    const last = rows.at(-1)
    if (last?.title === rule.title) last.pictures.push(sides)
    else rows.push({ title: rule.title, pictures: [sides] })
  }
  return rows
}

/** Claims in chains: each begins with the net in which the one before ends. What has definitions stands alone. */
function chainsOf(claims: readonly LoadedClaim[]): LoadedClaim[][] {
  const chains: LoadedClaim[][] = []
  for (const claim of claims) {
    const last = chains.at(-1)?.at(-1)
    const goesOn = last?.rightName === claim.leftName && last.definitions === null && claim.definitions === null
    if (goesOn) chains.at(-1)?.push(claim)
    else chains.push([claim])
  }
  return chains
}

async function claimsScene(
  program: Program,
  chain: readonly LoadedClaim[],
  relationOf: Judge,
  options: DrawOptions,
): Promise<Scene> {
  const [first] = chain
  const caption = (name: string): string => program.titles[name] ?? name
  if (first.definitions !== null)
    return definedScene(program, first, first.definitions, await relationOf(first), options)
  const stages = [{ caption: caption(first.leftName), diagram: first.left, apart: true }] as {
    caption: string
    diagram: Diagram
    relation?: Relation
    apart: true
  }[]
  for (const claim of chain)
    stages.push({
      caption: caption(claim.rightName),
      diagram: claim.right,
      relation: await relationOf(claim),
      apart: true,
    })
  return sceneOf({ stages }, options)
}

/** A claim of nets whose inputs and outputs are read through functions: what that means, and the equivalence. */
async function definedScene(
  program: Program,
  claim: LoadedClaim,
  definitions: readonly Definition[],
  relation: Relation,
  options: DrawOptions,
): Promise<Scene> {
  const nets = { left: program.nets[claim.leftName], right: program.nets[claim.rightName] }
  const scenes: Scene[] = []
  for (const d of definitions) {
    const other = d.of === 'left' ? nets.right : nets.left
    scenes.push(await sceneOf(definitionPicture(d, isSingle(nets[d.of], d.name), isSingle(other, d.other), other)))
  }
  const pale = (side: 'left' | 'right'): Diagram => {
    const names = new Set(definitions.filter(d => d.of !== side).map(d => `${d.kind} ${d.other}`))
    return {
      ...nets[side],
      nodes: nets[side].nodes.map(n =>
        (n.kind === 'input' || n.kind === 'output') && names.has(`${n.kind} ${n.name}`) ? { ...n, absorbed: true } : n,
      ),
    }
  }
  const stages = [
    { caption: '', diagram: pale('left') },
    { caption: '', diagram: pale('right'), relation, apart: true },
  ]
  const kinds = [...new Set(definitions.map(d => `${d.kind}s`))]
  const said = {
    equal: 'we get this equivalence:',
    different: 'these nets are different:',
    unknown: 'are these nets equal?',
  }
  return captionedScene(claim.title, [
    { caption: `defining modified ${kinds.join(' and ')} like this`, scenes },
    { caption: said[relation], scenes: [await sceneOf({ stages }, options)] },
  ])
}

function isSingle(net: Diagram, name: string): boolean {
  return net.nodes.some(
    n => (n.kind === 'input' || n.kind === 'output') && n.name === name && n.shape.every(s => s === sizeOf(1)),
  )
}

/** `x'` as x with the index i below the prime: one component stands for all. */
function indexed(name: string, single: boolean): string {
  return single || name.includes('[') ? name : name.replace(/'*$/, primes => `[i]${primes}`)
}

/** One component of what `x = exp(x')` says: the input x and then ln is x'; exp and then the output y is y'. */
function definitionPicture(
  { kind, name, other, fn }: Definition,
  single: boolean,
  otherSingle: boolean,
  { names }: Diagram,
): { left: Diagram; right: Diagram } {
  const shape = [sizeOf(1)]
  const known = indexed(name, single)
  const defined = indexed(other, otherSingle)
  const net = (input: string, through: Expression | null, output: string, absorbed: boolean): Diagram => ({
    name: '',
    names,
    nodes: [
      { id: 0, kind: 'input', args: [], shape, name: input, domain: REALS, absorbed },
      ...(through === null ? [] : [{ id: 1, kind: 'pointwise' as const, args: [0], shape, fn: through }]),
      { id: 2, kind: 'output', args: [through === null ? 0 : 1], shape, name: output, absorbed },
    ],
  })
  if (kind === 'output') return { left: net(OPEN_END, fn, known, false), right: net(OPEN_END, null, defined, true) }
  const inverse = inversesOf(fn)[0] ?? null
  return inverse === null
    ? { left: net(known, null, OPEN_END, false), right: net(defined, fn, OPEN_END, true) }
    : { left: net(known, inverse === x0 ? null : inverse, OPEN_END, false), right: net(defined, null, OPEN_END, true) }
}
