// Nets as JSON: expressions, operators, sizes, ranges, nodes and proofs about expressions. Everything that may be shared
// stands in a table once; a row refers to earlier rows by their number, so nothing can be cyclic and nothing nests.

import type { Node } from '../diagram/diagram.ts'
import {
  diagonal,
  embed,
  identity,
  type Linear,
  linearParts,
  literal,
  ones,
  scale,
  select,
  sharedProduct,
  sum,
  transpose,
  type WeightSymbol,
  weight,
  zeroMatrix,
} from '../linear/linear.ts'
import {
  addSizes,
  isAtLeast,
  knownSize,
  type Shape,
  type Size,
  sameShape,
  scaleSize,
  sizeOf,
  unknownSize,
} from '../linear/size.ts'
import { canBeBijective, canBeMonotone, canBeOdd } from '../scalar/declared.ts'
import {
  apply,
  call,
  choose,
  constant,
  type Expression,
  type FunctionSymbol,
  isKnownName,
  number,
  parts,
  type Relation,
  variable,
  variablesOf,
} from '../scalar/expression.ts'
import {
  axiomStep,
  type Branch,
  type Derivation,
  type Divisor,
  type Equation,
  isDerivation,
  type Rewriting,
} from '../scalar/proof.ts'
import {
  containsPoint,
  type Interval,
  isEmpty,
  negate,
  normalizeRange,
  type Range,
  sameRange,
} from '../scalar/range.ts'
import { type Rational, rational } from '../scalar/rational.ts'
import { commonFactorWork, decimalWork, spend } from '../scalar/work.ts'

/** Anything that JSON can say; read with care. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export interface JsonTables {
  /** Numbers ("3/4"), "pi", "e", variables (their index), and lists: operations, declarations of functions, inverses. */
  readonly expressions: readonly Json[]
  readonly operators: readonly Json[]
  /** Proofs about expressions, each branch after its cases. */
  readonly proofs: readonly Json[]
}

/** Thrown by the reader: what is wrong, and with what. */
export class Malformed extends Error {}

// --- Plain values -----------------------------------------------------------------------------------------------------

const MOST_DIGITS = 100_000
const MOST_SIZE = 2 ** 40
/** Sizes are sums of no more than so many unknown ones: adding up long sums takes time and memory. */
const MOST_NAMES = 200

export function rationalJson(q: Rational): string {
  return `${q.s < 0n ? '-' : ''}${q.n}${q.d === 1n ? '' : `/${q.d}`}`
}

export function readRational(json: Json): Rational {
  const found = typeof json === 'string' && json.length < MOST_DIGITS ? /^(-?\d+)(?:\/(\d+))?$/.exec(json) : null
  if (found === null || (found[2] !== undefined && /^0+$/.test(found[2]))) throw new Malformed('not a number')
  const [above, below] = [found[1].length, found[2]?.length ?? 0]
  // A digit is some 3.3 bits; fractions are looked at for common factors.
  if (above + below > 20)
    spend(decimalWork(above) + decimalWork(below) + commonFactorWork(3.3 * Math.min(above, below)))
  const q = rational(BigInt(found[1]), BigInt(found[2] ?? 1))
  if (rationalJson(q) !== json) throw new Malformed(`the number ${found[0].slice(0, 40)} is not in lowest terms`)
  return q
}

export function rangeJson(range: Range): string {
  const end = (q: Rational | null, infinity: string): string => (q === null ? infinity : rationalJson(q))
  const text = (i: Interval): string =>
    `${i.lowOpen || i.low === null ? '(' : '['}${end(i.low, '-inf')}, ${end(i.high, 'inf')}${i.highOpen || i.high === null ? ')' : ']'}`
  return range.length === 0 ? '{}' : range.map(text).join(' | ')
}

const INTERVAL = /^([[(])(-inf|-?[\d/]+), (inf|-?[\d/]+)([\])])$/

