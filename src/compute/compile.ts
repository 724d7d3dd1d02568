// Diagrams compiled for batches: many samples at once, values in arrays, with gradients in reverse mode.
import { type Diagram, inputsOf, outputsOf } from '../diagram/diagram.ts'
import type { WeightSymbol } from '../linear/linear.ts'
import type { Size } from '../linear/size.ts'
import { asRows, functionsGiven, own, sizesGiven, type WeightValue } from '../numeric/given.ts'
import { unknownsOf } from '../numeric/instance.ts'
import type { Expression } from '../scalar/expression.ts'
import { componentsIn, sizeIn } from '../semantics/net.ts'
import { chooser } from './choice.ts'
import { fuseOperations } from './fuse.ts'
import { badNumber, checkedCopy, EvaluationError, reported, weightEntries } from './given.ts'
import { lower } from './lower.ts'
import { bytesOf, type Machine, type MachineOptions, machineOf } from './machine.ts'
import type { KernelName } from './matrices.ts'
import { codeGenerationAllowed, type Numbers } from './pointwise.ts'
import { type MultiplicativeChoice, type Program, readsOf, type Value } from './program.ts'

export type Precision = 'float64' | 'float32'

export interface CompileOptions {
  /** Entries of unknown weights, as rows or row-major; those left out are given later, with `setWeights` or `run`. */
  readonly weights?: Readonly<Record<string, WeightValue>>
  /** Formulas for functions that the file leaves unknown. */
  readonly functions?: Readonly<Record<string, Expression>>
  /** Unknown sizes; those that follow from the given weights need not be given. */
  readonly sizes?: Readonly<Record<string, number>>
  /** Of all arrays and of the results; 'float64' where it is not given. */
  readonly precision?: Precision
  /** 'auto' takes WebAssembly where the host has it and the matrices are large enough to gain from it. */
  readonly kernel?: 'auto' | 'wasm' | 'javascript'
  /** How many samples are computed at once: what is larger is cut. Memory grows with it. 256 where it is not given. */
  readonly batch?: number
  /** How products of powers are computed; 'auto' takes for each node what is better conditioned (see `report`). */
  readonly multiplicative?: 'auto' | 'powers' | 'logarithms'
  /** Whether functions may become generated code; false where a content security policy forbids it, or for comparison. */
  readonly generateCode?: boolean
  /** The most bytes that may be allocated; 2^31 where it is not given. */
  readonly memory?: number
}

/** What was chosen in compiling. */
export interface CompileReport {
  readonly precision: Precision
  readonly kernel: KernelName
  /** Functions are generated code, not interpreted. */
  readonly generatedCode: boolean
  readonly multiplicative: readonly MultiplicativeChoice[]
  /** Samples computed at once. */
  readonly batch: number
  /** Of the arrays that are allocated now; gradients need more, once they are first asked for. */
  readonly memory: number
}

export interface Port {
  readonly name: string
  /** The product of the sizes of its axes: the numbers of one sample. */
  readonly width: number
}

type ByName<T> = Readonly<Record<string, T>>

export interface Gradient<A extends Numbers> {
  readonly outputs: ByName<A>
  /** Row-major, one sample a row, as the inputs are. */
  readonly inputs: ByName<A>
  /** Row-major, summed over the samples. */
  readonly weights: ByName<A>
}

/** The gradients of outputs, or what makes them from the outputs of `count` samples from number `from` on. */
export type OutputGradients =
  | ByName<ArrayLike<number>>
  | ((outputs: ByName<Numbers>, from: number, count: number) => ByName<ArrayLike<number>>)

export interface Compiled<A extends Numbers = Float64Array> {
  readonly inputs: readonly Port[]
  readonly outputs: readonly Port[]
  /** The unknown weights, in order of first occurrence. */
  readonly weights: readonly { readonly name: string; readonly rows: number; readonly columns: number }[]
  readonly report: CompileReport
  /** Replaces the entries of some unknown weights, by rows or row-major; nothing is compiled anew. */
  setWeights(weights: Readonly<Record<string, WeightValue>>): void
  /**
   * The outputs for `count` samples: row-major, one sample a row. NaN is what is undefined. Throws EvaluationError for
   * lengths that do not fit, numbers that are not finite or outside of the declared domain, and weights not yet given.
   */
  run(
    batch: ByName<ArrayLike<number>>,
    count: number,
    weights?: Readonly<Record<string, WeightValue>>,
  ): Record<string, A>
  /**
   * The gradients of sum_(samples, outputs, components) outputGradient * output with respect to inputs, for each sample,
   * and to unknown weights. Outputs that `outputGradients` does not name count as 0.
   */
  gradient(
    batch: ByName<ArrayLike<number>>,
    count: number,
    outputGradients: OutputGradients,
    weights?: Readonly<Record<string, WeightValue>>,
  ): Gradient<A>
}

