// Rigorous enclosures of real functions: intervals with rational ends that are shown to contain the exact value, to any
// precision, and exact values wherever rational arithmetic gives them. What a REFUTED rests on.
import { expBounds, piBounds } from './elementary.ts'
import { ARITY, type Expression, type KnownName, type Relation } from './expression.ts'
import { type Enclosing, extend, widthOf } from './extension.ts'
import type { Rational } from './rational.ts'
import {
  type Bounds,
  compare,
  dotBounds,
  exactly,
  fromRational,
  hullBounds,
  isExact,
  type Precision,
  SCALED_ONE,
  SCALED_ZERO,
  settle,
  toRational,
  toRationalBound,
} from './scaled.ts'
import { type Instruction, tapeOf } from './tape.ts'
import { lengthWork, spend } from './work.ts'

/** The closed interval [low, high]; an exact value when low equals high. */
export interface Enclosure {
  readonly low: Rational
  readonly high: Rational
}
export type Enclosed = Enclosure | 'undefined' | 'unknown'

const precisionOf = (bits: number, exactEnds: boolean): Precision => {
  const working = Math.max(32, Math.ceil(bits)) + 8
  return { bits: working, limit: 4 * working + 256, exactEnds }
}

function fromEnclosure(a: Enclosure, precision: Precision): Bounds {
  const low = fromRational(a.low)
  return settle(low, a.low.equals(a.high) ? low : fromRational(a.high), precision)
}

function toEnclosed(a: Enclosing): Enclosed {
  if (typeof a === 'string') return a
  const exact = isExact(a) ? toRational(a.low) : null
  if (exact !== null) return { low: exact, high: exact }
  const low = toRationalBound(a.low, false)
  const high = toRationalBound(a.high, true)
  return low === null || high === null ? 'unknown' : { low, high }
}

/**
 * The set extension of a known function: an interval that contains f(p) for every p in the box. 'undefined' only when f is
 * undefined at every point of the box; 'unknown' when it may be undefined at some point, or when the values are not
 * bounded or too large to be written (from 2^2097152 on). A box of one point is an exact argument; what is rational
 * then is exact unless longer than about 4 bits + 256 digits. The ends are within about 2^-bits of the best ones, relatively.
 */
export function encloseCall(name: KnownName, args: readonly Enclosure[], bits: number): Enclosed {
  if (args.length !== ARITY[name]) throw new RangeError(`encloseCall: ${name} takes ${ARITY[name]} arguments`)
  const precision = precisionOf(bits, true)
  const bounds = args.map(a => fromEnclosure(a, precision))
  return toEnclosed(extend(name, bounds, precision))
}

/** An interval of relative width below 2^-bits around pi or e. */
export function encloseConstant(name: 'pi' | 'e', bits: number): Enclosure {
  return toEnclosed(constantBounds(name, precisionOf(bits, true))) as Enclosure
}

function constantBounds(name: 'pi' | 'e', precision: Precision): Bounds {
  return name === 'pi' ? piBounds(precision.bits) : (expBounds(SCALED_ONE, precision.bits) as Bounds)
}

/** Whether `a relation b` holds for the reals enclosed; null when the enclosures do not tell. */
function decide(relation: Relation, a: Bounds, b: Bounds): boolean | null {
  switch (relation) {
    case '<':
      return compare(a.high, b.low) < 0 ? true : compare(a.low, b.high) >= 0 ? false : null
    case '<=':
      return compare(a.high, b.low) <= 0 ? true : compare(a.low, b.high) > 0 ? false : null
    case '==':
      if (compare(a.high, b.low) < 0 || compare(b.high, a.low) < 0) return false
      return isExact(a) && isExact(b) ? true : null
    case '!=': {
      const equal = decide('==', a, b)
      return equal === null ? null : !equal
    }
  }
}

