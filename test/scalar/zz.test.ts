import { test } from 'vitest'
import { readFileSync } from 'node:fs'
import { proveEqual } from '../../src/scalar/equality.ts'
import { printExpression } from '../../src/scalar/expression.ts'
import { question } from './formula.ts'
test('dev', () => {
  const j = JSON.parse(readFileSync('/work/shared/cases/identities.json','utf8'))
  for (const kind of ['true_scalar','false_scalar']) {
    let proved = 0
    for (const t of j[kind]) {
      const q = question(t)
      const t0 = performance.now()
      let r: any
      try { r = proveEqual(q.left, q.right, q.domain) } catch (e) { r = { kind: 'ERROR', reason: (e as Error).stack } }
      const ms = (performance.now()-t0).toFixed(0)
      if (r.kind === 'proved') proved++
      const bad = (kind === 'true_scalar') !== (r.kind === 'proved')
      if (bad || +ms > 300) console.log(t.id, ms+'ms', t.lhs, '==', t.rhs, r.kind, r.reason ?? '', r.left ? printExpression(r.left).slice(0,300)+'   |   '+printExpression(r.right).slice(0,300) : '')
    }
    console.log(kind, proved, '/', j[kind].length)
  }
})
