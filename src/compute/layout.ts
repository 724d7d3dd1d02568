// Where the values of a program stand in one array: what is there once has a place of its own, the values of a batch
// share places as soon as nothing reads them any more.
import { gradientReadsOf, type Operation, type Program, readsOf, type Value } from './program.ts'

/** Every place starts at a multiple of this many numbers, so that it is aligned for vectors. */
const ALIGNMENT = 8

export interface Layout {
  /** Indices of the first number of each value, and of its gradient where it has one. */
  readonly places: ReadonlyMap<Value, number>
  readonly gradients: ReadonlyMap<Value, number>
  /** The numbers of what is there once: places below this are never shared. */
  readonly once: readonly [start: number, end: number]
  /** Gradients of what is there once, which are summed over a batch. */
  readonly onceGradients: readonly [start: number, end: number]
  /** Of the whole array. */
  readonly length: number
}

function align(n: number): number {
  return Math.ceil(n / ALIGNMENT) * ALIGNMENT
}

/** The values that depend on an input or an unknown weight, so that there is a gradient to hand on. */
export function valuesWithGradient({ operations }: Program): Set<Value> {
  const found = new Set<Value>()
  for (const operation of operations) {
    if (operation.out === null) continue
    const isSource = operation.kind === 'input' || operation.kind === 'weight'
    if (isSource || readsOf(operation).some(value => found.has(value))) found.add(operation.out)
  }
  return found
}

/** Places from a growing stretch of numbers, each taken from the first gap that is large enough. */
class Stretch {
  length: number
  private readonly gaps: { start: number; size: number }[] = []

  constructor(start: number) {
    this.length = start
  }

  take(size: number): number {
    const at = this.gaps.findIndex(gap => gap.size >= size)
    if (at >= 0) {
      const gap = this.gaps[at]
      const { start } = gap
      gap.start += size
      gap.size -= size
      if (gap.size === 0) this.gaps.splice(at, 1)
      return start
    }
    // A gap at the end grows.
    const last = this.gaps.at(-1)
    if (last !== undefined && last.start + last.size === this.length) {
      this.gaps.pop()
      this.length = last.start + size
      return last.start
    }
    this.length += size
    return this.length - size
  }

  give(start: number, size: number): void {
    let at = this.gaps.findIndex(gap => gap.start > start)
    if (at < 0) at = this.gaps.length
    this.gaps.splice(at, 0, { start, size })
    const join = (i: number): void => {
      const [a, b] = [this.gaps[i], this.gaps[i + 1]]
      if (a === undefined || b === undefined || a.start + a.size !== b.start) return
      a.size += b.size
      this.gaps.splice(i + 1, 1)
    }
    join(at)
    join(at - 1)
  }
}

/** The layout for batches of `capacity` samples, with places for gradients or without; `start` numbers are left free. */
export function layOut(program: Program, capacity: number, withGradients: boolean, start: number): Layout {
  const { operations } = program
  const places = new Map<Value, number>()
  const gradients = new Map<Value, number>()
  const sizeOf = (value: Value): number => align(value.rows * value.width * (value.once ? 1 : capacity))
  const graded = withGradients ? valuesWithGradient(program) : new Set<Value>()

  let length = align(start)
  const onceStart = length
  const onces = operations.filter(operation => operation.out?.once === true)
  const placeOnces = (into: Map<Value, number>, of: (value: Value) => boolean): void => {
    for (const operation of onces) {
      const out = operation.out as Value
      if (!of(out)) continue
      if (operation.kind === 'row') into.set(out, into.get(operation.of) as number)
      else {
        into.set(out, length)
        length += sizeOf(out)
      }
    }
  }
  placeOnces(places, () => true)
  const onceEnd = length
  placeOnces(gradients, value => graded.has(value))
  const onceGradientsEnd = length

  const steps = operations.filter(operation => operation.out?.once !== true)
  const last = withGradients ? 2 * steps.length : steps.length
  // When each value is read for the last time, and each gradient written for the first.
  const lastRead = new Map<Value, number>()
  const firstWrite = new Map<Value, number>()
  const makers = new Map<Value, number>()
  const backward = (i: number): number => 2 * steps.length - 1 - i
  steps.forEach((operation, i) => {
    if (operation.out !== null) makers.set(operation.out, i)
    for (const value of readsOf(operation)) {
      lastRead.set(value, operation.kind === 'output' ? steps.length : Math.max(i, lastRead.get(value) ?? 0))
      firstWrite.set(value, backward(i))
    }
  })
  if (withGradients) {
    // In reverse, what an earlier operation reads is read last.
    steps.toReversed().forEach((operation, k) => {
      for (const value of gradientReadsOf(operation)) lastRead.set(value, steps.length + k)
    })
  }

  const stretch = new Stretch(length)
  const ends: (() => void)[][] = Array.from({ length: last + 1 }, () => [])
  const place = (into: Map<Value, number>, value: Value, end: number): void => {
    const size = sizeOf(value)
    const at = stretch.take(size)
    into.set(value, at)
    ends[Math.min(end, last)].push(() => stretch.give(at, size))
  }
  for (let time = 0; time < last; time++) {
    const isForward = time < steps.length
    const operation = steps[isForward ? time : 2 * steps.length - 1 - time]
    if (isForward) {
      const { out } = operation
      if (out !== null) place(places, out, lastRead.get(out) ?? time)
    } else {
      for (const value of readsOf(operation)) {
        if (value.once || !graded.has(value) || gradients.has(value) || firstWrite.get(value) !== time) continue
        const maker = makers.get(value) as number
        place(gradients, value, steps[maker].kind === 'input' ? last : backward(maker))
      }
    }
    for (const end of ends[time]) end()
  }
  return {
    places,
    gradients,
    once: [onceStart, onceEnd],
    onceGradients: [onceEnd, onceGradientsEnd],
    length: stretch.length,
  }
}

/** The operations that depend on weights alone, and those that are done for each batch. */
export function partsOf({ operations }: Program): { prepare: readonly Operation[]; steps: readonly Operation[] } {
  return {
    prepare: operations.filter(operation => operation.out?.once === true),
    steps: operations.filter(operation => operation.out?.once !== true),
  }
}
