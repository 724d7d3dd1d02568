// Random rules of users, true ones and ones that are nearly true, and claims about random nets in whose proofs the search may use
// them. A rule that is not true must not be believed, a claim that is true not be refuted, and one that is shown to be false not
// be proved. A proof that the checker rejects ends the run, too.
import type { Diagram, Node } from '../../src/diagram/diagram.ts'
import { parse, trustedRules } from '../../src/load.ts'
import { type Random, random } from '../../src/numeric/random.ts'
import { prove, type Verdict } from '../../src/prove/prove.ts'
import { builtin } from '../../src/rewrite/builtin.ts'
import type { Rule } from '../../src/rewrite/rule.ts'
import { call, number } from '../../src/scalar/expression.ts'
import { scrambled } from './fuzz.ts'
import { egraphOf, objection, randomNet } from './nets.ts'

/** Bodies of rules: the true one, and one that is nearly so. `a` and `b` are positive numbers, `a` is not 1. */
const BODIES: readonly ((a: number, b: number) => readonly [head: string, isTrue: string, isFalse: string])[] = [
  a => ['', `scale[${a}] -> relu == relu -> scale[${a}]`, `scale[-${a}] -> relu == relu -> scale[-${a}]`],
  a => ['', `scale[-${a}] -> abs == abs -> scale[${a}]`, `scale[-${a}] -> abs == abs -> scale[-${a}]`],
  () => ['', 'tanh == scale[2] -> sigmoid -> scale[2] -> shift[-1]', 'tanh == sigmoid -> scale[2] -> shift[-1]'],
  (a, b) => [
    '',
    `shift[${a}] -> scale[${b}] == scale[${b}] -> shift[${a} * ${b}]`,
    `shift[${a}] -> scale[${b + 1}] == scale[${b + 1}] -> shift[${a}]`,
  ],
  () => ['wire x, z : n', 'max(x, z) == x + relu(z - x)', 'max(x, z) == x + relu(x - z)'],
  () => ['wire x, z : n', 'min(x, z) == x - relu(x - z)', 'min(x, z) == z - relu(x - z)'],
  () => ['wire x, z : n', 'exp(x + z) == exp(x) * exp(z)', 'exp(x + z) == exp(x) + exp(z)'],
  () => ['wire x, z, w : n', 'x * (z + w) == x * z + x * w', 'x * (z + w) == x * z + w'],
  () => ['wire x : n', 'relu(x) - relu(-x) == x', 'relu(x) + relu(-x) == x'],
  () => ['wire x : n', 'relu(x) * x == relu(x)^2', 'relu(x) * abs(x) == x^2'],
  a => [
    'wire x, z : n',
    `max(${a} * x, ${a} * z) == ${a} * max(x, z)`,
    `max(-${a} * x, -${a} * z) == -${a} * max(x, z)`,
  ],
  () => [
    'weights A : k x n\n  weights B : m x k',
    'add[A] -> add[B] == add[B * A]',
    'add[A] -> add[B] == add[2 * (B * A)]',
  ],
  () => ['weights A, B : n x n', 'add[A] -> add[B] == add[B * A]', 'add[A] -> add[B] == add[A * B]'],
  () => [
    'weights A, B : m x n\n  wire x : n',
    '(x -> add[A]) + (x -> add[B]) == x -> add[A + B]',
    '(x -> add[A]) + (x -> add[B]) == x -> add[A - B]',
  ],
  () => [
    'function p\n  wire x : n\n  wire z : m',
    '[x -> p, z -> p] == [x, z] -> p',
    '[x -> p, z -> p -> p] == [x, z] -> p',
  ],
  () => ['function p', 'p -> maxpool[2] == maxpool[2] -> p when p increasing', 'p -> maxpool[2] == maxpool[2] -> p'],
  () => [
    'function p',
    'p -> maxpool[2] == minpool[2] -> p when p decreasing',
    'p -> maxpool[2] == minpool[2] -> p when p increasing',
  ],
  () => ['function p', 'scale[-1] -> p == p -> scale[-1] when p odd', 'scale[-1] -> p == p -> scale[-1] when p even'],
  () => ['', 'relu == id when input in [0, inf)', 'relu == id when input in [-1, inf)'],
  () => ['', 'abs -> sqrt -> pow[2] == abs', 'sqrt -> pow[2] == id'],
  () => ['wire x : n', 'softmax(x) == exp(logsoftmax(x))', 'softmax(x) == exp(x)'],
  a => ['', `shift[${a}] -> softmax == softmax`, `scale[${a}] -> softmax == softmax`],
]

