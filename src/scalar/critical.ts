// Where a function may bend, jump or cease to be defined: parts of its formula at whose zeros that happens, and how such
// zeros are found in doubles.
import { call, type Expression, one, postorder, variablesOf } from './expression.ts'
import { type Rational, rational } from './rational.ts'

/** The expressions in a function at whose zeros something happens to it. */
export function criticalParts(fn: Expression): Expression[] {
  const found = new Set<Expression>()
  for (const e of postorder(fn)) {
    if (e.kind === 'choose') found.add(call('-', e.left, e.right))
    if (e.kind !== 'call') continue
    const [a, b] = e.args
    switch (e.name) {
      case '/':
        found.add(b)
        break
      case 'max':
      case 'min':
        found.add(call('-', a, b))
        break
      case '^':
      case 'ln':
      case 'sqrt':
      case 'abs':
      case 'relu':
      case 'sign':
        found.add(a)
        break
      case 'acosh':
        found.add(call('-', a, one))
        break
      case 'atanh':
        found.add(call('-', a, one)).add(call('+', a, one))
        break
      case 'tan':
        found.add(call('cos', a))
        break
    }
  }
  return [...found].filter(e => variablesOf(e).length > 0)
}

const HALVINGS = 80

/** A place between two at which a quantity changes its sign, as near to the change as doubles can be. */
export function signChange(
  of: (x: number) => number,
  from: number,
  to: number,
  late: () => boolean = () => false,
): number {
  let [low, high] = [from, to]
  const negative = of(low) < 0
  for (let step = 0; step < HALVINGS && !late(); step++) {
    const middle = low / 2 + high / 2
    const value = of(middle)
    if (middle === low || middle === high || value === 0) return middle
    if (value < 0 === negative) low = middle
    else high = middle
  }
  return high
}

const LARGEST_DENOMINATOR = 10_000

/** The simplest fraction that a double may stand for, if there is a simple one. */
export function simplestFraction(x: number): Rational | null {
  if (!Number.isFinite(x) || Math.abs(x) > 1e12) return null
  // Convergents of the continued fraction.
  let [p, q, oldP, oldQ] = [1, 0, 0, 1]
  for (let rest = Math.abs(x), step = 0; step < 40; step++) {
    const whole = Math.floor(rest)
    ;[p, q, oldP, oldQ] = [whole * p + oldP, whole * q + oldQ, p, q]
    if (q > LARGEST_DENOMINATOR || p > Number.MAX_SAFE_INTEGER) return null
    if (Math.abs(p / q - Math.abs(x)) <= 2 ** -40 * Math.abs(x)) return rational(x < 0 ? -p : p, q)
    rest = 1 / (rest - whole)
  }
  return null
}
