// SVG as PNG, by resvg, which is loaded when it is first needed. Fonts are the machine's: the same picture may differ in
// its letters from machine to machine, which SVG text by itself does not.

/** Draws SVG text in pixels. `scale` is pixels for each unit of the picture. Throws where the text is not SVG. */
export async function toPng(svg: string, scale = 2): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js')
  const picture = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: { loadSystemFonts: true, defaultFontFamily: 'DejaVu Serif' },
  })
  return picture.render().asPng()
}
