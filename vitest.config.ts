import { defineConfig } from 'vitest/config'
import { textFiles } from './text-files.ts'

export default defineConfig({
  plugins: [textFiles],
  test: { include: ['test/**/*.test.ts'], testTimeout: 60_000 },
})
