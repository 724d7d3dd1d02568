#!/usr/bin/env node
// The command line: arguments in, exit status out. Every command is a file of its own and is loaded when it is called.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { fileProblem } from '../diagnostic.ts'
import { fault, report, STANDARD_OUTPUT, USAGE } from './common.ts'
import { DERIVATION_OPTIONS } from './derivations.ts'
import { NET_OPTIONS, PICTURE_OPTIONS, PICTURES } from './picture.ts'

const ENDINGS = `ends in ${PICTURES.slice(0, -1).join(', ')} or ${PICTURES.at(-1)}`
/** As in search/cost.ts, which is loaded only where it is needed. */
const COSTS = ['nodes', 'flops', 'depth']

function positiveNumber(text: string): number {
  const value = Number(text)
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError('A number above 0 is needed.')
  return value
}
function nonNegativeNumber(text: string): number {
  return Number(text) === 0 && text.trim() !== '' ? 0 : positiveNumber(text)
}
function countFromOne(text: string): number {
  const value = wholeNumber(text)
  if (value === 0) throw new InvalidArgumentError('It has to be at least 1.')
  return value
}
function wholeNumber(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError('A whole number is needed.')
  return value
}
function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

/** A command that has these options, too. */
function withOptions(command: Command, options: readonly Option[]): Command {
  return options.reduce((result, option) => result.addOption(option), command)
}

const NUMBER_FILES = 'of a .npy, .csv or .json file'

