// The example of docs/library.md, run as it stands there.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { build, compile } from '../../src/index.ts'

test('the example of the library', () => {
  const text = readFileSync(new URL('../../docs/library.md', import.meta.url), 'utf8')
  const [, example] = /## Nets compiled for batches\n\n```js\n([\s\S]*?)```/.exec(text) as RegExpExecArray
  const lines: unknown[][] = []
  new Function('build', 'compile', 'console', example)(build, compile, {
    log: (...line: unknown[]) => lines.push(line),
  })
  expect(lines).toEqual([[expect.stringMatching(/^wasm-simd|^javascript$/), 7840]])
})
