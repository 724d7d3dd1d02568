// `netproof draw`: a net, a derived rule, or the equations that a file claims, as SVG or PNG.
import { noClaims } from '../diagnostic.ts'
import { loadFile, netNamed, report, USAGE } from './common.ts'
import { type PictureOptions, pictureWriter } from './picture.ts'

export async function drawCommand(
  file: string,
  name: string | undefined,
  options: PictureOptions & { readonly output: string; readonly allowOutside?: boolean },
): Promise<number> {
  const { write } = await pictureWriter(options.output, options)
  const program = loadFile(file, options)
  const derivation = program.derivations.find(d => d.name === name)
  if (derivation !== undefined) await write({ title: derivation.title, lines: derivation.lines })
  else if (name !== undefined) await write(netNamed(program, name))
  else {
    const nets = Object.values(program.nets)
    if (program.claims.length > 0) {
      await write(
        program.claims.map(c => ({
          title: c.title,
          stages: [
            { caption: c.leftName, diagram: c.left },
            // What is claimed may be false: the picture says so.
            { caption: c.rightName, diagram: c.right, relation: 'unknown' as const },
          ],
        })),
      )
    } else if (nets.length === 1) await write(nets[0])
    else {
      report([noClaims(program.file)])
      return USAGE
    }
  }
  return 0
}
