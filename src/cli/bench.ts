// `netproof bench`: how fast a net is computed, and how, on a batch of random inputs of its domain.
import { type Compiled, type CompileOptions, compile } from '../compute/compile.ts'
import type { Numbers } from '../compute/pointwise.ts'
import { badArgument } from '../diagnostic.ts'
import { type Diagram, outputsOf } from '../diagram/diagram.ts'
import { linearPostorder } from '../linear/linear.ts'
import { doublesGiven, NoDraw, pointsDrawn } from '../numeric/compare-nets.ts'
import { constantsIn, unknownsOf } from '../numeric/instance.ts'
import { pairUp } from '../numeric/pairing.ts'
import { random } from '../numeric/random.ts'
import { livingNodes } from '../semantics/contents.ts'
import { componentsIn, sizeIn } from '../semantics/net.ts'
import { version } from '../version.ts'
import { loadFile, netNamed } from './common.ts'
import { checked, multiplicativeJson } from './eval.ts'
import { checkNames, type Given, type GivenOptions, givenBy, refuse, weightValues } from './given.ts'

export interface BenchCommandOptions extends Omit<GivenOptions, 'input'> {
  readonly batch: number
  readonly seconds: number
  readonly precision: 'float64' | 'float32'
  readonly kernel: 'auto' | 'wasm' | 'javascript'
  readonly gradients?: boolean
  readonly seed: number
  readonly json?: boolean
}

/** Multiplications and additions in the matrices of a net, for one sample forward. */
function matrixOperations(net: Diagram, sizes: ReadonlyMap<string, number>): number {
  const size = (s: Parameters<typeof sizeIn>[0]): number => sizeIn(s, sizes)
  let total = 0
  for (const node of livingNodes(net)) {
    const operators = node.kind === 'additive' ? node.operators : node.kind === 'multiplicative' ? [node.operator] : []
    const rows = componentsIn(node.shape.slice(0, -1), size)
    for (const a of operators.flatMap(operator => [...linearPostorder(operator)])) {
      if (a.kind === 'symbol' || a.kind === 'literal') total += 2 * rows * size(a.rows) * size(a.columns)
    }
  }
  return total
}

interface Drawn {
  readonly weights: Readonly<Record<string, readonly Float64Array[]>>
  readonly inputs: Readonly<Record<string, Float64Array>>
  readonly sizes: ReadonlyMap<string, number>
}

/** Far from the ends of the range of float32. */
function isMiddling(x: number): boolean {
  return x === 0 || (Math.abs(x) > 1e-30 && Math.abs(x) < 1e30)
}

/** Weights that are not given, and a batch of inputs, by the seed. */
function drawn(net: Diagram, given: Given, compiled: Compiled<Numbers>, options: BenchCommandOptions): Drawn {
  const source = random(options.seed)
  const stated = { weights: weightValues(given), functions: given.functions, sizes: given.sizes }
  try {
    const { sizes, weights } = doublesGiven(unknownsOf(net), stated, source, () => compiled.report.memory)
    const lengths = compiled.inputs.map(input => input.width)
    const pairing = pairUp(net, net) as NonNullable<ReturnType<typeof pairUp>>
    const points = [...pointsDrawn(pairing, lengths, constantsIn([net]), source, options.batch)]
    const inputs = compiled.inputs.map(({ name, width }, k) => {
      const values = new Float64Array(width * options.batch)
      points.forEach((point, row) => void values.set(point[k], row * width))
      if (options.precision === 'float32') {
        // Other numbers of the same domain in the place of those that float32 does not have.
        const other = values.find(isMiddling) ?? 1
        return [name, values.map(x => (isMiddling(x) ? x : other))] as const
      }
      return [name, values] as const
    })
    const rows = [...weights].map(([symbol, value]) => [symbol.name, value.map(row => Float64Array.from(row))] as const)
    return { weights: Object.fromEntries(rows), inputs: Object.fromEntries(inputs), sizes }
  } catch (error) {
    if (!(error instanceof NoDraw)) throw error
    return refuse(badArgument('--seed', net.name, `no ${error.missing} are known that satisfy the declarations`))
  }
}

/** Seconds a call takes: the mean of as many calls as fit into the time, after one that does not count. */
function timed(seconds: number, call: () => void): number {
  call()
  const begin = performance.now()
  let calls = 0
  let spent = 0
  while (spent < seconds * 1000) {
    call()
    calls++
    spent = performance.now() - begin
  }
  return spent / 1000 / calls
}

export function benchCommand(file: string, name: string, options: BenchCommandOptions): number {
  const net = netNamed(loadFile(file), name)
  const given = givenBy({ ...options, input: [] }, net)
  checkNames([net], given)
  const { batch, precision, kernel, seconds } = options
  const settings: CompileOptions = { functions: given.functions, sizes: given.sizes, precision, kernel, batch }
  const result = checked(net, given, null, () => {
    const begin = performance.now()
    const compiled = compile(net, { ...settings, weights: weightValues(given) })
    const compiling = performance.now() - begin
    const { weights, inputs, sizes } = drawn(net, given, compiled, options)
    compiled.setWeights(weights)
    const ones = Object.fromEntries(
      compiled.outputs.map(({ name: output, width }) => [output, new Float64Array(width * batch).fill(1)]),
    )
    const call = options.gradients
      ? () => void compiled.gradient(inputs, batch, ones)
      : () => void compiled.run(inputs, batch)
    const each = timed(seconds, call)
    const { report } = compiled
    // Backwards, each matrix is multiplied twice: for the gradients of its inputs and of its entries.
    const operations = matrixOperations(net, sizes) * batch * (options.gradients ? 3 : 1)
    return {
      netproof: version,
      net: net.name,
      outputs: outputsOf(net).map(output => output.name),
      of: options.gradients ? 'gradients' : 'outputs',
      batch,
      compileMilliseconds: compiling,
      microsecondsPerBatch: each * 1e6,
      evaluationsPerSecond: batch / each,
      gflops: operations === 0 ? null : operations / each / 1e9,
      memory: report.memory,
      precision: report.precision,
      kernel: report.kernel,
      generatedCode: report.generatedCode,
      multiplicative: multiplicativeJson(report.multiplicative),
    }
  })
  if (options.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`)
  else {
    const lines = [
      `${net.name}: ${result.evaluationsPerSecond.toPrecision(4)} ${result.of === 'gradients' ? 'gradients' : 'evaluations'} a second, in batches of ${batch}`,
      ...(result.gflops === null ? [] : [`${result.gflops.toPrecision(3)} GFLOP/s in products with matrices`]),
      `${result.precision}, kernel ${result.kernel}, ${result.generatedCode ? 'generated code' : 'interpreted functions'}, ${result.memory} bytes`,
      `compiled in ${result.compileMilliseconds.toPrecision(2)} ms`,
      ...result.multiplicative.map(({ at, method, reason }) => `mul at ${at}: by ${method}, for ${reason}`),
    ]
    process.stdout.write(lines.map(line => `${line}\n`).join(''))
  }
  return 0
}
