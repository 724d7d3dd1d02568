// A program with memory: its arrays in one stretch of numbers, its operations as steps in a fixed order.
import { forwardStep, type Step, type Surroundings } from './forward.ts'
import { layOut, partsOf } from './layout.ts'
import { type Matrices, plainMatrices } from './matrices.ts'
import type { Numbers } from './pointwise.ts'
import type { Program, Value } from './program.ts'
import { type ReverseSurroundings, reverseStep } from './reverse.ts'

export interface MachineOptions {
  readonly precision: 'float64' | 'float32'
  readonly generate: boolean
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

/** The bytes that a machine needs. */
export function bytesOf(program: Program, { precision, capacity, withGradients }: MachineOptions): number {
  return layOut(program, capacity, withGradients, 0).length * (precision === 'float64' ? 8 : 4)
}

export function machineOf(program: Program, options: MachineOptions): Machine {
  const { precision, generate, capacity, withGradients, limit } = options
  const layout = layOut(program, capacity, withGradients, 0)
  const bytes = layout.length * (precision === 'float64' ? 8 : 4)
  if (bytes > limit) {
    throw new RangeError(
      `compile: a batch of ${capacity} samples needs ${bytes} bytes, more than the ${limit} that \`memory\` allows`,
    )
  }
  const data = precision === 'float64' ? new Float64Array(layout.length) : new Float32Array(layout.length)
  const matrices = plainMatrices(data)
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
    inherit: from => data.set(from.data.subarray(...layout.once), layout.once[0]),
  }
}
