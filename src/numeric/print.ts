// Instances as text and as JSON: sizes, weights by rows, functions by formulas.
import type { WeightSymbol } from '../linear/linear.ts'
import { type Expression, type FunctionSymbol, printExpression } from '../scalar/expression.ts'
import { printRational, type Rational } from '../scalar/rational.ts'
import type { Instance } from '../semantics/ground.ts'

/** `sigma(t)` and its formula in these arguments. */
function formulaOf(fn: FunctionSymbol, formula: Expression): { head: string; text: string } {
  const names = fn.arity === 1 ? ['t'] : Array.from({ length: fn.arity }, (_, i) => `t${i + 1}`)
  const head = fn.arity === 0 ? fn.name : `${fn.name}(${names.join(', ')})`
  return { head, text: printExpression(formula, names) }
}

/** Longer lists are cut short for people; JSON and certificates have all numbers. */
const MOST_SHOWN = 64
const SHOWN = 8

/** `[1, 2, 3]`, or the text alone where there is only one; of long lists the beginning, and how many more there are. */
export function printList(count: number, text: (i: number) => string, what = ''): string {
  const texts = Array.from({ length: count > MOST_SHOWN ? SHOWN : count }, (_, i) => text(i))
  if (count > MOST_SHOWN) return `[${texts.join(', ')}, and ${count - SHOWN} more${what} with --json]`
  return count === 1 ? texts[0] : `[${texts.join(', ')}]`
}

export function printNumbers(values: readonly Rational[]): string {
  return printList(values.length, i => printRational(values[i]))
}

export function printDoubles(values: ArrayLike<number>): string {
  return printList(values.length, i => String(values[i]))
}

function printRows(symbol: WeightSymbol, rows: readonly (readonly Rational[])[]): string {
  const columns = rows[0]?.length ?? 0
  const count = rows.length * columns
  if (count > MOST_SHOWN) {
    const entry = (i: number): string => printRational(rows[Math.floor(i / columns)][i % columns])
    return printList(count, entry, ` of ${rows.length} x ${columns}, by rows,`)
  }
  const text = rows.map(row => (symbol.vector ? printRational(row[0]) : `[${row.map(printRational).join(', ')}]`))
  return `[${text.join(', ')}]`
}

/** One line for each size, weight and function. */
export function printInstance({ sizes, weights, functions }: Instance): string[] {
  const lines: string[] = []
  for (const [name, value] of sizes) lines.push(`${name} = ${value}`)
  for (const [symbol, rows] of weights) lines.push(`${symbol.name} = ${printRows(symbol, rows)}`)
  for (const [fn, formula] of functions) {
    const { head, text } = formulaOf(fn, formula)
    lines.push(`${head} = ${text}`)
  }
  return lines
}

export interface JsonInstance {
  readonly sizes: Readonly<Record<string, number>>
  /** Exact numbers as the language writes them: `3`, `-0.25`, `1/3`. */
  readonly weights: Readonly<Record<string, readonly (readonly string[])[] | readonly string[]>>
  readonly functions: Readonly<Record<string, string>>
}

export function instanceJson({ sizes, weights, functions }: Instance): JsonInstance {
  return {
    sizes: Object.fromEntries(sizes),
    weights: Object.fromEntries(
      [...weights].map(([symbol, rows]) => {
        const text = rows.map(row => row.map(printRational))
        return [symbol.name, symbol.vector ? text.map(row => row[0]) : text]
      }),
    ),
    functions: Object.fromEntries(
      [...functions].map(([fn, formula]) => {
        const { head, text } = formulaOf(fn, formula)
        return [fn.name, `${head} = ${text}`]
      }),
    ),
  }
}
