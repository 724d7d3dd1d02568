import { test } from 'vitest'
import { Case } from '../../src/scalar/case.ts'
import { Ring } from '../../src/scalar/ring.ts'
import { Meter } from '../../src/scalar/polynomial.ts'
import { call, number, variable, postorder, unfold } from '../../src/scalar/expression.ts'
import { REALS } from '../../src/scalar/range.ts'
import { simplify } from '../../src/scalar/simplify.ts'
test('s', () => {
  for (const N of [100000, 1000000]) {
  let e: any = variable(0)
  const t = (name: string, f: () => unknown) => { const t0 = performance.now(); f(); console.log(N, name, (performance.now()-t0).toFixed(0)) }
  t('build', () => { for (let i = 1; i <= N; i++) e = call('+', e, number(i)) })
  t('postorder', () => postorder(e))
  t('unfold', () => unfold(e, 1e7))
  t('defined', () => new Case([REALS]).defined(e))
  t('expand', () => new Ring(new Meter(1e9)).expand(e))
  t('simplify', () => simplify(e, [REALS]))
  }
}, 1e6)
