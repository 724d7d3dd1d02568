import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { textFiles } from './text-files.ts'

/** The file that takes longest begins first, so that the other core does not wait for it at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = (file: TestSpecification): boolean => file.moduleId.endsWith('test/prove/verdicts.test.ts')
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter(file => !isLong(file))]
  }
}

export default defineConfig({
  plugins: [textFiles],
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    // Vitest leaves one core out; on a machine with two that is half of them.
    maxWorkers: availableParallelism(),
  },
})
