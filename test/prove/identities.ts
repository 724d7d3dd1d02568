// The development set of identities as files of the language: each side is a net with one wire of width 1 a variable.
import { readFileSync } from 'node:fs'

export interface Identity {
  readonly id: string
  /** A set for each variable: `R`, `>0`, `>=0`, `!=0`, or an interval. */
  readonly domain: Readonly<Record<string, string>>
  readonly lhs: string
  readonly rhs: string
}

export function identities(): {
  readonly true_scalar: readonly Identity[]
  readonly false_scalar: readonly Identity[]
} {
  return JSON.parse(readFileSync(new URL('../identities.json', import.meta.url), 'utf8'))
}

/** The functions of the set by their formulas; relu, softplus and erf are known. */
export const PRELUDE = `function sig(x) = 1/(1 + exp(-x))
function lrelu(x, a) = x >= 0 ? x : a*x
function elu(x, a) = x >= 0 ? x : a*(exp(x) - 1)
function celu(x, a) = x >= 0 ? x : a*(exp(x/a) - 1)
function Phi(x) = (1 + erf(x/sqrt(2)))/2
function clip(x, l, u) = min(max(x, l), u)
function silu(x) = x*sig(x)
function gelu(x) = x*Phi(x)
function gelutanh(x) = x/2*(1 + tanh(sqrt(2/pi)*(x + 0.044715*x^3)))
function mish(x) = x*tanh(softplus(x))
function hardswish(x) = x*clip(x + 3, 0, 6)/6
function hsig(x, a, b) = clip(a*x + b, 0, 1)
function softsign(x) = x/(1 + abs(x))
function trelu(x, a) = x > a ? x : 0
function lae(x, y) = ln(exp(x) + exp(y))
`
const SETS: Readonly<Record<string, string>> = {
  R: 'R',
  '>0': '(0, inf)',
  '>=0': '[0, inf)',
  '!=0': '(-inf, 0) | (0, inf)',
}

/** The claim that both sides are equal, as a file. */
export function fileOf({ domain, lhs, rhs }: Identity): string {
  const inputs = Object.entries(domain).map(([name, set]) => `${name} : 1 in ${SETS[set] ?? set}`)
  const side = (name: string, formula: string): string =>
    `net ${name} { input ${inputs.join(', ')}   output out = ${formula} }`
  return `${PRELUDE}${side('left_', lhs)}\n${side('right_', rhs)}\nprove left_ == right_\n`
}
