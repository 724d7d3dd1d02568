// Certificates written by hand, row by row: what an honest writer would never write can be said here.
import { FORMAT, VERSION } from '../../src/certificate/certificate.ts'
import type { Json } from '../../src/certificate/json.ts'

/** A certificate under way. Each method adds a row and gives its number. */
export interface Draft {
  /** A row of the table of expressions; the same row is there once. */
  expression(row: Json): number
  operator(row: Json): number
  /** A proof with these steps; those that an end lists as `equal` are the last. */
  proof(end: Json, steps?: readonly Json[]): number
  /** left = right on the domain (an interval for each variable). */
  lemma(left: number, right: number, domain: readonly string[], proof: number): number
  claim(claim: Json): number
  document(): { [key: string]: Json }
}

export function draft(): Draft {
  const tables: Record<'expressions' | 'operators' | 'proofs', Json[]> = { expressions: [], operators: [], proofs: [] }
  const lemmas: Json[] = []
  const claims: Json[] = []
  const known = new Map<string, number>()
  const put = (list: Json[], row: Json): number => list.push(row) - 1
  return {
    expression(row) {
      const key = JSON.stringify(row)
      const at = known.get(key) ?? put(tables.expressions, row)
      known.set(key, at)
      return at
    },
    operator: row => put(tables.operators, row),
    proof(end, steps = []) {
      const last =
        typeof end === 'object' && end !== null && 'equal' in end && Array.isArray(end.equal) ? end.equal : null
      const row = last === null ? { steps, end } : { steps: [...steps, ...last], end: { equal: true } }
      return put(tables.proofs, row)
    },
    lemma: (left, right, domain, proof) => put(lemmas, { left, right, domain, proof }),
    claim: claim => put(claims, claim),
    document: () => ({ format: FORMAT, version: VERSION, netproof: '0', seed: 1, claims, lemmas, tables }),
  }
}

// --- Nodes: wires are numbered in order, those of the left net first --------------------------------------------------

type Shape = readonly Json[]
export function input(name: string, domain = '(-inf, inf)', shape: Shape = [1]): Json {
  return ['input', [], shape, name, domain]
}
export function output(arg: number, name = 'y', shape: Shape = [1]): Json {
  return ['output', [arg], shape, name]
}
export function pointwise(fn: number, args: readonly number[], shape: Shape = [1]): Json {
  return ['pointwise', args, shape, fn]
}
export function additive(operator: number, arg: number, bias: number | null = null, shape: Shape = [1]): Json {
  return ['additive', [arg], shape, [operator], bias]
}
export function multiplicative(operator: number, arg: number, bias: number | null = null, shape: Shape = [1]): Json {
  return ['multiplicative', [arg], shape, operator, bias]
}

/** A step of a proof: wire `at` becomes `becomes`; `given` says whatever else is different. */
export function step(by: string, rule: string, at: number, becomes: number, given: { [key: string]: Json } = {}): Json {
  return { rule, side: 'left', direction: 'forward', by, at, nodes: [], becomes, ...given }
}

/** The claim that is proved by these steps. */
export function proved(
  leftNet: Json,
  rightNet: Json,
  steps: readonly Json[],
  change: { [key: string]: Json } = {},
): Json {
  return { left: 'a', right: 'b', verdict: 'proved', leftNet, rightNet, requirements: [], steps, ...change }
}

/** The claim that is refuted at this point. */
export function refuted(leftNet: Json, rightNet: Json, given: { [key: string]: Json }): Json {
  const counterexample = { inputs: {}, sizes: {}, weights: {}, functions: {}, lemmas: [], ...given }
  return { left: 'a', right: 'b', verdict: 'refuted', leftNet, rightNet, counterexample }
}
