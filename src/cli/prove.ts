// `netproof prove`: the claims of a file, or one between two nets of it; verdicts as text or JSON, derivations as text
// or pictures.
import type { Json } from '../certificate/json.ts'
import { check } from '../check/check.ts'
import {
  type Diagnostic,
  heavyCertificate,
  lineAndColumn,
  noClaims,
  type Span,
  unexpectedVerdict,
} from '../diagnostic.ts'
import { claimBetween, type LoadedClaim, type Program, trustedRules } from '../load.ts'
import { type Certified, certificateOf, certificateText } from '../prove/certify.ts'
import { counterexampleJson, printCounterexample } from '../prove/counterexample.ts'
import { derivationOf } from '../prove/derivation.ts'
import type { Side } from '../prove/normal-forms.ts'
import { CertificateFault, prove, type Undecided, type Verdict } from '../prove/prove.ts'
import { domainText, reasonText, undecidedDetails } from '../prove/report.ts'
import { stepsOf } from '../rewrite/normalize.ts'
import { printRange } from '../scalar/range.ts'
import { printRational } from '../scalar/rational.ts'
import { TOO_MUCH_WORK } from '../scalar/work.ts'
import type { Equality } from '../search/reasons.ts'
import type { Found } from '../search/search.ts'
import { type FoundStage, stagesOfFound } from '../search/stages.ts'
import { printNet } from '../syntax/print.ts'
import { version } from '../version.ts'
import { loadFile, PROVED, REFUTED, report, UNDECIDED, USAGE, useColor, writeOutput } from './common.ts'
import {
  checkDerivationPicture,
  type DerivationPictureOptions,
  derivationOptions,
  writeDerivations,
} from './derivations.ts'
import { checkNodes, checkParts, pictureWriter } from './picture.ts'

export interface ProveCommandOptions extends DerivationPictureOptions {
  readonly json?: boolean
  readonly steps?: boolean
  readonly svg?: string
  readonly report?: string
  readonly certificate?: string
  readonly unchecked?: boolean
  readonly allowOutside?: boolean
  readonly float?: boolean
  readonly assume: readonly string[]
  readonly seed: number
  readonly timeout: number
  readonly search: number
}

const COLORS: Readonly<Record<Verdict['kind'], string>> = { proved: '32', refuted: '31', undecided: '33' }

export async function proveCommand(
  file: string,
  left: string | undefined,
  right: string | undefined,
  options: ProveCommandOptions,
): Promise<number> {
  if (options.svg !== undefined) checkDerivationPicture(options.svg, options)
  const picture = options.svg === undefined ? null : await pictureWriter(options.svg, options)
  const page = options.report === undefined ? null : await pictureWriter(options.report, options, ['.html'])
  const program = loadFile(file, options)
  checkParts(program, options)
  const claims = left === undefined ? program.claims : claimBetween(program, left, right)
  if (!Array.isArray(claims)) {
    report([claims as Diagnostic], program.text)
    return USAGE
  }
  if (claims.length === 0) {
    report([noClaims(program.file)], program.text)
    return USAGE
  }
  if (picture !== null || page !== null) checkNodes(claims.flatMap(c => [c.left, c.right]))
  const { rules, statements, diagnostics } = await trustedRules(program, {
    assume: options.assume,
    seed: options.seed,
    seconds: options.timeout,
  })
  report(diagnostics, program.text)
  if (diagnostics.some(d => d.severity === 'error')) return USAGE
  const results: Result[] = []
  for (const claim of claims) {
    const start = performance.now()
    const verdict = await prove(claim.left, claim.right, {
      rules,
      seed: options.seed,
      budget: { seconds: options.timeout, search: options.search },
      requirements: claim.requirements,
      statements,
      unchecked: options.unchecked,
    })
    results.push({ claim, verdict, milliseconds: Math.round(performance.now() - start) })
    if (!options.json) process.stdout.write(await verdictText(claim, verdict, options))
    if (claim.expect !== null && claim.expect !== verdict.kind)
      report([unexpectedVerdict(claim.span, claim.expect, verdict.kind)], program.text)
  }
  if (options.json) process.stdout.write(`${JSON.stringify(await document(program, results, options), null, 2)}\n`)
  if (options.certificate !== undefined || page !== null) {
    const accepted = acceptedOf(results)
    const certificate = accepted ?? certificateOf(certified(results), { seed: options.seed, statements })
    const checked = options.unchecked || accepted !== null ? null : check(certificate)
    // Each claim has been accepted by itself; all together may be more than is allowed.
    const isHeavy = checked?.accepted === false && checked.reason === TOO_MUCH_WORK
    if (isHeavy) report([heavyCertificate()], program.text)
    else if (checked?.accepted === false)
      throw new CertificateFault(`the checker rejects ${checked.step}: ${checked.reason}`)
    const text = certificateText(certificate)
    if (options.certificate !== undefined) writeOutput(options.certificate, text)
    if (page !== null) {
      const { reportOf } = await import('../report.ts')
      page.writeText(await reportOf(results, text, { ...page.drawing, most: options.mostStages }))
    }
  }
  if (picture !== null) {
    const derivations = results.map(r => derivationOf(r.claim, r.verdict, derivationOptions(options)))
    await writeDerivations(picture, derivations, options)
  }
  const kinds = results.map(r => r.verdict.kind)
  return kinds.includes('refuted') ? REFUTED : kinds.includes('undecided') ? UNDECIDED : PROVED
}

