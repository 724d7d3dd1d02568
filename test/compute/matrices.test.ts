import { expect, test } from 'vitest'
import { javascriptKernel } from '../../src/compute/javascript.ts'
import { type BlockKernel, type Matrices, matricesWith, workspaceFor } from '../../src/compute/matrices.ts'
import type { Numbers } from '../../src/compute/pointwise.ts'
import { isWasmAvailable, wasmKernel } from '../../src/compute/wasm.ts'
import { random } from '../../src/numeric/random.ts'

type Precision = 'float64' | 'float32'
const UNIT = { float64: 2 ** -53, float32: 2 ** -24 }

/** Memory with `extra` numbers behind a kernel's working space. */
function memoryFor(kind: string, precision: Precision, n: number, k: number, extra: number) {
  const start = Math.ceil(workspaceFor(n, k) / 8) * 8
  const length = start + extra
  let data: Numbers
  let kernel: BlockKernel | null = null
  if (kind === 'wasm') ({ data, kernel } = wasmKernel(precision, length))
  else {
    data = precision === 'float64' ? new Float64Array(length) : new Float32Array(length)
    if (kind === 'javascript') kernel = javascriptKernel(data)
  }
  return { data, matrices: matricesWith(data, kernel, 0), start }
}

// Around the edges of tiles, panels and blocks, and beyond them.
const SHAPES = [
  [1, 300, 70],
  [2, 70, 300],
  [3, 65, 33],
  [5, 17, 513],
  [129, 9, 31],
  [131, 47, 257],
  [64, 1030, 5],
  [33, 16, 16],
] as const

test('the host of the tests has the WebAssembly kernel', () => {
  expect(isWasmAvailable('float64')).toBe(true)
  expect(isWasmAvailable('float32')).toBe(true)
})

for (const precision of ['float64', 'float32'] as const) {
  for (const kind of ['plain', 'javascript', 'wasm']) {
    test.each(SHAPES)(`${kind} products in ${precision}, %i x %i, depth %i, lie within the bound`, (m, n, k) => {
      const wrong: string[] = []
      for (let variant = 0; variant < 8; variant++) {
        const source = random(variant + m + n + k)
        const sizes = [m * k, k * n, m * (n + 3), n + 5]
        const { data, matrices, start } = memoryFor(kind, precision, n, k, sizes.reduce((a, b) => a + b) + 64)
        for (let i = start; i < data.length; i++) data[i] = source.uniform() * 2 - 1
        const left = start
        const right = left + sizes[0]
        const result = right + sizes[1]
        // Not aligned, and with gaps between the rows of the result.
        const bias = variant % 3 === 0 ? -1 : result + sizes[2] + 1
        const [leftRow, leftColumn] = variant & 1 ? [1, m] : [k, 1]
        const [rightRow, rightColumn] = variant & 2 ? [1, k] : [n, 1]
        const [add, relu] = [(variant & 4) !== 0, variant % 5 === 0]
        const before = data.slice()
        matrices.multiply(
          m,
          n,
          k,
          left,
          leftRow,
          leftColumn,
          right,
          rightRow,
          rightColumn,
          result,
          n + 3,
          add,
          bias,
          relu,
        )
        const gamma = ((k + 2) * UNIT[precision]) / (1 - (k + 2) * UNIT[precision])
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n + 3; j++) {
            const at = result + i * (n + 3) + j
            if (j >= n) {
              if (data[at] !== before[at]) wrong.push(`${i}, ${j} is no part of the result`)
              continue
            }
            let [sum, size] = [0, 0]
            const term = (x: number): void => {
              sum += x
              size += Math.abs(x)
            }
            for (let p = 0; p < k; p++)
              term(before[left + i * leftRow + p * leftColumn] * before[right + p * rightRow + j * rightColumn])
            if (add) term(before[at])
            if (bias >= 0) term(before[bias + j])
            // The sum here is rounded, too.
            const allowed = (gamma + (k + 2) * 2 ** -53) * size
            const wanted = relu ? Math.max(sum, 0) : sum
            if (!(Math.abs(data[at] - wanted) <= allowed)) wrong.push(`${i}, ${j}: ${data[at]}, not ${wanted}`)
          }
        }
        for (let i = left; i < result; i++) if (data[i] !== before[i]) wrong.push(`the factors changed at ${i}`)
      }
      expect(wrong).toEqual([])
    })

    test(`${kind} mask and sums in ${precision}`, () => {
      const { data, matrices, start } = memoryFor(kind, precision, 16, 16, 64)
      const [y, g, into] = [start, start + 8, start + 24]
      data.set([0, 1, Number.NaN, 2, 0, 3, 0], y)
      data.set([1, 2, 3, 4, 5, 6, 7, 99], g)
      matrices.mask(y, g, 7)
      expect([...data.subarray(g, g + 8)]).toEqual([0, 2, Number.NaN, 4, 0, 6, 0, 99])
      data.set([1, 2, 3, 4, 5, 10, 20, 30, 40, 50], g)
      data.fill(1, into, into + 6)
      matrices.sum(g, 2, 5, into)
      expect([...data.subarray(into, into + 6)]).toEqual([12, 23, 34, 45, 56, 1])
    })
  }
}

test('NaN and infinity go through a product', () => {
  for (const kind of ['plain', 'javascript', 'wasm']) {
    const { data, matrices, start } = memoryFor(kind, 'float64', 64, 64, 3 * 4096)
    data.fill(1, start)
    data[start] = Number.NaN
    data[start + 64] = Number.POSITIVE_INFINITY
    const multiply = (m: Matrices): void =>
      m.multiply(64, 64, 64, start, 64, 1, start + 4096, 1, 64, start + 8192, 64, false, -1, true)
    multiply(matrices)
    expect([...data.subarray(start + 8192, start + 8192 + 64)].every(Number.isNaN)).toBe(true)
    expect(data[start + 8192 + 64]).toBe(Number.POSITIVE_INFINITY)
    expect(data[start + 8192 + 128]).toBe(64)
  }
})
