// `netproof eval`: the outputs of a net in binary64.
import { existsSync } from 'node:fs'
import { badArgument, notEvaluated } from '../diagnostic.ts'
import { evaluate } from '../numeric/evaluate.ts'
import type { EvaluationProblem, WeightValue } from '../numeric/given.ts'
import { printRange } from '../scalar/range.ts'
import { version } from '../version.ts'
import { formula, refuse, split } from './arguments.ts'
import { loadFile, netNamed, readInput } from './common.ts'

export interface EvalCommandOptions {
  readonly input: readonly string[]
  readonly weights: readonly string[]
  readonly size: readonly string[]
  readonly function: readonly string[]
  readonly json?: boolean
}

function numbers(option: string, given: string, text: string): number[] {
  return text
    .split(/[\s,]+/)
    .filter(t => t !== '')
    .map(t => {
      const value = Number(t)
      if (Number.isNaN(value)) refuse(badArgument(option, given, `${t} is not a number`))
      return value
    })
}

/** `[[1,2],[3,4]]`, `[1,2]`, or a JSON file that holds the like. */
function weightValue(given: string, text: string): WeightValue {
  const isFile = !text.startsWith('[')
  if (isFile && !existsSync(text))
    refuse(badArgument('--weights', given, 'neither [[...], [...]] nor a file that exists'))
  const source = isFile ? new TextDecoder().decode(readInput(text)) : text
  let value: unknown
  try {
    value = JSON.parse(source)
  } catch {
    refuse(badArgument('--weights', given, isFile ? 'the file is not JSON' : 'write the rows as [[1, 2], [3, 4]]'))
  }
  const isVector = (v: unknown): v is number[] =>
    Array.isArray(v) && v.length > 0 && v.every(x => typeof x === 'number')
  if (isVector(value)) return value
  if (Array.isArray(value) && value.length > 0 && value.every(isVector)) {
    const ragged = value.findIndex(r => r.length !== value[0].length)
    if (ragged >= 0)
      refuse(
        badArgument(
          '--weights',
          given,
          `row ${ragged + 1} has ${value[ragged].length} entries, row 1 has ${value[0].length}`,
        ),
      )
    return value
  }
  return refuse(badArgument('--weights', given, 'write the rows as [[1, 2], [3, 4]]'))
}

export function evalCommand(file: string, name: string, options: EvalCommandOptions): number {
  const program = loadFile(file)
  const net = netNamed(program, name)
  const table = <T>(
    option: string,
    given: readonly string[],
    value: (given: string, name: string, text: string) => T,
  ): Record<string, T> =>
    Object.fromEntries(
      given.map(g => {
        const [key, text] = split(option, g)
        return [key, value(g, key, text)]
      }),
    )
  const result = evaluate(net, {
    inputs: table('--input', options.input, (g, _, text) => numbers('--input', g, text)),
    weights: table('--weights', options.weights, (g, _, text) => weightValue(g, text)),
    functions: table('--function', options.function, formula),
    sizes: table('--size', options.size, (g, _, text) => numbers('--size', g, text)[0] ?? Number.NaN),
  })
  if (!result.ok) refuse(notEvaluated(name, problemText(result.problem)))
  const outputs = Object.fromEntries(Object.entries(result.outputs).map(([k, v]) => [k, [...v]]))
  if (options.json) {
    // JSON has no infinities or NaN: they are written as text.
    const shown = Object.fromEntries(
      Object.entries(outputs).map(([k, v]) => [k, v.map(x => (Number.isFinite(x) ? x : String(x)))]),
    )
    const undefinedAt = result.undefinedAt === null ? null : `n${result.undefinedAt}`
    process.stdout.write(`${JSON.stringify({ netproof: version, net: name, outputs: shown, undefinedAt }, null, 2)}\n`)
    return 0
  }
  for (const [output, values] of Object.entries(outputs)) process.stdout.write(`${output} = ${values.join(', ')}\n`)
  if (result.undefinedAt !== null)
    process.stderr.write(`n${result.undefinedAt} gives NaN: the net is undefined there, or a number overflowed\n`)
  return 0
}

/** What is wrong with what was given, as a clause. */
function problemText(p: EvaluationProblem): string {
  switch (p.kind) {
    case 'missing-input':
      return `the input ${p.name} is missing: give --input ${p.name}=1,2,3`
    case 'unknown-input':
      return `it has no input ${p.name}`
    case 'missing-weight':
      return `the weight ${p.name} is unknown: give --weights ${p.name}=[[...]] or a JSON file`
    case 'missing-function':
      return `the function ${p.name} is unknown: give --function ${p.name}=FORMULA`
    case 'missing-size':
      return `the size ${p.name} is unknown: give --size ${p.name}=N`
    case 'input-length':
      return `the input ${p.name} has ${p.expected} components, not ${p.found}`
    case 'weight-size':
      return `the weight ${p.name} is ${p.expected.join(' x ')}, not ${p.found.join(' x ')}`
    case 'bad-size':
      return `the size ${p.name} is ${p.value}, which does not fit the net`
    case 'not-finite':
      return `component ${p.component + 1} of ${p.name} is ${p.value}`
    case 'outside':
      return `component ${p.component + 1} of ${p.name} is ${p.value}, outside of ${printRange(p.allowed)}`
  }
}
