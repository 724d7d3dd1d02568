// What the commands that draw share: the format of a picture by the name of its file, and writing it.
import { unknownFormat } from '../diagnostic.ts'
import type { Drawable, DrawOptions } from '../draw/draw.ts'
import { report, Stop, USAGE, writeOutput } from './common.ts'

/** Reports a name that ends in no format of pictures, and stops the command: before work is done for nothing. */
export function requireFormat(output: string): void {
  if (/\.(svg|png)$/i.test(output)) return
  report([unknownFormat(output, ['.svg', '.png'])])
  throw new Stop(USAGE)
}

/** Draws into a file, in the format that its name says. */
export async function writePicture(
  output: string,
  what: Drawable | readonly Drawable[],
  options: DrawOptions = {},
): Promise<void> {
  requireFormat(output)
  const { draw, toPng } = await import('../draw/draw.ts')
  const svg = await draw(what, options)
  writeOutput(output, /\.png$/i.test(output) ? await toPng(svg) : svg)
}