interface Result {
  readonly claim: LoadedClaim
  readonly verdict: Verdict
  readonly milliseconds: number
}

function certified(results: readonly Result[]): Certified[] {
  return results.map(({ claim, verdict }) => ({ ...claim, verdict }))
}

/** The certificate that the checker has accepted already, where there is one claim, which it calls by the same names. */
function acceptedOf(results: readonly Result[]): Json | null {
  const [{ claim, verdict }] = results
  const { left, right, leftName, rightName } = claim
  return results.length === 1 && left.name === leftName && right.name === rightName ? verdict.certificate : null
}

function paint(kind: Verdict['kind']): string {
  return useColor(process.stdout) ? `\x1b[${COLORS[kind]}m${kind.toUpperCase()}\x1b[0m` : kind.toUpperCase()
}

/** What is printed of a claim: the verdict, and what it rests on. */
async function verdictText(claim: LoadedClaim, verdict: Verdict, options: ProveCommandOptions): Promise<string> {
  const lines = [`${paint(verdict.kind)}  ${claim.title}${domainText(verdict.domain)}`]
  switch (verdict.kind) {
    case 'proved': {
      const steps = [...verdict.left.log.entries, ...verdict.right.log.entries]
      const titles = new Map<string, number>()
      const names = [...steps.map(m => m.rule.title), ...foundIn(verdict).map(e => e.title)]
      for (const title of names) titles.set(title, (titles.get(title) ?? 0) + 1)
      const by = [...titles].map(([title, n]) => (n > 1 ? `${title} (${n} times)` : title))
      if (verdict.joins.length > 0) by.push('equality of real functions')
      lines.push(`    by ${by.length === 0 ? 'comparing the two: they are the same net' : by.join(', ')}`)
      for (const name of verdict.assumptions) lines.push(`    assuming the rule ${name}, which is not proved`)
      break
    }
    case 'refuted':
      lines.push(...indent(printCounterexample(verdict.counterexample, claim.leftName, claim.rightName)))
      break
    case 'undecided':
      lines.push(...indent(undecidedDetails(verdict, claim.leftName, claim.rightName, printNet)))
      break
  }
  if (options.unchecked && verdict.kind !== 'undecided') lines.push('    not checked: the checker was left out')
  if (options.steps && verdict.kind !== 'refuted' && verdict.left !== null && verdict.right !== null) {
    lines.push(...stepLines(claim.leftName, verdict.left), ...searchLines(verdict))
    lines.push(...stepLines(claim.rightName, verdict.right))
  }
  if (options.float && verdict.kind === 'proved') {
    const { findFloatDifferences, printFloatDifferences } = await import('../numeric/floats.ts')
    lines.push(...indent(printFloatDifferences(findFloatDifferences(claim.left, claim.right, { seed: options.seed }))))
  }
  return `${lines.join('\n')}\n`
}

