// What was found about rules, as text for people, as JSON, and as pictures.

import { printLinear } from '../linear/linear.ts'
import { counterexampleJson, printCounterexample } from '../prove/counterexample.ts'
import { type Derivation, derivationOf } from '../prove/derivation.ts'
import type { Choices, PartStage } from '../prove/statement.ts'
import { printExpression } from '../scalar/expression.ts'
import { printFunction, printNet } from '../syntax/print.ts'
import type { Confluence, OpenPair } from './confluence.ts'
import type { RuleReport, RulesReport } from './examine.ts'
import type { Termination } from './termination.ts'
import type { Wider } from './trial.ts'

const quoted = (names: readonly string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`

/** The values that were chosen for variables of a rule, one line each. */
function choiceLines({ sizes, groups, functions, reals, weights, nets }: Choices): string[] {
  return [
    ...[...sizes].map(([name, s]) => `${name} = ${s.text}`),
    ...[...groups].map(([name, k]) => `${name} = ${k}`),
    ...[...reals].map(([name, e]) => `${name} = ${printExpression(e)}`),
    ...[...weights].map(([name, w]) => `${name} = ${printLinear(w)}`),
    ...[...functions].map(([name, fn]) => `${name}(t) = ${printExpression(fn, ['t'])}`),
    ...[...nets].map(([name, stages]) => `${name} = ${stages.map(partText).join(' -> ')}`),
  ]
}

function partText(stage: PartStage): string {
  return 'fn' in stage ? (printFunction(stage.fn) ?? printExpression(stage.fn)) : `add[${printLinear(stage.operator)}]`
}

function widerText({ condition, wider }: Wider): string {
  const instead = wider === null ? 'without it' : `with \`${wider}\``
  return `the condition \`${condition}\` may be stronger than needed: the rule survived a trial ${instead} as well`
}

function ruleLines({ rule, derivedFrom, standing, tried, wider }: RuleReport): string[] {
  const lines: string[] = []
  switch (standing.kind) {
    case 'unfit':
      return [`${rule.name}: UNFIT`, `    ${standing.because}`]
    case 'refuted': {
      const { counterexample, choices, left, right } = standing.refutation
      lines.push(`${rule.name}: REFUTED`)
      lines.push(`    left:  ${printNet(left)}`, `    right: ${printNet(right)}`)
      for (const line of choiceLines(choices)) lines.push(`    ${line}`)
      for (const line of printCounterexample(counterexample).split('\n')) lines.push(`    ${line}`)
      return lines
    }
    case 'proved': {
      const { verdict } = standing.statement
      const steps =
        verdict === null ? [] : [...verdict.left.log.entries, ...verdict.right.log.entries].map(m => m.rule.title)
      const by = [...new Set(steps)]
      lines.push(`${rule.name}: PROVED`)
      const from = derivedFrom === null ? '' : `derived from ${derivedFrom}, `
      lines.push(`    ${from}by ${by.length === 0 ? 'the algebra of functions and matrices' : by.join(', ')}`)
      break
    }
    case 'assumed':
      lines.push(`${rule.name}: ASSUMED`)
      lines.push(`    not proved: ${standing.because}; use it with --assume ${rule.name}`)
  }
  lines.push(
    tried.because === null
      ? `    tried ${tried.rounds} times, at ${tried.samples} points: no difference`
      : `    not tried: ${tried.because}`,
  )
  for (const w of wider) lines.push(`    ${widerText(w)}`)
  return lines
}

function terminationLines(t: Termination): string[] {
  switch (t.kind) {
    case 'ends':
      return [
        t.together
          ? 'the normalizing rules come to an end, also together with the built-in ones:'
          : 'the normalizing rules come to an end by themselves (nothing is shown of them together with the built-in ones):',
        ...t.by.map(({ measure, rules }) => `    ${measure} goes down with ${quoted(rules)}`),
      ]
    case 'circle':
      return [`the rules run in a circle, by ${quoted(t.rules)}:`, ...t.nets.map(n => `    ${printNet(n)}`)]
    case 'endless':
      return [`no end was seen of ${quoted(t.rules)}; it begins with:`, ...t.nets.map(n => `    ${printNet(n)}`)]
    case 'open':
      return [`no measure was found that goes down with ${quoted(t.rules)}; runs of them came to an end`]
  }
}

