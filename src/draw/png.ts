// SVG as PNG, by resvg, which is loaded when it is first needed. Text is set in the fonts that ship with netproof and in no
// others, so that the same picture has the same pixels on every machine.
import { fontFiles } from './fonts.ts'

/**
 * Draws SVG text in pixels. `scale` is pixels for each unit of the picture; pictures that would be wider or higher than
 * 16,000 pixels are drawn smaller. Throws where the text is not SVG.
 */
export async function toPng(svg: string, scale = 2): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js')
  const size = Math.max(...[...svg.slice(0, 1000).matchAll(/ (?:width|height)="([\d.]+)"/g)].map(m => Number(m[1])), 1)
  const picture = new Resvg(resolveProperties(svg), {
    fitTo: { mode: 'zoom', value: Math.min(scale, MAX_PIXELS / size) },
    font: { loadSystemFonts: false, fontFiles: fontFiles(), defaultFontFamily: 'Noto Serif' },
  })
  return picture.render().asPng()
}

const MAX_PIXELS = 16_000

/** Puts in the values of custom properties, which resvg does not know. Of those that are set twice the first counts. */
function resolveProperties(svg: string): string {
  const values = new Map<string, string>()
  for (const [, name, value] of svg.matchAll(/(--netproof-[a-z0-9-]+):\s*([^;{}<>]+?)\s*(?=[;}])/g))
    if (!values.has(name)) values.set(name, value)
  return svg.replace(/var\((--netproof-[a-z0-9-]+)\)/g, (all, name) => values.get(name) ?? all)
}
