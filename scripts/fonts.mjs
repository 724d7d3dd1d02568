// Writes fonts/ and src/draw/widths.ts anew: the letters and signs of Noto Serif, Arimo and Noto Sans Math that pictures
// use, and how wide each is. The faces are all under the SIL Open Font License and reserve no names. They change rarely,
// so the packages that have them are no dependencies; to run this:
//   npm install --no-save fontkit@2.0.4 @expo-google-fonts/noto-serif@0.4.2 @expo-google-fonts/arimo@0.4.3 @expo-google-fonts/noto-sans-math@0.4.2
//   node scripts/fonts.mjs
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { create } from 'fontkit'
import subsetFont from 'subset-font'

const root = new URL('..', import.meta.url)
const range = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => from + i)
const WRITING = [
  ...range(0x20, 0x7e),
  ...range(0xa0, 0x17f),
  ...range(0x384, 0x3ce),
  ...range(0x3d0, 0x3d6),
  ...range(0x400, 0x45f),
  ...range(0x2010, 0x2027),
  ...range(0x2030, 0x203a),
  ...range(0x2070, 0x2094),
  0x2212,
  0xfffd,
]
const SIGNS = [
  ...range(0x2100, 0x214f),
  ...range(0x2190, 0x21ff),
  ...range(0x2200, 0x22ff),
  ...range(0x2308, 0x230b),
  ...range(0x27e6, 0x27eb),
  ...range(0x27f5, 0x27ff),
  ...range(0x2a00, 0x2a0f),
]

const FACES = [
  { face: 'serif', from: 'noto-serif', file: 'NotoSerif_400Regular.ttf', to: 'NotoSerif.ttf', codes: WRITING },
  { face: 'sans', from: 'arimo', file: 'Arimo_400Regular.ttf', to: 'Arimo.ttf', codes: WRITING },
  { face: 'signs', from: 'noto-sans-math', file: 'NotoSansMath_400Regular.ttf', to: 'NotoSansMath.ttf', codes: SIGNS },
]

mkdirSync(new URL('fonts/', root), { recursive: true })
const tables = []
for (const { face, from, file, to, codes } of FACES) {
  const folder = new URL(`node_modules/@expo-google-fonts/${from}/`, root)
  const whole = readFileSync(new URL(`400Regular/${file}`, folder))
  const original = create(whole)
  const known = new Set(original.characterSet)
  const kept = codes.filter(code => known.has(code))
  // Without kerning and ligatures a text is exactly as wide as its letters, which is how the layout measures it.
  const font = await subsetFont(whole, String.fromCodePoint(...kept), {
    targetFormat: 'truetype',
    noHinting: true,
    noLayoutClosure: true,
    preserveNameIds: [0, 13, 14],
    dropTables: ['GSUB', 'GPOS', 'GDEF', 'kern', 'MATH', 'STAT'],
  })
  writeFileSync(new URL(`fonts/${to}`, root), font)
  writeFileSync(
    new URL(`fonts/${to.replace('.ttf', '-LICENSE.txt')}`, root),
    readFileSync(new URL('LICENSE_FONT', folder)),
  )
  const width = code => Math.round((1000 * original.glyphForCodePoint(code).advanceWidth) / original.unitsPerEm)
  const runs = []
  for (const code of kept) {
    const last = runs.at(-1)
    if (last !== undefined && last.end + 1 === code) {
      last.end = code
      last.widths.push(width(code))
    } else runs.push({ start: code, end: code, widths: [width(code)] })
  }
  tables.push(`  ${face}: [\n${runs.map(r => `    [${r.start}, '${r.widths.join(' ')}'],`).join('\n')}\n  ],`)
}
writeFileSync(
  new URL('src/draw/widths.ts', root),
  `// Written by scripts/fonts.mjs from the fonts in fonts/: how wide letters and signs are, in thousandths of the font size.

/** For each face runs of characters: the code of the first one, and the widths of it and of those that follow. */
// biome-ignore format: lines of numbers
export const WIDTHS: Readonly<Record<'serif' | 'sans' | 'signs', readonly (readonly [first: number, widths: string])[]>> = {
${tables.join('\n')}
}
`,
)
