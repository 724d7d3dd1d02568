// Writes docs/axioms.md anew from the rules, the axioms and the checker, and docs/tensor-identities.md from its table.
// Run: npm run axioms
import { readFileSync, writeFileSync } from 'node:fs'
import { openSources } from './sources.mjs'

const server = await openSources()
try {
  const { axiomsDocument } = await server.ssrLoadModule('/scripts/axioms-document.ts')
  writeFileSync(new URL('../docs/axioms.md', import.meta.url), axiomsDocument())
  const { tensorDocument } = await server.ssrLoadModule('/scripts/tensor-document.ts')
  const table = JSON.parse(readFileSync(new URL('../test/examine/tensor.json', import.meta.url), 'utf8'))
  writeFileSync(new URL('../docs/tensor-identities.md', import.meta.url), tensorDocument(table))
} finally {
  await server.close()
}
