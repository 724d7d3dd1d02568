import { test } from 'vitest'
import { Case } from '../../src/scalar/case.ts'
import { proveEqual } from '../../src/scalar/equality.ts'
import { printExpression } from '../../src/scalar/expression.ts'
import { questionFrom, standard } from './formula.ts'
test('s', () => {
  let n = 0, total = 0
  const log: string[] = []
  for (const name of ['range','defined','obstacle','with','impossible'] as const) {
    const old = (Case.prototype as any)[name]
    ;(Case.prototype as any)[name] = function (...a: any[]) { const t0 = performance.now(); try { return old.apply(this, a) } finally { const d = performance.now()-t0; total += d; n++; if (d > 15) log.push(name + ' ' + d.toFixed(1) + ' ' + (a[0]?.kind ? printExpression(a[0]).slice(0,150) : '')) } }
  }
  for (const [f,d] of [['ln(sigmoid(x)) == x - softplus(x)','x: R'],['ln(sigmoid(x)) == x - softplus(x)','x: R'],['acosh(cosh(x)) == abs(x)','x: R'],['sinh(asinh(x)) == x','x: R'],['silu(x)-silu(-x) == x','x: R'],['ln(tanh(exp(x))) == -ln((1+exp(-2*exp(x)))/(1-exp(-2*exp(x))))','x: R'],['gelu(x) == x*sig(1.702*x)','x: R'],['gelutanh(x) == x*sig(2*sqrt(2/pi)*(x+0.044175*x^3))','x: R']]) {
    n = 0; total = 0; log.length = 0
    const t0 = performance.now()
    const q = questionFrom(f, d, standard)
    const r = proveEqual(q.left, q.right, q.domain)
    console.log(f, r.kind, (performance.now()-t0).toFixed(0), 'analysis', n, total.toFixed(0)+'ms', log)
  }
})
