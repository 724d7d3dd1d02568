// `netproof draw`: a net or a rule, or what a file claims, as a picture.
import { noPicture, notDrawable, unknownName } from '../diagnostic.ts'
import { drawableNamed, judge, pictureOf } from '../picture.ts'
import { nearest } from '../syntax/nearest.ts'
import { loadFile, report, USAGE } from './common.ts'
import { checkNodes, checkParts, type NetPictureOptions, pictureWriter } from './picture.ts'

export interface DrawCommandOptions extends NetPictureOptions {
  readonly output: string
  readonly allowOutside?: boolean
  readonly timeout: number
}

export async function drawCommand(
  file: string,
  name: string | undefined,
  options: DrawCommandOptions,
): Promise<number> {
  const { write, drawing } = await pictureWriter(options.output, options)
  const program = loadFile(file, options)
  checkParts(program, options)
  if (name === undefined) {
    checkNodes(program.claims.length > 0 ? program.claims.flatMap(c => [c.left, c.right]) : Object.values(program.nets))
    const scene = await pictureOf(program, await judge(program, { budget: { seconds: options.timeout } }), drawing)
    if (scene !== null) {
      await write(scene)
      return 0
    }
    report([noPicture(program.file)])
    return USAGE
  }
  if (Object.hasOwn(program.nets, name)) checkNodes([program.nets[name]])
  const drawable = drawableNamed(program, name)
  if (drawable !== null) {
    await write(drawable)
    return 0
  }
  const rules = program.rules.map(r => r.name)
  const names = [...Object.keys(program.nets), ...rules, ...program.derivations.map(d => d.name)]
  report([rules.includes(name) ? notDrawable(name) : unknownName(null, 'net', name, nearest(name, names))])
  return USAGE
}
