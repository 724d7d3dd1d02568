// Random claims whose answer is known, through the whole engine: equations made true by sound steps, and nearly true ones
// made by one change. Every verdict is checked anew by rigorous enclosures.
import type { Diagram } from '../../src/diagram/diagram.ts'
import { printCounterexample } from '../../src/prove/counterexample.ts'
import { prove, type Verdict } from '../../src/prove/prove.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { enclose } from '../../src/scalar/enclosure.ts'
import {
  type Expression,
  parts,
  postorder,
  printExpression,
  substitute,
  variable,
  withParts,
} from '../../src/scalar/expression.ts'
import { containsPoint, printRange, type Range } from '../../src/scalar/range.ts'
import type { Rational } from '../../src/scalar/rational.ts'
import { diagram, input, output, pointwise } from '../numeric/build.ts'
import {
  findDifference,
  mutated,
  type Random,
  randomDomain,
  randomExpression,
  seeded,
  soundStep,
} from '../scalar/random-equations.ts'
import { areApartAt } from './apart.ts'

export interface Claim {
  /** Made by sound steps: the two sides are defined at the same points, and equal there. */
  readonly isTrue: boolean
  readonly left: Expression
  readonly right: Expression
  readonly domain: readonly Range[]
}
export type Counts = Record<Verdict['kind'], number>

/** A function as a net: now as one node, now cut into several (but for choices, whose branches are not always computed). */
function netOf(name: string, e: Expression, domain: readonly Range[], random: Random): Diagram {
  const inputs = domain.map((range, i) => input(`x${i}`, 1, range))
  const order = postorder(e)
  const nodes: Parameters<typeof diagram>[1][] = [...inputs]
  const pieces = new Map<Expression, Expression>()
  const isWhole = order.some(p => p.kind === 'choose') || random() < 0.3
  for (const part of order) {
    const inner = parts(part)
    // Variables are wires: the first ones are the inputs, each node that is cut off is one more.
    const own =
      inner.length === 0
        ? part
        : withParts(
            part,
            inner.map(p => pieces.get(p) as Expression),
          )
    if (isWhole || inner.length === 0 || part === e || random() < 0.5) {
      pieces.set(part, own)
      continue
    }
    pieces.set(part, variable(nodes.push(nodeOf(own)) - 1))
  }
  nodes.push(nodeOf(pieces.get(e) as Expression))
  return diagram(name, ...nodes, output('y', nodes.length - 1, 1))
}

function nodeOf(e: Expression): Parameters<typeof diagram>[1] {
  const wires = [...new Set(postorder(e).flatMap(p => (p.kind === 'variable' ? [p.index] : [])))].sort((a, b) => a - b)
  return pointwise(
    substitute(e, i => variable(wires.indexOf(i))),
    1,
    ...wires,
  )
}

/** The two claims of a seed: one that is true, one that is nearly so. */
export function claimsOf(seed: number): readonly Claim[] {
  const random = seeded(seed)
  const n = 1 + Math.floor(random() * 2)
  const domain = randomDomain(random, n)
  const left = randomExpression(random, n, 1 + Math.floor(random() * 3))
  const right = soundStep(soundStep(left, domain, random), domain, random)
  return [
    { isTrue: true, left, right, domain },
    { isTrue: false, left, right: mutated(right, n, random), domain },
  ]
}

export function printClaim({ left, right, domain }: Claim): string {
  const names = domain.map((_, i) => `x${i}`)
  return `${printExpression(left, names)} == ${printExpression(right, names)} for ${domain.map((r, i) => `x${i} in ${printRange(r)}`).join(', ')}`
}

/** What is wrong with a verdict, as far as that can be shown; null when nothing is. */
function objection(claim: Claim, verdict: Verdict, random: Random): string | null {
  const { isTrue, left, right, domain } = claim
  if (verdict.kind === 'proved') {
    const point = findDifference(left, right, domain, random, 12)
    return point === null ? null : `false PROVED, at ${point.map(q => q.toFraction()).join(', ')}`
  }
  if (verdict.kind === 'undecided') return null
  const { counterexample } = verdict
  const shown = printCounterexample(counterexample)
  if (isTrue) return `false REFUTED: the sides were made equal by sound steps; ${shown}`
  const point = domain.map((_, i) => counterexample.inputs.get(`x${i}`)?.[0] as Rational)
  if (!point.every((q, i) => containsPoint(domain[i], q))) return `a counterexample outside of the domain: ${shown}`
  if (!areApartAt(counterexample)) return `a counterexample whose sides are not apart: ${shown}`
  const options = { bits: 256, maxBits: 4096 }
  const [l, r] = [enclose(left, point, options), enclose(right, point, options)]
  if (l === 'unknown' || r === 'unknown') return null
  const isApart =
    l === 'undefined' || r === 'undefined' ? l !== r : l.high.compare(r.low) < 0 || r.high.compare(l.low) < 0
  return isApart ? null : `false REFUTED: ${shown}`
}

/** Asks for the verdict on both claims of a seed. Throws with the claim when a verdict is shown to be wrong. */
export async function tryClaims(seed: number, counts: { readonly true: Counts; readonly near: Counts }): Promise<void> {
  const random = seeded(seed ^ 0x5bd1e995)
  for (const claim of claimsOf(seed)) {
    const left = netOf('left', claim.left, claim.domain, random)
    const right = netOf('right', claim.right, claim.domain, random)
    const complaint = (what: string): Error => new Error(`seed ${seed}: ${printClaim(claim)}: ${what}`)
    let verdict: Verdict
    try {
      verdict = await prove(left, right, { rules: builtin(), budget: { seconds: 2, samples: 60 } })
    } catch (error) {
      throw complaint((error as Error).message)
    }
    const wrong = objection(claim, verdict, random)
    if (wrong !== null) throw complaint(wrong)
    counts[claim.isTrue ? 'true' : 'near'][verdict.kind]++
  }
}

export function noCounts(): { true: Counts; near: Counts } {
  const zero = (): Counts => ({ proved: 0, refuted: 0, undecided: 0 })
  return { true: zero(), near: zero() }
}
