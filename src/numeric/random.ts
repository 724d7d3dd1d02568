// Random numbers that depend on a seed and on nothing else: xoshiro128** (Blackman and Vigna), seeded by splitmix32.
import { type Rational, rational } from '../scalar/rational.ts'

export interface Random {
  /** A whole number from 0 to 2^32 - 1. */
  next(): number
  /** A number from 0 (included) to 1 (not included), in steps of 2^-32. */
  uniform(): number
  /** A whole number from low to high, both included. */
  integer(low: number, high: number): number
  pick<T>(from: readonly T[]): T
  /** True once in n times. */
  oneIn(n: number): boolean
}

export function random(seed: number): Random {
  let mix = Math.trunc(seed) >>> 0
  // The part of the seed beyond 32 bits counts too.
  mix ^= Math.trunc(seed / 2 ** 32) >>> 0
  const splitmix = (): number => {
    mix = (mix + 0x9e3779b9) | 0
    let z = mix
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  let [a, b, c, d] = [splitmix(), splitmix(), splitmix(), splitmix()]
  const rotate = (x: number, k: number): number => (x << k) | (x >>> (32 - k))
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0
    const t = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= t
    d = rotate(d, 11)
    return result
  }
  const uniform = (): number => next() / 2 ** 32
  const integer = (low: number, high: number): number => low + Math.floor(uniform() * (high - low + 1))
  return { next, uniform, integer, pick: from => from[integer(0, from.length - 1)], oneIn: n => integer(1, n) === 1 }
}

/** A number of the order of 10^low to 10^high with three significant digits, its logarithm evenly distributed. */
export function randomMagnitude(source: Random, low: number, high: number): Rational {
  const exponent = source.integer(low, high - 1)
  const digits = rational(source.integer(100, 999), 100)
  return exponent >= 0 ? digits.mul(rational(10n ** BigInt(exponent))) : digits.div(rational(10n ** BigInt(-exponent)))
}
