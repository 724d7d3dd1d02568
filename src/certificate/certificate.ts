// What a certificate says, as data: read from JSON by anybody, with care, and no more of it at a time than is needed.
import { type Diagram, inputsOf, type Node, outputsOf } from '../diagram/diagram.ts'
import { type Linear, literal } from '../linear/linear.ts'
import { type Shape, type Size, sameShape } from '../linear/size.ts'
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
  noMoreThan,
  readList,
  readParts,
  readRange,
  readRational,
  readSize,
  readText,
  TableReader,
} from './json.ts'
import { MOST_LISTS, MOST_NESTING, MOST_VALUES } from './text.ts'

export const FORMAT = 'netproof certificate'
export const VERSION = 2

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
  /** The wire that `at` becomes; null for the last one that the step makes. */
  readonly becomes: number | null
  readonly cited: StatedCitation | null
}
/** A claim that is cited: its number, and what stands here for its unknowns, its inputs, and the other nodes of its nets. */
export interface StatedCitation {
  readonly theorem: number
  readonly instance: StatedInstance
  input(name: string): number
  readonly places: readonly [left: readonly number[], right: readonly number[]]
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
  /** Both have the same inputs, and outputs of the same shapes; the nodes are numbered on. */
  readonly nets: readonly [left: Diagram, right: Diagram]
  requirements(): readonly { readonly wire: number; readonly range: Range }[]
  /** `wires` are those that there are when a step begins. */
  steps(wires: readonly Node[]): Iterable<StatedStep>
  counterexample(): StatedCounterexample
}

const FUNCTIONS = ['parts', 'composition', 'inverse', 'idempotent', 'relu-nonnegative', 'abs-nonnegative']
const ALGEBRA = ['normal-elementwise', 'affine-after', 'affine-before', 'multiplicative-identity', 'equality']
const LAYERS = ['additive-product', 'additive-identity', 'additive-zero', 'linear-after', 'linear-before']
const MATRICES = ['elementwise', 'normal-additive', 'affine-before', 'equality']
const GROUPS = ['maxpool-increasing', 'maxpool-decreasing', 'minpool-increasing', 'minpool-decreasing']
/** In what ways the steps of a rule may be shown; `equality` is where wires of the two nets are compared. */
export const WAYS: ReadonlyMap<string, readonly string[]> = new Map([
  ['function', [...FUNCTIONS, ...ALGEBRA]],
  ['linear', [...LAYERS, ...MATRICES]],
  ['congruence', ['normal-multiplicative', 'equality']],
  ['definition', ['multiplicative-additive', 'mixing', 'softmax', 'logsoftmax']],
  ['pool', [...GROUPS, 'equality']],
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

/** Thrown inside the checker: the certificate does not show what it says, for this reason. */
export class Rejected extends Error {}

export function reject(reason: string): never {
  throw new Rejected(reason)
}

const NOTHING: readonly Json[] = []
/** What a claim has beside its nets, by its verdict. */
const GROUNDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['proved', ['requirements', 'steps']],
  ['refuted', ['counterexample']],
])
const STEP_FIELDS = ['rule', 'by', 'side', 'direction', 'at', 'nodes', 'becomes', 'over', 'ranges', 'lemmas'].concat(
  ['theorem', 'sizes', 'weights', 'functions', 'inputs', 'left', 'right'], // of a claim that is cited
)
const SIDES: readonly string[] = ['left', 'right', 'both']

/** Whether a JSON value says that it is a certificate. */
export function isCertificate(json: unknown): boolean {
  return typeof json === 'object' && json !== null && 'format' in json && json.format === FORMAT
}

/** What a document of any size may take, and what each character more of it may: some three times as much as proofs do. */
const LEAST_WORK = 20_000_000
const WORK_A_CHARACTER = 10
/** Evaluating nets takes more, an elementary function for each entry of a matrix; in all no more than so much. */
const WORK_A_CHARACTER_OF_A_POINT = 700
const MOST_FOR_POINTS = 200_000_000
/**
 * The work that checking a document may take, in small steps (see scalar/work.ts): some, and more the longer its text is.
 * Throws Malformed where it has more values than any text that is read.
 */
export function workFor(document: unknown): number {
  const forAll = WORK_A_CHARACTER * lengthOf(document)
  const claims = partOf(document, 'claims')
  const points = Array.isArray(claims) ? claims.map(claim => partOf(claim, 'counterexample')) : []
  const forPoints = Math.min(MOST_FOR_POINTS, WORK_A_CHARACTER_OF_A_POINT * lengthOf(points))
  return LEAST_WORK + forAll + forPoints
}

function partOf(value: unknown, key: string): unknown {
  return Object.hasOwn(Object(value), key) ? (value as { [key: string]: unknown })[key] : null
}

/** About how long the JSON text of a value is. */
function lengthOf(document: unknown): number {
  let [length, values, lists] = [0, 0, 0]
  const stack: Iterator<unknown>[] = [[document].values()]
  // A value that a program makes may contain itself, or be a long list of nothing.
  const enter = (parts: readonly unknown[]): void => {
    values += parts.length
    if (++lists > MOST_LISTS || values > MOST_VALUES || stack.length > MOST_NESTING)
      throw new Malformed('this has too many parts, or contains itself')
    stack.push(parts.values())
  }
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const { done, value } = top.next()
    if (done) {
      stack.pop()
      continue
    }
    length += 2
    if (typeof value === 'string') length += value.length
    else if (typeof value === 'number') length += value < 100 ? 1 : 4
    else if (Array.isArray(value)) enter(value)
    else if (typeof value === 'object' && value !== null) {
      for (const key of Object.keys(value)) length += key.length + 3
      enter(Object.values(value))
    }
  }
  return length
}

