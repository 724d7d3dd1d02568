import { writeFileSync, mkdirSync } from 'node:fs'
import { test } from 'vitest'
import { draw, toPng } from '../../src/draw/draw.ts'
import { theorem } from './nets.ts'
mkdirSync('/tmp/pic', { recursive: true })
const save = async (name: string, what: any, o: any = {}) => {
  const svg = await draw(what, o)
  writeFileSync(`/tmp/pic/${name}.svg`, svg)
  writeFileSync(`/tmp/pic/${name}.png`, await toPng(svg, 1.3))
}
test('pics', async () => {
  const t = theorem()
  await save('product', t.product)
  await save('theorem', { stages: [
    { caption: 'start with multiplicative net', diagram: t.product },
    { caption: 'change multiplicative layers to additive', diagram: t.sum },
    { caption: "use function composition to group nonlinearities and rewrite ln∘σ∘exp = σ′", diagram: t.composed, highlight: [3, 5] } ] })
  await save('eq', { left: t.product, right: t.plain })
})
import { build, matrix, vector, known, sigma, unknown, size } from './nets.ts'
import { call, variable, x0, number, choose, apply } from '../../src/scalar/expression.ts'
import * as L from '../../src/linear/linear.ts'
import { rational } from '../../src/scalar/rational.ts'
const lit = (m: number[][]) => L.literal(m.map(r => r.map(v => rational(v))))
export const nets: Record<string, () => any> = {
  residual: () => { const b = build(); const x = b.input('x', 4); const h = b.plus(matrix('B', 4, 4), b.map(known('relu'), b.plus(matrix('A', 4, 4), x))); b.output('y', b.map(call('+', x0, variable(1)), x, h)); return b.diagram('residual') },
  gated: () => { const b = build(); const x = b.input('x', 3); const h = b.map(known('sigmoid'), b.plus(matrix('A', 3, 3), x)); const g = b.map(known('tanh'), b.plus(matrix('B', 3, 3), x)); b.output('y', b.map(call('*', x0, variable(1)), h, g)); return b.diagram('gated') },
  joined: () => { const b = build(); const x = b.input('a', 3); const y = b.input('b', 4); const j = b.add({ kind: 'join', args: [x, y], shape: [size(7)] }); const h = b.plus(matrix('W', 2, 7), j, vector('b', 2)); b.output('y', b.add({ kind: 'softmax', args: [h], shape: [size(2)] })); return b.diagram('joined') },
  wide: () => { const b = build(); const x = b.input('x', 784); const h = b.map(known('relu'), b.plus(matrix('W1', 128, 784), x, vector('b1', 128))); b.output('y', b.map(known('softplus'), b.plus(matrix('W2', 10, 128), h, vector('b2', 10)))); return b.diagram('wide') },
  symbolic: () => { const b = build(); const x = b.input('x', 'n'); const h = b.map(sigma, b.times(matrix('W1', 'm', 'n'), x, vector('b', 'm'))); b.output('y', b.times(matrix('W2', 3, 'm'), h)); return b.diagram('symbolic') },
  literals: () => { const b = build(); const x = b.input('x', 2); const h = b.map(call('max', x0, number(1)), b.plus(lit([[1, -2], [3, 4], [0, 1]]), x, lit([[1], [2], [3]]))); const g = b.plus(L.scale(call('/', number(1), number(2)), L.product(matrix('B', 2, 3), matrix('A', 3, 3))), h); const z = b.times(lit([[2, 0.5 as any * 2]]), g); b.output('y', b.map(call('ln', apply(unknown('phi'), call('exp', x0))), z)); return b.diagram('literals') },
  terms: () => { const b = build(); const x = b.input('x', 3); const z = b.input('z', 2); const s = b.add({ kind: 'additive', args: [x, z, x], shape: [size(3)], operators: [matrix('A', 3, 3), matrix('B', 3, 2), L.identity(size(3))], bias: vector('b', 3) }); b.output('y', s); return b.diagram('terms') },
  reduce: () => { const b = build(); const x = b.input('x', 6); const s = b.add({ kind: 'reduce', args: [x], shape: [size(3)], operation: 'max', group: 2 }); const t = b.add({ kind: 'slice', args: [s], shape: [size(2)], start: size(1), end: size(3) }); const m = b.add({ kind: 'mix', args: [t], shape: [size(3)], fn: known('exp'), inverse: known('ln'), operator: matrix('W', 3, 2) }); const c = b.add({ kind: 'constant', args: [], shape: [size(3)], value: vector('c', 3) }); const f = choose('<=', number(0), x0, x0, call('*', number(rational(1, 10)), call('^', x0, number(2)))); const q = b.map(f, b.map(call('max', x0, variable(1)), m, c)); b.output('y', q); b.output('loss', m); return b.diagram('reduce') },
}
test('nets', async () => { for (const [n, f] of Object.entries(nets)) await save(n, f()) })
test('rel', async () => { await save('rel', { title: 'product is not sum', stages: [{ caption: 'product', diagram: nets.gated() }, { caption: 'is not sum', diagram: nets.residual(), relation: 'unknown' }] }) })
