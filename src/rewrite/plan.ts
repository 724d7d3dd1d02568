// From the text of a strategy to its value: names become rules and other strategies.
import { circularStrategy, type Diagnostic, noBound, notReversible, unknownName } from '../diagnostic.ts'
import { nearest } from '../syntax/nearest.ts'
import type { Identifier, Located, NumberTerm, PlanTree, StrategyTree } from '../syntax/tree.ts'
import { reverseRule } from './reverse.ts'
import type { Rule } from './rule.ts'
import {
  attempt,
  everywhere,
  fromInputs,
  insideOut,
  normalForm,
  or,
  repeat,
  type Strategy,
  sequence,
  within,
} from './strategy.ts'

/** What the names in a file's strategies and derivations mean. */
export interface RuleNames {
  readonly file: string
  readonly rules: ReadonlyMap<string, Rule>
  readonly strategies: ReadonlyMap<string, StrategyTree>
  /** Strategies of files that the file uses. */
  readonly imported: ReadonlyMap<string, Strategy>
  /** The rules of `normalize`. */
  readonly normalizing: readonly Rule[]
  /** Rules that are read from right to left, each once: what is shown of one is shown of all its uses. */
  readonly reversed: Map<Rule, Rule>
  /** Names of rules whose derivations have errors: what refers to them is not reported again. */
  readonly broken: ReadonlySet<string>
  readonly report: (d: Diagnostic) => void
}

/** The rule of this name, in the direction that is asked for; what is wrong is reported. */
export function ruleNamed(names: RuleNames, name: Identifier, reversed: boolean): Rule | null {
  const span = { file: names.file, start: name.start, end: name.end }
  const rule = names.rules.get(name.name)
  if (rule === undefined) {
    if (names.broken.has(name.name)) return null
    names.report(unknownName(span, 'rule', name.name, nearest(name.name, names.rules.keys())))
    return null
  }
  if (!reversed) return rule
  const known = names.reversed.get(rule)
  if (known !== undefined) return known
  const back = reverseRule(rule)
  if ('because' in back) {
    names.report(notReversible(span, name.name, back.because))
    return null
  }
  names.reversed.set(rule, back)
  return back
}

/** The strategy of this name; what is wrong with it is reported. */
export function strategyNamed(names: RuleNames, name: Identifier): Strategy | null {
  return new Planner(names).named(name)
}

/** The number of a piece; anything that is none is 0, which no piece has. */
export function pieceNumber(piece: NumberTerm): number {
  return piece.value.d === 1n && piece.value.n <= 1_000_000_000n ? Number(piece.value.n) : 0
}

/** The names of the rules that a strategy mentions, with those of the strategies that it runs. */
export function rulesMentioned(plan: PlanTree, strategies: ReadonlyMap<string, StrategyTree>): ReadonlySet<string> {
  const found = new Set<string>()
  const seen = new Set<string>()
  const stack = [plan]
  for (let p = stack.pop(); p !== undefined; p = stack.pop()) {
    if (p.kind === 'apply') found.add(p.rule.name)
    else if ('parts' in p) stack.push(...p.parts)
    else if (p.kind === 'run') {
      const other = strategies.get(p.strategy.name)
      if (other !== undefined && !seen.has(p.strategy.name)) stack.push(other.plan)
      seen.add(p.strategy.name)
    } else if ('of' in p) stack.push(p.of)
  }
  return found
}

class Planner {
  /** Strategies that are being worked out, the outermost first. */
  private readonly open: string[] = []

  constructor(private readonly names: RuleNames) {}

  named(name: Identifier): Strategy | null {
    const { strategies, imported, report } = this.names
    const made = imported.get(name.name)
    if (made !== undefined) return made
    const tree = strategies.get(name.name)
    if (tree === undefined) {
      report(
        unknownName(
          this.span(name),
          'strategy',
          name.name,
          nearest(name.name, [...strategies.keys(), ...imported.keys()]),
        ),
      )
      return null
    }
    if (this.open.includes(name.name)) {
      report(circularStrategy(this.span(name), name.name))
      return null
    }
    this.open.push(name.name)
    const strategy = this.plan(tree.plan)
    this.open.pop()
    return strategy
  }

  private span(at: Located): { file: string; start: number; end: number } {
    return { file: this.names.file, start: at.start, end: at.end }
  }

  private plan(tree: PlanTree): Strategy | null {
    const of = (t: PlanTree, make: (s: Strategy) => Strategy): Strategy | null => {
      const inner = this.plan(t)
      return inner && make(inner)
    }
    switch (tree.kind) {
      case 'then':
      case 'or': {
        const parts = tree.parts.map(p => this.plan(p))
        if (!parts.every(p => p !== null)) return null
        return tree.kind === 'then' ? sequence(...parts) : or(...parts)
      }
      case 'apply': {
        const rule = ruleNamed(this.names, tree.rule, tree.reversed)
        return rule && { kind: 'apply', rule, piece: tree.piece === null ? null : pieceNumber(tree.piece) }
      }
      case 'repeat': {
        const bound = tree.bound === null ? 0 : pieceNumber(tree.bound)
        if (bound < 1) {
          this.names.report(noBound(this.span(tree.bound ?? tree)))
          return null
        }
        return of(tree.of, s => repeat(s, bound))
      }
      case 'attempt':
        return of(tree.of, attempt)
      case 'everywhere':
        return of(tree.of, everywhere)
      case 'fromInputs':
        return of(tree.of, fromInputs)
      case 'insideOut':
        return of(tree.of, insideOut)
      case 'group':
        return this.plan(tree.of)
      case 'within':
        return of(tree.of, s => within(tree.part.name, s))
      case 'normalize':
        return normalForm(this.names.normalizing)
      case 'run':
        return this.named(tree.strategy)
    }
  }
}