const MOST_REMEMBERED = 1000
const remembered = new Map<Json, Range>()
export function readRange(json: Json): Range {
  const known = remembered.get(json)
  if (known !== undefined) return known
  const pieces = typeof json !== 'string' || json === '{}' ? [] : json.split(' | ')
  const range = normalizeRange(
    pieces.map(text => {
      const [, left, low, high, right] = INTERVAL.exec(text) ?? []
      if (left === undefined) throw new Malformed('not a range')
      return {
        low: low === '-inf' ? null : readRational(low),
        lowOpen: left === '(',
        high: high === 'inf' ? null : readRational(high),
        highOpen: right === ')',
      }
    }),
  )
  if (rangeJson(range) !== json) throw new Malformed('a range is not in its normal form')
  // Steps state the same few sets again and again.
  if (remembered.size < MOST_REMEMBERED && json.length < 100) remembered.set(json, range)
  return range
}

/** A range that holds something: nothing is declared to have its values in an empty one. */
function readInhabited(json: Json): Range {
  const range = readRange(json)
  if (isEmpty(range)) throw new Malformed('a set without members')
  return range
}

/** A number, the name of an unknown size, or `[constant, name, coefficient, ...]`. */
export function sizeJson(size: Size): Json {
  const known = knownSize(size)
  if (known !== null) return known
  if (size.constant === 0 && size.terms.length === 1 && size.terms[0][1] === 1) return size.terms[0][0]
  return [size.constant, ...size.terms.flat()]
}

function whole(json: Json, most = MOST_SIZE): number {
  if (typeof json !== 'number' || !Number.isSafeInteger(json) || Math.abs(json) > most)
    throw new Malformed('not a whole number, or too large')
  return json
}
/** Letters that are not seen, or that change what is seen of others: a name could look like more than a name. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u
const UNSEEN_ANYWHERE = new RegExp(UNSEEN, 'gu')
const LONGEST_NAME = 10_000

/** A text as a name, which `readText` reads. */
export function nameJson(text: string): string {
  return text.slice(0, LONGEST_NAME).replace(UNSEEN_ANYWHERE, '\ufffd') || '_'
}
export function readText(json: Json): string {
  if (typeof json !== 'string' || json === '' || json.length > LONGEST_NAME || UNSEEN.test(json))
    throw new Malformed('not a name')
  return json
}
export function readList(json: Json): readonly Json[] {
  if (!Array.isArray(json)) throw new Malformed('not a list')
  return json
}
export function readFlag(json: Json): boolean {
  if (typeof json !== 'boolean') throw new Malformed('neither true nor false')
  return json
}
/** The value of a key of an object; an object has no other keys than its own. */
export function field(json: Json, key: string): Json {
  if (typeof json !== 'object' || json === null || Array.isArray(json) || !Object.hasOwn(json, key))
    throw new Malformed(`${key} is missing`)
  return (json as Record<string, Json>)[key]
}
/** That an object has no other fields than these: what nobody reads could tell people something that is not checked. */
export function noMoreThan(json: Json, ...known: readonly string[]): void {
  for (const key of Object.keys(Object(json)))
    if (!known.includes(key)) throw new Malformed(`a field that nobody knows: ${key.slice(0, 40)}`)
}
/** A list of so many parts. */
export function readParts(json: Json, count: number): readonly Json[] {
  const list = readList(json)
  if (list.length !== count) throw new Malformed(`a list of ${list.length} parts, not of ${count}`)
  return list
}
/** A row that begins with the name of its kind, and has as many parts as rows of that kind have. */
function readRow(json: Json, kinds: ReadonlyMap<Json, number>): readonly Json[] {
  const count = kinds.get(readList(json)[0])
  if (count === undefined) throw new Malformed('a row of no kind that is known')
  return readParts(json, count)
}
export function index(json: Json, below: number): number {
  const i = whole(json)
  if (i < 0 || i >= below) throw new Malformed(`there is nothing with the number ${i} here`)
  return i
}

