// Functions that are not defined everywhere, in the search: what is equal on the domain of a claim is so only there, and what
// is known of one wire is not known of another.
import { describe, expect, test } from 'vitest'
import { definednessObstacle } from '../../src/diagram/ranges.ts'
import { random } from '../../src/numeric/random.ts'
import { prove } from '../../src/prove/prove.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import { egraphOf, netsOf, objection, run } from './nets.ts'

const rules = builtin()
const ALL = 'x : 4'
const POSITIVE = 'x : 4 in (0, inf)'
const NON_NEGATIVE = 'x : 4 in [0, inf)'

/** What is true where `inside` declares the input, and not where `outside` does. */
const LAWS: readonly (readonly [inside: string, outside: string, left: string, right: string])[] = [
  ['x : 4 in (0, inf)', 'x : 4', 'output y = x / x', 'output y = 0*x + 1'],
  ['x : 4 in (0, inf)', 'x : 4 in [0, inf)', 'output y = 0 * ln(x) + s(x)', 'output y = s(x)'],
  [NON_NEGATIVE, ALL, 'output y = sqrt(x)^2', 'output y = x'],
  [POSITIVE, NON_NEGATIVE, 'output y = exp(ln(x)) + s(x)', 'output y = x + s(x)'],
  [NON_NEGATIVE, ALL, 'output y = s(abs(x))', 'output y = s(x)'],
  [POSITIVE, ALL, 'output y = s(x) / x * x', 'output y = s(x)'],
  [POSITIVE, 'x : 4 in (-1, inf)', 'output y = relu(x * c1)', 'output y = x * relu(c1)'],
  // Equal on one branch only.
  [NON_NEGATIVE, ALL, 'output y = abs(x) + s(relu(x))', 'output y = x + s(abs(relu(x)))'],
  [POSITIVE, ALL, 'h = relu(x) output y = (h -> abs -> s) + (x -> abs -> s)', 'h = relu(x) output y = s(h) + s(x)'],
  // Equal on one of two joined wires only.
  [NON_NEGATIVE, ALL, 'output y = [abs(x), abs(relu(x))]', 'output y = [x, relu(x)]'],
  [NON_NEGATIVE, ALL, 'output y = abs([x, relu(x)])', 'output y = [x, relu(x)]'],
  // A factor that may be 0, of all components and of each.
  [POSITIVE, NON_NEGATIVE, 'output y = (s(x) / x) * x', 'output y = s(x)'],
  // Only the branch that is taken has to be defined.
  [NON_NEGATIVE, ALL, 'output y = root(x)^2 + s(x)', 'output y = x + s(x)'],
]
const MORE = 'weights c1 : 4\nfunction root(t) = t >= 0 ? sqrt(t) : 0\n'
const claim = (domain: string, left: string, right: string) => {
  const one = (body: string): string => `input ${domain} ${body.replaceAll('c1', '(x -> add[W1])')}`
  return netsOf(`${MORE}net left { ${one(left)} }\nnet right { ${one(right)} }\n`)
}

describe('true on its domain, and not outside of it', () => {
  test.each(LAWS)('%s, not %s: %s == %s', async (inside, outside, left, right) => {
    const here = claim(inside, left, right)
    expect((await prove(here.left, here.right, { rules })).kind).toBe('proved')
    const there = claim(outside, left, right)
    const options = { rules, budget: { samples: 200, search: 0.5 } }
    expect((await prove(there.left, there.right, options)).kind).not.toBe('proved')
    expect((await prove(there.right, there.left, options)).kind).not.toBe('proved')
  })
})

test('what no output needs may be undefined, and is not taken in', () => {
  const [dead] = Object.values(netsOf('net it { input x : 4 h = ln(x) output y = s(x) }'))
  expect(definednessObstacle(dead)).toBeNull()
  const { g } = egraphOf([dead])
  for (let t = 0; t < g.size; t++) expect(g.rangeOf(t)).toBeDefined()
  expect(Array.from({ length: g.size }, (_, t) => g.kindOf(t))).toEqual(['input', 'pointwise'])
})

const PARTIAL = [
  'sqrt(abs(a)) * sqrt(abs(b))',
  'a / exp(b)',
  'ln(exp(a) + exp(b))',
  'ln(softplus(a))',
  'exp(a) / (exp(a) + 1)',
  'sqrt(relu(a))^2 + b',
  '(a^2 + 1)^0.5 / (b^2 + 1)',
  'root(a) * root(a)',
  'abs(a)^1.5',
  '1 / (1 + abs(a)) - b',
  'atanh(tanh(a) / 2)',
]
test('members of a class are equal where parts are not defined everywhere', () => {
  let terms = 0
  for (let seed = 1; seed <= 20; seed++) {
    const source = random(seed)
    const wires = ['x', 'z']
    const lines: string[] = []
    for (let k = 0; k < 4; k++) {
      const body = source.pick(PARTIAL).replaceAll(/\b[ab]\b/g, () => source.pick(wires))
      lines.push(`w${k} = ${source.oneIn(4) ? `(${body}) -> add[${source.pick(['P', 'D', 'W1'])}]` : body}`)
      wires.push(`w${k}`)
    }
    const net = netsOf(`${MORE}net it { input x : 4, z : 4 ${lines.join(' ')} output y = w2 + w3 }`).it
    if (definednessObstacle(net) !== null) continue
    const { g } = egraphOf([net])
    run(g, 150)
    terms += g.size
    for (let point = 0; point < 2; point++) expect(objection(g, source), `seed ${seed}`).toBeNull()
  }
  expect(terms).toBeGreaterThan(500)
})
