// `netproof gradients`: whether two nets have the same outputs and the same gradients, in numbers with bounds, and why.
import { mismatch } from '../diagnostic.ts'
import { rowsOf } from '../formats/array.ts'
import { jsonNumber } from '../formats/json.ts'
import { claimBetween, type LoadedClaim, type Program, trustedRules } from '../load.ts'
import { compareGradients, type GradientsComparison, type QuantityComparison } from '../numeric/gradients.ts'
import { printDoubles } from '../numeric/print.ts'
import { Mismatch } from '../prove/align.ts'
import {
  findRelations,
  type GradientReasons,
  gradientReasons,
  type ReadThrough,
  relationText,
  underRelations,
} from '../prove/gradients.ts'
import { prove, type Verdict } from '../prove/prove.ts'
import { printTerm } from '../syntax/format.ts'
import { version } from '../version.ts'
import { loadFile, PROVED, REFUTED, report, Stop, UNDECIDED, USAGE, useColor } from './common.ts'
import {
  batchOf,
  checkNames,
  type Given,
  type GivenOptions,
  givenBy,
  refuse,
  refuseComparison,
  weightValues,
} from './given.ts'

export interface GradientsCommandOptions extends GivenOptions {
  readonly json?: boolean
  readonly assume: readonly string[]
  readonly samples: number
  readonly seed: number
  readonly timeout: number
  readonly search: number
}

const STATUS = { consistent: PROVED, different: REFUTED, inconclusive: UNDECIDED } as const
const WORDS = {
  consistent: ['SAME', '32'],
  different: ['DIFFERENT', '31'],
  inconclusive: ['INCONCLUSIVE', '33'],
} as const

/** The nets as the file compares them: where a claim reads them through functions (`with x = exp(x')`), so does this. */
function claimFor(program: Program, left: string, right: string): { claim: LoadedClaim; through: ReadThrough[] } {
  const claims = claimBetween(program, left, right)
  const stated = program.claims.find(c => c.leftName === left && c.rightName === right)
  if (stated === undefined) {
    if (Array.isArray(claims)) return { claim: claims[0], through: [] }
    report([claims], program.text)
    throw new Stop(USAGE)
  }
  const through = program.tree.statements.flatMap(s => {
    if (s.kind !== 'prove' || s.left.name !== left || s.right.name !== right) return []
    return s.equations.map(({ name, value }) => ({ outer: name.name, inner: printTerm(value) }))
  })
  const inputNames = new Set(program.nets[left].nodes.flatMap(n => (n.kind === 'input' ? [n.name] : [])))
  return {
    claim: stated,
    through: through
      .filter(({ outer }) => inputNames.has(outer))
      .map(({ outer, inner }) => ({ outer, inner: variableIn(inner), equation: `${outer} = ${inner}` })),
  }
}

/** The name in `exp(x')`. */
function variableIn(text: string): string {
  return /([\p{L}_][\p{L}\p{N}_']*)\)*$/u.exec(text)?.[1] ?? text
}

export async function gradientsCommand(
  file: string,
  left: string,
  right: string,
  options: GradientsCommandOptions,
): Promise<number> {
  const program = loadFile(file)
  const { claim, through } = claimFor(program, left, right)
  const given = givenBy(options, claim.left)
  checkNames([claim.left, claim.right], given)
  const { rules, statements, diagnostics } = await trustedRules(program, {
    assume: options.assume,
    seed: options.seed,
    seconds: options.timeout,
  })
  report(diagnostics, program.text)
  if (diagnostics.some(d => d.severity === 'error')) return USAGE
  const common = {
    weights: weightValues(given),
    functions: given.functions,
    sizes: given.sizes,
    points: pointsOf(claim, given),
    samples: options.samples,
    seed: options.seed,
  }
  try {
    const relations = findRelations(claim.left, claim.right, common)
    const compared = compareGradients(claim.left, claim.right, { ...common, relations })
    if (!compared.ok) return refuseComparison(left, given, compared.problem)
    const nets = underRelations(claim.left, claim.right, relations)
    const found =
      nets === null
        ? null
        : await prove(nets.left, nets.right, {
            rules,
            statements,
            seed: options.seed,
            budget: { seconds: options.timeout, search: options.search },
            requirements: claim.requirements,
          })
    // Of related weights only a proof says something: the relation was found by trying.
    const verdict = relations.length > 0 && found?.kind !== 'proved' ? null : found
    const reasons = gradientReasons(compared, verdict, relations, through)
    // A proof that the nets differ somewhere outweighs points at which they do not.
    const outcome = verdict?.kind === 'refuted' ? 'different' : compared.verdict
    if (options.json) {
      const document = documentOf(claim, compared, outcome, verdict, relations.map(relationText), reasons)
      process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    } else process.stdout.write(textOf(claim, compared, outcome, verdict, reasons))
    return STATUS[outcome]
  } catch (error) {
    if (error instanceof Mismatch) return refuse(mismatch(error.message))
    throw error
  }
}

function pointsOf(claim: LoadedClaim, given: Given): readonly Record<string, Float64Array>[] | undefined {
  if (given.inputs.size === 0) return undefined
  const { count, inputs } = batchOf(claim.left, given)
  return Array.from({ length: count }, (_, r) =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, data]) => [name, rowsOf({ shape: [count, data.length / count], data })[r]]),
    ),
  )
}

