// Multiplicative and additive pairs at depth 2 to 50 with inputs log-uniform over 1e-300 to 1e300: are equal nets taken
// for different ones (false alarms), and is a relative change of 1e-9 in one weight told from rounding?
// Run: npm run bench:differences [-- --samples 200]
//
// Where it is not told, enclosures say what the true difference is: "none"; "below rounding", less than ten times what
// rounding has really done to the pair with equal weights, and a unit in the last place; or "missed".
import { compareNets, parse } from '../dist/index.mjs'
import { generator } from './chains.mjs'

const at = process.argv.indexOf('--samples')
const SAMPLES = at < 0 ? 100 : Number(process.argv[at + 1])
const DEPTHS = [2, 5, 10, 20, 50]
const SIGMAS = ['t/(1+t)', 'max(t, 1)', '1 + t', 't']
const WIDTH = 3
const CHANGE = 1e-9

function program(depth, sigma) {
  const names = letter => Array.from({ length: depth }, (_, i) => `${letter}${i}`)
  const chain = (kind, letter, between) =>
    names(letter)
      .map(w => `${kind}[${w}]`)
      .join(` -> ${between} -> `)
  return parse(`weights ${[...names('W'), ...names('V')].join(', ')} : ${WIDTH} x ${WIDTH}
function sigma(t) = ${sigma}
function sigma' = ln . sigma . exp
net product { x : ${WIDTH} in (0, inf) -> ${chain('mul', 'W', 'sigma')} -> y }
net sum { x : ${WIDTH} in (0, inf) -> ln -> ${chain('add', 'V', "sigma'")} -> exp -> y }`)
}

const next = generator(1)
const uniform = () => next(2 ** 30) / 2 ** 30
const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
const cell = (text, width) => String(text).padStart(width)
const first = found => found.different ?? found.inconclusive ?? found.consistent

console.log(
  [
    cell('sigma', 10),
    cell('depth', 5),
    cell('samples', 7),
    cell('false alarms', 12),
    cell('by doubles', 10),
    cell('by referee', 10),
    cell('open', 5),
    '|',
    cell('told', 5),
    cell('by doubles', 10),
    cell('none', 5),
    cell('below rounding', 14),
    cell('missed', 6),
    cell('ms', 6),
  ].join(' '),
)
for (const sigma of SIGMAS) {
  for (const depth of DEPTHS) {
    const { product, sum } = program(depth, sigma).nets
    const count = {
      alarms: 0,
      doubles: 0,
      referee: 0,
      open: 0,
      told: 0,
      toldByDoubles: 0,
      none: 0,
      below: 0,
      missed: 0,
    }
    const start = performance.now()
    for (let k = 0; k < SAMPLES; k++) {
      const weights = {}
      for (let i = 0; i < depth; i++) {
        const W = Array.from({ length: WIDTH }, () => Array.from({ length: WIDTH }, () => normal() / Math.sqrt(WIDTH)))
        weights[`W${i}`] = W
        weights[`V${i}`] = W
      }
      const points = [{ x: Array.from({ length: WIDTH }, () => 10 ** (600 * uniform() - 300)) }]
      const same = compareNets(product, sum, { weights, points })
      if (same.verdict === 'different') count.alarms++
      if (same.verdict === 'inconclusive') count.open++
      if (first(same).by === 'doubles') count.doubles++
      else count.referee++
      const layer = next(depth)
      const [i, j] = [next(WIDTH), next(WIDTH)]
      const changed = weights[`V${layer}`].map((row, r) =>
        row.map((w, c) => (r === i && c === j ? w * (1 + CHANGE) : w)),
      )
      const given = { weights: { ...weights, [`V${layer}`]: changed } }
      const found = compareNets(product, sum, { ...given, points })
      if (found.verdict === 'different') {
        count.told++
        if (first(found).by === 'doubles') count.toldByDoubles++
        continue
      }
      // Not told: is there a difference, and would doubles have allowed to see it?
      const truth = compareNets(product, sum, { ...given, points, referee: { always: true } })
      const d = truth.verdict === 'different' ? first(truth).distance : 0
      if (d === 0) count.none++
      else if (d < 10 * ((first(same).distance || 0) + 2 ** -52)) count.below++
      else count.missed++
    }
    const ms = (performance.now() - start) / (2 * SAMPLES)
    console.log(
      [
        cell(sigma, 10),
        cell(depth, 5),
        cell(SAMPLES, 7),
        cell(count.alarms, 12),
        cell(count.doubles, 10),
        cell(count.referee, 10),
        cell(count.open, 5),
        '|',
        cell(count.told, 5),
        cell(count.toldByDoubles, 10),
        cell(count.none, 5),
        cell(count.below, 14),
        cell(count.missed, 6),
        cell(ms.toFixed(1), 6),
      ].join(' '),
    )
  }
}
