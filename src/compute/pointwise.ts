// Real functions applied to whole arrays: one loop a function, as JavaScript that is generated from the instructions of
// the expressions, or interpreted where a host forbids generated code (a content security policy). The text of that
// code is made of numbers, indices and known names only, whatever a file calls its functions.
import { binary, holds, STABLE, unary } from '../scalar/evaluate.ts'
import type { Expression, KnownName, Relation } from '../scalar/expression.ts'
import { toDouble } from '../scalar/rational.ts'
import { type StableForm, stableForm } from '../scalar/stable.ts'
import { type Instruction, tapeOf } from '../scalar/tape.ts'

export type Numbers = Float64Array | Float32Array

/** Where numbers come from and go to in a loop. Places are indices of the first number in one array for all. */
export interface LoopShape {
  /** For each variable of the functions: one row for every row, as a bias is (`row`), or as many rows as there are. */
  readonly args: readonly ('row' | 'rows')[]
  readonly results: readonly LoopResult[]
  /** Results are multiplied by the numbers at a further place, the gradients of what the functions were part of. */
  readonly weighted: boolean
}
export interface LoopResult {
  readonly value: Expression
  readonly into: 'row' | 'rows'
  /** Added to what stands there. A result into one row always is: rows are summed. */
  readonly accumulate: boolean
}

/** Does `rows` rows of `width` numbers; `places` are those of the args, of the results, then the factor's. */
export type Loop = (data: Numbers, rows: number, width: number, places: readonly number[]) => void

/** One tape for several expressions; what they share is computed once. */
function mergeTapes(expressions: readonly Expression[]): { tape: Instruction[]; results: number[] } {
  const tape: Instruction[] = []
  const known = new Map<string, number>()
  const results = expressions.map(e => {
    const at: number[] = []
    for (const instruction of tapeOf(e)) {
      const moved = relocate(instruction, at)
      const key = keyOf(moved)
      let place = known.get(key)
      if (place === undefined) known.set(key, (place = tape.push(moved) - 1))
      at.push(place)
    }
    return at[at.length - 1]
  })
  return { tape, results }
}

function relocate(instruction: Instruction, at: readonly number[]): Instruction {
  switch (instruction.kind) {
    case 'call':
      return { ...instruction, args: instruction.args.map(i => at[i]) }
    case 'choose': {
      const of = (place: number): number => at[place]
      const [left, right] = [instruction.left, instruction.right].map(of)
      const [then, otherwise] = [instruction.then, instruction.otherwise].map(of)
      return { ...instruction, left, right, then, otherwise }
    }
    case 'strict':
      return { ...instruction, needs: instruction.needs.map(i => at[i]), body: at[instruction.body] }
    default:
      return instruction
  }
}

function keyOf(e: Instruction): string {
  switch (e.kind) {
    case 'number':
      return `${e.value.s * e.value.n}/${e.value.d}`
    case 'constant':
      return e.name
    case 'variable':
      return `v${e.index}`
    case 'call':
      return `${e.name}(${e.args.join()})`
    case 'choose':
      return `${e.left}${e.relation}${e.right}?${e.then}:${e.otherwise}`
    case 'strict':
      return `s${e.needs.join()};${e.body}`
  }
}

/** The instructions that count, once stable forms have taken the place of what they are made of; ascending. */
function neededFor(tape: readonly Instruction[], results: readonly number[]): number[] {
  const needed = new Set(results)
  for (let i = tape.length - 1; i >= 0; i--) if (needed.has(i)) for (const j of operandsOf(tape, i)) needed.add(j)
  return [...needed].sort((a, b) => a - b)
}

function operandsOf(tape: readonly Instruction[], at: number): readonly number[] {
  const e = tape[at]
  switch (e.kind) {
    case 'call':
      return stableForm(tape, at)?.args ?? e.args
    case 'choose':
      return [e.left, e.right, e.then, e.otherwise]
    case 'strict':
      return [...e.needs, e.body]
    default:
      return []
  }
}

