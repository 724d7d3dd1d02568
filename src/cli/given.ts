// What is given for nets on the command line: inputs, weights, sizes and functions, as text or as files of numbers.
import { existsSync } from 'node:fs'
import { badArgument, badNumbers, badValue, type Diagnostic, notLeftOpen, outOfMemory } from '../diagnostic.ts'
import { type Diagram, inputsOf } from '../diagram/diagram.ts'
import { type NumberArray, rowsOf } from '../formats/array.ts'
import { arrayFromJson } from '../formats/json.ts'
import { isArray, readNumbers } from '../formats/numbers.ts'
import type { ComparisonProblem } from '../numeric/compare-nets.ts'
import { type EvaluationProblem, Problem, sizesGiven, type WeightValue } from '../numeric/given.ts'
import { unknownsOf } from '../numeric/instance.ts'
import { type Expression, unfold } from '../scalar/expression.ts'
import { printRange } from '../scalar/range.ts'
import { componentsIn, sizeIn } from '../semantics/net.ts'
import { read } from '../syntax/elaborate.ts'
import { readInput, report, Stop, USAGE } from './common.ts'

export interface GivenOptions {
  readonly input: readonly string[]
  readonly weights: readonly string[]
  readonly size: readonly string[]
  readonly function: readonly string[]
}

/** An array, and the file that it comes from (null: the command line). */
export interface Sourced {
  readonly array: NumberArray
  readonly file: string | null
}
export interface Given {
  readonly inputs: ReadonlyMap<string, Sourced>
  readonly weights: ReadonlyMap<string, Sourced>
  readonly sizes: Readonly<Record<string, number>>
  readonly functions: Readonly<Record<string, Expression>>
}

/** Reports, and stops the command. */
export function refuse(d: Diagnostic): never {
  report([d])
  throw new Stop(USAGE)
}

