// Training: the weights of a compiled net are moved along the gradient of a loss, one mini-batch a step, by plain
// stochastic gradient descent or by Adam (Kingma and Ba, 2015, algorithm 1). The order of the samples follows the seed.
import { random } from '../numeric/random.ts'
import type { Compiled } from './compile.ts'

type ByName<T> = Readonly<Record<string, T>>

export type Optimizer =
  | { readonly kind: 'sgd'; readonly rate: number }
  | {
      readonly kind: 'adam'
      readonly rate: number
      /** Default 0.9, 0.999 and 1e-8. */
      readonly beta1?: number
      readonly beta2?: number
      readonly epsilon?: number
    }

/**
 * Of one sample: the sum of squared differences from the targets; or -sum_i t_i ln p_i where p is the softmax of the output,
 * which holds logits. Both are summed over the outputs, and averaged over the samples of a batch.
 */
export type Loss = 'squared-error' | 'cross-entropy'

export interface TrainingData {
  /** Row-major, one sample a row, as `Compiled.run` takes them. */
  readonly inputs: ByName<ArrayLike<number>>
  /** By output, row-major, one sample a row. Outputs that are not named do not count. */
  readonly targets: ByName<ArrayLike<number>>
  readonly count: number
}

export interface TrainingOptions {
  readonly loss: Loss
  readonly optimizer: Optimizer
  /** Samples in a step. Default 32; the last step of an epoch may have fewer. */
  readonly batch?: number
  /** How often all samples are gone through. Default 1. */
  readonly epochs?: number
  /** For the order of the samples. Default 1. */
  readonly seed?: number
}

export interface TrainingStep {
  /** From 1 to `steps`. */
  readonly step: number
  readonly steps: number
  readonly epoch: number
  /** The numbers of the samples of this step, from 0. */
  readonly samples: readonly number[]
  /** The mean loss of the batch before the step, and its gradients. */
  readonly loss: number
  readonly gradients: ByName<Float64Array>
  /** The weights after the step, row-major; they are changed in place by the next one. */
  readonly weights: ByName<Float64Array>
}

/** The loss of `count` samples, summed, and its derivatives with respect to the outputs. */
export function lossOf(
  kind: Loss,
  outputs: ByName<ArrayLike<number>>,
  targets: ByName<ArrayLike<number>>,
  count: number,
): { readonly loss: number; readonly gradients: Record<string, Float64Array> } {
  let loss = 0
  const gradients: Record<string, Float64Array> = {}
  for (const [name, target] of Object.entries(targets)) {
    const output = outputs[name]
    if (output === undefined || output.length !== target.length)
      throw new RangeError(`lossOf: the targets of ${name} do not have the length of the output`)
    const gradient = new Float64Array(output.length)
    const width = count === 0 ? 0 : output.length / count
    for (let start = 0; start < output.length; start += width) {
      if (kind === 'squared-error') {
        for (let i = start; i < start + width; i++) {
          const difference = output[i] - target[i]
          loss += difference * difference
          gradient[i] = 2 * difference
        }
        continue
      }
      let largest = -Infinity
      for (let i = start; i < start + width; i++) largest = Math.max(largest, output[i])
      let [sum, total] = [0, 0]
      for (let i = start; i < start + width; i++) {
        sum += gradient[i] = Math.exp(output[i] - largest)
        total += target[i]
      }
      const logarithm = Math.log(sum)
      for (let i = start; i < start + width; i++) {
        loss -= target[i] * (output[i] - largest - logarithm)
        gradient[i] = (total * gradient[i]) / sum - target[i]
      }
    }
    gradients[name] = gradient
  }
  return { loss, gradients }
}

function shuffled(count: number, source: ReturnType<typeof random>): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = source.integer(0, i)
    ;[order[i], order[j]] = [order[j], order[i]]
  }
  return order
}

/** The rows of an array with these numbers. */
function gather(data: ArrayLike<number>, count: number, rows: readonly number[]): Float64Array {
  const width = data.length / count
  const result = new Float64Array(rows.length * width)
  rows.forEach((row, r) => {
    for (let i = 0; i < width; i++) result[r * width + i] = data[row * width + i]
  })
  return result
}

/** What changes weights in place, given their gradients. */
type Update = (name: string, weights: Float64Array, gradient: ArrayLike<number>, step: number) => void

