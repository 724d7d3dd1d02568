// `netproof plot`: graphs of functions of a file, of known ones, and of formulas.

import { parseRange } from '../build.ts'
import { badArgument, type Diagnostic, notOneArgument, noValues, nowhereDefined, unknownName } from '../diagnostic.ts'
import type { Curve, Panel } from '../draw/draw.ts'
import { type Program, parse } from '../load.ts'
import { randomFunctions } from '../numeric/families.ts'
import { random } from '../numeric/random.ts'
import { analyse } from '../scalar/analysis.ts'
import {
  ARITY,
  apply,
  call,
  type Expression,
  type FunctionSymbol,
  type KnownName,
  TooLarge,
  x0,
} from '../scalar/expression.ts'
import { isEmpty, type Range, REALS } from '../scalar/range.ts'
import { unknownFunctionsIn } from '../semantics/contents.ts'
import { groundExpression } from '../semantics/ground.ts'
import { nearest } from '../syntax/nearest.ts'
import { KNOWN_FUNCTIONS } from '../syntax/scope.ts'
import { formula, refuse, split } from './arguments.ts'
import { loadFile } from './common.ts'
import { type PictureOptions, pictureWriter } from './picture.ts'

export interface PlotCommandOptions extends PictureOptions {
  readonly output: string
  readonly x?: string
  readonly y?: string
  readonly function: readonly string[]
  readonly seed?: number
  readonly allowOutside?: boolean
}

export async function plotCommand(
  file: string,
  given: readonly string[],
  options: PlotCommandOptions,
): Promise<number> {
  const { write } = await pictureWriter(options.output, options)
  const [x, y] = [spanOption('--x', options.x), spanOption('--y', options.y)]
  const program = loadFile(file, options)
  const formulas = new Map<FunctionSymbol, Expression>()
  for (const text of options.function) {
    const [name, definition] = split('--function', text)
    const fn = program.functions.get(name)
    if (fn === undefined) refuse(unknownName(null, 'function', name, nearest(name, [...program.functions.keys()])))
    formulas.set(fn, formula(text, name, definition))
  }
  const panels: Panel[] = []
  for (const texts of panelsOf(given)) {
    panels.push({ curves: texts.map(text => curveOf(program, text, formulas, options.seed)) })
  }
  await write({ panels, x, y })
  return 0
}

/** Functions by panels: a `/` by itself begins the next one. */
function panelsOf(given: readonly string[]): string[][] {
  const panels: string[][] = [[]]
  for (const text of given) {
    if (text.trim() === '/') panels.push([])
    else panels[panels.length - 1].push(text)
  }
  if (panels.some(p => p.length === 0)) refuse(badArgument('FUNCTION', given.join(' '), 'a panel has no function'))
  return panels
}

/** `a..b` */
function spanOption(option: string, text: string | undefined): readonly [number, number] | undefined {
  if (text === undefined) return undefined
  const [low, high] = text.split('..').map(part => (part.trim() === '' ? Number.NaN : Number(part)))
  const isSpan = text.split('..').length === 2 && low < high && Number.isFinite(high - low)
  return isSpan ? [low, high] : refuse(badArgument(option, text, 'write FROM..TO with two numbers, as in -5..5'))
}

/** `[NAME =] FUNCTION [in SET]` as a curve. */
function curveOf(
  program: Program,
  text: string,
  formulas: ReadonlyMap<FunctionSymbol, Expression>,
  seed: number | undefined,
): Curve {
  const set = /^(.*\S)\s+in\s+(\S.*)$/s.exec(text)
  const named = /^\s*([\p{L}_][\p{L}\p{N}_]*'*)\s*(?:\(\s*([\p{L}_][\p{L}\p{N}_]*)\s*\))?\s*=(?!=)(.*)$/su.exec(
    set?.[1] ?? text,
  )
  const source = (named?.[3] ?? set?.[1] ?? text).trim()
  const domain = set === null ? REALS : rangeOf(text, set[2])
  const { fn, name, parameter } = functionOf(program, source, named?.[2])
  const { ground, invented } = grounded(text, fn, formulas, seed)
  try {
    if (isEmpty(domain) || isEmpty(analyse(ground, [domain]).range)) refuse(nowhereDefined(text))
  } catch (error) {
    if (error instanceof TooLarge) refuse(badArgument('FUNCTION', text, 'its definitions unfold beyond measure'))
    throw error
  }
  return {
    fn: ground,
    domain,
    name: named?.[1] ?? name,
    parameter: named?.[2] ?? parameter,
    example: invented,
  }
}

