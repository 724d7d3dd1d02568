// Random instances: values for the sizes, weights and functions that nets leave open, each within its declaration.
import type { Diagram } from '../diagram/diagram.ts'
import type { WeightSymbol } from '../linear/linear.ts'
import type { Shape, Size } from '../linear/size.ts'
import type { FunctionSymbol } from '../scalar/expression.ts'
import { containsPoint, isEmpty, type Range } from '../scalar/range.ts'
import { ONE, type Rational, rational, ZERO } from '../scalar/rational.ts'
import { expressionParts, expressionsIn, linearsIn, sizesIn, unknownFunctionsIn } from '../semantics/contents.ts'
import type { Instance } from '../semantics/ground.ts'
import { componentsIn, sizeIn } from '../semantics/net.ts'
import { randomFunctions } from './families.ts'
import { randomPoint } from './points.ts'
import type { Random } from './random.ts'

/** What nets leave open. */
export interface Unknowns {
  readonly sizes: readonly string[]
  readonly weights: readonly WeightSymbol[]
  readonly functions: readonly FunctionSymbol[]
  /** Sizes that must come out as at least 1, and those that must come out as at least 0. */
  readonly lengths: readonly Size[]
  readonly differences: readonly Size[]
  /** The shapes of wires, each once. */
  readonly shapes: readonly Shape[]
}

export function unknownsOf(...diagrams: readonly Diagram[]): Unknowns {
  const { lengths, differences } = sizesIn(diagrams)
  const names = new Set<string>()
  for (const size of [...lengths, ...differences]) for (const [name] of size.terms) names.add(name)
  const weights = new Set<WeightSymbol>()
  for (const a of linearsIn(diagrams)) if (a.kind === 'symbol' && a.symbol.value === null) weights.add(a.symbol)
  return {
    sizes: [...names].sort(),
    weights: [...weights],
    functions: unknownFunctionsIn(expressionsIn(diagrams)),
    lengths: [...lengths],
    differences: [...differences],
    shapes: [...new Set(diagrams.flatMap(d => d.nodes.map(n => n.shape)))],
  }
}

/** The numbers in the formulas of nets: where functions are likely to bend or break. At most `limit` of them. */
export function constantsIn(diagrams: readonly Diagram[], limit = 24): Rational[] {
  const found = new Map<string, Rational>()
  for (const e of expressionParts(expressionsIn(diagrams))) {
    if (e.kind === 'number' && found.size < limit) found.set(e.value.toFraction(), e.value)
  }
  return [...found.values()]
}

const ATTEMPTS = 64
const LARGEST_SIZE = 4

function randomSizes(unknowns: Unknowns, source: Random): Map<string, number> | null {
  // Mostly different numbers, so that nothing fits by accident.
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const start = source.integer(0, LARGEST_SIZE - 1)
    const spread = !source.oneIn(3)
    const sizes = new Map(
      unknowns.sizes.map((name, i) => [
        name,
        spread ? 1 + ((start + i) % LARGEST_SIZE) : source.integer(1, LARGEST_SIZE + Math.floor(attempt / 8)),
      ]),
    )
    const valid =
      unknowns.lengths.every(size => sizeIn(size, sizes) >= 1) &&
      unknowns.differences.every(size => sizeIn(size, sizes) >= 0)
    if (valid) return sizes
  }
  return null
}

function randomWeight(
  symbol: WeightSymbol,
  sizes: ReadonlyMap<string, number>,
  source: Random,
  manner: Manner,
): Rational[][] {
  const style = manner === 'plain' ? 0 : source.integer(0, 4)
  const numerators = (): readonly [low: number, high: number, denominator: number] => {
    switch (style) {
      case 0:
        return [-3, 3, 1]
      case 1:
        return [-8, 8, 4]
      case 2:
        return [0, 1, 1]
      case 3:
        return [1, 3, 1]
      default:
        return [-30, 30, 10]
    }
  }
  const [low, high, denominator] = numerators()
  // Each number is one object, however often it occurs: large matrices stay small, and are converted quickly.
  const numbers = Array.from({ length: high - low + 1 }, (_, i) => rational(low + i, denominator))
  const fits = numbers.map(q => containsPoint(symbol.entries, q))
  const entry = (): Rational => {
    const at = source.integer(0, high - low)
    return fits[at] ? numbers[at] : randomPoint(symbol.entries, source, [])
  }
  return Array.from({ length: sizeIn(symbol.rows, sizes) }, () =>
    Array.from({ length: sizeIn(symbol.columns, sizes) }, entry),
  )
}

/**
 * Why there is no instance: a declaration that nothing known here satisfies, sizes that do not fit together, or more entries
 * of weights, or components of a wire, than memory is allowed for.
 */
export type NoInstance = { readonly missing: 'functions' | 'sizes' | 'weights' | 'memory' }

/** A place in a list each: 256 MB. */
const MOST_WEIGHTS = 2 ** 25
/** A number with bounds each, at every node. */
const WIDEST_WIRE = 2 ** 20

/**
 * How weights are drawn: anyhow; as small whole numbers; or most of them as zeros or as identities, the same for all. Through a
 * deep net with random weights numbers grow until rounding hides what they say, and these pass it unchanged.
 */
export type Manner = 'any' | 'plain' | 'sparse'

/** Of sparse weights one in so many is drawn anyhow. */
const SPARSITY = 8

/** A random instance of what is unknown. */
export function randomInstance(unknowns: Unknowns, source: Random, manner: Manner = 'any'): Instance | NoInstance {
  const sizes = randomSizes(unknowns, source)
  if (sizes === null) return { missing: 'sizes' }
  if (unknowns.weights.some(symbol => isEmpty(symbol.entries as Range))) return { missing: 'weights' }
  const size = (s: Size): number => sizeIn(s, sizes)
  const entries = unknowns.weights.reduce((sum, { rows, columns }) => sum + size(rows) * size(columns), 0)
  if (entries > MOST_WEIGHTS) return { missing: 'memory' }
  if (unknowns.shapes.some(shape => componentsIn(shape, size) > WIDEST_WIRE)) return { missing: 'memory' }
  const functions = randomFunctions(unknowns.functions, source)
  if (functions === null) return { missing: 'functions' }
  const weight = manner === 'sparse' ? sparseWeights(sizes, source) : null
  return {
    sizes,
    weights: new Map(unknowns.weights.map(s => [s, weight?.(s) ?? randomWeight(s, sizes, source, manner)])),
    functions,
  }
}

/** Zeros or ones where they may stand, and now and then null. */
function sparseWeights(
  sizes: ReadonlyMap<string, number>,
  source: Random,
): (symbol: WeightSymbol) => Rational[][] | null {
  const diagonal = source.oneIn(2) ? ONE : ZERO
  return ({ entries, rows, columns }) => {
    const [height, width] = [sizeIn(rows, sizes), sizeIn(columns, sizes)]
    const isAllowed = containsPoint(entries, ZERO) && containsPoint(entries, diagonal)
    if (!isAllowed || source.oneIn(SPARSITY)) return null
    return Array.from({ length: height }, (_, i) =>
      Array.from({ length: width }, (_, j) => (i === j && width > 1 ? diagonal : ZERO)),
    )
  }
}
