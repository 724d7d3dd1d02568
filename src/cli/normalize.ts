// `netproof normalize`: the normal form of a net, and how it comes about.
import { mismatch } from '../diagnostic.ts'
import { trustedRules } from '../load.ts'
import { normalization } from '../prove/derivation.ts'
import { normalFormOf, stepsOf, TooManySteps } from '../rewrite/normalize.ts'
import { printDiagram, printNet } from '../syntax/print.ts'
import { version } from '../version.ts'
import { loadFile, netNamed, report, UNDECIDED, USAGE, writeOutput } from './common.ts'

export interface NormalizeCommandOptions {
  readonly json?: boolean
  readonly steps?: boolean
  readonly svg?: string
}

export async function normalizeCommand(file: string, name: string, options: NormalizeCommandOptions): Promise<number> {
  const program = loadFile(file)
  const net = netNamed(program, name)
  const { rules, diagnostics } = await trustedRules(program)
  report(diagnostics, program.text)
  if (diagnostics.some(d => d.severity === 'error')) return USAGE
  let result: ReturnType<typeof normalFormOf>
  try {
    result = normalFormOf(net, { rules, maxSteps: 1_000_000 })
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error
    report([mismatch(`the rules do not come to an end: ${error.message}`)])
    return UNDECIDED
  }
  const { log, normal } = result
  if (options.json) {
    const steps = stepsOf(log).map(s => ({
      rule: s.rule.name,
      at: `n${s.at}`,
      ...(options.steps ? { net: printNet(s.after) } : {}),
    }))
    process.stdout.write(
      `${JSON.stringify({ netproof: version, net: name, steps, normalForm: printDiagram(normal) }, null, 2)}\n`,
    )
  } else {
    if (options.steps) {
      process.stdout.write(`${printNet(net)}\n`)
      for (const step of stepsOf(log))
        process.stdout.write(`= by ${step.rule.title} at n${step.at}\n${printNet(step.after)}\n`)
      process.stdout.write('\n')
    }
    process.stdout.write(printDiagram(normal))
  }
  if (options.svg !== undefined) {
    const { draw } = await import('../draw/draw.ts')
    writeOutput(options.svg, await draw(normalization(name, log)))
  }
  return 0
}
