// Multiplicative and additive pairs at depth 2 to 50 with inputs log-uniform over 1e-300 to 1e300: are equal nets taken
// for different ones (false alarms), and is a relative change of 1e-9 in one weight told from rounding?
// Run: npm run bench:differences [-- --samples 200]
//
// Where it is not told, doubles must not have allowed it: enclosures, which the referee and this table share, bound how far
// the exact results of the two nets lie apart. Up to a unit in the last place (2.2e-16) even results that are computed
// exactly and then rounded can be the same double, so nobody who sees doubles can tell: "at most" is the largest such bound,
// and "missed" counts what lies above it. Alarms and misses make the exit status 1.
import { compareNets, parse } from '../dist/index.mjs'
import { generator } from './chains.mjs'

const at = process.argv.indexOf('--samples')
const SAMPLES = at < 0 ? 100 : Number(process.argv[at + 1])
const DEPTHS = [2, 5, 10, 20, 50]
const SIGMAS = ['t/(1+t)', 'max(t, 1)', '1 + t', 't']
const WIDTH = 3
const CHANGE = 1e-9
const UNIT = 2 ** -52

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
    cell('not told', 8),
    cell('at most', 8),
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
      untold: 0,
      atMost: 0,
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
      count.untold++
      const { distance, bound } = first(compareNets(product, sum, { ...given, points, referee: { always: true } }))
      const apart = distance + bound
      if (apart <= UNIT) count.atMost = Math.max(count.atMost, apart)
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
        cell(count.untold, 8),
        cell(count.atMost === 0 ? '0' : count.atMost.toExponential(1), 8),
        cell(count.missed, 6),
        cell(ms.toFixed(1), 6),
      ].join(' '),
    )
    if (count.alarms + count.open + count.missed > 0) process.exitCode = 1
  }
}
