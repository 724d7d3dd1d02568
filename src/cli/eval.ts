// `netproof eval`: the outputs of a net in binary64, for one sample or a batch, with bounds on their errors if wanted.

import { evaluateWithBounds } from '../compute/bounds.ts'
import { type CompileReport, compile } from '../compute/compile.ts'
import { EvaluationError } from '../compute/given.ts'
import { oneArray, outOfMemory, undefinedAt as undefinedNote, unknownFormat } from '../diagnostic.ts'
import { type Diagram, outputsOf } from '../diagram/diagram.ts'
import type { NumberArray } from '../formats/array.ts'
import { jsonNumber } from '../formats/json.ts'
import { WRITABLE, writeNumbers } from '../formats/numbers.ts'
import { knownSize } from '../linear/size.ts'
import type { WithBounds } from '../numeric/bounds.ts'
import { evaluate } from '../numeric/evaluate.ts'
import { TooLarge } from '../scalar/expression.ts'
import { sizeIn } from '../semantics/net.ts'
import { version } from '../version.ts'
import { loadFile, netNamed, report, writeOutput } from './common.ts'
import {
  type Batch,
  batchOf,
  checkNames,
  type Given,
  type GivenOptions,
  givenBy,
  nameAndText,
  refuse,
  refuseValue,
  weightValues,
} from './given.ts'

export interface EvalCommandOptions extends GivenOptions {
  readonly output: readonly string[]
  readonly bound?: boolean
  readonly json?: boolean
}

/** Runs what may find that something given does not fit, or that memory does not suffice; that is reported. */
export function checked<T>(net: Diagram, given: Given, batch: Batch | null, of: () => T): T {
  try {
    return of()
  } catch (error) {
    if (error instanceof EvaluationError) {
      refuseValue(net.name, given, error.problem, batch?.isBatch ? error.sample : null)
    }
    if (error instanceof TooLarge) refuse(outOfMemory(net.name, error.message))
    if (error instanceof RangeError) {
      // Of arrays that are too long V8 says so; what `compile` foresees names the bytes.
      const bytes = /needs (\d+) bytes, more than the (\d+)/.exec(error.message)
      if (bytes !== null) refuse(outOfMemory(net.name, `${bytes[1]} bytes are needed, and ${bytes[2]} are allowed`))
      if (/array length|allocation/i.test(error.message)) refuse(outOfMemory(net.name, 'its arrays are too long'))
    }
    throw error
  }
}

export function evalCommand(file: string, name: string, options: EvalCommandOptions): number {
  const program = loadFile(file)
  const net = netNamed(program, name)
  const targets = options.output.map(given => {
    const { name: output, text } = nameAndText(given)
    if (!WRITABLE.some(ending => text.endsWith(ending))) refuse(unknownFormat(text, WRITABLE))
    return { output, file: text }
  })
  const given = givenBy(options, net)
  checkNames([net], given)
  const batch = batchOf(net, given)
  const sizes = Object.fromEntries(batch.sizes)
  const weights = weightValues(given)
  const { outputs, report: compiled } = checked(net, given, batch, () => {
    const made = compile(net, { weights, functions: given.functions, sizes })
    return { outputs: made.run(batch.inputs, batch.count), report: made.report }
  })
  const bounds = options.bound
    ? checked(net, given, batch, () =>
        evaluateWithBounds(
          net,
          { inputs: batch.inputs, weights, functions: given.functions, sizes },
          batch.count,
          outputs,
        ),
      )
    : null
  const undefinedRow = firstUndefined(outputs, batch.count)
  const undefinedAt = undefinedRow < 0 ? null : undefinedNode(net, given, batch, undefinedRow)

  const arrays: [string, NumberArray][] = outputsOf(net).map(({ name: output, shape }) => {
    const axes = shape.map(s => knownSize(s) ?? sizeIn(s, batch.sizes))
    return [output, { shape: batch.isBatch ? [batch.count, ...axes] : axes, data: outputs[output] }]
  })
  for (const target of targets) {
    const chosen = arrays.filter(([output]) => target.output === null || output === target.output)
    const content = writeNumbers(target.file, Object.fromEntries(chosen.map(([o, a]) => [o, asRows(a, batch)])))
    if (content === null)
      refuse(
        oneArray(
          target.file,
          chosen.map(([output]) => output),
        ),
      )
    writeOutput(target.file, content)
  }
  if (options.json)
    process.stdout.write(
      `${JSON.stringify(document(net, batch, outputs, bounds, undefinedAt, compiled.multiplicative), null, 2)}\n`,
    )
  else if (targets.length === 0) printRows(net, batch, outputs, bounds)
  if (undefinedAt !== null && !options.json) report([undefinedNote(undefinedAt, batch.isBatch ? undefinedRow : null)])
  return 0
}