function indent(text: string): string[] {
  return text.split('\n').map(line => `    ${line}`)
}

/** The derivation of one side: one net a line, each after the rule that made it. */
function stepLines(name: string, side: Side): string[] {
  const lines = [`    ${name}`, `        ${printNet(side.log.start)}`]
  for (const step of stepsOf(side.log))
    lines.push(`    = by ${step.rule.title} at n${step.at}`, `        ${printNet(step.after)}`)
  return lines
}

/** The equalities that a search has found, without those that follow from others by themselves. */
function foundIn(verdict: Verdict): readonly Equality[] {
  const isFound = verdict.kind === 'proved' && 'equalities' in verdict.meeting
  return isFound ? [...(verdict.meeting as Found).equalities].filter(e => e.by !== 'congruence') : []
}

function searchStages(verdict: Verdict): readonly FoundStage[] {
  if (verdict.kind !== 'proved' || !('equalities' in verdict.meeting)) return []
  return stagesOfFound(verdict.meeting, verdict.left.normal, verdict.right.normal)
}

/** The nets between the two normal forms. */
function searchLines(verdict: Verdict): string[] {
  return searchStages(verdict).flatMap(stage => [
    `    = by ${stage.title} at n${stage.at} (found by search)`,
    `        ${printNet(stage.diagram)}`,
  ])
}

/** What the search for a counterexample saw at most, in doubles, and where; null where it saw nothing. */
function differenceSeen({ search }: Undecided): object | null {
  if (search?.largestDifference == null || search.at === null) return null
  const inputs = Object.fromEntries([...search.at].map(([name, values]) => [name, values.map(printRational)]))
  return { samples: search.samples, difference: search.largestDifference, inputs }
}

/** The document of cli.md. */
async function document(program: Program, results: readonly Result[], options: ProveCommandOptions): Promise<object> {
  const place = (span: Span): object => ({ file: span.file, ...lineAndColumn(program.text, span.start) })
  const claims = []
  for (const { claim, verdict, milliseconds } of results) {
    claims.push({
      left: claim.leftName,
      right: claim.rightName,
      span: claim.span === null ? null : place(claim.span),
      domain: Object.fromEntries(Object.entries(verdict.domain).map(([k, r]) => [k, printRange(r)])),
      verdict: verdict.kind,
      steps:
        verdict.kind === 'refuted'
          ? []
          : Array.from(verdict.steps, ({ rule, side, at }) => ({ rule, side, at: `n${at}` })),
      counterexample: verdict.kind === 'refuted' ? counterexampleJson(verdict.counterexample) : null,
      reason: verdict.kind === 'undecided' ? reasonText(verdict, claim.leftName, claim.rightName) : null,
      normalForms:
        verdict.kind === 'undecided' && verdict.left !== null && verdict.right !== null
          ? { left: printNet(verdict.left.normal), right: printNet(verdict.right.normal) }
          : null,
      largestDifference: verdict.kind === 'undecided' ? differenceSeen(verdict) : null,
      assumptions: verdict.kind === 'proved' ? verdict.assumptions : [],
      checked: verdict.certificate !== null,
      float: verdict.kind === 'proved' ? await floatsOf(claim, options.seed) : null,
      milliseconds,
    })
  }
  return { netproof: version, seed: options.seed, claims }
}

async function floatsOf(claim: LoadedClaim, seed: number): Promise<object> {
  const { findFloatDifferences, floatDifferencesJson } = await import('../numeric/floats.ts')
  return floatDifferencesJson(findFloatDifferences(claim.left, claim.right, { seed }))
}
