import { test } from 'vitest'
import { draw } from '../../src/draw/draw.ts'
import { build, matrix, sigma } from './nets.ts'
import { call, variable, x0 } from '../../src/scalar/expression.ts'
const chain = (n: number, skip = false) => { const b = build(); const x = b.input('x', 3); let at: any = x; const W = matrix('W', 3, 3); for (let i = 0; i < n; i++) at = i % 2 ? b.map(sigma, at) : b.times(W, at); if (skip) at = b.map(call('+', x0, variable(1)), x, at); b.output('y', at); return b.diagram('c') }
const random = (n: number, back: number) => { const b = build(); let s = 7; const rnd = (k: number) => { s = (Math.imul(s, 1103515245) + 12345) >>> 0; return (s >>> 8) % k }; const ids: any[] = [b.input('x', 2), b.input('z', 2)]; for (let i = 0; i < n; i++) { const pick = () => ids[ids.length - 1 - rnd(Math.min(back, ids.length))]; ids.push(rnd(2) ? b.map(call('+', x0, variable(1)), pick(), pick()) : b.map(sigma, pick())) } b.output('y', ids.at(-1)); return b.diagram('r') }
const t = async (name: string, d: any) => { const s = performance.now(); const svg = await draw(d); console.log(name, Math.round(performance.now() - s), 'ms', svg.length, (/simpler[^<]*/.exec(svg) ?? [''])[0]) }
test('speed', async () => {
  await t('chain 1000', chain(1000)); await t('chain 10000', chain(10000)); await t('skip 1000', chain(1000, true)); await t('skip 10000', chain(10000, true))
  await t('random 100', random(100, 10)); await t('random 500', random(500, 10)); await t('random 1000', random(1000, 10)); await t('random 1000 far', random(1000, 1000)); await t('random 300 far', random(300, 300)); await t('random 10000', random(10000, 20))
}, 600000)
