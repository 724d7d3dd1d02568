// The fonts that ship with netproof, as files for resvg and as parts of an SVG file.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { partsByFont } from './metrics.ts'
import type { Scene } from './scene.ts'

const FILES = {
  serif: { file: 'NotoSerif.ttf', family: 'Noto Serif' },
  sans: { file: 'Arimo.ttf', family: 'Arimo' },
  signs: { file: 'NotoSansMath.ttf', family: 'Noto Sans Math' },
} as const

/** The folder `fonts/` of the package: beside `dist/` where netproof is built, two folders up from here where it is not. */
function fontFile(name: string): string {
  const places = ['../fonts/', '../../fonts/'].map(folder => new URL(folder + name, import.meta.url))
  return fileURLToPath(places.find(place => existsSync(place)) ?? places[0])
}

export function fontFiles(): string[] {
  return Object.values(FILES).map(f => fontFile(f.file))
}

/** Style rules with the letters that a scene uses, each font as WOFF2 in the rule itself. */
export async function embeddedFonts(scene: Scene): Promise<string> {
  const used = { serif: new Set<string>(), sans: new Set<string>(), signs: new Set<string>() }
  for (const group of scene.groups) {
    for (const figure of group.figures) {
      if (figure.kind !== 'text') continue
      for (const run of figure.label)
        for (const part of partsByFont(run.text, figure.face)) for (const c of part.text) used[part.font].add(c)
    }
  }
  const { default: subsetFont } = await import('subset-font')
  const rules: string[] = []
  for (const [name, { file, family }] of Object.entries(FILES)) {
    const letters = [...used[name as keyof typeof used]].sort()
    if (letters.length === 0) continue
    const font = await subsetFont(await readFile(fontFile(file)), letters.join(''), { targetFormat: 'woff2' })
    const codes = letters.map(c => `U+${(c.codePointAt(0) as number).toString(16).toUpperCase()}`)
    rules.push(
      // The range lets several pictures on one page have different letters of one font.
      `@font-face { font-family: "${family}"; src: url(data:font/woff2;base64,${font.toString('base64')}) format("woff2"); unicode-range: ${codes.join(', ')} }`,
    )
  }
  return rules.join('\n')
}
