// The log of a run: for every step its rule, its place and the values of the rule's variables. A run of a million steps
// keeps all of them, so they stand in large blocks of numbers and references, and become matches when they are asked for.
import type { Diagram, NodeId } from '../diagram/diagram.ts'
import type { Linear } from '../linear/linear.ts'
import type { Size } from '../linear/size.ts'
import type { Expression } from '../scalar/expression.ts'
import type { FunctionBinding, Match } from './match.ts'
import type { Rule } from './rule.ts'

/** The log of a run, from which every state of the net can be made again. */
export interface Log {
  readonly start: Diagram
  readonly entries: Entries
}

const BLOCK_BITS = 15
const BLOCK = 1 << BLOCK_BITS
const WITHIN = BLOCK - 1
const NO_CALLS: Match['calls'] = []
/** The length of a list that is not bound at all. */
const UNBOUND = -1

/** The steps of a run, in order: a list that grows at its end. What is read is equal to what was put in. */
export class Entries implements Iterable<Match> {
  // Node ids and lengths of lists; and rules, functions, operators, sizes, groups. The last block of each is at hand.
  private readonly numbers: Int32Array[] = []
  private readonly values: unknown[][] = []
  private lastNumbers = new Int32Array(0)
  private lastValues: unknown[] = []
  /** How much of the last blocks is used. */
  private numbersUsed = BLOCK
  private valuesUsed = BLOCK
  /** By step, in blocks: where its numbers begin, and where its values do. */
  private readonly starts: Float64Array[] = []
  private lastStarts = new Float64Array(0)
  private count = 0

  get length(): number {
    return this.count
  }

  push(match: Match): void {
    const start = 2 * this.count++
    if ((start & WITHIN) === 0) {
      this.lastStarts = new Float64Array(BLOCK)
      this.starts.push(this.lastStarts)
    }
    this.lastStarts[start & WITHIN] = (this.numbers.length - 1) * BLOCK + this.numbersUsed
    this.lastStarts[(start & WITHIN) + 1] = (this.values.length - 1) * BLOCK + this.valuesUsed
    const { rule, functions, operators, reals, wires, groups, calls, sizes, carried } = match
    this.putValue(rule)
    this.putNumber(match.at)
    const { variables } = rule
    for (let slot = 0; slot < variables.functions.length; slot++) {
      const f = functions[slot]
      if (f === undefined) this.putNumber(UNBOUND)
      else {
        this.putIds(f.args)
        this.putNumber(f.node)
        this.putNumber(f.index)
        this.putValue(f.fn)
      }
    }
    for (let slot = 0; slot < variables.operators.length; slot++) this.putOperators(operators[slot])
    for (let slot = 0; slot < variables.reals.length; slot++) this.putValue(reals[slot])
    for (let slot = 0; slot < variables.wires.length; slot++) this.putIds(wires[slot])
    for (let slot = 0; slot < variables.groups.length; slot++) this.putValue(groups[slot])
    if (variables.nets.length > 0) this.putValue(calls)
    this.putNumber(sizes.length)
    for (const size of sizes) this.putValue(size)
    this.putIds(carried?.args)
    if (carried !== null) this.putOperators(carried.operators)
  }

  /** The step with this position, from 0. Throws RangeError where there is none. */
  at(index: number): Match {
    if (!(index >= 0 && index < this.count)) throw new RangeError(`entries: there is no step ${index}`)
    const start = 2 * index
    const starts = this.starts[start >>> BLOCK_BITS]
    const cursor: Cursor = { number: starts[start & WITHIN], value: starts[(start & WITHIN) + 1] }
    const rule = this.value(cursor) as Rule
    const at = this.number(cursor)
    const { variables } = rule
    return {
      rule,
      at,
      functions: variables.functions.map(() => this.function(cursor)),
      operators: variables.operators.map(() => this.operators(cursor)),
      reals: variables.reals.map(() => this.value(cursor) as Expression | undefined),
      wires: variables.wires.map(() => this.ids(cursor)),
      groups: variables.groups.map(() => this.value(cursor) as number | undefined),
      calls: variables.nets.length > 0 ? (this.value(cursor) as Match['calls']) : NO_CALLS,
      sizes: this.list(cursor, this.number(cursor), this.value) as (readonly [string, Size])[],
      carried: this.carried(cursor),
    }
  }

  *[Symbol.iterator](): Generator<Match, void, undefined> {
    for (let index = 0; index < this.count; index++) yield this.at(index)
  }

  private putNumber(n: number): void {
    if (this.numbersUsed === BLOCK) {
      this.lastNumbers = new Int32Array(BLOCK)
      this.numbers.push(this.lastNumbers)
      this.numbersUsed = 0
    }
    this.lastNumbers[this.numbersUsed++] = n
  }
  private putValue(value: unknown): void {
    if (this.valuesUsed === BLOCK) {
      this.lastValues = new Array(BLOCK)
      this.values.push(this.lastValues)
      this.valuesUsed = 0
    }
    this.lastValues[this.valuesUsed++] = value
  }
  private putIds(ids: readonly NodeId[] | undefined): void {
    if (ids === undefined) this.putNumber(UNBOUND)
    else {
      this.putNumber(ids.length)
      for (let k = 0; k < ids.length; k++) this.putNumber(ids[k])
    }
  }
  private putOperators(operators: readonly Linear[] | undefined): void {
    if (operators === undefined) this.putNumber(UNBOUND)
    else {
      this.putNumber(operators.length)
      for (let k = 0; k < operators.length; k++) this.putValue(operators[k])
    }
  }

  private number(cursor: Cursor): number {
    const i = cursor.number++
    return this.numbers[Math.floor(i / BLOCK)][i & WITHIN]
  }
  private value(cursor: Cursor): unknown {
    const i = cursor.value++
    return this.values[Math.floor(i / BLOCK)][i & WITHIN]
  }
  private list<T>(cursor: Cursor, length: number, next: (cursor: Cursor) => T): T[] {
    const list = new Array<T>(length)
    for (let k = 0; k < length; k++) list[k] = next.call(this, cursor)
    return list
  }
  private ids(cursor: Cursor): NodeId[] | undefined {
    const length = this.number(cursor)
    return length === UNBOUND ? undefined : this.list(cursor, length, this.number)
  }
  private operators(cursor: Cursor): Linear[] | undefined {
    const length = this.number(cursor)
    return length === UNBOUND ? undefined : (this.list(cursor, length, this.value) as Linear[])
  }
  private function(cursor: Cursor): FunctionBinding | undefined {
    const args = this.ids(cursor)
    if (args === undefined) return undefined
    const node = this.number(cursor)
    const index = this.number(cursor)
    return { fn: this.value(cursor) as Expression, node, args, index }
  }
  private carried(cursor: Cursor): Match['carried'] {
    const args = this.ids(cursor)
    return args === undefined ? null : { args, operators: this.operators(cursor) as Linear[] }
  }
}

/** How far the numbers and the values have been read. */
interface Cursor {
  number: number
  value: number
}