function updateOf(optimizer: Optimizer): Update {
  const { rate } = optimizer
  if (!(rate > 0)) throw new RangeError(`train: the rate is ${rate}, not above 0`)
  if (optimizer.kind === 'sgd') {
    return (_, weights, gradient) => {
      for (let i = 0; i < weights.length; i++) weights[i] -= rate * gradient[i]
    }
  }
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimizer
  const moments = new Map<string, { first: Float64Array; second: Float64Array }>()
  return (name, weights, gradient, step) => {
    let found = moments.get(name)
    if (found === undefined) {
      const zeros = (): Float64Array => new Float64Array(weights.length)
      moments.set(name, (found = { first: zeros(), second: zeros() }))
    }
    const { first, second } = found
    const [bias1, bias2] = [1 - beta1 ** step, 1 - beta2 ** step]
    for (let i = 0; i < weights.length; i++) {
      const g = gradient[i]
      first[i] = beta1 * first[i] + (1 - beta1) * g
      second[i] = beta2 * second[i] + (1 - beta2) * g * g
      weights[i] -= (rate * (first[i] / bias1)) / (Math.sqrt(second[i] / bias2) + epsilon)
    }
  }
}

function wholeNumber(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1)
    throw new RangeError(`train: ${name} is ${value}, not a whole number from 1 on`)
  return value
}

/**
 * Trains all unknown weights of a net, from those given (row-major, by name), and yields after each step. Throws
 * EvaluationError where data does not fit the net, and when a weight is no longer a finite number; RangeError for options
 * that make no sense.
 */
export function* trainingSteps(
  net: Compiled,
  weights: ByName<ArrayLike<number>>,
  data: TrainingData,
  options: TrainingOptions,
): Generator<TrainingStep> {
  const batch = wholeNumber('batch', options.batch ?? 32)
  const epochs = wholeNumber('epochs', options.epochs ?? 1)
  const source = random(options.seed ?? 1)
  const update = updateOf(options.optimizer)
  const current = Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, Float64Array.from(w)]))
  net.setWeights(current)
  const steps = epochs * Math.ceil(data.count / batch)
  let step = 0
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = shuffled(data.count, source)
    for (let from = 0; from < data.count; from += batch) {
      const samples = Array.from(order.subarray(from, from + batch))
      const some = (arrays: ByName<ArrayLike<number>>): Record<string, Float64Array> =>
        Object.fromEntries(Object.entries(arrays).map(([name, a]) => [name, gather(a, data.count, samples)]))
      const targets = some(data.targets)
      let loss = 0
      const found = net.gradient(some(data.inputs), samples.length, (outputs, start, count) => {
        const part = Object.fromEntries(
          Object.entries(targets).map(([name, t]) => {
            const width = t.length / samples.length
            return [name, t.subarray(start * width, (start + count) * width)]
          }),
        )
        const of = lossOf(options.loss, outputs, part, count)
        loss += of.loss / samples.length
        for (const g of Object.values(of.gradients)) for (let i = 0; i < g.length; i++) g[i] /= samples.length
        return of.gradients
      })
      step++
      for (const [name, w] of Object.entries(current)) update(name, w, found.weights[name], step)
      net.setWeights(current)
      yield { step, steps, epoch, samples, loss, gradients: found.weights, weights: current }
    }
  }
}

export interface Trained {
  readonly weights: ByName<Float64Array>
  /** The loss of each step's batch before the step. */
  readonly losses: readonly number[]
  /** Whether all steps were made; false after an abort, when the weights are those of the last step. */
  readonly finished: boolean
}

/** Steps between which other tasks, an abort among them, get their turn. */
const STEPS_AT_ONCE = 8

/** Trains to the end, or until `signal` aborts: what was reached by then is the result. */
export async function train(
  net: Compiled,
  weights: ByName<ArrayLike<number>>,
  data: TrainingData,
  options: TrainingOptions & { readonly signal?: AbortSignal; onProgress?(step: TrainingStep): void },
): Promise<Trained> {
  const losses: number[] = []
  let last: ByName<Float64Array> = Object.fromEntries(
    Object.entries(weights).map(([name, w]) => [name, Float64Array.from(w)]),
  )
  for (const step of trainingSteps(net, weights, data, options)) {
    losses.push(step.loss)
    last = step.weights
    options.onProgress?.(step)
    if (step.step % STEPS_AT_ONCE === 0) await new Promise(resolve => void setTimeout(resolve, 0))
    if (options.signal?.aborted && step.step < step.steps) return { weights: last, losses, finished: false }
  }
  return { weights: last, losses, finished: true }
}
