// The built-in rules are parsed when netproof is built: what is built in is what the parser makes of the files.
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { builtin, RULE_FILES } from '../../src/rewrite/builtin.ts'
import { compileRule } from '../../src/rewrite/compile.ts'
import { elaborate } from '../../src/syntax/elaborate.ts'
import { parse } from '../../src/syntax/parse.ts'

const folder = new URL('../../rules/', import.meta.url)

test('every file of rules is built in', () => {
  expect(RULE_FILES.map(({ tree }) => tree.file).sort()).toEqual(readdirSync(folder).sort())
})

test.each(RULE_FILES)('$tree.file is built in as it is parsed', ({ phase, tree: prepared }) => {
  const text = readFileSync(new URL(prepared.file, folder), 'utf8')
  const { tree, diagnostics } = parse(text, { file: prepared.file })
  expect(diagnostics).toEqual([])
  expect(prepared).toEqual(tree)
  const { rules, scope } = elaborate(tree)
  const read = rules.map(r => compileRule(r, { outer: scope, phase, assumed: false }).rule)
  expect(read.length).toBeGreaterThan(0)
  for (const rule of read) {
    const same = builtin().find(r => r.name === rule?.name)
    expect(same?.text).toBe(rule?.text)
    expect({ ...same, conditions: same?.conditions.length }).toMatchObject({
      title: rule?.title,
      reason: rule?.reason,
      direction: rule?.direction,
      phase,
      conditions: rule?.conditions.length,
    })
  }
})
