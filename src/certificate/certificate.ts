// What a certificate says, as data: read from JSON by anybody, with care, and no more of it at a time than is needed.
import type { Node } from '../diagram/diagram.ts'
import { type Linear, literal } from '../linear/linear.ts'
import type { Size } from '../linear/size.ts'
import type { Enclosure } from '../scalar/enclosure.ts'
import type { Expression } from '../scalar/expression.ts'
import type { ScalarProof } from '../scalar/proof.ts'
import type { Range } from '../scalar/range.ts'
import type { Rational } from '../scalar/rational.ts'
import {
  field,
  index,
  type Json,
  Malformed,
  readList,
  readRange,
  readRational,
  readSize,
  readText,
  TableReader,
} from './json.ts'

export const FORMAT = 'netproof certificate'
export const VERSION = 1

/** Two functions that are said to be equal on a domain, with the proof. */
export interface StatedLemma {
  readonly left: Expression
  readonly right: Expression
  readonly domain: readonly Range[]
  readonly proof: ScalarProof
}
/** Of which wires something is a function, sets that hold their values, and the numbers of lemmas about those. */
export interface StatedGrounds {
  readonly over: readonly number[]
  readonly ranges: readonly Range[]
  readonly lemmas: readonly number[]
}
/** What is given for unknowns, by their names; undefined where nothing is. */
export interface StatedInstance {
  size(name: string): Size | undefined
  weight(name: string): Linear | undefined
  function(name: string): Expression | undefined
}
/** New wires, and that one wire is another: by which rule, and how that is shown. */
export interface StatedStep extends StatedGrounds {
  readonly rule: string
  readonly by: string
  readonly side: string
  readonly direction: string
  readonly at: number
  readonly nodes: readonly Node[]
  readonly becomes: number
  /** The claim that is cited, and what stands for its unknowns and its inputs here. */
  readonly theorem: number | null
  readonly instance: StatedInstance
  input(name: string): number
}
/** The values that the outputs have: one enclosure for each component. */
export type StatedValue = readonly Enclosure[] | 'undefined'
export interface StatedCounterexample {
  readonly lemmas: readonly number[]
  readonly instance: StatedInstance
  input(name: string): readonly Rational[]
  readonly values: readonly [left: StatedValue, right: StatedValue]
}
/** Wires are numbered: first the nodes of the left net, then those of the right net, then those that the steps make. */
export interface StatedClaim {
  readonly left: string
  readonly right: string
  readonly verdict: string
  readonly leftNodes: readonly Node[]
  readonly rightNodes: readonly Node[]
  requirements(): readonly (StatedGrounds & { readonly wire: number; readonly range: Range })[]
  steps(): Iterable<StatedStep>
  counterexample(): StatedCounterexample
}

const FUNCTIONS = ['parts', 'composition', 'inverse', 'idempotent', 'relu-nonnegative', 'abs-nonnegative']
const ALGEBRA = ['normal-elementwise', 'affine-after', 'affine-before', 'equality']
const LAYERS = ['additive-product', 'additive-identity', 'additive-zero', 'linear-after', 'linear-before']
const MATRICES = ['elementwise', 'normal-additive', 'equality']
const GROUPS = ['maxpool-increasing', 'maxpool-decreasing', 'minpool-increasing', 'minpool-decreasing']
/** In what ways the steps of a rule may be shown; `equality` is where wires of the two nets are compared. */
export const WAYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['function', [...FUNCTIONS, ...ALGEBRA]],
  ['linear', [...LAYERS, ...MATRICES]],
  ['congruence', ['affine-before', 'normal-multiplicative', 'equality']],
  ['definition', ['multiplicative-additive', 'mixing', 'softmax', 'logsoftmax']],
  ['identity', ['multiplicative-identity']],
  ['monotone', GROUPS],
  ['monomial', ['equality']],
  ['join', ['equality']],
  // Pools in pools, and layers of multiples: only a search uses these.
  ['pool', ['equality']],
  ['multiple', ['equality']],
  ['copy', ['equality']],
])

/** A claim of a certificate with its verdict. */
export type CheckedClaim = { readonly left: string; readonly right: string; readonly verdict: string }
/** What the checker says. */
export type Checked =
  | {
      readonly accepted: true
      readonly claims: readonly CheckedClaim[]
      /** The rules and the axioms of real functions that were used. */
      readonly rules: readonly string[]
      readonly axioms: readonly string[]
      /** Rules that nobody has proved, on which a verdict rests. */
      readonly assumptions: readonly string[]
    }
  /** `step` is where it goes wrong; `isCertificate` is false for what is no certificate at all. */
  | { readonly accepted: false; readonly step: string; readonly reason: string; readonly isCertificate: boolean }

