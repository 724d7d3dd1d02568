// Random certificates that keep the checker busy for as long as its limits let them: shared sums and products, towers of powers,
// choices within choices, matrices that double, proofs whose cases share their cases, points at which much has to be evaluated.
import type { Json } from '../../src/certificate/json.ts'
import { check } from '../../src/check/check.ts'
import { type Random, random } from '../../src/numeric/random.ts'
import {
  additive,
  type Draft,
  draft,
  input,
  multiplicative,
  output,
  pointwise,
  proved,
  refuted,
  step,
} from './draft.ts'

const REALS = '(-inf, inf)'
const DOMAINS = [REALS, '(0, inf)', '[0, 1]', '(-1, 1)', '[-3, -1] | [0, 0] | (2, inf)'] as const
const UNARY = ['exp', 'ln', 'sqrt', 'abs', 'sin', 'tan', 'tanh', 'floor', 'sign', 'relu', 'erf', 'neg', 'sigmoid', 'acosh'] as const // biome-ignore format: one line
const BINARY = ['+', '-', '*', '/', 'max', 'min', '^'] as const
/** Those that have a value for all numbers. */
const TOTAL = ['exp', 'abs', 'sin', 'tanh', 'floor', 'sign', 'relu', 'erf', 'neg', 'sigmoid'] as const
const TOTAL_BINARY = ['+', '-', '*', 'max', 'min'] as const
const NUMBERS = ['2', '-1', '1/3', '1000000007', '99999999999999999999/7', '1/1000000000000000000000', '64', '2/2147483647', '-998244353/1000000009'] as const // biome-ignore format: one line

/** Expressions in x0 and x1, each made of a few of the last ones; the numbers of all. */
function expressions(d: Draft, source: Random, count: number): number[] {
  const made = [d.expression(0), d.expression(1), d.expression('0'), d.expression('1')]
  for (const q of NUMBERS) made.push(d.expression(q))
  // Some documents have few operations and use them all the time.
  const [mayFail, hasAll] = [source.oneIn(3), source.oneIn(2)]
  const few = <T>(of: readonly T[]): readonly T[] => (hasAll ? of : [source.pick(of), source.pick(of)])
  const unary = few<string>(mayFail ? UNARY : TOTAL)
  const binary = few<string>(mayFail ? BINARY : TOTAL_BINARY)
  const reach = 1 + source.integer(0, 6)
  const recent = (): number => made[Math.max(0, made.length - 1 - source.integer(0, reach))]
  for (let i = 0; i < count; i++) {
    const kind = source.integer(0, 9)
    if (kind < 2) made.push(d.expression([source.pick(unary), recent()]))
    else if (kind < 8) made.push(d.expression([source.pick(binary), recent(), recent()]))
    else if (kind === 8)
      made.push(d.expression(['choose', source.pick(['<', '<=', '==']), recent(), recent(), recent(), recent()])) // biome-ignore format: one line
    else
      made.push(
        d.expression(['^', recent(), source.pick(mayFail ? made.slice(2, 4 + NUMBERS.length) : made.slice(2, 5))]),
      )
  }
  return made
}

function operators(d: Draft, source: Random, width: number, count: number): number[] {
  const weight = (name: string): number => d.operator(['weight', name, width, width, false, REALS, null])
  const entry = (): string => `${source.integer(-9, 9)}`
  const rows = Array.from({ length: width }, () => Array.from({ length: width }, entry))
  const made = [weight('W'), weight('V'), d.operator(['matrix', rows]), d.operator(['identity', width])]
  const recent = (): number => made[Math.max(0, made.length - 1 - source.integer(0, 3))]
  for (let i = 0; i < count; i++) made.push(d.operator([source.pick(['sum', 'product']), recent(), recent()]))
  return made
}

