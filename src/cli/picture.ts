// What the commands that draw share: the formats, by the ending of the file's name, and the options on what pictures look
// like. All of it is looked at before the work begins, so that nobody waits for a picture that cannot be written.
import { accessSync, constants, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { InvalidArgumentError, Option } from 'commander'
import {
  badTheme,
  fileProblem,
  lowContrast,
  tooManyNodes,
  unknownFormat,
  unknownName,
  unknownTheme,
} from '../diagnostic.ts'
import type { Diagram } from '../diagram/diagram.ts'
import type { DrawOptions, Picture } from '../draw/draw.ts'
import type { Theme } from '../draw/themes.ts'
import type { Program } from '../load.ts'
import { nearest } from '../syntax/nearest.ts'
import { readInput, report, Stop, USAGE, writeOutput } from './common.ts'

export interface PictureOptions {
  readonly theme?: string
  readonly embedFonts?: boolean
}
export interface NetPictureOptions extends PictureOptions {
  readonly level?: 'wires' | 'layers'
  readonly fold?: boolean
  readonly foldParts?: readonly string[]
  readonly rowWidth?: number
}

/** The options on what pictures look like. */
const THEME = new Option('--theme <theme>', 'post, print, dark, or a JSON file').default('post')
const EMBED = new Option('--embed-fonts', 'put the letters that are used into SVG and HTML files')

/** The options on how nets are drawn. */
const LEVEL = new Option('--level <level>', 'every component of a wire, or one box a layer')
  .choices(['wires', 'layers'])
  .default('wires')
const FOLD = new Option('--fold', 'draw repeated blocks at their start and end, with their number between')
const FOLD_PARTS = new Option(
  '--fold-parts <wires>',
  'draw what leads to each of these wires, and to nothing else, as one box: h,k',
).argParser(text => text.split(',').map(name => name.trim()))
const ROW_WIDTH = new Option('--row-width <n>', 'begin a new row where a net is wider than this').argParser(text => {
  const value = Number(text)
  if (!(value >= 200) || !Number.isFinite(value)) throw new InvalidArgumentError('A number from 200 on is needed.')
  return value
})

/** The options of every command that draws, and of those that draw nets. */
export const PICTURE_OPTIONS: readonly Option[] = [THEME, EMBED]
export const NET_OPTIONS: readonly Option[] = [...PICTURE_OPTIONS, LEVEL, FOLD, FOLD_PARTS, ROW_WIDTH]

export interface PictureWriter {
  readonly file: string
  readonly ending: Ending
  readonly theme: Theme
  readonly drawing: DrawOptions
  /** Writes a picture, into the file that was named or one beside it. */
  readonly write: (picture: Picture, to?: string) => Promise<void>
  readonly writeText: (text: string) => void
}

/** Endings of the files that pictures are written to. */
export const PICTURES = ['.svg', '.png', '.tex', '.html'] as const
type Ending = (typeof PICTURES)[number]

/**
 * What to write a picture with. A format or theme that does not exist and a folder that does not are reported, and stop the
 * command.
 */
export async function pictureWriter(
  file: string,
  options: NetPictureOptions,
  endings: readonly Ending[] = PICTURES,
): Promise<PictureWriter> {
  const ending = endings.find(e => file.toLowerCase().endsWith(e))
  if (ending === undefined) {
    report([unknownFormat(file, endings)])
    throw new Stop(USAGE)
  }
  checkWritable(file)
  const theme = await themeOf(options.theme ?? 'post')
  const { printPicture } = await import('../draw/draw.ts')
  const drawing = drawOptionsOf(options, theme)
  return {
    file,
    ending,
    theme,
    drawing,
    writeText: text => writeOutput(file, text),
    write: async (picture, to = file) => {
      const format = ending.slice(1) as 'svg' | 'png' | 'tex' | 'html'
      writeOutput(to, await printPicture(picture, format, drawing))
    },
  }
}

/** What the options mean to the library. */
function drawOptionsOf(options: NetPictureOptions, theme: Theme): DrawOptions {
  return {
    theme,
    embedFonts: options.embedFonts,
    level: options.level,
    fold: options.fold,
    parts: options.foldParts,
    wrap: options.rowWidth ?? null,
  }
}

/** Reports, and stops the command, where a part is to be folded of which no net of the program has the wire. */
export function checkParts({ nets }: Program, { foldParts = [] }: NetPictureOptions): void {
  const names = Object.values(nets).flatMap(net => [...(net.wires?.keys() ?? [])])
  for (const name of foldParts) {
    if (names.includes(name)) continue
    report([unknownName(null, 'wire', name, nearest(name, names))])
    throw new Stop(USAGE)
  }
}

/** Nodes in one picture: it takes some 12 KB of memory for each. */
const MOST_DRAWN = 100_000

/** Reports, and stops the command, where nets have more nodes than a picture may have. */
export function checkNodes(nets: readonly Diagram[]): void {
  const nodes = nets.reduce((sum, net) => sum + net.nodes.length, 0)
  if (nodes <= MOST_DRAWN) return
  report([tooManyNodes(nodes, MOST_DRAWN)])
  throw new Stop(USAGE)
}

function checkWritable(file: string): void {
  try {
    const about = statSync(file, { throwIfNoEntry: false })
    if (about?.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' })
    accessSync(about === undefined ? dirname(file) : file, constants.W_OK)
  } catch (error) {
    report([fileProblem('write', file, (error as NodeJS.ErrnoException).code ?? String(error))])
    throw new Stop(USAGE)
  }
}

/** The largest file with a theme, in bytes. */
const LARGEST_THEME = 1_000_000

/** A theme by its name, or from a JSON file; what is wrong with it is reported, and stops the command. */
async function themeOf(name: string): Promise<Theme> {
  const { lowContrasts, readTheme, THEMES } = await import('../draw/themes.ts')
  if (Object.hasOwn(THEMES, name)) return THEMES[name as keyof typeof THEMES]
  if (!name.toLowerCase().endsWith('.json')) {
    report([unknownTheme(name, nearest(name, Object.keys(THEMES)), Object.keys(THEMES))])
    throw new Stop(USAGE)
  }
  const text = new TextDecoder().decode(readInput(name, LARGEST_THEME))
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    report([badTheme(name, null, `it is not JSON: ${(error as Error).message}`, null)])
    throw new Stop(USAGE)
  }
  const theme = readTheme(json)
  if (!('colours' in theme)) {
    report(theme.map(p => badTheme(name, p.entry, p.why, p.entry === null ? null : nearest(p.entry, p.nearest ?? []))))
    throw new Stop(USAGE)
  }
  report(lowContrasts(theme).map(c => lowContrast(name, c.entry, c.on, c.contrast, c.needed)))
  return theme
}
