// The sources as modules, for scripts: they are TypeScript with text files as modules, which vite reads as the tests do.
import { fileURLToPath } from 'node:url'
import { createViteServer } from 'vitest/node'

/** A server whose `ssrLoadModule` gives a module of the project by its path from the root. To be closed in the end. */
export function openSources() {
  const root = fileURLToPath(new URL('..', import.meta.url))
  return createViteServer({
    root,
    configFile: `${root}/vitest.config.ts`,
    server: { middlewareMode: true, ws: false },
    optimizeDeps: { noDiscovery: true },
    logLevel: 'error',
  })
}