/** Whether a JSON value says that it is a certificate. */
export function isCertificate(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'format' in json && json.format === FORMAT
}

/** Reads a certificate. All that is wrong with it is thrown as Malformed (or RangeError), when it is come to. */
export class CertificateReader {
  private readonly tables: TableReader
  private readonly lemmas: readonly Json[]
  private readonly claims: readonly Json[]

  constructor(json: Json) {
    if (field(json, 'version') !== VERSION) throw new Malformed('this is a certificate of another version')
    this.tables = new TableReader(field(json, 'tables'))
    this.lemmas = readList(field(json, 'lemmas'))
    this.claims = readList(field(json, 'claims'))
  }

  get count(): number {
    return this.claims.length
  }

  lemma(i: number): StatedLemma {
    const row = this.lemmas[i]
    const [left, right] = ['left', 'right'].map(key => this.tables.expression(field(row, key)))
    const domain = readList(field(row, 'domain')).map(readRange)
    return { left, right, domain, proof: this.tables.proof(field(row, 'proof')) }
  }

  claim(i: number): StatedClaim {
    const json = this.claims[i]
    const [left, right, verdict] = ['left', 'right', 'verdict'].map(key => readText(field(json, key)))
    let wires = 0
    const nodes = (list: Json): Node[] => readList(list).map(row => this.tables.node(row, wires++))
    const place = (value: Json): number => index(value, wires)
    const leftNodes = nodes(field(json, 'leftNet'))
    const rightNodes = nodes(field(json, 'rightNet'))
    const step = (row: Json): StatedStep => {
      const [rule, by, side, direction] = ['rule', 'by', 'side', 'direction'].map(key => readText(field(row, key)))
      const at = place(field(row, 'at'))
      const made = nodes(field(row, 'nodes'))
      const becomes = place(field(row, 'becomes'))
      const theorem = by === 'theorem' ? index(field(row, 'theorem'), i) : null
      const input = (name: string): number => place(field(field(row, 'inputs'), name))
      const instance = this.instance(row)
      return {
        rule,
        by,
        side,
        direction,
        at,
        nodes: made,
        becomes,
        theorem,
        instance,
        input,
        ...this.grounds(row, place),
      }
    }
    return {
      left,
      right,
      verdict,
      leftNodes,
      rightNodes,
      requirements: () =>
        readList(field(json, 'requirements')).map(row => ({
          wire: place(field(row, 'wire')),
          range: readRange(field(row, 'range')),
          ...this.grounds(row, place),
        })),
      *steps() {
        for (const row of readList(field(json, 'steps'))) yield step(row)
      },
      counterexample: () => this.counterexample(field(json, 'counterexample')),
    }
  }

  private grounds(json: Json, place: (value: Json) => number): StatedGrounds {
    const list = (key: string) => (Object.hasOwn(Object(json), key) ? readList(field(json, key)) : [])
    const lemmas = list('lemmas').map(l => index(l, this.lemmas.length))
    return { over: list('over').map(place), ranges: list('ranges').map(readRange), lemmas }
  }

  private instance(json: Json): StatedInstance {
    const pick = <T>(key: string, of: (value: Json) => T): ((name: string) => T | undefined) => {
      return name => {
        const values = Object.hasOwn(Object(json), key) ? field(json, key) : null
        return Object.hasOwn(Object(values), name) ? of(field(values, name)) : undefined
      }
    }
    const matrix = (value: Json) => literal(readList(value).map(row => readList(row).map(readRational)))
    return {
      size: pick('sizes', readSize),
      weight: pick('weights', value => (Array.isArray(value) ? matrix(value) : this.tables.operator(value))),
      function: pick('functions', value => this.tables.expression(value)),
    }
  }

  private counterexample(json: Json): StatedCounterexample {
    const value = (stated: Json): StatedValue => {
      if (stated === 'undefined') return stated
      return readList(stated).map(pair => {
        const [low, high] = readList(pair).map(readRational)
        if (high === undefined) throw new Malformed('an enclosure has two ends')
        return { low, high }
      })
    }
    return {
      lemmas: readList(field(json, 'lemmas')).map(l => index(l, this.lemmas.length)),
      instance: this.instance(json),
      input: name => readList(field(field(json, 'inputs'), name)).map(readRational),
      values: [value(field(json, 'left')), value(field(json, 'right'))],
    }
  }
}