const DEFAULT_BATCH = 256
const DEFAULT_MEMORY = 2 ** 31

/** A weight by its name, with all the places where it stands: declarations of one name are one weight. */
interface WeightPlace {
  readonly symbol: WeightSymbol
  readonly rows: number
  readonly columns: number
  readonly values: Value[]
}

function weightsIn(program: Program, symbols: readonly WeightSymbol[], size: (s: Size) => number): WeightPlace[] {
  const places = new Map<string, WeightPlace>()
  for (const symbol of symbols) {
    const [rows, columns] = [size(symbol.rows), size(symbol.columns)]
    if (!places.has(symbol.name)) places.set(symbol.name, { symbol, rows, columns, values: [] })
  }
  for (const operation of program.operations) {
    if (operation.kind !== 'weight') continue
    const place = places.get(operation.symbol.name) as WeightPlace
    const { rows, width } = operation.out
    if (rows !== place.rows || width !== place.columns) {
      const name = operation.symbol.name
      const [expected, found] = [[place.rows, place.columns] as const, [rows, width] as const]
      throw new EvaluationError({ kind: 'weight-size', name, expected, found })
    }
    place.values.push(operation.out)
  }
  return [...places.values()]
}

/** Weights whose lengths tell sizes: all but matrices that are given row-major, without rows. */
function rowsOnly(given: CompileOptions['weights'], symbols: readonly WeightSymbol[]): Record<string, WeightValue> {
  const matrices = new Set(symbols.filter(symbol => !symbol.vector).map(symbol => symbol.name))
  const kept = Object.entries(given ?? {}).filter(
    ([name, value]) => !matrices.has(name) || typeof value[0] !== 'number',
  )
  return Object.fromEntries(kept)
}

function checkCount(name: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 0) throw new RangeError(`${name}: count is ${count}, not a whole number`)
}

function checkOption<T extends string>(name: string, value: T, allowed: readonly T[]): T {
  if (!allowed.includes(value))
    throw new RangeError(`compile: ${name} is ${String(value)}; it can be ${allowed.map(String).join(', ')}`)
  return value
}

/**
 * Compiles a diagram. Unknown functions must be given, and unknown sizes where the weights given do not tell them.
 *
 * Throws EvaluationError for what is missing or does not fit, TypeError or RangeError naming the option for misuse,
 * RangeError where more memory is needed than allowed, TooLarge where definitions unfold beyond measure.
 */
