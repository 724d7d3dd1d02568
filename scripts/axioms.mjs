// Writes docs/axioms.md anew from the rules, the axioms and the checker. Run: npm run axioms
import { writeFileSync } from 'node:fs'
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
} finally {
  await server.close()
}