/** `NAME=TEXT` in two; the name is null where there is none. */
export function nameAndText(given: string): { name: string | null; text: string } {
  const match = /^\s*([\p{L}_][\p{L}\p{N}_']*)\s*=(.*)$/su.exec(given)
  return match === null ? { name: null, text: given.trim() } : { name: match[1], text: match[2].trim() }
}

function named(option: string, given: string): { name: string; text: string } {
  const { name, text } = nameAndText(given)
  return name === null ? refuse(badArgument(option, given, 'write NAME=VALUE')) : { name, text }
}

const isFile = (text: string): boolean => /\.(npy|csv|tsv|txt|json)$/i.test(text) || existsSync(text)

/** The largest file of numbers that is read, in bytes. */
const LARGEST_NUMBERS = 1_000_000_000

/** The numbers that a text says: `1,2,3`, `[[1, 2], [3, 4]]`, or a file. */
function numbersIn(option: string, given: string, text: string): Sourced {
  if (text.startsWith('[')) {
    let document: unknown
    try {
      document = JSON.parse(text)
    } catch {
      return refuse(badArgument(option, given, 'write the rows as [[1, 2], [3, 4]]'))
    }
    const found = arrayFromJson(document)
    return found.ok ? { array: found.value, file: null } : refuse(badNumbers(given, found.problem))
  }
  if (isFile(text)) {
    const found = readNumbers(text, readInput(text, LARGEST_NUMBERS))
    if (!found.ok) return refuse(badNumbers(text, found.problem))
    return isArray(found.value) ? { array: found.value, file: text } : refuse(badNumbers(text, { kind: 'not-numbers' }))
  }
  if (option === '--weights') return refuse(badArgument(option, given, 'neither [[...], [...]] nor a file that exists'))
  const data = text
    .split(/[\s,]+/)
    .filter(t => t !== '')
    .map(t => {
      const value = Number(t)
      return Number.isNaN(value) && t !== 'NaN' ? refuse(badArgument(option, given, `${t} is not a number`)) : value
    })
  return { array: { shape: [data.length], data: Float64Array.from(data) }, file: null }
}

/** Arrays by name: `NAME=VALUE`, or a JSON file of several; a file without a name belongs to the only name there is. */
function arrays(option: string, given: readonly string[], only: string | null): Map<string, Sourced> {
  const found = new Map<string, Sourced>()
  for (const g of given) {
    const { name, text } = nameAndText(g)
    if (name !== null) {
      found.set(name, numbersIn(option, g, text))
      continue
    }
    if (!isFile(text)) refuse(badArgument(option, g, 'write NAME=VALUE'))
    const content = readNumbers(text, readInput(text, LARGEST_NUMBERS))
    if (!content.ok) refuse(badNumbers(text, content.problem))
    if (!isArray(content.value)) {
      for (const [key, array] of Object.entries(content.value)) found.set(key, { array, file: text })
    } else if (only !== null) found.set(only, { array: content.value, file: text })
    else refuse(badArgument(option, g, 'write NAME=FILE: there are several names'))
  }
  return found
}

/** A formula in t, with the functions of the language. */
function formula(given: string, name: string, text: string): Expression {
  const { functions, diagnostics } = read(`function value_(t) = ${text}`, { file: `--function ${name}` })
  const definition = functions.get('value_')?.definition
  if (definition === null || definition === undefined || diagnostics.some(d => d.severity === 'error')) {
    refuse(badArgument('--function', given, 'write a formula in t, as in sigma=t/(1+t)'))
  }
  return unfold(definition)
}

/** Reports names of weights, sizes and functions that nothing has which the nets leave open. */
export function checkNames(nets: readonly Diagram[], { weights, sizes, functions }: Given): void {
  const unknowns = unknownsOf(...nets)
  const known = {
    weight: unknowns.weights.map(symbol => symbol.name),
    size: unknowns.sizes,
    function: unknowns.functions.map(fn => fn.name),
  }
  const given = { weight: [...weights.keys()], size: Object.keys(sizes), function: Object.keys(functions) }
  for (const what of ['weight', 'size', 'function'] as const) {
    const name = given[what].find(n => !known[what].includes(n))
    if (name !== undefined)
      refuse(
        notLeftOpen(
          nets.map(net => net.name),
          what,
          name,
          known[what],
        ),
      )
  }
}

/** Reads what the options say, for nets whose inputs have the names of the first one's. */
export function givenBy(options: GivenOptions, net: Diagram): Given {
  const [first, ...others] = inputsOf(net)
  return {
    inputs: arrays('--input', options.input, first !== undefined && others.length === 0 ? first.name : null),
    weights: arrays('--weights', options.weights, null),
    sizes: Object.fromEntries(
      options.size.map(g => {
        const { name, text } = named('--size', g)
        return [name, text === '' ? Number.NaN : Number(text)]
      }),
    ),
    functions: Object.fromEntries(
      options.function.map(g => {
        const { name, text } = named('--function', g)
        return [name, formula(g, name, text)]
      }),
    ),
  }
}

/** The weights in the form that evaluation takes. */
export function weightValues({ weights }: Given): Record<string, WeightValue> {
  return Object.fromEntries(
    [...weights].map(([name, { array }]) => [name, array.shape.length < 2 ? array.data : rowsOf(array)]),
  )
}

/** What stands for the inputs of a net, one sample a row. */
export interface Batch {
  /** Whether rows were given: a single sample without rows is shown without them. */
  readonly isBatch: boolean
  readonly count: number
  readonly inputs: Readonly<Record<string, Float64Array>>
  readonly sizes: ReadonlyMap<string, number>
}

/** Reports what is wrong with a value, with its place in the file. */
export function refuseValue(net: string, given: Given, problem: EvaluationProblem, row: number | null = null): never {
  const source = given.inputs.get(problem.name) ?? given.weights.get(problem.name)
  const file = source?.file ?? null
  const columns = source?.array.shape.at(-1) ?? 1
  const isWeight = !given.inputs.has(problem.name) && (source?.array.shape.length ?? 0) > 1
  const values = problem.kind === 'outside' ? printRange(problem.allowed) : undefined
  if (isWeight && 'component' in problem) {
    const [at, component] = [Math.floor(problem.component / columns), problem.component % columns]
    refuse(badValue(net, { ...problem, row: at, component, values, file }))
  }
  refuse(badValue(net, { ...problem, row, values, file }))
}

/** The inputs of a net as one batch: rows that are given for one input count for all, a single sample is repeated. */
export function batchOf(net: Diagram, given: Given): Batch {
  const inputs = inputsOf(net)
  const stop = (problem: Parameters<typeof badValue>[1]): never => refuse(badValue(net.name, problem))
  for (const name of given.inputs.keys()) {
    if (!inputs.some(input => input.name === name)) stop({ kind: 'unknown-input', name })
  }
  for (const { name } of inputs) if (!given.inputs.has(name)) stop({ kind: 'missing-input', name })
  const sourced = (name: string): Sourced => given.inputs.get(name) as Sourced
  const lengths = inputs.flatMap(({ name, shape }) => {
    const { array } = sourced(name)
    if (array.shape.length < shape.length) return []
    return shape.map((size, axis) => [size, array.shape[array.shape.length - shape.length + axis]] as const)
  })
  let sizes: ReadonlyMap<string, number>
  try {
    sizes = sizesGiven(unknownsOf(net), { sizes: given.sizes, weights: weightValues(given) }, lengths)
  } catch (error) {
    if (error instanceof Problem) refuseValue(net.name, given, error.problem)
    throw error
  }
  const counts = inputs.map(({ name, shape }) => {
    const { array, file } = sourced(name)
    const expected = componentsIn(shape, s => sizeIn(s, sizes))
    const extra = array.shape.length - shape.length
    const total = array.data.length
    // A column of numbers is a batch of samples of one component.
    if (extra === 0 && shape.length === 1 && expected === 1 && total !== 1 && file !== null) return total
    const isRows = extra >= 1
    const rows = isRows ? array.shape.slice(0, extra).reduce((a, b) => a * b, 1) : null
    const found = rows === null || rows === 0 ? total : total / rows
    if (found !== expected && rows !== 0) stop({ kind: 'input-length', name, expected, found, file })
    return rows
  })
  const known = counts.filter(c => c !== null)
  const count = known[0] ?? 1
  inputs.forEach(({ name }, i) => {
    const found = counts[i]
    if (found !== null && found !== count)
      stop({ kind: 'rows', name, expected: count, found, file: sourced(name).file })
  })
  const values = inputs.map(({ name }, i) => {
    const { data } = sourced(name).array
    if (counts[i] !== null || count === 1) return [name, data] as const
    const repeated = new Float64Array(data.length * count)
    for (let r = 0; r < count; r++) repeated.set(data, r * data.length)
    return [name, repeated] as const
  })
  return { isBatch: known.length > 0, count, inputs: Object.fromEntries(values), sizes }
}

/** Reports why two nets cannot be compared on what was given. */
export function refuseComparison(net: string, given: Given, problem: ComparisonProblem): never {
  if (problem.kind === 'no-instance') {
    if (problem.missing === 'memory') return refuse(outOfMemory(net, 'it needs more than 2 GB'))
    const what = problem.missing === 'inputs' ? 'inputs' : problem.missing
    return refuse(badArgument('--seed', net, `no ${what} are known that satisfy the declarations: give them`))
  }
  return refuseValue(net, given, problem)
}
