// Expressions that lose digits, or overflow, when they are computed as they are written, and for which a stable form of
// the same real function is known: ln(1 + u), exp(u) - 1, ln(exp u + exp v + ...), ln(tanh u), ln(sigmoid u).
import type { KnownName } from './expression.ts'
import type { Instruction } from './tape.ts'

/** Operands are positions of instructions. All but `logSumExp` take one. */
export interface StableForm {
  readonly kind: 'log1p' | 'log1m' | 'expm1' | 'oneMinusExp' | 'softplus' | 'logSumExp' | 'logTanh' | 'logSigmoid'
  readonly args: readonly number[]
}

/** Sums of more terms than this are computed as they are written. */
const MOST_TERMS = 64

/** How a tape is best computed: the stable form of each instruction (null: as it is written), and which ones are needed. */
export interface StablePlan {
  readonly forms: readonly (StableForm | null)[]
  readonly needed: readonly boolean[]
}

export function stablePlan(tape: readonly Instruction[]): StablePlan {
  const forms = tape.map((_, at) => stableForm(tape, at))
  const needed = tape.map((_, at) => at === tape.length - 1)
  for (let at = tape.length - 1; at >= 0; at--) {
    if (needed[at]) for (const place of forms[at]?.args ?? operandsOf(tape[at])) needed[place] = true
  }
  return { forms, needed }
}

function operandsOf(instruction: Instruction): readonly number[] {
  switch (instruction.kind) {
    case 'call':
      return instruction.args
    case 'choose':
      return [instruction.left, instruction.right, instruction.then, instruction.otherwise]
    case 'strict':
      return [...instruction.needs, instruction.body]
    default:
      return []
  }
}

export function stableForm(tape: readonly Instruction[], at: number): StableForm | null {
  const called = (place: number, name: KnownName): readonly number[] | null => {
    const instruction = tape[place]
    return instruction.kind === 'call' && instruction.name === name ? instruction.args : null
  }
  const isOne = (place: number): boolean => {
    const instruction = tape[place]
    return instruction.kind === 'number' && instruction.value.equals(1)
  }
  const difference = called(at, '-')
  if (difference !== null) {
    const [left, right] = difference.map(place => called(place, 'exp'))
    if (left !== null && isOne(difference[1])) return { kind: 'expm1', args: left }
    return right !== null && isOne(difference[0]) ? { kind: 'oneMinusExp', args: right } : null
  }
  const logarithm = called(at, 'ln')
  if (logarithm === null) return null
  const [inner] = logarithm
  const hyperbolic = called(inner, 'tanh')
  if (hyperbolic !== null) return { kind: 'logTanh', args: hyperbolic }
  const logistic = called(inner, 'sigmoid')
  if (logistic !== null) return { kind: 'logSigmoid', args: logistic }
  const subtracted = called(inner, '-')
  if (subtracted !== null) return isOne(subtracted[0]) ? { kind: 'log1m', args: [subtracted[1]] } : null
  const sum = called(inner, '+')
  if (sum === null) return null
  const rest = isOne(sum[0]) ? sum[1] : isOne(sum[1]) ? sum[0] : null
  if (rest !== null) {
    const exponential = called(rest, 'exp')
    return exponential === null ? { kind: 'log1p', args: [rest] } : { kind: 'softplus', args: exponential }
  }
  // ln(exp a + exp b + ...): the largest exponent comes out, and nothing overflows.
  const terms: number[] = []
  const open = [...sum]
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const exponential = called(place, 'exp')
    const inside = called(place, '+')
    if (exponential !== null) terms.push(exponential[0])
    else if (inside !== null) open.push(...inside)
    else return null
    if (terms.length + open.length > MOST_TERMS) return null
  }
  return { kind: 'logSumExp', args: terms }
}
