import { writeFileSync, mkdirSync } from 'node:fs'
import { test, vi } from 'vitest'
vi.mock('../../src/draw/elk.ts', async o => ({ ...(await o() as any), ELK_LIMIT: 0 }))
import { draw, toPng } from '../../src/draw/draw.ts'
const save = async (name: string, what: any, o: any = {}) => {
  const svg = await draw(what, o)
  writeFileSync(`/tmp/pic/${name}.svg`, svg)
  writeFileSync(`/tmp/pic/${name}.png`, await toPng(svg, 1))
}
import { nets } from './tmp.test.ts'
test('own', async () => { for (const n of ['residual', 'gated', 'reduce', 'terms']) await save('own-' + n, nets[n]()) })