export function readSize(json: Json): Size {
  if (typeof json === 'number') return sizeOf(whole(json))
  if (typeof json === 'string') return unknownSize(readText(json))
  const [first, ...rest] = readList(json)
  if (rest.length > 2 * MOST_NAMES) throw new Malformed('a size of too many parts')
  let size = sizeOf(whole(first))
  for (let i = 0; i < rest.length; i += 2) {
    size = addSizes(size, scaleSize(unknownSize(readText(rest[i])), whole(rest[i + 1])))
  }
  return size
}
/** The number of rows or columns of a matrix, which has some. */
function readLength(json: Json): Size {
  const size = readSize(json)
  if (!isAtLeast(size, 1)) throw new Malformed('a matrix without entries')
  return size
}
/** Where so many components begin among all: inside. */
function readStart(json: Json, length: Size, total: Size): Size {
  const start = readSize(json)
  if (!isAtLeast(start, 0) || !isAtLeast(addSizes(total, addSizes(start, length), -1), 0))
    throw new Malformed('a part that reaches beyond the whole')
  return start
}
export function readShape(json: Json): Shape {
  return readList(json).map(readSize)
}

/** One of the words. */
function oneOf<T extends string | null>(json: Json, ...words: readonly T[]): T {
  if (!words.includes(json as T)) throw new Malformed(`expected ${words.join(' or ')}`)
  return json as T
}

// --- Writing ----------------------------------------------------------------------------------------------------------

/** Writes into tables, each thing once. */
export class TableWriter {
  readonly tables = { expressions: [] as Json[], operators: [] as Json[], proofs: [] as Json[] }
  private readonly expressions = new Map<Expression | FunctionSymbol, number>()
  private readonly operators = new Map<Linear, number>()
  /** Functions with an inverse that has not been said yet. */
  private readonly invertible: FunctionSymbol[] = []
  private readonly names = new Map<FunctionSymbol | WeightSymbol, string>()
  private readonly taken = new Set<string>()

  /** What an unknown is called here: a rule's may have the name of one of a net, and is then W.2. */
  nameOf(symbol: FunctionSymbol | WeightSymbol): string {
    let name = this.names.get(symbol)
    if (name === undefined) {
      name = nameJson(symbol.name)
      for (let k = 2; this.taken.has(name); k++) name = `${nameJson(symbol.name)}.${k}`
      this.taken.add(name)
      this.names.set(symbol, name)
    }
    return name
  }

