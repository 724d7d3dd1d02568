// Pictures of nets, equations and derivations.
import type { Diagram } from '../diagram/diagram.ts'
import {
  type Derivation,
  derivationScene,
  diagramScene,
  type Equation,
  type EquationDerivation,
  equationScene,
  linesScene,
  stackScenes,
} from './derivation.ts'
import { type Plot, plotScene } from './plot.ts'
import type { Scene } from './scene.ts'
import { printSvg } from './svg.ts'

export type { Derivation, Equation, EquationDerivation, EquationLine, Relation, Stage } from './derivation.ts'
export type { Curve, Panel, Plot } from './plot.ts'
export { toPng } from './png.ts'
export { printScene, type Scene } from './scene.ts'

export type Drawable = Diagram | Equation | Derivation | EquationDerivation | Plot

function isList(what: Drawable | readonly Drawable[]): what is readonly Drawable[] {
  return Array.isArray(what)
}

export interface DrawOptions {
  /** Set above the picture. Without it a net's or an equation's name is only told to those who cannot see the picture. */
  readonly title?: string
}

/** What is where in the picture. Throws RangeError where a node reads one that does not come before it. */
export async function sceneOf(what: Drawable | readonly Drawable[], options: DrawOptions = {}): Promise<Scene> {
  if (isList(what)) {
    const scenes: Scene[] = []
    for (const one of what) scenes.push(await sceneOf(one, options))
    return stackScenes(scenes)
  }
  if ('panels' in what) return plotScene(what)
  if ('lines' in what) return linesScene(options.title === undefined ? what : { ...what, title: options.title })
  if ('stages' in what) return derivationScene(options.title === undefined ? what : { ...what, title: options.title })
  if ('left' in what) return equationScene(what, options.title)
  return diagramScene(what, options.title)
}

/**
 * SVG text of a net, an equation or a derivation, or of several of them one below the other. Wires of up to eight components are drawn one by one, wider ones and
 * those of unknown size by their first and last components with dots and the size between.
 */
export async function draw(what: Drawable | readonly Drawable[], options: DrawOptions = {}): Promise<string> {
  return printSvg(await sceneOf(what, options))
}