export function compile(
  diagram: Diagram,
  options: CompileOptions & { readonly precision: 'float32' },
): Compiled<Float32Array>
export function compile(
  diagram: Diagram,
  options?: CompileOptions & { readonly precision?: 'float64' },
): Compiled<Float64Array>
export function compile(diagram: Diagram, options?: CompileOptions): Compiled<Numbers>
export function compile(diagram: Diagram, options: CompileOptions = {}): Compiled<Numbers> {
  const precision = checkOption<Precision>('precision', options.precision ?? 'float64', ['float64', 'float32'])
  const kernel = checkOption<NonNullable<CompileOptions['kernel']>>('kernel', options.kernel ?? 'auto', [
    'auto',
    'wasm',
    'javascript',
  ])
  const method = checkOption<NonNullable<CompileOptions['multiplicative']>>(
    'multiplicative',
    options.multiplicative ?? 'auto',
    ['auto', 'powers', 'logarithms'],
  )
  const generate = (options.generateCode ?? true) && codeGenerationAllowed()
  const limit = options.memory ?? DEFAULT_MEMORY
  const batchSize = options.batch ?? DEFAULT_BATCH
  if (!Number.isSafeInteger(batchSize) || batchSize < 1)
    throw new RangeError(`compile: batch is ${batchSize}, not a whole number from 1 on`)
  if (!(limit >= 0)) throw new RangeError(`compile: memory is ${limit}, not a number of bytes`)

  const unknowns = unknownsOf(diagram)
  const { sizes, functions } = reported(() => ({
    sizes: sizesGiven(unknowns, { sizes: options.sizes, weights: rowsOnly(options.weights, unknowns.weights) }, []),
    functions: functionsGiven(unknowns, options.functions),
  }))
  const size = (s: Size): number => sizeIn(s, sizes)
  const choose = chooser(diagram, size, symbol => {
    const value = own(options.weights, symbol.name)
    return value === undefined ? null : asRows(value)
  })
  const program = fuseOperations(
    lower(diagram, {
      sizes,
      functions,
      choose: node => (method === 'auto' ? choose(node) : { method, reason: 'it was asked for' }),
    }),
  )

  const options_ = (capacity: number, withGradients: boolean): MachineOptions => ({
    precision,
    generate,
    kernel,
    capacity,
    withGradients,
    limit,
  })
  /** The largest batch that memory allows, by halves, unless the caller has asked for one. */
  const machineFor = (withGradients: boolean): Machine => {
    let capacity = batchSize
    if (options.batch === undefined) {
      while (capacity > 1 && bytesOf(program, options_(capacity, withGradients)) > limit) capacity >>= 1
    }
    return machineOf(program, options_(capacity, withGradients))
  }

  const values = new Map<string, Value>()
  const results = new Map<string, Value>()
  for (const operation of program.operations) {
    if (operation.kind === 'input') values.set(operation.name, operation.out)
    if (operation.kind === 'output') results.set(operation.name, operation.of)
  }
  const inputs = inputsOf(diagram).map(({ name, shape, domain }) => ({
    name,
    width: componentsIn(shape, size),
    domain,
    copy: checkedCopy(domain),
    value: values.get(name) as Value,
  }))
  const outputs = outputsOf(diagram).map(({ name, shape }) => ({
    name,
    width: componentsIn(shape, size),
    value: results.get(name) as Value,
  }))
  const inputNames = new Set(inputs.map(input => input.name))
  const weights = weightsIn(program, unknowns.weights, size)
  const missing = new Set(weights.map(({ symbol }) => symbol.name))

  let machine = machineFor(false)
  let isPrepared = false
  const numbers = (length: number): Numbers =>
    precision === 'float64' ? new Float64Array(length) : new Float32Array(length)

  const setWeights = (given: Readonly<Record<string, WeightValue>>): void => {
    // All are checked before any is changed.
    const checked = Object.keys(given).map(name => {
      const place = weights.find(({ symbol }) => symbol.name === name)
      if (place === undefined) throw new TypeError(`setWeights: the net has no unknown weight ${name}`)
      const { symbol, rows, columns } = place
      const entries = weightEntries(symbol, rows, columns, given[name])
      const copy = numbers(rows * columns)
      const bad = checkedCopy(symbol.entries)(entries, 0, copy, 0, copy.length)
      if (bad >= 0) throw new EvaluationError(badNumber(name, bad, entries[bad], copy[bad], symbol.entries))
      return { name, place, copy }
    })
    for (const { name, place, copy } of checked) {
      for (const value of place.values) machine.data.set(copy, machine.place(value))
      missing.delete(name)
    }
    isPrepared = false
  }

  /** What every call needs: weights there, inputs of the right lengths. */
  const begin = (
    caller: string,
    batch: ByName<ArrayLike<number>>,
    count: number,
    given: Readonly<Record<string, WeightValue>> | undefined,
  ): void => {
    checkCount(caller, count)
    for (const name in batch) if (!inputNames.has(name)) throw new EvaluationError({ kind: 'unknown-input', name })
    for (const { name, width } of inputs) {
      const found = batch[name]
      if (found === undefined) throw new EvaluationError({ kind: 'missing-input', name })
      if (typeof found.length !== 'number') throw new TypeError(`${caller}: the input ${name} is no array of numbers`)
      if (found.length !== count * width)
        throw new EvaluationError({ kind: 'input-length', name, expected: count * width, found: found.length })
    }
    if (given !== undefined) setWeights(given)
    for (const name of missing) throw new EvaluationError({ kind: 'missing-weight', name })
    if (!isPrepared) machine.prepare()
    isPrepared = true
  }

  const load = (batch: ByName<ArrayLike<number>>, from: number, samples: number): void => {
    for (const { name, width, domain, copy, value } of inputs) {
      const place = machine.place(value)
      const bad = copy(batch[name], from * width, machine.data, place, samples * width)
      if (bad < 0) continue
      const sample = from + Math.floor(bad / width)
      const given = batch[name][from * width + bad]
      throw new EvaluationError(badNumber(name, bad % width, given, machine.data[place + bad], domain), sample)
    }
  }

  /** Copies numbers of a value out; what is there once is repeated. */
  const unload = (value: Value, place: number, to: Numbers, at: number, count: number): void => {
    const { data } = machine
    if (!value.once && count > 64) to.set(data.subarray(place, place + count), at)
    else if (!value.once) for (let i = 0; i < count; i++) to[at + i] = data[place + i]
    else for (let i = 0; i < count; i++) to[at + i] = data[place + (i % value.width)]
  }

  const run: Compiled<Numbers>['run'] = (batch, count, given) => {
    begin('run', batch, count, given)
    const result: Record<string, Numbers> = {}
    for (const { name, width } of outputs) result[name] = numbers(count * width)
    for (let from = 0; from < count; from += machine.capacity) {
      const samples = Math.min(machine.capacity, count - from)
      load(batch, from, samples)
      machine.forward(samples)
      for (const { name, width, value } of outputs)
        unload(value, machine.place(value), result[name], from * width, samples * width)
    }
    return result
  }

  const gradient: Compiled<Numbers>['gradient'] = (batch, count, outputGradients, given) => {
    if (!machine.withGradients) {
      const next = machineFor(true)
      next.inherit(machine)
      machine = next
    }
    begin('gradient', batch, count, given)
    const fixed = typeof outputGradients === 'function' ? null : outputGradients
    const checkSeeds = (seeds: ByName<ArrayLike<number>>, samples: number): void => {
      for (const name in seeds) {
        const output = outputs.find(o => o.name === name)
        if (output === undefined) throw new TypeError(`gradient: the net has no output ${name}`)
        const expected = samples * output.width
        if (seeds[name].length !== expected)
          throw new RangeError(`gradient: for output ${name} ${expected} numbers are needed, not ${seeds[name].length}`)
      }
    }
    if (fixed !== null) checkSeeds(fixed, count)
    const named = (ports: readonly Port[]): Record<string, Numbers> =>
      Object.fromEntries(ports.map(({ name, width }) => [name, numbers(count * width)]))
    const [ofOutputs, ofInputs] = [named(outputs), named(inputs)]
    machine.clear()
    for (let from = 0; from < count; from += machine.capacity) {
      const samples = Math.min(machine.capacity, count - from)
      load(batch, from, samples)
      machine.forward(samples)
      const part: Record<string, Numbers> = {}
      for (const { name, width, value } of outputs) {
        unload(value, machine.place(value), ofOutputs[name], from * width, samples * width)
        part[name] = ofOutputs[name].subarray(from * width, (from + samples) * width)
      }
      const seeds = fixed ?? (outputGradients as (...args: unknown[]) => ByName<ArrayLike<number>>)(part, from, samples)
      if (fixed === null) checkSeeds(seeds, samples)
      machine.backward(samples, name => {
        const { width } = outputs.find(o => o.name === name) as Port
        const seed = own(seeds, name)
        return seed === undefined
          ? { data: numbers(samples * width), start: 0 }
          : { data: seed, start: fixed === null ? 0 : from * width }
      })
      for (const { name, width, value } of inputs) {
        const place = machine.gradient(value)
        if (isRead.has(value)) unload(value, place, ofInputs[name], from * width, samples * width)
      }
    }
    machine.finish()
    const ofWeights = weights.map(({ symbol, rows, columns, values: places }) => {
      const sum = numbers(rows * columns)
      places.forEach((value, k) => {
        const place = machine.gradient(value)
        if (k === 0) sum.set(machine.data.subarray(place, place + sum.length))
        else for (let i = 0; i < sum.length; i++) sum[i] += machine.data[place + i]
      })
      return [symbol.name, sum] as const
    })
    return { outputs: ofOutputs, inputs: ofInputs, weights: Object.fromEntries(ofWeights) }
  }
  const isRead = new Set(program.operations.flatMap(o => (o.kind === 'input' ? [] : [...readsOf(o)])))

  if (options.weights !== undefined) setWeights(options.weights)
  return {
    inputs: inputs.map(({ name, width }) => ({ name, width })),
    outputs: outputs.map(({ name, width }) => ({ name, width })),
    weights: weights.map(({ symbol: { name }, rows, columns }) => ({ name, rows, columns })),
    get report(): CompileReport {
      return {
        precision,
        kernel: machine.matrices.name,
        generatedCode: generate,
        multiplicative: program.choices,
        batch: machine.capacity,
        memory: machine.bytes,
      }
    },
    setWeights,
    run,
    gradient,
  }
}
