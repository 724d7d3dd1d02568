// A scene as TikZ: a file that LaTeX sets by itself, and that a paper takes over with \input. It asks for the package tikz
// and no fonts; labels are in the fonts of the paper, at the places and in the sizes of the picture.
import { cleanText, cutText, type Label, type Run } from './label.ts'
import type { Figure, Point, Scene } from './scene.ts'
import { type Painted, paintOf } from './style.ts'
import { THEMES, type Theme } from './themes.ts'

/** The measures of a page of the article class, in points, and the largest scale. */
const PAGE = { width: 340, height: 530 }
const MAX_SCALE = 0.5
/** The size of the type that labels are scaled from: there in every family. */
const TYPE = 10

/** A whole .tex file. Pictures are scaled down to the width and height of a page of an article. */
export function printTikz(scene: Scene, { theme = THEMES.post }: { readonly theme?: Theme } = {}): string {
  const scale = Math.min(MAX_SCALE, PAGE.width / scene.width, PAGE.height / scene.height)
  const colours = new Map<string, string>()
  const body = scene.groups.flatMap(group =>
    group.figures.map(figure => printFigure(figure, paintOf(figure, group.class, theme), scale, colours)),
  )
  const { background } = theme.colours
  const size = `(0,0) rectangle (${length(scene.width * scale)},${length(scene.height * scale)})`
  const ground =
    background === 'none' || background === '#ffffff'
      ? `\\path ${size};`
      : `\\fill[${colour(background, colours)}] ${size};`
  return [
    `% ${comment(scene.title)}`,
    `% ${comment(scene.description)}`,
    '% LaTeX sets this file by itself. For a paper: \\usepackage{tikz} in the preamble, then \\input this file where the',
    '% picture goes; \\resizebox{\\linewidth}{!}{\\input{...}} gives it another width.',
    '\\ifdefined\\tikzpicture\\def\\netproofend{}\\else',
    '\\documentclass{article}\\usepackage{tikz}\\pagestyle{empty}\\def\\netproofend{\\end{document}}\\begin{document}\\noindent',
    '\\fi',
    '\\begin{tikzpicture}[x=1pt,y=-1pt,inner sep=0pt,outer sep=0pt,line join=round]',
    `\\fontsize{${TYPE}}{12}\\selectfont`,
    ...[...colours].map(([hex, name]) => `\\definecolor{${name}}{HTML}{${hex}}`),
    ground,
    ...body,
    '\\end{tikzpicture}%',
    '\\netproofend',
    '',
  ].join('\n')
}

function colour(hex: string, colours: Map<string, string>): string {
  const digits = hex.slice(1).toUpperCase()
  const name = colours.get(digits) ?? `netproof${digits}`
  colours.set(digits, name)
  return name
}

/** Points, as TeX reads them: no exponent, no more digits than it keeps. */
function length(x: number): string {
  const text = x.toFixed(3).replace(/\.?0+$/, '')
  return text === '-0' ? '0' : text
}

function printFigure(figure: Figure, painted: Painted, scale: number, colours: Map<string, string>): string {
  const at = ([x, y]: Point): string => `(${length(x * scale)},${length(y * scale)})`
  const options = [
    ...(painted.fill === null ? [] : [`fill=${colour(painted.fill, colours)}`]),
    ...(painted.stroke === null
      ? []
      : [`draw=${colour(painted.stroke, colours)}`, `line width=${length(painted.width * scale)}pt`]),
    ...(painted.stroke === null || painted.cap === 'butt' ? [] : ['line cap=round']),
    ...(painted.stroke === null || painted.dash.length === 0
      ? []
      : [
          `dash pattern=${painted.dash.map((d, i) => `${i % 2 === 0 ? 'on' : 'off'} ${length(d * scale)}pt`).join(' ')}`,
        ]),
  ]
  const path = (d: string): string => `\\path[${options.join(',')}] ${d};`
  switch (figure.kind) {
    case 'strokes':
      return path(figure.lines.map(line => line.map(at).join(' -- ')).join(' '))
    case 'wires':
      return path(
        figure.runs
          .map(({ from, to, bend: [a, b] }) => {
            if (Math.abs(from[1] - to[1]) < 0.005) return `${at(from)} -- ${at(to)}`
            const middle = (a + b) / 2
            return `${at(from)} -- ${at([a, from[1]])} .. controls ${at([middle, from[1]])} and ${at([middle, to[1]])} .. ${at([b, to[1]])} -- ${at(to)}`
          })
          .join(' '),
      )
    case 'polygon':
      return path(`${figure.points.map(at).join(' -- ')} -- cycle`)
    case 'circle':
      return path(`${at(figure.center)} circle[radius=${length(figure.radius * scale)}pt]`)
    case 'box': {
      const [x, y] = figure.corner
      const corners = `{[rounded corners=${length(figure.radius * scale)}pt] ${at(figure.corner)} rectangle ${at([x + figure.width, y + figure.height])}}`
      return path(corners)
    }
    case 'text': {
      const anchor = { start: 'base west', middle: 'base', end: 'base east' }[figure.anchor]
      const factor = (figure.size * scale) / TYPE
      const family = figure.face === 'sans' ? '\\sffamily ' : '\\rmfamily '
      const ink = painted.fill === null ? '' : `text=${colour(painted.fill, colours)},`
      return `\\node[${ink}anchor=${anchor},scale=${length(factor)}] at ${at(figure.at)} {${family}${printLabel(figure.label)}};`
    }
  }
}

/** Runs one after the other; what a run that goes back begins under takes no room of its own. */
function printLabel(label: Label): string {
  return label
    .map((run, i) => {
      const set = printRun(run)
      return label[i + 1]?.back === true ? `\\rlap{${set}}` : set
    })
    .join('')
}

