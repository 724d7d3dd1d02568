// A picture as a page of HTML that stands alone: nothing in it is loaded from elsewhere.
import type { Scene } from './scene.ts'
import { escapeXml } from './svg.ts'
import { THEMES, type Theme } from './themes.ts'

/** A page with a picture (SVG text) and what it shows in words. */
export function printPage(scene: Scene, svg: string, { theme = THEMES.post }: { readonly theme?: Theme } = {}): string {
  const { background, ink, muted } = theme.colours
  const title = escapeXml(scene.title)
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${title}</title>`,
    '<style>',
    `body { margin: 2rem auto; max-width: 80rem; padding: 0 1rem; font-family: Arimo, Arial, Helvetica, sans-serif; background: ${background === 'none' ? '#ffffff' : background}; color: ${ink} }`,
    'figure { margin: 0 } figure > div { overflow-x: auto } svg { max-width: 100%; height: auto }',
    `details { color: ${muted}; margin-top: 1rem } summary { cursor: pointer }`,
    '</style>',
    `<h1>${title}</h1>`,
    `<figure><div>${svg.trimEnd()}</div>`,
    `<figcaption><details><summary>in words</summary><p>${escapeXml(scene.description)}</p></details></figcaption></figure>`,
    '</html>',
    '',
  ].join('\n')
}
