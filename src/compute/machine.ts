// A program with memory: its arrays in one stretch of numbers, its operations as steps in a fixed order.
import { forwardStep, type Step, type Surroundings } from './forward.ts'
import { javascriptKernel } from './javascript.ts'
import { type Layout, layOut, partsOf } from './layout.ts'
import { type BlockKernel, type Matrices, matricesWith, workspaceFor } from './matrices.ts'
import type { Numbers } from './pointwise.ts'
import type { Program, Value } from './program.ts'
import { type ReverseSurroundings, reverseStep } from './reverse.ts'
import { isWasmAvailable, wasmKernel } from './wasm.ts'

export interface MachineOptions {
  readonly precision: 'float64' | 'float32'
  readonly generate: boolean
  readonly kernel: 'auto' | 'wasm' | 'javascript'
  readonly capacity: number
  readonly withGradients: boolean
  /** Bytes; more is refused before anything is allocated. */
  readonly limit: number
}

export interface Machine {
  readonly data: Numbers
  readonly bytes: number
  readonly capacity: number
  readonly withGradients: boolean
  readonly matrices: Matrices
  /** Where the numbers of what is there once stand. */
  readonly once: Layout['once']
  place(value: Value): number
  gradient(value: Value): number
  /** Computes what depends on weights alone: to be called after they have changed. */
  prepare(): void
  forward(samples: number): void
  /** Sets the gradients of what is there once to 0. */
  clear(): void
  /** After `forward` for the same samples: gradients of the inputs, and more for what is there once. */
  backward(samples: number, seed: ReverseSurroundings['seed']): void
  /** Hands the gradients of what depends on weights alone on to the weights. */
  finish(): void
  /** Takes over the numbers of what is there once from a machine of the same program. */
  inherit(from: Machine): void
}

/** Products with fewer multiplications gain nothing from a kernel, and from WebAssembly only with more. */
const WORTH_A_KERNEL = 4_096
const WORTH_WASM = 32_768
/** Addresses are 32 bits. */
const MOST_WASM_BYTES = 2 ** 32 - 65_536

/** What the products of matrices in a program need. */
interface Products {
  /** The most multiplications in one product. */
  readonly largest: number
  readonly workspace: number
}

function productsOf({ operations }: Program, capacity: number, withGradients: boolean): Products {
  let [largest, columns, depth] = [0, 0, 0]
  for (const operation of operations) {
    if (operation.kind !== 'matrix') continue
    const { of, out } = operation
    const rows = out.rows * (out.once ? 1 : capacity)
    largest = Math.max(largest, rows * of.width * out.width)
    columns = Math.max(columns, out.width, withGradients ? of.width : 0)
    depth = Math.max(depth, of.width, withGradients ? Math.max(out.width, rows) : 0)
  }
  return { largest, workspace: largest < WORTH_A_KERNEL ? 0 : workspaceFor(columns, depth) }
}

/** The bytes that a machine needs. */
export function bytesOf(program: Program, { precision, capacity, withGradients }: MachineOptions): number {
  const { workspace } = productsOf(program, capacity, withGradients)
  return layOut(program, capacity, withGradients, workspace).length * (precision === 'float64' ? 8 : 4)
}

/** The array of a machine, with the kernel that works in it. */
function arrayFor(
  { kernel, precision }: MachineOptions,
  { largest }: Products,
  length: number,
): { data: Numbers; kernel: BlockKernel | null } {
  const isWorthIt = kernel === 'wasm' || (kernel === 'auto' && largest >= WORTH_WASM)
  const fits = length * (precision === 'float64' ? 8 : 4) <= MOST_WASM_BYTES
  const isWasm = isWorthIt && fits && isWasmAvailable(precision)
  if (kernel === 'wasm' && !isWasm)
    throw new RangeError('compile: kernel is wasm, but there is no WebAssembly SIMD here')
  if (isWasm) return wasmKernel(precision, length)
  const data = precision === 'float64' ? new Float64Array(length) : new Float32Array(length)
  return { data, kernel: largest < WORTH_A_KERNEL ? null : javascriptKernel(data) }
}

export function machineOf(program: Program, options: MachineOptions): Machine {
  const { precision, generate, capacity, withGradients, limit } = options
  const products = productsOf(program, capacity, withGradients)
  const layout = layOut(program, capacity, withGradients, products.workspace)
  const bytes = layout.length * (precision === 'float64' ? 8 : 4)
  const needed = `compile: a batch of ${capacity} samples needs ${bytes} bytes`
  if (bytes > limit) throw new RangeError(`${needed}, more than the ${limit} that \`memory\` allows`)
  let array: ReturnType<typeof arrayFor>
  try {
    array = arrayFor(options, products, layout.length)
  } catch (error) {
    if (!(error instanceof RangeError) || error.message.startsWith('compile:')) throw error
    throw new RangeError(`${needed}, which this host does not have`)
  }
  const { data } = array
  const matrices = matricesWith(data, array.kernel, 0)
  const place = (value: Value): number => layout.places.get(value) as number
  const gradient = (value: Value): number => layout.gradients.get(value) ?? -1
  const surroundings: Surroundings = { data, precision, generate, matrices, place }

  const { prepare, steps } = partsOf(program)
  const made = (step: Step | null): step is Step => step !== null
  const tables = prepare.filter(o => o.kind === 'table').map(o => forwardStep(o, surroundings))
  const prepareSteps = prepare
    .filter(o => o.kind !== 'table')
    .map(o => forwardStep(o, surroundings))
    .filter(made)
  const forwardSteps = steps.map(o => forwardStep(o, surroundings)).filter(made)
  for (const step of tables) step?.(1)

  let seed: ReverseSurroundings['seed'] = () => {
    throw new TypeError('machine: no gradients of outputs are given')
  }
  const written = new Set<Value>()
  const adds = (value: Value): boolean => {
    if (value.once || written.has(value)) return true
    written.add(value)
    return false
  }
  const reverse: ReverseSurroundings = { ...surroundings, gradient, adds, seed: name => seed(name) }
  const reverseSteps = (of: typeof steps): Step[] =>
    withGradients
      ? of
          .toReversed()
          .map(o => reverseStep(o, reverse))
          .filter(made)
      : []
  const backwardSteps = reverseSteps(steps)
  const finishSteps = reverseSteps(prepare)

  const all = (list: readonly Step[], samples: number): void => {
    for (let i = 0; i < list.length; i++) list[i](samples)
  }
  return {
    data,
    bytes,
    capacity,
    withGradients,
    matrices,
    place,
    gradient,
    prepare: () => all(prepareSteps, 1),
    forward: samples => all(forwardSteps, samples),
    clear: () => void data.fill(0, ...layout.onceGradients),
    backward(samples, from) {
      seed = from
      all(backwardSteps, samples)
    },
    finish: () => all(finishSteps, 1),
    inherit: from => data.set(from.data.subarray(...from.once), layout.once[0]),
    once: layout.once,
  }
}
