// What commands share that take values as arguments: `NAME=VALUE`, formulas, and refusing what cannot be read.
import { badArgument, type Diagnostic } from '../diagnostic.ts'
import { type Expression, unfold } from '../scalar/expression.ts'
import { read } from '../syntax/elaborate.ts'
import { report, Stop, USAGE } from './common.ts'

/** Reports, and stops the command. */
export function refuse(d: Diagnostic): never {
  report([d])
  throw new Stop(USAGE)
}

/** `NAME=TEXT` in two. */
export function split(option: string, given: string): [name: string, text: string] {
  const at = given.indexOf('=')
  if (at <= 0) refuse(badArgument(option, given, 'write NAME=VALUE'))
  return [given.slice(0, at).trim(), given.slice(at + 1).trim()]
}

/** A formula in t, with the functions of the language. */
export function formula(given: string, name: string, text: string): Expression {
  const { functions, diagnostics } = read(`function value_(t) = ${text}`, { file: `--function ${name}` })
  const definition = functions.get('value_')?.definition
  if (definition === null || definition === undefined || diagnostics.some(d => d.severity === 'error')) {
    refuse(badArgument('--function', given, 'write a formula in t, as in sigma=t/(1+t)'))
  }
  return unfold(definition)
}
