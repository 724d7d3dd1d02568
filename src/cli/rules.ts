// `netproof rules`: what the built-in rules say and why they are true, and those of a file.
import { printRule } from '../define.ts'
import type { Diagnostic } from '../diagnostic.ts'
import { type Program, trustedRules } from '../load.ts'
import { builtin, RULE_FILES } from '../rewrite/builtin.ts'
import type { Rule } from '../rewrite/rule.ts'
import { loadFile, report } from './common.ts'

export async function rulesCommand(
  file: string | undefined,
  options: { readonly json?: boolean; readonly allowOutside?: boolean },
): Promise<number> {
  let own: readonly Rule[] = []
  let diagnostics: readonly Diagnostic[] = []
  const sources = new Map<string, string>()
  if (file !== undefined) {
    const program: Program = loadFile(file, options)
    const trusted = await trustedRules(program)
    const believed = new Map(trusted.rules.filter(r => r.phase === 'own').map(r => [r.name, r]))
    const all = [...program.rules, ...program.derivations.map(d => d.rule)]
    own = all.map(r => believed.get(r.name) ?? r)
    for (const d of program.derivations) sources.set(d.name, d.source.name)
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
      const from = sources.get(rule.name)
      const proof = from === undefined ? 'proved from the built-in rules' : `derived from ${from}, and proved`
      const status = rule.phase !== 'own' ? source : `${source}: ${rule.assumed ? 'not proved' : proof}`
      process.stdout.write(`\n${printRule(rule)}// ${status}\n`)
    }
  }
  report(diagnostics)
  return 0
}