  /** Puts what `needs` says before what needs it, without recursion. */
  private inOrder<T extends object>(
    root: T,
    known: Map<T, number>,
    needs: (t: T) => readonly T[],
    put: (t: T) => number,
  ): number {
    const stack: { t: T; needs: readonly T[]; next: number }[] = [{ t: root, needs: needs(root), next: 0 }]
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      if (known.has(top.t)) stack.pop()
      else if (top.next < top.needs.length) {
        const t = top.needs[top.next++]
        if (!known.has(t)) stack.push({ t, needs: needs(t), next: 0 })
      } else {
        known.set(top.t, put(top.t))
        stack.pop()
      }
    }
    return known.get(root) as number
  }

  private row(e: Expression | FunctionSymbol): Json {
    const at = (p: Expression | FunctionSymbol): number => this.expressions.get(p) as number
    if (!('kind' in e)) {
      const { arity, domain, codomain, monotone, parity, definition, parameters } = e
      const name = this.nameOf(e)
      const body = definition === null ? null : at(definition)
      return [
        'function',
        name,
        arity,
        domain.map(rangeJson),
        rangeJson(codomain),
        monotone,
        parity,
        body,
        parameters.map(nameJson),
      ]
    }
    switch (e.kind) {
      case 'number':
        return rationalJson(e.value)
      case 'constant':
        return e.name
      case 'variable':
        return e.index
      case 'call':
        return [e.name, ...e.args.map(at)]
      case 'apply':
        return ['apply', at(e.fn), ...e.args.map(at)]
      case 'choose':
        return ['choose', e.relation, ...parts(e).map(at)]
    }
  }

  private symbol(root: Expression | FunctionSymbol): number {
    const { expressions } = this.tables
    return this.inOrder(
      root,
      this.expressions,
      e => {
        if (!('kind' in e)) return e.definition === null ? [] : [e.definition]
        return e.kind === 'apply' ? [e.fn, ...e.args] : parts(e)
      },
      e => {
        if (!('kind' in e) && e.inverse !== null) this.invertible.push(e)
        return expressions.push(this.row(e)) - 1
      },
    )
  }

  expression(e: Expression): number {
    const at = this.symbol(e)
    // A named inverse is said when both functions are there.
    for (let f = this.invertible.pop(); f !== undefined; f = this.invertible.pop())
      if (f.inverse !== null) this.tables.expressions.push(['inverse', this.symbol(f), this.symbol(f.inverse)])
    return at
  }

  operator(a: Linear): number {
    const { operators } = this.tables
    const at = (p: Linear): number => this.operators.get(p) as number
    return this.inOrder(a, this.operators, linearParts, l => operators.push(this.operatorRow(l, at)) - 1)
  }

  private operatorRow(a: Linear, at: (p: Linear) => number): Json {
    switch (a.kind) {
      case 'symbol': {
        const { rows, columns, vector, entries, value } = a.symbol
        const name = this.nameOf(a.symbol)
        const known = value === null ? null : value.map(row => row.map(rationalJson))
        return ['weight', name, sizeJson(rows), sizeJson(columns), vector, rangeJson(entries), known]
      }
      case 'literal':
        return ['matrix', a.entries.map(row => row.map(rationalJson))]
      case 'identity':
        return ['identity', sizeJson(a.rows)]
      case 'zero':
      case 'ones':
        return [a.kind, sizeJson(a.rows), sizeJson(a.columns)]
      case 'select':
      case 'embed':
        return [a.kind, sizeJson(a.rows), sizeJson(a.columns), sizeJson(a.start)]
      case 'product':
      case 'sum':
        return [a.kind, at(a.left), at(a.right)]
      case 'scale':
        return ['scale', this.expression(a.factor), at(a.of)]
      case 'transpose':
      case 'diagonal':
        return [a.kind, at(a.of)]
    }
  }

  /** A node whose args are wires that are already there: `[kind, args, shape, ...]`, the shape null where it is that of the first arg. */
  node(node: Node, shapeOf: (wire: number) => Shape): Json {
    const { kind, args, shape } = node
    const isAsBefore = args.length > 0 && sameShape(shapeOf(args[0]), shape)
    const common = [kind, args, isAsBefore ? null : shape.map(sizeJson)]
    const bias = (b: Linear | null): number | null => (b === null ? null : this.operator(b))
    switch (node.kind) {
      case 'input':
        return [...common, nameJson(node.name), rangeJson(node.domain)]
      case 'output':
        return [...common, nameJson(node.name)]
      case 'constant':
        return [...common, this.operator(node.value)]
      case 'pointwise':
        return [...common, this.expression(node.fn)]
      case 'additive':
        return [...common, node.operators.map(a => this.operator(a)), bias(node.bias)]
      case 'multiplicative':
        return [...common, this.operator(node.operator), bias(node.bias)]
      case 'slice':
        return [...common, sizeJson(node.start), sizeJson(node.end)]
      case 'reduce':
        return [...common, node.operation, node.group]
      case 'mix':
        return [...common, this.expression(node.fn), this.expression(node.inverse), this.operator(node.operator)]
      default:
        return common
    }
  }

  private equation(e: Equation): Json {
    const at = (part: Expression): number => this.expression(part)
    if (e.kind === 'axiom') return ['axiom', e.axiom, ...e.bindings.map(at)]
    if (e.kind === 'function') return [e.property, at(e.before), at(e.after)]
    const divisors = e.divisors.map(d => [at(d.divisor), at(d.cofactor), ...d.product.map(at)])
    if (e.kind === 'fact')
      return ['fact', at(e.before), at(e.after), at(e.zero), at(e.cofactor), this.chain(e.chain), ...divisors]
    const isPlain = e.chain.length === 0 && divisors.length === 0
    return ['arithmetic', at(e.before), at(e.after), ...(isPlain ? [] : [this.chain(e.chain), ...divisors])]
  }
  private chain(equations: readonly Equation[]): Json {
    return equations.map(e => this.equation(e))
  }

  /** A proof; gives its number. */
  proof(root: Branch): number {
    const numbers = new Map<Branch, number>()
    const cases = (b: Branch): Branch[] => (b.end.kind === 'split' ? b.end.cases.map(c => c.branch) : [])
    const put = (b: Branch): number => {
      const steps = b.steps.map((step): Json => {
        if (!isDerivation(step)) return this.equation(step)
        const { expression, range } = step.fact
        return [step.kind, this.expression(expression), rangeJson(range), this.chain(step.chain)]
      })
      const { end } = b
      let json: Json
      if (end.kind === 'impossible') json = { impossible: true }
      else if (end.kind === 'equal') json = { equal: true }
      else {
        const origin = [this.expression(end.origin.expression), this.chain(end.origin.chain)]
        const ways = end.cases.map(c => [rangeJson(c.range), numbers.get(c.branch) as number])
        json = { split: this.expression(end.on), origin, cases: ways }
      }
      return this.tables.proofs.push({ steps, end: json }) - 1
    }
    return this.inOrder(root, numbers, cases, put)
  }
}

