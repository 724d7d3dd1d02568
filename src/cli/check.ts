// `netproof check`: the independent checker on a certificate, and what the verdicts in it rest on.
import { MOST_BYTES, parseCertificate } from '../certificate/text.ts'
import { check } from '../check/check.ts'
import { PROVED, REFUTED, readInput, USAGE } from './common.ts'

/** Exit status: 0 accepted, 1 rejected, 3 not a certificate. */
export function checkCommand(file: string, options: { readonly json?: boolean }): number {
  const result = check(parseCertificate(readInput(file, MOST_BYTES)))
  if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  if (!result.accepted) {
    const head = result.isCertificate ? `REJECTED  ${file}, ${result.step}` : `${file} is not a certificate`
    if (!options.json) process.stderr.write(`${head}: ${result.reason}\n`)
    return result.isCertificate ? REFUTED : USAGE
  }
  if (options.json) return PROVED
  const lines = ['ACCEPTED']
  for (const { left, right, verdict } of result.claims) lines.push(`    ${verdict}: ${left} == ${right}`)
  const list = (what: string, names: readonly string[]): void => {
    if (names.length > 0) lines.push(`    ${what}: ${names.join(', ')}`)
  }
  list('by the rules', result.rules)
  list('by the axioms of real functions', result.axioms)
  lines.push(
    result.assumptions.length > 0 ? `    assuming: ${result.assumptions.join(', ')}` : '    assuming nothing else',
  )
  process.stdout.write(`${lines.join('\n')}\n`)
  return PROVED
}
