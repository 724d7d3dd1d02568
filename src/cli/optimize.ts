// `netproof optimize`: a cheaper net that is proved to be equal, as text in the language.
import { trustedRules } from '../load.ts'
import { optimize } from '../prove/optimize.ts'
import type { Cost } from '../search/cost.ts'
import { printDiagram, printNet } from '../syntax/print.ts'
import { version } from '../version.ts'
import { loadFile, netNamed, report, USAGE } from './common.ts'

export interface OptimizeCommandOptions {
  readonly cost: Cost
  readonly json?: boolean
  readonly seed: number
  readonly timeout: number
  readonly search: number
}

export async function optimizeCommand(file: string, name: string, options: OptimizeCommandOptions): Promise<number> {
  const program = loadFile(file)
  const net = netNamed(program, name)
  const { rules, statements, diagnostics } = await trustedRules(program, { seed: options.seed })
  report(diagnostics, program.text)
  if (diagnostics.some(d => d.severity === 'error')) return USAGE
  const { cost, seed } = options
  const budget = { seconds: options.timeout, search: options.search }
  const found = await optimize(net, { rules, statements, seed, budget, cost })
  if (options.json) {
    const { before, after, verdict } = found
    const document = {
      netproof: version,
      seed,
      net: name,
      cost,
      before,
      after,
      proved: verdict !== null,
      checked: verdict !== null && verdict.certificate !== null,
      text: printNet(found.net),
    }
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    return 0
  }
  const unit = (n: number): string => `${Math.round(n)} ${cost}`
  const head =
    found.verdict === null
      ? `// ${name}: ${unit(found.before)}; nothing cheaper was found`
      : `// ${name}: ${unit(found.before)} before, ${unit(found.after)} after; proved to be equal`
  process.stdout.write(`${head}\n${printDiagram(found.net)}`)
  return 0
}
