// Files of numbers: what NumPy and spreadsheets write is read, and what is wrong with a file is told with its place.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { NumberArray } from '../../src/formats/array.ts'
import { readCsv, writeCsv } from '../../src/formats/csv.ts'
import { arrayFromJson, nested, readJson } from '../../src/formats/json.ts'
import { readNpy, writeNpy } from '../../src/formats/npy.ts'
import { readNumbers, writeNumbers } from '../../src/formats/numbers.ts'

/** A .npy file by its parts, as NumPy lays it out. */
function npy(descr: string, order: boolean, shape: string, elements: readonly number[], version = 1): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': ${order ? 'True' : 'False'}, 'shape': (${shape}), }\n`
  const head =
    version === 1 ? [header.length & 255, header.length >> 8] : [header.length & 255, header.length >> 8, 0, 0]
  return Uint8Array.of(
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    version,
    0,
    ...head,
    ...new TextEncoder().encode(header),
    ...elements,
  )
}
/** The bytes of numbers by a setter of DataView. */
function bytes(width: number, count: number, set: (view: DataView, at: number, i: number) => void): number[] {
  const view = new DataView(new ArrayBuffer(width * count))
  for (let i = 0; i < count; i++) set(view, i * width, i)
  return [...new Uint8Array(view.buffer)]
}
const value = (read: ReturnType<typeof readNpy>): NumberArray => {
  if (!read.ok) throw new Error(JSON.stringify(read.problem))
  return read.value
}
const problem = (read: { ok: boolean }): unknown => ('problem' in read ? read.problem : null)

