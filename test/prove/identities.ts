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

export const PRELUDE = readFileSync(new URL('../identities.net', import.meta.url), 'utf8')
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
