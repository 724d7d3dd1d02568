// NumPy's .npy: a magic number, a version (1 to 3), a header that is the text of a Python dictionary, then the elements.
// Source: numpy.lib.format, NEP 1. Booleans, integers of 1 to 8 bytes and floats of 2 to 8 bytes of either byte order, in
// C or Fortran order, are read; integers beyond 2^53 are rounded to the nearest double.
import { type FormatProblem, type NumberArray, problem, type Read } from './array.ts'

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
/** NumPy itself reads headers of up to 10,000 bytes. */
const LONGEST_HEADER = 65_536

interface Header {
  readonly descr: string
  readonly fortran: boolean
  readonly shape: readonly number[]
}

/** The three entries of the dictionary, in any order, as NumPy writes them. */
function parseHeader(text: string): Header | FormatProblem {
  const unread: FormatProblem = { kind: 'npy-header', detail: 'unread' }
  const structured = /["']descr["']\s*:\s*(\[[^\]]*\]?)/.exec(text)
  if (structured !== null) return { kind: 'dtype', found: structured[1], object: false }
  const descr = /["']descr["']\s*:\s*(["'])([^"']*)\1/.exec(text)
  const order = /["']fortran_order["']\s*:\s*(True|False)/.exec(text)
  const shape = /["']shape["']\s*:\s*\(([^)]*)\)/.exec(text)
  if (descr === null || order === null || shape === null) return unread
  const sizes = shape[1]
    .split(',')
    .map(s => s.trim())
    .filter((s, i, all) => s !== '' || i < all.length - 1)
  if (!sizes.every(s => /^\d{1,15}L?$/.test(s))) return unread
  return { descr: descr[2], fortran: order[1] === 'True', shape: sizes.map(s => Number(s.replace('L', ''))) }
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}

type Element = (view: DataView, at: number, little: boolean) => number
const ELEMENTS: Readonly<Record<string, Element>> = {
  b1: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
  i1: (view, at) => view.getInt8(at),
  u1: (view, at) => view.getUint8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  u2: (view, at, little) => view.getUint16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  f2: (view, at, little) => half(view.getUint16(at, little)),
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
}

/** The array in a .npy file. What it says of its size is compared with the file before anything is allocated. */
export function readNpy(bytes: Uint8Array): Read<NumberArray> {
  if (bytes.length === 0) return problem({ kind: 'empty' })
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) return problem({ kind: 'not-npy' })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < 12) return problem({ kind: 'size', expected: 12, found: bytes.length })
  const [major, minor] = [bytes[6], bytes[7]]
  if (major < 1 || major > 3 || minor !== 0) return problem({ kind: 'npy-version', version: `${major}.${minor}` })
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true)
  const start = (major === 1 ? 10 : 12) + length
  if (length > LONGEST_HEADER) return problem({ kind: 'npy-header', detail: 'long' })
  if (start > bytes.length) return problem({ kind: 'size', expected: start, found: bytes.length })
  const header = parseHeader(new TextDecoder('utf-8').decode(bytes.subarray(major === 1 ? 10 : 12, start)))
  if ('kind' in header) return problem(header)
  const match = /^([<>|=]?)([a-zA-Z])(\d*)/.exec(header.descr)
  const name = match === null ? '' : `${match[2]}${match[3]}`
  const of = Object.hasOwn(ELEMENTS, name) && header.descr.length === (match?.[0].length ?? 0) ? ELEMENTS[name] : null
  if (of === null) return problem({ kind: 'dtype', found: header.descr, object: match?.[2] === 'O' })
  const width = Number(name.slice(1))
  const count = header.shape.reduce((product, n) => product * n, 1)
  if (start + count * width !== bytes.length)
    return problem({ kind: 'size', expected: start + count * width, found: bytes.length })
  const little = match?.[1] !== '>'
  const data = new Float64Array(count)
  for (let i = 0; i < count; i++) data[i] = of(view, start + i * width, little)
  return { ok: true, value: { shape: header.shape, data: header.fortran ? fromFortran(data, header.shape) : data } }
}

/** From first index fastest to last index fastest. */
function fromFortran(data: Float64Array, shape: readonly number[]): Float64Array {
  if (shape.length < 2) return data
  const result = new Float64Array(data.length)
  const strides: number[] = []
  shape.reduce((stride, n, axis) => {
    strides[axis] = stride
    return stride * n
  }, 1)
  const index: number[] = shape.map(() => 0)
  let at = 0
  for (let i = 0; i < data.length; i++) {
    result[i] = data[at]
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]
      if (++index[axis] < shape[axis]) break
      at -= strides[axis] * shape[axis]
      index[axis] = 0
    }
  }
  return result
}

/** A .npy file of version 1.0 with little-endian doubles in C order. */
export function writeNpy({ shape, data }: NumberArray): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const text = `{'descr': '<f8', 'fortran_order': False, 'shape': (${sizes}), }`
  // The elements start at a multiple of 64 bytes.
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`
  const bytes = new Uint8Array(10 + header.length + 8 * data.length)
  bytes.set([...MAGIC, 1, 0, header.length & 255, header.length >> 8])
  bytes.set(new TextEncoder().encode(header), 10)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < data.length; i++) view.setFloat64(10 + header.length + 8 * i, data[i], true)
  return bytes
}
