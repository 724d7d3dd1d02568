// One peer's time for a batch through a chain of layers, as JSON: run by bench/numeric.mjs in a process of its own.
// node run.mjs PEER PRECISION BATCH ROUNDS
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { bestOf, chainLayers, samples } from '../layers.mjs'
import { onnxModel } from './onnx.mjs'

const [peer, precision, batchText, roundsText] = process.argv.slice(2)
const [batch, rounds] = [Number(batchText), Number(roundsText)]
const layers = chainLayers()
const x = samples(batch, layers[0].columns)
const require = createRequire(import.meta.url)
const single = data => Float32Array.from(data)
const rowsOf = (data, columns) =>
  Array.from({ length: data.length / columns }, (_, i) => [...data.subarray(i * columns, (i + 1) * columns)])

async function onnx(runtime, options) {
  const session = await runtime.InferenceSession.create(onnxModel(precision, batch, layers), options)
  const data = precision === 'float32' ? single(x) : x
  const feeds = { x: new runtime.Tensor(precision, data, [batch, layers[0].columns]) }
  return async () => (await session.run(feeds)).y.data
}

const PEERS = {
  'onnxruntime-node': async () =>
    onnx(require('onnxruntime-node'), { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 }),
  'onnxruntime-web': async () => {
    const runtime = await import('onnxruntime-web')
    runtime.env.wasm.numThreads = 1
    return onnx(runtime, { executionProviders: ['wasm'], logSeverityLevel: 3 })
  },
  'tfjs-wasm': async () => {
    const tf = require('@tensorflow/tfjs-core')
    const wasm = require('@tensorflow/tfjs-backend-wasm')
    wasm.setThreadsCount(1)
    wasm.setWasmPaths(`${join(dirname(require.resolve('@tensorflow/tfjs-backend-wasm/package.json')), 'dist')}/`)
    await tf.setBackend('wasm')
    await tf.ready()
    const made = layers.map(({ rows, columns, weights, bias }) => ({
      // With `transposeB` its result is wrong.
      b: tf.transpose(tf.tensor2d(single(weights), [rows, columns])),
      bias: tf.tensor1d(single(bias)),
    }))
    const input = tf.tensor2d(single(x), [batch, layers[0].columns])
    return () =>
      tf.tidy(() =>
        made
          .reduce(
            (a, layer, i) => tf.fused.matMul({ a, ...layer, activation: i < made.length - 1 ? 'relu' : 'linear' }),
            input,
          )
          .dataSync(),
      )
  },
  'ml-matrix': async () => {
    const { Matrix } = await import('ml-matrix')
    const made = layers.map(({ rows, columns, weights, bias }) => ({
      matrix: Matrix.from1DArray(rows, columns, weights).transpose(),
      bias,
    }))
    const input = Matrix.from1DArray(batch, layers[0].columns, x)
    return () =>
      made
        .reduce((h, { matrix, bias }, i) => {
          const sum = h.mmul(matrix).addRowVector(bias)
          if (i < made.length - 1) {
            for (let r = 0; r < sum.rows; r++)
              for (let j = 0; j < sum.columns; j++) if (sum.get(r, j) < 0) sum.set(r, j, 0)
          }
          return sum
        }, input)
        .to1DArray()
  },
  mathjs: async () => {
    const { all, create } = await import('mathjs')
    const math = create(all)
    const made = layers.map(({ columns, weights, bias }) => ({
      matrix: math.transpose(math.matrix(rowsOf(weights, columns))),
      bias: math.matrix([...bias]),
    }))
    const input = math.matrix(rowsOf(x, layers[0].columns))
    return () =>
      made
        .reduce((h, { matrix, bias }, i) => {
          const sum = math.add(math.multiply(h, matrix), bias)
          return i < made.length - 1 ? math.map(sum, v => (v > 0 ? v : 0)) : sum
        }, input)
        .toArray()
        .flat()
  },
}

// The runtimes print warnings of their own.
console.warn = () => {}
const run = await PEERS[peer]()
const y = Float64Array.from(await run())
const seconds = await bestOf(run, rounds)
const { version } = JSON.parse(
  readFileSync(
    new URL(
      `node_modules/${{ 'tfjs-wasm': '@tensorflow/tfjs-backend-wasm' }[peer] ?? peer}/package.json`,
      import.meta.url,
    ),
    'utf8',
  ),
)
process.stdout.write(`${JSON.stringify({ seconds, version, first: [...y.subarray(0, 10)] })}\n`)
process.exit(0)
