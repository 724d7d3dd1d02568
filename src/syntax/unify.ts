// Sizes that a net leaves open and its operations fix: equations between sizes, solved as they come.
import {
  addSizes,
  divideSize,
  type Shape,
  type Size,
  sameShape,
  scaleSize,
  substituteSize,
  unknownSize,
} from '../linear/size.ts'

/** Unknown sizes to be solved begin with this sign, which no name in a file does. */
const OPEN = '?'

export interface Unifier {
  /** A new size to be solved. */
  readonly fresh: () => Size
  /** Makes two sizes equal; false where they cannot be. */
  readonly unify: (a: Size, b: Size) => boolean
  /** The size with everything that is solved put in. */
  readonly resolve: (a: Size) => Size
  readonly resolveShape: (a: Shape) => Shape
}

/** Whether a size has parts that are still open. */
export function isOpen(s: Size): boolean {
  return s.terms.some(([name]) => name.startsWith(OPEN))
}

export function makeUnifier(): Unifier {
  const solved = new Map<string, Size>()
  let made = 0
  const resolve = (a: Size): Size => {
    let size = a
    // Solutions may hold open sizes that were solved later; each round puts in at least one more.
    while (size.terms.some(([name]) => solved.has(name))) size = substituteSize(size, name => solved.get(name))
    return size
  }
  return {
    fresh: () => unknownSize(`${OPEN}${made++}`),
    resolve,
    resolveShape: shape => (shape.some(isOpen) ? shape.map(resolve) : shape),
    unify: (a, b) => {
      if (a === b) return true
      if (!isOpen(a) && !isOpen(b)) return false
      const difference = addSizes(resolve(a), resolve(b), -1)
      if (difference.terms.length === 0 && difference.constant === 0) return true
      for (const [name, k] of difference.terms) {
        if (!name.startsWith(OPEN)) continue
        // k * name + rest = 0
        const rest = addSizes(difference, unknownSize(name), -k)
        const value = divideSize(scaleSize(rest, -1), k)
        if (value === null) continue
        solved.set(name, value)
        return value.terms.length > 0 || value.constant >= 1
      }
      return false
    },
  }
}

export function unifyShapes(u: Unifier, a: Shape, b: Shape): boolean {
  return a === b || sameShape(a, b) || (a.length === b.length && a.every((s, i) => u.unify(s, b[i])))
}
