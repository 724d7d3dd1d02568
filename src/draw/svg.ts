// A scene as SVG text: the same bytes for the same scene on every machine. Colours and fonts stand in one style sheet.
import type { Label } from './label.ts'
import { measure } from './label.ts'
import { partsByFont } from './metrics.ts'
import { type Figure, type Group, type Point, printNumber, type Scene } from './scene.ts'
import { styleSheet } from './style.ts'
import { THEMES, type Theme } from './themes.ts'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text for an element or an attribute. Labels are clean already (`cleanText`). */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, c => ESCAPES[c])
}

/** A short name made of the content, so that ids in two pictures on one page differ unless the pictures are the same. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return hash.toString(16).padStart(8, '0')
}

export interface SvgOptions {
  readonly theme?: Theme
  /** More style rules, such as those of embedded fonts. */
  readonly style?: string
}

/** A whole SVG file. */
export function printSvg(scene: Scene, { theme = THEMES.post, style = '' }: SvgOptions = {}): string {
  const body = scene.groups.map(printGroup).join('\n')
  const said = `${escapeXml(scene.title)}\n${escapeXml(scene.description)}`
  const id = `np-${fingerprint(said + body)}`
  const [width, height] = [Math.ceil(scene.width), Math.ceil(scene.height)]
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="netproof netproof-${theme.name}" role="img" aria-labelledby="${id}-title ${id}-description" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">`,
    `<title id="${id}-title">${escapeXml(scene.title)}</title>`,
    `<desc id="${id}-description">${escapeXml(scene.description)}</desc>`,
    `<style>\n${styleSheet(theme)}\n${style === '' ? '' : `${style}\n`}</style>`,
    `<rect class="background" width="${width}" height="${height}"/>`,
    body.replaceAll(ID_MARK, `${id}-`),
    '</svg>',
    '',
  ].join('\n')
}

// Stands for the picture's own prefix until the content is known; not a character that a label can have.
const ID_MARK = '\uffff'

function printGroup(group: Group): string {
  const title = group.title === '' ? '' : `<title>${escapeXml(group.title)}</title>`
  return `<g id="${ID_MARK}${group.id}" class="${group.class}">${title}${group.figures.map(printFigure).join('')}</g>`
}

function point([x, y]: Point): string {
  return `${printNumber(x)} ${printNumber(y)}`
}

function printFigure(f: Figure): string {
  switch (f.kind) {
    case 'strokes':
      return `<path class="${f.class}" d="${f.lines.map(line => `M${line.map(point).join('L')}`).join('')}"/>`
    case 'wires':
      return `<path class="${f.class}" d="${f.runs
        .map(({ from, to, bend: [a, b] }) => {
          if (Math.abs(from[1] - to[1]) < 0.005) return `M${point(from)}H${printNumber(to[0])}`
          const middle = printNumber((a + b) / 2)
          const lead = Math.abs(a - from[0]) < 0.005 ? '' : `H${printNumber(a)}`
          const tail = Math.abs(b - to[0]) < 0.005 ? '' : `H${printNumber(to[0])}`
          return `M${point(from)}${lead}C${middle} ${printNumber(from[1])} ${middle} ${printNumber(to[1])} ${printNumber(b)} ${printNumber(to[1])}${tail}`
        })
        .join('')}"/>`
    case 'polygon':
      return `<polygon class="${f.class}" points="${f.points.map(([x, y]) => `${printNumber(x)},${printNumber(y)}`).join(' ')}"/>`
    case 'circle':
      return `<circle class="${f.class}" cx="${printNumber(f.center[0])}" cy="${printNumber(f.center[1])}" r="${printNumber(f.radius)}"/>`
    case 'box':
      return `<rect class="${f.class}" x="${printNumber(f.corner[0])}" y="${printNumber(f.corner[1])}" width="${printNumber(f.width)}" height="${printNumber(f.height)}" rx="${printNumber(f.radius)}"/>`
    case 'text': {
      const face = f.face === 'sans' ? ' sans' : ''
      return `<text class="${f.class}${face}" x="${printNumber(f.at[0])}" y="${printNumber(f.at[1])}" font-size="${printNumber(f.size)}" text-anchor="${f.anchor}">${printLabel(f.label, f.size, f.face)}</text>`
    }
  }
}

/** Runs as tspans, moved from one to the next; text is not positioned absolutely, for the viewer's font may be another. */
function printLabel(label: Label, size: number, face: 'serif' | 'sans'): string {
  const { starts } = measure(label, face)
  let rise = 0
  return label
    .map((run, i) => {
      const attributes: string[] = []
      if (run.back && i > 0) {
        const before = label[i - 1]
        attributes.push(`dx="${printNumber((starts[i] - starts[i - 1] - measure([before], face).width) * size)}"`)
      }
      if (run.rise !== rise) attributes.push(`dy="${printNumber((rise - run.rise) * size)}"`)
      if (run.size !== 1) attributes.push(`font-size="${printNumber(run.size * size)}"`)
      rise = run.rise
      const content = partsByFont(run.text, face)
        .map(({ font, text }) =>
          font === 'signs' ? `<tspan class="signs">${escapeXml(text)}</tspan>` : escapeXml(text),
        )
        .join('')
      return attributes.length === 0 ? content : `<tspan ${attributes.join(' ')}>${content}</tspan>`
    })
    .join('')
}
