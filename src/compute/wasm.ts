// The matrix kernel in WebAssembly SIMD (matrix.wat): modules are compiled when they are first needed, and kept.
import type { BlockKernel } from './matrices.ts'
import modules from './matrix.wat'
import type { Numbers } from './pointwise.ts'

/** The part of WebAssembly's interface that is used; types of browsers and of Node do not say it alike. */
interface Host {
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer }
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object
  readonly Instance: new (module: object, imports: object) => { readonly exports: Exports }
  validate(bytes: Uint8Array<ArrayBuffer>): boolean
}
interface Exports {
  packLeft(from: number, row: number, column: number, rows: number, depth: number, to: number): void
  packRight(from: number, row: number, column: number, depth: number, columns: number, to: number): void
  block(...numbers: number[]): void
  row(...numbers: number[]): void
  mask(y: number, g: number, count: number): void
  sum(from: number, rows: number, columns: number, into: number): void
}

const PAGE = 65_536

interface Compiled {
  readonly isFused: boolean
  readonly module: object
}
/** By precision; null where the host has no SIMD. */
const compiled = new Map<'float64' | 'float32', Compiled | null>()

function host(): Host | null {
  return (globalThis as { WebAssembly?: Host }).WebAssembly ?? null
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), c => c.charCodeAt(0))
}

/** Whether a module multiplies: drafts of fused multiply-add had their operands in another order. */
function multiplies(wasm: Host, module: object, precision: 'float64' | 'float32'): boolean {
  const memory = new wasm.Memory({ initial: 1 })
  const { exports } = new wasm.Instance(module, { netproof: { memory } })
  const data = precision === 'float64' ? new Float64Array(memory.buffer) : new Float32Array(memory.buffer)
  const size = data.BYTES_PER_ELEMENT
  const width = 64 / size
  data.fill(2, 0, width)
  data.fill(3, width, 2 * width)
  exports.row(0, 64, 64, 1, width, 128, 0, 0, 0)
  return data[2 * width] === 6 * width
}

function moduleFor(wasm: Host, precision: 'float64' | 'float32'): Compiled | null {
  const known = compiled.get(precision)
  if (known !== undefined) return known
  let found: Compiled | null = null
  for (const isFused of [true, false]) {
    const bytes = bytesOf(modules[precision][isFused ? 'fused' : 'plain'])
    if (found !== null || !wasm.validate(bytes)) continue
    const module = new wasm.Module(bytes)
    if (multiplies(wasm, module, precision)) found = { isFused, module }
  }
  compiled.set(precision, found)
  return found
}

export function isWasmAvailable(precision: 'float64' | 'float32'): boolean {
  const wasm = host()
  // A content security policy may forbid to compile what the host has.
  try {
    return wasm !== null && moduleFor(wasm, precision) !== null
  } catch {
    compiled.set(precision, null)
    return false
  }
}

/** Memory of `length` numbers and the kernel that works in it. Throws RangeError where the host has no such memory. */
export function wasmKernel(precision: 'float64' | 'float32', length: number): { data: Numbers; kernel: BlockKernel } {
  const wasm = host() as Host
  const { module, isFused } = moduleFor(wasm, precision) as Compiled
  const size = precision === 'float64' ? 8 : 4
  const memory = new wasm.Memory({ initial: Math.ceil((length * size) / PAGE) })
  const { exports } = new wasm.Instance(module, { netproof: { memory } })
  const data = precision === 'float64' ? new Float64Array(memory.buffer) : new Float32Array(memory.buffer)
  const { packLeft, packRight, block, row, mask, sum } = exports
  return {
    data,
    kernel: {
      name: isFused ? 'wasm-simd-fma' : 'wasm-simd',
      columns: 64 / size,
      packLeft: (from, stride, column, rows, depth, to) =>
        packLeft(from * size, stride * size, column * size, rows, depth, to * size),
      packRight: (from, stride, column, depth, columns, to) =>
        packRight(from * size, stride * size, column * size, depth, columns, to * size),
      block: (rows, columns, depth, left, right, result, resultRow, add, bias, relu, tile) =>
        block(
          rows,
          columns,
          depth,
          left * size,
          right * size,
          result * size,
          resultRow * size,
          add ? 1 : 0,
          // No bias stands at address 0: there the working space begins.
          bias < 0 ? 0 : bias * size,
          relu ? 1 : 0,
          tile * size,
        ),
      row: (left, right, stride, columns, depth, result, add, bias, relu) =>
        row(
          left * size,
          right * size,
          stride * size,
          columns,
          depth,
          result * size,
          add ? 1 : 0,
          bias < 0 ? 0 : bias * size,
          relu ? 1 : 0,
        ),
      mask: (result, gradient, count) => mask(result * size, gradient * size, count),
      sum: (from, rows, columns, into) => sum(from * size, rows, columns, into * size),
    },
  }
}