/** What generated code calls that is more than an operator: handed over as `f`. */
const FUNCTIONS: Readonly<Record<string, (...args: number[]) => number>> = {
  ...(unary as Record<string, (x: number) => number>),
  power: binary['^'] as (x: number, y: number) => number,
  ...STABLE,
}

/** Calls that are written out, for V8 knows them. */
const WRITTEN: Readonly<Partial<Record<KnownName | StableForm['kind'], (x: string, y: string) => string>>> = {
  '+': (x, y) => `${x} + ${y}`,
  '-': (x, y) => `${x} - ${y}`,
  '*': (x, y) => `${x} * ${y}`,
  '/': (x, y) => `${y} === 0 ? NaN : ${x} / ${y}`,
  '^': (x, y) => `f.power(${x}, ${y})`,
  neg: x => `-${x}`,
  exp: x => `Math.exp(${x})`,
  ln: x => `${x} > 0 ? Math.log(${x}) : NaN`,
  sqrt: x => `Math.sqrt(${x})`,
  abs: x => `Math.abs(${x})`,
  floor: x => `Math.floor(${x})`,
  tanh: x => `Math.tanh(${x})`,
  max: (x, y) => `Math.max(${x}, ${y})`,
  min: (x, y) => `Math.min(${x}, ${y})`,
  relu: x => `Math.max(${x}, 0)`,
}

const RELATIONS: Readonly<Record<Relation, string>> = { '<': '<', '<=': '<=', '==': '===', '!=': '!==' }

function numberText(x: number): string {
  return Object.is(x, -0) ? '-0' : x < 0 ? `(${x})` : String(x)
}

function instructionText(tape: readonly Instruction[], at: number, element: (variable: number) => string): string {
  const e = tape[at]
  switch (e.kind) {
    case 'number':
      return numberText(toDouble(e.value))
    case 'constant':
      return e.name === 'pi' ? 'Math.PI' : 'Math.E'
    case 'variable':
      return element(e.index)
    case 'call': {
      const form = stableForm(tape, at)
      const name = form?.kind ?? e.name
      const args = (form?.args ?? e.args).map(i => `v${i}`)
      return WRITTEN[name]?.(args[0], args[1]) ?? `f.${name}(${args.join(', ')})`
    }
    case 'choose': {
      const [l, r] = [`v${e.left}`, `v${e.right}`]
      return `${l} !== ${l} || ${r} !== ${r} ? NaN : ${l} ${RELATIONS[e.relation]} ${r} ? v${e.then} : v${e.otherwise}`
    }
    case 'strict':
      return `${e.needs.map(i => `v${i} !== v${i}`).join(' || ')} ? NaN : v${e.body}`
  }
}

function loopText({ args, results, weighted }: LoopShape): string {
  const { tape, results: at } = mergeTapes(results.map(result => result.value))
  const index = (shape: 'row' | 'rows'): string => (shape === 'row' ? 'j' : 'i')
  const resultPlace = (k: number): string => `p${args.length + k} + ${index(results[k].into)}`
  const body = neededFor(tape, at).map(
    i => `const v${i} = ${instructionText(tape, i, variable => `data[p${variable} + ${index(args[variable])}]`)}`,
  )
  if (weighted) body.push(`const g = data[p${args.length + results.length} + i]`)
  results.forEach(({ accumulate, into }, k) => {
    const value = weighted ? `g * v${at[k]}` : `v${at[k]}`
    body.push(`data[${resultPlace(k)}] ${accumulate || into === 'row' ? '+=' : '='} ${value}`)
  })
  const places = Array.from({ length: args.length + results.length + (weighted ? 1 : 0) }, (_, k) => `p${k}`)
  const byRow = args.includes('row') || results.some(result => result.into === 'row')
  const inside = body.join('\n')
  return [
    `const ${places.map((p, k) => `${p} = places[${k}]`).join(', ')}`,
    byRow
      ? `for (let r = 0; r < rows; r++) { for (let j = 0; j < width; j++) { const i = r * width + j\n${inside}\n} }`
      : `const total = rows * width\nfor (let i = 0; i < total; i++) {\n${inside}\n}`,
  ].join('\n')
}

