// Writes docs/axioms.md anew from the rules, the axioms and the checker, and docs/tensor-identities.md from its table.
// Run: npm run axioms
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createViteServer } from 'vitest/node'

// The sources are TypeScript with text files as modules: vite reads them as the tests do.
const root = fileURLToPath(new URL('..', import.meta.url))
const server = await createViteServer({
  root,
  configFile: `${root}/vitest.config.ts`,
  server: { middlewareMode: true, ws: false },
  optimizeDeps: { noDiscovery: true },
  logLevel: 'error',
})
try {
  const { axiomsDocument } = await server.ssrLoadModule('/scripts/axioms-document.ts')
  writeFileSync(new URL('../docs/axioms.md', import.meta.url), axiomsDocument())
  const { tensorDocument } = await server.ssrLoadModule('/scripts/tensor-document.ts')
  const table = JSON.parse(readFileSync(new URL('../test/examine/tensor.json', import.meta.url), 'utf8'))
  writeFileSync(new URL('../docs/tensor-identities.md', import.meta.url), tensorDocument(table))
} finally {
  await server.close()
}
