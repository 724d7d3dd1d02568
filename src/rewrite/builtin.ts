// The built-in rules, read from the files in `rules/`. What each says, and why it is true, stands there.
import additive from '../../rules/additive.net'
import affine from '../../rules/affine.net'
import composition from '../../rules/composition.net'
import functions from '../../rules/functions.net'
import groups from '../../rules/groups.net'
import multiplicative from '../../rules/multiplicative.net'
import normal from '../../rules/normal.net'
import parts from '../../rules/parts.net'
import { renderDiagnostic } from '../diagnostic.ts'
import { read } from '../syntax/elaborate.ts'
import { compileRule } from './compile.ts'
import type { Phase, Rule } from './rule.ts'

/** The files, in the order in which their rules are tried, with the phase in which they get their turn. */
export const RULE_FILES: readonly { readonly name: string; readonly phase: Phase; readonly text: string }[] = [
  { name: 'parts.net', phase: 'parts', text: parts },
  { name: 'functions.net', phase: 'algebra', text: functions },
  { name: 'multiplicative.net', phase: 'algebra', text: multiplicative },
  { name: 'groups.net', phase: 'algebra', text: groups },
  { name: 'additive.net', phase: 'algebra', text: additive },
  { name: 'composition.net', phase: 'compose', text: composition },
  { name: 'normal.net', phase: 'normal', text: normal },
  { name: 'affine.net', phase: 'affine', text: affine },
]

let rules: readonly Rule[] | null = null

/** The built-in rules, in the order in which they are tried. Read once. */
export function builtin(): readonly Rule[] {
  rules ??= RULE_FILES.flatMap(file => {
    const { rules: trees, scope, diagnostics } = read(file.text, { file: file.name })
    const found: Rule[] = []
    const faults = [...diagnostics]
    for (const tree of trees) {
      const compiled = compileRule(tree, { outer: scope, phase: file.phase, assumed: false })
      faults.push(...compiled.diagnostics)
      if (compiled.rule !== null) found.push(compiled.rule)
    }
    if (faults.length > 0) throw new Error(`a built-in rule is broken: ${renderDiagnostic(faults[0], file.text)}`)
    return found
  })
  return rules
}
