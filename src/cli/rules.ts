// `netproof rules`: what the built-in rules say and why they are true, and those of a file.
import type { Diagnostic } from '../diagnostic.ts'
import { type Program, trustedRules } from '../load.ts'
import { builtin, RULE_FILES } from '../rewrite/builtin.ts'
import type { Rule } from '../rewrite/rule.ts'
import { loadFile, report } from './common.ts'

export async function rulesCommand(file: string | undefined, options: { readonly json?: boolean }): Promise<number> {
  let own: readonly Rule[] = []
  let diagnostics: readonly Diagnostic[] = []
  if (file !== undefined) {
    const program: Program = loadFile(file)
    const trusted = await trustedRules(program)
    const proved = new Set(trusted.rules.map(r => r.name))
    own = program.rules.map(r => ({ ...r, assumed: r.direction !== '==>' || !proved.has(r.name) }))
    diagnostics = trusted.diagnostics
  }
  const shown = [
    ...builtin().map(rule => ({ rule, source: 'built in' })),
    ...own.map(rule => ({ rule, source: file as string })),
  ]
  if (options.json) {
    const list = shown.map(({ rule, source }) => ({
      name: rule.name,
      title: rule.title,
      source,
      direction: rule.direction,
      phase: rule.phase,
      reason: rule.reason,
      text: rule.text,
      assumed: rule.assumed,
    }))
    process.stdout.write(`${JSON.stringify(list, null, 2)}\n`)
  } else {
    process.stdout.write(`${RULE_FILES.length} files of built-in rules${file === undefined ? '' : `, and ${file}`}\n`)
    for (const { rule, source } of shown) {
      const status =
        source === 'built in' ? source : `${source}: ${rule.assumed ? 'not proved' : 'proved from the built-in rules'}`
      process.stdout.write(`\n// ${rule.reason.split('\n').join('\n// ')}\n${rule.text}\n// ${status}\n`)
    }
  }
  report(diagnostics)
  return 0
}
