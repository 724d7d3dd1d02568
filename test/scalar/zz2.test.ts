import { test } from 'vitest'
import { Normalizer } from '../../src/scalar/normal.ts'
import { Case } from '../../src/scalar/case.ts'
import { Rewriter } from '../../src/scalar/proof.ts'
import { Meter } from '../../src/scalar/polynomial.ts'
import { printExpression as pr, unfold } from '../../src/scalar/expression.ts'
import { questionFrom } from './formula.ts'
test('dev', () => {
 for (const [e,d] of [['2^x*3^x == 6^x','x: R'],['asinh(sinh(x)) == x','x: R']]) {
  const q = questionFrom(e,d)
  const n = new Normalizer(new Case(q.domain), new Meter(1e6))
  const [l, r] = n.together([unfold(q.left), unfold(q.right)])
  for (const e of n.equations) console.log(e.kind, (e as any).axiom ?? '', pr(e.before), '  =>  ', pr(e.after))
  const rw = new Rewriter(); n.equations.forEach(e => rw.add(e))
  try { console.log(pr(rw.normal(unfold(q.left))), '|', pr(l.current))
  console.log(pr(rw.normal(unfold(q.right))), '|', pr(r.current)) } catch (e) { console.log(e)}
 }
})