function pairLines({ rules, peak, parts, normal }: OpenPair): string[] {
  const shown = normal.map(n => (n === null ? 'no end' : printNet(n)))
  return [
    `    ${rules[0]} and ${rules[1]}, from ${printNet(peak)}`,
    ...parts.map(({ rule, net }) => `        where ${rule} takes ${printNet(net)}`),
    `        the first leads to ${shown[0]}`,
    `        the second leads to ${shown[1]}`,
  ]
}

function confluenceLines({ pairs, open, skipped, complete }: Confluence): string[] {
  const all = complete ? '' : ' (the time ran out before all were looked at)'
  const rest = skipped.map(({ rule, because }) => `overlaps with ${rule} were not looked for: ${because}`)
  if (open.length === 0)
    return [`the order of steps does not matter at any of the ${pairs} overlaps of left sides${all}`, ...rest]
  return [
    `at ${open.length} of ${pairs} overlaps of left sides the order of steps matters, or was not seen not to${all}:`,
    ...open.flatMap(pairLines),
    ...rest,
  ]
}

/** The report for people. */
export function reportText({ rules, termination, confluence }: RulesReport): string {
  const lines = rules.flatMap(ruleLines)
  if (termination !== null) lines.push(...terminationLines(termination))
  if (confluence !== null) lines.push(...confluenceLines(confluence))
  return lines.join('\n')
}

/** The form of `rules check --json`. */
export function reportJson({ rules, termination, confluence }: RulesReport): object {
  return {
    rules: rules.map(({ rule, derivedFrom, standing, tried, wider }) => ({
      name: rule.name,
      derivedFrom,
      standing: standing.kind,
      because: 'because' in standing ? standing.because : null,
      counterexample:
        standing.kind === 'refuted'
          ? {
              left: printNet(standing.refutation.left),
              right: printNet(standing.refutation.right),
              choices: choiceLines(standing.refutation.choices),
              at: counterexampleJson(standing.refutation.counterexample),
            }
          : null,
      tried,
      wider,
    })),
    termination:
      termination === null
        ? null
        : { ...termination, nets: 'nets' in termination ? termination.nets.map(n => printNet(n)) : [] },
    confluence:
      confluence === null
        ? null
        : {
            pairs: confluence.pairs,
            complete: confluence.complete,
            skipped: confluence.skipped,
            open: confluence.open.map(({ rules: names, peak, parts, normal }) => ({
              rules: names,
              peak: printNet(peak),
              parts: parts.map(({ rule, net }) => ({ rule, net: printNet(net) })),
              normal: normal.map(n => (n === null ? null : printNet(n))),
            })),
          },
  }
}

/** Pictures of what can be drawn: proofs, sides that differ, and ways that do not meet. */
export function pictures({ rules, confluence }: RulesReport): Derivation[] {
  const found: Derivation[] = []
  for (const { rule, standing } of rules) {
    const named = { leftName: 'the left side', rightName: 'the right side' }
    if (standing.kind === 'proved' && standing.statement.verdict !== null) {
      const { left, right, verdict } = standing.statement
      found.push({ ...derivationOf({ ...named, left, right }, verdict), title: rule.title })
    } else if (standing.kind === 'refuted') {
      const { left, right } = standing.refutation
      const stages = [
        { caption: 'the left side', diagram: left },
        { caption: 'is not the right side', diagram: right, relation: 'different' as const },
      ]
      found.push({ title: `${rule.title} is false`, stages })
    }
  }
  for (const { rules: names, peak, normal } of confluence?.open ?? []) {
    const stages = [{ caption: 'one net', diagram: peak }]
    for (const [i, net] of normal.entries()) if (net !== null) stages.push({ caption: names[i], diagram: net })
    found.push({ title: `${names[0]} and ${names[1]}: two ways`, stages })
  }
  return found
}
