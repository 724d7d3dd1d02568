// `netproof rules check`: the rules of a file examined: tried, proved where that is possible, and looked at together.
import { checkRules } from '../examine/examine.ts'
import { pictures, reportJson, reportText } from '../examine/report.ts'
import { version } from '../version.ts'
import { loadFile, PROVED, REFUTED, writeOutput } from './common.ts'

export interface RulesCheckOptions {
  readonly json?: boolean
  readonly svg?: string
  readonly seed: number
  readonly timeout: number
}

/** Exits 1 when a rule is false or its sides do not fit together. */
export async function rulesCheckCommand(file: string, options: RulesCheckOptions): Promise<number> {
  const program = loadFile(file)
  const report = await checkRules(program.rules, { seed: options.seed, seconds: options.timeout })
  const { seed } = options
  const text = options.json
    ? JSON.stringify({ netproof: version, seed, ...reportJson(report) }, null, 2)
    : reportText(report)
  process.stdout.write(`${text}\n`)
  if (options.svg !== undefined) {
    const { draw } = await import('../draw/draw.ts')
    writeOutput(options.svg, await draw(pictures(report)))
  }
  const isWrong = report.rules.some(({ standing }) => standing.kind === 'refuted' || standing.kind === 'unfit')
  return isWrong ? REFUTED : PROVED
}
