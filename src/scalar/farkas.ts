// Bounds of a linear form under linear inequalities, by the simplex method over exact rationals.
//
// From constraints c_i(x) >= 0 and any multipliers m_i >= 0 with L = sum_i m_i c_i + b follows L >= b (Farkas); the
// best multipliers are searched for. Whatever the search does, the multipliers that it ends with prove the bound.
import { ONE, type Rational, rational, ZERO } from './rational.ts'
import { spend } from './work.ts'

/** sum_j coefficients[j] * x_j + constant >= 0, or > 0 when strict; the coefficients by the names of the variables. */
export interface Constraint {
  readonly coefficients: ReadonlyMap<string, Rational>
  readonly constant: Rational
  readonly strict: boolean
}

export type Bound =
  | { readonly kind: 'bound'; readonly value: Rational; readonly strict: boolean }
  | { readonly kind: 'none' }
  /** No point satisfies the constraints. */
  | { readonly kind: 'infeasible' }

const MAX_ROWS = 32
const MAX_COLUMNS = 96
const MAX_PIVOTS = 200

/** A number of the form value + epsilon * (something infinitely small), which keeps strict inequalities apart. */
interface Cost {
  readonly value: Rational
  readonly epsilon: Rational
}

function minus(a: Cost, factor: Rational, b: Cost): Cost {
  if (factor.n === 0n) return a
  return { value: a.value.sub(factor.mul(b.value)), epsilon: a.epsilon.sub(factor.mul(b.epsilon)) }
}

function signOf(c: Cost): number {
  return c.value.n !== 0n ? Number(c.value.s) : c.epsilon.n !== 0n ? Number(c.epsilon.s) : 0
}

/**
 * The largest b for which `form >= b` (strict: `form > b`) follows linearly from the constraints. 'none' when no bound
 * follows, or the problem is too large. 'infeasible' when the constraints contradict each other.
 */
export function lowerBound(form: ReadonlyMap<string, Rational>, constraints: readonly Constraint[]): Bound {
  const names = [...new Set([...form.keys(), ...constraints.flatMap(c => [...c.coefficients.keys()])])]
  const rows = names.length
  const columns = constraints.length
  if (rows > MAX_ROWS || columns > MAX_COLUMNS) return { kind: 'none' }
  // Multipliers m >= 0 with sum_i m_i * coefficients_i = form: the right sides made non-negative, artificial variables
  // in the columns after the constraints as the first basis.
  const table: Rational[][] = names.map((name, r) => {
    const target = form.get(name) ?? ZERO
    const sign = target.s < 0n ? rational(-1) : ONE
    const row = constraints.map(c => (c.coefficients.get(name) ?? ZERO).mul(sign))
    for (let k = 0; k < rows; k++) row.push(k === r ? ONE : ZERO)
    row.push(target.mul(sign))
    return row
  })
  const basis = names.map((_, r) => columns + r)
  const right = columns + rows

  let pivots = 0
  const pivot = (row: number, column: number): void => {
    const factor = table[row][column].inverse()
    table[row] = table[row].map(q => (q.n === 0n ? q : q.mul(factor)))
    for (let r = 0; r < rows; r++) {
      const f = table[r][column]
      if (r === row || f.n === 0n) continue
      table[r] = table[r].map((q, k) => (table[row][k].n === 0n ? q : q.sub(f.mul(table[row][k]))))
    }
    basis[row] = column
    pivots++
  }
  /** Maximizes the sum of costs; Bland's rule, so that it ends. Tells whether the maximum is finite and was reached. */
  const maximize = (costs: readonly Cost[], usable: number): 'reached' | 'unbounded' | 'stopped' => {
    for (;;) {
      spend(20 * rows * usable)
      let column = -1
      for (let k = 0; k < usable && column < 0; k++) {
        if (basis.includes(k)) continue
        let reduced = costs[k]
        for (let r = 0; r < rows; r++) reduced = minus(reduced, table[r][k], costs[basis[r]])
        if (signOf(reduced) > 0) column = k
      }
      if (column < 0) return 'reached'
      let row = -1
      let least: Rational | null = null
      for (let r = 0; r < rows; r++) {
        if (table[r][column].compare(ZERO) <= 0) continue
        const ratio = table[r][right].div(table[r][column])
        const order = least === null ? -1 : ratio.compare(least)
        if (order < 0 || (order === 0 && basis[r] < basis[row])) {
          least = ratio
          row = r
        }
      }
      if (row < 0) return 'unbounded'
      if (pivots >= MAX_PIVOTS) return 'stopped'
      pivot(row, column)
    }
  }

  const none: Cost = { value: ZERO, epsilon: ZERO }
  const artificial: Cost = { value: rational(-1), epsilon: ZERO }
  const phaseOne = [...constraints.map(() => none), ...names.map(() => artificial)]
  if (maximize(phaseOne, columns) !== 'reached') return { kind: 'none' }
  for (let r = 0; r < rows; r++) if (basis[r] >= columns && table[r][right].n !== 0n) return { kind: 'none' }
  // An artificial variable that is still in the basis, at 0, leaves it where it can; else its row is empty.
  for (let r = 0; r < rows; r++) {
    if (basis[r] < columns) continue
    const k = table[r].findIndex((q, c) => c < columns && q.n !== 0n)
    if (k >= 0) pivot(r, k)
  }
  const phaseTwo: Cost[] = [
    ...constraints.map(c => ({ value: c.constant.neg(), epsilon: c.strict ? ONE : ZERO })),
    ...names.map(() => none),
  ]
  if (maximize(phaseTwo, columns) === 'unbounded') return { kind: 'infeasible' }
  let value = ZERO
  let strict = false
  for (let r = 0; r < rows; r++) {
    if (basis[r] >= columns || table[r][right].n === 0n) continue
    const c = constraints[basis[r]]
    value = value.sub(table[r][right].mul(c.constant))
    strict ||= c.strict
  }
  return { kind: 'bound', value, strict }
}