// --- Reading ----------------------------------------------------------------------------------------------------------

/** How many parts rows have, by what they begin with. */
const OPERATOR_ROWS: ReadonlyMap<Json, number> = new Map(
  Object.entries({ weight: 7, matrix: 2, identity: 2, zero: 3, ones: 3, select: 4, embed: 4 }).concat(
    Object.entries({ product: 3, sum: 3, scale: 3, transpose: 2, diagonal: 2 }),
  ),
)
const NODE_ROWS: ReadonlyMap<Json, number> = new Map(
  Object.entries({ input: 5, output: 4, constant: 4, pointwise: 4, additive: 5, multiplicative: 5, slice: 5 }).concat(
    Object.entries({ reduce: 5, mix: 6, join: 3, softmax: 3, logsoftmax: 3 }),
  ),
)

/** A chain shows a fact or a split, its arithmetic may have chains, and these none. */
const MOST_LEVELS = 3
const RELATIONS: readonly Relation[] = ['<', '<=', '==', '!=']

/** Reads tables from anybody: everything is checked, and what is wrong is Malformed. */
export class TableReader {
  private readonly expressions: (Expression | FunctionSymbol | null)[] = []
  private readonly operators: Linear[] = []
  private readonly proofs: Branch[] = []
  private readonly names = new Set<string>()

  constructor(json: Json) {
    noMoreThan(json, 'expressions', 'operators', 'proofs')
    this.table(json, 'expressions', row => this.expressions.push(this.readExpression(row)))
    for (const f of this.expressions)
      if (f !== null && !('kind' in f) && f.inverse !== null && f.inverse.inverse !== f)
        throw new Malformed(`${f.name} is not said to be the inverse of ${f.inverse.name}`)
    this.table(json, 'operators', row => this.operators.push(this.readOperator(row)))
    this.table(json, 'proofs', row => this.proofs.push(this.readProof(row)))
  }

  private table(json: Json, name: string, read: (row: Json) => void): void {
    readList(field(json, name)).forEach((row, i) => {
      try {
        read(row)
      } catch (error) {
        if (error instanceof Malformed || error instanceof RangeError)
          throw new Malformed(`${name}, row ${i}: ${error.message}`)
        throw error
      }
    })
  }

