import { test } from 'vitest'
import { simplify } from '../../src/scalar/simplify.ts'
import { printExpression, call, number, variable } from '../../src/scalar/expression.ts'
import { innerAffine, outerAffine, linearForm } from '../../src/scalar/simplify.ts'
import { REALS } from '../../src/scalar/range.ts'
import { expressionOf, rangeFrom, standard } from './formula.ts'
const L: [string, string][] = [['3+2*t-t','R'],['ln(relu(exp(t)))','R'],['ln(max(exp(t),1))','R'],['ln(sigmoid(exp(t)))','R'],['relu(relu(t))','R'],['exp(ln(t))','>0'],['exp(ln(t))','R'],['ln(exp(t))','R'],['1/(1+exp(-t))','R'],['exp(t)/(1+exp(t))','R'],['ln(1+exp(t))','R'],['max(t,0)','R'],['max(0,t)','R'],['max(t,t)','R'],['(t+1)*(t-1)','R'],['t/t','R'],['t/t','!=0'],['ln(t)*0 + sin(-t)','R'],['ln(3+2*t-t)','R'],['exp(t)*exp(t)','R'],['exp(2*t)*exp(-2*t)','R'],['exp(t)^2/exp(t)','R'],['x','R'].slice(0,0) as any,['exp(-softplus(-t))','R'],['ln(tanh(exp(t)))','R'],['sqrt(t^2)','R'],['sqrt(t^2)','>0'],['sqrt(exp(t))','R'],['sqrt(t)^2','>=0'],['(t^2)^0.5','R'],['t^0.5','>=0'],['exp(2*ln(t))','>0'],['exp(0.5*ln(t))','>0'],['ln(2*exp(t))','R'],['ln(exp(t)^3)','R'],['tanh(-t)','R'],['tanh(atanh(t))','(-1,1)'],['abs(-t)','R'],['abs(t)','>=0'],['t >= 0 ? t : 0','R'],['t >= 0 ? t : 0','>0'],['t > 0 ? 2*t - t : ln(-exp(t)+exp(t)+1)','R'],['2/(1+exp(-2*t))-1','R'],['gelu(t)','R'],['mish(t)','R'],['silu(t)','R'],['t*1/(1+exp(-1.702*t))','R'],['((t+1)^20+1)^20','R'],['sigmoid(ln(t))','>0'],['ln(1+exp(ln(t)))','>0'],['softplus(ln(t))','>0'],['max(exp(t),exp(2*t))','R'],['exp(max(t,0)) * exp(-t)','R'],['1/exp(t)','R'],['3*sigmoid(2*t+1)+4','R'],['e^t','R'],['t^1','R'],['sqrt(8)','R'],['sqrt(4)','R'],['exp(ln(t)+1)','>0'],['relu(-t)','R'],['hardswish(t)','R']]
test('s', () => {
  for (const [f, d] of L) {
    if (!f) continue
    const e = expressionOf(f, ['t'], standard)
    const t0 = performance.now()
    const s = simplify(e, [rangeFrom(d)])
    const ms = performance.now()-t0
    if (process.env.EQ) for (const r of s.proof) for (const q of (r.proof.end as any).equations) console.log(q.kind, q.axiom, printExpression(q.before), ' => ', printExpression(q.after))
    const again = simplify(s.result, [rangeFrom(d)])
    console.log(f, 'ON', d, '=>', printExpression(s.result), s.proof.length, ms.toFixed(1)+'ms', again.result === s.result ? '' : 'NOT IDEMPOTENT: ' + printExpression(again.result))
  }
  for (const f of ['3*sigmoid(2*t+1)+4','t*sigmoid(1.702*t)','sigmoid(2*t)+sigmoid(t)','2*t+1','exp(2*t+1)','relu(t-1)','1/(1+exp(-2*t))','gelu(t)','sin(2*pi*t)','(2*t+2)/(1+t^2)','ln(3)*t+e','t','5', 'max(2*t+1,4)']) {
    const e = expressionOf(f, ['t'], standard)
    const p = (x: any) => x === null ? 'null' : `${printExpression(x.factor)} ; ${printExpression(x.shift)} ; ${printExpression(x.fn)}`
    const l = linearForm(e)
    console.log(f, '| outer', p(outerAffine(e, [REALS])), '| inner', p(innerAffine(e, [REALS])), '| linear', l === null ? 'null' : [...l.coefficients].map(([i,c]) => i+': '+printExpression(c)).join() + ' + ' + printExpression(l.constant))
  }
  let e = variable(0)
  const N = 20000
  for (let i = 1; i <= N; i++) e = call('+', e, number(i))
  const t0 = performance.now()
  const s = simplify(e, [REALS])
  console.log(printExpression(s.result).slice(0,100), (performance.now()-t0).toFixed(0))
})
