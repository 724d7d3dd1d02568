import { test } from 'vitest'
import { Case } from '../../src/scalar/case.ts'
import { Ring } from '../../src/scalar/ring.ts'
import { Meter } from '../../src/scalar/polynomial.ts'
import { Rewriter } from '../../src/scalar/proof.ts'
import { printExpression, call, number, variable, postorder } from '../../src/scalar/expression.ts'
import { REALS } from '../../src/scalar/range.ts'
import { simplify } from '../../src/scalar/simplify.ts'
test('s', () => {
  for (const N of [20000, 40000, 80000]) {
  let e = variable(0)
  for (let i = 1; i <= N; i++) e = call('+', e, number(i))
  const t = (name: string, f: () => unknown) => { const t0 = performance.now(); f(); console.log(N, name, (performance.now()-t0).toFixed(0)) }
  t('postorder', () => postorder(e))
  t('defined', () => new Case([REALS]).defined(e))
  t('expand', () => new Ring(new Meter(1e9)).expand(e))
  t('rewriter', () => new Rewriter().normal(e))
  t('simplify', () => simplify(e, [REALS]))
  }
})
