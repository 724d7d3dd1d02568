// Whatever the search says is equal, is: random nets are saturated, every term is evaluated at random points by rigorous
// enclosures, and the members of each class are compared.
import { expect, test } from 'vitest'
import { definednessObstacle } from '../../src/diagram/ranges.ts'
import { random } from '../../src/numeric/random.ts'
import { egraphOf, nodesOf, objection, randomNet, run } from './nets.ts'

test.each([0, 1, 2, 3])('members of a class are equal, part %i of 4', part => {
  let classes = 0
  let merged = 0
  for (let i = 0; i < 25; i++) {
    const seed = 1 + 25 * part + i
    const net = randomNet(seed)
    if (definednessObstacle(net) !== null) continue
    const { g } = egraphOf([net])
    run(g, 250)
    const source = random(seed)
    for (let point = 0; point < 3; point++) expect(objection(g, source), `seed ${seed}`).toBeNull()
    const roots = new Set(nodesOf(g).map(n => g.classOf(n.id)))
    classes += roots.size
    merged += g.size - roots.size
  }
  // There has to have been something to compare.
  expect(classes).toBeGreaterThan(250)
  expect(merged).toBeGreaterThan(250)
})

test('what is wrong is found', () => {
  const { g, terms } = egraphOf([randomNet(3)])
  const [own] = terms
  const [a, b] = [...own.values()]
  expect(objection(g, random(1))).toBeNull()
  g.equate(a, b, { rule: 'equality', title: 'a mistake', by: 'function' }, { over: [] })
  expect(objection(g, random(1))).toMatch(/differ/)
})
