// A set of pairs of small whole numbers, without an object for each.
const SHIFT = 2 ** 26
const GONE = -1

export class PairSet {
  private slots = new Float64Array(1024)
  private used = 0

  get bytes(): number {
    return 8 * this.slots.length
  }
  /** Gives false where the pair is in the set already. */
  add(a: number, b: number): boolean {
    const key = a * SHIFT + b + 1
    const at = this.placeOf(key)
    if (this.slots[at] !== 0) return false
    this.slots[at] = key
    if (2 * ++this.used > this.slots.length) {
      const old = this.slots
      this.slots = new Float64Array(2 * old.length)
      this.used = 0
      for (const k of old) {
        if (k <= 0) continue
        this.slots[this.placeOf(k)] = k
        this.used++
      }
    }
    return true
  }
  delete(a: number, b: number): void {
    const at = this.placeOf(a * SHIFT + b + 1)
    if (this.slots[at] !== 0) this.slots[at] = GONE
  }
  /** Where the key stands, or a free place where it would. */
  private placeOf(key: number): number {
    const { slots } = this
    const mask = slots.length - 1
    const high = Math.floor(key / SHIFT)
    const hash = Math.imul(high, 0x9e3779b1) ^ Math.imul(key - high * SHIFT, 0x85ebca6b)
    let at = (hash ^ (hash >>> 15)) & mask
    while (slots[at] !== 0 && slots[at] !== key) at = (at + 1) & mask
    return at
  }
}