/** Loops by their text and the precision of their numbers: types that V8 sees in one place should not change. */
const generated = new Map<string, Loop>()
const MOST_GENERATED = 1_000

/** A loop as generated code. Throws EvalError where the host forbids that. */
function generateLoop(shape: LoopShape, precision: string): Loop {
  const text = loopText(shape)
  const key = `${precision}\n${text}`
  let loop = generated.get(key)
  if (loop === undefined) {
    const make = new Function('f', `return function (data, rows, width, places) {\n${text}\n}`)
    loop = make(FUNCTIONS) as Loop
    if (generated.size >= MOST_GENERATED) generated.clear()
    generated.set(key, loop)
  }
  return loop
}

type Compute = (values: Float64Array) => number

function interpretInstruction(tape: readonly Instruction[], at: number): Compute | null {
  const e = tape[at]
  switch (e.kind) {
    case 'number': {
      const value = toDouble(e.value)
      return () => value
    }
    case 'constant': {
      const value = e.name === 'pi' ? Math.PI : Math.E
      return () => value
    }
    case 'variable':
      return null
    case 'call': {
      const form = stableForm(tape, at)
      if (form !== null) {
        const f: (...args: number[]) => number = STABLE[form.kind]
        const { args } = form
        return args.length === 1 ? values => f(values[args[0]]) : values => f(...args.map(i => values[i]))
      }
      const [x, y] = e.args
      if (y === undefined) {
        const f = unary[e.name] as (x: number) => number
        return values => f(values[x])
      }
      const f = binary[e.name] as (x: number, y: number) => number
      return values => f(values[x], values[y])
    }
    case 'choose':
      return values => {
        const [l, r] = [values[e.left], values[e.right]]
        if (Number.isNaN(l) || Number.isNaN(r)) return Number.NaN
        return values[holds(e.relation, l, r) ? e.then : e.otherwise]
      }
    case 'strict':
      return values => (e.needs.some(i => Number.isNaN(values[i])) ? Number.NaN : values[e.body])
  }
}

/** The same loop without generated code. */
function interpretLoop({ args, results, weighted }: LoopShape): Loop {
  const { tape, results: at } = mergeTapes(results.map(result => result.value))
  const steps = neededFor(tape, at).map(i => {
    const e = tape[i]
    return { i, variable: e.kind === 'variable' ? e.index : -1, compute: interpretInstruction(tape, i) }
  })
  const values = new Float64Array(tape.length)
  return (data, rows, width, places) => {
    for (let r = 0; r < rows; r++) {
      for (let j = 0; j < width; j++) {
        const i = r * width + j
        for (const step of steps) {
          values[step.i] =
            step.compute === null
              ? data[places[step.variable] + (args[step.variable] === 'row' ? j : i)]
              : step.compute(values)
        }
        const factor = weighted ? data[places[args.length + results.length] + i] : 1
        for (let k = 0; k < results.length; k++) {
          const { accumulate, into } = results[k]
          const place = places[args.length + k] + (into === 'row' ? j : i)
          const value = weighted ? factor * values[at[k]] : values[at[k]]
          if (accumulate || into === 'row') data[place] += value
          else data[place] = value
        }
      }
    }
  }
}

let isAllowed: boolean | null = null

/** Whether the host lets code be generated; tried once, when it is first needed. */
export function codeGenerationAllowed(): boolean {
  if (isAllowed === null) {
    try {
      isAllowed = new Function('return true')() as boolean
    } catch {
      isAllowed = false
    }
  }
  return isAllowed
}

/** A loop over numbers of one precision, generated unless that is not wanted or forbidden. */
export function loopOf(shape: LoopShape, precision: 'float64' | 'float32', generate: boolean): Loop {
  return generate && codeGenerationAllowed() ? generateLoop(shape, precision) : interpretLoop(shape)
}