/** Runs the command line on arguments (without node and the script); gives the exit status of cli.md. */
export async function main(args: readonly string[]): Promise<number> {
  let status = 0
  const run =
    <A extends unknown[]>(load: () => Promise<(...args: A) => Promise<number> | number>) =>
    async (...given: A): Promise<void> => {
      const command = await load()
      status = await command(...given)
    }
  const program = new Command('netproof')
    .description('Proves, refutes and draws equalities of neural-network diagrams.')
    .version('0.1.0')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(netproof --help lists the commands)')
  withOptions(
    program
      .command('prove')
      .description('prove every claim in FILE, or that the two nets named are equal')
      .argument('<file>', 'a .net file, or - for standard input')
      .argument('[left]', 'a net')
      .argument('[right]', 'the net that it should equal')
      .option('--json', 'one JSON document on standard output')
      .option('--steps', 'print the derivation, one net a line')
      .option('--certificate <file>', 'write what the verdicts rest on, for `netproof check`')
      .option('--allow-outside', 'let `use` name files that are not below the folder of the file')
      .option('--unchecked', 'do not have the verdicts checked before they are printed')
      .option('--svg <file>', `draw the derivation; ${ENDINGS}`)
      .option('--report <file>', 'write a page of HTML with every step, its ranges and the certificate'),
    DERIVATION_OPTIONS,
  )
    .option('--float', 'say where binary64 and binary32 part company although the claim is proved')
    .option('--assume <rule>', 'use this rule of the file although it is not proved (may be repeated)', collect, [])
    .option('--seed <n>', 'seed of everything random', wholeNumber, 1)
    .option(
      '--timeout <seconds>',
      'time to decide each claim; checking the verdict may take as long',
      positiveNumber,
      5,
    )
    .option('--search <seconds>', 'time for the search where normal forms differ; 0 for none', nonNegativeNumber, 2)
    .action(run(async () => (await import('./prove.ts')).proveCommand))
  program
    .command('check')
    .description('check a certificate, and say what its verdicts rest on')
    .argument('<certificate>', 'a file that `netproof prove --certificate` has written, or - for standard input')
    .option('--json', 'one JSON document on standard output')
    .action(run(async () => (await import('./check.ts')).checkCommand))
  withOptions(
    program
      .command('normalize')
      .description('the normal form of a net, as text in the language')
      .argument('<file>', 'a .net file, or - for standard input')
      .argument('<net>', 'a net of the file')
      .option('--json', 'one JSON document on standard output')
      .option('--steps', 'print every step')
      .option('--svg <file>', `draw the derivation; ${ENDINGS}`),
    DERIVATION_OPTIONS,
  )
    .option('--strategy <name>', 'follow this strategy of the file instead')
    .option('--assume <rule>', 'use this rule of the file although it is not proved (may be repeated)', collect, [])
    .option('--allow-outside', 'let `use` name files that are not below the folder of the file')
    .action(run(async () => (await import('./normalize.ts')).normalizeCommand))
  program
    .command('optimize')
    .description('a cheaper net that is proved to be equal, as text in the language')
    .argument('<file>', 'a .net file, or - for standard input')
    .argument('<net>', 'a net of the file')
    .addOption(new Option('--cost <what>', 'what is to be made less').choices(COSTS).default('nodes'))
    .option('--json', 'one JSON document on standard output')
    .option('--seed <n>', 'seed of everything random', wholeNumber, 1)
    .option('--timeout <seconds>', 'time for the proof', positiveNumber, 5)
    .option('--search <seconds>', 'time for the search', positiveNumber, 2)
    .action(run(async () => (await import('./optimize.ts')).optimizeCommand))
  withOptions(
    program
      .command('draw')
      .description('draw a net, a rule, or what a file claims, else its rules and nets in tables')
      .argument('<file>', 'a .net file, or - for standard input')
      .argument('[name]', 'a net or a rule of the file')
      .requiredOption('-o, --output <file>', `where to write; ${ENDINGS}`),
    NET_OPTIONS,
  )
    .option('--allow-outside', 'let `use` name files that are not below the folder of the file')
    .option('--timeout <seconds>', 'time to prove each claim, for the sign between its nets', positiveNumber, 5)
    .action(run(async () => (await import('./draw.ts')).drawCommand))
  withOptions(
    program
      .command('plot')
      .description('graphs of functions')
      .argument('<file>', 'a .net file, or - for standard input')
      .argument(
        '<functions...>',
        'functions of the file or known ones, compositions, formulas in x: sigma, "ln . tanh . exp", "f = t/(1+t) in (0, 2)"; a / begins the next panel',
      )
      .requiredOption('-o, --output <file>', `where to write; ends in ${PICTURES.join(', ')}`),
    PICTURE_OPTIONS,
  )
    .option('--x <from..to>', 'what is shown of the horizontal axis')
    .option('--y <from..to>', 'what is shown of the vertical axis')
    .option('--function <name=formula>', 'a formula for an unknown function: sigma=t/(1+t)', collect, [])
    .option('--seed <n>', 'make up unknown functions, each as it is declared', wholeNumber)
    .option('--allow-outside', 'let `use` name files that are not below the folder of the file')
    .action(run(async () => (await import('./plot.ts')).plotCommand))
  program
    .command('eval')
    .description('the outputs of a net for given inputs')
    .argument('<file>', 'a .net file, or - for standard input')
    .argument('<net>', 'a net of the file')
    .option('--input <name=values>', `values of an input: x=1,2,3 or rows ${NUMBER_FILES}`, collect, [])
    .option('--weights <name=rows>', `a weight: W=[[1,2],[3,4]] or rows ${NUMBER_FILES}`, collect, [])
    .option('--size <name=n>', 'an unknown size: n=3', collect, [])
    .option('--function <name=formula>', 'an unknown function: sigma=t/(1+t)', collect, [])
    .option('-o, --output <file>', 'where to write: [NAME=]FILE, which ends in .json, .csv or .npy', collect, [])
    .option('--bound', 'bounds on the errors of the outputs')
    .option('--json', 'one JSON document on standard output')
    .action(run(async () => (await import('./eval.ts')).evalCommand))
  program
    .command('bench')
    .description('how fast a net is computed, on random inputs of its domain')
    .argument('<file>', 'a .net file, or - for standard input')
    .argument('<net>', 'a net of the file')
    .option('--weights <name=rows>', `a weight: W=[[1,2],[3,4]] or rows ${NUMBER_FILES}; others are drawn`, collect, [])
    .option('--size <name=n>', 'an unknown size: n=3', collect, [])
    .option('--function <name=formula>', 'an unknown function: sigma=t/(1+t)', collect, [])
    .option('--batch <n>', 'samples at once', countFromOne, 256)
    .option('--seconds <s>', 'how long to measure', positiveNumber, 1)
    .addOption(new Option('--precision <type>', 'of all numbers').choices(['float64', 'float32']).default('float64'))
    .addOption(
      new Option('--kernel <name>', 'of products with matrices')
        .choices(['auto', 'wasm', 'javascript'])
        .default('auto'),
    )
    .option('--gradients', 'measure gradients with respect to inputs and weights')
    .option('--seed <n>', 'seed of inputs and weights', wholeNumber, 1)
    .option('--json', 'one JSON document on standard output')
    .action(run(async () => (await import('./bench.ts')).benchCommand))
  program
    .command('gradients')
    .description('whether two nets have the same outputs and gradients, in numbers with bounds, and why')
    .argument('<file>', 'a .net file, or - for standard input')
    .argument('<left>', 'a net')
    .argument('<right>', 'the net to compare it with')
    .option('--input <name=values>', `points to compare at: x=1,2,3 or rows ${NUMBER_FILES}`, collect, [])
    .option('--weights <name=rows>', `a weight: W=[[1,2],[3,4]] or rows ${NUMBER_FILES}`, collect, [])
    .option('--size <name=n>', 'an unknown size: n=3', collect, [])
    .option('--function <name=formula>', 'an unknown function: sigma=t/(1+t)', collect, [])
    .option('--samples <n>', 'points to draw where none are given', wholeNumber, 20)
    .option('--seed <n>', 'seed of everything random', wholeNumber, 1)
    .option('--timeout <seconds>', 'time for the proof', positiveNumber, 5)
    .option('--search <seconds>', 'time for the search where normal forms differ; 0 for none', nonNegativeNumber, 2)
    .option('--assume <rule>', 'use this rule of the file although it is not proved (may be repeated)', collect, [])
    .option('--json', 'one JSON document on standard output')
    .action(run(async () => (await import('./gradients.ts')).gradientsCommand))
  const rules = program
    .command('rules')
    .description('list the built-in rules and those of a file')
    .argument('[file]', 'a .net file, or - for standard input')
    .option('--json', 'one JSON document on standard output')
    .option('--allow-outside', 'let `use` name files that are not below the folder of the file')
    .action(run(async () => (await import('./rules.ts')).rulesCommand))
  withOptions(
    rules
      .command('check')
      .description('try the rules of a file, prove them, and look at them together')
      .argument('<file>', 'a .net file, or - for standard input')
      .option('--svg <file>', `draw proofs, sides that differ, and ways that do not meet; ${ENDINGS}`),
    PICTURE_OPTIONS,
  )
    .option('--seed <n>', 'seed of everything random', wholeNumber, 1)
    .option('--timeout <seconds>', 'time for each rule, and for each question about all', positiveNumber, 5)
    .action(
      run(async () => {
        const { rulesCheckCommand } = await import('./rules-check.ts')
        // Options that `rules` has as well are read by it.
        return (file: string, _: object, command: Command) => rulesCheckCommand(file, command.optsWithGlobals())
      }),
    )
  program
    .command('fmt')
    .description('write files in the usual form')
    .argument('<files...>', '.net files, or - for standard input')
    .option('--check', 'write nothing; exit 1 when a file is not in the usual form')
    .action(run(async () => (await import('./fmt.ts')).fmtCommand))
  program
    .command('explain')
    .description('what a diagnostic means, with an example')
    .argument('[code]', 'a code such as E101; all codes are listed without one')
    .action(run(async () => (await import('./explain.ts')).explainCommand))
  try {
    await program.parseAsync([...args], { from: 'user' })
    return status
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
    return fault(error)
  }
}

/** Set when standard output could not take what was written. */
let lost: number | null = null

// A reader that has seen enough (`netproof rules | head`) is no error, and the status stays what it is.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || lost !== null) return
  report([fileProblem('write', STANDARD_OUTPUT, error.code ?? error.message)])
  process.exitCode = lost = USAGE
})
// Nobody is left to be told that messages cannot be written.
process.stderr.on('error', () => {})
// Node would end with 1, which says that a claim is refuted.
process.on('uncaughtException', error => process.exit(fault(error)))
const status = await main(process.argv.slice(2))
process.exitCode = lost ?? status
