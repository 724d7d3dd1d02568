// Claims about nets with a million weights: found false by numbers, shown by enclosures, accepted by the checker.
import { expect, test } from 'vitest'
import { prove } from '../../src/prove/prove.ts'
import { read } from '../../src/syntax/elaborate.ts'

test('two unknown matrices of 1000 x 1000 are told apart, with a certificate', async () => {
  const source = `weights A, B : 1000 x 1000
net p { x : 1000 -> add[A] -> y }
net q { x : 1000 -> add[B] -> y }`
  const { nets } = read(source, { file: 'large.net' })
  const verdict = await prove(nets.get('p') as never, nets.get('q') as never, { budget: { seconds: 60 } })
  expect(verdict.kind).toBe('refuted')
  expect(verdict.certificate).not.toBeNull()
}, 60_000)
