// What is known of a wire that has been shown to be another one: the values of both lie in the sets of each.
import { expect, test } from 'vitest'
import { Wires } from '../../src/check/wires.ts'
import { literal } from '../../src/linear/linear.ts'
import { sizeOf } from '../../src/linear/size.ts'
import { call, variable } from '../../src/scalar/expression.ts'
import { interval, REALS } from '../../src/scalar/range.ts'
import { ONE, rational, ZERO } from '../../src/scalar/rational.ts'

/** sin x, known as a whole, and a layer of x, known component by component: they are made equal, as if that had been shown. */
function united(order: 'whole first' | 'components first'): { wires: Wires; last: number } {
  const wires = new Wires()
  const shape = [sizeOf(2)]
  const x = wires.add({ kind: 'input', id: 0, args: [], shape, name: 'x', domain: REALS, absorbed: false })
  const sine = wires.add({ kind: 'pointwise', id: 1, args: [x], shape, fn: call('sin', variable(0)) })
  const matrix = literal([
    [ONE, ZERO],
    [ZERO, ZERO],
  ])
  const layer = wires.add({ kind: 'additive', id: 2, args: [x], shape, operators: [matrix], bias: null })
  const [from, to] = order === 'whole first' ? [sine, layer] : [layer, sine]
  wires.identify(from, to)
  return { wires, last: to }
}

test.each(['whole first', 'components first'] as const)('both sets hold, and nothing beside them: %s', order => {
  const { wires, last } = united(order)
  const set = interval(ONE.neg(), ONE, { lowOpen: false, highOpen: false })
  expect(() => wires.mustLie([last], [set])).not.toThrow()
  const narrower = interval(ONE.neg(), rational(99, 100), { lowOpen: false, highOpen: false })
  expect(() => wires.mustLie([last], [narrower])).toThrow('outside of the set')
  expect(wires.range(last)).toHaveLength(2)
})
