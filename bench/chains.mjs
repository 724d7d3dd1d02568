// Random chains of layers for the benchmarks, on which the conditions of all rules hold.

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

/** Stages from `first` to before `n`, in random order; ln and `layer` need a positive wire, and stand only where it is one. */
export function randomStages({ fn, shift }, layer, n, first = 0) {
  const random = generator(1)
  const [exp, ln, id, relu] = ['exp', 'ln', 'id', 'relu'].map(name => fn(name))
  const stages = []
  let isPositive = true
  for (let i = first; i < n; i++) {
    switch (random(isPositive ? 6 : 4)) {
      case 0:
        stages.push(exp)
        isPositive = true
        break
      case 1:
        stages.push(id)
        break
      case 2:
        stages.push(relu)
        break
      case 3:
        stages.push(shift(1 + random(9)))
        break
      case 4:
        stages.push(ln)
        isPositive = false
        break
      default:
        stages.push(layer(i))
    }
  }
  return stages
}
