// The claims of the examples and of the set of identities, with their verdicts as certificates.
import { readdirSync, readFileSync } from 'node:fs'
import type { Json } from '../../src/certificate/json.ts'
import { parse, trustedRules } from '../../src/load.ts'
import { type Certified as CertifiedClaim, certificateOf, certificateText } from '../../src/prove/certify.ts'
import { prove, type Verdict } from '../../src/prove/prove.ts'

/** A text in the language with claims. */
export interface Source {
  readonly name: string
  readonly text: string
}

const root = new URL('../../', import.meta.url)

export const examples: readonly Source[] = readdirSync(new URL('examples/', root))
  .filter(name => name.endsWith('.net'))
  .sort()
  .map(name => ({ name, text: readFileSync(new URL(`examples/${name}`, root), 'utf8') }))

const SETS: Readonly<Record<string, string>> = {
  R: 'R',
  '>0': '(0, inf)',
  '>=0': '[0, inf)',
  '!=0': '(-inf, 0) | (0, inf)',
}
interface Identity {
  readonly id: string
  readonly domain: Readonly<Record<string, string>>
  readonly lhs: string
  readonly rhs: string
}
const prelude = readFileSync(new URL('test/identities.net', root), 'utf8')
const sets = JSON.parse(readFileSync(new URL('test/identities.json', root), 'utf8')) as Record<string, Identity[]>

/** Each identity as a file of its own, the true and the false ones. */
export const identities: readonly Source[] = ['true_scalar', 'false_scalar'].flatMap(kind =>
  sets[kind].map(({ id, domain, lhs, rhs }) => {
    const inputs = Object.entries(domain).map(([name, set]) => `${name} : 1 in ${SETS[set] ?? set}`)
    const net = (name: string, formula: string): string =>
      `net ${name} { input ${inputs.join(', ')}   output out = ${formula} }`
    return { name: id, text: `${prelude}${net('left_', lhs)}\n${net('right_', rhs)}\nprove left_ == right_\n` }
  }),
)

export interface Certified {
  readonly verdicts: readonly Verdict[]
  /** The certificate of all claims, as it is written to a file. */
  readonly text: string
  /** A certificate for each claim alone. */
  alone(): Json[]
}

/** Decides all claims of a text and writes the verdicts down. The checker is not asked. */
export async function certify({ name, text }: Source): Promise<Certified> {
  const program = parse(text, { file: name })
  const { rules, statements } = await trustedRules(program)
  const claims: CertifiedClaim[] = []
  for (const { leftName, rightName, left, right, requirements } of program.claims) {
    const verdict = await prove(left, right, { rules, statements, requirements, unchecked: true })
    claims.push({ leftName, rightName, verdict })
  }
  return {
    verdicts: claims.map(c => c.verdict),
    text: certificateText(certificateOf(claims, { seed: 1, statements })),
    alone: () => claims.map(c => certificateOf([c], { seed: 1, statements })),
  }
}