/** The same of rules about parts of nets. */
const NET_BODIES: typeof BODIES = [
  () => ['net N : n -> m\n  wire x : n', 'relu(N(x)) - relu(-N(x)) == N(x)', 'relu(N(x)) + relu(-N(x)) == N(x)'],
  () => ['net N : n -> n\n  wire x : n', 'N(x) * (N(x) + x) == N(x)^2 + N(x) * x', 'N(x) * (N(x) + x) == N(x)^2 + x'],
  () => [
    'net N : k -> n\n  net M : m -> n\n  wire x : k\n  wire z : m',
    'max(N(x), M(z)) == N(x) + relu(M(z) - N(x))',
    'max(N(x), M(z)) == N(x) + relu(N(x) - M(z))',
  ],
  () => [
    'net N : k -> n\n  weights A, B : m x n\n  wire x : k',
    '(N(x) -> add[A]) + (N(x) -> add[B]) == N(x) -> add[A + B]',
    '(N(x) -> add[A]) + (N(x) -> add[B]) == N(x) -> add[A * 2]',
  ],
  a => ['net N : k -> n\n  wire x : k', `N(x) -> shift[${a}] -> softmax == N(x) -> softmax`, `relu(N(x)) == N(x)`],
]
/** One seed of so many has rules about parts of nets, too. */
const NETS_AT = 5

/** The text of a few rules; the names of those that are not true begin with `false`. */
function rulesOf(source: Random, bodies: typeof BODIES): string {
  const count = 1 + source.integer(0, 3)
  return Array.from({ length: count }, (_, i) => {
    const [a, b] = [2 + source.integer(0, 3), 1 + source.integer(0, 3)]
    const [head, good, bad] = source.pick(bodies)(a, b)
    const isTrue = !source.oneIn(3)
    return `rule ${isTrue ? 'true' : 'false'}${i} "r" {\n  ${head}\n  ${isTrue ? good : bad}\n}\n`
  }).join('')
}

/** The net with one function changed a little; null where it has none. */
function changed(net: Diagram, source: Random): Diagram | null {
  const functions = net.nodes.filter(n => n.kind === 'pointwise')
  if (functions.length === 0) return null
  const at = source.pick(functions)
  const change = (n: Node): Node =>
    n === at && n.kind === 'pointwise' ? { ...n, fn: call('+', n.fn, number(source.oneIn(2) ? 1 : -1)) } : n
  return { ...net, nodes: net.nodes.map(change) }
}

/** Whether the outputs of the nets are shown to differ at a random point. */
function differ(left: Diagram, right: Diagram, source: Random): boolean {
  const { g, terms } = egraphOf([left, right])
  const [l, r] = [left, right].map(
    (net, k) => terms[k].get(net.nodes.find(n => n.kind === 'output')?.id as number) as number,
  )
  g.equate(l, r, { rule: 'equality', title: 'a claim', by: 'function' }, { over: [] })
  return objection(g, source) !== null
}

/** How often each verdict was given, and how many rules were believed. */
export interface RuleCounts {
  readonly equal: Record<Verdict['kind'], number>
  readonly different: Record<Verdict['kind'], number>
  believed: number
  refused: number
}
export function noRuleCounts(): RuleCounts {
  const zero = (): Record<Verdict['kind'], number> => ({ proved: 0, refuted: 0, undecided: 0 })
  return { equal: zero(), different: zero(), believed: 0, refused: 0 }
}

const believed = new Map<string, readonly Rule[]>()

/** Rules and claims of a seed. Throws where a verdict is wrong, or a proof is not accepted. */
export async function tryRules(seed: number, counts: RuleCounts): Promise<void> {
  const source = random(seed)
  const text = rulesOf(source, seed % NETS_AT === 0 ? [...NET_BODIES, ...NET_BODIES, ...BODIES] : BODIES)
  let rules = believed.get(text)
  if (rules === undefined) {
    const program = parse(`size n, m, k\n${text}`)
    const error = program.diagnostics.find(d => d.severity === 'error')
    if (error !== undefined) throw new Error(`${text}${error.message}`)
    rules = (await trustedRules(program)).rules.filter(r => !builtin().includes(r))
    const wrong = rules.find(r => r.name.startsWith('false'))
    if (wrong !== undefined) throw new Error(`seed ${seed}: a rule that is not true is believed\n${text}`)
    counts.believed += rules.length
    counts.refused += program.rules.length - rules.length
    if (believed.size < 10_000) believed.set(text, rules)
  }
  const net = randomNet(seed)
  const other = scrambled(net, seed, 150, rules)
  if (other === null) return
  const options = { rules: [...rules, ...builtin()], budget: { seconds: 3, search: 0.5, samples: 60 } }
  const verdictOf = async (right: Diagram): Promise<Verdict['kind']> => {
    try {
      return (await prove(net, right, options)).kind
    } catch (error) {
      throw new Error(`seed ${seed}: ${(error as Error).message}\n${text}`)
    }
  }
  const verdict = await verdictOf(other)
  if (verdict === 'refuted') throw new Error(`seed ${seed}: a true claim is refuted\n${text}`)
  counts.equal[verdict]++
  const near = changed(other, source)
  if (near === null || scrambled(near, seed, 1) === null || !differ(net, near, source)) return
  const second = await verdictOf(near)
  if (second === 'proved') throw new Error(`seed ${seed}: a false claim is proved\n${text}`)
  counts.different[second]++
}
