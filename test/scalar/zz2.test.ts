import { test } from 'vitest'
import { verifyScalarProof } from '../../src/scalar/verify.ts'
import { proveEqual } from '../../src/scalar/equality.ts'
import { printExpression as pr, unfold } from '../../src/scalar/expression.ts'
import { questionFrom } from './formula.ts'
test('dev', () => {
 for (const [e,d] of [['max(asinh(y), floor(x))  == max(asinh(max(relu(y) - relu(-y), relu(y) - relu(-y))), asinh(sinh(floor(x))))','x: (-1,1), y: R'],['softplus(abs(sqrt(x))^2)  ==  softplus(abs(-(-sqrt(x) + x - x) + x - x)^2)', 'x: [0,1]'],['floor(x) == asinh(sinh(sign(floor(x))*abs(floor(x))))','x: >0'],['sin(x) == sign(sin(x))*abs(sin(x))','x: R']]) {
  const q = questionFrom(e.replace(/  +/g,' '),d)
  const r: any = proveEqual(q.left, q.right, q.domain)
  console.log(e, r.kind, r.reason)
  const show = (b: any, ind: string) => { for (const s of b.steps ?? []) console.log(ind, s.kind, s.fact ? pr(s.fact.expression) + JSON.stringify(s.fact.range.map((i: any)=>[String(i.low),String(i.high)])) : pr(s.before) + ' => ' + pr(s.after)); console.log(ind, b.end.kind); if (b.end.kind === 'split') { console.log(ind, 'on', pr(b.end.on)); for (const c of b.end.cases) show(c.branch, ind + '   ') } else if (b.end.kind==='equal') for (const s of b.end.equations) console.log(ind, '   ', s.kind, pr(s.before) + ' => ' + pr(s.after)) }
  if (r.proof) show(r.proof, ' ')
 }
})
