// `netproof explain`: what a diagnostic means, with an example.
import { unknownCode } from '../diagnostic.ts'
import { EXPLANATIONS } from '../explanations.ts'
import { nearest } from '../syntax/nearest.ts'
import { report, USAGE } from './common.ts'

export function explainCommand(code: string | undefined): number {
  if (code === undefined) {
    for (const [name, { title }] of Object.entries(EXPLANATIONS)) process.stdout.write(`${name}  ${title}\n`)
    return 0
  }
  const name = code.toUpperCase()
  if (!Object.hasOwn(EXPLANATIONS, name)) {
    report([unknownCode(code, nearest(name, Object.keys(EXPLANATIONS)))])
    return USAGE
  }
  const { title, text, example } = EXPLANATIONS[name]
  process.stdout.write(`${name}: ${title}\n\n${text}\n`)
  if (example !== null)
    process.stdout.write(
      `\nFor example:\n\n${example
        .trimEnd()
        .split('\n')
        .map(l => `    ${l}`)
        .join('\n')}\n`,
    )
  return 0
}
