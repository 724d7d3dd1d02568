// Verdicts as reports: every step with its picture, its rule, what had to hold for it and what is known of the wires there.
import type { Diagram, Node, NodeId } from './diagram/diagram.ts'
import { nodesById } from './diagram/diagram.ts'
import { whole, wireRanges } from './diagram/ranges.ts'
import { type DrawOptions, svgOf } from './draw/draw.ts'
import { LARGEST_CERTIFICATE, printReport, type Report, type ReportStep } from './draw/report.ts'
import { framesOf, type StageOptions } from './draw/stages.ts'
import type { LoadedClaim } from './load.ts'
import { printCounterexample } from './prove/counterexample.ts'
import { derivationOf } from './prove/derivation.ts'
import type { Verdict } from './prove/prove.ts'
import { domainText, undecidedDetails } from './prove/report.ts'
import type { Rule } from './rewrite/rule.ts'
import { printRange } from './scalar/range.ts'
import { printNet } from './syntax/print.ts'

export interface ReportedClaim {
  readonly claim: LoadedClaim
  readonly verdict: Verdict
}

/** Ranges are worked out for nets of up to so many nodes, and told of so many wires. */
const LARGEST_RANGED = 3000
const MOST_RANGES = 12

/**
 * A page of HTML with these claims, their verdicts and derivations, every step a picture. `certificate` is the text of the
 * certificate of all of them, or null for none.
 */
export async function reportOf(
  claims: readonly ReportedClaim[],
  certificate: string | null,
  options: DrawOptions & StageOptions = {},
): Promise<string> {
  const reports: Report[] = []
  for (const { claim, verdict } of claims) reports.push(await reportOne(claim, verdict, options))
  const kept = certificate !== null && certificate.length <= LARGEST_CERTIFICATE ? certificate : null
  return printReport(reports, kept, options)
}

async function reportOne(claim: LoadedClaim, verdict: Verdict, options: DrawOptions & StageOptions): Promise<Report> {
  const derivation = derivationOf(claim, verdict, { every: true })
  const { stages } = derivation
  const steps: ReportStep[] = []
  for (const frame of await framesOf(derivation, options)) {
    const rule = stages[frame.index].rule ?? null
    steps.push({
      frame,
      svg: await svgOf(frame.scene, options),
      rule,
      conditions: rule === null ? [] : conditionsOf(rule),
      ranges: rangesOf(stages[frame.index].diagram, stages[frame.index].highlight ?? []),
    })
  }
  return {
    title: claim.title,
    verdict: verdict.kind,
    domain: domainText(verdict.domain).replace(/^\s*for /, ''),
    details: detailsOf(claim, verdict),
    steps,
  }
}

function detailsOf(claim: LoadedClaim, verdict: Verdict): string[] {
  switch (verdict.kind) {
    case 'proved':
      return verdict.assumptions.map(name => `assuming the rule ${name}, which is not proved`)
    case 'refuted':
      return printCounterexample(verdict.counterexample, claim.leftName, claim.rightName).split('\n')
    case 'undecided':
      return undecidedDetails(verdict, claim.leftName, claim.rightName, printNet).split('\n')
  }
}

/** `input in (0, inf)`: what stands behind `when` in the rule. */
function conditionsOf(rule: Rule): string[] {
  return [...rule.text.matchAll(/\bwhen\s+([^\n}]+)/g)].map(m => m[1].trim())
}

/** What is known of the wires that lead into and out of these nodes, where it is more than nothing. */
function rangesOf(net: Diagram, nodes: readonly NodeId[]): string[] {
  if (nodes.length === 0 || net.nodes.length > LARGEST_RANGED) return []
  const ranges = wireRanges(net)
  const byId = nodesById(net)
  const wires = new Set(nodes.flatMap(id => [...(byId.get(id) as Node).args, id]))
  const lines = [...wires].flatMap(id => {
    const range = ranges.get(id)
    const node = byId.get(id) as Node
    const name = node.kind === 'input' || node.kind === 'output' ? ` (${node.name})` : ''
    return range === undefined ? [] : [`n${id}${name} in ${printRange(whole(range))}`]
  })
  return lines.length <= MOST_RANGES
    ? lines
    : [...lines.slice(0, MOST_RANGES - 1), `and ${lines.length - MOST_RANGES + 1} more wires`]
}
