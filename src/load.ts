// A file as something to work with: its nets, claims and rules, ready for the engine.
import {
  type Diagnostic,
  emptyDomain,
  mismatch,
  needsTwoNets,
  ruleAssumed,
  type Span,
  unknownName,
  unknownRule,
} from './diagnostic.ts'
import type { Diagram } from './diagram/diagram.ts'
import type { WeightSymbol } from './linear/linear.ts'
import type { Statement } from './prove/certify.ts'
import { alignInputs, Mismatch } from './prove/prove.ts'
import { trustRule } from './prove/trust.ts'
import { builtin } from './rewrite/builtin.ts'
import { compileRule } from './rewrite/compile.ts'
import type { Rule } from './rewrite/rule.ts'
import type { FunctionSymbol } from './scalar/expression.ts'
import { isEmpty } from './scalar/range.ts'
import type { Requirement } from './syntax/claims.ts'
import { read } from './syntax/elaborate.ts'
import { nearest } from './syntax/nearest.ts'
import type { FileTree, Verdict } from './syntax/tree.ts'

export interface LoadedClaim {
  readonly leftName: string
  readonly rightName: string
  /** `product == sum`, for headings. */
  readonly title: string
  readonly left: Diagram
  readonly right: Diagram
  readonly requirements: readonly Requirement[]
  readonly expect: Verdict | null
  /** null for a claim that stands in no file. */
  readonly span: Span | null
}

/** What a text says. Statements with errors are left out and reported in `diagnostics`. */
export interface Program {
  readonly file: string
  readonly text: string
  readonly tree: FileTree
  readonly nets: Readonly<Record<string, Diagram>>
  readonly claims: readonly LoadedClaim[]
  /** The file's own rules, not yet examined: each is marked as assumed. See `trustedRules`. */
  readonly rules: readonly Rule[]
  readonly functions: ReadonlyMap<string, FunctionSymbol>
  readonly weights: ReadonlyMap<string, WeightSymbol>
  readonly places: ReadonlyMap<string, Span>
  readonly diagnostics: readonly Diagnostic[]
}

/** Reads a text (or the bytes of a file). Never throws on what a text can say. */
export function parse(source: string | Uint8Array, options: { readonly file?: string } = {}): Program {
  const file = options.file ?? 'input.net'
  const { tree, nets, claims, rules: trees, functions, weights, places, scope, diagnostics } = read(source, { file })
  const problems: Diagnostic[] = [...diagnostics]
  const rules: Rule[] = []
  for (const t of trees) {
    const { rule, diagnostics: more } = compileRule(t, { outer: scope, phase: 'own', assumed: true })
    problems.push(...more)
    if (rule !== null) rules.push(rule)
  }
  return {
    file,
    text: tree.text,
    tree,
    nets: Object.fromEntries(nets),
    claims: claims.map(c => ({ ...c, title: `${c.leftName} == ${c.rightName}` })),
    rules,
    functions,
    weights,
    places,
    diagnostics: problems,
  }
}

/** The claim that two nets of a program are equal, or what is wrong with the names or the nets. */
export function claimBetween(program: Program, left: string, right: string | undefined): LoadedClaim[] | Diagnostic {
  if (right === undefined) return needsTwoNets(left)
  for (const name of [left, right]) {
    if (!Object.hasOwn(program.nets, name))
      return unknownName(null, 'net', name, nearest(name, Object.keys(program.nets)))
  }
  const [l, r] = [program.nets[left], program.nets[right]]
  try {
    const { domain } = alignInputs(l, r)
    const empty = Object.keys(domain).find(n => isEmpty(domain[n]))
    if (empty !== undefined) return emptyDomain(empty)
  } catch (error) {
    if (error instanceof Mismatch) return mismatch(error.message)
    throw error
  }
  return [
    {
      leftName: left,
      rightName: right,
      title: `${left} == ${right}`,
      left: l,
      right: r,
      requirements: [],
      expect: null,
      span: null,
    },
  ]
}

/**
 * The rules to prove a program's claims with: the built-in ones, and those of the file that can be proved from them or
 * that the caller assumes by name. A rule that is neither is left out, which is reported as a warning.
 */
export async function trustedRules(
  program: Program,
  options: {
    readonly assume?: readonly string[]
    readonly seed?: number
    readonly seconds?: number
    readonly signal?: AbortSignal
  } = {},
): Promise<{
  rules: readonly Rule[]
  statements: ReadonlyMap<Rule, Statement>
  diagnostics: readonly Diagnostic[]
}> {
  const diagnostics: Diagnostic[] = []
  const assume = options.assume ?? []
  for (const name of assume) {
    if (!program.rules.some(r => r.name === name)) {
      diagnostics.push(
        unknownRule(
          name,
          nearest(
            name,
            program.rules.map(r => r.name),
          ),
        ),
      )
    }
  }
  const own: Rule[] = []
  const statements = new Map<Rule, Statement>()
  for (const rule of program.rules) {
    if (rule.direction !== '==>') continue
    const trust = await trustRule(rule, {
      rules: builtin(),
      seed: options.seed,
      budget: { seconds: options.seconds ?? 5 },
      signal: options.signal,
    })
    if (trust.kind === 'assumed' && !assume.includes(rule.name)) {
      diagnostics.push(ruleAssumed(rule.name, trust.because))
      continue
    }
    const trusted = { ...rule, assumed: trust.kind === 'assumed' }
    own.push(trusted)
    if (trust.statement !== null) statements.set(trusted, trust.statement)
  }
  return { rules: [...own, ...builtin()], statements, diagnostics }
}