  /** An expression; of variables below `arity`. */
  expression(json: Json, arity = Infinity): Expression {
    const e = this.expressions[index(json, this.expressions.length)]
    if (e === null || !('kind' in e)) throw new Malformed('a function in the place of an expression')
    // Variables from 31 on are looked for only where there are so many.
    const hasOthers = e.mask < 0 && arity <= 31
    if (hasOthers || (arity !== Infinity && variablesOf(e).some(i => i >= arity)))
      throw new Malformed('a function of more variables than it has')
    return e
  }
  symbol(json: Json): FunctionSymbol {
    const e = this.expressions[index(json, this.expressions.length)]
    if (e === null || 'kind' in e) throw new Malformed('an expression in the place of a function')
    return e
  }
  operator(json: Json): Linear {
    return this.operators[index(json, this.operators.length)]
  }
  proof(json: Json): Branch {
    return this.proofs[index(json, this.proofs.length)]
  }
  private name(json: Json): string {
    const name = readText(json)
    // Two unknowns of one name would make a statement that does not say which is meant.
    if (this.names.has(name)) throw new Malformed(`${name} is declared twice`)
    this.names.add(name)
    return name
  }

  private readExpression(row: Json): Expression | FunctionSymbol | null {
    if (row === 'pi' || row === 'e') return constant(row)
    if (typeof row === 'string') return number(readRational(row))
    if (typeof row === 'number') return variable(index(row, 1_000_000))
    const [head, ...rest] = readList(row)
    if (typeof head === 'string' && isKnownName(head)) return call(head, ...rest.map(r => this.expression(r)))
    switch (head) {
      case 'apply':
        return apply(this.symbol(rest[0]), ...rest.slice(1).map(r => this.expression(r)))
      case 'choose': {
        const [left, right, then, otherwise] = rest.slice(1).map(r => this.expression(r))
        if (rest.length !== 5) throw new Malformed('a choice has four parts')
        return choose(oneOf(rest[0], ...RELATIONS), left, right, then, otherwise)
      }
      case 'function':
        return this.readFunction(rest)
      case 'inverse': {
        const [f, g] = [rest[0], rest[1]].map(r => this.symbol(r))
        const canBe = [f, g].every(fn => fn.definition === null && fn.arity === 1) && f.inverse === null
        // The one maps onto what the other takes, and each is the inverse of the other.
        const fits = canBe && sameRange(f.codomain, g.domain[0]) && sameRange(g.codomain, f.domain[0])
        if (rest.length !== 2 || !fits || (g.inverse !== null && g.inverse !== f))
          throw new Malformed('an inverse of what has none')
        // Of one of the two there may be more said: it holds of both.
        const areAlike = <T>(p: T | null, q: T | null): boolean => p === null || q === null || p === q
        const isPossible = areAlike(f.monotone, g.monotone) && areAlike(f.parity, g.parity)
        if (!isPossible || ![f, g].every(canBeBijective)) throw new Malformed('an inverse of what cannot have one')
        f.inverse = g
        return null
      }
      default:
        throw new Malformed('neither a number, a variable nor an operation')
    }
  }

  private readFunction(rest: readonly Json[]): FunctionSymbol {
    if (rest.length !== 8) throw new Malformed('a function is declared with eight parts')
    const arity = index(rest[1], 1000)
    const domain = readList(rest[2]).map(readInhabited)
    if (domain.length !== arity) throw new Malformed('a function has one domain for each argument')
    const hasProperty = rest[4] !== null || rest[5] !== null
    if (hasProperty && (arity !== 1 || (rest[5] !== null && !sameRange(domain[0], negate(domain[0])))))
      throw new Malformed('a property that is none of functions of this domain')
    const [monotone, parity] = [oneOf(rest[4], 'increasing', 'decreasing', null), oneOf(rest[5], 'odd', 'even', null)]
    const codomain = readInhabited(rest[3])
    const declared = { domain, codomain, monotone, parity }
    // What is said of all functions that contradict themselves says nothing.
    const isContradictory =
      (monotone !== null && (parity === 'even' || !canBeMonotone(declared))) ||
      (parity === 'odd' && !canBeOdd(declared))
    if (isContradictory) throw new Malformed('a function that cannot be as it is declared')
    // A formula says itself what a function is like; a property that it has not would say something else.
    if (hasProperty && rest[6] !== null) throw new Malformed('a property of a function that has a formula')
    return {
      name: this.name(rest[0]),
      arity,
      ...declared,
      inverse: null,
      definition: rest[6] === null ? null : this.expression(rest[6], arity),
      parameters: readList(rest[7]).map(readText),
    }
  }

