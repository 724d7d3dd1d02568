// Pictures from the command line: formats, themes, and what is bad input. Whatever happens, no broken file is left.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../', import.meta.url))
const cli = join(root, 'dist/cli.mjs')
const theorem = join(root, 'examples/theorem.net')
const USAGE = 3

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'netproof-pictures-'))
  if (existsSync(cli)) return
  expect(spawnSync(process.execPath, [join(root, 'node_modules/tsdown/dist/run.mjs')], { cwd: root }).status).toBe(0)
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true }))

function run(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const result = spawnSync(process.execPath, [cli, ...args], { cwd: folder, encoding: 'utf8' })
  expect(result.stderr + result.stdout).not.toMatch(/\n\s+at .*[:(]\d+/)
  expect(result.stderr).not.toContain('internal fault')
  return result
}
function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content)
  return name
}
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

/** Whether a text is well-formed XML as far as tags go: each one is closed, and nothing stands open. */
function isWellFormed(xml: string): boolean {
  const open: string[] = []
  const rest = xml.replace(
    /<(\/?)([A-Za-z]+)((?:\s+[\w:-]+="[^"<&]*(?:&(?:amp|lt|gt|quot|#39);[^"<&]*)*")*)\s*(\/?)>/g,
    (_, close, name, __, empty) => {
      if (close !== '') {
        if (open.pop() !== name) open.push('wrong')
      } else if (empty === '') open.push(name)
      return ''
    },
  )
  return open.length === 0 && !/[<>]|&(?!(?:amp|lt|gt|quot|#39);)/.test(rest.replace(/<style>[\s\S]*?<\/style>/g, ''))
}

describe('formats', () => {
  const formats: [string, RegExp][] = [
    ['svg', /^<svg [^>]*class="netproof netproof-print" role="img"[\s\S]*<\/svg>\n$/],
    ['tex', /^%[\s\S]*\\begin\{tikzpicture\}[\s\S]*dash pattern[\s\S]*\\end\{tikzpicture\}/],
    ['html', /^<!doctype html>[\s\S]*netproof-print[\s\S]*@font-face[\s\S]*<\/html>\n$/],
    ['PNG', /^.PNG/],
  ]
  test.each(formats)('prove --svg F.%s', (format, expected) => {
    const args = ['prove', theorem, '--svg', `p.${format}`, '--theme', 'print', '--embed-fonts']
    expect(run(...args).status).toBe(0)
    expect(read(`p.${format}`)).toMatch(expected)
  })
  test('the same input gives the same bytes, and the fonts are in the file', () => {
    expect(run('draw', theorem, 'product', '-o', 'a.svg', '--embed-fonts').status).toBe(0)
    expect(run('draw', theorem, 'product', '-o', 'b.svg', '--embed-fonts').status).toBe(0)
    expect(read('a.svg')).toBe(read('b.svg'))
    expect(read('a.svg')).toMatch(/@font-face \{ font-family: "Noto Serif"; src: url\(data:font\/woff2;base64,d09GM/)
    expect(read('a.svg')).not.toContain('font-family: "Arimo"')
    expect(isWellFormed(read('a.svg'))).toBe(true)
  })
  test('nothing is loaded from elsewhere', () => {
    expect(run('draw', theorem, '-o', 'p.html').status).toBe(0)
    expect(read('p.html')).not.toMatch(/(?:src|href)=|@import|url\((?!data:)/)
  })
  test('the sign between nets says what is proved', () => {
    const nets = 'net a { x : 1 -> relu -> y }\nnet b { x : 1 -> max[0] -> y }\nnet c { x : 1 -> y }\n'
    const claims = file('claims.net', `${nets}prove a == b\nprove b == c\n`)
    expect(run('draw', claims, '-o', 'claims.svg').status).toBe(0)
    expect([...read('claims.svg').matchAll(/class="equals"><title>(.)/g)].map(m => m[1])).toEqual(['=', '≠'])
  })
})

describe('bad input', () => {
  test('an unknown format, before the work begins', () => {
    const { status, stdout, stderr } = run('prove', theorem, '--svg', 'p.gif')
    expect([status, stdout]).toEqual([USAGE, ''])
    expect(stderr).toMatch(/E807.*`p\.gif`[\s\S]*\.svg, \.png, \.tex or \.html/)
  })
  test('an unknown theme', () => {
    const { status, stderr } = run('draw', theorem, '-o', 'drak.svg', '--theme', 'drak')
    expect(status).toBe(USAGE)
    expect(stderr).toMatch(/E811.*`drak`[\s\S]*did you mean `dark`\?/)
    expect(existsSync(join(folder, 'drak.svg'))).toBe(false)
  })
  test('themes in files', () => {
    const draw = (theme: string): string => {
      const { status, stderr } = run('draw', theorem, 'product', '-o', 't.svg', '--theme', theme)
      return `${status} ${stderr}`
    }
    expect(draw('nowhere.json')).toMatch(/^3 .*E801.*there is no such file/)
    expect(draw(file('broken.json', '{ "ink": '))).toMatch(/^3 .*E812.*it is not JSON/)
    const wrong = draw(file('wrong.json', '{ "ink": "black", "multiplicativ": "#fff" }'))
    expect(wrong).toMatch(/^3 .*E812.*`ink`: a colour is written[\s\S]*E812.*`multiplicativ`[\s\S]*`multiplicative`/)
    expect(draw(file('pale.json', '{ "ink": "#999999" }'))).toMatch(
      /^0 .*W813.*ink on background has a contrast of 2\.8/,
    )
    expect(draw(file('good.json', '{ "name": "mine", "base": "dark" }'))).toBe('0 ')
    expect(read('t.svg')).toContain('netproof-mine {')
  })
  test('a path that cannot be written to', () => {
    mkdirSync(join(folder, 'sub.svg'))
    for (const [path, why] of [
      [join('nowhere', 'p.svg'), 'its folder does not exist'],
      ['sub.svg', 'it is a folder'],
    ]) {
      const { status, stdout, stderr } = run('prove', theorem, '--svg', path)
      expect([status, stdout]).toEqual([USAGE, ''])
      expect(stderr).toContain(why)
    }
  })
  // A superuser may write anywhere.
  test.skipIf(process.getuid?.() === 0)('a folder and a file that may not be written', () => {
    mkdirSync(join(folder, 'locked'))
    chmodSync(join(folder, 'locked'), 0o500)
    file('kept.svg', 'kept')
    chmodSync(join(folder, 'kept.svg'), 0o400)
    for (const path of [join('locked', 'p.svg'), 'kept.svg']) {
      const { status, stderr } = run('draw', theorem, '-o', path)
      expect(status).toBe(USAGE)
      expect(stderr).toContain('permission is denied')
    }
    expect(read('kept.svg')).toBe('kept')
  })
  test('a file with nothing to draw', () => {
    const { status, stderr } = run('draw', file('sizes.net', 'size n\n'), '-o', 'p.svg')
    expect(status).toBe(USAGE)
    expect(stderr).toContain('E814')
    expect(run('draw', file('empty.net', 'net a { x : 3 -> y }\n'), 'nothing', '-o', 'p.svg').stderr).toContain('E201')
  })
  test('a net with nothing in it', () => {
    for (const text of ['net a { input x : 3 }\n', 'net a { }\n']) {
      const { status, stderr } = run('draw', file('nothing.net', text), 'a', '-o', 'nothing.svg')
      // Either the language refuses it, or it is a sound picture.
      if (status === 0) expect(isWellFormed(read('nothing.svg'))).toBe(true)
      else {
        expect(status).toBe(USAGE)
        expect(stderr).toMatch(/error\[E\d+\]/)
      }
    }
  })
  test('a rule without a picture', () => {
    const rules = 'rule r "any" { function f(..), g(..)   f -> g ==> g . f }\n'
    const { status, stderr } = run('draw', file('rules.net', rules), 'r', '-o', 'r.svg')
    expect([0, USAGE]).toContain(status)
    if (status === USAGE) expect(stderr).toMatch(/E815|error/)
  })
  const TITLE = '<script>alert(1)</script> & \\input{x} $y$ % \u0007\u001b[31m \u202e ]]> 50%'
  test('markup and control characters in labels are text in every format', () => {
    const nets = `net a "${TITLE}" { x : 3 -> exp -> y }\nnet b "plain" { x : 3 -> y }\n`
    const name = file('markup.net', nets)
    for (const ending of ['svg', 'html', 'tex', 'png']) {
      const { status, stderr } = run('draw', name, '-o', `markup.${ending}`)
      expect([status, stderr]).toEqual([0, ''])
      if (ending === 'png') continue
      const text = read(`markup.${ending}`)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
      expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u202e]/)
      if (ending === 'tex') expect(text.replace(/^%.*$/gm, '')).not.toMatch(/\\input\{|(?<!\\)\$|\s%/)
      else expect(text).not.toContain('<script')
    }
    expect(isWellFormed(read('markup.svg'))).toBe(true)
  })
  test('names of a thousand characters', () => {
    const long = 'a'.repeat(1000)
    const text = `function ${long} : R -> R\nweights W${long} : 3 x 3\nnet n${long} "${long} ${long}" { x${long} : 3 -> ${long} -> add[W${long}] -> y${long} }\nnet b { x : 3 -> y }\n`
    const name = file('long.net', text)
    for (const ending of ['svg', 'tex', 'html', 'png']) {
      const { status, stderr } = run('draw', name, '-o', `long.${ending}`)
      expect([status, stderr]).toEqual([0, ''])
    }
    const svg = read('long.svg')
    expect(isWellFormed(svg)).toBe(true)
    expect(Number(/ width="(\d+)"/.exec(svg)?.[1])).toBeLessThan(2500)
    expect(svg).toContain('…')
  })
})
