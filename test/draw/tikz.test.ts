// TikZ: what labels become, and, where pdflatex is installed, that a plain article sets it.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { printPicture, sceneOf, THEMES } from '../../src/draw/draw.ts'
import { nameLabel, plain } from '../../src/draw/label.ts'
import type { Scene } from '../../src/draw/scene.ts'
import { printTikz, texText } from '../../src/draw/tikz.ts'
import { EXAMPLES, theorem } from './nets.ts'

const NASTY = '\\input{/etc/passwd} $x$ #1 %c &~_^{}`\'"<>|[]-- ?` é ñ ş İ ø ß σ∘λ−≤∞ Ж 漢 😀 …'

const scene = (label: string): Scene => ({
  width: 400,
  height: 60,
  title: label,
  description: `${label}\n\\end{document}`,
  groups: [
    {
      id: 'g',
      class: 'title',
      title: '',
      figures: [
        { kind: 'text', class: 'name', at: [5, 30], anchor: 'start', size: 19, face: 'serif', label: plain(label) },
      ],
    },
  ],
})

describe('labels', () => {
  const cases: [string, string][] = [
    ['a_b', 'a\\_b'],
    ['50% & #1', '50\\% \\& \\#1'],
    ['\\x{y}', '\\textbackslash{}x\\{y\\}'],
    ['σ′ ≤ ∞', '\\ensuremath{\\sigma}\\ensuremath{{}^{\\prime}} \\ensuremath{\\le} \\ensuremath{\\infty}'],
    ['é', "\\'{e}"],
    ['ǖ', '\\={\\"{u}}'],
    ['í', "\\'{\\i}"],
    ['Ж', '\\scalebox{0.5}{U+416}'],
    ['a--b', 'a-{}-{}b'],
  ]
  it.each(cases)('%s', (text, tex) => expect(texText(text)).toBe(tex))
  it('are ASCII, and have every command in braces', () => {
    const tex = texText(NASTY)
    expect(tex).toMatch(/^[ -~]*$/)
    expect(tex).not.toMatch(/(?<!\\)[%#$&_]|\\input/)
  })
  it('a subscript stands below the prime', () => {
    const f = { kind: 'text', class: 'name', at: [0, 0], anchor: 'middle', size: 10, face: 'serif' } as const
    const tex = printTikz({
      ...scene(''),
      groups: [{ id: 'g', class: '', title: '', figures: [{ ...f, label: nameLabel("x1'") }] }],
    })
    expect(tex).toContain('x\\rlap{\\ensuremath{{}^{\\prime}}}\\raisebox{-2.4pt}{\\scalebox{0.68}{1}}')
  })
})

describe('pictures', () => {
  it('comments are comments', () => {
    const lines = printTikz(scene(NASTY)).split('\n')
    const end = lines.findIndex(l => !l.startsWith('%'))
    expect(lines.slice(end).join('\n')).not.toMatch(/\\input\{|\\end\{document\}(?!\})/)
  })
  it('fit on a page, and have the theme', async () => {
    const { product } = theorem()
    const post = printTikz(await sceneOf(product))
    expect(post).toContain('\\definecolor{netproof9900FF}{HTML}{9900FF}')
    const print = printTikz(await sceneOf(product), { theme: THEMES.print })
    expect(print).not.toContain('9900FF')
    expect(print).toContain('dash pattern=on ')
    const xs = [...post.matchAll(/\((-?[\d.]+),(-?[\d.]+)\)/g)].map(m => [Number(m[1]), Number(m[2])])
    expect(xs.every(([x, y]) => x >= 0 && x <= 341 && y >= 0 && y <= 531)).toBe(true)
  })
})

const latex = spawnSync('pdflatex', ['--version']).status === 0
if (!latex) console.warn('pdflatex is not installed: that TikZ compiles is not tried')

describe.skipIf(!latex)('LaTeX', () => {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'netproof-tex-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))
  const compile = (name: string): string => {
    const args = ['-interaction=nonstopmode', '-halt-on-error', `${name}.tex`]
    const { status, stdout } = spawnSync('pdflatex', args, { cwd: folder, encoding: 'latin1' })
    expect(status, stdout.slice(-1500)).toBe(0)
    return readFileSync(join(folder, `${name}.log`), 'latin1')
  }

  it('sets a file by itself, on one page', async () => {
    writeFileSync(join(folder, 'alone.tex'), await printPicture(theorem().product, 'tex'))
    const log = compile('alone')
    expect(log).toMatch(/Output written on alone\.pdf \(1 page/)
    expect(log).not.toMatch(/Overfull|Missing character|undefined/)
  }, 60_000)
  it('sets all of them in an article', async () => {
    const inputs: string[] = []
    const add = (name: string, tex: string | Uint8Array): void => {
      writeFileSync(join(folder, `${name}.tex`), tex)
      inputs.push(`\\input{${name}.tex}\\par`)
    }
    for (const [name, make] of Object.entries(EXAMPLES)) add(name, await printPicture(make(), 'tex'))
    for (const theme of [THEMES.print, THEMES.dark])
      add(`theorem-${theme.name}`, await printPicture(theorem().product, 'tex', { theme }))
    add('nasty', printTikz(scene(NASTY)))
    const article = `\\documentclass{article}\\usepackage{tikz}\\begin{document}\n${inputs.join('\n')}\n\\end{document}\n`
    writeFileSync(join(folder, 'article.tex'), article)
    expect(compile('article')).not.toMatch(/Missing character|undefined/)
  }, 60_000)
})