/** The value of a tape at one precision, and whether more precision could tell more. Branches that are not taken do not run. */
function run(
  tape: readonly Instruction[],
  point: readonly Bounds[],
  precision: Precision,
): { value: Enclosing; improvable: boolean } {
  const values: (Enclosing | undefined)[] = new Array(tape.length)
  const stack = [tape.length - 1]
  let improvable = false

  // The value of an instruction, or undefined after its missing operands have been put on the stack.
  const step = (instruction: Instruction): Enclosing | undefined => {
    const missing = (operands: readonly number[]): boolean => {
      let any = false
      for (let i = operands.length - 1; i >= 0; i--) {
        if (values[operands[i]] !== undefined) continue
        stack.push(operands[i])
        any = true
      }
      return any
    }
    const failure = (operands: readonly number[]): 'undefined' | 'unknown' | null => {
      let found: 'unknown' | null = null
      for (const i of operands) {
        if (values[i] === 'undefined') return 'undefined'
        if (values[i] === 'unknown') found = 'unknown'
      }
      return found
    }
    const boundsOf = (i: number): Bounds => values[i] as Bounds
    switch (instruction.kind) {
      case 'number':
        spend(lengthWork(instruction.value.n, instruction.value.d))
        return fromEnclosure({ low: instruction.value, high: instruction.value }, precision)
      case 'constant':
        return constantBounds(instruction.name, precision)
      case 'variable': {
        const value = point[instruction.index]
        if (value === undefined) throw new RangeError(`enclose: the point has no coordinate ${instruction.index}`)
        return value
      }
      case 'call': {
        const { name, args } = instruction
        if (missing(args)) return undefined
        const failed = failure(args)
        if (failed !== null) return failed
        // The same real on both sides, however little is known of it.
        if (name === '-' && args[0] === args[1]) return exactly(SCALED_ZERO)
        const bounds = args.map(boundsOf)
        const value = extend(name, bounds, precision)
        const jumps = name === 'floor' || name === 'sign'
        if ((value === 'unknown' || (jumps && value !== 'undefined' && !isExact(value))) && !bounds.every(isExact))
          improvable = true
        return value
      }
      case 'choose': {
        const { relation, left, right, then, otherwise } = instruction
        if (missing([left, right])) return undefined
        const failed = failure([left, right])
        if (failed !== null) return failed
        const holds =
          left === right ? relation === '<=' || relation === '==' : decide(relation, boundsOf(left), boundsOf(right))
        if (holds !== null) {
          const taken = holds ? then : otherwise
          return missing([taken]) ? undefined : values[taken]
        }
        improvable = true
        if (missing([then, otherwise])) return undefined
        const [a, b] = [values[then], values[otherwise]] as [Enclosing, Enclosing]
        if (typeof a === 'string' || typeof b === 'string') return a === b ? a : 'unknown'
        return hullBounds(a, b)
      }
      case 'strict': {
        const operands = [...instruction.needs, instruction.body]
        if (missing(operands)) return undefined
        return failure(operands) ?? values[instruction.body]
      }
    }
  }

  while (stack.length > 0) {
    const at = stack[stack.length - 1]
    if (values[at] === undefined) values[at] = step(tape[at])
    if (values[at] !== undefined) stack.pop()
  }
  return { value: values[tape.length - 1] as Enclosing, improvable }
}

/**
 * An interval that contains the value of the expression at the point, whose coordinates are its variables' values.
 * 'undefined' only when it is shown to be undefined there; 'unknown' when definedness or a choice between branches is
 * not decided even with `maxBits` bits, or when a value is too large. What rational arithmetic gives is exact. Each operation
 * is made with at least `bits` bits, and with up to `maxBits` while something is undecided or the result is wider than `width`.
 * Defined functions count as their definitions, with all arguments defined. Throws TypeError for an unknown function,
 * RangeError for a missing coordinate, TooLarge when definitions unfold beyond measure.
 */
export function enclose(
  e: Expression,
  point: readonly Rational[],
  options: { bits?: number; maxBits?: number; width?: Rational } = {},
): Enclosed {
  const { width } = options
  const bits = Math.max(32, options.bits ?? 64)
  const maxBits = Math.max(bits, options.maxBits ?? 2048)
  const tape = tapeOf(e)
  const wanted = width === undefined ? null : fromRational(width)
  for (let working = bits; ; working = Math.min(2 * working, maxBits)) {
    const precision = precisionOf(working, false)
    const at = point.map(q => fromEnclosure({ low: q, high: q }, precision))
    const { value, improvable } = run(tape, at, precision)
    const wide = wanted !== null && typeof value !== 'string' && !isExact(value) && compare(widthOf(value), wanted) > 0
    if (value === 'undefined' || working >= maxBits || !(improvable || wide)) return toEnclosed(value)
  }
}

/** Whether two enclosures have no number in common, so that what they enclose differs. */
export function disjoint(a: Enclosure, b: Enclosure): boolean {
  return a.high.compare(b.low) < 0 || b.high.compare(a.low) < 0
}

/**
 * As `encloseCall`, for those who compute on: on scaled numbers, which are not written out as rationals between operations
 * (and may therefore be larger: up to 2^(+-2^41)). The ends of proper intervals are rounded to about `bits` bits.
 */
export function extendCall(name: KnownName, args: readonly Bounds[], bits: number): Enclosing {
  const precision = precisionOf(bits, false)
  return extend(name, args, precision)
}

/** A rational as bounds: exact, but for one that is longer than what is kept exact with so many bits. */
export function rationalBounds(q: Rational, bits: number): Bounds {
  return fromEnclosure({ low: q, high: q }, precisionOf(bits, false))
}

/** The sum of the products, in one; null where it has to be made step by step. */
export function encloseDot(weights: readonly Bounds[], values: readonly Bounds[], bits: number): Bounds | null {
  spend(weights.length * (2 + (bits >> 4)))
  return dotBounds(weights, values, precisionOf(bits, false))
}

/** The value of a tape where its variables lie in these intervals, under the promises of `encloseCall`. */
export function encloseTape(tape: readonly Instruction[], point: readonly Bounds[], bits: number): Enclosing {
  return run(tape, point, precisionOf(bits, false)).value
}

/** The enclosure that scaled bounds are; 'unknown' where it would have millions of digits. */
export function boundsToEnclosure(a: Bounds): Enclosure | 'unknown' {
  return toEnclosed(a) as Enclosure | 'unknown'
}
