// Equal keys give one object, also after the table has handed its values to weak references.
import { describe, expect, test } from 'vitest'
import { interner } from '../../src/scalar/intern.ts'

interface Value {
  readonly id: number
  readonly of: string
}
type Triple = readonly [number, number, number]
/** Keys that differ in one number only, and large ones. */
const triples: readonly Triple[] = Array.from({ length: 3000 }, (_, k) => [k % 3, (k % 7) * 2 ** 40, k])

describe.each([10, 1000, 1_000_000])('a table that holds %i values strongly', capacity => {
  test('gives the value that was made for a key, and no other', () => {
    const table = interner<Value>(capacity)
    const make = (of: string) => (id: number) => ({ id, of })
    const texts = triples.map((_, k) => table.get(`k${k}`, make(`k${k}`)))
    const found = triples.map(t => {
      expect(table.find(...t)).toBeUndefined()
      return table.add(...t, { id: table.newId(), of: t.join() })
    })
    triples.forEach((t, k) => {
      expect(table.find(...t)).toBe(found[k])
      expect(found[k].of).toBe(t.join())
      expect(table.get(`k${k}`, make('another'))).toBe(texts[k])
    })
    expect(table.find(3, 0, 0)).toBeUndefined()
    // What is added between a look and the addition it leads to stays found.
    const others = triples.slice(0, 200).map(([head, first, second]) => {
      const [one, two] = [[head + 10, first, second] as const, [head + 20, first, second] as const]
      expect([table.find(...one), table.find(...two)]).toEqual([undefined, undefined])
      const later = table.add(...two, { id: table.newId(), of: 'two' })
      return [one, table.add(...one, { id: table.newId(), of: 'one' }), two, later] as const
    })
    for (const [one, first, two, second] of others) {
      expect(table.find(...one)).toBe(first)
      expect(table.find(...two)).toBe(second)
    }
    const ids = [...texts, ...found].map(v => v.id)
    expect(ids.every((id, k) => k === 0 || id > ids[k - 1])).toBe(true)
    expect(table.newId()).toBeGreaterThan(ids[ids.length - 1])
  })
})
