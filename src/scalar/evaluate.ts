// Expressions in binary64: fast, rounded, and evidence only. NaN stands for undefined.
import type { Expression, KnownName, Relation } from './expression.ts'
import { toDouble } from './rational.ts'
import { type StableForm, stablePlan } from './stable.ts'
import { type Instruction, tapeOf } from './tape.ts'

type Unary = (x: number) => number
type Binary = (x: number, y: number) => number

/** x^a as `soundness.md` defines it; Math.pow differs at 0^-1 (Infinity) and NaN^0 (1). */
function power(x: number, a: number): number {
  if (Number.isNaN(x) || Number.isNaN(a)) return Number.NaN
  if (x === 0) return a > 0 ? 0 : a === 0 ? 1 : Number.NaN
  return x === 1 ? 1 : x ** a
}

function sigmoid(x: number): number {
  const e = Math.exp(-Math.abs(x))
  return x >= 0 ? 1 / (1 + e) : e / (1 + e)
}

/** ln(1 + exp x) without overflow. */
function softplus(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
}

/** exp(-x^2) with the rounding of the square made up for: Math.exp turns it into a relative error x^2 times as large. */
function gaussian(x: number): number {
  const head = Math.fround(x)
  return Math.exp(-head * head) * Math.exp((head - x) * (head + x))
}

/**
 * The error function to a few units in the last place. Up to 2.5 its series 2x/sqrt(pi) exp(-x^2) sum (2x^2)^n / (1 3 ... (2n+1)),
 * in which nothing cancels; from there 1 - erfc x by the continued fraction sqrt(pi) exp(x^2) erfc x =
 * 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + ...)))), where erfc is below 0.0005 and needs few digits.
 */
function erf(x: number): number {
  const size = Math.abs(x)
  if (size < 2.5) {
    const y = 2 * x * x
    let term = 1
    let sum = 1
    for (let odd = 3; term > sum * 2 ** -55; odd += 2) {
      term *= y / odd
      sum += term
    }
    return (2 / Math.sqrt(Math.PI)) * x * gaussian(size) * sum
  }
  if (Number.isNaN(x)) return x
  let fraction = size
  for (let k = 40; k > 0; k--) fraction = size + k / 2 / fraction
  return Math.sign(x) * (1 - gaussian(Math.min(size, 30)) / (Math.sqrt(Math.PI) * fraction))
}

/** The functions of one number, each NaN where it is not defined. */
export const unary: Readonly<Partial<Record<KnownName, Unary>>> = {
  neg: x => -x,
  exp: Math.exp,
  ln: x => (x > 0 ? Math.log(x) : Number.NaN),
  sqrt: Math.sqrt,
  abs: Math.abs,
  sign: Math.sign,
  floor: Math.floor,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: x => (Math.abs(x) < 1 ? Math.atanh(x) : Number.NaN),
  erf,
  sigmoid,
  relu: x => Math.max(x, 0),
  softplus,
}

/** The functions of two numbers. */
export const binary: Readonly<Partial<Record<KnownName, Binary>>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => (y === 0 ? Number.NaN : x / y),
  '^': power,
  max: Math.max,
  min: Math.min,
}

/** `left relation right` for numbers. */
export function holds(relation: Relation, left: number, right: number): boolean {
  switch (relation) {
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '==':
      return left === right
    case '!=':
      return left !== right
  }
}

type Step = (values: Float64Array, args: ArrayLike<number>) => number
/** Where the value of a step goes. */
interface Task {
  readonly at: number
  readonly step: Step
}

/**
 * A function of `arity` numbers that computes the expression in binary64, in time linear in the number of its parts.
 *
 * NaN where an operation that counts is undefined at the numbers that reach it (0/0, ln 0, 0^-1, (-8)^(1/3)) or gets NaN; of
 * `c ? a : b` only the branch taken counts. Infinity comes from overflow alone, and what is computed from it means
 * nothing. Where the obvious order of operations loses digits and a stable one is known, that is used (see stable.ts).
 *
 * Throws TypeError for an unknown function, RangeError for a variable beyond `arity`, TooLarge when definitions unfold
 * beyond measure.
 */
export function compileExpression(e: Expression, arity: number): (args: ArrayLike<number>) => number {
  const tape = tapeOf(e)
  const { forms, needed } = stablePlan(tape)
  const steps = tape.flatMap((instruction, at): Task[] => {
    const form = forms[at]
    if (!needed[at]) return []
    return [{ at, step: form === null ? compileStep(instruction, arity) : compileStable(form) }]
  })
  const values = new Float64Array(tape.length)
  return args => {
    for (let i = 0; i < steps.length; i++) values[steps[i].at] = steps[i].step(values, args)
    return values[values.length - 1]
  }
}

function compileStep(instruction: Instruction, arity: number): Step {
  switch (instruction.kind) {
    case 'number': {
      const value = toDouble(instruction.value)
      return () => value
    }
    case 'constant': {
      const value = instruction.name === 'pi' ? Math.PI : Math.E
      return () => value
    }
    case 'variable': {
      const { index } = instruction
      if (index >= arity)
        throw new RangeError(`compileExpression: variable ${index} of a function of ${arity} arguments`)
      return (_, args) => args[index]
    }
    case 'call': {
      const [x, y] = instruction.args
      if (y === undefined) {
        const f = unary[instruction.name] as Unary
        return values => f(values[x])
      }
      const f = binary[instruction.name] as Binary
      return values => f(values[x], values[y])
    }
    case 'choose': {
      const { relation, left, right, then, otherwise } = instruction
      return values => {
        const [l, r] = [values[left], values[right]]
        if (Number.isNaN(l) || Number.isNaN(r)) return Number.NaN
        return values[holds(relation, l, r) ? then : otherwise]
      }
    }
    case 'strict': {
      const { needs, body } = instruction
      return values => (needs.some(i => Number.isNaN(values[i])) ? Number.NaN : values[body])
    }
  }
}

/** ln(tanh u): tanh u = 1 - 2 / (exp(2u) + 1), which is near 1 for large u. */
function logTanh(x: number): number {
  if (!(x > 0)) return Number.NaN
  return x < 0.5 ? Math.log(Math.tanh(x)) : Math.log1p(-2 / (Math.exp(2 * x) + 1))
}

/** ln(exp a + exp b + ...): the largest exponent comes out, so that nothing overflows. */
function logSumExp(...exponents: readonly number[]): number {
  let top = 0
  for (let i = 1; i < exponents.length; i++) if (exponents[i] > exponents[top]) top = i
  const largest = exponents[top]
  // The whole sum is infinite or not a number.
  if (!Number.isFinite(largest)) return largest
  let rest = 0
  for (let i = 0; i < exponents.length; i++) if (i !== top) rest += Math.exp(exponents[i] - largest)
  return largest + Math.log1p(rest)
}

/** What stable forms compute. */
export const STABLE: Readonly<Record<StableForm['kind'], (...args: number[]) => number>> = {
  log1p: (x: number) => (x > -1 ? Math.log1p(x) : Number.NaN),
  log1m: (x: number) => (x < 1 ? Math.log1p(-x) : Number.NaN),
  expm1: Math.expm1,
  oneMinusExp: (x: number) => -Math.expm1(x),
  softplus,
  logSumExp,
  logTanh,
  logSigmoid: (x: number) => -softplus(-x),
}

function compileStable({ kind, args }: StableForm): Step {
  if (kind === 'logSumExp') return values => logSumExp(...args.map(i => values[i]))
  const [x] = args
  const f: Unary = STABLE[kind]
  return values => f(values[x])
}
