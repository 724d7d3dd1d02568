// Verdicts in words: what was not decided and why, which condition was missing where.

import type { Diagram } from '../diagram/diagram.ts'
import type { Obstacle } from '../diagram/ranges.ts'
import { printNumbers } from '../numeric/print.ts'
import { printRange } from '../scalar/range.ts'
import type { Rational } from '../scalar/rational.ts'
import type { Undecided, Verdict } from './prove.ts'

/** ` for x in (0, inf)`; nothing where the domain is all reals. */
export function domainText(domain: Verdict['domain']): string {
  const parts = Object.entries(domain).map(([name, range]) => `${name} in ${printRange(range)}`)
  return parts.length === 0 ? '' : `  for ${parts.join(', ')}`
}

/** Where a net may be undefined. */
export function undefinedText(name: string, { operation, node, found, needed }: Obstacle): string {
  const need = needed === null ? ', for which it may have no value' : ` and needs ${printRange(needed)}`
  return `${name} is not shown to be defined everywhere: ${operation} at n${node.id} may receive ${printRange(found)}${need}`
}

/** Why a claim is undecided, in one sentence or two. */
export function reasonText(verdict: Undecided, left: string, right: string): string {
  const { reason } = verdict
  switch (reason.kind) {
    case 'undefined': {
      const { obstacle } = reason
      const name = reason.side === 'left' ? left : right
      const suggestion =
        reason.suggestion === null
          ? ''
          : `; both nets are shown to be defined${domainText(reason.suggestion).replace(/^ /, '')}`
      return `${undefinedText(name, obstacle)}${suggestion}`
    }
    case 'outside':
      return `the values that \`with\` gives to ${reason.side === 'left' ? left : right} lie in ${printRange(reason.found)}, and its inputs allow ${printRange(reason.needed)}`
    case 'different':
      return `the normal forms differ at output ${reason.output}, and no counterexample was found${reason.detail === null ? '' : ` (${reason.detail})`}`
    case 'uncertified':
      return `a proof was found, but it could not be certified: ${reason.detail}`
    case 'unchecked':
      return `${reason.found === 'proved' ? 'a proof' : 'a counterexample'} was found, but the time was up before its certificate was checked (a longer --timeout allows for that, --unchecked leaves the check out)`
    case 'budget':
      return `the budget ran out: ${reason.detail}`
  }
}

function pointText(at: ReadonlyMap<string, readonly Rational[]>): string {
  return [...at].map(([name, values]) => `${name} = ${printNumbers(values)}`).join(', ')
}

/** Nets with large matrices, or of many layers, are cut short for people. */
const LONGEST_NET = 4000

function beginning(net: string): string {
  if (net.length <= LONGEST_NET) return net
  return `${net.slice(0, LONGEST_NET)} ... (${net.length} characters; netproof normalize prints them all)`
}

/** All that is known of an undecided claim: the reason, conditions that failed, what the search saw. */
export function undecidedDetails(
  verdict: Undecided,
  left: string,
  right: string,
  print?: (d: Diagram) => string,
): string {
  const lines = [reasonText(verdict, left, right)]
  for (const b of verdict.blocked) {
    const name = b.side === 'left' ? left : right
    lines.push(
      `${b.rule.title} (${b.rule.name}) did not apply at n${b.at} of ${name}'s normal form: found ${b.found}, needed ${b.needed}`,
    )
  }
  if (print !== undefined && verdict.left !== null && verdict.right !== null) {
    lines.push(
      `normal form of ${left}: ${beginning(print(verdict.left.normal))}`,
      `normal form of ${right}: ${beginning(print(verdict.right.normal))}`,
    )
  }
  const { search } = verdict
  if (search !== null && search.largestDifference !== null && search.at !== null) {
    lines.push(
      `largest difference seen in ${search.samples} samples: ${search.largestDifference} at ${pointText(search.at)} (rounding included; seed ${search.seed})`,
    )
  }
  return lines.join('\n')
}