  private readEntries(json: Json): Rational[][] {
    return readList(json).map(row => readList(row).map(readRational))
  }

  private readOperator(row: Json): Linear {
    const [head, ...rest] = readRow(row, OPERATOR_ROWS)
    switch (head) {
      case 'weight': {
        const [rows, columns] = [readLength(rest[1]), readLength(rest[2])]
        const value = rest[5] === null ? null : this.readEntries(rest[5])
        if (value !== null && (sizeOf(value.length) !== rows || value.some(r => sizeOf(r.length) !== columns)))
          throw new Malformed('a matrix of another size than declared')
        const entries = readInhabited(rest[4])
        // Entries are believed to be in this set, also where the value is not looked at.
        if (value?.some(row => row.some(q => !containsPoint(entries, q))))
          throw new Malformed('a matrix with other entries than declared')
        const symbol: WeightSymbol = {
          name: this.name(rest[0]),
          rows,
          columns,
          vector: readFlag(rest[3]),
          entries,
          value,
        }
        return weight(symbol)
      }
      case 'matrix':
        return literal(this.readEntries(rest[0]))
      case 'identity':
        return identity(readLength(rest[0]))
      case 'zero':
        return zeroMatrix(readLength(rest[0]), readLength(rest[1]))
      case 'ones':
        return ones(readLength(rest[0]), readLength(rest[1]))
      case 'select': {
        const [rows, columns] = [readLength(rest[0]), readLength(rest[1])]
        return select(columns, readStart(rest[2], rows, columns), rows)
      }
      case 'embed': {
        const [rows, columns] = [readLength(rest[0]), readLength(rest[1])]
        return embed(rows, readStart(rest[2], columns, rows), columns)
      }
      case 'product':
        return sharedProduct(this.operator(rest[0]), this.operator(rest[1]))
      case 'sum':
        return sum(this.operator(rest[0]), this.operator(rest[1]))
      case 'scale': {
        return scale(this.expression(rest[0], 0), this.operator(rest[1]))
      }
      case 'transpose':
        return transpose(this.operator(rest[0]))
      case 'diagonal':
        return diagonal(this.operator(rest[0]))
      default:
        throw new Malformed('not an operator')
    }
  }

  /** The node with this number; its args have smaller ones. */
  node(json: Json, id: number, shapeOf: (wire: number) => Shape): Node {
    const row = readRow(json, NODE_ROWS)
    const kind = row[0]
    const args = readList(row[1]).map(a => index(a, id))
    if (row[2] === null && args.length === 0) throw new Malformed('a node without args has no shape of its own')
    const shape = row[2] === null ? shapeOf(args[0]) : readShape(row[2])
    const bias = (b: Json): Linear | null => (b === null ? null : this.operator(b))
    switch (kind) {
      case 'input':
        return { id, kind, args, shape, name: readText(row[3]), domain: readInhabited(row[4]), absorbed: false }
      case 'output':
        return { id, kind, args, shape, name: readText(row[3]), absorbed: false }
      case 'constant':
        return { id, kind, args, shape, value: this.operator(row[3]) }
      case 'pointwise':
        return { id, kind, args, shape, fn: this.expression(row[3], args.length) }
      case 'additive': {
        const operators = readList(row[3]).map(a => this.operator(a))
        return { id, kind, args, shape, operators, bias: bias(row[4]) }
      }
      case 'multiplicative':
        return { id, kind, args, shape, operator: this.operator(row[3]), bias: bias(row[4]) }
      case 'slice':
        return { id, kind, args, shape, start: readSize(row[3]), end: readSize(row[4]) }
      case 'reduce':
        return { id, kind, args, shape, operation: oneOf(row[3], 'max', 'min'), group: index(row[4], MOST_SIZE) }
      case 'mix': {
        const [fn, inverse] = [this.expression(row[3], 1), this.expression(row[4], 1)]
        return { id, kind, args, shape, fn, inverse, operator: this.operator(row[5]) }
      }
      case 'join':
      case 'softmax':
      case 'logsoftmax':
        return { id, kind, args, shape }
      default:
        throw new Malformed('not a kind of node')
    }
  }

