// How the commands that derive write what they have derived: as one picture, as a file for each step, or as an animation.
import { Option } from 'commander'
import { badArgument } from '../diagnostic.ts'
import type { Derivation, DerivationOptions } from '../prove/derivation.ts'
import { refuse } from './arguments.ts'
import { NET_OPTIONS, type NetPictureOptions, type PictureWriter } from './picture.ts'

export interface DerivationPictureOptions extends NetPictureOptions {
  readonly everyStep?: boolean
  readonly highlight?: boolean
  readonly animate?: boolean
  readonly page?: number
  readonly mostStages?: number
}

const atLeast =
  (least: number) =>
  (text: string): number => {
    const value = Number(text)
    return Number.isSafeInteger(value) && value >= least
      ? value
      : refuse(badArgument('the number', text, `a whole number from ${least} on is needed`))
  }

const EVERY_STEP = new Option('--every-step', 'in pictures, a stage for every step instead of one for each rule')
const NO_HIGHLIGHT = new Option('--no-highlight', 'in pictures, do not mark where steps happen')
const ANIMATE = new Option('--animate', 'the picture shows the stages one after the other')
const PAGE = new Option('--page <n>', 'stages on a page of the picture (12)').argParser(atLeast(1))
const MOST_STAGES = new Option('--most-stages <n>', 'stages that are drawn; the others are counted (200)').argParser(
  atLeast(2),
)

/** The options of commands that draw derivations. */
export const DERIVATION_OPTIONS: readonly Option[] = [
  ...NET_OPTIONS,
  EVERY_STEP,
  NO_HIGHLIGHT,
  ANIMATE,
  PAGE,
  MOST_STAGES,
]

export function derivationOptions(options: DerivationPictureOptions): DerivationOptions {
  return { every: options.everyStep, highlight: options.highlight }
}

/** Where the number of the step goes in the name of a file: `step-%d.svg`, `step-%03d.svg`. */
const NUMBER = /%(?:0(\d))?d/

/** An animation has to be SVG; that is reported before the work begins. */
export function checkDerivationPicture(file: string, options: DerivationPictureOptions): void {
  if (options.animate && !file.toLowerCase().endsWith('.svg'))
    refuse(badArgument('--animate', file, 'only pictures that end in .svg can move'))
  if (options.animate && NUMBER.test(file))
    refuse(badArgument('--animate', file, 'an animation is one file, and a name with %d means one for each step'))
}

export async function writeDerivations(
  { file, write, writeText, drawing }: PictureWriter,
  derivations: readonly Derivation[],
  options: DerivationPictureOptions,
): Promise<void> {
  const limits = { ...drawing, page: options.page, most: options.mostStages }
  const apart = NUMBER.exec(file)
  if (apart === null && !options.animate) {
    const { sceneOf } = await import('../draw/draw.ts')
    await write(await sceneOf(derivations.length === 1 ? derivations[0] : derivations, limits))
    return
  }
  const { framesOf } = await import('../draw/stages.ts')
  const frames = []
  for (const derivation of derivations) frames.push(...(await framesOf(derivation, limits)))
  if (apart !== null) {
    const digits = Number(apart[1] ?? 1)
    for (const [i, frame] of frames.entries())
      await write(frame.scene, file.replace(NUMBER, `${i + 1}`.padStart(digits, '0')))
    return
  }
  const { animationScene } = await import('../draw/animation.ts')
  const { svgOf } = await import('../draw/draw.ts')
  const { scene, style } = animationScene(frames, derivations.map(d => d.title ?? 'derivation').join('; '))
  writeText(await svgOf(scene, drawing, style))
}
