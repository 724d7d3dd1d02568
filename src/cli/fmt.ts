// `netproof fmt`: files in the usual form, comments kept.
import { format } from '../syntax/format.ts'
import { readInput, report, USAGE, writeOutput } from './common.ts'

export function fmtCommand(files: readonly string[], options: { readonly check?: boolean }): number {
  let status = 0
  for (const file of files) {
    const { text, source, diagnostics } = format(readInput(file), { file: file === '-' ? 'standard input' : file })
    report(diagnostics, source)
    // A file with errors is left as it is.
    if (text === null) {
      status = USAGE
      continue
    }
    if (options.check) {
      if (text === source) continue
      process.stdout.write(`${file}\n`)
      status ||= 1
    } else if (file === '-') process.stdout.write(text)
    else if (text !== source) writeOutput(file, text)
  }
  return status
}