describe('.npy', () => {
  const numbers = [1, -2, 3, 100]
  const TYPES: readonly [string, number[]][] = [
    ['<f8', bytes(8, 4, (v, at, i) => v.setFloat64(at, numbers[i], true))],
    ['>f8', bytes(8, 4, (v, at, i) => v.setFloat64(at, numbers[i], false))],
    ['<f4', bytes(4, 4, (v, at, i) => v.setFloat32(at, numbers[i], true))],
    ['>f4', bytes(4, 4, (v, at, i) => v.setFloat32(at, numbers[i], false))],
    ['<f2', bytes(2, 4, (v, at, i) => v.setUint16(at, [0x3c00, 0xc000, 0x4200, 0x5640][i], true))],
    ['<i8', bytes(8, 4, (v, at, i) => v.setBigInt64(at, BigInt(numbers[i]), true))],
    ['>i8', bytes(8, 4, (v, at, i) => v.setBigInt64(at, BigInt(numbers[i]), false))],
    ['<i4', bytes(4, 4, (v, at, i) => v.setInt32(at, numbers[i], true))],
    ['>i2', bytes(2, 4, (v, at, i) => v.setInt16(at, numbers[i], false))],
    ['|i1', bytes(1, 4, (v, at, i) => v.setInt8(at, numbers[i]))],
  ]
  test.each(TYPES)('elements of type %s', (descr, elements) => {
    expect(value(readNpy(npy(descr, false, '2, 2', elements)))).toEqual({
      shape: [2, 2],
      data: Float64Array.from(numbers),
    })
  })
  test('unsigned numbers and booleans', () => {
    expect([...value(readNpy(npy('|u1', false, '3,', [0, 7, 255]))).data]).toEqual([0, 7, 255])
    expect([...value(readNpy(npy('<u2', false, '2,', [255, 255, 1, 0]))).data]).toEqual([65535, 1])
    expect([...value(readNpy(npy('<u8', false, '1,', new Array(8).fill(255)))).data]).toEqual([2 ** 64])
    expect([...value(readNpy(npy('|b1', false, '2,', [1, 0]))).data]).toEqual([1, 0])
  })
  test('Fortran order, three axes, one number, none', () => {
    // NumPy: np.asfortranarray([[1, 2, 3], [4, 5, 6]]) lies in memory as 1 4 2 5 3 6.
    expect([...value(readNpy(npy('|u1', true, '2, 3', [1, 4, 2, 5, 3, 6]))).data]).toEqual([1, 2, 3, 4, 5, 6])
    const cube = value(readNpy(npy('|u1', true, '2, 2, 2', [0, 4, 2, 6, 1, 5, 3, 7])))
    expect(cube).toEqual({ shape: [2, 2, 2], data: Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7) })
    expect(value(readNpy(npy('|u1', false, '', [9])))).toEqual({ shape: [], data: Float64Array.of(9) })
    expect(value(readNpy(npy('|u1', false, '0, 3', [])))).toEqual({ shape: [0, 3], data: new Float64Array(0) })
  })
  test.each([1, 2, 3])('version %i', version => {
    expect([...value(readNpy(npy('|u1', false, '2,', [1, 2], version))).data]).toEqual([1, 2])
  })
  test('what is written is read back, and begins at a multiple of 64 bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 12 }), data => {
        const array = { shape: [data.length, 1], data: Float64Array.from(data) }
        const written = writeNpy(array)
        expect(readNpy(written)).toEqual({ ok: true, value: array })
        expect((written.length - 8 * data.length) % 64).toBe(0)
      }),
      { numRuns: 100, seed: 1 },
    )
  })
  test('what is wrong is told, before anything of that size is allocated', () => {
    const good = npy('<f8', false, '2,', new Array(16).fill(0))
    expect(problem(readNpy(good.subarray(0, good.length - 3)))).toMatchObject({ kind: 'size', found: good.length - 3 })
    expect(problem(readNpy(Uint8Array.of(...good, 0)))).toMatchObject({ kind: 'size', expected: good.length })
    expect(problem(readNpy(npy('<f8', false, '999999999999, 999999', [])))).toMatchObject({ kind: 'size' })
    expect(problem(readNpy(npy('|O', false, '2,', [0x80, 3])))).toMatchObject({ kind: 'dtype', object: true })
    expect(problem(readNpy(npy('<c16', false, '1,', new Array(16).fill(0))))).toMatchObject({
      kind: 'dtype',
      found: '<c16',
    })
    expect(problem(readNpy(npy('<U3', false, '1,', new Array(12).fill(0))))).toMatchObject({ kind: 'dtype' })
    expect(problem(readNpy(npy('<f16', false, '1,', new Array(16).fill(0))))).toMatchObject({ kind: 'dtype' })
    expect(problem(readNpy(npy('<f8', false, '-1,', [])))).toMatchObject({ kind: 'npy-header' })
    expect(problem(readNpy(npy('<f8', false, '2,', [], 4)))).toMatchObject({ kind: 'npy-version', version: '4.0' })
    expect(problem(readNpy(Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 2, 0, 255, 255, 255, 127)))).toMatchObject(
      {
        kind: 'npy-header',
        detail: 'long',
      },
    )
    expect(problem(readNpy(good.subarray(0, 30)))).toMatchObject({ kind: 'size' })
    expect(problem(readNpy(new Uint8Array(0)))).toEqual({ kind: 'empty' })
    expect(problem(readNpy(new TextEncoder().encode('hello world!')))).toEqual({ kind: 'not-npy' })
  })
  test('no bytes make it throw', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.nat(255), (at, byte) => {
        const damaged = npy('<f8', false, '2,', new Array(16).fill(0)).with(at, byte)
        readNpy(damaged)
      }),
      { numRuns: 500, seed: 2 },
    )
  })
})

describe('tables of text', () => {
  const table = (text: string): number[][] => {
    const { shape, data } = value(readCsv(text))
    return Array.from({ length: shape[0] }, (_, i) => [...data.subarray(i * shape[1], (i + 1) * shape[1])])
  }
  test.each([
    ['1,2\n3,4\n'],
    ['1,2\r\n3,4'],
    ['\ufeffa,b\n1,2\n3,4\n'],
    ['"1","2"\n"3",4\n'],
    ['"say ""a, b""",c\n1,2\n\n3,4\n'],
    ['# made by hand\n1;2\n3;4'],
    ['1\t2\n3\t4'],
    ['  1 2\n3   4e0\n'],
    ['+1., 2\n 3 ,.4e1\n'],
  ])('%j', text => {
    expect(table(text)).toEqual([
      [1, 2],
      [3, 4],
    ])
  })
  test('nan and inf are numbers of the file', () => {
    expect(table('nan,-inf\n1,Infinity')).toEqual([
      [Number.NaN, -Infinity],
      [1, Infinity],
    ])
  })
  test('what is wrong is told with its row and column', () => {
    expect(problem(readCsv('1,2\n3,x\n'))).toEqual({ kind: 'not-number', row: 2, column: 2, found: 'x' })
    expect(problem(readCsv('a,b\n1,2\n3\n'))).toEqual({ kind: 'ragged', row: 3, expected: 2, found: 1 })
    expect(problem(readCsv('1,,3\n'))).toEqual({ kind: 'not-number', row: 1, column: 2, found: '' })
    expect(problem(readCsv('1,0x10\n2,3\n1,0x10'))).toMatchObject({ kind: 'not-number', row: 3 })
    expect(problem(readCsv('\n# nothing\n'))).toEqual({ kind: 'empty' })
    expect(problem(readCsv('a,b\n'))).toEqual({ kind: 'empty' })
  })
  test('what is written is read back', () => {
    expect(writeCsv(['a,b', 'c'], [[1.5, 1e300]])).toBe('"a,b",c\n1.5,1e+300\n')
    expect(table(writeCsv(['a,b', 'c'], [[1.5, 1e300]]))).toEqual([[1.5, 1e300]])
  })
})