/** Reads a certificate. All that is wrong with it is thrown as Malformed (or RangeError), when it is come to. */
export class CertificateReader {
  private readonly tables: TableReader
  private readonly lemmas: readonly Json[]
  private readonly claims: readonly Json[]

  constructor(json: Json) {
    if (field(json, 'version') !== VERSION) throw new Malformed('this is a certificate of another version')
    noMoreThan(json, 'format', 'version', 'netproof', 'seed', 'claims', 'lemmas', 'tables')
    this.tables = new TableReader(field(json, 'tables'))
    this.lemmas = readList(field(json, 'lemmas'))
    this.claims = readList(field(json, 'claims'))
  }

  get count(): number {
    return this.claims.length
  }

  lemma(i: number): StatedLemma {
    const row = this.lemmas[i]
    noMoreThan(row, 'left', 'right', 'domain', 'proof')
    const [left, right] = ['left', 'right'].map(key => this.tables.expression(field(row, key)))
    const domain = readList(field(row, 'domain')).map(readRange)
    return { left, right, domain, proof: this.tables.proof(field(row, 'proof')) }
  }

  claim(i: number): StatedClaim {
    const json = this.claims[i]
    const [left, right, verdict] = ['left', 'right', 'verdict'].map(key => readText(field(json, key)))
    noMoreThan(json, 'left', 'right', 'verdict', 'leftNet', 'rightNet', 'rule', ...(GROUNDS.get(verdict) ?? []))
    const leftNodes = this.nodes(field(json, 'leftNet'), [])
    const rightNodes = this.nodes(field(json, 'rightNet'), leftNodes)
    const count = leftNodes.length + rightNodes.length
    return {
      left,
      right,
      verdict,
      nets: netsOf(leftNodes, rightNodes),
      requirements: () =>
        readList(field(json, 'requirements')).map(row => {
          noMoreThan(row, 'wire', 'range')
          return { wire: index(field(row, 'wire'), count), range: readRange(field(row, 'range')) }
        }),
      steps: wires => this.steps(readList(field(json, 'steps')), i, wires),
      counterexample: () => this.counterexample(field(json, 'counterexample')),
    }
  }

  /** New wires, after others. */
  private nodes(list: Json, before: readonly Node[]): Node[] {
    const made: Node[] = []
    const shapeOf = (i: number): Shape => (i < before.length ? before[i] : made[i - before.length]).shape
    for (const row of readList(list)) made.push(this.tables.node(row, before.length + made.length, shapeOf))
    return made
  }

  private *steps(rows: readonly Json[], claims: number, wires: readonly Node[]): Iterable<StatedStep> {
    for (const row of rows) {
      noMoreThan(row, ...STEP_FIELDS)
      const nodes = Object.hasOwn(Object(row), 'nodes') ? this.nodes(field(row, 'nodes'), wires) : []
      const place = (value: Json): number => index(value, wires.length + nodes.length)
      const [by, side, direction] = ['by', 'side', 'direction'].map(key => readText(field(row, key)))
      // The chain leads from the left net to the right one: steps of the right net are read back.
      if (!SIDES.includes(side) || direction !== (side === 'right' ? 'backward' : 'forward'))
        throw new Malformed(`a step in the ${side} net does not go ${direction}`)
      yield {
        rule: readText(field(row, 'rule')),
        by,
        side,
        direction,
        at: index(field(row, 'at'), wires.length),
        nodes,
        becomes: Object.hasOwn(Object(row), 'becomes') ? place(field(row, 'becomes')) : null,
        cited: by === 'theorem' ? this.cited(row, claims, place) : null,
        ...this.grounds(row, place),
      }
    }
  }

  private cited(row: Json, claims: number, place: (value: Json) => number): StatedCitation {
    const places = (key: string): number[] => readList(field(row, key)).map(place)
    return {
      theorem: index(field(row, 'theorem'), claims),
      instance: this.instance(row),
      input: name => place(field(field(row, 'inputs'), name)),
      places: [places('left'), places('right')],
    }
  }

  private grounds(json: Json, place: (value: Json) => number): StatedGrounds {
    const list = (key: string) => (Object.hasOwn(Object(json), key) ? readList(field(json, key)) : NOTHING)
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
    noMoreThan(json, 'inputs', 'sizes', 'weights', 'functions', 'lemmas', 'left', 'right')
    const value = (stated: Json): StatedValue => {
      if (stated === 'undefined') return stated
      return readList(stated).map(pair => {
        const [low, high] = readParts(pair, 2).map(readRational)
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

/** Two nets with the same inputs, and outputs that belong together. */
function netsOf(leftNodes: readonly Node[], rightNodes: readonly Node[]): readonly [Diagram, Diagram] {
  const isInput = (wire: number): boolean => leftNodes[wire].kind === 'input'
  if (rightNodes.some(n => n.kind === 'input' || n.args.some(a => a < leftNodes.length && !isInput(a))))
    throw new Malformed('the nets have more in common than their inputs')
  const net = (nodes: readonly Node[]): Diagram => ({ name: '', nodes, names: new Map() })
  const left = net(leftNodes)
  const right = net([...inputsOf(left), ...rightNodes])
  const [l, r] = [outputsOf(left), outputsOf(right)]
  if (l.length === 0 || l.length !== r.length || l.some((n, k) => !sameShape(n.shape, r[k].shape)))
    throw new Malformed('the nets have different outputs')
  // Outputs belong together by their names where these are the same.
  if (new Set([...l, ...r].map(n => n.name)).size === l.length && l.some((n, k) => n.name !== r[k].name))
    throw new Malformed('the outputs stand in another order')
  return [left, right]
}
