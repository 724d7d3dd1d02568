// `netproof draw`: a net, a derived rule, or the equations that a file claims, as SVG or PNG.
import { noClaims, unknownFormat } from '../diagnostic.ts'
import { loadFile, netNamed, report, USAGE, writeOutput } from './common.ts'

export async function drawCommand(
  file: string,
  name: string | undefined,
  options: { readonly output: string; readonly allowOutside?: boolean },
): Promise<number> {
  const format = /\.(svg|png)$/i.exec(options.output)?.[1].toLowerCase()
  if (format === undefined) {
    report([unknownFormat(options.output, ['.svg', '.png'])])
    return USAGE
  }
  const program = loadFile(file, options)
  const { draw, toPng } = await import('../draw/draw.ts')
  let svg: string
  const derivation = program.derivations.find(d => d.name === name)
  if (derivation !== undefined) svg = await draw({ title: derivation.title, lines: derivation.lines })
  else if (name !== undefined) svg = await draw(netNamed(program, name))
  else {
    const nets = Object.values(program.nets)
    if (program.claims.length > 0) {
      svg = await draw(
        program.claims.map(c => ({
          title: c.title,
          stages: [
            { caption: c.leftName, diagram: c.left },
            // What is claimed may be false: the picture says so.
            { caption: c.rightName, diagram: c.right, relation: 'unknown' as const },
          ],
        })),
      )
    } else if (nets.length === 1) svg = await draw(nets[0])
    else {
      report([noClaims(program.file)])
      return USAGE
    }
  }
  writeOutput(options.output, format === 'png' ? await toPng(svg) : svg)
  return 0
}
