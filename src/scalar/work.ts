// How much work there is left to do. Whatever grows with its input counts its small steps here (parts of expressions and of
// operators made or passed over, rounds of an analysis, digits of numbers), so that somebody who works on what a stranger has
// written can set a limit. There is none unless `limited` sets one.

/** Thrown where more work would be done than is allowed. */
export class OutOfWork extends Error {}

/** The steps that are left: in an array, which is written faster than a variable of a module. */
const left = new Float64Array([Number.POSITIVE_INFINITY])

/** Counts steps of some 50 ns, before they are done. Throws OutOfWork where there are not so many left. */
export function spend(steps: number): void {
  left[0] -= steps
  if (left[0] < 0) throw new OutOfWork('it takes more work than is allowed')
}

/** What `run` gives, which may do so many steps, and no more than are left outside. Throws OutOfWork where it does more. */
export function limited<T>(steps: number, run: () => T): T {
  const outer = left[0]
  const given = Math.min(steps, outer)
  left[0] = given
  try {
    return run()
  } finally {
    left[0] = outer - (given - left[0])
  }
}

/** Steps that several runs share. */
export class Allowance {
  constructor(private steps: number) {}

  /** How many steps are left. */
  get left(): number {
    return this.steps
  }

  /** What `run` gives; null where it takes more steps than are left here, which then are used up. */
  run<T>(run: () => T): T | null {
    const outer = left[0]
    const given = Math.min(this.steps, outer)
    left[0] = given
    try {
      return run()
    } catch (error) {
      if (error instanceof OutOfWork && given < outer) return null
      throw error
    } finally {
      const done = given - left[0]
      this.steps = Math.max(0, this.steps - done)
      left[0] = outer - done
    }
  }
}

/** The steps for arithmetic on a whole number: as many as squaring it takes, nothing for a short one. */
export function digitsWork(n: bigint): number {
  if (n < SHORT && n > -SHORT) return 0
  const digits = n.toString(16).length
  return (digits * digits) >> 10
}
const SHORT = 1n << 256n
