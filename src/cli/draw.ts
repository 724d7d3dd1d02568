// `netproof draw`: a net, a derived rule, or the equations that a file claims, as a picture.
import { noClaims } from '../diagnostic.ts'
import type { Drawable } from '../draw/draw.ts'
import type { Program } from '../load.ts'
import { loadFile, netNamed, report, Stop, USAGE } from './common.ts'
import { requireFormat, writePicture } from './picture.ts'

export async function drawCommand(
  file: string,
  name: string | undefined,
  options: { readonly output: string; readonly allowOutside?: boolean },
): Promise<number> {
  requireFormat(options.output)
  await writePicture(options.output, drawableOf(loadFile(file, options), name))
  return 0
}

/** What is to be drawn of a file; a file with nothing to draw is reported, and stops the command. */
function drawableOf(program: Program, name: string | undefined): Drawable | readonly Drawable[] {
  const derivation = program.derivations.find(d => d.name === name)
  if (derivation !== undefined) return { title: derivation.title, lines: derivation.lines }
  if (name !== undefined) return netNamed(program, name)
  if (program.claims.length > 0) {
    return program.claims.map(c => ({
      title: c.title,
      stages: [
        { caption: c.leftName, diagram: c.left },
        // What is claimed may be false: the picture says so.
        { caption: c.rightName, diagram: c.right, relation: 'unknown' as const },
      ],
    }))
  }
  const nets = Object.values(program.nets)
  if (nets.length === 1) return nets[0]
  report([noClaims(program.file)])
  throw new Stop(USAGE)
}
