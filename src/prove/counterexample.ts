// Counterexamples as data that can be printed: the point, the values of what was unknown, and the two enclosures.
import type { NodeId } from '../diagram/diagram.ts'
import { instanceJson, type JsonInstance, printInstance, printList, printNumbers } from '../numeric/print.ts'
import type { Enclosure } from '../scalar/enclosure.ts'
import { printRational, type Rational } from '../scalar/rational.ts'
import type { Instance } from '../semantics/ground.ts'

/** What a net gives at a point: enclosures of the components of all its outputs in order, or nothing, and where not. */
export type NetValue =
  | { readonly kind: 'defined'; readonly components: readonly Enclosure[] }
  | { readonly kind: 'undefined'; readonly at: NodeId }

/** A point, with values for what was unknown, at which two nets differ. */
export interface Counterexample extends Instance {
  readonly kind: 'counterexample'
  readonly seed: number
  /** By the names of the left net's inputs. */
  readonly inputs: ReadonlyMap<string, readonly Rational[]>
  /** Where both nets are defined: the output (of the left net) and the component at which they differ. */
  readonly output: { readonly name: string; readonly component: number } | null
  readonly left: NetValue
  readonly right: NetValue
}

/** The decimal with so many significant digits next below q, or next above (q itself where it has no more digits). */
export function decimalBound(q: Rational, digits: number, direction: 'below' | 'above'): string {
  if (q.n === 0n) return '0'
  // Towards zero or away from it, on the magnitude.
  const away = (direction === 'above') === q.s > 0n
  let exponent = q.n.toString().length - q.d.toString().length
  const cut = (e: number): { n: bigint; exact: boolean } => {
    const shift = digits - 1 - e
    const numerator = shift >= 0 ? q.n * 10n ** BigInt(shift) : q.n
    const denominator = shift >= 0 ? q.d : q.d * 10n ** BigInt(-shift)
    return { n: numerator / denominator, exact: numerator % denominator === 0n }
  }
  let { n, exact } = cut(exponent)
  if (n.toString().length < digits) ({ n, exact } = cut(--exponent))
  if (!exact && away) n += 1n
  let text = n.toString()
  if (text.length > digits) exponent++
  text = text.replace(/0+$/, '')
  const sign = q.s < 0n ? '-' : ''
  if (exponent < -7 || exponent > 20) {
    const fraction = text.length > 1 ? `.${text.slice(1)}` : ''
    return `${sign}${text[0]}${fraction}e${exponent < 0 ? '' : '+'}${exponent}`
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${text}`
  const whole = text.padEnd(exponent + 1, '0')
  const fraction = whole.slice(exponent + 1)
  return `${sign}${whole.slice(0, exponent + 1)}${fraction === '' ? '' : `.${fraction}`}`
}

const DIGITS = 20

/** An enclosure as two decimals, rounded outward. */
export function decimalEnclosure({ low, high }: Enclosure): [low: string, high: string] {
  return [decimalBound(low, DIGITS, 'below'), decimalBound(high, DIGITS, 'above')]
}

/** Exact where that is short, else the decimals around it. */
function printNumber(q: Rational): string {
  const exact = printRational(q)
  return exact.length <= 2 * DIGITS ? exact : `about ${decimalBound(q, DIGITS, 'below')}`
}

function printValue(value: NetValue, at: number | null): string {
  if (value.kind === 'undefined') return 'undefined'
  const shown = at === null ? value.components : [value.components[at]]
  const text = shown.map(enclosure => {
    if (enclosure.low.equals(enclosure.high)) return printNumber(enclosure.low)
    const [low, high] = decimalEnclosure(enclosure)
    return `between ${low} and ${high}`
  })
  return printList(text.length, i => text[i])
}

/** The position of the differing component in the list of all outputs' components; null where it does not matter. */
function differing({ left, right }: Counterexample): number | null {
  if (left.kind === 'undefined' || right.kind === 'undefined') return null
  const place = left.components.findIndex((l, i) => {
    const r = right.components[i]
    return l.high.compare(r.low) < 0 || r.high.compare(l.low) < 0
  })
  return place < 0 ? null : place
}

/** Several lines for people: the point, then what each side is there. */
export function printCounterexample(found: Counterexample, left = 'left', right = 'right'): string {
  const lines = [...found.inputs].map(([name, value]) => `${name} = ${printNumbers(value)}`)
  lines.push(...printInstance(found))
  const at = differing(found)
  const place = found.output === null ? '' : `, ${found.output.name}[${found.output.component}]`
  lines.push(`${left}${place}: ${printValue(found.left, at)}`)
  lines.push(`${right}${place}: ${printValue(found.right, at)}`)
  return lines.join('\n')
}

export type JsonNetValue = readonly (readonly [low: string, high: string])[] | 'undefined'

export interface JsonCounterexample extends JsonInstance {
  readonly seed: number
  /** Exact numbers as the language writes them: `3`, `-0.25`, `1/3`. */
  readonly inputs: Readonly<Record<string, readonly string[]>>
  readonly output: { readonly name: string; readonly component: number } | null
  readonly left: JsonNetValue
  readonly right: JsonNetValue
}

/** The form of `prove --json`. */
export function counterexampleJson(found: Counterexample): JsonCounterexample {
  const value = (v: NetValue): JsonNetValue =>
    v.kind === 'undefined' ? 'undefined' : v.components.map(decimalEnclosure)
  return {
    seed: found.seed,
    inputs: Object.fromEntries([...found.inputs].map(([name, v]) => [name, v.map(printRational)])),
    ...instanceJson(found),
    output: found.output,
    left: value(found.left),
    right: value(found.right),
  }
}