function rangeOf(text: string, set: string): Range {
  try {
    return parseRange(set)
  } catch (error) {
    if (error instanceof RangeError) return refuse(badArgument('FUNCTION', text, error.message.replace(/^\w+: /, '')))
    throw error
  }
}

interface Named {
  readonly fn: Expression
  readonly name?: string
  readonly parameter?: string
}

/** A function of the file or a known one by its name, a composition, or a formula in x or t. */
function functionOf(program: Program, source: string, parameter: string | undefined): Named {
  const declared = program.functions.get(source)
  if (declared !== undefined) {
    if (declared.arity !== 1) refuse(notOneArgument(source, declared.arity))
    const body = declared.definition ?? apply(declared, x0)
    return { fn: body, name: source, parameter: declared.definition === null ? undefined : declared.parameters[0] }
  }
  if (KNOWN_FUNCTIONS.includes(source)) {
    const known = source as KnownName
    if (ARITY[known] !== 1) refuse(notOneArgument(source, ARITY[known]))
    return { fn: call(known, x0) }
  }
  if (NAME.test(source) && !['id', 'x', 't', 'pi', 'e', parameter].includes(source)) {
    refuse(unknownName(null, 'function', source, nearest(source, [...program.functions.keys(), ...KNOWN_FUNCTIONS])))
  }
  return writtenFunction(program, source, parameter)
}
const NAME = /^[\p{L}_][\p{L}\p{N}_]*'*$/u

/** What is no name: read as a statement after those of the file, in which it may use all that the file declares. */
function writtenFunction(program: Program, source: string, parameter: string | undefined): Named {
  let name = 'plotted'
  while (program.functions.has(name) || program.places.has(name)) name += '_'
  const heads = parameter === undefined ? [name, `${name}(x)`, `${name}(t)`] : [`${name}(${parameter})`]
  // Of the ways to read it, the one that finds the fewest mistakes says what is wrong.
  let problems: readonly Diagnostic[] = []
  for (const head of heads) {
    const read = parse(`use "file.net"\nfunction ${head} = ${source}\n`, {
      file: 'FUNCTION',
      read: () => ({ file: program.file, text: program.text }),
    })
    const fn = read.functions.get(name)
    const errors = read.diagnostics.filter(d => d.severity === 'error')
    if (errors.length === 0 && fn?.definition && fn.arity === 1)
      return { fn: fn.definition, parameter: head === name ? undefined : fn.parameters[0] }
    if (problems.length === 0 || errors.length < problems.length) problems = errors
  }
  return refuse(badArgument('FUNCTION', source, problems[0]?.message ?? 'this is no function of one argument'))
}

/** The function with formulas for what is unknown in it, and whether one of them is invented. */
function grounded(
  text: string,
  fn: Expression,
  formulas: ReadonlyMap<FunctionSymbol, Expression>,
  seed: number | undefined,
): { ground: Expression; invented: boolean } {
  const unknown = unknownFunctionsIn([fn]).filter(f => !formulas.has(f))
  if (unknown.length > 0 && seed === undefined) refuse(noValues(text, unknown[0].name))
  const found = unknown.length === 0 ? new Map() : randomFunctions(unknown, random(seed ?? 1))
  if (found === null) refuse(noValues(text, unknown[0].name))
  return { ground: groundExpression(fn, new Map([...formulas, ...found])), invented: unknown.length > 0 }
}
