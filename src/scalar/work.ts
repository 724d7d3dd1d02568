// How much work there is left to do. Whatever grows with its input counts its small steps here (parts of expressions and of
// operators made or passed over, rounds of an analysis, digits of numbers), so that somebody who works on what a stranger has
// written can set a limit. There is none unless `limited` sets one.

/** Thrown where more work would be done than is allowed. */
export class OutOfWork extends Error {}
/** What it says. */
export const TOO_MUCH_WORK = 'it takes more work than is allowed'
/** Thrown where the time is up. */
export class OutOfTime extends Error {}

/** With a time limit, steps are handed out in portions of this size, with a look at the clock before each: about 1 ms. */
const PORTION = 20_000

/** The steps that are left of this portion: in an array, which is written faster than a variable of a module. */
const left = new Float64Array([Number.POSITIVE_INFINITY])
/** The steps that are left beyond this portion, and when the time is up (as performance.now() says it). */
let beyond = 0
let end = Number.POSITIVE_INFINITY

/** Sets the steps that are left in all. */
function allow(steps: number): void {
  left[0] = end === Number.POSITIVE_INFINITY ? steps : Math.min(steps, PORTION)
  beyond = left[0] === steps ? 0 : steps - left[0]
}

/** Counts steps of some 50 ns, before they are done. Throws OutOfWork where there are not so many left, or OutOfTime. */
export function spend(steps: number): void {
  left[0] -= steps
  if (left[0] < 0) proceed()
}

/** Begins the next portion. */
function proceed(): void {
  if (performance.now() > end) throw new OutOfTime('the time budget ran out')
  if (left[0] + beyond < 0) throw new OutOfWork(TOO_MUCH_WORK)
  allow(left[0] + beyond)
}

/** What `run` gives, which may do so many steps, and no more than are left outside. Throws OutOfWork where it does more. */
export function limited<T>(steps: number, run: () => T): T {
  const outer = left[0] + beyond
  const given = Math.min(steps, outer)
  allow(given)
  try {
    return run()
  } finally {
    const rest = left[0] + beyond
    allow(outer === Number.POSITIVE_INFINITY ? outer : outer - (given - rest))
  }
}

/**
 * What `run` gives, which may take so many milliseconds, and no more than are left outside. Throws OutOfTime where counted
 * work goes on for longer. What is found in time does not depend on the clock.
 */
export function timed<T>(milliseconds: number, run: () => T): T {
  const outer = end
  end = Math.min(outer, performance.now() + milliseconds)
  allow(left[0] + beyond)
  try {
    return run()
  } finally {
    end = outer
    allow(left[0] + beyond)
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

/**
 * The steps for arithmetic on the rational number n/d, n >= 0: most of it looks for a common factor, by as many divisions as
 * the shorter of the two has digits. Nothing for a short whole number.
 */
export function fractionWork(n: bigint, d: bigint): number {
  if (d === 1n) return n < SHORT ? 0 : bitsOf(n) >> 4
  return commonFactorWork(Math.min(bitsOf(n), bitsOf(d)))
}

/** The steps that it takes to find the greatest common divisor of numbers, of which the shorter has so many binary digits. */
export function commonFactorWork(bits: number): number {
  return 3 * bits + Math.floor((bits * bits) / 400)
}

/** The steps for passing over the digits of a number, as rounding it does; nothing for a short one. */
export function lengthWork(n: bigint, d: bigint): number {
  return n < SHORT && d < SHORT ? 0 : (bitsOf(n) + bitsOf(d)) >> 4
}

/** The steps for reading a whole number of so many decimal digits, or writing it: more than linear. */
export function decimalWork(digits: number): number {
  return Math.floor((digits * digits) / 4000)
}

const SHORT = 1n << 256n
const WORD = 1n << 64n
const bitsOf = (n: bigint): number => (n < WORD ? 64 : 4 * n.toString(16).length)
