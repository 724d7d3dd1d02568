// Pictures of nets, equations and derivations.
import type { Diagram } from '../diagram/diagram.ts'
import {
  diagramScene,
  type Equation,
  type EquationDerivation,
  equationScene,
  linesScene,
  stackScenes,
} from './derivation.ts'
import { embeddedFonts } from './fonts.ts'
import type { NetOptions } from './net.ts'
import { printPage } from './page.ts'
import { type Plot, plotScene } from './plot.ts'
import { toPng } from './png.ts'
import type { Scene } from './scene.ts'
import { type Derivation, derivationScene, type StageOptions } from './stages.ts'
import { printSvg } from './svg.ts'
import { type Table, tableScene } from './table.ts'
import type { Theme } from './themes.ts'
import { printTikz } from './tikz.ts'

export { animationScene } from './animation.ts'
export type { Equation, EquationDerivation, EquationLine } from './derivation.ts'
export type { Relation } from './parts.ts'
export type { Curve, Panel, Plot } from './plot.ts'
export { printScene, type Scene } from './scene.ts'
export { type Derivation, type Frame, framesOf, type Stage } from './stages.ts'
export type { Row, Table } from './table.ts'
export { readTheme, THEMES, type Theme, type ThemeProblem } from './themes.ts'
export { toPng }

export type Drawable = Diagram | Equation | Derivation | EquationDerivation | Plot | Table

function isList(what: Picture): what is readonly Drawable[] {
  return Array.isArray(what)
}

export interface DrawOptions
  extends Pick<NetOptions, 'level' | 'fold' | 'parts' | 'wrap'>,
    Pick<StageOptions, 'page' | 'most'> {
  /** Set above the picture. Without it a net's or an equation's name is only told to those who cannot see the picture. */
  readonly title?: string
  /** One of `THEMES`, or one that `readTheme` has read; the post's where none is given. */
  readonly theme?: Theme
  /** Puts the letters that the picture uses into the file, so that it looks the same everywhere. */
  readonly embedFonts?: boolean
}

/** What is where in the picture. Throws RangeError where a node reads one that does not come before it. */
export async function sceneOf(what: Drawable | readonly Drawable[], options: DrawOptions = {}): Promise<Scene> {
  if (isList(what)) {
    const scenes: Scene[] = []
    for (const one of what) scenes.push(await sceneOf(one, options))
    return stackScenes(scenes)
  }
  if ('panels' in what) return plotScene(what)
  if ('lines' in what)
    return linesScene(options.title === undefined ? what : { ...what, title: options.title }, options)
  if ('stages' in what)
    return derivationScene(options.title === undefined ? what : { ...what, title: options.title }, options)
  if ('rows' in what) return tableScene(options.title === undefined ? what : { ...what, title: options.title }, options)
  if ('left' in what) return equationScene(what, options.title, options)
  return diagramScene(what, options.title, options)
}

/**
 * SVG text of a net, an equation or a derivation, or of several of them one below the other. Wires of up to eight components are drawn one by one, wider ones and
 * those of unknown size by their first and last components with dots and the size between.
 */
export async function draw(what: Drawable | readonly Drawable[], options: DrawOptions = {}): Promise<string> {
  return svgOf(await sceneOf(what, options), options)
}

/** A scene as SVG text, with more style rules where they are given. */
export async function svgOf(
  scene: Scene,
  { theme, embedFonts = false }: DrawOptions = {},
  style = '',
): Promise<string> {
  const fonts = embedFonts ? await embeddedFonts(scene) : ''
  return printSvg(scene, { theme, style: [fonts, style].filter(s => s !== '').join('\n') })
}

/** What can be written to a file: a scene, or what has one. */
export type Picture = Scene | Drawable | readonly Drawable[]

/** A picture in one of the formats: text, or the bytes of a PNG. */
export async function printPicture(
  picture: Picture,
  format: 'svg' | 'png' | 'tex' | 'html',
  options: DrawOptions = {},
): Promise<string | Uint8Array> {
  const scene = !isList(picture) && 'groups' in picture ? picture : await sceneOf(picture, options)
  switch (format) {
    case 'svg':
      return svgOf(scene, options)
    case 'png':
      return toPng(printSvg(scene, options))
    case 'tex':
      return printTikz(scene, options)
    case 'html':
      return printPage(scene, await svgOf(scene, options), options)
  }
}