function printRun(run: Run): string {
  const text = texText(run.text)
  const sized = run.size === 1 ? text : `\\scalebox{${length(run.size)}}{${text}}`
  return run.rise === 0 ? sized : `\\raisebox{${length(run.rise * TYPE)}pt}{${sized}}`
}

const SPECIAL: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\ensuremath{<}',
  '>': '\\ensuremath{>}',
  '|': '\\ensuremath{|}',
  '"': "''",
  '`': '\\textquoteleft{}',
  // Braces keep what would become a dash, a quotation mark or an option apart.
  '-': '-{}',
  "'": "'{}",
  ',': ',{}',
  '?': '?{}',
  '!': '!{}',
  '[': '{[}',
  ']': '{]}',
  '*': '\\ensuremath{*}',
  '+': '\\ensuremath{+}',
  '=': '\\ensuremath{=}',
  '\u00a0': '~',
  ß: '\\ss{}',
  æ: '\\ae{}',
  Æ: '\\AE{}',
  ø: '\\o{}',
  Ø: '\\O{}',
  å: '\\aa{}',
  Å: '\\AA{}',
  ı: '\\i{}',
  ł: '\\l{}',
  Ł: '\\L{}',
  '–': '--{}',
  '—': '---{}',
  '‘': '\\textquoteleft{}',
  '’': '\\textquoteright{}',
  '“': '\\textquotedblleft{}',
  '”': '\\textquotedblright{}',
  '…': '\\ldots{}',
  '•': '\\textbullet{}',
}

const MATHEMATICS: Readonly<Record<string, string>> = {
  '′': '{}^{\\prime}',
  '∘': '\\circ',
  '·': '\\cdot',
  '−': '-',
  '×': '\\times',
  '÷': '\\div',
  '±': '\\pm',
  '≤': '\\le',
  '≥': '\\ge',
  '≠': '\\ne',
  '≈': '\\approx',
  '∞': '\\infty',
  '→': '\\to',
  '∈': '\\in',
  '√': '\\surd',
  '∅': '\\emptyset',
  '⊙': '\\odot',
  '⊕': '\\oplus',
  '∂': '\\partial',
  '∑': '\\sum',
  '∏': '\\prod',
  '∫': '\\int',
  '‖': '\\Vert',
  '⌊': '\\lfloor',
  '⌋': '\\rfloor',
  '⌈': '\\lceil',
  '⌉': '\\rceil',
  '²': '{}^2',
  '³': '{}^3',
  '¹': '{}^1',
  α: '\\alpha',
  β: '\\beta',
  γ: '\\gamma',
  δ: '\\delta',
  ε: '\\varepsilon',
  ζ: '\\zeta',
  η: '\\eta',
  θ: '\\theta',
  ι: '\\iota',
  κ: '\\kappa',
  λ: '\\lambda',
  μ: '\\mu',
  µ: '\\mu',
  ν: '\\nu',
  ξ: '\\xi',
  ο: 'o',
  π: '\\pi',
  ρ: '\\rho',
  σ: '\\sigma',
  ς: '\\varsigma',
  τ: '\\tau',
  υ: '\\upsilon',
  φ: '\\varphi',
  ϕ: '\\phi',
  χ: '\\chi',
  ψ: '\\psi',
  ω: '\\omega',
  Γ: '\\Gamma',
  Δ: '\\Delta',
  Θ: '\\Theta',
  Λ: '\\Lambda',
  Ξ: '\\Xi',
  Π: '\\Pi',
  Σ: '\\Sigma',
  Υ: '\\Upsilon',
  Φ: '\\Phi',
  Ψ: '\\Psi',
  Ω: '\\Omega',
}

/** Accents that stand above or below a letter, by their combining characters. */
const ACCENTS: Readonly<Record<string, string>> = {
  '\u0300': '\\`',
  '\u0301': "\\'",
  '\u0302': '\\^',
  '\u0303': '\\~',
  '\u0304': '\\=',
  '\u0306': '\\u',
  '\u0307': '\\.',
  '\u0308': '\\"',
  '\u030a': '\\r',
  '\u030b': '\\H',
  '\u030c': '\\v',
  '\u0323': '\\d',
  '\u0327': '\\c',
  '\u0328': '\\c',
  '\u0331': '\\b',
}

/** Text in the ASCII that every LaTeX sets; a character that it has no letter for is shown by its code. */
export function texText(text: string): string {
  const characters = [...text]
  let out = ''
  for (let i = 0; i < characters.length; i++) {
    const character = characters[i]
    if (Object.hasOwn(SPECIAL, character)) out += SPECIAL[character]
    else if (Object.hasOwn(MATHEMATICS, character)) out += `\\ensuremath{${MATHEMATICS[character]}}`
    else if (character >= ' ' && character <= '~') out += character
    else {
      const [base, ...marks] = character.normalize('NFD')
      const isLetter = /^[A-Za-z]$/.test(base) && marks.length > 0 && marks.every(m => Object.hasOwn(ACCENTS, m))
      // The dots of i and j make room.
      const dotless = base === 'i' ? '\\i' : base === 'j' ? '\\j' : base
      if (isLetter) out += marks.reduce((set, mark) => `${ACCENTS[mark]}{${set}}`, dotless)
      else if (!/\p{Mark}/u.test(character))
        out += `\\scalebox{0.5}{U+${(character.codePointAt(0) as number).toString(16).toUpperCase()}}`
    }
  }
  return out
}

/** One line of a comment. Descriptions of large nets are long; the file has the picture. */
function comment(text: string): string {
  return cutText(cleanText(text), 400)
}