function proofs(d: Draft, source: Random, all: readonly number[], count: number): number[] {
  const late = (): number => all[all.length - 1 - source.integer(0, Math.min(10, all.length - 1))]
  const made = [d.proof({ equal: [] }), d.proof({ impossible: true })]
  for (let i = 0; i < count; i++) {
    const on = late()
    const last = made[made.length - 1]
    const cases = ['(-inf, 0)', '[0, 0]', '(0, inf)'].map((range): Json => [range, source.oneIn(3) ? made[0] : last])
    const steps: Json[] = source.oneIn(2) ? [['arithmetic', late(), late()]] : [['sign', late(), '(0, inf)', []]]
    made.push(d.proof({ split: on, origin: [on, []], cases }, source.oneIn(2) ? [] : steps))
  }
  return made
}

/** The document of a seed. */
export function hostileDocument(seed: number): unknown {
  const source = random(seed)
  const d = draft()
  const all = expressions(d, source, source.pick([20, 60, 200, 1000]))
  const width = source.pick([1, 1, 2, 8, 40])
  const matrices = operators(d, source, width, source.pick([2, 10, 40]))
  const [p] = proofs(d, source, all, source.integer(0, 40)).slice(-1)
  const isRefuted = source.oneIn(3)
  const [domain, other] = isRefuted ? [REALS, REALS] : [source.pick(DOMAINS), source.pick(DOMAINS)]
  const inputs = [input('x', domain, [width]), input('z', other, [width])]
  const late = (): number => all[all.length - 1 - source.integer(0, Math.min(4, all.length - 1))]
  const matrix = (): number => matrices[matrices.length - 1 - source.integer(0, Math.min(4, matrices.length - 1))]
  const layer = source.oneIn(3) ? multiplicative : additive
  const net = (from: number): Json[] => [
    pointwise(late(), [0, 1], [width]),
    source.oneIn(2) ? pointwise(late(), [from, 1], [width]) : layer(matrix(), from, null, [width]),
    output(from + 1, 'y', [width]),
  ]
  const left = [...inputs, ...net(2)]
  const right = net(5)
  if (isRefuted) {
    const point = (): string => source.pick(['0', '1', '1/2', '-3', '1000001/1000', '3'])
    const values = (): string[] => Array.from({ length: width }, point)
    const matrixOf = (): string[][] => Array.from({ length: width }, values)
    const stated = (q: string): Json => Array.from({ length: width }, () => [q, q])
    const given = {
      inputs: { x: values(), z: values() },
      weights: { W: matrixOf(), V: matrixOf() },
      left: stated('7'),
      right: source.oneIn(3) ? 'undefined' : stated('8'),
    }
    d.claim(refuted(left, right, given))
    return d.document()
  }
  const lemma = d.lemma(late(), late(), [domain, other], p)
  const over = { over: [0, 1], ranges: [domain, other] }
  d.claim(
    proved(left, right, [
      step('function', 'equality', 2, 5, { ...over, lemmas: [lemma] }),
      step('linear', 'equality', 3, 6, { over: [2, 0, 1] }),
      step('congruence', 'equality', 3, 6),
    ]),
  )
  return d.document()
}

/** How long one document took, and what became of it. */
export interface Slow {
  readonly seed: number
  readonly seconds: number
  readonly outcome: string
}

const KEPT = 8
/** Checks the document of a seed; `slowest` keeps those that took longest. Throws where the checker does. */
export function tryDocument(seed: number, slowest: Slow[]): void {
  const document: unknown = JSON.parse(JSON.stringify(hostileDocument(seed)))
  const start = performance.now()
  const checked = check(document)
  const seconds = Math.round(performance.now() - start) / 1000
  const outcome = checked.accepted ? 'accepted' : checked.reason.slice(0, 60)
  slowest.push({ seed, seconds, outcome })
  slowest.sort((a, b) => b.seconds - a.seconds).splice(KEPT)
  if (seconds > MOST_SECONDS) throw new Error(`seed ${seed}: the check took ${seconds} s: ${outcome}`)
}
/** More than this is a fault of the limits, on any machine. */
const MOST_SECONDS = 30
