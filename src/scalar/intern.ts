// Tables in which equal values are one object. Recent values are held strongly, which is fast; when there are very many,
// they are handed to weak references, so that a long-lived process does not keep all it has ever seen.

const RECENT = 1_000_000

export interface Interner<T extends object> {
  /** The value with this key, made now if there is none. `make` gets a number larger than all given before. */
  get<U extends T>(key: string, make: (id: number) => U): U
}

/** A table of values that are told apart by a key. Ids are unique in it and ascend. */
export function interner<T extends object>(): Interner<T> {
  let recent = new Map<string, T>()
  const old = new Map<string, WeakRef<T>>()
  let nextId = 1
  return {
    get<U extends T>(key: string, make: (id: number) => U): U {
      const known = recent.get(key) ?? (old.size > 0 ? old.get(key)?.deref() : undefined)
      if (known !== undefined) return known as U
      const fresh = make(nextId++)
      recent.set(key, fresh)
      if (recent.size > RECENT) {
        for (const [k, reference] of old) if (reference.deref() === undefined) old.delete(k)
        for (const [k, value] of recent) old.set(k, new WeakRef(value))
        recent = new Map()
      }
      return fresh
    },
  }
}
