// What the commands share: reading and writing files, diagnostics on standard error, exit statuses.
import { readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import {
  type Diagnostic,
  fileProblem,
  MORE_ERRORS,
  MOST_ERRORS,
  renderDiagnostic,
  tooLargeFunction,
  unknownName,
} from '../diagnostic.ts'
import type { Diagram } from '../diagram/diagram.ts'
import { type Program, parse, type ReadFile } from '../load.ts'
import { TooLarge } from '../scalar/expression.ts'
import { nearest } from '../syntax/nearest.ts'
import { readBytes, Unreadable } from './read.ts'

/** Exit statuses (cli.md). */
export const PROVED = 0
export const REFUTED = 1
export const UNDECIDED = 2
export const USAGE = 3
export const FAULT = 70

/** Thrown when a command cannot go on; the message has been printed. */
export class Stop extends Error {
  readonly status: number
  constructor(status: number) {
    super(`exit ${status}`)
    this.status = status
  }
}

export function useColor(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && process.env.NO_COLOR === undefined
}

/** Prints a diagnostic with the place in its text. */
export function report(diagnostics: readonly Diagnostic[], text = ''): void {
  for (const d of diagnostics)
    process.stderr.write(`${renderDiagnostic(d, text, { color: useColor(process.stderr) })}\n`)
  if (diagnostics.filter(d => d.severity === 'error').length >= MOST_ERRORS)
    process.stderr.write(`netproof: ${MORE_ERRORS}\n`)
}

/** The largest text that is read, in bytes, also where another one uses it. */
const LARGEST_TEXT = 64_000_000

/** The bytes of a file, or of standard input for `-`. What cannot be read is reported, and stops the command. */
export function readInput(file: string, most = LARGEST_TEXT): Uint8Array {
  try {
    return readBytes(file, most)
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    report([fileProblem('read', file === '-' ? STANDARD_INPUT : file, error.code, most)])
    throw new Stop(USAGE)
  }
}

/** Writes a file. A file that cannot be written is reported, and stops the command. */
export function writeOutput(file: string, content: string | Uint8Array): void {
  try {
    writeFileSync(file, content)
  } catch (error) {
    report([fileProblem('write', file, (error as NodeJS.ErrnoException).code ?? String(error))])
    throw new Stop(USAGE)
  }
}

/** The exit status for whatever a command throws: what it has printed itself, or a fault of the tool's own. */
export function fault(error: unknown): number {
  if (error instanceof Stop) return error.status
  if (error instanceof TooLarge) {
    report([tooLargeFunction(error.message)])
    return USAGE
  }
  const message = error instanceof Error ? error.message : String(error)
  process.stderr.write(`netproof: internal fault: ${message}\n`)
  process.stderr.write(
    'This is an error of netproof, not of your file. Please report it with the file that shows it.\n',
  )
  if (process.env.NETPROOF_DEBUG !== undefined && error instanceof Error) process.stderr.write(`${error.stack}\n`)
  return FAULT
}

/**
 * Reads a file for one that uses it. A file is known by its real path. Unless it is allowed, that has to be below the folder
 * of the file that names it, wherever links lead.
 */
export function readUsed(allowOutside: boolean): ReadFile {
  return (path, from) => {
    try {
      const folder = realpathSync(from === STANDARD_INPUT ? '.' : dirname(from))
      const real = realpathSync(resolve(folder, path))
      const steps = relative(folder, real)
      if (!allowOutside && (steps === '..' || steps.startsWith(`..${sep}`) || isAbsolute(steps))) return 'outside'
      const about = statSync(real)
      if (!about.isFile()) return 'missing'
      if (about.size > LARGEST_TEXT) return 'large'
      return { file: relative('.', real), text: readFileSync(real) }
    } catch {
      return 'missing'
    }
  }
}
const STANDARD_INPUT = 'standard input'
export const STANDARD_OUTPUT = 'standard output'

/** Reads a .net file. Errors in it are reported, and stop the command; so are warnings, without stopping it. */
export function loadFile(file: string, options: { readonly allowOutside?: boolean } = {}): Program {
  const { allowOutside = false } = options
  const name = file === '-' ? STANDARD_INPUT : file
  const program = parse(readInput(file), { file: name, read: readUsed(allowOutside), allowOutside })
  report(program.diagnostics, program.text)
  if (program.diagnostics.some(d => d.severity === 'error')) throw new Stop(USAGE)
  return program
}

/** A net of the file by its name; an unknown name is reported, and stops the command. */
export function netNamed(program: Program, name: string): Diagram {
  if (Object.hasOwn(program.nets, name)) return program.nets[name]
  report([unknownName(null, 'net', name, nearest(name, Object.keys(program.nets)))])
  throw new Stop(USAGE)
}
