// Tables in which equal values are one object. Recent values are held strongly, which is fast; when there are very many,
// they are handed to weak references, so that a long-lived process does not keep all it has ever seen.
import { spend } from './work.ts'

const RECENT = 2_000_000

export interface Interner<T extends object> {
  /** The value with this key, made now if there is none. `make` gets a number larger than all given before. */
  get<U extends T>(key: string, make: (id: number) => U): U
  /** The same for a key of three whole numbers, which is no key of `get`: faster, for what is made by the million. */
  find(head: number, first: number, second: number): T | undefined
  /** A number for a value, larger than all given before. */
  newId(): number
  /** Adds the value, with a new id, that `find` has not found. */
  add<U extends T>(head: number, first: number, second: number, fresh: U): U
}

/** A table of values that are told apart by a key. Ids are unique in it and ascend. `capacity` values are held strongly. */
export function interner<T extends object>(capacity = RECENT): Interner<T> {
  let recent = new Map<string, T>()
  let triples = new TripleTable<T>()
  const old = new Map<string, WeakRef<T>>()
  let nextId = 1
  /** Hands everything to weak references when there is too much. */
  const retire = (): void => {
    if (recent.size + triples.size <= capacity) return
    for (const [k, reference] of old) if (reference.deref() === undefined) old.delete(k)
    for (const [k, value] of recent) old.set(k, new WeakRef(value))
    triples.forEach((k, value) => {
      old.set(k, new WeakRef(value))
    })
    recent = new Map()
    triples = new TripleTable()
  }
  return {
    get<U extends T>(key: string, make: (id: number) => U): U {
      const known = recent.get(key) ?? (old.size > 0 ? old.get(key)?.deref() : undefined)
      if (known !== undefined) return known as U
      spend(4 + (key.length >> 4))
      const fresh = make(nextId++)
      recent.set(key, fresh)
      retire()
      return fresh
    },
    newId: () => nextId++,
    find(head, first, second) {
      return (
        triples.get(head, first, second) ??
        (old.size > 0 ? old.get(tripleKey(head, first, second))?.deref() : undefined)
      )
    },
    add<U extends T>(head: number, first: number, second: number, fresh: U): U {
      spend(4)
      triples.add(head, first, second, fresh)
      retire()
      return fresh
    },
  }
}

/** A triple as text that is no other key. */
function tripleKey(head: number, first: number, second: number): string {
  return `#${head},${first},${second}`
}

/**
 * A hash table with open addressing. A key is three whole numbers, so that no text has to be made and compared; entries stand
 * one after the other, in the order in which they came, so that growing moves none of them.
 */
class TripleTable<T extends object> {
  /** Entry k has the numbers 3k, 3k + 1 and 3k + 2. */
  private keys = new Float64Array(3 * 1024)
  private readonly values: T[] = []
  /** By place: 1 + the position of an entry; 0 where the place is free. At least three quarters of the places are. */
  private places = new Int32Array(4 * 1024)
  /** The key that was looked for last and not found, and its place: it is added next. */
  private readonly missing = new Float64Array([-1, -1, -1])
  private missingPlace = 0

  get size(): number {
    return this.values.length
  }

  get(head: number, first: number, second: number): T | undefined {
    const place = this.placeOf(head, first, second)
    const entry = this.places[place]
    if (entry > 0) return this.values[entry - 1]
    this.missing[0] = head
    this.missing[1] = first
    this.missing[2] = second
    this.missingPlace = place
    return undefined
  }

  /** Adds a value whose key is not in the table. */
  add(head: number, first: number, second: number, value: T): void {
    const { missing } = this
    const { length } = this.values
    const isFull = 3 * length === this.keys.length
    if (isFull) this.grow()
    const isLooked = !isFull && missing[0] === head && missing[1] === first && missing[2] === second
    this.places[isLooked ? this.missingPlace : this.placeOf(head, first, second)] = length + 1
    missing[0] = -1
    this.keys[3 * length] = head
    this.keys[3 * length + 1] = first
    this.keys[3 * length + 2] = second
    this.values.push(value)
  }

  forEach(visit: (key: string, value: T) => void): void {
    const { keys } = this
    this.values.forEach((value, k) => {
      visit(tripleKey(keys[3 * k], keys[3 * k + 1], keys[3 * k + 2]), value)
    })
  }

  /** Where the key stands, or the free place where it would. */
  private placeOf(head: number, first: number, second: number): number {
    const { keys, places } = this
    const mask = places.length - 1
    // Neighbours by their first number stand together, eight of them: of a long chain, each function of which is made of the
    // one before, most are then looked up in memory that is at hand.
    let hash = Math.imul(head, 0x9e3779b1) ^ Math.imul(first >>> 3, 0x85ebca6b) ^ Math.imul(second, 0xc2b2ae35)
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
    for (let i = (((hash ^ (hash >>> 13)) & ~7) | (first & 7)) & mask; ; i = (i + 1) & mask) {
      const k = 3 * (places[i] - 1)
      if (k < 0 || (keys[k] === head && keys[k + 1] === first && keys[k + 2] === second)) return i
    }
  }

  private grow(): void {
    const { keys } = this
    this.keys = new Float64Array(2 * keys.length)
    this.keys.set(keys)
    this.places = new Int32Array(2 * this.places.length)
    for (let k = 0; k < this.values.length; k++)
      this.places[this.placeOf(keys[3 * k], keys[3 * k + 1], keys[3 * k + 2])] = k + 1
  }
}