  /** An equation; that of a chain of so many levels may have chains of its own on fewer. */
  private equation(json: Json, levels = MOST_LEVELS): Equation {
    const [head, ...rest] = readList(json)
    if (head === 'axiom') return axiomStep(readText(rest[0]), ...rest.slice(1).map(r => this.expression(r)))
    const kind = oneOf(head, 'arithmetic', 'fact', 'odd', 'even', 'inverse')
    const [before, after, zero, cofactor] = rest.slice(0, kind === 'fact' ? 4 : 2).map(r => this.expression(r))
    const [list, ...others] = rest.slice(kind === 'fact' ? 4 : 2)
    if (after === undefined || (kind === 'fact' && list === undefined)) throw new Malformed('an equation has two sides')
    if (kind !== 'arithmetic' && kind !== 'fact') {
      readParts(json, 3)
      return { kind: 'function', property: kind, before, after }
    }
    const chain = list === undefined ? [] : this.chain(list, levels - 1)
    const divisors = others.map((row): Divisor => {
      const [divisor, multiplier, ...product] = readList(row).map(r => this.expression(r))
      if (multiplier === undefined) throw new Malformed('a divisor has a cofactor')
      return { divisor, cofactor: multiplier, product }
    })
    if (kind === 'fact') return { kind, before, after, zero, cofactor, chain, divisors }
    return { kind, before, after, chain, divisors }
  }
  private chain(json: Json, levels = MOST_LEVELS - 1): Rewriting[] {
    const rows = readList(json)
    if (rows.length > 0 && levels === 0) throw new Malformed('a chain inside of a chain of a chain')
    return rows.map(row => {
      const equation = this.equation(row, levels)
      if (equation.kind === 'fact') throw new Malformed('a chain rests on a fact')
      return equation
    })
  }

  private readProof(json: Json): Branch {
    const steps = readList(field(json, 'steps')).map((step): Equation | Derivation => {
      const [kind] = readList(step)
      if (kind !== 'sign' && kind !== 'monotone') return this.equation(step)
      const row = readParts(step, 4)
      const fact = { expression: this.expression(row[1]), range: readRange(row[2]) }
      return { kind, fact, chain: this.chain(row[3]) }
    })
    noMoreThan(json, 'steps', 'end')
    const end = field(json, 'end')
    noMoreThan(end, ...(Object.hasOwn(Object(end), 'split') ? ['split', 'origin', 'cases'] : ['impossible', 'equal']))
    if (typeof end === 'object' && end !== null && Object.hasOwn(end, 'impossible'))
      return { steps, end: { kind: 'impossible' } }
    if (typeof end === 'object' && end !== null && Object.hasOwn(end, 'equal')) return { steps, end: { kind: 'equal' } }
    const [from, chain] = readParts(field(end, 'origin'), 2)
    const cases = readList(field(end, 'cases')).map(c => {
      const [range, branch] = readParts(c, 2)
      return { range: readRange(range), branch: this.proof(branch) }
    })
    const on = this.expression(field(end, 'split'))
    return {
      steps,
      end: { kind: 'split', on, origin: { expression: this.expression(from), chain: this.chain(chain) }, cases },
    }
  }
}
