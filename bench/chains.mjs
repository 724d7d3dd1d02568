// Chains of layers for the benchmarks, on which the conditions of all rules hold: as data, from which nets are made.

/** A small deterministic generator (mulberry32), so that every run makes the same chains. */
export function generator(seed) {
  let a = seed >>> 0
  return n => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % n
  }
}

/** Layers from `first` to before `n`, in random order; ln and mul need a positive wire, and stand only where it is one. */
function randomLayers(n, first, seed) {
  const random = generator(seed)
  const layers = []
  let isPositive = true
  for (let i = first; i < n; i++) {
    switch (random(isPositive ? 6 : 4)) {
      case 0:
        layers.push({ name: 'exp' })
        isPositive = true
        break
      case 1:
        layers.push({ name: 'id' })
        break
      case 2:
        layers.push({ name: 'relu' })
        break
      case 3:
        layers.push({ name: 'shift', by: 1 + random(9) })
        break
      case 4:
        layers.push({ name: 'ln' })
        isPositive = false
        break
      default:
        layers.push({ name: 'mul', index: i })
    }
  }
  return layers
}

export const KINDS = ['mul', 'pair', 'nest', 'comp', 'rand']

/** A chain of one of the kinds, and whether its input has to be positive. Random ones differ by their seeds. */
export function chainOf(kind, n, seed = 1) {
  const random = generator(seed)
  const all = layer => Array.from({ length: n }, (_, i) => layer(i))
  switch (kind) {
    case 'mul':
      return { isPositive: true, layers: all(i => ({ name: 'mul', index: i })) }
    case 'pair':
      return { isPositive: false, layers: all(i => ({ name: i % 2 === 0 ? 'exp' : 'ln' })) }
    case 'nest':
      return { isPositive: false, layers: all(i => ({ name: i < n / 2 ? 'exp' : 'ln' })) }
    case 'comp':
      return { isPositive: false, layers: all(() => ({ name: 'shift', by: 1 + random(9) })) }
    case 'rand':
      return { isPositive: true, layers: randomLayers(n, 0, seed) }
    default:
      throw new Error(`unknown kind ${kind}; kinds are ${KINDS.join(', ')}`)
  }
}

/** The stages of a net that these layers are; `layer` makes that of a mul. */
export function stagesOf({ fn, shift }, layer, layers) {
  const functions = new Map(['exp', 'ln', 'id', 'relu'].map(name => [name, fn(name)]))
  return layers.map(({ name, by, index }) =>
    name === 'mul' ? layer(index) : name === 'shift' ? shift(by) : functions.get(name),
  )
}
/** Stages from `first` to before `n` of the random chain. */
export function randomStages(build, layer, n, first = 0) {
  return stagesOf(build, layer, randomLayers(n, first, 1))
}
