// `netproof optimize`: a cheaper net that is proved to be equal, as text in the language.
import { trustedRules } from '../load.ts'
import { type Optimized, optimize } from '../prove/optimize.ts'
import { undefinedText } from '../prove/report.ts'
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
    const { before, after, verdict, obstacle } = found
    const document = {
      netproof: version,
      seed,
      net: name,
      cost,
      before: Math.floor(before),
      after: Math.floor(after),
      proved: verdict !== null,
      checked: verdict !== null && verdict.certificate !== null,
      reason: obstacle === null ? null : undefinedText(name, obstacle),
      text: printNet(found.net),
    }
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`)
    return 0
  }
  process.stdout.write(`// ${headOf(found, name, cost)}\n${printDiagram(found.net)}`)
  return 0
}

function headOf({ before, after, verdict, obstacle }: Optimized, name: string, cost: Cost): string {
  if (obstacle !== null) return `${undefinedText(name, obstacle)}; it stays as it is`
  const price = (n: number): string => {
    const whole = Math.floor(n)
    return cost === 'depth' ? `depth ${whole}` : `${whole} ${whole === 1 ? cost.slice(0, -1) : cost}`
  }
  if (verdict === null) return `${name}: ${price(before)}; nothing cheaper was found`
  const isAlike = price(before) === price(after)
  const change = isAlike
    ? `${price(before)} before and after, in fewer nodes`
    : `${price(before)} before, ${price(after)} after`
  return `${name}: ${change}; proved to be equal`
}