function nameOf({ kind, name, rightName }: QuantityComparison): string {
  const both = name === rightName ? name : `${name}, ${rightName}`
  return kind === 'output' ? both : `d/d ${both}`
}

const short = (x: number): string => (Number.isNaN(x) ? '-' : x === 0 ? '0' : x.toExponential(1))

function textOf(
  claim: LoadedClaim,
  compared: GradientsComparison,
  outcome: GradientsComparison['verdict'],
  verdict: Verdict | null,
  { why, beside }: GradientReasons,
): string {
  const [word, color] = WORDS[outcome]
  const head = useColor(process.stdout) ? `\x1b[${color}m${word}\x1b[0m` : word
  const lines = [
    `${head}  ${claim.title}  outputs and gradients at ${compared.samples} ${compared.samples === 1 ? 'point' : 'points'}, seed ${compared.seed}`,
  ]
  if (compared.inconclusive > 0)
    lines.push(`    at ${compared.inconclusive} of them numbers are too large or too small to tell`)
  if (compared.refereeRanOut > 0)
    lines.push(`    at ${compared.refereeRanOut} of them higher precision was given up: it would have taken too long`)
  const width = Math.max(...compared.quantities.map(q => nameOf(q).length))
  for (const q of compared.quantities) {
    const name = nameOf(q).padEnd(width)
    if (q.verdict === 'consistent') lines.push(`    ${name}  apart ${short(q.distance)}, within ${short(q.bound)}`)
    else {
      const text = (v: typeof q.left): string => (typeof v === 'object' ? v.text : v)
      const at = Object.entries(q.inputs).map(([input, v]) => `${input} = ${printDoubles(v)}`)
      lines.push(
        `    ${name}  ${q.verdict}: ${text(q.left)} on the left, ${text(q.right)} on the right, in component ${q.component + 1} at ${at.join(', ')}`,
      )
    }
  }
  if (verdict?.kind === 'refuted') lines.push('    the nets are shown to differ: netproof prove says where')
  if (verdict?.kind === 'undecided') lines.push('    no proof says why: it is undecided whether the nets are equal')
  return `${[...lines, ...[...why, ...beside].map(s => `    ${s}`)].join('\n')}\n`
}

function documentOf(
  claim: LoadedClaim,
  compared: GradientsComparison,
  outcome: GradientsComparison['verdict'],
  verdict: Verdict | null,
  relations: readonly string[],
  reasons: GradientReasons,
): object {
  const side = (v: QuantityComparison['left']): string => (typeof v === 'object' ? v.text : v)
  const quantity = ({ component, distance, bound, left, right, ...q }: QuantityComparison): object => ({
    ...q,
    component,
    left: side(left),
    right: side(right),
    distance: jsonNumber(distance),
    bound: jsonNumber(bound),
  })
  return {
    netproof: version,
    seed: compared.seed,
    left: claim.leftName,
    right: claim.rightName,
    verdict: outcome === 'consistent' ? 'same' : outcome,
    samples: compared.samples,
    inconclusive: compared.inconclusive,
    refereeRanOut: compared.refereeRanOut,
    quantities: compared.quantities.map(quantity),
    kinks: compared.kinks.map(quantity),
    unshared: compared.unshared,
    relations,
    proof: verdict?.kind ?? null,
    why: reasons.why,
    beside: reasons.beside,
  }
}
