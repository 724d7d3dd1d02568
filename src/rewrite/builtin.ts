// The built-in rules, from the files in `rules/`, which are parsed when netproof is built (see `text-files.ts`). What each says,
// and why it is true, stands there.
import additive from '../../rules/additive.net'
import affine from '../../rules/affine.net'
import composition from '../../rules/composition.net'
import functions from '../../rules/functions.net'
import groups from '../../rules/groups.net'
import multiplicative from '../../rules/multiplicative.net'
import normal from '../../rules/normal.net'
import parts from '../../rules/parts.net'
import { renderDiagnostic } from '../diagnostic.ts'
import { elaborate } from '../syntax/elaborate.ts'
import type { FileTree } from '../syntax/tree.ts'
import { compileRule } from './compile.ts'
import type { Phase, Rule } from './rule.ts'

/** The files, in the order in which their rules are tried, with the phase in which they get their turn. */
export const RULE_FILES = (
  [
    ['parts', parts],
    ['algebra', functions],
    ['algebra', multiplicative],
    ['algebra', groups],
    ['algebra', additive],
    ['compose', composition],
    ['normal', normal],
    ['affine', affine],
  ] as const
).map(([phase, tree]): { readonly phase: Phase; readonly tree: FileTree } => ({ phase, tree: tree as FileTree }))

let rules: readonly Rule[] | null = null

/** The built-in rules, in the order in which they are tried. Made once. */
export function builtin(): readonly Rule[] {
  rules ??= RULE_FILES.flatMap(({ phase, tree }) => {
    const { rules: trees, scope, diagnostics } = elaborate(tree)
    const found: Rule[] = []
    const faults = [...diagnostics]
    for (const tree of trees) {
      const compiled = compileRule(tree, { outer: scope, phase, assumed: false })
      faults.push(...compiled.diagnostics)
      if (compiled.rule !== null) found.push(compiled.rule)
    }
    if (faults.length > 0) throw new Error(`a built-in rule is broken: ${renderDiagnostic(faults[0], tree.text)}`)
    return found
  })
  return rules
}
