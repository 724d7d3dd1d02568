// `netproof normalize`: the normal form of a net, or what a strategy of its file makes of it, and how that comes about.
import { endlessSteps } from '../diagnostic.ts'
import type { Diagram } from '../diagram/diagram.ts'
import { type Program, trustedRules, trustedStrategy } from '../load.ts'
import { normalization } from '../prove/derivation.ts'
import { failureText } from '../prove/derive.ts'
import type { Log } from '../rewrite/log.ts'
import { normalFormOf, stepsOf, TooManySteps } from '../rewrite/normalize.ts'
import { runStrategy } from '../rewrite/strategy.ts'
import { printDiagram, printNet } from '../syntax/print.ts'
import { version } from '../version.ts'
import { loadFile, netNamed, report, UNDECIDED, USAGE } from './common.ts'
import {
  checkDerivationPicture,
  type DerivationPictureOptions,
  derivationOptions,
  writeDerivations,
} from './derivations.ts'
import { checkNodes, checkParts, pictureWriter } from './picture.ts'

export interface NormalizeCommandOptions extends DerivationPictureOptions {
  readonly json?: boolean
  readonly steps?: boolean
  readonly svg?: string
  readonly strategy?: string
  readonly assume: readonly string[]
  readonly allowOutside?: boolean
}

export async function normalizeCommand(file: string, name: string, options: NormalizeCommandOptions): Promise<number> {
  if (options.svg !== undefined) checkDerivationPicture(options.svg, options)
  const picture = options.svg === undefined ? null : await pictureWriter(options.svg, options)
  const program = loadFile(file, options)
  checkParts(program, options)
  const net = netNamed(program, name)
  if (picture !== null) checkNodes([net])
  const result =
    options.strategy === undefined
      ? await normalOf(program, net, options)
      : await madeOf(program, net, options.strategy, options)
  if (typeof result === 'number') return result
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
  if (picture !== null) await writeDerivations(picture, [normalization(name, log, derivationOptions(options))], options)
  return 0
}

type Result = { readonly log: Log; readonly normal: Diagram }

/** The normal form, or the exit status where there is none, which is reported. */
async function normalOf(program: Program, net: Diagram, options: NormalizeCommandOptions): Promise<Result | number> {
  const { rules, diagnostics } = await trustedRules(program, { assume: options.assume })
  report(diagnostics, program.text)
  if (diagnostics.some(d => d.severity === 'error')) return USAGE
  return bounded(() => normalFormOf(net, { rules, maxSteps: 1_000_000 }))
}

/** What a strategy makes of the net, or the exit status where it does not come to its end, which is reported. */
async function madeOf(
  program: Program,
  net: Diagram,
  name: string,
  options: NormalizeCommandOptions,
): Promise<Result | number> {
  const trusted = await trustedStrategy(program, name, { assume: options.assume })
  if ('diagnostics' in trusted) {
    report(trusted.diagnostics, program.text)
    return USAGE
  }
  return bounded(() => {
    const outcome = runStrategy(net, trusted.strategy, { maxSteps: 1_000_000 })
    if (outcome.kind === 'done') return { log: outcome.log, normal: outcome.result }
    report([failureText(null, outcome.failure, net)])
    return UNDECIDED
  })
}

function bounded(work: () => Result | number): Result | number {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof TooManySteps)) throw error
    report([endlessSteps(null, error.message)])
    return UNDECIDED
  }
}