/** Tables have rows, also for a single sample. */
function asRows(array: NumberArray, { isBatch }: Batch): NumberArray {
  return isBatch || array.shape.length !== 1 ? array : { ...array, shape: [1, ...array.shape] }
}

/** The first row with an output that is not a number, or -1. */
function firstUndefined(outputs: Readonly<Record<string, Float64Array>>, count: number): number {
  let first = -1
  for (const values of Object.values(outputs)) {
    const at = values.findIndex(Number.isNaN)
    if (at < 0) continue
    const row = Math.floor(at / (values.length / count))
    if (first < 0 || row < first) first = row
  }
  return first
}

/** The node at which a row of a batch becomes undefined, found by evaluating it node by node. */
function undefinedNode(net: Diagram, given: Given, batch: Batch, row: number): string | null {
  const inputs = Object.fromEntries(
    Object.entries(batch.inputs).map(([name, values]) => {
      const width = values.length / batch.count
      return [name, values.subarray(row * width, (row + 1) * width)]
    }),
  )
  const sizes = Object.fromEntries(batch.sizes)
  const found = evaluate(net, { inputs, weights: weightValues(given), functions: given.functions, sizes })
  return found.ok && found.undefinedAt !== null ? `n${found.undefinedAt}` : null
}

/** How each `mul` is computed, and why. */
export function multiplicativeJson(
  choices: CompileReport['multiplicative'],
): readonly { readonly at: string; readonly method: string; readonly reason: string }[] {
  return choices.map(({ node, method, reason }) => ({ at: `n${node}`, method, reason }))
}

type ByOutput = Readonly<Record<string, Float64Array>>

/** Each output as one list, or as one list a row. */
function listed(values: Float64Array, batch: Batch): unknown {
  const width = batch.count === 0 ? 0 : values.length / batch.count
  const row = (r: number): (number | string)[] => Array.from(values.subarray(r * width, (r + 1) * width), jsonNumber)
  return batch.isBatch ? Array.from({ length: batch.count }, (_, r) => row(r)) : row(0)
}

function document(
  net: Diagram,
  batch: Batch,
  outputs: ByOutput,
  bounds: WithBounds | null,
  undefinedAt: string | null,
  multiplicative: CompileReport['multiplicative'],
) {
  const each = (values: ByOutput): object =>
    Object.fromEntries(Object.entries(values).map(([name, v]) => [name, listed(v, batch)]))
  return {
    netproof: version,
    net: net.name,
    outputs: each(outputs),
    ...(bounds === null
      ? {}
      : {
          bounds: each(bounds.errors),
          troubles: bounds.troubles.map(({ row, kind, node }) => ({
            row: batch.isBatch ? row : null,
            kind,
            at: `n${node}`,
          })),
        }),
    undefinedAt,
    multiplicative: multiplicativeJson(multiplicative),
  }
}

function printRows(net: Diagram, batch: Batch, outputs: ByOutput, bounds: WithBounds | null): void {
  const lines: string[] = []
  for (let r = 0; r < batch.count; r++) {
    for (const { name } of outputsOf(net)) {
      const width = outputs[name].length / batch.count
      const values = Array.from(outputs[name].subarray(r * width, (r + 1) * width), (x, i) => {
        if (bounds === null) return String(x)
        const error = bounds.errors[name][r * width + i]
        return `${x} +- ${error === 0 ? 0 : error.toPrecision(2)}`
      })
      lines.push(`${batch.isBatch ? `${r + 1}: ` : ''}${name} = ${values.join(', ')}`)
    }
    for (const { kind, node } of bounds?.troubles.filter(t => t.row === r) ?? []) {
      lines.push(`${batch.isBatch ? `${r + 1}: ` : ''}no bound: ${kind} at n${node}`)
    }
  }
  process.stdout.write(lines.map(line => `${line}\n`).join(''))
}
