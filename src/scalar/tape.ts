// Expressions as flat lists of instructions, each after those that it needs, with definitions put in place of declared
// functions: the common form under evaluation in doubles and in enclosures.

import type { FunctionSymbol } from './expression.ts'
import { type Expression, type KnownName, postorder, type Relation, TooLarge } from './expression.ts'
import type { Rational } from './rational.ts'

/** Operands are positions of earlier instructions. */
export type Instruction =
  | { readonly kind: 'number'; readonly value: Rational }
  | { readonly kind: 'constant'; readonly name: 'pi' | 'e' }
  | { readonly kind: 'variable'; readonly index: number }
  | { readonly kind: 'call'; readonly name: KnownName; readonly args: readonly number[] }
  | {
      readonly kind: 'choose'
      readonly relation: Relation
      readonly left: number
      readonly right: number
      readonly then: number
      readonly otherwise: number
    }
  /** The value of `body`, defined only where also the operands of `needs` are: arguments that a definition may ignore. */
  | { readonly kind: 'strict'; readonly needs: readonly number[]; readonly body: number }

interface Frame {
  readonly order: readonly Expression[]
  next: number
  readonly args: readonly number[]
  readonly at: Map<Expression, number>
  /** What the finished frame's value is remembered under. */
  readonly key: string
}

/** What is defined in any case. */
const isAtom = (e: Instruction): boolean => e.kind === 'number' || e.kind === 'constant' || e.kind === 'variable'

/** The variables that an expression needs whatever branch is taken. */
function neededVariables(e: Expression): Set<number> {
  const needed = new Set<number>()
  const seen = new Set<Expression>([e])
  const todo = [e]
  for (let part = todo.pop(); part !== undefined; part = todo.pop()) {
    if (part.kind === 'variable') needed.add(part.index)
    const parts = part.kind === 'choose' ? [part.left, part.right] : 'args' in part ? part.args : []
    for (const p of parts) {
      if (!seen.has(p)) {
        seen.add(p)
        todo.push(p)
      }
    }
  }
  return needed
}

/**
 * The instructions of an expression; the last one gives its value. An argument of a declared function must be defined even
 * where the definition does not use it: functions are strict.
 * Throws TypeError for an unknown function, TooLarge when definitions unfold to more than 200,000 instructions more.
 */
export function tapeOf(root: Expression): Instruction[] {
  const rootOrder = postorder(root)
  const limit = rootOrder.length + 200_000
  const tape: Instruction[] = []
  const known = new Map<string, number>()
  const emit = (key: string, instruction: Instruction): number => {
    const old = known.get(key)
    if (old !== undefined) return old
    if (tape.length >= limit) throw new TooLarge(`more than ${limit} parts`)
    known.set(key, tape.push(instruction) - 1)
    return tape.length - 1
  }

  const symbols = new Map<FunctionSymbol, { id: number; order: readonly Expression[]; needed: Set<number> }>()
  const symbolOf = (fn: FunctionSymbol) => {
    let symbol = symbols.get(fn)
    if (symbol === undefined) {
      if (fn.definition === null) throw new TypeError(`the function ${fn.name} is unknown: it has no values`)
      symbol = { id: symbols.size, order: postorder(fn.definition), needed: neededVariables(fn.definition) }
      symbols.set(fn, symbol)
    }
    return symbol
  }

  const frames: Frame[] = [{ order: rootOrder, next: 0, args: [], at: new Map(), key: 'root' }]
  const results = new Map<string, number>()
  // Frames share instructions, but each walks through its whole definition: that too is bounded.
  let steps = 0
  while (frames.length > 0) {
    const frame = frames[frames.length - 1]
    if (frame.next === frame.order.length) {
      results.set(frame.key, frame.at.get(frame.order[frame.order.length - 1]) as number)
      frames.pop()
      continue
    }
    if (++steps > 10 * limit) throw new TooLarge(`more than ${10 * limit} steps`)
    const e = frame.order[frame.next]
    const of = (part: Expression): number => frame.at.get(part) as number
    let position: number
    switch (e.kind) {
      case 'number':
        position = emit(`n${e.id}`, { kind: 'number', value: e.value })
        break
      case 'constant':
        position = emit(e.name, { kind: 'constant', name: e.name })
        break
      case 'variable':
        position = frames.length > 1 ? frame.args[e.index] : emit(`v${e.index}`, { kind: 'variable', index: e.index })
        break
      case 'call': {
        const args = e.args.map(of)
        position = emit(`${e.name}(${args.join()})`, { kind: 'call', name: e.name, args })
        break
      }
      case 'choose': {
        const [left, right, then, otherwise] = [of(e.left), of(e.right), of(e.then), of(e.otherwise)]
        const key = `${left}${e.relation}${right}?${then}:${otherwise}`
        position = emit(key, { kind: 'choose', relation: e.relation, left, right, then, otherwise })
        break
      }
      case 'apply': {
        const symbol = symbolOf(e.fn)
        const args = e.args.map(of)
        const key = `f${symbol.id}(${args.join()})`
        const body = results.get(key)
        if (body === undefined) {
          frames.push({ order: symbol.order, next: 0, args, at: new Map(), key })
          continue
        }
        const needs = args.filter((arg, i) => !symbol.needed.has(i) && !isAtom(tape[arg]))
        position = needs.length === 0 ? body : emit(`s${needs.join()};${body}`, { kind: 'strict', needs, body })
        break
      }
    }
    frame.at.set(e, position)
    frame.next++
  }
  const last = results.get('root') as number
  // The value may be an earlier instruction (of a definition that is one of its arguments): cut after it.
  return tape.slice(0, last + 1)
}
