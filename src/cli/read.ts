// Reading what a user names: a file, a pipe, or standard input. None of them may fill the memory or be waited for without
// end: a file that is too large is not read, a device is no file, and a pipe has to have somebody who writes to it.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'

/** Thrown where something cannot be read; `code` is one of the system's, or ETOOLARGE, ENOTFILE, ESILENT. */
export class Unreadable extends Error {
  constructor(readonly code: string) {
    super(code)
  }
}

const CHUNK = 1 << 16
/** How long a pipe may be without anybody who writes to it, in milliseconds, and how often it is looked at. */
const SILENCE = 2000
const PAUSE = 20

/** The bytes of a file, or of standard input for `-`, where there are at most so many. Throws Unreadable. */
export function readBytes(file: string, most: number): Uint8Array {
  let opened: number | null = null
  try {
    // A pipe that nobody writes to would otherwise be waited for at once.
    const at = file === '-' ? 0 : (opened = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)))
    const about = fstatSync(at)
    if (about.isDirectory()) throw new Unreadable('EISDIR')
    if (opened !== null && !about.isFile() && !about.isFIFO()) throw new Unreadable('ENOTFILE')
    if (about.isFile() && about.size > most) throw new Unreadable('ETOOLARGE')
    return readToEnd(at, most, about.isFIFO() && opened !== null)
  } catch (error) {
    if (error instanceof Unreadable) throw error
    throw new Unreadable((error as NodeJS.ErrnoException).code ?? String(error))
  } finally {
    if (opened !== null) closeSync(opened)
  }
}

/** Reads to the end, in chunks, as the size of a pipe or of some files of the system is not known before. */
function readToEnd(at: number, most: number, isNamedPipe: boolean): Uint8Array {
  const chunks: Uint8Array[] = []
  let length = 0
  let silent = 0
  for (;;) {
    const chunk = new Uint8Array(CHUNK)
    const count = readChunk(at, chunk)
    if (count !== null && count > 0) {
      length += count
      if (length > most) throw new Unreadable('ETOOLARGE')
      chunks.push(chunk.subarray(0, count))
      continue
    }
    if (count === 0 && (!isNamedPipe || length > 0)) break
    // Nothing yet: nobody has opened the pipe to write (0), or whoever has is at work (null).
    if (count === 0 && (silent += PAUSE) > SILENCE) throw new Unreadable('ESILENT')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE)
  }
  const all = new Uint8Array(length)
  let start = 0
  for (const chunk of chunks) {
    all.set(chunk, start)
    start += chunk.length
  }
  return all
}

/** How many bytes were read; 0 at the end, null where there are none yet. */
function readChunk(at: number, into: Uint8Array): number | null {
  try {
    return readSync(at, into)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EAGAIN') return null
    if (code === 'EOF') return 0
    throw error
  }
}
