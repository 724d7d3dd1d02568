import { defineConfig } from 'tsdown'
import { textFiles } from './text-files.ts'

export default defineConfig({
  entry: { index: 'src/index.ts', cli: 'src/cli/main.ts' },
  format: 'esm',
  platform: 'node',
  target: 'node20',
  dts: true,
  plugins: [textFiles],
})