describe('JSON', () => {
  test('numbers, lists, lists of lists, by names', () => {
    expect(arrayFromJson(3)).toEqual({ ok: true, value: { shape: [], data: Float64Array.of(3) } })
    expect(
      arrayFromJson([
        [1, 2],
        [3, 'NaN'],
      ]),
    ).toEqual({ ok: true, value: { shape: [2, 2], data: Float64Array.of(1, 2, 3, Number.NaN) } })
    expect(readJson('{"x": [1], "W": [[1, 2]]}')).toMatchObject({ value: { x: { shape: [1] }, W: { shape: [1, 2] } } })
    const array = { shape: [2, 1, 2], data: Float64Array.of(1, 2, 3, Infinity) }
    expect(arrayFromJson(nested(array))).toEqual({ ok: true, value: array })
  })
  test('what is wrong is told with its place', () => {
    expect(problem(arrayFromJson([[1, 2], [3]]))).toEqual({ kind: 'ragged', row: 2, expected: 2, found: 1 })
    expect(
      problem(
        arrayFromJson([
          [1, 2],
          [3, 'x'],
        ]),
      ),
    ).toEqual({ kind: 'not-number', row: 2, column: 2, found: '"x"' })
    expect(problem(arrayFromJson([1, [2]]))).toMatchObject({ kind: 'not-number' })
    expect(problem(arrayFromJson([[1], 2]))).toMatchObject({ kind: 'not-number', row: 2 })
    expect(problem(readJson('[1, 2'))).toMatchObject({ kind: 'json' })
    let deep: unknown = 1
    for (let i = 0; i < 100; i++) deep = [deep]
    expect(problem(arrayFromJson(deep))).toEqual({ kind: 'too-deep' })
  })
})

describe('files', () => {
  const text = (s: string): Uint8Array => new TextEncoder().encode(s)
  test('are told apart by their ending, or by how they begin', () => {
    expect(readNumbers('a.json', text('[1]'))).toMatchObject({ value: { shape: [1] } })
    expect(readNumbers('a', text(' [1]'))).toMatchObject({ value: { shape: [1] } })
    expect(readNumbers('a.txt', text('1 2'))).toMatchObject({ value: { shape: [1, 2] } })
    expect(readNumbers('a', npy('|u1', false, '2,', [1, 2]))).toMatchObject({ value: { shape: [2] } })
    expect(problem(readNumbers('a.csv', Uint8Array.of(1, 0xff, 3)))).toEqual({ kind: 'not-text' })
    expect(problem(readNumbers('a.csv', new Uint8Array(0)))).toEqual({ kind: 'empty' })
  })
  test('are written with all arrays, where they can hold several', () => {
    const y = { shape: [2, 2], data: Float64Array.of(1, 2, 3, 4) }
    const z = { shape: [2, 1], data: Float64Array.of(5, 6) }
    expect(writeNumbers('r.csv', { y, z })).toBe('y[0],y[1],z\n1,2,5\n3,4,6\n')
    expect(JSON.parse(writeNumbers('r.json', { y, z }) as string)).toEqual({
      y: [
        [1, 2],
        [3, 4],
      ],
      z: [[5], [6]],
    })
    expect(writeNumbers('r.npy', { y, z })).toBeNull()
    expect(readNumbers('r.npy', writeNumbers('r.npy', { y }) as Uint8Array)).toEqual({ ok: true, value: y })
    expect(writeNumbers('r.xls', { y })).toBeNull()
  })
})
