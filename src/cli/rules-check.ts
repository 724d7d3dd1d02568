// `netproof rules check`: the rules of a file examined: tried, proved where that is possible, and looked at together.
import { noRules } from '../diagnostic.ts'
import { checkRules } from '../examine/examine.ts'
import { pictures, reportJson, reportText } from '../examine/report.ts'
import { version } from '../version.ts'
import { loadFile, PROVED, REFUTED, report, USAGE } from './common.ts'
import { type PictureOptions, pictureWriter } from './picture.ts'

export interface RulesCheckOptions extends PictureOptions {
  readonly json?: boolean
  readonly svg?: string
  readonly allowOutside?: boolean
  readonly seed: number
  readonly timeout: number
}

/** Exits 1 when a rule is false or its sides do not fit together, 3 when the file has no rules. */
export async function rulesCheckCommand(file: string, options: RulesCheckOptions): Promise<number> {
  const picture = options.svg === undefined ? null : await pictureWriter(options.svg, options)
  const program = loadFile(file, options)
  if (program.rules.length + program.derivations.length === 0) {
    report([noRules(program.file)], program.text)
    return USAGE
  }
  const found = await checkRules(
    program.rules,
    { seed: options.seed, seconds: options.timeout, measures: program.measures },
    program.derivations,
  )
  const { seed } = options
  const text = options.json
    ? JSON.stringify({ netproof: version, seed, ...reportJson(found) }, null, 2)
    : reportText(found)
  process.stdout.write(`${text}\n`)
  await picture?.write(pictures(found))
  const isWrong = found.rules.some(({ standing }) => standing.kind === 'refuted' || standing.kind === 'unfit')
  return isWrong ? REFUTED : PROVED
}
